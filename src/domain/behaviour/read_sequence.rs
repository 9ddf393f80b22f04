//! Reads `$sequence` and `$campaign`.

use super::Behaviours;
use super::did::Did;
use super::measure::{Kind, Measure};
use super::sequence::{Sequence, State};
use super::source::Wanted;
use super::spec::Reader;
use crate::domain::problem::Place;
use crate::domain::value::Value;

const SEQUENCE: [&str; 7] = ["steps", "within", "without", "recent", "in", "adjacent", "per"];
/// What a campaign's clause counts, and the events that tell it.
const CAMPAIGN_EVENTS: [(&str, &str); 5] = [
    ("shown", "Message Shown"),
    ("clicked", "Message Clicked"),
    ("dismissed", "Message Dismissed"),
    ("held_out", "Message Held Out"),
    ("goal_reached", "Goal Reached"),
];
const CAMPAIGN: [&str; 10] = ["id", "shown", "clicked", "dismissed", "held_out", "goal_reached", "within", "in", "variant", "step"];

/// The most steps of a sequence: an event costs one comparison for each.
const STEPS: usize = 50;

impl Behaviours {
    /// Reads a `$sequence`.
    pub(super) fn sequence(&mut self, value: &Value, place: &Place, reader: &mut Reader) -> Option<Sequence> {
        let object = reader.object(value, place, &SEQUENCE)?;
        let list = object.get("steps").and_then(Value::as_list).unwrap_or(&[]);
        let at = place.key("steps");
        match object.get("steps") {
            None => reader.missing(place, "steps"),
            Some(value) if list.is_empty() => reader.wrong(&at, value, "a list of steps, each with an event"),
            _ if list.len() > STEPS => {
                let text = "a sequence has at most 50 steps";
                reader.compiler.problems.error(&at, "sequence-too-long", text);
                return None;
            }
            _ => {}
        }
        let mut steps = Vec::with_capacity(list.len());
        for (index, step) in list.iter().enumerate() {
            steps.push(self.step(step, &at.index(index), reader));
        }
        let without = object.get("without").map(|value| self.step(value, &place.key("without"), reader));
        let adjacent = match object.get("adjacent") {
            None => false,
            Some(Value::Bool(flag)) => *flag,
            Some(value) => {
                reader.wrong(&place.key("adjacent"), value, "true or false");
                false
            }
        };
        let per = reader.text(object, "per", place).map(|path| self.universe(path));
        self.adjacent |= adjacent;
        if let Some(universe) = per.and_then(|universe| self.universes.get_mut(universe)) {
            universe.adjacent |= adjacent;
        }
        Some(Sequence {
            steps,
            without,
            within: reader.duration(object, "within", place),
            recent: reader.window(object, "recent", place),
            session: reader.session(object, place),
            adjacent,
            per,
            all: State::default(),
            by_value: Vec::new(),
        })
    }

    /// A step: an object with `event`, or the event's name alone.
    fn step(&mut self, value: &Value, place: &Place, reader: &mut Reader) -> usize {
        let wanted = match value {
            Value::Object(object) => {
                reader.object(value, place, &["event", "where"]);
                reader.event(object, place)
            }
            _ => reader.names(value, place),
        };
        self.source(wanted, place, reader)
    }

    /// Reads a `$campaign`: the counts of events that Dangol writes about it, all of which must hold.
    pub(super) fn campaign(&mut self, value: &Value, place: &Place, reader: &mut Reader) -> Option<Vec<Did>> {
        let named;
        let object = match value {
            Value::Text(id) => {
                named = crate::object! { "id" => id.clone() };
                &named
            }
            _ => reader.object(value, place, &CAMPAIGN)?,
        };
        let id = reader.required(object, "id", place);
        if let Some(id) = &id {
            let here = place.key("id");
            reader.compiler.check_campaign(id, if value.as_object().is_some() { &here } else { place });
        }
        let mut filter = crate::object! { "campaign" => crate::object! { "$eq" => id.unwrap_or_default() } };
        for key in ["variant", "step"] {
            if let Some(text) = reader.text(object, key, place) {
                filter.set(key, crate::object! { "$eq" => text });
            }
        }
        let window = reader.window(object, "within", place);
        let session = reader.session(object, place);
        let mut parts = Vec::new();
        for (key, event) in CAMPAIGN_EVENTS {
            // Without any measure the campaign must have been shown.
            let implied = key == "shown" && !CAMPAIGN_EVENTS.iter().any(|(key, _)| object.get(key).is_some());
            let measured = object.get(key);
            if measured.is_none() && !implied {
                continue;
            }
            let wanted = Wanted { names: vec![event.into()], any: false, filter: Some(Value::Object(filter.clone())) };
            let mut did = self.bare(wanted, place, reader, false);
            did.window = window;
            did.session = session;
            if let Some(value) = measured {
                did.measures.push(Measure {
                    name: key.into(),
                    expected: value.clone(),
                    kind: Kind::Count(reader.compare(value, &place.key(key), &[], false)),
                });
            }
            parts.push(did);
        }
        Some(parts)
    }
}
