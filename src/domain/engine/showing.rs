//! A message that was given its place: what the visitor has done with it, and how long it stays.

use super::timers::SEEN_AFTER;
use crate::domain::event::Event;
use crate::domain::facts::earlier;
use crate::domain::message::{Action, Line};
use crate::domain::time::Millis;
use crate::domain::value::{Object, Text, Value};
use std::rc::Rc;

/// A message on screen.
#[derive(Debug)]
pub struct Showing {
    /// Its impression.
    pub(super) impression: Text,
    /// Its campaign.
    pub(super) campaign: Text,
    /// Its slot, for inline messages.
    pub(super) slot: Option<Text>,
    /// Its step.
    pub(super) step: Option<Text>,
    pub(super) variant: Option<Text>,
    pub(super) message: Value,
    pub(super) is_marketing: bool,
    /// Whether it is a preview: nothing of it is counted.
    pub(super) preview: bool,
    /// The event that brought it, for its templates.
    pub(super) event: Option<Rc<Event>>,
    pub(super) actions: Vec<Vec<Action>>,
    pub(super) answers: Object,
    /// The forms that were sent: the message's own, 0, and those of its branches.
    pub(super) sent: Vec<usize>,
    /// The branch that was taken, counted from one.
    pub(super) branch: usize,
    /// What a click does besides copying a code, once that is done.
    pub(super) rest: Vec<Action>,
    /// The campaign whose message comes once this one has gone.
    pub(super) next: Option<String>,
    pub(super) transcript: Vec<Line>,
    /// What the visitor wanted to say to a person.
    pub(super) asked: String,
    /// Whether the visitor asked for a person and no chat took over.
    pub(super) is_away: bool,
    pub(super) copied: Vec<(Text, bool)>,
    /// Whether the visitor asked what this device holds about them.
    pub(super) tells_data: bool,
    /// Whether it was drawn: what draws may still be on its way.
    pub(super) is_drawn: bool,
    /// What it looked like when it was drawn last.
    pub(super) look: String,
    pub(super) in_view_since: Option<Millis>,
    pub(super) seen: bool,
    /// When an overlay that nobody looked at is taken away again; its reservation would lapse soon after, and another
    /// tab might then show the same.
    pub(super) withdraw_at: Option<Millis>,
    pub(super) dismiss_at: Option<Millis>,
    /// What is left of its time while that does not run: nobody has looked at it yet, or the visitor took hold of it.
    pub(super) dismiss_left: Option<Millis>,
    pub(super) is_held: bool,
    pub(super) redraw_at: Option<Millis>,
}

impl Showing {
    /// Whether it was in view for a second.
    pub(super) fn is_seen(&self) -> bool {
        self.seen || self.preview
    }

    /// The next instant at which it does something by itself.
    pub(super) fn next_timer(&self) -> Option<Millis> {
        let seen = self.in_view_since.filter(|_| !self.seen).map(|since| since + SEEN_AFTER);
        earlier(earlier(seen.or(self.withdrawal()), self.dismiss_at), self.redraw_at)
    }

    /// It is looked at: its time runs from here on.
    pub(super) fn come_into_view(&mut self, now: Millis) {
        self.in_view_since = self.in_view_since.or(Some(now));
        self.run(now);
    }

    pub(super) fn run(&mut self, now: Millis) {
        if self.in_view_since.is_some() && !self.is_held {
            self.dismiss_at = self.dismiss_left.take().map(|left| now + left).or(self.dismiss_at);
        }
    }

    pub(super) fn stop(&mut self, now: Millis, least: Millis) {
        self.dismiss_left = self.dismiss_at.take().map(|end| (end - now).max(least)).or(self.dismiss_left);
    }

    pub(super) fn withdrawal(&self) -> Option<Millis> {
        self.withdraw_at.filter(|_| !self.is_seen() && self.in_view_since.is_none())
    }
}
