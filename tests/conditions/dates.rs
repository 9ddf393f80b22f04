//! Dates: each answer with the very millisecond at which it changes.

use super::*;

/// Checks an answer, the moment it changes, and that it is the other one from that millisecond on.
#[track_caller]
fn changes(condition: &str, date: &str, now: &str, zone: &str, expected: bool, change: Option<&str>) {
    let document = ["{\"traits\":{\"d\":", date, "}}"].concat();
    let mut visitor = visitor(&document, now, zone);
    let condition = compiled(&["{\"traits.d\":", condition, "}"].concat());
    let answer = condition.evaluate(&visitor);
    let mut found = String::new();
    if let Some(at) = answer.changes_at {
        push_iso(at, &mut found);
        visitor.now = at - 1;
        assert_eq!(condition.evaluate(&visitor).passed, expected, "before {found}");
        visitor.now = at;
        assert_eq!(condition.evaluate(&visitor).passed, !expected, "at {found}");
    }
    assert_eq!((answer.passed, &*found), (expected, change.unwrap_or("")));
}

#[test]
fn dates_change_at_the_very_millisecond() {
    let now = "2026-11-22T00:00:00Z";
    let day = r#""2026-11-20""#;
    changes(r#"{"$before":"2026-11-21"}"#, day, now, "UTC", true, None);
    changes(r#"{"$before":"2026-11-20"}"#, day, now, "UTC", false, None);
    changes(r#"{"$after":"2026-11-20"}"#, r#""2026-11-20T00:00:00.001Z""#, now, "UTC", true, None);
    changes(r#"{"$after":"2026-11-20T09:00+09:00"}"#, day, now, "UTC", false, None);
    changes(r#"{"$withinLast":"2d"}"#, day, now, "UTC", true, Some("2026-11-22T00:00:00.001Z"));
    changes(r#"{"$withinLast":"1d"}"#, day, now, "UTC", false, None);
    changes(r#"{"$withinLast":"1d"}"#, r#""2026-11-23""#, now, "UTC", false, Some("2026-11-23T00:00:00.000Z"));
    changes(r#"{"$withinNext":"1d"}"#, r#""2026-11-23""#, now, "UTC", true, Some("2026-11-23T00:00:00.001Z"));
    changes(r#"{"$withinNext":"1h"}"#, r#""2026-11-23""#, now, "UTC", false, Some("2026-11-22T23:00:00.000Z"));
    changes(r#"{"$withinNext":"1h"}"#, day, now, "UTC", false, None);
    // Numbers are milliseconds since the epoch; what is no date passes nothing.
    changes(r#"{"$withinLast":"1d"}"#, "1795305600000", now, "UTC", true, Some("2026-11-23T00:00:00.001Z"));
    changes(r#"{"$withinLast":"1d"}"#, r#""soon""#, now, "UTC", false, None);
    changes(r#"{"$withinLast":"1d"}"#, "1e300", now, "UTC", false, None);
    changes(r#"{"$not":{"$withinLast":"2d"}}"#, day, now, "UTC", false, Some("2026-11-22T00:00:00.001Z"));
}

#[test]
fn anniversaries_come_round_each_year() {
    let check = |date, length: &str, now, zone, expected, change| {
        let condition = ["{\"$anniversary\":\"", length, "\"}"].concat();
        changes(&condition, date, now, zone, expected, change);
    };
    let born = r#""1990-05-17""#;
    // The day itself, in the shop's time zone.
    check(born, "0d", "2026-05-16T15:00:00Z", "Asia/Seoul", true, Some("2026-05-17T15:00:00.000Z"));
    check(born, "0d", "2026-05-16T14:59:59Z", "Asia/Seoul", false, Some("2026-05-16T15:00:00.000Z"));
    check(born, "0d", "2026-05-17T15:00:00Z", "Asia/Seoul", false, Some("2027-05-16T15:00:00.000Z"));
    // Ahead and behind.
    check(born, "7d", "2026-05-10T00:00:00Z", "UTC", true, Some("2026-05-25T00:00:00.000Z"));
    check(born, "7d", "2026-05-09T23:59:59.999Z", "UTC", false, Some("2026-05-10T00:00:00.000Z"));
    check(born, "7d", "2026-05-24T23:59:59.999Z", "UTC", true, Some("2026-05-25T00:00:00.000Z"));
    // Across the new year.
    check(r#""2001-01-02""#, "7d", "2026-12-28T00:00:00Z", "UTC", true, Some("2027-01-10T00:00:00.000Z"));
    check(r#""2001-12-30""#, "7d", "2027-01-05T00:00:00Z", "UTC", true, Some("2027-01-07T00:00:00.000Z"));
    // 29 February.
    check(r#""2004-02-29""#, "0d", "2026-02-28T12:00:00Z", "UTC", true, Some("2026-03-01T00:00:00.000Z"));
    check(r#""2004-02-29""#, "0d", "2028-02-28T12:00:00Z", "UTC", false, Some("2028-02-29T00:00:00.000Z"));
    check(r#""2004-02-29""#, "0d", "2028-02-29T12:00:00Z", "UTC", true, Some("2028-03-01T00:00:00.000Z"));
    // A moment has the date that the shop's calendar gives it.
    check(r#""2024-11-22T15:30:00Z""#, "0d", "2026-11-22T15:00:00Z", "Asia/Seoul", true, Some("2026-11-23T15:00:00.000Z"));
    // Days of 23 and 25 hours.
    check(r#""2000-03-08""#, "0d", "2026-03-08T05:00:00Z", "America/New_York", true, Some("2026-03-09T04:00:00.000Z"));
    check(r#""2000-11-01""#, "0d", "2026-11-01T04:00:00Z", "America/New_York", true, Some("2026-11-02T05:00:00.000Z"));
    // Windows that touch or overlap are no change.
    check(born, "183d", "2026-05-10T00:00:00Z", "UTC", true, None);
    check(born, "366d", "2026-05-10T00:00:00Z", "UTC", true, None);
    check(born, "182d", "2026-11-15T12:00:00Z", "UTC", true, Some("2027-11-16T00:00:00.000Z"));
}
