//! The operators on dates, each with the first millisecond at which its answer differs.

use super::super::facts::Answer;
use super::super::time::{DAY, Millis, Zone, days_from_civil, days_in_month, parse_iso};
use super::super::value::Value;

/// The moment a value names: an ISO 8601 text, or milliseconds since the epoch.
pub(super) fn moment(value: &Value) -> Option<Millis> {
    /// The last moment that an ISO text can name; beyond it arithmetic could overflow.
    const LAST: f64 = 253_402_300_800_000.0;
    match value {
        Value::Text(text) => parse_iso(text),
        Value::Number(number) if number.abs() <= LAST => Some(number.floor() as Millis),
        _ => None,
    }
}

/// Whether `at` lies at most `length` before `now`.
pub(super) fn within_last(at: Millis, length: Millis, now: Millis) -> Answer {
    window(at, at + length + 1, now)
}

/// Whether `at` lies at most `length` after `now`.
pub(super) fn within_next(at: Millis, length: Millis, now: Millis) -> Answer {
    window(at - length, at + 1, now)
}

/// Whether `now` lies from `start` up to but not including `end`.
fn window(start: Millis, end: Millis, now: Millis) -> Answer {
    let changes_at = if now < start { Some(start) } else { Some(end).filter(|end| now < *end) };
    Answer::until(now >= start && now < end, changes_at)
}

/// Whether the date that `value` names comes round within `length` of `now`, ahead or behind.
///
/// The whole local day counts: `0d` holds from its midnight to the next one, and `7d` from 604,800 s before the one
/// to 604,800 s after the other. A date alone is that date everywhere; a moment is the date it has in `zone`.
pub(super) fn anniversary(value: &Value, length: Millis, now: Millis, zone: &Zone) -> Answer {
    let Some((month, day)) = month_and_day(value, zone) else {
        return Answer::fixed(false);
    };
    if length >= 366 * DAY {
        return Answer::fixed(true);
    }
    let window = |year: i64| {
        let day = day.min(days_in_month(year, month));
        let date = days_from_civil(year, month, day);
        (zone.moment(date, 0) - length, zone.moment(date + 1, 0) + length)
    };
    let holds = |at: Millis| {
        let year = zone.local(at).year;
        (year - 2..=year + 2).any(|year| {
            let (start, end) = window(year);
            at >= start && at < end
        })
    };
    let passed = holds(now);
    let year = zone.local(now).year;
    // Long windows overlap, so not each edge is a change. Leap years make the longest such run eight years.
    let changes_at = (year - 2..=year + 10)
        .map(|year| {
            let (start, end) = window(year);
            if passed { end } else { start }
        })
        .find(|edge| *edge > now && holds(*edge) != passed);
    Answer::until(passed, changes_at)
}

fn month_and_day(value: &Value, zone: &Zone) -> Option<(i64, i64)> {
    let at = moment(value)?;
    let date_alone = value.as_text().is_some_and(|text| text.len() == 10);
    let zone = if date_alone { &Zone::utc() } else { zone };
    let local = zone.local(at);
    Some((local.month, local.day))
}
