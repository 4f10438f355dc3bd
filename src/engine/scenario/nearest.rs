//! The known name that a person most likely meant, for "did you mean".

/// Longer names are not compared: the table is quadratic.
const LONGEST: usize = 128;

/// The candidate nearest to `name`, where one is near enough to be what was
/// meant: at most a third of the letters differ (at least one, at most three),
/// or one begins with the other. Case and `-`/`_`/space do not count as
/// differences. The first of equals wins.
#[must_use]
pub fn nearest<'a, I>(name: &str, candidates: I) -> Option<&'a str>
where
    I: IntoIterator<Item = &'a str>,
{
    let wanted = fold(name);
    if wanted.is_empty() || wanted.len() > LONGEST {
        return None;
    }
    let allowed = (wanted.len() / 3).clamp(1, 3);
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        let known = fold(candidate);
        if known.is_empty() || known.len() > LONGEST {
            continue;
        }
        let mut far = distance(&wanted, &known);
        let shared = known.len().min(wanted.len());
        if far > allowed
            && shared >= 3
            && (known.starts_with(&wanted) || wanted.starts_with(&known))
        {
            far = allowed;
        }
        if far <= allowed && best.is_none_or(|(least, _)| far < least) {
            best = Some((far, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// Help for an unknown name: the nearest known one, else all of them where
/// they are few; empty where there is nothing to say.
#[must_use]
pub fn did_you_mean<'a, I>(name: &str, candidates: I) -> String
where
    I: IntoIterator<Item = &'a str>,
{
    let known: Vec<&str> = candidates.into_iter().collect();
    if let Some(found) = nearest(name, known.iter().copied()) {
        return format!("did you mean `{found}`?");
    }
    match known.len() {
        0 => String::new(),
        1..=14 => format!("known: {}", known.join(", ")),
        _ => format!(
            "known: {}, … ({} in all)",
            known
                .iter()
                .take(10)
                .copied()
                .collect::<Vec<_>>()
                .join(", "),
            known.len()
        ),
    }
}

/// Lower case, with `-` and spaces as `_`.
fn fold(text: &str) -> Vec<char> {
    text.chars()
        .flat_map(char::to_lowercase)
        .map(|c| if c == '-' || c == ' ' { '_' } else { c })
        .collect()
}

/// Letters to add, drop, change, or swap with their neighbour.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut two_up: Vec<usize> = Vec::new();
    let mut up: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = Vec::with_capacity(b.len() + 1);
        row.push(i + 1);
        for (j, y) in b.iter().enumerate() {
            let at = |r: &[usize], k: usize| r.get(k).copied().unwrap_or(usize::MAX / 2);
            let mut least = (at(&up, j) + usize::from(x != y))
                .min(at(&up, j + 1) + 1)
                .min(at(&row, j) + 1);
            let swapped = i > 0 && j > 0 && a.get(i - 1) == Some(y) && b.get(j - 1) == Some(x);
            if swapped {
                least = least.min(at(&two_up, j - 1) + 1);
            }
            row.push(least);
        }
        two_up = std::mem::replace(&mut up, row);
    }
    up.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [&str; 5] = ["policy", "tools", "agents", "max_turns", "assertions"];

    #[test]
    fn what_was_meant_is_found() {
        for (typed, meant) in [
            ("polcy", "policy"),
            ("Policy", "policy"),
            ("tool", "tools"),
            ("max-turns", "max_turns"),
            ("agnets", "agents"),
            ("assert", "assertions"),
        ] {
            assert_eq!(nearest(typed, KNOWN), Some(meant), "{typed}");
        }
    }

    #[test]
    fn letters_to_change_are_counted() {
        let far = |a: &str, b: &str| distance(&fold(a), &fold(b));
        assert_eq!(far("kitten", "sitting"), 3);
        assert_eq!(far("", "abc"), 3);
        assert_eq!(far("abcd", "acbd"), 1);
    }

    #[test]
    fn what_is_far_is_not_guessed() {
        for typed in ["", "zebra", "x", &"y".repeat(500)] {
            assert_eq!(nearest(typed, KNOWN), None, "{typed}");
        }
        assert!(did_you_mean("zebra", KNOWN).starts_with("known: policy, "));
    }
}
