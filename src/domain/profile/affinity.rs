//! `affinity`: which categories and brands the visitor likes, older interest fading.

use super::decay::{exp2, power};
use super::read::{products, rounded, text};
use super::settings;
use crate::domain::event::Event;
use crate::domain::list::{Gather, keep};
use crate::domain::time::Millis;
use crate::domain::value::{Object, Text, Value};

/// The most categories, and likewise brands, that are kept; the weakest gives way.
const NAMES: usize = 50;
/// The half-lives after which scores are brought back to a small size.
const HORIZON: i64 = 256;
/// The properties that are counted, and so the keys of the document.
const KINDS: [&str; 2] = ["category", "brand"];

/// The scores.
///
/// Instead of fading every score at every moment, a new event weighs `2^((t − t₀) / half-life)`: the ratios, which
/// are all that the document shows, are the same, and they change at events only, never by time alone.
#[derive(Clone, Debug, PartialEq, Default)]
pub(super) struct Affinity {
    /// `t₀`, at which an event has its plain weight.
    origin: Millis,
    /// The latest event that counted.
    last_at: Millis,
    half_life: Millis,
    scores: [Vec<(Text, f64)>; 2],
}

impl Affinity {
    /// Adds what an event says; whether that was anything.
    pub(super) fn add(&mut self, event: &Event, settings: &settings::Affinity) -> bool {
        let weight = settings.weights.iter().find(|(name, _)| *name == event.name).map_or(0.0, |(_, weight)| *weight);
        if weight <= 0.0 {
            return false;
        }
        let mut changed = false;
        let mut gain = None;
        for (index, kind) in KINDS.into_iter().enumerate() {
            // What is said about the whole event is said once; else each of its products speaks.
            let whole = text(&event.properties, kind);
            let parts = match whole {
                Some(_) => None,
                None => Some(products(&event.properties).filter_map(|product| text(product, kind))),
            };
            for name in whole.into_iter().chain(parts.into_iter().flatten()) {
                let gain = *gain.get_or_insert_with(|| weight * self.scale(event.at, settings.half_life));
                if let Some(scores) = self.scores.get_mut(index) {
                    raise(scores, name, gain);
                    changed = true;
                }
            }
        }
        changed
    }

    /// What a weight of one is worth at `at`.
    fn scale(&mut self, at: Millis, half_life: Millis) -> f64 {
        if self.half_life != half_life {
            // A new configuration: what was gathered keeps its ratios and fades by the new rule from here on.
            if self.half_life > 0 {
                let shrink = exp2(-((self.last_at - self.origin) as f64 / self.half_life as f64));
                self.multiply(shrink);
                self.origin = self.last_at;
            } else {
                self.origin = at;
                self.last_at = at;
            }
            self.half_life = half_life;
        }
        self.last_at = self.last_at.max(at);
        // Whole steps of half-lives are powers of two, so bringing the scores back loses no bit.
        let steps = (at - self.origin) / half_life / HORIZON;
        if steps > 0 {
            let shrink = if steps > 4 { 0.0 } else { (0..steps).fold(1.0, |shrink, _| shrink * power(-HORIZON)) };
            self.multiply(shrink);
            self.origin += steps * HORIZON * half_life;
        }
        exp2((at - self.origin) as f64 / half_life as f64)
    }

    fn multiply(&mut self, factor: f64) {
        for scores in &mut self.scores {
            for (_, score) in scores.iter_mut() {
                *score *= factor;
            }
            keep(scores, |(_, score)| *score > 0.0);
        }
    }

    /// `affinity` as the document shows it: the highest score of each kind is 1, to six decimals.
    pub(super) fn document(&self) -> Option<Value> {
        let mut object = Object::new();
        for (kind, scores) in KINDS.into_iter().zip(&self.scores) {
            let highest = scores.iter().fold(0.0, |highest, (_, score)| f64::max(highest, *score));
            let mut part = Object::new();
            for (name, score) in scores {
                let share = rounded(score / highest);
                // What has faded to nothing is not shown, so that `$exists` means interest.
                if share > 0.0 {
                    part.push_unchecked(name.clone(), share.into());
                }
            }
            if !part.is_empty() {
                object.set(kind, part);
            }
        }
        (!object.is_empty()).then(|| object.into())
    }

    /// The state for a checkpoint.
    pub(super) fn to_value(&self) -> Value {
        let mut object = crate::object! {
            "o" => self.origin,
            "l" => self.last_at,
            "h" => self.half_life,
        };
        for (kind, scores) in KINDS.into_iter().zip(&self.scores) {
            let mut part = Object::new();
            for (name, score) in scores {
                part.push_unchecked(name.clone(), (*score).into());
            }
            object.set(kind, part);
        }
        object.into()
    }

    /// The state of a checkpoint.
    pub(super) fn from_value(value: &Value) -> Option<Self> {
        let scores = KINDS.map(|kind| {
            let part = value.get(kind).and_then(Value::as_object);
            part.map(|part| part.iter().filter_map(|(name, score)| Some((name.clone(), score.as_number()?))).gather()).unwrap_or_default()
        });
        Some(Affinity {
            origin: value.number("o")? as Millis,
            last_at: value.number("l")? as Millis,
            half_life: value.number("h")? as Millis,
            scores,
        })
    }
}

/// Adds to a name's score; where there is no room left, the weakest name goes, of equal ones the earlier.
fn raise(scores: &mut Vec<(Text, f64)>, name: Text, gain: f64) {
    if let Some((_, score)) = scores.iter_mut().find(|(known, _)| *known == name) {
        *score += gain;
        return;
    }
    scores.push((name, gain));
    if scores.len() > NAMES {
        let mut weakest = (0, f64::INFINITY);
        for (index, (_, score)) in scores.iter().enumerate() {
            if *score < weakest.1 {
                weakest = (index, *score);
            }
        }
        scores.remove(weakest.0);
    }
}
