//! The contract of a `model` tool: what the tool simulator proposes is refused
//! unless every part of it is backed. A fact enters the world only from the
//! scenario or from an authorised call, and code decides which.

use super::held::{Proposed, untrue};
use super::origin::{Said, Sources, is_id_key, is_new_id, occurs, shown};
use crate::engine::role::execute::{At, env, touched};
use crate::engine::scenario::{Scenario, Tool};
use crate::engine::score::json_of;
use crate::engine::world::reach::bound;
use crate::engine::world::{Node, Op, Patch, Path, Pattern};
use serde_json::Value;
use std::sync::Arc;

/// Operations that one answer may have: more is no answer to one call.
const OPS: usize = 500;
/// Sentences that go back to the model at once.
const SENTENCES: usize = 20;
/// Letters of a value shown in a sentence.
const LETTERS: usize = 60;

/// A proposal that holds.
#[derive(Clone, Debug)]
pub struct Accepted {
    /// The result; the error's text where the tool says it cannot serve the call.
    pub result: Node,
    /// The patch as proposed (without what `after` blocks write).
    pub patch: Patch,
    /// The world after the patch and the `after` blocks.
    pub world: Node,
    /// The places written, those of the `after` blocks included.
    pub touched: Vec<Path>,
    /// The tool's own word that the call cannot be served; the world is unchanged.
    pub error: Option<String>,
}

/// A proposal that does not hold. The world is unchanged.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    /// The proposed result, where it could be read.
    pub result: Option<Node>,
    /// The proposed patch, where it could be read.
    pub patch: Option<Patch>,
    /// Every reason, each a sentence that can be sent back to the model.
    pub why: Vec<String>,
}

/// What the answer says, before anything is checked.
enum Proposal {
    Answer { result: Node, patch: Patch },
    Error(String),
}

/// Decides on the answer of a `model` tool to one call.
///
/// It is accepted only if it is JSON of the agreed shape; the result fits the
/// tool's output schema; the patch applies and writes only places that the call
/// may write; every value that it writes has an origin; the world after it fits its
/// schema and every invariant; and each literal of the result follows from the
/// world, the arguments and the patch.
///
/// # Errors
/// Every reason at once, so that one repair can mend them all.
pub fn check_proposal(
    tool: &Tool,
    scenario: &Scenario,
    world: &Node,
    projection: &Node,
    args: &Node,
    text: &str,
    at: At<'_>,
) -> Result<Accepted, Refusal> {
    let (result, patch) = match read(text, tool) {
        Ok(Proposal::Answer { result, patch }) => (result, patch),
        Ok(Proposal::Error(message)) => {
            return check_error(tool, &message, world, projection, args, at);
        }
        Err((result, patch, why)) => return Err(Refusal { result, patch, why }),
    };
    let mut check = Check {
        tool,
        scenario,
        world,
        projection,
        writes: bound(&tool.writes, args, world),
        sources: Sources::new(args, projection, at.now),
        why: Vec::new(),
    };
    check.fits(&result);
    check.places(&patch);
    let mut after = world.clone();
    let mut written = Vec::new();
    if !patch.is_empty() {
        match patch.apply(world) {
            Ok(applied) => {
                check.origins(&patch);
                after = applied.world;
                written = applied.touched;
                check.aftermath(&mut after, &mut written, args, at);
            }
            Err(error) => check
                .why
                .push(format!("The patch does not apply: {error}.")),
        }
    }
    for op in &patch.0 {
        if let Op::Add { value, .. } | Op::Replace { value, .. } = op {
            check.sources.learn(value);
        }
    }
    for path in &written {
        // What an `after` block derived may stand in the result as well.
        if let Some(row) = row_of(path).find(&after) {
            check.sources.learn(row);
        }
    }
    check.result(&result);
    if check.why.is_empty() {
        // Each value for itself has an origin; now whether they are true together.
        check.why = untrue(&Proposed {
            tool,
            args,
            world,
            after: &after,
            patch: &patch,
            result: &result,
            ok: true,
        });
    }
    check.why.truncate(SENTENCES);
    if check.why.is_empty() {
        Ok(Accepted {
            result,
            patch,
            world: after,
            touched: written,
            error: None,
        })
    } else {
        Err(Refusal {
            result: Some(result),
            patch: Some(patch),
            why: check.why,
        })
    }
}

type Unread = (Option<Node>, Option<Patch>, Vec<String>);

/// Reads `{"result": …, "patch": […]}` or `{"error": "…"}`.
fn read(text: &str, tool: &Tool) -> Result<Proposal, Unread> {
    let no = |why: String| (None, None, vec![why]);
    let value = json_of(text).map_err(|why| no(format!("The answer cannot be read: {why}.")))?;
    let Value::Object(mut map) = value else {
        return Err(no(String::from(
            "The answer must be a JSON object with `result` and `patch`, or with `error`.",
        )));
    };
    if let Some(error) = map.remove("error") {
        return match error {
            Value::String(message) if map.is_empty() && !message.trim().is_empty() => {
                Ok(Proposal::Error(message))
            }
            Value::String(_) if !map.is_empty() => Err(no(String::from(
                "An answer with `error` has no other key: a call that fails writes nothing.",
            ))),
            _ => Err(no(String::from("`error` must be a text that says why."))),
        };
    }
    let mut why = Vec::new();
    let result = map.remove("result").map(|v| Node::from_json(&v));
    if result.is_none() {
        why.push(String::from("`result` is missing."));
    }
    let patch = match map.remove("patch") {
        Some(Value::Array(ops)) if ops.len() > OPS => {
            why.push(format!(
                "`patch` has {} operations; at most {OPS}.",
                ops.len()
            ));
            None
        }
        Some(value @ Value::Array(_)) => match serde_json::from_value::<Patch>(value) {
            Ok(patch) => Some(patch),
            Err(error) => {
                why.push(format!(
                    "`patch` is no list of RFC 6902 operations: {error}."
                ));
                None
            }
        },
        Some(_) => {
            why.push(String::from(
                "`patch` must be a list of RFC 6902 operations.",
            ));
            None
        }
        // A tool that may write nothing need not say that it writes nothing.
        None if tool.writes.is_empty() => Some(Patch::default()),
        None => {
            why.push(String::from(
                "`patch` is missing; it is an empty list where nothing is written.",
            ));
            None
        }
    };
    for key in map.keys() {
        why.push(format!(
            "Unknown key `{}`; only `result` and `patch`.",
            brief(&Node::str(key.as_str()))
        ));
    }
    match (result, patch) {
        (Some(result), Some(patch)) if why.is_empty() => Ok(Proposal::Answer { result, patch }),
        (result, patch) => Err((result, patch, why)),
    }
}

/// An error writes nothing; the ids and amounts in its words must be known.
fn check_error(
    tool: &Tool,
    message: &str,
    world: &Node,
    projection: &Node,
    args: &Node,
    at: At<'_>,
) -> Result<Accepted, Refusal> {
    let sources = Sources::new(args, projection, at.now);
    match sources.stray(message) {
        Some(stray) if !occurs(&stray, world, 0) => Err(Refusal {
            result: Some(Node::str(message)),
            patch: None,
            why: vec![format!(
                "The error names `{stray}`, which is neither in the arguments nor in the state."
            )],
        }),
        Some(_) | None => {
            let result = Node::str(message);
            let patch = Patch::default();
            let why = untrue(&Proposed {
                tool,
                args,
                world,
                after: world,
                patch: &patch,
                result: &result,
                ok: false,
            });
            if !why.is_empty() {
                return Err(Refusal {
                    result: Some(result),
                    patch: None,
                    why,
                });
            }
            Ok(Accepted {
                result,
                patch,
                world: world.clone(),
                touched: Vec::new(),
                error: Some(message.to_owned()),
            })
        }
    }
}

struct Check<'a> {
    tool: &'a Tool,
    scenario: &'a Scenario,
    world: &'a Node,
    projection: &'a Node,
    /// Places that this call may write.
    writes: Vec<Pattern>,
    sources: Sources<'a>,
    why: Vec<String>,
}

impl Check<'_> {
    /// The result against the tool's output schema.
    fn fits(&mut self, result: &Node) {
        if let Some(schema) = &self.tool.output {
            for misfit in schema.check(result).into_iter().take(SENTENCES) {
                self.why.push(format!(
                    "The result does not fit its schema at {}: {}.",
                    at_result(&misfit.path),
                    misfit.what
                ));
            }
        }
    }

    /// Every written path lies in the write set.
    fn places(&mut self, patch: &Patch) {
        let plain = self.tool.writes.iter().all(|w| w.plain().is_some());
        let who = if plain { "tool" } else { "call" };
        for path in touched(patch) {
            if !self.writes.iter().any(|w| w.covers(&path)) {
                let may: Vec<String> = self
                    .writes
                    .iter()
                    .take(SENTENCES)
                    .map(Pattern::to_string)
                    .collect();
                let may = if may.is_empty() {
                    String::from("nothing")
                } else {
                    may.join(", ")
                };
                self.why.push(format!(
                    "The patch writes {}, but this {who} may write {may}.",
                    shown(&path)
                ));
            }
        }
    }

    /// Every written value has an origin.
    fn origins(&mut self, patch: &Patch) {
        for op in &patch.0 {
            let path = match op {
                Op::Add { path, .. } | Op::Replace { path, .. } => path,
                // What they write is in the world already, or was there.
                Op::Remove { .. } | Op::Move { .. } | Op::Copy { .. } | Op::Test { .. } => continue,
            };
            if let Some(row) = row_of(path).find(self.world) {
                let row = row.clone();
                self.sources.row(&row);
            }
        }
        // New keys first: a row's own id may stand in fields of other operations.
        for op in &patch.0 {
            match op {
                Op::Add { path, .. } | Op::Move { path, .. } | Op::Copy { path, .. } => {
                    self.new_key(path);
                }
                Op::Replace { .. } | Op::Remove { .. } | Op::Test { .. } => {}
            }
        }
        for op in &patch.0 {
            if let Op::Add { path, value } | Op::Replace { path, value } = op {
                self.origin(path, value, 0);
            }
        }
    }

    /// A key that the patch adds to an object: declared, known, or a new id.
    fn new_key(&mut self, path: &Path) {
        let Some((above, key)) = path.split() else {
            return;
        };
        let in_map = match above.find(self.world) {
            Some(Node::Map(map)) if map.contains(key) => {
                if path.find(self.projection).is_none() && self.is_row(path) {
                    self.why.push(format!(
                        "{} exists already and you were not shown it; take a new id.",
                        shown(path)
                    ));
                }
                false
            }
            Some(Node::Map(_)) => true,
            // Added below something that the same patch adds.
            None => key.parse::<usize>().is_err() && &**key != "-",
            Some(_) => false,
        };
        if in_map {
            self.key(&above, key);
        }
    }

    /// Whether a path names a whole row, not a field of one.
    fn is_row(&self, path: &Path) -> bool {
        path.0.len() == 2 && path.find(self.world).is_some_and(|n| n.as_map().is_some())
    }

    fn key(&mut self, above: &Path, key: &Arc<str>) {
        let keys: Vec<&str> = above.0.iter().map(|k| &**k).collect();
        if Said::at(self.scenario.schema.source(), &keys).declares(key)
            || self.sources.has_text(key)
            || self.new_id(key)
        {
            return;
        }
        self.why.push(format!(
            "The key `{}` at {} has no origin: it is neither an argument, nor in the state, nor declared, nor a new id such as X-123456.",
            brief(&Node::Str(Arc::clone(key))),
            shown(above)
        ));
    }

    /// A generated id that does not stand in the world yet; remembered.
    fn new_id(&mut self, text: &str) -> bool {
        if self.sources.is_fresh(text) {
            return true;
        }
        let is = is_new_id(text) && !occurs(text, self.world, 0);
        if is {
            self.sources.learn_id(text);
        }
        is
    }

    /// A written value, leaf by leaf.
    fn origin(&mut self, path: &Path, value: &Node, depth: usize) {
        if depth > 128 {
            self.why
                .push(format!("{} is nested too deeply.", shown(path)));
            return;
        }
        match value {
            Node::Null | Node::Bool(_) => {}
            Node::List(list) => {
                for (i, item) in list.iter().enumerate() {
                    self.origin(&path.join(i.to_string()), item, depth + 1);
                }
            }
            Node::Map(map) => {
                let keys: Vec<Arc<str>> = map.keys().cloned().collect();
                for key in &keys {
                    self.key(path, key);
                }
                for (key, item) in map {
                    self.origin(&path.join(Arc::clone(key)), item, depth + 1);
                }
            }
            Node::Int(_) | Node::Float(_) | Node::Str(_) => {
                if let Some(why) = self.no_origin(path, value) {
                    self.why.push(why);
                }
            }
        }
    }

    /// Why a plain value has no origin; `None` where it has one.
    fn no_origin(&mut self, path: &Path, value: &Node) -> Option<String> {
        let keys: Vec<&str> = path.0.iter().map(|k| &**k).collect();
        if Said::at(self.scenario.schema.source(), &keys).allows(value) {
            return None;
        }
        let name = keys.iter().rev().find(|k| k.parse::<usize>().is_err());
        match value {
            Node::Str(text) => {
                if self.tool.free_text.iter().any(|f| f.covers(path)) {
                    return self.sources.stray(text).map(|stray| {
                        format!(
                            "The text at {} names `{stray}`, which is neither an argument nor in the state.",
                            shown(path)
                        )
                    });
                }
                // A row may say its own key; whether it may have it is checked apart.
                if keys.contains(&&**text)
                    || self.sources.has_text(text)
                    || name.is_some_and(|n| is_id_key(n)) && self.new_id(text)
                {
                    return None;
                }
            }
            Node::Int(_) | Node::Float(_) => {
                let number = value.as_f64()?;
                let old = path.find(self.world).and_then(Node::as_f64);
                let counted = old.is_some_and(|o| ((o - number).abs() - 1.0).abs() < 1e-9);
                if counted || self.sources.has_number(number) {
                    return None;
                }
            }
            Node::Null | Node::Bool(_) | Node::List(_) | Node::Map(_) => return None,
        }
        Some(format!(
            "The value {} at {} has no origin: it is neither an argument, nor in the state that you were shown, nor an allowed value, nor derived from these.",
            brief(value),
            shown(path)
        ))
    }

    /// The `after` blocks, then schema and invariants of the world after it.
    fn aftermath(&mut self, after: &mut Node, written: &mut Vec<Path>, args: &Node, at: At<'_>) {
        let scenario = self.scenario;
        match scenario.program.after(&env(scenario, after, args, at)) {
            Ok(ran) => {
                written.extend(touched(&ran.patch));
                // A program without `after` blocks answers with what it got.
                if !ran.patch.is_empty() {
                    *after = ran.world;
                }
            }
            Err(failure) => self.why.push(format!(
                "The rules that run after each call fail on this change: {}.",
                failure.message
            )),
        }
        for misfit in scenario.schema.check_touched(after, written) {
            self.why.push(format!(
                "The state would no longer fit its schema at {}: {}.",
                shown(&misfit.path),
                misfit.what
            ));
        }
        let env = env(scenario, after, args, at);
        for broken in scenario.program.broken_invariants(&env, Some(written)) {
            self.why.push(format!(
                "The state would break the invariant {}: {}.",
                broken.name, broken.message
            ));
        }
    }

    /// Each literal of the result follows from what is known now.
    fn result(&mut self, result: &Node) {
        let path = Path(vec![Arc::from("result")]);
        let mut stray = Vec::new();
        self.unbacked(&path, result, &mut stray, 0);
        for (path, what) in stray {
            self.why.push(format!(
                "{what} in the result at {path} does not follow from the arguments, the state or the patch."
            ));
        }
    }

    fn unbacked(&self, path: &Path, node: &Node, out: &mut Vec<(String, String)>, depth: usize) {
        if depth > 128 || out.len() >= SENTENCES {
            return;
        }
        match node {
            Node::Null | Node::Bool(_) => {}
            Node::List(list) => {
                for (i, item) in list.iter().enumerate() {
                    self.unbacked(&path.join(i.to_string()), item, out, depth + 1);
                }
            }
            Node::Map(map) => {
                for (key, item) in map {
                    // Words are names of fields; ids are data.
                    let id = super::literal::id_of(key).is_some();
                    if id && !self.sources.has_id(key) && !occurs(key, self.world, 0) {
                        out.push((
                            dotted(path),
                            format!("The key `{}`", brief(&Node::str(&**key))),
                        ));
                    }
                    self.unbacked(&path.join(Arc::clone(key)), item, out, depth + 1);
                }
            }
            Node::Int(_) | Node::Float(_) => {
                let known = node.as_f64().is_none_or(|v| self.sources.has_number(v));
                if !known && !self.allowed(path, node) && !holds(node, self.world, 0) {
                    out.push((dotted(path), format!("The number {node}")));
                }
            }
            Node::Str(text) => {
                if self.tool.free_text.iter().any(|f| f.covers(path)) {
                    if let Some(stray) = self.sources.stray(text)
                        && !occurs(&stray, self.world, 0)
                    {
                        out.push((dotted(path), format!("`{stray}`")));
                    }
                } else if !self.sources.has_text(text)
                    && !self.allowed(path, node)
                    && !self.sources.composes(text)
                    && !occurs(text, self.world, 0)
                {
                    out.push((dotted(path), format!("The text {}", brief(node))));
                }
            }
        }
    }

    /// Whether the output schema lists the value at the place.
    fn allowed(&self, path: &Path, value: &Node) -> bool {
        let keys: Vec<&str> = path.0.iter().skip(1).map(|k| &**k).collect();
        self.tool
            .output
            .as_ref()
            .is_some_and(|s| Said::at(s.source(), &keys).allows(value))
    }
}

/// The row of a table that a path lies in.
fn row_of(path: &Path) -> Path {
    Path(path.0.iter().take(2).cloned().collect())
}

/// Whether a number stands in a value.
fn holds(number: &Node, node: &Node, depth: usize) -> bool {
    if depth > 128 {
        return false;
    }
    match node {
        Node::Int(_) | Node::Float(_) => node.same_value(number),
        Node::List(list) => list.iter().any(|n| holds(number, n, depth + 1)),
        Node::Map(map) => map.values().any(|n| holds(number, n, depth + 1)),
        Node::Null | Node::Bool(_) | Node::Str(_) => false,
    }
}

fn brief(node: &Node) -> String {
    node.brief(LETTERS)
}

fn at_result(path: &Path) -> String {
    format!("result{path}")
}

/// `result.items.0.price`
fn dotted(path: &Path) -> String {
    let keys: Vec<String> = path
        .0
        .iter()
        .map(|k| k.chars().take(LETTERS).collect())
        .collect();
    keys.join(".")
}

#[cfg(test)]
#[path = "contract_tests.rs"]
mod tests;
