//! Membership kept up by what changed equals membership asked anew over the whole log: after every event, late ones among
//! them, at every instant in between, and however the history was cut into page loads.
//!
//! `DANGOL_CASES` sets the number of cases.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, clippy::print_stderr)]

#[path = "incremental/any.rs"]
mod any;
#[path = "incremental/page.rs"]
mod page;

use any::{Step, What, config, step};
use dangol::domain::config::Config;
use dangol::domain::json;
use dangol::domain::problem::Severity;
use dangol::domain::time::{Millis, parse_iso};
use dangol::domain::value::Value;
use dangol::object;
use page::{Page, Store, asked_anew};
use proptest::prelude::*;

/// Shortly before Europe's clocks go forward.
const START: &str = "2026-03-27T21:30:00Z";

fn input(what: &What, at: Millis, number: usize) -> Value {
    // Within a millisecond the ids run backwards: the order of arrival is not theirs.
    let id = format!("{at:012x}-{:04}", 9_999 - number);
    match what {
        What::Track { name, data, late } => {
            object! { "in" => "call", "call" => "track", "id" => id, "at" => at - late, "name" => name.as_str(), "data" => data.clone() }
                .into()
        }
        What::Page { path } => {
            let page = object! { "url" => format!("https://shop.test{path}"), "title" => "", "referrer" => "" };
            object! { "in" => "call", "call" => "page", "id" => id, "at" => at, "page" => page }.into()
        }
        What::Identify { user, traits } => {
            object! { "in" => "call", "call" => "identify", "id" => id, "at" => at, "user" => user.as_deref(), "data" => traits.clone() }
                .into()
        }
        What::Tick => object! { "in" => "wake" }.into(),
    }
}

/// Which segments hold by the log of changes, up to and including `at`.
fn by_log(page: &Page, at: Millis) -> Vec<String> {
    let mut members: Vec<String> = Vec::new();
    for (id, _, entered) in page.changes.iter().filter(|(_, when, _)| *when <= at) {
        members.retain(|member| member != id);
        if *entered {
            members.push(id.clone());
        }
    }
    members.sort();
    members
}

fn check(config: &str, steps: &[Step]) -> Result<(), TestCaseError> {
    let compiled = Config::compile(&json::parse(config).unwrap());
    let errors: Vec<_> = compiled.problems.list.iter().filter(|problem| problem.severity == Severity::Error).collect();
    prop_assert!(errors.is_empty(), "{:?} in {}", errors, config);
    let mut now = parse_iso(START).unwrap();
    // One page that is never left, and pages that take up what the former one left.
    let mut whole = Page::open(config, Store::default(), now, 0);
    let mut cut = Page::open(config, Store::default(), now, 0);
    // A page that takes up a journey without a checkpoint lets the time behind its last event pass once more, and writes who
    // left and entered then. Where that is counted it is no judge of a page that was told of the event only later.
    let counts_changes = config.contains("\"Segment ");
    let mut late = false;
    for (number, step) in steps.iter().enumerate() {
        let before = now;
        now += step.after;
        if step.reload {
            let changes = std::mem::take(&mut cut.changes);
            cut = Page::open(config, cut.store, now, number + 1);
            cut.changes.splice(0..0, changes);
        }
        // Time first, so that what time alone did can be told from what the event did.
        whole.wake(now);
        cut.wake(now);
        if !whole.store.journey.is_empty() && now > before {
            let mut instants = vec![before + (now - before) / 2, now];
            for (_, at, _) in whole.changes.iter().filter(|(_, at, _)| *at > before).take(4) {
                instants.extend([*at - 1, *at]);
            }
            for at in instants.into_iter().filter(|at| *at > before) {
                if counts_changes && late {
                    break;
                }
                prop_assert_eq!(
                    by_log(&whole, at),
                    asked_anew(config, &whole.store, at),
                    "{} ms after {} of {} in {}",
                    at - before,
                    before,
                    number,
                    config
                );
            }
        }
        late |= matches!(step.what, What::Track { late: 1.., .. });
        let what = input(&step.what, now, number);
        whole.give(now, what.clone());
        cut.give(now, what);
        let members = whole.members();
        if !(counts_changes && late) {
            prop_assert_eq!(&members, &asked_anew(config, &whole.store, now), "anew, step {} in {}", number, config);
        }
        prop_assert_eq!(&members, &by_log(&whole, now), "log, step {} in {}", number, config);
        prop_assert_eq!(&members, &cut.members(), "cut, step {} in {}", number, config);
    }
    prop_assert_eq!(&whole.changes, &cut.changes, "changes in {}", config);
    Ok(())
}

/// The page's clock had come further than the only event when it was left: the next one must not let that time pass again.
#[test]
fn time_that_has_passed_does_not_pass_again_after_a_late_event() {
    let config = r#"{"version":1,"timezone":"Europe/Berlin","segments":{"morning":{"when":{"time.hour":{"$lt":12}}}}}"#;
    let view = |late| What::Track { name: "Product Viewed".into(), data: object! {}.into(), late };
    for late in [86_400_000, 3_600_000, 1] {
        let steps = [Step { after: 0, what: view(late), reload: false }, Step { after: 0, what: view(0), reload: true }];
        check(config, &steps).unwrap();
    }
}

fn cases() -> u32 {
    std::env::var("DANGOL_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(1_500)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, max_shrink_iters: 300, ..ProptestConfig::default() })]

    #[test]
    fn membership_is_the_same_incrementally_anew_and_after_reloads(config in config(), steps in prop::collection::vec(step(), 1..14)) {
        check(&config, &steps)?;
    }
}
