//! What the stand-in's faults are made of. Which there are says the deck
//! (`engine::fault`).

pub use crate::engine::fault::Fault;

/// An id with a slip in it: two neighbouring characters changed places, or one
/// digit is another. Never the id itself; the same slip for the same id.
#[must_use]
pub fn mistyped(id: &str) -> String {
    let letters: Vec<char> = id.chars().collect();
    for at in (1..letters.len()).rev() {
        let (a, b) = (letters.get(at - 1), letters.get(at));
        if let (Some(a), Some(b)) = (a, b)
            && a != b
            && a.is_ascii_digit()
            && b.is_ascii_digit()
        {
            let mut out = letters.clone();
            out.swap(at - 1, at);
            return out.into_iter().collect();
        }
    }
    let mut out = letters;
    match out
        .iter()
        .rposition(char::is_ascii_digit)
        .and_then(|at| out.get_mut(at))
    {
        Some(digit) => {
            *digit = if *digit == '9' {
                '0'
            } else {
                char::from(*digit as u8 + 1)
            }
        }
        None => out.push('1'),
    }
    out.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistyped_id_is_another_one() {
        for id in ["8841", "#W1234567", "R-1", "abc", "1111", "9", "", "line_7"] {
            assert_ne!(mistyped(id), id);
            assert_eq!(mistyped(id), mistyped(id));
        }
        assert_eq!(mistyped("8841"), "8814");
    }
}
