//! The schema check: against the `jsonschema` crate, and along touched places
//! against itself.

use super::gen_values::{key, patch, plain, small, wishes, world};
use proptest::prelude::*;
use serde_json::{Value, json};
use stategen::engine::world::schema::{Misfit, infer};
use stategen::engine::world::{Node, Path, Schema};

/// Random keywords that often meet the random values.
fn keyword(inner: BoxedStrategy<Value>) -> impl Strategy<Value = (String, Value)> {
    let kind = proptest::sample::select(
        &[
            "null", "boolean", "integer", "number", "string", "array", "object",
        ][..],
    );
    let number = || {
        prop_oneof![
            (-3i64..4).prop_map(Value::from),
            (-6i32..7).prop_map(|i| Value::from(f64::from(i) / 2.0))
        ]
    };
    let count = || (0u64..5).prop_map(Value::from);
    let value = || plain().prop_map(|n| n.to_json());
    let pattern = || proptest::sample::select(&["^a", "c$", "[ab]+", "^[0-9]+$", "", "/"][..]);
    let names = || proptest::collection::btree_set(key(), 0..3).prop_map(|names| json!(names));
    let list =
        |inner: BoxedStrategy<Value>| proptest::collection::vec(inner, 1..4).prop_map(Value::from);
    let map = |inner: BoxedStrategy<Value>| {
        proptest::collection::btree_map(key(), inner, 0..4).prop_map(|m| json!(m))
    };
    let plain_keywords = prop_oneof![
        proptest::collection::btree_set(kind.clone(), 1..4)
            .prop_map(|t| (String::from("type"), json!(t))),
        kind.prop_map(|t| (String::from("type"), json!(t))),
        proptest::collection::vec(value(), 1..4).prop_map(|v| (String::from("enum"), json!(v))),
        value().prop_map(|v| (String::from("const"), v)),
        proptest::sample::select(&[1.0, 2.0, 3.0, 0.5][..])
            .prop_map(|n| (String::from("multipleOf"), json!(n))),
        (
            proptest::sample::select(
                &["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"][..]
            ),
            number()
        )
            .prop_map(|(k, v)| (k.to_owned(), v)),
        (
            proptest::sample::select(
                &[
                    "minLength",
                    "maxLength",
                    "minItems",
                    "maxItems",
                    "minProperties",
                    "maxProperties"
                ][..]
            ),
            count()
        )
            .prop_map(|(k, v)| (k.to_owned(), v)),
        pattern().prop_map(|p| (String::from("pattern"), json!(p))),
        any::<bool>().prop_map(|b| (String::from("uniqueItems"), json!(b))),
        names().prop_map(|n| (String::from("required"), n)),
        (key(), names()).prop_map(|(k, n)| (String::from("dependentRequired"), json!({k: n}))),
    ];
    prop_oneof![
        3 => plain_keywords,
        1 => (proptest::sample::select(&["items", "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames"][..]), inner.clone())
            .prop_map(|(k, v)| (k.to_owned(), v)),
        1 => (proptest::sample::select(&["properties", "properties", "dependentSchemas"][..]), map(inner.clone()))
            .prop_map(|(k, v)| (k.to_owned(), v)),
        1 => (pattern(), inner.clone()).prop_map(|(p, v)| (String::from("patternProperties"), json!({p: v}))),
        1 => (proptest::sample::select(&["allOf", "anyOf", "oneOf", "prefixItems"][..]), list(inner))
            .prop_map(|(k, v)| (k.to_owned(), v)),
        1 => (proptest::sample::select(&["minContains", "maxContains"][..]), count()).prop_map(|(k, v)| (k.to_owned(), v)),
        1 => Just((String::from("$ref"), json!("#/$defs/x~1y"))),
    ]
}

fn schema() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        3 => any::<bool>().prop_map(Value::Bool),
        7 => Just(json!({})),
    ];
    let inner = leaf.prop_recursive(4, 24, 4, |inner| {
        proptest::collection::vec(keyword(inner.boxed()), 0..4)
            .prop_map(|pairs| Value::Object(pairs.into_iter().collect()))
    });
    (proptest::collection::vec(keyword(inner.boxed()), 0..5), plain()).prop_map(|(pairs, constant)| {
        let mut schema: serde_json::Map<String, Value> = pairs.into_iter().collect();
        // The definition that references name: it may refer to itself below a key.
        let def = json!({"not": {"const": constant.to_json()}, "properties": {"a": {"$ref": "#/$defs/x~1y"}}});
        schema.insert("$defs".into(), json!({"x/y": def}));
        Value::Object(schema)
    })
}

fn compiled(schema: &Value) -> Schema {
    Schema::compile(schema).unwrap_or_else(|problems| panic!("{schema}: {problems:?}"))
}

fn sorted(mut misfits: Vec<Misfit>) -> Vec<Misfit> {
    misfits.sort_by_key(|m| (m.path.clone(), m.what.clone()));
    misfits.dedup();
    misfits
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn it_agrees_with_the_reference(schema in schema(), values in proptest::collection::vec(small(), 12)) {
        let ours = compiled(&schema);
        let theirs = jsonschema::draft202012::new(&schema).unwrap();
        for value in values {
            let misfits = ours.check(&value);
            prop_assert_eq!(misfits.is_empty(), theirs.is_valid(&value.to_json()), "{} {} {:?}", schema, value, misfits);
        }
    }

    #[test]
    fn numbers_are_multiples_where_the_reference_says_so(
        value in prop_oneof![any::<i64>().prop_map(Node::Int), any::<i32>().prop_map(|i| Node::Float(f64::from(i) / 4.0)), plain()],
        of in proptest::sample::select(&[1.0, 2.0, 3.0, 0.5, 0.25, 7.0][..]),
    ) {
        let schema = json!({"multipleOf": of});
        let theirs = jsonschema::draft202012::is_valid(&schema, &value.to_json());
        prop_assert_eq!(compiled(&schema).check(&value).is_empty(), theirs, "{} {}", of, value);
    }

    #[test]
    fn touched_places_tell_all_that_a_patch_broke(
        schema in schema(), rows in proptest::collection::vec(small(), 4..40), wishes in wishes(4),
    ) {
        let row = compiled(&schema);
        let rows = (0..).map(|i: u32| i.to_string()).zip(rows.into_iter().filter(|n| row.check(n).is_empty()));
        let table = Node::Map(rows.collect());
        let world = Node::Map([("t", table)].into_iter().collect());
        let whole = json!({
            "properties": {"t": {"additionalProperties": schema, "minProperties": 1}},
            "required": ["t"], "additionalProperties": {"type": "integer"}, "$defs": schema["$defs"],
        });
        let whole = compiled(&whole);
        prop_assume!(whole.check(&world).is_empty());
        let applied = patch(&world, &wishes).apply(&world).unwrap();
        prop_assert_eq!(
            sorted(whole.check_touched(&applied.world, &applied.touched)),
            sorted(whole.check(&applied.world)),
            "{:?}", applied.touched
        );
    }

    #[test]
    fn an_inferred_schema_accepts_its_world(world in world(), values in proptest::collection::vec(small(), 1..6)) {
        for value in [world, Node::List(values.into_iter().collect())] {
            let schema = infer(&value);
            prop_assert_eq!(compiled(&schema).check(&value), Vec::new(), "{}", schema);
            prop_assert!(jsonschema::draft202012::is_valid(&schema, &value.to_json()));
        }
    }
}

fn says(schema: &Value, value: &Value) -> Vec<String> {
    let misfits = compiled(schema).check(&Node::from_json(value));
    misfits.iter().map(Misfit::to_string).collect()
}

#[test]
fn misfits_say_what_was_found() {
    let schema = json!({
        "type": "object",
        "required": ["status", "total"],
        "additionalProperties": false,
        "properties": {
            "status": {"enum": ["open", "done"]},
            "total": {"type": "number", "minimum": 0, "multipleOf": 0.01},
            "note": {"type": ["string", "null"], "maxLength": 3},
            "id": {"pattern": "^[A-Z]-[0-9]+$"},
            "tags": {"items": {"type": "string"}, "uniqueItems": true, "minItems": 1},
            "pay": {"anyOf": [
                {"properties": {"card": {"type": "string"}}, "required": ["card"]},
                {"type": "null"},
            ]},
        },
    });
    let say = |value| says(&schema, &value);
    assert_eq!(
        say(json!({"status": "open", "total": 19.99})),
        Vec::<String>::new()
    );
    assert_eq!(say(json!([])), ["is [], but must be an object"]);
    assert_eq!(
        say(json!({"note": "abcd"})),
        [
            "lacks `status`, `total`",
            "/note is \"abcd\", 4 letters long, but must have at most 3",
        ]
    );
    assert_eq!(
        say(json!({"status": "x", "total": -0.005})),
        [
            "/status is \"x\", but must be one of \"open\", \"done\"",
            "/total is -0.005, but must be a multiple of 0.01",
            "/total is -0.005, but must be at least 0",
        ]
    );
    assert_eq!(
        say(json!({"status": "open", "total": "5", "id": "7", "note": 1, "foo": {}})),
        [
            "/total is \"5\", but must be a number",
            "/id is \"7\", but must match `^[A-Z]-[0-9]+$`",
            "/note is 1, but must be a string or null",
            "/foo is not a field that is allowed here (known are `id`, `note`, `pay`, `status`, `tags`, `total`)",
        ]
    );
    assert_eq!(
        say(json!({"status": "open", "total": 1, "tags": ["a", 1, "a"]})),
        [
            "/tags has \"a\" at 0 and again at 2, but elements must differ",
            "/tags/1 is 1, but must be a string",
        ]
    );
    assert_eq!(
        say(json!({"status": "open", "total": 1, "pay": {"card": 5}, "tags": []})),
        [
            "/pay is {\"card\":5}, which fits none of the 2 choices; the nearest says that /card is 5, but must be a string",
            "/tags has 0 elements, but must have at least 1",
        ]
    );
}

#[test]
fn schemas_that_cannot_be_meant_are_refused() {
    for (schema, at, part) in [
        (json!(5), "", "object, true or false"),
        (json!({"type": "text"}), "/type", "one or more of"),
        (
            json!({"properties": {"a": {"type": []}}}),
            "/properties/a/type",
            "one or more of",
        ),
        (json!({"minimum": "3"}), "/minimum", "takes a number"),
        (
            json!({"exclusiveMinimum": true}),
            "/exclusiveMinimum",
            "takes a number",
        ),
        (json!({"minLength": -1}), "/minLength", "whole number"),
        (json!({"multipleOf": 0}), "/multipleOf", "above 0"),
        (json!({"enum": 5}), "/enum", "list of values"),
        (json!({"required": "a"}), "/required", "list of names"),
        (json!({"items": [{}]}), "/items", "prefixItems"),
        (json!({"anyOf": []}), "/anyOf", "at least one"),
        (json!({"allOf": {}}), "/allOf", "list of schemas"),
        (
            json!({"properties": []}),
            "/properties",
            "object of schemas",
        ),
        (json!({"$ref": "#/$defs/none"}), "/$ref", "leads nowhere"),
        (
            json!({"$ref": "https://example.com/a"}),
            "/$ref",
            "leads outside",
        ),
        (json!({"$ref": "#"}), "", "back to itself"),
        (
            json!({"$defs": {"a": {"allOf": [{"$ref": "#/$defs/b"}]}, "b": {"not": {"$ref": "#/$defs/a"}}}}),
            "/$defs/a",
            "back to itself",
        ),
    ] {
        let problems = Schema::compile(&schema).unwrap_err();
        let found = problems.iter().any(|(path, what)| {
            what.contains(part) && (path.to_string() == at || part == "back to itself")
        });
        assert!(found, "{schema}: {problems:?}");
    }
    let many = Schema::compile(&json!({"minimum": "a", "properties": {"x": {"type": 1}}}));
    assert_eq!(many.unwrap_err().len(), 2);
}

#[test]
fn what_is_not_checked_is_told() {
    let schema = compiled(&json!({
        "unevaluatedProperties": false,
        "properties": {"a": {"pattern": "(?=x)y"}, "b": {"format": "email", "deprecated": true}},
    }));
    let told: Vec<String> = schema
        .unsupported()
        .iter()
        .map(|(path, _)| path.to_string())
        .collect();
    assert_eq!(told, ["/unevaluatedProperties", "/properties/a/pattern"]);
    assert!(
        schema
            .check(&Node::from_json(&json!({"a": "q", "b": "q"})))
            .is_empty()
    );
}

#[test]
fn references_by_name_escape_and_circle() {
    let tree = json!({
        "$ref": "#/$defs/a%20b~1c",
        "$defs": {
            "a b/c": {"type": "object", "properties": {"kids": {"items": {"$ref": "#node"}}}},
            "node": {"$anchor": "node", "$ref": "#/$defs/a b~1c"},
        },
    });
    assert_eq!(
        says(&tree, &json!({"kids": [{"kids": [{"kids": []}]}]})),
        Vec::<String>::new()
    );
    assert_eq!(
        says(&tree, &json!({"kids": [{"kids": [5]}]})),
        ["/kids/0/kids/0 is 5, but must be an object"]
    );
}

#[test]
fn deep_values_and_greedy_schemas_end() {
    let mut value = Node::Null;
    for _ in 0..100 {
        value = Node::List([value].into_iter().collect());
    }
    let nested = compiled(
        &json!({"$ref": "#/$defs/n", "$defs": {"n": {"type": ["array", "null"], "items": {"$ref": "#/$defs/n"}}}}),
    );
    assert_eq!(nested.check(&value), Vec::new());
    // Two tries of every level at each level: 2^100 if nothing stopped it.
    let again = json!({"items": {"$ref": "#/$defs/n"}, "allOf": [false]});
    let greedy = json!({"$defs": {"n": {"anyOf": [again, again]}}, "$ref": "#/$defs/n"});
    let misfits = says(&greedy, &value.to_json());
    assert!(
        misfits.iter().any(|m| m.contains("too many steps")),
        "{misfits:?}"
    );
}

#[test]
fn an_inferred_schema_reads_well() {
    let world = json!({
        "orders": {
            "8841": {"status": "open", "total": 5, "note": null, "items": [{"sku": "x", "qty": 1}]},
            "8842": {"status": "done", "total": 7.5, "items": []},
        },
        "settings": {"currency": "EUR", "limits": {"refund": 100}},
        "stock": {"sku-1": 5, "sku-2": 0},
        "tickets": {},
    });
    let schema = infer(&Node::from_json(&world));
    assert_eq!(
        schema,
        json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": "object",
            "properties": {
                "orders": {"type": "object", "additionalProperties": {
                    "type": "object",
                    "properties": {
                        "status": {"type": "string"},
                        "total": {"type": "number"},
                        "note": {},
                        "items": {"type": "array", "items": {
                            "type": "object",
                            "properties": {"sku": {"type": "string"}, "qty": {"type": "integer"}},
                            "required": ["sku", "qty"],
                        }},
                    },
                    "required": ["status", "total", "items"],
                }},
                "settings": {"type": "object", "properties": {
                    "currency": {"type": "string"},
                    "limits": {"type": "object", "properties": {"refund": {"type": "integer"}}, "required": ["refund"]},
                }, "required": ["currency", "limits"]},
                "stock": {"type": "object", "additionalProperties": {"type": "integer"}},
                "tickets": {"type": "object"},
            },
            "required": ["orders", "settings", "stock", "tickets"],
        })
    );
}

#[test]
fn a_touched_row_alone_is_looked_at() {
    let schema =
        compiled(&json!({"properties": {"t": {"additionalProperties": {"type": "integer"}}}}));
    let world = Node::from_json(&json!({"t": {"a": 1, "b": "wrong before", "c": "wrong now"}}));
    let path = |text: &str| Path::parse(text).unwrap();
    assert_eq!(schema.check(&world).len(), 2);
    let found = schema.check_touched(&world, &[path("/t/c"), path("/t/gone")]);
    assert_eq!(found.len(), 1);
    assert_eq!(
        found[0].to_string(),
        "/t/c is \"wrong now\", but must be an integer"
    );
    assert_eq!(schema.check_touched(&world, &[]), Vec::new());
    assert_eq!(schema.check_touched(&world, &[path("/t")]).len(), 2);
}

#[test]
fn what_turns_on_a_touched_field_is_looked_at_whole() {
    let path = |text: &str| Path::parse(text).unwrap();
    let after = |schema: Value, before: Value, now: Value, at: &str| {
        let schema = compiled(&schema);
        assert_eq!(schema.check(&Node::from_json(&before)), Vec::new());
        let now = Node::from_json(&now);
        let found = schema.check_touched(&now, &[path(at)]);
        assert_eq!(found, schema.check(&now));
        found.iter().map(Misfit::to_string).collect::<Vec<_>>()
    };
    let total = json!({"properties": {"total": {"type": "integer"}}});
    assert_eq!(
        after(
            json!({"if": {"properties": {"kind": {"const": "whole"}}}, "then": total}),
            json!({"kind": "any", "total": 1.5}),
            json!({"kind": "whole", "total": 1.5}),
            "/kind",
        ),
        ["/total is 1.5, but must be an integer"]
    );
    assert_eq!(
        after(
            json!({"dependentSchemas": {"paid": total}}),
            json!({"total": "x"}),
            json!({"total": "x", "paid": true}),
            "/paid",
        ),
        ["/total is \"x\", but must be an integer"]
    );
    assert_eq!(
        after(
            json!({"properties": {"l": {"uniqueItems": true, "contains": {"const": 3}}}}),
            json!({"l": [1, 2, 3]}),
            json!({"l": [1, 2, 2]}),
            "/l/2",
        ),
        [
            "/l has 2 at 1 and again at 2, but elements must differ",
            "/l has 0 elements of the wanted kind, but must have at least 1",
        ]
    );
    assert_eq!(
        after(
            json!({"required": ["a"], "minProperties": 2, "dependentRequired": {"b": ["c"]}}),
            json!({"a": 1, "b": 1, "c": 1}),
            json!({"b": 1}),
            "/a",
        ),
        [
            "lacks `a`",
            "has 1 fields, but must have at least 2",
            "has `b` and lacks `c`"
        ]
    );
    assert_eq!(
        after(
            json!({"not": {"required": ["x"], "properties": {"x": {"const": 1}}}, "oneOf": [{"required": ["x"]}, {"required": ["y"]}]}),
            json!({"x": 2}),
            json!({"x": 1, "y": 1}),
            "/x",
        ),
        [
            "is {\"x\":1,\"y\":1}, which fits the choices 1 and 2 at once, but must fit exactly one",
            "is {\"x\":1,\"y\":1}, which the schema excludes",
        ]
    );
    assert_eq!(
        after(
            json!({"properties": {"t": {"propertyNames": {"maxLength": 2}, "additionalProperties": false, "patternProperties": {"^a": true}}}}),
            json!({"t": {"a": 1}}),
            json!({"t": {"a": 1, "bcd": 1}}),
            "/t/bcd",
        ),
        [
            "/t has the field name `bcd`, which is \"bcd\", 3 letters long, but must have at most 2",
            "/t/bcd is not a field that is allowed here",
        ]
    );
}
