//! What a problem says: a sentence and, apart from it, what stands in it, so that it can be said in another language too.
//!
//! The English sentence is the key of its translations (`tools/korean.rs`), as in gettext. A page has no sentences: there a
//! `Prose` is nothing, and what would be made of pieces is never made.

/// Whether problems are told in words. The page's module names a problem by place and code alone: its sentences would
/// be a tenth of all bytes a visitor loads, for a reader who has `npx dangol validate` and the tools' module.
pub const PROSE: bool = cfg!(any(feature = "tools", not(target_family = "wasm")));

#[cfg(any(feature = "tools", not(target_family = "wasm")))]
pub use told::{Prose, fill};

#[cfg(any(feature = "tools", not(target_family = "wasm")))]
mod told {
    use crate::domain::message::josa;

    /// A sentence or what stands in one.
    #[derive(Clone, Debug, PartialEq)]
    pub enum Prose {
        /// A sentence of Dangol's, or a part of one; `{0}` stands for the first of the parts.
        Said(&'static str, Vec<Prose>),
        /// What was found or is to be written: the same in every language.
        Found(String),
    }

    impl Default for Prose {
        fn default() -> Self {
            Prose::Found(String::new())
        }
    }

    impl Prose {
        /// The sentence with its parts, each of them as `translate` has it.
        pub fn words(&self, translate: &dyn Fn(&'static str) -> &'static str) -> String {
            match self {
                Prose::Said(sentence, parts) => {
                    let parts: Vec<String> = parts.iter().map(|part| part.words(translate)).collect();
                    fill(translate(sentence), &parts)
                }
                Prose::Found(text) => text.clone(),
            }
        }
    }

    /// Puts parts into a sentence: `{0}` stands for the first, `{0:이/가}` adds the particle that fits it. Other braces stay.
    pub fn fill(sentence: &str, parts: &[impl AsRef<str>]) -> String {
        let mut out = String::new();
        let mut rest = sentence;
        while let Some((before, tail)) = rest.split_once('{') {
            out.push_str(before);
            let (inside, after) = tail.split_once('}').unwrap_or((tail, ""));
            let (index, particle) = inside.split_once(':').unwrap_or((inside, ""));
            let Ok(index) = index.parse::<usize>() else {
                out.push('{');
                rest = tail;
                continue;
            };
            let part = parts.get(index).map_or("", AsRef::as_ref);
            out.push_str(part);
            if !particle.is_empty() {
                // A quoted name is read aloud without its quotes.
                out.push_str(&josa::pick(part.trim_end_matches(['\'', ']', '"']), particle));
            }
            rest = after;
        }
        out.push_str(rest);
        out
    }
}

/// Nothing is said on a page.
#[cfg(not(any(feature = "tools", not(target_family = "wasm"))))]
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Prose {}

impl From<&'static str> for Prose {
    #[inline(always)] // Without prose the sentence vanishes where it would be named.
    fn from(sentence: &'static str) -> Self {
        self::sentence(sentence, [])
    }
}

/// A sentence with what stands in it.
#[inline(always)]
pub fn sentence<const PARTS: usize>(sentence: &'static str, parts: [Prose; PARTS]) -> Prose {
    #[cfg(any(feature = "tools", not(target_family = "wasm")))]
    return Prose::Said(sentence, parts.into());
    #[cfg(not(any(feature = "tools", not(target_family = "wasm"))))]
    {
        let _ = (sentence, parts);
        Prose {}
    }
}

/// What a configuration says, or a word that it may say.
#[inline(always)]
pub fn found(text: &str) -> Prose {
    #[cfg(any(feature = "tools", not(target_family = "wasm")))]
    return Prose::Found(text.into());
    #[cfg(not(any(feature = "tools", not(target_family = "wasm"))))]
    {
        let _ = text;
        Prose {}
    }
}

#[cfg(test)]
mod tests {
    use super::{fill, found, sentence};

    #[test]
    fn what_was_found_stays_apart_from_what_is_said_of_it() {
        let prose = sentence("expected {0}, found {1}", ["a text".into(), found("{2}")]);
        assert_eq!(prose.words(&|english| english), "expected a text, found {2}");
        let korean = |english| if english == "a text" { "글" } else { "{1} 대신 {0:을/를} 적으세요" };
        assert_eq!(prose.words(&korean), "{2} 대신 글을 적으세요");
        assert_eq!(fill("write {\"a\": {0}} for {code}", &["1"]), "write {\"a\": 1} for {code}");
    }
}
