//! The branches as a tree, read off the session once a change: what the
//! timeline draws, and what came of a trial.

use crate::engine::id::StepId;
use crate::engine::role::Role;
use crate::engine::score::AssertionResult;
use crate::engine::session::{Session, Trialled};
use crate::engine::step::{Act, Step};
use std::collections::HashMap;

/// Branches and steps as the timeline draws them.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    /// A row a branch, in the order in which they were made.
    pub rows: Vec<Row>,
    /// Which of them is current.
    pub current: usize,
    /// Steps of the longest branch.
    pub longest: usize,
}

/// A branch: the steps that no other row has.
#[derive(Clone, Debug, Default)]
pub struct Row {
    /// Its name.
    pub name: String,
    /// Its head.
    pub head: Option<StepId>,
    /// How many steps lie before those of this row.
    pub shared: usize,
    /// The row that has the last of them.
    pub leaves: Option<usize>,
    /// Its own steps.
    pub cells: Vec<Cell>,
    /// The newest overall score.
    pub overall: Option<f64>,
    /// Whether it came to an end.
    pub ended: bool,
}

/// A step of a row.
#[derive(Clone, Debug)]
pub struct Cell {
    /// Which.
    pub id: StepId,
    /// Who acted.
    pub role: Role,
    /// Whether it is an edit rather than a turn.
    pub edited: bool,
    /// Changes of the world.
    pub changes: usize,
    /// What the judge gave overall, where it is the judge's.
    pub overall: Option<f64>,
    /// Steps with the same parent, itself among them.
    pub tries: usize,
}

impl Row {
    /// Steps from the start to its head.
    #[must_use]
    pub fn len(&self) -> usize {
        self.shared.saturating_add(self.cells.len())
    }
    /// Whether it is before its first step.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// The step at a place, where it is this row's own.
    #[must_use]
    pub fn cell(&self, at: usize) -> Option<&Cell> {
        self.cells.get(at.checked_sub(self.shared)?)
    }
}

impl Tree {
    /// Reads it off: each step is looked at once. The current branch has all of
    /// its steps; another has what it does not share with those before it.
    #[must_use]
    pub fn of(session: &Session) -> Self {
        let branches = session.branches();
        let name = &session.current().name;
        let current = branches.iter().position(|b| b.name == *name).unwrap_or(0);
        let mut owner: HashMap<StepId, (usize, usize)> = HashMap::new();
        let mut rows: Vec<Row> = branches
            .iter()
            .map(|b| Row {
                name: b.name.clone(),
                head: b.head,
                ended: session.ended(b.head).is_some(),
                ..Row::default()
            })
            .collect();
        let order = std::iter::once(current).chain((0..rows.len()).filter(|i| *i != current));
        for index in order {
            let Some(row) = rows.get_mut(index) else {
                continue;
            };
            let mut at = row.head;
            while let Some(step) = at.and_then(|id| session.step(id)) {
                if let Some((leaves, depth)) = owner.get(&step.id) {
                    row.leaves = Some(*leaves);
                    row.shared = depth.saturating_add(1);
                    break;
                }
                row.cells.push(cell(session, step));
                at = step.parent;
            }
            row.cells.reverse();
            for (i, cell) in row.cells.iter().enumerate() {
                owner.insert(cell.id, (index, row.shared.saturating_add(i)));
            }
            row.overall = row.cells.iter().rev().find_map(|c| c.overall);
        }
        let longest = rows.iter().map(Row::len).max().unwrap_or(0);
        Self {
            rows,
            current,
            longest,
        }
    }

    /// The row that has a step of its own.
    #[must_use]
    pub fn row_of(&self, id: StepId) -> Option<usize> {
        self.rows
            .iter()
            .position(|row| row.cells.iter().any(|c| c.id == id))
    }
}

fn cell(session: &Session, step: &Step) -> Cell {
    let (overall, edited) = match &step.body.act {
        Act::Judged(verdict) => (Some(verdict.overall), false),
        Act::Edited(_) => (None, true),
        Act::Said { .. } | Act::Answered { .. } | Act::Ran(_) | Act::Malformed { .. } => {
            (None, false)
        }
    };
    Cell {
        id: step.id,
        role: step.body.role,
        edited,
        changes: step.body.patch().map_or(0, |p| p.0.len()),
        overall,
        tries: session.after_place(step.parent).len(),
    }
}

/// What came of one run of a trial.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The run.
    pub run: Trialled,
    /// Its steps.
    pub steps: usize,
    /// The newest overall score.
    pub overall: Option<f64>,
    /// The task's assertions on its last world.
    pub assertions: Vec<AssertionResult>,
}

impl Outcome {
    /// Reads one off.
    #[must_use]
    pub fn of(session: &Session, run: &Trialled) -> Self {
        Self {
            steps: run
                .head
                .and_then(|id| session.step(id))
                .map_or(0, |s| s.body.number as usize),
            overall: session.verdict(run.head).map(|v| v.overall),
            assertions: session.assertions(run.head),
            run: run.clone(),
        }
    }
}
