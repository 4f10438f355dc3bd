//! (tests of grounding)
