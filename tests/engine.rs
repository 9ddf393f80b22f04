//! The engine by its inputs and effects, as a page drives it (docs/boundary.md).

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod host;

use dangol::domain::engine::{Effect, Engine};
use dangol::domain::json;
use dangol::domain::value::Value;
use host::{CONFIG, GRANTED, Host, NOON};

#[test]
fn nothing_is_kept_sent_or_shown_before_consent_and_all_of_it_after() {
    let mut host = Host::new(CONFIG, r#"{"consent":"pending","endpoint":{"url":"/collect"}}"#, NOON);
    host.page("https://shop.test/");
    host.call(r#""call":"track","name":"Go","data":{}"#);
    assert!(host.effects.iter().all(|effect| !matches!(effect, Effect::Save(_) | Effect::Claim | Effect::Allow { .. } | Effect::Show(_))));
    assert!(!host.effects.iter().any(|effect| matches!(effect, Effect::Wake(Some(_)))), "nothing is due: a timer would ring without end");
    assert!(host.effects.iter().any(|effect| matches!(effect, Effect::Keep(_))), "whoever waits is answered: the call lies in memory");
    assert!(!host.settled("call-2"));
    host.now += 5_000;
    host.call(r#""call":"consent","data":{"analytics":true,"personalization":true,"marketing":true}"#);
    let events: Vec<String> =
        host.events().iter().filter_map(|event| event.text("event").or(event.text("type")).map(String::from)).collect();
    assert_eq!(&events[..2], ["page", "Go"], "in the order of the calls");
    assert!(host.settled("call-1") && host.settled("call-2"), "and not before: a page that ends meanwhile hands them over");
    assert_eq!(host.events()[1].text("timestamp"), Some("2026-11-02T03:00:00.000Z"), "with the time of the call");
    assert_eq!(host.shown(), 1);
}

/// An engine that was given `text` ahead of its start, and what it told of it.
fn given_ahead(text: &str) -> (Engine, Vec<String>) {
    let mut engine = Engine::new();
    let input = format!(r#"{{"in":"config","text":{},"etag":"e2"}}"#, json::to_text(&Value::from(text)));
    let effects = engine.apply(NOON, &json::parse(&input).unwrap());
    let codes = effects.iter().map(|effect| match effect {
        Effect::Notify { kind: "problem", detail } => detail.text("code").unwrap_or_default().into(),
        other => panic!("{other:?}"),
    });
    (engine, codes.collect())
}

#[test]
fn a_configuration_given_ahead_of_the_start_is_in_force_with_it_and_kept() {
    let old = r#"{"version":1,"segments":{}}"#;
    let stored = |text: &str| format!(r#"{{"config":{{"text":{},"etag":"e1"}}}}"#, json::to_text(&Value::from(text)));
    let begin = |ahead: &str, kept: &str| {
        let (engine, codes) = given_ahead(ahead);
        let mut host = Host::begin(engine, r#""config":null,"config_wanted":true"#, GRANTED, NOON, &stored(kept));
        let saved: Vec<_> = host
            .effects
            .iter()
            .filter_map(|effect| if let Effect::Save(save) = effect { save.config.clone() } else { None })
            .map(|(text, etag)| (text.to_string(), etag.to_string()))
            .collect();
        host.call(r#""call":"track","name":"Go","data":{}"#);
        let told = host.effects.iter().filter(|effect| matches!(effect, Effect::Notify { kind: "problem", .. })).count();
        (codes, saved, host.shown(), told)
    };
    assert_eq!(begin(CONFIG, old), (vec![], vec![(CONFIG.into(), "e2".into())], 1, 0));
    assert_eq!(begin(CONFIG, CONFIG), (vec![], vec![], 1, 0), "the one that is kept already is not written again");
    assert_eq!(begin("{", CONFIG), (vec!["config-unreadable".into()], vec![], 1, 0), "told once; the last good one is used");
    assert_eq!(begin(CONFIG, "{").2, 1);
}

#[test]
fn what_is_shown_before_the_decision_comes_from_the_configuration_given_ahead_or_the_kept_one() {
    let config = CONFIG.replace(r#""trigger""#, r#""purpose":"service","beforeConsent":true,"trigger""#);
    for (ahead, kept) in [(&*config, "{}"), ("{", &*config)] {
        let stored = format!(r#"{{"config":{{"text":{},"etag":"e1"}}}}"#, json::to_text(&Value::from(kept)));
        let mut host = Host::begin(given_ahead(ahead).0, r#""config":null"#, r#"{"consent":"pending"}"#, NOON, &stored);
        host.call(r#""call":"track","name":"Go","data":{}"#);
        assert_eq!(host.shown(), 1, "{ahead}");
    }
}

#[test]
fn each_purpose_gates_what_it_names() {
    let mut host = Host::new(CONFIG, r#"{"consent":{"analytics":true},"endpoint":{"url":"/collect"}}"#, NOON);
    host.call(r#""call":"track","name":"Go","data":{}"#);
    assert_eq!((host.events().len(), host.shown()), (1, 0));
    assert!(host.effects.iter().all(|effect| !matches!(effect, Effect::Save(save) if !save.journey.is_empty())));
    let mut host = Host::new(CONFIG, r#"{"consent":{"personalization":true,"marketing":true},"endpoint":{"url":"/collect"}}"#, NOON);
    host.call(r#""call":"track","name":"Go","data":{}"#);
    assert_eq!((host.events().len(), host.shown()), (0, 1));
    assert_eq!(host.query("stats").number("local"), Some(1.0));
}

#[test]
fn what_is_local_never_reaches_the_wire() {
    let mut host = Host::new(CONFIG, GRANTED, NOON);
    host.call(r#""call":"identify","user":"m1","data":{"name":"A","birthday":"1990-01-01"}"#);
    host.call(r#""call":"track","name":"X","data":{"secret":"s","open":1}"#);
    host.page("https://shop.test/a?token=1&ref=mail#top");
    let text: String = host.events().iter().map(json::to_text).collect();
    assert!(!text.contains("1990") && !text.contains("secret") && !text.contains("token"), "{text}");
    assert!(text.contains("\"name\":\"A\"") && text.contains("\"open\":1") && text.contains("/a?ref=mail#top"));
    let document = host.query("export").get("document").unwrap().clone();
    assert_eq!(document.at("traits.birthday").and_then(Value::as_text), Some("1990-01-01"), "rules may use it");
}

#[test]
fn an_event_is_of_the_page_that_it_was_called_on() {
    let mut host = Host::new(CONFIG, GRANTED, NOON);
    host.page("https://shop.test/a");
    host.call(r#""call":"track","name":"X","data":{},"page":{"url":"https://shop.test/b","title":"B","referrer":""}"#);
    host.call(r#""call":"track","name":"Y","data":{}"#);
    let paths: Vec<_> =
        host.events().iter().map(|event| event.at("context.page.path").and_then(Value::as_text).map(String::from)).collect();
    assert_eq!(paths, ["/a", "/b", "/b"].map(|path| Some(path.into())));
    assert_eq!(host.query("export").at("document.page.path").and_then(Value::as_text), Some("/a"), "the page counted is another matter");
}

#[test]
fn a_preview_is_shown_and_counts_nothing() {
    let mut host = Host::new(CONFIG, GRANTED, NOON);
    host.page("https://shop.test/?dangol-preview=c&ref=1");
    assert_eq!(host.shown(), 1, "whatever urlQuery says");
    host.now += 5_000;
    host.give(r#"{"in":"wake"}"#);
    assert!(host.query("export").list("messages").is_empty());
    assert!(host.events().iter().all(|event| event.text("event") != Some("Message Shown")));
}

#[test]
fn a_local_path_without_a_root_is_meant_wherever_it_lies() {
    let config = CONFIG.replace(r#"["traits.birthday","properties.secret"]"#, r#"["birthday","a.secret","traits.open"]"#);
    let mut host = Host::new(&config, GRANTED, NOON);
    host.call(r#""call":"identify","user":"m1","data":{"name":"A","birthday":"1990-01-01"}"#);
    host.call(r#""call":"track","name":"X","data":{"birthday":"1990-01-01","a":{"secret":"s"},"open":1}"#);
    let text: String = host.events().iter().map(json::to_text).collect();
    assert!(!text.contains("1990") && !text.contains("secret"), "{text}");
    assert!(text.contains("\"name\":\"A\"") && text.contains("\"open\":1"), "{text}");
}

#[test]
fn whoever_waits_for_the_decision_sees_what_came_of_the_calls_before_it() {
    let mut host = Host::new(CONFIG, r#"{"consent":"pending","endpoint":{"url":"/collect"}}"#, NOON);
    host.call(r#""call":"track","name":"Go","data":{}"#);
    host.effects.clear();
    host.give(&format!(
        r#"{{"in":"call","id":"decision","at":{NOON},"call":"consent","data":{{"personalization":true,"marketing":true}}}}"#
    ));
    let settled = |effect: &Effect| match effect {
        Effect::Settle(ids) => ids.iter().any(|id| &**id == "decision"),
        Effect::Save(save) => save.settle.iter().any(|id| &**id == "decision"),
        _ => false,
    };
    let place = host.effects.iter().position(settled).unwrap();
    let kept = host.effects.iter().position(|effect| matches!(effect, Effect::Save(save) if !save.journey.is_empty())).unwrap();
    assert!(kept <= place, "{:?}", host.effects);
}

#[test]
fn crawlers_that_say_so_are_no_visitors_and_telephones_are() {
    let counted = |agent: &str| {
        let config = format!(r#""config":{},"device":{{"userAgent":"{agent}"}}"#, json::to_text(&Value::from(CONFIG)));
        let mut host = Host::under(&config, GRANTED, NOON, "{}");
        host.call(r#""call":"track","name":"Go","data":{}"#);
        host.query("stats").number("created") == Some(1.0)
    };
    for agent in [
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "AdsBot-Google (+http://www.google.com/adsbot.html)",
        "Mozilla/5.0 (X11; Linux x86_64; Storebot-Google/1.0) Chrome/130.0.0.0",
        "Mozilla/5.0 (compatible; Google-InspectionTool/1.0;)",
        "GoogleOther",
        "Mozilla/5.0 (compatible; Yeti/1.1; +https://naver.me/spd)",
        "Mozilla/5.0 (compatible; Daum/4.1; +http://cs.daum.net/faq/15/4118.html)",
        "Mozilla/5.0 (compatible; SemrushBot-SI/0.97)",
        "Mozilla/5.0 (compatible; archive.org_bot +http://archive.org/details/archive.org_bot)",
    ] {
        assert!(!counted(agent), "{agent}");
    }
    for agent in [
        "Mozilla/5.0 (Linux; Android 9; CUBOT NOTE S) AppleWebKit/537.36 Chrome/130.0.0.0 Mobile Safari/537.36",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 DaumApps/8.4.0 DaumDevice/mobile",
        "",
    ] {
        assert!(counted(agent), "{agent}");
    }
}

#[test]
fn a_call_that_makes_no_sense_is_counted_whatever_may_be_sent() {
    for options in [
        r#"{"consent":"granted"}"#,
        r#"{"consent":"pending","endpoint":{"url":"/collect"}}"#,
        r#"{"consent":"denied","endpoint":{"url":"/collect"}}"#,
    ] {
        let mut host = Host::new(CONFIG, options, NOON);
        host.call(r#""call":"track","name":"","data":{}"#);
        host.call(r#""call":"track","name":"X","data":[1]"#);
        host.call(r#""call":"identify","user":5,"data":{}"#);
        let stats = host.query("stats");
        assert_eq!((stats.number("created"), stats.at("dropped.invalid").and_then(Value::as_number)), (Some(3.0), Some(3.0)), "{options}");
        assert_eq!(stats.number("pending"), Some(0.0));
    }
}

#[test]
fn a_clock_that_ran_ahead_and_was_mended_stops_neither_triggers_nor_delivery() {
    let mut host = Host::new(CONFIG, GRANTED, NOON + 24 * 60 * 60_000);
    host.page("https://shop.test/");
    host.now = NOON;
    host.page("https://shop.test/b");
    host.call(r#""call":"track","name":"Go","data":{}"#);
    assert_eq!(host.shown(), 1);
    let impression = host.effects.iter().find_map(|effect| match effect {
        Effect::Show(message) => message.head.text("impression").map(String::from),
        _ => None,
    });
    host.give(&format!(r#"{{"in":"ui","impression":"{}","act":"inview"}}"#, impression.unwrap()));
    let woken = |host: &Host| host.effects.iter().rev().find_map(|effect| if let Effect::Wake(at) = effect { *at } else { None }).unwrap();
    assert_eq!(woken(&host), NOON + 1_000, "it is seen in a second");
    host.now = woken(&host);
    host.give(r#"{"in":"wake"}"#);
    let last = host.events().pop().unwrap();
    assert_eq!(
        (last.text("event"), last.text("timestamp")),
        (Some("Message Shown"), Some("2026-11-02T03:00:01.000Z")),
        "by the device's clock"
    );
    let due = woken(&host);
    host.effects.clear();
    assert!((NOON..=NOON + 10_000).contains(&due), "{due}");
    host.now = due;
    host.give(r#"{"in":"wake"}"#);
    assert!(host.effects.iter().any(|effect| matches!(effect, Effect::Lock)), "{:?}", host.effects);
}

#[test]
fn the_ledger_adds_up() {
    let mut host = Host::new(CONFIG, GRANTED, NOON);
    host.call(r#""call":"track","name":"X","data":{}"#);
    host.call(r#""call":"track","name":"","data":{}"#);
    let stats = host.query("stats");
    let dropped = stats.at("dropped.invalid").and_then(Value::as_number);
    assert_eq!((stats.number("created"), stats.number("pending"), dropped), (Some(2.0), Some(1.0), Some(1.0)));
    assert_eq!(host.events()[0].number("seq"), Some(1.0));
}

#[test]
fn a_flush_settles_with_the_answer_and_at_once_where_none_is_to_be_had() {
    for (status, rests) in [(200, 0), (503, 2), (403, 2), (0, 2)] {
        let mut host = Host::new(CONFIG, GRANTED, NOON);
        host.call(r#""call":"track","name":"X","data":{}"#);
        host.call(r#""call":"flush""#);
        assert!(!host.settled("call-2"), "the lock is on its way");
        host.call(r#""call":"track","name":"Y","data":{}"#);
        host.give(r#"{"in":"locked","memory":false}"#);
        let sent = host.effects.iter().any(|effect| matches!(effect, Effect::Send(send) if send.ids.len() == 2));
        assert!(sent && !host.settled("call-2"), "the request is on its way");
        host.give(&format!(r#"{{"in":"answer","batch":1,"status":{status}}}"#));
        assert!(host.settled("call-2"), "{status}");
        assert_eq!(host.query("stats").number("pending"), Some(f64::from(rests)), "{status}");
        host.call(r#""call":"flush""#);
        assert_eq!(host.settled("call-4"), status != 200, "{status}: there is nothing to wait for within a pause");
    }
    let mut host = Host::new(CONFIG, r#"{"consent":"granted"}"#, NOON);
    host.call(r#""call":"flush""#);
    assert!(host.settled("call-1"), "no endpoint");
}

#[test]
fn a_flush_does_not_wait_for_ever_for_a_tab_that_keeps_the_lock() {
    let mut host = Host::new(CONFIG, GRANTED, NOON);
    host.call(r#""call":"track","name":"X","data":{}"#);
    host.call(r#""call":"flush""#);
    host.pass(NOON + 29_000);
    assert!(!host.settled("call-2"), "the tab may just be sending");
    host.pass(NOON + 31_000);
    assert!(host.settled("call-2"));
    assert_eq!(host.query("stats").number("pending"), Some(1.0));
    host.call(r#""call":"flush""#);
    assert!(host.settled("call-3"), "the lock is still not to be had");
    assert_eq!(host.pass(NOON + 600_000), 0, "nobody gets up for nothing while it stands in line");
    host.give(r#"{"in":"locked","memory":false}"#);
    let sent = host.effects.iter().any(|effect| matches!(effect, Effect::Send(send) if send.ids.len() == 1));
    assert!(sent, "what waited leaves once the lock is there");
}

#[test]
fn a_call_given_twice_is_taken_once() {
    let mut host = Host::new(CONFIG, GRANTED, NOON);
    let at = host.now;
    for _ in 0..2 {
        host.give(&format!(r#"{{"in":"call","id":"same","at":{at},"call":"track","name":"X","data":{{}}}}"#));
    }
    assert_eq!(host.query("export").list("journey").len(), 1);
    assert_eq!(host.query("stats").number("created"), Some(1.0));
}

#[test]
fn after_a_clock_that_ran_ahead_was_mended_night_and_schedule_go_by_the_mended_one() {
    let campaign = |more: &str| {
        format!(
            r#"{{"version":1,"timezone":"Asia/Seoul","settings":{{"quietHours":{{"from":"21:00","to":"08:00","purpose":"marketing"}}}},
            "campaigns":{{"w":{{"trigger":{{"event":"Go"}},{more}"message":{{"layout":"toast","blocks":[{{"text":"hi"}}]}}}}}}}}"#
        )
    };
    let hour = 3_600_000;
    let reason = |config: &str, wrong: i64, right: i64| {
        let mut host = Host::new(config, GRANTED, wrong);
        host.page("https://shop.test/");
        host.now = right;
        host.reload(config, GRANTED, right);
        host.page("https://shop.test/b");
        host.call(r#""call":"track","name":"Go","data":{}"#);
        host.query("explain").as_list().unwrap()[0].text("reason").unwrap_or("shown").to_owned()
    };
    // Noon in Seoul. The clock was years ahead, and its evening was this noon: no reason to be silent; nor is its noon by night.
    let years = 3 * 365 * 24 * hour;
    assert_eq!(reason(&campaign(""), NOON + years + 11 * hour, NOON), "shown");
    assert_eq!(reason(&campaign(""), NOON + years + 11 * hour, NOON + 11 * hour), "quiet_hours");
    let autumn = r#""schedule":{"from":"2026-11-01","to":"2026-12-01"},"#;
    assert_eq!(reason(&campaign(autumn), NOON + years, NOON), "shown");
    // The consent to marketing is as old as that clock says, and dated by it.
    let confirmed = campaign("").replace("\"settings\":{", "\"settings\":{\"reconfirm\":\"730d\",");
    let mut host = Host::new(&confirmed, GRANTED, NOON + years);
    host.page("https://shop.test/");
    host.now = NOON;
    host.call(r#""call":"consent","data":{"marketing":true}"#);
    assert!(host.consent.as_deref().unwrap().contains(r#""marketingAt":"2026-11-02"#), "{:?}", host.consent);
    let mut host = Host::again(&confirmed, GRANTED, NOON + years, host.consent.as_deref());
    host.page("https://shop.test/");
    assert!(host.problems().iter().any(|code| code == "consent-due"), "three years later");
    host.now = NOON + hour;
    host.effects.clear();
    host.call(r#""call":"track","name":"Go","data":{}"#);
    assert_eq!(host.shown(), 1, "an hour later");
}
