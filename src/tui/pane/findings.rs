//! What is wrong, step by step: what code found, what the judge says and what a
//! person added, with the step, the kind, who is to blame, the words, and what is
//! true instead.

use super::Window;
use super::conversation::{count, role_word};
use crate::engine::id::StepId;
use crate::engine::score::{Blame, Finding, Looks, Severity};
use crate::engine::session::Place;
use crate::engine::step::Act;
use crate::store::Marks;
use crate::surface::Meaning;
use crate::tui::model::Run;
use crate::tui::paint::{Line, wrapped};
use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::Arc;

/// Columns before the words of a finding.
const INDENT: usize = 5;

/// A finding of the branch.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// What was found.
    pub finding: Finding,
    /// How many steps there are up to the one it is about.
    pub upto: usize,
    /// How many of the judge's samples say so, of how many; `None` for one sample.
    pub said: Option<(u32, usize)>,
    /// What the judge says of the same words, where the check found them too.
    pub judge: Option<Finding>,
    /// The step that it hangs on; `None` where nobody can mark it.
    pub step: Option<StepId>,
    /// Whether a person marked it as wrong.
    pub wrong: bool,
}

/// All findings of a branch, by step. What several verdicts say in the same words
/// stands once, and so does what the check and the judge say of the same words.
#[must_use]
pub fn found(path: &[Arc<Place>], marks: &Marks) -> Vec<Found> {
    let mut out: Vec<Found> = Vec::new();
    let steps = path.iter().filter_map(|p| p.step.as_ref());
    let upto: HashMap<u32, usize> = steps.clone().map(|s| s.body.number).zip(1..).collect();
    // Of each step those that are listed, so that a long list is not read for each.
    let mut listed: HashMap<u32, Vec<usize>> = HashMap::new();
    for step in steps {
        let own = step.body.findings.iter().map(|f| (f, None, Some(step.id)));
        let added = marks.missed(step.id).map(|f| (f, None, Some(step.id)));
        let judged = match &step.body.act {
            Act::Judged(verdict) => Some(verdict),
            Act::Said { .. }
            | Act::Answered { .. }
            | Act::Ran(_)
            | Act::Malformed { .. }
            | Act::Edited(_) => None,
        };
        let judged = judged.into_iter().flat_map(|verdict| {
            let all = verdict.samples.iter().filter(|s| s.usable()).count();
            let said = verdict.said.iter().copied().map(Some);
            let said = said.chain(std::iter::repeat(None));
            verdict
                .findings
                .iter()
                .zip(said.map(move |n| n.map(|n| (n, all))))
                .map(|(f, said)| (f, said, None))
        });
        for (finding, said, at) in own.chain(judged).chain(added) {
            let same = listed.entry(finding.step).or_default();
            let judges = at.is_none();
            let known = same.iter().copied().find(|i| {
                out.get(*i).is_some_and(|f| {
                    f.finding == *finding
                        || (judges && f.step.is_some() && f.finding.is_about_the_same(finding))
                })
            });
            if let Some(known) = known.and_then(|i| out.get_mut(i)) {
                if judges && known.step.is_some() {
                    known.judge.get_or_insert_with(|| finding.clone());
                    known.said = known.said.or(said);
                }
                continue;
            }
            same.push(out.len());
            out.push(Found {
                finding: finding.clone(),
                upto: upto.get(&finding.step).copied().unwrap_or(0),
                said,
                judge: None,
                step: at,
                wrong: at.is_some_and(|step| marks.is_wrong(step, &finding.key())),
            });
        }
    }
    out.sort_by_key(|f| f.upto);
    out
}

/// How the check did where a person looked at this branch.
#[must_use]
pub fn looks(found: &[Found]) -> Looks {
    let count = |of: &dyn Fn(&Found) -> bool| {
        u32::try_from(found.iter().filter(|f| of(f)).count()).unwrap_or(u32::MAX)
    };
    let looks = Looks {
        found: count(&|f| f.finding.by == "check"),
        wrong: count(&|f| f.wrong),
        missed: count(&|f| f.finding.by == "person"),
    };
    if looks.any() { looks } else { Looks::default() }
}

/// Which findings are listed: every word must fit.
///
/// `blame:agent`, `kind:wrong_amount`, `severity:high` (and above), `by:judge`; any
/// other word must stand in what is said of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Only {
    /// As typed.
    pub text: String,
}

impl Only {
    /// Whether a finding is listed.
    #[must_use]
    pub fn has(&self, found: &Found) -> bool {
        let one = &found.finding;
        self.text.split_whitespace().all(|word| {
            let part = |name: &str| word.strip_prefix(name);
            if let Some(blame) = part("blame:") {
                return one.blame.word() == blame;
            }
            if let Some(kind) = part("kind:") {
                return one.kind == kind;
            }
            if let Some(weight) = part("severity:") {
                let all = [Severity::Low, Severity::Medium, Severity::High];
                let least = all.into_iter().find(|s| s.word() == weight);
                return least.is_some_and(|least| one.severity >= least);
            }
            if let Some(by) = part("by:") {
                return one.by == by || (by == "judge" && found.judge.is_some());
            }
            let kind = one.kind.replace('_', " ");
            let all = format!("{kind} {} {} {}", one.what, one.quote, one.fault);
            all.to_lowercase().contains(&word.to_lowercase())
        })
    }
}

/// Who is to blame, in words.
#[must_use]
pub fn blamed(blame: Blame) -> &'static str {
    match blame {
        Blame::User => "user simulator",
        Blame::Agent => "agent",
        Blame::Tool => "tool simulator",
        Blame::Judge => "judge",
        Blame::Scenario => "scenario",
    }
}

/// A finding in a line, for the mode line and the clipboard.
#[must_use]
pub fn in_words(found: &Found) -> String {
    let one = &found.finding;
    let mut out = format!(
        "step {}: {} ({}): {}",
        one.step,
        one.kind.replace('_', " "),
        blamed(one.blame),
        one.what
    );
    if !one.quote.is_empty() {
        out.push_str(": \"");
        out.push_str(&one.quote);
        out.push('"');
    }
    out
}

/// What of the pane is in view.
#[must_use]
pub fn window(run: &Run, width: usize, height: usize) -> Window {
    let all = &run.seen.found;
    let mut lines = head(run, width);
    let mut chosen = None;
    let mut chosen_to = 0;
    for (i, one) in all.iter().enumerate() {
        let here = i == run.finding.min(all.len().saturating_sub(1));
        if here {
            chosen = Some(lines.len());
        }
        let block = block(run, one, here, width);
        let later = one.upto > run.seen.upto;
        lines.extend(block.into_iter().map(|line| {
            if later || one.wrong {
                line.all(Meaning::TextMuted)
            } else {
                line
            }
        }));
        if here {
            chosen_to = lines.len();
        }
    }
    // The chosen one is in view, with its beginning where it is long.
    let from = chosen.unwrap_or(0);
    let above = chosen_to.saturating_sub(height).min(from);
    let above = above.min(lines.len().saturating_sub(height));
    let mut window = Window::of(lines, above, height);
    window.chosen = chosen.map(|row| row.saturating_sub(above));
    window
}

fn head(run: &Run, width: usize) -> Vec<Line> {
    let seen = &run.seen;
    let all = seen.found.len();
    let later = seen.found.iter().filter(|f| f.upto > seen.upto).count();
    let mut words = match (all, later) {
        (0, _) if seen.hidden > 0 => String::from("none fits the filter"),
        (0, _) => String::from("nothing found on this branch"),
        (n, 0) => count(n, "finding"),
        (n, later) => format!("{}, {later} after the cursor", count(n, "finding")),
    };
    if !run.only.text.is_empty() {
        let _ = write!(words, ", {} hidden: {}", seen.hidden, run.only.text);
    }
    let mut out = wrapped(Meaning::TextMuted, &words, 0, width);
    let rate = rate(run);
    if let Some(coverage) = run.sums.as_ref().and_then(|s| s.coverage) {
        let words = format!(
            "{}: {} traced, {} not, {} not checked",
            count(coverage.literals, "literal"),
            coverage.traced,
            coverage.untraced,
            coverage.unchecked
        );
        out.extend(wrapped(Meaning::TextMuted, &words, 0, width));
    }
    if let Some(rate) = rate {
        out.extend(wrapped(Meaning::TextMuted, &rate, 0, width));
    }
    if seen.looks.any() {
        out.extend(wrapped(Meaning::Mark, &seen.looks.to_string(), 0, width));
    }
    out
}

/// The deterministic rate of the branch, in words; `None` before the first turn.
#[must_use]
pub fn rate(run: &Run) -> Option<String> {
    let counted = run.seen.counted;
    let rate = counted.rate()?;
    Some(format!(
        "check: {} of {} untrue, rate {rate:.2}",
        counted.untrue,
        count(counted.turns as usize, "turn")
    ))
}

/// How much it weighs, in two columns and a role.
#[must_use]
pub fn weight(severity: Severity) -> (&'static str, Meaning) {
    match severity {
        Severity::High => ("!!", Meaning::ScorePoor),
        Severity::Medium => ("! ", Meaning::ScorePoor),
        Severity::Low => (". ", Meaning::ScoreFair),
    }
}

fn block(run: &Run, found: &Found, here: bool, width: usize) -> Vec<Line> {
    let one = &found.finding;
    let step = found.upto.checked_sub(1);
    let step = step.and_then(|i| run.seen.path.get(i)?.step.as_ref());
    let sign = if here { ">" } else { " " };
    let mut head =
        Line::of(Meaning::TextStrong, sign).and(Meaning::TextMuted, format!("{:>3} ", one.step));
    if let Some(step) = step {
        let (letter, _, role) = role_word(step.body.role);
        head.push(role, format!("{letter} "));
    }
    let (sign, role) = weight(one.severity);
    head.push(role, format!("{sign} {}", one.kind.replace('_', " ")));
    if found.wrong {
        head.push(Meaning::Mark, "  marked wrong");
    }
    head.push(Meaning::TextMuted, format!("  {}", blamed(one.blame)));
    let mut aside = None;
    if let Some((n, all)) = found.said {
        head.push(Meaning::TextMuted, format!("  {n} of {all} say so"));
    } else if width >= 44 {
        let by = match one.by.as_str() {
            "check" if found.judge.is_some() => String::from("by check and judge"),
            "person" => String::from("by a person"),
            by => format!("by the {by}"),
        };
        let words = format!("  {by}");
        // It gives way to what it is about.
        if head.width() + words.chars().count() <= width {
            head.push(Meaning::TextMuted, words);
        } else {
            aside = Some(by);
        }
    }
    let mut out = vec![head];
    if let Some(by) = aside {
        out.extend(wrapped(Meaning::TextMuted, &by, INDENT, width));
    }
    out.extend(wrapped(Meaning::Text, &one.what, INDENT, width));
    if !one.quote.is_empty() {
        let quote = format!("\"{}\"", one.quote);
        out.extend(wrapped(Meaning::TextMuted, &quote, INDENT, width));
    }
    if !one.truth.is_empty() || !one.source.is_empty() {
        let mut words = format!("true: {}", one.truth);
        if !one.source.is_empty() {
            let _ = write!(words, "  ({})", one.source);
        }
        out.extend(wrapped(Meaning::ScoreGood, &words, INDENT, width));
    }
    if !one.fault.is_empty() {
        let words = format!("comes of {}", one.fault);
        out.extend(wrapped(Meaning::Mark, &words, INDENT, width));
    }
    out
}
