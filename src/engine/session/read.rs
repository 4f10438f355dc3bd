//! Reading a session: steps, worlds, branches. Nothing here changes anything.

use super::{Branch, Place, Session, State};
use crate::engine::event::{EndedBy, Opened};
use crate::engine::id::StepId;
use crate::engine::persona::Persona;
use crate::engine::role::{By, execute};
use crate::engine::scenario::{Bound, Scenario};
use crate::engine::score::{AssertionResult, Verdict};
use crate::engine::step::{Act, Step};
use crate::engine::world::Node;
use std::sync::Arc;

/// A verdict, and who gave it.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// The step.
    pub step: StepId,
    /// Its number.
    pub number: u32,
    /// Who gave it.
    pub by: By,
    /// What it says.
    pub verdict: Verdict,
}

impl Session {
    /// The scenario that holds at the head of the current branch.
    #[must_use]
    pub fn scenario(&self) -> &Arc<Scenario> {
        &self.place(self.head()).setting.scenario
    }
    /// The task there, with its bindings drawn.
    #[must_use]
    pub fn task(&self) -> &Bound {
        &self.place(self.head()).setting.task
    }
    /// The user's persona there.
    #[must_use]
    pub fn persona(&self) -> &Persona {
        &self.place(self.head()).setting.persona
    }
    /// What it was opened with.
    #[must_use]
    pub fn opened(&self) -> &Opened {
        &self.opened
    }
    /// All branches, in the order in which they were made.
    #[must_use]
    pub fn branches(&self) -> &[Branch] {
        &self.names.branches
    }
    /// The branch that goes on.
    #[must_use]
    pub fn current(&self) -> &Branch {
        static NONE: Branch = Branch {
            name: String::new(),
            head: None,
            from: None,
        };
        self.names.branches.get(self.names.current).unwrap_or(&NONE)
    }
    /// How many commands can be taken back.
    #[must_use]
    pub fn commands(&self) -> usize {
        self.undo.len()
    }
    /// Whether there is a command to take back.
    #[must_use]
    pub fn can_undo(&self) -> bool {
        !self.undo.is_empty()
    }
    /// Whether a command was taken back and can be done again.
    #[must_use]
    pub fn can_redo(&self) -> bool {
        !self.redo.is_empty()
    }
    /// The newest step of the current branch.
    #[must_use]
    pub fn head(&self) -> Option<StepId> {
        self.current().head
    }
    /// What it is doing.
    #[must_use]
    pub fn state(&self) -> &State {
        &self.state
    }
    /// The place after a step (`None`: the start). An unknown id gives the start.
    #[must_use]
    pub fn place(&self, at: Option<StepId>) -> &Place {
        at.and_then(|id| self.places.get(&id))
            .unwrap_or(&self.start)
    }
    /// A step by id.
    #[must_use]
    pub fn step(&self, id: StepId) -> Option<&Step> {
        self.places.get(&id).and_then(|p| p.step.as_ref())
    }
    /// The places from the first step to `head`, in order.
    #[must_use]
    pub fn path(&self, head: Option<StepId>) -> Vec<Arc<Place>> {
        let mut out = Vec::new();
        let mut at = head;
        while let Some(place) = at.and_then(|id| self.places.get(&id)) {
            at = place.step.as_ref().and_then(|s| s.parent);
            out.push(Arc::clone(place));
        }
        out.reverse();
        out
    }
    /// Why the branch ended at `at`, where it did.
    #[must_use]
    pub fn ended(&self, at: Option<StepId>) -> Option<&EndedBy> {
        self.place(at).ended.as_ref()
    }
    /// The newest verdict at or before `at`.
    #[must_use]
    pub fn verdict(&self, at: Option<StepId>) -> Option<Verdict> {
        self.path(at)
            .iter()
            .rev()
            .find_map(|p| match &p.step.as_ref()?.body.act {
                Act::Judged(verdict) => Some((**verdict).clone()),
                Act::Said { .. }
                | Act::Answered { .. }
                | Act::Ran(_)
                | Act::Malformed { .. }
                | Act::Edited(_) => None,
            })
    }
    /// Every verdict up to `at`, oldest first, with who gave it.
    #[must_use]
    pub fn verdicts(&self, at: Option<StepId>) -> Vec<Judgement> {
        self.path(at)
            .iter()
            .filter_map(|p| p.step.as_ref())
            .filter_map(|step| match &step.body.act {
                Act::Judged(verdict) => Some(Judgement {
                    step: step.id,
                    number: step.body.number,
                    by: step.body.by.clone(),
                    verdict: (**verdict).clone(),
                }),
                Act::Said { .. }
                | Act::Answered { .. }
                | Act::Ran(_)
                | Act::Malformed { .. }
                | Act::Edited(_) => None,
            })
            .collect()
    }
    /// The task's assertions on the world at `at`.
    #[must_use]
    pub fn assertions(&self, at: Option<StepId>) -> Vec<AssertionResult> {
        let place = self.place(at);
        let setting = &place.setting;
        let Some(task) = setting.scenario.task(&setting.task.task) else {
            return Vec::new();
        };
        let empty = Node::Map(crate::engine::world::Map::new());
        let run = execute::At {
            now: &setting.scenario.now,
            id_key: 0,
        };
        let env = execute::env(&setting.scenario, &place.world, &empty, run);
        let locals: Vec<(&str, &Node)> = setting
            .task
            .bindings
            .iter()
            .map(|(name, node)| (name.as_str(), node))
            .collect();
        task.assertions
            .iter()
            .map(|expr| {
                let (holds, saw) = match expr.eval(&env, &locals) {
                    Ok(value) => (value.as_bool() == Some(true), Vec::new()),
                    Err(failure) => (
                        false,
                        failure
                            .explain
                            .saw
                            .iter()
                            .map(|(name, value)| format!("{name} = {value}"))
                            .chain(std::iter::once(failure.message.clone()))
                            .collect(),
                    ),
                };
                AssertionResult {
                    text: expr.source().to_owned(),
                    holds,
                    saw,
                }
            })
            .collect()
    }
}
