//! The visitor's decision: taken from the shop, from a consent banner or from another tab, and carried out. What a
//! purpose had allowed is taken away with it.

use super::{Effect, Engine, Work};
use crate::domain::consent::{Consent, PURPOSES, Standing};
use crate::domain::json;
use crate::domain::outbox::Reason as Drop;
use crate::domain::profile::Root;
use crate::domain::time::{Millis, parse_iso, to_iso};
use crate::domain::value::{Object, Text, Value};

/// What is known about the decision besides its purposes.
#[derive(Clone, Debug, Default)]
pub(super) struct Record {
    /// Whether the visitor decided at all; the shop's starting value is none of theirs.
    pub decided_at: Option<Text>,
    /// When they agreed to marketing.
    pub marketing_at: Option<Millis>,
    /// What the consent banner said last: what it repeats on every page is no new decision.
    banner: Value,
    /// Whether it was told that the consent to marketing is due.
    told_due: bool,
}

impl Record {
    /// Reads what [`Engine::write_record`] wrote.
    pub fn read(record: &Value) -> Self {
        Record {
            decided_at: record.text("at").map(Text::from),
            marketing_at: record.text("marketingAt").and_then(parse_iso),
            banner: record.get("banner").cloned().unwrap_or_default(),
            told_due: false,
        }
    }
}

impl Engine {
    /// The visitor decides, for all tabs and later pages.
    ///
    /// `source` says who speaks: `banner` for a consent banner, `default` for what one assumes before the visitor has
    /// said anything; without it it is the shop, for the visitor. Whoever speaks last has the word.
    pub(super) fn consent(&mut self, now: Millis, call: &Value) {
        let given = call.get("data").unwrap_or(&Value::Null);
        let mut update = Object::new();
        for purpose in PURPOSES {
            if let Some(allowed) = given.get(purpose).and_then(Value::as_bool) {
                update.set(purpose, allowed);
            }
        }
        let mut update = Value::Object(update);
        let source = call.text("source").unwrap_or_default();
        if update.as_object().is_none_or(Object::is_empty)
            || (source == "default" && self.record.decided_at.is_some())
            || (source == "banner" && update == self.record.banner)
        {
            return;
        }
        if source == "banner" {
            self.record.banner = update.clone();
        }
        if !source.is_empty() {
            self.heed_global_control(&mut update);
        }
        let before = self.standing;
        let mut consent = before.consent();
        consent.update(&update);
        self.standing = Standing::Decided(consent);
        if source != "default" {
            // By the device's clock, whatever the visitor's time has come to: it is the proof of the decision.
            let now = now - self.visitor.ahead();
            if update.flag("marketing") || update.flag("marketingNight") {
                self.record.marketing_at = Some(now);
            }
            self.record.decided_at = Some(to_iso(now).into());
            self.record.told_due = false;
            self.write_record(consent);
        }
        self.tell(crate::object! { "consent" => consent.to_value(), "marketingAt" => self.record.marketing_at.map(to_iso) });
        self.stand(before);
    }

    /// A consent that was ticked beside an input is given; one that was not says nothing.
    pub(super) fn take_ticked(&mut self, now: Millis, answers: &Value) {
        let mut given = Object::new();
        for purpose in PURPOSES {
            let mut name = String::from("consent.");
            name.push_str(purpose);
            if answers.flag(&name) {
                given.set(purpose, true);
            }
        }
        self.consent(now, &crate::object! { "data" => given }.into());
    }

    pub(super) fn write_record(&mut self, consent: Consent) {
        let mut record = crate::object! { "v" => 1i64, "at" => self.record.decided_at.clone(), "consent" => consent.to_value() };
        if let Some(at) = self.record.marketing_at {
            record.set("marketingAt", to_iso(at));
        }
        if self.record.banner != Value::Null {
            record.set("banner", self.record.banner.clone());
        }
        self.save.consent = Some(json::to_text(&record.into()));
    }

    /// Another tab tells of a decision, which it has stored, or the stored record does.
    pub(super) fn hear_consent(&mut self, told: &Value) {
        let mut consent = Consent::default();
        consent.update(told.get("consent").unwrap_or(&Value::Null));
        self.record.marketing_at = told.text("marketingAt").and_then(parse_iso);
        self.record.decided_at = Some(to_iso(self.now()).into());
        let before = std::mem::replace(&mut self.standing, Standing::Decided(consent));
        self.stand(before);
    }

    fn stand(&mut self, before: Standing) {
        match (before, self.standing) {
            (Standing::Pending, _) => self.begin(),
            (Standing::Decided(former), Standing::Decided(consent)) => self.consent_changed(former, consent),
            _ => {}
        }
    }

    /// The browser's Global Privacy Control speaks for the visitor until they say otherwise on this shop.
    pub(super) fn heed_global_control(&self, update: &mut Value) {
        if self.options.global_control && self.config.settings.privacy.global_control {
            let update = update.make_object();
            update.set("marketing", false);
            update.set("marketingNight", false);
        }
    }

    /// What is allowed now: marketing only as long as the consent to it is fresh and the visitor of age.
    pub(super) fn allowed(&self) -> Consent {
        let mut consent = self.standing.consent();
        let privacy = &self.config.settings.privacy;
        // By the device's clock: whatever the visitor's time came to while that was wrong, it makes nobody older.
        let now = self.clock();
        let is_minor = privacy.minors.as_ref().is_some_and(|minors| {
            let traits = self.visitor.root(&self.config, Root::Traits);
            minors.covers(traits.as_ref(), now + self.visitor.zone().offset(now))
        });
        if is_minor || privacy.is_due(self.record.marketing_at, now) {
            consent.marketing = false;
            consent.marketing_night = false;
        }
        consent
    }

    /// Tells once a page that the consent to marketing has to be confirmed, and takes off what is no longer allowed.
    pub(super) fn look_at_consent(&mut self) {
        let consent = self.standing.consent();
        if consent.marketing && !self.allowed().marketing {
            self.remove_marketing();
        }
        let due = self.config.settings.privacy.is_due(self.record.marketing_at, self.clock());
        if due && consent.marketing && !self.record.told_due {
            self.record.told_due = true;
            self.notify(
                "problem",
                crate::object! {
                    "code" => "consent-due", "severity" => "warning",
                    "message" => "the consent to marketing is older than settings.reconfirm; ask the visitor and call consent()",
                },
            );
        }
    }

    /// Tells the host whether it may store, and every event from here on what was allowed.
    pub(super) fn allow(&mut self, consent: Consent) {
        self.effects.push(Effect::Allow { store: self.options.persistent && (consent.analytics || consent.personalization) });
        if let Value::Object(consent) = consent.to_value() {
            self.context.set_consent(&consent);
        }
    }

    /// The first decision: what former pages left is kept only as far as it goes.
    pub(super) fn purge_at_start(&mut self, consent: Consent) {
        if self.options.strict {
            return;
        }
        if !consent.analytics && !consent.personalization {
            self.effects.push(Effect::Wipe(Vec::new()));
        }
        if !consent.personalization && !self.visitor.journey().is_empty() {
            self.clear_visitor();
            self.save.drop_journey.push(ALL.into());
            self.save_state();
        }
        if !consent.analytics && self.outbox.is_some() {
            self.save.drop_events.push(ALL.into());
        }
    }

    /// Revoking takes away what the purpose had allowed; granting takes up from here.
    fn consent_changed(&mut self, former: Consent, consent: Consent) {
        self.allow(consent);
        if former.analytics && !consent.analytics {
            self.drop_outbox(Drop::Consent);
            // Not only what this page knows of: the store may hold what former pages left.
            self.save.events.clear();
            self.save.drop_events = vec![ALL.into()];
        }
        if former.personalization && !consent.personalization {
            self.remove_all();
            self.save.journey.clear();
            self.save.drop_journey = vec![ALL.into()];
            self.clear_visitor();
            self.shared = self.shared.identity();
            self.drop_batches();
            self.save_state();
            self.plan_one(Work::Anew);
        } else if former.marketing && !consent.marketing {
            self.remove_marketing();
            self.plan_one(Work::Withdrawn);
        } else if former.marketing_night && !consent.marketing_night {
            self.remove_nightly();
        }
        if consent.personalization && !former.personalization {
            let now = self.now();
            self.page.begin_again(now);
            self.tell_host();
            if self.is_looked_at() {
                let asks = self.asks_of_page();
                self.plan(None, asks);
            }
        }
        if !consent.analytics && !consent.personalization {
            // Nothing is left that could be told apart from a stranger, so that is what the visitor is from here on.
            let id = self.new_id();
            self.become_another(id);
            self.save_members = false;
            let consent = self.save.consent.take();
            self.save = super::Save { consent, settle: std::mem::take(&mut self.save.settle), ..super::Save::default() };
            self.effects.push(Effect::Wipe(Vec::new()));
        }
        self.look_at_consent();
    }

    /// What was to be decided about a visitor who is gone is not; `show()` calls are answered all the same.
    pub(super) fn drop_batches(&mut self) {
        self.batches.clear();
        for (_, id) in std::mem::take(&mut self.waiting_results) {
            self.effects.push(Effect::Result { id, value: Value::Null });
        }
    }
}

/// In a list of rows to delete: all of them.
const ALL: &str = "*";
