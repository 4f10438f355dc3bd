//! A session at work beside a screen: commands in, updates out. It has a thread
//! of its own, so that neither the store nor a call ever holds a frame back.

use super::seats::{At, Seen};
use super::{AgainReport, Driver, SeatRow, Seats, Spend, again, clock};
use crate::engine::effect::Notice;
use crate::engine::id::{CallId, StepId};
use crate::engine::input::{Command, Input};
use crate::engine::role::{Reply, Request, Role};
use crate::engine::session::Session;
use crate::providers::Delta;
use crate::providers::scripted::chunks;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;

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
        .enable_all()
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
    replies: UnboundedSender<(CallId, Result<Reply, String>)>,
    answered: UnboundedReceiver<(CallId, Result<Reply, String>)>,
    flying: HashMap<CallId, JoinHandle<()>>,
    /// A request that is sent again and again, beside the conversation.
    again: Option<JoinHandle<()>>,
    steps: usize,
}

impl Live {
    fn new(
        mut driver: Driver,
        seats: Seats,
        delay: Duration,
        updates: UnboundedSender<Update>,
    ) -> Self {
        let (replies, answered) = unbounded_channel();
        driver.seat(&seats);
        Self {
            driver,
            seats: Arc::new(seats),
            delay,
            updates,
            replies,
            answered,
            flying: HashMap::new(),
            again: None,
            steps: 0,
        }
    }

    fn tell(&self, update: Update) {
        // Nobody listens any more: the screen is closing, and the log has it all.
        let _ = self.updates.send(update);
    }

    async fn run(mut self, mut inbox: UnboundedReceiver<Order>) {
        self.tell(Update::Session(Arc::new(self.driver.session().clone())));
        self.tell(Update::Seats(self.seats.rows()));
        self.tell(Update::Spend(self.seats.spend()));
        loop {
            let input = tokio::select! {
                // A person's word goes before an answer that came at the same time.
                biased;
                order = inbox.recv() => match order.map(|order| self.ordered(order)) {
                    Some(Some(command)) => Input::Command(command),
                    Some(None) => continue,
                    None => break,
                },
                Some((call, reply)) = self.answered.recv() => {
                    self.flying.remove(&call);
                    self.landed();
                    match reply {
                        Ok(reply) => Input::Reply { call, body: Box::new(reply) },
                        Err(error) => Input::Failed { call, error },
                    }
                }
            };
            self.take(input, &mut inbox).await;
        }
        for (_, task) in self.flying.drain() {
            task.abort();
        }
        if let Some(task) = self.again {
            task.abort();
        }
    }

    /// Does what is not the session's matter; a command is handed back.
    fn ordered(&mut self, order: Order) -> Option<Command> {
        match order {
            Order::Command(command) => return Some(command),
            Order::Seat { seat, choice, once } => {
                match self.seats.switch(&seat, &choice, once) {
                    Ok(()) => {
                        let how = if once {
                            "for the next call"
                        } else {
                            "from now on"
                        };
                        self.tell(Update::Log(format!("{seat}: {choice} {how}")));
                    }
                    Err(why) => self.tell(Update::Notice(Notice::Refused(why))),
                }
                self.tell(Update::Seats(self.seats.rows()));
            }
            Order::Again { step, times } => self.again(step, times),
        }
        None
    }

    /// Sends a step's request again, beside the conversation.
    fn again(&mut self, step: StepId, times: u32) {
        if let Some(task) = self.again.take() {
            task.abort();
            self.tell(Update::Spend(self.seats.spend()));
        }
        if times == 0 {
            return;
        }
        let session = self.driver.session().clone();
        let seats = Arc::clone(&self.seats);
        let updates = self.updates.clone();
        self.again = Some(tokio::spawn(async move {
            let told = |report: &AgainReport| {
                let _ = updates.send(Update::Again(Arc::new(report.clone())));
                let _ = updates.send(Update::Spend(seats.spend()));
            };
            if let Err(why) = again::run(&seats, &session, step, times, told).await {
                let _ = updates.send(Update::Notice(Notice::Refused(why)));
            }
        }));
    }

    /// A call came to its end: what it took is told.
    fn landed(&mut self) {
        self.driver.note(&self.seats);
        self.tell(Update::Spend(self.seats.spend()));
        self.tell(Update::Seats(self.seats.rows()));
    }

    /// Takes an input and the steps of code that follow it; an order that comes
    /// in between goes first.
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
                    self.cancel(&todo.cancel).await;
                    for request in todo.calls {
                        self.send(request);
                    }
                    if todo.on {
                        let order = inbox.try_recv().ok();
                        if let Some(command) = order.and_then(|order| self.ordered(order))
                            // The step of code still follows, unless the command says otherwise.
                            && let Err(error) = self.between(command)
                        {
                            self.tell(Update::StoreTrouble(error));
                            return;
                        }
                        next = Some(Input::Continue);
                        // A person follows code at a pace that can be read.
                        if !self.delay.is_zero() {
                            tokio::time::sleep(self.delay.saturating_mul(4)).await;
                        }
                    }
                }
            }
        }
    }

    /// Stops calls. What came of them until now is filed before going on.
    async fn cancel(&mut self, calls: &[CallId]) {
        for call in calls {
            if let Some(task) = self.flying.remove(call) {
                task.abort();
                // It ends at once: it waits for nothing but the wire and the clock.
                let _ = task.await;
                self.landed();
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
        let call = request.call;
        let replies = self.replies.clone();
        let flight = Flight {
            seats: Arc::clone(&self.seats),
            updates: self.updates.clone(),
            delay: self.delay,
            at: At::after(self.driver.session(), self.driver.session().head()),
        };
        let task = tokio::spawn(async move {
            let reply = if flight.seats.is_scripted(&request) {
                flight.scripted(&request).await
            } else {
                flight.model(&request).await
            };
            let _ = replies.send((call, reply));
        });
        self.flying.insert(call, task);
    }
}

/// One call in flight.
struct Flight {
    seats: Arc<Seats>,
    updates: UnboundedSender<Update>,
    delay: Duration,
    at: At,
}

impl Flight {
    fn tell(&self, update: Update) {
        let _ = self.updates.send(update);
    }

    /// The stand-in's answer, word by word, as a model's would come.
    async fn scripted(&self, request: &Request) -> Result<Reply, String> {
        let began = clock::moment();
        let reply = self.seats.ask(request, &self.at, &mut |_| {}).await?;
        if !self.delay.is_zero() {
            // A first pause, as long as a reader needs to see who is asked.
            tokio::time::sleep(self.delay.saturating_mul(6)).await;
            // The tool simulator's and the judge's JSON is no text to read along.
            let aloud = matches!(request.role, Role::User | Role::Agent);
            let mut so_far = SoFar::default();
            for piece in chunks(&reply.text).into_iter().filter(|_| aloud) {
                so_far.text.push_str(&piece);
                self.tell(so_far.update(request));
                tokio::time::sleep(self.delay).await;
            }
        }
        let took = began.elapsed().as_millis();
        self.tell(Update::Log(format!(
            "call {} answered after {took} ms",
            request.call.0
        )));
        Ok(reply)
    }

    /// A model's answer, told while it comes, a few times a second at most as
    /// often as a screen is drawn.
    async fn model(&self, request: &Request) -> Result<Reply, String> {
        let so_far = Mutex::new(SoFar::default());
        let mut watch = |seen: Seen| {
            let mut so_far = so_far.lock().unwrap_or_else(PoisonError::into_inner);
            match seen {
                Seen::Delta(Delta::Text(text)) => so_far.text.push_str(&text),
                Seen::Delta(Delta::Reasoning(text)) => so_far.reasoning.push_str(&text),
                Seen::Delta(Delta::Call(text)) => so_far.calls.push_str(&text),
                Seen::Anew => {
                    // What was shown is taken back at once, before anything is
                    // said of the next try; so are the words of a wait, when it
                    // begins.
                    let shown = *so_far != SoFar::default();
                    *so_far = SoFar::default();
                    if shown {
                        self.tell(so_far.update(request));
                    }
                    return;
                }
                Seen::Waiting(words) => {
                    let call = request.call;
                    so_far.waits = true;
                    self.tell(Update::Waiting { call, words });
                    return;
                }
                Seen::Log(line) => return self.tell(Update::Log(line)),
            }
            so_far.fresh = true;
        };
        let asked = self.seats.ask(request, &self.at, &mut watch);
        tokio::pin!(asked);
        let mut frames = tokio::time::interval(FRAME);
        frames.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                reply = &mut asked => return reply,
                _ = frames.tick() => {
                    let mut so_far = so_far.lock().unwrap_or_else(PoisonError::into_inner);
                    if std::mem::take(&mut so_far.fresh) {
                        self.tell(so_far.update(request));
                    }
                }
            }
        }
    }
}

/// How often the text of a call in flight is told anew.
const FRAME: Duration = Duration::from_millis(33);

/// What a call in flight has said.
#[derive(Default, PartialEq)]
struct SoFar {
    text: String,
    reasoning: String,
    calls: String,
    fresh: bool,
    waits: bool,
}

impl SoFar {
    fn update(&self, request: &Request) -> Update {
        let mut text = self.text.clone();
        if !self.calls.is_empty() {
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(&self.calls);
        }
        Update::Partial {
            call: request.call,
            role: request.role,
            agent: request.agent.clone(),
            text,
            reasoning: self.reasoning.clone(),
        }
    }
}
