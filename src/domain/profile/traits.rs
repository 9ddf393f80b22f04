//! `traits`: what the shop told about the visitor with `identify`.

use super::read::rounded;
use crate::domain::list::drop_first;
use crate::domain::value::{Object, Value};

/// The most traits that are kept; further new ones are not added.
const TRAITS: usize = 200;
/// The most items a trait gathers with `$append`; the oldest give way.
const ITEMS: usize = 100;

/// Folds the traits of one `identify` call: plain keys first, then `$set`, `$setOnce`, `$increment`, `$append`, `$unset`.
///
/// The order is fixed, so that it does not matter how the shop's serializer orders keys.
pub(super) fn fold(traits: &mut Object, given: &Object) {
    for (key, value) in given.iter() {
        if !key.starts_with('$') {
            set(traits, key, value.clone());
        }
    }
    for (key, value) in part(given, "$set") {
        set(traits, key, value.clone());
    }
    for (key, value) in part(given, "$setOnce") {
        if traits.get(key).is_none_or(|value| *value == Value::Null) {
            set(traits, key, value.clone());
        }
    }
    for (key, value) in part(given, "$increment") {
        increment(traits, key, value);
    }
    for (key, value) in part(given, "$append") {
        append(traits, key, value);
    }
    match given.get("$unset") {
        Some(Value::Text(key)) => {
            traits.remove(key);
        }
        Some(Value::List(keys)) => {
            for key in keys.iter().filter_map(Value::as_text) {
                traits.remove(key);
            }
        }
        Some(Value::Object(keys)) => {
            for (key, _) in keys.iter() {
                traits.remove(key);
            }
        }
        _ => {}
    }
}

fn part<'a>(given: &'a Object, key: &str) -> impl Iterator<Item = (&'a crate::domain::value::Text, &'a Value)> {
    given.get(key).and_then(Value::as_object).into_iter().flat_map(Object::iter)
}

fn set(traits: &mut Object, key: &str, value: Value) {
    let has_room = traits.len() < TRAITS;
    match traits.get_mut(key) {
        Some(slot) => *slot = value,
        None if has_room => traits.push_unchecked(key.into(), value),
        None => {}
    }
}

/// A missing trait counts from 0; one that is no number stays, for a count must not destroy a name.
fn increment(traits: &mut Object, key: &str, by: &Value) {
    let Some(by) = by.as_number() else { return };
    match traits.get(key) {
        None | Some(Value::Null) => set(traits, key, by.into()),
        Some(Value::Number(number)) => {
            let sum = rounded(number + by);
            set(traits, key, sum.into());
        }
        Some(_) => {}
    }
}

/// A list's items are added one by one; a trait that is no list yet becomes the first item of one.
fn append(traits: &mut Object, key: &str, value: &Value) {
    let mut items = match traits.get(key) {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::List(items)) => items.clone(),
        Some(single) => vec![single.clone()],
    };
    match value {
        Value::List(more) => items.extend(more.iter().cloned()),
        single => items.push(single.clone()),
    }
    if items.len() > ITEMS {
        let extra = items.len() - ITEMS;
        drop_first(&mut items, extra);
    }
    set(traits, key, items.into());
}
