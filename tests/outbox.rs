//! Every rule of CONTRACT §5 about sending and answers, as tables.

use dangol::domain::outbox::{
    Answer, Found, MAX_EXIT, Notice, Outbox, Outcome, Reason, Send, Settings,
};
use dangol::domain::random::{Ids, Random};
use dangol::domain::time::{HOUR, MINUTE, Millis, SECOND};
use dangol::domain::value::Text;

const START: Millis = 1_795_314_914_066;

/// One tab on its own, whose store never fails.
struct Tab {
    outbox: Outbox,
    ids: Ids,
    random: Random,
    now: Millis,
}

impl Tab {
    fn new(change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = Settings::new("/collect");
        change(&mut settings);
        Tab {
            outbox: Outbox::new(settings, Random::from_entropy("1"), START),
            ids: Ids::default(),
            random: Random::from_entropy("2"),
            now: START,
        }
    }

    fn with(number: usize) -> Self {
        let mut tab = Self::new(|_| {});
        tab.push(number);
        tab
    }

    fn push(&mut self, number: usize) -> Vec<Text> {
        (0..number)
            .map(|_| self.push_named("Product Viewed", ""))
            .collect()
    }

    fn push_named(&mut self, name: &str, more: &str) -> Text {
        let id = self.ids.next(self.now, &mut self.random);
        let text = format!(
            r#"{{"type":"track","event":"{name}","messageId":"{id}","timestamp":"2026-11-22T02:35:14.066Z","more":"{more}"}}"#
        );
        self.outbox.push(id.clone(), text.into(), self.now);
        id
    }

    /// Lets time pass up to the next wake and takes the lock.
    fn flush(&mut self) -> Send {
        self.outbox.flush(self.now);
        self.now = self.now.max(self.outbox.next_wake(self.now).unwrap());
        assert!(self.outbox.wake(self.now));
        let outcome = self.outbox.locked(&Found::default(), self.now);
        outcome.send.expect("something to send")
    }

    fn answer(&mut self, send: &Send, status: u16, body: &str) -> Outcome {
        self.outbox.answer(
            &Answer {
                batch: send.batch,
                status,
                body,
                ..Answer::default()
            },
            self.now,
        )
    }

    /// How long it is until the next attempt.
    fn wait(&mut self) -> Millis {
        self.outbox.next_wake(self.now).unwrap() - self.now
    }

    #[track_caller]
    fn balanced(&self) {
        let stats = self.outbox.stats();
        assert_eq!(
            stats.created,
            stats.acknowledged + stats.pending + stats.dropped.total()
        );
    }
}

fn found<'a>(pending: &'a [(Text, Text)], mark: &'a str) -> Found<'a> {
    Found {
        pending: Some(pending),
        mark: Some(mark),
        state: None,
    }
}

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
    assert!(
        send.body
            .ends_with(r#"],"sentAt":"2026-11-22T02:35:14.066Z"}"#),
        "{}",
        send.body
    );
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
    let outcome = tab.answer(
        &send,
        200,
        &named(
            "accepted",
            &[ids[2].clone(), ids[0].clone(), "other".into()],
        ),
    );
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
    for (header, body, least, most) in [
        (Some("3"), "", 3 * SECOND, 3_300),
        (Some("0"), "", SECOND, 1_100),
        (Some("99999999999"), "", HOUR, HOUR),
        (Some("-1"), "", 1, SECOND),
        (Some("abc"), "", 1, SECOND),
        (None, r#"{"retryAfter":60}"#, MINUTE, 66 * SECOND),
        (None, "", 1, SECOND),
    ] {
        let mut tab = Tab::with(1);
        let send = tab.flush();
        tab.outbox.answer(
            &Answer {
                batch: send.batch,
                status: 429,
                retry_after: header,
                body,
                date: None,
            },
            tab.now,
        );
        let wait = tab.wait();
        assert!((least..=most).contains(&wait), "{header:?} {body}: {wait}");
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
        let body = format!(
            r#"{{"rejected":[{{"messageId":"{}","reason":"no"}},"{}"],"accepted":["{}"]}}"#,
            ids[1], ids[3], ids[0]
        );
        let outcome = tab.answer(&send, status, &body);
        let reasons = [
            (ids[1].clone(), Reason::Rejected),
            (ids[3].clone(), Reason::Rejected),
        ];
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
        assert_eq!(
            (stats.acknowledged, stats.dropped.get(Reason::Rejected)),
            (63, 1)
        );
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
    for status in [301, 302, 307, 401, 402, 403, 404, 405, 410, 451] {
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
fn a_blocked_endpoint_is_tried_three_times_and_then_hourly_without_a_word() {
    let mut tab = Tab::with(2);
    for attempt in 1..=6 {
        let send = tab.flush();
        let outcome = tab.answer(&send, 0, "");
        assert_eq!(outcome.notice, None);
        if attempt >= 3 {
            assert_eq!(tab.wait(), HOUR);
        } else {
            assert!(tab.wait() <= 2 * SECOND);
        }
    }
    // Any answer lifts the breaker.
    let send = tab.flush();
    tab.answer(&send, 503, "");
    assert!(tab.wait() <= 15 * MINUTE);
}

#[test]
fn no_answer_while_offline_is_no_block_and_going_online_ends_the_wait() {
    let mut tab = Tab::with(2);
    tab.outbox.online(false, tab.now);
    for _ in 0..8 {
        let send = tab.flush();
        tab.answer(&send, 0, "");
        assert!(tab.wait() <= 15 * MINUTE);
    }
    tab.now += 31 * SECOND;
    tab.outbox.online(true, tab.now);
    assert!(tab.wait() <= 30 * SECOND);
    // A connection that flaps causes no storm.
    let began = tab.now;
    let mut requests = 0;
    for _ in 0..1_000 {
        tab.outbox.online(false, tab.now);
        tab.now += 100;
        tab.outbox.online(true, tab.now);
        tab.now += 100;
        if tab.outbox.wake(tab.now) {
            requests += 1;
            let send = tab.outbox.locked(&Found::default(), tab.now).send.unwrap();
            tab.answer(&send, 0, "");
        }
    }
    assert!(
        requests <= 10,
        "{requests} in {} s",
        (tab.now - began) / SECOND
    );
}

#[test]
fn a_lost_answer_is_noticed() {
    let mut tab = Tab::with(20);
    let send = tab.flush();
    assert!(send.timeout <= 30 * SECOND);
    tab.outbox.unlocked();
    tab.now = tab.outbox.next_wake(tab.now).unwrap();
    assert!(tab.now - START <= MINUTE);
    tab.outbox.wake(tab.now);
    assert_eq!(tab.outbox.stats().pending, 20);
    let again = tab.flush();
    assert_eq!(again.ids, send.ids);
    tab.balanced();
}

#[test]
fn the_end_of_a_page_sends_what_no_transaction_holds_first() {
    let mut tab = Tab::new(|_| {});
    let ids = tab.push(200);
    tab.outbox.stored(&ids[..190]);
    let send = tab.outbox.exit(tab.now).unwrap();
    assert!(send.exit && send.body.len() <= MAX_EXIT && !send.compress);
    assert!(ids[190..].iter().all(|id| send.ids.contains(id)));
    assert!(send.ids.contains(&ids[0]));
    assert!(send.ids.is_sorted());
    // The budget is spent, whether by one signal or two.
    assert!(
        tab.outbox
            .exit(tab.now)
            .is_none_or(|more| more.body.len() + send.body.len() <= MAX_EXIT + 200)
    );
    // No answer is no failure, and an acknowledgement counts.
    let outcome = tab.answer(&send, 503, "");
    assert_eq!(outcome, Outcome::default());
    let send = tab.outbox.exit(tab.now).unwrap();
    assert_eq!(tab.answer(&send, 200, "").acknowledged, send.ids);
    tab.balanced();
}

#[test]
fn other_tabs_events_are_learned_sent_and_forgotten() {
    let mut former = Tab::with(3);
    let left: Vec<(Text, Text)> = former
        .outbox
        .unstored()
        .map(|(id, text)| (id.clone(), text.clone()))
        .collect();
    former.now += 1;
    let mut tab = Tab::new(|_| {});
    tab.now += MINUTE;
    let own = tab.push(2);
    tab.outbox.stored(&own[..1]);
    // The store is known from the page's start.
    tab.outbox.opened("one");
    tab.outbox.flush(tab.now);
    assert!(tab.outbox.wake(tab.now));
    // The first of its own was in the store when the lock was asked for, and is gone: another tab delivered it.
    let outcome = tab.outbox.locked(&found(&left, "one"), tab.now);
    let send = outcome.send.unwrap();
    assert_eq!(
        send.ids[..3],
        left.iter().map(|(id, _)| id.clone()).collect::<Vec<_>>()
    );
    assert_eq!(send.ids[3..], own[1..]);
    assert_eq!(tab.outbox.stats().acknowledged, 1);
    tab.outbox.forget(&send.ids[..2]);
    assert_eq!(tab.answer(&send, 200, "").acknowledged.len(), 2);
    let stats = tab.outbox.stats();
    assert_eq!(
        (stats.created, stats.acknowledged, stats.pending),
        (5, 5, 0)
    );
}

#[test]
fn a_cleared_store_is_no_acknowledgement() {
    let mut tab = Tab::new(|_| {});
    let ids = tab.push(2);
    tab.outbox.stored(&ids);
    tab.outbox.flush(tab.now);
    assert!(tab.outbox.wake(tab.now));
    let pending: Vec<(Text, Text)> = ids.iter().map(|id| (id.clone(), "{}".into())).collect();
    let send = tab
        .outbox
        .locked(&found(&pending, "one"), tab.now)
        .send
        .unwrap();
    tab.answer(&send, 503, "");
    tab.now += 2 * SECOND;
    assert!(tab.outbox.wake(tab.now));
    let outcome = tab.outbox.locked(&found(&[], "two"), tab.now);
    assert!(outcome.rewrite);
    assert_eq!(outcome.send.unwrap().ids, ids);
    assert_eq!(tab.outbox.unstored().count(), 2);
}

#[test]
fn the_backoff_survives_a_reload_and_is_shared() {
    for (status, most) in [(503, 15 * MINUTE), (404, HOUR), (0, HOUR)] {
        let mut tab = Tab::with(1);
        for _ in 0..9 {
            let send = tab.flush();
            tab.answer(&send, status, "");
        }
        let saved = tab.outbox.to_value();
        for (jump, expected) in [(0, tab.wait()), (-HOUR, most), (100 * HOUR, 0)] {
            let now = tab.now + jump;
            let mut next = Outbox::new(Settings::new("/collect"), Random::from_entropy("3"), now);
            next.restore(&saved, now);
            next.push("x".into(), "{}".into(), now);
            next.flush(now);
            let wait = next.next_wake(now).unwrap() - now;
            assert!(wait <= expected.max(0), "{wait} after a jump of {jump}");
            if jump == 0 {
                assert_eq!(wait, expected);
            }
        }
    }
}

#[test]
fn bounds_hold_and_what_matters_least_goes_first() {
    let mut tab = Tab::new(|_| {});
    let order = tab.push_named("Order Completed", "");
    for _ in 0..3_000 {
        tab.push_named("Product Viewed", &"x".repeat(200));
        tab.push_named("Product List Viewed", &"x".repeat(200));
        assert!(tab.outbox.bytes() <= 1 << 20);
    }
    tab.balanced();
    let stats = tab.outbox.stats();
    assert!(stats.pending > 2_500 && stats.pending <= 10_000);
    assert!(tab.outbox.unstored().any(|(id, _)| *id == order));
    let lists = tab
        .outbox
        .unstored()
        .filter(|(_, text)| text.contains("List"))
        .count();
    assert!(lists < 100, "{lists}");
    let report = tab.outbox.take_report().unwrap();
    assert_eq!(
        report.get("overflow").unwrap().as_number().unwrap() as u64,
        stats.dropped.get(Reason::Overflow)
    );
    assert_eq!(tab.outbox.take_report(), None);

    let outcome = tab
        .outbox
        .push("z".into(), "x".repeat(70_000).into(), tab.now);
    assert_eq!(outcome.dropped, [("z".into(), Reason::TooLarge)]);
    // An event that was to report drops and is dropped itself leaves them to the next one.
    let lost = format!(
        r#"{{"context":{{"dropped":{{"overflow":4}}}},"x":"{}"}}"#,
        "x".repeat(70_000)
    );
    tab.outbox.push("zz".into(), lost.into(), tab.now);
    let report = tab.outbox.take_report().unwrap();
    assert_eq!(report.get("overflow").unwrap().as_number(), Some(4.0));
    assert_eq!(report.get("too_large").unwrap().as_number(), Some(2.0));
}

#[test]
fn a_burst_of_a_hundred_thousand_stays_bounded() {
    let mut tab = Tab::new(|_| {});
    tab.push(100_000);
    let stats = tab.outbox.stats();
    assert_eq!(stats.created, 100_000);
    assert!(stats.pending <= 10_000 && tab.outbox.bytes() <= 1 << 20);
    tab.balanced();
}

#[test]
fn a_clock_that_jumps_stalls_nothing() {
    for jump in [
        -HOUR,
        -87_600 * HOUR,
        87_600 * HOUR,
        Millis::MIN / 2,
        Millis::MAX / 2,
    ] {
        let mut tab = Tab::with(2);
        let send = tab.flush();
        tab.answer(&send, 503, "");
        tab.now += jump;
        assert_eq!(tab.outbox.wake(tab.now), jump > 0);
        if jump < 0 {
            assert!(tab.wait() <= SECOND);
            tab.now += SECOND;
            assert!(tab.outbox.wake(tab.now));
        }
        assert!(tab.outbox.locked(&Found::default(), tab.now).send.is_some());
    }
}

#[test]
fn the_servers_clock_is_noted() {
    let mut tab = Tab::with(1);
    let send = tab.flush();
    let answer = Answer {
        batch: send.batch,
        status: 200,
        date: Some("Sun, 22 Nov 2026 03:35:14 GMT"),
        ..Answer::default()
    };
    tab.outbox.answer(&answer, START);
    assert_eq!(tab.outbox.server_offset(), Some(HOUR + 434));
}

#[test]
fn withdrawn_consent_empties_the_outbox() {
    let mut tab = Tab::with(3);
    let send = tab.flush();
    let outcome = tab.outbox.clear(Reason::Consent);
    assert_eq!(outcome.deleted().count(), 3);
    assert!(outcome.unlock);
    assert_eq!(tab.answer(&send, 200, "").acknowledged.len(), 0);
    assert_eq!(tab.outbox.next_wake(tab.now), None);
    tab.balanced();
}
