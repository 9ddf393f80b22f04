//! How texts compare: JavaScript's order, case folded, and as versions.

use super::super::host;
use super::super::number::push_number;
use super::super::value::Value;
use std::borrow::Cow;
use std::cmp::Ordering;

/// The order of JavaScript's `<`, by UTF-16 units; it differs from Rust's only beyond the first plane.
pub(super) fn order(left: &str, right: &str) -> Ordering {
    left.encode_utf16().cmp(right.encode_utf16())
}

/// The text in lower case, as `toLowerCase` makes it.
pub(super) fn lower(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        if text.bytes().any(|byte| byte.is_ascii_uppercase()) { Cow::Owned(text.to_ascii_lowercase()) } else { Cow::Borrowed(text) }
    } else {
        Cow::Owned(host::lower(text))
    }
}

/// Whether `text` in lower case is `lowered`.
pub(super) fn equals_lowered(text: &str, lowered: &str) -> bool {
    if text.is_ascii() { text.eq_ignore_ascii_case(lowered) } else { host::lower(text) == lowered }
}

/// GrowthBook's `paddedVersionString`: numbers padded with spaces, so that texts compare as versions do.
///
/// A version of three parts gets `~`, the last letter of ASCII, so that `1.0.0` comes after `1.0.0-beta`.
pub(super) fn padded(version: &str) -> String {
    let version = if version.is_empty() { "0" } else { version };
    let version = version.strip_prefix('v').unwrap_or(version);
    let version = version.split('+').next().unwrap_or("");
    let mut out = String::with_capacity(version.len() + 16);
    let mut count = 0;
    for part in version.split(['-', '.']) {
        if count > 0 {
            out.push('-');
        }
        count += 1;
        if !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()) {
            for _ in part.len()..5 {
                out.push(' ');
            }
        }
        out.push_str(part);
    }
    if count == 3 {
        out.push_str("-~");
    }
    out
}

/// The order of two versions, where both are texts (`expected` padded already) or both numbers.
pub(super) fn compare_versions(actual: &Value, expected: &Value) -> Option<Ordering> {
    match (actual, expected) {
        (Value::Text(actual), Value::Text(expected)) => Some(order(&padded(actual), expected)),
        (Value::Number(actual), Value::Number(expected)) => {
            let text = |number: f64| {
                let mut out = String::new();
                push_number(number, &mut out);
                padded(&out)
            };
            Some(order(&text(*actual), &text(*expected)))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_padded() {
        for (version, expected) in [
            ("1.2.3", "    1-    2-    3-~"),
            ("v1.2.3-rc.1+build", "    1-    2-    3-rc-    1"),
            ("", "    0"),
            ("20260910.1", "20260910-    1"),
            ("1..2", "    1--    2-~"),
            ("v", ""),
        ] {
            assert_eq!(padded(version), expected, "{version}");
        }
    }

    #[test]
    fn case_is_folded_as_in_javascript() {
        assert!(equals_lowered("ΟΔΟΣ", &lower("ΟΔΟΣ")));
        assert_eq!(lower("ΟΔΟΣ"), "οδος");
        assert!(equals_lowered("SEOUL", "seoul"));
        assert!(!equals_lowered("é", "e"));
    }

    #[test]
    fn the_order_is_that_of_utf16() {
        assert_eq!(order("a", "b"), Ordering::Less);
        assert_eq!(order("😀", "\u{ffee}"), Ordering::Less);
    }
}
