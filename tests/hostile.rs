//! Configurations that mean harm: bounded time and memory, and the last good one stays in force.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, clippy::disallowed_methods)] // A test may fail.

use dangol::domain::engine::{Effect, Engine};
use dangol::domain::json::{self, parse};
use dangol::domain::tools::validate;
use dangol::domain::value::Value;
use std::time::{Duration, Instant};

const GOOD: &str = r#"{"version":1,"segments":{"good":{"when":{}}}}"#;
const NOON: i64 = 1_793_588_400_000;

fn quoted(text: &str) -> String {
    json::to_text(&Value::from(text))
}

/// A page under the good configuration.
fn page() -> Engine {
    let mut engine = Engine::new();
    let start = format!(
        r#"{{"in":"start","entropy":"00","stream":"s","options":{{"consent":"granted"}},"page":{{"url":"https://shop.test/"}},"device":{{}},"stored":{{}},"config":{}}}"#,
        quoted(GOOD)
    );
    engine.handle(NOON, &start);
    engine.handle(NOON, r#"{"in":"claimed","shared":null}"#);
    engine.handle(NOON, r#"{"in":"call","id":"a","call":"track","name":"Looked","data":{}}"#);
    engine
}

fn segments(engine: &mut Engine) -> Vec<String> {
    let effects = engine.apply(NOON, &parse(r#"{"in":"query","what":"segments","id":"q"}"#).unwrap());
    let result = effects.into_iter().find_map(|effect| if let Effect::Result { value, .. } = effect { Some(value) } else { None });
    result.unwrap().as_list().unwrap().iter().map(|id| id.as_text().unwrap().to_string()).collect()
}

/// A bound that a loaded machine and an unoptimised build keep by far, and that work beyond linear does not.
#[track_caller]
fn within<T>(limit: Duration, work: impl FnOnce() -> T) -> T {
    let started = Instant::now();
    let value = work();
    assert!(started.elapsed() < limit, "took {:?}", started.elapsed());
    value
}

#[test]
fn what_is_no_configuration_leaves_the_last_good_one_in_force() {
    let deep = |open: &str, close: &str| open.repeat(10_000) + "1" + &close.repeat(10_000);
    let broken = [
        String::new(),
        "{".into(),
        "NaN".into(),
        r#"{"version":NaN}"#.into(),
        r#"{"a":1,}"#.into(),
        deep("[", "]"),
        "null".into(),
        "\"maintenance\"".into(),
        "[]".into(),
        "[".repeat(1_000_000),
        "\"".to_string() + &"\\u0000".repeat(100_000),
        "\u{feff}{}".into(),
    ];
    for text in broken {
        let mut engine = page();
        let cut: String = text.chars().take(40).collect();
        let effects = within(Duration::from_secs(60), || engine.handle(NOON, &format!(r#"{{"in":"config","text":{}}}"#, quoted(&text))));
        assert!(effects.contains("config-unreadable"), "{cut} of {} bytes: {}", text.len(), effects.chars().take(300).collect::<String>());
        assert_eq!(segments(&mut engine), ["good"], "{cut}");
    }
}

#[test]
fn what_nests_without_end_is_read_in_bounded_depth() {
    for (open, close) in [("{\"a\":", "}"), ("{\"segments\":{\"a\":{\"when\":", "}}}"), ("{\"$not\":", "}"), ("{\"$or\":[", "]}")] {
        let nested = open.repeat(10_000) + "1" + &close.repeat(10_000);
        for text in [nested.clone(), format!(r#"{{"segments":{{"good":{{"when":{{}}}},"deep":{{"when":{nested}}}}}}}"#)] {
            let mut engine = page();
            within(Duration::from_secs(60), || engine.handle(NOON, &format!(r#"{{"in":"config","text":{}}}"#, quoted(&text))));
            assert!(!segments(&mut engine).contains(&"deep".to_string()));
            engine.handle(NOON, r#"{"in":"call","id":"b","call":"track","name":"Looked","data":{}}"#);
        }
    }
}

#[test]
fn numbers_out_of_all_bounds_disable_at_most_what_they_stand_in() {
    for number in ["1e999", "-1e999", "-0", "1e-999", "9007199254740993", "0.1e1", "123456789012345678901234567890"] {
        let text = format!(
            r#"{{"version":{number},"revision":{number},"segments":{{"good":{{"when":{{}}}},"other":{{"when":{{"$did":{{"event":"A","count":{{"$gte":{number}}}}}}}}}}},
            "settings":{{"retain":{{"events":{number},"days":{number}}},"attention":{{"perSession":{number},"perDay":{number}}}}},
            "campaigns":{{"c":{{"trigger":{{"scroll":{number}}},"priority":{number},"holdout":{number},"limits":{{"total":{number}}},
            "variants":[{{"id":"a","weight":{number},"message":{{"layout":"toast","blocks":[{{"text":"x"}}]}}}},{{"id":"b","weight":{number},"message":{{"layout":"toast","blocks":[{{"progress":"cart.value","of":{number},"text":"x"}}]}}}}]}}}}}}"#
        );
        let mut engine = page();
        engine.handle(NOON, &format!(r#"{{"in":"config","text":{}}}"#, quoted(&text)));
        assert!(segments(&mut engine).contains(&"good".to_string()), "{number}");
        engine.handle(NOON + 1_000, r#"{"in":"signal","signal":"scroll","value":100}"#);
        engine.handle(NOON + 2_000, r#"{"in":"wake"}"#);
    }
}

#[test]
fn ten_thousand_campaigns_and_segments_are_read_in_time() {
    let mut text = String::from(r#"{"version":1,"segments":{"good":{"when":{}}"#);
    for index in 0..9_999 {
        text.push_str(&format!(r#","s{index}":{{"when":{{"$did":{{"event":"E{}","within":"7d","count":{{"$gte":3}}}}}}}}"#, index % 100));
    }
    text.push_str(r#"},"campaigns":{"#);
    for index in 0..10_000 {
        let comma = if index > 0 { "," } else { "" };
        text.push_str(&format!(
            r#"{comma}"c{index}":{{"trigger":{{"event":"E{}"}},"audience":{{"$segment":"s{}"}},"message":{{"layout":"toast","blocks":[{{"text":"hi"}}]}}}}"#,
            index % 100,
            index % 9_999
        ));
    }
    text.push_str("}}");
    let mut engine = page();
    within(Duration::from_secs(120), || engine.handle(NOON, &format!(r#"{{"in":"config","text":{}}}"#, quoted(&text))));
    assert!(segments(&mut engine).contains(&"good".to_string()));
    // What an event costs depends on who asks about it, a hundred campaigns here.
    within(Duration::from_secs(90), || {
        for index in 0..20 {
            engine.handle(NOON + index, &format!(r#"{{"in":"call","id":"e{index}","call":"track","name":"E{index}","data":{{}}}}"#));
            engine.handle(NOON + index, r#"{"in":"claimed","shared":null}"#);
        }
    });
}

#[test]
fn more_than_the_limits_is_told_and_cut() {
    let many = |count: usize| {
        let items: Vec<String> = (0..count).map(|index| format!(r#""s{index}":{{"when":{{"typo{index}":{{"$nope":1}}}}}}"#)).collect();
        parse(&format!(r#"{{"version":1,"segments":{{{}}}}}"#, items.join(","))).unwrap()
    };
    let problems = within(Duration::from_secs(120), || validate(&many(20_000)));
    assert!(problems.len() <= 1_001);
    let wide = parse(&format!(r#"{{"segments":{{"a":{{"when":{{"$or":[{}]}}}}}}}}"#, vec!["{\"a\":1}"; 100_000].join(","))).unwrap();
    assert!(within(Duration::from_secs(90), || validate(&wide)).iter().any(|problem| problem.path.starts_with("/segments/a")));
    let circle: Vec<String> =
        (0..5_000).map(|index| format!(r#""s{index}":{{"when":{{"$segment":"s{}"}}}}"#, (index + 1) % 5_000)).collect();
    let circle = parse(&format!(r#"{{"segments":{{{}}}}}"#, circle.join(","))).unwrap();
    let problems = within(Duration::from_secs(90), || validate(&circle));
    assert!(problems.iter().any(|problem| problem.code == "segment-circle"));
    // A chain of segments as long is no circle, and is answered without recursion.
    let chain: Vec<String> = (0..5_000).map(|index| format!(r#""s{index}":{{"when":{{"$segment":"s{}"}}}}"#, index + 1)).collect();
    let text = format!(r#"{{"segments":{{"good":{{"when":{{}}}},"s5000":{{"when":{{}}}},{}}}}}"#, chain.join(","));
    let mut engine = page();
    within(Duration::from_secs(120), || engine.handle(NOON, &format!(r#"{{"in":"config","text":{}}}"#, quoted(&text))));
    assert_eq!(segments(&mut engine).len(), 5_002);
}
