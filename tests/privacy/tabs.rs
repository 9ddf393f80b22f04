//! Who the visitor is while several tabs sign in and out at once: what tabs say and what the store answers arrive late,
//! in any order.

use crate::host::{GRANTED, NOON, random};
use dangol::domain::engine::{Effect, Engine};
use dangol::domain::json;
use dangol::domain::shared::Shared;
use dangol::domain::value::Value;
use dangol::object;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

struct Tab {
    engine: Engine,
    is_claiming: bool,
    heard: VecDeque<Value>,
    /// Whom the shop signed in here last.
    member: Option<String>,
}

/// The tabs of one browser over one store.
struct Browser {
    tabs: Vec<Tab>,
    shared: Option<String>,
    now: i64,
    calls: usize,
    /// The ids that events went out under, and the members they named.
    members: BTreeMap<String, BTreeSet<Option<String>>>,
}

impl Browser {
    fn new(tabs: usize) -> Self {
        let mut browser = Browser { tabs: Vec::new(), shared: None, now: NOON, calls: 0, members: BTreeMap::new() };
        for at in 0..tabs {
            browser.tabs.push(Tab { engine: Engine::new(), is_claiming: false, heard: VecDeque::new(), member: None });
            browser.give(at, &format!(
                r#"{{"in":"start","entropy":"{at}7","stream":"stream-{at}","options":{GRANTED},"page":{{"url":"https://shop.test/"}},"device":{{}},"stored":{{}},"config":null}}"#
            ));
            browser.settle();
        }
        browser
    }

    fn give(&mut self, at: usize, input: &str) {
        let effects = self.tabs[at].engine.apply(self.now, &json::parse(input).unwrap());
        self.follow(at, effects);
    }

    fn follow(&mut self, at: usize, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Claim => self.tabs[at].is_claiming = true,
                Effect::Wipe(_) => self.shared = None,
                Effect::Broadcast(data) => {
                    for (other, tab) in self.tabs.iter_mut().enumerate() {
                        if other != at {
                            tab.heard.push_back(data.clone());
                        }
                    }
                }
                Effect::Save(save) => {
                    if let Some(shared) = save.shared {
                        self.shared = Some(shared).filter(|text| !text.is_empty());
                    }
                    for (_, text) in save.events {
                        let event = json::parse(&text).unwrap();
                        let id = event.text("anonymousId").unwrap();
                        self.members.entry(id.into()).or_default().insert(event.text("userId").map(String::from));
                    }
                }
                _ => {}
            }
        }
    }

    fn call(&mut self, at: usize, fields: &str) {
        self.calls += 1;
        let (id, now) = (self.calls, self.now);
        self.give(at, &format!(r#"{{"in":"call","id":"call-{id}","at":{now},{fields}}}"#));
    }

    fn sign_in(&mut self, at: usize, member: &str) {
        self.tabs[at].member = Some(member.into());
        self.call(at, &format!(r#""call":"identify","user":"{member}","data":{{"name":"{member}"}}"#));
    }

    fn answer(&mut self, at: usize) {
        if std::mem::take(&mut self.tabs[at].is_claiming) {
            let effects = self.tabs[at].engine.apply(self.now, &object! { "in" => "claimed", "shared" => self.shared.clone() }.into());
            self.follow(at, effects);
        }
    }

    fn hear(&mut self, at: usize) {
        if let Some(data) = self.tabs[at].heard.pop_front() {
            let effects = self.tabs[at].engine.apply(self.now, &object! { "in" => "peer", "data" => data }.into());
            self.follow(at, effects);
        }
    }

    /// Lets everything arrive that is on its way.
    fn settle(&mut self) {
        while self.tabs.iter().any(|tab| tab.is_claiming || !tab.heard.is_empty()) {
            for at in 0..self.tabs.len() {
                self.answer(at);
                self.hear(at);
            }
        }
    }

    /// One thing that is on its way arrives.
    fn step(&mut self, seed: &mut u64) {
        let at = (random(seed) % self.tabs.len() as u64) as usize;
        match random(seed) % 3 {
            0 => self.answer(at),
            1 => self.hear(at),
            _ => self.call(at, r#""call":"track","name":"Step","data":{}"#),
        }
    }

    fn export(&mut self, at: usize) -> Value {
        let export = self.tabs[at].engine.apply(self.now, &json::parse(r#"{"in":"query","id":"q","what":"export"}"#).unwrap());
        let Some(Effect::Result { value, .. }) = export.last() else { panic!("{export:?}") };
        value.clone()
    }

    fn knows(&mut self, at: usize) -> (String, Option<String>) {
        let value = self.export(at);
        (value.text("anonymousId").unwrap().into(), value.text("userId").map(String::from))
    }

    /// Whom all tabs know, and the store with them.
    fn agreed(&mut self, seed: u64) -> (String, Option<String>) {
        self.settle();
        let first = self.knows(0);
        for at in 1..self.tabs.len() {
            assert_eq!(self.knows(at), first, "tab {at}, seed {seed}");
        }
        let stored = self.shared.as_deref().and_then(Shared::from_text).unwrap();
        let stored = (String::from(&*stored.anonymous_id), stored.user_id.map(|user| user.to_string()));
        assert_eq!(stored, first, "the store, seed {seed}");
        first
    }
}

/// Has two or three tabs do something each within two milliseconds, in any order of what arrives.
fn at_once(seed: u64, is_known: bool, act: impl Fn(&mut Browser, usize, u64)) -> Browser {
    let mut chance = seed;
    let mut browser = Browser::new(2 + (seed % 2) as usize);
    if is_known {
        browser.sign_in(0, "member-0");
        browser.settle();
    }
    for at in 0..browser.tabs.len() {
        act(&mut browser, at, random(&mut chance));
        browser.now += (random(&mut chance) % 2) as i64;
        for _ in 0..random(&mut chance) % 4 {
            browser.step(&mut chance);
        }
    }
    for _ in 0..30 {
        browser.step(&mut chance);
    }
    browser.settle();
    for at in 0..browser.tabs.len() {
        browser.call(at, r#""call":"track","name":"After","data":{}"#);
    }
    browser
}

#[test]
fn two_members_who_sign_in_at_once_are_two_visitors_and_all_tabs_know_the_same_one() {
    let mut winners = BTreeSet::new();
    for seed in 0..300 {
        let is_known = seed % 4 > 1;
        let mut browser = at_once(seed, is_known, |browser, at, _| browser.sign_in(at, &format!("member-{}", at + 1)));
        let (now, member) = browser.agreed(seed);
        let winner = browser.tabs.iter().position(|tab| tab.member.is_some() && tab.member == member);
        let winner = winner.unwrap_or_else(|| panic!("{member:?}, seed {seed}"));
        if is_known {
            for at in 0..browser.tabs.len() {
                let export = json::to_text(&browser.export(at));
                assert!(at != winner || export.contains(&format!("\"name\":\"member-{}\"", winner + 1)), "{export}, seed {seed}");
                let others = (0..=browser.tabs.len()).filter(|other| *other != winner + 1);
                let told = others.filter(|other| export.contains(&format!("member-{other}"))).count();
                assert_eq!(told, 0, "tab {at}: {export}, seed {seed}");
            }
        }
        winners.insert((is_known, member.clone()));
        for (id, members) in &browser.members {
            let members: Vec<_> = members.iter().flatten().collect();
            // Nobody may be told apart from the visitor whom both found here, before either knows of the other.
            let is_common = !is_known && browser.members.len() > 1 && id != &now;
            assert!(members.len() <= 1 || is_common, "{id}: {members:?}, seed {seed}");
            assert!(id != &now || members.iter().all(|one| Some(*one) == member.as_ref()), "{id}: {members:?}, seed {seed}");
        }
    }
    assert!(winners.len() > 4, "either may be the later one: {winners:?}");
}

#[test]
fn signing_in_and_out_and_being_forgotten_at_once_ends_in_one_visitor() {
    for seed in 0..300 {
        let mut browser = at_once(seed, seed % 4 > 1, |browser, at, chance| match chance % 4 {
            0 => browser.call(at, r#""call":"reset""#),
            1 => browser.call(at, r#""call":"forget""#),
            _ => browser.sign_in(at, &format!("member-{}", at + 1)),
        });
        browser.agreed(seed);
    }
}
