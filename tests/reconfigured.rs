//! A newer configuration comes while something waits, is shown, or is being decided: nothing of it is lost or mixed up.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod host;

use dangol::domain::engine::Effect;
use dangol::domain::json;
use dangol::domain::value::Value;
use host::{DAY, GRANTED, Host, MINUTE, NOON};

const SECOND: i64 = 1_000;
const FREE: &str = r#"{"attention":{"perSession":99,"perDay":99,"minGap":"0s"}}"#;

fn config(campaigns: &str) -> String {
    format!(r#"{{"version":1,"timezone":"Asia/Seoul","settings":{FREE},"campaigns":{{{campaigns}}}}}"#)
}

fn campaign(id: &str, trigger: &str, rest: &str) -> String {
    format!(r#""{id}":{{"trigger":{trigger},{rest}"message":{{"layout":"modal","blocks":[{{"text":"{id}"}}]}}}}"#)
}

fn on(id: &str, event: &str, rest: &str) -> String {
    campaign(id, &format!(r#"{{"event":"{event}"}}"#), rest)
}

fn begin(campaigns: &str) -> Host {
    let mut host = Host::new(&config(campaigns), GRANTED, NOON);
    host.page("https://shop.test/");
    host
}

fn track(host: &mut Host, event: &str) {
    host.call(&format!(r#""call":"track","name":"{event}","data":{{}}"#));
}

/// The message on screen comes into view.
fn look(host: &mut Host) {
    let impression = host.impression();
    host.give(&format!(r#"{{"in":"ui","impression":"{impression}","act":"inview"}}"#));
}

fn reconfigure(host: &mut Host, campaigns: &str) {
    let text = json::to_text(&Value::from(config(campaigns).as_str()));
    host.give(&format!(r#"{{"in":"config","text":{text},"etag":"2"}}"#));
}

/// The decisions since the start, as `campaign outcome reason`.
fn decisions(host: &Host) -> Vec<String> {
    let told = host.effects.iter().filter_map(|effect| match effect {
        Effect::Notify { kind: "message", detail } => detail.get("decision"),
        _ => None,
    });
    told.map(|one| ["campaign", "step", "outcome", "reason"].iter().filter_map(|key| one.text(key)).collect::<Vec<_>>().join(" ")).collect()
}

#[test]
fn what_waits_for_a_campaign_that_is_gone_keeps_nobody_awake_and_is_there_when_it_comes_back() {
    let (a, b) = (on("a", "X", ""), on("b", "Y", r#""queue":"10m","#));
    let mut host = begin(&format!("{a},{b}"));
    track(&mut host, "X");
    track(&mut host, "Y");
    assert_eq!(decisions(&host), ["a shown", "b queued outranked"]);
    look(&mut host);
    reconfigure(&mut host, &a);
    let rings = host.pass(NOON + 5 * MINUTE);
    assert!(rings < 20, "{rings}");
    reconfigure(&mut host, &format!("{a},{b}"));
    host.call(r#""call":"dismiss""#);
    assert_eq!(decisions(&host)[2..], ["b shown"]);

    let mut host = begin(&format!("{a},{b}"));
    track(&mut host, "X");
    track(&mut host, "Y");
    look(&mut host);
    reconfigure(&mut host, &a);
    assert!(host.pass(NOON + DAY) < 40);
}

#[test]
fn a_page_without_a_campaign_leaves_its_wait_to_one_that_has_it() {
    let late = campaign("late", r#"{"event":"X","after":"2d"}"#, "");
    let mut host = begin(&late);
    track(&mut host, "X");
    reconfigure(&mut host, &on("other", "Y", ""));
    host.now += 3 * DAY;
    host.page("https://shop.test/bare");
    assert!(host.pass(NOON + 3 * DAY + MINUTE) < 20);
    assert_eq!(decisions(&host), [""; 0]);
    reconfigure(&mut host, &late);
    assert_eq!(decisions(&host), ["late shown"]);
}

#[test]
fn a_slot_that_appears_shows_the_campaign_that_waited_for_it() {
    let inline = r##""m":{"trigger":{"event":"X"},"message":{"layout":"inline","slot":"#late","blocks":[{"text":"m"}]}}"##;
    let mut host = begin(inline);
    host.give(r##"{"in":"signal","signal":"slot_gone","value":"#late"}"##);
    track(&mut host, "X");
    assert_eq!(decisions(&host), ["m suppressed slot_missing"]);
    reconfigure(&mut host, &format!("{},{inline}", on("a", "Never", "")));
    host.give(r##"{"in":"signal","signal":"slot","value":"#late"}"##);
    assert_eq!(decisions(&host)[1..], ["m shown"]);
}

#[test]
fn what_has_fired_on_the_page_has_fired_whatever_comes_before_it_in_the_list() {
    let dwell = campaign("d", r#"{"dwell":"2s"}"#, "");
    let both = campaign("z", r#"{"all":[{"event":"X"},{"event":"Y"}]}"#, "");
    let mut host = begin(&format!("{dwell},{both}"));
    host.pass(NOON + 3 * SECOND);
    assert_eq!(decisions(&host), ["d shown"]);
    host.call(r#""call":"dismiss""#);
    track(&mut host, "X");
    reconfigure(&mut host, &format!("{},{dwell},{both}", on("a", "Never", "")));
    host.pass(NOON + 6 * SECOND);
    track(&mut host, "Y");
    assert_eq!(decisions(&host)[1..], ["z shown"]);
}

#[test]
fn what_was_about_to_be_decided_is_decided() {
    let (a, b) = (on("b", "X", ""), campaign("c", r#"{"manual":true}"#, ""));
    let mut host = begin(&format!("{a},{b}"));
    let now = host.now;
    let give = |host: &mut Host, input: &str| host.engine.apply(now, &json::parse(input).unwrap());
    // The shared state is asked for; before it comes, two things are to be decided and a configuration arrives.
    let mut seen = give(&mut host, &format!(r#"{{"in":"call","id":"t","at":{now},"call":"track","name":"X","data":{{}}}}"#));
    seen.extend(give(&mut host, &format!(r#"{{"in":"call","id":"s","at":{now},"call":"show","name":"c"}}"#)));
    let text = json::to_text(&Value::from(config(&format!("{},{a}", on("a", "Never", ""))).as_str()));
    seen.extend(give(&mut host, &format!(r#"{{"in":"config","text":{text},"etag":"2"}}"#)));
    assert!(seen.iter().any(|effect| matches!(effect, Effect::Claim)));
    host.effects.extend(seen);
    let shared = json::to_text(&Value::from(host.shared.clone().unwrap().as_str()));
    host.give(&format!(r#"{{"in":"claimed","shared":{shared}}}"#));
    assert_eq!(decisions(&host), ["b shown"]);
    let answered = host.effects.iter().filter(|effect| matches!(effect, Effect::Result { id, value: Value::Null } if &**id == "s"));
    assert_eq!(answered.count(), 1, "show() of a campaign that is gone resolves");
}

#[test]
fn a_wait_is_for_its_step_wherever_that_stands_by_then() {
    let step =
        |id: &str, after: &str| format!(r#"{{"id":"{id}","after":"{after}","message":{{"layout":"toast","blocks":[{{"text":"{id}"}}]}}}}"#);
    let steps = |list: &[String]| format!(r#""s":{{"trigger":{{"event":"X"}},"steps":[{}]}}"#, list.join(","));
    let mut host = begin(&steps(&[step("w", "0s"), step("r", "2d")]));
    track(&mut host, "X");
    host.call(r#""call":"dismiss""#);
    reconfigure(&mut host, &steps(&[step("w", "0s"), step("new", "1d"), step("r", "2d")]));
    host.now += 3 * DAY;
    host.page("https://shop.test/");
    assert_eq!(decisions(&host), ["s w shown", "s r shown"]);
}

#[test]
fn a_campaign_paused_while_consent_is_pending_is_shown_no_more() {
    let help = |rest: &str| on("help", "X", &format!(r#""purpose":"service","beforeConsent":true,{rest}"#));
    let mut host = Host::new(&config(&help("")), r#"{"consent":"pending"}"#, NOON);
    host.page("https://shop.test/");
    reconfigure(&mut host, &help(r#""status":"paused","#));
    track(&mut host, "X");
    assert_eq!(host.shown(), 0);
    reconfigure(&mut host, &help(""));
    track(&mut host, "X");
    assert_eq!(host.shown(), 1);
}

#[test]
fn a_signed_configuration_has_what_may_show_before_consent_as_any_other() {
    let signed = |campaigns: &str| {
        let head = "{\"dangol\":\"signed/1\",\"keyId\":\"k\",\"signature\":\"\"}\n{\"dangol\":\"configuration/1\",\"revision\":1}\n";
        format!("{head}{}", config(campaigns))
    };
    let help = on("help", "X", r#""purpose":"service","beforeConsent":true,"#);
    let mut host = Host::new(&signed(&help), r#"{"consent":"pending"}"#, NOON);
    host.page("https://shop.test/");
    track(&mut host, "X");
    assert_eq!(host.shown(), 1);
    let mut host = Host::new(&config(""), r#"{"consent":"pending"}"#, NOON);
    host.page("https://shop.test/");
    let text = json::to_text(&Value::from(signed(&help).as_str()));
    host.give(&format!(r#"{{"in":"config","text":{text}}}"#));
    track(&mut host, "X");
    assert_eq!(host.shown(), 1);
}

#[test]
fn what_one_that_was_refused_late_says_is_to_stay_stays_and_is_not_kept() {
    let options = r#"{"consent":"granted","endpoint":{"url":"/collect"}}"#;
    let mut host = Host::under(r#""config":null,"config_wanted":true"#, options, NOON, "{}");
    host.page("https://shop.test/");
    let limits = json::to_text(&Value::from(r#"{"version":1,"settings":{"localOnly":["properties.secret","traits"]}}"#));
    host.give(&format!(r#"{{"in":"config","text":null,"limits":{limits}}}"#));
    host.call(r#""call":"track","name":"X","data":{"secret":"hidden","open":"told"}"#);
    let sent = host.sent();
    assert!(sent.contains("told") && !sent.contains("hidden"), "{sent}");
    assert!(!host.effects.iter().any(|effect| matches!(effect, Effect::Save(save) if save.config.is_some())));
}

#[test]
fn what_the_server_adds_to_the_history_does_not_begin_a_session() {
    let mut host = begin(&on("a", "X", r#""limits":{"perSession":1},"#));
    track(&mut host, "X");
    host.call(r#""call":"dismiss""#);
    let order = r#"{"type":"track","messageId":"o","event":"Order Completed","timestamp":"2026-10-20T03:00:00.000Z","properties":{}}"#;
    host.call(&format!(r#""call":"identify","user":"u","data":{{}},"known":{{"history":[{order}]}}"#));
    track(&mut host, "X");
    assert_eq!(decisions(&host), ["a shown", "a suppressed frequency_capped"]);
}

#[test]
fn the_time_of_a_message_runs_from_when_it_is_looked_at() {
    let toast = |after: &str| {
        format!(
            r#""t":{{"trigger":{{"event":"X"}},"limits":{{"total":1}},"message":{{"layout":"toast","dismiss":{{"after":"{after}"}},"blocks":[{{"text":"t"}}]}}}}"#
        )
    };
    let gone = |host: &Host| host.effects.iter().filter(|effect| matches!(effect, Effect::Remove { .. })).count();
    let mut host = begin(&toast("3s"));
    track(&mut host, "X");
    let impression = host.impression();
    let act = |host: &mut Host, act: &str| host.give(&format!(r#"{{"in":"ui","impression":"{impression}","act":"{act}"}}"#));
    host.pass(NOON + 20 * SECOND);
    assert_eq!(gone(&host), 0, "nobody has seen it");
    act(&mut host, "inview");
    host.pass(NOON + 20 * SECOND + 500);
    act(&mut host, "outview");
    host.pass(NOON + 30 * SECOND);
    assert_eq!(gone(&host), 0);
    act(&mut host, "inview");
    act(&mut host, "hold");
    host.pass(NOON + 40 * SECOND);
    assert_eq!(gone(&host), 0, "the visitor has the pointer in it");
    act(&mut host, "release");
    host.pass(NOON + 42 * SECOND);
    assert_eq!(gone(&host), 0);
    host.pass(NOON + 43 * SECOND);
    assert_eq!(gone(&host), 1);
    assert!(host.sent().contains("Message Shown"));

    // One that is up for less than a second was seen as long as it was there.
    let mut host = begin(&toast("500ms"));
    track(&mut host, "X");
    look(&mut host);
    host.pass(NOON + SECOND);
    assert_eq!(gone(&host), 1);
    assert!(host.sent().contains("Message Shown"));
}

#[test]
fn a_coupon_whose_issuer_gives_way_to_a_code_for_everyone_is_had() {
    let message = r#""c":{"trigger":{"event":"X"},"message":{"layout":"modal","blocks":[{"text":"t"},{"coupon":"w"}]}}"#;
    let full =
        |coupon: &str| format!(r#"{{"version":1,"settings":{FREE},"coupons":{{"w":{{"name":"w",{coupon}}}}},"campaigns":{{{message}}}}}"#);
    let (before, after) = (full(r#""issue":{"url":"/coupons"}"#), full(r#""code":"FIX""#));
    let codes = |host: &mut Host| -> Vec<String> {
        host.query("coupons").as_list().unwrap().iter().filter_map(|coupon| coupon.text("code").map(String::from)).collect()
    };
    for has_failed in [true, false] {
        let mut host = Host::new(&before, GRANTED, NOON);
        host.page("https://shop.test/");
        track(&mut host, "X");
        let key = host.effects.iter().find_map(|effect| match effect {
            Effect::Issue { key, .. } => Some(key.clone()),
            _ => None,
        });
        if has_failed {
            host.give(&format!(r#"{{"in":"issued","key":"{}","status":500,"body":""}}"#, key.unwrap()));
            host.call(r#""call":"dismiss""#);
            let text = json::to_text(&Value::from(after.as_str()));
            host.give(&format!(r#"{{"in":"config","text":{text},"etag":"2"}}"#));
            track(&mut host, "X");
        } else {
            // The page was left before the issuer answered.
            let now = host.now + DAY;
            host.reload(&after, GRANTED, now);
        }
        assert_eq!(codes(&mut host), ["FIX"], "{has_failed}");
        let told = host.events().into_iter().filter(|event| event.text("event") == Some("Coupon Issued")).count();
        assert_eq!(told, 1);
    }
}

#[test]
fn whoever_follows_the_segments_hears_of_one_that_is_gone_or_renamed() {
    let full = |segments: &str| format!(r#"{{"version":1,"segments":{{{segments}}},"campaigns":{{}}}}"#);
    let one = |id: &str| format!(r#""{id}":{{"when":{{"$did":"X"}}}}"#);
    for (after, expected) in [(one("new"), vec!["old enter", "old leave", "new enter"]), (String::new(), vec!["old enter", "old leave"])] {
        let mut host = Host::new(&full(&one("old")), GRANTED, NOON);
        host.page("https://shop.test/");
        track(&mut host, "X");
        let text = json::to_text(&Value::from(full(&after).as_str()));
        host.give(&format!(r#"{{"in":"config","text":{text},"etag":"2"}}"#));
        let told = host.effects.iter().filter_map(|effect| match effect {
            Effect::Notify { kind: "segment", detail } => Some(format!("{} {}", detail.text("segment")?, detail.text("on")?)),
            _ => None,
        });
        assert_eq!(told.collect::<Vec<_>>(), expected);
    }
}
