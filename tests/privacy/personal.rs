//! What says who somebody is: e-mail addresses, telephone numbers, the member hash.

use crate::host::{GRANTED, Host, NOON, config};
use dangol::domain::engine::Effect;
use dangol::domain::json;
use dangol::domain::value::Value;

#[test]
fn what_looks_personal_is_told_once_or_hashed() {
    let track = r#""call":"track","name":"Asked","data":{"who":"Minji@Example.com","tel":["010-1234-5678"],"sku":"0012345678"}"#;
    let mut host = Host::new(&config("{}"), GRANTED, NOON);
    host.call(track);
    host.call(track);
    assert_eq!(host.problems(), ["personal-data"]);
    assert!(host.sent().contains("Minji@Example.com"), "flagged, not changed");
    let mut host = Host::new(&config(r#"{"personalData":"hash"}"#), GRANTED, NOON);
    host.call(track);
    host.call(r#""call":"identify","user":"m1","data":{"email":"minji@example.com","$setOnce":{"phone":"+82 10-1234-5678"}}"#);
    let sent = host.sent();
    assert!(!sent.to_lowercase().contains("minji@example.com") && !sent.contains("1234-5678"), "{sent}");
    // printf minji@example.com | sha256sum; printf +821012345678 | sha256sum
    let (mail, phone) = (MAIL_HASH, PHONE_HASH);
    assert_eq!((sent.matches(mail).count(), sent.matches(phone).count()), (2, 2), "{sent}");
    assert!(sent.contains("0012345678"), "an article's number is nobody's");
    assert_eq!(
        host.query("export").at("document.traits.email").and_then(Value::as_text),
        Some("minji@example.com"),
        "rules see it as it is"
    );
    assert!(host.problems().is_empty());
}

pub const MAIL_HASH: &str = "a96699a7d0392bf698ce1aab1735d71919c4f1ca5adf5680bf85f81125cb029b";
const PHONE_HASH: &str = "2efdd01fdf56e3f07de56acd9d40beb256d5983aec5f6d597c2c48354f35f9e0";

#[test]
fn a_member_hash_reaches_the_chat_and_nobody_else() {
    let mut host = Host::new(&config("{}"), GRANTED, NOON);
    host.call(r#""call":"identify","user":"m1","data":{"name":"A","memberHash":"5f2c"}"#);
    assert_eq!(host.show("help"), "shown");
    host.click("button");
    let request = host.effects.iter().find_map(|effect| match effect {
        Effect::Chat { request, .. } => Some(request.clone()),
        _ => None,
    });
    assert_eq!(request.as_ref().and_then(|request| request.text("memberHash")), Some("5f2c"));
    assert!(!host.sent().contains("5f2c"));
    assert!(!host.effects.iter().any(|effect| matches!(effect, Effect::Notify { detail, .. } if json::to_text(detail).contains("5f2c"))));
}

#[test]
fn what_is_personal_is_told_and_hashed_as_collect_mode_does() {
    use dangol::domain::personal::{hash_of, is_personal};
    use sha2::{Digest, Sha256};
    let texts = json::parse(include_str!("../personal/texts.json")).unwrap();
    for pair in texts.as_list().unwrap() {
        let [text, plain] = pair.as_list().unwrap() else { panic!("{pair:?}") };
        let text = text.as_text().unwrap();
        assert_eq!(is_personal(text), plain.as_text().is_some(), "{text}");
        if let Some(plain) = plain.as_text() {
            let hash: String = Sha256::digest(plain.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(hash_of(text), hash, "{text}");
        }
    }
}

#[test]
fn an_address_keeps_the_parameters_that_are_named_and_no_other() {
    let mut host = Host::new(&config(r#"{"urlQuery":["utm_source","page"]}"#), GRANTED, NOON);
    let address = "https://shop.test/a?token=s3cret&page=2&utm_source=mail&page=3#access_token=s3cret";
    host.call(&format!(r#""call":"page","page":{{"url":"{address}","title":"","referrer":"{address}"}}"#));
    assert!(!json::to_text(&host.query("export")).contains("s3cret"), "kept neither");
    host.call(&format!(r#""call":"track","name":"Shared","data":{{"url":"{address}"}}"#));
    let sent = host.sent();
    let (ours, shops) = sent.split_at(sent.find("Shared").unwrap());
    assert!(!ours.contains("s3cret") && ours.contains("https://shop.test/a?page=2&utm_source=mail&page=3\""), "{sent}");
    // The shop's own properties are its own business, apart from the context that goes along.
    assert_eq!(shops.matches("s3cret").count(), 2, "{sent}");
}
