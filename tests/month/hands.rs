//! What the host does for the engine: performs its effects, answers its claims, writes what it saves.

use super::{Coming, Display, World};
use dangol::domain::engine::{Effect, Save};
use dangol::domain::event::Event;
use dangol::domain::json;
use dangol::domain::value::Value;
use std::time::Instant;

impl World {
    pub(super) fn tell(&mut self, place: usize, data: &Value) {
        for other in (0..self.tabs.len()).filter(|other| *other != place) {
            let at = self.now + self.lag();
            self.later(at, other, Coming::Peer(data.clone()));
        }
    }

    pub(super) fn give(&mut self, place: usize, input: &Value) {
        let now = self.now;
        let Some(Some(tab)) = self.tabs.get_mut(place) else { return };
        let began = Instant::now();
        let effects = tab.engine.apply(now, input);
        if input.text("in") == Some("start") {
            self.starting += began.elapsed().as_nanos();
            self.starts += 1;
        } else {
            self.busy += began.elapsed().as_nanos();
            self.inputs += 1;
        }
        for effect in effects {
            match effect {
                // A claim does not hold up the timer.
                Effect::Wake(at) => tab.wake = at,
                effect => tab.queue.push_back(effect),
            }
        }
        self.perform(place);
    }

    /// What a claim's answer brings comes before all that was queued.
    pub(super) fn answer_claim(&mut self, place: usize) {
        let now = self.now;
        let shared = self.shared.clone();
        let Some(Some(tab)) = self.tabs.get_mut(place) else { return };
        let began = Instant::now();
        let effects = tab.engine.apply(now, &dangol::object! { "in" => "claimed", "shared" => shared }.into());
        self.busy += began.elapsed().as_nanos();
        tab.blocked = false;
        let dies = tab.dies_at_claim && effects.iter().any(|effect| matches!(effect, Effect::Show(_)));
        for effect in effects.into_iter().rev() {
            match effect {
                Effect::Wake(at) => tab.wake = at,
                effect => tab.queue.push_front(effect),
            }
        }
        if dies {
            // What was decided is durable, and then the lights go out.
            while let Some(Some(tab)) = self.tabs.get_mut(place) {
                match tab.queue.pop_front() {
                    Some(Effect::Save(save)) => self.save(save),
                    Some(_) => {}
                    None => break,
                }
            }
            self.crash(place);
            return;
        }
        self.perform(place);
    }

    pub(super) fn save(&mut self, save: Save) {
        for (id, text) in save.journey {
            self.stored(&json::parse(&text).unwrap());
            self.journey.insert(id.to_string(), text);
        }
        for id in save.drop_journey {
            self.journey.remove(&*id);
        }
        if let Some(shared) = save.shared {
            self.shared = Some(shared);
        }
        if let Some(state) = save.state {
            self.state = Some(state);
        }
    }

    /// What the store is told of, and so what every later page can know.
    fn stored(&mut self, event: &Value) {
        let at = event.number("t").unwrap() as i64;
        let display = event.at("p.impression_id").and_then(Value::as_text).and_then(|impression| self.displays.get_mut(impression));
        match (event.text("n").unwrap(), display) {
            ("Message Held Out", _) => self.held_out(event),
            ("Message Clicked", Some(display)) => display.clicked = Some(at),
            ("Message Dismissed", Some(display)) => display.dismissed = Some(at),
            (name, _) if !Event::is_own_name(name) => {
                self.heard.insert(at);
            }
            _ => {}
        }
    }

    fn held_out(&mut self, event: &Value) {
        let text = |key: &str| event.at(key).and_then(Value::as_text).map(String::from);
        let display = Display {
            campaign: text("p.campaign").unwrap(),
            step: text("p.step"),
            variant: text("p.variant"),
            // It is written when a display would have been seen, a second after it was decided.
            at: event.number("t").unwrap() as i64 - 1_000,
            held_out: true,
            seen: true,
            clicked: None,
            dismissed: None,
        };
        self.displays.entry(text("p.impression_id").unwrap()).or_insert(display);
    }

    fn perform(&mut self, place: usize) {
        loop {
            let Some(Some(tab)) = self.tabs.get_mut(place) else { return };
            if tab.blocked {
                return;
            }
            let Some(effect) = tab.queue.pop_front() else { return };
            match effect {
                Effect::Claim => {
                    tab.blocked = true;
                    let lag = self.lag();
                    self.claim_free = self.claim_free.max(self.now + lag);
                    let at = self.claim_free;
                    self.later(at, place, Coming::Claimed);
                }
                Effect::Save(save) => self.save(save),
                Effect::Broadcast(data) => self.tell(place, &data),
                Effect::Show(message) => self.mounted(place, &message.head),
                // What would be there would be in view.
                Effect::Hold { impression, .. } => {
                    tab.mounted.push(impression.to_string());
                    self.later(self.now, place, Coming::Ui(impression.to_string(), "inview"));
                }
                Effect::Remove { impression } => tab.mounted.retain(|mounted| **mounted != *impression),
                Effect::Notify { kind: "message", detail } => self.noted(&detail),
                _ => {}
            }
        }
    }

    pub(super) fn lag(&mut self) -> i64 {
        if self.manners.lag == 0 { 0 } else { self.dice.below(self.manners.lag) as i64 }
    }

    pub(super) fn later(&mut self, at: i64, place: usize, coming: Coming) {
        let Some(Some(tab)) = self.tabs.get(place) else { return };
        self.order += 1;
        self.comings.insert((at, self.order), (place, tab.stream.clone(), coming));
    }

    fn mounted(&mut self, place: usize, head: &Value) {
        let text = |key: &str| head.text(key).map(String::from);
        let impression = text("impression").unwrap();
        let display = Display {
            campaign: text("campaign").unwrap(),
            step: text("step"),
            variant: text("variant"),
            at: self.now,
            held_out: false,
            seen: false,
            clicked: None,
            dismissed: None,
        };
        self.displays.insert(impression.clone(), display);
        let hidden = self.tabs[place].as_mut().is_some_and(|tab| {
            tab.mounted.push(impression.clone());
            tab.hidden
        });
        let now = self.now;
        if !self.manners.lively {
            self.later(now + 100, place, Coming::Ui(impression, "inview"));
            return;
        }
        // An inline message is in view as soon as its tab is; only an overlay can be taken away before it is seen.
        let hidden = hidden && text("layout").as_deref() != Some("inline");
        // A hidden tab's message is seen when the visitor comes back, up to three minutes later, or never.
        let view = now + if hidden { 20_000 + self.dice.below(160_000) as i64 } else { 50 + self.dice.below(400) as i64 };
        if !self.dice.chance(if hidden { 30 } else { 6 }) {
            self.later(view, place, Coming::Ui(impression.clone(), "inview"));
        }
        let then = view + 500 + self.dice.below(20_000) as i64;
        let act = match self.dice.below(10) {
            0 | 1 => "action",
            2..=5 => "dismiss",
            6 => "today",
            _ => return,
        };
        self.later(then, place, Coming::Ui(impression, act));
    }

    fn noted(&mut self, detail: &Value) {
        match detail.text("what") {
            Some("shown") => {
                let display = self.displays.get_mut(detail.text("impression_id").unwrap());
                // A display whose process died before it was painted is never reported.
                display.expect("shown without being mounted").seen = true;
            }
            Some("decision") => {
                let decision = detail.get("decision").unwrap();
                let outcome = decision.text("outcome").unwrap();
                let reason = decision.text("reason").unwrap_or("-");
                *self.reasons.entry(format!("{outcome} {reason}")).or_default() += 1;
                self.decisions.push(json::to_text(decision));
            }
            _ => {}
        }
    }
}
