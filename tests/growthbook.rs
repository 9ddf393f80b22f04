//! GrowthBook's published vectors, where they lie beside the project; its file is not copied.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // Clippy allows these by itself in unit tests only.

use dangol::domain::assign;
use dangol::domain::condition::evaluate_lenient;
use dangol::domain::json;
use dangol::domain::tools::Ruleset;
use dangol::domain::value::Value;
use dangol::object;

/// The vectors of one group, or none with a word that they were skipped.
fn vectors(group: &str) -> Vec<Value> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/suites/growthbook/cases.json");
    match std::fs::read_to_string(path) {
        Ok(text) => json::parse(&text).unwrap().list(group).to_vec(),
        Err(_) => {
            eprintln!("skipped: no vectors of GrowthBook beside the project");
            Vec::new()
        }
    }
}

/// Runs a group and fails with the names of all vectors that differ.
#[track_caller]
fn run(group: &str, check: impl Fn(&[Value]) -> bool) {
    let vectors = vectors(group);
    let failed: Vec<String> = vectors.iter().filter(|vector| !check(vector.as_list().unwrap())).map(json::to_text).collect();
    println!("{group}: {} of {}", vectors.len() - failed.len(), vectors.len());
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

fn number(value: &Value) -> f64 {
    value.as_number().unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_list().unwrap().iter().map(number).collect()
}

fn ranges(value: &Value) -> Vec<(f64, f64)> {
    let pair = |range: &Value| (numbers(range)[0], numbers(range)[1]);
    value.as_list().unwrap().iter().map(pair).collect()
}

fn close(left: f64, right: f64) -> bool {
    (left - right).abs() < 1e-9
}

#[test]
fn conditions() {
    run("evalCondition", |vector| {
        let groups = vector.get(4).unwrap_or(&Value::Null);
        evaluate_lenient(&vector[1], &vector[2], groups) == vector[3].as_bool().unwrap()
    });
}

#[test]
fn conditions_of_a_ruleset() {
    run("evalCondition", |vector| {
        let groups = vector.get(4).cloned().unwrap_or_default();
        let mut rules = Ruleset::new(&object! { "rules" => vec![vector[1].clone()], "groups" => groups }.into());
        // The second time answers come from what was kept.
        let expected = vector[3].as_bool().unwrap();
        (0..2).all(|_| (rules.matches(&vector[2]).len() == 1) == expected)
    });
}

#[test]
fn hashes() {
    run("hash", |vector| {
        let [seed, value] = [0, 1].map(|index| vector[index].as_text().unwrap());
        assign::hash(seed, value, number(&vector[2]) as u32) == vector[3].as_number()
    });
}

#[test]
fn bucket_ranges() {
    run("getBucketRange", |vector| {
        let arguments = vector[1].as_list().unwrap();
        let weights = arguments[2].as_list().map(|_| numbers(&arguments[2]));
        let found = assign::bucket_ranges(number(&arguments[0]) as usize, number(&arguments[1]), weights.as_deref());
        let expected = ranges(&vector[2]);
        found.len() == expected.len() && found.iter().zip(&expected).all(|(left, right)| close(left.0, right.0) && close(left.1, right.1))
    });
}

#[test]
fn variations() {
    run("chooseVariation", |vector| {
        let found = assign::choose_variation(number(&vector[1]), &ranges(&vector[2]));
        f64::from(found) == number(&vector[3])
    });
}

#[test]
fn namespaces() {
    run("inNamespace", |vector| {
        let namespace = vector[2].as_list().unwrap();
        let range = (number(&namespace[1]), number(&namespace[2]));
        let user = vector[1].as_text().unwrap();
        let found = assign::in_namespace(user, namespace[0].as_text().unwrap(), range);
        found == vector[3].as_bool().unwrap()
    });
}

#[test]
fn weights() {
    run("getEqualWeights", |vector| {
        let found = assign::equal_weights(number(&vector[0]) as usize);
        let rounded = |weight: &f64| (weight * 1e8).round();
        found.iter().map(rounded).eq(numbers(&vector[1]).iter().map(rounded))
    });
}

/// Of the whole experiments, those that are a seed, weights and a coverage: ranges must end at GrowthBook's double.
#[test]
fn assignments() {
    let plain = ["key", "seed", "hashVersion", "coverage", "variations", "weights"];
    let mut count = 0;
    for vector in vectors("run") {
        let vector = vector.as_list().unwrap();
        let experiment = &vector[2];
        let user = vector[1].get("attributes").and_then(|attributes| attributes.text("id"));
        let is_plain = experiment.as_object().unwrap().iter().all(|(key, _)| plain.contains(&&**key));
        let weights = experiment.get("weights").map(numbers);
        let (Some(user), Some(weights), true) = (user, weights, is_plain) else {
            continue;
        };
        let seed = experiment.text("seed").or(experiment.text("key")).unwrap();
        let coverage = experiment.number("coverage").unwrap_or(1.0);
        let version = experiment.number("hashVersion").unwrap_or(1.0) as u32;
        let found = assign::assign(seed, user, &weights, coverage, version);
        let variation = experiment.list("variations").get(found as usize);
        // The fifth entry says whether the user is in the experiment, the fourth with which variation.
        let expected = Some(&vector[3]).filter(|_| vector[4].as_bool().unwrap());
        assert_eq!(variation, expected, "{}", json::to_text(&vector[0]));
        count += 1;
    }
    println!("run: {count} that are assignments alone");
}
