//! A campaign's message as a tree, without an engine: for previews, and for golden tests of shops.

use super::{moment, zone};
use crate::domain::campaign::{Campaign, Purpose, Variant};
use crate::domain::config::Config;
use crate::domain::json;
use crate::domain::message::{self, CouponState, CouponView, Scene};
use crate::domain::value::{Object, Value};

/// The tree of a campaign's message for `document`; `Null` where the campaign, step or variant does not exist.
///
/// `options`: `variant`, `step` (ids; the first ones where absent), `locale`, `now` (ISO 8601), `answers` (for
/// `branch`), `coupons` (`{id: {code, expiresAt, state}}`; a sample where absent).
pub fn render(config: &Value, campaign: &str, document: &Value, options: &Value) -> Value {
    let config = Config::compile(config);
    let Some(campaign) = config.campaign(campaign) else { return Value::Null };
    let Some(variant) = find(campaign, options) else { return Value::Null };
    let now = moment(options.get("now")).unwrap_or(0);
    let zone = zone(Some(&config.timezone), now);
    let given = options.get("coupons");
    let coupons: Vec<CouponView> = config
        .coupons
        .iter()
        .map(|coupon| {
            let own = given.and_then(|given| given.get(&coupon.id));
            let mut view = coupon.sample(now, document);
            view.code = own.and_then(|own| own.text("code")).unwrap_or(view.code);
            view.expires = moment(own.and_then(|own| own.get("expiresAt"))).or(view.expires);
            view.state = state(own);
            view.copied = match own.and_then(|own| own.text("state")) {
                Some("copied") => Some(true),
                Some("uncopied") => Some(false),
                _ => None,
            };
            view
        })
        .collect();
    let nothing = Value::Object(Object::new());
    let rendered = message::compose(
        &variant.message,
        &Scene {
            doc: document,
            locale: options.text("locale").unwrap_or(&config.locale),
            fallback: &config.locale,
            currency: &config.currency,
            zone: &zone,
            now,
            words: config.settings.raw.get("words"),
            label: config.settings.label.as_deref().filter(|_| campaign.purpose == Purpose::Marketing).unwrap_or(""),
            receipt: config.settings.receipt,
            why: &campaign.why,
            data: None,
            refusal: config.settings.privacy.refusal && campaign.purpose == Purpose::Marketing,
            page: document.at("page.url").and_then(Value::as_text).unwrap_or_default(),
            coupons: &coupons,
            answers: options.get("answers").unwrap_or(&nothing),
            sent: &[],
            transcript: &[],
            is_away: false,
            matches: &|when, answers| crate::domain::condition::evaluate_lenient(when, answers, &Value::Null),
        },
    );
    let mut text = String::new();
    match rendered {
        Some(rendered) => rendered.tree.to_json(&mut text),
        None => return Value::Null,
    }
    json::parse(&text).unwrap_or_default()
}

/// How far a coupon has come that a preview describes.
fn state(given: Option<&Value>) -> CouponState {
    match given.and_then(|given| given.text("state")) {
        Some("issuing") => CouponState::Issuing,
        Some("failed") => CouponState::Failed,
        Some("applied") => CouponState::Applied,
        Some("redeemed") => CouponState::Redeemed,
        Some("expired") => CouponState::Expired,
        _ => CouponState::Issued,
    }
}

fn find<'a>(campaign: &'a Campaign, options: &Value) -> Option<&'a Variant> {
    let step = match options.text("step") {
        Some(wanted) => campaign.steps.iter().find(|step| step.id.as_deref() == Some(wanted))?,
        None => campaign.steps.first()?,
    };
    match options.text("variant") {
        Some(wanted) => step.variants.iter().find(|variant| variant.id.as_deref() == Some(wanted)),
        None => step.variants.first(),
    }
}
