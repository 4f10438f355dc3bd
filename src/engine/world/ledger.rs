//! Where each value of the world came from.

use super::edit::{Done, perform};
use super::node::Node;
use super::patch::{Op, Patch};
use super::path::{Path, index};
use serde::{Deserialize, Serialize};

/// Who put a value there.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The scenario's world or the task's start patch.
    #[default]
    Start,
    /// The step of this number, by this tool.
    Step {
        /// The step's number on its branch, from 1.
        step: u32,
        /// The tool.
        tool: String,
        /// The statement's line in the rules file; 0 where no rule wrote it.
        line: u32,
    },
    /// A person's edit at this step.
    Person {
        /// The step's number on its branch.
        step: u32,
    },
}

impl Origin {
    /// The same with another line, where it has one.
    fn at_line(&self, line: Option<&u32>) -> Self {
        match (self, line) {
            (Self::Step { step, tool, .. }, Some(line)) => Self::Step {
                step: *step,
                tool: tool.clone(),
                line: *line,
            },
            (Self::Start | Self::Step { .. } | Self::Person { .. }, _) => self.clone(),
        }
    }
}

/// The origin of every value: what a write names holds for all below it until
/// a later write says otherwise. A move carries the origin along (the value is
/// the same one elsewhere); a copy is a write. Clone is a pointer copy; recording
/// costs what was written, and in a list also the marks behind the place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    /// Only where the origin differs from the one above.
    marks: imbl::OrdMap<Path, Origin>,
}

impl Ledger {
    /// All from the start.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
    /// Where the value at `path` came from.
    #[must_use]
    pub fn origin(&self, path: &Path) -> Origin {
        let mut at = path.clone();
        loop {
            if let Some(found) = self.marks.get(&at) {
                return found.clone();
            }
            match at.split() {
                Some((above, _)) => at = above,
                None => return Origin::Start,
            }
        }
    }
    /// The places whose origin differs from what is above them, by path.
    pub fn marks(&self) -> impl Iterator<Item = (&Path, &Origin)> {
        self.marks.iter()
    }
    /// Records what `patch` (just applied to `before`) wrote. Each operation may
    /// have its own line in the rules; where `lines` is shorter than the patch,
    /// the rest has the line of `origin`.
    pub fn record(&mut self, before: &Node, patch: &Patch, origin: &Origin, lines: &[u32]) {
        let mut world = before.clone();
        for (i, op) in patch.0.iter().enumerate() {
            let origin = origin.at_line(lines.get(i));
            let carried = match op {
                Op::Move { from, .. } => Some(self.below(from)),
                Op::Add { .. }
                | Op::Remove { .. }
                | Op::Replace { .. }
                | Op::Copy { .. }
                | Op::Test { .. } => None,
            };
            // What does not apply was not written.
            let Ok(done) = perform(&mut world, op) else {
                return;
            };
            for done in &done {
                self.follow(done, &origin, carried.as_ref());
            }
        }
    }
    fn follow(&mut self, done: &Done, origin: &Origin, carried: Option<&Carried>) {
        let place = match done {
            Done::Cut { path, .. } => return self.clear(path),
            Done::CutAt { list, at, .. } => {
                self.clear(&list.join(at.to_string()));
                return self.renumber(list, *at, |i| i.saturating_sub(1));
            }
            Done::Put { path, .. } => path.clone(),
            Done::Inserted { list, at, last } => {
                if !last {
                    self.renumber(list, *at, |i| i.saturating_add(1));
                }
                list.join(at.to_string())
            }
        };
        self.clear(&place);
        let Some(carried) = carried else {
            return self.mark(place, origin.clone());
        };
        self.mark(place.clone(), carried.top.clone());
        for (below, origin) in &carried.marks {
            let keys = place.0.iter().chain(&below.0).cloned();
            self.mark(Path(keys.collect()), origin.clone());
        }
    }
    fn mark(&mut self, path: Path, origin: Origin) {
        if self.origin(&path) != origin {
            self.marks.insert(path, origin);
        }
    }
    /// The marks at and below a path, by path.
    fn covered<'a>(&'a self, path: &'a Path) -> impl Iterator<Item = (&'a Path, &'a Origin)> {
        let from = self.marks.range(path.clone()..);
        from.take_while(|(at, _)| path.covers(at))
    }
    fn clear(&mut self, path: &Path) {
        let gone: Vec<Path> = self.covered(path).map(|(at, _)| at.clone()).collect();
        for path in gone {
            self.marks.remove(&path);
        }
    }
    /// The marks of the elements of a list from `at` on get another number.
    fn renumber(&mut self, list: &Path, at: usize, new: impl Fn(usize) -> usize) {
        let depth = list.0.len();
        let number = |path: &Path| path.0.get(depth).and_then(|key| index(key));
        let behind = self.covered(list).filter_map(|(path, origin)| {
            let i = number(path).filter(|i| *i >= at)?;
            Some((path.clone(), i, origin.clone()))
        });
        let behind: Vec<(Path, usize, Origin)> = behind.collect();
        for (path, ..) in &behind {
            self.marks.remove(path);
        }
        for (mut path, i, origin) in behind {
            if let Some(key) = path.0.get_mut(depth) {
                *key = new(i).to_string().into();
            }
            self.marks.insert(path, origin);
        }
    }
    fn below(&self, path: &Path) -> Carried {
        let depth = path.0.len();
        let marks = self.covered(path).filter(|(at, _)| at.0.len() > depth);
        Carried {
            top: self.origin(path),
            marks: marks
                .map(|(at, origin)| {
                    (
                        Path(at.0.iter().skip(depth).cloned().collect()),
                        origin.clone(),
                    )
                })
                .collect(),
        }
    }
}

/// The origins of a value that moves, by place inside it.
struct Carried {
    top: Origin,
    marks: Vec<(Path, Origin)>,
}
