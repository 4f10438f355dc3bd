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

use crate::surface::Code;

/// A key as the text area knows it.
#[must_use]
pub fn area_key(code: Code) -> tui_textarea::Key {
    use tui_textarea::Key as To;
    match code {
        Code::Char(c) => To::Char(c),
        Code::Enter => To::Enter,
        Code::Esc => To::Esc,
        Code::Tab | Code::BackTab => To::Tab,
        Code::Backspace => To::Backspace,
        Code::Delete => To::Delete,
        Code::Left => To::Left,
        Code::Right => To::Right,
        Code::Up => To::Up,
        Code::Down => To::Down,
        Code::Home => To::Home,
        Code::End => To::End,
        Code::PageUp => To::PageUp,
        Code::PageDown => To::PageDown,
    }
}
