//! The condition language from outside: results, problems, moments of change, explanations.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // Clippy allows these by itself in unit tests only.

use dangol::domain::compiler::Compiler;
use dangol::domain::condition::{
    Clauses, Condition, Dependencies, NoClauses, evaluate_lenient, evaluate_lenient_at,
};
use dangol::domain::facts::{Answer, ClauseId, Facts, SlotId, Trace};
use dangol::domain::json;
use dangol::domain::problem::{Place, Severity};
use dangol::domain::time::{Millis, Zone, parse_iso, push_iso};
use dangol::domain::value::Value;
use proptest::prelude::*;

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
        Trace {
            condition: value(r#"{"$did":"Product Viewed"}"#),
            passed: self.clause(clause).passed,
            ..Trace::default()
        }
    }
}

fn visitor(document: &str, now: &str, zone: &str) -> Visitor {
    let now = at(now);
    Visitor {
        document: value(document),
        now,
        zone: Zone::named(zone, now).unwrap(),
        group: vec!["u1".into()],
    }
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
    Compiler {
        segments: vec!["vip".into(), "new".into()],
        ..Compiler::default()
    }
}

#[track_caller]
fn compiled(condition: &str) -> Condition {
    let mut compiler = compiler();
    let compiled = Condition::compile(
        &value(condition),
        &Place::Root,
        &mut compiler,
        &mut Counting(0),
    );
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
    check(
        r#"{"a.constructor":{"$exists":true}}"#,
        r#"{"a":{}}"#,
        false,
    );
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
    check(
        r#"{"a":{"$all":[{"$gt":2},{"$lt":2}]}}"#,
        r#"{"a":[1,3]}"#,
        true,
    );
    check(r#"{"a":{"$in":[]}}"#, r#"{"a":1}"#, false);
    check(r#"{"a":{"$nin":[]}}"#, r#"{"a":1}"#, true);
    check(r#"{"a":{"$ini":["Ä",1]}}"#, r#"{"a":["ä"]}"#, true);
    check(r#"{"a":{"$nini":["x"]}}"#, "{}", true);
    check(r#"{"a":{"$alli":["X",1]}}"#, r#"{"a":["x",1]}"#, true);
    // Sizes.
    check(
        r#"{"a":{"$size":{"$not":{"$gt":1}}}}"#,
        r#"{"a":[1]}"#,
        true,
    );
    check(r#"{"a":{"$size":{}}}"#, r#"{"a":[1]}"#, true);
    check(r#"{"a":{"$size":0}}"#, "{}", false);
    // Items.
    check(r#"{"a":{"$elemMatch":{"$eq":0}}}"#, r#"{"a":[0]}"#, true);
    check(
        r#"{"a":{"$elemMatch":{"$eq":null}}}"#,
        r#"{"a":[null]}"#,
        false,
    );
    check(r#"{"a":{"$elemMatch":{}}}"#, r#"{"a":[{}]}"#, true);
    check(
        r#"{"a":{"$elemMatch":{"b":{"$elemMatch":{"$gt":1}}}}}"#,
        r#"{"a":[{"b":[1]},{"b":[2]}]}"#,
        true,
    );
    check(
        r#"{"a":{"$elemMatch":{"$nor":[{"b":1}]}}}"#,
        r#"{"a":[{"b":1},{"b":2}]}"#,
        true,
    );
    check(r#"{"a":{"$elemMatch":3}}"#, r#"{"a":[3]}"#, false);
    // Negations.
    check(r#"{"$not":{"a":1,"b":2}}"#, r#"{"a":1,"b":3}"#, true);
    check(r#"{"$not":{}}"#, "{}", false);
    check(r#"{"a":{"$not":null}}"#, "{}", false);
    check(r#"{"a":{"$not":{"$not":{"$eq":1}}}}"#, r#"{"a":1}"#, true);
    check(r#"{"$and":[]}"#, "{}", true);
    // An operator that does not exist fails, however deep, unless something else settles the matter.
    check(r#"{"$not":{"a":{"$regx":"x"}}}"#, r#"{"a":"y"}"#, false);
    check(
        r#"{"$not":{"$not":{"a":{"$regx":"x"}}}}"#,
        r#"{"a":"y"}"#,
        false,
    );
    check(
        r#"{"a":{"$not":{"$elemMatch":{"$regx":1}}}}"#,
        r#"{"a":[1]}"#,
        false,
    );
    check(
        r#"{"$or":[{"a":{"$regx":"x"}},{"a":1}]}"#,
        r#"{"a":1}"#,
        true,
    );
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
    let holds = |condition: &str, groups: &str| {
        evaluate_lenient(&value(condition), &value(r#"{"id":[7,2]}"#), &value(groups))
    };
    assert!(holds(r#"{"id":{"$inGroup":"g"}}"#, r#"{"g":[1,2]}"#));
    assert!(holds(
        r#"{"id":{"$inGroup":"g"}}"#,
        r#"{"g":{"type":"list","values":[2]}}"#
    ));
    assert!(holds(r#"{"id":{"$notInGroup":"h"}}"#, r#"{"g":[2]}"#));
    // A group that is no list passes nobody, in either direction.
    assert!(!holds(r#"{"id":{"$notInGroup":"g"}}"#, r#"{"g":"2"}"#));
    assert!(!holds(r#"{"id":{"$inGroup":"g"}}"#, r#"{"g":"2"}"#));
}

#[track_caller]
fn problem(condition: &str, path: &str, code: &str, says: &str) {
    let mut compiler = compiler();
    let found = Condition::compile(
        &value(condition),
        &Place::Root.key("when"),
        &mut compiler,
        &mut NoClauses,
    );
    let first = compiler.problems.list.first().unwrap();
    assert_eq!((&*first.path, first.code), (path, code), "{first:?}");
    assert!(first.message.contains(says), "{}", first.message);
    assert_eq!(found.is_none(), first.severity == Severity::Error);
}

#[test]
fn what_is_wrong_is_said() {
    problem(
        r#"{"cart.value":{"$gtee":1}}"#,
        "/when/cart.value/$gtee",
        "unknown-operator",
        "did you mean \"$gt",
    );
    problem(
        r#"{"$sgment":"vip"}"#,
        "/when/$sgment",
        "unknown-operator",
        "did you mean \"$segment\"",
    );
    problem(
        r#"{"$gt":1}"#,
        "/when/$gt",
        "misplaced-operator",
        "under a path",
    );
    problem(
        r#"{"traits.a":{"$or":[]}}"#,
        "/when/traits.a/$or",
        "misplaced-operator",
        "beside paths",
    );
    problem(
        r#"{"traits.a":{"$gt":true}}"#,
        "/when/traits.a/$gt",
        "wrong-operand",
        "a number or a string, not true",
    );
    problem(
        r#"{"traits.a":{"$in":"x"}}"#,
        "/when/traits.a/$in",
        "wrong-operand",
        "an array",
    );
    problem(
        r#"{"traits.a":{"$type":"text"}}"#,
        "/when/traits.a/$type",
        "wrong-operand",
        "string",
    );
    problem(
        r#"{"traits.a":{"$before":"soon"}}"#,
        "/when/traits.a/$before",
        "wrong-operand",
        "ISO 8601",
    );
    problem(
        r#"{"traits.a":{"$withinLast":7}}"#,
        "/when/traits.a/$withinLast",
        "wrong-operand",
        "duration",
    );
    problem(
        r#"{"traits.a":{"$exists":"yes"}}"#,
        "/when/traits.a/$exists",
        "wrong-operand",
        "true or false",
    );
    problem(
        r#"{"traits.a":{"$gt":1,"b":2}}"#,
        "/when/traits.a",
        "mixed-operators",
        "side by side",
    );
    problem(
        r#"{"traits.a":{"$regex":"(?=x)"}}"#,
        "/when/traits.a/$regex",
        "invalid-pattern",
        "look-around",
    );
    problem(
        r#"{"traits.a":{"$regexi":"(a)\\1"}}"#,
        "/when/traits.a/$regexi",
        "invalid-pattern",
        "back reference",
    );
    problem(
        r#"{"$segment":"vpi"}"#,
        "/when/$segment",
        "unknown-segment",
        "did you mean \"vip\"",
    );
    problem(
        r#"{"$did":"Order Completed"}"#,
        "/when/$did",
        "not-here",
        "journey",
    );
    problem(
        r#"{"$or":[{"traits.a":1},[]]}"#,
        "/when/$or/1",
        "wrong-operand",
        "an object, not []",
    );
    problem(r#"{"$or":[]}"#, "/when/$or", "empty-list", "always holds");
    problem(
        r#"{"cart.vaule":1}"#,
        "/when/cart.vaule",
        "unknown-path",
        "did you mean \"value\"",
    );
    problem(
        r#"{"trait.a":1}"#,
        "/when/trait.a",
        "unknown-path",
        "did you mean \"traits\"",
    );
    problem(
        r#"{"traits.a":{"$elemMatch":{"$segment":"vip"}}}"#,
        "/when/traits.a/$elemMatch/$segment",
        "not-here",
        "visitor",
    );
}

#[test]
fn conditions_have_a_limit() {
    let deep = |levels: usize| {
        [
            "{\"$not\":".repeat(levels),
            "{\"traits.a\":1}".into(),
            "}".repeat(levels),
        ]
        .concat()
    };
    compiled(&deep(19));
    problem(
        &deep(20),
        &["/when", &"/$not".repeat(20), "/traits.a"].concat(),
        "condition-too-deep",
        "20",
    );
    let wide = |count: usize| {
        [
            "{\"$or\":[",
            &vec!["{\"traits.a\":1}"; count].join(","),
            "]}",
        ]
        .concat()
    };
    compiled(&wide(999));
    problem(
        &wide(1_000),
        "/when/$or/999/traits.a",
        "condition-too-large",
        "1,000",
    );
}

#[test]
fn a_condition_names_what_it_reads() {
    let mut compiler = compiler();
    let condition = value(
        r#"{"$or":[{"cart.value":{"$gt":1}},{"$not":{"$segment":"new"}},{"$did":"A"}],
            "traits.a":{"$elemMatch":{"b":1}},"cart.value":{"$exists":true}}"#,
    );
    let condition =
        Condition::compile(&condition, &Place::Root, &mut compiler, &mut Counting(7)).unwrap();
    let expected = Dependencies {
        slots: vec![0, 1],
        clauses: vec![7],
        segments: vec![1],
    };
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
    assert_eq!(
        answer(r#"{"$did":"A","$didNot":"B"}"#),
        Answer::until(false, soon)
    );
    assert_eq!(
        answer(r#"{"$not":{"$did":"A"}}"#),
        Answer::until(false, soon)
    );
    // What is settled for good hides what would change.
    assert_eq!(answer(r#"{"traits.a":2,"$did":"A"}"#), Answer::fixed(false));
    assert_eq!(
        answer(r#"{"$or":[{"traits.a":1},{"$did":"A"}]}"#),
        Answer::fixed(true)
    );
    assert_eq!(
        answer(r#"{"traits.a":{"$notInGroup":"staff"}}"#),
        Answer::fixed(true)
    );
}

/// Checks an answer, the moment it changes, and that it is the other one from that millisecond on.
#[track_caller]
fn changes(
    condition: &str,
    date: &str,
    now: &str,
    zone: &str,
    expected: bool,
    change: Option<&str>,
) {
    let document = ["{\"traits\":{\"d\":", date, "}}"].concat();
    let mut visitor = visitor(&document, now, zone);
    let condition = compiled(&["{\"traits.d\":", condition, "}"].concat());
    let answer = condition.evaluate(&visitor);
    let mut found = String::new();
    if let Some(at) = answer.changes_at {
        push_iso(at, &mut found);
        visitor.now = at - 1;
        assert_eq!(
            condition.evaluate(&visitor).passed,
            expected,
            "before {found}"
        );
        visitor.now = at;
        assert_eq!(condition.evaluate(&visitor).passed, !expected, "at {found}");
    }
    assert_eq!((answer.passed, &*found), (expected, change.unwrap_or("")));
}

#[test]
fn dates_change_at_the_very_millisecond() {
    let now = "2026-11-22T00:00:00Z";
    let day = r#""2026-11-20""#;
    changes(r#"{"$before":"2026-11-21"}"#, day, now, "UTC", true, None);
    changes(r#"{"$before":"2026-11-20"}"#, day, now, "UTC", false, None);
    changes(
        r#"{"$after":"2026-11-20"}"#,
        r#""2026-11-20T00:00:00.001Z""#,
        now,
        "UTC",
        true,
        None,
    );
    changes(
        r#"{"$after":"2026-11-20T09:00+09:00"}"#,
        day,
        now,
        "UTC",
        false,
        None,
    );
    changes(
        r#"{"$withinLast":"2d"}"#,
        day,
        now,
        "UTC",
        true,
        Some("2026-11-22T00:00:00.001Z"),
    );
    changes(r#"{"$withinLast":"1d"}"#, day, now, "UTC", false, None);
    changes(
        r#"{"$withinLast":"1d"}"#,
        r#""2026-11-23""#,
        now,
        "UTC",
        false,
        Some("2026-11-23T00:00:00.000Z"),
    );
    changes(
        r#"{"$withinNext":"1d"}"#,
        r#""2026-11-23""#,
        now,
        "UTC",
        true,
        Some("2026-11-23T00:00:00.001Z"),
    );
    changes(
        r#"{"$withinNext":"1h"}"#,
        r#""2026-11-23""#,
        now,
        "UTC",
        false,
        Some("2026-11-22T23:00:00.000Z"),
    );
    changes(r#"{"$withinNext":"1h"}"#, day, now, "UTC", false, None);
    // Numbers are milliseconds since the epoch; what is no date passes nothing.
    changes(
        r#"{"$withinLast":"1d"}"#,
        "1795305600000",
        now,
        "UTC",
        true,
        Some("2026-11-23T00:00:00.001Z"),
    );
    changes(
        r#"{"$withinLast":"1d"}"#,
        r#""soon""#,
        now,
        "UTC",
        false,
        None,
    );
    changes(r#"{"$withinLast":"1d"}"#, "1e300", now, "UTC", false, None);
    changes(
        r#"{"$not":{"$withinLast":"2d"}}"#,
        day,
        now,
        "UTC",
        false,
        Some("2026-11-22T00:00:00.001Z"),
    );
}

#[test]
fn anniversaries_come_round_each_year() {
    let check = |date, length: &str, now, zone, expected, change| {
        let condition = ["{\"$anniversary\":\"", length, "\"}"].concat();
        changes(&condition, date, now, zone, expected, change);
    };
    let born = r#""1990-05-17""#;
    // The day itself, in the shop's time zone.
    check(
        born,
        "0d",
        "2026-05-16T15:00:00Z",
        "Asia/Seoul",
        true,
        Some("2026-05-17T15:00:00.000Z"),
    );
    check(
        born,
        "0d",
        "2026-05-16T14:59:59Z",
        "Asia/Seoul",
        false,
        Some("2026-05-16T15:00:00.000Z"),
    );
    check(
        born,
        "0d",
        "2026-05-17T15:00:00Z",
        "Asia/Seoul",
        false,
        Some("2027-05-16T15:00:00.000Z"),
    );
    // Ahead and behind.
    check(
        born,
        "7d",
        "2026-05-10T00:00:00Z",
        "UTC",
        true,
        Some("2026-05-25T00:00:00.000Z"),
    );
    check(
        born,
        "7d",
        "2026-05-09T23:59:59.999Z",
        "UTC",
        false,
        Some("2026-05-10T00:00:00.000Z"),
    );
    check(
        born,
        "7d",
        "2026-05-24T23:59:59.999Z",
        "UTC",
        true,
        Some("2026-05-25T00:00:00.000Z"),
    );
    // Across the new year.
    check(
        r#""2001-01-02""#,
        "7d",
        "2026-12-28T00:00:00Z",
        "UTC",
        true,
        Some("2027-01-10T00:00:00.000Z"),
    );
    check(
        r#""2001-12-30""#,
        "7d",
        "2027-01-05T00:00:00Z",
        "UTC",
        true,
        Some("2027-01-07T00:00:00.000Z"),
    );
    // 29 February.
    check(
        r#""2004-02-29""#,
        "0d",
        "2026-02-28T12:00:00Z",
        "UTC",
        true,
        Some("2026-03-01T00:00:00.000Z"),
    );
    check(
        r#""2004-02-29""#,
        "0d",
        "2028-02-28T12:00:00Z",
        "UTC",
        false,
        Some("2028-02-29T00:00:00.000Z"),
    );
    check(
        r#""2004-02-29""#,
        "0d",
        "2028-02-29T12:00:00Z",
        "UTC",
        true,
        Some("2028-03-01T00:00:00.000Z"),
    );
    // A moment has the date that the shop's calendar gives it.
    check(
        r#""2024-11-22T15:30:00Z""#,
        "0d",
        "2026-11-22T15:00:00Z",
        "Asia/Seoul",
        true,
        Some("2026-11-23T15:00:00.000Z"),
    );
    // Days of 23 and 25 hours.
    check(
        r#""2000-03-08""#,
        "0d",
        "2026-03-08T05:00:00Z",
        "America/New_York",
        true,
        Some("2026-03-09T04:00:00.000Z"),
    );
    check(
        r#""2000-11-01""#,
        "0d",
        "2026-11-01T04:00:00Z",
        "America/New_York",
        true,
        Some("2026-11-02T05:00:00.000Z"),
    );
    // Windows that touch or overlap are no change.
    check(born, "183d", "2026-05-10T00:00:00Z", "UTC", true, None);
    check(born, "366d", "2026-05-10T00:00:00Z", "UTC", true, None);
    check(
        born,
        "182d",
        "2026-11-15T12:00:00Z",
        "UTC",
        true,
        Some("2027-11-16T00:00:00.000Z"),
    );
}

#[test]
fn a_clock_is_wanted_or_the_operator_is_unknown() {
    let condition = value(r#"{"$not":{"d":{"$withinLast":"1d"}}}"#);
    let document = value(r#"{"d":"2026-01-01"}"#);
    assert!(!evaluate_lenient(&condition, &document, &Value::Null));
    let now = at("2026-11-22");
    assert!(evaluate_lenient_at(
        &condition,
        &document,
        &Value::Null,
        now,
        &Zone::utc()
    ));
}

#[test]
fn conditions_on_plain_values_have_no_slots() {
    let mut compiler = Compiler::default();
    let condition = value(r#"{"category":"shoes","price":{"$lt":10}}"#);
    let condition = Condition::compile_where(&condition, &Place::Root, &mut compiler).unwrap();
    assert!(condition.matches(&value(r#"{"category":"shoes","price":9}"#)));
    assert!(!condition.matches(&value(r#"{"category":"shoes"}"#)));
    assert!(compiler.paths.list().is_empty() && condition.dependencies().slots.is_empty());
    let test =
        Condition::compile_test(&value(r#"{"$gte":3}"#), &Place::Root, &mut compiler).unwrap();
    assert!(test.matches(&Value::Number(3.0)) && !test.matches(&Value::Number(2.0)));
    let plain = Condition::compile_test(&Value::Number(3.0), &Place::Root, &mut compiler).unwrap();
    assert!(plain.matches(&Value::Number(3.0)) && !plain.matches(&Value::Null));
    assert!(compiler.problems.list.is_empty());
}

#[test]
fn explanations_use_the_configurations_words() {
    let visitor = visitor(
        r#"{"cart":{"value":30000},"traits":{"d":"2026-11-21"}}"#,
        "2026-11-22",
        "UTC",
    );
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

/// Values near enough to conditions and documents that many of them meet.
fn values() -> impl Strategy<Value = Value> {
    let words = prop::sample::select(vec![
        "a",
        "A",
        "b",
        "",
        "5",
        "2026-11-22",
        "2024-02-29T10:00:00Z",
        "7d",
        "^a",
        "(",
        "v1.2.3-rc.1",
        "vip",
        "string",
        "é😀",
    ]);
    let keys = prop::sample::select(vec![
        "a",
        "b",
        "a.b",
        "traits.d",
        "$and",
        "$or",
        "$nor",
        "$not",
        "$eq",
        "$ne",
        "$gt",
        "$lte",
        "$in",
        "$nini",
        "$all",
        "$alli",
        "$size",
        "$elemMatch",
        "$exists",
        "$type",
        "$regex",
        "$notRegexi",
        "$veq",
        "$vlt",
        "$inGroup",
        "$before",
        "$withinLast",
        "$withinNext",
        "$anniversary",
        "$segment",
        "$did",
        "$what",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        prop::sample::select(vec![0.0, -1.0, 5.0, 1e13, 1e300, 0.5]).prop_map(Value::from),
        words.prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 40, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((keys.clone(), inner), 0..4).prop_map(|entries| {
                let mut object = dangol::domain::value::Object::new();
                for (key, value) in entries {
                    object.set(key, value);
                }
                object.into()
            }),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, ..ProptestConfig::default() })]

    /// Nothing panics, and what a configuration accepts means the same as in GrowthBook's reading.
    #[test]
    fn any_condition_is_survived(condition in values(), document in values(), now in -1_000_000_000_000i64..5_000_000_000_000) {
        let mut visitor = visitor("{}", "2026-11-22", "America/New_York");
        visitor.document = document;
        visitor.now = now;
        let mut compiler = compiler();
        let zone = visitor.zone.clone();
        let compiled = Condition::compile(&condition, &Place::Root, &mut compiler, &mut Counting(0));
        let lenient = evaluate_lenient_at(&condition, &visitor.document, &Value::Null, now, &zone);
        if let Some(compiled) = compiled {
            let answer = compiled.evaluate(&visitor);
            let trace = compiled.trace(&visitor);
            let is_attributes = {
                let reads = compiled.dependencies();
                reads.clauses.is_empty() && reads.segments.is_empty()
            };
            if is_attributes {
                prop_assert_eq!(answer.passed, lenient);
                prop_assert_eq!(answer.passed, trace.passed);
                // The answer stays until the moment given; beyond it a later look may find another.
                let later = answer.changes_at.map_or(now + 400 * 86_400_000, |at| at - 1);
                visitor.now = later;
                prop_assert_eq!(compiled.evaluate(&visitor).passed, answer.passed);
            }
        } else {
            prop_assert!(compiler.problems.errors() > 0);
        }
    }
}
