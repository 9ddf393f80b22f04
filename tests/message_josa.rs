//! The particles of es-hangul and tossi, where their vectors are at hand.

#![allow(clippy::unwrap_used)] // A test may fail.

use dangol::domain::json::parse;
use dangol::domain::message::josa::{attach, pick};
use dangol::domain::value::Value;

fn vectors(name: &str) -> Option<Value> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/suites/korean-josa/");
    let text = std::fs::read_to_string([path, name, ".json"].concat()).ok();
    if text.is_none() {
        eprintln!("skipped: the vectors of {name} are not at hand");
    }
    Some(parse(&text?).unwrap())
}

/// What we read otherwise than the libraries do, and why.
const DIFFERENT: [(&str, &str); 2] = [
    // es-hangul's `pick` takes the first form for an empty word; print convention gives both.
    ("", "이/가"),
    // tossi reads no Latin letters and gives both forms; we read the word.
    ("God", "이다"),
];

#[track_caller]
fn check(list: &[Value], key: &str, form: fn(&str, &str) -> String) -> usize {
    let mut wrong = Vec::new();
    for vector in list {
        let word = vector.text("word").unwrap();
        let particle = vector.text(key).unwrap();
        let expected = vector.text("expect").unwrap();
        // `Euro` is the name of a class in tossi.
        let found = form(word, if particle == "Euro" { "으로" } else { particle });
        if found != expected && !DIFFERENT.contains(&(word, particle)) {
            wrong.push([word, " + ", particle, " = ", &found, ", not ", expected].concat());
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    list.len()
}

#[test]
fn particles_are_those_of_es_hangul() {
    if let Some(vectors) = vectors("es-hangul") {
        assert!(check(vectors.list("josa"), "josa", attach) > 20);
        assert!(check(vectors.list("pick"), "josa", pick) > 10);
    }
}

#[test]
fn particles_are_those_of_tossi() {
    if let Some(vectors) = vectors("tossi") {
        assert!(check(vectors.list("postfix"), "particle", attach) > 40);
        assert!(check(vectors.list("index"), "particle", pick) > 1);
    }
}
