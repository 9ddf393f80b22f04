//! An engine under one configuration, and what a test reads off it.

#![allow(dead_code, missing_docs)] // Each test uses a part of it.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // A test may fail.

use dangol::domain::engine::{Effect, Engine};
use dangol::domain::json;
use dangol::domain::value::Value;
use std::collections::BTreeMap;

/// An engine with a store in memory that answers claims at once.
pub struct Host {
    pub engine: Engine,
    pub shared: Option<String>,
    pub consent: Option<String>,
    pub effects: Vec<Effect>,
    pub now: i64,
    calls: usize,
    /// The journey and the state that lie in the store, as of the last reload.
    stored: (BTreeMap<String, String>, Option<String>),
}

pub const MINUTE: i64 = 60_000;
pub const DAY: i64 = 24 * 60 * MINUTE;
/// Noon of 2 November 2026 in Seoul.
pub const NOON: i64 = 1_793_588_400_000;

impl Host {
    pub fn new(config: &str, options: &str, now: i64) -> Self {
        Self::again(config, options, now, None)
    }

    /// `engine` in place of a whole one.
    pub fn with(engine: Engine, config: &str, options: &str) -> Self {
        Self::begin(engine, &format!(r#""config":{}"#, json::to_text(&Value::from(config))), options, NOON, "{}")
    }

    pub fn again(config: &str, options: &str, now: i64, consent: Option<&str>) -> Self {
        let stored = consent.map_or("{}".into(), |text| format!(r#"{{"consent":{}}}"#, json::to_text(&Value::from(text))));
        let config = format!(r#""config":{}"#, json::to_text(&Value::from(config)));
        let mut host = Self::under(&config, options, now, &stored);
        host.consent = consent.map(String::from);
        host
    }

    /// `config` and `stored` as the page's start gives them.
    pub fn under(config: &str, options: &str, now: i64, stored: &str) -> Self {
        Self::begin(Engine::new(), config, options, now, stored)
    }

    /// `engine` in place of a new one, which may have been given its configuration already.
    pub fn begin(engine: Engine, config: &str, options: &str, now: i64, stored: &str) -> Self {
        let mut host = Host { engine, shared: None, consent: None, effects: Vec::new(), now, calls: 0, stored: Default::default() };
        host.give(&format!(
            r#"{{"in":"start","entropy":"00","stream":"stream-1","options":{options},"page":{{"url":"https://shop.test/"}},"device":{{}},"stored":{stored},{config}}}"#
        ));
        host
    }

    /// The visitor's next page: another engine over what the pages before it have stored.
    pub fn reload(&mut self, config: &str, options: &str, now: i64) {
        let (journey, state) = &mut self.stored;
        for effect in self.effects.drain(..) {
            match effect {
                Effect::Save(save) => {
                    journey.extend(save.journey.iter().map(|(id, text)| (id.to_string(), text.clone())));
                    journey.retain(|id, _| !save.drop_journey.iter().any(|gone| **gone == **id));
                    *state = save.state.or(state.take());
                }
                Effect::Wipe(_) => (*journey, *state) = Default::default(),
                _ => {}
            }
        }
        let journey: Vec<Value> = journey.values().map(|text| Value::from(&**text)).collect();
        let state = state.as_deref().map_or(Value::Null, Value::from);
        let stored = json::to_text(&dangol::object! { "journey" => journey, "state" => state }.into());
        (self.engine, self.now) = (Engine::new(), now);
        self.give(&format!(
            r#"{{"in":"start","entropy":"{now:x}","stream":"stream-{now}","options":{options},"page":{{"url":"https://shop.test/"}},"device":{{}},"stored":{stored},"config":{}}}"#,
            json::to_text(&Value::from(config))
        ));
    }

    pub fn give(&mut self, input: &str) {
        let mut waiting = self.engine.apply(self.now, &json::parse(input).unwrap());
        waiting.reverse();
        while let Some(effect) = waiting.pop() {
            match &effect {
                Effect::Claim => {
                    let shared = self.shared.clone().map_or("null".into(), |text| json::to_text(&Value::from(text)));
                    let mut more = self.engine.apply(self.now, &json::parse(&format!(r#"{{"in":"claimed","shared":{shared}}}"#)).unwrap());
                    more.reverse();
                    waiting.extend(more);
                }
                Effect::Save(save) => {
                    if let Some(shared) = &save.shared {
                        self.shared = Some(shared.clone()).filter(|text| !text.is_empty());
                    }
                    if let Some(consent) = &save.consent {
                        self.consent = Some(consent.clone());
                    }
                }
                Effect::Wipe(_) => self.shared = None,
                _ => {}
            }
            self.effects.push(effect);
        }
    }

    /// Rings as a host's timer does, until `end`; how often it had to.
    pub fn pass(&mut self, end: i64) -> usize {
        let mut rings = 0;
        while let Some(at) = self.engine.next_wake().filter(|at| *at <= end && rings < 1_000) {
            self.now = self.now.max(at);
            self.give(r#"{"in":"wake"}"#);
            rings += 1;
        }
        self.now = end;
        rings
    }

    pub fn call(&mut self, fields: &str) {
        self.calls += 1;
        let (id, at) = (format!("call-{}", self.calls), self.now);
        self.give(&format!(r#"{{"in":"call","id":"{id}","at":{at},{fields}}}"#));
    }

    pub fn page(&mut self, url: &str) {
        self.call(&format!(r#""call":"page","page":{{"url":"{url}","title":"","referrer":""}}"#));
    }

    /// The outcome of `show()`: `shown`, or why not.
    pub fn show(&mut self, campaign: &str) -> String {
        self.call(&format!(r#""call":"show","name":"{campaign}""#));
        let id = format!("call-{}", self.calls);
        let found = self.effects.iter().rev().find_map(|effect| match effect {
            Effect::Result { id: known, value } if **known == *id => Some(value.clone()),
            _ => None,
        });
        let value = found.unwrap();
        value.text("reason").or(value.text("outcome")).unwrap().into()
    }

    pub fn query(&mut self, what: &str) -> Value {
        self.give(&format!(r#"{{"in":"query","id":"q","what":"{what}"}}"#));
        let found = self.effects.iter().rev().find_map(|effect| match effect {
            Effect::Result { id, value } if &**id == "q" => Some(value.clone()),
            _ => None,
        });
        found.unwrap()
    }

    /// The events that were saved for sending.
    pub fn events(&self) -> Vec<Value> {
        let saves = self.effects.iter().filter_map(|effect| match effect {
            Effect::Save(save) => Some(save),
            _ => None,
        });
        saves.flat_map(|save| save.events.iter().map(|(_, text)| json::parse(text).unwrap())).collect()
    }

    /// Whether a call needs nothing more of its page.
    pub fn settled(&self, id: &str) -> bool {
        self.effects.iter().any(|effect| match effect {
            Effect::Settle(ids) => ids.iter().any(|settled| &**settled == id),
            Effect::Save(save) => save.settle.iter().any(|settled| &**settled == id),
            _ => false,
        })
    }

    /// How many messages were shown.
    pub fn shown(&self) -> usize {
        self.effects.iter().filter(|effect| matches!(effect, Effect::Show(_))).count()
    }

    /// All that leaves, as text.
    pub fn sent(&self) -> String {
        let texts = self.effects.iter().flat_map(|effect| match effect {
            Effect::Save(save) => save.events.iter().map(|(_, text)| text.clone()).collect(),
            Effect::Send(send) => vec![send.body.clone()],
            _ => Vec::new(),
        });
        texts.collect::<Vec<_>>().join("\n")
    }

    pub fn problems(&self) -> Vec<String> {
        self.effects
            .iter()
            .filter_map(|effect| match effect {
                Effect::Notify { kind: "problem", detail } => detail.text("code").map(String::from),
                _ => None,
            })
            .collect()
    }

    /// The last tree of a message on screen.
    pub fn tree(&self) -> Value {
        let text = self.effects.iter().rev().find_map(|effect| {
            let mut out = String::new();
            match effect {
                Effect::Show(message) => message.tree.to_json(&mut out),
                Effect::Update { tree, .. } => tree.to_json(&mut out),
                _ => return None,
            }
            Some(out)
        });
        json::parse(&text.unwrap()).unwrap()
    }

    pub fn impression(&self) -> String {
        let shown = self.effects.iter().rev().find_map(|effect| match effect {
            Effect::Show(message) => message.head.text("impression").map(String::from),
            _ => None,
        });
        shown.unwrap()
    }

    /// A click on the first piece with this part.
    pub fn click(&mut self, part: &str) {
        let node = find(&self.tree(), part).unwrap_or_else(|| panic!("no {part}"));
        let (impression, action) = (self.impression(), node.number("action").unwrap());
        self.give(&format!(r#"{{"in":"ui","impression":"{impression}","act":"action","action":{action}}}"#));
    }
}

pub fn find(node: &Value, part: &str) -> Option<Value> {
    if node.text("part").is_some_and(|parts| parts.split(' ').any(|one| one == part)) {
        return Some(node.clone());
    }
    node.list("children").iter().find_map(|child| find(child, part))
}

pub fn texts(node: &Value) -> Vec<String> {
    let mut all: Vec<String> = node.text("text").filter(|text| !text.is_empty()).map(String::from).into_iter().collect();
    all.extend(node.list("children").iter().flat_map(texts));
    all
}

pub fn config(settings: &str) -> String {
    format!(
        r#"{{"version":1,"timezone":"Asia/Seoul","locale":"ko","settings":{settings},"campaigns":{{
        "offer":{{"name":"가을 할인","purpose":"marketing","trigger":{{"manual":true}},"message":{{"layout":"modal","blocks":[{{"text":"20% 할인","as":"title"}}]}}}},
        "help":{{"name":"도움","purpose":"service","trigger":{{"manual":true}},"message":{{"layout":"modal","blocks":[{{"text":"도와드릴까요?","as":"title"}},{{"button":"상담","action":{{"chat":{{"message":"안녕하세요"}}}}}}]}}}}}}}}"#
    )
}

/// A shop with one message, and things that stay on the device.
pub const CONFIG: &str = r#"{"version":1,"settings":{"localOnly":["traits.birthday","properties.secret"],"urlQuery":["ref"]},
  "campaigns":{"c":{"trigger":{"event":"Go"},"message":{"layout":"modal","blocks":[{"text":"hi"}]}}}}"#;

pub const GRANTED: &str = r#"{"consent":"granted","endpoint":{"url":"/collect"}}"#;
pub const NIGHT: &str = r#"{"quietHours":{"from":"21:00","to":"08:00","purpose":"marketing","unlessConsent":"marketingNight"},"advertisingLabel":"(광고)","refusal":true}"#;

/// A generator of one's own, so that a failing seed can be run again.
pub fn random(seed: &mut u64) -> u64 {
    *seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *seed;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
