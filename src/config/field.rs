//! The tables of fields: what can stand in `[providers.NAME]`, `[models."…"]`,
//! `[roles.NAME]` and `[limits]`, what each may be, and words.

/// One field of such a table.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// What it may be.
    pub is: Is,
    /// One as it would be written, for the commented file.
    pub sample: &'static str,
    /// What it does, in a few words.
    pub help: &'static str,
}

/// What a field may be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Is {
    /// A text that is not empty.
    Text,
    /// An address that begins with `http://` or `https://`.
    Address,
    /// The name of a variable of the environment.
    Variable,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// True or false.
    Flag,
    /// A whole number within bounds.
    Whole(u64, u64),
    /// A number within bounds.
    Number(f64, f64),
    /// A list of texts.
    Texts,
    /// Headers, none of them secret.
    Headers,
    /// Headers with the variable that holds each.
    SecretHeaders,
    /// A table of anything that JSON can say.
    Table,
}

const fn field(name: &'static str, is: Is, sample: &'static str, help: &'static str) -> Field {
    Field {
        name,
        is,
        sample,
        help,
    }
}

/// Seconds that can be waited for: up to a day.
const SECONDS: Is = Is::Number(0.001, 86_400.0);
/// Dollars.
const DOLLARS: Is = Is::Number(0.0, 1_000_000.0);

/// What a provider can be.
pub const KINDS: &[&str] = &["chat", "messages", "scripted"];

/// Fields of `[providers.NAME]`.
pub const PROVIDER: &[Field] = &[
    field(
        "kind",
        Is::Choice(KINDS),
        "\"chat\"",
        "chat (chat completions), messages (Anthropic) or scripted",
    ),
    field(
        "url",
        Is::Address,
        "\"http://127.0.0.1:8080/v1\"",
        "base address, without /chat/completions or /messages",
    ),
    field(
        "key_env",
        Is::Variable,
        "\"LOCAL_KEY\"",
        "the variable that holds the key; never the key",
    ),
    field(
        "headers",
        Is::Headers,
        "{ \"x-team\" = \"evals\" }",
        "headers of its own, none of them secret",
    ),
    field(
        "secret_headers",
        Is::SecretHeaders,
        "{ \"x-api-key\" = \"GATEWAY_KEY\" }",
        "header and the variable that holds it",
    ),
    field(
        "extra",
        Is::Table,
        "{ cache_prompt = false }",
        "fields put into every request body",
    ),
    field("stream", Is::Flag, "true", "answers come in pieces"),
    field(
        "structured",
        Is::Choice(&["auto", "schema", "json", "prompt"]),
        "\"auto\"",
        "how JSON is asked for: auto, schema, json or prompt",
    ),
    field(
        "tools",
        Is::Choice(&["native", "text"]),
        "\"native\"",
        "how tools are offered: native, or text for a server without a tool parser",
    ),
    field("seed", Is::Flag, "true", "it takes a seed"),
    field(
        "http1",
        Is::Flag,
        "false",
        "keep to HTTP/1.1: a connection for each call in flight",
    ),
    field("connect_s", SECONDS, "10", "seconds for the connection"),
    field(
        "first_token_s",
        SECONDS,
        "120",
        "seconds until the first byte of the answer",
    ),
    field(
        "idle_s",
        SECONDS,
        "60",
        "seconds between two pieces of a stream",
    ),
    field("total_s", SECONDS, "900", "seconds for the whole call"),
    field(
        "max_answer_mb",
        Is::Whole(1, 1024),
        "16",
        "a larger answer is an error",
    ),
    field("retries", Is::Whole(0, 20), "4", "tries after the first"),
    field("rpm", Is::Whole(1, 1_000_000), "60", "requests a minute"),
    field(
        "tpm",
        Is::Whole(1, 1_000_000_000),
        "100000",
        "tokens a minute, read and written",
    ),
    field(
        "in_flight",
        Is::Whole(1, 1024),
        "4",
        "calls at the same time",
    ),
];

/// Fields of `[models."PROVIDER/MODEL"]`.
pub const MODEL: &[Field] = &[
    field(
        "input",
        DOLLARS,
        "0.15",
        "dollars for a million tokens read",
    ),
    field(
        "cached_input",
        DOLLARS,
        "0.075",
        "of those, read from a cache",
    ),
    field(
        "cache_write",
        DOLLARS,
        "0.2",
        "of those, written to a cache",
    ),
    field(
        "output",
        DOLLARS,
        "0.60",
        "dollars for a million tokens written",
    ),
    field(
        "context",
        Is::Whole(256, 100_000_000),
        "8192",
        "tokens that it can hold",
    ),
];

/// Fields of `[roles.NAME]`.
pub const ROLE: &[Field] = &[
    field(
        "model",
        Is::Text,
        "\"local/small\"",
        "provider and model; or only the model, beside `provider`",
    ),
    field(
        "provider",
        Is::Text,
        "\"local\"",
        "the provider, where `model` does not name it",
    ),
    field("temperature", Is::Number(0.0, 2.0), "0.2", "0 to 2"),
    field("top_p", Is::Number(0.0, 1.0), "0.95", "0 to 1"),
    field(
        "max_tokens",
        Is::Whole(1, 10_000_000),
        "2048",
        "tokens that one answer may have",
    ),
    field(
        "stop",
        Is::Texts,
        "[\"\\n\\n\\n\"]",
        "texts that end an answer",
    ),
    field(
        "effort",
        Is::Choice(&["low", "medium", "high"]),
        "\"low\"",
        "low, medium or high, for a model that can think",
    ),
    field(
        "extra",
        Is::Table,
        "{ top_k = 40 }",
        "fields put into the body, over the provider's",
    ),
    field(
        "samples",
        Is::Whole(1, 64),
        "3",
        "the judge only: verdicts each time, of which the mean counts",
    ),
];

/// Fields of `[limits]`.
pub const LIMIT: &[Field] = &[field(
    "conversation_usd",
    DOLLARS,
    "0.50",
    "dollars that one conversation may cost",
)];
