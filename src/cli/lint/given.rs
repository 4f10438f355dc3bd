//! What is given beside a file: a world, tools, a policy, a scenario, a domain.

use super::Args;
use crate::cli::context::Context;
use crate::cli::exit::Failure;
use crate::dataset::import::{Given, Reader, tools_of};
use crate::engine::grounding::Told;
use crate::engine::session::told_of;
use crate::engine::world::Node;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What was read.
pub(super) struct Beside {
    given: Given,
    /// A folder with domains; else they are sought beside the file.
    domains: Option<PathBuf>,
}

impl Beside {
    /// A reader for a file in a folder.
    pub fn reader(&self, folder: &Path) -> Reader {
        let reader = Reader::new(folder, self.given.clone());
        match &self.domains {
            Some(domains) => reader.with_domains(domains),
            None => reader,
        }
    }
}

fn text(path: &Path) -> Result<String, Failure> {
    crate::dataset::import::text(path)
        .map_err(|why| Failure::store(format!("{why}. Nothing was checked.")))
}

fn world(path: &Path) -> Result<Node, Failure> {
    let value: serde_json::Value = serde_json::from_str(&text(path)?).map_err(|why| {
        Failure::usage(format!(
            "{} is no world: {why}. A world is one JSON object.",
            path.display()
        ))
    })?;
    Ok(Node::from_json(&value))
}

/// Reads what the flags name; the narrower one wins over the wider.
pub(super) fn read(args: &Args, ctx: &Context) -> Result<Beside, Failure> {
    let mut told: Option<Told> = None;
    let mut given = Given::default();
    let mut domains = None;
    if let Some(name) = &args.scenario {
        let scenario = ctx.scenario(name)?;
        told = Some(told_of(&scenario));
        given.world = Some(scenario.world.clone());
    }
    let (mut policy, mut tools) = (args.policy.clone(), args.tools.clone());
    let mut world_file = args.world.clone();
    if let Some(folder) = &args.domain {
        if !folder.is_dir() {
            return Err(Failure::store(format!(
                "{} is no folder.",
                folder.display()
            )));
        }
        let there = |names: &[&str]| {
            let mut paths = names.iter().map(|name| folder.join(name));
            paths.find(|path| path.is_file())
        };
        let own = there(&["policy.md"]).or_else(|| there(&["tools.json"]));
        if own.is_some() {
            policy = policy.or_else(|| there(&["policy.md"]));
            tools = tools.or_else(|| there(&["tools.json"]));
            let worlds = ["initial.json.gz", "initial.json", "world.json"];
            world_file = world_file.or_else(|| there(&worlds));
        } else {
            domains = Some(folder.clone());
        }
    }
    if let Some(path) = &policy {
        told.get_or_insert_default().known.text(&text(path)?);
    }
    if let Some(path) = &tools {
        let value: serde_json::Value = serde_json::from_str(&text(path)?).unwrap_or_default();
        if !tools_of(told.get_or_insert_default(), &value) {
            return Err(Failure::usage(format!(
                "{} is no JSON list of tools.",
                path.display()
            )));
        }
    }
    if let Some(path) = &world_file {
        given.world = Some(world(path)?);
    }
    given.told = told.map(Arc::new);
    Ok(Beside { given, domains })
}
