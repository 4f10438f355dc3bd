//! Random values and patches for the properties.

use proptest::prelude::*;
use stategen::engine::world::{Node, Op, Patch, Path};

/// Few keys, so that patches hit what is there; one needs escaping in pointers.
const KEYS: [&str; 7] = ["a", "b", "c", "d/e", "f~", "0", "1"];

pub fn key() -> impl Strategy<Value = String> {
    proptest::sample::select(&KEYS[..]).prop_map(str::to_owned)
}

pub fn plain() -> impl Strategy<Value = Node> {
    prop_oneof![
        Just(Node::Null),
        any::<bool>().prop_map(Node::Bool),
        (-3i64..4).prop_map(Node::Int),
        any::<i64>().prop_map(Node::Int),
        (-3i32..4).prop_map(|i| Node::Float(f64::from(i))),
        any::<f64>()
            .prop_filter("finite", |f| f.is_finite())
            .prop_map(Node::Float),
        "[a-c]{0,2}".prop_map(Node::from),
        "\\PC{0,4}[\\n\\x00\"\\\\]?".prop_map(Node::from),
    ]
}

/// Any value; now and then a list or map long enough for the big form.
pub fn node() -> impl Strategy<Value = Node> {
    plain().prop_recursive(4, 48, 6, |inner| {
        prop_oneof![
            4 => proptest::collection::vec(inner.clone(), 0..6).prop_map(|v| Node::List(v.into_iter().collect())),
            4 => proptest::collection::vec((key(), inner.clone()), 0..7).prop_map(|v| Node::Map(v.into_iter().collect())),
            1 => proptest::collection::vec((0u8..80, inner.clone()), 30..60)
                .prop_map(|v| Node::Map(v.into_iter().map(|(k, n)| (k.to_string(), n)).collect())),
            1 => proptest::collection::vec(inner, 30..60).prop_map(|v| Node::List(v.into_iter().collect())),
        ]
    })
}

/// A small value, of which many are wanted.
pub fn small() -> impl Strategy<Value = Node> {
    plain().prop_recursive(3, 10, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4)
                .prop_map(|v| Node::List(v.into_iter().collect())),
            proptest::collection::vec((key(), inner), 0..4)
                .prop_map(|v| Node::Map(v.into_iter().collect())),
        ]
    })
}

/// A map with tables in it: rows keyed by number.
pub fn world() -> impl Strategy<Value = Node> {
    let cell = prop_oneof![
        6 => plain(),
        1 => proptest::collection::vec(plain(), 0..4).prop_map(|v| Node::List(v.into_iter().collect())),
        1 => proptest::collection::vec((key(), plain()), 0..4).prop_map(|v| Node::Map(v.into_iter().collect())),
    ];
    let row = proptest::collection::vec((key(), cell), 0..4)
        .prop_map(|v| Node::Map(v.into_iter().collect()));
    let table = proptest::collection::vec(row, 0..50)
        .prop_map(|rows| Node::Map((0..).map(|i: u32| i.to_string()).zip(rows).collect()));
    (table, node(), node()).prop_map(|(table, x, y)| {
        Node::Map([("t", table), ("x", x), ("y", y)].into_iter().collect())
    })
}

/// A wish for an operation; where it goes is settled on the world it meets.
#[derive(Clone, Debug)]
pub struct Wish {
    kind: u8,
    at: Vec<u16>,
    from: Vec<u16>,
    key: String,
    value: Node,
}

pub fn wishes(most: usize) -> impl Strategy<Value = Vec<Wish>> {
    let steps = || proptest::collection::vec(any::<u16>(), 0..5);
    let wish =
        (0u8..12, steps(), steps(), key(), node()).prop_map(|(kind, at, from, key, value)| Wish {
            kind,
            at,
            from,
            key,
            value,
        });
    proptest::collection::vec(wish, 0..most)
}

/// A place that is there, by steps that wrap around.
fn walk(world: &Node, steps: &[u16]) -> Path {
    let (mut path, mut node) = (Path::root(), world);
    for step in steps {
        let key = match node {
            Node::Map(map) if !map.is_empty() => map
                .at(usize::from(*step) % map.len())
                .unwrap()
                .0
                .to_string(),
            Node::List(list) if !list.is_empty() => (usize::from(*step) % list.len()).to_string(),
            _ => break,
        };
        node = node.child(&key).unwrap();
        path = path.join(key);
    }
    path
}

fn place(world: &Node, steps: &[u16], key: &str) -> Path {
    let path = walk(world, steps);
    match path.find(world) {
        Some(Node::Map(_)) => path.join(key),
        Some(Node::List(list)) => match steps.len() % 3 {
            0 => path.join("-"),
            1 => path.join(list.len().to_string()),
            _ => path.join((list.len() / 2).to_string()),
        },
        _ => path,
    }
}

/// The wishes as a patch that applies; those that cannot be met are left out.
pub fn patch(world: &Node, wishes: &[Wish]) -> Patch {
    let mut world = world.clone();
    let mut patch = Patch::default();
    for wish in wishes {
        let at = walk(&world, &wish.at);
        let op = match wish.kind {
            0..=2 => Op::Add {
                path: place(&world, &wish.at, &wish.key),
                value: wish.value.clone(),
            },
            3 | 4 => Op::Replace {
                path: at,
                value: wish.value.clone(),
            },
            5..=7 => Op::Remove { path: at },
            8 | 9 => Op::Move {
                from: walk(&world, &wish.from),
                path: place(&world, &wish.at, &wish.key),
            },
            10 => Op::Copy {
                from: walk(&world, &wish.from),
                path: place(&world, &wish.at, &wish.key),
            },
            _ => Op::Test {
                value: at.find(&world).unwrap().clone(),
                path: at,
            },
        };
        let op = if wish.at.len() == 2 && wish.kind == 8 {
            // Now and then a key moves onto itself, which puts it last.
            let path = walk(&world, &wish.at);
            Op::Move {
                from: path.clone(),
                path,
            }
        } else {
            op
        };
        if op.apply(&mut world).is_ok() {
            patch.0.push(op);
        }
    }
    patch
}
