//! The visitor's document: what is known about a visitor, folded from the journey (CONTRACT §3.1).
//!
//! `docs/document.md` defines every path. A [`Profile`] is a pure fold: the same events in the same order give the same
//! document on every host, and a stored one ([`Profile::to_value`]) goes on as if it had never been stored, so the
//! journey can be cut at any event. An event that comes late is placed by [`Profile::refold`].

mod affinity;
mod cart;
mod clock;
mod decay;
mod lifecycle;
mod orders;
mod page;
mod read;
mod roots;
mod session;
pub mod settings;
mod stage;
mod traits;

pub use roots::{Root, Roots};
pub use settings::Settings;

use crate::domain::event::{Event, IDENTIFIED, PAGE_VIEWED};
use crate::domain::journey::Journey;
use crate::domain::time::{Millis, Zone};
use crate::domain::value::{Object, Text, Value};

/// The layout of a stored profile; another one is not read.
const VERSION: f64 = 1.0;

/// When and how the document is looked at.
#[derive(Clone, Copy)]
pub struct Moment<'a> {
    /// The engine's now.
    pub now: Millis,
    /// How far it is ahead of the device's clock, which was set back: `time` goes by the clock.
    pub ahead: Millis,
    /// The shop's time zone.
    pub zone: &'a Zone,
    /// The definitions in force.
    pub settings: &'a Settings,
    /// The event being handled, where there is one.
    pub event: Option<&'a Event>,
}

/// What is known about a visitor.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Profile {
    user: Option<Text>,
    anonymous_id: Option<Text>,
    device: Option<Value>,
    traits: Object,
    page: page::Page,
    visits: session::Visits,
    cart: cart::Cart,
    orders: orders::Orders,
    stage: stage::Reached,
    affinity: affinity::Affinity,
    touched: Roots,
}

impl Profile {
    /// A visitor of whom nothing is known.
    pub fn new() -> Self {
        Self::default()
    }

    /// Folds one event and returns the number of the session it lies in.
    ///
    /// Events come in the order of their time; one that is older than all that can be refolded (an order that the shop's
    /// server knows of) still counts, in the current session.
    /// An event that Dangol wrote changes nothing and lies in the current session, which is 0 before the first one.
    pub fn apply(&mut self, event: &Event, settings: &Settings) -> u32 {
        self.touched.add(Root::Event);
        if event.own {
            return self.visits.count;
        }
        let entered = self.visits.enter(event, settings.session);
        self.touched.add(Root::Session);
        if entered.changed {
            self.touched.add(Root::Visits);
        }
        self.fold_shop(event, entered.number, settings);
        entered.number
    }

    fn fold_shop(&mut self, event: &Event, session: u32, settings: &Settings) {
        let properties = &event.properties;
        let mut is_order = false;
        if let Some(user) = event.user.as_ref().filter(|user| !user.is_empty()) {
            self.user = Some(user.clone());
            self.touched.add(Root::User);
            self.touched.add(Root::Lifecycle);
        }
        match &*event.name {
            PAGE_VIEWED => {
                self.page = page::Page::read(properties);
                self.visits.view(&self.page, session);
                self.touched.add(Root::Page);
            }
            IDENTIFIED if !properties.is_empty() => {
                traits::fold(&mut self.traits, properties);
                self.touched.add(Root::Traits);
            }
            "Product Added" | "Wishlist Product Added to Cart" => {
                self.cart.add(properties);
                self.touched.add(Root::Cart);
            }
            "Product Removed" => {
                self.cart.remove(properties);
                self.touched.add(Root::Cart);
            }
            "Cart Viewed" => {
                self.cart.replace(properties);
                self.touched.add(Root::Cart);
            }
            "Checkout Started" => {
                self.cart.note_currency(properties);
                self.touched.add(Root::Cart);
            }
            "Order Completed" => {
                if !self.orders.complete(event) {
                    return;
                }
                is_order = true;
                self.cart.note_currency(properties);
                self.cart.clear();
                self.touch_orders();
                self.touched.add(Root::Cart);
            }
            "Order Cancelled" if self.orders.cancel(properties) => self.touch_orders(),
            "Order Refunded" if self.orders.refund(properties) => self.touch_orders(),
            _ => {}
        }
        if self.stage.step(&event.name, event.at, is_order, settings) {
            self.touched.add(Root::Journey);
        }
        if self.affinity.add(event, &settings.affinity) {
            self.touched.add(Root::Affinity);
        }
    }

    fn touch_orders(&mut self) {
        self.touched.add(Root::Orders);
        self.touched.add(Root::Lifecycle);
    }

    /// Folds a whole journey on top of `base`, noting the session of each event in it.
    ///
    /// This is how an event that came late finds its place: the state is made anew from what lies before the journey.
    pub fn refold(base: &Profile, journey: &mut Journey, settings: &Settings) -> Profile {
        let mut profile = base.clone();
        for index in 0..journey.len() {
            let Some(event) = journey.get(index).cloned() else {
                break;
            };
            let session = profile.apply(&event, settings);
            journey.set_session(index, session);
        }
        profile.touched = Roots::ALL;
        profile
    }

    /// The roots that may have changed since this was last asked.
    pub fn take_touched(&mut self) -> Roots {
        std::mem::take(&mut self.touched)
    }

    /// Sets what the host knows about the device: `type os browser language timezone`.
    pub fn set_device(&mut self, device: Value) {
        self.device = Some(device);
        self.touched.add(Root::Device);
    }

    /// Sets the anonymous id, which outlives no `reset`.
    pub fn set_anonymous_id(&mut self, id: &str) {
        self.anonymous_id = Some(id.into());
        self.touched.add(Root::User);
    }

    /// Shows another page than the journey's latest: that of this tab, while another tab's page view came in.
    pub fn set_page(&mut self, properties: &Object) {
        self.page = page::Page::read(properties);
        self.touched.add(Root::Page);
    }

    /// The member's id, where the visitor is known.
    pub fn user(&self) -> Option<&Text> {
        self.user.as_ref()
    }

    /// The anonymous id, where it was set.
    pub fn anonymous_id(&self) -> Option<&Text> {
        self.anonymous_id.as_ref()
    }

    /// The number of the current session, 0 before the first event.
    pub fn session(&self) -> u32 {
        self.visits.count
    }

    /// The time of the newest of the shop's events, `None` before the first one.
    pub fn last_at(&self) -> Option<Millis> {
        self.visits.last_event()
    }

    /// When the current session began.
    pub fn session_began(&self) -> Millis {
        self.visits.started_at
    }

    /// The number of the session that a new event belongs to; only the shop's own events begin one, after `gap`.
    pub fn session_of(&self, event: &Event, gap: Millis) -> u32 {
        self.visits.count + u32::from(!event.own && !self.visits.holds(event.at, gap))
    }

    /// One root as the document shows it; `None` where nothing is known, so that the key is absent.
    pub fn write_root(&self, root: Root, moment: Moment) -> Option<Value> {
        let Moment { now, ahead, zone, settings, event } = moment;
        match root {
            Root::User => {
                let mut object = Object::new();
                read::put(&mut object, "id", self.user.clone());
                read::put(&mut object, "anonymousId", self.anonymous_id.clone());
                object.set("known", self.user.is_some());
                Some(object.into())
            }
            Root::Traits => Some(self.traits.clone().into()),
            Root::Page => self.page.document(),
            Root::Device => self.device.clone(),
            Root::Session => self.visits.session_document(),
            Root::Visits => Some(self.visits.document()),
            Root::Cart => Some(self.cart.document(settings.currency.as_ref())),
            Root::Orders => Some(self.orders.document()),
            Root::Journey => self.stage.document(),
            Root::Lifecycle => Some(lifecycle::state(&self.orders, self.user.is_some(), now, &settings.lifecycle).into()),
            Root::Affinity => self.affinity.document(),
            Root::Time => Some(clock::document(now - ahead, zone)),
            Root::Event => event.map(|event| {
                crate::object! {
                    "name" => event.name.clone(),
                    "properties" => event.properties.clone(),
                }
                .into()
            }),
        }
    }

    /// The whole document.
    pub fn document(&self, moment: Moment) -> Value {
        let mut object = Object::new();
        for root in Root::ALL {
            read::put(&mut object, root.key(), self.write_root(root, moment));
        }
        object.into()
    }

    /// The first millisecond after now at which time alone changes the value under `path`; `None` for never.
    ///
    /// Only `lifecycle` and `time` move without an event: a session lasts until its last event, and the ratios of
    /// `affinity` stay while all of it fades alike.
    pub fn next_change(&self, path: &str, moment: Moment) -> Option<Millis> {
        match Root::of_path(path)? {
            Root::Lifecycle => lifecycle::next_change(&self.orders, self.user.is_some(), moment.now, &moment.settings.lifecycle),
            Root::Time => {
                let change = clock::next_change(path, moment.now - moment.ahead, moment.zone);
                change.map(|at| at + moment.ahead)
            }
            _ => None,
        }
    }

    /// The folded state, to go on from later; device and anonymous id are the host's to set again.
    pub fn to_value(&self) -> Value {
        let mut object = crate::object! { "v" => VERSION };
        read::put(&mut object, "user", self.user.clone());
        object.set("traits", self.traits.clone());
        object.set("page", self.page.to_value());
        object.set("visits", self.visits.to_value());
        object.set("cart", self.cart.to_value());
        object.set("orders", self.orders.to_value());
        object.set("stage", self.stage.to_value());
        object.set("affinity", self.affinity.to_value());
        object.into()
    }

    /// Reads a folded state back; `None` where it is damaged or of another layout.
    pub fn from_value(value: &Value) -> Option<Profile> {
        if value.number("v") != Some(VERSION) {
            return None;
        }
        Some(Profile {
            user: read::stored_text(value, "user"),
            traits: value.get("traits")?.as_object()?.clone(),
            page: page::Page::from_value(value.get("page")?),
            visits: session::Visits::from_value(value.get("visits")?)?,
            cart: cart::Cart::from_value(value.get("cart")?)?,
            orders: orders::Orders::from_value(value.get("orders")?)?,
            stage: stage::Reached::from_value(value.get("stage")?)?,
            affinity: affinity::Affinity::from_value(value.get("affinity")?)?,
            touched: Roots::ALL,
            anonymous_id: None,
            device: None,
        })
    }
}
