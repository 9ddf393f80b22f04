//! The outbox beside other tabs, at the page's end, offline, with clocks that jump, at its bounds.

// A test says what went wrong best by stopping there, in its helpers too.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

#[path = "outbox/tab.rs"]
mod tab;

use dangol::domain::outbox::{Answer, Found, MAX_EXIT, Outbox, Outcome, PART, Reason, Settings};
use dangol::domain::random::Random;
use dangol::domain::time::{HOUR, MINUTE, SECOND};
use dangol::domain::value::Text;
use tab::{START, Tab};

fn found(pending: &[(Text, Text)]) -> Found<'_> {
    Found { pending: Some(pending), ..Found::default() }
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
    assert!(requests <= 10, "{requests} in {} s", (tab.now - began) / SECOND);
}

#[test]
fn an_answer_that_never_comes_gives_the_lock_back() {
    let mut tab = Tab::with(20);
    let send = tab.flush();
    assert!(send.timeout <= 30 * SECOND);
    assert_eq!(tab.outbox.overdue(tab.now), Outcome::default());
    tab.now = tab.outbox.next_wake(tab.now).unwrap();
    assert!(tab.now - START <= MINUTE);
    assert!(tab.outbox.overdue(tab.now).unlock, "no other tab could flush");
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
    assert!(tab.outbox.exit(tab.now).is_none_or(|more| more.body.len() + send.body.len() <= MAX_EXIT + 200));
    // No answer is no failure, and an acknowledgement counts.
    let outcome = tab.answer(&send, 503, "");
    assert_eq!(outcome, Outcome::default());
    let send = tab.outbox.exit(tab.now).unwrap();
    assert_eq!(tab.answer(&send, 200, "").acknowledged, send.ids);
    tab.balanced();
}

#[test]
fn a_page_that_did_not_end_sends_nothing_ahead_of_its_last_request() {
    let mut tab = Tab::new(|_| {});
    let first = tab.push(2);
    let exit = tab.outbox.exit(tab.now).unwrap();
    let second = tab.push(30);
    tab.outbox.flush(tab.now);
    assert!(!tab.outbox.wake(tab.now), "the first two are on their way still");
    assert_eq!(tab.answer(&exit, 503, ""), Outcome::default());
    assert_eq!(tab.flush().ids, [first, second].concat());

    // The page ends, or seems to, while the lock is asked for: others may flush until the answer is there.
    let mut tab = Tab::new(|_| {});
    tab.push(2);
    tab.outbox.flush(tab.now);
    assert!(tab.outbox.wake(tab.now));
    let exit = tab.outbox.exit(tab.now).unwrap();
    let third = tab.push(1);
    let outcome = tab.outbox.locked(&found(&[]), tab.now);
    assert!(outcome.unlock && outcome.send.is_none());
    assert_eq!(tab.answer(&exit, 200, "").acknowledged, exit.ids);
    assert!(tab.outbox.wake(tab.now), "it is as urgent as before");
    assert_eq!(tab.outbox.locked(&found(&[]), tab.now).send.unwrap().ids, third);

    // While its own flush is on the way, the lock stays with it, whatever becomes of the last request.
    let mut tab = Tab::new(|_| {});
    let stored = tab.push(2);
    tab.outbox.stored(&stored);
    let send = tab.flush();
    let fourth = tab.push(1);
    let exit = tab.outbox.exit(tab.now).unwrap();
    assert_eq!(exit.ids, fourth);
    let fifth = tab.push(1);
    assert_eq!(tab.answer(&exit, 503, ""), Outcome::default());
    tab.answer(&send, 200, "");
    assert_eq!(tab.flush().ids, [fourth, fifth].concat());
}

#[test]
fn what_memory_alone_holds_goes_with_the_last_request_though_it_is_on_its_way_or_has_to_wait() {
    // The request of a flush ends with its page; that of the page's end outlives it.
    let mut tab = Tab::new(|_| {});
    let first = tab.push(3);
    let send = tab.flush();
    let second = tab.push(1);
    let exit = tab.outbox.exit(tab.now).unwrap();
    assert_eq!(exit.ids, [first, second].concat());
    assert_eq!(tab.outbox.exit(tab.now), None, "another signal of the same end");
    // Whichever is answered first counts, and nothing counts twice.
    assert_eq!(tab.answer(&exit, 200, "").acknowledged.len(), 4);
    assert!(tab.answer(&send, 200, "").acknowledged.is_empty());
    tab.balanced();
    assert_eq!(tab.outbox.next_wake(tab.now), None, "nothing waits");

    let mut tab = Tab::new(|_| {});
    let first = tab.push(2);
    let send = tab.flush();
    let exit = tab.outbox.exit(tab.now).unwrap();
    tab.answer(&send, 503, "");
    assert!(tab.outbox.exit(tab.now).is_none(), "the last request is on its way still");
    tab.answer(&exit, 0, "");
    // Within the pause, after it as well; that memory was looked through for what others left changes nothing.
    tab.now += HOUR;
    let texts: Vec<(Text, Text)> = tab.outbox.unstored().map(|(id, text)| (id.clone(), text.clone())).collect();
    assert!(tab.outbox.wake(tab.now));
    let send = tab.outbox.locked(&Found { memory: true, ..found(&texts) }, tab.now).send.unwrap();
    tab.answer(&send, 503, "");
    assert_eq!(tab.outbox.exit(tab.now).unwrap().ids, first);
    tab.balanced();
}

#[test]
fn other_tabs_events_are_learned_sent_and_forgotten() {
    let mut former = Tab::with(3);
    let left: Vec<(Text, Text)> = former.outbox.unstored().map(|(id, text)| (id.clone(), text.clone())).collect();
    former.now += 1;
    let mut tab = Tab::new(|_| {});
    tab.now += MINUTE;
    let own = tab.push(2);
    tab.outbox.stored(&own[..1]);
    tab.outbox.flush(tab.now);
    assert!(tab.outbox.wake(tab.now));
    // The first of its own was in the store when the lock was asked for, and is gone: delivered by another tab, whose word
    // has not come, or cleared with the store. It is sent again rather than lost.
    let outcome = tab.outbox.locked(&found(&left), tab.now);
    let send = outcome.send.unwrap();
    assert_eq!(send.ids[..3], left.iter().map(|(id, _)| id.clone()).collect::<Vec<_>>());
    assert_eq!(send.ids[3..], own);
    assert_eq!(tab.outbox.stats().acknowledged, 0);
    tab.outbox.forget(&send.ids[..2]);
    assert_eq!(tab.answer(&send, 200, "").acknowledged.len(), 3);
    let stats = tab.outbox.stats();
    assert_eq!((stats.created, stats.acknowledged, stats.pending), (5, 5, 0));
}

#[test]
fn a_store_that_is_read_in_parts_is_emptied_without_waiting_for_a_new_event() {
    let mut former = Tab::new(|_| {});
    for _ in 0..500 {
        former.push_named("Product Viewed", &"x".repeat(1_000));
    }
    let mut store: Vec<(Text, Text)> = former.outbox.unstored().map(|(id, text)| (id.clone(), text.clone())).collect();
    let mut tab = Tab::new(|_| {});
    tab.now += MINUTE;
    let mut looks = 0;
    while let Some(due) = tab.outbox.next_wake(tab.now) {
        assert_eq!(due, tab.now, "nothing is waited for");
        assert!(tab.outbox.wake(tab.now));
        looks += 1;
        let mut left = PART;
        let part = store.iter().take_while(|(_, text)| {
            let fits = text.len() <= left;
            left = left.saturating_sub(text.len());
            fits
        });
        let part: Vec<(Text, Text)> = part.cloned().collect();
        let mut outcome = tab.outbox.locked(&found(&part), tab.now);
        while let Some(send) = outcome.send {
            store.retain(|(id, _)| !send.ids.contains(id));
            outcome = tab.answer(&send, 200, "");
        }
        assert!(outcome.unlock);
    }
    assert_eq!((store.len(), tab.outbox.stats().acknowledged), (0, 500));
    assert_eq!(looks, 3, "two parts are full, the last is not");
}

#[test]
fn a_cleared_store_is_no_acknowledgement() {
    let mut tab = Tab::new(|_| {});
    let ids = tab.push(2);
    tab.outbox.stored(&ids);
    tab.outbox.flush(tab.now);
    assert!(tab.outbox.wake(tab.now));
    let pending: Vec<(Text, Text)> = ids.iter().map(|id| (id.clone(), "{}".into())).collect();
    let send = tab.outbox.locked(&found(&pending), tab.now).send.unwrap();
    tab.answer(&send, 503, "");
    tab.now += 2 * SECOND;
    assert!(tab.outbox.wake(tab.now));
    let outcome = tab.outbox.locked(&found(&[]), tab.now);
    assert_eq!(outcome.send.unwrap().ids, ids);
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
    let lists = tab.outbox.unstored().filter(|(_, text)| text.contains("List")).count();
    assert!(lists < 100, "{lists}");
    let report = tab.outbox.take_report().unwrap();
    assert_eq!(report.get("overflow").unwrap().as_number().unwrap() as u64, stats.dropped.get(Reason::Overflow));
    assert_eq!(tab.outbox.take_report(), None);

    let outcome = tab.outbox.push("z".into(), "x".repeat(70_000).into(), tab.now);
    assert_eq!(outcome.dropped, [("z".into(), Reason::TooLarge)]);
    // An event that was to report drops and is dropped itself leaves them to the next one.
    let lost = format!(r#"{{"context":{{"dropped":{{"overflow":4}}}},"x":"{}"}}"#, "x".repeat(70_000));
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
    for jump in [-HOUR, -87_600 * HOUR, 87_600 * HOUR, -8_000_000_000_000_000, 8_000_000_000_000_000] {
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
    let answer = Answer { batch: send.batch, status: 200, date: Some(START + HOUR - 66), ..Answer::default() };
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
