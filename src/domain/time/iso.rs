//! ISO 8601 timestamps (RFC 3339, and a date alone for midnight UTC, as JavaScript's `Date.parse` reads them).

use super::{DAY, HOUR, MINUTE, Millis, SECOND, civil_from_days, days_from_civil, days_in_month};
use crate::domain::number::push_integer;

/// Reads `2026-11-22`, `2026-11-22T09:03`, `2026-11-22T09:03:05.123Z` or with an offset `+09:00`.
///
/// A date alone is midnight UTC; a time without a zone is read as UTC too, so that no host's own zone changes a result.
/// Returns `None` for anything else.
pub fn parse_iso(text: &str) -> Option<Millis> {
    let mut reader = Reader { rest: text.as_bytes() };
    let year = reader.number(4)?;
    reader.byte(b'-')?;
    let month = reader.number(2)?;
    reader.byte(b'-')?;
    let day = reader.number(2)?;
    if !(1..=12).contains(&month) || day < 1 || day > days_in_month(year, month) {
        return None;
    }
    let mut at = days_from_civil(year, month, day) * DAY;
    if reader.rest.is_empty() {
        return Some(at);
    }
    reader.byte(b'T').or_else(|| reader.byte(b't')).or_else(|| reader.byte(b' '))?;
    let hour = reader.number(2)?;
    reader.byte(b':')?;
    let minute = reader.number(2)?;
    let mut second = 0;
    let mut millis = 0;
    if reader.byte(b':').is_some() {
        second = reader.number(2)?;
        if reader.byte(b'.').is_some() {
            millis = reader.fraction()?;
        }
    }
    if hour > 24 || minute > 59 || second > 59 || (hour == 24 && (minute, second, millis) != (0, 0, 0)) {
        return None;
    }
    at += hour * HOUR + minute * MINUTE + second * SECOND + millis;
    if reader.rest.is_empty() || matches!(reader.rest, b"Z" | b"z") {
        return Some(at);
    }
    let sign = if reader.byte(b'+').is_some() {
        -1
    } else {
        reader.byte(b'-')?;
        1
    };
    let hours = reader.number(2)?;
    let _ = reader.byte(b':');
    let minutes = if reader.rest.is_empty() { 0 } else { reader.number(2)? };
    (reader.rest.is_empty() && hours < 24 && minutes < 60).then_some(at + sign * (hours * HOUR + minutes * MINUTE))
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl Reader<'_> {
    fn byte(&mut self, byte: u8) -> Option<()> {
        let (first, rest) = self.rest.split_first()?;
        (*first == byte).then(|| self.rest = rest)
    }

    fn number(&mut self, digits: usize) -> Option<i64> {
        let (taken, rest) = self.rest.split_at_checked(digits)?;
        let number = taken.iter().try_fold(0, |sum, byte| byte.is_ascii_digit().then(|| sum * 10 + i64::from(byte - b'0')))?;
        self.rest = rest;
        Some(number)
    }

    /// Fractions of a second, cut to milliseconds.
    fn fraction(&mut self) -> Option<i64> {
        let count = self.rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (digits, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        let at = |index: usize| digits.get(index).map_or(0, |digit| i64::from(digit - b'0'));
        (count > 0).then(|| at(0) * 100 + at(1) * 10 + at(2))
    }
}

/// The instant as `2026-11-22T09:03:05.123Z`.
pub fn to_iso(at: Millis) -> String {
    let mut out = String::new();
    push_iso(at, &mut out);
    out
}

/// Appends `2026-11-22T09:03:05.123Z`, as JavaScript's `toISOString` does.
pub fn push_iso(at: Millis, out: &mut String) {
    let (year, month, day) = civil_from_days(at.div_euclid(DAY));
    let time = at.rem_euclid(DAY);
    let mut part = |number: i64, digits: u32, before: &str| {
        out.push_str(before);
        for place in (0..digits).rev() {
            if place > 0 && number < 10_i64.pow(place) {
                out.push('0');
            }
        }
        push_integer(number, out);
    };
    part(year.clamp(0, 9_999), 4, "");
    part(month, 2, "-");
    part(day, 2, "-");
    part(time / HOUR, 2, "T");
    part(time / MINUTE % 60, 2, ":");
    part(time / SECOND % 60, 2, ":");
    part(time % SECOND, 3, ".");
    out.push('Z');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let mut out = String::new();
        push_iso(parse_iso(text).unwrap(), &mut out);
        assert_eq!(out, expected);
    }

    #[test]
    fn timestamps_are_read_and_written() {
        check("2026-11-22T09:03:05.123Z", "2026-11-22T09:03:05.123Z");
        check("2026-11-22", "2026-11-22T00:00:00.000Z");
        check("2026-11-22T09:03+09:00", "2026-11-22T00:03:00.000Z");
        check("2024-02-29T23:59:59.9999-00:30", "2024-03-01T00:29:59.999Z");
        check("1969-12-31T23:59:59.001Z", "1969-12-31T23:59:59.001Z");
    }

    #[test]
    fn what_is_no_timestamp_is_refused() {
        for text in ["", "2026", "2026-13-01", "2025-02-29", "2026-01-01T25:00Z", "2026-01-01T00:00:00.Z", "2026-01-01T00:00X", "yesterday"]
        {
            assert_eq!(parse_iso(text), None, "{text}");
        }
    }
}
