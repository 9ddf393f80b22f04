//! Every layout with every block, in three languages: each tree is made of closed lists only. The trees are written
//! to the test directory of the target, where the browser's tests and the gallery take them from.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // A test may fail.

mod message;

use dangol::domain::coupon::Coupon;
use dangol::domain::json::{parse, to_text};
use dangol::domain::message::layout::LAYOUTS;
use dangol::domain::message::{CouponState, Line, Rendered, check, theme};
use dangol::domain::problem::{Place, Problems};
use dangol::domain::value::Value;
use message::{CONTENTS, Setting, assert_closed, draw, message_of};

/// What the engine would hand to the renderer.
fn push_message(name: &str, locale: &str, theme: Option<&str>, rendered: &Rendered, out: &mut String) {
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
    let welcome = parse(r#"{"code":"W"}"#).unwrap();
    let coupons = [Coupon::read("welcome", &welcome, &Place::Root, &mut Problems::default()).unwrap()];
    for layout in &LAYOUTS {
        for (name, blocks) in CONTENTS.iter() {
            let message = message_of(layout.name, blocks, "");
            let mut problems = Problems::default();
            let known = check::Known { coupons: &coupons, campaigns: &["coupon".into()], config: &Value::Null };
            check::message(&parse(&message).unwrap(), &Place::Root, &known, &mut problems);
            assert!(problems.list.is_empty(), "{:?}", problems.list);
            for locale in ["ko", "en", "ja"] {
                let rendered = draw(&message, &Setting { locale, ..Setting::default() });
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
        let rendered = draw(&message_of("modal", r#"[{"coupon":"welcome"}]"#, ""), &Setting { coupon: state, ..Setting::default() });
        push_message(&["coupon-", name].concat(), "ko", None, &rendered, &mut out);
    }
    let offer = CONTENTS[0].1;
    let extras = r#","receipt":true,"dismiss":{"today":true}"#;
    for (name, layout, locale, theme) in [
        ("today-modal", "modal", "ko", None),
        ("today-sheet", "sheet", "ko", Some(r##"{"accent":"#e2483d"}"##)),
        ("rtl-modal", "modal", "ar", None),
        ("rtl-banner", "banner", "ar", Some(r##"{"accent":"#0b6e4f","radius":4}"##)),
        ("rtl-slide", "slide", "ar", None),
        ("english-slide", "slide", "en", Some(r##"{"accent":"#ffd400"}"##)),
    ] {
        let rendered = draw(&message_of(layout, offer, extras), &Setting { locale, ..Setting::default() });
        push_message(name, locale, theme, &rendered, &mut out);
    }
    // All that may stand below a message, and the states that a conversation and an answer lead to.
    let below = r#","receipt":true,"refusal":true,"dismiss":{"today":true}"#;
    for layout in LAYOUTS.iter().filter(|layout| layout.name != "custom") {
        let rendered = draw(&message_of(layout.name, offer, below), &Setting::default());
        push_message(&["receipt-", layout.name].concat(), "ko", None, &rendered, &mut out);
    }
    for (layout, locale) in [("modal", "en"), ("slide", "en"), ("modal", "ja"), ("modal", "ar"), ("slide", "ar")] {
        let rendered = draw(&message_of(layout, offer, below), &Setting { locale, ..Setting::default() });
        push_message(&["receipt-", layout, "-", locale].concat(), locale, None, &rendered, &mut out);
    }
    let told = Setting { data: Some((128, 2, "019a2b1c-7d3e-7f00-8a11-5b6c7d8e9f01")), ..Setting::default() };
    let rendered = draw(&message_of("modal", offer, below), &told);
    push_message("receipt-told", "ko", None, &rendered, &mut out);
    let talk = Setting {
        transcript: vec![
            Line { is_visitor: true, text: "사이즈가 고민돼요".into() },
            Line { is_visitor: false, text: "실측 사이즈표를 보내 드릴게요.".into() },
        ],
        ..Setting::default()
    };
    for layout in ["bubble", "slide"] {
        let rendered = draw(&message_of(layout, CONTENTS[10].1, ""), &talk);
        push_message(&["talk-", layout].concat(), "ko", None, &rendered, &mut out);
    }
    let away = Setting { is_away: true, ..talk };
    let rendered = draw(&message_of("bubble", CONTENTS[10].1, ""), &away);
    push_message("away-bubble", "ko", None, &rendered, &mut out);
    for (name, done) in [("copied", true), ("uncopied", false)] {
        let copied = Setting { copied: Some(done), ..Setting::default() };
        let rendered = draw(&message_of("modal", r#"[{"coupon":"welcome"}]"#, ""), &copied);
        push_message(&["coupon-", name].concat(), "ko", None, &rendered, &mut out);
    }
    out.push(']');
    std::fs::write(concat!(env!("CARGO_TARGET_TMPDIR"), "/gallery.json"), out).unwrap();
}
