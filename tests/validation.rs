//! One pass tells everything that is wrong, where, and what was meant; the rest keeps running.
//!
//! `tests/configurations/broken.json` breaks a sound configuration in one place per row (`at` a JSON pointer, where
//! `null` takes away what is not a condition) and says which problem has to be found; `tests/schema` reads the same rows.

// A test may fail, and one of these measures how long it takes.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::disallowed_methods)]

#[path = "validation/base.rs"]
mod base;

use base::{base, json, put};
use dangol::domain::config::Config;
use dangol::domain::json::parse;
use dangol::domain::problem::{Problem, Severity};
use dangol::domain::tools::{evaluate, render, validate};
use dangol::domain::value::Value;
use std::time::{Duration, Instant};

fn told(problems: &[Problem]) -> Vec<String> {
    problems.iter().map(|problem| format!("{} {} {:?} {}", problem.path, problem.code, problem.severity, problem.message)).collect()
}

#[test]
fn a_sound_configuration_has_no_problem() {
    assert_eq!(told(&validate(&base())), Vec::<String>::new());
    assert_eq!(told(&validate(&json("{}"))), Vec::<String>::new());
    let shop = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/www/campaigns.json")).unwrap();
    assert_eq!(told(&validate(&json(&shop))), Vec::<String>::new());
}

#[test]
fn what_is_null_is_no_object() {
    for key in ["settings", "campaigns", "segments", "coupons", "groups"] {
        let problems = validate(&json(&format!(r#"{{"{key}":null}}"#)));
        assert_eq!(told(&problems).len(), 1, "{key}");
        assert_eq!((&*problems[0].path, problems[0].code), (&*format!("/{key}"), "wrong-type"));
    }
}

#[test]
fn every_mistake_is_found_at_its_place() {
    let mut failures = Vec::new();
    for row in json(include_str!("configurations/broken.json")).as_list().unwrap() {
        let mut config = base();
        let at = row.text("at").unwrap();
        put(&mut config, at, row.get("value").unwrap());
        let problems = validate(&config);
        let (path, code) = (row.text("path").unwrap(), row.text("code").unwrap());
        if !problems.iter().any(|problem| problem.path == path && problem.code == code) {
            failures.push(format!("{} = {:?}\n  expected {path} {code}\n  found {:#?}", at, row.get("value"), told(&problems)));
        }
        // A mistake is told once; only a coupon that is off also takes along the messages that show it.
        if problems.iter().filter(|problem| problem.code != "unknown-coupon").count() > 3 {
            failures.push(format!("{at}: {} problems for one mistake: {:#?}", problems.len(), told(&problems)));
        }
        // Nothing else is switched off: the campaign beside it runs.
        let compiled = Config::compile(&config);
        if !at.is_empty()
            && at != "/campaigns"
            && !at.contains("/test")
            && compiled.campaign("test").is_none_or(|campaign| campaign.invalid)
        {
            failures.push(format!("{at}: the campaign `test` was switched off too"));
        }
    }
    assert!(failures.is_empty(), "{} failures\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn what_is_sound_is_not_complained_of() {
    for (at, value) in [
        ("/campaigns/full/message", r#"{"layout":"custom"}"#),
        ("/campaigns/full/message", r#"{"layout":"custom","blocks":[]}"#),
        ("/campaigns/full/message", r#"{"layout":"inline","slot":"main > [data-slot='hero']:not(.off)","blocks":[{"text":"a"}]}"#),
        ("/campaigns/hello/trigger", r##"{"visible":"#reviews, .reviews"}"##),
        ("/campaigns/hello/limits/perDay", "2"),
        ("/campaigns/hello/limits/perDay", "2.0"),
    ] {
        let mut config = base();
        put(&mut config, at, &json(value));
        let problems = validate(&config);
        assert!(problems.iter().all(|problem| !problem.path.starts_with(at)), "{value}: {:?}", told(&problems));
    }
}

#[test]
fn a_selector_that_is_none_is_told_with_what_to_do() {
    let mut config = base();
    put(&mut config, "/campaigns/hello/trigger", &json(r#"{"click":"a >"}"#));
    let problems = validate(&config);
    let found = problems.iter().find(|problem| problem.code == "selector").unwrap();
    assert_eq!(found.path, "/campaigns/hello/trigger/click");
    assert!(found.message.contains("a >") && found.message.contains("#hero"), "{}", found.message);
}

#[test]
fn all_mistakes_come_in_one_pass_with_a_suggestion() {
    let config = json(
        r#"{"timezone":"Asia/Soul","segmnets":{},"segments":{"a":{"when":{"cart.value":{"$gtee":1}}},"b":{"when":{"$segment":"aa"}}},
            "campaigns":{"c":{"trigger":{"evnt":"A"},"message":{"layout":"modla","blocks":[{"buton":"x"}]}}}}"#,
    );
    let problems = validate(&config);
    let found: Vec<(&str, &str)> = problems.iter().map(|problem| (problem.path.as_str(), problem.code)).collect();
    for expected in [
        ("/segmnets", "unknown-key"),
        ("/timezone", "wrong-type"),
        ("/segments/a/when/cart.value/$gtee", "unknown-operator"),
        ("/segments/b/when/$segment", "unknown-segment"),
        ("/campaigns/c/trigger", "unknown-trigger"),
        ("/campaigns/c/message/layout", "unknown-layout"),
        ("/campaigns/c/message/blocks/0", "unknown-block"),
    ] {
        assert!(found.contains(&expected), "{expected:?} in {found:?}");
    }
    for problem in problems.iter().filter(|problem| problem.code.starts_with("unknown")) {
        assert!(problem.message.contains("did you mean"), "{}", problem.message);
    }
}

#[test]
fn a_circle_of_segments_is_switched_off_and_the_rest_runs() {
    let config = json(
        r#"{"segments":{"a":{"when":{"$segment":"b"}},"b":{"when":{"$segment":"c"}},"c":{"when":{"$segment":"a"}},"d":{"when":{"cart.value":1}}}}"#,
    );
    let compiled = Config::compile(&config);
    let circles = compiled.problems.list.iter().filter(|problem| problem.code == "segment-circle").count();
    assert_eq!(circles, 3);
    let running: Vec<&str> = compiled.segments.iter().filter(|segment| segment.when.is_some()).map(|segment| &*segment.id).collect();
    assert_eq!(running, ["d"]);
}

#[test]
fn a_hostile_configuration_stays_bounded() {
    let start = Instant::now();
    let many = |item: &str| (0..10_001).map(|index| format!("\"i{index}\":{item}")).collect::<Vec<_>>().join(",");
    for part in ["segments", "campaigns", "coupons"] {
        let config = json(&format!("{{\"{part}\":{{{}}}}}", many("3")));
        let problems = validate(&config);
        assert!(problems.iter().any(|problem| problem.path == format!("/{part}") && problem.code == "too-many"), "{part}");
        assert!(problems.len() <= 1_001 && problems.iter().any(|problem| problem.code == "too-many-problems"), "{part}");
    }
    // A thousand unknown names in each of many segments, all of them nearly right.
    let or = (0..900).map(|index| format!("{{\"$segment\":\"j{index}\"}}")).collect::<Vec<_>>().join(",");
    let segments = (0..300).map(|index| format!("\"i{index}\":{{\"when\":{{\"$or\":[{or}]}}}}")).collect::<Vec<_>>().join(",");
    assert!(validate(&json(&format!("{{\"segments\":{{{segments}}}}}"))).len() <= 1_001);
    // What nests beyond the reader's depth is null to it; a condition has a limit of its own before that.
    let nested = parse(&("{\"a\":".repeat(100_000) + "\"}\"" + &"}".repeat(100_000))).unwrap();
    assert!(dangol::domain::json::to_text(&nested).ends_with(&(String::from("null") + &"}".repeat(64))));
    assert!(parse(&("[".repeat(100_000) + "1")).is_err());
    for depth in [40, 400, 40_000] {
        let deep = format!("{{\"segments\":{{\"a\":{{\"when\":{}{{}}{}}}}}}}", "{\"$not\":".repeat(depth), "}".repeat(depth));
        assert!(validate(&json(&deep)).iter().any(|problem| problem.code == "condition-too-deep"));
    }
    let wide = (0..1_200).map(|index| format!("\"traits.t{index}\":1")).collect::<Vec<_>>().join(",");
    let wide = json(&format!("{{\"segments\":{{\"a\":{{\"when\":{{{wide}}}}}}}}}"));
    assert!(validate(&wide).iter().any(|problem| problem.code == "condition-too-large"));
    assert!(start.elapsed() < Duration::from_secs(60));
}

#[test]
fn evaluation_takes_groups_and_a_clock() {
    let document = json(r#"{"user":{"id":"m1"},"orders":{"lastAt":"2026-11-20T00:00:00Z"}}"#);
    let recent = json(r#"{"orders.lastAt":{"$withinLast":"7d"}}"#);
    assert!(!evaluate(&recent, &document, &Value::Null));
    assert!(evaluate(&recent, &document, &json(r#"{"now":"2026-11-22T00:00:00Z","timezone":"Asia/Seoul"}"#)));
    let group = json(r#"{"user.id":{"$inGroup":"vips"}}"#);
    assert!(evaluate(&group, &document, &json(r#"{"groups":{"vips":["m1"]}}"#)));
}

#[test]
fn a_message_is_rendered_without_an_engine() {
    let document = json(r#"{"cart":{"value":20000}}"#);
    let tree = render(&base(), "full", &document, &json(r#"{"now":"2026-11-22T00:00:00Z","answers":{"score":5}}"#));
    let text = dangol::domain::json::to_text(&tree);
    for part in ["WELCOME10", "20,000원", "Thanks"] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert_eq!(render(&base(), "none", &document, &Value::Null), Value::Null);
    assert_ne!(render(&base(), "test", &document, &json(r#"{"variant":"b"}"#)), Value::Null);
    assert_ne!(render(&base(), "path", &document, &json(r#"{"step":"two"}"#)), Value::Null);
}

#[test]
fn a_warning_switches_nothing_off() {
    let mut config = base();
    put(&mut config, "/campaigns/hello/trigerr", &Value::Null);
    put(&mut config, "/campaigns/hello/colour", &"red".into());
    let compiled = Config::compile(&config);
    assert!(compiled.problems.list.iter().any(|problem| problem.severity == Severity::Warning));
    assert!(!compiled.campaign("hello").unwrap().invalid);
}
