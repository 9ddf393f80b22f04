//! The judge of storms: how many requests in vain a browser may make in an hour.
//!
//! The outbox's own law gives the start. In a steady outage full jitter below 1 s, 2 s, 4 s... 15 min makes 17 or 18
//! requests in the first hour, and more than 40 in fewer than one such hour of 10^15. Where something goes well in
//! between, the law allows more: what is settled starts the backoff anew, which brings back ten short waits at the most,
//! and after a 400 or a 413 a part of the batch goes without a wait.

use std::collections::{BTreeMap, BTreeSet};

use dangol::domain::time::{HOUR, Millis};

use super::server::Reply;

/// So many requests in vain a steady outage may cost in its first hour.
pub const STEADY: u32 = 40;
/// So many more for each answer that settled something. Not all ten: the more often the backoff starts anew in an hour, the
/// less time is left for its waits.
const PER_SETTLED: u32 = 2;

/// What came of the requests that ended in an hour.
#[derive(Clone, Copy, Default)]
pub struct Hour {
    /// No answer, or one that settled nothing and was to make the outbox wait.
    pub vain: u32,
    /// Answers that settled something.
    settled: u32,
    /// Answers after which a part of the batch may go at once.
    halved: u32,
}

impl Hour {
    fn allowed(self) -> u32 {
        STEADY + PER_SETTLED * self.settled + self.halved
    }

    /// How many more there might have been.
    pub fn room(self) -> i64 {
        i64::from(self.allowed()) - i64::from(self.vain)
    }
}

#[derive(Default)]
pub struct Storm {
    /// Last requests of pages: the backoff neither asks for them nor hears of them.
    exits: BTreeSet<(usize, u32)>,
    pub hours: BTreeMap<Millis, Hour>,
}

impl Storm {
    pub fn sent(&mut self, tab: usize, batch: u32, exit: bool) {
        if exit {
            self.exits.insert((tab, batch));
        }
    }

    /// A request ended; whether its page was there still to hear of it.
    pub fn ended(&mut self, tab: usize, batch: u32, reply: &Reply, heard: bool, time: Millis) {
        if self.exits.contains(&(tab, batch)) {
            return;
        }
        let hour = self.hours.entry(time / HOUR).or_default();
        match reply.status {
            // Under `strictAck` an answer may accept nothing.
            200..=299 if reply.body != r#"{"accepted":[]}"# => hour.settled += u32::from(heard),
            400 | 413 | 422 => hour.halved += u32::from(heard),
            _ => hour.vain += 1,
        }
    }

    pub fn faults(&self) -> impl Iterator<Item = String> {
        let over = self.hours.iter().filter(|(_, hour)| hour.room() < 0);
        over.map(|(number, hour)| format!("{} requests in vain in hour {number}, where {} are allowed", hour.vain, hour.allowed()))
    }
}
