//! What the shop may ask: segments, coupons, explanations, numbers, and all that is held about the visitor.

use super::{Effect, Engine};
use crate::domain::consent::Standing;
use crate::domain::decision::{Ask, Origin, Outcome, Reason, inspect};
use crate::domain::list::Gather;
use crate::domain::outbox::Reason as Drop;
use crate::domain::time::{Millis, to_iso};
use crate::domain::value::{Object, Text, Value};

impl Engine {
    /// Answers a query with one `result`.
    pub(super) fn query(&mut self, input: &Value) {
        let id: Text = input.text("id").unwrap_or_default().into();
        let value = match input.text("what").unwrap_or_default() {
            "segments" => self.visitor.members(&self.config).into(),
            "coupons" => self.wallet(),
            "explain" => self.explain(input.text("campaign")),
            "stats" => self.stats(),
            "export" => self.export(),
            _ => Value::Null,
        };
        self.effects.push(Effect::Result { id, value });
    }

    /// The ledger: `created = acknowledged + pending + dropped`.
    fn stats(&self) -> Value {
        let mut stats = self.outbox.as_ref().map(|outbox| outbox.stats()).unwrap_or_default();
        stats.created += self.refused;
        stats.dropped.add(Drop::Invalid, self.refused);
        crate::object! {
            "created" => stats.created as f64,
            "acknowledged" => stats.acknowledged as f64,
            "pending" => stats.pending as f64,
            "dropped" => stats.dropped.to_object(),
            "local" => self.local as f64,
        }
        .into()
    }

    /// Every check of every campaign (or of one), as they stand now.
    pub fn explain(&self, campaign: Option<&str>) -> Value {
        let list: Vec<Value> = self
            .config
            .campaigns
            .iter()
            .enumerate()
            .filter(|(_, each)| campaign.is_none_or(|wanted| wanted == &*each.id))
            .map(|(index, each)| self.explain_rehearsed(&each.id).unwrap_or_else(|| self.explain_one(index)))
            .gather();
        list.into()
    }

    fn explain_one(&self, index: usize) -> Value {
        let Some(campaign) = self.config.campaigns.get(index) else { return Value::Null };
        let wait = self.shared.waits.iter().find(|wait| wait.campaign == campaign.id);
        let queued = self.shared.queue.iter().find(|queued| queued.campaign == campaign.id);
        let showing = self.screen.iter().any(|showing| showing.campaign == campaign.id);
        let ask = Ask {
            campaign: index,
            step: wait.and_then(|wait| campaign.step(wait.step.as_ref())).unwrap_or_default(),
            since: wait.map_or(self.now(), |wait| wait.since),
            origin: Origin::Trigger,
            page: None,
        };
        let mut findings = self.with_scene(|scene| inspect(scene, &ask));
        for (_, finding) in findings.iter_mut().filter(|(_, finding)| finding.lost_to.as_ref() == Some(&campaign.id)) {
            // The place is taken, but by itself.
            finding.passed = true;
            finding.trace.passed = true;
        }
        let last = self.log.decisions.iter().rev().find(|decision| decision.campaign == campaign.id);
        // Who has not been asked for is kept back by what lasts, not by the hour, the page or the other messages of this moment.
        let failed = findings
            .iter()
            .find(|(reason, finding)| !finding.passed && (last.is_some() || *reason < Reason::QuietHours))
            .map(|(reason, finding)| (*reason, finding.lost_to.clone()));
        let (outcome, reason, lost_to) = if showing {
            (Outcome::Shown, None, None)
        } else if let Some(queued) = queued {
            let reason = if &*queued.reason == "outranked" { Reason::Outranked } else { Reason::AttentionBudget };
            (Outcome::Queued, Some(reason), queued.lost_to.clone())
        } else if wait.is_some() {
            (Outcome::Suppressed, Some(Reason::Waiting), None)
        } else if let Some((reason, lost_to)) = failed {
            (Outcome::Suppressed, Some(reason), lost_to)
        } else {
            match last {
                Some(decision) => (decision.outcome, decision.reason, decision.lost_to.clone()),
                None => (Outcome::Suppressed, Some(Reason::NotTriggered), None),
            }
        };
        let checks: Vec<Value> = findings
            .iter_mut()
            .map(|(check, finding)| {
                // It was reached while the campaign waited, which the check knows nothing of any more.
                finding.trace.passed &= *check != Reason::GoalReached || reason != Some(Reason::GoalReached);
                crate::object! { "check" => check.name(), "passed" => finding.trace.passed, "detail" => finding.trace.to_value() }.into()
            })
            .gather();
        let mut object = crate::object! { "campaign" => campaign.id.clone(), "outcome" => outcome.name() };
        if let Some(reason) = reason {
            object.set("reason", reason.name());
        }
        if let Some(lost_to) = lost_to {
            object.set("lostTo", lost_to);
        }
        if let Some(wait) = wait {
            object.set("waitsUntil", to_iso(wait.due));
        }
        object.set("checks", checks);
        object.into()
    }

    /// All that this device holds about the visitor.
    fn export(&self) -> Value {
        let journey: Vec<Value> = self
            .visitor
            .journey()
            .events()
            .iter()
            .map(|event| {
                let mut object =
                    crate::object! { "messageId" => event.id.clone(), "timestamp" => event.timestamp(), "event" => event.name.clone() };
                object.set("properties", event.properties.clone());
                object.into()
            })
            .gather();
        let displays: Vec<Value> = self
            .shared
            .exposures
            .iter()
            .map(|exposure| {
                let mut object = super::experiments::about(exposure);
                object.set("timestamp", to_iso(exposure.at));
                object.set("clicked", exposure.clicked);
                object.set("dismissed", exposure.dismissed.is_some());
                object.into()
            })
            .gather();
        let waits: Vec<Value> = self.shared.waits.iter().map(|wait| term(&wait.campaign, wait.due)).gather();
        let queue: Vec<Value> = self.shared.queue.iter().map(|queued| term(&queued.campaign, queued.until)).gather();
        let mutes: Vec<Value> = self.shared.mutes.iter().map(|(campaign, until)| term(campaign, *until)).gather();
        let mut object: Object = crate::object! {
            "anonymousId" => self.shared.anonymous_id.clone(),
            "userId" => self.shared.user_id.clone(),
            "consent" => self.standing.consent().to_value(),
            "consentDecided" => !matches!(self.standing, Standing::Pending),
            "consentDecidedAt" => self.record.decided_at.clone(),
            "assignmentId" => self.shared.assignment_id.clone(),
            "document" => self.visitor.document(&self.config),
            "segments" => self.visitor.members(&self.config),
            "journey" => journey,
            "messages" => displays,
            "waits" => waits,
            "queue" => queue,
            "mutes" => mutes,
            "coupons" => self.wallet(),
        };
        object.set("stats", self.stats());
        object.into()
    }

    /// The visitor's document.
    pub fn document(&self) -> Value {
        self.visitor.document(&self.config)
    }

    /// The wallet, for `replay`.
    pub fn coupons(&self) -> Value {
        self.wallet()
    }

    /// The ids of the configuration's segments.
    pub fn segment_ids(&self) -> Vec<Text> {
        self.config.segments.iter().map(|segment| segment.id.clone()).gather()
    }

    /// The ids of the segments the visitor is in.
    pub fn members(&self) -> Vec<Text> {
        self.visitor.members(&self.config).iter().filter_map(Value::as_text).map(Text::from).gather()
    }
}

/// A campaign and until when something holds of it.
fn term(campaign: &Text, until: Millis) -> Value {
    crate::object! { "campaign" => campaign.clone(), "until" => to_iso(until) }.into()
}
