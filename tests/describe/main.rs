//! Explanations in plain words: what each form of the language reads like in Korean and in English.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // A test may fail.

mod behaviour;
mod operators;

use dangol::domain::json::parse;
use dangol::domain::tools::{Setting, describe, describe_in, replay};
use dangol::domain::value::Value;

fn json(text: &str) -> Value {
    parse(text).unwrap_or_else(|error| panic!("{error:?} in {text}"))
}

#[track_caller]
fn check(trace: &str, ko: &str, en: &str) {
    let trace = json(trace);
    assert_eq!(describe(&trace, "ko-KR"), ko);
    assert_eq!(describe(&trace, "en"), en);
}

/// A trace of one comparison.
#[track_caller]
fn field(condition: &str, actual: &str, ko: &str, en: &str) {
    check(&format!(r#"{{"condition":{condition},"passed":false,"actual":{actual}}}"#), ko, en);
}

#[test]
fn combinations_are_indented() {
    check(
        r#"{"condition":{"$or":[{"cart.value":{"$gte":1}},{"$not":{"user.known":true}}]},"passed":true,"children":[
            {"condition":{"cart.value":{"$gte":1}},"passed":false,"actual":0},
            {"condition":{"$not":{"user.known":true}},"passed":true,"children":[{"condition":{"user.known":true},"passed":false,"actual":false}]}]}"#,
        "✓ 하나 이상 충족해야 함\n  ✗ 장바구니 금액 0 (1 이상 필요)\n  ✓ 해당하지 않아야 함\n    ✗ 회원 여부 아니요 (예 필요)",
        "✓ at least one of these must hold\n  ✗ Cart value 0 (at least 1 needed)\n  ✓ this must not hold\n    ✗ Known member no (yes needed)",
    );
    check(
        r#"{"condition":{"$nor":[{"a":1}]},"passed":false,"children":[{"condition":{"a":1},"passed":true,"actual":1}]}"#,
        "✗ 어느 것도 해당하지 않아야 함\n  ✓ 'a' 1 (1 필요)",
        "✗ none of these may hold\n  ✓ 'a' 1 (1 needed)",
    );
    check(
        r#"{"condition":{"cart.value":1,"$and":[]},"passed":false,"children":[{"condition":{"cart.value":1},"passed":false,"actual":2},{"condition":{"$and":[]},"passed":true}]}"#,
        "✗ 모두 충족해야 함\n  ✗ 장바구니 금액 2 (1 필요)\n  ✓ 모두 충족해야 함",
        "✗ all of these must hold\n  ✗ Cart value 2 (1 needed)\n  ✓ all of these must hold",
    );
    check(r#"{"condition":{},"passed":true}"#, "조건 없음, 모두 해당", "no condition, everyone is meant");
}

#[test]
fn a_change_is_told_on_the_shops_clock() {
    let trace = json(
        r#"{"condition":{"$did":{"event":"Order Completed","sum":{"of":"revenue","$gte":1000}}},"passed":true,"actual":32000,"changesAt":"2026-11-25T00:00:00.000Z"}"#,
    );
    let setting = Setting::of(&json(r#"{"timezone":"Asia/Seoul","currency":"KRW"}"#), 1_795_000_000_000);
    assert_eq!(describe_in(&trace, "ko", &setting), "'주문 완료'의 주문 금액 합계 32,000원 (1,000원 이상 필요), 2026-11-25 09:00에 바뀜");
    assert_eq!(
        describe_in(&trace, "en", &setting),
        "Sum of revenue of 'Order Completed' ₩32,000 (at least ₩1,000 needed), changes at 2026-11-25 09:00"
    );
    assert!(describe(&trace, "ko").ends_with(", 2026-11-25 00:00 UTC에 바뀜"));
}

#[test]
fn decisions_and_explanations() {
    check(
        r#"{"campaign":"a","step":"s","timestamp":"2026-11-22T09:00:00.000Z","outcome":"suppressed","reason":"outranked","lostTo":"b"}"#,
        "2026-11-22 09:00 UTC 캠페인 'a', 's' 단계: 표시하지 않음 (다른 캠페인이 먼저임), 캠페인 'b'와 겹침",
        "2026-11-22 09:00 UTC Campaign 'a', step 's': not shown (another campaign has the screen), lost to campaign 'b'",
    );
    check(
        r#"{"campaign":"a","outcome":"suppressed","reason":"frequency_capped","checks":[
            {"check":"paused","passed":true,"detail":{"condition":null,"passed":true}},
            {"check":"not_in_audience","passed":true,"detail":{"condition":{"cart.value":{"$gte":1}},"passed":true,"actual":5}},
            {"check":"frequency_capped","passed":false,"detail":{"condition":{"perDay":1},"passed":false,"actual":1,"expected":1}},
            {"check":"no_consent","passed":false,"detail":{"condition":null,"passed":false,"expected":"marketing"}}]}"#,
        "캠페인 'a': 표시하지 않음 (표시 횟수 제한에 걸림)\n  ✓ 운영 상태\n  ✓ 대상\n    ✓ 장바구니 금액 5 (1 이상 필요)\n  ✗ 표시 횟수: 표시 횟수 제한에 걸림 (오늘 1회 표시 (최대 1회))\n  ✗ 동의: 동의가 없음 (마케팅 동의 필요)",
        "Campaign 'a': not shown (shown as often as allowed)\n  ✓ Status\n  ✓ Audience\n    ✓ Cart value 5 (at least 1 needed)\n  ✗ Limits: shown as often as allowed (shown 1 time today (at most 1 time))\n  ✗ Consent: no consent (consent to marketing needed)",
    );
}

#[test]
fn what_fails_without_a_condition_is_not_said_to_hold() {
    check(r#"{"condition":{},"passed":true}"#, "조건 없음, 모두 해당", "no condition, everyone is meant");
    check(r#"{"condition":{},"passed":false}"#, "충족하지 않음", "this does not hold");
    check(r#"{"condition":{},"passed":false,"expected":"marketing"}"#, "마케팅 동의 필요", "consent to marketing needed");
}

#[test]
fn what_the_engine_explains_reads_well() {
    let config = json(
        r#"{"version":1,"timezone":"Asia/Seoul","currency":"KRW","campaigns":{"big":{"trigger":{"manual":true},"audience":{
            "$did":{"event":"Product Viewed","within":"7d","count":{"$gte":3}},"cart.value":{"$gte":100000}},
            "message":{"layout":"modal","blocks":[{"text":"a"}]}}}}"#,
    );
    let journey = json(
        r#"[{"type":"page","timestamp":"2026-11-20T00:00:00Z","properties":{"url":"https://s.example/"}},
            {"type":"track","event":"Product Viewed","timestamp":"2026-11-20T00:00:01Z"},
            {"type":"track","event":"Product Viewed","timestamp":"2026-11-20T00:00:02Z"},
            {"type":"track","event":"Product Added","properties":{"product_id":"p","price":32000},"timestamp":"2026-11-20T00:00:03Z"}]"#,
    );
    let result = replay(&config, &journey, &json(r#"{"explain":true}"#));
    let explanations = result.get("explanations").cloned().unwrap_or_default();
    let text = describe_in(&explanations, "ko", &Setting::of(&config, 1_795_000_000_000));
    assert!(text.contains("    ✗ 모두 충족해야 함\n      ✗ 지난 7일간 '상품 조회' 2회 (3회 이상 필요)\n      ✗ 장바구니 금액 32,000원 (100,000원 이상 필요)"), "{text}");
}

#[test]
fn what_is_no_trace_says_nothing_and_a_deep_one_is_told_to_its_end() {
    for (text, told) in [
        ("null", ""),
        ("3", ""),
        ("[]", ""),
        ("{}", ""),
        (r#"{"condition":3}"#, ""),
        (r#"{"condition":{"$did":3}}"#, " 0회 (1회 이상 필요)"),
        (r#"{"condition":{"$sequence":[]}}"#, "순서대로  (0단계 중 0단계까지)"),
        (r#"{"checks":3,"outcome":[]}"#, "캠페인 '': "),
    ] {
        assert_eq!(describe(&json(text), "ko"), told, "{text}");
    }
    let mut deep = r#"{"condition":{"a":1},"passed":true}"#.to_string();
    for _ in 0..20 {
        deep = format!(r#"{{"condition":{{"$and":[]}},"passed":true,"children":[{deep}]}}"#);
    }
    let told = describe(&json(&deep), "en");
    assert_eq!(told.lines().count(), 21);
    assert!(told.ends_with(&format!("\n{}✓ 'a' unknown (1 needed)", "  ".repeat(20))), "{told}");
}
