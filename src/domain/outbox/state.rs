//! What the outbox tells about itself: the ledger, the report of drops, what a reload must know.

use super::{Drops, Outbox, Reason, Stats};
use crate::domain::list::Gather;
use crate::domain::time::Millis;
use crate::domain::value::{Object, Text, Value};

impl Outbox {
    /// The ledger.
    pub fn stats(&self) -> Stats {
        Stats { pending: self.queue.len() as u64, ..self.stats }
    }

    /// The bytes of the events that wait.
    pub fn bytes(&self) -> usize {
        self.queue.bytes()
    }

    /// The drops that no event has reported yet, for the `context.dropped` of the next one; it is then theirs to report.
    pub fn take_report(&mut self) -> Option<Object> {
        if self.unreported.total() == 0 {
            return None;
        }
        let report = self.unreported.to_object();
        self.unreported = Drops::default();
        Some(report)
    }

    /// A report was taken and its event will not be sent: the next one has to carry it.
    pub fn owe(&mut self, report: Option<Object>) {
        if let Some(report) = report {
            self.unreported.add_value(&report.into());
        }
    }

    /// How far the server's clock is ahead of the device's, where an answer said so.
    pub fn server_offset(&self) -> Option<Millis> {
        self.server_offset
    }

    /// What a reload and another tab must know: the backoff, the server's clock, the drops not yet reported.
    pub fn to_value(&self) -> Value {
        let mut value = self.gate.to_value(&self.clock);
        let object = value.make_object();
        if let Some(offset) = self.server_offset {
            object.set("offset", offset);
        }
        if self.unreported.total() > 0 {
            object.set("dropped", self.unreported.to_object());
        }
        if !self.gone.is_empty() {
            object.set("gone", self.gone.iter().cloned().map(Value::from).gather());
        }
        value
    }

    /// Takes over what the former page saved, at the start.
    pub fn restore(&mut self, value: &Value, now: Millis) {
        self.adopt(value, now);
        if let Some(dropped) = value.get("dropped") {
            self.unreported.add_value(dropped);
        }
    }

    /// Another tab told what it has settled, or left that beside the store.
    pub fn hear(&mut self, told: &Value) {
        let ids = |key: &str| -> Vec<Text> { told.list(key).iter().filter_map(Value::as_text).map(Text::from).gather() };
        self.forget(&ids("acknowledged"));
        self.forget_dropped(&ids("gone"), Reason::Rejected);
    }

    /// Takes over what another tab saved: the waits where they are newer, and in any case which events it dropped.
    pub fn adopt(&mut self, value: &Value, now: Millis) {
        self.clock.see(now);
        self.hear(value);
        if self.gate.adopt(value, &self.clock)
            && let Some(offset) = value.number("offset")
        {
            self.server_offset = Some(offset as Millis);
        }
    }
}
