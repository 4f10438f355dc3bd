//! The checks that need no model while the conversation runs; the axes, the
//! gates and the findings once the judge has spoken.

use super::conversation::count;
use super::findings::blamed;
use super::persona::bar;
use crate::engine::role::By;
use crate::engine::score::{AssertionResult, Finding, Verdict};
use crate::surface::{Meaning, text};
use crate::tui::layout::Pane;
use crate::tui::model::Run;
use crate::tui::paint::{Line, wrapped};
use std::fmt::Write as _;

/// Findings that are listed here at most.
const MOST: usize = 40;

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
    if let Some(verdict) = &seen.verdict {
        let beside = beside_each_other(run, width);
        let alone = beside.is_empty();
        out.extend(beside);
        // What the table says already gives way where there is no room.
        let whole = alone || reasons;
        if whole {
            out.extend(overall(run, verdict, width));
        }
        out.extend(checked(run, width));
        if whole {
            out.extend(samples(verdict, width));
            out.extend(axes(run, verdict, width, reasons));
        }
    } else {
        let words = "not judged yet; checks so far";
        out.push(Line::of(Meaning::TextMuted, words));
        out.extend(checked(run, width));
    }
    out.extend(assertions(&seen.assertions, width));
    let judged = seen.verdict.iter().flat_map(|v| {
        let all = v.samples.iter().filter(|s| s.usable()).count();
        let said = v.said.iter().copied().map(Some);
        let said = said.chain(std::iter::repeat(None));
        let said = said.map(move |n| n.map(|n| (n, all)));
        v.findings.iter().zip(said)
    });
    // A long list is read in the pane of its own; here stand the newest.
    let skipped = seen.findings.len().saturating_sub(MOST);
    let found = seen.findings.iter().skip(skipped).map(|f| (f, None));
    out.extend(findings("findings", found.chain(judged), width));
    if skipped > 0 {
        let words = format!("{skipped} earlier ones: g f");
        out.push(Line::of(Meaning::TextMuted, words));
    }
    if let Some(verdict) = &seen.verdict {
        let title = "void: the quote is not in the transcript";
        let voided = verdict.voided.iter().map(|f| (f, None));
        out.extend(findings(title, voided, width));
    }
    out
}

/// Several verdicts beside each other; nothing where there is one.
fn beside_each_other(run: &Run, width: usize) -> Vec<Line> {
    if run.seen.verdicts.len() > 1 {
        beside(run, width)
    } else {
        Vec::new()
    }
}

/// What the check comes to, beside the axes; and where both contradict each other.
fn checked(run: &Run, width: usize) -> Vec<Line> {
    let rate = super::findings::rate(run).unwrap_or_default();
    let mut out = wrapped(Meaning::TextMuted, &rate, 0, width);
    if let Some(how) = run.sums.as_ref().and_then(|s| s.disagree) {
        let words = format!("<> {}", how.words());
        out.extend(wrapped(Meaning::Mark, &words, 0, width));
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
        let (sign, role) = mark(score.score, failed);
        let mut line =
            Line::of(role, format!("{sign} ")).and(Meaning::Text, format!("{title}{pad} "));
        line.spans
            .extend(bar(Some(score.score / 10.0), None, gauge).spans);
        line.push(role, format!(" {:>4}", trim(score.score)));
        match score.spread {
            Some(spread) => line.push(Meaning::TextMuted, format!(" ±{spread:.1}")),
            None => line.push(Meaning::TextMuted, "/10"),
        }
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

/// What the judge was asked several times, and what each answer came to.
fn samples(verdict: &Verdict, width: usize) -> Vec<Line> {
    if verdict.samples.is_empty() {
        return Vec::new();
    }
    let each: Vec<String> = verdict
        .samples
        .iter()
        .map(|s| {
            if s.usable() {
                trim(s.overall)
            } else {
                String::from("none")
            }
        })
        .collect();
    let words = format!("{}: {}", count(each.len(), "sample"), each.join(", "));
    let mut out = wrapped(Meaning::TextMuted, &words, 0, width);
    let unusable = verdict.samples.iter().flat_map(|s| &s.unusable);
    for why in unusable.map(|u| &u.why) {
        let words = format!("an answer could not be used: {why}");
        out.extend(wrapped(Meaning::Mark, &words, 2, width));
    }
    out
}

/// Points between two verdicts on an axis from which they disagree.
const APART: f64 = 2.0;

/// All verdicts side by side, oldest first, and where they disagree.
fn beside(run: &Run, width: usize) -> Vec<Line> {
    /// Columns of a score with its spread, and without.
    const WIDE: usize = 9;
    const NARROW: usize = 5;
    let all = &run.seen.verdicts;
    let rubric = &run.session.scenario().rubric;
    let label = if width < 40 { 11 } else { 24 };
    let room = width.saturating_sub(label + 3);
    let spreads = all.iter().any(|j| j.verdict.spread.is_some());
    let spreads = spreads && room >= 2 * WIDE;
    let wide = if spreads { WIDE } else { NARROW };
    let fit = (room / wide).max(1);
    let from = all.len().saturating_sub(fit);
    let shown = all.get(from..).unwrap_or_default();
    let left_out = match from {
        0 => String::new(),
        n => format!(", {n} older left out"),
    };
    let words = format!("{} verdicts{left_out}; != where they disagree", all.len());
    let mut out = wrapped(Meaning::TextStrong, &words, 0, width);
    for (judgement, letter) in shown.iter().zip('a'..='z') {
        let by = match &judgement.by {
            By::Scripted => "scripted",
            By::Model(name) => name,
            By::Person => "a person",
            By::Code => "code",
        };
        out.push(
            Line::of(Meaning::TextStrong, format!("{letter}  "))
                .and(Meaning::Text, by)
                .and(Meaning::TextMuted, format!("  step {}", judgement.number)),
        );
    }
    let mut head = Line::of(Meaning::TextMuted, " ".repeat(label + 3));
    for (_, letter) in shown.iter().zip('a'..='z') {
        head.push(
            Meaning::TextMuted,
            format!("{letter:>4}{:1$}", "", wide - 4),
        );
    }
    out.push(head);
    let axes = rubric.axes.iter().map(|a| (a.id.as_str(), &a.title));
    let title = String::from("Overall");
    for (id, title) in std::iter::once(("overall", &title)).chain(axes) {
        let cells: Vec<Option<(f64, Option<f64>)>> = shown
            .iter()
            .map(|j| {
                if id == "overall" {
                    return Some((j.verdict.overall, j.verdict.spread));
                }
                let score = j.verdict.axes.iter().find(|s| s.axis == id)?;
                Some((score.score, score.spread))
            })
            .collect();
        let failed: Vec<bool> = shown
            .iter()
            .map(|j| j.verdict.gates_failed.iter().any(|g| g == id))
            .collect();
        let values = || cells.iter().flatten().map(|(score, _)| *score);
        let least = values().fold(f64::INFINITY, f64::min);
        let most = values().fold(f64::NEG_INFINITY, f64::max);
        let gate = failed.iter().any(|f| *f) && !failed.iter().all(|f| *f);
        let apart = gate || most - least >= APART;
        let title = text::clean_line(title);
        let title = text::shorten(&title, label);
        let pad = " ".repeat(label.saturating_sub(text::width(&title)));
        let mut line = if apart {
            Line::of(Meaning::Mark, "!= ")
        } else {
            Line::of(Meaning::Text, "   ")
        };
        line.push(Meaning::Text, format!("{title}{pad}"));
        for (cell, failed) in cells.iter().zip(failed) {
            let Some((score, spread)) = cell else {
                line.push(
                    Meaning::ScoreNone,
                    format!("{:>4}{:2$}", "n/a", "", wide - 4),
                );
                continue;
            };
            line.push(mark(*score, failed).1, format!("{:>4}", trim(*score)));
            let spread = spread.filter(|_| spreads);
            let spread = spread.map_or_else(String::new, |s| format!("±{s:.1}"));
            line.push(Meaning::TextMuted, format!("{spread:<0$}", wide - 4));
        }
        out.push(line);
    }
    out
}

/// Sign and role of a score.
fn mark(score: f64, failed: bool) -> (&'static str, Meaning) {
    if failed || score < 4.0 {
        ("!", Meaning::ScorePoor)
    } else if score < 7.0 {
        ("?", Meaning::ScoreFair)
    } else {
        (" ", Meaning::ScoreGood)
    }
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
    if let Some(spread) = verdict.spread {
        let _ = write!(words, " ±{spread:.1}");
    }
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

/// Findings, each with how many of the judge's samples said so.
fn findings<'a>(
    title: &str,
    list: impl Iterator<Item = (&'a Finding, Option<(u32, usize)>)>,
    width: usize,
) -> Vec<Line> {
    let mut out = Vec::new();
    for (finding, said) in list {
        if out.is_empty() {
            out.push(Line::of(Meaning::TextStrong, title));
        }
        let head = format!(
            "!! step {} {} ({}){}: {}",
            finding.step,
            finding.kind.replace('_', " "),
            blamed(finding.blame),
            said.map_or_else(String::new, |(n, all)| format!(", {n} of {all} say so")),
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

/// `7`, `7.5`.
fn trim(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
}
