//! The reference pages say what the code does.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // A test may fail.

use dangol::domain::compiler::limits;
use dangol::domain::json::{MAX_DEPTH, parse, to_text};
use dangol::domain::tools::{Setting, describe_in, replay, validate};
use dangol::domain::value::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root(path)).unwrap()
}

fn sources(folder: &Path, ending: &str, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, ending, out);
        } else if path.extension().is_some_and(|extension| extension == ending) {
            out.push(path);
        }
    }
}

/// The kebab-case words in quotes that follow a call which reports something.
fn codes_in_sources() -> BTreeSet<String> {
    const CALLS: [&str; 9] = [".error(", ".warn(", ".refuse(", "unknown(", "wrong(", "check_id(", "\"code\" =>", "let code =", "Refusal::"];
    let mut files = Vec::new();
    sources(&root("src/domain"), "rs", &mut files);
    let mut codes = BTreeSet::new();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let text = text.split("#[cfg(test)]").next().unwrap();
        for call in CALLS {
            for (at, _) in text.match_indices(call) {
                let statement = text[at + call.len()..].split([';', '\u{7d}']).next().unwrap();
                for literal in statement.split('"').skip(usize::from(!call.ends_with("=>"))).take(9) {
                    let is_code = literal.contains('-')
                        && literal.split('-').all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase()));
                    if is_code {
                        codes.insert(literal.to_string());
                    }
                }
            }
        }
    }
    codes
}

/// What the code around the engine reports by itself: `problem("code", …)`.
fn codes_around_the_engine() -> BTreeSet<String> {
    let mut files = Vec::new();
    sources(&root("js"), "ts", &mut files);
    let mut codes = BTreeSet::new();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        codes.extend(text.match_indices("roblem(\"").map(|(at, call)| text[at + call.len()..].split('"').next().unwrap().to_string()));
    }
    codes
}

#[test]
fn every_problem_code_is_explained() {
    let page = read("docs/problems.md");
    let mut codes = codes_in_sources();
    assert!(codes.len() > 30, "{codes:?}");
    let rows = parse(&read("tests/configurations/broken.json")).unwrap();
    codes.extend(rows.as_list().unwrap().iter().map(|row| row.text("code").unwrap().to_string()));
    let around = codes_around_the_engine();
    assert!(around.len() > 4, "{around:?}");
    codes.extend(around);
    let missing: Vec<&String> = codes.iter().filter(|code| !page.contains(&format!("\n| `{code}` |"))).collect();
    assert!(missing.is_empty(), "not in docs/problems.md: {missing:?}");
}

#[test]
fn the_limits_are_those_of_the_code() {
    let page = read("docs/configuration.md");
    for (what, limit) in [
        ("nesting of the JSON text", MAX_DEPTH),
        ("segments, coupons, campaigns, each", limits::ITEMS),
        ("steps of a campaign, variants of a step", limits::PARTS),
        ("nesting of a condition", limits::CONDITION_DEPTH),
        ("comparisons in a condition", limits::CONDITION_NODES),
        ("bytes of a regular expression", limits::PATTERN_BYTES),
        ("bytes of a text that one looks at", limits::PATTERN_INPUT),
    ] {
        let line = page.lines().find(|line| line.starts_with(&format!("| {what} |"))).unwrap_or_else(|| panic!("{what}"));
        let figure: String = line.rsplit(" | ").next().unwrap().chars().filter(char::is_ascii_digit).collect();
        assert_eq!(figure, limit.to_string(), "{what}");
    }
}

/// The visitor whom the cookbook speaks of.
const JOURNEY: &str = r#"[
    {"type":"page","timestamp":"2026-11-20T00:00:00Z","messageId":"1","properties":{"url":"https://shop.example/"}},
    {"type":"track","event":"Signed Up","timestamp":"2026-11-20T00:00:10Z","messageId":"2"},
    {"type":"identify","userId":"m1","traits":{"birthday":"1990-11-25"},"timestamp":"2026-11-20T00:00:20Z","messageId":"3"},
    {"type":"track","event":"Product Viewed","timestamp":"2026-11-20T00:01:00Z","messageId":"4","properties":{"product_id":"p1","category":"shoes"}},
    {"type":"track","event":"Product Viewed","timestamp":"2026-11-20T00:02:00Z","messageId":"5","properties":{"product_id":"p1","category":"shoes"}},
    {"type":"page","timestamp":"2026-11-22T00:00:00Z","messageId":"6","properties":{"url":"https://shop.example/p/1"}},
    {"type":"track","event":"Product Viewed","timestamp":"2026-11-22T00:00:00Z","messageId":"7","properties":{"product_id":"p1","category":"shoes"}},
    {"type":"track","event":"Product Added","timestamp":"2026-11-22T00:00:00Z","messageId":"8","properties":{"product_id":"p2","price":32000}},
    {"type":"tick","timestamp":"2026-11-22T00:10:00Z"}]"#;

#[test]
fn the_cookbook_says_what_the_engine_says() {
    for page in ["docs/conditions.md", "docs/ko/conditions.md"] {
        says_what_the_engine_says(page);
    }
}

fn says_what_the_engine_says(path: &str) {
    let page = read(path);
    let mut out = String::new();
    let mut rest = page.as_str();
    let mut count = 0;
    while let Some((before, after)) = rest.split_once("```json\n") {
        let (condition, after) = after.split_once("\n```\n\n```text\n").unwrap();
        let (_, after) = after.split_once("```\n").unwrap();
        let config = format!(
            r#"{{"timezone":"Asia/Seoul","currency":"KRW","groups":{{"guests":["m9"]}},"segments":{{"vip":{{"name":"단골","when":{{"orders.count":{{"$gte":4}}}}}}}},
                "campaigns":{{"welcome":{{"name":"환영","trigger":{{"manual":true}},"message":{{"layout":"modal","blocks":[{{"text":"a"}}]}}}},
                "subject":{{"trigger":{{"manual":true}},"audience":{condition},"message":{{"layout":"modal","blocks":[{{"text":"a"}}]}}}}}}}}"#
        );
        let config = parse(&config).unwrap_or_else(|error| panic!("{error:?} in {condition}"));
        assert_eq!(validate(&config), [], "{condition}");
        let result = replay(&config, &parse(JOURNEY).unwrap(), &parse(r#"{"explain":true}"#).unwrap());
        let explained = result.list("explanations").iter().find(|each| each.text("campaign") == Some("subject")).unwrap();
        let audience = explained.list("checks").iter().find(|check| check.text("check") == Some("not_in_audience")).unwrap();
        let trace = audience.get("detail").cloned().unwrap_or(Value::Null);
        let setting = Setting::of(&config, 1_795_306_200_000);
        let words = [describe_in(&trace, "ko", &setting), describe_in(&trace, "en", &setting)].join("\n\n");
        assert!(!words.contains('{'), "{words} for {}", to_text(&trace));
        out.push_str(&format!("{before}```json\n{condition}\n```\n\n```text\n{words}\n```\n"));
        rest = after;
        count += 1;
    }
    out.push_str(rest);
    assert!(count > 10);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(root(path), out).unwrap();
    } else {
        assert!(out == page, "{path} is out of date; run this test with UPDATE_DOCS=1 and read the difference");
    }
}
