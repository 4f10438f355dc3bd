//! Patterns completed by hostile and ordinary arguments.

use super::*;
use proptest::prelude::*;
use serde_json::json;

fn reach(text: &str) -> Reach {
    Reach::parse(text).unwrap()
}

fn world() -> Node {
    Node::from_json(&json!({
        "orders": {
            "a": {"client": "c1", "n": 1, "open": true, "status": "x", "items": [{"sku": "p"}, {"sku": "q"}]},
            "b": {"client": "c2", "n": 2, "open": false, "status": "y", "items": [{"sku": "p"}]},
            "*": {"client": "c1", "n": 1.0, "open": true, "status": "z", "items": []},
            "7": {"client": 7, "n": 3, "status": "w"},
        },
        "claims": {"k1": {"order": "b"}, "k2": {"orders": ["a", "b", null, {"x": 1}]}},
        "queue": [{"id": "u"}, {"id": "v"}],
    }))
}

/// The places as pointers-like text, in order.
fn places(text: &str, args: &serde_json::Value) -> String {
    let all = bound(&[reach(text)], &Node::from_json(args), &world());
    all.iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn an_argument_stands_for_its_value() {
    let args = json!({"id": "a", "ids": ["b", "a", "b", 7, null, {}, 1.5], "n": 1, "none": null,
        "part": 1.5, "yes": true, "object": {"id": "a"}, "empty": []});
    for (text, wanted) in [
        ("orders[{id}]", "orders.a"),
        ("orders.{id}.status", "orders.a.status"),
        (
            "orders[{ids}].status",
            "orders.a.status orders.b.status orders.7.status",
        ),
        ("orders[{none}]", ""),
        ("orders[{absent}]", ""),
        ("orders[{part}]", ""),
        ("orders[{yes}]", ""),
        ("orders[{object}]", ""),
        ("orders[{empty}]", ""),
        ("queue[{n}].id", "queue.1.id"),
        ("queue[{id}]", ""),
        ("orders[*].items[{n}]", "orders[*].items.1"),
        ("orders[n={n}]", "orders.a orders[\"*\"]"),
        ("orders[client={none}]", ""),
        ("orders[n={yes}]", ""),
        ("orders[open=true].n", "orders.a.n orders[\"*\"].n"),
        ("orders[status=\"y\"]", "orders.b"),
        ("orders[client=7]", "orders.7"),
        (
            "orders[*].items[sku=\"p\"]",
            "orders.a.items.0 orders.b.items.0",
        ),
        ("queue[id=\"v\"]", "queue.1"),
    ] {
        assert_eq!(places(text, &args), wanted, "{text}");
    }
}

#[test]
fn a_place_stands_for_what_is_there() {
    let args = json!({"claim": "k1", "many": "k2", "gone": "k3"});
    for (text, wanted) in [
        ("orders[{claims[{claim}].order}]", "orders.b"),
        ("orders[{claims[{many}].orders}].n", "orders.a.n orders.b.n"),
        ("orders[{claims[{gone}].order}]", ""),
        (
            "orders[client={orders[{claims[{claim}].order}].client}]",
            "orders.b",
        ),
        ("orders[{claims[*].order}]", "orders.b"),
    ] {
        assert_eq!(places(text, &args), wanted, "{text}");
    }
}

#[test]
fn hostile_values_are_plain_values() {
    let long = "x".repeat(100_000);
    for value in [
        "*", "]", "/", "a]", "a.status", "{id}", "[*]", "\"", "~1", "-", "", "..", &long,
    ] {
        let args = json!({"id": value});
        let all = bound(&[reach("orders[{id}]")], &Node::from_json(&args), &world());
        assert_eq!(
            all,
            [Pattern(vec![
                Seg::Key("orders".into()),
                Seg::Key(value.into())
            ])]
        );
        let seen = project(&[reach("orders[{id}]")], &Node::from_json(&args), &world());
        let rows = usize::from(value == "*");
        assert_eq!(
            seen.child("orders").unwrap().as_map().unwrap().len(),
            rows,
            "{value}"
        );
        assert_eq!(places("queue[{id}]", &args), "", "{value}");
        assert_eq!(places("orders[client={id}]", &args), "", "{value}");
    }
}

#[test]
fn a_table_without_a_row_for_the_call_is_shown_empty() {
    let see = |text: &[&str], args: serde_json::Value| {
        let list: Vec<Reach> = text.iter().map(|t| reach(t)).collect();
        project(&list, &Node::from_json(&args), &world()).to_string()
    };
    assert_eq!(
        see(&["queue[id={x}]", "claims[{x}]"], json!({})),
        r#"{"claims":{},"queue":[]}"#
    );
    assert_eq!(
        see(&["claims[{x}]"], json!({"x": "k1"})),
        r#"{"claims":{"k1":{"order":"b"}}}"#
    );
    assert_eq!(see(&["none[{x}]"], json!({"x": "k1"})), "{}");
    assert_eq!(see(&[], json!({})), "{}");
}

#[test]
fn what_is_wrong_is_told() {
    for (text, part) in [
        ("orders[{id]", "a `}` is missing at `{id]`"),
        ("orders[{id}", "a `]` is missing"),
        ("orders[{}]", "the name of an argument is missing"),
        ("orders[id=]", "expected `{argument}`"),
        ("orders[id=1.5]", "a `]` is missing"),
        ("orders[id=open]", "expected `{argument}`"),
        ("orders[id = 1]", "expected `[*]`"),
        ("{id}[*]", "a place begins with the name of a table"),
        ("[a=1]", "a place begins with the name of a table"),
        ("a[{b[{c[{d[{e[{f[{g}]}]}]}]}]}]", "nested too deeply"),
        ("a}", "at `}`"),
    ] {
        let error = Reach::parse(text).unwrap_err();
        assert!(error.contains(part), "{text}: {error}");
    }
    let error = Pattern::parse("orders[{id}]").unwrap_err();
    assert!(error.contains("model tool"), "{error}");
}

fn text() -> impl Strategy<Value = String> {
    let table = prop_oneof![Just("orders"), Just("claims"), Just("queue"), Just("none")];
    let step = prop_oneof![
        Just("[*]"),
        Just("[{x}]"),
        Just(".{y}"),
        Just("[client={x}]"),
        Just("[n={y}]"),
        Just("[open=true]"),
        Just("[id=\"v\"]"),
        Just(".items"),
        Just(".status"),
        Just("[\"odd \\\" name\"={x}]"),
        Just("[{claims[{x}].order}]"),
        Just("[client={orders[{y}].client}]"),
        Just("[n=-3]"),
    ];
    (table, proptest::collection::vec(step, 0..4)).prop_map(|(t, s)| format!("{t}{}", s.concat()))
}

fn value() -> impl Strategy<Value = serde_json::Value> {
    let one = prop_oneof![
        Just(json!("a")),
        Just(json!("b")),
        Just(json!("*")),
        Just(json!("k1")),
        Just(json!("k2")),
        Just(json!("c1")),
        Just(json!(0)),
        Just(json!(1)),
        Just(json!(1.0)),
        Just(json!(null)),
        Just(json!("-")),
        Just(json!({})),
        any::<f64>().prop_map(|f| json!(f)),
        "\\PC{0,4}".prop_map(|s| json!(s)),
    ];
    prop_oneof![
        one.clone(),
        proptest::collection::vec(one, 0..4).prop_map(|v| json!(v))
    ]
}

/// Whether all of `part` stands in `whole`; what is hidden in a list is null,
/// and a table with nothing to show is empty.
fn within(part: &Node, whole: &Node) -> bool {
    match (part, whole) {
        (Node::Map(part), Node::Map(whole)) => part
            .iter()
            .all(|(k, v)| whole.get(k).is_some_and(|w| within(v, w))),
        (Node::List(part), Node::List(whole)) => {
            part.is_empty()
                || part.len() == whole.len()
                    && part
                        .iter()
                        .zip(whole.iter())
                        .all(|(v, w)| *v == Node::Null || within(v, w))
        }
        _ => part == whole,
    }
}

proptest! {
    #[test]
    fn a_call_sees_no_more_than_any_call(
        texts in proptest::collection::vec(text(), 0..4), x in value(), y in value(),
    ) {
        let list: Vec<Reach> = texts.iter().map(|t| reach(t)).collect();
        let args = Node::from_json(&json!({"x": x, "y": y}));
        let world = world();
        let all: Vec<Pattern> = list.iter().map(Reach::widest).collect();
        let open: Vec<Reach> = all.iter().cloned().map(Reach::from).collect();
        let seen = project(&list, &args, &world);
        let most = project(&open, &args, &world);
        prop_assert!(within(&seen, &most), "{seen}\nof {most}");
        for place in bound(&list, &args, &world) {
            prop_assert!(all.iter().any(|p| p.includes(&place)), "{}", place);
        }
    }

    #[test]
    fn what_is_written_reads_back(text in text()) {
        let read = reach(&text);
        prop_assert_eq!(reach(&read.to_string()), read);
    }

    #[test]
    fn any_text_is_read_or_told(text in "[a-c.*{}=\"\\\\\\[\\]0 é]{0,14}") {
        if let Ok(read) = Reach::parse(&text) {
            prop_assert_eq!(Reach::parse(&read.to_string()), Ok(read));
        }
    }
}
