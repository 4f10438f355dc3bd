//! `stategen config`: every setting with where it comes from.

use super::context::{Context, json_line};
use super::exit::{Exit, Outcome};
use crate::engine::problem::Severity;
use crate::surface::text::clean;
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
    let rows = ctx.config.rows();
    if args.json {
        for (name, value, source) in &rows {
            let source = source.to_string();
            json_line(
                out,
                &serde_json::json!({"setting": name, "value": value, "source": source}),
            )?;
        }
        for (name, role) in &ctx.config.roles {
            json_line(out, &serde_json::json!({"role": name, "is": role}))?;
        }
        for (name, provider) in &ctx.config.providers {
            json_line(out, &serde_json::json!({"provider": name, "is": provider}))?;
        }
        for problem in &ctx.problems {
            json_line(out, &serde_json::json!({"problem": problem}))?;
        }
    } else {
        let where_from = if ctx.project.scratch {
            "scratch, no project here"
        } else {
            "project"
        };
        writeln!(out, "{} ({where_from})", ctx.project.root.display())?;
        let name_width = rows.iter().map(|(n, ..)| n.len()).max().unwrap_or_default();
        let value_width = rows
            .iter()
            .map(|(_, v, _)| v.chars().count())
            .max()
            .unwrap_or_default();
        for (name, value, source) in &rows {
            writeln!(out, "{name:name_width$}  {value:value_width$}  {source}")?;
        }
        for (name, role) in &ctx.config.roles {
            let model = if role.model.is_empty() { "" } else { "/" };
            writeln!(
                out,
                "roles.{name}  {}{model}{}  {}:{}",
                role.provider,
                role.model,
                role.file.display(),
                role.line
            )?;
        }
        for (name, provider) in &ctx.config.providers {
            writeln!(
                out,
                "providers.{name}  {} {}  key from ${}  {}:{}",
                provider.kind,
                provider.url,
                provider.key_env,
                provider.file.display(),
                provider.line
            )?;
        }
        for problem in &ctx.problems {
            writeln!(out, "{}", clean(&problem.to_string()))?;
        }
    }
    let bad = ctx.problems.iter().any(|p| p.severity == Severity::Error);
    Ok(if bad { Exit::Wrong } else { Exit::Ok })
}
