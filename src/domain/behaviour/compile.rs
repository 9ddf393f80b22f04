//! Makes clauses of the configuration's words, and gives equal ones the same number.

use super::per::hash;
use super::source::{Source, Wanted};
use super::spec::Reader;
use super::{Behaviours, Clause, Kind};
use crate::domain::compiler::Compiler;
use crate::domain::condition::{Clauses, Condition};
use crate::domain::facts::ClauseId;
use crate::domain::list::Gather;
use crate::domain::problem::Place;
use crate::domain::time::DAY;
use crate::domain::value::{Text, Value};

/// The keys of the clauses.
const KEYS: [&str; 4] = ["$did", "$didNot", "$sequence", "$campaign"];

impl Clauses for Behaviours {
    fn compile(&mut self, key: &str, value: &Value, place: &Place, compiler: &mut Compiler) -> Option<ClauseId> {
        let errors = compiler.problems.errors();
        let mut reader = Reader { retained: self.retain_days.saturating_mul(DAY), compiler };
        let kind = match key {
            "$did" => Kind::Did(self.did(value, place, &mut reader, false)?),
            "$didNot" => Kind::Did(self.did(value, place, &mut reader, true)?),
            "$sequence" => Kind::Sequence(self.sequence(value, place, &mut reader)?),
            "$campaign" => Kind::Campaign(self.campaign(value, place, &mut reader)?),
            _ => {
                reader.unknown(place, key, &KEYS);
                return None;
            }
        };
        if reader.compiler.problems.errors() > errors {
            return None;
        }
        let hash = hash(value) ^ key.len() as u64;
        let known = self.clauses.iter().position(|clause| clause.hash == hash && clause.key == key && clause.value == *value);
        if let Some(known) = known {
            return Some(known as ClauseId);
        }
        let key = KEYS.iter().find(|known| **known == key)?;
        let id = self.clauses.len() as ClauseId;
        self.depend(id, &kind);
        self.clauses.push(Clause { key, value: value.clone(), hash, kind, stamp: 0 });
        Some(id)
    }
}

impl Behaviours {
    /// Notes what must happen for a clause to be asked again.
    fn depend(&mut self, id: ClauseId, kind: &Kind) {
        let (mut sources, universe, session) = match kind {
            Kind::Did(did) => {
                let since = did.since.map(|since| since.source);
                ([did.source].into_iter().chain(since).gather(), did.per, did.session)
            }
            Kind::Sequence(sequence) => {
                let steps = sequence.steps.iter().copied();
                (steps.chain(sequence.without).gather(), sequence.per, sequence.session)
            }
            Kind::Campaign(parts) => (parts.iter().map(|part| part.source).gather(), None, parts.iter().any(|part| part.session)),
        };
        crate::domain::order::sort_unique(&mut sources);
        for source in sources {
            if let Some(source) = self.sources.get_mut(source) {
                source.dependents.push(id);
            }
        }
        if let Some(universe) = universe.and_then(|universe| self.universes.get_mut(universe)) {
            universe.dependents.push(id);
        }
        if session {
            self.of_session.push(id);
        }
    }

    /// The source for `wanted`, a new one where nobody asked for it yet, and none there is where its `where` is wrong.
    pub(super) fn source(&mut self, wanted: Wanted, place: &Place, reader: &mut Reader) -> usize {
        let mut key = hash(&wanted.filter.clone().unwrap_or_default()) ^ u64::from(wanted.any);
        for name in &wanted.names {
            key = key.rotate_left(7) ^ hash(&Value::Text(name.clone()));
        }
        // The `where` is compiled each time, so that a mistake is reported at every place that makes it.
        let condition = match &wanted.filter {
            None => None,
            Some(filter) => match Condition::compile_where(filter, &place.key("where"), reader.compiler) {
                None => return usize::MAX,
                condition => condition,
            },
        };
        let known = self.sources.iter().position(|source| source.hash == key && source.wanted == wanted);
        if let Some(known) = known {
            return known;
        }
        let index = self.sources.len();
        if wanted.any {
            self.anything.push(index);
        }
        for name in &wanted.names {
            match self.names.binary_search_by(|(known, _)| known.cmp(name)) {
                Ok(at) => self.names.get_mut(at).map_or((), |(_, sources)| sources.push(index)),
                Err(at) => self.names.insert(at, (name.clone(), vec![index])),
            }
        }
        self.sources.push(Source::new(wanted, condition, key));
        index
    }

    /// The universe of a property's values.
    pub(super) fn universe(&mut self, path: Text) -> usize {
        match self.universes.iter().position(|universe| universe.path == path) {
            Some(index) => index,
            None => {
                self.universes.push(super::per::Universe { path, ..Default::default() });
                self.universes.len() - 1
            }
        }
    }
}
