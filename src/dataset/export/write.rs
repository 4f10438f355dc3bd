//! Writing the folder: beside its place under another name, and moved there when
//! it is whole. An existing folder is never touched.

use super::walk::walk;
use super::{Approved, ExportError, Format, Preview, Record, Wanted};
use crate::engine::event::Event;
use crate::engine::id::{ConvId, Sha, StepId};
use crate::engine::step::Act;
use crate::store::{Export, Exported, Store};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// The version of the manifest that this program writes.
pub const FORMAT: u32 = 1;
/// The manifest's file.
pub const MANIFEST: &str = "manifest.json";
/// Which line is of which conversation.
pub const INDEX: &str = "index.jsonl";
/// The folder of contents by hash.
pub const BLOBS: &str = "blobs";

/// What an export holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// Version of this file.
    pub stategen_export: u32,
    /// Version of the program.
    pub program: String,
    /// When it was made, in milliseconds since 1970.
    pub time_ms: i64,
    /// The filter, as written; empty: all that is approved.
    pub filter: String,
    /// The files.
    pub files: Vec<Made>,
    /// Conversations by scenario and version.
    pub scenarios: BTreeMap<String, BTreeMap<String, u64>>,
    /// What was written, and what was not and why.
    #[serde(flatten)]
    pub told: Preview,
    /// Why the store does not know of it, where it could not be noted there.
    #[serde(skip)]
    pub unkept: Option<String>,
}

/// One file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Made {
    /// The format, or `index`.
    pub format: String,
    /// Its name in the folder.
    pub file: String,
    /// Lines.
    pub lines: u64,
    /// Bytes.
    pub bytes: u64,
    /// SHA-256 of its content.
    pub sha256: String,
}

/// A file that knows what was written to it.
struct Tally {
    made: Made,
    path: PathBuf,
    out: BufWriter<File>,
    hash: Sha256,
}

impl Tally {
    fn new(folder: &Path, format: &str, file: &str) -> Result<Self, ExportError> {
        let path = folder.join(file);
        let out = File::create(&path).map_err(|why| ExportError::Io(path.clone(), why))?;
        Ok(Self {
            made: Made {
                format: format.to_owned(),
                file: file.to_owned(),
                lines: 0,
                bytes: 0,
                sha256: String::new(),
            },
            path,
            out: BufWriter::new(out),
            hash: Sha256::new(),
        })
    }

    fn line(&mut self, value: &serde_json::Value) -> Result<(), ExportError> {
        let mut text = value.to_string();
        text.push('\n');
        self.hash.update(text.as_bytes());
        self.made.lines += 1;
        self.made.bytes += text.len() as u64;
        self.out
            .write_all(text.as_bytes())
            .map_err(|why| ExportError::Io(self.path.clone(), why))
    }

    fn done(mut self) -> Result<Made, ExportError> {
        let bad = |why| ExportError::Io(self.path.clone(), why);
        self.out.flush().map_err(bad)?;
        self.out.get_ref().sync_all().map_err(bad)?;
        self.made.sha256 = Sha(self.hash.finalize().into()).to_string();
        Ok(self.made)
    }
}

/// Writes everything that is wanted into a new folder.
///
/// # Errors
/// The folder is there already, nothing is approved that can be written, or
/// something cannot be read or written: no folder is left behind.
pub fn export(
    store: &Store,
    wanted: &Wanted,
    folder: &Path,
    now: i64,
) -> Result<Manifest, ExportError> {
    if folder.symlink_metadata().is_ok() {
        return Err(ExportError::Exists(folder.to_owned()));
    }
    let bad = |path: &Path, why| ExportError::Io(path.to_owned(), why);
    let parent = match folder.parent() {
        Some(parent) if parent != Path::new("") => parent,
        Some(_) | None => Path::new("."),
    };
    std::fs::create_dir_all(parent).map_err(|why| bad(parent, why))?;
    let name = folder
        .file_name()
        .ok_or_else(|| ExportError::Wanted(String::from("the folder has no name")))?;
    let mut part = std::ffi::OsString::from(".");
    part.push(name);
    part.push(format!(".{}.part", std::process::id()));
    let part = parent.join(part);
    std::fs::create_dir(&part).map_err(|why| bad(&part, why))?;
    let written = fill(store, wanted, &part, now).and_then(|manifest| {
        if folder.symlink_metadata().is_ok() {
            return Err(ExportError::Exists(folder.to_owned()));
        }
        std::fs::rename(&part, folder).map_err(|why| bad(folder, why))?;
        Ok(manifest)
    });
    // The folder is whole and stays, whether or not the store can note it.
    let written = written.map(|manifest| Manifest {
        unkept: take_in(store, folder).err(),
        ..manifest
    });
    if written.is_err() {
        let _ = std::fs::remove_dir_all(&part);
    }
    written
}

fn fill(store: &Store, wanted: &Wanted, part: &Path, now: i64) -> Result<Manifest, ExportError> {
    let mut files: Vec<Tally> = Vec::new();
    let mut index = Tally::new(part, "index", INDEX)?;
    let mut blobs: BTreeSet<Sha> = BTreeSet::new();
    let mut scenarios: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
    let mut last = String::new();
    let mut sink = |format: &'static dyn Format, c: &Approved<'_>, records: &[Record]| {
        let name = format.name();
        let at = if let Some(at) = files.iter().position(|t| t.made.format == name) {
            at
        } else {
            files.push(Tally::new(part, name, &format!("{name}.jsonl"))?);
            files.len() - 1
        };
        let Some(file) = files.get_mut(at) else {
            return Ok(());
        };
        for record in records {
            file.line(&record.value)?;
            index.line(&json!({
                "file": file.made.file, "line": file.made.lines, "conversation": c.item.row.id,
                "branch": c.decision.branch, "head": c.decision.head, "agent": record.agent,
            }))?;
        }
        if format.with_blobs() {
            blobs.extend(needed(c));
        }
        let whole = format!("{} {}", c.item.row.id, c.decision.branch);
        if last != whole {
            last = whole;
            let opened = c.session.opened();
            let versions = scenarios.entry(opened.scenario.clone()).or_default();
            *versions.entry(opened.version.to_string()).or_default() += 1;
        }
        Ok(())
    };
    let told = walk(store, wanted, &mut sink)?;
    if told.written == 0 {
        return Err(ExportError::Nothing(Box::new(told)));
    }
    keep(store, &blobs, part)?;
    let mut made = Vec::new();
    for file in files {
        made.push(file.done()?);
    }
    made.push(index.done()?);
    let manifest = Manifest {
        stategen_export: FORMAT,
        program: String::from(env!("CARGO_PKG_VERSION")),
        time_ms: now,
        filter: wanted.filter.text().to_owned(),
        files: made,
        scenarios,
        told,
        unkept: None,
    };
    let path = part.join(MANIFEST);
    let mut text = serde_json::to_string_pretty(&manifest).unwrap_or_default();
    text.push('\n');
    std::fs::write(&path, text).map_err(|why| ExportError::Io(path, why))?;
    Ok(manifest)
}

/// One line of the index.
#[derive(Debug, Deserialize)]
struct Line {
    file: String,
    conversation: ConvId,
    branch: String,
    head: StepId,
}

/// Notes in the store which conversations an export's folder holds, as its own
/// index says; also of a folder that was written by a program that did not yet.
///
/// # Errors
/// One sentence: the folder is no export, or the store cannot be written.
pub fn take_in(store: &Store, folder: &Path) -> Result<u64, String> {
    let read = |name: &str| {
        let path = folder.join(name);
        std::fs::read(&path).map_err(|why| format!("{} cannot be read: {why}", path.display()))
    };
    let bad = |name: &str, why: &serde_json::Error| {
        format!("{} is no export's: {why}", folder.join(name).display())
    };
    let bytes = read(MANIFEST)?;
    let manifest: Manifest = serde_json::from_slice(&bytes).map_err(|why| bad(MANIFEST, &why))?;
    let mut held: BTreeMap<(String, String, String), Exported> = BTreeMap::new();
    for line in read(INDEX)?
        .split(|b| *b == b'\n')
        .filter(|l| !l.is_empty())
    {
        let line: Line = serde_json::from_slice(line).map_err(|why| bad(INDEX, &why))?;
        let Some(made) = manifest.files.iter().find(|f| f.file == line.file) else {
            continue;
        };
        let key = (
            line.conversation.0.clone(),
            line.branch.clone(),
            made.format.clone(),
        );
        let slot = held.entry(key).or_insert_with(|| Exported {
            conversation: line.conversation,
            branch: line.branch,
            head: line.head,
            format: made.format.clone(),
            file: made.file.clone(),
            sha256: made.sha256.clone(),
            lines: 0,
        });
        slot.lines += 1;
    }
    let whole = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let export = Export {
        number: 0,
        folder: whole.display().to_string(),
        time_ms: manifest.time_ms,
        filter: manifest.filter,
        conversations: manifest.told.written,
        sha256: Sha::of(&bytes).to_string(),
    };
    let files: Vec<Exported> = held.into_values().collect();
    store
        .keep_export(&export, &files)
        .map_err(|why| why.to_string())
}

/// The contents that a conversation's log names.
fn needed(c: &Approved<'_>) -> Vec<Sha> {
    let mut out = Vec::new();
    for (event, _) in c.events {
        match event {
            Event::Opened(opened) => out.extend(opened.files.values()),
            Event::Stepped { step, .. } => {
                if let Act::Edited(edited) = &step.body.act {
                    out.extend(edited.files.values());
                }
            }
            Event::Moved { .. } | Event::Ended { .. } => {}
        }
    }
    out
}

/// Writes contents under their own hashes.
fn keep(store: &Store, blobs: &BTreeSet<Sha>, part: &Path) -> Result<(), ExportError> {
    if blobs.is_empty() {
        return Ok(());
    }
    let folder = part.join(BLOBS);
    std::fs::create_dir(&folder).map_err(|why| ExportError::Io(folder.clone(), why))?;
    for sha in blobs {
        let Some(bytes) = store.blob(*sha)? else {
            continue;
        };
        let path = folder.join(sha.to_string());
        std::fs::write(&path, &bytes).map_err(|why| ExportError::Io(path, why))?;
    }
    Ok(())
}
