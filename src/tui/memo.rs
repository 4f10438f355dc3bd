//! What is read off a conversation once and kept while it grows: wrapped turns,
//! paths of branches, counts over the user's turns. A step never changes, so
//! what hangs on a step alone is never stale.

use super::paint::Line;
use crate::engine::id::StepId;
use crate::engine::persona::Counts;
use crate::engine::session::{Place, Session};
use crate::engine::step::Act;
use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

/// Wrapped turns that are kept at most; beyond it all are wrapped anew.
const BLOCKS: usize = 20_000;

/// What a wrapped turn depends on, besides its step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Columns.
    pub width: usize,
    /// Whether all of it is shown.
    pub open: bool,
    /// Whether its reasoning is shown.
    pub reasoning: bool,
    /// Branches that leave after it.
    pub forks: Vec<String>,
}

/// Places from the first step of a branch to its head.
type Path = Arc<Vec<Arc<Place>>>;

/// A turn as it was wrapped, and for which shape.
type Wrapped = (Shape, Arc<Vec<Line>>);

/// What is kept.
#[derive(Debug, Default)]
pub struct Memo {
    blocks: RefCell<HashMap<StepId, Wrapped>>,
    paths: RefCell<HashMap<Option<StepId>, Path>>,
    counts: HashMap<StepId, Counts>,
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
        if let Some((kept, lines)) = blocks.get(&id)
            && *kept == shape
        {
            return Arc::clone(lines);
        }
        if blocks.len() >= BLOCKS {
            blocks.clear();
        }
        let lines = Arc::new(wrap(&shape));
        blocks.insert(id, (shape, Arc::clone(&lines)));
        lines
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
