//! How each role looks. The only place of the workbench that names colours.
//!
//! A theme is a TOML file: `[palette]` names colours, `[roles]` dresses the
//! roles of `surface::Meaning`. Loading never fails: what is wrong comes back
//! beside the theme, and the role falls back.

use crate::engine::problem::Problem;
use crate::surface::Meaning;
use ratatui::style::{Color, Modifier, Style};
use std::collections::BTreeMap;
use toml::{Table, Value};

/// The themes that are compiled in, by name.
const BUILT_IN: [(&str, &str); 2] = [
    ("ansi", include_str!("../../themes/ansi.toml")),
    ("mono", include_str!("../../themes/mono.toml")),
];

/// The first of the colours that mark roles in tests; below it stand the
/// terminal's own sixteen.
const PROBE: u8 = 16;

/// A style for every role.
#[derive(Clone, Debug)]
pub struct Theme {
    /// Its name.
    pub name: String,
    styles: Vec<Style>,
}

impl Theme {
    /// The style of a role.
    #[must_use]
    pub fn get(&self, meaning: Meaning) -> Style {
        self.styles
            .get(meaning as usize)
            .copied()
            .unwrap_or_default()
    }

    /// A theme that is compiled in, by name.
    #[must_use]
    pub fn built_in(name: &str) -> Option<(Self, Vec<Problem>)> {
        let (name, text) = BUILT_IN.iter().find(|(n, _)| *n == name)?;
        Some(Self::read(&format!("themes/{name}.toml"), text))
    }

    /// Names of the themes that are compiled in.
    pub fn names() -> impl Iterator<Item = &'static str> {
        BUILT_IN.iter().map(|(name, _)| *name)
    }

    /// Reads a theme; `file` is named in problems. Roles that are not there
    /// come from the theme that it inherits from.
    #[must_use]
    pub fn read(file: &str, text: &str) -> (Self, Vec<Problem>) {
        let mut reader = Reader {
            file,
            text,
            problems: Vec::new(),
        };
        let theme = reader.theme();
        (theme, reader.problems)
    }

    /// A theme that gives each role a colour of its own, for tests that read
    /// back what a cell means.
    #[must_use]
    pub fn probe() -> Self {
        let styles = Meaning::ALL
            .iter()
            .map(|m| {
                let style = Style::new();
                let colour = Color::Indexed(PROBE.saturating_add(*m as u8));
                if *m == Meaning::Selection {
                    style.bg(colour)
                } else {
                    style.fg(colour)
                }
            })
            .collect();
        Self {
            name: String::from("probe"),
            styles,
        }
    }

    /// What a cell painted with the probe theme means; empty where nothing
    /// painted it.
    #[must_use]
    pub fn probed(style: Style) -> String {
        let role = |colour: Option<Color>| match colour {
            Some(Color::Indexed(i)) => i
                .checked_sub(PROBE)
                .and_then(|i| Meaning::ALL.get(usize::from(i)))
                .map(|m| m.name()),
            _ => None,
        };
        match (role(style.fg), role(style.bg)) {
            (Some(fg), Some(bg)) => format!("{fg}+{bg}"),
            (Some(one), None) | (None, Some(one)) => one.to_owned(),
            (None, None) => String::new(),
        }
    }
}

struct Reader<'a> {
    file: &'a str,
    text: &'a str,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn problem(&mut self, needle: &str, what: String, help: &str) {
        let line = self
            .text
            .lines()
            .position(|l| l.contains(needle))
            .map_or(0, |at| at as u32 + 1);
        self.problems
            .push(Problem::warning(self.file, line, 0, what).help(help));
    }

    fn theme(&mut self) -> Theme {
        let table: Table = match self.text.parse() {
            Ok(table) => table,
            Err(error) => {
                let line = error.span().map_or(0, |span| {
                    let before = self.text.get(..span.start).unwrap_or("");
                    before.matches('\n').count() as u32 + 1
                });
                self.problems.push(
                    Problem::warning(self.file, line, 0, error.message().to_owned())
                        .help("the default theme is used"),
                );
                Table::new()
            }
        };
        let name = table
            .get("name")
            .and_then(Value::as_str)
            .unwrap_or("unnamed");
        let palette = self.palette(&table);
        let roles = self.roles(&table, &palette);
        let parent = table
            .get("inherits")
            .and_then(Value::as_str)
            .or_else(|| table.is_empty().then_some("ansi"))
            .map(str::to_owned)
            .and_then(|parent| {
                let found = (parent != name)
                    .then(|| BUILT_IN.iter().find(|(n, _)| *n == parent))
                    .flatten();
                if found.is_none() && !table.is_empty() {
                    self.problem(
                        "inherits",
                        format!("no theme `{parent}`"),
                        "one of: ansi, mono",
                    );
                }
                found
            })
            .map(|(parent, text)| Theme::read(parent, text).0);
        let styles = Meaning::ALL
            .iter()
            .map(|m| {
                own(&roles, m.name()).unwrap_or_else(|| match &parent {
                    Some(parent) => parent.get(*m),
                    None => roles.get("text").copied().unwrap_or_default(),
                })
            })
            .collect();
        Theme {
            name: name.to_owned(),
            styles,
        }
    }

    fn palette(&mut self, table: &Table) -> BTreeMap<String, Color> {
        let mut out = BTreeMap::new();
        for (name, value) in table
            .get("palette")
            .and_then(Value::as_table)
            .into_iter()
            .flatten()
        {
            match value.as_str().and_then(|text| text.parse().ok()) {
                Some(colour) => {
                    out.insert(name.clone(), colour);
                }
                None => self.problem(
                    name,
                    format!("palette.{name}: {value} is no colour"),
                    "write \"#rrggbb\" or one of the sixteen names, such as \"light-red\"",
                ),
            }
        }
        out
    }

    fn roles(
        &mut self,
        table: &Table,
        palette: &BTreeMap<String, Color>,
    ) -> BTreeMap<String, Style> {
        let mut out = BTreeMap::new();
        for (name, value) in table
            .get("roles")
            .and_then(Value::as_table)
            .into_iter()
            .flatten()
        {
            let known = Meaning::ALL.iter().any(|m| {
                m.name() == name
                    || m.name()
                        .strip_prefix(name.as_str())
                        .is_some_and(|r| r.starts_with('.'))
            });
            if !known {
                let near = nearest(name);
                self.problem(
                    name,
                    format!("no role `{name}`"),
                    &format!("did you mean `{near}`?"),
                );
                continue;
            }
            let Some(fields) = value.as_table() else {
                self.problem(
                    name,
                    format!("{name}: a table is expected"),
                    "for example { fg = \"red\" }",
                );
                continue;
            };
            let mut style = Style::new();
            for (key, value) in fields {
                style = self.field(name, style, key, value, palette);
            }
            out.insert(name.clone(), style);
        }
        out
    }

    fn field(
        &mut self,
        role: &str,
        style: Style,
        key: &str,
        value: &Value,
        palette: &BTreeMap<String, Color>,
    ) -> Style {
        let modifier = match key {
            "bold" => Modifier::BOLD,
            "dim" => Modifier::DIM,
            "italic" => Modifier::ITALIC,
            "underline" => Modifier::UNDERLINED,
            "reverse" => Modifier::REVERSED,
            "fg" | "bg" => {
                let text = value.as_str().unwrap_or("");
                let Some(colour) = palette.get(text).copied().or_else(|| text.parse().ok()) else {
                    self.problem(
                        role,
                        format!("{role}: {value} is no colour"),
                        "a name of [palette], \"#rrggbb\", or one of the sixteen names",
                    );
                    return style;
                };
                return if key == "fg" {
                    style.fg(colour)
                } else {
                    style.bg(colour)
                };
            }
            _ => {
                self.problem(
                    role,
                    format!("{role}: no setting `{key}`"),
                    "one of: fg, bg, bold, dim, italic, underline, reverse",
                );
                return style;
            }
        };
        match value.as_bool() {
            Some(true) => style.add_modifier(modifier),
            Some(false) => style,
            None => {
                self.problem(role, format!("{role}: {key} is true or false"), "");
                style
            }
        }
    }
}

/// The style of a role or of the nearest group above it, `text` left out.
fn own(roles: &BTreeMap<String, Style>, name: &str) -> Option<Style> {
    let mut at = name;
    loop {
        if let Some(style) = roles.get(at) {
            return Some(*style);
        }
        at = at.rsplit_once('.')?.0;
    }
}

/// The role whose name shares most letters with what was written.
fn nearest(name: &str) -> &'static str {
    Meaning::ALL
        .iter()
        .map(|m| m.name())
        .max_by_key(|known| {
            let same = known
                .chars()
                .zip(name.chars())
                .filter(|(a, b)| a == b)
                .count();
            let back = known
                .chars()
                .rev()
                .zip(name.chars().rev())
                .filter(|(a, b)| a == b)
                .count();
            same + back
        })
        .unwrap_or("text")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_themes_that_ship_have_no_problem() {
        for name in Theme::names() {
            let (theme, problems) = Theme::built_in(name).unwrap();
            assert_eq!(problems, [], "{name}");
            assert_eq!(theme.name, name);
        }
    }

    #[test]
    fn mono_has_no_colour_and_the_default_no_rgb() {
        for meaning in Meaning::ALL {
            let mono = Theme::built_in("mono").unwrap().0.get(*meaning);
            assert_eq!((mono.fg, mono.bg), (None, None), "{meaning:?}");
            let ansi = Theme::built_in("ansi").unwrap().0.get(*meaning);
            assert!(!matches!(ansi.fg, Some(Color::Rgb(..) | Color::Indexed(_))));
        }
    }

    #[test]
    fn a_broken_theme_gives_problems_with_lines_and_a_usable_theme() {
        let (theme, problems) = Theme::read(
            "mine.toml",
            "name = \"mine\"\ninherits = \"ansi\"\n[roles]\n\"diff.ad\" = { fg = \"red\" }\n\"title\" = { fg = \"nocolour\" }\n\"diff\" = { fg = \"blue\" }\n",
        );
        let lines: Vec<_> = problems.iter().map(|p| p.line).collect();
        assert_eq!(lines, [4, 5]);
        assert!(problems[0].help.contains("diff.add"), "{}", problems[0]);
        assert_eq!(
            theme.get(Meaning::DiffAdd).fg,
            Some(Color::Blue),
            "falls back along the dots"
        );
        assert_eq!(
            theme.get(Meaning::Selection),
            Theme::built_in("ansi").unwrap().0.get(Meaning::Selection)
        );
        let (theme, problems) = Theme::read("bad.toml", "name = \n");
        assert_eq!(problems.len(), 1);
        assert_eq!(problems[0].line, 1);
        assert_ne!(theme.get(Meaning::Selection), Style::new());
    }

    #[test]
    fn the_probe_tells_every_role_apart() {
        for m in Meaning::ALL {
            assert_eq!(Theme::probed(Theme::probe().get(*m)), m.name());
        }
    }
}
