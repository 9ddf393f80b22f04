//! What a condition may ask about the visitor, and what it answers.

use super::time::{Millis, Zone};
use super::value::{Object, Text, Value};
use crate::domain::list::Gather;

/// The index of a behavioural clause (`$did`, `$didNot`, `$sequence`, `$campaign`) in the table of all clauses.
pub type ClauseId = u32;

/// The index of a document path in the table of all paths that conditions read.
pub type SlotId = u32;

/// Whether a condition holds, and until when that is certain as long as no event comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Answer {
    /// Whether it holds now.
    pub passed: bool,
    /// The first millisecond at which time alone may change the answer; `None` for never.
    pub changes_at: Option<Millis>,
}

impl Answer {
    /// An answer that time alone never changes.
    pub fn fixed(passed: bool) -> Self {
        Answer { passed, changes_at: None }
    }

    /// An answer that may change at `changes_at`.
    pub fn until(passed: bool, changes_at: Option<Millis>) -> Self {
        Answer { passed, changes_at }
    }
}

/// The earlier of two instants, where `None` is never.
pub fn earlier(left: Option<Millis>, right: Option<Millis>) -> Option<Millis> {
    match (left, right) {
        (Some(left), Some(right)) => Some(left.min(right)),
        (left, right) => left.or(right),
    }
}

/// The visitor as conditions see them.
pub trait Facts {
    /// The value at a document path, by its slot; `path` is the same path in words.
    fn lookup(&self, slot: SlotId, path: &str) -> Option<&Value>;
    /// The engine's now.
    fn now(&self) -> Millis;
    /// The shop's time zone.
    fn zone(&self) -> &Zone;
    /// The members of a group of the configuration (`$inGroup`).
    fn group(&self, id: &str) -> Option<&[Value]>;
    /// The answer of a behavioural clause.
    fn clause(&self, clause: ClauseId) -> Answer;
    /// Whether the visitor is in a segment, by its index in the configuration.
    fn segment(&self, segment: u32) -> Answer;
    /// The explanation of a behavioural clause.
    fn trace_clause(&self, clause: ClauseId) -> Trace;
    /// The next instant after `at` at which time alone changes the value at a document path, and that value.
    fn next_value(&self, _path: &str, _at: Millis) -> Option<(Millis, Option<Value>)> {
        None
    }
    /// When time alone takes the visitor into a segment or out of it.
    fn segment_change(&self, segment: u32) -> Option<Millis> {
        self.segment(segment).changes_at
    }
}

/// One node of an explanation: what was asked, what was found (CONTRACT §1).
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Trace {
    /// The condition in the configuration's own words, `{"cart.value": {"$gte": 100000}}`.
    pub condition: Value,
    /// Whether it held.
    pub passed: bool,
    /// What was found.
    pub actual: Option<Value>,
    /// What was asked for.
    pub expected: Option<Value>,
    /// The ids of the events that counted.
    pub events: Vec<Text>,
    /// When the answer changes by itself.
    pub changes_at: Option<Millis>,
    /// The parts it was made of.
    pub children: Vec<Trace>,
}

impl Trace {
    /// What was asked for, and the answer; what was found is still to be said.
    pub fn new(condition: Value, answer: Answer) -> Self {
        Trace { condition, passed: answer.passed, changes_at: answer.changes_at, ..Trace::default() }
    }

    /// The trace as it leaves the engine.
    pub fn to_value(&self) -> Value {
        // Always an object, so that whoever walks a trace needs no second case: a check that is one word is `{word: true}`.
        let condition: Value = match &self.condition {
            Value::Null => Object::new().into(),
            Value::Text(word) => crate::object! { &**word => true }.into(),
            condition => condition.clone(),
        };
        let mut object = crate::object! { "condition" => condition, "passed" => self.passed };
        for (key, value) in [("actual", &self.actual), ("expected", &self.expected)] {
            if let Some(value) = value {
                object.set(key, value.clone());
            }
        }
        if !self.events.is_empty() {
            object.set("events", self.events.iter().cloned().map(Value::from).gather());
        }
        if let Some(at) = self.changes_at {
            object.set("changesAt", super::time::to_iso(at));
        }
        if !self.children.is_empty() {
            object.set("children", self.children.iter().map(Trace::to_value).gather());
        }
        object.into()
    }
}
