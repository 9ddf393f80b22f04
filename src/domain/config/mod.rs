//! A configuration, read and compiled once (CONTRACT §2). Whatever is wrong is reported; the rest runs.

use super::behaviour::Behaviours;
use super::campaign::{Campaign, Hours};
use super::compiler::{Compiler, limits};
use super::condition::{Condition, Dependencies};
use super::coupon::Coupon;
use super::fields::{Fields, wrong};
use super::message::check::{self, Known};
use super::problem::{PROSE, Place, Problems, sentence};
use super::profile;
use super::time::{DAY, Millis, SECOND};
use super::value::{Object, Text, Value};
use crate::domain::list::{Gather, filled};

mod privacy;
mod values;

pub use privacy::{Minors, Personal, Privacy};

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

/// A segment: a name for a condition.
#[derive(Debug)]
pub struct Segment {
    /// Its key in the configuration.
    pub id: Text,
    /// The name its marketer gave it.
    pub name: Text,
    /// Who is in it; nobody where it could not be read.
    pub when: Option<Condition>,
    /// What its answer depends on.
    pub needs: Dependencies,
}

/// The settings of CONTRACT §2.
#[derive(Debug)]
pub struct Settings {
    /// How the document is folded: session, stages, lifecycle, affinity.
    pub profile: profile::Settings,
    /// How many events the journey keeps.
    pub retain_events: usize,
    /// How many days the journey keeps.
    pub retain_days: i64,
    /// How much attention all campaigns together may take.
    pub attention: Attention,
    /// When marketing keeps silent.
    pub quiet: Option<QuietHours>,
    /// The label before advertising, `(광고)`.
    pub label: Option<Text>,
    /// Document and event paths that never leave the device.
    pub local_only: Vec<Text>,
    /// The parameters of an address that may be kept; all where absent.
    pub url_query: Option<Vec<Text>>,
    /// Whether messages carry a receipt ("why do I see this?").
    pub receipt: bool,
    /// What limits how a visitor may be addressed.
    pub privacy: Privacy,
    /// `theme` and `words`, as the message module reads them.
    pub raw: Value,
}

/// How much of the visitor's attention all campaigns together may take.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Attention {
    /// Overlays in one session.
    pub per_session: f64,
    /// Overlays on one calendar day.
    pub per_day: f64,
    /// The least time between two.
    pub min_gap: Millis,
}

/// When campaigns of a purpose keep silent.
#[derive(Clone, Debug, PartialEq)]
pub struct QuietHours {
    /// The hours, in the shop's time zone.
    pub hours: Hours,
    /// Whether only marketing is meant.
    pub marketing_only: bool,
    /// The consent that lifts them.
    pub unless_consent: Option<Text>,
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
const SETTINGS: [&str; 18] = [
    "session",
    "retain",
    "stages",
    "attention",
    "quietHours",
    "advertisingLabel",
    "localOnly",
    "theme",
    "lifecycle",
    "affinity",
    "receipt",
    "urlQuery",
    "words",
    "globalPrivacyControl",
    "refusal",
    "reconfirm",
    "minors",
    "personalData",
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
        let nothing = Value::Object(Object::new());
        let value = match Fields::of(value, &root, &mut compiler.problems) {
            Some(_) => value,
            None => &nothing,
        };
        let fields = Fields::of(value, &root, &mut compiler.problems);
        if let Some(fields) = &fields {
            fields.only(&KEYS, &mut compiler.problems);
            if let Some(version) = fields.get("version").filter(|version| version.as_number() != Some(1.0)) {
                wrong(&mut compiler.problems, &root.key("version"), "version 1, the only one there is", version);
            }
        }
        if let Some(fields) = &fields {
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
        let settings_value = value.get("settings").unwrap_or(&Value::Null);
        let mut settings = Settings::read(settings_value, &root.key("settings"), &mut compiler.problems);
        let mut behaviours = Behaviours::new(settings.retain_days);
        let segments = compile_segments(value.get("segments"), &root.key("segments"), &mut compiler, &mut behaviours);
        let coupons = items(value.get("coupons"), &root.key("coupons"), &mut compiler.problems)
            .into_iter()
            .filter_map(|(id, item)| Coupon::read(id, item, &root.key("coupons").key(id), &mut compiler.problems))
            .gather();
        let here = root.key("campaigns");
        let mut campaigns = Vec::new();
        for (id, item) in items(value.get("campaigns"), &here, &mut compiler.problems) {
            let place = here.key(id);
            let mut campaign = Campaign::compile(id, item, &place, &mut compiler, &mut behaviours);
            let before = compiler.problems.errors();
            check_messages(&campaign, item, &coupons, &place, &mut compiler);
            campaign.invalid |= compiler.problems.errors() > before;
            campaigns.push(campaign);
        }
        super::order::sort_by(&mut campaigns, |left, right| left.id.cmp(&right.id));
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

/// Reports what is wrong with a campaign's messages.
fn check_messages(campaign: &Campaign, item: &Value, coupons: &[Coupon], place: &Place, compiler: &mut Compiler) {
    let campaigns = compiler.campaigns.as_deref().unwrap_or(&[]);
    let known = Known {
        has_coupon: &|id| coupons.iter().any(|coupon| &*coupon.id == id),
        has_campaign: &|id| campaigns.binary_search_by(|each| (**each).cmp(id)).is_ok(),
    };
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

fn compile_segments(value: Option<&Value>, place: &Place, compiler: &mut Compiler, behaviours: &mut Behaviours) -> Vec<Segment> {
    let items = items(value, place, &mut compiler.problems);
    compiler.segments = items.iter().map(|(id, _)| Text::from(*id)).gather();
    let mut segments: Vec<Segment> = Vec::new();
    for (id, item) in &items {
        let here = place.key(id);
        let before = compiler.problems.errors();
        let mut segment =
            Segment { id: (*id).into(), name: item.text("name").unwrap_or(id).into(), when: None, needs: Dependencies::default() };
        if let Some(fields) = Fields::of(item, &here, &mut compiler.problems) {
            fields.only(&["name", "when", "description", "tags"], &mut compiler.problems);
            fields.text("name", &mut compiler.problems);
            match fields.get("when") {
                Some(when) => segment.when = Condition::compile(when, &here.key("when"), compiler, behaviours),
                None => {
                    compiler.problems.error(&here.key("when"), "missing-key", "a segment needs a condition \"when\"; {} holds everyone")
                }
            }
        }
        if compiler.problems.errors() > before {
            segment.when = None;
        }
        if let Some(when) = &segment.when {
            segment.needs = when.dependencies();
        }
        segments.push(segment);
    }
    switch_off_circles(&mut segments, place, &mut compiler.problems);
    segments
}

/// Switches off segments that depend on themselves, directly or through others.
fn switch_off_circles(segments: &mut [Segment], place: &Place, problems: &mut Problems) {
    let ranks = ranks(segments);
    let circles: Vec<bool> =
        (0..segments.len()).map(|index| ranks.get(index).copied().flatten().is_none() && leads_back(segments, index)).gather();
    for (index, segment) in segments.iter_mut().enumerate() {
        if ranks.get(index).copied().flatten().is_none() && segment.when.is_some() {
            let how = match circles.get(index) {
                Some(true) => "\" depends on itself through $segment; break the circle",
                _ => "\" depends through $segment on one that depends on itself; break that circle",
            };
            let message = sentence(&["segment \"", &segment.id, how]);
            problems.error(&place.key(&segment.id).key("when"), "segment-circle", message);
            segment.when = None;
            segment.needs = Dependencies::default();
        }
    }
}

/// Whether a segment depends on itself; only asked where the words are shown.
fn leads_back(segments: &[Segment], start: usize) -> bool {
    let mut seen = filled(segments.len(), || false);
    let mut open = vec![start as u32];
    while let Some(below) = open.pop().filter(|_| PROSE).and_then(|index| segments.get(index as usize)) {
        for next in &below.needs.segments {
            if *next as usize == start {
                return true;
            }
            if let Some(seen) = seen.get_mut(*next as usize).filter(|seen| !**seen) {
                *seen = true;
                open.push(*next);
            }
        }
    }
    false
}

/// For each segment how many steps of `$segment` lie below it; `None` for those in or above a circle.
///
/// Kahn's algorithm: what depends on nothing open comes next.
pub fn ranks(segments: &[Segment]) -> Vec<Option<u32>> {
    let mut above: Vec<Vec<usize>> = filled(segments.len(), Vec::new);
    let mut open: Vec<usize> = Vec::with_capacity(segments.len());
    for (index, segment) in segments.iter().enumerate() {
        open.push(segment.needs.segments.len());
        for below in &segment.needs.segments {
            if let Some(list) = above.get_mut(*below as usize) {
                list.push(index);
            }
        }
    }
    let mut ranks = filled(segments.len(), || None);
    let mut ready: Vec<(usize, u32)> = open.iter().enumerate().filter(|(_, left)| **left == 0).map(|(index, _)| (index, 0)).gather();
    while let Some((index, rank)) = ready.pop() {
        if let Some(slot) = ranks.get_mut(index) {
            *slot = Some(rank);
        }
        for next in above.get(index).into_iter().flatten() {
            if let Some(left) = open.get_mut(*next) {
                *left = left.saturating_sub(1);
                if *left == 0 {
                    let highest = segments.get(*next).map_or(0, |segment| {
                        segment.needs.segments.iter().filter_map(|below| ranks.get(*below as usize).copied().flatten()).max().unwrap_or(0)
                    });
                    ready.push((*next, highest.max(rank) + 1));
                }
            }
        }
    }
    ranks
}

impl Settings {
    fn read(value: &Value, place: &Place, problems: &mut Problems) -> Self {
        let nothing = Value::Object(Object::new());
        let value = if matches!(value, Value::Null) { &nothing } else { value };
        let mut settings = Settings {
            profile: profile::Settings::decode(Some(value), place, problems),
            retain_events: 2_000,
            retain_days: 400,
            attention: Attention { per_session: 3.0, per_day: 6.0, min_gap: 30 * SECOND },
            quiet: None,
            label: None,
            local_only: Vec::new(),
            url_query: None,
            receipt: true,
            privacy: Privacy::default(),
            raw: value.clone(),
        };
        // The document's settings were read above, and with them what is wrong with the whole.
        let Some(fields) = value.as_object().and_then(|_| Fields::of(value, place, problems)) else { return settings };
        fields.only(&SETTINGS, problems);
        settings.retain_events = settings.profile.retain.events.min(100_000);
        settings.retain_days = (settings.profile.retain.age / DAY).min(4_000);
        if let Some(attention) = fields.get("attention") {
            let here = place.key("attention");
            if let Some(fields) = Fields::of(attention, &here, problems) {
                fields.only(&["perSession", "perDay", "minGap"], problems);
                let default = settings.attention;
                settings.attention = Attention {
                    per_session: fields.count("perSession", problems).unwrap_or(default.per_session),
                    per_day: fields.count("perDay", problems).unwrap_or(default.per_day),
                    min_gap: fields.duration("minGap", problems).unwrap_or(default.min_gap),
                };
            }
        }
        if let Some(quiet) = fields.get("quietHours") {
            let here = place.key("quietHours");
            if let Some(hours) = Hours::read(quiet, &here, problems)
                && let Some(fields) = Fields::of(quiet, &here, problems)
            {
                fields.only(&["from", "to", "purpose", "unlessConsent"], problems);
                let unless = fields.choice("unlessConsent", &super::consent::PURPOSES, problems);
                let purpose = fields.choice("purpose", &["marketing", "service"], problems);
                settings.quiet =
                    Some(QuietHours { hours, marketing_only: purpose != Some("service"), unless_consent: unless.map(Text::from) });
            }
        }
        settings.label = fields.text("advertisingLabel", problems).filter(|label| !label.is_empty()).map(Text::from);
        let texts = |list: &Value| list.as_list()?.iter().map(|item| item.as_text().map(Text::from)).collect::<Option<Vec<Text>>>();
        settings.local_only =
            fields.read("localOnly", "a list of paths such as [\"traits.birthday\"]", problems, texts).unwrap_or_default();
        settings.url_query = fields.read("urlQuery", "a list of parameter names", problems, texts);
        if let Some(receipt) = fields.read("receipt", "true or false", problems, Value::as_bool) {
            settings.receipt = receipt;
        }
        settings.privacy = Privacy::read(&fields, place, problems);
        values::check_look(&fields, place, problems);
        settings
    }
}
