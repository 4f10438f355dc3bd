//! (tests of config)
