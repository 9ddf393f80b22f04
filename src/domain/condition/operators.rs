//! Compiling what stands under a path: operators and plain values.

use super::super::problem::{Place, did_you_mean, found, sentence, shown};
use super::super::time::parse_duration;
use super::super::value::{Object, Value};
use super::build::{BEHAVIOUR, Builder};
use super::node::{Kind, OPERATORS, Operand};
use super::pattern::Pattern;
use super::{dates, text};
use crate::domain::list::Gather;
use std::rc::Rc;

impl Builder<'_> {
    /// Compiles what a value is compared with: a plain value, or an object of operators.
    pub(super) fn tests(&mut self, value: &Value, place: &Place, depth: usize, negated: bool, fold: bool) {
        match value {
            Value::Object(object) if object.iter().all(|(key, _)| key.starts_with('$')) => {
                for (key, operand) in object.iter() {
                    let here = place.key(key);
                    if !self.fits(&here, depth) {
                        return self.unknown(negated);
                    }
                    self.operator(key, operand, &here, depth, negated);
                }
            }
            Value::Object(object) if object.iter().any(|(key, _)| key.starts_with('$')) => {
                self.refuse(place, "mixed-operators", "operators and other keys cannot stand side by side; write the path with dots");
                self.leaf(Kind::Eq, Operand::Value(value.clone()));
            }
            Value::Text(expected) if fold => {
                self.leaf(Kind::EqFold, Operand::Value(text::lower(expected).into_owned().into()));
            }
            other => self.leaf(Kind::Eq, Operand::Value(other.clone())),
        }
    }

    fn operator(&mut self, key: &str, operand: &Value, place: &Place, depth: usize, negated: bool) {
        let Some((_, kind)) = OPERATORS.iter().find(|(name, _)| *name == key) else {
            let known = OPERATORS.iter().map(|(name, _)| *name);
            self.unknown_operator(place, key, did_you_mean(key, known));
            return self.unknown(negated);
        };
        let kind = *kind;
        let below = depth + 1;
        let fine = match kind {
            Kind::Never => {
                self.refuse(
                    place,
                    "misplaced-operator",
                    sentence("{0} combines conditions and stands beside paths, not under one", [found(key)]),
                );
                self.leaf(Kind::Never, Operand::Nothing);
                true
            }
            Kind::Not | Kind::Size => {
                let first = self.open(kind, 0, Operand::Nothing);
                self.tests(operand, place, below, negated != (kind == Kind::Not), false);
                self.close(first);
                kind == Kind::Not || matches!(operand, Value::Number(_) | Value::Object(_))
            }
            Kind::ElemTests => return self.elements(key, operand, place, below, negated),
            Kind::Every => return self.every(key, operand, place, below, negated),
            Kind::In | Kind::Nin | Kind::InFold | Kind::NinFold => {
                return self.membership(kind, key, operand, place);
            }
            Kind::Gt | Kind::Gte | Kind::Lt | Kind::Lte => {
                self.leaf(kind, Operand::Value(operand.clone()));
                matches!(operand, Value::Number(_) | Value::Text(_))
            }
            Kind::Exists => {
                self.leaf(if truthy(operand) { Kind::Exists } else { Kind::Missing }, Operand::Nothing);
                matches!(operand, Value::Bool(_))
            }
            Kind::Type => {
                self.leaf(kind, Operand::Value(operand.clone()));
                operand.as_text().is_some_and(|name| ["null", "boolean", "number", "string", "array", "object"].contains(&name))
            }
            Kind::Regex | Kind::NotRegex => return self.regex(kind, key, operand, place),
            Kind::VersionEq | Kind::VersionNe | Kind::VersionGt | Kind::VersionGte | Kind::VersionLt | Kind::VersionLte => {
                let expected = match operand {
                    Value::Text(version) => text::padded(version).into(),
                    other => other.clone(),
                };
                self.leaf(kind, Operand::Value(expected));
                matches!(operand, Value::Number(_) | Value::Text(_))
            }
            Kind::Before | Kind::After => match dates::moment(operand) {
                Some(at) => {
                    self.leaf(kind, Operand::Millis(at));
                    true
                }
                None => {
                    self.unknown(negated);
                    false
                }
            },
            Kind::WithinLast | Kind::WithinNext | Kind::Anniversary => {
                let length = operand.as_text().and_then(parse_duration);
                match length.filter(|_| self.clock) {
                    Some(length) => self.leaf(kind, Operand::Millis(length)),
                    None => self.unknown(negated),
                }
                length.is_some()
            }
            Kind::InGroup | Kind::NotInGroup => {
                if let (Some(id), Some(strict)) = (operand.as_text(), &mut self.strict) {
                    strict.compiler.check_group(id, place);
                }
                self.leaf(kind, Operand::Value(operand.clone()));
                operand.as_text().is_some()
            }
            other => {
                self.leaf(other, Operand::Value(operand.clone()));
                true
            }
        };
        if !fine {
            self.wrong(place, key, expects(kind), operand);
        }
    }

    fn membership(&mut self, kind: Kind, key: &str, operand: &Value, place: &Place) {
        let Value::List(items) = operand else {
            self.wrong(place, key, "an array", operand);
            return self.leaf(Kind::Never, Operand::Nothing);
        };
        let items = if matches!(kind, Kind::InFold | Kind::NinFold) {
            let lower = |item: &Value| match item {
                Value::Text(item) => text::lower(item).into_owned().into(),
                other => other.clone(),
            };
            items.iter().map(lower).gather()
        } else {
            items.clone()
        };
        self.leaf(kind, Operand::Value(Value::List(items)));
    }

    fn every(&mut self, key: &str, operand: &Value, place: &Place, depth: usize, negated: bool) {
        let Value::List(items) = operand else {
            self.wrong(place, key, "an array", operand);
            return self.leaf(Kind::Never, Operand::Nothing);
        };
        let first = self.open(Kind::Every, 0, Operand::Nothing);
        for (index, item) in items.iter().enumerate() {
            let group = self.open(Kind::Tests, 0, Operand::Nothing);
            self.tests(item, &place.index(index), depth, negated, key == "$alli");
            self.close(group);
        }
        self.close(first);
    }

    fn elements(&mut self, key: &str, operand: &Value, place: &Place, depth: usize, negated: bool) {
        let Value::Object(object) = operand else {
            self.wrong(place, key, "an object", operand);
            return self.leaf(Kind::Never, Operand::Nothing);
        };
        let document = std::mem::replace(&mut self.document, false);
        if tests_values(object) {
            let first = self.open(Kind::ElemTests, 0, Operand::Nothing);
            self.tests(operand, place, depth, negated, false);
            self.close(first);
        } else {
            let first = self.open(Kind::ElemFields, 0, Operand::Nothing);
            self.condition(operand, place, depth, negated);
            self.close(first);
        }
        self.document = document;
    }

    fn regex(&mut self, kind: Kind, key: &str, operand: &Value, place: &Place) {
        let compiled = match operand.as_text() {
            None => {
                self.wrong(place, key, "a regular expression as a string", operand);
                None
            }
            Some(source) => {
                let compiled = Pattern::new(source, key.ends_with('i'));
                compiled
                    .map_err(|why| {
                        let message = sentence("the regular expression {0} {1}", [shown(operand), why]);
                        self.refuse(place, "invalid-pattern", message);
                    })
                    .ok()
            }
        };
        match compiled {
            Some(compiled) => self.leaf(kind, Operand::Pattern(Rc::new(compiled))),
            // An expression that is none matches nothing; `$notRegex` fails too, since it was meant to exclude someone.
            None => self.leaf(Kind::Never, Operand::Nothing),
        }
    }
}

/// Whether an `$elemMatch` tests each item itself, rather than the fields of each item.
fn tests_values(object: &Object) -> bool {
    !object.is_empty()
        && object
            .iter()
            .all(|(key, _)| key.starts_with('$') && !matches!(&**key, "$and" | "$or" | "$nor" | "$segment") && !BEHAVIOUR.contains(&&**key))
}

/// What JavaScript takes for true.
fn truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(flag) => *flag,
        Value::Number(number) => *number != 0.0,
        Value::Text(text) => !text.is_empty(),
        _ => true,
    }
}

fn expects(kind: Kind) -> &'static str {
    match kind {
        Kind::Size => "a number or operators",
        Kind::Exists => "true or false",
        Kind::Type => "null, boolean, number, string, array or object",
        Kind::Before | Kind::After => "an ISO 8601 time",
        Kind::WithinLast | Kind::WithinNext | Kind::Anniversary => "a duration such as \"7d\"",
        Kind::InGroup | Kind::NotInGroup => "the id of a group",
        _ => "a number or a string",
    }
}
