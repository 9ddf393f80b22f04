//! A value becomes a text.

use crate::domain::number::push_number;
use crate::domain::value::{Object, Value};

/// Appends `text` as a JSON string.
pub fn push_text(text: &str, out: &mut String) {
    out.push('"');
    let mut start = 0;
    for (at, byte) in text.bytes().enumerate() {
        let escape = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            b'\n' => "\\n",
            b'\r' => "\\r",
            b'\t' => "\\t",
            0..=0x1f => "",
            _ => continue,
        };
        out.push_str(text.get(start..at).unwrap_or(""));
        if escape.is_empty() {
            out.push_str("\\u00");
            for digit in [byte >> 4, byte & 15] {
                out.push(char::from_digit(u32::from(digit), 16).unwrap_or('0'));
            }
        } else {
            out.push_str(escape);
        }
        start = at + 1;
    }
    out.push_str(text.get(start..).unwrap_or(""));
    out.push('"');
}

/// Appends `value` as JSON.
pub fn push_value(value: &Value, out: &mut String) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Number(number) => push_number(*number, out),
        Value::Text(text) => push_text(text, out),
        Value::List(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                push_value(item, out);
            }
            out.push(']');
        }
        Value::Object(object) => push_object(object, out),
    }
}

/// Appends `object` as JSON.
pub fn push_object(object: &Object, out: &mut String) {
    out.push('{');
    for (index, (key, value)) in object.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        push_text(key, out);
        out.push(':');
        push_value(value, out);
    }
    out.push('}');
}

/// The JSON text of `value`.
pub fn to_text(value: &Value) -> String {
    let mut out = String::new();
    push_value(value, &mut out);
    out
}
