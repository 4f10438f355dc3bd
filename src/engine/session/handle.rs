//! Inputs in, effects out. Every change goes through an event and `apply`.

use super::next::Next;
use super::{Before, Flight, Going, Place, Session, State};
use crate::engine::effect::{Effect, Notice};
use crate::engine::event::{Event, Opened};
use crate::engine::id::{CallId, ConvId, Seed, Sha, StepId};
use crate::engine::input::{Command, Go, Input};
use crate::engine::persona::Persona;
use crate::engine::role::Role;
use crate::engine::scenario::Scenario;
use crate::engine::step::{Act, Body, Step};
use std::sync::Arc;

impl Session {
    /// Opens a conversation: scenario × task × persona × seed. The effects hold
    /// the event that must be stored first.
    ///
    /// # Errors
    /// One sentence where the task does not exist or cannot be bound.
    pub fn open(
        conversation: ConvId,
        scenario: Arc<Scenario>,
        task: &str,
        persona: Persona,
        seed: Seed,
        faults: Vec<String>,
    ) -> Result<(Self, Vec<Effect>), String> {
        let opened = Opened {
            conversation,
            scenario: scenario.id.clone(),
            version: scenario.version,
            files: scenario
                .files
                .iter()
                .map(|(name, b)| (name.clone(), Sha::of(b)))
                .collect(),
            task: task.to_owned(),
            persona,
            seed,
            faults,
            program: String::from(env!("CARGO_PKG_VERSION")),
        };
        let session = Self::begin(opened.clone(), scenario)?;
        Ok((
            session,
            vec![Effect::Append(Event::Opened(Box::new(opened)))],
        ))
    }

    /// A session before its first step.
    pub(super) fn begin(opened: Opened, scenario: Arc<Scenario>) -> Result<Self, String> {
        let bound = scenario.bind(&opened.task, opened.seed)?;
        let start = Place::start(bound.world.clone());
        Ok(Self {
            opened: Arc::new(opened),
            scenario,
            told: Arc::default(),
            bound: Arc::new(bound),
            start: Arc::new(start),
            places: imbl::HashMap::new(),
            attempts: imbl::HashMap::new(),
            names: super::Names::first(),
            undo: Vec::new(),
            redo: Vec::new(),
            state: State::Paused,
            going: None,
            flight: None,
            last_call: CallId(0),
            samples: 1,
        })
    }

    /// Numbers the calls to come above `call`: whoever sent calls that made no
    /// step (they failed, or somebody stopped them) knows numbers that the log
    /// does not.
    pub fn calls_from(&mut self, call: CallId) {
        self.last_call = self.last_call.max(call);
    }

    /// How many verdicts the judge is asked for each time; the axes are their
    /// means. At least 1.
    pub fn sample_judge(&mut self, samples: u32) {
        self.samples = samples.max(1);
    }

    /// Takes one input. It never fails and never panics: what cannot be done is
    /// a notice.
    pub fn handle(&mut self, input: Input) -> Vec<Effect> {
        let mut effects = Vec::new();
        match input {
            Input::Command(command) => self.command(command, &mut effects),
            Input::Continue => {
                if self.state == State::Working {
                    self.advance(&mut effects);
                }
            }
            Input::Reply { call, body } => match self.take_flight(call) {
                Some(flight) => self.replied(flight, *body, &mut effects),
                None => effects.push(Effect::Tell(Notice::LateReply(call))),
            },
            Input::Failed { call, error } => match self.take_flight(call) {
                Some(flight) => {
                    self.going = None;
                    self.state = self.rest();
                    let seat = flight.what.seat().to_owned();
                    effects.push(Effect::Tell(Notice::CallFailed { seat, error }));
                }
                None => effects.push(Effect::Tell(Notice::LateReply(call))),
            },
        }
        effects
    }

    fn take_flight(&mut self, call: CallId) -> Option<Flight> {
        if self.flight.as_ref().is_some_and(|f| f.call == call) {
            self.flight.take()
        } else {
            None
        }
    }

    fn command(&mut self, command: Command, out: &mut Vec<Effect>) {
        let busy = self.flight.is_some() || self.state == State::Working;
        match command {
            Command::Go(how) => {
                if busy {
                    // Going on while going on: the farther aim holds.
                    let further = self.going.is_none_or(|g| g.how < how);
                    if further {
                        let fresh = self.going.is_none_or(|g| g.fresh);
                        let attempt = self.going.map_or(0, |g| g.attempt);
                        let judge = self.going.is_some_and(|g| g.judge);
                        self.going = Some(Going {
                            how,
                            fresh,
                            attempt,
                            judge,
                        });
                    }
                    return;
                }
                if matches!(self.state, State::Human { .. }) {
                    return refuse(out, "a person must answer the tool call first");
                }
                self.going = Some(Going {
                    how,
                    fresh: true,
                    attempt: 0,
                    judge: false,
                });
                self.advance(out);
            }
            Command::Pause => {
                self.going = None;
                if self.state == State::Working {
                    self.state = self.rest();
                }
            }
            Command::Stop => {
                self.going = None;
                if let Some(flight) = self.flight.take() {
                    out.push(Effect::Cancel(flight.call));
                }
                self.state = self.rest();
            }
            Command::Answer { result, ok } => match &self.state {
                State::Human { call, .. } => {
                    let call = call.clone();
                    self.answered_by_person(&call, result, ok, out);
                }
                State::Paused
                | State::Working
                | State::Calling { .. }
                | State::Person { .. }
                | State::Ended(_) => {
                    refuse(out, "no tool waits for a person");
                }
            },
            Command::Judge => {
                if busy {
                    return refuse(out, "stop the call in flight first");
                }
                if self.head().is_none() {
                    return refuse(out, "there is nothing to judge yet");
                }
                self.going = Some(Going {
                    how: Go::Step,
                    fresh: true,
                    attempt: 0,
                    judge: true,
                });
                self.advance(out);
            }
            Command::Edit { .. }
            | Command::Act { .. }
            | Command::Take { .. }
            | Command::HandBack { .. }
            | Command::Try { .. }
            | Command::Trial { .. }
            | Command::Break { .. } => self.by_person(command, out),
            Command::Fork { .. }
            | Command::Overwrite { .. }
            | Command::Retry
            | Command::Switch { .. }
            | Command::Undo
            | Command::Redo => {
                if busy {
                    return refuse(out, "stop the call in flight first");
                }
                self.going = None;
                self.moving(command, out);
            }
        }
    }

    fn moving(&mut self, command: Command, out: &mut Vec<Effect>) {
        let known = |at: Option<StepId>| at.is_none_or(|id| self.places.contains_key(&id));
        let here = self.current().name.clone();
        let (why, branch, head, from) = match command {
            Command::Fork { at } if known(at) => ("fork", self.fresh_name(), at, at),
            Command::Fork { .. } => return refuse(out, "there is no such step"),
            Command::Overwrite { at } => {
                let on_path =
                    at.is_none_or(|id| self.path(self.head()).iter().any(|p| p.is_step(id)));
                if !on_path {
                    return refuse(out, "that step is not on this branch");
                }
                ("overwrite", here, at, None)
            }
            Command::Retry => {
                let Some(last) = self.head().and_then(|id| self.step(id)) else {
                    return refuse(out, "there is no step to try again");
                };
                let parent = last.parent;
                let judge = last.body.role == Role::Judge;
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
                });
                return self.advance(out);
            }
            Command::Switch { branch } => {
                let Some(found) = self.names.branches.iter().find(|b| b.name == branch) else {
                    return refuse(out, "there is no such branch");
                };
                ("switch", found.name.clone(), found.head, None)
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
            | Command::Try { .. }
            | Command::Trial { .. }
            | Command::Break { .. } => return,
        };
        self.moved(why, branch, head, from, out);
    }

    fn moved(
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

    fn fresh_name(&self) -> String {
        let taken = |name: &String| self.names.branches.iter().any(|b| b.name == *name);
        // With n branches one of the n+1 names from 2 on is free.
        let most = self.names.branches.len().saturating_add(2);
        (2..=most)
            .map(|n| format!("main.{n}"))
            .find(|name| !taken(name))
            .unwrap_or_else(|| format!("main.{}", most.saturating_add(1)))
    }

    /// Makes the next step, or asks for it.
    pub(super) fn advance(&mut self, out: &mut Vec<Effect>) {
        let place = self.place(self.head()).clone();
        let next = if self.going.is_some_and(|g| g.judge) {
            Next::Judge
        } else {
            self.next(&place)
        };
        let attempt = self
            .going
            .filter(|g| g.fresh || g.attempt > 0)
            .map_or(0, |g| g.attempt);
        match next {
            Next::Nothing => {
                self.going = None;
                self.state = self.rest();
                let why = if place.ended.is_some() {
                    "the conversation has ended; fork from an earlier step to go on"
                } else {
                    "there is nothing to do here"
                };
                refuse(out, why);
            }
            Next::User | Next::Agent | Next::Model(_) | Next::Judge => {
                self.call(next, attempt, Before::default(), out);
            }
            Next::Code(call) => {
                let body = self.run_code(&place, &call, attempt);
                self.made(body, None, out);
            }
            Next::Human(call) => {
                out.push(Effect::Tell(Notice::HumanNeeded {
                    tool: call.tool.clone(),
                }));
                self.state = State::Human {
                    call,
                    agent: Self::agents(&place),
                };
            }
        }
    }

    /// Sends a call.
    pub(super) fn call(&mut self, what: Next, attempt: u32, before: Before, out: &mut Vec<Effect>) {
        let place = self.place(self.head()).clone();
        let number = CallId(self.last_call.0.saturating_add(1));
        let Some(request) = self.request(&place, &what, number, attempt, &before) else {
            self.going = None;
            self.state = self.rest();
            return refuse(out, "this step cannot be asked for");
        };
        self.last_call = number;
        let agent = match what {
            Next::User | Next::Judge => Vec::new(),
            Next::Agent | Next::Model(_) | Next::Code(_) | Next::Human(_) | Next::Nothing => {
                Self::agents(&place)
            }
        };
        self.state = State::Calling {
            call: number,
            role: request.role,
            agent,
        };
        self.flight = Some(Flight {
            call: number,
            what,
            attempt,
            before,
        });
        out.push(Effect::Call(Box::new(request)));
    }

    /// Takes a step in and decides whether to go on.
    pub(super) fn made(&mut self, body: Body, call: Option<CallId>, out: &mut Vec<Effect>) {
        let had_ended = self.ended(self.head()).is_some();
        let opens = self.going.is_some_and(|g| g.fresh);
        let unusable = matches!(body.act, Act::Malformed { .. });
        let role = body.role;
        let step = Step::new(self.head(), call, body);
        let event = Event::Stepped {
            step: Box::new(step),
            opens,
        };
        self.apply(&event);
        out.push(Effect::Append(event));
        let place = self.place(self.head());
        if let (false, Some(why)) = (had_ended, &place.ended) {
            let event = Event::Ended {
                branch: self.current().name.clone(),
                why: why.clone(),
            };
            out.push(Effect::Append(event));
        }
        // An unusable reply is no act: the role is asked again until it has acted
        // or has had all its tries.
        let again = unusable
            && match role {
                Role::Judge => !place.judged,
                Role::User | Role::Agent | Role::Tool => place.ended.is_none(),
            };
        let next = self.next(place);
        let on = match self.going.map(|g| g.how) {
            None => false,
            Some(Go::Step) => again,
            Some(Go::Round) => {
                again || place.ended.is_none() && !matches!(next, Next::User | Next::Nothing)
            }
            Some(Go::End) => again || next != Next::Nothing,
        };
        if let Some(going) = &mut self.going {
            going.fresh = false;
            going.attempt = 0;
            going.judge = going.judge && again;
        }
        if on {
            self.state = State::Working;
            out.push(Effect::Continue);
        } else {
            self.going = None;
            self.state = self.rest();
        }
    }
}

impl Place {
    fn is_step(&self, id: StepId) -> bool {
        self.step.as_ref().is_some_and(|s| s.id == id)
    }
}

impl Next {
    /// The seat that is asked, in words.
    pub(super) fn seat(&self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Agent => "agent",
            Self::Model(_) => "tool simulator",
            Self::Judge => "judge",
            Self::Code(_) | Self::Human(_) | Self::Nothing => "engine",
        }
    }

    /// The role whose step it becomes.
    pub(super) fn role(&self) -> Role {
        match self {
            Self::User => Role::User,
            Self::Agent => Role::Agent,
            Self::Model(_) | Self::Code(_) | Self::Human(_) => Role::Tool,
            Self::Judge | Self::Nothing => Role::Judge,
        }
    }
}

fn refuse(out: &mut Vec<Effect>, why: &str) {
    out.push(Effect::Tell(Notice::Refused(why.to_owned())));
}
