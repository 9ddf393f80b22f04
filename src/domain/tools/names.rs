//! The names of events, document paths, properties and fixed values in Korean and English.

use super::sentences::Language;

/// The events of Segment's e-commerce specification, of its user life cycle, and Dangol's own, in Korean.
const EVENTS: &[(&str, &str)] = &[
    ("Page Viewed", "페이지 조회"),
    ("Identified", "회원 확인"),
    ("Products Searched", "상품 검색"),
    ("Product List Viewed", "상품 목록 조회"),
    ("Product List Filtered", "상품 목록 필터"),
    ("Promotion Viewed", "프로모션 조회"),
    ("Promotion Clicked", "프로모션 클릭"),
    ("Product Clicked", "상품 클릭"),
    ("Product Viewed", "상품 조회"),
    ("Product Added", "장바구니 담기"),
    ("Product Removed", "장바구니에서 빼기"),
    ("Cart Viewed", "장바구니 조회"),
    ("Cart Shared", "장바구니 공유"),
    ("Checkout Started", "결제 시작"),
    ("Checkout Step Viewed", "결제 단계 조회"),
    ("Checkout Step Completed", "결제 단계 완료"),
    ("Payment Info Entered", "결제 정보 입력"),
    ("Order Updated", "주문 변경"),
    ("Order Completed", "주문 완료"),
    ("Order Refunded", "환불"),
    ("Order Cancelled", "주문 취소"),
    ("Coupon Entered", "쿠폰 입력"),
    ("Coupon Applied", "쿠폰 적용"),
    ("Coupon Denied", "쿠폰 거절"),
    ("Coupon Removed", "쿠폰 해제"),
    ("Product Added to Wishlist", "찜하기"),
    ("Product Removed from Wishlist", "찜 해제"),
    ("Wishlist Product Added to Cart", "찜한 상품 장바구니 담기"),
    ("Product Shared", "상품 공유"),
    ("Product Reviewed", "상품 리뷰"),
    ("Signed Up", "회원가입"),
    ("Signed In", "로그인"),
    ("Signed Out", "로그아웃"),
    ("Lead Generated", "문의 남김"),
    ("Message Shown", "메시지 노출"),
    ("Message Clicked", "메시지 클릭"),
    ("Message Dismissed", "메시지 닫기"),
    ("Message Held Out", "메시지 대조군 제외"),
    ("Coupon Issued", "쿠폰 발급"),
    ("Coupon Copied", "쿠폰 복사"),
    ("Coupon Redeemed", "쿠폰 사용"),
    ("Chat Opened", "채팅 열기"),
    ("Chat Replied", "채팅 답변"),
    ("Survey Answered", "설문 응답"),
    ("Segment Entered", "세그먼트 진입"),
    ("Segment Left", "세그먼트 이탈"),
    ("Experiment Viewed", "실험 노출"),
    ("Goal Reached", "목표 달성"),
    ("Page Left", "페이지 떠남"),
];

/// The names of the vocabulary's events.
pub(super) fn event_names() -> impl Iterator<Item = &'static str> {
    EVENTS.iter().map(|(name, _)| *name)
}

/// An event's name; one that only the shop knows stays as it is.
pub(super) fn event(name: &str, language: Language) -> &str {
    let known = || EVENTS.iter().find(|(known, _)| *known == name).map(|(_, ko)| *ko);
    if language == Language::Ko { known().unwrap_or(name) } else { name }
}

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// Nothing in particular.
    Bare,
    /// An amount in the shop's currency.
    Money,
    /// `3회`, `3 times`.
    Times,
    /// `3일`, `3 days`.
    Days,
    /// `3개`, `3`.
    Pieces,
    /// `3초`, `3 seconds`.
    Seconds,
    /// `9시`, `9`.
    Hour,
    /// `9분`, `9`.
    Minute,
    /// `9월`, `9`.
    Month,
}

/// Paths of the document with what they hold.
const PATHS: &[(&str, &str, &str, Unit)] = &[
    ("user.id", "회원 ID", "member id", Unit::Bare),
    ("user.anonymousId", "익명 ID", "anonymous id", Unit::Bare),
    ("user.known", "회원 여부", "known member", Unit::Bare),
    ("page.url", "페이지 주소", "page address", Unit::Bare),
    ("page.path", "페이지 경로", "page path", Unit::Bare),
    ("page.host", "페이지 호스트", "page host", Unit::Bare),
    ("page.query", "페이지 쿼리", "page query", Unit::Bare),
    ("page.title", "페이지 제목", "page title", Unit::Bare),
    ("page.name", "페이지 이름", "page name", Unit::Bare),
    ("page.referrer", "이전 페이지", "page referrer", Unit::Bare),
    ("device.type", "기기 종류", "device type", Unit::Bare),
    ("device.os", "운영체제", "operating system", Unit::Bare),
    ("device.browser", "브라우저", "browser", Unit::Bare),
    ("device.language", "기기 언어", "device language", Unit::Bare),
    ("device.timezone", "기기 시간대", "device time zone", Unit::Bare),
    ("session.number", "방문 순번", "session number", Unit::Bare),
    ("session.startedAt", "방문 시작 시각", "session start", Unit::Bare),
    ("session.pageViews", "이번 방문 페이지 조회", "page views in this session", Unit::Times),
    ("session.duration", "이번 방문 시간", "session duration", Unit::Seconds),
    ("session.landingPath", "처음 들어온 경로", "landing path", Unit::Bare),
    ("session.referrer", "유입 페이지", "session referrer", Unit::Bare),
    ("visits.count", "방문 횟수", "visits", Unit::Times),
    ("visits.firstAt", "첫 방문 시각", "first visit", Unit::Bare),
    ("visits.previousAt", "지난 방문 시각", "previous visit", Unit::Bare),
    ("visits.daysSincePrevious", "지난 방문 이후 일수", "days since the previous visit", Unit::Days),
    ("cart.items", "장바구니 상품", "cart items", Unit::Bare),
    ("cart.count", "장바구니 수량", "cart quantity", Unit::Pieces),
    ("cart.value", "장바구니 금액", "cart value", Unit::Money),
    ("cart.currency", "장바구니 통화", "cart currency", Unit::Bare),
    ("orders.count", "주문 횟수", "orders", Unit::Times),
    ("orders.revenue", "누적 주문 금액", "order revenue", Unit::Money),
    ("orders.average", "평균 주문 금액", "average order value", Unit::Money),
    ("orders.firstAt", "첫 주문 시각", "first order", Unit::Bare),
    ("orders.lastAt", "마지막 주문 시각", "last order", Unit::Bare),
    ("journey.stage", "구매 단계", "journey stage", Unit::Bare),
    ("journey.stageSince", "구매 단계 도달 시각", "journey stage since", Unit::Bare),
    ("lifecycle", "고객 단계", "lifecycle", Unit::Bare),
    ("time.hour", "시각", "hour", Unit::Hour),
    ("time.minute", "분", "minute", Unit::Minute),
    ("time.weekday", "요일", "weekday", Unit::Bare),
    ("time.date", "날짜", "date", Unit::Bare),
    ("time.month", "월", "month", Unit::Month),
    ("event.name", "이벤트 이름", "event name", Unit::Bare),
];

/// The beginnings of paths whose rest the shop names.
const ROOTS: &[(&str, &str, &str)] = &[
    ("traits.", "특성", "trait"),
    ("event.properties.", "이벤트 속성", "event property"),
    ("affinity.category.", "카테고리 선호도", "affinity to category"),
    ("affinity.brand.", "브랜드 선호도", "affinity to brand"),
    ("page.utm.", "페이지 UTM", "page UTM"),
    ("session.utm.", "유입 UTM", "session UTM"),
];

/// A document path in words, and what its value counts.
pub(super) fn path(path: &str, language: Language) -> (String, Unit) {
    if let Some((_, ko, en, unit)) = PATHS.iter().find(|(known, ..)| *known == path) {
        return (language.pick(ko, en).into(), *unit);
    }
    let root = ROOTS.iter().find_map(|(root, ko, en)| Some((path.strip_prefix(root)?, language.pick(ko, en))));
    match root {
        Some((rest, name)) => ([name, " '", rest, "'"].concat(), Unit::Bare),
        None => (["'", path, "'"].concat(), Unit::Bare),
    }
}

/// Properties of Segment's e-commerce events.
const PROPERTIES: &[(&str, &str, &str, Unit)] = &[
    ("revenue", "주문 금액", "revenue", Unit::Money),
    ("total", "총액", "total", Unit::Money),
    ("value", "금액", "value", Unit::Money),
    ("price", "가격", "price", Unit::Money),
    ("discount", "할인 금액", "discount", Unit::Money),
    ("shipping", "배송비", "shipping", Unit::Money),
    ("quantity", "수량", "quantity", Unit::Pieces),
    ("product_id", "상품", "product", Unit::Bare),
    ("sku", "상품 코드", "sku", Unit::Bare),
    ("name", "이름", "name", Unit::Bare),
    ("category", "카테고리", "category", Unit::Bare),
    ("brand", "브랜드", "brand", Unit::Bare),
    ("variant", "옵션", "variant", Unit::Bare),
    ("coupon", "쿠폰", "coupon", Unit::Bare),
    ("currency", "통화", "currency", Unit::Bare),
    ("order_id", "주문 번호", "order", Unit::Bare),
    ("query", "검색어", "search", Unit::Bare),
];

/// An event's property in words, and what its value counts.
pub(super) fn property(path: &str, language: Language) -> (String, Unit) {
    match PROPERTIES.iter().find(|(known, ..)| *known == path) {
        Some((_, ko, en, unit)) => (language.pick(ko, en).into(), *unit),
        None => (["'", path, "'"].concat(), Unit::Bare),
    }
}

/// The values of a path that come from a fixed list, in Korean.
const VALUES: &[(&str, &[(&str, &str)])] = &[
    (
        "lifecycle",
        &[
            ("visitor", "방문자"),
            ("member", "주문 없는 회원"),
            ("first_time", "첫 구매 고객"),
            ("repeat", "재구매 고객"),
            ("loyal", "단골"),
            ("at_risk", "이탈 위험 고객"),
            ("lapsed", "떠난 고객"),
            ("won_back", "돌아온 고객"),
        ],
    ),
    (
        "journey.stage",
        &[
            ("visit", "방문"),
            ("list", "목록 조회"),
            ("product", "상품 조회"),
            ("cart", "장바구니"),
            ("checkout", "결제 시작"),
            ("payment", "결제 정보 입력"),
            ("order", "주문"),
        ],
    ),
    (
        "time.weekday",
        &[
            ("mon", "월요일"),
            ("tue", "화요일"),
            ("wed", "수요일"),
            ("thu", "목요일"),
            ("fri", "금요일"),
            ("sat", "토요일"),
            ("sun", "일요일"),
        ],
    ),
    ("device.type", &[("mobile", "휴대폰"), ("tablet", "태블릿"), ("desktop", "컴퓨터")]),
];

/// The fixed list that a path's value comes from.
pub(super) fn values(path: &str) -> Option<impl Iterator<Item = &'static str>> {
    let (_, words) = VALUES.iter().find(|(known, _)| *known == path)?;
    Some(words.iter().map(|(value, _)| *value))
}

/// The Korean word for a value of a path's fixed list.
pub(super) fn value(path: &str, value: &str, language: Language) -> Option<&'static str> {
    let (_, words) = VALUES.iter().find(|(known, _)| *known == path && language == Language::Ko)?;
    words.iter().find(|(known, _)| *known == value).map(|(_, word)| *word)
}

/// The outcomes and reasons of decisions, and the checks behind them.
const REASONS: &[(&str, &str, &str)] = &[
    ("shown", "표시함", "shown"),
    ("held_out", "대조군이라 표시하지 않음", "not shown, in the control group"),
    ("queued", "차례를 기다림", "waits for its turn"),
    ("suppressed", "표시하지 않음", "not shown"),
    ("invalid", "설정에 오류가 있음", "its configuration is wrong"),
    ("paused", "일시 중지됨", "paused"),
    ("outside_schedule", "운영 기간이 아님", "outside of its schedule"),
    ("no_consent", "동의가 없음", "no consent"),
    ("goal_reached", "이미 목표를 달성함", "its goal was reached"),
    ("not_in_audience", "대상이 아님", "not in its audience"),
    ("muted", "보지 않기 기간임", "muted"),
    ("frequency_capped", "표시 횟수 제한에 걸림", "shown as often as allowed"),
    ("quiet_hours", "광고를 쉬는 시간임", "quiet hours"),
    ("page_left", "페이지를 떠났거나 기다릴 시간이 지남", "its page was left, or its time to wait was over"),
    ("slot_missing", "페이지에 들어갈 자리가 없음", "its slot is missing"),
    ("attention_budget", "방문자에게 이미 충분히 표시함", "the attention budget is spent"),
    ("outranked", "다른 캠페인이 먼저임", "another campaign has the screen"),
    ("not_triggered", "아직 계기가 없음", "not triggered yet"),
    ("waiting", "정해진 시간을 기다림", "waits for its time"),
];

/// The checks as what holds when they pass.
const CHECKS: &[(&str, &str, &str)] = &[
    ("invalid", "설정", "configuration"),
    ("paused", "운영 상태", "status"),
    ("outside_schedule", "운영 기간", "schedule"),
    ("no_consent", "동의", "consent"),
    ("goal_reached", "목표 미달성", "goal not reached yet"),
    ("not_in_audience", "대상", "audience"),
    ("muted", "보지 않기", "mute"),
    ("frequency_capped", "표시 횟수", "limits"),
    ("quiet_hours", "광고 시간", "quiet hours"),
    ("page_left", "페이지", "page"),
    ("slot_missing", "자리", "slot"),
    ("attention_budget", "노출 한도", "attention"),
    ("outranked", "순서", "turn"),
];

/// An outcome or a reason in words.
pub(super) fn reason(name: &str, language: Language) -> &str {
    REASONS.iter().find(|(known, ..)| *known == name).map_or(name, |(_, ko, en)| language.pick(ko, en))
}

/// A check in words.
pub(super) fn check(name: &str, language: Language) -> &str {
    CHECKS.iter().find(|(known, ..)| *known == name).map_or(name, |(_, ko, en)| language.pick(ko, en))
}
