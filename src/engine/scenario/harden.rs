//! Files of a scenario with one tool of a model made harder: an accepted answer
//! stands among its `answers`, or it is answered by a rule. Text is put in and
//! taken out by line, so that comments and all other lines stay as they are.

use super::tools_file::FILE;
use super::tree::{Entry, Tree, Value};
use super::{Answer, Files, Scenario, answers, emit, yaml};
use serde_json::Value as Json;

/// A rules file for drafts, where no file holds a rule of the tool.
const DRAFTS: &str = "frozen.rules";
/// Keys of a tool that only a model needs.
const OF_MODEL: [&str; 5] = ["reads", "writes", "free_text", "repairs", "answers"];

/// A tool's part of tools.yaml, with the lines that it takes.
struct Block<'a> {
    entry: &'a Entry,
    /// The line after its last, from 0.
    end: usize,
}

/// The text of a file of a scenario.
fn text<'a>(files: &'a Files, name: &str) -> Result<&'a str, String> {
    let bytes = files
        .get(name)
        .ok_or_else(|| format!("there is no {name}"))?;
    std::str::from_utf8(bytes).map_err(|_| format!("{name} is no text"))
}

/// The index of an entry's line, from 0.
fn line_of(entry: &Entry) -> usize {
    (entry.at.line as usize).saturating_sub(1)
}

/// Where the lines of one of several entries end: before the next, and before
/// the blank lines and comments that stand above that.
fn end_of(lines: &[&str], entries: &[Entry], at: usize, whole: usize) -> usize {
    let mut end = entries.get(at + 1).map_or(whole, line_of).min(whole);
    let first = entries.get(at).map_or(0, line_of);
    while end > first + 1 {
        let line = lines.get(end - 1).map_or("", |l| l.trim());
        if !(line.is_empty() || line.starts_with('#')) {
            break;
        }
        end -= 1;
    }
    end
}

fn block<'a>(tree: &'a Tree, lines: &[&str], tool: &str) -> Result<Block<'a>, String> {
    let entries = tree
        .entries()
        .ok_or_else(|| format!("{FILE} is no map by name; write it so first"))?;
    let at = entries
        .iter()
        .position(|e| e.key == tool)
        .ok_or_else(|| format!("{FILE} has no `{tool}:`"))?;
    let end = end_of(lines, entries, at, lines.len());
    let entry = entries
        .get(at)
        .ok_or_else(|| format!("{FILE} has no `{tool}:`"))?;
    let inner = entry.value.entries().unwrap_or_default();
    if inner.first().is_none_or(|e| e.at.line <= entry.at.line) {
        return Err(format!(
            "{FILE} has `{tool}` on one line; write a key a line first"
        ));
    }
    Ok(Block { entry, end })
}

fn read(files: &Files) -> Result<(Tree, &str), String> {
    let text = text(files, FILE)?;
    let (tree, problems) = yaml::read(FILE, text.as_bytes());
    match (tree, problems.first()) {
        (Some(tree), None) => Ok((tree, text)),
        (_, Some(problem)) => Err(problem.to_string()),
        (None, None) => Err(format!("{FILE} is empty")),
    }
}

fn indented(text: &str, columns: usize) -> String {
    let pad = " ".repeat(columns);
    let lines = text.lines();
    lines
        .map(|l| {
            if l.is_empty() {
                String::from("\n")
            } else {
                format!("{pad}{l}\n")
            }
        })
        .collect()
}

fn joined(lines: &[String]) -> String {
    let mut out: String = lines.concat();
    if !out.ends_with('\n') {
        out.push('\n');
    }
    out
}

/// The lines of a text, each with its end.
fn owned(text: &str) -> Vec<String> {
    let mut out: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
    if let Some(last) = out.last_mut()
        && !last.ends_with('\n')
    {
        last.push('\n');
    }
    out
}

/// An answer as it stands among the others, without what comes before it.
#[must_use]
pub fn row(answer: &Answer) -> String {
    emit::yaml(&Json::Array(vec![answers::written(answer)]))
}

/// tools.yaml with an answer more.
///
/// # Errors
/// Why it cannot be written in there, in one sentence.
pub fn with_answer(files: &Files, tool: &str, answer: &Answer) -> Result<String, String> {
    let (tree, text) = read(files)?;
    let lines: Vec<&str> = text.lines().collect();
    let block = block(&tree, &lines, tool)?;
    let inner = block.entry.value.entries().unwrap_or_default();
    let columns = inner
        .first()
        .map_or(2, |e| (e.at.column as usize).max(1) - 1);
    let known = inner.iter().position(|e| e.key == "answers");
    let (at, more) = match known {
        None => {
            let mut more = indented("answers:", columns);
            more.push_str(&indented(&row(answer), columns + 2));
            (block.end, more)
        }
        Some(at) => {
            let entry = inner.get(at);
            let first = entry.and_then(|e| match &e.value.value {
                Value::List(items) => items.first().map(|item| (e, item)),
                _ => None,
            });
            let Some((entry, item)) = first.filter(|(e, item)| item.at.line > e.at.line) else {
                return Err(format!(
                    "`{tool}.answers` stands on one line; write one `- ` a line first"
                ));
            };
            // What an item says begins two columns behind its dash.
            let dash = (item.at.column as usize).saturating_sub(3);
            let _ = entry;
            (
                end_of(&lines, inner, at, block.end),
                indented(&row(answer), dash),
            )
        }
    };
    let mut out = owned(text);
    out.insert(at.min(out.len()), more);
    Ok(joined(&out))
}

/// tools.yaml with a tool answered by its rule: what only a model needs goes, for
/// it follows from the rule.
///
/// # Errors
/// Why it cannot be written so, in one sentence.
pub fn by_rule(files: &Files, tool: &str) -> Result<String, String> {
    let (tree, text) = read(files)?;
    let lines: Vec<&str> = text.lines().collect();
    let block = block(&tree, &lines, tool)?;
    let inner = block.entry.value.entries().unwrap_or_default();
    let mut out = owned(text);
    for (at, entry) in inner.iter().enumerate().rev() {
        let (from, to) = (line_of(entry), end_of(&lines, inner, at, block.end));
        if OF_MODEL.contains(&entry.key.as_str()) {
            out.drain(from.min(out.len())..to.min(out.len()));
        } else if entry.key == "executor" {
            let Some(line) = out.get_mut(from) else {
                continue;
            };
            *line = line.replacen("model", "rules", 1);
        }
    }
    Ok(joined(&out))
}

/// A rules file with the body of a tool's rule: in the place of the rule of that
/// name, whose header and comments above stay, else at the end of a file of drafts.
/// Answers the file's name and its text.
///
/// # Errors
/// The file cannot be read.
pub fn with_rule(
    scenario: &Scenario,
    files: &Files,
    tool: &str,
    body: &str,
) -> Result<(String, String), String> {
    let known = scenario
        .program
        .tools()
        .into_iter()
        .find(|t| t.name == tool);
    let Some(sig) = known else {
        let before = match files.get(DRAFTS) {
            Some(_) => format!("{}\n", text(files, DRAFTS)?.trim_end()),
            None => String::from("# Drafts of rules, each from one accepted answer of a model.\n"),
        };
        return Ok((
            DRAFTS.to_owned(),
            format!("{before}\ntool {tool}:\n{}", indented(body, 4)),
        ));
    };
    let before = text(files, &sig.file)?;
    let mut out = owned(before);
    let header = (sig.line as usize).saturating_sub(1);
    // The header may go over several lines: up to a `:` outside of brackets.
    let mut depth = 0_i32;
    let mut first = header;
    for (at, line) in out.iter().enumerate().skip(header) {
        for c in line.chars() {
            match c {
                '(' => depth += 1,
                ')' => depth -= 1,
                _ => {}
            }
        }
        first = at + 1;
        if depth <= 0 && line.trim_end().ends_with(':') {
            break;
        }
    }
    let mut last = first;
    for (at, line) in out.iter().enumerate().skip(first) {
        if line.trim().is_empty() {
            continue;
        }
        if !line.starts_with([' ', '\t']) {
            break;
        }
        last = at + 1;
    }
    let (first, last) = (first.min(out.len()), last.min(out.len()));
    out.splice(first..last, [indented(body, 4)]);
    Ok((sig.file.clone(), joined(&out)))
}
