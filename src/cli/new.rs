//! `stategen new`: begins a scenario from data, an API, a policy, or nothing.

use super::check::summary;
use super::context::Context;
use super::exit::{Exit, Failure, Outcome};
use crate::config::write_folder;
use crate::engine::scenario::draft::{Begin, ToolStyle, begin};
use crate::engine::scenario::load;
use crate::surface::text::clean;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Arguments of `new`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Each table gets a tool that reads it, and a rule that changes its status \
    as a draft; one task shows how they are used. Without data, a small example."
)]
pub struct Args {
    /// The folder to make: a name in the project's scenarios, or a path.
    pub name: String,
    /// A table: a CSV file, or JSON (rows, rows by key, or tables). May be given several times.
    #[arg(long, value_name = "FILE")]
    pub data: Vec<PathBuf>,
    /// An OpenAPI file (YAML or JSON) whose operations become tools.
    #[arg(long, value_name = "FILE")]
    pub openapi: Option<PathBuf>,
    /// An operation of it; all where none is named. May be given several times.
    #[arg(long, value_name = "ID", requires = "openapi")]
    pub operation: Vec<String>,
    /// The agent's policy.
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// How tools that read a table are written.
    #[arg(long, value_enum, default_value_t = Style::Table)]
    pub tool_style: Style,
}

/// How tools that read a table are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Style {
    /// `table:` entries of tools.yaml.
    Table,
    /// Rules.
    Rules,
}

/// Runs the command.
///
/// # Errors
/// The folder exists, a file cannot be read, or something is wrong with it.
pub fn run(args: &Args, ctx: &Context, out: &mut dyn Write) -> Outcome {
    let folder = place(&args.name, ctx)?;
    if folder.exists() {
        return Err(Failure::usage(format!(
            "{} is there already, and nothing is overwritten: take another name",
            folder.display()
        )));
    }
    let name = folder
        .file_name()
        .map_or_else(|| args.name.clone(), |n| n.to_string_lossy().into_owned());
    let mut data = Vec::new();
    for file in &args.data {
        data.push((file_name(file), read(file)?));
    }
    let openapi = match &args.openapi {
        Some(file) => Some((file_name(file), read(file)?)),
        None => None,
    };
    let policy = match &args.policy {
        Some(file) => Some(
            String::from_utf8(read(file)?)
                .map_err(|_| Failure::usage(format!("{} is not UTF-8 text", file.display())))?,
        ),
        None => None,
    };
    let from = Begin {
        data,
        openapi,
        operations: args.operation.clone(),
        policy,
        style: match args.tool_style {
            Style::Table => ToolStyle::Table,
            Style::Rules => ToolStyle::Rules,
        },
    };
    let files = begin(&name, &from).map_err(|problems| {
        let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        Failure::wrong(clean(&lines.join("\n")).into_owned())
    })?;
    write_folder(&folder, &files)
        .map_err(|why| Failure::store(format!("{} cannot be made: {why}", folder.display())))?;
    let shown = clean(&folder.display().to_string()).into_owned();
    writeln!(out, "made {shown}")?;
    for file in files.keys() {
        writeln!(out, "  {}", clean(file))?;
    }
    let loaded = load(&name, &files);
    for problem in &loaded.problems {
        writeln!(out, "{}", clean(&problem.to_string()))?;
    }
    writeln!(out, "{}", summary(&loaded))?;
    writeln!(
        out,
        "next: `stategen open {shown}` opens it, `stategen check {shown}` says what is inferred"
    )?;
    Ok(Exit::Ok)
}

/// A bare name goes into the project's scenarios; anything else is a path.
fn place(name: &str, ctx: &Context) -> Result<PathBuf, Failure> {
    let path = PathBuf::from(name);
    let bare = path.components().count() == 1 && !name.contains(['/', '\\', '.']);
    if name.trim().is_empty() || path.file_name().is_none() {
        return Err(Failure::usage("name the folder to make"));
    }
    if bare && !ctx.project.scratch {
        return Ok(ctx
            .project
            .root
            .join(&ctx.config.scenarios.value)
            .join(name));
    }
    Ok(path)
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .map_or_else(String::new, |n| n.to_string_lossy().into_owned())
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    const LARGEST: u64 = 64 << 20;
    let wrong =
        |why: std::io::Error| Failure::usage(format!("{} cannot be read: {why}", path.display()));
    if std::fs::metadata(path).map_err(wrong)?.len() > LARGEST {
        return Err(Failure::usage(format!(
            "{} is larger than 64 MiB",
            path.display()
        )));
    }
    std::fs::read(path).map_err(wrong)
}
