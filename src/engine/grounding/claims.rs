//! Claims of finished actions in an agent's text, held against what was done.
//!
//! Found are the first person (`I have cancelled`, `I've gone ahead and reset`)
//! and the finished passive (`your refund has been issued`, `the order is now
//! cancelled`, `successfully updated`); left alone are offers, the future,
//! questions, negations, conditions and relative clauses, and verbs of looking.

use super::literal::{LiteralKind, literals};
use crate::engine::world::Node;

/// A call that was made, as far as claims are held against it.
#[derive(Clone, Debug, PartialEq)]
pub struct Done {
    /// The tool's name.
    pub tool: String,
    /// Whether it succeeded.
    pub ok: bool,
    /// Whether it wrote to the world.
    pub wrote: bool,
    /// The arguments.
    pub args: Node,
    /// The tool's description and the patch as text: words that say what was
    /// done. May be empty.
    pub about: String,
}

/// A claim that something was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The participle as written, in lower case.
    pub verb: String,
    /// Byte range of the sentence it stands in.
    pub span: (usize, usize),
    /// The ids that the sentence names, in normal form.
    pub ids: Vec<String>,
    /// Whether the agent says it of itself.
    pub own: bool,
}

/// Stems that say what a verb is about, in names of tools or in patches. Empty:
/// any write will do.
type Stems = &'static [&'static str];

/// Verbs of action, by the letters their participles begin with, and the stems
/// that back them. A participle that begins with none of these is no action on
/// the world (checked, found, confirmed, …).
const VERBS: &[(&str, Stems)] = &[
    ("cancel", &["cancel", "void", "terminat"]),
    ("void", &["cancel", "void"]),
    (
        "refund",
        &[
            "refund",
            "return",
            "cancel",
            "credit",
            "reimburs",
            "compensat",
            "payment",
            "exchange",
            "modify",
            "update",
        ],
    ),
    (
        "reimburs",
        &["refund", "return", "cancel", "credit", "reimburs"],
    ),
    ("return", &["return", "refund", "exchange"]),
    ("exchang", &["exchange", "swap", "replace", "modify"]),
    (
        "swapp",
        &["exchange", "swap", "replace", "modify", "update"],
    ),
    (
        "upgrad",
        &[
            "upgrad", "cabin", "class", "plan", "tier", "modify", "update", "change",
        ],
    ),
    (
        "downgrad",
        &[
            "downgrad", "cabin", "class", "plan", "tier", "modify", "update", "change",
        ],
    ),
    ("book", &["book", "reserv", "order", "create", "place"]),
    ("rebook", &["book", "reserv", "update", "change"]),
    (
        "reschedul",
        &["schedul", "update", "change", "modify", "book"],
    ),
    ("suspend", &["suspend", "line", "status"]),
    ("resum", &["resum", "line", "status"]),
    ("activat", &["activ", "enabl", "status"]),
    ("deactivat", &["activ", "disabl", "status"]),
    ("enabl", &["enabl", "activ", "toggle", "turn", "set"]),
    ("disabl", &["disabl", "activ", "toggle", "turn", "set"]),
    ("unlock", &["lock", "status"]),
    ("reset", &["reset"]),
    ("refuel", &["refuel", "data"]),
    ("delet", &["delet", "remov", "cancel"]),
    (
        "remov",
        &["remov", "delet", "cancel", "update", "modify", "set"],
    ),
    ("waiv", &["waiv", "fee", "refund", "credit"]),
    (
        "marked",
        &["mark", "paid", "pay", "status", "set", "update"],
    ),
    ("add", &[]),
    ("appli", &[]),
    ("issu", &[]),
    (
        "credit",
        &[
            "credit",
            "refund",
            "balance",
            "payment",
            "certificate",
            "compensat",
        ],
    ),
    ("creat", &[]),
    ("open", &[]),
    ("plac", &[]),
    ("submitt", &[]),
    ("filed", &[]),
    ("register", &[]),
    ("updat", &[]),
    ("chang", &[]),
    ("modif", &[]),
    ("adjust", &[]),
    ("correct", &[]),
    ("edit", &[]),
    ("process", &[]),
    ("complet", &[]),
    ("finali", &[]),
    ("arrang", &[]),
    ("schedul", &[]),
    ("set", &[]),
    ("charged", &["charge", "pay", "bill", "book", "order"]),
];

/// Words that look like participles of the verbs above and are none here.
const NOT_VERBS: &[&str] = &[
    "address",
    "settings",
    "setting",
    "added-on",
    "opening",
    "process",
    "book",
    "return",
    "refund",
    "change",
    "order",
    "update",
    "set-up",
    "complete",
    "open",
    "cancel",
    "exchange",
    "credit",
    "booking",
    "correct",
    "issue",
    "issues",
    "process's",
    "changes",
    "credits",
    "returns",
    "refunds",
    "updates",
];

/// Between the subject or auxiliary and the participle.
const BETWEEN: &[&str] = &[
    "just",
    "now",
    "also",
    "already",
    "successfully",
    "gone",
    "ahead",
    "and",
    "fully",
    "since",
    "then",
    "finally",
    "indeed",
    "therefore",
];

/// Words before a participle that take the claim away.
const HEDGES: &[&str] = &[
    "if",
    "once",
    "when",
    "whether",
    "unless",
    "until",
    "before",
    "would",
    "could",
    "should",
    "can",
    "will",
    "might",
    "may",
    "shall",
    "not",
    "never",
    "cannot",
    "unable",
    "no",
    "nothing",
    "haven't",
    "hasn't",
    "can't",
    "won't",
    "didn't",
    "wasn't",
    "isn't",
    "weren't",
    "aren't",
    "couldn't",
    "haven’t",
    "hasn’t",
    "can’t",
    "won’t",
    "didn’t",
    "wasn’t",
    "isn’t",
    "i'll",
    "we'll",
    "i’ll",
    "we’ll",
    "after",
    "please",
    "must",
    "to",
    "cannot",
    "than",
    "nor",
];

/// Words that make a passive a description of how things stand.
const RELATIVE: &[&str] = &[
    "that",
    "which",
    "who",
    "whose",
    "because",
    "as",
    "already",
    "since",
    "only",
    "any",
    "been-only",
    "while",
    "though",
    "although",
    "says",
    "shows",
    "status",
    "previously",
    "originally",
    "earlier",
    "yet",
    "until",
    "policy",
];

/// The stems of a participle, where it is an action.
fn action(word: &str) -> Option<Stems> {
    let looks = word.ends_with("ed") || matches!(word, "set" | "reset" | "made" | "paid" | "sent");
    if !looks || NOT_VERBS.contains(&word) {
        return None;
    }
    VERBS
        .iter()
        .find(|(stem, _)| {
            if stem.len() <= 3 && *stem != "add" {
                word == *stem
            } else {
                word.starts_with(stem)
            }
        })
        .map(|(_, stems)| *stems)
}

/// Sentences of a text as byte ranges.
fn sentences(text: &str) -> Vec<(usize, usize)> {
    let mut out = Vec::new();
    let mut from = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let gap = chars
            .peek()
            .is_none_or(|(_, n)| n.is_whitespace() || *n == '"');
        if c == '\n' || (matches!(c, '.' | '!' | '?') && gap) {
            let end = at + c.len_utf8();
            out.push((from, end));
            from = end;
        }
    }
    out.push((from, text.len()));
    out
}

/// A word in lower case with its place.
fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !(c.is_alphanumeric() || matches!(c, '\'' | '’' | '_' | '-')))
        .filter(|w| !w.is_empty())
        .map(|w| w.to_lowercase().replace('’', "'"))
        .collect()
}

/// All claims of a text, at most one per sentence and verb. Linear in the text.
#[must_use]
pub fn claims(text: &str) -> Vec<Claim> {
    let mut out = Vec::new();
    for (from, to) in sentences(text) {
        let Some(sentence) = text.get(from..to) else {
            continue;
        };
        if sentence.trim_end().ends_with('?') {
            continue;
        }
        let words = words(sentence);
        let mut ids: Option<Vec<String>> = None;
        for (at, word) in words.iter().enumerate() {
            if action(word).is_none() {
                continue;
            }
            let Some(own) = claimed(&words, at) else {
                continue;
            };
            let ids = ids.get_or_insert_with(|| ids_of(sentence)).clone();
            let lead = sentence.len() - sentence.trim_start().len();
            out.push(Claim {
                verb: word.clone(),
                span: (from + lead, from + sentence.trim_end().len().max(lead)),
                ids,
                own,
            });
        }
    }
    out
}

fn ids_of(sentence: &str) -> Vec<String> {
    literals(sentence)
        .into_iter()
        .filter(|l| l.kind == LiteralKind::Id)
        .filter_map(|l| match l.value {
            super::LiteralValue::Text(text) => Some(text),
            super::LiteralValue::Number(_) | super::LiteralValue::Date(_) => None,
        })
        .collect()
}

/// Whether the participle at `at` is claimed as done: by the agent itself
/// (`Some(true)`), in the passive (`Some(false)`), or not at all.
fn claimed(words: &[String], at: usize) -> Option<bool> {
    let before = words.get(at.saturating_sub(6)..at)?;
    if before.iter().any(|w| HEDGES.contains(&w.as_str())) {
        return None;
    }
    // Back over adverbs to the auxiliary or subject.
    let mut k = before.len();
    let mut successfully = false;
    let mut now = false;
    while let Some(word) = k.checked_sub(1).and_then(|k| before.get(k)) {
        if !BETWEEN.contains(&word.as_str()) {
            break;
        }
        successfully |= word == "successfully";
        now |= word == "now";
        k -= 1;
    }
    let back = |n: usize| {
        k.checked_sub(n)
            .and_then(|k| before.get(k))
            .map_or("", String::as_str)
    };
    let here = back(1);
    let after = words.get(at + 1).map_or("", String::as_str);
    successfully |= after == "successfully";
    if matches!(here, "i've" | "we've") || (here == "have" && matches!(back(2), "i" | "we")) {
        return Some(true);
    }
    if matches!(here, "i" | "we") {
        return Some(true);
    }
    let described = before.iter().any(|w| RELATIVE.contains(&w.as_str()));
    if described {
        return None;
    }
    let perfect = here == "been" && matches!(back(2), "has" | "have" | "it's");
    let perfect = perfect
        || here == "been"
            && matches!(back(2), w if BETWEEN.contains(&w))
            && matches!(back(3), "has" | "have");
    let stands = matches!(here, "is" | "are") && now;
    let was = matches!(here, "was" | "were") && successfully;
    (perfect || stands || was).then_some(false)
}

/// Tools whose name says that they only look.
fn only_looks(tool: &str) -> bool {
    [
        "get",
        "find",
        "list",
        "search",
        "look",
        "lookup",
        "check",
        "calculate",
        "calc",
        "read",
        "show",
        "view",
        "think",
        "fetch",
        "query",
    ]
    .iter()
    .any(|w| tool == *w || tool.strip_prefix(w).is_some_and(|r| r.starts_with('_')))
}

/// Whether a claim is backed by what was done. A specific verb wants a
/// successful write that has to do with it; a general one, that the newest
/// attempt at a write succeeded. Where the sentence names ids, a backing write
/// must have to do with one of them.
#[must_use]
pub fn backed(claim: &Claim, done: &[Done]) -> bool {
    let Some(stems) = action(&claim.verb) else {
        return true;
    };
    let fits = |d: &Done| {
        let name = d.tool.to_lowercase();
        let named = stems.iter().any(|s| name.contains(s));
        if stems.is_empty() || named {
            return d.wrote || named;
        }
        let about = d.about.to_lowercase();
        d.wrote && stems.iter().any(|s| about.contains(s))
    };
    let mut attempts = done
        .iter()
        .filter(|d| d.wrote || (!d.ok && !only_looks(&d.tool)));
    if let Some(last) = attempts.next_back().filter(|d| !d.ok) {
        // The newest attempt failed: a general claim, or one about the same
        // thing or kind of action, has nothing left to stand on.
        if stems.is_empty() && claim.ids.is_empty() || mentions(last, &claim.ids) {
            return false;
        }
    }
    let mut backing = done.iter().filter(|d| d.ok && fits(d)).peekable();
    if backing.peek().is_none() {
        return false;
    }
    claim.ids.is_empty() || backing.any(|d| mentions(d, &claim.ids))
}

/// Whether a call's arguments or writes name one of the ids.
fn mentions(done: &Done, ids: &[String]) -> bool {
    let args = done.args.to_string().to_lowercase();
    let about = done.about.to_lowercase();
    ids.iter()
        .any(|id| args.contains(id.as_str()) || about.contains(id.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn verbs(text: &str) -> Vec<String> {
        claims(text).into_iter().map(|c| c.verb).collect()
    }

    #[test]
    fn finished_actions_are_claims() {
        for (text, verb) in [
            ("I have cancelled your order.", "cancelled"),
            ("I've gone ahead and reset the settings for B1003.", "reset"),
            ("I have also marked L1003 as paid on our side.", "marked"),
            ("Your refund of $5 has been issued to the card.", "issued"),
            ("Your order is now cancelled.", "cancelled"),
            ("The address was successfully updated.", "updated"),
            (
                "The request has been completed successfully and you will hear from us.",
                "completed",
            ),
            ("I just upgraded you.", "upgraded"),
        ] {
            assert_eq!(verbs(text), [verb], "{text}");
        }
    }

    #[test]
    fn what_is_not_done_is_no_claim() {
        for text in [
            "I can cancel your order if you want.",
            "I will have it cancelled.",
            "Would you like me to have it refunded?",
            "Has your order been cancelled?",
            "I have not cancelled anything.",
            "Once I have cancelled it, you will get a mail.",
            "The order cannot be modified because it has been processed.",
            "I have checked your order and found that it was delivered.",
            "Orders that have been processed cannot be changed.",
            "Your refund will be issued in 5 days.",
            "I'm unable to see whether it has been returned.",
            "The order is cancelled.",
        ] {
            assert_eq!(verbs(text), [] as [&str; 0], "{text}");
        }
    }

    fn done(tool: &str, ok: bool, args: &str) -> Done {
        Done {
            tool: tool.into(),
            ok,
            wrote: ok && !only_looks(tool),
            args: Node::str(args),
            about: String::new(),
        }
    }

    #[test]
    fn claims_are_held_against_what_was_done() {
        let claim = |t: &str| claims(t).remove(0);
        let cancelled = claim("I have cancelled order #W123.");
        assert!(!backed(&cancelled, &[]));
        assert!(backed(&cancelled, &[done("cancel_order", true, "#W123")]));
        assert!(
            !backed(&cancelled, &[done("cancel_order", true, "#W999")]),
            "another order"
        );
        assert!(!backed(&cancelled, &[done("cancel_order", false, "#W123")]));
        assert!(!backed(&cancelled, &[done("get_order", true, "#W123")]));
        assert!(!backed(
            &cancelled,
            &[done("change_address", true, "#W123")]
        ));
        let general = claim("Your request has been completed.");
        assert!(backed(&general, &[done("change_address", true, "")]));
        assert!(!backed(
            &general,
            &[
                done("change_address", true, ""),
                done("return_items", false, "")
            ]
        ));
        assert!(backed(
            &general,
            &[
                done("change_address", true, ""),
                done("get_order", false, "")
            ]
        ));
    }

    proptest! {
        #[test]
        fn spans_are_sentences(text in "(I have |has been |cancelled|é|\\. |\\?|\n| successfully|…){0,12}") {
            for claim in claims(&text) {
                prop_assert!(text.get(claim.span.0..claim.span.1).is_some_and(|s| !s.is_empty()));
            }
        }
    }
}
