//! Who the visitor is, by the engine's inputs and effects: another member, another page, another device.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod host;

use dangol::domain::engine::{Effect, Engine};
use dangol::domain::json;
use dangol::domain::value::Value;
use host::{CONFIG, GRANTED, Host, NOON};

#[test]
fn another_member_is_another_visitor() {
    let mut host = Host::new(CONFIG, GRANTED, NOON);
    host.call(r#""call":"track","name":"X","data":{}"#);
    host.call(r#""call":"identify","user":"m1","data":{"name":"A"}"#);
    let first = host.query("export");
    assert_eq!(first.at("document.traits.name").and_then(Value::as_text), Some("A"));
    host.call(r#""call":"identify","user":"m2","data":{}"#);
    let second = host.query("export");
    assert_ne!(first.text("anonymousId"), second.text("anonymousId"));
    assert_eq!(second.at("document.traits.name"), None);
    assert_eq!(second.list("journey").len(), 1, "only the new member's own");
    let last = host.events().last().unwrap().clone();
    assert_eq!((last.text("userId"), last.text("anonymousId")), (Some("m2"), second.text("anonymousId")));
}

#[test]
fn another_member_is_told_to_the_other_tabs_ahead_of_the_claim() {
    let mut host = Host::new(CONFIG, GRANTED, NOON);
    host.call(r#""call":"identify","user":"m1","data":{}"#);
    host.effects.clear();
    host.call(r#""call":"identify","user":"m2","data":{}"#);
    let told = host.effects.iter().position(|effect| matches!(effect, Effect::Broadcast(data) if json::to_text(data).contains("reset")));
    let claimed = host.effects.iter().position(|effect| matches!(effect, Effect::Claim));
    assert!(told.unwrap() < claimed.unwrap(), "what the claim tells would reach them first: {:?}", host.effects);
    let Effect::Broadcast(data) = &host.effects[told.unwrap()] else { panic!() };
    let last = data.as_list().unwrap().iter().filter_map(|item| item.text("shared")).next_back();
    assert!(last.unwrap().contains(r#""userId":"m2""#), "and who it is, so that none of them goes on as nobody");
}

#[test]
fn two_pages_without_a_store_are_two_visitors() {
    let start = |options: &str| {
        let mut host = Host::new(r#"{"version":1}"#, options, NOON);
        host.page("https://shop.test/");
        host
    };
    for (memory, heard) in [("true", false), ("false", true)] {
        let options = format!(r#"{{"consent":"granted","memory":{memory}}}"#);
        let (mut one, mut other) = (start(&options), start(&options));
        one.call(r#""call":"identify","user":"jieun","data":{}"#);
        let shared = json::to_text(&Value::from(one.shared.clone().unwrap()));
        other.give(&format!(r#"{{"in":"peer","data":[{{"shared":{shared}}}]}}"#));
        assert_eq!(other.query("export").text("userId") == Some("jieun"), heard, "memory: {memory}");
    }
}

#[test]
fn an_event_names_the_session_that_it_begins_and_never_another_visitors() {
    let mut host = Host::new(r#"{"version":1}"#, r#"{"consent":"granted","endpoint":{"url":"/collect"}}"#, NOON);
    host.page("https://shop.test/");
    host.now += 30 * 60_000;
    host.call(r#""call":"track","name":"Stayed""#);
    host.now += 30 * 60_000 + 1;
    host.call(r#""call":"track","name":"Came Back""#);
    host.call(r#""call":"reset""#);
    host.call(r#""call":"track","name":"Somebody Else""#);
    let named: Vec<(String, String)> = host
        .events()
        .iter()
        .map(|event| {
            let session = event.at("context.sessionId").and_then(Value::as_text).unwrap_or("none");
            let (visitor, number) = session.split_once('.').unwrap_or((session, ""));
            assert_eq!(Some(visitor), event.text("anonymousId"));
            (event.text("event").unwrap_or("page").to_string(), number.to_string())
        })
        .collect();
    let named: Vec<(&str, &str)> = named.iter().map(|(name, number)| (&**name, &**number)).collect();
    assert_eq!(named, [("page", "1"), ("Stayed", "1"), ("Came Back", "2"), ("Somebody Else", "1")]);
}

/// A page whose store holds `shared` and `journey`, and what the tab's former page handed over.
fn next_page(shared: &str, journey: &[&str], recovered: &str) -> Host {
    let texts: Vec<Value> = journey.iter().map(|text| Value::from(*text)).collect();
    let stored = format!(r#"{{"journey":{},"recovered":{recovered}}}"#, json::to_text(&Value::from(texts)));
    let mut host = Host::begin(Engine::new(), r#""config":null"#, r#"{"consent":"pending","endpoint":{"url":"/collect"}}"#, NOON, &stored);
    host.shared = Some(shared.into());
    host.call(r#""call":"consent","data":{"analytics":true,"personalization":true}"#);
    host
}

#[test]
fn whoever_signed_in_on_the_page_that_was_left_is_signed_in_though_only_the_event_was_stored() {
    let call = format!(r#"{{"in":"call","id":"call-1","at":{},"call":"identify","user":"m1","data":{{}}}}"#, NOON - 500);
    let event = format!(r#"{{"i":"call-1","t":{},"n":"Identified","u":"m1"}}"#, NOON - 500);
    let recovered = format!(r#"{{"stream":"s","who":["anon"],"calls":[{call}],"events":[["call-1","{{}}"]]}}"#);
    let mut host = next_page(r#"{"v":1,"epoch":0,"anonymousId":"anon","assignmentId":"anon"}"#, &[&event], &recovered);
    let known = host.query("export");
    assert_eq!((known.text("anonymousId"), known.text("userId")), (Some("anon"), Some("m1")));
    assert!(host.shared.as_ref().unwrap().contains(r#""userId":"m1""#), "for the next pages too");
    assert_eq!(known.list("journey").len(), 1);
}

#[test]
fn a_visitor_whom_a_call_brings_has_the_same_id_on_the_page_that_is_left_and_on_the_next() {
    for kind in [r#""call":"identify","user":"m2","data":{}"#, r#""call":"reset""#] {
        let call = format!(r#"{{"in":"call","id":"call-1","at":{},{kind}}}"#, NOON - 500);
        let user = kind.contains("m2").then_some("m2");
        let mut left = Host::new(CONFIG, GRANTED, NOON);
        left.call(r#""call":"identify","user":"m1","data":{}"#);
        let former = left.shared.clone().unwrap();
        left.give(&call);
        let brought = left.query("export");
        assert_eq!((brought.text("anonymousId"), brought.text("userId")), (Some("call-1"), user));
        // The next page finds the former one, or whom another tab wrote down that had heard of it.
        let who = json::parse(&former).unwrap().text("anonymousId").unwrap().to_string();
        let before = format!(r#"{{"in":"call","id":"call-0","at":{},"call":"track","name":"Before","data":{{}}}}"#, NOON - 600);
        let recovered = format!(r#"{{"stream":"s","who":["{who}"],"calls":[{before},{call}]}}"#);
        for shared in [former.clone(), left.shared.clone().unwrap()] {
            let mut next = next_page(&shared, &[], &recovered);
            let known = next.query("export");
            assert_eq!((known.text("anonymousId"), known.text("userId")), (Some("call-1"), user));
            assert!(!json::to_text(&known).contains("Before"), "what was called before is not theirs");
        }
    }
}

#[test]
fn whoever_follows_the_wallet_hears_that_it_is_empty() {
    let known = r#""known":{"coupons":[{"coupon":"w","code":"A1","state":"issued"}]}"#;
    for call in [
        r#""call":"reset""#,
        r#""call":"forget""#,
        r#""call":"identify","user":"m2","data":{}"#,
        r#""call":"consent","data":{"personalization":false}"#,
    ] {
        let config = r#"{"version":1,"coupons":{"w":{"name":"W","code":"A1"}}}"#;
        let mut host = Host::new(config, GRANTED, NOON);
        host.call(&format!(r#""call":"identify","user":"m1","data":{{}},{known}"#));
        let told = |host: &Host| -> Vec<usize> {
            let details = host.effects.iter().filter_map(|effect| match effect {
                Effect::Notify { kind: "coupon", detail } => Some(detail.list("coupons").len()),
                _ => None,
            });
            details.collect()
        };
        assert_eq!(told(&host).last(), Some(&1), "{call}");
        host.call(call);
        assert_eq!(told(&host).last(), Some(&0), "{call}");
    }
}

#[test]
fn history_that_was_folded_is_not_counted_again_on_the_next_page() {
    let config = r#"{"version":1,"settings":{"retain":{"days":10}}}"#;
    let line = |id: &str, kind: &str, rest: &str, at: i64| {
        let mut time = String::new();
        dangol::domain::time::push_iso(at, &mut time);
        format!(r#"{{"type":"{kind}","messageId":"{id}","timestamp":"{time}",{rest}}}"#)
    };
    let order =
        |id: &str, days: i64| line(id, "track", r#""event":"Order Completed","properties":{"revenue":10}"#, NOON - days * host::DAY);
    let points = line("i-1", "identify", r#""userId":"m1","traits":{"$increment":{"points":5}}"#, NOON - 21 * host::DAY);
    let cart =
        line("a-1", "track", r#""event":"Product Added","properties":{"product_id":"p","price":5,"quantity":1}"#, NOON - 5 * host::DAY);
    let visit = |host: &mut Host, user: &str, more: &str| {
        let history = [&*order("o-1", 20), &points, &cart, more].into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>().join(",");
        host.call(&format!(r#""call":"identify","user":"{user}","data":{{}},"known":{{"history":[{history}]}}"#));
        let document = host.query("export").get("document").unwrap().clone();
        let number = |path: &str| document.at(path).and_then(Value::as_number).unwrap_or(0.0);
        [number("orders.count"), number("traits.points"), number("cart.count")]
    };
    // A browser that was there for long before anyone signed in: what joins it is older than what it has folded.
    let mut host = Host::new(config, GRANTED, NOON - 30 * host::DAY);
    host.call(r#""call":"track","name":"A","data":{}"#);
    host.reload(config, GRANTED, NOON - 15 * host::DAY);
    host.call(r#""call":"track","name":"A","data":{}"#);
    host.reload(config, GRANTED, NOON);
    let first = visit(&mut host, "m1", "");
    assert_eq!(first, [1.0, 5.0, 1.0], "what the first page learns counts, however old");
    for page in 1..5 {
        host.reload(config, GRANTED, NOON + page * 4 * host::DAY);
        assert_eq!(visit(&mut host, "m1", ""), first, "page {page}");
    }
    let late = order("o-2", -10);
    for days in [18, 40] {
        host.reload(config, GRANTED, NOON + days * host::DAY);
        assert_eq!(visit(&mut host, "m1", &late), [2.0, 5.0, 0.0], "what is new to the server is new here, once");
    }
    assert_eq!(visit(&mut host, "m2", ""), first, "another member begins anew");
}

#[test]
fn history_from_a_clock_that_runs_ahead_leaves_the_visitor_s_time_alone() {
    let mut host = Host::new(CONFIG, GRANTED, NOON);
    let event =
        r#"{"type":"track","messageId":"h","event":"Order Completed","timestamp":"2026-11-05T00:00:00Z","properties":{"revenue":10}}"#;
    host.call(&format!(r#""call":"identify","user":"m1","data":{{}},"known":{{"history":[{event}]}}"#));
    let document = host.query("export").get("document").unwrap().clone();
    assert_eq!(document.at("orders.count").and_then(Value::as_number), Some(1.0));
    assert_eq!(document.at("orders.lastAt").and_then(Value::as_text), Some("2026-11-02T03:00:00.000Z"));
    assert_eq!(document.at("time.date"), Host::new(CONFIG, GRANTED, NOON).query("export").at("document.time.date"));
}

#[test]
fn what_came_of_a_coupon_elsewhere_holds_here() {
    let mut host = Host::new(CONFIG, GRANTED, NOON);
    let mut tell = |state: &str, end: &str| {
        let coupon = format!(r#"{{"coupon":"welcome","code":"A1","state":"{state}","expiresAt":"{end}"}}"#);
        host.call(&format!(r#""call":"identify","user":"u","data":{{}},"known":{{"coupons":[{coupon}]}}"#));
        let wallet = host.query("coupons");
        let [coupon] = wallet.as_list().unwrap() else { panic!("{wallet:?}") };
        (coupon.text("state").unwrap().to_string(), coupon.text("expiresAt").unwrap().to_string())
    };
    let is = |state: &str, end: &str| (state.to_string(), end.to_string());
    assert_eq!(tell("issued", "2026-12-01T00:00:00.000Z"), is("issued", "2026-12-01T00:00:00.000Z"));
    assert_eq!(tell("redeemed", "2026-12-02T00:00:00.000Z"), is("redeemed", "2026-12-02T00:00:00.000Z"));
    assert_eq!(tell("issued", "2026-12-02T00:00:00.000Z").0, "redeemed", "nothing makes it new again");
}

/// What was decided, as `campaign outcome reason`.
fn decided(host: &mut Host) -> Vec<String> {
    let decisions = host.engine.take_log().decisions;
    let line = |one: &Value| ["campaign", "outcome", "reason"].iter().filter_map(|key| one.text(key)).collect::<Vec<_>>().join(" ");
    decisions.iter().map(|decision| line(&decision.to_value())).collect()
}

#[test]
fn who_comes_in_mid_page_is_on_that_page() {
    let config = r#"{"version":1,"campaigns":{"c":{"trigger":{"event":"X"},"audience":{"page.path":"/cart"},"message":{"layout":"modal","blocks":[{"text":"c"}]}}}}"#;
    for comes in [r#""call":"reset""#, r#""call":"identify","user":"m2","data":{}"#] {
        let mut host = Host::new(config, GRANTED, NOON);
        host.call(r#""call":"identify","user":"m1","data":{}"#);
        host.page("https://shop.test/cart");
        host.call(comes);
        assert_eq!(host.query("export").at("document.session.landingPath"), None, "they have seen none");
        host.call(r#""call":"track","name":"X","data":{}"#);
        assert_eq!(decided(&mut host), ["c shown"], "{comes}");
    }
}

#[test]
fn a_tab_shows_its_own_page_whatever_the_server_adds_to_the_history() {
    let mut host = Host::new(CONFIG, GRANTED, NOON);
    host.page("https://shop.test/here");
    host.now += 1_000;
    let at = host.now;
    let there = format!(r#"{{"i":"p","t":{at},"n":"Page Viewed","p":{{"url":"https://shop.test/there"}}}}"#);
    let epoch = json::parse(host.shared.as_deref().unwrap()).unwrap().number("epoch").unwrap();
    host.give(&format!(r#"{{"in":"peer","data":[{{"journey":{},"epoch":{epoch}}}]}}"#, json::to_text(&Value::from(there.as_str()))));
    let path = |host: &mut Host| host.query("export").at("document.page.path").and_then(Value::as_text).map(String::from);
    assert_eq!(host.query("export").list("journey").len(), 2);
    assert_eq!(path(&mut host).as_deref(), Some("/here"));
    let order = r#"{"type":"track","messageId":"o","event":"Order Completed","timestamp":"2026-10-20T03:00:00.000Z","properties":{}}"#;
    host.call(&format!(r#""call":"identify","user":"m1","data":{{}},"known":{{"history":[{order}]}}"#));
    assert_eq!(path(&mut host).as_deref(), Some("/here"));
    host.give(&format!(r#"{{"in":"config","text":{},"etag":"2"}}"#, json::to_text(&Value::from(CONFIG))));
    assert_eq!(path(&mut host).as_deref(), Some("/here"), "under a newer configuration, too");
}

#[test]
fn what_one_visitor_has_triggered_is_not_shown_to_the_next() {
    let config = r##"{"version":1,"campaigns":{"m":{"trigger":{"event":"X"},"message":{"layout":"inline","slot":"#late","blocks":[{"text":"m"}]}}}}"##;
    for comes in [r#""call":"reset""#, r#""call":"identify","user":"m2","data":{}"#, r#""call":"consent","data":{"personalization":false}"#]
    {
        let mut host = Host::new(config, GRANTED, NOON);
        host.call(r#""call":"identify","user":"m1","data":{}"#);
        host.page("https://shop.test/");
        host.call(r#""call":"track","name":"X","data":{}"#);
        host.call(comes);
        host.call(r#""call":"consent","data":{"personalization":true}"#);
        host.give(r##"{"in":"signal","signal":"slot","value":"#late"}"##);
        assert_eq!(decided(&mut host), ["m suppressed slot_missing"], "{comes}");
    }
}

#[test]
fn whoever_came_where_nothing_is_kept_is_written_once_something_may_be() {
    let mut host = Host::new(CONFIG, r#"{"consent":"denied","endpoint":{"url":"/collect"}}"#, NOON);
    host.page("https://shop.test/");
    host.call(r#""call":"reset""#);
    let id = host.query("export").text("anonymousId").unwrap().to_string();
    // In another tab the visitor agreed, and that one has written down whom it knew.
    host.shared = Some(
        r#"{"v":1,"anonymousId":"other","assignmentId":"other","epoch":0,"exposures":[],"waits":[],"queue":[],"mutes":[],"coupons":[]}"#
            .into(),
    );
    host.give(r#"{"in":"peer","data":[{"consent":{"analytics":true,"personalization":true,"marketing":true}}]}"#);
    host.call(r#""call":"track","name":"X","data":{}"#);
    assert!(host.shared.as_deref().unwrap().contains(&id), "two tabs, one visitor: {:?}", host.shared);
}
