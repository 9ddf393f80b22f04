//! Durations as configurations write them: `90s 30m 12h 7d 2w`, also `500ms`, and several in a row (`1d12h`).

use super::{DAY, HOUR, MINUTE, Millis, SECOND};
use crate::domain::number::{parse_digits, push_integer};

/// The units, longest first; a day is 86,400 s.
const UNITS: [(&str, Millis); 6] = [("w", 7 * DAY), ("d", DAY), ("h", HOUR), ("m", MINUTE), ("s", SECOND), ("ms", 1)];

/// Reads a duration; `None` where it is none, negative or longer than a thousand years.
pub fn parse_duration(text: &str) -> Option<Millis> {
    let mut rest = text.trim();
    let mut total: Millis = 0;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 || digits > 13 {
            return None;
        }
        let (number, tail) = rest.split_at(digits);
        let letters = tail.bytes().take_while(u8::is_ascii_alphabetic).count();
        let (unit, tail) = tail.split_at(letters);
        let (_, length) = UNITS.iter().find(|(name, _)| *name == unit)?;
        total = total.checked_add((parse_digits(number, 10)? as Millis).checked_mul(*length)?)?;
        rest = tail.trim_start();
    }
    (total <= 365_250 * DAY).then_some(total)
}

/// Appends a duration in its largest whole unit: `7d`, `90s`.
pub fn push_duration(duration: Millis, out: &mut String) {
    let (name, length) = UNITS.iter().skip(1).find(|(_, length)| duration % length == 0).copied().unwrap_or(("ms", 1));
    push_integer(duration / length, out);
    out.push_str(name);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read() {
        for (text, expected) in [
            ("90s", 90_000),
            ("30m", 1_800_000),
            ("12h", 43_200_000),
            ("7d", 604_800_000),
            ("2w", 1_209_600_000),
            ("0s", 0),
            ("1d12h", 129_600_000),
            ("250ms", 250),
        ] {
            assert_eq!(parse_duration(text), Some(expected), "{text}");
        }
        for text in ["", "7", "d", "-1d", "1.5h", "7 days", "99999999999999s", "9999999999999w"] {
            assert_eq!(parse_duration(text), None, "{text}");
        }
    }
}
