//! What was found on a branch, added up from its steps: what the log says of
//! them, what the check says of them now where it was asked, and what a person
//! marked.

use super::{Condition, Marks, Store, StoreError, log, mark, queue};
use crate::engine::grounding::Coverage;
use crate::engine::id::{ConvId, StepId};
use crate::engine::score::{Counted, Disagree, Finding, Looks, disagree, still_holds, weights};
use crate::engine::session::Checked;
use rusqlite::{Connection, Row as SqlRow, params_from_iter};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// What was found on a branch.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sums {
    /// Findings of the check (those that nobody marked as wrong), of the judge
    /// (those that the check has not as well) and of people.
    pub findings: u32,
    /// How many of each kind.
    pub kinds: BTreeMap<String, u32>,
    /// How many are whose fault.
    pub blames: BTreeMap<String, u32>,
    /// Turns, and the untrue ones among them.
    pub counted: Counted,
    /// How much was looked at; `None` where the check was not asked about every
    /// turn.
    pub coverage: Option<Coverage>,
    /// How the check did where a person looked.
    pub looks: Looks,
    /// How the judge and the check contradict each other, where they do.
    pub disagree: Option<Disagree>,
}

/// What was found in many branches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Corpus {
    /// How many there are.
    pub conversations: u32,
    /// Those with findings.
    pub with_findings: u32,
    /// Findings.
    pub findings: u32,
    /// Turns, and the untrue ones among them.
    pub counted: Counted,
    /// How the check did where a person looked.
    pub looks: Looks,
    /// Those in which the judge and the check contradict each other.
    pub disagree: u32,
}

impl Store {
    /// What was found in all that the conditions let through.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn corpus(&self, conditions: &[Condition]) -> Result<Corpus, StoreError> {
        let (allowed, values) = queue::allowed(conditions);
        let sql = format!(
            "SELECT count(*), coalesce(sum(findings > 0), 0), coalesce(sum(findings), 0),
                 coalesce(sum(spoken), 0), coalesce(sum(untrue), 0), coalesce(sum(found), 0),
                 coalesce(sum(wrong), 0), coalesce(sum(missed), 0), coalesce(sum(disagree > 0), 0)
             FROM queue WHERE {allowed}"
        );
        self.inner()
            .db
            .prepare_cached(&sql)
            .and_then(|mut get| {
                get.query_row(params_from_iter(values), |row| {
                    Ok(Corpus {
                        conversations: row.get(0)?,
                        with_findings: row.get(1)?,
                        findings: row.get(2)?,
                        counted: Counted {
                            turns: row.get(3)?,
                            untrue: row.get(4)?,
                        },
                        looks: Looks {
                            found: row.get(5)?,
                            wrong: row.get(6)?,
                            missed: row.get(7)?,
                        },
                        disagree: row.get(8)?,
                    })
                })
            })
            .map_err(|e| self.fail(&e))
    }

    /// Keeps what the check says of steps now. It is a reading like all that the
    /// queue shows: asked anew, it is replaced.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn keep_checks(&self, id: &ConvId, checks: &[Checked]) -> Result<(), StoreError> {
        self.transaction(|tx| {
            for check in checks {
                let c = check.coverage;
                tx.prepare_cached(
                    "INSERT OR REPLACE INTO checked
                     (conversation, step, found, literals, traced, untraced, unchecked)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                )
                .and_then(|mut put| {
                    put.execute((
                        &id.0,
                        check.step.to_string(),
                        log::json(&check.findings),
                        c.literals as i64,
                        c.traced as i64,
                        c.untraced as i64,
                        c.unchecked as i64,
                    ))
                })
                .map_err(|e| self.fail(&e))?;
            }
            queue::refresh_all(tx, id).map_err(|e| self.fail(&e))
        })
    }
}

/// One step of a branch, as it counts.
struct Part {
    step: Option<StepId>,
    turn: bool,
    logged: Vec<Finding>,
    checked: Option<(Vec<Finding>, Coverage)>,
}

/// Adds up a branch.
pub(super) fn of(
    db: &Connection,
    id: &ConvId,
    head: Option<&str>,
    axes: &[(String, f64, Option<f64>)],
) -> rusqlite::Result<Sums> {
    let Some(head) = head else {
        return Ok(Sums::default());
    };
    let marks = mark::standing(db, id)?;
    let mut get = db.prepare_cached(
        "WITH RECURSIVE path (step) AS (
             SELECT ?2
             UNION ALL
             SELECT n.parent FROM path p JOIN node n ON n.conversation = ?1 AND n.step = p.step
             WHERE n.parent IS NOT NULL)
         SELECT n.step, n.turn, n.own, c.found, c.literals, c.traced, c.untraced, c.unchecked
         FROM path p JOIN node n ON n.conversation = ?1 AND n.step = p.step
             LEFT JOIN checked c ON c.conversation = ?1 AND c.step = p.step",
    )?;
    let parts = get.query_map((&id.0, head), |row| {
        let step: String = row.get(0)?;
        let own: String = row.get(2)?;
        let found: Option<String> = row.get(3)?;
        let number = |at: usize| -> rusqlite::Result<usize> {
            let n: i64 = row.get(at)?;
            Ok(usize::try_from(n).unwrap_or(0))
        };
        let checked = match found {
            None => None,
            Some(found) => Some((
                findings(&found),
                Coverage {
                    literals: number(4)?,
                    traced: number(5)?,
                    untraced: number(6)?,
                    unchecked: number(7)?,
                },
            )),
        };
        Ok(Part {
            step: StepId::parse(&step),
            turn: row.get(1)?,
            logged: findings(&own),
            checked,
        })
    })?;
    let parts: Vec<Part> = parts.collect::<rusqlite::Result<_>>()?;
    Ok(add_up(&parts, &marks, axes))
}

/// Most steps have none: nothing is parsed for them.
fn findings(json: &str) -> Vec<Finding> {
    if json == "[]" {
        return Vec::new();
    }
    serde_json::from_str(json).unwrap_or_default()
}

fn add_up(parts: &[Part], marks: &Marks, axes: &[(String, f64, Option<f64>)]) -> Sums {
    let mut sums = Sums::default();
    let mut coverage = Some(Coverage::default());
    let (mut right, mut judged): (Vec<&Finding>, Vec<&Finding>) = (Vec::new(), Vec::new());
    let mut all = 0u32;
    for part in parts {
        let by_check = |f: &&Finding| f.by == "check";
        // The judge's stand in the log alone.
        judged.extend(part.logged.iter().filter(|f| !by_check(f)));
        let found: Vec<&Finding> = match &part.checked {
            Some((found, _)) => found.iter().collect(),
            None => part.logged.iter().filter(by_check).collect(),
        };
        let mut untrue = false;
        for finding in found {
            all += 1;
            if part.step.is_some_and(|s| marks.is_wrong(s, &finding.key())) {
                sums.looks.wrong += 1;
                continue;
            }
            untrue |= finding.is_untrue();
            right.push(finding);
        }
        if part.turn {
            sums.counted += Counted {
                turns: 1,
                untrue: u32::from(untrue),
            };
            coverage = coverage
                .zip(part.checked.as_ref())
                .map(|(mut sum, (_, c))| {
                    sum += *c;
                    sum
                });
        }
    }
    let missed: Vec<&Finding> = parts
        .iter()
        .filter_map(|p| p.step)
        .flat_map(|step| marks.missed(step))
        .collect();
    sums.looks.missed = u32::try_from(missed.len()).unwrap_or(u32::MAX);
    if sums.looks.any() {
        sums.looks.found = all;
    }
    sums.coverage = coverage.filter(|_| sums.counted.turns > 0);
    let weights = weights(right.iter().copied());
    let scores: Vec<(&str, f64)> = axes.iter().map(|(a, s, _)| (a.as_str(), *s)).collect();
    sums.disagree = disagree(&scores, &weights, sums.coverage);
    right.retain(|f| still_holds(f, sums.disagree));
    // What several say of the same words is one finding.
    let mut told: Vec<&Finding> = right;
    for finding in judged {
        if !told.iter().any(|known| known.is_about_the_same(finding)) {
            told.push(finding);
        }
    }
    for finding in told.into_iter().chain(missed) {
        sums.findings += 1;
        *sums.kinds.entry(finding.kind.clone()).or_default() += 1;
        *sums
            .blames
            .entry(finding.blame.word().to_owned())
            .or_default() += 1;
    }
    sums
}

/// What was found, out of a row.
pub(super) fn of_row(row: &SqlRow<'_>) -> rusqlite::Result<Sums> {
    let counts = |at: usize| -> rusqlite::Result<_> {
        let text: String = row.get(at)?;
        let pairs = text.split_whitespace().filter_map(|pair| {
            let (word, n) = pair.rsplit_once(':')?;
            Some((word.to_owned(), n.parse().ok()?))
        });
        Ok(pairs.collect())
    };
    let literals: Option<i64> = row.get(31)?;
    let number = |at: usize| -> rusqlite::Result<usize> {
        let n: Option<i64> = row.get(at)?;
        Ok(n.and_then(|n| usize::try_from(n).ok()).unwrap_or(0))
    };
    Ok(Sums {
        findings: row.get(14)?,
        kinds: counts(27)?,
        blames: counts(28)?,
        counted: Counted {
            turns: row.get(29)?,
            untrue: row.get(30)?,
        },
        coverage: match literals {
            None => None,
            Some(_) => Some(Coverage {
                literals: number(31)?,
                traced: number(32)?,
                untraced: number(33)?,
                unchecked: number(34)?,
            }),
        },
        looks: Looks {
            found: row.get(35)?,
            wrong: row.get(36)?,
            missed: row.get(37)?,
        },
        disagree: Disagree::of_weight(row.get(38)?),
    })
}

/// Words with counts, as [`of_row`] reads them; a word is found by ` word:`.
fn words(counts: &std::collections::BTreeMap<String, u32>) -> String {
    let mut out = String::new();
    for (word, n) in counts {
        // A judge's kind is any word; a space in it would make two of it.
        let word = word.split_whitespace().collect::<Vec<_>>().join("_");
        let _ = write!(out, " {word}:{n}");
    }
    out
}

/// What was found, into the row of a branch.
pub(super) fn put(db: &Connection, id: &ConvId, branch: &str, sums: &Sums) -> rusqlite::Result<()> {
    let covered = |of: fn(&Coverage) -> usize| sums.coverage.as_ref().map(|c| of(c) as i64);
    db.prepare_cached(
        "UPDATE queue SET findings = ?3, kinds = ?4, blames = ?5, spoken = ?6, untrue = ?7,
             rate = ?8, literals = ?9, traced = ?10, untraced = ?11, unchecked = ?12, found = ?13,
             wrong = ?14, missed = ?15, disagree = ?16
         WHERE conversation = ?1 AND branch = ?2",
    )?
    .execute((
        &id.0,
        branch,
        sums.findings,
        words(&sums.kinds),
        words(&sums.blames),
        sums.counted.turns,
        sums.counted.untrue,
        sums.counted.rate(),
        covered(|c| c.literals),
        covered(|c| c.traced),
        covered(|c| c.untraced),
        covered(|c| c.unchecked),
        sums.looks.found,
        sums.looks.wrong,
        sums.looks.missed,
        sums.disagree.map_or(0, Disagree::weight),
    ))?;
    Ok(())
}
