//! The check pane: everything that is wrong with the files, with file and line,
//! and what was not written and was inferred.

use super::Desk;
use crate::engine::problem::{Problem, Severity};
use crate::surface::Meaning;
use crate::tui::paint::{Line, wrapped};
use crate::tui::pane::conversation::count;

/// The lines, and for each the problem that it is of.
#[must_use]
pub fn lines(desk: &Desk, width: usize) -> Vec<(Line, Option<usize>)> {
    let mut out = Vec::new();
    if let Some(why) = &desk.problem {
        let lines = wrapped(Meaning::ScorePoor, &format!("!! {why}"), 0, width);
        out.extend(lines.into_iter().map(|line| (line, None)));
        return out;
    }
    let Some(shown) = &desk.shown else {
        return out;
    };
    if !shown.checked {
        out.push((Line::of(Meaning::TextMuted, "being checked"), None));
        return out;
    }
    let problems = &shown.read.problems;
    if problems.iter().all(|p| p.severity == Severity::Warning) {
        let line = Line::of(Meaning::ScoreGood, "ok").and(
            Meaning::Text,
            "  the scenario can be used, each task can be done",
        );
        out.push((line, None));
    }
    for (n, problem) in problems.iter().enumerate() {
        let (sign, role) = match problem.severity {
            Severity::Error => ("!! ", Meaning::ScorePoor),
            Severity::Warning => ("?  ", Meaning::ScoreFair),
        };
        for (i, part) in wrapped(role, &words(problem), 3, width)
            .into_iter()
            .enumerate()
        {
            let mut line = Line::new();
            for span in part.spans {
                let text = if i == 0 {
                    format!("{sign}{}", span.text.trim_start())
                } else {
                    span.text
                };
                line.push(span.role, text);
            }
            out.push((line, Some(n)));
        }
        for part in wrapped(Meaning::TextMuted, &problem.help, 3, width) {
            if !problem.help.is_empty() {
                out.push((part, Some(n)));
            }
        }
    }
    let inferred = &shown.read.inferences;
    if inferred.is_empty() {
        return out;
    }
    let how = if desk.inferred { "hides" } else { "shows" };
    let are = if inferred.len() == 1 { "is" } else { "are" };
    out.push((
        Line::of(
            Meaning::TextMuted,
            format!(
                "{} {are} not written and {are} inferred; i {how} them",
                count(inferred.len(), "thing")
            ),
        ),
        None,
    ));
    if desk.inferred {
        for one in inferred {
            let line = Line::of(Meaning::Text, format!("   {} ", one.key))
                .and(Meaning::TextStrong, one.value.clone())
                .and(
                    Meaning::TextMuted,
                    format!("  {}, from {}", one.file, one.from),
                );
            out.push((line, None));
        }
    }
    out
}

/// A problem in one sentence with its place.
fn words(problem: &Problem) -> String {
    if problem.line == 0 {
        return format!("{}: {}", problem.file, problem.what);
    }
    format!("{}:{}: {}", problem.file, problem.line, problem.what)
}
