//! The three stories that Dangol must always tell, as journeys through the demo shop's own configuration.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use dangol::domain::json;
use dangol::domain::replay::replay;
use dangol::domain::value::Value;

fn shop() -> Value {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/www/campaigns.json")).unwrap();
    json::parse(&text).unwrap()
}

/// The decisions of a journey, each as `campaign[/step] outcome[ reason] @ timestamp`, without those of the everyday campaigns.
#[track_caller]
fn decisions(lines: &str) -> Vec<String> {
    let result = replay(&shop(), &Value::from(lines), &Value::Null);
    result
        .list("decisions")
        .iter()
        .filter(|decision| ["welcome-back", "new-member", "cart-chat", "cart-coupon"].contains(&decision.text("campaign").unwrap()))
        .map(|decision| {
            let mut line = decision.text("campaign").unwrap().to_string();
            if let Some(step) = decision.text("step") {
                line = format!("{line}/{step}");
            }
            line = format!("{line} {}", decision.text("outcome").unwrap());
            if let Some(reason) = decision.text("reason") {
                line = format!("{line} {reason}");
            }
            format!("{line} @ {}", decision.text("timestamp").unwrap())
        })
        .collect()
}

#[test]
fn a_visitor_back_after_two_weeks_is_welcomed() {
    let journey = |days: u32| {
        format!(
            r#"{{"type":"page","messageId":"1","timestamp":"2026-11-01T01:00:00Z","properties":{{"url":"https://shop.test/"}}}}
               {{"type":"identify","messageId":"2","userId":"m1","traits":{{"name":"지은"}},"timestamp":"2026-11-01T01:00:10Z"}}
               {{"type":"page","messageId":"3","timestamp":"2026-11-{:02}T01:00:11Z","properties":{{"url":"https://shop.test/"}}}}
               {{"type":"tick","timestamp":"2026-11-{:02}T01:00:20Z"}}"#,
            1 + days,
            1 + days
        )
    };
    assert_eq!(decisions(&journey(15)).last().unwrap(), "welcome-back shown @ 2026-11-16T01:00:11.000Z");
    assert_eq!(decisions(&journey(3)).last().unwrap(), "welcome-back suppressed not_in_audience @ 2026-11-04T01:00:11.000Z");
}

#[test]
fn a_new_member_gets_the_coupon_at_once_and_the_reminder_on_day_two() {
    let start = r#"{"type":"page","messageId":"1","timestamp":"2026-11-01T01:00:00Z","properties":{"url":"https://shop.test/signup"}}
        {"type":"identify","messageId":"2","userId":"m1","traits":{"name":"지은","signedUpAt":"2026-11-01T01:01:00Z"},"timestamp":"2026-11-01T01:01:00.000Z"}
        {"type":"track","event":"Signed Up","messageId":"3","timestamp":"2026-11-01T01:01:00.001Z"}
        {"type":"page","messageId":"4","timestamp":"2026-11-01T01:01:00.400Z","properties":{"url":"https://shop.test/my"}}
        {"type":"tick","timestamp":"2026-11-01T01:05:00Z"}"#;
    let back = r#"
        {"type":"page","messageId":"6","timestamp":"2026-11-03T02:00:00Z","properties":{"url":"https://shop.test/"}}
        {"type":"tick","timestamp":"2026-11-03T02:01:00Z"}"#;
    let order = r#"
        {"type":"track","event":"Order Completed","messageId":"5","properties":{"order_id":"o1","revenue":50000},"timestamp":"2026-11-01T01:06:00Z"}"#;
    let shown: Vec<String> = decisions(&format!("{start}{back}")).into_iter().filter(|line| line.starts_with("new-member")).collect();
    assert_eq!(
        shown,
        [
            "new-member/welcome shown @ 2026-11-01T01:01:00.001Z",
            "new-member/welcome shown @ 2026-11-01T01:01:00.400Z",
            "new-member/reminder shown @ 2026-11-03T02:00:00.000Z",
        ]
    );
    let ordered: Vec<String> =
        decisions(&format!("{start}{order}{back}")).into_iter().filter(|line| line.starts_with("new-member/reminder")).collect();
    assert_eq!(ordered, ["new-member/reminder suppressed goal_reached @ 2026-11-01T01:06:00.000Z"]);
}

#[test]
fn nobody_is_reminded_of_a_coupon_that_is_over() {
    let journey = |time: &str| {
        format!(
            r#"{{"type":"page","messageId":"1","timestamp":"2026-11-01T01:00:00Z","properties":{{"url":"https://shop.test/signup"}}}}
               {{"type":"identify","messageId":"2","userId":"m1","traits":{{"signedUpAt":"2026-11-01T01:01:00Z"}},"timestamp":"2026-11-01T01:01:00Z"}}
               {{"type":"track","event":"Signed Up","messageId":"3","timestamp":"2026-11-01T01:01:00Z"}}
               {{"type":"page","messageId":"4","timestamp":"2026-11-01T01:01:01Z","properties":{{"url":"https://shop.test/my"}}}}
               {{"type":"page","messageId":"5","timestamp":"{time}","properties":{{"url":"https://shop.test/"}}}}"#
        )
    };
    let last = |time: &str| decisions(&journey(time)).into_iter().rfind(|line| line.starts_with("new-member/")).unwrap();
    assert_eq!(last("2026-11-08T01:00:59.999Z"), "new-member/reminder shown @ 2026-11-08T01:00:59.999Z");
    assert_eq!(last("2026-11-08T01:01:00Z"), "new-member/reminder suppressed not_in_audience @ 2026-11-08T01:01:00.000Z");
}

#[test]
fn a_visitor_hesitating_over_a_full_cart_is_offered_a_chat() {
    let cart = |price: u32| {
        format!(
            r#"{{"type":"page","messageId":"1","timestamp":"2026-11-01T01:00:00Z","properties":{{"url":"https://shop.test/p/1"}}}}
               {{"type":"track","event":"Product Added","messageId":"2","timestamp":"2026-11-01T01:00:30Z","properties":{{"product_id":"a","price":{price},"quantity":1,"currency":"KRW"}}}}
               {{"type":"page","messageId":"3","timestamp":"2026-11-01T01:01:00Z","properties":{{"url":"https://shop.test/cart"}}}}
               {{"type":"tick","timestamp":"2026-11-01T01:02:00Z"}}"#
        )
    };
    assert_eq!(
        decisions(&cart(120_000)).into_iter().filter(|line| line.starts_with("cart-chat")).collect::<Vec<_>>(),
        ["cart-chat shown @ 2026-11-01T01:01:20.000Z"]
    );
    assert_eq!(
        decisions(&cart(90_000)).into_iter().filter(|line| line.starts_with("cart-chat")).collect::<Vec<_>>(),
        ["cart-chat suppressed not_in_audience @ 2026-11-01T01:01:20.000Z"]
    );
}
