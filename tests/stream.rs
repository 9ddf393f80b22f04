//! The ids of a page's events sort in the order of its stream: the store gives them back by id, to the next page and to
//! another tab, and a receiver may read them by id as well.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod host;

use dangol::domain::value::Value;
use host::{Host, NOON};

const CONFIG: &str = r##"{"version":1,
    "segments":{"keen":{"when":{"$did":{"event":"Go","count":{"$gte":3}}}},"keener":{"when":{"$did":{"event":"Go","count":{"$gte":5}}}}},
    "campaigns":{"hello":{"purpose":"service","trigger":{"segment":"keen","on":"enter"},"message":{"layout":"toast","blocks":[{"text":"hi"}]}}}}"##;
const OPTIONS: &str = r#"{"consent":"granted","endpoint":{"url":"/collect"}}"#;

/// A call with an id as `js/uuid.ts` makes it: the time, then what counts the calls of a millisecond.
fn call(host: &mut Host, at: i64, count: i64, fields: &str) {
    let time = format!("{at:012x}");
    let id = format!("{}-{}-7{count:03x}-8{count:03x}-0123456789ab", &time[..8], &time[8..]);
    host.give(&format!(r#"{{"in":"call","id":"{id}","at":{at},{fields}}}"#));
}

/// The events in the order of the stream, and that the ids have the same.
fn names(host: &Host) -> Vec<String> {
    let events = host.events();
    let numbers: Vec<f64> = events.iter().filter_map(|event| event.number("seq")).collect();
    let wanted: Vec<f64> = (1..=events.len()).map(|number| number as f64).collect();
    assert_eq!(numbers, wanted);
    let named = |event: &Value| format!("{} {}", event.text("messageId").unwrap(), event.text("event").unwrap_or("page"));
    let named: Vec<String> = events.iter().map(named).collect();
    let mut sorted = named.clone();
    sorted.sort();
    assert_eq!(sorted, named);
    named.iter().map(|name| name[37..].into()).collect()
}

const GO: &str = r#""call":"track","name":"Go","data":{}"#;

#[test]
fn what_a_call_leads_to_comes_before_the_next_call_of_its_millisecond() {
    for start in 0..40 {
        let mut host = Host::new(CONFIG, OPTIONS, NOON + start);
        for count in 0..6 {
            call(&mut host, NOON + start, 0x3f0 + count, GO);
        }
        assert_eq!(names(&host), ["Go", "Go", "Go", "Segment Entered", "Go", "Go", "Segment Entered", "Go"]);
    }
}

#[test]
fn however_late_the_calls_are_handled() {
    let mut host = Host::new(CONFIG, OPTIONS, NOON);
    host.now = NOON + 40;
    host.give(r#"{"in":"wake"}"#);
    for count in 0..6 {
        call(&mut host, NOON + 3 + count, 7 * count, GO);
    }
    assert_eq!(names(&host), ["Go", "Go", "Go", "Segment Entered", "Go", "Go", "Segment Entered", "Go"]);
}

#[test]
fn what_time_brings_comes_before_what_is_called_in_its_millisecond() {
    for start in 0..40 {
        let mut host = Host::new(CONFIG, OPTIONS, NOON + start);
        for count in 0..3 {
            call(&mut host, NOON + start, 0x100 + count, GO);
        }
        let impression = host.impression();
        host.give(&format!(r#"{{"in":"ui","impression":"{impression}","act":"inview"}}"#));
        host.pass(NOON + 1_000 + start);
        let now = host.now;
        call(&mut host, now, 1, r#""call":"track","name":"After","data":{}"#);
        assert_eq!(names(&host), ["Go", "Go", "Go", "Segment Entered", "Message Shown", "After"]);
    }
}
