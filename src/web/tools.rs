//! The engine without a page, for `dangol/engine`: texts in, texts out, `{"ok": …}` or `{"error": …}`.

use wasm_bindgen::prelude::wasm_bindgen;

use crate::domain::config::Config;
use crate::domain::problem::Problem;
use crate::domain::value::Value;
use crate::domain::{assign, condition, json, replay};

/// What `loadEngine()` gives; `js/engine.ts` describes each.
#[wasm_bindgen]
pub struct Tools;

#[wasm_bindgen]
#[allow(clippy::new_without_default)]
impl Tools {
    /// Makes the tools.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Tools {
        super::host::install();
        Tools
    }

    /// `{condition, document, groups}`: whether the condition holds.
    pub fn evaluate(&self, request: &str) -> String {
        answer(request, |request| {
            let part = |key: &str| request.get(key).cloned().unwrap_or_default();
            Ok(condition::evaluate_lenient(&part("condition"), &part("document"), &part("groups")).into())
        })
    }

    /// `{seed, value, weights, coverage, hashVersion}`: the variant's index, or -1.
    pub fn assign(&self, request: &str) -> String {
        answer(request, |request| {
            let seed = request.text("seed").ok_or("seed must be a text")?;
            let value = request.text("value").ok_or("value must be a text")?;
            let weights: Vec<f64> = request.list("weights").iter().filter_map(Value::as_number).collect();
            let coverage = request.number("coverage").unwrap_or(1.0);
            let version = request.number("hashVersion").unwrap_or(2.0) as u32;
            Ok(i64::from(assign::assign(seed, value, &weights, coverage, version)).into())
        })
    }

    /// `{config}`: what is wrong with it.
    pub fn validate(&self, request: &str) -> String {
        answer(request, |request| {
            let problems = match json::parse(request.text("config").unwrap_or_default()) {
                Ok(config) => Config::compile(&config).problems.list.iter().map(Problem::to_value).collect(),
                Err(error) => vec![
                    crate::object! {
                        "path" => "", "code" => "config-unreadable", "severity" => "error",
                        "message" => "the configuration is no JSON", "at" => error.at, "expected" => error.expected,
                    }
                    .into(),
                ],
            };
            Ok(Value::from(problems))
        })
    }

    /// `{config, journey, options}`: what the journey leads to.
    pub fn replay(&self, request: &str) -> String {
        answer(request, |request| {
            let config = json::parse(request.text("config").unwrap_or_default()).map_err(|_| "the configuration is no JSON")?;
            let part = |key: &str| request.get(key).cloned().unwrap_or_default();
            Ok(replay::replay(&config, &part("journey"), &part("options")))
        })
    }
}

fn answer(request: &str, work: impl FnOnce(&Value) -> Result<Value, &'static str>) -> String {
    let outcome = json::parse(request).map_err(|_| "the request is no JSON").and_then(|request| work(&request));
    let answer = match outcome {
        Ok(value) => crate::object! { "ok" => value },
        Err(message) => crate::object! { "error" => message },
    };
    json::to_text(&answer.into())
}
