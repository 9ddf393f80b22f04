//! What a message is drawn from besides its configuration.

use super::localized;
use super::template::{self, Context};
use super::words::Word;
use crate::domain::time::{Millis, Zone};
use crate::domain::value::Value;

/// How far a coupon has come, as its card shows it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CouponState {
    /// The issuer has been asked and has not answered.
    #[default]
    Issuing,
    /// There is a code.
    Issued,
    /// It was applied to the cart.
    Applied,
    /// An order used it.
    Redeemed,
    /// Its time is over.
    Expired,
    /// The issuer failed or has no codes left.
    Failed,
}

/// One coupon as the visitor holds it.
#[derive(Clone, Copy, Debug)]
pub struct CouponView<'a> {
    /// Its id in the configuration.
    pub id: &'a str,
    /// What tells it from others of the same id: its idempotency key.
    pub key: &'a str,
    /// Its name, localized.
    pub name: &'a Value,
    /// Its code, once there is one.
    pub code: &'a str,
    /// How far it has come.
    pub state: CouponState,
    /// When it ends.
    pub expires: Option<Millis>,
    /// Whether its code was just copied, for the button's feedback, or the browser refused that.
    pub copied: Option<bool>,
    /// Whether the shop has an address that applies it.
    pub can_apply: bool,
}

impl CouponView<'_> {
    /// Whether it can be used at `now`, or soon.
    pub fn is_live(&self, now: Millis) -> bool {
        !matches!(self.state, CouponState::Redeemed | CouponState::Expired) && self.expires.is_none_or(|end| now < end)
    }
}

/// One line of a chat.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Whether the visitor said it, not the shop.
    pub is_visitor: bool,
    /// What was said.
    pub text: String,
}

/// Everything a message depends on at one moment. The engine fills it anew for each drawing.
pub struct Scene<'a> {
    /// The visitor's document, with `event` as it was when the message was decided.
    pub doc: &'a Value,
    /// The reader's locale.
    pub locale: &'a str,
    /// The configuration's locale, the fallback of localized texts.
    pub fallback: &'a str,
    /// The configuration's currency.
    pub currency: &'a str,
    /// The configuration's time zone.
    pub zone: &'a Zone,
    /// Now, by the device's clock.
    pub now: Millis,
    /// `settings.words`.
    pub words: Option<&'a Value>,
    /// `settings.advertisingLabel` for a campaign of marketing purpose, else empty.
    pub label: &'a str,
    /// `settings.receipt`: offer "why am I seeing this?".
    pub receipt: bool,
    /// Why it is shown, in the campaign's own words; null where the page has to find out.
    pub why: &'a Value,
    /// What this device holds about the visitor, a line each, once they have asked: the activity's length, the coupons,
    /// the ids.
    pub data: Option<(usize, usize, &'a str)>,
    /// Whether to offer to refuse more messages of marketing purpose.
    pub refusal: bool,
    /// The address of the page, for relative links.
    pub page: &'a str,
    /// The coupons of this message that the engine knows of.
    pub coupons: &'a [CouponView<'a>],
    /// Answers given so far: an object from input names to values.
    pub answers: &'a Value,
    /// The forms that were sent: the message's own, 0, and those of its branches, counted from one.
    pub sent: &'a [usize],
    /// The lines of the scripted chat after its greeting.
    pub transcript: &'a [Line],
    /// Whether the visitor wanted to talk and nobody is there, so that they are asked how to be reached.
    pub is_away: bool,
    /// Whether a condition holds over the answers, for `branch`.
    pub matches: &'a dyn Fn(&Value, &Value) -> bool,
}

/// The longest text of a message in bytes: a browser lays a megabyte out for minutes, and nobody reads it.
const LONGEST: usize = 20_000;

impl<'a> Scene<'a> {
    /// A localized template, filled; amounts and dates as they are written in the language that it is in.
    pub fn text(&self, value: &Value) -> String {
        let (locale, template) =
            localized::spoken(value, self.locale, self.fallback).unwrap_or((self.locale, value.as_text().unwrap_or_default()));
        let context = Context { locale, currency: self.currency, zone: self.zone };
        let mut text = template::render(template, self.doc, &context);
        if text.len() > LONGEST {
            let end = (0..=LONGEST).rev().find(|end| text.is_char_boundary(*end));
            text.truncate(end.unwrap_or(0));
        }
        text
    }

    /// The localized template under `key`, filled; empty where there is none.
    pub fn text_at(&self, value: &Value, key: &str) -> String {
        value.get(key).map(|value| self.text(value)).unwrap_or_default()
    }

    /// One of Dangol's own words.
    pub fn word(&self, word: Word) -> &'a str {
        word.text(self.words, self.locale, self.fallback)
    }

    /// A coupon by id: the newest that is still of use, else the newest.
    pub fn coupon(&self, id: &str) -> Option<&CouponView<'a>> {
        let mut all = self.coupons.iter().rev().filter(|coupon| coupon.id == id);
        let newest = all.clone().next();
        all.find(|coupon| coupon.is_live(self.now)).or(newest)
    }
}
