//! The scripted chat: a greeting, quick replies, their answers, and the way to a person.

use super::super::action::Action;
use super::super::node::{Input, Node};
use super::super::words::Word;
use super::{Drawing, survey};
use crate::domain::value::Value;

/// The conversation so far and what can be said next.
pub fn chat(drawing: &mut Drawing, block: &Value) -> Option<Node> {
    let config = block.get("chat")?;
    let scene = drawing.scene;
    drawing.has_chat = true;
    let greeting = scene.text_at(config, "greeting");
    let mut lines = Vec::new();
    if !greeting.is_empty() {
        drawing.last_text.clone_from(&greeting);
        lines.push(Node::text("p", "line shop", greeting));
    }
    for line in scene.transcript {
        let part = if line.is_visitor { "line visitor" } else { "line shop" };
        lines.push(Node::text("p", part, line.text.as_str()));
    }
    let mut replies = Vec::new();
    for (index, reply) in config.list("replies").iter().enumerate() {
        let label = scene.text_at(reply, "label");
        let answer = scene.text_at(reply, "answer");
        let (stays, mut mute) = (!answer.is_empty(), None);
        let mut actions = Vec::new();
        // An answer is there to be read: what would take the chat away with it waits or is left to the visitor, and silence
        // needs no closing.
        for action in drawing.decode(reply.get("action")) {
            match action {
                Action::Close if stays => {}
                Action::Mute(length) if stays => mute = Some(length),
                Action::Show(other, _) => actions.push(Action::Show(other, stays)),
                other => actions.push(other),
            }
        }
        actions.insert(0, Action::Reply { index, label: label.clone(), answer, mute });
        // A reply is said aloud in the chat first, so even one that leads somewhere is a button.
        let at = drawing.index(actions);
        replies.push(Node::text("button", "reply", label).attr("type", "button").on(at));
    }
    let mut children =
        vec![Node::with("div", "log", lines).attr("role", "log").attr("aria-label", scene.word(Word::Chat)).attr("tabindex", "0")];
    if scene.is_away {
        // Nobody is there to take over: how the visitor can be reached comes before further questions.
        children.push(contact(drawing));
    }
    if !replies.is_empty() {
        children.push(Node::with("div", "replies", replies));
    }
    Some(Node::with("div", "chat", children))
}

/// Asks how the visitor can be reached.
fn contact(drawing: &mut Drawing) -> Node {
    let id = drawing.id("input");
    let error = survey::error(drawing);
    let wrong = error.attrs.first().map_or("", |(_, id)| id);
    let mut field = Node::new("input", "input")
        .attr("id", id.as_str())
        .attr("type", "text")
        .attr("name", "contact")
        .attr("maxlength", "200")
        .attr("required", "")
        .attr("autocomplete", "tel")
        .attr("aria-errormessage", wrong);
    field.input = Some(Input { name: "contact".into(), kind: "text", required: true });
    let scene = drawing.scene;
    let at = drawing.index(vec![Action::Contact]);
    let send = Node::text("button", "button primary", scene.word(Word::Submit)).attr("type", "submit").on(at);
    Node::with("div", "field contact", vec![Node::text("label", "label", scene.word(Word::Contact)).attr("for", id), field, send, error])
}
