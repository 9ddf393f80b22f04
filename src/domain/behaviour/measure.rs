//! What a clause measures over the set of events that it selected.

use super::compare::Compare;
use super::did::{Scope, Set};
use super::moment::Moment;
use super::per::property;
use super::postings::{MISSING, Sum};
use crate::domain::condition::Condition;
use crate::domain::facts::earlier;
use crate::domain::list::grow;
use crate::domain::time::Millis;
use crate::domain::value::{Text, Value};

/// One measure, as the configuration names it, and what is asked of it.
#[derive(Clone, Debug)]
pub(super) struct Measure {
    /// `count`, `sum`, `last`…
    pub name: Text,
    /// What it was compared with, in the configuration's own words.
    pub expected: Value,
    /// How it is taken.
    pub kind: Kind,
}

/// How a measure is taken.
#[derive(Clone, Debug)]
pub(super) enum Kind {
    /// The number of events.
    Count(Compare),
    /// The sum over a column of numbers.
    Sum(usize, Compare),
    /// The mean over a column of numbers.
    Mean(usize, Compare),
    /// The smallest of a column of numbers.
    Least(usize, Compare),
    /// The largest of a column of numbers.
    Most(usize, Compare),
    /// The number of distinct values of a column of identities.
    Distinct(usize, Compare),
    /// The number of distinct calendar days in the shop's time zone.
    Days(Compare),
    /// The number of distinct sessions.
    Sessions(Compare),
    /// The age of the first or the last event.
    Age(End, Compare),
    /// A test of one property of the first or the last event.
    Property(End, Text, Condition),
}

/// Which end of the set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The oldest event.
    First,
    /// The newest event.
    Last,
}

/// What was measured.
pub(super) struct Found {
    /// Whether it passed.
    pub passed: bool,
    /// When time alone may change it although the set stays the same.
    pub border: Option<Millis>,
    /// The number, where there is one.
    pub number: Option<f64>,
}

impl Kind {
    /// The count's comparisons, where it is one.
    pub fn as_count(&self) -> Option<&Compare> {
        match self {
            Kind::Count(compare) => Some(compare),
            _ => None,
        }
    }

    /// Measures.
    pub fn take(&self, set: &Set, scope: &Scope) -> Found {
        let (number, compare) = match self {
            Kind::Count(compare) => (Some(set.count() as f64), compare),
            Kind::Sum(column, compare) => (Some(sum(set, *column).total()), compare),
            Kind::Mean(column, compare) => (sum(set, *column).mean(), compare),
            Kind::Least(column, compare) => (numbers(set, *column).reduce(f64::min), compare),
            Kind::Most(column, compare) => (numbers(set, *column).reduce(f64::max), compare),
            Kind::Distinct(column, compare) => (Some(distinct(set, *column) as f64), compare),
            Kind::Days(compare) => (Some(days(set, scope) as f64), compare),
            Kind::Sessions(compare) => (Some(sessions(set, scope) as f64), compare),
            Kind::Age(end, compare) => return age(set, *end, compare, scope),
            Kind::Property(end, path, test) => return property_of(set, *end, path, test, scope),
        };
        Found { passed: number.is_some_and(|number| compare.passes(number)), border: None, number }
    }
}

fn property_of(set: &Set, end: End, path: &str, test: &Condition, scope: &Scope) -> Found {
    let event = set.end(end).and_then(|index| scope.event(set.postings, index));
    let passed = event.is_some_and(|event| {
        let value = property(&event.properties, path).unwrap_or(&Value::Null);
        let moment = Moment { at: event.at, zone: scope.zone, groups: scope.groups };
        test.matches_with(value, &moment).passed
    });
    Found { passed, border: None, number: None }
}

fn age(set: &Set, end: End, compare: &Compare, scope: &Scope) -> Found {
    let Some(at) = set.end(end).and_then(|index| set.postings.time(index)) else {
        return Found { passed: false, border: None, number: None };
    };
    let age = (scope.now - at) as f64;
    // Each bound can turn the answer when the age reaches it and again a millisecond later, as `$lte` does.
    let border = compare
        .operands()
        .flat_map(|bound| [at + bound as Millis, at + bound as Millis + 1])
        .filter(|border| *border > scope.now)
        .fold(None, |least, border| earlier(least, Some(border)));
    Found { passed: compare.passes(age), border, number: Some(age) }
}

fn sum(set: &Set, column: usize) -> Sum {
    let mut sum = Sum::default();
    if let Some(numbers) = set.postings.numbers.get(column) {
        for (lo, hi) in set.ranges() {
            let seqs = set.postings.seq.get(lo..hi).unwrap_or(&[]);
            numbers.add(lo, hi, seqs, &mut sum);
        }
    }
    sum
}

fn numbers<'a>(set: &Set<'a>, column: usize) -> impl Iterator<Item = f64> + 'a {
    let numbers = set.postings.numbers.get(column);
    set.ranges().into_iter().flat_map(move |(lo, hi)| numbers.into_iter().flat_map(move |numbers| numbers.range(lo, hi)))
}

/// One bit for each value seen: a walk over the window without sorting.
fn distinct(set: &Set, column: usize) -> usize {
    let mut seen: Vec<u64> = Vec::new();
    let mut count = 0;
    let Some(ids) = set.postings.identities.get(column) else {
        return 0;
    };
    for (lo, hi) in set.ranges() {
        for id in ids.get(lo..hi).unwrap_or(&[]) {
            if *id == MISSING {
                continue;
            }
            let (word, bit) = ((*id / 64) as usize, 1_u64 << (*id % 64));
            grow(&mut seen, word + 1, || 0);
            if let Some(word) = seen.get_mut(word) {
                count += usize::from(*word & bit == 0);
                *word |= bit;
            }
        }
    }
    count
}

/// Times are in order, so each day is left by one binary search.
fn days(set: &Set, scope: &Scope) -> usize {
    let mut count = 0;
    let mut index = set.lo;
    while index < set.hi {
        if set.skip == Some(index) {
            index += 1;
            continue;
        }
        let Some(at) = set.postings.time(index) else {
            break;
        };
        count += 1;
        index = set.postings.from(scope.zone.day(at, 0).end).max(index + 1);
    }
    count
}

fn sessions(set: &Set, scope: &Scope) -> usize {
    let mut numbers: Vec<u32> = Vec::new();
    for (lo, hi) in set.ranges() {
        for seq in set.postings.seq.get(lo..hi).unwrap_or(&[]) {
            let session = scope.session_of(*seq);
            if numbers.last() != Some(&session) {
                numbers.push(session);
            }
        }
    }
    crate::domain::order::sort_unique(&mut numbers);
    numbers.len()
}
