//! `journey`: how far the visitor came in the funnel since the last order.

use super::read::{iso, put, stored_text};
use super::settings::Settings;
use crate::domain::time::Millis;
use crate::domain::value::{Object, Text, Value};

/// The furthest stage and when it was reached.
#[derive(Clone, Debug, PartialEq, Default)]
pub(super) struct Reached {
    /// The stage's id, not its index: a later configuration may order the stages anew.
    id: Option<Text>,
    since: Millis,
    /// An order was the last step, so the next step starts a new walk.
    ordered: bool,
}

impl Reached {
    /// Notes an event; whether the stage, or the time of reaching it, is another one now.
    pub(super) fn step(&mut self, name: &str, at: Millis, is_order: bool, settings: &Settings) -> bool {
        let stages = &settings.stages;
        let here = stages.iter().rposition(|stage| stage.events.iter().any(|event| &**event == name));
        if is_order {
            self.id = here.and_then(|index| stages.get(index)).map(|stage| stage.id.clone());
            self.since = at;
            self.ordered = true;
            return true;
        }
        let Some(here) = here else { return false };
        let furthest = match &self.id {
            Some(id) if !self.ordered => stages.iter().position(|stage| stage.id == *id),
            _ => None,
        };
        if furthest.is_some_and(|furthest| here <= furthest) {
            return false;
        }
        self.id = stages.get(here).map(|stage| stage.id.clone());
        self.since = at;
        self.ordered = false;
        true
    }

    /// `journey` as the document shows it; nothing before the first stage.
    pub(super) fn document(&self) -> Option<Value> {
        let id = self.id.clone()?;
        Some(crate::object! { "stage" => id, "stageSince" => iso(self.since) }.into())
    }

    /// The state for a checkpoint.
    pub(super) fn to_value(&self) -> Value {
        let mut object = Object::new();
        put(&mut object, "i", self.id.clone());
        object.set("s", self.since);
        object.set("o", self.ordered);
        object.into()
    }

    /// The state of a checkpoint.
    pub(super) fn from_value(value: &Value) -> Option<Self> {
        Some(Reached { id: stored_text(value, "i"), since: value.number("s")? as Millis, ordered: value.flag("o") })
    }
}
