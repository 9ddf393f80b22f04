//! A recorded journey through a configuration: the same engine as on the page, with a clock made of the journey's
//! timestamps (CONTRACT §1, `replay`). The same input gives the same bytes on every host.

mod agent;

use super::consent::Consent;
use super::engine::{Effect, Engine, Log};
use super::event::{Event, IDENTIFIED, PAGE_VIEWED};
use super::json;
use super::shared::Shared;
use super::time::{MINUTE, Millis, parse_duration, parse_iso, to_iso};
use super::value::{Object, Text, Value};

/// A replay under way: journeys longer than memory are fed line by line.
pub struct Replay {
    engine: Engine,
    shared: Option<Text>,
    session: Millis,
    /// When the page closes by itself, counted from the last event. What was shown where none was named leaves then, too.
    closes_at: Option<Millis>,
    now: Millis,
    started: bool,
    start: Value,
    issued: usize,
    lines: usize,
    /// Whether the member is known by now.
    known: bool,
    log: Log,
}

impl Replay {
    /// A replay of `config` under `options` (`{seed, consent, locale}`).
    pub fn new(config: &Value, options: &Value) -> Self {
        // What is not named is granted, but for marketing at night, which needs its own word where anything is said.
        let given = options.get("consent");
        let mut consent = given.map_or(Consent::ALL, |_| Consent::GRANTED);
        consent.update(given.unwrap_or(&Value::Null));
        let locale = options.text("locale").or(config.text("locale")).unwrap_or("en");
        let start = crate::object! {
            "in" => "start", "entropy" => options.text("seed").unwrap_or("dangol"), "stream" => "replay",
            "config" => json::to_text(config),
            "options" => crate::object! { "strict" => true, "memory" => true, "consent" => consent.to_value(), "locale" => locale },
        };
        let session = config.at("settings.session").and_then(Value::as_text).and_then(parse_duration).unwrap_or(30 * MINUTE);
        Replay {
            engine: Engine::new(),
            shared: None,
            session,
            closes_at: None,
            now: 0,
            started: false,
            start: start.into(),
            issued: 0,
            lines: 0,
            known: false,
            log: Log::default(),
        }
    }

    /// Takes one line: a wire event, a tick or a signal. A line without a readable timestamp is left out.
    ///
    /// # Errors
    /// What is wrong with the line, where it is left out.
    pub fn feed(&mut self, line: &Value) -> Result<(), &'static str> {
        self.lines += 1;
        let made;
        let line = match line.get("type") {
            None => {
                made = typed(line);
                &made
            }
            Some(_) => line,
        };
        if let Some(id) = line.text("anonymousId") {
            self.meet(id);
        }
        if let Some(context) = line.get("context").filter(|_| !self.started) {
            self.recognise(context);
        }
        let Some(at) = line.text("timestamp").and_then(parse_iso) else {
            return Err("the line has no timestamp in ISO 8601");
        };
        self.pass(at);
        match line.text("type").unwrap_or_default() {
            "tick" => {}
            "signal" => {
                let mut input = crate::object! { "in" => "signal", "signal" => line.text("signal").unwrap_or_default() };
                input.set("value", signal_value(line.get("value")));
                self.give(at, input);
            }
            "track" | "page" | "identify" => {
                let Some(event) = Event::from_wire(line) else { return Err("the line is no event: a track call needs \"event\"") };
                self.give_event(line, event);
            }
            _ => return Err("the line's type is none of track, page, identify, tick, signal"),
        }
        Ok(())
    }

    /// Says who the visitor is, before the first line: the id that variants are assigned by.
    pub fn meet(&mut self, anonymous_id: &str) {
        if !self.started && self.shared.is_none() && !anonymous_id.is_empty() {
            self.shared = Some(Shared::new(anonymous_id.into()).to_text().into());
        }
    }

    /// Says what the visitor uses, before the first line: the context of a recorded event tells it.
    fn recognise(&mut self, context: &Value) {
        let agent = context.text("userAgent").unwrap_or_default();
        let mut device = crate::object! {};
        if !agent.is_empty() {
            let (kind, system, browser) = agent::read(agent);
            device = crate::object! { "type" => kind, "os" => system, "browser" => browser };
        }
        for (key, told) in [("type", "device.type"), ("os", "os.name"), ("language", "locale"), ("timezone", "timezone")] {
            if let Some(text) = context.at(told).and_then(Value::as_text) {
                device.set(key, text);
            }
        }
        if let (false, Value::Object(start)) = (device.is_empty(), &mut self.start) {
            start.set("device", device);
        }
    }

    /// Makes ready for another visitor, under the same configuration and options.
    pub fn renew(&mut self) {
        if !self.started {
            return;
        }
        self.engine.renew();
        if let Value::Object(start) = &mut self.start {
            // The engine keeps what it compiled.
            start.remove("config");
            start.remove("device");
        }
        self.shared = None;
        self.closes_at = None;
        self.now = 0;
        self.started = false;
        self.issued = 0;
        self.lines = 0;
        self.known = false;
        self.log = Log::default();
    }

    fn give_event(&mut self, line: &Value, event: Event) {
        let at = event.at;
        let id = if event.id.is_empty() {
            let mut id = String::from("line-");
            super::number::push_integer(self.lines as i64, &mut id);
            Text::from(id)
        } else {
            event.id.clone()
        };
        let mut call = crate::object! { "in" => "call", "id" => id, "at" => at, "data" => event.properties.clone() };
        if let Some(session) = &event.session {
            call.set("session", session.clone());
        }
        // Once a member is known every call names them; who was known before the record began is known by the first.
        let told = line.get("userId").filter(|_| !self.known || &*event.name == IDENTIFIED).map(|id| match id {
            Value::Number(_) => json::to_text(id).into(),
            id => Text::from(id.as_text().unwrap_or_default()),
        });
        let user = event.user.clone().or(told);
        if let Some(user) = user.filter(|user| !user.is_empty()) {
            self.known = true;
            call.set("user", user);
        }
        match &*event.name {
            PAGE_VIEWED if line.text("type") == Some("page") => {
                call.set("call", "page");
                call.set("name", line.text("name"));
                let mut page = Object::new();
                for key in ["url", "title", "referrer"] {
                    page.set(key, event.properties.get(key).cloned().unwrap_or_else(|| "".into()));
                }
                call.set("page", page);
            }
            IDENTIFIED if line.text("type") == Some("identify") => {
                call.set("call", "identify");
            }
            name => {
                call.set("call", "track");
                call.set("name", name);
            }
        }
        let opens = &*event.name == PAGE_VIEWED;
        if opens && at >= self.now {
            self.engine.shorten();
        }
        if opens {
            self.give(at, crate::object! { "in" => "signal", "signal" => "pageshow" });
        }
        if !event.own && at >= self.now {
            self.closes_at = Some(at + self.session + 1);
        }
        self.give(at, call);
    }

    /// Lets time pass up to `at`, through every instant at which something happens by itself.
    pub fn pass(&mut self, at: Millis) {
        if !self.started {
            self.started = true;
            self.now = at;
            let start = self.start.clone();
            self.perform(at, &start);
        }
        loop {
            let wake = self.engine.next_wake();
            let close = self.closes_at;
            let Some(next) = wake.into_iter().chain(close).min().filter(|next| *next <= at) else { break };
            if close == Some(next) && wake.is_none_or(|wake| wake > next) {
                self.closes_at = None;
                self.give(next, crate::object! { "in" => "signal", "signal" => "pagehide" });
            } else {
                let before = (self.engine.next_wake(), self.log.decisions.len());
                self.give(next, crate::object! { "in" => "wake" });
                if (self.engine.next_wake(), self.log.decisions.len()) == before {
                    // A timer that moves nothing would ring for ever.
                    break;
                }
            }
        }
        self.give(at, crate::object! { "in" => "wake" });
        self.now = self.now.max(at);
    }

    fn give(&mut self, at: Millis, input: Object) {
        self.perform(at, &input.into());
    }

    /// Gives an input and plays the host: the store answers at once, the issuer has codes without end.
    fn perform(&mut self, at: Millis, input: &Value) {
        let mut waiting = self.engine.apply(at, input);
        waiting.reverse();
        while let Some(effect) = waiting.pop() {
            let answer = match effect {
                Effect::Claim => Some(crate::object! { "in" => "claimed", "shared" => self.shared.clone() }),
                Effect::Save(save) => {
                    if let Some(shared) = save.shared {
                        self.shared = Some(shared.into());
                    }
                    None
                }
                Effect::Issue { key, .. } => {
                    self.issued += 1;
                    let mut code = String::from("REPLAY-");
                    super::number::push_integer(self.issued as i64, &mut code);
                    let body = json::to_text(&crate::object! { "code" => code }.into());
                    Some(crate::object! { "in" => "issued", "key" => key, "status" => 200i64, "body" => body })
                }
                _ => None,
            };
            if let Some(answer) = answer {
                let mut more = self.engine.apply(at, &answer.into());
                more.reverse();
                waiting.extend(more);
            }
        }
        let log = self.engine.take_log();
        self.log.decisions.extend(log.decisions);
        self.log.segments.extend(log.segments);
    }

    /// Ends the replay at `until` (or the last line) and gives the result.
    pub fn finish(mut self, until: Option<Millis>, explain: bool) -> Value {
        if let Some(until) = until.or((!self.started).then_some(0)) {
            self.pass(until);
        }
        let decisions: Vec<Value> = self.log.decisions.iter().map(|decision| decision.to_value()).collect();
        let mut segments = Object::new();
        for id in self.engine.segment_ids() {
            segments.set(&id, Vec::new());
        }
        for (id, at, entered) in &self.log.segments {
            let change: Value = vec![to_iso(*at).into(), if *entered { "enter" } else { "leave" }.into()].into();
            if let Value::List(list) = segments.entry(id) {
                list.push(change);
            }
        }
        let mut result = crate::object! { "decisions" => decisions, "segments" => segments, "document" => self.engine.document(), "coupons" => self.engine.coupons() };
        if explain {
            self.engine.recall(self.log);
            result.set("explanations", self.engine.explain(None));
        }
        result.into()
    }

    /// The ids of the segments the visitor is in now.
    pub fn members(&self) -> Vec<Text> {
        self.engine.members()
    }
}

/// A line without a type is of what `exportData()` gives, where every call is an event.
fn typed(line: &Value) -> Value {
    let mut wire = line.as_object().cloned().unwrap_or_default();
    let properties = line.get("properties").cloned();
    let kind = match line.text("event") {
        Some(PAGE_VIEWED) => {
            wire.set("name", properties.as_ref().and_then(|properties| properties.text("name")).map(Text::from));
            "page"
        }
        Some(IDENTIFIED) => {
            wire.set("traits", properties);
            "identify"
        }
        _ => "track",
    };
    wire.set("type", kind);
    wire.into()
}

/// A signal's value as the page reports it: idle times in milliseconds, scroll in percent.
fn signal_value(value: Option<&Value>) -> Value {
    match value {
        Some(Value::Text(text)) => match parse_duration(text) {
            Some(duration) => duration.into(),
            None => text.clone().into(),
        },
        Some(value) => value.clone(),
        None => Value::Null,
    }
}

/// Replays a whole journey (an array, or NDJSON as one text).
pub fn replay(config: &Value, journey: &Value, options: &Value) -> Value {
    let parsed: Vec<Value>;
    let lines = match journey {
        Value::Text(text) => {
            parsed = text.lines().filter_map(|line| json::parse(line).ok()).collect();
            &parsed
        }
        list => list.as_list().unwrap_or(&[]),
    };
    let until = options.text("until").and_then(parse_iso);
    let mut replay = Replay::new(config, options);
    if let Some(id) = lines.iter().find_map(|line| line.text("anonymousId")) {
        replay.meet(id);
    }
    for line in lines {
        // What lies after the end asked for is not part of the replay.
        if until.is_none_or(|until| time_of(line).is_none_or(|at| at <= until)) {
            let _ = replay.feed(line);
        }
    }
    replay.finish(until, options.flag("explain"))
}

fn time_of(line: &Value) -> Option<Millis> {
    line.text("timestamp").and_then(parse_iso)
}

/// Many visitors, one after the other, through one configuration, compiled once: who is in which segment at a moment.
pub struct Crowd {
    replay: Replay,
    until: Millis,
}

impl Crowd {
    /// A crowd under `config`, asked as of `until`.
    pub fn new(config: &Value, options: &Value, until: Millis) -> Self {
        Crowd { replay: Replay::new(config, options), until }
    }

    /// The segments that hold at the moment asked for one visitor, whose events are given one a line in any order.
    pub fn members(&mut self, lines: &str) -> Vec<Text> {
        self.replay.renew();
        let mut events: Vec<(Millis, Value)> = lines
            .lines()
            .filter_map(|line| {
                let line = json::parse(line).ok()?;
                Some((time_of(&line)?, line))
            })
            .filter(|(at, _)| *at <= self.until)
            .collect();
        events.sort_by_key(|(at, _)| *at);
        let who = |key: &str| events.iter().find_map(|(_, line)| line.text(key));
        if let Some(id) = who("anonymousId").or(who("userId")) {
            self.replay.meet(id);
        }
        for (_, line) in &events {
            let _ = self.replay.feed(line);
        }
        if events.is_empty() {
            return Vec::new();
        }
        self.replay.pass(self.until);
        self.replay.members()
    }
}
