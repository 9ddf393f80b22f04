//! The check of signed configurations, a module of its own: only shops that pin keys load it.

use wasm_bindgen::prelude::wasm_bindgen;

use crate::domain::{json, signed};

/// Checks a configuration: `{keys, now, floor, accepted}` and its text; see [`signed::check_to_value`].
#[wasm_bindgen]
pub fn check(request: &str, text: &str) -> String {
    json::to_text(&signed::check_to_value(&json::parse(request).unwrap_or_default(), text))
}
