//! The behavioural clauses against a reference that scans the whole journey for every question.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use dangol::domain::behaviour::Behaviours;
use dangol::domain::compiler::Compiler;
use dangol::domain::condition::Clauses;
use dangol::domain::event::Event;
use dangol::domain::facts::ClauseId;
use dangol::domain::journey::Journey;
use dangol::domain::json;
use dangol::domain::problem::Place;
use dangol::domain::time::{DAY, HOUR, MINUTE, Millis, Zone, parse_duration, parse_iso};
use dangol::domain::value::Value;
use proptest::prelude::*;
use std::rc::Rc;

/// The clauses read straight from the contract: every question scans all events.
mod reference {
    use super::*;

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
            let cents: Vec<i64> = set
                .iter()
                .filter_map(|seen| seen.event.properties.get(of)?.as_number())
                .map(|value| (value * 100.0).round() as i64)
                .collect();
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
        let adjacent =
            !spec.flag("adjacent") || choice.windows(2).all(|pair| journey[pair[0] + 1..pair[1]].iter().all(|seen| seen.event.own));
        within && recent && without && session && adjacent
    }
}

const START: &str = "2026-03-25T00:00:00Z";

fn event(id: usize, name: &str, at: Millis, properties: &str) -> Rc<Event> {
    let Value::Object(properties) = json::parse(properties).unwrap() else { panic!() };
    Rc::new(Event {
        id: format!("e{id}").into(),
        at,
        name: name.into(),
        properties,
        user: None,
        session: None,
        own: Event::is_own_name(name),
    })
}

/// A coarse grid with edges a millisecond off makes equal times and exact borders frequent.
fn times() -> impl Strategy<Value = Millis> {
    let start = parse_iso(START).unwrap();
    prop_oneof![
        (0..40_i64, -1..=1_i64).prop_map(move |(step, off)| start + step * 6 * HOUR + off),
        (0..12_i64, -1..=1_i64).prop_map(move |(step, off)| start + step * 10 * MINUTE + off),
        (0..10 * DAY).prop_map(move |at| start + at),
    ]
}

fn events() -> impl Strategy<Value = Vec<Rc<Event>>> {
    let name = prop::sample::select(vec!["A", "A", "A", "B", "B", "C", "Message Shown", "Message Clicked"]);
    let properties = prop::sample::select(vec![
        r#"{}"#,
        r#"{"p":"x","v":0.1,"campaign":"w"}"#,
        r#"{"p":"y","v":0.2,"campaign":"w"}"#,
        r#"{"p":"x","v":19.99}"#,
        r#"{"p":"z","v":"none","campaign":"u"}"#,
        r#"{"products":[{"p":"x"},{"p":"z"}],"v":-3}"#,
        r#"{"p":null,"v":5}"#,
        r#"{"p":1,"v":5}"#,
    ]);
    prop::collection::vec((name, times(), properties), 0..14)
        .prop_map(|list| list.into_iter().enumerate().map(|(id, (name, at, properties))| event(id, name, at, properties)).collect())
}

fn wanted() -> impl Strategy<Value = String> {
    let names = prop::sample::select(vec![
        r#""A""#,
        r#""A""#,
        r#""B""#,
        r#"["A","B"]"#,
        r#""*""#,
        r#""Message Shown""#,
        r#"["*","Message Shown"]"#,
    ]);
    let filter = prop::sample::select(vec!["", "", "", r#","where":{"p":"x"}"#, r#","where":{"v":{"$gte":0.2}}"#]);
    (names, filter).prop_map(|(names, filter)| format!(r#""event":{names}{filter}"#))
}

fn window() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["6h", "1d", "12h", "3d", "20m", "0s", "today", "yesterday", "thisWeek", "thisMonth"])
}

fn comparison() -> impl Strategy<Value = String> {
    let operator = prop::sample::select(vec!["$eq", "$ne", "$gt", "$gte", "$lt", "$lte"]);
    prop_oneof![
        (operator, 0..4_u32).prop_map(|(operator, number)| format!(r#"{{"{operator}":{number}}}"#)),
        (0..4_u32).prop_map(|number| number.to_string()),
        Just(r#"{"$in":[0,2]}"#.to_string()),
        Just(r#"{"$nin":[1]}"#.to_string()),
        Just(r#"{"$gte":0.3,"$lt":3}"#.to_string()),
    ]
}

fn measure() -> impl Strategy<Value = String> {
    let of = |name: &'static str, of: Vec<&'static str>| {
        let operator = prop::sample::select(vec!["$eq", "$gt", "$gte", "$lt", "$lte", "$ne"]);
        let number = prop::sample::select(vec!["0", "0.1", "0.3", "1", "2", "5", "20.09"]);
        (prop::sample::select(of), operator, number)
            .prop_map(move |(of, operator, number)| format!(r#","{name}":{{"of":"{of}","{operator}":{number}}}"#))
    };
    let age = (
        prop::sample::select(vec!["first", "last"]),
        prop::sample::select(vec!["$eq", "$gt", "$gte", "$lt", "$lte"]),
        prop::sample::select(vec!["6h", "1d", "3d", "20m"]),
    );
    prop_oneof![
        1 => Just(String::new()),
        6 => comparison().prop_map(|asked| format!(r#","count":{asked}"#)),
        1 => of("sum", vec!["v"]),
        1 => of("avg", vec!["v"]),
        1 => of("min", vec!["v"]),
        1 => of("max", vec!["v"]),
        1 => of("distinct", vec!["p", "@day", "@session"]),
        1 => age.prop_map(|(name, operator, length)| format!(
            r#","{name}":{{"{operator}":"{length}"}}"#
        )),
        1 => prop::sample::select(vec!["first", "last"])
            .prop_map(|at| format!(r#","value":{{"of":"p","at":"{at}","$eq":"x"}}"#)),
    ]
}

fn maybe(part: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    prop_oneof![2 => Just(String::new()), 1 => part]
}

fn did() -> impl Strategy<Value = (&'static str, String)> {
    let since = (
        wanted(),
        prop::sample::select(vec!["", r#","at":"first""#, r#","at":"last""#]),
        prop::sample::select(vec!["", r#","for":"6h""#, r#","for":"1d""#]),
    )
        .prop_map(|(wanted, at, length)| format!(r#","since":{{{wanted}{at}{length}}}"#));
    let within = maybe(window().prop_map(|word| format!(r#","within":"{word}""#)));
    let session = maybe(Just(r#","in":"session""#.to_string()));
    let per = maybe(Just(r#","per":"p""#.to_string()));
    let measures = prop::collection::vec(measure(), 0..3);
    (wanted(), within, session, maybe(since), per, measures, any::<bool>()).prop_map(
        |(wanted, within, session, since, per, mut measures, negated)| {
            // A measure may be asked once only.
            let name = |text: &String| text.split('"').nth(1).map(str::to_string);
            measures.dedup_by_key(|text| name(text));
            let measures = if negated { String::new() } else { measures.concat() };
            let key = if negated { "$didNot" } else { "$did" };
            (key, format!("{{{wanted}{within}{session}{since}{per}{measures}}}"))
        },
    )
}

fn sequence() -> impl Strategy<Value = (&'static str, String)> {
    let steps = prop::collection::vec(wanted(), 1..4)
        .prop_map(|steps| steps.iter().map(|step| format!("{{{step}}}")).collect::<Vec<_>>().join(","));
    let within = maybe(prop::sample::select(vec!["6h", "1d", "20m", "0s"]).prop_map(|word| format!(r#","within":"{word}""#)));
    let recent = maybe(window().prop_map(|word| format!(r#","recent":"{word}""#)));
    let without = maybe(wanted().prop_map(|wanted| format!(r#","without":{{{wanted}}}"#)));
    let session = maybe(Just(r#","in":"session""#.to_string()));
    let adjacent = maybe(Just(r#","adjacent":true"#.to_string()));
    let per = maybe(Just(r#","per":"p""#.to_string()));
    (steps, within, recent, without, session, adjacent, per).prop_map(|(steps, within, recent, without, session, adjacent, per)| {
        ("$sequence", format!(r#"{{"steps":[{steps}]{within}{recent}{without}{session}{adjacent}{per}}}"#))
    })
}

fn campaign() -> impl Strategy<Value = (&'static str, String)> {
    let within = maybe(window().prop_map(|word| format!(r#","within":"{word}""#)));
    (comparison(), maybe(comparison().prop_map(|asked| format!(r#","clicked":{asked}"#))), within)
        .prop_map(|(shown, clicked, within)| ("$campaign", format!(r#"{{"id":"w","shown":{shown}{clicked}{within}}}"#)))
}

fn clause() -> impl Strategy<Value = (&'static str, String)> {
    prop_oneof![5 => did(), 4 => sequence(), 1 => campaign()]
}

/// Sessions after gaps of more than half an hour, as the profile's fold numbers them.
fn number_sessions(journey: &mut Journey) {
    let (mut session, mut last) = (0, None);
    for index in 0..journey.len() {
        let event = journey.get(index).unwrap();
        if !event.own {
            if last.is_none_or(|last| event.at - last > 30 * MINUTE) {
                session += 1;
            }
            last = Some(event.at);
        }
        journey.set_session(index, session);
    }
}

fn compile(clauses: &[(&'static str, Value)]) -> (Behaviours, Vec<ClauseId>) {
    let mut behaviours = Behaviours::default();
    let mut compiler = Compiler::default();
    let ids = clauses.iter().map(|(key, value)| behaviours.compile(key, value, &Place::Root, &mut compiler)).collect::<Option<Vec<_>>>();
    match ids {
        Some(ids) => (behaviours, ids),
        None => panic!("{:?} {clauses:?}", compiler.problems.list),
    }
}

fn seen(journey: &Journey) -> Vec<reference::Seen> {
    (0..journey.len())
        .map(|index| reference::Seen { event: journey.get(index).unwrap().clone(), session: journey.session(index), place: index })
        .collect()
}

/// Every instant at which one of the windows above may turn.
fn instants(journey: &Journey, zone: &Zone, now: Millis) -> Vec<Millis> {
    let mut all = Vec::new();
    for event in journey.events() {
        for length in ["0s", "20m", "6h", "12h", "1d", "3d"] {
            all.push(event.at + parse_duration(length).unwrap());
        }
    }
    for days in 0..40 {
        all.push(zone.day(now, days).start);
    }
    let mut all: Vec<Millis> = all.into_iter().flat_map(|at| [at - 1, at, at + 1]).filter(|at| *at >= now).collect();
    all.sort_unstable();
    all.dedup();
    all
}

fn check(list: Vec<Rc<Event>>, clauses: Vec<(&'static str, String)>, drop: usize, zone: &Zone) -> Result<(), TestCaseError> {
    let clauses: Vec<(&'static str, Value)> = clauses.into_iter().map(|(key, text)| (key, json::parse(&text).unwrap())).collect();
    let (mut live, ids) = compile(&clauses);
    let (mut fresh, same) = compile(&clauses);
    prop_assert_eq!(&ids, &same);
    let mut journey = Journey::new();
    let mut answers: Vec<bool> = Vec::new();
    let mut touched = Vec::new();
    let length = list.len();
    for (step, event) in list.into_iter().enumerate() {
        let index = journey.insert(event);
        number_sessions(&mut journey);
        touched.clear();
        let late = index + 1 != journey.len();
        if late {
            live.rebuild(&journey);
        } else {
            live.push(&journey, index, &mut touched);
        }
        let mut dropped = false;
        if drop > 0 && journey.len() > drop {
            let old = journey.drop_oldest(1);
            live.drop_oldest(&old, &mut touched);
            dropped = true;
        }
        fresh.rebuild(&journey);
        let now = journey.last_at().unwrap();
        let question = reference::Question { now, zone, session: journey.session(journey.len() - 1) };
        let all = seen(&journey);
        for (at, id) in ids.iter().enumerate() {
            let (key, value) = &clauses[at];
            let expected = reference::holds(key, value, &all, &question);
            let answer = live.answer(*id, &journey, now, zone, question.session);
            let again = fresh.answer(*id, &journey, now, zone, question.session);
            prop_assert_eq!(answer.passed, expected, "live {} {:?}", key, value);
            prop_assert_eq!(again, answer, "rebuilt {} {:?}", key, value);
            // An answer that turned at once, without time passing, must have been announced.
            let silent = !late && !touched.contains(id) && answers.len() == ids.len();
            if silent && step > 0 && !dropped {
                let before = reference::holds(key, value, &all[..all.len() - 1], &question);
                prop_assert_eq!(before, expected, "untouched {} {:?}", key, value);
            }
        }
        answers.resize(ids.len(), false);
        if step + 1 < length {
            continue;
        }
        for (at, id) in ids.iter().enumerate() {
            let (key, value) = &clauses[at];
            let mut answer = live.answer(*id, &journey, now, zone, question.session);
            let trace = live.trace(*id, &journey, now, zone, question.session);
            prop_assert_eq!(trace.passed, answer.passed);
            let first = answer.passed;
            let mut turned = None;
            for instant in instants(&journey, zone, now) {
                let question = reference::Question { now: instant, ..question };
                let expected = reference::holds(key, value, &all, &question);
                if turned.is_none() && expected != first {
                    turned = Some(instant);
                }
                if answer.changes_at.is_some_and(|change| change <= instant) {
                    answer = live.answer(*id, &journey, instant, zone, question.session);
                    prop_assert!(answer.changes_at.is_none_or(|change| change > instant));
                }
                prop_assert_eq!(answer.passed, expected, "at {} {} {:?}", instant - now, key, value);
            }
            prop_assert_eq!(trace.changes_at, turned, "{} {:?}", key, value);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn incremental_rebuilt_and_reference_agree(
        list in events(),
        clauses in prop::collection::vec(clause(), 1..5),
        drop in prop::sample::select(vec![0, 0, 3, 6]),
        in_order in any::<bool>(),
        zone in prop::sample::select(vec!["Asia/Seoul", "Europe/Berlin", "America/New_York"]),
    ) {
        let mut list = list;
        if in_order {
            list.sort_by_key(|event| event.at);
        }
        let zone = Zone::named(zone, parse_iso(START).unwrap()).unwrap();
        check(list, clauses, drop, &zone)?;
    }

    /// Counts tell their turn by a shortcut of their own, which the mixture above meets too seldom.
    #[test]
    fn a_count_turns_when_it_is_told_to(
        list in events(),
        asked in prop::collection::vec((window(), comparison()), 1..6),
    ) {
        let clause = |(word, asked)| ("$did", format!(r#"{{"event":"*","within":"{word}","count":{asked}}}"#));
        let zone = Zone::named("Europe/Berlin", parse_iso(START).unwrap()).unwrap();
        check(list, asked.into_iter().map(clause).collect(), 0, &zone)?;
    }
}
