//! The tree: hashes see content and order only, and text round-trips.

use super::gen_values::{node, world};
use proptest::prelude::*;
use serde_json::Value;
use stategen::engine::world::{List, Map, Node, Path, Pattern};

/// What a map should do, in the plainest way.
#[derive(Default, Clone)]
struct Model(Vec<(String, Node)>);

impl Model {
    fn insert(&mut self, key: &str, node: Node) -> Option<Node> {
        if let Some(slot) = self.0.iter_mut().find(|(k, _)| k == key) {
            return Some(std::mem::replace(&mut slot.1, node));
        }
        self.0.push((key.to_owned(), node));
        None
    }
    fn remove(&mut self, key: &str) -> Option<Node> {
        let at = self.0.iter().position(|(k, _)| k == key)?;
        Some(self.0.remove(at).1)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20))]

    #[test]
    fn a_map_does_what_a_plain_list_of_pairs_does(
        steps in proptest::collection::vec((0u8..10, 0u16..120, any::<i64>()), 0..400),
    ) {
        let (mut map, mut model) = (Map::new(), Model::default());
        for (kind, key, value) in steps {
            let key = key.to_string();
            let before = map.clone();
            let hash = before.hash();
            match kind {
                0..=5 => prop_assert_eq!(map.insert(&*key, Node::Int(value)), model.insert(&key, Node::Int(value))),
                6..=8 => prop_assert_eq!(map.remove(&key), model.remove(&key)),
                _ => prop_assert_eq!(
                    map.update(&key, &mut |n| *n = Node::Int(value)),
                    model.0.iter_mut().find(|(k, _)| *k == key).map(|e| e.1 = Node::Int(value)).is_some()
                ),
            }
            prop_assert_eq!(map.len(), model.0.len());
            prop_assert_eq!(before.hash(), hash);
            if let Some(at) = model.0.iter().position(|(k, _)| *k == key) {
                prop_assert_eq!(map.position(&key), Some(at));
                prop_assert_eq!(&**map.at(at).unwrap().0, key.as_str());
                prop_assert_eq!(map.get(&key), Some(&model.0[at].1));
            } else {
                prop_assert!(!map.contains(&key));
            }
        }
        let fresh: Map = model.0.iter().cloned().collect();
        prop_assert!(map.keys().map(|k| &**k).eq(model.0.iter().map(|(k, _)| &**k)));
        prop_assert!(map.values().eq(model.0.iter().map(|(_, v)| v)));
        prop_assert_eq!(map.hash(), fresh.hash());
        prop_assert_eq!(map.iter().len(), model.0.len());
    }

    #[test]
    fn a_list_does_what_a_vec_does(
        steps in proptest::collection::vec((0u8..12, any::<u16>(), any::<i64>()), 0..400),
    ) {
        let (mut list, mut model) = (List::new(), Vec::new());
        for (kind, at, value) in steps {
            let at = usize::from(at) % (model.len() + 1);
            let before = list.clone();
            let hash = before.hash();
            match kind {
                0..=5 => {
                    list.push(Node::Int(value));
                    model.push(Node::Int(value));
                }
                6 => {
                    prop_assert!(list.insert(at, Node::Int(value)));
                    model.insert(at, Node::Int(value));
                }
                7 => {
                    prop_assert_eq!(list.set(at, Node::Int(value)), at < model.len());
                    if let Some(slot) = model.get_mut(at) {
                        *slot = Node::Int(value);
                    }
                }
                _ => prop_assert_eq!(list.remove(at), (at < model.len()).then(|| model.remove(at))),
            }
            prop_assert_eq!(list.len(), model.len());
            prop_assert_eq!(list.get(at), model.get(at));
            prop_assert_eq!(before.hash(), hash);
        }
        let fresh: List = model.iter().cloned().collect();
        prop_assert!(list.iter().eq(model.iter()));
        prop_assert_eq!(list.last(), model.last());
        prop_assert_eq!(list.hash(), fresh.hash());
    }

    #[test]
    fn text_reads_back_as_the_same_value(node in node()) {
        let text = node.to_string();
        let again: Node = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(&again, &node);
        prop_assert_eq!(again.hash(), node.hash());
        prop_assert_eq!(serde_json::to_string(&node).unwrap(), text.clone());
        let value: Value = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(Node::from_json(&value).hash(), node.hash());
        prop_assert_eq!(node.to_json(), value);
    }

    #[test]
    fn order_of_keys_and_type_of_numbers_count(pairs in proptest::collection::btree_map("[a-z]{1,3}", 0i64..9, 2..50)) {
        let there: Map = pairs.iter().map(|(k, v)| (k.as_str(), Node::Int(*v))).collect();
        let back: Map = pairs.iter().rev().map(|(k, v)| (k.as_str(), Node::Int(*v))).collect();
        let floats: Map = pairs.iter().map(|(k, v)| (k.as_str(), Node::Float(*v as f64))).collect();
        let (there, back, floats) = (Node::Map(there), Node::Map(back), Node::Map(floats));
        prop_assert_ne!(&there, &back);
        prop_assert_ne!(&there, &floats);
        prop_assert!(there.same_value(&back) && there.same_value(&floats));
    }

    #[test]
    fn projecting_everything_changes_nothing(world in world()) {
        prop_assert_eq!(world.project(&[Pattern::default()]), world.clone());
        prop_assert_eq!(world.project(&[]).to_string(), "{}");
    }
}

fn json(text: &str) -> Node {
    serde_json::from_str(text).unwrap()
}

#[test]
fn a_projection_keeps_what_leads_to_the_places() {
    let world = json(
        r#"{"orders":{"1":{"status":"open","total":3,"items":[{"sku":"x","qty":1},{"sku":"y"},7]},"2":{"total":4}},"users":{"u":{"name":"Ada"}},"n":5}"#,
    );
    let patterns = |texts: &[&str]| -> Vec<Pattern> {
        texts.iter().map(|t| Pattern::parse(t).unwrap()).collect()
    };
    let status = world.project(&patterns(&["orders[*].status"]));
    assert_eq!(
        status.to_string(),
        r#"{"orders":{"1":{"status":"open"},"2":{}}}"#
    );
    let both = world.project(&patterns(&["orders[*].items[*].sku", "n", "orders[\"2\"]"]));
    assert_eq!(
        both.to_string(),
        r#"{"orders":{"1":{"items":[{"sku":"x"},{"sku":"y"},null]},"2":{"total":4}},"n":5}"#
    );
}

#[test]
fn containers_of_nothing_differ() {
    let all = [
        "[]", "{}", "null", "\"\"", "0", "0.0", "-0.0", "false", "[null]", "[[]]", "[{}]",
    ];
    for (i, a) in all.iter().enumerate() {
        for (j, b) in all.iter().enumerate() {
            assert_eq!(json(a) == json(b), i == j, "{a} {b}");
            assert_eq!(json(a).hash() == json(b).hash(), i == j, "{a} {b}");
        }
    }
}

#[test]
fn only_plain_digits_are_an_index() {
    let list = json("[1,2]");
    for key in [
        "01",
        "+1",
        "-",
        "",
        "2",
        " 1",
        "1 ",
        "-1",
        "99999999999999999999999",
    ] {
        assert!(list.child(key).is_none(), "{key}");
    }
    assert_eq!(list.child("1"), Some(&Node::Int(2)));
    assert_eq!(Path::parse("/0").unwrap().find(&list), Some(&Node::Int(1)));
}

#[test]
fn integers_and_floats_compare_exactly() {
    let same = |a: &str, b: &str| json(a).same_value(&json(b));
    assert!(
        same("1", "1.0")
            && same("0", "-0.0")
            && same("-9223372036854775808", "-9223372036854775808.0")
    );
    assert!(!same("9223372036854775807", "9223372036854775808.0"));
    assert!(!same("9007199254740993", "9007199254740992.0"));
    assert!(!same("1", "1.5") && !same("1", "true"));
}
