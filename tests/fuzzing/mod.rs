//! What is done with hostile input, and what must hold of it. `fuzz/` runs these over what it makes up,
//! `tests/corpora.rs` over what is kept in `fuzz/corpus`.

#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // A test may fail.

use dangol::domain::engine::Engine;
use dangol::domain::host;
use dangol::domain::json::{self, parse};
use dangol::domain::message::template::{self, Context};
use dangol::domain::message::url::{Purpose, allow};
use dangol::domain::outbox::{Answer, Found, Outbox, Settings};
use dangol::domain::problem::{Place, Problems, Severity};
use dangol::domain::random::Random;
use dangol::domain::signed;
use dangol::domain::time::Zone;
use dangol::domain::tools;
use dangol::domain::value::{Text, Value};

/// One of them.
pub type Target = fn(&[u8]);

/// All targets by name.
pub const TARGETS: [(&str, Target); 7] = [
    ("configuration", configuration),
    ("condition", condition),
    ("template", template),
    ("address", address),
    ("stored", stored),
    ("answer", answer),
    ("signed", signed),
];

const NOON: i64 = 1_793_588_400_000;

/// The first part up to a line of `---`, and the rest.
fn halves(text: &str) -> (&str, &str) {
    text.split_once("\n---\n").unwrap_or((text, "{}"))
}

/// An engine as a page drives it; what it answers is always a list of effects.
struct Host(Engine, i64);

impl Host {
    fn give(&mut self, input: &str) -> Value {
        let answer = self.0.handle(self.1, input);
        let effects = parse(&answer).unwrap_or_else(|error| panic!("{error:?} in {answer}"));
        for effect in effects.as_list().unwrap_or_else(|| panic!("no list: {answer}")) {
            if effect.text("e") == Some("claim") {
                let answer = self.0.handle(self.1, r#"{"in":"claimed","shared":null}"#);
                assert!(parse(&answer).is_ok_and(|effects| effects.as_list().is_some()), "{answer}");
            }
        }
        effects
    }

    /// A little of what a visitor does.
    fn visit(&mut self) {
        for (index, call) in [
            r#""call":"page","page":{"url":"https://shop.test/cart?utm_source=a","title":"","referrer":""}"#,
            r#""call":"track","name":"Product Added","data":{"product_id":"p","price":1000,"category":"shoes"}"#,
            r#""call":"identify","user":"m1","data":{"name":"단골","birthday":"1990-02-29"}"#,
            r#""call":"track","name":"Order Completed","data":{"order_id":"o","revenue":5000}"#,
        ]
        .iter()
        .enumerate()
        {
            self.give(&format!(r#"{{"in":"call","id":"0000000{index}-0000-7000-8000-000000000000","at":{},{call}}}"#, self.1));
            self.1 += 61_000;
            self.give(r#"{"in":"wake"}"#);
        }
        self.give(r#"{"in":"query","what":"explain","id":"q"}"#);
        let stats = self.give(r#"{"in":"query","what":"stats","id":"q"}"#);
        let stats = stats.as_list().into_iter().flatten().find(|effect| effect.text("e") == Some("result")).cloned().unwrap_or_default();
        let number = |path: &str| stats.at(path).and_then(Value::as_number).unwrap_or(0.0);
        let dropped: f64 =
            stats.at("value.dropped").and_then(Value::as_object).map_or(0.0, |all| all.iter().filter_map(|(_, n)| n.as_number()).sum());
        assert_eq!(number("value.created"), number("value.acknowledged") + number("value.pending") + dropped);
    }
}

fn quoted(text: &str) -> String {
    json::to_text(&Value::from(text))
}

fn start(config: &str, stored: &str) -> String {
    let config = quoted(config);
    format!(
        r#"{{"in":"start","entropy":"00","stream":"s","options":{{"consent":"granted","endpoint":{{"url":"/collect"}}}},"page":{{"url":"https://shop.test/"}},"device":{{"timezone":"Asia/Seoul"}},"stored":{stored},"config":{config}}}"#
    )
}

/// A configuration: validated, replayed, rendered, and put under a page.
pub fn configuration(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let mut host = Host(Engine::new(), NOON);
    host.give(&start(text, "{}"));
    host.visit();
    let Ok(config) = parse(text) else { return };
    assert!(tools::validate(&config).len() <= 1_001);
    let journey = r#"[{"type":"page","timestamp":"2026-11-20T00:00:00Z","messageId":"1","properties":{"url":"https://shop.test/"}},
        {"type":"track","event":"Product Added","timestamp":"2026-11-20T00:00:10Z","messageId":"2","properties":{"product_id":"p"}},
        {"type":"tick","timestamp":"2026-11-21T00:00:00Z"}]"#;
    let replay = || json::to_text(&tools::replay(&config, &parse(journey).unwrap(), &parse(r#"{"explain":true}"#).unwrap()));
    assert_eq!(replay(), replay(), "a replay is the same every time");
    if let Some(campaigns) = config.get("campaigns").and_then(Value::as_object) {
        for (id, _) in campaigns.iter().take(4) {
            tools::render(&config, id, &parse(r#"{"traits":{"name":"단골"}}"#).unwrap(), &Value::Null);
        }
    }
}

/// A condition over a document, which it must answer, and answer alike twice.
pub fn condition(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (condition, document) = halves(text);
    let (Ok(condition), Ok(document)) = (parse(condition), parse(document)) else { return };
    let options = dangol::object! { "now" => "2026-11-24T03:00:00Z", "timezone" => "Asia/Seoul" }.into();
    let answer = tools::evaluate(&condition, &document, &options);
    assert_eq!(answer, tools::evaluate(&condition, &document, &options));
    let not = dangol::object! { "$not" => condition.clone() }.into();
    if !matches!(condition, Value::Object(_)) {
        return;
    }
    let segment = dangol::object! { "when" => condition.clone() };
    let config = dangol::object! { "version" => 1i64, "segments" => dangol::object! { "a" => segment } }.into();
    if tools::validate(&config).iter().all(|problem| problem.severity != Severity::Error) {
        assert_eq!(tools::evaluate(&not, &document, &options), !answer, "{}", json::to_text(&condition));
    } else {
        // Another branch may hold beside what is wrong in itself, but nothing holds both ways round.
        assert!(!(answer && tools::evaluate(&not, &document, &options)), "{}", json::to_text(&condition));
    }
}

/// A template over a document: text comes out, and never a placeholder's inside that nobody wrote.
pub fn template(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (source, document) = halves(text);
    let document = parse(document).unwrap_or_default();
    let zone = Zone::utc();
    for locale in ["ko", "en", "ja"] {
        let out = template::render(source, &document, &Context { locale, currency: "KRW", zone: &zone });
        assert!(out.len() <= 4_096 + source.len() * (64 + json::to_text(&document).len()), "{} bytes", out.len());
    }
    template::check(source, &Place::Root, &mut Problems::default());
}

/// An address in a message: what is let through leads to http, https, mailto or tel, and carries no password.
pub fn address(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    for purpose in [Purpose::Link, Purpose::Image] {
        let base = "https://shop.test/products/?q=1";
        let Some(kept) = allow(text, base, purpose) else { continue };
        let url = host::parse_url(&kept, Some(base)).unwrap();
        let schemes = if purpose == Purpose::Link { &["http:", "https:", "mailto:", "tel:"][..] } else { &["http:", "https:"] };
        assert!(schemes.contains(&&*url.protocol), "{kept}");
        assert!(!url.credentials && !kept.chars().any(char::is_control), "{kept:?}");
        assert!(!url.protocol.starts_with("http") || !url.host.is_empty(), "{kept}");
        assert_eq!(allow(&kept, base, purpose).as_deref(), Some(&*kept), "what was let through stays as it is");
    }
}

/// What lay in storage: the page starts whatever it is.
pub fn stored(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    // As the parts of a store, and as the text of each.
    let records = [
        parse(text).map(|value| json::to_text(&value)).unwrap_or("{}".into()),
        format!(
            r#"{{"consent":{0},"state":{0},"shared":{0},"collect":{0},"journey":[{0}],"config":{{"text":{0},"etag":null}}}}"#,
            quoted(text)
        ),
        format!(
            r#"{{"recovered":{{"stream":"x","who":[{0}],"calls":[{{"in":"call","id":"c","call":"track","name":"A","text":{0}}}],"journey":[["a",{0}]],"events":[["b",{0}]]}}}}"#,
            quoted(text)
        ),
    ];
    for record in records {
        let mut host = Host(Engine::new(), NOON);
        host.give(&start(r#"{"version":1,"segments":{"a":{"when":{"$did":"Product Added"}}}}"#, &record));
        host.give(&format!(r#"{{"in":"claimed","shared":{}}}"#, quoted(text)));
        host.give(&format!(
            r#"{{"in":"peer","data":[{{"journey":{0},"epoch":0}},{{"shared":{0}}},{{"acknowledged":[{0}]}}]}}"#,
            quoted(text)
        ));
        host.give(&format!(r#"{{"in":"locked","pending":[["00000001-0000-7000-8000-000000000000",{0}]]}}"#, quoted(text)));
        host.visit();
    }
}

/// An endpoint's answer: the ledger adds up, and it is never asked again at once for ever.
pub fn answer(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let mut lines = text.splitn(4, '\n');
    let status = lines.next().and_then(|line| line.trim().parse::<u16>().ok()).unwrap_or(0);
    let mut number = || lines.next().and_then(|line| line.trim().parse().ok());
    let (wait, date) = (number(), number());
    let body = lines.next().unwrap_or_default();
    for strict in [false, true] {
        let mut settings = Settings::new("/collect");
        settings.strict_ack = strict;
        let mut outbox = Outbox::new(settings, Random::from_entropy("00"), NOON);
        for index in 0..8 {
            outbox.push(Text::from(format!("m{index}")), Text::from(format!(r#"{{"messageId":"m{index}"}}"#)), NOON);
        }
        let mut now = NOON;
        let mut requests = 0;
        outbox.flush(now);
        for _ in 0..200 {
            let mut send = None;
            if outbox.wake(now) {
                send = outbox.locked(&Found::default(), now).send;
            }
            while let Some(request) = send {
                requests += 1;
                assert!(!request.ids.is_empty() && request.ids.len() <= 8);
                let outcome = outbox.answer(&Answer { batch: request.batch, status, wait, date, body }, now);
                send = outcome.send;
                let stats = outbox.stats();
                assert_eq!(stats.created, stats.acknowledged + stats.pending + stats.dropped.total());
            }
            let Some(next) = outbox.next_wake(now) else { break };
            assert!(next <= now + 60 * 60_000 + 60_000, "a wait of {} ms", next - now);
            now = next.max(now + 1);
        }
        // Halving takes some. Apart from that an endpoint that asks for it (`Retry-After: 0`, a date of the past) gets one
        // a second, and none gets more.
        let seconds = (now - NOON) / 1_000;
        assert!(requests <= 64 + seconds, "{requests} requests in {seconds} s");
    }
    dangol::domain::engine::Engine::new().handle(NOON, text);
}

/// A signed configuration: nothing is accepted that no pinned key signed.
pub fn signed(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    assert!(text.ends_with(signed::payload(text)));
    let keys = dangol::object! { "a" => "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=" };
    assert!(signed::check(text, &keys, NOON, None, false).is_err(), "a forgery: {text}");
    let request = dangol::object! { "keys" => keys, "now" => NOON }.into();
    assert!(signed::check_to_value(&request, text).get("problem").is_some());
}
