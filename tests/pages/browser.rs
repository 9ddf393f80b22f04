//! A simulated browser around real engines: one store, tabs whose pages are left or crash at any moment, the hand-over
//! from a tab's page to its next one, and an endpoint that keeps the first text of each id.
//!
//! It performs effects as `js/host` does, one step at a time in an order that a seed decides.

use std::collections::{BTreeMap, VecDeque};

use dangol::domain::engine::{Effect, Engine, Save};
use dangol::domain::json;
use dangol::domain::outbox::Send;
use dangol::domain::random::{Ids, Random};
use dangol::domain::time::{DAY, HOUR, MINUTE, Millis, SECOND};
use dangol::domain::value::{Object, Text, Value};
use dangol::object;

use crate::store::Store;

#[path = "performing.rs"]
mod performing;

/// What a page has asked of the store, in order.
enum Work {
    Write(Save),
    /// The engine is asked within the transaction.
    Claim,
    /// It has answered, and the transaction has not completed.
    Claimed(Option<Save>, Vec<Effect>),
    Read,
}

/// What a page that was left wrote down for the tab's next one.
#[derive(Clone, Default)]
struct Left {
    stream: Text,
    shared: Option<Text>,
    events: Vec<(Text, Text)>,
    journey: Vec<(Text, Text)>,
    calls: Vec<Value>,
}

pub struct Page {
    tab: usize,
    engine: Engine,
    stream: Text,
    pub alive: bool,
    effects: VecDeque<Effect>,
    /// Whether a claim holds up the effects behind it.
    held: bool,
    works: VecDeque<Work>,
    /// The calls whose promise has not settled.
    calls: BTreeMap<Text, Value>,
    wake: Option<Millis>,
    heard: VecDeque<Value>,
    recovered: bool,
    /// Where the page goes on once the disk has refused a write: in memory, until it ends.
    memory: Option<Store>,
    /// Whether what was recovered lies there.
    recovered_there: bool,
}

pub struct Browser {
    pub random: Random,
    ids: Ids,
    pub now: Millis,
    pub store: Store,
    pub pages: Vec<Page>,
    /// What lies in each tab's sessionStorage.
    tabs: Vec<Option<Left>>,
    /// The page whose transaction is under way.
    writing: Option<usize>,
    lock: Option<usize>,
    waiting: VecDeque<usize>,
    network: Vec<(usize, Send, Millis)>,
    config: String,
    options: Object,
    /// The first text of each event that the endpoint got.
    pub got: BTreeMap<Text, Value>,
    /// The calls that were made, and whether their promise settled.
    pub made: BTreeMap<Text, bool>,
    /// The streams of pages that crashed: what they made last may be gone.
    pub crashed: Vec<Text>,
    /// Whether a page came to a call only when it was more than five minutes old: by then its consequences, what segments
    /// it let the visitor enter or leave among them, are not told any more.
    pub late: bool,
    /// Whether the disk refuses a write now and then: it is full, or the connection is gone for good.
    pub fails: bool,
    pub refused: usize,
    pub traced: bool,
}

impl Browser {
    pub fn new(seed: u64, config: &str, filter: bool) -> Self {
        let options = object! {
            "consent" => "granted", "filter" => filter,
            "endpoint" => object! { "url" => "/collect", "flushInterval" => 1_000.0 },
        };
        Browser {
            random: Random::from_entropy(&format!("{seed:032x}")),
            ids: Ids::default(),
            now: 1_793_588_400_000,
            store: Store::default(),
            pages: Vec::new(),
            tabs: Vec::new(),
            writing: None,
            lock: None,
            waiting: VecDeque::new(),
            network: Vec::new(),
            config: config.into(),
            options,
            got: BTreeMap::new(),
            made: BTreeMap::new(),
            crashed: Vec::new(),
            late: false,
            fails: false,
            refused: 0,
            traced: false,
        }
    }

    pub fn new_tab(&mut self) -> usize {
        self.tabs.push(None);
        self.tabs.len() - 1
    }

    /// Opens a page in a tab: the store is read, then the engine starts.
    pub fn open(&mut self, tab: usize) -> usize {
        let stream = self.id();
        let entropy = format!("{:016x}{:016x}", self.random.next(), self.random.next());
        let left = self.tabs[tab].clone();
        let text = |key: &str| self.store.state.get(key).cloned();
        let journey: Vec<Value> = self.store.journey.values().cloned().map(Value::from).collect();
        let mut stored = object! {
            "consent" => text("consent"), "state" => text("state"), "shared" => text("shared"), "journey" => journey,
            "collect" => left.as_ref().and_then(|left| left.shared.clone()).filter(|_| text("shared").is_none()),
        };
        if let Some(left) = &left {
            let pairs = |list: &[(Text, Text)]| -> Vec<Value> {
                list.iter().map(|(id, text)| Value::from(vec![Value::from(id.clone()), Value::from(text.clone())])).collect()
            };
            let recovered = object! {
                "stream" => left.stream.clone(), "calls" => left.calls.clone(),
                "events" => pairs(&left.events), "journey" => pairs(&left.journey),
            };
            stored.set("recovered", recovered);
        }
        let start = object! {
            "in" => "start", "entropy" => entropy.as_str(), "stream" => stream.clone(), "options" => self.options.clone(),
            "page" => object! { "url" => "https://shop.test/" }, "device" => Object::new(), "stored" => stored,
            "config" => self.config.as_str(),
        };
        self.pages.push(Page {
            tab,
            engine: Engine::new(),
            stream,
            alive: true,
            effects: VecDeque::new(),
            held: false,
            works: VecDeque::new(),
            calls: BTreeMap::new(),
            wake: None,
            heard: VecDeque::new(),
            recovered: left.is_some(),
            memory: None,
            recovered_there: false,
        });
        let page = self.pages.len() - 1;
        self.give(page, start);
        self.call(page, "page", "", Object::new());
        page
    }

    fn id(&mut self) -> Text {
        self.ids.see(self.now, &mut self.random);
        self.ids.next(&mut self.random)
    }

    /// The shop calls.
    pub fn call(&mut self, page: usize, kind: &str, name: &str, data: Object) {
        let id = self.id();
        let place = object! { "url" => "https://shop.test/", "title" => "", "referrer" => "" };
        let input = object! {
            "in" => "call", "id" => id.clone(), "at" => self.now, "call" => kind, "name" => name, "data" => data, "page" => place,
        };
        if kind != "flush" {
            self.made.insert(id.clone(), false);
        }
        self.pages[page].calls.insert(id, input.clone().into());
        self.give(page, input);
    }

    pub fn signal(&mut self, page: usize, signal: &str) {
        self.give(page, object! { "in" => "signal", "signal" => signal });
    }

    fn ask(&mut self, page: usize, input: impl Into<Value>) -> Vec<Effect> {
        let input = input.into();
        let effects = self.pages[page].engine.apply(self.now, &input);
        if self.traced {
            println!("{page} < {}", json::to_text(&input));
            effects.iter().for_each(|effect| println!("{page} > {effect:?}"));
        }
        let (wakes, rest): (Vec<_>, Vec<_>) = effects.into_iter().partition(|effect| matches!(effect, Effect::Wake(_)));
        for wake in wakes {
            if let Effect::Wake(at) = wake {
                self.pages[page].wake = at;
            }
        }
        rest
    }

    fn give(&mut self, page: usize, input: impl Into<Value>) {
        let effects = self.ask(page, input);
        self.pages[page].effects.extend(effects);
        self.drain(page, false);
    }

    fn drain(&mut self, page: usize, at_exit: bool) {
        while at_exit || !self.pages[page].held {
            let Some(effect) = self.pages[page].effects.pop_front() else { return };
            self.perform(page, effect);
        }
    }

    /// The page is left in good order: it hands over what is unsettled, and then some of its work still succeeds.
    pub fn leave(&mut self, page: usize) {
        self.perform_answered(page);
        if self.random.below(2) == 0 {
            self.signal(page, "hidden");
            self.drain(page, true);
        }
        self.signal(page, "pagehide");
        self.drain(page, true);
        self.unlock(page);
        let tab = self.pages[page].tab;
        let mut former = self.tabs[tab].take().unwrap_or_default();
        let mut left = Left { stream: self.pages[page].stream.clone(), ..Left::default() };
        if let Some(memory) = &self.pages[page].memory {
            if self.pages[page].recovered_there {
                former = Left::default();
            }
            left.shared = memory.state.get("shared").cloned();
            left.events.extend(memory.events.clone());
            left.journey.extend(memory.journey.clone());
        }
        for work in &self.pages[page].works {
            let (Work::Write(save) | Work::Claimed(Some(save), _)) = work else { continue };
            if let Some(shared) = &save.shared {
                left.shared = Some(shared.as_str().into());
            }
            for (pairs, rows, gone) in
                [(&mut left.events, &save.events, &save.drop_events), (&mut left.journey, &save.journey, &save.drop_journey)]
            {
                pairs.extend(rows.iter().map(|(id, text)| (id.clone(), Text::from(text.as_str()))));
                pairs.iter_mut().filter(|(id, _)| gone.contains(id)).for_each(|(_, text)| *text = "".into());
            }
        }
        let calls = &self.pages[page].calls;
        left.events.retain(|(id, text)| !text.is_empty() || calls.contains_key(id));
        left.journey.retain(|(_, text)| !text.is_empty());
        left.calls.extend(calls.values().cloned());
        // Lines are only appended, so that several short pages in a row add up.
        left.shared = left.shared.or(former.shared);
        former.events.append(&mut left.events);
        former.journey.append(&mut left.journey);
        former.calls.append(&mut left.calls);
        let left = Left { stream: left.stream, shared: left.shared, ..former };
        self.tabs[tab] = Some(left);
        self.end(page);
    }

    /// At the page's end nothing is waited for: what a claim had decided is performed before its transaction completes.
    fn perform_answered(&mut self, page: usize) {
        for index in 0..self.pages[page].works.len() {
            let Some(Work::Claimed(_, rest)) = self.pages[page].works.get_mut(index) else { continue };
            let rest = std::mem::take(rest);
            rest.into_iter().for_each(|effect| self.perform(page, effect));
        }
        self.drain(page, true);
    }

    /// The page is gone without a word.
    pub fn crash(&mut self, page: usize) {
        self.unlock(page);
        self.crashed.push(self.pages[page].stream.clone());
        self.end(page);
    }

    /// Of what was under way some transactions, in their order, and some requests succeed.
    fn end(&mut self, page: usize) {
        self.pages[page].alive = false;
        let most = self.pages[page].works.len() as u32;
        let number = self.random.below(most + 1) as usize;
        let works = std::mem::take(&mut self.pages[page].works);
        let lasting = self.pages[page].memory.is_none();
        for work in works.into_iter().take(number).filter(|_| lasting) {
            if let Work::Write(save) | Work::Claimed(Some(save), _) = work {
                self.store.write(&save);
            }
        }
        if self.writing == Some(page) {
            self.writing = None;
        }
        let (ours, others): (Vec<_>, Vec<_>) = std::mem::take(&mut self.network).into_iter().partition(|(from, ..)| *from == page);
        self.network = others;
        for (_, send, _) in ours {
            if self.random.below(3) != 0 {
                self.arrive(&send);
            }
        }
    }

    /// Time passes: mostly little, now and then very much.
    pub fn pass(&mut self) {
        let length = match self.random.below(24) {
            0 => 15 * DAY,
            1 => HOUR,
            2..=4 => 11 * MINUTE,
            5..=9 => 2 * SECOND,
            _ => 20,
        };
        self.now += self.random.jitter(length);
    }

    /// Lets everything of the pages that are open come to rest.
    pub fn settle_down(&mut self) {
        for _ in 0..600 {
            while (0..self.pages.len()).filter(|page| self.step(*page)).count() > 0 {}
            let open: Vec<usize> = (0..self.pages.len()).filter(|page| self.pages[*page].alive).collect();
            let rests = |browser: &mut Self, page: usize| {
                browser.pages[page].works.is_empty() && browser.stats(page).number("pending") == Some(0.0)
            };
            if open.into_iter().all(|page| rests(self, page)) {
                return;
            }
            self.now += 5 * SECOND;
        }
    }

    pub fn stats(&mut self, page: usize) -> Value {
        self.query(page, "stats")
    }

    pub fn query(&mut self, page: usize, what: &str) -> Value {
        let effects = self.ask(page, object! { "in" => "query", "id" => "q", "what" => what });
        let mut value = Value::Null;
        for effect in effects {
            match effect {
                Effect::Result { value: found, .. } => value = found,
                other => self.pages[page].effects.push_back(other),
            }
        }
        self.drain(page, false);
        value
    }
}
