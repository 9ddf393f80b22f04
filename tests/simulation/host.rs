//! The simulated browser's services: lock, transactions, network, and what goes wrong with them.

use dangol::domain::outbox::{Answer, Outcome, Reason, Send};
use dangol::domain::time::{HOUR, Millis, SECOND};
use dangol::domain::value::Text;

use super::server::{Reply, Weather};
use super::world::{Save, Step, World};

impl World {
    /// Gives the lock to the first that waits, and lets it read the store.
    pub fn grant(&mut self) {
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
    pub fn transaction(&mut self) -> Millis {
        let length = self.random.jitter(30);
        self.store_busy = self.store_busy.max(self.time) + length;
        self.store_busy - self.time
    }

    pub fn save(&mut self, tab: usize, save: Save) {
        let ok = self.calm || self.gentle || self.chance(30) != 0;
        let at = self.transaction();
        self.after(at, Step::Commit(tab, save, ok));
    }

    /// A transaction completes, unless its tab has crashed before.
    pub fn commit(&mut self, tab: usize, save: Save, ok: bool) {
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
        } else {
            self.judge.lost(&ids);
        }
        let wait = Millis::from(self.chance(20));
        self.after(wait, Step::Saved(tab, ids, ok));
    }

    /// Does what the outbox asks for, in the order a host does.
    pub fn perform(&mut self, tab: usize, outcome: Outcome) {
        self.judge.told(tab, outcome.deleted());
        for id in &outcome.acknowledged {
            if !self.tabs[tab].acknowledged.insert(id.clone()) {
                self.faults.push(format!("{id} was acknowledged twice"));
            }
            if !self.server.seen.contains_key(id) {
                self.faults.push(format!("{id} was acknowledged, and the server has it not"));
            }
        }
        for (id, reason) in &outcome.dropped {
            let deserved = match reason {
                Reason::Rejected => self.poison.contains(id),
                Reason::TooLarge => self.large.contains(id),
                _ => false,
            };
            if !deserved {
                self.faults.push(format!("{id} was dropped as {}", reason.name()));
            }
            self.dropped.insert(id.clone(), *reason);
        }
        let state = outcome.save.then(|| self.tabs[tab].outbox.to_value());
        self.judge.recorded(&outcome.dropped, state.as_ref());
        let delete: Vec<Text> = outcome.deleted().cloned().collect();
        if state.is_some() || !delete.is_empty() {
            self.save(tab, Save { delete, state: state.clone(), ..Save::default() });
            for peer in 0..self.tabs.len() {
                let lost = self.chance(5) == 0;
                if peer != tab && !lost {
                    let wait = self.random.jitter(50);
                    let (acknowledged, dropped) = (outcome.acknowledged.clone(), outcome.dropped.clone());
                    self.after(wait, Step::Peer(peer, acknowledged, dropped, state.clone()));
                }
            }
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

    pub fn send(&mut self, tab: usize, send: Send) {
        self.requests += 1;
        let unstored = self.tabs[tab].outbox.unstored().map(|(id, _)| id.clone()).collect();
        self.judge.sent(tab, &send, unstored);
        self.storm.sent(tab, send.batch, send.exit);
        let mut wait = Millis::from(self.chance(300));
        if !self.calm {
            // Troubles seldom meet a request by chance alone.
            let soon = Millis::from(self.chance(400));
            match self.chance(30) {
                0 => self.after(soon, Step::Trouble),
                1 if !self.gentle => self.after(soon, Step::Leave(tab)),
                _ => {}
            }
        }
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
                    self.after(late, Step::Arrive(tab, send.batch, send.body.clone(), false));
                }
            }
            _ => {}
        }
        // The host answers once, at the time limit at the latest; what comes later it does not pass on.
        let answered = arrives && answered && wait < send.timeout - SECOND;
        if !answered {
            let fails = if self.weather_is_quick() { 2 } else { send.timeout };
            self.after(fails, Step::Reply(tab, send.batch, Reply::default()));
        }
        if arrives {
            self.after(wait, Step::Arrive(tab, send.batch, send.body, answered));
        }
    }

    pub fn weather_is_quick(&mut self) -> bool {
        self.server.weather == Weather::Blocked || self.chance(2) == 0
    }

    pub fn reply(&mut self, tab: usize, batch: u32, reply: &Reply) {
        self.storm.ended(tab, batch, reply, self.tabs[tab].alive, self.time);
        self.judge.ended(tab, batch);
        if !self.tabs[tab].alive {
            return;
        }
        let now = self.now();
        let answer = Answer { batch, status: reply.status, wait: reply.wait, body: &reply.body, date: None };
        let outcome = self.tabs[tab].outbox.answer(&answer, now);
        self.perform(tab, outcome);
    }

    /// Something goes wrong with a tab, the lock, the store or the clock.
    pub fn trouble(&mut self) {
        if self.calm {
            return;
        }
        let any = self.chance(self.tabs.len() as u32) as usize;
        // Whoever flushes is hit as often as all others together.
        let tab = self.lock.filter(|_| self.chance(2) == 0).unwrap_or(any);
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
                    self.tabs[holder].outbox.unlocked();
                    self.set_timer(holder);
                    self.grant();
                }
            }
            3 => {
                let jump = [HOUR, -HOUR, 100 * HOUR, -100 * HOUR, 3 * SECOND];
                self.skew += jump[self.chance(5) as usize];
            }
            6 => self.leave(tab),
            4 => {
                if self.tabs[tab].alive {
                    let now = self.now();
                    let online = self.chance(2) == 0;
                    let outcome = self.tabs[tab].outbox.online(online, now);
                    self.perform(tab, outcome);
                }
            }
            _ => {
                // The browser clears the store; what the open pages know of they still send.
                let ids: Vec<Text> = self.store.keys().cloned().collect();
                self.judge.lost(&ids);
                self.store.clear();
                self.state = None;
                self.durable.clear();
            }
        }
    }

    /// The page may be ending: one last request. Often it goes on all the same.
    pub fn leave(&mut self, tab: usize) {
        if self.tabs[tab].alive {
            let now = self.now();
            if let Some(send) = self.tabs[tab].outbox.exit(now) {
                self.send(tab, send);
            }
            self.check(tab);
        }
    }

    /// After every input: the ledger adds up, the bounds hold, a wake is set.
    pub fn check(&mut self, tab: usize) {
        let stats = self.tabs[tab].outbox.stats();
        if stats.created != stats.acknowledged + stats.pending + stats.dropped.total() {
            self.faults.push(format!("the ledger of tab {tab} does not add up: {stats:?}"));
        }
        if stats.pending > 10_000 || self.tabs[tab].outbox.bytes() > 1 << 20 {
            self.faults.push(format!("tab {tab} holds too much"));
        }
        self.set_timer(tab);
    }
}
