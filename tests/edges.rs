//! The first and the last millisecond of every rule that has one: a replay, a page and a model of a few lines that knows
//! nothing of the engine decide the same, over journeys whose events lie on the borders and a millisecond beside them.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)] // A test may fail.

mod host;

#[path = "edges/model.rs"]
mod model;

use dangol::domain::engine::Effect;
use dangol::domain::json;
use dangol::domain::replay::replay;
use dangol::domain::time::{parse_iso, to_iso};
use dangol::domain::value::Value;
use host::Host;
use model::{Happens, Model, Rules};

/// A decision as `ms outcome reason`.
fn word(decision: &Value) -> String {
    let at = parse_iso(decision.text("timestamp").unwrap()).unwrap();
    [Some(&*at.to_string()), decision.text("outcome"), decision.text("reason")].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// What a replay decides, and when goals were reached.
fn replayed(rules: &Rules, journey: &[(i64, Happens)], end: i64) -> (Vec<String>, Vec<i64>) {
    let line = |(at, what): &(i64, Happens)| {
        let time = to_iso(*at);
        match what {
            Happens::Page => format!(r#"{{"type":"page","timestamp":"{time}","properties":{{"url":"https://shop.test/"}}}}"#),
            Happens::Dismissed => {
                format!(r#"{{"type":"track","event":"Message Dismissed","timestamp":"{time}","properties":{{"campaign":"a"}}}}"#)
            }
            what => format!(r#"{{"type":"track","event":"{}","timestamp":"{time}","properties":{{}}}}"#, what.name()),
        }
    };
    let lines: Vec<String> = journey.iter().map(line).collect();
    let options = format!(r#"{{"until":"{}"}}"#, to_iso(end));
    let config = json::parse(&rules.config()).unwrap();
    let result = replay(&config, &Value::from(lines.join("\n")), &json::parse(&options).unwrap());
    let mut goals = Vec::new();
    for count in 1..=model::GOALS {
        let changes = result.at(&format!("segments.g{count}")).and_then(Value::as_list).unwrap();
        goals.extend(changes.iter().filter_map(|change| parse_iso(change.as_list()?[0].as_text()?)));
    }
    (result.list("decisions").iter().map(word).collect(), goals)
}

/// What a page decides on which every message that comes up is in view.
fn live(rules: &Rules, journey: &[(i64, Happens)], end: i64) -> Vec<String> {
    let mut host = Host::new(&rules.config(), host::GRANTED, journey[0].0);
    let mut seen = 0;
    let mut look = |host: &mut Host| {
        if host.shown() > seen {
            seen = host.shown();
            let impression = host.impression();
            host.give(&format!(r#"{{"in":"ui","impression":"{impression}","act":"inview"}}"#));
        }
    };
    let pass = |host: &mut Host, end: i64, look: &mut dyn FnMut(&mut Host)| {
        while let Some(at) = host.engine.next_wake().filter(|at| *at <= end) {
            host.pass(at);
            look(host);
        }
        host.pass(end);
    };
    for (at, what) in journey {
        pass(&mut host, *at, &mut look);
        match what {
            Happens::Page => host.page("https://shop.test/"),
            Happens::Dismissed if host.shown() == 0 => {}
            Happens::Dismissed => {
                let impression = host.impression();
                host.give(&format!(r#"{{"in":"ui","impression":"{impression}","act":"dismiss"}}"#));
            }
            what => host.call(&format!(r#""call":"track","name":"{}","data":{{}}"#, what.name())),
        }
        look(&mut host);
    }
    pass(&mut host, end, &mut look);
    let told = host.effects.iter().filter_map(|effect| match effect {
        Effect::Notify { kind: "message", detail } => detail.get("decision").map(word),
        _ => None,
    });
    told.collect()
}

#[test]
fn the_borders_of_every_rule_are_where_the_contract_draws_them() {
    let cases = std::env::var("DANGOL_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(1_000);
    let only = std::env::var("DANGOL_SEED").ok().and_then(|text| text.parse().ok());
    let mut reasons = std::collections::BTreeMap::<String, usize>::new();
    for number in only.map_or(0..cases, |seed: u64| seed..seed + 1) {
        let mut seed = number;
        let rules = Rules::any(&mut seed);
        let mut journey = rules.journey(&mut seed);
        let end = journey.last().unwrap().0 + model::HOUR;
        let mut model = Model::new(&rules);
        journey.retain(|(at, what)| model.happen(*at, *what));
        model.pass(end);
        let told = |found: &dyn std::fmt::Debug| format!("seed {number}: {found:?}\n{}\n{journey:?}", rules.config());
        let (decisions, goals) = replayed(&rules, &journey, end);
        assert_eq!(decisions, model.decisions, "{}", told(&"replay"));
        assert_eq!(goals, model.goals, "{}", told(&"goals"));
        assert_eq!(live(&rules, &journey, end), model.decisions, "{}", told(&"page"));
        for decision in &model.decisions {
            *reasons.entry(decision.split_once(' ').unwrap().1.into()).or_default() += 1;
        }
        *reasons.entry("goal".into()).or_default() += model.goals.len();
    }
    // A model that never comes near a rule proves nothing about it.
    if only.is_none() {
        for reason in ["goal_reached", "outside_schedule", "muted", "frequency_capped", "quiet_hours", "attention_budget", "outranked"] {
            assert!(reasons.get(&format!("suppressed {reason}")).copied().unwrap_or(0) > 5, "{reason}: {reasons:?}");
        }
        assert!(reasons["shown"] > 100 && reasons["goal"] > 5, "{reasons:?}");
    }
}
