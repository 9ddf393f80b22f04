//! The paths of the visitor's document, to warn of one that is never there.

use super::super::problem::{PROSE, Place, Problems, did_you_mean, found, sentence};
use crate::domain::list::Gather;

/// The roots with what lies directly in them; nothing is listed where a shop names it.
const ROOTS: [(&str, &[&str]); 13] = [
    ("user", &["id", "anonymousId", "known"]),
    ("traits", &[]),
    ("page", &["url", "path", "host", "query", "title", "referrer", "utm", "name"]),
    ("device", &["type", "os", "browser", "language", "timezone"]),
    ("session", &["number", "startedAt", "pageViews", "duration", "landingPath", "referrer", "utm"]),
    ("visits", &["count", "firstAt", "previousAt", "daysSincePrevious"]),
    ("cart", &["items", "count", "value", "currency"]),
    ("orders", &["count", "revenue", "average", "firstAt", "lastAt"]),
    ("journey", &["stage", "stageSince"]),
    ("lifecycle", &[]),
    ("affinity", &["category", "brand"]),
    ("time", &["hour", "minute", "weekday", "date", "month"]),
    ("event", &["name", "properties"]),
];

/// Warns where `path` names nothing in the document; the condition still runs, the value is simply missing.
pub fn check(path: &str, place: &Place, problems: &mut Problems) {
    if PROSE && path.split('.').any(str::is_empty) {
        let parts: Vec<&str> = path.split('.').filter(|part| !part.is_empty()).gather();
        let message = sentence("the path \"{0}\" has a dot too many; write \"{1}\"", [found(path), found(&parts.join("."))]);
        return problems.warn(place, "unknown-path", message);
    }
    let mut parts = path.split('.');
    let root = parts.next().unwrap_or("");
    let (part, hint) = match (ROOTS.iter().find(|(name, _)| *name == root), parts.next()) {
        (None, _) => (root, did_you_mean(root, ROOTS.iter().map(|(name, _)| *name))),
        (Some((_, known)), Some(part)) if !known.is_empty() && !known.contains(&part) => (part, did_you_mean(part, known.iter().copied())),
        _ => return,
    };
    let message = sentence("the visitor's document has no \"{0}\" at {1}{2}", [found(part), found(path), hint]);
    problems.warn(place, "unknown-path", message);
}
