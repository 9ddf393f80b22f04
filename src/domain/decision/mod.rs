//! Why a campaign is shown or not: one order of checks, one place that arbitrates (CONTRACT §2, "How a decision falls").

mod check;
mod experiment;

pub use check::{Finding, RESERVATION, Scene, first_failure, inspect};
pub use experiment::{is_held_out, variant};

use super::time::{Millis, to_iso};
use super::value::{Text, Value};

/// What became of a campaign whose moment had come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Its message is shown.
    Shown,
    /// It would have been shown, but the visitor belongs to the control group.
    HeldOut,
    /// It waits for its turn.
    Queued,
    /// It is not shown.
    Suppressed,
}

impl Outcome {
    /// Its name outside.
    pub fn name(self) -> &'static str {
        match self {
            Outcome::Shown => "shown",
            Outcome::HeldOut => "held_out",
            Outcome::Queued => "queued",
            Outcome::Suppressed => "suppressed",
        }
    }
}

/// Why a campaign is not shown, in the order in which the checks run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// A part of it could not be read.
    Invalid,
    /// Its marketer paused it.
    Paused,
    /// It does not run now.
    OutsideSchedule,
    /// The visitor did not allow its purpose.
    NoConsent,
    /// What it is for has happened.
    GoalReached,
    /// The visitor is not among those it is for.
    NotInAudience,
    /// The visitor asked for quiet.
    Muted,
    /// It was shown as often as it may.
    FrequencyCapped,
    /// Marketing keeps silent at this hour.
    QuietHours,
    /// The page it belonged to was left.
    PageLeft,
    /// The element it goes into is not on the page.
    SlotMissing,
    /// All campaigns together took as much attention as they may.
    AttentionBudget,
    /// Another one has the screen.
    Outranked,
    /// The visitor belongs to the control group.
    HeldOut,
    /// Its moment has not come (only in explanations).
    NotTriggered,
    /// It waits for its time (only in explanations).
    Waiting,
}

/// The checks in the order in which they run.
pub const CHECKS: [Reason; 13] = [
    Reason::Invalid,
    Reason::Paused,
    Reason::OutsideSchedule,
    Reason::NoConsent,
    Reason::GoalReached,
    Reason::NotInAudience,
    Reason::Muted,
    Reason::FrequencyCapped,
    Reason::QuietHours,
    Reason::PageLeft,
    Reason::SlotMissing,
    Reason::AttentionBudget,
    Reason::Outranked,
];

impl Reason {
    /// Its name outside.
    pub fn name(self) -> &'static str {
        match self {
            Reason::Invalid => "invalid",
            Reason::Paused => "paused",
            Reason::OutsideSchedule => "outside_schedule",
            Reason::NoConsent => "no_consent",
            Reason::GoalReached => "goal_reached",
            Reason::NotInAudience => "not_in_audience",
            Reason::Muted => "muted",
            Reason::FrequencyCapped => "frequency_capped",
            Reason::QuietHours => "quiet_hours",
            Reason::PageLeft => "page_left",
            Reason::SlotMissing => "slot_missing",
            Reason::AttentionBudget => "attention_budget",
            Reason::Outranked => "outranked",
            Reason::HeldOut => "held_out",
            Reason::NotTriggered => "not_triggered",
            Reason::Waiting => "waiting",
        }
    }

    /// Whether waiting for one's turn can help.
    pub fn is_about_turn(self) -> bool {
        matches!(self, Reason::AttentionBudget | Reason::Outranked)
    }
}

/// One decision, as `replay` lists it and the page is told.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// The campaign.
    pub campaign: Text,
    /// The step, for campaigns with steps.
    pub step: Option<Text>,
    /// When it fell.
    pub at: Millis,
    /// What became of it.
    pub outcome: Outcome,
    /// The variant, for campaigns with variants.
    pub variant: Option<Text>,
    /// Why it is not shown.
    pub reason: Option<Reason>,
    /// To whom it lost.
    pub lost_to: Option<Text>,
}

impl Decision {
    /// The decision as it leaves the engine.
    pub fn to_value(&self) -> Value {
        let mut object = crate::object! { "campaign" => self.campaign.clone() };
        if let Some(step) = &self.step {
            object.set("step", step.clone());
        }
        object.set("timestamp", to_iso(self.at));
        object.set("outcome", self.outcome.name());
        for (key, text) in
            [("variant", self.variant.as_deref()), ("reason", self.reason.map(Reason::name)), ("lostTo", self.lost_to.as_deref())]
        {
            if let Some(text) = text {
                object.set(key, text);
            }
        }
        object.into()
    }
}

/// A campaign that asks to be shown now.
#[derive(Clone, Debug, PartialEq)]
pub struct Ask {
    /// The campaign's index in the configuration.
    pub campaign: usize,
    /// The step's index.
    pub step: usize,
    /// When its trigger fired.
    pub since: Millis,
    /// Where it comes from.
    pub origin: Origin,
    /// The page it is bound to; `None` where it may be shown on any.
    pub page: Option<u32>,
}

/// Where an ask comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Its trigger fired.
    Trigger,
    /// Its wait ended.
    Wait,
    /// It waited for its turn.
    Queue,
    /// `show()` was called; with `force` it is a preview that counts nothing.
    Call {
        /// Whether all checks are skipped.
        force: bool,
    },
}
