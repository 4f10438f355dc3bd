//! Deciding, the queue, and what is exported.

mod deciding;
mod leaving;
mod scale;
mod similar;
mod stale;

use crate::support::Desk;
use stategen::dataset::filter::Filter;
use stategen::dataset::queue::{self, Item, Sort};
use stategen::engine::event::Event;
use stategen::engine::id::ConvId;
use stategen::store::{Choice, Decision, Envelope, Store};

/// A project's store that goes away with the test.
pub struct Room {
    pub dir: tempfile::TempDir,
    pub store: Store,
}

impl Room {
    pub fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        Self { dir, store }
    }

    /// A finished conversation of a sample.
    pub fn made(&self, id: &str, sample: &str, task: usize, seed: u64, faults: &[&str]) -> ConvId {
        let mut desk = Desk::open(sample, task, seed, faults);
        desk.finish();
        self.keep(id, &desk)
    }

    /// What a desk has logged, under a name of its own.
    pub fn keep(&self, id: &str, desk: &Desk) -> ConvId {
        let id = ConvId(id.to_owned());
        let count = self.store.queue_counts(&[]).unwrap().all() as i64;
        let events: Vec<(Event, Envelope)> = desk
            .log
            .iter()
            .cloned()
            .map(|mut event| {
                if let Event::Opened(opened) = &mut event {
                    opened.conversation = id.clone();
                }
                (event, Envelope::at(1_000 + count))
            })
            .collect();
        // What the log opens with, and what its edits name.
        let files = desk.session.scenario_at(None).files.clone();
        let contents: Vec<_> = desk.session.scenario().files.values().cloned().collect();
        self.store.import_with(&files, &contents, &events).unwrap();
        id
    }

    pub fn item(&self, id: &ConvId) -> Item {
        queue::item(&self.store, id, None).unwrap().unwrap()
    }

    pub fn decide(&self, id: &ConvId, choice: Choice) -> Decision {
        let decision = queue::decision(&self.item(id), choice, "because", "me", 5_000).unwrap();
        self.store.decide(&[decision]).unwrap().remove(0)
    }

    /// Ids that a filter lets through, in order.
    pub fn ids(&self, filter: &str, sort: Sort) -> Vec<String> {
        let filter = Filter::parse(filter).unwrap();
        let page = queue::page(&self.store, &filter, sort, 0, 100).unwrap();
        assert_eq!(page.items.len() as u64, page.counts.all(), "{filter:?}");
        page.items.into_iter().map(|i| i.row.id.0).collect()
    }
}
