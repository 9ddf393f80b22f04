//! Which keys the parts of a message have, and what may stand under each.

use crate::domain::consent::PURPOSES;
use crate::domain::fields::{DURATION, unknown, wrong};
use crate::domain::problem::{Place, Problems};
use crate::domain::time::parse_duration;
use crate::domain::value::Value;

/// What may stand under a key.
#[derive(Clone, Copy)]
pub enum Shape {
    /// Anything: it is checked elsewhere.
    Any,
    /// A boolean.
    Flag,
    /// A number above zero.
    Number,
    /// A text.
    Text,
    /// A list.
    List,
    /// An object.
    Object,
    /// A duration.
    Duration,
    /// One of some words.
    Word(&'static [&'static str]),
}

use Shape::{Any, Duration, Flag, List, Number, Object, Text, Word};

/// The keys of one part.
pub type Keys = &'static [(&'static str, Shape)];

/// A message.
pub const MESSAGE: Keys =
    &[("layout", Any), ("position", Text), ("slot", Any), ("dismiss", Object), ("blocks", List), ("branch", List), ("description", Text)];
/// `dismiss`.
pub const DISMISS: Keys = &[("button", Flag), ("outside", Flag), ("after", Duration), ("today", Flag)];
/// An item of `branch`.
pub const BRANCH: Keys = &[("when", Any), ("blocks", List)];
/// `rating`.
pub const RATING: Keys = &[("scale", Any), ("as", Word(&["stars", "numbers"]))];
/// `input`.
pub const INPUT: Keys = &[("type", Any), ("label", Any), ("required", Flag), ("consent", Word(&PURPOSES)), ("consentLabel", Any)];
/// `chat`, as a block.
pub const CHAT: Keys = &[("greeting", Any), ("replies", List)];
/// An item of `replies`.
pub const REPLY: Keys = &[("label", Any), ("answer", Any), ("action", Any)];

/// The keys of a block of this kind.
pub fn of_block(kind: &str) -> Keys {
    match kind {
        "text" => &[("text", Any), ("as", Word(&["title", "body", "caption"]))],
        "image" => &[("image", Any), ("alt", Any), ("action", Any), ("width", Number), ("height", Number)],
        "button" => &[("button", Any), ("action", Any), ("as", Word(&["primary", "secondary", "link"]))],
        "coupon" => &[("coupon", Any)],
        "countdown" => &[("countdown", Any)],
        "wallet" => &[("wallet", Word(&["all", "usable"])), ("empty", Any)],
        "products" => &[("products", Any), ("limit", Number)],
        "rating" => &[("rating", Object), ("name", Any), ("label", Any), ("required", Flag)],
        "choice" => &[("choice", List), ("name", Any), ("label", Any), ("multiple", Flag), ("required", Flag)],
        "input" => &[("input", Object), ("name", Any)],
        "progress" => &[("progress", Any), ("of", Any), ("text", Any)],
        _ => &[("chat", Object)],
    }
}

/// The keys of an action that begins with this one.
pub fn of_action(kind: &str) -> Keys {
    match kind {
        "open" => &[("open", Any), ("newTab", Flag)],
        "close" => &[("close", Flag)],
        "copy" => &[("copy", Any)],
        "apply" => &[("apply", Any)],
        "track" => &[("track", Any), ("properties", Object)],
        "chat" => &[("chat", Object)],
        "mute" => &[("mute", Any)],
        "show" => &[("show", Any)],
        _ => &[("submit", Flag)],
    }
}

/// Reports keys that are not known, and what cannot stand under the others; nothing where `value` is no object.
pub fn check(value: &Value, keys: Keys, place: &Place, problems: &mut Problems) {
    for (key, item) in value.as_object().into_iter().flat_map(|object| object.iter()) {
        let here = place.key(key);
        let Some((_, shape)) = keys.iter().find(|(known, _)| *known == &**key) else {
            let known: Vec<&str> = keys.iter().map(|(known, _)| *known).collect();
            unknown(problems, &here, "unknown-key", "key", key, &known);
            continue;
        };
        let expected = match shape {
            Any => continue,
            Flag if item.as_bool().is_some() => continue,
            Flag => "true or false",
            Number if item.as_number().is_some_and(|number| number > 0.0) => continue,
            Number => "a number above 0",
            Text if item.as_text().is_some() => continue,
            Text => "a text",
            List if item.as_list().is_some() => continue,
            List => "a list",
            Object if item.as_object().is_some() => continue,
            Object => "an object",
            Duration if item.as_text().and_then(parse_duration).is_some() => continue,
            Duration => DURATION,
            Word(words) => match item.as_text() {
                Some(word) if words.contains(&word) => continue,
                Some(word) => {
                    unknown(problems, &here, "unknown-word", "word", word, words);
                    continue;
                }
                None => "a text",
            },
        };
        wrong(problems, &here, expected, item);
    }
}
