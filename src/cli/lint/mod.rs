//! `stategen lint`: the check over stored conversations and over files, without
//! a model.

mod given;
mod tell;

use super::context::{Context, json_line};
use super::exit::{Exit, Failure, Outcome};
use super::lines::count;
use crate::dataset::case::Case;
use crate::dataset::filter::Filter;
use crate::dataset::import::{self, BadEntry, Conversation, Entries, Entry, Format, Reader};
use crate::dataset::lint::{Linted, Totals, in_order};
use crate::dataset::queue::Sort;
use crate::driver::clock;
use crate::engine::id::ConvId;
use crate::engine::input::{Command, Input};
use crate::engine::score::{Blame, Finding, Severity};
use crate::store::{Store, StoreError};
use crate::surface::text::clean_line;
use serde_json::json;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Arguments of `lint`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Exit codes: 0 nothing found; 1 findings (with --max-rate: the rate is above \
    it); 2 wrong command line; 3 something could not be read. `stategen help lint` has the kinds \
    of findings, the formats and the shape of the JSON."
)]
pub struct Args {
    /// Stored conversations (names, beginnings or ends of them, or `last`) and
    /// files of conversations (one a line, a JSON list, or an object around one,
    /// gzipped or not); `-` is the standard input.
    #[arg(required_unless_present = "all")]
    pub what: Vec<String>,
    /// All stored conversations, or those that a filter of `list` lets through.
    #[arg(long, value_name = "FILTER", num_args = 0..=1, default_missing_value = "")]
    pub all: Option<String>,
    /// The format of the files; else each conversation says by its looks.
    #[arg(long, value_name = "NAME")]
    pub format: Option<String>,
    /// A folder with `policy.md`, `tools.json` and a world, or one with such
    /// folders by domain.
    #[arg(long, value_name = "DIR")]
    pub domain: Option<PathBuf>,
    /// The world before the first turn of each conversation of the files, as JSON.
    #[arg(long, value_name = "FILE")]
    pub world: Option<PathBuf>,
    /// The tools on offer, as a JSON list.
    #[arg(long, value_name = "FILE")]
    pub tools: Option<PathBuf>,
    /// The policy that agents were given.
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// World, tools and policies of a scenario.
    #[arg(long, value_name = "NAME")]
    pub scenario: Option<String>,
    /// Only findings of this kind; may be given several times.
    #[arg(long = "kind", value_name = "KIND")]
    pub kinds: Vec<String>,
    /// Only findings of this weight and above: low, medium, high.
    #[arg(long, value_name = "WEIGHT")]
    pub severity: Option<String>,
    /// Only findings that are the fault of: user, agent, tool, judge, scenario;
    /// may be given several times.
    #[arg(long = "blame", value_name = "WHO")]
    pub blames: Vec<String>,
    /// The largest share of untrue turns that passes, 0 to 1.
    #[arg(long, value_name = "RATE")]
    pub max_rate: Option<f64>,
    /// One JSON object a conversation, and a last one with the totals.
    #[arg(long)]
    pub json: bool,
    /// Nothing but the totals.
    #[arg(long, short)]
    pub quiet: bool,
}

/// Which findings are told.
#[derive(Clone, Debug, Default)]
pub(super) struct Wanted {
    kinds: Vec<String>,
    severity: Option<Severity>,
    blames: Vec<Blame>,
}

impl Wanted {
    fn read(args: &Args) -> Result<Self, Failure> {
        let all = [Severity::Low, Severity::Medium, Severity::High];
        let severity = args.severity.as_deref().map(|word| {
            let found = all.into_iter().find(|s| s.word() == word);
            found.ok_or_else(|| {
                Failure::usage(format!(
                    "there is no weight `{word}`; there are low, medium, high."
                ))
            })
        });
        let blames = args.blames.iter().map(|word| {
            Blame::parse(word).ok_or_else(|| {
                let names: Vec<&str> = Blame::ALL.iter().map(|b| b.word()).collect();
                Failure::usage(format!(
                    "nobody `{word}` is to blame; there are {}.",
                    names.join(", ")
                ))
            })
        });
        for kind in &args.kinds {
            let words = || crate::engine::grounding::KINDS.iter().map(|k| k.word);
            if !words().any(|w| w == kind) {
                let near = crate::config::nearest(kind, words())
                    .map(|near| format!(" Did you mean `{near}`?"))
                    .unwrap_or_default();
                return Err(Failure::usage(format!(
                    "there is no kind of finding `{kind}`.{near} `stategen help lint` lists them."
                )));
            }
        }
        Ok(Self {
            kinds: args.kinds.clone(),
            severity: severity.transpose()?,
            blames: blames.collect::<Result<_, _>>()?,
        })
    }

    /// Whether a finding is among them.
    pub fn has(&self, finding: &Finding) -> bool {
        (self.kinds.is_empty() || self.kinds.contains(&finding.kind))
            && self.severity.is_none_or(|least| finding.severity >= least)
            && (self.blames.is_empty() || self.blames.contains(&finding.blame))
    }
}

/// What was made of one conversation.
pub(super) struct One {
    /// Where it is: `file:line`, `file:line#number` in a list, `store`.
    pub source: String,
    /// Its name; may be empty.
    pub id: String,
    /// Its format, or its scenario and task.
    pub of: String,
    /// What the check says, or why it could not be read.
    pub linted: Result<Linted, String>,
}

/// Runs the command.
///
/// # Errors
/// The command line is wrong, or a file or the store cannot be read.
pub fn run(args: &Args, ctx: &Context, out: &mut dyn Write) -> Outcome {
    let wanted = Wanted::read(args)?;
    if args
        .max_rate
        .is_some_and(|rate| !(0.0..=1.0).contains(&rate))
    {
        return Err(Failure::usage("--max-rate is a share: 0 to 1."));
    }
    let format = args.format.as_deref().map(import::format).transpose();
    let format = format.map_err(|why| Failure::usage(format!("{why}.")))?;
    let given = given::read(args, ctx)?;
    let mut run = Run {
        args,
        wanted: &wanted,
        out,
        totals: Totals::default(),
        alone: false,
    };
    let began = clock::moment();
    if let Some(filter) = &args.all {
        run.filtered(ctx, filter)?;
    }
    for what in &args.what {
        let path = Path::new(what);
        if what == "-" || path.is_file() {
            run.file(path, format, &given)?;
        } else if path.is_dir() {
            return Err(Failure::usage(format!(
                "{what} is a folder; name the files in it."
            )));
        } else {
            run.stored(ctx, what)?;
        }
    }
    run.end(began.elapsed())
}

struct Run<'a> {
    args: &'a Args,
    wanted: &'a Wanted,
    out: &'a mut dyn Write,
    totals: Totals,
    /// Whether one was asked for by name: it is told even where nothing is wrong
    /// with it.
    alone: bool,
}

impl Run<'_> {
    /// Counts one, and tells it.
    fn take(&mut self, one: &One) -> Result<(), Failure> {
        match &one.linted {
            Err(why) => {
                self.totals.unread += 1;
                if self.args.json {
                    let line = json!({"source": one.source, "id": one.id, "error": why});
                    return json_line(self.out, &line);
                }
                eprintln!("{}", clean_line(&format!("{}: {why}", one.source)));
                Ok(())
            }
            Ok(linted) => {
                self.totals.add(linted, &|f| self.wanted.has(f));
                if self.args.quiet {
                    return Ok(());
                }
                if self.args.json {
                    return json_line(self.out, &tell::value(one, linted, self.wanted));
                }
                if let Some(text) = tell::lines(one, linted, self.wanted, self.alone) {
                    writeln!(self.out, "{text}")?;
                }
                Ok(())
            }
        }
    }

    /// The stored conversations that a filter lets through.
    fn filtered(&mut self, ctx: &Context, filter: &str) -> Result<(), Failure> {
        let filter = Filter::parse(filter).map_err(|why| Failure::usage(why.to_string()))?;
        let Some(seen) = ctx.stored()? else {
            return Ok(());
        };
        let items = seen.queue(filter.conditions(), Sort::Newest, 0, u64::MAX)?;
        drop(seen);
        let root = ctx.project.root.clone();
        // Where the store can be written the queue is brought up to date with what
        // the check says now; where it cannot, it is read alone.
        let open = || Store::open(&root).or_else(|_| Store::open_read_only(&root));
        in_order(
            items.into_iter(),
            open,
            |store, item| match store {
                Ok(store) => of_store(store, &item.row.id, Some(&item.row.branch)),
                Err(why) => unread(&item.row.id, why),
            },
            |one| self.take(&one),
        )
    }

    /// One stored conversation, by its name.
    fn stored(&mut self, ctx: &Context, name: &str) -> Result<(), Failure> {
        if name.contains(['/', '.']) {
            return Err(Failure::store(format!("there is no file {name}.")));
        }
        let (_, id) = ctx.conversation(name)?;
        let store = ctx.store()?;
        self.alone = true;
        self.take(&of_store(&store, &id, None))
    }

    /// The conversations of a file.
    fn file(
        &mut self,
        path: &Path,
        format: Option<&'static dyn Format>,
        given: &given::Beside,
    ) -> Result<(), Failure> {
        let name = if path == Path::new("-") {
            String::from("stdin")
        } else {
            path.display().to_string()
        };
        let unreadable = |why: std::io::Error| {
            Failure::store(format!(
                "{name} cannot be read: {why}. Nothing was changed."
            ))
        };
        let mut entries = Entries::open(path).map_err(unreadable)?.peekable();
        if let Some(Ok(first)) = entries.peek()
            && first.text.starts_with("{\"stategen_case\":")
        {
            self.alone = true;
            return self.take(&of_case(path, &name));
        }
        self.alone = false;
        let folder = path.parent().unwrap_or_else(|| Path::new("."));
        let reader = given.reader(folder);
        in_order(
            entries,
            || reader.clone(),
            |reader, entry| of_entry(reader, format, &name, entry),
            |one| self.take(&one),
        )
    }

    /// The totals, and how it ends.
    fn end(self, took: Duration) -> Outcome {
        let totals = &self.totals;
        if self.args.json {
            json_line(self.out, &json!({"summary": totals}))?;
        } else {
            writeln!(self.out, "{}", tell::totals(totals))?;
        }
        let seconds = took.as_secs_f64();
        let each = totals.conversations as f64 / seconds.max(1e-9);
        eprintln!(
            "{} in {seconds:.2} s: {each:.0} a second",
            count(totals.conversations as usize, "conversation")
        );
        let above = match self.args.max_rate {
            Some(most) => totals.rate.is_some_and(|rate| rate > most),
            None => totals.findings() > 0,
        };
        Ok(if totals.unread > 0 {
            Exit::Store
        } else if above {
            Exit::Wrong
        } else {
            Exit::Ok
        })
    }
}

fn unread(id: &ConvId, why: &impl ToString) -> One {
    One {
        source: String::from("store"),
        id: id.0.clone(),
        of: String::new(),
        linted: Err(why.to_string()),
    }
}

/// A stored conversation at one of its branches. What the check says is kept, so
/// that the queue shows it.
fn of_store(store: &Store, id: &ConvId, branch: Option<&str>) -> One {
    let stored = match store.look(id) {
        Ok(stored) => stored,
        Err(why) => return unread(id, &why),
    };
    let mut session = stored.session;
    if let Some(branch) = branch.filter(|b| **b != session.current().name) {
        let branch = branch.to_owned();
        let _ = session.handle(Input::Command(Command::Switch { branch }));
    }
    let at = session.head();
    let marks = match store.marks(id) {
        Ok(marks) => marks,
        Err(why) => return unread(id, &why),
    };
    let checks = session.checked(at);
    match store.keep_checks(id, &checks) {
        Ok(()) | Err(StoreError::ReadOnly { .. }) => {}
        Err(why) => return unread(id, &why),
    }
    let opened = session.opened();
    One {
        source: String::from("store"),
        id: id.0.clone(),
        of: format!("{}/{}", opened.scenario, opened.task),
        linted: Ok(Linted::lived(&session, at, &marks)),
    }
}

fn of_case(path: &Path, name: &str) -> One {
    let read = std::fs::File::open(path).map_err(|why| why.to_string());
    let read = read.and_then(|file| {
        let case = Case::read(&mut std::io::BufReader::new(file)).map_err(|why| why.to_string())?;
        let session = case.session().map_err(|why| why.to_string())?;
        let marks = case.marks();
        let linted = Linted::lived(&session, session.head(), &marks);
        Ok((case.conversation().0.clone(), linted))
    });
    let (id, linted) = match read {
        Ok((id, linted)) => (id, Ok(linted)),
        Err(why) => (String::new(), Err(why)),
    };
    One {
        source: name.to_owned(),
        id,
        of: String::from("case"),
        linted,
    }
}

fn of_entry(
    reader: &mut Reader,
    format: Option<&'static dyn Format>,
    name: &str,
    entry: Result<Entry, BadEntry>,
) -> One {
    let (place, read) = match entry {
        Ok(entry) => (entry.place, import::read(&entry, format, reader)),
        Err(bad) => (bad.place, Err(bad.why)),
    };
    let (id, of, linted) = match read {
        Ok((format, conversation)) => {
            let id = Conversation::id(&conversation).to_owned();
            (id, format.name(), Ok(Linted::of(&conversation)))
        }
        Err(why) => (String::new(), "", Err(why)),
    };
    One {
        source: format!("{name}:{place}"),
        id,
        of: of.to_owned(),
        linted,
    }
}
