//! What leaves: approved conversations, and only those, at the content that was
//! approved, in a new folder with a manifest.
//!
//! A format is one file here that implements [`Format`], and a row of
//! [`FORMATS`].

mod openai;
mod own;
mod walk;
mod write;

use super::filter::{Filter, FilterError};
use crate::store::{ReplayError, StoreError};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::path::{Path, PathBuf};

pub use own::FORMAT as OWN;
pub use walk::Approved;
pub use write::{Made, Manifest, export, take_in};

/// A way to write conversations.
pub trait Format: Sync {
    /// In a command, and the name of its file without ending: `own`, `openai`.
    fn name(&self) -> &'static str;
    /// For a person, in one line.
    fn about(&self) -> &'static str;
    /// The records of one conversation, in order; an empty list is a
    /// conversation that has nothing for this format.
    ///
    /// # Errors
    /// Why it cannot be written in this format, in one sentence.
    fn records(&self, conversation: &Approved<'_>) -> Result<Vec<Record>, String>;
    /// Whether the files of the scenario go with it.
    fn with_blobs(&self) -> bool {
        false
    }
}

/// One line of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// What it is of: an agent path (`main/flights`); empty for the whole.
    pub agent: String,
    /// The line.
    pub value: serde_json::Value,
    /// What was done to make it fit, if anything, one sentence each.
    pub notes: Vec<String>,
}

/// Every format, in the order in which they are offered.
pub static FORMATS: [&dyn Format; 2] = [&own::Own, &openai::OpenAi];

/// The format of a name.
///
/// # Errors
/// One sentence with the names that there are.
pub fn format(name: &str) -> Result<&'static dyn Format, String> {
    FORMATS
        .iter()
        .copied()
        .find(|f| f.name() == name)
        .ok_or_else(|| {
            let names: Vec<&str> = FORMATS.iter().map(|f| f.name()).collect();
            format!(
                "there is no format `{name}`; there are {}",
                names.join(", ")
            )
        })
}

/// What is to be exported.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    /// Names of formats.
    pub formats: Vec<String>,
    /// Only those of the approved that it lets through.
    pub filter: Filter,
    /// Whether conversations that say the same as one before them are kept.
    pub duplicates: bool,
}

impl Default for Wanted {
    /// Everything that is approved, in every format.
    fn default() -> Self {
        Self {
            formats: FORMATS.iter().map(|f| f.name().to_owned()).collect(),
            filter: Filter::default(),
            duplicates: false,
        }
    }
}

/// A conversation that is not written, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Left {
    /// The conversation.
    pub conversation: String,
    /// Its branch.
    pub branch: String,
    /// The format that cannot hold it; `None`: none of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// Why, in one sentence.
    pub why: String,
}

/// What an export would write.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Preview {
    /// Approved and unchanged since, as the filter lets through.
    pub approved: u64,
    /// Of those, how many are written in one format at least.
    pub written: u64,
    /// Records by format.
    pub records: Vec<(String, u64)>,
    /// Nobody decided about them.
    pub open: u64,
    /// Discarded.
    pub discarded: u64,
    /// Approved, and changed since: they are not written.
    pub stale: Vec<Left>,
    /// Approved, and not written in some format.
    pub skipped: Vec<Left>,
    /// Approved, and the same as one that is written.
    pub duplicates: Vec<Left>,
    /// What was done to make records fit.
    pub notes: Vec<Left>,
}

/// Why nothing was exported. No folder was made.
#[derive(Debug)]
pub enum ExportError {
    /// The folder is there already.
    Exists(PathBuf),
    /// Nothing is approved that can be written.
    Nothing(Box<Preview>),
    /// The filter or a format's name.
    Wanted(String),
    /// The store.
    Store(StoreError),
    /// The folder or a file cannot be written.
    Io(PathBuf, std::io::Error),
}

impl fmt::Display for ExportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exists(path) => write!(
                f,
                "{} is there already, and was kept. Name a folder that is not there.",
                path.display()
            ),
            Self::Nothing(preview) => write!(
                f,
                "there is nothing to export: {} approved, {} stale, {} skipped, {} open. \
                 No folder was made.",
                preview.approved,
                preview.stale.len(),
                preview.skipped.len(),
                preview.open
            ),
            Self::Wanted(why) => write!(f, "{why}. Nothing was exported."),
            Self::Store(why) => write!(f, "{why} Nothing was exported."),
            Self::Io(path, why) => write!(
                f,
                "{} cannot be written: {why}. Nothing was exported.",
                path.display()
            ),
        }
    }
}

impl std::error::Error for ExportError {}

impl From<StoreError> for ExportError {
    fn from(why: StoreError) -> Self {
        Self::Store(why)
    }
}

impl From<FilterError> for ExportError {
    fn from(why: FilterError) -> Self {
        Self::Wanted(why.to_string())
    }
}

/// Why one conversation cannot be read, where the others still can.
fn unread(why: &ReplayError) -> String {
    why.to_string()
}

/// What an export would write, without writing anything.
///
/// # Errors
/// The store cannot be read, or a format is not there.
pub fn preview(store: &crate::store::Store, wanted: &Wanted) -> Result<Preview, ExportError> {
    walk::walk(store, wanted, &mut |_, _, _| Ok(()))
}

/// A folder's name that is not there yet: `export-N` beside those that are.
#[must_use]
pub fn fresh_folder(within: &Path) -> PathBuf {
    (1..u32::MAX)
        .map(|n| within.join(format!("export-{n}")))
        .find(|path| !path.exists())
        .unwrap_or_else(|| within.join("export"))
}

/// Where a conversation went, a line an export and branch: whether the folder is
/// still there, and the line.
#[must_use]
pub fn in_words(kept: &[crate::store::Kept]) -> Vec<(bool, String)> {
    let mut out = Vec::new();
    for one in kept {
        let there = Path::new(&one.export.folder).is_dir();
        let gone = if there { "" } else { ", whose folder is gone" };
        let mut branches: Vec<&str> = one.files.iter().map(|f| f.branch.as_str()).collect();
        branches.dedup();
        for branch in branches {
            let files = one.files.iter().filter(|f| f.branch == branch);
            let formats: Vec<&str> = files.clone().map(|f| f.format.as_str()).collect();
            let head = files.map(|f| f.head.short()).next().unwrap_or_default();
            out.push((
                there,
                format!(
                    "in export {} ({}){gone}: branch {branch}, at the content that was approved (step {head})",
                    one.export.folder,
                    formats.join(", "),
                ),
            ));
        }
    }
    out
}
