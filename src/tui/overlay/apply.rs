//! The question before an edit takes effect: what it touches, from where on, and
//! whether the file is written too.

use super::Overlay;
use super::edit::used;
use crate::surface::{Action, Keymap, Meaning, key};
use crate::tui::editing::Change;
use crate::tui::job::touch::Touched;
use crate::tui::layout::dialog;
use crate::tui::model::Run;
use crate::tui::paint::{Canvas, Line, inner, wrapped};
use ratatui::layout::Rect;

/// Other conversations that are named; more are counted.
const NAMED: usize = 4;
/// Problems that are told.
const TOLD: usize = 8;

/// Its state.
#[derive(Debug)]
pub struct Apply {
    /// What the question came from, and goes back to.
    pub under: Option<Box<Overlay>>,
    /// What is edited, in words.
    pub name: String,
    /// What would be done.
    pub change: Change,
    /// Tells the question apart from others.
    pub id: u64,
    /// What it touches, once that is known.
    pub told: Option<Touched>,
    /// Whether the file is written too.
    pub also_file: bool,
    /// Where it goes, while the file is being written.
    pub writing: Option<Action>,
}

impl Apply {
    /// What a way out does, in words.
    ///
    /// # Errors
    /// Why it cannot be taken.
    pub fn way(&self, run: &Run, action: Action) -> Result<String, String> {
        let branch = &run.session.current().name;
        if action == Action::ApplyBack {
            return Ok(String::from("back to the text"));
        }
        if run.busy() {
            return Err(String::from("a call is in flight; x stops it"));
        }
        if self.writing.is_some() {
            return Err(String::from("the file is being written"));
        }
        match &self.change {
            Change::Act { number, .. } => match action {
                Action::ApplyHere => Ok(format!("in a new branch; {branch} stays as it is")),
                Action::ApplyOver => Ok(format!(
                    "in {branch}; its steps from {number} on are hidden (u: back)"
                )),
                _ => Err(String::from("a step is not a version of the scenario")),
            },
            Change::Edit { .. } => self.edit_way(run, action),
        }
    }

    fn edit_way(&self, run: &Run, action: Action) -> Result<String, String> {
        let branch = &run.session.current().name;
        let Some(told) = &self.told else {
            return Err(String::from("what it touches is being looked up"));
        };
        let Ok(touches) = &told.touches else {
            return Err(String::from("it cannot be used as it is"));
        };
        let here = match run.seen.upto {
            0 => String::from("from the start"),
            n => format!("from here, after step {n}"),
        };
        match action {
            Action::ApplyHere if run.past() => Ok(format!("{here}, in a new branch")),
            Action::ApplyHere => Ok(format!("{here}, in {branch}")),
            Action::ApplyOver if run.past() => Ok(format!(
                "{here}, in {branch}; its old tail is hidden (u: back)"
            )),
            Action::ApplyOver => Err(String::from("nothing follows here that could be hidden")),
            Action::ApplyFirst => match &touches.first {
                Some(first) => Ok(format!(
                    "from the first use: before step {}, in a new branch",
                    first.number
                )),
                None => Err(String::from("no step used the old version")),
            },
            Action::ApplyFile => match &told.file {
                Ok(path) if self.also_file => {
                    Ok(format!("[x] also in the file {}", path.display()))
                }
                Ok(path) => Ok(format!(
                    "[ ] this conversation only; the file is {}",
                    path.display()
                )),
                Err(why) => Err(why.clone()),
            },
            _ => Ok(String::new()),
        }
    }

    /// What it touches, in lines.
    fn touched(&self, run: &Run, columns: usize) -> Vec<Line> {
        let mut out = Vec::new();
        let mut say = |role, words: &str| out.extend(wrapped(role, words, 0, columns));
        match (&self.change, &self.told) {
            (Change::Act { number, .. }, _) => say(
                Meaning::Text,
                &format!("Step {number} as it was made stays: a try of the same step."),
            ),
            (Change::Edit { .. }, None) => say(Meaning::TextMuted, "…"),
            (Change::Edit { .. }, Some(told)) => match &told.touches {
                Err(problems) => {
                    if problems.is_empty() {
                        say(Meaning::ScorePoor, "!! this cannot be changed here");
                    }
                    for problem in problems.iter().take(TOLD) {
                        say(Meaning::ScorePoor, &format!("!! {problem}"));
                    }
                    if problems.len() > TOLD {
                        let more = problems.len() - TOLD;
                        say(Meaning::ScorePoor, &format!("!! and {more} more"));
                    }
                }
                Ok(touches) => {
                    say(Meaning::TextStrong, &touches.what);
                    let mut words = used(touches);
                    if !touches.used.is_empty() {
                        words.push_str(" of ");
                        words.push_str(&run.session.current().name);
                    }
                    say(Meaning::Text, &words);
                    match &told.others {
                        Ok(others) if others.is_empty() => {}
                        Ok(others) => {
                            let n = others.len();
                            let word = if n == 1 { "" } else { "s" };
                            say(
                                Meaning::ScoreFair,
                                &format!(
                                    "? {n} other conversation{word} used it, stale once the file has it:"
                                ),
                            );
                            for (name, step) in others.iter().take(NAMED) {
                                say(Meaning::TextMuted, &format!("  {name} from step {step}"));
                            }
                            if n > NAMED {
                                say(Meaning::TextMuted, &format!("  and {} more", n - NAMED));
                            }
                        }
                        Err(why) => say(Meaning::ScoreFair, &format!("? {why}")),
                    }
                }
            },
        }
        out
    }
}

/// Paints it.
pub fn paint(canvas: &mut Canvas<'_>, area: Rect, keymap: &Keymap, run: &Run, state: &Apply) {
    let columns = usize::from(area.width.min(76).saturating_sub(4));
    let mut lines = state.touched(run, columns);
    lines.push(Line::new());
    for action in [
        Action::ApplyHere,
        Action::ApplyOver,
        Action::ApplyFirst,
        Action::ApplyFile,
        Action::ApplyBack,
    ] {
        let keys = keymap
            .keys_of(action)
            .first()
            .map(|k| key::sequence(k))
            .unwrap_or_default();
        let pad = 7usize.saturating_sub(keys.len());
        let (role, words) = match state.way(run, action) {
            Ok(words) => (Meaning::HintText, words),
            Err(why) => {
                let act = matches!(state.change, Change::Act { .. });
                let never = match action {
                    Action::ApplyFirst | Action::ApplyFile => act,
                    Action::ApplyOver => !act && !run.past(),
                    _ => false,
                };
                if never {
                    continue;
                }
                let what = match action {
                    Action::ApplyHere => "from here",
                    Action::ApplyOver => "from here, in this branch",
                    Action::ApplyFirst => "from the first use",
                    _ => "also in the file",
                };
                (Meaning::TextMuted, format!("{what}: off, {why}"))
            }
        };
        let mut parts = wrapped(role, &words, 0, columns.saturating_sub(7)).into_iter();
        let mut first = Line::of(Meaning::HintKey, keys).and(role, " ".repeat(pad));
        first.spans.extend(parts.next().unwrap_or_default().spans);
        lines.push(first);
        lines.extend(parts.map(|line| {
            let mut out = Line::of(role, " ".repeat(7));
            out.spans.extend(line.spans);
            out
        }));
    }
    let height = u16::try_from(lines.len())
        .unwrap_or(u16::MAX)
        .saturating_add(2);
    let at = dialog(area, 76, height);
    canvas.clear(at);
    let title = Line::of(Meaning::Title, format!("apply {}", state.name));
    canvas.frame(at, true, &title);
    let inside = inner(at);
    let inside = Rect {
        x: inside.x.saturating_add(1).min(inside.right()),
        width: inside.width.saturating_sub(2),
        ..inside
    };
    // Where not all fits, the ways out do.
    let offset = lines.len().saturating_sub(usize::from(inside.height));
    canvas.lines(inside, &lines, offset);
}
