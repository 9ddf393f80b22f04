//! Whatever happens, in whatever order: nothing is lost, nothing counted twice, bounds and order hold.

// A test says what went wrong best by stopping there, in its helpers too.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::collections::BTreeSet;

use dangol::domain::outbox::{Answer, Found, MAX_BODY, MAX_EXIT, Outbox, Outcome, Send, Settings};
use dangol::domain::random::{Ids, Random};
use dangol::domain::time::{HOUR, MINUTE, Millis};
use dangol::domain::value::Text;
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Input {
    Push(usize),
    Stored,
    Learn(u8),
    Wait(Millis),
    Flush,
    Lock(bool),
    Answer(u16, u8),
    Exit,
    Unlocked,
    Online(bool),
    Forget(u8),
    Reload,
}

fn input() -> impl Strategy<Value = Input> {
    let status = prop_oneof![
        3 => Just(200u16), 1 => Just(0), 1 => Just(503), 1 => Just(429), 1 => Just(413), 1 => Just(400), 1 => Just(404),
        1 => any::<u16>()
    ];
    prop_oneof![
        5 => (1usize..3_000).prop_map(Input::Push),
        1 => (20_000usize..70_000).prop_map(Input::Push),
        2 => Just(Input::Stored),
        1 => any::<u8>().prop_map(Input::Learn),
        4 => (-2 * HOUR..2 * HOUR).prop_map(Input::Wait),
        1 => any::<i64>().prop_map(Input::Wait),
        2 => Just(Input::Flush),
        4 => any::<bool>().prop_map(Input::Lock),
        6 => (status, any::<u8>()).prop_map(|(status, lists)| Input::Answer(status, lists)),
        1 => Just(Input::Exit),
        1 => Just(Input::Unlocked),
        1 => any::<bool>().prop_map(Input::Online),
        1 => any::<u8>().prop_map(Input::Forget),
        1 => Just(Input::Reload),
    ]
}

struct Model {
    outbox: Outbox,
    random: Random,
    ids: Ids,
    now: Millis,
    seq: u64,
    store: Vec<(Text, Text)>,
    /// With the time that had passed when they left.
    flights: Vec<(Send, Millis)>,
    passed: Millis,
    settled: BTreeSet<Text>,
    known: BTreeSet<Text>,
}

impl Model {
    fn new(strict: bool) -> Self {
        let mut settings = Settings::new("/collect");
        settings.strict_ack = strict;
        settings.flush_at = 5;
        Model {
            outbox: Outbox::new(settings, Random::from_entropy("5"), 0),
            random: Random::from_entropy("6"),
            ids: Ids::default(),
            now: 0,
            seq: 0,
            store: Vec::new(),
            flights: Vec::new(),
            passed: 0,
            settled: BTreeSet::new(),
            known: BTreeSet::new(),
        }
    }

    fn event(&mut self, size: usize) -> (Text, Text) {
        self.seq += 1;
        self.ids.see(1, &mut self.random);
        let id = self.ids.next(&mut self.random);
        let text =
            format!(r#"{{"type":"track","event":"X","messageId":"{id}","timestamp":"","seq":{},"x":"{}"}}"#, self.seq, "x".repeat(size));
        (id, text.into())
    }

    fn take(&mut self, outcome: Outcome) {
        let dropped = outcome.dropped.iter().map(|(id, _)| id);
        for id in outcome.acknowledged.iter().chain(dropped) {
            assert!(self.known.contains(id), "{id} was never given");
            assert!(self.settled.insert(id.clone()), "{id} was settled twice");
        }
        self.store.retain(|(id, _)| !outcome.deleted().any(|gone| gone == id));
        if let Some(send) = outcome.send {
            self.take_off(send, MAX_BODY);
        }
    }

    fn take_off(&mut self, send: Send, most: usize) {
        assert!(!send.ids.is_empty() && send.body.len() <= most, "{}", send.body.len());
        assert!(send.ids.is_sorted(), "ids grow in a stream, so a batch must too");
        for id in &send.ids {
            assert!(!self.settled.contains(id), "{id} is sent after it was settled");
            // At the page's end what no store holds goes once more: the request of a flush may end with the page.
            let only_copy = send.exit && !self.store.iter().any(|(stored, _)| stored == id);
            let times = self.flights.iter().filter(|(other, _)| (other.exit || !only_copy) && other.ids.contains(id)).count();
            assert_eq!(times, 0, "{id} is in two requests at once");
        }
        let plain = self.flights.iter().filter(|(flight, _)| !flight.exit).count();
        assert!(send.exit || plain == 0, "two requests of a flush at once");
        self.flights.push((send, self.passed));
    }

    fn run(&mut self, input: Input) {
        match input {
            Input::Push(size) => {
                let (id, text) = self.event(size);
                self.known.insert(id.clone());
                let outcome = self.outbox.push(id, text, self.now);
                self.take(outcome);
            }
            Input::Stored => {
                let all = self.outbox.unstored();
                let all: Vec<_> = all.map(|(id, text)| (id.clone(), text.clone())).collect();
                let ids: Vec<Text> = all.iter().map(|(id, _)| id.clone()).collect();
                self.store.extend(all);
                self.store.sort();
                self.store.dedup();
                self.outbox.stored(&ids);
            }
            Input::Learn(number) => {
                let found: Vec<_> = (0..number % 8).map(|_| self.event(50)).collect();
                self.known.extend(found.iter().map(|(id, _)| id.clone()));
                let outcome = self.outbox.learn(&found, false, self.now);
                self.take(outcome);
            }
            Input::Wait(length) => {
                // The range of JavaScript's dates.
                let last = 8_640_000_000_000_000;
                let before = self.now;
                self.now = self.now.saturating_add(length).clamp(-last, last);
                self.passed += (self.now - before).clamp(0, 9_000 * HOUR);
            }
            Input::Flush => self.outbox.flush(self.now),
            Input::Lock(readable) => {
                // What is overdue is given up, and may be sent again.
                let outcome = self.outbox.overdue(self.now);
                let passed = self.passed;
                self.flights.retain(|(_, since)| passed - since < 30_000);
                self.take(outcome);
                let wakes = self.outbox.wake(self.now);
                if wakes {
                    let found = Found { pending: readable.then_some(self.store.as_slice()), ..Found::default() };
                    let outcome = self.outbox.locked(&found, self.now);
                    self.take(outcome);
                }
            }
            Input::Answer(status, lists) => {
                if self.flights.is_empty() {
                    return;
                }
                let (flight, _) = self.flights.remove(0);
                let named = |bit: u8| {
                    let ids = flight.ids.iter().enumerate();
                    let ids = ids.filter(|(index, _)| lists >> ((index * 3 + usize::from(bit)) % 8) & 1 == 1);
                    let ids: Vec<String> = ids.map(|(_, id)| format!("\"{id}\"")).collect();
                    ids.join(",")
                };
                let body = format!(r#"{{"accepted":[{}],"rejected":[{}]}}"#, named(0), named(1));
                let answer =
                    Answer { batch: flight.batch, status, body: if lists.is_multiple_of(3) { "" } else { &body }, ..Answer::default() };
                let outcome = self.outbox.answer(&answer, self.now);
                self.take(outcome);
            }
            Input::Exit => {
                if let Some(send) = self.outbox.exit(self.now) {
                    self.take_off(send, MAX_EXIT);
                }
            }
            Input::Unlocked => self.outbox.unlocked(),
            Input::Online(online) => {
                let outcome = self.outbox.online(online, self.now);
                self.take(outcome);
            }
            Input::Forget(number) => {
                let ids: Vec<Text> = self.known.iter().skip(usize::from(number)).take(3).cloned().collect();
                self.outbox.forget(&ids);
                self.store.retain(|(id, _)| !ids.contains(id));
                self.settled.extend(ids);
            }
            Input::Reload => {
                let saved = self.outbox.to_value();
                self.outbox.restore(&saved, self.now);
            }
        }
        let stats = self.outbox.stats();
        assert_eq!(stats.created, stats.acknowledged + stats.pending + stats.dropped.total());
        assert_eq!(stats.created as usize, self.known.len());
        assert_eq!(stats.pending as usize, self.known.len() - self.settled.len());
        assert!(stats.pending <= 10_000 && self.outbox.bytes() <= 1 << 20);
        if let Some(at) = self.outbox.next_wake(self.now) {
            let wait = at.saturating_sub(self.now);
            assert!((0..=HOUR + MINUTE).contains(&wait), "a wait of {wait}");
        }
    }

    /// The endpoint recovers: everything must be settled in a few hours.
    fn drain(&mut self) {
        self.flights.clear();
        self.outbox.unlocked();
        self.outbox.online(true, self.now);
        self.now = self.now.clamp(0, 1 << 50);
        for _ in 0..200 {
            let Some(at) = self.outbox.next_wake(self.now) else {
                break;
            };
            self.passed += at - self.now;
            self.now = at;
            self.run(Input::Lock(true));
            while let Some((send, _)) = self.flights.pop() {
                let ids: Vec<String> = send.ids.iter().map(|id| format!("\"{id}\"")).collect();
                let body = format!(r#"{{"accepted":[{}]}}"#, ids.join(","));
                let answer = Answer { batch: send.batch, status: 200, body: &body, ..Answer::default() };
                let outcome = self.outbox.answer(&answer, self.now);
                self.take(outcome);
            }
        }
        assert_eq!(self.outbox.stats().pending, 0);
        assert_eq!(self.settled.len(), self.known.len());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost_and_nothing_counts_twice(
        strict in any::<bool>(),
        inputs in prop::collection::vec(input(), 1..120),
    ) {
        let mut model = Model::new(strict);
        for input in inputs {
            model.run(input);
        }
        model.drain();
    }
}
