//! Behavioural clauses in words: counts, windows, measures, absence, sequences.

use super::{check, field};

#[test]
fn counts_are_told_beside_what_is_needed() {
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
fn measures_are_told_in_their_units() {
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
        "첫 '회원가입' 없음 (있은 지 1시간 30분 이상 필요)",
        "First 'Signed Up' never happened (at least 1 hour 30 minutes needed)",
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
