//! Watching the files of the scenario that is open: what changes on disk comes
//! as one message once it has been still for a while.

use crate::config::read_folder;
use crate::engine::problem::Problem;
use crate::engine::scenario::{Files, load};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

/// How long files must be still. Editors write a file in several steps.
const STILL: Duration = Duration::from_millis(300);

/// What changed.
#[derive(Clone, Debug)]
pub struct OnDisk {
    /// The scenario.
    pub scenario: String,
    /// Files by path; `None` is gone.
    pub changed: BTreeMap<String, Option<Arc<[u8]>>>,
    /// What is wrong with the folder as it is now.
    pub problems: Vec<Problem>,
}

/// Watches until it is dropped.
#[derive(Debug)]
pub struct Watch {
    _watcher: RecommendedWatcher,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Watch {
    /// Watches a scenario's folder; `files` is what the conversation has of it.
    ///
    /// # Errors
    /// The system does not watch it; all else works without.
    pub fn new(
        scenario: String,
        folder: PathBuf,
        files: Files,
        tell: UnboundedSender<OnDisk>,
    ) -> notify::Result<Self> {
        let (stirred, mut stirs) = unbounded_channel();
        let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
            if !matches!(&event, Ok(event) if matches!(event.kind, EventKind::Access(_))) {
                let _ = stirred.send(());
            }
        })?;
        watcher.watch(&folder, RecursiveMode::Recursive)?;
        let task = tokio::spawn(async move {
            let mut files = files;
            while stirs.recv().await.is_some() {
                while let Ok(Some(())) = tokio::time::timeout(STILL, stirs.recv()).await {}
                let (name, folder, before) = (scenario.clone(), folder.clone(), files.clone());
                let looked =
                    tokio::task::spawn_blocking(move || look(&name, &folder, &before)).await;
                if let Ok(Some((now, found))) = looked {
                    files = now;
                    if tell.send(found).is_err() {
                        return;
                    }
                }
            }
        });
        Ok(Self {
            _watcher: watcher,
            task,
        })
    }
}

/// What differs from before; `None` where nothing does, or where the folder
/// cannot be read just now.
fn look(scenario: &str, folder: &std::path::Path, before: &Files) -> Option<(Files, OnDisk)> {
    let now = read_folder(folder).ok()?;
    let mut changed = BTreeMap::new();
    for (path, bytes) in &now {
        if before.get(path) != Some(bytes) {
            changed.insert(path.clone(), Some(Arc::clone(bytes)));
        }
    }
    for path in before.keys().filter(|path| !now.contains_key(*path)) {
        changed.insert(path.clone(), None);
    }
    if changed.is_empty() {
        return None;
    }
    let problems = load(scenario, &now).problems;
    let found = OnDisk {
        scenario: scenario.to_owned(),
        changed,
        problems,
    };
    Some((now, found))
}
