//! Explanations in plain words: what each form of the language reads like in Korean and in English.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // A test may fail.

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
fn counts() {
    check(
        r#"{"condition":{"$did":{"event":"Product Viewed","within":"7d","count":{"$gte":3}}},"passed":false,"actual":2,"expected":{"$gte":3},"events":["a","b"]}"#,
        "지난 7일간 '상품 조회' 2회 (3회 이상 필요)",
        "'Product Viewed' 2 times in the last 7 days (at least 3 needed)",
    );
    field(r#"{"$did":"Signed Up"}"#, "0", "'회원가입' 0회 (1회 이상 필요)", "'Signed Up' 0 times (at least 1 needed)");
    field(
        r#"{"$did":{"event":["Product Viewed","Liked"],"where":{"category":"shoes","price":{"$gte":50000}},"in":"session","count":5}}"#,
        "1",
        "이번 방문에서 '상품 조회' 또는 'Liked'[카테고리 = 'shoes', 가격 ≥ 50,000] 1회 (정확히 5회 필요)",
        "'Product Viewed' or 'Liked'[category = 'shoes', price ≥ 50,000] 1 time in this session (exactly 5 needed)",
    );
    field(
        r#"{"$did":{"event":"*","within":"12h","count":{"$gte":2,"$lt":10}}}"#,
        "1200",
        "지난 12시간 동안 아무 이벤트 1,200회 (2회 이상 필요, 10회 미만이어야 함)",
        "Any event 1,200 times in the last 12 hours (at least 2 needed, less than 10 allowed)",
    );
}

#[test]
fn windows_of_the_calendar() {
    for (window, ko, en) in [
        ("today", "오늘", "today"),
        ("yesterday", "어제", "yesterday"),
        ("thisWeek", "이번 주", "this week"),
        ("thisMonth", "이번 달", "this month"),
        ("1d", "지난 1일간", "in the last day"),
        ("2w", "지난 14일간", "in the last 14 days"),
        ("90m", "지난 1시간 30분간", "in the last 1 hour 30 minutes"),
    ] {
        field(
            &format!(r#"{{"$did":{{"event":"Order Completed","within":"{window}"}}}}"#),
            "0",
            &format!("{ko} '주문 완료' 0회 (1회 이상 필요)"),
            &format!("'Order Completed' 0 times {en} (at least 1 needed)"),
        );
    }
}

#[test]
fn measures() {
    field(
        r#"{"$did":{"event":"Order Completed","within":"90d","sum":{"of":"revenue","$gte":200000}}}"#,
        "150000",
        "지난 90일간 '주문 완료'의 주문 금액 합계 150,000 (200,000 이상 필요)",
        "Sum of revenue of 'Order Completed' 150,000 in the last 90 days (at least 200,000 needed)",
    );
    field(
        r#"{"$did":{"event":"Order Completed","avg":{"of":"revenue","$lt":50000}}}"#,
        "null",
        "'주문 완료'의 주문 금액 평균 값 없음 (50,000 미만이어야 함)",
        "Average revenue of 'Order Completed' unknown (less than 50,000 allowed)",
    );
    field(
        r#"{"$did":{"event":"Order Completed","min":{"of":"revenue","$gt":1}}}"#,
        "2.5",
        "'주문 완료'의 가장 작은 주문 금액 2.5 (1 초과 필요)",
        "Smallest revenue of 'Order Completed' 2.5 (more than 1 needed)",
    );
    field(
        r#"{"$did":{"event":"Order Completed","max":{"of":"depth","$lte":9}}}"#,
        "12",
        "'주문 완료'의 가장 큰 'depth' 12 (9 이하여야 함)",
        "Largest 'depth' of 'Order Completed' 12 (at most 9 allowed)",
    );
    field(
        r#"{"$did":{"event":"Product Viewed","within":"1d","distinct":{"of":"product_id","$gte":4}}}"#,
        "3",
        "지난 1일간 '상품 조회'에서 서로 다른 상품 3개 (4개 이상 필요)",
        "Different product of 'Product Viewed' 3 in the last day (at least 4 needed)",
    );
    field(
        r#"{"$did":{"event":"Page Viewed","distinct":{"of":"@day","$gte":4}}}"#,
        "1",
        "'페이지 조회'가 있었던 날 1일 (4일 이상 필요)",
        "Days with 'Page Viewed' 1 day (at least 4 days needed)",
    );
    field(
        r#"{"$did":{"event":"Cart Viewed","distinct":{"of":"@session","$gte":2}}}"#,
        "1",
        "'장바구니 조회'가 있었던 방문 1회 (2회 이상 필요)",
        "Sessions with 'Cart Viewed' 1 (at least 2 needed)",
    );
    field(
        r#"{"$did":{"event":"Order Completed","last":{"$lt":"30d"}}}"#,
        r#""45d""#,
        "마지막 '주문 완료'가 있은 지 45일 (30일 미만이어야 함)",
        "Time since the last 'Order Completed' 45 days (less than 30 days allowed)",
    );
    field(
        r#"{"$did":{"event":"Signed Up","first":{"$gte":"90m"}}}"#,
        "null",
        "첫 '회원가입'이 있은 지 없음 (1시간 30분 이상 필요)",
        "Time since the first 'Signed Up' never (at least 1 hour 30 minutes needed)",
    );
    field(
        r#"{"$did":{"event":"Product Viewed","value":{"of":"category","at":"last","$eq":"shoes"}}}"#,
        r#""bags""#,
        "마지막 '상품 조회'의 카테고리 'bags' ('shoes' 필요)",
        "Category of the last 'Product Viewed' 'bags' ('shoes' needed)",
    );
    check(
        r#"{"condition":{"$did":{"event":"Product Viewed","within":"7d","count":{"$gte":3},"distinct":{"of":"brand","$gte":2}}},"passed":false,"actual":4,
            "children":[{"condition":{"count":{"$gte":3}},"passed":true,"actual":4},{"condition":{"distinct":{"of":"brand","$gte":2}},"passed":false,"actual":1}]}"#,
        "✗ 지난 7일간 '상품 조회' 4회, 그 가운데\n  ✓ '상품 조회' 4회 (3회 이상 필요)\n  ✗ '상품 조회'에서 서로 다른 브랜드 1개 (2개 이상 필요)",
        "✗ 'Product Viewed' 4 times in the last 7 days, and\n  ✓ 'Product Viewed' 4 times (at least 3 needed)\n  ✗ different brand of 'Product Viewed' 1 (at least 2 needed)",
    );
}

#[test]
fn absence_and_reference() {
    field(
        r#"{"$didNot":{"event":"Order Completed","within":"7d"}}"#,
        "1",
        "지난 7일간 '주문 완료' 1회 (없어야 함)",
        "'Order Completed' 1 time in the last 7 days (must not have happened)",
    );
    field(
        r#"{"$didNot":{"event":"Order Completed","since":{"event":"Product Added","at":"last","for":"7d"}}}"#,
        "0",
        "마지막 '장바구니 담기' 이후 7일 안에 '주문 완료' 0회 (없어야 함)",
        "'Order Completed' 0 times within 7 days after the last 'Product Added' (must not have happened)",
    );
    field(
        r#"{"$didNot":{"event":"Order Completed","since":{"event":"Signed Up","at":"first"}}}"#,
        "null",
        "세기 시작할 '회원가입'이 없었음",
        "'Signed Up', from which to count, never happened",
    );
    check(
        r#"{"condition":{"$didNot":{"event":"Order Completed","per":"product_id"}},"passed":true,"actual":0,
            "children":[{"condition":{"per":"product_id"},"passed":true,"actual":"p-1"}]}"#,
        "'주문 완료' 0회 (없어야 함) (상품이 'p-1'인 경우)",
        "'Order Completed' 0 times (must not have happened) (for product 'p-1')",
    );
}

#[test]
fn sequences_segments_and_campaigns() {
    check(
        r#"{"condition":{"$sequence":{"steps":[{"event":"Product Added"},"Checkout Started"],"within":"30m","without":{"event":"Order Completed"},"in":"session","adjacent":true,"recent":"7d"}},
            "passed":false,"actual":1,"expected":2}"#,
        "순서대로 '장바구니 담기' → '결제 시작', 30분 안에, 이번 방문에서, 사이에 '주문 완료' 없이, 바로 이어서, 마지막 단계는 지난 7일간 (2단계 중 1단계까지)",
        "'Product Added' → 'Checkout Started' in order, within 30 minutes, in this session, without 'Order Completed' between, one right after the other, the last step in the last 7 days (1 of 2 steps reached)",
    );
    check(r#"{"condition":{"$segment":"vip"},"passed":true}"#, "세그먼트 'vip'에 속함", "In segment 'vip'");
    check(
        r#"{"condition":{"$segment":"vip"},"passed":false}"#,
        "세그먼트 'vip'에 속하지 않음 (속해야 함)",
        "Not in segment 'vip' (must be in it)",
    );
    check(
        r#"{"condition":{"$campaign":{"id":"welcome","shown":{"$gte":1},"within":"30d"}},"passed":false,"actual":0,"expected":{"$gte":1}}"#,
        "지난 30일간 캠페인 'welcome' 노출 0회 (1회 이상 필요)",
        "Campaign 'welcome' shown 0 times in the last 30 days (at least 1 needed)",
    );
    check(
        r#"{"condition":{"$campaign":{"id":"welcome","shown":{"$gte":1},"clicked":0,"variant":"a"}},"passed":false,
            "children":[{"condition":{"shown":{"$gte":1}},"passed":true,"actual":2},{"condition":{"clicked":0},"passed":false,"actual":1}]}"#,
        "✗ 캠페인 'welcome', 변형 'a'\n  ✓ 노출 2회 (1회 이상 필요)\n  ✗ 클릭 1회 (정확히 0회 필요)",
        "✗ Campaign 'welcome', variant 'a'\n  ✓ shown 2 times (at least 1 needed)\n  ✗ clicked 1 time (exactly 0 needed)",
    );
}

#[test]
fn every_operator() {
    for (condition, actual, ko, en) in [
        (
            r#"{"cart.value":{"$gte":100000}}"#,
            "32000",
            "장바구니 금액 32,000 (100,000 이상 필요)",
            "Cart value 32,000 (at least 100,000 needed)",
        ),
        (
            r#"{"visits.daysSincePrevious":{"$gte":14}}"#,
            "3",
            "지난 방문 이후 일수 3일 (14일 이상 필요)",
            "Days since the previous visit 3 days (at least 14 days needed)",
        ),
        (r#"{"cart.count":{"$gt":2}}"#, "2", "장바구니 수량 2개 (2개 초과 필요)", "Cart quantity 2 (more than 2 needed)"),
        (r#"{"orders.count":{"$lt":2}}"#, "4", "주문 횟수 4회 (2회 미만이어야 함)", "Orders 4 times (less than 2 times allowed)"),
        (r#"{"time.hour":{"$lte":18}}"#, "21", "시각 21시 (18시 이하여야 함)", "Hour 21 (at most 18 allowed)"),
        (r#"{"traits.tier":"gold"}"#, r#""silver""#, "특성 'tier' 'silver' ('gold' 필요)", "Trait 'tier' 'silver' ('gold' needed)"),
        (
            r#"{"lifecycle":{"$eq":"loyal"}}"#,
            r#""at_risk""#,
            "고객 단계 이탈 위험 고객 (단골 필요)",
            "Lifecycle 'at_risk' ('loyal' needed)",
        ),
        (
            r#"{"lifecycle":{"$ne":"visitor"}}"#,
            r#""visitor""#,
            "고객 단계 방문자 (방문자가 아니어야 함)",
            "Lifecycle 'visitor' (must not be 'visitor')",
        ),
        (
            r#"{"device.type":{"$in":["mobile","tablet"]}}"#,
            r#""desktop""#,
            "기기 종류 컴퓨터 (휴대폰, 태블릿 중 하나 필요)",
            "Device type 'desktop' (one of 'mobile', 'tablet' needed)",
        ),
        (r#"{"traits.a":{"$nin":[1,2]}}"#, "1", "특성 'a' 1 (1, 2 중 어느 것도 아니어야 함)", "Trait 'a' 1 (must be none of 1, 2)"),
        (
            r#"{"traits.a":{"$ini":["X"]}}"#,
            "null",
            "특성 'a' 값 없음 ('X' 중 하나 필요, 대소문자 무시)",
            "Trait 'a' unknown (one of 'X' needed, ignoring case)",
        ),
        (
            r#"{"traits.a":{"$nini":["X"]}}"#,
            r#""x""#,
            "특성 'a' 'x' ('X' 중 어느 것도 아니어야 함, 대소문자 무시)",
            "Trait 'a' 'x' (must be none of 'X', ignoring case)",
        ),
        (
            r#"{"traits.a":{"$all":["x","y"]}}"#,
            r#"["x"]"#,
            "특성 'a' 항목 수: 1 ('x', 'y' 모두 필요)",
            "Trait 'a' number of items: 1 (all of 'x', 'y' needed)",
        ),
        (
            r#"{"traits.a":{"$alli":["x"]}}"#,
            "[]",
            "특성 'a' 항목 수: 0 ('x' 모두 필요, 대소문자 무시)",
            "Trait 'a' number of items: 0 (all of 'x' needed, ignoring case)",
        ),
        (
            r#"{"cart.items":{"$size":{"$gte":2}}}"#,
            "[1]",
            "장바구니 상품 항목 수: 1 (항목 수: 2 이상 필요)",
            "Cart items number of items: 1 (number of items: at least 2 needed)",
        ),
        (
            r#"{"cart.items":{"$elemMatch":{"brand":"A"}}}"#,
            "[]",
            "장바구니 상품 항목 수: 0 (다음에 맞는 항목 필요: 브랜드 = 'A')",
            "Cart items number of items: 0 (an item needed with brand = 'A')",
        ),
        (
            r#"{"traits.a":{"$elemMatch":{"$gt":3}}}"#,
            "[1]",
            "특성 'a' 항목 수: 1 (다음에 맞는 항목 필요: 3 초과 필요)",
            "Trait 'a' number of items: 1 (an item needed with more than 3 needed)",
        ),
        (r#"{"user.id":{"$exists":true}}"#, "null", "회원 ID 값 없음 (값이 있어야 함)", "Member id unknown (must be known)"),
        (r#"{"user.id":{"$exists":false}}"#, r#""m1""#, "회원 ID 'm1' (값이 없어야 함)", "Member id 'm1' (must be unknown)"),
        (r#"{"user.known":true}"#, "false", "회원 여부 아니요 (예 필요)", "Known member no (yes needed)"),
        (r#"{"traits.a":{"$type":"string"}}"#, "3", "특성 'a' 3 (글자 형식이어야 함)", "Trait 'a' 3 (must be of type string)"),
        (r#"{"page.path":{"$regex":"^/c"}}"#, r#""/""#, "페이지 경로 '/' (/^/c/ 형식에 맞아야 함)", "Page path '/' (must match /^/c/)"),
        (
            r#"{"page.path":{"$notRegex":"x"}}"#,
            r#""x""#,
            "페이지 경로 'x' (/x/ 형식에 맞지 않아야 함)",
            "Page path 'x' (must not match /x/)",
        ),
        (
            r#"{"page.path":{"$regexi":"x"}}"#,
            r#""y""#,
            "페이지 경로 'y' (/x/ 형식에 맞아야 함, 대소문자 무시)",
            "Page path 'y' (must match /x/, ignoring case)",
        ),
        (
            r#"{"page.path":{"$notRegexi":"x"}}"#,
            r#""x""#,
            "페이지 경로 'x' (/x/ 형식에 맞지 않아야 함, 대소문자 무시)",
            "Page path 'x' (must not match /x/, ignoring case)",
        ),
        (
            r#"{"traits.v":{"$vgte":"1.2.0"}}"#,
            r#""1.1""#,
            "특성 'v' '1.1' (버전 1.2.0 이상 필요)",
            "Trait 'v' '1.1' (at least version 1.2.0 needed)",
        ),
        (
            r#"{"traits.v":{"$vgt":"1.2.0"}}"#,
            r#""1.1""#,
            "특성 'v' '1.1' (버전 1.2.0 초과 필요)",
            "Trait 'v' '1.1' (more than version 1.2.0 needed)",
        ),
        (
            r#"{"traits.v":{"$vlt":"1.0"}}"#,
            r#""1.1""#,
            "특성 'v' '1.1' (버전 1.0 미만이어야 함)",
            "Trait 'v' '1.1' (less than version 1.0 allowed)",
        ),
        (
            r#"{"traits.v":{"$vlte":"1.0"}}"#,
            r#""1.1""#,
            "특성 'v' '1.1' (버전 1.0 이하여야 함)",
            "Trait 'v' '1.1' (at most version 1.0 allowed)",
        ),
        (
            r#"{"traits.v":{"$veq":"1.0"}}"#,
            r#""1.1""#,
            "특성 'v' '1.1' (정확히 버전 1.0 필요)",
            "Trait 'v' '1.1' (exactly version 1.0 needed)",
        ),
        (
            r#"{"traits.v":{"$vne":"1.1"}}"#,
            r#""1.1""#,
            "특성 'v' '1.1' (버전 1.1이 아니어야 함)",
            "Trait 'v' '1.1' (must not be version 1.1)",
        ),
        (
            r#"{"user.id":{"$inGroup":"vips"}}"#,
            r#""m1""#,
            "회원 ID 'm1' (그룹 'vips'에 있어야 함)",
            "Member id 'm1' (must be in group 'vips')",
        ),
        (
            r#"{"user.id":{"$notInGroup":"staff"}}"#,
            r#""m1""#,
            "회원 ID 'm1' (그룹 'staff'에 없어야 함)",
            "Member id 'm1' (must not be in group 'staff')",
        ),
        (
            r#"{"orders.lastAt":{"$before":"2026-11-01T00:00:00Z"}}"#,
            r#""2026-11-22T09:03:05.000Z""#,
            "마지막 주문 시각 2026-11-22 09:03:05 UTC (2026-11-01 00:00 UTC 이전이어야 함)",
            "Last order 2026-11-22 09:03:05 UTC (must be before 2026-11-01 00:00 UTC)",
        ),
        (
            r#"{"orders.lastAt":{"$after":"2026-11-01"}}"#,
            "null",
            "마지막 주문 시각 값 없음 ('2026-11-01' 이후여야 함)",
            "Last order unknown (must be after '2026-11-01')",
        ),
        (
            r#"{"traits.trialEnds":{"$withinNext":"3d"}}"#,
            r#""2026-12-24""#,
            "특성 'trialEnds' '2026-12-24' (앞으로 3일 안이어야 함)",
            "Trait 'trialEnds' '2026-12-24' (must be within the next 3 days)",
        ),
        (
            r#"{"orders.lastAt":{"$withinLast":"7d"}}"#,
            "null",
            "마지막 주문 시각 값 없음 (지난 7일 안이어야 함)",
            "Last order unknown (must be within the last 7 days)",
        ),
        (
            r#"{"traits.birthday":{"$anniversary":"7d"}}"#,
            r#""1990-02-28""#,
            "특성 'birthday' '1990-02-28' (기념일 앞뒤 7일 안이어야 함)",
            "Trait 'birthday' '1990-02-28' (must be within 7 days of the anniversary)",
        ),
        (
            r#"{"traits.birthday":{"$anniversary":"0d"}}"#,
            r#""1990-02-28""#,
            "특성 'birthday' '1990-02-28' (기념일 당일이어야 함)",
            "Trait 'birthday' '1990-02-28' (must be the anniversary)",
        ),
        (
            r#"{"cart.count":{"$not":{"$gte":3}}}"#,
            "5",
            "장바구니 수량 5개 (다음이 아니어야 함: 3개 이상 필요)",
            "Cart quantity 5 (must not hold: at least 3 needed)",
        ),
        (
            r#"{"affinity.category.shoes":{"$gte":0.5}}"#,
            "0.25",
            "카테고리 선호도 'shoes' 0.25 (0.5 이상 필요)",
            "Affinity to category 'shoes' 0.25 (at least 0.5 needed)",
        ),
        (r#"{"odd.path":null}"#, "1", "'odd.path' 1 (값 없음 필요)", "'odd.path' 1 (unknown needed)"),
    ] {
        field(condition, actual, ko, en);
    }
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
fn hostile_traces_are_described_too() {
    for text in [
        "null",
        "3",
        "[]",
        "{}",
        r#"{"condition":3}"#,
        r#"{"condition":{"$did":3}}"#,
        r#"{"condition":{"$sequence":[]}}"#,
        r#"{"checks":3,"outcome":[]}"#,
    ] {
        let _ = describe(&json(text), "ko");
    }
    let mut deep = r#"{"condition":{"a":1},"passed":true}"#.to_string();
    for _ in 0..20 {
        deep = format!(r#"{{"condition":{{"$and":[]}},"passed":true,"children":[{deep}]}}"#);
    }
    let _ = describe(&json(&deep), "en");
}
