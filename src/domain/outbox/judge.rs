//! What an answer leads to, rule by rule (CONTRACT §5).

use super::gate::Phase;
use super::types::{Notice, Outcome, Reason, TIMEOUT};
use super::verdict::{Lists, Verdict};
use super::{Flight, Lock, Outbox};
use crate::domain::list::Gather;
use crate::domain::time::{HOUR, Millis, SECOND};
use crate::domain::value::Text;

/// So many single events in a row may be refused at full speed.
const QUICK_REFUSALS: u32 = 5;

impl Outbox {
    /// Draws the consequences of an answer to a flush.
    pub(super) fn judge(&mut self, flight: Flight, verdict: Verdict, status: u16, elapsed: Millis, outcome: &mut Outcome) {
        if verdict != Verdict::Silence {
            self.gate.heard();
        }
        // What is left of this batch belongs to the same flush still.
        let number = flight.ids.len();
        if !matches!(verdict, Verdict::Taken(_)) {
            self.goal = self.goal.saturating_add(number);
        }
        match verdict {
            Verdict::Taken(lists) => {
                let parked = matches!(self.gate.phase, Phase::Parked(_));
                let settled = self.taken(&flight, lists, outcome);
                self.goal = self.goal.saturating_add(number.saturating_sub(settled));
                if settled > 0 {
                    outcome.save |= self.gate.open();
                    outcome.notice = parked.then_some(Notice::Resumed);
                    self.refusals = 0;
                } else {
                    // A 2xx that accepts nothing, a captive portal's page under `strictAck`: asking at once would spin.
                    self.gate.retry(None, elapsed, &mut self.random);
                    outcome.save = true;
                }
            }
            Verdict::Later(asked) => {
                self.gate.retry(asked, elapsed, &mut self.random);
                outcome.save = true;
            }
            Verdict::Silence => {
                let quick = elapsed - flight.since < TIMEOUT - SECOND;
                self.gate.no_answer(self.online, quick, elapsed, &mut self.random);
                outcome.save = true;
            }
            Verdict::TooLarge if flight.ids.len() > 1 => {
                self.limit = Some((flight.bytes / 2, elapsed.saturating_add(HOUR)));
            }
            Verdict::TooLarge => {
                self.give_up(&flight.ids, Reason::TooLarge, outcome);
                self.refused(elapsed);
            }
            Verdict::Refused(lists) => self.refuse(&flight, lists, elapsed, outcome),
            Verdict::Unwanted if status == 401 && self.settings.auth && !flight.auth => {
                // The token may just be too old: one more try with a new one.
                if self.lock == Lock::Held {
                    self.next(elapsed, true, outcome);
                } else {
                    self.gate.retry(None, elapsed, &mut self.random);
                }
            }
            Verdict::Unwanted => {
                if self.gate.park(status, elapsed) {
                    outcome.notice = Some(Notice::Parked(status));
                }
                outcome.save = true;
            }
        }
    }

    /// A 2xx: how many events it settled.
    pub(super) fn taken(&mut self, flight: &Flight, lists: Lists, outcome: &mut Outcome) -> usize {
        let rejected = among(&lists.rejected, &flight.ids);
        let mut settled = self.give_up(&rejected, Reason::Rejected, outcome);
        let accepted = if self.settings.strict_ack { among(&lists.accepted.unwrap_or_default(), &flight.ids) } else { flight.ids.clone() };
        settled += self.acknowledge(&accepted, outcome);
        // Another tab may have settled them meanwhile, which is as good.
        settled.max(usize::from(!accepted.is_empty()))
    }

    /// A 400 or 422: the named ones go, or the bad one is looked for by halving.
    fn refuse(&mut self, flight: &Flight, lists: Lists, elapsed: Millis, outcome: &mut Outcome) {
        let rejected = among(&lists.rejected, &flight.ids);
        let accepted = among(&lists.accepted.unwrap_or_default(), &flight.ids);
        if !rejected.is_empty() || !accepted.is_empty() {
            self.give_up(&rejected, Reason::Rejected, outcome);
            self.acknowledge(&accepted, outcome);
            self.refusals = 0;
            return;
        }
        if flight.ids.len() == 1 {
            self.give_up(&flight.ids, Reason::Rejected, outcome);
            self.refused(elapsed);
            outcome.save = true;
            return;
        }
        for item in self.queue.iter_mut() {
            item.suspect = flight.ids.binary_search(&item.id).is_ok();
        }
    }

    /// One more single event was refused. Where nothing else was taken in between, the endpoint may refuse everything,
    /// and then events must not be burnt at the network's speed.
    fn refused(&mut self, elapsed: Millis) {
        self.refusals += 1;
        if self.refusals >= QUICK_REFUSALS {
            self.gate.retry(None, elapsed, &mut self.random);
        }
    }
}

/// Those of `named` that are in `ids` (sorted); the result is sorted.
fn among(named: &[Text], ids: &[Text]) -> Vec<Text> {
    named.iter().filter(|id| ids.binary_search(id).is_ok()).cloned().gather()
}
