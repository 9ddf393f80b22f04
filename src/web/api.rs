//! The only exports of the module.

use wasm_bindgen::prelude::wasm_bindgen;

use crate::domain::engine;

/// The engine of one page.
#[wasm_bindgen]
pub struct Engine(engine::Engine);

#[wasm_bindgen]
#[allow(clippy::new_without_default)]
impl Engine {
    /// Makes an engine that waits for its `start` input.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Engine {
        super::host::install();
        Engine(engine::Engine::new())
    }

    /// Takes one input and answers with the effects to perform, both as JSON. `now` is `Date.now()`.
    pub fn handle(&mut self, now: f64, input: &str) -> String {
        self.0.handle(now as i64, input)
    }
}

#[cfg(feature = "tools")]
mod tools {
    use super::wasm_bindgen;
    use crate::domain::{json, replay, value::Value};

    /// The engine without a page: texts in, texts out, `{"ok": …}` or `{"error": …}`.
    #[wasm_bindgen]
    pub struct Tools;

    #[wasm_bindgen]
    #[allow(clippy::new_without_default)]
    impl Tools {
        /// Makes the tools.
        #[wasm_bindgen(constructor)]
        pub fn new() -> Tools {
            crate::web::host::install();
            Tools
        }

        /// Takes `{config: text, journey: […], options}` and gives the replay.
        pub fn replay(&self, request: &str) -> String {
            answer(request, |request| {
                let config = json::parse(request.text("config").unwrap_or_default()).map_err(|_| "the configuration is no JSON".to_string())?;
                let nothing = Value::Null;
                let journey = request.get("journey").unwrap_or(&nothing);
                let options = request.get("options").unwrap_or(&nothing);
                Ok(replay::replay(&config, journey, options))
            })
        }
    }

    fn answer(request: &str, work: impl FnOnce(&Value) -> Result<Value, String>) -> String {
        let outcome = match json::parse(request) {
            Ok(request) => work(&request),
            Err(_) => Err("the request is no JSON".to_string()),
        };
        let answer: Value = match outcome {
            Ok(value) => crate::object! { "ok" => value }.into(),
            Err(message) => crate::object! { "error" => message }.into(),
        };
        json::to_text(&answer)
    }
}
