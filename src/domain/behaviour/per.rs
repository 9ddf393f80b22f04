//! `per`: the values of a property, so that a clause can be asked once for each.

use crate::domain::event::Event;
use crate::domain::facts::ClauseId;
use crate::domain::list::{drop_first, grow};
use crate::domain::value::{Object, Text, Value};

/// Values, each with a small number.
#[derive(Clone, Debug, Default)]
pub(super) struct Interner {
    values: Vec<Value>,
    /// `(hash, number)` in order of the hash.
    order: Vec<(u64, u32)>,
}

impl Interner {
    /// The number of `value`, a new one where it was not seen yet.
    pub fn id(&mut self, value: &Value) -> u32 {
        let hash = hash(value);
        let start = self.order.partition_point(|(other, _)| *other < hash);
        for (other, id) in self.order.iter().skip(start) {
            if *other != hash {
                break;
            }
            if self.value(*id) == Some(value) {
                return *id;
            }
        }
        let id = self.values.len() as u32;
        self.values.push(value.clone());
        self.order.insert(start, (hash, id));
        id
    }

    /// The value with a number.
    pub fn value(&self, id: u32) -> Option<&Value> {
        self.values.get(id as usize)
    }

    /// Forgets all values.
    pub fn clear(&mut self) {
        self.values.clear();
        self.order.clear();
    }
}

/// A hash that does not depend on the order of an object's keys (FNV-1a).
pub(super) fn hash(value: &Value) -> u64 {
    fn bytes(mut state: u64, bytes: &[u8]) -> u64 {
        for byte in bytes {
            state = (state ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
        state
    }
    let seed = 0xcbf2_9ce4_8422_2325_u64;
    match value {
        Value::Null => seed,
        Value::Bool(flag) => bytes(seed, &[1, u8::from(*flag)]),
        // Adding zero makes −0 the same as 0, which are equal.
        Value::Number(number) => bytes(seed, &(number + 0.0).to_bits().to_le_bytes()),
        Value::Text(text) => bytes(bytes(seed, &[3]), text.as_bytes()),
        Value::List(items) => items.iter().fold(bytes(seed, &[4]), |state, item| bytes(state, &hash(item).to_le_bytes())),
        Value::Object(object) => object.iter().fold(bytes(seed, &[5]), |state, (key, item)| {
            let entry = bytes(bytes(seed, key.as_bytes()), &hash(item).to_le_bytes());
            state.wrapping_add(entry)
        }),
    }
}

/// The property at a dotted path.
pub(super) fn property<'a>(properties: &'a Object, path: &str) -> Option<&'a Value> {
    match path.split_once('.') {
        None => properties.get(path),
        Some((first, rest)) => properties.get(first)?.at(rest),
    }
}

/// Calls `each` with `properties.<path>` and every `products[].<path>` that has a value.
fn each_value(properties: &Object, path: &str, each: &mut dyn FnMut(&Value)) {
    let products = properties.get("products").and_then(Value::as_list);
    let nested = products.unwrap_or(&[]).iter().filter_map(|product| property(product.as_object()?, path));
    property(properties, path).into_iter().chain(nested).filter(|value| **value != Value::Null).for_each(each);
}

/// The values that one property had in the journey.
#[derive(Clone, Debug, Default)]
pub(super) struct Universe {
    /// The property's path.
    pub path: Text,
    /// Its values.
    pub interner: Interner,
    /// For each value, how many retained events have it.
    pub live: Vec<u32>,
    /// For each value, the running numbers of the shop's events that have it; only kept for `adjacent`.
    pub shop: Vec<Vec<u32>>,
    /// Whether a sequence asks for adjacent events.
    pub adjacent: bool,
    /// The values of the event being handled.
    pub current: Vec<u32>,
    /// The clauses that ask per value.
    pub dependents: Vec<ClauseId>,
}

impl Universe {
    /// Notes the values of an event; whether one of them is new.
    pub fn enter(&mut self, event: &Event) -> bool {
        let mut fresh = false;
        let Universe { interner, live, shop, current, .. } = self;
        current.clear();
        each_value(&event.properties, &self.path, &mut |value| {
            let id = interner.id(value);
            if !current.contains(&id) {
                current.push(id);
            }
        });
        for id in &self.current {
            let index = *id as usize;
            grow(live, index + 1, || 0);
            grow(shop, index + 1, Vec::new);
            if let Some(count) = live.get_mut(index) {
                fresh |= *count == 0;
                *count += 1;
            }
        }
        fresh
    }

    /// Notes that the shop's event `seq` has been handled.
    pub fn pass(&mut self, seq: u32) {
        if self.adjacent {
            for id in &self.current {
                if let Some(list) = self.shop.get_mut(*id as usize) {
                    list.push(seq);
                }
            }
        }
    }

    /// Forgets an event; whether a value is gone with it.
    pub fn leave(&mut self, event: &Event, base: u32) -> bool {
        let mut gone = false;
        let mut seen: Vec<u32> = Vec::new();
        let Universe { interner, live, shop, .. } = self;
        each_value(&event.properties, &self.path, &mut |value| {
            let id = interner.id(value);
            if seen.contains(&id) {
                return;
            }
            seen.push(id);
            if let Some(count) = live.get_mut(id as usize) {
                *count = count.saturating_sub(1);
                gone |= *count == 0;
            }
            if let Some(list) = shop.get_mut(id as usize) {
                let count = list.partition_point(|seq| *seq < base);
                drop_first(list, count);
            }
        });
        gone
    }

    /// The values in the journey, newest first.
    pub fn values(&self) -> impl Iterator<Item = u32> {
        self.live.iter().enumerate().rev().filter(|(_, count)| **count > 0).map(|(id, _)| id as u32)
    }

    /// Forgets everything but the property.
    pub fn clear(&mut self) {
        self.interner.clear();
        self.live.clear();
        self.shop.clear();
        self.current.clear();
    }
}
