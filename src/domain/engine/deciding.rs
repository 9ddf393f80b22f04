//! The one place that arbitrates: inside a claim, over the state that all tabs share.

use super::identity::Told;
use super::{Batch, Engine, Phase, Work};
use crate::domain::campaign::{Campaign, Purpose};
use crate::domain::decision::{Ask, Decision, Origin, Outcome, Reason, Scene, first_failure, is_held_out, variant};
use crate::domain::event::Event;
use crate::domain::list::{Gather, drop_first, keep};
use crate::domain::order;
use crate::domain::shared::{Exposure, KEEP, Queued, Stage, Wait};
use crate::domain::time::Millis;
use crate::domain::value::Text;
use std::rc::Rc;

/// The checks that already hold a campaign back before its wait begins; the others are asked when it ends.
const BEFORE_WAIT: [Reason; 6] =
    [Reason::Invalid, Reason::Paused, Reason::NoConsent, Reason::NotInAudience, Reason::Muted, Reason::FrequencyCapped];

/// The rounds of one claim: a decision may lead to an event and that to the next decision, but not for ever.
const MAX_ROUNDS: usize = 32;

impl Engine {
    /// The shared state is in hand: what waited to be decided is decided.
    pub(super) fn claimed(&mut self, now: Millis, shared: Option<&str>) {
        self.claiming = false;
        match self.phase {
            Phase::Booting => self.boot(now, shared),
            Phase::Running => {
                if shared.is_none() {
                    // Another tab has erased it; what this one was told in its place is not stored yet.
                    self.shared_text.clear();
                }
                let told = self.take_shared(shared);
                if told == Told::Another {
                    // Two members were signed in for one visitor: the one here goes on as somebody else.
                    let user = self.shared.user_id.take();
                    let id = self.new_id();
                    self.reset(user, id);
                }
                self.see_what_was_acted_on();
                if self.batches.iter().flatten().all(|(_, work)| matches!(work, Work::Erased)) {
                    self.batches.clear();
                    if told == Told::Former {
                        // This tab wrote about the former visitor while another one erased them.
                        self.save.shared = Some(String::new());
                    }
                    return;
                }
            }
            _ => return,
        }
        for _ in 0..MAX_ROUNDS {
            let batches = std::mem::take(&mut self.batches);
            if batches.is_empty() {
                break;
            }
            for batch in batches {
                self.process(batch);
            }
        }
        let config = &self.config;
        self.shared.tidy(self.visitor.now(), |exposure| {
            config.campaign(&exposure.campaign).is_some_and(|campaign| {
                let limits = &campaign.limits;
                limits.total.is_some()
                    || (limits.until_clicked && exposure.clicked)
                    || (!limits.after_dismiss.is_empty() && exposure.dismissed.is_some())
            })
        });
        let text = self.shared.to_text();
        if text != self.shared_text {
            self.tell(crate::object! { "shared" => text.as_str() });
            self.shared_text.clone_from(&text);
            self.save.shared = Some(text);
        }
    }

    /// Does what is to be done, and decides in the light of all of it about what asks.
    fn process(&mut self, batch: Batch) {
        let mut asks = Vec::new();
        let mut due = None;
        for (event, work) in batch {
            match work {
                Work::Ask(ask) => asks.push((event, ask)),
                Work::Due => due = Some(event),
                Work::React(event) => self.react(&event),
                Work::Seen(impression) => self.seen(&impression),
                Work::Acted(impression, is_click) => {
                    // Whoever acts on a message has seen it, however quick they were.
                    self.seen(&impression);
                    let now = self.now();
                    if let Some(exposure) = self.shared.exposure(&impression) {
                        if is_click {
                            exposure.clicked = true;
                        } else {
                            exposure.dismissed = Some(now);
                        }
                    }
                }
                Work::Left(impression) => self.give_back(&impression),
                Work::Mute(campaign, until) => self.shared.mute(&campaign, until),
                Work::Coupon(change) => self.move_coupon(change),
                Work::Anew | Work::Erased => {}
                Work::Withdrawn => self.withdraw_marketing(),
            }
        }
        if let Some(event) = due {
            for ask in self.due() {
                asks.push((event.clone(), ask));
            }
        }
        self.arbitrate(asks);
    }

    /// Campaigns of marketing that wait for their time or their turn will not have it.
    fn withdraw_marketing(&mut self) {
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

    /// What waited for its time or its turn and may have it now.
    fn due(&mut self) -> Vec<Ask> {
        let now = self.now();
        self.due_at = now;
        let mut asks = Vec::new();
        let config = &self.config;
        if self.page_open {
            // A page without the campaign leaves it to one that has it.
            let (ended, waiting): (Vec<Wait>, Vec<Wait>) = std::mem::take(&mut self.shared.waits)
                .into_iter()
                .partition(|wait| wait.due <= now && (config.campaign(&wait.campaign).is_some() || wait.due <= now - KEEP));
            self.shared.waits = waiting;
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
            // Between two pages nothing has its turn; what ends there has not had it.
            if !self.page_open && now < queued.until {
                continue;
            }
            let Some(mut ask) = self.ask_again_for(&queued.campaign, queued.step.as_ref(), queued.since, Origin::Queue) else { continue };
            // Where the page it belongs to is gone, no open page has its number.
            ask.page = queued.page.as_deref().map(|page| if page == self.page_name() { self.page.number } else { u32::MAX });
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

    /// The page across all tabs: the page load and the number in it.
    fn page_name(&self) -> String {
        let mut name = String::from(&*self.stream);
        name.push('#');
        crate::domain::number::push_integer(i64::from(self.page.number), &mut name);
        name
    }

    /// Decides about everything that asks at one instant.
    fn arbitrate(&mut self, asks: Vec<(Option<Rc<Event>>, Ask)>) {
        let mut ready = Vec::new();
        for (event, ask) in asks {
            self.visitor.look_at(&self.config, event.clone());
            if self.is_answered(&ask) {
                continue;
            }
            if let Some(delay) = self.delay_of(&ask) {
                self.start_wait(&ask, delay);
                continue;
            }
            if matches!(ask.origin, Origin::Call { force: true }) {
                self.preview(&ask);
                continue;
            }
            match self.failure(&ask) {
                None => ready.push((event, ask)),
                Some((reason, lost_to)) => self.fail(&ask, reason, lost_to),
            }
        }
        // What was called for goes first, then the higher priority; among equals the campaign's id decides, which is the order
        // of the list.
        order::sort_by(&mut ready, |(_, left), (_, right)| {
            let priority = |ask: &Ask| match ask.origin {
                Origin::Call { .. } => f64::INFINITY,
                _ => self.config.campaigns.get(ask.campaign).map_or(0.0, |campaign| campaign.priority),
            };
            priority(right).total_cmp(&priority(left)).then(left.campaign.cmp(&right.campaign))
        });
        let mut winners: Vec<(Option<Text>, usize, usize)> = Vec::new();
        for (event, ask) in ready {
            self.visitor.look_at(&self.config, event);
            let Some(place) = self.place_of(&ask) else { continue };
            if winners.iter().any(|(_, campaign, step)| (*campaign, *step) == (ask.campaign, ask.step)) {
                // Its trigger fired while it waited for its turn: one decision is enough.
                continue;
            }
            let winner =
                winners.iter().find(|(taken, ..)| *taken == place).and_then(|(_, campaign, _)| self.config.campaigns.get(*campaign));
            if let Some(winner) = winner.map(|winner| winner.id.clone()) {
                self.fail(&ask, Reason::Outranked, Some(winner));
                continue;
            }
            // What the winners before it have spent is no longer there.
            let failure = if winners.is_empty() { None } else { self.failure(&ask) };
            match failure {
                Some((reason, lost_to)) => self.fail(&ask, reason, lost_to),
                None => {
                    winners.push((place, ask.campaign, ask.step));
                    self.settle_ask(&ask);
                }
            }
        }
    }

    /// Whether another tab has shown it for the same reason already: what time alone brings (a segment left after ten
    /// minutes), every open tab sees at the same instant.
    fn is_answered(&self, ask: &Ask) -> bool {
        let Some(campaign) = self.config.campaigns.get(ask.campaign).filter(|_| ask.origin == Origin::Trigger) else { return false };
        let step = campaign.steps.get(ask.step).and_then(|step| step.id.as_ref());
        self.shared.exposures.iter().rev().any(|exposure| {
            exposure.since == ask.since
                && exposure.campaign == campaign.id
                && exposure.step.as_ref() == step
                && exposure.stream != self.stream
        })
    }

    /// What an ask takes of the page, as this visitor would see it: a slot, or else the screen.
    fn place_of(&self, ask: &Ask) -> Option<Option<Text>> {
        let campaign = self.config.campaigns.get(ask.campaign)?;
        let variant = variant(campaign, campaign.steps.get(ask.step)?, &self.shared.assignment_id)?;
        Some(variant.slot().map(Text::from))
    }

    /// How long an ask has to wait first.
    fn delay_of(&self, ask: &Ask) -> Option<Millis> {
        let campaign = self.config.campaigns.get(ask.campaign)?;
        let delay = campaign.after + campaign.steps.get(ask.step)?.after;
        (ask.origin == Origin::Trigger && delay > 0).then_some(delay)
    }

    fn start_wait(&mut self, ask: &Ask, delay: Millis) {
        let failure = self.with_scene(|scene| first_failure(scene, ask)).filter(|(reason, _)| BEFORE_WAIT.contains(reason));
        if let Some((reason, finding)) = failure {
            self.fail(ask, reason, finding.lost_to);
            return;
        }
        let Some(campaign) = self.config.campaigns.get(ask.campaign) else { return };
        // One wait at a time: a trigger that fires again while the first still waits changes nothing.
        if !self.shared.waits.iter().any(|wait| wait.campaign == campaign.id) {
            let step = campaign.steps.get(ask.step).and_then(|step| step.id.clone());
            self.shared.waits.push(Wait { campaign: campaign.id.clone(), step, since: ask.since, due: ask.since + delay });
        }
    }

    fn failure(&self, ask: &Ask) -> Option<(Reason, Option<Text>)> {
        self.with_scene(|scene| first_failure(scene, ask)).map(|(reason, finding)| (reason, finding.lost_to))
    }

    /// Runs `look` over everything a check may look at.
    pub(super) fn with_scene<T>(&self, look: impl FnOnce(&Scene) -> T) -> T {
        let lens = self.visitor.lens(&self.config);
        let taken: Vec<(Text, Text)> =
            self.screen.iter().filter_map(|showing| Some((showing.slot.clone()?, showing.campaign.clone()))).gather();
        look(&Scene {
            config: &self.config,
            shared: &self.shared,
            facts: &lens,
            journey: self.visitor.journey(),
            consent: self.allowed(),
            session: self.visitor.session_began(),
            stream: &self.stream,
            page: self.page_open.then_some(self.page.number),
            on_screen: self.screen.iter().find(|showing| showing.slot.is_none()).map(|showing| showing.campaign.clone()),
            taken_slots: &taken,
            missing_slots: &self.missing_slots,
        })
    }

    /// A check failed: the campaign is queued where its turn may still come, or let go.
    fn fail(&mut self, ask: &Ask, reason: Reason, lost_to: Option<Text>) {
        let Some(campaign) = self.config.campaigns.get(ask.campaign) else { return };
        let (id, wait_for_turn) = (campaign.id.clone(), campaign.queue);
        let step = campaign.steps.get(ask.step).and_then(|step| step.id.clone());
        let now = self.now();
        let place = self.shared.queue.iter().position(|queued| queued.campaign == id && queued.step == step);
        if let Some(place) = place {
            let waits_on = reason.is_about_turn() && self.shared.queue.get(place).is_some_and(|queued| now < queued.until);
            if waits_on {
                return;
            }
            let ended = self.shared.queue.remove(place);
            let lost_to = lost_to.or(ended.lost_to.filter(|_| reason.is_about_turn()));
            self.decide(ask, Outcome::Suppressed, None, Some(reason), lost_to);
        } else if reason.is_about_turn() && wait_for_turn > 0 && !matches!(ask.origin, Origin::Call { .. }) {
            let page = ask.page.map(|_| Text::from(self.page_name()));
            self.shared.queue.push(Queued {
                campaign: id,
                step,
                since: ask.since,
                until: now + wait_for_turn,
                page,
                reason: reason.name().into(),
                lost_to: lost_to.clone(),
            });
            self.decide(ask, Outcome::Queued, None, Some(reason), lost_to);
            return;
        } else {
            if reason == Reason::SlotMissing {
                self.remember_slotless(ask);
            }
            self.decide(ask, Outcome::Suppressed, None, Some(reason), lost_to);
        }
        let ends = matches!(reason, Reason::GoalReached | Reason::Muted | Reason::Paused | Reason::Invalid | Reason::NoConsent);
        if ask.step > 0 && !ends {
            self.plan_next_step(ask);
        }
    }

    fn remember_slotless(&mut self, ask: &Ask) {
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

    /// All checks passed: the control group decides, then the variant.
    fn settle_ask(&mut self, ask: &Ask) {
        let now = self.now();
        let Some(campaign) = self.config.campaigns.get(ask.campaign) else { return };
        let Some(step) = campaign.steps.get(ask.step) else { return };
        let held_out = is_held_out(campaign, &self.shared.assignment_id);
        let chosen = variant(campaign, step, &self.shared.assignment_id).and_then(|variant| variant.id.clone());
        let place = step.variants.iter().position(|variant| variant.id == chosen).unwrap_or(0);
        let (id, step_id, page_bound) = (campaign.id.clone(), step.id.clone(), campaign.is_page_bound());
        let slot = step.variants.get(place).and_then(|variant| variant.slot()).map(Text::from);
        let impression = self.new_id();
        keep(&mut self.shared.queue, |queued| queued.campaign != id || queued.step != step_id);
        self.shared.exposures.push(Exposure {
            impression: impression.clone(),
            campaign: id,
            step: step_id,
            variant: chosen.clone(),
            at: now,
            stream: self.stream.clone(),
            stage: if held_out { Stage::HeldBack } else { Stage::Reserved },
            attention: ask.takes_attention(&self.config, &self.shared.assignment_id),
            clicked: false,
            dismissed: None,
            goal: false,
            since: ask.since,
            page_bound,
        });
        self.plan_next_step(ask);
        if !held_out {
            self.show(ask, place, impression, false);
            self.decide(ask, Outcome::Shown, chosen, None, None);
        } else {
            // A replay has no eye: what would be there would be in view.
            self.held_back.push((impression.clone(), self.options.strict.then_some(now)));
            self.effects.push(super::Effect::Hold { impression, slot });
            self.decide(ask, Outcome::HeldOut, chosen, Some(Reason::HeldOut), None);
        }
    }

    /// The next step counts from this one's display, or from where it was passed over.
    fn plan_next_step(&mut self, ask: &Ask) {
        let now = self.now();
        let Some(campaign) = self.config.campaigns.get(ask.campaign) else { return };
        let Some(next) = campaign.steps.get(ask.step + 1) else { return };
        keep(&mut self.shared.waits, |wait| wait.campaign != campaign.id);
        self.shared.waits.push(Wait { campaign: campaign.id.clone(), step: next.id.clone(), since: ask.since, due: now + next.after });
    }

    /// A preview for the campaign's marketer: shown whatever the checks say, and nothing is counted.
    fn preview(&mut self, ask: &Ask) {
        let Some(campaign) = self.config.campaigns.get(ask.campaign) else { return };
        let Some(step) = campaign.steps.get(ask.step) else {
            self.decide(ask, Outcome::Suppressed, None, Some(Reason::Invalid), None);
            return;
        };
        let chosen = variant(campaign, step, &self.shared.assignment_id).and_then(|variant| variant.id.clone());
        let place = step.variants.iter().position(|variant| variant.id == chosen).unwrap_or(0);
        let impression = self.new_id();
        self.remove_overlays();
        self.show(ask, place, impression, true);
        self.decide(ask, Outcome::Shown, chosen, None, None);
    }

    /// Notes a decision, tells the listeners, and answers the `show()` call that asked for it.
    pub(super) fn decide(&mut self, ask: &Ask, outcome: Outcome, variant: Option<Text>, reason: Option<Reason>, lost_to: Option<Text>) {
        let Some(campaign) = self.config.campaigns.get(ask.campaign) else { return };
        let step = campaign.steps.get(ask.step).and_then(|step| step.id.clone());
        let decision = Decision { campaign: campaign.id.clone(), step, at: self.now(), outcome, variant, reason, lost_to };
        let value = decision.to_value();
        if matches!(ask.origin, Origin::Call { .. }) {
            let waiting = self.waiting_results.iter().position(|(waiting, _)| *waiting == decision.campaign);
            if let Some(place) = waiting {
                let (_, id) = self.waiting_results.remove(place);
                self.effects.push(super::Effect::Result { id, value: value.clone() });
            }
        }
        self.notify("message", crate::object! { "what" => "decision", "campaign" => decision.campaign.clone(), "decision" => value });
        if self.log.decisions.len() >= 1_000 && !self.options.strict {
            drop_first(&mut self.log.decisions, 500);
        }
        self.log.decisions.push(decision);
    }
}
