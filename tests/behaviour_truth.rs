//! Third-party journeys: memberships must equal truths that were computed apart from this code.
//!
//! What the language cannot say of those truths:
//! - otto-mini `span_ge_14d` asks for an event at least 14 d after the first: `since … for` bounds a distance from
//!   above only, and ages are compared with the configuration's durations, not with each other.
//! - cdnow `overdue_1_5x_own_cycle` compares an age with a mean gap of the same visitor.
//!
//! What it says with numbers computed beforehand: `vip_champion` and `big_spender_dormant` with the cut points of
//! `truth.json` written into the condition, as a shop would ship them; `active_both_years` with the age of 1998-01-01.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stderr)]

use dangol::domain::behaviour::Behaviours;
use dangol::domain::compiler::Compiler;
use dangol::domain::condition::Clauses;
use dangol::domain::event::Event;
use dangol::domain::facts::ClauseId;
use dangol::domain::journey::Journey;
use dangol::domain::json;
use dangol::domain::problem::Place;
use dangol::domain::time::{MINUTE, Millis, Zone, parse_iso};
use dangol::domain::value::{Object, Value};
use dangol::object;
use sha2::{Digest, Sha256};
use std::io::Read;
use std::path::PathBuf;
use std::rc::Rc;

/// A segment of the truth and the clauses that must all hold; `!` before a key turns one around.
type Segment<'a> = (&'a str, Vec<(&'a str, String)>);

fn folder(name: &str) -> Option<PathBuf> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(name);
    if !path.exists() {
        eprintln!("skipped: {name} is not here");
        return None;
    }
    Some(path)
}

fn unpacked(path: PathBuf) -> String {
    let mut text = String::new();
    let file = std::fs::File::open(path).unwrap();
    flate2::read::GzDecoder::new(file).read_to_string(&mut text).unwrap();
    text
}

fn truth(path: &std::path::Path) -> Value {
    json::parse(&std::fs::read_to_string(path.join("truth.json")).unwrap()).unwrap()
}

/// A segment's name, its clauses (false for one turned around), and its members.
type Membership = (String, Vec<(ClauseId, bool)>, Vec<String>);

struct Visitors {
    behaviours: Behaviours,
    segments: Vec<Membership>,
    now: Millis,
}

impl Visitors {
    fn new(segments: Vec<Segment>, now: Millis) -> Self {
        let mut behaviours = Behaviours::new(1_000);
        let mut compiler = Compiler::default();
        let segments = segments
            .into_iter()
            .map(|(name, clauses)| {
                let clauses = clauses
                    .iter()
                    .map(|(key, text)| {
                        let value = json::parse(text).unwrap();
                        let place = Place::Root;
                        let id = behaviours.compile(key.trim_start_matches('!'), &value, &place, &mut compiler);
                        (id.unwrap(), !key.starts_with('!'))
                    })
                    .collect();
                (name.to_string(), clauses, Vec::new())
            })
            .collect();
        assert!(compiler.problems.list.is_empty(), "{:?}", compiler.problems.list);
        Visitors { behaviours, segments, now }
    }

    fn visit(&mut self, visitor: &str, events: Vec<(&str, Millis, Object)>) {
        let mut journey = Journey::new();
        let (mut session, mut last) = (0, None);
        for (id, (name, at, properties)) in events.into_iter().enumerate() {
            let index = journey.insert(Rc::new(Event {
                id: id.to_string().into(),
                at,
                name: name.into(),
                properties,
                user: None,
                session: None,
                own: false,
            }));
            if last.is_none_or(|last| at - last > 30 * MINUTE) {
                session += 1;
            }
            last = Some(at);
            journey.set_session(index, session);
        }
        self.behaviours.rebuild(&journey);
        let zone = Zone::utc();
        for (_, clauses, members) in &mut self.segments {
            let inside =
                clauses.iter().all(|(id, positive)| self.behaviours.answer(*id, &journey, self.now, &zone, session).passed == *positive);
            if inside {
                members.push(visitor.to_string());
            }
        }
    }
}

#[test]
fn segments_of_otto_mini_are_those_counted_over_its_events() {
    let Some(folder) = folder("otto-mini") else {
        return;
    };
    let truth = truth(&folder);
    let now = truth.number("last_ms").unwrap() as Millis;
    let did = |text: &str| vec![("$did", text.to_string())];
    let not_ordered = r#"{"event":"Order Completed","since":{"event":"Product Added","at":"last"},"per":"product_id"}"#;
    let mut visitors = Visitors::new(
        vec![
            ("clicks_ge3", did(r#"{"event":"Product Clicked","count":{"$gte":3}}"#)),
            ("has_cart", did(r#""Product Added""#)),
            ("has_order", did(r#""Order Completed""#)),
            ("cart_no_order", vec![("$did", r#""Product Added""#.into()), ("$didNot", r#""Order Completed""#.into())]),
            ("carted_item_never_ordered_after", vec![("$didNot", not_ordered.into())]),
            (
                "first_order_within_2d",
                // The first event of a visitor may itself be the order, which `since` never counts.
                did(r#"{"event":"Order Completed","since":{"event":"*","at":"first","for":"2d"}}"#),
            ),
            ("same_item_clicked_3x", did(r#"{"event":"Product Clicked","count":{"$gte":3},"per":"product_id"}"#)),
        ],
        now,
    );
    for line in unpacked(folder.join("train.jsonl.gz")).lines() {
        let line = json::parse(line).unwrap();
        let events = line.list("events").iter().map(|event| {
            let name = match event.text("type").unwrap() {
                "clicks" => "Product Clicked",
                "carts" => "Product Added",
                _ => "Order Completed",
            };
            let product = json::to_text(event.get("aid").unwrap());
            (name, event.number("ts").unwrap() as Millis, object! { "product_id" => product })
        });
        visitors.visit(&json::to_text(line.get("session").unwrap()), events.collect());
    }
    for (name, _, members) in &visitors.segments {
        let expected = truth.get("segments").unwrap().get(name).unwrap().list("members");
        let expected: Vec<String> = expected.iter().map(json::to_text).collect();
        eprintln!("otto-mini {name}: {} of {}", members.len(), expected.len());
        assert_eq!(*members, expected, "{name}");
    }
}

#[test]
fn segments_of_cdnow_are_those_counted_over_its_orders() {
    let Some(folder) = folder("cdnow") else {
        return;
    };
    let truth = truth(&folder);
    let now = parse_iso(truth.text("as_of").unwrap()).unwrap();
    let order = |rest: &str| format!(r#"{{"event":"Order Completed"{rest}}}"#);
    let did = |rest: &str| vec![("$did", order(rest))];
    let cuts = |metric: &str, index: usize| truth.get("cutpoints").unwrap().list(metric)[index].as_number().unwrap();
    let champion = [
        format!(r#","last":{{"$lte":"{}d"}}"#, cuts("recency_days", 0)),
        format!(r#","count":{{"$gt":{}}}"#, cuts("orders", 3)),
        format!(r#","sum":{{"of":"dollar_value","$gt":{}}}"#, cuts("monetary_cents", 3) / 100.0),
    ];
    let spender = format!(r#","sum":{{"of":"dollar_value","$gt":{}}},"last":{{"$gte":"180d"}}"#, cuts("monetary_cents", 3) / 100.0);
    let step = r#"{"event":"Order Completed"}"#;
    let mut visitors = Visitors::new(
        vec![
            ("one_order", did(r#","count":1"#)),
            ("repeat_within_30d", did(r#","since":{"event":"Order Completed","at":"first","for":"30d"}"#)),
            ("lapsed_180d", did(r#","last":{"$gte":"180d"}"#)),
            ("vip_champion", did(&champion.concat())),
            ("big_spender_dormant", did(&spender)),
            ("ltv_ge_100", did(r#","sum":{"of":"dollar_value","$gte":100}"#)),
            ("zero_spend", did(r#","sum":{"of":"dollar_value","$eq":0}"#)),
            ("has_zero_order", did(r#","where":{"dollar_value":0}"#)),
            ("avg_order_gt_50_min3", did(r#","count":{"$gte":3},"avg":{"of":"dollar_value","$gt":50}"#)),
            ("five_in_90d", vec![("$sequence", format!(r#"{{"steps":[{}],"within":"90d"}}"#, [step; 5].join(",")))]),
            // 1998-01-01 lies 181 days before the day asked.
            ("active_both_years", vec![("$did", order(r#","first":{"$gt":"181d"}"#)), ("$did", order(r#","last":{"$lte":"181d"}"#))]),
        ],
        now,
    );
    let text = unpacked(folder.join("CDNOW_master.txt.gz"));
    let mut customer = "";
    let mut orders = Vec::new();
    for line in text.lines() {
        let parts: Vec<&str> = line.split_whitespace().collect();
        let [id, date, number, value] = parts[..] else {
            continue;
        };
        if !id.bytes().all(|byte| byte.is_ascii_digit()) {
            continue;
        }
        if id != customer && !orders.is_empty() {
            visitors.visit(customer, std::mem::take(&mut orders));
        }
        customer = id;
        let day = [&date[..4], &date[4..6], &date[6..]].join("-");
        orders.push((
            "Order Completed",
            parse_iso(&day).unwrap(),
            object! {
                "number" => number.parse::<f64>().unwrap(),
                "dollar_value" => value.parse::<f64>().unwrap(),
            },
        ));
    }
    visitors.visit(customer, orders);
    for (name, _, members) in &mut visitors.segments {
        let expected = truth.get("segments").unwrap().get(name).unwrap();
        members.sort();
        let digest: String = Sha256::digest(members.join("\n")).iter().map(|byte| format!("{byte:02x}")).collect();
        eprintln!("cdnow {name}: {}", members.len());
        assert_eq!(members.len() as f64, expected.number("count").unwrap(), "{name}");
        assert_eq!(digest, expected.text("sha256").unwrap(), "{name}");
    }
}
