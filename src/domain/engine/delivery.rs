//! Sending and keeping: the outbox decides when wire texts go, and what is to outlive the page is put into the save.

use super::{Effect, Engine, Phase, Work};
use crate::domain::json;
use crate::domain::list::{Gather, append, keep};
use crate::domain::outbox::{Answer, Found, Notice, Outbox, Outcome, Reason};
use crate::domain::time::Millis;
use crate::domain::value::{Text, Value};

impl Engine {
    /// Puts a wire text into the outbox; what has room there is saved.
    pub(super) fn push_out(&mut self, id: Text, text: String) {
        let now = self.wall;
        let Some(outbox) = &mut self.outbox else { return };
        let outcome = outbox.push(id.clone(), text.as_str().into(), now);
        let kept = !outcome.dropped.iter().any(|(dropped, _)| *dropped == id);
        if kept {
            self.save.events.push((id, text));
        }
        self.follow(outcome);
    }

    /// The shop's `beforeSend` has looked at events.
    pub(super) fn filtered(&mut self, input: &Value) {
        for pair in input.list("events") {
            let Some([Value::Text(id), text]) = pair.as_list() else { continue };
            let asked = self.filtering.iter().position(|(asked, _)| asked == id);
            let report = asked.and_then(|place| self.filtering.remove(place).1);
            if let Value::Text(text) = text {
                self.push_out(id.clone(), String::from(&**text));
            } else if let Some(outbox) = &mut self.outbox {
                outbox.count_dropped(Reason::BeforeSend);
                // What the event was to report is owed again.
                outbox.owe(report);
            }
        }
    }

    /// Events of a former page that were not certainly stored.
    pub(super) fn learn(&mut self, events: &[(Text, Text)], now: Millis) {
        if !self.standing.consent().analytics {
            return;
        }
        let Some(outbox) = &mut self.outbox else { return };
        let outcome = outbox.learn(events, false, now);
        for (id, text) in events {
            if !outcome.dropped.iter().any(|(dropped, _)| dropped == id) {
                self.save.events.push((id.clone(), String::from(&**text)));
            }
        }
        self.follow(outcome);
    }

    /// Does what the outbox decided.
    fn follow(&mut self, outcome: Outcome) {
        let acknowledged: Vec<Value> = outcome.acknowledged.iter().cloned().map(Value::from).gather();
        let dropped: Vec<Value> = outcome.dropped.iter().map(|(id, _)| id.clone().into()).gather();
        append(&mut self.save.drop_events, outcome.deleted().cloned());
        for (id, _) in &outcome.dropped {
            keep(&mut self.save.events, |(kept, _)| kept != id);
        }
        if !acknowledged.is_empty() {
            self.notify("sync", crate::object! { "what" => "acknowledged", "count" => acknowledged.len() });
            self.tell(crate::object! { "acknowledged" => acknowledged });
        }
        for (_, reason) in &outcome.dropped {
            self.notify("sync", crate::object! { "what" => "dropped", "reason" => reason.name() });
        }
        if !dropped.is_empty() {
            self.tell(crate::object! { "gone" => dropped });
        }
        if let Some(send) = outcome.send {
            self.effects.push(Effect::Send(send));
        }
        if outcome.unlock {
            self.effects.push(Effect::Unlock);
        }
        if outcome.save {
            self.save_members = true;
        }
        match outcome.notice {
            Some(Notice::Parked(status)) => {
                let detail = crate::object! {
                    "code" => "endpoint-refuses", "severity" => "warning", "status" => i64::from(status),
                    "message" => "the endpoint refuses events; they are kept and it is asked again hourly",
                };
                self.notify("problem", detail);
            }
            Some(Notice::Resumed) => self.notify("sync", crate::object! { "what" => "resumed" }),
            None => {}
        }
    }

    /// What the end of every input brings: the state is saved where it changed.
    pub(super) fn finish_delivery(&mut self) {
        if self.outbox.as_ref().is_none_or(Outbox::is_at_rest) {
            for id in std::mem::take(&mut self.flushing) {
                self.save.settle.push(id);
            }
        }
        // A page may stay open for days. A half more than is kept: folding makes all behaviours anew.
        if self.phase == Phase::Running
            && self.filtering.is_empty()
            && self.visitor.journey().len() > self.config.settings.retain_events * 3 / 2
        {
            self.compact();
        }
        let may = self.phase == Phase::Running && (self.standing.consent().analytics || self.standing.consent().personalization);
        if self.save_members && may && !self.options.strict {
            self.save_state();
        }
        self.save_members = false;
    }

    /// Puts checkpoint, memberships and the state of delivery into the save.
    pub(super) fn save_state(&mut self) {
        let mut state = crate::object! { "v" => 1i64, "now" => self.now(), "members" => self.visitor.members(&self.config), "base" => self.visitor.base().to_value() };
        if let Some(outbox) = &self.outbox {
            state.set("delivery", outbox.to_value());
        }
        self.save.state = Some(json::to_text(&state.into()));
    }

    /// Folds what is older or more than the journey keeps. The other tabs do the same: each of them saves what it has folded.
    pub(super) fn compact(&mut self) {
        let dropped = self.visitor.compact(&self.config);
        if !dropped.is_empty() {
            append(&mut self.save.drop_journey, dropped.iter().filter_map(Value::as_text).map(Text::from));
            self.save_state();
            self.tell(crate::object! { "compact" => true });
        }
    }

    /// Shortens the journey as the start of a page does, for a replay, whose pages share one engine.
    pub fn shorten(&mut self) {
        self.visitor.compact(&self.config);
    }

    /// The outbox's own timer.
    pub(super) fn ring_outbox(&mut self) {
        let now = self.wall;
        let may_send = self.standing.consent().analytics;
        let outcome = self.outbox.as_mut().map(|outbox| outbox.overdue(now)).unwrap_or_default();
        self.follow(outcome);
        if let Some(outbox) = &mut self.outbox
            && outbox.next_wake(now).is_some_and(|due| due <= now)
            && outbox.wake(now)
        {
            if may_send {
                self.effects.push(Effect::Lock);
            } else {
                outbox.unlocked();
            }
        }
    }

    pub(super) fn locked(&mut self, input: &Value) {
        let now = self.wall;
        let pending = input.get("pending").and_then(Value::as_list).map(texts_by_id);
        if !self.standing.consent().analytics {
            // Consent was taken back while the lock was on its way.
            if let Some(outbox) = &mut self.outbox {
                outbox.unlocked();
            }
            self.effects.push(Effect::Unlock);
            return;
        }
        let Some(outbox) = &mut self.outbox else { return };
        let found = Found { pending: pending.as_deref(), memory: input.flag("memory"), state: None };
        let outcome = outbox.locked(&found, now);
        self.follow(outcome);
    }

    pub(super) fn answered(&mut self, input: &Value) {
        let now = self.wall;
        if self.leave_answered(input, self.now()) {
            return;
        }
        let answer = Answer {
            batch: input.number("batch").unwrap_or(0.0) as u32,
            status: input.number("status").unwrap_or(0.0) as u16,
            wait: input.number("wait").map(|wait| wait as Millis),
            date: input.number("date").map(|date| date as Millis),
            body: input.text("body").unwrap_or_default(),
        };
        let Some(outbox) = &mut self.outbox else { return };
        let outcome = outbox.answer(&answer, now);
        self.follow(outcome);
    }

    /// A save ended: what it held is durable, or lies in memory for good.
    pub(super) fn saved(&mut self, input: &Value) {
        let number = input.number("save").unwrap_or(0.0) as i64;
        let Some(place) = self.unsaved.iter().position(|(save, _)| *save == number) else { return };
        let (_, ids) = self.unsaved.remove(place);
        if let Some(outbox) = self.outbox.as_mut().filter(|_| input.flag("ok")) {
            outbox.stored(&ids);
        }
    }

    pub(super) fn flush(&mut self) {
        let now = self.wall;
        // Without consent nothing is there to be sent, and what is urgent would be due for ever.
        if let Some(outbox) = self.outbox.as_mut().filter(|_| self.standing.consent().analytics) {
            outbox.flush(now);
        }
        self.ring_outbox();
    }

    pub(super) fn drop_outbox(&mut self, reason: Reason) {
        if let Some(outbox) = &mut self.outbox {
            let outcome = outbox.clear(reason);
            self.follow(outcome);
        }
    }

    /// The page is hidden, shown, online, offline, or about to end.
    pub(super) fn lifecycle(&mut self, kind: &str) {
        match kind {
            "hidden" | "pagehide" => {
                self.is_hidden |= kind == "hidden";
                if self.standing.consent().analytics
                    && let Some(send) = self.outbox.as_mut().and_then(|outbox| outbox.exit(self.wall))
                {
                    self.effects.push(Effect::Send(send));
                }
                if kind == "pagehide" {
                    if let Some(outbox) = &mut self.outbox {
                        outbox.unlocked();
                    }
                    if self.options.strict {
                        let works = self.leave_page();
                        self.plan(None, works);
                    }
                }
            }
            "shown" => {
                self.is_hidden = false;
                if !self.shared.queue.is_empty() {
                    self.plan_one(Work::Due);
                }
            }
            "online" | "offline" => {
                if let Some(outbox) = &mut self.outbox {
                    let outcome = outbox.online(kind == "online", self.wall);
                    self.follow(outcome);
                }
                self.ring_outbox();
            }
            _ => {}
        }
    }
}

/// The entries `[id, text]` of a list; what is no such pair is left out.
pub(super) fn texts_by_id(list: &[Value]) -> Vec<(Text, Text)> {
    list.iter()
        .filter_map(|pair| match pair.as_list()? {
            [Value::Text(id), Value::Text(text)] => Some((id.clone(), text.clone())),
            _ => None,
        })
        .gather()
}
