//! What a judge reads and quotes from: the texts of the steps.

use crate::engine::role::Role;

/// One text of a step. A step may have several: what was said, its calls, its
/// reasoning; the first is the one that a finding's span points into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The step's number on its branch, from 1.
    pub step: u32,
    /// Which seat.
    pub role: Role,
    /// The text as the judge sees it.
    pub text: String,
}

/// The steps' texts, in order.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Transcript {
    /// In step order.
    pub lines: Vec<Line>,
}

impl Transcript {
    /// Adds a text of a step.
    pub fn push(&mut self, step: u32, role: Role, text: impl Into<String>) {
        let text = text.into();
        self.lines.push(Line { step, role, text });
    }

    /// Whether there is a step of this number.
    #[must_use]
    pub fn has(&self, step: u32) -> bool {
        self.lines.iter().any(|l| l.step == step)
    }

    /// Looks a quote up in a step's texts, white space of any kind and amount
    /// being equal: `None` where it is not there; the byte range in the step's
    /// first text where it is in that one.
    #[must_use]
    pub fn find(&self, step: u32, quote: &str) -> Option<Option<(usize, usize)>> {
        let mut lines = self.lines.iter().filter(|l| l.step == step);
        let first = lines.next()?;
        if let Some(span) = find(&first.text, quote) {
            return Some(Some(span));
        }
        lines
            .any(|l| find(&l.text, quote).is_some())
            .then_some(None)
    }
}

/// `text` with each run of white space as one space, none at the ends, and for
/// each byte the place it came from.
fn squeezed(text: &str) -> (String, Vec<usize>) {
    let mut out = String::with_capacity(text.len());
    let mut from = Vec::with_capacity(text.len());
    let mut gap = None;
    for (at, c) in text.char_indices() {
        if c.is_whitespace() {
            gap.get_or_insert(at);
            continue;
        }
        if let (Some(at), false) = (gap.take(), out.is_empty()) {
            out.push(' ');
            from.push(at);
        }
        out.push(c);
        from.resize(out.len(), at);
    }
    (out, from)
}

/// Where `quote` stands in `text`, as a byte range of `text`.
fn find(text: &str, quote: &str) -> Option<(usize, usize)> {
    let (quote, _) = squeezed(quote);
    if quote.is_empty() {
        return None;
    }
    let (flat, from) = squeezed(text);
    let at = flat.find(&quote)?;
    let start = *from.get(at)?;
    let last = *from.get(at + quote.len() - 1)?;
    let end = text
        .get(last..)
        .and_then(|rest| rest.chars().next())
        .map_or(text.len(), |c| last + c.len_utf8());
    Some((start, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_are_found_whatever_the_white_space() {
        let mut t = Transcript::default();
        t.push(3, Role::Agent, "Your  refund of\n£5 is on its way — öre.");
        t.push(3, Role::Agent, "refund({\"amount\": 5})");
        assert_eq!(t.find(3, "refund of £5 is"), Some(Some((6, 22))));
        let text = &t.lines[0].text;
        assert_eq!(text.get(6..22), Some("refund of\n£5 is"));
        let (a, b) = t.find(3, "way — öre.").unwrap().unwrap();
        assert_eq!(text.get(a..b), Some("way — öre."));
        assert_eq!(t.find(3, "\"amount\":   5"), Some(None));
        assert_eq!(t.find(3, "refund of £6"), None);
        assert_eq!(t.find(4, "refund"), None);
        assert_eq!(t.find(3, "  "), None);
    }
}
