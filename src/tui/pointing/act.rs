//! What keys ask for: labels, finding, copying, moving in the whole tree.

use super::find::{Filter, Find};
use super::rows::Joined;
use super::source::{self, Go, behind};
use super::tree::{before, children, dotted, open_to, plain};
use super::value::{self, Target};
use super::{Stand, copy, in_tree, of_value};
use crate::engine::world::{Origin, Path};
use crate::surface::Action;
use crate::tui::copying;
use crate::tui::editing::{self, Subject};
use crate::tui::layout::Pane;
use crate::tui::model::{Model, Run, Scroll, WorldView};
use crate::tui::msg::Cmd;
use crate::tui::overlay::Overlay;
use crate::tui::overlay::find::{FindLine, For};
use crate::tui::overlay::point::{Point, Taken};
use crate::tui::paint::inner;
use crate::tui::pane::{self, conversation, world};

/// Places to go back to that are kept.
const BACK: usize = 100;

/// What is done; `None` for an action that is not of this kind.
pub(in crate::tui) fn about(model: &mut Model, action: Action) -> Option<Vec<Cmd>> {
    match action {
        Action::Point | Action::ValueAgain => point(model),
        Action::PointNext | Action::PointPrev => {
            if let Some(Overlay::Point(point)) = &mut model.overlay {
                let all = point.targets.len().max(1);
                let step = if action == Action::PointNext {
                    1
                } else {
                    all - 1
                };
                point.at = point.at.saturating_add(step) % all;
            }
        }
        Action::PointTake => {
            if let Some(Overlay::Point(point)) = &model.overlay
                && let Some(target) = point.targets.get(point.at).cloned()
            {
                take(model, target);
            }
        }
        Action::PointClose | Action::ValueClose => model.overlay = None,
        _ if of_value(action) => return Some(with_value(model, action)),
        Action::Find => open_line(model, For::Words, String::new()),
        Action::WorldFilter => {
            let now = model.run.as_ref();
            let now = now.map_or(String::new(), |run| run.pointing.tree.filter.clone());
            open_line(model, For::Filter, now);
        }
        Action::FindDo => return Some(do_line(model)),
        Action::FindOther => {
            if let Some(Overlay::Find(line)) = &mut model.overlay {
                line.pane = match line.pane {
                    Pane::World => Pane::Conversation,
                    _ => Pane::World,
                };
            }
            return Some(typed(model));
        }
        Action::FindClose => close_line(model),
        Action::FindNext | Action::FindPrev => step_found(model, action == Action::FindNext),
        Action::CopyText | Action::CopyJson => return Some(copied(model, action)),
        Action::WorldFold => fold(model),
        Action::WorldBroken => {
            if let Some(run) = &mut model.run {
                run.pointing.broken = !run.pointing.broken;
                run.scroll.remove(&Pane::World);
            }
        }
        Action::WorldWriter => to_writer(model),
        Action::WorldBack => {
            if let Some(run) = &mut model.run
                && let Some(stand) = run.pointing.back.pop()
            {
                stand.go(run);
            }
        }
        Action::Down | Action::Up | Action::PageDown | Action::PageUp => {
            return walk(model, action);
        }
        Action::Out => return out(model),
        _ => return None,
    }
    Some(Vec::new())
}

/// Why an action of this kind cannot be done now; `None` for another kind.
pub(in crate::tui) fn able(model: &Model, action: Action) -> Option<Result<(), String>> {
    let no = |why: &str| Some(Err(why.to_owned()));
    let ours = matches!(
        action,
        Action::Point
            | Action::Find
            | Action::FindNext
            | Action::FindPrev
            | Action::CopyText
            | Action::CopyJson
            | Action::WorldFold
            | Action::WorldBroken
            | Action::WorldFilter
            | Action::WorldWriter
            | Action::WorldBack
            | Action::FindOther
    ) || of_value(action);
    if !ours {
        return None;
    }
    let Some(run) = &model.run else {
        return no("no conversation is open");
    };
    let tree = &run.pointing.tree;
    match action {
        Action::FindNext | Action::FindPrev if run.pointing.find.is_none() => {
            no("nothing is looked for; / finds")
        }
        Action::CopyText | Action::CopyJson
            if run.focus == Pane::Conversation && run.step().is_none() =>
        {
            no("there is no step here")
        }
        Action::CopyText | Action::CopyJson
            if run.focus == Pane::Findings && run.seen.found.is_empty() =>
        {
            no("nothing was found")
        }
        Action::WorldFold | Action::WorldWriter if !in_tree(run) => {
            no("a row is chosen in the whole tree alone; v shows it")
        }
        Action::WorldFold | Action::WorldWriter if tree.at.0.is_empty() => no("there is no row"),
        Action::WorldFold => {
            let node = tree.at.find(&run.session.place(run.at()).world);
            if node.map_or(0, children) == 0 {
                no("there is nothing below it")
            } else {
                Some(Ok(()))
            }
        }
        Action::WorldBack if run.pointing.back.is_empty() => no("there is nowhere to go back to"),
        Action::FindOther => match &model.overlay {
            Some(Overlay::Find(line)) if line.what == For::Filter => {
                no("the filter is of the world")
            }
            _ => Some(Ok(())),
        },
        Action::ValueGo => match &model.overlay {
            Some(Overlay::Value(taken)) if taken.sources.is_empty() => no("it stands nowhere"),
            _ => Some(Ok(())),
        },
        _ => Some(Ok(())),
    }
}

/// One level out of what is found and filtered; `None` where there is nothing.
fn out(model: &mut Model) -> Option<Vec<Cmd>> {
    if model.overlay.is_some() || model.problem.is_some() {
        return None;
    }
    let run = model.run.as_mut()?;
    let pointing = &mut run.pointing;
    if run.focus == Pane::World && pointing.broken {
        pointing.broken = false;
    } else if run.focus == Pane::World && !pointing.tree.filter.is_empty() {
        pointing.tree.filter.clear();
        run.look();
    } else if pointing.find.take().is_none() {
        return None;
    }
    Some(Vec::new())
}

// --- pointing

/// Puts a label on each value in view.
fn point(model: &mut Model) {
    model.overlay = None;
    match labels(model) {
        Some(point) => model.overlay = Some(Overlay::Point(point)),
        None => model.note = Some(String::from("there is no value in view here")),
    }
}

fn labels(model: &Model) -> Option<Point> {
    let run = model.run.as_ref()?;
    let area = inner(model.layout(run, model.area()).of(run.focus)?);
    let window = pane::window(
        run.focus,
        run,
        usize::from(area.width),
        usize::from(area.height),
    );
    let mut targets = value::targets(run, run.focus, &window);
    targets.retain(|t| {
        t.cells
            .first()
            .is_some_and(|c| c.col < usize::from(area.width))
    });
    (!targets.is_empty()).then(|| Point {
        area,
        targets,
        typed: String::new(),
        at: 0,
    })
}

/// The screen under the labels changed.
pub(in crate::tui) fn fresh(model: &mut Model) {
    let Some(Overlay::Point(old)) = &model.overlay else {
        return;
    };
    let (at, typed, all) = (old.at, old.typed.clone(), old.targets.len());
    let Some(mut now) = labels(model) else {
        model.overlay = None;
        return;
    };
    now.at = at.min(now.targets.len().saturating_sub(1));
    if now.targets.len() == all {
        now.typed = typed;
    }
    model.overlay = Some(Overlay::Point(now));
}

/// A letter was typed into one of our lines.
pub(in crate::tui) fn typed(model: &mut Model) -> Vec<Cmd> {
    match &model.overlay {
        Some(Overlay::Point(point)) => {
            if let Some(target) = point.taken().cloned() {
                take(model, target);
            }
        }
        Some(Overlay::Find(line)) => {
            let (what, text, pane) = (line.what, line.text.clone(), line.pane);
            if let Some(run) = &mut model.run {
                match what {
                    For::Words => run.pointing.find = Some(Find::new(&text, pane)),
                    For::Filter => {
                        run.pointing.tree.filter = text;
                        run.pointing.tree.top = 0;
                    }
                }
                super::reread(run);
            }
        }
        _ => {}
    }
    Vec::new()
}

/// Shows what is known of a value.
fn take(model: &mut Model, target: Target) {
    let Some(run) = &model.run else { return };
    let (sources, more) = source::sources(run, &target.value);
    model.overlay = Some(Overlay::Value(Box::new(Taken {
        value: target.value,
        // The link that it came from, not the one that was pointed at.
        at: usize::from(sources.get(1).is_some_and(|s| s.link.is_some())),
        sources,
        more,
    })));
}

fn with_value(model: &mut Model, action: Action) -> Vec<Cmd> {
    let Some(Overlay::Value(taken)) = &mut model.overlay else {
        return Vec::new();
    };
    let last = taken.sources.len().saturating_sub(1);
    match action {
        Action::ValueDown => {
            taken.at = taken.at.saturating_add(1).min(last);
            return Vec::new();
        }
        Action::ValueUp => {
            taken.at = taken.at.saturating_sub(1);
            return Vec::new();
        }
        _ => {}
    }
    let taken = taken.clone();
    model.overlay = None;
    let value = &taken.value;
    match action {
        Action::ValueText => {
            let text = plain(&value.node).unwrap_or_else(|| value.text.clone());
            return copying::copy(model, "the value", &text);
        }
        Action::ValueJson => {
            let json = serde_json::to_string_pretty(&value.node.to_json()).unwrap_or_default();
            return copying::copy(model, "the value as JSON", &json);
        }
        Action::ValueFilter => {
            let world = model
                .run
                .as_ref()
                .map(|run| &run.session.place(run.at()).world);
            let text = match (plain(&value.node), &value.path, world) {
                (Some(text), ..) => Filter::value(&text),
                (None, Some(path), Some(world)) => dotted(world, path),
                (None, ..) => String::new(),
            };
            filter(model, &text);
        }
        Action::ValueFind => open_line(model, For::Words, value.words()),
        _ => {
            if let Some(source) = taken.sources.get(taken.at) {
                return go(model, &source.go);
            }
        }
    }
    Vec::new()
}

/// To a place where a value stands.
fn go(model: &mut Model, to: &Go) -> Vec<Cmd> {
    let Some(run) = &mut model.run else {
        return Vec::new();
    };
    match to {
        Go::Step(upto, said) => {
            remember(run);
            run.focus(Pane::Conversation);
            to_quote(model, *upto, said);
        }
        Go::World(path, step) => {
            remember(run);
            if let Some(number) = step {
                let upto = behind(run, *number);
                run.go(upto);
            }
            to_place(run, path);
            run.focus(Pane::World);
            let origin = source::origin(run, path);
            let name = dotted(&run.session.place(run.at()).world, path);
            model.note = Some(format!("{name}: {}", world::origin_words(&origin)));
        }
        Go::File(file, line) => {
            let subject = Subject::File(file.clone(), (*line).max(1));
            return editing::open(model, subject, false);
        }
        Go::Stay => {
            model.note = Some(String::from(
                "a reckoning is no place; its parts stand below it",
            ));
        }
    }
    Vec::new()
}

/// Keeps where one stands, to come back to.
fn remember(run: &mut Run) {
    let back = &mut run.pointing.back;
    if back.len() >= BACK {
        back.remove(0);
    }
    let stand = Stand::of(run);
    run.pointing.back.push(stand);
}

/// The cursor to a step, with some words of it in view.
pub(in crate::tui) fn to_quote(model: &mut Model, upto: usize, words: &str) {
    let Some(run) = &mut model.run else { return };
    run.go(upto);
    let words: Vec<&str> = words.split_whitespace().collect();
    let words = words.join(" ");
    run.pointing.quote = run.at().map(|at| (at, words.clone()));
    let Some(run) = &model.run else { return };
    let Some(area) = model.layout(run, model.area()).of(Pane::Conversation) else {
        return;
    };
    let area = inner(area);
    let (width, height) = (usize::from(area.width), usize::from(area.height));
    let Some(run) = &mut model.run else { return };
    let mut row = row_of(run, &words, width);
    if row.is_none()
        && let Some(at) = run.at()
        && !words.is_empty()
        && run.unfolded.insert(at)
    {
        row = row_of(run, &words, width);
        if row.is_none() {
            run.unfolded.remove(&at);
        }
    }
    let Some(row) = row else { return };
    let above = pane::window(Pane::Conversation, run, width, height).above;
    if row < above || row >= above.saturating_add(height) {
        let to = row.saturating_sub(height / 3);
        run.scroll.insert(Pane::Conversation, Scroll::At(to));
    }
}

/// The row of the conversation where the step under the cursor has some words.
fn row_of(run: &Run, words: &str, width: usize) -> Option<usize> {
    let (from, lines) = conversation::at_cursor(run, width)?;
    let joined = Joined::new(&lines);
    let (at, end) = super::find::places(&joined.text, words)
        .into_iter()
        .next()?;
    Some(from.saturating_add(joined.cells(at, end).first()?.row))
}

// --- finding

fn open_line(model: &mut Model, what: For, text: String) {
    let Some(run) = &mut model.run else { return };
    let before = (
        Stand::of(run),
        run.pointing.find.clone(),
        run.pointing.tree.filter.clone(),
    );
    let view = run.world_view;
    let pane = match (what, run.focus) {
        (For::Filter, _) | (For::Words, Pane::World) => Pane::World,
        (For::Words, _) => Pane::Conversation,
    };
    if what == For::Filter {
        run.world_view = WorldView::Whole;
        run.pointing.broken = false;
        run.focus(Pane::World);
    }
    model.overlay = Some(Overlay::Find(Box::new(FindLine {
        what,
        text,
        pane,
        before,
        view,
    })));
    typed(model);
}

fn close_line(model: &mut Model) {
    let Some(Overlay::Find(line)) = model.overlay.take() else {
        return;
    };
    let (stand, find, filter) = line.before;
    if let Some(run) = &mut model.run {
        run.pointing.find = find;
        run.pointing.tree.filter = filter;
        run.world_view = line.view;
        stand.go(run);
    }
}

fn do_line(model: &mut Model) -> Vec<Cmd> {
    let Some(Overlay::Find(line)) = &model.overlay else {
        return Vec::new();
    };
    let (what, empty) = (line.what, line.text.is_empty());
    let Some(run) = &mut model.run else {
        return Vec::new();
    };
    if what == For::Filter {
        run.look();
        model.overlay = None;
        return Vec::new();
    }
    if empty {
        run.pointing.find = None;
        model.overlay = None;
        return Vec::new();
    }
    // The line stays where there is nothing, and says so.
    if run.pointing.find.as_ref().is_some_and(|f| f.of() > 0) {
        model.overlay = None;
        first_found(model);
    }
    Vec::new()
}

/// Looks for words, as `/` does, in the pane that has the keys.
pub(super) fn look_for(model: &mut Model, words: &str) -> Result<Vec<Cmd>, String> {
    open_line(model, For::Words, words.to_owned());
    let found = model
        .run
        .as_ref()
        .and_then(|run| run.pointing.find.as_ref())
        .map_or(0, Find::of);
    if found == 0 {
        close_line(model);
        return Err(format!("`{words}` is not there; tab in / looks elsewhere"));
    }
    Ok(do_line(model))
}

/// Shows only what a filter keeps of the whole tree.
pub(super) fn filter(model: &mut Model, text: &str) -> Vec<Cmd> {
    if let Some(run) = &mut model.run {
        remember(run);
        run.world_view = WorldView::Whole;
        run.pointing.broken = false;
        text.clone_into(&mut run.pointing.tree.filter);
        run.pointing.tree.top = 0;
        run.focus(Pane::World);
        run.look();
    }
    Vec::new()
}

/// To the first place at the cursor or behind it.
fn first_found(model: &mut Model) {
    let Some(run) = &model.run else { return };
    let Some(find) = &run.pointing.find else {
        return;
    };
    let here = run.seen.upto.saturating_sub(1);
    let world = &run.session.place(run.at()).world;
    let at = &run.pointing.tree.at;
    let to = match find.pane {
        Pane::World => find
            .places
            .iter()
            .position(|p| p == at || before(world, at, p)),
        _ => find.steps.iter().position(|s| *s >= here),
    };
    show_found(model, to.unwrap_or(0));
}

fn step_found(model: &mut Model, forward: bool) {
    let Some(run) = &model.run else { return };
    let Some(find) = &run.pointing.find else {
        return;
    };
    let all = find.of();
    if all == 0 {
        model.note = Some(format!("`{}` is nowhere here", find.text));
        return;
    }
    let world = &run.session.place(run.at()).world;
    let at = &run.pointing.tree.at;
    // How many stand before the cursor, and whether it is at one.
    let here = run.seen.upto.checked_sub(1);
    let (before, on) = match find.pane {
        Pane::World => (
            find.places.partition_point(|p| before(world, p, at)),
            find.places.contains(at),
        ),
        _ => (
            find.steps.partition_point(|s| Some(*s) < here),
            here.is_some_and(|here| find.steps.contains(&here)),
        ),
    };
    let to = if forward {
        before.saturating_add(usize::from(on)) % all
    } else {
        before.checked_sub(1).unwrap_or(all - 1)
    };
    show_found(model, to);
}

fn show_found(model: &mut Model, to: usize) {
    let Some(run) = &mut model.run else { return };
    let Some(find) = run.pointing.find.clone() else {
        return;
    };
    let words = format!("{}: {} of {}", find.text, to + 1, find.counted());
    match find.pane {
        Pane::World => {
            if let Some(path) = find.places.get(to) {
                to_place(run, path);
                run.focus(Pane::World);
            }
        }
        _ => {
            if let Some(step) = find.steps.get(to) {
                to_quote(model, step.saturating_add(1), &find.text);
            }
        }
    }
    model.note = Some(words);
}

// --- the whole tree

/// Chooses a place of the whole tree, which is shown and opened to it.
fn to_place(run: &mut Run, path: &Path) {
    run.world_view = WorldView::Whole;
    run.pointing.broken = false;
    let world = &run.session.place(run.at()).world;
    let tree = &mut run.pointing.tree;
    if tree.shown(world).index(path).is_none() {
        tree.filter.clear();
        tree.listed = None;
        open_to(&mut tree.open, path);
    }
    tree.at = path.clone();
    run.look();
}

/// Moves the chosen row; `None` where the whole tree has not the keys.
fn walk(model: &mut Model, action: Action) -> Option<Vec<Cmd>> {
    let run = model.run.as_ref()?;
    if !in_tree(run) {
        return None;
    }
    let area = model.layout(run, model.area()).of(Pane::World)?;
    let area = inner(area);
    let room = world::height_of_tree(usize::from(area.width), usize::from(area.height));
    let run = model.run.as_mut()?;
    let place = run.session.place(run.at());
    let tree = &mut run.pointing.tree;
    let shown = tree.shown(&place.world);
    let rows = shown.rows();
    let at = shown.index(&tree.at).unwrap_or(0);
    let top = tree.top(at, rows, room);
    let half = (room / 2).max(1);
    let to = match action {
        Action::Down => at.saturating_add(1),
        Action::Up => at.saturating_sub(1),
        Action::PageDown => at.saturating_add(half),
        _ => at.saturating_sub(half),
    };
    let to = to.min(rows.saturating_sub(1));
    let path = shown.window(to, 1).pop().map(|row| row.path);
    if let Some(path) = path {
        tree.top = top;
        tree.at = path;
        tree.top = tree.top(to, rows, room);
    }
    Some(Vec::new())
}

/// Opens or closes the chosen row.
fn fold(model: &mut Model) {
    let Some(run) = &mut model.run else { return };
    let tree = &mut run.pointing.tree;
    if !tree.open.remove(&tree.at) {
        tree.open.insert(tree.at.clone());
    }
}

/// To the step that wrote the chosen value.
fn to_writer(model: &mut Model) {
    let Some(run) = &mut model.run else { return };
    let path = run.pointing.tree.at.clone();
    let origin = source::origin(run, &path);
    let name = dotted(&run.session.place(run.at()).world, &path);
    if let Origin::Step { step, .. } | Origin::Person { step } = &origin {
        remember(run);
        let upto = behind(run, *step);
        run.go(upto);
    }
    model.note = Some(format!("{name}: {}", world::origin_words(&origin)));
}

// --- copying

fn copied(model: &mut Model, action: Action) -> Vec<Cmd> {
    let Some(run) = &model.run else {
        return Vec::new();
    };
    let made = if action == Action::CopyText {
        copy::text(run)
    } else {
        copy::json(run)
    };
    match made {
        Ok(made) => copying::copy(model, &made.what, &made.text),
        Err(why) => {
            model.note = Some(format!("nothing was copied: {why}"));
            Vec::new()
        }
    }
}
