//! The command line: a few words that do something. What may come next stands
//! below; a word that is none is answered by the nearest that is.

use crate::config;
use crate::driver::SeatRow;
use crate::surface::{Meaning, text};
use crate::tui::layout::dialog;
use crate::tui::paint::{Canvas, Line, wrapped};
use ratatui::layout::Rect;

/// How often a request is sent again where nobody says more.
pub const TIMES: u32 = 10;
/// How often at most.
const MOST: u32 = 200;

/// The commands: word, what follows it, what it does.
const COMMANDS: [(&str, &str, &str); 5] = [
    (
        "again",
        "[HOW OFTEN]",
        "send this step's request again and compare the answers",
    ),
    ("help", "", "all keys"),
    ("judge", "", "ask the judge now"),
    (
        "model",
        "SEAT MODEL [once]",
        "another model for a seat; once: for the next call alone",
    ),
    ("report", "", "what came of the last `again`"),
];

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

/// What a line says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// Send a step's request again.
    Again(u32),
    /// Another player in a seat.
    Model {
        /// The seat.
        seat: String,
        /// The player.
        choice: String,
        /// For the next call alone.
        once: bool,
    },
    /// Ask the judge.
    Judge,
    /// The keys.
    Help,
    /// What came of the last `again`.
    Report,
}

/// A word that may come next, and what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// The word.
    pub word: String,
    /// What follows it.
    pub then: String,
    /// What it is.
    pub what: String,
}

/// Whole words before the one that is being typed, and that one.
fn split(text: &str) -> (Vec<&str>, &str) {
    let mut words: Vec<&str> = text.split_whitespace().collect();
    let last = if text.ends_with(char::is_whitespace) {
        ""
    } else {
        words.pop().unwrap_or("")
    };
    (words, last)
}

impl CommandLine {
    /// What may come next.
    #[must_use]
    pub fn words(&self, seats: &[SeatRow]) -> Vec<Word> {
        let (before, typed) = split(&self.text);
        let word = |word: &str, then: &str, what: &str| Word {
            word: word.to_owned(),
            then: then.to_owned(),
            what: what.to_owned(),
        };
        let all: Vec<Word> = match before.as_slice() {
            [] => COMMANDS
                .map(|(name, then, what)| word(name, then, what))
                .into(),
            ["again"] => vec![word(&TIMES.to_string(), "", "times")],
            ["model"] => seats
                .iter()
                .map(|row| word(&row.seat, "", &format!("played by {}", row.plays)))
                .collect(),
            ["model", seat] => seats
                .iter()
                .filter(|row| row.seat == *seat)
                .flat_map(|row| {
                    row.choices.iter().map(|choice| {
                        let what = if *choice == row.plays { "plays" } else { "" };
                        word(choice, "", what)
                    })
                })
                .collect(),
            ["model", _, _] => vec![word("once", "", "for the next call alone")],
            _ => Vec::new(),
        };
        let typed = typed.to_lowercase();
        all.into_iter()
            .filter(|w| w.word.to_lowercase().contains(&typed))
            .collect()
    }
    /// Takes the chosen word, or the first.
    pub fn fill(&mut self, seats: &[SeatRow]) {
        let words = self.words(seats);
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
    pub fn turn(&mut self, forward: bool, seats: &[SeatRow]) {
        let n = self.words(seats).len();
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
    /// What the line says.
    ///
    /// # Errors
    /// What is wrong with it, in one sentence.
    pub fn read(&self, seats: &[SeatRow]) -> Result<Said, String> {
        let words: Vec<&str> = self.text.split_whitespace().collect();
        let Some((name, rest)) = words.split_first() else {
            return Err(String::from("type a command"));
        };
        match (*name, rest) {
            ("again", []) => Ok(Said::Again(TIMES)),
            ("again", [times]) => match times.parse::<u32>() {
                Ok(times) if (1..=MOST).contains(&times) => Ok(Said::Again(times)),
                _ => Err(format!("`again` takes a number from 1 to {MOST}")),
            },
            ("judge", []) => Ok(Said::Judge),
            ("help", []) => Ok(Said::Help),
            ("report", []) => Ok(Said::Report),
            ("model", [seat, choice]) => model(seats, seat, choice, false),
            ("model", [seat, choice, "once"]) => model(seats, seat, choice, true),
            ("model", _) => Err(String::from(
                "`model` takes a seat, a model and perhaps `once`",
            )),
            ("again", _) => Err(String::from("`again` takes one number")),
            ("judge" | "help" | "report", _) => Err(format!("nothing follows `{name}`")),
            (other, _) => Err(unknown("command", other, COMMANDS.map(|(name, ..)| name))),
        }
    }
}

/// There is none of this name, and which is nearest.
fn unknown<'a>(what: &str, word: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> String {
    if let Some(near) = config::nearest(word, known.clone()) {
        return format!("there is no {what} `{word}`; `{near}` is near it");
    }
    let all: Vec<&str> = known.into_iter().collect();
    format!("there is no {what} `{word}`; there are: {}", all.join(", "))
}

fn model(seats: &[SeatRow], seat: &str, choice: &str, once: bool) -> Result<Said, String> {
    let Some(row) = seats.iter().find(|row| row.seat == seat) else {
        let known: Vec<&str> = seats.iter().map(|row| row.seat.as_str()).collect();
        return Err(unknown("seat", seat, known));
    };
    if !row.choices.iter().any(|c| c == choice) {
        let known: Vec<&str> = row.choices.iter().map(String::as_str).collect();
        return Err(unknown("model", choice, known));
    }
    Ok(Said::Model {
        seat: seat.to_owned(),
        choice: choice.to_owned(),
        once,
    })
}

/// Paints it.
pub fn paint(canvas: &mut Canvas<'_>, area: Rect, line: &CommandLine, seats: &[SeatRow]) {
    let words = line.words(seats);
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

#[cfg(test)]
mod tests {
    use super::*;

    fn seats() -> Vec<SeatRow> {
        ["user", "agent"]
            .map(|seat| SeatRow {
                seat: seat.to_owned(),
                plays: String::from("scripted"),
                once: None,
                choices: ["scripted", "local/small"].map(str::to_owned).into(),
            })
            .into()
    }

    fn read(text: &str) -> Result<Said, String> {
        let line = CommandLine {
            text: text.to_owned(),
            ..CommandLine::default()
        };
        line.read(&seats())
    }

    #[test]
    fn lines_are_read_and_slips_answered_by_the_nearest() {
        assert_eq!(read(" again "), Ok(Said::Again(10)));
        assert_eq!(read("again 3"), Ok(Said::Again(3)));
        assert_eq!(read("judge"), Ok(Said::Judge));
        let model = |once| Said::Model {
            seat: String::from("agent"),
            choice: String::from("local/small"),
            once,
        };
        assert_eq!(read("model agent local/small"), Ok(model(false)));
        assert_eq!(read("model agent local/small once"), Ok(model(true)));
        for (text, wanted) in [
            ("", "type a command"),
            ("agian 3", "`again` is near"),
            ("again 0", "from 1 to 200"),
            ("again 100000", "from 1 to 200"),
            ("again many", "from 1 to 200"),
            ("again 1 2", "one number"),
            ("judge me", "nothing follows `judge`"),
            ("xyzzy", "there are: again, help"),
            ("model agnet local/small", "`agent` is near"),
            ("model agent local/smal", "`local/small` is near"),
            ("model agent", "takes a seat, a model"),
        ] {
            let why = read(text).unwrap_err();
            assert!(why.contains(wanted), "{text}: {why}");
        }
    }

    #[test]
    fn words_are_offered_in_their_turn() {
        let seats = seats();
        let mut line = CommandLine::default();
        line.typed(Some('m'));
        line.fill(&seats);
        assert_eq!(line.text, "model ");
        line.turn(true, &seats);
        line.turn(true, &seats);
        line.fill(&seats);
        assert_eq!(line.text, "model agent ");
        for c in "sma".chars() {
            line.typed(Some(c));
        }
        line.fill(&seats);
        assert_eq!(line.text, "model agent local/small ");
        line.fill(&seats);
        assert_eq!(line.text, "model agent local/small once ");
        line.fill(&seats);
        assert_eq!(line.text, "model agent local/small once ");
    }
}
