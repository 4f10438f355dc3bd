//! Opening the store's file, and bringing an older one up to date.

use super::{FILE, FOLDER, Inner, Store, StoreError, projection};
use rusqlite::{Connection, OpenFlags};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

/// `StGe`: says that a database is ours.
const APPLICATION: i64 = 0x5374_4765;
/// How long a writer waits for another.
const PATIENCE: Duration = Duration::from_secs(5);
/// Times that a store which others are making at this moment is tried again,
/// and the time between two: five seconds together.
const OPENINGS: u32 = 100;
const PAUSE: Duration = Duration::from_millis(50);

/// One entry a schema version, applied in order; `user_version` counts them.
/// An entry never changes once a release had it.
const MIGRATIONS: &[&str] = &[
    // 1: the truth. Nothing here is ever changed or deleted.
    "CREATE TABLE conversation (
         id TEXT PRIMARY KEY,
         opened TEXT NOT NULL,
         time_ms INTEGER NOT NULL
     ) STRICT;
     CREATE TABLE event (
         conversation TEXT NOT NULL REFERENCES conversation (id),
         seq INTEGER NOT NULL,
         body TEXT NOT NULL,
         envelope TEXT NOT NULL,
         UNIQUE (conversation, seq)
     ) STRICT;
     CREATE TABLE blob (
         sha BLOB PRIMARY KEY,
         bytes BLOB NOT NULL
     ) STRICT;
     CREATE TRIGGER conversation_stays BEFORE DELETE ON conversation
         BEGIN SELECT RAISE (ABORT, 'conversations are never deleted'); END;
     CREATE TRIGGER conversation_fixed BEFORE UPDATE ON conversation
         BEGIN SELECT RAISE (ABORT, 'conversations are never changed'); END;
     CREATE TRIGGER event_stays BEFORE DELETE ON event
         BEGIN SELECT RAISE (ABORT, 'the log is append-only'); END;
     CREATE TRIGGER event_fixed BEFORE UPDATE ON event
         BEGIN SELECT RAISE (ABORT, 'the log is append-only'); END;
     CREATE TRIGGER blob_stays BEFORE DELETE ON blob
         BEGIN SELECT RAISE (ABORT, 'blobs are never deleted'); END;
     CREATE TRIGGER blob_fixed BEFORE UPDATE ON blob
         BEGIN SELECT RAISE (ABORT, 'blobs are never changed'); END;",
    // 2: readings of the log, for the list. `node` is a step with what holds
    // after it, so that a branch that moves needs no walk.
    "CREATE TABLE projection (
         id TEXT PRIMARY KEY,
         scenario TEXT NOT NULL,
         title TEXT NOT NULL,
         task TEXT NOT NULL,
         persona TEXT NOT NULL,
         seed TEXT NOT NULL,
         started_ms INTEGER NOT NULL,
         updated_ms INTEGER NOT NULL,
         current TEXT NOT NULL,
         head TEXT,
         scripted INTEGER NOT NULL
     ) STRICT;
     CREATE INDEX projection_started ON projection (started_ms);
     CREATE TABLE branch (
         conversation TEXT NOT NULL,
         name TEXT NOT NULL,
         head TEXT,
         PRIMARY KEY (conversation, name)
     ) STRICT;
     CREATE TABLE node (
         conversation TEXT NOT NULL,
         step TEXT NOT NULL,
         steps INTEGER NOT NULL,
         turns INTEGER NOT NULL,
         findings INTEGER NOT NULL,
         overall REAL,
         held INTEGER NOT NULL,
         assertions INTEGER NOT NULL,
         ended TEXT,
         PRIMARY KEY (conversation, step)
     ) STRICT;",
    // 3: what went over the wire. `head` is JSON without the bodies.
    "CREATE TABLE call (
         seq INTEGER PRIMARY KEY AUTOINCREMENT,
         conversation TEXT NOT NULL REFERENCES conversation (id),
         head TEXT NOT NULL,
         request TEXT NOT NULL,
         response TEXT NOT NULL
     ) STRICT;
     CREATE INDEX call_of ON call (conversation, seq);
     CREATE TRIGGER call_stays BEFORE DELETE ON call
         BEGIN SELECT RAISE (ABORT, 'calls are never deleted'); END;
     CREATE TRIGGER call_fixed BEFORE UPDATE ON call
         BEGIN SELECT RAISE (ABORT, 'calls are never changed'); END;",
    // 4: what people think of it, never changed or deleted; and the queue, a
    // reading of all of it with one row a branch. `used` says where something
    // was used first.
    "CREATE TABLE decision (
         number INTEGER PRIMARY KEY AUTOINCREMENT,
         conversation TEXT NOT NULL REFERENCES conversation (id),
         branch TEXT NOT NULL,
         head TEXT NOT NULL,
         choice TEXT NOT NULL,
         reason TEXT NOT NULL,
         who TEXT NOT NULL,
         time_ms INTEGER NOT NULL,
         about INTEGER REFERENCES decision (number)
     ) STRICT;
     CREATE INDEX decision_of ON decision (conversation, branch, number);
     CREATE INDEX decision_about ON decision (about, number);
     CREATE TRIGGER decision_stays BEFORE DELETE ON decision
         BEGIN SELECT RAISE (ABORT, 'decisions are never deleted'); END;
     CREATE TRIGGER decision_fixed BEFORE UPDATE ON decision
         BEGIN SELECT RAISE (ABORT, 'decisions are never changed'); END;
     CREATE TABLE note (
         number INTEGER PRIMARY KEY AUTOINCREMENT,
         conversation TEXT NOT NULL REFERENCES conversation (id),
         kind TEXT NOT NULL,
         value TEXT NOT NULL,
         who TEXT NOT NULL,
         time_ms INTEGER NOT NULL
     ) STRICT;
     CREATE INDEX note_of ON note (conversation, number);
     CREATE INDEX note_kind ON note (kind, value, conversation, number);
     CREATE TRIGGER note_stays BEFORE DELETE ON note
         BEGIN SELECT RAISE (ABORT, 'notes are never deleted'); END;
     CREATE TRIGGER note_fixed BEFORE UPDATE ON note
         BEGIN SELECT RAISE (ABORT, 'notes are never changed'); END;
     ALTER TABLE node ADD COLUMN axes TEXT NOT NULL DEFAULT '[]';
     ALTER TABLE node ADD COLUMN lowest REAL;
     ALTER TABLE node ADD COLUMN spread REAL;
     ALTER TABLE node ADD COLUMN gates TEXT NOT NULL DEFAULT '';
     CREATE TABLE queue (
         place INTEGER PRIMARY KEY,
         conversation TEXT NOT NULL,
         branch TEXT NOT NULL,
         current INTEGER NOT NULL,
         shown INTEGER NOT NULL,
         started_ms INTEGER NOT NULL,
         updated_ms INTEGER NOT NULL,
         steps INTEGER NOT NULL,
         turns INTEGER NOT NULL,
         findings INTEGER NOT NULL,
         held INTEGER NOT NULL,
         assertions INTEGER NOT NULL,
         overall REAL,
         lowest REAL,
         spread REAL,
         shuffle INTEGER NOT NULL,
         scripted INTEGER NOT NULL,
         marked INTEGER NOT NULL,
         status TEXT NOT NULL,
         scenario TEXT NOT NULL,
         task TEXT NOT NULL,
         persona TEXT NOT NULL,
         seed TEXT NOT NULL,
         ended TEXT,
         head TEXT,
         gates TEXT NOT NULL,
         tags TEXT NOT NULL,
         words TEXT NOT NULL,
         axes TEXT NOT NULL,
         title TEXT NOT NULL,
         comment TEXT NOT NULL,
         UNIQUE (conversation, branch)
     ) STRICT;
     CREATE INDEX queue_newest ON queue (shown, started_ms, place);
     CREATE INDEX queue_status ON queue (shown, status, started_ms, place);
     CREATE TABLE used (
         conversation TEXT NOT NULL,
         what TEXT NOT NULL,
         step INTEGER NOT NULL,
         PRIMARY KEY (conversation, what)
     ) STRICT, WITHOUT ROWID;
     CREATE INDEX used_what ON used (what, conversation);",
    // 5: exports that were made, never changed or deleted; and findings, a
    // reading of the log with one row each.
    "CREATE TABLE export (
         number INTEGER PRIMARY KEY AUTOINCREMENT,
         folder TEXT NOT NULL,
         time_ms INTEGER NOT NULL,
         filter TEXT NOT NULL,
         conversations INTEGER NOT NULL,
         sha256 TEXT NOT NULL
     ) STRICT;
     CREATE TABLE exported (
         export INTEGER NOT NULL REFERENCES export (number),
         conversation TEXT NOT NULL,
         branch TEXT NOT NULL,
         head TEXT NOT NULL,
         format TEXT NOT NULL,
         file TEXT NOT NULL,
         sha256 TEXT NOT NULL,
         lines INTEGER NOT NULL,
         PRIMARY KEY (conversation, export, branch, format)
     ) STRICT, WITHOUT ROWID;
     CREATE TRIGGER export_stays BEFORE DELETE ON export
         BEGIN SELECT RAISE (ABORT, 'exports are never deleted'); END;
     CREATE TRIGGER export_fixed BEFORE UPDATE ON export
         BEGIN SELECT RAISE (ABORT, 'exports are never changed'); END;
     CREATE TRIGGER exported_stays BEFORE DELETE ON exported
         BEGIN SELECT RAISE (ABORT, 'exports are never deleted'); END;
     CREATE TRIGGER exported_fixed BEFORE UPDATE ON exported
         BEGIN SELECT RAISE (ABORT, 'exports are never changed'); END;
     CREATE TABLE finding_row (
         conversation TEXT NOT NULL,
         step TEXT NOT NULL,
         place INTEGER NOT NULL,
         number INTEGER NOT NULL,
         kind TEXT NOT NULL,
         blame TEXT NOT NULL,
         found_by TEXT NOT NULL,
         tool TEXT NOT NULL,
         path TEXT NOT NULL,
         quote TEXT NOT NULL,
         what TEXT NOT NULL,
         PRIMARY KEY (conversation, step, place)
     ) STRICT, WITHOUT ROWID;
     CREATE INDEX finding_kind ON finding_row (kind, tool, path);
     CREATE INDEX finding_tool ON finding_row (tool);",
    // 6: marks of findings, never changed or deleted; and what was found on a
    // branch, in its row of the queue. `checked` is what the check says of a step
    // now, where it was asked; `own` is what the log says of it.
    "CREATE TABLE mark (
         number INTEGER PRIMARY KEY AUTOINCREMENT,
         conversation TEXT NOT NULL REFERENCES conversation (id),
         step TEXT NOT NULL,
         says TEXT NOT NULL,
         finding TEXT NOT NULL,
         note TEXT NOT NULL,
         who TEXT NOT NULL,
         time_ms INTEGER NOT NULL,
         about INTEGER REFERENCES mark (number)
     ) STRICT;
     CREATE INDEX mark_of ON mark (conversation, number);
     CREATE INDEX mark_about ON mark (about, number);
     CREATE TRIGGER mark_stays BEFORE DELETE ON mark
         BEGIN SELECT RAISE (ABORT, 'marks are never deleted'); END;
     CREATE TRIGGER mark_fixed BEFORE UPDATE ON mark
         BEGIN SELECT RAISE (ABORT, 'marks are never changed'); END;
     CREATE TABLE checked (
         conversation TEXT NOT NULL,
         step TEXT NOT NULL,
         found TEXT NOT NULL,
         literals INTEGER NOT NULL,
         traced INTEGER NOT NULL,
         untraced INTEGER NOT NULL,
         unchecked INTEGER NOT NULL,
         PRIMARY KEY (conversation, step)
     ) STRICT, WITHOUT ROWID;
     ALTER TABLE node ADD COLUMN parent TEXT;
     ALTER TABLE node ADD COLUMN turn INTEGER NOT NULL DEFAULT 0;
     ALTER TABLE node ADD COLUMN own TEXT NOT NULL DEFAULT '[]';
     ALTER TABLE queue ADD COLUMN kinds TEXT NOT NULL DEFAULT '';
     ALTER TABLE queue ADD COLUMN blames TEXT NOT NULL DEFAULT '';
     ALTER TABLE queue ADD COLUMN spoken INTEGER NOT NULL DEFAULT 0;
     ALTER TABLE queue ADD COLUMN untrue INTEGER NOT NULL DEFAULT 0;
     ALTER TABLE queue ADD COLUMN rate REAL;
     ALTER TABLE queue ADD COLUMN literals INTEGER;
     ALTER TABLE queue ADD COLUMN traced INTEGER;
     ALTER TABLE queue ADD COLUMN untraced INTEGER;
     ALTER TABLE queue ADD COLUMN unchecked INTEGER;
     ALTER TABLE queue ADD COLUMN found INTEGER NOT NULL DEFAULT 0;
     ALTER TABLE queue ADD COLUMN wrong INTEGER NOT NULL DEFAULT 0;
     ALTER TABLE queue ADD COLUMN missed INTEGER NOT NULL DEFAULT 0;
     ALTER TABLE queue ADD COLUMN disagree INTEGER NOT NULL DEFAULT 0;
     CREATE INDEX queue_rate ON queue (shown, rate, place);
     CREATE INDEX queue_disagree ON queue (shown, disagree, rate, place);",
];

/// The schema version that this program writes.
const SCHEMA: i64 = MIGRATIONS.len() as i64;

impl Store {
    /// Opens the store of a project's folder, making it where there is none.
    ///
    /// # Errors
    /// Where the file cannot be opened, is damaged, or is not ours to write.
    pub fn open(project: &Path) -> Result<Self, StoreError> {
        // SQLite changes a new file to WAL without waiting for others who do the
        // same at this moment: it says busy at once, so the waiting is here.
        for _ in 0..OPENINGS {
            match Self::open_now(project) {
                Err(StoreError::Busy { .. }) => std::thread::sleep(PAUSE),
                done => return done,
            }
        }
        Self::open_now(project)
    }

    fn open_now(project: &Path) -> Result<Self, StoreError> {
        let folder = project.join(FOLDER);
        let path = folder.join(FILE);
        std::fs::create_dir_all(&folder).map_err(|why| match why.kind() {
            std::io::ErrorKind::StorageFull => StoreError::Full { path: path.clone() },
            std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => {
                StoreError::ReadOnly { path: path.clone() }
            }
            _ => StoreError::Open {
                path: path.clone(),
                why: why.to_string(),
            },
        })?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut db = connect(&path, flags)?;
        let fail = |why: &rusqlite::Error| StoreError::from_sqlite(&path, why);
        let found = version(&db, &path)?;
        // WAL lets others read while one writes; it does not work on network
        // file systems, where SQLite stays with its older journal.
        db.pragma_update(None, "journal_mode", "wal")
            .map_err(|e| fail(&e))?;
        db.pragma_update(None, "synchronous", "normal")
            .map_err(|e| fail(&e))?;
        db.pragma_update(None, "foreign_keys", true)
            .map_err(|e| fail(&e))?;
        if found < SCHEMA {
            migrate(&mut db, &path)?;
        }
        Ok(Self::of(path, db))
    }

    /// Opens the store for reading alone: nothing is made, nothing is changed.
    ///
    /// # Errors
    /// Where there is none, it cannot be read, or it is of another version.
    pub fn open_read_only(project: &Path) -> Result<Self, StoreError> {
        let path = project.join(FOLDER).join(FILE);
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let first = connect(&path, flags).and_then(|db| Ok((version(&db, &path)?, db)));
        let (found, db) = match first {
            // In a folder that cannot be written SQLite cannot share its index
            // of the log. Without a log beside it the file is all there is.
            Err(StoreError::Open { .. } | StoreError::ReadOnly { .. })
                if path.is_file() && !wal(&path).exists() =>
            {
                let uri = format!("file:{}?immutable=1", escaped(&path));
                let flags = flags | OpenFlags::SQLITE_OPEN_URI;
                let db = connect(Path::new(&uri), flags)?;
                (version(&db, &path)?, db)
            }
            other => other?,
        };
        if found < SCHEMA {
            return Err(StoreError::Older { path, found });
        }
        Ok(Self::of(path, db))
    }

    /// Bounds the file's size, in pages of 4 KiB: writes beyond it fail as on a
    /// full disk. It holds for this handle alone.
    ///
    /// # Errors
    /// Where SQLite refuses.
    pub fn limit_pages(&self, pages: u32) -> Result<(), StoreError> {
        self.inner()
            .db
            .pragma_update(None, "max_page_count", pages)
            .map_err(|e| self.fail(&e))
    }

    fn of(path: PathBuf, db: Connection) -> Self {
        Self {
            path,
            inner: Mutex::new(Inner {
                db,
                seen: HashMap::new(),
            }),
        }
    }
}

fn connect(path: &Path, flags: OpenFlags) -> Result<Connection, StoreError> {
    let fail = |why: &rusqlite::Error| StoreError::from_sqlite(path, why);
    let db = Connection::open_with_flags(path, flags).map_err(|e| fail(&e))?;
    db.busy_timeout(PATIENCE).map_err(|e| fail(&e))?;
    Ok(db)
}

fn wal(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push("-wal");
    PathBuf::from(name)
}

/// A path inside a `file:` address.
fn escaped(path: &Path) -> String {
    path.to_string_lossy()
        .replace('%', "%25")
        .replace('?', "%3f")
        .replace('#', "%23")
}

/// The file's schema version, where it is ours or empty.
fn version(db: &Connection, path: &Path) -> Result<i64, StoreError> {
    let fail = |why: &rusqlite::Error| StoreError::from_sqlite(path, why);
    // One look: another process may be making the file at this moment.
    let look = if db.is_autocommit() {
        Some(db.unchecked_transaction().map_err(|e| fail(&e))?)
    } else {
        None
    };
    let pragma = |name: &str| db.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let application = pragma("application_id").map_err(|e| fail(&e))?;
    let found = pragma("user_version").map_err(|e| fail(&e))?;
    let tables: i64 = db
        .query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get(0))
        .map_err(|e| fail(&e))?;
    if let Some(look) = look {
        look.finish().map_err(|e| fail(&e))?;
    }
    if application != APPLICATION && (application != 0 || tables > 0) {
        return Err(StoreError::NotAStore {
            path: path.to_owned(),
        });
    }
    if found > SCHEMA {
        return Err(StoreError::Newer {
            path: path.to_owned(),
            found,
            known: SCHEMA,
        });
    }
    Ok(found)
}

/// Brings the file to [`SCHEMA`], all or nothing.
fn migrate(db: &mut Connection, path: &Path) -> Result<(), StoreError> {
    let fail = |why: &rusqlite::Error| StoreError::from_sqlite(path, why);
    let tx = db
        .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)
        .map_err(|e| fail(&e))?;
    // Another process may have done it while this one waited.
    let found = version(&tx, path)?;
    for sql in MIGRATIONS
        .iter()
        .skip(usize::try_from(found).unwrap_or_default())
    {
        tx.execute_batch(sql).map_err(|e| fail(&e))?;
    }
    tx.pragma_update(None, "application_id", APPLICATION)
        .map_err(|e| fail(&e))?;
    tx.pragma_update(None, "user_version", SCHEMA)
        .map_err(|e| fail(&e))?;
    if found < SCHEMA {
        projection::rebuild(&tx, path)?;
    }
    tx.commit().map_err(|e| fail(&e))
}
