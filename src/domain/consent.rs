//! What the visitor allowed (CONTRACT §1): each purpose gates exactly what it names.

use super::value::Value;

/// The purposes, each allowed or not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Consent {
    /// Sending events to the shop's backend.
    pub analytics: bool,
    /// Keeping a journey and deciding over it.
    pub personalization: bool,
    /// Campaigns for marketing.
    pub marketing: bool,
    /// Campaigns for marketing in quiet hours.
    pub marketing_night: bool,
}

/// What is known of the visitor's decision.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    /// Nothing was decided yet: nothing is stored, sent or shown.
    #[default]
    Pending,
    /// Decided.
    Decided(Consent),
}

/// The names of the purposes.
pub const PURPOSES: [&str; 4] = ["analytics", "personalization", "marketing", "marketingNight"];

impl Consent {
    /// What `"granted"` means: all but night-time marketing, which always needs a word of its own.
    pub const GRANTED: Consent = Consent { analytics: true, personalization: true, marketing: true, marketing_night: false };

    /// Everything allowed, as `replay` assumes.
    pub const ALL: Consent = Consent { marketing_night: true, ..Self::GRANTED };

    /// Whether the purpose called `name` is allowed.
    pub fn allows(&self, name: &str) -> bool {
        match name {
            "analytics" => self.analytics,
            "personalization" => self.personalization,
            "marketing" => self.marketing,
            "marketingNight" => self.marketing_night,
            _ => false,
        }
    }

    /// Takes over the purposes that `update` names and leaves the others.
    pub fn update(&mut self, update: &Value) {
        for (name, slot) in [
            ("analytics", &mut self.analytics),
            ("personalization", &mut self.personalization),
            ("marketing", &mut self.marketing),
            ("marketingNight", &mut self.marketing_night),
        ] {
            if let Some(allowed) = update.get(name).and_then(Value::as_bool) {
                *slot = allowed;
            }
        }
    }

    /// The consent as it is stored and sent.
    pub fn to_value(self) -> Value {
        crate::object! {
            "analytics" => self.analytics,
            "personalization" => self.personalization,
            "marketing" => self.marketing,
            "marketingNight" => self.marketing_night,
        }
        .into()
    }
}

impl Standing {
    /// Reads `options.consent`: `"granted"`, `"denied"`, `"pending"` or an object of purposes.
    pub fn read(value: &Value) -> Self {
        match value {
            Value::Text(word) if &**word == "granted" => Standing::Decided(Consent::GRANTED),
            Value::Text(word) if &**word == "denied" => Standing::Decided(Consent::default()),
            Value::Object(_) => {
                let mut consent = Consent::default();
                consent.update(value);
                Standing::Decided(consent)
            }
            _ => Standing::Pending,
        }
    }

    /// What is allowed now; nothing while pending.
    pub fn consent(self) -> Consent {
        match self {
            Standing::Pending => Consent::default(),
            Standing::Decided(consent) => consent,
        }
    }
}
