//! The box in which a person acts for a role: the user's words, an agent's words
//! and calls, a tool's result and what it does to the world. Checked while
//! typing; what was typed is kept when the box is left.

pub mod form;
mod paint;

use crate::engine::id::StepId;
use crate::engine::input::Acted;
use crate::engine::role::ToolCall;
use crate::engine::role::execute::{self, At};
use crate::engine::scenario::{Executor, Scenario};
use crate::engine::session::{Session, Turn};
use crate::engine::world::{Node, Patch};
use crate::surface::{Code, Key, Place, text};

use crate::tui::widget::area_key;
use form::Call;
use std::sync::Arc;
use tui_textarea::{Input, TextArea, WrapMode};

pub use paint::paint;

/// Its state.
#[derive(Debug)]
pub struct Speak {
    /// After which step it goes.
    pub at: Option<StepId>,
    /// For whom.
    pub turn: Turn,
    /// Which field has the keys: the text, then each argument of each call; of a
    /// tool the result, then the patch.
    pub field: usize,
    /// What a user or agent says; a tool's result.
    area: TextArea<'static>,
    /// What a tool does to the world.
    patch: TextArea<'static>,
    /// An agent's calls.
    pub calls: Vec<Call>,
    /// The list of tools, while one is chosen.
    pub tools: Option<Tools>,
    /// Why it was not given; giving it once more gives it all the same, where
    /// that can be.
    pub said: Option<String>,
    /// What the fields held when they were filled in for the person.
    before: [String; 2],
    scenario: Arc<Scenario>,
    world: Node,
}

/// Tools to choose from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tools {
    /// What was typed.
    pub typed: String,
    /// Which is chosen.
    pub at: usize,
}

/// A box for text.
fn area(text: &str) -> TextArea<'static> {
    let mut area = TextArea::new(text.lines().map(str::to_owned).collect());
    area.set_wrap_mode(WrapMode::WordOrGlyph);
    area
}

impl Speak {
    /// For whoever's turn it is at a place.
    #[must_use]
    pub fn new(session: &Session, at: Option<StepId>, turn: Turn) -> Self {
        let scenario = Arc::clone(session.scenario_at(at));
        let world = session.place(at).world.clone();
        let before = match &turn {
            Turn::Tool { call, .. } => drafted(&scenario, &world, call),
            Turn::User | Turn::Agent { .. } | Turn::Judge | Turn::Nobody => Default::default(),
        };
        Self {
            at,
            turn,
            field: 0,
            area: area(&before[0]),
            patch: area(&before[1]),
            calls: Vec::new(),
            tools: None,
            said: None,
            before,
            scenario,
            world,
        }
    }
    /// Where keys have their meaning.
    #[must_use]
    pub fn place(&self) -> Place {
        if self.tools.is_some() {
            Place::SpeakTools
        } else {
            Place::Speak
        }
    }
    /// What was typed in the first field.
    #[must_use]
    pub fn text(&self) -> String {
        self.area.lines().join("\n")
    }
    /// What was typed as the patch.
    #[must_use]
    pub fn patch_text(&self) -> String {
        self.patch.lines().join("\n")
    }
    /// Whether nothing was typed.
    #[must_use]
    pub fn untouched(&self) -> bool {
        self.text() == self.before[0]
            && self.patch_text() == self.before[1]
            && self.calls.is_empty()
    }
    /// How many fields there are.
    #[must_use]
    pub fn fields(&self) -> usize {
        match &self.turn {
            Turn::Tool { .. } => 2,
            Turn::Agent { .. } => {
                1 + self
                    .calls
                    .iter()
                    .map(|c| c.args.len().max(1))
                    .sum::<usize>()
            }
            Turn::User | Turn::Judge | Turn::Nobody => 1,
        }
    }
    /// The call and the argument that a field is of.
    #[must_use]
    pub fn of(&self, field: usize) -> Option<(usize, usize)> {
        let mut at = field.checked_sub(1)?;
        for (i, call) in self.calls.iter().enumerate() {
            let fields = call.args.len().max(1);
            if at < fields {
                return Some((i, at));
            }
            at -= fields;
        }
        None
    }
    /// The next field, or the one before.
    pub fn turn_field(&mut self, forward: bool) {
        let n = self.fields().max(1);
        self.field = (self.field + if forward { 1 } else { n - 1 }) % n;
        self.said = None;
    }
    /// Tools of the agent that acts, as far as typed.
    #[must_use]
    pub fn offered(&self) -> Vec<&str> {
        let Turn::Agent { agent } = &self.turn else {
            return Vec::new();
        };
        let typed = self.tools.as_ref().map_or("", |t| t.typed.as_str());
        let agent = agent.last().and_then(|name| self.scenario.agent(name));
        agent
            .into_iter()
            .flat_map(|agent| &agent.tools)
            .map(String::as_str)
            .filter(|name| name.contains(typed))
            .collect()
    }
    /// Adds a call of the tool that is chosen.
    pub fn pick(&mut self) {
        let at = self.tools.as_ref().map_or(0, |t| t.at);
        let name = self.offered().get(at).map(|name| (*name).to_owned());
        let call = name.and_then(|name| self.scenario.tool(&name).map(Call::of));
        self.tools = None;
        if let Some(call) = call {
            self.field = self.fields();
            self.calls.push(call);
        }
    }
    /// Takes the call away whose field has the keys, or the last.
    pub fn drop_call(&mut self) {
        let at = match self.of(self.field) {
            Some((call, _)) => call,
            None => self.calls.len().saturating_sub(1),
        };
        if at < self.calls.len() {
            self.calls.remove(at);
        }
        self.field = self.field.min(self.fields().saturating_sub(1));
        self.said = None;
    }

    /// What the person does, as it stands. `end`: the user is done, or the tool
    /// failed.
    ///
    /// # Errors
    /// What is wrong. Giving it once more is enough where only an agent's call is
    /// wrong: a wrong call can be what is wanted.
    pub fn acted(&mut self, end: bool) -> Result<Acted, String> {
        let text = self.text().trim().to_owned();
        match &self.turn {
            Turn::User => {
                if text.is_empty() && !end {
                    return Err(String::from("say something first"));
                }
                Ok(Acted::Said { text, done: end })
            }
            Turn::Agent { .. } => {
                if text.is_empty() && self.calls.is_empty() {
                    return Err(String::from("say something, or add a call (ctrl-t)"));
                }
                let wrong = self
                    .calls
                    .iter()
                    .find(|c| c.wrong(&self.scenario).is_some());
                if let Some(call) = wrong {
                    let why = format!("the call of {} is wrong; once more gives it so", call.tool);
                    if self.said.as_ref() != Some(&why) {
                        return Err(why);
                    }
                }
                Ok(Acted::Answered {
                    text,
                    calls: self.calls.iter().map(Call::made).collect(),
                })
            }
            Turn::Tool { .. } => {
                let result = self.result()?;
                let patch = if end { None } else { self.changes()? };
                if let Some(why) = self.refused(&result, patch.as_ref()) {
                    return Err(why);
                }
                Ok(Acted::Result {
                    result,
                    ok: !end,
                    patch,
                })
            }
            Turn::Judge | Turn::Nobody => Err(String::from("it is no role's turn")),
        }
    }

    /// A tool's result: JSON where it looks like JSON, else the text itself.
    ///
    /// # Errors
    /// Where it begins like JSON and is none: what is wrong, with its line.
    pub fn result(&self) -> Result<Node, String> {
        let text = self.text();
        let trimmed = text.trim();
        match serde_json::from_str(trimmed) {
            Ok(value) => Ok(Node::from_json(&value)),
            Err(why) if trimmed.starts_with(['{', '[', '"']) => Err(format!("no JSON yet: {why}")),
            Err(_) => Ok(Node::str(trimmed)),
        }
    }

    /// What the tool does to the world; `None` where it is what code does by
    /// itself.
    ///
    /// # Errors
    /// Why it is no patch.
    pub fn changes(&self) -> Result<Option<Patch>, String> {
        let typed = self.patch_text();
        if typed == self.before[1] {
            return Ok(None);
        }
        if typed.trim().is_empty() {
            return Ok(Some(Patch::default()));
        }
        serde_json::from_str(&typed)
            .map(Some)
            .map_err(|why| format!("no patch yet: {why}"))
    }

    /// Why the state manager would refuse it, one sentence for all.
    fn refused(&self, result: &Node, patch: Option<&Patch>) -> Option<String> {
        let (Turn::Tool { call, .. }, Some(patch)) = (&self.turn, patch) else {
            return None;
        };
        let tool = self.scenario.tool(&call.tool)?;
        let at = At {
            now: &self.scenario.now,
            id_key: 0,
        };
        let done = execute::commit(
            &self.scenario,
            tool,
            &self.world,
            &call.args,
            at,
            result.clone(),
            patch,
            &[],
        );
        done.err().map(|failed| {
            if failed.refused.is_empty() {
                failed.text
            } else {
                failed.refused.join("; ")
            }
        })
    }

    /// A key that is no action.
    pub fn key(&mut self, key: Key) {
        if let Some(tools) = &mut self.tools {
            match key.code {
                Code::Char(c) if !key.ctrl && !key.alt => tools.typed.push(c),
                Code::Backspace => {
                    tools.typed.pop();
                }
                _ => return,
            }
            tools.at = 0;
            return;
        }
        self.said = None;
        if let Some((call, at)) = self.of(self.field) {
            let arg = self.calls.get_mut(call).and_then(|c| c.args.get_mut(at));
            match (key.code, arg) {
                (Code::Char(c), Some(arg)) if !key.ctrl && !key.alt => arg.typed.push(c),
                (Code::Backspace, Some(arg)) => {
                    arg.typed.pop();
                }
                (Code::Enter | Code::Down, _) => self.turn_field(true),
                (Code::Up, _) => self.turn_field(false),
                _ => {}
            }
            return;
        }
        let area = match (&self.turn, self.field) {
            (Turn::Tool { .. }, 1) => &mut self.patch,
            _ => &mut self.area,
        };
        area.input(Input {
            key: area_key(key.code),
            ctrl: key.ctrl,
            alt: key.alt,
            shift: false,
        });
    }

    /// Pasted text; nothing of it is obeyed.
    pub fn paste(&mut self, pasted: &str) {
        self.said = None;
        if let Some(tools) = &mut self.tools {
            tools.typed.push_str(&text::clean_line(pasted));
            return;
        }
        if let Some((call, at)) = self.of(self.field) {
            if let Some(arg) = self.calls.get_mut(call).and_then(|c| c.args.get_mut(at)) {
                arg.typed.push_str(&text::clean_line(pasted));
            }
            return;
        }
        let area = match (&self.turn, self.field) {
            (Turn::Tool { .. }, 1) => &mut self.patch,
            _ => &mut self.area,
        };
        area.insert_str(text::clean(pasted));
    }
}

/// What code would answer and do by itself, for a tool that it runs.
fn drafted(scenario: &Scenario, world: &Node, call: &ToolCall) -> [String; 2] {
    let runs = |executor: &Executor| match executor {
        Executor::Table(_) | Executor::Rules => true,
        Executor::Model | Executor::Agent(_) | Executor::Human => false,
    };
    let Some(tool) = scenario.tool(&call.tool).filter(|t| runs(&t.executor)) else {
        return Default::default();
    };
    let at = At {
        now: &scenario.now,
        id_key: 0,
    };
    let done = execute::execute(scenario, tool, world, &call.args, at);
    if !done.ok {
        return [
            done.result.as_str().unwrap_or_default().to_owned(),
            String::new(),
        ];
    }
    let pretty = |value: &serde_json::Value| serde_json::to_string_pretty(value);
    let patch: Vec<String> = done
        .patch
        .0
        .iter()
        .filter_map(|op| serde_json::to_string(op).ok())
        .collect();
    [
        pretty(&done.result.to_json()).unwrap_or_default(),
        if patch.is_empty() {
            String::new()
        } else {
            format!("[\n{}\n]", patch.join(",\n"))
        },
    ]
}
