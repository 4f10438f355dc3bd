//! (tests of rules)
