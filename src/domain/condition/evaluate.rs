//! Evaluating nodes: each answer stops at the first node that settles it, and nothing is allocated on the way
//! except for versions and for texts beyond ASCII whose case is folded.

use super::super::facts::{Answer, Facts};
use super::super::time::{Millis, Zone};
use super::super::value::Value;
use super::dates;
use super::node::{Kind, Node, Operand, split};
use super::text::{compare_versions, equals_lowered, order};
use std::cmp::Ordering;

/// A missing value counts as null.
const NULL: &Value = &Value::Null;

/// The moment that never comes; a plain number costs less on the way than an `Option`.
pub(super) const NEVER: Millis = Millis::MAX;

/// What nodes are evaluated against.
#[derive(Clone, Copy, Default)]
pub(super) struct Context<'a> {
    /// The visitor.
    pub(super) facts: Option<&'a dyn Facts>,
    /// The value that paths start at, where that is not the visitor's document.
    pub(super) base: Option<&'a Value>,
    /// Groups that stand in for the visitor's.
    pub(super) groups: Option<&'a Value>,
    /// A clock that stands in for the visitor's.
    pub(super) clock: Option<(Millis, &'a Zone)>,
}

impl<'a> Context<'a> {
    fn clock(&self) -> Option<(Millis, &'a Zone)> {
        self.clock.or_else(|| self.facts.map(|facts| (facts.now(), facts.zone())))
    }

    /// The value that a `Field` node is about.
    pub(super) fn lookup(&self, node: &Node) -> Option<&'a Value> {
        let Operand::Value(Value::Text(path)) = &node.operand else {
            return None;
        };
        match (self.base, self.facts) {
            (Some(base), _) => base.at(path),
            (None, Some(facts)) => facts.lookup(node.slot, path),
            (None, None) => None,
        }
    }

    /// Whether `actual`, or an item of it, is in a group; `None` where the group is no list.
    fn member(&self, actual: &Value, id: &Value) -> Option<bool> {
        let id = id.as_text().unwrap_or("");
        let members = match (self.groups, self.facts) {
            (Some(groups), _) => match groups.get(id) {
                None => return Some(false),
                Some(Value::List(items)) => items,
                Some(typed) if typed.text("type") == Some("list") => typed.get("values")?.as_list()?,
                Some(_) => return None,
            },
            (None, facts) => facts.and_then(|facts| facts.group(id)).unwrap_or(&[]),
        };
        Some(is_in(actual, members))
    }
}

/// The answer to a whole condition.
pub(super) fn answer(nodes: &[Node], context: &Context) -> Answer {
    let mut change = NEVER;
    let passed = all(nodes, context, &mut change);
    settled(passed, change)
}

/// An answer with the moment of its change, [`NEVER`] included.
pub(super) fn settled(passed: bool, change: Millis) -> Answer {
    Answer::until(passed, Some(change).filter(|at| *at != NEVER))
}

/// Keeps the earlier of two moments, and passes the answer on.
fn note(answer: Answer, change: &mut Millis) -> bool {
    if let Some(at) = answer.changes_at {
        *change = at.min(*change);
    }
    answer.passed
}

/// Asks nodes one by one until one answers `stop`; returns whether one did.
///
/// `change` becomes the earliest moment at which that may differ: where one node settled the matter, its own.
#[inline]
fn until(stop: bool, mut nodes: &[Node], change: &mut Millis, ask: impl Fn(&Node, &[Node], &mut Millis) -> bool) -> bool {
    let before = *change;
    while let Some((node, below, after)) = split(nodes) {
        let mut own = NEVER;
        if ask(node, below, &mut own) == stop {
            *change = before.min(own);
            return true;
        }
        *change = own.min(*change);
        nodes = after;
    }
    false
}

/// Whether all conditions hold.
pub(super) fn all(nodes: &[Node], context: &Context, change: &mut Millis) -> bool {
    !until(false, nodes, change, |node, below, change| condition(node, below, context, change))
}

fn any(nodes: &[Node], context: &Context, change: &mut Millis) -> bool {
    until(true, nodes, change, |node, below, change| condition(node, below, context, change))
}

/// Whether one condition holds.
pub(super) fn condition(node: &Node, below: &[Node], context: &Context, change: &mut Millis) -> bool {
    match node.kind {
        Kind::Field => {
            let actual = context.lookup(node).unwrap_or(NULL);
            match below {
                // Most paths have one test; without the loop it costs half.
                [only] => test(only, &[], actual, context, change),
                _ => tests(below, actual, context, change),
            }
        }
        Kind::All => all(below, context, change),
        Kind::Any => any(below, context, change),
        Kind::NotAll => !all(below, context, change),
        Kind::NotAny => !any(below, context, change),
        Kind::Itself => tests(below, context.base.unwrap_or(NULL), context, change),
        Kind::Clause => context.facts.is_some_and(|facts| note(facts.clause(node.slot), change)),
        Kind::Segment => context.facts.is_some_and(|facts| note(facts.segment(node.slot), change)),
        kind => kind == Kind::Always,
    }
}

/// Whether a value passes all tests.
pub(super) fn tests(nodes: &[Node], actual: &Value, context: &Context, change: &mut Millis) -> bool {
    !until(false, nodes, change, |node, below, change| test(node, below, actual, context, change))
}

/// Whether one item passes `check`.
fn some(actual: &Value, change: &mut Millis, check: &dyn Fn(&Value, &mut Millis) -> bool) -> bool {
    let before = *change;
    for item in actual.as_list().unwrap_or(&[]) {
        let mut own = NEVER;
        if check(item, &mut own) {
            *change = before.min(own);
            return true;
        }
        *change = own.min(*change);
    }
    false
}

/// Whether a value passes one test.
pub(super) fn test(node: &Node, below: &[Node], actual: &Value, context: &Context, change: &mut Millis) -> bool {
    match &node.operand {
        Operand::Value(expected) => compare(node.kind, actual, expected, context),
        Operand::Millis(operand) => note(date(node.kind, actual, *operand, context), change),
        Operand::Pattern(pattern) => {
            let found = actual.as_text().is_some_and(|text| pattern.is_match(text));
            found == (node.kind == Kind::Regex)
        }
        Operand::Nothing => match node.kind {
            Kind::Not => !tests(below, actual, context, change),
            Kind::Size => match actual {
                Value::List(items) => tests(below, &Value::from(items.len()), context, change),
                _ => false,
            },
            Kind::ElemTests => some(actual, change, &|item, change| *item != Value::Null && tests(below, item, context, change)),
            Kind::ElemFields => some(actual, change, &|item, change| {
                let context = Context { base: Some(item), ..*context };
                *item != Value::Null && all(below, &context, change)
            }),
            Kind::Every => {
                actual.as_list().is_some()
                    && !until(false, below, change, |_, below, change| {
                        some(actual, change, &|item, change| tests(below, item, context, change))
                    })
            }
            Kind::Exists => *actual != Value::Null,
            Kind::Missing => *actual == Value::Null,
            kind => kind == Kind::Always,
        },
    }
}

fn date(kind: Kind, actual: &Value, operand: Millis, context: &Context) -> Answer {
    let Some(at) = dates::moment(actual) else {
        return Answer::fixed(false);
    };
    match (kind, context.clock()) {
        (Kind::Before, _) => Answer::fixed(at < operand),
        (Kind::After, _) => Answer::fixed(at > operand),
        (Kind::WithinLast, Some((now, _))) => dates::within_last(at, operand, now),
        (Kind::WithinNext, Some((now, _))) => dates::within_next(at, operand, now),
        (_, Some((now, zone))) => dates::anniversary(actual, operand, now, zone),
        (_, None) => Answer::fixed(false),
    }
}

/// Whether `actual`, or an item of it, is one of `expected`.
fn is_in(actual: &Value, expected: &[Value]) -> bool {
    match actual {
        Value::List(items) => items.iter().any(|item| expected.contains(item)),
        actual => expected.contains(actual),
    }
}

fn equals_fold(actual: &Value, expected: &Value) -> bool {
    match (actual, expected) {
        (Value::Text(actual), Value::Text(expected)) => equals_lowered(actual, expected),
        _ => actual == expected,
    }
}

fn is_in_fold(actual: &Value, expected: &[Value]) -> bool {
    let found = |item: &Value| expected.iter().any(|expected| equals_fold(item, expected));
    match actual {
        Value::List(items) => items.iter().any(found),
        actual => found(actual),
    }
}

/// The order of two values of the same type, if it has one.
fn compare_values(actual: &Value, expected: &Value) -> Option<Ordering> {
    match (actual, expected) {
        (Value::Number(actual), Value::Number(expected)) => actual.partial_cmp(expected),
        (Value::Text(actual), Value::Text(expected)) => Some(order(actual, expected)),
        _ => None,
    }
}

fn equals(actual: &Value, expected: &Value) -> bool {
    // The two common types first: the derived comparison is a call that knows them all.
    match (actual, expected) {
        (Value::Text(actual), Value::Text(expected)) => **actual == **expected,
        (Value::Number(actual), Value::Number(expected)) => actual == expected,
        _ => actual == expected,
    }
}

fn compare(kind: Kind, actual: &Value, expected: &Value, context: &Context) -> bool {
    let list = || expected.as_list().unwrap_or(&[]);
    match kind {
        Kind::Eq => equals(actual, expected),
        Kind::Ne => !equals(actual, expected),
        Kind::EqFold => equals_fold(actual, expected),
        Kind::Gt => compare_values(actual, expected).is_some_and(Ordering::is_gt),
        Kind::Gte => compare_values(actual, expected).is_some_and(Ordering::is_ge),
        Kind::Lt => compare_values(actual, expected).is_some_and(Ordering::is_lt),
        Kind::Lte => compare_values(actual, expected).is_some_and(Ordering::is_le),
        Kind::In => is_in(actual, list()),
        Kind::Nin => !is_in(actual, list()),
        Kind::InFold => is_in_fold(actual, list()),
        Kind::NinFold => !is_in_fold(actual, list()),
        Kind::Type => expected.as_text() == Some(actual.kind()),
        Kind::VersionEq => compare_versions(actual, expected) == Some(Ordering::Equal),
        Kind::VersionNe => compare_versions(actual, expected) != Some(Ordering::Equal),
        Kind::VersionGt => compare_versions(actual, expected).is_some_and(Ordering::is_gt),
        Kind::VersionGte => compare_versions(actual, expected).is_some_and(Ordering::is_ge),
        Kind::VersionLt => compare_versions(actual, expected).is_some_and(Ordering::is_lt),
        Kind::VersionLte => compare_versions(actual, expected).is_some_and(Ordering::is_le),
        Kind::InGroup => context.member(actual, expected) == Some(true),
        Kind::NotInGroup => context.member(actual, expected) == Some(false),
        _ => false,
    }
}
