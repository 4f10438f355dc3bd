//! A new conversation: any task, any persona, any seed.

use super::list::{input, list};
use crate::engine::id::Seed;
use crate::engine::persona::profiles;
use crate::engine::scenario::Scenario;
use crate::surface::{Code, Key, Meaning, text};
use crate::tui::layout::dialog;
use crate::tui::paint::{Canvas, Line};
use ratatui::layout::Rect;

/// What is chosen, one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Field {
    /// The task.
    #[default]
    Task,
    /// The persona.
    Persona,
    /// The seed.
    Seed,
}

/// Something to choose: its name, and what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// As it is asked for; empty for none.
    pub name: String,
    /// In words.
    pub words: String,
}

/// Its state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begin {
    /// The scenario, as `Open` wants it; `None`: the one that is open.
    pub scenario: Option<String>,
    /// Its title.
    pub title: String,
    /// Its tasks.
    pub tasks: Vec<Choice>,
    /// Its personas and all profiles; the first leaves it to the task.
    pub personas: Vec<Choice>,
    /// What is being chosen.
    pub field: Field,
    /// Which task is chosen.
    pub task: usize,
    /// Which persona is chosen.
    pub persona: usize,
    /// The seed, as it was typed.
    pub seed: String,
    /// What was typed to find a task or a persona.
    pub filter: String,
}

impl Begin {
    /// For a scenario, with a task and a seed chosen before.
    #[must_use]
    pub fn new(name: Option<String>, scenario: &Scenario, task: Option<&str>, seed: Seed) -> Self {
        let choice = |name: &str, words: &str| Choice {
            name: name.to_owned(),
            words: words.to_owned(),
        };
        let goal = |task: &crate::engine::scenario::Task| {
            let bound = scenario.bind(&task.id, seed);
            bound.map_or_else(|_| task.goal.clone(), |bound| bound.goal)
        };
        let tasks: Vec<Choice> = scenario
            .tasks
            .iter()
            .map(|t| choice(&t.id, &goal(t)))
            .collect();
        let mut personas = vec![choice("", "as the task says, else drawn by the seed")];
        personas.extend(scenario.personas.iter().map(|p| {
            let words = if p.profile.is_empty() {
                p.name.clone()
            } else {
                format!("{}, {}", p.name, p.profile.replace('_', " "))
            };
            choice(&p.id, words.trim_start_matches([',', ' ']))
        }));
        let own = scenario.profiles.iter();
        personas.extend(
            own.chain(profiles())
                .map(|p| choice(&p.name, &format!("profile. {}", p.about))),
        );
        Self {
            scenario: name,
            title: scenario.title.clone(),
            task: tasks
                .iter()
                .position(|t| Some(t.name.as_str()) == task)
                .unwrap_or(0),
            tasks,
            personas,
            field: Field::Task,
            persona: 0,
            seed: seed.to_string(),
            filter: String::new(),
        }
    }
    /// The seed, where what was typed is one.
    #[must_use]
    pub fn number(&self) -> Option<Seed> {
        self.seed.trim().parse().ok()
    }
    /// Another field.
    pub fn turn(&mut self, forward: bool) {
        const ALL: [Field; 3] = [Field::Task, Field::Persona, Field::Seed];
        let at = ALL.iter().position(|f| *f == self.field).unwrap_or(0);
        let next = (at + if forward { 1 } else { 2 }) % 3;
        self.field = ALL.get(next).copied().unwrap_or_default();
        self.filter.clear();
    }
    /// What can be chosen for the field, as numbers of the whole list.
    fn fits(&self) -> Vec<usize> {
        let all = match self.field {
            Field::Task => &self.tasks,
            Field::Persona => &self.personas,
            Field::Seed => return Vec::new(),
        };
        let wanted = self.filter.to_lowercase();
        let fits = |c: &Choice| {
            format!("{} {}", c.name, c.words)
                .to_lowercase()
                .contains(&wanted)
        };
        (0..all.len())
            .filter(|i| all.get(*i).is_some_and(fits))
            .collect()
    }
    /// The one above or below; the seed after it or before it.
    pub fn step(&mut self, down: bool) {
        if self.field == Field::Seed {
            if let Some(seed) = self.number() {
                let next = if down {
                    seed.wrapping_sub(1)
                } else {
                    seed.wrapping_add(1)
                };
                self.seed = next.to_string();
            }
            return;
        }
        let fits = self.fits();
        let chosen = if self.field == Field::Task {
            &mut self.task
        } else {
            &mut self.persona
        };
        let at = fits.iter().position(|i| i == chosen);
        let to = match at {
            None => 0,
            Some(at) if down => (at + 1).min(fits.len().saturating_sub(1)),
            Some(at) => at.saturating_sub(1),
        };
        if let Some(to) = fits.get(to) {
            *chosen = *to;
        }
    }
    /// A key that is no action.
    pub fn typed(&mut self, key: Key) {
        let text = match self.field {
            Field::Seed => &mut self.seed,
            Field::Task | Field::Persona => &mut self.filter,
        };
        match key.code {
            Code::Char(c) if !key.ctrl && !key.alt => text.push(c),
            Code::Backspace => drop(text.pop()),
            _ => return,
        }
        // What is chosen is always in view.
        let fits = self.fits();
        let chosen = match self.field {
            Field::Task => &mut self.task,
            Field::Persona => &mut self.persona,
            Field::Seed => return,
        };
        if let Some(first) = fits.first()
            && !fits.contains(chosen)
        {
            *chosen = *first;
        }
    }
}

/// Paints it.
pub fn paint(canvas: &mut Canvas<'_>, area: Rect, begin: &Begin) {
    let height = area.height.saturating_sub(4).clamp(7, 24);
    let at = dialog(area, 90, height);
    canvas.clear(at);
    let title = Line::of(Meaning::Title, "new conversation")
        .and(Meaning::TextMuted, format!("  {}", begin.title));
    let inside = canvas.frame(at, true, &title);
    let inside = Rect {
        x: inside.x.saturating_add(1).min(inside.right()),
        width: inside.width.saturating_sub(2),
        ..inside
    };
    let name = |all: &[Choice], at: usize| {
        all.get(at).map_or_else(String::new, |c| {
            if c.name.is_empty() {
                c.words.clone()
            } else {
                c.name.clone()
            }
        })
    };
    let rows = [
        (Field::Task, "task     ", name(&begin.tasks, begin.task)),
        (
            Field::Persona,
            "persona  ",
            name(&begin.personas, begin.persona),
        ),
        (Field::Seed, "seed     ", begin.seed.clone()),
    ];
    for ((field, word, value), y) in rows.iter().zip(inside.top()..inside.bottom()) {
        let row = Rect {
            y,
            height: 1,
            ..inside
        };
        let here = *field == begin.field;
        let sign = format!("{} {word}", if here { ">" } else { " " });
        if here && *field == Field::Seed {
            input(canvas, row, &sign, value, true);
            continue;
        }
        let mut line = Line::of(Meaning::HintKey, sign).and(Meaning::TextStrong, value.clone());
        if here && !begin.filter.is_empty() {
            line.push(Meaning::TextMuted, "   like ");
            line.push(Meaning::Text, begin.filter.clone());
            line.push(Meaning::EditorCursor, " ");
        }
        canvas.line(row, &line);
    }
    let rest = Rect {
        y: inside.y.saturating_add(4),
        height: inside.height.saturating_sub(4),
        ..inside
    };
    let (all, chosen) = match begin.field {
        Field::Task => (&begin.tasks, begin.task),
        Field::Persona => (&begin.personas, begin.persona),
        Field::Seed => {
            let said = match begin.number() {
                Some(_) => Line::of(
                    Meaning::TextMuted,
                    "the same seed draws the same bindings, persona and chance",
                ),
                None => Line::of(Meaning::ScorePoor, "!! a seed is a whole number from 0"),
            };
            canvas.line(rest, &said);
            return;
        }
    };
    let fits = begin.fits();
    if fits.is_empty() {
        canvas.line(rest, &Line::of(Meaning::TextMuted, "nothing is like this"));
    }
    let at = fits.iter().position(|i| *i == chosen).unwrap_or(0);
    let wide = all
        .iter()
        .map(|c| text::width(&text::clean_line(&c.name)))
        .max()
        .unwrap_or(0)
        .min(usize::from(rest.width) / 3);
    list(canvas, rest, fits.len(), at, |i| {
        let choice = all.get(*fits.get(i)?)?;
        let name = text::clean_line(&choice.name).into_owned();
        let name = text::shorten(&name, wide);
        let pad = " ".repeat(wide.saturating_sub(text::width(&name)) + 2);
        Some(
            Line::of(Meaning::Text, name).and(Meaning::TextMuted, format!("{pad}{}", choice.words)),
        )
    });
}
