//! How long the prompts of a scenario get: a scripted conversation of each of
//! its tasks is played, and every request in it is measured.

use crate::cli::context::Context;
use crate::cli::exit::Failure;
use crate::config::scenario_names;
use crate::driver::{Driver, Seats, headless};
use crate::engine::id::ConvId;
use crate::engine::input::Go;
use crate::engine::role::{About, Request, Role};
use crate::engine::session::Session;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// Tokens that an answer is taken to need where `max_tokens` is not set.
pub const ANSWER: u32 = 1024;
/// Tasks that are played.
const TASKS: usize = 6;

/// Characters of the longest request, by seat.
#[derive(Debug)]
pub struct Longest {
    /// The scenario's name.
    pub scenario: String,
    seats: BTreeMap<String, usize>,
}

impl Longest {
    /// Of a seat; a special seat that did not come up is measured by its role.
    #[must_use]
    pub fn of(&self, seat: &str) -> Option<usize> {
        let role = seat.split_once('/').map_or(seat, |(role, _)| role);
        [seat, role]
            .iter()
            .find_map(|s| self.seats.get(*s))
            .copied()
    }
}

/// Tokens of a text of so many characters: four characters a token, which is
/// near enough for English and JSON (5917 counted so for 6001 of a tokenizer).
#[must_use]
pub fn tokens(chars: usize) -> u64 {
    chars.div_ceil(4) as u64
}

/// Measures a scenario.
///
/// # Errors
/// There is none of this name, or it has errors.
pub fn longest(ctx: &Context, wanted: Option<&str>) -> Result<Longest, Failure> {
    let name = wanted.map_or_else(
        || {
            let mut names = scenario_names(&ctx.project, &ctx.config).into_iter();
            names.next().map(|(name, _)| name).unwrap_or_default()
        },
        str::to_owned,
    );
    let scenario = ctx.scenario(&name)?;
    let mut out = Longest {
        scenario: name,
        seats: BTreeMap::new(),
    };
    for task in scenario.tasks.iter().take(TASKS) {
        let persona = scenario
            .persona_for(&task.id, None, 1)
            .map_err(Failure::usage)?;
        let id = ConvId(String::from("ping"));
        let scenario = Arc::clone(&scenario);
        let (session, opening) = Session::open(id, scenario, &task.id, persona, 1, Vec::new())
            .map_err(Failure::wrong)?;
        let seats = Seats::scripted(&session);
        let mut driver = Driver::open(session, &opening, None)?;
        headless::run(&mut driver, &seats, Go::End, Duration::ZERO, |_| {})?;
        let session = driver.session();
        for place in session.path(session.head()) {
            let Some(request) = place.step.as_ref().and_then(|s| session.asked(s.id)) else {
                continue;
            };
            let chars = length(&request);
            for seat in names(&request) {
                let most = out.seats.entry(seat).or_default();
                *most = chars.max(*most);
            }
        }
    }
    Ok(out)
}

fn names(request: &Request) -> Vec<String> {
    let (role, special) = match (&request.role, &request.about) {
        (Role::User, _) => ("user", None),
        (Role::Agent, _) => ("agent", request.agent.last()),
        (Role::Tool, About::ToolAnswer { tool, .. }) => ("tool", Some(tool)),
        (Role::Tool, _) => ("tool", None),
        (Role::Judge, _) => ("judge", None),
    };
    let mut out = vec![role.to_owned()];
    out.extend(special.map(|name| format!("{role}/{name}")));
    out
}

/// Characters of all that is sent.
fn length(request: &Request) -> usize {
    let chars = |text: &str| text.chars().count();
    let json = |value: &serde_json::Value| chars(&value.to_string());
    let messages = request.messages.iter().map(|m| {
        let calls = m.calls.iter().map(|c| chars(&c.tool) + chars(&c.raw));
        chars(&m.text) + calls.sum::<usize>()
    });
    let tools = request
        .tools
        .iter()
        .map(|t| chars(&t.name) + chars(&t.description) + json(&t.parameters));
    chars(&request.system)
        + messages.sum::<usize>()
        + tools.sum::<usize>()
        + request.schema.as_ref().map_or(0, json)
}
