//! (tests of tui)
