//! Chat completions and messages: what is sent, and what is read of what comes.

use crate::support::{Desk, SAMPLES};
use proptest::prelude::*;
use serde_json::{Value, json};
use stategen::engine::id::CallId;
use stategen::engine::input::{Command, Go};
use stategen::engine::role::{About, Message, Request, Role, Speaker, ToolCall, ToolSpec};
use stategen::engine::world::Node;
use stategen::providers::dialect::encode;
use stategen::providers::{Dialect, Endpoint, Kind, Model, Sampling, Structured, Tools};
use std::sync::Arc;

fn model(dialect: Dialect) -> Model {
    let mut endpoint = Endpoint::new("local", dialect, "http://127.0.0.1:8080/v1");
    endpoint.key_env = Some(String::from("LOCAL_KEY"));
    Model {
        endpoint: Arc::new(endpoint),
        name: String::from("small"),
        sampling: Sampling::default(),
    }
}

fn with(mut model: Model, change: impl FnOnce(&mut Endpoint)) -> Model {
    change(Arc::make_mut(&mut model.endpoint));
    model
}

fn said(from: Speaker, text: &str) -> Message {
    Message {
        from,
        text: text.to_owned(),
        calls: Vec::new(),
        call_id: None,
        step: 0,
    }
}

fn call(id: &str, tool: &str, raw: &str) -> ToolCall {
    ToolCall {
        id: id.to_owned(),
        tool: tool.to_owned(),
        raw: raw.to_owned(),
        args: Node::Null,
    }
}

fn result(id: &str, text: &str) -> Message {
    Message {
        call_id: Some(id.to_owned()),
        ..said(Speaker::Tool, text)
    }
}

fn request(role: Role, messages: Vec<Message>) -> Request {
    Request {
        call: CallId(1),
        role,
        agent: Vec::new(),
        step: 4,
        attempt: 0,
        seed: 0xffff_ffff_8000_0007,
        system: String::from("Be kind.\n"),
        messages,
        tools: Vec::new(),
        schema: None,
        about: About::AgentTurn,
        fault: None,
    }
}

/// An agent in the middle of its work: two calls at once, one of them unreadable.
fn at_work() -> Request {
    let calls = vec![
        call("c1", "find", "{\"order\": \"W-1\",  \"n\": 1.50}"),
        call("c2", "re/fund", "{\"order\": \"W-1"),
    ];
    let messages = vec![
        said(Speaker::User, "Hello."),
        said(Speaker::User, "Where is W-1?"),
        Message {
            calls,
            ..said(Speaker::Agent, "I look. ")
        },
        result("c1", "{\"status\": \"sent\"}"),
        result("c2", "Error: Invalid arguments"),
    ];
    let mut request = request(Role::Agent, messages);
    request.tools.push(ToolSpec {
        name: String::from("find"),
        description: String::from("Finds an order."),
        parameters: json!({"type": "object", "properties": {"order": {"type": "string"}, "n": {"type": "number"}}, "required": ["order"]}),
    });
    request
}

fn body(model: &Model, request: &Request) -> Value {
    serde_json::from_str(&encode(model, request).unwrap().body).unwrap()
}

#[test]
fn an_agents_chat_body_is_this_byte_for_byte() {
    let sent = encode(&model(Dialect::Chat), &at_work()).unwrap();
    assert_eq!(sent.url, "http://127.0.0.1:8080/v1/chat/completions");
    let headers: Vec<String> = sent
        .headers
        .iter()
        .map(|(n, v)| format!("{n}: {v}"))
        .collect();
    assert_eq!(
        headers,
        [
            "content-type: application/json",
            "accept: text/event-stream",
            "authorization: Bearer [from $LOCAL_KEY]"
        ]
    );
    let wanted = concat!(
        r#"{"model":"small","messages":["#,
        r#"{"role":"system","content":"Be kind.\n"},"#,
        r#"{"role":"user","content":"Hello.\n\nWhere is W-1?"},"#,
        r#"{"role":"assistant","content":"I look. ","tool_calls":["#,
        r#"{"id":"c00000001","type":"function","function":{"name":"find","arguments":"{\"order\": \"W-1\",  \"n\": 1.50}"}},"#,
        r#"{"id":"c00000002","type":"function","function":{"name":"re_fund","arguments":"{}"}}]},"#,
        r#"{"role":"tool","tool_call_id":"c00000001","content":"{\"status\": \"sent\"}"},"#,
        r#"{"role":"tool","tool_call_id":"c00000002","content":"Error: Invalid arguments"}],"#,
        r#""tools":[{"type":"function","function":{"name":"find","description":"Finds an order.","#,
        r#""parameters":{"type":"object","properties":{"order":{"type":"string"},"n":{"type":"number"}},"required":["order"]}}}],"#,
        r#""seed":7,"stream":true,"stream_options":{"include_usage":true}}"#,
    );
    assert_eq!(sent.body, wanted);
}

#[test]
fn an_agents_messages_body_is_this_byte_for_byte() {
    let mut request = at_work();
    request.messages.push(said(Speaker::System, "Reply again."));
    let sent = encode(&model(Dialect::Messages), &request).unwrap();
    assert_eq!(sent.url, "http://127.0.0.1:8080/v1/messages");
    let header = |name: &str| {
        let found = sent.headers.iter().find(|(n, _)| n == name);
        found.map(|(_, v)| v.as_str())
    };
    assert_eq!(header("x-api-key"), Some("[from $LOCAL_KEY]"));
    assert_eq!(header("anthropic-version"), Some("2023-06-01"));
    let wanted = concat!(
        r#"{"model":"small","max_tokens":4096,"system":"Be kind.\n","messages":["#,
        r#"{"role":"user","content":"Hello.\n\nWhere is W-1?"},"#,
        r#"{"role":"assistant","content":[{"type":"text","text":"I look."},"#,
        r#"{"type":"tool_use","id":"c1","name":"find","input":{"order":"W-1","n":1.5}},"#,
        r#"{"type":"tool_use","id":"c2","name":"re_fund","input":{}}]},"#,
        r#"{"role":"user","content":["#,
        r#"{"type":"tool_result","tool_use_id":"c1","content":"{\"status\": \"sent\"}"},"#,
        r#"{"type":"tool_result","tool_use_id":"c2","content":"Error: Invalid arguments"},"#,
        r#"{"type":"text","text":"Reply again."}]}],"#,
        r#""tools":[{"name":"find","description":"Finds an order.","#,
        r#""input_schema":{"type":"object","properties":{"order":{"type":"string"},"n":{"type":"number"}},"required":["order"]}}],"#,
        r#""stream":true}"#,
    );
    assert_eq!(sent.body, wanted);
}

/// The talk that a model is shown, one line a message.
fn talk(model: &Model, request: &Request) -> Vec<String> {
    let body = body(model, request);
    let messages = body["messages"].as_array().unwrap().iter();
    let line = |m: &Value| {
        format!(
            "{}: {}",
            m["role"].as_str().unwrap(),
            m["content"].as_str().unwrap()
        )
    };
    messages
        .filter(|m| m["role"] != "system")
        .map(line)
        .collect()
}

#[test]
fn every_role_is_the_assistant_of_its_own_talk() {
    use Speaker::{Agent, Own, System, Tool, User};
    let begin = "user: (The conversation begins. Write your first message.)";
    let cases: Vec<(Role, Vec<Message>, Vec<&str>)> = vec![
        (Role::User, vec![], vec![begin]),
        (
            Role::User,
            vec![
                said(User, "Hi"),
                said(Agent, "Yes?"),
                said(Own, "-"),
                said(System, "Empty. Again."),
            ],
            vec![
                begin,
                "assistant: Hi",
                "user: Yes?",
                "assistant: -",
                "user: Empty. Again.",
            ],
        ),
        (
            Role::User,
            vec![
                said(User, "Hi"),
                said(Agent, "  "),
                result("c1", "secret payload"),
            ],
            vec![begin, "assistant: Hi", "user: (Go on.)"],
        ),
        (
            Role::Tool,
            vec![
                said(User, "Call"),
                said(Own, "{"),
                said(System, "No JSON."),
                said(Own, "{}"),
                said(System, "No result."),
            ],
            vec![
                "user: Call",
                "assistant: {",
                "user: No JSON.",
                "assistant: {}",
                "user: No result.",
            ],
        ),
        (
            Role::Tool,
            vec![
                said(User, "Call"),
                said(Tool, "{"),
                said(System, "No JSON."),
            ],
            vec!["user: Call", "assistant: {", "user: No JSON."],
        ),
        (
            Role::Judge,
            vec![
                said(User, "[1] user: Hi"),
                said(Agent, "[2] main: Yes?"),
                result("c1", "[3] tool"),
                said(System, "Facts"),
                said(Own, "bad"),
                said(System, "Why"),
            ],
            vec![
                "user: [1] user: Hi\n\n[2] main: Yes?\n\n[3] tool\n\nFacts",
                "assistant: bad",
                "user: Why",
            ],
        ),
        (
            Role::Agent,
            vec![
                said(User, "Hi"),
                said(Own, "x"),
                said(Own, "y"),
                said(System, "Why"),
                said(User, "More"),
            ],
            vec!["user: Hi", "assistant: x\n\ny", "user: Why\n\nMore"],
        ),
        (
            Role::Agent,
            vec![said(Agent, "Hello, how can I help?"), said(User, "Hi")],
            vec![
                "user: (The conversation begins.)",
                "assistant: Hello, how can I help?",
                "user: Hi",
            ],
        ),
        // A result of a call that nobody made is still read.
        (
            Role::Agent,
            vec![said(User, "Hi"), result("c9", "late")],
            vec!["user: Hi\n\nlate"],
        ),
    ];
    for (role, messages, wanted) in cases {
        let request = request(role, messages);
        for dialect in [Dialect::Chat, Dialect::Messages] {
            assert_eq!(talk(&model(dialect), &request), wanted, "{dialect:?}");
        }
    }
}

#[test]
fn a_call_without_a_result_is_told_as_not_run() {
    let messages = vec![
        said(Speaker::User, "Hi"),
        Message {
            calls: vec![call("c1", "", "")],
            ..said(Speaker::Own, "")
        },
        said(Speaker::System, "Cut off."),
    ];
    let request = request(Role::Agent, messages);
    let chat = body(&model(Dialect::Chat), &request);
    assert_eq!(
        chat["messages"].as_array().unwrap()[2..],
        [
            json!({"role": "assistant", "content": null, "tool_calls": [
                {"id": "c00000001", "type": "function", "function": {"name": "_", "arguments": "{}"}}]}),
            json!({"role": "tool", "tool_call_id": "c00000001", "content": "(This call was not run.)"}),
            json!({"role": "user", "content": "Cut off."}),
        ]
    );
}

#[test]
fn a_schema_is_asked_for_in_four_ways() {
    let mut request = request(Role::Tool, vec![said(Speaker::User, "Call")]);
    let schema = json!({"type": "object", "properties": {"b": {}, "a": {}}});
    request.schema = Some(schema.clone());
    let words = format!(
        "Be kind.\n\nAnswer with one JSON object that fits this JSON Schema, and nothing else:\n{schema}"
    );
    let chat_format = json!({"type": "json_schema", "json_schema": {"name": "answer", "schema": schema, "strict": false}});
    let config = json!({"format": {"type": "json_schema", "schema": schema}});
    for (structured, format, config, system) in [
        (Structured::Auto, &chat_format, &config, "Be kind.\n"),
        (Structured::Schema, &chat_format, &config, "Be kind.\n"),
        (
            Structured::Json,
            &json!({"type": "json_object"}),
            &Value::Null,
            &*words,
        ),
        (Structured::Prompt, &Value::Null, &Value::Null, &*words),
    ] {
        let model = |dialect| with(model(dialect), |e| e.structured = structured);
        let chat = body(&model(Dialect::Chat), &request);
        assert_eq!(&chat["response_format"], format, "{structured:?}");
        assert_eq!(chat["messages"][0]["content"], system);
        let messages = body(&model(Dialect::Messages), &request);
        assert_eq!(&messages["output_config"], config, "{structured:?}");
        assert_eq!(messages["system"], system);
    }
}

#[test]
fn tools_in_words_leave_the_native_fields_alone() {
    for dialect in [Dialect::Chat, Dialect::Messages] {
        let model = with(model(dialect), |e| e.tools = Tools::Text);
        let request = at_work();
        let body = body(&model, &request);
        assert_eq!(body["tools"], Value::Null);
        let system = match dialect {
            Dialect::Chat => &body["messages"][0]["content"],
            Dialect::Messages => &body["system"],
        };
        let system = system.as_str().unwrap();
        assert!(system.contains(
            r#"{"name":"find","description":"Finds an order.","parameters":{"type":"object","properties":{"order""#
        ));
        assert!(system.contains("<tool_call>{\"name\": \"NAME\", \"arguments\": {…}}</tool_call>"));
        assert_eq!(
            talk(&model, &request),
            [
                "user: Hello.\n\nWhere is W-1?",
                "assistant: I look. \n\n<tool_call>{\"name\": \"find\", \"arguments\": {\"order\": \"W-1\",  \"n\": 1.50}}</tool_call>\n\n\
                 <tool_call>{\"name\": \"re/fund\", \"arguments\": {\"order\": \"W-1}</tool_call>",
                "user: <tool_result>{\"call\": \"c1\", \"result\": {\"status\": \"sent\"}}</tool_result>\n\n\
                 <tool_result>{\"call\": \"c2\", \"result\": \"Error: Invalid arguments\"}</tool_result>",
            ]
        );
    }
}

fn object(value: &Value) -> serde_json::Map<String, Value> {
    value.as_object().unwrap().clone()
}

#[test]
fn sampling_and_extra_fields_go_where_each_dialect_has_them() {
    let sampling = Sampling {
        temperature: Some(0.25),
        top_p: Some(0.5),
        max_tokens: Some(500),
        stop: vec![String::from("END")],
        effort: Some(String::from("medium")),
        extra: object(&json!({"top_k": 3, "seed": 1})),
    };
    let request = request(Role::Agent, vec![said(Speaker::User, "Hi")]);
    let chat = Model {
        sampling: sampling.clone(),
        ..with(model(Dialect::Chat), |e| {
            e.extra =
                object(&json!({"cache_prompt": false, "top_k": 1, "stream_options": {"more": 1}}));
        })
    };
    let mut sent = object(&body(&chat, &request));
    sent.shift_remove("messages");
    assert_eq!(
        Value::Object(sent).to_string(),
        r#"{"model":"small","temperature":0.25,"top_p":0.5,"stop":["END"],"max_tokens":500,"reasoning_effort":"medium","seed":1,"stream":true,"stream_options":{"include_usage":true,"more":1},"cache_prompt":false,"top_k":3}"#
    );
    let newer = with(chat, |e| {
        e.url = String::from("https://api.openai.com/v1");
        e.stream = false;
    });
    let sent = body(&newer, &request);
    assert_eq!(sent["max_completion_tokens"], 500);
    assert_eq!(
        (&sent["max_tokens"], &sent["stream"]),
        (&Value::Null, &json!(false))
    );

    // A model that thinks draws as it will, and its budget counts as written.
    let mut thinking = model(Dialect::Messages);
    thinking.sampling = sampling;
    let sent = body(&thinking, &request);
    assert_eq!(
        sent["thinking"],
        json!({"type": "enabled", "budget_tokens": 4096})
    );
    assert_eq!(sent["max_tokens"], 4596);
    assert_eq!(sent["stop_sequences"], json!(["END"]));
    assert_eq!(
        (&sent["temperature"], &sent["top_p"]),
        (&Value::Null, &Value::Null)
    );
    // After results the dialect wants the signed thought back, which nobody kept.
    let mut after = at_work();
    after.messages.push(said(Speaker::System, "Reply again."));
    assert_eq!(body(&thinking, &after)["thinking"], Value::Null);
    let sent = body(&thinking, &at_work());
    assert_eq!(sent["thinking"], Value::Null);
    assert_eq!(
        (&sent["temperature"], &sent["max_tokens"]),
        (&json!(0.25), &json!(500))
    );
    thinking.sampling.effort = Some(String::from("much"));
    let error = encode(&thinking, &request).unwrap_err();
    assert!(error.to_string().contains("`much`"), "{error}");
}

#[test]
fn addresses_and_headers_are_as_the_configuration_has_them() {
    let request = at_work();
    for (url, wanted) in [
        ("http://h:1/v1", "http://h:1/v1/chat/completions"),
        ("https://h/v1/", "https://h/v1/chat/completions"),
        (
            "https://h/x?api-version=1",
            "https://h/x/chat/completions?api-version=1",
        ),
        (
            "https://h/v1/chat/completions",
            "https://h/v1/chat/completions",
        ),
    ] {
        let model = with(model(Dialect::Chat), |e| e.url = url.to_owned());
        assert_eq!(encode(&model, &request).unwrap().url, wanted);
    }
    for url in ["", "h/v1", "ftp://h/v1", "http://", "http:///v1"] {
        let model = with(model(Dialect::Chat), |e| e.url = url.to_owned());
        assert_eq!(
            encode(&model, &request).unwrap_err().kind,
            Kind::BadUrl,
            "{url}"
        );
    }
    let model = with(model(Dialect::Messages), |e| {
        e.headers = vec![(
            String::from("Anthropic-Version"),
            String::from("2024-01-01"),
        )];
        e.secret_headers = vec![(String::from("X-Gate"), String::from("GATE"), None)];
        e.stream = false;
    });
    let headers = encode(&model, &request).unwrap().headers;
    let headers: Vec<String> = headers.iter().map(|(n, v)| format!("{n}: {v}")).collect();
    assert_eq!(
        headers,
        [
            "content-type: application/json",
            "accept: application/json",
            "anthropic-version: 2024-01-01",
            "x-api-key: [from $LOCAL_KEY]",
            "x-gate: [from $GATE]"
        ]
    );
}

/// What is wrong with a body's talk, by the rules that the strictest servers have.
fn against_the_rules(body: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    let messages = body["messages"].as_array().unwrap();
    let mut open: Vec<String> = Vec::new();
    let mut before = "assistant";
    for message in messages.iter().filter(|m| m["role"] != "system") {
        let role = message["role"].as_str().unwrap();
        let mut blocks: Vec<Value> = message["content"].as_array().cloned().unwrap_or_default();
        let calls = message["tool_calls"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        if message["content"]
            .as_str()
            .is_some_and(|t| t.trim().is_empty())
            && role != "tool"
        {
            wrong.push(format!("a text of nothing: {message}"));
        }
        if role == "tool" {
            blocks.push(json!({"type": "tool_result", "tool_use_id": message["tool_call_id"]}));
        }
        let results = blocks.iter().filter(|b| b["type"] == "tool_result");
        for result in results {
            let id = result["tool_use_id"].as_str().unwrap();
            let at = open.iter().position(|o| o == id);
            match at {
                Some(at) => drop(open.remove(at)),
                None => wrong.push(format!("a result of no call: {id}")),
            }
        }
        if role != "tool" && !open.is_empty() {
            wrong.push(format!("calls without a result: {open:?}"));
        }
        if role == before && role != "tool" {
            wrong.push(format!("two of {role}: {message}"));
        }
        let uses = blocks.iter().filter(|b| b["type"] == "tool_use");
        open.extend(
            uses.chain(&calls)
                .map(|c| c["id"].as_str().unwrap().to_owned()),
        );
        before = role;
    }
    if before == "assistant" {
        wrong.push(String::from("it ends with the model's own words"));
    }
    wrong
}

#[test]
fn every_request_of_whole_conversations_keeps_the_rules() {
    let mut asked = 0;
    for name in SAMPLES {
        for task in 0..2 {
            let mut desk = Desk::open(name, task, 5, &["wrong_id", "ungrounded_result"]);
            desk.command(Command::Go(Go::End));
            let mut requests = Vec::new();
            for _ in 0..2000 {
                requests.extend(desk.waiting.clone());
                if !desk.answer() {
                    break;
                }
            }
            for request in &requests {
                for dialect in [Dialect::Chat, Dialect::Messages] {
                    for tools in [Tools::Native, Tools::Text] {
                        let model = with(model(dialect), |e| e.tools = tools);
                        let wrong = against_the_rules(&body(&model, request));
                        assert!(wrong.is_empty(), "{name} {dialect:?}: {wrong:#?}");
                        asked += 1;
                    }
                }
            }
        }
    }
    assert!(asked > 100, "{asked}");
}

fn a_message() -> impl Strategy<Value = Message> {
    let from = prop_oneof![
        Just(Speaker::User),
        Just(Speaker::Agent),
        Just(Speaker::Tool),
        Just(Speaker::System),
        Just(Speaker::Own)
    ];
    let a_call = (
        "[a-c]",
        "\\PC{0,8}",
        "\\PC{0,8}|\\{\\}|\\{\"a\": [0-9]{1,3}\\}",
    )
        .prop_map(|(id, tool, raw)| call(&id, &tool, &raw));
    let calls = proptest::collection::vec(a_call, 0..3);
    (from, "[ab \n]{0,4}", calls, proptest::option::of("[a-d]")).prop_map(
        |(from, text, calls, call_id)| Message {
            from,
            text,
            calls,
            call_id,
            step: 0,
        },
    )
}

proptest! {
    #[test]
    fn any_talk_at_all_is_sent_by_the_rules(
        messages in proptest::collection::vec(a_message(), 0..12),
        role in prop_oneof![Just(Role::User), Just(Role::Agent), Just(Role::Tool), Just(Role::Judge)],
        chat in any::<bool>(),
        in_words in any::<bool>(),
    ) {
        let dialect = if chat { Dialect::Chat } else { Dialect::Messages };
        let tools = if in_words { Tools::Text } else { Tools::Native };
        let model = with(model(dialect), |e| e.tools = tools);
        let body = body(&model, &request(role, messages));
        prop_assert_eq!(against_the_rules(&body), Vec::<String>::new());
    }
}
