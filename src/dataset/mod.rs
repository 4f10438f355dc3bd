//! What is made of conversations: so far, case files.

pub mod case;
