//! The events that Dangol writes about its own messages (CONTRACT §4), so that rules and reports can use them.

use super::Engine;
use crate::domain::campaign::Campaign;
use crate::domain::event::Event;
use crate::domain::shared::{Exposure, Stage};
use crate::domain::value::{Object, Text, Value};
use std::rc::Rc;

const SHOWN: &str = "Message Shown";

impl Engine {
    /// What every event about a display carries: `campaign variant step impression_id`.
    pub(super) fn about(&self, impression: &str) -> Object {
        let exposure = self.shared.exposures.iter().rev().find(|exposure| &*exposure.impression == impression);
        match exposure {
            Some(exposure) => about(exposure),
            None => Object::new(),
        }
    }

    /// `Message Shown`, and `Experiment Viewed` where the campaign is one; once.
    pub(super) fn write_shown(&mut self, exposure: &Exposure) {
        let impression = Some(Value::Text(exposure.impression.clone()));
        let is_told = |event: &Rc<Event>| &*event.name == SHOWN && event.properties.get("impression_id") == impression.as_ref();
        if self.visitor.journey().events().iter().any(is_told) {
            return;
        }
        self.notify("message", with(about(exposure), "what", "shown"));
        self.write_own(SHOWN, about(exposure));
        self.write_experiment(exposure);
    }

    /// `Message Held Out`, logged as a display would be.
    pub(super) fn write_held_out(&mut self, exposure: &Exposure) {
        self.write_own("Message Held Out", about(exposure));
        self.write_experiment(exposure);
    }

    fn write_experiment(&mut self, exposure: &Exposure) {
        let Some(campaign) = self.config.campaign(&exposure.campaign) else { return };
        if !is_experiment(campaign) {
            return;
        }
        let variation: Text = match (&exposure.stage, &exposure.variant) {
            (Stage::HeldOut, _) => "holdout".into(),
            (_, Some(variant)) => variant.clone(),
            (_, None) => "message".into(),
        };
        let mut properties = about(exposure);
        properties.set("experiment_id", campaign.id.clone());
        properties.set("experiment_name", campaign.name.clone());
        properties.set("variation_id", variation.clone());
        properties.set("variation_name", variation);
        self.write_own("Experiment Viewed", properties);
    }

    /// `Goal Reached`, with the worth that the event says.
    pub(super) fn write_goal(&mut self, exposure: &Exposure, event: &Event, value: Option<Value>) {
        let mut properties = about(exposure);
        properties.set("event", event.name.clone());
        properties.set("held_out", exposure.stage == Stage::HeldOut);
        if let Some(value) = value {
            properties.set("value", value.clone());
            properties.set("revenue", value);
        }
        for key in ["currency", "order_id"] {
            if let Some(value) = event.properties.get(key) {
                properties.set(key, value.clone());
            }
        }
        self.write_own("Goal Reached", properties);
    }
}

/// Whether a campaign compares anything: variants, or shown against held out.
fn is_experiment(campaign: &Campaign) -> bool {
    campaign.holdout > 0.0 || campaign.steps.iter().any(|step| step.variants.len() > 1)
}

/// `campaign variant step impression_id`, as far as they apply.
pub(super) fn about(exposure: &Exposure) -> Object {
    let mut properties = crate::object! { "campaign" => exposure.campaign.clone() };
    for (key, text) in [("variant", &exposure.variant), ("step", &exposure.step)] {
        if let Some(text) = text {
            properties.set(key, text.clone());
        }
    }
    properties.set("impression_id", exposure.impression.clone());
    properties
}

/// `object` with one more entry.
pub(super) fn with(mut object: Object, key: &str, value: &str) -> Object {
    object.set(key, value);
    object
}
