//! The name that somebody probably meant.

pub use crate::engine::scenario::nearest::nearest;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_seen_and_strangers_are_not() {
        let known = ["theme", "glyphs", "from_past", "live_delay_ms"];
        let near = |word| nearest(word, known);
        assert_eq!(near("them"), Some("theme"));
        assert_eq!(near("thmee"), Some("theme"));
        assert_eq!(near("Glyps"), Some("glyphs"));
        assert_eq!(near("live"), Some("live_delay_ms"));
        assert_eq!(near("password"), None);
        assert_eq!(near(""), None);
    }
}
