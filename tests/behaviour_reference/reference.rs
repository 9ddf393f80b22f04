//! The clauses read straight from the contract: every question scans all events.

use dangol::domain::event::Event;
use dangol::domain::time::{Millis, Zone, parse_duration};
use dangol::domain::value::Value;
use std::rc::Rc;

#[derive(Clone)]
pub struct Seen {
    pub event: Rc<Event>,
    pub session: u32,
    pub place: usize,
}

pub struct Question<'a> {
    pub now: Millis,
    pub zone: &'a Zone,
    pub session: u32,
}

fn matches(wanted: &Value, event: &Event) -> bool {
    let spec = match wanted {
        Value::Object(object) => object.get("event").unwrap(),
        name => name,
    };
    let names: Vec<&Value> = match spec {
        Value::List(items) => items.iter().collect(),
        one => vec![one],
    };
    let named = names.iter().any(|name| match name.as_text().unwrap() {
        "*" => !event.own,
        name => name == &*event.name,
    });
    let filter = wanted.get("where").map(|filter| {
        filter.as_object().unwrap().iter().all(|(path, asked)| {
            let found = event.properties.get(path).cloned().unwrap_or_default();
            match asked.as_object() {
                None => found == *asked,
                Some(asked) => asked.iter().all(|(operator, operand)| {
                    let pair = found.as_number().zip(operand.as_number());
                    match &**operator {
                        "$eq" => found == *operand,
                        "$gte" => pair.is_some_and(|(a, b)| a >= b),
                        other => panic!("{other}"),
                    }
                }),
            }
        })
    });
    named && filter.unwrap_or(true)
}

pub fn values(event: &Event, path: &str) -> Vec<Value> {
    let mut all: Vec<Value> = event.properties.get(path).cloned().into_iter().collect();
    if let Some(products) = event.properties.get("products") {
        for product in products.as_list().unwrap() {
            all.extend(product.get(path).cloned());
        }
    }
    all.retain(|value| *value != Value::Null);
    all
}

pub fn holds(key: &str, spec: &Value, journey: &[Seen], question: &Question) -> bool {
    let Some(path) = spec.text("per") else {
        return holds_over(key, spec, journey, question);
    };
    let mut all: Vec<Value> = Vec::new();
    for value in journey.iter().flat_map(|seen| values(&seen.event, path)) {
        if !all.contains(&value) {
            all.push(value);
        }
    }
    all.iter().any(|value| {
        let only: Vec<Seen> = journey.iter().filter(|seen| values(&seen.event, path).contains(value)).cloned().collect();
        holds_over(key, spec, &only, question)
    })
}

fn in_window(word: &str, at: Millis, question: &Question) -> bool {
    let date = |at: Millis| question.zone.local(at).date;
    let (then, today) = (date(at), date(question.now));
    let local = question.zone.local(question.now);
    match word {
        "today" => then == today,
        "yesterday" => then == today - 1,
        "thisWeek" => at <= question.now && then >= today - local.weekday() as i64,
        "thisMonth" => at <= question.now && then > today - local.day,
        length => (0..=parse_duration(length).unwrap()).contains(&(question.now - at)),
    }
}

fn compare(found: f64, asked: &Value, read: &dyn Fn(&Value) -> f64) -> bool {
    let Some(asked) = asked.as_object() else {
        return found == read(asked);
    };
    asked.iter().filter(|(key, _)| key.starts_with('$')).all(|(key, operand)| match &**key {
        "$eq" => found == read(operand),
        "$ne" => found != read(operand),
        "$gt" => found > read(operand),
        "$gte" => found >= read(operand),
        "$lt" => found < read(operand),
        "$lte" => found <= read(operand),
        "$in" => operand.as_list().unwrap().iter().any(|operand| found == read(operand)),
        "$nin" => operand.as_list().unwrap().iter().all(|operand| found != read(operand)),
        other => panic!("{other}"),
    })
}

fn holds_over(key: &str, spec: &Value, journey: &[Seen], question: &Question) -> bool {
    match key {
        "$sequence" => sequence(spec, journey, question),
        "$campaign" => campaign(spec, journey, question),
        _ => did(spec, journey, question, key == "$didNot"),
    }
}

fn campaign(spec: &Value, journey: &[Seen], question: &Question) -> bool {
    [("shown", "Message Shown"), ("clicked", "Message Clicked"), ("dismissed", "Message Dismissed"), ("held_out", "Message Held Out")]
        .iter()
        .all(|(key, name)| {
            let Some(asked) = spec.get(key) else {
                return true;
            };
            let count = journey
                .iter()
                .filter(|seen| &*seen.event.name == *name)
                .filter(|seen| seen.event.properties.get("campaign") == spec.get("id"))
                .filter(|seen| spec.text("within").is_none_or(|word| in_window(word, seen.event.at, question)))
                .count();
            compare(count as f64, asked, &|operand| operand.as_number().unwrap())
        })
}

fn did(spec: &Value, journey: &[Seen], question: &Question, negated: bool) -> bool {
    let mut set: Vec<&Seen> = journey.iter().filter(|seen| matches(spec, &seen.event)).collect();
    if let Some(word) = spec.text("within") {
        set.retain(|seen| in_window(word, seen.event.at, question));
    }
    if spec.text("in").is_some() {
        set.retain(|seen| seen.session == question.session);
    }
    if let Some(since) = spec.get("since") {
        let mut all = journey.iter().filter(|seen| matches(since, &seen.event));
        let reference = match since.text("at") {
            Some("first") => all.next(),
            _ => all.next_back(),
        };
        let Some(reference) = reference else {
            return false;
        };
        let after = |seen: &&Seen| seen.event.at - reference.event.at;
        set.retain(|seen| seen.place != reference.place && after(seen) >= 0);
        if let Some(length) = since.text("for") {
            set.retain(|seen| after(seen) <= parse_duration(length).unwrap());
        }
    }
    if negated {
        return set.is_empty();
    }
    let Some(object) = spec.as_object() else {
        return !set.is_empty();
    };
    let number = |operand: &Value| operand.as_number().unwrap();
    let length = |operand: &Value| parse_duration(operand.as_text().unwrap()).unwrap() as f64;
    let mut measured = false;
    let mut passed = true;
    for (name, asked) in object.iter() {
        let of = asked.text("of").unwrap_or("");
        // Money is added in cents, so that the reference knows no rounding.
        let cents: Vec<i64> =
            set.iter().filter_map(|seen| seen.event.properties.get(of)?.as_number()).map(|value| (value * 100.0).round() as i64).collect();
        let sum = cents.iter().sum::<i64>();
        let found = match &**name {
            "count" => Some(set.len() as f64),
            "sum" => Some(sum as f64 / 100.0),
            "avg" if cents.is_empty() => None,
            "avg" => Some(sum as f64 / (100.0 * cents.len() as f64)),
            "min" => cents.iter().min().map(|cents| *cents as f64 / 100.0),
            "max" => cents.iter().max().map(|cents| *cents as f64 / 100.0),
            "distinct" => {
                let mut all: Vec<Value> = Vec::new();
                for seen in &set {
                    let value = match of {
                        "@day" => Some(Value::from(question.zone.local(seen.event.at).date)),
                        "@session" => Some(Value::from(i64::from(seen.session))),
                        of => seen.event.properties.get(of).cloned(),
                    };
                    if let Some(value) = value
                        && value != Value::Null
                        && !all.contains(&value)
                    {
                        all.push(value);
                    }
                }
                Some(all.len() as f64)
            }
            "first" | "last" => {
                let seen = if &**name == "first" { set.first() } else { set.last() };
                let age = seen.map(|seen| (question.now - seen.event.at) as f64);
                measured = true;
                passed &= age.is_some_and(|age| compare(age, asked, &length));
                continue;
            }
            "value" => {
                let first = asked.text("at") == Some("first");
                let seen = if first { set.first() } else { set.last() };
                measured = true;
                passed &= seen.is_some_and(|seen| {
                    let found = seen.event.properties.get(of).cloned().unwrap_or_default();
                    found == *asked.get("$eq").unwrap()
                });
                continue;
            }
            _ => continue,
        };
        measured = true;
        passed &= found.is_some_and(|found| compare(found, asked, &number));
    }
    if measured { passed } else { !set.is_empty() }
}

fn sequence(spec: &Value, journey: &[Seen], question: &Question) -> bool {
    let mut choice = Vec::new();
    choose(spec, journey, question, 0, &mut choice)
}

fn choose(spec: &Value, journey: &[Seen], question: &Question, from: usize, choice: &mut Vec<usize>) -> bool {
    let steps = spec.list("steps");
    if choice.len() == steps.len() {
        return fits(spec, journey, question, choice);
    }
    (from..journey.len()).any(|index| {
        if !matches(&steps[choice.len()], &journey[index].event) {
            return false;
        }
        choice.push(index);
        let found = choose(spec, journey, question, index + 1, choice);
        choice.pop();
        found
    })
}

fn fits(spec: &Value, journey: &[Seen], question: &Question, choice: &[usize]) -> bool {
    let (first, last) = (choice[0], choice[choice.len() - 1]);
    let (start, end) = (journey[first].event.at, journey[last].event.at);
    let within = spec.text("within").is_none_or(|length| end - start <= parse_duration(length).unwrap());
    let recent = spec.text("recent").is_none_or(|word| in_window(word, end, question));
    let without = spec.get("without").is_none_or(|without| !journey[first..=last].iter().any(|seen| matches(without, &seen.event)));
    let session = spec.get("in").is_none() || choice.iter().all(|index| journey[*index].session == question.session);
    let adjacent = !spec.flag("adjacent") || choice.windows(2).all(|pair| journey[pair[0] + 1..pair[1]].iter().all(|seen| seen.event.own));
    within && recent && without && session && adjacent
}
