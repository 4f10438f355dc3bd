//! Where going on stops by itself: a list of what can be asked for, what is on
//! marked; typing filters it, or says one that is not in it.

use crate::engine::halt::Break;
use crate::surface::{Meaning, text};
use crate::tui::layout::dialog;
use crate::tui::model::Run;
use crate::tui::paint::{Canvas, Line};
use ratatui::layout::Rect;

/// Its state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Breaks {
    /// What was typed.
    pub typed: String,
    /// Which row is chosen.
    pub at: usize,
    /// Why what was typed is none.
    pub said: Option<String>,
}

/// One that can be switched.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Which.
    pub what: Break,
    /// Whether it is on.
    pub on: bool,
    /// What it is.
    pub words: String,
}

fn words(what: &Break) -> String {
    match what {
        Break::Rule => String::from("a step breaks a rule"),
        Break::Finding => String::from("a finding is raised"),
        Break::Tool(name) => format!("an agent calls {name}"),
        Break::Score { axis, below } => format!("the judge gives {axis} less than {below}"),
        Break::Step(number) => format!("the branch has {number} steps"),
    }
}

impl Breaks {
    /// A letter, or one taken away.
    pub fn typed(&mut self, letter: Option<char>) {
        self.said = None;
        self.at = 0;
        match letter {
            Some(c) => self.typed.push(c),
            None => {
                self.typed.pop();
            }
        }
    }

    /// What is on of one's own, what could be, then what was typed.
    #[must_use]
    pub fn rows(&self, run: &Run) -> Vec<Row> {
        let session = &run.session;
        let on = session.breaks();
        let scenario = session.scenario_at(run.at());
        let gate = scenario.rubric.gate.unwrap_or(6.0);
        let overall = [(String::from("overall"), gate)];
        let axes = scenario
            .rubric
            .axes
            .iter()
            .map(|axis| (axis.id.clone(), axis.gate.unwrap_or(gate)));
        let could: Vec<Break> = [Break::Rule, Break::Finding]
            .into_iter()
            .chain(scenario.tools.iter().map(|t| Break::Tool(t.name.clone())))
            .chain(
                overall
                    .into_iter()
                    .chain(axes)
                    .map(|(axis, below)| Break::Score { axis, below }),
            )
            .collect();
        // Rows stay where they are when they are switched.
        let own = on.iter().filter(|b| !could.contains(b)).cloned();
        let all: Vec<Break> = own.chain(could.iter().cloned()).collect();
        let wanted = self.typed.trim().to_lowercase();
        let mut rows: Vec<Row> = all
            .into_iter()
            .map(|what| Row {
                on: on.contains(&what),
                words: words(&what),
                what,
            })
            .filter(|row| {
                let text = format!("{} {}", row.what, row.words).to_lowercase();
                wanted.split_whitespace().all(|word| text.contains(word))
            })
            .collect();
        // A tool that there is none of yet may come with an edit.
        if let Ok(what) = Break::parse(&self.typed)
            && !rows.iter().any(|row| row.what == what)
        {
            let row = Row {
                on: on.contains(&what),
                words: words(&what),
                what,
            };
            rows.push(row);
        }
        rows
    }
}

/// Paints it.
pub fn paint(canvas: &mut Canvas<'_>, area: Rect, run: &Run, state: &Breaks) {
    let rows = state.rows(run);
    let height = u16::try_from(rows.len()).unwrap_or(u16::MAX);
    let room = area.height.saturating_sub(2).max(3);
    let at = dialog(
        Rect {
            height: room.min(area.height),
            ..area
        },
        84,
        height.saturating_add(5).max(10),
    );
    canvas.clear(at);
    let title = Line::of(Meaning::HintKey, "B").and(Meaning::Title, " stop by itself where");
    let inside = canvas.frame(at, true, &title);
    let mut head = vec![
        Line::of(Meaning::TextMuted, "type to filter, or one of its own: ")
            .and(Meaning::Text, state.typed.clone())
            .and(Meaning::EditorCursor, " "),
    ];
    if let Some(said) = &state.said {
        head.push(Line::of(Meaning::ScorePoor, format!("!! {said}")));
    } else if rows.is_empty() {
        let words = "enter reads it: rule, finding, tool NAME, step N, score AXIS<N";
        head.push(Line::of(Meaning::TextMuted, words));
    }
    head.push(Line::new());
    canvas.lines(inside, &head, 0);
    let used = u16::try_from(head.len()).unwrap_or(0).min(inside.height);
    let list = Rect {
        y: inside.y.saturating_add(used),
        height: inside.height.saturating_sub(used),
        ..inside
    };
    let wide = rows
        .iter()
        .map(|row| text::width(&text::clean_line(&row.what.to_string())))
        .max()
        .unwrap_or(0)
        .min(usize::from(inside.width) / 2);
    let height = usize::from(list.height);
    let chosen = state.at.min(rows.len().saturating_sub(1));
    let from = (chosen + 1).saturating_sub(height);
    let shown = rows.iter().enumerate().skip(from);
    for ((i, row), y) in shown.zip(list.top()..list.bottom()) {
        let at = Rect {
            y,
            height: 1,
            ..list
        };
        let sign = if row.on { "[x] " } else { "[ ] " };
        let name = row.what.to_string();
        let name = text::clean_line(&name);
        let name = text::shorten(&name, wide).into_owned();
        let pad = " ".repeat(wide.saturating_sub(text::width(&name)) + 2);
        let role = if row.on {
            Meaning::TextStrong
        } else {
            Meaning::Text
        };
        let line = Line::of(
            if row.on {
                Meaning::Mark
            } else {
                Meaning::TextMuted
            },
            sign,
        )
        .and(role, format!("{name}{pad}"))
        .and(Meaning::TextMuted, row.words.clone());
        canvas.line(at, &line);
        if i == chosen {
            canvas.over(at, Meaning::Selection);
        }
    }
    let below = rows.len().saturating_sub(from + height);
    crate::tui::view::more(canvas, at, from, below, true);
}
