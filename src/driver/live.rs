//! A session at work beside a screen: commands in, updates out. It has a thread
//! of its own, so that neither the store nor a call ever holds a frame back.

use super::{AgainReport, Driver, Seats, Spend, clock};
use crate::engine::effect::Notice;
use crate::engine::id::{CallId, StepId};
use crate::engine::input::{Command, Input};
use crate::engine::role::{Reply, Request, Role};
use crate::engine::session::Session;
use crate::providers::scripted::chunks;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;

/// What a screen is told.
#[derive(Clone, Debug)]
pub enum Update {
    /// The session after something was committed.
    Session(Arc<Session>),
    /// The text so far of a call in flight. It never enters the engine.
    Partial {
        /// Which call.
        call: CallId,
        /// Which seat.
        role: Role,
        /// The agent path of the step it will become.
        agent: Vec<String>,
        /// All text so far; of the tool simulator and the judge it is JSON.
        text: String,
        /// All reasoning so far.
        reasoning: String,
    },
    /// A call in flight waits, and why: a pause before another try, a limit of
    /// the provider. Holds until the next update of this call.
    Waiting {
        /// Which call.
        call: CallId,
        /// In words: `agent: 429 from api/large, try 2 of 5 in 4 s`.
        words: String,
    },
    /// What the conversation has cost so far.
    Spend(Spend),
    /// Who plays which seat, after it changed and at the start.
    Seats(Vec<SeatRow>),
    /// How far sending a request again has come.
    Again(Arc<AgainReport>),
    /// A word to the person.
    Notice(Notice),
    /// Steps committed since the conversation was opened here.
    Saved {
        /// How many.
        steps: usize,
    },
    /// The store cannot be written: what happened, what is safe, what to do.
    StoreTrouble(String),
    /// A line for the log pane.
    Log(String),
}

/// What a screen can want.
#[derive(Clone, Debug, PartialEq)]
pub enum Order {
    /// Something of the session.
    Command(Command),
    /// Another player in a seat.
    Seat {
        /// `user`, `agent`, `tool`, `judge`, `agent/NAME`, `tool/NAME`.
        seat: String,
        /// `scripted` or `provider/model`.
        choice: String,
        /// For the next call alone.
        once: bool,
    },
    /// Send a step's request several times, beside the conversation. Stopping
    /// the call in flight does not stop these.
    Again {
        /// The step.
        step: StepId,
        /// How often; 0 stops those that are under way or still to come.
        times: u32,
    },
}

impl From<Command> for Order {
    fn from(command: Command) -> Self {
        Self::Command(command)
    }
}

/// Who plays a seat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeatRow {
    /// `user`, `agent`, `tool`, `judge`, `agent/NAME`, `tool/NAME`.
    pub seat: String,
    /// `scripted` or `provider/model`.
    pub plays: String,
    /// Who takes the next call alone.
    pub once: Option<String>,
    /// All that it can be switched to, `scripted` first.
    pub choices: Vec<String>,
}

/// The way to a running session. Dropping it ends the session's thread; all
/// that was shown is stored.
#[derive(Clone, Debug)]
pub struct Handle {
    orders: UnboundedSender<Order>,
}

impl Handle {
    /// Sends an order; false where the session's thread is gone.
    pub fn send(&self, order: impl Into<Order>) -> bool {
        self.orders.send(order.into()).is_ok()
    }
}

/// Starts a session's thread. `delay` is the time between two pieces of a
/// scripted reply's text; zero shows each reply at once.
///
/// # Errors
/// The thread or its runtime cannot be started.
pub fn start(
    driver: Driver,
    seats: Seats,
    delay: Duration,
) -> std::io::Result<(Handle, UnboundedReceiver<Update>)> {
    let (orders, inbox) = unbounded_channel();
    let (updates, outbox) = unbounded_channel();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()?;
    std::thread::Builder::new()
        .name(String::from("session"))
        .spawn(move || {
            let work = Live::new(driver, seats, delay, updates).run(inbox);
            runtime.block_on(work);
        })?;
    Ok((Handle { orders }, outbox))
}

struct Live {
    driver: Driver,
    seats: Arc<Seats>,
    delay: Duration,
    updates: UnboundedSender<Update>,
    replies: UnboundedSender<(CallId, Reply)>,
    answered: UnboundedReceiver<(CallId, Reply)>,
    flying: HashMap<CallId, JoinHandle<()>>,
    steps: usize,
}

impl Live {
    fn new(
        driver: Driver,
        seats: Seats,
        delay: Duration,
        updates: UnboundedSender<Update>,
    ) -> Self {
        let (replies, answered) = unbounded_channel();
        Self {
            driver,
            seats: Arc::new(seats),
            delay,
            updates,
            replies,
            answered,
            flying: HashMap::new(),
            steps: 0,
        }
    }

    fn tell(&self, update: Update) {
        // Nobody listens any more: the screen is closing, and the log has it all.
        let _ = self.updates.send(update);
    }

    async fn run(mut self, mut inbox: UnboundedReceiver<Order>) {
        self.tell(Update::Session(Arc::new(self.driver.session().clone())));
        loop {
            let input = tokio::select! {
                // A person's word goes before an answer that came at the same time.
                biased;
                command = inbox.recv() => match command {
                    Some(Order::Command(command)) => Input::Command(command),
                    Some(Order::Seat { .. } | Order::Again { .. }) => continue,
                    None => break,
                },
                Some((call, reply)) = self.answered.recv() => {
                    self.flying.remove(&call);
                    Input::Reply { call, body: Box::new(reply) }
                }
            };
            self.take(input, &mut inbox).await;
        }
        for (_, task) in self.flying.drain() {
            task.abort();
        }
    }

    /// Takes an input and the steps of code that follow it; a command that
    /// comes in between goes first.
    async fn take(&mut self, input: Input, inbox: &mut UnboundedReceiver<Order>) {
        let mut next = Some(input);
        while let Some(input) = next.take() {
            match self.driver.take(input) {
                Err(error) => {
                    self.tell(Update::Session(Arc::new(self.driver.session().clone())));
                    self.tell(Update::StoreTrouble(error.to_string()));
                    return;
                }
                Ok(todo) => {
                    let steps = todo
                        .committed
                        .iter()
                        .filter(|e| matches!(e, crate::engine::event::Event::Stepped { .. }))
                        .count();
                    self.steps = self.steps.saturating_add(steps);
                    self.tell(Update::Session(Arc::new(self.driver.session().clone())));
                    for notice in todo.notices {
                        self.tell(Update::Notice(notice));
                    }
                    if steps > 0 {
                        self.tell(Update::Saved { steps: self.steps });
                    }
                    for call in todo.cancel {
                        if let Some(task) = self.flying.remove(&call) {
                            task.abort();
                        }
                    }
                    for request in todo.calls {
                        self.send(request);
                    }
                    if todo.on {
                        next = match inbox.try_recv() {
                            Ok(Order::Command(command)) => {
                                // The step of code still follows, unless the command says otherwise.
                                if let Err(error) = self.between(command) {
                                    self.tell(Update::StoreTrouble(error));
                                    return;
                                }
                                Some(Input::Continue)
                            }
                            Ok(Order::Seat { .. } | Order::Again { .. }) | Err(_) => {
                                Some(Input::Continue)
                            }
                        };
                        // A person follows code at a pace that can be read.
                        if !self.delay.is_zero() {
                            tokio::time::sleep(self.delay.saturating_mul(4)).await;
                        }
                    }
                }
            }
        }
    }

    fn between(&mut self, command: Command) -> Result<(), String> {
        let todo = self
            .driver
            .take(Input::Command(command))
            .map_err(|e| e.to_string())?;
        for notice in todo.notices {
            self.tell(Update::Notice(notice));
        }
        self.tell(Update::Session(Arc::new(self.driver.session().clone())));
        Ok(())
    }

    fn send(&mut self, request: Request) {
        let seats = Arc::clone(&self.seats);
        let updates = self.updates.clone();
        let replies = self.replies.clone();
        let delay = self.delay;
        let call = request.call;
        let began = clock::moment();
        let task = tokio::spawn(async move {
            let reply = seats.ask(&request);
            if !delay.is_zero() {
                // A first pause, as long as a reader needs to see who is asked.
                tokio::time::sleep(delay.saturating_mul(6)).await;
                // The tool simulator's and the judge's JSON is no text to read along.
                let aloud = matches!(request.role, Role::User | Role::Agent);
                let mut text = String::new();
                for piece in chunks(&reply.text).into_iter().filter(|_| aloud) {
                    text.push_str(&piece);
                    let update = Update::Partial {
                        call,
                        role: request.role,
                        agent: request.agent.clone(),
                        text: text.clone(),
                        reasoning: String::new(),
                    };
                    let _ = updates.send(update);
                    tokio::time::sleep(delay).await;
                }
            }
            let took = began.elapsed().as_millis();
            let _ = updates.send(Update::Log(format!(
                "call {} answered after {took} ms",
                call.0
            )));
            let _ = replies.send((call, reply));
        });
        self.flying.insert(call, task);
    }
}
