//! The simulated browser: tabs, the store and lock they share, the network, and a clock that jumps.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use dangol::domain::outbox::{Found, Outbox, PART, Reason, Settings};
use dangol::domain::random::{Ids, Random};
use dangol::domain::time::{HOUR, MINUTE, Millis, SECOND};
use dangol::domain::value::{Text, Value};

use super::order::Judge;
use super::server::{Reply, Server, Weather};
use super::storm::Storm;

pub struct Tab {
    pub outbox: Outbox,
    pub ids: Ids,
    pub seq: u64,
    pub alive: bool,
    pub timer: u64,
    pub acknowledged: BTreeSet<Text>,
}

#[derive(Clone, Default)]
pub struct Save {
    pub write: Vec<(Text, Text)>,
    pub delete: Vec<Text>,
    pub state: Option<Value>,
}

pub enum Step {
    Shop(usize),
    Wake(usize, u64),
    Commit(usize, Save, bool),
    Saved(usize, Vec<Text>, bool),
    Read(usize, u64),
    Locked(usize, Option<Vec<(Text, Text)>>, Option<Value>),
    Arrive(usize, u32, String, bool),
    Reply(usize, u32, Reply),
    Peer(usize, Vec<Text>, Vec<(Text, Reason)>, Option<Value>),
    Trouble,
    Leave(usize),
    Weather,
}

pub struct World {
    pub random: Random,
    pub time: Millis,
    /// What the device's clock is ahead of the true time.
    pub skew: Millis,
    pub steps: BTreeMap<(Millis, u64), Step>,
    pub order: u64,
    pub tabs: Vec<Tab>,
    pub store: BTreeMap<Text, Text>,
    pub state: Option<Value>,
    /// Which store it is: a cleared one is made anew.
    pub store_busy: Millis,
    pub lock: Option<usize>,
    pub waiting: VecDeque<usize>,
    pub grants: u64,
    pub server: Server,
    pub calm: bool,
    pub gentle: bool,
    /// Events that a completed transaction held, or that a tab still alive holds.
    pub durable: BTreeSet<Text>,
    pub made: Vec<(usize, Text)>,
    pub dropped: BTreeMap<Text, Reason>,
    /// Events that the endpoint refuses, and such as may be too large for it.
    pub poison: BTreeSet<Text>,
    pub large: BTreeSet<Text>,
    pub faults: Vec<String>,
    pub requests: u32,
    /// What is known of the order of things.
    pub judge: Judge,
    /// What came of the requests, by hour.
    pub storm: Storm,
    /// Whether to print every step.
    pub traced: bool,
}

impl World {
    pub fn new(seed: u64) -> Self {
        let mut random = Random::from_entropy(&format!("{seed:032x}"));
        // A third of the schedules have none of the troubles that may let events overtake each other between batches.
        let gentle = random.below(3) == 0;
        let strict = !gentle && random.below(3) == 0;
        let names = random.below(2) == 0;
        let mut world = World {
            server: Server::new(strict, names),
            random,
            time: 0,
            skew: 1_795_314_914_066,
            steps: BTreeMap::new(),
            order: 0,
            tabs: Vec::new(),
            store: BTreeMap::new(),
            state: None,
            store_busy: 0,
            lock: None,
            waiting: VecDeque::new(),
            grants: 0,
            calm: false,
            durable: BTreeSet::new(),
            made: Vec::new(),
            dropped: BTreeMap::new(),
            poison: BTreeSet::new(),
            large: BTreeSet::new(),
            faults: Vec::new(),
            requests: 0,
            gentle,
            judge: Judge::new(strict),
            storm: Storm::default(),
            traced: false,
        };
        for _ in 0..1 + world.random.below(3) {
            world.open_tab();
        }
        for _ in 0..3 + world.chance(8) {
            let at = world.random.jitter(2 * HOUR);
            world.after(at, Step::Weather);
            let at = world.random.jitter(2 * HOUR);
            world.after(at, Step::Trouble);
        }
        world
    }

    pub fn chance(&mut self, bound: u32) -> u32 {
        self.random.below(bound)
    }

    pub fn now(&self) -> Millis {
        self.time + self.skew
    }

    pub fn after(&mut self, wait: Millis, step: Step) {
        self.order += 1;
        self.steps.insert((self.time + wait.max(0), self.order), step);
    }

    /// Runs the troubled part and then the calm one, in which everything must come to rest.
    pub fn run(&mut self) {
        self.run_until(3 * HOUR);
        self.calm = true;
        self.server.weather = Weather::Fair;
        // The next page gathers what crashed tabs left.
        self.open_tab();
        self.run_until(self.time + 4 * HOUR);
    }

    fn run_until(&mut self, end: Millis) {
        while let Some(entry) = self.steps.first_entry() {
            if entry.key().0 > end {
                break;
            }
            let ((at, _), step) = entry.remove_entry();
            self.time = at;
            self.step(step);
        }
        self.time = end;
    }

    pub fn open_tab(&mut self) {
        let mut settings = Settings::new("/collect");
        settings.strict_ack = self.server.strict;
        settings.flush_at = 1 + self.chance(20) as usize;
        let seed = format!("{:032x}", self.random.next());
        let now = self.now();
        let mut outbox = Outbox::new(settings, Random::from_entropy(&seed), now);
        if let Some(state) = &self.state {
            outbox.restore(state, now);
        }
        let tab = self.tabs.len();
        self.judge.opened(self.state.as_ref());
        self.tabs.push(Tab { outbox, ids: Ids::default(), seq: 0, alive: true, timer: 0, acknowledged: BTreeSet::new() });
        self.set_timer(tab);
        if !self.calm {
            self.after(100, Step::Shop(tab));
        }
    }

    pub fn set_timer(&mut self, tab: usize) {
        let now = self.now();
        let state = &mut self.tabs[tab];
        state.timer += 1;
        let timer = state.timer;
        if let Some(at) = state.outbox.next_wake(now) {
            if at - now > HOUR + MINUTE {
                self.faults.push(format!("tab {tab} sleeps for {} s", (at - now) / SECOND));
            }
            self.after(at - now, Step::Wake(tab, timer));
        }
    }

    fn step(&mut self, step: Step) {
        if self.traced {
            println!("{:>12} {}", self.time, self.told(&step));
        }
        match step {
            Step::Shop(tab) => self.shop(tab),
            Step::Wake(tab, timer) => {
                if self.tabs[tab].alive && self.tabs[tab].timer == timer {
                    self.wake(tab);
                }
            }
            Step::Commit(tab, save, ok) => self.commit(tab, save, ok),
            Step::Saved(tab, ids, ok) => {
                // What could not be written the page keeps in its memory, as the host does.
                if self.tabs[tab].alive && ok {
                    self.tabs[tab].outbox.stored(&ids);
                }
            }
            Step::Read(tab, grant) => {
                if self.lock == Some(tab) && self.grants == grant {
                    let fails = !self.calm && self.chance(20) == 0;
                    let mut left = PART;
                    let part = self.store.iter().take_while(|(_, text)| {
                        let fits = text.len() <= left;
                        left = left.saturating_sub(text.len());
                        fits
                    });
                    let pending = (!fails).then(|| part.map(|(id, text)| (id.clone(), text.clone())).collect());
                    let state = self.state.clone();
                    // The answer may lie in a busy page's queue while the shop goes on.
                    let longest = [20, 3_000][usize::from(self.chance(4) == 0)];
                    let wait = Millis::from(self.chance(longest));
                    self.after(wait, Step::Locked(tab, pending, state));
                }
            }
            Step::Locked(tab, pending, state) => {
                if self.tabs[tab].alive && self.lock == Some(tab) {
                    let now = self.now();
                    let outbox = &mut self.tabs[tab].outbox;
                    let found = Found { pending: pending.as_deref(), state: state.as_ref(), ..Found::default() };
                    self.judge.found(tab, &found);
                    let outcome = outbox.locked(&found, now);
                    self.perform(tab, outcome);
                }
            }
            Step::Arrive(tab, batch, body, answered) => {
                let reply = self.server.take(&body, &mut self.random);
                self.judge.arrived((tab, batch), &self.server.fresh);
                if answered {
                    let wait = Millis::from(self.chance(200));
                    self.after(wait, Step::Reply(tab, batch, reply));
                }
            }
            Step::Reply(tab, batch, reply) => self.reply(tab, batch, &reply),
            Step::Peer(tab, acknowledged, dropped, state) => {
                if self.tabs[tab].alive {
                    let now = self.now();
                    let outbox = &mut self.tabs[tab].outbox;
                    self.judge.told(tab, acknowledged.iter().chain(dropped.iter().map(|(id, _)| id)));
                    self.judge.heard(tab, state.as_ref());
                    outbox.forget(&acknowledged);
                    for (id, reason) in dropped {
                        outbox.forget_dropped(&[id], reason);
                    }
                    if let Some(state) = state {
                        outbox.adopt(&state, now);
                    }
                    self.check(tab);
                }
            }
            Step::Trouble => self.trouble(),
            Step::Leave(tab) => {
                if !self.calm && self.tabs[tab].alive {
                    // Now and then more than a last request holds.
                    let number = [1, 100][usize::from(self.chance(8) == 0)];
                    for _ in 0..number {
                        self.make(tab);
                    }
                    self.leave(tab);
                }
            }
            Step::Weather => {
                if !self.calm {
                    self.server.weather = Weather::any(&mut self.random);
                    if self.gentle && self.server.weather == Weather::Lossy {
                        self.server.weather = Weather::Fair;
                    }
                }
            }
        }
    }

    fn told(&self, step: &Step) -> String {
        match step {
            Step::Shop(tab) => format!("shop {tab}"),
            Step::Wake(tab, _) => format!("wake {tab}"),
            Step::Commit(tab, save, ok) => format!("commit {tab} {ok} write {} delete {:?}", save.write.len(), save.delete),
            Step::Saved(tab, ids, ok) => format!("saved {tab} {ok} {ids:?}"),
            Step::Read(tab, _) => format!("read {tab}"),
            Step::Locked(tab, pending, state) => {
                let pending = pending.as_ref().map(Vec::len);
                format!("locked {tab} {pending:?} {state:?}")
            }
            Step::Arrive(tab, batch, body, _) => format!("arrive {tab} {batch} {}", body.len()),
            Step::Reply(tab, batch, reply) => format!("reply {tab} {batch} {reply:?}"),
            Step::Peer(tab, acknowledged, dropped, _) => {
                format!("peer {tab} {acknowledged:?} {dropped:?}")
            }
            Step::Trouble => "trouble".into(),
            Step::Leave(tab) => format!("leave {tab}"),
            Step::Weather => "weather".into(),
        }
    }

    /// The shop calls once.
    fn make(&mut self, tab: usize) {
        let now = self.now();
        let poison = self.chance(25) == 0;
        let size = if self.chance(12) == 0 { 3_000 } else { 40 };
        let state = &mut self.tabs[tab];
        state.seq += 1;
        state.ids.see(now, &mut self.random);
        let id = state.ids.next(&mut self.random);
        let text: Text = format!(
            r#"{{"type":"track","event":"Product Viewed","messageId":"{id}","timestamp":"2026-11-22T02:35:14.066Z","seq":{},"poison":{poison},"x":"{}","context":{{"streamId":"{tab}"}}}}"#,
            state.seq,
            "x".repeat(size)
        )
        .into();
        if poison {
            self.poison.insert(id.clone());
        }
        if size > 1_000 {
            self.large.insert(id.clone());
        }
        let outcome = state.outbox.push(id.clone(), text.clone(), now);
        self.made.push((tab, id.clone()));
        self.judge.made(tab, &id);
        self.perform(tab, outcome);
        let save = Save { write: vec![(id, text)], ..Save::default() };
        self.save(tab, save);
    }

    /// The shop calls a few times and comes back later.
    fn shop(&mut self, tab: usize) {
        if !self.tabs[tab].alive || self.calm {
            return;
        }
        for _ in 0..=self.chance(4) {
            self.make(tab);
        }
        if self.chance(10) == 0 {
            let now = self.now();
            self.tabs[tab].outbox.flush(now);
        }
        self.set_timer(tab);
        let longest = [HOUR, 2 * SECOND][usize::from(self.chance(3) == 0)];
        let wait = self.random.jitter(longest);
        self.after(wait, Step::Shop(tab));
    }

    pub fn wake(&mut self, tab: usize) {
        let now = self.now();
        let outcome = self.tabs[tab].outbox.overdue(now);
        self.perform(tab, outcome);
        if self.tabs[tab].outbox.wake(now) {
            self.waiting.push_back(tab);
            self.grant();
        }
        self.check(tab);
    }
}
