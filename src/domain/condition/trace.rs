//! Explaining a condition: the configuration's words and the nodes they became are walked side by side.

use super::super::facts::{Answer, Trace, earlier};
use super::super::time::Millis;
use super::super::value::{Object, Value};
use super::evaluate::{Context, NEVER, condition, settled, test, tests};
use super::node::{Kind, Node, split};

/// How many changes of a value are looked ahead: a year of days.
const LOOKAHEAD: usize = 400;

/// Explains a whole condition; a single part speaks for itself.
pub(super) fn root(nodes: &[Node], source: &Value, context: &Context) -> Trace {
    let mut children = parts(nodes, source, context);
    if children.len() == 1 {
        return children.pop().unwrap_or_default();
    }
    combined(source.clone(), children, true)
}

/// Explains the entries of one condition object.
fn parts(mut nodes: &[Node], source: &Value, context: &Context) -> Vec<Trace> {
    let mut traces = Vec::new();
    let Value::Object(object) = source else {
        return traces;
    };
    for (key, operand) in object.iter() {
        let Some((node, below, after)) = split(nodes) else {
            break;
        };
        nodes = after;
        let words = pair(key, operand.clone());
        traces.push(match node.kind {
            Kind::Field => field(node, below, key, operand, context),
            Kind::All | Kind::Any | Kind::NotAny => {
                let children = groups(below, operand, context);
                let mut trace = combined(words, children, node.kind == Kind::All);
                trace.passed ^= node.kind == Kind::NotAny;
                trace
            }
            Kind::NotAll => {
                let mut trace = combined(words, parts(below, operand, context), true);
                trace.passed = !trace.passed;
                trace
            }
            Kind::Clause => match context.facts {
                Some(facts) => facts.trace_clause(node.slot),
                None => leaf(words, ask(node, below, context)),
            },
            Kind::Segment => {
                let changes_at = context.facts.and_then(|facts| facts.segment_change(node.slot));
                leaf(words, Answer { changes_at, ..ask(node, below, context) })
            }
            _ => leaf(words, ask(node, below, context)),
        });
    }
    traces
}

/// Explains the items of `$and`, `$or` or `$nor`.
fn groups(mut nodes: &[Node], source: &Value, context: &Context) -> Vec<Trace> {
    let mut traces = Vec::new();
    for item in source.as_list().unwrap_or(&[]) {
        let Some((_, below, after)) = split(nodes) else {
            break;
        };
        traces.push(root(below, item, context));
        nodes = after;
    }
    traces
}

fn field(node: &Node, below: &[Node], path: &str, operand: &Value, context: &Context) -> Trace {
    let actual = context.lookup(node);
    let compared = actual.unwrap_or(&Value::Null);
    let explain = |words: Value, expected: &Value, answer: Answer| Trace {
        actual: actual.cloned(),
        expected: Some(expected.clone()),
        ..leaf(pair(path, words), answer)
    };
    match operand {
        Value::Object(object) if operators(object) => {
            let mut nodes = below;
            let mut children = Vec::new();
            for (key, expected) in object.iter() {
                let Some((node, below, after)) = split(nodes) else {
                    break;
                };
                nodes = after;
                let answer = answer(path, compared, context, &|value, change| test(node, below, value, context, change));
                children.push(explain(pair(key, expected.clone()), expected, answer));
            }
            if children.len() == 1 {
                return children.pop().unwrap_or_default();
            }
            Trace { actual: actual.cloned(), ..combined(pair(path, operand.clone()), children, true) }
        }
        plain => {
            let answer = answer(path, compared, context, &|value, change| tests(below, value, context, change));
            explain(plain.clone(), plain, answer)
        }
    }
}

/// The answer about the value at a path; where time alone moves the value, it is followed until the answer is another.
fn answer(path: &str, compared: &Value, context: &Context, ask: &dyn Fn(&Value, &mut Millis) -> bool) -> Answer {
    let mut change = NEVER;
    let passed = ask(compared, &mut change);
    if let Some(facts) = context.facts.filter(|_| context.base.is_none()) {
        let mut at = facts.now();
        for _ in 0..LOOKAHEAD {
            let Some((next, value)) = facts.next_value(path, at) else { break };
            at = next;
            if ask(&value.unwrap_or_default(), &mut { NEVER }) != passed {
                change = at;
                break;
            }
        }
    }
    settled(passed, change)
}

fn ask(node: &Node, below: &[Node], context: &Context) -> Answer {
    let mut change = NEVER;
    let passed = condition(node, below, context, &mut change);
    settled(passed, change)
}

fn operators(object: &Object) -> bool {
    object.iter().all(|(key, _)| key.starts_with('$'))
}

fn pair(key: &str, value: Value) -> Value {
    crate::object! { key => value }.into()
}

fn leaf(words: Value, answer: Answer) -> Trace {
    Trace::new(words, answer)
}

/// Combines explanations: all of them hold, or else one of them.
///
/// Since nothing was left out, the moment of change is known better than on the short way: what fails because several
/// parts fail lasts at least as long as the last of them.
fn combined(words: Value, children: Vec<Trace>, all: bool) -> Trace {
    let settled = |child: &&Trace| child.passed != all;
    let passed = children.iter().any(|child| settled(&child)) != all;
    let changes_at = if passed == all {
        children.iter().fold(None, |soonest, child| earlier(soonest, child.changes_at))
    } else {
        children.iter().filter(settled).map(|child| child.changes_at).reduce(later).flatten()
    };
    let mut trace = Trace::new(words, Answer { passed, changes_at });
    trace.children = children;
    trace
}

/// The later of two instants, where `None` is never.
fn later(left: Option<Millis>, right: Option<Millis>) -> Option<Millis> {
    Some(left?.max(right?))
}
