//! What is wrong with a configuration is told in Korean as well as in English: the same place, the same values, the remedy.

// A test says what went wrong best by stopping there.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

#[path = "validation/base.rs"]
mod base;

use base::{base, json, put};
use dangol::domain::problem::Prose;
use dangol::domain::tools::{validate, validate_to_value};

/// What was found, in the order of its places.
fn values(prose: &Prose, out: &mut Vec<String>) {
    match prose {
        Prose::Said(_, parts) => parts.iter().for_each(|part| values(part, out)),
        Prose::Found(text) => out.push(text.clone()),
    }
}

fn is_hangul(letter: char) -> bool {
    ('가'..='힣').contains(&letter)
}

#[test]
fn every_problem_is_told_in_both_languages_with_what_was_found() {
    let mut codes = std::collections::BTreeSet::new();
    for row in json(include_str!("configurations/broken.json")).as_list().unwrap() {
        let mut config = base();
        put(&mut config, row.text("at").unwrap(), row.get("value").unwrap());
        let korean = validate_to_value(&config, "ko-KR");
        let problems = validate(&config);
        assert_eq!(korean.as_list().unwrap().len(), problems.len());
        for (problem, told) in problems.iter().zip(korean.as_list().unwrap()) {
            codes.insert(problem.code);
            let message = told.text("message").unwrap();
            assert_eq!((told.text("path"), told.text("code")), (Some(problem.path.as_str()), Some(problem.code)));
            assert!(message.contains(is_hangul), "{}: {message}", problem.code);
            let mut found = Vec::new();
            values(&problem.prose, &mut found);
            for value in found {
                assert!(message.contains(&value) && problem.message.contains(&value), "{value} in {message} and {}", problem.message);
            }
            assert!(!message.contains("{0") && !message.contains("{1"), "{message}");
        }
    }
    assert!(codes.len() > 50, "{codes:?}");
}

#[test]
fn korean_says_what_to_write() {
    for (at, value, message) in [
        ("/campaigns/hello/holdout", "\"10%\"", "\"10%\" 대신 0부터 1까지의 비율(10%라면 0.1)을 적으세요"),
        ("/campaigns/hello/status", "\"runing\"", "없는 값입니다: \"runing\". 혹시 \"running\"인가요?"),
        ("/campaigns/hello/limits/perDay", "\"1\"", "\"1\" 대신 0 이상의 정수를 적으세요"),
        ("/segments/x", r#"{"when":{"cart.value":{"$gtee":1}}}"#, "없는 연산자입니다: $gtee. 혹시 \"$gte\"인가요?"),
        ("/segments/x", r#"{"when":{"$segment":"buyer"}}"#, "없는 세그먼트입니다: \"buyer\". 혹시 \"buyers\"인가요?"),
        (
            "/segments/x",
            r#"{"when":{"visits.daysSincePrevious":{"$gte":"14d"}}}"#,
            "visits.daysSincePrevious는 일수를 나타내는 숫자여서 \"14d\"와 같아질 수 없습니다. 14로 적으세요",
        ),
        ("/timezone", "\"Asia/Soul\"", "\"Asia/Soul\" 대신 Asia/Seoul 같은 IANA 시간대를 적으세요"),
    ] {
        let mut config = base();
        put(&mut config, at, &json(value));
        let problems = validate_to_value(&config, "ko");
        let told: Vec<&str> = problems.as_list().unwrap().iter().filter_map(|problem| problem.text("message")).collect();
        assert!(told.contains(&message), "{at}: {told:#?}");
    }
}
