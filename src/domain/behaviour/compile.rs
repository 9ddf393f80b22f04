//! Makes clauses of the configuration's words, and gives equal ones the same number.

use super::did::{Did, Since};
use super::measure::{End, Kind as MeasureKind, Measure};
use super::per::hash;
use super::sequence::{Sequence, State};
use super::shim::{Clauses, Condition, NoClauses};
use super::source::{Source, Wanted};
use super::spec::Reader;
use super::{Behaviours, Clause, Kind};
use crate::domain::compiler::Compiler;
use crate::domain::facts::ClauseId;
use crate::domain::problem::Place;
use crate::domain::time::DAY;
use crate::domain::value::{Object, Text, Value};

/// The keys of the clauses.
const KEYS: [&str; 4] = ["$did", "$didNot", "$sequence", "$campaign"];
const MEASURES: [&str; 9] = [
    "count", "sum", "avg", "min", "max", "distinct", "first", "last", "value",
];
/// What `$didNot` takes stands first.
const DID: [&str; 15] = [
    "event", "where", "within", "since", "in", "per", "count", "sum", "avg", "min", "max",
    "distinct", "first", "last", "value",
];
const DID_NOT: usize = 6;
const SEQUENCE: [&str; 7] = [
    "steps", "within", "without", "recent", "in", "adjacent", "per",
];
/// What a campaign's clause counts, and the events that tell it.
const CAMPAIGN_EVENTS: [(&str, &str); 5] = [
    ("shown", "Message Shown"),
    ("clicked", "Message Clicked"),
    ("dismissed", "Message Dismissed"),
    ("held_out", "Message Held Out"),
    ("goal_reached", "Goal Reached"),
];
const CAMPAIGN: [&str; 10] = [
    "id",
    "shown",
    "clicked",
    "dismissed",
    "held_out",
    "goal_reached",
    "within",
    "in",
    "variant",
    "step",
];

impl Clauses for Behaviours {
    fn compile(
        &mut self,
        key: &str,
        value: &Value,
        place: &Place,
        compiler: &mut Compiler,
    ) -> Option<ClauseId> {
        let mut reader = Reader {
            retained: self.retain_days.saturating_mul(DAY),
            compiler,
        };
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
        let hash = hash(value) ^ key.len() as u64;
        let known = self
            .clauses
            .iter()
            .position(|clause| clause.hash == hash && clause.key == key && clause.value == *value);
        if let Some(known) = known {
            return Some(known as ClauseId);
        }
        let key = KEYS.iter().find(|known| **known == key)?;
        let id = self.clauses.len() as ClauseId;
        self.depend(id, &kind);
        self.clauses.push(Clause {
            key,
            value: value.clone(),
            hash,
            kind,
            stamp: 0,
        });
        Some(id)
    }
}

impl Behaviours {
    /// Notes what must happen for a clause to be asked again.
    fn depend(&mut self, id: ClauseId, kind: &Kind) {
        let (mut sources, universe, session) = match kind {
            Kind::Did(did) => {
                let since = did.since.map(|since| since.source);
                (
                    [did.source].into_iter().chain(since).collect(),
                    did.per,
                    did.session,
                )
            }
            Kind::Sequence(sequence) => {
                let steps = sequence.steps.iter().copied();
                (
                    steps.chain(sequence.without).collect::<Vec<_>>(),
                    sequence.per,
                    sequence.session,
                )
            }
            Kind::Campaign(parts) => (
                parts.iter().map(|part| part.source).collect(),
                None,
                parts.iter().any(|part| part.session),
            ),
        };
        sources.sort_unstable();
        sources.dedup();
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

    /// The source for `wanted`, a new one where nobody asked for it yet.
    fn source(&mut self, wanted: Wanted, place: &Place, reader: &mut Reader) -> Option<usize> {
        let mut key = hash(&wanted.filter.clone().unwrap_or_default()) ^ u64::from(wanted.any);
        for name in &wanted.names {
            key = key.rotate_left(7) ^ hash(&Value::Text(name.clone()));
        }
        // The `where` is compiled each time, so that a mistake is reported at every place that makes it.
        let condition = match &wanted.filter {
            None => None,
            Some(filter) => Some(self.condition(filter, &place.key("where"), reader)?),
        };
        let known = self
            .sources
            .iter()
            .position(|source| source.hash == key && source.wanted == wanted);
        if known.is_some() {
            return known;
        }
        let index = self.sources.len();
        if wanted.any {
            self.anything.push(index);
        }
        for name in &wanted.names {
            match self.names.binary_search_by(|(known, _)| known.cmp(name)) {
                Ok(at) => self.names.get_mut(at)?.1.push(index),
                Err(at) => self.names.insert(at, (name.clone(), vec![index])),
            }
        }
        self.sources.push(Source::new(wanted, condition, key));
        Some(index)
    }

    /// Compiles a condition over an event's properties; its paths are not those of the visitor's document.
    fn condition(
        &mut self,
        value: &Value,
        place: &Place,
        reader: &mut Reader,
    ) -> Option<Condition> {
        std::mem::swap(&mut self.paths, &mut reader.compiler.paths);
        let condition = Condition::compile(value, place, reader.compiler, &mut NoClauses);
        std::mem::swap(&mut self.paths, &mut reader.compiler.paths);
        condition
    }

    fn universe(&mut self, path: Text) -> usize {
        match self
            .universes
            .iter()
            .position(|universe| universe.path == path)
        {
            Some(index) => index,
            None => {
                self.universes.push(super::per::Universe {
                    path,
                    ..Default::default()
                });
                self.universes.len() - 1
            }
        }
    }

    fn did(
        &mut self,
        value: &Value,
        place: &Place,
        reader: &mut Reader,
        negated: bool,
    ) -> Option<Did> {
        let Value::Object(object) = value else {
            let wanted = reader.names(value, place)?;
            return self.bare(wanted, place, reader, negated);
        };
        let known = if negated { DID.get(..DID_NOT)? } else { &DID };
        reader.object(value, place, known)?;
        let wanted = reader.event(object, place)?;
        let mut did = self.bare(wanted, place, reader, negated)?;
        did.window = reader.window(object, "within", place).ok()?;
        did.session = reader.session(object, place).ok()?;
        if let Some(path) = reader.text(object, "per", place).ok()? {
            did.per = Some(self.universe(path));
        }
        if let Some(since) = object.get("since") {
            did.since = Some(self.since(since, &place.key("since"), reader)?);
        }
        for name in MEASURES {
            if let Some(value) = object.get(name) {
                let kind = self.measure(name, value, &place.key(name), did.source, reader)?;
                did.measures.push(Measure {
                    name: name.into(),
                    expected: value.clone(),
                    kind,
                });
            }
        }
        if let Some(universe) = did.per {
            for source in [did.source]
                .into_iter()
                .chain(did.since.map(|since| since.source))
            {
                self.sources.get_mut(source)?.group_by(universe);
            }
        }
        Some(did)
    }

    fn bare(
        &mut self,
        wanted: Wanted,
        place: &Place,
        reader: &mut Reader,
        negated: bool,
    ) -> Option<Did> {
        Some(Did {
            negated,
            source: self.source(wanted, place, reader)?,
            window: None,
            session: false,
            since: None,
            measures: Vec::new(),
            per: None,
        })
    }

    fn since(&mut self, value: &Value, place: &Place, reader: &mut Reader) -> Option<Since> {
        let object = reader.object(value, place, &["event", "where", "at", "for"])?;
        let wanted = reader.event(object, place)?;
        Some(Since {
            source: self.source(wanted, place, reader)?,
            end: end(object, place, reader)?,
            length: reader.duration(object, "for", place).ok()?,
        })
    }

    fn measure(
        &mut self,
        name: &str,
        value: &Value,
        place: &Place,
        source: usize,
        reader: &mut Reader,
    ) -> Option<MeasureKind> {
        match name {
            "count" => {
                return Some(MeasureKind::Count(reader.compare(
                    value,
                    place,
                    &[],
                    false,
                )?));
            }
            "first" => {
                return Some(MeasureKind::Age(
                    End::First,
                    reader.compare(value, place, &[], true)?,
                ));
            }
            "last" => {
                return Some(MeasureKind::Age(
                    End::Last,
                    reader.compare(value, place, &[], true)?,
                ));
            }
            _ => {}
        }
        let Some(object) = value.as_object() else {
            reader.wrong(place, value, "an object with \"of\" and a comparison");
            return None;
        };
        let Some(path) = reader.text(object, "of", place).ok()? else {
            reader.missing(place, "of");
            return None;
        };
        if name == "value" {
            return self.property(object, path, place, reader);
        }
        let compare = reader.compare(value, place, &["of"], false)?;
        let source = self.sources.get_mut(source)?;
        Some(match (name, &*path) {
            ("distinct", "@day") => MeasureKind::Days(compare),
            ("distinct", "@session") => MeasureKind::Sessions(compare),
            ("distinct", _) => MeasureKind::Distinct(source.identity_column(&path), compare),
            ("sum", _) => MeasureKind::Sum(source.number_column(&path), compare),
            ("avg", _) => MeasureKind::Mean(source.number_column(&path), compare),
            ("min", _) => MeasureKind::Least(source.number_column(&path), compare),
            _ => MeasureKind::Most(source.number_column(&path), compare),
        })
    }

    /// `value`: the operators are those of the attribute language, over one property.
    fn property(
        &mut self,
        object: &Object,
        path: Text,
        place: &Place,
        reader: &mut Reader,
    ) -> Option<MeasureKind> {
        let end = end(object, place, reader)?;
        let mut operators = Object::new();
        for (key, operand) in object.iter() {
            match &**key {
                "of" | "at" => {}
                operator if operator.starts_with('$') => operators.set(operator, operand.clone()),
                other => {
                    reader.unknown(place, other, &["of", "at"]);
                    return None;
                }
            }
        }
        if operators.is_empty() {
            reader.wrong(
                place,
                &Value::Object(object.clone()),
                "a comparison such as {\"$eq\": \"shoes\"}",
            );
            return None;
        }
        let condition = Value::Object(crate::object! { &path => operators });
        let condition = self.condition(&condition, place, reader)?;
        Some(MeasureKind::Property(end, path, condition))
    }

    fn sequence(&mut self, value: &Value, place: &Place, reader: &mut Reader) -> Option<Sequence> {
        let object = reader.object(value, place, &SEQUENCE)?;
        let list = object.get("steps").and_then(Value::as_list).unwrap_or(&[]);
        let at = place.key("steps");
        if list.is_empty() {
            match object.get("steps") {
                Some(value) => reader.wrong(&at, value, "a list of steps, each with an event"),
                None => reader.missing(place, "steps"),
            }
            return None;
        }
        let mut steps = Vec::with_capacity(list.len());
        for (index, step) in list.iter().enumerate() {
            steps.push(self.step(step, &at.index(index), reader)?);
        }
        let without = match object.get("without") {
            None => None,
            Some(value) => Some(self.step(value, &place.key("without"), reader)?),
        };
        let adjacent = match object.get("adjacent") {
            None => false,
            Some(Value::Bool(flag)) => *flag,
            Some(value) => {
                reader.wrong(&place.key("adjacent"), value, "true or false");
                return None;
            }
        };
        let per = reader
            .text(object, "per", place)
            .ok()?
            .map(|path| self.universe(path));
        self.adjacent |= adjacent;
        if let Some(universe) = per.and_then(|universe| self.universes.get_mut(universe)) {
            universe.adjacent |= adjacent;
        }
        Some(Sequence {
            steps,
            without,
            within: reader.duration(object, "within", place).ok()?,
            recent: reader.window(object, "recent", place).ok()?,
            session: reader.session(object, place).ok()?,
            adjacent,
            per,
            all: State::default(),
            by_value: Vec::new(),
        })
    }

    /// A step: an object with `event`, or the event's name alone.
    fn step(&mut self, value: &Value, place: &Place, reader: &mut Reader) -> Option<usize> {
        let wanted = match value {
            Value::Object(_) => {
                let object = reader.object(value, place, &["event", "where"])?;
                reader.event(object, place)?
            }
            _ => reader.names(value, place)?,
        };
        self.source(wanted, place, reader)
    }

    fn campaign(&mut self, value: &Value, place: &Place, reader: &mut Reader) -> Option<Vec<Did>> {
        let named;
        let object = match value {
            Value::Text(id) => {
                named = crate::object! { "id" => id.clone() };
                &named
            }
            _ => reader.object(value, place, &CAMPAIGN)?,
        };
        let Some(id) = reader.text(object, "id", place).ok()? else {
            reader.missing(place, "id");
            return None;
        };
        let mut filter = crate::object! { "campaign" => crate::object! { "$eq" => id } };
        for key in ["variant", "step"] {
            if let Some(text) = reader.text(object, key, place).ok()? {
                filter.set(key, crate::object! { "$eq" => text });
            }
        }
        let window = reader.window(object, "within", place).ok()?;
        let session = reader.session(object, place).ok()?;
        let mut parts = Vec::new();
        for (key, event) in CAMPAIGN_EVENTS {
            // Without any measure the campaign must have been shown.
            let implied = key == "shown"
                && !CAMPAIGN_EVENTS
                    .iter()
                    .any(|(key, _)| object.get(key).is_some());
            let measured = object.get(key);
            if measured.is_none() && !implied {
                continue;
            }
            let wanted = Wanted {
                names: vec![event.into()],
                any: false,
                filter: Some(Value::Object(filter.clone())),
            };
            let mut did = self.bare(wanted, place, reader, false)?;
            did.window = window;
            did.session = session;
            if let Some(value) = measured {
                did.measures.push(Measure {
                    name: key.into(),
                    expected: value.clone(),
                    kind: MeasureKind::Count(reader.compare(value, &place.key(key), &[], false)?),
                });
            }
            parts.push(did);
        }
        Some(parts)
    }
}

/// `at`: the last occurrence, unless the first is asked for.
fn end(object: &Object, place: &Place, reader: &mut Reader) -> Option<End> {
    match object.get("at") {
        None => Some(End::Last),
        Some(value) => match value.as_text() {
            Some("last") => Some(End::Last),
            Some("first") => Some(End::First),
            _ => {
                reader.wrong(&place.key("at"), value, "\"first\" or \"last\"");
                None
            }
        },
    }
}
