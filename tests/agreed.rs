//! The visitor agrees, takes it back and agrees anew while a page is open: what the page shows goes on from there.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod host;

use dangol::domain::engine::Effect;
use dangol::domain::value::Value;
use host::{GRANTED, Host, MINUTE, NOON};

const SECOND: i64 = 1_000;
const DENIED: &str = r#"{"consent":"denied","endpoint":{"url":"/collect"}}"#;
const ALL: &str = r#"{"analytics":true,"personalization":true,"marketing":true}"#;

fn config(campaigns: &str) -> String {
    let settings = r#"{"attention":{"perSession":99,"perDay":99,"minGap":"0s"}}"#;
    format!(r#"{{"version":1,"timezone":"Asia/Seoul","settings":{settings},"campaigns":{{{campaigns}}}}}"#)
}

fn campaign(id: &str, trigger: &str, rest: &str) -> String {
    format!(r#""{id}":{{"trigger":{trigger},{rest}"message":{{"layout":"modal","blocks":[{{"text":"{id}"}}]}}}}"#)
}

fn track(host: &mut Host, event: &str) {
    host.call(&format!(r#""call":"track","name":"{event}","data":{{}}"#));
}

fn consent(host: &mut Host, data: &str) {
    host.call(&format!(r#""call":"consent","data":{data}"#));
}

fn dismiss(host: &mut Host) {
    host.call(r#""call":"dismiss""#);
}

/// The decisions since the start, as `campaign outcome reason variant`.
fn decisions(host: &Host) -> Vec<String> {
    let told = host.effects.iter().filter_map(|effect| match effect {
        Effect::Notify { kind: "message", detail } => detail.get("decision"),
        _ => None,
    });
    told.map(|one| ["campaign", "outcome", "reason", "variant"].iter().filter_map(|key| one.text(key)).collect::<Vec<_>>().join(" "))
        .collect()
}

#[test]
fn the_page_on_which_the_visitor_agrees_is_open() {
    let campaigns = [
        campaign("exit", r#"{"exit":true}"#, ""),
        campaign("dwell", r#"{"dwell":"10s"}"#, ""),
        campaign("here", r#"{"event":"X"}"#, r#""audience":{"page.path":"/cart"},"#),
        campaign("one", r#"{"event":"Q"}"#, r#""priority":1,"#),
        campaign("two", r#"{"event":"Q"}"#, r#""queue":"1m","#),
    ];
    for options in [DENIED, r#"{"consent":{"analytics":true},"endpoint":{"url":"/collect"}}"#] {
        let mut host = Host::new(&config(&campaigns.join(",")), options, NOON);
        host.page("https://shop.test/cart");
        assert!(host.query("export").at("document.page").is_none(), "nothing is known before");
        host.pass(NOON + 20 * SECOND);
        consent(&mut host, ALL);
        let from = decisions(&host).len();
        track(&mut host, "X");
        dismiss(&mut host);
        host.give(r#"{"in":"signal","signal":"exit"}"#);
        dismiss(&mut host);
        host.pass(NOON + 31 * SECOND);
        dismiss(&mut host);
        track(&mut host, "Q");
        host.pass(NOON + 32 * SECOND);
        dismiss(&mut host);
        let expected = ["here shown", "exit shown", "dwell shown", "one shown", "two queued outranked", "two shown"];
        assert_eq!(decisions(&host)[from..], expected, "{options}");
    }
}

#[test]
fn a_message_that_goes_with_the_consent_before_anyone_saw_it_has_cost_nothing() {
    let mut host = Host::new(&config(&campaign("a", r#"{"event":"X"}"#, r#""limits":{"total":1},"#)), GRANTED, NOON);
    host.page("https://shop.test/");
    track(&mut host, "X");
    let impression = host.impression();
    host.give(&format!(r#"{{"in":"ui","impression":"{impression}","act":"inview"}}"#));
    host.now += 300;
    consent(&mut host, r#"{"marketing":false}"#);
    host.now += 5 * SECOND;
    consent(&mut host, r#"{"marketing":true}"#);
    track(&mut host, "X");
    let all = decisions(&host);
    assert_eq!((all.first().unwrap().as_str(), all.last().unwrap().as_str()), ("a shown", "a shown"));
}

#[test]
fn whoever_was_assigned_before_they_agreed_stays_in_their_variant_and_their_group() {
    let message = |id: usize| format!(r#"{{"id":"{id}","message":{{"layout":"modal","blocks":[{{"text":"{id}"}}]}}}}"#);
    let variants: Vec<String> = (0..5).map(message).collect();
    let test = format!(
        r#""a":{{"trigger":{{"event":"X"}},"purpose":"service","beforeConsent":true,"holdout":0.5,"variants":[{}]}}"#,
        variants.join(",")
    );
    let mut outcomes = std::collections::BTreeSet::new();
    for later in 0..20 {
        let mut host = Host::new(&config(&test), r#"{"consent":"pending"}"#, NOON + later);
        host.page("https://shop.test/");
        track(&mut host, "X");
        dismiss(&mut host);
        consent(&mut host, ALL);
        host.now += SECOND;
        track(&mut host, "X");
        let all = decisions(&host);
        assert_eq!(all.len(), 2);
        assert_eq!(all[0], all[1], "{later}");
        outcomes.insert(all[0].clone());
    }
    assert!(outcomes.len() > 1, "{outcomes:?}");
}

#[test]
fn flush_without_consent_keeps_nobody_awake() {
    let mut host = Host::new(&config(""), DENIED, NOON);
    host.page("https://shop.test/");
    host.call(r#""call":"flush""#);
    assert!(host.pass(NOON + MINUTE) < 5);
    let mut host = Host::new(&config(""), GRANTED, NOON);
    host.page("https://shop.test/");
    consent(&mut host, r#"{"analytics":false}"#);
    host.call(r#""call":"flush""#);
    assert!(host.pass(NOON + MINUTE) < 5);
    // What is asked for afterwards is sent all the same.
    consent(&mut host, r#"{"analytics":true}"#);
    track(&mut host, "X");
    host.call(r#""call":"flush""#);
    assert!(host.effects.iter().any(|effect| matches!(effect, Effect::Lock)));
    let stats = host.query("stats");
    assert_eq!(stats.get("pending").and_then(Value::as_number), Some(1.0));
}

#[test]
fn the_page_on_which_the_visitor_agrees_after_a_refusal_is_asked_about_as_if_it_were_opened_then() {
    let campaigns = [
        campaign("cart", r#"{"page":"/cart"}"#, ""),
        campaign("other", r#"{"page":"/other"}"#, ""),
        campaign("stay", r#"{"all":[{"page":"/cart"},{"dwell":"10s"}]}"#, ""),
    ];
    let config = config(&campaigns.join(","));
    for options in [DENIED, r#"{"consent":{"analytics":true},"endpoint":{"url":"/collect"}}"#] {
        let mut host = Host::new(&config, options, NOON);
        host.page("https://shop.test/cart");
        host.pass(NOON + 20 * SECOND);
        let from = decisions(&host).len();
        consent(&mut host, ALL);
        dismiss(&mut host);
        host.pass(NOON + 31 * SECOND);
        let expected = ["cart shown", "stay shown"];
        assert_eq!(decisions(&host)[from..], expected, "{options}");
    }
    // Agreeing to what was agreed to already opens nothing, and a page in the background is not looked at.
    let mut host = Host::new(&config, GRANTED, NOON);
    host.page("https://shop.test/cart");
    consent(&mut host, r#"{"marketing":true}"#);
    assert_eq!(decisions(&host), ["cart shown"]);
    let mut host = Host::new(&config, DENIED, NOON);
    host.page("https://shop.test/cart");
    host.give(r#"{"in":"signal","signal":"hidden"}"#);
    host.give(r#"{"in":"peer","data":{"consent":{"analytics":true,"personalization":true,"marketing":true}}}"#);
    assert_eq!(decisions(&host), ["cart suppressed no_consent"]);
}
