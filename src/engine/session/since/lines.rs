//! Two texts line by line: what stands in the one and not in the other.

use serde::Serialize;

/// Lines of a text that are compared one with each other; of longer ones the
/// part between their common beginning and end is shown as a whole.
const MOST: usize = 2000;
/// Unchanged lines that are kept around a change.
const AROUND: usize = 2;

/// A line of a difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// `-` gone, `+` new, ` ` in both, `@` lines that are left out.
    pub sign: char,
    /// The line.
    pub text: String,
}

impl Line {
    fn of(sign: char, text: &str) -> Self {
        Self {
            sign,
            text: text.to_owned(),
        }
    }
}

/// What makes `old` to `new`, with a little of what stands around it.
#[must_use]
pub fn lines(old: &str, new: &str) -> Vec<Line> {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let head = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let rest = old.len().min(new.len()).saturating_sub(head);
    let pairs = old.iter().rev().zip(new.iter().rev());
    let tail = pairs.take(rest).take_while(|(a, b)| a == b).count();
    let middle = |all: &[&str]| -> Vec<String> {
        let end = all.len().saturating_sub(tail);
        let part = all.get(head..end).unwrap_or_default();
        part.iter().map(|line| (*line).to_owned()).collect()
    };
    let mut all: Vec<Line> = old.iter().take(head).map(|l| Line::of(' ', l)).collect();
    all.extend(between(&middle(&old), &middle(&new)));
    all.extend(old.iter().skip(old.len() - tail).map(|l| Line::of(' ', l)));
    folded(&all)
}

/// The longest common lines stay, all others are gone or new.
fn between(old: &[String], new: &[String]) -> Vec<Line> {
    let gone = |line: &String| Line::of('-', line);
    let came = |line: &String| Line::of('+', line);
    if old.len() > MOST || new.len() > MOST {
        return old.iter().map(gone).chain(new.iter().map(came)).collect();
    }
    // longest[i][j]: common lines from i and j on.
    let width = new.len() + 1;
    let mut longest = vec![0_u32; (old.len() + 1) * width];
    let at = |longest: &[u32], i: usize, j: usize| longest.get(i * width + j).copied().unwrap_or(0);
    for (i, a) in old.iter().enumerate().rev() {
        for (j, b) in new.iter().enumerate().rev() {
            let best = if a == b {
                at(&longest, i + 1, j + 1) + 1
            } else {
                at(&longest, i + 1, j).max(at(&longest, i, j + 1))
            };
            if let Some(slot) = longest.get_mut(i * width + j) {
                *slot = best;
            }
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut out = Vec::new();
    loop {
        match (old.get(i), new.get(j)) {
            (None, None) => return out,
            (Some(a), Some(b)) if a == b => {
                out.push(Line::of(' ', a));
                i += 1;
                j += 1;
            }
            (Some(a), b) if b.is_none() || at(&longest, i + 1, j) >= at(&longest, i, j + 1) => {
                out.push(gone(a));
                i += 1;
            }
            (_, Some(b)) => {
                out.push(came(b));
                j += 1;
            }
            (Some(a), None) => {
                out.push(gone(a));
                i += 1;
            }
        }
    }
}

/// Long runs of unchanged lines as one line that counts them.
fn folded(all: &[Line]) -> Vec<Line> {
    let near = |at: usize| {
        let from = at.saturating_sub(AROUND);
        all.iter()
            .skip(from)
            .take(at - from + AROUND + 1)
            .any(|l| l.sign != ' ')
    };
    let mut out: Vec<Line> = Vec::new();
    let mut left = 0_usize;
    let flush = |left: &mut usize, out: &mut Vec<Line>| {
        if *left > 0 {
            let word = if *left == 1 { "line" } else { "lines" };
            out.push(Line::of('@', &format!("{left} {word} as before")));
            *left = 0;
        }
    };
    for (at, line) in all.iter().enumerate() {
        if line.sign != ' ' || near(at) {
            flush(&mut left, &mut out);
            out.push(line.clone());
        } else {
            left += 1;
        }
    }
    flush(&mut left, &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(old: &str, new: &str) -> String {
        let all = lines(old, new);
        let all: Vec<String> = all
            .iter()
            .map(|l| format!("{}{}", l.sign, l.text))
            .collect();
        all.join("|")
    }

    #[test]
    fn a_changed_line_stands_between_its_neighbours() {
        assert_eq!(
            shown("a\nb\nc\nd\ne\nf\ng", "a\nb\nc\nd\nE\nf\ng"),
            "@2 lines as before| c| d|-e|+E| f| g"
        );
        assert_eq!(shown("a\nb", "a\nb"), "@2 lines as before");
        assert_eq!(shown("", "a"), "+a");
        assert_eq!(shown("a", ""), "-a");
        assert_eq!(shown("x\na\ny\nb\nz", "x\nb\na\nz"), " x|-a|-y| b|+a| z");
    }
}
