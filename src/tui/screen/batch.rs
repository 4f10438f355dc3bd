//! The batch screen: running and finished conversations, newest first.

use crate::store::{Corpus, Counts, Item, Sort};
use crate::surface::{Action, Meaning, text};
use crate::tui::calls::money;
use crate::tui::deciding;
use crate::tui::job::Job;
use crate::tui::job::queue::{Ask, Of, Page, Want, short};
use crate::tui::layout::Size;
use crate::tui::model::Model;
use crate::tui::msg::Cmd;
use crate::tui::overlay::Overlay;
use crate::tui::overlay::prompt::{For, Prompt};
use crate::tui::paint::{Canvas, Line, wrapped};
use crate::tui::screen::curate;
use crate::tui::screen::curate::List;
use crate::tui::view::more;
use ratatui::layout::Rect;

/// Its state.
#[derive(Debug, Default)]
pub struct Batch {
    /// What is known of the list.
    pub list: List,
    /// Which conversations are in it, as typed.
    pub filter: String,
    /// How many the filter lets through, of each status.
    pub counts: Counts,
    /// What was found in them.
    corpus: Corpus,
    /// What the models of each known row cost, in millionths of a dollar.
    costs: Vec<u64>,
    /// Why the list cannot be shown.
    pub trouble: Option<String>,
}

/// The screen was switched to: what it needs to know.
pub fn entered(model: &mut Model) -> Vec<Cmd> {
    ask(model)
}

fn ask(model: &mut Model) -> Vec<Cmd> {
    let batch = &mut model.batch;
    let (stamp, from, many) = batch.list.question();
    let want = Want {
        filter: batch.filter.clone(),
        sort: Sort::Newest,
        from,
        many,
    };
    let of = Of::Batch;
    vec![Cmd::Job(Job::Queue(Ask::List { of, stamp, want }))]
}

/// Rows came.
pub fn came(model: &mut Model, stamp: u64, page: Result<Page, String>) -> Vec<Cmd> {
    let batch = &mut model.batch;
    match page {
        Err(why) => {
            batch.list.waits = false;
            batch.trouble = Some(why);
        }
        Ok(page) => {
            let (counts, costs, corpus) = (page.counts, page.costs.clone(), page.corpus);
            if batch.list.take(stamp, page) {
                batch.trouble = None;
                batch.counts = counts;
                batch.costs = costs;
                batch.corpus = corpus;
                if batch.list.chosen().is_none() && !batch.list.rows.is_empty() {
                    // One went on while it was read, out of what came.
                    return ask(model);
                }
            }
        }
    }
    Vec::new()
}

/// A filter was typed.
pub fn filter(model: &mut Model, text: &str) -> Vec<Cmd> {
    text.clone_into(&mut model.batch.filter);
    model.batch.list.first();
    ask(model)
}

/// Puts a row as it is now in the place of what it was.
pub fn put(model: &mut Model, item: &Item) {
    model.batch.list.put(item);
}

fn go(model: &mut Model, to: usize) -> Vec<Cmd> {
    let list = &mut model.batch.list;
    list.at = to.min(list.total.saturating_sub(1));
    if list.wants() && !list.waits {
        return ask(model);
    }
    Vec::new()
}

/// What its actions do; `None` for an action that is not of this screen.
pub fn about(model: &mut Model, action: Action) -> Option<Vec<Cmd>> {
    let at = model.batch.list.at;
    let half = usize::from(model.size.1 / 2).max(1);
    Some(match action {
        Action::BatchDown => go(model, at.saturating_add(1)),
        Action::BatchUp => go(model, at.saturating_sub(1)),
        Action::BatchPageDown => go(model, at.saturating_add(half)),
        Action::BatchPageUp => go(model, at.saturating_sub(half)),
        Action::BatchFirst => go(model, 0),
        Action::BatchLast => go(model, usize::MAX),
        Action::BatchReload => ask(model),
        Action::BatchFilter => {
            let known = curate::FILTERS.iter().map(|w| (*w).to_owned()).collect();
            let prompt = Prompt::new(For::BatchFilter, &model.batch.filter, known);
            model.overlay = Some(Overlay::Prompt(prompt));
            Vec::new()
        }
        Action::BatchOpen => {
            let Some(item) = model.batch.list.chosen() else {
                return Some(Vec::new());
            };
            let (id, branch) = (item.row.id.clone(), item.row.branch.clone());
            curate::go_on_with(model, id, branch)
        }
        _ => return None,
    })
}

/// Why an action of this screen cannot be done now; `None` for an action that
/// is not of this screen.
#[must_use]
pub fn able(model: &Model, action: Action) -> Option<Result<(), String>> {
    let no = |why: &str| Some(Err(why.to_owned()));
    let list = &model.batch.list;
    match action {
        Action::BatchDown
        | Action::BatchUp
        | Action::BatchPageDown
        | Action::BatchPageUp
        | Action::BatchFirst
        | Action::BatchLast
        | Action::BatchOpen
            if list.chosen().is_none() =>
        {
            no("there is no conversation in the list")
        }
        Action::BatchDown if list.at.saturating_add(1) >= list.total => no("this is the last one"),
        Action::BatchUp if list.at == 0 => no("this is the first one"),
        _ => None,
    }
}

/// What the mode line says of it, between the mode and the right.
#[must_use]
pub fn mode(model: &Model) -> Line {
    let counts = &model.batch.counts;
    let mut line = Line::of(Meaning::TextStrong, format!("  {} stored", counts.all()));
    let words = format!(
        "  {} open  {} approved  {} discarded  {} stale",
        counts.open, counts.approved, counts.discarded, counts.stale
    );
    line.push(Meaning::Text, words);
    line
}

/// Columns of the list: title, width at least, and whether it stands right.
struct Column {
    title: &'static str,
    wide: usize,
    right: bool,
    /// Columns of the screen from which there is room for it.
    from: usize,
}

const COLUMNS: [Column; 10] = [
    column("id", 6, false, 0),
    column("status", 10, false, 0),
    column("state", 12, false, 50),
    column("steps", 5, true, 60),
    column("overall", 7, true, 0),
    column("findings", 8, true, 90),
    column("untrue", 6, true, 110),
    column("cost", 9, true, 70),
    column("scenario", 16, false, 100),
    column("task", 20, false, 0),
];

const fn column(title: &'static str, wide: usize, right: bool, from: usize) -> Column {
    Column {
        title,
        wide,
        right,
        from,
    }
}

/// Paints it.
pub fn paint(canvas: &mut Canvas<'_>, model: &Model, area: Rect) {
    if area.is_empty() {
        return;
    }
    let batch = &model.batch;
    let list = &batch.list;
    let title = Line::of(Meaning::HintKey, "gb").and(Meaning::Title, " conversations");
    let inside = canvas.frame(area, true, &title);
    let width = usize::from(inside.width);
    let below = |rows: u16| Rect {
        y: inside.y.saturating_add(rows),
        height: inside.height.saturating_sub(rows),
        ..inside
    };
    let filter = if batch.filter.is_empty() {
        Line::of(Meaning::TextMuted, "no filter   newest first")
    } else {
        Line::of(Meaning::TextMuted, "filter ")
            .and(Meaning::Text, batch.filter.clone())
            .and(Meaning::TextMuted, "   newest first")
    };
    canvas.line(inside, &filter);
    if let Some(why) = &batch.trouble {
        let lines = wrapped(Meaning::ScorePoor, &format!("!! {why}"), 0, width);
        canvas.lines(below(2), &lines, 0);
        return;
    }
    if list.total == 0 {
        let words = match (list.known, batch.filter.is_empty()) {
            (false, _) => "reading the store",
            (true, true) => "no conversation is stored yet; 1 is the run screen, where one is made",
            (true, false) => "no conversation fits the filter; F changes it",
        };
        canvas.lines(below(2), &wrapped(Meaning::TextMuted, words, 0, width), 0);
        return;
    }
    // At the smallest sizes the rows need the room more than their heads do.
    let tiny = Size::of(area.width, area.height.saturating_add(3)) == Size::Tiny;
    let rows_from = if tiny { 1 } else { 3 };
    if !tiny {
        canvas.line(below(1), &corpus(&batch.corpus));
        let heads = COLUMNS.map(|c| (Meaning::TextMuted, c.title.to_owned()));
        canvas.line(below(2), &laid_out(&heads, width));
    }
    let rest = below(rows_from);
    let height = usize::from(rest.height);
    let offset = list
        .at
        .saturating_sub(height / 2)
        .min(list.total.saturating_sub(height));
    for (y, i) in (rest.top()..rest.bottom()).zip(offset..list.total) {
        let at = Rect {
            y,
            height: 1,
            ..rest
        };
        let known = i.checked_sub(list.from);
        let row = known.and_then(|i| Some((list.rows.get(i)?, batch.costs.get(i).copied())));
        let line = match row {
            Some((item, cost)) => laid_out(&cells(model, item, cost.unwrap_or(0)), width),
            None => Line::of(Meaning::TextMuted, "…"),
        };
        canvas.line(at, &line);
        if i == list.at {
            canvas.over(at, Meaning::Selection);
        }
    }
    let shown = offset.saturating_add(height);
    more(canvas, area, offset, list.total.saturating_sub(shown), true);
}

/// What was found in all of them.
fn corpus(all: &Corpus) -> Line {
    let Some(rate) = all.counted.rate() else {
        return Line::new();
    };
    let words = format!(
        "check: {} of {} turns untrue, rate {rate:.3}; {} of {} with findings",
        all.counted.untrue, all.counted.turns, all.with_findings, all.conversations
    );
    let mut line = Line::of(Meaning::Text, words);
    if all.disagree > 0 {
        let words = format!("   <> {}: judge and check disagree", all.disagree);
        line.push(Meaning::Mark, words);
    }
    line
}

/// What stands in the columns of a row.
fn cells(model: &Model, item: &Item, cost: u64) -> [(Meaning, String); 10] {
    let row = &item.row;
    let live = model.run.as_ref().filter(|run| {
        run.session.opened().conversation == row.id && run.session.current().name == row.branch
    });
    let (role, status) = deciding::look(item.status);
    let (state, state_role) = match (live, &row.ended) {
        (Some(run), _) if run.busy() => (String::from("running"), Meaning::ModeRun),
        (Some(_), None) => (String::from("open here"), Meaning::TextStrong),
        (_, Some(why)) => (why.replace('_', " "), Meaning::Text),
        (None, None) => (String::from("not ended"), Meaning::TextMuted),
    };
    // The list was read a while ago; what is open here is known as it is now.
    let (steps, cost) = live.map_or((row.steps as usize, cost), |run| {
        let spent = run.calls.spend.total().cost_micros;
        (run.session.path(run.session.head()).len(), spent.max(cost))
    });
    let overall = match row.overall {
        Some(overall) if item.gates.is_empty() => (Meaning::ScoreGood, format!("{overall:.1}")),
        Some(overall) => (Meaning::ScorePoor, format!("! {overall:.1}")),
        None => (Meaning::ScoreNone, String::from("-")),
    };
    let findings = match row.findings {
        0 => (Meaning::TextMuted, String::from("0")),
        n => (Meaning::ScoreFair, n.to_string()),
    };
    let rate = match item.sums.counted.rate() {
        Some(rate) if rate > 0.0 => (Meaning::ScoreFair, format!("{rate:.3}")),
        Some(_) | None => (Meaning::TextMuted, String::from("-")),
    };
    let spent = if cost == 0 {
        (Meaning::TextMuted, String::from("-"))
    } else {
        (Meaning::Text, money(cost))
    };
    let mut task = row.task.clone();
    if row.branch != "main" {
        task = format!("{task} {}", row.branch);
    }
    if !row.title.is_empty() {
        task = format!("{task}  {}", row.title);
    }
    [
        (Meaning::TextMuted, short(&row.id)),
        (role, status.to_owned()),
        (state_role, state),
        (Meaning::Text, steps.to_string()),
        overall,
        findings,
        rate,
        spent,
        (Meaning::TextMuted, row.scenario.clone()),
        (Meaning::Text, task),
    ]
}

/// Cells in their columns, those for which there is room.
fn laid_out(cells: &[(Meaning, String); 10], width: usize) -> Line {
    let mut line = Line::new();
    for (i, (column, (role, words))) in COLUMNS.iter().zip(cells).enumerate() {
        if column.from > width {
            continue;
        }
        // The last one has what is left.
        let wide = if i + 1 == COLUMNS.len() {
            width.saturating_sub(line.width())
        } else {
            column.wide
        };
        let clean = text::clean_line(words);
        let shown = text::shorten(&clean, wide);
        if i + 1 == COLUMNS.len() {
            line.push(*role, shown);
            break;
        }
        let pad = " ".repeat(wide.saturating_sub(text::width(&shown)));
        let words = if column.right {
            format!("{pad}{shown}  ")
        } else {
            format!("{shown}{pad}  ")
        };
        line.push(*role, words);
    }
    line
}
