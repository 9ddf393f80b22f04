//! `$did` and `$didNot`: select events by window, session and `since`, then measure them.

use super::measure::{End, Measure};
use super::postings::Postings;
use super::source::Source;
use super::window::{Range, Window};
use crate::domain::event::Event;
use crate::domain::facts::{Answer, earlier};
use crate::domain::journey::Journey;
use crate::domain::time::{Millis, Zone};
use crate::domain::value::{Text, Value};

/// What a clause is asked against.
#[derive(Clone, Copy)]
pub(super) struct Scope<'a> {
    /// The journey.
    pub journey: &'a Journey,
    /// The running number of the journey's first event.
    pub base: u32,
    /// The engine's now.
    pub now: Millis,
    /// The shop's time zone.
    pub zone: &'a Zone,
    /// The number of the current session.
    pub session: u32,
    /// The configuration's groups.
    pub groups: &'a [(Text, Vec<Value>)],
}

impl<'a> Scope<'a> {
    /// The session of the event with a running number.
    pub fn session_of(&self, seq: u32) -> u32 {
        self.journey.session(seq.wrapping_sub(self.base) as usize)
    }

    /// The event with a running number.
    pub fn event_of(&self, seq: u32) -> Option<&'a Event> {
        self.journey.get(seq.wrapping_sub(self.base) as usize).map(|event| &**event)
    }

    /// The event at an index of postings.
    pub fn event(&self, postings: &Postings, index: usize) -> Option<&'a Event> {
        self.event_of(*postings.seq.get(index)?)
    }
}

/// The occurrence from which events count.
#[derive(Clone, Copy, Debug)]
pub(super) struct Since {
    /// Where it is looked for.
    pub source: usize,
    /// Which occurrence.
    pub end: End,
    /// How long after it events count.
    pub length: Option<Millis>,
}

/// A `$did` or `$didNot`.
#[derive(Clone, Debug)]
pub(super) struct Did {
    /// Whether no event may match.
    pub negated: bool,
    /// The events asked for.
    pub source: usize,
    /// `within`.
    pub window: Option<Window>,
    /// `in: session`.
    pub session: bool,
    /// `since`.
    pub since: Option<Since>,
    /// What is measured; without any, at least one event is required.
    pub measures: Vec<Measure>,
    /// The universe of the values it is asked for one by one.
    pub per: Option<usize>,
}

/// The events that a clause selected.
pub(super) struct Set<'a> {
    /// The matched events.
    pub postings: &'a Postings,
    /// The first index inside.
    pub lo: usize,
    /// The first index after.
    pub hi: usize,
    /// The reference occurrence, which never counts itself.
    pub skip: Option<usize>,
    /// When time alone may change the set.
    pub border: Option<Millis>,
}

impl Set<'_> {
    /// The number of events.
    pub fn count(&self) -> usize {
        self.hi.saturating_sub(self.lo) - usize::from(self.skip.is_some())
    }

    /// The indexes inside, as two stretches around the one left out.
    pub fn ranges(&self) -> [(usize, usize); 2] {
        match self.skip {
            Some(skip) => [(self.lo, skip), (skip + 1, self.hi)],
            None => [(self.lo, self.hi.max(self.lo)), (self.hi, self.hi)],
        }
    }

    /// The index of the first or last event.
    pub fn end(&self, end: End) -> Option<usize> {
        let [(lo, middle), (next, hi)] = self.ranges();
        match end {
            End::First if lo < middle => Some(lo),
            End::First => (next < hi).then_some(next),
            End::Last if next < hi => Some(hi - 1),
            End::Last => (lo < middle).then(|| middle - 1),
        }
    }
}

impl Did {
    /// The postings it reads, of one value or of all.
    fn read<'a>(&self, sources: &'a [Source], source: usize, value: Option<u32>) -> &'a Postings {
        sources.get(source).map_or(&super::postings::EMPTY, |source| source.postings(self.per.zip(value)))
    }

    /// The events that count; without any in `since`, the instant at which a reference may appear.
    pub fn select<'a>(&self, sources: &'a [Source], value: Option<u32>, scope: &Scope) -> Result<Set<'a>, Option<Millis>> {
        let postings = self.read(sources, self.source, value);
        let mut range = Range::until(postings, scope.now);
        let mut skip = None;
        if self.session {
            // The fold numbers sessions in the journey's order.
            let start = postings.seq.partition_point(|seq| scope.session_of(*seq) < scope.session);
            let end = postings.seq.partition_point(|seq| scope.session_of(*seq) <= scope.session);
            range.lo = range.lo.max(start);
            range.hi = range.hi.min(end);
        }
        if let Some(since) = &self.since {
            let references = self.read(sources, since.source, value);
            let known = references.until(scope.now);
            range.border = earlier(range.border, references.time(known));
            let index = match since.end {
                _ if known == 0 => return Err(references.time(0)),
                End::First => 0,
                End::Last => known - 1,
            };
            let (Some(start), Some(seq)) = (references.time(index), references.seq.get(index)) else {
                return Err(None);
            };
            range.lo = range.lo.max(postings.from(start));
            if let Some(length) = since.length {
                range.hi = range.hi.min(postings.until(start.saturating_add(length)));
            }
            skip = postings.find(*seq);
        }
        if let Some(window) = self.window {
            range.keep(postings, window, scope.now, scope.zone);
        }
        range.hi = range.hi.max(range.lo);
        Ok(Set {
            postings,
            lo: range.lo,
            hi: range.hi,
            skip: skip.filter(|index| (range.lo..range.hi).contains(index)),
            border: range.border,
        })
    }

    /// The answer for one value, or for all events.
    pub fn answer_for(&self, sources: &[Source], value: Option<u32>, scope: &Scope) -> Answer {
        let set = match self.select(sources, value, scope) {
            Ok(set) => set,
            Err(border) => return Answer::until(false, border),
        };
        if self.measures.iter().all(|measure| measure.kind.as_count().is_some()) {
            let passed = self.passes_count(set.count());
            return Answer::until(passed, self.count_border(&set, passed).or(set.border));
        }
        let mut passed = true;
        let mut border = set.border;
        for measure in &self.measures {
            let found = measure.kind.take(&set, scope);
            passed &= found.passed;
            border = earlier(border, found.border);
        }
        Answer::until(passed, border)
    }

    /// Whether a bare count passes, where nothing else is measured.
    fn passes_count(&self, count: usize) -> bool {
        match (self.negated, self.measures.is_empty()) {
            (true, _) => count == 0,
            (false, true) => count > 0,
            _ => self.measures.iter().filter_map(|measure| measure.kind.as_count()).all(|compare| compare.passes(count as f64)),
        }
    }

    /// When a count that only shrinks turns the answer: most events leave a window without any effect.
    ///
    /// `None` where this cannot be told, or never happens by the window alone.
    fn count_border(&self, set: &Set, passed: bool) -> Option<Millis> {
        let Some(Window::Last(length)) = self.window else {
            return None;
        };
        let count = set.count();
        let oldest = set.postings.time(set.lo)?.checked_add(length + 1)?;
        if set.skip.is_some() || count == 0 || set.border != Some(oldest) {
            return None;
        }
        // Between two bounds of the comparisons the answer is constant, so only the counts next to a bound matter.
        let mut left = None;
        let mut consider = |candidate: i64| {
            if (0..count as i64).contains(&candidate) && left < Some(candidate as usize) {
                let candidate = candidate as usize;
                if self.passes_count(candidate) != passed {
                    left = Some(candidate);
                }
            }
        };
        consider(0);
        for compare in self.measures.iter().filter_map(|measure| measure.kind.as_count()) {
            for bound in compare.operands() {
                let bound = bound as i64;
                consider(bound.saturating_sub(1));
                consider(bound);
                consider(bound.saturating_add(1));
            }
        }
        // Where nothing turns before the window is empty, looking again then is harmless.
        set.postings.time(set.hi - left.unwrap_or(0) - 1).map(|at| at + length + 1)
    }
}
