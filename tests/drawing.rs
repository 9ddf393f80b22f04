//! When a message is drawn: what draws comes late, and what is on screen follows the visitor.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod host;

use dangol::domain::engine::{Effect, Engine};
use dangol::domain::json;
use host::{CONFIG, GRANTED, Host, NOON};

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

    // Nor where what draws has come, but not yet the shared state.
    let mut host = apart(GRANTED);
    let mut apply = |input: &str| host.engine.apply(NOON, &json::parse(input).unwrap());
    assert!(apply(r#"{"in":"part","ok":true}"#).contains(&Effect::Claim));
    apply(&format!(r#"{{"in":"call","id":"d","at":{NOON},"call":"dismiss"}}"#));
    let effects = apply(r#"{"in":"claimed","shared":null}"#);
    let is_wrong = |effect: &Effect| matches!(effect, Effect::Show(_) | Effect::Notify { kind: "problem", .. });
    assert!(!effects.iter().any(is_wrong), "{effects:?}");
}

#[test]
fn what_is_asked_for_and_dismissed_in_one_task_is_not_on_the_page_after_it() {
    let config = r#"{"settings":{"attention":{"perSession":1}},"campaigns":{"a":{"purpose":"service","limits":{"total":1},"trigger":{"event":"Go"},"message":{"layout":"slide","blocks":[{"text":"A"}]}},
        "b":{"purpose":"service","trigger":{"manual":true},"message":{"layout":"modal","blocks":[{"text":"B"}]}}}}"#;
    for asks in [vec![r#""call":"show","name":"a""#], vec![r#""call":"track","name":"Go","data":{}"#, r#""call":"show","name":"b""#]] {
        let mut host = Host::new(config, GRANTED, NOON);
        let mut effects = Vec::new();
        let mut apply = |input: &str| effects.extend(host.engine.apply(NOON, &json::parse(input).unwrap()));
        for (n, call) in asks.iter().chain([&r#""call":"dismiss""#]).enumerate() {
            apply(&format!(r#"{{"in":"call","id":"c{n}","at":{NOON},{call}}}"#));
        }
        apply(r#"{"in":"claimed","shared":null}"#);
        let count = |is: fn(&Effect) -> bool| effects.iter().filter(|effect| is(effect)).count();
        let shown = count(|effect| matches!(effect, Effect::Show(_)));
        assert_eq!(count(|effect| matches!(effect, Effect::Remove { .. })), shown, "{effects:?}");
        // Nobody has seen it, so nothing of it counts: the visitor's one message of the session is still to come.
        assert!(host.query("export").list("messages").is_empty(), "{effects:?}");
        host.effects.clear();
        host.call(r#""call":"track","name":"Go","data":{}"#);
        assert_eq!((host.shown(), names(&host)), (1, vec!["Go".to_string()]));
    }

    // What is asked for after it comes.
    let mut host = Host::new(config, GRANTED, NOON);
    let mut apply = |input: &str| host.engine.apply(NOON, &json::parse(input).unwrap());
    for (n, call) in [r#""call":"show","name":"b""#, r#""call":"dismiss""#, r#""call":"show","name":"a""#].iter().enumerate() {
        apply(&format!(r#"{{"in":"call","id":"c{n}","at":{NOON},{call}}}"#));
    }
    apply(r#"{"in":"claimed","shared":null}"#);
    let messages = host.query("export");
    let campaigns: Vec<_> = messages.list("messages").iter().filter_map(|message| message.text("campaign")).collect();
    assert_eq!(campaigns, ["a"]);
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
    assert_eq!(problems(&host), ["empty-message /campaigns/c"]);
    assert!(host.query("export").list("messages").is_empty(), "its reservation is given back");
}

#[test]
fn of_a_message_that_the_page_does_not_take_the_shop_is_told() {
    for (act, code) in [("failed", "message-failed"), ("unmounted", "message-removed")] {
        let mut host = Host::new(CONFIG, GRANTED, NOON);
        host.call(r#""call":"track","name":"Go","data":{}"#);
        let impression = host.effects.iter().find_map(|effect| match effect {
            Effect::Show(message) => message.head.text("impression").map(str::to_string),
            _ => None,
        });
        let ui = format!(r#"{{"in":"ui","impression":"{}","act":"{act}"}}"#, impression.unwrap());
        host.give(&ui);
        host.give(&ui);
        assert_eq!(problems(&host), [format!("{code} /campaigns/c")], "once");
    }
    // Also of one that comes before the visitor has agreed to anything, and of nothing twice.
    let early = CONFIG.replace(r#""trigger""#, r#""purpose":"service","beforeConsent":true,"unheard":1,"trigger""#);
    let mut host =
        Host::new(&early.replace(r#"{"text":"hi"}"#, r#"{"products":"event.properties.none"}"#), r#"{"consent":"pending"}"#, NOON);
    host.call(r#""call":"track","name":"Go","data":{}"#);
    assert_eq!(problems(&host), ["unknown-key /campaigns/c/unheard", "empty-message /campaigns/c"]);
}

/// The problems told so far, each with its place.
fn problems(host: &Host) -> Vec<String> {
    let told = host.effects.iter().filter_map(|effect| match effect {
        Effect::Notify { kind: "problem", detail } => Some(detail),
        _ => None,
    });
    told.map(|detail| format!("{} {}", detail.text("code").unwrap(), detail.text("path").unwrap())).collect()
}

#[test]
fn what_is_held_out_counts_once_it_would_have_been_seen() {
    let config = CONFIG.replace(r#""message":{"layout":"modal","#, r##""holdout":1,"message":{"layout":"inline","slot":"#hero","##);
    for (layout, slot) in [(&*config.replace(r##""inline","slot":"#hero""##, r#""modal""#), None), (&*config, Some("#hero"))] {
        let mut host = Host::new(layout, GRANTED, NOON);
        host.page("https://shop.test/");
        host.give(r##"{"in":"signal","signal":"slot","value":"#hero"}"##);
        let held = |host: &Host| names(host).iter().filter(|name| *name == "Message Held Out").count();
        let ui = |host: &mut Host, act: &str| {
            let held = host.effects.iter().rev().find_map(|effect| match effect {
                Effect::Hold { impression, slot } => Some((impression.to_string(), slot.as_ref().map(|slot| slot.to_string()))),
                _ => None,
            });
            let (impression, watched) = held.unwrap();
            assert_eq!(watched.as_deref(), slot);
            host.give(&format!(r#"{{"in":"ui","impression":"{impression}","act":"{act}"}}"#));
        };
        host.call(r#""call":"track","name":"Go","data":{}"#);
        let wait = |host: &mut Host| {
            host.now += 1_000;
            host.give(r#"{"in":"wake"}"#);
        };
        wait(&mut host);
        assert_eq!((host.shown(), held(&host)), (0, 0), "nobody has said that it would be in view");
        ui(&mut host, "inview");
        ui(&mut host, "outview");
        wait(&mut host);
        assert_eq!(held(&host), 0, "it was out of view again within the second");
        ui(&mut host, "inview");
        wait(&mut host);
        assert_eq!(held(&host), 1);
        assert!(host.effects.iter().any(|effect| matches!(effect, Effect::Remove { .. })), "it is watched no longer");
        // One that is left before counts for nothing.
        host.reload(layout, GRANTED, NOON + 60_000);
        host.shared = None;
        host.page("https://shop.test/");
        host.give(r##"{"in":"signal","signal":"slot","value":"#hero"}"##);
        host.call(r#""call":"track","name":"Go","data":{}"#);
        host.effects.clear();
        host.page("https://shop.test/b");
        assert!(host.effects.iter().any(|effect| matches!(effect, Effect::Remove { .. })));
        wait(&mut host);
        assert_eq!(held(&host), 0);
    }
}

#[test]
fn a_preview_whose_slot_is_not_on_the_page_says_so_and_comes_with_the_slot() {
    let config = r##"{"version":1,"campaigns":{"m":{"trigger":{"manual":true},"status":"paused",
        "message":{"layout":"inline","slot":"#late","blocks":[{"text":"m"}]}}}}"##;
    let mut host = Host::new(config, GRANTED, NOON);
    host.page("https://shop.test/");
    host.give(r##"{"in":"signal","signal":"slot_gone","value":"#late"}"##);
    host.call(r#""call":"show","name":"m","options":{"force":true}"#);
    let answer = host.effects.iter().rev().find_map(|effect| match effect {
        Effect::Result { value, .. } if value.text("campaign").is_some() => Some(value.clone()),
        _ => None,
    });
    let answer = answer.unwrap();
    assert_eq!((answer.text("outcome"), answer.text("reason")), (Some("suppressed"), Some("slot_missing")));
    assert_eq!(host.shown(), 0);
    host.give(r##"{"in":"signal","signal":"slot","value":"#late"}"##);
    assert_eq!(host.shown(), 1);
    assert!(!names(&host).iter().any(|name| name.starts_with("Message")), "nothing of a preview is counted");
}
