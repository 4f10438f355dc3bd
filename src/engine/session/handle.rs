//! Inputs in, effects out. Every change goes through an event and `apply`.

use super::next::Next;
use super::{Before, Flight, Going, Place, Session, Setting, State};
use crate::engine::effect::{Effect, Notice};
use crate::engine::event::{Event, Opened};
use crate::engine::fault::Fault;
use crate::engine::id::{CallId, ConvId, Seed, Sha};
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
        let task = scenario.bind(&opened.task, opened.seed)?;
        let persona = Arc::new(opened.persona.clone());
        let start = Place::start(Setting::new(scenario, Arc::new(task), persona));
        Ok(Self {
            opened: Arc::new(opened),
            start: Arc::new(start),
            places: imbl::HashMap::new(),
            children: imbl::HashMap::new(),
            versions: imbl::HashMap::new(),
            attempts: imbl::HashMap::new(),
            highest: 0,
            memo: super::grounded::Memo::default(),
            names: Arc::new(super::Names::first()),
            undo: Vec::new(),
            redo: Vec::new(),
            state: State::Paused,
            going: None,
            flight: None,
            last_call: CallId(0),
            samples: 1,
            taken: Arc::default(),
            breaks: Arc::default(),
            trial: None,
            work: None,
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
                    let seat = flight.what.seat().to_owned();
                    effects.push(Effect::Tell(Notice::CallFailed { seat, error }));
                    if self.work.is_some() {
                        self.next_run(&mut effects);
                    } else {
                        self.going = None;
                        self.state = self.rest();
                    }
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
                        let fault = self.going.and_then(|g| g.fault);
                        self.going = Some(Going {
                            how,
                            fresh,
                            attempt,
                            judge,
                            fault,
                        });
                    }
                    return;
                }
                if matches!(self.state, State::Human { .. }) {
                    return refuse(out, "a person must answer the tool call first");
                }
                if matches!(self.state, State::Person { .. }) {
                    return refuse(out, "it is your turn: act, or hand the seat back");
                }
                self.going = Some(Going {
                    how,
                    fresh: true,
                    attempt: 0,
                    judge: false,
                    fault: None,
                });
                self.advance(out);
            }
            Command::Pause => {
                self.going = None;
                if let Some(work) = &mut self.work {
                    work.last = true;
                }
                if self.state == State::Working {
                    self.state = self.rest();
                    self.home(out);
                }
            }
            Command::Stop => {
                self.going = None;
                if let Some(flight) = self.flight.take() {
                    out.push(Effect::Cancel(flight.call));
                }
                self.state = self.rest();
                self.home(out);
            }
            Command::Answer { result, ok } => self.answer(result, ok, out),
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
                    fault: None,
                });
                self.advance(out);
            }
            Command::Take { .. } | Command::HandBack { .. } | Command::Break { .. } => {
                self.by_person(command, out);
            }
            Command::Inject { onto, fault } => {
                if busy {
                    return refuse(out, "stop the call in flight first");
                }
                self.inject(onto, fault, out);
            }
            Command::Edit { .. } | Command::Act { .. } | Command::Trial { .. } => {
                if busy {
                    return refuse(out, "stop the call in flight first");
                }
                self.by_person(command, out);
            }
            Command::Try { .. }
            | Command::Fork { .. }
            | Command::Overwrite { .. }
            | Command::Retry { .. }
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

    /// Makes the next step, or asks for it.
    pub(super) fn advance(&mut self, out: &mut Vec<Effect>) {
        let place = self.place(self.head()).clone();
        let next = if self.going.is_some_and(|g| g.judge) {
            Next::Judge
        } else {
            Self::next(&place)
        };
        let attempt = self.going.map_or(0, |g| g.attempt);
        // A trial runs by itself: whoever plays a seat else plays it there.
        let taken = self.taken_at(&place, &next).filter(|_| self.work.is_none());
        // Who has taken a seat plays it as they like; an order is theirs too.
        let fault = self.going.and_then(|g| g.fault).or_else(|| {
            let free = taken.is_none();
            free.then(|| self.drawn(&place, &next, attempt)).flatten()
        });
        if let Some(body) = fault.and_then(|f| self.instead(&place, &next, attempt, f)) {
            return self.made(body, None, out);
        }
        match (next, taken) {
            (Next::Nothing | Next::Human(_), _) if self.work.is_some() => self.next_run(out),
            (next @ (Next::User | Next::Agent), Some(seat)) => {
                out.push(Effect::Tell(Notice::SeatWaits(seat)));
                let role = next.role();
                let agent = Self::agents(&place);
                self.state = State::Person { role, agent };
            }
            (Next::Nothing, _) => {
                self.going = None;
                self.state = self.rest();
                let why = if place.ended.is_some() {
                    "the conversation has ended; fork from an earlier step to go on"
                } else {
                    "there is nothing to do here"
                };
                refuse(out, why);
            }
            (next @ (Next::User | Next::Agent | Next::Judge), _)
            | (next @ Next::Model(_), None) => {
                let before = Before {
                    fault,
                    ..Before::default()
                };
                self.call(next, attempt, before, out);
            }
            (Next::Code(call), None) => {
                let body = self.run_code(&place, &call, attempt, fault);
                self.made(body, None, out);
            }
            (Next::Human(call), _) | (Next::Code(call) | Next::Model(call), Some(_)) => {
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
            refuse(out, "this step cannot be asked for");
            if self.work.is_some() {
                return self.next_run(out);
            }
            self.going = None;
            self.state = self.rest();
            return;
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
        let opens = self.going.is_some_and(|g| g.fresh);
        self.grown(body, call, opens, out);
    }

    /// As [`Session::made`]; `opens` says whether undo goes back to before it.
    pub(super) fn grown(
        &mut self,
        body: Body,
        call: Option<CallId>,
        opens: bool,
        out: &mut Vec<Effect>,
    ) {
        let had_ended = self.ended(self.head()).is_some();
        let unusable = matches!(body.act, Act::Malformed { .. });
        let role = body.role;
        // An answer that was made unusable on purpose is asked for as ever.
        let spoilt = super::faults::has(&body, Fault::MalformedVerdict);
        let ordered = self.going.and_then(|g| g.fault);
        let missed = ordered.filter(|fault| !super::faults::has(&body, *fault));
        let missed = missed.map(|fault| super::faults::not_made(fault, &body.by));
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
        let next = Self::next(place);
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
            if self.work.is_none() {
                going.attempt = 0;
            }
            going.judge = going.judge && again;
            going.fault = going.fault.filter(|_| again && !spoilt);
        }
        if let Some(why) = missed.filter(|_| self.going.is_none_or(|g| g.fault.is_none())) {
            refuse(out, &why);
        }
        // Whoever steps sees what each step brings.
        let far = self.going.is_some_and(|g| g.how > Go::Step) && self.work.is_none();
        let broke = far && self.broke(out);
        if on && !broke {
            self.state = State::Working;
            out.push(Effect::Continue);
        } else if self.work.is_some() {
            self.next_run(out);
        } else {
            self.going = None;
            self.state = self.rest();
        }
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

pub(super) fn refuse(out: &mut Vec<Effect>, why: &str) {
    out.push(Effect::Tell(Notice::Refused(why.to_owned())));
}
