//! A campaign as configured: when it asks to be shown, to whom, how often, and what it says (CONTRACT §2).

mod limits;
mod schedule;
mod trigger;

pub use limits::Limits;
pub use schedule::{Hours, Schedule};
pub use trigger::{EventFilter, Moment, Page, PagePattern, Trigger, parse_query};

use super::compiler::{Compiler, limits as compiler_limits};
use super::condition::{Clauses, Condition};
use super::fields::{Fields, wrong};
use super::problem::{Place, Problems};
use super::time::{DAY, Millis};
use super::value::{Text, Value};

/// What a campaign is for: messages for marketing need the visitor's consent to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Part of the service: a delivery notice, help at the cart.
    Service,
    /// Advertising.
    Marketing,
}

/// A campaign, compiled.
#[derive(Debug)]
pub struct Campaign {
    /// Its key in the configuration.
    pub id: Text,
    /// The name its marketer gave it.
    pub name: Text,
    /// Why it is shown, as the visitor may read it; null where nothing was written.
    pub why: Value,
    /// Whether a part of it could not be read; it is then never shown.
    pub invalid: bool,
    /// Whether it is paused.
    pub paused: bool,
    /// What it is for.
    pub purpose: Purpose,
    /// The signals that must all come on the same page; empty only where invalid.
    pub triggers: Vec<Trigger>,
    /// How long after the trigger it is decided.
    pub after: Millis,
    /// Who may see it; everyone where absent.
    pub audience: Option<Condition>,
    /// The event that cancels it while it waits.
    pub unless: Option<EventFilter>,
    /// Higher wins.
    pub priority: f64,
    /// When it runs.
    pub schedule: Schedule,
    /// How often it may be shown.
    pub limits: Limits,
    /// How long it may wait for its turn.
    pub queue: Millis,
    /// What counts as its success.
    pub goal: Option<Goal>,
    /// The share of visitors, 0 to 1, for whom it is decided and logged but never shown.
    pub holdout: f64,
    /// Whether it may be shown while consent is pending.
    pub before_consent: bool,
    /// How long a wait that is over may look for an open page.
    pub expires: Millis,
    /// Its messages: one or more variants of one step, or several steps.
    pub steps: Vec<Step>,
}

/// What counts as a campaign's success.
#[derive(Debug)]
pub struct Goal {
    /// The event.
    pub event: EventFilter,
    /// How long after an exposure it counts.
    pub within: Millis,
    /// The property that holds its worth.
    pub value: Option<Text>,
}

/// One message of a campaign, in all its variants.
#[derive(Debug)]
pub struct Step {
    /// Its id, for campaigns with `steps`.
    pub id: Option<Text>,
    /// How long after the step before it (the first one: after the trigger).
    pub after: Millis,
    /// Its own condition.
    pub when: Option<Condition>,
    /// The messages to choose from, by weight.
    pub variants: Vec<Variant>,
}

/// One message to choose from.
#[derive(Debug)]
pub struct Variant {
    /// Its id, for campaigns with `variants`.
    pub id: Option<Text>,
    /// Its share.
    pub weight: f64,
    /// The message as configured.
    pub message: Value,
}

/// How a variant's message is placed: it decides whether it takes the visitor's attention.
impl Variant {
    /// The layout's name.
    pub fn layout(&self) -> &str {
        self.message.text("layout").unwrap_or("modal")
    }

    /// Whether it lies in the page's own flow and takes no attention.
    pub fn is_inline(&self) -> bool {
        self.layout() == "inline"
    }

    /// The selector of the element it goes into, for inline messages.
    pub fn slot(&self) -> Option<&str> {
        self.message.text("slot").filter(|_| self.is_inline())
    }
}

/// The keys of a campaign.
const KEYS: [&str; 20] = [
    "name",
    "why",
    "status",
    "purpose",
    "trigger",
    "audience",
    "unless",
    "priority",
    "schedule",
    "limits",
    "queue",
    "goal",
    "holdout",
    "beforeConsent",
    "expires",
    "variants",
    "message",
    "steps",
    "description",
    "tags",
];

impl Campaign {
    /// Compiles the campaign `id`; what cannot be read is reported and makes it invalid, it is never left out.
    pub fn compile(id: &str, value: &Value, place: &Place, compiler: &mut Compiler, clauses: &mut dyn Clauses) -> Self {
        let before = compiler.problems.errors();
        let mut campaign = Campaign {
            id: id.into(),
            name: id.into(),
            why: Value::Null,
            invalid: true,
            paused: false,
            purpose: Purpose::Marketing,
            triggers: Vec::new(),
            after: 0,
            audience: None,
            unless: None,
            priority: 0.0,
            schedule: Schedule::default(),
            limits: Limits::default(),
            queue: 0,
            goal: None,
            holdout: 0.0,
            before_consent: false,
            expires: 14 * DAY,
            steps: Vec::new(),
        };
        if let Some(fields) = Fields::of(value, place, &mut compiler.problems) {
            campaign.read(&fields, place, compiler, clauses);
        }
        campaign.invalid = compiler.problems.errors() > before;
        campaign
    }

    fn read(&mut self, fields: &Fields, place: &Place, compiler: &mut Compiler, clauses: &mut dyn Clauses) {
        let problems = &mut compiler.problems;
        fields.only(&KEYS, problems);
        fields.text("description", problems);
        if let Some(name) = fields.text("name", problems) {
            self.name = name.into();
        }
        if let Some(why) = fields.get("why") {
            crate::domain::message::check::text(why, &place.key("why"), problems);
            self.why = why.clone();
        }
        self.paused = fields.choice("status", &["running", "paused"], problems) == Some("paused");
        if fields.choice("purpose", &["service", "marketing"], problems) == Some("service") {
            self.purpose = Purpose::Service;
        }
        self.priority = fields.read("priority", "a number", problems, Value::as_number).unwrap_or(0.0);
        self.queue = fields.duration("queue", problems).unwrap_or(0);
        self.expires = fields.duration("expires", problems).unwrap_or(14 * DAY);
        self.holdout = fields
            .read("holdout", "a share from 0 to 1, such as 0.1 for 10 %", problems, |value| {
                value.as_number().filter(|share| (0.0..=1.0).contains(share))
            })
            .unwrap_or(0.0);
        self.before_consent = fields.flag("beforeConsent", problems);
        if let Some(value) = fields.get("schedule") {
            self.schedule = Schedule::read(value, &place.key("schedule"), problems);
        }
        if let Some(value) = fields.get("limits") {
            self.limits = Limits::read(value, &place.key("limits"), problems);
        }
        match fields.get("trigger") {
            Some(value) => (self.triggers, self.after) = trigger::read(value, &place.key("trigger"), compiler),
            None => {
                problems.error(&place.key("trigger"), "missing-key", "a campaign needs a trigger; {\"manual\": true} leaves it to show()")
            }
        }
        if let Some(value) = fields.get("audience") {
            self.audience = Condition::compile(value, &place.key("audience"), compiler, clauses);
        }
        if let Some(value) = fields.get("unless") {
            let here = place.key("unless");
            if let Some(fields) = value.as_object().and_then(|_| Fields::of(value, &here, &mut compiler.problems)) {
                fields.only(&["event", "where"], &mut compiler.problems);
            }
            self.unless = EventFilter::read(value, &here, compiler);
        }
        if let Some(value) = fields.get("goal") {
            self.goal = Goal::read(value, &place.key("goal"), compiler);
        }
        self.read_messages(fields, place, compiler, clauses);
    }

    fn read_messages(&mut self, fields: &Fields, place: &Place, compiler: &mut Compiler, clauses: &mut dyn Clauses) {
        let given = [fields.get("message"), fields.get("variants"), fields.get("steps")];
        match given {
            [Some(message), None, None] => self.steps.push(Step::plain(vec![Variant::plain(message)])),
            [None, Some(value), None] => {
                let variants = read_variants(value, &place.key("variants"), &mut compiler.problems);
                self.steps.push(Step::plain(variants));
            }
            [None, None, Some(value)] => match value.as_list() {
                Some(items) if !items.is_empty() => {
                    let list = place.key("steps");
                    if items.len() > compiler_limits::PARTS {
                        compiler.problems.error(&list, "too-many", "more than 100 steps; the rest is switched off");
                    }
                    for (index, item) in items.iter().take(compiler_limits::PARTS).enumerate() {
                        if let Some(step) = Step::read(index, item, &list.index(index), compiler, clauses) {
                            self.steps.push(step);
                        }
                    }
                }
                _ => wrong(&mut compiler.problems, &place.key("steps"), "a list of steps", value),
            },
            [None, None, None] => {
                compiler.problems.error(&place.key("message"), "missing-key", "a campaign needs a message, variants or steps")
            }
            _ => compiler.problems.error(place, "too-many-messages", "message, variants and steps exclude each other; keep one"),
        }
        // The engine tells steps apart by their ids, so two of one id would share their limits and their place.
        let list = place.key("steps");
        for (index, step) in self.steps.iter().enumerate().filter(|(_, step)| step.id.is_some()) {
            if self.steps.iter().take(index).any(|earlier| earlier.id == step.id) {
                let here = list.index(index);
                compiler.problems.error(&here.key("id"), "duplicate-id", "an earlier step has this id");
            }
        }
    }

    /// The index of the step with an id; of a campaign without steps, the only one.
    pub fn step(&self, id: Option<&Text>) -> Option<usize> {
        self.steps.iter().position(|step| step.id.as_ref() == id)
    }

    /// Whether it is only ever shown by `show()` and costs no attention.
    pub fn is_manual(&self) -> bool {
        matches!(self.triggers.as_slice(), [Trigger::Manual])
    }

    /// Whether its moment belongs to the page it fired on, so that it is gone when the page is left.
    pub fn is_page_bound(&self) -> bool {
        !self.triggers.iter().any(|trigger| matches!(trigger, Trigger::Event(_) | Trigger::Segment { .. } | Trigger::Manual))
    }
}

impl Step {
    fn plain(variants: Vec<Variant>) -> Self {
        Step { id: None, after: 0, when: None, variants }
    }

    fn read(index: usize, value: &Value, place: &Place, compiler: &mut Compiler, clauses: &mut dyn Clauses) -> Option<Self> {
        let fields = Fields::of(value, place, &mut compiler.problems)?;
        fields.only(&["id", "after", "when", "message", "variants"], &mut compiler.problems);
        let id = match fields.text("id", &mut compiler.problems) {
            Some(id) => id.into(),
            None => {
                let mut id = String::from("step-");
                super::number::push_integer(index as i64 + 1, &mut id);
                Text::from(id)
            }
        };
        let variants = match (fields.get("message"), fields.get("variants")) {
            (Some(message), None) => vec![Variant::plain(message)],
            (None, Some(list)) => read_variants(list, &place.key("variants"), &mut compiler.problems),
            _ => {
                compiler.problems.error(place, "missing-key", "a step needs either a message or variants");
                Vec::new()
            }
        };
        Some(Step {
            id: Some(id),
            after: fields.duration("after", &mut compiler.problems).unwrap_or(0),
            when: fields.get("when").and_then(|when| Condition::compile(when, &place.key("when"), compiler, clauses)),
            variants,
        })
    }
}

impl Variant {
    fn plain(message: &Value) -> Self {
        Variant { id: None, weight: 1.0, message: message.clone() }
    }
}

fn read_variants(value: &Value, place: &Place, problems: &mut Problems) -> Vec<Variant> {
    let items = value.as_list().unwrap_or(&[]);
    if items.is_empty() {
        wrong(problems, place, "a list of variants", value);
    }
    let mut variants = Vec::new();
    if items.len() > compiler_limits::PARTS {
        problems.error(place, "too-many", "more than 100 variants; the rest is switched off");
    }
    for (index, item) in items.iter().take(compiler_limits::PARTS).enumerate() {
        let here = place.index(index);
        let Some(fields) = Fields::of(item, &here, problems) else { continue };
        fields.only(&["id", "weight", "message", "name"], problems);
        let weight = fields.number("weight", problems).unwrap_or(1.0);
        match (fields.text("id", problems), fields.get("message")) {
            (Some(id), Some(message)) => variants.push(Variant { id: Some(id.into()), weight, message: message.clone() }),
            _ => problems.error(&here, "missing-key", "a variant needs an id and a message"),
        }
    }
    for (index, variant) in variants.iter().enumerate() {
        if variants.iter().take(index).any(|earlier: &Variant| earlier.id == variant.id) {
            let here = place.index(index);
            problems.error(&here.key("id"), "duplicate-id", "an earlier variant has this id");
        }
    }
    if !variants.is_empty() && variants.iter().all(|variant| variant.weight <= 0.0) {
        problems.error(place, "no-weight", "at least one variant needs a weight above 0");
    }
    variants
}

impl Goal {
    fn read(value: &Value, place: &Place, compiler: &mut Compiler) -> Option<Self> {
        let fields = Fields::of(value, place, &mut compiler.problems)?;
        fields.only(&["event", "where", "within", "value"], &mut compiler.problems);
        Some(Goal {
            within: fields.duration("within", &mut compiler.problems).unwrap_or(3 * DAY),
            value: fields.text("value", &mut compiler.problems).map(Text::from),
            event: EventFilter::read(value, place, compiler)?,
        })
    }
}
