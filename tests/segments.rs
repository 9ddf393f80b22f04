//! When membership changes, to the millisecond: by time alone, by late events, and what it sets off.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing)]

use dangol::domain::config::Config;
use dangol::domain::json;
use dangol::domain::replay::replay;
use dangol::domain::value::Value;

fn config(zone: &str, segments: &str, campaigns: &str) -> Value {
    json::parse(&format!(r#"{{"version":1,"timezone":"{zone}","segments":{segments},"campaigns":{campaigns}}}"#)).unwrap()
}

/// A line per entry: `time what`; what: `tick`, `page`, `identify {traits}`, or an event's name with optional properties.
fn journey(script: &str) -> Value {
    let line = |(number, line): (usize, &str)| {
        let (at, rest) = line.split_once(' ').unwrap();
        let head = format!(r#""messageId":"m{number}","timestamp":"{at}""#);
        let (name, data) = rest.find('{').map_or((rest, "{}"), |at| (rest[..at].trim(), &rest[at..]));
        match name {
            "tick" => format!(r#"{{"type":"tick","timestamp":"{at}"}}"#),
            "page" => format!(r#"{{"type":"page",{head},"properties":{{"url":"https://shop.test/"}}}}"#),
            "identify" => format!(r#"{{"type":"identify",{head},"userId":"u1","traits":{data}}}"#),
            _ => format!(r#"{{"type":"track",{head},"event":"{name}","properties":{data}}}"#),
        }
    };
    let lines: Vec<String> = script.lines().map(str::trim).filter(|line| !line.is_empty()).enumerate().map(line).collect();
    Value::from(lines.join("\n"))
}

fn changes(result: &Value, segment: &str) -> Vec<String> {
    let list = result.get("segments").unwrap().list(segment).to_vec();
    list.iter()
        .map(|change| format!("{} {}", change.as_list().unwrap()[1].as_text().unwrap(), change.as_list().unwrap()[0].as_text().unwrap()))
        .collect()
}

#[track_caller]
fn check(zone: &str, when: &str, script: &str, expected: &[&str]) {
    let config = config(zone, &format!(r#"{{"s":{{"when":{when}}}}}"#), "{}");
    assert!(Config::compile(&config).problems.list.is_empty(), "{:?}", Config::compile(&config).problems.list);
    assert_eq!(changes(&replay(&config, &journey(script), &Value::Null), "s"), expected, "{when}");
}

#[test]
fn a_window_is_left_one_millisecond_after_its_end() {
    let script = "2026-03-01T00:00:00.000Z A\n2026-04-30T00:00:00Z tick";
    check("UTC", r#"{"$did":{"event":"A","within":"7d"}}"#, script, &["enter 2026-03-01T00:00:00.000Z", "leave 2026-03-08T00:00:00.001Z"]);
    check(
        "UTC",
        r#"{"$did":{"event":"A","last":{"$lt":"30d"}}}"#,
        script,
        &["enter 2026-03-01T00:00:00.000Z", "leave 2026-03-31T00:00:00.000Z"],
    );
    check("UTC", r#"{"$did":{"event":"A","last":{"$gte":"30d"}}}"#, script, &["enter 2026-03-31T00:00:00.000Z"]);
    check(
        "UTC",
        r#"{"$did":{"event":"A","first":{"$lte":"30d"}}}"#,
        script,
        &["enter 2026-03-01T00:00:00.000Z", "leave 2026-03-31T00:00:00.001Z"],
    );
    // True of an empty history: entered at the first event, before it is handled, and so left with it.
    check(
        "UTC",
        r#"{"$didNot":{"event":"A","within":"7d"}}"#,
        script,
        &["enter 2026-03-01T00:00:00.000Z", "leave 2026-03-01T00:00:00.000Z", "enter 2026-03-08T00:00:00.001Z"],
    );
}

#[test]
fn nothing_is_entered_before_the_first_event() {
    let script = "2026-03-01T00:00:00Z tick\n2026-03-02T00:00:00Z tick\n2026-03-03T00:00:00Z B";
    check("UTC", r#"{"$didNot":"A"}"#, script, &["enter 2026-03-03T00:00:00.000Z"]);
    check("UTC", r#"{"lifecycle":"visitor"}"#, script, &["enter 2026-03-03T00:00:00.000Z"]);
}

#[test]
fn a_count_goes_down_event_by_event() {
    let script = "2026-03-01T00:00:00Z A\n2026-03-02T00:00:00Z A\n2026-03-03T12:00:00Z A\n2026-03-20T00:00:00Z tick";
    check(
        "UTC",
        r#"{"$did":{"event":"A","within":"7d","count":{"$gte":2}}}"#,
        script,
        &["enter 2026-03-02T00:00:00.000Z", "leave 2026-03-09T00:00:00.001Z"],
    );
    check(
        "UTC",
        r#"{"$did":{"event":"A","within":"7d","count":2}}"#,
        script,
        &[
            "enter 2026-03-02T00:00:00.000Z",
            "leave 2026-03-03T12:00:00.000Z",
            "enter 2026-03-08T00:00:00.001Z",
            "leave 2026-03-09T00:00:00.001Z",
        ],
    );
}

#[test]
fn the_calendar_is_the_shops_across_daylight_saving() {
    // Berlin goes from +01:00 to +02:00 on 29 March 2026.
    let script = "2026-03-28T12:00:00Z A\n2026-04-30T00:00:00Z tick";
    check(
        "Europe/Berlin",
        r#"{"$did":{"event":"A","within":"today"}}"#,
        script,
        &["enter 2026-03-28T12:00:00.000Z", "leave 2026-03-28T23:00:00.000Z"],
    );
    check(
        "Europe/Berlin",
        r#"{"$did":{"event":"A","within":"yesterday"}}"#,
        script,
        &["enter 2026-03-28T23:00:00.000Z", "leave 2026-03-29T22:00:00.000Z"],
    );
    check(
        "Europe/Berlin",
        r#"{"$did":{"event":"A","within":"thisWeek"}}"#,
        script,
        &["enter 2026-03-28T12:00:00.000Z", "leave 2026-03-29T22:00:00.000Z"],
    );
    check(
        "Europe/Berlin",
        r#"{"$did":{"event":"A","within":"thisMonth"}}"#,
        script,
        &["enter 2026-03-28T12:00:00.000Z", "leave 2026-03-31T22:00:00.000Z"],
    );
    // A day of the calendar is 23 hours here, `1d` is 24.
    check(
        "Europe/Berlin",
        r#"{"$did":{"event":"A","within":"1d"}}"#,
        script,
        &["enter 2026-03-28T12:00:00.000Z", "leave 2026-03-29T12:00:00.001Z"],
    );
    check(
        "Europe/Berlin",
        r#"{"time.hour":{"$in":[2,3]}}"#,
        "2026-03-29T00:00:00Z A\n2026-03-29T12:00:00Z tick",
        &["enter 2026-03-29T01:00:00.000Z", "leave 2026-03-29T02:00:00.000Z"],
    );
    // And back on 25 October: the hour from two to three comes twice.
    check(
        "Europe/Berlin",
        r#"{"time.hour":2}"#,
        "2026-10-24T23:30:00Z A\n2026-10-25T12:00:00Z tick",
        &["enter 2026-10-25T00:00:00.000Z", "leave 2026-10-25T02:00:00.000Z"],
    );
    check(
        "Asia/Seoul",
        r#"{"time.weekday":"mon"}"#,
        "2026-03-01T00:00:00Z A\n2026-03-04T00:00:00Z tick",
        &["enter 2026-03-01T15:00:00.000Z", "leave 2026-03-02T15:00:00.000Z"],
    );
    check(
        "UTC",
        r#"{"time.minute":{"$gte":59}}"#,
        "2026-03-01T00:30:00Z A\n2026-03-01T01:30:00Z tick",
        &["enter 2026-03-01T00:59:00.000Z", "leave 2026-03-01T01:00:00.000Z"],
    );
}

#[test]
fn the_shops_clock_is_known_years_after_the_first_event() {
    let script = "2020-01-15T12:00:00Z A\n2026-07-01T00:00:00Z A\n2026-07-02T00:00:00Z tick";
    check(
        "Europe/Berlin",
        r#"{"$and":[{"$did":{"event":"A","within":"today"}},{"$did":{"event":"A","count":2}}]}"#,
        script,
        &["enter 2026-07-01T00:00:00.000Z", "leave 2026-07-01T22:00:00.000Z"],
    );
}

#[test]
fn lifecycle_moves_by_time() {
    let script = "2026-01-01T00:00:00Z Order Completed {\"order_id\":\"1\",\"revenue\":10}\n2026-08-01T00:00:00Z Order Completed {\"order_id\":\"2\",\"revenue\":10}\n2026-10-01T00:00:00Z tick";
    let state = |state: &str| format!(r#"{{"lifecycle":"{state}"}}"#);
    check("UTC", &state("first_time"), script, &["enter 2026-01-01T00:00:00.000Z", "leave 2026-03-02T00:00:00.001Z"]);
    check(
        "UTC",
        &state("at_risk"),
        script,
        &["enter 2026-03-02T00:00:00.001Z", "leave 2026-06-30T00:00:00.001Z", "enter 2026-09-30T00:00:00.001Z"],
    );
    check("UTC", &state("lapsed"), script, &["enter 2026-06-30T00:00:00.001Z", "leave 2026-08-01T00:00:00.000Z"]);
    check("UTC", &state("won_back"), script, &["enter 2026-08-01T00:00:00.000Z", "leave 2026-08-31T00:00:00.001Z"]);
    check("UTC", &state("repeat"), script, &["enter 2026-08-31T00:00:00.001Z", "leave 2026-09-30T00:00:00.001Z"]);
}

#[test]
fn dates_of_the_document_move_by_time() {
    let signed_up =
        "2026-03-01T00:00:00Z identify {\"signedUpAt\":\"2026-03-01T00:00:00Z\",\"birthday\":\"1992-02-29\"}\n2027-03-05T00:00:00Z tick";
    check(
        "UTC",
        r#"{"traits.signedUpAt":{"$withinLast":"7d"}}"#,
        signed_up,
        &["enter 2026-03-01T00:00:00.000Z", "leave 2026-03-08T00:00:00.001Z"],
    );
    check("UTC", r#"{"traits.signedUpAt":{"$before":"2026-04-01"}}"#, signed_up, &["enter 2026-03-01T00:00:00.000Z"]);
    // 29 February counts on the 28th in 2027; the whole day in the shop's zone.
    check(
        "Asia/Seoul",
        r#"{"traits.birthday":{"$anniversary":"0d"}}"#,
        signed_up,
        &["enter 2027-02-27T15:00:00.000Z", "leave 2027-02-28T15:00:00.000Z"],
    );
}

#[test]
fn a_late_event_changes_memberships_as_of_now_and_fires_nothing() {
    let config = config(
        "UTC",
        r#"{"s":{"when":{"$sequence":{"steps":[{"event":"A"},{"event":"B"}]}}}}"#,
        r#"{"c":{"purpose":"service","trigger":{"segment":"s","on":"enter"},"message":{"layout":"toast","blocks":[{"text":"a"}]}},
            "d":{"purpose":"service","trigger":{"event":"A"},"message":{"layout":"toast","blocks":[{"text":"a"}]}}}"#,
    );
    let late = journey(
        "2026-03-01T00:00:00Z page\n2026-03-01T00:01:00Z B\n2026-03-01T00:02:00Z tick\n2026-03-01T00:00:30Z A\n2026-03-01T00:03:00Z tick",
    );
    let result = replay(&config, &late, &Value::Null);
    assert_eq!(changes(&result, "s"), ["enter 2026-03-01T00:02:00.000Z"]);
    assert!(result.list("decisions").is_empty());
    let ordered = journey("2026-03-01T00:00:00Z page\n2026-03-01T00:00:30Z A\n2026-03-01T00:01:00Z B\n2026-03-01T00:03:00Z tick");
    let result = replay(&config, &ordered, &Value::Null);
    assert_eq!(changes(&result, "s"), ["enter 2026-03-01T00:01:00.000Z"]);
    assert_eq!(result.list("decisions").len(), 2);
}

#[test]
fn segments_build_on_one_another_but_not_in_a_circle() {
    let over = config("UTC", r#"{"b":{"when":{"$not":{"$segment":"a"}}},"a":{"when":{"$did":{"event":"A","within":"1d"}}}}"#, "{}");
    let result = replay(&over, &journey("2026-03-01T00:00:00Z A\n2026-03-03T00:00:00Z tick"), &Value::Null);
    assert_eq!(changes(&result, "a"), ["enter 2026-03-01T00:00:00.000Z", "leave 2026-03-02T00:00:00.001Z"]);
    assert_eq!(
        changes(&result, "b"),
        ["enter 2026-03-01T00:00:00.000Z", "leave 2026-03-01T00:00:00.000Z", "enter 2026-03-02T00:00:00.001Z"]
    );
    let circle = config("UTC", r#"{"a":{"when":{"$segment":"b"}},"b":{"when":{"$not":{"$segment":"a"}}},"c":{"when":{"$did":"A"}}}"#, "{}");
    assert!(!Config::compile(&circle).problems.list.is_empty());
    let result = replay(&circle, &journey("2026-03-01T00:00:00Z A\n2026-03-03T00:00:00Z tick"), &Value::Null);
    assert_eq!(changes(&result, "c"), ["enter 2026-03-01T00:00:00.000Z"]);
    assert!(changes(&result, "a").is_empty());
}

#[test]
fn changes_of_membership_are_events_that_rules_can_name() {
    let config = config(
        "UTC",
        r#"{"a":{"when":{"$did":{"event":"A","within":"1d"}}},
            "was":{"when":{"$did":{"event":"Segment Left","where":{"segment":"a"}}}},
            "twice":{"when":{"$did":{"event":"Segment Entered","where":{"segment":"a"},"count":{"$gte":2}}}},
            "now":{"when":{"event.name":"A"}}}"#,
        r#"{"c":{"purpose":"service","trigger":{"event":"Segment Left","where":{"segment":"a"}},"audience":{"event.name":"Segment Left"},"message":{"layout":"toast","blocks":[{"text":"a"}]}}}"#,
    );
    let script =
        "2026-03-01T00:00:00Z page\n2026-03-01T00:00:01Z A\n2026-03-02T00:00:00Z page\n2026-03-03T00:00:00Z A\n2026-03-03T00:00:01Z tick";
    let result = replay(&config, &journey(script), &Value::Null);
    assert_eq!(changes(&result, "was"), ["enter 2026-03-02T00:00:01.001Z"]);
    assert_eq!(changes(&result, "twice"), ["enter 2026-03-03T00:00:00.000Z"]);
    // Segments see the shop's last event: one that saw those that Dangol writes would turn back and forth.
    assert_eq!(
        changes(&result, "now"),
        ["enter 2026-03-01T00:00:01.000Z", "leave 2026-03-02T00:00:00.000Z", "enter 2026-03-03T00:00:00.000Z"]
    );
    let decided = &result.list("decisions")[0];
    assert_eq!((decided.text("outcome"), decided.text("timestamp")), (Some("shown"), Some("2026-03-02T00:00:01.001Z")));
}

#[test]
fn how_a_page_was_used_counts_by_its_name_only() {
    let config = r#"{"version":1,"segments":{
        "reader":{"when":{"$did":{"event":"Page Left","where":{"duration":{"$gte":60}}}}},
        "anything":{"when":{"$did":{"event":"*","count":{"$gte":2}}}}}}"#;
    let journey = concat!(
        r#"{"type":"page","messageId":"1","anonymousId":"a","timestamp":"2026-11-02T12:00:00Z","properties":{}}"#,
        "\n",
        r#"{"type":"track","event":"Page Left","messageId":"2","anonymousId":"a","timestamp":"2026-11-02T12:02:00Z","properties":{"duration":90}}"#
    );
    let mut replay = dangol::domain::replay::Replay::new(&dangol::domain::json::parse(config).unwrap(), &Value::Null);
    for line in journey.lines() {
        replay.feed(&dangol::domain::json::parse(line).unwrap()).unwrap();
    }
    let result = replay.finish(None, false);
    assert_eq!(result.at("segments.reader").and_then(Value::as_list).map(<[Value]>::len), Some(1));
    assert_eq!(result.at("segments.anything").and_then(Value::as_list).map(<[Value]>::len), Some(0));
}

#[test]
fn a_birthday_is_that_of_the_clock_of_its_own_year() {
    let script = |born: &str| format!("2026-01-15T00:00:00Z identify {{\"b\":\"{born}\"}}\n2026-12-31T00:00:00Z tick");
    let cases = [
        // Midnight of 15 July in New York's and in Berlin's summer time, in Seoul's of 1988 and without any in 1990.
        ("America/New_York", "1990-07-15T04:00:00Z", "2026-07-15T04:00:00.000Z"),
        ("Europe/Berlin", "1990-07-14T22:00:00Z", "2026-07-14T22:00:00.000Z"),
        ("Asia/Seoul", "1988-07-14T14:00:00Z", "2026-07-14T15:00:00.000Z"),
        ("Asia/Seoul", "1990-07-14T15:00:00Z", "2026-07-14T15:00:00.000Z"),
    ];
    for (zone, born, day) in cases {
        let config = config(zone, r#"{"s":{"when":{"traits.b":{"$anniversary":"0d"}}}}"#, "{}");
        let found = changes(&replay(&config, &journey(&script(born)), &Value::Null), "s");
        assert_eq!(found.first().map(|change| &**change), Some(&*format!("enter {day}")), "{zone} {born}");
    }
}

#[test]
fn a_replay_forgets_what_a_page_would_have_forgotten() {
    let config =
        json::parse(r#"{"version":1,"settings":{"retain":{"events":4,"days":10}},"segments":{"s":{"when":{"$did":"A"}}}}"#).unwrap();
    let found = |script: &str| changes(&replay(&config, &journey(script), &Value::Null), "s");
    assert_eq!(
        found("2026-03-01T00:00:00Z A\n2026-03-11T00:00:00Z page\n2026-03-12T00:00:00Z page\n2026-03-30T00:00:00Z tick"),
        ["enter 2026-03-01T00:00:00.000Z", "leave 2026-03-12T00:00:00.000Z"]
    );
    assert_eq!(
        found(
            "2026-03-01T00:00:00Z A\n2026-03-01T00:00:01Z B\n2026-03-01T00:00:02Z B\n2026-03-01T00:00:03Z B\n2026-03-01T00:00:04Z B\n2026-03-01T00:00:05Z page"
        ),
        ["enter 2026-03-01T00:00:00.000Z", "leave 2026-03-01T00:00:05.000Z"]
    );
}

#[test]
fn an_explanation_knows_when_the_clock_or_the_stage_of_life_changes_it() {
    let script = "2026-03-01T01:00:00Z Order Completed {\"revenue\":10}\n2026-03-02T01:30:00Z tick";
    let cases = [
        (r#"{"lifecycle":"at_risk"}"#, Some("2026-04-30T01:00:00.001Z")),
        (r#"{"lifecycle":"first_time"}"#, Some("2026-04-30T01:00:00.001Z")),
        (r#"{"$not":{"lifecycle":{"$in":["at_risk","lapsed"]}}}"#, Some("2026-04-30T01:00:00.001Z")),
        (r#"{"time.hour":{"$gte":12}}"#, Some("2026-03-02T03:00:00.000Z")),
        (r#"{"time.hour":{"$gte":10,"$lt":20}}"#, Some("2026-03-02T11:00:00.000Z")),
        (r#"{"time.month":12}"#, Some("2026-11-30T15:00:00.000Z")),
        (r#"{"$segment":"x"}"#, Some("2026-04-30T01:00:00.001Z")),
        (r#"{"$or":[{"time.hour":11},{"$did":{"event":"A","within":"1d"}}]}"#, Some("2026-03-02T02:00:00.000Z")),
        (r#"{"traits.a":1}"#, None),
    ];
    for (when, expected) in cases {
        let campaigns = format!(
            r#"{{"c":{{"trigger":{{"manual":true}},"audience":{when},"message":{{"layout":"toast","blocks":[{{"text":"x"}}]}}}}}}"#
        );
        let config = config("Asia/Seoul", r#"{"x":{"when":{"lifecycle":"at_risk"}}}"#, &campaigns);
        let result = replay(&config, &journey(script), &json::parse(r#"{"explain":true}"#).unwrap());
        let checks = result.list("explanations")[0].list("checks").to_vec();
        let audience = checks.iter().find(|check| check.text("check") == Some("not_in_audience")).unwrap();
        assert_eq!(audience.at("detail.changesAt").and_then(Value::as_text), expected, "{when}");
    }
}
