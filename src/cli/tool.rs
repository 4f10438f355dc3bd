//! `stategen tool call`: any tool by hand, and everything that it did.

use super::context::{Context, json_line};
use super::exit::{Exit, Failure, Outcome};
use super::lines;
use crate::engine::rng::Rng;
use crate::engine::role::args;
use crate::engine::role::execute::{At, Executed, execute};
use crate::engine::scenario::{Executor, Scenario, Tool};
use crate::engine::world::{Node, Reach};
use crate::surface::text::clean;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Arguments of `tool`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// What to do.
    #[command(subcommand)]
    pub what: What,
}

/// What can be done with a tool.
#[derive(Debug, clap::Subcommand)]
pub enum What {
    /// Call a tool on a world and print result, change and explanation.
    Call(Call),
}

/// Arguments of `tool call`.
#[derive(Debug, clap::Args)]
pub struct Call {
    /// The scenario: a folder, a name of the project's, or a sample.
    pub scenario: String,
    /// The tool.
    pub tool: String,
    /// The arguments, as a JSON object.
    #[arg(default_value = "{}")]
    pub args: String,
    /// A world in a JSON file, instead of the scenario's.
    #[arg(long, value_name = "FILE", conflicts_with = "task")]
    pub world: Option<PathBuf>,
    /// The world as this task starts it.
    #[arg(long)]
    pub task: Option<String>,
    /// The seed: for a task's bindings, and for `new_id`.
    #[arg(long)]
    pub seed: Option<u64>,
    /// One JSON object with everything.
    #[arg(long)]
    pub json: bool,
}

/// A world in a file is this large at most.
const LARGEST: u64 = 256 << 20;

/// Runs the command; it ends with 1 where the call failed.
///
/// # Errors
/// There is no such scenario, tool or task, or the arguments are no JSON object.
pub fn run(args: &Args, ctx: &Context, out: &mut dyn Write) -> Outcome {
    let What::Call(call) = &args.what;
    let scenario = ctx.scenario(&call.scenario)?;
    let tool = scenario.tool(&call.tool).ok_or_else(|| {
        let names: Vec<&str> = scenario.tools.iter().map(|t| t.name.as_str()).collect();
        let near = crate::config::nearest(&call.tool, names.iter().copied())
            .map(|near| format!(" Did you mean `{near}`?"))
            .unwrap_or_default();
        Failure::usage(format!(
            "there is no tool `{}`.{near} There are: {}.",
            call.tool,
            names.join(", ")
        ))
    })?;
    let raw = serde_json::from_str::<serde_json::Value>(&call.args)
        .ok()
        .filter(serde_json::Value::is_object)
        .ok_or_else(|| {
            Failure::usage(format!(
                "the arguments are no JSON object: {}. Write for example '{{\"id\": \"8841\"}}'.",
                call.args
            ))
        })?;
    let seed = call.seed.unwrap_or(ctx.config.seed.value);
    let world = world(call, &scenario, seed)?;
    let at = At {
        now: &scenario.now,
        id_key: Rng::new(seed, "tool call").next_u64(),
    };
    let read = args::read(tool.args, &tool.parameters_schema, &Node::from_json(&raw));
    let (given, done) = match read {
        Ok(given) => {
            let done = execute(&scenario, tool, &world, &given, at);
            (given, done)
        }
        Err(why) => (
            Node::from_json(&raw),
            Executed::failed(&world, tool.render, &why),
        ),
    };
    if call.json {
        json_line(
            out,
            &serde_json::json!({
                "tool": tool.name, "executor": executor(tool), "args": given, "ok": done.ok,
                "result": done.result, "text": done.text, "patch": done.patch,
                "lines": done.lines, "explain": done.explain, "broken_rule": done.broken_rule,
                "refused": done.refused, "policy": done.policy, "reads": tool.reads,
                "writes": tool.writes, "world_before": world.hash(),
                "world_after": done.world.hash(),
            }),
        )?;
    } else {
        writeln!(out, "{}", clean(&told(tool, &given, &done, &world)))?;
    }
    Ok(if done.ok { Exit::Ok } else { Exit::Wrong })
}

fn world(call: &Call, scenario: &Scenario, seed: u64) -> Result<Node, Failure> {
    match (&call.world, &call.task) {
        (Some(path), _) => read_world(path),
        (None, Some(task)) => {
            let task = super::run::task_of(scenario, Some(task))?;
            Ok(scenario.bind(&task, seed).map_err(Failure::wrong)?.world)
        }
        (None, None) => Ok(scenario.world.clone()),
    }
}

fn read_world(path: &Path) -> Result<Node, Failure> {
    let name = path.display();
    let size = std::fs::metadata(path).map(|m| m.len());
    let text = match size {
        Ok(size) if size > LARGEST => {
            return Err(Failure::usage(format!("{name} is larger than 256 MiB")));
        }
        Ok(_) => std::fs::read_to_string(path),
        Err(why) => Err(why),
    };
    let text = text.map_err(|why| Failure::store(format!("{name} cannot be read: {why}")))?;
    serde_json::from_str(&text).map_err(|why| Failure::wrong(format!("{name} is no JSON: {why}")))
}

fn executor(tool: &Tool) -> &'static str {
    match tool.executor {
        Executor::Table(_) => "table",
        Executor::Rules => "rules",
        Executor::Model => "model",
        Executor::Agent(_) => "agent",
        Executor::Human => "human",
    }
}

fn told(tool: &Tool, given: &Node, done: &Executed, world: &Node) -> String {
    let mut out = vec![format!("{}({given})  {}", tool.name, executor(tool))];
    match tool.executor {
        Executor::Model => out.push(String::from(
            "a model answers this tool; this is its draft in the rules files",
        )),
        Executor::Table(_) | Executor::Rules | Executor::Agent(_) | Executor::Human => {}
    }
    let places = |patterns: &[Reach]| {
        if patterns.is_empty() {
            return String::from("nothing");
        }
        let all: Vec<String> = patterns.iter().map(ToString::to_string).collect();
        all.join(", ")
    };
    out.push(format!("can read   {}", places(&tool.reads)));
    out.push(format!("can write  {}", places(&tool.writes)));
    out.push(format!(
        "{}  {}",
        if done.ok { "result    " } else { "failed    " },
        done.text
    ));
    for why in &done.refused {
        out.push(format!("refused    {why}"));
    }
    if done.broken_rule {
        out.push(String::from(
            "           the rule itself cannot go on: that is the scenario's fault",
        ));
    }
    if let Some(why) = &done.explain {
        out.push(lines::explain(why));
    }
    for broken in &done.policy {
        out.push(format!("policy     {}: {}", broken.name, broken.message));
        out.push(lines::explain(&broken.explain));
    }
    if done.patch.is_empty() {
        out.push(String::from("the world is unchanged"));
    } else {
        out.push(lines::change(&done.patch, &done.lines, world));
    }
    out.join("\n")
}
