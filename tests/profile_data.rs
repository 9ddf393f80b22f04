//! The fold against data and truths that others made; what is not on this machine is skipped, and said so.
#![allow(clippy::unwrap_used)]

mod profile_support;

use dangol::domain::event::Event;
use dangol::domain::json;
use dangol::domain::profile::{Moment, Profile, Settings};
use dangol::domain::time::{DAY, Zone};
use dangol::domain::value::{Object, Value};
use profile_support::{Visitor, at};
use std::path::PathBuf;
use std::process::Command;

/// A file of the shared data beside the repository.
fn shared(path: &str) -> Option<PathBuf> {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared").join(path);
    if file.exists() {
        return Some(file);
    }
    eprintln!("skipped: ../shared/{path} is not here");
    None
}

/// The text of a compressed file, through the system's gzip.
fn unzipped(path: &str) -> Option<String> {
    let output = Command::new("gzip").arg("-dc").arg(shared(path)?).output().ok()?;
    String::from_utf8(output.stdout).ok()
}

fn parsed(path: &str) -> Option<Value> {
    json::parse(&std::fs::read_to_string(shared(path)?).ok()?).ok()
}

fn event(time: i64, name: &str, properties: Object) -> Event {
    Event { properties, ..profile_support::event(time, name, "{}") }
}

#[test]
fn otto_visits_are_those_of_the_truth() {
    let (Some(lines), Some(truth)) = (unzipped("data/otto-mini/train.jsonl.gz"), parsed("data/otto-mini/truth.json")) else {
        return;
    };
    let settings = Settings::default();
    let mut visitors = 0;
    for line in lines.lines() {
        let visitor = json::parse(line).unwrap();
        let mut profile = Profile::new();
        for step in visitor.list("events") {
            let name = match step.text("type").unwrap() {
                "clicks" => "Product Viewed",
                "carts" => "Product Added",
                _ => "Order Completed",
            };
            let properties = dangol::object! { "product_id" => step.get("aid").cloned() };
            profile.apply(&event(step.number("ts").unwrap() as i64, name, properties), &settings);
        }
        let id = visitor.number("session").unwrap().to_string();
        let expected = truth.get("visits_by_30min_gap").unwrap().number(&id).unwrap();
        assert_eq!(f64::from(profile.session()), expected, "visitor {id}");
        visitors += 1;
    }
    assert_eq!(Some(visitors as f64), truth.number("visitors"));
}

#[test]
fn cdnow_orders_are_those_of_the_truth() {
    let (Some(lines), Some(truth)) = (unzipped("data/cdnow/CDNOW_master.txt.gz"), parsed("data/cdnow/truth.json")) else {
        return;
    };
    let mut orders: Vec<(String, i64, f64)> = Vec::new();
    for line in lines.lines() {
        let parts: Vec<_> = line.split_whitespace().collect();
        let [customer, date, _, amount] = parts[..] else {
            continue;
        };
        if !customer.bytes().all(|byte| byte.is_ascii_digit()) {
            continue;
        }
        let day = format!("{}-{}-{}", &date[..4], &date[4..6], &date[6..]);
        orders.push((customer.to_string(), at(&day), amount.parse().unwrap()));
    }
    orders.sort_by(|one, other| (&one.0, one.1).cmp(&(&other.0, other.1)));
    let settings = Settings::default();
    let moment = Moment { now: at("1998-07-01"), ahead: 0, zone: &Zone::utc(), settings: &settings, event: None };
    let (mut cents, mut one_order, mut at_least_100, mut nothing, mut lapsed) = (0, 0, 0, 0, 0);
    for customer in orders.chunk_by(|one, other| one.0 == other.0) {
        let mut profile = Profile::new();
        for (_, time, amount) in customer {
            profile.apply(&event(*time, "Order Completed", dangol::object! { "revenue" => *amount }), &settings);
        }
        let document = profile.document(moment);
        let revenue = document.at("orders.revenue").unwrap().as_number().unwrap();
        // Whole cents, to the last bit: the sum did not drift.
        assert_eq!((revenue * 100.0).round() / 100.0, revenue);
        cents += (revenue * 100.0).round() as i64;
        one_order += usize::from(document.at("orders.count").unwrap().as_number() == Some(1.0));
        at_least_100 += usize::from(revenue >= 100.0);
        nothing += usize::from(revenue == 0.0);
        let last = customer.last().unwrap().1;
        let is_lapsed = document.text("lifecycle") == Some("lapsed");
        assert_eq!(is_lapsed, moment.now - last > 180 * DAY);
        lapsed += usize::from(is_lapsed);
    }
    assert_eq!(Some(cents as f64), truth.number("total_cents"));
    let count = |id: &str| truth.at("segments").unwrap().get(id).unwrap().number("count").unwrap() as usize;
    assert_eq!(one_order, count("one_order"));
    assert_eq!(at_least_100, count("ltv_ge_100"));
    assert_eq!(nothing, count("zero_spend"));
    // The truth's "≥ 180 days" holds the day itself, the lifecycle's "more than" does not.
    assert!(lapsed > 0 && lapsed <= count("lapsed_180d"));
}

#[test]
fn the_examples_of_segments_specification_are_folded() {
    let Some(calls) = parsed("suites/segment-spec-examples/calls.json") else {
        return;
    };
    let mut visitor = Visitor::new();
    let mut folded = 0;
    for call in calls.as_list().unwrap() {
        let [Value::Text(name), Value::Object(properties)] = call.list("args") else {
            continue;
        };
        if call.text("method") == Some("track") {
            visitor.now += 1_000;
            visitor.profile.apply(&event(visitor.now, name, properties.clone()), &visitor.settings);
            folded += 1;
            // "Order Completed" closes the funnel there; what follows are the order's refund and cancellation.
            match &**name {
                "Cart Viewed" => visitor.shows("cart.value", "22"),
                "Payment Info Entered" => visitor.shows("journey.stage", r#""payment""#),
                "Order Completed" => {
                    visitor.shows("orders.revenue", "22.5");
                    visitor.shows("cart.currency", r#""USD""#);
                }
                "Order Refunded" => visitor.shows("orders.revenue", "0"),
                "Order Cancelled" => visitor.shows("orders.count", "0"),
                _ => {}
            }
        }
    }
    assert!(folded > 25, "{folded}");
    let Some(payloads) = parsed("suites/segment-spec-examples/payloads.json") else {
        return;
    };
    for payload in payloads.as_list().unwrap() {
        let wire = payload.get("payload").unwrap_or(payload);
        if let Some(event) = Event::from_wire(wire) {
            visitor.profile.apply(&event, &visitor.settings);
        }
    }
    assert!(visitor.path("user.id").is_some());
}
