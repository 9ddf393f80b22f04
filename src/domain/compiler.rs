//! What all parts of a configuration share while they are compiled: problems, and the tables of paths and names.

use super::facts::SlotId;
use super::problem::Problems;
use super::value::Text;

/// Document paths that conditions read, each once: a path is resolved once per change, not once per comparison.
#[derive(Clone, Debug, Default)]
pub struct Paths {
    list: Vec<Text>,
}

impl Paths {
    /// The slot of `path`, a new one where it was not yet read.
    pub fn slot(&mut self, path: &str) -> SlotId {
        let index = match self.list.iter().position(|known| &**known == path) {
            Some(index) => index,
            None => {
                self.list.push(path.into());
                self.list.len() - 1
            }
        };
        index as SlotId
    }

    /// The paths by slot.
    pub fn list(&self) -> &[Text] {
        &self.list
    }
}

/// The bounds that keep a hostile configuration harmless; the same figures stand in `docs/configuration.md`.
pub mod limits {
    /// The deepest nesting of one condition.
    pub const CONDITION_DEPTH: usize = 20;
    /// The comparisons and clauses of one condition.
    pub const CONDITION_NODES: usize = 1_000;
    /// The segments, and likewise the campaigns, of one configuration.
    pub const ITEMS: usize = 10_000;
    /// The longest regular expression, in bytes.
    pub const PATTERN_BYTES: usize = 1_000;
    /// The bytes of a text that a regular expression looks at.
    pub const PATTERN_INPUT: usize = 1_000;
}

/// The state of one compilation.
#[derive(Clone, Debug, Default)]
pub struct Compiler {
    /// What was found wrong.
    pub problems: Problems,
    /// The document paths in use.
    pub paths: Paths,
    /// The ids of the segments in order, so that `$segment` can name one by index.
    pub segments: Vec<Text>,
}
