//! How the objects and lists of a configuration look, for whoever wrote something else in their place.

use super::problem::Place;

/// What may stand at a place; nothing where that is told otherwise.
pub(super) fn at(place: &Place) -> Option<&'static str> {
    let Place::Key(parent, key) = place else { return None };
    // There a key is an id, and says nothing.
    if matches!(parent, Place::Key(_, "campaigns" | "coupons" | "segments" | "groups")) {
        return None;
    }
    Some(match *key {
        "segments" => r#"{"buyers": {"when": {"orders.count": {"$gte": 1}}}}"#,
        "coupons" => r#"{"welcome": {"code": "WELCOME10"}}"#,
        "campaigns" => r#"{"hello": {"trigger": {"page": "/"}, "message": {…}}}"#,
        "trigger" => r#"{"exit": true}"#,
        "all" => r#"[{"page": "/cart*"}, {"dwell": "20s"}]"#,
        "since" => r#"{"event": "Product Added", "at": "last"}"#,
        "goal" => r#"{"event": "Order Completed", "within": "3d"}"#,
        "unless" => r#"{"event": "Order Completed"}"#,
        "limits" => r#"{"perDay": 1, "cooldown": "1d"}"#,
        "schedule" => r#"{"from": "2026-11-22T00:00:00+09:00", "days": ["mon"]}"#,
        "variants" => r#"[{"id": "a", "message": {…}}, {"id": "b", "message": {…}}]"#,
        "steps" => r#"[{"id": "welcome", "message": {…}}]"#,
        "dismiss" => r#"{"button": true, "today": true}"#,
        "blocks" => r#"[{"text": "…"}]"#,
        "replies" => r#"[{"label": "…", "answer": "…"}]"#,
        "rating" => r#"{"scale": 5}"#,
        "choice" => r#"["…", "…"]"#,
        "input" => r#"{"type": "email", "label": "…"}"#,
        "quietHours" => r#"{"from": "21:00", "to": "08:00"}"#,
        "attention" => r#"{"perSession": 3, "minGap": "30s"}"#,
        "theme" => r##"{"accent": "#9a3f24"}"##,
        _ => return None,
    })
}
