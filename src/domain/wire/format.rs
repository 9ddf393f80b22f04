//! The bodies of batches, put together from stored events without reading them again.

use std::borrow::Cow;

use crate::domain::json::{self, push_text};
use crate::domain::time::{Millis, push_iso};
use crate::domain::value::Text;

/// How a batch is written.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Format {
    /// `{"batch":[…],"sentAt":…,"writeKey":…}`.
    #[default]
    Segment,
    /// One event a line.
    Ndjson,
    /// The JSON batch format of CloudEvents 1.0.
    CloudEvents,
    /// `{key:[…]}` and nothing else, since such backends refuse what they do not know.
    Envelope(Text),
}

impl Format {
    /// The body's type, unless the shop's own headers name one.
    ///
    /// `text/plain` needs no preflight across origins, which is what lets the last events of a page arrive. CloudEvents'
    /// HTTP binding recognises a batch by its type alone, so that format pays for the preflight.
    pub fn content_type(&self) -> &'static str {
        match self {
            Format::CloudEvents => "application/cloudevents-batch+json",
            _ => "text/plain",
        }
    }
}

/// The bytes a batch needs besides its events: for itself, and for each event, at most.
pub fn envelope_cost(format: &Format, source: &str) -> (usize, usize) {
    match format {
        // Besides the source an envelope repeats the id, the time, and a name, which is cut at 256 bytes.
        Format::CloudEvents => (2, 512 + source.len()),
        _ => (128, 1),
    }
}

/// Writes the body of a batch.
///
/// `source` is where the events come from (CloudEvents' `source`): the shop's origin.
pub fn body<'a>(format: &Format, events: impl Iterator<Item = &'a str>, sent_at: Millis, write_key: Option<&str>, source: &str) -> String {
    let mut out = String::new();
    match format {
        Format::Segment => out.push_str("{\"batch\":["),
        Format::Ndjson => {}
        Format::CloudEvents => out.push('['),
        Format::Envelope(key) => {
            out.push('{');
            push_text(key, &mut out);
            out.push_str(":[");
        }
    }
    for (index, event) in events.enumerate() {
        match format {
            Format::Ndjson => {
                out.push_str(event);
                out.push('\n');
                continue;
            }
            _ if index > 0 => out.push(','),
            _ => {}
        }
        if *format == Format::CloudEvents {
            push_cloud_event(event, source, &mut out);
        } else {
            out.push_str(event);
        }
    }
    match format {
        Format::Segment => {
            out.push_str("],\"sentAt\":\"");
            push_iso(sent_at, &mut out);
            out.push('"');
            if let Some(key) = write_key {
                out.push_str(",\"writeKey\":");
                push_text(key, &mut out);
            }
            out.push('}');
        }
        Format::Ndjson => {}
        Format::CloudEvents => out.push(']'),
        Format::Envelope(_) => out.push_str("]}"),
    }
    out
}

fn push_cloud_event(event: &str, source: &str, out: &mut String) {
    let head = Head::of(event);
    out.push_str("{\"specversion\":\"1.0\",\"id\":\"");
    out.push_str(&head.id);
    out.push_str("\",\"source\":");
    // The attribute may not be empty.
    push_text(if source.is_empty() { "/" } else { source }, out);
    out.push_str(",\"type\":\"dangol.");
    out.push_str(&head.kind);
    out.push('"');
    if !head.name.is_empty() && head.name.len() <= 256 {
        out.push_str(",\"subject\":\"");
        out.push_str(&head.name);
        out.push('"');
    }
    if !head.time.is_empty() {
        out.push_str(",\"time\":\"");
        out.push_str(&head.time);
        out.push('"');
    }
    out.push_str(",\"datacontenttype\":\"application/json\",\"data\":");
    out.push_str(event);
    out.push('}');
}

/// The first fields of an event, as they are escaped in its text.
pub(crate) struct Head<'a> {
    /// `track`, `page` or `identify`.
    pub kind: Cow<'a, str>,
    /// The event's or page's name, or empty.
    pub name: Cow<'a, str>,
    id: Cow<'a, str>,
    time: Cow<'a, str>,
}

impl<'a> Head<'a> {
    /// Reads them from their fixed place; a text that was not written here is parsed.
    pub(crate) fn of(event: &'a str) -> Self {
        Self::in_place(event).unwrap_or_else(|| Self::parsed(event))
    }

    fn in_place(event: &'a str) -> Option<Self> {
        let (kind, rest) = quoted(event.strip_prefix("{\"type\":\"")?)?;
        let named = rest.strip_prefix(",\"event\":\"").or_else(|| rest.strip_prefix(",\"name\":\""));
        let (name, rest) = match named {
            Some(rest) => quoted(rest)?,
            None => ("", rest),
        };
        let (id, rest) = quoted(rest.strip_prefix(",\"messageId\":\"")?)?;
        let (time, _) = quoted(rest.strip_prefix(",\"timestamp\":\"")?)?;
        Some(Head { kind: kind.into(), name: name.into(), id: id.into(), time: time.into() })
    }

    fn parsed(event: &str) -> Self {
        let value = json::parse(event).unwrap_or_default();
        let field = |key: &str| {
            let mut out = String::new();
            push_text(value.text(key).unwrap_or(""), &mut out);
            // Without its quotes.
            out.pop();
            Cow::Owned(out.split_off(1))
        };
        Head {
            kind: field("type"),
            name: field(if value.text("type") == Some("page") { "name" } else { "event" }),
            id: field("messageId"),
            time: field("timestamp"),
        }
    }
}

/// Splits after the closing quote of a JSON string whose opening quote has been read.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return Some((text.get(..at)?, text.get(at + 1..)?)),
            _ => {}
        }
    }
    None
}
