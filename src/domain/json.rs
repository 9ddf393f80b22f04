//! JSON in and out, small: one pass, bounded depth, no recursion into the unknown.

mod read;
mod write;

pub use read::{JsonError, MAX_DEPTH, parse};
pub use write::{push_object, push_text, push_value, to_text};

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn round(text: &str, expected: &str) {
        assert_eq!(to_text(&parse(text).unwrap()), expected);
    }

    #[test]
    fn what_is_read_is_written() {
        round(
            r#" { "a" : [1, 2.5, -3e2, true, null], "b": {"c": "d\n\"e\" \u00e9 \ud83d\ude00"} } "#,
            r#"{"a":[1,2.5,-300,true,null],"b":{"c":"d\n\"e\" é 😀"}}"#,
        );
        round(r#""\ud800x""#, "\"\u{fffd}x\"");
        round("\"\\u0001\"", "\"\\u0001\"");
        round(r#"{"a":1,"a":2}"#, r#"{"a":2}"#);
        round(r#"{"__proto__":1,"constructor":2}"#, r#"{"__proto__":1,"constructor":2}"#);
    }

    #[test]
    fn what_is_no_json_is_refused_at_its_place() {
        for (text, at) in [("", 0), ("{", 1), ("[1,]", 3), ("01", 1), ("\"a", 2), ("tru", 0), ("{\"a\" 1}", 5), ("1 2", 2), ("1e999", 5)] {
            assert_eq!(parse(text).unwrap_err().at, at, "{text}");
        }
        assert!(parse(&"[".repeat(100_000)).is_err());
    }
}
