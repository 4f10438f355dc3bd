//! What the world costs: snapshots, patches and what follows them at three
//! sizes, and the work done once on opening. `STATEGEN_BENCH_QUICK=1` runs
//! each line a few times only, to see that it runs.
#![allow(
    missing_docs,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a benchmark measures time and may stop at the first surprise"
)]

use stategen::engine::world::canon::{jcs, python_sorted};
use stategen::engine::world::schema::infer;
use stategen::engine::world::{Ledger, Node, Origin, Patch, Schema, changes, diff};
use std::hint::black_box;
use std::time::{Duration, Instant};

fn main() {
    let quick = std::env::var_os("STATEGEN_BENCH_QUICK").is_some();
    let runs = if quick { 5 } else { 2000 };
    println!("median of {runs} runs, microseconds (slowest 1 in 100)");

    let world = orders(3_000_000);
    println!("\na world of {}", size(&world));
    line("snapshot", &[time(runs, || world.clone())]);
    let patch = edit(0);
    let after = patch.apply(&world).unwrap().world;
    let mut history = [world.clone(), after];
    line(
        "go back",
        &[time(runs, || {
            history.swap(0, 1);
            history.first().cloned()
        })],
    );
    line(
        "fork and drop",
        &[time(runs, || vec![world.clone(), world.clone()])],
    );
    line(
        "fork, write, hash",
        &[time(runs, || {
            patch.apply(&world.clone()).unwrap().world.hash()
        })],
    );

    let worlds: Vec<Node> = [100_000, 1_000_000, 10_000_000].map(orders).to_vec();
    println!();
    line_of_sizes(&worlds);
    let each = |work: &dyn Fn(&Node, usize) -> u64| -> Vec<Times> {
        worlds
            .iter()
            .map(|world| {
                let mut round = 0;
                time(runs, || {
                    round += 1;
                    work(world, round)
                })
            })
            .collect()
    };
    line(
        "patch of two fields, hash",
        &each(&|world, round| {
            let applied = edit(round % 200).apply(world).unwrap();
            applied.world.hash().0 as u64
        }),
    );
    line(
        "row added, row removed",
        &each(&|world, round| {
            let applied = rows(round % 200).apply(world).unwrap();
            applied.world.hash().0 as u64
        }),
    );
    let schemas: Vec<(Schema, Vec<_>)> = worlds
        .iter()
        .map(|world| {
            let schema = Schema::compile(&infer(world)).unwrap();
            let applied = (0..50).map(|i| edit(i).apply(world).unwrap()).collect();
            (schema, applied)
        })
        .collect();
    let prepared = |work: &dyn Fn(usize, usize) -> usize| -> Vec<Times> {
        (0..worlds.len())
            .map(|at| {
                let mut round = 0;
                time(runs, || {
                    round += 1;
                    work(at, round % 50)
                })
            })
            .collect()
    };
    line(
        "schema along the patch",
        &prepared(&|at, i| {
            let (schema, applied) = &schemas[at];
            schema
                .check_touched(&applied[i].world, &applied[i].touched)
                .len()
        }),
    );
    let origin = Origin::Step {
        step: 3,
        tool: String::from("cancel_order"),
        line: 7,
    };
    line(
        "ledger",
        &prepared(&|at, i| {
            let mut ledger = Ledger::new();
            ledger.record(&worlds[at], &edit(i), &origin, &[8, 9]);
            ledger.marks().count()
        }),
    );
    line(
        "diff",
        &prepared(&|at, i| diff(&worlds[at], &schemas[at].1[i].world).0.len()),
    );
    line(
        "changes for a reader",
        &prepared(&|at, i| changes(&worlds[at], &schemas[at].1[i].world).len()),
    );
    line(
        "all of it",
        &each(&|world, round| {
            let (patch, at) = (edit(round % 200), worlds.iter().position(|w| w == world));
            let applied = patch.apply(world).unwrap();
            let misfits = at.map_or(0, |at| {
                schemas[at]
                    .0
                    .check_touched(&applied.world, &applied.touched)
                    .len()
            });
            let mut ledger = Ledger::new();
            ledger.record(world, &patch, &origin, &[8, 9]);
            applied.world.hash().0 as u64 + misfits as u64
        }),
    );

    let runs = if quick { 1 } else { 15 };
    println!("\nonce, milliseconds");
    line_of_sizes(&worlds);
    let once = |work: &dyn Fn(usize) -> usize| -> Vec<Times> {
        (0..worlds.len())
            .map(|at| time(runs, || work(at)).thousandth())
            .collect()
    };
    let texts: Vec<String> = worlds.iter().map(Node::to_string).collect();
    line(
        "read JSON, hash",
        &once(&|at| {
            let world: Node = serde_json::from_str(&texts[at]).unwrap();
            world.hash().0 as usize
        }),
    );
    line("write JSON", &once(&|at| worlds[at].to_string().len()));
    line(
        "infer a schema",
        &once(&|at| infer(&worlds[at]).to_string().len()),
    );
    line(
        "check the whole world",
        &once(&|at| schemas[at].0.check(&worlds[at]).len()),
    );
    line("RFC 8785", &once(&|at| jcs(&worlds[at]).len()));
    line("sorted dump", &once(&|at| python_sorted(&worlds[at]).len()));
}

/// A world of about so many bytes: orders with items, payments and notes.
fn orders(bytes: usize) -> Node {
    let mut orders = serde_json::Map::new();
    let mut users = serde_json::Map::new();
    let mut written = 0;
    for i in 0.. {
        if written >= bytes {
            break;
        }
        let order = serde_json::json!({
            "order_id": format!("W{i:07}"), "user_id": format!("user_{}", i / 3), "status": "pending",
            "address": {"street": format!("{i} High Street"), "city": "Leeds", "zip": format!("{:05}", i % 99_999)},
            "items": [
                {"sku": format!("S{}", i * 7 % 991), "name": "Kettle", "price": 39.5, "qty": 1},
                {"sku": format!("S{}", i * 3 % 991), "name": "Lamp", "price": 12.25, "qty": 2},
            ],
            "payments": [{"type": "payment", "amount": 64.0, "method": format!("card_{i}")}],
            "total": 64.0, "notes": [],
        });
        written += order.to_string().len() + 12;
        orders.insert(format!("W{i:07}"), order);
        if i % 3 == 0 {
            let user = serde_json::json!({"name": "Ada", "email": format!("ada{i}@example.com")});
            written += user.to_string().len() + 14;
            users.insert(format!("user_{}", i / 3), user);
        }
    }
    Node::from_json(&serde_json::json!({"orders": orders, "users": users, "stats": {"open": 7}}))
}

/// What a cancelling tool writes.
fn edit(order: usize) -> Patch {
    serde_json::from_value(serde_json::json!([
        {"op": "replace", "path": format!("/orders/W{order:07}/status"), "value": "cancelled"},
        {"op": "add", "path": format!("/orders/W{order:07}/payments/-"),
            "value": {"type": "refund", "amount": 64.0, "method": "card_1"}},
    ]))
    .unwrap()
}

fn rows(order: usize) -> Patch {
    serde_json::from_value(serde_json::json!([
        {"op": "add", "path": "/users/new", "value": {"name": "Bo", "email": "bo@example.com"}},
        {"op": "remove", "path": format!("/orders/W{order:07}")},
    ]))
    .unwrap()
}

/// The median and the slowest in a hundred, in microseconds.
#[derive(Clone, Copy)]
struct Times(f64, f64);

impl Times {
    fn thousandth(self) -> Self {
        Self(self.0 / 1e3, self.1 / 1e3)
    }
}

fn time<R>(runs: usize, mut work: impl FnMut() -> R) -> Times {
    let mut all: Vec<Duration> = (0..runs)
        .map(|_| {
            let start = Instant::now();
            let result = black_box(work());
            let spent = start.elapsed();
            drop(result);
            spent
        })
        .collect();
    all.sort();
    let at = |part: usize| {
        all.get(all.len() * part / 100)
            .map_or(0.0, |d| d.as_secs_f64() * 1e6)
    };
    Times(at(50), at(99))
}

fn line(what: &str, times: &[Times]) {
    print!("{what:<28}");
    for Times(median, slow) in times {
        print!("{:>22}", format!("{median:.2} ({slow:.2})"));
    }
    println!();
}

fn line_of_sizes(worlds: &[Node]) {
    print!("{:<28}", "");
    for world in worlds {
        print!("{:>22}", size(world));
    }
    println!();
}

fn size(world: &Node) -> String {
    format!("{:.1} MB", world.to_string().len() as f64 / 1e6)
}
