//! What is explained of campaigns: it agrees with itself, and with what was decided.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // A test may fail.

#[path = "campaigns/script.rs"]
#[allow(dead_code)] // A part of it is used here.
mod script;

use dangol::domain::json::parse;
use dangol::domain::replay::replay;
use dangol::domain::value::Value;
use script::{FREE, MODAL, config, journey, toast};

fn explained(settings: &str, campaigns: &str, script: &str) -> Value {
    let result = replay(&config(settings, campaigns), &journey(script), &parse(r#"{"explain":true}"#).unwrap());
    result.list("explanations")[0].clone()
}

/// A check of an explanation: whether it passed, and when that changes.
fn check(explanation: &Value, name: &str) -> (bool, Option<String>) {
    let check = explanation.list("checks").iter().find(|check| check.text("check") == Some(name)).unwrap();
    (check.flag("passed"), check.at("detail.changesAt").and_then(Value::as_text).map(String::from))
}

#[test]
fn a_schedule_changes_when_it_says_and_not_before() {
    for (schedule, changes) in [
        // It is Monday noon in Seoul.
        (r#""days":["tue"],"hours":[{"from":"10:00","to":"12:00"}]"#, Some("2026-11-03T01:00:00.000Z")),
        (r#""days":["mon","tue"]"#, Some("2026-11-03T15:00:00.000Z")),
        (r#""days":["mon","wed"],"hours":[{"from":"18:00","to":"20:00"}]"#, Some("2026-11-02T09:00:00.000Z")),
        (r#""days":["sun"]"#, Some("2026-11-07T15:00:00.000Z")),
        (r#""hours":[{"from":"09:00","to":"12:30"},{"from":"12:30","to":"18:00"}]"#, Some("2026-11-02T09:00:00.000Z")),
        (r#""hours":[{"from":"00:00","to":"24:00"}]"#, None),
        (r#""days":[]"#, None),
        (r#""to":"2026-10-01T00:00:00Z","hours":[{"from":"10:00","to":"22:00"}]"#, None),
        (r#""to":"2026-11-02T05:00:00Z","hours":[{"from":"10:00","to":"22:00"}]"#, Some("2026-11-02T05:00:00.000Z")),
        (r#""to":"2027-11-02T05:00:00Z","hours":[{"from":"00:00","to":"24:00"}]"#, Some("2027-11-02T05:00:00.000Z")),
        (r#""from":"2026-12-01T00:00:00Z","days":["mon"]"#, Some("2026-12-06T15:00:00.000Z")),
        (r#""from":"2026-12-07T00:00:00Z","days":["mon"]"#, Some("2026-12-07T00:00:00.000Z")),
        (r#""from":"2026-12-01T00:00:00Z","to":"2026-12-06T00:00:00Z","days":["mon"]"#, None),
    ] {
        let campaign = toast("c", &format!(r#""trigger":{{"event":"Go"}},"schedule":{{{schedule}}}"#));
        let at = |script: &str| check(&explained(FREE, &campaign, script), "outside_schedule");
        let (now, told) = at("03:00 page /");
        assert_eq!(told.as_deref(), changes, "{schedule}");
        if let Some(moment) = told {
            assert_ne!(at(&format!("{moment} page /")).0, now, "{schedule}");
        }
    }
}

#[test]
fn a_wait_that_its_goal_ended_fails_that_check() {
    let campaign = toast("c", r#""trigger":{"event":"Go","after":"1h"},"unless":{"event":"Order Completed"}"#);
    let told = explained(FREE, &campaign, "03:00 page /\n03:01 Go\n03:02 Order Completed");
    assert_eq!((told.text("reason"), check(&told, "goal_reached").0), (Some("goal_reached"), false));
}

#[test]
fn what_was_shown_and_is_closed_was_shown() {
    let campaign = format!(r#"{{"c":{{"trigger":{{"event":"Go"}},{MODAL}}}}}"#);
    let told = |script: &str| {
        let told = explained(FREE, &campaign, script);
        (told.text("outcome").unwrap().to_string(), told.text("reason").map(String::from))
    };
    assert_eq!(told("03:00 page /"), ("suppressed".into(), Some("not_triggered".into())));
    assert_eq!(told("03:00 page /\n03:01 Go\n03:02 Message Dismissed {\"campaign\":\"c\"}"), ("shown".into(), None));
}

#[test]
fn what_nothing_has_asked_for_is_not_triggered_whatever_the_moment() {
    let quiet = r#"{"quietHours":{"from":"00:00","to":"24:00"},"attention":{"perSession":0}}"#;
    let inline = r##""trigger":{"event":"Go"},"message":{"layout":"inline","slot":"#x","blocks":[{"text":"hi"}]}"##;
    let told = |settings: &str, campaigns: &str, script: &str| {
        let told = explained(settings, campaigns, script);
        (told.text("reason").map(String::from), told.text("lostTo").map(String::from))
    };
    let not_triggered = (Some("not_triggered".to_string()), None);
    let plain = toast("c", r#""trigger":{"event":"Go"}"#);
    // Neither the hour, nor the budget, nor that no page is open: none of them would have kept it back, had it been asked for earlier.
    for (settings, campaigns, script) in [
        (quiet, plain.clone(), "03:00 page /"),
        (r#"{"attention":{"perSession":0}}"#, plain.clone(), "03:00 page /"),
        (FREE, plain, "03:00 page /\n05:00 tick"),
        (FREE, format!(r#"{{"c":{{{inline}}}}}"#), "03:00 page /\n05:00 tick"),
        (FREE, format!(r#"{{"c":{{"trigger":{{"event":"Go"}},{MODAL}}},"o":{{"trigger":{{"page":"/"}},{MODAL}}}}}"#), "03:00 page /"),
    ] {
        assert_eq!(told(settings, &campaigns, script), not_triggered, "{settings} {campaigns} {script}");
    }
    // What lasts is told all the same: its trigger would change nothing.
    for (rest, reason) in [
        (r#""status":"paused""#, "paused"),
        (r#""schedule":{"to":"2020-01-01"}"#, "outside_schedule"),
        (r#""audience":{"traits.none":1}"#, "not_in_audience"),
        (r#""limits":{"total":0}"#, "frequency_capped"),
    ] {
        let campaign = toast("c", &format!(r#""trigger":{{"event":"Go"}},{rest}"#));
        assert_eq!(told(quiet, &campaign, "03:00 page /").0.as_deref(), Some(reason));
    }
    // Once it was asked for, the moment says what keeps it back now.
    let both = format!(r#"{{"c":{{"trigger":{{"event":"Go"}},{MODAL}}},"o":{{"trigger":{{"page":"/"}},{MODAL}}}}}"#);
    assert_eq!(told(FREE, &both, "03:00 page /\n03:01 Go"), (Some("outranked".into()), Some("o".into())));
}
