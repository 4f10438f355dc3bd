//! Editing in place: what is under the cursor or what shaped it, checked as one
//! types, applied as a step of its own or in the place of a step.
//!
//! `subject` says what can be edited, `change` what an edit comes to, `person`
//! is the persona as text and in its file, `disk` takes over what changed there.

pub mod alone;
mod change;
mod disk;
mod person;
mod subject;

pub use change::Change;
pub(super) use disk::on_disk;
pub use subject::{Offer, Subject, offers};

use super::job::Job;
use super::job::check::Checked;
use super::job::save::{FileChange, Saved, Saving};
use super::job::touch::{Shared, Touched, Touching};
use super::layout::Pane;
use super::model::{Cursor, Model, WorldView};
use super::msg::{Cmd, External};
use super::overlay::Overlay;
use super::overlay::apply::Apply;
use super::overlay::edit::Edit;
use super::overlay::offers::Offers;
use super::overlay::sliders::Sliders;
use super::widget::{Check, InScenario, TextEdit};
use crate::engine::id::StepId;
use crate::engine::input::{Command, Edit as Edited, Onto};
use crate::engine::session::Session;
use crate::engine::step::Act;
use crate::engine::world::Path;
use crate::surface::{Action, Verb, Word};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Tells questions apart from each other; editors count for themselves.
static NEXT: AtomicU64 = AtomicU64::new(1 << 48);

/// Values written by a step that the list has.
const WRITTEN: usize = 12;

/// What editing remembers between keys.
#[derive(Debug, Default)]
pub struct Editing {
    /// The editor whose edit was handed on: it comes back where the session
    /// refuses it.
    sent: Option<Overlay>,
    /// What was changed on disk and is not in the conversation.
    disk: BTreeMap<String, Option<Arc<[u8]>>>,
    /// Whether the last text from `$EDITOR` is still to come.
    outside: bool,
    /// Whether a step is made once what was handed on is taken.
    again: bool,
}

/// What is done; `None` for an action that is not of this kind.
pub(super) fn about(model: &mut Model, action: Action) -> Option<Vec<Cmd>> {
    Some(match action {
        Action::WorldEdit => match chosen(model) {
            Some(path) => value(model, path),
            None => Vec::new(),
        },
        Action::EditHere => here(model, false),
        Action::EditOutside => here(model, true),
        Action::OfferDown | Action::OfferUp | Action::OfferOpen | Action::OfferOutside => {
            return Some(in_offers(model, action));
        }
        Action::OfferClose | Action::LeaveYes => {
            model.overlay = None;
            Vec::new()
        }
        Action::EditApply | Action::SlidersApply => apply(model),
        Action::EditUndo | Action::EditRedo | Action::EditProblem => {
            if let Some(Overlay::Edit(edit)) = &mut model.overlay {
                match action {
                    Action::EditUndo => edit.text.undo(),
                    Action::EditRedo => edit.text.redo(),
                    _ => edit.text.next_problem(),
                }
            }
            fresh(model)
        }
        Action::EditOut => outside(model),
        Action::EditLeave | Action::SlidersLeave => leave(model),
        Action::LeaveApply | Action::LeaveNo => {
            if let Some(Overlay::Leave(under)) = model.overlay.take() {
                model.overlay = Some(*under);
            }
            if action == Action::LeaveApply {
                apply(model)
            } else {
                Vec::new()
            }
        }
        Action::ApplyHere | Action::ApplyOver | Action::ApplyFirst => go(model, action),
        Action::ApplyFile => {
            if let Some(Overlay::Apply(state)) = &mut model.overlay {
                state.also_file = !state.also_file;
            }
            Vec::new()
        }
        Action::ApplyBack => {
            if let Some(Overlay::Apply(state)) = model.overlay.take() {
                model.overlay = state.under.map(|o| *o);
            }
            Vec::new()
        }
        Action::SlidersDown
        | Action::SlidersUp
        | Action::SlidersLess
        | Action::SlidersMore
        | Action::SlidersNear
        | Action::SlidersFar
        | Action::SlidersUndo
        | Action::SlidersPrompt => {
            if let Some(Overlay::Sliders(state)) = &mut model.overlay {
                match action {
                    Action::SlidersDown | Action::SlidersUp => {
                        state.go(action == Action::SlidersDown);
                    }
                    Action::SlidersUndo => state.undo(),
                    Action::SlidersPrompt => state.prompt = !state.prompt,
                    _ => state.slide(action),
                }
            }
            Vec::new()
        }
        Action::SlidersText => as_text(model),
        _ => return None,
    })
}

/// Why an action of this kind cannot be done now; `None` for another kind.
pub(super) fn able(model: &Model, action: Action) -> Option<Result<(), String>> {
    let no = |why: &str| Some(Err(why.to_owned()));
    match action {
        Action::WorldEdit if chosen(model).is_none() => {
            no("a value is chosen in the whole tree; v shows it")
        }
        Action::EditHere | Action::EditOutside if model.run.is_none() => {
            no("no conversation is open")
        }
        Action::EditProblem => match &model.overlay {
            Some(Overlay::Edit(edit)) if edit.text.problems().is_empty() => {
                no("nothing is wrong with the text")
            }
            _ => Some(Ok(())),
        },
        Action::EditApply | Action::LeaveApply | Action::SlidersApply => {
            let under = match &model.overlay {
                Some(Overlay::Leave(under)) => Some(under.as_ref()),
                other => other.as_ref(),
            };
            match under {
                Some(Overlay::Edit(edit)) if !edit.text.changed() => no("nothing was changed"),
                // A file that no conversation uses is mended line by line.
                Some(Overlay::Edit(edit)) if edit.text.broken() && edit.alone.is_none() => {
                    no("something is wrong with the text; ctrl-g goes there")
                }
                Some(Overlay::Sliders(state)) if !state.changed() => no("nothing was changed"),
                _ => Some(Ok(())),
            }
        }
        Action::ApplyHere | Action::ApplyOver | Action::ApplyFirst | Action::ApplyFile => {
            match (&model.overlay, &model.run) {
                (Some(Overlay::Apply(state)), Some(run)) => {
                    Some(state.way(run, action).map(|_| ()))
                }
                _ => no("nothing is to be applied"),
            }
        }
        _ => None,
    }
}

/// The step that an edit goes after: the one under the cursor.
fn at(model: &Model) -> Option<(Arc<Session>, Option<StepId>)> {
    let run = model.run.as_ref()?;
    Some((Arc::clone(&run.session), run.at()))
}

/// The value that is chosen in the whole tree of the world.
fn chosen(model: &Model) -> Option<Path> {
    let run = model.run.as_ref()?;
    let at = &run.pointing.tree.at;
    (run.focus == Pane::World && run.world_view == WorldView::Whole && !at.0.is_empty())
        .then(|| at.clone())
}

/// What the focused pane is about, else the list.
fn here(model: &mut Model, outside: bool) -> Vec<Cmd> {
    let Some(run) = &model.run else {
        return Vec::new();
    };
    let direct = match run.focus {
        Pane::World if chosen(model).is_some() => chosen(model).map(Subject::Value),
        Pane::Persona if outside => Some(Subject::Person),
        Pane::Persona => Some(Subject::Sliders),
        Pane::Judge => Some(Subject::File(String::from("rubric.yaml"), 1)),
        _ => None,
    };
    if let Some(subject) = direct {
        return open(model, subject, outside);
    }
    let mut all = offers(run);
    if run.focus == Pane::World {
        // What the step wrote comes first where one looks at just that.
        let ops = run
            .step()
            .and_then(|s| s.body.patch())
            .map(|p| p.0.as_slice());
        let values = ops.unwrap_or_default().iter().map(|op| Offer {
            subject: Subject::Value(op.path().clone()),
            what: format!("world {}", op.path()),
            why: String::from("written by this step"),
        });
        all.splice(0..0, values.take(WRITTEN).collect::<Vec<_>>());
    }
    if !model.editing.disk.is_empty() {
        let names: Vec<&str> = model.editing.disk.keys().map(String::as_str).collect();
        all.insert(
            0,
            Offer {
                subject: Subject::OnDisk,
                what: String::from("from disk"),
                why: format!("take over what was changed there: {}", names.join(", ")),
            },
        );
    }
    model.overlay = Some(Overlay::Offers(Offers {
        all,
        at: 0,
        outside,
    }));
    Vec::new()
}

fn in_offers(model: &mut Model, action: Action) -> Vec<Cmd> {
    let Some(Overlay::Offers(state)) = &mut model.overlay else {
        return Vec::new();
    };
    let last = state.all.len().saturating_sub(1);
    match action {
        Action::OfferDown => state.at = state.at.saturating_add(1).min(last),
        Action::OfferUp => state.at = state.at.saturating_sub(1),
        _ => {
            let outside = state.outside || action == Action::OfferOutside;
            if let Some(chosen) = state.all.get(state.at).map(|o| o.subject.clone()) {
                model.overlay = None;
                return open(model, chosen, outside);
            }
        }
    }
    Vec::new()
}

/// Opens the editor of a subject; in `$EDITOR` at once where that is wanted.
pub(super) fn open(model: &mut Model, subject: Subject, outside: bool) -> Vec<Cmd> {
    let Some((session, at)) = at(model) else {
        return Vec::new();
    };
    match &subject {
        Subject::OnDisk => return disk::from_disk(model),
        Subject::Sliders if !outside => {
            let persona = session.persona_at(at).clone();
            model.overlay = Some(Overlay::Sliders(Box::new(Sliders::new(persona))));
            return Vec::new();
        }
        _ => {}
    }
    let subject = match subject {
        Subject::Sliders => Subject::Person,
        other => other,
    };
    let Some(text) = change::text_of(&session, at, &subject) else {
        model.note = Some(String::from("not now: this is no text that can be edited"));
        return Vec::new();
    };
    let mut edit = TextEdit::new(
        name(&session, &subject),
        &text,
        check(&session, at, &subject),
    );
    if let Subject::File(_, line) = &subject {
        edit.go(*line, 1);
    }
    edit_with(model, subject, edit, None, outside)
}

fn edit_with(
    model: &mut Model,
    subject: Subject,
    text: TextEdit,
    alone: Option<alone::Alone>,
    out: bool,
) -> Vec<Cmd> {
    model.overlay = Some(Overlay::Edit(Box::new(Edit {
        subject,
        text,
        uses: None,
        alone,
        again: false,
    })));
    let mut cmds = fresh(model);
    if out {
        cmds.extend(outside(model));
    }
    cmds
}

/// Edits a value of the world as it is at the cursor.
pub(super) fn value(model: &mut Model, path: Path) -> Vec<Cmd> {
    open(model, Subject::Value(path), false)
}

/// Opens a file of the scenario with another text in it, as if one had typed it.
pub(super) fn propose(model: &mut Model, path: &str, text: &str, line: usize) -> Vec<Cmd> {
    let mut cmds = open(model, Subject::File(path.to_owned(), line), false);
    if let Some(Overlay::Edit(edit)) = &mut model.overlay {
        edit.text.replace(text);
        edit.text.go(line, 1);
        cmds.extend(edit.text.check_job());
    }
    cmds
}

/// What the title says is edited.
fn name(session: &Session, subject: &Subject) -> String {
    let step = |id: &StepId, what: &str| match session.step(*id) {
        Some(step) => format!("{what} of step {}", step.body.number),
        None => what.to_owned(),
    };
    match subject {
        Subject::File(path, _) => path.clone(),
        Subject::Message(id) => step(id, "message"),
        Subject::Args(id, _) => step(id, "arguments"),
        Subject::Outcome(id) => step(id, "result"),
        Subject::Proposal(id, _) => step(id, "proposal"),
        Subject::Value(path) => format!("world {path}"),
        Subject::Sliders | Subject::Person => String::from("persona"),
        Subject::OnDisk => String::from("from disk"),
    }
}

/// What the text of a subject is held against.
fn check(session: &Session, at: Option<StepId>, subject: &Subject) -> Check {
    let scenario = session.scenario_at(at);
    match subject {
        Subject::File(path, _) => Check::File(Arc::new(InScenario {
            folder: scenario.id.clone(),
            files: scenario.files.clone(),
            path: path.clone(),
        })),
        Subject::Message(_) => Check::Words,
        Subject::Args(id, i) => {
            let schema = session.step(*id).and_then(|step| match &step.body.act {
                Act::Answered { calls, .. } => calls.get(*i),
                Act::Said { .. }
                | Act::Ran(_)
                | Act::Judged(_)
                | Act::Malformed { .. }
                | Act::Edited(_) => None,
            });
            let tool = schema.and_then(|call| scenario.tool(&call.tool));
            Check::Json(tool.map(|t| t.parameters_schema.clone()))
        }
        Subject::Outcome(_) => Check::Json(change::outcome_schema()),
        Subject::Proposal(..) => Check::Json(None),
        Subject::Person => Check::Json(person::schema()),
        Subject::Value(path) => Check::Value {
            schema: scenario.schema.clone(),
            world: session.place(at).world.clone(),
            path: path.clone(),
        },
        Subject::Sliders | Subject::OnDisk => Check::Nothing,
    }
}

/// The check that the text wants now, if any.
pub(super) fn fresh(model: &mut Model) -> Vec<Cmd> {
    match &mut model.overlay {
        Some(Overlay::Edit(edit)) => edit.text.check_job().into_iter().collect(),
        _ => Vec::new(),
    }
}

/// A text was checked.
pub(super) fn checked(model: &mut Model, found: &Checked) -> Vec<Cmd> {
    if let Some(cmds) = alone::checked(model, found) {
        return cmds;
    }
    let Some((session, at)) = at(model) else {
        return Vec::new();
    };
    let Some(Overlay::Edit(edit)) = &mut model.overlay else {
        return Vec::new();
    };
    if edit.text.id() != found.id {
        return Vec::new();
    }
    let mut cmds: Vec<Cmd> = edit.text.take(found).into_iter().collect();
    // Who used it is the last that is asked: the text stands still, and is right.
    if cmds.is_empty()
        && edit.text.changed()
        && !edit.text.broken()
        && let Subject::File(path, _) = &edit.subject
        && let Change::Edit { edit: what, file } =
            change::in_file(&session, at, path, edit.text.text().as_bytes().into())
    {
        let id = edit.text.id();
        cmds.push(touch(id, session, at, what, file, false));
    }
    cmds
}

fn touch(
    id: u64,
    session: Arc<Session>,
    at: Option<StepId>,
    edit: Edited,
    file: Result<FileChange, String>,
    others: bool,
) -> Cmd {
    Cmd::Job(Job::Touch(Box::new(Touching {
        id,
        session: Shared(session),
        at,
        edit,
        file,
        others,
    })))
}

/// What an edit touches is known.
pub(super) fn touched(model: &mut Model, found: Touched) -> Vec<Cmd> {
    match &mut model.overlay {
        Some(Overlay::Edit(edit)) if edit.text.id() == found.id => {
            edit.uses = found.touches.ok();
        }
        Some(Overlay::Apply(state)) if state.id == found.id => state.told = Some(found),
        _ => {}
    }
    Vec::new()
}

/// From the editor to the question.
fn apply(model: &mut Model) -> Vec<Cmd> {
    if let Some(cmds) = alone::apply(model) {
        return cmds;
    }
    let Some((session, at)) = at(model) else {
        return Vec::new();
    };
    let (name, made) = match &model.overlay {
        Some(Overlay::Edit(edit)) => (
            edit.text.name().to_owned(),
            change::change(&session, at, &edit.subject, &edit.text.text()),
        ),
        Some(Overlay::Sliders(state)) => (
            format!("persona {}", state.persona.name),
            Ok(change::persona(&session, at, state.persona.clone())),
        ),
        _ => return Vec::new(),
    };
    match made {
        Ok(change) => ask(model, name, change),
        Err(why) => {
            model.note = Some(format!("not now: {why}"));
            Vec::new()
        }
    }
}

/// Asks from where on a change holds, and whether the file is written too. What
/// lies on top now is what `esc` goes back to.
pub(super) fn ask(model: &mut Model, name: String, change: Change) -> Vec<Cmd> {
    let Some((session, at)) = at(model) else {
        return Vec::new();
    };
    let id = NEXT.fetch_add(1, Ordering::Relaxed);
    let cmds = match &change {
        Change::Edit { edit, file } => {
            vec![touch(id, session, at, edit.clone(), file.clone(), true)]
        }
        Change::Act { .. } => Vec::new(),
    };
    model.overlay = Some(Overlay::Apply(Box::new(Apply {
        under: model.overlay.take().map(Box::new),
        name,
        change,
        id,
        told: None,
        also_file: false,
        writing: None,
    })));
    cmds
}

/// A way out of the question was taken: the file first, so that an edit whose
/// file cannot be written is not half done.
fn go(model: &mut Model, action: Action) -> Vec<Cmd> {
    let Some((session, at)) = at(model) else {
        return Vec::new();
    };
    let Some(Overlay::Apply(state)) = &mut model.overlay else {
        return Vec::new();
    };
    if state.also_file
        && let Change::Edit { file: Ok(file), .. } = &state.change
    {
        state.writing = Some(action);
        return vec![Cmd::Job(Job::Save(Box::new(Saving {
            id: state.id,
            scenario: session.scenario_at(at).id.clone(),
            home: None,
            file: file.clone(),
        })))];
    }
    send(model, action)
}

/// The file was written, or not.
pub(super) fn saved(model: &mut Model, done: &Saved) -> Vec<Cmd> {
    if let Some(cmds) = alone::saved(model, done) {
        return cmds;
    }
    let Some(Overlay::Apply(state)) = &mut model.overlay else {
        return Vec::new();
    };
    if state.id != done.id {
        return Vec::new();
    }
    let Some(action) = state.writing.take() else {
        return Vec::new();
    };
    match &done.result {
        Ok(path) => {
            let words = format!("{} was written", path.display());
            if let Some(run) = &mut model.run {
                run.logged(words.clone());
            }
            let cmds = send(model, action);
            model.note = Some(words);
            cmds
        }
        Err(why) => {
            state.also_file = false;
            if let Some(told) = &mut state.told {
                told.file = Err(why.clone());
            }
            model.note = Some(format!("not written: {why}; nothing was done"));
            Vec::new()
        }
    }
}

/// Hands the change to the session.
fn send(model: &mut Model, action: Action) -> Vec<Cmd> {
    let Some(Overlay::Apply(state)) = model.overlay.take() else {
        return Vec::new();
    };
    let Some(run) = &mut model.run else {
        return Vec::new();
    };
    let at = run.at();
    let Apply {
        under,
        change,
        told,
        ..
    } = *state;
    let command = match change {
        Change::Act {
            act,
            instead,
            after,
            ..
        } => Command::Act {
            onto: if action == Action::ApplyOver {
                Onto::Overwrite(after)
            } else {
                Onto::Fork(after)
            },
            act,
            instead: Some(instead),
        },
        Change::Edit { edit, .. } => {
            let first = told
                .and_then(|t| t.touches.ok())
                .and_then(|touches| touches.first);
            let onto = match (action, first) {
                (Action::ApplyFirst, Some(first)) => Onto::Fork(first.after),
                (Action::ApplyOver, _) => Onto::Overwrite(at),
                _ if run.past() => Onto::Fork(at),
                _ => Onto::Head,
            };
            if let Edited::Files(files) = &edit {
                model
                    .editing
                    .disk
                    .retain(|path, _| !files.contains_key(path));
            }
            Command::Edit { onto, edit }
        }
    };
    run.cursor = Cursor::Live;
    run.scroll.clear();
    model.editing.again = matches!(under.as_deref(), Some(Overlay::Edit(edit)) if edit.again);
    model.editing.sent = under.map(|o| *o);
    vec![Cmd::Send(command.into())]
}

/// The session did not take what was handed to it: the editor comes back.
pub(super) fn refused(model: &mut Model) {
    model.editing.again = false;
    if model.overlay.is_none() {
        model.overlay = model.editing.sent.take();
    }
}

impl Editing {
    /// The session moved on: what was handed to it was taken. Answers whether a
    /// step is to follow.
    pub(super) fn moved(&mut self) -> bool {
        self.sent = None;
        std::mem::take(&mut self.again)
    }
}

/// Leaves at once where nothing was changed.
fn leave(model: &mut Model) -> Vec<Cmd> {
    let changed = match &model.overlay {
        Some(Overlay::Edit(edit)) => edit.text.changed(),
        Some(Overlay::Sliders(state)) => state.changed(),
        _ => false,
    };
    model.overlay = model
        .overlay
        .take()
        .filter(|_| changed)
        .map(|under| Overlay::Leave(Box::new(under)));
    Vec::new()
}

/// The persona from sliders to text: what was moved stays moved.
fn as_text(model: &mut Model) -> Vec<Cmd> {
    let Some((session, at)) = at(model) else {
        return Vec::new();
    };
    let Some(Overlay::Sliders(state)) = &model.overlay else {
        return Vec::new();
    };
    let (before, after) = (person::text(&state.before), person::text(&state.persona));
    let subject = Subject::Person;
    let mut text = TextEdit::new("persona", &before, check(&session, at, &subject));
    text.replace(&after);
    edit_with(model, subject, text, None, false)
}

/// Hands the text to `$EDITOR`.
fn outside(model: &mut Model) -> Vec<Cmd> {
    let Some(Overlay::Edit(edit)) = &model.overlay else {
        return Vec::new();
    };
    let name = match &edit.subject {
        Subject::File(path, _) => path.rsplit('/').next().unwrap_or("text").to_owned(),
        Subject::Message(_) => String::from("message.txt"),
        _ => String::from("value.json"),
    };
    model.editing.outside = true;
    vec![Cmd::External(External {
        name,
        text: edit.text.text(),
        line: edit.text.cursor().0,
    })]
}

/// The text came back.
pub(super) fn came_back(model: &mut Model, result: Result<String, String>) -> Vec<Cmd> {
    if !std::mem::take(&mut model.editing.outside) {
        return Vec::new();
    }
    match (&mut model.overlay, result) {
        (Some(Overlay::Edit(edit)), Ok(text)) => {
            // Most editors end a text with a new line of their own.
            let bare = match text.strip_suffix('\n') {
                Some(bare) if !edit.text.original().ends_with('\n') => bare,
                _ => text.as_str(),
            };
            edit.text.replace(bare);
        }
        (_, Err(why)) => model.note = Some(why),
        (_, Ok(_)) => {}
    }
    fresh(model)
}

/// What a verb of this kind does; `None` for another kind.
pub(super) fn verb(model: &mut Model, verb: Verb, rest: &str) -> Option<Result<Vec<Cmd>, String>> {
    if verb != Verb::Edit {
        return None;
    }
    if model.run.is_none() {
        return Some(Err(String::from("no conversation is open")));
    }
    if let Some(path) = Path::parse(rest).filter(|p| !p.0.is_empty()) {
        return Some(Ok(value(model, path)));
    }
    Some(Ok(match rest {
        "" => here(model, false),
        "persona" => open(model, Subject::Sliders, false),
        file => {
            let known = at(model).is_some_and(|(s, at)| s.scenario_at(at).files.contains_key(file));
            if !known {
                return Some(Err(format!("the scenario has no file `{file}`")));
            }
            open(model, Subject::File(file.to_owned(), 1), false)
        }
    }))
}

/// What may come next behind a verb of this kind; `None` for another kind.
pub(super) fn words(model: &Model, verb: Verb, before: &[&str]) -> Option<Vec<Word>> {
    if verb != Verb::Edit {
        return None;
    }
    let mut out = Vec::new();
    if before.is_empty()
        && let Some((session, at)) = at(model)
    {
        out.push(Word::new("persona", "who the user is"));
        let files = session.scenario_at(at).files.keys();
        out.extend(files.map(|path| Word::new(path.clone(), "a file of the scenario")));
    }
    Some(out)
}
