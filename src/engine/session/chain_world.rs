//! The part of a chain that lies in results, patches and the world: which place
//! of the world a result shows, which operation wrote it, which statement made
//! it, out of what.

use super::Place;
use super::chain::{From, Operand, Walk, brief, push};
use super::chain_find::{Hit, field, hits, names, numbers, only, texts, walk, writes_out};
use crate::engine::grounding::{Link, Sought, Stand};
use crate::engine::role::{By, Role};
use crate::engine::rules::{Statement, StatementKind, gives};
use crate::engine::scenario::world_line;
use crate::engine::step::{Act, Body, ToolRun};
use crate::engine::world::reach::bound;
use crate::engine::world::{Node, Op, Origin, Path, Pattern};
use std::sync::Arc;

/// Letters of a text that is taken as a whole.
const SHORT: usize = 60;
/// Places that a statement is said to be made of.
const INPUTS: usize = 4;
/// Letters of statements that are read for the names in them.
const FOCUS: usize = 4000;

/// What is known of a value that a step made.
struct Made<'a> {
    number: u32,
    run: &'a ToolRun,
    /// The field that holds it.
    field: Option<&'a str>,
    /// Texts that stand beside it, and those of the arguments.
    near: Vec<String>,
    /// The statement that made it, with the names in it spelled out; empty where
    /// none did.
    focus: String,
    /// All statements of the tool.
    all: Vec<Statement>,
}

/// A statement as a link, and what in it gives a field.
fn rule_at(file: &str, line: u32, text: &str, field: &str) -> Stand {
    let part = gives(text, field);
    let head = text.split(['{', '(']).next().unwrap_or(text).trim();
    let text = if part.len() < text.len() && text.contains('{') {
        format!("{head} {{… {field}: {part} …}}")
    } else {
        text.to_owned()
    };
    Stand::Rule {
        file: file.to_owned(),
        line,
        text,
    }
}

impl Walk<'_> {
    // --- results

    /// A value in the result of a tool.
    pub fn result(&self, number: u32, hit: &Hit, want: &Sought) -> Link {
        let Some(body) = self.body(number) else {
            return Self::nowhere(want, number, Role::Tool);
        };
        let Act::Ran(run) = &body.act else {
            return Self::nowhere(want, number, Role::Tool);
        };
        let node = hit.path.find(&run.result);
        // Inside a short text it is the text that came from somewhere.
        let whole;
        let want = match node {
            Some(Node::Str(text)) if !hit.whole && text.len() <= SHORT => {
                whole = Sought::of_text(text);
                &whole
            }
            Some(_) | None => want,
        };
        let value = match node {
            Some(node) if hit.whole && !matches!(node, Node::Map(_) | Node::List(_)) => {
                brief(node, want)
            }
            Some(_) | None => want.text.clone(),
        };
        let link = Link::new(
            value,
            Stand::Result {
                step: number,
                tool: run.call.tool.clone(),
                path: hit.path.clone(),
            },
        );
        if !self.spend() {
            return link;
        }
        if body.by == By::Person {
            let what = if body.is_override() {
                "a person wrote the result in the place of the rules"
            } else {
                "a person wrote the result"
            };
            let at = Stand::Person {
                step: number,
                what: String::from(what),
            };
            return link.after(Link::new(want.text.clone(), at));
        }
        match run.executor.as_str() {
            "agent" => link.after(self.answered(number, body, run, want)),
            "none" => match hits(&run.args, want, true).first() {
                Some(hit) => link.after(self.run_argument(number, run, &hit.path, want)),
                None => link.after(Self::nowhere(want, number, Role::Tool)),
            },
            _ => self.shown(number, run, hit, want, link),
        }
    }

    /// A value in the answer of a sub-agent: what it said last.
    fn answered(&self, number: u32, body: &Body, run: &ToolRun, want: &Sought) -> Link {
        let depth = body.agent.len() + 1;
        for earlier in (1..number).rev() {
            let Some(said) = self.body(earlier) else {
                continue;
            };
            if let Act::Answered { text, .. } = &said.act
                && said.agent.len() == depth
                && said.agent.starts_with(&body.agent)
            {
                if let Some(span) = want.in_text(text).last() {
                    return self.said(earlier, *span, want);
                }
                break;
            }
        }
        match hits(&run.args, want, true).first() {
            Some(hit) => self.run_argument(number, run, &hit.path, want),
            None => Self::nowhere(want, number, Role::Agent),
        }
    }

    /// What a tool shows: what it wrote, the world, or what it reckoned.
    fn shown(&self, number: u32, run: &ToolRun, hit: &Hit, want: &Sought, link: Link) -> Link {
        let mut near = Vec::new();
        texts(&run.args, &mut near);
        // The row that it stands in says which thing it is about.
        if let Some((above, _)) = hit.path.split()
            && let Some(Node::Map(row)) = above.find(&run.result)
        {
            for value in row.values() {
                if let Node::Str(text) = value {
                    near.push(text.to_string());
                }
            }
        }
        let scenario = &self.before(number).setting.scenario;
        let all = scenario.program.statements(&run.call.tool);
        let named = field(&hit.path).unwrap_or("");
        let mut statement = None;
        let mut focus = String::new();
        if let Some(explain) = &run.explain {
            let (file, line, text) = (&explain.file, explain.line, &explain.statement);
            statement = Some(rule_at(file, line, text, named));
            focus = spelled(&all, &explain.statement);
        } else if run.executor == "rules" {
            let returns = || all.iter().filter(|s| s.kind == StatementKind::Returns);
            let one = returns()
                .find(|s| !named.is_empty() && names(&s.text, named))
                .or_else(|| returns().next());
            if let Some(one) = one {
                statement = Some(rule_at(&one.file, one.line, &one.text, named));
                focus = spelled(&all, gives(&one.text, named));
            }
        }
        let made = Made {
            number,
            run,
            field: field(&hit.path),
            near,
            focus,
            all,
        };
        if let Some(at) = &statement
            && writes_out(&made.focus, want)
        {
            return link.after(self.rule(&made, at.clone(), None, want));
        }
        let patched = Self::patched(&made, want);
        let seen = self.seen(&made, want);
        // Of what was written and what stood there, the nearer; the same field
        // that was just written is what the tool answers with.
        if let Some((near, op, path)) = patched
            && seen.as_ref().is_none_or(|(seen, _)| near + 1 >= *seen)
        {
            return link.after(self.patch(number, op, &path, want));
        }
        if let Some(path) = Self::argued(&made, want, true) {
            return link.after(self.run_argument(number, run, &path, want));
        }
        if let Some((_, path)) = seen {
            return link.after(self.outside(&made, &path, want));
        }
        let begun = self.begun(&made, want);
        link.after(match statement {
            Some(at) => self.rule(&made, at, begun, want),
            None => begun.unwrap_or_else(|| self.unbacked(&made, hit, want)),
        })
    }

    /// A statement that made a value: out of another, or of what it names.
    fn rule(&self, made: &Made<'_>, at: Stand, from: Option<Link>, want: &Sought) -> Link {
        let mut link = Link::new(want.text.clone(), at);
        if let Some(from) = from {
            return link.after(from);
        }
        if writes_out(&made.focus, want) {
            return link;
        }
        // A procedure that it calls may have the words.
        let own = |s: &&Statement| !link.is_at(&s.file, s.line);
        let words = want.number().is_none();
        let said = made
            .all
            .iter()
            .filter(own)
            .find(|s| words && s.kind != StatementKind::Other && writes_out(&s.text, want));
        if let Some(said) = said {
            let at = rule_at(&said.file, said.line, &said.text, "");
            return link.after(Link::new(want.text.clone(), at));
        }
        if self.is_deep() {
            return link;
        }
        self.deeper(1);
        for (path, node) in self.inputs(made) {
            if !self.spend() {
                break;
            }
            let value = Sought::of_node(&node);
            link = link.after(self.world(made.number - 1, &path, &value, false));
        }
        self.deeper(-1);
        link
    }

    /// The places that a statement names, of the rows that its call is about.
    fn inputs(&self, made: &Made<'_>) -> Vec<(Path, Node)> {
        let world = &self.before(made.number).world;
        let mut out: Vec<(Path, Node)> = Vec::new();
        walk(world, &mut |path, _, node| {
            let near = |text: &str| made.near.iter().any(|n| n == text);
            let plain = match node {
                Node::Map(_) | Node::List(_) | Node::Null => false,
                // What the call named is no news.
                Node::Str(text) => !near(text),
                Node::Bool(_) | Node::Int(_) | Node::Float(_) => true,
            };
            if !plain || out.len() >= INPUTS {
                return;
            }
            let keyed = path.iter().any(|key| near(key));
            let setting = path.len() == 2 && made.focus.contains(&path.join("."));
            let whole = Path(path.to_vec());
            if (keyed || setting) && field(&whole).is_some_and(|f| names(&made.focus, f)) {
                out.push((whole, node.clone()));
            }
        });
        out
    }

    /// A value that a tool says with nothing behind it.
    fn unbacked(&self, made: &Made<'_>, hit: &Hit, want: &Sought) -> Link {
        let (number, run) = (made.number, made.run);
        if let Some(hit) = hits(&run.args, want, true).first() {
            return self.run_argument(number, run, &hit.path, want);
        }
        let tool = self.before(number).setting.scenario.tool(&run.call.tool);
        let mut keys = vec![Arc::from("result")];
        keys.extend(hit.path.0.iter().cloned());
        let inside = Path(keys);
        if tool.is_some_and(|t| t.free_text.iter().any(|p| p.covers(&inside))) {
            let place = self.before(number);
            if let Some(path) = only(&place.world, want).filter(|_| want.literal.is_some()) {
                return self.outside(made, &path, want);
            }
            if want.literal.is_none() {
                let tool = run.call.tool.clone();
                return Link::new(want.text.clone(), Stand::Worded { step: number, tool });
            }
        }
        Self::nowhere(want, number, Role::Tool)
    }

    /// A place of the world that a tool shows, and whether it may.
    fn outside(&self, made: &Made<'_>, path: &Path, want: &Sought) -> Link {
        let place = self.before(made.number);
        let tool = place.setting.scenario.tool(&made.run.call.tool);
        let outside = made.run.executor == "model"
            && tool.is_some_and(|tool| {
                let reads: Vec<Pattern> = bound(&tool.reads, &made.run.args, &place.world);
                !reads.iter().any(|p| p.covers(path))
            });
        self.world(made.number.saturating_sub(1), path, want, outside)
    }

    // --- what a value that was made was made of

    /// The argument that holds a value; `strict` takes only one that is named
    /// where it was made, or in the same field.
    fn argued(made: &Made<'_>, want: &Sought, strict: bool) -> Option<Path> {
        let all = hits(&made.run.args, want, false);
        let fits = |hit: &&Hit| {
            let name = field(&hit.path).unwrap_or("");
            if made.focus.is_empty() {
                made.field == Some(name)
            } else {
                names(&made.focus, name)
            }
        };
        let found = all.iter().find(fits);
        let found = found.or_else(|| all.first().filter(|_| !strict && want.is_telling()));
        found.map(|hit| hit.path.clone())
    }

    /// The operation of the step's patch that wrote a value, with how near it is.
    fn patched(made: &Made<'_>, want: &Sought) -> Option<(i32, usize, Path)> {
        let mut best: Option<(i32, usize, Path)> = None;
        for (at, op) in made.run.patch.0.iter().enumerate() {
            let (Op::Add { path, value } | Op::Replace { path, value }) = op else {
                continue;
            };
            for hit in hits(value, want, false) {
                let mut keys = path.0.clone();
                keys.extend(hit.path.0.iter().cloned());
                let whole = Path(keys);
                let mut score = nearness(made, &whole, value);
                if field(&whole).is_some_and(|f| names(&made.focus, f)) {
                    score += 2;
                }
                // A later write of the same place is the one that stands.
                if best.as_ref().is_none_or(|(s, ..)| score >= *s) {
                    best = Some((score, at, whole));
                }
            }
        }
        let telling = want.is_telling();
        best.filter(|(score, ..)| *score >= if telling { 1 } else { 4 })
    }

    /// The place of the world before the step that holds a value, with how near
    /// it is to what the call is about.
    fn seen(&self, made: &Made<'_>, want: &Sought) -> Option<(i32, Path)> {
        let place = self.before(made.number);
        let tool = place.setting.scenario.tool(&made.run.call.tool);
        let reads = tool.map(|t| bound(&t.reads, &made.run.args, &place.world));
        let all = hits(&place.world, want, false);
        let alone = all.len() == 1;
        let mut best: Option<(i32, Path)> = None;
        // A key is a value where it names one thing.
        for hit in all.into_iter().filter(|h| h.whole || want.is_telling()) {
            let row = hit
                .path
                .split()
                .and_then(|(above, _)| above.find(&place.world));
            let mut score = nearness(made, &hit.path, row.unwrap_or(&Node::Null));
            if let Some(reads) = &reads
                && reads.iter().any(|p| p.covers(&hit.path))
            {
                score += 1;
            }
            if !made.focus.is_empty() && field(&hit.path).is_some_and(|f| names(&made.focus, f)) {
                score += 2;
            }
            if alone || want.is_telling() {
                score += 2;
            }
            if best.as_ref().is_none_or(|(s, _)| score > *s) {
                best = Some((score, hit.path));
            }
        }
        best.filter(|(score, _)| *score >= 4)
    }

    /// What a value began with that stands neither in the arguments nor in the
    /// world: the statement itself, the clock, a new id, a reckoning.
    fn begun(&self, made: &Made<'_>, want: &Sought) -> Option<Link> {
        let place = self.before(made.number);
        let scenario = &place.setting.scenario;
        let value = want.text.clone();
        let now = Node::str(scenario.now.as_str());
        if want.is(&now) || scenario.now == want.text || want.in_text(&scenario.now).len() == 1 {
            return Some(Link::new(value, Stand::Clock));
        }
        if crate::engine::grounding::is_new_id(&want.text) {
            return Some(Link::new(
                value,
                Stand::Drawn {
                    step: made.number,
                    tool: made.run.call.tool.clone(),
                },
            ));
        }
        let amount = want.number().filter(|_| self.reckons(want))?;
        let operands = Self::operands(made, place);
        let agent = scenario.agents.first().map_or("", |a| a.name.as_str());
        self.reckoned(amount, want, &operands, place, agent)
    }

    /// The numbers that a statement could reckon with: arguments and places of the
    /// world that it names, of the rows that the call is about.
    fn operands(made: &Made<'_>, place: &Place) -> Vec<Operand> {
        let mut out = Vec::new();
        let number = made.number;
        let named = |path: &Path| {
            made.focus.is_empty() || field(path).is_some_and(|f| names(&made.focus, f))
        };
        numbers(&made.run.args, &mut |path, node| {
            if named(&path) {
                let value = node.as_f64().unwrap_or(0.0);
                push(&mut out, value, &node.to_string(), || {
                    From::Args(number, path)
                });
            }
        });
        let world = &place.world;
        let mut near: Vec<(i32, Path, Node)> = Vec::new();
        numbers(world, &mut |path, node| {
            if named(&path) {
                let row = path.split().and_then(|(above, _)| above.find(world));
                let score = nearness(made, &path, row.unwrap_or(&Node::Null));
                // A setting of the scenario is about no row.
                let setting = path.0.len() <= 2 && !made.focus.is_empty();
                if score >= 3 || setting {
                    near.push((score, path, node.clone()));
                }
            }
        });
        near.sort_by_key(|(score, ..)| std::cmp::Reverse(*score));
        for (_, path, node) in near {
            let value = node.as_f64().unwrap_or(0.0);
            push(&mut out, value, &node.to_string(), || {
                From::World(number - 1, path)
            });
        }
        out
    }

    // --- writes

    /// A value that an operation of a step's patch wrote to a place.
    fn patch(&self, number: u32, op: usize, path: &Path, want: &Sought) -> Link {
        let Some(Act::Ran(run)) = self.body(number).map(|b| &b.act) else {
            return Self::nowhere(want, number, Role::Tool);
        };
        let value = match run.patch.0.get(op) {
            Some(Op::Add { path: at, value } | Op::Replace { path: at, value }) => {
                let below = path.0.get(at.0.len()..).unwrap_or(&[]);
                Path(below.to_vec()).find(value).unwrap_or(&Node::Null)
            }
            Some(_) | None => &Node::Null,
        };
        let shown = match value {
            Node::Null | Node::Map(_) | Node::List(_) => want.text.clone(),
            Node::Bool(_) | Node::Int(_) | Node::Float(_) | Node::Str(_) => brief(value, want),
        };
        let tool = run.call.tool.clone();
        let link = Link::new(
            shown,
            Stand::Patch {
                step: number,
                tool: tool.clone(),
                op,
                path: path.clone(),
            },
        );
        if !self.spend() {
            return link;
        }
        let mut near = Vec::new();
        texts(&run.args, &mut near);
        if let Some(Op::Add { value, .. } | Op::Replace { value, .. }) = run.patch.0.get(op) {
            texts(value, &mut near);
        }
        near.extend(path.0.iter().map(ToString::to_string));
        let scenario = &self.before(number).setting.scenario;
        let line = run.lines.get(op).copied().unwrap_or(0);
        let all = scenario.program.statements(&tool);
        let named = field(path).unwrap_or("");
        let at_line = || all.iter().filter(|s| line > 0 && s.line == line);
        let statement = at_line()
            .find(|s| s.kind == StatementKind::Writes && names(&s.text, named))
            .or_else(|| at_line().find(|s| s.kind == StatementKind::Writes))
            .or_else(|| at_line().next());
        let focus = statement.map_or_else(String::new, |s| spelled(&all, gives(&s.text, named)));
        let at = statement.map(|s| rule_at(&s.file, s.line, &s.text, named));
        let made = Made {
            number,
            run,
            field: Some(named),
            near,
            focus,
            all,
        };
        let from = if writes_out(&made.focus, want) {
            None
        } else {
            self.made_of(&made, path, want)
        };
        link.after(match at {
            Some(at) => self.rule(&made, at, from, want),
            None => from
                .or_else(|| self.worded(&made, path, want))
                .unwrap_or_else(|| Self::nowhere(want, number, Role::Tool)),
        })
    }

    fn made_of(&self, made: &Made<'_>, path: &Path, want: &Sought) -> Option<Link> {
        if let Some(at) = Self::argued(made, want, !made.focus.is_empty()) {
            return Some(self.run_argument(made.number, made.run, &at, want));
        }
        if let Some((_, seen)) = self.seen(made, want).filter(|(_, seen)| seen != path) {
            return Some(self.outside(made, &seen, want));
        }
        self.begun(made, want)
    }

    /// A text that a `model` tool may word, or a value that its schema lists.
    fn worded(&self, made: &Made<'_>, path: &Path, want: &Sought) -> Option<Link> {
        let place = self.before(made.number);
        let tool = place.setting.scenario.tool(&made.run.call.tool)?;
        let free = tool.free_text.iter().any(|p| p.covers(path));
        let listed = || {
            let quoted = format!("\"{}\"", want.text);
            place
                .setting
                .scenario
                .schema
                .source()
                .to_string()
                .contains(&quoted)
        };
        (want.literal.is_none() && (free || listed())).then(|| {
            let tool = made.run.call.tool.clone();
            let step = made.number;
            Link::new(want.text.clone(), Stand::Worded { step, tool })
        })
    }

    // --- the world

    /// A place of the world after a step.
    pub fn world(&self, number: u32, path: &Path, want: &Sought, outside: bool) -> Link {
        let place = self.place(number);
        let node = path.find(&place.world);
        let value = match node {
            Some(node @ (Node::Map(_) | Node::List(_))) if want.text.is_empty() => node.brief(60),
            Some(Node::Map(_) | Node::List(_)) | None => want.text.clone(),
            Some(node) => brief(node, want),
        };
        let link = Link::new(
            value,
            Stand::World {
                step: number,
                path: path.clone(),
                outside,
            },
        );
        if !self.spend() {
            return link;
        }
        match origin(place, path) {
            Origin::Start => link.after(self.start(path, want)),
            // A write is in the past, or the log is not ours.
            Origin::Step { step, .. } | Origin::Person { step } if step > number => link,
            Origin::Person { step } => {
                let what = match self.body(step).map(|b| &b.act) {
                    Some(Act::Edited(edited)) => format!("a person edited {}", edited.what),
                    Some(_) | None => String::from("a person wrote it"),
                };
                link.after(Link::new(want.text.clone(), Stand::Person { step, what }))
            }
            Origin::Step { step, tool, .. } => {
                let by_hand = self.body(step).is_some_and(|b| b.by == By::Person);
                let op = self.wrote(step, path, want);
                match op {
                    _ if by_hand => {
                        let what = format!("a person wrote the result of {tool}, and its patch");
                        link.after(Link::new(want.text.clone(), Stand::Person { step, what }))
                    }
                    Some((op, place)) => link.after(self.patch(step, op, &place, want)),
                    None => link,
                }
            }
        }
    }

    /// The operation of a step that wrote a place last.
    fn wrote(&self, step: u32, path: &Path, want: &Sought) -> Option<(usize, Path)> {
        let Some(Act::Ran(run)) = self.body(step).map(|b| &b.act) else {
            return None;
        };
        let ops = || run.patch.0.iter().enumerate().rev();
        let exact = ops().find(|(_, op)| match op {
            Op::Add { path: at, .. } | Op::Replace { path: at, .. } | Op::Copy { path: at, .. } => {
                at.covers(path) || path.covers(at)
            }
            Op::Remove { .. } | Op::Move { .. } | Op::Test { .. } => false,
        });
        if let Some((at, _)) = exact {
            return Some((at, path.clone()));
        }
        // It has moved since, or stands at the end of a list (`/orders/-`).
        ops().find_map(|(at, op)| match op {
            Op::Add { path: to, value } | Op::Replace { path: to, value } => {
                let hit = hits(value, want, false).into_iter().next()?;
                let keys = to.0.iter().chain(&hit.path.0).cloned();
                Some((at, Path(keys.collect())))
            }
            Op::Remove { .. } | Op::Move { .. } | Op::Copy { .. } | Op::Test { .. } => None,
        })
    }

    /// A place of the world that the conversation began with.
    pub fn start(&self, path: &Path, want: &Sought) -> Link {
        let setting = &self.session.place(None).setting;
        let scenario = &setting.scenario;
        let given = path.find(&scenario.world);
        let bound = path.find(&setting.task.world);
        let patch = match (given, bound) {
            (Some(a), Some(b)) => !a.same_value(b),
            (None, _) => true,
            (Some(_), None) => false,
        };
        let (file, line) = if patch {
            let line = crate::engine::scenario::fact_line(scenario, &setting.task.task, "start");
            (String::from("tasks.yaml"), line)
        } else {
            world_line(scenario, path)
        };
        let node = bound.filter(|n| !matches!(n, Node::Map(_) | Node::List(_)));
        Link::new(
            node.map_or_else(|| want.text.clone(), |n| brief(n, want)),
            Stand::Start {
                file,
                line,
                path: path.clone(),
                patch,
            },
        )
    }
}

/// Where the value at a place came from; for a list or a map, its newest part.
fn origin(place: &Place, path: &Path) -> Origin {
    let own = place.ledger.origin(path);
    if !matches!(path.find(&place.world), Some(Node::Map(_) | Node::List(_))) {
        return own;
    }
    let number = |origin: &Origin| match origin {
        Origin::Start => 0,
        Origin::Step { step, .. } | Origin::Person { step } => *step,
    };
    let below = place.ledger.marks().filter(|(at, _)| path.covers(at));
    let below = below.map(|(_, origin)| origin.clone());
    std::iter::once(own)
        .chain(below)
        .max_by_key(number)
        .unwrap_or_default()
}

/// How near a place is to what a call is about: the same field, keys that the
/// arguments or the row name, texts of its row.
fn nearness(made: &Made<'_>, path: &Path, row: &Node) -> i32 {
    let mut score = 0;
    if made.field.is_some() && made.field == field(path) {
        score += 4;
    }
    let near = |text: &str| made.near.iter().any(|n| n == text);
    let keyed = path.0.iter().filter(|key| near(key)).take(2).count();
    score += 5 * i32::try_from(keyed).unwrap_or(0);
    if keyed == 0
        && let Node::Map(map) = row
    {
        let named = map
            .iter()
            .filter(|(key, value)| {
                // A row is known by its ids and dates, not by a word of many rows.
                path.0.last() != Some(*key)
                    && matches!(value, Node::Str(text)
                        if text.bytes().any(|b| b.is_ascii_digit()) && near(text))
            })
            .take(2)
            .count();
        score += 2 * i32::try_from(named).unwrap_or(0);
    }
    score
}

/// An expression with what its names were given before, twice over: `value` of
/// `let value = item.price * item.quantity`.
fn spelled(all: &[Statement], expression: &str) -> String {
    let mut out = expression.to_owned();
    let mut taken: Vec<&str> = Vec::new();
    for _ in 0..2 {
        let mut more = String::new();
        for statement in all.iter().filter(|s| s.kind == StatementKind::Names) {
            let Some(rest) = statement.text.strip_prefix("let ") else {
                continue;
            };
            let Some((name, value)) = rest.split_once(" = ") else {
                continue;
            };
            if !taken.contains(&name) && names(&out, name) {
                taken.push(name);
                // What it refuses with is no part of the value.
                let value = value.split(" else ").next().unwrap_or(value);
                more.push_str(" ; ");
                more.push_str(value);
            }
        }
        if more.is_empty() || out.len() + more.len() > FOCUS {
            break;
        }
        out.push_str(&more);
    }
    out
}
