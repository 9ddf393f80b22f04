//! The tree of a message: plain data from closed lists, so that no configuration can put markup, script or style on
//! a page. The renderer refuses what is not in the same lists.

use crate::domain::json;
use crate::domain::number::push_integer;
use crate::domain::time::Millis;

/// The elements a message is made of.
pub const TAGS: [&str; 19] = [
    "a", "button", "details", "div", "fieldset", "h2", "img", "input", "label", "legend", "li", "p", "s", "section", "span", "strong",
    "summary", "time", "ul",
];

/// The attributes an element may have.
pub const ATTRIBUTES: [&str; 42] = [
    "alt",
    "aria-busy",
    "aria-errormessage",
    "aria-disabled",
    "aria-hidden",
    "aria-label",
    "aria-labelledby",
    "aria-live",
    "aria-modal",
    "aria-pressed",
    "aria-valuemax",
    "aria-valuemin",
    "aria-valuenow",
    "aria-valuetext",
    "autocomplete",
    "checked",
    "data-days",
    "data-fill",
    "data-state",
    "datetime",
    "decoding",
    "dir",
    "disabled",
    "for",
    "height",
    "href",
    "id",
    "inputmode",
    "lang",
    "loading",
    "maxlength",
    "name",
    "placeholder",
    "rel",
    "required",
    "role",
    "src",
    "tabindex",
    "target",
    "type",
    "value",
    "width",
];

/// What an input collects, under which name.
#[derive(Clone, Debug, PartialEq)]
pub struct Input {
    /// The name of the answer.
    pub name: String,
    /// `rating choice choices consent email tel text`.
    pub kind: &'static str,
    /// Whether a submit is refused without it.
    pub required: bool,
}

/// One element of a message.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Node {
    /// One of [`TAGS`].
    pub tag: &'static str,
    /// The names for `::part()`, separated by spaces.
    pub part: &'static str,
    /// Names (of [`ATTRIBUTES`]) and values.
    pub attrs: Vec<(&'static str, String)>,
    /// The text; an element has text or children, not both.
    pub text: String,
    /// The elements inside.
    pub children: Vec<Node>,
    /// The index of what happens on activation, in `Rendered::actions`.
    pub action: Option<usize>,
    /// What an `input` element collects.
    pub input: Option<Input>,
    /// The moment a countdown ends; the renderer keeps it ticking.
    pub until: Option<Millis>,
}

impl Node {
    /// An element without anything in it.
    pub fn new(tag: &'static str, part: &'static str) -> Self {
        Node { tag, part, ..Node::default() }
    }

    /// An element with a text.
    pub fn text(tag: &'static str, part: &'static str, text: impl Into<String>) -> Self {
        let mut node = Node::new(tag, part);
        node.text = text.into();
        node
    }

    /// An element with others inside.
    pub fn with(tag: &'static str, part: &'static str, children: Vec<Node>) -> Self {
        let mut node = Node::new(tag, part);
        node.children = children;
        node
    }

    /// The element with one more attribute.
    #[must_use]
    pub fn attr(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.attrs.push((name, value.into()));
        self
    }

    /// The element with an action.
    #[must_use]
    pub fn on(mut self, action: usize) -> Self {
        self.action = Some(action);
        self
    }

    /// Appends the element as JSON, as docs/boundary.md describes it.
    pub fn to_json(&self, out: &mut String) {
        self.push(out, false);
    }

    /// What the element looks like as long as nothing but time passes: a clock's text is the renderer's to keep.
    pub fn look(&self) -> String {
        let mut out = String::new();
        self.push(&mut out, true);
        out
    }

    fn push(&self, out: &mut String, is_still: bool) {
        out.push_str("{\"tag\":\"");
        out.push_str(self.tag);
        out.push('"');
        if !self.part.is_empty() {
            out.push_str(",\"part\":\"");
            out.push_str(self.part);
            out.push('"');
        }
        if !self.attrs.is_empty() {
            out.push_str(",\"attrs\":[");
            for (index, (name, value)) in self.attrs.iter().enumerate() {
                out.push_str(if index > 0 { ",[\"" } else { "[\"" });
                out.push_str(name);
                out.push_str("\",");
                json::push_text(value, out);
                out.push(']');
            }
            out.push(']');
        }
        let is_clock = is_still && self.until.is_some();
        if !self.text.is_empty() && !is_clock {
            out.push_str(",\"text\":");
            json::push_text(&self.text, out);
        }
        if !self.children.is_empty() {
            out.push_str(",\"children\":[");
            for (index, child) in self.children.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                child.push(out, is_still);
            }
            out.push(']');
        }
        if let Some(action) = self.action {
            out.push_str(",\"action\":");
            push_integer(action as i64, out);
        }
        if let Some(input) = &self.input {
            out.push_str(",\"input\":{\"name\":");
            json::push_text(&input.name, out);
            out.push_str(",\"type\":\"");
            out.push_str(input.kind);
            out.push_str(if input.required { "\",\"required\":true}" } else { "\"}" });
        }
        if let Some(until) = self.until {
            out.push_str(",\"live\":\"countdown\",\"until\":");
            push_integer(until, out);
        }
        out.push('}');
    }
}
