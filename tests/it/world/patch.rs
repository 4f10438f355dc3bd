//! Patches and diff, against the `json-patch` crate and against themselves.

use super::gen_values::{node, patch, wishes, world};
use proptest::prelude::*;
use stategen::engine::world::{Node, Op, Patch, Path, changes, diff};

fn json(text: &str) -> Node {
    serde_json::from_str(text).unwrap()
}

fn parse(text: &str) -> Patch {
    serde_json::from_str(text).unwrap()
}

/// What the reference makes of a patch.
fn reference(world: &Node, patch: &Patch) -> Option<serde_json::Value> {
    let text = serde_json::to_string(patch).unwrap();
    let patch: json_patch::Patch = serde_json::from_str(&text).unwrap();
    let mut value = world.to_json();
    json_patch::patch(&mut value, &patch).ok().map(|()| value)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20))]

    #[test]
    fn it_does_what_the_reference_does(world in world(), wishes in wishes(8)) {
        let patch = patch(&world, &wishes);
        let applied = patch.apply(&world).unwrap();
        let expected = reference(&world, &patch).unwrap_or_else(|| panic!("{}", serde_json::to_string(&patch).unwrap()));
        prop_assert!(applied.world.same_value(&Node::from_json(&expected)), "{patch:?}");
    }

    #[test]
    fn the_inverse_leads_back_exactly(world in world(), wishes in wishes(8)) {
        let hash = world.hash();
        let patch = patch(&world, &wishes);
        let applied = patch.apply(&world).unwrap();
        let back = applied.inverse.apply(&applied.world).unwrap();
        prop_assert_eq!(back.world.hash(), hash, "{:?} then {:?}", patch, applied.inverse);
        prop_assert_eq!(back.world.to_string(), world.to_string());
        prop_assert_eq!(patch.invert(&world).unwrap(), applied.inverse);
        prop_assert_eq!(world.hash(), hash);
    }

    #[test]
    fn what_was_not_touched_is_the_same(world in world(), wishes in wishes(4)) {
        let patch = patch(&world, &wishes);
        let applied = patch.apply(&world).unwrap();
        for change in changes(&world, &applied.world) {
            prop_assert!(
                applied.touched.iter().any(|t| t.covers(&change.path) || change.path.covers(t)),
                "{:?} is not in {:?}", change.path, applied.touched
            );
        }
        // A fresh tree of the same content has the same hash as the patched one.
        let fresh: Node = serde_json::from_str(&applied.world.to_string()).unwrap();
        prop_assert_eq!(fresh.hash(), applied.world.hash());
    }

    #[test]
    fn a_diff_leads_to_the_other(a in world(), b in world()) {
        let patch = diff(&a, &b);
        prop_assert_eq!(patch.apply(&a).unwrap().world, b.clone(), "{:?}", patch);
        prop_assert_eq!(patch.is_empty(), a == b);
    }

    #[test]
    fn a_diff_of_any_two_values(a in node(), b in node()) {
        prop_assert_eq!(diff(&a, &b).apply(&a).unwrap().world, b);
    }

    #[test]
    fn a_diff_after_a_patch_leads_there_too(world in world(), wishes in wishes(6)) {
        let after = patch(&world, &wishes).apply(&world).unwrap().world;
        prop_assert_eq!(diff(&world, &after).apply(&world).unwrap().world, after.clone());
        prop_assert_eq!(diff(&after, &world).apply(&after).unwrap().world, world.clone());
        prop_assert!(diff(&world, &world).is_empty());
        // Through text: a tree with another history gives an equally good patch.
        let fresh: Node = serde_json::from_str(&after.to_string()).unwrap();
        prop_assert_eq!(diff(&world, &fresh).apply(&world).unwrap().world, after);
    }

    #[test]
    fn composing_is_applying_one_after_the_other(
        world in world(), a in wishes(4), b in wishes(4), c in wishes(4),
    ) {
        let first = patch(&world, &a);
        let one = first.apply(&world).unwrap().world;
        let second = patch(&one, &b);
        let two = second.apply(&one).unwrap().world;
        let third = patch(&two, &c);
        let three = third.apply(&two).unwrap().world;
        let left = first.compose(&second).compose(&third);
        let right = first.compose(&second.compose(&third));
        prop_assert_eq!(&left, &right);
        prop_assert_eq!(left.apply(&world).unwrap().world, three);
    }

    #[test]
    fn arbitrary_operations_fail_or_apply_but_never_panic(
        world in world(),
        ops in proptest::collection::vec((0u8..6, "(/(a|b|t|x|0|1|01|-|~0|d~1e)){0,4}", "(/(a|b|t|x|0|1|01|-|d~1e)){0,4}", node()), 1..4),
    ) {
        let path = |text: &str| Path::parse(text).unwrap();
        let patch: Patch = ops.into_iter().map(|(kind, at, from, value)| match kind {
            0 => Op::Add { path: path(&at), value },
            1 => Op::Remove { path: path(&at) },
            2 => Op::Replace { path: path(&at), value },
            3 => Op::Move { from: path(&from), path: path(&at) },
            4 => Op::Copy { from: path(&from), path: path(&at) },
            _ => Op::Test { path: path(&at), value },
        }).collect();
        let hash = world.hash();
        let applied = patch.apply(&world);
        prop_assert_eq!(world.hash(), hash);
        if let Ok(applied) = applied {
            prop_assert_eq!(applied.inverse.apply(&applied.world).unwrap().world.hash(), hash);
        }
    }
}

/// What the standard asks for, one line each: world, patch, world after or a
/// part of the error.
#[test]
fn the_standard_by_example() {
    let check = |before: &str, patch: &str, after: Result<&str, &str>| {
        let found = parse(patch).apply(&json(before));
        match (found, after) {
            (Ok(applied), Ok(after)) => assert_eq!(applied.world.to_string(), after, "{patch}"),
            (Err(error), Err(part)) => {
                assert!(error.why.contains(part), "{patch}: {error} lacks `{part}`");
            }
            (found, after) => panic!("{patch}: {found:?}, expected {after:?}"),
        }
    };
    let add = |path: &str| format!(r#"[{{"op":"add","path":"{path}","value":9}}]"#);
    check(r#"{"a":1,"b":2}"#, &add("/a"), Ok(r#"{"a":9,"b":2}"#));
    check(r#"{"a":1}"#, &add("/c"), Ok(r#"{"a":1,"c":9}"#));
    check(r#"{"a":1}"#, &add("/"), Ok(r#"{"a":1,"":9}"#));
    check(r#"{"a":1}"#, &add(""), Ok("9"));
    check("[1,2]", &add("/0"), Ok("[9,1,2]"));
    check("[1,2]", &add("/2"), Ok("[1,2,9]"));
    check("[1,2]", &add("/-"), Ok("[1,2,9]"));
    check("[1,2]", &add("/3"), Err("past its end"));
    check("[1,2]", &add("/01"), Err("is no index"));
    check("[1,2]", &add("/x"), Err("is no index"));
    check(r#"{"a":1}"#, &add("/b/c"), Err("nothing at /b"));
    check(r#"{"a":1}"#, &add("/a/c"), Err("not an object or a list"));
    check(
        r#"{"a/b":{"~1":1}}"#,
        &add("/a~1b/~01"),
        Ok(r#"{"a/b":{"~1":9}}"#),
    );
    check(
        "[1,2]",
        r#"[{"op":"remove","path":"/-"}]"#,
        Err("nothing at /-"),
    );
    check("[1,2,3]", r#"[{"op":"remove","path":"/1"}]"#, Ok("[1,3]"));
    check(
        r#"{"a":1,"b":2,"c":3}"#,
        r#"[{"op":"remove","path":"/b"}]"#,
        Ok(r#"{"a":1,"c":3}"#),
    );
    check(
        "[1]",
        r#"[{"op":"remove","path":""}]"#,
        Err("cannot be removed"),
    );
    check(
        r#"{"a":1}"#,
        r#"[{"op":"replace","path":"/b","value":1}]"#,
        Err("nothing at /b"),
    );
    check(
        "[1]",
        r#"[{"op":"replace","path":"/-","value":1}]"#,
        Err("nothing at /-"),
    );
    check(
        "1",
        r#"[{"op":"replace","path":"","value":{"x":null}}]"#,
        Ok(r#"{"x":null}"#),
    );
    check(
        r#"{"a":{"b":1},"c":2}"#,
        r#"[{"op":"move","from":"/a/b","path":"/d"}]"#,
        Ok(r#"{"a":{},"c":2,"d":1}"#),
    );
    check(
        "[1,2,3]",
        r#"[{"op":"move","from":"/0","path":"/2"}]"#,
        Ok("[2,3,1]"),
    );
    check(
        "[1,2,3]",
        r#"[{"op":"move","from":"/0","path":"/3"}]"#,
        Err("past its end"),
    );
    check(
        r#"{"a":{"b":1}}"#,
        r#"[{"op":"move","from":"/a","path":"/a/c"}]"#,
        Err("into itself"),
    );
    check(
        r#"{"a":{"b":1}}"#,
        r#"[{"op":"move","from":"/a","path":""}]"#,
        Ok(r#"{"b":1}"#),
    );
    check(
        r#"{"a":1,"b":2}"#,
        r#"[{"op":"move","from":"/a","path":"/a"}]"#,
        Ok(r#"{"b":2,"a":1}"#),
    );
    check(
        r#"{"a":[1]}"#,
        r#"[{"op":"copy","from":"/a","path":"/a/0"}]"#,
        Ok(r#"{"a":[[1],1]}"#),
    );
    check(
        r#"{"a":1}"#,
        r#"[{"op":"copy","from":"/b","path":"/c"}]"#,
        Err("nothing at /b"),
    );
    let test = |value: &str| format!(r#"[{{"op":"test","path":"/a","value":{value}}}]"#);
    check(r#"{"a":1}"#, &test("1.0"), Ok(r#"{"a":1}"#));
    check(
        r#"{"a":{"x":1,"y":[2]}}"#,
        &test(r#"{"y":[2.0],"x":1}"#),
        Ok(r#"{"a":{"x":1,"y":[2]}}"#),
    );
    check(r#"{"a":1}"#, &test("\"1\""), Err("is 1, not \"1\""));
    check(r#"{"a":null}"#, &test("null"), Ok(r#"{"a":null}"#));
    check(r#"{"b":null}"#, &test("null"), Err("nothing at /a"));
}

#[test]
fn all_or_nothing() {
    let world = json(r#"{"a":1}"#);
    let patch =
        parse(r#"[{"op":"add","path":"/b","value":2},{"op":"test","path":"/a","value":7}]"#);
    let error = patch.apply(&world).unwrap_err();
    assert_eq!(
        error.to_string(),
        "operation 1: the value at /a is 1, not 7"
    );
    assert_eq!(world.to_string(), r#"{"a":1}"#);
    let mut world = world;
    assert!(patch.0[1].apply(&mut world).is_err());
    assert!(patch.0[0].apply(&mut world).is_ok());
    assert_eq!(world.to_string(), r#"{"a":1,"b":2}"#);
}

#[test]
fn what_is_no_patch_is_refused() {
    for text in [
        r#"[{"op":"add","path":"/a"}]"#,
        r#"[{"op":"add","path":"a","value":1}]"#,
        r#"[{"op":"merge","path":"/a","value":1}]"#,
        r#"[{"op":"move","path":"/a"}]"#,
        r#"[{"path":"/a","value":1}]"#,
        r#"{"op":"remove","path":"/a"}"#,
    ] {
        assert!(serde_json::from_str::<Patch>(text).is_err(), "{text}");
    }
    let more = r#"[{"op":"add","path":"/a","value":null,"note":"ignored"}]"#;
    assert_eq!(
        parse(more).apply(&json("{}")).unwrap().world.to_string(),
        r#"{"a":null}"#
    );
}

#[test]
fn touched_places_and_order_in_the_inverse() {
    let world = json(r#"{"a":1,"b":{"x":[1,2]},"c":3}"#);
    let patch = parse(
        r#"[{"op":"remove","path":"/a"},{"op":"add","path":"/b/x/-","value":3},
            {"op":"add","path":"/b/x/0","value":0},{"op":"replace","path":"/c","value":4},
            {"op":"replace","path":"/c","value":5}]"#,
    );
    let applied = patch.apply(&world).unwrap();
    let touched: Vec<String> = applied.touched.iter().map(Path::to_string).collect();
    assert_eq!(touched, ["/a", "/b/x/2", "/b/x", "/c"]);
    assert_eq!(
        serde_json::to_string(&applied.inverse).unwrap(),
        concat!(
            r#"[{"op":"replace","path":"/c","value":4},{"op":"replace","path":"/c","value":3},"#,
            r#"{"op":"remove","path":"/b/x/0"},{"op":"remove","path":"/b/x/2"},"#,
            r#"{"op":"add","path":"/a","value":1},{"op":"move","from":"/b","path":"/b"},"#,
            r#"{"op":"move","from":"/c","path":"/c"}]"#
        )
    );
}

#[test]
fn a_patch_cannot_grow_the_world_without_end() {
    let mut world = json(r#"{"a":["0123456789012345678901234567890123456789"]}"#);
    let double = parse(r#"[{"op":"copy","from":"/a","path":"/a/-"}]"#);
    let error = (0..200).find_map(|_| match double.apply(&world) {
        Ok(applied) => {
            world = applied.world;
            None
        }
        Err(error) => Some(error.why),
    });
    assert!(error.unwrap().contains("larger than 64 MB"));
    let mut deep = json(r#"{"a":[]}"#);
    let nest = parse(
        r#"[{"op":"move","from":"/a","path":"/b"},{"op":"add","path":"/a","value":[]},{"op":"move","from":"/b","path":"/a/0"}]"#,
    );
    let error = (0..200).find_map(|_| match nest.apply(&deep) {
        Ok(applied) => {
            deep = applied.world;
            None
        }
        Err(error) => Some(error.why),
    });
    assert!(error.unwrap().contains("deeper than 100 levels"));
    assert!(serde_json::from_str::<Node>(&deep.to_string()).is_ok());
}

#[test]
fn a_diff_reads_well() {
    let check = |from: &str, to: &str, patch: &str| {
        assert_eq!(
            serde_json::to_string(&diff(&json(from), &json(to))).unwrap(),
            patch
        );
    };
    check(
        r#"{"o":{"1":{"status":"open","total":5,"log":["a"]},"2":{"status":"open"}}}"#,
        r#"{"o":{"1":{"status":"done","total":5,"log":["a","b"]},"2":{"status":"open"},"3":{}}}"#,
        concat!(
            r#"[{"op":"replace","path":"/o/1/status","value":"done"},"#,
            r#"{"op":"add","path":"/o/1/log/-","value":"b"},"#,
            r#"{"op":"add","path":"/o/3","value":{}}]"#
        ),
    );
    check(
        r#"[{"a":1},{"b":2},{"c":3},{"d":4}]"#,
        r#"[{"a":1},{"c":3},{"d":5}]"#,
        r#"[{"op":"remove","path":"/1"},{"op":"replace","path":"/2/d","value":5}]"#,
    );
    check(
        r#"{"a":1,"b":2,"c":3}"#,
        r#"{"b":2,"a":1,"c":3}"#,
        r#"[{"op":"move","from":"/a","path":"/a"},{"op":"move","from":"/c","path":"/c"}]"#,
    );
    check(
        r#"{"a":1}"#,
        r#"{"a":1.0}"#,
        r#"[{"op":"replace","path":"/a","value":1.0}]"#,
    );
}

#[test]
fn changes_are_told_leaf_by_leaf() {
    let from = json(
        r#"{"o":{"1":{"status":"open","gone":1,"log":["a","x"]},"2":[1]},"k":1,"m":{"p":1,"q":2}}"#,
    );
    let to = json(
        r#"{"o":{"1":{"status":"done","log":["a","b","c"]},"2":{"n":1}},"k":1,"m":{"q":2,"p":1},"z":{"new":true}}"#,
    );
    let told: Vec<String> = changes(&from, &to)
        .into_iter()
        .map(|c| format!("{} {:?} {:?}", c.path, c.before, c.after))
        .collect();
    assert_eq!(
        told,
        [
            r#"/o/1/status Some("open") Some("done")"#,
            "/o/1/gone Some(1) None",
            r#"/o/1/log/1 Some("x") Some("b")"#,
            r#"/o/1/log/2 None Some("c")"#,
            r#"/o/2 Some([1]) Some({"n":1})"#,
            r#"/z None Some({"new":true})"#,
        ]
    );
}
