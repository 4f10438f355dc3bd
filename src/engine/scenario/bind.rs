//! A task made ready: bindings drawn by seed, templates filled, the start
//! patch applied.

use super::super::rng::Rng;
use super::super::rules::Env;
use super::super::world::{Map, Node, Op, Patch, Path};
use super::template::Fill;
use super::{Bound, PathCall, Scenario, Task};
use serde_json::{Map as JsonMap, Value as Json};

/// The part of a task that something is wrong with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// A key of the task: `goal`, `opening`.
    Key(&'static str),
    /// A fact: `known` or `hidden`, and its name.
    Fact(&'static str, String),
    /// A binding, from 0.
    Bind(usize),
    /// An operation of the start patch, from 0.
    Start(usize),
    /// A call of the path, from 0.
    Call(usize),
}

/// What is wrong, and where.
pub type Wrong = (Part, String);

/// Draws, fills and applies.
///
/// # Errors
/// The first thing that does not work out.
pub fn bind(scenario: &Scenario, task: &Task, seed: u64) -> Result<Bound, Wrong> {
    let empty = Node::Map(Map::new());
    let env = Env {
        world: &scenario.world,
        args: &empty,
        now: &scenario.now,
        id_key: Rng::new(seed, &format!("bind/{}", task.id)).next_u64(),
        budget: scenario.limits.rule_budget,
    };
    let mut bindings: Vec<(String, Node)> = Vec::new();
    for (at, (name, expr)) in task.bind.iter().enumerate() {
        let locals: Vec<(&str, &Node)> = bindings.iter().map(|(n, v)| (n.as_str(), v)).collect();
        let value = expr.eval(&env, &locals).map_err(|failure| {
            (
                Part::Bind(at),
                format!("the binding `{name}` cannot be drawn: {}", failure.message),
            )
        })?;
        let value = match &value {
            Node::List(list) => {
                let mut rng = Rng::new(seed, &format!("bind/{}/{name}", task.id));
                let drawn = list.get(rng.below(list.len())).cloned();
                drawn.ok_or_else(|| {
                    (
                        Part::Bind(at),
                        format!("the binding `{name}` is empty: nothing in the world fits"),
                    )
                })?
            }
            Node::Null
            | Node::Bool(_)
            | Node::Int(_)
            | Node::Float(_)
            | Node::Str(_)
            | Node::Map(_) => value,
        };
        bindings.push((name.clone(), value));
    }
    let locals: Vec<(&str, &Node)> = bindings.iter().map(|(n, v)| (n.as_str(), v)).collect();
    let fill = Fill {
        env: env.clone(),
        locals: locals.clone(),
        later: &[],
        again: false,
    };
    let goal = fill
        .words(&task.goal)
        .map_err(|why| (Part::Key("goal"), why))?;
    let opening = match &task.opening {
        Some(text) => Some(
            fill.words(text)
                .map_err(|why| (Part::Key("opening"), why))?,
        ),
        None => None,
    };
    let facts = |key: &'static str,
                 given: &JsonMap<String, Json>|
     -> Result<JsonMap<String, Json>, Wrong> {
        given
            .iter()
            .map(|(name, value)| match fill.value(value) {
                Ok(value) => Ok((name.clone(), value)),
                Err(why) => Err((Part::Fact(key, name.clone()), why)),
            })
            .collect()
    };
    let known = facts("known", &task.known)?;
    let hidden = facts("hidden", &task.hidden)?;
    let world = start(scenario, task, &fill)?;
    let saves: Vec<&str> = task.path.iter().filter_map(|c| c.save.as_deref()).collect();
    let partly = Fill {
        env,
        locals,
        later: &saves,
        again: true,
    };
    let mut path = Vec::new();
    for (at, call) in task.path.iter().enumerate() {
        let args = partly
            .value(&call.args)
            .map_err(|why| (Part::Call(at), why))?;
        path.push(PathCall {
            args,
            ..call.clone()
        });
    }
    Ok(Bound {
        task: task.id.clone(),
        goal,
        known,
        hidden,
        opening,
        bindings,
        path,
        world,
    })
}

fn start(scenario: &Scenario, task: &Task, fill: &Fill<'_>) -> Result<Node, Wrong> {
    let mut ops = Vec::new();
    for (at, op) in task.start.0.iter().enumerate() {
        ops.push(fill_op(op, fill).map_err(|why| (Part::Start(at), why))?);
    }
    if ops.is_empty() {
        return Ok(scenario.world.clone());
    }
    match Patch(ops).apply(&scenario.world) {
        Ok(applied) => Ok(applied.world),
        Err(error) => Err((
            Part::Start(error.op),
            format!("the start patch does not apply: {}", error.why),
        )),
    }
}

fn fill_op(op: &Op, fill: &Fill<'_>) -> Result<Op, String> {
    let place = |path: &Path| -> Result<Path, String> {
        let keys = path.0.iter().map(|key| Ok(fill.words(key)?.into()));
        keys.collect::<Result<Vec<_>, String>>().map(Path)
    };
    let node = |value: &Node| -> Result<Node, String> {
        Ok(Node::from_json(&fill.value(&value.to_json())?))
    };
    Ok(match op {
        Op::Add { path, value } => Op::Add {
            path: place(path)?,
            value: node(value)?,
        },
        Op::Remove { path } => Op::Remove { path: place(path)? },
        Op::Replace { path, value } => Op::Replace {
            path: place(path)?,
            value: node(value)?,
        },
        Op::Move { from, path } => Op::Move {
            from: place(from)?,
            path: place(path)?,
        },
        Op::Copy { from, path } => Op::Copy {
            from: place(from)?,
            path: place(path)?,
        },
        Op::Test { path, value } => Op::Test {
            path: place(path)?,
            value: node(value)?,
        },
    })
}

impl Bound {
    /// The arguments of a call of [`Bound::path`] once the results that it uses
    /// are known (`saved`: by the name under `save`).
    ///
    /// # Errors
    /// A result that is not there yet, or an expression that cannot be
    /// evaluated: one sentence.
    pub fn arguments(
        &self,
        scenario: &Scenario,
        call: &PathCall,
        saved: &[(String, Node)],
    ) -> Result<Node, String> {
        let empty = Node::Map(Map::new());
        let names = self.bindings.iter().chain(saved);
        let fill = Fill {
            env: Env {
                world: &self.world,
                args: &empty,
                now: &scenario.now,
                id_key: 0,
                budget: scenario.limits.rule_budget,
            },
            locals: names.map(|(n, v)| (n.as_str(), v)).collect(),
            later: &[],
            again: false,
        };
        Ok(Node::from_json(&fill.value(&call.args)?))
    }
}
