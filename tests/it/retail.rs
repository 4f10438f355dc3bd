//! (tests of retail)
