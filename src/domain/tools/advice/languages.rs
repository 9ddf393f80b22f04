//! The language of the shop: whether it is one, and whether texts are there in it.

use super::Advice;
use crate::domain::message::localized::language;
use crate::domain::problem::{Place, found, sentence, shown};
use crate::domain::value::{Object, Value};

/// The keys of a message under which a text stands.
pub(super) const TEXTS: [&str; 9] = ["text", "button", "label", "alt", "greeting", "answer", "message", "empty", "consentLabel"];

impl Advice<'_> {
    /// `locale` itself.
    pub(super) fn locale(&mut self) {
        let Some(locale) = self.config.get("locale").filter(|locale| locale.as_text().is_some_and(|locale| !is_locale(locale))) else {
            return;
        };
        let message = sentence("expected {0}, found {1}", ["a language such as \"ko\" or \"ko-KR\"".into(), shown(locale)]);
        self.problems.warn(&Place::Root.key("locale"), "locale", message);
    }

    /// A text in several languages, which visitors whose own is not among them read in the shop's.
    pub(super) fn languages(&mut self, text: &Value, place: &Place) {
        let Some(shop) = self.config.text("locale").filter(|locale| is_locale(locale)) else { return };
        let Some(texts) = text.as_object().filter(|texts| is_localized(texts)) else { return };
        if texts.iter().any(|(key, _)| language(key).eq_ignore_ascii_case(language(shop))) {
            return;
        }
        let others: Vec<&str> = texts.iter().map(|(key, _)| &**key).collect();
        let message = "this text lacks \"{0}\", the shop's locale; it is there in {1}";
        self.problems.warn(place, "locale", sentence(message, [found(shop), found(&others.join(", "))]));
    }
}

/// Whether all that an object holds is texts by language; an option with its label and a message are objects, too.
fn is_localized(texts: &Object) -> bool {
    !texts.is_empty() && texts.iter().all(|(key, text)| text.as_text().is_some() && !matches!(&**key, "label" | "layout"))
}

/// Whether a text looks like `ko` or `zh-Hant-TW`.
fn is_locale(locale: &str) -> bool {
    let is_part = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let first = language(locale);
    (2..=3).contains(&first.len()) && first.bytes().all(|byte| byte.is_ascii_alphabetic()) && locale.split(['-', '_']).all(is_part)
}
