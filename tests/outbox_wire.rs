//! What leaves the browser: Segment's fields, and the bodies of every format.

// A test says what went wrong best by stopping there, in its helpers too.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use dangol::domain::json::{parse, to_text};
use dangol::domain::value::{Object, Value};
use dangol::domain::wire::{Call, Context, Format, Kind, Page, body, event_text};
use dangol::object;

fn context() -> Context {
    let mut context = Context::new("0.1.0", "ko-KR", "Asia/Seoul", "Mozilla/5.0 \"x\"", "stream-1");
    context.set_page(Page {
        url: "https://shop.test/p/1?utm_source=naver&utm_medium=cpc&utm_campaign=fall&utm_term=%EA%B0%80+b%".into(),
        path: "/p/1".into(),
        search: "?utm_source=naver&utm_medium=cpc&utm_campaign=fall&utm_term=%EA%B0%80+b%".into(),
        title: "가게".into(),
        referrer: String::new(),
    });
    context.set_session("session-1");
    context.set_consent(&object! { "analytics" => true, "marketing" => false });
    context
}

fn call<'a>(kind: Kind, name: Option<&'a str>, data: &'a Object) -> Call<'a> {
    Call {
        kind,
        name,
        data,
        id: "01a2011b-9376-74c1-a6e6-60f2df784fd5",
        at: 1_795_314_914_066,
        anonymous: "anonymous-1",
        user: None,
        seq: 7,
        dropped: None,
    }
}

#[track_caller]
fn written(call: &Call, local_only: &[&str]) -> Value {
    parse(&event_text(&context(), call, local_only)).unwrap()
}

#[test]
fn a_track_call_has_segments_fields() {
    let data = object! { "price" => 18.99, "currency" => "KRW" };
    let event = written(&call(Kind::Track, Some("Product \"Viewed\""), &data), &[]);
    let expected = r#"{"type":"track","event":"Product \"Viewed\"","messageId":"01a2011b-9376-74c1-a6e6-60f2df784fd5",
        "timestamp":"2026-11-22T02:35:14.066Z","anonymousId":"anonymous-1","seq":7,
        "properties":{"price":18.99,"currency":"KRW"},
        "context":{"library":{"name":"dangol","version":"0.1.0"},"locale":"ko-KR","timezone":"Asia/Seoul",
          "userAgent":"Mozilla/5.0 \"x\"",
          "page":{"path":"/p/1","referrer":"","title":"가게",
            "search":"?utm_source=naver&utm_medium=cpc&utm_campaign=fall&utm_term=%EA%B0%80+b%",
            "url":"https://shop.test/p/1?utm_source=naver&utm_medium=cpc&utm_campaign=fall&utm_term=%EA%B0%80+b%"},
          "campaign":{"source":"naver","medium":"cpc","name":"fall","term":"가 b%"},
          "sessionId":"session-1","consent":{"analytics":true,"marketing":false},"streamId":"stream-1"}}"#;
    assert_eq!(event, parse(expected).unwrap());
}

#[test]
fn a_page_call_says_where_and_what_the_shop_adds() {
    let data = object! { "category" => "Product", "title" => "Mine" };
    let event = written(&call(Kind::Page, Some("Monopoly"), &data), &[]);
    assert_eq!(event.text("name"), Some("Monopoly"));
    let properties = event.get("properties").unwrap();
    for (key, value) in [("path", "/p/1"), ("category", "Product"), ("title", "Mine"), ("name", "Monopoly"), ("referrer", "")] {
        assert_eq!(properties.text(key), Some(value), "{key}");
    }
}

#[test]
fn an_identify_call_carries_traits_and_drops_are_reported() {
    let data = object! { "plan" => "gold" };
    let dropped = object! { "overflow" => 3.0 };
    let mut identify = call(Kind::Identify, None, &data);
    identify.user = Some("u-1");
    identify.dropped = Some(&dropped);
    let event = written(&identify, &[]);
    assert_eq!(event.text("userId"), Some("u-1"));
    assert_eq!(event.at("traits.plan").and_then(Value::as_text), Some("gold"));
    assert_eq!(event.at("context.dropped.overflow").and_then(Value::as_number), Some(3.0));
    assert!(event.get("event").is_none() && event.get("properties").is_none());
}

#[test]
fn what_is_local_never_reaches_the_text() {
    let cases = [
        (Kind::Identify, r#"{"birthday":"1990-01-01","plan":"gold"}"#, r#"{"plan":"gold"}"#),
        (Kind::Identify, r#"{"$setOnce":{"birthday":"x","a":1},"$unset":["birthday","b"]}"#, r#"{"$setOnce":{"a":1},"$unset":["b"]}"#),
        (Kind::Identify, r#"{"address":{"zip":"1","city":"Seoul"}}"#, r#"{"address":{"city":"Seoul"}}"#),
        (Kind::Identify, r#"{"$setOnce":{"address":{"zip":"1","city":"Seoul"}}}"#, r#"{"$setOnce":{"address":{"city":"Seoul"}}}"#),
        (Kind::Identify, r#"{"address.zip":"1"}"#, "{}"),
        (Kind::Track, r#"{"products":[{"cost":1,"price":2},{"cost":3}],"cost":4}"#, r#"{"products":[{"price":2},{}],"cost":4}"#),
        (Kind::Track, r#"{"birthday":"kept, a property"}"#, r#"{"birthday":"kept, a property"}"#),
    ];
    let local = ["traits.birthday", "traits.address.zip", "properties.products.cost"];
    for (kind, data, expected) in cases {
        let parsed = parse(data).unwrap();
        let event = written(&call(kind, Some("X"), parsed.as_object().unwrap()), &local);
        let key = if kind == Kind::Identify { "traits" } else { "properties" };
        assert_eq!(to_text(event.get(key).unwrap()), expected, "{data}");
    }
}

#[test]
fn every_format_is_made_of_the_stored_texts() {
    let data = object! {};
    let one = event_text(&context(), &call(Kind::Track, Some("A \"quoted\" name"), &data), &[]);
    let two = event_text(&context(), &call(Kind::Identify, None, &data), &[]);
    // What another writer stored, with its fields in another order.
    let three = r#"{"messageId":"m-3","type":"page","name":"Home","timestamp":"2026-01-01T00:00:00.000Z"}"#;
    let texts = [one.as_str(), two.as_str(), three];
    let make = |format: &Format, key: Option<&str>| body(format, texts.iter().copied(), 0, key, "https://shop.test");

    let segment = parse(&make(&Format::Segment, Some("key"))).unwrap();
    assert_eq!(segment.list("batch").len(), 3);
    assert_eq!(segment.text("sentAt"), Some("1970-01-01T00:00:00.000Z"));
    assert_eq!(segment.text("writeKey"), Some("key"));

    let ndjson = make(&Format::Ndjson, None);
    assert_eq!(ndjson.lines().collect::<Vec<_>>(), texts);
    assert!(ndjson.ends_with('\n'));

    let rows = parse(&make(&Format::Envelope("rows".into()), Some("key"))).unwrap();
    assert_eq!(rows.list("rows").len(), 3);
    assert_eq!(rows.as_object().unwrap().len(), 1);

    let events = parse(&make(&Format::CloudEvents, None)).unwrap();
    let events = events.as_list().unwrap();
    assert_eq!(events[0].text("subject"), Some("A \"quoted\" name"));
    assert_eq!(events[1].get("subject"), None);
    assert_eq!(events[2].text("subject"), Some("Home"));
    for (event, (kind, text)) in events.iter().zip([("track", texts[0]), ("identify", texts[1]), ("page", texts[2])]) {
        // The required attributes and their form, as the schema of CloudEvents 1.0 has them.
        assert_eq!(event.text("specversion"), Some("1.0"));
        assert_eq!(event.text("type"), Some(format!("dangol.{kind}").as_str()));
        assert_eq!(event.text("source"), Some("https://shop.test"));
        assert_eq!(event.text("datacontenttype"), Some("application/json"));
        assert_eq!(event.get("data"), parse(text).ok().as_ref());
        assert_eq!(event.text("id"), event.at("data.messageId").and_then(Value::as_text));
        assert_eq!(event.text("time"), event.at("data.timestamp").and_then(Value::as_text));
        assert!(dangol::domain::time::parse_iso(event.text("time").unwrap()).is_some());
    }
    assert_eq!(Format::Segment.content_type(), "text/plain");
    assert_eq!(Format::CloudEvents.content_type(), "application/cloudevents-batch+json");
}

#[test]
fn an_endpoint_is_read_with_its_defaults_and_bounds() {
    use dangol::domain::outbox::Settings;
    let read = |text: &str| Settings::from_value(&parse(text).unwrap());
    let plain = read(r#""/collect""#).unwrap();
    assert_eq!((plain.flush_at, plain.flush_interval, plain.strict_ack), (20, 10_000, false));
    let full = read(
        r#"{"url":"/c","format":{"envelope":"rows"},"writeKey":"k","headers":{"content-type":"application/json"},
        "flushAt":1e9,"flushInterval":-5,"strictAck":true,"compress":true}"#,
    )
    .unwrap();
    assert_eq!(full.format, Format::Envelope("rows".into()));
    assert_eq!((full.flush_at, full.flush_interval), (500, 0));
    assert!(full.strict_ack && full.compress);
    assert_eq!(read(r#"{"url":""}"#), None);
    assert_eq!(read("7"), None);
}
