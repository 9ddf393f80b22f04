//! Time passing: every instant at which something happens by itself, handled in order and stamped exactly.

use super::triggers::Voice;
use super::{Effect, Engine, Phase, Work};
use crate::domain::campaign::Moment;
use crate::domain::facts::earlier;
use crate::domain::list::{append, keep};
use crate::domain::time::{Millis, SECOND};
use crate::domain::value::{Text, Value};

/// How long a message must be in view to count as seen.
pub(super) const SEEN_AFTER: Millis = SECOND;
/// How many instants one input may pass through: a laptop that slept for a year still answers.
const MAX_STEPS: usize = 10_000;

impl Engine {
    /// Where the host's clock was set back, time goes on from where the visitor was. What is less is no clock that was set. A
    /// replay is late instead (CONTRACT §3.2).
    pub(super) fn keep_ahead(&mut self) {
        let behind = self.clock().saturating_sub(self.wall);
        if behind > SECOND && !self.options.strict {
            self.visitor.keep_ahead(&self.config, behind);
            self.redraw_all();
        }
    }

    /// When the host's clock said that a call was made, in the visitor's time.
    pub(super) fn time_of(&self, call: &Value, now: Millis) -> Millis {
        // What is later than it shows was noted by the clock before it was set back.
        let ahead = |at: Millis| if at > self.wall { at } else { at.saturating_add(self.visitor.ahead()) };
        call.number("at").map_or(now, |at| ahead(at as Millis))
    }

    /// Lets time pass up to `now`, through every instant in between.
    pub(super) fn advance(&mut self, now: Millis) {
        if self.phase != Phase::Running {
            return;
        }
        for _ in 0..MAX_STEPS {
            let Some(at) = self.next_timer().filter(|at| *at <= now) else { break };
            let at = at.max(self.now());
            self.visitor.advance(&self.config, at);
            self.ring(at);
        }
        self.visitor.advance(&self.config, now);
        // What is true of an empty history is entered at the first event, not by time.
        if self.visitor.is_settled() {
            self.settle_segments(Voice::Timed);
        }
        self.is_later = true;
    }

    /// The next instant at which something happens by itself.
    pub(super) fn next_timer(&mut self) -> Option<Millis> {
        let (mut next, ahead) = (None, self.visitor.ahead());
        if self.phase == Phase::Running {
            next = self.visitor.next_change();
            if self.page_open {
                next = earlier(next, self.page.next_dwell(&self.config));
            }
            for showing in &self.screen {
                next = earlier(next, showing.next_timer());
            }
            for (_, since) in &self.held_back {
                next = earlier(next, since.map(|since| since + SEEN_AFTER));
            }
            // What is waiting to be decided already needs no further timer.
            if self.batches.is_empty() && !self.claiming {
                next = earlier(next, self.next_due());
            }
        }
        if let Some(rehearsal) = &self.rehearsal {
            next = earlier(next, rehearsal.wake_at.map(|at| at.saturating_add(ahead)));
        }
        next = earlier(next, self.farewell.as_ref().and_then(|farewell| farewell.due));
        // Before the engine is at work the outbox is not asked, and what is due would be due for ever.
        if let Some(outbox) = self.outbox.as_mut().filter(|_| self.phase == Phase::Running) {
            next = earlier(next, outbox.next_wake(self.wall).map(|at| at.saturating_add(ahead)));
        }
        next
    }

    /// When the next wait ends or the next queued campaign may have its turn.
    fn next_due(&self) -> Option<Millis> {
        // What waits for a campaign of another configuration is nothing to get up for.
        let is_known = |campaign: &Text| self.config.campaign(campaign).is_some();
        let is_looked_at = self.is_looked_at();
        let waits = self.shared.waits.iter().filter(|wait| is_looked_at && is_known(&wait.campaign));
        let mut next = waits.map(|wait| wait.due).min();
        let ends = self.shared.queue.iter().filter(|queued| is_known(&queued.campaign)).map(|queued| queued.until).min();
        next = earlier(next, ends);
        if is_looked_at && ends.is_some() {
            let gap = self.config.settings.attention.min_gap;
            let last = self.shared.exposures.iter().filter(|exposure| exposure.attention).map(|exposure| exposure.at + gap).max();
            // What was asked in vain is asked again only when something has changed since.
            next = earlier(next, last.filter(|at| *at > self.due_at));
            next = earlier(next, Some(self.visitor.zone().day(self.due_at, 0).end));
        }
        next
    }

    /// What is held out has come into view, or left it. What draws messages need not be there for that.
    pub(super) fn look_at_held_back(&mut self, input: &Value) {
        let now = self.now();
        for (impression, since) in &mut self.held_back {
            if input.text("impression") == Some(impression) {
                *since = (input.text("act") == Some("inview")).then_some(now);
            }
        }
    }

    /// Does what is due at `at`.
    fn ring(&mut self, at: Millis) {
        self.is_later = true;
        let is_due = self.batches.is_empty() && !self.claiming && self.next_due().is_some_and(|due| due <= at);
        if self.visitor.is_settled() {
            self.settle_segments(Voice::Timed);
        }
        let mut works = Vec::new();
        if self.page_open && self.page.next_dwell(&self.config).is_some_and(|due| due <= at) {
            let past = self.page.dwell(at);
            append(&mut works, self.asks_for(Moment::Dwell(past)));
        }
        append(&mut works, self.ring_screen(at));
        let effects = &mut self.effects;
        keep(&mut self.held_back, |(impression, since)| {
            let seen = since.is_some_and(|since| since + SEEN_AFTER <= at);
            if seen {
                works.push(Work::Seen(impression.clone()));
                effects.push(Effect::Remove { impression: impression.clone() });
            }
            !seen
        });
        if is_due {
            works.push(Work::Due);
        }
        self.plan(None, works);
        self.ring_outbox();
        self.ring_farewell(at);
    }
}
