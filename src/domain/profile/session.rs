//! `session` and `visits`: the stretches of time that the visitor spent in the shop.

use super::page::Page;
use super::read::{iso, put, stored_text, stored_time};
use crate::domain::event::Event;
use crate::domain::list::{Gather, drop_first};
use crate::domain::time::{DAY, Millis, SECOND};
use crate::domain::value::{Object, Text, Value};

/// How many earlier recorded sessions are remembered, for tabs whose recorded sessions overlap.
const FORMER: usize = 8;

/// The sessions so far; all but the latest only as what `visits` needs.
#[derive(Clone, Debug, PartialEq, Default)]
pub(super) struct Visits {
    /// The number of sessions, and so the number of the current one; 0 before the first event.
    pub(super) count: u32,
    first_at: Millis,
    /// The last event of the session before.
    previous_at: Option<Millis>,
    pub(super) started_at: Millis,
    last_at: Millis,
    page_views: u32,
    /// Where the session's first page was, and how the visitor came there: what `session` says of it.
    landing: Option<Object>,
    /// The id that a recorded journey gave the current session.
    recorded: Option<Text>,
    /// The recorded ids and numbers of the sessions before it.
    former: Vec<(Text, u32)>,
}

/// What an event means for the sessions.
pub(super) struct Entered {
    /// The number of the event's session.
    pub(super) number: u32,
    /// Whether `visits` is another one now.
    pub(super) changed: bool,
}

impl Visits {
    /// Puts one of the shop's events into its session; a gap longer than `gap` starts a new one.
    pub(super) fn enter(&mut self, event: &Event, gap: Millis) -> Entered {
        let stays = self.holds(event.at, gap);
        let started = match &event.session {
            None => !stays,
            Some(id) if self.count > 0 && self.recorded.as_ref() == Some(id) => false,
            Some(id) => {
                if let Some((_, number)) = self.former.iter().find(|(former, _)| former == id) {
                    return Entered { number: *number, changed: false };
                }
                // The first events of a recording may lie before its first session id.
                let adopts = stays && self.recorded.is_none();
                if adopts {
                    self.recorded = Some(id.clone());
                }
                !adopts
            }
        };
        if started {
            self.start(event);
        }
        self.last_at = self.last_at.max(event.at);
        // Only history from the shop's server is older than what was folded before.
        let earlier = event.at < self.first_at;
        self.first_at = self.first_at.min(event.at);
        Entered { number: self.count, changed: started || earlier }
    }

    /// The time of the newest event.
    pub(super) fn last_event(&self) -> Option<Millis> {
        (self.count > 0).then_some(self.last_at)
    }

    /// Whether the current session goes on until `at`.
    pub(super) fn holds(&self, at: Millis, gap: Millis) -> bool {
        self.count > 0 && at - self.last_at <= gap
    }

    fn start(&mut self, event: &Event) {
        if self.count == 0 {
            self.first_at = event.at;
        } else {
            self.previous_at = Some(self.last_at);
        }
        if let Some(id) = self.recorded.take() {
            if self.former.len() == FORMER {
                drop_first(&mut self.former, 1);
            }
            self.former.push((id, self.count));
        }
        self.count += 1;
        self.started_at = event.at;
        self.last_at = event.at;
        self.page_views = 0;
        self.landing = None;
        self.recorded = event.session.clone();
    }

    /// Counts a page view of session `number`.
    pub(super) fn view(&mut self, page: &Page, number: u32) {
        if number != self.count {
            return;
        }
        self.page_views += 1;
        if self.landing.is_none() {
            let mut landing = Object::new();
            let path = page.0.get("path").or_else(|| page.0.get("url"));
            for (key, part) in [("landingPath", path), ("referrer", page.0.get("referrer")), ("utm", page.0.get("utm"))] {
                put(&mut landing, key, part.cloned());
            }
            self.landing = Some(landing);
        }
    }

    /// `session` as the document shows it; nothing before the first event.
    pub(super) fn session_document(&self) -> Option<Value> {
        if self.count == 0 {
            return None;
        }
        let mut object = crate::object! {
            "number" => f64::from(self.count),
            "startedAt" => iso(self.started_at),
            "pageViews" => f64::from(self.page_views),
            "duration" => (self.last_at - self.started_at) / SECOND,
        };
        if let Some(landing) = &self.landing {
            for (key, part) in landing.iter() {
                object.set(key, part.clone());
            }
        }
        Some(object.into())
    }

    /// `visits` as the document shows it.
    pub(super) fn document(&self) -> Value {
        let mut object = crate::object! { "count" => f64::from(self.count) };
        if self.count > 0 {
            object.set("firstAt", iso(self.first_at));
        }
        if let Some(previous) = self.previous_at {
            object.set("previousAt", iso(previous));
            object.set("daysSincePrevious", (self.started_at - previous) / DAY);
        }
        object.into()
    }

    /// The state for a checkpoint.
    pub(super) fn to_value(&self) -> Value {
        let mut object = crate::object! {
            "n" => f64::from(self.count),
            "f" => self.first_at,
            "s" => self.started_at,
            "l" => self.last_at,
            "v" => f64::from(self.page_views),
        };
        put(&mut object, "p", self.previous_at);
        put(&mut object, "r", self.recorded.clone());
        put(&mut object, "landing", self.landing.clone());
        if !self.former.is_empty() {
            let mut former = Object::new();
            for (id, number) in &self.former {
                former.push_unchecked(id.clone(), f64::from(*number).into());
            }
            object.set("o", former);
        }
        object.into()
    }

    /// The state of a checkpoint.
    pub(super) fn from_value(value: &Value) -> Option<Self> {
        Some(Visits {
            count: value.number("n")? as u32,
            first_at: stored_time(value, "f")?,
            previous_at: stored_time(value, "p"),
            started_at: stored_time(value, "s")?,
            last_at: stored_time(value, "l")?,
            page_views: value.number("v")? as u32,
            landing: value.get("landing").and_then(Value::as_object).cloned(),
            recorded: stored_text(value, "r"),
            former: value
                .get("o")
                .and_then(Value::as_object)
                .map(|former| former.iter().map(|(id, number)| (id.clone(), number.as_number().unwrap_or(0.0) as u32)).gather())
                .unwrap_or_default(),
        })
    }
}
