//! The start: what a former page left is taken up, and nothing is kept before the visitor's consent allows it.

use super::consent::Record;
use super::delivery::texts_by_id;
use super::page::{slots_of, watch_list};
use super::reacting::is_act;
use super::visitor::Visitor;
use super::{Effect, Engine, Phase};
use crate::domain::consent::Standing;
use crate::domain::event::Event;
use crate::domain::host;
use crate::domain::journey::Journey;
use crate::domain::json;
use crate::domain::list::{Gather, append, keep, take_out};
use crate::domain::order;
use crate::domain::outbox::{self, Outbox};
use crate::domain::profile::Profile;
use crate::domain::random::Random;
use crate::domain::shared::{Queued, Shared};
use crate::domain::time::{MINUTE, Millis, Zone};
use crate::domain::value::{Text, Value};
use crate::domain::wire::Context;
use std::rc::Rc;

/// How long a message whose page was left before it was seen is still worth showing.
const SERVE_AGAIN: Millis = 30 * MINUTE;

/// What the host said at the start.
#[derive(Clone, Debug, Default)]
pub(super) struct Options {
    pub(super) locale: Text,
    pub(super) persistent: bool,
    /// Whether the shop looks at events before they are sent.
    pub(super) filter: bool,
    /// Whether the shop gave a function for tokens.
    pub(super) auth: bool,
    /// A replay takes every line as it is: nothing that is late by the clock fires.
    pub(super) strict: bool,
    /// Whether the browser sends Global Privacy Control.
    pub(super) global_control: bool,
    pub(super) device: Value,
    pub(super) page: Value,
    pub(super) endpoint: Option<Value>,
}

impl Engine {
    /// Takes up the options and what was stored; see `start` in `docs/boundary.md`.
    pub(super) fn start(&mut self, now: Millis, input: &Value) {
        if self.phase != Phase::New {
            return;
        }
        let nothing = Value::Null;
        let options = input.get("options").unwrap_or(&nothing);
        let stored = input.get("stored").unwrap_or(&nothing);
        self.stream = input.text("stream").unwrap_or_default().into();
        self.random = Random::from_entropy(input.text("entropy").unwrap_or_default());
        self.options = Options {
            locale: options.text("locale").unwrap_or_default().into(),
            persistent: !options.flag("memory"),
            filter: options.flag("filter"),
            strict: options.flag("strict"),
            auth: options.flag("auth"),
            global_control: options.flag("gpc"),
            device: device(input),
            page: input.get("page").cloned().unwrap_or_default(),
            endpoint: options.get("endpoint").filter(|endpoint| !matches!(endpoint, Value::Null)).cloned(),
        };
        let record = stored.text("consent").and_then(|text| json::parse(text).ok());
        self.read_config(input, stored);
        self.standing = match &record {
            Some(record) => Standing::read(record.get("consent").unwrap_or(&nothing)),
            None => self.starting_value(options.get("consent").unwrap_or(&nothing)),
        };
        self.record = record.as_ref().map(Record::read).unwrap_or_default();
        self.restore(now, stored);
        self.keep_ahead();
        self.make_context();
        if let Some(recovered) = stored.get("recovered") {
            self.former_stream = text(recovered, "stream");
            self.recovered = vec![recovered.clone()];
        }
        let overflow = input.number("overflow").unwrap_or(0.0) as usize;
        if let Some(outbox) = &mut self.outbox {
            for _ in 0..overflow.min(100_000) {
                outbox.count_dropped(outbox::Reason::Overflow);
            }
        }
        if !options.flag("crawlers") && is_crawler(&text(&self.options.device, "userAgent")) {
            // A crawler is no visitor: nothing is tracked, and calls settle at once.
            return;
        }
        self.collected = stored.text("collect").and_then(|text| json::parse(text).ok()).unwrap_or_default();
        self.watch();
        match self.standing {
            Standing::Pending => {
                self.phase = Phase::Pending;
                let newest = self.config_text.clone().map(|(text, _)| text);
                let text = newest.or_else(|| stored.get("config").and_then(|config| config.text("text")).map(Text::from));
                self.begin_rehearsal(now, &text.unwrap_or_default());
                // The decision may have been the last thing on the page that was left.
                for call in stored.get("recovered").unwrap_or(&nothing).list("calls") {
                    if call.text("call") == Some("consent") {
                        self.call(now, call);
                    }
                }
            }
            Standing::Decided(_) => self.begin(),
        }
    }

    /// What the shop says to begin with, as far as the browser's own signal lets it.
    fn starting_value(&self, given: &Value) -> Standing {
        match Standing::read(given) {
            Standing::Decided(consent) => {
                let mut value = consent.to_value();
                self.heed_global_control(&mut value);
                Standing::read(&value)
            }
            pending => pending,
        }
    }

    /// What all events of this page load say about it.
    fn make_context(&mut self) {
        let device = &self.options.device;
        let (timezone, agent) = (text(device, "timezone"), text(device, "userAgent"));
        self.context = Context::new(env!("CARGO_PKG_VERSION"), &self.options.locale, &timezone, &agent, &self.stream);
        self.set_context_page();
        if let (Standing::Decided(_), Value::Object(consent)) = (self.standing, self.standing.consent().to_value()) {
            self.context.set_consent(&consent);
        }
    }

    /// Events from here on have nothing in common with those before, not even the page load.
    pub(super) fn new_stream(&mut self) {
        self.stream = self.new_id();
        self.seq = 0;
        self.make_context();
    }

    /// Restores journey, document and memberships from what was stored.
    fn restore(&mut self, now: Millis, stored: &Value) {
        let state = stored.text("state").and_then(|text| json::parse(text).ok()).unwrap_or_default();
        let base = state.get("base").and_then(Profile::from_value).unwrap_or_default();
        let mut journey = Journey::new();
        let read = |text: &Value| {
            let value = json::parse(text.as_text()?).ok()?;
            Some((value.number("o").unwrap_or(0.0) as i64, Rc::new(Event::from_stored(&value)?)))
        };
        let mut events: Vec<(i64, Rc<Event>)> = stored.list("journey").iter().filter_map(read).gather();
        // Events of one millisecond keep the order in which they came, which their ids do not tell.
        order::sort_by(&mut events, |(left_place, left), (right_place, right)| {
            (left.at, left_place, &left.id).cmp(&(right.at, right_place, &right.id))
        });
        for (_, event) in events {
            journey.insert(event);
        }
        let last = journey.last_at().unwrap_or(0);
        let oldest = journey.events().first().map_or(now, |event| event.at);
        let zone = Zone::spanning(&self.config.timezone, oldest, now).unwrap_or_else(Zone::utc);
        // Time is let pass by the first input, so that what changed meanwhile is stamped with its own instant.
        // A late event may lie before instants that were passed already: the state says how far time had come.
        let passed = state.number("now").unwrap_or(0.0) as Millis;
        let since = if last > 0 { last.max(passed) } else { now };
        self.visitor = Visitor::new(&mut self.config, base, journey, (since, 0), zone);
        if last > 0 {
            // Without device and id a segment about them would seem to have changed while the page was away.
            let known = stored.text("shared").and_then(Shared::from_text).unwrap_or_default();
            self.visitor.set_host(&self.config, self.options.device.clone(), &known.anonymous_id);
            self.visitor.settle(&self.config);
            if let Some(members) = state.get("members").and_then(Value::as_list) {
                self.visitor.restore_members(&self.config, members);
                self.visitor.touch_all();
            }
        }
        if let Some(settings) = self.options.endpoint.as_ref().and_then(outbox::Settings::from_value) {
            let mut settings = settings;
            settings.auth = self.options.auth;
            // Where CloudEvents say they come from: the shop's origin.
            let page = host::parse_url(self.options.page.text("url").unwrap_or_default(), None).unwrap_or_default();
            let mut source = page.protocol;
            source.push_str("//");
            source.push_str(&page.host);
            settings.source = source.into();
            let mut outbox = Outbox::new(settings, self.random.clone(), now);
            if let Some(delivery) = state.get("delivery") {
                outbox.restore(delivery, now);
            }
            self.outbox = Some(outbox);
        }
    }

    /// Consent is there: the shared state is asked for, and calls wait until it comes.
    pub(super) fn begin(&mut self) {
        self.phase = Phase::Booting;
        let consent = self.standing.consent();
        self.end_rehearsal();
        self.allow(consent);
        self.purge_at_start(consent);
        self.claiming = true;
        self.effects.push(Effect::Claim);
    }

    /// The shared state has come: the visitor is who it says, and what waited is done.
    pub(super) fn boot(&mut self, now: Millis, shared: Option<&str>) {
        match shared.and_then(|text| Shared::from_text(text).map(|shared| (text, shared))) {
            Some((text, shared)) => {
                self.shared = shared;
                self.shared_text = text.into();
            }
            None => {
                // Whoever was met where the engine could not run stays who they are.
                let known = self.collected.text("anonymousId").filter(|id| !id.is_empty()).map(Text::from);
                // So does whoever was assigned to a variant or held out before they agreed.
                let known = known.or_else(|| Some(self.rehearsed.as_ref()?.shared.anonymous_id.clone()));
                let id = known.unwrap_or_else(|| self.new_id());
                self.shared = Shared::new(id);
                self.shared.user_id = self.collected.text("userId").map(Text::from);
            }
        }
        if !self.standing.consent().personalization {
            self.shared = self.shared.identity();
        }
        self.phase = Phase::Running;
        self.tell_host();
        self.compact();
        if !self.options.strict {
            self.keep_config();
        }
        for data in std::mem::take(&mut self.heard) {
            self.peer(&data);
        }
        let acts = self.visitor.journey().events().iter().filter(|event| is_act(event)).cloned();
        append(&mut self.acts, acts);
        self.recover(now);
        self.see_what_was_acted_on();
        self.serve_again();
        self.held_bytes = 0;
        for (at, call) in std::mem::take(&mut self.held) {
            self.call(at, &call);
        }
        self.take_up_rehearsal();
        self.look_at_consent();
        self.ask_again();
    }

    /// Messages that a former page of this tab decided but nobody saw are given back and served again.
    fn serve_again(&mut self) {
        let former = std::mem::replace(&mut self.former_stream, "".into());
        if former.is_empty() {
            return;
        }
        for exposure in take_out(&mut self.shared.exposures, |exposure| exposure.stage.is_open() && exposure.stream == former) {
            self.requeue(&exposure);
        }
    }

    /// Puts a display that nobody saw back into the queue, where it is not bound to a page that is gone.
    pub(super) fn requeue(&mut self, exposure: &crate::domain::shared::Exposure) {
        let Some(campaign) = self.config.campaign(&exposure.campaign) else { return };
        let Some(step) = campaign.step(exposure.step.as_ref()) else { return };
        // Nobody has looked at a page in the background yet: what is bound to it comes when somebody does.
        let is_here = self.is_hidden && exposure.at >= self.page.since;
        let mut until = exposure.at + SERVE_AGAIN;
        let comes = (!exposure.page_bound || is_here) && exposure.attention && until > self.now();
        // The next step counts from the display that comes later, and waits only in case that none does: a page brings its own.
        if let Some(next) = campaign.steps.get(step + 1) {
            keep(&mut self.shared.waits, |wait| {
                let is_next = wait.campaign == exposure.campaign && wait.step == next.id;
                !is_next || !(exposure.page_bound || (comes && wait.due <= until))
            });
        }
        if !comes {
            return;
        }
        // It waits once: of two only one would ever be let go, and the other be due for ever.
        keep(&mut self.shared.queue, |queued| {
            let same = queued.campaign == exposure.campaign && queued.step == exposure.step;
            if same {
                until = until.max(queued.until);
            }
            !same
        });
        self.shared.queue.push(Queued {
            campaign: exposure.campaign.clone(),
            step: exposure.step.clone(),
            since: exposure.since,
            until,
            page: exposure.page_bound.then(|| self.page_name().into()),
            reason: "outranked".into(),
            lost_to: None,
        });
    }

    /// What the tab's former page could not finish: its events, then the calls it had not settled.
    fn recover(&mut self, now: Millis) {
        for recovered in std::mem::take(&mut self.recovered) {
            let calls = recovered.list("calls");
            let is_call = |id: &str| calls.iter().any(|call| call.text("id") == Some(id));
            // Another tab has made somebody else of the visitor, or erased them, while this one was elsewhere. Whom one of the
            // calls brought that tab may have written down.
            let who = recovered.list("who");
            if !who.is_empty()
                && !who.iter().any(|id| id.as_text() == Some(&self.shared.anonymous_id))
                && !is_call(&self.shared.anonymous_id)
            {
                continue;
            }
            let texts = texts_by_id(recovered.list("events"));
            // Their events come behind: what time brings once it has reached them depends on them.
            let first = calls.first().map_or(now, |call| self.time_of(call, now));
            for (id, text) in texts_by_id(recovered.list("journey")) {
                if is_call(&id) {
                    continue;
                }
                let event = json::parse(&text).ok().and_then(|value| Event::from_stored(&value));
                if let Some(event) = event {
                    // What time had brought before is no consequence of it.
                    self.advance(event.at.min(first));
                    let segment = event.properties.get("segment").and_then(Value::as_text);
                    if let Some(segment) = segment.filter(|_| event.own && !Self::is_shared_id(&event.id)) {
                        self.rewritten.push((event.name.clone(), segment.into()));
                    }
                    self.take_in(event, false);
                }
            }
            let others: Vec<(Text, Text)> = texts.iter().filter(|(id, _)| !is_call(id)).cloned().gather();
            self.learn(&others, self.wall);
            let here = self.options.page.clone();
            for call in calls {
                let mut call = call.clone();
                let known = call.text("id").and_then(|id| texts.iter().find(|(known, _)| &**known == id)).map(|(_, text)| text.clone());
                if let Some(text) = known {
                    call.make_object().set("text", text);
                }
                if let Some(id) = call.text("id") {
                    self.fire_again(id, now);
                }
                let at = self.time_of(&call, now);
                self.call(at, &call);
            }
            self.options.page = here;
            self.set_context_page();
            self.rewritten.clear();
        }
    }

    pub(super) fn watch(&mut self) {
        // A slot counts as there until the host has looked: a replay has no page to look at.
        if !self.options.strict {
            self.missing_slots = slots_of(&self.config);
        }
        self.effects.push(Effect::Watch(watch_list(&self.config)));
    }
}

/// The marks of crawlers that say who they are. Automated browsers do not, and are visitors like any other; so is a telephone
/// of the maker Cubot.
const CRAWLERS: [&str; 13] = [
    "bot/",
    "bot;",
    "bot-",
    "bot +",
    "spider",
    "crawler",
    "yeti/",
    "slurp",
    "facebookexternalhit",
    "mediapartners-google",
    "e; daum",
    "google-inspectiontool",
    "googleother",
];

fn is_crawler(agent: &str) -> bool {
    let agent = agent.to_ascii_lowercase();
    CRAWLERS.iter().any(|mark| crate::domain::text::contains(&agent, mark))
}

fn text(value: &Value, key: &str) -> Text {
    value.text(key).unwrap_or_default().into()
}

/// The device as the document shows it, and what only the wire needs.
fn device(input: &Value) -> Value {
    input.get("device").cloned().unwrap_or_default()
}
