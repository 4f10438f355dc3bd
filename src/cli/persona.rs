//! `stategen persona`: a sampled persona, and the words it becomes.

use super::context::{Context, json_line};
use super::exit::{Exit, Failure, Outcome};
use crate::engine::persona::{Bucket, EMOTIONS, Persona, TIER1, TRAITS, fired_rules, prompt};
use crate::engine::role::user;
use crate::surface::text::clean;
use std::io::Write;

/// Arguments of `persona`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The scenario: a folder, a name of the project's, or a sample.
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
    /// The whole system prompt: persona, goal, facts and rules.
    #[arg(long)]
    pub whole: bool,
    /// The persona as JSON.
    #[arg(long)]
    pub json: bool,
}

/// Runs the command.
///
/// # Errors
/// There is no such scenario, task or persona.
pub fn run(args: &Args, ctx: &Context, out: &mut dyn Write) -> Outcome {
    let scenario = ctx.scenario(&args.scenario)?;
    let task = super::run::task_of(&scenario, args.task.as_deref())?;
    let seed = args.seed.unwrap_or(ctx.config.seed.value);
    let persona = scenario
        .persona_for(&task, args.persona.as_deref(), seed)
        .map_err(Failure::usage)?;
    if args.json {
        json_line(out, &persona)?;
        return Ok(Exit::Ok);
    }
    writeln!(out, "{}", clean(&vector(&persona, seed)))?;
    let text = if args.whole {
        let bound = scenario.bind(&task, seed).map_err(Failure::wrong)?;
        user::system(&persona, &bound)
    } else {
        prompt(&persona)
    };
    writeln!(out, "--- what the user simulator is told")?;
    writeln!(out, "{}", clean(&text).trim_end())?;
    Ok(Exit::Ok)
}

/// All 23 dimensions, a line each.
pub(super) fn vector(persona: &Persona, seed: u64) -> String {
    let mut out = vec![format!(
        "{}  profile {}  seed {seed}",
        persona.name, persona.profile
    )];
    for (name, value) in TIER1.iter().zip(&persona.tier1) {
        out.push(format!("  {name:<22}{value}"));
    }
    let numbers = TRAITS.iter().zip(&persona.traits);
    for (name, value) in numbers.chain(EMOTIONS.iter().zip(&persona.emotions)) {
        let bucket = match Bucket::of(*value) {
            Bucket::Low => "low",
            Bucket::Medium => "medium",
            Bucket::High => "high",
        };
        out.push(format!("  {name:<22}{value:.2}  {bucket}"));
    }
    let context = persona.context.map_or("none", |c| c.word());
    out.push(format!("  {:<22}{context}", "context"));
    out.push(format!(
        "  {:<22}{}",
        "complexity",
        persona.complexity.word()
    ));
    for rule in fired_rules(persona) {
        out.push(format!("  {:<22}{}", rule.id, rule.sentence));
    }
    out.join("\n")
}
