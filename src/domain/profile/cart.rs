//! `cart`: what lies in the cart, from the e-commerce events.

use super::read::{amount, identity, products, put, rounded, stored_text, text};
use crate::domain::list::Gather;
use crate::domain::value::{Object, Text, Value};

/// The most lines a cart holds; further ones are not added.
const LINES: usize = 200;
/// The most properties a line keeps.
const KEYS: usize = 24;
/// The longest text a line keeps, in bytes.
const TEXT_BYTES: usize = 2_000;
/// Properties that are about the event, not about the product.
const NOT_OF_PRODUCT: [&str; 9] =
    ["cart_id", "checkout_id", "order_id", "list_id", "wishlist_id", "wishlist_name", "position", "value", "currency"];

/// The cart.
#[derive(Clone, Debug, PartialEq, Default)]
pub(super) struct Cart {
    lines: Vec<Line>,
    currency: Option<Text>,
}

/// A product in one variant.
#[derive(Clone, Debug, PartialEq)]
struct Line {
    key: Text,
    variant: Option<Text>,
    quantity: f64,
    /// The price of one; unknown counts as nothing.
    price: Option<f64>,
    /// The product as the shop described it, quantity and price included.
    item: Object,
}

/// What makes a product the same: its `product_id`, where a shop sends none its `sku`, else its `name`.
fn key(product: &Object) -> Option<Text> {
    ["product_id", "sku", "name"].iter().find_map(|key| identity(product.get(key)))
}

impl Cart {
    /// `Product Added`: the quantity (one where none is said) is added to the line.
    pub(super) fn add(&mut self, properties: &Object) {
        self.note_currency(properties);
        for product in products(properties) {
            self.note_currency(product);
            self.add_product(product);
        }
    }

    /// `Product Removed`: the quantity is taken off the line, or the whole line where none is said.
    pub(super) fn remove(&mut self, properties: &Object) {
        self.note_currency(properties);
        for product in products(properties) {
            let Some(index) = self.find_removed(product) else {
                continue;
            };
            let left = match (self.lines.get(index), amount(product.get("quantity"))) {
                (Some(line), Some(quantity)) => rounded(line.quantity - quantity.max(0.0)),
                _ => 0.0,
            };
            if left > 0.0 {
                if let Some(line) = self.lines.get_mut(index) {
                    line.set_quantity(left);
                }
            } else {
                self.lines.remove(index);
            }
        }
    }

    /// `Cart Viewed`: its products, also none of them, replace the cart; without `products` it says nothing about them.
    pub(super) fn replace(&mut self, properties: &Object) {
        self.note_currency(properties);
        if matches!(properties.get("products"), Some(Value::List(_))) {
            self.lines.clear();
            self.add(properties);
        }
    }

    /// `Order Completed`: the cart is bought and empty; its currency stays that of the visitor.
    pub(super) fn clear(&mut self) {
        self.lines.clear();
    }

    /// Takes over the currency an event names.
    pub(super) fn note_currency(&mut self, object: &Object) {
        if let Some(currency) = text(object, "currency") {
            // ISO 4217 codes are capitals; Segment's own examples also write `usd`.
            self.currency = Some(currency.to_ascii_uppercase().into());
        }
    }

    fn add_product(&mut self, product: &Object) {
        let quantity = amount(product.get("quantity")).unwrap_or(1.0);
        let Some(key) = key(product).filter(|_| quantity > 0.0) else {
            return;
        };
        let variant = identity(product.get("variant"));
        let has_room = self.lines.len() < LINES;
        match self.find(&key, &variant) {
            Some(line) => {
                line.describe(product);
                line.set_quantity(rounded(line.quantity + quantity));
            }
            None if has_room => {
                let mut line = Line { key, variant, quantity, price: None, item: Object::new() };
                line.describe(product);
                line.set_quantity(quantity);
                self.lines.push(line);
            }
            None => {}
        }
    }

    fn find(&mut self, key: &Text, variant: &Option<Text>) -> Option<&mut Line> {
        self.lines.iter_mut().find(|line| line.key == *key && line.variant == *variant)
    }

    /// The line to take from: that of the variant; where the shop does not say the variant, the product's only line.
    fn find_removed(&self, product: &Object) -> Option<usize> {
        let key = key(product)?;
        let variant = identity(product.get("variant"));
        let exact = self.lines.iter().position(|line| line.key == key && line.variant == variant);
        if exact.is_some() || variant.is_some() {
            return exact;
        }
        let mut same = self.lines.iter().enumerate().filter(|(_, line)| line.key == key);
        let (index, _) = same.next()?;
        same.next().is_none().then_some(index)
    }

    /// `cart` as the document shows it.
    pub(super) fn document(&self, currency: Option<&Text>) -> Value {
        let mut items = Vec::with_capacity(self.lines.len());
        let mut count = 0.0;
        let mut value = 0.0;
        for line in &self.lines {
            items.push(Value::Object(line.item.clone()));
            count = rounded(count + line.quantity);
            value = rounded(value + rounded(line.price.unwrap_or(0.0) * line.quantity));
        }
        let mut object = crate::object! { "items" => items, "count" => count, "value" => value };
        put(&mut object, "currency", self.currency.as_ref().or(currency).cloned());
        object.into()
    }

    /// The state for a checkpoint.
    pub(super) fn to_value(&self) -> Value {
        let lines: Vec<Value> = self
            .lines
            .iter()
            .map(|line| {
                let mut object = crate::object! { "k" => line.key.clone(), "i" => line.item.clone() };
                put(&mut object, "v", line.variant.clone());
                object.into()
            })
            .gather();
        let mut object = crate::object! { "l" => lines };
        put(&mut object, "c", self.currency.clone());
        object.into()
    }

    /// The state of a checkpoint.
    pub(super) fn from_value(value: &Value) -> Option<Self> {
        let mut lines = Vec::new();
        for line in value.list("l") {
            let item = line.get("i")?.as_object()?.clone();
            lines.push(Line {
                key: stored_text(line, "k")?,
                variant: stored_text(line, "v"),
                quantity: amount(item.get("quantity"))?,
                price: amount(item.get("price")),
                item,
            });
        }
        Some(Cart { lines, currency: stored_text(value, "c") })
    }
}

impl Line {
    /// Takes over what the shop now says about the product.
    fn describe(&mut self, product: &Object) {
        for (name, value) in product.iter() {
            let keeps = match value {
                Value::Bool(_) | Value::Number(_) => true,
                Value::Text(text) => text.len() <= TEXT_BYTES,
                Value::Null | Value::List(_) | Value::Object(_) => false,
            };
            if !keeps || &**name == "quantity" {
                continue;
            }
            let has_room = self.item.len() < KEYS;
            match self.item.get_mut(name) {
                Some(slot) => *slot = value.clone(),
                None if has_room && !NOT_OF_PRODUCT.contains(&&**name) => {
                    self.item.push_unchecked(name.clone(), value.clone());
                }
                None => {}
            }
        }
        if let Some(price) = amount(product.get("price")) {
            self.price = Some(price);
        }
        // The item's price is a number for conditions, whatever the shop wrote, and the one that is counted.
        match self.price {
            Some(price) => self.item.set("price", price),
            None => {
                self.item.remove("price");
            }
        }
    }

    fn set_quantity(&mut self, quantity: f64) {
        self.quantity = quantity;
        self.item.set("quantity", quantity);
    }
}
