//! What a condition over an event's properties may know besides them: the groups, and the event's own time.

use crate::domain::facts::{Answer, ClauseId, Facts, SlotId, Trace};
use crate::domain::time::{Millis, Zone};
use crate::domain::value::{Text, Value};

/// The surroundings of an event.
///
/// The clock stands at the event's own time, not at now: whether an event passes a `where` is decided once, and a
/// journey that is read anew gives the same answer.
pub(super) struct Moment<'a> {
    /// When the event happened.
    pub at: Millis,
    /// The shop's time zone.
    pub zone: &'a Zone,
    /// The configuration's groups.
    pub groups: &'a [(Text, Vec<Value>)],
}

impl Facts for Moment<'_> {
    fn lookup(&self, _: SlotId, _: &str) -> Option<&Value> {
        None
    }

    fn now(&self) -> Millis {
        self.at
    }

    fn zone(&self) -> &Zone {
        self.zone
    }

    fn group(&self, id: &str) -> Option<&[Value]> {
        let (_, members) = self.groups.iter().find(|(name, _)| &**name == id)?;
        Some(members)
    }

    fn clause(&self, _: ClauseId) -> Answer {
        Answer::default()
    }

    fn segment(&self, _: u32) -> Answer {
        Answer::default()
    }

    fn trace_clause(&self, _: ClauseId) -> Trace {
        Trace::default()
    }
}
