//! Time travel: tries, trials, comparison, breakpoints, and the branches of the
//! timeline. The cursor itself is `looking`'s.

pub mod tree;
pub mod turn;

use super::layout::{Pane, Size};
use super::model::{Cursor, Model, Run};
use super::msg::Cmd;
use super::overlay::Overlay;
use super::overlay::breaks::Breaks;
use super::overlay::compare::{Compare, Side, sides};
use super::overlay::speak::Speak;
use super::overlay::trial::{self, Ask, Report};
use super::palette;
use crate::engine::halt::Break;
use crate::engine::id::StepId;
use crate::engine::input::Command;
use crate::engine::session::{Session, Turn};
use crate::surface::{Action, Verb, Word};
use tree::{Outcome, Tree};

/// What the workbench knows of branches, tries and trials.
#[derive(Debug, Default)]
pub struct Travel {
    /// Branches and steps.
    pub tree: Tree,
    /// The row of the timeline that is chosen; `None`: the current branch.
    pub row: Option<usize>,
    /// Which try the step under the cursor is, from 1, and of how many; `None`
    /// where there is one only.
    pub try_of: Option<(usize, usize)>,
    /// What came of the trial under way, or of the last.
    pub outcomes: Vec<Outcome>,
    /// What a person had begun to say, where the box was left.
    pub draft: Option<Box<Speak>>,
}

impl Travel {
    /// The session moved on.
    pub fn moved(&mut self, session: &Session) {
        self.tree = Tree::of(session);
        let runs = session.trial().map_or(&[][..], |t| &t.runs);
        let same = self.outcomes.len() <= runs.len()
            && self.outcomes.iter().zip(runs).all(|(o, run)| o.run == *run);
        if !same {
            self.outcomes.clear();
        }
        for run in runs.iter().skip(self.outcomes.len()) {
            self.outcomes.push(Outcome::of(session, run));
        }
        let last = self.tree.rows.len().saturating_sub(1);
        self.row = self.row.map(|row| row.min(last));
    }
    /// The cursor stands at a step.
    pub fn look(&mut self, session: &Session, at: Option<StepId>) {
        self.try_of = at.and_then(|at| {
            let all = session.tries(at);
            let here = all.iter().position(|t| *t == at)?;
            (all.len() > 1).then_some((here + 1, all.len()))
        });
    }
    /// The row of the timeline that is chosen.
    #[must_use]
    pub fn chosen(&self) -> usize {
        self.row.unwrap_or(self.tree.current)
    }
}

/// What is done; `None` for an action that is not of this kind.
pub(super) fn about(model: &mut Model, action: Action) -> Option<Vec<Cmd>> {
    match action {
        Action::TryBack | Action::TryNext => Some(turn_try(model, action == Action::TryNext)),
        Action::RowDown | Action::RowUp | Action::RowOpen => Some(row(model, action)),
        Action::Compare
        | Action::CompareNext
        | Action::ComparePrev
        | Action::CompareSwap
        | Action::CompareOpen
        | Action::CompareSection
        | Action::CompareDown
        | Action::CompareUp
        | Action::ComparePageDown
        | Action::ComparePageUp
        | Action::CompareTop
        | Action::CompareEnd => Some(compare(model, action)),
        Action::Trial | Action::TrialStart => Some(try_rest(model, action)),
        Action::TrialReport
        | Action::TrialDown
        | Action::TrialUp
        | Action::TrialOpen
        | Action::TrialCompare
        | Action::TrialStop => Some(report(model, action)),
        Action::Breaks | Action::BreaksDown | Action::BreaksUp | Action::BreaksTurn => {
            Some(breaks(model, action))
        }
        Action::CompareClose | Action::TrialCancel | Action::TrialClose | Action::BreaksClose => {
            model.overlay = None;
            Some(Vec::new())
        }
        _ => None,
    }
}

/// Why an action of this kind cannot be done now; `None` for another kind.
pub(super) fn able(model: &Model, action: Action) -> Option<Result<(), String>> {
    let run = model.run.as_ref()?;
    let no = |why: &str| Some(Err(why.to_owned()));
    let travel = &run.travel;
    match action {
        Action::TryBack | Action::TryNext => match travel.try_of {
            None if run.step().is_none() => no("there is no step here"),
            None => no("there is one try only; r makes another"),
            Some(_) if run.busy() => no("a call is in flight; x stops it"),
            Some((1, _)) if action == Action::TryBack => no("this is the first try"),
            Some((at, of)) if at == of && action == Action::TryNext => no("this is the last try"),
            Some(_) => Some(Ok(())),
        },
        Action::RowDown if travel.chosen() + 1 >= travel.tree.rows.len() => {
            no("this is the last branch")
        }
        Action::RowUp if travel.chosen() == 0 => no("this is the first branch"),
        Action::RowOpen if travel.chosen() == travel.tree.current => no("this branch is current"),
        Action::Compare | Action::CompareNext | Action::ComparePrev if sides(run).len() < 2 => {
            no("there is one branch and one try only")
        }
        Action::RowOpen | Action::CompareOpen | Action::Trial | Action::TrialOpen if run.busy() => {
            no("a call is in flight; x stops it")
        }
        Action::Trial if run.session.turn(run.at()) == Turn::Nobody => {
            no("nothing follows this step; go back to one that something follows")
        }
        Action::TrialReport | Action::TrialOpen | Action::TrialCompare
            if run.session.trial().is_none() =>
        {
            no("the rest was not run several times yet (t)")
        }
        Action::TrialOpen | Action::TrialCompare if travel.outcomes.is_empty() => {
            no("no run came to its end yet")
        }
        Action::TrialStop if run.session.trial().is_none_or(|t| !t.running) => {
            no("no more are to come")
        }
        _ => None,
    }
}

/// Makes another try of the step under the cursor current; the cursor stays
/// where it is, on the other.
fn turn_try(model: &mut Model, forward: bool) -> Vec<Cmd> {
    let Some(run) = &mut model.run else {
        return Vec::new();
    };
    let Some(here) = run.at() else {
        return Vec::new();
    };
    let all = run.session.tries(here);
    let at = all.iter().position(|t| *t == here).unwrap_or(0);
    let to = if forward {
        at.checked_add(1)
    } else {
        at.checked_sub(1)
    };
    let Some(step) = to.and_then(|to| all.get(to)).copied() else {
        return Vec::new();
    };
    goes_to(run, step)
}

/// The current branch goes to a step that is a try of one of its own.
fn goes_to(run: &mut Run, step: StepId) -> Vec<Cmd> {
    run.cursor = Cursor::At(Some(step));
    run.scroll.clear();
    vec![Cmd::Send(Command::Try { step }.into())]
}

/// Another branch becomes current.
fn switch(run: &mut Run, branch: String) -> Vec<Cmd> {
    run.cursor = Cursor::Live;
    run.scroll.clear();
    run.travel.row = None;
    vec![Cmd::Send(Command::Switch { branch }.into())]
}

fn row(model: &mut Model, action: Action) -> Vec<Cmd> {
    let Some(run) = &mut model.run else {
        return Vec::new();
    };
    let last = run.travel.tree.rows.len().saturating_sub(1);
    let at = run.travel.chosen();
    match action {
        Action::RowDown => run.travel.row = Some(at.saturating_add(1).min(last)),
        Action::RowUp => run.travel.row = Some(at.saturating_sub(1)),
        _ => {
            let name = run.travel.tree.rows.get(at).map(|row| row.name.clone());
            return name.map_or_else(Vec::new, |name| switch(run, name));
        }
    }
    run.scroll.remove(&Pane::Timeline);
    Vec::new()
}

fn compare(model: &mut Model, action: Action) -> Vec<Cmd> {
    let size = model.size;
    let Some(run) = &mut model.run else {
        return Vec::new();
    };
    if action == Action::Compare {
        // The branch that is chosen in the timeline is the other side.
        let chosen = run.travel.row.filter(|_| run.focus == Pane::Timeline);
        let name = chosen
            .and_then(|row| run.travel.tree.rows.get(row))
            .map(|row| row.name.clone());
        model.overlay = Compare::new(run, name.as_deref()).map(|c| Overlay::Compare(Box::new(c)));
        return Vec::new();
    }
    let Some(Overlay::Compare(compare)) = &mut model.overlay else {
        return Vec::new();
    };
    match action {
        Action::CompareNext | Action::ComparePrev => {
            compare.turn(run, action == Action::CompareNext);
        }
        Action::CompareSwap => compare.swap(run),
        Action::CompareSection => compare.section(size),
        Action::CompareDown => compare.scroll(|at, _| at.saturating_add(1), size),
        Action::CompareUp => compare.scroll(|at, _| at.saturating_sub(1), size),
        Action::ComparePageDown => compare.scroll(usize::saturating_add, size),
        Action::ComparePageUp => compare.scroll(usize::saturating_sub, size),
        Action::CompareTop => compare.scroll(|_, _| 0, size),
        Action::CompareEnd => compare.scroll(|_, _| usize::MAX, size),
        _ => {
            let side = compare.right.clone();
            model.overlay = None;
            return match side {
                Side::Branch { name, .. } => switch(run, name),
                Side::Try { step, .. } => goes_to(run, step),
            };
        }
    }
    Vec::new()
}

fn try_rest(model: &mut Model, action: Action) -> Vec<Cmd> {
    let Some(run) = &model.run else {
        return Vec::new();
    };
    if action == Action::Trial {
        model.overlay = Some(Overlay::TrialAsk(Ask::default()));
        return Vec::new();
    }
    let Some(Overlay::TrialAsk(ask)) = &mut model.overlay else {
        return Vec::new();
    };
    match ask.times() {
        Ok(times) => {
            let at = run.at();
            start_trial(model, at, times)
        }
        Err(why) => {
            ask.said = Some(why);
            Vec::new()
        }
    }
}

/// Runs the rest from a place several times, and shows how far it has come.
pub(super) fn start_trial(model: &mut Model, at: Option<StepId>, times: u32) -> Vec<Cmd> {
    model.problem = None;
    model.overlay = Some(Overlay::Trial(Report::default()));
    if let Some(run) = &mut model.run {
        run.cursor = Cursor::Live;
        run.scroll.clear();
    }
    vec![Cmd::Send(Command::Trial { at, times }.into())]
}

fn report(model: &mut Model, action: Action) -> Vec<Cmd> {
    let Some(run) = &mut model.run else {
        return Vec::new();
    };
    if action == Action::TrialReport {
        model.overlay = Some(Overlay::Trial(Report::default()));
        return Vec::new();
    }
    let Some(Overlay::Trial(report)) = &mut model.overlay else {
        return Vec::new();
    };
    let last = run.travel.outcomes.len().saturating_sub(1);
    report.at = report.at.min(last);
    match action {
        Action::TrialDown => report.at = report.at.saturating_add(1).min(last),
        Action::TrialUp => report.at = report.at.saturating_sub(1),
        Action::TrialStop => return vec![Cmd::Send(Command::Stop.into())],
        _ => {
            let chosen = run.travel.outcomes.get(report.at);
            let Some(branch) = chosen.map(|o| o.run.branch.clone()) else {
                return Vec::new();
            };
            if action == Action::TrialOpen {
                model.overlay = None;
                return switch(run, branch);
            }
            match Compare::new(run, Some(&branch)) {
                Some(compare) => model.overlay = Some(Overlay::Compare(Box::new(compare))),
                None => model.note = Some(String::from("that branch is gone")),
            }
        }
    }
    Vec::new()
}

fn breaks(model: &mut Model, action: Action) -> Vec<Cmd> {
    let Some(run) = &model.run else {
        return Vec::new();
    };
    if action == Action::Breaks {
        model.overlay = Some(Overlay::Breaks(Breaks::default()));
        return Vec::new();
    }
    let Some(Overlay::Breaks(breaks)) = &mut model.overlay else {
        return Vec::new();
    };
    let rows = breaks.rows(run);
    let last = rows.len().saturating_sub(1);
    breaks.at = breaks.at.min(last);
    match action {
        Action::BreaksDown => breaks.at = breaks.at.saturating_add(1).min(last),
        Action::BreaksUp => breaks.at = breaks.at.saturating_sub(1),
        _ => match rows.get(breaks.at) {
            Some(row) => {
                let mut on = run.session.breaks().to_vec();
                if row.on {
                    on.retain(|b| *b != row.what);
                } else {
                    on.push(row.what.clone());
                }
                if !breaks.typed.is_empty() {
                    breaks.typed.clear();
                    breaks.at = 0;
                }
                return stops_at(model, on);
            }
            None => breaks.said = Break::parse(&breaks.typed).err(),
        },
    }
    Vec::new()
}

/// Rows that a box over the whole screen leaves at the bottom.
#[must_use]
pub fn below(size: (u16, u16)) -> u16 {
    match Size::of(size.0, size.1) {
        Size::Tiny => 1,
        Size::Small | Size::Medium | Size::Large => 2,
    }
}

/// What a verb of this kind does; `None` for another kind.
pub(super) fn verb(model: &mut Model, verb: Verb, rest: &str) -> Option<Result<Vec<Cmd>, String>> {
    let run = model.run.as_ref()?;
    Some(match verb {
        Verb::Try => {
            let at = run.at();
            trial::times(rest).map(|times| start_trial(model, at, times))
        }
        Verb::Compare => {
            let name = (!rest.is_empty()).then_some(rest);
            if let Some(name) = name
                && !sides(run).iter().any(|side| side.words() == name)
            {
                return Some(Err(format!("there is no branch `{name}`")));
            }
            model.overlay = Compare::new(run, name).map(|c| Overlay::Compare(Box::new(c)));
            Ok(Vec::new())
        }
        Verb::Break | Verb::Unbreak => {
            let on = break_on(run, rest, verb == Verb::Break);
            on.map(|on| stops_at(model, on))
        }
        Verb::Branch => {
            let found = run.session.branches().iter().find(|b| b.name == rest);
            if let Some(name) = found.map(|b| b.name.clone()) {
                Ok(model
                    .run
                    .as_mut()
                    .map_or_else(Vec::new, |run| switch(run, name)))
            } else {
                let known = run.session.branches().iter().map(|b| b.name.as_str());
                Err(palette::unknown("branch", rest, known))
            }
        }
        _ => return None,
    })
}

/// One more place to stop at, or one less.
fn break_on(run: &Run, rest: &str, wanted: bool) -> Result<Vec<Break>, String> {
    let now = run.session.breaks();
    if !wanted && rest.is_empty() {
        return Ok(Vec::new());
    }
    let what = Break::parse(rest)?;
    let others = now.iter().filter(|b| **b != what).cloned();
    Ok(others.chain(wanted.then(|| what.clone())).collect())
}

/// Going on stops there, in this conversation and those opened after it.
fn stops_at(model: &mut Model, on: Vec<Break>) -> Vec<Cmd> {
    model.stops.clone_from(&on);
    vec![Cmd::Send(Command::Break { on }.into())]
}

/// A conversation was opened: it stops where those before it did.
pub(super) fn opened(model: &Model) -> Vec<Cmd> {
    if model.stops.is_empty() {
        return Vec::new();
    }
    let on = model.stops.clone();
    vec![Cmd::Send(Command::Break { on }.into())]
}

/// What may come next behind a verb of this kind; `None` for another kind.
pub(super) fn words(model: &Model, verb: Verb, before: &[&str]) -> Option<Vec<Word>> {
    let none = Vec::new();
    let run = model.run.as_ref();
    Some(match (verb, before, run) {
        (Verb::Try, [], _) => vec![Word::new(trial::TIMES.to_string(), "times")],
        (Verb::Compare, [], Some(run)) => {
            let current = &run.session.current().name;
            let sides = sides(run).into_iter().map(|side| side.words());
            sides
                .filter(|name| name != current)
                .map(|name| Word::new(name, ""))
                .collect()
        }
        (Verb::Branch, [], Some(run)) => run
            .travel
            .tree
            .rows
            .iter()
            .map(|row| Word::new(row.name.clone(), format!("{} steps", row.len())))
            .collect(),
        (Verb::Break, [], _) => vec![
            Word::new("rule", "a step breaks a rule"),
            Word::new("finding", "a finding is raised"),
            Word::new("tool", "an agent calls this tool"),
            Word::new("step", "the branch has so many steps"),
            Word::new("score", "the judge gives an axis less than this"),
        ],
        (Verb::Break, ["tool"], Some(run)) => {
            let scenario = run.session.scenario_at(run.at());
            let tools = scenario.tools.iter();
            tools.map(|t| Word::new(t.name.clone(), "")).collect()
        }
        (Verb::Break, ["score"], Some(run)) => {
            let scenario = run.session.scenario_at(run.at());
            let axes = scenario.rubric.axes.iter().map(|a| a.id.as_str());
            std::iter::once("overall")
                .chain(axes)
                .map(|axis| Word::new(format!("{axis}<6"), ""))
                .collect()
        }
        (Verb::Unbreak, [], Some(run)) => run
            .session
            .breaks()
            .iter()
            .map(|b| Word::new(b.to_string(), ""))
            .collect(),
        (Verb::Try | Verb::Compare | Verb::Branch | Verb::Break | Verb::Unbreak, ..) => none,
        _ => return None,
    })
}
