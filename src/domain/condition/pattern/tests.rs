//! Expressions that hosts read alike, and those that they do not.

use super::*;
use crate::domain::host;

#[track_caller]
fn matches(source: &str, text: &str, expected: bool) {
    let written = portable(source).unwrap();
    let pattern = host::pattern(&written, false).expect(&written);
    assert_eq!(pattern.is_match(text), expected, "{source} as {written}");
}

#[test]
fn expressions_mean_what_they_mean_in_a_browser() {
    matches("^ping", "pingpong", true);
    matches("(Mobile|Tablet)", "Android Mobile", true);
    matches("-12-25$", "1980-12-25", true);
    matches("\\d{2,3}", "a٣٣٣", false);
    matches("^\\w+$", "신발", false);
    matches("\\bab\\b", "가ab가", true);
    matches("^\\s$", "\u{feff}", true);
    matches("^\\s$", "\u{85}", false);
    matches("^.$", "\u{2028}", false);
    matches("^.$", "😀", true);
    matches("^[\\w.-]+@[a-z-]+\\.kr$", "a.b-c@x-y.kr", true);
    matches("[a&&b]", "&", true);
    matches("[[a]", "[", true);
    matches("a{,2}", "a{,2}", true);
    matches("a{b}", "a{b}", true);
    matches("^/cart/\\/x", "/cart//x", true);
    matches("\\u0041\\x42", "AB", true);
    matches("(?<year>\\d{4})", "2026", true);
    matches("[\\]\\-\\\\^]{4}", "]-\\^", true);
}

#[test]
fn what_hosts_read_differently_is_refused() {
    for source in [
        "(?=a)",
        "(?!a)",
        "(?<=a)",
        "(?<!a)",
        "(?i)a",
        "(a)\\1",
        "\\k<a>",
        "\\p{L}",
        "\\A",
        "\\z",
        "\\cA",
        "\\0",
        "a**",
        "a++",
        "a{2}{3}",
        "*a",
        "^*",
        "a|*",
        "(+)",
        "\\b+",
        "(",
        ")",
        "a)",
        "[",
        "[]",
        "[^]",
        "[b-a]",
        "[\\d-z]",
        "[a-\\d]",
        "[\\D]",
        "\\",
        "[\\",
        "\\u12",
        "\\uD83D",
        "\\xZ0",
        "a{3,2}",
        "a{3000}",
        "(?:a{100}){100}",
        "/???***[)",
    ] {
        assert!(portable(source).is_err(), "{source}");
    }
    assert!(portable(&"a".repeat(1_001)).is_err());
    assert!(portable(&"(".repeat(500)).is_err());
}

#[test]
fn what_a_browser_takes_exponentially_long_over_is_refused() {
    for source in ["(a+)+$", "(a|a)*b", "^(\\w+\\s?)*$", "(x+x+)+y", "((a?))+", "(a*){2,}", "(?:a?){9}", "((?:a?){4}){4}", "(a{1,2}){9}"] {
        let refusal = portable(source).unwrap_err();
        assert!(refusal.contains("repeats a group that holds a choice"), "{source} {refusal}");
    }
    matches("^(\\d{1,3}\\.){3}\\d{1,3}$", "192.168.0.1", true);
    matches("^(?:[0-9a-f]{1,2}:){5}[0-9a-f]{1,2}$", "0:1:2:3:4:ff", true);
    matches("^(ab)+$", "abab", true);
    matches("^(?:a{2}){3}$", "aaaaaa", true);
    matches("^(/ko|/en)?/p/(a|b+)$", "/ko/p/bb", true);
    matches("^(a+|b)?(c|d)?$", "aac", true);
}

#[test]
fn inputs_are_cut_between_characters() {
    assert_eq!(cut("short"), "short");
    assert_eq!(cut(&"가".repeat(400)).len(), 999);
}
