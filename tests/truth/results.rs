//! Results that are true by execution, and new lies made of them: what the check
//! of results must leave alone, and what it must find, apart from any label.

use super::records::{cases, values, verbose};
use serde_json::{Value, json};
use stategen::dataset::import::tau::{Domains, conversation};
use stategen::dataset::import::{Said, labelled};
use stategen::engine::grounding::{Check, LiteralKind, Ran, SharedTold, Turn, literals};
use stategen::engine::world::{Node, Op, Patch, Path};
use std::collections::BTreeMap;

/// A result with the worlds around it.
#[derive(Clone)]
struct Case {
    told: SharedTold,
    id: String,
    tool: String,
    args: Node,
    ok: bool,
    result: Node,
    patch: Patch,
    before: Node,
    after: Node,
}

impl Case {
    fn ran<T>(&self, then: impl FnOnce(&Ran<'_>) -> T) -> T {
        let main = [String::from("main")];
        let text = match &self.result {
            Node::Str(s) => s.to_string(),
            other => other.to_string(),
        };
        then(&Ran {
            agent: &main,
            tool: &self.tool,
            args: &self.args,
            ok: self.ok,
            result: &self.result,
            text: &text,
            patch: Some(&self.patch),
            before: Some(&self.before),
            after: Some(&self.after),
            reads: None,
            writes: None,
            computed: false,
        })
    }

    /// What is found, as kinds and words.
    fn judge(&self) -> Vec<String> {
        let mut check = Check::new(SharedTold::clone(&self.told));
        check.stand(&self.before);
        self.ran(|ran| {
            let report = check.judge(&Turn::Ran(ran), 1);
            let c = report.coverage;
            assert_eq!(
                c.literals,
                c.traced + c.untraced + c.unchecked,
                "{}",
                self.id
            );
            let line =
                |f: &stategen::engine::score::Finding| format!("{} {} {}", f.kind, f.place, f.what);
            report.findings.iter().map(line).collect()
        })
    }

    /// The same with another patch.
    fn patched(&self, patch: Patch) -> Option<Self> {
        let after = patch.apply(&self.before).ok()?.world;
        Some(Self {
            patch,
            after,
            ..self.clone()
        })
    }
}

fn parsed(text: &str) -> Node {
    serde_json::from_str::<Value>(text).map_or_else(|_| Node::str(text), |v| Node::from_json(&v))
}

/// Every executed call of the traces.
fn executed(file: &str, domains: &mut Domains, folder: &std::path::Path) -> Vec<Case> {
    let told = domains.told("retail");
    let initial = domains.world("retail").unwrap();
    let mut out = Vec::new();
    for (n, trace) in values(&folder.join("retail").join(file)).iter().enumerate() {
        let patch = |v: Option<&Value>| -> Patch {
            v.map(|p| serde_json::from_value(p.clone()).unwrap())
                .unwrap_or_default()
        };
        let mut world = patch(trace.get("init_patch"))
            .apply(&initial)
            .unwrap()
            .world;
        for (i, call) in trace["calls"].as_array().unwrap().iter().enumerate() {
            let patch = patch(call.get("patch"));
            let before = world.clone();
            world = patch.apply(&world).unwrap().world;
            out.push(Case {
                told: SharedTold::clone(&told),
                id: format!("{file}:{n}:{i}"),
                tool: call["tool"].as_str().unwrap().to_owned(),
                args: Node::from_json(&call["args"]),
                ok: call["ok"].as_bool().unwrap(),
                result: parsed(call["result"].as_str().unwrap()),
                patch,
                before,
                after: world.clone(),
            });
        }
    }
    out
}

/// What recorded conversations read before anything was written, where the world
/// is the one that their domain begins with.
fn recorded(domain: &str, domains: &mut Domains, folder: &std::path::Path) -> Vec<Case> {
    let told = domains.told(domain);
    let world = domains.world(domain).unwrap();
    let mut out = Vec::new();
    for value in values(&folder.join("conversations.jsonl.gz")) {
        if value["domain"] != domain {
            continue;
        }
        let recorded = conversation(&value, domains).unwrap();
        if recorded.id.starts_with("a5f0d915") {
            // Their tools answer from another version of the world.
            continue;
        }
        for said in &recorded.turns {
            let Said::Ran(ran) = said else { continue };
            let facts = told.tools.iter().find(|t| t.name == ran.tool);
            if facts.is_none_or(|f| f.mutates == Some(true)) {
                break;
            }
            out.push(Case {
                told: SharedTold::clone(&told),
                id: recorded.id.clone(),
                tool: ran.tool.clone(),
                args: ran.args.clone(),
                ok: ran.ok,
                result: ran.result.clone(),
                patch: Patch::default(),
                before: world.clone(),
                after: world.clone(),
            });
        }
    }
    out
}

/// The true ones of the labelled results.
fn clean(domains: &mut Domains, folder: &std::path::Path) -> Vec<Case> {
    let mut out = Vec::new();
    for value in values(&folder.join("hallucinations_dev.jsonl.gz")) {
        let record = labelled::record(&value, domains).unwrap();
        let Some(Said::Ran(ran)) = record.recorded.turns.last() else {
            continue;
        };
        if record.untrue || record.family != "tool_result" {
            continue;
        }
        let before = record.recorded.world.clone().unwrap();
        let patch = ran.patch.clone().unwrap_or_default();
        out.push(Case {
            told: domains.told(value["domain"].as_str().unwrap()),
            id: record.id.clone(),
            tool: ran.tool.clone(),
            args: ran.args.clone(),
            ok: ran.ok,
            result: ran.result.clone(),
            after: patch.apply(&before).unwrap().world,
            patch,
            before,
        });
    }
    out
}

#[test]
fn true_results_are_left_alone() {
    let Some(folder) = cases() else { return };
    let mut domains = Domains::at(&folder);
    let mut wrong = BTreeMap::<String, (usize, usize)>::new();
    let mut all = 0;
    for file in ["gold.jsonl.gz", "replay.jsonl.gz", "fuzz.jsonl.gz"] {
        let cases = executed(file, &mut domains, &folder);
        all += count(&cases, file, &mut wrong);
    }
    for domain in ["airline", "retail"] {
        let cases = recorded(domain, &mut domains, &folder);
        all += count(&cases, domain, &mut wrong);
    }
    let flagged: usize = wrong.values().map(|(_, f)| f).sum();
    for (name, (n, flagged)) in &wrong {
        println!("{name:16} {n:>6} true results, {flagged} flagged");
    }
    println!("{all} true results, {flagged} flagged");
    assert!(all > 3000);
    assert!(flagged * 200 <= all, "{flagged} of {all}");
}

fn count(cases: &[Case], name: &str, wrong: &mut BTreeMap<String, (usize, usize)>) -> usize {
    for case in cases {
        let found = case.judge();
        let slot = wrong.entry(name.to_owned()).or_default();
        slot.0 += 1;
        slot.1 += usize::from(!found.is_empty());
        if verbose("true") && !found.is_empty() {
            println!("true {} {} {} {found:?}", case.id, case.tool, case.args);
        }
    }
    cases.len()
}

/// Draws that are the same each time.
struct Draw(u64);

impl Draw {
    fn next(&mut self) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }
    fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next()).unwrap() % n.max(1)
    }
    fn of<T: Clone>(&mut self, list: &[T]) -> Option<T> {
        let at = self.below(list.len());
        list.get(at).cloned()
    }
}

/// All places of plain values.
fn places(node: &Node, at: &Path, out: &mut Vec<(Path, Node)>) {
    match node {
        Node::Map(m) => m
            .iter()
            .for_each(|(k, n)| places(n, &at.join(k.clone()), out)),
        Node::List(l) => l
            .iter()
            .enumerate()
            .for_each(|(i, n)| places(n, &at.join(i.to_string()), out)),
        plain => out.push((at.clone(), plain.clone())),
    }
}

/// All places of objects, the whole value first.
fn objects(node: &Node, at: &Path, out: &mut Vec<Path>) {
    match node {
        Node::Map(m) => {
            out.push(at.clone());
            m.iter()
                .for_each(|(k, n)| objects(n, &at.join(k.clone()), out));
        }
        Node::List(l) => l
            .iter()
            .enumerate()
            .for_each(|(i, n)| objects(n, &at.join(i.to_string()), out)),
        _ => {}
    }
}

fn with(node: &Node, op: &Op) -> Option<Node> {
    let mut node = node.clone();
    op.apply(&mut node).ok()?;
    Some(node)
}

fn set(case: &Case, path: Path, value: Node) -> Option<Case> {
    let result = with(&case.result, &Op::Replace { path, value })?;
    Some(Case {
        result,
        ..case.clone()
    })
}

fn last(path: &Path) -> &str {
    path.0
        .iter()
        .rev()
        .find(|k| k.parse::<usize>().is_err())
        .map_or("", |k| k)
}

fn is_id(node: &Node) -> bool {
    let Some(text) = node.as_str() else {
        return false;
    };
    let found = literals(text);
    found.len() == 1 && found[0].kind == LiteralKind::Id && found[0].text.len() == text.len()
}

fn another_id(text: &str, draw: &mut Draw) -> String {
    text.chars()
        .map(|c| match c {
            '0'..='9' => char::from(b'0' + u8::try_from(draw.below(10)).unwrap()),
            'A'..='Z' if text.len() < 8 => char::from(b'A' + u8::try_from(draw.below(26)).unwrap()),
            c => c,
        })
        .collect()
}

/// Makes a lie of a kind out of what is true; `None` where that cannot be.
fn lie(kind: &str, case: &Case, draw: &mut Draw) -> Option<Case> {
    let mut plain = Vec::new();
    places(&case.result, &Path::root(), &mut plain);
    let numbers: Vec<_> = plain
        .iter()
        .filter(|(_, n)| n.as_f64().is_some())
        .cloned()
        .collect();
    let json = matches!(case.result, Node::Map(_) | Node::List(_));
    let writes = !case.patch.is_empty();
    match kind {
        "T01 id replaced" | "T01 id added" if json => {
            let ids: Vec<_> = plain.into_iter().filter(|(_, n)| is_id(n)).collect();
            let (path, id) = draw.of(&ids)?;
            let id = another_id(id.as_str()?, draw);
            let value = Node::str(id);
            if kind.ends_with("replaced") {
                return set(case, path, value);
            }
            let (above, key) = path.split()?;
            key.parse::<usize>().ok()?;
            let path = above.join("-");
            let result = with(&case.result, &Op::Add { path, value })?;
            Some(Case {
                result,
                ..case.clone()
            })
        }
        "T02 amount" if json => {
            let (path, n) = draw.of(&numbers)?;
            let old = n.as_f64()?;
            let share = [0.8, 0.9, 1.1, 1.25][draw.below(4)];
            let value = match n {
                Node::Int(i) => Node::Int(i + 1 + i64::try_from(draw.below(4)).unwrap()),
                _ if old == 0.0 => Node::Float(5.5),
                _ => Node::Float((old * share * 100.0).round() / 100.0),
            };
            (value != n).then(|| set(case, path, value))?
        }
        "T03 status" if json => {
            let states: Vec<_> = plain
                .into_iter()
                .filter(|(p, n)| last(p).contains("status") && n.as_f64().is_none())
                .collect();
            let (path, old) = draw.of(&states)?;
            let words = ["pending", "delivered", "cancelled", "Suspended", "delayed"];
            let value = Node::str(words[draw.below(words.len())]);
            (value != old).then(|| set(case, path, value))?
        }
        "T04 not done" if writes && case.ok => case.patched(Patch::default()),
        "T05 elsewhere" if writes && case.ok => {
            // Onto another row of the table whose row the call names.
            let named: Vec<Op> = case
                .patch
                .0
                .iter()
                .filter(|op| {
                    let path = op.path();
                    path.0.len() > 2
                        && path.0[1].len() > 1
                        && case.args.to_string().contains(&*path.0[1])
                        || path.0.len() > 3 && path.0[1].as_ref() == "lines"
                })
                .cloned()
                .collect();
            let first = named.first()?;
            let deep = usize::from(first.path().0[0].as_ref() == "agent");
            let table = Path(first.path().0.iter().take(1 + deep).cloned().collect());
            let keys: Vec<String> = match table.find(&case.before)? {
                Node::Map(m) => m.keys().map(ToString::to_string).collect(),
                Node::List(l) => (0..l.len()).map(|i| i.to_string()).collect(),
                _ => return None,
            };
            let other = draw.of(&keys)?;
            let own = first.path().0[1 + deep].clone();
            if *own == *other {
                return None;
            }
            let mut ops = Vec::new();
            for op in &named {
                let mut op = op.clone();
                match &mut op {
                    Op::Add { path, .. } | Op::Replace { path, .. }
                        if path.0.get(1 + deep) == Some(&own) =>
                    {
                        path.0[1 + deep] = other.as_str().into();
                    }
                    _ => {}
                }
                let mut world = Patch(ops.clone()).apply(&case.before).ok()?.world;
                if op.apply(&mut world).is_ok() {
                    ops.push(op);
                }
            }
            let patch = Patch(ops);
            (!patch.is_empty() && patch.apply(&case.before).ok()?.world != case.before)
                .then(|| case.patched(patch))?
        }
        "T06 side effect" | "T06 of the own row" if writes && case.ok => {
            let own = case.patch.0.iter().map(Op::path).find(|p| p.0.len() > 2)?;
            let deep = usize::from(own.0[0].as_ref() == "agent");
            let row = Path(own.0.iter().take(2 + deep).cloned().collect());
            let row = if kind.ends_with("effect") {
                // The owner, or a customer.
                let user = row.find(&case.before)?.child("user_id");
                match user.and_then(Node::as_str) {
                    Some(user) => Path::parse("/users")?.join(user),
                    None if deep == 1 => Path::parse("/agent/customers/0")?,
                    None => return None,
                }
            } else {
                row
            };
            let mut fields = Vec::new();
            places(row.find(&case.before)?, &row, &mut fields);
            let fields: Vec<_> = fields
                .into_iter()
                .filter(|(p, n)| {
                    let key = last(p);
                    n.as_str().is_some_and(|s| s.len() > 1)
                        && ["email", "zip", "city", "address1", "last_name", "brand"].contains(&key)
                })
                .collect();
            let (path, _) = draw.of(&fields)?;
            let value = Node::str(["00000", "changed@example.com", "Elsewhere"][draw.below(3)]);
            let mut ops = case.patch.0.clone();
            if ops.iter().any(|op| op.path() == &path) {
                return None;
            }
            ops.push(Op::Replace { path, value });
            case.patched(Patch(ops))
        }
        "T07 fabricated" if case.ok && !writes => {
            // The row is not there, and still it is shown.
            let args: Vec<&Node> = case.args.as_map()?.values().collect();
            let shown = case.result.as_str().map(Node::str);
            let id = args
                .into_iter()
                .chain(shown.as_ref())
                .find_map(|n| n.as_str())?
                .to_owned();
            let id = shown.map_or(id, |s| s.as_str().unwrap_or("").to_owned());
            let world = case.before.as_map()?;
            let (table, _) = world
                .iter()
                .find(|(_, t)| t.as_map().is_some_and(|m| m.contains(&id)))?;
            let path = Path(vec![table.clone(), id.as_str().into()]);
            let world = with(&case.before, &Op::Remove { path })?;
            Some(Case {
                before: world.clone(),
                after: world,
                ..case.clone()
            })
        }
        "T08 false error" if case.ok && json => {
            let args = case.args.as_map()?;
            let (key, id) = args.iter().find(|(_, n)| is_id(n))?;
            let id = id.as_str()?;
            let thing = key.trim_end_matches("_id");
            let words = [
                format!("Error: {thing} not found"),
                format!("Error: {id} not found"),
                format!("Error: {thing} {id} does not exist"),
            ];
            let text = &words[draw.below(3)];
            Some(Case {
                ok: false,
                result: Node::str(text.as_str()),
                patch: Patch::default(),
                after: case.before.clone(),
                ..case.clone()
            })
        }
        "T09 field missing" if json => {
            let map = case.result.as_map()?;
            let keys: Vec<_> = map
                .iter()
                .filter(|(_, n)| **n != Node::Null)
                .map(|(k, _)| k.clone())
                .collect();
            let path = Path(vec![draw.of(&keys)?]);
            let result = with(&case.result, &Op::Remove { path })?;
            Some(Case {
                result,
                ..case.clone()
            })
        }
        "T10 field invented" | "T10 invented inside" if json => {
            let mut at = Vec::new();
            objects(&case.result, &Path::root(), &mut at);
            let at = if kind.ends_with("inside") {
                at.retain(|p| !p.0.is_empty());
                draw.of(&at)?
            } else {
                case.result.as_map()?;
                Path::root()
            };
            let fields = [
                ("gift_wrap", json!(true)),
                ("discount_percent", json!(12.5)),
                ("next_billing", json!("2031-03-09")),
                ("tier", json!("platinum")),
                ("carrier", json!("FastShip")),
                ("points", json!(7321)),
            ];
            let (key, value) = draw.of(&fields)?;
            let path = at.join(key);
            let value = Node::from_json(&value);
            let result = with(&case.result, &Op::Add { path, value })?;
            Some(Case {
                result,
                ..case.clone()
            })
        }
        "T11 type" if json => {
            let (path, n) = draw.of(&numbers)?;
            let text = [format!("${n}"), n.to_string()][draw.below(2)].clone();
            set(case, path, Node::str(text))
        }
        "T12 of another" if json => {
            // A field of the row, taken from another row of its table.
            let map = case.result.as_map()?;
            let (key, _) = map.iter().find(|(_, n)| is_id(n))?;
            let id = map.get(key)?.as_str()?;
            let table = case
                .after
                .as_map()?
                .values()
                .filter_map(Node::as_map)
                .find(|m| m.contains(id))?;
            let (_, other) = table.at(draw.below(table.len()))?;
            let shared: Vec<_> = map
                .iter()
                .filter(|(k, n)| {
                    k != &key && other.child(k).is_some_and(|o| o != *n && *o != Node::Null)
                })
                .map(|(k, _)| k.clone())
                .collect();
            let field = draw.of(&shared)?;
            let value = other.child(&field)?.clone();
            set(case, Path(vec![field]), value)
        }
        "T13 stale" if json && writes => {
            let map = case.result.as_map()?;
            let old = case.before.as_map()?.values().find_map(|t| {
                let t = t.as_map()?;
                map.values()
                    .filter_map(Node::as_str)
                    .find_map(|id| t.get(id))
                    .filter(|row| {
                        row.as_map()
                            .is_some_and(|r| r.keys().all(|k| map.contains(k)))
                    })
            })?;
            (*old != case.result).then(|| Case {
                result: old.clone(),
                ..case.clone()
            })
        }
        "T14 arithmetic" if case.ok && case.tool == "calculate" => {
            let n = case.result.as_f64()?;
            let off = [0.1, 1.0, 10.0, -0.01, -5.0][draw.below(5)];
            Some(Case {
                result: Node::Float(((n + off) * 100.0).round() / 100.0),
                ..case.clone()
            })
        }
        _ => None,
    }
}

const LIES: [&str; 17] = [
    "T01 id replaced",
    "T01 id added",
    "T02 amount",
    "T03 status",
    "T04 not done",
    "T05 elsewhere",
    "T06 side effect",
    "T06 of the own row",
    "T07 fabricated",
    "T08 false error",
    "T09 field missing",
    "T10 field invented",
    "T10 invented inside",
    "T11 type",
    "T12 of another",
    "T13 stale",
    "T14 arithmetic",
];

#[test]
fn new_lies_are_found() {
    let Some(folder) = cases() else { return };
    let mut domains = Domains::at(&folder);
    let mut true_cases = clean(&mut domains, &folder);
    true_cases.extend(recorded("airline", &mut domains, &folder));
    true_cases.extend(executed("gold.jsonl.gz", &mut domains, &folder));
    let mut draw = Draw(17);
    let mut scores = BTreeMap::<&str, (usize, usize)>::new();
    let step = if verbose("T") { 1 } else { 4 };
    for round in 0..2 {
        for case in true_cases.iter().skip(round).step_by(step) {
            for kind in LIES {
                let Some(lie) = lie(kind, case, &mut draw) else {
                    continue;
                };
                let slot = scores.entry(kind).or_default();
                slot.0 += 1;
                let found = lie.judge();
                slot.1 += usize::from(!found.is_empty());
                if verbose(kind) || verbose("T") && found.is_empty() {
                    let sign = if found.is_empty() { "missed" } else { "found" };
                    let result: String = lie.result.to_string().chars().take(300).collect();
                    println!(
                        "{sign} {kind} {} {} {} {result} {found:?}",
                        lie.id, lie.tool, lie.args
                    );
                }
            }
        }
    }
    for (kind, (n, found)) in &scores {
        println!(
            "{kind:22} {found:>6} of {n:>6} found, {:.4}",
            *found as f64 / *n as f64
        );
    }
    for (kind, (n, found)) in scores {
        assert!(n > 10, "{kind}: only {n}");
        assert!(found * 100 >= n * 90, "{kind}: {found} of {n}");
    }
}
