//! Numbers, money and dates as people in Korea, Japan and English-speaking countries write them: one small table for
//! all hosts, because the data behind `Intl` differs from browser to browser and a replay must not.

use super::localized::column;
use crate::domain::number::{push_decimal, push_integer, push_number};
use crate::domain::text::contains;
use crate::domain::time::{Millis, Zone, parse_iso};
use crate::domain::value::Value;

/// `(code, decimals, sign)`; other currencies are written with their code and two decimals.
const CURRENCIES: [(&str, usize, &str); 14] = [
    ("KRW", 0, "₩"),
    ("USD", 2, "$"),
    ("JPY", 0, "¥"),
    ("EUR", 2, "€"),
    ("GBP", 2, "£"),
    ("CNY", 2, "CN¥"),
    ("TWD", 0, "NT$"),
    ("HKD", 2, "HK$"),
    ("SGD", 2, "S$"),
    ("AUD", 2, "A$"),
    ("CAD", 2, "CA$"),
    ("VND", 0, "₫"),
    ("THB", 2, "฿"),
    ("INR", 2, "₹"),
];

/// Appends a number with thousands separators and exactly `decimals` decimals, or at most three where `None`.
pub fn push_grouped(number: f64, decimals: Option<usize>, out: &mut String) {
    let places = decimals.unwrap_or(3).min(9);
    let scaled = (number.abs() * 10f64.powi(places as i32)).round();
    if !number.is_finite() || scaled > 9e15 {
        return push_number(number, out);
    }
    let mut digits = String::new();
    push_decimal(scaled as i64, places, &mut digits);
    let digits = if decimals.is_none() { digits.trim_end_matches('0').trim_end_matches('.') } else { &digits };
    let whole = digits.find('.').unwrap_or(digits.len());
    if number < 0.0 && scaled > 0.0 {
        out.push('-');
    }
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && index < whole && (whole - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
}

/// An amount in the way of `locale`: `50,000원` in Korean, `₩50,000` elsewhere.
pub fn money(amount: f64, currency: &str, locale: &str) -> String {
    let known = CURRENCIES.iter().find(|(code, _, _)| code.eq_ignore_ascii_case(currency));
    let (decimals, sign) = known.map_or((2, ""), |(_, decimals, sign)| (*decimals, *sign));
    let mut digits = String::new();
    push_grouped(amount, Some(decimals), &mut digits);
    let suffix = match (column(locale), known.map_or("", |(code, _, _)| code)) {
        (0, "KRW") => "원",
        (0, "JPY") => "엔",
        (2, "JPY") => "円",
        (2, "KRW") => "ウォン",
        _ => "",
    };
    let mut out = String::new();
    if !suffix.is_empty() {
        out.push_str(&digits);
        out.push_str(suffix);
        return out;
    }
    if let Some(rest) = digits.strip_prefix('-') {
        out.push('-');
        digits = rest.into();
    }
    if sign.is_empty() {
        out.push_str(currency);
        out.push('\u{a0}');
    } else {
        out.push_str(sign);
    }
    out.push_str(&digits);
    out
}

/// The moment a value stands for: ISO text or milliseconds, and whether it is a date without a time.
pub fn moment(value: &Value) -> Option<(Millis, bool)> {
    match value {
        Value::Number(number) => Some((*number as Millis, false)),
        Value::Text(text) => Some((parse_iso(text)?, text.len() == 10)),
        _ => None,
    }
}

const MONTHS: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
const WEEKDAYS: [[&str; 3]; 7] = [
    ["월요일", "Monday", "月曜日"],
    ["화요일", "Tuesday", "火曜日"],
    ["수요일", "Wednesday", "水曜日"],
    ["목요일", "Thursday", "木曜日"],
    ["금요일", "Friday", "金曜日"],
    ["토요일", "Saturday", "土曜日"],
    ["일요일", "Sunday", "日曜日"],
];

/// A date in the way of `locale`. `style`: `short` (3월 5일), `long` (2026년 3월 5일), `full` (with the weekday),
/// `time`, `datetime`, `weekday`, or a pattern of `%Y %m %d %H %M %-m %-d`.
pub fn date(at: Millis, zone: &Zone, style: &str, locale: &str) -> String {
    let local = zone.local(at);
    let mut out = String::new();
    if contains(style, "%") {
        push_pattern(style, &local, &mut out);
        return out;
    }
    let column = column(locale);
    let weekday = WEEKDAYS.get(local.weekday()).and_then(|names| names.get(column)).copied().unwrap_or("");
    if style == "weekday" {
        return weekday.into();
    }
    let has_year = matches!(style, "long" | "full" | "datetime");
    if style != "time" {
        if column == 1 {
            if style == "full" {
                out.push_str(weekday);
                out.push_str(", ");
            }
            let month = MONTHS.get((local.month - 1) as usize).copied().unwrap_or("");
            out.push_str(if style == "short" { month.get(..3).unwrap_or(month) } else { month });
            out.push(' ');
            push_integer(local.day, &mut out);
            if has_year {
                out.push_str(", ");
                push_integer(local.year, &mut out);
            }
        } else {
            let units = if column == 0 { ["년 ", "월 ", "일"] } else { ["年", "月", "日"] };
            let [year, month, day] = units;
            if has_year {
                push_integer(local.year, &mut out);
                out.push_str(year);
            }
            push_integer(local.month, &mut out);
            out.push_str(month);
            push_integer(local.day, &mut out);
            out.push_str(day);
            if style == "full" {
                out.push(' ');
                out.push_str(weekday);
            }
        }
    }
    if matches!(style, "time" | "datetime") {
        if style == "datetime" {
            out.push(' ');
        }
        push_time(local.hour, local.minute, column, &mut out);
    }
    out
}

fn push_time(hour: i64, minute: i64, column: usize, out: &mut String) {
    if column == 2 {
        push_integer(hour, out);
    } else {
        if column == 0 {
            out.push_str(if hour < 12 { "오전 " } else { "오후 " });
        }
        push_integer((hour + 11) % 12 + 1, out);
    }
    out.push(':');
    push_two(minute, out);
    if column == 1 {
        out.push_str(if hour < 12 { " AM" } else { " PM" });
    }
}

/// Appends a number of at least two digits.
pub fn push_two(number: i64, out: &mut String) {
    if number < 10 {
        out.push('0');
    }
    push_integer(number, out);
}

fn push_pattern(pattern: &str, local: &crate::domain::time::Local, out: &mut String) {
    let mut rest = pattern.chars();
    while let Some(character) = rest.next() {
        if character != '%' {
            out.push(character);
            continue;
        }
        let mut letter = rest.next().unwrap_or('%');
        let bare = letter == '-';
        if bare {
            letter = rest.next().unwrap_or('%');
        }
        let number = match letter {
            'Y' => local.year,
            'm' => local.month,
            'd' => local.day,
            'H' => local.hour,
            'M' => local.minute,
            other => {
                out.push(other);
                continue;
            }
        };
        if bare {
            push_integer(number, out);
        } else {
            push_two(number, out);
        }
    }
}

/// The time left, as the renderer goes on counting it: `2일 03:04:05`.
pub fn countdown(rest: Millis, days_word: &str) -> String {
    let seconds = (rest.max(0) + 999) / 1000;
    let mut out = String::new();
    if seconds >= 86_400 {
        push_integer(seconds / 86_400, &mut out);
        out.push_str(days_word);
    }
    push_two(seconds / 3600 % 24, &mut out);
    out.push(':');
    push_two(seconds / 60 % 60, &mut out);
    out.push(':');
    push_two(seconds % 60, &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_follows_the_reader() {
        #[track_caller]
        fn check(amount: f64, currency: &str, locale: &str, expected: &str) {
            assert_eq!(money(amount, currency, locale), expected);
        }
        check(50_000.0, "KRW", "ko", "50,000원");
        check(50_000.0, "KRW", "KO", "50,000원");
        check(50_000.0, "KRW", "en-US", "₩50,000");
        check(1234.5, "USD", "en", "$1,234.50");
        check(1234.5, "USD", "ko", "$1,234.50");
        check(1980.0, "JPY", "ja", "1,980円");
        check(1980.0, "JPY", "en", "¥1,980");
        check(-12_000.4, "KRW", "ko", "-12,000원");
        check(-3.0, "EUR", "en", "-€3.00");
        check(0.0, "KRW", "ko", "0원");
        check(-0.2, "KRW", "ko", "0원");
        check(999.0, "KRW", "ko", "999원");
        check(10.0, "CHF", "en", "CHF\u{a0}10.00");
    }

    #[test]
    fn numbers_are_grouped() {
        #[track_caller]
        fn check(number: f64, decimals: Option<usize>, expected: &str) {
            let mut out = String::new();
            push_grouped(number, decimals, &mut out);
            assert_eq!(out, expected);
        }
        check(1_234_567.0, None, "1,234,567");
        check(1234.5, None, "1,234.5");
        check(0.12345, None, "0.123");
        check(1000.0, Some(2), "1,000.00");
        check(-999.5, Some(0), "-1,000");
        check(1e21, None, "1e+21");
    }

    #[test]
    fn dates_follow_the_reader_and_the_shops_clock() {
        let seoul = Zone::named("Asia/Seoul", 1_772_700_000_000).unwrap();
        let at = parse_iso("2026-03-05T15:04:00Z").unwrap();
        let check = |style: &str, locale: &str, expected: &str| {
            assert_eq!(date(at, &seoul, style, locale), expected, "{style} {locale}");
        };
        check("long", "ko", "2026년 3월 6일");
        check("short", "ko", "3월 6일");
        check("full", "ko", "2026년 3월 6일 금요일");
        check("datetime", "ko", "2026년 3월 6일 오전 12:04");
        check("long", "en", "March 6, 2026");
        check("short", "en", "Mar 6");
        check("full", "en", "Friday, March 6, 2026");
        check("time", "en", "12:04 AM");
        check("long", "ja", "2026年3月6日");
        check("datetime", "ja", "2026年3月6日 0:04");
        check("weekday", "ja", "金曜日");
        check("%Y-%m-%d %H:%M", "ko", "2026-03-06 00:04");
        check("%-m/%-d", "ko", "3/6");
    }

    #[test]
    fn a_countdown_rounds_up_to_the_second() {
        assert_eq!(countdown(0, "일 "), "00:00:00");
        assert_eq!(countdown(1, "일 "), "00:00:01");
        assert_eq!(countdown(183_845_000, "일 "), "2일 03:04:05");
    }
}
