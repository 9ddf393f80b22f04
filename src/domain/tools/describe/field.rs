//! Comparisons of the attribute language in words.

use super::super::names::{self, Unit};
use super::super::sentences::Sentence;
use super::Writer;
use super::text::quoted;
use crate::domain::value::{Object, Value};

/// The deepest nesting inside one comparison that is spelled out.
const NESTED: usize = 6;

impl Writer<'_> {
    /// What was found at a path of the document, and what was asked.
    pub(super) fn field(&self, path: &str, operand: &Value, trace: &Value) -> String {
        let (mut name, unit) = names::path(path, self.language);
        let actual = trace.get("actual").unwrap_or(&Value::Null);
        let found = match actual {
            Value::List(items) => self.say(Sentence::Items, &[&self.amount(items.len() as f64, Unit::Bare)]),
            Value::Text(text) => names::value(path, text, self.language).map_or_else(|| self.value(actual, unit), Into::into),
            _ => self.value(actual, unit),
        };
        // An English sentence begins with a capital; a name in quotes stays as it is.
        if let Some(first) = name.get(..1).filter(|first| first.is_ascii()) {
            name = first.to_ascii_uppercase() + name.get(1..).unwrap_or("");
        }
        let needed = self.needed(operand, &Subject { path, unit }, 0);
        self.say(Sentence::Has, &[&name, &found, &needed])
    }

    /// What is asked of a value: each comparison, joined.
    pub(super) fn needed(&self, operand: &Value, subject: &Subject, depth: usize) -> String {
        match operand {
            Value::Object(object) if depth < NESTED && !object.is_empty() && object.iter().all(|(key, _)| key.starts_with('$')) => {
                let parts: Vec<String> =
                    object.iter().map(|(operator, operand)| self.operator(operator, operand, subject, depth)).collect();
                parts.join(", ")
            }
            plain => self.say(Sentence::Equal, &[&self.operand(plain, subject)]),
        }
    }

    fn operand(&self, value: &Value, subject: &Subject) -> String {
        match value {
            Value::Text(text) => {
                names::value(subject.path, text, self.language).map_or_else(|| self.value(value, subject.unit), Into::into)
            }
            Value::List(items) => {
                let mut texts: Vec<String> = items.iter().take(10).map(|item| self.operand(item, subject)).collect();
                if items.len() > 10 {
                    texts.push("…".into());
                }
                texts.join(", ")
            }
            _ => self.value(value, subject.unit),
        }
    }

    fn operator(&self, operator: &str, operand: &Value, subject: &Subject, depth: usize) -> String {
        use Sentence as S;
        let value = self.operand(operand, subject);
        let one = |sentence| self.say(sentence, &[&value]);
        let version = |sentence| self.say(sentence, &[&self.say(S::Version, &[operand.as_text().unwrap_or(&value)])]);
        let folded = |sentence| self.say(S::IgnoringCase, &[&self.say(sentence, &[&value])]);
        let pattern = ["/", operand.as_text().unwrap_or(&value), "/"].concat();
        let length = || self.duration(operand.as_text().unwrap_or_default());
        match operator {
            "$eq" => match operand {
                Value::Null => self.say(S::MustBeAbsent, &[]),
                Value::Number(_) => one(S::Exactly),
                _ => one(S::Equal),
            },
            "$ne" if matches!(operand, Value::Null) => self.say(S::MustExist, &[]),
            "$ne" => one(S::NotEqual),
            "$gt" => one(S::MoreThan),
            "$gte" => one(S::AtLeast),
            "$lt" => one(S::LessThan),
            "$lte" => one(S::AtMost),
            "$in" => one(S::OneOf),
            "$nin" => one(S::NoneOf),
            "$ini" => folded(S::OneOf),
            "$nini" => folded(S::NoneOf),
            "$all" => one(S::AllOf),
            "$alli" => folded(S::AllOf),
            "$size" => self.say(S::Items, &[&self.needed(&exactly(operand), &Subject { path: "", unit: Unit::Bare }, depth + 1)]),
            "$elemMatch" if is_tests(operand) => {
                self.say(S::AnyItem, &[&self.needed(operand, &Subject { path: "", unit: Unit::Bare }, depth + 1)])
            }
            "$elemMatch" => self.say(S::AnyItem, &[&self.filter(operand, depth + 1)]),
            "$exists" if matches!(operand, Value::Bool(false) | Value::Null) => self.say(S::MustBeAbsent, &[]),
            "$exists" => self.say(S::MustExist, &[]),
            "$type" => self.say(S::OfType, &[self.kind(operand.as_text().unwrap_or_default())]),
            "$regex" => self.say(S::Matches, &[&pattern]),
            "$notRegex" => self.say(S::MatchesNot, &[&pattern]),
            "$regexi" => self.say(S::IgnoringCase, &[&self.say(S::Matches, &[&pattern])]),
            "$notRegexi" => self.say(S::IgnoringCase, &[&self.say(S::MatchesNot, &[&pattern])]),
            "$veq" => version(S::Exactly),
            "$vne" => version(S::NotEqual),
            "$vgt" => version(S::MoreThan),
            "$vgte" => version(S::AtLeast),
            "$vlt" => version(S::LessThan),
            "$vlte" => version(S::AtMost),
            "$inGroup" => one(S::InGroup),
            "$notInGroup" => one(S::NotInGroup),
            "$before" => one(S::Before),
            "$after" => one(S::After),
            "$withinLast" => self.say(S::WithinLast, &[&length()]),
            "$withinNext" => self.say(S::WithinNext, &[&length()]),
            "$anniversary" if crate::domain::time::parse_duration(operand.as_text().unwrap_or("")) == Some(0) => {
                self.say(S::AnniversaryDay, &[])
            }
            "$anniversary" => self.say(S::Anniversary, &[&length()]),
            "$not" => self.say(S::Not, &[&self.needed(operand, subject, depth + 1)]),
            other => [other, " ", &crate::domain::json::to_text(operand)].concat(),
        }
    }

    fn kind<'k>(&self, kind: &'k str) -> &'k str {
        let ko = match kind {
            "null" => "빈 값",
            "boolean" => "예/아니요",
            "number" => "숫자",
            "string" => "글자",
            "array" => "목록",
            "object" => "묶음",
            other => other,
        };
        self.language.pick(ko, kind)
    }

    /// A condition over an event's properties, short: `category = 'shoes', price ≥ 50,000`.
    pub(super) fn filter(&self, condition: &Value, depth: usize) -> String {
        let Some(object) = condition.as_object().filter(|_| depth < NESTED) else { return self.value(condition, Unit::Bare) };
        let parts: Vec<String> = object.iter().map(|(key, operand)| self.filter_part(key, operand, depth)).collect();
        parts.join(", ")
    }

    fn filter_part(&self, key: &str, operand: &Value, depth: usize) -> String {
        let joined = |word: &str| {
            let all = operand.as_list().unwrap_or(&[]).iter().map(|item| self.filter(item, depth + 1));
            ["(", &all.collect::<Vec<_>>().join(word), ")"].concat()
        };
        match key {
            "$and" => return joined(", "),
            "$or" => return joined(self.language.pick(" 또는 ", " or ")),
            "$nor" => return [self.language.pick("다음이 아님: ", "none of "), &joined(", ")].concat(),
            "$not" => return self.say(Sentence::Not, &[&self.filter(operand, depth + 1)]),
            _ => {}
        }
        let (name, unit) = names::property(key, self.language);
        let subject = Subject { path: "", unit };
        match operand {
            Value::Object(object) if is_tests(operand) => {
                let parts: Vec<String> = object
                    .iter()
                    .map(|(operator, operand)| {
                        let sign = match &**operator {
                            "$eq" => "=",
                            "$ne" => "≠",
                            "$gt" => ">",
                            "$gte" => "≥",
                            "$lt" => "<",
                            "$lte" => "≤",
                            _ => return [&name, ": ", &self.operator(operator, operand, &subject, depth + 1)].concat(),
                        };
                        [&name, " ", sign, " ", &self.operand(operand, &subject)].concat()
                    })
                    .collect();
                parts.join(", ")
            }
            plain => [&name, " = ", &self.operand(plain, &subject)].concat(),
        }
    }

    /// Names of events: `'상품 조회' 또는 '장바구니 담기'`.
    pub(super) fn events(&self, value: &Value) -> String {
        let list = value.as_list().unwrap_or(std::slice::from_ref(value));
        let mut out = String::new();
        for name in list.iter().filter_map(Value::as_text) {
            let name = if name == "*" { self.say(Sentence::AnyEvent, &[]) } else { quoted(names::event(name, self.language)) };
            out = if out.is_empty() { name } else { self.say(Sentence::Or, &[&out, &name]) };
        }
        out
    }
}

/// What is compared: its path, for the words of fixed lists, and what it counts.
pub(super) struct Subject<'a> {
    pub path: &'a str,
    pub unit: Unit,
}

fn is_tests(value: &Value) -> bool {
    value.as_object().is_some_and(|object| !object.is_empty() && object.iter().all(|(key, _)| key.starts_with('$')))
}

/// A bare number as the comparison it stands for.
pub(super) fn exactly(operand: &Value) -> Value {
    match operand {
        Value::Object(_) => operand.clone(),
        plain => {
            let mut object = Object::new();
            object.set("$eq", plain.clone());
            object.into()
        }
    }
}
