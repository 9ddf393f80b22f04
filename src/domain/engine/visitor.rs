//! The visitor as the engine knows them: journey, document and memberships, kept in step by one way in.

use crate::domain::behaviour::Behaviours;
use crate::domain::config::Config;
use crate::domain::event::Event;
use crate::domain::facts::{Answer, ClauseId, SlotId, earlier};
use crate::domain::journey::Journey;
use crate::domain::list::{Gather, append, filled};
use crate::domain::membership::{Change, Membership};
use crate::domain::profile::{self, Profile, Root, Roots};
use crate::domain::time::{DAY, Millis, Zone};
use crate::domain::value::{Object, Value};
use std::rc::Rc;

mod lens;

use lens::Lens;

/// Journey, document and memberships of one visitor under one configuration.
#[derive(Debug)]
pub struct Visitor {
    /// The fold of what is no longer in the journey.
    base: Profile,
    /// The fold of everything.
    profile: Profile,
    /// The retained events.
    journey: Journey,
    /// The clauses with this visitor's events.
    behaviours: Behaviours,
    /// Who is in which segment.
    membership: Membership,
    /// The values at the paths that conditions read.
    slots: Vec<Option<Value>>,
    /// The next instant at which a slot changes by itself.
    slots_change: Option<Millis>,
    /// The event being handled, or the last one.
    event: Option<Rc<Event>>,
    zone: Zone,
    now: Millis,
    ahead: Millis,
    /// Whether memberships were ever settled; before that everything is asked.
    settled: bool,
    /// The slots under each root, by [`Root::ALL`].
    by_root: Vec<Vec<SlotId>>,
    /// The clauses that the last event touched.
    touched: Vec<ClauseId>,
    device: Value,
    anonymous_id: String,
}

/// What lies at a document path, of which `root` is the first part.
fn within(root: Option<&Value>, path: &str) -> Option<Value> {
    match path.split_once('.') {
        None => root.cloned(),
        Some((_, rest)) => root.and_then(|value| value.at(rest)).cloned(),
    }
}

/// What became of an event that was taken in.
#[derive(Debug, PartialEq, Eq)]
pub enum Taken {
    /// It is the newest.
    Newest,
    /// It was put at its place before others.
    Late,
    /// It was there already.
    Known,
}

impl Visitor {
    /// A visitor with `base` and `journey` under `config`, as of `now`, which is `ahead` of the device's clock.
    pub fn new(config: &mut Config, base: Profile, journey: Journey, (now, ahead): (Millis, Millis), zone: Zone) -> Self {
        let mut behaviours = std::mem::replace(&mut config.behaviours, Behaviours::new(config.settings.retain_days));
        behaviours.zone = zone.clone();
        behaviours.groups = config.groups.iter().filter_map(|(id, list)| Some((id.clone(), list.as_list()?.to_vec()))).gather();
        let mut by_root = filled(Root::ALL.len(), Vec::new);
        for (slot, path) in config.paths.iter().enumerate() {
            if let Some(list) = Root::of_path(path).and_then(|root| by_root.get_mut(root as usize)) {
                list.push(slot as SlotId);
            }
        }
        let mut visitor = Visitor {
            base,
            profile: Profile::new(),
            journey,
            behaviours,
            membership: Membership::new(&config.segments),
            slots: filled(config.paths.len(), || None),
            slots_change: None,
            event: None,
            zone,
            now,
            ahead,
            settled: false,
            by_root,
            touched: Vec::new(),
            device: Value::Null,
            anonymous_id: String::new(),
        };
        visitor.refold(config);
        visitor
    }

    /// Gives journey and base back, to start anew under another configuration.
    pub fn into_parts(self) -> (Profile, Journey, Zone) {
        (self.base, self.journey, self.zone)
    }

    /// Takes the compiled clauses out, to compile no configuration twice when the visitor changes.
    pub fn take_behaviours(&mut self) -> Behaviours {
        std::mem::replace(&mut self.behaviours, Behaviours::new(0))
    }

    /// Marks every segment to be asked again.
    pub fn touch_all(&mut self) {
        self.membership.touch_all();
    }

    /// Makes everything anew from the base and the journey.
    fn refold(&mut self, config: &Config) {
        self.profile = Profile::refold(&self.base, &mut self.journey, &config.settings.profile);
        self.behaviours.rebuild(&self.journey);
        self.event = self.newest();
        self.stamp();
        self.write_slots(config, Roots::ALL);
        self.membership.touch_all();
    }

    fn stamp(&mut self) {
        if !matches!(self.device, Value::Null) {
            self.profile.set_device(self.device.clone());
        }
        if !self.anonymous_id.is_empty() {
            self.profile.set_anonymous_id(&self.anonymous_id);
        }
    }

    /// Sets what does not come from events: the device and the anonymous id.
    pub fn set_host(&mut self, config: &Config, device: Value, anonymous_id: &str) {
        self.device = device;
        self.anonymous_id = anonymous_id.into();
        self.stamp();
        let touched = self.profile.take_touched();
        self.write_slots(config, touched);
    }

    fn moment<'a>(&'a self, config: &'a Config) -> profile::Moment<'a> {
        profile::Moment {
            now: self.now,
            ahead: self.ahead,
            zone: &self.zone,
            settings: &config.settings.profile,
            event: self.event.as_deref(),
        }
    }

    /// Writes the slots under the given roots anew and marks the segments that read a value that changed.
    fn write_slots(&mut self, config: &Config, roots: Roots) {
        for root in roots.iter() {
            let Some(slots) = self.by_root.get(root as usize).filter(|slots| !slots.is_empty()).cloned() else { continue };
            let value = self.profile.write_root(root, self.moment(config));
            for slot in slots {
                let Some(path) = config.paths.get(slot as usize) else { continue };
                let found = within(value.as_ref(), path);
                if let Some(place) = self.slots.get_mut(slot as usize).filter(|place| **place != found) {
                    *place = found;
                    self.membership.touch_slot(slot);
                }
            }
        }
        let clocks = [Root::Time, Root::Lifecycle];
        if clocks.iter().any(|root| roots.has(*root)) {
            self.slots_change = clocks
                .iter()
                .filter_map(|root| self.by_root.get(*root as usize))
                .flatten()
                .filter_map(|slot| config.paths.get(*slot as usize))
                .fold(None, |next, path| earlier(next, self.profile.next_change(path, self.moment(config))));
        }
    }

    /// Takes an event in: the only way into the journey.
    pub fn take_in(&mut self, config: &Config, event: Rc<Event>) -> Taken {
        if self.journey.contains(&event.id) {
            return Taken::Known;
        }
        let late = self.journey.last_at().is_some_and(|last| event.at < last);
        self.now = self.now.max(event.at);
        if late {
            self.journey.insert(event);
            self.refold(config);
            return Taken::Late;
        }
        let index = self.journey.insert(event.clone());
        let session = self.profile.session();
        let number = self.profile.apply(&event, &config.settings.profile);
        self.journey.set_session(index, number);
        if !event.own {
            self.event = Some(event);
        }
        let mut touched = std::mem::take(&mut self.touched);
        touched.clear();
        self.behaviours.push(&self.journey, index, &mut touched);
        for clause in &touched {
            self.membership.touch_clause(*clause);
        }
        if number != session {
            // A clause over the current session starts anew with it, whatever events it names.
            for clause in self.behaviours.of_session() {
                self.membership.touch_clause(*clause);
            }
        }
        self.touched = touched;
        let mut roots = self.profile.take_touched();
        roots.add(Root::Time);
        self.write_slots(config, roots);
        Taken::Newest
    }

    /// Lets time pass up to `now`, without settling memberships.
    pub fn advance(&mut self, config: &Config, now: Millis) {
        self.now = self.now.max(now);
        if self.slots_change.is_some_and(|at| at <= self.now) {
            self.write_slots(config, Roots::of(&[Root::Time, Root::Lifecycle]));
        }
        self.membership.touch_due(self.now);
    }

    /// The device's clock was set back, and now is further ahead of it.
    pub fn keep_ahead(&mut self, config: &Config, behind: Millis) {
        self.ahead += behind;
        self.write_slots(config, Roots::of(&[Root::Time]));
    }

    /// The next instant at which time alone changes something.
    pub fn next_change(&mut self) -> Option<Millis> {
        earlier(self.membership.next_change(), self.slots_change)
    }

    /// Settles the memberships that may have changed and returns the changes.
    pub fn settle(&mut self, config: &Config) -> Vec<Change> {
        // A decision may be looking at an event that Dangol wrote: a segment that saw it would turn back and forth.
        let looked_at = self.event();
        self.look_at(config, self.newest());
        let mut changes = Vec::new();
        while let Some(segment) = self.membership.next_dirty() {
            let answer = match config.segments.get(segment as usize).and_then(|segment| segment.when.as_ref()) {
                Some(when) => when.evaluate(&self.lens(config)),
                None => Answer::fixed(false),
            };
            append(&mut changes, self.membership.settle(segment, answer));
        }
        self.look_at(config, looked_at);
        self.settled = true;
        changes
    }

    /// Whether memberships were ever settled.
    pub fn is_settled(&self) -> bool {
        self.settled
    }

    /// Settles memberships as they were when the last page left them: without telling anyone what changed.
    pub fn restore_members(&mut self, config: &Config, members: &[Value]) {
        for (index, segment) in config.segments.iter().enumerate() {
            let member = members.iter().any(|id| id.as_text() == Some(&segment.id));
            self.membership.restore(index, member);
        }
        self.settled = true;
    }

    /// The ids of the segments the visitor is in.
    pub fn members(&self, config: &Config) -> Vec<Value> {
        let members = self.membership.members();
        config.segments.iter().zip(members).filter(|(_, member)| **member).map(|(segment, _)| segment.id.clone().into()).gather()
    }

    /// The visitor as conditions see them.
    pub fn lens<'a>(&'a self, config: &'a Config) -> Lens<'a> {
        Lens { visitor: self, config }
    }

    /// Lets conditions and templates see `event` as the one being handled.
    pub fn look_at(&mut self, config: &Config, event: Option<Rc<Event>>) {
        if self.event.as_ref().map(|event| &event.id) != event.as_ref().map(|event| &event.id) {
            self.event = event;
            self.write_slots(config, Roots::of(&[Root::Event]));
        }
    }

    /// The shop's last event: what segments see as `event`.
    fn newest(&self) -> Option<Rc<Event>> {
        self.journey.events().iter().rev().find(|event| !event.own).cloned()
    }

    /// The event being handled, or the last one.
    pub fn event(&self) -> Option<Rc<Event>> {
        self.event.clone()
    }

    /// The visitor's document.
    pub fn document(&self, config: &Config) -> Value {
        self.profile.document(self.moment(config))
    }

    /// One root of the visitor's document.
    pub fn root(&self, config: &Config, root: Root) -> Option<Value> {
        self.profile.write_root(root, self.moment(config))
    }

    /// The journey.
    pub fn journey(&self) -> &Journey {
        &self.journey
    }

    /// When the current session began.
    pub fn session_began(&self) -> Millis {
        self.profile.session_began()
    }

    /// The number of the session that a new event belongs to; it may be the one that it begins.
    pub fn session_of(&self, config: &Config, event: &Event) -> u32 {
        self.profile.session_of(event, config.settings.profile.session)
    }

    /// The member's id as the journey tells it.
    pub fn user(&self) -> Option<&str> {
        self.profile.user().map(|user| &**user)
    }

    /// The engine's now.
    pub fn now(&self) -> Millis {
        self.now
    }

    /// How far it is ahead of the device's clock.
    pub fn ahead(&self) -> Millis {
        self.ahead
    }

    /// The shop's time zone.
    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    /// The checkpoint of what is no longer in the journey.
    pub fn base(&self) -> &Profile {
        &self.base
    }

    /// Folds the events that are older or more than the journey keeps into the base and returns their ids.
    pub fn compact(&mut self, config: &Config) -> Vec<Value> {
        let settings = &config.settings;
        let horizon = self.now - settings.retain_days * DAY;
        let old = self.journey.events().partition_point(|event| event.at < horizon);
        let extra = self.journey.len().saturating_sub(settings.retain_events);
        let count = old.max(extra);
        if count == 0 {
            return Vec::new();
        }
        let dropped = self.journey.drop_oldest(count);
        for event in &dropped {
            self.base.apply(event, &settings.profile);
        }
        self.behaviours.rebuild(&self.journey);
        self.membership.touch_all();
        dropped.iter().map(|event| event.id.clone().into()).gather()
    }

    /// The properties of the last page view, for a tab whose page another tab's event replaced.
    pub fn show_page(&mut self, config: &Config, properties: &Object) {
        self.profile.set_page(properties);
        let touched = self.profile.take_touched();
        self.write_slots(config, touched);
    }
}
