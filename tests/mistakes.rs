//! Configurations as somebody in a hurry writes them: each mistake is told at its place, with what to write instead, in
//! English and in Korean.

// A test says what went wrong best by stopping there.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

#[path = "validation/base.rs"]
mod base;

use base::{base, json, put};
use dangol::domain::tools::validate_to_value;

/// The one problem told at `path` once `value` stands at `at`.
#[track_caller]
fn told(at: &str, value: &str, path: &str, locale: &str) -> String {
    let mut config = base();
    put(&mut config, at, &json(value));
    let problems = validate_to_value(&config, locale);
    let all = problems.as_list().unwrap();
    let here: Vec<&str> = all.iter().filter(|one| one.text("path") == Some(path)).filter_map(|one| one.text("message")).collect();
    assert_eq!(here.len(), 1, "{at} = {value}: {all:#?}");
    here[0].into()
}

#[track_caller]
fn check(at: &str, value: &str, path: &str, english: &str, korean: &str) {
    assert_eq!(told(at, value, path, "en"), english);
    assert_eq!(told(at, value, path, "ko"), korean);
}

const HELLO: &str = "/campaigns/hello";

#[track_caller]
fn hello(at: &str, value: &str, path: &str, english: &str, korean: &str) {
    check(&[HELLO, at].concat(), value, &[HELLO, path].concat(), english, korean);
}

#[test]
fn a_text_where_an_object_belongs_is_told_how_the_object_looks() {
    hello(
        "/goal",
        r#""Order Completed""#,
        "/goal",
        r#"expected an object such as {"event": "Order Completed", "within": "3d"}, found "Order Completed""#,
        r#""Order Completed" 대신 {"event": "Order Completed", "within": "3d"} 같은 객체를 적으세요"#,
    );
    hello(
        "/trigger",
        r#""exit""#,
        "/trigger",
        r#"expected an object such as {"exit": true}, found "exit""#,
        r#""exit" 대신 {"exit": true} 같은 객체를 적으세요"#,
    );
    hello(
        "/trigger",
        r#"{"all":{"page":"/cart"}}"#,
        "/trigger/all",
        r#"expected a list of triggers such as [{"page": "/cart*"}, {"dwell": "20s"}], found {"page":"/cart"}"#,
        r#"{"page":"/cart"} 대신 [{"page": "/cart*"}, {"dwell": "20s"}] 같은 트리거 목록을 적으세요"#,
    );
    hello(
        "/audience",
        r#""vip""#,
        "/audience",
        r#"a condition is an object such as {"cart.value": {"$gte": 50000}} or {"$segment": "vip"}, not "vip""#,
        r#"조건은 "vip"이 아니라 {"cart.value": {"$gte": 50000}}이나 {"$segment": "vip"} 같은 객체로 적으세요"#,
    );
    hello(
        "/message/dismiss",
        "true",
        "/message/dismiss",
        r#"expected an object such as {"button": true, "today": true}, found true"#,
        r#"true 대신 {"button": true, "today": true} 같은 객체를 적으세요"#,
    );
}

#[test]
fn actions_and_blocks_as_text_are_told_how_they_are_written() {
    let button = |action: &str| format!(r#"[{{"button":"a","action":{action}}}]"#);
    let at = "/message/blocks/0/action";
    hello(
        "/message/blocks",
        &button(r#""close""#),
        at,
        r#"an action is an object; write {"close": true} instead of "close""#,
        r#"동작은 객체로 적습니다. "close" 대신 {"close": true}라고 적으세요"#,
    );
    hello(
        "/message/blocks",
        &button(r#""/sale""#),
        at,
        r#"an action is an object; write {"open": "/sale"} instead of "/sale""#,
        r#"동작은 객체로 적습니다. "/sale" 대신 {"open": "/sale"}라고 적으세요"#,
    );
    hello(
        "/message/blocks",
        &button(r#"{"opne":"/sale"}"#),
        at,
        r#"{"opne":"/sale"} is no action; did you mean "open"?"#,
        r#"{"opne":"/sale"}은 동작이 아닙니다. 혹시 "open"인가요?"#,
    );
    hello(
        "/message/blocks",
        &button(r#"{"close":"true"}"#),
        &[at, "/close"].concat(),
        r#"expected true or false, found "true""#,
        r#""true" 대신 따옴표 없는 true나 false를 적으세요"#,
    );
    hello(
        "/message/blocks",
        r#"["안녕하세요"]"#,
        "/message/blocks/0",
        r#"a block is an object; write {"text": "안녕하세요"} instead of "안녕하세요""#,
        r#"블록은 객체로 적습니다. "안녕하세요" 대신 {"text": "안녕하세요"}라고 적으세요"#,
    );
    hello(
        "/message/blocks",
        r#"[{"txet":"a"}]"#,
        "/message/blocks/0",
        r#"{"txet":"a"} is no block; did you mean "text"?"#,
        r#"{"txet":"a"}는 블록이 아닙니다. 혹시 "text"인가요?"#,
    );
}

#[test]
fn a_dot_too_many_and_an_operator_without_its_sign_are_told() {
    for (path, meant) in [("cart..value", "cart.value"), ("traits.name.", "traits.name"), (".cart.value", "cart.value")] {
        hello(
            "/audience",
            &format!(r#"{{"{path}":1}}"#),
            &format!("/audience/{path}"),
            &format!(r#"the path "{path}" has a dot too many; write "{meant}""#),
            &format!(r#"경로 "{path}"에 점이 하나 더 있습니다. "{meant}"라고 적으세요"#),
        );
    }
    hello(
        "/audience",
        r#"{"cart.value":{"gte":1}}"#,
        "/audience/cart.value/gte",
        r#"an operator begins with $; write "$gte" instead of "gte""#,
        r#"연산자는 $로 시작합니다. "gte" 대신 "$gte"라고 적으세요"#,
    );
}

#[test]
fn a_text_without_the_language_of_the_shop_is_told() {
    for (text, found) in [(r#"{"en":"Hello"}"#, "en"), (r#"{"kr":"안녕하세요","en":"Hello"}"#, "kr, en")] {
        hello(
            "/message/blocks",
            &format!(r#"[{{"text":{text}}}]"#),
            "/message/blocks/0/text",
            &format!(r#"this text lacks "ko", the shop's locale; it is there in {found}"#),
            &format!(r#"쇼핑몰의 언어 "ko"로 적은 글이 없습니다. 지금 있는 언어: {found}"#),
        );
    }
    check(
        "/locale",
        r#""korean""#,
        "/locale",
        r#"expected a language such as "ko" or "ko-KR", found "korean""#,
        r#""korean" 대신 "ko"나 "ko-KR" 같은 언어를 적으세요"#,
    );
    // In the language of the shop, whatever region is named.
    for text in [r#"{"ko-KR":"안녕하세요"}"#, r#"{"KO":"안녕하세요","en":"Hello"}"#] {
        let mut config = base();
        put(&mut config, "/campaigns/hello/message/blocks", &json(&format!(r#"[{{"text":{text}}}]"#)));
        assert_eq!(validate_to_value(&config, "en").as_list().unwrap().len(), 0, "{text}");
    }
}

#[test]
fn what_is_near_is_suggested_and_what_was_found_is_named() {
    check(
        "/coupons/welcome",
        r#"{"code":10}"#,
        "/coupons/welcome",
        r#"a coupon needs either "code" (a text) or "issue" {"url"}, not both; found {"code":10}"#,
        r#"쿠폰에는 "code"(글)와 "issue"({"url"}) 중 하나만 적으세요. 지금은 {"code":10}입니다"#,
    );
    hello(
        "/message/blocks",
        r#"[{"button":"a","action":{"copy":"coupon:welcom"}}]"#,
        "/message/blocks/0/action/copy",
        r#"there is no coupon `welcom`; did you mean "welcome"?"#,
        r#"없는 쿠폰입니다: "welcom". 혹시 "welcome"인가요?"#,
    );
    hello(
        "/message/blocks",
        r#"[{"coupon":"none"}]"#,
        "/message/blocks/0/coupon",
        r#"there is no coupon `none`; name one of "coupons", or add it there"#,
        r#"없는 쿠폰입니다: "none". "coupons"에 있는 아이디를 적거나 거기에 더하세요"#,
    );
    hello(
        "/schedule",
        r#"{"days":["월"]}"#,
        "/schedule/days/0",
        r#"expected one of mon, tue, wed, thu, fri, sat, sun, found "월""#,
        r#""월" 대신 mon, tue, wed, thu, fri, sat, sun 중 하나를 적으세요"#,
    );
}

#[test]
fn every_mistake_of_a_clause_is_told_at_once() {
    for (clause, paths) in [
        (
            r#"{"$did":{"event":["A",5,""],"where":{"price":{"$foo":1}},"within":"7 tage","in":"page","per":4,"count":{"$gte":"x"},"sum":{"of":"a"},"min":{"$gt":1},"value":{"at":"middle","$eq":1}}}"#,
            "event within in per where/price/$foo count/$gte sum min value value/at",
        ),
        (
            r#"{"$did":{"event":"A","where":3,"since":{"evnt":"B","where":{"$did":"A"},"for":"long","at":1},"count":{"$in":3,"$between":[1,2]},"first":5}}"#,
            "where since since/where/$did since/for since/at count/$in count/$between first",
        ),
        (r#"{"$didNot":{"event":{},"count":3,"within":7}}"#, "count event within"),
        (
            r#"{"$sequence":{"steps":["A",3,{"event":""}],"without":{"where":[]},"adjacent":"yes","within":"soon","recent":5,"in":1,"per":[]}}"#,
            "steps/1 steps/2/event without without/where adjacent within recent in per",
        ),
        (r#"{"$campaign":{"shown":"often","variant":3,"within":"1x","in":"tab"}}"#, ". variant within in shown"),
    ] {
        let mut config = base();
        put(&mut config, "/campaigns/hello/audience", &json(clause));
        let problems = validate_to_value(&config, "en");
        let at = format!("/campaigns/hello/audience/{}", clause.split('"').nth(1).unwrap());
        let mut told: Vec<&str> = problems
            .as_list()
            .unwrap()
            .iter()
            .filter(|one| one.text("severity") == Some("error"))
            .filter_map(|one| one.text("path"))
            .collect();
        let mut wanted: Vec<String> = paths.split(' ').map(|path| if path == "." { at.clone() } else { format!("{at}/{path}") }).collect();
        told.sort_unstable();
        wanted.sort_unstable();
        assert_eq!(told, wanted, "{clause}");
    }
}
