//! Parts that several screens are made of: an editor of text that says what is
//! wrong while one types, and the pane that says it.
//!
//! Whoever shows a [`TextEdit`] hands it keys and pasted text, and after each of
//! them sends what [`TextEdit::check_job`] answers; [`TextEdit::take`] takes what
//! comes of it and answers the next.

pub mod check;
mod lay;
mod light;
mod locate;
mod paint;
mod text_edit;

pub use check::{Check, InScenario};
pub use text_edit::TextEdit;
