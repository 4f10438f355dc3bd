//! Approve, discard, marks, tags and comments, on the run screen and on the
//! curate screen; undo of them in one order with the commands of a session.

use super::finding;
use super::job::Job;
use super::job::queue::{Ask, Changed, Did, Match, Of, On, Standing, Told, Way, What};
use super::model::{Model, Run};
use super::msg::Cmd;
use super::opening;
use super::overlay::Overlay;
use super::overlay::prompt::{For, Prompt};
use super::screen::{Screen, batch, curate};
use crate::dataset::filter::Filter;
use crate::store::{Choice, Note, Sort, Status};
use crate::surface::{Action, Meaning, Verb, Word};

/// Reasons that are kept to be chosen again.
const REASONS: usize = 20;

/// What was decided in this sitting.
#[derive(Debug, Default)]
pub struct Deciding {
    /// What can be taken back, newest last, each with how many commands of the
    /// open conversation came before it.
    done: Vec<(Did, usize)>,
    /// What was taken back and can be done again, newest last.
    undone: Vec<(Did, usize)>,
    /// How many commands of the open conversation can be taken back.
    depth: usize,
    /// Whether the last key did a command again.
    again: bool,
    /// Why things were discarded, newest first.
    reasons: Vec<String>,
    /// Decisions made, and when the first and the last of them were.
    made: (u32, i64, i64),
    /// The newest, in words.
    last: Option<String>,
}

impl Deciding {
    /// Seconds that a decision took, on the whole; `None` where that is not
    /// known yet.
    #[must_use]
    pub fn pace(&self) -> Option<f64> {
        let (made, first, last) = self.made;
        let between = made.checked_sub(1).filter(|n| *n > 0)?;
        let each = (last.saturating_sub(first)) as f64 / 1000.0 / f64::from(between);
        (each >= 1.0).then_some(each)
    }
    /// The newest decision or note, in words.
    #[must_use]
    pub fn last(&self) -> Option<&str> {
        self.last.as_deref()
    }
}

/// What is done; `None` for an action that is not of this kind.
pub(super) fn about(model: &mut Model, action: Action) -> Option<Vec<Cmd>> {
    Some(match action {
        Action::Approve | Action::CurateApprove => match on(model) {
            Some(on) => decide(model, on, Choice::Approve, ""),
            None => Vec::new(),
        },
        Action::Discard | Action::CurateDiscard => {
            if let Some(on) = on(model) {
                let known = model.deciding.reasons.clone();
                let prompt = Prompt::new(For::Discard(on), "", known);
                model.overlay = Some(Overlay::Prompt(prompt));
            }
            Vec::new()
        }
        Action::CurateMark => mark(model),
        Action::CurateTag => {
            if let Some(on) = on(model) {
                let known = model.curate.tags.clone();
                let prompt = Prompt::new(For::Tag(on), "", known);
                model.overlay = Some(Overlay::Prompt(prompt));
            }
            Vec::new()
        }
        Action::CurateComment => {
            if let (Some(on), Some(item)) = (on(model), model.curate.chosen()) {
                let prompt = Prompt::new(For::Comment(on), &item.notes.comment, Vec::new());
                model.overlay = Some(Overlay::Prompt(prompt));
            }
            Vec::new()
        }
        Action::CurateAll => {
            let filter = model.curate.filter.clone();
            vec![Cmd::Job(Job::Queue(Ask::Match(filter)))]
        }
        Action::AllYes => match model.overlay.take() {
            Some(Overlay::ApproveAll(filter, _)) => {
                model.note = Some(String::from("approving"));
                vec![Cmd::Job(Job::Queue(Ask::ApproveAll(filter)))]
            }
            other => {
                model.overlay = other;
                Vec::new()
            }
        },
        Action::AllNo | Action::PromptLeave => {
            model.overlay = None;
            Vec::new()
        }
        Action::PromptDo
        | Action::PromptFill
        | Action::PromptDown
        | Action::PromptUp
        | Action::PromptClear => prompt(model, action),
        Action::Undo => match here(model) {
            Some(i) => turn(model, i, true),
            None => return None,
        },
        Action::Redo => {
            let Some(i) = here_again(model) else {
                model.deciding.again = true;
                return None;
            };
            turn(model, i, false)
        }
        Action::CurateUndo => match model.deciding.done.len().checked_sub(1) {
            Some(i) => turn(model, i, true),
            None => Vec::new(),
        },
        Action::CurateRedo => match model.deciding.undone.len().checked_sub(1) {
            Some(i) => turn(model, i, false),
            None => Vec::new(),
        },
        _ => return None,
    })
}

/// What one looks at.
fn on(model: &Model) -> Option<On> {
    match model.screen {
        Screen::Curate => curate::on(model),
        Screen::Run => On::session(&model.run.as_ref()?.session),
        Screen::Scenario | Screen::Batch => None,
    }
}

fn decide(model: &mut Model, on: On, choice: Choice, reason: &str) -> Vec<Cmd> {
    let reason = reason.to_owned();
    let ask = Ask::Decide { on, choice, reason };
    let mut cmds = vec![Cmd::Job(Job::Queue(ask))];
    if model.screen == Screen::Curate {
        cmds.extend(curate::decided(model, choice));
    }
    cmds
}

fn mark(model: &mut Model) -> Vec<Cmd> {
    let (Some(on), Some(item)) = (on(model), model.curate.chosen()) else {
        return Vec::new();
    };
    let marked = item.notes.marked;
    let ask = Ask::Note {
        on,
        notes: vec![Note::Mark(!marked)],
        back: vec![Note::Mark(marked)],
    };
    vec![Cmd::Job(Job::Queue(ask))]
}

fn prompt(model: &mut Model, action: Action) -> Vec<Cmd> {
    let Some(Overlay::Prompt(prompt)) = &mut model.overlay else {
        return Vec::new();
    };
    match action {
        Action::PromptFill => prompt.fill(),
        Action::PromptDown => prompt.turn(true),
        Action::PromptUp => prompt.turn(false),
        Action::PromptClear => {
            prompt.text.clear();
            prompt.at = None;
        }
        _ => {
            let (asks, answer) = (prompt.asks.clone(), prompt.answer());
            return answered(model, asks, &answer);
        }
    }
    Vec::new()
}

/// A line was typed.
fn answered(model: &mut Model, asks: For, answer: &str) -> Vec<Cmd> {
    match asks {
        For::Discard(on) => {
            model.overlay = None;
            if !answer.is_empty() {
                let reasons = &mut model.deciding.reasons;
                reasons.retain(|known| known != answer);
                reasons.insert(0, answer.to_owned());
                reasons.truncate(REASONS);
            }
            decide(model, on, Choice::Discard, answer)
        }
        For::Tag(on) => {
            model.overlay = None;
            let word = crate::store::tag(answer);
            let Some(item) = model.curate.chosen().filter(|_| !word.is_empty()) else {
                return Vec::new();
            };
            let (add, take) = (Note::Tag(word.clone()), Note::Untag(word.clone()));
            let (note, back) = if item.notes.tags.contains(&word) {
                (take, add)
            } else {
                (add, take)
            };
            let (notes, back) = (vec![note], vec![back]);
            vec![Cmd::Job(Job::Queue(Ask::Note { on, notes, back }))]
        }
        For::Comment(on) => {
            model.overlay = None;
            let Some(item) = model.curate.chosen() else {
                return Vec::new();
            };
            if item.notes.comment == answer {
                return Vec::new();
            }
            let notes = vec![Note::Comment(answer.to_owned())];
            let back = vec![Note::Comment(item.notes.comment.clone())];
            vec![Cmd::Job(Job::Queue(Ask::Note { on, notes, back }))]
        }
        For::Missed(missed, stage) => finding::answered(model, *missed, stage, answer),
        For::FindingFilter => {
            model.overlay = None;
            finding::filter(model, answer);
            Vec::new()
        }
        For::CurateFilter | For::BatchFilter => {
            if let Err(why) = Filter::parse(answer) {
                if let Some(Overlay::Prompt(prompt)) = &mut model.overlay {
                    prompt.said = Some(why.to_string());
                }
                return Vec::new();
            }
            model.overlay = None;
            if asks == For::CurateFilter {
                curate::filter(model, answer)
            } else {
                batch::filter(model, answer)
            }
        }
    }
}

/// The newest that is about the open conversation and came after all of its
/// commands that can be taken back.
fn here(model: &Model) -> Option<usize> {
    let session = &model.run.as_ref()?.session;
    let mine = |(did, _): &(Did, usize)| about_it(did, model);
    let i = model.deciding.done.iter().rposition(mine)?;
    let (_, depth) = model.deciding.done.get(i)?;
    (*depth >= session.commands()).then_some(i)
}

/// The newest of those taken back that is to be done again before any command.
fn here_again(model: &Model) -> Option<usize> {
    let session = &model.run.as_ref()?.session;
    let mine = |(did, _): &(Did, usize)| about_it(did, model);
    let i = model.deciding.undone.iter().rposition(mine)?;
    let (_, depth) = model.deciding.undone.get(i)?;
    (*depth == session.commands()).then_some(i)
}

/// Whether something is about the open conversation.
fn about_it(did: &Did, model: &Model) -> bool {
    let Some(run) = &model.run else { return false };
    let id = &run.session.opened().conversation;
    did.on.iter().any(|on| on.conversation == *id)
}

/// Takes back, or does again.
fn turn(model: &mut Model, i: usize, back: bool) -> Vec<Cmd> {
    let from = if back {
        &mut model.deciding.done
    } else {
        &mut model.deciding.undone
    };
    if i >= from.len() {
        return Vec::new();
    }
    let (did, _) = from.remove(i);
    vec![Cmd::Job(Job::Queue(Ask::Turn { did, back }))]
}

/// A conversation was opened: what stands about it is asked for.
pub(super) fn opened(model: &mut Model) -> Vec<Cmd> {
    let Some(run) = &model.run else {
        return Vec::new();
    };
    model.deciding.depth = run.session.commands();
    let id = run.session.opened().conversation.clone();
    vec![Cmd::Job(Job::Queue(Ask::Standing(id)))]
}

/// The session moved on: what was taken back before a new command is not done
/// again.
pub(super) fn moved(model: &mut Model) {
    let Some(run) = &model.run else { return };
    let now = run.session.commands();
    let before = std::mem::replace(&mut model.deciding.depth, now);
    if now <= before {
        return;
    }
    if std::mem::take(&mut model.deciding.again) {
        return;
    }
    let id = run.session.opened().conversation.clone();
    let other = |(did, _): &(Did, usize)| did.on.iter().all(|on| on.conversation != id);
    model.deciding.undone.retain(other);
}

/// What came of a job about the queue.
pub(super) fn told(model: &mut Model, told: Told) -> Vec<Cmd> {
    match told {
        Told::Listed { of, stamp, page } => match of {
            Of::Curate => curate::came(model, stamp, page),
            Of::Batch => batch::came(model, stamp, page),
        },
        Told::Read { key, session } => curate::read(model, &key, session),
        Told::Standing(id, standing) => {
            if let Some(run) = &mut model.run
                && run.session.opened().conversation == id
            {
                let Standing {
                    decisions,
                    marks,
                    sums,
                } = *standing;
                run.marked(marks);
                run.sums = sums;
                let named = decisions.into_iter().map(|d| (d.branch.clone(), d));
                run.decided = named.collect();
            }
            Vec::new()
        }
        Told::Changed(changed) => self::changed(model, *changed),
        Told::Refused(why) => {
            model.problem = Some(why);
            if model.screen == Screen::Curate {
                curate::anew(model)
            } else {
                Vec::new()
            }
        }
        Told::Matched(filter, found) => {
            match found {
                Err(why) => model.problem = Some(why),
                Ok(Match { passing: 0, counts }) => {
                    model.note = Some(format!(
                        "none of {} is open and meets every gate",
                        counts.all()
                    ));
                }
                Ok(found) => model.overlay = Some(Overlay::ApproveAll(filter, found)),
            }
            Vec::new()
        }
    }
}

/// Something was decided or noted, taken back, or done again.
fn changed(model: &mut Model, changed: Changed) -> Vec<Cmd> {
    let Changed {
        did,
        way,
        items,
        marks,
        at_ms,
    } = changed;
    let many = items.is_empty();
    if let Some((id, marks)) = marks {
        let shown = model.curate.shown.as_mut().and_then(|s| s.run.as_mut());
        for run in model.run.as_mut().into_iter().chain(shown) {
            if run.session.opened().conversation == id {
                run.marked(marks.clone());
                let now = items.iter().find(|i| i.row.id == id);
                run.sums = now.map(|i| i.sums.clone()).or(run.sums.take());
            }
        }
    }
    for item in &items {
        if let Some(run) = &mut model.run
            && run.session.opened().conversation == item.row.id
        {
            match &item.decision {
                Some(decision) => {
                    let branch = item.row.branch.clone();
                    run.decided.insert(branch, decision.clone());
                }
                None => {
                    run.decided.remove(&item.row.branch);
                }
            }
        }
        curate::put(model, item);
        batch::put(model, item);
    }
    let here = about_it(&did, model);
    let named = match did.on.first() {
        // On the run screen it is clear which conversation is meant.
        Some(on) if model.screen == Screen::Run && here => format!("{} {}", on.branch, did.words),
        Some(on) => format!("{} {}", on.short(), did.words),
        None => did.words.clone(),
    };
    let words = match way {
        Way::Done | Way::Again => named,
        Way::Back => format!("taken back: {named}"),
    };
    if let Some(run) = model.run.as_mut().filter(|_| here) {
        run.logged(words.clone());
    }
    // On the curate screen the mode line has the newest beside its counts.
    if model.screen != Screen::Curate || way != Way::Done || many {
        model.note = Some(words.clone());
    }
    let mut cmds = Vec::new();
    if model.screen == Screen::Curate && way != Way::Done {
        cmds = curate::choose(model, &did.on);
    }
    let deciding = &mut model.deciding;
    deciding.last = Some(words);
    let depth = model.run.as_ref().map_or(0, |run| run.session.commands());
    match way {
        Way::Done => {
            if matches!(did.what, What::Decided(_)) && !many {
                let (made, first, _) = deciding.made;
                let first = if made == 0 { at_ms } else { first };
                deciding.made = (made.saturating_add(1), first, at_ms);
            }
            deciding.undone.clear();
            deciding.done.push((did, depth));
        }
        Way::Again => deciding.done.push((did, depth)),
        Way::Back => deciding.undone.push((did, depth)),
    }
    if many {
        cmds.extend(curate::anew(model));
    }
    cmds
}

/// What is decided about a branch of the open conversation as it is now, in a
/// word with its role; `None` where nobody has.
#[must_use]
pub fn stands(run: &Run, branch: &str) -> Option<(Meaning, &'static str)> {
    let decision = run.decided.get(branch)?;
    let branches = run.session.branches();
    let head = branches.iter().find(|b| b.name == branch)?.head;
    Some(match (head == Some(decision.head), decision.choice) {
        (true, Choice::Approve) => look(Status::Approved),
        (true, Choice::Discard) => look(Status::Discarded),
        (false, _) => look(Status::Stale),
    })
}

/// Role and word of a status.
#[must_use]
pub fn look(status: Status) -> (Meaning, &'static str) {
    let role = match status {
        Status::Open => Meaning::TextMuted,
        Status::Approved => Meaning::ScoreGood,
        Status::Discarded => Meaning::ScorePoor,
        Status::Stale => Meaning::Mark,
    };
    (role, status.word())
}

/// Why an action of this kind cannot be done now; `None` for another kind.
pub(super) fn able(model: &Model, action: Action) -> Option<Result<(), String>> {
    let no = |why: &str| Some(Err(why.to_owned()));
    match action {
        Action::Approve if model.screen == Screen::Curate => able(model, Action::CurateApprove),
        Action::Discard if model.screen == Screen::Curate => able(model, Action::CurateDiscard),
        Action::Approve | Action::Discard => {
            let Some(run) = &model.run else {
                return no("no conversation is open");
            };
            let now = stands(run, &run.session.current().name);
            match now {
                _ if run.session.head().is_none() => no("there is no step to decide about yet"),
                _ if run.busy() => no("it still goes on; space pauses, x stops"),
                Some((_, "approved")) if action == Action::Approve => {
                    no("it is approved already; u takes that back, d discards it")
                }
                Some(_) | None => Some(Ok(())),
            }
        }
        Action::CurateApprove | Action::CurateDiscard => {
            let Some(item) = model.curate.chosen() else {
                return no("there is no conversation in the queue");
            };
            let approved = item.status == Status::Approved;
            if item.row.head.is_none() {
                no("it has no step to decide about yet")
            } else if approved && action == Action::CurateApprove {
                no("it is approved already; u takes that back, d discards it")
            } else {
                Some(Ok(()))
            }
        }
        Action::CurateTag | Action::CurateComment | Action::CurateMark if on(model).is_none() => {
            no("there is no conversation with a step here")
        }
        Action::CurateAll if model.curate.list.total == 0 => {
            no("there is no conversation in the queue")
        }
        Action::Undo if here(model).is_some() => Some(Ok(())),
        Action::Redo if here_again(model).is_some() => Some(Ok(())),
        Action::CurateUndo if model.deciding.done.is_empty() => {
            no("nothing was decided here that could be taken back")
        }
        Action::CurateRedo if model.deciding.undone.is_empty() => no("nothing was taken back"),
        _ => None,
    }
}

/// What a verb of this kind does; `None` for another kind.
pub(super) fn verb(model: &mut Model, verb: Verb, rest: &str) -> Option<Result<Vec<Cmd>, String>> {
    Some(match verb {
        Verb::Discard => match (able(model, Action::Discard), on(model)) {
            (Some(Err(why)), _) => Err(why),
            (_, Some(on)) => Ok(decide(model, on, Choice::Discard, rest)),
            (_, None) => Err(String::from("no conversation with a step is shown here")),
        },
        Verb::Queue => Filter::parse(rest)
            .map(|_| {
                if model.screen == Screen::Batch {
                    batch::filter(model, rest)
                } else {
                    let mut cmds = opening::go(model, Screen::Curate);
                    cmds.extend(curate::filter(model, rest));
                    cmds
                }
            })
            .map_err(|why| why.to_string()),
        Verb::Sort => curate::sort(model, rest),
        _ => return None,
    })
}

/// What may come next behind a verb of this kind; `None` for another kind.
pub(super) fn words(model: &Model, verb: Verb, before: &[&str]) -> Option<Vec<Word>> {
    let words = |list: Vec<String>| list.into_iter().map(|w| Word::new(w, "")).collect();
    Some(match verb {
        Verb::Discard if before.is_empty() => words(model.deciding.reasons.clone()),
        Verb::Queue => words(curate::FILTERS.iter().map(|w| (*w).to_owned()).collect()),
        Verb::Sort if before.is_empty() => {
            let names = Sort::all(0).map(|sort| sort.word().to_owned());
            words(names.to_vec())
        }
        Verb::Discard | Verb::Sort => Vec::new(),
        _ => return None,
    })
}
