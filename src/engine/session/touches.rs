//! What an edit would touch, before it is made: which steps used what it changes.

use super::edit::Edition;
use super::{FirstUse, Session, Setting, Touches};
use crate::engine::id::StepId;
use crate::engine::input::Edit;
use crate::engine::role::{By, Role, execute};
use crate::engine::scenario::{Agent, Executor, Scenario, Task, Tool};
use crate::engine::step::{Act, Step, ToolRun};
use crate::engine::world::path::Seg;
use crate::engine::world::{Node, Path, Pattern, reach};
use std::collections::{BTreeMap, BTreeSet};

impl Session {
    /// What an edit after `at` would touch, of the steps of the current branch up
    /// to there.
    ///
    /// # Errors
    /// Why it cannot be made: every problem, a line each, with file and line.
    pub fn touches(&self, at: Option<StepId>, edit: &Edit) -> Result<Touches, Vec<String>> {
        let place = self.place(at);
        let edition = self.edition(place, edit)?;
        let changed = self.changed(&place.setting, &edition);
        let path = self.path(at);
        let mut used = Vec::new();
        let mut first = None;
        // Tools whose words an agent was told of before.
        let mut told: BTreeSet<&str> = BTreeSet::new();
        for step in path.iter().filter_map(|p| p.step.as_ref()) {
            let before = self.place(step.parent);
            if !changed.used_by(step, &before.setting, &before.world, &mut told) {
                continue;
            }
            let number = step.body.number;
            used.push(number);
            first.get_or_insert(FirstUse {
                after: step.parent,
                number,
            });
        }
        Ok(Touches {
            what: edition.edited.what,
            used,
            first,
        })
    }

    /// What is otherwise after an edit.
    fn changed(&self, old: &Setting, edition: &Edition) -> Changed {
        let edited = &edition.edited;
        let mut out = Changed {
            user: edited.persona.is_some(),
            places: execute::touched(&edited.patch),
            ..Changed::default()
        };
        if let Some(new) = &edition.scenario {
            out.version(&old.scenario, new);
            let task = new.bind(&self.opened.task, self.opened.seed).ok();
            let was = &old.task;
            out.path = task.as_ref().is_none_or(|is| is.path != was.path);
            out.user |= task.as_ref().is_none_or(|is| {
                is.goal != was.goal
                    || is.known != was.known
                    || is.hidden != was.hidden
                    || is.opening != was.opening
            });
            // The judge is told of the goal, and of what had to hold.
            out.judge |= task.is_none_or(|is| is.goal != was.goal)
                || must_hold(old.scenario.task(&was.task)) != must_hold(new.task(&was.task));
        }
        out
    }
}

/// What is otherwise between two versions of what shapes a conversation.
#[derive(Debug, Default)]
struct Changed {
    /// Tools that models are told of in other words.
    words: BTreeSet<String>,
    /// Tools that do something else.
    deeds: BTreeSet<String>,
    /// Agents with another policy.
    agents: BTreeSet<String>,
    /// What the user is told.
    user: bool,
    /// What the judge is told.
    judge: bool,
    /// What holds for every call that writes: schema, invariants, `after`.
    writes: bool,
    /// What holds for every call: the clock, checks that are on no tool.
    calls: bool,
    /// What the stand-in says word for word.
    replies: bool,
    /// What the stand-in does as an agent.
    path: bool,
    /// Places of the world.
    places: Vec<Path>,
}

impl Changed {
    fn version(&mut self, old: &Scenario, new: &Scenario) {
        self.tools(old, new);
        self.rules(old, new);
        let clock = old.now != new.now;
        for agent in &new.agents {
            let was = old.agent(&agent.name);
            if clock || was.is_none_or(|was| was.policy != agent.policy) {
                self.agents.insert(agent.name.clone());
            }
            // A tool that is given or taken away is told of in other words.
            let was = was.map_or(&[][..], |was| was.tools.as_slice());
            let only = |a: &[String], b: &[String]| -> Vec<String> {
                a.iter().filter(|name| !b.contains(name)).cloned().collect()
            };
            self.words.extend(only(was, &agent.tools));
            self.words.extend(only(&agent.tools, was));
        }
        self.calls |= clock;
        self.judge |= old.rubric != new.rubric;
        self.writes |= file(old, "schema") != file(new, "schema");
        self.replies |= old.replies != new.replies;
    }

    fn tools(&mut self, old: &Scenario, new: &Scenario) {
        let names = old.tools.iter().chain(&new.tools).map(|t| &t.name);
        for name in names {
            let (Some(was), Some(is)) = (old.tool(name), new.tool(name)) else {
                self.words.insert(name.clone());
                self.deeds.insert(name.clone());
                continue;
            };
            if was.description != is.description || was.parameters != is.parameters {
                self.words.insert(name.clone());
            }
            if deeds(was) != deeds(is) {
                self.deeds.insert(name.clone());
            }
        }
    }

    /// Rules as they are written: what a change of a line means is not worked
    /// out, so more steps are named rather than fewer.
    fn rules(&mut self, old: &Scenario, new: &Scenario) {
        let (was, is) = (blocks(old), blocks(new));
        let mut heads: BTreeSet<&String> = BTreeSet::new();
        for head in was.keys().chain(is.keys()) {
            if was.get(head) != is.get(head) {
                heads.insert(head);
            }
        }
        // Who calls a procedure that is otherwise is otherwise too.
        loop {
            let procs: Vec<String> = heads
                .iter()
                .filter_map(|head| head.strip_prefix("proc "))
                .map(|name| format!("call {name}("))
                .collect();
            let callers = was.iter().chain(&is).filter(|(head, text)| {
                !heads.contains(head) && procs.iter().any(|call| text.contains(call))
            });
            let callers: Vec<&String> = callers.map(|(head, _)| head).collect();
            if callers.is_empty() {
                break;
            }
            heads.extend(callers);
        }
        for head in heads {
            let (kind, name) = head.split_once(' ').unwrap_or((head, ""));
            match kind {
                "tool" => {
                    self.deeds.insert(name.to_owned());
                }
                "policy" => {
                    let on = |scenario: &Scenario| {
                        let sigs = scenario.program.policy_sigs().into_iter();
                        sigs.filter(|p| p.name == name).map(|p| p.on).next()
                    };
                    for on in [on(old), on(new)].into_iter().flatten() {
                        self.calls |= on.is_empty();
                        self.deeds.extend(on);
                    }
                }
                "invariant" | "after" => self.writes = true,
                _ => {}
            }
        }
    }

    /// Whether a step used what is otherwise. `told` gathers the tools that an
    /// agent step before it counted for.
    fn used_by<'a>(
        &'a self,
        step: &Step,
        setting: &Setting,
        world: &Node,
        told: &mut BTreeSet<&'a str>,
    ) -> bool {
        let body = &step.body;
        if matches!(body.act, Act::Edited(_)) {
            return false;
        }
        let replies = match body.role {
            Role::User | Role::Tool => self.replies,
            Role::Agent => self.replies || self.path,
            Role::Judge => false,
        };
        if replies && body.by == By::Scripted {
            return true;
        }
        match body.role {
            Role::User => self.user,
            Role::Judge => self.judge,
            Role::Agent => {
                let name = body.agent.last().map_or("", String::as_str);
                let agent = setting.scenario.agent(name);
                let news = self.news(agent, told);
                let calls = match &body.act {
                    Act::Answered { calls, .. } => calls.as_slice(),
                    Act::Said { .. }
                    | Act::Ran(_)
                    | Act::Judged(_)
                    | Act::Malformed { .. }
                    | Act::Edited(_) => &[],
                };
                news || self.agents.contains(name)
                    || calls.iter().any(|c| self.words.contains(&c.tool))
            }
            Role::Tool => match &body.act {
                Act::Ran(run) => self.ran(run, setting, world),
                Act::Said { .. }
                | Act::Answered { .. }
                | Act::Judged(_)
                | Act::Malformed { .. }
                | Act::Edited(_) => false,
            },
        }
    }

    /// Whether an agent was told of a tool in words that are other now, and no
    /// step before it counted for that.
    fn news<'a>(&'a self, agent: Option<&Agent>, told: &mut BTreeSet<&'a str>) -> bool {
        let mut news = false;
        for name in &self.words {
            if agent.is_some_and(|a| a.tools.contains(name)) && told.insert(name) {
                news = true;
            }
        }
        news
    }

    fn ran(&self, run: &ToolRun, setting: &Setting, world: &Node) -> bool {
        let name = &run.call.tool;
        let wrote = !run.patch.is_empty() || !run.refused.is_empty();
        if self.calls
            || self.words.contains(name)
            || self.deeds.contains(name)
            || self.writes && wrote
        {
            return true;
        }
        let tool = setting.scenario.tool(name);
        tool.is_some_and(|tool| {
            let read = reads(tool, &run.args, world);
            self.places
                .iter()
                .any(|path| read.iter().any(|pattern| meets(pattern, path)))
        })
    }
}

/// What a call of a tool reads of the world.
fn reads(tool: &Tool, args: &Node, world: &Node) -> Vec<Pattern> {
    if let Executor::Table(op) = &tool.executor
        && let Some(key) = op.get.as_ref().and_then(|name| args.child(name))
    {
        let key = key.as_str().map_or_else(|| key.to_string(), str::to_owned);
        let segs = [op.table.as_str(), key.as_str()];
        return vec![Pattern(segs.map(|s| Seg::Key(s.into())).to_vec())];
    }
    reach::bound(&tool.reads, args, world)
}

/// Whether a place lies in, above or below those of a pattern.
fn meets(pattern: &Pattern, path: &Path) -> bool {
    pattern.0.iter().zip(&path.0).all(|(seg, key)| match seg {
        Seg::Key(k) => k == key,
        Seg::Any => true,
    })
}

/// How a tool answers, to be held against another version.
fn deeds(tool: &Tool) -> String {
    format!(
        "{:?}",
        (
            &tool.executor,
            &tool.reads,
            &tool.writes,
            &tool.free_text,
            tool.args,
            tool.render,
            tool.repairs,
            &tool.output,
            &tool.answers,
        )
    )
}

fn must_hold(task: Option<&Task>) -> Vec<&str> {
    let task = task.into_iter();
    task.flat_map(|t| &t.assertions)
        .map(crate::engine::rules::Expr::source)
        .collect()
}

/// The bytes of files whose name says that they are schemas of the world.
fn file<'a>(scenario: &'a Scenario, word: &str) -> Vec<&'a [u8]> {
    let files = scenario.files.iter();
    files
        .filter(|(name, _)| name.contains(word))
        .map(|(_, bytes)| &**bytes)
        .collect()
}

/// The definitions of all rules files, each by its head (`tool refund`), without
/// comments and empty lines.
pub(super) fn blocks(scenario: &Scenario) -> BTreeMap<String, String> {
    let mut out: BTreeMap<String, String> = BTreeMap::new();
    for (name, bytes) in &scenario.files {
        if std::path::Path::new(name)
            .extension()
            .is_none_or(|e| e != "rules")
        {
            continue;
        }
        let text = String::from_utf8_lossy(bytes);
        let mut head = String::new();
        for line in text.lines() {
            let line = line.trim_end();
            if line.is_empty() || line.trim_start().starts_with('#') {
                continue;
            }
            if let Some(found) = head_of(line) {
                head = found;
            }
            let block = out.entry(head.clone()).or_default();
            block.push_str(line);
            block.push('\n');
        }
    }
    out
}

/// `tool refund` of `tool refund(order_id: string):`
fn head_of(line: &str) -> Option<String> {
    let ends = |c: char| !(c.is_alphanumeric() || c == '_');
    let kind = line.split(ends).next()?;
    let rest = line.strip_prefix(kind)?.trim_start();
    match kind {
        "after" => Some(String::from(kind)),
        "tool" | "proc" | "invariant" | "policy" => {
            Some(format!("{kind} {}", rest.split(ends).next()?))
        }
        _ => None,
    }
}
