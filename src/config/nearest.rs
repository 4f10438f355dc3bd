//! The name that somebody probably meant.

/// The nearest of `known`, where one is near enough to be a slip of the fingers.
#[must_use]
pub fn nearest<'a>(wanted: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let wanted: Vec<char> = wanted.to_lowercase().chars().take(64).collect();
    let bound = (wanted.len() / 3).max(1);
    known
        .map(|name| {
            let letters: Vec<char> = name.to_lowercase().chars().take(64).collect();
            let begins = wanted.len() >= 3 && letters.starts_with(&wanted);
            (
                if begins {
                    1
                } else {
                    distance(&wanted, &letters)
                },
                name,
            )
        })
        .filter(|(far, _)| *far <= bound)
        .min_by_key(|(far, _)| *far)
        .map(|(_, name)| name)
}

/// Letters to add, drop, change or swap with their neighbour.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut next = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let at = |line: &[usize], at: usize| line.get(at).copied().unwrap_or(usize::MAX / 2);
            let mut best = (at(&row, j) + usize::from(x != y))
                .min(at(&row, j + 1) + 1)
                .min(at(&next, j) + 1);
            if i > 0 && j > 0 && a.get(i - 1) == Some(y) && b.get(j - 1) == Some(x) {
                best = best.min(at(&before, j - 1) + 1);
            }
            next.push(best);
        }
        before = std::mem::replace(&mut row, next);
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_seen_and_strangers_are_not() {
        let known = ["theme", "glyphs", "from_past", "live_delay_ms"];
        let near = |word| nearest(word, known.into_iter());
        assert_eq!(near("them"), Some("theme"));
        assert_eq!(near("thmee"), Some("theme"));
        assert_eq!(near("Glyps"), Some("glyphs"));
        assert_eq!(near("live"), Some("live_delay_ms"));
        assert_eq!(near("password"), None);
        assert_eq!(near(""), None);
    }
}
