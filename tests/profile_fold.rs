//! The fold is the same however a journey is cut, stored or received.
#![allow(clippy::unwrap_used)]

mod profile_support;

use dangol::domain::event::Event;
use dangol::domain::journey::Journey;
use dangol::domain::json;
use dangol::domain::profile::{Moment, Profile, Root, Settings};
use dangol::domain::time::{DAY, HOUR, MINUTE, Millis, Zone};
use proptest::prelude::*;
use std::rc::Rc;

const NAMES: [&str; 16] = [
    "Page Viewed",
    "Identified",
    "Product List Viewed",
    "Product Viewed",
    "Product Added",
    "Wishlist Product Added to Cart",
    "Product Removed",
    "Cart Viewed",
    "Checkout Started",
    "Payment Info Entered",
    "Order Completed",
    "Order Completed",
    "Order Refunded",
    "Order Cancelled",
    "Message Shown",
    "Something Else",
];

/// Gaps that lie at the borders of sessions and lifecycles, and some between.
const GAPS: [Millis; 10] = [0, 1, 20_000, 30 * MINUTE, 30 * MINUTE + 1, HOUR, DAY, 15 * DAY, 61 * DAY, 181 * DAY];

fn properties() -> impl Strategy<Value = String> {
    let name = prop::sample::select(vec!["1", "2", "3", "red \\\"4\\\"", "끝"]);
    let price = prop::sample::select(vec!["0.1", "19.99", "39000", "\"7.5\"", "null", "1e-7"]);
    let product = (name.clone(), name.clone(), price, 0..4)
        .prop_map(|(id, other, price, quantity)| {
            format!(r#"{{"product_id":"{id}","variant":"{other}","category":"{other}","brand":"{id}","price":{price},"quantity":{quantity},"currency":"krw"}}"#)
        })
        .boxed();
    let products = prop::collection::vec(product.clone(), 0..3);
    prop_oneof![
        product,
        (products, 0..6, 0..1_000).prop_map(|(products, id, revenue)| format!(
            r#"{{"products":[{}],"order_id":{id},"revenue":{}}}"#,
            products.join(","),
            f64::from(revenue) / 7.0
        )),
        Just("{}".to_string()),
        (name.clone(), name.clone()).prop_map(|(one, other)| format!(
            r#"{{"url":"https://shop.example/{one}?utm_source={other}","referrer":"https://r.example/","title":"{one}"}}"#
        )),
        (name.clone(), name).prop_map(|(one, other)| format!(
            r#"{{"t{one}":"{other}","$increment":{{"n":0.1}},"$append":{{"l":"{one}"}},"$unset":["t{other}"]}}"#
        )),
    ]
}

/// Name, gap, properties, recorded session, whether a member is named.
type Step = (&'static str, Millis, String, Option<&'static str>, bool);

fn journey() -> impl Strategy<Value = Vec<Rc<Event>>> {
    let step = (
        prop::sample::select(NAMES.to_vec()),
        prop::sample::select(GAPS.to_vec()),
        properties(),
        prop::option::weighted(0.2, prop::sample::select(vec!["s1", "s2", "s3"])),
        any::<bool>(),
    );
    prop::collection::vec(step, 0..60).prop_map(|steps| {
        let mut now = profile_support::at("2026-01-01");
        let step = |(index, (name, gap, properties, session, member)): (usize, Step)| {
            now += gap;
            let mut event = profile_support::event(now, name, &properties);
            event.id = index.to_string().into();
            event.session = session.map(Into::into);
            event.user = (member && name == "Identified").then(|| "member".into());
            Rc::new(event)
        };
        steps.into_iter().enumerate().map(step).collect()
    })
}

/// The document as text: its bytes are what must not differ.
fn text(profile: &Profile, now: Millis, settings: &Settings) -> String {
    let moment = Moment { now, ahead: 0, zone: &Zone::utc(), settings, event: None };
    json::to_text(&profile.document(moment))
}

/// A profile as it comes back from storage.
fn stored(profile: &Profile) -> Profile {
    let text = json::to_text(&profile.to_value());
    Profile::from_value(&json::parse(&text).unwrap()).unwrap()
}

fn fold(base: &Profile, events: &[Rc<Event>], settings: &Settings) -> (Profile, Vec<u32>) {
    let mut profile = base.clone();
    let sessions = events.iter().map(|event| profile.apply(event, settings)).collect();
    (profile, sessions)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_cut_journey_gives_the_same_document(events in journey(), cuts in prop::collection::vec(0usize..60, 1..4)) {
        let settings = Settings::default();
        let now = events.last().map_or(0, |event| event.at);
        let (whole, whole_sessions) = fold(&Profile::new(), &events, &settings);
        let (mut profile, mut sessions, mut from) = (Profile::new(), Vec::new(), 0);
        let mut cuts: Vec<_> = cuts.into_iter().map(|cut| cut.min(events.len())).collect();
        cuts.sort_unstable();
        for cut in cuts.into_iter().chain([events.len()]) {
            let (folded, more) = fold(&profile, &events[from..cut], &settings);
            sessions.extend(more);
            from = cut;
            profile = stored(&folded);
        }
        prop_assert_eq!(sessions, whole_sessions);
        prop_assert_eq!(profile.to_value(), whole.to_value());
        for later in [0, DAY, 61 * DAY, 400 * DAY] {
            prop_assert_eq!(text(&profile, now + later, &settings), text(&whole, now + later, &settings));
        }
    }

    #[test]
    fn a_late_event_finds_its_place(events in journey(), late in 0usize..60, cut in 0usize..60) {
        let settings = Settings::default();
        let (whole, sessions) = fold(&Profile::new(), &events, &settings);
        // Some events are already compacted into the base; of the rest one comes last.
        let cut = cut.min(events.len());
        let (base, _) = fold(&Profile::new(), &events[..cut], &settings);
        let mut rest: Vec<_> = events[cut..].to_vec();
        // Of events in one millisecond the order received counts, so only the last of them may come late.
        let late = (late..rest.len()).find(|&index| rest.get(index + 1).is_none_or(|next| next.at > rest[index].at));
        if let Some(late) = late {
            let event = rest.remove(late);
            rest.push(event);
        }
        let mut journey = Journey::new();
        for event in &rest {
            journey.insert(Rc::clone(event));
        }
        let profile = Profile::refold(&stored(&base), &mut journey, &settings);
        let now = events.last().map_or(0, |event| event.at);
        prop_assert_eq!(text(&profile, now, &settings), text(&whole, now, &settings));
        let noted: Vec<_> = (0..journey.len()).map(|index| journey.session(index)).collect();
        prop_assert_eq!(&noted[..], &sessions[cut..]);
    }

    #[test]
    fn values_change_by_time_only_when_told(events in journey()) {
        let settings = Settings::default();
        let zone = Zone::utc();
        let (profile, _) = fold(&Profile::new(), &events, &settings);
        let mut now = events.last().map_or(0, |event| event.at);
        let end = now + 400 * DAY;
        let look = |now| Moment { now, ahead: 0, zone: &zone, settings: &settings, event: None };
        while let Some(next) = profile.next_change("lifecycle", look(now)) {
            let value = |at| profile.write_root(Root::Lifecycle, look(at));
            prop_assert!(next > now);
            prop_assert_eq!(value(next - 1), value(now));
            prop_assert_ne!(value(next), value(now));
            now = next;
        }
        let value = |at| profile.write_root(Root::Lifecycle, look(at));
        prop_assert_eq!(value(end), value(now));
        for root in Root::ALL.into_iter().filter(|root| !matches!(root, Root::Lifecycle | Root::Time)) {
            prop_assert_eq!(profile.write_root(root, look(now)), profile.write_root(root, look(end)));
        }
    }

    #[test]
    fn damaged_storage_is_refused_not_fatal(events in journey(), at in 0usize..4_000, byte in 32u8..127) {
        let (profile, _) = fold(&Profile::new(), &events, &Settings::default());
        let mut bytes = json::to_text(&profile.to_value()).into_bytes();
        let length = bytes.len();
        bytes[at % length] = byte;
        if let Some(value) = String::from_utf8(bytes).ok().and_then(|text| json::parse(&text).ok())
            && let Some(mut profile) = Profile::from_value(&value)
        {
            let settings = Settings::default();
            for event in &events {
                profile.apply(event, &settings);
            }
            text(&profile, 0, &settings);
        }
    }
}
