//! The messages that the tests draw, and the shop they are drawn in.

#![allow(dead_code, missing_docs)] // Each test uses a part of it.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // A test may fail.

use dangol::domain::json::{parse, to_text};
use dangol::domain::message::node::{ATTRIBUTES, Node, TAGS};
use dangol::domain::message::{CouponState, CouponView, Line, Rendered, Scene, compose};
use dangol::domain::time::{DAY, HOUR, Zone};
use dangol::domain::value::Value;
use std::sync::LazyLock;

/// 2026-03-05T15:04:05Z.
pub const NOW: i64 = 1_772_723_045_000;

/// Names and blocks of the gallery: those that the demo shop's page `/gallery` shows.
pub static CONTENTS: LazyLock<Vec<(&str, &str)>> = LazyLock::new(|| {
    let list = parse(include_str!("../../www/shop/public/gallery/contents.json")).unwrap();
    let keep = |text: String| -> &'static str { Box::leak(text.into_boxed_str()) };
    let entries = list.as_list().unwrap().iter();
    entries.map(|entry| (keep(entry.text("name").unwrap().into()), keep(to_text(entry.get("blocks").unwrap())))).collect()
});

pub const DOC: &str = r#"{"traits":{"name":"민지"},"cart":{"value":32000},"event":{"properties":{"products":[
    {"product_id":"1","name":"핸드메이드 울 코트","brand":"단골","price":189000,"compare_at_price":239000,"image_url":"/p1.png","url":"/p/1"},
    {"product_id":"2","name":"캐시미어 머플러","brand":"단골","price":59000,"image_url":"/p2.png","url":"/p/2"},
    {"product_id":"3","name":"스웨이드 첼시 부츠 아주 긴 상품 이름이 들어가는 경우","price":129000,"url":"/p/3"},
    {"product_id":"4","name":"넷째","price":1000}]}}}"#;

pub struct Setting<'a> {
    pub locale: &'a str,
    pub coupon: CouponState,
    pub copied: Option<bool>,
    pub answers: &'a str,
    pub sent: &'a [usize],
    pub transcript: Vec<Line>,
    pub is_away: bool,
    pub doc: &'a str,
    pub data: Option<(usize, usize, &'a str)>,
}

impl Default for Setting<'_> {
    fn default() -> Self {
        Setting {
            locale: "ko",
            coupon: CouponState::Issued,
            copied: None,
            answers: "{}",
            sent: &[],
            transcript: Vec::new(),
            is_away: false,
            doc: DOC,
            data: None,
        }
    }
}

pub fn draw(message: &str, setting: &Setting) -> Rendered {
    attempt(message, setting).unwrap()
}

pub fn attempt(message: &str, setting: &Setting) -> Option<Rendered> {
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
        copied: setting.copied,
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
            why: message.get("why").unwrap_or(&Value::Null),
            data: setting.data,
            refusal: message.flag("refusal"),
            page: "https://shop.example/",
            coupons: &[coupon],
            answers: &answers,
            sent: setting.sent,
            transcript: &setting.transcript,
            is_away: setting.is_away,
            matches: &|when, answers| {
                let limit = when.get("nps").and_then(|nps| nps.number("$lt"));
                limit.is_some_and(|limit| answers.number("nps").is_some_and(|nps| nps < limit))
            },
        },
    )
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
