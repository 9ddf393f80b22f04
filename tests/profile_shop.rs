//! Cart, orders, stage and affinity of the visitor's document, by example.
#![allow(clippy::unwrap_used)]

mod profile_support;

use dangol::domain::time::DAY;
use profile_support::Visitor;

#[test]
fn the_cart_merges_by_product_and_variant() {
    let mut visitor = Visitor::new();
    visitor.then("Product Added", r#"{"product_id":"1","variant":"S","price":0.1,"currency":"usd","cart_id":"x","name":"Cap"}"#);
    visitor.then("Product Added", r#"{"product_id":"1","variant":"S","price":0.1,"quantity":2}"#);
    visitor.then("Product Added", r#"{"product_id":"1","variant":"M","price":"0.2","quantity":"1"}"#);
    visitor.then("Wishlist Product Added to Cart", r#"{"product_id":2,"price":39000}"#);
    visitor.shows(
        "cart",
        r#"{"items":[{"product_id":"1","variant":"S","price":0.1,"name":"Cap","quantity":3},
            {"product_id":"1","variant":"M","price":0.2,"quantity":1},{"product_id":2,"price":39000,"quantity":1}],
            "count":5,"value":39000.5,"currency":"USD"}"#,
    );
    // Part of a line, a whole line, one that is not there, and one whose variant the shop does not say.
    visitor.then("Product Removed", r#"{"product_id":"1","variant":"S","quantity":1}"#);
    visitor.shows("cart.count", "4");
    visitor.then("Product Removed", r#"{"product_id":"1","variant":"S"}"#);
    visitor.then("Product Removed", r#"{"product_id":"9"}"#);
    visitor.then("Product Removed", r#"{"product_id":"1","variant":"XL"}"#);
    visitor.shows("cart.count", "2");
    visitor.then("Product Removed", r#"{"product_id":"1","quantity":5}"#);
    visitor.shows("cart.value", "39000");
}

#[test]
fn a_viewed_cart_replaces_and_an_order_empties() {
    let mut visitor = Visitor::new();
    visitor.then("Product Added", r#"{"product_id":"1","price":10}"#);
    visitor.then("Cart Viewed", "{}");
    visitor.shows("cart.count", "1");
    visitor
        .then("Cart Viewed", r#"{"currency":"KRW","products":[{"product_id":"2","price":3,"quantity":2},{"product_id":"2","price":4}]}"#);
    visitor.shows("cart", r#"{"items":[{"product_id":"2","price":4,"quantity":3}],"count":3,"value":12,"currency":"KRW"}"#);
    visitor.then("Cart Viewed", r#"{"products":[]}"#);
    visitor.shows("cart.count", "0");
    visitor.then("Product Added", r#"{"sku":"7"}"#);
    visitor.then("Product Added", r#"{"price":5}"#);
    visitor.then("Product Added", r#"{"product_id":"8","quantity":0}"#);
    visitor.shows("cart.count", "1");
    visitor.then("Order Completed", "{}");
    visitor.shows("cart", r#"{"items":[],"count":0,"value":0,"currency":"KRW"}"#);
    visitor.then("Cart Viewed", r#"{"currency":"eur"}"#);
    visitor.shows("cart.currency", r#""EUR""#);
    visitor.then("Product Removed", r#"{"product_id":"9","currency":"USD"}"#);
    visitor.shows("cart", r#"{"items":[],"count":0,"value":0,"currency":"USD"}"#);
}

#[test]
fn a_cart_is_bounded() {
    let mut visitor = Visitor::new();
    for index in 0..300 {
        visitor.then("Product Added", &format!(r#"{{"product_id":{index},"price":1}}"#));
    }
    visitor.shows("cart.count", "200");
}

#[test]
fn orders_are_counted_once() {
    let mut visitor = Visitor::new();
    visitor.does("2026-01-01T00:00:00Z", "Order Completed", r#"{"order_id":"a","revenue":10.1,"total":99}"#);
    visitor.then("Product Added", r#"{"product_id":"1"}"#);
    visitor.does("2026-01-02T00:00:00Z", "Order Completed", r#"{"order_id":"a","revenue":10.1}"#);
    visitor.shows("cart.count", "1");
    visitor.does("2026-01-03T00:00:00Z", "Order Completed", r#"{"order_id":2,"total":20.2}"#);
    visitor.does("2026-01-04T00:00:00Z", "Order Completed", r#"{"value":"5"}"#);
    visitor.does("2026-01-05T00:00:00Z", "Order Completed", "{}");
    visitor.shows(
        "orders",
        r#"{"count":4,"revenue":35.3,"average":8.825,"firstAt":"2026-01-01T00:00:00.000Z","lastAt":"2026-01-05T00:00:00.000Z"}"#,
    );
}

#[test]
fn refunds_shrink_revenue_and_cancelling_undoes() {
    let mut visitor = Visitor::new();
    visitor.does("2026-01-01T00:00:00Z", "Order Completed", r#"{"order_id":"a","revenue":100}"#);
    visitor.does("2026-01-02T00:00:00Z", "Order Completed", r#"{"order_id":"b","revenue":50}"#);
    visitor.then("Order Refunded", r#"{"order_id":"a","total":30}"#);
    visitor.shows("orders.revenue", "120");
    visitor.then("Order Refunded", r#"{"order_id":"a","products":[{"product_id":"1","price":10,"quantity":2}]}"#);
    visitor.shows("orders.revenue", "100");
    visitor.then("Order Refunded", r#"{"order_id":"a"}"#);
    visitor.shows(
        "orders",
        r#"{"count":2,"revenue":50,"average":25,"firstAt":"2026-01-01T00:00:00.000Z","lastAt":"2026-01-02T00:00:00.000Z"}"#,
    );
    visitor.then("Order Completed", r#"{"order_id":"c","revenue":7}"#);
    visitor.then("Order Refunded", r#"{"order_id":"c","products":[]}"#);
    visitor.shows("orders.revenue", "50");
    visitor.then("Order Cancelled", r#"{"order_id":"c"}"#);
    visitor.then("Order Refunded", r#"{"order_id":"elsewhere","total":50}"#);
    visitor.then("Order Cancelled", "{}");
    visitor.then("Order Cancelled", r#"{"order_id":"b"}"#);
    visitor.then("Order Cancelled", r#"{"order_id":"b"}"#);
    visitor.shows("orders.count", "1");
    visitor.shows("orders.lastAt", r#""2026-01-01T00:00:00.000Z""#);
    visitor.then("Order Cancelled", r#"{"order_id":"a"}"#);
    visitor.shows("orders", r#"{"count":0,"revenue":0}"#);
}

#[test]
fn many_orders_keep_their_totals() {
    let mut visitor = Visitor::new();
    for index in 0..250 {
        visitor.then("Order Completed", &format!(r#"{{"order_id":{index},"revenue":0.1}}"#));
    }
    visitor.shows("orders.count", "250");
    visitor.shows("orders.revenue", "25");
    visitor.shows("orders.average", "0.1");
    visitor.shows("orders.firstAt", r#""2026-01-01T00:00:01.000Z""#);
}

#[test]
fn the_stage_is_the_furthest_since_the_last_order() {
    let mut visitor = Visitor::new();
    visitor.shows("journey", "");
    for (name, stage) in [
        ("Signed In", None),
        ("Page Viewed", Some("visit")),
        ("Products Searched", Some("list")),
        ("Product Viewed", Some("product")),
        ("Page Viewed", Some("product")),
        ("Checkout Started", Some("checkout")),
        ("Product Added", Some("checkout")),
        ("Payment Info Entered", Some("payment")),
        ("Order Completed", Some("order")),
        ("Signed In", Some("order")),
        ("Page Viewed", Some("visit")),
        ("Product Added", Some("cart")),
    ] {
        visitor.then(name, "{}");
        assert_eq!(
            visitor.path("journey.stage").as_ref().and_then(|stage| stage.as_text().map(String::from)),
            stage.map(String::from),
            "{name}"
        );
    }
    visitor.shows("journey.stageSince", r#""2026-01-01T00:00:12.000Z""#);

    let mut visitor = Visitor::with(r#"{"stages":[{"id":"look","event":["A","B"]},{"id":"want","event":"C"}]}"#);
    visitor.then("C", "{}");
    visitor.then("A", "{}");
    visitor.shows("journey.stage", r#""want""#);
    visitor.then("Order Completed", "{}");
    visitor.shows("journey", "");
    visitor.then("B", "{}");
    visitor.shows("journey.stage", r#""look""#);
}

#[test]
fn affinity_halves_and_is_shared_out() {
    let mut visitor = Visitor::new();
    visitor.shows("affinity", "");
    visitor.does("2026-01-01T00:00:00Z", "Product Viewed", r#"{"category":"shoes","brand":"Ada"}"#);
    visitor.does("2026-01-15T00:00:00Z", "Product Viewed", r#"{"category":"hats","brand":""}"#);
    visitor.shows("affinity", r#"{"category":{"shoes":0.5,"hats":1},"brand":{"Ada":1}}"#);
    visitor.does("2026-01-29T00:00:00Z", "Product Added", r#"{"category":"hats"}"#);
    // shoes 1/4, hats 1/2 + 3.
    visitor.shows("affinity.category.shoes", "0.071429");
    visitor.does("2026-01-29T00:00:00Z", "Order Completed", r#"{"products":[{"category":"shoes"},{"category":"shoes"},7]}"#);
    visitor.shows("affinity.category", r#"{"shoes":1,"hats":0.341463}"#);
    let before = visitor.path("affinity");
    visitor.now += 500 * DAY;
    assert_eq!(visitor.path("affinity"), before);
    // After ten thousand half-lives only the new counts, and nothing overflowed.
    visitor.now += 14 * 10_000 * DAY;
    visitor.then("Product Viewed", r#"{"category":"bags"}"#);
    visitor.shows("affinity", r#"{"category":{"bags":1}}"#);
}

#[test]
fn a_new_half_life_keeps_what_was_gathered() {
    let mut visitor = Visitor::new();
    visitor.does("2026-01-01T00:00:00Z", "Product Viewed", r#"{"category":"shoes"}"#);
    visitor.does("2026-01-15T00:00:00Z", "Product Viewed", r#"{"category":"hats"}"#);
    visitor.settings = profile_support::settings(r#"{"affinity":{"halfLife":"7d","weights":{"Liked":1}}}"#);
    visitor.does("2026-01-22T00:00:00Z", "Liked", r#"{"category":"bags"}"#);
    visitor.shows("affinity.category", r#"{"shoes":0.25,"hats":0.5,"bags":1}"#);
}

#[test]
fn affinity_keeps_the_strongest() {
    let mut visitor = Visitor::new();
    visitor.then("Product Added", r#"{"category":"strong"}"#);
    for index in 0..80 {
        visitor.then("Product Viewed", &format!(r#"{{"category":"c{index}"}}"#));
    }
    let category = visitor.path("affinity.category").unwrap();
    assert_eq!(category.as_object().unwrap().len(), 50);
    visitor.shows("affinity.category.strong", "1");
    visitor.shows("affinity.category.c30", "");
    assert!(visitor.path("affinity.category.c31").is_some());
}

#[test]
fn an_order_older_than_the_fold_is_counted() {
    let mut visitor = Visitor::new();
    visitor.does("2026-06-01T00:00:00Z", "Order Completed", r#"{"order_id":"b","revenue":2}"#);
    let session = visitor.does("2025-06-01T00:00:00Z", "Order Completed", r#"{"order_id":"a","revenue":1}"#);
    assert_eq!(session, 1);
    visitor.shows("orders.firstAt", r#""2025-06-01T00:00:00.000Z""#);
    visitor.shows("orders.lastAt", r#""2026-06-01T00:00:00.000Z""#);
    visitor.shows("visits.firstAt", r#""2025-06-01T00:00:00.000Z""#);
    visitor.now = profile_support::at("2026-06-01");
    visitor.shows("lifecycle", r#""won_back""#);
}
