//! The known word that a misspelt one was probably meant to be.

/// The known word nearest to one that is not known, if any is near.
pub(super) fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    crate::engine::scenario::nearest::nearest(word, known.iter().copied())
}
