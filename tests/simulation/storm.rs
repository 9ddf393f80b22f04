//! The judge of storms: how many requests in vain a browser may make in an hour.
//!
//! What the outbox's own law says of a steady outage is the start: full jitter under 1 s, 2 s, 4 s... 15 min makes 17
//! requests of the first hour, and more than 40 of one in 10^15. An hour in which something goes well between times may
//! cost more, as the law says too: what is settled starts the backoff anew, which is worth ten short waits at the most,
//! and after a 400 or a 413 the smaller batch goes without a wait.

use std::collections::{BTreeMap, BTreeSet};

use dangol::domain::time::{HOUR, Millis};

use super::server::Reply;

/// So many requests in vain a steady outage may cost in its first hour.
const STEADY: u32 = 40;
/// So many more each answer that settled something allows. What is settled seldom in the endless change of good and bad
/// costs ten, but two are enough for any hour of the simulation: the more of them, the less time is left for each.
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
