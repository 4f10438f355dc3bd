//! Holds an agent's text against what is known and what was done.

use super::check::{Check, Coverage, Report};
use super::claims::{Claim, Done, backed, claims, failed};
use super::denials::denials;
use super::known::Known;
use super::literal::{Literal, LiteralKind, LiteralValue, literals};
use super::sums::Sums;
use super::turn::Trace;
use super::{amounts, attributes, norms, times};
use crate::engine::score::{Blame, Finding};
use crate::engine::world::Node;

/// Checks an agent's text: each id, amount, date and address has a source, each
/// claim of a finished action a successful call, each statement about a thing
/// agrees with what was read of it. One finding per value and per sentence.
pub(super) fn check_agent_text(check: &Check, known: &Known, text: &str, step: u32) -> Report {
    let mut findings: Vec<Finding> = Vec::new();
    let mut coverage = Coverage::default();
    let found = literals(text);
    let traces: Vec<Trace> = found.iter().map(|l| known.trace(l)).collect();
    let sums = Sums::of(&found, &traces, known.recent(), named(check, &found));
    for (literal, trace) in found.iter().zip(&traces) {
        coverage.literals += 1;
        if trace.found() || sums.explains(literal) || follows(check, known, text, literal) {
            coverage.traced += 1;
            continue;
        }
        if !is_checked(literal.kind)
            || is_example(text, literal)
            || is_elsewhere(text, literal)
            || check.told.lacks_policy() && is_of_a_policy(literal)
        {
            coverage.unchecked += 1;
            continue;
        }
        coverage.untraced += 1;
        if findings.iter().any(|f| f.quote == literal.text) {
            continue;
        }
        let what = format!(
            "{} {} has no source in what the agent was told, read or did",
            noun(literal.kind),
            literal.text
        );
        findings.push(
            Finding::of("ungrounded_literal", step, Blame::Agent, what)
                .said(literal.text.clone(), Some(literal.span)),
        );
    }
    let claimed = claimed(check, known, text);
    for (claim, _) in claimed.iter().filter(|(_, backed)| !backed) {
        let same = |f: &Finding| f.span == Some(claim.span) && f.kind.starts_with("claim");
        if !findings.iter().any(same) {
            findings.push(unbacked(check, text, claim, step));
        }
    }
    findings.extend(denials(check, text, &claimed, step));
    findings.extend(amounts::misstated(
        check, text, &found, &traces, &sums, step,
    ));
    let differing = amounts::differs(check, text, &found, &claimed, &sums, step);
    for finding in differing {
        if !findings.iter().any(|f| f.span == finding.span) {
            findings.push(finding);
        }
    }
    attributes::misstated(check, text, &found, step, &mut findings);
    times::misstated(check, text, &found, step, &mut findings);
    norms::misstated(check, text, step, &mut findings);
    findings.sort_by_key(|f| f.span);
    Report {
        findings,
        coverage,
        traced: Vec::new(),
    }
}

/// Things of a text whose amounts take part in what it reckons, and amounts of each.
const NAMED: usize = 16;

/// The sums of money of the things that a text names.
fn named(check: &Check, found: &[Literal]) -> Vec<i64> {
    let ids = found.iter().filter_map(|l| match (&l.kind, &l.value) {
        (LiteralKind::Id, LiteralValue::Text(id)) => Some(id),
        (_, LiteralValue::Text(_) | LiteralValue::Number(_) | LiteralValue::Date(_)) => None,
    });
    let rows = ids.filter_map(|id| check.records.get(id)).take(NAMED);
    let mut out: Vec<i64> = rows
        .flat_map(|r| r.money.iter().rev().take(NAMED).map(|(_, c)| *c))
        .collect();
    out.sort_unstable();
    out.dedup();
    out
}

/// How people say that a day is the one beside another.
const BESIDE: &[&str] = &[
    "tomorrow",
    "yesterday",
    "next day",
    "following day",
    "day after",
    "day before",
    "day later",
    "day earlier",
    "previous day",
];

/// A day beside one that was said, where the sentence or the user puts it so.
fn follows(check: &Check, known: &Known, text: &str, literal: &Literal) -> bool {
    let LiteralValue::Date(date) = literal.value else {
        return false;
    };
    let beside = |t: &str| BESIDE.iter().any(|w| t.contains(w));
    (beside(&check.user_said) || beside(&text.to_lowercase())) && known.date_near(date, 1)
}

/// Whether a literal shows what such a thing looks like: `(e.g., #W1234567)`.
fn is_example(text: &str, literal: &Literal) -> bool {
    let before = text.get(..literal.span.0).unwrap_or_default();
    let from = before.char_indices().rev().nth(27).map_or(0, |(at, _)| at);
    let near = before.get(from..).unwrap_or_default().to_lowercase();
    ["e.g", "example", "such as", "looks like", "format"]
        .iter()
        .any(|w| near.contains(w))
}

/// Whether a policy may have said it: a round sum, a day, a share.
fn is_of_a_policy(literal: &Literal) -> bool {
    match (&literal.kind, &literal.value) {
        (LiteralKind::Amount, LiteralValue::Number(sum)) => sum.fract().abs() < 1e-9,
        (LiteralKind::Date | LiteralKind::Time | LiteralKind::Percent, _) => true,
        (_, LiteralValue::Text(_) | LiteralValue::Number(_) | LiteralValue::Date(_)) => false,
    }
}

/// How people write the clock of a place.
const ZONES: &[&str] = &[
    "utc", "gmt", "est", "edt", "cst", "cdt", "mst", "mdt", "pst", "pdt", "cet", "cest", "bst",
    "ist", "jst", "et", "ct", "mt", "pt",
];

/// Whether a time is how long something takes (`a layover of 2:30 hours`), or that
/// of another place's clock, which nothing here can tell.
fn is_elsewhere(text: &str, literal: &Literal) -> bool {
    if literal.kind != LiteralKind::Time {
        return false;
    }
    let behind = text.get(literal.span.1..).unwrap_or_default().trim_start();
    let next: String = behind.chars().take_while(|c| c.is_alphabetic()).collect();
    if matches!(
        next.to_lowercase().as_str(),
        "h" | "hr" | "hrs" | "hour" | "hours"
    ) {
        return true;
    }
    let lower = text.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric());
    let mut zones: Vec<&str> = words.filter(|w| ZONES.contains(w)).collect();
    zones.sort_unstable();
    zones.dedup();
    zones.len() > 1
        || ["local time", "time zone", "timezone"]
            .iter()
            .any(|w| lower.contains(w))
}

/// Claims of actions, each with whether a call backs it.
fn claimed(check: &Check, known: &Known, text: &str) -> Vec<(Claim, bool)> {
    claims(text, known)
        .into_iter()
        .map(|mut claim| {
            // A telephone number names the line that has it.
            let owners: Vec<String> = claim
                .ids
                .iter()
                .flat_map(|id| check.records.owners(id))
                .map(String::from)
                .collect();
            // In the passive, a status that a tool returned is a report, no claim.
            let reported = !claim.own && known.has_string(&claim.verb);
            let backed = if owners.is_empty() {
                reported || backed(&claim, &check.done, known)
            } else {
                // What was done to another line of the same customer is not it.
                let other = |d: &&Done| !of_another(&d.args, &owners);
                let done: Vec<Done> = check.done.iter().filter(other).cloned().collect();
                claim.ids.extend(owners);
                reported || backed(&claim, &done, known)
            };
            (claim, backed)
        })
        .collect()
}

/// Whether arguments name a thing that looks like one of these and is none of
/// them: line L1001 where the number is that of L1002.
fn of_another(args: &Node, owners: &[String]) -> bool {
    let Node::Map(args) = args else { return false };
    let named = args
        .values()
        .filter_map(Node::as_str)
        .map(str::to_lowercase);
    let alike = |id: &String| owners.iter().any(|o| super::records::alike(o, id));
    let named: Vec<String> = named.filter(alike).collect();
    !named.is_empty() && named.iter().any(|id| !owners.contains(id))
}

fn unbacked(check: &Check, text: &str, claim: &Claim, step: u32) -> Finding {
    let quote = text.get(claim.span.0..claim.span.1).unwrap_or_default();
    if let Some(attempt) = failed(claim, &check.done) {
        let what = format!(
            "the agent says that something was {}, and {} failed at step {}",
            claim.verb, attempt.tool, attempt.step
        );
        return Finding::of("claim_of_failed", step, Blame::Agent, what)
            .said(quote, Some(claim.span))
            .truth(attempt.error.clone(), format!("step {}", attempt.step));
    }
    let what = format!(
        "the agent says that something was {}, but no successful call did that",
        claim.verb
    );
    Finding::of("claim_not_done", step, Blame::Agent, what).said(quote, Some(claim.span))
}

/// Whether an untraced literal of this kind is a finding.
pub(super) fn is_checked(kind: LiteralKind) -> bool {
    match kind {
        LiteralKind::Id
        | LiteralKind::Amount
        | LiteralKind::Date
        | LiteralKind::Time
        | LiteralKind::Percent
        | LiteralKind::Email
        | LiteralKind::Tail => true,
        LiteralKind::Number => false,
    }
}

/// What a literal is called.
pub(super) fn noun(kind: LiteralKind) -> &'static str {
    match kind {
        LiteralKind::Id => "the id",
        LiteralKind::Amount => "the amount",
        LiteralKind::Date => "the date",
        LiteralKind::Time => "the time",
        LiteralKind::Percent => "the share",
        LiteralKind::Tail => "the number ending in",
        LiteralKind::Email => "the address",
        LiteralKind::Number => "the number",
    }
}

#[cfg(test)]
mod tests {
    use super::super::turn::{Ran, Told, Turn};
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;
    use std::sync::Arc;

    fn known() -> Check {
        let mut check = Check::new(Arc::new(Told::default()));
        check
            .known
            .text("My order is #W123 and my mail is mia@example.com.");
        check.known.node(&Node::from_json(
            &json!({"items": [{"price": 302.67}, {"price": 254.0}], "status": "pending"}),
        ));
        check
    }

    fn check_agent_text(text: &str, step: u32, check: &Check) -> (Vec<Finding>, Coverage) {
        let report = super::check_agent_text(check, &check.known, text, step);
        (report.findings, report.coverage)
    }

    #[test]
    fn literals_without_source_are_findings_with_spans() {
        let text = "Order #W123: $302.67 and $254.00, in all $556.67; card #99871, on May 3.";
        let (findings, coverage) = check_agent_text(text, 4, &known());
        let quotes: Vec<&str> = findings.iter().map(|f| f.quote.as_str()).collect();
        assert_eq!(quotes, ["#99871", "May 3"]);
        assert_eq!(
            coverage,
            Coverage {
                literals: 6,
                traced: 4,
                untraced: 2,
                unchecked: 0
            }
        );
        let (a, b) = findings[0].span.unwrap();
        assert_eq!(text.get(a..b), Some("#99871"));
    }

    #[test]
    fn a_text_may_reckon_with_its_own_amounts() {
        let text = "It costs $302.67 instead of $254.00, so $48.67 more; three of them are $908.01 (3 × $302.67).";
        let (findings, _) = check_agent_text(text, 1, &known());
        assert!(findings.is_empty(), "{findings:?}");
        let (findings, _) = check_agent_text("So $49.67 more.", 1, &known());
        assert_eq!(findings.len(), 1);
    }

    #[test]
    fn a_claim_without_a_call_is_a_finding() {
        let (findings, _) = check_agent_text("I have cancelled order #W123.", 2, &known());
        assert_eq!(findings[0].kind, "claim_not_done");
        assert_eq!(findings[0].quote, "I have cancelled order #W123.");
        let (findings, _) = check_agent_text("Your order is now pending.", 2, &known());
        assert!(findings.is_empty());
    }

    #[test]
    fn what_was_done_to_another_line_backs_no_claim_about_this_number() {
        let mut check = known();
        let none = Node::from_json(&json!({}));
        let lines = Node::from_json(&json!([
            {"line_id": "L1001", "phone_number": "555-123-2001"},
            {"line_id": "L1002", "phone_number": "555-123-2002"}
        ]));
        let args = Node::from_json(&json!({"customer_id": "C1", "line_id": "L1001"}));
        for (tool, args, result) in [
            ("get_lines", &none, &lines),
            ("enable_roaming", &args, &none),
        ] {
            check.hear(&Turn::Ran(&Ran::through(tool, args, result)), 2);
        }
        let said = |number: &str| {
            let text = format!("I have enabled roaming for {number}.");
            check_agent_text(&text, 3, &check).0
        };
        assert_eq!(said("555-123-2001"), []);
        let found = said("555-123-2002");
        assert_eq!(found[0].kind, "claim_not_done", "{found:?}");
    }

    /// A check that has read things of all kinds.
    fn full() -> Check {
        let mut told = Told::default();
        told.policy("Basic economy flights cannot be modified.\nBusiness can be cancelled.");
        Arc::make_mut(&mut told.classes).insert(
            "cabin".into(),
            ["basic_economy", "economy", "business"]
                .map(Box::from)
                .into(),
        );
        let mut check = Check::new(Arc::new(told));
        let args = Node::from_json(&json!({"order_id": "W111"}));
        let result = Node::from_json(&json!([
            {"order_id": "W111", "status": "pending", "total": 40},
            {"reservation_id": "IIHXDG", "cabin": "economy", "phone": "555-123-2001"},
            {"flight_number": "HAT088", "departure_time": "09:00:00", "status": "on time",
             "prices": {"basic_economy": 90, "economy": 179}}
        ]));
        check.hear(&Turn::Ran(&Ran::through("cancel_order", &args, &result)), 2);
        check
    }

    fn part() -> impl Strategy<Value = &'static str> {
        prop::sample::select(vec![
            "W111",
            "#W999",
            "IIHXDG",
            "HAT088",
            "(",
            ")",
            ":",
            "\n- ",
            ". ",
            "? ",
            ", ",
            " ",
            "Departure",
            "departs at",
            "9:00 AM",
            "09:00",
            "1 p.m.",
            "01:00:00+1",
            "pending",
            "delivered",
            "Cabin: ",
            "is in ",
            "basic economy",
            "basic_economy",
            "Economy",
            "business",
            "price: ",
            "$179",
            "$90.00",
            "or",
            "cannot be modified",
            "can be",
            "I have cancelled",
            "has been",
            "status",
            "İ",
            "ß",
            "“",
            "\u{200b}",
            "555-123-2001",
        ])
    }

    proptest! {
        #[test]
        fn whatever_is_said_a_finding_stands_where_it_says(
            parts in prop::collection::vec(part(), 0..30),
            joined in any::<bool>(),
        ) {
            let text = parts.join(if joined { "" } else { " " });
            let (found, coverage) = check_agent_text(&text, 3, &full());
            prop_assert_eq!(
                coverage.literals,
                coverage.traced + coverage.untraced + coverage.unchecked
            );
            for finding in found {
                let (from, to) = finding.span.unwrap();
                prop_assert_eq!(text.get(from..to), Some(finding.quote.as_str()));
                prop_assert!(!finding.quote.is_empty());
            }
        }
    }
}
