//! The condition language from outside: results, problems, moments of change, explanations.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // Clippy allows these by itself in unit tests only.

mod dates;
mod problems;
mod random;

use dangol::domain::compiler::Compiler;
use dangol::domain::condition::{Clauses, Condition, Dependencies, NoClauses, evaluate_lenient, evaluate_lenient_at};
use dangol::domain::facts::{Answer, ClauseId, Facts, SlotId, Trace};
use dangol::domain::json;
use dangol::domain::problem::{Place, Severity};
use dangol::domain::time::{Millis, Zone, parse_iso, push_iso};
use dangol::domain::value::Value;

fn value(text: &str) -> Value {
    json::parse(text).unwrap()
}

fn at(text: &str) -> Millis {
    parse_iso(text).unwrap()
}

/// A visitor whose clauses are even or odd, and whose segment 0 holds.
struct Visitor {
    document: Value,
    now: Millis,
    zone: Zone,
    group: Vec<Value>,
}

impl Facts for Visitor {
    fn lookup(&self, _: SlotId, path: &str) -> Option<&Value> {
        self.document.at(path)
    }
    fn now(&self) -> Millis {
        self.now
    }
    fn zone(&self) -> &Zone {
        &self.zone
    }
    fn group(&self, id: &str) -> Option<&[Value]> {
        (id == "staff").then_some(&self.group)
    }
    fn clause(&self, clause: ClauseId) -> Answer {
        Answer::until(clause.is_multiple_of(2), Some(self.now + 1_000))
    }
    fn segment(&self, segment: u32) -> Answer {
        Answer::fixed(segment == 0)
    }
    fn trace_clause(&self, clause: ClauseId) -> Trace {
        Trace { condition: value(r#"{"$did":"Product Viewed"}"#), passed: self.clause(clause).passed, ..Trace::default() }
    }
}

fn visitor(document: &str, now: &str, zone: &str) -> Visitor {
    let now = at(now);
    Visitor { document: value(document), now, zone: Zone::named(zone, now).unwrap(), group: vec!["u1".into()] }
}

/// Gives each clause its number in order.
struct Counting(u32);

impl Clauses for Counting {
    fn compile(&mut self, _: &str, _: &Value, _: &Place, _: &mut Compiler) -> Option<ClauseId> {
        self.0 += 1;
        Some(self.0 - 1)
    }
}

fn compiler() -> Compiler {
    Compiler { segments: vec!["vip".into(), "new".into()], ..Compiler::default() }
}

#[track_caller]
fn compiled(condition: &str) -> Condition {
    let mut compiler = compiler();
    let compiled = Condition::compile(&value(condition), &Place::Root, &mut compiler, &mut Counting(0));
    assert!(compiler.problems.list.is_empty(), "{:?}", compiler.problems);
    compiled.unwrap()
}

#[track_caller]
fn check(condition: &str, document: &str, expected: bool) {
    let (condition, document) = (value(condition), value(document));
    let found = evaluate_lenient(&condition, &document, &Value::Null);
    assert_eq!(found, expected, "{}", json::to_text(&condition));
}

#[test]
fn odd_corners_are_growthbooks() {
    // Missing is null.
    check(r#"{"a":{"$in":[null]}}"#, "{}", true);
    check(r#"{"a":{"$nin":[1]}}"#, "{}", true);
    check(r#"{"a":{"$ne":null}}"#, "{}", false);
    check(r#"{"a":{"$exists":true}}"#, r#"{"a":null}"#, false);
    check(r#"{"a":{"$exists":true}}"#, r#"{"a":0}"#, true);
    check(r#"{"a.b.c":null}"#, r#"{"a":{"b":"text"}}"#, true);
    // Names of prototypes are names like others.
    check(r#"{"__proto__":1}"#, r#"{"__proto__":1}"#, true);
    check(r#"{"a.constructor":{"$exists":true}}"#, r#"{"a":{}}"#, false);
    check(r#"{"length":{"$exists":true}}"#, r#"{"a":[]}"#, false);
    // Types never mix, and only numbers and texts have an order.
    check(r#"{"a":{"$gte":null}}"#, r#"{"a":null}"#, false);
    check(r#"{"a":{"$gt":"a"}}"#, r#"{"a":["b"]}"#, false);
    check(r#"{"a":-0}"#, r#"{"a":0}"#, true);
    check(r#"{"a":5.0}"#, r#"{"a":5}"#, true);
    // Arrays and objects are equal as a whole, in the order of items, not of keys.
    check(r#"{"a":{"$eq":[1,{"b":2}]}}"#, r#"{"a":[1,{"b":2}]}"#, true);
    check(r#"{"a":{"x":1,"y":2}}"#, r#"{"a":{"y":2,"x":1}}"#, true);
    check(r#"{"a":{"$eq":1}}"#, r#"{"a":[1]}"#, false);
    check(r#"{"a":[]}"#, r#"{"a":[]}"#, true);
    // Sets.
    check(r#"{"a":{"$all":[]}}"#, r#"{"a":[]}"#, true);
    check(r#"{"a":{"$all":[{"$gt":2},{"$lt":2}]}}"#, r#"{"a":[1,3]}"#, true);
    check(r#"{"a":{"$in":[]}}"#, r#"{"a":1}"#, false);
    check(r#"{"a":{"$nin":[]}}"#, r#"{"a":1}"#, true);
    check(r#"{"a":{"$ini":["Ä",1]}}"#, r#"{"a":["ä"]}"#, true);
    check(r#"{"a":{"$nini":["x"]}}"#, "{}", true);
    check(r#"{"a":{"$alli":["X",1]}}"#, r#"{"a":["x",1]}"#, true);
    // Sizes.
    check(r#"{"a":{"$size":{"$not":{"$gt":1}}}}"#, r#"{"a":[1]}"#, true);
    check(r#"{"a":{"$size":{}}}"#, r#"{"a":[1]}"#, true);
    check(r#"{"a":{"$size":0}}"#, "{}", false);
    // Items.
    check(r#"{"a":{"$elemMatch":{"$eq":0}}}"#, r#"{"a":[0]}"#, true);
    check(r#"{"a":{"$elemMatch":{"$eq":null}}}"#, r#"{"a":[null]}"#, false);
    check(r#"{"a":{"$elemMatch":{}}}"#, r#"{"a":[{}]}"#, true);
    check(r#"{"a":{"$elemMatch":{"b":{"$elemMatch":{"$gt":1}}}}}"#, r#"{"a":[{"b":[1]},{"b":[2]}]}"#, true);
    check(r#"{"a":{"$elemMatch":{"$nor":[{"b":1}]}}}"#, r#"{"a":[{"b":1},{"b":2}]}"#, true);
    check(r#"{"a":{"$elemMatch":3}}"#, r#"{"a":[3]}"#, false);
    // Negations.
    check(r#"{"$not":{"a":1,"b":2}}"#, r#"{"a":1,"b":3}"#, true);
    check(r#"{"$not":{}}"#, "{}", false);
    check(r#"{"a":{"$not":null}}"#, "{}", false);
    check(r#"{"a":{"$not":{"$not":{"$eq":1}}}}"#, r#"{"a":1}"#, true);
    check(r#"{"$and":[]}"#, "{}", true);
    // An operator that does not exist fails, however deep, unless something else settles the matter.
    check(r#"{"$not":{"a":{"$regx":"x"}}}"#, r#"{"a":"y"}"#, false);
    check(r#"{"$not":{"$not":{"a":{"$regx":"x"}}}}"#, r#"{"a":"y"}"#, false);
    check(r#"{"a":{"$not":{"$elemMatch":{"$regx":1}}}}"#, r#"{"a":[1]}"#, false);
    check(r#"{"$or":[{"a":{"$regx":"x"}},{"a":1}]}"#, r#"{"a":1}"#, true);
    // Regular expressions.
    check(r#"{"a":{"$regex":"["}}"#, r#"{"a":"["}"#, false);
    check(r#"{"a":{"$notRegex":"^b"}}"#, r#"{"a":"abc"}"#, true);
    check(r#"{"a":{"$notRegexi":"^A"}}"#, r#"{"a":"abc"}"#, false);
    check(r#"{"a":{"$regex":5}}"#, r#"{"a":"5"}"#, false);
    // Anything may be malformed.
    check("[]", "{}", false);
    check("null", "{}", false);
    check(r#"{"$or":1}"#, "{}", false);
    check(r#"{"$nor":1}"#, "{}", false);
    check(r#"{"$and":[1]}"#, "{}", false);
    check(r#"{"a":1}"#, "3", false);
}

#[test]
fn groups_are_lists() {
    let holds = |condition: &str, groups: &str| evaluate_lenient(&value(condition), &value(r#"{"id":[7,2]}"#), &value(groups));
    assert!(holds(r#"{"id":{"$inGroup":"g"}}"#, r#"{"g":[1,2]}"#));
    assert!(holds(r#"{"id":{"$inGroup":"g"}}"#, r#"{"g":{"type":"list","values":[2]}}"#));
    assert!(holds(r#"{"id":{"$notInGroup":"h"}}"#, r#"{"g":[2]}"#));
    // A group that is no list passes nobody, in either direction.
    assert!(!holds(r#"{"id":{"$notInGroup":"g"}}"#, r#"{"g":"2"}"#));
    assert!(!holds(r#"{"id":{"$inGroup":"g"}}"#, r#"{"g":"2"}"#));
}

#[test]
fn a_condition_names_what_it_reads() {
    let mut compiler = compiler();
    let condition = value(
        r#"{"$or":[{"cart.value":{"$gt":1}},{"$not":{"$segment":"new"}},{"$did":"A"}],
            "traits.a":{"$elemMatch":{"b":1}},"cart.value":{"$exists":true}}"#,
    );
    let condition = Condition::compile(&condition, &Place::Root, &mut compiler, &mut Counting(7)).unwrap();
    let expected = Dependencies { slots: vec![0, 1], clauses: vec![7], segments: vec![1] };
    assert_eq!(condition.dependencies(), expected);
    assert_eq!(compiler.paths.list().len(), 2);
}

#[test]
fn behaviour_and_segments_join_in() {
    let visitor = visitor(r#"{"traits":{"a":1}}"#, "2026-11-22", "UTC");
    let soon = Some(visitor.now + 1_000);
    let answer = |condition: &str| compiled(condition).evaluate(&visitor);
    assert_eq!(answer(r#"{"$segment":"vip"}"#), Answer::fixed(true));
    assert_eq!(answer(r#"{"$did":"A"}"#), Answer::until(true, soon));
    assert_eq!(answer(r#"{"$did":"A","$didNot":"B"}"#), Answer::until(false, soon));
    assert_eq!(answer(r#"{"$not":{"$did":"A"}}"#), Answer::until(false, soon));
    // What is settled for good hides what would change, whichever comes first.
    assert_eq!(answer(r#"{"$did":"A","traits.a":2}"#), Answer::fixed(false));
    assert_eq!(answer(r#"{"traits.a":2,"$did":"A"}"#), Answer::fixed(false));
    assert_eq!(answer(r#"{"$or":[{"traits.a":1},{"$did":"A"}]}"#), Answer::fixed(true));
    assert_eq!(answer(r#"{"traits.a":{"$notInGroup":"staff"}}"#), Answer::fixed(true));
}

#[test]
fn a_clock_is_wanted_or_the_operator_is_unknown() {
    let condition = value(r#"{"$not":{"d":{"$withinLast":"1d"}}}"#);
    let document = value(r#"{"d":"2026-01-01"}"#);
    assert!(!evaluate_lenient(&condition, &document, &Value::Null));
    let now = at("2026-11-22");
    assert!(evaluate_lenient_at(&condition, &document, &Value::Null, now, &Zone::utc()));
}

#[test]
fn conditions_on_plain_values_have_no_slots() {
    let mut compiler = Compiler::default();
    let condition = value(r#"{"category":"shoes","price":{"$lt":10}}"#);
    let condition = Condition::compile_where(&condition, &Place::Root, &mut compiler).unwrap();
    assert!(condition.matches(&value(r#"{"category":"shoes","price":9}"#)));
    assert!(!condition.matches(&value(r#"{"category":"shoes"}"#)));
    assert!(compiler.paths.list().is_empty() && condition.dependencies().slots.is_empty());
    let test = Condition::compile_test(&value(r#"{"$gte":3}"#), &Place::Root, &mut compiler).unwrap();
    assert!(test.matches(&Value::Number(3.0)) && !test.matches(&Value::Number(2.0)));
    let plain = Condition::compile_test(&Value::Number(3.0), &Place::Root, &mut compiler).unwrap();
    assert!(plain.matches(&Value::Number(3.0)) && !plain.matches(&Value::Null));
    assert!(compiler.problems.list.is_empty());
}

#[test]
fn explanations_use_the_configurations_words() {
    let visitor = visitor(r#"{"cart":{"value":30000},"traits":{"d":"2026-11-21"}}"#, "2026-11-22", "UTC");
    let trace = |condition: &str| json::to_text(&compiled(condition).trace(&visitor).to_value());
    assert_eq!(
        trace(r#"{"cart.value":{"$gte":100000}}"#),
        r#"{"condition":{"cart.value":{"$gte":100000}},"passed":false,"actual":30000,"expected":100000}"#
    );
    assert_eq!(
        trace(r#"{"cart.value":{"$gte":1,"$lt":2},"traits.x":null}"#),
        concat!(
            r#"{"condition":{"cart.value":{"$gte":1,"$lt":2},"traits.x":null},"passed":false,"children":["#,
            r#"{"condition":{"cart.value":{"$gte":1,"$lt":2}},"passed":false,"actual":30000,"children":["#,
            r#"{"condition":{"cart.value":{"$gte":1}},"passed":true,"actual":30000,"expected":1},"#,
            r#"{"condition":{"cart.value":{"$lt":2}},"passed":false,"actual":30000,"expected":2}]},"#,
            r#"{"condition":{"traits.x":null},"passed":true,"expected":null}]}"#
        )
    );
    assert_eq!(
        trace(r#"{"$nor":[{"$segment":"new"},{"$did":"A","traits.d":{"$withinLast":"2d"}}]}"#),
        concat!(
            r#"{"condition":{"$nor":[{"$segment":"new"},{"$did":"A","traits.d":{"$withinLast":"2d"}}]},"passed":false,"#,
            r#""changesAt":"2026-11-23T00:00:00.001Z","children":["#,
            r#"{"condition":{"$segment":"new"},"passed":false},"#,
            r#"{"condition":{"$did":"A","traits.d":{"$withinLast":"2d"}},"passed":true,"changesAt":"2026-11-23T00:00:00.001Z","children":["#,
            r#"{"condition":{"$did":"Product Viewed"},"passed":true},"#,
            r#"{"condition":{"traits.d":{"$withinLast":"2d"}},"passed":true,"actual":"2026-11-21","expected":"2d","changesAt":"2026-11-23T00:00:00.001Z"}]}]}"#
        )
    );
}
