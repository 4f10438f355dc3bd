//! Themes: which there are, which is worn, and trying another on.

use super::model::Model;
use super::msg::Cmd;
use super::overlay::Overlay;
use super::overlay::themes::{self, Themes};
use super::terminal;
use super::theme::{Depth, Theme};
use crate::config::{Config, nearest};
use crate::engine::problem::Problem;
use crate::surface::{Action, Verb, Word};
use std::path::PathBuf;

/// The theme that is worn, and where others come from.
#[derive(Debug)]
pub struct Looks {
    /// What is worn.
    pub theme: Theme,
    /// The person's own themes.
    folder: Option<PathBuf>,
    depth: Depth,
}

impl Looks {
    /// The theme that the settings name, and what is wrong with it. `auto` is
    /// the terminal's own colours; without colour it is always `mono`.
    #[must_use]
    pub fn of(config: &Config) -> (Self, Vec<Problem>) {
        let mut looks = Self {
            theme: plain(),
            folder: config.user_dir.as_ref().map(|dir| dir.join("themes")),
            depth: terminal::depth(),
        };
        if terminal::colourless() {
            terminal::keep_attributes();
        }
        let name = match config.theme.value.as_str() {
            _ if terminal::colourless() => "mono",
            "auto" => "ansi",
            other => other,
        };
        let problems = looks.wear(name);
        (looks, problems)
    }

    /// Puts another theme on; answers what is wrong with it. One that is not
    /// there changes nothing.
    pub fn wear(&mut self, name: &str) -> Vec<Problem> {
        match self.find(name) {
            Ok((theme, problems)) => {
                self.theme = theme.fit(self.depth);
                problems
            }
            Err(problem) => vec![problem],
        }
    }

    fn find(&self, name: &str) -> Result<(Theme, Vec<Problem>), Problem> {
        // A file of the person's own goes before one of ours with its name.
        let plain = !name.contains(['/', '\\']) && name != "..";
        let file = self.folder.as_ref().filter(|_| plain);
        if let Some(file) = file.map(|dir| dir.join(format!("{name}.toml")))
            && let Ok(text) = std::fs::read_to_string(&file)
        {
            let (mut theme, problems) = Theme::read(&file.display().to_string(), &text);
            name.clone_into(&mut theme.name);
            return Ok((theme, problems));
        }
        Theme::built_in(name).ok_or_else(|| {
            let help = format!("there are: {}", self.names().join(", "));
            Problem::warning("theme", 0, 0, format!("there is no theme `{name}`")).help(help)
        })
    }

    /// Names of all themes: ours, then those of the person.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = Theme::names().map(str::to_owned).collect();
        let files = self.folder.as_ref().and_then(|dir| dir.read_dir().ok());
        let mut own: Vec<String> = files
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|entry| {
                let name = entry.file_name().to_string_lossy().into_owned();
                name.strip_suffix(".toml").map(str::to_owned)
            })
            .filter(|name| !names.contains(name))
            .collect();
        own.sort();
        names.extend(own);
        names
    }
}

fn plain() -> Theme {
    Theme::built_in("ansi").map_or_else(|| Theme::read("", "").0, |(theme, _)| theme)
}

/// What is done; `None` for an action that is not of this kind.
pub(super) fn about(model: &mut Model, action: Action) -> Option<Vec<Cmd>> {
    match action {
        Action::Themes => {
            model.overlay = Some(Overlay::Themes(Themes::new(&model.themes, &model.theme)));
            Some(Vec::new())
        }
        Action::ThemesDown | Action::ThemesUp | Action::ThemesKeep | Action::ThemesClose => {
            let Some(Overlay::Themes(list)) = &mut model.overlay else {
                return Some(Vec::new());
            };
            match action {
                Action::ThemesDown => list.turn(true, model.themes.len()),
                Action::ThemesUp => list.turn(false, model.themes.len()),
                Action::ThemesKeep => {
                    model.overlay = None;
                    model.note = Some(format!(
                        "theme {}; `theme = \"{}\"` in config.toml keeps it",
                        model.theme, model.theme
                    ));
                    return Some(Vec::new());
                }
                _ => {
                    let before = list.before.clone();
                    model.overlay = None;
                    return Some(vec![Cmd::Theme(before)]);
                }
            }
            let chosen = model.themes.get(list.at).cloned();
            Some(chosen.map(Cmd::Theme).into_iter().collect())
        }
        _ => None,
    }
}

/// Why an action of this kind cannot be done now; `None` for another kind.
pub(super) fn able(_model: &Model, _action: Action) -> Option<Result<(), String>> {
    None
}

/// What a verb of this kind does; `None` for another kind.
pub(super) fn verb(model: &mut Model, verb: Verb, rest: &str) -> Option<Result<Vec<Cmd>, String>> {
    if verb != Verb::Theme {
        return None;
    }
    if rest.is_empty() {
        return about(model, Action::Themes).map(Ok);
    }
    if model.themes.iter().any(|name| name == rest) {
        return Some(Ok(vec![Cmd::Theme(rest.to_owned())]));
    }
    let names: Vec<&str> = model.themes.iter().map(String::as_str).collect();
    let near = nearest(rest, names.iter().copied());
    Some(Err(match near {
        Some(near) => format!("there is no theme `{rest}`; `{near}` is near"),
        None => format!(
            "there is no theme `{rest}`; there are: {}",
            names.join(", ")
        ),
    }))
}

/// What may come next behind a verb of this kind; `None` for another kind.
pub(super) fn words(model: &Model, verb: Verb, before: &[&str]) -> Option<Vec<Word>> {
    (verb == Verb::Theme).then(|| {
        let names = model.themes.iter().filter(|_| before.is_empty());
        names
            .map(|name| Word::new(name.as_str(), themes::words(name)))
            .collect()
    })
}
