//! What `lint` says: a conversation as lines or as JSON, and the totals.

use super::{One, Wanted};
use crate::cli::lines::count;
use crate::dataset::lint::{Found, Linted, Totals};
use crate::engine::grounding::Coverage;
use crate::engine::role::Role;
use crate::engine::score::{Disagree, Finding};
use crate::surface::text::{clean_line, shorten};
use serde_json::{Value, json};
use std::fmt::Write;

/// Letters of a quote or a truth at most.
const SHOWN: usize = 160;

/// `41 literals: 38 traced, 1 not, 2 not checked`.
pub(super) fn covered(c: &Coverage) -> String {
    format!(
        "{}: {} traced, {} not, {} not checked",
        count(c.literals, "literal"),
        c.traced,
        c.untraced,
        c.unchecked
    )
}

/// A conversation in lines; `None` where there is nothing to say of it.
pub(super) fn lines(one: &One, linted: &Linted, wanted: &Wanted, alone: bool) -> Option<String> {
    let found: Vec<&Found> = linted
        .findings
        .iter()
        .filter(|f| wanted.has(&f.finding))
        .collect();
    let missed: Vec<&Finding> = linted.missed.iter().filter(|f| wanted.has(f)).collect();
    if found.is_empty() && missed.is_empty() && linted.disagree.is_none() && !alone {
        return None;
    }
    let mut head = one.source.clone();
    for part in [&one.id, &one.of] {
        if !part.is_empty() {
            let _ = write!(head, "  {part}");
        }
    }
    let turns = linted.counted.turns as usize;
    let _ = write!(
        head,
        "  {}  {}",
        count(turns, "turn"),
        count(found.len(), "finding")
    );
    if let Some(rate) = linted.counted.rate() {
        let _ = write!(head, "  rate {rate:.3}");
    }
    let mut out = vec![clean_line(&head).into_owned()];
    for found in found {
        out.extend(finding(&found.finding, Some(found.role), found.wrong));
    }
    for missed in missed {
        out.extend(finding(missed, None, false));
    }
    out.push(format!("      {}", covered(&linted.coverage)));
    if let Some(how) = linted.disagree {
        out.push(format!("      {}", how.words()));
    }
    let looks = linted.looks();
    if looks.any() {
        out.push(format!("      {looks}"));
    }
    Some(out.join("\n"))
}

fn finding(finding: &Finding, role: Option<Role>, wrong: bool) -> Vec<String> {
    let who = match role {
        Some(Role::User) => "U",
        Some(Role::Agent) => "A",
        Some(Role::Tool) => "T",
        Some(Role::Judge) => "J",
        None => "+",
    };
    let mut line = format!(
        "  {:>3} {who} {:<6} {}  ({})  {}",
        finding.step,
        finding.severity.word(),
        finding.kind.replace('_', " "),
        finding.blame.word(),
        finding.what
    );
    if !finding.quote.is_empty() && !finding.what.contains(&finding.quote) {
        let quote = clean_line(&finding.quote);
        let _ = write!(line, ": \"{}\"", shorten(&quote, SHOWN));
    }
    if !finding.fault.is_empty() {
        let _ = write!(line, "  [comes of {}]", finding.fault);
    }
    if wrong {
        line.push_str("  [marked wrong]");
    }
    if role.is_none() {
        line.push_str("  [added by a person]");
    }
    let mut out = vec![clean_line(&line).into_owned()];
    if !finding.truth.is_empty() || !finding.source.is_empty() {
        let truth = clean_line(&finding.truth);
        let mut line = format!("      true: {}", shorten(&truth, SHOWN));
        if !finding.source.is_empty() {
            let _ = write!(line, "  ({})", finding.source);
        }
        out.push(clean_line(&line).into_owned());
    }
    out
}

/// A conversation as JSON.
pub(super) fn value(one: &One, linted: &Linted, wanted: &Wanted) -> Value {
    let of = |finding: &Finding, wrong: bool| {
        let mut value = json!(finding);
        if let Some(map) = value.as_object_mut() {
            // Medium is left out of files of ours; here each stands for itself.
            map.insert("severity".into(), finding.severity.word().into());
            map.insert("key".into(), finding.key().into());
            if wrong {
                map.insert("wrong".into(), true.into());
            }
        }
        value
    };
    let found = linted.findings.iter().filter(|f| wanted.has(&f.finding));
    let missed = linted.missed.iter().filter(|f| wanted.has(f));
    let axes: serde_json::Map<String, Value> = linted
        .axes
        .iter()
        .map(|(axis, score)| (axis.clone(), json!(score)))
        .collect();
    json!({
        "source": one.source,
        "id": one.id,
        "of": one.of,
        "turns": linted.counted.turns,
        "untrue": linted.counted.untrue,
        "rate": linted.counted.rate(),
        "coverage": linted.coverage,
        "findings": found.map(|f| of(&f.finding, f.wrong)).collect::<Vec<_>>(),
        "missed": missed.map(|f| of(f, false)).collect::<Vec<_>>(),
        "judge": axes,
        "disagree": linted.disagree.map(Disagree::word),
    })
}

/// The totals, in lines.
pub(super) fn totals(totals: &Totals) -> String {
    let mut out = format!(
        "{} checked, {} with findings",
        count(totals.conversations as usize, "conversation"),
        totals.with_findings
    );
    if totals.unread > 0 {
        let _ = write!(out, ", {} could not be read", totals.unread);
    }
    let _ = write!(out, "\n{}", count(totals.findings() as usize, "finding"));
    let mut list = |title: &str, counts: Vec<(&str, u64)>| {
        if !counts.is_empty() {
            let words: Vec<String> = counts.iter().map(|(w, n)| format!("{w} {n}")).collect();
            let _ = write!(out, "\n  {title}: {}", words.join(", "));
        }
    };
    let mut kinds: Vec<(&str, u64)> = totals.kinds.iter().map(|(k, n)| (k.as_str(), *n)).collect();
    kinds.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    list("kind", kinds);
    list(
        "blame",
        totals.blames.iter().map(|(k, n)| (*k, *n)).collect(),
    );
    list(
        "weight",
        totals.severities.iter().map(|(k, n)| (*k, *n)).collect(),
    );
    let _ = write!(out, "\n{}", covered(&totals.coverage));
    if let Some(rate) = totals.rate {
        let _ = write!(
            out,
            "\nhallucination rate {rate:.4}: {} of {} untrue",
            totals.counted.untrue,
            count(totals.counted.turns as usize, "turn")
        );
    }
    for (how, n) in &totals.disagree {
        let words = Disagree::parse(how).map_or("", Disagree::words);
        let _ = write!(out, "\n{}: {words}", count(*n as usize, "conversation"));
    }
    if totals.looks.any() {
        let _ = write!(out, "\n{}", totals.looks);
    }
    clean_kept(&out)
}

/// Kinds of a judge could hold anything; line ends are ours.
fn clean_kept(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(|l| clean_line(l).into_owned()).collect();
    lines.join("\n")
}
