//! What each layout and block becomes.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // A test may fail.

mod message;

use dangol::domain::json::to_text;
use dangol::domain::message::CouponState;
use dangol::domain::message::action::Action;
use dangol::domain::message::layout::LAYOUTS;
use message::{CONTENTS, Setting, all, assert_closed, attempt, attr, draw, find, has, message_of};

#[test]
fn a_layout_says_what_it_is() {
    #[track_caller]
    fn check(layout: &str, role: &str, is_modal: bool, position: &str) {
        let rendered = draw(&message_of(layout, CONTENTS[0].1, ""), &Setting::default());
        assert_eq!(attr(&rendered.tree, "role"), Some(role));
        assert_eq!(attr(&rendered.tree, "aria-modal").is_some(), is_modal);
        assert_eq!(rendered.modal, is_modal);
        assert_eq!(rendered.position, position);
        assert_eq!(attr(&rendered.tree, "aria-labelledby"), Some("title"));
        assert_eq!(has(&all(&rendered), "close"), layout != "inline");
    }
    check("banner", "region", false, "top");
    check("modal", "dialog", true, "center");
    check("slide", "dialog", false, "bottom-right");
    check("sheet", "dialog", true, "bottom");
    check("toast", "status", false, "bottom");
    check("fullscreen", "dialog", true, "center");
    check("bubble", "dialog", false, "bottom-right");
    check("inline", "region", false, "center");
    check("custom", "region", false, "center");
}

#[test]
fn text_from_right_to_left_turns_the_corner() {
    let rendered = draw(&message_of("slide", CONTENTS[0].1, ""), &Setting { locale: "ar", ..Setting::default() });
    assert_eq!((rendered.dir, rendered.position), ("rtl", "bottom-left"));
    // What is not there in Arabic is read, and runs, in the language it is in.
    let korean = r#"[{"text":"가을","as":"title"},{"text":{"ko":"신상이 도착했어요","ja":"新作"}}]"#;
    for (locale, dir, lang) in [("ar", "ltr", "ko"), ("de", "ltr", "ko"), ("ja-JP", "ltr", "ja-JP")] {
        let rendered = draw(&message_of("slide", korean, ""), &Setting { locale, ..Setting::default() });
        assert_eq!((rendered.dir, attr(&rendered.tree, "dir"), attr(&rendered.tree, "lang")), (dir, Some(dir), Some(lang)));
    }
}

#[test]
fn amounts_and_dates_are_written_in_the_language_of_their_text() {
    let message = message_of(
        "modal",
        r#"[{"text":{"ko":"{{ '2026-03-05' | date }}까지 {{ 50000 | money }}"},"as":"title"},
            {"text":{"ko":"{{ 50000 | money }}","en":"{{ 50000 | money }} off"}},{"text":"{{ 50000 | money }}","as":"caption"}]"#,
        "",
    );
    for (locale, texts) in [
        ("en", ["2026년 3월 5일까지 50,000원", "₩50,000 off", "₩50,000"]),
        ("KO", ["2026년 3월 5일까지 50,000원", "50,000원", "50,000원"]),
        ("Ko-kr", ["2026년 3월 5일까지 50,000원", "50,000원", "50,000원"]),
    ] {
        let rendered = draw(&message, &Setting { locale, ..Setting::default() });
        let nodes = all(&rendered);
        assert_eq!(["title", "body", "caption"].map(|part| find(&nodes, part).text.as_str()), texts, "{locale}");
    }
    let shouted = draw(&message, &Setting { locale: "KO", ..Setting::default() });
    assert_eq!(attr(find(&all(&shouted), "close"), "aria-label"), Some("닫기"));
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
    fn check(coupon: CouponState, copied: Option<bool>, state: &str, code: bool, texts: &[&str]) {
        let rendered = draw(&message_of("modal", r#"[{"coupon":"welcome"}]"#, ""), &Setting { coupon, copied, ..Setting::default() });
        let nodes = all(&rendered);
        let card = find(&nodes, "coupon");
        assert_eq!(attr(card, "data-state"), Some(state));
        assert_eq!(has(&nodes, "code"), code);
        for text in texts {
            assert!(nodes.iter().any(|node| node.text == *text), "{text}");
        }
        assert_eq!(find(&nodes, "coupon-name").text, "첫 주문 무료배송");
    }
    check(CouponState::Issuing, None, "issuing", false, &["쿠폰을 준비하고 있어요"]);
    check(CouponState::Issued, None, "issued", true, &["WELCOME-7F3K", "복사", "쿠폰 적용하기", "6일 03:00:00"]);
    check(CouponState::Issued, Some(true), "copied", true, &["복사됨"]);
    check(CouponState::Issued, Some(false), "uncopied", true, &["복사", "자동으로 복사하지 못했어요. 선택된 코드를 직접 복사해 주세요."]);
    check(CouponState::Applied, None, "applied", true, &["적용됨"]);
    check(CouponState::Redeemed, None, "redeemed", true, &["사용 완료"]);
    check(CouponState::Expired, None, "expired", true, &["만료됨"]);
    check(CouponState::Failed, None, "failed", false, &["다시 시도"]);
}

#[test]
fn a_failed_coupon_offers_a_retry() {
    let rendered =
        draw(&message_of("modal", r#"[{"coupon":"welcome"}]"#, ""), &Setting { coupon: CouponState::Failed, ..Setting::default() });
    assert_eq!(rendered.actions, [vec![Action::Retry("welcome".into())]]);
}

#[test]
fn products_come_from_the_event() {
    let rendered = draw(&message_of("modal", CONTENTS[4].1, ""), &Setting::default());
    let nodes = all(&rendered);
    assert_eq!(nodes.iter().filter(|node| node.part == "product").count(), 3);
    assert!(nodes.iter().any(|node| node.text == "189,000원"));
    assert_eq!(attr(find(&nodes, "product"), "href"), Some("/p/1"));
    let none = draw(&message_of("modal", r#"[{"text":"제목"},{"products":"event.none"}]"#, ""), &Setting::default());
    assert!(!has(&all(&none), "products"));
    let texts = draw(
        &message_of(
            "modal",
            r#"[{"products":[{"name":"코트","price":"12000","compare_at_price":"15000.00"},{"name":"모자","price":"문의"}]}]"#,
            "",
        ),
        &Setting::default(),
    );
    let prices: Vec<&str> = all(&texts).iter().filter(|node| node.part == "price").map(|node| &*node.text).collect();
    assert_eq!(prices, ["12,000원"], "an amount may be written as a text");
}

#[test]
fn what_came_with_an_event_is_data_what_is_configured_a_template() {
    let doc = r#"{"traits":{"name":"민지"},"event":{"products":[{"name":"{{ traits.name }}"}]}}"#;
    let names = |blocks: &str| {
        let rendered = draw(&message_of("modal", blocks, ""), &Setting { doc, ..Setting::default() });
        find(&all(&rendered), "product-name").text.clone()
    };
    assert_eq!(names(r#"[{"products":"event.products"}]"#), "{{ traits.name }}");
    assert_eq!(names(r#"[{"products":[{"name":"{{ traits.name }}"}]}]"#), "민지");
}

#[test]
fn the_wallet_lists_what_is_held_and_is_never_blank() {
    let card = |coupon, blocks: &str| {
        let rendered = draw(&message_of("modal", blocks, ""), &Setting { coupon, ..Setting::default() });
        let nodes = all(&rendered);
        (has(&nodes, "coupon"), find(&nodes, "wallet").tag, rendered.actions.clone())
    };
    let (shown, tag, actions) = card(CouponState::Issued, r#"[{"wallet":"all"}]"#);
    assert_eq!((shown, tag), (true, "ul"));
    // Several coupons may have one id, so the buttons in a wallet go by what is unique.
    assert_eq!(actions, [vec![Action::Copy("key-1".into())], vec![Action::Apply("key-1".into())]]);
    assert!(card(CouponState::Redeemed, r#"[{"wallet":"all"}]"#).0);
    let (shown, tag, _) = card(CouponState::Redeemed, r#"[{"wallet":"usable"}]"#);
    assert_eq!((shown, tag), (false, "div"));
    let rendered = draw(
        &message_of("modal", r#"[{"wallet":"usable","empty":"없음"}]"#, ""),
        &Setting { coupon: CouponState::Expired, ..Setting::default() },
    );
    assert_eq!(find(&all(&rendered), "empty").text, "없음");
}

#[test]
fn a_reply_is_part_of_the_conversation() {
    let rendered = draw(&message_of("bubble", CONTENTS[10].1, ""), &Setting::default());
    let nodes = all(&rendered);
    assert_eq!(nodes.iter().filter(|node| node.part == "reply").count(), 3);
    assert_eq!(
        rendered.actions[2],
        [
            Action::Reply { index: 2, label: "상담원과 이야기할래요".into(), answer: String::new(), mute: None },
            Action::Chat { message: "안녕하세요".into(), add: false }
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
            let rendered = draw(&message_of(layout.name, &blocks, ""), &Setting { doc, ..Setting::default() });
            assert_closed(&rendered);
            for node in all(&rendered) {
                for name in ["href", "src"] {
                    let address = attr(node, name).unwrap_or("").trim_start().to_ascii_lowercase();
                    assert!(!address.starts_with("javascript:") && !address.starts_with("data:"), "{address}");
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

#[test]
fn a_full_bar_says_so_instead_of_what_is_left() {
    let blocks = r#"[{"progress":"cart.value","of":30000,"text":"{{ 30000 | minus: cart.value | money }} 남았어요"}]"#;
    for (locale, words) in [("ko", "다 채웠어요!"), ("en", "You've reached it!"), ("ja", "達成しました！")] {
        let rendered = draw(&message_of("toast", blocks, ""), &Setting { locale, ..Setting::default() });
        let nodes = all(&rendered);
        assert_eq!(find(&nodes, "body").text, words);
        assert_eq!(attr(find(&nodes, "fill"), "data-fill"), Some("100"));
    }
}

#[test]
fn a_message_without_anything_in_it_is_none() {
    assert!(
        attempt(
            &message_of("modal", r#"[{"products":"event.none"},{"text":"{{ traits.none }}"},{"button":" "}]"#, ""),
            &Setting::default()
        )
        .is_none()
    );
    // What is the shop's to draw may do without.
    assert!(attempt(&message_of("custom", "[]", ""), &Setting::default()).is_some());
    let rendered = draw(&message_of("modal", r#"[{"text":"제목"},{"button":"","action":{"close":true}}]"#, ""), &Setting::default());
    assert!(!has(&all(&rendered), "button"));
}

#[test]
fn a_picture_names_a_message_without_words() {
    let name = |blocks: &str| attr(&draw(&message_of("modal", blocks, ""), &Setting::default()).tree, "aria-label").map(String::from);
    assert_eq!(name(r#"[{"image":"/a.png","alt":"여름 세일"}]"#).as_deref(), Some("여름 세일"));
    assert_eq!(name(r#"[{"text":"본문"},{"image":"/a.png","alt":"여름 세일"}]"#).as_deref(), Some("본문"));
    assert_eq!(name(r#"[{"image":"/a.png","alt":""}]"#).as_deref(), Some("알림"));
}
