//! Finds a person's e-mail address or telephone number in rules: they belong into groups on the shop's own server, for
//! a configuration is a public file.

use crate::domain::personal::is_phone;
use crate::domain::problem::{Place, Problems, found, sentence};
use crate::domain::value::Value;

/// Refuses every text of a rule, and every key, that looks like an address or a number of a person.
pub(super) fn check(config: &Value, place: &Place, problems: &mut Problems) {
    for part in ["groups", "segments", "campaigns"] {
        if let Some(value) = config.get(part) {
            walk(value, &place.key(part), problems);
        }
    }
}

fn walk(value: &Value, place: &Place, problems: &mut Problems) {
    match value {
        Value::Text(text) => refuse(text, place, problems),
        Value::List(items) => {
            for (index, item) in items.iter().enumerate() {
                walk(item, &place.index(index), problems);
            }
        }
        // A message may well name the shop's own address.
        Value::Object(object) => {
            for (key, item) in object.iter().filter(|(key, _)| !matches!(&***key, "message" | "name" | "description")) {
                refuse(key, place, problems);
                walk(item, &place.key(key), problems);
            }
        }
        _ => {}
    }
}

fn refuse(text: &str, place: &Place, problems: &mut Problems) {
    let (what, seen) = if let Some((name, host)) = mail_in(text) {
        let (first, end) = (name.chars().next().unwrap_or('…'), host.rsplit('.').next().unwrap_or(""));
        ("an e-mail address", format!("{first}…@….{end}"))
    } else if is_phone(text) {
        ("a telephone number", text.trim().chars().take(3).chain(['…']).collect())
    } else {
        return;
    };
    // The message does not repeat the text, so that a report does not spread it further.
    let message = "found \"{0}\", which looks like {1} of a person; everyone can read a configuration, so match a trait or an id that says nothing by itself";
    problems.error(place, "personal-data", sentence(message, [found(&seen), what.into()]));
}

/// Name and host of something like `minji@example.com` in a text; the end of one (`@example.com`) names nobody.
fn mail_in(text: &str) -> Option<(&str, &str)> {
    text.split([' ', ',', ';', '<', '>', ':', '/']).filter_map(|word| word.split_once('@')).find(|(name, host)| {
        let is_name = name.chars().last().is_some_and(char::is_alphanumeric);
        let end = host.rsplit('.').next().unwrap_or("");
        let is_host = host.contains('.') && !host.starts_with('.') && end.len() >= 2 && end.chars().all(char::is_alphabetic);
        is_name && is_host && !host.contains('\\')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_told_from_other_texts() {
        for text in ["minji@example.com", "Min Ji <min.ji@shop.co.kr>", "user+1@a.io"] {
            assert!(mail_in(text).is_some(), "{text}");
        }
        for text in ["@example.com", "@day", "a@b", "shoes", "^.+@shop\\.kr$", "https://a.example/b"] {
            assert!(mail_in(text).is_none(), "{text}");
        }
        for text in ["010-1234-5678", "+82 10 1234 5678", "01012345678", "02-123-4567"] {
            assert!(is_phone(text), "{text}");
        }
        for text in ["2026-11-22", "0", "0.5", "8801234567890", "A010-1234-5678", "+5%", "00:30", "0123456789"] {
            assert!(!is_phone(text), "{text}");
        }
    }
}
