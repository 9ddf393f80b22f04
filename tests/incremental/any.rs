//! Random configurations and journeys.

use dangol::domain::json;
use dangol::domain::time::{DAY, HOUR, MINUTE, Millis, SECOND};
use dangol::domain::value::Value;
use proptest::prelude::*;
use proptest::sample::select;

const NAMES: [&str; 8] = [
    "Product Viewed",
    "Product Added",
    "Product Removed",
    "Cart Viewed",
    "Checkout Started",
    "Order Completed",
    "Products Searched",
    "Signed Up",
];

/// One thing that happens after the one before.
#[derive(Clone, Debug)]
pub struct Step {
    pub after: Millis,
    pub what: What,
    /// Whether the page is loaded anew before.
    pub reload: bool,
}

#[derive(Clone, Debug)]
pub enum What {
    Track { name: String, data: Value, late: Millis },
    Page { path: String },
    Identify { user: Option<String>, traits: Value },
    Tick,
}

fn parse(text: String) -> Value {
    json::parse(&text).unwrap_or_else(|_| panic!("{text}"))
}

fn pick(words: &'static [&'static str]) -> impl Strategy<Value = String> + Clone {
    select(words).prop_map(String::from)
}

fn gap() -> impl Strategy<Value = Millis> {
    let near = vec![0, 1, 2, 999, SECOND, 20 * SECOND, MINUTE, 29 * MINUTE, 30 * MINUTE, 30 * MINUTE + 1];
    let far = vec![HOUR, 6 * HOUR, DAY - 1, DAY, DAY + 1, 3 * DAY, 7 * DAY, 7 * DAY + 1, 31 * DAY];
    prop_oneof![4 => select(near), 2 => select(far), 1 => 0..2 * HOUR, 1 => 0..10 * DAY].boxed()
}

fn properties() -> impl Strategy<Value = Value> {
    (select(vec!["a", "b", "c"]), 0..5i64, select(vec!["shoes", "bags"]), select(vec!["x", "y"]), 0..4u8).prop_map(
        |(product, price, category, brand, shape)| {
            let price = price * 10_000 + 500;
            let item = format!(r#""product_id":"{product}","price":{price},"quantity":1,"category":"{category}","brand":"{brand}""#);
            parse(match shape {
                0 => "{}".into(),
                1 => format!(r#"{{"order_id":"o{price}{product}","revenue":{price},"products":[{{{item}}}]}}"#),
                2 => format!(r#"{{"revenue":{price},{item}}}"#),
                _ => format!("{{{item}}}"),
            })
        },
    )
}

pub fn step() -> impl Strategy<Value = Step> {
    let late = prop_oneof![6 => Just(0), 1 => select(vec![1, 1_000, 60_000, HOUR, DAY, 9 * DAY])];
    let track = (pick(&NAMES), properties(), late).prop_map(|(name, data, late)| What::Track { name, data, late });
    let page = pick(&["/", "/cart", "/p/1"]).prop_map(|path| What::Page { path });
    let traits = select(vec![r#"{"tier":"gold"}"#, r#"{"tier":"basic","birthday":"1990-11-05"}"#, r#"{"points":{"$increment":5}}"#, "{}"]);
    let identify = (any::<bool>(), traits)
        .prop_map(|(named, traits)| What::Identify { user: named.then(|| "m1".into()), traits: parse(traits.into()) });
    let what = prop_oneof![8 => track, 3 => page, 1 => identify, 4 => Just(What::Tick)];
    (gap(), what, prop::bool::weighted(0.15)).prop_map(|(after, what, reload)| Step { after, what, reload })
}

fn number() -> impl Strategy<Value = String> {
    (pick(&["$eq", "$ne", "$gt", "$gte", "$lt", "$lte"]), 0..4u8).prop_map(|(operator, number)| format!(r#"{{"{operator}":{number}}}"#))
}

fn attribute() -> impl Strategy<Value = String> {
    let counts = (
        pick(&[
            "session.number",
            "session.pageViews",
            "visits.count",
            "visits.daysSincePrevious",
            "orders.count",
            "cart.count",
            "traits.points",
        ]),
        number(),
    )
        .prop_map(|(path, test)| format!(r#"{{"{path}":{test}}}"#));
    let money = (pick(&["cart.value", "orders.revenue", "orders.average"]), select(vec![500, 10_500, 20_500, 41_000]))
        .prop_map(|(path, amount)| format!(r#"{{"{path}":{{"$gte":{amount}}}}}"#));
    let fixed = pick(&[
        r#"{"page.path":"/cart"}"#,
        r#"{"page.path":{"$regex":"^/p"}}"#,
        r#"{"user.known":true}"#,
        r#"{"user.id":{"$exists":false}}"#,
        r#"{"traits.tier":"gold"}"#,
        r#"{"device.type":"mobile"}"#,
        r#"{"journey.stage":"cart"}"#,
        r#"{"journey.stage":{"$in":["product","checkout"]}}"#,
        r#"{"cart.items":{"$size":2}}"#,
        r#"{"cart.items":{"$elemMatch":{"product_id":"a"}}}"#,
        r#"{"affinity.category.shoes":{"$gte":0.5}}"#,
        r#"{"affinity.brand.x":1}"#,
        r#"{"event.name":"Product Added"}"#,
        r#"{"event.properties.category":"bags"}"#,
        r#"{"event":{"$exists":true}}"#,
        r#"{"session.landingPath":"/"}"#,
        r#"{"traits.tier":{"$inGroup":"tiers"}}"#,
        r#"{"session.duration":{"$gte":60}}"#,
    ]);
    // `time.minute` over a month is 44,640 instants: `tests/segments.rs` asks it over an hour.
    let clock = pick(&[
        r#"{"time.hour":{"$gte":12}}"#,
        r#"{"time.weekday":{"$in":["sat","sun"]}}"#,
        r#"{"time.month":11}"#,
        r#"{"time.date":{"$gte":"2026-03-29"}}"#,
    ]);
    let lifecycle = pick(&["visitor", "member", "first_time", "repeat", "loyal", "at_risk", "lapsed", "won_back"])
        .prop_map(|state| format!(r#"{{"lifecycle":"{state}"}}"#));
    let dates = (
        pick(&["visits.firstAt", "visits.previousAt", "orders.firstAt", "orders.lastAt", "journey.stageSince", "session.startedAt"]),
        pick(&[
            r#"{"$withinLast":"7d"}"#,
            r#"{"$not":{"$withinLast":"1d"}}"#,
            r#"{"$withinNext":"1d"}"#,
            r#"{"$anniversary":"1d"}"#,
            r#"{"$before":"2026-03-29T01:00:00Z"}"#,
            r#"{"$after":"2026-03-29"}"#,
        ]),
    )
        .prop_map(|(path, test)| format!(r#"{{"{path}":{test}}}"#));
    let birthday = pick(&[r#"{"traits.birthday":{"$anniversary":"7d"}}"#, r#"{"traits.birthday":{"$exists":true}}"#]);
    prop_oneof![3 => counts, 2 => money, 4 => fixed, 2 => clock, 2 => lifecycle, 2 => dates, 1 => birthday]
}

fn event() -> impl Strategy<Value = String> + Clone {
    prop_oneof![
        6 => pick(&NAMES).prop_map(|name| format!(r#""{name}""#)),
        1 => Just(r#""*""#.into()),
        1 => Just(r#""Page Viewed""#.into()),
        1 => Just(r#"["Product Added","Order Completed"]"#.into()),
    ]
}

fn window() -> impl Strategy<Value = String> {
    let word = pick(&["90s", "30m", "1d", "7d", "14d", "today", "yesterday", "thisWeek", "thisMonth"]);
    prop_oneof![1 => Just(String::new()), 2 => word.prop_map(|word| format!(r#","within":"{word}""#))]
}

fn measure() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => Just(String::new()),
        3 => number().prop_map(|test| format!(r#","count":{test}"#)),
        1 => (pick(&["sum", "avg", "min", "max"]), select(vec![500, 20_500])).prop_map(|(kind, amount)| format!(r#","{kind}":{{"of":"price","$gte":{amount}}}"#)),
        1 => (pick(&["product_id", "@day", "@session"]), number()).prop_map(|(of, test)| format!(r#","distinct":{{"of":"{of}",{}"#, &test[1..])),
        1 => (pick(&["first", "last"]), pick(&["$lt", "$gte", "$lte", "$gt"]), pick(&["30m", "1d", "7d"])).prop_map(|(end, operator, age)| format!(r#","{end}":{{"{operator}":"{age}"}}"#)),
        1 => pick(&["first", "last"]).prop_map(|end| format!(r#","value":{{"of":"category","at":"{end}","$eq":"shoes"}}"#)),
    ]
}

fn since() -> impl Strategy<Value = String> {
    let span = prop_oneof![Just(String::new()), Just(r#","for":"1d""#.to_string()), Just(r#","for":"7d""#.to_string())];
    prop_oneof![
        3 => Just(String::new()),
        1 => (event(), pick(&["first", "last"]), span).prop_map(|(event, at, span)| format!(r#","since":{{"event":{event},"at":"{at}"{span}}}"#)),
    ]
}

fn rest() -> impl Strategy<Value = String> {
    prop_oneof![6 => Just(String::new()), 1 => Just(r#","per":"product_id""#.to_string()), 1 => Just(r#","in":"session""#.to_string()), 1 => Just(r#","where":{"category":"shoes"}"#.to_string())]
}

fn behaviour() -> impl Strategy<Value = String> {
    let did = (event(), window(), measure(), since(), rest()).prop_map(|(event, window, measure, since, rest)| {
        // A clause over the session takes no window.
        let window = if rest.contains("session") { String::new() } else { window };
        format!(r#"{{"$did":{{"event":{event}{window}{measure}{since}{rest}}}}}"#)
    });
    let not = (event(), window(), since(), rest()).prop_map(|(event, window, since, rest)| {
        let rest = if rest.contains("session") { String::new() } else { rest };
        format!(r#"{{"$didNot":{{"event":{event}{window}{since}{rest}}}}}"#)
    });
    let plain = (pick(&["$did", "$didNot"]), event())
        .prop_filter_map("a bare name", |(key, event)| (!event.starts_with('[')).then(|| format!(r#"{{"{key}":{event}}}"#)));
    let last = prop_oneof![
        Just(String::new()),
        Just(r#","within":"30m""#.to_string()),
        Just(r#","recent":"7d""#.to_string()),
        Just(r#","adjacent":true"#.to_string()),
        Just(r#","in":"session""#.to_string()),
        Just(r#","without":{"event":"Order Completed"}"#.to_string())
    ];
    let more = select(vec![
        "",
        "",
        r#","per":"product_id""#,
        r#","per":"category","without":{"event":"Product Removed"}"#,
        r#","within":"1d","recent":"thisWeek""#,
    ]);
    let sequence = (prop::collection::vec(event(), 1..4), last, more).prop_map(|(events, last, more)| {
        let steps: Vec<String> = events.iter().map(|event| format!(r#"{{"event":{event}}}"#)).collect();
        // A key is written once.
        let key = |text: &str| text.split('"').nth(1).map(String::from);
        let clash = more.contains("within") && matches!(key(&last).as_deref(), Some("within" | "recent"));
        let clash = clash || (more.contains("without") && key(&last).as_deref() == Some("without"));
        let more = if clash { "" } else { more };
        format!(r#"{{"$sequence":{{"steps":[{}]{last}{more}}}}}"#, steps.join(","))
    });
    let own = pick(&[
        r#"{"$did":{"event":"Segment Entered","where":{"segment":"s0"},"within":"1d"}}"#,
        r#"{"$did":{"event":"Segment Left","count":{"$gte":2}}}"#,
        r#"{"$did":"Message Shown"}"#,
        r#"{"$campaign":{"id":"hello","shown":{"$gte":1},"within":"7d"}}"#,
        r#"{"$campaign":{"id":"hello","shown":0}}"#,
    ]);
    prop_oneof![8 => did, 4 => not, 1 => plain, 3 => sequence, 1 => own]
}

/// A condition; it may name the segments before `index`, so that they form no circle.
fn condition(index: usize) -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        3 => attribute().boxed(),
        4 => behaviour().boxed(),
        1 => (0..index.max(1)).prop_map(move |below| if index == 0 { r#"{"user.known":false}"#.into() } else { format!(r#"{{"$segment":"s{below}"}}"#) }).boxed(),
    ];
    leaf.prop_recursive(3, 6, 3, |inner| {
        prop_oneof![
            (pick(&["$and", "$or", "$nor"]), prop::collection::vec(inner.clone(), 1..4))
                .prop_map(|(key, parts)| format!(r#"{{"{key}":[{}]}}"#, parts.join(","))),
            inner.prop_map(|part| format!(r#"{{"$not":{part}}}"#)),
        ]
    })
}

pub fn config() -> impl Strategy<Value = String> {
    let segments = (condition(0), condition(1), condition(2), condition(3));
    (segments, select(vec!["Asia/Seoul", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])).prop_map(|((a, b, c, d), zone)| {
        let list: Vec<String> = [a, b, c, d].iter().enumerate().map(|(index, when)| format!(r#""s{index}":{{"name":"s","when":{when}}}"#)).collect();
        format!(
            r#"{{"version":1,"timezone":"{zone}","groups":{{"tiers":["gold","vip"]}},"segments":{{{}}},"campaigns":{{"hello":{{"name":"h","purpose":"service","trigger":{{"event":"Cart Viewed"}},"message":{{"layout":"toast","blocks":[{{"text":"hi"}}],"dismiss":{{"after":"8s"}}}}}}}}}}"#,
            list.join(",")
        )
    })
}
