//! Many rules over one document: which of these segments does it match?
//!
//! The rules are conditions about the document alone, with the results of [`super::evaluate`]. What they read is told
//! to the host, which picks just that out of its own objects: a document never becomes text on its way in.

use crate::domain::condition::table::{Table, tag};
use crate::domain::json;
use crate::domain::value::Value;

/// Rules that were compiled together.
pub struct Ruleset {
    table: Table,
    found: Vec<u32>,
}

impl Ruleset {
    /// Compiles `{rules: [condition…], groups}`.
    pub fn new(request: &Value) -> Self {
        let groups = request.get("groups").cloned().unwrap_or_default();
        Ruleset { table: Table::new(request.list("rules").iter(), groups), found: Vec::new() }
    }

    /// What the host has to know: `{paths: [[path, read]…], texts: […]}`.
    ///
    /// A path's place is its slot. A text's place, counted from 6, is its tag; where a path is `read`, a text that is
    /// not among them has to be made known first, and gets its tag then.
    pub fn reads(&self) -> Value {
        let pair = |(path, read): (&crate::domain::value::Text, bool)| Value::List(vec![Value::Text(path.clone()), read.into()]);
        let paths: Vec<Value> = self.table.paths().map(pair).collect();
        let texts: Vec<Value> = self.table.texts().iter().cloned().map(Value::Text).collect();
        crate::object! { "paths" => paths, "texts" => texts }.into()
    }

    /// The tag of a text, which is known from now on.
    pub fn know(&mut self, text: &str) -> u32 {
        self.table.know(text)
    }

    /// Forgets the texts that came with documents.
    pub fn forget(&mut self) {
        self.table.forget();
    }

    /// Gives the list or object at a slot of the next document, as JSON.
    pub fn give(&mut self, slot: u32, text: &str) {
        self.table.give(slot, json::parse(text).unwrap_or_default());
    }

    /// The indices of the rules that hold. `cells` has two numbers for each slot: the value where it is a number, and
    /// the tag: 0 null or missing, 1 false, 2 true, 3 a number, 4 a list or object, 5 a text that is not known.
    pub fn run(&mut self, cells: &[f64]) -> &[u32] {
        self.found.clear();
        self.table.run(cells, &mut self.found);
        &self.found
    }

    /// The indices of the rules that hold for a document that is a value already.
    pub fn matches(&mut self, document: &Value) -> &[u32] {
        let paths: Vec<_> = self.table.paths().map(|(path, _)| path.clone()).collect();
        let mut cells = Vec::with_capacity(paths.len() * 2);
        for (slot, path) in paths.iter().enumerate() {
            let value = document.at(path);
            let tag = match value {
                None | Some(Value::Null) => tag::NULL,
                Some(Value::Bool(flag)) => tag::FALSE + u32::from(*flag),
                Some(Value::Number(_)) => tag::NUMBER,
                Some(Value::Text(text)) => self.table.know(text),
                Some(whole) => {
                    self.table.give(slot as u32, whole.clone());
                    tag::WHOLE
                }
            };
            cells.extend([value.and_then(Value::as_number).unwrap_or(0.0), f64::from(tag)]);
        }
        self.run(&cells)
    }
}
