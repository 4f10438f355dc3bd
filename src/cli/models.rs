//! `stategen models`: who plays each seat, and what is known of each model.
//! Nobody is asked; `stategen ping` does that.

use super::config::{is_set, variable};
use super::context::{Context, json_line};
use super::exit::{Exit, Failure, Outcome};
use super::setup::{Flags, setup};
use crate::driver::Setup;
use crate::driver::setup::{Bounds, Player, Price, SEATS};
use crate::providers::{Dialect, Endpoint, Model, Sampling, Structured, Tools};
use crate::surface::text::clean;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write;

/// Arguments of `models`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// One JSON object a line: a seat each.
    #[arg(long)]
    pub json: bool,
}

/// Runs the command.
///
/// # Errors
/// The configuration of models has errors.
pub fn run(args: &Args, ctx: &Context, out: &mut dyn Write) -> Outcome {
    let setup = setup(ctx, &Flags::default())?;
    if args.json {
        for (seat, player) in seats(&setup) {
            json_line(out, &row(&setup, &seat, &player))?;
        }
    } else {
        text(&setup, out)?;
    }
    Ok(Exit::Ok)
}

/// The four seats and the special ones, in the order of the loop.
#[must_use]
pub fn seats(setup: &Setup) -> Vec<(String, Player)> {
    let mut out = Vec::new();
    for role in SEATS {
        let player = setup.seats.get(role).cloned().unwrap_or_default();
        out.push((role.to_owned(), player));
        let special = setup
            .seats
            .iter()
            .filter(|(seat, _)| seat.split_once('/').is_some_and(|(r, _)| r == role));
        out.extend(special.map(|(seat, player)| (seat.clone(), player.clone())));
    }
    out
}

fn text(setup: &Setup, out: &mut dyn Write) -> Result<(), Failure> {
    let seats = seats(setup);
    let mut endpoints: BTreeMap<String, Endpoint> = BTreeMap::new();
    let wide = seats.iter().map(|(s, _)| s.len()).max().unwrap_or_default();
    for (seat, player) in &seats {
        let how = match player {
            Player::Scripted => String::from("asks no model"),
            Player::Model(model) => draws(&model.sampling),
        };
        let samples = match (seat.as_str(), player) {
            ("judge", Player::Model(_)) if setup.samples > 1 => {
                format!("  {} verdicts each time", setup.samples)
            }
            _ => String::new(),
        };
        let line = format!("{seat:wide$}  {}  {how}{samples}", player.id());
        writeln!(out, "{}", clean(line.trim_end()))?;
    }
    let mut models: BTreeMap<String, Model> = BTreeMap::new();
    for player in setup.choices.values().chain(setup.seats.values()) {
        if let Player::Model(model) = player {
            endpoints.insert(model.endpoint.name.clone(), (*model.endpoint).clone());
            models.insert(model.id(), (**model).clone());
        }
    }
    for (name, at) in &endpoints {
        writeln!(
            out,
            "\n{}  {}  {}",
            clean(name),
            dialect(at.dialect),
            clean(&at.url)
        )?;
        for line in endpoint(at, setup.bounds.get(name).copied().unwrap_or_default()) {
            writeln!(out, "    {}", clean(&line))?;
        }
        for id in models
            .values()
            .filter(|m| m.endpoint.name == *name)
            .map(Model::id)
        {
            let context = setup.contexts.get(&id).map_or_else(
                || String::from("context not named"),
                |n| format!("context {n} tokens"),
            );
            let price = setup
                .prices
                .get(&id)
                .map_or_else(|| String::from("no price"), |p| price(*p));
            writeln!(out, "    {}  {context}  {price}", clean(&id))?;
        }
    }
    if let Some(cap) = setup.cap_micros {
        let cap = crate::driver::spend::dollars(cap);
        writeln!(out, "\na conversation may cost {cap}")?;
    }
    if endpoints.is_empty() {
        writeln!(
            out,
            "\nno model is configured; `stategen help models` says how. The scripted stand-in \
             plays every seat."
        )?;
    } else {
        writeln!(out, "\n`stategen ping` tries each seat's model once.")?;
    }
    Ok(())
}

fn dialect(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Chat => "chat completions",
        Dialect::Messages => "messages",
    }
}

/// How a seat draws, in words.
fn draws(how: &Sampling) -> String {
    let mut out = Vec::new();
    if let Some(n) = how.temperature {
        out.push(format!("temperature {n}"));
    }
    if let Some(n) = how.top_p {
        out.push(format!("top_p {n}"));
    }
    if let Some(n) = how.max_tokens {
        out.push(format!("max_tokens {n}"));
    }
    if let Some(word) = &how.effort {
        out.push(format!("effort {word}"));
    }
    if !how.stop.is_empty() {
        out.push(format!("stops at {}", Value::from(how.stop.clone())));
    }
    if !how.extra.is_empty() {
        out.push(format!("with {}", Value::from(how.extra.clone())));
    }
    out.join(", ")
}

/// What an endpoint is, a line each matter.
fn endpoint(at: &Endpoint, bounds: Bounds) -> Vec<String> {
    let mut out = vec![match &at.key_env {
        Some(name) => format!("key from {}", variable(name)),
        None => String::from("no key"),
    }];
    for (header, name, _) in &at.secret_headers {
        out.push(format!("header {header} from {}", variable(name)));
    }
    for (header, value) in &at.headers {
        out.push(format!("header {header}: {value}"));
    }
    if !at.extra.is_empty() {
        out.push(format!("every body with {}", Value::from(at.extra.clone())));
    }
    if let Some(words) = in_clear(at) {
        out.push(words);
    }
    let comes = if at.stream { "streamed" } else { "whole" };
    let json = match at.structured {
        Structured::Auto => "JSON by schema, or by words where the server refuses one",
        Structured::Schema => "JSON by schema",
        Structured::Json => "JSON without a schema, and words",
        Structured::Prompt => "JSON by words",
    };
    let tools = match at.tools {
        Tools::Native => "tools in their own field",
        Tools::Text => "tools as text",
    };
    let seed = match (at.dialect, at.seed) {
        (Dialect::Messages, _) => "it takes no seed",
        (Dialect::Chat, true) => "a seed is sent",
        (Dialect::Chat, false) => "no seed is sent",
    };
    out.push(format!("answers {comes}; {json}; {tools}; {seed}"));
    let time = at.timeouts;
    out.push(format!(
        "waits {} s to connect, {} s for the first byte, {} s between two pieces, {} s in all; an \
         answer may have {} MiB",
        time.connect.as_secs_f64(),
        time.first.as_secs_f64(),
        time.idle.as_secs_f64(),
        time.total.as_secs_f64(),
        at.max_answer >> 20
    ));
    let mut limits = Vec::new();
    if let Some(n) = bounds.rpm {
        limits.push(format!("{n} requests a minute"));
    }
    if let Some(n) = bounds.tpm {
        limits.push(format!("{n} tokens a minute"));
    }
    if let Some(n) = bounds.in_flight {
        limits.push(format!("{n} at the same time"));
    }
    if limits.is_empty() {
        limits.push(String::from("no limits"));
    }
    out.push(format!(
        "{}; up to {} tries",
        limits.join(", "),
        bounds.retries + 1
    ));
    out
}

/// Said where a secret would travel for everybody to read.
#[must_use]
pub fn in_clear(at: &Endpoint) -> Option<String> {
    let rest = at.url.strip_prefix("http://")?;
    let host = rest.split('/').next().unwrap_or_default();
    let near = ["127.", "localhost", "[::1]"]
        .iter()
        .any(|n| host.starts_with(n));
    let secret = at.key_env.is_some() || !at.secret_headers.is_empty();
    (secret && !near).then(|| {
        String::from("the address is http://, so the key travels unencrypted; https:// hides it")
    })
}

fn price(price: Price) -> String {
    let usd = |micros: u64| format!("${}", micros as f64 / 1e6);
    let mut out = format!("{} in", usd(price.input));
    if let Some(cached) = price.cached {
        let _ = write!(out, " ({} from a cache)", usd(cached));
    }
    if let Some(write) = price.cache_write {
        let _ = write!(out, " ({} into one)", usd(write));
    }
    format!("{out}, {} out a million tokens", usd(price.output))
}

/// A seat as JSON.
fn row(setup: &Setup, seat: &str, player: &Player) -> Value {
    let Player::Model(model) = player else {
        return json!({"seat": seat, "plays": player.id()});
    };
    let at = &model.endpoint;
    let how = &model.sampling;
    let id = model.id();
    let bounds = setup.bounds.get(&at.name).copied().unwrap_or_default();
    let usd = |micros: u64| micros as f64 / 1e6;
    json!({
        "seat": seat,
        "plays": id,
        "provider": at.name,
        "model": model.name,
        "kind": match at.dialect { Dialect::Chat => "chat", Dialect::Messages => "messages" },
        "url": at.url,
        "key_env": at.key_env,
        "key_set": at.key_env.as_deref().map(is_set),
        "secret_headers": at.secret_headers.iter()
            .map(|(header, name, _)| json!({"header": header, "variable": name, "set": is_set(name)}))
            .collect::<Vec<_>>(),
        "stream": at.stream,
        "structured": match at.structured {
            Structured::Auto => "auto",
            Structured::Schema => "schema",
            Structured::Json => "json",
            Structured::Prompt => "prompt",
        },
        "tools": match at.tools { Tools::Native => "native", Tools::Text => "text" },
        "seed": at.seed && at.dialect == Dialect::Chat,
        "sampling": {
            "temperature": how.temperature, "top_p": how.top_p, "max_tokens": how.max_tokens,
            "stop": how.stop, "effort": how.effort, "extra": how.extra,
        },
        "context": setup.contexts.get(&id),
        "price": setup.prices.get(&id).map(|p| json!({
            "input": usd(p.input), "cached_input": p.cached.map(usd),
            "cache_write": p.cache_write.map(usd), "output": usd(p.output),
        })),
        "limits": {
            "rpm": bounds.rpm, "tpm": bounds.tpm, "in_flight": bounds.in_flight,
            "retries": bounds.retries,
        },
        "samples": (seat == "judge").then_some(setup.samples),
    })
}
