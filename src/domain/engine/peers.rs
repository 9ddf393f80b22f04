//! What the tabs of one visitor tell each other.

use super::triggers::Voice;
use super::{Engine, Phase};
use crate::domain::event::Event;
use crate::domain::json;
use crate::domain::value::{Object, Value};

impl Engine {
    /// Tells the other tabs.
    pub(super) fn tell(&mut self, data: Object) {
        if !self.options.strict {
            self.told.push(data.into());
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
