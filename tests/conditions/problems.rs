//! What is wrong with a condition, and where.

use super::*;

#[track_caller]
fn problem(condition: &str, path: &str, code: &str, says: &str) {
    let mut compiler = compiler();
    let found = Condition::compile(&value(condition), &Place::Root.key("when"), &mut compiler, &mut NoClauses);
    let first = compiler.problems.list.first().unwrap();
    assert_eq!((&*first.path, first.code), (path, code), "{first:?}");
    assert!(first.message.contains(says), "{}", first.message);
    assert_eq!(found.is_none(), first.severity == Severity::Error);
}

#[test]
fn what_is_wrong_is_said() {
    problem(r#"{"cart.value":{"$gtee":1}}"#, "/when/cart.value/$gtee", "unknown-operator", "did you mean \"$gt");
    problem(r#"{"$sgment":"vip"}"#, "/when/$sgment", "unknown-operator", "did you mean \"$segment\"");
    problem(r#"{"$gt":1}"#, "/when/$gt", "misplaced-operator", "under a path");
    problem(r#"{"traits.a":{"$or":[]}}"#, "/when/traits.a/$or", "misplaced-operator", "beside paths");
    problem(r#"{"traits.a":{"$gt":true}}"#, "/when/traits.a/$gt", "wrong-operand", "a number or a string, not true");
    problem(r#"{"traits.a":{"$in":"x"}}"#, "/when/traits.a/$in", "wrong-operand", "an array");
    problem(r#"{"traits.a":{"$type":"text"}}"#, "/when/traits.a/$type", "wrong-operand", "string");
    problem(r#"{"traits.a":{"$before":"soon"}}"#, "/when/traits.a/$before", "wrong-operand", "ISO 8601");
    problem(r#"{"traits.a":{"$withinLast":7}}"#, "/when/traits.a/$withinLast", "wrong-operand", "duration");
    problem(r#"{"traits.a":{"$exists":"yes"}}"#, "/when/traits.a/$exists", "wrong-operand", "true or false");
    problem(r#"{"traits.a":{"$gt":1,"b":2}}"#, "/when/traits.a", "mixed-operators", "side by side");
    problem(r#"{"traits.a":{"$regex":"(?=x)"}}"#, "/when/traits.a/$regex", "invalid-pattern", "look-around");
    problem(r#"{"traits.a":{"$regexi":"(a)\\1"}}"#, "/when/traits.a/$regexi", "invalid-pattern", "back reference");
    problem(r#"{"traits.a":{"$notRegex":"(?:a{100}){100}"}}"#, "/when/traits.a/$notRegex", "invalid-pattern", "too large");
    compiled(r#"{"traits.a":{"$notRegex":"^([a-z0-9-]+\\.)+[a-z]{2,}$"}}"#);
    problem(r#"{"$segment":"vpi"}"#, "/when/$segment", "unknown-segment", "did you mean \"vip\"");
    problem(r#"{"$did":"Order Completed"}"#, "/when/$did", "not-here", "journey");
    problem(r#"{"$or":[{"traits.a":1},[]]}"#, "/when/$or/1", "wrong-operand", "or {\"$segment\": \"vip\"}, not []");
    problem(r#"{"$or":[]}"#, "/when/$or", "empty-list", "always holds");
    problem(r#"{"cart.vaule":1}"#, "/when/cart.vaule", "unknown-path", "did you mean \"value\"");
    problem(r#"{"trait.a":1}"#, "/when/trait.a", "unknown-path", "did you mean \"traits\"");
    problem(r#"{"traits.a":{"$elemMatch":{"$segment":"vip"}}}"#, "/when/traits.a/$elemMatch/$segment", "not-here", "visitor");
}

#[test]
fn conditions_have_a_limit() {
    let deep = |levels: usize| ["{\"$not\":".repeat(levels), "{\"traits.a\":1}".into(), "}".repeat(levels)].concat();
    compiled(&deep(19));
    problem(&deep(20), &["/when", &"/$not".repeat(20), "/traits.a"].concat(), "condition-too-deep", "20");
    let wide = |count: usize| ["{\"$or\":[", &vec!["{\"traits.a\":1}"; count].join(","), "]}"].concat();
    compiled(&wide(999));
    problem(&wide(1_000), "/when/$or/999/traits.a", "condition-too-large", "1,000");
}
