//! Configurations and journeys in a few words, and what is decided of them in a line each.

use dangol::domain::json;
use dangol::domain::replay::replay;
use dangol::domain::value::Value;

/// A configuration with `campaigns` in Seoul's time.
pub fn config(settings: &str, campaigns: &str) -> Value {
    config_in("Asia/Seoul", settings, campaigns)
}

fn config_in(zone: &str, settings: &str, campaigns: &str) -> Value {
    json::parse(&format!(r#"{{"version":1,"timezone":"{zone}","settings":{settings},"segments":{{"big":{{"when":{{"cart.value":{{"$gte":100}}}}}}}},"campaigns":{campaigns}}}"#)).unwrap()
}

/// A line per entry: `HH:MM[:SS[.mmm]] what` on 2 November 2026 in UTC, `+Nd` for N days later, or a whole ISO time.
/// What: `page /path`, `tick`, `exit`, `scroll 60`, `manual id`, or an event's name with optional JSON properties.
pub fn journey(script: &str) -> Value {
    let mut lines = Vec::new();
    for (number, line) in script.lines().map(str::trim).filter(|line| !line.is_empty()).enumerate() {
        let (time, rest) = line.split_once(' ').unwrap();
        let timestamp = if time.ends_with('Z') { time.into() } else { stamp(time) };
        let (word, tail) = rest.split_once(' ').unwrap_or((rest, ""));
        lines.push(match word {
            "page" => format!(
                r#"{{"type":"page","messageId":"m{number}","timestamp":"{timestamp}","properties":{{"url":"https://shop.test{tail}"}}}}"#
            ),
            "tick" => format!(r#"{{"type":"tick","timestamp":"{timestamp}"}}"#),
            "exit" => format!(r#"{{"type":"signal","signal":"exit","timestamp":"{timestamp}"}}"#),
            "scroll" => format!(r#"{{"type":"signal","signal":"scroll","value":{tail},"timestamp":"{timestamp}"}}"#),
            "manual" => format!(r#"{{"type":"signal","signal":"manual","value":"{tail}","timestamp":"{timestamp}"}}"#),
            _ => {
                let (name, properties) = match rest.find('{') {
                    Some(at) => (rest[..at].trim(), &rest[at..]),
                    None => (rest, "{}"),
                };
                format!(
                    r#"{{"type":"track","event":"{name}","messageId":"m{number}","timestamp":"{timestamp}","properties":{properties}}}"#
                )
            }
        });
    }
    Value::from(lines.join("\n"))
}

fn stamp(time: &str) -> String {
    let (day, time) = match time.split_once('T') {
        Some((days, time)) => (2 + days.trim_start_matches('+').trim_end_matches('d').parse::<i64>().unwrap(), time),
        None => (2, time),
    };
    let (month, day) = if day > 30 { (12, day - 30) } else { (11, day) };
    let time = match time.matches(':').count() {
        1 => format!("{time}:00.000"),
        _ if time.contains('.') => time.to_string(),
        _ => format!("{time}.000"),
    };
    format!("2026-{month:02}-{day:02}T{time}Z")
}

#[track_caller]
pub fn run(settings: &str, campaigns: &str, options: &str, script: &str) -> Vec<String> {
    run_in("Asia/Seoul", settings, campaigns, options, script)
}

#[track_caller]
pub fn run_in(zone: &str, settings: &str, campaigns: &str, options: &str, script: &str) -> Vec<String> {
    let result = replay(&config_in(zone, settings, campaigns), &journey(script), &json::parse(options).unwrap());
    let decisions = result.list("decisions").iter().map(|decision| {
        let text = |key: &str| decision.text(key).map(|text| format!(" {text}")).unwrap_or_default();
        let step = decision.text("step").map(|step| format!("/{step}")).unwrap_or_default();
        let variant = decision.text("variant").map(|variant| format!("#{variant}")).unwrap_or_default();
        let lost = decision.text("lostTo").map(|other| format!(" to {other}")).unwrap_or_default();
        let time = &decision.text("timestamp").unwrap()[8..19];
        format!("{time} {}{step}{variant}{}{}{lost}", decision.text("campaign").unwrap(), text("outcome"), text("reason"))
    });
    decisions.collect()
}

#[track_caller]
pub fn check(settings: &str, campaigns: &str, script: &str, expected: &[&str]) {
    assert_eq!(run(settings, campaigns, "{}", script), expected);
}

/// No attention budget, so that only the rule under test speaks.
pub const FREE: &str = r#"{"attention":{"perSession":100,"perDay":100,"minGap":"0s"}}"#;
pub const TOAST: &str = r#""message":{"layout":"toast","dismiss":{"after":"2s"},"blocks":[{"text":"hi"}]}"#;
pub const MODAL: &str = r#""message":{"layout":"modal","blocks":[{"text":"hi"}]}"#;

pub fn toast(id: &str, rest: &str) -> String {
    format!(r#"{{"{id}":{{{rest},{TOAST}}}}}"#)
}
