//! Bodies and answers of both dialects, good and odd.

use super::*;
use crate::engine::id::CallId;
use crate::engine::role::{About, Finish, Message, RawCall, Role, Speaker, ToolSpec};
use crate::providers::ask::{Answer, Delta, Usage};
use crate::providers::error::Retry;
use crate::providers::model::{Structured, Tools};
use crate::providers::wire::HttpResponse;
use proptest::prelude::*;
use serde_json::json;
use std::fmt::Write;
use std::sync::Arc;

fn model(dialect: Dialect) -> Model {
    Model {
        endpoint: Arc::new(Endpoint::new("p", dialect, "http://127.0.0.1:1/v1")),
        name: String::from("m"),
        sampling: Sampling::default(),
    }
}

fn request() -> Request {
    Request {
        call: CallId(1),
        role: Role::Agent,
        agent: vec![String::from("main")],
        step: 2,
        attempt: 0,
        seed: 7,
        system: String::from("Help."),
        messages: vec![Message {
            from: Speaker::User,
            text: String::from("Hi"),
            calls: Vec::new(),
            call_id: None,
            step: 1,
        }],
        tools: vec![ToolSpec {
            name: String::from("get"),
            description: String::from("Gets."),
            parameters: json!({"type": "object", "properties": {}}),
        }],
        schema: None,
        about: About::AgentTurn,
        fault: None,
    }
}

/// The answer that these pieces make, and the text and the rest that an eye saw.
fn read(
    model: &Model,
    pieces: &[&[u8]],
    whole: bool,
) -> Result<(Answer, String, String), CallError> {
    let mut reader = Reader::new(model, &request());
    let (mut text, mut aside) = (String::new(), String::new());
    reader.take(200, &[], b"")?;
    for piece in pieces {
        for delta in reader.take(200, &[], piece)? {
            match delta {
                Delta::Text(t) => text.push_str(&t),
                Delta::Reasoning(t) | Delta::Call(t) => aside.push_str(&t),
            }
        }
    }
    let response = HttpResponse {
        whole,
        ..HttpResponse::default()
    };
    let answer = reader.finish(Some(&response))?;
    Ok((answer, text, aside))
}

fn stream(dialect: Dialect, text: &str) -> Result<Answer, CallError> {
    read(&model(dialect), &[text.as_bytes()], true).map(|(answer, _, _)| answer)
}

/// A stream of chunks, each `{"choices": [{"delta": …}]}`, then what is written.
fn deltas(deltas: &[Value], end: &str) -> String {
    let mut out = String::new();
    for delta in deltas {
        let chunk = json!({"choices": [{"index": 0, "delta": delta}]});
        let _ = write!(out, "data: {chunk}\n\n");
    }
    out + end
}

const STOP: &str =
    "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";

fn call(id: &str, name: &str, arguments: &str) -> RawCall {
    RawCall {
        id: id.to_owned(),
        name: name.to_owned(),
        arguments: arguments.to_owned(),
    }
}

const CHAT: &str = "\u{feff}: hello\r\n\
data: {\"id\":\"x\",\"model\":\"big-1\",\"choices\":[],\"prompt_filter_results\":[]}\r\n\r\n\
data: {\"model\":\"big-1\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":null},\"finish_reason\":null}],\"usage\":null}\r\n\r\n\
data: {\"choices\":[{\"index\":0,\"delta\":{\"reasoning_content\":\"Hm 😀\",\"reasoning\":\"Hm 😀\"}}]}\r\n\r\n\
data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Grüß \"}},{\"index\":1,\"delta\":{\"content\":\"other\"}}]}\r\n\r\n\
data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"dich\"}}]}\r\n\r\n\
data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"a\",\"type\":\"function\",\"function\":{\"name\":\"get\",\"arguments\":\"\"}}]}}]}\r\n\r\n\
data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"{\\\"x\\\": 1.50\"}}]}}]}\r\n\r\n\
data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"}\"}},{\"index\":1,\"id\":\"b\",\"function\":{\"name\":\"put\",\"arguments\":null}}]}}]}\r\n\r\n\
data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"tool_calls\"}]}\r\n\r\n\
data: {\"choices\":[],\"usage\":{\"prompt_tokens\":100,\"completion_tokens\":30,\"total_tokens\":130,\"prompt_tokens_details\":{\"cached_tokens\":64},\"completion_tokens_details\":{\"reasoning_tokens\":12}}}\r\n\r\n\
data: [DONE]\r\n\r\n";

const MESSAGES: &str = "event: message_start\n\
data: {\"type\":\"message_start\",\"message\":{\"id\":\"m\",\"model\":\"large-2\",\"content\":[],\"stop_reason\":null,\"usage\":{\"input_tokens\":10,\"cache_creation_input_tokens\":5,\"cache_read_input_tokens\":20,\"output_tokens\":1}}}\n\n\
event: ping\ndata: {\"type\": \"ping\"}\n\n\
data: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"thinking\",\"thinking\":\"\"}}\n\n\
data: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"thinking_delta\",\"thinking\":\"Hm 😀\"}}\n\n\
data: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"signature_delta\",\"signature\":\"abc\"}}\n\n\
data: {\"type\":\"content_block_stop\",\"index\":0}\n\n\
data: {\"type\":\"content_block_start\",\"index\":1,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n\
data: {\"type\":\"content_block_delta\",\"index\":1,\"delta\":{\"type\":\"text_delta\",\"text\":\"Grüß \"}}\n\n\
data: {\"type\":\"content_block_delta\",\"index\":1,\"delta\":{\"type\":\"text_delta\",\"text\":\"dich\"}}\n\n\
event: brand_new\ndata: {\"type\":\"brand_new\",\"x\":[]}\n\n\
data: {\"type\":\"content_block_start\",\"index\":2,\"content_block\":{\"type\":\"tool_use\",\"id\":\"a\",\"name\":\"get\",\"input\":{}}}\n\n\
data: {\"type\":\"content_block_start\",\"index\":3,\"content_block\":{\"type\":\"tool_use\",\"id\":\"b\",\"name\":\"put\",\"input\":{}}}\n\n\
data: {\"type\":\"content_block_delta\",\"index\":2,\"delta\":{\"type\":\"input_json_delta\",\"partial_json\":\"{\\\"x\\\": \"}}\n\n\
data: {\"type\":\"content_block_delta\",\"index\":2,\"delta\":{\"type\":\"input_json_delta\",\"partial_json\":\"1.50}\"}}\n\n\
data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"tool_use\"},\"usage\":{\"output_tokens\":30,\"output_tokens_details\":{\"thinking_tokens\":12}}}\n\n\
event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";

#[test]
fn a_good_stream_of_each_dialect_is_read_whole() {
    for (dialect, text, last, model_name, usage) in [
        (
            Dialect::Chat,
            CHAT,
            "",
            "big-1",
            Usage {
                input: 100,
                cached: 64,
                cache_write: 0,
                output: 30,
                reasoning: 12,
            },
        ),
        (
            Dialect::Messages,
            MESSAGES,
            "{}",
            "large-2",
            Usage {
                input: 35,
                cached: 20,
                cache_write: 5,
                output: 30,
                reasoning: 12,
            },
        ),
    ] {
        let (answer, seen, aside) = read(&model(dialect), &[text.as_bytes()], true).unwrap();
        assert_eq!(answer.reply.text, "Grüß dich");
        assert_eq!(seen, "Grüß dich");
        assert_eq!(answer.reply.reasoning, "Hm 😀");
        assert!(aside.starts_with("Hm 😀"), "{aside}");
        assert!(aside.contains("get ") && aside.contains("1.50"), "{aside}");
        let calls = [call("a", "get", "{\"x\": 1.50}"), call("b", "put", last)];
        assert_eq!(answer.reply.calls, calls);
        assert_eq!(answer.reply.finish, Finish::ToolCalls);
        assert_eq!(answer.usage, Some(usage));
        assert_eq!(answer.model, model_name);
        assert_eq!(answer.notes, Vec::<String>::new());
        let by = crate::engine::role::By::Model(String::from("p/m"));
        assert_eq!(answer.reply.by, by);
    }
}

#[test]
fn a_whole_answer_says_the_same_as_a_stream_of_it() {
    let chat = json!({"model": "big-1", "choices": [{"index": 0, "finish_reason": "tool_calls",
        "message": {"role": "assistant", "content": "Grüß dich", "reasoning": "Hm 😀", "tool_calls": [
            {"id": "a", "type": "function", "function": {"name": "get", "arguments": "{\"x\": 1.50}"}},
            {"id": "b", "function": {"name": "put", "arguments": null}}]}}],
        "usage": {"prompt_tokens": 100, "completion_tokens": 30, "total_tokens": 130,
            "prompt_tokens_details": {"cached_tokens": 64},
            "completion_tokens_details": {"reasoning_tokens": 12}}});
    let whole = stream(Dialect::Chat, &chat.to_string()).unwrap();
    assert_eq!(whole, stream(Dialect::Chat, CHAT).unwrap());

    let messages = json!({"type": "message", "model": "large-2", "stop_reason": "tool_use",
        "content": [{"type": "thinking", "thinking": "Hm 😀", "signature": "s"},
            {"type": "redacted_thinking", "data": "…"},
            {"type": "text", "text": "Grüß "}, {"type": "text", "text": "dich"},
            {"type": "tool_use", "id": "a", "name": "get", "input": {"x": 1.5}},
            {"type": "tool_use", "id": "b", "name": "put", "input": {}}],
        "usage": {"input_tokens": 10, "cache_creation_input_tokens": 5,
            "cache_read_input_tokens": 20, "output_tokens": 30,
            "output_tokens_details": {"thinking_tokens": 12}}});
    let mut wanted = stream(Dialect::Messages, MESSAGES).unwrap();
    wanted.reply.calls[0].arguments = String::from("{\"x\":1.5}");
    assert_eq!(stream(Dialect::Messages, &messages.to_string()), Ok(wanted));
}

/// A title, a stream, and the text and calls that are in it.
type Odd = (&'static str, String, (String, Vec<RawCall>));

#[test]
fn odd_chunks_are_read_for_what_they_mean() {
    let said = |text: &str| (text.to_owned(), Vec::new());
    let called = |name: &str, arguments: &str| (String::new(), vec![call("", name, arguments)]);
    let cases: Vec<Odd> = vec![
        (
            "parts",
            deltas(
                &[
                    json!({"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "Hm"}]}, {"type": "text", "text": "a"}]}),
                ],
                STOP,
            ),
            said("a"),
        ),
        (
            "numbers and nulls in odd places",
            deltas(
                &[
                    json!({"content": 5, "tool_calls": null, "function_call": null}),
                    json!(null),
                    json!({"content": "a", "tool_calls": [], "refusal": null}),
                ],
                STOP,
            ),
            said("a"),
        ),
        (
            "a think head",
            deltas(
                &[
                    json!({"content": "<thi"}),
                    json!({"content": "nk>Hm</think>\n\na"}),
                ],
                STOP,
            ),
            said("a"),
        ),
        (
            "a head that began in the prompt",
            deltas(&[json!({"content": "Hm\n</think>\na"})], STOP),
            said("a"),
        ),
        (
            "an older call",
            deltas(
                &[
                    json!({"function_call": {"name": "get", "arguments": ""}}),
                    json!({"function_call": {"arguments": "{}"}}),
                ],
                STOP,
            ),
            called("get", "{}"),
        ),
        (
            "arguments as an object",
            deltas(
                &[
                    json!({"tool_calls": [{"function": {"name": "get", "arguments": {"b": 1, "a": 2}}}]}),
                ],
                STOP,
            ),
            called("get", "{\"b\":1,\"a\":2}"),
        ),
        (
            "no function between",
            deltas(
                &[json!({"tool_calls": [{"name": "get", "arguments": "{}"}]})],
                STOP,
            ),
            called("get", "{}"),
        ),
        (
            "one line feed between events",
            deltas(&[json!({"content": "a"}), json!({"content": "b"})], STOP).replace("\n\n", "\n"),
            said("ab"),
        ),
        (
            "half a surrogate pair",
            format!(
                "data: {{\"choices\":[{{\"delta\":{{\"content\":\"a\\ud83d \\\\u \\ud83d\\ude00\"}}}}]}}\n\n{STOP}"
            ),
            said("a\u{fffd} \\u 😀"),
        ),
        (
            "a message in a stream, and again at its end",
            format!(
                "{}data: {}\n\n",
                deltas(&[json!({"content": "a"})], ""),
                json!({"choices": [{"message": {"content": "a"}, "finish_reason": "stop"}]})
            ),
            said("a"),
        ),
        (
            "no mark of the end, but a reason, and no empty line",
            deltas(
                &[json!({"content": "a"})],
                "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}",
            ),
            said("a"),
        ),
        (
            "a refusal",
            deltas(&[json!({"refusal": "No"}), json!({"refusal": "."})], STOP),
            said("No."),
        ),
        (
            "white space first",
            format!("\n\n \n{}", deltas(&[json!({"content": "a"})], STOP)),
            said("a"),
        ),
        (
            "a mark of the end after its end",
            deltas(&[json!({"content": "a"})], STOP) + "data: [DONE]\n\n",
            said("a"),
        ),
    ];
    for (title, text, wanted) in cases {
        let answer = stream(Dialect::Chat, &text).unwrap_or_else(|e| panic!("{title}: {e}"));
        assert_eq!((answer.reply.text, answer.reply.calls), wanted, "{title}");
    }
}

#[test]
fn what_is_no_answer_is_told_for_what_it_is() {
    use Dialect::{Chat, Messages};
    let open = deltas(&[json!({"content": "Half"})], "");
    let cases: Vec<(Dialect, &str, bool, Kind, Retry, &str)> = vec![
        (
            Chat,
            &open,
            true,
            Kind::Cut,
            Retry::Soon,
            "after 4 characters",
        ),
        (
            Chat,
            "data: {\"choices\":[{\"delta\":{\"content\":\"a\"},\"finish_reason\":\"stop\"}]}\n\n",
            false,
            Kind::Cut,
            Retry::Soon,
            "cut off",
        ),
        (
            Chat,
            "{\"choices\":[{\"mess",
            false,
            Kind::Cut,
            Retry::Soon,
            "cut off",
        ),
        (Chat, "", false, Kind::Cut, Retry::Soon, "cut off"),
        (Chat, "  \n", true, Kind::Empty, Retry::Soon, "empty body"),
        (
            Chat,
            STOP,
            true,
            Kind::Empty,
            Retry::Soon,
            "neither text nor a tool call",
        ),
        (
            Chat,
            "data: [DONE]\n\n",
            true,
            Kind::Empty,
            Retry::Soon,
            "neither",
        ),
        (
            Chat,
            "{\"choices\":[]}",
            true,
            Kind::Empty,
            Retry::Soon,
            "neither",
        ),
        (
            Chat,
            "{\"choices\":[{\"message\":{\"content\":\"<think>Hm\"},\"finish_reason\":\"length\"}]}",
            true,
            Kind::Empty,
            Retry::No,
            "reasoning",
        ),
        (
            Chat,
            "{\"choices\":[{\"message\":{\"content\":null},\"finish_reason\":\"content_filter\"}]}",
            true,
            Kind::Empty,
            Retry::No,
            "withheld",
        ),
        (
            Chat,
            "{\"id\":1}",
            true,
            Kind::Malformed,
            Retry::No,
            "none of this dialect",
        ),
        (
            Chat,
            "{\"id\":1",
            true,
            Kind::Malformed,
            Retry::Soon,
            "no JSON",
        ),
        (
            Chat,
            "data: {\"id\":1\n\n",
            true,
            Kind::Malformed,
            Retry::Soon,
            "no JSON",
        ),
        (
            Chat,
            " <!doctype html><html><TITLE>502 Bad\nGateway</title>",
            true,
            Kind::ContentType,
            Retry::No,
            "“502 Bad Gateway”",
        ),
        (
            Chat,
            "Hello there",
            true,
            Kind::ContentType,
            Retry::No,
            "Hello there",
        ),
        (
            Chat,
            "data: {\"error\":{\"message\":\"Server overloaded\",\"code\":503}}\n\n",
            true,
            Kind::InStream,
            Retry::Soon,
            "Server overloaded (503)",
        ),
        (
            Chat,
            "error: {\"code\":400,\"message\":\"too long\"}\n\n",
            true,
            Kind::InStream,
            Retry::No,
            "too long (400)",
        ),
        (
            Chat,
            "event: error\ndata: it broke\n\n",
            true,
            Kind::InStream,
            Retry::No,
            "it broke",
        ),
        (
            Chat,
            "[{\"error\":{\"message\":\"no\",\"code\":400}}]",
            true,
            Kind::InStream,
            Retry::No,
            "no (400)",
        ),
        (
            Chat,
            "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"error\",\"error\":{\"message\":\"upstream gone\",\"code\":502}}]}\n\n",
            true,
            Kind::InStream,
            Retry::Soon,
            "upstream gone",
        ),
        (
            Messages,
            "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}\n\n",
            true,
            Kind::InStream,
            Retry::Soon,
            "Overloaded",
        ),
        (
            Messages,
            "data: {\"type\":\"message_start\",\"message\":{\"content\":[]}}\n\n",
            true,
            Kind::Cut,
            Retry::Soon,
            "after 0",
        ),
        (Messages, CHAT, true, Kind::Empty, Retry::Soon, "neither"),
    ];
    for (dialect, text, whole, kind, retry, words) in cases {
        let error = read(&model(dialect), &[text.as_bytes()], whole).unwrap_err();
        assert_eq!(
            (&error.kind, error.retry),
            (&kind, retry),
            "{text}: {error}"
        );
        assert!(error.to_string().contains(words), "{words} in {error}");
    }
}

#[test]
fn a_call_that_came_as_text_is_read_or_told() {
    let written = "I look.\n<tool_call>{\"name\": \"get\", \"arguments\": {\"x\": 1.50, \"y\": \"</tool_call>\"}}</tool_call>\n\
                   <tool_call>\n{\"name\": \"get\", \"arguments\": \"{}\"}\n</tool_call><tool_call>{\"name\": \"put\", \"arguments\": {\"x\": \"cut";
    let text = deltas(&[json!({ "content": written })], STOP);
    let mut in_words = model(Dialect::Chat);
    Arc::make_mut(&mut in_words.endpoint).tools = Tools::Text;
    let (answer, _, _) = read(&in_words, &[text.as_bytes()], true).unwrap();
    assert_eq!(answer.reply.text, "I look.");
    let calls = [
        call("", "get", "{\"x\": 1.50, \"y\": \"</tool_call>\"}"),
        call("", "get", "{}"),
        call("", "put", "{\"x\": \"cut"),
    ];
    assert_eq!(answer.reply.calls, calls);
    assert_eq!(answer.reply.finish, Finish::ToolCalls);

    for (text, told) in [
        ("<tool_call>{\"name\": \"get\"}</tool_call>", true),
        ("```json\n{\"name\": \"get\", \"arguments\": {}}\n```", true),
        ("{\"name\": \"get\", \"parameters\": {}}", true),
        ("{\"name\": \"other\", \"arguments\": {}}", false),
        ("I called <tool_call>", false),
    ] {
        let answer = stream(Dialect::Chat, &deltas(&[json!({ "content": text })], STOP)).unwrap();
        assert_eq!(answer.reply.text, text);
        assert!(answer.reply.calls.is_empty());
        assert_eq!(
            answer.notes.iter().any(|n| n.contains("--jinja")),
            told,
            "{text}"
        );
    }
}

#[test]
fn a_schema_that_a_server_leaves_out_is_told() {
    let mut asked = request();
    asked.schema = Some(json!({"type": "object"}));
    let told = |structured, text: &str, stop: &str| {
        let mut model = model(Dialect::Chat);
        Arc::make_mut(&mut model.endpoint).structured = structured;
        let mut reader = Reader::new(&model, &asked);
        let body = json!({"choices": [{"message": {"content": text}, "finish_reason": stop}]});
        reader.take(200, &[], body.to_string().as_bytes()).unwrap();
        let whole = HttpResponse {
            whole: true,
            ..HttpResponse::default()
        };
        let notes = reader.finish(Some(&whole)).unwrap().notes;
        notes.iter().any(|n| n.contains("structured = \"prompt\""))
    };
    assert!(told(Structured::Auto, "Sure! {}", "stop"));
    assert!(!told(Structured::Auto, "{}", "stop"));
    assert!(!told(Structured::Schema, "```json\n{}\n```", "stop"));
    assert!(!told(Structured::Schema, "{\"cut", "length"));
    assert!(!told(Structured::Prompt, "Sure! {}", "stop"));
}

#[test]
fn usage_is_read_however_it_is_counted() {
    let of = |usage: Value| {
        let body = json!({"choices": [{"message": {"content": "a"}, "finish_reason": "stop"}], "usage": usage});
        stream(Dialect::Chat, &body.to_string()).unwrap().usage
    };
    let counted = |input, cached, output, reasoning| {
        Some(Usage {
            input,
            cached,
            cache_write: 0,
            output,
            reasoning,
        })
    };
    assert_eq!(of(json!(null)), None);
    assert_eq!(of(json!({})), None);
    assert_eq!(
        of(json!({"prompt_tokens": "12", "completion_tokens": 3.0})),
        counted(12, 0, 3, 0)
    );
    assert_eq!(
        of(json!({"prompt_tokens": -1, "completion_tokens": 3})),
        counted(0, 0, 3, 0)
    );
    // Reasoning counted beside what was written.
    assert_eq!(
        of(
            json!({"prompt_tokens": 10, "completion_tokens": 3, "total_tokens": 20, "completion_tokens_details": {"reasoning_tokens": 7}})
        ),
        counted(10, 0, 10, 7)
    );
    assert_eq!(
        of(json!({"prompt_tokens": 10, "prompt_cache_hit_tokens": 8, "completion_tokens": 3})),
        counted(10, 8, 3, 0)
    );
}

#[test]
fn an_answer_above_the_bound_is_refused_at_once() {
    let mut small = model(Dialect::Chat);
    Arc::make_mut(&mut small.endpoint).max_answer = 1000;
    for start in ["data: ", "{\"choices\": \"", "data: {}\n\ndata: "] {
        let mut reader = Reader::new(&small, &request());
        reader.take(200, &[], start.as_bytes()).unwrap();
        let error = (0..11).find_map(|_| reader.take(200, &[], &[b'x'; 100]).err());
        assert_eq!(error.map(|e| e.kind), Some(Kind::TooLarge), "{start}");
    }
}

#[test]
fn a_key_that_a_server_echoes_is_not_told() {
    let mut secret = model(Dialect::Chat);
    Arc::make_mut(&mut secret.endpoint).key = Some(crate::providers::Secret::new("sk-1234567"));
    let text = "data: {\"error\":{\"message\":\"bad key sk-1234567\"}}\n\n";
    let error = read(&secret, &[text.as_bytes()], true).unwrap_err();
    assert!(error.what.contains("bad key [redacted]"), "{error}");
}

fn in_pieces(text: &[u8], cuts: &[usize]) -> Vec<Vec<u8>> {
    let mut cuts: Vec<usize> = cuts.iter().map(|c| c % (text.len() + 1)).collect();
    cuts.sort_unstable();
    let mut out = Vec::new();
    let mut from = 0;
    for cut in cuts {
        out.push(text[from..cut].to_vec());
        from = cut;
    }
    out.push(text[from..].to_vec());
    out
}

proptest! {
    #[test]
    fn any_cut_of_a_stream_gives_the_same_answer(
        chat in any::<bool>(),
        cuts in proptest::collection::vec(any::<usize>(), 0..30),
        keep in prop_oneof![2 => Just(usize::MAX), 1 => 0usize..3000],
        whole in any::<bool>(),
    ) {
        let (dialect, text) = if chat { (Dialect::Chat, CHAT) } else { (Dialect::Messages, MESSAGES) };
        let text = &text.as_bytes()[..keep.min(text.len())];
        let pieces = in_pieces(text, &cuts);
        let pieces: Vec<&[u8]> = pieces.iter().map(Vec::as_slice).collect();
        prop_assert_eq!(
            read(&model(dialect), &pieces, whole).map(|(answer, text, _)| (answer, text)),
            read(&model(dialect), &[text], whole).map(|(answer, text, _)| (answer, text))
        );
    }

    #[test]
    fn no_bytes_make_it_panic(
        chat in any::<bool>(),
        in_words in any::<bool>(),
        noise in prop_oneof![
            proptest::collection::vec(any::<u8>(), 0..200),
            "(data: |event: error|\\{\"choices\":\\[\\{\"delta\":|\\{\"content\":|\"<think>|<tool_call>|\\}|\\]|\"|\n|:|,|[0-9]|\\\\u[d-f]8..|null|\"tool_calls\":\\[){0,40}".prop_map(String::into_bytes),
        ],
        at in any::<usize>(),
        cut in any::<usize>(),
        whole in any::<bool>(),
    ) {
        let (dialect, text) = if chat { (Dialect::Chat, CHAT) } else { (Dialect::Messages, MESSAGES) };
        let mut model = model(dialect);
        if in_words {
            Arc::make_mut(&mut model.endpoint).tools = Tools::Text;
        }
        // Noise alone, and noise in the middle of a good stream.
        let _ = read(&model, &[&noise], whole);
        let at = at % (text.len() + 1);
        let mut spoilt = text.as_bytes()[..at].to_vec();
        spoilt.extend(noise);
        spoilt.extend_from_slice(&text.as_bytes()[at..]);
        let pieces = in_pieces(&spoilt, &[cut]);
        let pieces: Vec<&[u8]> = pieces.iter().map(Vec::as_slice).collect();
        let cut = read(&model, &pieces, whole).map(|(answer, _, _)| answer);
        prop_assert_eq!(cut, read(&model, &[&spoilt], whole).map(|(answer, _, _)| answer));
    }
}
