//! What a recorded journey tells of the visitor's doings with messages and coupons, for a replay: on a page they come from
//! the page itself.

use super::acting::{action_name, asked_for, takes_away};
use super::reacting::{CLICKED, DISMISSED, muted_until};
use super::showing::Showing;
use super::wallet::{Move, Use};
use super::{Engine, Work};
use crate::domain::event::Event;
use crate::domain::list::Gather;
use crate::domain::message::Action;
use crate::domain::shared::{Exposure, Stage};
use crate::domain::value::{Text, Value};

/// Whether recorded journeys are replayed here. A page replays none.
pub(super) const REPLAYS: bool = cfg!(any(feature = "tools", not(target_family = "wasm")));

/// The own events that a recorded journey holds as what the visitor did, not as what Dangol recomputes.
const RECORDED: [&str; 8] =
    [CLICKED, DISMISSED, "Coupon Copied", "Coupon Applied", "Chat Opened", "Chat Replied", "Survey Answered", "Page Left"];

/// What a click may do that leaves the message where it is.
const STAYING: [&str; 7] = ["click", "copy", "data", "reply", "retry", "submit", "track"];

impl Engine {
    /// Takes in what the visitor did; what Dangol wrote is left out, because it is written anew.
    pub(super) fn take_in_recorded(&mut self, event: Event, fires: bool) {
        if !RECORDED.contains(&&*event.name) {
            return;
        }
        let showing = self.screen.iter_mut().rev().find(|showing| is_about(&event, &showing.campaign, showing.step.as_ref()));
        let then = showing.map(|showing| (showing.impression.clone(), showing.campaign.clone(), outcome(&event, showing)));
        let shown = then.as_ref().map(|(impression, ..)| impression.clone()).or_else(|| {
            let mut displays = self.shared.exposures.iter().rev();
            // Nobody acts on what is held out: where this configuration holds out whom the recorded one did not, that is left out.
            let is_it = |display: &&Exposure| {
                matches!(display.stage, Stage::Reserved | Stage::Seen) && is_about(&event, &display.campaign, display.step.as_ref())
            };
            displays.find(is_it).map(|display| display.impression.clone())
        });
        self.recorded(&event, shown);
        self.follow_up(event, fires);
        // As on a page: what a click or a dismissal leads to comes behind what its event leads to.
        if let Some((impression, campaign, Some(action))) = then {
            let about = self.about(&impression);
            self.perform(&impression, &campaign, about, action, false);
        }
    }

    /// What is known before the event is handled.
    fn recorded(&mut self, event: &Event, shown: Option<Text>) {
        let text = |key: &str| event.properties.get(key).and_then(Value::as_text);
        if let Some(how) = Use::of(&event.name) {
            let code = text("code");
            let held = self.shared.coupons.iter().find(|held| code.is_some() && held.code.as_deref() == code);
            if let Some(coupon) = text("coupon").or(held.map(|held| &*held.coupon)) {
                self.plan_one(Work::Coupon(Move::Used(coupon.into(), how)));
            }
            return;
        }
        let (Some(impression), Some(campaign)) = (shown, text("campaign")) else { return };
        match &*event.name {
            "Survey Answered" => {
                // What was answered may open a branch, and that may hold a coupon.
                let answers = event.properties.get("answers").cloned().unwrap_or_default();
                self.acted(&crate::object! { "impression" => impression, "act" => "answer", "values" => answers }.into());
            }
            CLICKED => self.acted_on(&impression, true),
            DISMISSED => self.acted_on(&impression, false),
            _ => {}
        }
        if let Some(until) = muted_until(event) {
            self.plan_one(Work::Mute(campaign.into(), until));
        }
    }
}

/// Whether the event tells of this campaign, and of this step of it where it names one. Ids of impressions are made anew.
fn is_about(event: &Event, campaign: &str, step: Option<&Text>) -> bool {
    let text = |key: &str| event.properties.get(key).and_then(Value::as_text);
    text("campaign") == Some(campaign) && text("step").is_none_or(|told| step.is_some_and(|step| **step == *told))
}

/// What becomes of the message that was clicked or dismissed, as far as the event tells; `None` where it stays.
///
/// An event names the first of the actions that its button stands for. Where that does not tell whether they take the
/// message away, they do.
fn outcome(event: &Event, showing: &mut Showing) -> Option<Action> {
    let text = |key: &str| event.properties.get(key).and_then(Value::as_text);
    match (&*event.name, text("action")) {
        (DISMISSED, _) | (CLICKED, None) => Some(Action::Close),
        (CLICKED, Some(action)) => {
            let told = text("show");
            let is_it = |actions: &&Vec<Action>| {
                actions.first().is_some_and(|first| action_name(first) == action) && (told.is_none() || asked_for(actions) == told)
            };
            let buttons: Vec<&Vec<Action>> = showing.actions.iter().filter(is_it).gather();
            let any = |is_it: &dyn Fn(&Action) -> bool| buttons.iter().any(|actions| actions.iter().any(is_it));
            // The shop's chat opens where an overlay stands, but beside what lies in the page.
            let takes = |action: &Action| takes_away(action) && !(showing.slot.is_some() && matches!(action, Action::Chat { .. }));
            let asked = told.or_else(|| asked_for(buttons.first()?));
            let asked = asked.filter(|_| buttons.iter().all(|actions| asked_for(actions) == asked));
            let stays = if buttons.is_empty() { STAYING.contains(&action) } else { !any(&takes) };
            let then = match asked {
                // One reply asks for it at once, another behind its answer: which it was is told by the reply.
                Some(other) if is_for_both(other, &buttons) => return None,
                Some(other) => Action::Show(other.into(), any(&|action| matches!(action, Action::Show(_, true)))),
                None if stays => return None,
                None => Action::Close,
            };
            if any(&|action| matches!(action, Action::Copy(_) | Action::Chat { .. })) {
                // It waits for the code to be on the clipboard, and for the chat to open.
                showing.rest = vec![then];
                return None;
            }
            Some(then)
        }
        ("Coupon Copied" | "Chat Opened", _) => showing.rest.pop(),
        ("Chat Replied", _) => {
            let chosen = event.properties.get("index").and_then(Value::as_number);
            let is_it = |actions: &&Vec<Action>| {
                actions.iter().any(|action| matches!(action, Action::Reply { index, .. } if Some(*index as f64) == chosen))
            };
            let button = showing.actions.iter().find(is_it)?;
            let other = asked_for(button)?;
            let buttons: Vec<&Vec<Action>> = showing.actions.iter().gather();
            is_for_both(other, &buttons).then(|| button.iter().find(|action| asked_for(std::slice::from_ref(action)).is_some()).cloned())?
        }
        _ => None,
    }
}

/// Whether some of these buttons ask for a campaign at once, and others once their message has gone.
fn is_for_both(other: &str, buttons: &[&Vec<Action>]) -> bool {
    let has = |wanted: Action| buttons.iter().any(|actions| actions.contains(&wanted));
    has(Action::Show(other.into(), false)) && has(Action::Show(other.into(), true))
}
