//! Text made safe and measured: no escape sequence of a model or a world gets
//! past `clean`, and no letter is cut in two.
//!
//! Everything that leaves the program for a terminal, a log or the clipboard
//! goes through here, because only some of it goes through a widget library.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::iter::Peekable;
use std::str::Chars;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Columns from one tab stop to the next.
const TAB: usize = 4;

/// The text without anything that a terminal would obey: whole escape
/// sequences and control characters are gone, tabs are spaces, every kind of
/// line end is `\n`, and characters that reorder or hide text are written out
/// (`<U+202E>`).
#[must_use]
pub fn clean(text: &str) -> Cow<'_, str> {
    if !text.chars().any(needs_care) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    let mut line_start = 0;
    while let Some(c) = chars.next() {
        match c {
            '\n' | '\u{2028}' | '\u{2029}' => {
                out.push('\n');
                line_start = out.len();
            }
            '\r' => {
                chars.next_if_eq(&'\n');
                out.push('\n');
                line_start = out.len();
            }
            '\t' => {
                let column = width(out.get(line_start..).unwrap_or(""));
                out.extend(std::iter::repeat_n(' ', TAB - column % TAB));
            }
            '\u{1b}' => skip_escape(&mut chars),
            '\u{9b}' => skip_csi(&mut chars),
            '\u{90}' | '\u{98}' | '\u{9d}' | '\u{9e}' | '\u{9f}' => skip_string(&mut chars),
            c if reorders(c) => {
                let _ = write!(out, "<U+{:04X}>", u32::from(c));
            }
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// A text as a sentence: with a full stop, unless it ends in a sign of its own.
#[must_use]
pub fn sentence(text: &str) -> Cow<'_, str> {
    let text = text.trim_end();
    if text.ends_with(['.', '?', '!', '…']) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(format!("{text}."))
    }
}

/// The same on one line: line ends become spaces.
#[must_use]
pub fn clean_line(text: &str) -> Cow<'_, str> {
    let text = clean(text);
    if text.contains('\n') {
        Cow::Owned(text.replace('\n', " "))
    } else {
        text
    }
}

fn needs_care(c: char) -> bool {
    (c.is_control() && c != '\n') || reorders(c) || matches!(c, '\u{2028}' | '\u{2029}')
}

/// Characters that change the order in which a terminal shows others.
fn reorders(c: char) -> bool {
    matches!(c,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// After ESC.
fn skip_escape(chars: &mut Peekable<Chars<'_>>) {
    match chars.peek().copied() {
        Some('[') => {
            chars.next();
            skip_csi(chars);
        }
        Some(']' | 'P' | 'X' | '^' | '_') => {
            chars.next();
            skip_string(chars);
        }
        // Intermediates, then one final: `ESC ( B`, `ESC c`.
        Some(' '..='~') => {
            while chars.next_if(|c| (' '..='/').contains(c)).is_some() {}
            chars.next_if(|c| ('0'..='~').contains(c));
        }
        _ => {}
    }
}

/// Parameters, intermediates, one final. A character that fits none of these
/// ends the sequence and stays.
fn skip_csi(chars: &mut Peekable<Chars<'_>>) {
    while chars.next_if(|c| ('0'..='?').contains(c)).is_some() {}
    while chars.next_if(|c| (' '..='/').contains(c)).is_some() {}
    chars.next_if(|c| ('@'..='~').contains(c));
}

/// A string sequence ends with BEL or ST. One that never ends is taken to end
/// with its line, so that a cut-off sequence cannot hide all that follows.
fn skip_string(chars: &mut Peekable<Chars<'_>>) {
    while let Some(c) = chars.next_if(|c| !matches!(c, '\n' | '\r')) {
        match c {
            '\u{7}' | '\u{9c}' => return,
            '\u{1b}' if chars.next_if_eq(&'\\').is_some() => return,
            _ => {}
        }
    }
}

/// Columns of a text on a terminal, letter by letter as it will be painted.
#[must_use]
pub fn width(text: &str) -> usize {
    if text.is_ascii() {
        return text.len();
    }
    text.graphemes(true).map(UnicodeWidthStr::width).sum()
}

/// Lines of at most `columns`, broken at spaces and between wide letters, else
/// after a comma or a slash, else anywhere between two letters. `\n` always breaks. The
/// space at which a line was broken is left out.
#[must_use]
pub fn wrap(text: &str, columns: usize) -> Vec<&str> {
    let mut out = Vec::new();
    for line in text.split('\n') {
        wrap_line(line, columns.max(1), &mut out);
    }
    out
}

fn wrap_line<'a>(line: &'a str, columns: usize, out: &mut Vec<&'a str>) {
    if line.is_ascii() && line.len() <= columns {
        out.push(line.trim_end());
        return;
    }
    let mut start = 0;
    let mut used = 0;
    // Where the line may end and the next begin: a good place, a poor one.
    let mut good: Option<(usize, usize)> = None;
    let mut poor: Option<usize> = None;
    let mut at = 0;
    for letter in line.graphemes(true) {
        let wide = letter.width();
        let end = at + letter.len();
        if letter.chars().all(char::is_whitespace) {
            // Spaces may hang over the edge; they are not painted there.
            let from = match good {
                Some((from, to)) if to == at => from,
                _ => at,
            };
            good = Some((from, end));
            used += wide;
            at = end;
            continue;
        }
        if wide >= 2 && at > start {
            good = Some((
                good.map_or(at, |(from, to)| if to == at { from } else { at }),
                at,
            ));
        }
        while used + wide > columns && at > start {
            let (cut, next) = match (good, poor) {
                (Some((from, to)), _) if from > start => (from, to),
                (_, Some(to)) if to > start => (to, to),
                _ => (at, at),
            };
            out.push(line.get(start..cut).unwrap_or(""));
            start = next;
            used = width(line.get(start..at).unwrap_or(""));
            good = None;
            poor = poor.filter(|to| *to > start);
        }
        used += wide;
        at = end;
        if matches!(letter, "," | ";" | "/") {
            poor = Some(at);
        }
        if wide >= 2 {
            good = Some((at, at));
        }
    }
    out.push(line.get(start..).unwrap_or("").trim_end());
}

/// The first line, cut to `columns`; `…` stands where something was left out.
#[must_use]
pub fn shorten(text: &str, columns: usize) -> Cow<'_, str> {
    let (line, more) = match text.split_once('\n') {
        Some((line, rest)) => (line, !rest.is_empty()),
        None => (text, false),
    };
    if !more && width(line) <= columns {
        return Cow::Borrowed(line);
    }
    let mut out = String::new();
    let mut used = 0;
    for letter in line.graphemes(true) {
        if used + letter.width() + 1 > columns {
            break;
        }
        used += letter.width();
        out.push_str(letter);
    }
    if columns > 0 {
        out.push('…');
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_sequences_go_and_the_text_between_stays() {
        for (dirty, want) in [
            ("plain", "plain"),
            ("a\u{1b}[31mred\u{1b}[0m!", "ared!"),
            ("a\u{1b}]0;title\u{7}b", "ab"),
            ("a\u{1b}]52;c;Zm9v\u{1b}\\b", "ab"),
            ("a\u{1b}Pq#0;2\u{1b}\\b", "ab"),
            ("a\u{9b}2Jb", "ab"),
            ("a\u{9d}0;t\u{9c}b", "ab"),
            ("a\u{1b}(Bb", "ab"),
            ("a\u{1b}cb", "ab"),
            ("a\u{1b}", "a"),
            ("a\u{1b}]never ends\nnext", "a\nnext"),
            ("a\u{8}\u{0}\u{7f}b", "ab"),
            ("a\r\nb\rc", "a\nb\nc"),
            ("a\tb", "a   b"),
            ("x\na\tb", "x\na   b"),
            ("abc\u{202e}def", "abc<U+202E>def"),
            ("\u{1b}[\u{1b}[31mx", "x"),
        ] {
            assert_eq!(clean(dirty), want, "{dirty:?}");
        }
    }

    #[test]
    fn nothing_dangerous_survives_any_bytes() {
        use proptest::prelude::*;
        proptest!(|(parts in prop::collection::vec(prop_oneof![
            Just("\u{1b}".to_owned()), Just("[".to_owned()), Just("]".to_owned()),
            Just("\u{9b}".to_owned()), Just("\u{7}".to_owned()), Just("\\".to_owned()),
            Just("\t".to_owned()), Just("\u{202e}".to_owned()), any::<String>(),
        ], 0..12))| {
            let text = parts.concat();
            let cleaned = clean(&text);
            prop_assert!(!cleaned.chars().any(|c| c.is_control() && c != '\n'), "a control is left");
            prop_assert!(!cleaned.chars().any(reorders), "a mark that reorders is left");
            prop_assert_eq!(clean(&cleaned), cleaned.clone());
            for columns in [1usize, 2, 7, 40] {
                for line in wrap(&cleaned, columns) {
                    let single = line.graphemes(true).count() <= 1;
                    prop_assert!(single || width(line.trim_end()) <= columns, "{:?} {}", line, columns);
                }
            }
        });
    }

    #[test]
    fn wrapping_breaks_where_a_reader_would() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("one  two", 4), ["one", "two"]);
        assert_eq!(wrap("abcdefgh", 3), ["abc", "def", "gh"]);
        assert_eq!(
            wrap("{a:1,bb:22,ccc:333}", 8),
            ["{a:1,", "bb:22,", "ccc:333}"]
        );
        assert_eq!(wrap("日本語です", 4), ["日本", "語で", "す"]);
        assert_eq!(
            wrap("e\u{301}e\u{301}e\u{301}", 2),
            ["e\u{301}e\u{301}", "e\u{301}"]
        );
        assert_eq!(wrap("a\n\nb", 9), ["a", "", "b"]);
        assert_eq!(wrap("", 9), [""]);
        assert_eq!(wrap("日", 1), ["日"]);
    }

    #[test]
    fn shortening_says_that_something_is_missing() {
        assert_eq!(shorten("abcdef", 4), "abc…");
        assert_eq!(shorten("abc", 4), "abc");
        assert_eq!(shorten("日本語", 4), "日…");
        assert_eq!(shorten("ab\ncd", 9), "ab…");
        assert_eq!(shorten("abc", 0), "");
    }
}
