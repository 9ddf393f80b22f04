//! The messages that the tests draw, and the shop they are drawn in.

#![allow(dead_code, missing_docs)] // Each test uses a part of it.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // A test may fail.

use dangol::domain::json::parse;
use dangol::domain::message::node::{ATTRIBUTES, Node, TAGS};
use dangol::domain::message::{CouponState, CouponView, Line, Rendered, Scene, compose};
use dangol::domain::time::{DAY, HOUR, Zone};

/// 2026-03-05T15:04:05Z.
pub const NOW: i64 = 1_772_723_045_000;

/// Names and blocks of the gallery.
pub const CONTENTS: &[(&str, &str)] = &[
    (
        "offer",
        r#"[{"text":{"ko":"{{ traits.name | josa: '이/가' }} 돌아왔네요","en":"Welcome back, {{ traits.name }}","ja":"{{ traits.name }}さん、おかえりなさい","ar":"مرحبًا بعودتك"},"as":"title"},
           {"text":{"ko":"기다리던 가을 시즌오프가 시작됐어요. 찜해 둔 상품도 최대 30% 할인 중이에요.","en":"The autumn sale has begun. What you saved is up to 30% off.","ja":"秋のシーズンオフが始まりました。お気に入りも最大30%オフです。","ar":"بدأت تخفيضات الخريف."}},
           {"button":{"ko":"세일 보러 가기","en":"See the sale","ja":"セールを見る","ar":"شاهد التخفيضات"},"action":{"open":"/sale"}},
           {"button":{"ko":"나중에","en":"Later","ja":"あとで","ar":"لاحقًا"},"action":{"close":true},"as":"secondary"}]"#,
    ),
    (
        "image",
        r#"[{"image":"/hero.png","alt":{"ko":"가을 코트를 입은 모델"},"width":800,"height":450},{"text":{"ko":"새로 들어온 울 코트","en":"New wool coats"},"as":"title"},
           {"text":{"ko":"한 벌로 완성하는 가을.\n오늘 주문하면 내일 도착해요.","en":"One coat, all autumn."}},{"button":{"ko":"구경하기","en":"Have a look"},"action":{"open":"/c/coats"}}]"#,
    ),
    (
        "coupon",
        r#"[{"text":{"ko":"가입을 축하해요","en":"Welcome aboard"},"as":"title"},{"text":{"ko":"첫 주문에 바로 쓸 수 있는 무료배송 쿠폰이에요.","en":"Free shipping on your first order."}},{"coupon":"welcome"}]"#,
    ),
    (
        "countdown",
        r#"[{"text":{"ko":"타임세일","en":"Flash sale"},"as":"title"},{"countdown":"2026-03-08T00:00:00Z"},{"button":{"ko":"지금 담기","en":"Shop now"},"action":{"open":"/sale"}}]"#,
    ),
    (
        "products",
        r#"[{"text":{"ko":"보고 있던 상품이에요","en":"You looked at these"},"as":"title"},{"products":"event.properties.products","limit":3},{"button":{"ko":"장바구니로","en":"To the cart"},"action":{"open":"/cart"}}]"#,
    ),
    (
        "nps",
        r#"[{"text":{"ko":"친구에게 추천하고 싶으신가요?","en":"Would you recommend us?"},"as":"title"},{"rating":{"scale":10,"as":"numbers"},"name":"nps"}]"#,
    ),
    (
        "stars",
        r#"[{"text":{"ko":"이번 쇼핑은 어떠셨어요?","en":"How was your visit?"},"as":"title"},{"rating":{"scale":5,"as":"stars"},"name":"stars"}]"#,
    ),
    (
        "survey",
        r#"[{"text":{"ko":"무엇이 망설여지세요?","en":"What holds you back?"},"as":"title"},{"choice":[{"ko":"가격","en":"The price"},{"ko":"사이즈","en":"The size"},{"ko":"배송 기간","en":"Delivery time"}],"name":"why","multiple":true},
           {"input":{"type":"email","label":{"ko":"이메일","en":"Email"},"required":true,"consent":"marketing"},"name":"email"}]"#,
    ),
    (
        "choice",
        r#"[{"text":{"ko":"어떤 스타일을 찾으세요?","en":"Which style are you after?"},"as":"title"},{"choice":["캐주얼","포멀","스포티"],"name":"style"}]"#,
    ),
    (
        "progress",
        r#"[{"progress":"cart.value","of":50000,"text":{"ko":"{{ 50000 | minus: cart.value | money }}만 더 담으면 무료배송이에요","en":"{{ 50000 | minus: cart.value | money }} to free shipping"}}]"#,
    ),
    (
        "chat",
        r#"[{"chat":{"greeting":{"ko":"안녕하세요! 장바구니에 담아 두신 상품, 궁금한 점이 있으신가요?","en":"Hello! Any questions about what is in your cart?"},
           "replies":[{"label":{"ko":"사이즈가 고민돼요","en":"I'm unsure about the size"},"answer":"실측 사이즈표를 보내 드릴게요."},{"label":{"ko":"할인 쿠폰이 있나요?","en":"Is there a coupon?"},"action":{"show":"coupon"}},
           {"label":{"ko":"상담원과 이야기할래요","en":"Talk to a person"},"action":{"chat":{"message":"안녕하세요"}}}]}}]"#,
    ),
    (
        "line",
        r#"[{"text":{"ko":"장바구니에 담았어요.","en":"Added to your cart."}},{"button":{"ko":"보기","en":"View"},"action":{"open":"/cart"},"as":"link"}]"#,
    ),
];

pub const DOC: &str = r#"{"traits":{"name":"민지"},"cart":{"value":32000},"event":{"properties":{"products":[
    {"product_id":"1","name":"핸드메이드 울 코트","brand":"단골","price":189000,"compare_at_price":239000,"image_url":"/p1.png","url":"/p/1"},
    {"product_id":"2","name":"캐시미어 머플러","brand":"단골","price":59000,"image_url":"/p2.png","url":"/p/2"},
    {"product_id":"3","name":"스웨이드 첼시 부츠 아주 긴 상품 이름이 들어가는 경우","price":129000,"url":"/p/3"},
    {"product_id":"4","name":"넷째","price":1000}]}}}"#;

pub struct Setting<'a> {
    pub locale: &'a str,
    pub coupon: CouponState,
    pub is_copied: bool,
    pub answers: &'a str,
    pub transcript: Vec<Line>,
    pub is_away: bool,
    pub doc: &'a str,
}

impl Default for Setting<'_> {
    fn default() -> Self {
        Setting {
            locale: "ko",
            coupon: CouponState::Issued,
            is_copied: false,
            answers: "{}",
            transcript: Vec::new(),
            is_away: false,
            doc: DOC,
        }
    }
}

pub fn draw(message: &str, setting: &Setting) -> Rendered {
    let message = parse(message).unwrap_or_else(|error| panic!("{error:?} in {message}"));
    let doc = parse(setting.doc).unwrap();
    let answers = parse(setting.answers).unwrap();
    let name = parse(r#"{"ko":"첫 주문 무료배송","en":"Free shipping"}"#).unwrap();
    let zone = Zone::named("Asia/Seoul", NOW).unwrap();
    let coupon = CouponView {
        id: "welcome",
        key: "key-1",
        name: &name,
        code: if matches!(setting.coupon, CouponState::Issuing | CouponState::Failed) { "" } else { "WELCOME-7F3K" },
        state: setting.coupon,
        expires: Some(NOW + 6 * DAY + 3 * HOUR),
        is_copied: setting.is_copied,
        can_apply: true,
    };
    compose(
        &message,
        &Scene {
            doc: &doc,
            locale: setting.locale,
            fallback: "ko",
            currency: "KRW",
            zone: &zone,
            now: NOW,
            words: None,
            label: "",
            receipt: message.flag("receipt"),
            why: "",
            page: "https://shop.example/",
            coupons: &[coupon],
            answers: &answers,
            transcript: &setting.transcript,
            is_away: setting.is_away,
            matches: &|when, answers| {
                let limit = when.get("nps").and_then(|nps| nps.number("$lt"));
                limit.is_some_and(|limit| answers.number("nps").is_some_and(|nps| nps < limit))
            },
        },
    )
    .unwrap()
}

/// Every element, in order.
fn walk<'a>(node: &'a Node, out: &mut Vec<&'a Node>) {
    out.push(node);
    for child in &node.children {
        walk(child, out);
    }
}

pub fn all(rendered: &Rendered) -> Vec<&Node> {
    let mut nodes = Vec::new();
    walk(&rendered.tree, &mut nodes);
    nodes
}

#[track_caller]
pub fn find<'a>(nodes: &[&'a Node], part: &str) -> &'a Node {
    nodes.iter().find(|node| node.part.split(' ').any(|name| name == part)).unwrap_or_else(|| panic!("no {part}"))
}

pub fn has(nodes: &[&Node], part: &str) -> bool {
    nodes.iter().any(|node| node.part.split(' ').any(|name| name == part))
}

pub fn attr<'a>(node: &'a Node, name: &str) -> Option<&'a str> {
    node.attrs.iter().find(|(key, _)| *key == name).map(|(_, value)| value.as_str())
}

#[track_caller]
pub fn assert_closed(rendered: &Rendered) {
    for node in all(rendered) {
        assert!(TAGS.contains(&node.tag), "{}", node.tag);
        assert!(node.text.is_empty() || node.children.is_empty(), "{node:?}");
        for (name, value) in &node.attrs {
            assert!(ATTRIBUTES.contains(name), "{name}");
            assert!(!matches!(*name, "href" | "src") || !value.starts_with("javascript"));
        }
        if let Some(action) = node.action {
            assert!(action < rendered.actions.len());
        }
        let mut json = String::new();
        node.to_json(&mut json);
        parse(&json).unwrap();
    }
}

pub fn message_of(layout: &str, blocks: &str, extra: &str) -> String {
    [r#"{"layout":""#, layout, r#"","slot":"[data-dangol-slot=hero]","blocks":"#, blocks, extra, "}"].concat()
}
