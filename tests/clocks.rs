//! A device's clock that ran ahead and was set back: moments go by the clock again, lengths by the visitor's time.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)] // A test may fail.

mod host;

use dangol::domain::engine::Effect;
use dangol::domain::value::Value;
use host::{DAY, GRANTED, Host, MINUTE, NOON, find, texts};

const HOUR: i64 = 60 * MINUTE;
/// How far the clock is ahead before it is set back.
const WRONG: i64 = 30 * DAY + 5 * HOUR;
/// Half a minute past midnight of 6 November 2026, UTC: no hour of any clock.
const FRIDAY: i64 = NOON + 3 * DAY + 21 * HOUR + MINUTE / 2;

/// A shop whose message shows the coupon `w` and counts down to `until`.
fn shop(expires: &str, until: &str) -> String {
    format!(
        r#"{{"version":1,"timezone":"Asia/Seoul","settings":{{"receipt":false}},
        "segments":{{"afternoon":{{"when":{{"time.hour":{{"$gte":13}}}}}}}},
        "coupons":{{"w":{{"code":"AUTUMN","expires":{expires}}}}},
        "campaigns":{{"m":{{"purpose":"service","trigger":{{"manual":true}},"message":{{"layout":"modal","blocks":[
        {{"coupon":"w"}},{{"countdown":"{until}"}},{{"text":"{{{{ time.date }}}} {{{{ time.hour }}}}"}}]}}}}}}}}"#
    )
}

/// What a coupon is and when it ends, as `coupons()` says.
fn held(host: &mut Host) -> (String, String) {
    let wallet = host.query("coupons");
    let held = &wallet.as_list().unwrap()[0];
    (held.text("state").unwrap().into(), held.text("expiresAt").unwrap().into())
}

/// When the host was last asked to get up.
fn asked(host: &Host) -> Option<i64> {
    host.effects.iter().rev().find_map(|effect| if let Effect::Wake(at) = effect { Some(*at) } else { None }).flatten()
}

/// Gets up as often as it was asked to, until `end`.
fn wake(host: &mut Host, end: i64) {
    for _ in 0..1_000 {
        let Some(at) = asked(host).filter(|at| *at <= end) else { break };
        host.now = host.now.max(at);
        host.give(r#"{"in":"wake"}"#);
    }
    host.now = end;
}

fn look(host: &mut Host) {
    let impression = host.impression();
    host.give(&format!(r#"{{"in":"ui","impression":"{impression}","act":"inview"}}"#));
}

fn is_member(host: &mut Host) -> bool {
    host.query("segments").as_list().is_some_and(|list| !list.is_empty())
}

#[test]
fn a_coupon_that_ends_at_a_moment_holds_again_once_the_clock_is_right_and_ends_on_time() {
    let config = shop(r#""2026-11-06T00:00:30Z""#, "2026-11-06T00:00:30Z");
    let mut host = Host::new(&config, GRANTED, NOON);
    host.page("https://shop.test/");
    host.show("m");
    let friday = || "2026-11-06T00:00:30.000Z".to_owned();
    assert_eq!(held(&mut host), ("issued".into(), friday()));
    // The clock jumps ahead, and back again, while the visitor looks at the message.
    look(&mut host);
    host.now = NOON + WRONG;
    host.give(r#"{"in":"wake"}"#);
    assert_eq!(held(&mut host).0, "expired");
    host.now = NOON + MINUTE;
    host.effects.clear();
    host.give(r#"{"in":"signal","signal":"scroll","value":1}"#);
    assert_eq!(held(&mut host), ("issued".into(), friday()));
    let tree = host.tree();
    assert!(texts(&tree).contains(&"AUTUMN".into()), "the card is drawn anew");
    assert_eq!(find(&tree, "timer").and_then(|node| node.number("until")), Some(FRIDAY as f64));
    // On another page, too, where a card comes up.
    host.reload(&config, GRANTED, NOON + 2 * MINUTE);
    host.page("https://shop.test/");
    host.show("m");
    look(&mut host);
    assert!(texts(&host.tree()).contains(&"AUTUMN".into()));
    wake(&mut host, FRIDAY - 1);
    assert_eq!((held(&mut host).0, asked(&host)), ("issued".into(), Some(FRIDAY)));
    host.effects.clear();
    host.now = FRIDAY;
    host.give(r#"{"in":"wake"}"#);
    assert_eq!(find(&host.tree(), "timer").and_then(|node| node.number("until")), None, "the card is drawn anew");
    assert_eq!(held(&mut host).0, "expired");
}

#[test]
fn a_coupon_that_ends_at_a_moment_is_given_out_once_the_clock_is_right() {
    let config = shop(r#""2026-11-06T00:00:30Z""#, "2026-11-06T00:00:30Z");
    let mut host = Host::new(&config, GRANTED, NOON + WRONG);
    host.page("https://shop.test/");
    host.show("m");
    assert!(host.query("coupons").as_list().unwrap().is_empty(), "it seems to be over");
    host.reload(&config, GRANTED, NOON);
    host.page("https://shop.test/");
    host.show("m");
    assert_eq!(held(&mut host).0, "issued");
}

#[test]
fn a_coupon_that_lasts_a_while_lasts_that_long_whatever_the_clock_has_shown() {
    let config = shop(r#"{"after":"7d"}"#, "coupon:w");
    // Issued by the wrong clock, which is set back two days later.
    let mut host = Host::new(&config, GRANTED, NOON + WRONG);
    host.page("https://shop.test/");
    host.show("m");
    host.now = NOON + WRONG + 2 * DAY;
    host.give(r#"{"in":"wake"}"#);
    host.reload(&config, GRANTED, NOON + 2 * DAY);
    host.page("https://shop.test/");
    host.show("m");
    assert_eq!(held(&mut host).1, "2026-11-09T03:00:00.000Z", "five days are left, as the clock shows them");
    assert_eq!(find(&host.tree(), "timer").and_then(|node| node.number("until")), Some((NOON + 7 * DAY) as f64));
    wake(&mut host, NOON + 7 * DAY - 1);
    assert_eq!(held(&mut host).0, "issued");
    host.now += 1;
    assert_eq!(held(&mut host).0, "expired");
    // Issued once it was right again.
    let mut host = Host::new(&config, GRANTED, NOON + WRONG);
    host.page("https://shop.test/");
    host.reload(&config, GRANTED, NOON);
    host.page("https://shop.test/");
    host.show("m");
    assert_eq!(held(&mut host), ("issued".into(), "2026-11-09T03:00:00.000Z".into()));
    let events = host.events();
    let issued = events.iter().find(|event| event.text("event") == Some("Coupon Issued")).unwrap();
    assert_eq!(issued.at("properties.expires_at").and_then(Value::as_text), Some("2026-11-09T03:00:00.000Z"));
    host.now = NOON + 7 * DAY;
    assert_eq!(held(&mut host).0, "expired");
}

#[test]
fn what_the_shop_s_server_says_of_an_end_is_a_moment_of_the_clock() {
    let config = shop(r#"{"after":"7d"}"#, "coupon:w");
    let mut host = Host::new(&config, GRANTED, NOON + WRONG);
    host.page("https://shop.test/");
    host.show("m");
    host.reload(&config, GRANTED, NOON);
    host.page("https://shop.test/");
    host.call(
        r#""call":"identify","user":"u","data":{},"known":{"coupons":[{"coupon":"w","code":"AUTUMN","expiresAt":"2026-11-06T00:00:30Z"}]}"#,
    );
    assert_eq!(held(&mut host), ("issued".into(), "2026-11-06T00:00:30.000Z".into()));
    host.now = FRIDAY;
    assert_eq!(held(&mut host).0, "expired");
}

#[test]
fn the_time_of_the_document_goes_by_the_clock_and_changes_with_it() {
    let config = shop(r#""2026-11-06T00:00:30Z""#, "2026-11-06T00:00:30Z");
    // Noon in Seoul, and five in the afternoon by the wrong clock.
    let mut host = Host::new(&config, GRANTED, NOON + WRONG);
    host.page("https://shop.test/");
    assert!(is_member(&mut host));
    host.now = NOON;
    host.page("https://shop.test/b");
    assert!(!is_member(&mut host), "it is noon");
    host.show("m");
    assert!(texts(&host.tree()).contains(&"2026-11-02 12".into()), "{:?}", texts(&host.tree()));
    wake(&mut host, NOON + HOUR - 1);
    assert_eq!((is_member(&mut host), asked(&host)), (false, Some(NOON + HOUR)));
    wake(&mut host, NOON + HOUR);
    assert!(is_member(&mut host), "it is one o'clock");
    // Another page, another member's, and another configuration leave it so.
    host.reload(&config, GRANTED, NOON + 2 * MINUTE);
    host.page("https://shop.test/");
    assert!(!is_member(&mut host));
    let changed = config.replace("\"$gte\":13", "\"$gte\":12");
    for (input, passes) in [(changed, true), (config, false)] {
        let text = dangol::domain::json::to_text(&Value::from(&*input));
        host.give(&format!(r#"{{"in":"config","text":{text},"etag":"{passes}"}}"#));
        assert_eq!(is_member(&mut host), passes);
    }
    host.call(r#""call":"reset""#);
    host.page("https://shop.test/");
    assert!(!is_member(&mut host));
}
