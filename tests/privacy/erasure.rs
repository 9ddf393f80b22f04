//! What is known of a visitor, and that nothing of it goes on to the next one.

use crate::host::{GRANTED, Host, NOON, config, find, texts};
use dangol::domain::engine::{Effect, Engine};
use dangol::domain::json;
use dangol::domain::value::Value;

#[test]
fn the_receipt_tells_what_is_kept_and_erases_it() {
    let mut host = Host::new(&config("{}"), GRANTED, NOON);
    for _ in 0..3 {
        host.call(r#""call":"track","name":"X","data":{}"#);
    }
    let id = String::from(host.query("export").text("anonymousId").unwrap());
    assert_eq!(host.show("help"), "shown");
    assert!(texts(&host.tree()).contains(&"왜 이 메시지가 보이나요?".into()));
    host.click("data");
    let all = texts(&host.tree());
    assert!(all.contains(&"활동 기록: 3".into()) && all.contains(&format!("아이디: {id}")), "{all:?}");
    host.click("erase");
    assert!(host.effects.iter().any(|effect| matches!(effect, Effect::Wipe(_))));
    let after = host.query("export");
    assert_ne!(after.text("anonymousId"), Some(&*id));
    assert!(after.list("journey").is_empty());
    let mut host = Host::new(&config(r#"{"receipt":false}"#), GRANTED, NOON);
    assert_eq!(host.show("help"), "shown");
    assert!(find(&host.tree(), "receipt").is_none() && find(&host.tree(), "data").is_none());
}

#[test]
fn whoever_is_forgotten_is_named_to_the_backend_once_and_never_again() {
    let mut host = Host::new(&config("{}"), GRANTED, NOON);
    host.call(r#""call":"page","page":{"url":"https://shop.test/","title":"","referrer":""}"#);
    host.call(r#""call":"identify","user":"m1","data":{"name":"A"}"#);
    let old = String::from(host.query("export").text("anonymousId").unwrap());
    host.effects.clear();
    host.call(r#""call":"forget""#);
    let farewell = host.sent();
    assert_eq!((farewell.matches("Visitor Forgotten").count(), farewell.matches(&old).count()), (1, 1), "{farewell}");
    assert!(farewell.contains("\"userId\":\"m1\""));
    assert!(farewell.contains("\"seq\":3"), "behind the two before it, so that a receiver sees no gap and none twice: {farewell}");
    assert_eq!(host.shared, None);
    // The network fails: it is tried again, each time after twice as long, five times in all.
    let mut waits = Vec::new();
    for _ in 0..20 {
        host.effects.clear();
        host.give(r#"{"in":"answer","batch":4294967295,"status":0,"body":""}"#);
        let is_sent = |host: &Host| host.effects.iter().any(|effect| matches!(effect, Effect::Send(_)));
        let waited = (0..60).find(|_| {
            host.now += 1_000;
            host.give(r#"{"in":"wake"}"#);
            is_sent(&host)
        });
        waits.extend(waited.map(|seconds| seconds + 1));
    }
    assert_eq!(waits, [2, 4, 8, 16]);
    host.effects.clear();
    host.call(r#""call":"page","page":{"url":"https://shop.test/b","title":"","referrer":""}"#);
    host.call(r#""call":"track","name":"Afterwards","data":{}"#);
    let sent = host.sent();
    assert!(sent.contains("Afterwards"));
    assert!(!sent.contains(&old) && !sent.contains("stream-1") && !sent.contains("m1"), "{sent}");
}

#[test]
fn a_farewell_is_over_once_it_is_answered() {
    for (status, again) in
        [(200, false), (204, false), (400, false), (403, false), (408, true), (425, true), (429, true), (500, true), (503, true)]
    {
        let mut host = Host::new(&config("{}"), GRANTED, NOON);
        host.call(r#""call":"track","name":"X","data":{}"#);
        host.call(r#""call":"forget""#);
        host.give(&format!(r#"{{"in":"answer","batch":4294967295,"status":{status},"body":""}}"#));
        host.effects.clear();
        host.now += 3_600_000;
        host.give(r#"{"in":"wake"}"#);
        assert_eq!(host.sent().contains("Visitor Forgotten"), again, "{status}");
    }
    // Who never agreed to be known to the backend is not named to it now.
    for consent in [r#"{"personalization":true}"#, r#""pending""#, r#""denied""#] {
        let mut host = Host::new(&config("{}"), &format!(r#"{{"consent":{consent},"endpoint":{{"url":"/collect"}}}}"#), NOON);
        host.call(r#""call":"track","name":"X","data":{}"#);
        host.call(r#""call":"forget""#);
        assert_eq!(host.sent(), "", "{consent}");
    }
}

#[test]
fn another_visitor_on_the_device_does_not_go_by_the_former_ones_session() {
    let mut host = Host::new(&config("{}"), GRANTED, NOON);
    host.call(r#""call":"page","page":{"url":"https://shop.test/","title":"","referrer":""}"#);
    let old = String::from(host.query("export").text("anonymousId").unwrap());
    host.call(r#""call":"reset""#);
    host.effects.clear();
    host.call(r#""call":"page","page":{"url":"https://shop.test/","title":"","referrer":""}"#);
    assert!(host.sent().contains("sessionId") && !host.sent().contains(&old), "{}", host.sent());
}

#[test]
fn what_a_page_left_about_somebody_else_is_not_taken_up() {
    let left = |who: &str| {
        format!(
            r#"{{"stream":"old","who":{who},"calls":[{{"in":"call","id":"c1","at":{NOON},"call":"track","name":"Called","data":{{}}}}],
            "journey":[["j1","{{\"i\":\"j1\",\"t\":{NOON},\"n\":\"Walked\"}}"]],
            "events":[["e1","{{\"type\":\"track\",\"event\":\"Sent\",\"messageId\":\"e1\"}}"]]}}"#
        )
    };
    for (who, taken) in [("[]", true), (r#"["me"]"#, true), (r#"["other","me"]"#, true), (r#"["other"]"#, false)] {
        let mut engine = Engine::new();
        let start = format!(
            r#"{{"in":"start","entropy":"00","stream":"s","options":{GRANTED},"page":{{"url":"https://shop.test/"}},"device":{{}},"stored":{{"recovered":{}}},"config":null}}"#,
            left(who)
        );
        engine.apply(NOON, &json::parse(&start).unwrap());
        let shared = json::to_text(&Value::from(r#"{"v":1,"anonymousId":"me","assignmentId":"me","epoch":0}"#));
        let effects = engine.apply(NOON, &json::parse(&format!(r#"{{"in":"claimed","shared":{shared}}}"#)).unwrap());
        let mut out = String::new();
        for effect in &effects {
            if let Effect::Save(save) = effect {
                out.push_str(&format!("{:?}{:?}", save.events, save.journey));
            }
        }
        for word in ["Called", "Sent"] {
            assert_eq!(out.contains(word), taken, "{who}: {word} in {out}");
        }
    }
}
