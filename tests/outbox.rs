//! Every rule of CONTRACT §5 about sending and answers, as tables.

// A test says what went wrong best by stopping there, in its helpers too.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

#[path = "outbox/tab.rs"]
mod tab;

use dangol::domain::outbox::{Answer, Found, Notice, Outcome, Reason};
use dangol::domain::time::{HOUR, MINUTE, SECOND};
use dangol::domain::value::Text;
use tab::Tab;

fn named(key: &str, ids: &[Text]) -> String {
    let list: Vec<String> = ids.iter().map(|id| format!("\"{id}\"")).collect();
    format!(r#"{{"{key}":[{}]}}"#, list.join(","))
}

#[test]
fn twenty_events_are_sent_at_once_and_fewer_after_ten_seconds() {
    let mut tab = Tab::with(19);
    assert_eq!(tab.wait(), 10 * SECOND);
    assert!(!tab.outbox.wake(tab.now + 9_999));
    tab.push(1);
    assert!(tab.outbox.wake(tab.now));
    let send = tab.outbox.locked(&Found::default(), tab.now).send.unwrap();
    assert_eq!(send.ids.len(), 20);
    assert!(send.body.starts_with(r#"{"batch":[{"type":"track""#));
    assert!(send.body.ends_with(r#"],"sentAt":"2026-11-22T02:35:14.066Z"}"#), "{}", send.body);
    assert_eq!(&*send.headers[0].1, "text/plain");

    let mut tab = Tab::with(1);
    assert!(tab.outbox.wake(tab.now + 10 * SECOND));
}

#[test]
fn any_2xx_acknowledges() {
    for status in [200, 201, 202, 204, 299] {
        let mut tab = Tab::with(5);
        let send = tab.flush();
        let outcome = tab.answer(&send, status, "<html>");
        assert_eq!(outcome.acknowledged, send.ids);
        assert!(outcome.unlock && outcome.send.is_none());
        assert_eq!(tab.outbox.stats().acknowledged, 5);
        assert_eq!(tab.outbox.next_wake(tab.now), None);
        // The same answer once more changes nothing.
        assert_eq!(tab.answer(&send, status, ""), Outcome::default());
        tab.balanced();
    }
}

#[test]
fn a_strict_endpoint_names_what_it_took() {
    let mut tab = Tab::new(|settings| settings.strict_ack = true);
    let ids = tab.push(4);
    let send = tab.flush();
    let outcome = tab.answer(&send, 200, &named("accepted", &[ids[2].clone(), ids[0].clone(), "other".into()]));
    assert_eq!(outcome.acknowledged, [ids[0].clone(), ids[2].clone()]);
    let again = outcome.send.expect("the others are sent again at once");
    assert_eq!(again.ids, [ids[1].clone(), ids[3].clone()]);
    // A captive portal's page accepts nothing: that is a failure, with backoff.
    let outcome = tab.answer(&again, 200, "<html>welcome</html>");
    assert!(outcome.unlock && outcome.acknowledged.is_empty());
    assert!((1..=SECOND).contains(&tab.wait()));
    tab.balanced();
}

#[test]
fn what_may_pass_is_retried_with_full_jitter_up_to_fifteen_minutes() {
    for status in [408, 425, 429, 500, 502, 503, 504, 599] {
        let mut tab = Tab::with(3);
        let mut longest = 0;
        for attempt in 0..40 {
            let send = tab.flush();
            assert_eq!(send.ids.len(), 3);
            assert!(tab.answer(&send, status, "").unlock);
            let ceiling = (SECOND << attempt.min(20)).min(15 * MINUTE);
            let wait = tab.wait();
            assert!((1..=ceiling).contains(&wait), "{wait} of {ceiling}");
            longest = longest.max(wait);
        }
        assert!(longest > 10 * MINUTE);
        let send = tab.flush();
        assert_eq!(tab.answer(&send, 200, "").acknowledged.len(), 3);
        // A success starts the backoff anew.
        tab.push(1);
        let send = tab.flush();
        tab.answer(&send, status, "");
        assert!(tab.wait() <= SECOND);
        tab.balanced();
    }
}

#[test]
fn the_endpoint_may_name_the_wait() {
    for (asked, least, most) in [
        (Some(3 * SECOND), 3 * SECOND, 3_300),
        (Some(0), SECOND, 1_100),
        (Some(i64::MAX), HOUR, HOUR),
        (Some(MINUTE), MINUTE, 66 * SECOND),
        (None, 1, SECOND),
    ] {
        let mut tab = Tab::with(1);
        let send = tab.flush();
        tab.outbox.answer(&Answer { batch: send.batch, status: 429, wait: asked, ..Answer::default() }, tab.now);
        let wait = tab.wait();
        assert!((least..=most).contains(&wait), "{asked:?}: {wait}");
    }
}

#[test]
fn a_413_halves_and_drops_only_the_event_that_is_too_large_by_itself() {
    let mut tab = Tab::with(7);
    let big = tab.push_named("Huge", &"x".repeat(5_000));
    tab.push(4);
    let mut send = tab.flush();
    let mut dropped = Vec::new();
    let mut requests = 0;
    loop {
        requests += 1;
        let status = if send.body.len() > 3_000 { 413 } else { 200 };
        let outcome = tab.answer(&send, status, "");
        dropped.extend(outcome.dropped);
        match outcome.send {
            Some(next) => send = next,
            None => break,
        }
    }
    assert_eq!(dropped, [(big, Reason::TooLarge)]);
    assert_eq!(tab.outbox.stats().acknowledged, 11);
    assert!(requests <= 8, "{requests}");
    tab.balanced();
}

#[test]
fn named_events_are_dropped_and_the_rest_sent_again() {
    for status in [400, 422] {
        let mut tab = Tab::new(|_| {});
        let ids = tab.push(5);
        let send = tab.flush();
        let body = format!(r#"{{"rejected":[{{"messageId":"{}","reason":"no"}},"{}"],"accepted":["{}"]}}"#, ids[1], ids[3], ids[0]);
        let outcome = tab.answer(&send, status, &body);
        let reasons = [(ids[1].clone(), Reason::Rejected), (ids[3].clone(), Reason::Rejected)];
        assert_eq!(outcome.dropped, reasons);
        assert_eq!(outcome.acknowledged, [ids[0].clone()]);
        let again = outcome.send.unwrap();
        assert_eq!(again.ids, [ids[2].clone(), ids[4].clone()]);
        assert_eq!(tab.answer(&again, 200, "").acknowledged.len(), 2);
        tab.balanced();
    }
}

#[test]
fn a_bad_event_is_found_by_halving_wherever_it_is() {
    for bad in 0..64 {
        let mut tab = Tab::new(|settings| settings.flush_at = 64);
        let ids = tab.push(64);
        let mut send = tab.flush();
        let mut refusals = 0;
        let mut requests = 0;
        loop {
            requests += 1;
            let refused = send.ids.contains(&ids[bad]);
            refusals += i32::from(refused);
            let outcome = tab.answer(&send, if refused { 400 } else { 200 }, "nonsense");
            match outcome.send {
                Some(next) => send = next,
                None => break,
            }
        }
        let stats = tab.outbox.stats();
        assert_eq!((stats.acknowledged, stats.dropped.get(Reason::Rejected)), (63, 1));
        assert!(refusals <= 7, "{refusals}");
        assert!(requests <= 14, "{requests}");
        tab.balanced();
    }
}

#[test]
fn an_endpoint_that_refuses_everything_is_not_fed_at_full_speed() {
    let mut tab = Tab::new(|settings| settings.flush_at = 1);
    tab.push(500);
    let began = tab.now;
    let mut requests = 0;
    while tab.now - began < HOUR && tab.outbox.stats().pending > 0 {
        let mut next = Some(tab.flush());
        while let Some(send) = next {
            requests += 1;
            next = tab.answer(&send, 400, "").send;
        }
    }
    assert!(requests < 500, "{requests}");
    assert!(tab.outbox.stats().pending > 400);
    tab.balanced();
}

#[test]
fn what_is_unwanted_is_parked_with_one_warning_and_probed_hourly() {
    for status in [301, 302, 307, 402, 403, 404, 405, 410, 451] {
        let mut tab = Tab::with(2);
        let send = tab.flush();
        let outcome = tab.answer(&send, status, "");
        assert_eq!(outcome.notice, Some(Notice::Parked(status)));
        assert!(outcome.unlock);
        assert_eq!(tab.wait(), HOUR);
        tab.push(40);
        tab.outbox.flush(tab.now);
        assert_eq!(tab.wait(), HOUR);
        assert_eq!(tab.outbox.exit(tab.now), None);
        let send = tab.flush();
        assert_eq!(tab.answer(&send, status, "").notice, None);
        assert_eq!(tab.wait(), HOUR);
        let send = tab.flush();
        let outcome = tab.answer(&send, 200, "");
        assert_eq!(outcome.notice, Some(Notice::Resumed));
        assert_eq!(outcome.acknowledged.len(), 42);
        tab.balanced();
    }
}

#[test]
fn an_endpoint_that_refuses_is_warned_of_once_though_a_probe_goes_without_an_answer() {
    for between in [0, 503] {
        let mut tab = Tab::with(2);
        let send = tab.flush();
        assert_eq!(tab.answer(&send, 403, "").notice, Some(Notice::Parked(403)));
        let probe = tab.flush();
        assert_eq!(tab.answer(&probe, between, "").notice, None);
        assert!(tab.wait() <= MINUTE, "whether it refuses still is not known");
        let probe = tab.flush();
        assert_eq!(tab.answer(&probe, 403, "").notice, None);
        assert_eq!(tab.wait(), HOUR);
        let probe = tab.flush();
        tab.answer(&probe, between, "");
        let probe = tab.flush();
        assert_eq!(tab.answer(&probe, 200, "").notice, Some(Notice::Resumed));
    }
}

#[test]
fn a_401_asks_for_a_new_token_once() {
    let mut tab = Tab::new(|settings| settings.auth = true);
    tab.push(2);
    let send = tab.flush();
    assert!(!send.auth);
    let again = tab.answer(&send, 401, "").send.unwrap();
    assert!(again.auth);
    let outcome = tab.answer(&again, 401, "");
    assert_eq!(outcome.notice, Some(Notice::Parked(401)));
    let probe = tab.flush();
    assert!(probe.auth);
    assert_eq!(tab.answer(&probe, 200, "").acknowledged.len(), 2);
}

#[test]
fn what_a_401_has_parked_is_asked_for_at_once_by_a_sign_in() {
    let mut tab = Tab::new(|settings| settings.auth = true);
    tab.push(2);
    let send = tab.flush();
    let again = tab.answer(&send, 401, "").send.unwrap();
    tab.answer(&again, 401, "");
    assert_eq!(tab.wait(), HOUR);
    tab.outbox.flush(tab.now);
    assert_eq!(tab.wait(), HOUR, "whoever calls for it has no other token");
    tab.outbox.knock(tab.now);
    assert_eq!(tab.wait(), 0);
    let probe = tab.flush();
    assert!(probe.auth, "with a new token");
    let outcome = tab.answer(&probe, 401, "");
    assert_eq!((outcome.notice, tab.wait()), (None, HOUR), "it is refused still, and nobody is warned again");
    tab.outbox.knock(tab.now);
    let probe = tab.flush();
    assert_eq!(tab.answer(&probe, 200, "").acknowledged.len(), 2);
}

#[test]
fn a_blocked_endpoint_is_tried_three_times_and_then_seldom_without_a_word() {
    let mut tab = Tab::with(2);
    let mut hour = 0;
    let mut requests = 0;
    while hour < HOUR {
        let send = tab.flush();
        requests += 1;
        let outcome = tab.answer(&send, 0, "");
        assert_eq!(outcome.notice, None);
        let ceiling = if requests < 3 { SECOND << (requests - 1) } else { ((64 * SECOND) << (requests - 3)).min(15 * MINUTE) };
        let least = if requests < 3 { 1 } else { ceiling / 2 };
        assert!((least..=ceiling).contains(&tab.wait()), "{requests}: {}", tab.wait());
        hour += tab.wait();
    }
    assert!((9..=13).contains(&requests), "{requests} in an hour");
    // Any answer ends that.
    let send = tab.flush();
    tab.answer(&send, 200, "");
    tab.push(1);
    let send = tab.flush();
    tab.answer(&send, 503, "");
    assert!(tab.wait() <= SECOND);
}

#[test]
fn who_missed_the_word_of_a_dropped_event_reads_it_beside_the_store() {
    let mut tab = Tab::new(|_| {});
    let ids = tab.push(2);
    // Another tab, which missed all that was said, and holds the same events.
    let mut other = tab.outbox.clone();
    let send = tab.flush();
    tab.answer(&send, 400, &named("rejected", &ids[..1]));
    let state = tab.outbox.to_value();
    other.flush(tab.now);
    assert!(other.wake(tab.now));
    let send = other.locked(&Found { state: Some(&state), ..Found::default() }, tab.now).send.unwrap();
    assert_eq!(send.ids, ids[1..]);
    assert_eq!(other.stats().dropped.get(Reason::Rejected), 1);
    // What it hears it hands on with its own state; and nothing of a visitor who was erased stays there.
    assert_eq!(other.to_value().list("gone").len(), 1);
    other.clear(Reason::Forgotten);
    assert!(other.to_value().get("gone").is_none());
}
