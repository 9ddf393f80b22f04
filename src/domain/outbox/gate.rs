//! When the next attempt may be made: backoff, parking, the breaker, on a clock that never runs back.

use crate::domain::random::Random;
use crate::domain::time::{HOUR, MINUTE, Millis, SECOND};
use crate::domain::value::Value;

/// The first ceiling of the backoff.
const FIRST_WAIT: Millis = SECOND;
/// The last ceiling of the backoff.
pub(super) const LONGEST_WAIT: Millis = 15 * MINUTE;
/// So many requests in a row without an answer, though the browser is online: something may block them for good.
const BLOCKED_AFTER: u32 = 3;
/// The number of failures that such silence counts for at least, a ceiling of 64 seconds: an ad blocker or a policy costs three
/// quick requests and eleven in its first hour, and an endpoint that was down for a moment is found again within that minute.
const BLOCKED_FAILURES: u32 = 7;

/// The range of JavaScript's dates.
const LAST_DATE: Millis = 8_640_000_000_000_000;
const LONGEST_STEP: Millis = 366 * 24 * HOUR;

/// Time that passed, put together from the host's `now`, which may jump either way.
///
/// A jump back counts as nothing, so it can delay a wait but never stall it; a jump ahead ends waits early.
#[derive(Clone, Debug, Default)]
pub(super) struct Clock {
    wall: Option<Millis>,
    elapsed: Millis,
}

impl Clock {
    /// Takes note of `now`; the time that has passed since the outbox was made.
    pub(super) fn see(&mut self, now: Millis) -> Millis {
        let now = now.clamp(-LAST_DATE, LAST_DATE);
        let passed = self.wall.map_or(0, |before| now - before);
        self.wall = Some(now);
        // No wait is longer than this, and a sum of such steps has room.
        self.elapsed = self.elapsed.saturating_add(passed.clamp(0, LONGEST_STEP));
        self.elapsed
    }

    pub(super) fn elapsed(&self) -> Millis {
        self.elapsed
    }

    /// What the host's clock will show when `elapsed` is reached.
    pub(super) fn wall_at(&self, elapsed: Millis) -> Millis {
        let ahead = elapsed.saturating_sub(self.elapsed).max(0);
        self.wall.unwrap_or(0).saturating_add(ahead)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// Nothing is known against the endpoint.
    Open,
    /// It did not take the last batch, or did not answer (`bool`).
    Waiting(bool),
    /// It does not want the events, as its status says.
    Parked(u16),
}

/// The state that all tabs of a browser share through the store, so that no reload and no second tab asks sooner.
#[derive(Clone, Debug)]
pub(super) struct Gate {
    pub(super) phase: Phase,
    /// Elapsed time at which the next attempt may be made.
    pub(super) until: Millis,
    /// The whole wait, which bounds what a clock that jumped can make of `until` after a reload.
    length: Millis,
    failures: u32,
    silent: u32,
    /// Grows with each change, so that the newest of two tabs' states is known.
    turn: u64,
}

impl Gate {
    pub(super) fn new() -> Self {
        Gate { phase: Phase::Open, until: 0, length: 0, failures: 0, silent: 0, turn: 0 }
    }

    pub(super) fn is_closed(&self, elapsed: Millis) -> bool {
        self.phase != Phase::Open && elapsed < self.until
    }

    pub(super) fn wait(&mut self, phase: Phase, length: Millis, elapsed: Millis) {
        self.phase = phase;
        self.length = length;
        self.until = elapsed.saturating_add(length);
        self.turn += 1;
    }

    /// The endpoint took something. Says whether that is news.
    pub(super) fn open(&mut self) -> bool {
        let news = self.phase != Phase::Open || self.failures > 0 || self.silent > 0;
        self.failures = 0;
        self.silent = 0;
        if news {
            self.wait(Phase::Open, 0, 0);
        }
        news
    }

    /// The endpoint wants the batch later: after `asked`, or after full jitter.
    pub(super) fn retry(&mut self, asked: Option<Millis>, elapsed: Millis, random: &mut Random) {
        self.back_off(asked, false, elapsed, random);
    }

    fn back_off(&mut self, asked: Option<Millis>, silent: bool, elapsed: Millis, random: &mut Random) {
        let blocked = self.silent >= BLOCKED_AFTER;
        self.failures = (self.failures + 1).clamp(if blocked { BLOCKED_FAILURES } else { 1 }, 32);
        let doublings = (self.failures - 1).min(20);
        let ceiling = (FIRST_WAIT << doublings).min(LONGEST_WAIT);
        let length = match asked {
            // A little is added, so that not everybody who was told the same comes back at once.
            Some(asked) => {
                let asked = asked.clamp(SECOND, HOUR);
                (asked + random.jitter(asked / 10)).min(HOUR)
            }
            None if blocked => ceiling / 2 + random.jitter(ceiling / 2),
            None => random.jitter(ceiling),
        };
        // What it has refused it refuses until it takes something.
        let phase = if matches!(self.phase, Phase::Parked(_)) { self.phase } else { Phase::Waiting(silent) };
        self.wait(phase, length, elapsed);
    }

    /// There was an answer, whichever.
    pub(super) fn heard(&mut self) {
        self.silent = 0;
    }

    /// There was no answer. `quick` is false where the time was simply up: what blocks requests does so at once.
    pub(super) fn no_answer(&mut self, online: bool, quick: bool, elapsed: Millis, random: &mut Random) {
        if online && quick {
            self.silent = self.silent.saturating_add(1);
        }
        self.back_off(None, true, elapsed, random);
    }

    /// The endpoint does not want the events. Says whether that is news.
    pub(super) fn park(&mut self, status: u16, elapsed: Millis) -> bool {
        let news = !matches!(self.phase, Phase::Parked(_));
        self.wait(Phase::Parked(status), HOUR, elapsed);
        news
    }

    /// The browser is online again: a wait for want of an answer ends within a second, but not within half a minute of
    /// its start, since a connection that comes and goes must not become a storm.
    pub(super) fn online(&mut self, elapsed: Millis, random: &mut Random) -> bool {
        if !matches!(self.phase, Phase::Waiting(true)) {
            return false;
        }
        let earliest = self.until.saturating_sub(self.length) + 30 * SECOND;
        let soon = earliest.max(elapsed + random.jitter(SECOND));
        if soon >= self.until {
            return false;
        }
        self.length -= self.until - soon;
        self.until = soon;
        self.turn += 1;
        true
    }

    /// For the store and the other tabs.
    pub(super) fn to_value(&self, clock: &Clock) -> Value {
        let (phase, status) = match self.phase {
            Phase::Open => ("open", 0.0),
            Phase::Waiting(false) => ("waiting", 0.0),
            Phase::Waiting(true) => ("silent", 0.0),
            Phase::Parked(status) => ("parked", f64::from(status)),
        };
        crate::object! {
            "phase" => phase,
            "status" => status,
            "until" => clock.wall_at(self.until),
            "length" => self.length,
            "failures" => f64::from(self.failures),
            "silent" => f64::from(self.silent),
            "turn" => self.turn as f64,
        }
        .into()
    }

    /// Takes over another tab's or the former page's state where it is newer. Says whether it was.
    pub(super) fn adopt(&mut self, value: &Value, clock: &Clock) -> bool {
        let number = |key: &str| value.number(key).unwrap_or(0.0).clamp(0.0, 1e15);
        let turn = number("turn") as u64;
        if turn <= self.turn {
            return false;
        }
        let phase = match value.text("phase") {
            Some("waiting") => Phase::Waiting(false),
            Some("silent") => Phase::Waiting(true),
            Some("parked") => Phase::Parked(number("status") as u16),
            _ => Phase::Open,
        };
        let length = (number("length") as Millis).min(HOUR);
        let left = (number("until") as Millis).saturating_sub(clock.wall_at(0));
        self.phase = phase;
        self.length = length;
        self.until = clock.elapsed() + left.clamp(0, length);
        self.failures = number("failures").min(32.0) as u32;
        self.silent = number("silent").min(32.0) as u32;
        self.turn = turn;
        true
    }
}
