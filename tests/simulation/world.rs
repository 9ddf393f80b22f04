//! The simulated browser: tabs, the store and lock they share, the network, and a clock that jumps.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use dangol::domain::outbox::{Answer, Found, Outbox, Outcome, Reason, Send, Settings};
use dangol::domain::random::{Ids, Random};
use dangol::domain::time::{HOUR, MINUTE, Millis, SECOND};
use dangol::domain::value::{Text, Value};

use super::server::{Reply, Server, Weather};

pub struct Tab {
    pub outbox: Outbox,
    ids: Ids,
    seq: u64,
    pub alive: bool,
    timer: u64,
    pub acknowledged: BTreeSet<Text>,
}

#[derive(Clone, Default)]
struct Save {
    write: Vec<(Text, Text)>,
    delete: Vec<Text>,
    state: Option<Value>,
}

enum Step {
    Shop(usize),
    Wake(usize, u64),
    Commit(usize, Save, bool),
    Saved(usize, Vec<Text>, bool),
    Read(usize, u64),
    Locked(usize, Option<Vec<(Text, Text)>>, String, Option<Value>),
    Arrive(usize, u32, String, bool),
    Reply(usize, u32, Reply),
    Peer(usize, Vec<Text>, Vec<(Text, Reason)>, Option<Value>),
    Trouble,
    Weather,
}

pub struct World {
    pub random: Random,
    pub time: Millis,
    /// What the device's clock is ahead of the true time.
    skew: Millis,
    steps: BTreeMap<(Millis, u64), Step>,
    order: u64,
    pub tabs: Vec<Tab>,
    store: BTreeMap<Text, Text>,
    state: Option<Value>,
    /// Which store it is: a cleared one is made anew.
    mark: u32,
    store_busy: Millis,
    lock: Option<usize>,
    waiting: VecDeque<usize>,
    grants: u64,
    pub server: Server,
    calm: bool,
    gentle: bool,
    /// Events that a completed transaction held, or that a tab still alive holds.
    pub durable: BTreeSet<Text>,
    pub made: Vec<(usize, Text)>,
    pub dropped: BTreeMap<Text, Reason>,
    pub faults: Vec<String>,
    /// Requests that came to nothing, by hour.
    pub failures: BTreeMap<Millis, u32>,
    pub requests: u32,
    /// Whether anything made two tabs flush at once or events overtake each other by the server's own doing.
    pub disordered: bool,
    /// Whether to print every step.
    pub traced: bool,
}

impl World {
    pub fn new(seed: u64) -> Self {
        let mut random = Random::from_entropy(&format!("{seed:032x}"));
        // A third of the schedules have none of the troubles that let events overtake each other between batches.
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
            mark: 0,
            store_busy: 0,
            lock: None,
            waiting: VecDeque::new(),
            grants: 0,
            calm: false,
            durable: BTreeSet::new(),
            made: Vec::new(),
            dropped: BTreeMap::new(),
            faults: Vec::new(),
            failures: BTreeMap::new(),
            requests: 0,
            gentle,
            disordered: strict,
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

    fn chance(&mut self, bound: u32) -> u32 {
        self.random.below(bound)
    }

    fn now(&self) -> Millis {
        self.time + self.skew
    }

    fn after(&mut self, wait: Millis, step: Step) {
        self.order += 1;
        self.steps
            .insert((self.time + wait.max(0), self.order), step);
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

    fn open_tab(&mut self) {
        let mut settings = Settings::new("/collect");
        settings.strict_ack = self.server.strict;
        settings.flush_at = 1 + self.chance(20) as usize;
        let seed = format!("{:032x}", self.random.next());
        let now = self.now();
        let mut outbox = Outbox::new(settings, Random::from_entropy(&seed), now);
        outbox.opened(&self.mark.to_string());
        if let Some(state) = &self.state {
            outbox.restore(state, now);
        }
        let tab = self.tabs.len();
        self.tabs.push(Tab {
            outbox,
            ids: Ids::default(),
            seq: 0,
            alive: true,
            timer: 0,
            acknowledged: BTreeSet::new(),
        });
        self.set_timer(tab);
        if !self.calm {
            self.after(100, Step::Shop(tab));
        }
    }

    fn set_timer(&mut self, tab: usize) {
        let now = self.now();
        let state = &mut self.tabs[tab];
        state.timer += 1;
        let timer = state.timer;
        if let Some(at) = state.outbox.next_wake(now) {
            if at - now > HOUR + MINUTE {
                self.faults
                    .push(format!("tab {tab} sleeps for {} s", (at - now) / SECOND));
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
                if self.tabs[tab].alive {
                    if ok {
                        self.tabs[tab].outbox.stored(&ids);
                    } else {
                        self.rewrite(tab);
                    }
                }
            }
            Step::Read(tab, grant) => {
                if self.lock == Some(tab) && self.grants == grant {
                    let fails = !self.calm && self.chance(20) == 0;
                    let pending = (!fails).then(|| self.store.clone().into_iter().collect());
                    let state = self.state.clone();
                    let wait = Millis::from(self.chance(20));
                    let mark = self.mark.to_string();
                    self.after(wait, Step::Locked(tab, pending, mark, state));
                }
            }
            Step::Locked(tab, pending, mark, state) => {
                if self.tabs[tab].alive && self.lock == Some(tab) {
                    let now = self.now();
                    let outbox = &mut self.tabs[tab].outbox;
                    let found = Found {
                        pending: pending.as_deref(),
                        mark: Some(&mark),
                        state: state.as_ref(),
                    };
                    let outcome = outbox.locked(&found, now);
                    self.perform(tab, outcome);
                }
            }
            Step::Arrive(tab, batch, body, answered) => {
                let reply = self.server.take(&body, &mut self.random);
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
            Step::Commit(tab, save, ok) => format!(
                "commit {tab} {ok} write {} delete {:?}",
                save.write.len(),
                save.delete
            ),
            Step::Saved(tab, ids, ok) => format!("saved {tab} {ok} {ids:?}"),
            Step::Read(tab, _) => format!("read {tab}"),
            Step::Locked(tab, pending, _, state) => {
                let pending = pending.as_ref().map(Vec::len);
                format!("locked {tab} {pending:?} {state:?}")
            }
            Step::Arrive(tab, batch, body, _) => format!("arrive {tab} {batch} {}", body.len()),
            Step::Reply(tab, batch, reply) => format!("reply {tab} {batch} {reply:?}"),
            Step::Peer(tab, acknowledged, dropped, _) => {
                format!("peer {tab} {acknowledged:?} {dropped:?}")
            }
            Step::Trouble => "trouble".into(),
            Step::Weather => "weather".into(),
        }
    }

    /// The shop calls a few times and comes back later.
    fn shop(&mut self, tab: usize) {
        if !self.tabs[tab].alive || self.calm {
            return;
        }
        for _ in 0..=self.chance(4) {
            let now = self.now();
            let poison = self.chance(25) == 0;
            let size = if self.chance(12) == 0 { 3_000 } else { 40 };
            let state = &mut self.tabs[tab];
            state.seq += 1;
            let id = state.ids.next(now, &mut self.random);
            let text: Text = format!(
                r#"{{"type":"track","event":"Product Viewed","messageId":"{id}","timestamp":"2026-11-22T02:35:14.066Z","seq":{},"poison":{poison},"x":"{}","context":{{"streamId":"{tab}"}}}}"#,
                state.seq,
                "x".repeat(size)
            )
            .into();
            let outcome = state.outbox.push(id.clone(), text.clone(), now);
            self.made.push((tab, id.clone()));
            self.perform(tab, outcome);
            let save = Save {
                write: vec![(id, text)],
                ..Save::default()
            };
            self.save(tab, save);
        }
        if self.chance(10) == 0 {
            let now = self.now();
            self.tabs[tab].outbox.flush(now);
        }
        self.set_timer(tab);
        let wait = self.random.jitter(HOUR);
        self.after(wait, Step::Shop(tab));
    }

    fn wake(&mut self, tab: usize) {
        let now = self.now();
        if self.tabs[tab].outbox.wake(now) {
            self.waiting.push_back(tab);
            self.grant();
        }
        self.check(tab);
    }

    /// Gives the lock to the first that waits, and lets it read the store.
    fn grant(&mut self) {
        while self.lock.is_none() {
            let Some(tab) = self.waiting.pop_front() else {
                return;
            };
            if self.tabs[tab].alive {
                self.lock = Some(tab);
                self.grants += 1;
                let at = self.transaction();
                self.after(at, Step::Read(tab, self.grants));
            }
        }
    }

    /// Transactions run one after the other, in the order they were opened.
    fn transaction(&mut self) -> Millis {
        let length = self.random.jitter(30);
        self.store_busy = self.store_busy.max(self.time) + length;
        self.store_busy - self.time
    }

    fn save(&mut self, tab: usize, save: Save) {
        let ok = self.calm || self.gentle || self.chance(30) != 0;
        self.disordered |= !ok;
        let at = self.transaction();
        self.after(at, Step::Commit(tab, save, ok));
    }

    fn rewrite(&mut self, tab: usize) {
        let write = self.tabs[tab].outbox.unstored();
        let write = write.map(|(id, text)| (id.clone(), text.clone())).collect();
        self.save(
            tab,
            Save {
                write,
                ..Save::default()
            },
        );
    }

    /// A transaction completes, unless its tab has crashed before.
    fn commit(&mut self, tab: usize, save: Save, ok: bool) {
        if !self.tabs[tab].alive {
            return;
        }
        let ids: Vec<Text> = save.write.iter().map(|(id, _)| id.clone()).collect();
        if ok {
            for (id, text) in save.write {
                self.durable.insert(id.clone());
                self.store.insert(id, text);
            }
            for id in &save.delete {
                self.store.remove(id);
            }
            if save.state.is_some() {
                self.state = save.state;
            }
        }
        let wait = Millis::from(self.chance(20));
        self.after(wait, Step::Saved(tab, ids, ok));
    }

    /// Does what the outbox asks for, in the order a host does.
    fn perform(&mut self, tab: usize, outcome: Outcome) {
        for id in &outcome.acknowledged {
            if !self.tabs[tab].acknowledged.insert(id.clone()) {
                self.faults.push(format!("{id} was acknowledged twice"));
            }
            if !self.server.seen.contains_key(id) {
                self.faults
                    .push(format!("{id} was acknowledged, and the server has it not"));
            }
        }
        for (id, reason) in &outcome.dropped {
            self.dropped.insert(id.clone(), *reason);
        }
        let state = outcome.save.then(|| self.tabs[tab].outbox.to_value());
        let delete: Vec<Text> = outcome.deleted().cloned().collect();
        if state.is_some() || !delete.is_empty() {
            self.save(
                tab,
                Save {
                    delete,
                    state: state.clone(),
                    ..Save::default()
                },
            );
            for peer in 0..self.tabs.len() {
                let lost = self.chance(5) == 0;
                if peer != tab && !lost {
                    let wait = self.random.jitter(50);
                    let (acknowledged, dropped) =
                        (outcome.acknowledged.clone(), outcome.dropped.clone());
                    self.after(wait, Step::Peer(peer, acknowledged, dropped, state.clone()));
                }
            }
        }
        if outcome.rewrite {
            self.rewrite(tab);
        }
        if let Some(send) = outcome.send {
            self.send(tab, send);
        }
        if outcome.unlock && self.lock == Some(tab) {
            self.lock = None;
            self.grant();
        }
        self.check(tab);
    }

    fn send(&mut self, tab: usize, send: Send) {
        self.requests += 1;
        let mut wait = Millis::from(self.chance(300));
        let (mut arrives, mut answered) = (true, true);
        match self.server.weather {
            Weather::Blocked => {
                arrives = false;
                wait = 2;
            }
            Weather::Lossy => {
                arrives = self.chance(3) != 0;
                answered = self.chance(3) != 0;
                if self.chance(4) == 0 {
                    wait = Millis::from(self.chance(60_000));
                }
                if self.chance(4) == 0 {
                    let late = Millis::from(self.chance(90_000));
                    self.after(
                        late,
                        Step::Arrive(tab, send.batch, send.body.clone(), false),
                    );
                }
            }
            _ => {}
        }
        // The host answers once, at the time limit at the latest; what comes later it does not pass on.
        let answered = arrives && answered && wait < send.timeout - SECOND;
        if !answered {
            let fails = if self.weather_is_quick() {
                2
            } else {
                send.timeout
            };
            self.after(fails, Step::Reply(tab, send.batch, Reply::default()));
        }
        if arrives {
            self.disordered |= wait > 1_000 || send.exit;
            self.after(wait, Step::Arrive(tab, send.batch, send.body, answered));
        }
    }

    fn weather_is_quick(&mut self) -> bool {
        self.server.weather == Weather::Blocked || self.chance(2) == 0
    }

    fn reply(&mut self, tab: usize, batch: u32, reply: &Reply) {
        if matches!(reply.status, 0 | 300..=399 | 401..=412 | 425..=u16::MAX) {
            *self.failures.entry(self.time / HOUR).or_default() += 1;
        }
        if !self.tabs[tab].alive {
            return;
        }
        let now = self.now();
        let answer = Answer {
            batch,
            status: reply.status,
            retry_after: reply.retry_after.as_deref(),
            body: &reply.body,
            date: None,
        };
        let outcome = self.tabs[tab].outbox.answer(&answer, now);
        self.perform(tab, outcome);
    }

    /// Something goes wrong with a tab, the lock, the store or the clock.
    fn trouble(&mut self) {
        if self.calm {
            return;
        }
        let tab = self.chance(self.tabs.len() as u32) as usize;
        let kinds = [8, 5][usize::from(self.gentle)];
        match self.chance(kinds) {
            0..=1 => {
                // A crash; the visitor may come back.
                self.tabs[tab].alive = false;
                if self.lock == Some(tab) {
                    self.lock = None;
                    self.grant();
                }
                self.open_tab();
            }
            2 => self.open_tab(),
            5 => {
                // The page sleeps and loses the lock, with a request on its way.
                if let Some(holder) = self.lock.take() {
                    self.disordered = true;
                    self.tabs[holder].outbox.unlocked();
                    self.set_timer(holder);
                    self.grant();
                }
            }
            3 => {
                let jump = [HOUR, -HOUR, 100 * HOUR, -100 * HOUR, 3 * SECOND];
                self.skew += jump[self.chance(5) as usize];
            }
            6 => {
                if self.tabs[tab].alive {
                    let now = self.now();
                    self.disordered = true;
                    if let Some(send) = self.tabs[tab].outbox.exit(now) {
                        self.send(tab, send);
                    }
                    self.check(tab);
                }
            }
            4 => {
                if self.tabs[tab].alive {
                    let now = self.now();
                    let online = self.chance(2) == 0;
                    let outcome = self.tabs[tab].outbox.online(online, now);
                    self.perform(tab, outcome);
                }
            }
            _ => {
                // The browser clears the store, and the tabs may or may not hear of it.
                self.disordered = true;
                self.store.clear();
                self.state = None;
                self.mark += 1;
                self.durable.clear();
                for tab in 0..self.tabs.len() {
                    if self.tabs[tab].alive && self.chance(2) == 0 {
                        self.tabs[tab].outbox.store_lost();
                        self.rewrite(tab);
                    }
                }
            }
        }
    }

    /// After every input: the ledger adds up, the bounds hold, a wake is set.
    fn check(&mut self, tab: usize) {
        let stats = self.tabs[tab].outbox.stats();
        if stats.created != stats.acknowledged + stats.pending + stats.dropped.total() {
            self.faults.push(format!(
                "the ledger of tab {tab} does not add up: {stats:?}"
            ));
        }
        if stats.pending > 10_000 || self.tabs[tab].outbox.bytes() > 1 << 20 {
            self.faults.push(format!("tab {tab} holds too much"));
        }
        self.set_timer(tab);
    }
}
