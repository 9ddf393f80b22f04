//! `orders`: what the visitor bought, from `Order Completed`, less what was cancelled or refunded.

use super::read::{amount, identity, iso, products, rounded};
use crate::domain::event::Event;
use crate::domain::list::Gather;
use crate::domain::time::Millis;
use crate::domain::value::{Object, Text, Value};

/// How many of the latest orders are known one by one; of older ones only the totals are.
const RECENT: usize = 100;

/// The orders.
#[derive(Clone, Debug, PartialEq, Default)]
pub(super) struct Orders {
    /// The latest ones, oldest first.
    recent: Vec<Order>,
    /// How many came before those.
    older_count: u32,
    older_revenue: f64,
    /// When the first and the last of the older ones were made.
    older_span: Option<(Millis, Millis)>,
}

/// An order.
#[derive(Clone, Debug, PartialEq)]
struct Order {
    id: Option<Text>,
    at: Millis,
    /// What it brought and was not refunded.
    amount: f64,
}

impl Orders {
    /// `Order Completed`; false where the same order was counted before, as when its page is loaded again.
    pub(super) fn complete(&mut self, event: &Event) -> bool {
        let id = identity(event.properties.get("order_id"));
        if id.is_some() && self.recent.iter().any(|order| order.id == id) {
            return false;
        }
        if self.recent.len() == RECENT {
            let oldest = self.recent.remove(0);
            self.older_count += 1;
            self.older_revenue = rounded(self.older_revenue + oldest.amount);
            let (first, last) = self.older_span.unwrap_or((oldest.at, oldest.at));
            self.older_span = Some((first.min(oldest.at), last.max(oldest.at)));
        }
        // History from the shop's server may be older than what was folded before.
        let index = self.recent.partition_point(|order| order.at <= event.at);
        let order = Order { id, at: event.at, amount: said_amount(&event.properties, ["revenue", "total", "value"]).unwrap_or(0.0) };
        self.recent.insert(index, order);
        true
    }

    /// `Order Cancelled`: as if it had not been made; false where the order is not known.
    pub(super) fn cancel(&mut self, properties: &Object) -> bool {
        let index = self.find(properties);
        index.map(|index| self.recent.remove(index)).is_some()
    }

    /// `Order Refunded`: the revenue shrinks by what was given back, the order stays one; false where it is not known.
    pub(super) fn refund(&mut self, properties: &Object) -> bool {
        let index = self.find(properties);
        let Some(order) = index.and_then(|index| self.recent.get_mut(index)) else {
            return false;
        };
        let back = said_amount(properties, ["total", "revenue", "value"]).or_else(|| products_amount(properties)).unwrap_or(order.amount);
        order.amount = rounded((order.amount - back.max(0.0)).max(0.0));
        true
    }

    fn find(&self, properties: &Object) -> Option<usize> {
        let id = identity(properties.get("order_id"));
        id.as_ref()?;
        self.recent.iter().position(|order| order.id == id)
    }

    /// The number of orders.
    pub(super) fn count(&self) -> u32 {
        self.older_count + self.recent.len() as u32
    }

    fn first_at(&self) -> Option<Millis> {
        let older = self.older_span.map(|(first, _)| first);
        older.or_else(|| self.recent.first().map(|order| order.at))
    }

    /// When the last order was made.
    pub(super) fn last_at(&self) -> Option<Millis> {
        let recent = self.recent.last().map(|order| order.at);
        recent.or(self.older_span.map(|(_, last)| last))
    }

    /// The latest order that came more than `lapsed` after the one before it.
    pub(super) fn won_back_at(&self, lapsed: Millis) -> Option<Millis> {
        let mut before = self.older_span.map(|(_, last)| last);
        let mut found = None;
        for order in &self.recent {
            if before.is_some_and(|before| order.at - before > lapsed) {
                found = Some(order.at);
            }
            before = Some(order.at);
        }
        found
    }

    /// `orders` as the document shows it.
    pub(super) fn document(&self) -> Value {
        let count = self.count();
        let revenue = self.recent.iter().fold(self.older_revenue, |sum, order| rounded(sum + order.amount));
        let mut object = crate::object! { "count" => f64::from(count), "revenue" => revenue };
        if let (Some(first), Some(last)) = (self.first_at(), self.last_at()) {
            object.set("average", revenue / f64::from(count));
            object.set("firstAt", iso(first));
            object.set("lastAt", iso(last));
        }
        object.into()
    }

    /// The state for a checkpoint.
    pub(super) fn to_value(&self) -> Value {
        let recent: Vec<Value> =
            self.recent.iter().map(|order| vec![Value::from(order.id.clone()), order.at.into(), order.amount.into()].into()).gather();
        let mut object = crate::object! { "r" => recent };
        if let Some((first, last)) = self.older_span {
            object.set("n", f64::from(self.older_count));
            object.set("v", self.older_revenue);
            object.set("f", first);
            object.set("l", last);
        }
        object.into()
    }

    /// The state of a checkpoint.
    pub(super) fn from_value(value: &Value) -> Option<Self> {
        let mut recent = Vec::new();
        for order in value.list("r") {
            let [id, at, amount] = order.as_list()? else {
                return None;
            };
            recent.push(Order { id: id.as_text().map(Text::from), at: at.as_number()? as Millis, amount: amount.as_number()? });
        }
        let older_span = match (value.number("f"), value.number("l")) {
            (Some(first), Some(last)) => Some((first as Millis, last as Millis)),
            _ => None,
        };
        Some(Orders {
            recent,
            older_count: value.number("n").unwrap_or(0.0) as u32,
            older_revenue: value.number("v").unwrap_or(0.0),
            older_span,
        })
    }
}

/// The first of the keys that says an amount.
fn said_amount(properties: &Object, keys: [&str; 3]) -> Option<f64> {
    keys.iter().find_map(|key| amount(properties.get(key)))
}

/// What the listed products cost together; nothing where none are listed.
fn products_amount(properties: &Object) -> Option<f64> {
    properties.get("products")?.as_list().filter(|listed| !listed.is_empty())?;
    Some(products(properties).fold(0.0, |sum, product| {
        let price = amount(product.get("price")).unwrap_or(0.0);
        let quantity = amount(product.get("quantity")).unwrap_or(1.0);
        rounded(sum + rounded(price * quantity))
    }))
}
