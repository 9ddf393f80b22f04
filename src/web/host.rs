//! The host of the domain in a browser: its own zones, number text and URLs cost no bytes.

use std::rc::Rc;

use wasm_bindgen::prelude::wasm_bindgen;

use crate::domain::host::{self, Host, Url};

#[wasm_bindgen(module = "/src/web/host.js")]
extern "C" {
    #[wasm_bindgen(js_name = numberToText)]
    fn number_to_text(number: f64) -> String;
    #[wasm_bindgen(js_name = textToNumber)]
    fn text_to_number(text: &str) -> f64;
    fn lower(text: &str) -> String;
    fn upper(text: &str) -> String;
    fn decode(text: &str) -> String;
    #[wasm_bindgen(js_name = parseUrl)]
    fn parse_url(text: &str, base: Option<&str>) -> Option<String>;
    fn transitions(zone: &str, from: f64, to: f64) -> Option<Vec<f64>>;
}

/// The browser.
struct Browser;

/// Lets the domain use the browser.
pub(super) fn install() {
    host::install(Rc::new(Browser));
}

impl Host for Browser {
    fn transitions(&self, zone: &str, from: i64, to: i64) -> Option<Vec<(i64, i32)>> {
        let flat = transitions(zone, from as f64, to as f64)?;
        let pairs = flat.chunks_exact(2).filter_map(|pair| match pair {
            [at, offset] => Some((*at as i64, *offset as i32)),
            _ => None,
        });
        Some(pairs.collect())
    }

    fn number_to_text(&self, number: f64) -> String {
        number_to_text(number)
    }

    fn text_to_number(&self, text: &str) -> f64 {
        text_to_number(text)
    }

    fn lower(&self, text: &str) -> String {
        lower(text)
    }

    fn upper(&self, text: &str) -> String {
        upper(text)
    }

    fn decode(&self, text: &str) -> String {
        decode(text)
    }

    fn parse_url(&self, text: &str, base: Option<&str>) -> Option<Url> {
        let parts = parse_url(text, base)?;
        let mut parts = parts.split('\n').map(str::to_string);
        Some(Url {
            href: parts.next()?,
            protocol: parts.next()?,
            host: parts.next()?,
            pathname: parts.next()?,
            search: parts.next()?,
            credentials: parts.next()? == "1",
        })
    }
}
