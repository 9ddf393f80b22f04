//! What campaigns do to one another, and to themselves: displays that nobody saw, turns that end where the next begins.

use super::script::{FREE, MODAL, TOAST, check, config, journey, toast};
use dangol::domain::json;
use dangol::domain::replay::replay;

/// How often a goal was reached: the segments that count it, as far as they were entered.
fn goals(campaign: &str, script: &str) -> Vec<String> {
    let mut config = config(FREE, &format!(r#"{{"c":{{{campaign},{TOAST}}}}}"#));
    let count = r#"{"one":{"when":{"$did":"Goal Reached"}},"two":{"when":{"$did":{"event":"Goal Reached","count":{"$gte":2}}}}}"#;
    if let dangol::domain::value::Value::Object(config) = &mut config {
        config.set("segments", json::parse(count).unwrap());
    }
    let result = replay(&config, &journey(script), &json::parse("{}").unwrap());
    let entered = result.get("segments").and_then(|segments| segments.as_object()).unwrap();
    entered.iter().filter(|(_, changes)| !changes.as_list().unwrap().is_empty()).map(|(id, _)| id.to_string()).collect()
}

#[test]
fn what_brings_a_display_is_not_its_goal() {
    let thanks = r#""trigger":{"event":"Order Completed"},"goal":{"event":"Order Completed"}"#;
    let first = "01:00 page /\n01:00:01 Order Completed {\"order_id\":\"1\"}\n01:01 tick";
    assert!(goals(thanks, first).is_empty());
    assert!(goals(&format!(r#"{thanks},"holdout":1"#), first).is_empty());
    let again = format!("{first}\n01:02 Order Completed {{\"order_id\":\"2\"}}\n01:03 tick");
    assert_eq!(goals(thanks, &again), ["one"]);
    // Nor is the page that it came up on; one within the first second is.
    let page = r#""trigger":{"event":"A"},"goal":{"event":"B"}"#;
    assert_eq!(goals(page, "01:00 page /\n01:00:01 A\n01:00:01.400 B\n01:01 tick"), ["one"]);
}

#[test]
fn a_page_that_asks_again_takes_over_the_turn_of_the_one_before() {
    let two = format!(r#"{{"a":{{"trigger":{{"event":"A"}},{TOAST}}},"b":{{"trigger":{{"page":"/p*"}},"queue":"10m",{TOAST}}}}}"#);
    check(
        r#"{"attention":{"minGap":"30s"}}"#,
        &two,
        "01:00 page /\n01:00:01 A\n01:00:05 page /p1\n01:00:08 page /p2\n01:02 tick",
        &[
            "02T01:00:01 a shown",
            "02T01:00:05 b queued attention_budget",
            "02T01:00:08 b suppressed page_left",
            "02T01:00:08 b queued attention_budget",
            "02T01:00:31 b shown",
        ],
    );
}

#[test]
fn nobody_is_reminded_of_what_nobody_saw() {
    let steps = format!(r#"{{"w":{{"trigger":{{"page":"/p"}},"steps":[{{"id":"one",{TOAST}}},{{"id":"two","after":"1m",{TOAST}}}]}}}}"#);
    check(FREE, &steps, "01:00 page /p\n01:00:00.400 page /q\n01:05 tick", &["02T01:00:00 w/one shown"]);
    check(FREE, &steps, "01:00 page /p\n01:00:01.400 page /q\n01:05 tick", &["02T01:00:00 w/one shown", "02T01:01:00 w/two shown"]);
}

#[test]
fn what_came_after_a_wait_is_bound_to_no_page() {
    let late = toast("c", r#""trigger":{"page":"/p","after":"1h"}"#);
    check(FREE, &late, "01:00 page /p\n02:30 page /q\n02:30:00.400 page /r\n02:31 tick", &["02T02:30:00 c shown", "02T02:30:00 c shown"]);
    // The same without a wait belongs to its page.
    check(FREE, &toast("c", r#""trigger":{"page":"/p"}"#), "01:00 page /p\n01:00:00.400 page /q\n01:01 tick", &["02T01:00:00 c shown"]);
}

#[test]
fn the_audience_is_asked_at_the_signal_whatever_the_hour() {
    let night =
        toast("c", r#""trigger":{"event":"A","after":"10h"},"audience":{"$did":"B"},"schedule":{"hours":[{"from":"11:00","to":"22:00"}]}"#);
    // 10:01 in Seoul, before the campaign's hours.
    check(FREE, &night, "01:00 page /\n01:01 A\n05:00 B\n11:30 page /\n11:31 tick", &["02T01:01:00 c suppressed not_in_audience"]);
    check(FREE, &night, "01:00 B\n01:00 page /\n01:01 A\n11:30 page /\n11:31 tick", &["02T11:30:00 c shown"]);
}

#[test]
fn behind_a_visitor_held_out_the_next_has_its_turn() {
    let two = format!(
        r#"{{"a":{{"trigger":{{"page":"/"}},"priority":2,"holdout":1,{TOAST}}},"b":{{"trigger":{{"page":"/"}},"queue":"10m",{TOAST}}}}}"#
    );
    check(
        FREE,
        &two,
        "01:00 page /\n01:20 tick",
        &["02T01:00:00 a held_out held_out", "02T01:00:00 b queued outranked to a", "02T01:00:00 b shown"],
    );
}

#[test]
fn where_no_page_is_named_a_message_leaves_with_the_session() {
    let each = format!(r#"{{"a":{{"trigger":{{"event":"A"}},{MODAL}}}}}"#);
    check(
        FREE,
        &each,
        "01:00 A\n01:20 A\n02:00 A",
        &["02T01:00:00 a shown", "02T01:20:00 a suppressed outranked to a", "02T02:00:00 a shown"],
    );
}

#[test]
fn nobody_acts_on_what_is_held_out() {
    let held = toast("h", r#""trigger":{"event":"A"},"holdout":1,"limits":{"afterDismiss":["1d"],"untilClicked":true}"#);
    for act in ["Message Dismissed", "Message Clicked"] {
        let script = format!("01:00 page /\n01:00:01 A\n01:00:01.500 {act} {{\"campaign\":\"h\"}}\n01:01 A\n01:02 tick");
        check(FREE, &held, &script, &["02T01:00:01 h held_out held_out", "02T01:01:00 h held_out held_out"]);
    }
}

#[test]
fn what_comes_up_as_the_page_closes_was_not_seen() {
    // The segment is left in the millisecond in which the page's session is over.
    let mut config = config(FREE, &toast("c", r#""trigger":{"segment":"here","on":"leave"}"#));
    if let dangol::domain::value::Value::Object(config) = &mut config {
        config.set(
            "segments",
            json::parse(r#"{"here":{"when":{"$did":{"event":"*","within":"30m"}}},"seen":{"when":{"$did":"Message Shown"}}}"#).unwrap(),
        );
    }
    let seen = |script: &str| {
        let result = replay(&config, &journey(script), &json::parse("{}").unwrap());
        result
            .get("segments")
            .unwrap()
            .list("seen")
            .first()
            .map(|change| change.as_list().unwrap()[0].as_text().unwrap()[8..19].to_string())
    };
    assert_eq!(seen("01:00 page /\n01:29 tick\n02:30 tick"), None);
    assert_eq!(seen("01:00 page /\n01:40 page /\n01:41 tick").as_deref(), Some("02T01:40:01"));
}
