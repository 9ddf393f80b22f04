//! The coupon wallet by the engine's inputs and effects: when a coupon is issued, how long it holds, how it is used.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)] // A test may fail.

mod host;

use dangol::domain::engine::Effect;
use dangol::domain::json::{parse, to_text};
use dangol::domain::replay::replay;
use dangol::domain::value::Value;
use host::{DAY, GRANTED, Host, NOON, find, texts};

/// A shop with one message and the coupon `w`.
fn shop(message: &str, coupon: &str) -> Host {
    let config = format!(
        r#"{{"version":1,"locale":"ko","settings":{{"receipt":false}},"coupons":{{"w":{coupon}}},"campaigns":{{
        "m":{{"purpose":"service","trigger":{{"manual":true}},"message":{{"layout":"modal",{message}}}}},
        "n":{{"purpose":"service","trigger":{{"manual":true}},"message":{{"layout":"toast","blocks":[{{"text":"다음"}}]}}}}}}}}"#
    );
    let mut host = Host::new(&config, GRANTED, NOON);
    host.page("https://shop.test/");
    host
}

const CARD: &str = r#""blocks":[{"coupon":"w"}]"#;

/// The names of Dangol's own events so far.
fn written(host: &mut Host) -> Vec<String> {
    let events = host.events();
    let names = events.iter().filter_map(|event| event.text("event"));
    names.filter(|name| name.starts_with("Coupon") || *name == "Survey Answered").map(String::from).collect()
}

fn held(host: &mut Host) -> Vec<(String, String)> {
    let wallet = host.query("coupons");
    let list = wallet.as_list().unwrap();
    list.iter().map(|held| (held.text("code").unwrap().into(), held.text("state").unwrap().into())).collect()
}

/// The keys that the issuer was asked with.
fn asked(host: &Host) -> Vec<String> {
    let keys = host.effects.iter().filter_map(|effect| match effect {
        Effect::Issue { key, .. } => Some(key.to_string()),
        _ => None,
    });
    keys.collect()
}

fn answer(host: &mut Host, status: u16, body: &str) {
    let key = asked(host).pop().unwrap();
    host.give(&format!(r#"{{"in":"issued","key":"{key}","status":{status},"body":{}}}"#, to_text(&Value::from(body))));
}

fn act(host: &mut Host, fields: &str) {
    let impression = host.impression();
    host.give(&format!(r#"{{"in":"ui","impression":"{impression}",{fields}}}"#));
}

fn is_removed(host: &Host) -> bool {
    host.effects.iter().any(|effect| matches!(effect, Effect::Remove { .. }))
}

fn copies(host: &Host) -> usize {
    host.effects.iter().filter(|effect| matches!(effect, Effect::Copy { .. })).count()
}

#[test]
fn the_event_of_a_coupon_is_known_by_the_key_that_it_was_asked_for_with() {
    let mut host = shop(CARD, r#"{"issue":{"url":"/coupons"}}"#);
    host.show("m");
    answer(&mut host, 200, r#"{"code":"A1"}"#);
    let events = host.events();
    let issued: Vec<_> = events.iter().filter(|event| event.text("event") == Some("Coupon Issued")).collect();
    assert_eq!(issued.iter().map(|event| event.text("messageId").unwrap().to_string()).collect::<Vec<_>>(), asked(&host));
}

#[test]
fn a_coupons_time_runs_from_its_issuing_not_from_the_first_asking() {
    let mut host = shop(CARD, r#"{"issue":{"url":"/coupons"},"expires":{"after":"7d","from":"issued"}}"#);
    host.show("m");
    act(&mut host, r#""act":"inview""#);
    answer(&mut host, 503, "");
    host.now += 9 * DAY;
    host.give(r#"{"in":"wake"}"#);
    assert!(texts(&host.tree()).contains(&"다시 시도".into()), "an issuer that was down says so, whatever time has passed");
    host.click("secondary");
    answer(&mut host, 200, r#"{"code":"LATE-1"}"#);
    assert_eq!(held(&mut host), [("LATE-1".into(), "issued".into())]);
    let wallet = host.query("coupons");
    assert_eq!(wallet.as_list().unwrap()[0].text("expiresAt"), Some("2026-11-18T03:00:00.000Z"), "seven days from now");
    let keys = asked(&host);
    assert!(keys.len() == 2 && keys[0] == keys[1], "{keys:?}");
}

#[test]
fn a_coupon_that_is_over_before_it_is_given_is_not_asked_for() {
    for expires in [r#""2026-01-01T00:00:00Z""#, r#"{"after":"7d","from":"traits.since"}"#] {
        let blocks = r#""blocks":[{"text":"가을 할인"},{"coupon":"w"}]"#;
        let mut host = shop(blocks, &format!(r#"{{"issue":{{"url":"/coupons"}},"expires":{expires}}}"#));
        host.call(r#""call":"identify","user":"u","data":{"since":"2026-10-01T00:00:00Z"}"#);
        assert_eq!(host.show("m"), "shown");
        assert!(asked(&host).is_empty() && find(&host.tree(), "coupon").is_none());
    }
}

#[test]
fn what_nobody_can_see_or_type_is_no_code() {
    for code in ["", "   ", "\u{200b}", "A\nB", "\u{7}"] {
        let mut host = shop(CARD, r#"{"issue":{"url":"/coupons"}}"#);
        host.show("m");
        answer(&mut host, 200, &to_text(&dangol::object! { "code" => code }.into()));
        assert!(held(&mut host).is_empty() && find(&host.tree(), "secondary").is_some(), "{code:?}");
    }
    for (code, shown) in [(" SAVE 10 ", "SAVE 10"), ("환영쿠폰", "환영쿠폰"), ("ПРИВЕТ", "ПРИВЕТ")] {
        let mut host = shop(CARD, r#"{"issue":{"url":"/coupons"}}"#);
        host.show("m");
        answer(&mut host, 200, &to_text(&dangol::object! { "code" => code }.into()));
        assert_eq!(held(&mut host), [(shown.into(), "issued".into())]);
    }
}

const NPS: &str = r#""blocks":[{"rating":{"scale":10,"as":"numbers"},"name":"nps"}],
  "branch":[{"when":{"nps":{"$lte":6}},"blocks":[{"text":"죄송해요"},{"coupon":"w"}]},{"when":{"nps":{"$gte":9}},"blocks":[{"text":"고마워요"}]}]"#;

#[test]
fn a_branchs_coupon_is_issued_when_the_branch_is_taken() {
    for (score, code) in [(10, None), (3, Some("SORRY-1"))] {
        let mut host = shop(NPS, r#"{"issue":{"url":"/coupons"}}"#);
        host.show("m");
        assert!(asked(&host).is_empty());
        act(&mut host, &format!(r#""act":"action","action":0,"values":{{"nps":{score}}}"#));
        assert_eq!(asked(&host).len(), usize::from(code.is_some()), "{score}");
        if let Some(code) = code {
            assert!(texts(&host.tree()).contains(&"쿠폰을 준비하고 있어요".into()));
            answer(&mut host, 200, r#"{"code":"SORRY-1"}"#);
            assert!(texts(&host.tree()).contains(&code.into()));
            assert_eq!(written(&mut host), ["Survey Answered", "Coupon Issued"]);
        }
    }
}

#[test]
fn a_replay_issues_a_branchs_coupon_to_whom_it_was_given() {
    let config = format!(
        r#"{{"version":1,"coupons":{{"w":{{"code":"SORRY"}}}},"campaigns":{{"m":{{"trigger":{{"event":"Go"}},"message":{{"layout":"modal",{NPS}}}}}}}}}"#
    );
    for (score, count) in [(10, 0), (3, 1)] {
        let journey = format!(
            r#"[{{"type":"page","timestamp":"2026-11-02T03:00:00Z"}},{{"type":"track","event":"Go","timestamp":"2026-11-02T03:00:01Z"}},
            {{"type":"track","event":"Message Clicked","properties":{{"campaign":"m","action":"submit"}},"timestamp":"2026-11-02T03:00:09Z"}},
            {{"type":"track","event":"Survey Answered","properties":{{"campaign":"m","answers":{{"nps":{score}}}}},"timestamp":"2026-11-02T03:00:09Z"}}]"#
        );
        let result = replay(&parse(&config).unwrap(), &parse(&journey).unwrap(), &Value::Null);
        assert_eq!(result.list("coupons").len(), count, "{score}");
    }
}

const BUTTON: &str = r#""blocks":[{"text":"가을 할인"},{"button":"코드 받기","action":{"copy":"coupon:w"}},{"button":"적용","as":"secondary","action":{"apply":"coupon:w"}}]"#;

#[test]
fn a_coupon_that_only_buttons_name_is_issued_and_their_clicks_are_answered() {
    let mut host = shop(BUTTON, r#"{"issue":{"url":"/coupons"},"expires":{"after":"1h"},"apply":{"url":"/discount/{code}"}}"#);
    host.show("m");
    act(&mut host, r#""act":"inview""#);
    let button = |host: &Host, part: &str| {
        let node = find(&host.tree(), part).unwrap();
        (node.text("text").unwrap().to_string(), node.get("action").is_some())
    };
    assert_eq!(button(&host, "primary"), ("코드 받기".into(), false), "there is nothing to copy yet");
    answer(&mut host, 503, "");
    // Without a card the message has no other place for what went wrong, and for a retry.
    assert!(find(&host.tree(), "coupon").is_some());
    let node = find(&find(&host.tree(), "coupon").unwrap(), "secondary").unwrap();
    act(&mut host, &format!(r#""act":"action","action":{}"#, node.number("action").unwrap()));
    answer(&mut host, 200, r#"{"code":"BTN-1"}"#);
    assert!(find(&host.tree(), "coupon").is_none());
    host.click("primary");
    assert_eq!(copies(&host), 1);
    act(&mut host, r#""act":"uncopied","coupon":"w""#);
    assert!(texts(&find(&host.tree(), "coupon").unwrap()).contains(&"BTN-1".into()), "the code, for the visitor's own hand");
    host.click("primary");
    act(&mut host, r#""act":"copied","coupon":"w""#);
    assert_eq!(button(&host, "primary"), ("복사됨".into(), true));
    assert_eq!(written(&mut host), ["Coupon Issued", "Coupon Copied"]);
    host.now += DAY;
    host.give(r#"{"in":"wake"}"#);
    assert!(!button(&host, "primary").1 && !button(&host, "secondary").1, "its time is over");
}

#[test]
fn what_takes_a_message_away_waits_until_the_code_is_copied() {
    for then in [r#"{"close":true}"#, r#"{"open":"/sale"}"#, r#"{"show":"n"}"#, r#"{"mute":"1d"}"#] {
        for order in [format!(r#"{{"copy":"coupon:w"}},{then}"#), format!(r#"{then},{{"copy":"coupon:w"}}"#)] {
            let message = format!(r#""blocks":[{{"coupon":"w"}},{{"button":"복사하고 다음","action":[{order}]}}]"#);
            let mut host = shop(&message, r#"{"code":"CODE1"}"#);
            host.show("m");
            let click = |host: &mut Host| {
                let action = find(&find(&host.tree(), "actions").unwrap(), "button").unwrap().number("action").unwrap();
                act(host, &format!(r#""act":"action","action":{action}"#));
            };
            click(&mut host);
            assert!(copies(&host) == 1 && !is_removed(&host), "{order}");
            act(&mut host, r#""act":"uncopied","coupon":"w""#);
            assert!(!is_removed(&host), "the code has to be copied by hand");
            let again = host.effects.len();
            click(&mut host);
            act(&mut host, r#""act":"copied","coupon":"w""#);
            assert!(is_removed(&host) && held(&mut host) == [("CODE1".into(), "copied".into())], "{order}");
            let leaving = host.effects[again..].iter().position(|effect| matches!(effect, Effect::Open { .. }));
            let copied = host.effects[again..].iter().position(
                |effect| matches!(effect, Effect::Save(save) if save.events.iter().any(|(_, text)| text.contains("Coupon Copied"))),
            );
            assert!(leaving.is_none_or(|leaving| copied.unwrap() < leaving), "{order}");
        }
    }
    // Whoever is refused twice has seen the code, and goes on.
    let mut host =
        shop(r#""blocks":[{"coupon":"w"},{"button":"복사","action":[{"copy":"coupon:w"},{"close":true}]}]"#, r#"{"code":"CODE1"}"#);
    host.show("m");
    for is_last in [false, true] {
        let action = find(&find(&host.tree(), "actions").unwrap(), "button").unwrap().number("action").unwrap();
        act(&mut host, &format!(r#""act":"action","action":{action}"#));
        act(&mut host, r#""act":"uncopied","coupon":"w""#);
        assert_eq!(is_removed(&host), is_last);
    }
}

#[test]
fn an_order_redeems_one_of_two_coupons_with_its_code() {
    let mut host = shop(CARD, r#"{"code":"FIX","perVisitor":2,"expires":{"after":"1d"}}"#);
    host.show("m");
    act(&mut host, r#""act":"dismiss""#);
    host.now += 2 * DAY;
    host.page("https://shop.test/");
    host.show("m");
    assert_eq!(held(&mut host), [("FIX".into(), "expired".into()), ("FIX".into(), "issued".into())]);
    host.call(r#""call":"track","name":"Order Completed","data":{"order_id":"1","coupon":"FIX"}"#);
    assert_eq!(held(&mut host), [("FIX".into(), "expired".into()), ("FIX".into(), "redeemed".into())]);
    assert_eq!(written(&mut host).iter().filter(|name| *name == "Coupon Redeemed").count(), 1);
}

#[test]
fn an_order_says_its_coupons_in_several_ways() {
    for (property, is_ours) in [
        (r#""fix""#, true),
        (r#"" fix ""#, true),
        (r#""A, FIX""#, true),
        (r#"["x","FIX"]"#, true),
        (r#"{"code":"FIX","amount":10}"#, true),
        (r#"[{"code":"FIX"}]"#, true),
        (r#""FIX2""#, false),
        (r#"{"name":"FIX"}"#, false),
        ("null", false),
    ] {
        let mut host = shop(CARD, r#"{"code":"FIX"}"#);
        host.show("m");
        host.call(&format!(r#""call":"track","name":"Order Completed","data":{{"order_id":"1","coupon":{property}}}"#));
        assert_eq!(held(&mut host)[0].1 == "redeemed", is_ours, "{property}");
    }
}

#[test]
fn a_question_may_be_called_submitted() {
    let mut host = shop(r#""blocks":[{"choice":["예","아니요"],"name":"submitted"}]"#, r#"{"code":"FIX"}"#);
    host.show("m");
    act(&mut host, r#""act":"action","action":0,"values":{"submitted":"예"}"#);
    let events = host.events();
    let survey = events.iter().find(|event| event.text("event") == Some("Survey Answered")).unwrap();
    assert_eq!(survey.at("properties.answers"), Some(&dangol::object! { "submitted" => "예" }.into()));
}

#[test]
fn an_action_below_zero_is_none() {
    let mut host = shop(r#""blocks":[{"text":"a"},{"button":"b","action":{"close":true}}]"#, r#"{"code":"FIX"}"#);
    host.show("m");
    act(&mut host, r#""act":"action","action":-1"#);
    assert!(!is_removed(&host));
}
