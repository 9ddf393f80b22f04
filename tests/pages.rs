//! Pages that come and go: whatever moment a page is left or crashes at, what its calls settled is delivered once, and
//! no stream has a gap.
//!
//! Each seed is one visit of several pages; `DANGOL_SEED` plays one of them and tells every step, `DANGOL_PAGES_SEEDS`
//! says how many are played (200 unless given).

// A test says what went wrong best by stopping there, in its helpers too.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

#[path = "pages/browser.rs"]
mod browser;
#[path = "pages/store.rs"]
mod store;

use browser::Browser;
use dangol::domain::time::SECOND;
use dangol::domain::value::{Object, Text, Value};
use std::collections::BTreeMap;

/// Segments that are entered by an event and left by time alone, and a message that a page shows.
const CONFIG: &str = r#"{"version":1,
  "segments":{
    "any":{"when":{"$did":"*"}},
    "soon":{"when":{"$did":{"event":"Go","within":"10m"}}},
    "week":{"when":{"$did":{"event":"Go","within":"7d"}}},
    "late":{"when":{"$did":{"event":"Go","last":{"$gte":"30m"}}}}},
  "campaigns":{"c":{"trigger":{"event":"Go"},"message":{"layout":"modal","blocks":[{"text":"hi"}]}},
    "s":{"trigger":{"segment":"soon","on":"leave"},"message":{"layout":"toast","blocks":[{"text":"hi"}]}}}}"#;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

fn play(seed: u64) -> Vec<String> {
    // In a quarter of the visits the shop looks at its events before they are kept.
    let filters = seed.is_multiple_of(4);
    let mut browser = Browser::new(seed, CONFIG, filters);
    browser.traced = number("DANGOL_SEED").is_some();
    // In a seventh the disk refuses what is written now and then.
    browser.fails = seed.is_multiple_of(7);
    let tabs = 1 + usize::from(seed.is_multiple_of(3));
    let mut open: Vec<usize> = Vec::new();
    for _ in 0..tabs {
        let tab = browser.new_tab();
        open.push(browser.open(tab));
    }
    let crashes = seed.is_multiple_of(5);
    for _ in 0..40 + browser.random.below(120) {
        let tab = browser.random.below(tabs as u32) as usize;
        let page = open[tab];
        match browser.random.below(16) {
            0 => {
                browser.leave(page);
                browser.pass();
                open[tab] = browser.open(tab);
            }
            1 if crashes && browser.random.below(4) == 0 => {
                browser.crash(page);
                browser.pass();
                open[tab] = browser.open(tab);
            }
            2..=3 => browser.call(page, "track", "Go", Object::new()),
            4 => browser.call(page, "track", "Other", Object::new()),
            5 => browser.call(page, "flush", "", Object::new()),
            6..=7 => browser.pass(),
            _ => drop(browser.step(page)),
        }
    }
    browser.settle_down();
    if std::mem::take(&mut browser.fails) {
        // What a page in memory did not see on the disk is the next page's to send.
        for (tab, page) in open.iter_mut().enumerate() {
            browser.leave(*page);
            *page = browser.open(tab);
        }
        browser.settle_down();
    }
    judge(&mut browser, &open)
}

fn judge(browser: &mut Browser, open: &[usize]) -> Vec<String> {
    let mut faults = Vec::new();
    for page in open {
        let stats = browser.stats(*page);
        if stats.number("pending") != Some(0.0) {
            faults.push(format!("page {page} never came to rest: {stats:?}"));
        }
    }
    for (id, settled) in &browser.made {
        if !browser.got.contains_key(id) && (*settled || browser.crashed.is_empty()) {
            faults.push(format!("{id} was lost, settled: {settled}"));
        }
    }
    let mut streams: BTreeMap<Text, Vec<u64>> = BTreeMap::new();
    for event in browser.got.values() {
        let stream = event.at("context.streamId").and_then(Value::as_text).unwrap_or_default();
        streams.entry(stream.into()).or_default().push(event.number("seq").unwrap_or(0.0) as u64);
    }
    for (stream, numbers) in &mut streams {
        numbers.sort_unstable();
        if numbers.iter().enumerate().any(|(place, number)| *number != place as u64 + 1) {
            faults.push(format!("stream {stream} has a gap: {numbers:?}"));
        }
    }
    // In one tab, whose pages follow one another, nobody enters a segment twice without leaving it, as far as it was told.
    let changes = |name: &str, segment: &str| {
        let is_it =
            |event: &&Value| event.text("event") == Some(name) && event.at("properties.segment").and_then(Value::as_text) == Some(segment);
        browser.got.values().filter(is_it).count() as i64
    };
    for segment in ["any", "soon", "week", "late"] {
        let (entered, left) = (changes("Segment Entered", segment), changes("Segment Left", segment));
        if open.len() == 1 && !browser.late && browser.crashed.is_empty() && !(0..=1).contains(&(entered - left)) {
            faults.push(format!("{segment} was entered {entered} times and left {left} times"));
        }
    }
    faults
}

#[test]
fn however_pages_end_nothing_is_lost_and_no_stream_has_a_gap() {
    if let Some(seed) = number("DANGOL_SEED") {
        let faults = play(seed);
        assert!(faults.is_empty(), "seed {seed}: {faults:#?}");
        return;
    }
    let failed: Vec<(u64, Vec<String>)> = (0..number("DANGOL_PAGES_SEEDS").unwrap_or(200))
        .map(|seed| (seed, play(seed)))
        .filter(|(_, faults)| !faults.is_empty())
        .take(30)
        .collect();
    if let Some((seed, faults)) = failed.first() {
        let seeds: Vec<u64> = failed.iter().map(|(seed, _)| *seed).collect();
        panic!("{seeds:?} failed; replay with DANGOL_SEED={seed} cargo test --test pages: {faults:#?}");
    }
}

/// An event a second for a day, half of it on one page, then a page every quarter of an hour.
#[test]
#[ignore = "a minute unoptimised"]
fn a_day_of_an_event_a_second_is_delivered_within_bounds() {
    let mut browser = Browser::new(1, CONFIG, false);
    let tab = browser.new_tab();
    let mut page = browser.open(tab);
    let (mut pending, mut journey) = (0, 0);
    for second in 0..86_400 {
        browser.now += SECOND;
        browser.call(page, "track", if second % 7 == 0 { "Go" } else { "Other" }, Object::new());
        while browser.step(page) {}
        pending = pending.max(browser.store.events.len());
        journey = journey.max(browser.store.journey.len());
        if second > 43_200 && second % 900 == 0 {
            browser.leave(page);
            page = browser.open(tab);
        }
    }
    browser.settle_down();
    println!("{} events made, {} delivered; at most {pending} waited and {journey} were remembered", browser.made.len(), browser.got.len());
    let faults = judge(&mut browser, &[page]);
    assert!(faults.is_empty(), "{faults:#?}");
    assert!(browser.made.len() >= 86_400, "{}", browser.made.len());
    assert!(pending <= 100, "{pending} waited");
    assert!(journey <= 3_010, "{journey} were remembered");
}

#[test]
fn what_one_tab_has_folded_no_other_tab_unfolds() {
    let config = r#"{"version":1,"settings":{"retain":{"events":100,"days":400}},"segments":{
        "buyers":{"when":{"orders.count":{"$gte":3}}},"lately":{"when":{"$did":{"event":"Go","within":"10m"}}}}}"#;
    let mut browser = Browser::new(7, config, false);
    let rest = |browser: &mut Browser| while (0..browser.pages.len()).filter(|page| browser.step(*page)).count() > 0 {};
    let tabs = [browser.new_tab(), browser.new_tab(), browser.new_tab()];
    let [first, second] = [browser.open(tabs[0]), browser.open(tabs[1])];
    for number in 0..140 {
        browser.now += SECOND;
        if number < 3 {
            browser.call(first, "track", "Order Completed", dangol::object! { "order_id" => format!("o{number}"), "revenue" => 1_000i64 });
        } else {
            browser.call(first, "track", "Other", Object::new());
        }
        rest(&mut browser);
    }
    // A third page folds what is more than a hundred events, the orders among them.
    let third = browser.open(tabs[2]);
    rest(&mut browser);
    assert!(browser.store.journey.len() <= 110, "{}", browser.store.journey.len());
    // A tab that was there before is the last to write the memberships, and with them what it holds folded.
    browser.call(third, "track", "Go", Object::new());
    while browser.step(third) || browser.step(first) {}
    while browser.step(second) {}
    for (page, tab) in [(first, 0), (second, 1), (third, 2)] {
        browser.leave(page);
        let next = browser.open(tabs[tab]);
        rest(&mut browser);
        let segments = format!("{:?}", browser.query(next, "segments"));
        assert!(segments.contains("buyers"), "{segments}");
    }
}
