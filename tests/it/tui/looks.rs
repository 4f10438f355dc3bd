//! Themes: tried on and kept by keys; every cell is painted by a theme.

use super::harness::App;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Color;
use stategen::tui::theme::{Depth, Theme};
use stategen::tui::view::view;

#[test]
fn a_theme_is_tried_on_kept_and_taken_off_again() {
    let mut app = App::at("returns_desk", 120, 40);
    app.keys("s g T").sees("the terminal's own sixteen colours");
    app.frame("themes__open");
    app.keys("j j");
    assert_eq!(app.model.theme, "dark");
    app.keys("esc").lacks("enter keeps");
    assert_eq!(app.model.theme, "ansi");
    app.keys("g T up enter").sees("config.toml keeps it");
    assert_eq!(app.model.theme, "contrast");
    app.resize(80, 24).keys("g T").frame("themes__open");
}

#[test]
fn a_theme_can_be_named_in_the_line() {
    let mut app = App::at("returns_desk", 120, 40);
    app.keys(":").types("theme light").keys("enter");
    assert_eq!(app.model.theme, "light");
    app.keys(":")
        .types("theme lihgt")
        .keys("enter")
        .sees("`light` is near");
    app.keys("esc :")
        .types("theme")
        .keys("enter")
        .sees("enter keeps");
}

/// Cells of a frame in a theme.
fn worn(app: &App, theme: &Theme) -> Buffer {
    let area = Rect::new(0, 0, app.model.size.0, app.model.size.1);
    let mut buf = Buffer::empty(area);
    view(&app.model, theme, area, &mut buf);
    buf
}

#[test]
fn a_theme_with_a_background_leaves_no_hole() {
    for keys in ["space", "space ?", "space w", "s s h s", "q", "2", "3", "4"] {
        let mut app = App::at("returns_desk", 120, 40);
        app.keys(keys);
        for name in ["dark", "light", "deuter", "tritan", "contrast"] {
            let theme = Theme::built_in(name).unwrap().0;
            let buf = worn(&app, &theme);
            let holes: Vec<String> = buf
                .content
                .iter()
                .enumerate()
                .filter(|(_, c)| c.bg == Color::Reset || c.fg == Color::Reset)
                // The right half of a wide letter is never sent.
                .filter(|(i, _)| {
                    let before = buf.content[i.saturating_sub(1)].symbol();
                    stategen::surface::text::width(before) < 2
                })
                .map(|(i, c)| format!("{i}: {:?} after {:?}", c, buf.content[i - 1]))
                .collect();
            assert_eq!(holes, Vec::<String>::new(), "{name} after `{keys}`");
        }
    }
}

#[test]
fn without_true_colour_nothing_is_rgb() {
    let mut app = App::at("returns_desk", 120, 40);
    app.keys("space");
    for (depth, name) in [(Depth::Sixteen, "dark"), (Depth::Indexed, "light")] {
        let theme = Theme::built_in(name).unwrap().0.fit(depth);
        let rgb = |c: Color| matches!(c, Color::Rgb(..));
        let buf = worn(&app, &theme);
        assert!(!buf.content.iter().any(|c| rgb(c.fg) || rgb(c.bg)));
    }
}

#[test]
fn signs_and_words_stand_where_colour_is_gone() {
    let mut app = App::at("returns_desk", 120, 40);
    app.keys("space");
    let mono = worn(&app, &Theme::built_in("mono").unwrap().0);
    let ansi = worn(&app, &Theme::built_in("ansi").unwrap().0);
    let text = |buf: &Buffer| super::harness::rows(buf).join("\n");
    assert_eq!(text(&mono), text(&ansi));
    assert!(
        mono.content
            .iter()
            .all(|c| c.fg == Color::Reset && c.bg == Color::Reset)
    );
}

#[test]
fn a_wide_letter_under_the_edge_of_a_dialog_does_not_break_its_frame() {
    let mut app = App::at("travel_desk", 80, 24);
    app.hold = true;
    app.keys("s").streams(&"日".repeat(400)).keys("?");
    let buf = app.buffer();
    for (i, cell) in buf.content.iter().enumerate() {
        let wide = stategen::surface::text::width(cell.symbol()) > 1;
        let next = buf.content.get(i + 1).map_or(" ", |c| c.symbol());
        assert!(
            !wide || next.trim().is_empty(),
            "{} lies over {next} in cell {i}",
            cell.symbol()
        );
    }
    app.sees("? keys");
}
