//! The part of `settings` that defines how a visitor's document is folded.

use crate::domain::list::Gather;
use crate::domain::problem::{Place, Problems, did_you_mean, found, sentence, shown};
use crate::domain::time::{DAY, MINUTE, Millis, parse_duration};
use crate::domain::value::{Object, Text, Value};

/// A stage of the funnel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage {
    /// The name that `journey.stage` shows.
    pub id: Text,
    /// The events that bring a visitor there.
    pub events: Vec<Text>,
}

/// The thresholds of `lifecycle`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lifecycle {
    /// The orders from which a customer is `repeat`.
    pub repeat: u32,
    /// The orders from which a customer is `loyal`.
    pub loyal: u32,
    /// A last order longer ago than this makes `at_risk`.
    pub at_risk: Millis,
    /// A last order longer ago than this makes `lapsed`.
    pub lapsed: Millis,
    /// How long a customer who ordered again after lapsing is `won_back`.
    pub won_back: Millis,
}

/// How `affinity` is counted.
#[derive(Clone, Debug, PartialEq)]
pub struct Affinity {
    /// The time in which interest halves.
    pub half_life: Millis,
    /// What an event of a name adds.
    pub weights: Vec<(Text, f64)>,
}

/// How much of the journey is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retain {
    /// At most this many events.
    pub events: usize,
    /// None older than this.
    pub age: Millis,
}

/// The definitions behind the document (CONTRACT §2, §3.1).
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// A longer gap between the shop's events ends a session.
    pub session: Millis,
    /// How much of the journey is kept.
    pub retain: Retain,
    /// The funnel, from its first stage to its last.
    pub stages: Vec<Stage>,
    /// The thresholds of `lifecycle`.
    pub lifecycle: Lifecycle,
    /// How `affinity` is counted.
    pub affinity: Affinity,
    /// The configuration's `currency`: that of a cart whose events name none.
    pub currency: Option<Text>,
}

/// The funnel of Segment's e-commerce specification, in the order a shopper walks it.
///
/// A search is a way to a list, not a step after it, so both are the stage `list`.
/// `Cart Viewed` is missing on purpose: an empty cart can be viewed.
const STAGES: [(&str, &[&str]); 7] = [
    ("visit", &["Page Viewed"]),
    ("list", &["Product List Viewed", "Product List Filtered", "Products Searched"]),
    ("product", &["Product Viewed"]),
    ("cart", &["Product Added", "Wishlist Product Added to Cart"]),
    ("checkout", &["Checkout Started", "Checkout Step Viewed", "Checkout Step Completed"]),
    ("payment", &["Payment Info Entered"]),
    ("order", &["Order Completed"]),
];

/// What an event says about liking a category or a brand: a look is cheap, an order is not.
const WEIGHTS: [(&str, f64); 5] = [
    ("Product Viewed", 1.0),
    ("Product Added to Wishlist", 2.0),
    ("Product Added", 3.0),
    ("Wishlist Product Added to Cart", 3.0),
    ("Order Completed", 5.0),
];

impl Default for Settings {
    fn default() -> Self {
        Settings {
            session: 30 * MINUTE,
            retain: Retain { events: 2_000, age: 400 * DAY },
            stages: STAGES
                .iter()
                .map(|(id, events)| Stage { id: (*id).into(), events: events.iter().map(|event| (*event).into()).gather() })
                .gather(),
            lifecycle: Lifecycle { repeat: 2, loyal: 4, at_risk: 60 * DAY, lapsed: 180 * DAY, won_back: 30 * DAY },
            affinity: Affinity { half_life: 14 * DAY, weights: WEIGHTS.iter().map(|(event, weight)| ((*event).into(), *weight)).gather() },
            currency: None,
        }
    }
}

impl Settings {
    /// Reads the configuration's `settings`, which lies at `place`; what is wrong keeps its default.
    ///
    /// Keys of `settings` that belong to others are left to them, so an unknown one is not a problem here.
    pub fn decode(settings: Option<&Value>, place: &Place, problems: &mut Problems) -> Self {
        let mut out = Settings::default();
        let Some(settings) = settings else {
            return out;
        };
        let mut reader = Reader { problems };
        let Some(settings) = reader.object(settings, place) else {
            return out;
        };
        reader.duration(settings, "session", place, &mut out.session);
        reader.part(settings, "retain", place, |reader, part, place| {
            reader.known(part, &["events", "days"], place);
            reader.count(part, "events", place, |count| {
                out.retain.events = count as usize;
            });
            reader.count(part, "days", place, |days| {
                out.retain.age = i64::from(days) * DAY;
            });
        });
        if let Some(stages) = settings.get("stages") {
            out.stages = reader.stages(stages, &place.key("stages"), out.stages);
        }
        reader.part(settings, "lifecycle", place, |reader, part, place| {
            reader.lifecycle(part, place, &mut out.lifecycle);
        });
        reader.part(settings, "affinity", place, |reader, part, place| {
            reader.known(part, &["halfLife", "weights"], place);
            reader.duration(part, "halfLife", place, &mut out.affinity.half_life);
            reader.part(part, "weights", place, |reader, weights, place| {
                out.affinity.weights = reader.weights(weights, place);
            });
        });
        out
    }
}

/// Reads parts and notes what is wrong with them.
struct Reader<'a> {
    problems: &'a mut Problems,
}

impl Reader<'_> {
    fn wrong(&mut self, place: &Place, code: &'static str, value: &Value, expected: &'static str) {
        let message = sentence("found {0}, expected {1}; the default is used", [shown(value), expected.into()]);
        self.problems.error(place, code, message);
    }

    fn object<'v>(&mut self, value: &'v Value, place: &Place) -> Option<&'v Object> {
        let object = value.as_object();
        if object.is_none() {
            self.wrong(place, "wrong-type", value, "an object");
        }
        object
    }

    fn part(&mut self, object: &Object, key: &str, place: &Place, mut read: impl FnMut(&mut Self, &Object, &Place)) {
        let place = place.key(key);
        if let Some(value) = object.get(key)
            && let Some(part) = self.object(value, &place)
        {
            read(self, part, &place);
        }
    }

    fn known(&mut self, object: &Object, keys: &[&str], place: &Place) {
        for (key, _) in object.iter() {
            if !keys.contains(&&**key) {
                let message = sentence("unknown key \"{0}\", ignored{1}", [found(key), did_you_mean(key, keys.iter().copied())]);
                self.problems.warn(&place.key(key), "unknown-key", message);
            }
        }
    }

    fn duration(&mut self, object: &Object, key: &str, place: &Place, slot: &mut Millis) {
        let Some(value) = object.get(key) else { return };
        match value.as_text().and_then(parse_duration) {
            Some(duration) if duration > 0 => *slot = duration,
            _ => self.wrong(&place.key(key), "invalid-duration", value, "a duration above zero such as \"30m\" or \"14d\""),
        }
    }

    fn count(&mut self, object: &Object, key: &str, place: &Place, mut set: impl FnMut(u32)) {
        let Some(value) = object.get(key) else { return };
        match value.as_number() {
            Some(count) if (1.0..=1e6).contains(&count) && count.trunc() == count => {
                set(count as u32);
            }
            _ => self.wrong(&place.key(key), "out-of-range", value, "a whole number from 1 to 1000000"),
        }
    }

    fn lifecycle(&mut self, part: &Object, place: &Place, out: &mut Lifecycle) {
        self.known(part, &["repeat", "loyal", "atRisk", "lapsed", "wonBack"], place);
        self.count(part, "repeat", place, |count| out.repeat = count);
        self.count(part, "loyal", place, |count| out.loyal = count);
        self.duration(part, "atRisk", place, &mut out.at_risk);
        self.duration(part, "lapsed", place, &mut out.lapsed);
        self.duration(part, "wonBack", place, &mut out.won_back);
        if out.loyal < out.repeat || out.lapsed < out.at_risk {
            self.problems.warn(
                place,
                "unreachable-stage",
                "a later stage of lifecycle hides an earlier one: expected repeat <= loyal and atRisk <= lapsed",
            );
        }
    }

    fn stages(&mut self, value: &Value, place: &Place, default: Vec<Stage>) -> Vec<Stage> {
        let Some(items) = value.as_list().filter(|items| !items.is_empty()) else {
            self.wrong(place, "wrong-type", value, "a list of stages");
            return default;
        };
        let mut stages: Vec<Stage> = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let place = place.index(index);
            let Some(object) = item.as_object() else {
                self.wrong_stage(&place, item);
                continue;
            };
            self.known(object, &["id", "event"], &place);
            let event = object.get("event").unwrap_or(&Value::Null);
            let names = event.as_list().unwrap_or(std::slice::from_ref(event));
            let events: Vec<Text> = names.iter().filter_map(Value::as_text).filter(|name| !name.is_empty()).map(Text::from).gather();
            match item.text("id") {
                Some(id) if !id.is_empty() && !events.is_empty() && events.len() == names.len() => {
                    if stages.iter().any(|stage| &*stage.id == id) {
                        self.problems.error(&place.key("id"), "duplicate-id", "an earlier stage has this id; this one is ignored");
                    } else {
                        stages.push(Stage { id: id.into(), events });
                    }
                }
                _ => self.wrong_stage(&place, item),
            }
        }
        if stages.is_empty() { default } else { stages }
    }

    fn wrong_stage(&mut self, place: &Place, item: &Value) {
        let message = "found {0}, expected {\"id\": \"product\", \"event\": \"Product Viewed\"}; the stage is ignored";
        let message = sentence(message, [shown(item)]);
        self.problems.error(place, "invalid-stage", message);
    }

    fn weights(&mut self, weights: &Object, place: &Place) -> Vec<(Text, f64)> {
        let mut out = Vec::new();
        for (event, value) in weights.iter() {
            match value.as_number() {
                Some(weight) if (0.0..=1e6).contains(&weight) => out.push((event.clone(), weight)),
                _ => self.wrong(&place.key(event), "out-of-range", value, "a number from 0 to 1000000"),
            }
        }
        out
    }
}
