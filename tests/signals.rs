//! `{"all": […]}`: several signals on the same page, and which of them count for it.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // A test may fail.

#[path = "campaigns/script.rs"]
#[allow(dead_code)] // A part of it is used here.
mod script;

mod host;

use dangol::domain::engine::Effect;
use dangol::domain::json::parse;
use dangol::domain::replay::replay;
use dangol::domain::value::Value;
use host::{GRANTED, Host, MINUTE, NOON};
use script::journey;

const SECOND: i64 = 1_000;
const HOUR: i64 = 60 * MINUTE;
/// Who never ordered is so from the start; who has not been here for an hour is so by time alone.
const SEGMENTS: &str = r#"{"new":{"when":{"$didNot":"Order Completed"}},"away":{"when":{"$did":{"event":"X","last":{"$gte":"1h"}}}},
    "far":{"when":{"$did":{"event":"X","last":{"$gte":"2h"}}}}}"#;

fn config(signals: &str) -> String {
    let free = r#"{"attention":{"perSession":99,"perDay":99,"minGap":"0s"}}"#;
    let message = r#""message":{"layout":"toast","blocks":[{"text":"hi"}],"dismiss":{"after":"2s"}}"#;
    format!(
        r#"{{"version":1,"timezone":"Asia/Seoul","settings":{free},"segments":{SEGMENTS},"campaigns":{{"a":{{"trigger":{{"all":{signals}}},{message}}}}}}}"#
    )
}

/// What is decided, with the time of day in UTC.
fn replayed(signals: &str, lines: &str) -> Vec<String> {
    let result = replay(&parse(&config(signals)).unwrap(), &journey(lines), &parse("{}").unwrap());
    result
        .list("decisions")
        .iter()
        .map(|one| format!("{} {}", &one.text("timestamp").unwrap()[11..19], one.text("outcome").unwrap()))
        .collect()
}

/// When something was decided on a page, in milliseconds since noon.
fn decided(host: &Host) -> Vec<i64> {
    let told = host.effects.iter().filter_map(|effect| match effect {
        Effect::Notify { kind: "message", detail } => detail.at("decision.timestamp").and_then(Value::as_text),
        _ => None,
    });
    told.map(|text| dangol::domain::time::parse_iso(text).unwrap() - NOON).collect()
}

const NEW: &str = r#"[{"segment":"new","on":"enter"},{"dwell":"5s"}]"#;
const AWAY: &str = r#"[{"segment":"away","on":"enter"},{"dwell":"5s"}]"#;

#[test]
fn a_segment_that_the_first_page_view_enters_counts_for_that_page() {
    assert_eq!(replayed(NEW, "03:00 page /\n03:01 tick"), ["03:00:05 shown"]);
    assert_eq!(replayed(r#"[{"page":"/"},{"segment":"new","on":"enter"}]"#, "03:00 page /\n03:01 page /"), ["03:00:00 shown"]);
    let mut host = Host::new(&config(NEW), GRANTED, NOON);
    host.page("https://shop.test/");
    host.pass(NOON + 5 * SECOND);
    let impression = host.impression();
    host.give(&format!(r#"{{"in":"ui","impression":"{impression}","act":"inview"}}"#));
    host.pass(NOON + MINUTE);
    assert_eq!(decided(&host), [5 * SECOND]);
    // It is entered once: the next page is another one.
    host.page("https://shop.test/b");
    host.pass(NOON + 2 * MINUTE);
    assert_eq!(decided(&host), [5 * SECOND]);
}

#[test]
fn a_change_that_the_next_page_finds_counts_for_that_page() {
    assert_eq!(replayed(AWAY, "03:00 page /\n03:01 X\n09:00 page /\n09:01 tick"), ["09:00:05 shown"]);
    let mut host = Host::new(&config(AWAY), GRANTED, NOON);
    host.page("https://shop.test/");
    host.call(r#""call":"track","name":"X","data":{}"#);
    host.pass(NOON + MINUTE);
    assert_eq!(decided(&host), [0; 0]);
    host.reload(&config(AWAY), GRANTED, NOON + 6 * HOUR);
    host.page("https://shop.test/");
    host.pass(NOON + 6 * HOUR + MINUTE);
    assert_eq!(decided(&host), [6 * HOUR + 5 * SECOND]);
}

#[test]
fn what_was_complete_without_a_page_fires_once() {
    let away = r#"[{"segment":"away","on":"enter"},{"segment":"far","on":"enter"}]"#;
    let mut host = Host::new(&config(away), GRANTED, NOON);
    host.page("https://shop.test/");
    host.call(r#""call":"track","name":"X","data":{}"#);
    host.reload(&config(away), GRANTED, NOON + 6 * HOUR);
    host.page("https://shop.test/");
    host.call(r#""call":"dismiss""#);
    host.pass(NOON + 6 * HOUR + MINUTE);
    host.call(r#""call":"track","name":"Y","data":{}"#);
    assert_eq!(decided(&host), [6 * HOUR]);
    let both = r#"[{"segment":"away","on":"enter"},{"segment":"far","on":"enter"}]"#;
    assert_eq!(replayed(both, "03:00 page /\n03:01 X\n09:00 page /\n09:01 tick"), ["09:00:00 shown"]);
    assert_eq!(replayed(r#"[{"segment":"new","on":"enter"}]"#, "03:00 page /\n03:01 page /"), ["03:00:00 shown"]);
}

#[test]
fn what_else_came_before_the_page_is_not_on_it() {
    let event = r#"[{"event":"X"},{"dwell":"5s"}]"#;
    assert_eq!(replayed(event, "03:00 X\n03:01 page /\n03:02 tick"), [""; 0]);
    assert_eq!(replayed(event, "03:00 page /\n05:00 X\n05:01 page /\n05:02 tick"), [""; 0]);
    // A browser's page load is there before its first view is told.
    let mut host = Host::new(&config(event), GRANTED, NOON);
    host.call(r#""call":"track","name":"X","data":{}"#);
    host.page("https://shop.test/");
    host.pass(NOON + MINUTE);
    assert_eq!(decided(&host), [5 * SECOND]);
    // Nor is what was entered on a page that has been left.
    assert_eq!(replayed(NEW, "03:00 page /\n03:00:04 page /\n03:02 tick"), [""; 0]);
    assert_eq!(replayed(r#"[{"segment":"new","on":"enter"},{"dwell":"1h"}]"#, "03:00 page /\n05:00 page /\n07:00 tick"), [""; 0]);
}
