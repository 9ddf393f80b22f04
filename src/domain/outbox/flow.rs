//! The course of a flush: when it is due, what goes into a batch, what an answer leads to.

use super::gate::{LONGEST_WAIT, Phase};
use super::queue::Item;
use super::types::{Answer, Found, MAX_BATCH, MAX_BODY, MAX_EVENT, MAX_EXIT, Outcome, PART, Send, TIMEOUT};
use super::verdict::{self, Verdict};
use super::{Flight, Lock, Outbox};
use crate::domain::list::{Gather, take_out};
use crate::domain::order;
use crate::domain::time::{Millis, SECOND};
use crate::domain::value::Text;
use crate::domain::wire;

/// An answer that is this much overdue will not come: the host lost it, or the page slept.
const OVERDUE: Millis = TIMEOUT + 15 * SECOND;
/// How long after its start a page looks into the store for what former pages left.
const FIRST_LOOK: Millis = SECOND;
/// What the host reads of the store at once, less the longest event that may not have fitted.
const FULL_PART: usize = PART - MAX_EVENT;

impl Outbox {
    /// The moment to call [`Outbox::wake`], by the host's clock; `None` while nothing is to be done.
    ///
    /// To be asked after every input: a clock that was put back moves the moment too.
    pub fn next_wake(&mut self, now: Millis) -> Option<Millis> {
        self.clock.see(now);
        let overdue = self.flights.iter().map(|flight| flight.since + OVERDUE);
        // While the lock is asked for nothing else is due.
        let due = if self.is_in_line() { Some(self.queued_at + OVERDUE) } else { self.due() };
        overdue.chain(due).min().map(|elapsed| self.clock.wall_at(elapsed))
    }

    /// Gives up what was to be answered by now. A page that sleeps, or a token that never comes, must not keep the lock.
    pub fn overdue(&mut self, now: Millis) -> Outcome {
        let elapsed = self.clock.see(now);
        let mut outcome = Outcome::default();
        let waited = self.flights.len();
        self.give_up_waiting(elapsed);
        if self.flights.len() < waited && self.lock == Lock::Held {
            self.next(elapsed, false, &mut outcome);
        }
        outcome
    }

    /// The time has come, or the host's timer thinks so. True: ask for the lock.
    pub fn wake(&mut self, now: Millis) -> bool {
        let elapsed = self.clock.see(now);
        if self.due().is_none_or(|due| due > elapsed) {
            return false;
        }
        self.lock = Lock::Asked;
        self.queued_at = elapsed;
        self.asked = true;
        true
    }

    /// Send what waits without waiting for more, as soon as backoff allows; also look for what other tabs left.
    pub fn flush(&mut self, now: Millis) {
        self.clock.see(now);
        self.urgent = true;
    }

    /// Whether nothing is on its way, or about to be: a flush that was asked for has ended, or must wait for better days.
    ///
    /// Another tab may hold the lock and never give it back (it stands in a debugger, or its process sleeps): whoever asked is
    /// not kept waiting for that, but the place in line is.
    pub fn is_at_rest(&self) -> bool {
        self.lock != Lock::Held && !self.is_in_line() && self.flights.is_empty() && self.due().is_none_or(|due| due > self.clock.elapsed())
    }

    /// Whether the lock was asked for and may soon be there.
    fn is_in_line(&self) -> bool {
        self.lock == Lock::Asked && self.clock.elapsed() < self.queued_at + OVERDUE
    }

    /// Somebody signed in: what was refused for want of a token may be taken now.
    pub fn knock(&mut self, now: Millis) {
        let elapsed = self.clock.see(now);
        if self.gate.phase == Phase::Parked(401) {
            self.gate.wait(self.gate.phase, 0, elapsed);
        }
    }

    /// The browser went online or offline: a hint, not a fact.
    pub fn online(&mut self, online: bool, now: Millis) -> Outcome {
        let elapsed = self.clock.see(now);
        let mut outcome = Outcome::default();
        if online && !self.online {
            outcome.save = self.gate.online(elapsed, &mut self.random);
        } else if !online && self.online {
            self.offline_since = elapsed;
        }
        self.online = online;
        outcome
    }

    /// The lock is gone (the page is hidden for good or sleeps), or the ask for it is taken back.
    pub fn unlocked(&mut self) {
        self.lock = Lock::None;
        self.goal = 0;
    }

    /// This tab may flush, and this is what lies in the store.
    pub fn locked(&mut self, found: &Found, now: Millis) -> Outcome {
        let elapsed = self.clock.see(now);
        if self.lock != Lock::Asked {
            return Outcome { unlock: self.lock == Lock::None, ..Outcome::default() };
        }
        self.lock = Lock::Held;
        if let Some(state) = found.state {
            self.adopt(state, now);
        }
        let mut outcome = Outcome::default();
        if let Some(pending) = found.pending {
            // What is here and not there another tab may have settled, whose word has not come; or the store was cleared.
            // It is sent, twice at worst.
            outcome = self.learn(pending, !found.memory, now);
            // The host reads a part at a time; if there may be more, the next look follows as soon as this is dealt with.
            self.asked = self.queue.bytes() < FULL_PART;
        }
        self.goal = self.queue.free();
        self.urgent = !self.flights.is_empty();
        self.next(elapsed, false, &mut outcome);
        outcome
    }

    /// A request ended.
    pub fn answer(&mut self, answer: &Answer, now: Millis) -> Outcome {
        let elapsed = self.clock.see(now);
        let mut outcome = Outcome::default();
        let place = self.flights.iter().position(|flight| flight.batch == answer.batch);
        let Some(place) = place else {
            return outcome;
        };
        let flight = self.flights.remove(place);
        let verdict = verdict::read(answer);
        if let Some(date) = answer.date {
            // The header has whole seconds; half of one is the better guess.
            self.server_offset = Some(date.saturating_sub(now).saturating_add(SECOND / 2));
        }
        self.queue.land(flight.batch);
        if flight.exit {
            if let Verdict::Taken(lists) = verdict {
                self.taken(&flight, lists, &mut outcome);
            }
        } else {
            self.judge(flight, verdict, answer.status, elapsed, &mut outcome);
        }
        if self.lock == Lock::Held {
            self.next(elapsed, false, &mut outcome);
        }
        self.start_interval();
        outcome
    }

    /// The page may be ending: one last request, of what no transaction holds first, then of the oldest of this page.
    ///
    /// What no transaction holds goes along even if it is on its way: a request of a flush may end with the page.
    /// Whatever comes of it says nothing about the endpoint; without an acknowledgement its events stay pending.
    pub fn exit(&mut self, now: Millis) -> Option<Send> {
        let elapsed = self.clock.see(now);
        let only_unstored = match self.gate.phase {
            Phase::Parked(_) => return None,
            _ => self.gate.is_closed(elapsed),
        };
        let used: usize = self.flights.iter().filter(|flight| flight.exit).map(|flight| flight.bytes).sum();
        let (fixed, each) = wire::envelope_cost(&self.settings.format, &self.settings.source);
        let mut left = MAX_EXIT.saturating_sub(used + fixed);
        let mut ids: Vec<Text> = Vec::new();
        for unstored in [true, false] {
            if only_unstored && !unstored {
                break;
            }
            let leaves = |batch: u32| self.flights.iter().any(|flight| flight.batch == batch && (flight.exit || !unstored));
            let fitting = self.queue.iter().filter(|item| item.own && item.stored != unstored && !leaves(item.batch));
            for item in fitting {
                let size = item.text.len() + each;
                // What is behind one that does not fit would overtake it.
                if size > left {
                    break;
                }
                left -= size;
                ids.push(item.id.clone());
            }
        }
        if ids.is_empty() {
            return None;
        }
        order::sort(&mut ids);
        Some(self.launch(ids, true, false, elapsed))
    }

    /// Elapsed time at which the lock is to be asked for.
    fn due(&self) -> Option<Millis> {
        if self.lock != Lock::None || !self.flights.is_empty() {
            return None;
        }
        let waits = self.queue.free() > 0;
        let full = self.queue.free() >= self.settings.flush_at;
        // After a failure the backoff alone says when; the interval is for gathering new events.
        let wanted = if self.urgent || (waits && (full || self.gate.phase != Phase::Open)) {
            0
        } else if waits {
            self.since.unwrap_or(0) + self.settings.flush_interval
        } else if !self.asked {
            FIRST_LOOK
        } else {
            return None;
        };
        let allowed = match self.gate.phase {
            Phase::Open => 0,
            _ => self.gate.until,
        };
        let online = if self.online { 0 } else { self.offline_since + LONGEST_WAIT };
        Some(wanted.max(allowed).max(online))
    }

    /// An answer that never came counts as none.
    fn give_up_waiting(&mut self, elapsed: Millis) {
        for flight in take_out(&mut self.flights, |flight| elapsed - flight.since >= OVERDUE) {
            self.queue.land(flight.batch);
            if !flight.exit {
                self.gate.no_answer(self.online, false, elapsed, &mut self.random);
            }
        }
        self.start_interval();
    }

    /// The next request of this flush, or the lock's release.
    pub(super) fn next(&mut self, elapsed: Millis, auth: bool, outcome: &mut Outcome) {
        if !self.flights.is_empty() {
            // The page did not end, and what its last request took comes first. Until that is answered others may flush.
            if self.flights.iter().all(|flight| flight.exit) {
                outcome.unlock = self.let_go();
            }
            return;
        }
        let closed = self.gate.is_closed(elapsed);
        let wanted = self.goal > 0 || self.urgent || self.queue.free() >= self.settings.flush_at;
        let suspects = self.queue.iter().any(|item| item.suspect);
        let ids = if closed || !(wanted || suspects || auth) { Vec::new() } else { self.pick() };
        if ids.is_empty() {
            self.urgent = false;
            self.goal = 0;
            self.since = (self.queue.free() > 0).then_some(elapsed);
            outcome.unlock = self.let_go();
            return;
        }
        self.goal = self.goal.saturating_sub(ids.len());
        // A probe after a 401 asks for a new token at once: the old one is known to be refused.
        let auth = auth || (self.settings.auth && self.gate.phase == Phase::Parked(401));
        outcome.send = Some(self.launch(ids, false, auth, elapsed));
    }

    /// The oldest events that fit into a request; the first half of the suspects while there are any. Sorted by id.
    fn pick(&mut self) -> Vec<Text> {
        if self.limit.is_some_and(|(_, until)| self.clock.elapsed() >= until) {
            self.limit = None;
        }
        let suspects = self.queue.iter().filter(|item| item.suspect && item.batch == 0).count();
        let most = if suspects > 0 { (suspects / 2).max(1) } else { MAX_BATCH };
        let (fixed, each) = wire::envelope_cost(&self.settings.format, &self.settings.source);
        let limit = self.limit.map_or(MAX_BODY, |(limit, _)| limit);
        let mut left = limit.min(MAX_BODY).saturating_sub(fixed);
        let mut ids: Vec<Text> = Vec::new();
        let eligible = |item: &&Item| -> bool { item.batch == 0 && (suspects == 0 || item.suspect) };
        for item in self.queue.iter().filter(eligible).take(most) {
            let size = item.text.len() + each;
            if size > left && !ids.is_empty() {
                break;
            }
            left = left.saturating_sub(size);
            ids.push(item.id.clone());
        }
        order::sort(&mut ids);
        ids
    }

    /// A request with one event of its own, outside the queue.
    pub fn alone(&self, batch: u32, id: Text, text: &str) -> Send {
        let settings = &self.settings;
        let body =
            wire::body(&settings.format, std::iter::once(text), self.clock.wall_at(0), settings.write_key.as_deref(), &settings.source);
        Send {
            batch,
            url: settings.url.clone(),
            headers: settings.all_headers(),
            ids: vec![id],
            timeout: TIMEOUT,
            exit: true,
            compress: false,
            auth: settings.auth,
            body,
        }
    }

    fn launch(&mut self, ids: Vec<Text>, exit: bool, auth: bool, elapsed: Millis) -> Send {
        self.batches += 1;
        let batch = self.batches;
        self.queue.send(&ids, batch);
        let settings = &self.settings;
        let flying = || self.queue.iter().filter(|item| item.batch == batch);
        let body = wire::body(
            &settings.format,
            flying().map(|item| &*item.text),
            self.clock.wall_at(0),
            settings.write_key.as_deref(),
            &settings.source,
        );
        let send = Send {
            batch,
            url: settings.url.clone(),
            headers: settings.all_headers(),
            ids: flying().map(|item| item.id.clone()).gather(),
            timeout: TIMEOUT,
            exit,
            compress: settings.compress && !exit,
            auth,
            body,
        };
        self.flights.push(Flight { batch, ids, bytes: send.body.len(), exit, since: elapsed, auth });
        send
    }
}
