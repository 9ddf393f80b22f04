//! The log of what the visitor did, in order of time; equal times keep the order in which they came.

use super::event::Event;
use super::time::Millis;
use super::value::Text;
use crate::domain::list::drop_first;
use std::rc::Rc;

/// The retained events, oldest first.
#[derive(Clone, Debug, Default)]
pub struct Journey {
    events: Vec<Rc<Event>>,
    /// For each event the session it lies in (1, 2, 3… over the visitor's life), kept by the profile's fold.
    sessions: Vec<u32>,
    /// The ids in order, so that a repeated one is found at once; as UUIDv7 they nearly always come in that order.
    ids: Vec<Text>,
}

impl Journey {
    /// A journey without events.
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts an event at its place by time, after others of the same millisecond, and returns its index.
    pub fn insert(&mut self, event: Rc<Event>) -> usize {
        let index = self.events.partition_point(|other| other.at <= event.at);
        self.events.insert(index, event);
        self.sessions.insert(index, 0);
        if let Some(id) = self.get(index).map(|event| event.id.clone()) {
            self.ids.insert(self.ids.partition_point(|other| *other <= id), id);
        }
        index
    }

    /// Notes the session an event lies in.
    pub fn set_session(&mut self, index: usize, session: u32) {
        if let Some(slot) = self.sessions.get_mut(index) {
            *slot = session;
        }
    }

    /// The session number of the event at `index`, 0 where unknown.
    pub fn session(&self, index: usize) -> u32 {
        self.sessions.get(index).copied().unwrap_or(0)
    }

    /// The events, oldest first.
    pub fn events(&self) -> &[Rc<Event>] {
        &self.events
    }

    /// The event at `index`.
    pub fn get(&self, index: usize) -> Option<&Rc<Event>> {
        self.events.get(index)
    }

    /// The number of events.
    pub fn len(&self) -> usize {
        self.events.len()
    }

    /// Whether nothing happened yet.
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// Whether an event with this id is in the log.
    pub fn contains(&self, id: &str) -> bool {
        self.ids.binary_search_by(|other| (**other).cmp(id)).is_ok()
    }

    /// How many events of its own millisecond came before an event.
    pub fn place_of(&self, event: &Event) -> usize {
        let first = self.events.partition_point(|other| other.at < event.at);
        self.events.iter().skip(first).take_while(|other| other.id != event.id).count()
    }

    /// The time of the newest event.
    pub fn last_at(&self) -> Option<Millis> {
        self.events.last().map(|event| event.at)
    }

    /// Takes the oldest `count` events out.
    pub fn drop_oldest(&mut self, count: usize) -> Vec<Rc<Event>> {
        let count = count.min(self.events.len());
        drop_first(&mut self.sessions, count);
        let kept = self.events.split_off(count);
        let dropped = std::mem::replace(&mut self.events, kept);
        for event in &dropped {
            if let Ok(index) = self.ids.binary_search(&event.id) {
                self.ids.remove(index);
            }
        }
        dropped
    }
}
