//! Every layout with every block, in three languages: each tree is made of closed lists only. The trees are written
//! to the test directory of the target, where the browser's tests and the gallery take them from.

use dangol::domain::json::{parse, to_text};
use dangol::domain::message::action::Action;
use dangol::domain::message::layout::LAYOUTS;
use dangol::domain::message::node::{ATTRIBUTES, Node, TAGS};
use dangol::domain::message::{
    CouponState, CouponView, Line, Rendered, Scene, check, compose, theme,
};
use dangol::domain::problem::{Place, Problems};
use dangol::domain::time::{DAY, HOUR, Zone};
use dangol::domain::value::Value;

/// 2026-03-05T15:04:05Z.
const NOW: i64 = 1_772_723_045_000;

/// Names and blocks of the gallery.
const CONTENTS: &[(&str, &str)] = &[
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

const DOC: &str = r#"{"traits":{"name":"민지"},"cart":{"value":32000},"event":{"properties":{"products":[
    {"product_id":"1","name":"핸드메이드 울 코트","brand":"단골","price":189000,"compare_at_price":239000,"image_url":"/p1.png","url":"/p/1"},
    {"product_id":"2","name":"캐시미어 머플러","brand":"단골","price":59000,"image_url":"/p2.png","url":"/p/2"},
    {"product_id":"3","name":"스웨이드 첼시 부츠 아주 긴 상품 이름이 들어가는 경우","price":129000,"url":"/p/3"},
    {"product_id":"4","name":"넷째","price":1000}]}}}"#;

struct Setting<'a> {
    locale: &'a str,
    coupon: CouponState,
    is_copied: bool,
    answers: &'a str,
    transcript: Vec<Line>,
    doc: &'a str,
}

impl Default for Setting<'_> {
    fn default() -> Self {
        Setting {
            locale: "ko",
            coupon: CouponState::Issued,
            is_copied: false,
            answers: "{}",
            transcript: Vec::new(),
            doc: DOC,
        }
    }
}

fn draw(message: &str, setting: &Setting) -> Rendered {
    let message = parse(message).unwrap_or_else(|error| panic!("{error:?} in {message}"));
    let doc = parse(setting.doc).unwrap();
    let answers = parse(setting.answers).unwrap();
    let name = parse(r#"{"ko":"첫 주문 무료배송","en":"Free shipping"}"#).unwrap();
    let zone = Zone::named("Asia/Seoul", NOW).unwrap();
    let coupon = CouponView {
        id: "welcome",
        name: &name,
        code: if matches!(setting.coupon, CouponState::Issuing | CouponState::Failed) {
            ""
        } else {
            "WELCOME-7F3K"
        },
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

fn all(rendered: &Rendered) -> Vec<&Node> {
    let mut nodes = Vec::new();
    walk(&rendered.tree, &mut nodes);
    nodes
}

#[track_caller]
fn find<'a>(nodes: &[&'a Node], part: &str) -> &'a Node {
    nodes
        .iter()
        .find(|node| node.part.split(' ').any(|name| name == part))
        .unwrap_or_else(|| panic!("no {part}"))
}

fn has(nodes: &[&Node], part: &str) -> bool {
    nodes
        .iter()
        .any(|node| node.part.split(' ').any(|name| name == part))
}

fn attr<'a>(node: &'a Node, name: &str) -> Option<&'a str> {
    node.attrs
        .iter()
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.as_str())
}

#[track_caller]
fn assert_closed(rendered: &Rendered) {
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

fn message_of(layout: &str, blocks: &str, extra: &str) -> String {
    [
        r#"{"layout":""#,
        layout,
        r#"","slot":"[data-dangol-slot=hero]","blocks":"#,
        blocks,
        extra,
        "}",
    ]
    .concat()
}

/// What the engine would hand to the renderer.
fn push_message(
    name: &str,
    locale: &str,
    theme: Option<&str>,
    rendered: &Rendered,
    out: &mut String,
) {
    let theme = theme.map(|theme| parse(theme).unwrap());
    let tokens: Value = theme::tokens(theme.as_ref()).into();
    if out.len() > 1 {
        out.push_str(",\n");
    }
    let dismiss = dangol::object! {
        "button" => rendered.dismiss.button,
        "outside" => rendered.dismiss.outside,
        "after" => rendered.dismiss.after,
        "today" => rendered.dismiss.today,
    };
    let head = dangol::object! {
        "impression" => name,
        "campaign" => name,
        "variant" => "a",
        "layout" => rendered.layout,
        "position" => rendered.position,
        "slot" => rendered.slot.as_deref().map(Value::from),
        "theme" => tokens,
        "locale" => locale,
        "dir" => rendered.dir,
        "modal" => rendered.modal,
        "dismiss" => dismiss,
    };
    let head = to_text(&head.into());
    out.push_str(head.strip_suffix('}').unwrap());
    out.push_str(",\"tree\":");
    rendered.tree.to_json(out);
    out.push('}');
}

#[test]
fn every_layout_takes_every_block() {
    let mut out = String::from("[");
    for layout in &LAYOUTS {
        for (name, blocks) in CONTENTS {
            let message = message_of(layout.name, blocks, "");
            let mut problems = Problems::default();
            let known = check::Known {
                has_coupon: &|id| id == "welcome",
            };
            check::message(
                &parse(&message).unwrap(),
                &Place::Root,
                &known,
                &mut problems,
            );
            assert!(problems.list.is_empty(), "{:?}", problems.list);
            for locale in ["ko", "en", "ja"] {
                let rendered = draw(
                    &message,
                    &Setting {
                        locale,
                        ..Setting::default()
                    },
                );
                assert_closed(&rendered);
                if locale == "ko" && layout.name != "custom" {
                    let title = [layout.name, "-", name].concat();
                    push_message(&title, locale, None, &rendered, &mut out);
                }
            }
        }
    }
    for (name, state) in [
        ("issuing", CouponState::Issuing),
        ("applied", CouponState::Applied),
        ("redeemed", CouponState::Redeemed),
        ("expired", CouponState::Expired),
        ("failed", CouponState::Failed),
    ] {
        let rendered = draw(
            &message_of("modal", r#"[{"coupon":"welcome"}]"#, ""),
            &Setting {
                coupon: state,
                ..Setting::default()
            },
        );
        push_message(&["coupon-", name].concat(), "ko", None, &rendered, &mut out);
    }
    let offer = CONTENTS[0].1;
    let extras = r#","receipt":true,"dismiss":{"today":true}"#;
    for (name, layout, locale, theme) in [
        ("today-modal", "modal", "ko", None),
        (
            "today-sheet",
            "sheet",
            "ko",
            Some(r##"{"accent":"#e2483d"}"##),
        ),
        ("rtl-modal", "modal", "ar", None),
        (
            "rtl-banner",
            "banner",
            "ar",
            Some(r##"{"accent":"#0b6e4f","radius":4}"##),
        ),
        ("rtl-slide", "slide", "ar", None),
        (
            "english-slide",
            "slide",
            "en",
            Some(r##"{"accent":"#ffd400"}"##),
        ),
    ] {
        let rendered = draw(
            &message_of(layout, offer, extras),
            &Setting {
                locale,
                ..Setting::default()
            },
        );
        push_message(name, locale, theme, &rendered, &mut out);
    }
    let talk = Setting {
        transcript: vec![
            Line {
                is_visitor: true,
                text: "사이즈가 고민돼요".into(),
            },
            Line {
                is_visitor: false,
                text: "실측 사이즈표를 보내 드릴게요.".into(),
            },
        ],
        ..Setting::default()
    };
    for layout in ["bubble", "slide"] {
        let rendered = draw(&message_of(layout, CONTENTS[10].1, ""), &talk);
        push_message(&["talk-", layout].concat(), "ko", None, &rendered, &mut out);
    }
    out.push(']');
    std::fs::write(concat!(env!("CARGO_TARGET_TMPDIR"), "/gallery.json"), out).unwrap();
}

#[test]
fn a_layout_says_what_it_is() {
    #[track_caller]
    fn check(layout: &str, tag: &str, role: Option<&str>, is_modal: bool, position: &str) {
        let rendered = draw(&message_of(layout, CONTENTS[0].1, ""), &Setting::default());
        assert_eq!(rendered.tree.tag, tag);
        assert_eq!(attr(&rendered.tree, "role"), role);
        assert_eq!(attr(&rendered.tree, "aria-modal").is_some(), is_modal);
        assert_eq!(rendered.modal, is_modal);
        assert_eq!(rendered.position, position);
        assert_eq!(attr(&rendered.tree, "aria-labelledby"), Some("title"));
        assert_eq!(has(&all(&rendered), "close"), layout != "inline");
    }
    check("banner", "section", Some("region"), false, "top");
    check("modal", "dialog", None, true, "center");
    check("slide", "section", Some("dialog"), false, "bottom-right");
    check("sheet", "dialog", None, true, "bottom");
    check("toast", "section", Some("status"), false, "bottom");
    check("fullscreen", "dialog", None, true, "center");
    check("bubble", "section", Some("dialog"), false, "bottom-right");
    check("inline", "section", Some("region"), false, "center");
    check("custom", "section", Some("region"), false, "center");
}

#[test]
fn text_from_right_to_left_turns_the_corner() {
    let rendered = draw(
        &message_of("slide", CONTENTS[0].1, ""),
        &Setting {
            locale: "ar",
            ..Setting::default()
        },
    );
    assert_eq!((rendered.dir, rendered.position), ("rtl", "bottom-left"));
}

#[test]
fn a_modal_always_has_a_way_out() {
    let blocks = r#"[{"text":"a"}]"#;
    let locked = r#","dismiss":{"button":false,"outside":false}"#;
    let rendered = draw(&message_of("modal", blocks, locked), &Setting::default());
    assert!(rendered.dismiss.button && has(&all(&rendered), "close"));
    let closing = r#"[{"text":"a"},{"button":"b","action":{"close":true}}]"#;
    let rendered = draw(&message_of("modal", closing, locked), &Setting::default());
    assert!(!has(&all(&rendered), "close"));
}

#[test]
fn a_coupon_card_shows_each_state() {
    #[track_caller]
    fn check(coupon: CouponState, is_copied: bool, state: &str, code: bool, texts: &[&str]) {
        let rendered = draw(
            &message_of("modal", r#"[{"coupon":"welcome"}]"#, ""),
            &Setting {
                coupon,
                is_copied,
                ..Setting::default()
            },
        );
        let nodes = all(&rendered);
        let card = find(&nodes, "coupon");
        assert_eq!(attr(card, "data-state"), Some(state));
        assert_eq!(has(&nodes, "code"), code);
        for text in texts {
            assert!(nodes.iter().any(|node| node.text == *text), "{text}");
        }
        assert_eq!(find(&nodes, "coupon-name").text, "첫 주문 무료배송");
    }
    check(
        CouponState::Issuing,
        false,
        "issuing",
        false,
        &["쿠폰을 준비하고 있어요"],
    );
    check(
        CouponState::Issued,
        false,
        "issued",
        true,
        &["WELCOME-7F3K", "복사", "쿠폰 적용하기", "6일 03:00:00"],
    );
    check(CouponState::Issued, true, "copied", true, &["복사됨"]);
    check(CouponState::Applied, false, "applied", true, &["적용됨"]);
    check(
        CouponState::Redeemed,
        false,
        "redeemed",
        true,
        &["사용 완료"],
    );
    check(CouponState::Expired, false, "expired", true, &["만료됨"]);
    check(CouponState::Failed, false, "failed", false, &["다시 시도"]);
}

#[test]
fn a_failed_coupon_offers_a_retry() {
    let rendered = draw(
        &message_of("modal", r#"[{"coupon":"welcome"}]"#, ""),
        &Setting {
            coupon: CouponState::Failed,
            ..Setting::default()
        },
    );
    assert_eq!(rendered.actions, [vec![Action::Retry("welcome".into())]]);
}

#[test]
fn an_answer_opens_its_branch() {
    let blocks = r#"[{"rating":{"scale":10,"as":"numbers"},"name":"nps"}]"#;
    let branch = r#","branch":[{"when":{"nps":{"$lt":7}},"blocks":[{"text":"죄송해요"}]}]"#;
    let message = message_of("modal", blocks, branch);
    let texts = |answers: &'static str| {
        let rendered = draw(
            &message,
            &Setting {
                answers,
                ..Setting::default()
            },
        );
        all(&rendered).iter().any(|node| node.text == "죄송해요")
    };
    assert!(!texts("{}"));
    assert!(texts(r#"{"nps":3}"#));
    assert!(!texts(r#"{"nps":9}"#));
}

#[test]
fn scales_have_their_usual_points() {
    let points = |blocks: &str| {
        let rendered = draw(&message_of("modal", blocks, ""), &Setting::default());
        all(&rendered)
            .iter()
            .filter(|node| node.part == "box")
            .map(|node| attr(node, "value").unwrap().to_string())
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(
        points(r#"[{"rating":{"scale":10,"as":"numbers"},"name":"n"}]"#),
        "0 1 2 3 4 5 6 7 8 9 10"
    );
    assert_eq!(
        points(r#"[{"rating":{"scale":5,"as":"stars"},"name":"n"}]"#),
        "1 2 3 4 5"
    );
    assert_eq!(
        points(r#"[{"choice":[{"ko":"가","en":"A"}],"name":"n"}]"#),
        "가"
    );
}

#[test]
fn a_form_can_always_be_sent() {
    let blocks = r#"[{"input":{"type":"tel","label":"전화"},"name":"tel"}]"#;
    let rendered = draw(&message_of("modal", blocks, ""), &Setting::default());
    assert_eq!(rendered.actions, [vec![Action::Submit]]);
    assert_eq!(
        attr(find(&all(&rendered), "primary"), "type"),
        Some("submit")
    );
}

#[test]
fn products_come_from_the_event() {
    let rendered = draw(&message_of("modal", CONTENTS[4].1, ""), &Setting::default());
    let nodes = all(&rendered);
    assert_eq!(
        nodes.iter().filter(|node| node.part == "product").count(),
        3
    );
    assert!(nodes.iter().any(|node| node.text == "189,000원"));
    assert_eq!(attr(find(&nodes, "product"), "href"), Some("/p/1"));
    let none = draw(
        &message_of("modal", r#"[{"products":"event.none"}]"#, ""),
        &Setting::default(),
    );
    assert!(!has(&all(&none), "products"));
}

#[test]
fn a_reply_is_part_of_the_conversation() {
    let rendered = draw(
        &message_of("bubble", CONTENTS[10].1, ""),
        &Setting::default(),
    );
    let nodes = all(&rendered);
    assert_eq!(nodes.iter().filter(|node| node.part == "reply").count(), 3);
    assert_eq!(
        rendered.actions[2],
        [
            Action::Reply {
                index: 2,
                label: "상담원과 이야기할래요".into(),
                answer: String::new()
            },
            Action::Chat("안녕하세요".into()),
        ]
    );
}

#[test]
fn what_counts_down_says_when_it_changes() {
    let rendered = draw(&message_of("modal", CONTENTS[3].1, ""), &Setting::default());
    let timer = find(&all(&rendered), "timer").clone();
    assert_eq!(timer.until, rendered.changes_at);
    assert_eq!(timer.text, "2일 08:55:55");
}

#[test]
fn nothing_dangerous_gets_into_a_tree() {
    let vectors = [
        "javascript:alert(1)",
        "<img src=x onerror=alert(1)>",
        "\"><script>alert(1)</script>",
        "{{ traits.evil }}",
        "' onmouseover='alert(1)",
        "java\\tscript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
    ];
    let doc = r#"{"traits":{"evil":"javascript:alert(1)"}}"#;
    for vector in vectors {
        let text = to_text(&vector.replace("\\t", "\t").into());
        let blocks = [
            r#"[{"text":"#,
            &text,
            r#","as":"#,
            &text,
            r#"},{"image":"#,
            &text,
            r#","alt":"#,
            &text,
            r#","action":{"open":"#,
            &text,
            r#"}},{"button":"#,
            &text,
            r#","action":{"open":"#,
            &text,
            r#"}},{"products":[{"name":"#,
            &text,
            r#","url":"#,
            &text,
            r#","image_url":"#,
            &text,
            r#","brand":"#,
            &text,
            r#"}]},{"choice":["#,
            &text,
            r#"],"name":"#,
            &text,
            r#"},{"input":{"type":"#,
            &text,
            r#","label":"#,
            &text,
            r#","consent":"#,
            &text,
            r#"},"name":"#,
            &text,
            r#"},{"chat":{"greeting":"#,
            &text,
            r#","replies":[{"label":"#,
            &text,
            r#","action":{"open":"#,
            &text,
            r#"}}]}}]"#,
        ]
        .concat();
        for layout in &LAYOUTS {
            let rendered = draw(
                &message_of(layout.name, &blocks, ""),
                &Setting {
                    doc,
                    ..Setting::default()
                },
            );
            assert_closed(&rendered);
            for node in all(&rendered) {
                for name in ["href", "src"] {
                    let address = attr(node, name)
                        .unwrap_or("")
                        .trim_start()
                        .to_ascii_lowercase();
                    assert!(
                        !address.starts_with("javascript:") && !address.starts_with("data:"),
                        "{address}"
                    );
                }
            }
            for action in rendered.actions.iter().flatten() {
                if let Action::Open { url, .. } = action {
                    assert!(!url.to_ascii_lowercase().contains("javascript:"), "{url}");
                }
            }
        }
    }
}
