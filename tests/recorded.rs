//! A page's own events, given to a replay, lead to the decisions that the page made.

// A test says what went wrong best by stopping there, in its helpers too.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

#[path = "host/mod.rs"]
mod host;

use dangol::domain::engine::Effect;
use dangol::domain::json::parse;
use dangol::domain::replay::replay;
use dangol::domain::time::{SECOND, parse_iso, push_iso};
use dangol::domain::value::Value;
use host::{DAY, GRANTED, Host, random};

/// A page whose timers ring at their moment, as a browser's do.
struct Page {
    host: Host,
    config: String,
    /// The effects that were looked at.
    seen: usize,
    /// Lines of a journey that are no events.
    signals: Vec<(i64, String)>,
    /// The messages on screen and their latest trees, oldest first.
    screen: Vec<(String, Value)>,
}

fn iso(at: i64) -> String {
    let mut text = String::new();
    push_iso(at, &mut text);
    text
}

impl Page {
    fn new(config: &str) -> Self {
        let host = Host::new(config, GRANTED, host::NOON);
        let mut page = Page { host, config: config.into(), seen: 0, signals: Vec::new(), screen: Vec::new() };
        page.host.page("https://shop.test/");
        page.host.give(r##"{"in":"signal","signal":"slot","value":"#slot"}"##);
        page.look();
        page
    }

    /// Does what a browser does with what the engine wants.
    fn look(&mut self) {
        while self.seen < self.host.effects.len() {
            let effect = self.host.effects[self.seen].clone();
            self.seen += 1;
            let mut text = String::new();
            match effect {
                Effect::Show(message) => {
                    let id = message.head.text("impression").unwrap().to_string();
                    message.tree.to_json(&mut text);
                    self.screen.push((id.clone(), parse(&text).unwrap()));
                    self.ui(&id, "inview");
                }
                Effect::Update { impression, tree } => {
                    tree.to_json(&mut text);
                    let place = self.screen.iter().position(|(id, _)| **id == *impression);
                    if let Some(place) = place {
                        self.screen[place].1 = parse(&text).unwrap();
                    }
                }
                Effect::Remove { impression } => self.screen.retain(|(id, _)| **id != *impression),
                Effect::Copy { impression, coupon, .. } => {
                    self.host.give(&format!(r#"{{"in":"ui","impression":"{impression}","act":"copied","coupon":"{coupon}"}}"#));
                }
                Effect::Chat { impression, .. } => self.ui(&impression, "chatting"),
                _ => {}
            }
        }
    }

    fn ui(&mut self, impression: &str, act: &str) {
        self.host.give(&format!(r#"{{"in":"ui","impression":"{impression}","act":"{act}"}}"#));
    }

    /// Lets time pass.
    fn pass(&mut self, time: i64) {
        let end = self.host.now + time;
        while let Some(at) = self.host.engine.next_wake().filter(|at| *at <= end) {
            self.host.now = self.host.now.max(at);
            self.host.give(r#"{"in":"wake"}"#);
            self.look();
        }
        self.host.now = end;
        self.host.give(r#"{"in":"wake"}"#);
        self.look();
    }

    fn track(&mut self, event: &str) {
        self.host.call(&format!(r#""call":"track","name":"{event}""#));
        self.look();
    }

    fn show(&mut self, campaign: &str) {
        self.signals.push((
            self.host.now,
            format!(r#"{{"type":"signal","signal":"manual","value":"{campaign}","timestamp":"{}"}}"#, iso(self.host.now)),
        ));
        self.host.call(&format!(r#""call":"show","name":"{campaign}""#));
        self.look();
    }

    /// Presses the button of that name, in the message shown last that has one.
    fn press(&mut self, label: &str) -> bool {
        fn labelled(node: &Value, label: &str) -> Option<f64> {
            let own = node.number("action").filter(|_| host::texts(node).iter().any(|text| text == label));
            own.or_else(|| node.list("children").iter().find_map(|child| labelled(child, label)))
        }
        let found = self.screen.iter().rev().find_map(|(id, tree)| Some((id.clone(), labelled(tree, label)?)));
        if let Some((id, action)) = &found {
            self.host.give(&format!(r#"{{"in":"ui","impression":"{id}","act":"action","action":{action}}}"#));
            self.look();
        }
        found.is_some()
    }

    /// Closes the message shown last, by `act`.
    fn close(&mut self, act: &str) {
        if let Some((id, _)) = self.screen.last().cloned() {
            self.ui(&id, act);
            self.look();
        }
    }

    /// What the page decided, and what a replay of its events decides.
    fn both(&mut self) -> (Vec<String>, Vec<String>) {
        let line = |decision: &Value| {
            let text = |key: &str| decision.text(key).map(|text| format!(" {text}")).unwrap_or_default();
            let after = parse_iso(decision.text("timestamp").unwrap()).unwrap() - host::NOON;
            format!("{after}{}{}{}{}{}", text("campaign"), text("step"), text("outcome"), text("reason"), text("lostTo"))
        };
        let live = self.host.engine.take_log().decisions.iter().map(|decision| line(&decision.to_value())).collect();
        let events = self.host.events().into_iter().map(|event| (parse_iso(event.text("timestamp").unwrap()).unwrap(), event));
        let signals = self.signals.iter().map(|(at, text)| (*at, parse(text).unwrap()));
        let mut lines: Vec<(i64, Value)> = signals.chain(events).collect();
        lines.sort_by_key(|(at, _)| *at);
        let lines: Vec<Value> = lines.into_iter().map(|(_, line)| line).collect();
        let options = format!(r#"{{"until":"{}"}}"#, iso(self.host.now));
        let result = replay(&parse(&self.config).unwrap(), &lines.into(), &parse(&options).unwrap());
        (live, result.list("decisions").iter().map(line).collect())
    }
}

fn config(campaigns: &str) -> String {
    format!(
        r#"{{"version":1,"timezone":"Asia/Seoul","settings":{{"attention":{{"perSession":100,"perDay":100,"minGap":"0s"}}}},
        "coupons":{{"w":{{"name":"w","code":"W"}}}},"campaigns":{{{campaigns}}}}}"#
    )
}

/// A modal message of `a` on `A`, with one button, and one of `b` on `B`.
fn two(action: &str, more: &str) -> Page {
    Page::new(&config(&format!(
        r#""a":{{"trigger":{{"event":"A"}}{more},"message":{{"layout":"modal","dismiss":{{"today":true}},"blocks":[{{"text":"hi"}},{{"button":"go","action":{action}}}]}}}},
        "b":{{"trigger":{{"event":"B"}},"message":{{"layout":"modal","blocks":[{{"text":"hi"}}]}}}}"#
    )))
}

#[track_caller]
fn agree(page: &mut Page, expected: &[&str]) {
    let (live, replayed) = page.both();
    assert_eq!(live, expected, "the page");
    assert_eq!(replayed, expected, "the replay");
}

#[test]
fn silence_that_a_visitor_asked_for_holds_in_a_replay() {
    for (act, action, then) in
        [("today", r#"{"close":true}"#, DAY), ("mute", r#"{"close":true}"#, 30 * DAY), ("go", r#"{"mute":"7d"}"#, 7 * DAY)]
    {
        let mut page = two(action, "");
        page.track("A");
        page.pass(2 * SECOND);
        if !(act == "go" && page.press("go")) {
            page.close(act);
        }
        page.pass(SECOND);
        page.track("A");
        page.track("B");
        page.close("dismiss");
        let (live, replayed) = page.both();
        assert_eq!(live, ["0 a shown", "3000 a suppressed muted", "3000 b shown"], "{act}");
        assert_eq!(replayed, live, "{act}");
        let told: Vec<Value> = page.host.events().into_iter().filter(|event| event.text("event") == Some("Message Dismissed")).collect();
        let until = told[0].at("properties.muted_until").and_then(Value::as_text).and_then(parse_iso).unwrap();
        let expected = if act == "today" { parse_iso("2026-11-02T15:00:00Z").unwrap() } else { host::NOON + 2 * SECOND + then };
        assert_eq!(until, expected, "{act}");
        assert!(told[1].at("properties.muted_until").is_none(), "the cross asks for none");
    }
}

#[test]
fn a_click_leaves_in_a_replay_what_it_leaves_on_the_page() {
    for (action, stays) in [
        (r#"{"track":"C"}"#, true),
        (r#"{"copy":"coupon:w"}"#, true),
        (r#"{"open":"https://other.test/","newTab":true}"#, true),
        (r#"{"open":"/sale"}"#, false),
        (r#"{"close":true}"#, false),
        (r#"{"chat":{"message":"hi"}}"#, false),
        (r#"[{"track":"C"},{"close":true}]"#, false),
        (r#"[{"copy":"coupon:w"},{"close":true}]"#, false),
        (r#"[{"track":"C"},{"mute":"1h"}]"#, false),
    ] {
        let mut page = two(action, "");
        page.track("A");
        page.pass(2 * SECOND);
        assert!(page.press("go"));
        page.pass(SECOND);
        page.track("B");
        let (live, replayed) = page.both();
        let second = if stays { "3000 b suppressed outranked a" } else { "3000 b shown" };
        assert_eq!(live, ["0 a shown", second], "{action}");
        assert_eq!(replayed, live, "{action}");
    }
}

#[test]
fn a_message_that_a_button_asks_for_comes_in_a_replay_too() {
    let message = r#""message":{"layout":"modal","blocks":[{"text":"hi"}]}"#;
    let mut page = Page::new(&config(&format!(
        r#""a":{{"trigger":{{"event":"A"}},"message":{{"layout":"modal","blocks":[{{"text":"hi"}},{{"button":"one","action":{{"show":"b"}}}},
        {{"button":"two","action":{{"show":"c"}}}},{{"button":"three","action":[{{"track":"T"}},{{"show":"c"}}]}}]}}}},
        "b":{{"trigger":{{"manual":true}},{message}}},"c":{{"trigger":{{"manual":true}},{message}}}"#
    )));
    for button in ["two", "one", "three"] {
        page.track("A");
        page.pass(2 * SECOND);
        assert!(page.press(button));
        page.pass(SECOND);
        page.close("dismiss");
    }
    agree(&mut page, &["0 a shown", "2000 c shown", "3000 a shown", "5000 b shown", "6000 a shown", "8000 c shown"]);
    // Where an event names no campaign, as one written by hand may, the only one that its buttons ask for is meant.
    let one = two(r#"{"show":"b"}"#, "").config;
    let journey = r#"[{"type":"page","timestamp":"2026-11-02T03:00:00Z"},{"type":"track","event":"A","timestamp":"2026-11-02T03:00:01Z"},
        {"type":"track","event":"Message Clicked","properties":{"campaign":"a","action":"show"},"timestamp":"2026-11-02T03:00:09Z"}]"#;
    let result = replay(&parse(&one).unwrap(), &parse(journey).unwrap(), &Value::Null);
    let shown: Vec<&str> = result.list("decisions").iter().filter_map(|decision| decision.text("campaign")).collect();
    assert_eq!(shown, ["a", "b"]);
}

/// A chat whose first reply has an answer and an action, its second no answer and the same, and two messages to ask for.
fn chatting(action: &str) -> Page {
    Page::new(&config(&format!(
        r##""a":{{"trigger":{{"event":"A"}},"message":{{"layout":"bubble","blocks":[{{"chat":{{"greeting":"hi","replies":[
        {{"label":"ask","answer":"here you are","action":{action}}},{{"label":"go","action":{action}}}]}}}}]}}}},
        "b":{{"trigger":{{"manual":true}},"message":{{"layout":"modal","blocks":[{{"text":"hi"}}]}}}},
        "i":{{"trigger":{{"manual":true}},"message":{{"layout":"inline","slot":"#slot","blocks":[{{"text":"hi"}}]}}}}"##
    )))
}

#[test]
fn an_answer_of_a_chat_stays_to_be_read_whatever_its_action() {
    for (action, expected) in [
        (r#"{"close":true}"#, &["0 a shown", "3000 a shown"][..]),
        (r#"{"show":"b"}"#, &["0 a shown", "3000 b shown", "3000 a suppressed outranked b"]),
        (r#"[{"track":"T"},{"show":"b"},{"close":true}]"#, &["0 a shown", "3000 b shown", "3000 a suppressed outranked b"]),
        // It lies in the page, so it needs not wait.
        (r#"{"show":"i"}"#, &["0 a shown", "2000 i shown", "3000 a shown"]),
        (r#"{"mute":"7d"}"#, &["0 a shown", "3000 a suppressed muted"]),
    ] {
        let mut page = chatting(action);
        page.track("A");
        page.pass(2 * SECOND);
        assert!(page.press("ask"), "{action}");
        page.pass(SECOND);
        let chat = page.screen.iter().find(|(_, tree)| host::texts(tree).iter().any(|text| text == "here you are"));
        let Some((id, _)) = chat.cloned() else { panic!("{action}: the answer is gone") };
        page.ui(&id, "dismiss");
        page.look();
        page.track("A");
        agree(&mut page, expected);
    }
    // Without an answer there is nothing to wait for; and who goes on elsewhere has no use for what was asked for before.
    for (first, expected) in [(false, ["0 a shown", "2000 b shown"]), (true, ["0 a shown", "2000 b shown"])] {
        let mut page = chatting(r#"{"show":"b"}"#);
        page.track("A");
        page.pass(2 * SECOND);
        assert!(!first || page.press("ask"));
        assert!(page.press("go"));
        page.pass(SECOND);
        page.close("dismiss");
        agree(&mut page, &expected);
    }
}

#[test]
fn of_two_messages_of_a_campaign_the_one_that_was_dismissed_goes() {
    let steps = r##""a":{"trigger":{"event":"A"},"steps":[
        {"id":"w","message":{"layout":"inline","slot":"#slot","blocks":[{"text":"hi"}]}},
        {"id":"r","after":"3s","message":{"layout":"modal","blocks":[{"text":"hi"}]}}]},
        "b":{"trigger":{"event":"B"},"message":{"layout":"modal","blocks":[{"text":"hi"}]}},
        "i":{"trigger":{"event":"I"},"message":{"layout":"inline","slot":"#slot","blocks":[{"text":"hi"}]}}"##;
    let mut page = Page::new(&config(steps));
    page.track("A");
    page.pass(6 * SECOND);
    page.close("dismiss");
    page.pass(SECOND);
    page.track("B");
    page.track("I");
    agree(&mut page, &["0 a w shown", "3000 a r shown", "7000 b shown", "7000 i suppressed outranked a"]);
}

/// The visitor sees `a`, asks for silence of it and is gone before what the tabs share was written: the journey has it.
#[track_caller]
fn stays_silent(mut page: Page, ask: impl FnOnce(&mut Page)) {
    page.track("A");
    page.pass(2 * SECOND);
    let before = page.host.shared.clone();
    ask(&mut page);
    page.host.shared = before;
    let now = page.host.now;
    page.host.reload(&page.config, GRANTED, now);
    page.host.call(r#""call":"track","name":"A""#);
    let decisions = page.host.engine.take_log().decisions;
    assert_eq!(decisions.first().unwrap().to_value().text("reason"), Some("muted"));
}

#[test]
fn who_leaves_right_after_asking_for_silence_has_it_on_the_next_page() {
    stays_silent(two(r#"{"close":true}"#, ""), |page| page.close("today"));
    stays_silent(chatting(r#"{"mute":"7d"}"#), |page| assert!(page.press("ask")));
}

/// Campaigns of every kind that a journey's own events tell apart.
fn any(seed: &mut u64) -> String {
    let mut pick = |list: &[&'static str]| list[random(seed) as usize % list.len()];
    let kind = |action: &'static str| action.split('"').nth(1).unwrap();
    // What one click leads to, a page decides together and a replay line by line: a button's own event starts none here.
    let actions = [
        r#"{"close":true}"#,
        r#"{"track":"D"}"#,
        r#"{"copy":"coupon:w"}"#,
        r#"{"mute":"40s"}"#,
        r#"{"show":"c0"}"#,
        r#"{"show":"c3"}"#,
        r#"{"open":"/sale"}"#,
        r#"{"open":"https://other.test/","newTab":true}"#,
        r#"{"chat":{"message":"hi"}}"#,
        r#"[{"track":"D"},{"close":true}]"#,
    ];
    let campaigns = (0..5).map(|number| {
        let trigger = pick(&[
            r#"{"event":"A"}"#,
            r#"{"event":"A"}"#,
            r#"{"event":"B"}"#,
            r#"{"event":"C"}"#,
            r#"{"event":"Message Clicked"}"#,
            r#"{"event":"Message Dismissed"}"#,
            r#"{"event":"B","after":"20s"}"#,
            r#"{"dwell":"15s"}"#,
        ]);
        let more = pick(&[
            "",
            "",
            r#","queue":"1m""#,
            r#","limits":{"afterDismiss":["30s","5m"]}"#,
            r#","limits":{"untilClicked":true}"#,
            r#","limits":{"cooldown":"30s"}"#,
        ]);
        let mut message = || {
            let layout =
                pick(&[r##""inline","slot":"#slot""##, r#""modal""#, r#""modal""#, r#""toast","dismiss":{"after":"6s","today":true}"#]);
            let (first, mut second) = (pick(&actions), pick(&actions));
            // An event names a click's first action: of two buttons that begin alike it does not tell which was pressed.
            while kind(first) == kind(second) && kind(first) != "show" {
                second = pick(&actions);
            }
            format!(
                r#"{{"layout":{layout},"blocks":[{{"text":"hi"}},{{"button":"b0","action":{first}}},{{"button":"b1","action":{second}}}]}}"#
            )
        };
        let shown = if number == 4 {
            format!(r#""steps":[{{"id":"s","message":{}}},{{"id":"t","after":"5s","message":{}}}]"#, message(), message())
        } else {
            format!(r#""message":{}"#, message())
        };
        format!(r#""c{number}":{{"priority":{number},"trigger":{trigger}{more},{shown}}}"#)
    });
    config(&campaigns.collect::<Vec<_>>().join(","))
}

fn visit(seed: u64) -> (String, Vec<String>, Vec<String>) {
    let mut dice = seed;
    let mut page = Page::new(&any(&mut dice));
    let mut done = String::new();
    for _ in 0..25 {
        page.pass([1, 300, 1_500, 4_000, 9_000, 33_000][random(&mut dice) as usize % 6]);
        let what = ["A", "A", "B", "C", "D", "b0", "b0", "b1", "b1", "dismiss", "dismiss", "today", "page", "show"]
            [random(&mut dice) as usize % 14];
        done += &format!("{} {what}\n", page.host.now - host::NOON);
        match what {
            "b0" | "b1" => _ = page.press(what),
            "dismiss" | "today" => page.close(what),
            "page" => {
                page.host.page("https://shop.test/b");
                page.look();
            }
            "show" => page.show("c2"),
            event => page.track(event),
        }
    }
    page.pass(3_000);
    let (live, replayed) = page.both();
    (format!("{}\n{done}", page.config), live, replayed)
}

#[test]
fn whatever_a_visitor_does_a_replay_decides_as_the_page_did() {
    let given = std::env::var("DANGOL_SEED").ok().and_then(|seed| seed.parse().ok());
    let seeds = given.map_or(0..60, |seed: u64| seed..seed + 1);
    let mut decided = 0;
    for seed in seeds {
        let (told, live, replayed) = visit(seed);
        assert_eq!(replayed, live, "DANGOL_SEED={seed}\n{told}");
        decided += live.len();
    }
    assert!(given.is_some() || decided > 500, "{decided}");
}

#[test]
fn what_a_visitor_exported_is_a_journey() {
    let config = r##"{ "version": 1, "timezone": "Asia/Seoul", "campaigns": {
        "page": { "trigger": { "page": "/cart" }, "audience": { "traits.name": "지은", "cart.count": 1 }, "message": { "layout": "inline", "slot": "#slot", "blocks": [{ "text": "a" }] } } } }"##;
    let mut page = Page::new(config);
    page.host.call(r#""call":"identify","user":"m1","data":{"name":"지은"}"#);
    page.host.call(r#""call":"track","name":"Product Added","data":{"product_id":"a","price":1000}"#);
    page.host.page("https://shop.test/cart");
    let exported = page.host.query("export");
    let journey = exported.get("journey").unwrap();
    assert!(journey.as_list().unwrap().iter().all(|line| line.get("type").is_none()));
    let replayed = replay(&parse(config).unwrap(), journey, &Value::Null);
    let outcomes: Vec<_> = replayed.list("decisions").iter().map(|decision| decision.text("outcome").unwrap()).collect();
    assert_eq!(outcomes, ["shown"], "{replayed:?}");
    assert_eq!(replayed.at("document.page.path").unwrap(), &Value::from("/cart"));
    assert_eq!(replayed.at("document.session.pageViews"), exported.at("document.session.pageViews"));
}
