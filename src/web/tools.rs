//! The engine without a page, for `dangol/engine`: texts in, texts out, `{"ok": …}` or `{"error": …}`.

use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

use crate::domain::replay::Crowd;
use crate::domain::value::Value;
use crate::domain::{json, signed, time, tools};

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

    /// `{condition, document, groups, now, timezone}`: whether the condition holds.
    pub fn evaluate(&self, request: &str) -> String {
        answer(request, |request| Ok(tools::evaluate(&part(request, "condition"), &part(request, "document"), request).into()))
    }

    /// `{seed, value, weights, coverage, hashVersion}`: the variant's index, or -1.
    pub fn assign(&self, request: &str) -> String {
        answer(request, |request| {
            request.text("seed").ok_or_else(|| String::from("seed must be a text"))?;
            Ok(i64::from(tools::assign(request)).into())
        })
    }

    /// `{config, locale}`: what is wrong with it.
    pub fn validate(&self, request: &str) -> String {
        answer(request, |request| {
            let locale = request.text("locale").unwrap_or("en");
            Ok(match config(request) {
                Ok(config) => tools::validate_to_value(&config, locale),
                Err(wrong) => vec![wrong.told(locale)].into(),
            })
        })
    }

    /// `{config, journey, options}`: what the journey leads to.
    pub fn replay(&self, request: &str) -> String {
        answer(request, |request| Ok(tools::replay(&config(request)?, &part(request, "journey"), &part(request, "options"))))
    }

    /// `{config, campaign, document, options}`: a message as a tree.
    pub fn render(&self, request: &str) -> String {
        answer(request, |request| {
            let tree = tools::render(
                &config(request)?,
                request.text("campaign").unwrap_or_default(),
                &part(request, "document"),
                &part(request, "options"),
            );
            Ok(tree)
        })
    }

    /// `{trace, locale, config}`: an explanation in plain words, with the names, clock and currency of the configuration.
    pub fn describe(&self, request: &str) -> String {
        answer(request, |request| {
            let setting = match request.get("config") {
                Some(_) => tools::Setting::of(&config(request)?, 0),
                None => tools::Setting::default(),
            };
            Ok(tools::describe_in(&part(request, "trace"), request.text("locale").unwrap_or("en"), &setting).into())
        })
    }
}

/// Who is in which segment, visitor by visitor, for an export of any size.
#[wasm_bindgen]
pub struct Segments {
    crowd: Crowd,
}

#[wasm_bindgen]
impl Segments {
    /// Segments of a configuration (JSON) at a moment (ms).
    #[wasm_bindgen(constructor)]
    pub fn new(config: &str, until: f64) -> Segments {
        super::host::install();
        Segments { crowd: Crowd::new(&signed::parse(config).unwrap_or_default(), &Value::Null, until as time::Millis) }
    }

    /// The segments of one visitor, as a JSON array; the events one a line, in any order.
    pub fn of(&mut self, lines: &str) -> String {
        let members: Vec<Value> = self.crowd.members(lines).into_iter().map(Value::from).collect();
        json::to_text(&members.into())
    }
}

/// Rules over plain documents; `js/ruleset.ts` picks out of a document what they read.
#[wasm_bindgen]
pub struct Rules(tools::Ruleset);

#[wasm_bindgen]
impl Rules {
    /// Compiles `{rules: [condition…], groups}`.
    ///
    /// # Errors
    /// Where the text is no JSON or nests too deep.
    #[wasm_bindgen(constructor)]
    pub fn new(request: &str) -> Result<Rules, JsValue> {
        let request = json::parse(request).map_err(|_| JsValue::from_str("the rules are no JSON or nest too deep"))?;
        Ok(Rules(tools::Ruleset::new(&request)))
    }

    /// What the rules read: `{paths: [[path, read]…], texts: […]}`.
    pub fn reads(&self) -> String {
        json::to_text(&self.0.reads())
    }

    /// The tag of a text, which is known from now on.
    pub fn know(&mut self, text: &str) -> u32 {
        self.0.know(text)
    }

    /// Forgets the texts that came with documents.
    pub fn forget(&mut self) {
        self.0.forget();
    }

    /// Gives the list or object at a slot, as JSON.
    pub fn give(&mut self, slot: u32, text: &str) {
        self.0.give(slot, text);
    }

    /// The indices of the rules that hold, for two numbers per slot: number and tag.
    pub fn run(&mut self, cells: &[f64]) -> Vec<u32> {
        self.0.run(cells).to_vec()
    }
}

fn part(request: &Value, key: &str) -> Value {
    request.get(key).cloned().unwrap_or_default()
}

/// Where a configuration stops being JSON.
struct Unreadable {
    error: json::JsonError,
    line: usize,
    column: usize,
}

impl Unreadable {
    fn told(&self, locale: &str) -> Value {
        tools::unreadable(self.error, self.line, self.column, locale)
    }
}

impl From<Unreadable> for String {
    fn from(wrong: Unreadable) -> String {
        wrong.told("en").text("message").unwrap_or_default().into()
    }
}

/// The configuration of a request, which travels as text so that what is wrong with it can be told.
fn config(request: &Value) -> Result<Value, Unreadable> {
    let text = request.text("config").unwrap_or_default();
    // As the page reads it: an editor's byte order mark is no part of the text.
    let payload = signed::payload(text.trim_start_matches('\u{feff}'));
    json::parse(payload).map_err(|error| {
        // Counted from the file's own first line, the signature's lines included.
        let before = text.get(..text.len() - payload.len() + error.at).unwrap_or(text);
        let line = before.rsplit('\n').next().unwrap_or_default();
        Unreadable { error, line: before.matches('\n').count() + 1, column: line.chars().count() + 1 }
    })
}

fn answer(request: &str, work: impl FnOnce(&Value) -> Result<Value, String>) -> String {
    let outcome = json::parse(request).map_err(|_| "the request is no JSON or nests too deep".into()).and_then(|request| work(&request));
    let answer = match outcome {
        Ok(value) => crate::object! { "ok" => value },
        Err(message) => crate::object! { "error" => message },
    };
    json::to_text(&answer.into())
}
