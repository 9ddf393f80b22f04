//! A source: the events of some names that pass a `where`. Clauses that ask for the same events share one.

use super::per::{Interner, Universe, property};
use super::postings::{EMPTY, MISSING, Numbers, Postings};
use crate::domain::condition::Condition;
use crate::domain::event::Event;
use crate::domain::facts::ClauseId;
use crate::domain::list::{Gather, grow};
use crate::domain::value::{Text, Value};

/// What a source asks of an event.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Wanted {
    /// The names, in order and each once.
    pub names: Vec<Text>,
    /// `"*"`: every event of the shop.
    pub any: bool,
    /// The `where` as written.
    pub filter: Option<Value>,
}

/// A source with what it matched.
#[derive(Clone, Debug)]
pub(super) struct Source {
    /// What it asks.
    pub wanted: Wanted,
    /// The `where`, compiled.
    pub condition: Option<Condition>,
    /// A hash of `wanted`, to find the source again quickly.
    pub hash: u64,
    /// The clauses that read it.
    pub dependents: Vec<ClauseId>,
    /// Everything it matched.
    pub all: Postings,
    /// The same by value, for each universe that a `per` asks for.
    groups: Vec<Group>,
    numbers: Vec<Text>,
    identities: Vec<(Text, Interner)>,
}

#[derive(Clone, Debug)]
struct Group {
    universe: usize,
    by_value: Vec<Postings>,
}

impl Source {
    /// A source that has matched nothing yet.
    pub fn new(wanted: Wanted, condition: Option<Condition>, hash: u64) -> Self {
        Source {
            wanted,
            condition,
            hash,
            dependents: Vec::new(),
            all: Postings::default(),
            groups: Vec::new(),
            numbers: Vec::new(),
            identities: Vec::new(),
        }
    }

    /// The column of numbers of a property.
    pub fn number_column(&mut self, path: &str) -> usize {
        match self.numbers.iter().position(|known| &**known == path) {
            Some(index) => index,
            None => {
                self.numbers.push(path.into());
                self.numbers.len() - 1
            }
        }
    }

    /// The column of identities of a property.
    pub fn identity_column(&mut self, path: &str) -> usize {
        match self.identities.iter().position(|(known, _)| &**known == path) {
            Some(index) => index,
            None => {
                self.identities.push((path.into(), Interner::default()));
                self.identities.len() - 1
            }
        }
    }

    /// Keeps the events by the values of a universe, too.
    pub fn group_by(&mut self, universe: usize) {
        if !self.groups.iter().any(|group| group.universe == universe) {
            self.groups.push(Group { universe, by_value: Vec::new() });
        }
    }

    /// What it matched, or of that only what has one value of a universe.
    pub fn postings(&self, of: Option<(usize, u32)>) -> &Postings {
        let Some((universe, value)) = of else {
            return &self.all;
        };
        self.groups.iter().find(|group| group.universe == universe).and_then(|group| group.by_value.get(value as usize)).unwrap_or(&EMPTY)
    }

    /// Whether the event `seq` was its last match.
    pub fn just_matched(&self, seq: u32) -> bool {
        self.all.seq.last() == Some(&seq)
    }

    /// Adds a matching event at the end.
    pub fn append(&mut self, event: &Event, seq: u32, universes: &[Universe]) {
        let Source { all, groups, numbers, identities, .. } = self;
        let ids: Vec<u32> = identities
            .iter_mut()
            .map(|(path, interner)| match property(&event.properties, path) {
                None | Some(Value::Null) => MISSING,
                Some(value) => interner.id(value),
            })
            .gather();
        let values: Vec<Option<f64>> = numbers.iter().map(|path| property(&event.properties, path)?.as_number()).gather();
        let append = |postings: &mut Postings| {
            postings.at.push(event.at);
            postings.seq.push(seq);
            grow(&mut postings.numbers, values.len(), Numbers::default);
            for (column, value) in postings.numbers.iter_mut().zip(&values) {
                column.push(seq, *value);
            }
            grow(&mut postings.identities, ids.len(), Vec::new);
            for (column, id) in postings.identities.iter_mut().zip(&ids) {
                column.push(*id);
            }
        };
        append(all);
        for group in groups {
            for id in universes.get(group.universe).map_or(&[][..], |universe| &universe.current) {
                let index = *id as usize;
                grow(&mut group.by_value, index + 1, Postings::default);
                if let Some(postings) = group.by_value.get_mut(index) {
                    append(postings);
                }
            }
        }
    }

    /// Takes out the events before the running number `base`; whether there were any.
    pub fn drop_before(&mut self, base: u32) -> bool {
        let dropped = self.all.drop_before(base);
        if dropped {
            for postings in self.groups.iter_mut().flat_map(|group| &mut group.by_value) {
                postings.drop_before(base);
            }
        }
        dropped
    }

    /// Forgets what it matched.
    pub fn clear(&mut self) {
        self.all = Postings::default();
        for group in &mut self.groups {
            group.by_value.clear();
        }
        for (_, interner) in &mut self.identities {
            interner.clear();
        }
    }
}
