//! What each layout and block becomes.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // A test may fail.

mod message;

use dangol::domain::json::to_text;
use dangol::domain::message::action::Action;
use dangol::domain::message::layout::LAYOUTS;
use dangol::domain::message::{CouponState, Line};
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
fn an_answer_opens_its_branch() {
    let blocks = r#"[{"rating":{"scale":10,"as":"numbers"},"name":"nps"}]"#;
    let branch = r#","branch":[{"when":{"nps":{"$lt":7}},"blocks":[{"text":"죄송해요"}]}]"#;
    let message = message_of("modal", blocks, branch);
    let texts = |answers: &'static str| {
        let rendered = draw(&message, &Setting { answers, ..Setting::default() });
        all(&rendered).iter().any(|node| node.text == "죄송해요")
    };
    assert!(!texts("{}"));
    assert!(texts(r#"{"nps":3}"#));
    assert!(!texts(r#"{"nps":9}"#));
}

#[test]
fn a_sent_form_gives_way_to_thanks() {
    // A question may have any name, `submitted` too.
    let draw_with = |sent| {
        let answers = r#"{"why":["가격"],"submitted":true}"#;
        draw(&message_of("modal", CONTENTS[7].1, ""), &Setting { answers, sent, ..Setting::default() })
    };
    let open = draw_with(&[]);
    assert!(has(&all(&open), "field") && !has(&all(&open), "thanks"));
    let sent = draw_with(&[0]);
    let nodes = all(&sent);
    assert!(has(&nodes, "thanks") && has(&nodes, "title"));
    assert!(!has(&nodes, "field") && !has(&nodes, "choice") && !has(&nodes, "primary"));
}

#[test]
fn a_single_question_is_sent_by_a_touch_several_by_a_button() {
    let one = draw(&message_of("modal", CONTENTS[6].1, ""), &Setting::default());
    assert_eq!(one.actions, [vec![Action::Submit(0)]]);
    let nodes = all(&one);
    assert!(!has(&nodes, "primary"));
    assert_eq!(find(&nodes, "box").action, Some(0));
    let two = r#"[{"rating":{},"name":"a"},{"choice":["x"],"name":"b"}]"#;
    let two = draw(&message_of("modal", two, ""), &Setting::default());
    let nodes = all(&two);
    assert!(has(&nodes, "primary"));
    assert_eq!(find(&nodes, "box").action, None);
}

#[test]
fn a_branch_can_be_sent_too() {
    let blocks = r#"[{"rating":{"scale":10,"as":"numbers"},"name":"nps"}]"#;
    let branch = r#","branch":[{"when":{"nps":{"$lt":7}},"blocks":[{"input":{"label":"왜"},"name":"why"}]}]"#;
    let rendered = draw(&message_of("modal", blocks, branch), &Setting { answers: r#"{"nps":3}"#, sent: &[0], ..Setting::default() });
    let nodes = all(&rendered);
    assert!(has(&nodes, "field") && has(&nodes, "primary") && !has(&nodes, "rating") && !has(&nodes, "thanks"));
    assert_eq!(rendered.actions, [vec![Action::Submit(0)], vec![Action::Submit(1)]]);
    let sent = Setting { answers: r#"{"nps":3,"why":""}"#, sent: &[0, 1], ..Setting::default() };
    let rendered = draw(&message_of("modal", blocks, branch), &sent);
    let nodes = all(&rendered);
    assert!(has(&nodes, "thanks") && !has(&nodes, "field") && !has(&nodes, "primary") && !has(&nodes, "rating"));
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
    assert_eq!(points(r#"[{"rating":{"scale":10,"as":"numbers"},"name":"n"}]"#), "0 1 2 3 4 5 6 7 8 9 10");
    assert_eq!(points(r#"[{"rating":{"scale":5,"as":"stars"},"name":"n"}]"#), "1 2 3 4 5");
    assert_eq!(points(r#"[{"choice":[{"ko":"가","en":"A"}],"name":"n"}]"#), "가");
}

#[test]
fn a_form_can_always_be_sent() {
    let blocks = r#"[{"input":{"type":"tel","label":"전화"},"name":"tel"}]"#;
    let rendered = draw(&message_of("modal", blocks, ""), &Setting::default());
    assert_eq!(rendered.actions, [vec![Action::Submit(0)]]);
    assert_eq!(attr(find(&all(&rendered), "primary"), "type"), Some("submit"));
}

#[test]
fn consent_is_never_required_and_says_so() {
    for (locale, words) in [("ko", "소식을 받을게요 (선택)"), ("en", "Send me news (optional)"), ("ja", "お知らせを受け取る (任意)")]
    {
        let blocks = r#"[{"input":{"type":"email","label":"E","required":true,"consent":"marketing","consentLabel":{"ko":"소식을 받을게요","en":"Send me news","ja":"お知らせを受け取る"}},"name":"email"}]"#;
        let rendered = draw(&message_of("modal", blocks, ""), &Setting { locale, ..Setting::default() });
        let nodes = all(&rendered);
        let tick = find(&nodes, "box");
        // The field is required, the consent beside it is not, and nobody has ticked it for the visitor.
        assert_eq!(attr(find(&nodes, "input"), "required"), Some(""));
        assert_eq!((attr(tick, "required"), attr(tick, "checked")), (None, None));
        assert!(tick.input.as_ref().is_some_and(|input| !input.required));
        assert!(nodes.iter().any(|node| node.text == words), "{locale}");
    }
    // What says so itself is not told twice.
    let own =
        r#"[{"input":{"type":"email","label":"E","required":true,"consent":"marketing","consentLabel":"[선택] 소식"},"name":"email"}]"#;
    let rendered = draw(&message_of("modal", own, ""), &Setting::default());
    assert!(all(&rendered).iter().any(|node| node.text == "[선택] 소식"));
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
fn where_nobody_answers_a_contact_is_asked_for_in_any_message() {
    let away = Setting {
        is_away: true,
        transcript: vec![Line { is_visitor: true, text: "상담할래요".into() }, Line { is_visitor: false, text: "지금은 어려워요".into() }],
        ..Setting::default()
    };
    for (blocks, replies) in [(CONTENTS[10].1, 3), (CONTENTS[0].1, 0)] {
        let rendered = draw(&message_of("slide", blocks, ""), &away);
        let nodes = all(&rendered);
        assert_eq!(nodes.iter().filter(|node| node.part == "chat").count(), 1);
        assert_eq!(nodes.iter().filter(|node| node.part == "reply").count(), replies);
        assert!(nodes.iter().any(|node| node.text == "상담할래요"));
        let field = find(&nodes, "input");
        assert_eq!((attr(field, "name"), attr(field, "required")), (Some("contact"), Some("")));
        assert!(rendered.actions.contains(&vec![Action::Contact]));
    }
}

#[test]
fn a_reply_is_part_of_the_conversation() {
    let rendered = draw(&message_of("bubble", CONTENTS[10].1, ""), &Setting::default());
    let nodes = all(&rendered);
    assert_eq!(nodes.iter().filter(|node| node.part == "reply").count(), 3);
    assert_eq!(
        rendered.actions[2],
        [
            Action::Reply { index: 2, label: "상담원과 이야기할래요".into(), answer: String::new() },
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
fn a_branch_without_a_question_is_no_form_to_thank_for() {
    let blocks = r#"[{"rating":{"scale":10,"as":"numbers"},"name":"nps"}]"#;
    let branch = r#","branch":[{"when":{"nps":{"$lt":7}},"blocks":[{"text":"죄송해요"},{"button":"보내기","action":{"submit":true}}]}]"#;
    let draw_with = |sent| draw(&message_of("modal", blocks, branch), &Setting { answers: r#"{"nps":3}"#, sent, ..Setting::default() });
    assert!(!has(&all(&draw_with(&[0])), "thanks"));
    let sent = draw_with(&[0, 1]);
    let nodes = all(&sent);
    assert!(has(&nodes, "thanks") && has(&nodes, "body") && !has(&nodes, "primary"));
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

#[test]
fn a_required_question_says_what_is_missing() {
    let blocks = r#"[{"rating":{},"name":"a","required":true},{"choice":["x","y"],"name":"b","multiple":true,"required":true},
        {"input":{"type":"text","label":"이름","required":true},"name":"c"},{"input":{"type":"tel","label":"전화"},"name":"d"},{"input":{"type":"text","label":"덧붙임"},"name":"e"}]"#;
    let rendered = draw(&message_of("modal", blocks, ""), &Setting::default());
    assert_closed(&rendered);
    let nodes = all(&rendered);
    assert_eq!(nodes.iter().filter(|node| node.text == "입력한 내용을 확인해 주세요.").count(), 5);
    // Each of several boxes may stay empty, so none of them is required by itself.
    let several = nodes.iter().find(|node| node.input.as_ref().is_some_and(|input| input.kind == "choices")).unwrap();
    assert!(several.input.as_ref().unwrap().required && attr(several, "required").is_none());
}
