//! What `dangol/engine` offers beside the page's engine: evaluating, assigning, validating, rendering and explaining.
//!
//! All of it takes and gives JSON values, so that a host only forwards text. The page's module is built without these.

mod advice;
pub mod describe;
mod korean;
mod names;
mod personal;
mod render;
mod ruleset;
mod sentences;

pub use describe::{Setting, describe, describe_in};
pub use render::render;
pub use ruleset::Ruleset;

use sentences::Language;

use super::assign;
use super::condition::{evaluate_lenient, evaluate_lenient_at};
use super::config::Config;
use super::json::JsonError;
use super::problem::{Place, Problem, Problems, found, sentence};
use super::time::{Millis, Zone, parse_iso};
use super::value::Value;

/// Whether `condition` holds for `document`, with GrowthBook's results for everything it knows.
///
/// `options` may carry `groups` (lists by id, for `$inGroup`), and `now` with `timezone` for the operators on dates;
/// without `now` there is no clock, and what needs one does not hold.
pub fn evaluate(condition: &Value, document: &Value, options: &Value) -> bool {
    let groups = options.get("groups").unwrap_or(&Value::Null);
    match moment(options.get("now")) {
        Some(now) => evaluate_lenient_at(condition, document, groups, now, &zone(options.text("timezone"), now)),
        None => evaluate_lenient(condition, document, groups),
    }
}

/// The index of the variant for `{seed, value, weights, coverage, hashVersion}`, or -1 for none: GrowthBook's hash.
///
/// `coverage` is 1 and `hashVersion` 2 where absent; `value` may be a number, as GrowthBook's attributes may.
pub fn assign(options: &Value) -> i32 {
    let weights: Vec<f64> = options.list("weights").iter().map(|weight| weight.as_number().unwrap_or(0.0)).collect();
    let value = match options.get("value") {
        Some(Value::Text(text)) => text.to_string(),
        Some(number @ Value::Number(_)) => super::json::to_text(number),
        _ => String::new(),
    };
    let version = options.number("hashVersion").unwrap_or(2.0);
    let seed = options.text("seed").unwrap_or_default();
    assign::assign(seed, &value, &weights, options.number("coverage").unwrap_or(1.0), version as u32)
}

/// Everything that is wrong with a configuration, each thing once, in the order of the document's parts.
pub fn validate(config: &Value) -> Vec<Problem> {
    let mut problems = Config::compile(config).problems;
    personal::check(config, &Place::Root, &mut problems);
    advice::check(config, &mut problems);
    unique(problems)
}

/// [`validate`] as a list of `{path, code, message, severity}`, in Korean (`ko`) or English (any other locale).
pub fn validate_to_value(config: &Value, locale: &str) -> Value {
    validate(config).iter().map(|problem| told(problem, locale)).collect::<Vec<_>>().into()
}

/// What is wrong with a configuration that is no JSON: what was expected, and where, counted from one.
pub fn unreadable(error: JsonError, line: usize, column: usize, locale: &str) -> Value {
    let mut problems = Problems::default();
    let place = [line, column].map(|count| found(&count.to_string()));
    let [line, column] = place;
    let message = "the configuration is no JSON: expected {0} at line {1}, column {2}";
    problems.error(&Place::Root, "config-unreadable", sentence(message, [error.expected.into(), line, column]));
    problems.list.first().map(|problem| told(problem, locale)).unwrap_or_default()
}

/// A problem as it leaves the tools, in the language of `locale`.
fn told(problem: &Problem, locale: &str) -> Value {
    let mut value = problem.to_value();
    if Language::of(locale) == Language::Ko {
        value.make_object().set("message", korean::say(&problem.prose));
    }
    value
}

/// Replays a recorded journey through a configuration; see [`crate::domain::replay::replay`].
pub fn replay(config: &Value, journey: &Value, options: &Value) -> Value {
    super::replay::replay(config, journey, options)
}

/// Leaves out a problem that repeats the place and the code of an earlier one.
fn unique(problems: Problems) -> Vec<Problem> {
    let mut list = problems.list;
    let mut seen = std::collections::BTreeSet::new();
    list.retain(|problem| seen.insert((problem.path.clone(), problem.code)));
    list
}

/// An instant as ISO text or as milliseconds.
fn moment(value: Option<&Value>) -> Option<Millis> {
    match value? {
        Value::Text(text) => parse_iso(text),
        Value::Number(number) => Some(*number as Millis),
        _ => None,
    }
}

/// The zone of that name, or UTC.
fn zone(name: Option<&str>, now: Millis) -> Zone {
    name.and_then(|name| Zone::named(name, now)).unwrap_or_else(Zone::utc)
}
