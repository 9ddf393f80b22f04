//! Text, pictures, buttons, countdowns and progress.

use super::super::action::{Action, coupon_of};
use super::super::format;
use super::super::node::Node;
use super::super::words::Word;
use super::Drawing;
use crate::domain::number::push_integer;
use crate::domain::time::{Millis, parse_iso};
use crate::domain::value::Value;

/// A paragraph or the title.
pub fn text(drawing: &mut Drawing, block: &Value) -> Option<Node> {
    let filled = drawing.scene.text_at(block, "text");
    if filled.trim().is_empty() {
        return None;
    }
    let mut text = String::new();
    if !drawing.label.is_empty() {
        text.push_str(drawing.label);
        text.push(' ');
        drawing.label = "";
    }
    text.push_str(&filled);
    drawing.last_text.clone_from(&text);
    Some(match block.text("as") {
        Some("title") => {
            let mut node = Node::text("h2", "title", text);
            if !drawing.has_title {
                drawing.has_title = true;
                node = node.attr("id", "title");
            }
            node
        }
        Some("caption") => Node::text("p", "caption", text),
        _ => Node::text("p", "body", text),
    })
}

/// A picture, which may lead somewhere.
pub fn image(drawing: &mut Drawing, block: &Value) -> Option<Node> {
    let address = drawing.scene.text_at(block, "image");
    let alt = drawing.scene.text_at(block, "alt");
    let mut picture = drawing.picture("image", &address, &alt)?;
    if drawing.last_text.is_empty() {
        drawing.last_text = alt;
    }
    for side in ["width", "height"] {
        if let Some(pixels) = block.number(side) {
            let mut text = String::new();
            push_integer(pixels as i64, &mut text);
            picture = picture.attr(side, text);
        }
    }
    let actions = drawing.decode(block.get("action"));
    if actions.is_empty() {
        return Some(picture);
    }
    let mut control = drawing.control("picture", actions);
    control.children.push(picture);
    Some(control)
}

/// A button or a link.
pub fn button(drawing: &mut Drawing, block: &Value) -> Option<Node> {
    let label = drawing.scene.text_at(block, "button");
    let part = match block.text("as") {
        Some("secondary") => "button secondary",
        Some("link") => "button link",
        _ => "button primary",
    };
    if label.trim().is_empty() {
        return None;
    }
    let actions = drawing.decode(block.get("action"));
    let scene = drawing.scene;
    let is_copied = actions.iter().any(|action| match action {
        Action::Copy(id) => scene.coupon(id).is_some_and(|coupon| coupon.copied == Some(true)),
        _ => false,
    });
    let mut node = drawing.control(part, actions);
    node.text = if is_copied { scene.word(Word::Copied).into() } else { label };
    Some(node)
}

/// The time left until a moment or a coupon's end.
pub fn countdown(drawing: &mut Drawing, block: &Value) -> Option<Node> {
    let wanted = block.text("countdown")?;
    let until = match coupon_of(wanted) {
        Some(id) => drawing.scene.coupon(id)?.expires?,
        None => parse_iso(wanted)?,
    };
    let timer = timer(drawing, until);
    Some(Node::with("div", "countdown", vec![Node::text("span", "caption", drawing.scene.word(Word::Left)), timer]))
}

/// A running clock, or the word for its end.
pub fn timer(drawing: &mut Drawing, until: Millis) -> Node {
    let scene = drawing.scene;
    if until <= scene.now {
        return Node::text("span", "timer", scene.word(Word::Expired));
    }
    drawing.expires(until);
    let days = scene.word(Word::Days);
    let mut node = Node::text("time", "timer", format::countdown(until - scene.now, days)).attr("role", "timer").attr("data-days", days);
    node.until = Some(until);
    node
}

/// How far a value of the document has come.
pub fn progress(drawing: &mut Drawing, block: &Value) -> Option<Node> {
    let of = block.number("of").filter(|of| *of > 0.0)?;
    let now = drawing.scene.doc.at(block.text("progress")?).and_then(Value::as_number).unwrap_or(0.0);
    let percent = (now / of * 100.0).clamp(0.0, 100.0);
    let mut number = String::new();
    push_integer(percent as i64, &mut number);
    let mut text = drawing.scene.text_at(block, "text");
    if percent >= 100.0 && !text.is_empty() {
        // What is left would be nothing, or less.
        text = drawing.scene.word(Word::Reached).into();
    }
    let name = if text.is_empty() { drawing.scene.word(Word::Progress).into() } else { text.clone() };
    let bar = Node::with("div", "bar", vec![Node::new("div", "fill").attr("data-fill", number.as_str())])
        .attr("role", "progressbar")
        .attr("aria-label", name)
        .attr("aria-valuemin", "0")
        .attr("aria-valuemax", "100")
        .attr("aria-valuenow", number);
    let state = if percent >= 100.0 { "done" } else { "open" };
    let mut children = vec![bar];
    if !text.is_empty() {
        children.insert(0, Node::text("p", "body", text));
    }
    Some(Node::with("div", "progress", children).attr("data-state", state))
}
