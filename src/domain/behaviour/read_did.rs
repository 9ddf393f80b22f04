//! Reads `$did` and `$didNot`.

use super::Behaviours;
use super::did::{Did, Since};
use super::measure::{End, Kind, Measure};
use super::source::Wanted;
use super::spec::Reader;
use crate::domain::condition::Condition;
use crate::domain::problem::Place;
use crate::domain::value::{Object, Text, Value};

const MEASURES: [&str; 9] = ["count", "sum", "avg", "min", "max", "distinct", "first", "last", "value"];
/// What `$didNot` takes stands first.
const DID: [&str; 15] =
    ["event", "where", "within", "since", "in", "per", "count", "sum", "avg", "min", "max", "distinct", "first", "last", "value"];
const DID_NOT: usize = 6;

impl Behaviours {
    /// Reads a `$did`, or a `$didNot` where `negated`.
    pub(super) fn did(&mut self, value: &Value, place: &Place, reader: &mut Reader, negated: bool) -> Option<Did> {
        let Value::Object(object) = value else {
            let wanted = reader.names(value, place);
            return Some(self.bare(wanted, place, reader, negated));
        };
        let (known, measures) = DID.split_at(DID_NOT);
        let misplaced = measures.iter().find(|measure| negated && object.get(measure).is_some());
        if let Some(measure) = misplaced {
            // Without it the clause would mean something else.
            let text = "$didNot measures nothing; write {\"$not\": {\"$did\": …}}, or the opposite comparison";
            reader.compiler.problems.error(&place.key(measure), "misplaced-measure", text);
        }
        reader.object(value, place, if negated && misplaced.is_none() { known } else { &DID })?;
        let wanted = reader.event(object, place);
        let mut did = self.bare(wanted, place, reader, negated);
        did.window = reader.window(object, "within", place);
        did.session = reader.session(object, place);
        if let Some(path) = reader.text(object, "per", place) {
            did.per = Some(self.universe(path));
        }
        if let Some(since) = object.get("since") {
            did.since = self.since(since, &place.key("since"), reader);
        }
        for name in MEASURES {
            if let Some(value) = object.get(name)
                && let Some(kind) = self.measure(name, value, &place.key(name), did.source, reader)
            {
                did.measures.push(Measure { name: name.into(), expected: value.clone(), kind });
            }
        }
        if let Some(universe) = did.per {
            for source in [did.source].into_iter().chain(did.since.map(|since| since.source)) {
                self.sources.get_mut(source)?.group_by(universe);
            }
        }
        Some(did)
    }

    /// A clause that asks for at least one event, or for none.
    pub(super) fn bare(&mut self, wanted: Wanted, place: &Place, reader: &mut Reader, negated: bool) -> Did {
        Did {
            negated,
            source: self.source(wanted, place, reader),
            window: None,
            session: false,
            since: None,
            measures: Vec::new(),
            per: None,
        }
    }

    fn since(&mut self, value: &Value, place: &Place, reader: &mut Reader) -> Option<Since> {
        let object = reader.object(value, place, &["event", "where", "at", "for"])?;
        let wanted = reader.event(object, place);
        Some(Since {
            source: self.source(wanted, place, reader),
            end: end(object, place, reader),
            length: reader.duration(object, "for", place),
        })
    }

    fn measure(&mut self, name: &str, value: &Value, place: &Place, source: usize, reader: &mut Reader) -> Option<Kind> {
        match name {
            "count" => {
                return Some(Kind::Count(reader.compare(value, place, &[], false)));
            }
            "first" => {
                return Some(Kind::Age(End::First, reader.compare(value, place, &[], true)));
            }
            "last" => {
                return Some(Kind::Age(End::Last, reader.compare(value, place, &[], true)));
            }
            _ => {}
        }
        let Some(object) = value.as_object() else {
            reader.wrong(place, value, "an object with \"of\" and a comparison");
            return None;
        };
        let path = reader.required(object, "of", place);
        if name == "value" {
            return self.property(object, path, place, reader);
        }
        let compare = reader.compare(value, place, &["of"], false);
        let path = path?;
        let source = self.sources.get_mut(source)?;
        Some(match (name, &*path) {
            ("distinct", "@day") => Kind::Days(compare),
            ("distinct", "@session") => Kind::Sessions(compare),
            ("distinct", _) => Kind::Distinct(source.identity_column(&path), compare),
            ("sum", _) => Kind::Sum(source.number_column(&path), compare),
            ("avg", _) => Kind::Mean(source.number_column(&path), compare),
            ("min", _) => Kind::Least(source.number_column(&path), compare),
            _ => Kind::Most(source.number_column(&path), compare),
        })
    }

    /// `value`: the operators are those of the attribute language, over one property.
    fn property(&self, object: &Object, path: Option<Text>, place: &Place, reader: &mut Reader) -> Option<Kind> {
        let end = end(object, place, reader);
        let mut operators = Object::new();
        for (key, operand) in object.iter() {
            match &**key {
                "of" | "at" => {}
                operator if operator.starts_with('$') => operators.set(operator, operand.clone()),
                other => {
                    reader.unknown(place, other, &["of", "at"]);
                }
            }
        }
        if operators.is_empty() {
            reader.wrong(place, &Value::Object(object.clone()), "a comparison such as {\"$eq\": \"shoes\"}");
            return None;
        }
        let test = Condition::compile_test(&Value::Object(operators), place, reader.compiler)?;
        Some(Kind::Property(end, path?, test))
    }
}

/// `at`: the last occurrence, unless the first is asked for.
fn end(object: &Object, place: &Place, reader: &mut Reader) -> End {
    if let Some(value) = object.get("at") {
        match value.as_text() {
            Some("last") => {}
            Some("first") => return End::First,
            _ => reader.wrong(&place.key("at"), value, "\"first\" or \"last\""),
        }
    }
    End::Last
}
