//! Looking around: the cursor, the focus and the scroll. Nothing here changes
//! the conversation.

use super::layout::{Pane, Size};
use super::model::{Model, Run, Scroll};
use super::pane;
use crate::surface::Action;

/// Moves the cursor.
pub(super) fn look(run: &mut Run, action: Action) {
    let upto = run.seen.upto;
    let forks = run.forks();
    let to = match action {
        Action::Back => upto.saturating_sub(1),
        Action::Forward => upto.saturating_add(1),
        Action::First => 0,
        Action::BackBranch => forks
            .iter()
            .rev()
            .copied()
            .find(|f| *f < upto)
            .unwrap_or(upto),
        Action::NextBranch => forks.iter().copied().find(|f| *f > upto).unwrap_or(upto),
        _ => usize::MAX,
    };
    run.go(to);
}

/// Gives a pane the keys, or the screen.
pub(super) fn focus(model: &mut Model, action: Action) {
    let size = model.size;
    let Some(run) = &mut model.run else { return };
    let to = match action {
        Action::Zoom => {
            run.zoom = !run.zoom;
            return;
        }
        Action::GoConversation => Pane::Conversation,
        Action::GoWorld => Pane::World,
        Action::GoPersona => Pane::Persona,
        Action::GoJudge => Pane::Judge,
        Action::GoFindings => Pane::Findings,
        Action::GoTimeline => Pane::Timeline,
        Action::GoLog => Pane::Log,
        _ => {
            let panes = run.panes(size);
            let at = panes.iter().position(|p| *p == run.focus).unwrap_or(0);
            let n = panes.len().max(1);
            let next = if action == Action::NextPane {
                at + 1
            } else {
                at + n - 1
            };
            panes.get(next % n).copied().unwrap_or(Pane::Conversation)
        }
    };
    show(model, to);
}

/// Gives a pane the keys; one that has no place at this size is shown on the
/// whole screen.
pub(super) fn show(model: &mut Model, pane: Pane) {
    let size = model.size;
    let Some(run) = &mut model.run else { return };
    run.focus(pane);
    if !run.panes(size).contains(&pane) {
        run.zoom = true;
    } else if Size::of(size.0, size.1) == Size::Tiny {
        run.zoom = false;
    }
}

/// Scrolls the focused pane, never past its ends.
pub(super) fn scroll(model: &mut Model, action: Action) {
    let Some(run) = &model.run else { return };
    let pane = run.focus;
    let Some(area) = model.layout(run, model.area()).of(pane) else {
        return;
    };
    let half = (usize::from(area.height.saturating_sub(2)) / 2).max(1);
    let (rows, down) = match action {
        Action::Down => (1, true),
        Action::Up => (1, false),
        Action::PageDown => (half, true),
        _ => (half, false),
    };
    scroll_by(model, pane, rows, down);
}

/// Scrolls a pane by some rows, never past its ends.
pub(super) fn scroll_by(model: &mut Model, pane: Pane, rows: usize, down: bool) {
    let Some(run) = &model.run else { return };
    let Some(area) = model.layout(run, model.area()).of(pane) else {
        return;
    };
    let (width, height) = (
        usize::from(area.width.saturating_sub(2)),
        usize::from(area.height.saturating_sub(2)),
    );
    let window = pane::window(pane, run, width, height);
    let offset = window.above;
    let most = window.total.saturating_sub(height);
    let to = if down {
        offset.saturating_add(rows)
    } else {
        offset.saturating_sub(rows)
    };
    let to = to.min(most);
    let to = if to == most && pane == Pane::Conversation && !run.past() {
        // At the end, new text stays in view.
        Scroll::Follow
    } else {
        Scroll::At(to)
    };
    if let Some(run) = &mut model.run {
        run.scroll.insert(pane, to);
    }
}
