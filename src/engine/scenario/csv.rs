//! CSV files: tables of the world. RFC 4180 with quotes; line ends of any kind;
//! the type of a column follows from all of its values.

use super::super::problem::Problem;
use super::super::world::Node;
use super::nearest::did_you_mean;
use std::collections::HashMap;
use std::sync::Arc;

/// Largest CSV file that is read, in bytes.
pub const LARGEST: usize = 64 * 1024 * 1024;

/// What the values of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// Integers without leading zeros.
    Integer,
    /// Numbers, at least one of them with a point or an exponent.
    Number,
    /// `true` and `false`.
    Boolean,
    /// Anything else.
    Text,
}

impl Column {
    /// Its name in files, JSON Schema's word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::Text => "string",
        }
    }

    /// By its name in files.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Integer, Self::Number, Self::Boolean, Self::Text]
            .into_iter()
            .find(|c| c.name() == name)
    }

    /// The type that all non-empty values share.
    fn of<'a>(values: impl Iterator<Item = &'a str>) -> Self {
        let (mut ints, mut numbers, mut truths, mut any) = (true, true, true, false);
        for value in values.filter(|v| !v.is_empty()) {
            any = true;
            ints = ints && is_integer(value);
            numbers = numbers && (is_integer(value) || is_number(value));
            truths = truths && matches!(value, "true" | "false" | "TRUE" | "FALSE");
        }
        match (any, ints, numbers, truths) {
            (true, true, _, _) => Self::Integer,
            (true, false, true, _) => Self::Number,
            (true, false, false, true) => Self::Boolean,
            (true, false, false, false) | (false, ..) => Self::Text,
        }
    }

    fn read(self, value: &str) -> Option<Node> {
        if value.is_empty() {
            return Some(Node::Null);
        }
        match self {
            Self::Integer => is_integer(value).then(|| value.parse().ok().map(Node::Int))?,
            Self::Number => {
                let number: f64 = value.parse().ok()?;
                number.is_finite().then_some(Node::Float(number))
            }
            Self::Boolean => match value {
                "true" | "TRUE" => Some(Node::Bool(true)),
                "false" | "FALSE" => Some(Node::Bool(false)),
                _ => None,
            },
            Self::Text => Some(Node::str(value)),
        }
    }
}

/// `0`, `12`, `-3`: written the only way that integer is written.
fn is_integer(value: &str) -> bool {
    value.parse::<i64>().is_ok_and(|i| i.to_string() == value)
}

/// `1.50`, `-0.2`, `1e3`: no leading zeros, finite.
fn is_number(value: &str) -> bool {
    let digits = value.strip_prefix('-').unwrap_or(value);
    let leading_zero =
        digits.starts_with('0') && digits.chars().nth(1).is_some_and(|c| c.is_ascii_digit());
    digits.starts_with(|c: char| c.is_ascii_digit())
        && !leading_zero
        && !digits.ends_with('.')
        && digits
            .chars()
            .all(|c| c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E' | '+' | '-'))
        && value.parse::<f64>().is_ok_and(f64::is_finite)
}

/// A CSV file, read but not yet typed.
#[derive(Clone, Debug, Default)]
pub struct Csv {
    /// Names of the columns.
    pub header: Vec<String>,
    /// Each row with the line that it begins on.
    pub rows: Vec<(u32, Vec<String>)>,
}

/// Splits a CSV file into rows; every problem of it at once.
#[must_use]
pub fn read(file: &str, bytes: &[u8]) -> (Csv, Vec<Problem>) {
    let mut problems = Vec::new();
    if bytes.len() > LARGEST {
        let what = format!("the file is larger than {} MB", LARGEST / 1024 / 1024);
        problems.push(Problem::error(file, 0, 0, what).help("split it, or cut it down"));
        return (Csv::default(), problems);
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.strip_prefix('\u{feff}').unwrap_or(text),
        Err(wrong) => {
            problems.push(super::yaml::not_utf8(file, bytes, wrong.valid_up_to()));
            return (Csv::default(), problems);
        }
    };
    let mut rows = split(file, text, &mut problems);
    if rows.is_empty() {
        problems.push(
            Problem::error(file, 0, 0, "the file is empty")
                .help("the first line names the columns"),
        );
        return (Csv::default(), problems);
    }
    let (line, header) = rows.remove(0);
    for (at, name) in header.iter().enumerate() {
        if name.trim().is_empty() {
            problems.push(
                Problem::error(file, line, 0, format!("column {} has no name", at + 1))
                    .help("the first line names the columns"),
            );
        } else if header.iter().take(at).any(|n| n == name) {
            problems.push(
                Problem::error(file, line, 0, format!("two columns are named `{name}`"))
                    .help("rename one"),
            );
        }
    }
    let mut wrong = 0;
    for (line, row) in &rows {
        if row.len() != header.len() {
            wrong += 1;
            if wrong <= 5 {
                let what = format!(
                    "this row has {} fields, the header has {}",
                    row.len(),
                    header.len()
                );
                problems.push(
                    Problem::error(file, *line, 0, what)
                        .help("a comma inside a value wants quotes around the value"),
                );
            }
        }
    }
    (Csv { header, rows }, problems)
}

fn split(file: &str, text: &str, problems: &mut Vec<Problem>) -> Vec<(u32, Vec<String>)> {
    let mut rows = Vec::new();
    let mut row: Vec<String> = Vec::new();
    let mut field = String::new();
    let mut line = 1u32;
    let mut row_line = 1u32;
    let mut quoted = false; // inside quotes
    let mut was_quoted = false; // this field had quotes
    let mut opened = (1u32, 0u32);
    let mut letters = text.chars().peekable();
    let mut column = 0u32;
    while let Some(letter) = letters.next() {
        column += 1;
        if quoted {
            match letter {
                '"' if letters.peek() == Some(&'"') => {
                    letters.next();
                    column += 1;
                    field.push('"');
                }
                '"' => quoted = false,
                '\n' => {
                    line += 1;
                    column = 0;
                    field.push(letter);
                }
                _ => field.push(letter),
            }
            continue;
        }
        match letter {
            '"' if field.is_empty() && !was_quoted => {
                quoted = true;
                was_quoted = true;
                opened = (line, column);
            }
            ',' => {
                row.push(std::mem::take(&mut field));
                was_quoted = false;
            }
            '\r' if letters.peek() == Some(&'\n') => {}
            '\n' | '\r' => {
                if !(row.is_empty() && field.is_empty() && !was_quoted) {
                    row.push(std::mem::take(&mut field));
                    rows.push((row_line, std::mem::take(&mut row)));
                }
                was_quoted = false;
                line += 1;
                column = 0;
                row_line = line;
            }
            _ if was_quoted => {
                problems.push(
                    Problem::error(file, line, column, "text after a closing quote")
                        .help("a quote inside a quoted value is written twice: \"\""),
                );
                was_quoted = false;
                field.push(letter);
            }
            _ => field.push(letter),
        }
    }
    if quoted {
        problems.push(
            Problem::error(file, opened.0, opened.1, "this quote is never closed")
                .help("a quote inside a quoted value is written twice: \"\""),
        );
    }
    if !(row.is_empty() && field.is_empty() && !was_quoted) {
        row.push(field);
        rows.push((row_line, row));
    }
    rows
}

/// A table of the world made from a CSV file.
#[derive(Clone, Debug)]
pub struct Table {
    /// The map of rows by key.
    pub node: Node,
    /// The key column.
    pub key: String,
    /// Name and type of each column.
    pub columns: Vec<(String, Column)>,
    /// The line of each row, by key.
    pub lines: HashMap<Arc<str>, u32>,
}

/// Types the columns and keys the rows. `key` names the key column (else the
/// first); `given` fixes types; columns that `ids` names are text, as the key is.
#[must_use]
pub fn table(
    file: &str,
    csv: &Csv,
    key: Option<&str>,
    given: &[(String, Column)],
    ids: &[String],
    problems: &mut Vec<Problem>,
) -> Option<Table> {
    let first = csv.header.first()?;
    let key = key.unwrap_or(first);
    let Some(key_at) = csv.header.iter().position(|h| h == key) else {
        let names = csv.header.iter().map(String::as_str);
        problems.push(
            Problem::error(file, 1, 0, format!("no column is named `{key}`"))
                .help(did_you_mean(key, names)),
        );
        return None;
    };
    let columns: Vec<(String, Column)> = csv
        .header
        .iter()
        .enumerate()
        .map(|(at, name)| {
            let fixed = given.iter().find(|(n, _)| n == name).map(|(_, c)| *c);
            let column = fixed.unwrap_or_else(|| {
                if at == key_at || ids.contains(name) {
                    Column::Text
                } else {
                    Column::of(
                        csv.rows
                            .iter()
                            .filter_map(|(_, r)| r.get(at))
                            .map(String::as_str),
                    )
                }
            });
            (name.clone(), column)
        })
        .collect();
    let names: Vec<Arc<str>> = csv.header.iter().map(|h| h.as_str().into()).collect();
    let mut lines: HashMap<Arc<str>, u32> = HashMap::new();
    let mut rows: Vec<(Arc<str>, Node)> = Vec::with_capacity(csv.rows.len());
    for (line, row) in &csv.rows {
        let id: Arc<str> = row.get(key_at).map_or("", String::as_str).into();
        if id.is_empty() {
            problems.push(
                Problem::error(file, *line, 0, format!("the key `{key}` is empty here"))
                    .help("each row wants a key of its own"),
            );
            continue;
        }
        if let Some(other) = lines.insert(Arc::clone(&id), *line) {
            problems.push(
                Problem::error(
                    file,
                    *line,
                    0,
                    format!("the key {key} = {id} stands on line {other} as well"),
                )
                .help("each row wants a key of its own; another column can be the key: `tables: {NAME: {key: COLUMN}}` in scenario.yaml"),
            );
            continue;
        }
        let mut cells = Vec::with_capacity(names.len());
        for ((name, (_, column)), value) in names.iter().zip(&columns).zip(row) {
            let node = column.read(value).unwrap_or_else(|| {
                problems.push(
                    Problem::error(
                        file,
                        *line,
                        0,
                        format!("`{name}` is {value}, which is no {}", column.name()),
                    )
                    .help("the column's type is given in scenario.yaml under `tables`"),
                );
                Node::Null
            });
            cells.push((Arc::clone(name), node));
        }
        rows.push((id, Node::Map(cells.into_iter().collect())));
    }
    Some(Table {
        node: Node::Map(rows.into_iter().collect()),
        key: key.to_owned(),
        columns,
        lines,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(text: &str) -> (String, Vec<String>) {
        let (csv, mut problems) = read("t.csv", text.as_bytes());
        let table = table("t.csv", &csv, None, &[], &[], &mut problems);
        (
            table.map(|t| t.node.to_string()).unwrap_or_default(),
            problems
                .iter()
                .map(|p| format!("{}:{} {}", p.line, p.column, p.what))
                .collect(),
        )
    }

    #[test]
    fn types_follow_from_the_whole_column() {
        let (node, problems) =
            made("id,n,f,b,zip,mix,none\r\n1,10,1.5,true,01234,1,\r\n2,,2,false,99999,x,\r\n");
        assert_eq!(problems, Vec::<String>::new());
        assert_eq!(
            node,
            "{\"1\":{\"id\":\"1\",\"n\":10,\"f\":1.5,\"b\":true,\"zip\":\"01234\",\"mix\":\"1\",\"none\":null},\
             \"2\":{\"id\":\"2\",\"n\":null,\"f\":2.0,\"b\":false,\"zip\":\"99999\",\"mix\":\"x\",\"none\":null}}"
        );
    }

    #[test]
    fn quotes_hold_commas_quotes_and_lines() {
        let (node, problems) = made("id,t\na,\"x, \"\"y\"\"\nz\"\n\nb,w");
        assert_eq!(problems, Vec::<String>::new());
        assert_eq!(
            node,
            "{\"a\":{\"id\":\"a\",\"t\":\"x, \\\"y\\\"\\nz\"},\"b\":{\"id\":\"b\",\"t\":\"w\"}}"
        );
    }

    #[test]
    fn each_problem_has_its_line() {
        for (text, wanted) in [
            ("", "0:0 the file is empty"),
            ("id,\n1,2\n", "1:0 column 2 has no name"),
            ("id,id\n1,2\n", "1:0 two columns are named `id`"),
            ("id,a\n1\n", "2:0 this row has 1 fields, the header has 2"),
            (
                "id,a\n1,x\n1,y\n",
                "3:0 the key id = 1 stands on line 2 as well",
            ),
            ("id,a\n,x\n", "2:0 the key `id` is empty here"),
            ("id,a\n1,\"x\n2,y\n", "2:3 this quote is never closed"),
            ("id,a\n1,\"x\"y\n", "2:6 text after a closing quote"),
        ] {
            assert!(
                made(text).1.contains(&wanted.to_owned()),
                "{text}: {:?}",
                made(text).1
            );
        }
    }
}
