//! The one place that arbitrates: inside a claim, over the state that all tabs share.

use super::identity::Told;
use super::{Batch, Engine, Phase, Work};
use crate::domain::decision::{Ask, CHECKS, Decision, Origin, Outcome, Reason, Scene, first_failure, is_held_out, variant};
use crate::domain::event::Event;
use crate::domain::list::{Gather, drop_first, keep};
use crate::domain::order;
use crate::domain::shared::{Exposure, Queued, Stage};
use crate::domain::time::Millis;
use crate::domain::value::Text;
use std::rc::Rc;

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
        let mut fired = Vec::new();
        let mut due = None;
        for (event, work) in batch {
            match work {
                Work::Ask(ask) => fired.push((event, ask)),
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
                Work::DismissLate => self.dismiss_late(),
                Work::Mute(campaign, until) => self.shared.mute(&campaign, until),
                Work::Coupon(change) => self.move_coupon(change),
                Work::Anew | Work::Erased => {}
                Work::Withdrawn => self.withdraw_marketing(),
            }
        }
        // A turn that ends here makes room for the trigger that fires here.
        let mut asks = Vec::new();
        if let Some(event) = due {
            for ask in self.due() {
                asks.push((event.clone(), ask));
            }
        }
        asks.append(&mut fired);
        self.arbitrate(asks);
    }

    /// The page across all tabs: the page load and the number in it.
    pub(super) fn page_name(&self) -> String {
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
            let is_preview = matches!(ask.origin, Origin::Call { force: true });
            // A preview passes every check but the one for the place where it would stand.
            let checks: &[Reason] = if is_preview { &[Reason::SlotMissing] } else { &CHECKS };
            match self.failure(&ask, checks) {
                None if is_preview => self.preview(&ask),
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
            let failure = if winners.is_empty() { None } else { self.failure(&ask, &CHECKS) };
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

    pub(super) fn failure(&self, ask: &Ask, checks: &[Reason]) -> Option<(Reason, Option<Text>)> {
        self.with_scene(|scene| first_failure(scene, ask, checks)).map(|(reason, finding)| (reason, finding.lost_to))
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
            ahead: self.visitor.ahead(),
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
    pub(super) fn fail(&mut self, ask: &Ask, reason: Reason, lost_to: Option<Text>) {
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

    /// All checks passed: the control group decides, then the variant.
    fn settle_ask(&mut self, ask: &Ask) {
        let now = self.now();
        let Some(campaign) = self.config.campaigns.get(ask.campaign) else { return };
        let Some(step) = campaign.steps.get(ask.step) else { return };
        let held_out = is_held_out(campaign, &self.shared.assignment_id);
        let chosen = variant(campaign, step, &self.shared.assignment_id).and_then(|variant| variant.id.clone());
        let place = step.variants.iter().position(|variant| variant.id == chosen).unwrap_or(0);
        let (id, step_id) = (campaign.id.clone(), step.id.clone());
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
            page_bound: ask.page.is_some(),
        });
        self.plan_next_step(ask);
        if !held_out {
            self.show(ask, place, impression, false);
            self.decide(ask, Outcome::Shown, chosen, None, None);
        } else {
            // A replay has no eye: what would be there would be in view.
            self.held_back.push((impression.clone(), self.options.strict.then_some(now)));
            self.effects.push(super::Effect::Hold { impression, slot });
            // The screen stays free: who has lost to this one may have a turn at once.
            self.plan_one(Work::Due);
            self.decide(ask, Outcome::HeldOut, chosen, Some(Reason::HeldOut), None);
        }
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
