//! Behavioural clauses in words: what was counted, and what was asked for.

use super::super::names::{self, Unit};
use super::super::sentences::Sentence;
use super::Writer;
use super::field::{Subject, exactly};
use super::text::quoted;
use crate::domain::time::{DAY, HOUR, MINUTE, parse_duration};
use crate::domain::value::Value;

const MEASURES: [&str; 9] = ["count", "sum", "avg", "min", "max", "distinct", "first", "last", "value"];

/// Whether a part only notes for which value of `per` its clause was explained.
pub(super) fn is_note(trace: &Value) -> bool {
    trace.at("condition.per").is_some()
}

/// The clause whose measures the parts of a trace are.
pub(super) fn measures(trace: &Value) -> Option<&Value> {
    let condition = trace.get("condition")?;
    // A condition of several keys has whole traces as parts, even where one of its keys is a clause.
    condition.as_object().filter(|object| object.len() == 1)?;
    condition.get("$did").or_else(|| condition.get("$campaign")).filter(|clause| clause.as_object().is_some())
}

impl Writer<'_> {
    /// For which value of `per` the clause was explained.
    pub(super) fn note(&self, note: &Value) -> String {
        let (name, _) = names::property(note.at("condition.per").and_then(Value::as_text).unwrap_or_default(), self.language);
        match note.get("actual") {
            Some(found) if !matches!(found, Value::Null) => self.say(Sentence::PerValue, &[&self.value(found, Unit::Bare), &name]),
            _ => self.say(Sentence::PerAny, &[&name]),
        }
    }

    /// `$did` and `$didNot`.
    pub(super) fn did(&self, clause: &Value, trace: &Value, negated: bool) -> String {
        let actual = trace.get("actual").unwrap_or(&Value::Null);
        if let (Value::Null, Some(since)) = (actual, clause.get("since")) {
            // Ages and properties of nothing are unknown too, but with a reference that happened there is a count.
            if trace.get("events").is_none() && !MEASURES.iter().any(|measure| clause.get(measure).is_some() && *measure != "count") {
                return self.say(Sentence::NoReference, &[&self.happening(since)]);
            }
        }
        let given: Vec<&str> = MEASURES.iter().copied().filter(|measure| clause.get(measure).is_some()).collect();
        let (what, found, needed) = match given[..] {
            [] if negated => (self.occurrence(clause), self.times(actual), self.say(Sentence::MustNotHappen, &[])),
            [] => {
                let expected = trace.get("expected").cloned().unwrap_or_else(|| crate::object! { "$gte" => 1_usize }.into());
                (self.occurrence(clause), self.times(actual), self.counted(&expected))
            }
            [measure] => self.measure(clause, measure, clause.get(measure).unwrap_or(&Value::Null), actual),
            _ => {
                let text = self.place_in_time(clause, self.occurrence(clause), &self.times(actual));
                return self.say(Sentence::Several, &[&text]);
            }
        };
        let text = self.place_in_time(clause, what, &found);
        self.say(Sentence::Because, &[&text, &needed])
    }

    /// One of several measures of a clause.
    pub(super) fn measure_line(&self, clause: &Value, part: &Value) -> String {
        let actual = part.get("actual").unwrap_or(&Value::Null);
        let Some((name, operand)) = part.get("condition").and_then(Value::as_object).and_then(|object| object.iter().next()) else {
            return String::new();
        };
        let (what, found, needed) = if MEASURES.contains(&&**name) {
            self.measure(clause, name, operand, actual)
        } else {
            (self.counter(name), self.times(actual), self.counted(operand))
        };
        self.say(Sentence::Has, &[&what, &found, &needed])
    }

    /// What a measure is taken of, what was found, and what is asked.
    fn measure(&self, clause: &Value, measure: &str, operand: &Value, actual: &Value) -> (String, String, String) {
        use Sentence as S;
        let event = self.occurrence(clause);
        let of = operand.text("of").unwrap_or_default();
        let (property, unit) = names::property(of, self.language);
        let asked = without_of(operand);
        let subject = Subject { path: "", unit };
        let over = |sentence| self.say(sentence, &[&event, &property]);
        match measure {
            "count" => (event.clone(), self.times(actual), self.counted(operand)),
            "sum" => (over(S::Sum), self.value(actual, unit), self.needed(&asked, &subject, 0)),
            "avg" => (over(S::Mean), self.value(actual, unit), self.needed(&asked, &subject, 0)),
            "min" => (over(S::Least), self.value(actual, unit), self.needed(&asked, &subject, 0)),
            "max" => (over(S::Most), self.value(actual, unit), self.needed(&asked, &subject, 0)),
            "distinct" => {
                let (what, unit) = match of {
                    "@day" => (self.say(S::Days, &[&event]), Unit::Days),
                    "@session" => (self.say(S::Sessions, &[&event]), Unit::Times),
                    _ => (over(S::Distinct), Unit::Pieces),
                };
                let unit = if of == "@session" && self.language == super::Language::En { Unit::Pieces } else { unit };
                (what, self.value(actual, unit), self.needed(&asked, &Subject { path: "", unit }, 0))
            }
            "first" | "last" => {
                let is_first = measure == "first";
                let needed = self.ages(operand);
                let Some(age) = actual.as_text().and_then(parse_duration) else {
                    let what = if is_first { S::FirstOne } else { S::LastOne };
                    return (self.say(what, &[&event]), self.say(S::Never, &[]), self.say(S::SinceThen, &[&needed]));
                };
                let what = if is_first { S::SinceFirstAge } else { S::SinceLastAge };
                (self.say(what, &[&event]), self.length(age), needed)
            }
            _ => {
                let sentence = if operand.text("at") == Some("first") { S::FirstValue } else { S::LastValue };
                (over(sentence), self.value(actual, unit), self.needed(&asked, &subject, 0))
            }
        }
    }

    fn times(&self, actual: &Value) -> String {
        self.amount(actual.as_number().unwrap_or(0.0), Unit::Times)
    }

    /// A bound on a count: in Korean `3회 이상 필요`, in English without the unit, which stands before it.
    fn counted(&self, operand: &Value) -> String {
        let unit = if self.language == super::Language::Ko { Unit::Times } else { Unit::Bare };
        self.needed(&exactly(operand), &Subject { path: "", unit }, 0)
    }

    /// Bounds on an age, whose operands are durations.
    fn ages(&self, operand: &Value) -> String {
        let parts: Vec<String> = operand
            .as_object()
            .into_iter()
            .flat_map(|object| object.iter())
            .map(|(operator, length)| {
                let lengths = length.as_list().unwrap_or(std::slice::from_ref(length)).iter().filter_map(Value::as_text);
                let text = lengths.map(|text| self.duration(text)).collect::<Vec<_>>().join(", ");
                let sentence = match &**operator {
                    "$gt" => Sentence::MoreThan,
                    "$gte" => Sentence::AtLeast,
                    "$lt" => Sentence::LessThan,
                    "$lte" => Sentence::AtMost,
                    "$ne" => Sentence::NotEqual,
                    "$in" => Sentence::OneOf,
                    "$nin" => Sentence::NoneOf,
                    _ => Sentence::Exactly,
                };
                self.say(sentence, &[&text])
            })
            .collect();
        parts.join(", ")
    }

    /// An event with its `where`: `'상품 조회'[카테고리 = 'shoes']`. The name alone stands for itself.
    fn happening(&self, clause: &Value) -> String {
        match clause {
            Value::Object(_) => {
                let event = self.events(clause.get("event").unwrap_or(&Value::Null));
                match clause.get("where") {
                    Some(filter) => self.say(Sentence::Filtered, &[&event, &self.filter(filter, 0)]),
                    None => event,
                }
            }
            names => self.events(names),
        }
    }

    fn occurrence(&self, clause: &Value) -> String {
        self.happening(clause)
    }

    /// Puts the window and the reference where each language has them: before in Korean, after in English.
    fn place_in_time(&self, clause: &Value, what: String, found: &str) -> String {
        let mut when: Vec<String> = Vec::new();
        if let Some(window) = clause.text("within") {
            when.push(self.window(window));
        }
        if clause.text("in").is_some() {
            when.push(self.say(Sentence::Session, &[]));
        }
        if let Some(since) = clause.get("since") {
            let reference = self.happening(since);
            let first = since.text("at") == Some("first");
            when.push(match since.text("for") {
                Some(length) => self.say(if first { Sentence::ForFirst } else { Sentence::ForLast }, &[&reference, &self.duration(length)]),
                None => self.say(if first { Sentence::SinceFirst } else { Sentence::SinceLast }, &[&reference]),
            });
        }
        let text = if found.is_empty() { what } else { self.say(Sentence::Plain, &[&what, found]) };
        if when.is_empty() {
            return text;
        }
        let when = when.join(" ");
        match self.language {
            super::Language::Ko => self.say(Sentence::Plain, &[&when, &text]),
            super::Language::En => self.say(Sentence::Plain, &[&text, &when]),
        }
    }

    /// `7d`, `today` and their kin.
    fn window(&self, window: &str) -> String {
        match window {
            "today" => self.say(Sentence::Today, &[]),
            "yesterday" => self.say(Sentence::Yesterday, &[]),
            "thisWeek" => self.say(Sentence::ThisWeek, &[]),
            "thisMonth" => self.say(Sentence::ThisMonth, &[]),
            length => {
                // "시간간" would stutter.
                let ends_in_hours = parse_duration(length).is_some_and(|length| length % DAY >= HOUR && length % HOUR < MINUTE);
                let sentence = if ends_in_hours { Sentence::LastHours } else { Sentence::Last };
                let text = self.duration(length);
                // One speaks of "the last day", not of "the last 1 day".
                self.say(sentence, &[text.strip_prefix("1 ").filter(|rest| !rest.contains(' ')).unwrap_or(&text)])
            }
        }
    }

    /// `$sequence`.
    pub(super) fn sequence(&self, clause: &Value, trace: &Value) -> String {
        let steps: Vec<String> = clause.list("steps").iter().map(|step| self.happening(step)).collect();
        let mut how = vec![self.say(Sentence::Sequence, &[&steps.join(" → ")])];
        if let Some(length) = clause.text("within") {
            how.push(self.say(Sentence::Within, &[&self.duration(length)]));
        }
        if clause.text("in").is_some() {
            how.push(self.say(Sentence::Session, &[]));
        }
        if let Some(without) = clause.get("without") {
            how.push(self.say(Sentence::Without, &[&self.happening(without)]));
        }
        if clause.flag("adjacent") {
            how.push(self.say(Sentence::Adjacent, &[]));
        }
        if let Some(window) = clause.text("recent") {
            how.push(self.say(Sentence::Recent, &[&self.window(window)]));
        }
        let count = |key: &str, default: usize| {
            let mut text = String::new();
            let number = trace.number(key).unwrap_or(default as f64);
            crate::domain::message::format::push_grouped(number, None, &mut text);
            text
        };
        let reached = self.say(Sentence::Reached, &[&count("actual", 0), &count("expected", steps.len())]);
        self.say(Sentence::Because, &[&how.join(", "), &reached])
    }

    /// `$segment`.
    pub(super) fn segment(&self, id: &Value, trace: &Value) -> String {
        let name = self.name("segments", id.as_text().unwrap_or_default());
        let sentence = if trace.flag("passed") { Sentence::InSegment } else { Sentence::OutOfSegment };
        let text = capital(self.say(sentence, &[&name]));
        if trace.flag("passed") { text } else { self.say(Sentence::Because, &[&text, &self.say(Sentence::SegmentNeeded, &[])]) }
    }

    /// `$campaign`.
    pub(super) fn campaign(&self, clause: &Value, trace: &Value) -> String {
        let id = clause.as_text().or(clause.text("id")).unwrap_or_default();
        let mut name = self.say(Sentence::Campaign, &[&self.name("campaigns", id)]);
        for (key, sentence) in [("step", Sentence::Step), ("variant", Sentence::Variant)] {
            if let Some(part) = clause.text(key) {
                name = self.say(Sentence::And, &[&name, &self.say(sentence, &[&quoted(part)])]);
            }
        }
        let counters = ["shown", "clicked", "dismissed", "held_out", "goal_reached"];
        let given: Vec<&str> = counters.into_iter().filter(|counter| clause.get(counter).is_some()).collect();
        let counter = match given[..] {
            [] => "shown",
            [one] => one,
            _ => return capital(self.place_in_time(clause, name, "")),
        };
        let expected = trace.get("expected").or(clause.get(counter)).cloned().unwrap_or_default();
        let found = self.times(trace.get("actual").unwrap_or(&Value::Null));
        let what = self.say(Sentence::Plain, &[&name, &self.counter(counter)]);
        let text = capital(self.place_in_time(clause, what, &found));
        self.say(Sentence::Because, &[&text, &self.counted(&expected)])
    }

    fn counter(&self, name: &str) -> String {
        let sentence = match name {
            "clicked" => Sentence::Clicked,
            "dismissed" => Sentence::Dismissed,
            "held_out" => Sentence::HeldOut,
            "goal_reached" => Sentence::GoalReached,
            _ => Sentence::Shown,
        };
        self.say(sentence, &[])
    }

    /// The name that the configuration gives to an item, or its id, in quotes.
    pub(super) fn name(&self, part: &str, id: &str) -> String {
        let item = self.setting.config.get(part).and_then(|items| items.get(id));
        quoted(item.and_then(|item| item.text("name")).unwrap_or(id))
    }
}

/// The comparisons of a measure, without what they are taken of.
fn without_of(operand: &Value) -> Value {
    match operand {
        Value::Object(object) => {
            let mut object = object.clone();
            object.remove("of");
            object.remove("at");
            Value::Object(object)
        }
        plain => exactly(plain),
    }
}

/// With a capital where an English sentence begins with a letter.
pub(super) fn capital(text: String) -> String {
    match text.get(..1) {
        Some(first) => first.to_ascii_uppercase() + text.get(1..).unwrap_or(""),
        None => text,
    }
}
