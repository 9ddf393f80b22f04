//! The only entrance: an input and the time go in, effects come out (`docs/boundary.md`).
//!
//! [`Engine::apply`] decides, and everything it decides is an [`Effect`]; it never waits and never fails. What all tabs
//! must agree on is changed only while answering a claim, so that a limit is never spent twice.

mod acting;
mod boot;
mod calls;
mod configuration;
mod consent;
mod deciding;
mod delivery;
pub mod effect;
mod experiments;
mod farewell;
mod identity;
mod page;
mod peers;
mod posting;
mod reacting;
mod recorded;
mod rehearsal;
mod removing;
mod screen;
mod showing;
mod timers;
mod triggers;
mod view;
mod visitor;
mod waiting;
mod wallet;
mod work;

pub use effect::{Effect, Save};

use super::config::Config;
use super::consent::Standing;
use super::decision::{Ask, Decision};
use super::event::Event;
use super::json;
use super::outbox::Outbox;
use super::random::{Ids, Random};
use super::shared::Shared;
use super::time::{Millis, Zone};
use super::value::{Object, Text, Value};
use super::wire::Context;
use crate::domain::list::{Gather, append};
use boot::Options;
use page::OpenPage;
use showing::Showing;
use std::rc::Rc;
use visitor::Visitor;
use work::{Batch, Work};

/// How far the engine has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Not started.
    New,
    /// Nothing may be kept yet; calls wait in memory.
    Pending,
    /// The shared state was asked for; calls wait for it.
    Booting,
    /// At work.
    Running,
}

/// What a replay collects.
#[derive(Clone, Debug, Default)]
pub struct Log {
    /// The decisions, in order.
    pub decisions: Vec<Decision>,
    /// The changes of segments: id, when, entered.
    pub segments: Vec<(Text, Millis, bool)>,
}

/// The engine.
pub struct Engine {
    phase: Phase,
    /// What the host's clock shows. It may have been set back; requests wait by it, all else goes by
    /// the visitor's time, which never runs back.
    wall: Millis,
    options: Options,
    stream: Text,
    seq: u64,
    random: Random,
    ids: Ids,
    config: Config,
    config_text: Option<(Text, Text)>,
    visitor: Visitor,
    standing: Standing,
    record: consent::Record,
    held: Vec<(Millis, Value)>,
    held_bytes: usize,
    /// The size of the input being handled.
    input_bytes: usize,
    /// A second engine in memory that shows what may be shown before consent.
    rehearsal: Option<Box<Engine>>,
    /// What it had shown when the visitor agreed.
    rehearsed: Option<Box<Engine>>,
    farewell: Option<farewell::Farewell>,
    /// The properties that were told to look personal.
    flagged: Vec<Text>,
    shared: Shared,
    /// The shared state as last read or written, to see at once whether another tab changed it.
    shared_text: String,
    /// Nobody has written down who the visitor is since another one was erased.
    unwritten: bool,
    batches: Vec<Batch>,
    /// Whether what is planned next is of another instant.
    is_later: bool,
    claiming: bool,
    page: OpenPage,
    page_open: bool,
    /// Whether the page lies in the background, where nothing has its turn.
    is_hidden: bool,
    screen: Vec<Showing>,
    /// Whether all of the engine is here: a page fetches what draws messages when there is one.
    is_complete: bool,
    /// What was withheld on this page, and since when it would have been in view.
    held_back: Vec<(Text, Option<Millis>)>,
    missing_slots: Vec<Text>,
    outbox: Option<Outbox>,
    context: Context,
    local: u64,
    /// Calls that made no sense, where there is no outbox to count them.
    refused: u64,
    effects: Vec<Effect>,
    save: Save,
    saves: i64,
    /// The events in each save that has not been reported as written.
    unsaved: Vec<(i64, Vec<Text>)>,
    told: Vec<Value>,
    wake_at: Option<Millis>,
    log: Log,
    /// How deep own events have nested: an event of Dangol's may lead to another, but not for ever.
    depth: u8,
    recovered: Vec<Value>,
    former_stream: Text,
    /// What other tabs said while the shared state was on its way.
    heard: Vec<Value>,
    /// Who the visitor was where events were only collected.
    collected: Value,
    /// `show()` calls that wait for their decision: campaign and call.
    waiting_results: Vec<(Text, Text)>,
    /// Inline campaigns whose slot was not on the page when their moment came.
    slotless: Vec<(Text, Ask)>,
    /// Whether the event being recorded is Dangol's own.
    writing_own: bool,
    /// Whether time alone brought it: other page loads may write it too, so it belongs to none of their streams.
    timed: bool,
    /// The changes of segments that the tab's former page had written of calls that are made anew: name and segment.
    rewritten: Vec<(Text, Text)>,
    /// Whether the memberships changed since they were last saved.
    save_members: bool,
    /// The session that the context of events names.
    session_named: u32,
    /// The events that the shop's `beforeSend` looks at, and the drops that each reports.
    filtering: Vec<(Text, Option<Object>)>,
    /// The calls of `flush` that wait for the endpoint's answer.
    flushing: Vec<Text>,
    /// When what waits for its turn was last asked.
    due_at: Millis,
    /// What time brought in a replay while no page was open, for the next one.
    unpaged: Vec<Work>,
    /// The ids of the latest calls.
    taken: Vec<Text>,
    /// Clicks and dismissals in other page loads, which the shared state may not know of.
    acts: Vec<Rc<Event>>,
}

impl Default for Engine {
    fn default() -> Self {
        Self::new()
    }
}

impl Engine {
    /// An engine that waits for its `start` input.
    pub fn new() -> Self {
        let mut config = Config::empty();
        let visitor = Visitor::new(&mut config, Default::default(), Default::default(), (0, 0), Zone::utc());
        Engine {
            phase: Phase::New,
            wall: 0,
            options: Options::default(),
            stream: "".into(),
            seq: 0,
            random: Random::from_entropy(""),
            ids: Ids::default(),
            config,
            config_text: None,
            visitor,
            standing: Standing::Pending,
            record: consent::Record::default(),
            held: Vec::new(),
            held_bytes: 0,
            input_bytes: 0,
            rehearsal: None,
            rehearsed: None,
            farewell: None,
            flagged: Vec::new(),
            shared: Shared::default(),
            shared_text: String::new(),
            unwritten: false,
            batches: Vec::new(),
            is_later: false,
            claiming: false,
            page: OpenPage::new(0, 0, Default::default(), Default::default()),
            page_open: false,
            is_hidden: false,
            screen: Vec::new(),
            is_complete: true,
            held_back: Vec::new(),
            missing_slots: Vec::new(),
            outbox: None,
            context: Context::default(),
            local: 0,
            refused: 0,
            effects: Vec::new(),
            save: Save::default(),
            saves: 0,
            unsaved: Vec::new(),
            told: Vec::new(),
            wake_at: None,
            log: Log::default(),
            depth: 0,
            recovered: Vec::new(),
            former_stream: "".into(),
            heard: Vec::new(),
            collected: Value::Null,
            waiting_results: Vec::new(),
            slotless: Vec::new(),
            writing_own: false,
            timed: false,
            rewritten: Vec::new(),
            save_members: false,
            session_named: 0,
            filtering: Vec::new(),
            flushing: Vec::new(),
            due_at: 0,
            unpaged: Vec::new(),
            taken: Vec::new(),
            acts: Vec::new(),
        }
    }

    /// An engine whose part that draws messages is fetched late: it shows none before the host has told that it is there.
    pub fn apart() -> Self {
        // `..Engine::new()` would move every other field by itself, for half a kilobyte.
        let mut engine = Engine::new();
        engine.is_complete = false;
        engine
    }

    /// An engine as new, for another visitor under the configuration compiled already: `start` then carries none.
    pub fn renew(&mut self) {
        let mut fresh = Engine::new();
        std::mem::swap(&mut fresh.config, &mut self.config);
        fresh.config.behaviours = self.visitor.take_behaviours();
        *self = fresh;
    }

    /// Takes an input as JSON and gives the effects as JSON. `now` is in milliseconds.
    pub fn handle(&mut self, now: Millis, input: &str) -> String {
        self.input_bytes = input.len();
        let effects = match json::parse(input) {
            Ok(input) => self.apply(now, &input),
            Err(_) => Vec::new(),
        };
        effect::to_json(&effects)
    }

    /// Takes an input and gives the effects.
    pub fn apply(&mut self, now: Millis, input: &Value) -> Vec<Effect> {
        self.wall = now;
        self.ids.see(now, &mut self.random);
        self.keep_ahead();
        let now = now.saturating_add(self.visitor.ahead());
        match input.text("in").unwrap_or_default() {
            "start" => self.start(now, input),
            "call" => self.call(now, input),
            "claimed" => self.claimed(now, input.text("shared")),
            kind => {
                self.advance(now);
                if self.phase == Phase::Pending && matches!(kind, "wake" | "signal" | "ui" | "part") {
                    self.rehearse(now, input);
                }
                self.report(kind, input);
            }
        }
        self.finish()
    }

    /// What the host reports, after time has been let pass.
    fn report(&mut self, kind: &str, input: &Value) {
        match kind {
            // The timer is spent, even if it rang a millisecond early: whatever comes next must be asked for anew.
            "wake" => self.wake_at = None,
            "config" => self.reconfigure(input),
            "signal" => self.signal(input),
            "saved" => self.saved(input),
            "locked" => self.locked(input),
            "answer" => self.answered(input),
            "filtered" => self.filtered(input),
            "issued" => self.issued(input),
            "part" => self.completed(input.flag("ok")),
            "ui" => {
                self.look_at_held_back(input);
                self.acted(input);
            }
            "query" => self.query(input),
            "peer" => self.peer(input.get("data").unwrap_or(&Value::Null)),
            _ => {}
        }
    }

    /// What the device's clock shows: moments of the calendar go by it, lengths by the visitor's time.
    fn clock(&self) -> Millis {
        self.now() - self.visitor.ahead()
    }

    /// The largest timestamp seen.
    fn now(&self) -> Millis {
        self.visitor.now()
    }

    /// What was decided since this was last asked.
    pub fn take_log(&mut self) -> Log {
        std::mem::take(&mut self.log)
    }

    /// Gives back what was taken, for explanations to look at.
    pub fn recall(&mut self, log: Log) {
        self.log = log;
    }

    /// The next moment at which time alone does something.
    pub fn next_wake(&mut self) -> Option<Millis> {
        self.next_timer()
    }

    /// What is wrong with the configuration.
    pub fn problems(&self) -> &super::problem::Problems {
        &self.config.problems
    }

    fn notify(&mut self, kind: &'static str, detail: impl Into<Value>) {
        self.effects.push(Effect::Notify { kind, detail: detail.into() });
    }

    fn new_id(&mut self) -> Text {
        self.ids.next(&mut self.random)
    }

    /// Puts the effects of this input in order: permission first, then what is durable, then what is seen.
    fn finish(&mut self) -> Vec<Effect> {
        if self.phase == Phase::Running && !self.claiming && !self.batches.is_empty() {
            self.claiming = true;
            self.effects.push(Effect::Claim);
            // Who leaves the page leaves behind the claim: after it nothing would be decided.
            let effects = std::mem::take(&mut self.effects);
            let (leaving, staying) = effect::sift(effects, |effect| matches!(effect, Effect::Open { new_tab: false, .. }));
            self.effects = staying;
            append(&mut self.effects, leaving);
        }
        self.finish_delivery();
        let effects = std::mem::take(&mut self.effects);
        let (mut out, rest) = effect::sift(effects, |effect| matches!(effect, Effect::Allow { .. } | Effect::Wipe(_)));
        let mut save = std::mem::take(&mut self.save);
        if !self.filtering.is_empty() {
            // An event is kept whole, once the shop has looked at it: journey, memberships, wire text, promise.
            std::mem::swap(&mut self.save.state, &mut save.state);
            std::mem::swap(&mut self.save.events, &mut save.events);
            std::mem::swap(&mut self.save.journey, &mut save.journey);
            std::mem::swap(&mut self.save.settle, &mut save.settle);
        }
        if !save.is_empty() {
            self.saves += 1;
            save.number = self.saves;
            self.unsaved.push((self.saves, save.events.iter().map(|(id, _)| id.clone()).gather()));
            out.push(Effect::Save(save));
        } else if !save.settle.is_empty() {
            out.push(Effect::Settle(save.settle));
        }
        // Ahead of a claim, which tells more: the others hear of a reset before they hear who has come since.
        if !self.told.is_empty() {
            let told = std::mem::take(&mut self.told);
            out.push(Effect::Broadcast(told.into()));
        }
        append(&mut out, rest);
        let next = if self.phase == Phase::New { None } else { self.next_timer() }.map(|at| at.saturating_sub(self.visitor.ahead()));
        if next != self.wake_at {
            self.wake_at = next;
            out.push(Effect::Wake(next));
        }
        out
    }
}
