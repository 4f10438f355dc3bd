//! (tests of persona)
