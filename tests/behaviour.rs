//! The sentences of the contract about behaviour, one by one.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, clippy::disallowed_methods)]

use dangol::domain::behaviour::Behaviours;
use dangol::domain::compiler::Compiler;
use dangol::domain::condition::Clauses;
use dangol::domain::event::Event;
use dangol::domain::facts::{Answer, ClauseId, Trace};
use dangol::domain::journey::Journey;
use dangol::domain::json;
use dangol::domain::problem::{Place, Severity};
use dangol::domain::time::{DAY, HOUR, MINUTE, Millis, Zone, parse_iso};
use dangol::domain::value::Value;
use std::rc::Rc;

const NOON: &str = "2026-03-11T12:00:00Z"; // A Wednesday.

struct Shop {
    behaviours: Behaviours,
    compiler: Compiler,
    journey: Journey,
    zone: Zone,
    now: Millis,
}

impl Shop {
    fn new() -> Self {
        let now = parse_iso(NOON).unwrap();
        Shop {
            behaviours: Behaviours::default(),
            compiler: Compiler::default(),
            journey: Journey::new(),
            zone: Zone::named("Asia/Seoul", now).unwrap(),
            now,
        }
    }

    fn clause(&mut self, text: &str) -> ClauseId {
        match self.compile(text) {
            Some(id) => id,
            None => panic!("{:?}", self.compiler.problems.list),
        }
    }

    fn compile(&mut self, text: &str) -> Option<ClauseId> {
        let condition = json::parse(text).unwrap();
        let (key, value) = condition.as_object().unwrap().iter().next().unwrap();
        self.behaviours.compile(key, value, &Place::Root.key(key), &mut self.compiler)
    }

    /// An event `ago` before noon, in session 1.
    fn event(&mut self, name: &str, ago: Millis, properties: &str) -> Vec<ClauseId> {
        self.event_in(1, name, ago, properties)
    }

    fn event_in(&mut self, session: u32, name: &str, ago: Millis, properties: &str) -> Vec<ClauseId> {
        let Value::Object(properties) = json::parse(properties).unwrap() else { panic!() };
        let id = ["e", &self.journey.len().to_string()].concat();
        let index = self.journey.insert(Rc::new(Event {
            id: id.into(),
            at: self.now - ago,
            name: name.into(),
            properties,
            user: None,
            session: None,
            own: Event::is_own_name(name),
        }));
        self.journey.set_session(index, session);
        let mut touched = Vec::new();
        if index + 1 == self.journey.len() {
            self.behaviours.push(&self.journey, index, &mut touched);
        } else {
            self.behaviours.rebuild(&self.journey);
        }
        touched
    }

    fn answer(&self, id: ClauseId, later: Millis) -> Answer {
        self.behaviours.answer(id, &self.journey, self.now + later, &self.zone, 1)
    }

    fn trace(&self, id: ClauseId) -> Trace {
        self.behaviours.trace(id, &self.journey, self.now, &self.zone, 1)
    }

    fn passes(&mut self, text: &str) -> bool {
        let id = self.clause(text);
        self.behaviours.rebuild(&self.journey);
        self.answer(id, 0).passed
    }
}

#[test]
fn a_window_includes_both_ends_and_is_left_a_millisecond_later() {
    let mut shop = Shop::new();
    let id = shop.clause(r#"{"$did":{"event":"A","within":"7d"}}"#);
    shop.event("A", 0, "{}");
    assert_eq!(shop.answer(id, 0), Answer::until(true, Some(shop.now + 7 * DAY + 1)));
    assert!(shop.answer(id, 7 * DAY).passed);
    assert_eq!(shop.answer(id, 7 * DAY + 1), Answer::fixed(false));
}

#[test]
fn an_age_turns_when_it_is_reached() {
    let mut shop = Shop::new();
    let id = shop.clause(r#"{"$did":{"event":"A","last":{"$lt":"30d"}}}"#);
    shop.event("A", 0, "{}");
    assert_eq!(shop.answer(id, 0), Answer::until(true, Some(shop.now + 30 * DAY)));
    assert!(!shop.answer(id, 30 * DAY).passed);
}

#[test]
fn a_count_is_told_to_turn_only_when_it_does() {
    let mut shop = Shop::new();
    let id = shop.clause(r#"{"$did":{"event":"A","within":"1d","count":{"$gte":2}}}"#);
    for ago in [4, 3, 2, 1] {
        shop.event("A", ago * HOUR, "{}");
    }
    assert_eq!(shop.answer(id, 0).changes_at, Some(shop.now - 2 * HOUR + DAY + 1));
}

#[test]
fn calendar_words_follow_the_shop_s_own_clock() {
    // Noon UTC is 21:00 in Seoul, so the local day began 21 h ago and ends in 3 h.
    let mut shop = Shop::new();
    let today = shop.clause(r#"{"$did":{"event":"A","within":"today"}}"#);
    let yesterday = shop.clause(r#"{"$did":{"event":"A","within":"yesterday"}}"#);
    let week = shop.clause(r#"{"$did":{"event":"B","within":"thisWeek"}}"#);
    let month = shop.clause(r#"{"$did":{"event":"B","within":"thisMonth"}}"#);
    shop.event("B", 2 * DAY + 21 * HOUR + 1, "{}");
    shop.event("A", 21 * HOUR, "{}");
    assert_eq!(shop.answer(today, 0), Answer::until(true, Some(shop.now + 3 * HOUR)));
    assert_eq!(shop.answer(yesterday, 0), Answer::until(false, Some(shop.now + 3 * HOUR)));
    assert!(!shop.answer(today, 3 * HOUR).passed);
    assert!(shop.answer(yesterday, 3 * HOUR).passed);
    assert!(!shop.answer(yesterday, 27 * HOUR).passed);
    assert!(!shop.answer(week, 0).passed, "a millisecond before Monday");
    assert!(shop.answer(month, 0).passed);
}

#[test]
fn without_events_counts_are_zero_and_the_rest_is_false() {
    let mut shop = Shop::new();
    for (text, expected) in [
        (r#"{"$did":"A"}"#, false),
        (r#"{"$did":{"event":"A","count":{"$lt":3}}}"#, true),
        (r#"{"$did":{"event":"A","count":0}}"#, true),
        (r#"{"$did":{"event":"A","sum":{"of":"v","$lt":1}}}"#, true),
        (r#"{"$did":{"event":"A","distinct":{"of":"v","$eq":0}}}"#, true),
        (r#"{"$did":{"event":"A","avg":{"of":"v","$lt":1}}}"#, false),
        (r#"{"$did":{"event":"A","min":{"of":"v","$ne":1}}}"#, false),
        (r#"{"$did":{"event":"A","max":{"of":"v","$ne":1}}}"#, false),
        (r#"{"$did":{"event":"A","last":{"$gte":"0s"}}}"#, false),
        (r#"{"$did":{"event":"A","value":{"of":"v","$ne":1}}}"#, false),
        (r#"{"$didNot":"A"}"#, true),
        (r#"{"$didNot":{"event":"A","since":{"event":"B"}}}"#, false),
        (r#"{"$did":{"event":"A","since":{"event":"B"},"count":0}}"#, false),
        (r#"{"$did":{"event":"A","count":0,"per":"p"}}"#, false),
        (r#"{"$sequence":{"steps":["A"]}}"#, false),
        (r#"{"$campaign":"welcome"}"#, false),
        (r#"{"$campaign":{"id":"welcome","shown":0}}"#, true),
    ] {
        assert_eq!(shop.passes(text), expected, "{text}");
    }
}

#[test]
fn the_reference_never_counts_itself_but_its_twin_does() {
    let mut shop = Shop::new();
    shop.event("A", HOUR, "{}");
    let again = r#"{"$did":{"event":"A","since":{"event":"A","at":"first","for":"0s"}}}"#;
    assert!(!shop.passes(again));
    shop.event("A", HOUR, "{}");
    assert!(shop.passes(again));
    assert!(shop.passes(r#"{"$did":{"event":"A","since":{"event":"A","at":"last"}}}"#), "in whatever order");
}

#[test]
fn since_for_holds_from_the_reference_on() {
    let mut shop = Shop::new();
    shop.event("A", 8 * DAY, "{}");
    shop.event("B", DAY - 1, "{}");
    assert!(shop.passes(r#"{"$didNot":{"event":"B","since":{"event":"A","for":"7d"}}}"#));
    assert!(!shop.passes(r#"{"$didNot":{"event":"B","since":{"event":"A","for":"8d"}}}"#));
}

#[test]
fn an_item_in_the_cart_that_was_never_ordered() {
    let mut shop = Shop::new();
    let text = r#"{"$didNot":{"event":"Order Completed","since":{"event":"Product Added"},"per":"product_id"}}"#;
    let id = shop.clause(text);
    shop.event("Product Added", 3 * HOUR, r#"{"product_id":"a"}"#);
    assert!(shop.answer(id, 0).passed);
    shop.event("Product Added", 2 * HOUR, r#"{"product_id":"b"}"#);
    shop.event("Order Completed", HOUR, r#"{"products":[{"product_id":"b"},{"product_id":"a"}]}"#);
    assert!(!shop.answer(id, 0).passed);
    shop.event("Product Added", MINUTE, r#"{"product_id":"a"}"#);
    assert!(shop.answer(id, 0).passed);
    let trace = shop.trace(id);
    assert_eq!(trace.children[0].actual, Some("a".into()));
}

#[test]
fn sequences_keep_to_their_terms() {
    let mut shop = Shop::new();
    for (name, ago) in [("A", 60), ("X", 50), ("B", 40), ("Message Shown", 35), ("C", 30), ("A", 20), ("B", 20), ("X", 20)] {
        shop.event(name, ago * MINUTE, "{}");
    }
    for (text, expected) in [
        (r#"{"$sequence":{"steps":[{"event":"A"},{"event":"B"},{"event":"C"}],"within":"30m"}}"#, true),
        (r#"{"$sequence":{"steps":["A","B","C"],"within":"29m"}}"#, false),
        (r#"{"$sequence":{"steps":["A","B","C"],"without":{"event":"X"}}}"#, false),
        (r#"{"$sequence":{"steps":["A","B"],"without":"X"}}"#, true),
        (r#"{"$sequence":{"steps":["A","B"],"without":"B"}}"#, false),
        (r#"{"$sequence":{"steps":["B","C"],"adjacent":true}}"#, true),
        (r#"{"$sequence":{"steps":["A","B","C"],"adjacent":true}}"#, false),
        (r#"{"$sequence":{"steps":["B","A"],"within":"0s"}}"#, false),
        (r#"{"$sequence":{"steps":["A","B"],"within":"0s"}}"#, true),
        (r#"{"$sequence":{"steps":["C","C"]}}"#, false),
        (r#"{"$sequence":{"steps":["B","C"],"recent":"30m"}}"#, true),
        (r#"{"$sequence":{"steps":["B","C"],"recent":"29m"}}"#, false),
        (r#"{"$sequence":{"steps":["B","*"],"adjacent":true,"within":"0s"}}"#, true),
    ] {
        assert_eq!(shop.passes(text), expected, "{text}");
    }
}

#[test]
fn campaigns_count_their_own_events() {
    let mut shop = Shop::new();
    let id = shop.clause(r#"{"$campaign":{"id":"welcome","shown":{"$gte":1},"clicked":0,"within":"30d"}}"#);
    shop.event("Message Shown", DAY, r#"{"campaign":"other"}"#);
    assert!(!shop.answer(id, 0).passed);
    shop.event("Message Shown", HOUR, r#"{"campaign":"welcome","variant":"b"}"#);
    assert_eq!(shop.answer(id, 0), Answer::until(true, Some(shop.now - HOUR + 30 * DAY + 1)));
    assert!(shop.passes(r#"{"$campaign":{"id":"welcome","variant":"b"}}"#));
    assert!(!shop.passes(r#"{"$campaign":{"id":"welcome","variant":"a"}}"#));
    assert!(!shop.passes(r#"{"$did":"*"}"#), "what Dangol writes must be named");
    shop.event("Message Clicked", 0, r#"{"campaign":"welcome"}"#);
    assert!(!shop.answer(id, 0).passed);
}

#[test]
fn the_session_is_the_current_one() {
    let mut shop = Shop::new();
    let id = shop.clause(r#"{"$did":{"event":"A","in":"session","count":{"$gte":2}}}"#);
    shop.event_in(1, "A", 3 * HOUR, "{}");
    shop.event_in(2, "A", HOUR, "{}");
    let answer = |shop: &Shop| shop.behaviours.answer(id, &shop.journey, shop.now, &shop.zone, 2).passed;
    assert!(!answer(&shop));
    shop.event_in(2, "A", 0, "{}");
    assert!(answer(&shop));
    assert_eq!(shop.event_in(3, "B", 0, "{}"), [id], "a new session asks again");
}

#[test]
fn equal_clauses_are_one_and_an_event_touches_only_what_depends_on_it() {
    let mut shop = Shop::new();
    let one = shop.clause(r#"{"$did":{"event":"A","within":"7d","count":2}}"#);
    let same = shop.clause(r#"{"$did":{"count":2,"event":"A","within":"7d"}}"#);
    let other = shop.clause(r#"{"$did":{"event":["B","A"],"where":{"v":{"$gt":1}}}}"#);
    assert_eq!(one, same);
    assert_eq!(shop.behaviours.len(), 2);
    assert_eq!(shop.event("A", 9, r#"{"v":1}"#), [one]);
    assert_eq!(shop.event("B", 8, r#"{"v":2}"#), [other]);
    assert_eq!(shop.event("C", 7, r#"{"v":2}"#), []);
}

#[test]
fn a_trace_tells_what_was_found_and_when_it_changes() {
    let mut shop = Shop::new();
    let id = shop.clause(r#"{"$did":{"event":"A","within":"7d","sum":{"of":"v","$gte":0.3}}}"#);
    shop.event("A", 8 * DAY, r#"{"v":5}"#);
    shop.event("A", 3 * DAY, r#"{"v":0.1}"#);
    shop.event("A", DAY, r#"{"v":0.2}"#);
    assert_eq!(
        json::to_text(&shop.trace(id).to_value()),
        r#"{"condition":{"$did":{"event":"A","within":"7d","sum":{"of":"v","$gte":0.3}}},"passed":true,"actual":0.3,"expected":{"of":"v","$gte":0.3},"events":["e1","e2"],"changesAt":"2026-03-15T12:00:00.001Z"}"#
    );
    let id = shop.clause(r#"{"$sequence":{"steps":["A","B"]}}"#);
    shop.behaviours.rebuild(&shop.journey);
    let trace = shop.trace(id);
    assert_eq!((trace.actual, trace.expected), (Some(1_usize.into()), Some(2_usize.into())));
    shop.event("B", 0, "{}");
    assert_eq!(shop.trace(id).events.iter().map(|id| &**id).collect::<Vec<_>>(), ["e2", "e3"]);
}

#[test]
fn what_is_wrong_is_named_with_its_place() {
    for (text, path, code) in [
        (r#"{"$did":{"event":"A","within":"7 days"}}"#, "/$did/within", "invalid-value"),
        (r#"{"$did":{"event":"A","count":{"$gtee":1}}}"#, "/$did/count/$gtee", "unknown-operator"),
        (r#"{"$did":{"event":"A","count":{}}}"#, "/$did/count", "invalid-value"),
        (r#"{"$did":{"event":"A","count":"1"}}"#, "/$did/count", "invalid-value"),
        (r#"{"$did":{"event":"A","last":"7d"}}"#, "/$did/last", "invalid-value"),
        (r#"{"$did":{"event":"A","sum":{"$gte":1}}}"#, "/$did/sum", "missing-key"),
        (r#"{"$did":{"event":"A","value":{"of":"v","$gtee":1}}}"#, "/$did/value/$gtee", "unknown-operator"),
        (r#"{"$did":{"event":"A","where":{"v":{"$gtee":1}}}}"#, "/$did/where/v/$gtee", "unknown-operator"),
        (r#"{"$did":{"within":"7d"}}"#, "/$did", "missing-key"),
        (r#"{"$did":{"event":[]}}"#, "/$did/event", "invalid-value"),
        (r#"{"$didNot":{"event":"A","count":1}}"#, "/$didNot/count", "misplaced-measure"),
        (r#"{"$did":{"event":"A","since":{"event":"B","at":"frist"}}}"#, "/$did/since/at", "invalid-value"),
        (r#"{"$sequence":{"steps":[]}}"#, "/$sequence/steps", "invalid-value"),
        (r#"{"$did":{"event":"A","$within":"7d"}}"#, "/$did/$within", "unknown-operator"),
        (r#"{"$campaign":{"shown":1}}"#, "/$campaign", "missing-key"),
    ] {
        let mut shop = Shop::new();
        assert_eq!(shop.compile(text), None, "{text}");
        let problem = &shop.compiler.problems.list[0];
        assert_eq!((&*problem.path, problem.code, problem.severity), (path, code, Severity::Error), "{text}");
    }
    // A key that is not known is ignored, and told.
    for (text, path) in [
        (r#"{"$did":{"event":"A","withn":"7d"}}"#, "/$did/withn"),
        (r#"{"$sequence":{"steps":[{"event":"A","whre":{}}]}}"#, "/$sequence/steps/0/whre"),
        (r#"{"$campaign":{"id":"w","showed":1}}"#, "/$campaign/showed"),
        (r#"{"$did":{"event":"A","count":{"$gte":1,"gte":1}}}"#, "/$did/count/gte"),
    ] {
        let mut shop = Shop::new();
        assert!(shop.compile(text).is_some(), "{text}");
        let problem = &shop.compiler.problems.list[0];
        assert_eq!((&*problem.path, problem.code, problem.severity), (path, "unknown-key", Severity::Warning), "{text}");
    }
    let mut shop = Shop::new();
    shop.compile(r#"{"$did":{"event":"A","withn":"7d"}}"#);
    let message = &shop.compiler.problems.list[0].message;
    assert_eq!(message, r#"unknown key "withn"; did you mean "within"?"#);
}

#[test]
fn looking_back_further_than_events_are_kept_is_a_warning() {
    let mut shop = Shop::new();
    assert!(shop.compile(r#"{"$did":{"event":"A","within":"400d"}}"#).is_some());
    assert!(shop.compiler.problems.list.is_empty());
    assert!(shop.compile(r#"{"$did":{"event":"A","within":"401d"}}"#).is_some());
    assert!(shop.compile(r#"{"$did":{"event":"A","last":{"$gte":"58w"}}}"#).is_some());
    let found: Vec<_> = shop.compiler.problems.list.iter().map(|problem| (&*problem.path, problem.code)).collect();
    assert_eq!(found, [("/$did/within", "beyond-retain"), ("/$did/last/$gte", "beyond-retain")]);
}

#[test]
fn groups_and_the_event_s_own_time_are_known_to_where() {
    let mut shop = Shop::new();
    shop.behaviours.groups = vec![("brands".into(), vec!["x".into()])];
    shop.event("A", DAY, r#"{"brand":"x","issued":"2026-03-09T12:00:00Z"}"#);
    assert!(shop.passes(r#"{"$did":{"event":"A","where":{"brand":{"$inGroup":"brands"}}}}"#));
    assert!(shop.passes(r#"{"$did":{"event":"A","where":{"issued":{"$withinLast":"1d"}}}}"#));
    assert!(shop.passes(r#"{"$did":{"event":"A","value":{"of":"brand","$inGroup":"brands"}}}"#));
}

/// The nanoseconds of one call, in the best of many short stretches: the machine may do other things meanwhile.
fn best(mut call: impl FnMut(i64)) -> u128 {
    (0..100)
        .map(|stretch| {
            let start = std::time::Instant::now();
            for round in 0..200 {
                call(stretch * 200 + round);
            }
            start.elapsed().as_nanos() / 200
        })
        .min()
        .unwrap()
}

/// Prints what questions and events cost; run with `--release -- --ignored --nocapture`.
#[test]
#[ignore = "a measurement, not a check"]
fn cost() {
    for length in [100_i64, 1_000, 10_000] {
        let mut shop = Shop::new();
        let texts = [
            r#"{"$did":{"event":"A","within":"7d","count":{"$gte":3}}}"#,
            r#"{"$did":{"event":"A","within":"7d","sum":{"of":"v","$gte":3}}}"#,
            r#"{"$did":{"event":"A","within":"today","count":{"$gte":3}}}"#,
            r#"{"$did":{"event":"A","within":"7d","last":{"$lt":"2d"}}}"#,
            r#"{"$did":{"event":"A","in":"session","count":{"$gte":3}}}"#,
            r#"{"$didNot":{"event":"B","since":{"event":"A","for":"7d"}}}"#,
            r#"{"$sequence":{"steps":["A","B"],"within":"30m","recent":"7d"}}"#,
            r#"{"$did":{"event":"A","within":"7d","distinct":{"of":"p","$gte":3}}}"#,
            r#"{"$did":{"event":"A","within":"7d","distinct":{"of":"@day","$gte":3}}}"#,
            r#"{"$didNot":{"event":"B","since":{"event":"A"},"per":"p"}}"#,
        ];
        let ids: Vec<_> = texts.iter().map(|text| shop.clause(text)).collect();
        for number in 0..1_000 {
            shop.clause(&format!(r#"{{"$did":{{"event":"E{number}","within":"7d"}}}}"#));
        }
        for step in 0..length {
            let name = if step % 10 == 9 { "B" } else { "A" };
            let properties = format!(r#"{{"p":"{}","v":{step}}}"#, step % 300);
            shop.event(name, (length - step) * 20 * DAY / length, &properties);
        }
        for (id, text) in ids.iter().zip(texts) {
            let nanos = best(|round| {
                std::hint::black_box(shop.answer(*id, round));
            });
            println!("{length:>6} {nanos:>8} ns {text}");
        }
        let idle = Behaviours::clone(&shop.behaviours);
        let mut touched = Vec::new();
        let first = shop.journey.len();
        for _ in 0..20_000 {
            let event = Event { name: "Q".into(), ..(**shop.journey.get(first - 1).unwrap()).clone() };
            shop.journey.insert(Rc::new(event));
        }
        shop.behaviours = idle;
        let mut index = first as i64 - 1;
        let nanos = best(|_| {
            index += 1;
            shop.behaviours.push(&shop.journey, index as usize, &mut touched);
        });
        println!("{length:>6} {nanos:>8} ns a push that touches nothing");
        let start = std::time::Instant::now();
        shop.behaviours.rebuild(&shop.journey);
        println!("{length:>6} {:>8} µs a rebuild", start.elapsed().as_micros());
    }
}
