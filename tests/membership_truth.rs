//! Who is in which segment when, by the engine and by a reference that scans the whole journey for every question: the same
//! changes at the same millisecond, where clocks are moved, events come late or at one instant, pages are left, and the
//! journey is cut to what is retained.
//!
//! `DANGOL_CASES` sets the number of cases.
#![allow(missing_docs, dead_code, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

#[path = "incremental/page.rs"]
mod page;
#[path = "behaviour_reference/reference.rs"]
mod reference;
#[path = "behaviour_reference/samples.rs"]
mod samples;

use dangol::domain::event::Event;
use dangol::domain::json;
use dangol::domain::time::{HOUR, MINUTE, Millis, Zone, parse_duration, parse_iso};
use dangol::domain::value::Value;
use dangol::object;
use page::{Change, Page, Store};
use proptest::prelude::*;
use reference::{Question, Seen, holds};
use samples::{START, clause, events};
use std::rc::Rc;

type Clause = (&'static str, Value);

/// The journey as the contract sees it: in order of time and, within a millisecond, of arrival.
#[derive(Default)]
struct Truth {
    journey: Vec<Rc<Event>>,
    /// Whether it was cut: then only what is left counts, in the sessions that all of it made.
    gone: Vec<Rc<Event>>,
}

impl Truth {
    fn insert(&mut self, event: Rc<Event>) {
        let place = self.journey.partition_point(|other| other.at <= event.at);
        self.journey.insert(place, event);
    }

    /// Forgets what the engine's store no longer has.
    fn keep(&mut self, store: &Store) {
        let (kept, gone) = std::mem::take(&mut self.journey).into_iter().partition(|event| store.journey.contains_key(&event.id));
        self.journey = kept;
        self.gone.extend::<Vec<_>>(gone);
    }

    fn seen(&self) -> Vec<Seen> {
        let (mut session, mut last) = (0, None);
        let mut all = Vec::new();
        for (place, event) in self.gone.iter().chain(&self.journey).enumerate() {
            if !event.own {
                if last.is_none_or(|last| event.at - last > 30 * MINUTE) {
                    session += 1;
                }
                last = last.max(Some(event.at));
            }
            all.push(Seen { event: event.clone(), session, place });
        }
        all.split_off(self.gone.len())
    }

    fn answers(&self, clauses: &[Clause], now: Millis, zone: &Zone) -> Vec<bool> {
        let seen = self.seen();
        let question = Question { now, zone, session: seen.last().map_or(0, |seen| seen.session) };
        clauses.iter().map(|(key, value)| holds(key, value, &seen, &question)).collect()
    }

    /// The instants from `after` to `until` at which an answer may turn by time alone.
    fn instants(&self, after: Millis, until: Millis, zone: &Zone) -> Vec<Millis> {
        let mut all: Vec<Millis> = Vec::new();
        for event in &self.journey {
            for length in ["0s", "20m", "6h", "12h", "1d", "3d"] {
                let at = event.at + parse_duration(length).unwrap();
                all.extend([at, at + 1]);
            }
        }
        all.extend((0..45).map(|days| zone.day(after, days).start));
        all.retain(|at| after < *at && *at <= until);
        all.sort_unstable();
        all.dedup();
        all
    }
}

struct Case {
    zone: &'static str,
    start: &'static str,
    retain: Option<usize>,
}

fn check(list: Vec<Rc<Event>>, clauses: &[Clause], case: &Case, reloads: u32) -> Result<(), TestCaseError> {
    let shift = parse_iso(case.start).unwrap() - parse_iso(START).unwrap();
    let zone = Zone::named(case.zone, parse_iso(case.start).unwrap()).unwrap();
    let segments: Vec<String> = clauses
        .iter()
        .enumerate()
        .map(|(index, (key, value))| format!(r#""s{index}":{{"when":{{"{key}":{}}}}}"#, json::to_text(value)))
        .collect();
    let retain = case.retain.map_or(String::new(), |count| format!(r#","settings":{{"retain":{{"events":{count}}}}}"#));
    let config = format!(r#"{{"version":1,"timezone":"{}"{retain},"segments":{{{}}}}}"#, case.zone, segments.join(","));
    let Some(start) = list.first().map(|event| event.at + shift) else { return Ok(()) };
    let mut page = Page::open(&config, Store::default(), start, 0);
    let mut truth = Truth::default();
    let mut members = vec![false; clauses.len()];
    let mut changes: Vec<Change> = Vec::new();
    let mut now = start;
    let turn = |found: Vec<bool>, at: Millis, members: &mut Vec<bool>, changes: &mut Vec<Change>| {
        for (index, (was, is)) in members.iter_mut().zip(found).enumerate() {
            if std::mem::replace(was, is) != is {
                changes.push((format!("s{index}"), at, is));
            }
        }
    };
    for (number, event) in list.iter().enumerate() {
        let mut event = Event::clone(event);
        // Within a millisecond the ids run backwards: the order of arrival is not theirs.
        (event.at, event.id) = (event.at + shift, format!("{:04}", 9_999 - number).into());
        let event = Rc::new(event);
        let at = now.max(event.at);
        if number > 0 && reloads & (1 << number) != 0 {
            let told = std::mem::take(&mut page.changes);
            page = Page::open(&config, page.store, at, number);
            page.changes.splice(0..0, told);
            truth.keep(&page.store);
        }
        page.wake(at);
        if number == 0 {
            turn(truth.answers(clauses, at, &zone), at, &mut members, &mut changes);
        } else {
            for instant in truth.instants(now, at, &zone) {
                turn(truth.answers(clauses, instant, &zone), instant, &mut members, &mut changes);
            }
        }
        now = at;
        let call = object! {
            "in" => "call", "call" => "track", "id" => event.id.clone(), "at" => event.at, "name" => event.name.clone(),
            "data" => event.properties.clone(),
        };
        page.give(now, call.into());
        truth.insert(event);
        truth.keep(&page.store);
        turn(truth.answers(clauses, now, &zone), now, &mut members, &mut changes);
        page.wake(now);
        let expected: Vec<String> = members.iter().enumerate().filter(|(_, is)| **is).map(|(index, _)| format!("s{index}")).collect();
        prop_assert_eq!(page.members(), expected, "after {} in {}", number, config);
    }
    let end = now + parse_duration("5d").unwrap();
    page.wake(end);
    for instant in truth.instants(now, end, &zone) {
        turn(truth.answers(clauses, instant, &zone), instant, &mut members, &mut changes);
    }
    if case.retain.is_none() {
        for index in 0..clauses.len() {
            let of = |list: &[Change]| list.iter().filter(|change| change.0 == format!("s{index}")).cloned().collect::<Vec<_>>();
            prop_assert_eq!(of(&page.changes), of(&changes), "s{} in {} of {:?}", index, config, list);
        }
    }
    Ok(())
}

fn cases() -> u32 {
    std::env::var("DANGOL_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(1_500)
}

/// Zones, each with a start some days before its clocks are moved.
const ZONES: [(&str, &str); 6] = [
    ("Asia/Seoul", "2026-03-25T00:00:00Z"),
    ("Europe/Berlin", "2026-03-25T00:00:00Z"),
    ("Europe/Berlin", "2026-10-21T00:00:00Z"),
    ("America/Sao_Paulo", "2018-11-01T00:00:00Z"),
    ("America/Sao_Paulo", "2018-02-14T00:00:00Z"),
    ("Australia/Lord_Howe", "2026-04-01T00:00:00Z"),
];

/// Few names, few values and few instants, so that references, spans and values meet on their borders all the time.
fn dense() -> impl Strategy<Value = Vec<Rc<Event>>> {
    let start = parse_iso(START).unwrap();
    let time = (0..10_i64, prop::sample::select(vec![6 * HOUR, 20 * MINUTE]), -1..=1_i64);
    let properties = prop::sample::select(vec![r#"{"p":"x","v":1}"#, r#"{"p":"y"}"#, r#"{"products":[{"p":"x"},{"p":"y"}]}"#, "{}"]);
    let time = time.prop_map(move |(step, length, off)| start + HOUR + step * length + off);
    let one = (prop::sample::select(vec!["A", "B", "C"]), time, properties);
    prop::collection::vec(one, 2..10).prop_map(|list| {
        list.into_iter().enumerate().map(|(id, (name, at, properties))| samples::event(id, name, at, properties)).collect()
    })
}

fn either(text: &'static str) -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["", text])
}

/// A period after a reference, for one value at least.
fn period() -> impl Strategy<Value = (&'static str, String)> {
    let key = prop::sample::select(vec!["$did", "$didNot"]);
    let names = prop::sample::select(vec![("A", "B"), ("B", "A"), ("A", "A"), ("*", "A"), ("C", "*")]);
    let end = prop::sample::select(vec!["first", "last"]);
    let length = prop::sample::select(vec!["0s", "20m", "6h", "12h"]);
    let window = prop::sample::select(vec!["", "", r#","within":"1d""#, r#","within":"today""#, r#","in":"session""#]);
    let count = prop::sample::select(vec!["", r#","count":{"$lt":2}"#, r#","count":{"$gte":2}"#, r#","last":{"$gte":"6h"}"#]);
    (key, names, end, length, either(r#","per":"p""#), window, count).prop_map(|(key, (event, since), end, length, per, window, count)| {
        let count = if key == "$did" { count } else { "" };
        (key, format!(r#"{{"event":"{event}","since":{{"event":"{since}","at":"{end}","for":"{length}"}}{per}{window}{count}}}"#))
    })
}

/// A sequence of which everything may be asked at once.
fn strict() -> impl Strategy<Value = (&'static str, String)> {
    let step = prop::sample::select(vec![r#""A""#, r#""B""#, r#""*""#, r#"{"event":"A","where":{"p":"x"}}"#, r#"["A","B"]"#]);
    let steps = prop::collection::vec(step, 2..4).prop_map(|steps| {
        let step = |step: &&str| if step.starts_with('{') { (*step).to_string() } else { format!(r#"{{"event":{step}}}"#) };
        steps.iter().map(step).collect::<Vec<_>>().join(",")
    });
    let within = prop::sample::select(vec!["", r#","within":"0s""#, r#","within":"20m""#, r#","within":"6h""#]);
    let recent =
        prop::sample::select(vec!["", r#","recent":"20m""#, r#","recent":"1d""#, r#","recent":"yesterday""#, r#","recent":"thisWeek""#]);
    let without = prop::sample::select(vec!["", r#","without":{"event":"C"}"#, r#","without":{"event":"B","where":{"p":"y"}}"#]);
    (steps, within, recent, without, either(r#","adjacent":true"#), either(r#","in":"session""#), either(r#","per":"p""#)).prop_map(
        |(steps, within, recent, without, adjacent, session, per)| {
            ("$sequence", format!(r#"{{"steps":[{steps}]{within}{recent}{without}{adjacent}{session}{per}}}"#))
        },
    )
}

/// The same of clauses as they are written, and of events `in_order` or as they come.
fn hold(
    mut list: Vec<Rc<Event>>,
    in_order: bool,
    clauses: Vec<(&'static str, String)>,
    case: &Case,
    reloads: u32,
) -> Result<(), TestCaseError> {
    if in_order {
        list.sort_by_key(|event| event.at);
    }
    let clauses: Vec<Clause> = clauses.into_iter().map(|(key, text)| (key, json::parse(&text).unwrap())).collect();
    check(list, &clauses, case, reloads)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn segments_change_when_the_reference_says_so(
        list in events(),
        clauses in prop::collection::vec(clause(), 1..5),
        place in prop::sample::select(ZONES.to_vec()),
        retain in prop::sample::select(vec![None, None, None, Some(4), Some(8)]),
        in_order in any::<bool>(),
        reloads in any::<u32>(),
        with_reloads in any::<bool>(),
    ) {
        let case = Case { zone: place.0, start: place.1, retain };
        hold(list, in_order, clauses, &case, if with_reloads { reloads } else { 0 })?;
    }

    #[test]
    fn periods_and_sequences_of_one_value_turn_when_the_reference_says_so(
        list in dense(),
        clauses in prop::collection::vec(prop_oneof![period(), strict()], 2..6),
        place in prop::sample::select(ZONES.to_vec()),
        retain in prop::sample::select(vec![None, None, None, Some(3)]),
        in_order in prop::bool::weighted(0.7),
        reloads in any::<u32>(),
        with_reloads in prop::bool::weighted(0.3),
    ) {
        let case = Case { zone: place.0, start: place.1, retain };
        hold(list, in_order, clauses, &case, if with_reloads { reloads } else { 0 })?;
    }
}

/// History that is older than what was cut off before it counts in the current session, all of it.
#[test]
fn what_is_older_than_what_was_cut_off_lies_in_the_current_session() {
    let start = parse_iso(START).unwrap();
    let list =
        [("B", 0), ("A", 102), ("B", 24), ("A", 0), ("A", 0), ("A", 0), ("Message Shown", 0), ("Message Shown", 114), ("A", 0), ("A", 6)];
    let list: Vec<_> = list.iter().enumerate().map(|(id, (name, hours))| samples::event(id, name, start + hours * HOUR, "{}")).collect();
    let clauses = [
        ("$sequence", r#"{"steps":[{"event":"Message Shown"}]}"#),
        ("$didNot", r#"{"event":"A","where":{"p":"x"}}"#),
        ("$sequence", r#"{"steps":[{"event":"A"}],"recent":"6h"}"#),
        ("$sequence", r#"{"steps":[{"event":"A"},{"event":"A"}],"in":"session"}"#),
    ];
    let case = Case { zone: ZONES[0].0, start: ZONES[0].1, retain: Some(4) };
    hold(list, false, clauses.map(|(key, text)| (key, text.to_string())).into(), &case, 0).unwrap();
}
