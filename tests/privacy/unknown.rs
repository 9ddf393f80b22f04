//! What leaves the device while no configuration may be used, so that nobody knows what was meant to stay.

use crate::host::{Host, NOON, config};
use dangol::domain::json;
use dangol::domain::value::Value;

const OPTIONS: &str = r#"{"consent":"granted","endpoint":{"url":"/collect"}}"#;
const SETTINGS: &str = r#"{"localOnly":["traits.birthday","properties.secret"],"urlQuery":["utm_source","ref"]}"#;

/// What a visitor's calls make leave, where `fields` say what the page has of a configuration.
fn sent(fields: &str, stored: &str) -> String {
    let mut host = Host::under(fields, OPTIONS, NOON, stored);
    live(&mut host);
    host.sent()
}

fn live(host: &mut Host) {
    host.call(r#""call":"page","page":{"url":"https://shop.test/a?utm_source=mail&ref=friend&token=abc","title":"","referrer":"https://shop.test/?token=abc"}"#);
    host.call(r#""call":"identify","user":"member-1","data":{"birthday":"1990-05-05","plan":"gold","$setOnce":{"birthday":"1990-05-05"}}"#);
    host.call(r#""call":"track","name":"Asked","data":{"secret":"s3cret","who":"minji@example.com","color":"red"}"#);
}

fn quoted(text: &str) -> String {
    json::to_text(&Value::from(text))
}

#[track_caller]
fn judge(sent: &str, stays: &[&str], leaves: &[&str]) {
    for word in stays {
        assert!(!sent.contains(word), "{word} leaves: {sent}");
    }
    for word in leaves {
        assert!(sent.contains(word), "{word} is missing: {sent}");
    }
}

#[test]
fn without_any_the_events_go_and_what_may_be_personal_stays() {
    let mut host = Host::under(r#""config":null,"config_wanted":true,"config_error":"status 503""#, OPTIONS, NOON, "{}");
    live(&mut host);
    let sent = host.sent();
    judge(
        &sent,
        &["1990-05-05", "gold", "minji@example.com", "token=", "ref=friend"],
        &["\"identify\"", "member-1", "Asked", "red", "utm_source=mail", crate::personal::MAIL_HASH],
    );
    assert_eq!(host.problems(), ["config-unreachable"]);
}

#[test]
fn of_an_address_only_where_a_visitor_comes_from_leaves() {
    let mut host = Host::under(r#""config":null,"config_wanted":true"#, OPTIONS, NOON, "{}");
    let names = ["utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content"];
    let query: String = names.iter().map(|name| format!("{name}=is-{name}&")).collect();
    host.page(&format!("https://shop.test/a?{query}utm_id=7&email=a%40b.kr#token=abc"));
    let leaves = names.map(|name| format!("{name}=is-{name}"));
    judge(&host.sent(), &["utm_id", "email=", "token="], &leaves.each_ref().map(|pair| &**pair));
}

#[test]
fn one_that_cannot_be_read_is_none() {
    for text in ["{", "[]", "null"] {
        let sent = sent(&format!(r#""config":{},"config_wanted":true"#, quoted(text)), "{}");
        judge(&sent, &["gold", "token="], &["Asked", "member-1"]);
    }
}

#[test]
fn the_last_good_one_has_its_say() {
    let good = config(SETTINGS);
    // A page whose keys were pinned only later reads a signed one as any other.
    let signed = format!(
        "{{\"dangol\":\"signed/1\",\"keyId\":\"a\",\"signature\":\"x\"}}\n{{\"dangol\":\"configuration/1\",\"revision\":1}}\n{good}"
    );
    for text in [good, signed] {
        let stored = format!(r#"{{"config":{{"text":{}}}}}"#, quoted(&text));
        for fresh in ["null", r#""{""#] {
            let sent = sent(&format!(r#""config":{fresh},"config_wanted":true"#), &stored);
            judge(&sent, &["1990-05-05", "s3cret", "token="], &["gold", "minji@example.com", "ref=friend"]);
        }
    }
}

#[test]
fn a_shop_that_has_none_sends_everything() {
    for fields in [r#""config":null,"config_wanted":false"#, r#""config":"{\"version\":1}","config_wanted":true"#] {
        judge(&sent(fields, "{}"), &[], &["1990-05-05", "gold", "minji@example.com", "token=abc", "s3cret"]);
    }
}

#[test]
fn where_traits_or_properties_stay_as_a_whole_their_events_leave_all_the_same() {
    let with = |list: &str| format!(r#""config":{},"config_wanted":true"#, quoted(&config(&format!(r#"{{"localOnly":{list}}}"#))));
    judge(&sent(&with(r#"["traits"]"#), "{}"), &["1990-05-05", "gold"], &["\"identify\"", "member-1", "s3cret"]);
    judge(&sent(&with(r#"["properties"]"#), "{}"), &["s3cret", "minji@"], &["Asked", "gold", "\"page\""]);
}

#[test]
fn one_that_comes_late_has_its_say_from_then_on() {
    let mut host = Host::under(r#""config":null,"config_wanted":true"#, OPTIONS, NOON, "{}");
    live(&mut host);
    host.effects.clear();
    host.give(&format!(r#"{{"in":"config","text":{}}}"#, quoted(&config(SETTINGS))));
    live(&mut host);
    judge(&host.sent(), &["1990-05-05", "s3cret", "token="], &["gold", "minji@example.com", "ref=friend"]);
}
