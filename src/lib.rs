//! StateGen: state-grounded, multi-agent synthetic conversations in a terminal.
//!
//! Four roles take turns (a user simulator with a persona, the agent under test,
//! whatever executes its tools, a judge) around one authoritative world that
//! only code may change. The backend is the truth.
//!
//! # Words
//!
//! | word | meaning |
//! |---|---|
//! | scenario | a folder: world, tools, agents, personas, rubric, tasks |
//! | task | one user goal: facts, start patch, reference path, assertions |
//! | version | the content hash of a scenario's files |
//! | world | the authoritative state; only patches change it |
//! | ledger | where each value of the world came from |
//! | role | user, agent, tool, judge |
//! | executor | how a tool answers: table, rules, model, agent, human |
//! | step | one role acting once: an immutable node of a tree |
//! | branch, head, cursor | a name for a path of steps, its newest step, what one looks at |
//! | setting | what holds at a place of the tree: scenario version, bound task, persona |
//! | edit | a change of these or of the world by a person: a step of its own, which no role sees |
//! | call, try | one request to a model, numbered; each time that it is sent. Tries of a step are the steps with the same parent |
//! | trial | the rest of a branch run several times with fresh seeds, each run in a branch of its own |
//! | seat | who plays a role: the stand-in, a model, or a person who has taken it; a sub-agent and a tool can have one of their own |
//! | finding | one thing wrong, pinned to a step, blamed on a role or the scenario |
//! | literal, trace | a value in a text, a call or a result; where its speaker could know it from |
//! | coverage | how many literals were looked at: traced, not traced, not checked |
//! | rate | the share of turns with a finding that something untrue was said |
//! | mark | a person's word on the check: this finding is wrong, that one was missed |
//! | fault, deck | something put in on purpose; a named set of faults of a scenario |
//! | axis, gate, overall | a judge criterion, a minimum, the rubric's formula |
//!
//! # Layers
//!
//! ```text
//! engine     pure: session (inputs in, effects out), scenario, world, rules,
//!            persona, role, grounding, score. Uses nothing else of ours.
//! providers  from a request to a reply: models over HTTP in two
//!            dialects, cassettes, the scripted stand-in            (engine)
//! store      SQLite: events, blobs, projections, and beside the
//!            log what went over the wire                           (engine)
//! config     files, environment, flags; samples built in           (engine)
//! surface    the tables of actions and verbs, keys, theme roles,
//!            text made safe                                        (engine)
//! dataset    case files; the queue that is decided through, its
//!            filter, exports, what an edit makes stale             (engine, store)
//! driver     runs effects: tries, limits, money; the only clock    (engine, providers, store)
//! cli        headless commands                                     (all but tui)
//! tui        the workbench                                         (all but cli and providers)
//! ```
//!
//! Each layer is a cargo feature whose dependencies it alone brings in, so
//! `cargo check --no-default-features --lib` builds the engine by itself;
//! `tests/it/arch.rs` holds who may name whom.
//!
//! # Invariants
//!
//! 1. The log is the truth: [`engine::session::Session::replay`] of a stored log
//!    equals the live session. `apply` alone changes a session, from events, so
//!    the two cannot drift apart.
//! 2. The log is self-contained: files are blobs named by content; those that an
//!    edit brings in are stored in the transaction of its event.
//! 3. A step's body is deterministic and hashed into its id; ids of calls, times
//!    and cost are envelope.
//! 4. [`engine::session::Session::handle`] does no IO, asks no clock, draws only
//!    from hash(seed, path of the step, try), and never panics.
//! 5. Appends are committed before the view moves on or a call is sent.
//! 6. Only [`engine::world::Patch`] changes the world, and a patch that breaks
//!    schema or invariants is refused before anybody sees a result.
//! 7. The world is a persistent tree: snapshot, fork and rewind copy a pointer.
//! 8. An answer to a call that is no longer wanted changes nothing.
//! 9. Nothing that was made is destroyed: rewinding moves names.
//! 10. What a model wrote is data, never a rule, a template, a path or an escape
//!     sequence.
//! 11. No key or secret is written anywhere.
//!
//! # Where this differs from the first plan
//!
//! - [`engine::input::Input::Continue`] and its effect let one input make one
//!   step at most, so that each step is a transaction of its own and a person can
//!   break in between two steps of code.
//! - What follows from a place is a function of the place (see
//!   `engine::session`), so the session needs no other memory to go on from
//!   anywhere.
//! - What shaped a step hangs on its place too ([`engine::session::Setting`]): an
//!   edit is a step, so that rewinding past it undoes it and a fork can go on
//!   without it.
//! - Seats that a person has taken and breakpoints are no part of the log: they
//!   are wishes of who looks on, and change no step that was made.
//! - Rules live in `*.rules` files of their own: text needs no quoting there.
//! - What a `model` tool reads and writes can depend on the call
//!   ([`engine::world::Reach`]): a whole table is more than a model can hold, and
//!   more than the call is about.
//! - One check follows every conversation, lived, stored or read from a file
//!   ([`engine::grounding::Check`]): it hears turns and knows no session. It keeps
//!   what each agent has heard by itself, so that a sub-agent's reading is no
//!   source for the agent above it before it was passed on.
//! - A finding that code makes stays with the step as it was made; what the check
//!   says now is counted beside it, so that a better check changes no log. Marks of
//!   people are in the store, not in the log, as decisions are.
//! - Faults are put in by the engine, drawn from seed and place, so that they work
//!   for every executor and every model, and a replay has them again.
//! - The judge is asked for each axis by its name, not for a list: a decoder that
//!   is held to a schema can then leave none out.
//! - A stream's own times are measured where its bytes come
//!   (`providers::transport`), with a clock that counts from the request alone;
//!   what time it is the driver knows.

pub mod engine;

#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "config")]
pub mod config;
#[cfg(feature = "dataset")]
pub mod dataset;
#[cfg(feature = "driver")]
pub mod driver;
#[cfg(feature = "providers")]
pub mod providers;
#[cfg(feature = "store")]
pub mod store;
#[cfg(feature = "surface")]
pub mod surface;
#[cfg(feature = "tui")]
pub mod tui;
