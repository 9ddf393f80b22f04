//! The behavioural conditions: `$did`, `$didNot`, `$sequence`, `$campaign` (CONTRACT §3.2).
//!
//! All clauses of a configuration stand in one table. An event is looked up by its name, tested against each `where`
//! that asks for that name, and appended to the postings of the sources it passes; a clause reads windows out of those
//! by binary search. So an event costs what depends on it, and the history is never scanned again.
//!
//! The journey names an event by its index, which changes when old events are dropped; here it has a running number.

mod answer;
mod compare;
mod compile;
mod did;
mod measure;
mod moment;
mod per;
mod postings;
mod read_did;
mod read_sequence;
mod sequence;
mod source;
mod spec;
mod trace;
mod window;

use super::event::Event;
use super::facts::ClauseId;
use super::journey::Journey;
use super::time::Zone;
use super::value::{Text, Value};
use crate::domain::list::drop_first;
use did::Did;
use moment::Moment;
use per::Universe;
use sequence::{Sequence, Step};
use source::Source;
use std::rc::Rc;

/// The table of all behavioural clauses of a configuration.
#[derive(Clone, Debug)]
pub struct Behaviours {
    /// How many days of events are kept (`settings.retain.days`); to be set before clauses are compiled.
    pub retain_days: i64,
    /// The configuration's groups, for `$inGroup` in a `where`; to be set before events come.
    pub groups: Vec<(Text, Vec<Value>)>,
    /// The shop's time zone, for dates in a `where`; to be set before events come.
    pub zone: Zone,
    clauses: Vec<Clause>,
    sources: Vec<Source>,
    universes: Vec<Universe>,
    /// By event name, in order: the sources that name it.
    names: Vec<(Text, Vec<usize>)>,
    /// The sources that ask for `"*"`.
    anything: Vec<usize>,
    /// The clauses that ask about the current session.
    of_session: Vec<ClauseId>,
    /// Whether some sequence asks for adjacent events.
    adjacent: bool,
    /// The running numbers of the shop's events, kept for `adjacent`.
    shop: Vec<u32>,
    /// The running number of the journey's first event.
    base: u32,
    /// The session of the newest event.
    session: u32,
    /// Distinguishes one push from the next, so that a clause is reported once.
    round: u32,
}

/// A clause: its words and its meaning.
#[derive(Clone, Debug)]
struct Clause {
    key: &'static str,
    value: Value,
    hash: u64,
    kind: Kind,
    stamp: u32,
}

#[derive(Clone, Debug)]
enum Kind {
    Did(Did),
    Sequence(Sequence),
    /// All parts must hold.
    Campaign(Vec<Did>),
}

impl Default for Behaviours {
    fn default() -> Self {
        Self::new(400)
    }
}

impl Behaviours {
    /// A table without clauses for a journey of at most `retain_days`.
    pub fn new(retain_days: i64) -> Self {
        Behaviours {
            retain_days,
            groups: Vec::new(),
            zone: Zone::utc(),
            clauses: Vec::new(),
            sources: Vec::new(),
            universes: Vec::new(),
            names: Vec::new(),
            anything: Vec::new(),
            of_session: Vec::new(),
            adjacent: false,
            shop: Vec::new(),
            base: 0,
            session: 0,
            round: 0,
        }
    }

    /// The number of clauses.
    pub fn len(&self) -> usize {
        self.clauses.len()
    }

    /// Whether there is no clause.
    pub fn is_empty(&self) -> bool {
        self.clauses.is_empty()
    }

    /// The clauses that ask about the current session, to be asked again when it changes.
    pub fn of_session(&self) -> &[ClauseId] {
        &self.of_session
    }

    /// Notes the event that was appended at the end of the journey, at `index`.
    ///
    /// The clauses whose answer it may have changed are added to `touched`, each once.
    pub fn push(&mut self, journey: &Journey, index: usize, touched: &mut Vec<ClauseId>) {
        let Some(event) = journey.get(index) else {
            return;
        };
        let seq = self.base.wrapping_add(index as u32);
        self.round = self.round.wrapping_add(1);
        let first = touched.len();
        let session = journey.session(index);
        if session != self.session {
            self.session = session;
            touch(&mut self.clauses, self.round, &self.of_session, touched);
        }
        for universe in &mut self.universes {
            if universe.enter(event) {
                touch(&mut self.clauses, self.round, &universe.dependents, touched);
            }
        }
        // Conditions read a `Value`; the copy is made only where a `where` asks for it.
        let mut properties = None;
        let Behaviours { names, anything, sources, universes, clauses, round, groups, zone, .. } = self;
        let moment = Moment { at: event.at, zone, groups };
        for source in candidates(names, anything, event) {
            let Some(source) = sources.get_mut(source) else {
                continue;
            };
            let passes = match &source.condition {
                None => true,
                Some(condition) => {
                    let copy = || Value::Object(event.properties.clone());
                    let properties = properties.get_or_insert_with(copy);
                    condition.matches_with(properties, &moment).passed
                }
            };
            // A list such as `["*", "Message Shown"]` may lead to a source twice.
            if passes && !source.just_matched(seq) {
                source.append(event, seq, universes);
                touch(clauses, *round, &source.dependents, touched);
            }
        }
        self.advance(journey, event, seq, touched.get(first..).unwrap_or(&[]));
        if !event.own {
            if self.adjacent {
                self.shop.push(seq);
            }
            for universe in &mut self.universes {
                universe.pass(seq);
            }
        }
    }

    /// Lets the sequences among `touched` take the event.
    fn advance(&mut self, journey: &Journey, event: &Event, seq: u32, touched: &[ClauseId]) {
        let Behaviours { clauses, sources, universes, shop, base, .. } = self;
        let time = |seq: u32| {
            let index = seq.wrapping_sub(*base) as usize;
            journey.get(index).map_or(0, |event| event.at)
        };
        for id in touched {
            let Some(Kind::Sequence(sequence)) = clauses.get_mut(*id as usize).map(|clause| &mut clause.kind) else {
                continue;
            };
            let mut step = Step {
                matched: &|source| sources.get(source).is_some_and(|source| source.just_matched(seq)),
                seq,
                at: event.at,
                own: event.own,
                before: shop.last().copied(),
            };
            let Some(universe) = sequence.per else {
                sequence.advance(None, &step, &time);
                continue;
            };
            let Some(universe) = universes.get(universe) else {
                continue;
            };
            for value in &universe.current {
                step.before = universe.shop.get(*value as usize).and_then(|list| list.last()).copied();
                sequence.advance(Some(*value), &step, &time);
            }
        }
    }

    /// Reads the whole journey anew: at the start, and after an event came late.
    pub fn rebuild(&mut self, journey: &Journey) {
        self.base = 0;
        self.session = 0;
        self.shop.clear();
        self.sources.iter_mut().for_each(Source::clear);
        self.universes.iter_mut().for_each(Universe::clear);
        for clause in &mut self.clauses {
            if let Kind::Sequence(sequence) = &mut clause.kind {
                sequence.clear();
            }
        }
        let mut touched = Vec::new();
        for index in 0..journey.len() {
            self.push(journey, index, &mut touched);
            touched.clear();
        }
    }

    /// Forgets the events that the journey just dropped ([`Journey::drop_oldest`]).
    pub fn drop_oldest(&mut self, dropped: &[Rc<Event>], touched: &mut Vec<ClauseId>) {
        self.base = self.base.wrapping_add(dropped.len() as u32);
        self.round = self.round.wrapping_add(1);
        let Behaviours { names, anything, sources, universes, clauses, round, base, shop, .. } = self;
        let gone = shop.partition_point(|seq| *seq < *base);
        drop_first(shop, gone);
        for event in dropped {
            for universe in universes.iter_mut() {
                if universe.leave(event, *base) {
                    touch(clauses, *round, &universe.dependents, touched);
                }
            }
            for source in candidates(names, anything, event) {
                if let Some(source) = sources.get_mut(source)
                    && source.drop_before(*base)
                {
                    touch(clauses, *round, &source.dependents, touched);
                }
            }
        }
        for id in touched {
            if let Some(Kind::Sequence(sequence)) = clauses.get_mut(*id as usize).map(|clause| &mut clause.kind) {
                sequence.drop_before(*base);
            }
        }
    }
}

/// The sources that may want an event. `"*"` stands for the shop's own events only.
fn candidates<'a>(names: &'a [(Text, Vec<usize>)], anything: &'a [usize], event: &Event) -> impl Iterator<Item = usize> + 'a {
    let named =
        names.binary_search_by(|(name, _)| name.cmp(&event.name)).ok().and_then(|at| names.get(at)).map_or(&[][..], |(_, sources)| sources);
    let anything = if event.own { &[] } else { anything };
    named.iter().chain(anything).copied()
}

/// Adds clauses to `touched` that this round has not added yet.
fn touch(clauses: &mut [Clause], round: u32, ids: &[ClauseId], touched: &mut Vec<ClauseId>) {
    for id in ids {
        if let Some(clause) = clauses.get_mut(*id as usize)
            && clause.stamp != round
        {
            clause.stamp = round;
            touched.push(*id);
        }
    }
}
