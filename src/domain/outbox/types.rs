//! What goes into the outbox and what comes out.

use crate::domain::time::{MINUTE, Millis, SECOND};
use crate::domain::value::{Object, Text, Value};
use crate::domain::wire::Format;

/// The largest body of a request, before compression. Segment takes 500 KB, many proxies 1 MiB; half of the smaller
/// leaves room for backends that measure what they unpack.
pub const MAX_BODY: usize = 256 * 1024;
/// The most events of a request.
pub const MAX_BATCH: usize = 500;
/// The largest event; Segment takes 32 KB.
pub const MAX_EVENT: usize = 64 * 1024;
/// The most bytes of events that wait; it is also what the store may hold.
pub const MAX_BYTES: usize = 1024 * 1024;
/// The most that the host reads of the store at once, so that no page does all that waits in one task.
pub const PART: usize = 256 * 1024;
/// The most events that wait.
pub const MAX_EVENTS: usize = 10_000;
/// The largest body at the page's end: half of what a browser lets all scripts of a page send then.
pub const MAX_EXIT: usize = 32 * 1024;
/// How long a request may take.
pub const TIMEOUT: Millis = 15 * SECOND;

/// Why an event will never be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// The call made no sense.
    Invalid,
    /// It did not fit beside the others that wait.
    Overflow,
    /// It is larger than the SDK or the endpoint takes.
    TooLarge,
    /// The endpoint refused it.
    Rejected,
    /// Consent was taken back before it left.
    Consent,
    /// The visitor asked to be forgotten.
    Forgotten,
    /// The shop's `beforeSend` kept it back or failed.
    BeforeSend,
    /// Its stored text is damaged.
    Damaged,
}

impl Reason {
    /// All reasons, in the order of [`Reason::index`].
    pub const ALL: [Reason; 8] = [
        Reason::Invalid,
        Reason::Overflow,
        Reason::TooLarge,
        Reason::Rejected,
        Reason::Consent,
        Reason::Forgotten,
        Reason::BeforeSend,
        Reason::Damaged,
    ];

    /// The name in `stats()` and in reports.
    pub fn name(self) -> &'static str {
        match self {
            Reason::Invalid => "invalid",
            Reason::Overflow => "overflow",
            Reason::TooLarge => "too_large",
            Reason::Rejected => "rejected",
            Reason::Consent => "consent",
            Reason::Forgotten => "forgotten",
            Reason::BeforeSend => "before_send",
            Reason::Damaged => "damaged",
        }
    }
}

/// Numbers by reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Drops([u64; Reason::ALL.len()]);

impl Drops {
    /// Counts `number` more.
    pub fn add(&mut self, reason: Reason, number: u64) {
        if let Some(slot) = self.0.get_mut(reason as usize) {
            *slot += number;
        }
    }

    /// How many were dropped for `reason`.
    pub fn get(&self, reason: Reason) -> u64 {
        self.0.get(reason as usize).copied().unwrap_or(0)
    }

    /// How many were dropped.
    pub fn total(&self) -> u64 {
        self.0.iter().sum()
    }

    /// `{reason: number}` without zeros.
    pub fn to_object(&self) -> Object {
        let mut object = Object::new();
        for reason in Reason::ALL {
            let number = self.get(reason);
            if number > 0 {
                object.set(reason.name(), number as f64);
            }
        }
        object
    }

    /// Adds what [`Drops::to_object`] wrote; unknown reasons are left out.
    pub fn add_value(&mut self, value: &Value) {
        for reason in Reason::ALL {
            let number = value.number(reason.name()).unwrap_or(0.0);
            if (1.0..1e15).contains(&number) {
                self.add(reason, number as u64);
            }
        }
    }
}

/// The ledger of this page: `created = acknowledged + pending + dropped`, at every instant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Events made here for sending, and those of other pages that this one learned of.
    pub created: u64,
    /// Events that the endpoint has, as this tab or another one heard.
    pub acknowledged: u64,
    /// Events that wait or are on their way.
    pub pending: u64,
    /// Events that will never be sent.
    pub dropped: Drops,
}

/// The endpoint as the shop configured it.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Where to send to.
    pub url: Text,
    /// How.
    pub format: Format,
    /// Segment's write key.
    pub write_key: Option<Text>,
    /// Further headers; they make browsers ask first (preflight) across origins.
    pub headers: Vec<(Text, Text)>,
    /// So many events are sent at once.
    pub flush_at: usize,
    /// Fewer wait so long.
    pub flush_interval: Millis,
    /// Only `accepted` ids count as acknowledged.
    pub strict_ack: bool,
    /// Whether the endpoint takes gzip.
    pub compress: bool,
    /// Whether the shop gave an `auth` function, which a 401 asks anew.
    pub auth: bool,
    /// The shop's origin: the `source` of CloudEvents.
    pub source: Text,
}

impl Settings {
    /// Settings with the defaults of CONTRACT §1.
    pub fn new(url: &str) -> Self {
        Settings {
            url: url.into(),
            format: Format::Segment,
            write_key: None,
            headers: Vec::new(),
            flush_at: 20,
            flush_interval: 10 * SECOND,
            strict_ack: false,
            compress: false,
            auth: false,
            source: "".into(),
        }
    }

    /// Reads `options.endpoint`: a URL or an `Endpoint`; `None` where there is no URL.
    ///
    /// Numbers out of reach are moved to the nearest sensible one; an unknown format is Segment's.
    pub fn from_value(endpoint: &Value) -> Option<Self> {
        if let Some(url) = endpoint.as_text() {
            return (!url.is_empty()).then(|| Self::new(url));
        }
        let mut settings = Self::new(endpoint.text("url").filter(|url| !url.is_empty())?);
        settings.format = match endpoint.get("format") {
            Some(Value::Text(name)) => match &**name {
                "ndjson" => Format::Ndjson,
                "cloudevents" => Format::CloudEvents,
                _ => Format::Segment,
            },
            Some(object) => object.text("envelope").map_or(Format::Segment, |key| Format::Envelope(key.into())),
            None => Format::Segment,
        };
        settings.write_key = endpoint.text("writeKey").map(Text::from);
        if let Some(headers) = endpoint.get("headers").and_then(Value::as_object) {
            for (name, value) in headers.iter() {
                if let Value::Text(value) = value {
                    settings.headers.push((name.clone(), value.clone()));
                }
            }
        }
        if let Some(number) = endpoint.number("flushAt") {
            settings.flush_at = number.clamp(1.0, MAX_BATCH as f64) as usize;
        }
        if let Some(number) = endpoint.number("flushInterval") {
            settings.flush_interval = number.clamp(0.0, (60 * MINUTE) as f64) as Millis;
        }
        settings.strict_ack = endpoint.flag("strictAck");
        settings.compress = endpoint.flag("compress");
        Some(settings)
    }

    /// The headers of a request.
    pub(super) fn all_headers(&self) -> Vec<(Text, Text)> {
        let mut headers = self.headers.clone();
        if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
            headers.push(("Content-Type".into(), self.format.content_type().into()));
        }
        headers
    }
}

/// A request to make.
#[derive(Clone, Debug, PartialEq)]
pub struct Send {
    /// The number to answer with.
    pub batch: u32,
    /// Where to.
    pub url: Text,
    /// The headers, the content type among them.
    pub headers: Vec<(Text, Text)>,
    /// The text to post.
    pub body: String,
    /// The events in it, in order.
    pub ids: Vec<Text>,
    /// How long it may take.
    pub timeout: Millis,
    /// Whether the page may be ending: `keepalive`.
    pub exit: bool,
    /// Whether to compress the body.
    pub compress: bool,
    /// Whether to ask the shop's `auth` function for a new token first.
    pub auth: bool,
}

/// What lies in the store when the lock is taken, read in one transaction.
#[derive(Clone, Copy, Debug, Default)]
pub struct Found<'a> {
    /// The events, oldest first, at most [`PART`] of them; `None` where they could not be read.
    pub pending: Option<&'a [(Text, Text)]>,
    /// Whether they lie in the page's memory alone, and end with it.
    pub memory: bool,
    /// What [`super::Outbox::to_value`] of the last flusher saved.
    pub state: Option<&'a Value>,
}

/// What came of a request.
#[derive(Clone, Copy, Debug, Default)]
pub struct Answer<'a> {
    /// The request's number.
    pub batch: u32,
    /// The HTTP status, 0 where there was no answer.
    pub status: u16,
    /// How long the endpoint asks to wait, where it does.
    pub wait: Option<Millis>,
    /// What the endpoint's clock shows, where it could be read.
    pub date: Option<Millis>,
    /// The body, cut at 64 KiB.
    pub body: &'a str,
}

/// Something the shop's developer should hear of, once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// The endpoint does not want the events (its status): they are kept, and it is asked again hourly.
    Parked(u16),
    /// The endpoint took events again after a [`Notice::Parked`].
    Resumed,
}

/// What an input to the outbox led to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// Events that the endpoint has, as just heard: to be deleted from the store, and told to the other tabs.
    pub acknowledged: Vec<Text>,
    /// Events that will never be sent, and why: to be deleted from the store, and told to the other tabs.
    pub dropped: Vec<(Text, Reason)>,
    /// Events settled before that the store still holds: to be deleted again.
    pub stale: Vec<Text>,
    /// The next request, to be made under the lock.
    pub send: Option<Send>,
    /// Whether the lock is to be released.
    pub unlock: bool,
    /// Whether [`super::Outbox::to_value`] is to be saved, and told to the other tabs.
    pub save: bool,
    /// What the developer should hear.
    pub notice: Option<Notice>,
}

impl Outcome {
    /// The ids to delete from the `events` store.
    pub fn deleted(&self) -> impl Iterator<Item = &Text> {
        let dropped = self.dropped.iter().map(|(id, _)| id);
        self.acknowledged.iter().chain(dropped).chain(&self.stale)
    }
}
