//! One tab on its own, for the tests of the outbox.

#![allow(dead_code)] // Each test binary uses its part.

use dangol::domain::outbox::{Answer, Found, Outbox, Outcome, Send, Settings};
use dangol::domain::random::{Ids, Random};
use dangol::domain::time::Millis;
use dangol::domain::value::Text;

/// When the tab was opened.
pub const START: Millis = 1_795_314_914_066;

/// One tab on its own, whose store never fails.
pub struct Tab {
    pub outbox: Outbox,
    ids: Ids,
    random: Random,
    pub now: Millis,
}

impl Tab {
    pub fn new(change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = Settings::new("/collect");
        change(&mut settings);
        Tab {
            outbox: Outbox::new(settings, Random::from_entropy("1"), START),
            ids: Ids::default(),
            random: Random::from_entropy("2"),
            now: START,
        }
    }

    pub fn with(number: usize) -> Self {
        let mut tab = Self::new(|_| {});
        tab.push(number);
        tab
    }

    pub fn push(&mut self, number: usize) -> Vec<Text> {
        (0..number).map(|_| self.push_named("Product Viewed", "")).collect()
    }

    pub fn push_named(&mut self, name: &str, more: &str) -> Text {
        self.ids.see(self.now, &mut self.random);
        let id = self.ids.next(&mut self.random);
        let text =
            format!(r#"{{"type":"track","event":"{name}","messageId":"{id}","timestamp":"2026-11-22T02:35:14.066Z","more":"{more}"}}"#);
        self.outbox.push(id.clone(), text.into(), self.now);
        id
    }

    /// Lets time pass up to the next wake and takes the lock.
    pub fn flush(&mut self) -> Send {
        self.outbox.flush(self.now);
        self.now = self.now.max(self.outbox.next_wake(self.now).unwrap());
        assert!(self.outbox.wake(self.now));
        let outcome = self.outbox.locked(&Found::default(), self.now);
        outcome.send.expect("something to send")
    }

    pub fn answer(&mut self, send: &Send, status: u16, body: &str) -> Outcome {
        self.outbox.answer(&Answer { batch: send.batch, status, body, ..Answer::default() }, self.now)
    }

    /// How long it is until the next attempt.
    pub fn wait(&mut self) -> Millis {
        self.outbox.next_wake(self.now).unwrap() - self.now
    }

    #[track_caller]
    pub fn balanced(&self) {
        let stats = self.outbox.stats();
        assert_eq!(stats.created, stats.acknowledged + stats.pending + stats.dropped.total());
    }
}
