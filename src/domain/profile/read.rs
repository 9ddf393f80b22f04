//! Reading what shops write into properties, and writing what the document shows.

use crate::domain::number::{parse_number, push_number};
use crate::domain::time::{Millis, to_iso};
use crate::domain::value::{Object, Text, Value};

/// A number, or a text that is a plain decimal: data layers often carry prices as text.
pub(super) fn amount(value: Option<&Value>) -> Option<f64> {
    let number = match value? {
        Value::Number(number) => *number,
        Value::Text(text) if is_decimal(text) => parse_number(text),
        _ => return None,
    };
    number.is_finite().then_some(number)
}

/// `-12.50`, of a length that a price can have.
fn is_decimal(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    digits.len() <= 20 && all_digits(whole) && all_digits(fraction)
}

/// An identifier: a text that is not empty, or a number as text.
pub(super) fn identity(value: Option<&Value>) -> Option<Text> {
    match value? {
        Value::Text(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => {
            let mut out = String::new();
            push_number(*number, &mut out);
            Some(out.into())
        }
        _ => None,
    }
}

/// A text that is not empty.
pub(super) fn text(object: &Object, key: &str) -> Option<Text> {
    match object.get(key)? {
        Value::Text(text) if !text.is_empty() => Some(text.clone()),
        _ => None,
    }
}

/// Rounds a sum to a millionth, so that `0.1 + 0.2` is `0.3`.
///
/// No currency has more than four decimals, and prices by weight rarely more than six.
/// Whole numbers, and sums so large that a millionth is no longer exact, stay as they are.
/// Only operations that IEEE 754 fixes to the last bit are used, so every host gets the same sum.
pub(super) fn rounded(sum: f64) -> f64 {
    const MILLIONTHS: f64 = 1e6;
    if sum.trunc() == sum || sum.abs() > 9e9 {
        return sum;
    }
    (sum * MILLIONTHS).round() / MILLIONTHS
}

/// An instant as the document shows it: ISO 8601 text.
pub(super) fn iso(at: Millis) -> Value {
    to_iso(at).into()
}

/// The products an event is about: those of its `products`, else the event's own properties.
pub(super) fn products(properties: &Object) -> Products<'_> {
    match properties.get("products") {
        Some(Value::List(list)) => Products { own: None, listed: list },
        _ => Products { own: Some(properties), listed: &[] },
    }
}

/// An iterator over products.
pub(super) struct Products<'a> {
    own: Option<&'a Object>,
    listed: &'a [Value],
}

impl<'a> Iterator for Products<'a> {
    type Item = &'a Object;

    fn next(&mut self) -> Option<&'a Object> {
        if let Some(own) = self.own.take() {
            return Some(own);
        }
        while let Some((first, rest)) = self.listed.split_first() {
            self.listed = rest;
            if let Some(product) = first.as_object() {
                return Some(product);
            }
        }
        None
    }
}

/// An optional instant in a stored state.
pub(super) fn stored_time(value: &Value, key: &str) -> Option<Millis> {
    value.number(key).map(|number| number as Millis)
}

/// An optional text in a stored state.
pub(super) fn stored_text(value: &Value, key: &str) -> Option<Text> {
    match value.get(key)? {
        Value::Text(text) => Some(text.clone()),
        _ => None,
    }
}

/// Sets a key only where there is something to say: the document has no `null` of its own.
pub(super) fn put(object: &mut Object, key: &str, value: Option<impl Into<Value>>) {
    if let Some(value) = value {
        object.set(key, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_numbers_or_decimals() {
        for (value, expected) in [
            (Value::from(18.99), Some(18.99)),
            (Value::from("18.99"), Some(18.99)),
            (Value::from("-3"), Some(-3.0)),
            (Value::from("39000"), Some(39_000.0)),
            (Value::from("39,000"), None),
            (Value::from("1e3"), None),
            (Value::from(".5"), None),
            (Value::from(""), None),
            (Value::from(true), None),
            (Value::Null, None),
        ] {
            assert_eq!(amount(Some(&value)), expected, "{value:?}");
        }
    }

    #[test]
    fn sums_do_not_drift() {
        assert_eq!(rounded(0.1 + 0.2), 0.3);
        assert_eq!(rounded(19.0 * 3.0), 57.0);
        assert_eq!(rounded(18.99 * 3.0), 56.97);
        assert_eq!(rounded(1e15 + 0.5), 1e15 + 0.5);
        let mut sum = 0.0;
        for _ in 0..10_000 {
            sum = rounded(sum + 0.01);
        }
        assert_eq!(sum, 100.0);
    }
}
