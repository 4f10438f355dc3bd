//! The model as a frame: a pure function that cannot fail at any size.

use super::able::able;
use super::calls::{money, spent, tokens};
use super::deciding;
use super::layout::{Layout, Pane, Size};
use super::model::{Model, Run};
use super::overlay::{self, Overlay, strip};
use super::paint::{Canvas, Line};
use super::pane;
use super::pointing;
use super::screen::{self, Screen};
use super::taking;
use super::theme::Theme;
use super::update::places;
use crate::engine::role::By;
use crate::engine::session::State;
use crate::surface::{ACTIONS, Action, Found, Meaning, key, text};
use pane::conversation::{doing, ended, role_word};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::fmt::Write as _;

/// Paints the whole screen.
pub fn view(model: &Model, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let area = area.intersection(buf.area);
    let mut canvas = Canvas { buf, theme };
    canvas.buf.set_style(area, theme.ground());
    match &model.run {
        _ if model.screen != Screen::Run => other(&mut canvas, model, area),
        Some(run) => {
            let layout = model.layout(run, area);
            panes(&mut canvas, model, run, &layout);
            mode_line(&mut canvas, model, run, layout.mode);
            hints(&mut canvas, model, layout.hints);
            canvas.lines(layout.banner, &model.banner(area.width), 0);
        }
        None => picker(&mut canvas, model, area),
    }
    overlay::paint(&mut canvas, model, area);
    if !model.pending.is_empty()
        && let Found::Prefix(next) = model.keymap.find(&places(model), &model.pending)
    {
        let above = Rect {
            height: area.height.saturating_sub(1),
            ..area
        };
        let off = |action| able(model, action).is_err();
        strip::paint(
            &mut canvas,
            above,
            &key::sequence(&model.pending),
            &next,
            &off,
        );
    }
    if model.ascii {
        to_ascii(canvas.buf, area);
    }
}

/// A screen other than Run, between the rows that all screens have.
fn other(canvas: &mut Canvas<'_>, model: &Model, area: Rect) {
    let mut rest = area;
    if area.height > 4 {
        title_row(canvas, model, Rect { height: 1, ..area });
        rest.y = rest.y.saturating_add(1);
        rest.height = rest.height.saturating_sub(1);
    }
    let mut row = |rows: u16| {
        let rows = rows.min(rest.height);
        rest.height -= rows;
        Rect::new(rest.x, rest.bottom(), rest.width, rows)
    };
    let hints_at = row(1);
    let mode_at = row(1);
    let banner = model.banner(area.width);
    let banner_at = row(u16::try_from(banner.len()).unwrap_or(0));
    screen::paint(canvas, model, rest);
    canvas.lines(banner_at, &banner, 0);
    let mut line = Line::of(
        Meaning::ModePaused,
        format!(" {} ", model.screen.title().to_uppercase()),
    );
    match &model.note {
        Some(note) => line.push(Meaning::NoticeNote, format!("  {note}")),
        None => line.spans.extend(screen::mode(model).spans),
    }
    canvas.line(mode_at, &line);
    hints(canvas, model, hints_at);
}

/// Frames, gauges and signs in ASCII, for terminals and fonts without them.
fn to_ascii(buf: &mut Buffer, area: Rect) {
    for y in area.top()..area.bottom() {
        for x in area.left()..area.right() {
            let Some(cell) = buf.cell_mut((x, y)) else {
                continue;
            };
            let sign = match cell.symbol() {
                "─" | "–" => "-",
                "━" => "=",
                "│" | "┃" => "|",
                "┌" | "┐" | "└" | "┘" | "┏" | "┓" | "┗" | "┛" => "+",
                "█" | "▉" | "▊" | "▋" | "▌" => "#",
                "▍" | "▎" | "▏" | "·" => ".",
                "…" | "±" => "~",
                "▸" => ">",
                "▾" => "v",
                _ => continue,
            };
            cell.set_symbol(sign);
        }
    }
}

fn panes(canvas: &mut Canvas<'_>, model: &Model, run: &Run, layout: &Layout) {
    title_row(canvas, model, layout.title);
    let shape = Size::of(model.size.0, model.size.1);
    for (pane, area) in &layout.panes {
        let focus = *pane == run.focus;
        let window = pane::window(
            *pane,
            run,
            usize::from(area.width.saturating_sub(2)),
            usize::from(area.height.saturating_sub(2)),
        );
        let mut title = title(*pane, run);
        if shape == Size::Small && pane.inspects() && !run.zoom {
            for other in [Pane::World, Pane::Persona, Pane::Judge] {
                if other != *pane {
                    let (keys, name) = other.title();
                    let short = match other {
                        Pane::World => "wld",
                        Pane::Persona => "pers",
                        _ => name,
                    };
                    title.push(Meaning::HintKey, format!("  {keys}"));
                    if *pane == Pane::Findings {
                        continue;
                    }
                    title.push(Meaning::TextMuted, format!(" {short}"));
                }
            }
        }
        let inside = canvas.frame(*area, focus, &title);
        canvas.lines(inside, &window.lines, 0);
        pointing::marks(canvas, run, *pane, inside, &window);
        more(canvas, *area, window.above, window.below(), focus);
    }
}

/// The first row: the screens, and what is open.
fn title_row(canvas: &mut Canvas<'_>, model: &Model, area: Rect) {
    let mut left = Line::new();
    for (screen, key) in Screen::ALL.into_iter().zip(1..) {
        let role = if screen == model.screen {
            Meaning::Title
        } else {
            Meaning::TextMuted
        };
        left.push(Meaning::HintKey, format!(" {key}"));
        left.push(role, format!(" {} ", screen.title()));
    }
    canvas.line(area, &left);
    let Some(run) = &model.run else { return };
    let session = &run.session;
    let id = session.opened().conversation.to_string();
    // The end of a name tells conversations of one day apart.
    let (start, _) = id.char_indices().rev().nth(5).unwrap_or((0, ' '));
    let id = id.get(start..).unwrap_or(&id);
    let words = format!("{} / {} / {id}", session.scenario().id, session.task().task);
    let room = usize::from(area.width).saturating_sub(left.width() + 2);
    let words = text::clean_line(&words);
    let right = text::shorten(&words, room).into_owned();
    let width = u16::try_from(text::width(&right))
        .unwrap_or(0)
        .saturating_add(1);
    if room > 8 {
        let at = Rect {
            x: area.right().saturating_sub(width),
            width,
            ..area
        };
        canvas.line(at, &Line::of(Meaning::TextMuted, right));
    }
}

fn title(pane: Pane, run: &Run) -> Line {
    let (keys, name) = pane.title();
    let mut title = Line::of(Meaning::HintKey, keys).and(Meaning::Title, format!(" {name}"));
    if pane == Pane::Conversation && run.past() {
        title.push(Meaning::TextStrong, "  past");
    }
    if let (Pane::Conversation, Some((at, of))) = (pane, run.travel.try_of) {
        title.push(Meaning::TextMuted, format!("  try {at} of {of}"));
    }
    let stops = run.session.breaks();
    if pane == Pane::Timeline && !stops.is_empty() {
        let stops: Vec<String> = stops.iter().map(ToString::to_string).collect();
        title.push(
            Meaning::TextMuted,
            format!("  stops at: {}", stops.join(", ")),
        );
    }
    title
}

/// How many rows lie above and below, in the lower edge of the frame.
pub(super) fn more(canvas: &mut Canvas<'_>, area: Rect, above: usize, below: usize, focus: bool) {
    if area.height < 2 || (above == 0 && below == 0) {
        return;
    }
    let words = match (above, below) {
        (above, 0) => format!(" {above} above "),
        (0, below) => format!(" {below} below "),
        (above, below) => format!(" {above} above {below} below "),
    };
    let role = if focus {
        Meaning::BorderFocus
    } else {
        Meaning::Border
    };
    let width = u16::try_from(words.len()).unwrap_or(u16::MAX);
    if width.saturating_add(4) > area.width {
        return;
    }
    let at = Rect {
        x: area.right().saturating_sub(width).saturating_sub(2),
        y: area.bottom().saturating_sub(1),
        width,
        height: 1,
    };
    canvas.line(at, &Line::of(role, words));
}

fn mode_line(canvas: &mut Canvas<'_>, model: &Model, run: &Run, area: Rect) {
    let (word, role) = if matches!(model.overlay, Some(Overlay::Speak(_))) {
        (String::from("EDIT"), Meaning::ModeEdit)
    } else if matches!(model.overlay, Some(Overlay::Find(_))) {
        (String::from("FIND"), Meaning::ModeEdit)
    } else if run.past() {
        (
            format!("PAST {}/{}", run.seen.upto, run.seen.path.len()),
            Meaning::ModePast,
        )
    } else if run.busy() {
        (String::from("RUN"), Meaning::ModeRun)
    } else {
        (String::from("PAUSED"), Meaning::ModePaused)
    };
    let mut line = Line::of(role, format!(" {word} "));
    if let Some(note) = &model.note {
        line.push(Meaning::NoticeNote, format!("  {note}"));
        canvas.line(area, &line);
        return;
    }
    line.push(
        Meaning::TextStrong,
        format!("  {}", run.session.current().name),
    );
    if let Some(trial) = run.session.trial().filter(|t| t.running) {
        let at = trial.runs.len().saturating_add(1);
        line.push(Meaning::Mark, format!("  run {at} of {}", trial.times));
    }
    if let Some((role, word)) = deciding::stands(run, &run.session.current().name) {
        line.push(role, format!(" {word}"));
    }
    let what = match run.session.state() {
        _ if run.past() => match run.step() {
            None => String::from("  the start"),
            Some(step) => format!("  {}", role_word(step.body.role).1),
        },
        State::Calling { role, call, .. } => {
            let (_, seat, _) = role_word(*role);
            let seat = if *role == crate::engine::role::Role::Tool {
                "tool simulator"
            } else {
                seat
            };
            let number = run.seen.path.len() + 1;
            if let Some(words) = run.calls.waits(*call) {
                format!("  step {number}  {words}")
            } else {
                let mut what = format!("  step {number}  {seat} {}", doing(run, *role));
                if run.seconds > 0 {
                    let _ = write!(what, " {}s", run.seconds);
                }
                let said = run.said();
                if said > 0 {
                    let _ = write!(what, "  {said} chars");
                }
                what
            }
        }
        State::Person { .. } => {
            let who = taking::waiting(run).unwrap_or_default();
            format!("  {who} waits for you")
        }
        State::Human { call, .. } => format!("  {} waits for a person", call.tool),
        State::Ended(why) => format!("  ended: {}", ended(why)),
        _ => match run.seen.path.len() {
            0 => String::from("  before the first step"),
            n => format!("  step {n}"),
        },
    };
    line.push(Meaning::Text, what);
    line.push(
        Meaning::TextMuted,
        format!("  seed {}", run.session.opened().seed),
    );
    // What is left out first stands last.
    let mut right = Vec::new();
    let total = run.calls.spend.total();
    if total.calls > 0 {
        let cost = match run.calls.spend.cap_micros {
            Some(cap) => format!("{} of {}", spent(&total), money(cap)),
            None => spent(&total),
        };
        right.push((Meaning::Text, cost));
        let all = total.tokens_in.saturating_add(total.tokens_out);
        right.push((Meaning::TextMuted, format!("{} tok", tokens(all))));
    }
    let scripted = run
        .seen
        .path
        .iter()
        .filter_map(|p| p.step.as_ref())
        .any(|s| s.body.by == By::Scripted);
    if scripted {
        right.push((Meaning::Mark, String::from("scripted")));
    }
    if run.saved > 0 {
        right.push((Meaning::TextMuted, format!("{} saved", run.saved)));
    }
    right.push((Meaning::TextMuted, format!("{} theme", model.theme)));
    canvas.line(area, &line);
    let mut room = usize::from(area.width).saturating_sub(line.width() + 3);
    let mut shown = Line::new();
    for (role, words) in right {
        let wide = text::width(&words) + 2;
        if wide > room {
            break;
        }
        room -= wide;
        shown.push(role, format!("  {words}"));
    }
    let width = u16::try_from(shown.width()).unwrap_or(0).saturating_add(1);
    if width > 1 {
        let at = Rect {
            x: area.right().saturating_sub(width),
            width,
            ..area
        };
        canvas.line(at, &shown);
    }
}

/// Hints of what can be done now. `? keys` has its place before all others.
fn hints(canvas: &mut Canvas<'_>, model: &Model, area: Rect) {
    let places = places(model);
    let waited = model.run.as_ref().is_some_and(taking::waits);
    let mut rows: Vec<_> = ACTIONS
        .iter()
        .filter(|row| places.contains(&row.place))
        .filter_map(|row| row.hint.map(|(rank, words)| (rank, row.action, words)))
        .filter(|(_, action, _)| able(model, *action).is_ok())
        // A nearer place may have taken the key for something else.
        .filter(|(_, action, _)| {
            let keys = model.keymap.keys_of(*action).first().copied();
            keys.is_none_or(|keys| model.keymap.find(&places, keys) == Found::Action(*action))
        })
        // One can act for any role at any time; it is hinted where one must.
        .filter(|(_, action, _)| *action != Action::Answer || waited)
        .collect();
    rows.sort_by_key(|(rank, ..)| *rank);
    let cell = |action: Action, words: &str| {
        let keys = model
            .keymap
            .keys_of(action)
            .first()
            .map(|k| key::sequence(k))
            .unwrap_or_default();
        Line::of(Meaning::HintKey, keys).and(Meaning::HintText, format!(" {words}  "))
    };
    let mut last = Line::new();
    let mut room = usize::from(area.width.saturating_sub(1));
    let mut line = Line::of(Meaning::HintText, " ");
    for (rank, action, words) in rows {
        let words = match (action, &model.run) {
            (Action::RunPause, Some(run)) if run.busy() => "pause",
            (Action::Back, _) => "back",
            _ => words,
        };
        let cell = cell(action, words);
        // Two spaces at the end may hang over.
        let Some(left) = (room + 2).checked_sub(cell.width()) else {
            if rank == 0 {
                break;
            }
            continue;
        };
        room = left.saturating_sub(2);
        if rank == 0 {
            last = cell;
        } else {
            line.spans.extend(cell.spans);
        }
    }
    line.spans.extend(last.spans);
    // The spaces that hang over are not something left out.
    if let Some(span) = line.spans.last_mut() {
        span.text.truncate(span.text.trim_end().len());
    }
    canvas.line(area, &line);
}

fn picker(canvas: &mut Canvas<'_>, model: &Model, area: Rect) {
    let mut rest = area;
    let hints_at = if rest.height > 4 {
        rest.height -= 1;
        Rect::new(rest.x, rest.bottom(), rest.width, 1)
    } else {
        Rect::default()
    };
    let note_at = if rest.height > 5 && (model.problem.is_some() || model.note.is_some()) {
        rest.height -= 1;
        Rect::new(rest.x, rest.bottom(), rest.width, 1)
    } else {
        Rect::default()
    };
    let title = Line::of(Meaning::Title, "StateGen  choose a task");
    let inside = canvas.frame(rest, true, &title);
    let picker = &model.picker;
    if picker.entries.is_empty() {
        canvas.line(
            inside,
            &Line::of(Meaning::TextMuted, "nothing to open here"),
        );
    }
    let mut lines = Vec::new();
    let mut chosen = 0;
    let mut scenario = "";
    for (i, entry) in picker.entries.iter().enumerate() {
        if entry.scenario != scenario {
            scenario = &entry.scenario;
            lines.push((
                Line::of(Meaning::TextStrong, entry.title.clone())
                    .and(Meaning::TextMuted, format!("  {scenario}  {}", entry.from)),
                false,
            ));
        }
        if i == picker.at {
            chosen = lines.len();
        }
        let task = text::clean_line(&entry.task).into_owned();
        let pad = " ".repeat(24usize.saturating_sub(text::width(&task)));
        lines.push((
            Line::of(Meaning::Text, format!("  {task}{pad} "))
                .and(Meaning::TextMuted, entry.goal.clone()),
            i == picker.at,
        ));
    }
    let height = usize::from(inside.height);
    let offset = chosen
        .saturating_sub(height / 2)
        .min(lines.len().saturating_sub(height));
    for ((line, chosen), y) in lines.iter().skip(offset).zip(inside.top()..inside.bottom()) {
        let row = Rect {
            y,
            height: 1,
            ..inside
        };
        canvas.line(row, line);
        if *chosen {
            canvas.over(row, Meaning::Selection);
        }
    }
    hints(canvas, model, hints_at);
    if let Some(problem) = &model.problem {
        canvas.line(
            note_at,
            &Line::of(Meaning::NoticeProblem, format!(" ! {problem}")),
        );
    } else if let Some(note) = &model.note {
        canvas.line(note_at, &Line::of(Meaning::NoticeNote, format!(" {note}")));
    }
}
