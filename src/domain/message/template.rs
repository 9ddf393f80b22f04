//! `{{ path | filter: argument, … }}` inside a text. There is no logic and no HTML: what comes out is text.
//!
//! A template never fails. What cannot be read stays as it was written, an unknown filter changes nothing, and a path
//! that leads nowhere is empty; validation tells the author.

use super::{format, josa};
use crate::domain::host;
use crate::domain::list::Gather;
use crate::domain::number::push_number;
use crate::domain::problem::{PROSE, Place, Problems, did_you_mean, found, sentence};
use crate::domain::time::Zone;
use crate::domain::value::Value;

/// What a template's text depends on besides the document.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The reader's locale.
    pub locale: &'a str,
    /// The shop's currency.
    pub currency: &'a str,
    /// The shop's time zone.
    pub zone: &'a Zone,
}

/// The filters of the contract.
pub const FILTERS: [&str; 13] =
    ["default", "upcase", "downcase", "capitalize", "truncate", "plus", "minus", "times", "number", "money", "date", "plural", "josa"];

/// Fills a template from the document.
pub fn render(template: &str, doc: &Value, context: &Context) -> String {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, tag, after)) = next_tag(rest) {
        out.push_str(before);
        let mut parts = split(tag, '|').into_iter();
        let mut value = parts.next().map_or(Value::Null, |source| operand(source, doc));
        for part in parts {
            value = filter(value, part, doc, context);
        }
        push_shown(&value, &mut out);
        rest = after;
    }
    out.push_str(rest);
    out
}

/// Reports what a template's author got wrong.
pub fn check(template: &str, place: &Place, problems: &mut Problems) {
    let mut rest = template;
    while let Some((_, tag, after)) = next_tag(rest) {
        let parts = split(tag, '|');
        if parts.first().is_none_or(|source| source.is_empty()) {
            problems.warn(place, "template", "a placeholder needs a path, like {{ traits.name }}");
        }
        for part in parts.iter().skip(1) {
            let name = part.split(':').next().unwrap_or("").trim();
            if !FILTERS.contains(&name) {
                let message = sentence("the filter `{0}` does not exist{1}", [found(name), did_you_mean(name, FILTERS)]);
                problems.warn(place, "unknown-filter", message);
            }
            // The page shows what is written; who wrote it is told by the tools.
            if PROSE && name == "josa" && joined_pair(part) {
                problems.warn(place, "josa", "a pair of particles is written with a slash, like 이/가");
            }
        }
        rest = after;
    }
    if crate::domain::text::contains(rest, "{{") {
        problems.warn(place, "template", "a placeholder is not closed with }}");
    }
}

/// Whether a `josa` filter is given both forms without the slash between them, which reads as one long particle.
fn joined_pair(filter: &str) -> bool {
    let given = split(filter, ':').get(1).map_or("", |given| given.trim_matches(['\'', '"']).trim());
    josa::PAIRS
        .iter()
        .any(|(closed, open)| [(closed, open), (open, closed)].iter().any(|(first, second)| given.strip_prefix(**first) == Some(**second)))
}

/// Text before the next placeholder, its inside, and what follows; quoted braces do not end it.
pub fn next_tag(text: &str) -> Option<(&str, &str, &str)> {
    let start = crate::domain::text::find(text, "{{")?;
    let inside = text.get(start + 2..)?;
    let mut quote = None;
    for (at, character) in inside.char_indices() {
        match quote {
            Some(open) if open == character => quote = None,
            Some(_) => {}
            None if character == '"' || character == '\'' => quote = Some(character),
            None if inside.get(at..)?.starts_with("}}") => {
                return Some((text.get(..start)?, inside.get(..at)?, inside.get(at + 2..)?));
            }
            None => {}
        }
    }
    None
}

/// Splits outside of quotes and trims the pieces.
pub fn split(text: &str, separator: char) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut quote = None;
    let mut from = 0;
    for (at, character) in text.char_indices() {
        match quote {
            Some(open) if open == character => quote = None,
            Some(_) => {}
            None if character == '"' || character == '\'' => quote = Some(character),
            None if character == separator => {
                pieces.push(text.get(from..at).unwrap_or("").trim());
                from = at + separator.len_utf8();
            }
            None => {}
        }
    }
    pieces.push(text.get(from..).unwrap_or("").trim());
    pieces
}

/// A literal or the value at a path.
fn operand(source: &str, doc: &Value) -> Value {
    for quote in ['"', '\''] {
        if let Some(inside) = source.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)) {
            return inside.into();
        }
    }
    if source.starts_with(|c: char| c.is_ascii_digit() || c == '-') {
        return numeric(source).map_or(Value::Null, Value::Number);
    }
    doc.at(source).cloned().unwrap_or(Value::Null)
}

fn numeric(text: &str) -> Option<f64> {
    match crate::domain::json::parse(text) {
        Ok(Value::Number(number)) => Some(number),
        _ => None,
    }
}

/// A number, also one that is written as a text.
pub fn number_of(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => Some(*number),
        Value::Text(text) => numeric(text.trim()),
        _ => None,
    }
}

fn filter(value: Value, part: &str, doc: &Value, context: &Context) -> Value {
    let (name, arguments) = part.split_once(':').unwrap_or((part, ""));
    let arguments: Vec<Value> =
        split(arguments, ',').into_iter().filter(|argument| !argument.is_empty()).map(|argument| operand(argument, doc)).gather();
    let first = arguments.first();
    let second = arguments.get(1);
    let text_of = |argument: Option<&Value>| {
        let mut out = String::new();
        if let Some(argument) = argument {
            push_shown(argument, &mut out);
        }
        out
    };
    // Arithmetic counts what is missing as nothing, so that an empty cart still has its distance to free shipping.
    let calculate = |operation: fn(f64, f64) -> f64| {
        let result = operation(number_of(&value).unwrap_or(0.0), first.and_then(number_of).unwrap_or(0.0));
        // Sums of prices with cents would show the binary fractions of a double.
        let rounded = (result * 1e6).round() / 1e6;
        Value::Number(if rounded.is_finite() && result.abs() < 1e9 { rounded } else { result })
    };
    match name.trim() {
        "default" => {
            let is_empty = match &value {
                Value::Null => true,
                Value::Text(text) => text.trim().is_empty(),
                Value::List(items) => items.is_empty(),
                _ => false,
            };
            match (is_empty, first) {
                (true, Some(other)) => other.clone(),
                _ => value,
            }
        }
        "upcase" => host::upper(&text_of(Some(&value))).into(),
        "downcase" => host::lower(&text_of(Some(&value))).into(),
        "capitalize" => {
            let text = text_of(Some(&value));
            let mut characters = text.chars();
            let mut out = String::new();
            if let Some(initial) = characters.next() {
                out.push_str(&host::upper(initial.encode_utf8(&mut [0; 4])));
            }
            out.push_str(characters.as_str());
            out.into()
        }
        "truncate" => {
            let text = text_of(Some(&value));
            let limit = first.and_then(number_of).unwrap_or(50.0).max(0.0) as usize;
            if crate::domain::text::count(&text) <= limit {
                return text.into();
            }
            let end = second.map_or_else(|| String::from("…"), |end| text_of(Some(end)));
            let kept = limit.saturating_sub(crate::domain::text::count(&end));
            let mut out: String = text.chars().take(kept).collect();
            out.truncate(out.trim_end().len());
            out.push_str(&end);
            out.into()
        }
        "plus" => calculate(|left, right| left + right),
        "minus" => calculate(|left, right| left - right),
        "times" => calculate(|left, right| left * right),
        "number" => match number_of(&value) {
            Some(number) => {
                let mut out = String::new();
                let decimals = first.and_then(number_of).map(|places| places as usize);
                format::push_grouped(number, decimals, &mut out);
                out.into()
            }
            None => value,
        },
        "money" => match number_of(&value) {
            Some(number) => {
                let currency = first.and_then(Value::as_text).unwrap_or(context.currency);
                format::money(number, currency, context.locale).into()
            }
            None => value,
        },
        "date" => match format::moment(&value) {
            Some((at, is_day)) => {
                let style = first.and_then(Value::as_text).unwrap_or("long");
                // A birthday is the same day everywhere; only a moment is moved to the shop's clock.
                let utc = Zone::utc();
                let zone = if is_day { &utc } else { context.zone };
                format::date(at, zone, style, context.locale).into()
            }
            None => value,
        },
        "plural" => {
            let is_one = number_of(&value) == Some(1.0);
            let chosen = if is_one { first } else { second.or(first) };
            text_of(chosen).into()
        }
        "josa" => josa::attach(&text_of(Some(&value)), &text_of(first)).into(),
        _ => value,
    }
}

fn push_shown(value: &Value, out: &mut String) {
    match value {
        Value::Null | Value::Object(_) => {}
        Value::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Value::Number(number) => push_number(*number, out),
        Value::Text(text) => out.push_str(text),
        Value::List(items) => {
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                push_shown(item, out);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::json::parse;

    const DOC: &str = r#"{ "traits": { "name": "민지", "tier": "gold", "empty": "", "born": "1990-02-28" },
        "cart": { "value": 32000, "count": 1, "items": [ { "name": "울 코트" } ] },
        "orders": { "lastAt": "2026-03-05T15:04:00Z" }, "tags": ["a", "b"], "free": 50000 }"#;

    #[track_caller]
    fn check(template: &str, expected: &str) {
        let zone = Zone::named("Asia/Seoul", 1_772_700_000_000).unwrap();
        let context = Context { locale: "ko", currency: "KRW", zone: &zone };
        assert_eq!(render(template, &parse(DOC).unwrap(), &context), expected);
    }

    #[test]
    fn paths_are_filled_in() {
        check("{{ traits.name }}님", "민지님");
        check("{{cart.items.0.name}}", "울 코트");
        check("[{{ traits.none }}]", "[]");
        check("{{ tags }}", "a, b");
        check("{{ cart }}", "");
        check("{{ 'a' }}{{ \"b | c\" }}{{ 3 }}", "ab | c3");
    }

    #[test]
    fn filters_follow_each_other() {
        check("{{ traits.name | josa: \"이/가\" }}", "민지가");
        check("{{ traits.none | default: '고객' | josa: '이/가' }}", "고객이");
        check("{{ traits.empty | default: traits.name }}", "민지");
        check("{{ 50000 | minus: cart.value | money }}", "18,000원");
        check("{{ free | minus: cart.value | money }}", "18,000원");
        check("{{ 50000 | minus: cart.none | money }}", "50,000원");
        check("{{ 9.99 | times: 3 | money: 'USD' }}", "$29.97");
        check("{{ 0.1 | plus: 0.2 }}", "0.3");
        check("{{ \"1200\" | plus: 1 | number }}", "1,201");
        check("{{ 3.14159 | number: 2 }}", "3.14");
        check("{{ traits.tier | upcase }} {{ 'ABC' | downcase }} {{ traits.tier | capitalize }}", "GOLD abc Gold");
        check("{{ '가나다라마바사' | truncate: 4 }}", "가나다…");
        check("{{ '가나다' | truncate: 4 }}", "가나다");
        check("{{ 'abcdef' | truncate: 5, '..' }}", "abc..");
        check("{{ cart.count | plural: 'item', 'items' }} {{ 2 | plural: 'item', 'items' }}", "item items");
        check("{{ orders.lastAt | date }}", "2026년 3월 6일");
        check("{{ orders.lastAt | date: 'time' }}", "오전 12:04");
        check("{{ traits.born | date: 'short' }}", "2월 28일");
    }

    #[test]
    fn what_cannot_be_read_stays_harmless() {
        check("a {{ b", "a {{ b");
        check("{{ traits.name | shout }}", "민지");
        check("}} {{ }} {{", "}}  {{");
        check("{{ '}}' }}", "}}");
        check("<b>{{ '<script>' }}</b>", "<b><script></b>");
        check("{{ traits.name | money }}", "민지");
        check("{{ constructor }}{{ traits.__proto__ }}", "");
    }

    #[test]
    fn the_author_is_told() {
        #[track_caller]
        fn codes(template: &str) -> Vec<&'static str> {
            let mut problems = Problems::default();
            check(template, &Place::Root, &mut problems);
            problems.list.iter().map(|problem| problem.code).collect()
        }
        fn check(template: &str, place: &Place, problems: &mut Problems) {
            super::check(template, place, problems);
        }
        assert!(codes("{{ a | josa: '이/가' | money }}").is_empty());
        assert!(codes("{{ a | josa: '가' }} {{ a | josa: '이라서' }} {{ a | josa: \"으로부터\" }}").is_empty());
        assert_eq!(codes("{{ a | josa: '이가' }} {{ a | josa: \"를을\" }}"), ["josa", "josa"]);
        assert_eq!(codes("{{ a | jossa: '이/가' }}"), ["unknown-filter"]);
        assert_eq!(codes("{{ }}"), ["template"]);
        assert_eq!(codes("{{ a"), ["template"]);
    }
}
