//! How messages leave the page: closed by the visitor, made way for, taken back, or never mounted.

use super::experiments::with;
use super::showing::Showing;
use super::{Effect, Engine, Work};
use crate::domain::decision::{Ask, Origin, Reason};
use crate::domain::list::Gather;
use crate::domain::time::{Millis, to_iso};
use crate::domain::value::{Object, Text};

impl Engine {
    /// Takes a message off the page.
    pub(super) fn remove(&mut self, impression: &str) {
        if let Some(place) = self.screen.iter().position(|showing| &*showing.impression == impression) {
            let showing = self.screen.remove(place);
            self.effects.push(Effect::Remove { impression: showing.impression });
            if let Some(next) = showing.next {
                self.ask_for_campaign(&next, showing.preview);
            }
            if !self.shared.queue.is_empty() {
                // The screen or a slot is free: what waited for it is decided again.
                self.plan_one(Work::Due);
            }
        }
    }

    /// Asks for another campaign, as a message has.
    pub(super) fn ask_for_campaign(&mut self, other: &str, force: bool) {
        if let Some(campaign) = self.config.campaigns.iter().position(|campaign| *campaign.id == *other) {
            let ask = Ask { campaign, step: 0, since: self.now(), origin: Origin::Call { force }, page: None };
            self.plan_one(Work::Ask(ask));
        }
    }

    pub(super) fn remove_all(&mut self) {
        for (impression, _) in std::mem::take(&mut self.held_back) {
            self.effects.push(Effect::Remove { impression });
        }
        for showing in std::mem::take(&mut self.screen) {
            self.effects.push(Effect::Remove { impression: showing.impression });
        }
    }

    /// Takes the overlays off the page, for one that the marketer wants to see.
    pub(super) fn remove_overlays(&mut self) {
        let overlays: Vec<Text> =
            self.screen.iter().filter(|showing| showing.slot.is_none()).map(|showing| showing.impression.clone()).gather();
        for impression in overlays {
            self.remove(&impression);
        }
    }

    /// Takes off the page what `goes` says so of. What nobody has seen of it is as if it had not been decided.
    fn take_back(&mut self, goes: &dyn Fn(&Engine, &Showing) -> bool) {
        let gone: Vec<Text> = self.screen.iter().filter(|showing| goes(self, showing)).map(|showing| showing.impression.clone()).gather();
        for impression in gone {
            self.failed(&impression);
        }
    }

    pub(super) fn remove_marketing(&mut self) {
        self.take_back(&|_, showing| showing.is_marketing);
    }

    /// Marketing that the visitor's word alone had let through at this hour.
    pub(super) fn remove_nightly(&mut self) {
        self.take_back(&|engine, showing| {
            let ask = engine.ask_again_for(&showing.campaign, showing.step.as_ref(), engine.now(), Origin::Wait);
            showing.is_marketing && ask.is_some_and(|ask| engine.failure(&ask, &[Reason::QuietHours]).is_some())
        });
    }

    /// What came up by what had been asked for before `dismiss()`, and been decided after it.
    pub(super) fn dismiss_late(&mut self) {
        self.take_back(&|_, showing| !showing.seen && showing.in_view_since.is_none());
    }

    /// `dismiss()`: the visitor closed whatever is open.
    pub(super) fn dismiss_all(&mut self) {
        if self.claiming || !self.batches.is_empty() {
            // What has been asked for is on no screen yet: it is decided first. What this makes room for, and what is called
            // later, comes behind.
            self.is_later = true;
            self.plan_one(Work::DismissLate);
            self.is_later = true;
        }
        let all: Vec<Text> = self.screen.iter().map(|showing| showing.impression.clone()).gather();
        for impression in all {
            self.dismissed(&impression, None);
        }
    }

    /// A message is not on the page: one that was never seen is as if it had not been decided.
    pub(super) fn failed(&mut self, impression: &Text) {
        let Some(showing) = self.screen.iter().find(|showing| showing.impression == *impression) else { return };
        let is_counted = !showing.seen && !showing.preview;
        self.remove(impression);
        if is_counted {
            self.plan_one(Work::Left(impression.clone()));
        }
    }

    /// A visitor wants silence of a campaign until a moment; what is told of it.
    pub(super) fn hush(&mut self, campaign: &Text, about: Object, until: Millis) -> Object {
        self.plan_one(Work::Mute(campaign.clone(), until));
        with(about, "muted_until", &to_iso(until))
    }

    /// The visitor closed a message, and may have asked for silence of its campaign until a moment.
    pub(super) fn dismissed(&mut self, impression: &Text, until: Option<Millis>) {
        let Some(showing) = self.screen.iter().find(|showing| showing.impression == *impression) else { return };
        let (preview, campaign) = (showing.preview, showing.campaign.clone());
        if !preview {
            let mut about = self.about(impression);
            self.acted_on(impression, false);
            self.notify("message", with(with(about.clone(), "campaign", &campaign), "what", "dismissed"));
            if let Some(until) = until {
                about = self.hush(&campaign, about, until);
            }
            self.write_own("Message Dismissed", about);
        }
        self.remove(impression);
    }
}
