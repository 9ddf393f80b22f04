//! Why a clause holds or not: what was counted, what was asked, and when it changes by itself.

use super::did::{Did, Scope, Set};
use super::measure::{End, Kind as MeasureKind, Measure};
use super::sequence::Sequence;
use super::{Behaviours, Kind};
use crate::domain::facts::{Answer, ClauseId, Trace};
use crate::domain::journey::Journey;
use crate::domain::list::Gather;
use crate::domain::order;
use crate::domain::time::{Millis, Zone, push_duration};
use crate::domain::value::{Text, Value};

/// The most event ids in one trace: enough to check by hand, and bounded.
const EVENTS: usize = 1_000;
/// How many instants are looked ahead for the exact moment of a change.
const LOOKAHEAD: usize = 2_000;

impl Behaviours {
    /// Explains a clause at `now`; `session` is the number of the current session.
    ///
    /// Unlike [`Behaviours::answer`], `changes_at` is the very moment of the change, not just a safe bound.
    pub fn trace(&self, id: ClauseId, journey: &Journey, now: Millis, zone: &Zone, session: u32) -> Trace {
        let Some(clause) = self.clauses.get(id as usize) else {
            return Trace::default();
        };
        let scope = self.scope(journey, now, zone, session);
        let answer = self.answer_kind(&clause.kind, &scope);
        let changes_at = self.change(&clause.kind, answer, scope);
        let mut trace = Trace::new(crate::object! { clause.key => clause.value.clone() }.into(), Answer { changes_at, ..answer });
        match &clause.kind {
            Kind::Did(did) => self.trace_did(did, &scope, &mut trace),
            Kind::Sequence(sequence) => self.trace_sequence(sequence, &scope, &mut trace),
            Kind::Campaign(parts) => {
                for part in parts {
                    let mut child = Trace::new(Value::Null, part.answer_for(&self.sources, None, &scope));
                    self.trace_did(part, &scope, &mut child);
                    let name = part.measures.first().map_or("shown", |measure| &measure.name);
                    let asked = child.expected.clone().unwrap_or_default();
                    child.condition = Value::Object(crate::object! { name => asked });
                    trace.children.push(child);
                }
                if let [one] = &trace.children[..] {
                    trace.actual = one.actual.clone();
                    trace.expected = one.expected.clone();
                    trace.events = one.events.clone();
                    trace.children.clear();
                }
            }
        }
        trace
    }

    /// Walks from one possible change to the next until the answer is another.
    fn change(&self, kind: &Kind, answer: Answer, mut scope: Scope) -> Option<Millis> {
        let mut at = answer.changes_at?;
        for _ in 0..LOOKAHEAD {
            scope.now = at;
            let next = self.answer_kind(kind, &scope);
            if next.passed != answer.passed {
                return Some(at);
            }
            at = next.changes_at?;
        }
        Some(at)
    }

    /// The value that a `per` clause is explained by: the first that passes, or else the newest.
    fn example(&self, universe: Option<usize>, passes: impl Fn(u32) -> bool) -> Option<u32> {
        let universe = self.universes.get(universe?)?;
        universe.values().find(|value| passes(*value)).or_else(|| universe.values().next())
    }

    fn note_value(&self, universe: Option<usize>, value: Option<u32>, trace: &mut Trace) {
        let universe = universe.and_then(|universe| self.universes.get(universe));
        if let Some((universe, value)) = universe.zip(value) {
            let found = universe.interner.value(value).cloned().unwrap_or_default();
            let mut child = Trace::new(crate::object! { "per" => universe.path.clone() }.into(), Answer::fixed(trace.passed));
            child.actual = Some(found);
            trace.children.push(child);
        }
    }

    fn trace_did(&self, did: &Did, scope: &Scope, trace: &mut Trace) {
        let value = self.example(did.per, |value| did.answer_for(&self.sources, Some(value), scope).passed);
        if did.negated {
            trace.expected = Some(0_usize.into());
        } else if did.measures.is_empty() {
            trace.expected = Some(Value::Object(crate::object! { "$gte" => 1_usize }));
        }
        if did.per.is_some() && value.is_none() {
            trace.actual = Some(0_usize.into());
            return;
        }
        let Ok(set) = did.select(&self.sources, value, scope) else {
            // The reference never happened, so there is nothing to count from.
            trace.actual = Some(Value::Null);
            return;
        };
        trace.events = ids(&set, scope);
        match &did.measures[..] {
            [] => trace.actual = Some(set.count().into()),
            [one] => {
                trace.actual = Some(actual(one, &set, scope));
                trace.expected = Some(one.expected.clone());
            }
            several => {
                trace.actual = Some(set.count().into());
                for measure in several {
                    let words = crate::object! { &measure.name => measure.expected.clone() };
                    let mut child = Trace::new(words.into(), Answer::fixed(measure.kind.take(&set, scope).passed));
                    child.actual = Some(actual(measure, &set, scope));
                    child.expected = Some(measure.expected.clone());
                    trace.children.push(child);
                }
            }
        }
        self.note_value(did.per, value, trace);
    }

    fn trace_sequence(&self, sequence: &Sequence, scope: &Scope, trace: &mut Trace) {
        let value = self.example(sequence.per, |value| sequence.answer_for(Some(value), scope).passed);
        trace.expected = Some(sequence.steps.len().into());
        let steps = if trace.passed { sequence.steps.len() } else { sequence.reached(value, scope) };
        trace.actual = Some(steps.into());
        if trace.passed
            && let Some(state) = sequence.state(value)
        {
            let range = sequence.select(state, scope);
            let last = range.hi.saturating_sub(1);
            let seqs = if last + 1 == state.starts.len() && !state.newest.is_empty() {
                state.newest.clone()
            } else {
                // Of older chains only the ends are kept.
                let start = state.starts.get(last).copied();
                let mut both: Vec<u32> = start.into_iter().chain(state.ends.seq.get(last).copied()).gather();
                order::sort_unique(&mut both);
                both
            };
            trace.events = seqs.iter().filter_map(|seq| Some(scope.event_of(*seq)?.id.clone())).gather();
        }
        self.note_value(sequence.per, value, trace);
    }
}

/// The ids of the newest events that counted, in order.
fn ids(set: &Set, scope: &Scope) -> Vec<Text> {
    let mut ids: Vec<Text> = set
        .ranges()
        .into_iter()
        .rev()
        .flat_map(|(lo, hi)| (lo..hi).rev())
        .take(EVENTS)
        .filter_map(|index| Some(scope.event(set.postings, index)?.id.clone()))
        .gather();
    ids.reverse();
    ids
}

/// What was measured, as a reader expects it: ages as durations, properties as they are.
fn actual(measure: &Measure, set: &Set, scope: &Scope) -> Value {
    match &measure.kind {
        MeasureKind::Property(end, path, _) => property(set, *end, path, scope).unwrap_or_default(),
        MeasureKind::Age(..) => match measure.kind.take(set, scope).number {
            Some(age) => {
                let mut text = String::new();
                push_duration(age as Millis, &mut text);
                text.into()
            }
            None => Value::Null,
        },
        kind => kind.take(set, scope).number.into(),
    }
}

fn property(set: &Set, end: End, path: &str, scope: &Scope) -> Option<Value> {
    let event = scope.event(set.postings, set.end(end)?)?;
    super::per::property(&event.properties, path).cloned()
}
