//! Sending and keeping: events become wire texts, the outbox decides when they go, and other tabs are told.

use super::triggers::Voice;
use super::{Effect, Engine, Phase, Work};
use crate::domain::config::Personal;
use crate::domain::event::Event;
use crate::domain::json;
use crate::domain::list::{Gather, keep};
use crate::domain::outbox::{Answer, Found, Notice, Outbox, Outcome, Reason};
use crate::domain::personal;
use crate::domain::text::contains;
use crate::domain::time::Millis;
use crate::domain::value::{Object, Text, Value};
use crate::domain::wire::{self, Call, Kind, Page};

impl Engine {
    /// Tells the other tabs.
    pub(super) fn tell(&mut self, data: Object) {
        if !self.options.strict {
            self.told.push(data.into());
        }
    }

    /// The page that events happen on, as their context says it.
    pub(super) fn set_context_page(&mut self) {
        if let Some(allowed) = &self.config.settings.url_query {
            // What a shop did not name in `urlQuery` is taken out before anything reads or keeps the address.
            for key in ["url", "referrer"] {
                let trimmed = self.options.page.text(key).map(|url| without_query(url, allowed));
                self.options.page.make_object().set(key, trimmed);
            }
        }
        let page = &self.options.page;
        let text = |key: &str| String::from(page.text(key).unwrap_or_default());
        let url = text("url");
        let parsed = crate::domain::host::parse_url(&url, None).unwrap_or_default();
        self.context.set_page(Page { path: parsed.pathname, search: parsed.search, title: text("title"), referrer: text("referrer"), url });
    }

    /// Names the session that an event belongs to, which may begin with it, in the context of its text.
    pub(super) fn name_session(&mut self, event: &Event) {
        let session = self.visitor.session_of(&self.config, event);
        if session == self.session_named {
            return;
        }
        self.session_named = session;
        let mut name = String::from(&*self.shared.anonymous_id);
        name.push('.');
        crate::domain::number::push_integer(i64::from(session), &mut name);
        self.context.set_session(&name);
    }

    /// Writes an event's wire text and puts it into the outbox.
    pub(super) fn post(&mut self, kind: Kind, name: Option<&str>, event: &Event, text: Option<&str>) {
        let mut dropped = None;
        // What a former page handed over the shop has looked at already.
        let filters = self.options.filter && text.is_none();
        let text = match text {
            // It was acknowledged, or dropped, before it was stored.
            Some("") => return,
            // A former page of this tab made the text already: the event keeps its stream and its number.
            Some(text) => String::from(text),
            None => {
                let mut seq = 1;
                if self.timed {
                    // Whichever page load's text arrives first: it leaves a gap in no other's stream.
                    self.context.set_stream(&event.id);
                } else {
                    self.seq += 1;
                    seq = self.seq;
                    dropped = self.outbox.as_mut().and_then(|outbox| outbox.take_report());
                }
                let mut local_only: Vec<&str> = self.config.settings.local_only.iter().map(|path| &**path).gather();
                local_only.push("traits.memberHash");
                let whole = if kind == Kind::Identify { "traits" } else { "properties" };
                let data = match self.config.settings.privacy.personal {
                    _ if local_only.contains(&whole) => Object::new(),
                    Personal::Hash => personal::hashed(&event.properties),
                    _ => event.properties.clone(),
                };
                let text = wire::event_text(
                    &self.context,
                    &Call {
                        kind,
                        name,
                        data: &data,
                        id: &event.id,
                        at: event.at - self.ahead,
                        anonymous: &self.shared.anonymous_id,
                        user: event.user.as_deref().or(self.shared.user_id.as_deref()),
                        seq,
                        dropped: dropped.as_ref(),
                    },
                    &local_only,
                );
                if self.timed {
                    self.context.set_stream(&self.stream);
                }
                text
            }
        };
        if filters {
            self.filtering.push((event.id.clone(), dropped));
            self.effects.push(Effect::Filter { events: vec![(event.id.clone(), text)] });
        } else {
            self.push_out(event.id.clone(), text);
        }
    }

    fn push_out(&mut self, id: Text, text: String) {
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
        self.save.drop_events.extend(outcome.deleted().cloned());
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
            self.save.drop_journey.extend(dropped.iter().filter_map(Value::as_text).map(Text::from));
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
        let pending: Option<Vec<(Text, Text)>> = input.get("pending").and_then(Value::as_list).map(|list| {
            list.iter()
                .filter_map(|pair| match pair.as_list()? {
                    [Value::Text(id), Value::Text(text)] => Some((id.clone(), text.clone())),
                    _ => None,
                })
                .gather()
        });
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

    /// Another tab spoke.
    pub(super) fn peer(&mut self, data: &Value) {
        if self.phase == Phase::New {
            return;
        }
        if self.phase == Phase::Booting {
            self.heard.push(data.clone());
            return;
        }
        let told = self.told.len();
        for item in data.as_list().unwrap_or(std::slice::from_ref(data)) {
            self.peer_said(item);
        }
        // What other tabs write they have told everyone themselves; what time brought in this one is still to be told.
        self.told.truncate(told);
    }

    fn peer_said(&mut self, item: &Value) {
        // Without a store two pages are two visitors, each with an id of their own: one's past and limits are not the other's.
        if !self.options.persistent && (item.get("journey").is_some() || item.get("shared").is_some()) {
            return;
        }
        if let Some(text) = item.text("journey") {
            // A tab that has yet to hear of a newer visitor tells of another one's events.
            if item.number("epoch") != Some(self.shared.epoch as f64) {
                return;
            }
            let event = json::parse(text).ok().and_then(|value| Event::from_stored(&value));
            if let Some(event) = event.filter(|_| self.phase == Phase::Running && self.standing.consent().personalization) {
                let kept = self.save.journey.len();
                self.take_in(event, false);
                self.save.journey.truncate(kept);
            }
        } else if let Some(text) = item.text("shared") {
            if self.phase == Phase::Running {
                self.take_shared(Some(text));
                if self.visitor.is_settled() {
                    self.settle_segments(Voice::Silent);
                }
                self.redraw_all();
            }
        } else if item.flag("compact") {
            self.compact();
        } else if item.get("consent").is_some() {
            self.hear_consent(item);
        } else if let Some(epoch) = item.number("reset").or(item.number("forget"))
            && self.phase == Phase::Running
        {
            self.hear_reset(item.get("forget").is_some(), epoch);
        }
        if let Some(outbox) = &mut self.outbox {
            outbox.hear(item);
        }
    }
}

/// An address with only the allowed parameters; a fragment that is the name of a place stays.
fn without_query(url: &str, allowed: &[Text]) -> String {
    let (address, fragment) = url.split_at(url.find('#').unwrap_or(url.len()));
    let mut out = String::new();
    push_query(address, allowed, &mut out);
    // Some routers keep a query behind the hash, and some sign-ins their token.
    if contains(fragment, "?") || !contains(fragment, "=") {
        push_query(fragment, allowed, &mut out);
    }
    out
}

fn push_query(address: &str, allowed: &[Text], out: &mut String) {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    out.push_str(path);
    let mut mark = '?';
    for pair in query.split('&') {
        let key = pair.split('=').next().unwrap_or("");
        // The marketer's own word is to the engine.
        if key == "dangol-preview" || allowed.iter().any(|name| &**name == key) {
            out.push(mark);
            out.push_str(pair);
            mark = '&';
        }
    }
}
