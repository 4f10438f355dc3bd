//! Proves a task by running it: its bindings can be drawn, its start is a world that holds,
//! its assertions are false before and true after its reference path.

use super::super::problem::Severity;
use super::super::rng::Rng;
use super::super::role::args;
use super::super::role::execute::{At as Moment, Executed, execute};
use super::super::rules::{Env, Explain, Failure};
use super::super::world::{Map, Node};
use super::bind::{Part, Wrong, bind};
use super::report::Report;
use super::tasks_file::{FILE, TaskEntry};
use super::tree::At;
use super::{Bound, Executor, Scenario, Task};

/// Seeds that a task with bindings is proved for.
pub const SEEDS: u64 = 4;

/// Runs a task for a few seeds; stops at the first seed that shows a problem.
pub fn run(entry: &TaskEntry, scenario: &Scenario, report: &mut Report) {
    if entry.task.assertions.is_empty() {
        report.warn(
            FILE,
            entry.at,
            format!("nothing says when `{}` is reached", entry.task.id),
            "write `assertions:`, conditions on the last world",
        );
    }
    if !entry.has_path {
        report.warn(FILE, entry.at, format!("`{}` has no reference path", entry.task.id), "write `path:`, the calls that reach the goal: it proves that the task can be done, and the scripted agent follows it");
    }
    let seeds = if entry.task.bind.is_empty() { 1 } else { SEEDS };
    for seed in 0..seeds {
        let mut prover = Prover {
            entry,
            scenario,
            report,
            seed,
            found: false,
        };
        prover.seed();
        if prover.found {
            return;
        }
    }
}

struct Prover<'a> {
    entry: &'a TaskEntry,
    scenario: &'a Scenario,
    report: &'a mut Report,
    seed: u64,
    found: bool,
}

impl Prover<'_> {
    fn say(&mut self, severity: Severity, at: At, what: String, help: String) {
        self.found = true;
        let what = if self.entry.task.bind.is_empty() {
            what
        } else {
            format!("with seed {}, {what}", self.seed)
        };
        match severity {
            Severity::Error => self.report.error(FILE, at, what, help),
            Severity::Warning => self.report.warn(FILE, at, what, help),
        }
    }

    fn error(&mut self, at: At, what: String, help: impl Into<String>) {
        self.say(Severity::Error, at, what, help.into());
    }

    fn task(&self) -> &Task {
        &self.entry.task
    }

    fn place(&self, part: &Part) -> At {
        let tree = &self.entry.tree;
        match part {
            Part::Key(key) => tree.locate(&[key]),
            Part::Fact(key, name) => tree.locate(&[*key, name.as_str()]),
            Part::Bind(i) => self.entry.bind_at.get(*i).copied().unwrap_or(self.entry.at),
            Part::Start(i) => tree.locate(&["start", &i.to_string()]),
            Part::Call(i) => self.entry.path_at.get(*i).copied().unwrap_or(self.entry.at),
        }
    }

    fn seed(&mut self) {
        let scenario = self.scenario;
        let bound = match bind(scenario, self.task(), self.seed) {
            Ok(bound) => bound,
            Err((part, what)) => {
                let at = self.place(&part);
                let help = match part {
                    Part::Bind(_) => "the expression must find at least one row",
                    Part::Start(_) => {
                        "a `replace` or `remove` wants something there; `add` does not"
                    }
                    Part::Key(_) | Part::Fact(..) | Part::Call(_) => "",
                };
                return self.error(at, what, help);
            }
        };
        self.start(&bound);
        if self.found {
            return;
        }
        let before: Vec<Option<bool>> = self.assertions(&bound, &bound.world, false);
        let Some(last) = self.replay(&bound) else {
            return;
        };
        let quiet = last == bound.world;
        let after = self.assertions(&bound, &last, true);
        self.compare(&before, &after, quiet);
    }

    /// The start patch must leave a world that fits schema and invariants.
    fn start(&mut self, bound: &Bound) {
        if self.task().start.is_empty() {
            return;
        }
        let scenario = self.scenario;
        let at = self.place(&Part::Key("start"));
        for misfit in scenario.schema.check(&bound.world) {
            let what = format!(
                "the start patch breaks the world's schema: {}: {}",
                misfit.path, misfit.what
            );
            self.error(at, what, "");
        }
        let empty = Node::Map(Map::new());
        let env = env(scenario, &bound.world, &empty);
        for broken in scenario.program.broken_invariants(&env, None) {
            let what = format!(
                "the start patch breaks the invariant `{}`: {}",
                broken.name, broken.message
            );
            self.error(at, what, explained(&broken.explain));
        }
    }

    /// Whether each assertion holds; `None` where it cannot be evaluated.
    fn assertions(&mut self, bound: &Bound, world: &Node, last: bool) -> Vec<Option<bool>> {
        let empty = Node::Map(Map::new());
        let scenario = self.scenario;
        let env = env(scenario, world, &empty);
        let locals: Vec<(&str, &Node)> = bound
            .bindings
            .iter()
            .map(|(n, v)| (n.as_str(), v))
            .collect();
        let entry = self.entry;
        let mut out = Vec::new();
        for (expr, at) in entry.task.assertions.iter().zip(&entry.assertion_at) {
            out.push(match expr.eval(&env, &locals) {
                Ok(Node::Bool(holds)) => Some(holds),
                Ok(other) => {
                    self.error(
                        *at,
                        format!(
                            "the assertion `{}` gives {}, not true or false",
                            expr.source(),
                            other.kind()
                        ),
                        "compare it with something: `… == \"refunded\"`",
                    );
                    None
                }
                Err(failure) => {
                    if last {
                        self.failed(
                            *at,
                            &format!(
                                "after the reference path the assertion `{}` cannot be evaluated",
                                expr.source()
                            ),
                            &failure,
                        );
                    }
                    None
                }
            });
        }
        out
    }

    fn failed(&mut self, at: At, what: &str, failure: &Failure) {
        self.error(
            at,
            format!("{what}: {}", failure.message),
            explained(&failure.explain),
        );
    }

    fn compare(&mut self, before: &[Option<bool>], after: &[Option<bool>], quiet: bool) {
        let entry = self.entry;
        let all_before = !before.is_empty() && before.iter().all(|b| *b == Some(true));
        for ((expr, at), (was, is)) in entry
            .task
            .assertions
            .iter()
            .zip(&entry.assertion_at)
            .zip(before.iter().zip(after))
        {
            if *is == Some(false) {
                self.error(
                    *at,
                    format!(
                        "after the reference path the assertion `{}` is still false",
                        expr.source()
                    ),
                    if entry.has_path {
                        "mend the path, or the assertion"
                    } else {
                        "write the `path:` that makes it true"
                    },
                );
            } else if *was == Some(true) && !(quiet && entry.has_path) {
                let severity = if all_before {
                    Severity::Error
                } else {
                    Severity::Warning
                };
                self.say(
                    severity,
                    *at,
                    format!(
                        "the assertion `{}` is true before anything is done",
                        expr.source()
                    ),
                    String::from("an assertion should be false at the start and true at the end"),
                );
            }
        }
    }

    /// The world after the reference path; `None` where it could not be walked
    /// to its end.
    fn replay(&mut self, bound: &Bound) -> Option<Node> {
        if !self.entry.has_path {
            return None;
        }
        let scenario = self.scenario;
        let mut world = bound.world.clone();
        let mut saved: Vec<(String, Node)> = Vec::new();
        for (at, call) in bound.path.iter().enumerate() {
            let place = self.place(&Part::Call(at));
            let tool = scenario.tool(&call.tool)?;
            match &tool.executor {
                Executor::Table(_) | Executor::Rules => {}
                Executor::Model if scenario.program.tools().iter().any(|t| t.name == tool.name) => {
                }
                Executor::Model => {
                    self.say(
                        Severity::Warning,
                        place,
                        format!("the path cannot be proved from here: `{}` is answered by a model", tool.name),
                        format!("write a rule `tool {}` as its draft: it proves the path, and the scripted stand-in uses it", tool.name),
                    );
                    return None;
                }
                Executor::Human => return None,
                Executor::Agent(agent) => {
                    self.error(
                        place,
                        format!("`{}` hands over to the agent `{agent}`", tool.name),
                        "write the calls that the agent makes in its place",
                    );
                    return None;
                }
            }
            let raw = match bound.arguments(scenario, call, &saved) {
                Ok(raw) => raw,
                Err(why) => {
                    self.error(
                        place,
                        format!("the arguments of `{}` cannot be filled: {why}", call.tool),
                        "",
                    );
                    return None;
                }
            };
            let args = match args::read(tool.args, &tool.parameters_schema, &raw) {
                Ok(args) => args,
                Err(why) => {
                    self.error(
                        place,
                        format!("`{}` does not take these arguments: {why}", call.tool),
                        format!("it was given {raw}"),
                    );
                    return None;
                }
            };
            let id_key = Rng::new(self.seed, &format!("check/{}/{at}", bound.task)).next_u64();
            let done = execute(
                scenario,
                tool,
                &world,
                &args,
                Moment {
                    now: &scenario.now,
                    id_key,
                },
            );
            if !done.ok {
                let text = done
                    .result
                    .as_str()
                    .map_or_else(|| done.result.to_string(), str::to_owned);
                let help = done.explain.as_ref().map(explained).unwrap_or_default();
                self.error(
                    place,
                    format!("the call `{}` of the path fails: {text}", call.tool),
                    help,
                );
                return None;
            }
            self.soft(place, &call.tool, &done);
            if let Some(misfit) = tool
                .output
                .as_ref()
                .and_then(|o| o.check(&done.result).into_iter().next())
            {
                self.error(
                    place,
                    format!(
                        "what `{}` answers does not fit its `output`: {}{}",
                        call.tool, misfit.path, misfit.what
                    ),
                    "mend `output`, or the rule",
                );
            }
            world = done.world;
            if let Some(name) = &call.save {
                saved.push((name.clone(), done.result));
            }
        }
        Some(world)
    }

    fn soft(&mut self, place: At, tool: &str, done: &Executed) {
        for broken in &done.policy {
            self.say(
                Severity::Warning,
                place,
                format!(
                    "the call `{tool}` of the path breaks the policy `{}`: {}",
                    broken.name, broken.message
                ),
                explained(&broken.explain),
            );
        }
    }
}

/// The environment of an expression over a world.
pub fn env<'a>(scenario: &'a Scenario, world: &'a Node, args: &'a Node) -> Env<'a> {
    Env {
        world,
        args,
        now: &scenario.now,
        id_key: 0,
        budget: scenario.limits.rule_budget,
    }
}

/// The statement that decided, with what it saw.
pub fn explained(explain: &Explain) -> String {
    if explain.statement.is_empty() {
        return String::new();
    }
    let saw: Vec<String> = explain
        .saw
        .iter()
        .take(6)
        .map(|(name, value)| {
            let text: String = value.to_string().chars().take(80).collect();
            format!("{name} = {text}")
        })
        .collect();
    let place = if explain.file.is_empty() {
        String::new()
    } else {
        format!("{}:{}: ", explain.file, explain.line)
    };
    let saw = if saw.is_empty() {
        String::new()
    } else {
        format!("  ({})", saw.join(", "))
    };
    format!("{place}{}{saw}", explain.statement)
}

/// Why binding fails, as one sentence.
pub fn sentence((part, what): Wrong) -> String {
    match part {
        Part::Bind(_) | Part::Start(_) => what,
        Part::Key(key) => format!("{key}: {what}"),
        Part::Fact(key, name) => format!("{key}.{name}: {what}"),
        Part::Call(at) => format!("path, call {}: {what}", at + 1),
    }
}
