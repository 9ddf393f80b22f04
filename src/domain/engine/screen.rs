//! The messages on screen: drawn from their tree, kept up to date, and told what the visitor does with them.

use super::showing::Showing;
use super::timers::SEEN_AFTER;
use super::wallet::Move;
use super::{Effect, Engine, Work, effect};
use crate::domain::campaign::Purpose;
use crate::domain::condition;
use crate::domain::decision::{Ask, RESERVATION};
use crate::domain::list::Gather;
use crate::domain::message::{self, CouponState, CouponView, Rendered, Scene, theme};
use crate::domain::problem::Place;
use crate::domain::time::{Millis, SECOND};
use crate::domain::value::{Object, Text, Value};

/// The least time a message stays after the visitor let go of it.
const LINGER: Millis = 2 * SECOND;

/// How long an overlay waits to be looked at.
const WITHDRAWN_AFTER: Millis = RESERVATION - 5 * SECOND;

impl Engine {
    /// Gives the message of an ask that was decided its place on the screen, and mounts it.
    pub(super) fn show(&mut self, ask: &Ask, place: usize, impression: Text, preview: bool) {
        let Some(campaign) = self.config.campaigns.get(ask.campaign) else { return };
        let Some((step, variant)) = campaign.steps.get(ask.step).and_then(|step| Some((step, step.variants.get(place)?))) else { return };
        let showing = Showing {
            impression: impression.clone(),
            campaign: campaign.id.clone(),
            slot: variant.slot().map(Text::from),
            step: step.id.clone(),
            variant: variant.id.clone(),
            message: variant.message.clone(),
            is_marketing: campaign.purpose == Purpose::Marketing,
            preview,
            event: self.visitor.event(),
            actions: Vec::new(),
            answers: Object::new(),
            sent: Vec::new(),
            branch: 0,
            rest: Vec::new(),
            next: None,
            transcript: Vec::new(),
            asked: String::new(),
            is_away: false,
            copied: Vec::new(),
            tells_data: false,
            is_drawn: false,
            look: String::new(),
            in_view_since: None,
            seen: false,
            withdraw_at: variant.slot().is_none().then(|| self.now() + WITHDRAWN_AFTER),
            dismiss_at: None,
            dismiss_left: None,
            is_held: false,
            redraw_at: None,
        };
        self.screen.push(showing);
        if self.is_complete {
            self.draw(&impression);
        } else {
            self.effects.push(Effect::Part);
        }
    }

    /// What draws has come, or could not be had: then what waits for it cannot be shown.
    pub(super) fn completed(&mut self, has_come: bool) {
        self.is_complete |= has_come;
        if !has_come {
            let detail = crate::object! {
                "code" => "drawing-unavailable", "path" => "", "severity" => "warning",
                "message" => "render.js could not be had, or is of another build; no message is shown",
            };
            self.notify("problem", detail);
        }
        let waiting: Vec<Text> = self.screen.iter().filter(|showing| !showing.is_drawn).map(|showing| showing.impression.clone()).gather();
        for impression in waiting {
            if has_come {
                // Its coupons are taken out inside a claim.
                self.plan_one(Work::Coupon(Move::Wanted(impression)));
            } else {
                self.failed(&impression);
            }
        }
    }

    /// Takes out the coupons that a message is about, and puts it on the page or draws it anew.
    pub(super) fn draw(&mut self, impression: &Text) {
        let Some(is_drawn) = self.screen.iter().find(|showing| showing.impression == *impression).map(|showing| showing.is_drawn) else {
            // It was dismissed before the claim.
            return;
        };
        self.issue_for(impression);
        if is_drawn { self.redraw(impression) } else { self.mount(impression) }
    }

    /// Tells why a message that was to be shown is not on the page.
    fn is_not_shown(&mut self, impression: &Text, code: &'static str, message: &'static str) {
        if let Some(showing) = self.screen.iter().find(|showing| showing.impression == *impression) {
            let detail = crate::object! {
                "code" => code, "path" => Place::Root.key("campaigns").key(&showing.campaign).pointer(), "severity" => "warning",
                "message" => message, "impression" => impression.clone(),
            };
            self.notify("problem", detail);
        }
        self.failed(impression);
    }

    /// Mounts a message. The first of the gates into what a page fetches late (`xtask/src/split.rs`).
    #[inline(never)]
    pub(super) fn mount(&mut self, impression: &Text) {
        let Some(rendered) = self.compose(impression) else {
            return self.is_not_shown(impression, "empty-message", "nothing to show; add a block that always stands");
        };
        let now = self.now();
        let Some(showing) = self.screen.iter_mut().find(|showing| showing.impression == *impression) else { return };
        showing.is_drawn = true;
        showing.dismiss_left = rendered.dismiss.after;
        let mut head = crate::object! {
            "impression" => impression.clone(), "campaign" => showing.campaign.clone(), "step" => showing.step.clone(),
            "variant" => showing.variant.clone(), "layout" => rendered.layout, "position" => rendered.position,
            "slot" => rendered.slot.clone(), "modal" => rendered.modal, "dir" => rendered.dir, "locale" => self.options.locale.clone(),
            "preview" => showing.preview,
            "dismiss" => crate::object! {
                "button" => rendered.dismiss.button, "outside" => rendered.dismiss.outside,
                "after" => rendered.dismiss.after, "today" => rendered.dismiss.today,
            },
        };
        head.set("theme", theme::tokens(self.config.settings.raw.get("theme")));
        if self.options.strict {
            // A replay has no eye: what is mounted is in view.
            showing.come_into_view(now);
        }
        self.effects.push(Effect::Show(Box::new(effect::Message { head: head.into(), tree: rendered.tree })));
    }

    /// Draws a message anew.
    fn compose(&mut self, impression: &str) -> Option<Rendered> {
        let (now, ahead) = self.moment();
        let place = self.screen.iter().position(|showing| &*showing.impression == impression)?;
        let event = self.screen.get(place)?.event.clone();
        let current = self.visitor.event();
        self.visitor.look_at(&self.config, event);
        let document = self.visitor.document(&self.config);
        self.visitor.look_at(&self.config, current);
        let showing = self.screen.get(place)?;
        let name = Value::Null;
        let mut views: Vec<CouponView> = self.shared.coupons.iter().map(|held| self.view(held, &showing.copied, &name)).gather();
        if showing.preview {
            // A preview takes no coupon out, and shows what one would look like.
            for coupon in self.config.coupons.iter().filter(|coupon| self.shared.coupons.iter().all(|held| held.coupon != coupon.id)) {
                views.push(coupon.sample(now - ahead, &document));
            }
        }
        let answers = Value::Object(showing.answers.clone());
        let settings = &self.config.settings;
        let locale = self.locale();
        let rendered = message::compose(
            &showing.message,
            &Scene {
                doc: &document,
                locale,
                fallback: &self.config.locale,
                currency: &self.config.currency,
                zone: self.visitor.zone(),
                now: now - ahead,
                words: settings.raw.get("words"),
                label: settings.label.as_deref().filter(|_| showing.is_marketing).unwrap_or(""),
                receipt: settings.receipt,
                why: self.config.campaign(&showing.campaign).map_or(&Value::Null, |campaign| &campaign.why),
                data: showing.tells_data.then(|| {
                    (
                        self.visitor.journey().len(),
                        self.shared.coupons.len(),
                        self.shared.user_id.as_deref().unwrap_or(&self.shared.anonymous_id),
                    )
                }),
                refusal: settings.privacy.refusal && showing.is_marketing,
                page: self.options.page.text("url").unwrap_or_default(),
                coupons: &views,
                answers: &answers,
                sent: &showing.sent,
                transcript: &showing.transcript,
                is_away: showing.is_away,
                matches: &|when, answers| condition::evaluate_lenient(when, answers, &Value::Null),
            },
        )?;
        let showing = self.screen.get_mut(place)?;
        showing.actions.clone_from(&rendered.actions);
        showing.redraw_at = rendered.changes_at.map(|at| at + ahead).filter(|at| *at > now);
        showing.look = rendered.tree.look();
        if std::mem::replace(&mut showing.branch, rendered.branch) != rendered.branch {
            let impression = showing.impression.clone();
            self.plan_one(Work::Coupon(Move::Wanted(impression)));
        }
        Some(rendered)
    }

    /// The language of the visitor.
    pub(super) fn locale(&self) -> &str {
        if self.options.locale.is_empty() { &self.config.locale } else { &self.options.locale }
    }

    /// A coupon of the wallet as a card shows it.
    fn view<'a>(&'a self, held: &'a crate::domain::coupon::Held, copied: &[(Text, bool)], nothing: &'a Value) -> CouponView<'a> {
        use crate::domain::coupon::State;
        let coupon = self.config.coupon(&held.coupon);
        let state = match held.state {
            State::Redeemed => CouponState::Redeemed,
            _ if held.is_over(self.moment()) => CouponState::Expired,
            State::Issuing => CouponState::Issuing,
            State::Failed => CouponState::Failed,
            State::Applied => CouponState::Applied,
            State::Issued | State::Copied => CouponState::Issued,
        };
        CouponView {
            id: &held.coupon,
            key: &held.key,
            name: coupon.map_or(nothing, |coupon| &coupon.name),
            code: held.code.as_deref().unwrap_or(""),
            state,
            expires: held.end(self.visitor.ahead()),
            copied: copied.iter().find(|(id, _)| *id == held.coupon || *id == held.key).map(|(_, done)| *done),
            can_apply: coupon.is_some_and(|coupon| coupon.apply.is_some()),
        }
    }

    /// Draws a message anew and updates it on the page.
    #[inline(never)]
    pub(super) fn redraw(&mut self, impression: &Text) {
        if let Some(rendered) = self.compose(impression) {
            self.effects.push(Effect::Update { impression: impression.clone(), tree: Box::new(rendered.tree) });
        }
    }

    /// Draws the messages anew that what the visitor has just done makes look different.
    #[inline(never)]
    pub(super) fn refresh(&mut self) {
        for at in 0..self.screen.len() {
            let Some(showing) = self.screen.get_mut(at).filter(|showing| showing.is_drawn) else { continue };
            let (impression, former) = (showing.impression.clone(), std::mem::take(&mut showing.look));
            if let Some(rendered) = self.compose(&impression)
                && self.screen.get(at).is_some_and(|showing| showing.look != former)
            {
                self.effects.push(Effect::Update { impression, tree: Box::new(rendered.tree) });
            }
        }
    }

    /// Draws all messages that show a coupon anew.
    pub(super) fn redraw_all(&mut self) {
        let all: Vec<Text> = self.screen.iter().filter(|showing| showing.is_drawn).map(|showing| showing.impression.clone()).gather();
        for impression in all {
            self.redraw(&impression);
        }
    }

    /// What the screen's own timers bring at `at`.
    pub(super) fn ring_screen(&mut self, at: Millis) -> Vec<Work> {
        let mut works = Vec::new();
        let mut gone = Vec::new();
        let mut stale = Vec::new();
        for showing in &mut self.screen {
            let is_over = showing.dismiss_at.is_some_and(|end| end <= at);
            // One that is up for less than a second was seen as long as it was there.
            if !showing.seen && (is_over || showing.in_view_since.is_some_and(|since| since + SEEN_AFTER <= at)) {
                showing.seen = true;
                if !showing.preview {
                    works.push(Work::Seen(showing.impression.clone()));
                }
            }
            if showing.withdrawal().is_some_and(|end| end <= at) {
                works.push(Work::Left(showing.impression.clone()));
                gone.push(showing.impression.clone());
            } else if is_over {
                gone.push(showing.impression.clone());
            } else if showing.redraw_at.is_some_and(|due| due <= at) {
                stale.push(showing.impression.clone());
            }
        }
        for impression in stale {
            self.redraw(&impression);
        }
        for impression in gone {
            self.remove(&impression);
        }
        works
    }

    /// What the visitor did with a message, as the renderer reports it.
    #[inline(never)]
    pub(super) fn acted(&mut self, input: &Value) {
        let Some(impression) = input.text("impression").map(Text::from) else { return };
        let now = self.now();
        let Some(showing) = self.screen.iter_mut().find(|showing| showing.impression == impression && showing.is_drawn) else { return };
        if let Some(values) = input.get("values").and_then(Value::as_object) {
            for (name, value) in values.iter() {
                showing.answers.set(name, value.clone());
            }
        }
        match input.text("act").unwrap_or_default() {
            "inview" => showing.come_into_view(now),
            "outview" if !showing.seen => {
                showing.in_view_since = None;
                showing.stop(now, 0);
            }
            "dismiss" => self.dismissed(&impression, None),
            "today" => {
                let end = self.visitor.zone().day(now, 0).end;
                self.dismissed(&impression, Some(end));
            }
            "mute" => self.dismissed(&impression, Some(now + 30 * crate::domain::time::DAY)),
            "action" => {
                // One below zero is the index of nothing.
                let index = input.number("action").map(|index| index as i64 as usize);
                let actions = index.and_then(|index| showing.actions.get(index)).cloned();
                self.clicked(&impression, index.is_none(), actions.unwrap_or_default());
            }
            // Whoever has the pointer or the focus in a message is not done with it.
            "hold" => {
                showing.is_held = true;
                showing.stop(now, LINGER);
            }
            "release" => {
                showing.is_held = false;
                showing.run(now);
            }
            "answer" => self.redraw(&impression),
            "copied" | "uncopied" => {
                self.copied(&impression, input.text("coupon").unwrap_or_default(), input.text("act") == Some("copied"));
            }
            "chatting" | "nobody" => self.handed_over(&impression, input.text("act") == Some("chatting")),
            "failed" => self.is_not_shown(&impression, "message-failed", "it could not be drawn; see what keeps it off"),
            "unmounted" => self.is_not_shown(&impression, "message-removed", "the page keeps removing it; leave it alone"),
            _ => {}
        }
    }
}
