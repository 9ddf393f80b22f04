//! Values, numbers with their units, durations and moments as text.

use super::super::names::Unit;
use super::super::sentences::{Language, Sentence};
use super::Writer;
use crate::domain::json;
use crate::domain::message::format;
use crate::domain::time::{DAY, HOUR, MINUTE, Millis, SECOND, parse_duration, parse_iso};
use crate::domain::value::Value;

impl Writer<'_> {
    /// A number with what it counts.
    pub(super) fn amount(&self, number: f64, unit: Unit) -> String {
        let mut digits = String::new();
        format::push_grouped(number, None, &mut digits);
        let one = number == 1.0;
        let (ko, en) = match unit {
            Unit::Money if !self.setting.currency.is_empty() => return format::money(number, &self.setting.currency, self.locale),
            Unit::Money | Unit::Bare => ("", ""),
            Unit::Times => ("회", if one { " time" } else { " times" }),
            Unit::Days => ("일", if one { " day" } else { " days" }),
            Unit::Pieces => ("개", ""),
            Unit::Seconds => ("초", if one { " second" } else { " seconds" }),
            Unit::Hour => ("시", ""),
            Unit::Minute => ("분", ""),
            Unit::Month => ("월", ""),
        };
        digits.push_str(self.language.pick(ko, en));
        digits
    }

    /// Any value; a text in quotes, unless it is an instant.
    pub(super) fn value(&self, value: &Value, unit: Unit) -> String {
        match value {
            Value::Null => self.say(Sentence::Unknown, &[]),
            Value::Bool(flag) => self.language.pick(if *flag { "예" } else { "아니요" }, if *flag { "yes" } else { "no" }).into(),
            Value::Number(number) => self.amount(*number, unit),
            Value::Text(text) => match parse_iso(text).filter(|_| text.len() > 10) {
                Some(at) => self.moment(at),
                None => quoted(text),
            },
            Value::List(items) => {
                let mut texts: Vec<String> = items.iter().take(10).map(|item| self.value(item, unit)).collect();
                if items.len() > 10 {
                    texts.push("…".into());
                }
                texts.join(", ")
            }
            Value::Object(_) => json::to_text(value),
        }
    }

    /// A duration as people say it: `7일`, `1 day`, `90분`.
    pub(super) fn duration(&self, text: &str) -> String {
        let Some(length) = parse_duration(text) else { return quoted(text) };
        self.length(length)
    }

    /// A length of time in its one or two largest units.
    pub(super) fn length(&self, length: Millis) -> String {
        const UNITS: [(Millis, &str, &str); 5] =
            [(DAY, "일", "day"), (HOUR, "시간", "hour"), (MINUTE, "분", "minute"), (SECOND, "초", "second"), (1, "밀리초", "millisecond")];
        let mut rest = length;
        let mut pieces = Vec::new();
        for (size, ko, en) in UNITS {
            let count = rest / size;
            if count == 0 || pieces.len() == 2 {
                continue;
            }
            rest -= count * size;
            let mut piece = String::new();
            format::push_grouped(count as f64, Some(0), &mut piece);
            match self.language {
                Language::Ko => piece.push_str(ko),
                Language::En => {
                    piece.push(' ');
                    piece.push_str(en);
                    piece.push_str(if count == 1 { "" } else { "s" });
                }
            }
            pieces.push(piece);
        }
        if pieces.is_empty() {
            return self.language.pick("0초", "0 seconds").into();
        }
        pieces.join(" ")
    }

    /// An instant on the shop's clock: `2026-11-25 09:00`.
    pub(super) fn moment(&self, at: Millis) -> String {
        let mut text = format::date(at, &self.setting.zone, "%Y-%m-%d %H:%M", self.locale);
        // A window is left a millisecond after its end; whole seconds are near enough for a reader.
        let second = at.rem_euclid(MINUTE) / SECOND;
        if second != 0 {
            text.push(':');
            format::push_two(second, &mut text);
        }
        if self.setting.is_utc {
            text.push_str(" UTC");
        }
        text
    }
}

/// A name between quotes.
pub(super) fn quoted(text: &str) -> String {
    ["'", text, "'"].concat()
}
