//! Which segments the visitor is in, kept up to date by what changed instead of by asking every segment again.

use super::config::{Segment, ranks};
use super::facts::{Answer, ClauseId, SlotId};
use super::order;
use super::time::Millis;
use crate::domain::list::{Gather, filled, grow};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// The membership of every segment, and the index from what may change to the segments that depend on it.
#[derive(Debug, Default)]
pub struct Membership {
    members: Vec<bool>,
    /// The next instant at which time alone may change each segment.
    next: Vec<Option<Millis>>,
    /// The same instants in order; an entry whose instant is no longer the segment's is stale and skipped.
    heap: Queue,
    /// The segments in the order in which they are asked: those that others depend on first, else as configured.
    order: Vec<u32>,
    /// The place of each in that order.
    place: Vec<u32>,
    by_clause: Vec<Vec<u32>>,
    by_slot: Vec<Vec<u32>>,
    by_segment: Vec<Vec<u32>>,
    /// The places to ask again, a bit each: an event may touch a thousand, and a queue would sort them one by one.
    dirty: Vec<u64>,
    /// No word before this one has a bit.
    clean: usize,
}

/// Segments by instant, the first one first.
type Queue = BinaryHeap<Reverse<(Millis, u32)>>;

/// A segment that was entered or left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// The segment's index in the configuration.
    pub segment: u32,
    /// Entered, or left.
    pub entered: bool,
}

fn link(index: &mut Vec<Vec<u32>>, key: u32, segment: u32) {
    let key = key as usize;
    grow(index, key + 1, Vec::new);
    if let Some(list) = index.get_mut(key) {
        list.push(segment);
    }
}

impl Membership {
    /// The index over `segments`; nobody is a member yet and every segment waits to be asked.
    pub fn new(segments: &[Segment]) -> Self {
        let rank: Vec<u32> = ranks(segments).into_iter().map(|rank| rank.unwrap_or(0)).gather();
        let mut order: Vec<u32> = (0..segments.len() as u32).gather();
        let rank_of = |segment: &u32| rank.get(*segment as usize).copied();
        order::sort_by(&mut order, |left, right| (rank_of(left), left).cmp(&(rank_of(right), right)));
        let mut place = filled(segments.len(), || 0);
        for (index, segment) in order.iter().enumerate() {
            if let Some(place) = place.get_mut(*segment as usize) {
                *place = index as u32;
            }
        }
        let mut membership = Membership {
            members: filled(segments.len(), || false),
            next: filled(segments.len(), || None),
            order,
            place,
            dirty: filled(segments.len().div_ceil(64), || 0),
            ..Membership::default()
        };
        for (index, segment) in segments.iter().enumerate() {
            let index = index as u32;
            for clause in &segment.needs.clauses {
                link(&mut membership.by_clause, *clause, index);
            }
            for slot in &segment.needs.slots {
                link(&mut membership.by_slot, *slot, index);
            }
            for below in &segment.needs.segments {
                link(&mut membership.by_segment, *below, index);
            }
        }
        membership.touch_all();
        membership
    }

    /// Marks every segment to be asked again.
    pub fn touch_all(&mut self) {
        for index in 0..self.place.len() {
            self.touch(index as u32);
        }
    }

    fn touch(&mut self, segment: u32) {
        let Some(place) = self.place.get(segment as usize).map(|place| *place as usize) else { return };
        if let Some(word) = self.dirty.get_mut(place / 64) {
            *word |= 1 << (place % 64);
            self.clean = self.clean.min(place / 64);
        }
    }

    /// Marks the segments that depend on a behavioural clause.
    pub fn touch_clause(&mut self, clause: ClauseId) {
        for index in 0..self.by_clause.get(clause as usize).map_or(0, Vec::len) {
            if let Some(segment) = self.by_clause.get(clause as usize).and_then(|list| list.get(index)).copied() {
                self.touch(segment);
            }
        }
    }

    /// Marks the segments that depend on a document path.
    pub fn touch_slot(&mut self, slot: SlotId) {
        for index in 0..self.by_slot.get(slot as usize).map_or(0, Vec::len) {
            if let Some(segment) = self.by_slot.get(slot as usize).and_then(|list| list.get(index)).copied() {
                self.touch(segment);
            }
        }
    }

    /// The next instant at which time alone may change a segment.
    pub fn next_change(&mut self) -> Option<Millis> {
        while let Some(Reverse((at, segment))) = self.heap.peek().copied() {
            if self.next.get(segment as usize).copied().flatten() == Some(at) {
                return Some(at);
            }
            self.heap.pop();
        }
        None
    }

    /// Marks the segments whose instant has come.
    pub fn touch_due(&mut self, now: Millis) {
        while let Some(at) = self.next_change().filter(|at| *at <= now) {
            if let Some(Reverse((_, segment))) = self.heap.pop() {
                if let Some(slot) = self.next.get_mut(segment as usize).filter(|slot| **slot == Some(at)) {
                    *slot = None;
                }
                self.touch(segment);
            }
        }
    }

    /// Takes the next segment to ask; the answer goes to [`Membership::settle`].
    pub fn next_dirty(&mut self) -> Option<u32> {
        while let Some(word) = self.dirty.get_mut(self.clean) {
            if *word != 0 {
                let place = self.clean * 64 + word.trailing_zeros() as usize;
                *word &= *word - 1;
                return self.order.get(place).copied();
            }
            self.clean += 1;
        }
        None
    }

    /// Notes a segment's answer and returns the change, if it is one.
    pub fn settle(&mut self, segment: u32, answer: Answer) -> Option<Change> {
        let index = segment as usize;
        let slot = self.next.get_mut(index)?;
        if *slot != answer.changes_at {
            *slot = answer.changes_at;
            if let Some(at) = answer.changes_at {
                // An event may move every instant: what is stale must not outgrow what is not.
                if self.heap.len() > 2 * self.next.len() + 64 {
                    let next = self.next.iter().enumerate();
                    self.heap = next.filter_map(|(index, at)| Some(Reverse(((*at)?, index as u32)))).collect();
                } else {
                    self.heap.push(Reverse((at, segment)));
                }
            }
        }
        let member = self.members.get_mut(index)?;
        if *member == answer.passed {
            return None;
        }
        *member = answer.passed;
        for next in 0..self.by_segment.get(index).map_or(0, Vec::len) {
            if let Some(above) = self.by_segment.get(index).and_then(|list| list.get(next)).copied() {
                self.touch(above);
            }
        }
        Some(Change { segment, entered: answer.passed })
    }

    /// Whether the visitor is in a segment, and until when that is certain.
    pub fn answer(&self, segment: u32) -> Answer {
        let index = segment as usize;
        Answer::until(self.members.get(index).copied().unwrap_or(false), self.next.get(index).copied().flatten())
    }

    /// Who is a member, by index.
    pub fn members(&self) -> &[bool] {
        &self.members
    }

    /// Puts a former membership in place, without asking.
    pub fn restore(&mut self, segment: usize, member: bool) {
        if let Some(slot) = self.members.get_mut(segment) {
            *slot = member;
        }
    }
}
