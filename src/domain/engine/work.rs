//! What is to be done once the shared state is in hand, queued until a claim is answered.

use super::{Engine, wallet};
use crate::domain::decision::Ask;
use crate::domain::event::Event;
use crate::domain::time::Millis;
use crate::domain::value::Text;
use std::rc::Rc;

/// Something to do once the shared state is in hand.
#[derive(Clone, Debug)]
pub(super) enum Work {
    /// Decide about a campaign.
    Ask(Ask),
    /// Decide about what waited for its time or its turn.
    Due,
    /// An event of the shop: goals, redemptions, cancelled waits.
    React(Rc<Event>),
    /// A message has been in view for a second.
    Seen(Text),
    /// A message was clicked, or else dismissed.
    Acted(Text, bool),
    /// A message left with its page.
    Left(Text),
    /// `dismiss()` was called when what came before this had not been decided.
    DismissLate,
    /// Silence for a campaign.
    Mute(Text, Millis),
    /// A coupon's state moved.
    Coupon(wallet::Move),
    /// The visitor is a new one, or known as a member.
    Anew,
    /// The visitor was erased by another tab.
    Erased,
    /// Consent to marketing was taken back.
    Withdrawn,
}

/// Works of one instant, which are decided together, each with the event that conditions see in it.
pub(super) type Batch = Vec<(Option<Rc<Event>>, Work)>;

impl Engine {
    /// Queues works for the next claim, decided together with all of this instant. Where no `event` brought them, conditions
    /// see the last one.
    pub(super) fn plan(&mut self, event: Option<Rc<Event>>, works: Vec<Work>) {
        for work in works {
            let event = event.clone().or_else(|| self.visitor.event());
            if std::mem::take(&mut self.is_later) || self.batches.is_empty() {
                self.batches.push(Vec::new());
            }
            if let Some(batch) = self.batches.last_mut() {
                batch.push((event, work));
            }
        }
    }

    pub(super) fn plan_one(&mut self, work: Work) {
        self.plan(None, vec![work]);
    }
}
