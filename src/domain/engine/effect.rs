//! What the engine asks of its host; `docs/boundary.md` describes each.

use crate::domain::json::{push_text, push_value, to_text};
use crate::domain::list::Gather;
use crate::domain::message::Node;
use crate::domain::number::push_integer;
use crate::domain::outbox::Send;
use crate::domain::time::Millis;
use crate::domain::value::{Text, Value};

/// One effect.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Write to the store, in one transaction.
    Save(Save),
    /// Resolve these calls' promises.
    Settle(Vec<Text>),
    /// Answer whoever waits for a call, and keep it: a page that ends, or an engine that is made anew, needs it still.
    Keep(Text),
    /// Read the shared state under a transaction and hand it over.
    Claim,
    /// Clear every store but the record of the consent, then resolve these calls' promises.
    Wipe(Vec<Text>),
    /// Whether anything may be stored from now on.
    Allow {
        /// Whether it may.
        store: bool,
    },
    /// Set the one timer.
    Wake(Option<Millis>),
    /// Take the flush lock.
    Lock,
    /// Release it.
    Unlock,
    /// Post a batch.
    Send(Send),
    /// Ask a coupon's issuer.
    Issue {
        /// The idempotency key.
        key: Text,
        /// Where.
        url: Text,
        /// What, JSON.
        body: String,
        /// How long to wait.
        timeout: Millis,
    },
    /// Fetch what draws messages, which a page does not start with, and say whether it has come.
    Part,
    /// Mount a message.
    Show(Box<Message>),
    /// Watch whether a message that is held out would be seen, in its slot or over the page.
    Hold {
        /// Its impression.
        impression: Text,
        /// Its slot, for inline messages.
        slot: Option<Text>,
    },
    /// Replace its tree.
    Update {
        /// The message.
        impression: Text,
        /// The tree.
        tree: Box<Node>,
    },
    /// Unmount a message, or stop watching for one that is held out.
    Remove {
        /// The message.
        impression: Text,
    },
    /// Watch for these page signals.
    Watch(Value),
    /// Let the shop's `beforeSend` look at events that are about to be kept for sending.
    Filter {
        /// Wire texts by id.
        events: Vec<(Text, String)>,
    },
    /// Tell the listeners.
    Notify {
        /// The listener's type.
        kind: &'static str,
        /// What they get.
        detail: Value,
    },
    /// Answer a query or a call.
    Result {
        /// Its id.
        id: Text,
        /// The answer.
        value: Value,
    },
    /// Go to an address.
    Open {
        /// Where.
        url: String,
        /// Whether beside the shop.
        new_tab: bool,
    },
    /// Put a coupon's code on the clipboard, and tell whether the browser let it.
    Copy {
        /// The message it is copied from.
        impression: Text,
        /// What the message calls the coupon.
        coupon: Text,
        /// The code.
        text: Text,
    },
    /// Hand over to the chat.
    Chat {
        /// The message it was asked for in.
        impression: Text,
        /// What to say.
        request: Value,
    },
    /// Tell the other tabs.
    Broadcast(Value),
}

/// A message to mount.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// Everything but the tree.
    pub head: Value,
    /// The elements.
    pub tree: Node,
}

/// What to write, all or nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Save {
    /// A number to report with.
    pub number: i64,
    /// Wire texts by id.
    pub events: Vec<(Text, String)>,
    /// Journey texts by id.
    pub journey: Vec<(Text, String)>,
    /// The checkpoint of the document, the memberships, the state of delivery.
    pub state: Option<String>,
    /// What all tabs agree on; only inside a claim.
    pub shared: Option<String>,
    /// The record of the visitor's decision.
    pub consent: Option<String>,
    /// The last good configuration: text and ETag.
    pub config: Option<(Text, Text)>,
    /// Events to delete.
    pub drop_events: Vec<Text>,
    /// Journey entries to delete.
    pub drop_journey: Vec<Text>,
    /// The calls that wait for it.
    pub settle: Vec<Text>,
}

impl Save {
    /// Whether there is nothing to write; calls that wait are then settled at once.
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
            && self.journey.is_empty()
            && self.state.is_none()
            && self.shared.is_none()
            && self.consent.is_none()
            && self.config.is_none()
            && self.drop_events.is_empty()
            && self.drop_journey.is_empty()
    }

    fn push(&self, out: &mut String) {
        out.push_str("\"save\":");
        push_integer(self.number, out);
        for (key, list) in [("events", &self.events), ("journey", &self.journey)] {
            if !list.is_empty() {
                push_key(key, out);
                push_list(list, out, |(id, text), out| {
                    out.push('[');
                    push_text(id, out);
                    out.push(',');
                    push_text(text, out);
                    out.push(']');
                });
            }
        }
        for (key, text) in [("state", &self.state), ("shared", &self.shared), ("consent", &self.consent)] {
            if let Some(text) = text {
                push_key(key, out);
                push_text(text, out);
            }
        }
        if let Some((text, etag)) = &self.config {
            push_key("config", out);
            push_value(&crate::object! { "text" => text.clone(), "etag" => etag.clone() }.into(), out);
        }
        if !self.drop_events.is_empty() || !self.drop_journey.is_empty() {
            push_key("drop", out);
            out.push_str("{\"events\":");
            push_texts(&self.drop_events, out);
            out.push_str(",\"journey\":");
            push_texts(&self.drop_journey, out);
            out.push('}');
        }
        if !self.settle.is_empty() {
            push_key("settle", out);
            push_texts(&self.settle, out);
        }
    }
}

fn push_key(key: &str, out: &mut String) {
    out.push_str(",\"");
    out.push_str(key);
    out.push_str("\":");
}

fn push_list<T>(list: &[T], out: &mut String, push: impl Fn(&T, &mut String)) {
    out.push('[');
    for (index, item) in list.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        push(item, out);
    }
    out.push(']');
}

fn push_texts(list: &[Text], out: &mut String) {
    push_list(list, out, |text, out| push_text(text, out));
}

/// The elements of a message. A gate into what a page fetches late: before it has come, no effect has any.
#[inline(never)]
fn push_tree(tree: &Node, out: &mut String) {
    tree.to_json(out);
}

/// The effects as one JSON array.
pub fn to_json(effects: &[Effect]) -> String {
    let mut out = String::new();
    push_list(effects, &mut out, |effect, out| effect.push(out));
    out
}

/// Sorts effects into what is `wanted` and the others, each in order.
pub(super) fn sift(effects: Vec<Effect>, wanted: fn(&Effect) -> bool) -> (Vec<Effect>, Vec<Effect>) {
    let (mut sifted, mut rest) = (Vec::new(), Vec::new());
    for effect in effects {
        if wanted(&effect) { sifted.push(effect) } else { rest.push(effect) }
    }
    (sifted, rest)
}

impl Effect {
    fn kind(&self) -> &'static str {
        match self {
            Effect::Save(_) => "save",
            Effect::Settle(_) => "settle",
            Effect::Keep(_) => "keep",
            Effect::Claim => "claim",
            Effect::Wipe(_) => "wipe",
            Effect::Allow { .. } => "allow",
            Effect::Wake(_) => "wake",
            Effect::Lock => "lock",
            Effect::Unlock => "unlock",
            Effect::Send(_) => "send",
            Effect::Issue { .. } => "issue",
            Effect::Part => "part",
            Effect::Show(_) => "show",
            Effect::Hold { .. } => "hold",
            Effect::Update { .. } => "update",
            Effect::Remove { .. } => "remove",
            Effect::Watch(_) => "watch",
            Effect::Filter { .. } => "filter",
            Effect::Notify { .. } => "notify",
            Effect::Result { .. } => "result",
            // In the same tab it waits until everything before it is stored: the page is gone then.
            Effect::Open { new_tab: true, .. } => "open",
            Effect::Open { .. } => "redirect",
            Effect::Copy { .. } => "copy",
            Effect::Chat { .. } => "chat",
            Effect::Broadcast(_) => "broadcast",
        }
    }

    fn push(&self, out: &mut String) {
        out.push_str("{\"e\":\"");
        out.push_str(self.kind());
        out.push('"');
        let mut field = |key: &str, value: Value| {
            push_key(key, out);
            push_value(&value, out);
        };
        match self {
            Effect::Claim | Effect::Lock | Effect::Unlock | Effect::Part => {}
            Effect::Save(save) => {
                out.push(',');
                save.push(out);
            }
            Effect::Settle(ids) => field("ids", texts(ids)),
            Effect::Keep(id) => field("id", id.clone().into()),
            Effect::Wipe(settle) => field("settle", texts(settle)),
            Effect::Allow { store } => field("store", (*store).into()),
            Effect::Wake(at) => field("at", (*at).into()),
            Effect::Send(send) => {
                field("batch", i64::from(send.batch).into());
                field("url", send.url.clone().into());
                let mut headers = crate::domain::value::Object::new();
                for (name, value) in &send.headers {
                    headers.set(name, value.clone());
                }
                field("headers", headers.into());
                field("timeout", send.timeout.into());
                for (key, flag) in [("exit", send.exit), ("compress", send.compress), ("auth", send.auth)] {
                    field(key, flag.into());
                }
                push_key("body", out);
                push_text(&send.body, out);
            }
            Effect::Issue { key, url, body, timeout } => {
                field("key", key.clone().into());
                field("url", url.clone().into());
                field("body", body.as_str().into());
                field("timeout", (*timeout).into());
            }
            Effect::Show(message) => {
                push_key("message", out);
                // The head is an object; the tree, which is no `Value`, is put in before its closing brace.
                let head = to_text(&message.head);
                out.push_str(head.strip_suffix('}').unwrap_or("{"));
                out.push_str(",\"tree\":");
                push_tree(&message.tree, out);
                out.push('}');
            }
            Effect::Update { impression, tree } => {
                field("impression", impression.clone().into());
                push_key("tree", out);
                push_tree(tree, out);
            }
            Effect::Hold { impression, slot } => {
                field("impression", impression.clone().into());
                field("slot", slot.clone().into());
            }
            Effect::Remove { impression } => field("impression", impression.clone().into()),
            Effect::Watch(watch) => {
                if let Some(object) = watch.as_object() {
                    for (key, value) in object.iter() {
                        field(key, value.clone());
                    }
                }
            }
            Effect::Filter { events } => {
                let pairs: Vec<Value> = events.iter().map(|(id, text)| vec![id.clone().into(), text.as_str().into()].into()).gather();
                field("events", pairs.into());
            }
            Effect::Notify { kind, detail } => {
                field("type", (*kind).into());
                field("detail", detail.clone());
            }
            Effect::Result { id, value } => {
                field("id", id.clone().into());
                field("value", value.clone());
            }
            Effect::Open { url, new_tab } => {
                field("url", url.as_str().into());
                field("new_tab", (*new_tab).into());
            }
            Effect::Copy { impression, coupon, text } => {
                field("impression", impression.clone().into());
                field("coupon", coupon.clone().into());
                field("text", text.clone().into());
            }
            Effect::Chat { impression, request } => {
                field("impression", impression.clone().into());
                field("request", request.clone());
            }
            Effect::Broadcast(data) => field("data", data.clone()),
        }
        out.push('}');
    }
}

fn texts(list: &[Text]) -> Value {
    list.iter().cloned().map(Value::from).gather().into()
}
