//! The behavioural clauses against a reference that scans the whole journey for every question.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod reference;
mod samples;

use dangol::domain::behaviour::Behaviours;
use dangol::domain::compiler::Compiler;
use dangol::domain::condition::Clauses;
use dangol::domain::event::Event;
use dangol::domain::facts::ClauseId;
use dangol::domain::journey::Journey;
use dangol::domain::json;
use dangol::domain::problem::Place;
use dangol::domain::time::{MINUTE, Millis, Zone, parse_duration, parse_iso};
use dangol::domain::value::Value;
use proptest::prelude::*;
use samples::{START, clause, comparison, events, window};
use std::rc::Rc;

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
