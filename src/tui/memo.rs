//! What is read off a conversation once and kept while it grows: wrapped turns,
//! paths of branches, counts over the user's turns. A step never changes, so
//! what hangs on a step alone is never stale.

use super::msg::Partial;
use super::paint::Line;
use super::pane::marks::{grown, whole_words};
use crate::engine::grounding::Check;
use crate::engine::id::{CallId, StepId};
use crate::engine::persona::Counts;
use crate::engine::score::Finding;
use crate::engine::session::{Place, Session};
use crate::engine::step::Act;
use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// Wrapped turns that are kept at most; beyond it all are wrapped anew.
const BLOCKS: usize = 40_000;

/// What a wrapped turn depends on, besides its step.
#[derive(Clone, Debug, PartialEq)]
pub struct Shape {
    /// Columns.
    pub width: usize,
    /// Whether all of it is shown.
    pub open: bool,
    /// Whether its reasoning is shown.
    pub reasoning: bool,
    /// Branches that leave after it.
    pub forks: Vec<String>,
    /// What is wrong with it.
    pub found: Vec<Finding>,
}

/// Places from the first step of a branch to its head.
type Path = Arc<Vec<Arc<Place>>>;

/// What all wrapped turns of a branch depend on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turning {
    /// The head.
    pub head: Option<StepId>,
    /// How many places there are up to it; some can be left out.
    pub places: usize,
    /// Columns.
    pub width: usize,
    /// Whether reasoning is shown.
    pub reasoning: bool,
    /// Turns of which all is shown.
    pub unfolded: BTreeSet<StepId>,
    /// Steps after which branches leave.
    pub forks: Vec<(StepId, String)>,
}

/// The wrapped turns of a branch, in order.
#[derive(Clone, Debug, Default)]
pub struct Turns {
    /// The lines of each.
    pub all: Vec<Arc<Vec<Line>>>,
    /// Rows up to and with each.
    ends: Vec<usize>,
}

impl Turns {
    /// These, in order.
    #[must_use]
    pub fn of(all: impl Iterator<Item = Arc<Vec<Line>>>) -> Self {
        let mut turns = Self::default();
        let mut rows = 0_usize;
        for lines in all {
            rows = rows.saturating_add(lines.len());
            turns.ends.push(rows);
            turns.all.push(lines);
        }
        turns
    }
    /// Rows of the first `n` together.
    #[must_use]
    pub fn end(&self, n: usize) -> usize {
        n.checked_sub(1)
            .and_then(|i| self.ends.get(i).or(self.ends.last()))
            .copied()
            .unwrap_or(0)
    }
    /// The turn that a row is in, and which row of it.
    #[must_use]
    pub fn at(&self, row: usize) -> (usize, usize) {
        let turn = self.ends.partition_point(|end| *end <= row);
        (turn, row.saturating_sub(self.end(turn)))
    }
}

/// A turn as it was wrapped, and for which shape.
type Wrapped = (Shape, Arc<Vec<Line>>);

/// What is kept.
#[derive(Debug, Default)]
pub struct Memo {
    blocks: RefCell<HashMap<(StepId, usize), Wrapped>>,
    turns: RefCell<Option<(Turning, Arc<Turns>)>>,
    paths: RefCell<HashMap<Option<StepId>, Path>>,
    counts: HashMap<StepId, Counts>,
    /// What was found in the answer that streams.
    pub streamed: Streamed,
}

/// What was found in an answer that streams, up to where it was checked, and the
/// check at the head that it is held against.
#[derive(Debug, Default)]
pub struct Streamed {
    found: RefCell<Option<(CallId, usize, Vec<Finding>)>>,
    check: RefCell<Option<(Option<StepId>, Arc<Check>)>>,
}

impl Streamed {
    /// What is wrong so far: checked again where a whole word has come since.
    pub fn findings(
        &self,
        partial: &Partial,
        check: impl FnOnce(&str) -> Vec<Finding>,
    ) -> Vec<Finding> {
        let text = whole_words(&partial.text);
        let mut kept = self.found.borrow_mut();
        match &mut *kept {
            Some((call, upto, found)) if *call == partial.call => {
                if grown(*upto, text.len()) || text.len() < *upto {
                    *found = check(text);
                    *upto = text.len();
                }
                found.clone()
            }
            Some(_) | None => {
                let found = check(text);
                *kept = Some((partial.call, text.len(), found.clone()));
                found
            }
        }
    }

    /// Hands on the check with all that was heard up to the head.
    pub fn with_check<T>(&self, session: &Session, then: impl FnOnce(&Check) -> T) -> T {
        let head = session.head();
        let kept = self.check.take().filter(|(at, _)| *at == head);
        let (_, check) = kept.unwrap_or_else(|| (head, session.check_at(head)));
        let out = then(&check);
        self.check.replace(Some((head, check)));
        out
    }
}

impl Memo {
    /// The lines of a turn: those kept, or what `wrap` makes of it.
    pub fn block(
        &self,
        id: StepId,
        shape: Shape,
        wrap: impl FnOnce(&Shape) -> Vec<Line>,
    ) -> Arc<Vec<Line>> {
        let mut blocks = self.blocks.borrow_mut();
        // Two widths are kept beside each other: a pane is zoomed and goes back.
        let key = (id, shape.width);
        if let Some((kept, lines)) = blocks.get(&key)
            && *kept == shape
        {
            return Arc::clone(lines);
        }
        if blocks.len() >= BLOCKS {
            blocks.clear();
        }
        let lines = Arc::new(wrap(&shape));
        blocks.insert(key, (shape, Arc::clone(&lines)));
        lines
    }

    /// The turns of a branch: those kept, or what `all` makes of them.
    pub fn turns(&self, turning: Turning, all: impl FnOnce() -> Turns) -> Arc<Turns> {
        let mut kept = self.turns.borrow_mut();
        if let Some((known, turns)) = &*kept
            && *known == turning
        {
            return Arc::clone(turns);
        }
        let turns = Arc::new(all());
        *kept = Some((turning, Arc::clone(&turns)));
        turns
    }

    /// The columns that turns were wrapped to last.
    #[must_use]
    pub fn width(&self) -> Option<usize> {
        self.turns
            .borrow()
            .as_ref()
            .map(|(turning, _)| turning.width)
    }

    /// The places of a branch, walked once for each head.
    pub fn path(&self, session: &Session, head: Option<StepId>) -> Path {
        let mut paths = self.paths.borrow_mut();
        if let Some(path) = paths.get(&head) {
            return Arc::clone(path);
        }
        let before = head.and_then(|id| session.step(id)).map(|s| s.parent);
        let path = match before.and_then(|parent| paths.remove(&parent)) {
            // One step more than a path that is known: the usual case. The
            // shorter one is given up; another branch that ends there walks again.
            Some(mut path) => {
                if let Some(last) = head.and_then(|id| session.step(id)) {
                    let place = Arc::new(session.place(Some(last.id)).clone());
                    Arc::make_mut(&mut path).push(place);
                }
                path
            }
            None => Arc::new(session.path(head)),
        };
        paths.insert(head, Arc::clone(&path));
        path
    }

    /// The user's traits as seen in these places.
    pub fn traits(&mut self, places: &[Arc<Place>]) -> [Option<f64>; 12] {
        let mut todo = Vec::new();
        let mut counts = Counts::default();
        for step in places.iter().rev().filter_map(|p| p.step.as_ref()) {
            let Act::Said { text, .. } = &step.body.act else {
                continue;
            };
            if let Some(known) = self.counts.get(&step.id) {
                counts = *known;
                break;
            }
            todo.push((step.id, text));
        }
        for (id, text) in todo.into_iter().rev() {
            counts.add(text);
            self.counts.insert(id, counts);
        }
        counts.traits()
    }
}
