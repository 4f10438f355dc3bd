//! What a person does in the midst of it: seats taken and handed back, and turns
//! taken for a role.

use super::handle::refuse;
use super::next::Next;
use super::run::{executor_word, plain_render, tool_run};
use super::{Place, Session, State};
use crate::engine::effect::Effect;
use crate::engine::fault::Fault;
use crate::engine::id::StepId;
use crate::engine::input::{Acted, Command, Onto};
use crate::engine::role::execute::{self, Executed};
use crate::engine::role::{By, Reply, Role, ToolCall, agent, user};
use crate::engine::scenario::{Executor, Scenario};
use crate::engine::step::{Act, Body};
use crate::engine::world::canon::render;
use crate::engine::world::{Node, Patch};

/// Whose turn it is at a place.
#[derive(Clone, Debug, PartialEq)]
pub enum Turn {
    /// The user's.
    User,
    /// An agent's.
    Agent {
        /// The agent path.
        agent: Vec<String>,
    },
    /// A tool's.
    Tool {
        /// The call.
        call: ToolCall,
        /// The agent path.
        agent: Vec<String>,
    },
    /// The judge's.
    Judge,
    /// Nobody's: the branch is at its end.
    Nobody,
}

impl Session {
    /// Takes a command of a person that is none of going on and moving about.
    pub(super) fn by_person(&mut self, command: Command, out: &mut Vec<Effect>) {
        match command {
            Command::Take { seat, once } => self.take_seat(seat, once, out),
            Command::HandBack { seat } => self.hand_back(&seat, out),
            Command::Break { on } => self.breaks = on.into(),
            Command::Edit { onto, edit } => self.edit(onto, &edit, out),
            Command::Act { onto, act, instead } => self.act(onto, act, instead, out),
            Command::Trial { at, times } => {
                self.going = None;
                self.try_rest(at, times, out);
            }
            Command::Go(_)
            | Command::Pause
            | Command::Stop
            | Command::Fork { .. }
            | Command::Overwrite { .. }
            | Command::Retry { .. }
            | Command::Switch { .. }
            | Command::Undo
            | Command::Redo
            | Command::Answer { .. }
            | Command::Judge
            | Command::Inject { .. }
            | Command::Try { .. } => {}
        }
    }

    /// Seats that a person has, each with whether it is for one turn alone.
    #[must_use]
    pub fn taken(&self) -> &[(String, bool)] {
        &self.taken
    }

    /// Whose turn it is after `at`.
    #[must_use]
    pub fn turn(&self, at: Option<StepId>) -> Turn {
        let place = self.place(at);
        match Self::next(place) {
            Next::User => Turn::User,
            Next::Agent => Turn::Agent {
                agent: Self::agents(place),
            },
            Next::Code(call) | Next::Model(call) | Next::Human(call) => Turn::Tool {
                call,
                agent: Self::agents(place),
            },
            Next::Judge => Turn::Judge,
            Next::Nothing => Turn::Nobody,
        }
    }

    fn take_seat(&mut self, seat: String, once: bool, out: &mut Vec<Effect>) {
        if !self.is_seat(&seat) {
            let why = format!(
                "there is no seat `{seat}` to take: user, agent, agent/NAME, tool, tool/NAME"
            );
            return refuse(out, &why);
        }
        let mut all = self.taken.to_vec();
        match all.iter_mut().find(|(name, _)| *name == seat) {
            Some(found) => found.1 = once,
            None => all.push((seat, once)),
        }
        self.taken = all.into();
    }

    fn is_seat(&self, seat: &str) -> bool {
        let scenario = self.scenario();
        match seat.split_once('/') {
            None => matches!(seat, "user" | "agent" | "tool"),
            Some(("agent", name)) => scenario.agent(name).is_some(),
            Some(("tool", name)) => scenario
                .tool(name)
                .is_some_and(|t| !matches!(t.executor, Executor::Agent(_))),
            Some(_) => false,
        }
    }

    fn hand_back(&mut self, seat: &str, out: &mut Vec<Effect>) {
        if !self.taken.iter().any(|(name, _)| name == seat) {
            return refuse(out, &format!("the seat `{seat}` is not taken"));
        }
        self.taken = self
            .taken
            .iter()
            .filter(|(name, _)| name != seat)
            .cloned()
            .collect();
        if !matches!(self.state, State::Person { .. } | State::Human { .. }) {
            return;
        }
        let place = self.place(self.head());
        let next = Self::next(place);
        if matches!(next, Next::Human(_)) || self.taken_at(place, &next).is_some() {
            return;
        }
        // Whoever plays the seat goes on where the person was waited for.
        if self.going.is_some() {
            self.state = State::Working;
            out.push(Effect::Continue);
        } else {
            self.state = self.rest();
        }
    }

    /// The seat that a person has whose turn it is.
    pub(super) fn taken_at(&self, place: &Place, next: &Next) -> Option<String> {
        let names = match next {
            Next::User => vec![String::from("user")],
            Next::Agent => {
                let name = place.stack.last().map_or("", |f| f.agent.as_str());
                vec![format!("agent/{name}"), String::from("agent")]
            }
            Next::Model(call) | Next::Code(call) => {
                let frame = place.stack.last()?;
                let (tool, _) = Self::callable(&place.setting.scenario, &frame.agent, call).ok()?;
                // A sub-agent's answer is no tool's, and an impossible call
                // nobody's.
                if frame.answer.is_some() || matches!(tool.executor, Executor::Agent(_)) {
                    return None;
                }
                vec![format!("tool/{}", call.tool), String::from("tool")]
            }
            Next::Human(_) | Next::Judge | Next::Nothing => return None,
        };
        names
            .into_iter()
            .find(|name| self.taken.iter().any(|(taken, _)| taken == name))
    }

    /// A person answers the tool call that waits.
    pub(super) fn answer(&mut self, result: Node, ok: bool, out: &mut Vec<Effect>) {
        if !matches!(self.state, State::Human { .. }) {
            return refuse(out, "no tool waits for a person");
        }
        let act = Acted::Result {
            result,
            ok,
            patch: None,
        };
        self.act(Onto::Head, act, None, out);
    }

    /// A person acts for the role whose turn it is there.
    fn act(&mut self, onto: Onto, act: Acted, instead: Option<StepId>, out: &mut Vec<Effect>) {
        let at = match self.target(onto) {
            Ok(at) => at,
            Err(why) => return refuse(out, why),
        };
        if instead.is_some_and(|id| self.step(id).is_none_or(|step| step.parent != at)) {
            return refuse(
                out,
                "the step that this stands in for does not follow that place",
            );
        }
        let place = self.place(at).clone();
        let next = Self::next(&place);
        // A tool that a person always plays can be made to fail like any other;
        // who takes a seat, or edits a step, says all of it.
        let plays = matches!(next, Next::Human(_)) && onto == Onto::Head && instead.is_none();
        let fault = plays
            .then(|| {
                let ordered = self.going.and_then(|g| g.fault);
                ordered.or_else(|| self.drawn(&place, &next, 0))
            })
            .flatten();
        let mut body = match self.acted(&place, &next, act, fault) {
            Ok(body) => body,
            Err(why) => return refuse(out, &why),
        };
        body.instead = instead;
        let head = onto == Onto::Head;
        if !head || !matches!(self.state, State::Person { .. } | State::Human { .. }) {
            self.going = None;
        }
        if let Some(seat) = self.taken_at(&place, &next) {
            self.taken = self
                .taken
                .iter()
                .filter(|(name, once)| !(*once && *name == seat))
                .cloned()
                .collect();
        }
        self.go_onto(onto, out);
        self.grown(body, None, head, out);
    }

    /// The step that a person's act makes.
    fn acted(
        &self,
        place: &Place,
        next: &Next,
        act: Acted,
        fault: Option<Fault>,
    ) -> Result<Body, String> {
        match (act, next) {
            (Acted::Said { text, done }, Next::User) => {
                let (text, done) = said(text, done)?;
                let act = Act::Said { text, done };
                Ok(self.by_hand(place, Role::User, act))
            }
            (Acted::Answered { text, calls }, Next::Agent) => {
                let text = text.trim().to_owned();
                if text.is_empty() && calls.is_empty() {
                    return Err(String::from("an agent says something, or calls a tool"));
                }
                let first = place.calls.saturating_add(1);
                let calls = calls.into_iter().zip(first..).map(call).collect();
                let act = Act::Answered { text, calls };
                Ok(self.by_hand(place, Role::Agent, act))
            }
            (
                Acted::Result { result, ok, patch },
                Next::Code(call) | Next::Model(call) | Next::Human(call),
            ) => self.result_by_hand(place, call, result, ok, patch, fault),
            (_, Next::Nothing | Next::Judge) if place.ended.is_some() => Err(String::from(
                "the conversation has ended there; take an earlier step",
            )),
            (_, next) => {
                let turn = match next {
                    Next::User => "the user's",
                    Next::Agent => "an agent's",
                    Next::Code(_) | Next::Model(_) | Next::Human(_) => "a tool's",
                    Next::Judge => "the judge's",
                    Next::Nothing => "nobody's",
                };
                Err(format!("it is {turn} turn there"))
            }
        }
    }

    fn by_hand(&self, place: &Place, role: Role, act: Act) -> Body {
        let mut body = Self::bare(place, role, By::Person, 0, act);
        body.findings = self.findings(place, &body);
        body
    }

    /// A tool's result from a person's hand: the call as it was read, what code
    /// does to the world where nothing else is said, and all checks of any tool.
    fn result_by_hand(
        &self,
        place: &Place,
        call: &ToolCall,
        result: Node,
        ok: bool,
        patch: Option<Patch>,
        fault: Option<Fault>,
    ) -> Result<Body, String> {
        let scenario: &Scenario = &place.setting.scenario;
        let frame = place.stack.last();
        let agent = frame.map_or("", |f| f.agent.as_str());
        let tool = Self::callable(scenario, agent, call);
        let (form, args, word) = match &tool {
            _ if frame.is_some_and(|f| f.answer.is_some()) => {
                (plain_render(place), call.args.clone(), "agent")
            }
            // A sub-agent that could not be entered is answered like a call of nothing.
            Ok((tool, args)) if matches!(tool.executor, Executor::Agent(_)) => {
                (tool.render, args.clone(), "none")
            }
            Ok((tool, args)) => (tool.render, args.clone(), executor_word(tool)),
            Err(_) => (plain_render(place), call.args.clone(), "none"),
        };
        let writes = patch.as_ref().is_some_and(|p| !p.is_empty());
        let mut done = if !ok {
            if writes {
                return Err(String::from("a call that failed writes nothing"));
            }
            Executed::failed(&place.world, form, "")
        } else if let (Ok((tool, _)), "table" | "rules" | "model" | "human") = (&tool, word) {
            let at = self.at(place, 0);
            let by_code = matches!(word, "table" | "rules") && patch.is_none();
            let ran = by_code
                .then(|| execute::execute(scenario, tool, &place.world, &args, at))
                .filter(|ran| ran.ok);
            match ran {
                Some(ran) => ran,
                None => execute::commit(
                    scenario,
                    tool,
                    &place.world,
                    &args,
                    at,
                    result.clone(),
                    &patch.unwrap_or_default(),
                    &[],
                )
                .map_err(|failed| {
                    if failed.refused.is_empty() {
                        failed.text
                    } else {
                        failed.refused.join("\n")
                    }
                })?,
            }
        } else if writes {
            return Err(format!("`{}` is no tool that can write", call.tool));
        } else {
            let mut done = Executed::failed(&place.world, form, "");
            done.ok = true;
            done
        };
        done.text = match (ok, result.as_str()) {
            // A sub-agent's answer is text, and is read as it is.
            (true, Some(text)) if word == "agent" => text.to_owned(),
            (true, _) => render(&result, form),
            (false, Some(text)) => execute::error_text(form, text),
            (false, None) => execute::error_text(form, &result.to_string()),
        };
        done.result = result;
        let mut run = tool_run(call, args, word, &done, Vec::new());
        let made = fault.filter(|f| self.spoil(place, 0, *f, &mut run));
        let injected = made.iter().map(|f| f.name().to_owned()).collect();
        Ok(self.tool_body(place, By::Person, 0, run, &done, injected))
    }
}

/// What a person says as the user; an end mark in the text is read as a model's.
fn said(text: String, done: bool) -> Result<(String, bool), String> {
    if text.trim().is_empty() {
        return if done {
            Ok((String::new(), true))
        } else {
            Err(String::from(
                "the user says something, or ends the conversation",
            ))
        };
    }
    let reply = Reply {
        text,
        ..Reply::default()
    };
    let (text, ends) = user::read(&reply)?;
    Ok((text, done || ends))
}

/// A call from a person's hand, numbered as those of a model are.
fn call((call, number): (ToolCall, u32)) -> ToolCall {
    let read = agent::arguments(&call.raw);
    let (raw, args) = match call.args {
        Node::Map(_) if call.raw.trim().is_empty() || call.args != read => {
            (call.args.to_string(), call.args)
        }
        Node::Map(_)
        | Node::Null
        | Node::Bool(_)
        | Node::Int(_)
        | Node::Float(_)
        | Node::Str(_)
        | Node::List(_) => (call.raw, read),
    };
    ToolCall {
        id: format!("c{number}"),
        tool: call.tool,
        raw,
        args,
    }
}
