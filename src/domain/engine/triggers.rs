//! From what happened to which campaigns ask to be shown.

use super::calls::LATENESS;
use super::page::OpenPage;
use super::reacting::is_act;
use super::recorded::REPLAYS;
use super::visitor::Taken;
use super::{Engine, Work};
use crate::domain::campaign::{Campaign, Moment, Page, Trigger};
use crate::domain::decision::{Ask, Origin};
use crate::domain::event::{Event, PAGE_VIEWED};
use crate::domain::list::{Gather, append, keep};
use crate::domain::random::uuid;
use crate::domain::time::{Millis, to_iso};
use crate::domain::value::{Object, Text, Value};
use crate::domain::wire::Kind;
use std::rc::Rc;

/// How far a change of membership goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Voice {
    /// Another tab, or the shop's server, speaks for it.
    Silent,
    /// It is written to the journey, but an event that came late fires no trigger.
    Written,
    /// It is written and may trigger.
    Full,
    /// Time alone brought it, to every open tab and to the tab's next page alike: it is written and may trigger.
    Timed,
}

/// How deep own events may lead to further own events.
const MAX_DEPTH: u8 = 8;

impl Engine {
    /// Takes an event into the journey; where it `fires`, triggers and reactions follow.
    pub(super) fn take_in(&mut self, event: Event, fires: bool) {
        if REPLAYS && event.own && self.options.strict && !self.writing_own {
            self.take_in_recorded(event, fires);
        } else {
            self.follow_up(event, fires);
        }
    }

    pub(super) fn follow_up(&mut self, event: Event, fires: bool) {
        let event = Rc::new(event);
        if !self.visitor.is_settled() {
            // Segments that are true of an empty history are entered before the first event is handled.
            self.visitor.advance(&self.config, event.at);
            self.settle_segments(if fires { Voice::Full } else { Voice::Silent });
        }
        let is_page = &*event.name == PAGE_VIEWED;
        // By the clock of a replay what is earlier than anything seen is late, wherever it lies in the journey.
        let was_late = self.options.strict && event.at < self.now();
        match self.visitor.take_in(&self.config, event.clone()) {
            Taken::Known => return,
            Taken::Late | Taken::Newest if was_late => {
                self.keep(&event);
                self.settle_segments(Voice::Written);
                return;
            }
            Taken::Newest | Taken::Late => {}
        }
        self.keep(&event);
        if !fires {
            if is_act(&event) {
                self.acts.push(event.clone());
            }
            self.settle_segments(Voice::Silent);
            self.show_page();
            return;
        }
        let mut works = Vec::new();
        if is_page {
            works = self.open_page(&event);
        }
        self.settle_segments(Voice::Full);
        append(&mut works, self.asks_of(&event));
        if !event.own {
            if self.may_react(&event) {
                works.push(Work::React(event.clone()));
            }
            if !self.screen.is_empty() {
                self.refresh();
            }
        }
        self.plan(Some(event), works);
    }

    /// An event of who has not agreed to personalization: nothing is kept of it and nothing comes up. Where it `fires` and is
    /// the shop's, campaigns that would have asked are told why not.
    pub(super) fn pass_by(&mut self, event: &Event, fires: bool) {
        let late = self.options.strict && event.at < self.now();
        if &*event.name == PAGE_VIEWED {
            // It is open all the same, for whoever agrees on it.
            self.open_page(event);
        }
        if fires && !late && !event.own {
            let works = self.asks_of(event);
            self.plan(None, works);
        }
    }

    /// The campaigns that fire because `event` came: those of the page that it opened, and its own.
    fn asks_of(&mut self, event: &Event) -> Vec<Work> {
        let mut works = Vec::new();
        if &*event.name == PAGE_VIEWED {
            append(&mut works, self.preview_asked());
            append(&mut works, self.asks_of_page());
        }
        append(&mut works, self.asks_for(Moment::Event(event)));
        works
    }

    /// The campaigns that fire because the page that is open was opened.
    pub(super) fn asks_of_page(&mut self) -> Vec<Work> {
        let page = self.page.page.clone();
        self.asks_for(Moment::Page(&page))
    }

    /// Queues the event for the store and for the other tabs.
    fn keep(&mut self, event: &Event) {
        if self.options.strict {
            return;
        }
        // An event that lies before instants that have passed does not tell the next page how far time had come: without
        // that it would let them pass once more, and segments would be entered and left that this page never saw change.
        self.save_members |= self.visitor.journey().last_at() < Some(self.now());
        let text = event.to_stored(self.visitor.journey().place_of(event));
        self.told.push(crate::object! { "journey" => text.as_str(), "epoch" => self.shared.epoch }.into());
        // A call that is done again after it has made somebody else of the visitor: its row went with the former one's.
        if let Some(place) = self.save.drop_journey.iter().position(|gone| *gone == event.id) {
            self.save.drop_journey.swap_remove(place);
        }
        self.save.journey.push((event.id.clone(), text));
    }

    /// Settles memberships; what changed is told to the listeners, and as far as `voice` goes written and acted upon.
    pub(super) fn settle_segments(&mut self, voice: Voice) {
        let changes = self.visitor.settle(&self.config);
        if changes.is_empty() {
            return;
        }
        let at = self.now();
        let mut named: Vec<(Text, bool)> = Vec::new();
        for change in changes {
            if let Some(segment) = self.config.segments.get(change.segment as usize) {
                named.push((segment.id.clone(), change.entered));
            }
        }
        for (segment, entered) in &named {
            self.tell_segment(segment.clone(), at, *entered);
        }
        self.save_members = true;
        if voice == Voice::Silent {
            return;
        }
        for (segment, entered) in named {
            if voice != Voice::Written {
                let asks = self.asks_for(Moment::Segment(&segment, entered));
                if voice == Voice::Timed && self.options.strict && !self.page_open {
                    // A browser is not there to see time pass: its next page finds the change.
                    append(&mut self.unpaged, asks);
                } else {
                    self.plan(None, asks);
                }
            }
            let name = if entered { "Segment Entered" } else { "Segment Left" };
            self.timed = voice == Voice::Timed;
            let rewritten = self.rewritten.iter().position(|(known, of)| &**known == name && *of == segment);
            if let Some(place) = rewritten.filter(|_| !self.timed) {
                self.rewritten.remove(place);
                continue;
            }
            // All tabs come to the same change at the same instant, so the id says what changed and when.
            let id = if self.timed { self.shared_id(at, &segment, entered) } else { self.new_id() };
            if !self.visitor.journey().contains(&id) {
                self.write_own_as(id, name, crate::object! { "segment" => segment });
            }
            self.timed = false;
        }
    }

    /// Whoever follows the segments hears of a change.
    pub(super) fn tell_segment(&mut self, segment: Text, at: Millis, entered: bool) {
        let on = if entered { "enter" } else { "leave" };
        self.notify("segment", crate::object! { "segment" => segment.clone(), "on" => on, "timestamp" => to_iso(at) });
        self.log.segments.push((segment, at, entered));
    }

    /// The campaigns that fire because `moment` came.
    pub(super) fn asks_for(&mut self, moment: Moment) -> Vec<Work> {
        let now = self.now();
        // Between two pages of a replay nothing is on a page. What comes before a browser's first one is on that.
        let counts = self.page_open || !self.options.strict || matches!(moment, Moment::Segment(..));
        let firing = self.page.fire(&self.config, moment, counts, now, self.visitor.zone());
        let number = self.page.number;
        firing
            .into_iter()
            .map(|campaign| {
                let bound = self.config.campaigns.get(campaign).is_some_and(|campaign| campaign.is_page_bound());
                Work::Ask(Ask { campaign, step: 0, since: now, origin: Origin::Trigger, page: bound.then_some(number) })
            })
            .gather()
    }

    /// A page that was left handed over this call although its event had reached the disk: the claim that would have
    /// decided about it was never answered. What was decided after all is found answered.
    pub(super) fn fire_again(&mut self, id: &str, now: Millis) {
        let Some(event) = self.visitor.journey().events().iter().rev().find(|event| &*event.id == id).cloned() else { return };
        if now - event.at > LATENESS {
            return;
        }
        let zone = self.visitor.zone();
        let fires = |campaign: &Campaign| match campaign.triggers.as_slice() {
            [Trigger::Event(filter)] => filter.matches(&event, now, zone),
            _ => false,
        };
        let ask = |campaign| Work::Ask(Ask { campaign, step: 0, since: event.at, origin: Origin::Trigger, page: None });
        let campaigns = self.config.campaigns.iter().enumerate();
        let mut works = campaigns.filter(|(_, campaign)| fires(campaign)).map(|(index, _)| ask(index)).gather();
        if self.may_react(&event) {
            works.push(Work::React(event.clone()));
        }
        self.plan(Some(event), works);
    }

    /// The campaign that `?dangol-preview=<campaign>` names: its marketer wants to see it, and nothing is counted.
    pub(super) fn preview_asked(&self) -> Option<Work> {
        let name = self.page.page.query.get("dangol-preview").and_then(Value::as_text).filter(|_| !self.options.strict)?;
        let campaign = self.config.campaigns.iter().position(|campaign| &*campaign.id == name)?;
        Some(Work::Ask(Ask { campaign, step: 0, since: self.now(), origin: Origin::Call { force: true }, page: None }))
    }

    /// Closes the former page and opens the one of `event`.
    pub(super) fn open_page(&mut self, event: &Event) -> Vec<Work> {
        let mut works = self.leave_page();
        // A segment that time or this very view changed while none was open is the new page's to find.
        let come = std::mem::take(&mut self.page.come);
        self.page = OpenPage::new(self.page.number + 1, event.at, Page::of(event), event.properties.clone());
        self.page.come = come;
        self.page_open = true;
        works.push(Work::Due);
        works.append(&mut self.unpaged);
        works
    }

    /// Whatever the journey says, another tab's page view or nothing of a visitor who is new: this tab still shows its own page.
    pub(super) fn show_page(&mut self) {
        if self.page_open && self.standing.consent().personalization {
            self.visitor.show_page(&self.config, &self.page.properties);
        }
    }

    /// The page is left: messages go with it, and those nobody saw are given back.
    pub(super) fn leave_page(&mut self) -> Vec<Work> {
        if std::mem::take(&mut self.page_open) {
            // What came on it counts for no other one.
            self.page.come.clear();
        }
        let left: Vec<Text> = self.screen.iter().filter(|showing| !showing.is_seen()).map(|showing| showing.impression.clone()).gather();
        let held_back = self.held_back.iter().map(|(impression, _)| impression.clone()).gather();
        self.remove_all();
        left.into_iter().chain(held_back).map(Work::Left).gather()
    }

    /// A page signal came.
    pub(super) fn signal(&mut self, input: &Value) {
        let text = input.text("value").unwrap_or_default();
        let number = input.number("value").unwrap_or(0.0);
        let moment = match input.text("signal").unwrap_or_default() {
            // Back where the session began: one step further and the visitor is gone.
            "exit" if text == "back" && !self.is_back_at_landing() => return,
            "exit" => Moment::Exit,
            "scroll" => Moment::Scroll(number),
            "idle" => Moment::Idle(number as Millis),
            "visible" => Moment::Visible(text),
            "click" => Moment::Click(text),
            "slot" => {
                keep(&mut self.missing_slots, |slot| &**slot != text);
                self.ask_for_slot(text);
                return;
            }
            "slot_gone" => {
                if !self.missing_slots.iter().any(|slot| &**slot == text) {
                    self.missing_slots.push(text.into());
                }
                return;
            }
            "manual" => {
                // A recorded `show()`.
                self.ask_for_campaign(text, false);
                return;
            }
            kind => {
                self.lifecycle(kind);
                return;
            }
        };
        let asks = self.asks_for(moment);
        self.plan(None, asks);
    }

    /// Whether the open page is the one the session began with, and others lay between.
    fn is_back_at_landing(&self) -> bool {
        let document = self.visitor.document(&self.config);
        let path = document.at("page.path");
        path.is_some()
            && path == document.at("session.landingPath")
            && document.at("session.pageViews").and_then(Value::as_number) > Some(1.0)
    }

    /// An inline campaign whose place was not on the page is asked again now that it is.
    fn ask_for_slot(&mut self, slot: &str) {
        let mut works = Vec::new();
        keep(&mut self.slotless, |(missing, ask)| {
            let found = &**missing == slot;
            if found {
                works.push(Work::Ask(ask.clone()));
            }
            !found
        });
        self.plan(None, works);
    }

    /// Writes an event of Dangol's own.
    pub(super) fn write_own(&mut self, name: &str, properties: Object) {
        let id = self.new_id();
        self.write_own_as(id, name, properties);
    }

    pub(super) fn write_own_as(&mut self, id: Text, name: &str, properties: Object) {
        if self.depth >= MAX_DEPTH {
            return;
        }
        self.depth += 1;
        let event = Event { id, at: self.now(), name: name.into(), properties, user: None, session: None, own: true };
        let was = std::mem::replace(&mut self.writing_own, true);
        self.record(Kind::Track, Some(name), event, None);
        self.writing_own = was;
        self.depth -= 1;
    }

    /// Whether an id is one of [`Engine::shared_id`].
    pub(super) fn is_shared_id(id: &str) -> bool {
        id.as_bytes().get(14) == Some(&b'8')
    }

    /// An id that every tab derives alike: version 8 of RFC 9562, from the time and a hash of what changed.
    fn shared_id(&self, at: Millis, segment: &str, entered: bool) -> Text {
        let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
        let mark: &[u8] = if entered { b"+" } else { b"-" };
        for byte in self.shared.anonymous_id.bytes().chain(segment.bytes()).chain(mark.iter().copied()) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
        let high = ((at as u64) << 16) | 0x8000 | (hash >> 52);
        let low = (0b10 << 62) | (hash & ((1 << 62) - 1));
        uuid(high, low)
    }
}
