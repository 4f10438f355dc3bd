//! The grounding check on labelled records and on recorded conversations.

use flate2::read::GzDecoder;
use serde_json::Value;
use stategen::engine::grounding::{Coverage, Done, Known, check_agent_text, findings_of_args};
use stategen::engine::score::Finding;
use stategen::engine::world::Node;
use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::PathBuf;

/// The folder of cases, or a line that says why the test is skipped.
fn cases() -> Option<PathBuf> {
    let folder = std::env::var_os("STATEGEN_CASES")
        .map_or_else(|| PathBuf::from("../shared/cases"), PathBuf::from);
    if folder.join("hallucinations_dev.jsonl.gz").exists() {
        return Some(folder);
    }
    println!("skipped: no labelled records at {}", folder.display());
    None
}

fn lines(path: &PathBuf) -> Vec<Value> {
    let mut text = String::new();
    let file = std::fs::File::open(path).unwrap();
    GzDecoder::new(file).read_to_string(&mut text).unwrap();
    text.lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect()
}

/// What a domain says of its tools and its policy.
struct Domain {
    /// Policy and tools: known from the start.
    base: Known,
    tools: BTreeMap<String, (bool, String)>,
}

fn domains(cases: &std::path::Path) -> BTreeMap<String, Domain> {
    ["retail", "airline", "telecom"]
        .into_iter()
        .map(|name| {
            let folder = cases.join(name);
            let policy = std::fs::read_to_string(folder.join("policy.md")).unwrap();
            let tools: Vec<Value> =
                serde_json::from_str(&std::fs::read_to_string(folder.join("tools.json")).unwrap())
                    .unwrap();
            let mut base = Known::new();
            base.text(&policy);
            base.text(&serde_json::to_string(&tools).unwrap());
            for tool in &tools {
                base.tool(tool["name"].as_str().unwrap());
            }
            let tools = tools
                .iter()
                .map(|t| {
                    let about = t["description"].as_str().unwrap_or("").to_owned();
                    let writes = t["mutates_state"].as_bool().unwrap_or(false);
                    (t["name"].as_str().unwrap().to_owned(), (writes, about))
                })
                .collect();
            (name.to_owned(), Domain { base, tools })
        })
        .collect()
}

/// A conversation as the check follows it.
struct Heard<'a> {
    domain: &'a Domain,
    known: Known,
    done: Vec<Done>,
    calls: BTreeMap<&'a str, (&'a str, &'a Value)>,
}

impl<'a> Heard<'a> {
    fn new(domain: &'a Domain) -> Self {
        let known = domain.base.clone();
        let (done, calls) = (Vec::new(), BTreeMap::new());
        Self {
            domain,
            known,
            done,
            calls,
        }
    }

    fn hear(&mut self, message: &'a Value) {
        let content = message["content"].as_str().unwrap_or("");
        // What the agent itself said is no source, or a lie would back its repetition.
        if message["role"] != "assistant" {
            self.known.text(content);
        }
        for call in message["tool_calls"].as_array().into_iter().flatten() {
            let name = call["name"].as_str().unwrap_or("");
            self.calls
                .insert(call["id"].as_str().unwrap_or(""), (name, &call["args"]));
        }
        let id = message["tool_call_id"].as_str().unwrap_or("");
        let (true, Some((tool, args))) = (message["role"] == "tool", self.calls.get(id)) else {
            return;
        };
        let ok = message["error"] != true && !content.starts_with("Error");
        let (writes, about) = self.domain.tools.get(*tool).cloned().unwrap_or_default();
        let args = Node::from_json(args);
        // A call that was accepted: its arguments are facts from now on.
        if ok {
            self.known.node(&args);
        }
        self.done.push(Done {
            tool: (*tool).to_owned(),
            ok,
            wrote: ok && writes,
            args,
            about,
        });
    }

    fn judge(&self, message: &Value) -> (Vec<Finding>, Coverage) {
        let content = message["content"].as_str().unwrap_or("");
        let (mut findings, coverage) = check_agent_text(content, 1, &self.known, &self.done);
        for call in message["tool_calls"].as_array().into_iter().flatten() {
            let tool = call["name"].as_str().unwrap_or("");
            let args = Node::from_json(&call["args"]);
            findings.extend(findings_of_args(tool, &args, 1, &self.known));
        }
        (findings, coverage)
    }
}

#[test]
fn labelled_records_are_told_apart() {
    let Some(cases) = cases() else { return };
    let domains = domains(&cases);
    let records = lines(&cases.join("hallucinations_dev.jsonl.gz"));
    let mut per: BTreeMap<&str, [usize; 4]> = BTreeMap::new();
    let verbose = std::env::var_os("STATEGEN_VERBOSE").is_some();
    for record in &records {
        let family = record["family"].as_str().unwrap();
        if !matches!(family, "tool_call" | "agent_claim" | "hard_negative") {
            continue;
        }
        let domain = &domains[record["domain"].as_str().unwrap()];
        let messages = record["messages"].as_array().unwrap();
        let target = usize::try_from(record["target"].as_u64().unwrap()).unwrap();
        let mut heard = Heard::new(domain);
        messages[..target].iter().for_each(|m| heard.hear(m));
        let (findings, _) = heard.judge(&messages[target]);
        let flagged = !findings.is_empty();
        let bad = record["label"] == 1;
        let slot = per.entry(record["kind"].as_str().unwrap()).or_default();
        slot[usize::from(bad) * 2 + usize::from(flagged)] += 1;
        if verbose && flagged != bad {
            let what: Vec<&str> = findings.iter().map(|f| f.what.as_str()).collect();
            println!(
                "{} {} {what:?} {}",
                record["id"], record["kind"], record["evidence"]
            );
        }
    }
    let sum = |kinds: &dyn Fn(&str) -> bool, at: usize| -> usize {
        per.iter()
            .filter(|(k, _)| kinds(k))
            .map(|(_, v)| v[at])
            .sum()
    };
    println!("kind: clean passed, clean flagged, wrong missed, wrong found");
    for (kind, counts) in &per {
        println!("  {kind:45} {counts:?}");
    }
    let all = |_: &str| true;
    let (wrongly, found, missed) = (sum(&all, 1), sum(&all, 3), sum(&all, 2));
    let precision = found as f64 / (found + wrongly).max(1) as f64;
    let recall = found as f64 / (found + missed).max(1) as f64;
    println!("precision {precision:.3}, recall {recall:.3} over calls, claims and hard negatives");
    assert!(precision >= 0.9, "{precision}");
    assert!(recall >= 0.5, "{recall}");
}

#[test]
fn recorded_conversations_are_mostly_grounded() {
    let Some(cases) = cases() else { return };
    let domains = domains(&cases);
    let (mut turns, mut flagged, mut coverage) = (0usize, 0usize, Coverage::default());
    let verbose = std::env::var_os("STATEGEN_VERBOSE").is_some();
    let conversations = lines(&cases.join("conversations.jsonl.gz"));
    for conversation in &conversations {
        let Some(domain) = domains.get(conversation["domain"].as_str().unwrap_or("")) else {
            continue;
        };

        let mut heard = Heard::new(domain);
        // Without a user, the agent was given a ticket that is no message.
        if conversation["messages"]
            .as_array()
            .unwrap()
            .iter()
            .all(|m| m["role"] != "user")
        {
            heard.known.text(&conversation["task"].to_string());
        }
        for message in conversation["messages"].as_array().unwrap() {
            if message["role"] == "assistant" {
                let (findings, seen) = heard.judge(message);
                turns += 1;
                flagged += usize::from(!findings.is_empty());
                coverage += seen;
                for f in findings.iter().filter(|_| verbose) {
                    println!("real {} {}", f.kind, f.what);
                }
            }
            heard.hear(message);
        }
    }
    println!("{flagged} of {turns} agent turns flagged; {coverage:?}");
    assert!(turns > 1000);
    assert!(coverage.traced * 10 > coverage.literals * 7, "{coverage:?}");
    assert_eq!(
        coverage.literals,
        coverage.traced + coverage.untraced + coverage.unchecked
    );
}
