//! The tools' exports: one text in, one text out, `{"ok": …}` or `{"error": "…"}`.

use wasm_bindgen::prelude::wasm_bindgen;

use crate::domain::json;
use crate::domain::value::{Object, Value};
use crate::domain::{assign, condition, config, replay};

/// The engine without a page.
#[wasm_bindgen]
pub struct Tools;

/// Answers a request, or says why it is none.
fn answer(request: &str, ask: impl Fn(&Value) -> Result<Value, String>) -> String {
    let result = match json::parse(request) {
        Ok(request) => ask(&request),
        Err(error) => Err(said("the request is no JSON or nests too deep", error)),
    };
    let mut object = Object::new();
    match result {
        Ok(value) => object.set("ok", value),
        Err(message) => object.set("error", message),
    }
    json::to_text(&object.into())
}

fn said(what: &str, error: json::JsonError) -> String {
    let mut message = String::from(what);
    message.push_str(": expected ");
    message.push_str(error.expected);
    message.push_str(" at byte ");
    crate::domain::number::push_integer(error.at as i64, &mut message);
    message
}

/// The configuration of a request, which travels as text.
fn config_of(request: &Value) -> Result<Value, String> {
    json::parse(request.text("config").unwrap_or_default()).map_err(|error| said("the configuration is no JSON or nests too deep", error))
}

#[wasm_bindgen]
#[allow(clippy::new_without_default, clippy::unused_self)]
impl Tools {
    /// Makes the tools.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Tools {
        super::host::install();
        Tools
    }

    /// `{condition, document, groups}` → whether it holds, with GrowthBook's results.
    pub fn evaluate(&self, request: &str) -> String {
        answer(request, |request| {
            let part = |key: &str| request.get(key).cloned().unwrap_or_default();
            Ok(condition::evaluate_lenient(&part("condition"), &part("document"), &part("groups")).into())
        })
    }

    /// `{seed, value, weights, coverage, hashVersion}` → the variant's index or -1.
    pub fn assign(&self, request: &str) -> String {
        answer(request, |request| {
            let weights: Vec<f64> = request.list("weights").iter().filter_map(Value::as_number).collect();
            let coverage = request.number("coverage").unwrap_or(1.0);
            let version = request.number("hashVersion").unwrap_or(2.0) as u32;
            let index = assign::assign(request.text("seed").unwrap_or_default(), request.text("value").unwrap_or_default(), &weights, coverage, version);
            Ok(i64::from(index).into())
        })
    }

    /// `{config}` → the problems.
    pub fn validate(&self, request: &str) -> String {
        answer(request, |request| match config_of(request) {
            Ok(value) => Ok(config::Config::compile(&value).problems.list.iter().map(|problem| problem.to_value()).collect::<Vec<_>>().into()),
            Err(message) => {
                let problem = crate::object! { "path" => "", "code" => "config-unreadable", "message" => message, "severity" => "error" };
                Ok(vec![problem.into()].into())
            }
        })
    }

    /// `{config, journey, options}` → the replay.
    pub fn replay(&self, request: &str) -> String {
        answer(request, |request| {
            let part = |key: &str| request.get(key).cloned().unwrap_or_default();
            Ok(replay::replay(&config_of(request)?, &part("journey"), &part("options")))
        })
    }
}
