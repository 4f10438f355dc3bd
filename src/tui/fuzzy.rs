//! Finding by a few letters: what was typed, as letters that stand in a text in
//! this order. Words that are parted by spaces must each be found.

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

/// Letters that can be looked for: the scores of more do not fit their numbers.
const MOST: usize = 64;
/// Letters of a text that are looked at.
const LOOKED_AT: usize = 512;

/// What is looked for.
pub struct Fuzzy {
    /// Whether so much was typed that nothing is found.
    too_long: bool,
    pattern: Pattern,
    matcher: Matcher,
    buf: Vec<char>,
}

impl Fuzzy {
    /// Looks for what was typed; capitals count only where some were typed.
    #[must_use]
    pub fn new(typed: &str) -> Self {
        let too_long = typed.chars().nth(MOST).is_some();
        let typed = if too_long { "" } else { typed };
        Self {
            too_long,
            pattern: Pattern::parse(typed, CaseMatching::Smart, Normalization::Smart),
            matcher: Matcher::new(Config::DEFAULT),
            buf: Vec::new(),
        }
    }
    /// How well a text fits, more is better; `None` where it does not. Every
    /// text fits where nothing was typed.
    pub fn score(&mut self, text: &str) -> Option<u32> {
        if self.too_long {
            return None;
        }
        let end = text.char_indices().nth(LOOKED_AT).map(|(at, _)| at);
        let text = end.and_then(|end| text.get(..end)).unwrap_or(text);
        let text = Utf32Str::new(text, &mut self.buf);
        self.pattern.score(text, &mut self.matcher)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_in_their_order_fit_and_words_together_fit_better() {
        let mut fuzzy = Fuzzy::new("gw");
        assert!(fuzzy.score("go-world").is_some());
        assert!(fuzzy.score("world-go").is_none());
        let mut fuzzy = Fuzzy::new("fork");
        assert!(fuzzy.score("fork") > fuzzy.score("free-of-risk"));
        let long = "x".repeat(100_000);
        assert!(Fuzzy::new("xx").score(&long).is_some());
        assert!(Fuzzy::new(&long).score(&long).is_none());
        assert!(Fuzzy::new("").score("anything").is_some());
        assert!(
            Fuzzy::new("two words")
                .score("words in a row of two")
                .is_some()
        );
    }
}
