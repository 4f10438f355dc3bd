//! One value of a table, held against its field.

use super::field::{Field, Is};
use super::secrets;
use super::toml_file::{Key, Reader};
use serde_json::{Map, Value};
use toml::Spanned;
use toml::de::{DeInteger, DeTable, DeValue};

/// Headers that the program sets itself.
const OURS: [&str; 6] = [
    "content-type",
    "content-length",
    "host",
    "connection",
    "transfer-encoding",
    "accept-encoding",
];

/// The reading of one field's value.
pub(super) struct Reading<'a, 'b> {
    pub to: &'a mut Reader<'b>,
    pub field: &'static Field,
}

impl Reading<'_, '_> {
    /// The value as JSON; `None` where it cannot be used, which was said.
    pub(super) fn read(&mut self, value: &Spanned<DeValue<'_>>) -> Option<Value> {
        let is = self.field.is;
        match (is, value.get_ref()) {
            (Is::Text, DeValue::String(text)) => self.text(text, value),
            (Is::Address, DeValue::String(text)) => self.address(text, value),
            (Is::Variable, DeValue::String(text)) => self.variable(text, value),
            (Is::Choice(words), DeValue::String(text)) => {
                if words.contains(&text.as_ref()) {
                    return Some(Value::from(text.as_ref()));
                }
                let what = if secrets::looks_like_a_key(text) {
                    format!("`{}` cannot be this", self.field.name)
                } else {
                    format!("`{}` cannot be `{text}`", self.field.name)
                };
                self.no(value, &what, &format!("There are: {}.", words.join(", ")))
            }
            (Is::Flag, DeValue::Boolean(yes)) => Some(Value::from(*yes)),
            (Is::Whole(least, most), DeValue::Integer(n)) => {
                match whole(n).and_then(|n| u64::try_from(n).ok()) {
                    Some(n) if (least..=most).contains(&n) => Some(Value::from(n)),
                    _ => self.out_of_range(value, &least, &most),
                }
            }
            (Is::Number(least, most), DeValue::Integer(_) | DeValue::Float(_)) => {
                match number(value.get_ref()) {
                    Some(n) if (least..=most).contains(&n) => Some(Value::from(n)),
                    _ => self.out_of_range(value, &least, &most),
                }
            }
            (Is::Texts, DeValue::Array(list)) => {
                let texts: Vec<Value> = list
                    .iter()
                    .filter_map(|v| v.get_ref().as_str())
                    .filter(|t| !t.is_empty())
                    .map(Value::from)
                    .collect();
                if texts.len() == list.len() {
                    return Some(Value::from(texts));
                }
                self.wrong_type(value, "a list of texts")
            }
            (Is::Headers, DeValue::Table(table)) => Some(self.headers(table)),
            (Is::SecretHeaders, DeValue::Table(table)) => Some(self.secret_headers(table)),
            (Is::Table, DeValue::Table(_)) => self.json(value),
            (is, _) => self.wrong_type(value, wanted(is)),
        }
    }

    fn no(&mut self, value: &Spanned<DeValue<'_>>, what: &str, help: &str) -> Option<Value> {
        self.to.error(&value.span(), what, help);
        None
    }

    fn wrong_type(&mut self, value: &Spanned<DeValue<'_>>, wanted: &str) -> Option<Value> {
        let got = value.get_ref().type_str();
        let what = format!("`{}` must be {wanted}, not {got}", self.field.name);
        let help = format!(
            "For example: `{} = {}`.",
            self.field.name, self.field.sample
        );
        self.no(value, &what, &help)
    }

    fn out_of_range(
        &mut self,
        value: &Spanned<DeValue<'_>>,
        least: &dyn std::fmt::Display,
        most: &dyn std::fmt::Display,
    ) -> Option<Value> {
        let what = format!("`{}` must be from {least} to {most}", self.field.name);
        self.no(value, &what, "")
    }

    fn text(&mut self, text: &str, value: &Spanned<DeValue<'_>>) -> Option<Value> {
        if text.trim().is_empty() {
            let what = format!("`{}` cannot be empty", self.field.name);
            return self.no(value, &what, "");
        }
        Some(Value::from(text))
    }

    fn address(&mut self, text: &str, value: &Spanned<DeValue<'_>>) -> Option<Value> {
        let rest = text
            .strip_prefix("http://")
            .or_else(|| text.strip_prefix("https://"));
        let host = rest.and_then(|rest| rest.split(['/', '?', '#']).next());
        let Some(host) = host.filter(|h| !h.is_empty()) else {
            let what = format!(
                "`{}` must begin with http:// or https:// and a host",
                self.field.name
            );
            return self.no(
                value,
                &what,
                &format!("For example: {}.", self.field.sample),
            );
        };
        // What follows is never repeated: it may be a secret.
        if host.contains('@') {
            self.to.key_in_file(&value.span());
            return None;
        }
        if text.contains(['?', '#']) {
            return self.no(
                value,
                "the address cannot hold a query (`?…`)",
                "A key belongs in a variable: `key_env`, or `secret_headers` for a header of another name.",
            );
        }
        let base = text.trim_end_matches('/');
        for tail in ["/chat/completions", "/messages"] {
            if let Some(base) = base.strip_suffix(tail) {
                let help = format!("Write `url = \"{base}\"`.");
                return self.no(value, &format!("leave `{tail}` off the address"), &help);
            }
        }
        Some(Value::from(base))
    }

    fn variable(&mut self, text: &str, value: &Spanned<DeValue<'_>>) -> Option<Value> {
        if secrets::is_variable(text) {
            return Some(Value::from(text));
        }
        let what = format!(
            "`{}` must be the name of a variable of the environment, and never the key itself",
            self.field.name
        );
        let help = "Write a name of letters, digits and `_`. If a key stood here, make a new one.";
        self.no(value, &what, help)
    }

    fn headers(&mut self, table: &DeTable<'_>) -> Value {
        let mut out = Map::new();
        for (key, value) in in_order(table) {
            let name = key.get_ref().as_ref();
            if !self.header_name(key) {
                continue;
            }
            if secrets::is_secret_header(name) {
                let what =
                    format!("the header `{name}` carries a secret, which must not stand in a file");
                let help = format!(
                    "Take it out, put the value in a variable of the environment, and use \
                     secret_headers: `secret_headers = {{ \"{name}\" = \"MY_KEY\" }}`."
                );
                self.to.error(&key.span(), &what, &help);
                continue;
            }
            match value.get_ref() {
                DeValue::String(text) if secrets::looks_like_a_key(text) => {
                    self.to.key_in_file(&value.span());
                }
                DeValue::String(text)
                    if text.chars().all(|c| c == '\t' || (' '..='~').contains(&c)) =>
                {
                    out.insert(name.to_ascii_lowercase(), Value::from(text.as_ref()));
                }
                DeValue::String(_) => {
                    let what = format!("the header `{name}` can hold only printable ASCII");
                    self.to.error(&value.span(), &what, "");
                }
                other => {
                    let what = format!(
                        "the header `{name}` must be a text, not {}",
                        other.type_str()
                    );
                    self.to.error(&value.span(), &what, "");
                }
            }
        }
        Value::from(out)
    }

    fn secret_headers(&mut self, table: &DeTable<'_>) -> Value {
        let mut out = Map::new();
        for (key, value) in in_order(table) {
            if !self.header_name(key) {
                continue;
            }
            let variable = match value.get_ref() {
                DeValue::String(text) => self.variable(text, value),
                _ => self.wrong_type(
                    value,
                    "a table of headers, each with the name of a variable",
                ),
            };
            if let Some(variable) = variable {
                out.insert(key.get_ref().to_ascii_lowercase(), variable);
            }
        }
        Value::from(out)
    }

    fn header_name(&mut self, key: &Key<'_>) -> bool {
        let name = key.get_ref().as_ref();
        let fits = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
        if name.is_empty() || !name.chars().all(fits) {
            self.to
                .error(&key.span(), "this can be no header's name", "");
            return false;
        }
        if OURS.contains(&name.to_ascii_lowercase().as_str()) {
            let what = format!("the header `{name}` is set by the program");
            self.to.error(&key.span(), &what, "Take it out.");
            return false;
        }
        true
    }

    /// Anything as JSON, in the file's order.
    fn json(&mut self, value: &Spanned<DeValue<'_>>) -> Option<Value> {
        match value.get_ref() {
            DeValue::String(text) if secrets::looks_like_a_key(text) => {
                self.to.key_in_file(&value.span());
                None
            }
            DeValue::String(text) => Some(Value::from(text.as_ref())),
            DeValue::Boolean(yes) => Some(Value::from(*yes)),
            DeValue::Integer(n) => match whole(n) {
                Some(n) => Some(Value::from(n)),
                None => self.no(value, "the number is too large", ""),
            },
            DeValue::Float(_) => match number(value.get_ref()).filter(|n| n.is_finite()) {
                Some(n) => Some(Value::from(n)),
                None => self.no(value, "JSON has no such number", ""),
            },
            DeValue::Datetime(_) => {
                self.no(value, "JSON has no dates", "Write it as a text in quotes.")
            }
            DeValue::Array(list) => {
                let read: Vec<Value> = list.iter().filter_map(|v| self.json(v)).collect();
                (read.len() == list.len()).then(|| Value::from(read))
            }
            DeValue::Table(table) => {
                let mut out = Map::new();
                for (key, value) in in_order(table) {
                    if secrets::names_a_key(key.get_ref()) {
                        self.to.key_in_file(&key.span());
                        continue;
                    }
                    if let Some(value) = self.json(value) {
                        out.insert(key.get_ref().to_string(), value);
                    }
                }
                Some(Value::from(out))
            }
        }
    }
}

fn wanted(is: Is) -> &'static str {
    match is {
        Is::Text | Is::Address | Is::Choice(_) => "a text in quotes",
        Is::Variable => "the name of a variable, in quotes",
        Is::Flag => "true or false",
        Is::Whole(..) => "a whole number",
        Is::Number(..) => "a number",
        Is::Texts => "a list of texts",
        Is::Headers | Is::SecretHeaders | Is::Table => "a table",
    }
}

/// A table's entries as they stand in the file.
fn in_order<'a, 'i>(table: &'a DeTable<'i>) -> Vec<(&'a Key<'i>, &'a Spanned<DeValue<'i>>)> {
    let mut out: Vec<_> = table.iter().collect();
    out.sort_by_key(|(key, _)| key.span().start);
    out
}

fn whole(n: &DeInteger<'_>) -> Option<i64> {
    let digits = n.as_str().replace('_', "");
    i64::from_str_radix(digits.trim_start_matches('+'), n.radix()).ok()
}

fn number(value: &DeValue<'_>) -> Option<f64> {
    match value {
        DeValue::Integer(n) => whole(n).map(|n| n as f64),
        DeValue::Float(n) => n.as_str().replace('_', "").parse().ok(),
        DeValue::String(_)
        | DeValue::Boolean(_)
        | DeValue::Datetime(_)
        | DeValue::Array(_)
        | DeValue::Table(_) => None,
    }
}
