//! What all tabs of a visitor must agree on: who they are, what was shown, what waits, and the coupon wallet.
//!
//! It is changed only inside a claim (a read-write transaction of the store), so that two tabs never both count on
//! the same free place of a limit.

use super::coupon::Held;
use super::json;
use super::number;
use super::time::{DAY, Millis};
use super::value::{Text, Value};
use crate::domain::list::{Gather, drop_first, keep};

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
    /// The step's id, for campaigns with steps: a step may be put in or taken out while this one waits.
    pub step: Option<Text>,
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
    /// The step's id, for campaigns with steps.
    pub step: Option<Text>,
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
/// How long displays are kept, and what waits for a campaign that no configuration has.
pub const KEEP: Millis = 400 * DAY;

impl Shared {
    /// Drops what is too old to matter; `counts` says of which displays a limit without an end still counts.
    pub fn tidy(&mut self, now: Millis, counts: impl Fn(&Exposure) -> bool) {
        keep(&mut self.exposures, |exposure| exposure.at > now - KEEP);
        let mut extra = self.exposures.len().saturating_sub(MAX_EXPOSURES);
        if extra > 0 {
            keep(&mut self.exposures, |exposure| {
                let goes = extra > 0 && !counts(exposure);
                extra -= usize::from(goes);
                !goes
            });
            let extra = self.exposures.len().saturating_sub(MAX_COUNTED);
            drop_first(&mut self.exposures, extra);
        }
        keep(&mut self.mutes, |(_, until)| *until > now);
        keep(&mut self.coupons, |held| held.issued_at > now - KEEP);
    }

    /// Somebody of whom nothing is known but an id, by which they are assigned to variants, too.
    pub fn new(anonymous_id: Text) -> Self {
        Shared { assignment_id: anonymous_id.clone(), anonymous_id, ..Shared::default() }
    }

    /// Who the visitor is, without anything that was shown to them.
    pub fn identity(&self) -> Self {
        let mut shared = Shared::new(self.anonymous_id.clone());
        shared.assignment_id = self.assignment_id.clone();
        shared.user_id = self.user_id.clone();
        shared.epoch = self.epoch;
        shared
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

    /// The stored text. Every claim asks for it, so it is written without a tree in between.
    pub fn to_text(&self) -> String {
        let mut out = String::from("{\"v\":1");
        text(&mut out, "anonymousId", Some(&self.anonymous_id));
        text(&mut out, "assignmentId", Some(&self.assignment_id));
        text(&mut out, "userId", self.user_id.as_ref());
        integer(&mut out, "epoch", self.epoch);
        list(&mut out, "exposures", &self.exposures, write_exposure);
        list(&mut out, "waits", &self.waits, |out, wait| {
            text(out, "c", Some(&wait.campaign));
            text(out, "s", wait.step.as_ref());
            integer(out, "t", wait.since);
            integer(out, "d", wait.due);
        });
        list(&mut out, "queue", &self.queue, |out, queued| {
            text(out, "c", Some(&queued.campaign));
            text(out, "s", queued.step.as_ref());
            integer(out, "t", queued.since);
            integer(out, "u", queued.until);
            text(out, "p", queued.page.as_ref());
            text(out, "r", Some(&queued.reason));
            text(out, "l", queued.lost_to.as_ref());
        });
        let mutes = self.mutes.iter().map(|(id, until)| Value::List(vec![id.clone().into(), (*until).into()])).gather();
        let coupons = self.coupons.iter().map(Held::to_value).gather();
        for (name, value) in [("mutes", Value::List(mutes)), ("coupons", Value::List(coupons))] {
            key(&mut out, name);
            json::push_value(&value, &mut out);
        }
        out.push('}');
        out
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
                        step: optional(item, "s"),
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
                        step: optional(item, "s"),
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

/// The next key of the object that is being written.
fn key(out: &mut String, name: &str) {
    if !out.ends_with('{') {
        out.push(',');
    }
    out.push('"');
    out.push_str(name);
    out.push_str("\":");
}

fn text(out: &mut String, name: &str, text: Option<&Text>) {
    if let Some(text) = text {
        key(out, name);
        json::push_text(text, out);
    }
}

fn integer(out: &mut String, name: &str, value: i64) {
    key(out, name);
    number::push_integer(value, out);
}

fn flag(out: &mut String, name: &str, is_set: bool) {
    if is_set {
        key(out, name);
        out.push_str("true");
    }
}

fn list<T>(out: &mut String, name: &str, items: &[T], write: fn(&mut String, &T)) {
    key(out, name);
    out.push('[');
    for (index, item) in items.iter().enumerate() {
        out.push_str(if index > 0 { ",{" } else { "{" });
        write(out, item);
        out.push('}');
    }
    out.push(']');
}

fn write_exposure(out: &mut String, exposure: &Exposure) {
    text(out, "i", Some(&exposure.impression));
    text(out, "c", Some(&exposure.campaign));
    integer(out, "t", exposure.at);
    text(out, "k", Some(&exposure.stream));
    let stage = match exposure.stage {
        Stage::Reserved => 0,
        Stage::Seen => 1,
        Stage::HeldOut => 2,
        Stage::HeldBack => 3,
    };
    integer(out, "e", stage);
    integer(out, "w", exposure.since);
    text(out, "s", exposure.step.as_ref());
    text(out, "v", exposure.variant.as_ref());
    if let Some(at) = exposure.dismissed {
        integer(out, "d", at);
    }
    for (name, is_set) in [("a", exposure.attention), ("b", exposure.page_bound), ("x", exposure.clicked), ("g", exposure.goal)] {
        flag(out, name, is_set);
    }
}

fn exposure_from_value(value: &Value) -> Option<Exposure> {
    Some(Exposure {
        impression: value.text("i")?.into(),
        campaign: value.text("c")?.into(),
        step: value.text("s").map(Text::from),
        variant: value.text("v").map(Text::from),
        at: value.number("t")? as Millis,
        stream: value.text("k")?.into(),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stored_is_read_back() {
        let stages = [Stage::Reserved, Stage::Seen, Stage::HeldOut, Stage::HeldBack];
        let exposures = stages.into_iter().enumerate().map(|(index, stage)| {
            let is_odd = index % 2 == 1;
            Exposure {
                impression: "i\"1".into(),
                campaign: "봄 세일".into(),
                step: is_odd.then(|| "two".into()),
                variant: (!is_odd).then(|| "a".into()),
                at: 1_793_458_800_000 + index as i64,
                stream: "s".into(),
                stage,
                attention: is_odd,
                clicked: !is_odd,
                dismissed: is_odd.then_some(7),
                goal: index == 2,
                since: -1,
                page_bound: index == 3,
            }
        });
        let queued = |page: Option<Text>| Queued {
            campaign: "q".into(),
            step: page.is_some().then(|| "two".into()),
            since: 1,
            until: 2,
            lost_to: page.clone(),
            page,
            reason: "outranked".into(),
        };
        let shared = Shared {
            anonymous_id: "a".into(),
            assignment_id: "b".into(),
            user_id: Some("u".into()),
            epoch: 3,
            exposures: exposures.collect(),
            waits: vec![Wait { campaign: "w".into(), step: None, since: 5, due: 6 }],
            queue: vec![queued(None), queued(Some("p#1".into()))],
            mutes: vec![("*".into(), 9)],
            coupons: Vec::new(),
        };
        assert_eq!(Shared::from_text(&shared.to_text()), Some(shared));
        assert_eq!(Shared::from_text(&Shared::default().to_text()), Some(Shared::default()));
    }
}
