//! The rest of a branch run several times: how often is asked first; then what
//! came of each run, and how often each assertion holds.

use crate::engine::session::Trial;
use crate::surface::{Meaning, text};
use crate::tui::layout::dialog;
use crate::tui::model::Run;
use crate::tui::paint::{Canvas, Line, wrapped};
use crate::tui::pane::conversation::{count, ended};
use crate::tui::travel::tree::Outcome;
use ratatui::layout::Rect;

/// How often, where nobody says more.
pub const TIMES: u32 = 8;
/// How often at most.
pub const MOST: u32 = 100;

/// The question how often.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ask {
    /// What was typed; empty: [`TIMES`].
    pub typed: String,
    /// What is wrong with it.
    pub said: Option<String>,
}

impl Ask {
    /// A letter, or one taken away.
    pub fn typed(&mut self, letter: Option<char>) {
        self.said = None;
        match letter {
            Some(c) if c.is_ascii_digit() && self.typed.len() < 4 => self.typed.push(c),
            Some(_) => {}
            None => {
                self.typed.pop();
            }
        }
    }
    /// How often.
    ///
    /// # Errors
    /// What is wrong with what was typed.
    pub fn times(&self) -> Result<u32, String> {
        times(&self.typed)
    }
}

/// Reads how often.
///
/// # Errors
/// What is wrong with it, in one sentence.
pub fn times(typed: &str) -> Result<u32, String> {
    if typed.is_empty() {
        return Ok(TIMES);
    }
    typed
        .parse()
        .ok()
        .filter(|n| (1..=MOST).contains(n))
        .ok_or_else(|| format!("a number from 1 to {MOST} is wanted"))
}

/// The report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Which run is chosen.
    pub at: usize,
}

/// Where the rest begins, in words.
fn place(run: &Run, trial: Option<&Trial>) -> String {
    let at = trial.map_or_else(|| run.at(), |t| t.at);
    match at.and_then(|id| run.session.step(id)) {
        Some(step) => format!("step {}", step.body.number),
        None => String::from("the start"),
    }
}

/// Paints the question.
pub fn ask(canvas: &mut Canvas<'_>, area: Rect, run: &Run, state: &Ask) {
    let at = dialog(area, 72, 8);
    canvas.clear(at);
    let title = Line::of(Meaning::HintKey, "t").and(Meaning::Title, " run the rest several times");
    let inside = canvas.frame(at, true, &title);
    let width = usize::from(inside.width);
    let words = format!(
        "From {} to the end and the judge, each time with fresh seeds and in a branch of its own. This branch stays as it is; one u takes all of it back.",
        place(run, None)
    );
    let mut lines = wrapped(Meaning::Text, &words, 0, width);
    lines.push(Line::new());
    let mut line = Line::of(Meaning::TextStrong, "how often  ");
    if state.typed.is_empty() {
        line.push(Meaning::EditorCursor, " ");
        line.push(Meaning::TextMuted, format!(" {TIMES}"));
    } else {
        line.push(Meaning::Text, state.typed.clone());
        line.push(Meaning::EditorCursor, " ");
    }
    lines.push(line);
    if let Some(said) = &state.said {
        lines.push(Line::of(Meaning::ScorePoor, format!("!! {said}")));
    }
    canvas.lines(inside, &lines, 0);
}

/// `5 of 8 (63%)`.
fn rate(part: usize, all: usize) -> String {
    let percent = (part as f64 * 100.0 / (all.max(1)) as f64).round();
    format!("{part} of {all} ({percent}%)")
}

/// Good where all, poor where none.
fn meaning(part: usize, all: usize) -> (&'static str, Meaning) {
    if part == all {
        ("ok", Meaning::ScoreGood)
    } else if part == 0 {
        ("!!", Meaning::ScorePoor)
    } else {
        ("? ", Meaning::ScoreFair)
    }
}

/// What can be said of all runs together.
fn summary(outcomes: &[Outcome], width: usize) -> Vec<Line> {
    let all = outcomes.len();
    if all == 0 {
        return vec![Line::of(
            Meaning::TextMuted,
            "no run has come to its end yet",
        )];
    }
    let held = outcomes
        .iter()
        .filter(|o| o.run.held == o.run.of && o.run.ended.is_some())
        .count();
    let (sign, role) = meaning(held, all);
    let mut out = vec![Line::of(
        role,
        format!("{sign} all assertions hold in {}", rate(held, all)),
    )];
    let scores: Vec<f64> = outcomes.iter().filter_map(|o| o.overall).collect();
    if let (Some(low), Some(high)) = (
        scores.iter().copied().reduce(f64::min),
        scores.iter().copied().reduce(f64::max),
    ) {
        let mean = scores.iter().sum::<f64>() / scores.len() as f64;
        out.push(Line::of(
            Meaning::Text,
            format!("   overall {mean:.1} on average, from {low:.1} to {high:.1}"),
        ));
    }
    let first = outcomes.first().map_or(&[][..], |o| &o.assertions);
    for (i, assertion) in first.iter().enumerate() {
        let holds = |o: &&Outcome| o.assertions.get(i).is_some_and(|a| a.holds);
        let n = outcomes.iter().filter(holds).count();
        let (sign, role) = meaning(n, all);
        let mut line = Line::of(role, format!("{sign} {n} of {all}  "));
        let room = width.saturating_sub(line.width());
        let clean = text::clean_line(&assertion.text);
        line.push(Meaning::Text, text::shorten(&clean, room).into_owned());
        out.push(line);
    }
    out
}

fn row(outcome: &Outcome, wide: usize) -> Line {
    let run = &outcome.run;
    let name = text::clean_line(&run.branch);
    let pad = " ".repeat(wide.saturating_sub(text::width(&name)));
    let (sign, role) = meaning(run.held, run.of);
    let mut line = Line::of(Meaning::TextStrong, format!("{name}{pad}  "))
        .and(role, format!("{sign} {} of {} hold", run.held, run.of));
    let overall = match outcome.overall {
        Some(overall) => format!("  overall {overall:>4.1}"),
        None => String::from("  not judged  "),
    };
    line.push(Meaning::Text, overall);
    line.push(
        Meaning::TextMuted,
        format!("  {}", count(outcome.steps, "step")),
    );
    match &run.ended {
        Some(why) => line.push(Meaning::TextMuted, format!("  {}", ended(why))),
        None => line.push(Meaning::ScoreFair, "  did not come to its end"),
    }
    line
}

/// Paints the report.
pub fn paint(canvas: &mut Canvas<'_>, area: Rect, run: &Run, state: &Report) {
    let rows = crate::tui::travel::below((area.width, area.height));
    let at = Rect {
        height: area.height.saturating_sub(rows),
        ..area
    };
    canvas.clear(at);
    let trial = run.session.trial();
    let mut title = Line::of(Meaning::HintKey, "T").and(Meaning::Title, " the rest, several times");
    title.push(Meaning::TextMuted, format!("  from {}", place(run, trial)));
    let outcomes = &run.travel.outcomes;
    let done = outcomes.len();
    match trial {
        Some(trial) if trial.running => title.push(
            Meaning::Mark,
            format!("  {done} of {}, running", trial.times),
        ),
        Some(trial) if done < trial.times as usize => title.push(
            Meaning::ScoreFair,
            format!("  {done} of {}, stopped", trial.times),
        ),
        Some(trial) => title.push(Meaning::TextMuted, format!("  all {}", trial.times)),
        None => {}
    }
    let inside = canvas.frame(at, true, &title);
    let inside = Rect {
        x: inside.x.saturating_add(1).min(inside.right()),
        width: inside.width.saturating_sub(2),
        ..inside
    };
    let width = usize::from(inside.width);
    let mut head = summary(outcomes, width);
    head.push(Line::new());
    // A few runs stay in view beside many assertions.
    head.truncate(usize::from(inside.height.saturating_sub(4)).max(1));
    canvas.lines(inside, &head, 0);
    let used = u16::try_from(head.len())
        .unwrap_or(u16::MAX)
        .min(inside.height);
    let list = Rect {
        y: inside.y.saturating_add(used),
        height: inside.height.saturating_sub(used),
        ..inside
    };
    let wide = outcomes
        .iter()
        .map(|o| text::width(&text::clean_line(&o.run.branch)))
        .max()
        .unwrap_or(0);
    let height = usize::from(list.height);
    let chosen = state.at.min(done.saturating_sub(1));
    let from = (chosen + 1).saturating_sub(height);
    let shown = outcomes.iter().enumerate().skip(from);
    for ((i, outcome), y) in shown.zip(list.top()..list.bottom()) {
        let at = Rect {
            y,
            height: 1,
            ..list
        };
        let sign = if i == chosen { "> " } else { "  " };
        let mut line = Line::of(Meaning::TextStrong, sign);
        line.spans.extend(row(outcome, wide).spans);
        canvas.line(at, &line);
        if i == chosen {
            canvas.over(at, Meaning::Selection);
        }
    }
    let below = done.saturating_sub(from + height);
    crate::tui::view::more(canvas, at, from, below, true);
}
