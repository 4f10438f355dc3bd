//! The palette: everything that can be done here, found by a few letters of its
//! name, and the verbs with what may follow them. What cannot be done now is
//! there too, dim, with its reason.

use crate::surface::{Action, Meaning, Verb, Word, text};
use crate::tui::layout::dialog;
use crate::tui::paint::{Canvas, Line, wrapped};
use ratatui::layout::Rect;

/// Rows of the list where there is room, always the same so that nothing jumps
/// while one types.
const ROWS: u16 = 12;
/// Bytes of a line; more is not taken.
const LONGEST: usize = 1000;
/// The widest it gets.
const WIDEST: u16 = 92;

/// Its state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CommandLine {
    /// What was typed.
    pub text: String,
    /// Which of the rows below is chosen.
    pub at: Option<usize>,
    /// Why the text could not be done.
    pub said: Option<String>,
}

/// A row of the palette.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The word, what follows it, what it is.
    pub word: Word,
    /// What the word does.
    pub does: Does,
    /// Its keys, as help writes them.
    pub keys: String,
}

/// What a row does when it is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Does {
    /// This.
    Act(Action),
    /// This, with arguments.
    Say(Verb),
    /// It is one more word of the line.
    Fill,
}

/// Whole words before the one that is being typed, and that one.
#[must_use]
pub fn split(text: &str) -> (Vec<&str>, &str) {
    let mut words: Vec<&str> = text.split_whitespace().collect();
    let last = if text.ends_with(char::is_whitespace) {
        ""
    } else {
        words.pop().unwrap_or("")
    };
    (words, last)
}

impl CommandLine {
    /// A line that begins with these words.
    #[must_use]
    pub fn of(words: &str) -> Self {
        Self {
            text: format!("{words} "),
            ..Self::default()
        }
    }
    /// Takes the chosen word, or the first.
    pub fn fill(&mut self, offers: &[Offer]) {
        let Some(offer) = offers.get(self.at.unwrap_or(0)) else {
            return;
        };
        let (before, _) = split(&self.text);
        let mut line: Vec<&str> = before;
        line.push(&offer.word.word);
        self.text = line.join(" ") + " ";
        self.at = None;
        self.said = None;
    }
    /// Another of the rows below.
    pub fn turn(&mut self, forward: bool, rows: usize) {
        self.at = match (self.at, forward) {
            _ if rows == 0 => None,
            (None, true) => Some(0),
            (None, false) => Some(rows - 1),
            (Some(at), true) => (at + 1 < rows).then_some(at + 1),
            (Some(at), false) => at.checked_sub(1),
        };
    }
    /// A letter; `None` takes one back.
    pub fn typed(&mut self, letter: Option<char>) {
        match letter {
            Some(c) if self.text.len() < LONGEST => self.text.push(c),
            Some(_) => {}
            None => drop(self.text.pop()),
        }
        self.at = None;
        self.said = None;
    }
    /// The first row that is shown in a list of this height.
    #[must_use]
    pub fn from(&self, height: u16) -> usize {
        (self.at.unwrap_or(0) + 1).saturating_sub(usize::from(height))
    }
}

/// What was said about the line, wrapped, and where everything stands: the
/// whole, the line, and the list.
fn places(area: Rect, line: &CommandLine) -> (Vec<Line>, Rect, Rect, Rect) {
    let width = area
        .width
        .saturating_sub(4)
        .clamp(1, WIDEST)
        .min(area.width);
    let columns = usize::from(width.saturating_sub(4));
    let said = match &line.said {
        Some(why) => wrapped(Meaning::ScorePoor, &format!("!! {why}"), 0, columns),
        None => Vec::new(),
    };
    let at = dialog(area, width, ROWS.saturating_add(3));
    let inside = Rect {
        x: at.x.saturating_add(2),
        y: at.y.saturating_add(1),
        width: at.width.saturating_sub(4),
        height: at.height.saturating_sub(2),
    };
    let used = u16::try_from(said.len()).unwrap_or(u16::MAX);
    let used = used.saturating_add(1).min(inside.height);
    let list = Rect {
        y: inside.y.saturating_add(used),
        height: inside.height.saturating_sub(used),
        ..inside
    };
    (said, at, inside, list)
}

/// Where the rows stand.
#[must_use]
pub fn list(area: Rect, line: &CommandLine) -> Rect {
    places(area, line).3
}

/// Paints it. `off` says why a row cannot be done now.
pub fn paint(
    canvas: &mut Canvas<'_>,
    area: Rect,
    line: &CommandLine,
    offers: &[Offer],
    off: &dyn Fn(&Offer) -> Option<String>,
) {
    let (said, at, inside, list) = places(area, line);
    canvas.clear(at);
    let title = Line::of(Meaning::HintKey, ":").and(Meaning::Title, " command");
    canvas.frame(at, true, &title);
    // The end of a long line stays in view.
    let clean = text::clean_line(&line.text).into_owned();
    let room = usize::from(inside.width).saturating_sub(4);
    let mut shown = clean.as_str();
    while text::width(shown) > room {
        let mut letters = shown.chars();
        letters.next();
        shown = letters.as_str();
    }
    let typed = Line::of(Meaning::HintKey, ": ")
        .and(Meaning::Text, shown)
        .and(Meaning::EditorCursor, " ");
    canvas.line(inside, &typed);
    let below = Rect {
        y: inside.y.saturating_add(1),
        height: inside.height.saturating_sub(1),
        ..inside
    };
    canvas.lines(below, &said, 0);
    if offers.is_empty() && said.is_empty() && !line.text.trim().is_empty() {
        let words = "nothing here is like this";
        canvas.line(list, &Line::of(Meaning::TextMuted, words));
    }
    let columns = usize::from(list.width);
    let from = line.from(list.height);
    let rows = || offers.iter().enumerate().skip(from);
    let head = |offer: &Offer| format!("{} {}", offer.word.word, offer.word.then);
    let widest = rows()
        .take(usize::from(list.height))
        .map(|(_, offer)| text::width(head(offer).trim_end()))
        .max()
        .unwrap_or(0)
        .max(18)
        .min(columns / 2);
    for ((i, offer), y) in rows().zip(list.top()..list.bottom()) {
        let row = Rect {
            y,
            height: 1,
            ..list
        };
        let keys = text::width(&offer.keys);
        let left = Rect {
            width: row
                .width
                .saturating_sub(u16::try_from(keys + usize::from(keys > 0) * 2).unwrap_or(0)),
            ..row
        };
        let words = head(offer);
        let wide = text::width(words.trim_end());
        let pad = " ".repeat((widest + 2).saturating_sub(wide).max(2));
        let why = off(offer);
        let name = if why.is_some() {
            Meaning::TextMuted
        } else {
            Meaning::HintKey
        };
        let mut shown = Line::of(name, offer.word.word.clone());
        if !offer.word.then.is_empty() {
            shown.push(Meaning::HintText, format!(" {}", offer.word.then));
        }
        let (role, what) = match why {
            Some(why) => (Meaning::TextMuted, format!("off: {why}")),
            None => (Meaning::HintText, offer.word.what.clone()),
        };
        shown.push(role, format!("{pad}{what}"));
        canvas.line(left, &shown);
        let right = Rect {
            x: row.right().saturating_sub(u16::try_from(keys).unwrap_or(0)),
            width: u16::try_from(keys).unwrap_or(0).min(row.width),
            ..row
        };
        canvas.line(right, &Line::of(Meaning::HintKey, offer.keys.clone()));
        if line.at == Some(i) {
            canvas.over(row, Meaning::Selection);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offer(word: &str) -> Offer {
        Offer {
            word: Word::new(word, ""),
            does: Does::Fill,
            keys: String::new(),
        }
    }

    #[test]
    fn a_line_is_parted_into_whole_words_and_the_one_being_typed() {
        assert_eq!(split(""), (vec![], ""));
        assert_eq!(split("mod"), (vec![], "mod"));
        assert_eq!(split("model "), (vec!["model"], ""));
        assert_eq!(split("model  ag"), (vec!["model"], "ag"));
    }

    #[test]
    fn words_are_chosen_round_about_and_taken() {
        let offers = [offer("agent"), offer("judge")];
        let mut line = CommandLine::of("model");
        line.typed(Some('x'));
        line.turn(true, 2);
        line.turn(true, 2);
        assert_eq!(line.at, Some(1));
        line.turn(true, 2);
        assert_eq!(line.at, None);
        line.turn(false, 2);
        line.fill(&offers);
        assert_eq!(line.text, "model judge ");
        line.fill(&[]);
        assert_eq!(line.text, "model judge ");
    }
}
