//! A model asked until it answers: tries with pauses, within the provider's
//! limits and the conversation's cap, each of them filed.

use super::super::clock;
use super::super::limits::Leave;
use super::super::setup::Price;
use super::{At, Seats, Seen, Watch, retry, seat_word};
use crate::engine::role::{Reply, Request};
use crate::providers::wire::{Exchange, Tape};
use crate::providers::{
    Answer, CallError, Delta, Kind, Model, Retry, Structured, Transport, Usage, ask,
};
use crate::store::{CallRecord, Outcome};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

/// Characters of a token, where nobody has counted yet.
const CHARS: u64 = 4;
/// Tokens that an answer is taken to have, where no bound is set.
const ANSWER: u64 = 500;

impl Seats {
    /// Asks a model, as often as it takes.
    pub(super) async fn try_model(
        &self,
        model: &Model,
        request: &Request,
        at: &At,
        watch: &mut Watch<'_>,
    ) -> Result<Reply, String> {
        let provider = model.endpoint.name.clone();
        let bounds = self
            .setup
            .bounds
            .get(&provider)
            .copied()
            .unwrap_or_default();
        let gate = self.setup.gates.of(&provider, bounds);
        // What is played back costs nobody anything, and waits for nobody.
        let played = matches!(self.setup.transport, Transport::Replay(_));
        let mut model = self.as_learnt(model);
        let seat = seat_word(request.role);
        let mut tried = 0;
        let mut numbered = 0;
        loop {
            if let Some(why) = self.books.capped().filter(|_| !played) {
                return Err(why);
            }
            tried += 1;
            numbered += 1;
            let leave = if played {
                None
            } else {
                let mut told = |wait: &super::super::limits::Wait| {
                    watch(Seen::Waiting(format!(
                        "{seat}: {provider} waits{}: {}",
                        seconds(wait.time),
                        wait.why
                    )));
                };
                Some(gate.enter(estimate(&model, request), &mut told).await)
            };
            watch(Seen::Anew);
            let mut filing = Filing::begin(self, &model, request, at, numbered);
            let tape = filing.tape.clone();
            let mut pieces = |delta: Delta| watch(Seen::Delta(delta));
            let asked = ask(&model, request, &self.setup.transport, &tape, &mut pieces).await;
            let taken = filing.end(&asked);
            if let (Some(leave), Some(tokens)) = (&leave, taken.tokens) {
                gate.used(leave, tokens);
            }
            drop::<Option<Leave>>(leave);
            watch(Seen::Log(taken.line));
            if let Some(trouble) = self.books.trouble() {
                watch(Seen::Log(trouble));
            }
            let error = match asked {
                Ok(answer) => {
                    if answer.schema_ignored && model.endpoint.structured == Structured::Auto {
                        // This answer goes to whoever reads it, and is repaired
                        // there; the next request asks in words.
                        self.learn(&model);
                    }
                    for note in answer.notes {
                        watch(Seen::Log(format!("{seat}: {note}")));
                    }
                    return Ok(answer.reply);
                }
                Err(error) => error,
            };
            watch(Seen::Anew);
            if let Some(other) = self.other_way(&model, request, &error) {
                watch(Seen::Log(format!(
                    "{seat}: {} refuses a JSON Schema; it is asked for in words from now on",
                    model.id()
                )));
                model = other;
                tried -= 1;
                continue;
            }
            let Some(pause) = retry::pause(&error, tried, bounds, request.seed) else {
                return Err(told(&model, &error, tried));
            };
            if played {
                continue;
            }
            if let (Kind::Status(429), Retry::After(time)) = (&error.kind, error.retry) {
                gate.close(time);
            }
            watch(Seen::Waiting(format!(
                "{seat}: try {} of {}{}: {}",
                tried + 1,
                bounds.retries + 1,
                seconds(pause),
                error.what
            )));
            tokio::time::sleep(pause).await;
        }
    }

    /// The model, with the way of asking for JSON that its endpoint was found to take.
    fn as_learnt(&self, model: &Model) -> Model {
        let learnt = self.learnt.lock().unwrap_or_else(PoisonError::into_inner);
        match learnt.get(&model.id()) {
            Some(way) => with(model, *way),
            None => model.clone(),
        }
    }

    /// Another way of asking for JSON, where the endpoint refused this one.
    fn other_way(&self, model: &Model, request: &Request, error: &CallError) -> Option<Model> {
        let auto = model.endpoint.structured == Structured::Auto && request.schema.is_some();
        if !(auto && refuses_schema(error)) {
            return None;
        }
        self.learn(model);
        Some(with(model, Structured::Prompt))
    }

    /// Remembers that an endpoint takes no schema.
    fn learn(&self, model: &Model) {
        let mut learnt = self.learnt.lock().unwrap_or_else(PoisonError::into_inner);
        learnt.insert(model.id(), Structured::Prompt);
    }
}

/// Whether an endpoint says that it takes no JSON Schema.
#[must_use]
pub fn refuses_schema(error: &CallError) -> bool {
    let refused = matches!(error.kind, Kind::Status(400 | 404 | 415 | 422 | 501));
    let says = error.what.to_lowercase();
    refused
        && ["response_format", "json_schema", "schema", "output_config"]
            .iter()
            .chain(&["structured", "grammar", "output_format"])
            .any(|word| says.contains(word))
}

/// What a failed call comes to, for a person.
fn told(model: &Model, error: &CallError, tried: u32) -> String {
    let tries = if tried > 1 {
        format!(" ({tried} tries)")
    } else {
        String::new()
    };
    let help = if error.help.is_empty() {
        String::new()
    } else {
        format!(". {}", error.help)
    };
    format!("{}{tries} from {}{help}", error.what, model.id())
}

/// `, in 4 s`; nothing where it is no time.
fn seconds(time: Duration) -> String {
    if time.is_zero() {
        String::new()
    } else {
        format!(" in {} s", time.as_millis().div_ceil(1000))
    }
}

fn with(model: &Model, way: Structured) -> Model {
    let mut endpoint = (*model.endpoint).clone();
    endpoint.structured = way;
    Model {
        endpoint: Arc::new(endpoint),
        ..model.clone()
    }
}

/// About how many tokens a request will take.
fn estimate(model: &Model, request: &Request) -> u64 {
    let mut chars = request.system.len();
    for message in &request.messages {
        chars += message.text.len();
        chars += message.calls.iter().map(|c| c.raw.len()).sum::<usize>();
    }
    for tool in &request.tools {
        chars += tool.description.len() + tool.parameters.to_string().len();
    }
    chars as u64 / CHARS + model.sampling.max_tokens.map_or(ANSWER, u64::from)
}

/// What a price makes of tokens, in millionths of a dollar.
#[must_use]
pub fn cost(price: Price, usage: &Usage) -> u64 {
    let cached = usage.cached.min(usage.input);
    let written = usage.cache_write.min(usage.input - cached);
    let plain = usage.input - cached - written;
    let sum = u128::from(plain) * u128::from(price.input)
        + u128::from(cached) * u128::from(price.cached.unwrap_or(price.input))
        + u128::from(written) * u128::from(price.cache_write.unwrap_or(price.input))
        + u128::from(usage.output) * u128::from(price.output);
    u64::try_from(sum.div_ceil(1_000_000)).unwrap_or(u64::MAX)
}

/// What is told of a try that ended.
struct Taken {
    line: String,
    tokens: Option<u64>,
}

/// A try that will be filed whatever becomes of it: dropping it in the middle
/// files it as stopped.
struct Filing<'a> {
    seats: &'a Seats,
    tape: Tape,
    record: Option<CallRecord>,
    began: std::time::Instant,
    price: Option<Price>,
}

impl<'a> Filing<'a> {
    fn begin(seats: &'a Seats, model: &Model, request: &Request, at: &At, tried: u32) -> Self {
        let by = model.id();
        let price = seats.setup.prices.get(&by).copied();
        let free = matches!(seats.setup.transport, Transport::Replay(_));
        Self {
            seats,
            tape: Tape::default(),
            began: clock::moment(),
            price: if free { Some(Price::default()) } else { price },
            record: Some(CallRecord {
                call: request.call.0,
                tried,
                parent: at.parent,
                step: request.step,
                attempt: request.attempt,
                aside: at.aside,
                role: request.role,
                agent: request.agent.clone(),
                by,
                outcome: Outcome::Stopped,
                what: String::from("stopped"),
                time_ms: clock::now_ms(),
                duration_ms: 0,
                first_ms: 0,
                tokens_in: 0,
                cached: 0,
                tokens_out: 0,
                reasoning: 0,
                cost_micros: None,
                url: String::new(),
                request_headers: Vec::new(),
                request: String::new(),
                status: 0,
                response_headers: Vec::new(),
                response: Vec::new(),
            }),
        }
    }

    /// Files a try that came to its end.
    fn end(&mut self, asked: &Result<Answer, CallError>) -> Taken {
        let Some(mut record) = self.record.take() else {
            return Taken {
                line: String::new(),
                tokens: None,
            };
        };
        let mut tokens = None;
        match asked {
            Ok(answer) => {
                record.outcome = Outcome::Ok;
                record.what.clone_from(&answer.stop);
                if let Some(usage) = &answer.usage {
                    record.tokens_in = usage.input;
                    record.cached = usage.cached;
                    record.tokens_out = usage.output;
                    record.reasoning = usage.reasoning;
                    record.cost_micros = self.price.map(|price| cost(price, usage));
                    tokens = Some(usage.input + usage.output);
                }
            }
            Err(error) => {
                record.outcome = Outcome::Failed;
                record.what = error.to_string();
            }
        }
        self.close(&mut record);
        let line = format!(
            "call {}.{} {} {}: {} after {} ms{}",
            record.call,
            record.tried,
            seat_word(record.role),
            record.by,
            record.what,
            record.duration_ms,
            tokens.map_or(String::new(), |_| format!(
                ", {} tokens in, {} out",
                record.tokens_in, record.tokens_out
            )),
        );
        self.seats.books.file(&record);
        Taken { line, tokens }
    }

    /// Copies what is on the tape.
    fn close(&self, record: &mut CallRecord) {
        record.duration_ms = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let Exchange { request, response } = self.tape.read();
        record.url = request.url;
        record.request_headers = request.headers;
        record.request = request.body;
        if let Some(response) = response {
            record.status = response.status;
            record.response_headers = response.headers;
            record.first_ms = response.chunks.first().map_or(0, |c| c.at_ms);
            record.response = pieces(&response.chunks);
        }
    }
}

impl Drop for Filing<'_> {
    fn drop(&mut self) {
        if let Some(mut record) = self.record.take() {
            self.close(&mut record);
            self.seats.books.file(&record);
        }
    }
}

/// The body's pieces as text. A letter that was cut in two by the network goes
/// to the piece that completes it.
fn pieces(chunks: &[crate::providers::wire::Chunk]) -> Vec<(u64, String)> {
    let mut out = Vec::with_capacity(chunks.len());
    let mut rest: Vec<u8> = Vec::new();
    for (at, chunk) in chunks.iter().enumerate() {
        rest.extend_from_slice(&chunk.bytes);
        let last = at + 1 == chunks.len();
        let whole = match std::str::from_utf8(&rest) {
            Err(error) if !last && error.error_len().is_none() => error.valid_up_to(),
            Ok(_) | Err(_) => rest.len(),
        };
        let tail = rest.split_off(whole);
        out.push((chunk.at_ms, String::from_utf8_lossy(&rest).into_owned()));
        rest = tail;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::providers::wire::Chunk;

    #[test]
    fn a_letter_in_two_pieces_stays_one() {
        let bytes = "aé b".as_bytes();
        let chunks: Vec<Chunk> = bytes
            .iter()
            .map(|b| Chunk {
                at_ms: 1,
                bytes: vec![*b],
            })
            .collect();
        let text: String = pieces(&chunks).into_iter().map(|(_, t)| t).collect();
        assert_eq!(text, "aé b");
    }

    #[test]
    fn a_price_counts_cached_tokens_apart() {
        let price = Price {
            input: 2_000_000,
            cached: Some(500_000),
            cache_write: None,
            output: 8_000_000,
        };
        let usage = Usage {
            input: 1_000,
            cached: 600,
            cache_write: 0,
            output: 100,
            reasoning: 40,
        };
        // 400 at 2, 600 at 0.5 and 100 at 8 dollars a million: 800 + 300 + 800.
        assert_eq!(cost(price, &usage), 1_900);
    }
}
