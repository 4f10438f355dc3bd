//! Then and now, and cases like one: the reports that one walks through, and the
//! way from them to steps here and in other conversations.

use super::editing::{self, Change};
use super::job::Job;
use super::job::save::FileChange;
use super::job::then::{Ask, Told};
use super::job::touch::Shared;
use super::layout::Pane;
use super::model::{Model, Run};
use super::msg::{Cmd, Open};
use super::overlay::Overlay;
use super::overlay::walk::{Freezing, Row, To, Walk};
use super::pointing::to_quote;
use crate::dataset::similar::Case;
use crate::engine::id::{ConvId, StepId};
use crate::engine::input::{Command, Edit};
use crate::engine::scenario::Files;
use crate::engine::session::{Freeze, Frozen, Tone, lines};
use crate::engine::step::Act;
use crate::store::Like;
use crate::surface::Action;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Tells reports apart from each other.
static NEXT: AtomicU64 = AtomicU64::new(1);

/// A step of a conversation that is being opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoundFor {
    /// The conversation.
    pub conversation: ConvId,
    /// The step.
    pub step: StepId,
    /// The number of the step on the way there that is looked at.
    pub number: u32,
    /// Words of it.
    pub quote: String,
    /// Whether its branch was asked for already.
    pub switched: bool,
}

/// What is done; `None` for an action that is not of this kind.
pub(super) fn about(model: &mut Model, action: Action) -> Option<Vec<Cmd>> {
    Some(match action {
        Action::Since => since(model),
        Action::Similar => similar(model),
        Action::Freeze => freeze(model, Freeze::Row),
        Action::FreezeTurn => {
            let now = match &model.overlay {
                Some(Overlay::Freeze(state)) => state.how,
                _ => return Some(Vec::new()),
            };
            let next = match now {
                Freeze::Row => Freeze::Rule,
                Freeze::Rule => Freeze::NewRule,
                Freeze::NewRule => Freeze::Row,
            };
            freeze(model, next)
        }
        Action::FreezeUse => use_it(model),
        Action::FreezeDown | Action::FreezeUp | Action::FreezePageDown | Action::FreezePageUp => {
            let size = model.size;
            if let Some(Overlay::Freeze(state)) = &mut model.overlay {
                let like = match action {
                    Action::FreezeDown => Action::WalkDown,
                    Action::FreezeUp => Action::WalkUp,
                    Action::FreezePageDown => Action::WalkPageDown,
                    _ => Action::WalkPageUp,
                };
                step(&mut state.walk, like, size);
            }
            Vec::new()
        }
        Action::WalkClose | Action::FreezeClose => {
            model.overlay = None;
            Vec::new()
        }
        Action::WalkGo => go(model),
        Action::WalkNext
        | Action::WalkPrev
        | Action::WalkDown
        | Action::WalkUp
        | Action::WalkPageDown
        | Action::WalkPageUp
        | Action::WalkTop
        | Action::WalkEnd => {
            let size = model.size;
            if let Some(Overlay::Walk(walk)) = &mut model.overlay {
                step(walk, action, size);
            }
            Vec::new()
        }
        _ => return None,
    })
}

fn step(walk: &mut Walk, action: Action, size: (u16, u16)) {
    let to = walk.leading(action == Action::WalkNext);
    walk.go(
        |at, page| match action {
            Action::WalkNext | Action::WalkPrev => to.unwrap_or(at),
            Action::WalkDown => at.saturating_add(1),
            Action::WalkUp => at.saturating_sub(1),
            Action::WalkPageDown => at.saturating_add(page),
            Action::WalkPageUp => at.saturating_sub(page),
            Action::WalkTop => 0,
            _ => usize::MAX,
        },
        size,
    );
}

/// Why an action of this kind cannot be done now; `None` for another kind.
pub(super) fn able(model: &Model, action: Action) -> Option<Result<(), String>> {
    let no = |why: &str| Some(Err(why.to_owned()));
    match action {
        Action::Since | Action::Similar => {
            let Some(run) = &model.run else {
                return no("no conversation is open");
            };
            match action {
                Action::Since if run.session.head().is_none() => no("no step was made yet"),
                Action::Similar if likes(run).is_empty() => {
                    no("nothing was found here, and no tool is called: there is nothing to be like")
                }
                _ => Some(Ok(())),
            }
        }
        Action::Freeze => {
            let Some(run) = &model.run else {
                return no("no conversation is open");
            };
            let Some(at) = run.at() else {
                return no("there is no step here");
            };
            Some(run.session.not_frozen(at).map_or(Ok(()), Err))
        }
        Action::FreezeUse => match &model.overlay {
            Some(Overlay::Freeze(state)) => match &state.told {
                None => no("it is being tried"),
                Some(Err(_)) => no("nothing comes of it so; tab tries otherwise"),
                Some(Ok(frozen)) if !frozen.proved() => {
                    no("it does not do the same; tab tries otherwise")
                }
                Some(Ok(_)) => Some(Ok(())),
            },
            _ => no("nothing is to be used"),
        },
        Action::WalkGo | Action::WalkNext | Action::WalkPrev => {
            let Some(Overlay::Walk(walk)) = &model.overlay else {
                return no("there is no report");
            };
            match action {
                Action::WalkGo => match walk.chosen().and_then(|row| row.to.as_ref()) {
                    Some(To::Case { .. }) if model.run.as_ref().is_some_and(Run::busy) => {
                        no("a call is in flight; x stops it")
                    }
                    Some(_) => Some(Ok(())),
                    None => no("this row is about no step"),
                },
                _ if walk.leading(action == Action::WalkNext).is_none() => {
                    no("no other row is about a step")
                }
                _ => Some(Ok(())),
            }
        }
        _ => None,
    }
}

fn walk(key: &'static str, title: &str, about: String) -> Walk {
    Walk {
        id: NEXT.fetch_add(1, Ordering::Relaxed),
        key,
        title: title.to_owned(),
        about,
        rows: None,
        at: 0,
    }
}

fn since(model: &mut Model) -> Vec<Cmd> {
    let Some(run) = &model.run else {
        return Vec::new();
    };
    let walk = walk("V", "then and now", run.session.current().name.clone());
    let ask = Ask::Since {
        id: walk.id,
        session: Shared(Arc::clone(&run.session)),
        at: run.session.head(),
    };
    model.overlay = Some(Overlay::Walk(Box::new(walk)));
    vec![Cmd::Job(Job::Then(Box::new(ask)))]
}

/// What cases are looked for: like the chosen finding in the findings pane, else
/// like the findings of the step under the cursor, else like its tool.
fn likes(run: &Run) -> Vec<Like> {
    let step_at = |upto: usize| {
        let at = upto.checked_sub(1)?;
        run.seen.path.get(at)?.step.as_ref()
    };
    let mut out: Vec<Like> = Vec::new();
    let mut add = |found: &super::pane::findings::Found| {
        let Some(step) = step_at(found.upto) else {
            return;
        };
        let like = if found.finding.by == "judge" {
            // A judge names no tool.
            Like {
                kind: Some(found.finding.kind.clone()),
                ..Like::default()
            }
        } else {
            Like::of(step, &found.finding)
        };
        if !out.contains(&like) {
            out.push(like);
        }
        // What the judge calls the same.
        let judge = found.judge.as_ref().map(|finding| Like {
            kind: Some(finding.kind.clone()),
            ..Like::default()
        });
        out.extend(judge.filter(|like| !out.contains(like)));
    };
    if run.focus == Pane::Findings {
        let last = run.seen.found.len().saturating_sub(1);
        run.seen.found.get(run.finding.min(last)).map(&mut add);
    } else {
        let here = run.seen.upto;
        run.seen
            .found
            .iter()
            .filter(|f| f.upto == here)
            .for_each(add);
    }
    if out.is_empty() {
        out.extend(run.step().and_then(Like::step));
    }
    out
}

fn similar(model: &mut Model) -> Vec<Cmd> {
    let Some(run) = &model.run else {
        return Vec::new();
    };
    let likes = likes(run);
    let about: Vec<String> = likes.iter().map(Like::in_words).collect();
    let walk = walk("M", "cases like this", about.join(", "));
    let ask = Ask::Similar {
        id: walk.id,
        except: run.session.opened().conversation.clone(),
        likes,
    };
    model.overlay = Some(Overlay::Walk(Box::new(walk)));
    vec![Cmd::Job(Job::Then(Box::new(ask)))]
}

/// Has the answer of the step under the cursor tried as part of the scenario.
fn freeze(model: &mut Model, how: Freeze) -> Vec<Cmd> {
    let Some(run) = &model.run else {
        return Vec::new();
    };
    let Some(step) = run.step() else {
        return Vec::new();
    };
    let tool = match &step.body.act {
        Act::Ran(run) => run.call.tool.clone(),
        Act::Said { .. }
        | Act::Answered { .. }
        | Act::Judged(_)
        | Act::Malformed { .. }
        | Act::Edited(_) => return Vec::new(),
    };
    let word = match how {
        Freeze::Row => "as a row",
        Freeze::Rule => "as its rule",
        Freeze::NewRule => "as a new rule",
    };
    let about = format!("{tool}, step {}: {word}", step.body.number);
    let walk = walk("Z", "freeze", about);
    let ask = Ask::Freeze {
        id: walk.id,
        session: Shared(Arc::clone(&run.session)),
        step: step.id,
        how,
    };
    model.overlay = Some(Overlay::Freeze(Box::new(Freezing {
        walk,
        step: step.id,
        how,
        told: None,
    })));
    vec![Cmd::Job(Job::Then(Box::new(ask)))]
}

/// From what is proposed to the question from where on, and whether the files are
/// written too.
fn use_it(model: &mut Model) -> Vec<Cmd> {
    let (Some(Overlay::Freeze(state)), Some(run)) = (&model.overlay, &model.run) else {
        return Vec::new();
    };
    let Some(Ok(frozen)) = &state.told else {
        return Vec::new();
    };
    let before = &run.session.scenario_at(run.at()).files;
    let mut files: Vec<FileChange> = frozen
        .files
        .iter()
        .map(|(path, after)| FileChange::of(path, before.get(path).cloned(), Arc::clone(after)))
        .collect();
    let main = files.iter().position(|f| f.path == "tools.yaml");
    let file = match main.map(|at| files.remove(at)) {
        Some(main) => Ok(FileChange {
            with: files,
            ..main
        }),
        None => Err(String::from("no file of it is tools.yaml")),
    };
    let edit = frozen
        .files
        .iter()
        .map(|(path, bytes)| (path.clone(), Some(Arc::clone(bytes))))
        .collect();
    let name = format!("freeze {}", frozen.tool);
    let change = Change::Edit {
        edit: Edit::Files(edit),
        file,
    };
    editing::ask(model, name, change)
}

fn of_frozen(frozen: &Result<Frozen, String>, before: &Files) -> Vec<Row> {
    let frozen = match frozen {
        Ok(frozen) => frozen,
        Err(why) => return vec![row(Tone::Poor, why.clone(), 0)],
    };
    let tone = if frozen.proved() {
        Tone::Good
    } else {
        Tone::Poor
    };
    let mut out = vec![row(tone, frozen.in_words(), 0)];
    for value in &frozen.differs {
        let none = || String::from("nothing");
        let was = value.was.clone().unwrap_or_else(none);
        let is = value.is.clone().unwrap_or_else(none);
        out.push(row(
            Tone::Text,
            format!("{}: {was} -> {is}", value.place),
            2,
        ));
    }
    for (file, bytes) in &frozen.files {
        out.push(row(Tone::Head, file.clone(), 0));
        let old = before.get(file).map(|b| String::from_utf8_lossy(b));
        let new = String::from_utf8_lossy(bytes);
        for line in lines(&old.unwrap_or_default(), &new) {
            let (tone, sign) = match line.sign {
                '+' => (Tone::Came, '+'),
                '-' => (Tone::Gone, '-'),
                '@' => (Tone::Muted, '…'),
                _ => (Tone::Muted, ' '),
            };
            out.push(row(tone, format!("{sign} {}", line.text), 2));
        }
    }
    out
}

/// What came of a job.
pub(super) fn told(model: &mut Model, told: Told) {
    if let Told::Frozen { id, frozen } = told {
        let Some(run) = &model.run else { return };
        if let Some(Overlay::Freeze(state)) = &mut model.overlay
            && state.walk.id == id
        {
            let before = &run.session.scenario_at(Some(state.step)).files;
            state.walk.rows = Some(of_frozen(&frozen, before));
            state.told = Some(*frozen);
        }
        return;
    }
    let Some(Overlay::Walk(walk)) = &mut model.overlay else {
        return;
    };
    let fresh = match told {
        Told::Since { id, rows } if id == walk.id => match rows {
            Ok(rows) => rows.into_iter().map(Row::from).collect(),
            Err(why) => vec![row(Tone::Poor, why, 0)],
        },
        Told::Similar { id, cases } if id == walk.id => match cases {
            Ok(cases) => of_cases(cases),
            Err(why) => vec![row(Tone::Poor, why, 0)],
        },
        Told::Since { .. } | Told::Similar { .. } | Told::Frozen { .. } => return,
    };
    // The first row that leads somewhere is what one came for.
    walk.at = match fresh.first() {
        Some(row) if row.tone == Tone::Head => {
            fresh.iter().position(|r| r.to.is_some()).unwrap_or(0)
        }
        Some(_) | None => 0,
    };
    walk.rows = Some(fresh);
}

fn row(tone: Tone, text: impl Into<String>, indent: usize) -> Row {
    Row {
        tone,
        text: text.into(),
        indent,
        to: None,
    }
}

fn of_cases(found: Vec<(Like, Vec<Case>)>) -> Vec<Row> {
    let mut out = Vec::new();
    for (like, cases) in found {
        out.push(row(Tone::Head, like.in_words(), 0));
        if cases.is_empty() {
            let words = "no other conversation in the store has one";
            out.push(row(Tone::Muted, words, 2));
        }
        let mut how = "";
        for case in cases {
            if case.how() != how {
                how = case.how();
                out.push(row(Tone::Muted, how, 2));
            }
            let of = &case.row;
            let text = format!(
                "{}  step {}  {}  {}",
                of.conversation, of.number, of.kind, of.what
            );
            out.push(Row {
                to: Some(To::Case {
                    conversation: of.conversation.clone(),
                    step: of.step,
                    number: of.number,
                    quote: of.quote.clone(),
                }),
                ..row(Tone::Text, text, 4)
            });
        }
    }
    out
}

/// To the step of the chosen row.
fn go(model: &mut Model) -> Vec<Cmd> {
    let Some(Overlay::Walk(walk)) = &model.overlay else {
        return Vec::new();
    };
    match walk.chosen().and_then(|row| row.to.clone()) {
        Some(To::Step(id)) => {
            model.overlay = None;
            let at = model.run.as_ref().and_then(|run| place_of(run, id));
            if let Some(at) = at {
                to_quote(model, at, "");
            }
            Vec::new()
        }
        Some(To::Case {
            conversation,
            step,
            number,
            quote,
        }) => {
            model.overlay = None;
            model.bound_for = Some(BoundFor {
                conversation: conversation.clone(),
                step,
                number,
                quote,
                switched: false,
            });
            vec![Cmd::Open(Open {
                conversation: Some(conversation),
                ..Open::default()
            })]
        }
        None => Vec::new(),
    }
}

/// How many steps of the branch there are up to one of them.
fn place_of(run: &Run, id: StepId) -> Option<usize> {
    let is = |place: &Arc<crate::engine::session::Place>| {
        place.step.as_ref().is_some_and(|s| s.id == id)
    };
    run.seen.path.iter().position(is).map(|at| at + 1)
}

/// Goes to the step that one opened a conversation for, once it is there: on its
/// branch, where that is not the current one.
pub(super) fn arrive(model: &mut Model) -> Vec<Cmd> {
    let (Some(bound), Some(run)) = (model.bound_for.clone(), &model.run) else {
        return Vec::new();
    };
    let session = &run.session;
    if session.opened().conversation != bound.conversation {
        return Vec::new();
    }
    model.bound_for = None;
    if place_of(run, bound.step).is_some() {
        to_quote(model, bound.number as usize, &bound.quote);
        return Vec::new();
    }
    let holds = |head| {
        let on = |p: &Arc<crate::engine::session::Place>| {
            p.step.as_ref().is_some_and(|s| s.id == bound.step)
        };
        session.path(head).iter().any(on)
    };
    let mut branches = session.branches().iter();
    let Some(branch) = branches.find(|b| !bound.switched && holds(b.head)) else {
        model.note = Some(String::from("no branch leads to that step any more"));
        return Vec::new();
    };
    let branch = branch.name.clone();
    model.bound_for = Some(BoundFor {
        switched: true,
        ..bound
    });
    vec![Cmd::Send(Command::Switch { branch }.into())]
}
