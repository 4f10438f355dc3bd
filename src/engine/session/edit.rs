//! Edits: what shapes the steps that follow is changed by a person, as a step of
//! its own. Everything is read and checked before anything is written.

use super::handle::refuse;
use super::{Place, Session};
use crate::engine::effect::Effect;
use crate::engine::id::Sha;
use crate::engine::input::{Edit, Onto};
use crate::engine::persona::{EMOTIONS, Persona, TRAITS};
use crate::engine::problem::Severity;
use crate::engine::role::{By, Role, execute};
use crate::engine::scenario::{Files, Scenario, load};
use crate::engine::step::{Act, Edited};
use crate::engine::world::schema::Misfit;
use crate::engine::world::{Map, Node, Patch, Path};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Places of a patch that an edit's words name.
const NAMED: usize = 3;

/// An edit that was read and holds.
pub(super) struct Edition {
    pub edited: Edited,
    /// The seat that it concerns most.
    pub role: Role,
    /// The scenario after it, where files change.
    pub scenario: Option<Arc<Scenario>>,
    /// The world after it.
    pub world: Node,
}

impl Session {
    /// Makes an edit.
    pub(super) fn edit(&mut self, onto: Onto, edit: &Edit, out: &mut Vec<Effect>) {
        let at = match self.target(onto) {
            Ok(at) => at,
            Err(why) => return refuse(out, why),
        };
        let place = self.place(at).clone();
        let edition = match self.edition(&place, edit) {
            Ok(edition) => edition,
            Err(why) => return refuse(out, &why.join("\n")),
        };
        self.going = None;
        self.state = self.rest();
        let mut body = Self::bare(
            &place,
            edition.role,
            By::Person,
            0,
            Act::Edited(Box::new(edition.edited)),
        );
        body.agent = Vec::new();
        body.world = edition.world.hash();
        if let Some(scenario) = edition.scenario {
            body.version = scenario.version;
            self.versions.insert(scenario.version, scenario);
        }
        self.go_onto(onto, out);
        self.grown(body, None, onto == Onto::Head, out);
    }

    /// Reads an edit and holds it against the place where it would go.
    ///
    /// The error is every problem, a line each.
    pub(super) fn edition(&self, place: &Place, edit: &Edit) -> Result<Edition, Vec<String>> {
        match edit {
            Edit::Files(files) => self.new_version(place, files),
            Edit::Persona(persona) => new_persona(place, persona),
            Edit::World(patch) => new_world(place, patch),
        }
    }

    fn new_version(
        &self,
        place: &Place,
        edits: &BTreeMap<String, Option<Arc<[u8]>>>,
    ) -> Result<Edition, Vec<String>> {
        let old = &place.setting.scenario;
        let mut files = old.files.clone();
        let mut changed = Vec::new();
        for (path, content) in edits {
            if !is_plain(path) {
                return Err(vec![format!(
                    "`{path}` is no path inside a scenario's folder"
                )]);
            }
            let same = files.get(path).map(|b| &**b) == content.as_deref();
            if same {
                continue;
            }
            match content {
                Some(bytes) => files.insert(path.clone(), Arc::clone(bytes)),
                None => files.remove(path),
            };
            changed.push(path.as_str());
        }
        if changed.is_empty() {
            return Err(vec![String::from("the edit changes nothing")]);
        }
        let scenario = self.read_version(&files)?;
        for frame in &place.stack {
            if scenario.agent(&frame.agent).is_none() {
                return Err(vec![format!(
                    "the agent `{}` is at work here; make the edit where it is not, or keep the \
                     agent",
                    frame.agent
                )]);
            }
        }
        let edited = Edited {
            what: changed.join(", "),
            files: scenario
                .files
                .iter()
                .map(|(name, bytes)| (name.clone(), Sha::of(bytes)))
                .collect(),
            ..Edited::default()
        };
        Ok(Edition {
            role: concerns(&changed, old, &scenario),
            edited,
            scenario: Some(scenario),
            world: place.world.clone(),
        })
    }

    /// A version of the scenario in which this conversation's task can be bound.
    ///
    /// The error is every problem, a line each.
    pub(super) fn read_version(&self, files: &Files) -> Result<Arc<Scenario>, Vec<String>> {
        let loaded = load(&self.opened.scenario, files);
        let Some(scenario) = loaded.scenario else {
            let errors = loaded
                .problems
                .iter()
                .filter(|p| p.severity == Severity::Error);
            return Err(errors.map(ToString::to_string).collect());
        };
        match scenario.bind(&self.opened.task, self.opened.seed) {
            Ok(_) => Ok(scenario),
            Err(why) => Err(vec![format!("tasks.yaml: {why}")]),
        }
    }
}

fn new_persona(place: &Place, persona: &Persona) -> Result<Edition, Vec<String>> {
    if *persona == *place.setting.persona {
        return Err(vec![String::from("the edit changes nothing")]);
    }
    let traits = TRAITS.iter().zip(persona.traits);
    let emotions = EMOTIONS.iter().zip(persona.emotions);
    let wrong: Vec<String> = traits
        .chain(emotions)
        .filter(|(_, value)| !(0.0..=1.0).contains(value))
        .map(|(name, value)| format!("{name}: {value} is not between 0 and 1"))
        .collect();
    if !wrong.is_empty() {
        return Err(wrong);
    }
    Ok(Edition {
        edited: Edited {
            what: format!("persona {}", persona.name),
            persona: Some(persona.clone()),
            ..Edited::default()
        },
        role: Role::User,
        scenario: None,
        world: place.world.clone(),
    })
}

/// A patch by a person, held against schema and invariants; what runs after
/// every call runs after it too.
fn new_world(place: &Place, patch: &Patch) -> Result<Edition, Vec<String>> {
    let scenario = &place.setting.scenario;
    let touched = execute::touched(patch);
    if touched.is_empty() {
        return Err(vec![String::from("the edit changes nothing")]);
    }
    let applied = patch
        .apply(&place.world)
        .map_err(|why| vec![why.to_string()])?;
    // Said first: what runs after a call trips over a value of another type.
    let misfits = scenario.schema.check_touched(&applied.world, &touched);
    if !misfits.is_empty() {
        return Err(misfits.iter().map(misfit).collect());
    }
    let none = Node::Map(Map::new());
    let at = execute::At {
        now: &scenario.now,
        id_key: 0,
    };
    let mut patch = patch.clone();
    let env = execute::env(scenario, &applied.world, &none, at);
    let ran = scenario
        .program
        .after(&env)
        .map_err(|failure| vec![failure.message])?;
    patch.0.extend(ran.patch.0);
    let all = execute::touched(&patch);
    let env = execute::env(scenario, &ran.world, &none, at);
    let misfits = scenario.schema.check_touched(&ran.world, &all);
    let broken = scenario.program.broken_invariants(&env, Some(&all));
    let wrong: Vec<String> = misfits
        .iter()
        .map(misfit)
        .chain(
            broken
                .into_iter()
                .map(|b| format!("invariant {}: {}", b.name, b.message)),
        )
        .collect();
    if !wrong.is_empty() {
        return Err(wrong);
    }
    if ran.world.hash() == place.world.hash() {
        return Err(vec![String::from("the edit changes nothing")]);
    }
    Ok(Edition {
        edited: Edited {
            what: format!("world {}", named(&touched)),
            patch,
            ..Edited::default()
        },
        role: Role::Tool,
        scenario: None,
        world: ran.world,
    })
}

fn misfit(found: &Misfit) -> String {
    format!("schema: {}: {}", found.path, found.what)
}

/// `orders.8841.status, queue and 2 more`
fn named(paths: &[Path]) -> String {
    let words: Vec<String> = paths
        .iter()
        .take(NAMED)
        .map(|path| match path.0.as_slice() {
            [] => String::from("the whole"),
            keys => keys.join("."),
        })
        .collect();
    let more = paths.len().saturating_sub(NAMED);
    let rest = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    format!("{}{rest}", words.join(", "))
}

/// The seat that a change of files concerns most.
fn concerns(changed: &[&str], old: &Scenario, new: &Scenario) -> Role {
    let all = |is: &dyn Fn(&str) -> bool| changed.iter().all(|name| is(name));
    let policies = |scenario: &Scenario| -> Vec<(String, String)> {
        let agents = scenario.agents.iter();
        agents.map(|a| (a.name.clone(), a.policy.clone())).collect()
    };
    if all(&|name| matches!(name, "tasks.yaml" | "personas.yaml")) {
        Role::User
    } else if all(&|name| name == "rubric.yaml") {
        Role::Judge
    } else if policies(old) != policies(new) && all(&|name| name.to_lowercase().ends_with(".md")) {
        Role::Agent
    } else {
        Role::Tool
    }
}

/// Whether a path stays inside its folder: names with `/` between them.
pub(super) fn is_plain(path: &str) -> bool {
    !path.is_empty()
        && !path.contains(['\\', ':', '\0'])
        && path.split('/').all(|part| !matches!(part, "" | "." | ".."))
}
