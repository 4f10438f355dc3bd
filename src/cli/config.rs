//! `stategen config`: every setting with where it comes from.

use super::context::{Context, json_line};
use super::exit::{Exit, Failure, Outcome};
use crate::config::{Section, Source};
use crate::engine::problem::Severity;
use crate::surface::text::clean;
use serde_json::{Map, Value, json};
use std::io::Write;

/// Arguments of `config`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// One JSON object a line.
    #[arg(long)]
    pub json: bool,
}

/// Runs the command; it ends with 1 where a source has an error.
///
/// # Errors
/// The output cannot be written.
pub fn run(args: &Args, ctx: &Context, out: &mut dyn Write) -> Outcome {
    if args.json {
        lines(ctx, out)?;
    } else {
        text(ctx, out)?;
    }
    let bad = ctx.problems.iter().any(|p| p.severity == Severity::Error);
    Ok(if bad { Exit::Wrong } else { Exit::Ok })
}

/// Tables of models: their name in the file, what JSON calls them, themselves.
fn tables(ctx: &Context) -> Vec<(String, &'static str, &str, &Section)> {
    let models = &ctx.config.models;
    let mut out = Vec::new();
    for (name, section) in &models.providers {
        out.push((
            format!("providers.{name}"),
            "provider",
            name.as_str(),
            section,
        ));
    }
    for (name, section) in &models.models {
        out.push((format!("models.\"{name}\""), "model", name, section));
    }
    for (name, section) in &models.roles {
        let quoted = if name.contains('/') {
            format!("roles.\"{name}\"")
        } else {
            format!("roles.{name}")
        };
        out.push((quoted, "role", name, section));
    }
    if let Some(limits) = &models.limits {
        out.push((String::from("limits"), "limits", "", limits));
    }
    out
}

/// Whether a variable is set, and never what it holds.
#[must_use]
pub fn is_set(variable: &str) -> bool {
    std::env::var(variable).is_ok_and(|v| !v.trim().is_empty())
}

/// A variable with whether it is set.
#[must_use]
pub fn variable(name: &str) -> String {
    let set = if is_set(name) { "set" } else { "not set" };
    format!("${name} ({set})")
}

fn text(ctx: &Context, out: &mut dyn Write) -> Result<(), Failure> {
    let where_from = if ctx.project.scratch {
        "scratch, no project here"
    } else {
        "project"
    };
    writeln!(out, "{} ({where_from})", ctx.project.root.display())?;
    let mut rows: Vec<(String, String, &Source)> = ctx
        .config
        .rows()
        .into_iter()
        .map(|(name, value, source)| (name.to_owned(), value, source))
        .collect();
    for (table, _, _, section) in tables(ctx) {
        for (field, item) in &section.items {
            let value = match (*field, &item.value) {
                ("key_env", Value::String(name)) => variable(name),
                ("secret_headers", Value::Object(headers)) => headers
                    .iter()
                    .map(|(h, v)| format!("{h} from {}", variable(v.as_str().unwrap_or_default())))
                    .collect::<Vec<_>>()
                    .join(", "),
                (_, Value::String(text)) => text.clone(),
                (_, value) => value.to_string(),
            };
            rows.push((format!("{table}.{field}"), value, &item.source));
        }
    }
    let name_width = rows.iter().map(|(n, ..)| n.len()).max().unwrap_or_default();
    let value_width = rows
        .iter()
        .map(|(_, v, _)| v.chars().count())
        .filter(|n| *n <= 40)
        .max()
        .unwrap_or_default();
    for (name, value, source) in &rows {
        let line = format!("{name:name_width$}  {value:value_width$}  {source}");
        writeln!(out, "{}", clean(&line))?;
    }
    for problem in &ctx.problems {
        writeln!(out, "{}", clean(&problem.to_string()))?;
    }
    Ok(())
}

fn lines(ctx: &Context, out: &mut dyn Write) -> Result<(), Failure> {
    for (name, value, source) in ctx.config.rows() {
        let source = source.to_string();
        json_line(
            out,
            &json!({"setting": name, "value": value, "source": source}),
        )?;
    }
    for (_, what, name, section) in tables(ctx) {
        let mut is = Map::new();
        let mut sources = Map::new();
        for (field, item) in &section.items {
            is.insert((*field).to_owned(), item.value.clone());
            sources.insert((*field).to_owned(), item.source.to_string().into());
        }
        let mut line = Map::new();
        line.insert(what.to_owned(), name.into());
        if let Some(name) = section.text("key_env") {
            line.insert(String::from("key_set"), is_set(name).into());
        }
        line.insert(String::from("is"), is.into());
        line.insert(String::from("sources"), sources.into());
        json_line(out, &line)?;
    }
    for problem in &ctx.problems {
        json_line(out, &json!({"problem": problem}))?;
    }
    Ok(())
}
