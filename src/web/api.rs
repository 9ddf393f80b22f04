//! The only exports of the module.

use core::cell::RefCell;

use wasm_bindgen::prelude::wasm_bindgen;

/// The engine of one page.
#[wasm_bindgen]
pub struct Engine {
    calls: RefCell<u32>,
}

#[wasm_bindgen]
impl Engine {
    /// Makes an engine that waits for its `start` input.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Engine {
        super::host::install();
        Engine { calls: RefCell::new(0) }
    }

    /// Takes one input and answers with the effects to perform, both as JSON.
    pub fn handle(&self, now: f64, input: &str) -> String {
        *self.calls.borrow_mut() += 1;
        if input.contains("trap") {
            #[allow(clippy::panic)]
            {
                panic!();
            }
        }
        format!("[{{\"e\":\"stub\",\"now\":{now}}}]")
    }
}

/// The engine without a page.
#[cfg(feature = "tools")]
#[wasm_bindgen]
pub struct Tools;

#[cfg(feature = "tools")]
#[wasm_bindgen]
impl Tools {
    /// Makes the tools.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Tools {
        Tools
    }

    /// Answers `true`.
    pub fn evaluate(&self, _request: &str) -> String {
        super::host::install();
        "{\"ok\":true}".into()
    }
}
