//! The visitor as conditions see them.

use super::{Visitor, within};
use crate::domain::config::Config;
use crate::domain::facts::{Answer, ClauseId, Facts, SlotId, Trace};
use crate::domain::profile::{self, Root};
use crate::domain::time::{Millis, Zone};
use crate::domain::value::Value;

/// What conditions see: a view of the visitor.
pub struct Lens<'a> {
    pub(super) visitor: &'a Visitor,
    pub(super) config: &'a Config,
}

impl Facts for Lens<'_> {
    fn lookup(&self, slot: SlotId, _path: &str) -> Option<&Value> {
        self.visitor.slots.get(slot as usize)?.as_ref()
    }

    fn now(&self) -> Millis {
        self.visitor.now
    }

    fn zone(&self) -> &Zone {
        &self.visitor.zone
    }

    fn group(&self, id: &str) -> Option<&[Value]> {
        self.config.groups.get(id)?.as_list()
    }

    fn clause(&self, clause: ClauseId) -> Answer {
        let visitor = self.visitor;
        visitor.behaviours.answer(clause, &visitor.journey, visitor.now, &visitor.zone, visitor.profile.session())
    }

    fn segment(&self, segment: u32) -> Answer {
        self.visitor.membership.answer(segment)
    }

    fn trace_clause(&self, clause: ClauseId) -> Trace {
        let visitor = self.visitor;
        visitor.behaviours.trace(clause, &visitor.journey, visitor.now, &visitor.zone, visitor.profile.session())
    }

    fn next_value(&self, path: &str, at: Millis) -> Option<(Millis, Option<Value>)> {
        let moment = |now: Millis| profile::Moment { now, ..self.visitor.moment(self.config) };
        let next = self.visitor.profile.next_change(path, moment(at))?;
        let value = self.visitor.profile.write_root(Root::of_path(path)?, moment(next));
        Some((next, within(value.as_ref(), path)))
    }

    fn segment_change(&self, segment: u32) -> Option<Millis> {
        self.config.segments.get(segment as usize)?.when.as_ref()?.trace(self).changes_at
    }
}
