//! Coupons: what a configuration says of one, and the wallet of those a visitor holds.

use super::fields::{ADDRESS, Fields, wrong};
use super::message::url::{self, Purpose};
use super::message::{CouponState, CouponView, check};
use super::problem::{Place, Problems, sentence, shown};
use super::text;
use super::time::{Millis, SECOND, parse_duration, parse_iso, to_iso};
use super::value::{Text, Value};

/// A coupon as configured.
#[derive(Clone, Debug, PartialEq)]
pub struct Coupon {
    /// Its key in the configuration.
    pub id: Text,
    /// Its name, plain or by language.
    pub name: Value,
    /// Where its code comes from.
    pub source: Source,
    /// When it ends.
    pub expiry: Expiry,
    /// Where it is applied, with `{code}`.
    pub apply: Option<Text>,
    /// How many a visitor may hold.
    pub per_visitor: f64,
    /// The event that redeems it.
    pub redeemed_event: Text,
    /// The property of that event that holds the code.
    pub redeemed_property: Text,
}

/// Where a code comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// One code for everyone.
    Code(Text),
    /// Unique codes from the shop's issuer.
    Issuer {
        /// Where to ask.
        url: Text,
        /// How long to wait for an answer.
        timeout: Millis,
    },
}

/// When a coupon ends.
#[derive(Clone, Debug, PartialEq)]
pub enum Expiry {
    /// Never.
    Never,
    /// At a moment.
    At(Millis),
    /// Some time after it was issued.
    AfterIssue(Millis),
    /// Some time after a date in the visitor's document, `traits.signedUpAt`.
    AfterDate(Millis, Text),
}

impl Coupon {
    /// Reads the coupon `id`; `None` where it cannot be used.
    pub fn read(id: &str, value: &Value, place: &Place, problems: &mut Problems) -> Option<Self> {
        let fields = Fields::of(value, place, problems)?;
        fields.only(&["name", "code", "issue", "expires", "apply", "perVisitor", "redeemed", "description"], problems);
        let source = match (fields.get("code"), fields.get("issue")) {
            (Some(Value::Text(code)), None) if code_in(code).is_some() => code_in(code).map(|code| Source::Code(code.into())),
            (None, Some(issue)) => read_issuer(issue, &place.key("issue"), problems),
            _ => {
                let message = "a coupon needs either \"code\" (a text) or \"issue\" {\"url\"}, not both; found {0}";
                problems.error(place, "coupon-source", sentence(message, [shown(value)]));
                None
            }
        };
        let expiry = match fields.get("expires") {
            None => Some(Expiry::Never),
            Some(value) => read_expiry(value, &place.key("expires"), problems),
        };
        let apply = fields.object("apply", problems).and_then(|apply| read_apply(apply, &place.key("apply"), problems));
        let redeemed = fields.object("redeemed", problems);
        if let Some(redeemed) = redeemed {
            let here = place.key("redeemed");
            if let Some(fields) = Fields::of(redeemed, &here, problems) {
                fields.only(&["event", "property"], problems);
                fields.text("event", problems);
                fields.text("property", problems);
            }
        }
        if let Some(name) = fields.get("name") {
            check::text(name, &place.key("name"), problems);
        }
        let word = |key: &str, default: &str| redeemed.and_then(|redeemed| redeemed.text(key)).unwrap_or(default).into();
        Some(Coupon {
            id: id.into(),
            name: fields.get("name").cloned().unwrap_or_else(|| id.into()),
            source: source?,
            expiry: expiry?,
            apply,
            per_visitor: fields.count("perVisitor", problems).unwrap_or(1.0),
            redeemed_event: word("event", "Order Completed"),
            redeemed_property: word("property", "coupon"),
        })
    }

    /// What a preview shows of it.
    pub fn sample(&self, now: Millis, document: &Value) -> CouponView<'_> {
        CouponView {
            id: &self.id,
            key: &self.id,
            name: &self.name,
            code: match &self.source {
                Source::Code(code) => code,
                Source::Issuer { .. } => "SAMPLE-1234",
            },
            state: CouponState::Issued,
            expires: self.expires_at(Some(now), document),
            copied: None,
            can_apply: self.apply.is_some(),
        }
    }

    /// When a coupon issued at `issued` ends, given the visitor's document; `None` for never, or where that only its
    /// issuing will tell.
    pub fn expires_at(&self, issued: Option<Millis>, document: &Value) -> Option<Millis> {
        match &self.expiry {
            Expiry::Never => None,
            Expiry::At(at) => Some(*at),
            Expiry::AfterIssue(after) => Some(issued? + after),
            Expiry::AfterDate(after, path) => {
                let from = document.at(path).and_then(|date| match date {
                    Value::Text(text) => parse_iso(text),
                    Value::Number(at) => Some(*at as Millis),
                    _ => None,
                });
                Some(from.or(issued)? + after)
            }
        }
    }
}

/// The code in a text, if there is one that can be seen and typed.
pub fn code_in(text: &str) -> Option<&str> {
    let code = text.trim();
    let is_seen = |c| matches!(c, '!'..='~' | '\u{c0}'..='\u{1fff}' | '\u{3001}'..='\u{d7ff}');
    (code.chars().any(is_seen) && !code.chars().any(char::is_control)).then_some(code)
}

fn read_issuer(value: &Value, place: &Place, problems: &mut Problems) -> Option<Source> {
    let fields = Fields::of(value, place, problems)?;
    fields.only(&["url", "timeout"], problems);
    let timeout = fields.duration("timeout", problems).unwrap_or(5 * SECOND);
    let address = |value: &'_ Value| value.as_text().filter(|url| url::allow(url, "", Purpose::Image).is_some()).map(Text::from);
    match fields.read("url", ADDRESS, problems, address) {
        Some(url) => Some(Source::Issuer { url, timeout }),
        None if fields.get("url").is_some() => None,
        None => {
            problems.error(&place.key("url"), "missing-key", "an issuer needs a url, such as \"/coupons\"");
            None
        }
    }
}

fn read_apply(value: &Value, place: &Place, problems: &mut Problems) -> Option<Text> {
    let fields = Fields::of(value, place, problems)?;
    fields.only(&["url"], problems);
    // The braces of `{code}` belong into no address, so a letter stands for them.
    let is_allowed = |url: &&str| url::allow(&text::replace(url, "{code}", "c"), "", Purpose::Image).is_some();
    let url = fields.read("url", ADDRESS, problems, |value| value.as_text().filter(is_allowed));
    match url {
        Some(url) if !text::contains(url, "{code}") => {
            problems.warn(&place.key("url"), "no-code", "the address has no {code}, so every visitor applies the same");
        }
        None if fields.get("url").is_none() => {
            problems.error(&place.key("url"), "missing-key", "apply needs a url, such as \"/discount/{code}\"")
        }
        _ => {}
    }
    url.map(Text::from)
}

fn read_expiry(value: &Value, place: &Place, problems: &mut Problems) -> Option<Expiry> {
    if let Some(fields) = value.as_object().and_then(|_| Fields::of(value, place, problems)) {
        fields.only(&["after", "from"], problems);
        fields.text("from", problems);
    }
    let found = match value {
        Value::Text(text) => parse_iso(text).map(Expiry::At),
        Value::Object(_) => value.text("after").and_then(parse_duration).map(|after| match value.text("from") {
            None | Some("issued") => Expiry::AfterIssue(after),
            Some(path) => Expiry::AfterDate(after, path.into()),
        }),
        _ => None,
    };
    if found.is_none() {
        wrong(problems, place, "an ISO 8601 time or {\"after\": \"7d\", \"from\": \"issued\"}", value);
    }
    found
}

/// How far a coupon has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Asked for, no code yet.
    Issuing,
    /// The issuer gave none; asking again is possible.
    Failed,
    /// The visitor holds a code.
    Issued,
    /// The code was copied.
    Copied,
    /// The code was put into the cart.
    Applied,
    /// An order used it.
    Redeemed,
}

impl State {
    /// The state of a coupon with a code, by its name.
    pub fn with_code(name: Option<&str>) -> State {
        let named = STATES.iter().skip(2).find(|(_, known)| Some(*known) == name);
        named.map_or(State::Issued, |(state, _)| *state)
    }
}

const STATES: [(State, &str); 6] = [
    (State::Issuing, "issuing"),
    (State::Failed, "failed"),
    (State::Issued, "issued"),
    (State::Copied, "copied"),
    (State::Applied, "applied"),
    (State::Redeemed, "redeemed"),
];

/// A coupon in the visitor's wallet.
#[derive(Clone, Debug, PartialEq)]
pub struct Held {
    /// The coupon's id.
    pub coupon: Text,
    /// The idempotency key it was asked for with: a lost answer never mints a second code.
    pub key: Text,
    /// The code, once there is one.
    pub code: Option<Text>,
    /// How far it has come.
    pub state: State,
    /// When it was issued (or first asked for).
    pub issued_at: Millis,
    /// When it ends.
    pub expires_at: Option<Millis>,
    /// Whether it ends so long after its issue, by the visitor's time, and not at a moment of the device's clock.
    pub lasts: bool,
    /// The campaign that gave it.
    pub campaign: Text,
    /// The variant that gave it.
    pub variant: Option<Text>,
}

impl Held {
    /// Whether `reference`, an id or a key, means this coupon.
    pub fn is(&self, reference: &str) -> bool {
        &*self.coupon == reference || &*self.key == reference
    }

    /// When it ends by the device's clock, which the visitor's time is `ahead` of.
    pub fn end(&self, ahead: Millis) -> Option<Millis> {
        self.expires_at.map(|end| if self.lasts { end - ahead } else { end })
    }

    /// Whether its time is over when the visitor's is `now`, `ahead` of the device's clock.
    pub fn is_over(&self, (now, ahead): (Millis, Millis)) -> bool {
        self.end(ahead).is_some_and(|end| end <= now - ahead)
    }

    /// Whether it can still be used then.
    pub fn is_usable(&self, moment: (Millis, Millis)) -> bool {
        self.code.is_some() && self.state != State::Redeemed && !self.is_over(moment)
    }

    /// The state's name, `expired` included.
    pub fn state_name(&self, moment: (Millis, Millis)) -> &'static str {
        if self.state != State::Redeemed && self.is_over(moment) {
            return "expired";
        }
        STATES.iter().find(|(state, _)| *state == self.state).map_or("issued", |(_, name)| name)
    }

    /// The coupon as stored in the shared state.
    pub fn to_value(&self) -> Value {
        crate::object! {
            "coupon" => self.coupon.clone(), "key" => self.key.clone(), "code" => self.code.clone(),
            "state" => STATES.iter().find(|(state, _)| *state == self.state).map_or("issued", |(_, name)| name),
            "at" => self.issued_at, "ends" => self.expires_at, "lasts" => self.lasts, "campaign" => self.campaign.clone(), "variant" => self.variant.clone(),
        }
        .into()
    }

    /// Reads the stored form; `None` where it is damaged.
    pub fn from_value(value: &Value) -> Option<Self> {
        let state = value.text("state").and_then(|name| STATES.iter().find(|(_, known)| *known == name))?.0;
        Some(Held {
            coupon: value.text("coupon")?.into(),
            key: value.text("key")?.into(),
            code: value.text("code").map(Text::from),
            state,
            issued_at: value.number("at")? as Millis,
            expires_at: value.number("ends").map(|at| at as Millis),
            lasts: value.flag("lasts"),
            campaign: value.text("campaign").unwrap_or_default().into(),
            variant: value.text("variant").map(Text::from),
        })
    }

    /// The coupon as `coupons()` gives it.
    pub fn to_public(&self, moment: (Millis, Millis), coupon: Option<&Coupon>) -> Value {
        let mut object = crate::object! {
            "coupon" => self.coupon.clone(), "code" => self.code.clone(), "state" => self.state_name(moment),
            "issuedAt" => to_iso(self.issued_at), "campaign" => self.campaign.clone(),
        };
        if let Some(coupon) = coupon {
            object.set("name", coupon.name.clone());
        }
        if let Some(end) = self.end(moment.1) {
            object.set("expiresAt", to_iso(end));
        }
        if let Some(variant) = &self.variant {
            object.set("variant", variant.clone());
        }
        object.into()
    }
}
