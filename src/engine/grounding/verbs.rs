//! Verbs of action: which participles say that something was done, and which
//! words in the name of a tool or in a patch back them.

use super::known::Known;

/// Stems that say what a verb is about, in names of tools or in patches. Empty:
/// any write will do.
pub(super) type Stems = &'static [&'static str];

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

/// Participles that do not end in -ed, with their verbs.
const IRREGULAR: &[(&str, &str)] = &[
    ("set", "set"),
    ("reset", "reset"),
    ("made", "make"),
    ("paid", "pay"),
    ("sent", "send"),
    ("taken", "take"),
    ("given", "give"),
    ("put", "put"),
    ("held", "hold"),
    ("frozen", "freeze"),
    ("written", "write"),
    ("sold", "sell"),
    ("bought", "buy"),
    ("withdrawn", "withdraw"),
    ("rebuilt", "rebuild"),
    ("cut", "cut"),
    ("split", "split"),
    ("drawn", "draw"),
];

/// Verbs that say the same of a record.
const SAME: &[&[&str]] = &[
    &[
        "updat", "chang", "modifi", "edit", "adjust", "correct", "set",
    ],
    &["cancel", "void", "terminat"],
    &["creat", "open", "regist", "add", "fil", "submit", "log"],
    &["delet", "remov"],
    &["book", "reserv"],
    &["issu", "grant", "giv", "pay", "mak"],
];

/// A word without its ending, so that `close`, `closed` and `closes` are one.
pub(super) fn stem(word: &str) -> String {
    let word = word.to_lowercase();
    if let Some((_, verb)) = IRREGULAR.iter().find(|(p, _)| *p == word) {
        return stem_of_verb(verb);
    }
    let base = match word.strip_suffix("ed") {
        Some(base) if base.len() >= 2 => base,
        Some(_) | None => return stem_of_verb(&word),
    };
    // `logged` is log, `cancelled` is cancel, `filled` would be fil as fill is.
    let mut letters = base.chars().rev();
    let (last, before) = (letters.next(), letters.next());
    if last == before && last.is_some_and(|c| !"aeiou".contains(c)) {
        let mut base = base.to_owned();
        base.pop();
        return base;
    }
    stem_of_verb(base)
}

fn stem_of_verb(word: &str) -> String {
    if let Some(base) = word.strip_suffix('y') {
        return format!("{base}i");
    }
    let mut base = word.strip_suffix('e').unwrap_or(word).to_owned();
    let mut letters = base.chars().rev();
    let (last, before) = (letters.next(), letters.next());
    if last == before && last.is_some_and(|c| !"aeiou".contains(c)) {
        base.pop();
    }
    base
}

pub(super) fn same(a: &str, b: &str) -> bool {
    a == b
        || SAME
            .iter()
            .any(|group| group.contains(&a) && group.contains(&b))
}

/// Whether a word has the form of a participle.
pub(super) fn participle(word: &str) -> bool {
    (word.ends_with("ed") && word.len() > 4 || IRREGULAR.iter().any(|(p, _)| *p == word))
        && !NOT_VERBS.contains(&word)
}

/// The stems of a participle of the table.
pub(super) fn listed(word: &str) -> Option<Stems> {
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

/// Whether a participle is an action: one of the table, or what a tool on offer
/// is called after (looking apart).
pub(super) fn action(word: &str, known: &Known) -> bool {
    participle(word)
        && (listed(word).is_some() || {
            let verb = stem(word);
            known
                .tools()
                .iter()
                .any(|(name, stems)| !only_looks(name) && stems.first().is_some_and(|s| *s == verb))
        })
}

/// Tools whose name says that they only look.
pub(super) fn only_looks(tool: &str) -> bool {
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
        "retrieve",
        "describe",
        "count",
    ]
    .iter()
    .any(|w| {
        // `get_order`, `get-order`, `getOrder`, `Get.order`.
        let ends = |rest: &str| {
            let next = rest.chars().next();
            next.is_none_or(|c| !c.is_alphanumeric() || c.is_uppercase())
        };
        let head = tool.get(..w.len());
        head.is_some_and(|h| h.eq_ignore_ascii_case(w)) && tool.get(w.len()..).is_some_and(ends)
    })
}
