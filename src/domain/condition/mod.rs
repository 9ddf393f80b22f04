//! The condition language (CONTRACT §3): GrowthBook's operators, dates, and the places where behaviour joins in.
//!
//! A condition is compiled once, to a flat list of nodes, and evaluated often. Where GrowthBook's specification (0.12.0,
//! strictly typed) leaves a corner open, its JavaScript SDK's reading is kept: a missing value is `null`; values of
//! different types are unequal and unordered; an operator that does not exist makes the whole condition fail.

mod build;
mod dates;
mod evaluate;
mod node;
mod operators;
pub mod paths;
mod pattern;
#[cfg(any(feature = "tools", not(target_family = "wasm")))]
pub mod table;
mod text;
mod trace;

use super::compiler::Compiler;
use super::facts::{Answer, ClauseId, Facts, SlotId, Trace};
use super::problem::{Place, found, sentence};
use super::time::{Millis, Zone};
use super::value::Value;
use crate::domain::list::Gather;
use build::{Builder, Strict};
use evaluate::Context;
use node::{Kind, Node, Operand};

/// Takes the behavioural keys of a condition: `$did`, `$didNot`, `$sequence`, `$campaign`.
pub trait Clauses {
    /// Compiles one clause to its index; `None` where it is wrong, with problems reported to `compiler`.
    fn compile(&mut self, key: &str, value: &Value, place: &Place, compiler: &mut Compiler) -> Option<ClauseId>;
}

/// Refuses behaviour, for conditions about one event, an answer or another plain value.
pub struct NoClauses;

impl Clauses for NoClauses {
    fn compile(&mut self, key: &str, _value: &Value, place: &Place, compiler: &mut Compiler) -> Option<ClauseId> {
        let message = sentence("{0} asks about the visitor's journey and cannot stand here", [found(key)]);
        compiler.problems.error(place, "not-here", message);
        None
    }
}

/// What a condition reads, so that it is evaluated again only when one of these has changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dependencies {
    /// The document paths, in order, each once.
    pub slots: Vec<SlotId>,
    /// The behavioural clauses.
    pub clauses: Vec<ClauseId>,
    /// The segments, by index.
    pub segments: Vec<u32>,
}

/// A compiled condition.
#[derive(Clone)]
pub struct Condition {
    nodes: Box<[Node]>,
    /// The configuration's own words, for explanations; texts are shared, so this costs little.
    source: Value,
}

impl std::fmt::Debug for Condition {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.source.fmt(formatter)
    }
}

impl Condition {
    /// Compiles a condition about the visitor; `None` disables what uses it, and the problems say why.
    pub fn compile(value: &Value, place: &Place, compiler: &mut Compiler, clauses: &mut dyn Clauses) -> Option<Condition> {
        Self::build(value, place, compiler, clauses, true)
    }

    /// Compiles a condition about a plain value: an event's properties (`where`), answers, a goal's event.
    ///
    /// Its paths start at that value and have no slots, so it is asked with [`Condition::matches`] and its kin.
    pub fn compile_where(value: &Value, place: &Place, compiler: &mut Compiler) -> Option<Condition> {
        Self::build(value, place, compiler, &mut NoClauses, false)
    }

    /// Compiles what stands under a path, `{"$gte": 3}` or a plain value; asked with [`Condition::matches`].
    pub fn compile_test(value: &Value, place: &Place, compiler: &mut Compiler) -> Option<Condition> {
        let mut clauses = NoClauses;
        let mut builder = Builder::new(Some(Strict { compiler, clauses: &mut clauses }));
        builder.document = false;
        builder.tests(value, place, 1, false, false);
        let below = builder.nodes.len() as u32;
        let itself = Node { kind: Kind::Itself, slot: 0, below, operand: Operand::Nothing };
        builder.nodes.insert(0, itself);
        (!builder.failed).then(|| Condition { nodes: builder.nodes.into(), source: value.clone() })
    }

    /// Compiles a condition without refusing anything, with GrowthBook's result for what is wrong.
    pub fn lenient(value: &Value) -> Condition {
        Self::build_lenient(value, true)
    }

    fn build_lenient(value: &Value, clock: bool) -> Condition {
        let mut builder = Builder::new(None);
        builder.clock = clock;
        builder.condition(value, &Place::Root, 1, false);
        Condition { nodes: builder.nodes.into(), source: value.clone() }
    }

    fn build(value: &Value, place: &Place, compiler: &mut Compiler, clauses: &mut dyn Clauses, document: bool) -> Option<Condition> {
        let mut builder = Builder::new(Some(Strict { compiler, clauses }));
        builder.document = document;
        builder.condition(value, place, 1, false);
        (!builder.failed).then(|| Condition { nodes: builder.nodes.into(), source: value.clone() })
    }

    /// Whether the condition holds for the visitor, and when time alone may change that.
    ///
    /// A moment given is never later than the true one, and for one operator on a date exactly the true one.
    pub fn evaluate(&self, facts: &dyn Facts) -> Answer {
        let context = Context { facts: Some(facts), ..Context::default() };
        evaluate::answer(&self.nodes, &context)
    }

    /// Whether the condition holds for a plain value, without a clock: `$withinLast` and its kin do not hold.
    pub fn matches(&self, value: &Value) -> bool {
        let context = Context { base: Some(value), ..Context::default() };
        evaluate::answer(&self.nodes, &context).passed
    }

    /// Whether the condition holds for a plain value at `now`.
    pub fn matches_at(&self, value: &Value, now: Millis, zone: &Zone) -> Answer {
        let context = Context { base: Some(value), clock: Some((now, zone)), ..Context::default() };
        evaluate::answer(&self.nodes, &context)
    }

    /// Whether the condition holds for a plain value, with the visitor's clock, groups and segments.
    pub fn matches_with(&self, value: &Value, facts: &dyn Facts) -> Answer {
        let context = Context { base: Some(value), facts: Some(facts), ..Context::default() };
        evaluate::answer(&self.nodes, &context)
    }

    /// Explains the condition for the visitor: each part, without stopping early.
    pub fn trace(&self, facts: &dyn Facts) -> Trace {
        let context = Context { facts: Some(facts), ..Context::default() };
        trace::root(&self.nodes, &self.source, &context)
    }

    /// What the condition reads.
    pub fn dependencies(&self) -> Dependencies {
        let of = |kind: Kind| {
            let mut list: Vec<u32> =
                self.nodes.iter().filter(|node| node.kind == kind && node.slot != SlotId::MAX).map(|node| node.slot).gather();
            crate::domain::order::sort_unique(&mut list);
            list
        };
        Dependencies { slots: of(Kind::Field), clauses: of(Kind::Clause), segments: of(Kind::Segment) }
    }

    /// The condition in the configuration's own words.
    pub fn source(&self) -> &Value {
        &self.source
    }
}

/// Evaluates as GrowthBook does: nothing is refused, `groups` maps the ids of `$inGroup` to arrays.
///
/// There is no clock, so `$withinLast`, `$withinNext` and `$anniversary` are unknown operators here.
pub fn evaluate_lenient(condition: &Value, document: &Value, groups: &Value) -> bool {
    let context = Context { base: Some(document), groups: Some(groups), ..Context::default() };
    evaluate::answer(&Condition::build_lenient(condition, false).nodes, &context).passed
}

/// As [`evaluate_lenient`], with a clock.
pub fn evaluate_lenient_at(condition: &Value, document: &Value, groups: &Value, now: Millis, zone: &Zone) -> bool {
    let context = Context { base: Some(document), groups: Some(groups), clock: Some((now, zone)), ..Context::default() };
    evaluate::answer(&Condition::lenient(condition).nodes, &context).passed
}
