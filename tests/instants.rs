//! What happens at one instant is decided together, in the light of all of it, whatever it comes from.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod host;

use dangol::domain::engine::Effect;
use dangol::domain::json;
use dangol::domain::replay::replay;
use dangol::domain::value::Value;
use host::{GRANTED, Host, NOON};

/// A configuration with these segments and campaigns; whatever says no message has a modal one.
fn config(segments: &str, campaigns: &str) -> String {
    let campaigns = campaigns.replace("MODAL", r#""message":{"layout":"modal","dismiss":{"today":true},"blocks":[{"text":"hi"}]}"#);
    format!(
        r#"{{"version":1,"settings":{{"attention":{{"perSession":100,"perDay":100,"minGap":"0s"}}}},
            "segments":{segments},"campaigns":{campaigns}}}"#
    )
}

fn shop(segments: &str, campaigns: &str) -> Host {
    let mut host = Host::new(&config(segments, campaigns), GRANTED, NOON);
    host.page("https://shop.test/a");
    host
}

fn word(decision: &Value) -> String {
    let words = ["campaign", "outcome", "reason", "lostTo"].map(|key| decision.text(key).unwrap_or_default());
    words.join(" ").trim_end().into()
}

/// What was decided, since this was asked last.
fn decided(host: &mut Host) -> Vec<String> {
    let words = host.effects.iter().filter_map(|effect| match effect {
        Effect::Notify { kind: "message", detail } if detail.text("what") == Some("decision") => detail.get("decision").map(word),
        _ => None,
    });
    let words = words.collect();
    host.effects.retain(|effect| matches!(effect, Effect::Show(_)));
    words
}

fn at(host: &mut Host, seconds: i64) {
    host.now = NOON + seconds * 1_000;
    host.give(r#"{"in":"wake"}"#);
}

fn track(host: &mut Host, seconds: i64, name: &str) {
    at(host, seconds);
    host.call(&format!(r#""call":"track","name":"{name}","data":{{}}"#));
}

fn act(host: &mut Host, what: &str) {
    let impression = host.impression();
    host.give(&format!(r#"{{"in":"ui","impression":"{impression}",{what}}}"#));
}

/// What a replay of a journey decides: events by name, `/` for a page, by their second.
fn replayed(config: &str, journey: &[(i64, &str)], until: i64) -> Vec<String> {
    let time = |seconds: i64| format!("2026-11-02T03:{:02}:{:02}.000Z", seconds / 60, seconds % 60);
    let line = |(second, name): &(i64, &str)| match *name {
        "/" => format!(r#"{{"type":"page","timestamp":"{}","properties":{{"url":"https://shop.test/a"}}}}"#, time(*second)),
        _ => format!(r#"{{"type":"track","event":"{name}","timestamp":"{}","properties":{{"campaign":"a"}}}}"#, time(*second)),
    };
    let lines: Vec<String> = journey.iter().map(line).collect();
    let options = format!(r#"{{"until":"{}"}}"#, time(until));
    let result = replay(&json::parse(config).unwrap(), &Value::from(lines.join("\n")), &json::parse(&options).unwrap());
    result.list("decisions").iter().map(word).collect()
}

#[test]
fn what_the_visitor_sent_away_does_not_come_back_because_it_was_queued_again() {
    let queued = r#"{"a":{"trigger":{"event":"X"},"queue":"1h","limits":{"afterDismiss":["1d"]},MODAL}}"#;
    let muted =
        r#"{"a":{"trigger":{"event":"X"},"queue":"1h","message":{"layout":"modal","blocks":[{"button":"no","action":{"mute":"7d"}}]}}}"#;
    let plain = r#"{"a":{"trigger":{"event":"X"},"queue":"1h",MODAL}}"#;
    for (campaigns, what) in [
        (queued, r#""act":"dismiss""#),
        (plain, r#""act":"today""#),
        (plain, r#""act":"mute""#),
        (muted, r#""act":"action","action":0"#),
        (queued, ""),
    ] {
        let mut host = shop("{}", campaigns);
        track(&mut host, 1, "X");
        track(&mut host, 5, "X");
        assert_eq!(decided(&mut host), ["a shown", "a queued outranked a"], "{what}");
        at(&mut host, 9);
        if what.is_empty() {
            host.call(r#""call":"dismiss""#)
        } else {
            act(&mut host, what)
        }
        assert_eq!(decided(&mut host), ["a suppressed muted"], "{what}");
    }
    let journey = [(0, "/"), (1, "X"), (5, "X"), (9, "Message Dismissed")];
    assert_eq!(replayed(&config("{}", queued), &journey, 12), ["a shown", "a queued outranked a", "a suppressed muted"]);
}

#[test]
fn priority_holds_between_all_that_fires_at_one_instant() {
    let enters = r#"{"s":{"when":{"$did":"X"}},"t":{"when":{"$did":{"event":"X"}}},"u":{"when":{"session.pageViews":{"$gte":2}}},
        "w":{"when":{"$did":{"event":"Page Viewed","last":{"$lt":"10s"}}}}}"#;
    let pair =
        |low: &str, high: &str| format!(r#"{{"a":{{"trigger":{low},"priority":1,MODAL}},"b":{{"trigger":{high},"priority":10,MODAL}}}}"#);
    for (low, high, journey) in [
        (r#"{"segment":"s","on":"enter"}"#, r#"{"event":"X"}"#, "X"),
        (r#"{"event":"X"}"#, r#"{"segment":"s","on":"enter"}"#, "X"),
        (r#"{"segment":"s","on":"enter"}"#, r#"{"segment":"t","on":"enter"}"#, "X"),
        (r#"{"event":"X"}"#, r#"{"event":"Segment Entered","where":{"segment":"s"}}"#, "X"),
        (r#"{"segment":"u","on":"enter"}"#, r#"{"page":{"path":"/a"}}"#, "/"),
        (r#"{"segment":"w","on":"leave"}"#, r#"{"dwell":"10s"}"#, ""),
        (r#"{"segment":"w","on":"leave"}"#, r#"{"event":"Y"},"after":"9s""#, "Y"),
    ] {
        let campaigns = pair(low, high);
        let mut host = shop(enters, &campaigns);
        decided(&mut host);
        let mut lines = vec![(0, "/")];
        match journey {
            "/" => {
                // A page trigger has fired on the first page already.
                at(&mut host, 1);
                host.call(r#""call":"dismiss""#);
                decided(&mut host);
                host.page("https://shop.test/a");
                lines.extend([(1, "Message Dismissed"), (1, "/")]);
            }
            "" => {}
            name => {
                track(&mut host, 1, name);
                lines.push((1, name));
            }
        }
        at(&mut host, 10);
        at(&mut host, 12);
        let expected = ["b shown", "a suppressed outranked b"];
        assert_eq!(decided(&mut host), expected, "{low} {high}");
        if journey != "/" {
            assert_eq!(replayed(&config(enters, &campaigns), &lines, 12), expected, "{low} {high}");
        }
    }
}

#[test]
fn each_sees_the_event_that_fired_it() {
    let segments = r#"{"s":{"when":{"$did":"X"}}}"#;
    let campaigns = r#"{
        "a":{"trigger":{"event":"Segment Entered"},"audience":{"event.properties.segment":"s"},"priority":1,MODAL},
        "b":{"trigger":{"segment":"s","on":"enter"},"audience":{"event.name":"X"},"priority":3,MODAL},
        "c":{"trigger":{"event":"X"},"audience":{"event.name":"Segment Entered"},"priority":9,MODAL},
        "d":{"trigger":{"event":"X"},"audience":{"event.name":"X"},"priority":2,MODAL}}"#;
    let mut host = shop(segments, campaigns);
    track(&mut host, 1, "X");
    let expected = ["c suppressed not_in_audience", "b shown", "d suppressed outranked b", "a suppressed outranked b"];
    assert_eq!(decided(&mut host), expected);
    assert_eq!(replayed(&config(segments, campaigns), &[(0, "/"), (1, "X")], 2), expected);
}

#[test]
fn calls_of_one_task_are_instants_of_their_own() {
    let campaigns = r#"{"a":{"trigger":{"event":"X"},"priority":1,MODAL},"b":{"trigger":{"event":"Y"},"priority":9,MODAL}}"#;
    let mut host = shop("{}", campaigns);
    // One claim for both, as where two calls are made in one breath.
    for name in ["X", "Y"] {
        let input = format!(r#"{{"in":"call","id":"id-{name}","at":{NOON},"call":"track","name":"{name}","data":{{}}}}"#);
        host.effects.extend(host.engine.apply(NOON, &json::parse(&input).unwrap()));
    }
    let shared = json::to_text(&Value::from(host.shared.clone().unwrap()));
    host.give(&format!(r#"{{"in":"claimed","shared":{shared}}}"#));
    assert_eq!(decided(&mut host), ["a shown", "b suppressed outranked a"]);
}

#[test]
fn what_the_visitor_asked_for_opens_whatever_is_queued() {
    let campaigns = r#"{
        "a":{"trigger":{"event":"X"},"message":{"layout":"modal","blocks":[{"button":"more","action":{"show":"c"}}]}},
        "b":{"trigger":{"event":"Y"},"queue":"5m","priority":10,MODAL},
        "c":{"trigger":{"manual":true},MODAL}}"#;
    let mut host = shop("{}", campaigns);
    track(&mut host, 1, "X");
    track(&mut host, 5, "Y");
    decided(&mut host);
    at(&mut host, 9);
    act(&mut host, r#""act":"action","action":0"#);
    assert_eq!(decided(&mut host), ["c shown"], "the queued one goes on waiting");
    act(&mut host, r#""act":"dismiss""#);
    assert_eq!(decided(&mut host), ["b shown"]);
}

#[test]
fn a_click_that_brings_a_campaign_and_frees_the_screen_leaves_the_choice_to_priority() {
    let campaigns = r#"{"a":{"trigger":{"event":"X"},"message":{"layout":"modal","blocks":[{"button":"go","action":{"close":true}}]}},
        "b":{"trigger":{"event":"Y"},"queue":"1h","priority":9,MODAL},"c":{"trigger":{"event":"Message Clicked"},MODAL}}"#;
    let mut host = shop("{}", campaigns);
    track(&mut host, 1, "X");
    track(&mut host, 5, "Y");
    decided(&mut host);
    at(&mut host, 9);
    act(&mut host, r#""act":"action","action":0"#);
    let expected = ["b shown", "c suppressed outranked b"];
    assert_eq!(decided(&mut host), expected);
    let journey = [(0, "/"), (1, "X"), (5, "Y"), (9, "Message Clicked")];
    assert_eq!(replayed(&config("{}", campaigns), &journey, 12)[2..], expected);
}

#[test]
fn what_is_asked_is_answered_as_of_now() {
    let campaigns = r#"{"a":{"trigger":{"event":"X"},"audience":{"$did":{"event":"X","last":{"$gte":"40s"}}},MODAL}}"#;
    let mut host = shop(r#"{"s":{"when":{"$did":{"event":"X","last":{"$gte":"40s"}}}}}"#, campaigns);
    track(&mut host, 1, "X");
    let passes = |host: &mut Host| !json::to_text(&host.query("explain")).contains("\"passed\":false");
    for (seconds, expected) in [(30, false), (60, true)] {
        host.now = NOON + seconds * 1_000;
        assert_eq!(passes(&mut host), expected, "{seconds}");
    }
    assert_eq!(host.query("export").list("segments").len(), 1, "and what a wake would bring has come");
    assert!(host.events().iter().any(|event| event.text("timestamp") == Some("2026-11-02T03:00:41.000Z")), "at its instant");
}

#[test]
fn a_message_is_shown_before_it_is_clicked_or_dismissed_however_quickly() {
    let campaigns = r#"{"a":{"trigger":{"event":"X"},"holdout":0.000001,"message":{"layout":"modal","blocks":[{"button":"go","action":{"close":true}}]}}}"#;
    for (what, name) in [(r#""act":"dismiss""#, "Message Dismissed"), (r#""act":"action","action":0"#, "Message Clicked")] {
        let mut host = shop("{}", campaigns);
        track(&mut host, 1, "X");
        act(&mut host, r#""act":"inview""#);
        host.now += 300;
        act(&mut host, what);
        at(&mut host, 9);
        let names: Vec<String> = host.events().iter().filter_map(|event| event.text("event").map(String::from)).collect();
        assert_eq!(names, ["X", "Message Shown", "Experiment Viewed", name]);
    }
}

#[test]
fn a_paused_campaign_says_so_whatever_its_trigger() {
    let host = shop("{}", r##"{"a":{"status":"paused","trigger":{"click":"#help"},MODAL}}"##);
    assert!(host.effects.iter().any(|effect| matches!(effect, Effect::Watch(watch) if watch.list("click").len() == 1)));
}
