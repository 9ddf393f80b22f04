//! Deterministic simulation of delivery: several tabs, a store, a lock, a network and clocks that all misbehave.
//!
//! `DANGOL_SIMULATION_SEEDS` says how many schedules are played (2,000 unless given), `DANGOL_SEED` plays one of them and
//! tells every step.
//! The judge is the server's ledger.

// A test says what went wrong best by stopping there, in its helpers too.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

#[path = "simulation/host.rs"]
mod host;
#[path = "simulation/order.rs"]
mod order;
#[path = "simulation/server.rs"]
mod server;
#[path = "simulation/storm.rs"]
mod storm;
#[path = "simulation/world.rs"]
mod world;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use dangol::domain::outbox::{Answer, Found, Outbox, Settings};
use dangol::domain::random::Random;
use dangol::domain::time::{HOUR, MINUTE, Millis, SECOND};
use order::Excuse;
use world::World;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// What all schedules came to.
#[derive(Default)]
struct Totals {
    events: usize,
    requests: u32,
    drops: usize,
    /// The events that came though they had been dropped.
    ghosts: usize,
    /// Schedules in which every stream came in its order, whole.
    ordered: usize,
    /// The events that were overtaken, and the schedules in which that happened, by what excuses it.
    excused: BTreeMap<Excuse, (usize, usize)>,
    /// The most requests in vain in an hour.
    worst: u32,
    /// How many more there might have been in the hour nearest to its bound, and the schedule of that.
    tightest: Option<(i64, u64)>,
}

impl Totals {
    fn add(&mut self, seed: u64, world: &World) {
        self.events += world.made.len();
        self.requests += world.requests;
        self.drops += world.dropped.len();
        for hour in world.storm.hours.values() {
            self.worst = self.worst.max(hour.vain);
            let room = (hour.room(), seed);
            self.tightest = Some(self.tightest.map_or(room, |other| other.min(room)));
        }
        self.ghosts += world.judge.ghosts.len();
        // What was lost with its page never came.
        let late = world.judge.excused.iter().filter(|(id, _)| world.server.seen.contains_key(*id));
        let excuses: Vec<Excuse> = late.map(|(_, excuse)| *excuse).collect();
        self.ordered += usize::from(excuses.is_empty());
        for excuse in Excuse::ALL {
            let number = excuses.iter().filter(|other| **other == excuse).count();
            let (events, schedules) = self.excused.entry(excuse).or_default();
            *events += number;
            *schedules += usize::from(number > 0);
        }
    }
}

/// Plays one schedule; what went wrong.
fn play(seed: u64) -> (Vec<String>, World) {
    let mut world = World::new(seed);
    world.traced = number("DANGOL_SEED").is_some();
    world.run();
    let mut faults = std::mem::take(&mut world.faults);
    faults.append(&mut world.server.faults);
    for (tab, id) in &world.made {
        let must = world.durable.contains(id) || world.tabs[*tab].alive;
        let ended = world.server.seen.contains_key(id) || world.dropped.contains_key(id);
        if must && !ended {
            faults.push(format!("{id} of tab {tab} was lost"));
        }
    }
    for (index, tab) in world.tabs.iter().enumerate() {
        if tab.alive && tab.outbox.stats().pending > 0 {
            faults.push(format!("tab {index} never came to rest"));
        }
    }
    faults.append(&mut world.judge.faults);
    // Where nothing fails but the endpoint, and no page ends but by a crash, nothing has an excuse.
    if world.gentle {
        let late = world.judge.excused.iter().filter(|(id, _)| world.server.seen.contains_key(*id));
        faults.extend(late.map(|(id, excuse)| format!("{id} came late: {}", excuse.name())));
        faults.extend(world.judge.ghosts.iter().map(|id| format!("{id} came though it had been dropped")));
    }
    faults.extend(world.storm.faults());
    (faults, world)
}

#[test]
fn no_schedule_loses_repeats_or_disorders_events() {
    if let Some(seed) = number("DANGOL_SEED") {
        let (faults, world) = play(seed);
        println!("{} events, {} requests", world.made.len(), world.requests);
        assert!(faults.is_empty(), "seed {seed}: {faults:#?}");
        return;
    }
    let seeds = number("DANGOL_SIMULATION_SEEDS").unwrap_or(2_000);
    let (next, totals) = (AtomicU64::new(0), Mutex::new(Totals::default()));
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    let failed: Vec<(u64, Vec<String>)> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| {
                    let mut failed = Vec::new();
                    loop {
                        let seed = next.fetch_add(1, Ordering::Relaxed);
                        if seed >= seeds || failed.len() >= 3 {
                            return failed;
                        }
                        let (faults, world) = play(seed);
                        totals.lock().unwrap().add(seed, &world);
                        if !faults.is_empty() {
                            failed.push((seed, faults));
                        }
                    }
                })
            })
            .collect();
        let joined = workers.into_iter().flat_map(|worker| worker.join().unwrap());
        joined.collect()
    });
    let Totals { events, requests, drops, ghosts, ordered, excused, worst, tightest } = totals.into_inner().unwrap();
    println!(
        "{seeds} schedules: {events} events, {requests} requests, {drops} dropped with a reason, at most {worst} requests \
         in vain in an hour"
    );
    println!("{ghosts} events came though they had been dropped");
    if let Some((room, seed)) = tightest {
        println!("the hour nearest to its bound had room for {room} more (DANGOL_SEED={seed})");
    }
    println!("all were judged for order; {ordered} had none that came late, the others such as had an excuse:");
    for (excuse, (events, schedules)) in excused {
        println!("  {}: {events} events in {schedules} schedules", excuse.name());
    }
    if let Some((seed, faults)) = failed.iter().min() {
        panic!("{} schedules failed; replay with DANGOL_SEED={seed}: {faults:#?}", failed.len());
    }
}

/// A browser with one tab and something to send.
fn client(seed: u64, now: Millis) -> Outbox {
    let mut outbox = Outbox::new(Settings::new("/collect"), Random::from_entropy(&format!("{seed:032x}")), now);
    outbox.push("a".into(), "{}".into(), now);
    outbox.flush(now);
    outbox
}

fn fail(outbox: &mut Outbox, now: Millis, status: u16) {
    assert!(outbox.wake(now));
    let send = outbox.locked(&Found::default(), now).send.unwrap();
    let answer = Answer { batch: send.batch, status, ..Answer::default() };
    outbox.answer(&answer, now);
}

#[test]
fn a_thousand_browsers_do_not_come_back_as_a_herd() {
    let mut clients: Vec<Outbox> = (0..1_000).map(|seed| client(seed, 0)).collect();
    let mut at = 0;
    // An outage begins: everybody fails at the same moment, and again and again.
    for attempt in 0..8 {
        let span = (SECOND << attempt).min(15 * MINUTE);
        let mut slots = [0; 10];
        for outbox in &mut clients {
            let now = at.max(outbox.next_wake(at).unwrap());
            fail(outbox, now, 503);
            let wait = outbox.next_wake(now).unwrap() - now;
            slots[((wait - 1) * 10 / span) as usize] += 1;
        }
        at += 2 * span;
        assert!(slots.iter().all(|slot| *slot < 160), "{slots:?} at attempt {attempt}");
    }
}

#[test]
fn a_day_of_outage_costs_few_requests() {
    for (status, first, later) in [(503, storm::STEADY, 20), (0, 14, 8), (404, 2, 1)] {
        for seed in 0..200 {
            let mut outbox = client(seed, 0);
            let mut hours = [0; 25];
            let mut now = 0;
            while now < 24 * HOUR {
                fail(&mut outbox, now, status);
                hours[(now / HOUR) as usize] += 1;
                now = outbox.next_wake(now).unwrap();
            }
            assert!(hours[0] <= first, "{status}: {hours:?}");
            assert!(hours[1..].iter().all(|hour| *hour <= later), "{status}: {hours:?}");
        }
    }
}
