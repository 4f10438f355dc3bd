//! Whatever stands in a file or a world: problems or failures, never a panic;
//! and the static sets hold for everything that a run really does.
#![allow(
    clippy::format_push_string,
    clippy::semicolon_if_nothing_returned,
    reason = "texts are made of texts"
)]

use super::*;
use proptest::prelude::*;
use stategen::engine::rng::Rng;

const SOUP: [&str; 72] = [
    "tool",
    "proc",
    "invariant",
    "policy",
    "after",
    "let",
    "need",
    "fail",
    "if",
    "elif",
    "else",
    "each",
    "set",
    "push",
    "del",
    "call",
    "return",
    "pass",
    "and",
    "or",
    "not",
    "in",
    "for",
    "find",
    "true",
    "null",
    "x",
    "orders",
    "a",
    "on",
    "1",
    "2.5",
    "99999999999999999999",
    "\"t\"",
    "\"{x}\"",
    "\"{",
    "'",
    "\"",
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    ",",
    ":",
    ".",
    "=",
    "==",
    "!=",
    "<",
    "<=",
    "+",
    "-",
    "*",
    "/",
    "//",
    "%",
    "??",
    "|",
    "?",
    "!",
    "&",
    "#",
    "##",
    "\n",
    "\n    ",
    "\n        ",
    "\t",
    " ",
    "é",
    "\\",
];

/// Texts of the language, made by rule from a stream of draws.
struct Maker(Rng);

impl Maker {
    fn pick<'a>(&mut self, items: &[&'a str]) -> &'a str {
        self.0.pick(items).unwrap()
    }
    /// A path that leads somewhere at the start.
    fn sound(&mut self) -> String {
        self.pick(&[
            "orders.A1.status",
            "orders[arg].total",
            "o.total",
            "p.status",
            "o.notes",
            "o.payments",
            "stats.open_orders",
            "methods.gift.balance",
            "queue",
            "orders[o.id].status",
            "o.payments[0].amount",
            "methods[o.payments[0].method].kind",
            "orders",
            "queue[1]",
            "(find s in orders if s.id == arg).total",
        ])
        .to_owned()
    }
    fn sound_expr(&mut self) -> String {
        let path = self.sound();
        match self.0.below(7) {
            0 => path,
            1 => format!("len(str({path}))"),
            2 => format!("\"<{{{path}}}>\""),
            3 => format!("{{a: {path}, b: [{path}, {}]}}", self.sound()),
            4 => format!("[y for y in orders if y.total != {path}]"),
            5 => format!("{{i: j.id for i, j in orders if {path} != 1}}"),
            _ => format!("{} ?? {path}", self.path(2)),
        }
    }
    fn path(&mut self, depth: u32) -> String {
        let mut out = self
            .pick(&["orders", "methods", "stats", "queue", "arg", "o", "p"])
            .to_owned();
        for _ in 0..self.0.below(4) {
            out += &match self.0.below(5) {
                0 => format!("[{}]", self.expr(depth + 1)),
                1 => String::from("[0]"),
                2 => format!("[\"{}\"]", self.pick(&["A1", "A2", "gift", "zz"])),
                _ => format!(
                    ".{}",
                    self.pick(&[
                        "A1", "A2", "status", "total", "notes", "payments", "balance", "id", "zz"
                    ])
                ),
            };
        }
        out
    }
    fn expr(&mut self, depth: u32) -> String {
        if depth < 2 && self.0.chance(0.8) {
            return self.sound_expr();
        }
        if depth > 3 {
            return self
                .pick(&["1", "2.5", "\"A1\"", "null", "true", "-3", "arg"])
                .to_owned();
        }
        match self.0.below(14) {
            0..=4 => self.path(depth),
            5 => format!(
                "({} {} {})",
                self.expr(depth + 1),
                self.pick(&[
                    "+", "-", "*", "/", "//", "%", "==", "!=", "<", ">=", "in", "not in", "and",
                    "or", "??"
                ]),
                self.expr(depth + 1)
            ),
            6 => format!("[{}, {}]", self.expr(depth + 1), self.expr(depth + 1)),
            7 => format!(
                "{{a: {}, \"{{{}}}\": 1}}",
                self.expr(depth + 1),
                self.path(depth + 1)
            ),
            8 => {
                let v = format!("v{depth}");
                format!(
                    "[{v} for {v} in {} if {}]",
                    self.path(depth + 1),
                    self.expr(depth + 1)
                )
            }
            9 => {
                let v = format!("w{depth}");
                format!(
                    "(find {v} in {} if {})",
                    self.path(depth + 1),
                    self.expr(depth + 1)
                )
            }
            10 => format!(
                "({} if {} else {})",
                self.expr(depth + 1),
                self.expr(depth + 1),
                self.expr(depth + 1)
            ),
            11 => format!(
                "{}({})",
                self.pick(&[
                    "len", "sum", "str", "int", "float", "abs", "keys", "values", "first", "last",
                    "unique", "reverse", "sorted", "lower", "type", "json", "date", "calc",
                    "new_id", "round", "floor"
                ]),
                self.expr(depth + 1)
            ),
            12 => format!(
                "{}({}, {})",
                self.pick(&[
                    "split",
                    "join",
                    "has",
                    "get",
                    "merge",
                    "without",
                    "slice",
                    "round",
                    "fixed",
                    "range",
                    "days_between",
                    "add_days",
                    "min"
                ]),
                self.expr(depth + 1),
                self.expr(depth + 1)
            ),
            _ => self.expr(9),
        }
    }
    fn block(&mut self, indent: usize, out: &mut String, names: &mut u32) {
        for _ in 0..=self.0.below(2) {
            let pad = " ".repeat(indent);
            let deep = indent > 12;
            let sound = self.0.chance(0.7);
            match self.0.below(12) {
                1 | 2 if sound => {
                    out.push_str(&format!("{pad}set {} = {}\n", self.sound(), self.expr(0)))
                }
                3 if sound => out.push_str(&format!(
                    "{pad}push {} = {}\n",
                    self.pick(&["o.notes", "queue", "p.payments"]),
                    self.expr(0)
                )),
                4 if sound => out.push_str(&format!(
                    "{pad}del {}\n",
                    self.pick(&["o.notes", "p.id", "queue[0]", "methods.card"])
                )),
                5 if sound => out.push_str(&format!(
                    "{pad}call helper({}, {})\n",
                    self.pick(&["o", "p", "orders[arg]"]),
                    self.expr(1)
                )),
                7 | 8 if sound && !deep => {
                    *names += 1;
                    let over = self.pick(&["queue", "orders", "o.payments", "o.notes"]);
                    out.push_str(&format!("{pad}each k{names}, e{names} in {over}:\n{pad}    push o.notes = e{names}\n"));
                    self.block(indent + 4, out, names);
                }
                0 => {
                    *names += 1;
                    out.push_str(&format!("{pad}let n{names} = {}\n", self.path(0)));
                    out.push_str(&format!(
                        "{pad}set n{names}.{} = {}\n",
                        self.pick(&["status", "total"]),
                        self.expr(1)
                    ));
                }
                1 | 2 => out.push_str(&format!("{pad}set {} = {}\n", self.path(0), self.expr(0))),
                3 => out.push_str(&format!("{pad}push {} = {}\n", self.path(0), self.expr(0))),
                4 => out.push_str(&format!("{pad}del {}\n", self.path(0))),
                5 => out.push_str(&format!(
                    "{pad}call helper({}, {})\n",
                    self.path(0),
                    self.expr(1)
                )),
                6 if !deep => {
                    out.push_str(&format!("{pad}if {} ?? false:\n", self.path(0)));
                    self.block(indent + 4, out, names);
                }
                7 | 8 if !deep => {
                    *names += 1;
                    let over = self.path(0);
                    out.push_str(&format!("{pad}each k{names}, e{names} in {over}:\n{pad}    push methods.log = e{names}\n"));
                    self.block(indent + 4, out, names);
                }
                9 => out.push_str(&format!(
                    "{pad}need true or {} else 400 \"no {{arg}}\"\n",
                    self.expr(1)
                )),
                _ => out.push_str(&format!("{pad}set stats.last = {}\n", self.expr(0))),
            }
        }
    }
    fn program(&mut self) -> String {
        let mut out = String::from(
            "proc helper(p, q):\n    set p.status = q\n    push p.notes = q\n\ntool t:\n    let o = orders.A1\n    let p = find p2 in orders if p2.total > 0\n",
        );
        let mut names = 0;
        self.block(4, &mut out, &mut names);
        out.push_str("    return o\n\nafter:\n    set stats.n = len(orders)\n");
        out
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_words_parse_to_problems_at_most(words in prop::collection::vec(prop::sample::select(SOUP.to_vec()), 0..120), spaced in any::<bool>()) {
        let text = words.join(if spaced { " " } else { "" });
        let (program, problems) = Program::parse(&[("s.rules", &text)]);
        let lines = text.lines().count() as u32 + 1;
        prop_assert!(problems.iter().all(|p| p.line <= lines && !p.what.is_empty()));
        let _ = program.check(&world(), &|_| Vec::new());
        let _ = Expr::parse("e", 1, 1, &text);
        let none = Node::Null;
        let _ = fill_template(&text, &env(&world(), &none), &[]);
    }

    #[test]
    fn any_text_parses_to_problems_at_most(text in "(?s).{0,200}") {
        let _ = Program::parse(&[("s.rules", &text)]);
    }

    #[test]
    fn a_spoiled_file_parses_to_problems_at_most(cuts in prop::collection::vec((0.0f64..1.0, prop::sample::select(SOUP.to_vec()), 0usize..9), 1..6)) {
        let mut text: Vec<char> = include_str!("../../fixtures/retail/retail.rules").chars().collect();
        for (at, word, len) in cuts {
            let at = (text.len() as f64 * at) as usize;
            let end = (at + len).min(text.len());
            text.splice(at..end, word.chars());
        }
        let text: String = text.into_iter().collect();
        let (program, _) = Program::parse(&[("s.rules", &text)]);
        // What was read, sound or not, runs without harm.
        let (world, args) = (world(), Node::from_json(&json!({"order_id": "A1"})));
        for tool in program.tools() {
            let _ = program.call(&tool.name, &env(&world, &args));
        }
    }
}

#[test]
fn random_tools_stay_within_their_static_sets() {
    let world = world();
    let (mut ran, mut wrote, mut failed) = (0, 0, 0);
    for seed in 0..1500 {
        let text = Maker(Rng::new(seed, "rules")).program();
        let (program, problems) = Program::parse(&[("r.rules", &text)]);
        let sound = problems.iter().all(|p| p.what.contains("already means"));
        assert!(sound, "{problems:?}\n{text}");
        let sig = &program.tools_in(&world)[0];
        let arg = ["A1", "A2", "zz", "gift"][seed as usize % 4];
        let args = Node::from_json(&json!({"arg": arg}));
        let env = Env {
            budget: 20_000,
            ..env(&world, &args)
        };
        let (done, reads) = program.call_traced("t", &env);
        let quick = program.call("t", &env);
        let (after, _) = (program.after(&env), program.broken_invariants(&env, None));
        assert!(after.is_ok());
        match (&done, &quick) {
            (Ok(a), Ok(b)) => assert_eq!(
                (&a.world, &a.result, &a.lines),
                (&b.world, &b.result, &b.lines),
                "{text}"
            ),
            (Err(a), Err(b)) => {
                failed += 1;
                assert!(!a.message.is_empty() && a.explain.line > 0);
                assert_eq!(a.kind, b.kind, "{text}\n{} | {}", a.message, b.message);
            }
            _ => panic!(
                "tracing decides: {:?} {:?}\n{text}",
                done.is_ok(),
                quick.is_ok()
            ),
        }
        for path in &reads {
            // `after` reads too.
            let covered = sig.reads.iter().any(|p| p.covers(path)) || path.to_string() == "/orders";
            assert!(covered, "read {path}, not in {:?}\n{text}", sig.reads);
        }
        let Ok(done) = done else { continue };
        ran += 1;
        let applied = done
            .patch
            .apply(&world)
            .unwrap_or_else(|e| panic!("{e}\n{:?}\n{text}", done.patch));
        assert_eq!(applied.world, done.world, "{text}");
        for op in &done.patch.0 {
            let path = serde_json::to_value(op).unwrap()["path"]
                .as_str()
                .and_then(Path::parse)
                .unwrap();
            let path = &path;
            wrote += 1;
            let covered =
                sig.writes.iter().any(|p| p.covers(path)) || path.to_string() == "/stats/n";
            assert!(covered, "wrote {path}, not in {:?}\n{text}", sig.writes);
        }
    }
    assert!(
        ran > 200 && wrote > 200 && failed > 200,
        "{ran} ran, {wrote} writes, {failed} failed"
    );
}
