//! Reads the fields of one configuration object, reporting what is wrong with each.

use super::problem::{PROSE, Place, Problems, Prose, found, known_are, nearest, sentence, shown};
use super::time::{Millis, parse_duration};
use super::value::{Object, Value};

/// The fields of an object at a place of the configuration.
pub struct Fields<'a> {
    object: &'a Object,
    place: &'a Place<'a>,
}

impl<'a> Fields<'a> {
    /// The fields of `value`; an error and `None` where it is no object.
    pub fn of(value: &'a Value, place: &'a Place<'a>, problems: &mut Problems) -> Option<Self> {
        match value.as_object() {
            Some(object) => Some(Fields { object, place }),
            None => {
                wrong(problems, place, "an object", value);
                None
            }
        }
    }

    /// Reports keys that are not in `known`.
    pub fn only(&self, known: &[&str], problems: &mut Problems) {
        for (key, _) in self.object.iter().filter(|(key, _)| !known.contains(&&***key)) {
            unknown(problems, &self.place.key(key), "unknown-key", "key", key, known);
        }
    }

    /// The raw value of a field; `null` is one, so that a rule which names it never means less than it seems to.
    pub fn get(&self, key: &str) -> Option<&'a Value> {
        self.object.get(key)
    }

    /// Reads a field by `read`; an error naming what was `expected` where it cannot be read.
    pub fn read<T>(
        &self,
        key: &str,
        expected: &'static str,
        problems: &mut Problems,
        read: impl FnOnce(&'a Value) -> Option<T>,
    ) -> Option<T> {
        let value = self.get(key)?;
        let found = read(value);
        if found.is_none() {
            wrong(problems, &self.place.key(key), expected, value);
        }
        found
    }

    /// A text.
    pub fn text(&self, key: &str, problems: &mut Problems) -> Option<&'a str> {
        self.read(key, "a text", problems, Value::as_text)
    }

    /// A number that is not negative.
    pub fn number(&self, key: &str, problems: &mut Problems) -> Option<f64> {
        self.amount(key, false, problems)
    }

    /// A number of things.
    pub fn count(&self, key: &str, problems: &mut Problems) -> Option<f64> {
        self.amount(key, true, problems)
    }

    fn amount(&self, key: &str, whole: bool, problems: &mut Problems) -> Option<f64> {
        let expected = if whole { "a whole number from 0 up" } else { "a number from 0 up" };
        self.read(key, expected, problems, |value| value.as_number().filter(|number| *number >= 0.0 && (!whole || number.fract() == 0.0)))
    }

    /// A boolean, false where absent.
    pub fn flag(&self, key: &str, problems: &mut Problems) -> bool {
        self.read(key, "true or false", problems, Value::as_bool).unwrap_or(false)
    }

    /// An object.
    pub fn object(&self, key: &str, problems: &mut Problems) -> Option<&'a Value> {
        self.read(key, "an object", problems, |value| value.as_object().map(|_| value))
    }

    /// A list.
    pub fn list(&self, key: &str, problems: &mut Problems) -> &'a [Value] {
        self.read(key, "a list", problems, Value::as_list).unwrap_or(&[])
    }

    /// A duration.
    pub fn duration(&self, key: &str, problems: &mut Problems) -> Option<Millis> {
        self.read(key, DURATION, problems, |value| parse_duration(value.as_text()?))
    }

    /// One of some words.
    pub fn choice(&self, key: &str, words: &[&'static str], problems: &mut Problems) -> Option<&'static str> {
        let value = self.get(key)?;
        let found = value.as_text().and_then(|text| words.iter().find(|word| **word == text).copied());
        if found.is_none() {
            match value.as_text() {
                Some(text) => unknown(problems, &self.place.key(key), "unknown-word", "word", text, words),
                None => wrong(problems, &self.place.key(key), "a text", value),
            }
        }
        found
    }
}

/// What a duration looks like.
pub const DURATION: &str = "a duration such as 90s, 30m, 12h, 7d or 2w";

/// What an address looks like.
pub const ADDRESS: &str = "a relative, http or https address";

/// Reports a value that is not what was expected.
pub fn wrong(problems: &mut Problems, place: &Place, expected: &'static str, found: &Value) {
    problems.error(place, "wrong-type", sentence("expected {0}, found {1}", [like(place, expected), shown(found)]));
}

/// What was expected, with an example where it has several parts and whoever reads it is told in words.
#[inline(always)]
pub fn like(place: &Place, expected: &'static str) -> Prose {
    #[cfg(any(feature = "tools", not(target_family = "wasm")))]
    if let Some(example) = super::examples::at(place).filter(|_| expected.starts_with("an object") || expected.starts_with("a list")) {
        return sentence("{0} such as {1}", [expected.into(), found(example)]);
    }
    let _ = place;
    expected.into()
}

/// Reports what is no selector where tools read the configuration; on the page the browser is the judge.
pub fn selector(text: &str, place: &Place, problems: &mut Problems) {
    #[cfg(any(feature = "tools", not(target_family = "wasm")))]
    if !super::selector::is_selector(text) {
        let message = "{0} is no CSS selector; write one that finds an element, such as [data-slot=hero] or #hero";
        problems.error(place, "selector", sentence(message, [shown(&text.into())]));
    }
    #[cfg(not(any(feature = "tools", not(target_family = "wasm"))))]
    let _ = (text, place, problems);
}

/// Reports a word that is not known, with the nearest one that is. An unknown key is a warning, all else an error.
pub fn unknown(problems: &mut Problems, place: &Place, code: &'static str, what: &'static str, word: &str, known: &[&str]) {
    let hint = match nearest(word, known.iter().copied().filter(|_| !problems.is_full())) {
        Some(near) => sentence("did you mean \"{0}\"?", [found(near)]),
        None if PROSE && !problems.is_full() => known_are(known),
        None => Prose::default(),
    };
    let short = word.char_indices().nth(80).filter(|_| PROSE).and_then(|(at, _)| word.get(..at)).unwrap_or(word);
    let message = sentence("unknown {0} \"{1}\"; {2}", [what.into(), found(short), hint]);
    if code == "unknown-key" {
        problems.warn(place, code, message);
    } else {
        problems.error(place, code, message);
    }
}
