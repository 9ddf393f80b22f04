//! One visitor's browser: tabs over one store, claims one after another, a clock, and what goes wrong in real life.

mod hands;

use crate::campaigns::Dice;
use dangol::domain::engine::{Effect, Engine};
use dangol::domain::value::Value;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// What comes to a tab by itself.
#[derive(Clone, Debug)]
pub enum Coming {
    /// The store's transaction has begun.
    Claimed,
    /// Another tab's words.
    Peer(Value),
    /// Something about a message: `inview`, `dismiss`, `action`, `today`.
    Ui(String, &'static str),
}

/// What was seen from outside of one display or hold-out.
#[derive(Clone, Debug)]
pub struct Display {
    pub campaign: String,
    pub step: Option<String>,
    pub variant: Option<String>,
    pub at: i64,
    pub held_out: bool,
    /// Whether it was a second in view, as `Message Shown` tells.
    pub seen: bool,
    pub clicked: Option<i64>,
    pub dismissed: Option<i64>,
}

/// What a page leaves to the next one of its tab.
pub struct Left {
    pub stream: String,
    /// The events of the transactions that it opened in its last moment.
    pub journey: Vec<(String, String)>,
    /// The calls of which it was not told that they are on the disk.
    pub calls: Vec<Value>,
}

pub struct Tab {
    pub engine: Engine,
    pub stream: String,
    pub hidden: bool,
    /// The host's queue of effects; a claim holds up what is behind it.
    queue: VecDeque<Effect>,
    blocked: bool,
    wake: Option<i64>,
    /// The process ends when the next claim is answered and written, before anything is painted.
    pub dies_at_claim: bool,
    /// The calls and events to which this load belongs.
    pub mounted: Vec<String>,
}

/// How a world behaves.
#[derive(Clone, Copy, Debug)]
pub struct Manners {
    /// The most milliseconds a claim or a word between tabs takes.
    pub lag: u64,
    /// Whether the visitor reacts to messages by chance; else every message is seen and left to itself.
    pub lively: bool,
}

pub struct World {
    config: String,
    manners: Manners,
    pub dice: Dice,
    pub now: i64,
    pub tabs: Vec<Option<Tab>>,
    comings: BTreeMap<(i64, u64), (usize, String, Coming)>,
    order: u64,
    /// The claims are serialised: none is answered before the former one.
    claim_free: i64,
    shared: Option<String>,
    state: Option<String>,
    journey: BTreeMap<String, String>,
    /// When the shop heard from the visitor, as far as the store knows: what a dying page took with it never was.
    pub heard: BTreeSet<i64>,
    pub displays: BTreeMap<String, Display>,
    pub decisions: Vec<String>,
    pub reasons: BTreeMap<String, u64>,
    loads: u64,
    pub inputs: u64,
    /// The engine's time in nanoseconds, but for starts, which have their own.
    pub busy: u128,
    pub starting: u128,
    pub starts: u64,
    visitor: u64,
}

impl World {
    pub fn new(config: &str, visitor: u64, now: i64, manners: Manners) -> Self {
        World {
            config: config.into(),
            manners,
            dice: Dice(visitor),
            now,
            tabs: Vec::new(),
            comings: BTreeMap::new(),
            order: 0,
            claim_free: 0,
            shared: None,
            state: None,
            journey: BTreeMap::new(),
            heard: BTreeSet::new(),
            displays: BTreeMap::new(),
            decisions: Vec::new(),
            reasons: BTreeMap::new(),
            loads: 0,
            inputs: 0,
            busy: 0,
            starting: 0,
            starts: 0,
            visitor,
        }
    }

    /// Opens a page load in `place` (a new tab, or a reload that knows what it follows).
    pub fn open(&mut self, place: usize, url: &str, follows: Option<Left>) {
        self.loads += 1;
        let stream = format!("load-{}-{}", self.visitor, self.loads);
        let mut stored = dangol::object! {
            "state" => self.state.clone().map_or(Value::Null, Value::from),
            "journey" => self.journey.values().map(|text| Value::from(text.as_str())).collect::<Vec<_>>(),
        };
        if let Some(former) = follows {
            let pair = |(id, text): (String, String)| Value::List(vec![id.into(), text.into()]);
            let journey: Vec<Value> = former.journey.into_iter().map(pair).collect();
            stored.set("recovered", dangol::object! { "stream" => former.stream, "journey" => journey, "calls" => former.calls });
        }
        let start = dangol::object! {
            "in" => "start", "stream" => stream.as_str(), "config" => self.config.as_str(), "stored" => stored,
            "entropy" => format!("{:016x}{:016x}", self.visitor, self.loads),
            "page" => dangol::object! { "url" => url },
            "options" => dangol::object! { "consent" => dangol::object! { "analytics" => true, "personalization" => true, "marketing" => true }, "locale" => "en" },
        };
        while self.tabs.len() <= place {
            self.tabs.push(None);
        }
        self.tabs[place] = Some(Tab {
            engine: Engine::new(),
            stream,
            hidden: false,
            queue: VecDeque::new(),
            blocked: false,
            wake: None,
            dies_at_claim: false,
            mounted: Vec::new(),
        });
        self.give(place, &start.into());
        // Slots that the page has are seen at once.
        for slot in ["[data-slot=hero]", "[data-slot=side]"] {
            self.signal(place, "slot", slot.into());
        }
        self.page(place, url);
    }

    /// A page is left: the tab goes on with what is returned, or closes.
    ///
    /// What is queued is performed at once, for no claim will be answered. A transaction opened then is not certain: what
    /// it should have written only the next page of the same tab knows for sure.
    pub fn close(&mut self, place: usize) -> Option<Left> {
        self.signal(place, "pagehide", Value::Null);
        let mut journey = Vec::new();
        while let Some(Some(tab)) = self.tabs.get_mut(place) {
            match tab.queue.pop_front() {
                Some(Effect::Save(save)) => {
                    journey.extend(save.journey.iter().map(|(id, text)| (id.to_string(), text.clone())));
                    if !self.manners.lively || self.dice.chance(50) {
                        self.save(save);
                    }
                }
                Some(Effect::Broadcast(data)) => self.tell(place, &data),
                Some(_) => {}
                None => break,
            }
        }
        Some(Left { stream: self.crash(place)?, journey, calls: Vec::new() })
    }

    /// The process ends without a word.
    pub fn crash(&mut self, place: usize) -> Option<String> {
        self.tabs.get_mut(place)?.take().map(|tab| tab.stream)
    }

    pub fn page(&mut self, place: usize, url: &str) {
        let page = dangol::object! { "page" => dangol::object! { "url" => url } };
        self.call(place, "page", page.into());
    }

    /// Tracks an event and gives the call.
    pub fn track(&mut self, place: usize, name: &str, data: Value) -> Value {
        self.call(place, "track", dangol::object! { "name" => name, "data" => data }.into())
    }

    pub fn call(&mut self, place: usize, call: &str, rest: Value) -> Value {
        self.order += 1;
        let mut input = rest;
        let id = format!("{:012x}-{:06}", self.now, self.order);
        let object = input.make_object();
        object.set("in", "call");
        object.set("call", call);
        object.set("id", id);
        object.set("at", self.now);
        self.give(place, &input);
        input
    }

    pub fn signal(&mut self, place: usize, signal: &str, value: Value) {
        self.give(place, &dangol::object! { "in" => "signal", "signal" => signal, "value" => value }.into());
    }

    /// Lets time pass up to `until`: timers ring, transactions begin, tabs talk, the visitor looks and clicks.
    pub fn pass(&mut self, until: i64) {
        loop {
            let coming = self.comings.first_key_value().map(|((at, _), _)| *at);
            let wake = self.tabs.iter().enumerate().filter_map(|(place, tab)| Some((tab.as_ref()?.wake?, place))).min();
            let next = [coming, wake.map(|(at, _)| at)].into_iter().flatten().min();
            let Some(next) = next.filter(|next| *next <= until) else { break };
            self.now = self.now.max(next);
            if coming == Some(next) {
                let (_, (place, stream, coming)) = self.comings.pop_first().unwrap();
                if self.tabs.get(place).and_then(Option::as_ref).is_some_and(|tab| tab.stream == stream) {
                    self.come(place, coming);
                }
            } else if let Some((_, place)) = wake {
                if let Some(tab) = &mut self.tabs[place] {
                    tab.wake = None;
                }
                self.give(place, &dangol::object! { "in" => "wake" }.into());
            }
        }
        self.now = self.now.max(until);
    }

    /// The visitor does something with the message, at once.
    pub fn act(&mut self, place: usize, impression: &str, act: &str) {
        self.give(place, &dangol::object! { "in" => "ui", "impression" => impression, "act" => act }.into());
    }

    fn come(&mut self, place: usize, coming: Coming) {
        match coming {
            Coming::Claimed => self.answer_claim(place),
            Coming::Peer(data) => self.give(place, &dangol::object! { "in" => "peer", "data" => data }.into()),
            Coming::Ui(impression, act) => {
                let mounted = self.tabs[place].as_ref().is_some_and(|tab| tab.mounted.contains(&impression));
                if !mounted {
                    return;
                }
                let mut input = dangol::object! { "in" => "ui", "impression" => impression, "act" => act };
                if act == "action" {
                    input.set("action", 0i64);
                }
                self.give(place, &input.into());
            }
        }
    }
}
