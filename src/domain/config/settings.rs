//! What holds for all campaigns: how much attention they may take, when they keep silent, what is kept and sent.

use super::privacy::Privacy;
use super::values;
use crate::domain::campaign::Hours;
use crate::domain::consent::PURPOSES;
use crate::domain::fields::Fields;
use crate::domain::problem::{Place, Problems};
use crate::domain::profile;
use crate::domain::time::{DAY, Millis, SECOND};
use crate::domain::value::{Object, Text, Value};

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

impl Settings {
    pub(super) fn read(value: Option<&Value>, place: &Place, problems: &mut Problems) -> Self {
        let nothing = Value::Object(Object::new());
        let value = value.unwrap_or(&nothing);
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
                let unless = fields.choice("unlessConsent", &PURPOSES, problems);
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
