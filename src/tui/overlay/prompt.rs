//! A line to be typed: why something is discarded, a tag, a comment, a filter.
//! What was written before can be chosen below.

use crate::dataset::lint::Missed;
use crate::surface::{Code, Key, Keymap, Meaning, Place, text};
use crate::tui::job::queue::On;
use crate::tui::layout::dialog;
use crate::tui::overlay::question::ways;
use crate::tui::paint::{Canvas, Line, inner, wrapped};
use ratatui::layout::Rect;

/// Characters of a line at most.
const MOST: usize = 2000;
/// Rows of what was written before.
const ROWS: usize = 6;

/// What a line is for.
#[derive(Clone, Debug, PartialEq)]
pub enum For {
    /// Why a conversation is discarded.
    Discard(On),
    /// A tag that is put on it or taken off.
    Tag(On),
    /// A comment on it, in place of the one before.
    Comment(On),
    /// Which conversations the curate screen lists.
    CurateFilter,
    /// Which conversations the batch screen lists.
    BatchFilter,
    /// Which findings of the branch are listed.
    FindingFilter,
    /// A part of a finding that was missed.
    Missed(Box<Missed>, Stage),
}

/// What is asked about a finding that was missed, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Its kind.
    Kind,
    /// The words that are meant.
    Quote,
    /// Whose fault.
    Blame,
    /// Why.
    Note,
}

/// Its state.
#[derive(Clone, Debug, PartialEq)]
pub struct Prompt {
    /// What the line is for.
    pub asks: For,
    /// What was typed.
    pub text: String,
    /// What was written before, or what can be written.
    pub known: Vec<String>,
    /// Which of these is chosen.
    pub at: Option<usize>,
    /// Why the line could not be taken.
    pub said: Option<String>,
}

impl Prompt {
    /// A line with a text to begin with.
    #[must_use]
    pub fn new(asks: For, text: &str, known: Vec<String>) -> Self {
        Self {
            asks,
            text: text.to_owned(),
            known,
            at: None,
            said: None,
        }
    }
    /// A key that is no action.
    pub fn typed(&mut self, key: Key) {
        match key.code {
            Code::Char(c) if !key.ctrl && !key.alt => {
                if self.text.chars().count() < MOST {
                    self.text.push(c);
                }
            }
            Code::Backspace => {
                self.text.pop();
            }
            _ => return,
        }
        self.at = None;
        self.said = None;
    }
    /// Pasted text; nothing of it is obeyed.
    pub fn paste(&mut self, pasted: &str) {
        let room = MOST.saturating_sub(self.text.chars().count());
        self.text
            .extend(text::clean_line(pasted).chars().take(room));
        self.at = None;
        self.said = None;
    }
    /// Those below that have what was typed, as a whole or its last word.
    #[must_use]
    pub fn fitting(&self) -> Vec<&str> {
        let wanted = self.wanted().to_lowercase();
        let fits = |known: &&String| known.to_lowercase().contains(&wanted);
        let known = self.known.iter().filter(fits).map(String::as_str);
        known.take(ROWS).collect()
    }
    /// What is held against the words below.
    fn wanted(&self) -> &str {
        match self.asks {
            For::CurateFilter | For::BatchFilter | For::FindingFilter => {
                let last = self.text.rsplit(char::is_whitespace).next();
                last.unwrap_or_default()
            }
            For::Discard(_) | For::Tag(_) | For::Comment(_) | For::Missed(..) => self.text.trim(),
        }
    }
    /// Another of those below.
    pub fn turn(&mut self, forward: bool) {
        let n = self.fitting().len();
        self.at = match (self.at, forward) {
            _ if n == 0 => None,
            (None, true) => Some(0),
            (None, false) => Some(n - 1),
            (Some(at), true) => (at + 1 < n).then_some(at + 1),
            (Some(at), false) => at.checked_sub(1),
        };
    }
    /// Takes the chosen one, or the first, into the line.
    pub fn fill(&mut self) {
        let chosen = self.at.unwrap_or(0);
        let Some(word) = self.fitting().get(chosen).map(|w| (*w).to_owned()) else {
            return;
        };
        let kept = self.text.len().saturating_sub(self.wanted().len());
        let kept = self.text.get(..kept).unwrap_or_default();
        self.text = match self.asks {
            For::CurateFilter | For::BatchFilter | For::FindingFilter => format!("{kept}{word}"),
            For::Discard(_) | For::Tag(_) | For::Comment(_) | For::Missed(..) => word,
        };
        self.at = None;
    }
    /// What the line says when it is taken: the chosen one, where one is chosen.
    #[must_use]
    pub fn answer(&self) -> String {
        let mut whole = self.clone();
        if whole.at.is_some() {
            whole.fill();
        }
        whole.text.trim().to_owned()
    }
    fn title(&self) -> &'static str {
        match self.asks {
            For::Discard(_) => "discard",
            For::Tag(_) => "tag",
            For::Comment(_) => "comment",
            For::CurateFilter | For::BatchFilter | For::FindingFilter => "filter",
            For::Missed(_, stage) => match stage {
                Stage::Kind => "missed: what kind of finding",
                Stage::Quote => "missed: which words",
                Stage::Blame => "missed: whose fault",
                Stage::Note => "missed: a note",
            },
        }
    }
    fn help(&self) -> &'static str {
        match self.asks {
            For::Discard(_) => "why; may be left empty",
            For::Tag(_) => "a word; one that is there already is taken off",
            For::Comment(_) => "in place of what is there; empty takes it away",
            For::CurateFilter | For::BatchFilter => {
                "overall<6  lowest<4  findings>0  status:open  scenario:NAME  tag!=NAME  or any words"
            }
            For::FindingFilter => {
                "blame:agent  kind:wrong_amount  severity:high  by:judge  or any words; empty: all"
            }
            For::Missed(_, stage) => match stage {
                Stage::Kind => "type part of it, down chooses; `stategen help lint` explains them",
                Stage::Quote => "the words of the step that are wrong; may be left empty",
                Stage::Blame => "user, agent, tool, judge, scenario",
                Stage::Note => "why; may be left empty",
            },
        }
    }
}

/// Paints it.
pub fn paint(canvas: &mut Canvas<'_>, area: Rect, keymap: &Keymap, prompt: &Prompt) {
    let columns = usize::from(area.width.min(76).saturating_sub(4));
    let mut lines = match &prompt.said {
        Some(said) => wrapped(Meaning::ScorePoor, &format!("!! {said}"), 0, columns),
        None => wrapped(Meaning::TextMuted, prompt.help(), 0, columns),
    };
    // The end of a long line is what one types at.
    let clean = text::clean_line(&prompt.text);
    let from = clean
        .char_indices()
        .map(|(i, _)| i)
        .find(|i| text::width(clean.get(*i..).unwrap_or_default()) < columns)
        .unwrap_or(clean.len());
    let shown = clean.get(from..).unwrap_or_default();
    lines.insert(
        0,
        Line::of(Meaning::TextStrong, shown).and(Meaning::EditorCursor, " "),
    );
    let first = lines.len();
    for known in prompt.fitting() {
        lines.push(Line::of(Meaning::Text, format!("  {known}")));
    }
    lines.push(Line::new());
    lines.extend(ways(keymap, Place::Prompt, columns));
    let rows = u16::try_from(lines.len()).unwrap_or(u16::MAX);
    let at = dialog(area, 76, rows.saturating_add(2));
    canvas.clear(at);
    canvas.frame(at, true, &Line::of(Meaning::Title, prompt.title()));
    let inside = inner(at);
    let inside = Rect {
        x: inside.x.saturating_add(1).min(inside.right()),
        width: inside.width.saturating_sub(2),
        ..inside
    };
    canvas.lines(inside, &lines, 0);
    if let Some(chosen) = prompt.at {
        let y = u16::try_from(first.saturating_add(chosen)).unwrap_or(u16::MAX);
        let y = inside.y.saturating_add(y);
        if y < inside.bottom() {
            let row = Rect {
                y,
                height: 1,
                ..inside
            };
            canvas.over(row, Meaning::Selection);
        }
    }
}
