//! Evaluating nodes: each answer stops at the first node that settles it, and nothing is allocated on the way
//! except for versions and for texts beyond ASCII whose case is folded.

use super::super::facts::{Answer, Facts, earlier};
use super::super::time::{Millis, Zone};
use super::super::value::Value;
use super::dates;
use super::node::{Kind, Node, Operand, split};
use super::pattern::cut;
use super::text::{compare_versions, equals_lowered, order};
use std::cmp::Ordering;

/// A missing value counts as null.
const NULL: &Value = &Value::Null;

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
        self.clock
            .or_else(|| self.facts.map(|facts| (facts.now(), facts.zone())))
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
                Some(typed) if typed.text("type") == Some("list") => {
                    typed.get("values")?.as_list()?
                }
                Some(_) => return None,
            },
            (None, facts) => facts.and_then(|facts| facts.group(id)).unwrap_or(&[]),
        };
        Some(is_in(actual, members))
    }
}

/// Whether all conditions hold.
pub(super) fn all(mut nodes: &[Node], context: &Context) -> Answer {
    let mut changes_at = None;
    while let Some((node, below, after)) = split(nodes) {
        let answer = condition(node, below, context);
        if !answer.passed {
            return answer;
        }
        changes_at = earlier(changes_at, answer.changes_at);
        nodes = after;
    }
    Answer::until(true, changes_at)
}

fn any(mut nodes: &[Node], context: &Context) -> Answer {
    let mut changes_at = None;
    while let Some((node, below, after)) = split(nodes) {
        let answer = condition(node, below, context);
        if answer.passed {
            return answer;
        }
        changes_at = earlier(changes_at, answer.changes_at);
        nodes = after;
    }
    Answer::until(false, changes_at)
}

fn not(answer: Answer) -> Answer {
    Answer::until(!answer.passed, answer.changes_at)
}

/// Whether one condition holds.
pub(super) fn condition(node: &Node, below: &[Node], context: &Context) -> Answer {
    match node.kind {
        Kind::Field => {
            let actual = context.lookup(node).unwrap_or(NULL);
            tests(below, actual, context)
        }
        Kind::All => all(below, context),
        Kind::Any => any(below, context),
        Kind::NotAll => not(all(below, context)),
        Kind::NotAny => not(any(below, context)),
        Kind::Itself => tests(below, context.base.unwrap_or(NULL), context),
        Kind::Clause => context
            .facts
            .map_or(Answer::fixed(false), |facts| facts.clause(node.slot)),
        Kind::Segment => context
            .facts
            .map_or(Answer::fixed(false), |facts| facts.segment(node.slot)),
        kind => Answer::fixed(kind == Kind::Always),
    }
}

/// Whether a value passes all tests.
pub(super) fn tests(mut nodes: &[Node], actual: &Value, context: &Context) -> Answer {
    let mut changes_at = None;
    while let Some((node, below, after)) = split(nodes) {
        let answer = test(node, below, actual, context);
        if !answer.passed {
            return answer;
        }
        changes_at = earlier(changes_at, answer.changes_at);
        nodes = after;
    }
    Answer::until(true, changes_at)
}

/// Whether one item passes `check`.
fn some<'a>(actual: &'a Value, check: impl Fn(&'a Value) -> Answer) -> Answer {
    let mut changes_at = None;
    for item in actual.as_list().unwrap_or(&[]) {
        let answer = check(item);
        if answer.passed {
            return answer;
        }
        changes_at = earlier(changes_at, answer.changes_at);
    }
    Answer::until(false, changes_at)
}

/// Whether a value passes one test.
pub(super) fn test(node: &Node, below: &[Node], actual: &Value, context: &Context) -> Answer {
    match &node.operand {
        Operand::Value(expected) => Answer::fixed(compare(node.kind, actual, expected, context)),
        Operand::Millis(operand) => date(node.kind, actual, *operand, context),
        Operand::Pattern(pattern) => {
            let found = actual
                .as_text()
                .is_some_and(|text| pattern.is_match(cut(text)));
            Answer::fixed(found == (node.kind == Kind::Regex))
        }
        Operand::Nothing => match node.kind {
            Kind::Not => not(tests(below, actual, context)),
            Kind::Size => match actual {
                Value::List(items) => tests(below, &Value::from(items.len()), context),
                _ => Answer::fixed(false),
            },
            Kind::ElemTests => some(actual, |item| match item {
                Value::Null => Answer::fixed(false),
                item => tests(below, item, context),
            }),
            Kind::ElemFields => some(actual, |item| match item {
                Value::Null => Answer::fixed(false),
                item => all(
                    below,
                    &Context {
                        base: Some(item),
                        ..*context
                    },
                ),
            }),
            Kind::Every => every(below, actual, context),
            Kind::Exists => Answer::fixed(*actual != Value::Null),
            Kind::Missing => Answer::fixed(*actual == Value::Null),
            kind => Answer::fixed(kind == Kind::Always),
        },
    }
}

fn every(mut groups: &[Node], actual: &Value, context: &Context) -> Answer {
    if actual.as_list().is_none() {
        return Answer::fixed(false);
    }
    let mut changes_at = None;
    while let Some((_, below, after)) = split(groups) {
        let answer = some(actual, |item| tests(below, item, context));
        if !answer.passed {
            return answer;
        }
        changes_at = earlier(changes_at, answer.changes_at);
        groups = after;
    }
    Answer::until(true, changes_at)
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

fn compare(kind: Kind, actual: &Value, expected: &Value, context: &Context) -> bool {
    let list = || expected.as_list().unwrap_or(&[]);
    match kind {
        Kind::Eq => actual == expected,
        Kind::Ne => actual != expected,
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
