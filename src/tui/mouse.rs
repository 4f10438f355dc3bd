//! The mouse, where it is on: a click gives a pane the keys, puts the cursor on
//! a step, chooses a row of a list; the wheel scrolls what is under it; the
//! edge between the columns can be dragged. Nothing can be done with it that
//! has no key.

use super::layout::{Pane, Size};
use super::looking::{scroll_by, show};
use super::model::Model;
use super::msg::{Cmd, Mouse, Press};
use super::opening;
use super::overlay::{Overlay, palette as line};
use super::palette;
use super::pane::conversation;
use super::screen::Screen;
use super::theme::Theme;
use super::update::{places, press};
use super::view::view;
use crate::surface::{Action, Code, Found, Key, Meaning, text};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

/// Rows that one notch of the wheel scrolls.
const NOTCH: usize = 3;

/// Takes what the mouse did.
pub(super) fn moved(model: &mut Model, mouse: Mouse) -> Vec<Cmd> {
    let at = Position::new(mouse.column, mouse.row);
    if !model.area().contains(at) {
        return Vec::new();
    }
    match mouse.press {
        Press::Down => {
            model.pending.clear();
            model.note = None;
            click(model, at)
        }
        Press::Drag => {
            drag(model, at);
            Vec::new()
        }
        Press::Up => {
            model.dragging = false;
            Vec::new()
        }
        Press::WheelUp | Press::WheelDown => {
            model.pending.clear();
            wheel(model, at, mouse.press == Press::WheelDown)
        }
    }
}

/// Scrolls the pane under the mouse; elsewhere it goes up and down as keys do.
fn wheel(model: &mut Model, at: Position, down: bool) -> Vec<Cmd> {
    if let (None, Screen::Run, Some(run)) = (&model.overlay, model.screen, &model.run) {
        if let Some((pane, _)) = model.layout(run, model.area()).at(at) {
            scroll_by(model, pane, NOTCH, down);
        }
        return Vec::new();
    }
    up_or_down(model, down).unwrap_or_default()
}

/// Presses the arrow, where it has a meaning.
fn up_or_down(model: &mut Model, down: bool) -> Option<Vec<Cmd>> {
    let key = Key::plain(if down { Code::Down } else { Code::Up });
    let found = model.keymap.find(&places(model), &[key]);
    matches!(found, Found::Action(_)).then(|| press(model, key))
}

fn click(model: &mut Model, at: Position) -> Vec<Cmd> {
    if let Some(Overlay::Command(state)) = &mut model.overlay {
        let list = line::list(Rect::new(0, 0, model.size.0, model.size.1), state);
        if !list.contains(at) {
            return Vec::new();
        }
        let row = usize::from(at.y.saturating_sub(list.y)) + state.from(list.height);
        let again = state.at == Some(row);
        let text = state.text.clone();
        if row < palette::offered(model, &text).len()
            && let Some(Overlay::Command(state)) = &mut model.overlay
        {
            state.at = Some(row);
            if again {
                return super::update::act(model, Action::CommandRun);
            }
        }
        return Vec::new();
    }
    if model.overlay.is_some() {
        return choose(model, at);
    }
    if at.y == 0
        && let Some(screen) = screen_at(at.x)
        && (model.run.is_some() || model.screen != Screen::Run)
    {
        return opening::go(model, screen);
    }
    let Some(run) = model.run.as_ref().filter(|_| model.screen == Screen::Run) else {
        return choose(model, at);
    };
    let layout = model.layout(run, model.area());
    if layout.edge().is_some_and(|edge| edge.contains(at)) {
        model.dragging = true;
        return Vec::new();
    }
    let Some((pane, area)) = layout.at(at) else {
        return Vec::new();
    };
    if at.y == area.y
        && pane.inspects()
        && Size::of(model.size.0, model.size.1) == Size::Small
        && let Some(named) = inspector_at(model, area, at.x)
    {
        show(model, named);
        return Vec::new();
    }
    show(model, pane);
    if pane == Pane::Conversation
        && let Some(run) = &mut model.run
    {
        let (width, height) = (area.width.saturating_sub(2), area.height.saturating_sub(2));
        let row = at.y.checked_sub(area.y.saturating_add(1));
        if let Some(row) = row.filter(|row| *row < height)
            && let Some(upto) = conversation::step_at(
                run,
                usize::from(width),
                usize::from(height),
                usize::from(row),
            )
        {
            // What one clicks on stays where it is.
            let scroll = run.scroll.get(&pane).copied();
            let above =
                super::pane::window(pane, run, usize::from(width), usize::from(height)).above;
            run.go(upto);
            if run.past() {
                run.scroll
                    .insert(pane, scroll.unwrap_or(super::model::Scroll::At(above)));
            }
        }
    }
    Vec::new()
}

/// Which screen's name stands at a column of the first row.
fn screen_at(column: u16) -> Option<Screen> {
    let mut from = 0;
    for screen in Screen::ALL {
        let to = from + text::width(screen.title()) + 4;
        if (from..to).contains(&usize::from(column)) {
            return Some(screen);
        }
        from = to;
    }
    None
}

/// Which inspector's name stands at a column of a title that names all three.
fn inspector_at(model: &Model, area: Rect, column: u16) -> Option<Pane> {
    let frame = painted(model);
    let mut found = None;
    for x in area.left()..=column {
        let two: String = [x, x.saturating_add(1)]
            .into_iter()
            .filter_map(|x| frame.cell((x, area.y)))
            .map(ratatui::buffer::Cell::symbol)
            .collect();
        let named = Pane::ALL.into_iter().find(|p| p.title().0 == two);
        found = named.or(found);
    }
    found
}

/// Moves the edge between the columns.
fn drag(model: &mut Model, at: Position) {
    if !model.dragging || model.size.0 == 0 {
        return;
    }
    let column = u32::from(model.size.0.saturating_sub(at.x));
    let share = column.saturating_mul(1000) / u32::from(model.size.0);
    model.split = u16::try_from(share).ok();
}

/// The frame as it is on the screen, in roles.
fn painted(model: &Model) -> Buffer {
    let mut frame = Buffer::empty(model.area());
    view(model, &Theme::probe(), model.area(), &mut frame);
    frame
}

/// The row that is chosen in the list that goes through a column, with what
/// stands in it.
fn chosen(frame: &Buffer, column: u16) -> Option<(u16, Rect)> {
    let is = |x: u16, y: u16| {
        frame
            .cell((x, y))
            .is_some_and(|cell| Theme::probed(cell.style()).contains(Meaning::Selection.name()))
    };
    let area = frame.area;
    let y = (area.top()..area.bottom()).find(|y| is(column, *y))?;
    let mut left = column;
    while left > area.left() && is(left - 1, y) {
        left -= 1;
    }
    let mut right = column;
    while right + 1 < area.right() && is(right + 1, y) {
        right += 1;
    }
    let list = Rect {
        x: left,
        width: right - left + 1,
        ..area
    };
    Some((y, list))
}

/// What stands in a row of a list, without the sign of the chosen one.
fn words(frame: &Buffer, list: Rect, y: u16) -> String {
    let row: String = (list.left()..list.right())
        .filter_map(|x| frame.cell((x, y)))
        .map(ratatui::buffer::Cell::symbol)
        .collect();
    let row = row.trim().trim_start_matches('>').trim_start();
    row.trim_end_matches('…').trim_end().to_owned()
}

/// Chooses the row of a list, whichever list it is: the arrow is pressed until
/// the row that was clicked on is the chosen one. A click on the chosen row does
/// it, as `enter` would.
fn choose(model: &mut Model, at: Position) -> Vec<Cmd> {
    let frame = painted(model);
    let Some((from, list)) = chosen(&frame, at.x) else {
        return Vec::new();
    };
    if from == at.y {
        return press(model, Key::plain(Code::Enter));
    }
    let wanted = words(&frame, list, at.y);
    if wanted.is_empty() {
        return Vec::new();
    }
    let down = at.y > from;
    let mut cmds = Vec::new();
    let mut pressed = 0;
    let mut last = (from, words(&frame, list, from));
    for _ in 0..from.abs_diff(at.y) {
        let Some(more) = up_or_down(model, down) else {
            return cmds;
        };
        cmds.extend(more);
        let frame = painted(model);
        let Some((now, list)) = chosen(&frame, at.x) else {
            return cmds;
        };
        let here = words(&frame, list, now);
        if (now, &here) == (last.0, &last.1) {
            // The end of the list.
            break;
        }
        pressed += 1;
        if !here.is_empty() && (here.starts_with(&wanted) || wanted.starts_with(&here)) {
            return cmds;
        }
        last = (now, here);
    }
    // It was a heading, or another list: nothing is chosen.
    for _ in 0..pressed {
        cmds.extend(up_or_down(model, !down).unwrap_or_default());
    }
    cmds
}
