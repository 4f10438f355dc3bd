//! Providers, models and seats in the configuration: what is read, what is
//! wrong and where, who wins, and that a key never gets in.

use serde_json::json;
use stategen::cli::setup::{Flags, Micros, build};
use stategen::config::{Config, Inputs, PROJECT_FILE, Section, USER_FILE};
use stategen::driver::Setup;
use stategen::driver::setup::Player;
use stategen::engine::problem::Problem;
use stategen::providers::{Dialect, Model, Structured, Tools};
use std::time::Duration;

/// What a person's file and a project's file give together.
fn both(user: &str, project: &str) -> (Config, Vec<Problem>) {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join(USER_FILE), user).unwrap();
    std::fs::write(dir.path().join(PROJECT_FILE), project).unwrap();
    Config::load(&Inputs {
        user_dir: Some(dir.path().into()),
        project: Some(dir.path().into()),
        ..Inputs::default()
    })
}

fn load(text: &str) -> (Config, Vec<Problem>) {
    both("", text)
}

/// A file without problems.
fn good(text: &str) -> Config {
    let (config, problems) = load(text);
    assert_eq!(problems, [], "{text}");
    config
}

/// Each problem as `line:column what | help`.
fn told(problems: &[Problem]) -> Vec<String> {
    problems
        .iter()
        .map(|p| format!("{}:{} {} | {}", p.line, p.column, p.what, p.help))
        .collect()
}

/// Exactly one problem, of which this is the beginning.
#[track_caller]
fn wrong(text: &str, at: &str) {
    let (config, problems) = load(text);
    let told = told(&problems);
    assert!(
        told.len() == 1 && told[0].starts_with(at),
        "{at}\nis not {told:#?}"
    );
    assert_eq!(config.models.wrong, 1, "{told:?}");
    assert!(
        set_up(&config, &[])
            .unwrap_err()
            .contains("`stategen config` lists them"),
        "{told:?}"
    );
}

/// Set up with the variables `K` and `H`.
fn set_up(config: &Config, models: &[&str]) -> Result<Setup, String> {
    let flags = Flags {
        models: models.iter().map(|m| (*m).to_owned()).collect(),
        ..Flags::default()
    };
    build(config, &flags, &|name| match name {
        "K" => Some(String::from(" sk-one \n")),
        "H" => Some(String::from("sk-two")),
        "EMPTY" => Some(String::new()),
        _ => None,
    })
}

fn model<'a>(setup: &'a Setup, seat: &str) -> &'a Model {
    match &setup.seats[seat] {
        Player::Model(model) => model,
        Player::Scripted => panic!("{seat} is scripted"),
    }
}

fn plays(setup: &Setup) -> Vec<String> {
    let row = |(seat, player): (&String, &Player)| format!("{seat}={}", player.id());
    setup.seats.iter().map(row).collect()
}

const LOCAL: &str = "[providers.local]\nkind = \"chat\"\nurl = \"http://127.0.0.1:1/v1\"\n";

#[test]
fn everything_that_can_be_said_reaches_the_seats() {
    let config = good(
        r#"
[providers.local]
kind = "chat"
url = "http://127.0.0.1:8080/v1/"
key_env = "K"
headers = { "X-Team" = "evals" }
secret_headers = { "x-api-key" = "H", "x-none" = "NOT_SET" }
extra = { cache_prompt = false, b = [1, 2.5, { z = "z", a = true }] }
stream = false
structured = "prompt"
tools = "text"
seed = false
http1 = true
connect_s = 1
first_token_s = 2.5
idle_s = 3
total_s = 4
max_answer_mb = 2
retries = 7
rpm = 60
tpm = 100_000
in_flight = 4
[models."local/a/b"]
input = 0.15
cached_input = 0.075
cache_write = 0.2
output = 0.60
context = 8192
[models."local/half"]
input = 1
[roles.agent]
model = "local/a/b"
temperature = 0.2
top_p = 1
max_tokens = 300
stop = ["a", "b"]
effort = "low"
extra = { top_k = 40 }
[roles."agent/flights"]
provider = "local"
model = "c"
temperature = 0
[roles."tool/refund"]
model = "scripted"
[roles.judge]
model = "local/a/b"
samples = 3
[limits]
conversation_usd = 0.50
"#,
    );
    let setup = set_up(&config, &[]).unwrap();
    assert_eq!(
        plays(&setup),
        [
            "agent=local/a/b",
            "agent/flights=local/c",
            "judge=local/a/b",
            "tool/refund=scripted"
        ]
    );
    let agent = model(&setup, "agent");
    let at = &agent.endpoint;
    assert_eq!((at.name.as_str(), at.dialect), ("local", Dialect::Chat));
    assert_eq!(at.url, "http://127.0.0.1:8080/v1");
    assert_eq!(at.key.as_ref().unwrap().reveal(), "sk-one");
    assert_eq!(at.headers, [("x-team".into(), "evals".into())]);
    assert_eq!(at.secret_headers[0].2.as_ref().unwrap().reveal(), "sk-two");
    assert_eq!(at.secret_headers[1].2, None);
    assert_eq!(
        serde_json::to_string(&at.extra).unwrap(),
        r#"{"cache_prompt":false,"b":[1,2.5,{"z":"z","a":true}]}"#
    );
    assert!(!at.stream && !at.seed && at.http1);
    assert_eq!((at.structured, at.tools), (Structured::Prompt, Tools::Text));
    assert_eq!(at.timeouts.first, Duration::from_millis(2500));
    assert_eq!(at.timeouts.total, Duration::from_secs(4));
    assert_eq!(at.max_answer, 2 << 20);
    let how = &agent.sampling;
    assert_eq!((how.temperature, how.top_p), (Some(0.2), Some(1.0)));
    assert_eq!(
        (how.max_tokens, how.effort.as_deref()),
        (Some(300), Some("low"))
    );
    assert_eq!(how.stop, ["a", "b"]);
    assert_eq!(json!(how.extra), json!({"top_k": 40}));
    // A special seat takes from its role what it does not say.
    let flights = model(&setup, "agent/flights");
    assert_eq!(flights.sampling.temperature, Some(0.0));
    assert_eq!(flights.sampling.max_tokens, Some(300));
    let bounds = setup.bounds["local"];
    assert_eq!((bounds.rpm, bounds.tpm), (Some(60), Some(100_000)));
    assert_eq!((bounds.in_flight, bounds.retries), (Some(4), 7));
    let price = setup.prices["local/a/b"];
    assert_eq!((price.input, price.output), (150_000, 600_000));
    assert_eq!(
        (price.cached, price.cache_write),
        (Some(75_000), Some(200_000))
    );
    assert!(
        !setup.prices.contains_key("local/half"),
        "half a price is none"
    );
    assert_eq!(setup.contexts["local/a/b"], 8192);
    assert_eq!((setup.samples, setup.cap_micros), (3, Some(500_000)));
    let choices: Vec<&String> = setup.choices.keys().collect();
    assert_eq!(choices, ["local/a/b", "local/c"]);
    // Nothing that can be printed holds a key.
    let printed = format!("{config:?} {setup:?}");
    assert!(!printed.contains("sk-"), "{printed}");
}

#[test]
fn what_nobody_says_is_as_usual() {
    let config = good(&format!(
        "{LOCAL}key_env = \"EMPTY\"\n[roles.user]\nmodel = \"local/m\"\n"
    ));
    let setup = set_up(&config, &[]).unwrap();
    let user = model(&setup, "user");
    assert!(user.endpoint.stream && user.endpoint.seed && user.endpoint.key.is_none());
    assert_eq!(user.endpoint.timeouts.idle, Duration::from_secs(60));
    assert_eq!(user.sampling, stategen::providers::Sampling::default());
    assert_eq!(setup.bounds["local"].retries, 4);
    assert_eq!((setup.samples, setup.cap_micros), (1, None));
}

#[test]
fn later_files_win_key_by_key() {
    let (config, problems) = both(
        "[providers.local]\nkind = \"chat\"\nurl = \"http://a/v1\"\nrpm = 5\n\
         [providers.far]\nkind = \"messages\"\nurl = \"https://b/v1\"\n\
         [roles.agent]\nprovider = \"local\"\nmodel = \"meta/x\"\ntemperature = 1\n\
         [roles.user]\nmodel = \"local/u\"\n",
        "[providers.local]\nurl = \"http://c/v1\"\n\
         [roles.agent]\nmodel = \"far/y\"\n[roles.user]\nprovider = \"far\"\n",
    );
    assert_eq!(problems, []);
    let local = &config.models.providers["local"];
    assert_eq!(
        (local.text("url"), local.whole("rpm")),
        (Some("http://c/v1"), Some(5))
    );
    let from = |section: &Section, field: &str| section.items[field].source.to_string();
    assert!(from(local, "url").ends_with("stategen.toml:2"), "{local:?}");
    assert!(from(local, "rpm").ends_with("config.toml:4"), "{local:?}");
    let setup = set_up(&config, &[]).unwrap();
    assert_eq!(plays(&setup), ["agent=far/y", "user=far/u"]);
    assert_eq!(model(&setup, "agent").sampling.temperature, Some(1.0));
    assert_eq!(model(&setup, "agent").endpoint.dialect, Dialect::Messages);
}

#[test]
fn a_model_keeps_its_slashes_where_the_provider_is_named() {
    let config = good(&format!(
        "{LOCAL}[roles.agent]\nprovider = \"local\"\nmodel = \"local/x\"\n[roles.user]\nmodel = \
         \"local/hub/x:free\"\n"
    ));
    let setup = set_up(&config, &[]).unwrap();
    assert_eq!(
        plays(&setup),
        ["agent=local/local/x", "user=local/hub/x:free"]
    );
}

#[test]
fn each_slip_is_told_with_its_place() {
    let provider = |line: &str| format!("{LOCAL}{line}\n");
    let role = |line: &str| format!("{LOCAL}[roles.agent]\n{line}\n");
    wrong(
        &provider("strem = true"),
        "4:1 unknown key `strem` | Did you mean `stream`?",
    );
    wrong(
        &provider("stream = 1"),
        "4:10 `stream` must be true or false, not integer",
    );
    wrong(&provider("rpm = 0"), "4:7 `rpm` must be from 1 to 1000000");
    wrong(
        &provider("rpm = 1.5"),
        "4:7 `rpm` must be a whole number, not float",
    );
    wrong(&provider("idle_s = 0"), "4:10 `idle_s` must be from 0.001");
    wrong(
        &provider("idle_s = nan"),
        "4:10 `idle_s` must be from 0.001",
    );
    wrong(
        &provider("structured = \"yes\""),
        "4:14 `structured` cannot be `yes` | There are: auto",
    );
    wrong(
        &provider("extra = { a = 1979-05-27 }"),
        "4:15 JSON has no dates",
    );
    wrong(
        &provider("headers = { \"a b\" = \"c\" }"),
        "4:13 this can be no header's name",
    );
    wrong(
        &provider("headers = { Host = \"c\" }"),
        "4:13 the header `Host` is set by the program",
    );
    wrong(
        &provider("headers = { a = \"ä\" }"),
        "4:17 the header `a` can hold only printable",
    );
    wrong(
        &provider("secret_headers = { a = 1 }"),
        "4:24 `secret_headers` must be a table of",
    );
    wrong(
        &role("temperature = 2.1"),
        "5:15 `temperature` must be from 0 to 2",
    );
    wrong(
        &role("temperature = \"low\""),
        "5:15 `temperature` must be a number, not string",
    );
    wrong(&role("stop = [1]"), "5:8 `stop` must be a list of texts");
    wrong(
        &role("samples = 3"),
        "4:8 role `agent` has `samples`, which only the judge takes",
    );
    wrong(&role("model = \"\""), "5:9 `model` cannot be empty");
    wrong(
        &role("model = \"small\""),
        "5:9 role `agent`: `small` names no declared provider | Write",
    );
    wrong(
        &role("model = \"locla/small\""),
        "5:9 role `agent`: `locla/small` names no declared provider | Did you mean `local`?",
    );
    wrong(
        &role("provider = \"local\""),
        "5:12 role `agent` names the provider `local` and no model",
    );
    wrong(
        &provider("[roles.\"user/x\"]"),
        "4:8 unknown role `user/x` | Write `agent/NAME`",
    );
    wrong(
        &provider("[models.local]"),
        "4:9 `local` names no provider and model",
    );
    wrong(
        &provider("[models.\"loca/x\"]"),
        "4:9 `[models.\"loca/x\"]`: there is no provider `loca` | Did you mean",
    );
    wrong(
        &provider("[limits]\nconversation_usd = -1"),
        "5:20 `conversation_usd` must be from 0",
    );
    wrong("limits = 3\n", "1:1 must be a table | Write `[limits]`");
    wrong("[providers]\nlocal = 3\n", "2:1 `local` must be a table");
    wrong(
        "[providers.a]\nkind = \"chat\"\n",
        "1:12 the provider `a` has no `url`",
    );
    wrong(
        "[providers.a]\nurl = \"http://a\"\n",
        "1:12 the provider `a` has no `kind`",
    );
    for (url, what) in [
        ("localhost:1", "`url` must begin with http://"),
        ("http:///v1", "`url` must begin with http://"),
        (
            "http://a/v1?api-version=2",
            "the address cannot hold a query",
        ),
        (
            "http://a/v1/chat/completions",
            "leave `/chat/completions` off the address | Write `url = \"http://a/v1\"`.",
        ),
    ] {
        wrong(
            &format!("[providers.a]\nkind = \"scripted\"\nurl = \"{url}\"\n"),
            &format!("3:7 {what}"),
        );
    }
}

#[test]
fn a_line_that_is_no_toml_keeps_models_from_being_asked() {
    let (config, problems) = load("[roles.agent]\nmodel = local/small\n");
    assert!(told(&problems)[0].starts_with("2:9 "), "{problems:?}");
    assert!(set_up(&config, &[]).is_err());
}

#[test]
fn a_key_in_a_file_is_refused_and_never_repeated() {
    let provider = |line: &str| format!("{LOCAL}{line}\n");
    for text in [
        String::from("api_key = \"sk-very-secret-1\"\n"),
        String::from("[providers]\nkey = \"sk-very-secret-1\"\n"),
        provider("api_key = \"sk-very-secret-1\""),
        provider("token = \"sk-very-secret-1\""),
        provider("key_env = \"sk-very-secret-1\""),
        provider("key_env = \"verysecret0123456789abcdef\""),
        provider("structured = \"sk-very-secret-1\""),
        provider("headers = { Authorization = \"Bearer sk-very-secret-1\" }"),
        provider("headers = { \"x-api-key\" = \"sk-very-secret-1\" }"),
        provider("headers = { \"api-key\" = \"sk-very-secret-1\" }"),
        provider("headers = { cookie = \"sk-very-secret-1\" }"),
        provider("headers = { x-mine = \"sk-very-secret-1\" }"),
        provider("secret_headers = { x-mine = \"sk-very-secret-1\" }"),
        provider("extra = { api_key = \"sk-very-secret-1\" }"),
        provider("extra = { a = [{ b = \"sk-very-secret-1\" }] }"),
        String::from(
            "[providers.a]\nkind = \"chat\"\nurl = \"http://me:sk-very-secret-1@host/v1\"\n",
        ),
        String::from(
            "[providers.a]\nkind = \"chat\"\nurl = \"http://host/v1?key=sk-very-secret-1\"\n",
        ),
    ] {
        let (config, problems) = load(&text);
        let printed = format!("{problems:?} {config:?}");
        assert!(
            !printed.contains("secret-1") && !printed.contains("verysecret"),
            "{printed}"
        );
        assert!(!problems.is_empty(), "{text}");
    }
    let (_, problems) = load(&provider("headers = { x-api-key = \"x\" }"));
    let told = told(&problems);
    assert!(
        told[0].starts_with("4:13 the header `x-api-key` carries a secret"),
        "{told:?}"
    );
    assert!(told[0].contains("use secret_headers"), "{told:?}");
}

#[test]
fn flags_go_before_files() {
    let config = good(&format!(
        "{LOCAL}[roles.agent]\nmodel = \"local/a\"\ntemperature = 0.5\n[roles.\"agent/x\"]\nmodel = \
         \"local/b\"\n"
    ));
    let plays = |models: &[&str]| plays(&set_up(&config, models).unwrap());
    assert_eq!(
        plays(&["judge=local/j=1"]),
        ["agent=local/a", "agent/x=local/b", "judge=local/j=1"]
    );
    assert_eq!(
        plays(&["agent/x=scripted"]),
        ["agent=local/a", "agent/x=scripted"]
    );
    assert_eq!(
        plays(&["local/m=q", "user=scripted"]),
        [
            "agent=local/m=q",
            "judge=local/m=q",
            "tool=local/m=q",
            "user=scripted"
        ]
    );
    let setup = set_up(&config, &["agent=local/z"]).unwrap();
    assert_eq!(model(&setup, "agent").sampling.temperature, Some(0.5));
    let choices: Vec<&String> = setup.choices.keys().collect();
    assert_eq!(choices, ["local/a", "local/b", "local/z"]);
    for (flag, words) in [
        ("agnt=local/a", "no seat `agnt`. Did you mean `agent`?"),
        (
            "agent=locl/a",
            "no provider `locl`. Did you mean `local`? Declared: local.",
        ),
        (
            "small",
            "`small` names no provider; write PROVIDER/MODEL. Declared: local.",
        ),
        ("local/", "write local/MODEL"),
    ] {
        let why = set_up(&config, &[flag]).unwrap_err();
        assert!(why.contains(words), "{flag}: {why}");
    }
    let none = good("");
    let why = set_up(&none, &["local/a"]).unwrap_err();
    assert!(why.contains("stategen help models"), "{why}");
}

#[test]
fn without_models_a_broken_configuration_is_no_matter() {
    let (config, _) = load("[roles.agent]\nmodel = \"far/a\"\n");
    assert!(set_up(&config, &[]).is_err());
    assert!(set_up(&config, &["agent=scripted"]).is_err());
    let setup = set_up(&config, &["scripted"]).unwrap();
    assert_eq!(
        plays(&setup),
        [
            "agent=scripted",
            "judge=scripted",
            "tool=scripted",
            "user=scripted"
        ]
    );
}

#[test]
fn a_flag_can_cap_what_it_costs() {
    let config = good("[limits]\nconversation_usd = 5\n");
    let flags = Flags {
        cap: Some(Micros(20_000)),
        ..Flags::default()
    };
    let setup = build(&config, &flags, &|_| None).unwrap();
    assert_eq!(setup.cap_micros, Some(20_000));
}
