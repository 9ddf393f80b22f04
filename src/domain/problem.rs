//! What is wrong with a configuration, item by item; a problem never stops what is right.

use super::value::{Text, Value};
use crate::domain::list::Gather;

pub use super::prose::{PROSE, Prose, found, sentence};

/// How much a problem matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The part is switched off.
    Error,
    /// The part runs, perhaps not as meant.
    Warning,
}

/// One thing that is wrong, and where.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// A JSON pointer (RFC 6901) into the configuration, `/campaigns/welcome/trigger/event`.
    pub path: String,
    /// A stable kebab-case name, listed in `docs/problems.md`.
    pub code: &'static str,
    /// What was found, what was expected and what to do, in one lowercase sentence; empty without [`PROSE`].
    pub message: String,
    /// The same, for other languages.
    pub prose: Prose,
    /// How much it matters.
    pub severity: Severity,
}

impl Problem {
    /// The problem as it leaves the engine.
    pub fn to_value(&self) -> Value {
        crate::object! {
            "path" => self.path.as_str(),
            "code" => self.code,
            "message" => if PROSE { self.message.clone() } else { self.in_short() },
            "severity" => if self.severity == Severity::Error { "error" } else { "warning" },
        }
        .into()
    }

    /// The code as words, and where to read more.
    fn in_short(&self) -> String {
        let mut out: String = self.code.chars().map(|character| if character == '-' { ' ' } else { character }).collect();
        out.push_str("; `npx dangol validate` tells more");
        out
    }
}

/// A place in a document, as a JSON pointer that is only spelled out when a problem needs it.
#[derive(Clone, Copy)]
pub enum Place<'a> {
    /// The whole document.
    Root,
    /// Under a key of an object.
    Key(&'a Place<'a>, &'a str),
    /// At an index of an array.
    Index(&'a Place<'a>, usize),
}

impl<'a> Place<'a> {
    /// The place under `key`.
    pub fn key(&'a self, key: &'a str) -> Place<'a> {
        Place::Key(self, key)
    }

    /// The place at `index`.
    pub fn index(&'a self, index: usize) -> Place<'a> {
        Place::Index(self, index)
    }

    /// The JSON pointer.
    pub fn pointer(&self) -> String {
        let mut out = String::new();
        self.push(&mut out);
        out
    }

    fn push(&self, out: &mut String) {
        match self {
            Place::Root => {}
            Place::Key(parent, key) => {
                parent.push(out);
                out.push('/');
                for character in key.chars() {
                    match character {
                        '~' => out.push_str("~0"),
                        '/' => out.push_str("~1"),
                        other => out.push(other),
                    }
                }
            }
            Place::Index(parent, index) => {
                parent.push(out);
                out.push('/');
                super::number::push_integer(*index as i64, out);
            }
        }
    }
}

/// The most problems that are listed: enough to mend a configuration by, and a hostile one cannot fill the memory.
const LISTED: usize = 1_000;

/// The problems found so far.
#[derive(Clone, Debug, Default)]
pub struct Problems {
    /// In the order they were found; further ones are only counted.
    pub list: Vec<Problem>,
    errors: usize,
}

impl Problems {
    /// Whether so many were found that further ones are only counted, so that no words need be made for them.
    pub fn is_full(&self) -> bool {
        self.list.len() > LISTED
    }

    /// Notes a problem and returns whether it is listed.
    fn add(&mut self, place: &Place, code: &'static str, severity: Severity) -> bool {
        self.errors += usize::from(severity == Severity::Error);
        if self.list.len() < LISTED {
            self.list.push(Problem { path: place.pointer(), code, message: String::new(), prose: Prose::default(), severity });
            return true;
        }
        if self.list.len() == LISTED {
            self.list.push(Problem {
                path: String::new(),
                code: "too-many-problems",
                message: String::new(),
                prose: Prose::default(),
                severity,
            });
            self.explain(true, "more than 1000 problems; mend these first");
        }
        false
    }

    /// Adds an error: the part at `place` is switched off.
    #[inline(always)] // Without prose the message vanishes where it would be made.
    pub fn error(&mut self, place: &Place, code: &'static str, message: impl Into<Prose>) {
        let listed = self.add(place, code, Severity::Error);
        self.explain(listed, message);
    }

    /// Adds a warning: the part at `place` runs.
    #[inline(always)]
    pub fn warn(&mut self, place: &Place, code: &'static str, message: impl Into<Prose>) {
        let listed = self.add(place, code, Severity::Warning);
        self.explain(listed, message);
    }

    #[inline(always)]
    fn explain(&mut self, listed: bool, message: impl Into<Prose>) {
        #[cfg(any(feature = "tools", not(target_family = "wasm")))]
        if listed && let Some(last) = self.list.last_mut() {
            last.prose = message.into();
            last.message = last.prose.words(&|english| english);
        }
        #[cfg(not(any(feature = "tools", not(target_family = "wasm"))))]
        let _ = (listed, message);
    }

    /// The number of errors, to compare before and after a part was read.
    pub fn errors(&self) -> usize {
        self.errors
    }
}

/// A value for a message: its JSON, cut to eighty characters.
#[inline(always)]
pub fn shown(value: &Value) -> Prose {
    if PROSE { found(&cut(value)) } else { Prose::default() }
}

/// The same as a text.
#[inline(always)]
pub fn excerpt(value: &Value) -> String {
    if PROSE { cut(value) } else { String::new() }
}

/// `; did you mean "near"?` for the known word nearest to `word`; where none is near, the first thirty that are known.
#[inline(always)]
pub fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Prose {
    if !PROSE {
        return Prose::default();
    }
    let known: Vec<&str> = known.into_iter().take(1_000).gather();
    match nearest(word, known.iter().copied()) {
        Some(near) => sentence("; did you mean \"{0}\"?", [found(near)]),
        None => sentence("; {0}", [known_are(&known)]),
    }
}

/// What else could have been written.
pub fn known_are(known: &[&str]) -> Prose {
    match known {
        [] => "none is defined".into(),
        known if PROSE => sentence("known are {0}", [found(&known.get(..30).unwrap_or(known).join(", "))]),
        _ => Prose::default(),
    }
}

fn cut(value: &Value) -> String {
    let text = super::json::to_text(value);
    match text.char_indices().nth(80) {
        Some((at, _)) => text.get(..at).unwrap_or("").to_string() + "…",
        None => text,
    }
}

/// The known word nearest to `word`, for a "did you mean": at most two letters apart.
#[inline(always)]
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if !PROSE {
        return None;
    }
    known
        .into_iter()
        .take(1_000)
        .filter(|candidate| candidate.len().abs_diff(word.len()) <= 6)
        .map(|candidate| (distance(word, candidate), candidate))
        .filter(|(apart, _)| *apart <= 2)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Levenshtein's distance, ignoring ASCII case.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.to_ascii_lowercase().chars().gather();
    let mut row: Vec<usize> = (0..=right.len()).gather();
    for (line, one) in left.to_ascii_lowercase().chars().enumerate() {
        let mut diagonal = line;
        let mut last = line + 1;
        for (column, other) in right.iter().enumerate() {
            let above = row.get(column + 1).copied().unwrap_or(0);
            let next = (diagonal + usize::from(one != *other)).min(above + 1).min(last + 1);
            if let Some(slot) = row.get_mut(column) {
                *slot = last;
            }
            diagonal = above;
            last = next;
        }
        if let Some(slot) = row.last_mut() {
            *slot = last;
        }
    }
    row.last().copied().unwrap_or(0)
}

/// A name shared by reference.
pub type Name = Text;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_json_pointer() {
        let campaigns = Place::Root.key("campaigns");
        let odd = campaigns.key("a/b~c");
        assert_eq!(odd.index(3).pointer(), "/campaigns/a~1b~0c/3");
    }

    #[test]
    fn a_slip_of_the_pen_is_recognised() {
        assert_eq!(nearest("trigerr", ["trigger", "audience"]), Some("trigger"));
        assert_eq!(nearest("$gtee", ["$gt", "$gte"]), Some("$gte"));
        assert_eq!(nearest("colour", ["trigger", "audience"]), None);
    }
}
