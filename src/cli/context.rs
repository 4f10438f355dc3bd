//! What every command starts from: the project, the configuration, and ways to
//! a scenario, the store and a replayed conversation.

use super::exit::Failure;
use crate::config::{self, Config, Found, Inputs, NotFound, Project};
use crate::engine::id::ConvId;
use crate::engine::problem::{Problem, Severity};
use crate::engine::scenario::{Scenario, load};
use crate::store::{FILE, FOLDER, Store, StoreError};
use crate::surface::Keymap;
use crate::surface::text::clean;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The project and its configuration.
#[derive(Clone, Debug)]
pub struct Context {
    /// The project, or the person's scratch folder.
    pub project: Project,
    /// The configuration.
    pub config: Config,
    /// What is wrong in it.
    pub problems: Vec<Problem>,
}

/// What a name stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// A scenario, as it was named.
    Scenario(String),
    /// A stored conversation.
    Conversation(ConvId),
}

impl Context {
    /// Reads everything; `project` is the folder named by a flag, `flags` are
    /// settings, values and the flags as written.
    ///
    /// # Errors
    /// The folder named is no project.
    pub fn read(
        project: Option<&Path>,
        flags: Vec<(String, String, String)>,
    ) -> Result<Self, Failure> {
        let env: Vec<(String, String)> = std::env::vars_os()
            .filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?)))
            .collect();
        let (user_dir, data_dir) = config::user_dirs(&env);
        let project = match project {
            Some(dir) if dir.join(config::PROJECT_FILE).is_file() => Project {
                root: dir.to_owned(),
                scratch: false,
            },
            Some(dir) => {
                return Err(Failure::usage(format!(
                    "{} holds no {}. `stategen init {}` makes one.",
                    dir.display(),
                    config::PROJECT_FILE,
                    dir.display()
                )));
            }
            None => {
                let here = std::env::current_dir().unwrap_or_else(|_| PathBuf::from("."));
                Project::of(&here, &data_dir)
            }
        };
        let (_, keys) = Keymap::of(user_dir.as_deref());
        let (config, mut problems) = Config::load(&Inputs {
            user_dir,
            project: (!project.scratch).then(|| project.root.clone()),
            env,
            flags,
        });
        problems.extend(keys);
        Ok(Self {
            project,
            config,
            problems,
        })
    }

    /// Who sits before it: the name that the system knows, else `person`.
    #[must_use]
    pub fn person(&self) -> String {
        ["USER", "USERNAME"]
            .into_iter()
            .filter_map(|name| std::env::var(name).ok())
            .map(|name| clean(name.trim()).into_owned())
            .find(|name| !name.is_empty())
            .unwrap_or_else(|| String::from("person"))
    }

    /// Finds a scenario's files.
    ///
    /// # Errors
    /// There is none, or it cannot be read.
    pub fn find(&self, wanted: &str) -> Result<Found, Failure> {
        Ok(config::resolve(wanted, &self.project, &self.config)?)
    }

    /// Finds and reads a scenario that can be used.
    ///
    /// # Errors
    /// There is none, it cannot be read, or it has errors: all of them.
    pub fn scenario(&self, wanted: &str) -> Result<Arc<Scenario>, Failure> {
        let found = self.find(wanted)?;
        let loaded = load(&found.name, &found.files);
        loaded.scenario.ok_or_else(|| {
            let mut lines: Vec<String> = loaded
                .problems
                .iter()
                .filter(|p| p.severity == Severity::Error)
                .map(|p| clean(&p.to_string()).into_owned())
                .collect();
            lines.push(format!(
                "the scenario `{}` cannot be used before this is mended; `stategen check {}` \
                 says all that is wrong.",
                found.name, wanted
            ));
            Failure::wrong(lines.join("\n"))
        })
    }

    /// What a name stands for: a scenario, else a stored conversation.
    ///
    /// # Errors
    /// Neither, or several conversations.
    pub fn named(&self, wanted: &str) -> Result<Named, Failure> {
        match config::resolve(wanted, &self.project, &self.config) {
            Ok(_) => Ok(Named::Scenario(wanted.to_owned())),
            Err(unknown @ NotFound::Unknown { .. }) => {
                match self.stored()?.map(|store| store.find(wanted)) {
                    Some(Ok(id)) => Ok(Named::Conversation(id)),
                    None | Some(Err(StoreError::Unknown { .. })) => Err(Failure::usage(format!(
                        "{unknown} No stored conversation has this name either."
                    ))),
                    Some(Err(why)) => Err(why.into()),
                }
            }
            Err(why) => Err(why.into()),
        }
    }

    /// The store, made where there is none.
    ///
    /// # Errors
    /// It cannot be opened.
    pub fn store(&self) -> Result<Store, Failure> {
        Ok(Store::open(&self.project.root)?)
    }

    /// The store for reading; `None` where nothing was ever stored.
    ///
    /// # Errors
    /// It cannot be opened.
    pub fn stored(&self) -> Result<Option<Store>, Failure> {
        if !self.project.root.join(FOLDER).join(FILE).exists() {
            return Ok(None);
        }
        match Store::open_read_only(&self.project.root) {
            // An older one is brought up to date by opening it for writing.
            Err(StoreError::Older { .. }) => Ok(Some(Store::open(&self.project.root)?)),
            other => Ok(Some(other?)),
        }
    }

    /// The store for reading, and the conversation that a name stands for.
    ///
    /// # Errors
    /// There is no such conversation.
    pub fn conversation(&self, wanted: &str) -> Result<(Store, ConvId), Failure> {
        let Some(store) = self.stored()? else {
            return Err(Failure::usage(format!(
                "nothing is stored in {} yet, so there is no conversation `{wanted}`. \
                 `stategen run SCENARIO` makes one.",
                self.project.root.display()
            )));
        };
        let id = store.find(wanted)?;
        Ok((store, id))
    }
}

/// Writes one JSON value on a line.
///
/// # Errors
/// The output cannot be written.
pub fn json_line<T: serde::Serialize>(out: &mut dyn Write, value: &T) -> Result<(), Failure> {
    let text = serde_json::to_string(value)
        .map_err(|why| Failure::store(format!("cannot be written as JSON: {why}")))?;
    writeln!(out, "{text}")?;
    Ok(())
}
