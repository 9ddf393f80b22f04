//! `$sequence`: steps in order, followed event by event.
//!
//! For every number of steps taken only the chain with the latest start is kept: whatever may complete it also
//! completes an earlier one, and it is the shortest and holds the fewest events between. So one pass answers "is
//! there any choice of events", and an event costs one comparison for each step.

use super::did::Scope;
use super::postings::Postings;
use super::window::{Range, Window};
use crate::domain::facts::Answer;
use crate::domain::list::grow;
use crate::domain::time::Millis;

/// What a sequence asks.
#[derive(Clone, Debug)]
pub(super) struct Sequence {
    /// The source of each step.
    pub steps: Vec<usize>,
    /// The source of what must not lie from the first to the last step.
    pub without: Option<usize>,
    /// The longest time from the first to the last step.
    pub within: Option<Millis>,
    /// Where the last step must lie.
    pub recent: Option<Window>,
    /// Whether all steps must lie in the current session.
    pub session: bool,
    /// Whether no other event of the shop may lie between two steps.
    pub adjacent: bool,
    /// The universe of the values it is asked for one by one.
    pub per: Option<usize>,
    /// How far it came over all events.
    pub all: State,
    /// The same by value.
    pub by_value: Vec<State>,
}

/// How far a sequence came.
#[derive(Clone, Debug, Default)]
pub(super) struct State {
    /// For one step, two steps…: the events of the chain with the latest start; empty where there is none.
    chains: Vec<Vec<u32>>,
    /// The last steps of the complete chains.
    pub ends: Postings,
    /// For each of them the first step.
    pub starts: Vec<u32>,
    /// The events of the newest complete chain.
    pub newest: Vec<u32>,
}

/// The event a sequence is advanced by.
pub(super) struct Step<'a> {
    /// Whether a source just matched it.
    pub matched: &'a dyn Fn(usize) -> bool,
    /// Its running number.
    pub seq: u32,
    /// Its time.
    pub at: Millis,
    /// Whether Dangol wrote it.
    pub own: bool,
    /// The running number of the shop's event before it, among those that count.
    pub before: Option<u32>,
}

impl Sequence {
    /// Follows an event in `state`; `time` gives the time of a running number.
    pub fn advance(&mut self, value: Option<u32>, step: &Step, time: &dyn Fn(u32) -> Millis) {
        let Sequence { steps, without, within, adjacent, all, by_value, .. } = self;
        let state = match value {
            None => all,
            Some(value) => {
                let index = value as usize;
                grow(by_value, index + 1, State::default);
                match by_value.get_mut(index) {
                    Some(state) => state,
                    None => return,
                }
            }
        };
        if without.is_some_and(|source| (step.matched)(source)) {
            state.chains.clear();
            return;
        }
        grow(&mut state.chains, steps.len(), Vec::new);
        if *adjacent {
            let torn = |chain: &Vec<u32>| chain.last().copied() < step.before;
            state.chains.iter_mut().filter(|chain| torn(chain)).for_each(Vec::clear);
        }
        // Backwards, so that the event cannot follow itself.
        for index in (0..steps.len()).rev() {
            if !steps.get(index).is_some_and(|source| (step.matched)(*source)) {
                continue;
            }
            let mut chain = match index {
                0 => Vec::new(),
                _ => state.chains.get(index - 1).cloned().unwrap_or_default(),
            };
            if index > 0 && chain.is_empty() {
                continue;
            }
            chain.push(step.seq);
            if index + 1 == steps.len() {
                let start = chain.first().copied().unwrap_or(step.seq);
                if within.is_none_or(|within| step.at - time(start) <= within) {
                    state.ends.at.push(step.at);
                    state.ends.seq.push(step.seq);
                    state.starts.push(start);
                    state.newest = chain;
                }
                // Where steps are adjacent, the next event tears every chain that does not end at this one.
            } else if let Some(old) = state.chains.get_mut(index)
                && (old.first() <= chain.first() || (*adjacent && !step.own))
            {
                *old = chain;
            }
        }
    }

    /// Forgets chains that begin before the running number `base`.
    pub fn drop_before(&mut self, base: u32) {
        for state in std::iter::once(&mut self.all).chain(&mut self.by_value) {
            let gone = |seq: Option<&u32>| seq.is_some_and(|seq| *seq < base);
            state.chains.iter_mut().filter(|chain| gone(chain.first())).for_each(Vec::clear);
            if gone(state.newest.first()) {
                state.newest.clear();
            }
            if state.starts.iter().any(|start| *start < base) {
                let mut kept = State::default();
                for (index, start) in state.starts.iter().enumerate().filter(|(_, start)| **start >= base) {
                    kept.starts.push(*start);
                    kept.ends.at.extend(state.ends.at.get(index));
                    kept.ends.seq.extend(state.ends.seq.get(index));
                }
                state.starts = kept.starts;
                state.ends = kept.ends;
            }
        }
    }

    /// Forgets how far it came.
    pub fn clear(&mut self) {
        self.all = State::default();
        self.by_value.clear();
    }

    /// How far it came, for one value or over all events.
    pub fn state(&self, value: Option<u32>) -> Option<&State> {
        match value {
            None => Some(&self.all),
            Some(value) => self.by_value.get(value as usize),
        }
    }

    /// The complete chains that count now, and when time alone changes that.
    pub fn select(&self, state: &State, scope: &Scope) -> Range {
        let mut range = Range::until(&state.ends, scope.now);
        if self.session {
            let within = |seq: u32| scope.session_of(seq) <= scope.session;
            range.hi = range.hi.min(state.ends.seq.partition_point(|seq| within(*seq)));
            let before = |start: &&u32| scope.session_of(**start) < scope.session;
            range.lo = state.starts.iter().take_while(before).count();
        }
        if let Some(window) = self.recent {
            range.keep(&state.ends, window, scope.now, scope.zone);
        }
        // The newest chain is the last to leave a window of a fixed length.
        if let Some(Window::Last(length)) = self.recent
            && range.lo < range.hi
            && range.border == state.ends.time(range.lo).map(|at| at + length + 1)
        {
            range.border = state.ends.time(range.hi - 1).map(|at| at + length + 1);
        }
        range
    }

    /// The answer for one value, or over all events.
    pub fn answer_for(&self, value: Option<u32>, scope: &Scope) -> Answer {
        match self.state(value) {
            None => Answer::fixed(false),
            Some(state) => {
                let range = self.select(state, scope);
                Answer::until(range.lo < range.hi, range.border)
            }
        }
    }

    /// The most steps that some chain has taken which can still become complete.
    pub fn reached(&self, value: Option<u32>, scope: &Scope) -> usize {
        let goes_on = |chain: &Vec<u32>| {
            chain.first().is_some_and(|first| {
                let age = scope.event_of(*first).map_or(0, |event| scope.now - event.at);
                self.within.is_none_or(|within| age <= within) && (!self.session || scope.session_of(*first) >= scope.session)
            })
        };
        self.state(value).and_then(|state| state.chains.iter().rposition(goes_on)).map_or(0, |index| index + 1)
    }
}
