//! From what a person typed to a workbench: the list of scenarios, the theme,
//! and the runtime that the loop lives in.

use super::event::{self, Backend as _};
use super::job::opening::names_of;
use super::live::Live;
use super::looks::Looks;
use super::model::{FromPast, Model};
use super::msg::{Cmd, Msg, Open};
use super::opening;
use super::terminal::{self, Screen};
use super::update::update;
use crate::config::{Config, Project, resolve, scenario_names};
use crate::engine::halt::Break;
use crate::engine::id::ConvId;
use crate::engine::problem::{Problem, Severity};
use crate::engine::scenario::{Scenario, load};
use crate::surface::{Keymap, text};
use anyhow::{Context, bail};
use std::io::IsTerminal;
use std::sync::Arc;

/// What the workbench starts with.
#[derive(Clone, Debug)]
pub struct Options {
    /// The project.
    pub project: Project,
    /// Its settings.
    pub config: Config,
    /// What is wrong in them; shown at the start.
    pub problems: Vec<Problem>,
    /// A scenario (folder, name, sample); `None` shows what there is.
    pub scenario: Option<String>,
    /// A stored conversation to go on with, before any scenario.
    pub conversation: Option<ConvId>,
    /// The task; the scenario's first where none is named.
    pub task: Option<String>,
    /// The seed; the setting where none is given.
    pub seed: Option<u64>,
    /// A persona of the scenario, or a profile.
    pub persona: Option<String>,
    /// Faults for the scripted stand-in to make.
    pub faults: Vec<String>,
    /// Who plays which seat.
    pub setup: crate::driver::Setup,
    /// Who sits before it: decisions are made in this name.
    pub person: String,
}

impl Options {
    /// A scenario that can be used.
    ///
    /// # Errors
    /// There is none of this name, it cannot be read, or it has errors.
    pub fn scenario(&self, wanted: &str) -> anyhow::Result<Arc<Scenario>> {
        let found = resolve(wanted, &self.project, &self.config)?;
        let loaded = load(&found.name, &found.files);
        let errors: Vec<String> = loaded
            .problems
            .iter()
            .filter(|p| p.severity == Severity::Error)
            .map(|p| text::clean(&p.to_string()).into_owned())
            .collect();
        match loaded.scenario {
            Some(scenario) => Ok(scenario),
            None => bail!(
                "the scenario `{}` cannot be used before this is mended:\n{}",
                found.name,
                errors.join("\n")
            ),
        }
    }
}

/// Runs the workbench until the person leaves.
///
/// # Errors
/// There is no terminal, the scenario named cannot be used, or the store cannot
/// be opened. The terminal is as it was before.
pub fn run(options: Options) -> anyhow::Result<()> {
    if !std::io::stdout().is_terminal() || !std::io::stdin().is_terminal() {
        bail!(
            "the workbench needs a terminal. `stategen run SCENARIO` plays a conversation \
             without one."
        );
    }
    // What is wrong with the arguments is told before the screen is taken.
    let first = match &options.scenario {
        _ if options.conversation.is_some() => true,
        Some(wanted) => {
            let scenario = options.scenario(wanted)?;
            check_task(&scenario, options.task.as_deref())?;
            true
        }
        None => false,
    };
    let (mut looks, problems) = Looks::of(&options.config);
    let mut model = Model::new(0, 0);
    model.theme.clone_from(&looks.theme.name);
    model.themes = looks.names();
    model.ascii = options.config.glyphs.value == "ascii";
    model.stops = vec![Break::Rule];
    model.mouse = options.config.mouse.value == "on";
    model.from_past = match options.config.from_past.value.as_str() {
        "fork" => FromPast::Fork,
        "overwrite" => FromPast::Overwrite,
        _ => FromPast::Ask,
    };
    // What is wrong with the keys is among the problems of the settings.
    model.keymap = Keymap::of(options.config.user_dir.as_deref()).0;
    let wrong: Vec<&Problem> = options.problems.iter().chain(&problems).collect();
    let trouble = wrong.first().map(|first| {
        let words = text::clean_line(&first.to_string()).into_owned();
        match wrong.len() {
            1 => words,
            n => format!("{words} ({} more: `stategen config` has them all)", n - 1),
        }
    });
    let open = Open {
        scenario: options.scenario.clone(),
        task: options.task.clone(),
        seed: options.seed,
        ..Open::default()
    };
    let conversation = options.conversation.clone();
    model.opening.seed = options.seed.unwrap_or(options.config.seed.value);
    // The tasks follow: the first frame waits for no scenario.
    let reading = if first {
        Vec::new()
    } else {
        let names = scenario_names(&options.project, &options.config);
        opening::named(&mut model, names_of(names))
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("no runtime for calls")?;
    terminal::hook();
    let ended = runtime.block_on(async {
        let mut live = Live::new(options);
        if first {
            let opened = match &conversation {
                Some(id) => live.open(&Open {
                    conversation: Some(id.clone()),
                    ..Open::default()
                }),
                None => live.open(&open),
            };
            match opened {
                Ok(session) => {
                    for cmd in update(&mut model, Msg::Opened(session)) {
                        if let Cmd::Job(job) = cmd {
                            live.job(job);
                        }
                    }
                }
                Err(why) => bail!("{why}"),
            }
        }
        model.problem = trouble;
        for cmd in reading {
            if let Cmd::Job(job) = cmd {
                live.job(job);
            }
        }
        terminal::mouse(model.mouse).context("the terminal cannot be used")?;
        let mut screen = Screen::new().context("the terminal cannot be used")?;
        model.size = screen.size().context("the terminal has no size")?;
        let ended = event::run(&mut screen, &mut model, &mut looks, &mut live).await;
        drop(screen);
        live.close().await;
        ended.context("the terminal is gone")
    });
    // A call in flight must not keep the program.
    runtime.shutdown_background();
    ended
}

fn check_task(scenario: &Scenario, wanted: Option<&str>) -> anyhow::Result<()> {
    let names: Vec<&str> = scenario.tasks.iter().map(|t| t.id.as_str()).collect();
    match wanted {
        Some(task) if !names.contains(&task) => {
            bail!(
                "there is no task `{task}`. There are: {}.",
                names.join(", ")
            )
        }
        Some(_) | None => Ok(()),
    }
}
