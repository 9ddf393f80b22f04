//! The blocks of a message: each file turns the configuration of a few of them into elements.

pub mod chat;
mod commerce;
pub mod coupon;
mod plain;
mod survey;

use super::action::{self, Action};
use super::node::Node;
use super::scene::{CouponState, Scene};
use super::url::{self, Purpose};
use super::words::Word;
use crate::domain::facts::earlier;
use crate::domain::list::keep;
use crate::domain::time::Millis;
use crate::domain::value::Value;

/// The key that makes a block what it is.
pub const KINDS: [&str; 12] = [
    "image",
    "button",
    "coupon",
    "countdown",
    "products",
    "rating",
    "choice",
    "input",
    "progress",
    "chat",
    "wallet",
    // Last, because progress has a `text` too.
    "text",
];

/// The kind of a block, if it is a known one.
pub fn kind(block: &Value) -> Option<&'static str> {
    KINDS.into_iter().find(|kind| block.get(kind).is_some())
}

/// What a drawing gathers on its way through the blocks.
pub struct Drawing<'s, 'a> {
    /// What is drawn from.
    pub scene: &'s Scene<'a>,
    /// What happens at each index.
    pub actions: Vec<Vec<Action>>,
    /// When the drawing is out of date by time alone.
    pub changes_at: Option<Millis>,
    /// The text drawn last, which names a question that has no name of its own.
    pub last_text: String,
    /// Whether an element with the id `title` was drawn.
    pub has_title: bool,
    /// The label that still has to stand before the first text.
    pub label: &'a str,
    /// Whether something waits to be submitted, and whether a button does it.
    pub collects: bool,
    /// How many questions a touch answers.
    pub asks: usize,
    /// Whether there is a button that submits.
    pub submits: bool,
    /// Which form is drawn: the message's own, or that of a branch, counted from one.
    pub form: usize,
    /// Numbers the ids of labelled elements.
    pub ids: usize,
    /// Whether a chat was drawn.
    pub has_chat: bool,
    /// Whether a coupon's card was drawn.
    pub has_card: bool,
    /// The coupon of a button that could not be had, or not be copied.
    pub trouble: Option<String>,
}

impl<'s, 'a> Drawing<'s, 'a> {
    /// A drawing of nothing yet.
    pub fn new(scene: &'s Scene<'a>) -> Self {
        Drawing {
            scene,
            actions: Vec::new(),
            changes_at: None,
            last_text: String::new(),
            has_title: false,
            label: scene.label,
            collects: false,
            asks: 0,
            submits: false,
            form: 0,
            ids: 0,
            has_chat: false,
            has_card: false,
            trouble: None,
        }
    }

    /// The index under which `actions` will be asked for.
    pub fn index(&mut self, actions: Vec<Action>) -> usize {
        self.actions.push(actions);
        self.actions.len() - 1
    }

    /// The actions of a configuration, but for those with a coupon that has no code, or none that is still of use.
    pub fn decode(&mut self, value: Option<&Value>) -> Vec<Action> {
        let scene = self.scene;
        let mut actions = value.map_or_else(Vec::new, |value| action::decode(value, scene.page, &|value| scene.text(value)));
        keep(&mut actions, |action| match action {
            Action::Submit(form) => {
                *form = self.form;
                true
            }
            Action::Copy(id) | Action::Apply(id) => {
                let Some(coupon) = scene.coupon(id) else { return false };
                if coupon.state == CouponState::Failed || coupon.copied == Some(false) {
                    self.trouble = Some(id.clone());
                }
                if let Some(end) = coupon.expires {
                    self.expires(end);
                }
                !coupon.code.is_empty() && coupon.is_live(scene.now)
            }
            _ => true,
        });
        actions
    }

    /// Draws again at `at`.
    pub fn expires(&mut self, at: Millis) {
        if at > self.scene.now {
            self.changes_at = earlier(self.changes_at, Some(at));
        }
    }

    /// A fresh id with a number at its end.
    pub fn id(&mut self, name: &str) -> String {
        let mut id = String::from(name);
        self.ids += 1;
        crate::domain::number::push_integer(self.ids as i64, &mut id);
        id
    }

    /// An element that does `actions`: a link where they lead somewhere, else a button.
    pub fn control(&mut self, part: &'static str, actions: Vec<Action>) -> Node {
        let mut node = Node::new("button", part);
        let target = actions.iter().find_map(|action| match action {
            Action::Open { url, new_tab } => Some((url.clone(), *new_tab)),
            _ => None,
        });
        if let Some((url, new_tab)) = target {
            node.tag = "a";
            node = node.attr("href", url);
            if new_tab {
                node = node.attr("target", "_blank").attr("rel", "noopener");
            }
        } else {
            let submits = actions.contains(&Action::Submit(self.form));
            self.submits |= submits;
            node = node.attr("type", if submits { "submit" } else { "button" });
            if actions.is_empty() {
                // Its link was refused, or nothing was configured: it is there, but leads nowhere.
                return node.attr("disabled", "");
            }
        }
        let index = self.index(actions);
        node.on(index)
    }

    /// A picture, if its address is allowed.
    pub fn picture(&self, part: &'static str, address: &str, alt: &str) -> Option<Node> {
        Some(
            Node::new("img", part)
                .attr("src", url::allow(address, self.scene.page, Purpose::Image)?)
                .attr("alt", alt)
                .attr("loading", "lazy")
                .attr("decoding", "async"),
        )
    }

    /// Draws blocks that are answered together, and sees to it that the answers can be sent: a single question by
    /// the touch that answers it, more of them by a button.
    pub fn section(&mut self, blocks: &[Value], out: &mut Vec<Node>) {
        (self.collects, self.submits, self.asks) = (false, false, 0);
        self.blocks(blocks, out);
        if self.submits {
            return;
        }
        if self.collects || self.asks > 1 {
            let mut send = self.control("button primary", vec![Action::Submit(self.form)]);
            send.text = self.scene.word(Word::Submit).into();
            out.push(Node::with("div", "actions", vec![send]));
        } else if self.asks == 1 {
            let send = self.index(vec![Action::Submit(self.form)]);
            out.iter_mut().for_each(|node| answer_by(send, node));
        }
    }

    /// Draws blocks, texts and buttons that follow each other in one group each.
    pub fn blocks(&mut self, blocks: &[Value], out: &mut Vec<Node>) {
        for block in blocks {
            let Some(kind) = kind(block) else { continue };
            let Some(node) = self.block(kind, block) else {
                continue;
            };
            let group = match kind {
                "text" => "texts",
                "button" => "actions",
                _ => {
                    out.push(node);
                    continue;
                }
            };
            match out.last_mut().filter(|last| last.part == group) {
                Some(last) => last.children.push(node),
                None => out.push(Node::with("div", group, vec![node])),
            }
        }
    }

    fn block(&mut self, kind: &'static str, block: &Value) -> Option<Node> {
        match kind {
            "text" => plain::text(self, block),
            "image" => plain::image(self, block),
            "button" => plain::button(self, block),
            "countdown" => plain::countdown(self, block),
            "progress" => plain::progress(self, block),
            "coupon" => coupon::coupon(self, block),
            "wallet" => coupon::wallet(self, block),
            "products" => commerce::products(self, block),
            "rating" => survey::rating(self, block),
            "choice" => survey::choice(self, block),
            "input" => survey::input(self, block),
            _ => chat::chat(self, block),
        }
    }
}

/// Lets every control of a question do `action`.
fn answer_by(action: usize, node: &mut Node) {
    if node.input.is_some() {
        node.action = Some(action);
    }
    for child in &mut node.children {
        answer_by(action, child);
    }
}
