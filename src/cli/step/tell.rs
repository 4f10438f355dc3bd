//! What each order does, and what is printed of it.

use super::Desk;
use super::order::{HELP, Order};
use crate::cli::decide::{person, take_back};
use crate::cli::exit::Failure;
use crate::cli::persona::vector;
use crate::cli::{faults, lines, show, verdicts, wire};
use crate::dataset::queue::{self, Note, Status};
use crate::driver::clock;
use crate::engine::fault::Fault;
use crate::engine::id::StepId;
use crate::engine::input::{Acted, Command, Go, Onto};
use crate::engine::session::{Place, State, Turn};
use crate::engine::step::Step;
use crate::engine::world::{Node, Path};
use crate::store::{Choice, Decision};
use crate::surface::text::{clean, clean_line};
use std::sync::Arc;

impl Desk<'_> {
    /// Does what was said; `false` to leave.
    pub(super) fn perform(&mut self, order: Order) -> Result<bool, Failure> {
        match order {
            Order::Quit => return Ok(false),
            Order::Help => {
                for (said, does) in HELP {
                    writeln!(self.out, "  {said:<28}  {does}")?;
                }
            }
            Order::Step => self.go(Go::Step)?,
            Order::Round => self.go(Go::Round)?,
            Order::Run => self.go(Go::End)?,
            Order::Judge => self.command(Command::Judge)?,
            Order::Retry(clean) => self.command(Command::Retry { clean })?,
            Order::Undo => self.moved(Command::Undo)?,
            Order::Redo => self.moved(Command::Redo)?,
            Order::Back(n) => {
                let at = self.at(n)?;
                self.moved(Command::Overwrite { at })?;
            }
            Order::Fork(n) => {
                let at = match n {
                    Some(n) => self.at(n)?,
                    None => self.session().head(),
                };
                self.moved(Command::Fork { at })?;
            }
            Order::Switch(branch) => self.moved(Command::Switch { branch })?,
            Order::Branches => self.branches()?,
            Order::Tries(n, to) => self.tries(n, to)?,
            Order::Try(n, times) => self.trial(n, times)?,
            Order::Say(text) => self.act(Acted::Said { text, done: false })?,
            Order::Done(text) => self.act(Acted::Said { text, done: true })?,
            Order::Reply(text) => self.act(Acted::Answered {
                text,
                calls: Vec::new(),
            })?,
            Order::Answer(text) => {
                let result: Node = serde_json::from_str(&text)
                    .map_err(|why| Failure::usage(format!("that is no JSON: {why}.")))?;
                self.act(Acted::Result {
                    result,
                    ok: true,
                    patch: None,
                })?;
            }
            Order::Fail(text) => self.act(Acted::Result {
                result: Node::str(text),
                ok: false,
                patch: None,
            })?,
            Order::Take(seat, once) => self.moved(Command::Take { seat, once })?,
            Order::Hand(seat) => self.moved(Command::HandBack { seat })?,
            Order::Break(None) => {
                let on: Vec<String> = self
                    .session()
                    .breaks()
                    .iter()
                    .map(ToString::to_string)
                    .collect();
                let words = if on.is_empty() {
                    String::from("no breakpoint")
                } else {
                    on.join("; ")
                };
                writeln!(self.out, "{}", clean_line(&words))?;
            }
            Order::Break(Some(on)) => self.command(Command::Break { on })?,
            Order::Fault(None) => self.faults()?,
            Order::Fault(Some(word)) => {
                let fault = Fault::parse(&word).map_err(Failure::usage)?;
                let onto = Onto::Head;
                self.command(Command::Inject { onto, fault })?;
                self.waits()?;
            }
            Order::Show(n) => self.show(n)?,
            Order::Where => self.place()?,
            Order::World(path) => self.world(&path)?,
            Order::Change(n) => {
                let step = self.step(n)?;
                let before = self.session().place(step.parent).world.clone();
                let words = match step.body.patch() {
                    Some(patch) => lines::change(patch, &[], &before),
                    None => format!("step {} changed nothing", step.body.number),
                };
                writeln!(self.out, "{}", clean(&words))?;
            }
            Order::Persona => {
                let session = self.session();
                let persona = session.persona_at(session.head());
                let words = vector(persona, session.opened().seed);
                writeln!(self.out, "{}", clean(&words))?;
            }
            Order::Goal => {
                let session = self.session();
                let words = session.task_at(session.head()).goal.clone();
                writeln!(self.out, "{}", clean(&words))?;
            }
            Order::Scores => self.scores()?,
            Order::Findings => self.findings()?,
            Order::Wire(n) => {
                let mut path = self.path();
                if let Some(n) = n {
                    self.step(Some(n))?;
                    path.truncate(n as usize);
                }
                let session = self.driver.session();
                let id = &session.opened().conversation;
                wire::show(
                    &self.store,
                    id,
                    session,
                    &path,
                    n.is_none(),
                    false,
                    self.out,
                )?;
            }
            Order::Prompt(role) => {
                if !["user", "agent", "tool", "judge"].contains(&role.as_str()) {
                    return Err(Failure::usage("`prompt` takes user, agent, tool or judge."));
                }
                let path = self.path();
                show::prompt(self.driver.session(), &path, &role, self.out)?;
            }
            Order::Approve(why) => self.decide(Choice::Approve, &why)?,
            Order::Discard(why) => self.decide(Choice::Discard, &why)?,
            Order::Undecide => {
                let id = self.session().opened().conversation.clone();
                let branch = self.session().current().name.clone();
                let item = queue::item(&self.store, &id, Some(&branch))?;
                let back = match item {
                    Some(item) => take_back(&self.store, &item, &person(), clock::now_ms())?,
                    None => false,
                };
                if !back {
                    return Err(Failure::wrong("nobody has decided about this branch."));
                }
                writeln!(self.out, "{}  open again", clean_line(&branch))?;
            }
            Order::Tag(word) => self.note(&Note::Tag(word))?,
            Order::Comment(text) => self.note(&Note::Comment(text))?,
            Order::Mark => {
                let id = self.session().opened().conversation.clone();
                let marked = self.store.notes(&id)?.marked;
                self.note(&Note::Mark(!marked))?;
            }
        }
        Ok(true)
    }

    /// Every fault of the deck for whoever's turn it is: that it fits, or why not.
    fn faults(&mut self) -> Result<(), Failure> {
        let session = self.driver.session();
        for (fault, fits) in session.faults_at(session.head()) {
            let line = match fits {
                Ok(()) => format!("  {:<18} {}", fault.name(), fault.about()),
                Err(why) => format!("- {:<18} {why}", fault.name()),
            };
            writeln!(self.out, "{}", clean_line(&line))?;
        }
        Ok(())
    }

    fn go(&mut self, how: Go) -> Result<(), Failure> {
        self.command(Command::Go(how))?;
        self.waits()
    }

    fn moved(&mut self, command: Command) -> Result<(), Failure> {
        self.command(command)?;
        self.place()
    }

    fn act(&mut self, act: Acted) -> Result<(), Failure> {
        self.command(Command::Act {
            onto: Onto::Head,
            act,
            instead: None,
        })?;
        self.waits()
    }

    fn path(&self) -> Vec<Arc<Place>> {
        self.session().path(self.session().head())
    }

    /// The step of a number on this branch; the newest where none is named.
    fn step(&self, n: Option<u32>) -> Result<Step, Failure> {
        let path = self.path();
        let at = n.map_or(path.len(), |n| n as usize);
        at.checked_sub(1)
            .and_then(|at| path.get(at)?.step.clone())
            .ok_or_else(|| {
                Failure::usage(format!(
                    "there is no step {at}: {} has {}.",
                    clean_line(&self.session().current().name),
                    lines::count(path.len(), "step")
                ))
            })
    }

    /// The place after a step; 0 is the start.
    fn at(&self, n: u32) -> Result<Option<StepId>, Failure> {
        if n == 0 {
            return Ok(None);
        }
        self.step(Some(n)).map(|step| Some(step.id))
    }

    /// Where it stands, in one line.
    pub(super) fn place(&mut self) -> Result<(), Failure> {
        let session = self.driver.session();
        let head = session.head();
        let place = session.place(head);
        let next = match session.turn(head) {
            Turn::User => String::from("next: user"),
            Turn::Agent { agent } => format!("next: agent {}", agent.join("/")),
            Turn::Tool { call, .. } => format!("next: tool {}", call.tool),
            Turn::Judge => String::from("next: judge"),
            Turn::Nobody => String::from("at its end"),
        };
        let mut words = format!(
            "{}  {}  {}  {next}",
            session.current().name,
            lines::count(place.number() as usize, "step"),
            lines::count(place.turns as usize, "turn"),
        );
        let taken: Vec<&str> = session.taken().iter().map(|(s, _)| s.as_str()).collect();
        if !taken.is_empty() {
            words.push_str("  you are: ");
            words.push_str(&taken.join(", "));
        }
        let id = session.opened().conversation.clone();
        let branch = session.current().name.clone();
        if let Some(item) = queue::item(&self.store, &id, Some(&branch))?
            && item.status != Status::Open
        {
            words.push_str("  ");
            words.push_str(item.status.word());
        }
        writeln!(self.out, "{}", clean_line(&words))?;
        Ok(())
    }

    /// What a person is waited for, where one is.
    fn waits(&mut self) -> Result<(), Failure> {
        let words = match self.session().state() {
            State::Human { call, .. } => format!(
                "`{}` waits for you with {}: `answer JSON`, or `fail TEXT`",
                call.tool, call.raw
            ),
            State::Person { role, .. } => {
                let how = match role {
                    crate::engine::role::Role::User => "`say TEXT`, or `done`",
                    crate::engine::role::Role::Agent
                    | crate::engine::role::Role::Tool
                    | crate::engine::role::Role::Judge => "`reply TEXT`",
                };
                format!("it is your turn: {how}")
            }
            State::Paused | State::Working | State::Calling { .. } | State::Ended(_) => {
                return Ok(());
            }
        };
        writeln!(self.out, "{}", clean_line(&words))?;
        Ok(())
    }

    fn show(&mut self, n: Option<u32>) -> Result<(), Failure> {
        let steps: Vec<Step> = if let Some(n) = n {
            vec![self.step(Some(n))?]
        } else {
            let path = self.path();
            path.iter().filter_map(|p| p.step.clone()).collect()
        };
        for step in steps {
            let before = &self.driver.session().place(step.parent).world;
            writeln!(self.out, "{}", lines::step(&step, before))?;
        }
        if n.is_none() {
            self.place()?;
        }
        Ok(())
    }

    /// The world, or the value at `orders.8841.status` or `/orders/8841/status`.
    fn world(&mut self, wanted: &str) -> Result<(), Failure> {
        let world = self.session().place(self.session().head()).world.clone();
        let pointer = if wanted.is_empty() || wanted.starts_with('/') {
            wanted.to_owned()
        } else {
            let parts = wanted.split('.');
            let parts: Vec<String> = parts
                .map(|p| p.replace('~', "~0").replace('/', "~1"))
                .collect();
            format!("/{}", parts.join("/"))
        };
        let found = Path::parse(&pointer).and_then(|path| path.find(&world).cloned());
        let Some(found) = found else {
            return Err(Failure::wrong(format!(
                "the world has nothing at `{}`.",
                clean_line(wanted)
            )));
        };
        let value = serde_json::to_value(&found).unwrap_or_default();
        let text = serde_json::to_string_pretty(&value).unwrap_or_default();
        writeln!(self.out, "{}", clean(&text))?;
        Ok(())
    }

    fn branches(&mut self) -> Result<(), Failure> {
        let words = show::branches(self.session());
        writeln!(self.out, "{words}")?;
        Ok(())
    }

    fn tries(&mut self, n: Option<u32>, to: Option<usize>) -> Result<(), Failure> {
        let step = self.step(n)?;
        let all = self.session().tries(step.id);
        if let Some(to) = to {
            let found = to.checked_sub(1).and_then(|at| all.get(at).copied());
            let step = found.ok_or_else(|| {
                Failure::usage(format!(
                    "step {} has {}.",
                    step.body.number,
                    if all.len() == 1 {
                        String::from("1 try")
                    } else {
                        format!("{} tries", all.len())
                    }
                ))
            })?;
            return self.moved(Command::Try { step });
        }
        for (n, id) in all.iter().enumerate() {
            if let Some(found) = self.driver.session().step(*id) {
                let here = if *id == step.id { ">" } else { " " };
                let text = found.body.text().lines().next().unwrap_or_default();
                let words = format!("{here} {}  {text}", n + 1);
                writeln!(self.out, "{}", clean_line(&words))?;
            }
        }
        Ok(())
    }

    fn trial(&mut self, n: u32, times: u32) -> Result<(), Failure> {
        let at = self.at(n)?;
        self.command(Command::Trial { at, times })?;
        let Some(trial) = self.session().trial().cloned() else {
            return Ok(());
        };
        let whole = |r: &&crate::engine::session::Trialled| r.of > 0 && r.held == r.of;
        for run in &trial.runs {
            let end = run
                .ended
                .as_ref()
                .map_or_else(|| String::from("stopped"), lines::ended);
            let words = format!("{}  {} of {} hold  {end}", run.branch, run.held, run.of);
            writeln!(self.out, "{}", clean_line(&words))?;
        }
        let all = trial.runs.iter().filter(whole).count();
        writeln!(
            self.out,
            "every assertion holds in {all} of {}",
            lines::count(trial.runs.len(), "run")
        )?;
        self.place()
    }

    fn scores(&mut self) -> Result<(), Failure> {
        let session = self.driver.session();
        let head = session.head();
        let mut out = Vec::new();
        match session.verdict(head) {
            Some(verdict) => out.push(lines::scores(&verdict)),
            None => out.push(String::from("the judge has not spoken on this branch")),
        }
        let results = session.assertions(head);
        if !results.is_empty() {
            out.push(lines::assertions(&results));
        }
        out.extend(faults::recoveries(&session.recoveries(head)));
        out.extend(verdicts::side_by_side(&session.verdicts(head)));
        for block in out {
            writeln!(self.out, "{block}")?;
        }
        Ok(())
    }

    fn findings(&mut self) -> Result<(), Failure> {
        let session = self.driver.session();
        let head = session.head();
        let path = session.path(head);
        let mut out: Vec<String> = path
            .iter()
            .filter_map(|p| p.step.as_ref())
            .flat_map(|s| s.body.findings.iter().map(lines::finding))
            .collect();
        if let Some(verdict) = session.verdict(head) {
            out.extend(verdict.findings.iter().map(lines::finding));
        }
        if out.is_empty() {
            out.push(String::from("no finding on this branch"));
        }
        for line in out {
            writeln!(self.out, "{line}")?;
        }
        Ok(())
    }

    fn decide(&mut self, choice: Choice, why: &str) -> Result<(), Failure> {
        let session = self.driver.session();
        let Some(head) = session.head() else {
            return Err(Failure::wrong(
                "there is no step yet, so there is nothing to decide about.",
            ));
        };
        let decision = Decision {
            number: 0,
            conversation: session.opened().conversation.clone(),
            branch: session.current().name.clone(),
            head,
            choice,
            reason: why.to_owned(),
            by: person(),
            time_ms: clock::now_ms(),
            undone: false,
        };
        let branch = decision.branch.clone();
        self.store.decide(&[decision])?;
        writeln!(self.out, "{}  {}", clean_line(&branch), choice.done())?;
        Ok(())
    }

    fn note(&mut self, note: &Note) -> Result<(), Failure> {
        let id = self.session().opened().conversation.clone();
        let now = clock::now_ms();
        self.store
            .note(std::slice::from_ref(&id), note, &person(), now)?;
        let notes = self.store.notes(&id)?;
        let mut words: Vec<String> = Vec::new();
        if notes.marked {
            words.push(String::from("marked"));
        }
        words.extend(notes.tags.iter().map(|tag| format!("#{tag}")));
        if !notes.comment.is_empty() {
            words.push(notes.comment.clone());
        }
        if words.is_empty() {
            words.push(String::from("nothing is written beside it"));
        }
        writeln!(self.out, "{}", clean_line(&words.join("  ")))?;
        Ok(())
    }
}
