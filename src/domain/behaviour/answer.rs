//! Asks clauses: once, or once for each value of a `per`.

use super::did::Scope;
use super::per::Universe;
use super::{Behaviours, Kind};
use crate::domain::facts::{Answer, ClauseId, earlier};
use crate::domain::journey::Journey;
use crate::domain::time::{Millis, Zone};

impl Behaviours {
    /// Whether a clause holds at `now`, and until when that is certain without an event.
    ///
    /// `session` is the number of the current session. An unknown clause never holds.
    pub fn answer(&self, id: ClauseId, journey: &Journey, now: Millis, zone: &Zone, session: u32) -> Answer {
        let scope = self.scope(journey, now, zone, session);
        match self.clauses.get(id as usize) {
            None => Answer::default(),
            Some(clause) => self.answer_kind(&clause.kind, &scope),
        }
    }

    /// What clauses are asked against.
    pub(super) fn scope<'a>(&'a self, journey: &'a Journey, now: Millis, zone: &'a Zone, session: u32) -> Scope<'a> {
        Scope { journey, base: self.base, now, zone, session, groups: &self.groups }
    }

    /// The answer of a clause's meaning.
    pub(super) fn answer_kind(&self, kind: &Kind, scope: &Scope) -> Answer {
        match kind {
            Kind::Did(did) => self.each(did.per, |value| did.answer_for(&self.sources, value, scope)),
            Kind::Sequence(sequence) => self.each(sequence.per, |value| sequence.answer_for(value, scope)),
            Kind::Campaign(parts) => {
                let mut all = Answer::fixed(true);
                for part in parts {
                    let one = part.answer_for(&self.sources, None, scope);
                    all.passed &= one.passed;
                    all.changes_at = earlier(all.changes_at, one.changes_at);
                }
                all
            }
        }
    }

    /// Asks once, or once for each value of a universe until one passes for good.
    fn each(&self, universe: Option<usize>, ask: impl Fn(Option<u32>) -> Answer) -> Answer {
        let Some(universe) = universe else {
            return ask(None);
        };
        let mut all = Answer::fixed(false);
        for value in self.universes.get(universe).into_iter().flat_map(Universe::values) {
            let one = ask(Some(value));
            all = match (all.passed, one.passed) {
                // While one value passes, the clause holds: it is certain until the last of them may fail.
                (true, true) => Answer::until(true, all.changes_at.max(one.changes_at)),
                (false, true) => one,
                (true, false) => all,
                (false, false) => Answer::until(false, earlier(all.changes_at, one.changes_at)),
            };
            if all.passed && (all.changes_at.is_none() || one.changes_at.is_none()) && one.passed {
                return Answer::fixed(true);
            }
        }
        all
    }
}
