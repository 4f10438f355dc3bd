//! (tests of scripted)
