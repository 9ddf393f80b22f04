//! One thing that happened: a step of the visitor's journey.

use super::time::{Millis, to_iso};
use super::value::{Object, Text, Value};
use super::{json, number};

/// The name a `page` call has in the journey.
pub const PAGE_VIEWED: &str = "Page Viewed";
/// The name an `identify` call has in the journey.
pub const IDENTIFIED: &str = "Identified";

/// The events that Dangol writes itself; the shop's own are all others.
pub const OWN_EVENTS: [&str; 16] = [
    "Message Shown",
    "Message Clicked",
    "Message Dismissed",
    "Message Held Out",
    "Coupon Issued",
    "Coupon Copied",
    "Coupon Applied",
    "Coupon Redeemed",
    "Chat Opened",
    "Chat Replied",
    "Survey Answered",
    "Segment Entered",
    "Segment Left",
    "Experiment Viewed",
    "Goal Reached",
    "Page Left",
];

/// An event of the journey.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// The `messageId` (UUIDv7), the same on the wire, in storage and in explanations.
    pub id: Text,
    /// When it happened, by the device's clock.
    pub at: Millis,
    /// `Product Viewed`; a page call is [`PAGE_VIEWED`], an identify call [`IDENTIFIED`].
    pub name: Text,
    /// The properties: of a page call with `name url path title referrer`, of an identify call the traits.
    pub properties: Object,
    /// The member the event names, for [`IDENTIFIED`].
    pub user: Option<Text>,
    /// The session a recorded journey gave it (`context.sessionId`), where it did.
    pub session: Option<Text>,
    /// Whether Dangol wrote it, not the shop.
    pub own: bool,
}

impl Event {
    /// Whether `name` is one of the events that Dangol writes.
    pub fn is_own_name(name: &str) -> bool {
        OWN_EVENTS.contains(&name)
    }

    /// The compact text kept in the `journey` store.
    pub fn to_stored(&self, place: usize) -> String {
        let mut out = String::from("{\"i\":");
        json::push_text(&self.id, &mut out);
        out.push_str(",\"t\":");
        number::push_integer(self.at, &mut out);
        out.push_str(",\"n\":");
        json::push_text(&self.name, &mut out);
        if place > 0 {
            out.push_str(",\"o\":");
            number::push_integer(place as i64, &mut out);
        }
        for (key, text) in [("u", &self.user), ("s", &self.session)] {
            if let Some(text) = text {
                out.push_str(",\"");
                out.push_str(key);
                out.push_str("\":");
                json::push_text(text, &mut out);
            }
        }
        if !self.properties.is_empty() {
            out.push_str(",\"p\":");
            json::push_object(&self.properties, &mut out);
        }
        out.push('}');
        out
    }

    /// Reads the compact text back; `None` where it is damaged.
    pub fn from_stored(value: &Value) -> Option<Self> {
        let name: Text = value.text("n")?.into();
        Some(Event {
            id: value.text("i")?.into(),
            at: value.number("t")? as Millis,
            own: Self::is_own_name(&name),
            name,
            properties: value.get("p").and_then(Value::as_object).cloned().unwrap_or_default(),
            user: value.text("u").map(Text::from),
            session: value.text("s").map(Text::from),
        })
    }

    /// Reads a wire event (CONTRACT §5), as journeys for `replay` hold them; `None` where it is none.
    pub fn from_wire(wire: &Value) -> Option<Self> {
        let at = super::time::parse_iso(wire.text("timestamp")?)?;
        let object = |key: &str| wire.get(key).and_then(Value::as_object).cloned().unwrap_or_default();
        let (name, properties): (Text, Object) = match wire.text("type")? {
            "track" => (wire.text("event")?.into(), object("properties")),
            "page" => {
                let mut properties = object("properties");
                if let Some(page) = wire.at("context.page").and_then(Value::as_object) {
                    for (key, value) in page.iter() {
                        if properties.get(key).is_none() {
                            properties.set(key, value.clone());
                        }
                    }
                }
                if let Some(name) = wire.text("name") {
                    properties.set("name", name);
                }
                (PAGE_VIEWED.into(), properties)
            }
            "identify" => (IDENTIFIED.into(), object("traits")),
            _ => return None,
        };
        Some(Event {
            id: wire.text("messageId").unwrap_or_default().into(),
            at,
            own: Self::is_own_name(&name),
            user: if &*name == IDENTIFIED { wire.text("userId").map(Text::from) } else { None },
            name,
            properties,
            session: wire.at("context.sessionId").and_then(Value::as_text).map(Text::from),
        })
    }

    /// When it happened, as ISO 8601.
    pub fn timestamp(&self) -> String {
        to_iso(self.at)
    }
}
