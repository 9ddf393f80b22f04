//! Products, from the event, the document or the configuration, in the fields of Segment's e-commerce events.

use super::super::action::Action;
use super::super::format;
use super::super::localized;
use super::super::node::Node;
use super::super::template::number_of;
use super::super::url::{self, Purpose};
use super::Drawing;
use crate::domain::list::Gather;
use crate::domain::value::Value;

/// A list of products, or nothing where there are none.
pub fn products(drawing: &mut Drawing, block: &Value) -> Option<Node> {
    let scene = drawing.scene;
    let source = block.get("products")?;
    let source = match source {
        Value::Text(path) => scene.doc.at(path)?,
        other => other,
    };
    // A path may also lead to a single product: the one of `Product Viewed`.
    let products = source.as_list().unwrap_or(std::slice::from_ref(source));
    let limit = block.number("limit").unwrap_or(3.0).max(1.0) as usize;
    let is_own = block.text("products").is_none();
    let rows: Vec<Node> = products.iter().filter_map(|product| row(drawing, product, is_own)).take(limit).gather();
    (!rows.is_empty()).then(|| Node::with("ul", "products", rows).attr("role", "list"))
}

/// One product. Only what stands in the configuration is a template; what came with an event is data.
fn row(drawing: &mut Drawing, product: &Value, is_own: bool) -> Option<Node> {
    let scene = drawing.scene;
    let name = product.get("name").or_else(|| product.get("title"))?;
    let name = if is_own { scene.text(name) } else { localized::pick(name, scene.locale, scene.fallback).into() };
    if name.is_empty() {
        return None;
    }
    let mut words = Vec::new();
    if let Some(brand) = product.text("brand") {
        words.push(Node::text("span", "caption", brand));
    }
    words.push(Node::text("span", "product-name", name));
    // Some platforms write amounts as texts.
    let amount = |key: &str| product.get(key).and_then(number_of);
    if let Some(price) = amount("price") {
        let currency = product.text("currency").unwrap_or(scene.currency);
        let mut prices = vec![Node::text("strong", "price", format::money(price, currency, scene.locale))];
        if let Some(former) = amount("compare_at_price").filter(|former| *former > price) {
            prices.push(Node::text("s", "caption", format::money(former, currency, scene.locale)));
        }
        words.push(Node::with("span", "prices", prices));
    }
    let picture = product
        .text("image_url")
        .or_else(|| product.text("image"))
        .and_then(|address| drawing.picture("thumb", address, ""))
        .unwrap_or_else(|| Node::new("span", "thumb").attr("aria-hidden", "true"));
    let inside = vec![picture, Node::with("span", "product-words", words)];
    let target = product.text("url").and_then(|address| url::allow(address, scene.page, Purpose::Link));
    let card = match target {
        Some(url) => {
            let mut link = drawing.control("product", vec![Action::Open { url, new_tab: false }]);
            link.children = inside;
            link
        }
        None => Node::with("div", "product", inside),
    };
    Some(Node::with("li", "", vec![card]))
}
