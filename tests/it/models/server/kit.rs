//! What a test needs to ask the server something: a model, a request, a bounded wait.

use stategen::engine::id::CallId;
use stategen::engine::role::{About, Message, Request, Role, Speaker, ToolSpec};
use stategen::providers::wire::{Exchange, Tape};
use stategen::providers::{
    Answer, CallError, Delta, Dialect, Endpoint, Model, Sampling, Secret, Timeouts, Transport, ask,
};
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

/// Runs something that must come to its end within twenty seconds.
pub fn within<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let bounded = async {
        let time = Duration::from_secs(20);
        let done = tokio::time::timeout(time, future).await;
        done.expect("it hangs")
    };
    runtime.block_on(bounded)
}

/// Times that a test can wait for.
pub fn short() -> Timeouts {
    Timeouts {
        connect: Duration::from_millis(600),
        first: Duration::from_millis(900),
        idle: Duration::from_millis(400),
        total: Duration::from_secs(8),
    }
}

/// A model at an address, asked without a key and with little patience.
pub fn model(dialect: Dialect, url: &str) -> Model {
    let mut endpoint = Endpoint::new("local", dialect, url);
    endpoint.timeouts = short();
    Model {
        endpoint: Arc::new(endpoint),
        name: "small".to_owned(),
        sampling: Sampling::default(),
    }
}

/// The model with its endpoint changed.
pub fn with(model: &Model, change: impl FnOnce(&mut Endpoint)) -> Model {
    let mut endpoint = (*model.endpoint).clone();
    change(&mut endpoint);
    Model {
        endpoint: Arc::new(endpoint),
        ..model.clone()
    }
}

/// The model with a key from the variable `TEST_KEY`.
pub fn keyed(model: &Model, key: &str) -> Model {
    with(model, |endpoint| {
        endpoint.key_env = Some("TEST_KEY".to_owned());
        endpoint.key = Some(Secret::new(key));
    })
}

/// A request for the agent's next turn, with one tool.
pub fn request(text: &str) -> Request {
    Request {
        call: CallId(1),
        role: Role::Agent,
        agent: vec!["main".to_owned()],
        step: 2,
        attempt: 0,
        seed: 7,
        system: "You help at a returns desk.".to_owned(),
        messages: vec![Message {
            from: Speaker::User,
            text: text.to_owned(),
            calls: Vec::new(),
            call_id: None,
            step: 1,
        }],
        tools: vec![ToolSpec {
            name: "get_order".to_owned(),
            description: "Reads an order.".to_owned(),
            parameters: serde_json::json!({"type": "object",
                "properties": {"order_id": {"type": "string"}}}),
        }],
        schema: None,
        about: About::AgentTurn,
        fault: None,
    }
}

/// What came of asking once.
pub struct Asked {
    pub result: Result<Answer, CallError>,
    pub tape: Exchange,
    pub deltas: Vec<Delta>,
}

impl Asked {
    /// The error, and all that a person would read of it.
    pub fn error(&self) -> (&CallError, String) {
        let error = self.result.as_ref().expect_err("an error");
        (error, error.to_string())
    }

    /// The text of the answer.
    pub fn text(&self) -> &str {
        &self.result.as_ref().expect("an answer").reply.text
    }

    /// The body as far as it is on the tape.
    pub fn body(&self) -> String {
        let response = self.tape.response.clone().unwrap_or_default();
        String::from_utf8_lossy(&response.body()).into_owned()
    }
}

/// Asks once.
pub async fn ask_once(model: &Model, text: &str, transport: &Transport) -> Asked {
    let tape = Tape::default();
    let mut deltas = Vec::new();
    let mut seen = |delta| deltas.push(delta);
    let result = ask(model, &request(text), transport, &tape, &mut seen).await;
    Asked {
        result,
        tape: tape.read(),
        deltas,
    }
}

/// Asks once over HTTP, with a bounded wait.
pub fn asked(model: &Model) -> Asked {
    within(ask_once(model, "Where is my order?", &Transport::Http))
}
