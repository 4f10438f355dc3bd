//! The command line: a few words that do something. What may come next stands
//! below; a word that is none is answered by the nearest that is.

use crate::surface::{Meaning, Word, text};
use crate::tui::layout::dialog;
use crate::tui::paint::{Canvas, Line, wrapped};
use ratatui::layout::Rect;

/// Its state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CommandLine {
    /// What was typed.
    pub text: String,
    /// Which of the words below is chosen.
    pub at: Option<usize>,
    /// Why the text could not be done.
    pub said: Option<String>,
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
    /// Takes the chosen word, or the first.
    pub fn fill(&mut self, words: &[Word]) {
        let Some(word) = words.get(self.at.unwrap_or(0)) else {
            return;
        };
        let (before, _) = split(&self.text);
        let mut line: Vec<&str> = before;
        line.push(&word.word);
        self.text = line.join(" ") + " ";
        self.at = None;
        self.said = None;
    }
    /// Another of the words below.
    pub fn turn(&mut self, forward: bool, words: &[Word]) {
        let n = words.len();
        self.at = match (self.at, forward) {
            _ if n == 0 => None,
            (None, true) => Some(0),
            (None, false) => Some(n - 1),
            (Some(at), true) => (at + 1 < n).then_some(at + 1),
            (Some(at), false) => at.checked_sub(1),
        };
    }
    /// A letter; `None` takes one back.
    pub fn typed(&mut self, letter: Option<char>) {
        match letter {
            Some(c) => self.text.push(c),
            None => drop(self.text.pop()),
        }
        self.at = None;
        self.said = None;
    }
}

/// Paints it.
pub fn paint(canvas: &mut Canvas<'_>, area: Rect, line: &CommandLine, words: &[Word]) {
    let width = area.width.saturating_sub(4).clamp(1, 84).min(area.width);
    let columns = usize::from(width.saturating_sub(4));
    let said = match &line.said {
        Some(why) => wrapped(Meaning::ScorePoor, &format!("!! {why}"), 0, columns),
        None => Vec::new(),
    };
    let rows = words.len().min(10) + said.len() + 1;
    let height = u16::try_from(rows + 2).unwrap_or(u16::MAX);
    let at = dialog(area, width, height.max(4));
    canvas.clear(at);
    let title = Line::of(Meaning::HintKey, ":").and(Meaning::Title, " command");
    let inside = canvas.frame(at, true, &title);
    let inside = Rect {
        x: inside.x.saturating_add(1).min(inside.right()),
        width: inside.width.saturating_sub(2),
        ..inside
    };
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
    let used = u16::try_from(said.len())
        .unwrap_or(u16::MAX)
        .min(below.height);
    let list = Rect {
        y: below.y.saturating_add(used),
        height: below.height.saturating_sub(used),
        ..below
    };
    let widest = words
        .iter()
        .map(|w| text::width(&w.word) + 1 + text::width(&w.then))
        .max()
        .unwrap_or(0)
        .min(columns / 2);
    let chosen = line.at.unwrap_or(0);
    let from = (chosen + 1).saturating_sub(usize::from(list.height));
    for ((i, word), y) in words
        .iter()
        .enumerate()
        .skip(from)
        .zip(list.top()..list.bottom())
    {
        let row = Rect {
            y,
            height: 1,
            ..list
        };
        let head = format!("{} {}", word.word, word.then);
        let pad = (widest + 2).saturating_sub(text::width(head.trim_end()));
        let mut shown = Line::of(Meaning::HintKey, word.word.clone());
        if !word.then.is_empty() {
            shown.push(Meaning::HintText, format!(" {}", word.then));
        }
        shown.push(
            Meaning::TextMuted,
            format!("{}{}", " ".repeat(pad), word.what),
        );
        canvas.line(row, &shown);
        if line.at == Some(i) {
            canvas.over(row, Meaning::Selection);
        }
    }
}
