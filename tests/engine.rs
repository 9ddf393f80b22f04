//! The engine by its inputs and effects, as a page drives it (docs/boundary.md).

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod host;

use dangol::domain::engine::{Effect, Engine};
use dangol::domain::json;
use dangol::domain::value::Value;
use host::{GRANTED, Host, NOON};

const CONFIG: &str = r#"{"version":1,"settings":{"localOnly":["traits.birthday","properties.secret"],"urlQuery":["ref"]},
  "campaigns":{"c":{"trigger":{"event":"Go"},"message":{"layout":"modal","blocks":[{"text":"hi"}]}}}}"#;

#[test]
fn nothing_is_kept_sent_or_shown_before_consent_and_all_of_it_after() {
    let mut host = Host::new(CONFIG, r#"{"consent":"pending","endpoint":{"url":"/collect"}}"#, NOON);
    host.page("https://shop.test/");
    host.call(r#""call":"track","name":"Go","data":{}"#);
    assert!(host.effects.iter().all(|effect| !matches!(effect, Effect::Save(_) | Effect::Claim | Effect::Allow { .. } | Effect::Show(_))));
    assert!(!host.effects.iter().any(|effect| matches!(effect, Effect::Wake(Some(_)))), "nothing is due: a timer would ring without end");
    assert!(
        host.effects.iter().any(|effect| matches!(effect, Effect::Settle(ids) if ids.len() == 1)),
        "the call is settled: it lies in memory"
    );
    host.now += 5_000;
    host.call(r#""call":"consent","data":{"analytics":true,"personalization":true,"marketing":true}"#);
    let events: Vec<String> =
        host.events().iter().filter_map(|event| event.text("event").or(event.text("type")).map(String::from)).collect();
    assert_eq!(&events[..2], ["page", "Go"], "in the order of the calls");
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
fn another_member_is_another_visitor() {
    let mut host = Host::new(CONFIG, GRANTED, NOON);
    host.call(r#""call":"track","name":"X","data":{}"#);
    host.call(r#""call":"identify","user":"m1","data":{"name":"A"}"#);
    let first = host.query("export");
    assert_eq!(first.at("document.traits.name").and_then(Value::as_text), Some("A"));
    host.call(r#""call":"identify","user":"m2","data":{}"#);
    let second = host.query("export");
    assert_ne!(first.text("anonymousId"), second.text("anonymousId"));
    assert_eq!(second.at("document.traits.name"), None);
    assert_eq!(second.list("journey").len(), 1, "only the new member's own");
    let last = host.events().last().unwrap().clone();
    assert_eq!((last.text("userId"), last.text("anonymousId")), (Some("m2"), second.text("anonymousId")));
}

/// A page whose store holds `shared` and `journey`, and what the tab's former page handed over.
fn next_page(shared: &str, journey: &[&str], recovered: &str) -> Host {
    let texts: Vec<Value> = journey.iter().map(|text| Value::from(*text)).collect();
    let stored = format!(r#"{{"journey":{},"recovered":{recovered}}}"#, json::to_text(&Value::from(texts)));
    let mut host = Host::begin(Engine::new(), r#""config":null"#, r#"{"consent":"pending","endpoint":{"url":"/collect"}}"#, NOON, &stored);
    host.shared = Some(shared.into());
    host.call(r#""call":"consent","data":{"analytics":true,"personalization":true}"#);
    host
}

#[test]
fn whoever_signed_in_on_the_page_that_was_left_is_signed_in_though_only_the_event_was_stored() {
    let call = format!(r#"{{"in":"call","id":"call-1","at":{},"call":"identify","user":"m1","data":{{}}}}"#, NOON - 500);
    let event = format!(r#"{{"i":"call-1","t":{},"n":"Identified","u":"m1"}}"#, NOON - 500);
    let recovered = format!(r#"{{"stream":"s","who":["anon"],"calls":[{call}],"events":[["call-1","{{}}"]]}}"#);
    let mut host = next_page(r#"{"v":1,"epoch":0,"anonymousId":"anon","assignmentId":"anon"}"#, &[&event], &recovered);
    let known = host.query("export");
    assert_eq!((known.text("anonymousId"), known.text("userId")), (Some("anon"), Some("m1")));
    assert!(host.shared.as_ref().unwrap().contains(r#""userId":"m1""#), "for the next pages too");
    assert_eq!(known.list("journey").len(), 1);
}

#[test]
fn a_visitor_whom_a_call_brings_has_the_same_id_on_the_page_that_is_left_and_on_the_next() {
    for kind in [r#""call":"identify","user":"m2","data":{}"#, r#""call":"reset""#] {
        let call = format!(r#"{{"in":"call","id":"call-1","at":{},{kind}}}"#, NOON - 500);
        let user = kind.contains("m2").then_some("m2");
        let mut left = Host::new(CONFIG, GRANTED, NOON);
        left.call(r#""call":"identify","user":"m1","data":{}"#);
        let former = left.shared.clone().unwrap();
        left.give(&call);
        let brought = left.query("export");
        assert_eq!((brought.text("anonymousId"), brought.text("userId")), (Some("call-1"), user));
        // The next page finds the former one, or whom another tab wrote down that had heard of it.
        let who = json::parse(&former).unwrap().text("anonymousId").unwrap().to_string();
        let before = format!(r#"{{"in":"call","id":"call-0","at":{},"call":"track","name":"Before","data":{{}}}}"#, NOON - 600);
        let recovered = format!(r#"{{"stream":"s","who":["{who}"],"calls":[{before},{call}]}}"#);
        for shared in [former.clone(), left.shared.clone().unwrap()] {
            let mut next = next_page(&shared, &[], &recovered);
            let known = next.query("export");
            assert_eq!((known.text("anonymousId"), known.text("userId")), (Some("call-1"), user));
            assert!(!json::to_text(&known).contains("Before"), "what was called before is not theirs");
        }
    }
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
fn whoever_follows_the_wallet_hears_that_it_is_empty() {
    let known = r#""known":{"coupons":[{"coupon":"w","code":"A1","state":"issued"}]}"#;
    for call in [
        r#""call":"reset""#,
        r#""call":"forget""#,
        r#""call":"identify","user":"m2","data":{}"#,
        r#""call":"consent","data":{"personalization":false}"#,
    ] {
        let config = r#"{"version":1,"coupons":{"w":{"name":"W","code":"A1"}}}"#;
        let mut host = Host::new(config, GRANTED, NOON);
        host.call(&format!(r#""call":"identify","user":"m1","data":{{}},{known}"#));
        let told = |host: &Host| -> Vec<usize> {
            let details = host.effects.iter().filter_map(|effect| match effect {
                Effect::Notify { kind: "coupon", detail } => Some(detail.list("coupons").len()),
                _ => None,
            });
            details.collect()
        };
        assert_eq!(told(&host).last(), Some(&1), "{call}");
        host.call(call);
        assert_eq!(told(&host).last(), Some(&0), "{call}");
    }
}

#[test]
fn another_member_is_told_to_the_other_tabs_ahead_of_the_claim() {
    let mut host = Host::new(CONFIG, GRANTED, NOON);
    host.call(r#""call":"identify","user":"m1","data":{}"#);
    host.effects.clear();
    host.call(r#""call":"identify","user":"m2","data":{}"#);
    let told = host.effects.iter().position(|effect| matches!(effect, Effect::Broadcast(data) if json::to_text(data).contains("reset")));
    let claimed = host.effects.iter().position(|effect| matches!(effect, Effect::Claim));
    assert!(told.unwrap() < claimed.unwrap(), "what the claim tells would reach them first: {:?}", host.effects);
    let Effect::Broadcast(data) = &host.effects[told.unwrap()] else { panic!() };
    let last = data.as_list().unwrap().iter().filter_map(|item| item.text("shared")).next_back();
    assert!(last.unwrap().contains(r#""userId":"m2""#), "and who it is, so that none of them goes on as nobody");
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
fn an_event_names_the_session_that_it_begins_and_never_another_visitors() {
    let mut host = Host::new(r#"{"version":1}"#, r#"{"consent":"granted","endpoint":{"url":"/collect"}}"#, NOON);
    host.page("https://shop.test/");
    host.now += 30 * 60_000;
    host.call(r#""call":"track","name":"Stayed""#);
    host.now += 30 * 60_000 + 1;
    host.call(r#""call":"track","name":"Came Back""#);
    host.call(r#""call":"reset""#);
    host.call(r#""call":"track","name":"Somebody Else""#);
    let named: Vec<(String, String)> = host
        .events()
        .iter()
        .map(|event| {
            let session = event.at("context.sessionId").and_then(Value::as_text).unwrap_or("none");
            let (visitor, number) = session.split_once('.').unwrap_or((session, ""));
            assert_eq!(Some(visitor), event.text("anonymousId"));
            (event.text("event").unwrap_or("page").to_string(), number.to_string())
        })
        .collect();
    let named: Vec<(&str, &str)> = named.iter().map(|(name, number)| (&**name, &**number)).collect();
    assert_eq!(named, [("page", "1"), ("Stayed", "1"), ("Came Back", "2"), ("Somebody Else", "1")]);
}

#[test]
fn two_pages_without_a_store_are_two_visitors() {
    let start = |options: &str| {
        let mut host = Host::new(r#"{"version":1}"#, options, NOON);
        host.page("https://shop.test/");
        host
    };
    for (memory, heard) in [("true", false), ("false", true)] {
        let options = format!(r#"{{"consent":"granted","memory":{memory}}}"#);
        let (mut one, mut other) = (start(&options), start(&options));
        one.call(r#""call":"identify","user":"jieun","data":{}"#);
        let shared = json::to_text(&Value::from(one.shared.clone().unwrap()));
        other.give(&format!(r#"{{"in":"peer","data":[{{"shared":{shared}}}]}}"#));
        assert_eq!(other.query("export").text("userId") == Some("jieun"), heard, "memory: {memory}");
    }
}

/// A page as it starts: what draws messages is not there.
fn apart(options: &str) -> Host {
    let mut host = Host::with(Engine::apart(), CONFIG, options);
    host.call(r#""call":"track","name":"Go","data":{}"#);
    host
}

fn names(host: &Host) -> Vec<String> {
    host.events().iter().filter_map(|event| event.text("event").map(String::from)).collect()
}

#[test]
fn a_message_is_decided_at_once_and_drawn_when_what_draws_has_come() {
    let mut host = apart(GRANTED);
    assert_eq!((host.shown(), host.effects.iter().filter(|effect| **effect == Effect::Part).count()), (0, 1));
    assert_eq!(host.query("export").list("messages").len(), 1, "it is decided, and reserved for all tabs");
    host.call(r#""call":"track","name":"Go","data":{}"#);
    host.now += 4_000;
    host.give(r#"{"in":"wake"}"#);
    // What is not on the page can be neither seen nor clicked.
    let shared = json::parse(host.shared.as_deref().unwrap()).unwrap();
    let impression = shared.list("exposures")[0].text("i").unwrap();
    for act in ["inview", "dismiss"] {
        host.give(&format!(r#"{{"in":"ui","impression":"{impression}","act":"{act}"}}"#));
    }
    host.now += 2_000;
    host.give(r#"{"in":"wake"}"#);
    host.give(r#"{"in":"part","ok":true}"#);
    assert_eq!(host.shown(), 1);
    host.give(r#"{"in":"part","ok":true}"#);
    assert_eq!(host.shown(), 1, "told twice, drawn once");
    assert_eq!(names(&host), ["Go", "Go"], "events went on");
}

#[test]
fn what_cannot_be_drawn_is_as_if_it_had_not_been_shown() {
    let mut host = apart(GRANTED);
    host.give(r#"{"in":"part","ok":false}"#);
    assert_eq!(host.shown(), 0);
    assert!(
        host.effects.iter().any(
            |effect| matches!(effect, Effect::Notify { kind: "problem", detail } if detail.text("code") == Some("drawing-unavailable"))
        ),
        "the shop is told"
    );
    assert!(host.query("export").list("messages").is_empty(), "its reservation is given back");
    // The next one asks again, and may have more luck.
    host.now += 60_000;
    host.call(r#""call":"track","name":"Go","data":{}"#);
    host.give(r#"{"in":"part","ok":true}"#);
    assert_eq!(host.shown(), 1);
}

#[test]
fn a_message_that_is_dismissed_before_it_was_drawn_never_comes() {
    let mut host = apart(GRANTED);
    host.call(r#""call":"dismiss""#);
    host.give(r#"{"in":"part","ok":true}"#);
    assert_eq!(host.shown(), 0);
}

#[test]
fn before_consent_too_a_message_waits_for_what_draws_it() {
    let config = CONFIG.replace(r#""trigger""#, r#""purpose":"service","beforeConsent":true,"trigger""#);
    let start = |ready_first: bool| {
        let mut host = Host::with(Engine::apart(), &config, r#"{"consent":"pending","endpoint":{"url":"/collect"}}"#);
        host.call(r#""call":"track","name":"Go","data":{}"#);
        assert_eq!(host.shown(), 0);
        assert!(host.effects.contains(&Effect::Part));
        if ready_first {
            host.give(r#"{"in":"part","ok":true}"#);
            assert_eq!(host.shown(), 1);
        }
        host.call(r#""call":"consent","data":{"analytics":true,"personalization":true,"marketing":true}"#);
        host.give(r#"{"in":"part","ok":true}"#);
        assert_eq!(host.shown(), 1);
    };
    start(true);
    start(false);
}

#[test]
fn what_draws_may_come_while_the_visitors_decision_is_on_its_way() {
    let config = CONFIG.replace(r#""trigger""#, r#""purpose":"service","beforeConsent":true,"trigger""#);
    let mut host = Host::with(Engine::apart(), &config, r#"{"consent":"pending","endpoint":{"url":"/collect"}}"#);
    host.call(r#""call":"track","name":"Go","data":{}"#);
    let mut apply = |input: &str| host.engine.apply(NOON, &json::parse(input).unwrap());
    let consent = format!(r#"{{"in":"call","id":"c","at":{NOON},"call":"consent","data":{{"personalization":true,"marketing":true}}}}"#);
    assert!(apply(&consent).contains(&Effect::Claim));
    apply(r#"{"in":"part","ok":true}"#);
    let asked = apply(r#"{"in":"claimed","shared":null}"#);
    let is_shown = |effects: &[Effect]| effects.iter().any(|effect| matches!(effect, Effect::Show(_)));
    assert!(asked.contains(&Effect::Part) && !is_shown(&asked));
    assert!(apply(r#"{"in":"part","ok":true}"#).contains(&Effect::Claim), "what it is about is taken out under the claim");
    assert!(is_shown(&apply(r#"{"in":"claimed","shared":null}"#)));
}

/// The texts of the trees that a message was updated with.
fn updates(host: &Host) -> Vec<String> {
    let tree = |effect: &Effect| match effect {
        Effect::Update { tree, .. } => {
            let mut text = String::new();
            tree.to_json(&mut text);
            Some(text)
        }
        _ => None,
    };
    host.effects.iter().filter_map(tree).collect()
}

#[test]
fn a_message_on_the_screen_follows_what_the_visitor_does_and_nothing_else() {
    let config = r#"{"version":1,"campaigns":{"c":{"trigger":{"event":"Go"},"message":{"layout":"toast","blocks":[
        {"progress":"cart.value","of":50000,"text":"{{ 50000 | minus: cart.value }} to go, {{ traits.name }}"},{"countdown":"2027-01-01T00:00:00Z"}]}}}}"#;
    let mut host = Host::new(config, GRANTED, NOON);
    host.page("https://shop.test/");
    host.call(r#""call":"track","name":"Go","data":{}"#);
    assert_eq!(host.shown(), 1);
    host.effects.clear();
    host.now += 1_500;
    host.call(r#""call":"track","name":"Other","data":{}"#);
    assert!(updates(&host).is_empty(), "a running clock is no change");
    host.call(r#""call":"track","name":"Cart Viewed","data":{"products":[{"product_id":"p","price":20000,"quantity":1}]}"#);
    host.call(r#""call":"identify","user":"m1","data":{"name":"Jin"}"#);
    let told = updates(&host);
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].contains("30000 to go"), "{told:?}");
    assert!(told[1].contains("30000 to go, Jin"), "{told:?}");
}

#[test]
fn a_message_that_would_be_empty_is_not_shown_and_the_shop_is_told() {
    let config = CONFIG.replace(r#"{"text":"hi"}"#, r#"{"products":"event.properties.none"}"#);
    let mut host = Host::new(&config, GRANTED, NOON);
    host.call(r#""call":"track","name":"Go","data":{}"#);
    assert_eq!(host.shown(), 0);
    let is_told =
        |effect: &Effect| matches!(effect, Effect::Notify { kind: "problem", detail } if detail.text("code") == Some("empty-message"));
    assert!(host.effects.iter().any(is_told));
    assert!(host.query("export").list("messages").is_empty(), "its reservation is given back");
}

#[test]
fn history_that_was_folded_is_not_counted_again_on_the_next_page() {
    let config = r#"{"version":1,"settings":{"retain":{"days":10}}}"#;
    let line = |id: &str, kind: &str, rest: &str, at: i64| {
        let mut time = String::new();
        dangol::domain::time::push_iso(at, &mut time);
        format!(r#"{{"type":"{kind}","messageId":"{id}","timestamp":"{time}",{rest}}}"#)
    };
    let order =
        |id: &str, days: i64| line(id, "track", r#""event":"Order Completed","properties":{"revenue":10}"#, NOON - days * host::DAY);
    let points = line("i-1", "identify", r#""userId":"m1","traits":{"$increment":{"points":5}}"#, NOON - 21 * host::DAY);
    let cart =
        line("a-1", "track", r#""event":"Product Added","properties":{"product_id":"p","price":5,"quantity":1}"#, NOON - 5 * host::DAY);
    let visit = |host: &mut Host, user: &str, more: &str| {
        let history = [&*order("o-1", 20), &points, &cart, more].into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>().join(",");
        host.call(&format!(r#""call":"identify","user":"{user}","data":{{}},"known":{{"history":[{history}]}}"#));
        let document = host.query("export").get("document").unwrap().clone();
        let number = |path: &str| document.at(path).and_then(Value::as_number).unwrap_or(0.0);
        [number("orders.count"), number("traits.points"), number("cart.count")]
    };
    // A browser that was there for long before anyone signed in: what joins it is older than what it has folded.
    let mut host = Host::new(config, GRANTED, NOON - 30 * host::DAY);
    host.call(r#""call":"track","name":"A","data":{}"#);
    host.reload(config, GRANTED, NOON - 15 * host::DAY);
    host.call(r#""call":"track","name":"A","data":{}"#);
    host.reload(config, GRANTED, NOON);
    let first = visit(&mut host, "m1", "");
    assert_eq!(first, [1.0, 5.0, 1.0], "what the first page learns counts, however old");
    for page in 1..5 {
        host.reload(config, GRANTED, NOON + page * 4 * host::DAY);
        assert_eq!(visit(&mut host, "m1", ""), first, "page {page}");
    }
    let late = order("o-2", -10);
    for days in [18, 40] {
        host.reload(config, GRANTED, NOON + days * host::DAY);
        assert_eq!(visit(&mut host, "m1", &late), [2.0, 5.0, 0.0], "what is new to the server is new here, once");
    }
    assert_eq!(visit(&mut host, "m2", ""), first, "another member begins anew");
}

#[test]
fn history_from_a_clock_that_runs_ahead_leaves_the_visitor_s_time_alone() {
    let mut host = Host::new(CONFIG, GRANTED, NOON);
    let event =
        r#"{"type":"track","messageId":"h","event":"Order Completed","timestamp":"2026-11-05T00:00:00Z","properties":{"revenue":10}}"#;
    host.call(&format!(r#""call":"identify","user":"m1","data":{{}},"known":{{"history":[{event}]}}"#));
    let document = host.query("export").get("document").unwrap().clone();
    assert_eq!(document.at("orders.count").and_then(Value::as_number), Some(1.0));
    assert_eq!(document.at("orders.lastAt").and_then(Value::as_text), Some("2026-11-02T03:00:00.000Z"));
    assert_eq!(document.at("time.date"), Host::new(CONFIG, GRANTED, NOON).query("export").at("document.time.date"));
}

#[test]
fn what_came_of_a_coupon_elsewhere_holds_here() {
    let mut host = Host::new(CONFIG, GRANTED, NOON);
    let mut tell = |state: &str, end: &str| {
        let coupon = format!(r#"{{"coupon":"welcome","code":"A1","state":"{state}","expiresAt":"{end}"}}"#);
        host.call(&format!(r#""call":"identify","user":"u","data":{{}},"known":{{"coupons":[{coupon}]}}"#));
        let wallet = host.query("coupons");
        let [coupon] = wallet.as_list().unwrap() else { panic!("{wallet:?}") };
        (coupon.text("state").unwrap().to_string(), coupon.text("expiresAt").unwrap().to_string())
    };
    let is = |state: &str, end: &str| (state.to_string(), end.to_string());
    assert_eq!(tell("issued", "2026-12-01T00:00:00.000Z"), is("issued", "2026-12-01T00:00:00.000Z"));
    assert_eq!(tell("redeemed", "2026-12-02T00:00:00.000Z"), is("redeemed", "2026-12-02T00:00:00.000Z"));
    assert_eq!(tell("issued", "2026-12-02T00:00:00.000Z").0, "redeemed", "nothing makes it new again");
}
