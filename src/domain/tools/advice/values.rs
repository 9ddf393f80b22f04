//! What the paths of the document hold, and comparisons with what they never do.

use super::super::names;
use super::Advice;
use crate::domain::problem::{Place, Prose, did_you_mean, found, sentence, shown};
use crate::domain::time::{DAY, Millis, SECOND, parse_duration, parse_iso};
use crate::domain::value::Value;

/// Operators without their sign, which are keys of a plain object.
const BARE: [&str; 10] = ["eq", "ne", "gt", "gte", "lt", "lte", "in", "nin", "exists", "regex"];

/// What a path holds.
enum Kind {
    /// A number; where it is a length of time, of how many milliseconds, and how that is called.
    Number(Option<(Millis, &'static str)>),
    Bool,
    Text,
    /// An instant, as text.
    Moment,
    /// A day, as text.
    Date,
    /// One of these words.
    Word(Vec<String>),
    /// A list of objects.
    List,
    /// An object, of whose values one is meant.
    Object(&'static str),
}

/// What `path` holds; `None` where the shop decides that.
fn kind(path: &str, config: &Value) -> Option<Kind> {
    Some(match path {
        "visits.daysSincePrevious" => Kind::Number(Some((DAY, " of days"))),
        "session.duration" => Kind::Number(Some((SECOND, " of seconds"))),
        "session.number" | "session.pageViews" | "visits.count" | "cart.count" | "cart.value" | "orders.count" | "orders.revenue"
        | "orders.average" | "time.hour" | "time.minute" | "time.month" => Kind::Number(None),
        "user.known" => Kind::Bool,
        "user.id"
        | "user.anonymousId"
        | "page.url"
        | "page.path"
        | "page.host"
        | "page.query"
        | "page.title"
        | "page.referrer"
        | "device.os"
        | "device.browser"
        | "device.language"
        | "device.timezone"
        | "session.landingPath"
        | "session.referrer"
        | "cart.currency"
        | "event.name" => Kind::Text,
        "session.startedAt" | "visits.firstAt" | "visits.previousAt" | "orders.firstAt" | "orders.lastAt" | "journey.stageSince" => {
            Kind::Moment
        }
        "time.date" => Kind::Date,
        "journey.stage" if config.at("settings.stages").is_some() => {
            let stages = config.at("settings.stages").and_then(Value::as_list).unwrap_or_default();
            Kind::Word(stages.iter().filter_map(|stage| stage.text("id")).map(String::from).collect())
        }
        "cart.items" => Kind::List,
        "user" => Kind::Object("user.known"),
        "page" => Kind::Object("page.path"),
        "device" => Kind::Object("device.type"),
        "session" => Kind::Object("session.number"),
        "visits" => Kind::Object("visits.count"),
        "cart" => Kind::Object("cart.value"),
        "orders" => Kind::Object("orders.count"),
        "journey" => Kind::Object("journey.stage"),
        "time" => Kind::Object("time.hour"),
        "event" => Kind::Object("event.name"),
        "affinity" | "affinity.category" | "affinity.brand" => Kind::Object("affinity.category.shoes"),
        "page.utm" | "session.utm" => Kind::Object("session.utm.source"),
        _ if path.starts_with("affinity.") && path.matches('.').count() == 2 => Kind::Number(None),
        _ => Kind::Word(names::values(path)?.map(String::from).collect()),
    })
}

impl Advice<'_> {
    /// What stands under a path: operators, or a plain value.
    pub(super) fn tests(&mut self, path: &str, value: &Value, place: &Place) {
        if let Some((_, rest)) = path.split_once("cart.items.")
            && !rest.starts_with(|first: char| first.is_ascii_digit())
        {
            let message = "cart.items is a list; ask of its items: {\"cart.items\": {\"$elemMatch\": {\"{0}\": …}}}";
            return self.never(place, sentence(message, [found(rest)]));
        }
        if path.starts_with("affinity.") && path.matches('.').count() > 2 {
            let remedy = "a name with a dot in it is no path; ask of the events, such as {\"$did\": {\"event\": \"Product Viewed\", \"where\": {\"brand\": …}}}";
            return self.never(place, remedy);
        }
        if let Some(key) = value.as_object().and_then(|object| object.iter().map(|(key, _)| &**key).find(|key| BARE.contains(key))) {
            let message = "an operator begins with $; write \"${0}\" instead of \"{0}\"";
            return self.never(&place.key(key), sentence(message, [found(key)]));
        }
        let Some(kind) = kind(path, self.config) else { return };
        self.compare(path, &kind, value, place);
    }

    fn compare(&mut self, path: &str, kind: &Kind, value: &Value, place: &Place) {
        let Some(object) = value.as_object().filter(|object| object.iter().all(|(key, _)| key.starts_with('$'))) else {
            return self.literal(path, kind, value, false, place);
        };
        for (key, operand) in object.iter() {
            let here = place.key(key);
            match &**key {
                "$not" => self.compare(path, kind, operand, &here),
                "$eq" | "$ne" | "$gt" | "$gte" | "$lt" | "$lte" => self.literal(path, kind, operand, false, &here),
                "$in" | "$nin" | "$ini" | "$nini" => {
                    for (index, item) in operand.as_list().unwrap_or_default().iter().enumerate() {
                        self.literal(path, kind, item, key.ends_with("ini"), &here.index(index));
                    }
                }
                _ => {}
            }
        }
    }

    /// A value that the path is compared with.
    fn literal(&mut self, path: &str, kind: &Kind, value: &Value, fold: bool, place: &Place) {
        let (name, path, is) = (path, found(path), shown(value));
        match (kind, value) {
            (_, Value::Null) | (Kind::Number(_), Value::Number(_)) | (Kind::Bool, Value::Bool(_)) => {}
            (Kind::Number(unit), Value::Text(text)) => {
                let unit_name = unit.map_or(Prose::default(), |(_, name)| name.into());
                let number = text.parse::<f64>().ok().map(|number| shown(&number.into()));
                let length = || Some(shown(&((parse_duration(text)? / unit.as_ref()?.0) as f64).into()));
                let remedy = number.or_else(length).map_or(Prose::default(), |number| sentence("; write {0}", [number]));
                self.never(place, sentence("{0} is a number{1}, never {2}{3}", [path, unit_name, is, remedy]));
            }
            (Kind::Number(_), _) => self.never(place, sentence("{0} is a number, never {1}", [path, is])),
            (Kind::Bool, _) => self.never(place, sentence("{0} is true or false, never {1}", [path, is])),
            (Kind::Text, Value::Text(text)) => {
                if name == "page.path" && text.contains(['*', '?']) {
                    let message = "{0} is compared letter by letter, and * stands for nothing here; write {\"$regex\": \"^/cart\"}";
                    self.never(place, sentence(message, [path]));
                }
            }
            (Kind::Text, _) => self.never(place, sentence("{0} is a text, never {1}", [path, is])),
            (Kind::Moment, Value::Text(text)) if parse_iso(text).is_some() => {}
            (Kind::Moment, Value::Text(text)) if parse_duration(text).is_some() => {
                self.never(place, sentence("{0} is a time, never {1}; {\"$withinLast\": {1}} asks how long ago it was", [path, is]));
            }
            (Kind::Moment, _) => self.never(place, sentence("{0} is a time such as \"2026-11-22T09:00:00.000Z\", never {1}", [path, is])),
            (Kind::Date, Value::Text(text)) if text.len() == 10 && parse_iso(text).is_some() => {}
            (Kind::Date, _) => self.never(place, sentence("{0} is a day such as \"2026-11-22\", never {1}", [path, is])),
            (Kind::Word(known), Value::Text(text)) => {
                let is_known = |word: &String| word == &**text || (fold && word.eq_ignore_ascii_case(text));
                if !known.iter().any(is_known) {
                    let hint = did_you_mean(text, known.iter().map(String::as_str));
                    self.never(place, sentence("{0} is never {1}{2}", [path, is, hint]));
                }
            }
            (Kind::Word(known), _) => self.never(place, sentence("{0} is never {1}; known are {2}", [path, is, found(&known.join(", "))])),
            (Kind::List, Value::List(_)) => {}
            (Kind::List, _) => {
                self.never(place, sentence("{0} is a list; ask of its items with $elemMatch, or of their number with $size", [path]))
            }
            (Kind::Object(_), Value::Object(_)) => {}
            (Kind::Object(example), _) => {
                self.never(place, sentence("{0} is an object, never {1}; name one of its values, such as {2}", [path, is, found(example)]))
            }
        }
    }
}
