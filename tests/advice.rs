//! Rules that are sound and never mean what they say are told before they are published: where, what, and what to write instead.

// A test may fail.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use dangol::domain::json::parse;
use dangol::domain::problem::{Problem, Severity};
use dangol::domain::tools::validate;
use dangol::domain::value::Value;

fn problems(zone: &str, more: &str, campaign: &str) -> Vec<Problem> {
    let message = r#""message": { "layout": "modal", "blocks": [{ "text": "a" }] }"#;
    let rest = if campaign.contains("\"message\"") { String::new() } else { format!(", {message}") };
    let trigger = if campaign.contains("\"trigger\"") { "" } else { r#""trigger": { "page": "/" }, "# };
    let text = format!(r#"{{ "timezone": "{zone}", {more} "campaigns": {{ "x": {{ {trigger}{campaign}{rest} }} }} }}"#);
    let config: Value = parse(&text).unwrap_or_else(|error| panic!("{text}: {error:?}"));
    validate(&config)
}

fn one(campaign: &str) -> Problem {
    let found = problems("Asia/Seoul", "", campaign);
    assert_eq!(found.len(), 1, "{campaign}: {found:?}");
    found.into_iter().next().unwrap()
}

#[test]
fn a_value_that_the_document_never_holds_is_told() {
    for (test, path, remedy) in [
        (r#""cart.value": { "$gte": "100000" }"#, "/cart.value/$gte", "write 100000"),
        (r#""visits.daysSincePrevious": { "$gte": "14d" }"#, "/visits.daysSincePrevious/$gte", "number of days, never \"14d\"; write 14"),
        (r#""session.duration": { "$gt": "2m" }"#, "/session.duration/$gt", "number of seconds, never \"2m\"; write 120"),
        (r#""time.hour": "10""#, "/time.hour", "write 10"),
        (r#""affinity.category.shoes": "high""#, "/affinity.category.shoes", "is a number"),
        (r#""orders.lastAt": { "$gte": "30d" }"#, "/orders.lastAt/$gte", "{\"$withinLast\": \"30d\"}"),
        (r#""orders.firstAt": { "$gt": 5 }"#, "/orders.firstAt/$gt", "is a time such as"),
        (r#""lifecycle": "lapse""#, "/lifecycle", "did you mean \"lapsed\"?"),
        (r#""lifecycle": { "$in": ["repeat", "vip"] }"#, "/lifecycle/$in/1", "known are visitor, member"),
        (r#""device.type": { "$ne": "phone" }"#, "/device.type/$ne", "known are mobile, tablet, desktop"),
        (r#""time.weekday": "Friday""#, "/time.weekday", "known are mon"),
        (r#""time.date": { "$gte": "12/01/2026" }"#, "/time.date/$gte", "2026-11-22"),
        (r#""journey.stage": "carts""#, "/journey.stage", "did you mean \"cart\"?"),
        (r#""user.known": "true""#, "/user.known", "true or false"),
        (r#""page": "/cart""#, "/page", "page.path"),
        (r#""page.path": "/cart*""#, "/page.path", "$regex"),
        (r#""affinity.category": "shoes""#, "/affinity.category", "affinity.category.shoes"),
        (r#""affinity.brand.Dr.Jart": { "$gte": 0.5 }"#, "/affinity.brand.Dr.Jart", "$did"),
        (r#""cart.items.product_id": "a""#, "/cart.items.product_id", "$elemMatch\": {\"product_id\""),
        (r#""cart.items": { "$in": ["a"] }"#, "/cart.items/$in/0", "$elemMatch"),
        (
            r#""$or": [{ "user.known": true }, { "$not": { "orders.count": { "$not": { "$lt": "2" } } } }]"#,
            "/$or/1/$not/orders.count/$not/$lt",
            "write 2",
        ),
    ] {
        let problem = one(&format!(r#""audience": {{ {test} }}"#));
        assert_eq!(problem.path, format!("/campaigns/x/audience{path}"));
        assert_eq!((problem.code, problem.severity), ("never-matches", Severity::Warning), "{test}");
        assert!(problem.message.contains(remedy), "{test}: {}", problem.message);
    }
}

#[test]
fn stages_are_those_of_the_shop() {
    let stages = r#""settings": { "stages": [{ "id": "fitting", "event": "Fitting Booked" }] },"#;
    assert!(problems("UTC", stages, r#""audience": { "journey.stage": "fitting" }"#).is_empty());
    assert_eq!(problems("UTC", stages, r#""audience": { "journey.stage": "cart" }"#).len(), 1);
}

#[test]
fn an_event_that_is_nearly_one_of_the_field_is_told() {
    for (rule, path, meant) in [
        (r#""unless": { "event": "Order completed" }"#, "/unless/event", "Order Completed"),
        (r#""goal": { "event": "purchase" }"#, "/goal/event", "Order Completed"),
        (r#""trigger": { "event": ["Product Added", "product_viewed"] }"#, "/trigger/event/1", "Product Viewed"),
        (
            r#""trigger": { "all": [{ "page": "/" }, { "event": "AddToCart" }, { "event": "signed up" }] }"#,
            "/trigger/all/2/event",
            "Signed Up",
        ),
        (r#""audience": { "$didNot": "order completed" }"#, "/audience/$didNot", "Order Completed"),
        (
            r#""audience": { "$did": { "event": "Product View", "since": { "event": "Order Completed" } } }"#,
            "/audience/$did/event",
            "Product Viewed",
        ),
        (
            r#""audience": { "$didNot": { "event": "Order Completed", "since": { "event": "product added" } } }"#,
            "/audience/$didNot/since/event",
            "Product Added",
        ),
        (
            r#""audience": { "$sequence": { "steps": ["Product Added", { "event": "checkout started" }] } }"#,
            "/audience/$sequence/steps/1/event",
            "Checkout Started",
        ),
    ] {
        let problem = one(rule);
        assert_eq!((problem.path.as_str(), problem.code), (&*format!("/campaigns/x{path}"), "event-name"), "{rule}");
        assert!(problem.message.contains(&format!("\"{meant}\"")), "{}", problem.message);
    }
}

#[test]
fn a_page_that_is_none_is_told() {
    for (page, path, remedy) in [
        (r#""/c?ref=*""#, "", "\"query\": {\"ref\": \"*\"}"),
        (r#""https://shop.example/cart""#, "", "\"host\""),
        (r#""cart*""#, "", "\"/cart*\" or \"*/cart*\""),
        (r#"{ "path": ["/a", "b"] }"#, "/path/1", "\"/b\""),
        (r#"{ "query": { "ref": { "$exists": true } } }"#, "/query/ref", "true where it is there"),
    ] {
        let problem = one(&format!(r#""trigger": {{ "page": {page} }}"#));
        assert_eq!((problem.path, problem.code), (format!("/campaigns/x/trigger/page{path}"), "never-matches"), "{page}");
        assert!(problem.message.contains(remedy), "{page}: {}", problem.message);
    }
    let problem = one(r#""trigger": { "scroll": 0.6 }"#);
    assert_eq!(problem.code, "percent");
    assert!(problem.message.contains("write 60"), "{}", problem.message);
}

#[test]
fn where_starts_at_the_properties() {
    let problem = one(r#""trigger": { "event": "Product Viewed", "where": { "properties.category": "shoes" } }"#);
    assert_eq!((&*problem.path, problem.code), ("/campaigns/x/trigger/where/properties.category", "never-matches"));
    assert!(problem.message.contains("write \"category\""), "{}", problem.message);
    assert_eq!(one(r#""audience": { "$did": { "event": "A", "where": { "$or": [{ "event.properties.a": 1 }] } } }"#).code, "never-matches");
}

#[test]
fn a_step_right_behind_another_is_told() {
    let step = |more: &str| format!(r#"{{ "id": "b", {more} "message": {{ "layout": "slide", "blocks": [{{ "text": "a" }}] }} }}"#);
    let steps = |more: &str, campaign: &str| {
        let first = r#"{ "id": "a", "message": { "layout": "modal", "blocks": [{ "text": "a" }] } }"#;
        problems("UTC", "", &format!(r#"{campaign} "steps": [{first}, {}]"#, step(more)))
    };
    let found = steps("", "");
    assert_eq!(found.iter().map(|problem| (&*problem.path, problem.code)).collect::<Vec<_>>(), [("/campaigns/x/steps/1", "no-after")]);
    assert!(steps(r#""after": "1d","#, "").is_empty());
    assert!(steps("", r#""queue": "5m","#).is_empty());
    assert!(steps("", r#""trigger": { "manual": true },"#).is_empty());
}

#[test]
fn a_time_without_an_offset_is_told_where_it_is_not_the_shops() {
    let countdown = |time: &str| format!(r#""message": {{ "layout": "modal", "blocks": [{{ "countdown": "{time}" }}] }}"#);
    let problem = one(&countdown("2026-12-01T00:00"));
    assert_eq!((&*problem.path, problem.code), ("/campaigns/x/message/blocks/0/countdown", "no-offset"));
    assert!(problem.message.contains("2026-12-01T09:00 in Asia/Seoul"), "{}", problem.message);
    assert!(problem.message.contains("\"2026-12-01T00:00+09:00\""), "{}", problem.message);
    assert!(problems("UTC", "", &countdown("2026-12-01T00:00")).is_empty());
    assert!(problems("Asia/Seoul", "", &countdown("2026-12-01T00:00+09:00")).is_empty());
    let coupon = |zone: &str| problems(zone, r#""coupons": { "c": { "code": "A", "expires": "2026-12-01" } },"#, r#""priority": 1"#);
    assert_eq!(coupon("America/New_York").first().map(|problem| &*problem.path), Some("/coupons/c/expires"));
    assert!(coupon("America/New_York").iter().all(|problem| problem.message.contains("\"2026-12-01T00:00-05:00\"")));
    assert!(coupon("UTC").is_empty());
}

#[test]
fn what_may_well_be_meant_is_not_told() {
    for rule in [
        r#""audience": { "cart.value": { "$gte": 1, "$exists": true }, "orders.lastAt": { "$withinLast": "30d" }, "user.id": null, "cart.count": {} }"#,
        r#""audience": { "lifecycle": { "$ini": ["VISITOR"] }, "traits.age": "30", "page.path": "/cart", "page.query": { "$regex": "ref=" } }"#,
        r#""audience": { "cart.items.0.price": { "$gt": 5 }, "cart.items": { "$size": { "$gte": 2 } }, "time.date": { "$gte": "2026-12-01" } }"#,
        r#""audience": { "orders.lastAt": { "$gte": "2026-11-01" }, "affinity.category.신발/운동화": { "$gte": 0.5 } }"#,
        r#""audience": { "$did": { "event": ["Order Delivered", "*"], "where": { "properties": 1 } } }"#,
        r#""trigger": { "page": { "path": ["/*", "*cart"], "query": { "a": "*", "b": true, "c": 1 } } }"#,
        r#""trigger": { "scroll": 1 }"#,
    ] {
        let found = problems("Asia/Seoul", "", rule);
        assert!(found.is_empty(), "{rule}: {found:?}");
    }
}

fn of_blocks(blocks: &str) -> Vec<(String, &'static str, String)> {
    problems("UTC", "", &format!(r#""message": {{ "layout": "modal", "blocks": [{blocks}] }}"#))
        .into_iter()
        .map(|problem| (problem.path, problem.code, problem.message))
        .collect()
}

#[test]
fn a_placeholder_that_stays_empty_is_told() {
    for (text, remedy) in [
        ("{{ trait.name }}", "did you mean \\\"traits\\\""),
        ("{{ name }}", "traits.name"),
        ("{{ user.name }}", "known are id"),
        ("{{ cart.total | money }}", "no \\\"total\\\""),
        ("{{ 50000 | minus: cart.total | money }}", "no \\\"total\\\""),
        ("{{ traits.name | default: 고객 }}", "in quotes"),
        ("{{ orders.lastAt | date: YYYY }}", "in quotes"),
        ("{{${first_name}}}", "nothing to show"),
        ("{% if traits.name %}a{% endif %}", "no logic"),
    ] {
        for (block, path) in [
            (format!(r#"{{ "text": "{text}" }}"#), "/text"),
            (format!(r#"{{ "text": {{ "ko": "{text}", "en": "a" }} }}"#), "/text/ko"),
            (format!(r#"{{ "button": "a", "action": [{{ "open": "/p/{text}" }}] }}"#), "/action/0/open"),
            (format!(r#"{{ "chat": {{ "greeting": "{text}" }} }}"#), "/chat/greeting"),
        ] {
            let found = of_blocks(&block);
            let [(at, code, message)] = &found[..] else { panic!("{block}: {found:?}") };
            assert_eq!(*at, format!("/campaigns/x/message/blocks/0{path}"));
            assert!(["unknown-path", "template"].contains(code) && message.contains(&remedy.replace('\\', "")), "{text}: {message}");
        }
    }
    let found = of_blocks(r#"{ "progress": "cart.total", "of": 5 }, { "products": "event.products" }"#);
    assert_eq!(found.iter().map(|(path, ..)| &path[27..]).collect::<Vec<_>>(), ["/0/progress", "/1/products"]);
    let sound = r#"{ "text": "{{ traits.name | default: \"고객, | 님\" | josa: \"이/가\" }} {{ 5 | minus: cart.value | money: \"KRW\" }} {{ event.properties.name | truncate: 10 }} {{ session.utm.source }}{{ lifecycle }}" },
        { "products": "event.properties.products" }, { "progress": "orders.revenue", "of": 5 }"#;
    assert_eq!(of_blocks(sound), []);
}

#[test]
fn an_answer_that_nobody_gives_is_told() {
    let branch = |when: &str| {
        let message = format!(
            r#""message": {{ "layout": "modal", "blocks": [{{ "rating": {{ "scale": 10 }}, "name": "nps" }}],
                "branch": [{{ "when": {{ "nps": {{ "$lte": 6 }} }}, "blocks": [{{ "input": {{ "label": "a" }}, "name": "why" }}] }}, {{ "when": {when}, "blocks": [] }}] }}"#
        );
        problems("UTC", "", &message)
    };
    for (when, path, remedy) in [
        (r#"{ "answers.nps": 3 }"#, "/answers.nps", "did you mean \"nps\"?"),
        (r#"{ "$or": [{ "why": "a" }, { "$not": { "score": 1 } }] }"#, "/$or/1/$not/score", "known are nps, why"),
    ] {
        let found = branch(when);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].path, format!("/campaigns/x/message/branch/1/when{path}"));
        assert!(found[0].message.contains(remedy), "{}", found[0].message);
    }
    assert!(branch(r#"{ "why": { "$exists": true } }"#).is_empty());
}

#[test]
fn what_is_meant_to_stay_and_does_not_is_told() {
    let stay = |path: &str| {
        problems("UTC", &format!(r#""settings": {{ "localOnly": ["traits.a", "properties", "{path}"] }},"#), r#""priority": 1"#)
    };
    for path in ["birthday", "event.properties.birthday"] {
        let found = stay(path);
        assert_eq!((found.len(), &*found[0].path), (1, "/settings/localOnly/2"), "{found:?}");
        assert!(found[0].message.contains("\"traits.birthday\""), "{}", found[0].message);
    }
    assert!(stay("properties.items.note").is_empty());
    let from = |path: &str| {
        problems(
            "UTC",
            &format!(r#""coupons": {{ "c": {{ "code": "A", "expires": {{ "after": "7d", "from": "{path}" }} }} }},"#),
            r#""priority": 1"#,
        )
    };
    assert_eq!(from("signedUpAt").iter().map(|problem| &*problem.path).collect::<Vec<_>>(), ["/coupons/c/expires/from"]);
    assert!(from("traits.signedUpAt").is_empty() && from("issued").is_empty());
    assert_eq!(of_blocks(r#"{ "button": "a", "action": { "open": "www.shop.example" } }"#)[0].1, "never-matches");
}

#[test]
fn a_condition_is_filled_with_nothing() {
    let per = "\"per\": \"product_id\"";
    for (campaign, path) in [
        (
            r#""audience": { "$did": { "event": "Product Added", "where": { "product_id": "{{ event.properties.product_id }}" } } }"#,
            "/audience/$did/where/product_id",
        ),
        (r#""audience": { "traits.favourite": { "$in": ["a", "{{event.properties.brand}}"] } }"#, "/audience/traits.favourite/$in/1"),
        (
            r#""audience": { "$not": { "$did": { "event": "Product Added", "where": { "product_id": "event.properties.product_id" } } } }"#,
            "/audience/$not/$did/where/product_id",
        ),
        (r#""trigger": { "event": "Product Viewed", "where": { "price": { "$lt": "{{ traits.limit }}" } } }"#, "/trigger/where/price/$lt"),
        (r#""unless": { "event": "Order Completed", "where": { "coupon": "{{ event.properties.coupon }}" } }"#, "/unless/where/coupon"),
        (r#""goal": { "event": "Order Completed", "where": { "coupon": "{{ event.properties.coupon }}" } }"#, "/goal/where/coupon"),
        (
            r#""audience": { "$sequence": { "steps": [{ "event": "Product Viewed" }, { "event": "Product Added", "where": { "product_id": "{{ event.properties.product_id }}" } }] } }"#,
            "/audience/$sequence/steps/1/where/product_id",
        ),
    ] {
        let problem = one(campaign);
        assert_eq!((problem.path.as_str(), problem.code), (format!("/campaigns/x{path}").as_str(), "never-matches"), "{campaign}");
        assert!(problem.message.contains(per), "{}", problem.message);
    }
    // What a message says is filled.
    let text = r#""message": { "layout": "toast", "blocks": [{ "text": "{{ event.properties.name }}" }] }"#;
    assert_eq!(problems("Asia/Seoul", "", text), []);
    let segment = r#""segments": { "s": { "when": { "traits.a": "{{ traits.b }}" } } },"#;
    let found = problems("Asia/Seoul", segment, r#""audience": { "$segment": "s" }"#);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].path, "/segments/s/when/traits.a");
}

#[test]
fn a_list_of_products_is_asked_item_by_item() {
    for (campaign, path) in [
        (
            r#""audience": { "$did": { "event": "Order Completed", "where": { "products.category": "beans" } } }"#,
            "/audience/$did/where/products.category",
        ),
        (
            r#""trigger": { "event": "Order Completed", "where": { "$or": [{ "products.sku": "a" }] } }"#,
            "/trigger/where/$or/0/products.sku",
        ),
    ] {
        let problem = one(campaign);
        assert_eq!((problem.path.as_str(), problem.code), (format!("/campaigns/x{path}").as_str(), "never-matches"));
        assert!(problem.message.contains(r#"{"products": {"$elemMatch": {""#), "{}", problem.message);
    }
    let first = r#""audience": { "$did": { "event": "Order Completed", "where": { "products.0.category": "beans" } } }"#;
    assert_eq!(problems("Asia/Seoul", "", first), []);
}

#[test]
fn an_event_that_has_only_just_come_is_not_old() {
    for (trigger, audience, path) in [
        (
            r#"{ "event": "Product Added", "after": "30m" }"#,
            r#"{ "$did": { "event": "Product Added", "last": { "$gte": "30m" } } }"#,
            "/audience/$did/last",
        ),
        (
            r#"{ "event": "Product Added" }"#,
            r#"{ "$and": [{ "$did": { "event": "Product Added", "last": { "$gt": "1h" } } }] }"#,
            "/audience/$and/0/$did/last",
        ),
    ] {
        let problem = one(&format!(r#""trigger": {trigger}, "audience": {audience}"#));
        assert_eq!((problem.path.as_str(), problem.code), (format!("/campaigns/x{path}").as_str(), "never-matches"));
        assert!(problem.message.contains("\"after\""), "{}", problem.message);
    }
    // Another event, other occurrences of it, an upper bound, or one way among others.
    for (trigger, audience) in [
        (r#"{ "page": "/cart" }"#, r#"{ "$did": { "event": "Product Added", "last": { "$gte": "30m" } } }"#),
        (r#"{ "event": "Product Added" }"#, r#"{ "$did": { "event": "Product Added", "last": { "$lt": "30m" } } }"#),
        (r#"{ "event": "Product Added" }"#, r#"{ "$did": { "event": "Product Added", "first": { "$gte": "30m" } } }"#),
        (
            r#"{ "event": "Product Added" }"#,
            r#"{ "$did": { "event": "Product Added", "where": { "price": 5 }, "last": { "$gte": "30m" } } }"#,
        ),
        (r#"{ "event": "Product Added" }"#, r#"{ "$did": { "event": "Product Added", "per": "product_id", "last": { "$gte": "30m" } } }"#),
        (
            r#"{ "event": "Product Added" }"#,
            r#"{ "$or": [{ "user.known": true }, { "$did": { "event": "Product Added", "last": { "$gte": "30m" } } }] }"#,
        ),
        (r#"{ "event": "Product Added" }"#, r#"{ "$not": { "$did": { "event": "Product Added", "last": { "$gte": "30m" } } } }"#),
    ] {
        assert_eq!(problems("Asia/Seoul", "", &format!(r#""trigger": {trigger}, "audience": {audience}"#)), [], "{audience}");
    }
}

#[test]
fn the_reference_of_a_clause_is_shown_where_a_name_stands() {
    let problem = one(r#""audience": { "$didNot": { "event": "Order Completed", "since": "Product Added" } }"#);
    assert!(problem.message.contains(r#"{"event": "Product Added", "at": "last"}"#), "{}", problem.message);
}
