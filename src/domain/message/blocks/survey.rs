//! Ratings, choices and inputs: native form controls, so that keyboards and screen readers know them.

use super::super::localized;
use super::super::node::{Input, Node};
use super::super::words::Word;
use super::Drawing;
use crate::domain::list::append;
use crate::domain::number::push_integer;
use crate::domain::text::contains;
use crate::domain::value::Value;

/// The name of the answer of a block.
fn name_of<'a>(block: &'a Value, kind: &'a str) -> &'a str {
    block.text("name").unwrap_or(kind)
}

/// A group with a name for those who do not see what stands above it.
fn group(drawing: &mut Drawing, part: &'static str, block: &Value, children: Vec<Node>) -> Node {
    let own = drawing.scene.text_at(block, "label");
    let (class, name) = if own.is_empty() { ("hidden", drawing.last_text.clone()) } else { ("label", own) };
    let mut all = vec![Node::text("legend", class, name)];
    append(&mut all, children);
    if block.flag("required") {
        all.push(error(drawing));
    }
    Node::with("fieldset", part, all)
}

/// What is said of an answer that cannot be taken.
pub fn error(drawing: &mut Drawing) -> Node {
    let id = drawing.id("error");
    Node::text("p", "error", drawing.scene.word(Word::Wrong)).attr("id", id).attr("role", "alert")
}

fn box_of(name: &str, kind: &'static str, required: bool, value: &str, checked: bool) -> Node {
    let shape = if matches!(kind, "choices" | "consent") { "checkbox" } else { "radio" };
    let mut node = Node::new("input", "box").attr("type", shape).attr("name", name).attr("value", value);
    if checked {
        node = node.attr("checked", "");
    }
    // Of several boxes, each of which may stay empty, the renderer asks for one.
    if required && shape == "radio" {
        node = node.attr("required", "");
    }
    node.input = Some(Input { name: name.into(), kind, required });
    node
}

/// Stars from one to five, or numbers (0 to 10 on the scale of ten, as the Net Promoter Score asks).
pub fn rating(drawing: &mut Drawing, block: &Value) -> Option<Node> {
    let rating = block.get("rating")?;
    let scale = rating.number("scale").unwrap_or(5.0);
    let top = if scale > 5.0 { 10 } else { 5 };
    let stars = rating.text("as") != Some("numbers");
    let first = i64::from(stars || top == 5);
    let name = name_of(block, "rating");
    let scene = drawing.scene;
    let given = scene.answers.number(name);
    let mut points = Vec::new();
    for point in first..=top {
        let mut text = String::new();
        push_integer(point, &mut text);
        let mut input = box_of(name, "rating", block.flag("required"), &text, given == Some(point as f64));
        let face = if stars {
            let mut label = text.clone();
            if localized::language(scene.locale) != "ko" && localized::language(scene.locale) != "ja" {
                label.push(' ');
            }
            label.push_str(scene.word(Word::Stars));
            input = input.attr("aria-label", label);
            Node::new("span", "star").attr("aria-hidden", "true")
        } else {
            Node::text("span", "number", text)
        };
        points.push(Node::with("label", "point", vec![input, face]));
    }
    drawing.asks += 1;
    let scale = Node::with("div", "scale", points);
    Some(if stars {
        group(drawing, if top == 10 { "rating stars ten" } else { "rating stars" }, block, vec![scale])
    } else {
        let ends = Node::with(
            "div",
            "ends",
            vec![Node::text("span", "caption", scene.word(Word::Low)), Node::text("span", "caption", scene.word(Word::High))],
        );
        let part = if top == 10 { "rating ten" } else { "rating numbers" };
        group(drawing, part, block, vec![scale, ends])
    })
}

/// One or several of a few texts. The answer is the text in the shop's own language, whatever the visitor reads.
pub fn choice(drawing: &mut Drawing, block: &Value) -> Option<Node> {
    let name = name_of(block, "choice");
    let multiple = block.flag("multiple");
    let scene = drawing.scene;
    let mut options = Vec::new();
    for item in block.list("choice") {
        let label = scene.text(item.get("label").unwrap_or(item));
        let value =
            item.text("value").unwrap_or_else(|| localized::pick(item.get("label").unwrap_or(item), scene.fallback, scene.fallback));
        let given = scene.answers.get(name);
        let is_given = match given {
            Some(Value::Text(text)) => &**text == value,
            Some(Value::List(items)) => items.iter().any(|item| item.as_text() == Some(value)),
            _ => false,
        };
        let kind = if multiple { "choices" } else { "choice" };
        let required = block.flag("required");
        options.push(Node::with("label", "option", vec![box_of(name, kind, required, value, is_given), Node::text("span", "", label)]));
    }
    drawing.collects |= multiple;
    drawing.asks += 1;
    (!options.is_empty()).then(|| group(drawing, "choice", block, options))
}

/// A line of text, and where it is personal data for marketing, the consent to it.
pub fn input(drawing: &mut Drawing, block: &Value) -> Option<Node> {
    let config = block.get("input")?;
    let scene = drawing.scene;
    let name = name_of(block, "input");
    let kind = match config.text("type") {
        Some("email") => "email",
        Some("tel") => "tel",
        _ => "text",
    };
    let required = config.flag("required");
    let id = drawing.id("input");
    let error = error(drawing);
    let wrong = error.attrs.first().map_or("", |(_, id)| id);
    let optional = |mut label: String| {
        let word = scene.word(Word::Optional);
        if !label.is_empty() && !contains(&label, word) {
            label.push_str(" (");
            label.push_str(word);
            label.push(')');
        }
        label
    };
    let mut label = scene.text_at(config, "label");
    if !required {
        label = optional(label);
    }
    let mut field = Node::new("input", "input")
        .attr("id", id.as_str())
        .attr("type", kind)
        .attr("name", name)
        .attr("maxlength", "200")
        .attr("aria-errormessage", wrong);
    if kind != "text" {
        field = field.attr("autocomplete", kind).attr("inputmode", kind);
    }
    if required {
        field = field.attr("required", "");
    }
    if let Some(given) = scene.answers.text(name) {
        field = field.attr("value", given);
    }
    field.input = Some(Input { name: name.into(), kind, required });
    let mut children = vec![Node::text("label", "label", label).attr("for", id), field, error];
    if let Some(purpose) = config.text("consent") {
        let mut name = String::from("consent.");
        name.push_str(purpose);
        let text = scene.text_at(config, "consentLabel");
        let text = if text.is_empty() { scene.word(Word::Consent).into() } else { text };
        children.push(Node::with(
            "label",
            "option consent",
            // Consent is free, or it is none: nothing may be had only for it.
            vec![box_of(&name, "consent", false, "true", scene.answers.flag(&name)), Node::text("span", "", optional(text))],
        ));
    }
    drawing.collects = true;
    Some(Node::with("div", "field", children))
}
