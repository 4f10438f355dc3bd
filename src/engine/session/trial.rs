//! Trials: the rest of a branch run several times, each in a branch of its own
//! and with numbers that nothing before has drawn.
//!
//! Each run and the way back is a move that the log names (`trial 2/8`,
//! `trial end`); the first is the command that undo takes back, with all that
//! followed. What a run came to is read off the moves, so that a replayed log
//! tells the same.

use super::handle::refuse;
use super::moving::Why;
use super::next::Next;
use super::{Going, Session, State, Trial, Trialled};
use crate::engine::effect::Effect;
use crate::engine::fault::Fault;
use crate::engine::id::StepId;
use crate::engine::input::Go;

/// Runs at most.
const MOST: u32 = 1000;

/// A trial under way.
#[derive(Clone, Debug)]
pub(super) struct Work {
    /// The branch to come back to.
    home: String,
    at: Option<StepId>,
    times: u32,
    /// Runs that were begun.
    begun: u32,
    /// No run follows this one.
    pub last: bool,
    /// The fault that a person put into the first step of the rest: each run has it.
    fault: Option<Fault>,
}

/// A trial as the log tells it.
#[derive(Clone, Debug, Default)]
pub(super) struct Told {
    pub report: Trial,
    /// The branch of the run that is not over.
    branch: Option<String>,
}

impl Session {
    /// Begins a trial.
    pub(super) fn try_rest(&mut self, at: Option<StepId>, times: u32, out: &mut Vec<Effect>) {
        if at.is_some_and(|id| !self.places.contains_key(&id)) {
            return refuse(out, "there is no such step");
        }
        if times == 0 || times > MOST {
            return refuse(out, &format!("a trial runs from 1 to {MOST} times"));
        }
        match Self::next(self.place(at)) {
            Next::Nothing => return refuse(out, "nothing follows there; take an earlier step"),
            Next::Human(call) => {
                let why = format!(
                    "`{}` is played by a person there, and a trial runs by itself",
                    call.tool
                );
                return refuse(out, &why);
            }
            Next::User | Next::Agent | Next::Code(_) | Next::Model(_) | Next::Judge => {}
        }
        self.work = Some(Work {
            home: self.current().name.clone(),
            at,
            times,
            begun: 0,
            last: false,
            fault: self.armed(at),
        });
        self.next_run(out);
    }

    /// The run is over: the next one, or the way back.
    pub(super) fn next_run(&mut self, out: &mut Vec<Effect>) {
        let Some(work) = &mut self.work else {
            return;
        };
        if work.last || work.begun >= work.times {
            return self.home(out);
        }
        work.begun = work.begun.saturating_add(1);
        let (at, fault) = (work.at, work.fault);
        let why = format!("trial {}/{}", work.begun, work.times);
        let name = self.fresh_name("try", 1);
        self.moved(&why, name, at, at, out);
        self.going = Some(Going {
            how: Go::End,
            fresh: false,
            attempt: self.highest.saturating_add(1),
            judge: false,
            fault,
        });
        self.state = State::Working;
        out.push(Effect::Continue);
    }

    /// Ends the trial: back to the branch that it came from.
    pub(super) fn home(&mut self, out: &mut Vec<Effect>) {
        let Some(work) = self.work.take() else {
            return;
        };
        self.going = None;
        let found = self.names.branches.iter().find(|b| b.name == work.home);
        let (name, head) = found.map_or((work.home, None), |b| (b.name.clone(), b.head));
        self.moved("trial end", name, head, None, out);
    }

    /// Reads a move: a run that is over is counted, and another may begin.
    pub(super) fn note_run(&mut self, why: Why, branch: &str, from: Option<StepId>) {
        let (run, of) = match why {
            Why::Run(run, of) => (run, of),
            Why::TrialEnd => (0, 0),
            Why::Undo | Why::Redo | Why::Other => return,
        };
        if run == 1 {
            self.trial = Some(Told {
                report: Trial {
                    at: from,
                    times: of,
                    runs: Vec::new(),
                    running: true,
                },
                branch: None,
            });
        }
        let Some(mut told) = self.trial.take() else {
            return;
        };
        let over = told.branch.take().and_then(|name| {
            let found = self.names.branches.iter().find(|b| b.name == name)?;
            Some(self.came_to(name, found.head))
        });
        told.report.runs.extend(over);
        if why == Why::TrialEnd {
            told.report.running = false;
        } else {
            told.branch = Some(branch.to_owned());
        }
        self.trial = Some(told);
    }

    /// Nothing runs in a session that was read from its log.
    pub(super) fn no_trial_runs(&mut self) {
        if let Some(told) = &mut self.trial {
            told.report.running = false;
        }
    }

    fn came_to(&self, branch: String, head: Option<StepId>) -> Trialled {
        let assertions = self.assertions(head);
        Trialled {
            branch,
            head,
            held: assertions.iter().filter(|a| a.holds).count(),
            of: assertions.len(),
            ended: self.ended(head).cloned(),
        }
    }

    /// The trial under way, or the last one.
    #[must_use]
    pub fn trial(&self) -> Option<&Trial> {
        self.trial.as_ref().map(|told| &told.report)
    }
}
