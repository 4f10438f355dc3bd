//! Cassettes: recorded once, played back byte for byte, no secret in them.
