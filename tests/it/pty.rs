//! (tests of pty)
