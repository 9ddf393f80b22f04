//! A store and the page loads over it: what an engine saved is all that the next one is given.

use dangol::domain::engine::{Effect, Engine};
use dangol::domain::event::Event;
use dangol::domain::json;
use dangol::domain::time::Millis;
use dangol::domain::value::{Text, Value};
use dangol::object;
use std::collections::BTreeMap;

/// What outlives a page.
#[derive(Clone, Default)]
pub struct Store {
    pub journey: BTreeMap<Text, String>,
    pub state: Option<String>,
    pub shared: Option<String>,
}

impl Store {
    /// What a page would have left that saw nothing after `until` and kept no checkpoint.
    pub fn before(&self, until: Millis) -> Store {
        let at = |text: &str| Event::from_stored(&json::parse(text).unwrap()).unwrap().at;
        let journey = self.journey.iter().filter(|(_, text)| at(text) <= until).map(|(id, text)| (id.clone(), text.clone())).collect();
        Store { journey, state: None, shared: self.shared.clone() }
    }
}

/// A change of membership: the segment, when, whether entered.
pub type Change = (String, Millis, bool);

/// One page load.
pub struct Page {
    pub engine: Engine,
    pub store: Store,
    pub changes: Vec<Change>,
}

impl Page {
    pub fn open(config: &str, store: Store, now: Millis, number: usize) -> Page {
        let journey: Vec<Value> = store.journey.values().map(|text| text.as_str().into()).collect();
        let stored = object! { "journey" => journey, "state" => store.state.clone(), "shared" => store.shared.clone() };
        let start = object! {
            "in" => "start", "entropy" => format!("{number:032x}"), "stream" => format!("s{number}"), "config" => config, "stored" => stored,
            "device" => object! { "type" => "mobile", "os" => "Android", "browser" => "Chrome", "language" => "ko", "timezone" => "Asia/Seoul" },
            "options" => object! { "consent" => "granted", "locale" => "ko" },
        };
        let mut page = Page { engine: Engine::new(), store, changes: Vec::new() };
        page.give(now, start.into());
        page
    }

    /// Gives an input and does what the engine asks for, at once.
    pub fn give(&mut self, now: Millis, input: Value) {
        let mut waiting = self.engine.apply(now, &input);
        waiting.reverse();
        while let Some(effect) = waiting.pop() {
            let answer = match effect {
                Effect::Claim => object! { "in" => "claimed", "shared" => self.store.shared.clone() },
                Effect::Save(save) => {
                    // What was written and folded at once is gone, as in the browser's store.
                    self.store.journey.extend(save.journey);
                    for id in &save.drop_journey {
                        self.store.journey.remove(id);
                    }
                    self.store.state = save.state.or(self.store.state.take());
                    self.store.shared = save.shared.or(self.store.shared.take());
                    object! { "in" => "saved", "save" => save.number, "ok" => true }
                }
                _ => continue,
            };
            let mut more = self.engine.apply(now, &answer.into());
            more.reverse();
            waiting.extend(more);
        }
        let log = self.engine.take_log();
        self.changes.extend(log.segments.into_iter().map(|(id, at, entered)| (id.to_string(), at, entered)));
    }

    pub fn wake(&mut self, now: Millis) {
        self.give(now, object! { "in" => "wake" }.into());
    }

    pub fn members(&self) -> Vec<String> {
        let mut members: Vec<String> = self.engine.members().iter().map(|id| id.to_string()).collect();
        members.sort();
        members
    }
}

/// Who is in which segment at `now`, asked of every segment anew over the stored journey.
pub fn asked_anew(config: &str, store: &Store, now: Millis) -> Vec<String> {
    let mut page = Page::open(config, store.before(now), now, 999);
    page.give(now, object! { "in" => "config", "text" => config }.into());
    page.members()
}
