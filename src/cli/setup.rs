//! Who plays which seat: configuration, flags and environment become one
//! [`Setup`]. The only place where a key is read, and nothing prints it.

use super::context::Context;
use super::exit::Failure;
use crate::config::{Config, SCRIPTED, Section, is_seat, nearest};
use crate::driver::Setup;
use crate::driver::setup::{Bounds, Player, Price, SEATS};
use crate::engine::scenario::{Executor, Scenario};
use crate::providers::cassette;
use crate::providers::{
    Dialect, Endpoint, Model, Sampling, Secret, Structured, Timeouts, Tools, Transport,
};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// Flags of every command that can ask models.
#[derive(Clone, Debug, Default, PartialEq, Eq, clap::Args)]
pub struct Flags {
    /// Who plays a seat (user, agent, tool, judge, agent/NAME, tool/NAME);
    /// without SEAT= all four. `scripted` asks no model. May be given several
    /// times.
    #[arg(long = "model", value_name = "[SEAT=]PROVIDER/MODEL")]
    pub models: Vec<String>,
    /// Write every answer into this cassette.
    #[arg(long, value_name = "FILE", conflicts_with = "replay")]
    pub record: Option<PathBuf>,
    /// Take every answer from this cassette: nothing is sent, nothing is paid.
    #[arg(long, value_name = "FILE")]
    pub replay: Option<PathBuf>,
    /// Dollars that the conversation may cost, over `conversation_usd`.
    #[arg(long, value_name = "USD", value_parser = dollars)]
    pub cap: Option<Micros>,
}

/// Millionths of a dollar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Micros(pub u64);

fn dollars(text: &str) -> Result<Micros, String> {
    match text.trim_start_matches('$').parse::<f64>() {
        Ok(usd) if (0.0..=1_000_000.0).contains(&usd) => Ok(Micros(micros(usd))),
        Ok(_) | Err(_) => Err(String::from("an amount in dollars is wanted, such as 0.50")),
    }
}

fn micros(usd: f64) -> u64 {
    (usd * 1e6).round() as u64
}

/// Everything that the seats are made of.
///
/// # Errors
/// What is wrong in the configuration or the flags; a variable that is not set
/// is no error here.
pub fn setup(ctx: &Context, flags: &Flags) -> Result<Setup, Failure> {
    let var = |name: &str| std::env::var(name).ok();
    let mut setup = build(&ctx.config, flags, &var).map_err(Failure::usage)?;
    let cassette = |why: crate::providers::CallError| Failure::store(why.to_string());
    if let Some(path) = &flags.record {
        setup.transport = Transport::Record(cassette::Recorder::create(path).map_err(cassette)?);
    } else if let Some(path) = &flags.replay {
        setup.transport = Transport::Replay(cassette::Player::open(path).map_err(cassette)?);
    }
    Ok(setup)
}

/// The same without cassettes; `var` reads the environment.
///
/// # Errors
/// One sentence or two.
pub fn build(
    config: &Config,
    flags: &Flags,
    var: &dyn Fn(&str) -> Option<String>,
) -> Result<Setup, String> {
    // Whoever asks for no models at all needs no configuration of them.
    let none = flags.models.iter().any(|m| m == SCRIPTED);
    let models = &config.models;
    if models.wrong > 0 && !none {
        return Err(String::from(
            "what is configured of models has errors, and nobody is asked before they are mended: \
             `stategen config` lists them. `--model scripted` goes on without models.",
        ));
    }
    let mut made = Made {
        config,
        var,
        endpoints: BTreeMap::new(),
        choices: BTreeMap::new(),
    };
    let mut wanted: BTreeMap<String, (String, String)> = BTreeMap::new();
    for seat in models.roles.keys() {
        if let Some(role) = models.role(seat)
            && let Some(provider) = role.text("provider")
        {
            let model = role.text("model").unwrap_or_default();
            wanted.insert(seat.clone(), (provider.to_owned(), model.to_owned()));
        }
    }
    if none {
        // What is broken is not even looked at.
        wanted.clear();
    }
    for (provider, model) in wanted.values() {
        made.choice(provider, model)?;
    }
    for flag in &flags.models {
        let (seat, provider, model) = read_flag(config, flag)?;
        made.choice(&provider, &model)?;
        if let Some(seat) = seat {
            wanted.insert(seat, (provider, model));
        } else {
            wanted.clear();
            for seat in SEATS {
                wanted.insert(seat.to_owned(), (provider.clone(), model.clone()));
            }
        }
    }
    let mut setup = Setup::default();
    for (seat, (provider, model)) in wanted {
        let sampling = models
            .role(&seat)
            .map_or_else(Sampling::default, |r| sampling(&r));
        let player = made.player(&provider, &model, sampling)?;
        setup.seats.insert(seat, player);
    }
    setup.choices = made.choices;
    for (name, section) in &models.providers {
        setup.bounds.insert(name.clone(), bounds(section));
    }
    for (id, section) in &models.models {
        if let Some(price) = price(section) {
            setup.prices.insert(id.clone(), price);
        }
        if let Some(context) = section.whole("context") {
            setup.contexts.insert(id.clone(), context);
        }
    }
    let samples = models.roles.get("judge").and_then(|r| r.whole("samples"));
    setup.samples = samples.map_or(1, |n| n as u32);
    let limit = models
        .limits
        .as_ref()
        .and_then(|l| l.number("conversation_usd"));
    setup.cap_micros = flags.cap.map(|c| c.0).or(limit.map(micros));
    Ok(setup)
}

/// Checks that the special seats that flags name are in a scenario. Those of the
/// configuration may belong to another one.
///
/// # Errors
/// There is no such agent, or no such simulated tool.
pub fn fit(flags: &Flags, scenario: &Scenario) -> Result<(), Failure> {
    for flag in &flags.models {
        let seat = flag.split_once('=').map(|(seat, _)| seat);
        let Some((role, name)) = seat.filter(|s| is_seat(s)).and_then(|s| s.split_once('/')) else {
            continue;
        };
        let names: Vec<&str> = match role {
            "agent" => scenario.agents.iter().map(|a| a.name.as_str()).collect(),
            _ => scenario
                .tools
                .iter()
                .filter(|t| matches!(t.executor, Executor::Model))
                .map(|t| t.name.as_str())
                .collect(),
        };
        if names.contains(&name) {
            continue;
        }
        let what = if role == "agent" {
            "agent"
        } else {
            "tool that a model plays"
        };
        let there = if names.is_empty() {
            String::from("there is none")
        } else {
            format!("there are: {}", names.join(", "))
        };
        let near = nearest(name, names.iter().copied())
            .map(|near| format!(" Did you mean `{role}/{near}`?"))
            .unwrap_or_default();
        return Err(Failure::usage(format!(
            "--model {flag}: the scenario has no {what} `{name}`; {there}.{near}"
        )));
    }
    Ok(())
}

/// `[SEAT=]PROVIDER/MODEL`.
fn read_flag(config: &Config, flag: &str) -> Result<(Option<String>, String, String), String> {
    let models = &config.models;
    let (seat, name) = match flag.split_once('=') {
        Some((seat, name)) if is_seat(seat) => (Some(seat.to_owned()), name),
        // A model's name can hold the sign as well.
        Some((before, _)) if models.split(before).is_none() => {
            let near = nearest(before, SEATS)
                .map(|near| format!(" Did you mean `{near}`?"))
                .unwrap_or_default();
            return Err(format!(
                "--model {flag}: there is no seat `{before}`.{near} There are: {}, agent/NAME, \
                 tool/NAME.",
                SEATS.join(", ")
            ));
        }
        Some(_) | None => (None, flag),
    };
    let Some((provider, model)) = models.split(name) else {
        let first = name.split_once('/').map_or(name, |(first, _)| first);
        let near = nearest(first, models.providers.keys().map(String::as_str))
            .map(|near| format!(" Did you mean `{near}`?"))
            .unwrap_or_default();
        let what = if name.contains('/') {
            format!("there is no provider `{first}`")
        } else {
            format!("`{name}` names no provider; write PROVIDER/MODEL")
        };
        return Err(format!(
            "--model {flag}: {what}.{near} {}",
            models.declared()
        ));
    };
    Ok((seat, provider, model))
}

/// What was made of the configuration so far.
struct Made<'a> {
    config: &'a Config,
    var: &'a dyn Fn(&str) -> Option<String>,
    endpoints: BTreeMap<String, Arc<Endpoint>>,
    choices: BTreeMap<String, Player>,
}

impl Made<'_> {
    /// Keeps a model among those that a seat can be switched to. How it draws
    /// is the seat's matter.
    fn choice(&mut self, provider: &str, model: &str) -> Result<(), String> {
        let player = self.player(provider, model, Sampling::default())?;
        if matches!(player, Player::Model(_)) {
            self.choices.insert(player.id(), player);
        }
        Ok(())
    }

    fn player(&mut self, provider: &str, model: &str, how: Sampling) -> Result<Player, String> {
        if provider == SCRIPTED {
            return Ok(Player::Scripted);
        }
        let Some(section) = self.config.models.providers.get(provider) else {
            let declared = self.config.models.declared();
            return Err(format!("there is no provider `{provider}`. {declared}"));
        };
        if section.text("kind") == Some(SCRIPTED) {
            return Ok(Player::Scripted);
        }
        if model.is_empty() {
            return Err(format!(
                "the provider `{provider}` is named without a model: write {provider}/MODEL."
            ));
        }
        let endpoint = if let Some(made) = self.endpoints.get(provider) {
            Arc::clone(made)
        } else {
            let made = Arc::new(endpoint(provider, section, self.var)?);
            self.endpoints
                .insert(provider.to_owned(), Arc::clone(&made));
            made
        };
        Ok(Player::Model(Box::new(Model {
            endpoint,
            name: model.to_owned(),
            sampling: how,
        })))
    }
}

fn endpoint(
    name: &str,
    section: &Section,
    var: &dyn Fn(&str) -> Option<String>,
) -> Result<Endpoint, String> {
    let dialect = match section.text("kind") {
        Some("chat") => Dialect::Chat,
        Some("messages") => Dialect::Messages,
        _ => return Err(format!("the provider `{name}` has no `kind`.")),
    };
    let Some(url) = section.text("url") else {
        return Err(format!("the provider `{name}` has no `url`."));
    };
    // A key with the line end of its file is a common slip.
    let secret = |name: &str| {
        let value = var(name)?.trim().to_owned();
        (!value.is_empty()).then(|| Secret::new(value))
    };
    let mut out = Endpoint::new(name, dialect, url);
    out.key_env = section.text("key_env").map(String::from);
    out.key = out.key_env.as_deref().and_then(secret);
    out.headers = section.pairs("headers");
    out.secret_headers = section
        .pairs("secret_headers")
        .into_iter()
        .map(|(header, variable)| {
            let value = secret(&variable);
            (header, variable, value)
        })
        .collect();
    out.extra = section.table("extra");
    out.stream = section.flag("stream").unwrap_or(out.stream);
    out.seed = section.flag("seed").unwrap_or(out.seed);
    out.http1 = section.flag("http1").unwrap_or(out.http1);
    out.structured = match section.text("structured") {
        Some("schema") => Structured::Schema,
        Some("json") => Structured::Json,
        Some("prompt") => Structured::Prompt,
        _ => Structured::Auto,
    };
    out.tools = match section.text("tools") {
        Some("text") => Tools::Text,
        _ => Tools::Native,
    };
    let usual = Timeouts::default();
    let seconds = |field, usual| section.number(field).map_or(usual, Duration::from_secs_f64);
    out.timeouts = Timeouts {
        connect: seconds("connect_s", usual.connect),
        first: seconds("first_token_s", usual.first),
        idle: seconds("idle_s", usual.idle),
        total: seconds("total_s", usual.total),
    };
    out.max_answer = section
        .whole("max_answer_mb")
        .map_or(out.max_answer, |n| n << 20);
    Ok(out)
}

fn sampling(role: &Section) -> Sampling {
    Sampling {
        temperature: role.number("temperature"),
        top_p: role.number("top_p"),
        max_tokens: role.whole("max_tokens").map(|n| n as u32),
        stop: role.texts("stop"),
        effort: role.text("effort").map(String::from),
        extra: role.table("extra"),
    }
}

fn bounds(provider: &Section) -> Bounds {
    let usual = Bounds::default();
    Bounds {
        rpm: provider.whole("rpm").map(|n| n as u32),
        tpm: provider.whole("tpm"),
        in_flight: provider.whole("in_flight").map(|n| n as u32),
        retries: provider
            .whole("retries")
            .map_or(usual.retries, |n| n as u32),
        ..usual
    }
}

/// A price counts where both what is read and what is written have one.
fn price(model: &Section) -> Option<Price> {
    let of = |field| model.number(field).map(micros);
    Some(Price {
        input: of("input")?,
        cached: of("cached_input"),
        cache_write: of("cache_write"),
        output: of("output")?,
    })
}
