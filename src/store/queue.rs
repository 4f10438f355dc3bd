//! The queue: one row a branch with all that one filters and sorts by, so that
//! a page of 65,000 conversations is read without joins and without the log.
//! A row is refreshed in the transaction that changes what it shows.

use super::{Choice, Notes, Row, Store, StoreError, Sums, decision, note, sums};
use crate::engine::id::{ConvId, StepId};
use crate::engine::score::Disagree;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row as SqlRow, params_from_iter};
use std::fmt::Write;

/// What is to be done with a branch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Status {
    /// Nobody has decided.
    Open,
    /// Approved as it is.
    Approved,
    /// Discarded as it is.
    Discarded,
    /// Decided about, and changed since.
    Stale,
}

impl Status {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Open, Self::Approved, Self::Discarded, Self::Stale];

    /// In a filter, in a list.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Approved => "approved",
            Self::Discarded => "discarded",
            Self::Stale => "stale",
        }
    }

    fn parse(word: &str) -> Self {
        Self::ALL
            .into_iter()
            .find(|s| s.word() == word)
            .unwrap_or(Self::Open)
    }
}

/// What a condition compares with a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Figure {
    /// The newest verdict's overall.
    Overall,
    /// Its lowest axis.
    Lowest,
    /// How far the judge's samples lie apart, on the axis where they do most.
    Spread,
    /// Findings.
    Findings,
    /// The share of turns that is untrue.
    Rate,
    /// Literals without a source.
    Untraced,
    /// Findings of the check that a person marked as wrong.
    Wrong,
    /// Findings that a person added.
    Missed,
    /// Steps.
    Steps,
    /// Turns of the user.
    Turns,
    /// Assertions that hold.
    Held,
    /// Assertions that do not.
    Failed,
    /// One axis.
    Axis(String),
}

/// What a condition compares with a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// The scenario's id.
    Scenario,
    /// The task.
    Task,
    /// The persona's name.
    Persona,
    /// `open`, `approved`, `discarded`, `stale`.
    Status,
    /// Why it ended; `no` where it did not.
    Ended,
    /// The branch.
    Branch,
    /// The seed.
    Seed,
    /// The beginning or end of its name.
    Id,
    /// A tag.
    Tag,
    /// An axis below its gate, or `any`.
    Gate,
    /// A tool that was called.
    Tool,
    /// A kind of finding.
    Finding,
    /// Whose fault a finding is.
    Blame,
    /// `yes`, `no`, or how the judge and the check contradict each other.
    Disagree,
    /// `yes` or `no`: marked.
    Marked,
    /// `yes` or `no`: has a comment.
    Comment,
    /// `yes` or `no`: the stand-in made some step.
    Scripted,
}

/// How a number is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compare {
    /// `=`
    Is,
    /// `!=`
    Not,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    More,
    /// `>=`
    AtLeast,
}

impl Compare {
    fn sql(self) -> &'static str {
        match self {
            Self::Is => "=",
            Self::Not => "<>",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::More => ">",
            Self::AtLeast => ">=",
        }
    }
}

/// One condition; all of a filter's must hold.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// A number. A branch that has none of it is let through by none.
    Number(Figure, Compare, f64),
    /// A word, that it is (`true`) or is not.
    Word(Word, bool, String),
    /// Words that stand (`true`) or do not stand in scenario, task, persona,
    /// title, tags or comment.
    Text(bool, String),
}

/// In which order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Sort {
    /// Newest first.
    #[default]
    Newest,
    /// Oldest first.
    Oldest,
    /// The one with the lowest axis first.
    Lowest,
    /// Where the judge's samples disagree most first.
    Disagreement,
    /// Most findings first.
    Findings,
    /// The largest share of untrue turns first.
    Rate,
    /// Where the judge and the check contradict each other first.
    Check,
    /// At random; the same seed gives the same order.
    Random(u64),
}

/// A judge's score of one axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Score {
    /// The axis, by id.
    pub axis: String,
    /// 1 to 10.
    pub score: f64,
    /// Standard deviation over the samples, where there were several.
    pub spread: Option<f64>,
}

/// A branch in the queue.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// The conversation, at this branch.
    pub row: Row,
    /// What is to be done with it.
    pub status: Status,
    /// The decision that stands.
    pub decision: Option<super::Decision>,
    /// The newest verdict's axes, in rubric order.
    pub axes: Vec<Score>,
    /// The lowest of them.
    pub lowest: Option<f64>,
    /// The largest spread of an axis.
    pub spread: Option<f64>,
    /// Axes (or `overall`) below their gate.
    pub gates: Vec<String>,
    /// What was found.
    pub sums: Sums,
    /// Mark, tags and comment of the conversation.
    pub notes: Notes,
}

/// How many there are of each status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Counts {
    /// Nobody has decided.
    pub open: u64,
    /// Approved.
    pub approved: u64,
    /// Discarded.
    pub discarded: u64,
    /// Decided about, and changed since.
    pub stale: u64,
}

impl Counts {
    /// All of them.
    #[must_use]
    pub fn all(&self) -> u64 {
        self.open + self.approved + self.discarded + self.stale
    }
}

const SELECT: &str =
    "SELECT conversation, branch, scenario, title, task, persona, seed, started_ms,
        updated_ms, head, steps, turns, ended, overall, findings, held, assertions, scripted,
        status, axes, lowest, spread, gates, marked, tags, comment,
        (SELECT count(*) FROM branch b WHERE b.conversation = queue.conversation),
        kinds, blames, spoken, untrue, literals, traced, untraced, unchecked, found, wrong, missed,
        disagree
    FROM queue";

/// Columns that [`SELECT`] asks for.
const COLUMNS: usize = 39;

impl Store {
    /// A page of the queue: those that all conditions let through, so many from
    /// `skip` on.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn queue(
        &self,
        conditions: &[Condition],
        sort: Sort,
        skip: u64,
        most: u64,
    ) -> Result<Vec<Item>, StoreError> {
        let (allowed, mut values) = allowed(conditions);
        // The order is found with rowids alone: whole rows are heavy to sort.
        let sql = format!(
            "{SELECT} WHERE place IN (SELECT place FROM queue WHERE {allowed} ORDER BY {} LIMIT ? \
             OFFSET ?) ORDER BY {}",
            order(sort),
            order(sort)
        );
        values.push(Value::Integer(most.min(i64::MAX as u64) as i64));
        values.push(Value::Integer(skip.min(i64::MAX as u64) as i64));
        let inner = self.inner();
        inner
            .db
            .prepare_cached(&sql)
            .and_then(|mut get| {
                let rows = get.query_map(params_from_iter(values), item)?;
                rows.map(|row| with_decision(&inner.db, row?)).collect()
            })
            .map_err(|e| self.fail(&e))
    }

    /// How many of each status the conditions let through.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn queue_counts(&self, conditions: &[Condition]) -> Result<Counts, StoreError> {
        let (allowed, values) = allowed(conditions);
        let sql = format!("SELECT status, count(*) FROM queue WHERE {allowed} GROUP BY status");
        let rows: Vec<(String, i64)> = self
            .inner()
            .db
            .prepare_cached(&sql)
            .and_then(|mut get| {
                get.query_map(params_from_iter(values), |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })?
                .collect()
            })
            .map_err(|e| self.fail(&e))?;
        let mut counts = Counts::default();
        for (status, n) in rows {
            let slot = match Status::parse(&status) {
                Status::Open => &mut counts.open,
                Status::Approved => &mut counts.approved,
                Status::Discarded => &mut counts.discarded,
                Status::Stale => &mut counts.stale,
            };
            *slot = n.unsigned_abs();
        }
        Ok(counts)
    }

    /// One branch as the queue shows it; the current one where none is named.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn queue_item(
        &self,
        conversation: &ConvId,
        branch: Option<&str>,
    ) -> Result<Option<Item>, StoreError> {
        let sql = format!(
            "{SELECT} WHERE conversation = ?1 AND (branch = ?2 OR (?2 IS NULL AND current = 1))"
        );
        let inner = self.inner();
        let found = inner
            .db
            .prepare_cached(&sql)
            .and_then(|mut get| get.query_row((&conversation.0, branch), item).optional());
        found
            .and_then(|item| item.map(|i| with_decision(&inner.db, i)).transpose())
            .map_err(|e| self.fail(&e))
    }

    /// Conversations in which something was used, with the number of the step
    /// that used it first: `tool:NAME`, `agent:NAME`, `user`, `judge`,
    /// `finding:KIND`. Newest conversations first.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn used(&self, scenario: &str, what: &str) -> Result<Vec<(Item, u32)>, StoreError> {
        let sql = format!(
            "{SELECT} JOIN used u ON u.conversation = queue.conversation AND u.what = ?2
             WHERE current = 1 AND scenario = ?1 ORDER BY started_ms DESC, place DESC"
        )
        .replacen("SELECT conversation", "SELECT queue.conversation", 1)
        .replacen("\n    FROM queue", ", u.step\n    FROM queue", 1);
        let inner = self.inner();
        inner
            .db
            .prepare_cached(&sql)
            .and_then(|mut get| {
                get.query_map((scenario, what), |row| Ok((item(row)?, row.get(COLUMNS)?)))?
                    .collect()
            })
            .map_err(|e| self.fail(&e))
    }
}

/// A filter as SQL, with the values that it binds: no word of a person stands in
/// the text.
pub(super) fn allowed(conditions: &[Condition]) -> (String, Vec<Value>) {
    let mut sql = String::from("shown = 1");
    let mut values = Vec::new();
    for condition in conditions {
        sql.push_str(" AND ");
        match condition {
            Condition::Number(figure, compare, number) => {
                let column = match figure {
                    Figure::Overall => "overall",
                    Figure::Lowest => "lowest",
                    Figure::Spread => "spread",
                    Figure::Findings => "findings",
                    Figure::Rate => "rate",
                    Figure::Untraced => "untraced",
                    Figure::Wrong => "wrong",
                    Figure::Missed => "missed",
                    Figure::Steps => "steps",
                    Figure::Turns => "turns",
                    Figure::Held => "held",
                    Figure::Failed => "(assertions - held)",
                    Figure::Axis(axis) => {
                        values.push(Value::Text(axis.clone()));
                        "(SELECT json_extract(value, '$[1]') FROM json_each(axes)
                          WHERE json_extract(value, '$[0]') = ?)"
                    }
                };
                let _ = write!(sql, "{column} {} ?", compare.sql());
                values.push(Value::Real(*number));
            }
            Condition::Word(word, is, value) => {
                let not = if *is { "" } else { "NOT " };
                let yes = matches!(value.as_str(), "yes" | "true" | "1");
                let text = |values: &mut Vec<Value>| values.push(Value::Text(value.clone()));
                let mut plain = |column: &str, values: &mut Vec<Value>| {
                    let _ = write!(sql, "{not}({column} = ?)");
                    text(values);
                };
                match word {
                    Word::Scenario => plain("scenario", &mut values),
                    Word::Task => plain("task", &mut values),
                    Word::Persona => plain("persona", &mut values),
                    Word::Status => plain("status", &mut values),
                    Word::Branch => plain("branch", &mut values),
                    Word::Seed => plain("seed", &mut values),
                    Word::Ended if matches!(value.as_str(), "no" | "false") => {
                        let _ = write!(sql, "{not}(ended IS NULL)");
                    }
                    Word::Ended if yes => {
                        let _ = write!(sql, "{not}(ended IS NOT NULL)");
                    }
                    Word::Ended => plain("coalesce(ended, '')", &mut values),
                    Word::Id => {
                        let _ = write!(
                            sql,
                            "{not}(substr(conversation, 1, length(?)) = lower(?) OR \
                             substr(conversation, -length(?)) = lower(?))"
                        );
                        (0..4).for_each(|_| text(&mut values));
                    }
                    Word::Tag => {
                        let _ = write!(sql, "{not}(instr(tags, ' ' || ? || ' ') > 0)");
                        text(&mut values);
                    }
                    Word::Gate if matches!(value.as_str(), "any" | "failed") => {
                        let _ = write!(sql, "{not}(gates <> '')");
                    }
                    Word::Gate if value == "met" => {
                        let _ = write!(sql, "{not}(gates = '' AND overall IS NOT NULL)");
                    }
                    Word::Gate => {
                        let _ = write!(
                            sql,
                            "{not}(instr(' ' || gates || ' ', ' ' || ? || ' ') > 0)"
                        );
                        text(&mut values);
                    }
                    Word::Tool => {
                        let _ = write!(
                            sql,
                            "{not}EXISTS (SELECT 1 FROM used u WHERE u.conversation = \
                             queue.conversation AND u.what = 'tool:' || ?)"
                        );
                        text(&mut values);
                    }
                    Word::Finding => {
                        let _ = write!(sql, "{not}(instr(kinds, ' ' || ? || ':') > 0)");
                        text(&mut values);
                    }
                    Word::Blame => {
                        let _ = write!(sql, "{not}(instr(blames, ' ' || ? || ':') > 0)");
                        text(&mut values);
                    }
                    Word::Disagree if yes => {
                        let _ = write!(sql, "{not}(disagree > 0)");
                    }
                    Word::Disagree if matches!(value.as_str(), "no" | "false") => {
                        let _ = write!(sql, "{not}(disagree = 0)");
                    }
                    Word::Disagree => {
                        let weight = Disagree::parse(value).map_or(-1, Disagree::weight);
                        let _ = write!(sql, "{not}(disagree = {weight})");
                    }
                    Word::Marked => {
                        let _ = write!(sql, "{not}(marked = {})", i32::from(yes));
                    }
                    Word::Comment => {
                        let sign = if yes { "<>" } else { "=" };
                        let _ = write!(sql, "{not}(comment {sign} '')");
                    }
                    Word::Scripted => {
                        let _ = write!(sql, "{not}(scripted = {})", i32::from(yes));
                    }
                }
            }
            Condition::Text(is, text) => {
                let sign = if *is { "> 0" } else { "= 0" };
                let _ = write!(sql, "instr(words, ?) {sign}");
                values.push(Value::Text(text.to_lowercase()));
            }
        }
    }
    (sql, values)
}

/// A prime below 2^31: the places of a random order are numbers modulo it.
const PRIME: u64 = 2_147_483_647;

fn order(sort: Sort) -> String {
    let by = match sort {
        Sort::Newest => "started_ms DESC, place DESC",
        Sort::Oldest => "started_ms, place",
        Sort::Lowest => "lowest IS NULL, lowest, overall, place DESC",
        Sort::Disagreement => "spread IS NULL, spread DESC, place DESC",
        Sort::Findings => "findings DESC, place DESC",
        Sort::Rate => "rate DESC, place DESC",
        Sort::Check => "disagree DESC, rate DESC, place DESC",
        Sort::Random(seed) => {
            // Multiplying by a number that is not 0 modulo a prime mixes all of them.
            let mut rng = crate::engine::rng::Rng::new(seed, "queue");
            let factor = rng.next_u64() % (PRIME - 1) + 1;
            return format!("(shuffle * {factor}) % {PRIME}, place");
        }
    };
    by.to_owned()
}

fn with_decision(db: &Connection, mut item: Item) -> rusqlite::Result<Item> {
    if item.status != Status::Open {
        item.decision = decision::standing(db, &item.row.id, &item.row.branch)?;
    }
    Ok(item)
}

fn item(row: &SqlRow<'_>) -> rusqlite::Result<Item> {
    let seed: String = row.get(6)?;
    let head: Option<String> = row.get(9)?;
    let axes: String = row.get(19)?;
    let axes: Vec<(String, f64, Option<f64>)> = serde_json::from_str(&axes).unwrap_or_default();
    let gates: String = row.get(22)?;
    let tags: String = row.get(24)?;
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect();
    let status: String = row.get(18)?;
    Ok(Item {
        row: Row {
            id: ConvId(row.get(0)?),
            scenario: row.get(2)?,
            title: row.get(3)?,
            task: row.get(4)?,
            persona: row.get(5)?,
            seed: seed.parse().unwrap_or_default(),
            started_ms: row.get(7)?,
            updated_ms: row.get(8)?,
            branch: row.get(1)?,
            head: head.as_deref().and_then(StepId::parse),
            steps: row.get(10)?,
            turns: row.get(11)?,
            ended: row.get(12)?,
            overall: row.get(13)?,
            findings: row.get(14)?,
            held: row.get(15)?,
            assertions: row.get(16)?,
            scripted: row.get(17)?,
            branches: row.get(26)?,
        },
        status: Status::parse(&status),
        decision: None,
        axes: axes
            .into_iter()
            .map(|(axis, score, spread)| Score {
                axis,
                score,
                spread,
            })
            .collect(),
        lowest: row.get(20)?,
        spread: row.get(21)?,
        gates: words(&gates),
        notes: Notes {
            marked: row.get(23)?,
            tags: words(&tags),
            comment: row.get(25)?,
        },
        sums: sums::of_row(row)?,
    })
}

/// Makes the row of one branch anew from what else the store knows. `None` of
/// the conversation, or of the branch: nothing.
pub(super) fn refresh(db: &Connection, id: &ConvId, branch: &str) -> rusqlite::Result<()> {
    let standing = decision::standing(db, id, branch)?;
    let notes = note::of(db, id)?;
    put(db, id, branch, standing.as_ref(), &notes)
}

/// Makes the rows of all branches of a conversation anew.
pub(super) fn refresh_all(db: &Connection, id: &ConvId) -> rusqlite::Result<()> {
    let names: Vec<String> = db
        .prepare_cached("SELECT name FROM branch WHERE conversation = ?1")?
        .query_map([&id.0], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let notes = note::of(db, id)?;
    let decided = decision::branches(db, id)?;
    for name in names {
        let standing = if decided.contains(&name) {
            decision::standing(db, id, &name)?
        } else {
            None
        };
        put(db, id, &name, standing.as_ref(), &notes)?;
    }
    Ok(())
}

/// After another branch became current.
pub(super) fn switched(db: &Connection, id: &ConvId, current: &str) -> rusqlite::Result<()> {
    db.prepare_cached(
        "UPDATE queue SET current = 0, shown = status <> 'open'
         WHERE conversation = ?1 AND current = 1 AND branch <> ?2",
    )?
    .execute((&id.0, current))?;
    Ok(())
}

fn put(
    db: &Connection,
    id: &ConvId,
    branch: &str,
    standing: Option<&super::Decision>,
    notes: &Notes,
) -> rusqlite::Result<()> {
    let found: Option<(Option<String>, String)> = db
        .prepare_cached(
            "SELECT b.head, p.scenario || ' ' || p.task || ' ' || p.persona || ' ' || p.title
             FROM branch b JOIN projection p ON p.id = b.conversation
             WHERE b.conversation = ?1 AND b.name = ?2",
        )?
        .query_row((&id.0, branch), |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((head, mut words)) = found else {
        return Ok(());
    };
    let axes: Option<String> = db
        .prepare_cached("SELECT axes FROM node WHERE conversation = ?1 AND step = ?2")?
        .query_row((&id.0, &head), |row| row.get(0))
        .optional()?;
    let axes: Option<Vec<(String, f64, Option<f64>)>> =
        axes.and_then(|axes| serde_json::from_str(&axes).ok());
    let sums = sums::of(db, id, head.as_deref(), &axes.unwrap_or_default())?;
    let status = match standing {
        None => Status::Open,
        Some(decision) if head.as_deref() != Some(&decision.head.to_string()) => Status::Stale,
        Some(decision) => match decision.choice {
            Choice::Approve => Status::Approved,
            Choice::Discard => Status::Discarded,
        },
    };
    let mut tags = String::new();
    for tag in &notes.tags {
        let _ = write!(tags, " {tag} ");
    }
    for more in [&tags, &notes.comment] {
        words.push(' ');
        words.push_str(more);
    }
    let shuffle = crate::engine::id::Sha::of(id.0.as_bytes())
        .0
        .iter()
        .take(8)
        .fold(0u64, |acc, byte| (acc << 8) | u64::from(*byte));
    db.prepare_cached(
        "INSERT INTO queue (conversation, branch, current, shown, scenario, title, task, persona,
             seed, started_ms, updated_ms, head, steps, turns, findings, overall, held, assertions,
             ended, axes, lowest, spread, gates, scripted, status, marked, tags, comment, words,
             shuffle)
         SELECT p.id, b.name, b.name = p.current, b.name = p.current OR ?3 <> 'open', p.scenario,
             p.title, p.task, p.persona, p.seed, p.started_ms, p.updated_ms, b.head,
             coalesce(n.steps, 0), coalesce(n.turns, 0), coalesce(n.findings, 0), n.overall,
             coalesce(n.held, 0), coalesce(n.assertions, 0), n.ended, coalesce(n.axes, '[]'),
             n.lowest, n.spread, coalesce(n.gates, ''), p.scripted, ?3, ?4, ?5, ?6, ?7, ?8
         FROM branch b JOIN projection p ON p.id = b.conversation
             LEFT JOIN node n ON n.conversation = b.conversation AND n.step = b.head
         WHERE b.conversation = ?1 AND b.name = ?2
         ON CONFLICT (conversation, branch) DO UPDATE SET current = excluded.current,
             shown = excluded.shown, title = excluded.title, updated_ms = excluded.updated_ms,
             head = excluded.head, steps = excluded.steps, turns = excluded.turns,
             findings = excluded.findings, overall = excluded.overall, held = excluded.held,
             assertions = excluded.assertions, ended = excluded.ended, axes = excluded.axes,
             lowest = excluded.lowest, spread = excluded.spread, gates = excluded.gates,
             scripted = excluded.scripted, status = excluded.status, marked = excluded.marked,
             tags = excluded.tags, comment = excluded.comment, words = excluded.words",
    )?
    .execute((
        &id.0,
        branch,
        status.word(),
        notes.marked,
        &tags,
        &notes.comment,
        words.to_lowercase(),
        (shuffle % (PRIME - 1) + 1) as i64,
    ))?;
    sums::put(db, id, branch, &sums)
}

/// Notes that a step used something, where none before it did.
pub(super) fn uses(db: &Connection, id: &ConvId, what: &str, step: u32) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT INTO used (conversation, what, step) VALUES (?1, ?2, ?3)
         ON CONFLICT (conversation, what) DO UPDATE SET step = min(step, excluded.step)",
    )?
    .execute((&id.0, what, step))?;
    Ok(())
}

/// What a verdict's axes are in a row: text, the lowest, the largest spread.
pub(super) fn axes(axes: &[crate::engine::score::AxisScore]) -> (String, Option<f64>, Option<f64>) {
    let rows: Vec<(&str, f64, Option<f64>)> = axes
        .iter()
        .map(|a| (a.axis.as_str(), a.score, a.spread))
        .collect();
    let least = rows.iter().map(|r| r.1).reduce(f64::min);
    let most = rows.iter().filter_map(|r| r.2).reduce(f64::max);
    (
        serde_json::to_string(&rows).unwrap_or_default(),
        least,
        most,
    )
}
