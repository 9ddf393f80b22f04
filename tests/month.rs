//! A simulated month: many visitors over 200 campaigns, and no cap is ever broken.
//!
//! `DANGOL_MONTH_VISITORS` says how many visitors (200 unless given; 10,000 in a release build take some minutes),
//! `DANGOL_SEED` plays one of them and tells what it decided.

// A test says what went wrong best by stopping there, in its helpers too.
// It measures time, too.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

#[path = "month/campaigns.rs"]
mod campaigns;
#[path = "month/judge.rs"]
mod judge;
#[path = "month/visitor.rs"]
mod visitor;
#[path = "month/world.rs"]
mod world;

use campaigns::Dice;
use std::collections::BTreeMap;
use std::thread;
use std::time::Instant;
use world::{Manners, World};

const CAMPAIGNS: usize = 200;
const SEED: u64 = 42;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// What is told of the visitors of one thread.
#[derive(Default)]
struct Tally {
    reasons: BTreeMap<String, u64>,
    faults: Vec<String>,
    events: u64,
    inputs: u64,
    busy: u128,
    starting: u128,
    starts: u64,
    seen: u64,
}

fn play(visitors: impl Iterator<Item = u64>, often: u64) -> Tally {
    let config = campaigns::configuration(SEED, CAMPAIGNS);
    let campaigns = campaigns::campaigns_of(&config);
    let mut tally = Tally::default();
    for seed in visitors {
        let world = visitor::month(&config, seed, often);
        let heard: Vec<i64> = world.heard.iter().copied().collect();
        if number("DANGOL_SEED").is_some() {
            world.decisions.iter().for_each(|decision| println!("{decision}"));
            world.displays.iter().for_each(|display| println!("{display:?}"));
            println!("{heard:?}");
        }
        tally.faults.extend(judge::faults(&campaigns, &heard, &world.displays).into_iter().map(|fault| format!("visitor {seed}: {fault}")));
        for (reason, count) in world.reasons {
            *tally.reasons.entry(reason).or_default() += count;
        }
        tally.events += heard.len() as u64;
        tally.inputs += world.inputs;
        tally.busy += world.busy;
        tally.starting += world.starting;
        tally.starts += world.starts;
        tally.seen += world.displays.values().filter(|display| display.seen).count() as u64;
    }
    tally
}

#[test]
fn a_month_ends_without_a_cap_broken() {
    let began = Instant::now();
    let visitors = number("DANGOL_MONTH_VISITORS").unwrap_or(200);
    let single = number("DANGOL_SEED");
    // A configuration takes a debug build 60 ms to read at each page load, so there visitors come less often.
    let often = if cfg!(debug_assertions) { 4 } else { 20 };
    let threads = if single.is_some() { 1 } else { thread::available_parallelism().map_or(2, |count| count.get() as u64).min(4) };
    let workers: Vec<_> = (0..threads)
        .map(|worker| {
            thread::spawn(move || match single {
                Some(seed) => play(std::iter::once(seed), often),
                None => play((0..visitors).filter(move |seed| seed % threads == worker), often),
            })
        })
        .collect();
    let mut all = Tally::default();
    for worker in workers {
        let tally = worker.join().unwrap();
        for (reason, count) in tally.reasons {
            *all.reasons.entry(reason).or_default() += count;
        }
        all.faults.extend(tally.faults);
        all.events += tally.events;
        all.inputs += tally.inputs;
        all.busy += tally.busy;
        all.starting += tally.starting;
        all.starts += tally.starts;
        all.seen += tally.seen;
    }
    println!(
        "{visitors} visitors, {CAMPAIGNS} campaigns, {} events, {} inputs, {} displays or hold-outs, {:?}",
        all.events,
        all.inputs,
        all.seen,
        began.elapsed()
    );
    let each = |time: u128, count: u64| time / 1_000 / u128::from(count.max(1));
    println!(
        "{} µs of the engine for each event of the shop (claims, timers and other tabs included), {} µs for each input, {} µs for each of {} starts",
        each(all.busy, all.events),
        each(all.busy, all.inputs),
        each(all.starting, all.starts),
        all.starts
    );
    for (reason, count) in &all.reasons {
        println!("{count:>9}  {reason}");
    }
    assert!(
        all.faults.is_empty(),
        "{} faults, the first:\n{}",
        all.faults.len(),
        all.faults.iter().take(10).cloned().collect::<Vec<_>>().join("\n")
    );
    assert!(single.is_some() || all.seen > visitors, "hardly anything was shown");
}

#[test]
fn the_same_seed_gives_the_same_decisions() {
    let config = campaigns::configuration(SEED, CAMPAIGNS);
    for seed in 1_000..1_004 {
        let once = visitor::month(&config, seed, 5).decisions;
        assert_eq!(once, visitor::month(&config, seed, 5).decisions);
    }
}

/// One campaign that is asked for by `trigger`, and nothing else.
fn lone(trigger: &str, rest: &str) -> String {
    format!(
        r#"{{"version":1,"timezone":"Asia/Seoul","settings":{{"attention":{{"perSession":100,"perDay":100,"minGap":"0s"}}}},"segments":{{"quiet":{{"when":{{"$didNot":{{"event":"*","within":"20m"}}}}}}}},"campaigns":{{"c":{{"trigger":{trigger},{rest}"message":{{"layout":"toast","blocks":[{{"text":"hi"}}]}}}}}}}}"#
    )
}

#[test]
fn ten_tabs_opened_at_once_show_a_once_only_message_once() {
    for seed in 0..30 {
        let config = lone(r#"{"page":{}}"#, r#""limits":{"total":1},"queue":"5m","#);
        let mut world = World::new(&config, seed, visitor::START, Manners { lag: 60, lively: false });
        for place in 0..10 {
            world.open(place, "https://shop.test/", None);
        }
        world.pass(visitor::START + visitor::DAY);
        assert_eq!(world.displays.values().filter(|display| display.seen).count(), 1, "seed {seed}");
        assert_eq!(world.displays.len(), 1, "seed {seed}: {:?}", world.decisions);
    }
}

#[test]
fn what_time_alone_brings_comes_once_over_all_tabs() {
    for (seed, rest) in [(1, ""), (2, r#""queue":"1h","#), (3, r#""holdout":1,"#)] {
        let config = lone(r#"{"segment":"quiet","on":"enter"}"#, rest);
        let mut world = World::new(&config, seed, visitor::START, Manners { lag: 60, lively: false });
        for place in 0..5 {
            world.open(place, "https://shop.test/", None);
        }
        world.pass(visitor::START + 25 * visitor::MINUTE);
        // Once when the visitor comes, and once after twenty quiet minutes.
        assert_eq!(world.displays.len(), 2, "{rest}: {:?}", world.decisions);
    }
}

#[test]
fn a_limit_for_ever_outlives_many_displays() {
    let message = r#""message":{"layout":"inline","slot":"[data-slot=hero]","blocks":[{"text":"hi"}]}"#;
    let config = format!(
        r#"{{"version":1,"campaigns":{{"always":{{"trigger":{{"page":{{}}}},{message}}},"once":{{"trigger":{{"event":"Signed Up"}},"limits":{{"total":1}},"message":{{"layout":"toast","dismiss":{{"after":"2s"}},"blocks":[{{"text":"hi"}}]}}}}}}}}"#
    );
    let mut world = World::new(&config, 1, visitor::START, Manners { lag: 0, lively: false });
    world.open(0, "https://shop.test/", None);
    world.track(0, "Signed Up", dangol::domain::value::Value::Null);
    for _ in 0..700 {
        world.pass(world.now + 5_000);
        world.page(0, "https://shop.test/");
    }
    world.pass(world.now + 2 * visitor::DAY);
    world.track(0, "Signed Up", dangol::domain::value::Value::Null);
    world.pass(world.now + visitor::MINUTE);
    assert_eq!(world.displays.values().filter(|display| display.campaign == "once").count(), 1);
}

#[test]
fn a_click_that_a_closing_page_could_only_write_to_the_journey_counts() {
    for is_other_open in [false, true] {
        let config = lone(r#"{"event":"Product Viewed"}"#, r#""limits":{"untilClicked":true},"#);
        let mut world = World::new(&config, 7, visitor::START, Manners { lag: 60, lively: false });
        let view = |world: &mut World, place| world.track(place, "Product Viewed", dangol::domain::value::Value::Null);
        world.open(0, "https://shop.test/", None);
        if is_other_open {
            world.open(1, "https://shop.test/", None);
        }
        world.pass(world.now + visitor::MINUTE);
        view(&mut world, 0);
        world.pass(world.now + 5 * visitor::SECOND);
        let impression = world.displays.keys().next().unwrap().clone();
        // No claim is answered between the click and the end of its page.
        world.act(0, &impression, "action");
        world.close(0);
        if !is_other_open {
            world.open(1, "https://shop.test/", None);
        }
        world.pass(world.now + visitor::MINUTE);
        view(&mut world, 1);
        world.pass(world.now + visitor::MINUTE);
        assert_eq!(world.displays.len(), 1, "{is_other_open}: {:?}", world.decisions);
    }
}

#[test]
fn a_trigger_fired_just_before_a_redirect_is_served_on_the_next_page() {
    let config = lone(r#"{"event":"Signed Up"}"#, "");
    for lag in [0, 1, 60] {
        let mut world = World::new(&config, 3, visitor::START, Manners { lag, lively: false });
        world.open(0, "https://shop.test/signup", None);
        world.pass(world.now + visitor::MINUTE);
        // The event is on the disk, though the page is gone before it hears so, and before a claim is answered.
        let call = world.track(0, "Signed Up", dangol::domain::value::Value::Null);
        let mut former = world.close(0).unwrap();
        former.calls.push(call.clone());
        world.pass(world.now + 300);
        world.open(0, "https://shop.test/welcome", Some(former));
        world.pass(world.now + visitor::MINUTE);
        let seen = world.displays.values().filter(|display| display.seen).count();
        assert_eq!(seen, 1, "{lag}: {:?}", world.decisions);
        // Handed over once more, it is found answered.
        let mut former = world.close(0).unwrap();
        former.calls.push(call);
        world.open(0, "https://shop.test/", Some(former));
        world.pass(world.now + visitor::MINUTE);
        assert_eq!(world.displays.len(), 1, "{lag}: {:?}", world.decisions);
    }
}

#[test]
fn a_step_comes_where_the_one_before_was_left_unseen_only_if_that_one_never_will() {
    let message = r#""message":{"layout":"toast","dismiss":{"after":"8s"},"blocks":[{"text":"hi"}]}"#;
    let (page, event) = (r#"{"page":"/sale"}"#, r#"{"event":"Signed Up"}"#);
    // A page may bring its message again and an event's is served again for half an hour, with its next step two hours later.
    for (trigger, pause, displays) in [(page, visitor::MINUTE, 1), (event, visitor::MINUTE, 3), (event, visitor::HOUR, 2)] {
        let steps = format!(r#"[{{"id":"one",{message}}},{{"id":"two","after":"2h",{message}}}]"#);
        let config = format!(r#"{{"version":1,"campaigns":{{"w":{{"trigger":{trigger},"steps":{steps}}}}}}}"#);
        let mut world = World::new(&config, 3, visitor::START, Manners { lag: 0, lively: false });
        world.open(0, "https://shop.test/sale", None);
        world.track(0, "Signed Up", dangol::domain::value::Value::Null);
        world.pass(world.now + visitor::SECOND / 2);
        let former = world.close(0);
        assert_eq!(world.displays.len(), 1, "{trigger}");
        world.pass(world.now + pause);
        world.open(0, "https://shop.test/", former);
        world.pass(world.now + 3 * visitor::HOUR);
        assert_eq!(world.displays.len(), displays, "{trigger}: {:?}", world.decisions);
    }
}

#[test]
fn not_today_ends_at_the_shops_midnight_in_every_tab() {
    let config = lone(r#"{"event":"Product Viewed"}"#, "");
    let mut world = World::new(&config, 1, visitor::START + 23 * visitor::HOUR, Manners { lag: 60, lively: false });
    world.open(0, "https://shop.test/", None);
    world.open(1, "https://shop.test/", None);
    let view = |world: &mut World, place, until| {
        world.pass(until);
        world.track(place, "Product Viewed", dangol::domain::value::Value::Null);
        world.pass(until + 5 * visitor::SECOND);
        world.displays.len()
    };
    assert_eq!(view(&mut world, 0, visitor::START + 23 * visitor::HOUR + visitor::MINUTE), 1);
    let impression = world.displays.keys().next().unwrap().clone();
    world.act(0, &impression, "today");
    let midnight = visitor::START + visitor::DAY;
    assert_eq!(view(&mut world, 1, midnight - 10 * visitor::SECOND), 1, "{:?}", world.decisions);
    assert!(world.decisions.last().unwrap().contains("muted"), "{:?}", world.decisions);
    assert_eq!(view(&mut world, 1, midnight), 2, "{:?}", world.decisions);
}

/// The displays of a day whose events the visitor makes in one tab, or in one after another.
fn day_in(tabs: usize, seed: u64, config: &str) -> Vec<(String, Option<String>, i64)> {
    let mut world = World::new(config, seed, visitor::START, Manners { lag: 0, lively: false });
    let mut dice = Dice(seed);
    for place in 0..3 {
        match place < tabs {
            true => world.open(place, "https://shop.test/", None),
            false => world.page(0, "https://shop.test/"),
        }
    }
    for count in 0..60 {
        world.pass(world.now + 10_000 + dice.below(400) as i64 * 1_000 + i64::from(count == 30) * 9 * visitor::HOUR);
        let (name, data) = visitor::shop_event(&mut dice);
        world.track(dice.below(3) as usize % tabs, name, data);
    }
    world.pass(world.now + visitor::HOUR);
    if number("DANGOL_SEED").is_some() {
        world.decisions.iter().for_each(|decision| println!("{tabs} {decision}"));
    }
    let mut displays: Vec<_> = world.displays.into_values().map(|display| (display.campaign, display.step, display.at)).collect();
    displays.sort_by_key(|(campaign, _, at)| (*at, campaign.clone()));
    displays
}

#[test]
fn a_decision_never_depends_on_the_number_of_tabs() {
    // What belongs to one page (scroll, dwell…) or stays on one screen has no counterpart in the other tabs.
    let config = campaigns::unbound(SEED, CAMPAIGNS);
    let mut shown = 0;
    for seed in 0..10 {
        let one = day_in(1, seed, &config);
        shown += one.len();
        assert_eq!(one, day_in(3, seed, &config), "seed {seed}");
    }
    assert!(shown > 50, "{shown}");
}
