//! A tool tried by hand: arguments by its schema, run on a world of one's choice.
//! What it would do is shown; nothing is written anywhere.

use super::card::{kind, places};
use super::outline::executor;
use crate::engine::rng::Rng;
use crate::engine::role::args;
use crate::engine::role::execute::{At, Executed, execute};
use crate::engine::rules::Explain;
use crate::engine::scenario::{Executor, Scenario, Tool};
use crate::engine::world::{Map, Node, Op, Patch, Path};
use crate::surface::{Code, Key, Meaning, text};
use crate::tui::paint::{Canvas, Line, wrapped};
use ratatui::layout::Rect;
use serde_json::Value;
use std::sync::Arc;

/// Letters of a value at most, in a line about a change.
const SHOWN: usize = 120;

/// A world to try it on.
#[derive(Clone, Debug)]
pub struct Ground {
    /// In words: `step 7`, `broken_kettle`, `the scenario`.
    pub name: String,
    /// It.
    pub world: Node,
    /// Arguments that were used there.
    pub given: Option<Value>,
}

/// One argument.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Its name; empty where the schema names none and all are typed as JSON.
    pub name: String,
    /// What it may be.
    pub kind: String,
    /// Whether it must be there.
    pub needed: bool,
    /// What can be chosen, where that is little.
    pub choices: Vec<String>,
    /// Whether what is typed is a text as it stands.
    pub plain: bool,
    /// What was typed.
    pub typed: String,
}

/// Its state.
#[derive(Clone, Debug)]
pub struct Hand {
    /// The scenario.
    pub scenario: Arc<Scenario>,
    /// The tool.
    pub tool: Tool,
    /// Worlds to choose from.
    pub grounds: Vec<Ground>,
    /// Which is chosen.
    pub ground: usize,
    /// The arguments.
    pub fields: Vec<Field>,
    /// Which line has the keys: 0 is the world, then the arguments.
    pub at: usize,
    /// Which draw of new ids.
    pub draw: u64,
    /// What came of it.
    pub done: Executed,
    /// Rows of it that are above.
    pub scroll: usize,
}

impl Hand {
    /// For a tool; the arguments are those that were used on the first world.
    #[must_use]
    pub fn new(scenario: Arc<Scenario>, tool: Tool, grounds: Vec<Ground>) -> Self {
        let mut hand = Self {
            fields: fields(&tool.parameters),
            done: Executed::failed(&Node::Null, tool.render, ""),
            scenario,
            tool,
            grounds,
            ground: 0,
            at: 1,
            draw: 0,
            scroll: 0,
        };
        hand.at = usize::from(!hand.fields.is_empty());
        hand.fill();
        hand.run();
        hand
    }

    /// Takes the arguments that were used on the chosen world.
    fn fill(&mut self) {
        let given = self.grounds.get(self.ground).and_then(|g| g.given.as_ref());
        let Some(Value::Object(given)) = given else {
            return;
        };
        for field in &mut self.fields {
            let value = given.get(&field.name);
            field.typed = match value {
                _ if field.name.is_empty() => Value::Object(given.clone()).to_string(),
                // A template over an earlier result has no value here.
                Some(Value::String(words)) if words.contains('{') => String::new(),
                Some(Value::String(words)) if field.plain => words.clone(),
                Some(other) => other.to_string(),
                None => String::new(),
            };
        }
    }

    /// The arguments as they are typed.
    fn args(&self) -> Node {
        let mut out = Map::new();
        for field in &self.fields {
            let typed = field.typed.trim();
            if typed.is_empty() {
                continue;
            }
            let read = serde_json::from_str::<Value>(typed);
            if field.name.is_empty() {
                return read.map_or_else(|_| Node::str(typed), |v| Node::from_json(&v));
            }
            let value = match read {
                Ok(value) if !field.plain || value.is_string() => Node::from_json(&value),
                Ok(_) | Err(_) => Node::str(typed),
            };
            out.insert(field.name.as_str(), value);
        }
        Node::Map(out)
    }

    /// Runs it.
    pub fn run(&mut self) {
        let Some(ground) = self.grounds.get(self.ground) else {
            return;
        };
        self.scroll = 0;
        let at = At {
            now: &self.scenario.now,
            id_key: Rng::new(self.draw, "tool call").next_u64(),
        };
        let raw = self.args();
        self.done = match args::read(self.tool.args, &self.tool.parameters_schema, &raw) {
            Ok(given) => execute(&self.scenario, &self.tool, &ground.world, &given, at),
            Err(why) => Executed::failed(&ground.world, self.tool.render, &why),
        };
    }

    /// Another line.
    pub fn turn(&mut self, forward: bool) {
        let n = self.fields.len() + 1;
        self.at = (self.at + if forward { 1 } else { n - 1 }) % n;
    }

    /// Another world, or another choice of an argument.
    pub fn choose(&mut self, forward: bool) {
        let next = |at: Option<usize>, n: usize| match at {
            None => 0,
            Some(at) if forward => (at + 1) % n.max(1),
            Some(at) => (at + n.max(1) - 1) % n.max(1),
        };
        if self.at == 0 {
            self.ground = next(Some(self.ground), self.grounds.len());
            self.fill();
        } else if let Some(field) = self.fields.get_mut(self.at - 1) {
            let at = field.choices.iter().position(|c| *c == field.typed);
            if let Some(choice) = field.choices.get(next(at, field.choices.len())) {
                field.typed.clone_from(choice);
            }
        }
        self.run();
    }

    /// A key that is no action.
    pub fn typed(&mut self, key: Key) {
        let Some(field) = self
            .at
            .checked_sub(1)
            .and_then(|at| self.fields.get_mut(at))
        else {
            return;
        };
        match key.code {
            Code::Char(c) if !key.ctrl && !key.alt => field.typed.push(c),
            Code::Backspace => drop(field.typed.pop()),
            _ => return,
        }
        self.run();
    }

    /// Pasted text.
    pub fn paste(&mut self, words: &str) {
        for c in text::clean_line(words).chars() {
            self.typed(Key::plain(Code::Char(c)));
        }
    }

    /// What came of it, in lines.
    #[must_use]
    pub fn lines(&self, width: usize) -> Vec<Line> {
        let mut out = Vec::new();
        let mut say = |role: Meaning, words: &str| out.extend(wrapped(role, words, 0, width));
        let done = &self.done;
        match self.tool.executor {
            Executor::Agent(_) => {
                say(
                    Meaning::TextMuted,
                    "an agent answers this tool, in a conversation",
                );
                return out;
            }
            Executor::Human => {
                say(
                    Meaning::TextMuted,
                    "a person answers this tool, in a conversation",
                );
                return out;
            }
            Executor::Model => say(
                Meaning::TextMuted,
                "a model answers this tool; this is its draft in the rules files",
            ),
            Executor::Table(_) | Executor::Rules => {}
        }
        if done.ok {
            say(Meaning::ScoreGood, "ok  the agent reads:");
        } else {
            say(Meaning::ScorePoor, "!!  it fails, and the agent reads:");
        }
        say(Meaning::Text, &done.text);
        for why in &done.refused {
            say(Meaning::ScorePoor, &format!("refused  {why}"));
        }
        if done.broken_rule {
            say(
                Meaning::ScorePoor,
                "the rule itself cannot go on: that is the scenario's fault",
            );
        }
        if let Some(why) = &done.explain {
            explained(why, &mut say);
        }
        for broken in &done.policy {
            say(
                Meaning::ScoreFair,
                &format!("?   policy {}: {}", broken.name, broken.message),
            );
            explained(&broken.explain, &mut say);
        }
        let world = self.grounds.get(self.ground).map(|g| &g.world);
        if done.patch.is_empty() {
            say(Meaning::TextMuted, "the world stays as it is");
        } else if let Some(world) = world {
            say(
                Meaning::TextMuted,
                "it would change, and nothing is written:",
            );
            out.extend(patch(&done.patch, &done.lines, world));
        }
        out
    }

    /// Paints form and outcome.
    pub fn paint(&self, canvas: &mut Canvas<'_>, inside: Rect) {
        let wide = self
            .fields
            .iter()
            .map(|f| text::width(&text::clean_line(&f.name)))
            .max()
            .unwrap_or(0)
            .clamp(5, 24);
        let form = u16::try_from(self.fields.len() + 1).unwrap_or(u16::MAX);
        let form = form.min((inside.height / 2).max(2)).min(inside.height);
        let from = (self.at + 1).saturating_sub(usize::from(form));
        for (n, y) in (from..=self.fields.len()).zip(inside.top()..inside.top() + form) {
            let row = Rect {
                y,
                height: 1,
                ..inside
            };
            let here = n == self.at;
            let sign = if here { "> " } else { "  " };
            let mut line = Line::of(Meaning::HintKey, sign);
            let field = n.checked_sub(1).and_then(|at| self.fields.get(at));
            let (name, typed, kind) = match field {
                None => {
                    let name = self.grounds.get(self.ground).map_or("", |g| &g.name);
                    let of = self.grounds.len();
                    let of = format!("world {} of {of}", self.ground + 1);
                    ("world", name.to_owned(), of)
                }
                Some(field) => {
                    let name = if field.name.is_empty() {
                        "args"
                    } else {
                        &field.name
                    };
                    let mark = if field.needed { "" } else { ", optional" };
                    let kind = format!("{}{mark}", field.kind);
                    (name, field.typed.clone(), kind)
                }
            };
            let name = text::clean_line(name).into_owned();
            let name = text::shorten(&name, wide);
            let pad = " ".repeat(wide.saturating_sub(text::width(&name)) + 2);
            line.push(Meaning::TextStrong, format!("{name}{pad}"));
            line.push(Meaning::Text, typed);
            if here && field.is_some() {
                line.push(Meaning::EditorCursor, " ");
            }
            line.push(Meaning::TextMuted, format!("  {kind}"));
            canvas.line(row, &line);
        }
        let rest = Rect {
            y: inside.y.saturating_add(form).saturating_add(1),
            height: inside.height.saturating_sub(form.saturating_add(1)),
            ..inside
        };
        let lines = self.lines(usize::from(rest.width));
        let most = lines.len().saturating_sub(usize::from(rest.height));
        canvas.lines(rest, &lines, self.scroll.min(most));
    }

    /// What is tried, and what it can touch.
    #[must_use]
    pub fn title(&self) -> Line {
        Line::of(Meaning::Title, format!("try {}", self.tool.name)).and(
            Meaning::TextMuted,
            format!(
                "  {}  reads {}  writes {}",
                executor(&self.tool),
                places(&self.tool.reads),
                places(&self.tool.writes)
            ),
        )
    }
}

/// The arguments that a schema names; one line of JSON where it names none.
fn fields(schema: &Value) -> Vec<Field> {
    let needed = |name: &str| {
        let all = schema.get("required").and_then(Value::as_array);
        all.is_some_and(|all| all.iter().any(|n| n == name))
    };
    let Some(all) = schema.get("properties").and_then(Value::as_object) else {
        return vec![Field {
            name: String::new(),
            kind: String::from("JSON object"),
            needed: false,
            choices: Vec::new(),
            plain: false,
            typed: String::from("{}"),
        }];
    };
    let field = |(name, of): (&String, &Value)| {
        let word = of.get("type").and_then(Value::as_str);
        let choices = match of.get("enum").and_then(Value::as_array) {
            Some(all) => all
                .iter()
                .map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned))
                .collect(),
            None if word == Some("boolean") => ["true", "false"].map(str::to_owned).into(),
            None => Vec::new(),
        };
        let texts = of
            .get("enum")
            .and_then(Value::as_array)
            .is_some_and(|all| all.iter().all(Value::is_string));
        Field {
            name: name.clone(),
            kind: kind(of),
            needed: needed(name),
            plain: word == Some("string") || texts,
            choices,
            typed: String::new(),
        }
    };
    all.iter().map(field).collect()
}

fn explained(why: &Explain, say: &mut impl FnMut(Meaning, &str)) {
    say(
        Meaning::TextMuted,
        &format!("at {}:{}  {}", why.file, why.line, why.statement.trim()),
    );
    for (name, value) in &why.saw {
        say(Meaning::TextMuted, &format!("   {name} = {}", short(value)));
    }
}

fn short(value: &Node) -> String {
    let words = value.to_string();
    text::shorten(&text::clean_line(&words), SHOWN).into_owned()
}

/// A patch as signed lines, with the values that were there and the rule's line.
fn patch(patch: &Patch, lines: &[u32], before: &Node) -> Vec<Line> {
    let mut world = before.clone();
    let mut out = Vec::new();
    for (n, op) in patch.0.iter().enumerate() {
        let old = |path: &Path| path.find(&world).map(short);
        let list = |path: &Path| {
            let above = path.split().and_then(|(above, _)| above.find(&world));
            above.is_some_and(|node| node.as_list().is_some())
        };
        let (role, words) = match op {
            // A key that is there is replaced; in a list `add` inserts.
            Op::Add { path, value } => match old(path).filter(|_| !list(path)) {
                Some(was) => (
                    Meaning::DiffChange,
                    format!("~ {path}  {was} -> {}", short(value)),
                ),
                None => (Meaning::DiffAdd, format!("+ {path}  {}", short(value))),
            },
            Op::Replace { path, value } => (
                Meaning::DiffChange,
                format!(
                    "~ {path}  {} -> {}",
                    old(path).unwrap_or_default(),
                    short(value)
                ),
            ),
            Op::Remove { path } => (
                Meaning::DiffDel,
                format!("- {path}  {}", old(path).unwrap_or_default()),
            ),
            Op::Move { from, path } => (Meaning::DiffChange, format!("~ {from} -> {path}")),
            Op::Copy { from, path } => (Meaning::DiffAdd, format!("+ {path}  as {from}")),
            Op::Test { path, value } => {
                (Meaning::DiffContext, format!("= {path}  {}", short(value)))
            }
        };
        let mut line = Line::of(role, words);
        if let Some(at) = lines.get(n).filter(|at| **at > 0) {
            line.push(Meaning::TextMuted, format!("  rule line {at}"));
        }
        out.push(line);
        // A line that cannot be followed says what it says all the same.
        let _ = op.apply(&mut world);
    }
    out
}
