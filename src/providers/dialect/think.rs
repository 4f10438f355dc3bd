//! Reasoning that stands at the head of the text as `<think>…</think>`, told
//! apart while it comes.

const OPEN: &str = "<think>";
const CLOSE: &str = "</think>";

/// A piece of what a model wrote.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// Of the text.
    Text(String),
    /// Of the reasoning.
    Reasoning(String),
}

#[derive(Debug, Default)]
enum At {
    /// Before anything: white space so far, and the beginning of a mark.
    #[default]
    Head,
    /// In the reasoning.
    Inside,
    /// Right behind it: white space belongs to neither.
    After,
    /// In the text.
    Text,
}

/// Tells reasoning and text apart.
#[derive(Debug, Default)]
pub(super) struct Think {
    at: At,
    /// White space at the head.
    space: String,
    /// What may become a mark.
    held: String,
}

impl Think {
    /// Takes the next piece of text.
    pub(super) fn take(&mut self, piece: &str) -> Vec<Piece> {
        let mut out = Vec::new();
        let mut rest = piece;
        while !rest.is_empty() {
            rest = match self.at {
                At::Head => self.head(rest, &mut out),
                At::Inside => self.inside(rest, &mut out),
                At::After => {
                    let text = rest.trim_start();
                    if !text.is_empty() {
                        self.at = At::Text;
                    }
                    text
                }
                At::Text => {
                    out.push(Piece::Text(rest.to_owned()));
                    ""
                }
            };
        }
        out
    }

    /// What was held back, at the end.
    pub(super) fn finish(&mut self) -> Option<Piece> {
        let held = std::mem::take(&mut self.held);
        match self.at {
            At::Head => {
                let text = std::mem::take(&mut self.space) + &held;
                (!text.is_empty()).then_some(Piece::Text(text))
            }
            At::Inside => (!held.is_empty()).then_some(Piece::Reasoning(held)),
            At::After | At::Text => None,
        }
    }

    fn head<'a>(&mut self, piece: &'a str, out: &mut Vec<Piece>) -> &'a str {
        let mut rest = piece;
        if self.held.is_empty() {
            let text = rest.trim_start();
            let (space, _) = rest.split_at(rest.len() - text.len());
            self.space.push_str(space);
            rest = text;
        }
        // At most the mark's own length is ever held.
        for (at, letter) in rest.char_indices() {
            self.held.push(letter);
            if self.held == OPEN {
                self.held.clear();
                self.space.clear();
                self.at = At::Inside;
            } else if !OPEN.starts_with(&self.held) {
                out.push(Piece::Text(
                    std::mem::take(&mut self.space) + &std::mem::take(&mut self.held),
                ));
                self.at = At::Text;
            } else {
                continue;
            }
            return rest.get(at + letter.len_utf8()..).unwrap_or_default();
        }
        ""
    }

    fn inside<'a>(&mut self, piece: &'a str, out: &mut Vec<Piece>) -> &'a str {
        // The mark may stand across the border, so that the search begins in
        // what was held; that is shorter than the mark.
        let held = std::mem::take(&mut self.held);
        let all = format!("{held}{piece}");
        if let Some((thought, after)) = all.split_once(CLOSE) {
            if !thought.is_empty() {
                out.push(Piece::Reasoning(thought.to_owned()));
            }
            self.at = At::After;
            return piece.get(piece.len() - after.len()..).unwrap_or_default();
        }
        let keep = (1..CLOSE.len())
            .rev()
            .find(|n| CLOSE.get(..*n).is_some_and(|head| all.ends_with(head)))
            .unwrap_or(0);
        let (thought, held) = all.split_at(all.len() - keep);
        if !thought.is_empty() {
            out.push(Piece::Reasoning(thought.to_owned()));
        }
        held.clone_into(&mut self.held);
        ""
    }
}

/// Text whose reasoning began in the prompt, so that only the closing mark
/// stands in it: what comes before the mark, and the text.
pub(super) fn headless(text: &str) -> Option<(&str, &str)> {
    let (thought, text) = text.split_once(CLOSE)?;
    (!thought.contains('<')).then(|| (thought.trim(), text.trim_start()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn told(pieces: &[&str]) -> (String, String) {
        let mut think = Think::default();
        let (mut reasoning, mut text) = (String::new(), String::new());
        let mut out: Vec<Piece> = pieces.iter().flat_map(|p| think.take(p)).collect();
        out.extend(think.finish());
        for piece in out {
            match piece {
                Piece::Text(t) => text.push_str(&t),
                Piece::Reasoning(t) => reasoning.push_str(&t),
            }
        }
        (reasoning, text)
    }

    #[test]
    fn a_head_is_reasoning_and_nothing_else_is() {
        for (whole, reasoning, text) in [
            ("<think>a</think>\n\nb", "a", "b"),
            (
                "  \n<think>a < b </thin k></think>b</think>",
                "a < b </thin k>",
                "b</think>",
            ),
            ("<think></think>b", "", "b"),
            ("<think>cut </thi", "cut </thi", ""),
            (" b <think>a</think>", "", " b <think>a</think>"),
            ("<thinker>", "", "<thinker>"),
            (" <thi", "", " <thi"),
            ("", "", ""),
        ] {
            let wanted = (reasoning.to_owned(), text.to_owned());
            assert_eq!(told(&[whole]), wanted, "{whole}");
            let letters: Vec<String> = whole.chars().map(String::from).collect();
            let letters: Vec<&str> = letters.iter().map(String::as_str).collect();
            assert_eq!(told(&letters), wanted, "{whole}, letter by letter");
        }
        assert_eq!(headless("a\n</think>\n\nb"), Some(("a", "b")));
        assert_eq!(headless("<b>a</think>b"), None);
    }

    proptest! {
        #[test]
        fn cuts_change_nothing(
            parts in proptest::collection::vec("( |<|/|think|>|</think>|<think>|ä){0,3}", 0..8),
        ) {
            let pieces: Vec<&str> = parts.iter().map(String::as_str).collect();
            prop_assert_eq!(told(&pieces), told(&[&parts.concat()]));
        }
    }
}
