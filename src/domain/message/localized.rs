//! Text in several languages: `"text"` or `{ "ko": …, "en": … }`.

use crate::domain::value::{Text, Value};

/// The language of a locale: `ko` of `ko-KR`.
pub fn language(locale: &str) -> &str {
    locale.split(['-', '_']).next().unwrap_or(locale)
}

/// Where texts in the language of a locale stand in a table of Korean, English and Japanese: English is for all others.
pub fn column(locale: &str) -> usize {
    let is = |wanted: &str| language(locale).eq_ignore_ascii_case(wanted);
    if is("ko") {
        0
    } else if is("ja") {
        2
    } else {
        1
    }
}

/// Whether text of this locale runs from right to left.
pub fn is_right_to_left(locale: &str) -> bool {
    const LANGUAGES: [&str; 6] = ["ar", "fa", "he", "ur", "yi", "ps"];
    LANGUAGES.iter().any(|known| known.eq_ignore_ascii_case(language(locale)))
}

/// The text for `locale`: the exact locale, its language, the shop's own locale, English, or whatever comes first.
pub fn pick<'a>(value: &'a Value, locale: &str, fallback: &str) -> &'a str {
    match value {
        Value::Text(text) => text,
        _ => spoken(value, locale, fallback).map_or("", |(_, text)| text),
    }
}

/// The same with the language it is in, where the text names that.
pub fn spoken<'a>(value: &'a Value, locale: &str, fallback: &str) -> Option<(&'a str, &'a str)> {
    let object = value.as_object()?;
    let named = |(key, text): (&'a Text, &'a Value)| Some((&**key, text.as_text()?));
    let by = |wanted: &str, whole: bool| {
        object
            .iter()
            .find(|(key, _)| {
                let key = if whole { key } else { language(key) };
                key.eq_ignore_ascii_case(wanted)
            })
            .and_then(named)
    };
    by(locale, true)
        .or_else(|| by(language(locale), false))
        .or_else(|| by(fallback, true))
        .or_else(|| by(language(fallback), false))
        .or_else(|| by("en", false))
        .or_else(|| object.iter().find_map(named))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::json::parse;

    #[track_caller]
    fn check(text: &str, locale: &str, expected: &str) {
        assert_eq!(pick(&parse(text).unwrap(), locale, "ko"), expected);
    }

    #[test]
    fn the_nearest_language_wins() {
        let all = r#"{ "ja": "J", "en": "E", "ko": "K", "en-GB": "G" }"#;
        check(r#""plain""#, "fr", "plain");
        check(all, "en-GB", "G");
        check(all, "en-us", "E");
        check(all, "ko-KR", "K");
        check(all, "fr", "K");
        check(r#"{ "ja": "J", "en": "E" }"#, "fr", "E");
        check(r#"{ "ja": "J" }"#, "fr", "J");
        check(r#"{ "pt-BR": "P" }"#, "pt", "P");
        check("3", "ko", "");
    }
}
