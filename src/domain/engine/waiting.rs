//! What is put off: campaigns that wait for their time, their turn, their slot, or the step before them.

use super::Engine;
use crate::domain::campaign::{Campaign, Purpose};
use crate::domain::decision::{Ask, CHECKS, Origin, Outcome, Reason};
use crate::domain::list::{Gather, keep, take_out};
use crate::domain::shared::{KEEP, Wait};
use crate::domain::time::Millis;
use crate::domain::value::Text;

/// The checks that already hold a campaign back before its wait begins; the others are asked when it ends.
const BEFORE_WAIT: [Reason; 6] =
    [Reason::Invalid, Reason::Paused, Reason::NoConsent, Reason::NotInAudience, Reason::Muted, Reason::FrequencyCapped];

impl Engine {
    /// Campaigns of marketing that wait for their time or their turn will not have it.
    pub(super) fn withdraw_marketing(&mut self) {
        self.let_go(Reason::NoConsent, &|campaign, _| campaign.purpose == Purpose::Marketing);
    }

    /// Lets go of what waits for its time or its turn, where `goes` says so of its campaign and of when its trigger fired.
    pub(super) fn let_go(&mut self, reason: Reason, goes: &dyn Fn(&Campaign, Millis) -> bool) {
        let mut gone = Vec::new();
        let config = &self.config;
        let mut stays = |id: &Text, step: &Option<Text>, since: Millis| {
            let goes = config.campaign(id).is_some_and(|campaign| goes(campaign, since));
            if goes {
                gone.push((id.clone(), step.clone(), since));
            }
            !goes
        };
        keep(&mut self.shared.waits, |wait| stays(&wait.campaign, &wait.step, wait.since));
        keep(&mut self.shared.queue, |queued| stays(&queued.campaign, &queued.step, queued.since));
        for (campaign, step, since) in gone {
            let Some(ask) = self.ask_again_for(&campaign, step.as_ref(), since, Origin::Wait) else { continue };
            self.decide(&ask, Outcome::Suppressed, None, Some(reason), None);
        }
    }

    /// Whether somebody may see what comes up: a wait or a queue that ends in the background would end unseen there,
    /// while the visitor is on another tab.
    pub(super) fn is_looked_at(&self) -> bool {
        self.page_open && !self.is_hidden
    }

    /// What waited for its time or its turn and may have it now.
    pub(super) fn due(&mut self) -> Vec<Ask> {
        let now = self.now();
        self.due_at = now;
        let mut asks = Vec::new();
        let config = &self.config;
        if self.is_looked_at() {
            // A page without the campaign leaves it to one that has it.
            let ended = take_out(&mut self.shared.waits, |wait| {
                wait.due <= now && (config.campaign(&wait.campaign).is_some() || wait.due <= now - KEEP)
            });
            for wait in ended {
                let Some(ask) = self.ask_again_for(&wait.campaign, wait.step.as_ref(), wait.since, Origin::Wait) else { continue };
                let expires = self.config.campaigns.get(ask.campaign).map_or(0, |campaign| campaign.expires);
                if now > wait.due + expires {
                    self.decide(&ask, Outcome::Suppressed, None, Some(Reason::PageLeft), None);
                } else {
                    asks.push(ask);
                }
            }
        }
        let config = &self.config;
        keep(&mut self.shared.queue, |queued| match config.campaign(&queued.campaign) {
            Some(known) => known.step(queued.step.as_ref()).is_some(),
            None => queued.until > now - KEEP,
        });
        for queued in self.shared.queue.clone() {
            // Between two pages nothing has its turn, nor on one in the background; what ends there has not had it.
            let is_over = queued.until <= now;
            if !self.is_looked_at() && !is_over {
                continue;
            }
            let Some(mut ask) = self.ask_again_for(&queued.campaign, queued.step.as_ref(), queued.since, Origin::Queue) else { continue };
            // Where the page it belongs to is gone, no open page has its number.
            ask.page = queued.page.as_deref().map(|page| if page == self.page_name() { self.page.number } else { u32::MAX });
            // Nor has one that may be shown only now, after the page was away or the device asleep.
            if is_over && self.failure(&ask, &CHECKS).is_none() {
                ask.page = Some(u32::MAX);
            }
            asks.push(ask);
        }
        asks
    }

    /// Asks for what has waited, if this configuration has it.
    pub(super) fn ask_again_for(&self, campaign: &str, step: Option<&Text>, since: Millis, origin: Origin) -> Option<Ask> {
        let campaign = self.config.index_of(campaign)?;
        let step = self.config.campaigns.get(campaign)?.step(step)?;
        Some(Ask { campaign, step, since, origin, page: None })
    }

    /// How long an ask has to wait first.
    pub(super) fn delay_of(&self, ask: &Ask) -> Option<Millis> {
        let campaign = self.config.campaigns.get(ask.campaign)?;
        let delay = campaign.after + campaign.steps.get(ask.step)?.after;
        (ask.origin == Origin::Trigger && delay > 0).then_some(delay)
    }

    pub(super) fn start_wait(&mut self, ask: &Ask, delay: Millis) {
        if let Some((reason, lost_to)) = self.failure(ask, &BEFORE_WAIT) {
            self.fail(ask, reason, lost_to);
            return;
        }
        let Some(campaign) = self.config.campaigns.get(ask.campaign) else { return };
        // One wait at a time: a trigger that fires again while the first still waits changes nothing.
        if !self.shared.waits.iter().any(|wait| wait.campaign == campaign.id) {
            let step = campaign.steps.get(ask.step).and_then(|step| step.id.clone());
            self.shared.waits.push(Wait { campaign: campaign.id.clone(), step, since: ask.since, due: ask.since + delay });
        }
    }

    pub(super) fn remember_slotless(&mut self, ask: &Ask) {
        let slots: Vec<Text> = self
            .config
            .campaigns
            .get(ask.campaign)
            .and_then(|campaign| campaign.steps.get(ask.step))
            .into_iter()
            .flat_map(|step| &step.variants)
            .filter_map(|variant| variant.slot())
            .map(Text::from)
            .gather();
        for slot in slots {
            if !self.slotless.iter().any(|(known, other)| *known == slot && other.campaign == ask.campaign) {
                // It belongs to this page: on another one its own trigger speaks for it.
                self.slotless.push((slot, Ask { page: Some(self.page.number), ..ask.clone() }));
            }
        }
    }

    /// The next step counts from this one's display, or from where it was passed over.
    pub(super) fn plan_next_step(&mut self, ask: &Ask) {
        let now = self.now();
        let Some(campaign) = self.config.campaigns.get(ask.campaign) else { return };
        let Some(next) = campaign.steps.get(ask.step + 1) else { return };
        keep(&mut self.shared.waits, |wait| wait.campaign != campaign.id);
        self.shared.waits.push(Wait { campaign: campaign.id.clone(), step: next.id.clone(), since: ask.since, due: now + next.after });
    }
}
