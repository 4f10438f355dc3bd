//! An accepted answer of a `model` tool made part of the scenario: a row that
//! answers the same call again, or a first draft of a rule. What is proposed was
//! proved: run on the same world with the same arguments it does the same.

mod draft;

use super::next::Next;
use super::since::Value;
use super::{Place, Session};
use crate::engine::grounding::is_new_id;
use crate::engine::id::StepId;
use crate::engine::problem::Severity;
use crate::engine::scenario::harden;
use crate::engine::scenario::{Answer, Executor, Files, Scenario, load};
use crate::engine::step::{Act, Step, ToolRun};
use crate::engine::world::{Node, Op, Patch, changes};
use serde::Serialize;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Letters of a value that is shown.
const LETTERS: usize = 200;
/// Values that are listed.
const VALUES: usize = 20;

/// What an answer becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Freeze {
    /// A row among the tool's answers; other calls are still asked of a model.
    Row,
    /// The tool's own rule: the draft that is there where it does the same, else
    /// a new one.
    Rule,
    /// A new draft, whatever is there.
    NewRule,
}

/// What is proposed.
#[derive(Clone, Debug, PartialEq)]
pub struct Frozen {
    /// What the answer becomes.
    pub how: Freeze,
    /// The tool.
    pub tool: String,
    /// Number of the step whose answer it is.
    pub step: u32,
    /// The files that change, whole.
    pub files: BTreeMap<String, Arc<[u8]>>,
    /// What is new in them, for a person to read.
    pub text: String,
    /// Whether the rule was there already, as a draft.
    pub known: bool,
    /// New ids of the answer, and those that it draws now.
    pub ids: Vec<(String, String)>,
    /// Where it does something else; empty: it is proved.
    pub differs: Vec<Value>,
}

impl Frozen {
    /// Whether it does the same as the answer did.
    #[must_use]
    pub fn proved(&self) -> bool {
        self.differs.is_empty()
    }

    /// The whole in one sentence.
    #[must_use]
    pub fn in_words(&self) -> String {
        let (what, step) = (self.what(), self.step);
        if !self.proved() {
            return format!("step {step}: {what} would not do the same");
        }
        let ids: Vec<String> = self
            .ids
            .iter()
            .map(|(was, is)| format!("{is} for {was}"))
            .collect();
        if ids.is_empty() {
            format!("step {step}: {what} does the same")
        } else {
            let ids = ids.join(", ");
            format!("step {step}: {what} does the same, with new ids of its own: {ids}")
        }
    }

    fn what(&self) -> String {
        let tool = &self.tool;
        match self.how {
            Freeze::Row => format!("a row for this call of {tool}"),
            Freeze::Rule if self.known => format!("the rule of {tool} that is there"),
            Freeze::Rule | Freeze::NewRule => format!("a new rule of {tool}"),
        }
    }
}

impl Session {
    /// Why a step's answer cannot be frozen; `None` where it can.
    #[must_use]
    pub fn not_frozen(&self, id: StepId) -> Option<String> {
        self.answer_of(id).err()
    }

    fn answer_of(&self, id: StepId) -> Result<(&Step, &ToolRun), String> {
        let step = self
            .step(id)
            .ok_or_else(|| String::from("there is no such step"))?;
        let Act::Ran(run) = &step.body.act else {
            return Err(String::from("this step is no answer of a tool"));
        };
        let tool = &run.call.tool;
        if run.executor != "model" {
            return Err(match run.executor.as_str() {
                "table" => format!("a table answered {tool}: there is nothing to freeze"),
                "rules" => format!("a rule answered {tool}: there is nothing to freeze"),
                "human" => format!("a person answered {tool}, and no model"),
                "agent" => format!("an agent answered {tool}, and no model"),
                _ => format!("the call of {tool} was not run"),
            });
        }
        match run.tries.last() {
            Some(last) if !last.refused.is_empty() => Err(format!(
                "the state manager refused what was proposed for {tool}: {}",
                last.refused.join("; ")
            )),
            Some(_) if step.body.injected.is_empty() => Ok((step, run)),
            Some(_) => Err(String::from("a fault was put into this answer on purpose")),
            None => Err(format!("a person answered {tool}, and no model")),
        }
    }

    /// Makes a step's answer part of `base`: the files that change, what is new in
    /// them, and where they do not do the same.
    ///
    /// # Errors
    /// One sentence: it cannot be frozen, or not so, or the files would have
    /// errors.
    pub fn freeze(&self, id: StepId, how: Freeze, base: &Arc<Scenario>) -> Result<Frozen, String> {
        let (step, run) = self.answer_of(id)?;
        let name = &run.call.tool;
        let tool = base
            .tool(name)
            .ok_or_else(|| format!("the scenario has no tool {name} any more"))?;
        if tool.executor != Executor::Model {
            return Err(format!("{name} is not answered by a model any more"));
        }
        match how {
            Freeze::Row => self.as_row(step, run, base),
            Freeze::Rule => {
                let known = base.program.tools().iter().any(|t| t.name == *name);
                let draft = || self.as_rule(step, run, base, false);
                if !known {
                    return draft();
                }
                match self.as_rule(step, run, base, true) {
                    Ok(frozen) if frozen.proved() => Ok(frozen),
                    Ok(_) | Err(_) => draft(),
                }
            }
            Freeze::NewRule => self.as_rule(step, run, base, false),
        }
    }

    fn as_row(&self, step: &Step, run: &ToolRun, base: &Arc<Scenario>) -> Result<Frozen, String> {
        let name = &run.call.tool;
        let proposal = proposal(run);
        let answer = Answer {
            args: run.args.clone(),
            proposal,
        };
        let known = base.tool(name).map_or(&[][..], |t| t.answers.as_slice());
        if known.iter().any(|a| a.args.same_value(&answer.args)) {
            return Err(format!("{name} has an answer to this call already"));
        }
        let text = harden::with_answer(&base.files, name, &answer)?;
        let files = BTreeMap::from([(String::from("tools.yaml"), text)]);
        self.proved(
            step,
            run,
            base,
            Freeze::Row,
            files,
            harden::row(&answer),
            false,
        )
    }

    fn as_rule(
        &self,
        step: &Step,
        run: &ToolRun,
        base: &Arc<Scenario>,
        known: bool,
    ) -> Result<Frozen, String> {
        let name = &run.call.tool;
        if !run.ok {
            return Err(String::from(
                "the answer is an error; when it is one, a single answer does not tell: freeze it \
                 as a row, or write the rule by hand",
            ));
        }
        let mut files = BTreeMap::from([(
            String::from("tools.yaml"),
            harden::by_rule(&base.files, name)?,
        )]);
        let mut body = format!("the draft of {name} that is there does the same\n");
        let mut how = Freeze::Rule;
        if !known {
            let place = self.place(step.parent);
            let patch = proposed_patch(run);
            body = draft::body(&draft::Facts {
                now: &place.setting.scenario.now,
                world: &place.world,
                args: &run.args,
                result: &run.result,
                patch: &patch,
            })
            .map_err(|why| format!("no rule can be drafted: {why}"))?;
            let (file, text) = harden::with_rule(base, &base.files, name, &body)?;
            files.insert(file, text);
            how = Freeze::NewRule;
        }
        self.proved(step, run, base, how, files, body, known)
    }

    /// Reads the files and runs the call in them.
    #[allow(clippy::too_many_arguments, reason = "one proposal's facts")]
    fn proved(
        &self,
        step: &Step,
        run: &ToolRun,
        base: &Arc<Scenario>,
        how: Freeze,
        files: BTreeMap<String, String>,
        text: String,
        known: bool,
    ) -> Result<Frozen, String> {
        let files: BTreeMap<String, Arc<[u8]>> = files
            .into_iter()
            .map(|(name, text)| (name, Arc::from(text.into_bytes())))
            .collect();
        let mut all: Files = base.files.clone();
        all.extend(files.clone());
        let loaded = load(&base.id, &all);
        let Some(scenario) = loaded.scenario else {
            let errors = loaded
                .problems
                .iter()
                .filter(|p| p.severity == Severity::Error);
            let errors: Vec<String> = errors.map(ToString::to_string).collect();
            return Err(format!(
                "what comes of it has errors: {}",
                errors.join("; ")
            ));
        };
        let other = self.under(&scenario)?;
        let place = other.place(step.parent);
        let call = match Self::due(step, place) {
            Next::Code(call) => call,
            Next::Model(_) => {
                return Err(String::from(
                    "the contract does not take the answer any more in that world",
                ));
            }
            Next::User | Next::Agent | Next::Human(_) | Next::Judge | Next::Nothing => {
                return Err(String::from("the call would not be made there any more"));
            }
        };
        let (now, done) = other.execute(place, &call, step.body.attempt);
        let was = Outcome::of(place, run);
        let is = Outcome {
            result: now.result.clone(),
            world: done.world,
            ok: now.ok,
            text: now.text.clone(),
            ids: fresh(&place.world, &run.args, &now.patch, &now.result),
        };
        let (ids, differs) = was.against(&is);
        Ok(Frozen {
            how,
            tool: run.call.tool.clone(),
            step: step.body.number,
            files,
            text,
            known,
            ids,
            differs,
        })
    }
}

/// What was proposed and accepted, as it stands in a file.
fn proposal(run: &ToolRun) -> Json {
    if !run.ok {
        return json!({"error": run.result.as_str().unwrap_or(&run.text)});
    }
    let patch = serde_json::to_value(proposed_patch(run)).unwrap_or_else(|_| json!([]));
    json!({"result": run.result.to_json(), "patch": patch})
}

/// The patch without what runs after every call.
fn proposed_patch(run: &ToolRun) -> Patch {
    let last = run.tries.last().and_then(|t| t.patch.clone());
    last.unwrap_or_else(|| run.patch.clone())
}

/// What a call did.
struct Outcome {
    ok: bool,
    result: Node,
    text: String,
    world: Node,
    ids: Vec<(String, String)>,
}

impl Outcome {
    fn of(place: &Place, run: &ToolRun) -> Self {
        let world = run
            .patch
            .apply(&place.world)
            .map_or_else(|_| place.world.clone(), |applied| applied.world);
        Self {
            ok: run.ok,
            result: run.result.clone(),
            text: run.text.clone(),
            world,
            ids: fresh(&place.world, &run.args, &run.patch, &run.result),
        }
    }

    /// New ids that have others now, and where it is otherwise but for them.
    fn against(&self, now: &Self) -> (Vec<(String, String)>, Vec<Value>) {
        let mut ids: Vec<(String, String)> = Vec::new();
        for ((was, _), (is, _)) in self.ids.iter().zip(&now.ids) {
            if was != is {
                ids.push((was.clone(), is.clone()));
            }
        }
        let mut out = Vec::new();
        if self.ok != now.ok {
            out.push(Value {
                place: String::from("outcome"),
                was: Some(self.text.clone()),
                is: Some(now.text.clone()),
            });
        }
        for (place, was, is) in [
            ("result", &self.result, &now.result),
            ("world", &self.world, &now.world),
        ] {
            let was = renamed(was, &ids);
            for change in changes(&was, is).into_iter().take(VALUES) {
                let mut path = vec![place.to_owned()];
                path.extend(change.path.0.iter().map(ToString::to_string));
                out.push(Value {
                    place: path.join("."),
                    was: change.before.map(|n| n.brief(LETTERS)),
                    is: change.after.map(|n| n.brief(LETTERS)),
                });
            }
        }
        (ids, out)
    }
}

/// A value with other ids in it, in keys and texts.
pub(super) fn renamed(node: &Node, ids: &[(String, String)]) -> Node {
    if ids.is_empty() {
        return node.clone();
    }
    let text = |s: &str| {
        let mut out = s.to_owned();
        for (was, is) in ids {
            out = out.replace(was.as_str(), is);
        }
        out
    };
    match node {
        Node::Str(s) => Node::str(text(s)),
        Node::List(list) => Node::List(list.iter().map(|n| renamed(n, ids)).collect()),
        Node::Map(map) => Node::Map(
            map.iter()
                .map(|(key, value)| (text(key), renamed(value, ids)))
                .collect(),
        ),
        Node::Null | Node::Bool(_) | Node::Int(_) | Node::Float(_) => node.clone(),
    }
}

/// Ids that an answer made: those of the shape of a new id that stand neither in
/// the world nor in the arguments, in the order in which they come, each with the
/// key under which it stands first as a value.
pub(super) fn fresh(
    world: &Node,
    args: &Node,
    patch: &Patch,
    result: &Node,
) -> Vec<(String, String)> {
    let mut out: Vec<(String, String)> = Vec::new();
    let mut add = |text: &str, key: &str| {
        if !is_new_id(text) {
            return;
        }
        match out.iter_mut().find(|(id, _)| id == text) {
            Some((_, known)) if known.is_empty() => key.clone_into(known),
            Some(_) => {}
            None => out.push((text.to_owned(), key.to_owned())),
        }
    };
    for op in &patch.0 {
        let (path, value) = match op {
            Op::Add { path, value } | Op::Replace { path, value } => (path, Some(value)),
            Op::Remove { path } | Op::Move { path, .. } | Op::Copy { path, .. } => (path, None),
            Op::Test { .. } => continue,
        };
        path.0.iter().for_each(|key| add(key, ""));
        if let Some(value) = value {
            texts(value, path.0.last().map_or("", |k| &**k), &mut add, 0);
        }
    }
    texts(result, "", &mut add, 0);
    let known = |id: &str| {
        crate::engine::grounding::stands_in(id, world)
            || crate::engine::grounding::stands_in(id, args)
    };
    out.retain(|(id, _)| !known(id));
    out
}

fn texts(node: &Node, key: &str, add: &mut dyn FnMut(&str, &str), depth: usize) {
    if depth > 128 {
        return;
    }
    match node {
        Node::Str(s) => add(s, key),
        Node::List(list) => list.iter().for_each(|n| texts(n, "", add, depth + 1)),
        Node::Map(map) => {
            for (key, value) in map {
                add(key, "");
                texts(value, key, add, depth + 1);
            }
        }
        Node::Null | Node::Bool(_) | Node::Int(_) | Node::Float(_) => {}
    }
}
