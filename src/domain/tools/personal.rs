//! Finds a person's e-mail address or telephone number in rules: they belong into groups on the shop's own server, for
//! a configuration is a public file.

use crate::domain::problem::{Place, Problems};
use crate::domain::value::Value;

/// Warns at every text of a rule that looks like an address or a number of a person.
pub(super) fn check(config: &Value, place: &Place, problems: &mut Problems) {
    for part in ["groups", "segments", "campaigns"] {
        if let Some(value) = config.get(part) {
            walk(value, &place.key(part), problems);
        }
    }
}

fn walk(value: &Value, place: &Place, problems: &mut Problems) {
    match value {
        Value::Text(text) => {
            let what = if is_mail(text) {
                "an e-mail address"
            } else if is_phone(text) {
                "a telephone number"
            } else {
                return;
            };
            // The message does not repeat the text, so that a report does not spread it further.
            let message = ["this looks like ", what, "; everyone can read a configuration, so match a trait or an id instead"];
            problems.warn(place, "personal-data", message.concat());
        }
        Value::List(items) => {
            for (index, item) in items.iter().enumerate() {
                walk(item, &place.index(index), problems);
            }
        }
        // A message may well name the shop's own address.
        Value::Object(object) => {
            for (key, item) in object.iter().filter(|(key, _)| !matches!(&***key, "message" | "name" | "description")) {
                walk(item, &place.key(key), problems);
            }
        }
        _ => {}
    }
}

/// Whether a text holds something like `minji@example.com`; the end of one (`@example.com`) names nobody.
fn is_mail(text: &str) -> bool {
    text.split([' ', ',', ';', '<', '>', ':', '/']).any(|word| {
        let Some((name, host)) = word.split_once('@') else { return false };
        let is_name = name.chars().last().is_some_and(char::is_alphanumeric);
        let end = host.rsplit('.').next().unwrap_or("");
        let is_host = host.contains('.') && !host.starts_with('.') && end.len() >= 2 && end.chars().all(char::is_alphabetic);
        is_name && is_host && !host.contains('\\')
    })
}

/// Whether a text is a telephone number with its prefix: `010-1234-5678`, `+82 10 1234 5678`.
fn is_phone(text: &str) -> bool {
    let text = text.trim();
    let digits = text.chars().filter(char::is_ascii_digit).count();
    (text.starts_with('+') && (9..=15).contains(&digits) || text.starts_with('0') && (9..=11).contains(&digits))
        && text.chars().enumerate().all(|(at, c)| c.is_ascii_digit() || matches!(c, ' ' | '-' | '.' | '(' | ')') || (at == 0 && c == '+'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_told_from_other_texts() {
        for text in ["minji@example.com", "Min Ji <min.ji@shop.co.kr>", "user+1@a.io"] {
            assert!(is_mail(text), "{text}");
        }
        for text in ["@example.com", "@day", "a@b", "shoes", "^.+@shop\\.kr$", "https://a.example/b"] {
            assert!(!is_mail(text), "{text}");
        }
        for text in ["010-1234-5678", "+82 10 1234 5678", "01012345678", "02-123-4567"] {
            assert!(is_phone(text), "{text}");
        }
        for text in ["2026-11-22", "0", "0.5", "8801234567890", "A010-1234-5678", "+5%", "00:30"] {
            assert!(!is_phone(text), "{text}");
        }
    }
}
