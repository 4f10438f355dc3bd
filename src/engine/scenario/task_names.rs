//! The names that a task uses: persona, tools, and what its expressions and
//! templates read.

use super::super::rules::Expr;
use super::super::world::Node;
use super::nearest::did_you_mean;
use super::report::Report;
use super::tasks_file::{FILE, TaskEntry};
use super::template::Template;
use super::tools::table_names;
use super::tree::{At, Tree, Value};
use std::collections::BTreeSet;

/// What the names of a task are held against.
pub struct Known<'a> {
    /// The world at the start.
    pub world: &'a Node,
    /// Personas and profiles.
    pub personas: &'a [String],
    /// Every tool, also those that are broken.
    pub tools: &'a [String],
}

/// Reports each name once a task.
struct Names<'a> {
    report: &'a mut Report,
    said: BTreeSet<String>,
}

/// Everything that can be said of a task without running it: names that do
/// not exist. False where something is wrong.
pub fn check(entry: &TaskEntry, known: &Known<'_>, report: &mut Report) -> bool {
    let errors = report.errors();
    let task = &entry.task;
    let world = known.world;
    if let Some(persona) = task
        .persona
        .as_ref()
        .filter(|p| !known.personas.contains(p))
    {
        let help = did_you_mean(persona, known.personas.iter().map(String::as_str));
        report.error(
            FILE,
            entry.persona_at,
            format!("no persona is named `{persona}`"),
            help,
        );
    }
    let mut names = Names {
        report,
        said: entry.unread.iter().cloned().collect(),
    };
    let mut locals: Vec<&str> = Vec::new();
    for ((name, expr), at) in task.bind.iter().zip(&entry.bind_at) {
        unknown(
            expr,
            &locals,
            world,
            &format!("the binding `{name}`"),
            *at,
            &mut names,
        );
        if world.child(name).is_some() {
            let what = format!("the binding `{name}` hides the table `{name}`");
            names.report.error(FILE, *at, what, "give it another name");
        }
        locals.push(name);
    }
    for key in ["goal", "known", "hidden", "opening", "start"] {
        if let Some(tree) = entry.tree.get(key) {
            texts(tree, &locals, world, &mut names);
        }
    }
    for (expr, at) in task.assertions.iter().zip(&entry.assertion_at) {
        unknown(expr, &locals, world, "the assertion", *at, &mut names);
    }
    for ((call, at), tree) in task.path.iter().zip(&entry.path_at).zip(&entry.path_tree) {
        if !known.tools.contains(&call.tool) {
            let help = did_you_mean(&call.tool, known.tools.iter().map(String::as_str));
            let what = format!("the path calls an unknown tool `{}`", call.tool);
            names.report.error(FILE, *at, what, help);
        }
        if let Some(args) = tree.get(&call.tool) {
            texts(args, &locals, world, &mut names);
        }
        if let Some(save) = &call.save {
            if world.child(save).is_some() || task.bind.iter().any(|(n, _)| n == save) {
                let what = format!("`save: {save}` hides a table or a binding");
                names
                    .report
                    .error(FILE, tree.locate(&["save"]), what, "give it another name");
            }
            locals.push(save);
        }
    }
    report.errors() == errors
}

fn unknown(expr: &Expr, locals: &[&str], world: &Node, what: &str, at: At, names: &mut Names<'_>) {
    for name in expr.unknown(world, locals) {
        // A name that is wrong everywhere is wrong once.
        if !names.said.insert(name.clone()) {
            continue;
        }
        let report = &mut *names.report;
        let mut known = table_names(world);
        known.extend(locals.iter().map(|l| (*l).to_owned()));
        let help = did_you_mean(&name, known.iter().map(String::as_str));
        report.error(
            FILE,
            at,
            format!("{what} reads `{name}`, which is neither a table of the world nor a binding"),
            help,
        );
    }
}

/// Checks the templates of every text below a tree.
fn texts(tree: &Tree, locals: &[&str], world: &Node, names: &mut Names<'_>) {
    match &tree.value {
        Value::Text(text, _) if text.contains('{') => {
            let at = tree.text_at();
            match Template::parse(FILE, at, text) {
                Ok(template) => {
                    for expr in template.expressions() {
                        let what = format!("the template `{{{}}}`", expr.source());
                        unknown(expr, locals, world, &what, at, names);
                    }
                }
                Err(problems) => names.report.extend(problems),
            }
        }
        Value::List(items) => items
            .iter()
            .for_each(|item| texts(item, locals, world, names)),
        Value::Map(entries) => entries
            .iter()
            .for_each(|e| texts(&e.value, locals, world, names)),
        Value::Text(..) | Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) => {}
    }
}
