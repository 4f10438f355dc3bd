//! Agents: who has which tools, who calls whom, and that nobody calls themselves.

use super::super::rules::ToolSig;
use super::nearest::did_you_mean;
use super::report::Report;
use super::scenario_file::{AgentSpec, FILE};
use super::tools_file::{FILE as TOOLS, ToolEntry};
use super::tree::At;
use super::{Agent, Executor, Files, Tool};

/// The policy of an agent that has none.
pub const DEFAULT_POLICY: &str = "You help the user with the tools that you have. Look facts up instead of guessing them, and say what you did.\n";

/// The agents to use: those written, or one that has everything.
pub fn specs(given: Option<Vec<AgentSpec>>, files: &Files, report: &mut Report) -> Vec<AgentSpec> {
    let inferred = given.is_none();
    let mut out = given.unwrap_or_else(|| {
        vec![AgentSpec {
            name: String::from("main"),
            ..AgentSpec::default()
        }]
    });
    if inferred {
        report.infer(FILE, "agents", "main", "no agents are written");
    }
    let alone = out.len() == 1;
    for spec in &mut out {
        if spec.policy.is_some() {
            continue;
        }
        let own = format!("{}.md", spec.name);
        let file = if alone || !files.contains_key(&own) {
            String::from("policy.md")
        } else {
            own
        };
        if files.contains_key(&file) || alone {
            report.infer(
                FILE,
                format!("agents.{}.policy", spec.name),
                file.clone(),
                "the default",
            );
            spec.policy = Some((file, At::default()));
        } else {
            report.error(
                FILE,
                spec.at,
                format!("the agent `{}` has no policy", spec.name),
                format!(
                    "write `policy: {}.md`, a file with its system prompt",
                    spec.name
                ),
            );
        }
    }
    out
}

/// Entries for the agents that others call and no tool stands for yet.
pub fn tool_entries(
    specs: &[AgentSpec],
    entries: &[ToolEntry],
    sigs: &[ToolSig],
    report: &mut Report,
) -> Vec<ToolEntry> {
    let mut out: Vec<ToolEntry> = Vec::new();
    for (name, at) in specs.iter().flat_map(|s| &s.agents) {
        let known = specs.iter().any(|s| s.name == *name);
        let stands = |e: &ToolEntry| e.agent.as_ref().is_some_and(|(a, _)| a == name);
        if !known || entries.iter().any(stands) || out.iter().any(stands) {
            continue;
        }
        let is_tool =
            entries.iter().any(|e| e.name == *name) || sigs.iter().any(|s| s.name == *name);
        if is_tool {
            report.error(
                FILE,
                *at,
                format!("the agent `{name}` and a tool have the same name"),
                format!(
                    "rename one; or write a tool with `agent: {name}` under another name in {TOOLS}"
                ),
            );
            continue;
        }
        let spec = specs.iter().find(|s| s.name == *name);
        let description = spec
            .map(|s| s.description.clone())
            .filter(|d| !d.is_empty());
        report.infer(
            TOOLS,
            format!("tools.{name}"),
            format!("agent {name}"),
            "`agents:` of scenario.yaml",
        );
        out.push(ToolEntry {
            name: name.clone(),
            at: *at,
            description,
            agent: Some((name.clone(), *at)),
            executor: Some((String::from("agent"), *at)),
            ..ToolEntry::default()
        });
    }
    out
}

/// Agents as they run. `known` names every tool, also those that are broken.
pub fn build(
    specs: &[AgentSpec],
    tools: &[Tool],
    known: &[String],
    depth: u32,
    files: &Files,
    report: &mut Report,
) -> Vec<Agent> {
    let mut out = Vec::new();
    let alone = specs.len() == 1;
    for spec in specs {
        out.push(Agent {
            name: spec.name.clone(),
            description: spec.description.clone(),
            policy: policy(spec, files, report),
            tools: tools_of(spec, alone, specs, tools, known, report),
        });
    }
    calls(specs, &out, tools, depth, report);
    // With something wrong here a tool may only seem to be nobody's.
    let sound = !report.has_errors_in(FILE);
    for tool in tools.iter().filter(|_| sound) {
        if !out.iter().any(|a| a.tools.contains(&tool.name)) {
            report.warn(
                FILE,
                specs.first().map(|s| s.at).unwrap_or_default(),
                format!("no agent has the tool `{}`", tool.name),
                "list it under an agent's `tools`, or remove it",
            );
        }
    }
    out
}

fn policy(spec: &AgentSpec, files: &Files, report: &mut Report) -> String {
    let Some((file, at)) = &spec.policy else {
        return String::new();
    };
    match files.get(file).map(|bytes| std::str::from_utf8(bytes)) {
        Some(Ok(text)) => {
            let text = text.strip_prefix('\u{feff}').unwrap_or(text);
            if text.trim().is_empty() {
                report.warn(
                    file,
                    At::default(),
                    "the policy is empty",
                    "write what the agent may do and how",
                );
            }
            text.to_owned()
        }
        Some(Err(_)) => {
            report.error(
                file,
                At::default(),
                "this is not UTF-8 text",
                "save the file as UTF-8",
            );
            String::new()
        }
        None if at.line == 0 => {
            report.infer(file, "policy", "a short one", "no policy is written");
            DEFAULT_POLICY.to_owned()
        }
        None => {
            let help = did_you_mean(file, files.keys().map(String::as_str));
            report.error(
                FILE,
                *at,
                format!("the policy `{file}` is not in the folder"),
                help,
            );
            String::new()
        }
    }
}

fn tools_of(
    spec: &AgentSpec,
    alone: bool,
    specs: &[AgentSpec],
    tools: &[Tool],
    known: &[String],
    report: &mut Report,
) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    match &spec.tools {
        Some(list) => {
            for (name, at) in list {
                if known.contains(name) {
                    out.push(name.clone());
                } else {
                    let help = did_you_mean(name, known.iter().map(String::as_str));
                    report.error(
                        FILE,
                        *at,
                        format!("the agent `{}` has an unknown tool `{name}`", spec.name),
                        help,
                    );
                }
            }
        }
        None if alone => {
            out.extend(tools.iter().map(|t| t.name.clone()));
            let shown = format!("[{}]", out.join(", "));
            report.infer(
                FILE,
                format!("agents.{}.tools", spec.name),
                shown,
                "a lone agent has every tool",
            );
        }
        None if spec.agents.is_empty() => {
            report.error(
                FILE,
                spec.at,
                format!("nothing says which tools the agent `{}` has", spec.name),
                "write `tools: [...]` (`[]` for none): only a lone agent has every tool",
            );
        }
        None => report.infer(
            FILE,
            format!("agents.{}.tools", spec.name),
            "[]",
            "it has sub-agents",
        ),
    }
    for (name, at) in &spec.agents {
        if !specs.iter().any(|s| s.name == *name) {
            let help = did_you_mean(name, specs.iter().map(|s| s.name.as_str()));
            report.error(
                FILE,
                *at,
                format!("the agent `{}` calls an unknown agent `{name}`", spec.name),
                help,
            );
            continue;
        }
        let tool = tools
            .iter()
            .find(|t| t.executor == Executor::Agent(name.clone()));
        if let Some(tool) = tool
            && !out.contains(&tool.name)
        {
            out.push(tool.name.clone());
        }
    }
    out
}

/// Cycles, chains that are too long, and agents that nobody reaches.
fn calls(specs: &[AgentSpec], agents: &[Agent], tools: &[Tool], depth: u32, report: &mut Report) {
    let called = |agent: &Agent| -> Vec<usize> {
        agent
            .tools
            .iter()
            .filter_map(|name| tools.iter().find(|t| t.name == *name))
            .filter_map(|tool| match &tool.executor {
                Executor::Agent(target) => agents.iter().position(|a| a.name == *target),
                Executor::Table(_) | Executor::Rules | Executor::Model | Executor::Human => None,
            })
            .collect()
    };
    let edges: Vec<Vec<usize>> = agents.iter().map(called).collect();
    let names = |way: &[usize]| -> String {
        let names: Vec<&str> = way
            .iter()
            .filter_map(|i| agents.get(*i))
            .map(|a| a.name.as_str())
            .collect();
        names.join(" > ")
    };
    let place = |i: usize| specs.get(i).map(|s| s.at).unwrap_or_default();
    // Depth first, each agent once: 1 is on the way, 2 is done, with the
    // longest way down below it.
    let mut state = vec![0u8; agents.len()];
    let mut below: Vec<Vec<usize>> = vec![Vec::new(); agents.len()];
    let mut cyclic = false;
    for start in 0..agents.len() {
        let mut way: Vec<(usize, usize)> = vec![(start, 0)];
        if state.get(start) != Some(&0) {
            continue;
        }
        while let Some((here, next)) = way.last().copied() {
            if let Some(slot) = state.get_mut(here) {
                *slot = 1;
            }
            let target = edges.get(here).and_then(|e| e.get(next)).copied();
            if let Some((_, next)) = way.last_mut() {
                *next += 1;
            }
            match target {
                Some(target) if state.get(target) == Some(&1) => {
                    cyclic = true;
                    let from = way.iter().position(|(a, _)| *a == target).unwrap_or(0);
                    let mut ring: Vec<usize> = way.iter().skip(from).map(|(a, _)| *a).collect();
                    ring.push(target);
                    report.error(
                        FILE,
                        place(here),
                        format!("agents call each other in a circle: {}", names(&ring)),
                        "remove one of these calls from `agents:`",
                    );
                }
                Some(target) if state.get(target) == Some(&0) => way.push((target, 0)),
                Some(_) => {}
                None => {
                    let longest = edges
                        .get(here)
                        .into_iter()
                        .flatten()
                        .filter_map(|t| below.get(*t))
                        .max_by_key(|b| b.len())
                        .cloned()
                        .unwrap_or_default();
                    let mut chain = vec![here];
                    chain.extend(longest);
                    if let Some(slot) = below.get_mut(here) {
                        *slot = chain;
                    }
                    if let Some(slot) = state.get_mut(here) {
                        *slot = 2;
                    }
                    way.pop();
                }
            }
        }
    }
    if cyclic {
        return;
    }
    let sound = !report.has_errors_in(FILE);
    let longest = below.first().cloned().unwrap_or_default();
    if longest.len() > depth as usize + 1 {
        report.error(
            FILE,
            place(0),
            format!(
                "agents call each other {} deep, and `limits.depth` is {depth}: {}",
                longest.len() - 1,
                names(&longest)
            ),
            "raise `limits.depth`, or flatten the agents",
        );
    }
    let mut reached = vec![false; agents.len()];
    let mut todo = vec![0usize];
    while let Some(here) = todo.pop() {
        if let Some(slot) = reached.get_mut(here)
            && !*slot
        {
            *slot = true;
            todo.extend(edges.get(here).into_iter().flatten());
        }
    }
    for (i, agent) in agents.iter().enumerate() {
        if sound && reached.get(i) == Some(&false) {
            report.warn(
                FILE,
                place(i),
                format!("nobody calls the agent `{}`", agent.name),
                "list it under another agent's `agents`; the user talks to the first agent",
            );
        }
    }
}
