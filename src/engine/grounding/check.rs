//! Holds what an agent wrote and called against what is known.

use super::claims::{Done, backed, claims};
use super::known::{Known, Trace};
use super::literal::{Literal, LiteralKind, LiteralValue, id_of, literals};
use super::origin::is_id_key;
use crate::engine::score::{Blame, Finding};
use crate::engine::world::{Node, Path};
use serde::{Deserialize, Serialize};

/// How much of a text was checked, so that silence can be told from blindness.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Coverage {
    /// Literals in the text.
    pub literals: usize,
    /// Of them, those with a source.
    pub traced: usize,
    /// Those without, each a finding.
    pub untraced: usize,
    /// Those that this check does not decide on (counts, times, shares).
    pub unchecked: usize,
}

impl std::ops::AddAssign for Coverage {
    fn add_assign(&mut self, other: Self) {
        self.literals += other.literals;
        self.traced += other.traced;
        self.untraced += other.untraced;
        self.unchecked += other.unchecked;
    }
}

/// Checks an agent's text: each id, amount, date and address has a source
/// (`ungrounded_literal`), each claim of a finished action a successful call
/// (`claim_not_done`). One finding per value and per sentence.
#[must_use]
pub fn check_agent_text(
    text: &str,
    step: u32,
    known: &Known,
    done: &[Done],
) -> (Vec<Finding>, Coverage) {
    let mut findings: Vec<Finding> = Vec::new();
    let mut coverage = Coverage::default();
    let found = literals(text);
    let traces: Vec<Trace> = found.iter().map(|l| known.trace(l)).collect();
    let sums = Sums::of(&found, &traces);
    for (literal, trace) in found.iter().zip(&traces) {
        coverage.literals += 1;
        if *trace != Trace::None || sums.explains(literal) {
            coverage.traced += 1;
            continue;
        }
        if !is_checked(literal.kind) {
            coverage.unchecked += 1;
            continue;
        }
        coverage.untraced += 1;
        if findings.iter().any(|f| f.quote == literal.text) {
            continue;
        }
        findings.push(Finding {
            kind: String::from("ungrounded_literal"),
            step,
            span: Some(literal.span),
            what: format!(
                "{} {} has no source in what the agent was told, read or did",
                noun(literal.kind),
                literal.text
            ),
            quote: literal.text.clone(),
            blame: Blame::Agent,
            by: String::from("check"),
        });
    }
    for claim in claims(text, known) {
        // In the passive, a status that a tool returned is a report, no claim.
        let reported = !claim.own && known.has_string(&claim.verb);
        if reported || backed(&claim, done, known) {
            continue;
        }
        if findings
            .iter()
            .any(|f| f.kind == "claim_not_done" && f.span == Some(claim.span))
        {
            continue;
        }
        findings.push(Finding {
            kind: String::from("claim_not_done"),
            step,
            span: Some(claim.span),
            what: format!(
                "the agent says that something was {}, but no successful call did that",
                claim.verb
            ),
            quote: text
                .get(claim.span.0..claim.span.1)
                .unwrap_or_default()
                .to_owned(),
            blame: Blame::Agent,
            by: String::from("check"),
        });
    }
    (findings, coverage)
}

/// Whether an untraced literal of this kind is a finding.
fn is_checked(kind: LiteralKind) -> bool {
    match kind {
        LiteralKind::Id
        | LiteralKind::Amount
        | LiteralKind::Date
        | LiteralKind::Email
        | LiteralKind::Tail => true,
        LiteralKind::Time | LiteralKind::Percent | LiteralKind::Number => false,
    }
}

fn noun(kind: LiteralKind) -> &'static str {
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

/// Arithmetic that a text does over its own amounts: two prices and their
/// difference, a list and its total, a price times a count.
struct Sums {
    /// Traced amounts of the text, in hundredths.
    amounts: Vec<i64>,
    /// Small whole numbers of the text.
    counts: Vec<i64>,
    /// Sums of two or more neighbours in the text.
    runs: Vec<i64>,
}

/// Amounts of one text that take part; longer lists are rare and quadratic.
const MOST: usize = 40;

impl Sums {
    fn of(found: &[Literal], traces: &[Trace]) -> Self {
        let mut amounts = Vec::new();
        let mut counts = Vec::new();
        for (literal, trace) in found.iter().zip(traces) {
            let LiteralValue::Number(value) = literal.value else {
                continue;
            };
            match literal.kind {
                LiteralKind::Amount if *trace != Trace::None && amounts.len() < MOST => {
                    amounts.push((value.abs() * 100.0).round() as i64);
                }
                LiteralKind::Number if (2.0..=20.0).contains(&value) && counts.len() < MOST => {
                    counts.push(value as i64);
                }
                LiteralKind::Id
                | LiteralKind::Amount
                | LiteralKind::Date
                | LiteralKind::Time
                | LiteralKind::Percent
                | LiteralKind::Tail
                | LiteralKind::Email
                | LiteralKind::Number => {}
            }
        }
        let mut runs = Vec::new();
        for from in 0..amounts.len() {
            let mut sum = 0i64;
            for amount in amounts.iter().skip(from) {
                sum = sum.saturating_add(*amount);
                runs.push(sum);
            }
        }
        runs.sort_unstable();
        Self {
            amounts,
            counts,
            runs,
        }
    }

    fn explains(&self, literal: &Literal) -> bool {
        let (LiteralKind::Amount, LiteralValue::Number(value)) = (literal.kind, &literal.value)
        else {
            return false;
        };
        let want = (value.abs() * 100.0).round() as i64;
        self.runs.binary_search(&want).is_ok()
            || self.amounts.iter().any(|a| {
                // A total less one part, or one price less another.
                self.runs.binary_search(&want.saturating_add(*a)).is_ok()
                    || self.amounts.contains(&(a.saturating_sub(want)))
                    || self.amounts.contains(&(want.saturating_sub(*a)))
                    || self.counts.iter().any(|k| a.saturating_mul(*k) == want)
            })
    }
}

/// An id in a call's arguments that is not in context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StrayArg {
    /// Where in the arguments.
    pub path: Path,
    /// The value.
    pub value: String,
}

/// Every id in the arguments of a call that neither the user, nor a tool, nor
/// the policy has said (`wrong_id`).
#[must_use]
pub fn check_args(args: &Node, known: &Known) -> Vec<StrayArg> {
    let mut out = Vec::new();
    walk(&Path::root(), "", args, known, &mut out, 0);
    out
}

/// The findings of [`check_args`] for a step.
#[must_use]
pub fn findings_of_args(tool: &str, args: &Node, step: u32, known: &Known) -> Vec<Finding> {
    check_args(args, known)
        .into_iter()
        .map(|stray| Finding {
            kind: String::from("wrong_id"),
            step,
            span: None,
            what: format!(
                "{tool} is called with {}, which nobody has named (at {})",
                stray.value, stray.path
            ),
            quote: stray.value,
            blame: Blame::Agent,
            by: String::from("check"),
        })
        .collect()
}

fn walk(path: &Path, key: &str, node: &Node, known: &Known, out: &mut Vec<StrayArg>, depth: usize) {
    if depth > 128 {
        return;
    }
    match node {
        Node::Null | Node::Bool(_) | Node::Float(_) => {}
        Node::Int(value) => {
            // Numbers are ids only where the key says so and they are long.
            let text = value.to_string();
            if is_id_key(key) && text.len() >= 4 && !known.has_word(&text) {
                out.push(StrayArg {
                    path: path.clone(),
                    value: text,
                });
            }
        }
        Node::Str(text) => {
            if is_stray(key, text, known) {
                out.push(StrayArg {
                    path: path.clone(),
                    value: text.to_string(),
                });
            }
        }
        Node::List(list) => {
            for (i, item) in list.iter().enumerate() {
                walk(&path.join(i.to_string()), key, item, known, out, depth + 1);
            }
        }
        Node::Map(map) => {
            for (key, item) in map {
                walk(&path.join(&**key), key, item, known, out, depth + 1);
            }
        }
    }
}

fn is_stray(key: &str, text: &str, known: &Known) -> bool {
    let text = text.trim();
    if text.is_empty() || text.len() > 128 || text.contains(char::is_whitespace) {
        return false;
    }
    if text.contains('@') && text.contains('.') {
        return !known.has_word(text);
    }
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let named = is_id_key(key) && digits > 0;
    let shaped = id_of(text).is_some();
    // Dates and plain numbers have their own ways of being written.
    let plain = super::literal::number(text).is_some() && !named;
    let dated = literals(text)
        .first()
        .is_some_and(|l| matches!(l.kind, LiteralKind::Date | LiteralKind::Time));
    (named || shaped) && !plain && !dated && !known.has_id(text) && !parts_known(text, known)
}

/// `flight-HAT490-2024`: put together from known parts.
fn parts_known(text: &str, known: &Known) -> bool {
    let mut parts = text
        .split(['-', '/', ':'])
        .filter(|p| !p.is_empty())
        .peekable();
    text.contains(['-', '/', ':']) && parts.peek().is_some() && parts.all(|p| known.has_word(p))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn known() -> Known {
        let mut k = Known::new();
        k.text("My order is #W123 and my mail is mia@example.com.");
        k.node(&Node::from_json(
            &json!({"items": [{"price": 302.67}, {"price": 254.0}], "status": "pending"}),
        ));
        k
    }

    #[test]
    fn literals_without_source_are_findings_with_spans() {
        let text = "Order #W123: $302.67 and $254.00, in all $556.67; card #99871, on May 3.";
        let (findings, coverage) = check_agent_text(text, 4, &known(), &[]);
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
        let (findings, _) = check_agent_text(text, 1, &known(), &[]);
        assert!(findings.is_empty(), "{findings:?}");
        let (findings, _) = check_agent_text("So $49.67 more.", 1, &known(), &[]);
        assert_eq!(findings.len(), 1);
    }

    #[test]
    fn a_claim_without_a_call_is_a_finding() {
        let (findings, _) = check_agent_text("I have cancelled order #W123.", 2, &known(), &[]);
        assert_eq!(findings[0].kind, "claim_not_done");
        assert_eq!(findings[0].quote, "I have cancelled order #W123.");
        let (findings, _) = check_agent_text("Your order is now pending.", 2, &known(), &[]);
        assert!(findings.is_empty());
    }

    #[test]
    fn ids_in_arguments_must_be_in_context() {
        let stray = |v| {
            let args = Node::from_json(&v);
            check_args(&args, &known())
                .into_iter()
                .map(|s| s.value)
                .collect::<Vec<_>>()
        };
        assert_eq!(
            stray(json!({"order_id": "#W123", "email": "mia@example.com"})),
            [] as [&str; 0]
        );
        assert_eq!(stray(json!({"order_id": "#W132"})), ["#W132"]);
        assert_eq!(
            stray(json!({"email": "mia@example.org", "n": 3})),
            ["mia@example.org"]
        );
        assert_eq!(
            stray(json!({"ids": ["W123", "9988776655"], "date": "2024-05-01"})),
            ["9988776655"]
        );
        assert_eq!(
            stray(json!({"reason": "no longer needed", "kind": "basic_economy"})),
            [] as [&str; 0]
        );
    }
}
