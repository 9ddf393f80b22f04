//! What has its turn while nobody looks: on a page in the background, on a device that sleeps, between two visits.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod host;

use dangol::domain::engine::Effect;
use host::{DAY, Host, MINUTE, NOON};

const CONFIG: &str = r##"{"version":1,"timezone":"Asia/Seoul","campaigns":{
    "first":{"purpose":"service","trigger":{"event":"First"},"priority":5,"message":{"layout":"modal","dismiss":{"after":"8s"},"blocks":[{"text":"a"}]}},
    "second":{"purpose":"service","trigger":{"event":"Second"},"queue":"2m","message":{"layout":"modal","blocks":[{"text":"b"}]}},
    "later":{"purpose":"service","trigger":{"event":"Later","after":"5m"},"message":{"layout":"modal","blocks":[{"text":"c"}]}},
    "here":{"purpose":"service","trigger":{"page":{"path":"/here"}},"message":{"layout":"modal","blocks":[{"text":"d"}]}}
},"settings":{"attention":{"minGap":"0s","perSession":99,"perDay":99}}}"##;
const GRANTED: &str = r#"{"consent":"granted"}"#;
const HIDDEN: &str = r#"{"in":"signal","signal":"hidden"}"#;
const SHOWN: &str = r#"{"in":"signal","signal":"shown"}"#;

/// What was decided since this was last asked, with the minutes since noon.
fn decided(host: &mut Host) -> Vec<String> {
    let decision = |decision: dangol::domain::decision::Decision| {
        let reason = decision.reason.map_or("", |reason| reason.name());
        format!("{} {:?} {reason} @{}", decision.campaign, decision.outcome, (decision.at - NOON) / MINUTE)
    };
    host.engine.take_log().decisions.into_iter().map(decision).collect()
}

/// The first message is looked at, and the second waits for its turn.
fn queued() -> Host {
    let mut host = Host::new(CONFIG, GRANTED, NOON);
    host.page("https://shop.test/");
    host.call(r#""call":"track","name":"First""#);
    let impression = host.impression();
    host.give(&format!(r#"{{"in":"ui","impression":"{impression}","act":"inview"}}"#));
    host.pass(NOON + 2_000);
    host.call(r#""call":"track","name":"Second""#);
    assert_eq!(decided(&mut host), ["first Shown  @0", "second Queued outranked @0"]);
    host
}

#[test]
fn what_was_queued_has_had_its_time_when_the_visitor_comes_back_days_later() {
    let mut host = queued();
    host.reload(CONFIG, GRANTED, NOON + 3 * DAY);
    host.page("https://shop.test/");
    assert_eq!(decided(&mut host), ["second Suppressed page_left @4320"]);
    let mut host = queued();
    host.reload(CONFIG, GRANTED, NOON + MINUTE);
    host.page("https://shop.test/");
    assert_eq!(decided(&mut host), ["second Shown  @1"]);
}

#[test]
fn what_was_queued_has_its_turn_when_the_shop_dismisses_what_is_up() {
    let mut host = queued();
    host.effects.clear();
    host.call(r#""call":"dismiss""#);
    assert_eq!(decided(&mut host), ["second Shown  @0"]);
    let removed = host.effects.iter().filter(|effect| matches!(effect, Effect::Remove { .. })).count();
    assert_eq!((host.shown(), removed), (1, 1), "the first went, the second came and stays");
}

#[test]
fn what_was_queued_has_had_its_time_when_the_device_wakes() {
    for (minutes, expected) in [(1, "second Shown  @1"), (180, "second Suppressed page_left @180")] {
        let mut host = queued();
        host.now = NOON + minutes * MINUTE;
        host.give(r#"{"in":"wake"}"#);
        assert_eq!(decided(&mut host), [expected]);
    }
}

#[test]
fn a_wait_that_ends_in_the_background_ends_when_the_page_is_looked_at() {
    let mut host = Host::new(CONFIG, GRANTED, NOON);
    host.page("https://shop.test/");
    host.call(r#""call":"track","name":"Later""#);
    host.give(HIDDEN);
    assert_eq!(host.pass(NOON + 60 * MINUTE), 0, "nothing to get up for");
    assert_eq!(decided(&mut host), [""; 0]);
    host.give(SHOWN);
    host.pass(host.now);
    assert_eq!(decided(&mut host), ["later Shown  @60"]);
}

#[test]
fn what_nobody_saw_in_the_background_comes_when_the_page_is_looked_at() {
    let mut host = Host::new(CONFIG, GRANTED, NOON);
    host.give(HIDDEN);
    host.page("https://shop.test/here");
    host.pass(NOON + 10 * MINUTE);
    assert_eq!(decided(&mut host), ["here Shown  @0"]);
    host.give(SHOWN);
    assert_eq!(decided(&mut host), ["here Shown  @10"]);

    // On the next page of the application it is the former page's.
    let mut host = Host::new(CONFIG, GRANTED, NOON);
    host.give(HIDDEN);
    host.page("https://shop.test/here");
    host.now += 1_000;
    host.page("https://shop.test/there");
    host.give(SHOWN);
    host.pass(NOON + 60 * MINUTE);
    assert_eq!(decided(&mut host), ["here Shown  @0"]);
}

#[test]
fn a_page_in_the_background_is_quiet() {
    let mut host = Host::new(CONFIG, GRANTED, NOON);
    host.page("https://shop.test/");
    host.give(HIDDEN);
    host.call(r#""call":"track","name":"First""#);
    host.call(r#""call":"track","name":"Second""#);
    let rings = host.pass(NOON + DAY);
    assert!(rings < 10, "{rings} times in a day");
    let decisions = decided(&mut host);
    assert!(decisions.len() < 6, "{decisions:?}");
    assert_eq!(host.engine.next_wake(), None);
}
