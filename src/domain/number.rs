//! Numbers as JSON and JavaScript write them, the same on every host.

use super::host;

/// The powers of ten that a double holds exactly.
const POWERS: [f64; 23] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22];

/// The largest integer up to which every integer is a double.
const MAX_SAFE: f64 = 9_007_199_254_740_991.0;

/// Appends an integer.
pub fn push_integer(number: i64, out: &mut String) {
    if number < 0 {
        out.push('-');
    }
    let mut digits = [0u8; 20];
    let mut left = number.unsigned_abs();
    let mut count = 0;
    for slot in digits.iter_mut().rev() {
        *slot = b'0' + (left % 10) as u8;
        left /= 10;
        count += 1;
        if left == 0 {
            break;
        }
    }
    for digit in digits.iter().skip(20 - count) {
        out.push(*digit as char);
    }
}

/// Appends a number as JavaScript's `String(number)` does; what is not finite becomes `null`, as in JSON.
pub fn push_number(number: f64, out: &mut String) {
    if !number.is_finite() {
        out.push_str("null");
        return;
    }
    if number.trunc() == number && number.abs() <= MAX_SAFE {
        push_integer(number as i64, out);
        return;
    }
    // Up to fifteen digits a decimal is exact in a double, so the shortest one that divides back is the answer.
    for (places, power) in POWERS.iter().enumerate().take(7).skip(1) {
        let scaled = (number * power).round();
        if scaled.abs() > 999_999_999_999_999.0 {
            break;
        }
        if scaled / power == number {
            push_decimal(scaled as i64, places, out);
            return;
        }
    }
    out.push_str(&host::number_to_text(number));
}

/// Appends `scaled / 10^places` with exactly `places` decimals.
pub fn push_decimal(scaled: i64, places: usize, out: &mut String) {
    let mut digits = String::new();
    push_integer(scaled.abs(), &mut digits);
    if scaled < 0 {
        out.push('-');
    }
    while digits.len() <= places {
        digits.insert(0, '0');
    }
    let (whole, fraction) = digits.split_at(digits.len() - places);
    out.push_str(whole);
    if places > 0 {
        out.push('.');
        out.push_str(fraction);
    }
}

/// Reads digits of the base `radix`, at most fifteen, and nothing else.
pub fn parse_digits(text: &str, radix: u32) -> Option<u64> {
    if text.is_empty() || text.len() > 15 {
        return None;
    }
    let mut number = 0;
    for byte in text.bytes() {
        number = number * u64::from(radix) + u64::from(char::from(byte).to_digit(radix)?);
    }
    Some(number)
}

/// Reads a JSON number (its syntax already checked).
pub fn parse_number(text: &str) -> f64 {
    let bytes = text.as_bytes();
    let (negative, digits) = match bytes.split_first() {
        Some((b'-', rest)) => (true, rest),
        _ => (false, bytes),
    };
    let mut mantissa: u64 = 0;
    let mut places = 0usize;
    let mut after_point = false;
    for &byte in digits {
        match byte {
            b'.' => after_point = true,
            b'0'..=b'9' if mantissa < 900_000_000_000_000 => {
                mantissa = mantissa * 10 + u64::from(byte - b'0');
                places += usize::from(after_point);
            }
            // An exponent or more than fifteen digits: the host reads it exactly.
            _ => return host::text_to_number(text),
        }
    }
    let number = match POWERS.get(places) {
        Some(power) => mantissa as f64 / power,
        None => return host::text_to_number(text),
    };
    if negative { -number } else { number }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(number: f64, expected: &str) {
        let mut out = String::new();
        push_number(number, &mut out);
        assert_eq!(out, expected);
        if number.is_finite() {
            assert_eq!(parse_number(expected), number);
        }
    }

    #[test]
    fn digits_are_digits_alone() {
        for (text, radix, number) in
            [("0", 10, Some(0)), ("0042", 10, Some(42)), ("fF", 16, Some(255)), ("999999999999999", 10, Some(999_999_999_999_999))]
        {
            assert_eq!(parse_digits(text, radix), number, "{text}");
        }
        for text in ["", "+1", "-1", " 1", "1 ", "1.5", "a", "٣", "1000000000000000"] {
            assert_eq!(parse_digits(text, 10), None, "{text}");
        }
    }

    #[test]
    fn numbers_read_as_javascript_writes_them() {
        check(0.0, "0");
        check(-12.0, "-12");
        check(18.99, "18.99");
        check(-0.5, "-0.5");
        check(0.1 + 0.2, "0.30000000000000004");
        check(1e21, "1e+21");
        check(1.5e-9, "1.5e-9");
        check(123456789012345680000.0, "123456789012345680000");
        check(0.000001, "0.000001");
        check(9007199254740991.0, "9007199254740991");
        check(f64::NAN, "null");
    }
}
