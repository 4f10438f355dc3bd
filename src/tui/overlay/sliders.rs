//! The persona as a form: six words, twelve traits and five emotions on sliders
//! with the borders of their buckets, the overlay of the opening, and beside it
//! the text that the user simulator is given.

use super::edit::mode;
use crate::engine::persona::tables::CHOICES;
use crate::engine::persona::{
    Bucket, Complexity, Context, EMOTIONS, Persona, TIER1, TRAITS, fired_rules, prompt,
};
use crate::surface::{Action, Code, Key, Meaning, text};
use crate::tui::layout::Size;
use crate::tui::model::Model;
use crate::tui::paint::{Canvas, Line, wrapped};
use ratatui::layout::Rect;

/// Rows that can be chosen: 23 dimensions, the overlay, the context.
const ROWS: usize = 25;
/// Where the buckets meet.
const BORDERS: [f64; 2] = [0.35, 0.70];
/// One press of a key.
const STEP: f64 = 0.05;
/// Columns of a name.
const NAME: usize = 22;
/// From this width on the prompt stands beside the sliders.
const BESIDE: u16 = 100;

/// Its state.
#[derive(Debug)]
pub struct Sliders {
    /// As it was.
    pub before: Persona,
    /// As it is.
    pub persona: Persona,
    /// What it was before each change, newest last.
    undo: Vec<Persona>,
    /// Which row is chosen.
    pub at: usize,
    /// Whether the prompt is shown where there is room for one of both.
    pub prompt: bool,
}

impl Sliders {
    /// For a persona.
    #[must_use]
    pub fn new(persona: Persona) -> Self {
        Self {
            before: persona.clone(),
            persona,
            undo: Vec::new(),
            at: 0,
            prompt: false,
        }
    }

    /// Whether something was moved.
    #[must_use]
    pub fn changed(&self) -> bool {
        self.persona != self.before
    }

    /// Takes the last change back.
    pub fn undo(&mut self) {
        if let Some(before) = self.undo.pop() {
            self.persona = before;
        }
    }

    /// Chooses another row.
    pub fn go(&mut self, down: bool) {
        self.at = if down {
            (self.at + 1).min(ROWS - 1)
        } else {
            self.at.saturating_sub(1)
        };
    }

    /// A digit sets a slider: 3 is 0.3.
    pub fn typed(&mut self, key: Key) {
        if let Code::Char(c) = key.code
            && let Some(digit) = c.to_digit(10).filter(|_| !key.ctrl && !key.alt)
        {
            self.change(|p, at| set(p, at, f64::from(digit) / 10.0));
        }
    }

    /// Moves what is chosen.
    pub fn slide(&mut self, action: Action) {
        let more = matches!(action, Action::SlidersMore | Action::SlidersFar);
        let far = matches!(action, Action::SlidersFar | Action::SlidersNear);
        self.change(|p, at| match value(p, at) {
            Some(now) => {
                let to = match (far, more) {
                    (false, true) => now + STEP,
                    (false, false) => now - STEP,
                    (true, true) => *BORDERS.iter().find(|b| now < **b).unwrap_or(&1.0),
                    // Just below a border is the bucket before it.
                    (true, false) => match BORDERS.iter().rev().find(|b| now >= **b) {
                        Some(border) => border - 0.01,
                        None => 0.0,
                    },
                };
                set(p, at, to);
            }
            None => turn(p, at, more),
        });
    }

    fn change(&mut self, change: impl FnOnce(&mut Persona, usize)) {
        let before = self.persona.clone();
        change(&mut self.persona, self.at);
        if self.persona != before {
            self.undo.push(before);
        }
    }
}

/// The number of a row that is a slider.
fn value(persona: &Persona, row: usize) -> Option<f64> {
    let row = row.checked_sub(TIER1.len())?;
    let all = persona.traits.iter().chain(&persona.emotions);
    all.copied().nth(row)
}

/// Sets a slider, to whole hundredths.
fn set(persona: &mut Persona, row: usize, to: f64) {
    let Some(row) = row.checked_sub(TIER1.len()) else {
        return;
    };
    let mut all = persona.traits.iter_mut().chain(&mut persona.emotions);
    if let Some(slot) = all.nth(row) {
        *slot = ((to * 100.0).round() / 100.0).clamp(0.0, 1.0);
    }
}

/// The next or the previous of some values, round.
fn next<T: PartialEq + Copy>(all: &[T], now: T, more: bool) -> T {
    let n = all.len().max(1);
    let at = all.iter().position(|v| *v == now).unwrap_or(0);
    let to = if more { at + 1 } else { at + n - 1 };
    all.get(to % n).copied().unwrap_or(now)
}

/// Turns a row of words.
fn turn(persona: &mut Persona, row: usize, more: bool) {
    if let (Some(choices), Some(slot)) = (CHOICES.get(row), persona.tier1.get_mut(row)) {
        let names: Vec<&str> = choices.iter().map(|c| c.value).collect();
        let to = next(&names, slot.as_str(), more).to_owned();
        *slot = to;
    } else if row == ROWS - 2 {
        persona.complexity = next(&Complexity::ALL, persona.complexity, more);
    } else if row == ROWS - 1 {
        let mut all = vec![None];
        all.extend(Context::ALL.map(Some));
        persona.context = next(&all, persona.context, more);
    }
}

fn name(row: usize) -> &'static str {
    let dimensions = TIER1.iter().chain(&TRAITS).chain(&EMOTIONS);
    let rest = ["complexity", "context"];
    dimensions.chain(&rest).nth(row).copied().unwrap_or("")
}

fn bucket(value: f64) -> &'static str {
    match Bucket::of(value) {
        Bucket::Low => "low",
        Bucket::Medium => "medium",
        Bucket::High => "high",
    }
}

/// A slider: filled up to the value, `:` at the borders of the buckets.
fn slider(value: f64, columns: usize) -> Line {
    let filled = (value * columns as f64).round() as usize;
    let borders = BORDERS.map(|b| (b * columns as f64).round() as usize);
    let mut line = Line::new();
    for column in 0..columns {
        let (role, sign) = if borders.contains(&column) {
            (Meaning::GaugeTarget, ":")
        } else if column < filled {
            (Meaning::GaugeFill, "█")
        } else {
            (Meaning::GaugeTrack, "·")
        };
        match line.spans.last_mut() {
            Some(last) if last.role == role => last.text.push_str(sign),
            _ => line.push(role, sign),
        }
    }
    line
}

/// A row, with a sign where it differs from what it was.
fn row(state: &Sliders, row: usize, width: usize) -> Line {
    let persona = &state.persona;
    let words = name(row).replace('_', " ");
    let mut line = Line::new();
    let differs = match value(persona, row) {
        Some(now) => value(&state.before, row) != Some(now),
        None if row < TIER1.len() => persona.tier1.get(row) != state.before.tier1.get(row),
        None if row == ROWS - 2 => persona.complexity != state.before.complexity,
        None => persona.context != state.before.context,
    };
    if differs {
        line.push(Meaning::DiffChange, "~");
    } else {
        line.push(Meaning::Text, " ");
    }
    let pad = NAME.saturating_sub(text::width(&words));
    line.push(Meaning::Text, format!("{words}{}", " ".repeat(pad)));
    if let Some(now) = value(persona, row) {
        let columns = width.saturating_sub(NAME + 14).clamp(5, 30);
        line.spans.extend(slider(now, columns).spans);
        line.push(Meaning::Text, format!(" {now:.2} "));
        line.push(Meaning::TextMuted, bucket(now));
    } else {
        let word = if row < TIER1.len() {
            persona.tier1.get(row).map_or("", String::as_str)
        } else if row == ROWS - 2 {
            persona.complexity.word()
        } else {
            persona.context.map_or("none", Context::word)
        };
        line.push(Meaning::TextStrong, word.replace('_', " "));
    }
    line
}

/// The prompt, with a sign at each line that is new.
fn prompt_lines(state: &Sliders, width: usize) -> Vec<Line> {
    let before = prompt(&state.before);
    let old: Vec<&str> = before.lines().collect();
    let mut out = Vec::new();
    for line in prompt(&state.persona).lines() {
        let (sign, role) = if old.contains(&line) {
            (" ", Meaning::Text)
        } else {
            ("+", Meaning::DiffAdd)
        };
        let parts = wrapped(role, line, 0, width.saturating_sub(4));
        for (n, part) in parts.into_iter().enumerate() {
            let mut shown = Line::of(
                role,
                if n == 0 {
                    format!("{sign} ")
                } else {
                    String::from("    ")
                },
            );
            shown.spans.extend(part.spans);
            out.push(shown);
        }
    }
    out
}

/// Paints it.
pub fn paint(canvas: &mut Canvas<'_>, model: &Model, area: Rect, state: &Sliders) {
    let size = Size::of(area.width, area.height);
    let whole = Rect {
        height: area
            .height
            .saturating_sub(if size == Size::Tiny { 1 } else { 2 }),
        ..area
    };
    canvas.clear(whole);
    let beside = area.width >= BESIDE;
    let left = Rect {
        width: if beside { 62 } else { whole.width },
        ..whole
    };
    let right = Rect {
        x: left.right(),
        width: whole.width.saturating_sub(left.width),
        ..whole
    };
    let mut title = Line::of(Meaning::Title, format!("persona {}", state.persona.name));
    if state.changed() {
        title.push(Meaning::Mark, "  edited");
    }
    if beside || !state.prompt {
        let inside = canvas.frame(left, true, &title);
        list(canvas, inside, state);
    }
    if beside || state.prompt {
        let at = if beside { right } else { left };
        let words = if beside {
            Line::of(Meaning::Title, "what the user simulator is told")
        } else {
            title.and(Meaning::Title, "  as it is told")
        };
        let inside = canvas.frame(at, !beside, &words);
        let lines = prompt_lines(state, usize::from(inside.width));
        // The first line that is new is in view.
        let new = lines
            .iter()
            .position(|l| l.spans.first().is_some_and(|s| s.role == Meaning::DiffAdd));
        let most = lines.len().saturating_sub(usize::from(inside.height));
        let offset = new
            .unwrap_or(0)
            .saturating_sub(usize::from(inside.height / 2));
        canvas.lines(inside, &lines, offset.min(most));
    }
    let rules = fired_rules(&state.persona);
    let fired: Vec<&str> = rules.iter().map(|r| r.id).collect();
    let fired = if fired.is_empty() {
        String::from("no rule fires")
    } else {
        format!("rules that fire: {}", fired.join(" "))
    };
    let row = Rect {
        y: whole.bottom(),
        height: area.height.min(1),
        ..area
    };
    let words = format!("{}  {fired}", name(state.at).replace('_', " "));
    mode(canvas, model, row, &words);
}

fn list(canvas: &mut Canvas<'_>, area: Rect, state: &Sliders) {
    let width = usize::from(area.width);
    let mut lines: Vec<(Line, Option<usize>)> = Vec::new();
    for n in 0..ROWS {
        let heading = match n {
            0 => Some("who"),
            6 => Some("traits        low : medium : high"),
            18 => Some("emotions"),
            23 => Some("the opening, and the situation"),
            _ => None,
        };
        if let Some(words) = heading {
            lines.push((Line::of(Meaning::TextMuted, words), None));
        }
        lines.push((row(state, n, width), Some(n)));
    }
    let height = usize::from(area.height);
    let at = lines
        .iter()
        .position(|l| l.1 == Some(state.at))
        .unwrap_or(0);
    let offset = at
        .saturating_sub(height / 2)
        .min(lines.len().saturating_sub(height));
    for ((line, n), y) in lines.iter().skip(offset).zip(area.top()..area.bottom()) {
        let row = Rect {
            y,
            height: 1,
            ..area
        };
        canvas.line(row, line);
        if *n == Some(state.at) {
            canvas.over(row, Meaning::Selection);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::persona::{PersonaSpec, sample};

    #[test]
    fn every_row_has_a_name_and_moves_and_comes_back() {
        let mut state = Sliders::new(sample(&PersonaSpec::default(), &[], None, None, 3));
        for at in 0..ROWS {
            assert!(!name(at).is_empty());
            state.at = at;
            state.slide(Action::SlidersMore);
            let up = state.changed();
            state.slide(Action::SlidersNear);
            assert!(up || state.changed(), "{}", name(at));
            while !state.undo.is_empty() {
                state.undo();
            }
            assert!(!state.changed());
        }
        state.at = 7;
        state.typed(Key::parse("3").unwrap());
        assert!((state.persona.traits[1] - 0.3).abs() < 1e-9);
        state.slide(Action::SlidersFar);
        assert!((state.persona.traits[1] - 0.35).abs() < 1e-9);
        assert_eq!(bucket(state.persona.traits[1]), "medium");
        state.slide(Action::SlidersNear);
        assert_eq!(bucket(state.persona.traits[1]), "low");
        assert_eq!(slider(0.5, 10).width(), 10);
    }
}
