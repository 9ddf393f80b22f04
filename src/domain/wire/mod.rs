//! Events as they leave the browser: Segment's common fields, written once when the event is made (CONTRACT §5).
//!
//! The same text is stored and sent. What hardly changes from event to event, the `context`, is kept as text.

mod context;
mod format;

pub use context::{Context, Page, campaign_of};
pub(crate) use format::Head;
pub use format::{Format, body, envelope_cost};

use super::json::{push_object, push_text, push_value};
use super::number::push_integer;
use super::time::{Millis, push_iso};
use super::value::{Object, Value};
use crate::domain::list::{Gather, keep};

/// The operators of `identify` under which traits lie one level deeper.
const TRAIT_OPERATORS: [&str; 4] = ["$setOnce", "$increment", "$append", "$unset"];

/// Which of Segment's calls an event is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Something the visitor did; its name is `event`, its data `properties`.
    Track,
    /// A page view; its name is `name`, its data `properties`.
    Page,
    /// Who the visitor is; its data is `traits`.
    Identify,
}

/// What is particular to one event.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// Which call it is.
    pub kind: Kind,
    /// The event's or the page's name; none for `identify`.
    pub name: Option<&'a str>,
    /// The properties or traits.
    pub data: &'a Object,
    /// The `messageId`.
    pub id: &'a str,
    /// When the shop called, by the device's clock.
    pub at: Millis,
    /// The anonymous id at that moment; an event keeps it whatever happens to the identity later.
    pub anonymous: &'a str,
    /// The member at that moment.
    pub user: Option<&'a str>,
    /// The event's number in its stream.
    pub seq: u64,
    /// What was dropped since the last report, by reason; goes into `context.dropped`.
    pub dropped: Option<&'a Object>,
}

/// Writes an event.
///
/// `local_only` are the paths of `settings.localOnly` (`traits.birthday`, `properties.a.b`): they never reach the text.
/// A path goes through arrays into each item, and in traits through `$setOnce` and its like.
pub fn event_text(context: &Context, call: &Call, local_only: &[&str]) -> String {
    let mut out = String::with_capacity(context.len() + 512);
    // The fields that a batch format may need again come first and in this order; see `format::Head`.
    out.push_str("{\"type\":");
    out.push_str(match call.kind {
        Kind::Track => "\"track\"",
        Kind::Page => "\"page\"",
        Kind::Identify => "\"identify\"",
    });
    if let Some(name) = call.name {
        out.push_str(match call.kind {
            Kind::Page => ",\"name\":",
            _ => ",\"event\":",
        });
        push_text(name, &mut out);
    }
    out.push_str(",\"messageId\":");
    push_text(call.id, &mut out);
    out.push_str(",\"timestamp\":\"");
    push_iso(call.at, &mut out);
    out.push_str("\",\"anonymousId\":");
    push_text(call.anonymous, &mut out);
    if let Some(user) = call.user {
        out.push_str(",\"userId\":");
        push_text(user, &mut out);
    }
    out.push_str(",\"seq\":");
    push_integer(i64::try_from(call.seq).unwrap_or(i64::MAX), &mut out);
    match call.kind {
        Kind::Identify => {
            out.push_str(",\"traits\":");
            push_traits(call.data, &below("traits", local_only), &mut out);
        }
        Kind::Track => {
            out.push_str(",\"properties\":");
            push_without(call.data, &below("properties", local_only), &mut out);
        }
        Kind::Page => {
            out.push_str(",\"properties\":");
            let data = context.page_properties(call.name, call.data);
            push_without(&data, &below("properties", local_only), &mut out);
        }
    }
    out.push_str(",\"context\":{");
    out.push_str(context.text());
    if let Some(dropped) = call.dropped.filter(|dropped| !dropped.is_empty()) {
        out.push_str(",\"dropped\":");
        push_object(dropped, &mut out);
    }
    out.push_str("}}");
    out
}

/// What is left of those paths that go through `key`. One that names no root is meant wherever it lies.
fn below<'a>(key: &str, paths: &[&'a str]) -> Vec<&'a str> {
    let rest = |path: &&'a str| match path.split_once('.').unwrap_or((path, "")) {
        (root, rest) if root == key => Some(rest).filter(|rest| !rest.is_empty()),
        ("traits" | "properties", _) => None,
        _ => Some(*path),
    };
    paths.iter().filter_map(rest).gather()
}

/// Appends `traits` without `paths`, also where they lie under an operator.
fn push_traits(traits: &Object, paths: &[&str], out: &mut String) {
    let touched = !paths.is_empty() && TRAIT_OPERATORS.iter().any(|key| traits.get(key).is_some());
    if !touched {
        push_without(traits, paths, out);
        return;
    }
    let mut plain = traits.clone();
    for operator in TRAIT_OPERATORS {
        for path in paths {
            remove(plain.get_mut(operator), operator, path);
        }
    }
    push_without(&plain, paths, out);
}

/// Takes a trait out from under an operator; `$unset` may also be a list of names or one name.
fn remove(under: Option<&mut Value>, operator: &str, path: &str) {
    match under {
        Some(Value::Object(object)) => {
            object.remove(path);
            let mut rest = path;
            let mut target = object;
            while let Some((key, tail)) = rest.split_once('.') {
                let Some(Value::Object(inner)) = target.get_mut(key) else {
                    return;
                };
                inner.remove(tail);
                target = inner;
                rest = tail;
            }
        }
        Some(Value::List(names)) if operator == "$unset" => {
            keep(names, |name| name.as_text() != Some(path));
        }
        _ => {}
    }
}

/// Appends `object` without what lies at `paths`.
fn push_without(object: &Object, paths: &[&str], out: &mut String) {
    if paths.is_empty() {
        push_object(object, out);
        return;
    }
    out.push('{');
    let mut first = true;
    for (key, value) in object.iter() {
        // A key that holds a dot itself is meant as well.
        if paths.contains(&&**key) {
            continue;
        }
        if !first {
            out.push(',');
        }
        first = false;
        push_text(key, out);
        out.push(':');
        push_rest(value, &below(key, paths), out);
    }
    out.push('}');
}

fn push_rest(value: &Value, paths: &[&str], out: &mut String) {
    match value {
        Value::Object(object) => push_without(object, paths, out),
        Value::List(items) if !paths.is_empty() => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                push_rest(item, paths, out);
            }
            out.push(']');
        }
        other => push_value(other, out),
    }
}
