//! The tool language as its author meets it: texts in, values, patches and
//! problems out.

#![allow(
    clippy::needless_pass_by_value,
    clippy::format_collect,
    reason = "`json!` at each call, and texts made of texts"
)]

use serde_json::json;
use stategen::engine::rules::{Env, Expr, FailureKind, Program, Ran, fill_template};
use stategen::engine::world::{Node, Path};

mod properties;

fn world() -> Node {
    Node::from_json(&json!({
        "orders": {
            "A1": {"id": "A1", "status": "pending", "total": 30.5, "notes": [],
                   "payments": [{"type": "payment", "amount": 20.0, "method": "gift"},
                                {"type": "payment", "amount": 10.5, "method": "card"}]},
            "A2": {"id": "A2", "status": "delivered", "total": 12, "notes": ["x"], "payments": []}
        },
        "methods": {"gift": {"kind": "gift_card", "balance": 1.1}, "card": {"kind": "card"}},
        "stats": {"open_orders": 1},
        "queue": [3, 1, 2]
    }))
}

const NOW: &str = "2026-03-14T09:30:00Z";

fn env<'a>(world: &'a Node, args: &'a Node) -> Env<'a> {
    Env {
        world,
        args,
        now: NOW,
        id_key: 7,
        budget: 100_000,
    }
}

fn parse(text: &str) -> Program {
    let (program, problems) = Program::parse(&[("a.rules", text)]);
    assert!(problems.is_empty(), "{problems:?}");
    program
}

fn call(text: &str, tool: &str, args: serde_json::Value) -> Result<Ran, String> {
    let world = world();
    let args = Node::from_json(&args);
    let program = parse(text);
    let ran = program
        .call(tool, &env(&world, &args))
        .map_err(|f| f.message)?;
    let applied = ran.patch.apply(&world).expect("the patch applies");
    assert_eq!(applied.world, ran.world, "the patch leads to the world");
    assert_eq!(ran.lines.len(), ran.patch.0.len());
    Ok(ran)
}

fn value(expr: &str) -> Result<String, String> {
    let world = world();
    let none = Node::from_json(&json!({}));
    let expr = Expr::parse("e", 1, 1, expr).map_err(|p| p[0].to_string())?;
    expr.eval(&env(&world, &none), &[])
        .map(|n| n.to_string())
        .map_err(|f| f.message)
}

fn problems(text: &str) -> String {
    let (_, problems) = Program::parse(&[("a.rules", text)]);
    problems.iter().map(|p| format!("{p}\n")).collect()
}

const CANCEL: &str = r#"
## Cancel a pending order and refund what was paid.
tool cancel_order(order_id: string "the order's id", reason: "no longer needed" | "ordered by mistake", note?: string):
    let order = orders[order_id] else 404 "Order {order_id} not found"
    need order.status == "pending" else 409 "Order {order_id} is {order.status}"
    each paid in order.payments:              # the list as it was when the loop began
        push order.payments = {type: "refund", amount: paid.amount, method: paid.method}
        if methods[paid.method].kind == "gift_card":
            set methods[paid.method].balance = round(methods[paid.method].balance + paid.amount, 2)
    set order.status = "cancelled"
    if note != null:
        call note_it(order, "{reason}: {note}")
    return order

proc note_it(order, text):
    push order.notes = text

after:
    set stats.open_orders = len([o for o in orders if o.status == "pending"])
"#;

#[test]
fn a_tool_runs_as_one_transaction_and_records_its_patch() {
    let ran = call(
        CANCEL,
        "cancel_order",
        json!({"order_id": "A1", "reason": "no longer needed", "note": "n"}),
    )
    .unwrap();
    let ops: Vec<String> = ran
        .patch
        .0
        .iter()
        .map(|op| serde_json::to_string(op).unwrap())
        .collect();
    assert_eq!(
        ops,
        [
            r#"{"op":"add","path":"/orders/A1/payments/-","value":{"type":"refund","amount":20.0,"method":"gift"}}"#,
            r#"{"op":"replace","path":"/methods/gift/balance","value":21.1}"#,
            r#"{"op":"add","path":"/orders/A1/payments/-","value":{"type":"refund","amount":10.5,"method":"card"}}"#,
            r#"{"op":"replace","path":"/orders/A1/status","value":"cancelled"}"#,
            r#"{"op":"add","path":"/orders/A1/notes/-","value":"no longer needed: n"}"#,
            r#"{"op":"replace","path":"/stats/open_orders","value":0}"#,
        ]
    );
    assert_eq!(ran.lines, [7, 9, 7, 10, 16, 19]);
    assert_eq!(
        ran.result.child("status").unwrap().as_str(),
        Some("cancelled")
    );
}

#[test]
fn a_refusal_says_what_it_saw_and_changes_nothing() {
    let world = world();
    let args = Node::from_json(&json!({"order_id": "A2", "reason": "no longer needed"}));
    let failure = parse(CANCEL)
        .call("cancel_order", &env(&world, &args))
        .unwrap_err();
    assert_eq!(failure.kind, FailureKind::Refused);
    assert_eq!(failure.code, Some(409));
    assert_eq!(failure.message, "Order A2 is delivered");
    assert_eq!(failure.explain.line, 5);
    assert!(
        failure
            .explain
            .statement
            .starts_with("need order.status == \"pending\" else 409")
    );
    let saw: Vec<String> = failure
        .explain
        .saw
        .iter()
        .map(|(n, v)| format!("{n}={v}"))
        .collect();
    assert_eq!(saw, ["order.status=\"delivered\"", "order_id=\"A2\""]);
    let gone = call(CANCEL, "cancel_order", json!({"order_id": "nope"})).unwrap_err();
    assert_eq!(gone, "Order nope not found");
}

#[test]
fn a_description_below_a_block_belongs_to_the_next_tool() {
    let program = parse(
        "tool a(x: string):\n    if x == \"\":\n        fail \"no\"\n## not the end\n    return x\n\n## What b does,\n## in two lines.\ntool b:\n    return 1\n",
    );
    let docs: Vec<String> = program.tools().iter().map(|t| t.doc.clone()).collect();
    assert_eq!(docs, ["", "What b does,\nin two lines."]);
}

#[test]
fn a_tool_says_what_it_reads_and_writes() {
    let sig = &parse(CANCEL).tools()[0];
    let show = |set: &[stategen::engine::world::Pattern]| {
        set.iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(
        show(&sig.writes),
        "methods[*].balance orders[*].notes[*] orders[*].payments[*] orders[*].status"
    );
    assert_eq!(
        show(&sig.reads),
        "methods[*].balance methods[*].kind orders[*]"
    );
    assert_eq!(sig.doc, "Cancel a pending order and refund what was paid.");
    assert_eq!(
        sig.parameters.as_ref().unwrap().to_string(),
        r#"{"type":"object","properties":{"order_id":{"type":"string","description":"the order's id"},"reason":{"type":"string","enum":["no longer needed","ordered by mistake"]},"note":{"type":"string"}},"required":["order_id","reason"],"additionalProperties":false}"#
    );
    assert!(
        sig.uses.iter().all(|u| u == "orders" || u == "methods"),
        "{:?}",
        sig.uses
    );
}

#[test]
fn expressions() {
    for (expr, want) in [
        ("1 + 2 * 3", "7"),
        ("7 / 2", "3.5"),
        ("-7 // 2", "-4"),
        ("1 == 1.0", "true"),
        ("{a: 1, b: 2} == {b: 2.0, a: 1}", "true"),
        ("orders.A1.total > 30 and not (1 > 2)", "true"),
        ("orders[\"zz\"].total ?? 5", "5"),
        ("orders.zz.total.more ?? orders.A2.total ?? 1", "12"),
        (
            "[o.id for o in orders if o.status == \"pending\"]",
            r#"["A1"]"#,
        ),
        ("{o.id: o.total for o in orders}", r#"{"A1":30.5,"A2":12}"#),
        (
            "{k: len(o.payments) for k, o in orders}",
            r#"{"A1":2,"A2":0}"#,
        ),
        ("[i * x for i, x in queue]", "[0,1,4]"),
        ("(find o in orders if o.total < 20).id", r#""A2""#),
        (
            "\"A1\" in orders and 3 in queue and \"el\" in \"hello\"",
            "true",
        ),
        ("\"x\" not in queue", "true"),
        ("sum([p.amount for p in orders.A1.payments])", "30.5"),
        ("sorted(queue)", "[1,2,3]"),
        (
            "[o.id for o in sorted(orders_list ?? values(orders), by: \"total\")]",
            r#"["A2","A1"]"#,
        ),
        (
            "\"{orders.A1.total} {1 == 1} {null} {[1, 2.0]}\"",
            r#""30.5 true null [1,2.0]""#,
        ),
        (r#""a {orders["A1"].id} \{b\}""#, r#""a A1 {b}""#),
        ("queue[-1] + queue[0]", "5"),
        ("\"yes\" if queue[0] == 3 else \"no\"", r#""yes""#),
        ("round(2.675, 2)", "2.67"),
        ("fixed(2, 2)", r#""2.00""#),
        ("calc(\"2 + 2\")", "4"),
        ("calc(\"2 +\") ?? 0", "0"),
        ("days_between(\"2026-03-01\", now())", "13"),
        ("add_days(now(), 20)", r#""2026-04-03T09:30:00Z""#),
        ("weekday(date(now()))", r#""Saturday""#),
        ("slice(\"héllo\", 1, 3) + upper(\"x\")", r#""élX""#),
        ("split(\"a,b\", \",\") + [1]", r#"["a","b",1]"#),
        ("first([]) ?? last(queue)", "2"),
        ("merge({a: 1}, {b: 2, a: 3})", r#"{"a":3,"b":2}"#),
        ("without({a: 1, b: 2}, \"a\")", r#"{"b":2}"#),
        ("unique([1, 1.0, \"a\", \"a\"])", r#"[1,"a"]"#),
        ("max(1, 2.5, 2)", "2.5"),
        ("type(1.0) + type(null) + type([])", r#""numbernullarray""#),
        ("get(orders.A1, \"zz\", 4)", "4"),
        (
            "has(orders, \"A1\") and all([q > 0 for q in queue])",
            "true",
        ),
        ("int(\" 12 \") + int(3.9)", "15"),
        ("str(1e20)", r#""1e+20""#),
        ("range(3)", "[0,1,2]"),
        ("-queue[0] ?? 1", "-3"),
    ] {
        assert_eq!(value(expr).as_deref(), Ok(want), "{expr}");
    }
}

#[test]
fn what_cannot_be_evaluated_says_why() {
    for (expr, part) in [
        ("9223372036854775807 + 1", "64-bit"),
        ("1e308 * 10.0", "too large"),
        ("1 / 0", "division by zero"),
        ("orders.A1.statsu", "is `status` meant?"),
        ("orders.A1.notes.x", "is an array"),
        ("\"a\" < 1", "two numbers or two texts"),
        ("\"a\" + 1", "put values into a text"),
        ("1 and true", "where true or false was needed"),
        ("nothing.here", "no table or name `nothing`"),
        ("sorted([1, \"a\"])", "compares two numbers"),
        ("[x for x in 5]", "array or object was needed"),
        ("range(1000000000)", "at most"),
        ("min([])", "empty list"),
    ] {
        let why = value(expr).expect_err(expr);
        assert!(why.contains(part), "{expr}: {why}");
    }
}

#[test]
fn problems_come_all_at_once_with_line_and_column() {
    let text = "tool a:\n    need orders.x = 1\n    retrun 5\n\tset x = 1\n    if true\n        fail \"x\"\n    let y = (1 + \n    return \"{y\"\nproc b(x):\n    call b(x)\ninvariant c:\n    set orders.x = 1\ntoool d:\n    pass\n    order.status = 5\n";
    let shown = problems(text);
    for part in [
        "a.rules:2:19: error: `=` where `==` was meant",
        "a.rules:3:5: error: `retrun` begins no statement\n    did you mean `return`?",
        "a.rules:4:1: error: a tab in the indentation",
        "a.rules:5:12: error: `:` is missing at the end of `if`",
        "a.rules:7:13: error: `(` is never closed",
        "a.rules:8:13: error: `{` in this text is never closed",
        "a.rules:10:10: error: `b` calls itself",
        "a.rules:12:9: error: `set` in an invariant",
        "a.rules:13:1: error: `toool` begins no definition\n    did you mean `tool`?",
        "`order …` stores without saying how",
    ] {
        assert!(shown.contains(part), "missing {part:?} in\n{shown}");
    }
}

#[test]
fn names_are_checked_against_the_world() {
    let program =
        parse("tool a(orders: string):\n    let x = ordrs.y\n    let queue = 1\n    return mony\n");
    let shown: String = program
        .check(&world(), &|_| Vec::new())
        .iter()
        .map(|p| format!("{p}\n"))
        .collect();
    for part in [
        "1:8: error: this name hides the table `orders`",
        "2:13: error: `ordrs` is no local, argument or table\n    did you mean `orders`?",
        "3:9: error: this name hides the table `queue`",
        "4:12: error: `mony` is no local",
    ] {
        assert!(shown.contains(part), "missing {part:?} in\n{shown}");
    }
}

#[test]
fn invariants_look_only_at_touched_rows() {
    let program = parse(
        r#"
invariant small:
    each order in orders:
        need order.total < 20 else "Order {order.id} costs {order.total}"
invariant queue_short:
    need len(queue) < 3 else "the queue has {len(queue)}"
"#,
    );
    let world = world();
    let none = Node::Null;
    let all = program.broken_invariants(&env(&world, &none), None);
    assert_eq!(all.len(), 2);
    assert_eq!(all[0].message, "Order A1 costs 30.5");
    assert_eq!(all[0].at.as_ref().unwrap().to_string(), "/orders/A1");
    assert_eq!(
        all[0].explain.saw[0],
        ("order.total".into(), Node::Float(30.5))
    );
    let at = |path: &str| {
        let touched = [Path::parse(path).unwrap()];
        program
            .broken_invariants(&env(&world, &none), Some(&touched))
            .len()
    };
    assert_eq!(at("/orders/A2/status"), 0);
    assert_eq!(at("/orders/A1/status"), 1);
    assert_eq!(at("/orders"), 1);
    assert_eq!(at("/queue/1"), 1);
    assert_eq!(at(""), 2);
    assert_eq!(at("/stats"), 0);
}

#[test]
fn policies_see_the_arguments_and_the_world_before() {
    let program = parse(
        "policy delivered_only on refund, cancel:\n    need orders[order_id].status == \"delivered\" else \"order is {orders[order_id].status}\"\npolicy no_empty:\n    each o in orders:\n        need o.status != \"\" else \"empty\"\n",
    );
    let world = world();
    let args = Node::from_json(&json!({"order_id": "A1"}));
    let broken = program.broken_policies("refund", &env(&world, &args), &world, &[]);
    assert_eq!(broken.len(), 1);
    assert_eq!(broken[0].message, "order is pending");
    assert!(
        program
            .broken_policies("other", &env(&world, &args), &world, &[])
            .is_empty()
    );
}

#[test]
fn hostile_rules_end_in_a_failure() {
    for text in [
        "tool a:\n    let x = [1]\n    each i in range(100000):\n        set x = [x, x]\n",
        "tool a:\n    let x = \"aaaaaaaaaaaaaaaa\"\n    each i in range(1000):\n        set x = x + x\n",
        "tool a:\n    each i in range(100000):\n        each j in range(100000):\n            let y = 1\n",
        "tool a:\n    each i in range(100000):\n        set stats.open_orders = {x: stats.open_orders}\n",
        "tool a:\n    each q in queue:\n        del queue[0]\n",
    ] {
        assert!(call(text, "a", json!({})).is_err(), "{text}");
    }
    for text in [
        format!("tool a:\n    return {}", "(".repeat(3000)),
        format!("tool a:\n    return {}1", "-".repeat(3000)),
        format!("tool a:\n    return {}1", "not ".repeat(3000)),
        format!("tool a:\n    return 1{}", " + 1".repeat(3000)),
        format!("tool a:\n    return x{}", ".y".repeat(3000)),
        format!("tool a:\n    return {}", "[".repeat(3000)),
        format!("tool a:\n    return {}", "\"{".repeat(3000)),
        (0..3000).fold(String::from("tool a:\n"), |s, i| {
            s + &" ".repeat(i + 1) + "if true:\n"
        }),
        format!("tool a(x: {}string", "[".repeat(3000)),
    ] {
        assert!(!problems(&text).is_empty());
    }
}

#[test]
fn templates_keep_the_type_of_a_lone_expression() {
    let world = world();
    let none = Node::from_json(&json!({}));
    let env = env(&world, &none);
    let row = world.child("orders").unwrap().child("A1").unwrap().clone();
    let fill = |text: &str| fill_template(text, &env, &[("order", &row)]);
    assert_eq!(fill("{order.total}"), Ok(Node::Float(30.5)));
    assert_eq!(fill("Order {order.id}!"), Ok(Node::str("Order A1!")));
    assert_eq!(fill("plain"), Ok(Node::str("plain")));
    assert_eq!(fill(r"a \{b\} c:\d"), Ok(Node::str(r"a {b} c:\d")));
    assert!(fill("{order.nope}").is_err());
    assert!(fill("{order.id").is_err());
}

#[test]
fn a_statement_goes_on_in_a_line_that_is_indented_deeper() {
    let text = r#"
tool t(order_id: string):
    let order = orders[order_id]
        else 404 "No {order_id}"
    need order.status == "pending"
        and order.total > 10
        or order_id == "A3"
        else 409 "Order {order_id} is {order.status}"
    if order.total > 10:
        return 1
    else:
        return 2
"#;
    assert_eq!(
        call(text, "t", json!({"order_id": "A1"})).unwrap().result,
        Node::Int(1)
    );
    assert_eq!(
        call(text, "t", json!({"order_id": "A2"})).unwrap_err(),
        "Order A2 is delivered"
    );
    assert_eq!(
        call(text, "t", json!({"order_id": "A9"})).unwrap_err(),
        "No A9"
    );
}
