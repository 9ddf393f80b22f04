//! The outbox: what is still to be sent, when, and what an answer means.
//!
//! A state machine without clock, network or storage. Every tab has one; they share the `events` store and the state of
//! [`Outbox::to_value`], and take turns under a lock. The course of a flush:
//!
//! ```text
//! wake ─▶ true: ask for the lock ─▶ locked(what lies in the store) ─▶ send ─▶ answer ─▶ send … ─▶ unlock
//! ```
//!
//! Events are known by id, never by count or place. Each is created once and ends exactly once, acknowledged or dropped
//! with a reason; until then it is pending, here and in the store.

mod flow;
mod gate;
mod judge;
mod queue;
mod state;
mod types;
mod verdict;

pub use types::{
    Answer, Drops, Found, MAX_BATCH, MAX_BODY, MAX_BYTES, MAX_EVENT, MAX_EVENTS, MAX_EXIT, Notice, Outcome, PART, Reason, Send, Settings,
    Stats, TIMEOUT,
};

use crate::domain::list::{Gather, drop_first};

use super::json;
use super::order;
use super::random::Random;
use super::time::Millis;
use super::value::Text;
use gate::{Clock, Gate};
use queue::{Item, Queue};

/// A request that has not been answered.
#[derive(Clone, Debug)]
struct Flight {
    batch: u32,
    /// Sorted.
    ids: Vec<Text>,
    bytes: usize,
    exit: bool,
    /// Elapsed time at which it left.
    since: Millis,
    auth: bool,
}

/// Where this tab stands with the lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lock {
    None,
    Asked,
    Held,
}

/// The events that wait, and the state of their delivery.
#[derive(Clone, Debug)]
pub struct Outbox {
    settings: Settings,
    random: Random,
    clock: Clock,
    gate: Gate,
    queue: Queue,
    flights: Vec<Flight>,
    batches: u32,
    lock: Lock,
    /// Elapsed time at which the lock was asked for.
    queued_at: Millis,
    /// Whether all that the store may hold of others was looked at since this page's start.
    asked: bool,
    /// Elapsed time since which something waits for the interval to pass.
    since: Option<Millis>,
    /// Whether to flush without waiting for the interval or the number.
    urgent: bool,
    /// So many events are still to be sent before the lock is released.
    goal: usize,
    /// A 413's lesson, and when it is forgotten: servers change, and a limit kept for good would cost a request an event.
    limit: Option<(usize, Millis)>,
    /// Single events that were refused in a row; a server that refuses everything is asked ever more rarely.
    refusals: u32,
    online: bool,
    /// Elapsed time since which the browser has been offline.
    offline_since: Millis,
    stats: Stats,
    unreported: Drops,
    server_offset: Option<Millis>,
    /// The ids that were settled last: what the store still holds of them was not deleted in time.
    settled: Vec<Text>,
    /// The ids that were dropped last, in any tab. They lie beside the store that they were deleted from: a tab that missed
    /// the word would send them still, behind what came after them.
    gone: Vec<Text>,
}

/// So many settled ids are remembered: two full batches, and what other tabs tell meanwhile.
const REMEMBERED: usize = 2_048;
/// So many dropped ids are saved; endpoints refuse single events.
const GONE: usize = 64;

impl Outbox {
    /// An empty outbox. It looks into the store soon after its start, for what former pages left.
    pub fn new(settings: Settings, random: Random, now: Millis) -> Self {
        let mut clock = Clock::default();
        clock.see(now);
        Outbox {
            settings,
            random,
            clock,
            gate: Gate::new(),
            queue: Queue::default(),
            flights: Vec::new(),
            batches: 0,
            lock: Lock::None,
            queued_at: 0,
            asked: false,
            since: None,
            urgent: false,
            goal: 0,
            limit: None,
            refusals: 0,
            online: true,
            offline_since: 0,
            stats: Stats::default(),
            unreported: Drops::default(),
            server_offset: None,
            settled: Vec::new(),
            gone: Vec::new(),
        }
    }

    /// Adds an event made by this page, in the order of its stream.
    ///
    /// What it pushes out, perhaps itself, is in the outcome and must not be stored, or must be deleted.
    pub fn push(&mut self, id: Text, text: Text, now: Millis) -> Outcome {
        self.clock.see(now);
        self.stats.created += 1;
        let mut outcome = Outcome::default();
        if text.len() > MAX_EVENT {
            self.drop_one(id, &text, Reason::TooLarge, &mut outcome);
            return outcome;
        }
        self.queue.push(Item::new(id, text, true, false));
        self.trim(&mut outcome);
        self.start_interval();
        outcome
    }

    /// Counts an event that was dropped before it had a text: an invalid call, one that `beforeSend` kept back.
    pub fn count_dropped(&mut self, reason: Reason) {
        self.stats.created += 1;
        self.stats.dropped.add(reason, 1);
        self.unreported.add(reason, 1);
    }

    /// The transaction that wrote these events has completed.
    pub fn stored(&mut self, ids: &[Text]) {
        let mut ids: Vec<&Text> = ids.iter().gather();
        order::sort(&mut ids);
        for item in self.queue.iter_mut() {
            item.stored |= ids.binary_search(&&item.id).is_ok();
        }
    }

    /// The events that no completed transaction holds.
    pub fn unstored(&self) -> impl Iterator<Item = (&Text, &Text)> {
        self.queue.iter().filter(|item| !item.stored).map(|item| (&item.id, &item.text))
    }

    /// Adds events of former pages and of other tabs, oldest first; those known already are left as they are.
    ///
    /// `stored` says whether they come from the store or were handed over by the tab's former page.
    pub fn learn(&mut self, found: &[(Text, Text)], stored: bool, now: Millis) -> Outcome {
        self.clock.see(now);
        let mut outcome = Outcome::default();
        let mut known: Vec<Text> = self.queue.iter().map(|item| item.id.clone()).gather();
        order::sort(&mut known);
        let mut settled: Vec<Text> = self.settled.iter().cloned().gather();
        order::sort(&mut settled);
        let mut new: Vec<Item> = Vec::new();
        let mut seen: Vec<Text> = Vec::new();
        for (id, text) in found {
            if known.binary_search(id).is_ok() {
                seen.push(id.clone());
                continue;
            }
            if settled.binary_search(id).is_ok() {
                outcome.stale.push(id.clone());
                continue;
            }
            self.stats.created += 1;
            let damaged = !(text.starts_with('{') && text.ends_with('}'));
            if damaged || text.len() > MAX_EVENT {
                let reason = if damaged { Reason::Damaged } else { Reason::TooLarge };
                self.drop_one(id.clone(), text, reason, &mut outcome);
                continue;
            }
            new.push(Item::new(id.clone(), text.clone(), !stored, stored));
        }
        if stored {
            self.stored(&seen);
        }
        if !new.is_empty() {
            self.queue.merge(new);
            self.trim(&mut outcome);
            self.start_interval();
        }
        outcome
    }

    /// Another tab heard that the endpoint has these events.
    pub fn forget(&mut self, ids: &[Text]) {
        let mut ids = ids.to_vec();
        order::sort(&mut ids);
        for id in &ids {
            self.remember(id.clone());
        }
        self.acknowledge(&ids, &mut Outcome::default());
    }

    /// Another tab dropped these events; it is the one to report it.
    pub fn forget_dropped(&mut self, ids: &[Text], reason: Reason) {
        let mut ids = ids.to_vec();
        order::sort(&mut ids);
        let gone = self.queue.remove(|item| ids.binary_search(&item.id).is_ok());
        self.stats.dropped.add(reason, gone.len() as u64);
        for id in ids {
            self.bury(id);
        }
    }

    /// Drops everything: consent was taken back, or the visitor asked to be forgotten.
    ///
    /// Nothing of it is reported to the endpoint, which may not hear of this visitor any more.
    pub fn clear(&mut self, reason: Reason) -> Outcome {
        let mut outcome = Outcome::default();
        for item in self.queue.remove(|_| true) {
            self.stats.dropped.add(reason, 1);
            self.remember(item.id.clone());
            outcome.dropped.push((item.id, reason));
        }
        self.unreported = Drops::default();
        self.gone.clear();
        self.since = None;
        self.urgent = false;
        self.goal = 0;
        outcome.unlock = self.let_go();
        outcome.save = true;
        outcome
    }

    fn start_interval(&mut self) {
        if self.queue.free() == 0 {
            self.since = None;
        } else if self.since.is_none() {
            self.since = Some(self.clock.elapsed());
        }
    }

    fn trim(&mut self, outcome: &mut Outcome) {
        for item in self.queue.trim() {
            self.drop_one(item.id, &item.text, Reason::Overflow, outcome);
        }
    }

    /// Takes the acknowledged out; `ids` are sorted.
    fn acknowledge(&mut self, ids: &[Text], outcome: &mut Outcome) -> usize {
        let gone = self.queue.remove(|item| ids.binary_search(&item.id).is_ok());
        self.stats.acknowledged += gone.len() as u64;
        let number = gone.len();
        for item in gone {
            self.remember(item.id.clone());
            outcome.acknowledged.push(item.id);
        }
        number
    }

    /// Takes out what will never be sent; `ids` are sorted.
    fn give_up(&mut self, ids: &[Text], reason: Reason, outcome: &mut Outcome) -> usize {
        let gone = self.queue.remove(|item| ids.binary_search(&item.id).is_ok());
        let number = gone.len();
        for item in gone {
            self.drop_one(item.id, &item.text, reason, outcome);
        }
        number
    }

    fn drop_one(&mut self, id: Text, text: &str, reason: Reason, outcome: &mut Outcome) {
        self.stats.dropped.add(reason, 1);
        self.unreported.add(reason, 1);
        // The event was to report others: that is owed again.
        if crate::domain::text::contains(text, "\"dropped\":{")
            && let Ok(event) = json::parse(text)
            && let Some(dropped) = event.at("context.dropped")
        {
            self.unreported.add_value(dropped);
        }
        self.bury(id.clone());
        outcome.dropped.push((id, reason));
        outcome.save = true;
    }

    fn bury(&mut self, id: Text) {
        if self.gone.contains(&id) {
            return;
        }
        push_last(&mut self.gone, id.clone(), GONE);
        self.remember(id);
    }

    fn remember(&mut self, id: Text) {
        push_last(&mut self.settled, id, REMEMBERED);
    }

    /// Gives the lock back. Says whether there is something to give back.
    fn let_go(&mut self) -> bool {
        let had = self.lock != Lock::None;
        self.lock = Lock::None;
        had
    }
}

/// Adds to a list that keeps the last ones.
fn push_last(list: &mut Vec<Text>, id: Text, most: usize) {
    if list.len() >= most {
        drop_first(list, 1);
    }
    list.push(id);
}
