//! `stategen run`: a conversation from its opening to the judge, on the output.

use super::context::{Context, Named, json_line};
use super::exit::{Exit, Failure, Outcome};
use super::lines;
use crate::driver::headless::{self, Seen};
use crate::driver::{Driver, Seats, clock};
use crate::engine::effect::{Effect, Notice};
use crate::engine::event::Event;
use crate::engine::fault::{Deck, Spec};
use crate::engine::id::ConvId;
use crate::engine::input::Go;
use crate::engine::role::By;
use crate::engine::role::Role;
use crate::engine::scenario::nearest::did_you_mean;
use crate::engine::scenario::{Scenario, fault_never};
use crate::engine::score::Finding;
use crate::engine::session::{Session, State};
use crate::engine::world::Node;
use crate::store::{new_id, os_random};
use crate::surface::text::{clean, sentence};
use serde_json::json;
use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

/// Arguments of `run`.
#[derive(Debug, Default, clap::Args)]
pub struct Args {
    /// The scenario (a folder, a name of the project's, a sample), or a stored
    /// conversation to go on with.
    pub scenario: String,
    /// The task; the scenario's first where none is named.
    #[arg(long)]
    pub task: Option<String>,
    /// The seed.
    #[arg(long)]
    pub seed: Option<u64>,
    /// A persona of the scenario, or a profile.
    #[arg(long)]
    pub persona: Option<String>,
    /// A fault to put in: `timeout`, `lost_reply@issue_refund`, `slow:every 3`; may
    /// be given several times. `stategen faults` lists them.
    #[arg(long = "fault", value_name = "FAULT")]
    pub faults: Vec<String>,
    /// A deck of faults of the scenario; may be given several times.
    #[arg(long = "faults", value_name = "DECK")]
    pub decks: Vec<String>,
    /// Milliseconds that each call takes at least, to watch a run as it goes.
    #[arg(long, value_name = "MS", default_value_t = 0)]
    pub pause: u64,
    /// One JSON object a line: bodies alone, so that the same seed gives the
    /// same bytes.
    #[arg(long)]
    pub json: bool,
    /// Only what it came to.
    #[arg(long)]
    pub quiet: bool,
    /// End with 1 where an assertion does not hold or a gate is not met.
    #[arg(long)]
    pub strict: bool,
    /// Who plays.
    #[command(flatten)]
    pub flags: super::setup::Flags,
}

/// The task of a name, or the scenario's first.
///
/// # Errors
/// There is no such task: the names that there are.
pub fn task_of(scenario: &Scenario, wanted: Option<&str>) -> Result<String, Failure> {
    let names: Vec<&str> = scenario.tasks.iter().map(|t| t.id.as_str()).collect();
    match wanted {
        Some(name) if names.contains(&name) => Ok(name.to_owned()),
        Some(name) => {
            let near = crate::config::nearest(name, names.iter().copied())
                .map(|near| format!(" Did you mean `{near}`?"))
                .unwrap_or_default();
            Err(Failure::usage(format!(
                "there is no task `{name}`.{near} There are: {}.",
                names.join(", ")
            )))
        }
        None => names
            .first()
            .map(|name| (*name).to_owned())
            .ok_or_else(|| Failure::wrong("the scenario has no task")),
    }
}

/// What is printed of a conversation while it goes on.
struct Printer<'a> {
    args: &'a Args,
    out: &'a mut dyn Write,
    /// The world before the next event.
    world: Node,
    /// Why nothing is printed any more. The run goes on: it is stored.
    lost: Option<Failure>,
}

impl Printer<'_> {
    /// One event, after it was stored.
    fn event(&mut self, session: &Session, event: &Event) {
        if self.lost.is_none()
            && !self.args.quiet
            && let Err(why) = self.print(session, event)
        {
            self.lost = Some(why);
        }
        if let Event::Stepped { step, .. } = event
            && let Some(patch) = step.body.patch()
            && let Ok(applied) = patch.apply(&self.world)
        {
            self.world = applied.world;
        }
    }

    fn print(&mut self, session: &Session, event: &Event) -> Result<(), Failure> {
        if self.args.json {
            let line = match event {
                Event::Opened(opened) => json!({
                    "event": "opened", "scenario": opened.scenario, "version": opened.version,
                    "task": opened.task, "seed": opened.seed, "persona": opened.persona,
                    "faults": opened.faults, "program": opened.program,
                }),
                Event::Stepped { step, .. } => {
                    json!({"event": "step", "id": step.id, "body": step.body})
                }
                Event::Moved {
                    why, branch, head, ..
                } => json!({"event": "moved", "why": why, "branch": branch, "head": head}),
                Event::Ended { branch, why } => {
                    json!({"event": "ended", "branch": branch, "why": why})
                }
            };
            json_line(self.out, &line)?;
        } else {
            match event {
                Event::Opened(opened) => {
                    writeln!(self.out, "{}", opened.conversation)?;
                    writeln!(self.out, "{}", lines::head(session))?;
                }
                Event::Stepped { step, .. } => {
                    writeln!(self.out, "{}", lines::step(step, &self.world))?;
                }
                Event::Moved { .. } => {}
                Event::Ended { why, .. } => writeln!(self.out, "ended: {}", lines::ended(why))?,
            }
        }
        // A reader of a pipe may count on every line that it sees being stored,
        // and on seeing it as soon as it is.
        self.out.flush()?;
        Ok(())
    }

    /// What it came to.
    fn summary(&mut self, session: &Session) -> Result<Exit, Failure> {
        if let Some(why) = self.lost.take() {
            return Err(why);
        }
        let head = session.head();
        let place = session.place(head);
        let path = session.path(head);
        let assertions = session.assertions(head);
        let held = assertions.iter().filter(|a| a.holds).count();
        let verdict = session.verdict(head);
        let bodies = || path.iter().filter_map(|p| Some(&p.step.as_ref()?.body));
        let checked: Vec<&Finding> = bodies().flat_map(|b| &b.findings).collect();
        // What the judge says after the check is said once.
        let same = |f: &&Finding| {
            let mut all = checked.iter();
            all.any(|c| c.kind == f.kind && c.step == f.step)
        };
        let judged = verdict.as_ref().map_or(0, |v| {
            let own = v.findings.iter().filter(|f| !same(f));
            own.count()
        });
        let scripted = bodies().any(|b| b.by == By::Scripted);
        let ended = session.ended(head);
        if self.args.json {
            let faults: Vec<_> = session
                .recoveries(head)
                .iter()
                .map(super::faults::as_json)
                .collect();
            let line = json!({
                "event": "summary", "faults": faults, "steps": path.len(), "turns": place.turns,
                "ended": ended.map(lines::ended_word),
                "overall": verdict.as_ref().map(|v| v.overall),
                "gates_failed": verdict.as_ref().map(|v| &v.gates_failed),
                "findings": checked.len(), "judge_findings": judged, "held": held, "assertions": assertions,
                "scripted": scripted, "world": place.world.hash(),
            });
            json_line(self.out, &line)?;
        } else {
            if !assertions.is_empty() {
                writeln!(self.out, "{}", lines::assertions(&assertions))?;
            }
            if let Some(words) = super::faults::recoveries(&session.recoveries(head)) {
                writeln!(self.out, "{words}")?;
            }
            let overall = verdict
                .as_ref()
                .map_or_else(String::new, |v| format!("  overall {:.2}", v.overall));
            let more = if judged == 0 {
                String::new()
            } else {
                format!(", {judged} more of the judge")
            };
            let by = if scripted { "  scripted" } else { "" };
            writeln!(
                self.out,
                "{}  {}  {held} of {} assertions hold  {}{more}{overall}{by}",
                lines::count(path.len(), "step"),
                lines::count(place.turns as usize, "turn"),
                assertions.len(),
                lines::count(checked.len(), "finding"),
            )?;
        }
        let met = verdict.is_none_or(|v| v.gates_failed.is_empty());
        let fine = held == assertions.len() && met && ended.is_some();
        Ok(if self.args.strict && !fine {
            Exit::Wrong
        } else {
            Exit::Ok
        })
    }
}

/// Runs the command.
///
/// # Errors
/// There is no such scenario, task, persona or fault; the store cannot be
/// written; a role could not be asked.
pub fn run(args: &Args, ctx: &Context, out: &mut dyn Write) -> Outcome {
    let setup = super::setup::setup(ctx, &args.flags)?;
    let (session, opening) = match ctx.named(&args.scenario)? {
        Named::Scenario(name) => begin(args, ctx, &name)?,
        Named::Conversation(id) => (go_on(args, ctx, &id)?, Vec::new()),
    };
    super::setup::fit(&args.flags, session.scenario())?;
    let id = session.opened().conversation.clone();
    let world = session.place(session.head()).world.clone();
    let mut printer = Printer {
        args,
        out,
        world,
        lost: None,
    };
    let store = Arc::new(ctx.store()?);
    let seats = Seats::new(&session, setup, Some(Arc::clone(&store)));
    let mut driver = Driver::open(session, &opening, Some(store))?;
    for effect in &opening {
        if let Effect::Append(event) = effect {
            printer.event(driver.session(), event);
        }
    }
    // The driver is busy while it runs; what the conversation is does not change.
    let shown = driver.session().clone();
    let mut failed = None;
    let pause = Duration::from_millis(args.pause);
    headless::run(&mut driver, &seats, Go::End, pause, |seen| match seen {
        Seen::Committed(events) => {
            for event in events {
                printer.event(&shown, event);
            }
        }
        Seen::Waiting(words) => eprintln!("stategen: {}", clean(words)),
        Seen::Log(_) => {}
        Seen::Notice(notice) => {
            if let Some(words) = told(notice) {
                eprintln!("stategen: {}", clean(&words));
            }
            if let Notice::CallFailed { seat, error } = notice {
                failed = Some(format!("the {seat} could not be asked: {error}"));
            }
        }
    })?;
    let session = driver.session();
    let exit = printer.summary(session)?;
    if let Some(words) = lines::spent(&seats.spend()) {
        // Of one run, and none of the conversation's: it is no JSON line.
        if args.json {
            eprintln!("stategen: {words}");
        } else {
            writeln!(printer.out, "{words}")?;
        }
    }
    if let Some(why) = failed {
        return Err(Failure::call(format!(
            "{} Everything before it is stored: `stategen run {id}` goes on, with another model where \
             `--model` names one; `stategen open {id}` does in the workbench.",
            clean(&sentence(&why))
        )));
    }
    if let State::Human { call, .. } = session.state() {
        return Err(Failure::call(format!(
            "a person must answer `{}`: `stategen open {id}` goes on there.",
            clean(&call.tool)
        )));
    }
    if let State::Person { role, .. } = session.state() {
        let seat = match role {
            Role::User => "user",
            Role::Agent | Role::Tool | Role::Judge => "agent",
        };
        return Err(Failure::call(format!(
            "a person has the seat of the {seat}: `stategen open {id}` goes on there."
        )));
    }
    Ok(exit)
}

/// A new conversation.
pub(super) fn begin(
    args: &Args,
    ctx: &Context,
    name: &str,
) -> Result<(Session, Vec<Effect>), Failure> {
    let scenario = ctx.scenario(name)?;
    let task = task_of(&scenario, args.task.as_deref())?;
    let seed = args.seed.unwrap_or(ctx.config.seed.value);
    let faults = faults_of(&scenario, &args.faults, &args.decks)?;
    let persona = scenario
        .persona_for(&task, args.persona.as_deref(), seed)
        .map_err(Failure::usage)?;
    let id = new_id(clock::now_ms(), os_random());
    Session::open(id, scenario, &task, persona, seed, faults).map_err(Failure::wrong)
}

/// The faults that a conversation is opened with: those that are named, and decks.
///
/// # Errors
/// There is no such fault, tool or deck: what there is.
pub fn faults_of(
    scenario: &Scenario,
    faults: &[String],
    decks: &[String],
) -> Result<Vec<String>, Failure> {
    let mut out = Vec::new();
    for text in faults {
        let spec = Spec::parse(text).map_err(Failure::usage)?;
        if let Some(name) = &spec.tool {
            let tools = scenario.tools.iter().map(|t| t.name.as_str());
            let Some(tool) = scenario.tool(name) else {
                let near = did_you_mean(name, tools);
                return Err(Failure::usage(format!(
                    "there is no tool `{name}`; {near}."
                )));
            };
            if let Some(why) = fault_never(spec.fault, tool) {
                let fault = spec.fault;
                return Err(Failure::usage(format!(
                    "`{fault}` never fits `{name}`: {why}."
                )));
            }
        }
        out.push(spec.to_string());
    }
    for name in decks {
        if scenario.deck(name).is_none() {
            let all = scenario.faults.iter().map(|d| d.name.as_str());
            let known = did_you_mean(name, all);
            let known = if known.is_empty() {
                String::from("scenario.yaml has none")
            } else {
                known
            };
            return Err(Failure::usage(format!(
                "there is no deck of faults `{name}`; {}.",
                known.trim_end_matches('?')
            )));
        }
        out.push(Deck::asked_as(name));
    }
    Ok(out)
}

/// A stored conversation where its log ends.
pub(super) fn stored(args: &Args, ctx: &Context, id: &ConvId) -> Result<Session, Failure> {
    let fixed = args.task.is_some() || args.seed.is_some() || args.persona.is_some();
    if fixed || !args.faults.is_empty() || !args.decks.is_empty() {
        return Err(Failure::usage(format!(
            "{id} has its task, seed, persona and faults already; `--model` and the flags of \
             output are what can be chosen."
        )));
    }
    Ok(ctx.store()?.replay(id)?.session)
}

/// The same, where it has not ended.
fn go_on(args: &Args, ctx: &Context, id: &ConvId) -> Result<Session, Failure> {
    let session = stored(args, ctx, id)?;
    if let Some(why) = session.ended(session.head()) {
        return Err(Failure::usage(format!(
            "{id} has ended: {}. `stategen open {id}` can go on from an earlier step.",
            lines::ended(why)
        )));
    }
    Ok(session)
}

/// A notice in words; `None` for what is no news on the command line.
pub(super) fn told(notice: &Notice) -> Option<String> {
    match notice {
        Notice::Repair { seat, why } => Some(format!("the {seat} is asked again: {why}")),
        Notice::Refused(why) => Some(why.clone()),
        Notice::Broke(why) => Some(format!("stopped: {why}")),
        // Both are said at the end, with what to do.
        Notice::CallFailed { .. }
        | Notice::HumanNeeded { .. }
        | Notice::SeatWaits(_)
        | Notice::LateReply(_) => None,
    }
}
