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
const BUILT_IN: [(&str, &str); 7] = [
    ("ansi", include_str!("../../themes/ansi.toml")),
    ("mono", include_str!("../../themes/mono.toml")),
    ("dark", include_str!("../../themes/dark.toml")),
    ("light", include_str!("../../themes/light.toml")),
    ("deuter", include_str!("../../themes/deuter.toml")),
    ("tritan", include_str!("../../themes/tritan.toml")),
    ("contrast", include_str!("../../themes/contrast.toml")),
];

/// The first of the colours that mark roles in tests; below it stand the
/// terminal's own sixteen.
const PROBE: u8 = 16;

/// A style for every role.
#[derive(Clone, Debug)]
pub struct Theme {
    /// Its name.
    pub name: String,
    /// The background that its colours are made for: `dark`, `light`, or `any`
    /// where it takes the terminal's own.
    pub made_for: String,
    /// Its own background; `None` leaves the terminal's.
    background: Option<Color>,
    styles: Vec<Style>,
}

/// How many colours a terminal shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// The sixteen that it names itself.
    Sixteen,
    /// Those, a cube of 216 and 24 greys.
    Indexed,
    /// Any.
    True,
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

    /// What every cell looks like before something is painted on it.
    #[must_use]
    pub fn ground(&self) -> Style {
        match self.background {
            Some(colour) => self.get(Meaning::Text).bg(colour),
            None => Style::new(),
        }
    }

    /// The same for a terminal that shows fewer colours: each becomes the nearest
    /// that it has.
    #[must_use]
    pub fn fit(mut self, depth: Depth) -> Self {
        let near = |colour: Color| match colour {
            Color::Rgb(r, g, b) => nearest_colour((r, g, b), depth),
            other => other,
        };
        self.background = self.background.map(near);
        for style in &mut self.styles {
            style.fg = style.fg.map(near);
            style.bg = style.bg.map(near);
            style.underline_color = style.underline_color.map(near);
        }
        self
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
            made_for: String::from("any"),
            background: None,
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
        let made_for = table.get("for").and_then(Value::as_str).unwrap_or("any");
        if !["any", "dark", "light"].contains(&made_for) {
            self.problem(
                made_for,
                format!("for: there is no background `{made_for}`"),
                "one of: any, dark, light",
            );
        }
        for key in table.keys() {
            const KNOWN: [&str; 6] = ["name", "inherits", "for", "background", "palette", "roles"];
            if !KNOWN.contains(&key.as_str()) {
                self.problem(
                    key,
                    format!("`{key}` means nothing in a theme"),
                    "there are: name, inherits, for, background, [palette], [roles]",
                );
            }
        }
        let palette = self.palette(&table);
        let background = table.get("background").and_then(|value| {
            let text = value.as_str().unwrap_or("");
            let colour = palette.get(text).copied().or_else(|| text.parse().ok());
            if colour.is_none() {
                self.problem(
                    "background",
                    format!("background: {value} is no colour"),
                    "a name of [palette], \"#rrggbb\", or one of the sixteen names",
                );
            }
            colour
        });
        let roles = self.roles(&table, &palette);
        let names: Vec<&str> = Theme::names().collect();
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
                        &format!("one of: {}", names.join(", ")),
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
            made_for: made_for.to_owned(),
            background: background.or_else(|| parent.as_ref().and_then(|p| p.background)),
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

/// The nearest colour that a terminal of less depth has, by distance in RGB. Of
/// the 256 the first sixteen are the person's own, so that they are left out.
fn nearest_colour(rgb: (u8, u8, u8), depth: Depth) -> Color {
    let far = |other: (u8, u8, u8)| {
        let d = |a: u8, b: u8| u32::from(a.abs_diff(b)).pow(2);
        d(rgb.0, other.0) + d(rgb.1, other.1) + d(rgb.2, other.2)
    };
    match depth {
        Depth::True => Color::Rgb(rgb.0, rgb.1, rgb.2),
        Depth::Indexed => {
            // xterm's cube and greys.
            const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];
            let cube = (0..216u8).map(|i| {
                let at = |n: u8| STEPS.get(usize::from(n)).copied().unwrap_or(255);
                (16 + i, (at(i / 36), at(i / 6 % 6), at(i % 6)))
            });
            let greys = (0..24u8).map(|i| (232 + i, (8 + 10 * i, 8 + 10 * i, 8 + 10 * i)));
            let best = cube.chain(greys).min_by_key(|(_, c)| far(*c));
            Color::Indexed(best.map_or(7, |(i, _)| i))
        }
        Depth::Sixteen => {
            // As xterm shows them.
            const NAMED: [(Color, (u8, u8, u8)); 16] = [
                (Color::Black, (0, 0, 0)),
                (Color::Red, (205, 0, 0)),
                (Color::Green, (0, 205, 0)),
                (Color::Yellow, (205, 205, 0)),
                (Color::Blue, (0, 0, 238)),
                (Color::Magenta, (205, 0, 205)),
                (Color::Cyan, (0, 205, 205)),
                (Color::Gray, (229, 229, 229)),
                (Color::DarkGray, (127, 127, 127)),
                (Color::LightRed, (255, 0, 0)),
                (Color::LightGreen, (0, 255, 0)),
                (Color::LightYellow, (255, 255, 0)),
                (Color::LightBlue, (92, 92, 255)),
                (Color::LightMagenta, (255, 0, 255)),
                (Color::LightCyan, (0, 255, 255)),
                (Color::White, (255, 255, 255)),
            ];
            let best = NAMED.iter().min_by_key(|(_, c)| far(*c));
            best.map_or(Color::Gray, |(named, _)| *named)
        }
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

    /// Relative luminance and contrast as WCAG 2 has them.
    fn contrast(one: Color, other: Color) -> f64 {
        let light = |colour| {
            let Color::Rgb(red, green, blue) = colour else {
                panic!("{colour:?} is not RGB");
            };
            let [red, green, blue] = [red, green, blue].map(|v| {
                let v = f64::from(v) / 255.0;
                if v <= 0.03928 {
                    v / 12.92
                } else {
                    ((v + 0.055) / 1.055).powf(2.4)
                }
            });
            0.2126 * red + 0.7152 * green + 0.0722 * blue
        };
        let (one, other) = (light(one), light(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    #[test]
    fn themes_with_a_background_read_on_it_and_on_what_is_chosen() {
        let mut looked = 0;
        for name in Theme::names() {
            let theme = Theme::built_in(name).unwrap().0;
            let Some(ground) = theme.background else {
                continue;
            };
            looked += 1;
            let least = if name == "contrast" { 7.0 } else { 4.5 };
            let chosen = theme.get(Meaning::Selection).bg.unwrap();
            for m in Meaning::ALL {
                let style = theme.get(*m);
                let (Some(fg), bg) = (style.fg.or(theme.ground().fg), style.bg) else {
                    panic!("{name}: {m:?} has no colour");
                };
                let ratio = contrast(fg, bg.unwrap_or(ground));
                assert!(ratio >= least, "{name}: {m:?} has {ratio:.1}");
                let text = !matches!(m, Meaning::Border | Meaning::GaugeTrack);
                if bg.is_none() && text {
                    let ratio = contrast(fg, chosen);
                    assert!(
                        ratio >= 4.4,
                        "{name}: {m:?} on what is chosen has {ratio:.1}"
                    );
                }
            }
        }
        assert_eq!(looked, 5);
    }

    #[test]
    fn new_and_gone_differ_by_more_than_red_and_green() {
        for name in Theme::names().filter(|n| *n != "mono") {
            let theme = Theme::built_in(name).unwrap().0;
            let (add, del) = (theme.get(Meaning::DiffAdd), theme.get(Meaning::DiffDel));
            assert_ne!(add.fg, del.fg, "{name}");
        }
        for name in ["deuter", "tritan", "mono"] {
            let theme = Theme::built_in(name).unwrap().0;
            let del = theme.get(Meaning::DiffDel);
            assert!(del.add_modifier.contains(Modifier::UNDERLINED), "{name}");
        }
    }

    #[test]
    fn fewer_colours_are_the_nearest_there_are() {
        let dark = Theme::built_in("dark").unwrap().0;
        let all = |theme: &Theme, is: fn(&Color) -> bool| {
            Meaning::ALL
                .iter()
                .flat_map(|m| [theme.get(*m).fg, theme.get(*m).bg])
                .chain([theme.background])
                .flatten()
                .all(|c| is(&c))
        };
        assert!(all(&dark.clone().fit(Depth::Indexed), |c| matches!(
            c,
            Color::Indexed(16..)
        )));
        assert!(all(&dark.clone().fit(Depth::Sixteen), |c| !matches!(
            c,
            Color::Indexed(_) | Color::Rgb(..)
        )));
        assert_eq!(
            nearest_colour((255, 0, 0), Depth::Indexed),
            Color::Indexed(196)
        );
        assert_eq!(nearest_colour((250, 9, 4), Depth::Sixteen), Color::LightRed);
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
