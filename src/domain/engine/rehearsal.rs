//! Campaigns with `beforeConsent`: while consent is pending a second engine runs over the same calls, in memory, with
//! nothing but those campaigns. Of its effects only those that the visitor sees get out; nothing is stored or sent.
//!
//! When the visitor agrees, what it had shown is taken up (limits count it, its events are written); when they decline,
//! it is gone.

use super::{Effect, Engine};
use crate::domain::campaign::parse_query;
use crate::domain::decision::{Outcome, Reason};
use crate::domain::host::parse_url;
use crate::domain::json;
use crate::domain::list::{append, keep};
use crate::domain::signed;
use crate::domain::time::{Millis, to_iso};
use crate::domain::value::{Object, Text, Value};
use crate::domain::wire::Kind;

/// The rounds of claims that one input may lead to.
const MAX_ROUNDS: usize = 8;

impl Engine {
    /// Starts one where the configuration has such campaigns; one that runs goes on under a newer configuration.
    pub(super) fn begin_rehearsal(&mut self, now: Millis, config: &str) {
        // A preview counts nothing and keeps nothing, so its marketer need not have agreed to anything.
        let address = self.options.page.text("url").unwrap_or_default();
        let query = parse_query(&parse_url(address, None).unwrap_or_default().search);
        let previewed = query.get("dangol-preview").and_then(Value::as_text);
        let is_wanted = self.phase == super::Phase::Pending
            && !self.options.strict
            && (self.rehearsal.is_some()
                || self.config.campaigns.iter().any(|campaign| campaign.before_consent || previewed == Some(&*campaign.id)));
        let Some(mut config) = signed::parse(config).ok().filter(|_| is_wanted) else { return };
        let mut campaigns = Object::new();
        for (id, campaign) in config.get("campaigns").and_then(Value::as_object).into_iter().flat_map(Object::iter) {
            if campaign.flag("beforeConsent") {
                campaigns.set(id, campaign.clone());
            } else if previewed == Some(&**id) {
                let mut campaign = campaign.clone();
                campaign.make_object().set("trigger", crate::object! { "manual" => true });
                campaigns.set(id, campaign);
            }
        }
        config.make_object().set("campaigns", campaigns);
        let config = json::to_text(&config);
        if self.rehearsal.is_some() {
            return self.rehearse(now, &crate::object! { "in" => "config", "text" => config }.into());
        }
        let options = crate::object! {
            "consent" => crate::object! { "personalization" => true, "marketing" => true },
            "gpc" => self.options.global_control, "locale" => self.options.locale.clone(), "memory" => true, "crawlers" => true,
        };
        // Its ids must be others than ours, and its displays those of another page load.
        let mut stream = String::from(&*self.stream);
        stream.push('~');
        let start = crate::object! {
            "in" => "start", "options" => options, "stream" => stream.as_str(), "entropy" => stream.as_str(),
            "page" => self.options.page.clone(), "device" => self.options.device.clone(), "config" => config,
        };
        let mut inner = Engine::new();
        inner.is_complete = self.is_complete;
        self.rehearsal = Some(Box::new(inner));
        self.rehearse(now, &start.into());
        for (at, call) in self.held.clone() {
            self.rehearse(at, &call);
        }
        for slot in self.missing_slots.clone() {
            self.rehearse(now, &crate::object! { "in" => "signal", "signal" => "slot_gone", "value" => slot }.into());
        }
    }

    /// Gives it an input and lets out what the visitor sees.
    pub(super) fn rehearse(&mut self, now: Millis, input: &Value) {
        let Some(mut inner) = self.rehearsal.take() else { return };
        // It has a clock of its own.
        let now = now.saturating_sub(self.visitor.ahead());
        let mut effects = inner.apply(now, input);
        for _ in 0..MAX_ROUNDS {
            if !effects.iter().any(|effect| matches!(effect, Effect::Claim)) {
                break;
            }
            keep(&mut effects, |effect| !matches!(effect, Effect::Claim));
            append(&mut effects, inner.apply(now, &crate::object! { "in" => "claimed" }.into()));
        }
        self.rehearsal = Some(inner);
        for effect in effects {
            let is_seen = match &effect {
                Effect::Part | Effect::Show(_) | Effect::Hold { .. } | Effect::Update { .. } | Effect::Remove { .. } => true,
                Effect::Open { .. } | Effect::Copy { .. } | Effect::Chat { .. } | Effect::Result { .. } => true,
                Effect::Notify { kind: "message" | "chat" | "survey", .. } => true,
                // What is wrong with the configuration is told already; why a message is not on the page is not.
                Effect::Notify { kind: "problem", detail } => detail.get("impression").is_some(),
                _ => false,
            };
            if let Effect::Notify { kind: "survey", detail } = &effect {
                self.take_ticked(now, detail.get("answers").unwrap_or(&Value::Null));
            }
            if is_seen {
                self.effects.push(effect);
            }
        }
    }

    /// A call about messages: only its own exist before consent.
    pub(super) fn rehearse_call(&mut self, now: Millis, id: Text, call: &Value) {
        let campaign = self.config.campaign(call.text("name").unwrap_or_default());
        let known =
            call.text("call") == Some("show") && self.rehearsal.is_some() && campaign.is_some_and(|campaign| campaign.before_consent);
        if known || call.text("call") != Some("show") {
            self.rehearse(now, call);
        }
        if call.text("call") != Some("show") {
            self.save.settle.push(id);
        } else if !known {
            let value = match self.config.campaign(call.text("name").unwrap_or_default()) {
                Some(campaign) => crate::object! {
                    "campaign" => campaign.id.clone(), "timestamp" => to_iso(now),
                    "outcome" => Outcome::Suppressed.name(), "reason" => Reason::NoConsent.name(),
                }
                .into(),
                None => Value::Null,
            };
            self.effects.push(Effect::Result { id, value });
        }
    }

    /// The explanation of a campaign that may run before consent.
    pub(super) fn explain_rehearsed(&self, id: &str) -> Option<Value> {
        let inner = self.rehearsal.as_ref().filter(|_| self.config.campaign(id).is_some_and(|campaign| campaign.before_consent))?;
        inner.explain(Some(id)).as_list()?.first().cloned()
    }

    /// The visitor has decided: what is on screen stays only where messages are allowed.
    pub(super) fn end_rehearsal(&mut self) {
        let Some(mut inner) = self.rehearsal.take() else { return };
        if self.standing.consent().personalization {
            self.rehearsed = Some(inner);
            return;
        }
        inner.remove_all();
        self.effects.append(&mut inner.effects);
    }

    /// Takes up what was shown: the displays count, the messages go on, their events are written.
    pub(super) fn take_up_rehearsal(&mut self) {
        let Some(mut inner) = self.rehearsed.take() else { return };
        self.shared.exposures.append(&mut inner.shared.exposures);
        self.shared.mutes.append(&mut inner.shared.mutes);
        self.shared.coupons.append(&mut inner.shared.coupons);
        self.screen.append(&mut inner.screen);
        if !self.screen.is_empty() {
            // What is to draw them may have come in between.
            self.effects.push(Effect::Part);
        }
        if !self.standing.consent().marketing {
            self.remove_marketing();
        }
        for event in inner.visitor.journey().events() {
            if event.own && !event.name.starts_with("Segment ") {
                let was = std::mem::replace(&mut self.writing_own, true);
                let name = event.name.clone();
                self.record(Kind::Track, Some(&name), (**event).clone(), None);
                self.writing_own = was;
            }
        }
    }
}
