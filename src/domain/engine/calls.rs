//! What the shop calls: track, page, identify, reset, consent, show and the rest.

use super::page::page_properties;
use super::{Effect, Engine, Phase, Work};
use crate::domain::config::Personal;
use crate::domain::consent::PURPOSES;
use crate::domain::decision::{Ask, Decision, Origin, Outcome, Reason};
use crate::domain::event::{Event, IDENTIFIED, PAGE_VIEWED};
use crate::domain::list::drop_first;
use crate::domain::outbox::Reason as Drop;
use crate::domain::personal;
use crate::domain::time::{MINUTE, Millis, parse_duration};
use crate::domain::value::{Object, Text, Value};
use crate::domain::wire::Kind;

/// How late a call may be handled and still fire triggers: the engine itself may have been on its way.
pub(super) const LATENESS: Millis = 5 * MINUTE;
/// The most calls that wait for consent or for the store.
const MAX_HELD: usize = 1_000;
/// The most bytes of them.
const MAX_HELD_BYTES: usize = 1 << 20;
/// How many of the latest calls are remembered by id.
const MAX_TAKEN: usize = 256;
/// How many properties are named for what looks personal in them.
const MAX_FLAGGED: usize = 20;
/// The longest name of an event.
const MAX_NAME: usize = 200;

/// What makes a call one that nobody can have meant, in words.
fn fault(kind: &str, call: &Value) -> Option<&'static str> {
    let is = |name: &str, kind: fn(&Value) -> bool| call.get(name).is_none_or(|value| *value == Value::Null || kind(value));
    let has_name = || call.text("name").is_some_and(|name| !name.trim().is_empty() && name.len() <= MAX_NAME);
    let has_data = is("data", |data| data.as_object().is_some());
    match kind {
        "consent" => None,
        _ if call.flag("invalid") => Some("an argument of the call has the wrong type or is too large"),
        "track" if !has_data || !has_name() => Some("an event needs a name of 1 to 200 bytes and properties that are an object"),
        "identify" if !has_data || !is("user", |user| user.as_text().is_some()) => {
            Some("identify needs a user id that is a text, or traits that are an object")
        }
        _ => None,
    }
}

impl Engine {
    /// Handles a call, or keeps it until the engine may.
    pub(super) fn call(&mut self, now: Millis, call: &Value) {
        let id: Text = call.text("id").unwrap_or_default().into();
        let kind = call.text("call").unwrap_or_default();
        if let Some(expected) = fault(kind, call).filter(|_| self.phase != Phase::New) {
            if self.was_taken(&id) {
                self.save.settle.push(id);
            } else {
                self.refuse(id, expected, call.get("name").or(call.get("data")));
            }
            return;
        }
        match (self.phase, kind) {
            (Phase::New, _) => self.save.settle.push(id),
            (Phase::Pending, "consent") => self.consent_call(now, id, call),
            (Phase::Pending, "show" | "dismiss") => self.rehearse_call(now, id, call),
            (Phase::Pending, "forget") => self.forget(id),
            (Phase::Pending, "flush" | "mute") => self.save.settle.push(id),
            (Phase::Pending | Phase::Booting, _) => self.hold(id, self.time_of(call, now), call),
            (Phase::Running, _) => {
                let at = self.time_of(call, now);
                self.advance(at);
                // The store gives events back by id, so what this leads to belongs before the call after it.
                self.ids.follow(&id);
                self.run_call(kind, id, at, call);
            }
        }
    }

    /// Keeps a call in memory, within bounds.
    fn hold(&mut self, id: Text, at: Millis, call: &Value) {
        if self.held.len() >= MAX_HELD || self.held_bytes + self.input_bytes > MAX_HELD_BYTES {
            if let Some(outbox) = &mut self.outbox {
                outbox.count_dropped(Drop::Overflow);
            }
            return self.save.settle.push(id);
        }
        self.held_bytes += self.input_bytes;
        if self.phase == Phase::Pending {
            // It lies in memory, and that is as far as this page can take it before a decision.
            self.effects.push(Effect::Keep(id));
            self.rehearse(at, call);
        }
        self.held.push((at, call.clone()));
    }

    fn consent_call(&mut self, now: Millis, id: Text, call: &Value) {
        let names = |purpose: &str| call.get("data").and_then(|data| data.get(purpose)).and_then(Value::as_bool).is_some();
        if !PURPOSES.iter().any(|purpose| names(purpose)) {
            self.refuse(id, "consent needs an object of purposes, each true or false", call.get("data"));
        } else {
            self.consent(now, call);
            if self.phase == Phase::Booting {
                // Whoever waits for the decision sees what came of the calls that had waited for it.
                self.held.push((now, crate::object! { "id" => id, "call" => "decided" }.into()));
            } else {
                self.save.settle.push(id);
            }
        }
    }

    /// Whether a call was taken before: the fuse and a page's end may give one twice.
    fn was_taken(&mut self, id: &Text) -> bool {
        if self.visitor.journey().contains(id) || self.taken.contains(id) {
            return true;
        }
        if self.taken.len() >= MAX_TAKEN {
            drop_first(&mut self.taken, MAX_TAKEN / 2);
        }
        self.taken.push(id.clone());
        false
    }

    fn run_call(&mut self, kind: &str, id: Text, at: Millis, call: &Value) {
        if let Some(page) = call.get("page") {
            self.options.page = page.clone();
            self.set_context_page();
        }
        match kind {
            "track" | "page" if self.was_taken(&id) => {}
            "track" => return self.track(id, at, call),
            "page" => return self.page_call(id, at, call),
            "identify" => return self.identify(id, at, call),
            "reset" => self.reset(None, id.clone()),
            "consent" => return self.consent_call(at, id, call),
            "show" => return self.show_call(id, call),
            "dismiss" => self.dismiss_all(),
            "mute" => {
                let length = call.text("name").and_then(parse_duration).unwrap_or(0);
                let until = self.now() + length;
                self.plan_one(Work::Mute("*".into(), until));
            }
            "flush" => {
                self.flush();
                return self.flushing.push(id);
            }
            "forget" => return self.forget(id),
            // With the record once more: whoever goes on now finds it on the disk.
            "decided" if self.record.decided_at.is_some() => self.write_record(self.standing.consent()),
            _ => {}
        }
        self.save.settle.push(id);
    }

    fn track(&mut self, id: Text, at: Millis, call: &Value) {
        let name = call.text("name").unwrap_or_default();
        let properties = call.get("data").and_then(Value::as_object).cloned().unwrap_or_default();
        self.flag_personal(name, &properties);
        let event = Event {
            id: id.clone(),
            at,
            name: name.into(),
            properties,
            user: call.text("user").map(Text::from),
            session: call.text("session").map(Text::from),
            own: Event::is_own_name(name),
        };
        self.record(Kind::Track, Some(name), event, call.text("text"));
        self.save.settle.push(id);
    }

    /// Tells the developer, once for each event, that something personal lies in its properties.
    fn flag_personal(&mut self, name: &str, properties: &Object) {
        if self.config.settings.privacy.personal != Personal::Flag || self.options.strict {
            return;
        }
        let Some(key) = personal::find(properties) else { return };
        let mut path = String::from(name);
        path.push_str(" / ");
        path.push_str(key);
        if self.flagged.len() >= MAX_FLAGGED || self.flagged.iter().any(|told| **told == *path) {
            return;
        }
        self.notify(
            "problem",
            crate::object! {
                "code" => "personal-data", "severity" => "warning", "path" => path.as_str(),
                "message" => "a property looks like a person's address or number; leave it out, or set settings.personalData",
            },
        );
        self.flagged.push(path.into());
    }

    fn page_call(&mut self, id: Text, at: Millis, call: &Value) {
        let name = call.text("name").filter(|name| !name.is_empty());
        let data = call.get("data").and_then(Value::as_object).cloned().unwrap_or_default();
        let properties = page_properties(&self.options.page, name, data);
        let event = Event {
            id: id.clone(),
            at,
            name: PAGE_VIEWED.into(),
            properties,
            user: call.text("user").map(Text::from),
            session: call.text("session").map(Text::from),
            own: false,
        };
        self.record(Kind::Page, name, event, call.text("text"));
        self.save.settle.push(id);
    }

    fn identify(&mut self, id: Text, at: Millis, call: &Value) {
        // The page that was left may have stored its event, but not yet who the visitor is.
        let was_taken = self.was_taken(&id);
        let user = call.text("user").filter(|user| !user.is_empty());
        let data = call.get("data").unwrap_or(&Value::Null);
        let known = self.shared.user_id.as_deref().or(self.visitor.user());
        // Whom this very call brought it brings anew: what was called before it is not theirs.
        let comes = id == self.shared.anonymous_id || matches!((user, known), (Some(new), Some(known)) if new != known);
        if user.is_some()
            && user != known
            && let Some(outbox) = &mut self.outbox
        {
            outbox.knock(self.wall);
        }
        if comes {
            self.reset(user.map(Text::from), id.clone());
        } else if let Some(user) = user {
            self.shared.user_id = Some(user.into());
            self.plan_one(Work::Anew);
        }
        if was_taken && !comes {
            self.save.settle.push(id);
            return;
        }
        // Only what joins a visitor who was nobody's yet can be older than what was folded and still be new.
        let folded = self.visitor.user().and_then(|_| self.visitor.base().last_at());
        let event = Event {
            id: id.clone(),
            at,
            name: IDENTIFIED.into(),
            properties: data.as_object().cloned().unwrap_or_default(),
            user: user.map(Text::from),
            session: call.text("session").map(Text::from),
            own: false,
        };
        self.record(Kind::Identify, None, event, call.text("text"));
        self.look_at_consent();
        if let Some(known) = call.get("known") {
            self.merge_known(known, folded);
        }
        self.save.settle.push(id);
    }

    /// What the shop's server knows of the member: merged by id, never sent, and it fires no trigger.
    ///
    /// The ids of what was `folded` are gone: what is not newer was counted when it came first.
    fn merge_known(&mut self, known: &Value, folded: Option<Millis>) {
        if !self.standing.consent().personalization {
            return;
        }
        for wire in known.list("history") {
            if let Some(mut event) = Event::from_wire(wire).filter(|event| !event.id.is_empty() && Some(event.at) > folded) {
                // The visitor's time never runs back, so a server's clock that runs ahead may not move it.
                event.at = event.at.min(self.now());
                self.take_in(event, false);
            }
        }
        let coupons = known.list("coupons");
        if !coupons.is_empty() {
            self.plan_one(Work::Coupon(super::wallet::Move::Known(coupons.to_vec())));
        }
    }

    /// Sends and keeps an event, each as far as consent allows.
    pub(super) fn record(&mut self, kind: Kind, name: Option<&str>, event: Event, text: Option<&str>) {
        let consent = self.standing.consent();
        if self.unwritten && (consent.analytics || consent.personalization) {
            self.unwritten = false;
            self.plan_one(Work::Anew);
        }
        if consent.analytics && self.outbox.is_some() {
            if consent.personalization {
                self.name_session(&event);
            }
            self.post(kind, name, &event, text);
        } else {
            self.local += 1;
        }
        let fires = self.options.strict || self.now() - event.at <= LATENESS;
        if consent.personalization {
            self.take_in(event, fires);
        } else {
            self.pass_by(&event, fires);
        }
    }

    fn refuse(&mut self, id: Text, expected: &str, found: Option<&Value>) {
        match &mut self.outbox {
            Some(outbox) => outbox.count_dropped(Drop::Invalid),
            None => self.refused += 1,
        }
        let found = found.map(crate::domain::problem::excerpt).unwrap_or_default();
        self.notify(
            "problem",
            crate::object! { "code" => "invalid-call", "severity" => "warning", "message" => expected, "found" => found },
        );
        self.save.settle.push(id);
    }

    /// `show(id, options)`.
    fn show_call(&mut self, id: Text, call: &Value) {
        let name = call.text("name").unwrap_or_default();
        let Some(campaign) = self.config.campaigns.iter().position(|campaign| &*campaign.id == name) else {
            let message = "show() names a campaign that the configuration does not have";
            self.notify(
                "problem",
                crate::object! { "code" => "unknown-campaign", "severity" => "warning", "message" => message, "found" => name },
            );
            let (outcome, reason) = (Outcome::Suppressed, Some(Reason::Invalid));
            let decision = Decision { campaign: name.into(), step: None, at: self.now(), outcome, variant: None, reason, lost_to: None };
            self.effects.push(Effect::Result { id, value: decision.to_value() });
            return;
        };
        let ask = Ask {
            campaign,
            step: 0,
            since: self.now(),
            origin: Origin::Call { force: call.at("options.force").and_then(Value::as_bool) == Some(true) },
            page: None,
        };
        self.waiting_results.push((name.into(), id));
        self.plan_one(Work::Ask(ask));
    }
}
