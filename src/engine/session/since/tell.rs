//! Then and now as rows for a reader: the same on the screen and on the output.

use super::{Since, Value, Would};
use crate::engine::id::StepId;

/// What a row is, for who paints it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// The heading of a part.
    Head,
    /// All is well.
    Good,
    /// It may be otherwise.
    Fair,
    /// It is otherwise.
    Poor,
    /// Plain.
    Text,
    /// Beside the point.
    Muted,
    /// What is there now.
    Came,
    /// What was there before.
    Gone,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// How it is meant.
    pub tone: Tone,
    /// It.
    pub text: String,
    /// Columns that it stands in from the left.
    pub indent: usize,
    /// The step that it is about, where it is about one.
    pub step: Option<StepId>,
}

impl Told {
    /// A row about no step.
    #[must_use]
    pub fn of(tone: Tone, text: impl Into<String>) -> Self {
        Self {
            tone,
            text: text.into(),
            indent: 0,
            step: None,
        }
    }
    /// The same, so far from the left.
    #[must_use]
    pub fn inset(mut self, indent: usize) -> Self {
        self.indent = indent;
        self
    }
    fn about(mut self, step: StepId) -> Self {
        self.step = Some(step);
        self
    }
}

fn counted(n: u32, one: &str) -> String {
    let s = if n == 1 { "" } else { "s" };
    format!("{n} {one}{s}")
}

impl Since {
    /// All of it, a row each: the answer first, the files' lines last.
    #[must_use]
    pub fn told(&self) -> Vec<Told> {
        let tone = match self.would {
            Would::Happen => Tone::Good,
            Would::Depends => Tone::Fair,
            Would::Differ => Tone::Poor,
        };
        let mut out = vec![Told::of(tone, self.in_words())];
        let version = if self.was == self.is {
            "made under this very version"
        } else {
            "made under another version"
        };
        out.push(Told::of(
            Tone::Muted,
            format!(
                "{version}; of {} code ran {} again and held {} against the contract",
                counted(self.of, "step"),
                counted(self.ran, "call"),
                counted(self.held, "proposal"),
            ),
        ));
        if !self.meaning.is_empty() {
            out.push(Told::of(Tone::Head, "what has changed since"));
            for line in &self.meaning {
                out.push(Told::of(Tone::Text, line).inset(2));
            }
        }
        if !self.start.is_empty() {
            out.push(Told::of(Tone::Head, "the world at the start"));
            values(&self.start, 2, &mut out);
        }
        if !self.steps.is_empty() {
            out.push(Told::of(Tone::Head, "steps that would be otherwise"));
        }
        for found in &self.steps {
            let tone = if found.open { Tone::Fair } else { Tone::Poor };
            let text = format!("step {}  {} {}", found.step, found.who, found.what);
            out.push(Told::of(tone, text).inset(2).about(found.id));
            values(&found.values, 4, &mut out);
        }
        if !self.seats.is_empty() {
            out.push(Told::of(Tone::Head, "who would be asked something else"));
        }
        for asked in &self.seats {
            let text = format!(
                "{} from step {}: {}",
                asked.seat,
                asked.step,
                asked.what.join(", ")
            );
            out.push(Told::of(Tone::Fair, text).inset(2).about(asked.id));
        }
        if !self.findings.is_empty() {
            out.push(Told::of(Tone::Head, "findings of the check"));
        }
        for found in &self.findings {
            let (tone, word) = if found.new {
                (Tone::Poor, "new")
            } else {
                (Tone::Good, "gone")
            };
            let text = format!(
                "{word}  step {}  {} ({}): {}",
                found.step,
                found.kind,
                found.blame.word(),
                found.what
            );
            out.push(Told::of(tone, text).inset(2).about(found.id));
        }
        if !self.assertions.is_empty() {
            out.push(Told::of(Tone::Head, "what has to be true at the end"));
        }
        let word = |held: Option<bool>| match held {
            Some(true) => "held",
            Some(false) => "failed",
            None => "not asked",
        };
        for held in &self.assertions {
            let tone = if held.is == Some(false) {
                Tone::Poor
            } else {
                Tone::Fair
            };
            let text = format!(
                "{}: {} then, {} now",
                held.text,
                word(held.was),
                word(held.is)
            );
            out.push(Told::of(tone, text).inset(2));
        }
        self.told_files(&mut out);
        out
    }

    fn told_files(&self, out: &mut Vec<Told>) {
        if self.files.is_empty() {
            return;
        }
        out.push(Told::of(Tone::Head, "the files"));
        for file in &self.files {
            out.push(Told::of(Tone::Text, format!("{}  {}", file.file, file.how)).inset(2));
            for line in &file.lines {
                let (tone, text) = match line.sign {
                    '+' => (Tone::Came, format!("+ {}", line.text)),
                    '-' => (Tone::Gone, format!("- {}", line.text)),
                    '@' => (Tone::Muted, format!("… {}", line.text)),
                    _ => (Tone::Muted, format!("  {}", line.text)),
                };
                out.push(Told::of(tone, text).inset(4));
            }
        }
    }
}

fn values(all: &[Value], indent: usize, out: &mut Vec<Told>) {
    let none = || String::from("nothing");
    for value in all {
        let was = value.was.clone().unwrap_or_else(none);
        let is = value.is.clone().unwrap_or_else(none);
        let text = format!("{}: {was} -> {is}", value.place);
        out.push(Told::of(Tone::Text, text).inset(indent));
    }
}
