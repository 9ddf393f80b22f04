//! The checks themselves, each over the same scene, in the order of [`CHECKS`].

use super::{Ask, CHECKS, Origin, Reason, variant};
use crate::domain::campaign::{Campaign, Purpose, Step};
use crate::domain::config::Config;
use crate::domain::consent::Consent;
use crate::domain::facts::{Answer, Facts, Trace};
use crate::domain::journey::Journey;
use crate::domain::list::Gather;
use crate::domain::shared::{Exposure, Shared};
use crate::domain::time::Millis;
use crate::domain::value::{Text, Value};

/// How long an unseen display in another page load counts before it is taken as lost.
pub const RESERVATION: Millis = 60_000;

/// Everything a check may look at.
pub struct Scene<'a> {
    /// The configuration.
    pub config: &'a Config,
    /// What was shown, what waits, what is muted.
    pub shared: &'a Shared,
    /// The visitor.
    pub facts: &'a dyn Facts,
    /// How far the visitor's time is ahead of the device's clock, which was set back. Night and schedule go by the clock; all
    /// that counts from something that happened goes by the visitor's time.
    pub ahead: Millis,
    /// The log, for `unless`.
    pub journey: &'a Journey,
    /// What the visitor allowed.
    pub consent: Consent,
    /// When the session began: its number changes with what the shop's server adds to the history.
    pub session: Millis,
    /// This page load.
    pub stream: &'a str,
    /// The number of the open page, `None` where none is.
    pub page: Option<u32>,
    /// The campaign whose overlay is on screen.
    pub on_screen: Option<Text>,
    /// The selectors of slots that are taken, with the campaign in each.
    pub taken_slots: &'a [(Text, Text)],
    /// The selectors of slots that are not on the page.
    pub missing_slots: &'a [Text],
}

/// The result of one check.
#[derive(Clone, Debug, Default)]
pub struct Finding {
    /// Whether it passed.
    pub passed: bool,
    /// What was asked and what was found.
    pub trace: Trace,
    /// For [`Reason::Outranked`]: by whom.
    pub lost_to: Option<Text>,
}

impl Finding {
    fn of(passed: bool) -> Self {
        Finding { passed, ..Finding::default() }
    }

    /// A number of displays against its limit.
    fn counted(condition: &str, actual: usize, limit: f64) -> Self {
        let passed = (actual as f64) < limit;
        let condition = crate::object! { condition => limit };
        let mut trace = Trace::new(condition.into(), Answer::fixed(passed));
        trace.actual = Some(actual.into());
        trace.expected = Some(limit.into());
        Finding { passed, trace, lost_to: None }
    }

    /// A moment that must have come.
    fn from_moment(condition: &str, moment: Millis, now: Millis) -> Self {
        let passed = moment <= now;
        let trace = Trace::new(condition.into(), Answer { passed, changes_at: (!passed).then_some(moment) });
        Finding { passed, trace, lost_to: None }
    }
}

/// The first of some checks that an ask fails, and what it found.
pub fn first_failure(scene: &Scene, ask: &Ask, checks: &[Reason]) -> Option<(Reason, Finding)> {
    checks.iter().find_map(|check| {
        let finding = run(scene, ask, *check);
        (!finding.passed).then_some((*check, finding))
    })
}

/// Every check of an ask, in order, with traces.
pub fn inspect(scene: &Scene, ask: &Ask) -> Vec<(Reason, Finding)> {
    CHECKS.into_iter().map(|check| (check, explain(scene, ask, check))).gather()
}

/// A check with its trace spelled out.
fn explain(scene: &Scene, ask: &Ask, check: Reason) -> Finding {
    let mut finding = run(scene, ask, check);
    if check == Reason::NotInAudience {
        let Some((campaign, step)) = subject(scene, ask) else { return finding };
        let mut children: Vec<Trace> =
            [&campaign.audience, &step.when].into_iter().flatten().map(|condition| condition.trace(scene.facts)).gather();
        finding.trace = match children.len() {
            1 => children.remove(0),
            _ => {
                let mut trace = Trace::new(Value::Object(Default::default()), Answer::fixed(finding.passed));
                trace.children = children;
                trace
            }
        };
    }
    finding.trace.passed = finding.passed;
    finding
}

fn subject<'a>(scene: &Scene<'a>, ask: &Ask) -> Option<(&'a Campaign, &'a Step)> {
    let campaign = scene.config.campaigns.get(ask.campaign)?;
    Some((campaign, campaign.steps.get(ask.step)?))
}

fn run(scene: &Scene, ask: &Ask, check: Reason) -> Finding {
    let Some((campaign, step)) = subject(scene, ask) else { return Finding::of(check != Reason::Invalid) };
    let now = scene.facts.now();
    match check {
        Reason::Invalid => Finding::of(!campaign.invalid),
        Reason::Paused => Finding::of(!campaign.paused),
        Reason::OutsideSchedule => {
            let answer = campaign.schedule.answer(now - scene.ahead, scene.facts.zone());
            let mut finding = Finding::of(answer.passed);
            finding.trace.changes_at = answer.changes_at;
            finding
        }
        Reason::NoConsent => {
            let needed: &[&str] = match campaign.purpose {
                Purpose::Service => &["personalization"],
                Purpose::Marketing => &["personalization", "marketing"],
            };
            let missing = needed.iter().find(|purpose| !scene.consent.allows(purpose));
            let mut finding = Finding::of(missing.is_none());
            finding.trace.expected = missing.map(|purpose| (*purpose).into());
            finding
        }
        Reason::GoalReached => goal_reached(scene, ask, campaign),
        Reason::NotInAudience => {
            let holds = |condition: &Option<_>| {
                condition.as_ref().is_none_or(|condition: &crate::domain::condition::Condition| condition.evaluate(scene.facts).passed)
            };
            Finding::of(holds(&campaign.audience) && holds(&step.when))
        }
        Reason::Muted => muted(scene, campaign, now),
        Reason::FrequencyCapped => frequency(scene, campaign, step, now),
        Reason::QuietHours => {
            let Some(quiet) = &scene.config.settings.quiet else { return Finding::of(true) };
            let meant = !quiet.marketing_only || campaign.purpose == Purpose::Marketing;
            let lifted = quiet.unless_consent.as_deref().is_some_and(|purpose| scene.consent.allows(purpose));
            let answer = quiet.hours.answer(now - scene.ahead, scene.facts.zone());
            let mut finding = Finding::of(!meant || lifted || !answer.passed);
            if !finding.passed {
                finding.trace.changes_at = answer.changes_at;
            }
            finding
        }
        Reason::PageLeft => Finding::of(match (ask.page, scene.page) {
            (Some(bound), open) => open == Some(bound),
            // What the shop itself just did happened on some page, even if it did not name one.
            (None, None) => !matches!(ask.origin, Origin::Wait | Origin::Queue),
            (None, Some(_)) => true,
        }),
        Reason::SlotMissing => {
            let slot = variant(campaign, step, &scene.shared.assignment_id).and_then(|variant| variant.slot());
            Finding::of(!scene.missing_slots.iter().any(|missing| Some(&**missing) == slot))
        }
        Reason::AttentionBudget => attention(scene, ask, campaign, step, now),
        Reason::Outranked => outranked(scene, campaign, step),
        Reason::HeldOut | Reason::NotTriggered | Reason::Waiting => Finding::of(true),
    }
}

/// Whether a display counts: seen or held out, or reserved by a page that may still be showing it.
fn counts(exposure: &Exposure, stream: &str, now: Millis) -> bool {
    !exposure.stage.is_open() || &*exposure.stream == stream || now - exposure.at < RESERVATION
}

fn displays<'a>(scene: &'a Scene, now: Millis) -> impl Iterator<Item = &'a Exposure> {
    scene.shared.exposures.iter().filter(move |exposure| counts(exposure, scene.stream, now))
}

/// `unless` since the trigger; for later steps also the goal since the first display.
fn goal_reached(scene: &Scene, ask: &Ask, campaign: &Campaign) -> Finding {
    let now = scene.facts.now();
    let zone = scene.facts.zone();
    let mut found = None;
    if let Some(unless) = &campaign.unless {
        found = scene.journey.events().iter().rev().take_while(|event| event.at > ask.since).find(|event| unless.matches(event, now, zone));
    }
    let reached = ask.step > 0
        && scene.shared.exposures.iter().any(|exposure| exposure.campaign == campaign.id && exposure.goal && exposure.at >= ask.since);
    let mut finding = Finding::of(found.is_none() && !reached);
    finding.trace.events = found.map(|event| event.id.clone()).into_iter().gather();
    finding
}

fn muted(scene: &Scene, campaign: &Campaign, now: Millis) -> Finding {
    if let Some((_, until)) = scene.shared.mutes.iter().find(|(id, until)| (*id == campaign.id || &**id == "*") && *until > now) {
        return Finding::from_moment("muted", *until, now);
    }
    let dismissals: Vec<Millis> = scene
        .shared
        .exposures
        .iter()
        .filter(|exposure| exposure.campaign == campaign.id)
        .filter_map(|exposure| exposure.dismissed)
        .gather();
    let Some(last) = dismissals.iter().max() else { return Finding::of(true) };
    let index = dismissals.len().min(campaign.limits.after_dismiss.len());
    match index.checked_sub(1).and_then(|index| campaign.limits.after_dismiss.get(index)) {
        Some(pause) => Finding::from_moment("afterDismiss", last + pause, now),
        None => Finding::of(true),
    }
}

/// The limits of a step: in a campaign with steps each one counts for itself, or the second could never come.
fn frequency(scene: &Scene, campaign: &Campaign, step: &Step, now: Millis) -> Finding {
    let own: Vec<&Exposure> = displays(scene, now).filter(|exposure| exposure.campaign == campaign.id && exposure.step == step.id).gather();
    let limits = &campaign.limits;
    if limits.until_clicked && scene.shared.exposures.iter().any(|exposure| exposure.campaign == campaign.id && exposure.clicked) {
        let mut finding = Finding::of(false);
        finding.trace.condition = "untilClicked".into();
        return finding;
    }
    let today = scene.facts.zone().day(now, 0);
    let counts = [
        ("perSession", limits.per_session, own.iter().filter(|exposure| exposure.at >= scene.session).count()),
        ("perDay", limits.per_day, own.iter().filter(|exposure| (today.start..today.end).contains(&exposure.at)).count()),
        ("total", limits.total, own.len()),
    ];
    for (name, limit, count) in counts {
        if let Some(limit) = limit {
            let finding = Finding::counted(name, count, limit);
            if !finding.passed {
                return finding;
            }
        }
    }
    match (limits.cooldown, own.iter().map(|exposure| exposure.at).max()) {
        (Some(cooldown), Some(last)) => Finding::from_moment("cooldown", last + cooldown, now),
        _ => Finding::of(true),
    }
}

/// Whether an ask takes attention at all: manual campaigns and `show()` do not, nor what the visitor's own variant shows inline.
fn takes_attention(campaign: &Campaign, step: &Step, origin: Origin, assignment_id: &str) -> bool {
    !campaign.is_manual()
        && !matches!(origin, Origin::Call { .. })
        && !variant(campaign, step, assignment_id).is_some_and(|variant| variant.is_inline())
}

fn attention(scene: &Scene, ask: &Ask, campaign: &Campaign, step: &Step, now: Millis) -> Finding {
    if !takes_attention(campaign, step, ask.origin, &scene.shared.assignment_id) {
        return Finding::of(true);
    }
    let budget = &scene.config.settings.attention;
    let today = scene.facts.zone().day(now, 0);
    let spent: Vec<&Exposure> = displays(scene, now).filter(|exposure| exposure.attention).gather();
    let session = spent.iter().filter(|exposure| exposure.at >= scene.session).count();
    let day = spent.iter().filter(|exposure| (today.start..today.end).contains(&exposure.at)).count();
    for (name, count, limit) in [("perSession", session, budget.per_session), ("perDay", day, budget.per_day)] {
        let finding = Finding::counted(name, count, limit);
        if !finding.passed {
            return finding;
        }
    }
    match spent.iter().map(|exposure| exposure.at).max() {
        Some(last) => Finding::from_moment("minGap", last + budget.min_gap, now),
        None => Finding::of(true),
    }
}

/// Whether the place is taken that the visitor's own variant needs: a slot, or else the screen.
fn outranked(scene: &Scene, campaign: &Campaign, step: &Step) -> Finding {
    let lost_to = match variant(campaign, step, &scene.shared.assignment_id).map(|variant| variant.slot()) {
        Some(Some(slot)) => scene.taken_slots.iter().find(|(taken, _)| &**taken == slot).map(|(_, campaign)| campaign.clone()),
        Some(None) => scene.on_screen.clone(),
        None => None,
    };
    let mut finding = Finding::of(lost_to.is_none());
    finding.trace.actual = lost_to.clone().map(Value::from);
    finding.lost_to = lost_to;
    finding
}

impl Ask {
    /// Whether a display of this ask takes the attention of the visitor who is assigned by this id.
    pub fn takes_attention(&self, config: &Config, assignment_id: &str) -> bool {
        let campaign = config.campaigns.get(self.campaign);
        let step = campaign.and_then(|campaign| campaign.steps.get(self.step));
        campaign.zip(step).is_some_and(|(campaign, step)| takes_attention(campaign, step, self.origin, assignment_id))
    }
}
