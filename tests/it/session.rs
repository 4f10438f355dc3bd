//! (tests of session)
