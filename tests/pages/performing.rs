//! How the simulated browser performs what an engine asks for: its disk, the tabs' lock, the network.

use super::*;

impl Browser {
    pub(super) fn perform(&mut self, page: usize, effect: Effect) {
        match effect {
            Effect::Save(save) => self.pages[page].works.push_back(Work::Write(save)),
            Effect::Settle(ids) => self.settle(page, &ids),
            Effect::Claim => {
                self.pages[page].works.push_back(Work::Claim);
                self.pages[page].held = true;
            }
            Effect::Lock => {
                self.waiting.push_back(page);
                self.grant();
            }
            Effect::Unlock => self.unlock(page),
            Effect::Send(send) => self.network.push((page, send, self.now)),
            Effect::Filter { events } => {
                let events: Vec<Value> =
                    events.into_iter().map(|(id, text)| Value::from(vec![Value::from(id), Value::from(text.as_str())])).collect();
                self.give(page, object! { "in" => "filtered", "events" => events });
            }
            Effect::Broadcast(data) => {
                for other in (0..self.pages.len()).filter(|other| *other != page) {
                    self.pages[other].heard.push_back(data.clone());
                }
            }
            _ => {}
        }
    }

    pub(super) fn settle(&mut self, page: usize, ids: &[Text]) {
        // What lies in memory is as durable as it can be, which a crash does not care about.
        let lasting = self.pages[page].memory.is_none();
        for id in ids {
            if self.pages[page].calls.remove(id).is_some() && self.made.contains_key(id) {
                self.made.insert(id.clone(), lasting);
            }
        }
    }

    /// Where a page reads and writes.
    pub(super) fn place(&mut self, page: usize) -> &mut Store {
        self.pages[page].memory.as_mut().unwrap_or(&mut self.store)
    }

    pub(super) fn grant(&mut self) {
        while self.lock.is_none() {
            let Some(page) = self.waiting.pop_front() else { return };
            if self.pages[page].alive {
                self.lock = Some(page);
                self.pages[page].works.push_back(Work::Read);
            }
        }
    }

    pub(super) fn unlock(&mut self, page: usize) {
        self.waiting.retain(|waiting| *waiting != page);
        if self.lock == Some(page) {
            self.lock = None;
            self.grant();
        }
    }

    /// Lets one thing happen to a page; false where there is nothing.
    pub fn step(&mut self, page: usize) -> bool {
        if !self.pages[page].alive {
            return false;
        }
        let requests: Vec<usize> = (0..self.network.len()).filter(|index| self.network[*index].0 == page).collect();
        let free = self.writing.is_none_or(|writer| writer == page);
        let mut kinds = Vec::new();
        if !self.pages[page].works.is_empty() && free {
            kinds.extend([0, 0]);
        }
        if !requests.is_empty() {
            kinds.push(1);
        }
        if !self.pages[page].heard.is_empty() {
            kinds.push(2);
        }
        if self.pages[page].wake.is_some_and(|at| at <= self.now) {
            kinds.push(3);
        }
        if kinds.is_empty() {
            return false;
        }
        match kinds[self.random.below(kinds.len() as u32) as usize] {
            0 => self.transact(page),
            1 => {
                let (_, send, since) = self.network.remove(requests[0]);
                // The host waits as long as it was told; what is stored later it does not hear of.
                let late = self.now - since >= send.timeout;
                if !late || self.random.below(2) == 0 {
                    self.arrive(&send);
                }
                let status = if late { 0.0 } else { 200.0 };
                self.give(page, object! { "in" => "answer", "batch" => f64::from(send.batch), "status" => status, "body" => "" });
            }
            2 => {
                let data = self.pages[page].heard.pop_front().unwrap();
                self.give(page, object! { "in" => "peer", "data" => data });
            }
            _ => {
                self.pages[page].wake = None;
                self.give(page, object! { "in" => "wake" });
            }
        }
        true
    }

    /// The first transaction of a page goes on by a step.
    pub(super) fn transact(&mut self, page: usize) {
        match self.pages[page].works.pop_front().unwrap() {
            Work::Write(save) => self.commit(page, &save),
            Work::Read => {
                let pending: Vec<Value> = (self.place(page).events.iter())
                    .map(|(id, text)| Value::from(vec![Value::from(id.clone()), Value::from(text.clone())]))
                    .collect();
                self.give(page, object! { "in" => "locked", "pending" => pending });
            }
            Work::Claim => {
                let shared = self.place(page).state.get("shared").cloned();
                let left = self.tabs[self.pages[page].tab].iter().flat_map(|left| &left.calls);
                let mut calls = self.pages[page].calls.values().chain(left);
                self.late |= calls.any(|call| call.number("at").is_some_and(|at| self.now - at as Millis > 5 * MINUTE));
                let mut rest = self.ask(page, object! { "in" => "claimed", "shared" => shared });
                let save = rest.iter().position(|effect| matches!(effect, Effect::Save(_))).map(|index| rest.remove(index));
                let save = save.and_then(|save| if let Effect::Save(save) = save { Some(save) } else { None });
                self.pages[page].works.push_front(Work::Claimed(save, rest));
                self.writing = Some(page);
            }
            Work::Claimed(save, rest) => {
                self.writing = None;
                rest.into_iter().rev().for_each(|effect| self.pages[page].effects.push_front(effect));
                if let Some(save) = save {
                    self.commit(page, &save);
                    if std::mem::take(&mut self.pages[page].recovered) {
                        self.pages[page].recovered_there = self.pages[page].memory.is_some();
                        if !self.pages[page].recovered_there {
                            self.tabs[self.pages[page].tab] = None;
                        }
                    }
                }
                self.pages[page].held = false;
                self.drain(page, false);
            }
        }
    }

    /// A write completes, or fails: then the page goes on in memory, with what could not be written.
    pub(super) fn commit(&mut self, page: usize, save: &Save) {
        let ok = self.pages[page].memory.is_some() || !self.fails || self.random.below(25) != 0;
        if !ok {
            self.pages[page].memory = Some(Store::default());
            self.refused += 1;
        }
        self.place(page).write(save);
        self.settle(page, &save.settle);
        self.give(page, object! { "in" => "saved", "save" => save.number, "ok" => ok });
    }

    pub(super) fn arrive(&mut self, send: &Send) {
        let body = json::parse(&send.body).unwrap();
        for event in body.list("batch") {
            self.got.entry(event.text("messageId").unwrap().into()).or_insert_with(|| event.clone());
        }
    }
}
