//! Where everything stands, from the size alone.
//!
//! ```text
//! title
//! conversation │ world, persona, judge (one of them where it is narrow)
//! timeline, and the log where there is room
//! banner, mode line, hints
//! ```

use ratatui::layout::{Position, Rect};

/// One region of the run screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Pane {
    /// Turns of all roles.
    Conversation,
    /// What the step under the cursor did to the world.
    World,
    /// Who the user is.
    Persona,
    /// Checks and scores.
    Judge,
    /// What is wrong, step by step.
    Findings,
    /// Branches and steps.
    Timeline,
    /// What was done, in words.
    Log,
}

impl Pane {
    /// In the order of `tab`.
    pub const ALL: [Self; 7] = [
        Self::Conversation,
        Self::World,
        Self::Persona,
        Self::Judge,
        Self::Findings,
        Self::Timeline,
        Self::Log,
    ];
    /// The letter after `g`, and the name.
    #[must_use]
    pub fn title(self) -> (&'static str, &'static str) {
        match self {
            Self::Conversation => ("gc", "conversation"),
            Self::World => ("gw", "world"),
            Self::Persona => ("gp", "persona"),
            Self::Judge => ("gj", "judge"),
            Self::Findings => ("gf", "findings"),
            Self::Timeline => ("gt", "timeline"),
            Self::Log => ("gl", "log"),
        }
    }
    /// Whether it is one of those that share a column where it is narrow.
    #[must_use]
    pub fn inspects(self) -> bool {
        matches!(
            self,
            Self::World | Self::Persona | Self::Judge | Self::Findings
        )
    }
}

/// The four shapes of the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Size {
    /// Conversation and mode line.
    Tiny,
    /// One inspector.
    Small,
    /// Three inspectors.
    Medium,
    /// The log too.
    Large,
}

impl Size {
    /// The shape for a size: under 60x16, under 110x32, under 170x50, above.
    #[must_use]
    pub fn of(width: u16, height: u16) -> Self {
        if width < 60 || height < 16 {
            Self::Tiny
        } else if width < 110 || height < 32 {
            Self::Small
        } else if width < 170 || height < 50 {
            Self::Medium
        } else {
            Self::Large
        }
    }
}

/// What the layout depends on, besides the size.
#[derive(Clone, Copy, Debug)]
pub struct Wants {
    /// Which pane has the keys.
    pub focus: Pane,
    /// Which inspector is shown where there is room for one.
    pub inspector: Pane,
    /// Whether the focused pane has the screen for itself.
    pub zoom: bool,
    /// What the right column takes, in thousandths of the width; `None`: as the
    /// size has it.
    pub split: Option<u16>,
    /// How many branches there are.
    pub branches: usize,
    /// Rows of the banner; 0 where there is none.
    pub banner: u16,
}

/// Where everything stands. Absent parts are empty.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Layout {
    /// First line.
    pub title: Rect,
    /// Panes that are shown.
    pub panes: Vec<(Pane, Rect)>,
    /// A problem that stays until dealt with.
    pub banner: Rect,
    /// The mode line.
    pub mode: Rect,
    /// The hints.
    pub hints: Rect,
}

impl Layout {
    /// Where a pane is, where it is shown.
    #[must_use]
    pub fn of(&self, pane: Pane) -> Option<Rect> {
        self.panes.iter().find(|(p, _)| *p == pane).map(|(_, r)| *r)
    }
    /// Which pane is at a cell.
    #[must_use]
    pub fn at(&self, cell: Position) -> Option<(Pane, Rect)> {
        self.panes
            .iter()
            .find(|(_, area)| area.contains(cell))
            .copied()
    }
    /// The edge between the two columns: the frames that touch there.
    #[must_use]
    pub fn edge(&self) -> Option<Rect> {
        let left = self.of(Pane::Conversation)?;
        let beside = |area: &Rect| area.x == left.right() && area.width > 0;
        let right = self.panes.iter().map(|(_, r)| *r).find(beside)?;
        // The first row has the titles.
        Some(Rect {
            x: right.x.saturating_sub(1),
            y: left.y.saturating_add(1),
            width: 2,
            height: left.height.saturating_sub(2),
        })
    }
}

/// Columns that each side keeps when the edge between them is moved.
const LEAST: u16 = 20;

/// Takes `rows` off the bottom.
fn bottom(area: &mut Rect, rows: u16) -> Rect {
    let rows = rows.min(area.height);
    area.height -= rows;
    Rect::new(area.x, area.bottom(), area.width, rows)
}

/// Takes `rows` off the top.
fn top(area: &mut Rect, rows: u16) -> Rect {
    let rows = rows.min(area.height);
    let taken = Rect {
        height: rows,
        ..*area
    };
    area.y = area.y.saturating_add(rows);
    area.height -= rows;
    taken
}

/// The whole screen.
#[must_use]
pub fn layout(area: Rect, wants: Wants) -> Layout {
    let size = Size::of(area.width, area.height);
    let mut rest = area;
    let mut out = Layout::default();
    let banner = wants.banner.min(area.height / 3);
    if size == Size::Tiny {
        out.mode = bottom(&mut rest, 1);
        out.banner = bottom(&mut rest, banner);
        let pane = if wants.zoom {
            wants.focus
        } else {
            Pane::Conversation
        };
        out.panes.push((pane, rest));
        return out;
    }
    out.title = top(&mut rest, 1);
    out.hints = bottom(&mut rest, 1);
    out.mode = bottom(&mut rest, 1);
    out.banner = bottom(&mut rest, banner);
    if wants.zoom {
        out.panes.push((wants.focus, rest));
        return out;
    }
    let branches = u16::try_from(wants.branches).unwrap_or(u16::MAX);
    let (log, timeline) = match size {
        Size::Tiny | Size::Small => (0, 3),
        Size::Medium => (0, branches.clamp(1, 3).saturating_add(2)),
        Size::Large => (7, branches.clamp(1, 4).saturating_add(3)),
    };
    let log = bottom(&mut rest, log);
    let timeline = bottom(&mut rest, timeline);
    let share = match size {
        Size::Tiny | Size::Small => 39,
        Size::Medium => 43,
        Size::Large => 42,
    };
    let column = match wants.split {
        None => ((u32::from(area.width) * share / 100) as u16).clamp(28, 90),
        Some(thousandths) => {
            let column = u32::from(area.width) * u32::from(thousandths) / 1000;
            let most = area.width.saturating_sub(LEAST).max(LEAST);
            u16::try_from(column).unwrap_or(most).clamp(LEAST, most)
        }
    };
    let column = column.min(area.width);
    let left = Rect {
        width: rest.width.saturating_sub(column),
        ..rest
    };
    let mut right = Rect {
        x: left.right(),
        width: rest.width - left.width,
        ..rest
    };
    out.panes.push((Pane::Conversation, left));
    if size == Size::Small {
        out.panes.push((wants.inspector, right));
    } else {
        // The one that has the keys takes the most.
        let [world, persona] = match wants.focus {
            Pane::World => [60, 20],
            Pane::Persona => [20, 60],
            Pane::Judge | Pane::Findings => [20, 20],
            Pane::Conversation | Pane::Timeline | Pane::Log => [36, 34],
        };
        let share = |percent: u32| (u32::from(rest.height) * percent / 100) as u16;
        let world = top(&mut right, share(world));
        let persona = top(&mut right, share(persona));
        out.panes.push((Pane::World, world));
        out.panes.push((Pane::Persona, persona));
        // Findings stand where the judge does, while they are the ones looked at.
        let last = if wants.inspector == Pane::Findings {
            Pane::Findings
        } else {
            Pane::Judge
        };
        out.panes.push((last, right));
    }
    out.panes.push((Pane::Timeline, timeline));
    if log.height > 0 {
        out.panes.push((Pane::Log, log));
    }
    out
}

/// A box of at most this size in the middle of `area`, never larger than it.
#[must_use]
pub fn dialog(area: Rect, width: u16, height: u16) -> Rect {
    let (width, height) = (width.min(area.width), height.min(area.height));
    Rect::new(
        area.x.saturating_add((area.width - width) / 2),
        area.y.saturating_add((area.height - height) / 2),
        width,
        height,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_size_has_its_parts_inside_and_apart() {
        for width in [
            0, 1, 2, 27, 28, 59, 60, 61, 109, 110, 111, 169, 170, 171, 300,
        ] {
            for height in [0, 1, 2, 3, 15, 16, 17, 31, 32, 33, 49, 50, 51, 300] {
                let cases = [
                    (false, 0, 1, None),
                    (true, 1, 9, Some(500)),
                    (false, 3, 70_000, None),
                    (false, 0, 1, Some(0)),
                    (false, 0, 2, Some(1000)),
                ];
                for (zoom, banner, branches, split) in cases {
                    let area = Rect::new(0, 0, width, height);
                    let wants = Wants {
                        focus: Pane::Judge,
                        inspector: Pane::Judge,
                        zoom,
                        split,
                        branches,
                        banner,
                    };
                    let made = layout(area, wants);
                    let mut parts: Vec<Rect> = made.panes.iter().map(|p| p.1).collect();
                    parts.extend([made.title, made.mode, made.hints, made.banner]);
                    for (i, one) in parts.iter().enumerate() {
                        assert_eq!(
                            one.intersection(area).area(),
                            one.area(),
                            "{width}x{height} {one}"
                        );
                        for other in parts.iter().skip(i + 1) {
                            assert!(
                                one.intersection(*other).is_empty(),
                                "{width}x{height} {one} {other}"
                            );
                        }
                    }
                    let used: u32 = parts.iter().map(|r| r.area()).sum();
                    assert_eq!(
                        used,
                        area.area(),
                        "{width}x{height}: every cell has an owner"
                    );
                }
            }
        }
    }
}
