//! The settings that limit what may be done about a visitor: who may be addressed, and what may be kept of them.

use crate::domain::fields::Fields;
use crate::domain::problem::{Place, Problems};
use crate::domain::time::{DAY, Millis, civil_from_days, parse_iso};
use crate::domain::value::{Text, Value};

/// What is done with what looks like an e-mail address or a telephone number in the properties of an event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Personal {
    /// A problem tells the developer.
    #[default]
    Flag,
    /// It leaves the device as a SHA-256 of its normalised form.
    Hash,
    /// Nothing.
    Ignore,
}

/// The guard for children.
#[derive(Clone, Debug, PartialEq)]
pub struct Minors {
    /// The trait that tells: a birthday, an age, or `true`.
    pub name: Text,
    /// Whoever is younger is not addressed.
    pub under: f64,
}

/// The settings of this module.
#[derive(Clone, Debug, PartialEq)]
pub struct Privacy {
    /// Whether the browser's Global Privacy Control switches marketing off until the visitor says otherwise.
    pub global_control: bool,
    /// Whether a message of marketing purpose offers to refuse more of them.
    pub refusal: bool,
    /// How old a consent to marketing may be before it has to be confirmed.
    pub reconfirm: Option<Millis>,
    /// Who is too young for marketing.
    pub minors: Option<Minors>,
    /// What is done with addresses and numbers of persons.
    pub personal: Personal,
}

impl Default for Privacy {
    fn default() -> Self {
        Privacy { global_control: true, refusal: false, reconfirm: None, minors: None, personal: Personal::Flag }
    }
}

impl Privacy {
    pub(super) fn read(fields: &Fields, place: &Place, problems: &mut Problems) -> Self {
        let personal = fields.choice("personalData", &["flag", "hash", "ignore"], problems);
        Privacy {
            global_control: fields.read("globalPrivacyControl", "true or false", problems, Value::as_bool).unwrap_or(true),
            refusal: fields.flag("refusal", problems),
            reconfirm: fields.duration("reconfirm", problems),
            minors: fields.object("minors", problems).and_then(|minors| {
                let here = place.key("minors");
                let fields = Fields::of(minors, &here, problems)?;
                fields.only(&["trait", "under"], problems);
                let name = fields.text("trait", problems);
                if name.is_none() {
                    problems.error(&here.key("trait"), "missing-key", "name the trait that tells a child, such as \"birthday\"");
                }
                Some(Minors { name: name?.into(), under: fields.count("under", problems).unwrap_or(14.0) })
            }),
            personal: match personal {
                Some("hash") => Personal::Hash,
                Some("ignore") => Personal::Ignore,
                _ => Personal::Flag,
            },
        }
    }

    /// Whether a consent to marketing of the moment `given` has to be confirmed at `now`.
    pub fn is_due(&self, given: Option<Millis>, now: Millis) -> bool {
        self.reconfirm.zip(given).is_some_and(|(every, given)| now - given >= every)
    }
}

impl Minors {
    /// Whether the traits tell of somebody younger than the guard's age on the shop's calendar, where it is `now`.
    pub fn covers(&self, traits: Option<&Value>, now: Millis) -> bool {
        match traits.and_then(|traits| traits.at(&self.name)) {
            Some(Value::Bool(young)) => *young,
            Some(Value::Number(age)) => *age < self.under,
            Some(Value::Text(birthday)) => parse_iso(birthday).is_some_and(|born| age_at(born, now) < self.under),
            _ => false,
        }
    }
}

/// Whole years since `born`; 29 February counts on 1 March of other years.
fn age_at(born: Millis, now: Millis) -> f64 {
    let (year, month, day) = civil_from_days(born.div_euclid(DAY));
    let (now_year, now_month, now_day) = civil_from_days(now.div_euclid(DAY));
    (now_year - year - i64::from((now_month, now_day) < (month, day))) as f64
}
