//! Each concept of the visitor's document, by example.
#![allow(clippy::unwrap_used)]

mod profile_support;

use dangol::domain::event::{Event, IDENTIFIED};
use dangol::domain::problem::{Place, Problems};
use dangol::domain::profile::{Moment, Root, Settings};
use dangol::domain::time::{DAY, MINUTE, Zone};
use profile_support::{Visitor, at, event, json};

#[test]
fn an_unknown_visitor_has_a_document() {
    let visitor = Visitor::new();
    assert_eq!(
        visitor.profile.document(visitor.moment()),
        json(
            r#"{"user":{"known":false},"traits":{},"visits":{"count":0},
                "cart":{"items":[],"count":0,"value":0},"orders":{"count":0,"revenue":0},"lifecycle":"visitor",
                "time":{"hour":9,"minute":0,"weekday":"thu","date":"2026-01-01","month":1}}"#
        )
    );
}

#[test]
fn a_gap_longer_than_the_setting_starts_a_session() {
    let mut visitor = Visitor::new();
    assert_eq!(visitor.does("2026-01-01T00:00:00Z", "A", "{}"), 1);
    assert_eq!(visitor.does("2026-01-01T00:30:00Z", "A", "{}"), 1);
    assert_eq!(visitor.does("2026-01-01T01:00:00.001Z", "A", "{}"), 2);
    visitor.shows("session.startedAt", r#""2026-01-01T01:00:00.001Z""#);
    visitor.shows("visits.previousAt", r#""2026-01-01T00:30:00.000Z""#);
    visitor.shows("visits.daysSincePrevious", "0");
    assert_eq!(visitor.does("2026-01-02T01:00:00Z", "A", "{}"), 3);
    visitor.shows("visits.daysSincePrevious", "0");
    assert_eq!(visitor.does("2026-01-16T01:00:00Z", "A", "{}"), 4);
    visitor.shows("visits.daysSincePrevious", "14");
    visitor.shows("visits.count", "4");
    visitor.shows("visits.firstAt", r#""2026-01-01T00:00:00.000Z""#);

    let mut visitor = Visitor::with(r#"{"session":"1m"}"#);
    visitor.does("2026-01-01T00:00:00Z", "A", "{}");
    assert_eq!(visitor.does("2026-01-01T00:01:01Z", "A", "{}"), 2);
}

#[test]
fn what_dangol_writes_extends_no_session() {
    let mut visitor = Visitor::new();
    assert_eq!(visitor.does("2026-01-01T00:00:00Z", "Segment Entered", "{}"), 0);
    visitor.does("2026-01-01T00:00:00Z", "Page Viewed", "{}");
    assert_eq!(visitor.does("2026-01-01T00:20:00Z", "Message Shown", "{}"), 1);
    visitor.shows("session.duration", "0");
    assert_eq!(visitor.does("2026-01-01T02:00:00Z", "Message Clicked", "{}"), 1);
    assert_eq!(visitor.does("2026-01-01T02:00:01Z", "A", "{}"), 2);
}

#[test]
fn recorded_sessions_decide_where_there_are_any() {
    let mut visitor = Visitor::new();
    let mut step = |minutes: i64, session: Option<&str>| {
        let mut event = event(at("2026-01-01") + minutes * MINUTE, "A", "{}");
        event.session = session.map(Into::into);
        visitor.profile.apply(&event, &visitor.settings)
    };
    // An event before the first id belongs to it; a long gap within an id ends nothing, a new id does at once.
    assert_eq!(step(0, None), 1);
    assert_eq!(step(1, Some("a")), 1);
    assert_eq!(step(90, Some("a")), 1);
    assert_eq!(step(91, Some("b")), 2);
    // Another tab still writes the former id.
    assert_eq!(step(92, Some("a")), 1);
    assert_eq!(step(93, Some("b")), 2);
    // Events without an id go by the gap.
    assert_eq!(step(94, None), 2);
    assert_eq!(step(200, None), 3);
    assert_eq!(step(201, Some("c")), 3);
}

#[test]
fn a_page_of_a_former_session_is_not_counted_in_this_one() {
    let mut visitor = Visitor::new();
    for session in ["a", "b", "a"] {
        visitor.now += MINUTE;
        let mut page = event(visitor.now, "Page Viewed", "{}");
        page.session = Some(session.into());
        visitor.profile.apply(&page, &visitor.settings);
    }
    visitor.shows("session.number", "2");
    visitor.shows("session.pageViews", "1");
}

#[test]
fn a_session_knows_where_it_landed() {
    let mut visitor = Visitor::new();
    visitor.does("2026-01-01T00:00:00Z", "Signed In", "{}");
    visitor.shows("session.landingPath", "");
    visitor.then(
        "Page Viewed",
        r#"{"url":"https://shop.example/sale?utm_source=kakao&utm_campaign=new+year","title":"Sale","referrer":"https://search.example/"}"#,
    );
    visitor.then("Page Viewed", r#"{"url":"https://shop.example/cart"}"#);
    visitor.shows(
        "session",
        r#"{"number":1,"startedAt":"2026-01-01T00:00:00.000Z","pageViews":2,"duration":2,"landingPath":"/sale",
            "referrer":"https://search.example/","utm":{"source":"kakao","campaign":"new year"}}"#,
    );
    visitor.shows("page", r#"{"url":"https://shop.example/cart","path":"/cart","host":"shop.example","query":""}"#);
}

#[test]
fn lifecycle_moves_with_orders_and_with_time() {
    let mut visitor = Visitor::new();
    visitor.then(IDENTIFIED, r#"{"name":"Kim"}"#);
    visitor.shows("lifecycle", r#""visitor""#);
    let mut identify = event(visitor.now, IDENTIFIED, "{}");
    identify.user = Some("u1".into());
    visitor.profile.apply(&identify, &visitor.settings);
    visitor.shows("lifecycle", r#""member""#);
    visitor.shows("user", r#"{"id":"u1","known":true}"#);
    let next = |visitor: &Visitor| visitor.profile.next_change("lifecycle", visitor.moment());
    assert_eq!(next(&visitor), None);
    for expected in ["first_time", "repeat", "repeat", "loyal", "loyal"] {
        visitor.then("Order Completed", "{}");
        visitor.shows("lifecycle", &format!("\"{expected}\""));
    }
    let last = visitor.now;
    assert_eq!(next(&visitor), Some(last + 60 * DAY + 1));
    visitor.now = last + 60 * DAY;
    visitor.shows("lifecycle", r#""loyal""#);
    visitor.now += 1;
    visitor.shows("lifecycle", r#""at_risk""#);
    assert_eq!(next(&visitor), Some(last + 180 * DAY + 1));
    visitor.now = last + 180 * DAY;
    visitor.shows("lifecycle", r#""at_risk""#);
    visitor.now += 1;
    visitor.shows("lifecycle", r#""lapsed""#);
    assert_eq!(next(&visitor), None);
    visitor.then("Order Completed", "{}");
    visitor.shows("lifecycle", r#""won_back""#);
    let back = visitor.now;
    visitor.now += 10 * DAY;
    visitor.then("Order Completed", "{}");
    assert_eq!(next(&visitor), Some(back + 30 * DAY + 1));
    visitor.now = back + 30 * DAY;
    visitor.shows("lifecycle", r#""won_back""#);
    visitor.now += 1;
    visitor.shows("lifecycle", r#""loyal""#);
}

#[test]
fn traits_are_set_counted_and_gathered() {
    let mut visitor = Visitor::new();
    visitor.then(
        IDENTIFIED,
        r#"{"name":"Kim","plan":null,"$setOnce":{"first":"a","name":"Lee"},"$increment":{"n":0.1},"$append":{"tags":"x"}}"#,
    );
    visitor.then(IDENTIFIED, r#"{"$setOnce":{"first":"b"},"$increment":{"n":0.2,"name":1},"$append":{"tags":["y","z"],"name":1}}"#);
    visitor.shows("traits", r#"{"name":["Kim",1],"plan":null,"first":"a","n":0.3,"tags":["x","y","z"]}"#);
    visitor.then(IDENTIFIED, r#"{"$setOnce":{"plan":"gold"}}"#);
    visitor.shows("traits.plan", r#""gold""#);
    visitor.then(IDENTIFIED, r#"{"$unset":["n","tags","absent"],"$set":{"name":"Park"},"$other":{"a":1}}"#);
    visitor.then(IDENTIFIED, r#"{"$unset":"first"}"#);
    visitor.then(IDENTIFIED, r#"{"$unset":{"plan":true}}"#);
    visitor.shows("traits", r#"{"name":"Park"}"#);
    for index in 0..300 {
        visitor.then(IDENTIFIED, &format!(r#"{{"t{index}":1,"$append":{{"name":{index}}}}}"#));
    }
    assert_eq!(visitor.path("traits").unwrap().as_object().unwrap().len(), 200);
    assert_eq!(visitor.path("traits.name").unwrap().as_list().unwrap().len(), 100);
}

#[test]
fn time_moves_at_the_borders_of_the_zone() {
    let mut visitor = Visitor::new();
    visitor.now = at("2026-11-30T14:59:30.500Z");
    visitor.shows("time", r#"{"hour":23,"minute":59,"weekday":"mon","date":"2026-11-30","month":11}"#);
    for path in ["time.minute", "time.hour", "time.date", "time.weekday", "time.month", "time"] {
        assert_eq!(visitor.profile.next_change(path, visitor.moment()), Some(at("2026-11-30T15:00:00Z")), "{path}");
    }
    visitor.now = at("2026-11-30T15:00:00Z");
    for (path, next) in [
        ("time.minute", "2026-11-30T15:01:00Z"),
        ("time.hour", "2026-11-30T16:00:00Z"),
        ("time.date", "2026-12-01T15:00:00Z"),
        ("time.month", "2026-12-31T15:00:00Z"),
    ] {
        assert_eq!(visitor.profile.next_change(path, visitor.moment()), Some(at(next)), "{path}");
    }
    assert_eq!(visitor.profile.next_change("cart.value", visitor.moment()), None);
    assert_eq!(visitor.profile.next_change("nothing", visitor.moment()), None);

    // Lord Howe Island goes forward by half an hour at 02:00.
    visitor.zone = Zone::named("Australia/Lord_Howe", at("2026-10-01")).unwrap();
    visitor.now = at("2026-10-03T14:45:00Z");
    visitor.shows("time.hour", "1");
    assert_eq!(visitor.profile.next_change("time.hour", visitor.moment()), Some(at("2026-10-03T15:30:00Z")));
    visitor.now = at("2026-10-03T15:30:00Z");
    visitor.shows("time.minute", "30");
    visitor.shows("time.hour", "2");
    assert_eq!(visitor.profile.next_change("time.hour", visitor.moment()), Some(at("2026-10-03T16:00:00Z")));

    // Newfoundland once went back from 00:01 to 23:01: the hour changed within the hour.
    visitor.zone = Zone::between("America/St_Johns", at("2010-01-01"), at("2011-01-01")).unwrap();
    visitor.now = at("2010-11-07T02:30:30Z");
    visitor.shows("time.hour", "0");
    assert_eq!(visitor.profile.next_change("time.hour", visitor.moment()), Some(at("2010-11-07T02:31:00Z")));
    visitor.now = at("2010-11-07T02:31:00Z");
    visitor.shows("time.hour", "23");
}

#[test]
fn touched_roots_cover_every_change() {
    let mut visitor = Visitor::new();
    visitor.profile.set_device(json(r#"{"type":"mobile"}"#));
    visitor.profile.set_anonymous_id("anon");
    let touched = visitor.profile.take_touched();
    assert!(touched.has(Root::Device) && touched.has(Root::User));
    assert!(visitor.profile.take_touched().is_empty());
    let properties = r#"{"product_id":"1","category":"c","order_id":"o","url":"https://a.example/","name":"n"}"#;
    for name in [
        "Page Viewed",
        IDENTIFIED,
        "Product Viewed",
        "Product Added",
        "Message Shown",
        "Product Removed",
        "Cart Viewed",
        "Product Added",
        "Order Completed",
        "Order Refunded",
        "Order Cancelled",
        "Other",
    ] {
        visitor.now += 25 * MINUTE;
        let former: Vec<_> = Root::ALL.iter().map(|root| visitor.profile.write_root(*root, visitor.moment())).collect();
        let step = event(visitor.now, name, properties);
        visitor.profile.apply(&step, &visitor.settings);
        let touched = visitor.profile.take_touched();
        assert!(touched.has(Root::Event));
        for (root, former) in Root::ALL.iter().zip(former) {
            let changed = visitor.profile.write_root(*root, visitor.moment()) != former;
            assert!(!changed || touched.has(*root), "{name} changed {}", root.key());
        }
    }
    let shown = event(visitor.now, "A", r#"{"a":1}"#);
    let moment = Moment { event: Some(&shown), ..visitor.moment() };
    assert_eq!(visitor.profile.write_root(Root::Event, moment), Some(json(r#"{"name":"A","properties":{"a":1}}"#)));
}

#[test]
fn wrong_settings_are_told_and_defaults_kept() {
    let mut problems = Problems::default();
    let text = r#"{"session":"0s","retain":{"events":0,"day":3},"stages":[{"id":"a","event":"A"},{"id":"a","event":"B"},{"id":"b"},5],
        "lifecycle":{"repeat":2.5,"loyal":1,"atRsk":"3d"},"affinity":{"halfLife":14,"weights":{"A":-1,"B":2}},"theme":{}}"#;
    let settings = Settings::decode(Some(&json(text)), &Place::Root.key("settings"), &mut problems);
    let found: Vec<_> = problems.list.iter().map(|problem| (problem.path.as_str(), problem.code)).collect();
    assert_eq!(
        found,
        [
            ("/settings/session", "invalid-duration"),
            ("/settings/retain/day", "unknown-key"),
            ("/settings/retain/events", "out-of-range"),
            ("/settings/stages/1/id", "duplicate-id"),
            ("/settings/stages/2", "invalid-stage"),
            ("/settings/stages/3", "invalid-stage"),
            ("/settings/lifecycle/atRsk", "unknown-key"),
            ("/settings/lifecycle/repeat", "out-of-range"),
            ("/settings/lifecycle", "unreachable-stage"),
            ("/settings/affinity/halfLife", "invalid-duration"),
            ("/settings/affinity/weights/A", "out-of-range"),
        ]
    );
    assert_eq!(settings.session, 30 * MINUTE);
    assert_eq!(settings.stages.len(), 1);
    assert_eq!(settings.affinity.weights, [("B".into(), 2.0)]);
    let mut problems = Problems::default();
    assert_eq!(Settings::decode(Some(&json("7")), &Place::Root, &mut problems), Settings::default());
    assert_eq!(problems.errors(), 1);
    assert_eq!(Settings::decode(None, &Place::Root, &mut problems), Settings::default());
}

#[test]
fn an_event_from_the_wire_is_folded() {
    let wire = json(r#"{"type":"identify","userId":"u","traits":{"a":1},"timestamp":"2026-01-01T00:00:00Z"}"#);
    let mut visitor = Visitor::new();
    visitor.profile.apply(&Event::from_wire(&wire).unwrap(), &visitor.settings);
    visitor.shows("user.id", r#""u""#);
    visitor.shows("traits.a", "1");
}
