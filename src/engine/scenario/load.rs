//! Reads a folder's files into one scenario: every file, then what they mean
//! together, then the proof that each task can be done. All problems at once.

use super::super::id::Sha;
use super::super::persona;
use super::super::rules::{Program, ToolSig};
use super::super::world::{Map, Node, Schema};
use super::agents;
use super::faults;
use super::nearest::nearest;
use super::people::{self, PERSONAS, REPLIES, RUBRIC};
use super::prove;
use super::report::Report;
use super::scenario_file::{self, ScenarioFile};
use super::shape;
use super::task_names::{self, Known};
use super::tasks_file::{self, TaskEntry};
use super::tools::{self, Facts};
use super::tools_file::{self, ToolEntry};
use super::tree::{At, Tree};
use super::world_files::{self, World, has_ending};
use super::{Files, Scenario, json, yaml};
use serde_json::Value as Json;
use std::fmt::Write as _;

/// Name of the world's schema where scenario.yaml names none.
pub const SCHEMA: &str = "world.schema.json";
/// Largest rules or policy file, in bytes.
const LARGEST_TEXT: usize = 4 * 1024 * 1024;

/// Everything that reading gave: what `load` answers with, and what `expand`
/// writes out.
#[derive(Debug)]
pub struct Parts {
    /// The scenario; only to be used where the report has no error.
    pub scenario: Option<Scenario>,
    /// scenario.yaml with defaults.
    pub file: ScenarioFile,
    /// The agents' policy files, in order.
    pub policies: Vec<String>,
    /// Files that make the world.
    pub world: World,
}

/// The content hash over all files: names and bytes.
#[must_use]
pub fn version(files: &Files) -> Sha {
    let mut all = String::new();
    for (name, bytes) in files {
        let _ = writeln!(all, "{}\t{name}", Sha::of(bytes));
    }
    Sha::of(all.as_bytes())
}

/// Reads everything.
pub fn read(folder: &str, files: &Files, report: &mut Report) -> Parts {
    strangers(files, report);
    let scenario_tree = tree(scenario_file::FILE, files, report);
    let file = scenario_file::read(folder, scenario_tree.as_ref(), report);
    let world = world_files::read(files, &file.world, report);
    let (program, sigs) = rules(files, report);
    let entries = tree(tools_file::FILE, files, report);
    let mut entries = entries
        .map(|t| tools_file::read(&t, report))
        .unwrap_or_default();
    let specs = agents::specs(file.agents.clone(), files, report);
    entries.extend(agents::tool_entries(&specs, &entries, &sigs, report));
    let agent_names: Vec<String> = specs.iter().map(|s| s.name.clone()).collect();
    let facts = Facts {
        sigs: &sigs,
        world: &world.node,
        world_is_whole: !world_broken(&world, report),
        agents: &agent_names,
        render: file.render,
    };
    let tools = tools::build(&entries, &facts, report);
    let known: Vec<String> = known_tools(&entries, &sigs);
    let agents = agents::build(&specs, &tools, &known, file.limits.depth, files, report);
    let parameters = |tool: &str| -> Vec<String> {
        let made = tools.iter().find(|t| t.name == tool);
        made.map(|t| tools::names(&t.parameters))
            .unwrap_or_default()
    };
    if !world_broken(&world, report) {
        // Names that a broken tool would take are unknown here, not wrong.
        let broken: Vec<&ToolSig> = sigs
            .iter()
            .filter(|s| !tools.iter().any(|t| t.name == s.name))
            .collect();
        for problem in program.check(&world.node, &parameters) {
            let owner = sigs
                .iter()
                .filter(|s| s.file == problem.file && s.line <= problem.line)
                .max_by_key(|s| s.line);
            let of_broken = owner.is_some_and(|o| broken.iter().any(|s| s.name == o.name));
            if !of_broken {
                report.push(problem);
            }
        }
    }
    let personas_tree = tree(PERSONAS, files, report);
    let (personas, profiles) = personas_tree
        .map(|t| people::personas(&t, report))
        .unwrap_or_default();
    let rubric_tree = tree(RUBRIC, files, report);
    let rubric = people::rubric(rubric_tree.as_ref(), report);
    let replies = files
        .get(REPLIES)
        .map(|b| people::replies(b, report))
        .unwrap_or_default();
    let tasks = tasks(files, report);
    faults::check(&file.faults, &tools, &known, &tasks, report);
    let schema = schema(files, &file, &world, report);
    let policies = specs
        .iter()
        .map(|s| s.policy.clone().map(|(f, _)| f).unwrap_or_default())
        .collect();
    let scenario = schema.map(|schema| Scenario {
        id: file.id.clone(),
        title: file.title.clone(),
        version: version(files),
        files: files.clone(),
        now: file.now.clone(),
        world: world.node.clone(),
        schema,
        program,
        tools,
        agents,
        personas,
        profiles,
        rubric,
        tasks: tasks.iter().map(|t| t.task.clone()).collect(),
        stop: file.stop.clone(),
        limits: file.limits.clone(),
        judge: file.judge,
        faults: file.faults.iter().map(|d| d.deck.clone()).collect(),
        replies,
    });
    if let Some(scenario) = &scenario {
        meaning(scenario, &world, &tasks, &known, report);
    }
    Parts {
        scenario,
        file,
        policies,
        world,
    }
}

/// What needs the whole scenario: the world against its schema and invariants,
/// and each task.
fn meaning(
    scenario: &Scenario,
    world: &World,
    tasks: &[TaskEntry],
    known: &[String],
    report: &mut Report,
) {
    if world_broken(world, report) {
        return;
    }
    for misfit in scenario.schema.check(&scenario.world) {
        let (file, at) = world.locate(&scenario.files, &misfit.path);
        report.error(
            &file,
            at,
            format!("{}: {}", misfit.path, misfit.what),
            "mend the value, or the world's schema",
        );
    }
    let empty = Node::Map(Map::new());
    let env = prove::env(scenario, &scenario.world, &empty);
    for broken in scenario.program.broken_invariants(&env, None) {
        let (file, at) = match &broken.at {
            Some(path) => world.locate(&scenario.files, path),
            None => (
                broken.explain.file.clone(),
                At {
                    line: broken.explain.line,
                    column: 0,
                },
            ),
        };
        report.error(
            &file,
            at,
            format!(
                "the invariant `{}` is broken at the start: {}",
                broken.name, broken.message
            ),
            prove::explained(&broken.explain),
        );
    }
    // A profile's name stands for anybody of that profile.
    let profiles = scenario.profiles.iter().chain(persona::profiles());
    let personas: Vec<String> = scenario
        .personas
        .iter()
        .map(|p| p.id.clone())
        .chain(profiles.map(|p| p.name.to_string()))
        .collect();
    let names = Known {
        world: &scenario.world,
        personas: &personas,
        tools: known,
    };
    let mut sound = Vec::new();
    for entry in tasks {
        if task_names::check(entry, &names, report) && entry.whole {
            sound.push(entry);
        }
    }
    // A broken tool, rule or agent fails every task that comes near it: say it
    // once, where it is.
    let elsewhere = report.errors_outside(tasks_file::FILE);
    if elsewhere == 0 {
        for entry in sound {
            prove::run(entry, scenario, report);
        }
    }
}

/// Whether the world could not be read: what reads it would be full of errors.
fn world_broken(world: &World, report: &Report) -> bool {
    world.lacks_files
        || world.files.iter().any(|f| report.has_errors_in(f))
        || report.is_broken(scenario_file::FILE)
}

/// One YAML file as a tree.
fn tree(name: &str, files: &Files, report: &mut Report) -> Option<Tree> {
    let bytes = files.get(name)?;
    let (tree, problems) = yaml::read(name, bytes);
    report.extend(problems);
    if tree.is_none() && report.has_errors_in(name) {
        report.break_file(name);
    }
    // A file of comments is there, and empty.
    if tree.is_none() && !report.is_broken(name) {
        return Some(Tree {
            at: At { line: 1, column: 1 },
            ..Tree::default()
        });
    }
    tree
}

fn tasks(files: &Files, report: &mut Report) -> Vec<TaskEntry> {
    if !files.contains_key(tasks_file::FILE) {
        report.error(
            tasks_file::FILE,
            At::default(),
            "there is no tasks.yaml",
            "write one task: `my_task:` with a `goal:`",
        );
        return Vec::new();
    }
    tree(tasks_file::FILE, files, report)
        .map(|t| tasks_file::read(&t, report))
        .unwrap_or_default()
}

fn rules(files: &Files, report: &mut Report) -> (Program, Vec<ToolSig>) {
    let mut texts: Vec<(&str, &str)> = Vec::new();
    for (name, bytes) in files.iter().filter(|(name, _)| has_ending(name, "rules")) {
        if bytes.len() > LARGEST_TEXT {
            report.error(
                name,
                At::default(),
                "the file is larger than 4 MB",
                "split it",
            );
            continue;
        }
        match std::str::from_utf8(bytes) {
            Ok(text) => texts.push((name, text.strip_prefix('\u{feff}').unwrap_or(text))),
            Err(wrong) => report.push(yaml::not_utf8(name, bytes, wrong.valid_up_to())),
        }
    }
    let (program, problems) = Program::parse(&texts);
    report.extend(problems);
    let sigs = program.tools();
    (program, sigs)
}

fn known_tools(entries: &[ToolEntry], sigs: &[ToolSig]) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for name in entries
        .iter()
        .map(|e| &e.name)
        .chain(sigs.iter().map(|s| &s.name))
    {
        if !out.contains(name) {
            out.push(name.clone());
        }
    }
    out
}

fn schema(
    files: &Files,
    file: &ScenarioFile,
    world: &World,
    report: &mut Report,
) -> Option<Schema> {
    let (name, at) = match &file.schema {
        Some((name, at)) => (name.as_str(), *at),
        None => (SCHEMA, At::default()),
    };
    let (source, bytes): (Json, Option<&[u8]>) = match files.get(name) {
        Some(bytes) => {
            if file.schema.is_none() {
                report.infer(
                    scenario_file::FILE,
                    "schema",
                    name,
                    "the file of the folder",
                );
            }
            match json::read(name, bytes) {
                Ok(node) => (node.to_json(), Some(bytes)),
                Err(problem) => {
                    report.push(problem);
                    return None;
                }
            }
        }
        None if file.schema.is_some() => {
            let help = super::nearest::did_you_mean(name, files.keys().map(String::as_str));
            report.error(
                scenario_file::FILE,
                at,
                format!("the schema `{name}` is not in the folder"),
                help,
            );
            return None;
        }
        None => {
            report.infer(
                scenario_file::FILE,
                "schema",
                "types of what is there",
                "the world's data",
            );
            (shape::infer(&world.node), None)
        }
    };
    match Schema::compile(&source) {
        Ok(schema) => Some(schema),
        Err(wrong) => {
            for (path, why) in wrong {
                let at = bytes.map(|b| json::locate(b, &path.0)).unwrap_or_default();
                report.error(
                    name,
                    at,
                    format!("this is no JSON Schema: {path}: {why}"),
                    "",
                );
            }
            None
        }
    }
}

/// Files that look like ones of a scenario, and are not read.
fn strangers(files: &Files, report: &mut Report) {
    let known = [
        scenario_file::FILE,
        tools_file::FILE,
        tasks_file::FILE,
        PERSONAS,
        RUBRIC,
        REPLIES,
        SCHEMA,
        "world.json",
        "world.yaml",
        "policy.md",
    ];
    for name in files.keys().filter(|n| !n.contains('/')) {
        if known.contains(&name.as_str()) {
            continue;
        }
        let looks = ["yaml", "yml", "jsonl", "rule"]
            .iter()
            .any(|e| has_ending(name, e));
        if let Some(near) = nearest(name, known).filter(|_| looks || has_ending(name, "json")) {
            report.warn(
                name,
                At::default(),
                "this file is not read",
                format!("is it meant to be `{near}`?"),
            );
        } else if has_ending(name, "rule") {
            report.warn(
                name,
                At::default(),
                "this file is not read",
                "rules files end in `.rules`",
            );
        }
    }
}
