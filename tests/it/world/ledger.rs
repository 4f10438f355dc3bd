//! The ledger, against a tree that remembers the origin of every single value.

use super::gen_values::{patch, wishes, world};
use proptest::prelude::*;
use stategen::engine::world::{Ledger, Node, Op, Origin, Patch, Path};

/// A value with the origin of each part written on it.
#[derive(Clone, Debug)]
struct Told {
    origin: u32,
    kids: Vec<(String, Told)>,
    list: bool,
}

fn tell(node: &Node, origin: u32) -> Told {
    let (kids, list) = match node {
        Node::Map(map) => (
            map.iter()
                .map(|(k, v)| (k.to_string(), tell(v, origin)))
                .collect(),
            false,
        ),
        Node::List(list) => (
            list.iter()
                .map(|v| (String::new(), tell(v, origin)))
                .collect(),
            true,
        ),
        _ => (Vec::new(), false),
    };
    Told { origin, kids, list }
}

impl Told {
    fn slot(&self, key: &str) -> usize {
        if self.list {
            key.parse().unwrap_or(self.kids.len())
        } else {
            let found = self.kids.iter().position(|(k, _)| k == key);
            found.unwrap_or(self.kids.len())
        }
    }
    fn at(&mut self, path: &Path) -> &mut Told {
        path.0.iter().fold(self, |told, key| {
            let slot = told.slot(key);
            &mut told.kids[slot].1
        })
    }
    fn put(&mut self, path: &Path, value: Told) {
        let Some((above, key)) = path.split() else {
            *self = value;
            return;
        };
        let above = self.at(&above);
        let slot = above.slot(key);
        if above.list {
            above.kids.insert(slot, (String::new(), value));
        } else if slot < above.kids.len() {
            above.kids[slot].1 = value;
        } else {
            above.kids.push((key.to_string(), value));
        }
    }
    fn take(&mut self, path: &Path) -> Told {
        let (above, key) = path.split().unwrap();
        let above = self.at(&above);
        let slot = above.slot(key);
        above.kids.remove(slot).1
    }
    fn apply(&mut self, op: &Op, step: u32) {
        match op {
            Op::Add { path, value } => self.put(path, tell(value, step)),
            Op::Replace { path, value } => *self.at(path) = tell(value, step),
            Op::Remove { path } => drop(self.take(path)),
            Op::Move { from, path } => {
                let value = self.take(from);
                self.put(path, value);
            }
            Op::Copy { from, path } => {
                let mut value = self.at(from).clone();
                value.now(step);
                self.put(path, value);
            }
            Op::Test { .. } => {}
        }
    }
    fn now(&mut self, step: u32) {
        self.origin = step;
        self.kids.iter_mut().for_each(|(_, kid)| kid.now(step));
    }
    fn check(&self, ledger: &Ledger, path: &Path) -> Result<(), TestCaseError> {
        prop_assert_eq!(number(&ledger.origin(path)), self.origin, "{}", path);
        for (i, (key, kid)) in self.kids.iter().enumerate() {
            let key = if self.list {
                i.to_string()
            } else {
                key.clone()
            };
            kid.check(ledger, &path.join(key))?;
        }
        Ok(())
    }
}

fn step(step: u32) -> Origin {
    Origin::Step {
        step,
        tool: String::from("t"),
        line: 0,
    }
}

fn number(origin: &Origin) -> u32 {
    match origin {
        Origin::Start => 0,
        Origin::Step { step, .. } | Origin::Person { step } => *step,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20))]

    #[test]
    fn every_value_knows_who_wrote_it(world in world(), rounds in proptest::collection::vec(wishes(5), 1..4)) {
        let (mut world, mut ledger, mut told) = (world.clone(), Ledger::new(), tell(&world, 0));
        for (i, wishes) in (1..).zip(rounds) {
            let patch = patch(&world, &wishes);
            ledger.record(&world, &patch, &step(i), &[]);
            patch.0.iter().for_each(|op| told.apply(op, i));
            world = patch.apply(&world).unwrap().world;
        }
        told.check(&ledger, &Path::root())?;
        prop_assert!(ledger.marks().all(|(path, _)| path.find(&world).is_some()), "{:?}", ledger);
    }
}

#[test]
fn each_operation_has_its_own_line() {
    let world: Node = serde_json::from_str(r#"{"a":{"x":1,"l":[1,2,3]},"b":2}"#).unwrap();
    let patch: Patch = serde_json::from_str(
        r#"[{"op":"replace","path":"/a/x","value":5},{"op":"add","path":"/a/l/1","value":9},
            {"op":"replace","path":"/b","value":{"c":1}}]"#,
    )
    .unwrap();
    let origin = Origin::Step {
        step: 4,
        tool: String::from("refund"),
        line: 1,
    };
    let mut ledger = Ledger::new();
    let before = ledger.clone();
    ledger.record(&world, &patch, &origin, &[11, 12]);
    let line = |path: &str| match ledger.origin(&Path::parse(path).unwrap()) {
        Origin::Step { line, .. } => line,
        Origin::Start | Origin::Person { .. } => 0,
    };
    assert_eq!(
        [
            line("/a"),
            line("/a/x"),
            line("/a/l/0"),
            line("/a/l/1"),
            line("/a/l/2"),
            line("/b/c")
        ],
        [0, 11, 0, 12, 0, 1]
    );
    assert_eq!(before, Ledger::new());
    // A person writes above: what was marked below is theirs now.
    let patch: Patch =
        serde_json::from_str(r#"[{"op":"replace","path":"/a","value":{}}]"#).unwrap();
    ledger.record(&world, &patch, &Origin::Person { step: 5 }, &[]);
    assert_eq!(
        ledger.origin(&Path::parse("/a/x").unwrap()),
        Origin::Person { step: 5 }
    );
    assert_eq!(ledger.marks().count(), 2);
}
