//! A branch lived again under another version, step by step.

use super::super::freeze::fresh;
use super::super::next::Next;
use super::super::run::tool_run;
use super::super::{Before, Names, Place, Session, Setting};
use super::{Asked, Differs, Found, Value, seat};
use crate::engine::id::{CallId, StepId};
use crate::engine::role::execute;
use crate::engine::role::{By, Reply, Request, Role, ToolCall};
use crate::engine::scenario::{Bound, Scenario};
use crate::engine::step::{Act, Body, Edited, Step, ToolRun};
use crate::engine::world::{Node, Op, Patch, changes};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Letters of a value that is shown.
const LETTERS: usize = 200;
/// Values of one step that are listed.
const VALUES: usize = 40;

/// What came of it.
pub(super) struct Again {
    /// The branch under the other version.
    pub session: Session,
    pub start: Vec<Value>,
    pub steps: Vec<Differs>,
    pub seats: Vec<Asked>,
    pub findings: Vec<Found>,
    pub ran: u32,
    pub held: u32,
    /// New ids that were drawn then, and those that are drawn now: what follows
    /// speaks of these.
    ids: Vec<(String, String)>,
}

impl Again {
    pub fn live(old: &Session, at: Option<StepId>, now: &Arc<Scenario>, bound: Bound) -> Self {
        let persona = Arc::clone(&old.start.setting.persona);
        let setting = Setting::new(Arc::clone(now), Arc::new(bound), persona);
        let mut session = old.clone();
        session.start = Arc::new(Place::start(setting));
        session.places = imbl::HashMap::new();
        session.children = imbl::HashMap::new();
        session.names = Arc::new(Names::first());
        session.flight = None;
        session.going = None;
        session.work = None;
        let start = values("", &old.start.world, &session.start.world);
        let mut out = Self {
            session,
            start,
            steps: Vec::new(),
            seats: Vec::new(),
            findings: Vec::new(),
            ran: 0,
            held: 0,
            ids: Vec::new(),
        };
        for place in old.path(at) {
            if let Some(step) = &place.step {
                let step = out.renamed(step);
                out.step(old, &step);
            }
        }
        out
    }

    /// A step with the ids that are drawn now in the place of those of then.
    fn renamed(&self, step: &Step) -> Step {
        if self.ids.is_empty() {
            return step.clone();
        }
        // Ids are letters, digits and hyphens: in JSON they stand as they are.
        let text = serde_json::to_string(&step.body).unwrap_or_default();
        let body = serde_json::from_str(&with(&text, &self.ids));
        Step {
            body: body.unwrap_or_else(|_| step.body.clone()),
            ..step.clone()
        }
    }

    fn step(&mut self, old: &Session, step: &Step) {
        let head = self.session.head();
        let place = self.session.place(head).clone();
        let before = old.place(step.parent);
        let (was, is) = (Session::due(step, before), Session::due(step, &place));
        self.asked(old, step, before, &place, &was, &is);
        let mut body = step.body.clone();
        body.version = place.setting.scenario.version;
        body.act = match &step.body.act {
            Act::Ran(run) => {
                let (run, done) = self.ran(step, run, &place, &is);
                body.by = if run.executor == "model" || run.executor == "human" {
                    body.by
                } else {
                    By::Code
                };
                let put_in = body.injected.clone();
                let (by, attempt) = (body.by.clone(), body.attempt);
                let other = self
                    .session
                    .tool_body(&place, by, attempt, run, &done, put_in);
                body.agent = other.agent;
                body.findings = other.findings;
                other.act
            }
            Act::Edited(edited) => Act::Edited(Box::new(Edited {
                // The files are those of the version that it is held against.
                files: BTreeMap::new(),
                ..(**edited).clone()
            })),
            act @ (Act::Said { .. }
            | Act::Answered { .. }
            | Act::Judged(_)
            | Act::Malformed { .. }) => {
                let due = match step.body.role {
                    Role::User => matches!(is, Next::User),
                    Role::Agent => matches!(is, Next::Agent),
                    Role::Judge => true,
                    Role::Tool => matches!(is, Next::Model(_)),
                };
                if !due {
                    let what = match place.ended {
                        Some(_) => {
                            String::from("would not come: the conversation has ended before")
                        }
                        None => format!("would not come: it is the turn of {}", seat(&place, &is)),
                    };
                    self.differs(step, role_word(step.body.role), what, false, Vec::new());
                }
                act.clone()
            }
        };
        if !matches!(step.body.act, Act::Ran(_)) {
            let cut: Vec<_> = step
                .body
                .findings
                .iter()
                .filter(|f| f.kind == "cut_off")
                .cloned()
                .collect();
            body.findings = self.session.findings(&place, &body);
            body.findings.extend(cut);
        }
        self.found(step, &body);
        let mut lived = Step::new(head, step.call, body);
        let after = self.session.after(&place, &lived);
        lived.body.world = after.world.hash();
        let lived = Step::new(head, step.call, lived.body);
        self.session.grow(&lived);
    }

    fn differs(&mut self, step: &Step, who: &str, what: String, open: bool, values: Vec<Value>) {
        self.steps.push(Differs {
            step: step.body.number,
            id: step.id,
            who: who.to_owned(),
            what,
            open,
            values,
        });
    }

    /// The call again: what it gives now, told where that is otherwise.
    fn ran(
        &mut self,
        step: &Step,
        run: &ToolRun,
        place: &Place,
        due: &Next,
    ) -> (ToolRun, execute::Executed) {
        let call = &run.call;
        let attempt = step.body.attempt;
        let name = call.tool.clone();
        let meant = match due {
            Next::Code(due) | Next::Model(due) | Next::Human(due) => due.id == call.id,
            Next::User | Next::Agent | Next::Judge | Next::Nothing => false,
        };
        if !meant {
            let what = String::from("would not be called here");
            self.differs(step, &name, what, false, Vec::new());
            return self.kept(place, call, run, attempt);
        }
        // What a person wrote and what was put in on purpose is taken as it was.
        let given = step.body.by == By::Person || !step.body.injected.is_empty();
        match due {
            Next::Code(_) if !given => {
                self.ran = self.ran.saturating_add(1);
                let (now, done) = self.session.execute(place, call, attempt);
                let then = fresh(&place.world, &run.args, &run.patch, &run.result);
                let drawn = fresh(&place.world, &now.args, &now.patch, &now.result);
                let ids: Vec<(String, String)> = then
                    .into_iter()
                    .zip(drawn)
                    .map(|((was, _), (is, _))| (was, is))
                    .filter(|(was, is)| was != is)
                    .collect();
                self.compare(step, &run_with(run, &ids), &now);
                self.ids.extend(ids);
                (now, done)
            }
            Next::Model(_) if !given => self.held(step, run, place, call),
            Next::Human(_) if !given => {
                let what = String::from("would be asked of a person");
                self.differs(step, &name, what, true, Vec::new());
                self.kept(place, call, run, attempt)
            }
            Next::Code(_)
            | Next::Model(_)
            | Next::Human(_)
            | Next::User
            | Next::Agent
            | Next::Judge
            | Next::Nothing => {
                let (now, done) = self.kept(place, call, run, attempt);
                self.compare(step, run, &now);
                (now, done)
            }
        }
    }

    /// The recorded answer held against the contract as it is now.
    fn held(
        &mut self,
        step: &Step,
        run: &ToolRun,
        place: &Place,
        call: &ToolCall,
    ) -> (ToolRun, execute::Executed) {
        self.held = self.held.saturating_add(1);
        let text = match run.tries.last() {
            Some(last) if last.refused.is_empty() => last.text.clone(),
            // All proposals were refused: the first of them is held anew.
            Some(last) => last.text.clone(),
            None if run.ok => {
                let patch = serde_json::to_value(&run.patch).unwrap_or_default();
                json!({"result": run.result.to_json(), "patch": patch}).to_string()
            }
            None => json!({"error": run.result.as_str().unwrap_or(&run.text)}).to_string(),
        };
        let refused_before = run.tries.last().is_some_and(|t| !t.refused.is_empty());
        let reply = Reply {
            text,
            by: step.body.by.clone(),
            ..Reply::default()
        };
        let attempt = step.body.attempt;
        let Some(looked) = self.session.looked(place, call, attempt, &reply) else {
            return self.kept(place, call, run, attempt);
        };
        if let Some(done) = looked.done {
            let now = tool_run(call, looked.args, "model", &done, run.tries.clone());
            if refused_before {
                let what = String::from("proposed what was refused; now it would be accepted");
                self.differs(step, &call.tool, what, false, compared(run, &now));
            } else if run.executor == "model" {
                self.compare(step, run, &now);
            } else {
                let what = format!("would be asked of a model; {} answered it", run.executor);
                self.differs(step, &call.tool, what, true, compared(run, &now));
            }
            return (now, done);
        }
        if refused_before {
            return self.kept(place, call, run, attempt);
        }
        let why = looked.tried.refused.join("; ");
        let what = format!("would be refused by the state manager: {why}");
        self.differs(step, &call.tool, what, false, Vec::new());
        let done = execute::Executed::failed(&place.world, looked.tool.render, &why);
        let mut tries = run.tries.clone();
        if let Some(last) = tries.last_mut() {
            last.refused = looked.tried.refused;
        }
        (tool_run(call, looked.args, "model", &done, tries), done)
    }

    /// The recorded answer as it is, on the world as it is now.
    fn kept(
        &self,
        place: &Place,
        call: &ToolCall,
        run: &ToolRun,
        attempt: u32,
    ) -> (ToolRun, execute::Executed) {
        let scenario = &place.setting.scenario;
        let tool = scenario.tool(&call.tool);
        let failed = |text: &str| execute::Executed {
            result: run.result.clone(),
            text: text.to_owned(),
            ..execute::Executed::failed(&place.world, super::super::run::plain_render(place), "")
        };
        let done = match tool {
            // A write that landed is one, also where its reply was lost.
            Some(tool) if run.ok || !run.patch.is_empty() => {
                let at = self.session.at(place, attempt);
                execute::commit(
                    scenario,
                    tool,
                    &place.world,
                    &run.args,
                    at,
                    run.result.clone(),
                    &run.patch,
                    &run.lines,
                )
                .unwrap_or_else(|failed| *failed)
            }
            Some(_) | None => failed(&run.text),
        };
        let mut now = tool_run(
            call,
            run.args.clone(),
            &run.executor,
            &done,
            run.tries.clone(),
        );
        if done.ok {
            // What was shown of a sub-agent or a person is no rendering of ours,
            // nor what a fault has made of a result.
            now.ok = run.ok;
            now.text.clone_from(&run.text);
        }
        (now, done)
    }

    fn compare(&mut self, step: &Step, was: &ToolRun, is: &ToolRun) {
        let values = compared(was, is);
        let what = match (was.ok, is.ok) {
            (true, false) => format!("fails now: {}", is.text),
            (false, true) => format!("succeeds now; it failed: {}", was.text),
            (false, false) if was.text != is.text => {
                format!("fails otherwise: {}; before: {}", is.text, was.text)
            }
            (true, true) if !values.is_empty() => {
                let result = values.iter().any(|v| v.place.starts_with("result"));
                let writes = values.iter().any(|v| v.place.starts_with("writes"));
                String::from(match (result, writes) {
                    (true, true) => "answers and writes otherwise",
                    (false, true) => "writes otherwise",
                    _ => "answers otherwise",
                })
            }
            (true, true) if was.text != is.text => String::from("is shown otherwise to the agent"),
            _ => return,
        };
        let who = step_tool(was);
        self.differs(step, &who, what, false, values);
    }

    /// Whether a seat is asked something else than it was.
    fn asked(
        &mut self,
        old: &Session,
        step: &Step,
        before: &Place,
        place: &Place,
        was: &Next,
        is: &Next,
    ) {
        if !super::super::asked::was_asked(step) {
            return;
        }
        let name = seat(before, was);
        if self.seats.iter().any(|a| a.seat == name) {
            return;
        }
        let attempt = step.body.attempt;
        let ask = |session: &Session, place: &Place, next: &Next| {
            session.request(place, next, CallId(0), attempt, &Before::default())
        };
        let (Some(was), Some(is)) = (ask(old, before, was), ask(&self.session, place, is)) else {
            return;
        };
        let what = otherwise(&was, &is, &self.ids, !self.steps.is_empty());
        if !what.is_empty() {
            self.seats.push(Asked {
                seat: name,
                step: step.body.number,
                id: step.id,
                what,
            });
        }
    }

    /// Findings of the check that came or went.
    fn found(&mut self, step: &Step, body: &Body) {
        let (was, is) = (&step.body.findings, &body.findings);
        let key = |f: &crate::engine::score::Finding| (f.kind.clone(), f.key());
        let lacks =
            |all: &[crate::engine::score::Finding], f| !all.iter().any(|g| key(g) == key(f));
        let of = |new: bool, f: &crate::engine::score::Finding| Found {
            step: step.body.number,
            id: step.id,
            new,
            kind: f.kind.clone(),
            what: f.what.clone(),
            blame: f.blame,
        };
        let gone = was
            .iter()
            .filter(|f| f.by == "check" && lacks(is, *f))
            .map(|f| of(false, f));
        let came = is.iter().filter(|f| lacks(was, *f)).map(|f| of(true, f));
        self.findings.extend(gone.chain(came));
    }
}

/// A text with other ids in it.
fn with(text: &str, ids: &[(String, String)]) -> String {
    let mut out = text.to_owned();
    for (was, is) in ids {
        out = out.replace(was.as_str(), is);
    }
    out
}

/// What a call gave, with other ids in it.
fn run_with(run: &ToolRun, ids: &[(String, String)]) -> ToolRun {
    if ids.is_empty() {
        return run.clone();
    }
    let text = serde_json::to_string(run).unwrap_or_default();
    serde_json::from_str(&with(&text, ids)).unwrap_or_else(|_| run.clone())
}

fn step_tool(run: &ToolRun) -> String {
    run.call.tool.clone()
}

fn role_word(role: Role) -> &'static str {
    match role {
        Role::User => "the user's turn",
        Role::Agent => "the agent's turn",
        Role::Tool => "the tool simulator's answer",
        Role::Judge => "the judge's verdict",
    }
}

/// What of a request is otherwise, in words. What follows from another result
/// before is told only where nothing before is told to differ.
fn otherwise(was: &Request, is: &Request, ids: &[(String, String)], told: bool) -> Vec<String> {
    let mut out = Vec::new();
    if was.system != is.system {
        out.push(String::from("its instructions"));
    }
    for tool in &is.tools {
        match was.tools.iter().find(|t| t.name == tool.name) {
            None => out.push(format!("it has {}", tool.name)),
            Some(before) if before != tool => out.push(format!("how {} is described", tool.name)),
            Some(_) => {}
        }
    }
    for tool in &was.tools {
        if !is.tools.iter().any(|t| t.name == tool.name) {
            out.push(format!("it has no {}", tool.name));
        }
    }
    if was.schema != is.schema {
        out.push(String::from("the form of its answer"));
    }
    let texts =
        |r: &Request| -> Vec<String> { r.messages.iter().map(|m| m.text.clone()).collect() };
    let heard: Vec<String> = texts(was).iter().map(|text| with(text, ids)).collect();
    if out.is_empty() && !told && heard != texts(is) {
        out.push(String::from("what it is shown"));
    }
    out
}

/// Result and writes, value by value.
fn compared(was: &ToolRun, is: &ToolRun) -> Vec<Value> {
    let mut out = Vec::new();
    if was.ok && is.ok {
        out.extend(values("result", &was.result, &is.result));
    }
    let (a, b) = (writes(&was.patch), writes(&is.patch));
    let keys: std::collections::BTreeSet<&String> = a.keys().chain(b.keys()).collect();
    for key in keys {
        if a.get(key) != b.get(key) {
            out.push(Value {
                place: format!("writes {key}"),
                was: a.get(key).cloned(),
                is: b.get(key).cloned(),
            });
        }
    }
    out.truncate(VALUES);
    out
}

fn writes(patch: &Patch) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    for op in &patch.0 {
        let (path, what) = match op {
            Op::Add { path, value } | Op::Replace { path, value } => (path, value.brief(LETTERS)),
            Op::Remove { path } => (path, String::from("removed")),
            Op::Move { from, path } => (path, format!("moved from {from}")),
            Op::Copy { from, path } => (path, format!("copied from {from}")),
            Op::Test { .. } => continue,
        };
        out.insert(path.to_string(), what);
    }
    out
}

fn values(under: &str, was: &Node, is: &Node) -> Vec<Value> {
    let brief = |node: Option<Node>| node.map(|n| n.brief(LETTERS));
    let mut found = changes(was, is);
    found.truncate(VALUES);
    found
        .into_iter()
        .map(|change| {
            let place = match (under, change.path.0.is_empty()) {
                ("", _) => change.path.to_string(),
                (_, true) => under.to_owned(),
                (_, false) => format!("{under}.{}", change.path.0.join(".")),
            };
            Value {
                place,
                was: brief(change.before),
                is: brief(change.after),
            }
        })
        .collect()
}
