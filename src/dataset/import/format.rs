//! The formats: each is one file that implements [`Format`], and a row of
//! [`FORMATS`].

use super::place::Entry;
use super::reader::Reader;
use super::{Conversation, anthropic, labelled, openai, own, sharegpt, tau};
use serde_json::Value;

/// A way in which others (or we) write conversations.
pub trait Format: Sync {
    /// In a command: `openai`.
    fn name(&self) -> &'static str;
    /// For a person, in one line.
    fn about(&self) -> &'static str;
    /// Whether a value looks like one of it.
    fn is(&self, value: &Value) -> bool;
    /// Reads one.
    ///
    /// # Errors
    /// Why it cannot be read, in one sentence.
    fn read(&self, value: &Value, reader: &mut Reader) -> Result<Conversation, String>;
}

/// Every format; the first that a value looks like reads it.
pub static FORMATS: [&dyn Format; 6] = [
    &own::Own,
    &labelled::Labelled,
    &tau::Tau,
    &anthropic::Anthropic,
    &openai::OpenAi,
    &sharegpt::ShareGpt,
];

/// The names of all, for a sentence.
fn names() -> String {
    let names: Vec<&str> = FORMATS.iter().map(|f| f.name()).collect();
    names.join(", ")
}

/// The format of a name.
///
/// # Errors
/// One sentence with the names that there are.
pub fn format(name: &str) -> Result<&'static dyn Format, String> {
    let found = FORMATS.iter().copied().find(|f| f.name() == name);
    found.ok_or_else(|| format!("there is no format `{name}`; there are {}", names()))
}

/// The format that a value looks like.
fn of(value: &Value) -> Option<&'static dyn Format> {
    FORMATS.iter().copied().find(|f| f.is(value))
}

/// Whether bytes are a value that looks like a conversation of any format.
pub(super) fn looks(bytes: &[u8]) -> bool {
    serde_json::from_slice::<Value>(bytes).is_ok_and(|value| of(&value).is_some())
}

/// Reads one conversation: in the format that is named, else in the one that it
/// looks like.
///
/// # Errors
/// It is no JSON, of no known format, or cannot be read; in one sentence.
pub fn read(
    entry: &Entry,
    format: Option<&'static dyn Format>,
    reader: &mut Reader,
) -> Result<(&'static dyn Format, Conversation), String> {
    let value: Value = serde_json::from_str(&entry.text).map_err(|why| entry.no_json(&why))?;
    let format = format
        .or_else(|| of(&value))
        .ok_or_else(|| format!("is no conversation of a known format ({})", names()))?;
    reader.stand_in(entry.around.as_ref());
    let read = format.read(&value, reader)?;
    Ok((format, read))
}
