//! The checks that need no model while the conversation runs; the axes, the
//! gates and the findings once the judge has spoken.

use super::persona::bar;
use crate::engine::score::{AssertionResult, Blame, Finding, Verdict};
use crate::surface::{Meaning, text};
use crate::tui::layout::Pane;
use crate::tui::model::Run;
use crate::tui::paint::{Line, wrapped};

/// All lines of the pane.
#[must_use]
pub fn lines(run: &Run, width: usize, height: usize) -> Vec<Line> {
    let whole = all(run, width, true);
    // Reasons give way where the pane is short, unless one is reading it.
    if whole.len() <= height || run.focus == Pane::Judge {
        whole
    } else {
        all(run, width, false)
    }
}

fn all(run: &Run, width: usize, reasons: bool) -> Vec<Line> {
    let seen = &run.seen;
    let mut out = Vec::new();
    match &seen.verdict {
        Some(verdict) => {
            out.extend(overall(run, verdict, width));
            out.extend(axes(run, verdict, width, reasons));
        }
        None => out.push(Line::of(
            Meaning::TextMuted,
            "not judged yet; checks so far",
        )),
    }
    out.extend(assertions(&seen.assertions, width));
    let judged = seen.verdict.iter().flat_map(|v| &v.findings);
    out.extend(findings(
        "findings",
        seen.findings.iter().chain(judged),
        width,
    ));
    if let Some(verdict) = &seen.verdict {
        let title = "void: the quote is not in the transcript";
        out.extend(findings(title, verdict.voided.iter(), width));
    }
    out
}

fn axes(run: &Run, verdict: &Verdict, width: usize, reasons: bool) -> Vec<Line> {
    let rubric = &run.session.scenario().rubric;
    let mut out = Vec::new();
    let room = if width < 40 { 13 } else { 24 };
    let gauge = width.saturating_sub(room + 12).clamp(3, 20);
    for axis in &rubric.axes {
        let title = text::clean_line(&axis.title);
        let title = text::shorten(&title, room);
        let pad = " ".repeat(room.saturating_sub(text::width(&title)));
        let Some(score) = verdict.axes.iter().find(|s| s.axis == axis.id) else {
            out.push(Line::of(
                Meaning::ScoreNone,
                format!("  {title}{pad} n/a: the judge left it out"),
            ));
            continue;
        };
        let failed = verdict.gates_failed.contains(&axis.id);
        let (sign, role) = if failed || score.score < 4.0 {
            ("!", Meaning::ScorePoor)
        } else if score.score < 7.0 {
            ("?", Meaning::ScoreFair)
        } else {
            (" ", Meaning::ScoreGood)
        };
        let mut line =
            Line::of(role, format!("{sign} ")).and(Meaning::Text, format!("{title}{pad} "));
        line.spans
            .extend(bar(Some(score.score / 10.0), None, gauge).spans);
        line.push(role, format!(" {:>4}", trim(score.score)));
        line.push(Meaning::TextMuted, "/10");
        if !score.steps.is_empty() && width >= 60 {
            let steps: Vec<String> = score.steps.iter().map(ToString::to_string).collect();
            line.push(Meaning::TextMuted, format!("  step {}", steps.join(", ")));
        }
        out.push(line);
        if reasons && !score.reason.is_empty() {
            out.extend(wrapped(Meaning::TextMuted, &score.reason, 4, width));
        }
    }
    out
}

fn overall(run: &Run, verdict: &Verdict, width: usize) -> Vec<Line> {
    let rubric = &run.session.scenario().rubric;
    let met = verdict.gates_failed.is_empty();
    let role = if met {
        Meaning::ScoreGood
    } else {
        Meaning::ScorePoor
    };
    let mut words = format!("overall {:.1}", verdict.overall);
    if let Some(gate) = rubric.gate {
        words += "  gate ";
        words += &trim(gate);
    }
    if met {
        words.push_str("  all gates met");
    } else {
        words += "  not met: ";
        words += &verdict.gates_failed.join(", ");
    }
    wrapped(role, &words, 0, width)
}

fn assertions(list: &[AssertionResult], width: usize) -> Vec<Line> {
    let mut out = Vec::new();
    if list.is_empty() {
        return out;
    }
    let held = list.iter().filter(|a| a.holds).count();
    out.push(Line::of(Meaning::TextStrong, "assertions").and(
        Meaning::TextMuted,
        format!("  {held} of {} hold", list.len()),
    ));
    for one in list {
        let (sign, role) = if one.holds {
            ("ok ", Meaning::ScoreGood)
        } else {
            ("-- ", Meaning::TextMuted)
        };
        let mut parts = wrapped(Meaning::Text, &one.text, 0, width.saturating_sub(3)).into_iter();
        let mut first = Line::of(role, sign);
        first.spans.extend(parts.next().unwrap_or_default().spans);
        out.push(first);
        for part in parts {
            let mut line = Line::of(Meaning::Text, "   ");
            line.spans.extend(part.spans);
            out.push(line);
        }
        if !one.holds {
            for saw in &one.saw {
                out.extend(wrapped(Meaning::TextMuted, saw, 3, width));
            }
        }
    }
    out
}

fn findings<'a>(title: &str, list: impl Iterator<Item = &'a Finding>, width: usize) -> Vec<Line> {
    let mut out = Vec::new();
    for finding in list {
        if out.is_empty() {
            out.push(Line::of(Meaning::TextStrong, title));
        }
        let head = format!(
            "!! step {} {} ({}): {}",
            finding.step,
            finding.kind.replace('_', " "),
            blamed(finding.blame),
            finding.what
        );
        let mut lines = wrapped(Meaning::ScorePoor, &head, 0, width.saturating_sub(3)).into_iter();
        out.extend(lines.next());
        out.extend(lines.map(|line| {
            let mut moved = Line::of(Meaning::Text, "   ");
            moved.spans.extend(line.spans);
            moved
        }));
        if !finding.quote.is_empty() {
            out.extend(wrapped(
                Meaning::TextMuted,
                &format!("\"{}\"", finding.quote),
                3,
                width,
            ));
        }
    }
    out
}

fn blamed(blame: Blame) -> &'static str {
    match blame {
        Blame::User => "user simulator",
        Blame::Agent => "agent",
        Blame::Tool => "tool simulator",
        Blame::Judge => "judge",
        Blame::Scenario => "scenario",
    }
}

/// `7`, `7.5`.
fn trim(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
}
