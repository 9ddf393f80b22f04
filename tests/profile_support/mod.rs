//! What the tests of the document share.
#![allow(dead_code, clippy::unwrap_used)]

use dangol::domain::event::Event;
use dangol::domain::json;
use dangol::domain::problem::{Place, Problems};
use dangol::domain::profile::{Moment, Profile, Settings};
use dangol::domain::time::{Millis, Zone, parse_iso};
use dangol::domain::value::Value;

/// The value of a JSON text.
#[track_caller]
pub fn json(text: &str) -> Value {
    json::parse(text).unwrap()
}

/// The instant of an ISO time.
#[track_caller]
pub fn at(text: &str) -> Millis {
    parse_iso(text).unwrap()
}

/// An event with JSON properties.
#[track_caller]
pub fn event(time: Millis, name: &str, properties: &str) -> Event {
    Event {
        id: "".into(),
        at: time,
        name: name.into(),
        properties: json(properties).as_object().unwrap().clone(),
        user: None,
        session: None,
        own: Event::is_own_name(name),
    }
}

/// Settings of JSON, which must be right.
#[track_caller]
pub fn settings(text: &str) -> Settings {
    let mut problems = Problems::default();
    let settings = Settings::decode(Some(&json(text)), &Place::Root, &mut problems);
    assert_eq!(problems.list, []);
    settings
}

/// A visitor, a zone and settings.
pub struct Visitor {
    /// The folded state.
    pub profile: Profile,
    /// The shop's time zone.
    pub zone: Zone,
    /// The definitions.
    pub settings: Settings,
    /// The time of the latest event.
    pub now: Millis,
}

impl Visitor {
    /// A new one, with default settings, in Seoul.
    pub fn new() -> Self {
        Self::with("{}")
    }

    /// A new one with settings of JSON.
    #[track_caller]
    pub fn with(text: &str) -> Self {
        Visitor {
            profile: Profile::new(),
            zone: Zone::named("Asia/Seoul", at("2026-01-01")).unwrap(),
            settings: settings(text),
            now: at("2026-01-01"),
        }
    }

    /// Does something at a time, and tells the session.
    #[track_caller]
    pub fn does(&mut self, time: &str, name: &str, properties: &str) -> u32 {
        self.now = at(time);
        let event = event(self.now, name, properties);
        self.profile.apply(&event, &self.settings)
    }

    /// Does something one second later.
    #[track_caller]
    pub fn then(&mut self, name: &str, properties: &str) {
        self.now += 1_000;
        let event = event(self.now, name, properties);
        self.profile.apply(&event, &self.settings);
    }

    /// How the document is looked at.
    pub fn moment(&self) -> Moment<'_> {
        Moment { now: self.now, ahead: 0, zone: &self.zone, settings: &self.settings, event: None }
    }

    /// The value under a path of the document.
    pub fn path(&self, path: &str) -> Option<Value> {
        self.profile.document(self.moment()).at(path).cloned()
    }

    /// Asserts what lies under a path; an empty text stands for nothing.
    #[track_caller]
    pub fn shows(&self, path: &str, expected: &str) {
        let expected = (!expected.is_empty()).then(|| json(expected));
        assert_eq!(self.path(path), expected, "{path}");
    }
}
