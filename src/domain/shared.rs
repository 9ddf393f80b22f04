//! What all tabs of a visitor must agree on: who they are, what was shown, what waits, and the coupon wallet.
//!
//! It is changed only inside a claim (a read-write transaction of the store), so that two tabs never both count on
//! the same free place of a limit.

use super::coupon::Held;
use super::json;
use super::time::{DAY, Millis};
use super::value::{Object, Text, Value};
use crate::domain::list::{Gather, keep};

/// How far a display has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Decided and perhaps painted; given back if it is never seen.
    Reserved,
    /// At least one second in view: it counts.
    Seen,
    /// Withheld from the control group for as long as a display takes to be seen: it counts as a display would.
    HeldOut,
    /// Decided but withheld, and not yet for so long: who leaves at once is in neither group.
    HeldBack,
}

impl Stage {
    /// Whether it may still be given back.
    pub fn is_open(self) -> bool {
        matches!(self, Stage::Reserved | Stage::HeldBack)
    }
}

/// One display of a message, or its hold-out.
#[derive(Clone, Debug, PartialEq)]
pub struct Exposure {
    /// The impression's id, which its events carry.
    pub impression: Text,
    /// The campaign.
    pub campaign: Text,
    /// The step.
    pub step: Option<Text>,
    /// The variant.
    pub variant: Option<Text>,
    /// When it was decided.
    pub at: Millis,
    /// The page load that showed it.
    pub stream: Text,
    /// The session's number.
    pub session: u32,
    /// How far it has come.
    pub stage: Stage,
    /// Whether it took the visitor's attention (an overlay that came by itself).
    pub attention: bool,
    /// Whether it was clicked.
    pub clicked: bool,
    /// When it was dismissed.
    pub dismissed: Option<Millis>,
    /// Whether its goal was counted.
    pub goal: bool,
    /// When its trigger fired, so that it can be served again if it was never seen.
    pub since: Millis,
    /// Whether it is gone with its page.
    pub page_bound: bool,
}

/// A campaign or step that waits for its time.
#[derive(Clone, Debug, PartialEq)]
pub struct Wait {
    /// The campaign.
    pub campaign: Text,
    /// The index of the step.
    pub step: usize,
    /// When the trigger fired.
    pub since: Millis,
    /// When it ends.
    pub due: Millis,
}

/// A campaign that passed all checks but has to wait for its turn.
#[derive(Clone, Debug, PartialEq)]
pub struct Queued {
    /// The campaign.
    pub campaign: Text,
    /// The index of the step.
    pub step: usize,
    /// When the trigger fired.
    pub since: Millis,
    /// When it is dropped.
    pub until: Millis,
    /// The page load and page number it belongs to, where it is bound to its page.
    pub page: Option<Text>,
    /// Why it waits.
    pub reason: Text,
    /// To whom it lost.
    pub lost_to: Option<Text>,
}

/// The state itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shared {
    /// The visitor's id while unknown.
    pub anonymous_id: Text,
    /// The anonymous id at the first assignment, kept through `identify` so that variants stick.
    pub assignment_id: Text,
    /// The member, once known.
    pub user_id: Option<Text>,
    /// Raised by `reset` and `forget`: what belongs to an older one is not this visitor's.
    pub epoch: i64,
    /// The displays, oldest first.
    pub exposures: Vec<Exposure>,
    /// What waits for its time.
    pub waits: Vec<Wait>,
    /// What waits for its turn.
    pub queue: Vec<Queued>,
    /// Mutes: campaign id (or `*`) and the end.
    pub mutes: Vec<(Text, Millis)>,
    /// The wallet.
    pub coupons: Vec<Held>,
}

/// The displays that are kept; beyond them the oldest go that no limit counts.
const MAX_EXPOSURES: usize = 500;
/// The displays that are kept at most.
const MAX_COUNTED: usize = 2_000;
/// How long displays are kept.
const KEEP: Millis = 400 * DAY;

impl Shared {
    /// Drops what is too old to matter; `counts` says of which displays a limit without an end still counts.
    pub fn tidy(&mut self, now: Millis, counts: impl Fn(&Exposure) -> bool) {
        keep(&mut self.exposures, |exposure| exposure.at > now - KEEP);
        let mut extra = self.exposures.len().saturating_sub(MAX_EXPOSURES);
        if extra > 0 {
            self.exposures.retain(|exposure| {
                let goes = extra > 0 && !counts(exposure);
                extra -= usize::from(goes);
                !goes
            });
            let extra = self.exposures.len().saturating_sub(MAX_COUNTED);
            self.exposures.drain(..extra);
        }
        keep(&mut self.mutes, |(_, until)| *until > now);
        keep(&mut self.coupons, |held| held.issued_at > now - KEEP);
    }

    /// Who the visitor is, without anything that was shown to them.
    pub fn identity(&self) -> Self {
        Shared {
            anonymous_id: self.anonymous_id.clone(),
            assignment_id: self.assignment_id.clone(),
            user_id: self.user_id.clone(),
            epoch: self.epoch,
            ..Shared::default()
        }
    }

    /// The display with an impression's id.
    pub fn exposure(&mut self, impression: &str) -> Option<&mut Exposure> {
        self.exposures.iter_mut().rev().find(|exposure| &*exposure.impression == impression)
    }

    /// Mutes a campaign (or `*`, all of them) until a moment.
    pub fn mute(&mut self, campaign: &str, until: Millis) {
        match self.mutes.iter_mut().find(|(id, _)| &**id == campaign) {
            Some(mute) => mute.1 = mute.1.max(until),
            None => self.mutes.push((campaign.into(), until)),
        }
    }

    /// The stored text.
    pub fn to_text(&self) -> String {
        let list = |items: Vec<Value>| Value::List(items);
        let object = crate::object! {
            "v" => 1i64,
            "anonymousId" => self.anonymous_id.clone(),
            "assignmentId" => self.assignment_id.clone(),
            "userId" => self.user_id.clone(),
            "epoch" => self.epoch,
            "exposures" => list(self.exposures.iter().map(exposure_to_value).gather()),
            "waits" => list(self.waits.iter().map(|wait| crate::object! {
                "c" => wait.campaign.clone(), "n" => wait.step, "t" => wait.since, "d" => wait.due,
            }.into()).gather()),
            "queue" => list(self.queue.iter().map(|queued| crate::object! {
                "c" => queued.campaign.clone(), "n" => queued.step, "t" => queued.since, "u" => queued.until,
                "p" => queued.page.clone(), "r" => queued.reason.clone(), "l" => queued.lost_to.clone(),
            }.into()).gather()),
            "mutes" => list(self.mutes.iter().map(|(id, until)| list(vec![id.clone().into(), (*until).into()])).gather()),
            "coupons" => list(self.coupons.iter().map(Held::to_value).gather()),
        };
        json::to_text(&object.into())
    }

    /// Reads the stored text; `None` where it is damaged or from a later version.
    pub fn from_text(text: &str) -> Option<Self> {
        let value = json::parse(text).ok()?;
        if value.number("v")? != 1.0 {
            return None;
        }
        let optional = |value: &Value, key: &str| value.text(key).map(Text::from);
        let millis = |value: &Value, key: &str| value.number(key).map(|at| at as Millis);
        Some(Shared {
            anonymous_id: value.text("anonymousId")?.into(),
            assignment_id: value.text("assignmentId")?.into(),
            user_id: optional(&value, "userId"),
            epoch: millis(&value, "epoch")?,
            exposures: value.list("exposures").iter().filter_map(exposure_from_value).gather(),
            waits: value
                .list("waits")
                .iter()
                .filter_map(|item| {
                    Some(Wait {
                        campaign: optional(item, "c")?,
                        step: item.number("n")? as usize,
                        since: millis(item, "t")?,
                        due: millis(item, "d")?,
                    })
                })
                .gather(),
            queue: value
                .list("queue")
                .iter()
                .filter_map(|item| {
                    Some(Queued {
                        campaign: optional(item, "c")?,
                        step: item.number("n")? as usize,
                        since: millis(item, "t")?,
                        until: millis(item, "u")?,
                        page: optional(item, "p"),
                        reason: optional(item, "r")?,
                        lost_to: optional(item, "l"),
                    })
                })
                .gather(),
            mutes: value
                .list("mutes")
                .iter()
                .filter_map(|item| match item.as_list()? {
                    [Value::Text(id), Value::Number(until)] => Some((id.clone(), *until as Millis)),
                    _ => None,
                })
                .gather(),
            coupons: value.list("coupons").iter().filter_map(Held::from_value).gather(),
        })
    }
}

fn exposure_to_value(exposure: &Exposure) -> Value {
    let mut object: Object = crate::object! {
        "i" => exposure.impression.clone(), "c" => exposure.campaign.clone(), "t" => exposure.at, "k" => exposure.stream.clone(),
        "q" => i64::from(exposure.session),
        "e" => match exposure.stage { Stage::Reserved => 0i64, Stage::Seen => 1, Stage::HeldOut => 2, Stage::HeldBack => 3 },
        "a" => exposure.attention, "w" => exposure.since, "b" => exposure.page_bound,
    };
    for (key, text) in [("s", &exposure.step), ("v", &exposure.variant)] {
        if let Some(text) = text {
            object.set(key, text.clone());
        }
    }
    for (key, flag) in [("x", exposure.clicked), ("g", exposure.goal)] {
        if flag {
            object.set(key, true);
        }
    }
    if let Some(at) = exposure.dismissed {
        object.set("d", at);
    }
    object.into()
}

fn exposure_from_value(value: &Value) -> Option<Exposure> {
    Some(Exposure {
        impression: value.text("i")?.into(),
        campaign: value.text("c")?.into(),
        step: value.text("s").map(Text::from),
        variant: value.text("v").map(Text::from),
        at: value.number("t")? as Millis,
        stream: value.text("k")?.into(),
        session: value.number("q")? as u32,
        stage: match value.number("e")? as i64 {
            0 => Stage::Reserved,
            1 => Stage::Seen,
            3 => Stage::HeldBack,
            _ => Stage::HeldOut,
        },
        attention: value.flag("a"),
        clicked: value.flag("x"),
        dismissed: value.number("d").map(|at| at as Millis),
        goal: value.flag("g"),
        since: value.number("w")? as Millis,
        page_bound: value.flag("b"),
    })
}
