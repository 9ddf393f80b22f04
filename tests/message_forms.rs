//! What a message asks: forms, their questions and branches, and what is said once they are sent.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // A test may fail.

mod message;

use dangol::domain::message::Line;
use dangol::domain::message::action::Action;
use message::{CONTENTS, Setting, all, assert_closed, attr, draw, find, has, message_of};

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
