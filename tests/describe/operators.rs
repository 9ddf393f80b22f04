//! Every operator of attribute conditions in words.

use super::field;

#[test]
fn every_operator_says_what_is_and_what_is_needed() {
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
