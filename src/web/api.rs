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
        // The tools are one module, the page's engine is two (`xtask/src/split.rs`).
        Engine(if cfg!(feature = "tools") { engine::Engine::new() } else { engine::Engine::apart() })
    }

    /// Takes one input and answers with the effects to perform, both as JSON. `now` is `Date.now()`.
    pub fn handle(&mut self, now: f64, input: &str) -> String {
        self.0.handle(now as i64, input)
    }
}
