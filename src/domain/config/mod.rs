//! A configuration, read and compiled once (CONTRACT §2). Whatever is wrong is reported; the rest runs.

use super::behaviour::Behaviours;
use super::campaign::Campaign;
use super::compiler::{Compiler, limits};
use super::coupon::Coupon;
use super::fields::{Fields, wrong};
use super::message::check::{self, Known};
use super::problem::{Place, Problems};
use super::value::{Object, Text, Value};
use crate::domain::list::Gather;

mod privacy;
mod segments;
mod settings;
mod values;

pub use privacy::{Minors, Personal, Privacy};
pub use segments::{Segment, ranks};
pub use settings::{Attention, QuietHours, Settings};

/// The whole configuration.
#[derive(Debug)]
pub struct Config {
    /// Grows with every change the shop publishes.
    pub revision: i64,
    /// The shop's IANA time zone.
    pub timezone: Text,
    /// The shop's language, where a text has none for the visitor's.
    pub locale: Text,
    /// The shop's currency, ISO 4217.
    pub currency: Text,
    /// The lists that `$inGroup` names.
    pub groups: Object,
    /// The segments.
    pub segments: Vec<Segment>,
    /// The coupons.
    pub coupons: Vec<Coupon>,
    /// The campaigns, by id.
    pub campaigns: Vec<Campaign>,
    /// The settings.
    pub settings: Settings,
    /// All behavioural clauses, without any visitor's events.
    pub behaviours: Behaviours,
    /// The document paths that conditions read, by slot.
    pub paths: Vec<Text>,
    /// What is wrong.
    pub problems: Problems,
}

const KEYS: [&str; 13] = [
    "$schema",
    "version",
    "revision",
    "timezone",
    "locale",
    "currency",
    "groups",
    "segments",
    "coupons",
    "campaigns",
    "settings",
    "name",
    "description",
];
impl Config {
    /// A configuration without segments and campaigns: events are tracked and the document is kept.
    pub fn empty() -> Self {
        Self::compile(&Value::Object(Object::new()))
    }

    /// Compiles a configuration. It never fails: what cannot be read is in `problems` and switched off.
    pub fn compile(value: &Value) -> Self {
        let mut compiler = Compiler::default();
        let root = Place::Root;
        let fields = Fields::of(value, &root, &mut compiler.problems);
        let nothing = Value::Object(Object::new());
        let value = if fields.is_some() { value } else { &nothing };
        if let Some(fields) = &fields {
            fields.only(&KEYS, &mut compiler.problems);
            if let Some(version) = fields.get("version").filter(|version| version.as_number() != Some(1.0)) {
                wrong(&mut compiler.problems, &root.key("version"), "version 1, the only one there is", version);
            }
            values::check_root(fields, &root, &mut compiler);
        }
        let text = |key: &str, default: &str| -> Text { value.text(key).unwrap_or(default).into() };
        let ids = |key: &str| {
            let items = value.get(key).and_then(Value::as_object).into_iter().flat_map(|items| items.iter());
            let mut ids: Vec<Text> = items.map(|(id, _)| id.clone()).gather();
            super::order::sort(&mut ids);
            Some(ids)
        };
        compiler.groups = ids("groups");
        compiler.campaigns = ids("campaigns");
        let mut settings = Settings::read(value.get("settings"), &root.key("settings"), &mut compiler.problems);
        let mut behaviours = Behaviours::new(settings.retain_days);
        let segments = segments::compile(value.get("segments"), &root.key("segments"), &mut compiler, &mut behaviours);
        let coupons = items(value.get("coupons"), &root.key("coupons"), &mut compiler.problems)
            .into_iter()
            .filter_map(|(id, item)| Coupon::read(id, item, &root.key("coupons").key(id), &mut compiler.problems))
            .gather();
        let campaigns = compile_campaigns(value, &root.key("campaigns"), &coupons, &mut compiler, &mut behaviours);
        settings.profile.currency = value.text("currency").map(Text::from);
        Config {
            revision: value.number("revision").unwrap_or(0.0) as i64,
            timezone: text("timezone", "UTC"),
            locale: text("locale", "en"),
            currency: text("currency", ""),
            groups: value.get("groups").and_then(Value::as_object).cloned().unwrap_or_default(),
            segments,
            coupons,
            campaigns,
            settings,
            behaviours,
            paths: compiler.paths.list().to_vec(),
            problems: compiler.problems,
        }
    }

    /// The campaign with an id.
    pub fn campaign(&self, id: &str) -> Option<&Campaign> {
        self.campaigns.get(self.index_of(id)?)
    }

    /// The index of the campaign with an id.
    pub fn index_of(&self, id: &str) -> Option<usize> {
        self.campaigns.binary_search_by(|campaign| (*campaign.id).cmp(id)).ok()
    }

    /// The coupon with an id.
    pub fn coupon(&self, id: &str) -> Option<&Coupon> {
        self.coupons.iter().find(|coupon| &*coupon.id == id)
    }
}

/// Compiles the campaigns, by id; one with a message that cannot be drawn is invalid.
fn compile_campaigns(
    config: &Value,
    place: &Place,
    coupons: &[Coupon],
    compiler: &mut Compiler,
    behaviours: &mut Behaviours,
) -> Vec<Campaign> {
    let mut campaigns = Vec::new();
    for (id, item) in items(config.get("campaigns"), place, &mut compiler.problems) {
        let here = place.key(id);
        let mut campaign = Campaign::compile(id, item, &here, compiler, behaviours);
        let before = compiler.problems.errors();
        check_messages(&campaign, item, Known { coupons, config, campaigns: &[] }, &here, compiler);
        campaign.invalid |= compiler.problems.errors() > before;
        campaigns.push(campaign);
    }
    super::order::sort_by(&mut campaigns, |left, right| left.id.cmp(&right.id));
    campaigns
}

/// Reports what is wrong with a campaign's messages.
fn check_messages(campaign: &Campaign, item: &Value, known: Known, place: &Place, compiler: &mut Compiler) {
    let known = Known { campaigns: compiler.campaigns.as_deref().unwrap_or(&[]), ..known };
    let problems = &mut compiler.problems;
    let list = |key: &'static str| place.key(key);
    for (index, step) in campaign.steps.iter().enumerate() {
        for (number, variant) in step.variants.iter().enumerate() {
            let (steps, variants, message) = (list("steps"), list("variants"), list("message"));
            let (in_step, in_variant) = (steps.index(index), variants.index(number));
            let of_step = in_step.key("variants");
            let step_variant = of_step.index(number);
            let here = match (item.get("steps").is_some(), step.variants.len() > 1 || item.get("variants").is_some()) {
                (false, false) => message,
                (false, true) => in_variant.key("message"),
                (true, false) => in_step.key("message"),
                (true, true) => step_variant.key("message"),
            };
            check::message(&variant.message, &here, &known, problems);
        }
    }
}

/// The entries of an object of items, at most as many as are allowed.
fn items<'a>(value: Option<&'a Value>, place: &Place, problems: &mut Problems) -> Vec<(&'a str, &'a Value)> {
    let Some(value) = value else { return Vec::new() };
    let Some(object) = value.as_object() else {
        wrong(problems, place, "an object of items by id", value);
        return Vec::new();
    };
    if object.len() > limits::ITEMS {
        problems.error(place, "too-many", "more than 10000 items; the rest is switched off");
    }
    object.iter().take(limits::ITEMS).map(|(id, item)| (&**id, item)).gather()
}
