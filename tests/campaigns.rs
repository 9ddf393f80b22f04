//! Golden journeys for the rules of CONTRACT §2: what is decided, when, and why not.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

#[path = "campaigns/interplay.rs"]
mod interplay;
#[path = "campaigns/script.rs"]
mod script;

use dangol::domain::json;
use dangol::domain::replay::replay;
use dangol::domain::value::Value;
use script::{FREE, MODAL, TOAST, check, config, journey, run, run_in, toast};

#[test]
fn triggers_fire_on_their_signal() {
    let both = format!(
        r#"{{"e":{{"trigger":{{"event":"Product Viewed","where":{{"category":"shoes"}}}},{TOAST}}},"p":{{"trigger":{{"page":{{"path":"/sale*","query":{{"ref":"a*"}}}}}},{TOAST}}}}}"#
    );
    check(
        FREE,
        &both,
        "01:00 page /\n01:01 Product Viewed {\"category\":\"hats\"}\n01:02 Product Viewed {\"category\":\"shoes\"}\n01:03 page /sale/x?ref=abc\n01:04 page /sale",
        &["02T01:02:00 e shown", "02T01:03:00 p shown"],
    );
    check(FREE, &toast("d", r#""trigger":{"dwell":"20s"}"#), "01:00 page /\n01:05 tick", &["02T01:00:20 d shown"]);
    check(FREE, &toast("x", r#""trigger":{"exit":true}"#), "01:00 page /\n01:00:05 exit\n01:00:09 exit", &["02T01:00:05 x shown"]);
    check(
        FREE,
        &toast("s", r#""trigger":{"scroll":60}"#),
        "01:00 page /\n01:00:05 scroll 30\n01:00:06 scroll 75\n01:00:07 scroll 90",
        &["02T01:00:06 s shown"],
    );
    check(
        FREE,
        &toast("g", r#""trigger":{"segment":"big","on":"enter"}"#),
        "01:00 page /\n01:01 Product Added {\"product_id\":\"a\",\"price\":150,\"quantity\":1}",
        &["02T01:01:00 g shown"],
    );
    check(
        FREE,
        &toast("l", r#""trigger":{"segment":"big","on":"leave"}"#),
        "01:00 page /\n01:01 Product Added {\"product_id\":\"a\",\"price\":150,\"quantity\":1}\n01:02 Order Completed {\"order_id\":\"1\"}",
        &["02T01:02:00 l shown"],
    );
    check(FREE, &toast("m", r#""trigger":{"manual":true}"#), "01:00 page /\n01:01 manual m", &["02T01:01:00 m shown"]);
    check(
        FREE,
        &toast("all", r#""trigger":{"all":[{"page":{"path":"/cart"}},{"scroll":50}]}"#),
        "01:00 page /\n01:01 scroll 80\n01:02 page /cart\n01:03 scroll 80\n01:04 scroll 90",
        &["02T01:03:00 all shown"],
    );
}

#[test]
fn a_delay_outlives_the_page_and_is_checked_again() {
    let campaign = toast(
        "w",
        r#""trigger":{"event":"Product Added","after":"2d"},"audience":{"cart.count":{"$gt":0}},"unless":{"event":"Order Completed"}"#,
    );
    check(
        FREE,
        &campaign,
        "01:00 page /\n01:01 Product Added {\"product_id\":\"a\",\"price\":1}\n+2dT05:00 page /",
        &["04T05:00:00 w shown"],
    );
    check(
        FREE,
        &campaign,
        "01:00 page /\n01:01 Product Added {\"product_id\":\"a\",\"price\":1}\n01:05 Order Completed {\"order_id\":\"1\"}\n+2dT05:00 page /",
        &["02T01:05:00 w suppressed goal_reached"],
    );
    check(
        FREE,
        &campaign,
        "01:00 page /\n01:01 Product Added {\"product_id\":\"a\",\"price\":1}\n01:05 Product Removed {\"product_id\":\"a\"}\n+2dT05:00 page /",
        &["04T05:00:00 w suppressed not_in_audience"],
    );
}

#[test]
fn limits_and_quiet_hours_are_asked_again_when_a_delay_ends() {
    let campaign = |rest: &str| toast("w", &format!(r#""trigger":{{"event":"Product Added","after":"2h"}}{rest}"#));
    // Shown by `show()` while it waits: the limit is spent when the wait ends.
    check(
        FREE,
        &campaign(r#","limits":{"perDay":1}"#),
        "01:00 page /\n01:01 Product Added\n01:05 manual w\n02:50 page /\n03:01 tick",
        &["02T01:05:00 w shown", "02T03:01:00 w suppressed frequency_capped"],
    );
    check(
        FREE,
        &campaign(r#","limits":{"afterDismiss":["1d"]}"#),
        "01:00 page /\n01:01 Product Added\n01:05 manual w\n01:05:01.5 Message Dismissed {\"campaign\":\"w\"}\n02:50 page /\n03:01 tick",
        &["02T01:05:00 w shown", "02T03:01:00 w suppressed muted"],
    );
    let quiet = r#"{"quietHours":{"from":"12:00","to":"13:00","purpose":"marketing"},"attention":{"minGap":"0s"}}"#;
    check(quiet, &campaign(""), "01:00 page /\n01:01 Product Added\n02:50 page /\n03:01 tick", &["02T03:01:00 w suppressed quiet_hours"]);
}

#[test]
fn priority_decides_and_the_loser_is_told() {
    let two =
        format!(r#"{{"a":{{"trigger":{{"page":{{}}}},"priority":1,{MODAL}}},"b":{{"trigger":{{"page":{{}}}},"priority":2,{MODAL}}}}}"#);
    check(FREE, &two, "01:00 page /", &["02T01:00:00 b shown", "02T01:00:00 a suppressed outranked to b"]);
}

#[test]
fn limits_hold() {
    check(
        FREE,
        &toast("c", r#""trigger":{"page":{}},"limits":{"total":1}"#),
        "01:00 page /\n01:01 page /a\n+9dT01:00 page /",
        &["02T01:00:00 c shown", "02T01:01:00 c suppressed frequency_capped", "11T01:00:00 c suppressed frequency_capped"],
    );
    check(
        FREE,
        &toast("c", r#""trigger":{"page":{}},"limits":{"perSession":1}"#),
        "01:00 page /\n01:10 page /a\n02:00 page /b",
        &["02T01:00:00 c shown", "02T01:10:00 c suppressed frequency_capped", "02T02:00:00 c shown"],
    );
    // The calendar day changes at 15:00 UTC in Seoul.
    check(
        FREE,
        &toast("c", r#""trigger":{"page":{}},"limits":{"perDay":1}"#),
        "14:50 page /\n14:59 page /a\n15:01 page /b",
        &["02T14:50:00 c shown", "02T14:59:00 c suppressed frequency_capped", "02T15:01:00 c shown"],
    );
    check(
        FREE,
        &toast("c", r#""trigger":{"page":{}},"limits":{"cooldown":"24h"}"#),
        "01:00 page /\n+1dT00:59:59 page /\n+1dT01:00:00 page /a",
        &["02T01:00:00 c shown", "03T00:59:59 c suppressed frequency_capped", "03T01:00:00 c shown"],
    );
    check(
        FREE,
        &toast("c", r#""trigger":{"page":{}},"limits":{"untilClicked":true}"#),
        "01:00 page /\n01:00:01.5 Message Clicked {\"campaign\":\"c\"}\n01:02 page /a",
        &["02T01:00:00 c shown", "02T01:02:00 c suppressed frequency_capped"],
    );
    check(
        FREE,
        &toast("c", r#""trigger":{"page":{}},"limits":{"afterDismiss":["1d","7d"]}"#),
        "01:00 page /\n01:00:01.5 Message Dismissed {\"campaign\":\"c\"}\n+1dT01:00 page /a\n+1dT01:00:02 page /b\n+1dT01:00:03.5 Message Dismissed {\"campaign\":\"c\"}\n+7dT01:00 page /c\n+8dT01:00:04 page /d",
        &[
            "02T01:00:00 c shown",
            "03T01:00:00 c suppressed muted",
            "03T01:00:02 c shown",
            "09T01:00:00 c suppressed muted",
            "10T01:00:04 c shown",
        ],
    );
}

#[test]
fn what_was_never_seen_is_given_back() {
    check(
        FREE,
        &toast("c", r#""trigger":{"page":{}},"limits":{"total":1}"#),
        "01:00:00 page /\n01:00:00.500 page /a\n01:00:05 page /b",
        &["02T01:00:00 c shown", "02T01:00:00 c shown", "02T01:00:05 c suppressed frequency_capped"],
    );
}

#[test]
fn attention_is_a_budget_for_all() {
    let two = format!(r#"{{"a":{{"trigger":{{"event":"A"}},{TOAST}}},"b":{{"trigger":{{"event":"B"}},{TOAST}}}}}"#);
    check(
        r#"{"attention":{"minGap":"30s"}}"#,
        &two,
        "01:00 page /\n01:00:01 A\n01:00:20 B\n01:00:31 B",
        &["02T01:00:01 a shown", "02T01:00:20 b suppressed attention_budget", "02T01:00:31 b shown"],
    );
    check(
        r#"{"attention":{"perSession":2,"minGap":"0s"}}"#,
        &two,
        "01:00 page /\n01:01 A\n01:02 B\n01:03 A\n01:40 A",
        &[
            "02T01:01:00 a shown",
            "02T01:02:00 b shown",
            "02T01:03:00 a suppressed attention_budget",
            // Half an hour without an event: another session.
            "02T01:40:00 a shown",
        ],
    );
}

#[test]
fn a_queued_message_has_its_turn_or_is_dropped() {
    let two = format!(r#"{{"a":{{"trigger":{{"event":"A"}},{TOAST}}},"b":{{"trigger":{{"event":"B"}},"queue":"2m",{TOAST}}}}}"#);
    check(
        FREE,
        &two,
        "01:00 page /\n01:00:01 A\n01:00:02 B\n01:05 tick",
        &["02T01:00:01 a shown", "02T01:00:02 b queued outranked to a", "02T01:00:03 b shown"],
    );
    check(
        r#"{"attention":{"minGap":"30s"}}"#,
        &two,
        "01:00 page /\n01:00:01 A\n01:00:10 B\n01:05 tick",
        &["02T01:00:01 a shown", "02T01:00:10 b queued attention_budget", "02T01:00:31 b shown"],
    );
    let blocked = format!(r#"{{"a":{{"trigger":{{"event":"A"}},{MODAL}}},"b":{{"trigger":{{"event":"B"}},"queue":"2m",{TOAST}}}}}"#);
    check(
        FREE,
        &blocked,
        "01:00 page /\n01:00:01 A\n01:00:02 B\n01:05 tick",
        &["02T01:00:01 a shown", "02T01:00:02 b queued outranked to a", "02T01:02:02 b suppressed outranked to a"],
    );
    let bound = format!(r#"{{"a":{{"trigger":{{"event":"A"}},{MODAL}}},"b":{{"trigger":{{"scroll":50}},"queue":"10m",{TOAST}}}}}"#);
    check(
        FREE,
        &bound,
        "01:00 page /\n01:00:01 A\n01:00:02 scroll 60\n01:01 page /next",
        &["02T01:00:01 a shown", "02T01:00:02 b queued outranked to a", "02T01:01:00 b suppressed page_left"],
    );
}

#[test]
fn quiet_hours_need_a_consent_of_their_own() {
    let quiet = r#"{"quietHours":{"from":"21:00","to":"08:00","purpose":"marketing","unlessConsent":"marketingNight"},"attention":{"minGap":"0s"}}"#;
    let night = r#"{"consent":{"analytics":true,"personalization":true,"marketing":true,"marketingNight":false}}"#;
    let campaigns =
        format!(r#"{{"m":{{"trigger":{{"page":{{}}}},{TOAST}}},"s":{{"trigger":{{"event":"S"}},"purpose":"service",{TOAST}}}}}"#);
    // 21:00 in Seoul is 12:00 UTC, 08:00 is 23:00 UTC.
    let script = "11:59:00 page /\n12:00:00 page /a\n12:00:05 S\n22:59:59 page /b\n23:00:00 page /c";
    assert_eq!(
        run(quiet, &campaigns, night, script),
        [
            "02T11:59:00 m shown",
            "02T12:00:00 m suppressed quiet_hours",
            "02T12:00:05 s shown",
            "02T22:59:59 m suppressed quiet_hours",
            "02T23:00:00 m shown",
        ]
    );
    assert_eq!(run(quiet, &campaigns, "{}", "12:30 page /"), ["02T12:30:00 m shown"]);
}

#[test]
fn consent_gates_purposes() {
    let campaigns =
        format!(r#"{{"m":{{"trigger":{{"page":{{}}}},{TOAST}}},"s":{{"trigger":{{"page":{{}}}},"purpose":"service",{TOAST}}}}}"#);
    let none = r#"{"consent":{"analytics":true,"personalization":true,"marketing":false,"marketingNight":false}}"#;
    let mut lines = run(FREE, &campaigns, none, "01:00 page /");
    lines.sort();
    assert_eq!(lines, ["02T01:00:00 m suppressed no_consent", "02T01:00:00 s shown"]);
}

#[test]
fn without_personalization_whatever_fires_is_told_why_it_does_not_come() {
    let each = r#"{"page":{"path":"/sale"}} {"event":"A","where":{"kind":"x"}} {"dwell":"5s"} {"event":"A","after":"1h"} {"event":"B"} {"event":"Message.Clicked"}"#;
    let campaigns = each
        .split(' ')
        .zip(["p", "e", "d", "w", "b", "own"])
        .map(|(trigger, id)| format!(r#""{id}":{{"purpose":"service","trigger":{},{TOAST}}}"#, trigger.replace('.', " ")));
    let campaigns = format!("{{{}}}", campaigns.collect::<Vec<_>>().join(","));
    let none = r#"{"consent":{"analytics":true,"personalization":false,"marketing":true,"marketingNight":false}}"#;
    // The last two fire nothing: Dangol's own event, and one that came late.
    let script = [
        "01:00 page /sale",
        r#"01:00:01 A {"kind":"x"}"#,
        r#"01:01 A {"kind":"y"}"#,
        "03:00 page /",
        "03:01 Message Clicked {}",
        "02:30 B {}",
    ];
    let mut lines = run(FREE, &campaigns, none, &script.join("\n"));
    lines.sort();
    let told: Vec<String> = ["01:00:00 p", "01:00:01 e", "01:00:01 w", "01:00:05 d", "01:01:00 w", "03:00:05 d"]
        .iter()
        .map(|line| format!("02T{line} suppressed no_consent"))
        .collect();
    assert_eq!(lines, told);
}

#[test]
fn a_schedule_runs_in_the_shops_time() {
    let campaign = toast(
        "c",
        r#""trigger":{"page":{}},"schedule":{"from":"2026-11-02T10:00:00+09:00","to":"2026-11-04T00:00:00+09:00","days":["mon","tue"],"hours":[{"from":"10:00","to":"22:00"}]}"#,
    );
    check(
        FREE,
        &campaign,
        "00:59 page /\n01:00 page /a\n13:00 page /b\n+1dT01:00 page /c\n+1dT15:00 page /d",
        &[
            "02T00:59:00 c suppressed outside_schedule",
            "02T01:00:00 c shown",
            "02T13:00:00 c suppressed outside_schedule",
            "03T01:00:00 c shown",
            "03T15:00:00 c suppressed outside_schedule",
        ],
    );
}

#[test]
fn a_schedule_is_right_across_daylight_saving_and_month_ends() {
    let on = |schedule: &str| toast("c", &format!(r#""trigger":{{"page":{{}}}},"schedule":{{{schedule}}}"#));
    let runs = |zone: &str, schedule: &str, moments: &[&str]| -> Vec<bool> {
        let script: String = moments.iter().map(|moment| format!("{moment} page /\n")).collect();
        run_in(zone, FREE, &on(schedule), "{}", &script).iter().map(|line| line.ends_with("shown")).collect()
    };
    // In Berlin the hour from two to three is left out on 29 March 2026, and comes twice on 25 October.
    let spring = ["2026-03-29T00:29:59Z", "2026-03-29T00:30:00Z", "2026-03-29T00:59:59Z", "2026-03-29T01:00:00Z"];
    assert_eq!(runs("Europe/Berlin", r#""hours":[{"from":"01:30","to":"02:30"}]"#, &spring), [false, true, true, false]);
    assert_eq!(runs("Europe/Berlin", r#""hours":[{"from":"02:00","to":"03:00"}]"#, &spring), [false; 4]);
    let autumn = ["2026-10-24T23:59:59Z", "2026-10-25T00:00:00Z", "2026-10-25T01:30:00Z", "2026-10-25T02:00:00Z"];
    assert_eq!(runs("Europe/Berlin", r#""hours":[{"from":"02:00","to":"03:00"}]"#, &autumn), [false, true, true, false]);
    // A day of 25 hours is one day.
    let long = ["2026-10-24T21:59:59Z", "2026-10-24T22:00:00Z", "2026-10-25T22:59:59Z", "2026-10-25T23:00:00Z"];
    assert_eq!(runs("Europe/Berlin", r#""days":["sun"]"#, &long), [false, true, true, false]);
    // The ends of October, of February in a leap year, and of the year, at the shop's midnight.
    let ends = [
        ("sat", "2026-10-31T14:59:59Z"),
        ("sun", "2026-10-31T15:00:00Z"),
        ("tue", "2028-02-28T15:00:00Z"),
        ("wed", "2028-02-29T15:00:00Z"),
        ("fri", "2026-12-31T15:00:00Z"),
    ];
    for (day, moment) in ends {
        assert_eq!(runs("Asia/Seoul", &format!(r#""days":["{day}"]"#), &[moment]), [true], "{day} {moment}");
    }
    // A date without an offset is the shop's own, as its days and hours are; one with an offset is that moment.
    let midnight = ["2026-11-04T14:59:59Z", "2026-11-04T15:00:00Z", "2026-11-05T14:59:59Z", "2026-11-05T15:00:00Z"];
    assert_eq!(runs("Asia/Seoul", r#""from":"2026-11-05","to":"2026-11-06""#, &midnight), [false, true, true, false]);
    assert_eq!(runs("Asia/Seoul", r#""from":"2026-11-05T00:00","to":"2026-11-06T00:00:00""#, &midnight), [false, true, true, false]);
    assert_eq!(
        runs("Asia/Seoul", r#""from":"2026-11-05T00:00:00+09:00","to":"2026-11-05T15:00:00Z""#, &midnight),
        [false, true, true, false]
    );
    assert_eq!(
        runs(
            "Europe/Berlin",
            r#""from":"2026-03-29","to":"2026-03-29T12:00""#,
            &["2026-03-28T22:59:59Z", "2026-03-28T23:00:00Z", "2026-03-29T09:59:59Z", "2026-03-29T10:00:00Z"]
        ),
        [false, true, true, false]
    );
}

#[test]
fn steps_wait_for_one_another() {
    let steps = format!(
        r#"{{"w":{{"trigger":{{"event":"Signed Up"}},"unless":{{"event":"Order Completed"}},"limits":{{"total":1}},"steps":[{{"id":"one",{TOAST}}},{{"id":"two","after":"2d","when":{{"$didNot":"Wishlist"}},{TOAST}}},{{"id":"three","after":"3d",{TOAST}}}]}}}}"#
    );
    check(
        FREE,
        &steps,
        "01:00 page /\n01:00:01 Signed Up\n01:00:10 tick\n+2dT02:00 page /\n+2dT02:01 tick\n+5dT03:00 page /\n+9dT03:00 page /",
        &["02T01:00:01 w/one shown", "04T02:00:00 w/two shown", "07T03:00:00 w/three shown"],
    );
    check(
        FREE,
        &steps,
        "01:00 page /\n01:00:01 Signed Up\n01:05 Wishlist\n+2dT02:00 page /\n+2dT02:01 tick\n+5dT03:00 page /",
        &["02T01:00:01 w/one shown", "04T02:00:00 w/two suppressed not_in_audience", "07T03:00:00 w/three shown"],
    );
    check(
        FREE,
        &steps,
        "01:00 page /\n01:00:01 Signed Up\n01:05 Order Completed {\"order_id\":\"1\"}\n+2dT02:00 page /\n+5dT03:00 page /",
        &["02T01:00:01 w/one shown", "02T01:05:00 w/two suppressed goal_reached"],
    );
}

#[test]
fn a_held_out_visitor_never_sees_it_and_is_counted_alike() {
    let all = toast("h", r#""trigger":{"page":{}},"holdout":1,"limits":{"total":1}"#);
    check(FREE, &all, "01:00 page /\n01:01 page /a", &["02T01:00:00 h held_out held_out", "02T01:01:00 h suppressed frequency_capped"]);
    let none = toast("h", r#""trigger":{"page":{}},"holdout":0"#);
    check(FREE, &none, "01:00 page /", &["02T01:00:00 h shown"]);
}

#[test]
fn a_broken_campaign_is_off_and_the_others_run() {
    let campaigns = format!(
        r#"{{"bad":{{"trigger":{{"page":{{}}}},"audience":{{"cart.value":{{"$gtee":1}}}},{TOAST}}},"good":{{"trigger":{{"page":{{}}}},{TOAST}}}}}"#
    );
    let mut lines = run(FREE, &campaigns, "{}", "01:00 page /");
    lines.sort();
    assert_eq!(lines, ["02T01:00:00 bad suppressed invalid", "02T01:00:00 good shown"]);
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let campaigns = format!(r#"{{"a":{{"trigger":{{"page":{{}}}},"holdout":0.3,{TOAST}}}}}"#);
    let script = journey("01:00 page /\n01:01 Product Added {\"product_id\":\"a\",\"price\":0.1,\"quantity\":3}\n+3dT01:00 page /");
    let config = config(FREE, &campaigns);
    let once = json::to_text(&replay(&config, &script, &Value::Null));
    assert_eq!(once, json::to_text(&replay(&config, &script, &Value::Null)));
}
