//! The last thing a backend hears of a visitor who asked to be forgotten: who it was, so that it can forget them too.
//!
//! It is kept in memory alone, for nothing may be stored about them any more, and tried a few times while the page lives.

use super::{Effect, Engine};
use crate::domain::outbox::Send;
use crate::domain::time::{Millis, SECOND};
use crate::domain::value::{Object, Value};
use crate::domain::wire::{self, Call, Context, Kind};

/// The event that says so.
const VISITOR_FORGOTTEN: &str = "Visitor Forgotten";
/// The number of its request, out of the way of the outbox's.
const BATCH: u32 = u32::MAX;
const TRIES: u32 = 5;

/// The request, until it is answered.
#[derive(Clone, Debug)]
pub(super) struct Farewell {
    send: Send,
    tries: u32,
    /// When it is made again; `None` while it is on its way.
    pub due: Option<Millis>,
}

impl Engine {
    /// Tells the backend, where there is one.
    pub(super) fn take_leave(&mut self) {
        let id = self.new_id();
        let Some(outbox) = &self.outbox else { return };
        self.seq += 1;
        let text = wire::event_text(
            &Context::new(env!("CARGO_PKG_VERSION"), "", "", "", &self.stream),
            &Call {
                kind: Kind::Track,
                name: Some(VISITOR_FORGOTTEN),
                data: &Object::new(),
                id: &id,
                at: self.wall,
                anonymous: &self.shared.anonymous_id,
                user: self.shared.user_id.as_deref(),
                seq: self.seq,
                dropped: None,
            },
            &[],
        );
        let send = outbox.alone(BATCH, id, &text);
        self.effects.push(Effect::Send(send.clone()));
        self.farewell = Some(Farewell { send, tries: 1, due: None });
    }

    /// Takes its answer; false where the answer is to another request.
    pub(super) fn leave_answered(&mut self, input: &Value, now: Millis) -> bool {
        if input.number("batch") != Some(f64::from(BATCH)) {
            return false;
        }
        let status = input.number("status").unwrap_or(0.0);
        let passes = status == 0.0 || status >= 500.0 || matches!(status as u16, 408 | 425 | 429);
        self.farewell = self.farewell.take().filter(|farewell| passes && farewell.tries < TRIES).map(|farewell| Farewell {
            due: Some(now + (SECOND << farewell.tries)),
            tries: farewell.tries + 1,
            ..farewell
        });
        true
    }

    /// Makes the request again when it is due.
    pub(super) fn ring_farewell(&mut self, at: Millis) {
        if let Some(farewell) = self.farewell.as_mut().filter(|farewell| farewell.due.is_some_and(|due| due <= at)) {
            farewell.due = None;
            self.effects.push(Effect::Send(farewell.send.clone()));
        }
    }
}
