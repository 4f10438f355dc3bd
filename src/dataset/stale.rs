//! What an edit of a scenario makes stale: stored conversations that used what
//! it changes, and the step from which they would differ.

use crate::engine::id::ConvId;
use crate::engine::scenario::{Executor, Scenario};
use crate::store::{Item, Store, StoreError};
use std::collections::{BTreeMap, BTreeSet};

/// What an edit changes, as far as conversations use it.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Changed {
    /// Tools, by name: schema, description, rules, executor.
    pub tools: BTreeSet<String>,
    /// Agents, by name: policy, or which tools they have.
    pub agents: BTreeSet<String>,
    /// Tasks, by id: goal, facts, start.
    pub tasks: BTreeSet<String>,
    /// Personas, by name.
    pub personas: BTreeSet<String>,
    /// The rubric.
    pub rubric: bool,
    /// The world at the start, the clock, stop rules: everything from the first
    /// step on.
    pub world: bool,
}

/// A conversation that an edit makes stale.
#[derive(Clone, Debug, PartialEq)]
pub struct Stale {
    /// As the queue has it.
    pub item: Item,
    /// Number of the step from which it would differ.
    pub step: u32,
}

impl Changed {
    /// What differs between two versions of a scenario.
    #[must_use]
    pub fn between(old: &Scenario, new: &Scenario) -> Self {
        let mut out = Self::default();
        let tool = |s: &Scenario, name: &str| {
            s.tool(name).map(|t| {
                let rule = rule_text(
                    s,
                    t.executor == Executor::Rules || t.executor == Executor::Model,
                );
                (
                    t.description.clone(),
                    t.parameters.clone(),
                    t.executor.clone(),
                    format!(
                        "{:?} {:?} {:?} {:?} {:?} {:?}",
                        t.args, t.render, t.reads, t.writes, t.output, t.answers
                    ),
                    rule,
                )
            })
        };
        for name in names(old, new, |s| {
            s.tools.iter().map(|t| t.name.clone()).collect()
        }) {
            if tool(old, &name) != tool(new, &name) {
                out.tools.insert(name);
            }
        }
        let agent = |s: &Scenario, name: &str| {
            s.agent(name)
                .map(|a| (a.policy.clone(), a.tools.clone(), a.description.clone()))
        };
        for name in names(old, new, |s| {
            s.agents.iter().map(|a| a.name.clone()).collect()
        }) {
            if agent(old, &name) != agent(new, &name) {
                out.agents.insert(name);
            }
        }
        let task = |s: &Scenario, id: &str| s.task(id).map(|t| format!("{t:?}"));
        for id in names(old, new, |s| s.tasks.iter().map(|t| t.id.clone()).collect()) {
            if task(old, &id) != task(new, &id) {
                out.tasks.insert(id);
            }
        }
        if old.personas != new.personas || old.profiles != new.profiles {
            let named = |s: &Scenario| -> BTreeMap<String, String> {
                let named = s.personas.iter();
                named.map(|p| (p.name.clone(), format!("{p:?}"))).collect()
            };
            let (before, after) = (named(old), named(new));
            for name in before.keys().chain(after.keys()) {
                if before.get(name) != after.get(name) {
                    out.personas.insert(name.clone());
                }
            }
        }
        out.rubric = old.rubric != new.rubric;
        out.world = old.world.hash() != new.world.hash()
            || old.now != new.now
            || old.stop != new.stop
            || old.limits != new.limits;
        out
    }

    /// Whether no conversation can differ by it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The text of all rules, where the tool's answer depends on them.
fn rule_text(scenario: &Scenario, asked: bool) -> Option<Vec<(String, Vec<u8>)>> {
    asked.then(|| {
        let rules = scenario.files.iter().filter(|(name, _)| {
            std::path::Path::new(name.as_str())
                .extension()
                .is_some_and(|e| e == "rules")
        });
        rules
            .map(|(name, bytes)| (name.clone(), bytes.to_vec()))
            .collect()
    })
}

fn names(
    old: &Scenario,
    new: &Scenario,
    of: impl Fn(&Scenario) -> Vec<String>,
) -> BTreeSet<String> {
    of(old).into_iter().chain(of(new)).collect()
}

/// The stored conversations of a scenario that used what changes, newest first,
/// each with the step from which it would differ.
///
/// # Errors
/// The store cannot be read.
pub fn stale(store: &Store, scenario: &str, changed: &Changed) -> Result<Vec<Stale>, StoreError> {
    let mut found: BTreeMap<ConvId, Stale> = BTreeMap::new();
    let mut take = |rows: Vec<(Item, u32)>, only: &dyn Fn(&Item) -> bool| {
        for (item, step) in rows {
            if !only(&item) {
                continue;
            }
            let slot = found.entry(item.row.id.clone());
            let slot = slot.or_insert(Stale { item, step });
            slot.step = slot.step.min(step);
        }
    };
    for tool in &changed.tools {
        take(store.used(scenario, &format!("tool:{tool}"))?, &|_| true);
    }
    for agent in &changed.agents {
        take(store.used(scenario, &format!("agent:{agent}"))?, &|_| true);
    }
    if changed.rubric {
        take(store.used(scenario, "judge")?, &|_| true);
    }
    if changed.world || !changed.tasks.is_empty() || !changed.personas.is_empty() {
        take(store.used(scenario, "user")?, &|item| {
            changed.world
                || changed.tasks.contains(&item.row.task)
                || changed.personas.contains(&item.row.persona)
        });
    }
    let mut out: Vec<Stale> = found.into_values().collect();
    out.sort_by(|a, b| {
        (b.item.row.started_ms, &b.item.row.id).cmp(&(a.item.row.started_ms, &a.item.row.id))
    });
    Ok(out)
}
