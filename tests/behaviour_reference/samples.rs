//! Journeys and clauses as chance makes them.

use dangol::domain::event::Event;
use dangol::domain::json;
use dangol::domain::time::{DAY, HOUR, MINUTE, Millis, parse_iso};
use dangol::domain::value::Value;
use proptest::prelude::*;
use std::rc::Rc;

pub const START: &str = "2026-03-25T00:00:00Z";

pub fn event(id: usize, name: &str, at: Millis, properties: &str) -> Rc<Event> {
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

pub fn events() -> impl Strategy<Value = Vec<Rc<Event>>> {
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

pub fn window() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["6h", "1d", "12h", "3d", "20m", "0s", "today", "yesterday", "thisWeek", "thisMonth"])
}

pub fn comparison() -> impl Strategy<Value = String> {
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

pub fn clause() -> impl Strategy<Value = (&'static str, String)> {
    prop_oneof![5 => did(), 4 => sequence(), 1 => campaign()]
}
