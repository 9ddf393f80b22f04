//! What a visitor sees: a message of the configuration becomes a tree of elements.
//!
//! [`compose`] is pure and total: whatever the configuration says, a tree comes out, and it is made of closed lists
//! of elements and attributes ([`node`]), of texts, and of addresses that a parser has judged ([`url`]). What is wrong
//! is told by [`check`](check::message) when a configuration is read. There is no HTML anywhere, on purpose.

pub mod action;
pub mod blocks;
pub mod check;
pub mod format;
pub mod josa;
pub mod layout;
pub mod localized;
pub mod node;
pub mod scene;
pub mod shape;
pub mod template;
pub mod theme;
pub mod url;
pub mod words;

pub use action::Action;
pub use layout::{Dismiss, Layout};
pub use node::Node;
pub use scene::{CouponState, CouponView, Line, Scene};

use super::time::Millis;
use super::value::Value;
use crate::domain::list::{append, keep};
use crate::domain::number::push_integer;
use blocks::Drawing;
use words::Word;

/// A message as it is now.
#[derive(Clone, Debug, PartialEq)]
pub struct Rendered {
    /// The elements.
    pub tree: Node,
    /// What happens on activation: a node's `action` is an index into this list.
    pub actions: Vec<Vec<Action>>,
    /// The layout's name.
    pub layout: &'static str,
    /// Where it stands.
    pub position: &'static str,
    /// The selector of its place on the page, for inline messages.
    pub slot: Option<String>,
    /// Whether the page behind it rests.
    pub modal: bool,
    /// How it goes away.
    pub dismiss: Dismiss,
    /// `ltr` or `rtl`.
    pub dir: &'static str,
    /// The branch that the answers have opened, counted from one.
    pub branch: usize,
    /// When it has to be composed again because time passed (a coupon expired, a countdown ended).
    pub changes_at: Option<Millis>,
}

/// Draws `message` in `scene`; `None` where its layout is unknown, or nothing would stand in it.
pub fn compose(message: &Value, scene: &Scene) -> Option<Rendered> {
    let layout = Layout::named(message.text("layout")?)?;
    let mut dismiss = layout::dismiss(message, layout);
    let mut drawing = Drawing::new(scene);
    let mut content = Vec::new();
    drawing.section(message.list("blocks"), &mut content);
    // What was filled in has served its purpose once it was sent.
    let mut is_sent = scene.sent.contains(&0);
    let is_answered = is_sent || scene.answers.as_object().is_some_and(|given| !given.is_empty());
    if is_sent {
        keep(&mut content, |node| !is_form(node));
    }
    // Before the first answer no branch is open: "less than 7" must not hold of a score that was not given.
    let branch = message.list("branch").iter().enumerate().find(|(_, branch)| {
        let holds = |when| (scene.matches)(when, scene.answers);
        is_answered && branch.get("when").is_some_and(holds)
    });
    if let Some((index, branch)) = branch {
        let mut more = Vec::new();
        drawing.form = index + 1;
        drawing.section(branch.list("blocks"), &mut more);
        is_sent = scene.sent.contains(&drawing.form);
        if is_sent {
            keep(&mut more, |node| !is_form(node));
        }
        content.append(&mut more);
    }
    if is_sent {
        let thanks = scene.word(Word::Thanks);
        content.push(Node::text("p", "body thanks", thanks).attr("role", "status"));
    }
    if !drawing.has_chat && (scene.is_away || !scene.transcript.is_empty()) {
        // The message asked for a person and there is no chat in it: the conversation goes on below.
        let script = Value::Object(crate::object! { "chat" => crate::domain::value::Object::new() });
        append(&mut content, blocks::chat::chat(&mut drawing, &script));
    }
    append(&mut content, blocks::coupon::rescue(&mut drawing));
    if content.is_empty() && layout.name != "custom" {
        return None;
    }
    if let Some(first) = content.first_mut() {
        // A picture that comes first leads from edge to edge.
        first.part = match first.part {
            "image" => "image lead",
            "picture" => "picture lead",
            other => other,
        };
    }
    if !drawing.label.is_empty() {
        content.insert(0, Node::text("p", "caption", drawing.label));
    }
    // Escape closes every message, but a finger has no such key.
    let has_exit =
        dismiss.button || dismiss.outside || dismiss.today || drawing.actions.iter().flatten().any(|action| *action == Action::Close);
    if layout.modal && !has_exit {
        dismiss.button = true;
    }

    let mut children = Vec::new();
    if layout.name == "sheet" {
        children.push(Node::new("div", "handle").attr("aria-hidden", "true"));
    }
    if dismiss.button {
        children.push(Node::new("button", "close").attr("type", "button").attr("aria-label", scene.word(Word::Close)));
    }
    children.push(Node::with("div", "content", content));
    if let Some(footer) = footer(&mut drawing, dismiss) {
        children.push(footer);
    }
    // A text that is not there in the visitor's language is read out, and runs, in the one it is in.
    let mut texts = message.list("blocks").iter().filter_map(|block| block.get("text").or(block.get("button")));
    let spoken = texts.find_map(|text| localized::spoken(text, scene.locale, scene.fallback));
    let lang = spoken.map_or(scene.locale, |(key, _)| {
        let is_same = localized::language(key).eq_ignore_ascii_case(localized::language(scene.locale));
        if is_same { scene.locale } else { key }
    });
    let dir = if localized::is_right_to_left(lang) { "rtl" } else { "ltr" };
    let mut tree = Node::with("section", "card", children).attr("tabindex", "-1").attr("dir", dir).attr("role", layout.role);
    if !lang.is_empty() {
        tree = tree.attr("lang", lang);
    }
    if layout.modal {
        tree = tree.attr("aria-modal", "true");
    }
    tree = if drawing.has_title {
        tree.attr("aria-labelledby", "title")
    } else if drawing.last_text.is_empty() {
        tree.attr("aria-label", scene.word(Word::Message))
    } else {
        let name = std::mem::take(&mut drawing.last_text);
        tree.attr("aria-label", name)
    };
    Some(Rendered {
        tree,
        actions: drawing.actions,
        layout: layout.name,
        position: layout.position(message.text("position"), dir == "rtl"),
        slot: message.text("slot").filter(|_| layout.name == "inline").map(Into::into),
        modal: layout.modal,
        dismiss,
        dir,
        branch: drawing.form,
        changes_at: drawing.changes_at,
    })
}

/// Whether a piece of the content is a question or what sends the answers.
fn is_form(node: &Node) -> bool {
    matches!(node.part.split(' ').next(), Some("field" | "rating" | "choice"))
        || node.children.iter().any(|child| child.attrs.iter().any(|(_, value)| value == "submit"))
}

/// "Not today", the refusal and the receipt.
fn footer(drawing: &mut Drawing, dismiss: Dismiss) -> Option<Node> {
    let scene = drawing.scene;
    let mut button = |part: &'static str, word: Word, action: Action| {
        let index = drawing.index(vec![action]);
        Node::text("button", part, scene.word(word)).attr("type", "button").on(index)
    };
    let mut children = Vec::new();
    if dismiss.today {
        children.push(Node::text("button", "today", scene.word(Word::Today)).attr("type", "button"));
    }
    if scene.refusal {
        children.push(button("today refuse", Word::Refuse, Action::Refuse));
    }
    if scene.receipt {
        let mut reason = vec![match scene.why {
            // The page adds the trigger and the audience in words once the visitor asks.
            Value::Null => Node::text("p", "caption because", scene.word(Word::WhyText)),
            own => Node::text("p", "caption", scene.text(own)),
        }];
        reason.push(Node::text("button", "button mute", scene.word(Word::Mute)).attr("type", "button"));
        match scene.data {
            None => reason.push(button("button data", Word::Data, Action::Data)),
            Some((events, coupons, id)) => {
                for (word, number) in [(Word::Events, events), (Word::Coupons, coupons)] {
                    let mut line = String::from(scene.word(word));
                    line.push_str(": ");
                    push_integer(number as i64, &mut line);
                    reason.push(Node::text("p", "caption", line).attr("role", "status"));
                }
                let mut line = String::from(scene.word(Word::Id));
                line.push_str(": ");
                line.push_str(id);
                reason.push(Node::text("p", "caption", line));
                reason.push(button("button erase", Word::Erase, Action::Erase));
            }
        }
        children.push(Node::with(
            "details",
            "receipt",
            vec![Node::text("summary", "why", scene.word(Word::Why)), Node::with("div", "reason", reason)],
        ));
    }
    (!children.is_empty()).then(|| Node::with("div", "footer", children))
}
