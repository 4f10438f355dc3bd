//! The contract of a `model` tool for one call, as it was given to the simulator,
//! and what the state manager says to a proposal that a person has edited.

use super::{Place, Session};
use crate::engine::id::StepId;
use crate::engine::role::{Reply, ToolCall, Try, tool};
use crate::engine::scenario::Executor;
use crate::engine::step::Act;
use crate::engine::world::Node;
use crate::engine::world::reach::{bound, project};

/// What a `model` tool was given for a call.
#[derive(Clone, Debug, PartialEq)]
pub struct Contract {
    /// The tool.
    pub tool: String,
    /// The arguments, as they were read.
    pub args: Node,
    /// Places that the call may read.
    pub reads: Vec<String>,
    /// What stands there.
    pub projection: Node,
    /// Places that it may write.
    pub writes: Vec<String>,
    /// Places that it may word freely.
    pub free_text: Vec<String>,
    /// Schema of the result, where one is declared.
    pub output: Option<String>,
    /// How often a refused proposal is asked for again.
    pub repairs: u32,
    /// The rules in words: the simulator's prompt.
    pub rules: String,
}

/// What came of a proposal that was weighed.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposed {
    /// The proposal as it was read, and why it is refused, where it is.
    pub tried: Try,
    /// Whether the call succeeds with it.
    pub ok: bool,
    /// What the agent would get.
    pub result: Node,
}

impl Session {
    /// A step that a `model` tool made: the place before it and the call.
    fn simulated(&self, id: StepId) -> Option<(&Place, &ToolCall, u32)> {
        let step = self.step(id)?;
        let Act::Ran(run) = &step.body.act else {
            return None;
        };
        let model = run.executor == "model" || !run.tries.is_empty();
        model.then(|| (self.place(step.parent), &run.call, step.body.attempt))
    }

    /// The contract that the simulator was given for a step; `None` where no
    /// `model` tool made it.
    #[must_use]
    pub fn contract(&self, id: StepId) -> Option<Contract> {
        let (place, call, _) = self.simulated(id)?;
        let scenario = &place.setting.scenario;
        let agent = place.stack.last().map_or("", |f| f.agent.as_str());
        let (def, args) = Self::callable(scenario, agent, call).ok()?;
        if def.executor != Executor::Model {
            return None;
        }
        let places = |list: &[_]| {
            let bound = bound(list, &args, &place.world);
            bound.iter().map(ToString::to_string).collect()
        };
        Some(Contract {
            tool: def.name.clone(),
            reads: places(&def.reads),
            writes: places(&def.writes),
            free_text: def.free_text.iter().map(ToString::to_string).collect(),
            output: def.output.as_ref().map(|s| s.source().to_string()),
            repairs: def.repairs.unwrap_or(scenario.limits.repairs),
            rules: tool::system(scenario, def),
            projection: project(&def.reads, &args, &place.world),
            args,
        })
    }

    /// What the state manager says to another proposal for a step that a `model`
    /// tool made, as it would have then. Nothing changes.
    #[must_use]
    pub fn weigh_proposal(&self, id: StepId, text: &str) -> Option<Proposed> {
        let (place, call, attempt) = self.simulated(id)?;
        let reply = Reply {
            text: text.to_owned(),
            ..Reply::default()
        };
        let looked = self.looked(place, call, attempt, &reply)?;
        let (ok, result) = match &looked.done {
            Some(done) => (done.ok, done.result.clone()),
            None => (false, Node::Null),
        };
        Some(Proposed {
            tried: looked.tried,
            ok,
            result,
        })
    }
}

impl Contract {
    /// It in words: a heading each, with lines.
    #[must_use]
    pub fn sections(&self) -> Vec<(String, Vec<String>)> {
        let list = |places: &[String], none: &str| -> Vec<String> {
            if places.is_empty() {
                vec![none.to_owned()]
            } else {
                places.to_vec()
            }
        };
        let mut out = vec![
            (String::from("called with"), vec![self.args.to_string()]),
            (String::from("may read"), list(&self.reads, "nothing")),
            (
                String::from("and sees there"),
                vec![self.projection.to_string()],
            ),
            (
                String::from("may write"),
                list(&self.writes, "nothing: the patch is []"),
            ),
        ];
        if !self.free_text.is_empty() {
            out.push((String::from("may word freely"), self.free_text.clone()));
        }
        let output = self.output.clone();
        out.push((
            String::from("result must fit"),
            vec![output.unwrap_or_else(|| String::from("no schema is declared"))],
        ));
        let lines = self.rules.lines().map(str::to_owned).collect();
        out.push((String::from("told in words"), lines));
        out
    }
}
