//! From a configuration's value to nodes, with everything that is wrong with it.

use super::super::compiler::{Compiler, limits};
use super::super::facts::{ClauseId, SlotId};
use super::super::problem::{Place, Prose, did_you_mean, found, sentence, shown};
use super::super::value::{Text, Value};
use super::node::{Kind, Node, OPERATORS, Operand};
use super::{Clauses, paths};

/// The keys of behavioural clauses, which [`Clauses`] takes.
pub(super) const BEHAVIOUR: [&str; 4] = ["$did", "$didNot", "$sequence", "$campaign"];

/// The keys that combine conditions.
const LOGIC: [&str; 4] = ["$and", "$or", "$nor", "$not"];

/// The depth at which a lenient condition gives up; JSON itself is read no deeper.
const LENIENT_DEPTH: usize = 64;

/// What a strict compilation reports to.
pub(super) struct Strict<'a> {
    pub(super) compiler: &'a mut Compiler,
    pub(super) clauses: &'a mut dyn Clauses,
}

/// One compilation; without `strict` it refuses nothing and keeps GrowthBook's results.
pub(super) struct Builder<'a> {
    pub(super) nodes: Vec<Node>,
    pub(super) strict: Option<Strict<'a>>,
    /// Whether paths start at the visitor's document, so that they have slots.
    pub(super) document: bool,
    /// Whether there will be a clock; without one `$withinLast` and its kin are unknown operators.
    pub(super) clock: bool,
    /// Whether anything was refused.
    pub(super) failed: bool,
    /// The comparisons and clauses so far.
    pub(super) count: usize,
}

impl<'a> Builder<'a> {
    pub(super) fn new(strict: Option<Strict<'a>>) -> Self {
        Builder { nodes: Vec::new(), strict, document: true, clock: true, failed: false, count: 0 }
    }

    pub(super) fn open(&mut self, kind: Kind, slot: SlotId, operand: Operand) -> usize {
        self.nodes.push(Node { kind, slot, below: 0, operand });
        self.nodes.len()
    }

    pub(super) fn close(&mut self, first: usize) {
        let below = (self.nodes.len() - first) as u32;
        if let Some(node) = first.checked_sub(1).and_then(|at| self.nodes.get_mut(at)) {
            node.below = below;
        }
    }

    pub(super) fn leaf(&mut self, kind: Kind, operand: Operand) {
        self.open(kind, 0, operand);
    }

    /// What cannot be evaluated makes the whole condition fail, also under an odd number of negations.
    pub(super) fn unknown(&mut self, negated: bool) {
        self.leaf(if negated { Kind::Always } else { Kind::Never }, Operand::Nothing);
    }

    #[inline(always)] // Without prose the pieces vanish where they would be made.
    pub(super) fn refuse(&mut self, place: &Place, code: &'static str, message: impl Into<Prose>) {
        self.failed = true;
        if let Some(strict) = &mut self.strict {
            strict.compiler.problems.error(place, code, message);
        }
    }

    pub(super) fn wrong(&mut self, place: &Place, operator: &str, expected: &'static str, value: &Value) {
        self.refuse(place, "wrong-operand", sentence("{0} takes {1}, not {2}", [found(operator), expected.into(), shown(value)]));
    }

    /// Whether there is room for one more comparison at this depth.
    pub(super) fn fits(&mut self, place: &Place, depth: usize) -> bool {
        self.count += 1;
        if self.strict.is_none() {
            return depth <= LENIENT_DEPTH;
        }
        if depth > limits::CONDITION_DEPTH {
            self.refuse(place, "condition-too-deep", "conditions nest at most 20 deep; name a part of it as a segment");
            return false;
        }
        if self.count == limits::CONDITION_NODES + 1 {
            self.refuse(place, "condition-too-large", "a condition has at most 1,000 comparisons; use $in or $inGroup for long lists");
        }
        self.count <= limits::CONDITION_NODES
    }

    /// Compiles a condition about a document.
    pub(super) fn condition(&mut self, value: &Value, place: &Place, depth: usize, negated: bool) {
        let Value::Object(object) = value else {
            let message = if self.document {
                "a condition is an object such as {\"cart.value\": {\"$gte\": 50000}} or {\"$segment\": \"vip\"}, not {0}"
            } else {
                "a condition is an object such as {\"category\": \"shoes\"}, not {0}"
            };
            self.refuse(place, "wrong-operand", sentence(message, [shown(value)]));
            return self.unknown(negated);
        };
        for (key, operand) in object.iter() {
            let here = place.key(key);
            if !self.fits(&here, depth) {
                return self.unknown(negated);
            }
            match &**key {
                "$and" => self.list(Kind::All, key, operand, &here, depth, negated),
                "$or" => self.list(Kind::Any, key, operand, &here, depth, negated),
                "$nor" => self.list(Kind::NotAny, key, operand, &here, depth, !negated),
                "$not" => {
                    let first = self.open(Kind::NotAll, 0, Operand::Nothing);
                    self.condition(operand, &here, depth + 1, !negated);
                    self.close(first);
                }
                _ if key.starts_with('$') && self.strict.is_some() => {
                    self.special(key, operand, &here, negated);
                }
                _ => self.field(key, operand, &here, depth, negated),
            }
        }
    }

    /// Compiles `$and`, `$or` or `$nor`; `negated` already counts the operator's own negation.
    fn list(&mut self, kind: Kind, key: &str, operand: &Value, place: &Place, depth: usize, negated: bool) {
        let Value::List(items) = operand else {
            self.wrong(place, key, "an array of conditions", operand);
            return self.unknown(negated != (kind == Kind::NotAny));
        };
        if items.is_empty() {
            if let Some(strict) = &mut self.strict {
                let says = if kind == Kind::NotAny { "{0} of nothing always fails" } else { "{0} of nothing always holds" };
                strict.compiler.problems.warn(place, "empty-list", sentence(says, [found(key)]));
            }
            let never = kind == Kind::NotAny;
            return self.leaf(if never { Kind::Never } else { Kind::Always }, Operand::Nothing);
        }
        let first = self.open(kind, 0, Operand::Nothing);
        for (index, item) in items.iter().enumerate() {
            let group = self.open(Kind::All, 0, Operand::Nothing);
            self.condition(item, &place.index(index), depth + 1, negated);
            self.close(group);
        }
        self.close(first);
    }

    /// Compiles `$segment` and behavioural clauses, and reports what else begins with a dollar sign.
    fn special(&mut self, key: &str, operand: &Value, place: &Place, negated: bool) {
        let Some(strict) = &mut self.strict else {
            return self.unknown(negated);
        };
        if BEHAVIOUR.contains(&key) {
            match strict.clauses.compile(key, operand, place, strict.compiler) {
                Some(clause) => self.clause(Kind::Clause, clause),
                None => self.failed = true,
            }
        } else if key == "$segment" && !self.document {
            self.refuse(place, "not-here", "$segment asks about the visitor and cannot stand here");
        } else if key == "$segment" {
            match operand.as_text() {
                None => self.wrong(place, key, "the id of a segment", operand),
                Some(id) => match strict.compiler.segment(id) {
                    Some(segment) => self.clause(Kind::Segment, segment),
                    None => {
                        let known = strict.compiler.segments.iter().map(|id| &**id);
                        let is_full = strict.compiler.problems.is_full();
                        let hint = if is_full { Prose::default() } else { did_you_mean(id, known) };
                        self.refuse(place, "unknown-segment", sentence("there is no segment \"{0}\"{1}", [found(id), hint]));
                    }
                },
            }
        } else if OPERATORS.iter().any(|(name, _)| *name == key) {
            self.refuse(
                place,
                "misplaced-operator",
                sentence("{0} compares a value and stands under a path: {\"cart.value\": {\"{0}\": …}}", [found(key)]),
            );
        } else {
            let known = LOGIC.iter().chain(&BEHAVIOUR).chain(&["$segment"]).copied();
            self.unknown_operator(place, key, did_you_mean(key, known));
        }
    }

    fn clause(&mut self, kind: Kind, clause: ClauseId) {
        self.open(kind, clause, Operand::Nothing);
    }

    pub(super) fn unknown_operator(&mut self, place: &Place, key: &str, hint: Prose) {
        self.refuse(place, "unknown-operator", sentence("there is no operator {0}{1}", [found(key), hint]));
    }

    fn field(&mut self, path: &Text, operand: &Value, place: &Place, depth: usize, negated: bool) {
        let (slot, path) = match &mut self.strict {
            Some(strict) if self.document => {
                paths::check(path, place, &mut strict.compiler.problems);
                let slot = strict.compiler.paths.slot(path);
                let known = strict.compiler.paths.path(slot).unwrap_or(path);
                (slot, known.clone())
            }
            _ => (SlotId::MAX, path.clone()),
        };
        let first = self.open(Kind::Field, slot, Operand::Value(Value::Text(path)));
        self.tests(operand, place, depth, negated, false);
        self.close(first);
    }
}
