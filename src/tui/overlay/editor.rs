//! A person's answer to a tool call: text or JSON, checked while typing.

use crate::engine::role::ToolCall;
use crate::engine::world::Node;
use crate::surface::{ACTIONS, Place, key};
use crate::surface::{Code, Key, Keymap, Meaning, text};
use crate::tui::layout::dialog;
use crate::tui::paint::{Canvas, Line, wrapped};
use crate::tui::pane::conversation::signature;
use ratatui::layout::Rect;
use ratatui::widgets::Widget;
use tui_textarea::{Input, TextArea, WrapMode};

/// Its state.
#[derive(Debug)]
pub struct Editor {
    /// The call that waits.
    pub call: ToolCall,
    area: TextArea<'static>,
}

impl Editor {
    /// For a call that waits; `draft` is what was typed before.
    #[must_use]
    pub fn new(call: ToolCall, draft: &str) -> Self {
        let mut area = TextArea::new(draft.lines().map(str::to_owned).collect());
        area.set_wrap_mode(WrapMode::WordOrGlyph);
        Self { call, area }
    }
    /// What was typed.
    #[must_use]
    pub fn text(&self) -> String {
        self.area.lines().join("\n")
    }
    /// The answer: JSON where it looks like JSON, else the text itself.
    ///
    /// # Errors
    /// Where it begins like JSON and is none: what is wrong, with its line.
    pub fn answer(&self) -> Result<Node, String> {
        let text = self.text();
        let trimmed = text.trim();
        match serde_json::from_str(trimmed) {
            Ok(value) => Ok(Node::from_json(&value)),
            Err(why) if trimmed.starts_with(['{', '[', '"']) => Err(why.to_string()),
            Err(_) => Ok(Node::str(trimmed)),
        }
    }
    /// A key that is no action.
    pub fn key(&mut self, key: Key) {
        use tui_textarea::Key as To;
        let to = match key.code {
            Code::Char(c) => To::Char(c),
            Code::Enter => To::Enter,
            Code::Esc => To::Esc,
            Code::Tab | Code::BackTab => To::Tab,
            Code::Backspace => To::Backspace,
            Code::Delete => To::Delete,
            Code::Left => To::Left,
            Code::Right => To::Right,
            Code::Up => To::Up,
            Code::Down => To::Down,
            Code::Home => To::Home,
            Code::End => To::End,
            Code::PageUp => To::PageUp,
            Code::PageDown => To::PageDown,
        };
        self.area.input(Input {
            key: to,
            ctrl: key.ctrl,
            alt: key.alt,
            shift: false,
        });
    }
    /// Pasted text; nothing of it is obeyed.
    pub fn paste(&mut self, pasted: &str) {
        self.area.insert_str(text::clean(pasted));
    }
}

/// Paints it.
pub fn paint(canvas: &mut Canvas<'_>, area: Rect, keymap: &Keymap, editor: &Editor) {
    let at = dialog(
        area,
        area.width.saturating_sub(4).min(100),
        area.height.saturating_sub(4).clamp(3, 24),
    );
    canvas.clear(at);
    let title = Line::of(Meaning::Title, format!("answer {}", editor.call.tool));
    let inside = canvas.frame(at, true, &title);
    let columns = usize::from(inside.width);
    let mut head = wrapped(Meaning::TextStrong, &signature(&editor.call), 0, columns);
    head.truncate(usize::from(inside.height / 3).max(1));
    let head_rows = u16::try_from(head.len()).unwrap_or(0);
    canvas.lines(inside, &head, 0);
    let foot = match editor.answer() {
        Err(why) => Line::of(Meaning::ScorePoor, format!("!! no JSON yet: {why}")),
        Ok(_) if editor.text().trim().is_empty() => Line::of(
            Meaning::TextMuted,
            "the tool's result, as JSON or as plain text",
        ),
        Ok(Node::Str(_)) => Line::of(Meaning::ScoreGood, "ok plain text"),
        Ok(node) => Line::of(Meaning::ScoreGood, format!("ok JSON {}", node.kind())),
    };
    let mut hints = Line::new();
    for row in ACTIONS.iter().filter(|row| row.place == Place::Editor) {
        let keys = keymap
            .keys_of(row.action)
            .first()
            .map(|k| key::sequence(k))
            .unwrap_or_default();
        hints.push(Meaning::HintKey, keys);
        hints.push(Meaning::HintText, format!(" {}  ", row.words));
    }
    let body_rows = inside.height.saturating_sub(head_rows).saturating_sub(2);
    let body = Rect {
        y: inside.y.saturating_add(head_rows),
        height: body_rows,
        ..inside
    };
    if !body.intersection(canvas.buf.area).is_empty() {
        let mut shown = editor.area.clone();
        shown.set_style(canvas.theme.get(Meaning::Text));
        shown.set_cursor_style(canvas.theme.get(Meaning::EditorCursor));
        shown.set_cursor_line_style(canvas.theme.get(Meaning::Text));
        (&shown).render(body.intersection(canvas.buf.area), canvas.buf);
    }
    let foot_at = Rect {
        y: inside.bottom().saturating_sub(2).max(inside.y),
        height: inside.height.min(1),
        ..inside
    };
    canvas.line(foot_at, &foot);
    let hints_at = Rect {
        y: inside.bottom().saturating_sub(1).max(inside.y),
        ..foot_at
    };
    canvas.line(hints_at, &hints);
}
