//! The coupon wallet: issuing once whatever happens to the answer, using, and recognising the order that redeems.

use super::experiments::with;
use super::{Effect, Engine, Work};
use crate::domain::coupon::{Coupon, Held, Source, State, code_in};
use crate::domain::event::Event;
use crate::domain::json;
use crate::domain::list::{Gather, append};
use crate::domain::message::action::coupon_of;
use crate::domain::time::{Millis, parse_iso, to_iso};
use crate::domain::value::{Object, Text, Value};

/// What a visitor did with a coupon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// Its code was copied.
    Copied,
    /// It was put into the cart.
    Applied,
}

impl Use {
    /// What an event says was done, if it is about that.
    pub fn of(event: &str) -> Option<Self> {
        match event {
            "Coupon Copied" => Some(Use::Copied),
            "Coupon Applied" => Some(Use::Applied),
            _ => None,
        }
    }
}

/// A change of the wallet, made inside a claim.
#[derive(Clone, Debug)]
pub enum Move {
    /// The issuer answered: the key, and the code with its end, or none.
    Answered(Text, Option<(Text, Option<Millis>)>),
    /// A coupon moved on; its id or its key.
    Used(Text, Use),
    /// The visitor asks once more; its id or its key.
    Again(Text),
    /// What the shop's server knows of the visitor's coupons.
    Known(Vec<Value>),
    /// A branch of a message was taken; its impression.
    Wanted(Text),
}

impl Engine {
    /// Takes out the coupons that a message shows or acts upon, where the visitor holds none yet: those of a branch once
    /// it is taken.
    #[inline(never)]
    pub(super) fn issue_for(&mut self, impression: &Text) {
        let Some(showing) = self.screen.iter().find(|showing| showing.impression == *impression && !showing.preview) else { return };
        let mut wanted = Vec::new();
        named(showing.message.get("blocks"), &mut wanted);
        if let Some(branch) = showing.branch.checked_sub(1).and_then(|index| showing.message.list("branch").get(index)) {
            named(branch.get("blocks"), &mut wanted);
        }
        let (campaign, variant) = (showing.campaign.clone(), showing.variant.clone());
        for id in wanted {
            self.issue(&id, &campaign, variant.as_ref(), impression);
        }
    }

    fn issue(&mut self, id: &Text, campaign: &Text, variant: Option<&Text>, impression: &str) {
        let now = self.now();
        let Some(coupon) = self.config.coupon(id).cloned() else { return };
        let end = coupon.expires_at(None, &self.visitor.document(&self.config));
        if end.is_some_and(|end| end <= self.clock()) {
            return;
        }
        // A new display is a new attempt, with the same key.
        self.apply_move(Move::Again(id.clone()));
        let mut held = 0.0;
        for other in self.shared.coupons.iter().filter(|other| other.coupon == *id) {
            if other.code.is_none() || other.is_usable(self.moment()) {
                return;
            }
            held += 1.0;
        }
        if held >= coupon.per_visitor {
            return;
        }
        let new = Held {
            coupon: id.clone(),
            key: self.new_id(),
            code: None,
            state: State::Issuing,
            issued_at: now,
            expires_at: end,
            lasts: false,
            campaign: campaign.clone(),
            variant: variant.cloned(),
        };
        self.shared.coupons.push(new.clone());
        self.ask_for(&coupon, &new, impression);
    }

    /// A coupon has its code, and from now on its time runs: whoever waited for the issuer loses nothing of it.
    fn take_code(&mut self, key: &Text, code: Text, end: Option<Millis>, impression: &str) {
        let (now, ahead) = self.moment();
        let document = self.visitor.document(&self.config);
        let Some(held) = self.shared.coupons.iter_mut().find(|held| held.key == *key && held.code.is_none()) else { return };
        held.code = Some(code);
        held.state = State::Issued;
        held.issued_at = now;
        let own = self.config.coupon(&held.coupon).and_then(|coupon| coupon.expires_at(Some(now), &document));
        // An end that only its issuing tells is so long after it.
        held.lasts = held.expires_at.is_none() && own.is_some();
        held.expires_at = own.or(held.expires_at).or(end);
        let mut properties = about(held);
        if let Some(end) = held.end(ahead) {
            properties.set("expires_at", to_iso(end));
        }
        if !impression.is_empty() {
            properties.set("impression_id", impression);
        }
        // A page that is left may have told it before it was stored; the next one, which asks again, tells it by the same id.
        self.write_own_as(key.clone(), "Coupon Issued", properties);
        self.tell_wallet();
    }

    /// Takes the code that is for everyone, or asks the issuer; the key makes asking twice harmless.
    fn ask_for(&mut self, coupon: &Coupon, held: &Held, impression: &str) {
        let (url, timeout) = match &coupon.source {
            Source::Code(code) => return self.take_code(&held.key, code.clone(), None, impression),
            Source::Issuer { url, timeout } => (url, timeout),
        };
        let mut body = crate::object! { "coupon" => held.coupon.clone(), "key" => held.key.clone(), "campaign" => held.campaign.clone() };
        if let Some(variant) = &held.variant {
            body.set("variant", variant.clone());
        }
        // Who asks goes along only as far as the visitor lets ids leave the device.
        if self.standing.consent().analytics {
            body.set("anonymousId", self.shared.anonymous_id.clone());
            if let Some(user) = &self.shared.user_id {
                body.set("userId", user.clone());
            }
        }
        self.effects.push(Effect::Issue { key: held.key.clone(), url: url.clone(), body: json::to_text(&body.into()), timeout: *timeout });
    }

    /// Coupons that were asked for on a page that is gone are asked for again, with the same keys.
    pub(super) fn ask_again(&mut self) {
        let open: Vec<Held> = self.shared.coupons.iter().filter(|held| held.state == State::Issuing).cloned().gather();
        for held in open {
            if let Some(coupon) = self.config.coupon(&held.coupon).cloned() {
                self.ask_for(&coupon, &held, "");
            }
        }
    }

    /// The visitor asks once more after the issuer failed.
    pub(super) fn ask_issuer_again(&mut self, coupon: &str) {
        self.plan_one(Work::Coupon(Move::Again(coupon.into())));
    }

    /// The issuer answered.
    pub(super) fn issued(&mut self, input: &Value) {
        let Some(key) = input.text("key") else { return };
        let status = input.number("status").unwrap_or(0.0);
        let body = input.text("body").and_then(|body| json::parse(body).ok()).unwrap_or_default();
        let code = body.text("code").and_then(code_in).filter(|code| (200.0..300.0).contains(&status) && code.len() <= 100);
        let end = body.text("expiresAt").and_then(parse_iso);
        let answer = code.map(|code| (Text::from(code), end));
        self.plan_one(Work::Coupon(Move::Answered(key.into(), answer)));
    }

    pub(super) fn apply_move(&mut self, change: Move) {
        match change {
            Move::Answered(key, Some((code, end))) => self.take_code(&key, code, end, ""),
            Move::Answered(key, None) => {
                let Some(held) = self.shared.coupons.iter_mut().find(|held| held.key == key && held.code.is_none()) else { return };
                held.state = State::Failed;
                self.redraw_all();
            }
            Move::Used(coupon, how) => {
                let moment = self.moment();
                for held in self.shared.coupons.iter_mut().filter(|held| held.is(&coupon) && held.is_usable(moment)) {
                    held.state = match how {
                        Use::Copied if held.state == State::Issued => State::Copied,
                        Use::Applied => State::Applied,
                        Use::Copied => held.state,
                    };
                }
                self.tell_wallet();
            }
            Move::Again(coupon) => {
                let Some(held) = self.shared.coupons.iter_mut().find(|held| held.is(&coupon) && held.state == State::Failed) else {
                    return;
                };
                held.state = State::Issuing;
                let held = held.clone();
                if let Some(coupon) = self.config.coupon(&held.coupon).cloned() {
                    self.ask_for(&coupon, &held, "");
                }
                self.redraw_all();
            }
            Move::Known(list) => {
                for item in list {
                    let (Some(coupon), Some(code)) = (item.text("coupon"), item.text("code").and_then(code_in)) else { continue };
                    let now = self.now();
                    let at = |key: &str| item.text(key).and_then(parse_iso);
                    if let Some(held) = self.shared.coupons.iter_mut().find(|held| held.code.as_deref() == Some(code)) {
                        // What came of it elsewhere holds here, too; nothing makes it new again.
                        held.state = held.state.max(State::with_code(item.text("state")));
                        if let Some(end) = at("expiresAt") {
                            held.expires_at = Some(end);
                            held.lasts = false;
                        }
                        continue;
                    }
                    self.shared.coupons.push(Held {
                        coupon: coupon.into(),
                        key: self.ids.next(&mut self.random),
                        code: Some(code.into()),
                        state: State::with_code(item.text("state")),
                        issued_at: at("issuedAt").unwrap_or(now),
                        expires_at: at("expiresAt"),
                        lasts: false,
                        campaign: item.text("campaign").unwrap_or_default().into(),
                        variant: item.text("variant").map(Text::from),
                    });
                }
                self.tell_wallet();
            }
            Move::Wanted(impression) => self.draw(&impression),
        }
    }

    pub(super) fn tell_wallet(&mut self) {
        let coupons = self.wallet();
        self.notify("coupon", crate::object! { "coupons" => coupons });
        self.redraw_all();
    }

    /// The visitor's time, and how far it is ahead of the device's clock.
    pub(super) fn moment(&self) -> (Millis, Millis) {
        (self.now(), self.visitor.ahead())
    }

    /// The wallet as `coupons()` gives it.
    pub(super) fn wallet(&self) -> Value {
        let moment = self.moment();
        let list: Vec<Value> = self
            .shared
            .coupons
            .iter()
            .filter(|held| held.code.is_some())
            .map(|held| held.to_public(moment, self.config.coupon(&held.coupon)))
            .gather();
        list.into()
    }

    /// The code of a coupon that can still be used.
    pub(super) fn code_of(&self, coupon: &str) -> Option<Text> {
        let moment = self.moment();
        self.shared.coupons.iter().rev().find(|held| held.is(coupon) && held.is_usable(moment)).and_then(|held| held.code.clone())
    }

    /// The id of the coupon that an action means.
    fn coupon_id(&self, reference: &str) -> Text {
        self.shared.coupons.iter().find(|held| held.is(reference)).map_or_else(|| reference.into(), |held| held.coupon.clone())
    }

    /// The address that puts a coupon into the cart.
    pub(super) fn apply_address(&self, coupon: &str) -> Option<String> {
        let code = self.code_of(coupon)?;
        let apply = self.config.coupon(&self.coupon_id(coupon))?.apply.as_deref()?;
        let address = crate::domain::text::replace(apply, "{code}", &encode(&code));
        let base = self.options.page.text("url").unwrap_or_default();
        crate::domain::message::url::allow(&address, base, crate::domain::message::url::Purpose::Link)
    }

    /// The visitor used a coupon in a message.
    pub(super) fn used(&mut self, coupon: &str, about: Object, how: Use) {
        self.plan_one(Work::Coupon(Move::Used(coupon.into(), how)));
        let mut properties = with(about, "coupon", &self.coupon_id(coupon));
        if let Some(code) = self.code_of(coupon) {
            properties.set("code", code);
        }
        self.write_own(if how == Use::Copied { "Coupon Copied" } else { "Coupon Applied" }, properties);
    }

    /// An order that carries a code of the wallet redeems it, and credits the campaign that gave it.
    pub(super) fn redeem(&mut self, event: &Event) {
        let moment = self.moment();
        let mut redeemed: Vec<Held> = Vec::new();
        // An order uses a code once: of several that are held the oldest, before any that is over.
        for usable in [true, false] {
            for held in self.shared.coupons.iter_mut().filter(|held| held.state != State::Redeemed && held.is_usable(moment) == usable) {
                let Some(coupon) = self.config.coupons.iter().find(|coupon| coupon.id == held.coupon) else { continue };
                let Some(code) = held.code.as_deref().filter(|_| *coupon.redeemed_event == *event.name) else { continue };
                let is_other = |other: &Held| !other.code.as_deref().is_some_and(|used| used.eq_ignore_ascii_case(code));
                if redeemed.iter().all(is_other)
                    && event.properties.get(&coupon.redeemed_property).is_some_and(|found| carries(found, code))
                {
                    held.state = State::Redeemed;
                    redeemed.push(held.clone());
                }
            }
        }
        for held in redeemed {
            let mut properties = about(&held);
            for key in ["order_id", "revenue", "total", "currency"] {
                if let Some(value) = event.properties.get(key) {
                    properties.set(key, value.clone());
                }
            }
            self.write_own("Coupon Redeemed", properties);
            self.tell_wallet();
        }
    }
}

/// Gathers the coupons that pieces of a message show (`"coupon": id`) or are about (`coupon:<id>`).
fn named(piece: Option<&Value>, out: &mut Vec<Text>) {
    match piece {
        Some(Value::Text(text)) => append(out, coupon_of(text).map(Text::from)),
        Some(Value::List(items)) => items.iter().for_each(|item| named(Some(item), out)),
        Some(Value::Object(object)) => {
            for (key, value) in object.iter() {
                match (&**key, value) {
                    ("coupon", Value::Text(id)) => out.push(id.clone()),
                    // What an event says of a coupon shows none.
                    ("properties", _) => {}
                    _ => named(Some(value), out),
                }
            }
        }
        _ => {}
    }
}

/// Whether what an order says of its coupons names the code: a text, several of them between commas, an object with its
/// `code`, or a list of any.
fn carries(found: &Value, code: &str) -> bool {
    match found {
        Value::Text(text) => text.split(',').any(|part| part.trim().eq_ignore_ascii_case(code)),
        Value::List(items) => items.iter().any(|item| carries(item, code)),
        other => other.get("code").is_some_and(|found| carries(found, code)),
    }
}

fn about(held: &Held) -> Object {
    let mut properties =
        crate::object! { "coupon" => held.coupon.clone(), "code" => held.code.clone(), "campaign" => held.campaign.clone() };
    if let Some(variant) = &held.variant {
        properties.set("variant", variant.clone());
    }
    properties
}

/// A code as part of an address: what is not plain is percent-encoded.
fn encode(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(byte as char);
        } else {
            out.push('%');
            for digit in [byte >> 4, byte & 15] {
                out.push(char::from_digit(u32::from(digit), 16).unwrap_or('0').to_ascii_uppercase());
            }
        }
    }
    out
}
