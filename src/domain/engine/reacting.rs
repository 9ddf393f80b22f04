//! What displays and the shop's own events lead to: reservations spent or given back, goals reached, waits cancelled.

use super::{Engine, wallet};
use crate::domain::decision::Reason;
use crate::domain::event::Event;
use crate::domain::list::Gather;
use crate::domain::shared::Stage;
use crate::domain::time::{Millis, parse_iso};
use crate::domain::value::Value;

pub(super) const CLICKED: &str = "Message Clicked";
pub(super) const DISMISSED: &str = "Message Dismissed";

/// Whether the event tells of a click on a message, of its dismissal, or of a wish for silence.
pub(super) fn is_act(event: &Event) -> bool {
    event.own && (matches!(&*event.name, CLICKED | DISMISSED) || muted_until(event).is_some())
}

/// Until when a dismissal or a reply asked for silence of the campaign.
pub(super) fn muted_until(event: &Event) -> Option<Millis> {
    event.properties.get("muted_until").and_then(Value::as_text).and_then(parse_iso)
}

impl Engine {
    /// A message was a second in view, or would have been: its reservation is spent.
    pub(super) fn seen(&mut self, impression: &str) {
        let Some(exposure) = self.shared.exposure(impression).filter(|exposure| exposure.stage.is_open()) else { return };
        let held_back = exposure.stage == Stage::HeldBack;
        exposure.stage = if held_back { Stage::HeldOut } else { Stage::Seen };
        let exposure = exposure.clone();
        if held_back {
            self.write_held_out(&exposure);
        } else {
            self.write_shown(&exposure);
        }
        // A goal that was reached within that second counts, now that it is a display; what brought the display does not.
        let latest = self.visitor.journey().events().iter().rev();
        let meanwhile = latest.take_while(|event| event.at > exposure.at).filter(|event| !event.own).cloned().gather();
        for event in meanwhile.into_iter().rev() {
            self.reach_goals(&event);
        }
    }

    /// A message left with its page before anyone saw it.
    pub(super) fn give_back(&mut self, impression: &str) {
        let Some(place) = self.shared.exposures.iter().position(|exposure| &*exposure.impression == impression && exposure.stage.is_open())
        else {
            return;
        };
        let exposure = self.shared.exposures.remove(place);
        self.requeue(&exposure);
    }

    /// A click or a dismissal may have been the last thing before a page was left, too late for the shared state: then
    /// the journey alone tells of it, whichever tab reads it first.
    pub(super) fn see_what_was_acted_on(&mut self) {
        for act in std::mem::take(&mut self.acts) {
            let Some(impression) = act.properties.get("impression_id").and_then(Value::as_text) else { continue };
            // Whoever acts on a message has seen it, however quick they were.
            self.seen(impression);
            let Some(exposure) = self.shared.exposure(impression) else { continue };
            if &*act.name == CLICKED {
                exposure.clicked = true;
            } else {
                if &*act.name == DISMISSED {
                    exposure.dismissed = exposure.dismissed.or(Some(act.at));
                }
                if let Some(until) = muted_until(&act) {
                    let campaign = exposure.campaign.clone();
                    self.shared.mute(&campaign, until);
                }
            }
        }
    }

    /// Whether anything in the configuration waits for events of this name. What the tabs share is no matter here:
    /// another tab may have changed it, and only a claim, which costs a transaction, tells.
    pub(super) fn may_react(&self, event: &crate::domain::event::Event) -> bool {
        self.config.coupons.iter().any(|coupon| coupon.redeemed_event == event.name)
            || self.config.campaigns.iter().any(|campaign| {
                let goal = campaign.goal.as_ref().map(|goal| &goal.event);
                goal.is_some_and(|goal| goal.names(event)) || campaign.unless.as_ref().is_some_and(|unless| unless.names(event))
            })
    }

    /// Goals, redemptions and cancelled waits that an event of the shop brings.
    pub(super) fn react(&mut self, event: &crate::domain::event::Event) {
        self.cancel_waits(event);
        self.redeem(event);
        self.reach_goals(event);
    }

    fn cancel_waits(&mut self, event: &crate::domain::event::Event) {
        let now = self.now();
        let zone = self.visitor.zone().clone();
        self.let_go(Reason::GoalReached, &|campaign, since| {
            event.at >= since && campaign.unless.as_ref().is_some_and(|unless| unless.matches(event, now, &zone))
        });
    }

    fn reach_goals(&mut self, event: &crate::domain::event::Event) {
        let now = self.now();
        let zone = self.visitor.zone().clone();
        let mut reached = Vec::new();
        for exposure in &mut self.shared.exposures {
            if exposure.goal || exposure.stage.is_open() {
                continue;
            }
            let Some(goal) = self.config.campaign(&exposure.campaign).and_then(|campaign| campaign.goal.as_ref()) else { continue };
            if (exposure.at..=exposure.at + goal.within).contains(&event.at) && goal.event.matches(event, now, &zone) {
                exposure.goal = true;
                let value = goal.value.as_ref().and_then(|path| event.properties.get(path)).cloned();
                reached.push((exposure.clone(), value));
            }
        }
        for (exposure, value) in reached {
            self.write_goal(&exposure, event, value);
        }
    }

    /// What the wallet does, by name, so that a `Move` needs no import of its own here.
    pub(super) fn move_coupon(&mut self, change: wallet::Move) {
        self.apply_move(change);
    }
}
