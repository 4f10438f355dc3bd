//! The only code that changes a session, from events alone.

use super::moving::Why;
use super::{Branch, Names, Place, Session, Setting, State};
use crate::engine::event::Event;
use crate::engine::id::StepId;
use crate::engine::step::Step;
use std::sync::Arc;

impl Session {
    /// Takes an event in. What it leaves undone (an unknown parent, say) shows
    /// as a difference in replay.
    pub(super) fn apply(&mut self, event: &Event) {
        match event {
            Event::Opened(_) | Event::Ended { .. } => {}
            Event::Stepped { step, opens } => {
                if *opens {
                    self.remember();
                }
                self.grow(step);
            }
            Event::Moved {
                why,
                branch,
                head,
                from,
            } => {
                let why = Why::of(why);
                self.note_run(why, branch, *from);
                match why {
                    Why::Undo => {
                        if let Some(names) = self.undo.pop() {
                            self.redo.push(std::mem::replace(&mut self.names, names));
                        }
                    }
                    Why::Redo => {
                        if let Some(names) = self.redo.pop() {
                            self.undo.push(std::mem::replace(&mut self.names, names));
                        }
                    }
                    // Part of the command that the first run is.
                    Why::TrialEnd | Why::Run(2.., _) => self.point(branch, *head, *from),
                    Why::Run(..) | Why::Other => {
                        self.remember();
                        self.point(branch, *head, *from);
                    }
                }
            }
        }
    }

    /// Keeps the names as they are for undo; what was undone before is given up
    /// as a line of redo, though every step of it stays in the log.
    fn remember(&mut self) {
        self.undo.push(self.names.clone());
        self.redo.clear();
    }

    fn point(&mut self, branch: &str, head: Option<StepId>, from: Option<StepId>) {
        let names = Arc::make_mut(&mut self.names);
        let known = names
            .branches
            .iter_mut()
            .enumerate()
            .find(|(_, b)| b.name == branch);
        if let Some((at, found)) = known {
            found.head = head;
            names.current = at;
        } else {
            names.branches.push(Branch {
                name: branch.to_owned(),
                head,
                from,
            });
            names.current = names.branches.len().saturating_sub(1);
        }
    }

    pub(super) fn grow(&mut self, step: &Step) {
        let before = self.place(step.parent).clone();
        let place = self.after(&before, step);
        let made = self.attempts.get(&step.parent).copied();
        if made.is_none_or(|m| m < step.body.attempt) {
            self.attempts.insert(step.parent, step.body.attempt);
        }
        self.highest = self.highest.max(step.body.attempt);
        self.note_child(step.parent, step.id);
        if let Some(call) = step.call {
            self.last_call = self.last_call.max(call);
        }
        self.places.insert(step.id, Arc::new(place));
        let at = self.names.current;
        if let Some(branch) = Arc::make_mut(&mut self.names).branches.get_mut(at) {
            branch.head = Some(step.id);
        }
    }

    /// What the session is doing when no call is in flight.
    pub(super) fn rest(&self) -> State {
        match self.ended(self.head()) {
            Some(why) => State::Ended(why.clone()),
            None => State::Paused,
        }
    }
}

impl Names {
    /// One branch, at the start.
    pub(super) fn first() -> Self {
        Self {
            branches: vec![Branch {
                name: String::from("main"),
                head: None,
                from: None,
            }],
            current: 0,
        }
    }
}

impl Place {
    /// The place before the first step.
    pub(super) fn start(setting: Setting) -> Self {
        Self {
            step: None,
            world: setting.task.world.clone(),
            setting: Arc::new(setting),
            ledger: crate::engine::world::Ledger::new(),
            stack: Vec::new(),
            turns: 0,
            agent_steps: 0,
            malformed: 0,
            goodbyes: 0,
            calls: 0,
            ended: None,
            judged: false,
        }
    }
}
