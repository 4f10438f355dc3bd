//! Commands that move branch names: nothing is made, nothing is lost.

use super::handle::refuse;
use super::{Going, Place, Session};
use crate::engine::effect::Effect;
use crate::engine::event::Event;
use crate::engine::id::StepId;
use crate::engine::input::{Command, Go, Onto};
use crate::engine::role::Role;
use crate::engine::step::Act;

/// What a move is about, as its event says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// The last command is taken back.
    Undo,
    /// It is done again.
    Redo,
    /// A run of a trial begins: its number from 1, and how many there are.
    Run(u32, u32),
    /// A trial is over.
    TrialEnd,
    /// Any other command.
    Other,
}

impl Why {
    /// Reads the word of an event.
    pub(super) fn of(word: &str) -> Self {
        match word {
            "undo" => Self::Undo,
            "redo" => Self::Redo,
            "trial end" => Self::TrialEnd,
            _ => word
                .strip_prefix("trial ")
                .and_then(|rest| rest.split_once('/'))
                .and_then(|(run, of)| Some(Self::Run(run.parse().ok()?, of.parse().ok()?)))
                .unwrap_or(Self::Other),
        }
    }
}

impl Session {
    pub(super) fn moving(&mut self, command: Command, out: &mut Vec<Effect>) {
        let here = self.current().name.clone();
        let (why, branch, head, from) = match command {
            Command::Fork { at } => return self.go_onto(Onto::Fork(at), out),
            Command::Overwrite { at } => return self.go_onto(Onto::Overwrite(at), out),
            Command::Retry { clean } => return self.retry(here, clean, out),
            Command::Switch { branch } => {
                let Some(found) = self.names.branches.iter().find(|b| b.name == branch) else {
                    return refuse(out, "there is no such branch");
                };
                ("switch", found.name.clone(), found.head, None)
            }
            Command::Try { step } => {
                let Some(made) = self.step(step) else {
                    return refuse(out, "there is no such step");
                };
                let parent = made.parent;
                if !self.on_branch(parent) {
                    return refuse(out, "that step is no try of a step of this branch");
                }
                let head = Some(self.newest_after(step));
                if head == self.head() {
                    return refuse(out, "this branch is at that try");
                }
                ("try", here, head, None)
            }
            Command::Undo | Command::Redo => {
                let (why, stack) = if command == Command::Undo {
                    ("undo", &self.undo)
                } else {
                    ("redo", &self.redo)
                };
                let Some(names) = stack.last() else {
                    return refuse(out, "there is nothing to undo or redo");
                };
                let Some(branch) = names.branches.get(names.current) else {
                    return;
                };
                (why, branch.name.clone(), branch.head, None)
            }
            Command::Go(_)
            | Command::Pause
            | Command::Stop
            | Command::Answer { .. }
            | Command::Judge
            | Command::Edit { .. }
            | Command::Act { .. }
            | Command::Take { .. }
            | Command::HandBack { .. }
            | Command::Trial { .. }
            | Command::Inject { .. }
            | Command::Break { .. } => return,
        };
        self.moved(why, branch, head, from, out);
    }

    fn retry(&mut self, here: String, clean: bool, out: &mut Vec<Effect>) {
        let Some(last) = self.head().and_then(|id| self.step(id)) else {
            return refuse(out, "there is no step to try again");
        };
        if matches!(last.body.act, Act::Edited(_)) {
            return refuse(
                out,
                "the last step is an edit, and no role's; undo takes it back",
            );
        }
        let parent = last.parent;
        let judge = last.body.role == Role::Judge;
        let fault = self.put_in_by_hand(last.id);
        if clean && fault.is_none() {
            return refuse(out, "nobody put a fault into the last step by hand");
        }
        let fault = fault.filter(|_| !clean);
        self.moved("retry", here, parent, None, out);
        let attempt = self
            .attempts
            .get(&parent)
            .map_or(0, |a| a.saturating_add(1));
        self.going = Some(Going {
            how: Go::Step,
            fresh: false,
            attempt,
            judge,
            fault,
        });
        self.advance(out);
    }

    /// Whether a place lies on the current branch.
    fn on_branch(&self, at: Option<StepId>) -> bool {
        at.is_none_or(|id| self.path(self.head()).iter().any(|p| p.is_step(id)))
    }

    /// The place that something goes after.
    pub(super) fn target(&self, onto: Onto) -> Result<Option<StepId>, &'static str> {
        match onto {
            Onto::Head => Ok(self.head()),
            Onto::Fork(at) if at.is_none_or(|id| self.places.contains_key(&id)) => Ok(at),
            Onto::Fork(_) => Err("there is no such step"),
            Onto::Overwrite(at) if self.on_branch(at) => Ok(at),
            Onto::Overwrite(_) => Err("that step is not on this branch"),
        }
    }

    /// Moves the names so that what is made next goes where it shall.
    pub(super) fn go_onto(&mut self, onto: Onto, out: &mut Vec<Effect>) {
        let at = match self.target(onto) {
            Ok(at) => at,
            Err(why) => return refuse(out, why),
        };
        match onto {
            Onto::Head => {}
            Onto::Fork(_) => {
                let name = self.fresh_name("main", 2);
                self.moved("fork", name, at, at, out);
            }
            Onto::Overwrite(_) => {
                let here = self.current().name.clone();
                self.moved("overwrite", here, at, None, out);
            }
        }
    }

    pub(super) fn moved(
        &mut self,
        why: &str,
        branch: String,
        head: Option<StepId>,
        from: Option<StepId>,
        out: &mut Vec<Effect>,
    ) {
        let event = Event::Moved {
            why: why.to_owned(),
            branch,
            head,
            from,
        };
        self.apply(&event);
        out.push(Effect::Append(event));
        self.state = self.rest();
    }

    /// A branch name that is free: `main.2`, `main.3`, …
    pub(super) fn fresh_name(&self, stem: &str, first: usize) -> String {
        let taken = |name: &String| self.names.branches.iter().any(|b| b.name == *name);
        // With n branches one of n+1 names is free.
        let most = self.names.branches.len().saturating_add(first);
        (first..=most)
            .map(|n| format!("{stem}.{n}"))
            .find(|name| !taken(name))
            .unwrap_or_else(|| format!("{stem}.{}", most.saturating_add(1)))
    }
}

impl Place {
    fn is_step(&self, id: StepId) -> bool {
        self.step.as_ref().is_some_and(|s| s.id == id)
    }
}
