//! The queue: conversations with status, scores and findings, filtered, sorted
//! and read a page at a time.

use super::filter::Filter;
use crate::engine::id::{ConvId, StepId};
use crate::store::{Choice, Decision, Store, StoreError};

pub use crate::store::{Counts, Item, Note, Notes, Score, Sort, Status, Sums};

impl Sort {
    /// All of them, in the order in which a key walks through them.
    #[must_use]
    pub fn all(seed: u64) -> [Self; 8] {
        [
            Self::Newest,
            Self::Oldest,
            Self::Lowest,
            Self::Disagreement,
            Self::Findings,
            Self::Rate,
            Self::Check,
            Self::Random(seed),
        ]
    }

    /// In a word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Newest => "newest",
            Self::Oldest => "oldest",
            Self::Lowest => "lowest",
            Self::Disagreement => "disagreement",
            Self::Findings => "findings",
            Self::Rate => "rate",
            Self::Check => "check",
            Self::Random(_) => "random",
        }
    }

    /// The one of this name; `seed` is for `random`.
    ///
    /// # Errors
    /// One sentence with the names.
    pub fn parse(word: &str, seed: u64) -> Result<Self, String> {
        let all = Self::all(seed);
        all.into_iter().find(|s| s.word() == word).ok_or_else(|| {
            let names: Vec<&str> = all.iter().map(|s| s.word()).collect();
            format!("there is no order `{word}`; there are {}", names.join(", "))
        })
    }

    /// The one after it.
    #[must_use]
    pub fn next(self, seed: u64) -> Self {
        let all = Self::all(seed);
        let at = all.iter().position(|s| s.word() == self.word());
        at.and_then(|at| all.get(at + 1).copied())
            .unwrap_or_default()
    }
}

/// A part of the queue.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Page {
    /// Place of the first item among all that the filter lets through, from 0.
    pub from: u64,
    /// The items.
    pub items: Vec<Item>,
    /// How many the filter lets through, by status.
    pub counts: Counts,
}

/// Reads so many items from a place on.
///
/// # Errors
/// The store cannot be read.
pub fn page(
    store: &Store,
    filter: &Filter,
    sort: Sort,
    from: u64,
    most: u64,
) -> Result<Page, StoreError> {
    Ok(Page {
        from,
        items: store.queue(filter.conditions(), sort, from, most)?,
        counts: store.queue_counts(filter.conditions())?,
    })
}

/// One branch as the queue shows it; the current one where none is named.
///
/// # Errors
/// The store cannot be read.
pub fn item(
    store: &Store,
    conversation: &ConvId,
    branch: Option<&str>,
) -> Result<Option<Item>, StoreError> {
    store.queue_item(conversation, branch)
}

/// Whether an item is one that *approve all* takes: nobody decided about it as
/// it is now, a judge has spoken, and every gate is met.
#[must_use]
pub fn passes(item: &Item) -> bool {
    matches!(item.status, Status::Open | Status::Stale)
        && item.row.head.is_some()
        && item.row.overall.is_some()
        && item.gates.is_empty()
}

/// Those that a filter lets through and *approve all* takes, in order.
///
/// # Errors
/// The store cannot be read.
pub fn passing(store: &Store, filter: &Filter, sort: Sort) -> Result<Vec<Item>, StoreError> {
    let mut items = store.queue(filter.conditions(), sort, 0, u64::MAX)?;
    items.retain(passes);
    Ok(items)
}

/// A decision about an item as it is now; `None` where it has no step yet.
#[must_use]
pub fn decision(item: &Item, choice: Choice, reason: &str, by: &str, now: i64) -> Option<Decision> {
    let head: StepId = item.row.head?;
    Some(Decision {
        number: 0,
        conversation: item.row.id.clone(),
        branch: item.row.branch.clone(),
        head,
        choice,
        reason: reason.trim().to_owned(),
        by: by.to_owned(),
        time_ms: now,
        undone: false,
    })
}
