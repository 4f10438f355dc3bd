//! (tests of samples)
