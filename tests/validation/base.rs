//! A sound configuration, and how to put a mistake into it.

use dangol::domain::json::parse;
use dangol::domain::value::Value;

pub fn json(text: &str) -> Value {
    parse(text).unwrap_or_else(|error| panic!("{error:?}"))
}

pub fn base() -> Value {
    json(include_str!("../configurations/base.json"))
}

/// Puts `value` at a JSON pointer.
pub fn put(config: &mut Value, pointer: &str, value: &Value) {
    if pointer.is_empty() {
        *config = value.clone();
        return;
    }
    let (parent, last) = pointer.rsplit_once('/').unwrap();
    let mut place = config;
    for part in parent.split('/').skip(1) {
        place = match place {
            Value::Object(object) => object.get_mut(part).unwrap(),
            Value::List(items) => &mut items[part.parse::<usize>().unwrap()],
            _ => panic!("{pointer}"),
        };
    }
    match place {
        Value::List(items) => items[last.parse::<usize>().unwrap()] = value.clone(),
        other if *value == Value::Null && !pointer.contains("/when") => {
            other.make_object().remove(last);
        }
        other => other.make_object().set(last, value.clone()),
    }
}
