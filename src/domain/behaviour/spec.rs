//! Reads the parts that clauses share: events, windows, comparisons, and what is wrong with them.

use super::compare::{Compare, OPERATORS};
use super::source::Wanted;
use super::window::{WORDS, Window};
use crate::domain::compiler::Compiler;
use crate::domain::fields::like;
use crate::domain::list::{Gather, append};
use crate::domain::problem::{PROSE, Place, Prose, found, nearest, sentence, shown};
use crate::domain::time::{Millis, parse_duration};
use crate::domain::value::{Object, Text, Value};

/// Reads one part of a configuration, gathering what is wrong with it. A wrong value is read as if it were absent, so that
/// whatever else is wrong is told, too: a clause with any error is dropped as a whole.
pub(super) struct Reader<'a> {
    /// Where problems go.
    pub compiler: &'a mut Compiler,
    /// How far back the journey is kept.
    pub retained: Millis,
}

impl Reader<'_> {
    /// Reports a wrong value.
    pub fn wrong(&mut self, place: &Place, value: &Value, expected: impl Into<Prose>) {
        let text = sentence("expected {0}, found {1}", [expected.into(), shown(value)]);
        self.compiler.problems.error(place, "invalid-value", text);
    }

    /// Reports a key that is not known and is ignored, or an operator, which switches the condition off.
    pub fn unknown(&mut self, place: &Place, key: &str, known: &[&str]) {
        let operator = key.starts_with('$');
        let hint = match nearest(key, known.iter().copied()) {
            Some(near) => sentence("; did you mean \"{0}\"?", [found(near)]),
            None if PROSE => sentence("; expected one of {0}", [found(&known.join(", "))]),
            None => Prose::default(),
        };
        let what = if operator { "unknown operator \"{0}\"{1}" } else { "unknown key \"{0}\"{1}" };
        let text = sentence(what, [found(key), hint]);
        if operator {
            self.compiler.problems.error(&place.key(key), "unknown-operator", text);
        } else {
            self.compiler.problems.warn(&place.key(key), "unknown-key", text);
        }
    }

    /// Reports a part that is missing.
    pub fn missing(&mut self, place: &Place, key: &str) {
        let text = sentence("\"{0}\" is missing", [found(key)]);
        self.compiler.problems.error(place, "missing-key", text);
    }

    /// The object; keys that are not known are reported.
    pub fn object<'v>(&mut self, value: &'v Value, place: &Place, known: &[&str]) -> Option<&'v Object> {
        let Some(object) = value.as_object() else {
            self.wrong(place, value, like(place, "an object"));
            return None;
        };
        for (key, _) in object.iter() {
            if !known.contains(&&**key) {
                self.unknown(place, key, known);
            }
        }
        Some(object)
    }

    /// The names of `event`: a name, a list of names, or `"*"`.
    pub fn names(&mut self, value: &Value, place: &Place) -> Wanted {
        let mut wanted = Wanted::default();
        let one = std::slice::from_ref(value);
        let list = value.as_list().unwrap_or(one);
        for item in list {
            match item.as_text() {
                Some("*") => wanted.any = true,
                Some(name) if !name.is_empty() => wanted.names.push(name.into()),
                _ => self.wrong(place, item, "the name of an event, a list of names, or \"*\""),
            }
        }
        if list.is_empty() {
            self.wrong(place, value, "at least one name of an event");
        }
        crate::domain::order::sort_unique(&mut wanted.names);
        wanted
    }

    /// The names and the `where` of an object with `event`.
    pub fn event(&mut self, object: &Object, place: &Place) -> Wanted {
        let mut wanted = Wanted::default();
        match object.get("event") {
            Some(event) => wanted = self.names(event, &place.key("event")),
            None => self.missing(place, "event"),
        }
        match object.get("where") {
            Some(filter) if filter.as_object().is_none() => {
                self.wrong(&place.key("where"), filter, "a condition over the event's properties");
            }
            filter => wanted.filter = filter.cloned(),
        }
        wanted
    }

    /// `within` and its kin.
    pub fn window(&mut self, object: &Object, key: &str, place: &Place) -> Option<Window> {
        let value = object.get(key)?;
        let place = place.key(key);
        let Some(window) = value.as_text().and_then(Window::parse) else {
            let near = value.as_text().and_then(|text| nearest(text, WORDS));
            match near {
                Some(near) => {
                    let hint = sentence("a duration such as \"7d\"; did you mean \"{0}\"?", [found(near)]);
                    self.wrong(&place, value, hint);
                }
                None => self.wrong(&place, value, "a duration such as \"7d\", or today, yesterday, thisWeek, thisMonth"),
            }
            return None;
        };
        self.reach(&place, window.reach());
        Some(window)
    }

    /// A duration.
    pub fn duration(&mut self, object: &Object, key: &str, place: &Place) -> Option<Millis> {
        let value = object.get(key)?;
        let place = place.key(key);
        let Some(length) = value.as_text().and_then(parse_duration) else {
            self.wrong(&place, value, "a duration such as \"30m\" or \"7d\"");
            return None;
        };
        self.reach(&place, length);
        Some(length)
    }

    /// Warns where something looks further back than the journey is kept.
    pub fn reach(&mut self, place: &Place, length: Millis) {
        if length > self.retained {
            let text = "looks further back than settings.retain.days keeps events, so older ones do not count";
            self.compiler.problems.warn(place, "beyond-retain", text);
        }
    }

    /// `in: "session"`.
    pub fn session(&mut self, object: &Object, place: &Place) -> bool {
        let value = object.get("in");
        if let Some(value) = value.filter(|value| value.as_text() != Some("session")) {
            self.wrong(&place.key("in"), value, "\"session\"");
        }
        value.is_some()
    }

    /// A text that is not empty.
    pub fn text(&mut self, object: &Object, key: &str, place: &Place) -> Option<Text> {
        match object.get(key)? {
            Value::Text(text) if !text.is_empty() => Some(text.clone()),
            value => {
                self.wrong(&place.key(key), value, "the name of a property");
                None
            }
        }
    }

    /// The same, where there has to be one.
    pub fn required(&mut self, object: &Object, key: &str, place: &Place) -> Option<Text> {
        if object.get(key).is_none() {
            self.missing(place, key);
        }
        self.text(object, key, place)
    }

    /// The comparisons of a measure; keys in `others` belong to the measure itself.
    pub fn compare(&mut self, value: &Value, place: &Place, others: &[&str], ages: bool) -> Compare {
        let mut compare = Compare::default();
        let errors = self.compiler.problems.errors();
        let Some(object) = value.as_object() else {
            match self.operand(value, place, ages) {
                // A bare age is nearly always meant as a bound, and never hit to the millisecond.
                Some(_) if ages => self.wrong(place, value, "a comparison such as {\"$lt\": \"30d\"}"),
                Some(number) => compare.push("$eq", vec![number]),
                None => {}
            }
            return compare;
        };
        for (key, operand) in object.iter() {
            if others.contains(&&**key) {
                continue;
            }
            let at = place.key(key);
            if !OPERATORS.contains(&&**key) {
                let known: Vec<&str> = OPERATORS.iter().chain(others).copied().gather();
                self.unknown(place, key, &known);
            } else if let "$in" | "$nin" = &**key {
                let Some(items) = operand.as_list() else {
                    self.wrong(&at, operand, "a list");
                    continue;
                };
                let mut operands = Vec::new();
                for (index, item) in items.iter().enumerate() {
                    append(&mut operands, self.operand(item, &at.index(index), ages));
                }
                compare.push(key, operands);
            } else if let Some(number) = self.operand(operand, &at, ages) {
                compare.push(key, vec![number]);
            }
        }
        if compare.is_empty() && errors == self.compiler.problems.errors() {
            self.wrong(place, value, "a comparison such as {\"$gte\": 3}");
        }
        compare
    }

    fn operand(&mut self, value: &Value, place: &Place, ages: bool) -> Option<f64> {
        if !ages {
            if value.as_number().is_none() {
                self.wrong(place, value, "a number");
            }
            return value.as_number();
        }
        let Some(length) = value.as_text().and_then(parse_duration) else {
            self.wrong(place, value, "a duration such as \"30d\"");
            return None;
        };
        self.reach(place, length);
        Some(length as f64)
    }
}
