//! The events that wait, in order, within bounds.

use super::types::{MAX_BYTES, MAX_EVENTS};
use crate::domain::value::Text;
use crate::domain::wire::Head;

#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) id: Text,
    pub(super) text: Text,
    /// Whether this page made it; at the page's end other tabs look after their own.
    pub(super) own: bool,
    /// Whether a transaction that holds it has completed.
    pub(super) stored: bool,
    /// The batch it is on its way in; 0 for none.
    pub(super) batch: u32,
    /// Whether it is among those of which one makes the endpoint refuse a batch.
    pub(super) suspect: bool,
    /// What a shop would miss least (0) and most (2).
    worth: u8,
}

impl Item {
    pub(super) fn new(id: Text, text: Text, own: bool, stored: bool) -> Self {
        Item { worth: worth_of(&text), id, text, own, stored, batch: 0, suspect: false }
    }

    pub(super) fn size(&self) -> usize {
        self.id.len() + self.text.len()
    }
}

#[derive(Clone, Debug, Default)]
pub(super) struct Queue {
    items: Vec<Item>,
    bytes: usize,
    flying: usize,
}

impl Queue {
    pub(super) fn len(&self) -> usize {
        self.items.len()
    }

    /// Those that are not on their way.
    pub(super) fn free(&self) -> usize {
        self.items.len() - self.flying
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Item> {
        self.items.iter()
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Item> {
        self.items.iter_mut()
    }

    pub(super) fn push(&mut self, item: Item) {
        self.bytes += item.size();
        self.items.push(item);
    }

    /// Puts `found` (in order) among the others by id, without changing the order of either.
    pub(super) fn merge(&mut self, found: Vec<Item>) {
        let mut merged = Vec::with_capacity(self.items.len() + found.len());
        let mut found = found.into_iter().peekable();
        for item in std::mem::take(&mut self.items) {
            while let Some(other) = found.next_if(|other| other.id < item.id) {
                self.bytes += other.size();
                merged.push(other);
            }
            merged.push(item);
        }
        for other in found {
            self.bytes += other.size();
            merged.push(other);
        }
        self.items = merged;
    }

    /// Marks `ids` (sorted) as being on their way in this batch, whichever they were in before.
    pub(super) fn send(&mut self, ids: &[Text], batch: u32) {
        for item in &mut self.items {
            if ids.binary_search(&item.id).is_ok() {
                self.flying += usize::from(item.batch == 0);
                item.batch = batch;
            }
        }
    }

    /// Those of a batch wait again.
    pub(super) fn land(&mut self, batch: u32) {
        for item in &mut self.items {
            if item.batch == batch {
                item.batch = 0;
                self.flying -= 1;
            }
        }
    }

    /// Takes out those that `gone` picks.
    pub(super) fn remove(&mut self, mut gone: impl FnMut(&Item) -> bool) -> Vec<Item> {
        let mut removed = Vec::new();
        for item in std::mem::take(&mut self.items) {
            if gone(&item) {
                self.bytes -= item.size();
                self.flying -= usize::from(item.batch != 0);
                removed.push(item);
            } else {
                self.items.push(item);
            }
        }
        removed
    }

    /// Takes out as many as are too many: of the least worth first, the oldest first, none that is on its way.
    ///
    /// A little more than needed goes, so that a burst does not pay for it at every event.
    pub(super) fn trim(&mut self) -> Vec<Item> {
        if self.items.len() <= MAX_EVENTS && self.bytes <= MAX_BYTES {
            return Vec::new();
        }
        let mut events = (self.items.len() + MAX_EVENTS / 64).saturating_sub(MAX_EVENTS);
        let mut bytes = (self.bytes + MAX_BYTES / 64).saturating_sub(MAX_BYTES);
        if self.items.len() <= MAX_EVENTS {
            events = 0;
        }
        if self.bytes <= MAX_BYTES {
            bytes = 0;
        }
        let mut dropped = Vec::new();
        for worth in 0..3 {
            if events == 0 && bytes == 0 {
                break;
            }
            dropped.extend(self.remove(|item| {
                let goes = (events > 0 || bytes > 0) && item.batch == 0 && item.worth == worth;
                if goes {
                    events = events.saturating_sub(1);
                    bytes = bytes.saturating_sub(item.size());
                }
                goes
            }));
        }
        dropped
    }
}

/// What a shop would miss least (0) and most (2).
fn worth_of(text: &str) -> u8 {
    let head = Head::of(text);
    match &*head.kind {
        "page" => return 0,
        "identify" => return 2,
        _ => {}
    }
    let name = &*head.name;
    let starts = |list: &[&str]| list.iter().any(|start| name.starts_with(start));
    if starts(&["Segment ", "Experiment ", "Message Held Out", "Page ", "Product List ", "Engagement"]) {
        0
    } else if starts(&["Order ", "Checkout ", "Payment ", "Coupon ", "Signed ", "Lead ", "Survey ", "Goal "]) {
        2
    } else {
        1
    }
}
