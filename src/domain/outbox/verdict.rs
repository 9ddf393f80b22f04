//! What an endpoint's answer says about a batch (CONTRACT §5).

use super::types::Answer;
use crate::domain::json;
use crate::domain::list::Gather;
use crate::domain::order;
use crate::domain::text::contains;
use crate::domain::time::{HOUR, MINUTE, Millis, SECOND, days_from_civil, days_in_month, parse_iso};
use crate::domain::value::{Text, Value};

/// An answer, understood.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Verdict {
    /// 2xx.
    Taken(Lists),
    /// Later, and when, if the endpoint said so.
    Later(Option<Millis>),
    /// Nobody answered.
    Silence,
    /// 413.
    TooLarge,
    /// 400 and 422.
    Refused(Lists),
    /// Any other 3xx or 4xx.
    Unwanted,
}

/// The ids that a body names.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Lists {
    /// `accepted`, `None` where the body has no such list.
    pub(super) accepted: Option<Vec<Text>>,
    /// `rejected`.
    pub(super) rejected: Vec<Text>,
}

/// Reads an answer that came at `now`.
pub(super) fn read(answer: &Answer, now: Millis) -> Verdict {
    match answer.status {
        0 => Verdict::Silence,
        200..=299 => Verdict::Taken(lists(answer.body)),
        413 => Verdict::TooLarge,
        400 | 422 => Verdict::Refused(lists(answer.body)),
        408 | 425 | 429 => Verdict::Later(retry_after(answer, now)),
        300..=499 => Verdict::Unwanted,
        _ => Verdict::Later(retry_after(answer, now)),
    }
}

fn lists(body: &str) -> Lists {
    // Most endpoints answer with nothing or with a word; only an object is worth reading.
    if !body.trim_start().starts_with('{') {
        return Lists::default();
    }
    let value = json::parse(body).unwrap_or_default();
    let ids = |key: &str| -> Option<Vec<Text>> {
        let items = value.get(key)?.as_list()?;
        let ids = items.iter().filter_map(|item| match item {
            Value::Text(id) => Some(id.clone()),
            // Endpoints that say why name the event inside an object.
            other => other.text("messageId").or_else(|| other.text("id")).map(Text::from),
        });
        let mut ids: Vec<Text> = ids.gather();
        order::sort(&mut ids);
        Some(ids)
    };
    Lists { accepted: ids("accepted"), rejected: ids("rejected").unwrap_or_default() }
}

/// How long the endpoint asks to wait, from the header or, since browsers hide that across origins, from the body.
///
/// What is no wait (`-1`, `soon`) is ignored; the bounds are the gate's.
fn retry_after(answer: &Answer, now: Millis) -> Option<Millis> {
    let server_now = answer.date.and_then(parse_http_date).unwrap_or(now);
    let read = |text: &str| -> Option<Millis> {
        let text = text.trim();
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
            // More digits than a number holds are still a wait, a long one.
            let seconds = text.parse::<Millis>().unwrap_or(Millis::MAX);
            return Some(seconds.saturating_mul(SECOND));
        }
        let at = parse_http_date(text).or_else(|| parse_iso(text))?;
        Some(at.saturating_sub(server_now).max(0))
    };
    if let Some(wait) = answer.retry_after.and_then(read) {
        return Some(wait);
    }
    if !answer.body.trim_start().starts_with('{') {
        return None;
    }
    match json::parse(answer.body).ok()?.get("retryAfter")? {
        Value::Number(seconds) if *seconds >= 0.0 => Some((seconds.min(1e9) * SECOND as f64) as Millis),
        Value::Text(text) => read(text),
        _ => None,
    }
}

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Reads an HTTP date in any of the three spellings of RFC 9110.
pub(super) fn parse_http_date(text: &str) -> Option<Millis> {
    let (mut day, mut month, mut year, mut time) = (None, None, None, None);
    for part in text.split([' ', ',', '-']).filter(|part| !part.is_empty()) {
        if let Some(index) = MONTHS.iter().position(|name| *name == part) {
            month = Some(index as i64 + 1);
        } else if contains(part, ":") {
            let mut fields = part.split(':').map(|field| field.parse::<Millis>().ok());
            let (hour, minute, second) = (fields.next()??, fields.next()??, fields.next()??);
            if fields.next().is_some() || !(0..24).contains(&hour) || !(0..60).contains(&minute) || !(0..=60).contains(&second) {
                return None;
            }
            time = Some(hour * HOUR + minute * MINUTE + second * SECOND);
        } else if part.bytes().all(|byte| byte.is_ascii_digit()) {
            let number = part.parse::<i64>().ok()?;
            if day.is_none() {
                day = Some(number);
            } else {
                // Two digits are of the years 1970 to 2069.
                year = Some(match part.len() {
                    2 if number < 70 => number + 2_000,
                    2 => number + 1_900,
                    4 => number,
                    _ => return None,
                });
            }
        }
    }
    let (day, month, year) = (day?, month?, year?);
    if day < 1 || day > days_in_month(year, month) {
        return None;
    }
    Some(days_from_civil(year, month, day) * 24 * HOUR + time?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn wait(header: Option<&str>, body: &str) -> Option<Millis> {
        let now = parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT").unwrap();
        let answer = Answer { status: 429, retry_after: header, body, ..Answer::default() };
        match read(&answer, now) {
            Verdict::Later(wait) => wait,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn http_dates_come_in_three_spellings() {
        let expected = Some(784_111_777_000);
        assert_eq!(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT"), expected);
        assert_eq!(parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT"), expected);
        assert_eq!(parse_http_date("Sun Nov  6 08:49:37 1994"), expected);
        for wrong in ["", "abc", "Sun, 31 Feb 2026 08:00:00 GMT", "06 Nov 1994", "-1"] {
            assert_eq!(parse_http_date(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn waits_are_seconds_or_a_date_in_the_header_or_the_body() {
        assert_eq!(wait(Some("3"), ""), Some(3_000));
        assert_eq!(wait(Some("Sun, 06 Nov 1994 08:50:07 GMT"), ""), Some(30_000));
        assert_eq!(wait(Some("Sun, 06 Nov 1994 08:00:00 GMT"), ""), Some(0));
        assert!(wait(Some("99999999999999999999999"), "").unwrap() > HOUR);
        for nothing in ["-1", "abc", "", "1.5e9x"] {
            assert_eq!(wait(Some(nothing), ""), None, "{nothing}");
        }
        assert_eq!(wait(None, r#"{"retryAfter":7}"#), Some(7_000));
        assert_eq!(wait(None, r#"{"retryAfter":"8"}"#), Some(8_000));
        assert_eq!(wait(Some("-1"), r#"{"retryAfter":0.5}"#), Some(500));
        assert_eq!(wait(None, r#"{"retryAfter":-3}"#), None);
        assert_eq!(wait(None, "{"), None);
        assert_eq!(wait(None, "<html>"), None);
    }

    #[test]
    fn a_date_is_measured_by_the_servers_own_clock() {
        let answer = Answer {
            status: 503,
            retry_after: Some("Sun, 06 Nov 1994 08:50:37 GMT"),
            date: Some("Sun, 06 Nov 1994 08:49:37 GMT"),
            ..Answer::default()
        };
        assert_eq!(read(&answer, 0), Verdict::Later(Some(MINUTE)));
    }
}
