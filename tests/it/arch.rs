//! (tests of arch)
