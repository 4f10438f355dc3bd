//! Writes every inference out: files that mean the same and leave nothing to
//! be inferred.

use super::super::problem::Problem;
use super::super::world::canon::Render;
use super::super::world::{Pattern, Reach};
use super::load::{self, SCHEMA};
use super::report::Report;
use super::{
    ArgsMode, Executor, Files, JudgeWhen, Scenario, Tool, emit, faults, people, scenario_file,
    tools_file,
};
use serde_json::{Map as JsonMap, Value as Json, json};
use std::sync::Arc;

/// The files of a scenario with every inference written into them. Comments of
/// scenario.yaml, tools.yaml and rubric.yaml are lost; all other files stay as
/// they are.
///
/// # Errors
/// The scenario's problems, where it has errors.
pub fn expand(folder: &str, files: &Files) -> Result<Files, Vec<Problem>> {
    let mut report = Report::default();
    let parts = load::read(folder, files, &mut report);
    let Some(scenario) = parts.scenario.as_ref().filter(|_| !report.has_errors()) else {
        return Err(report.finish().0);
    };
    let mut out = files.clone();
    let mut put = |name: &str, text: String| {
        out.insert(name.to_owned(), Arc::from(text.into_bytes()));
    };
    put(
        scenario_file::FILE,
        emit::yaml(&scenario_yaml(scenario, &parts)),
    );
    put(tools_file::FILE, emit::yaml(&tools_yaml(scenario)));
    put(people::RUBRIC, emit::yaml(&rubric_yaml(scenario)));
    if parts.file.schema.is_none() {
        let mut text = serde_json::to_string_pretty(scenario.schema.source()).unwrap_or_default();
        text.push('\n');
        put(SCHEMA, text);
    }
    for (agent, policy) in scenario.agents.iter().zip(&parts.policies) {
        if !files.contains_key(policy) {
            put(policy, agent.policy.clone());
        }
    }
    Ok(out)
}

fn scenario_yaml(scenario: &Scenario, parts: &load::Parts) -> Json {
    let mut tables = JsonMap::new();
    for (name, key, columns) in &parts.world.tables {
        let columns: JsonMap<String, Json> = columns
            .iter()
            .map(|(c, kind)| (c.clone(), Json::from(kind.name())))
            .collect();
        tables.insert(name.clone(), json!({"key": key, "columns": columns}));
    }
    let mut agents = JsonMap::new();
    for (at, (agent, policy)) in scenario.agents.iter().zip(&parts.policies).enumerate() {
        let mut one = JsonMap::new();
        one.insert(String::from("policy"), Json::from(policy.as_str()));
        one.insert(String::from("tools"), json!(agent.tools));
        let subs = parts.file.agents.as_ref().and_then(|all| all.get(at));
        let subs: Vec<&str> = subs
            .map(|s| s.agents.iter().map(|(a, _)| a.as_str()).collect())
            .unwrap_or_default();
        if !subs.is_empty() {
            one.insert(String::from("agents"), json!(subs));
        }
        if !agent.description.is_empty() {
            one.insert(
                String::from("description"),
                Json::from(agent.description.as_str()),
            );
        }
        agents.insert(agent.name.clone(), Json::Object(one));
    }
    let schema = parts
        .file
        .schema
        .as_ref()
        .map_or(SCHEMA, |(name, _)| name.as_str());
    let mut out = JsonMap::new();
    let mut put = |key: &str, value: Json| {
        out.insert(key.to_owned(), value);
    };
    put("id", Json::from(scenario.id.as_str()));
    put("title", Json::from(scenario.title.as_str()));
    put("now", Json::from(scenario.now.as_str()));
    put("world", json!(parts.world.files));
    if !tables.is_empty() {
        put("tables", Json::Object(tables));
    }
    put("schema", Json::from(schema));
    put("render", Json::from(render_word(parts.file.render)));
    put("agents", Json::Object(agents));
    put("stop", json!(scenario.stop));
    put("limits", json!(scenario.limits));
    let judge = match scenario.judge {
        JudgeWhen::End => "end",
        JudgeWhen::EachRound => "each_round",
        JudgeWhen::Never => "never",
    };
    put("judge", Json::from(judge));
    if !scenario.faults.is_empty() {
        put("faults", faults::written(&scenario.faults));
    }
    Json::Object(out)
}

fn render_word(render: Render) -> &'static str {
    match render {
        Render::Compact => "compact",
        Render::Python => "python",
    }
}

fn tools_yaml(scenario: &Scenario) -> Json {
    let tools = scenario
        .tools
        .iter()
        .map(|t| (t.name.clone(), tool_yaml(t)));
    Json::Object(tools.collect())
}

fn tool_yaml(tool: &Tool) -> Json {
    let mut out = JsonMap::new();
    let mut put = |key: &str, value: Json| {
        out.insert(key.to_owned(), value);
    };
    let places = |p: &[Pattern]| Json::Array(p.iter().map(|p| Json::from(p.to_string())).collect());
    if !tool.description.trim().is_empty() {
        put("description", Json::from(tool.description.as_str()));
    }
    put("parameters", whole(&tool.parameters));
    if let Some(output) = &tool.output {
        put("output", output.source().clone());
    }
    let executor = match &tool.executor {
        Executor::Table(op) => {
            let mut table = JsonMap::new();
            table.insert(String::from("name"), Json::from(op.table.as_str()));
            if let Some(get) = &op.get {
                table.insert(String::from("get"), Json::from(get.as_str()));
            }
            if !op.fields.is_empty() {
                table.insert(String::from("fields"), json!(op.fields));
            }
            table.insert(String::from("limit"), json!(op.limit));
            put("table", Json::Object(table));
            "table"
        }
        Executor::Agent(agent) => {
            put("agent", Json::from(agent.as_str()));
            "agent"
        }
        Executor::Rules => "rules",
        Executor::Model => "model",
        Executor::Human => "human",
    };
    put("executor", Json::from(executor));
    let reaches = |p: &[Reach]| Json::Array(p.iter().map(|p| Json::from(p.to_string())).collect());
    put("reads", reaches(&tool.reads));
    put("writes", reaches(&tool.writes));
    if !tool.free_text.is_empty() {
        put("free_text", places(&tool.free_text));
    }
    let args = match tool.args {
        ArgsMode::Strict => "strict",
        ArgsMode::Coerce => "coerce",
        ArgsMode::Lenient => "lenient",
    };
    put("args", Json::from(args));
    if let Some(repairs) = tool.repairs {
        put("repairs", json!(repairs));
    }
    put("render", Json::from(render_word(tool.render)));
    if !tool.answers.is_empty() {
        let answers = tool.answers.iter().map(super::answers::written);
        put("answers", Json::Array(answers.collect()));
    }
    Json::Object(out)
}

/// A schema that is read as a whole one: `properties` is there.
fn whole(schema: &Json) -> Json {
    let mut out = schema.clone();
    if let Json::Object(map) = &mut out
        && !map.contains_key("properties")
    {
        map.insert(String::from("properties"), json!({}));
    }
    out
}

fn rubric_yaml(scenario: &Scenario) -> Json {
    let mut axes = JsonMap::new();
    for axis in &scenario.rubric.axes {
        let mut one = JsonMap::new();
        one.insert(String::from("title"), Json::from(axis.title.as_str()));
        one.insert(
            String::from("description"),
            Json::from(axis.description.as_str()),
        );
        one.insert(String::from("weight"), json!(axis.weight));
        if let Some(gate) = axis.gate {
            one.insert(String::from("gate"), json!(gate));
        }
        axes.insert(axis.id.clone(), Json::Object(one));
    }
    let mut out = JsonMap::new();
    if let Some(gate) = scenario.rubric.gate {
        out.insert(String::from("gate"), json!(gate));
    }
    out.insert(String::from("axes"), Json::Object(axes));
    Json::Object(out)
}
