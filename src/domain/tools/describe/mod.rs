//! An explanation in plain words: what was asked, what was found, and when that changes by itself.
//!
//! One line for one comparison, `지난 7일간 '상품 조회' 2회 (3회 이상 필요)`; a line for each part, marked ✓ or ✗ and
//! indented, for what is made of several. It never fails: what it cannot read is shown as JSON.

mod clause;
mod decision;
mod field;
mod text;

use super::sentences::{Language, Sentence, say};
use crate::domain::time::{Millis, Zone, parse_iso};
use crate::domain::value::Value;

/// The deepest nesting that is described; an explanation of a configuration stays well below.
const DEPTH: usize = 64;

/// What explanations are worded with besides the language.
#[derive(Clone, Debug)]
pub struct Setting {
    /// The shop's currency; amounts are bare numbers where it is empty.
    pub currency: String,
    /// The shop's time zone.
    pub zone: Zone,
    /// Whether moments name their zone, because the reader cannot know it.
    pub is_utc: bool,
    /// The configuration, for the names of segments and campaigns.
    pub config: Value,
}

impl Default for Setting {
    fn default() -> Self {
        Setting { currency: String::new(), zone: Zone::utc(), is_utc: true, config: Value::Null }
    }
}

impl Setting {
    /// The currency, time zone and names of a configuration; `now` is where the zone's changes are looked up.
    pub fn of(config: &Value, now: Millis) -> Self {
        let zone = config.text("timezone").and_then(|name| Zone::named(name, now));
        Setting {
            currency: config.text("currency").unwrap_or_default().into(),
            is_utc: zone.is_none(),
            zone: zone.unwrap_or_else(Zone::utc),
            config: config.clone(),
        }
    }
}

/// Describes a trace, an explanation, a decision, or a list of them, in Korean (`ko`) or English (any other locale).
///
/// Moments are in UTC and amounts without a currency, because an explanation carries neither; see [`describe_in`].
pub fn describe(trace: &Value, locale: &str) -> String {
    describe_in(trace, locale, &Setting::default())
}

/// As [`describe`], with the shop's time zone, currency and names.
pub fn describe_in(trace: &Value, locale: &str, setting: &Setting) -> String {
    let language = Language::of(locale);
    let mut writer = Writer { language, locale: language.pick("ko", "en"), setting, lines: Vec::new() };
    writer.any(trace, 0);
    writer.lines.join("\n")
}

/// Writes lines of an explanation.
struct Writer<'a> {
    language: Language,
    locale: &'static str,
    setting: &'a Setting,
    lines: Vec<String>,
}

impl Writer<'_> {
    fn say(&self, sentence: Sentence, parts: &[&str]) -> String {
        say(self.language, sentence, parts)
    }

    /// A trace, an explanation, a decision or a list, whichever it is.
    fn any(&mut self, value: &Value, depth: usize) {
        match value {
            Value::List(items) if depth < DEPTH => items.iter().for_each(|item| self.any(item, depth + 1)),
            Value::Object(_) if value.get("checks").is_some() => self.explanation(value),
            Value::Object(_) if value.get("outcome").is_some() => self.decision(value),
            Value::Object(_) if value.get("check").is_some() => self.check(value, 0),
            Value::Object(_) => self.trace(value, 0, false),
            _ => {}
        }
    }

    /// A line at a depth, with its mark where it stands among others.
    fn line(&mut self, depth: usize, mark: Option<bool>, text: &str) {
        let mut line = "  ".repeat(depth);
        line.push_str(match mark {
            Some(true) => "✓ ",
            Some(false) => "✗ ",
            None => "",
        });
        line.push_str(text);
        self.lines.push(line);
    }

    /// One trace and its parts. `marked`: whether it stands among others.
    fn trace(&mut self, trace: &Value, depth: usize, marked: bool) {
        if depth > DEPTH {
            return;
        }
        let passed = trace.flag("passed");
        let children = trace.list("children");
        let mut text = self.sentence(trace);
        // `per` notes for which value the clause was explained; it belongs into its clause's own line.
        let (notes, parts): (Vec<&Value>, Vec<&Value>) = children.iter().partition(|child| clause::is_note(child));
        for note in notes {
            text = self.say(Sentence::Because, &[&text, &self.note(note)]);
        }
        let text = self.with_change(text, trace);
        self.line(depth, (marked || !parts.is_empty()).then_some(passed), &text);
        let inherited = clause::measures(trace);
        for part in parts {
            match inherited {
                Some(clause) => {
                    let text = self.measure_line(clause, part);
                    let text = self.with_change(text, part);
                    self.line(depth + 1, Some(part.flag("passed")), &text);
                }
                None => self.trace(part, depth + 1, true),
            }
        }
    }

    /// Adds when the answer changes by itself.
    fn with_change(&self, text: String, trace: &Value) -> String {
        match trace.text("changesAt").and_then(parse_iso) {
            Some(at) => self.say(Sentence::Changes, &[&text, &self.moment(at)]),
            None => text,
        }
    }

    /// What one trace says, without its parts.
    fn sentence(&self, trace: &Value) -> String {
        let condition = trace.get("condition").unwrap_or(&Value::Null);
        let object = match condition {
            Value::Object(object) => object,
            _ => return String::new(),
        };
        let mut entries = object.iter();
        let Some((key, operand)) = entries.next() else {
            return match (trace.list("children"), trace.text("expected")) {
                ([], Some(purpose)) => self.say(Sentence::ConsentNeeded, &[self.purpose(purpose)]),
                ([], None) => self.say(if trace.flag("passed") { Sentence::Everyone } else { Sentence::Failed }, &[]),
                _ => self.say(Sentence::All, &[]),
            };
        };
        if entries.next().is_some() {
            return self.say(Sentence::All, &[]);
        }
        match &**key {
            "$and" => self.say(Sentence::All, &[]),
            "$or" => self.say(Sentence::Any, &[]),
            "$nor" => self.say(Sentence::NoneHolds, &[]),
            "$not" if trace.list("children").len() == 1 => self.say(Sentence::NotThis, &[]),
            "$not" => self.say(Sentence::NotAll, &[]),
            "$did" => clause::capital(self.did(operand, trace, false)),
            "$didNot" => clause::capital(self.did(operand, trace, true)),
            "$sequence" => self.sequence(operand, trace),
            "$segment" => self.segment(operand, trace),
            "$campaign" => self.campaign(operand, trace),
            "perSession" | "perDay" | "total" => self.spent(key, trace),
            "muted" | "afterDismiss" | "cooldown" | "minGap" | "untilClicked" => self.word(key),
            path => self.field(path, operand, trace),
        }
    }
}
