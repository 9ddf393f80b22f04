//! Decisions and the checks behind them in words.

use super::super::names::{self, Unit};
use super::super::sentences::Sentence;
use super::Writer;
use super::clause::capital;
use super::text::quoted;
use crate::domain::time::parse_iso;
use crate::domain::value::Value;

impl Writer<'_> {
    /// An explanation: what became of a campaign, and each check.
    pub(super) fn explanation(&mut self, explanation: &Value) {
        self.decision(explanation);
        for check in explanation.list("checks") {
            self.check(check, 1);
        }
    }

    /// One decision in one line.
    pub(super) fn decision(&mut self, decision: &Value) {
        let mut name = self.say(Sentence::Campaign, &[&self.name("campaigns", decision.text("campaign").unwrap_or_default())]);
        for (key, sentence) in [("step", Sentence::Step), ("variant", Sentence::Variant)] {
            if let Some(part) = decision.text(key) {
                name = self.say(Sentence::And, &[&name, &self.say(sentence, &[&quoted(part)])]);
            }
        }
        let outcome = decision.text("outcome").unwrap_or_default();
        let mut text = String::from(names::reason(outcome, self.language));
        if let Some(reason) = decision.text("reason").filter(|reason| *reason != outcome) {
            text = self.say(Sentence::Because, &[&text, names::reason(reason, self.language)]);
        }
        if let Some(lost_to) = decision.text("lostTo") {
            let winner = self.say(Sentence::Campaign, &[&self.name("campaigns", lost_to)]);
            text = self.say(Sentence::And, &[&text, &self.say(Sentence::LostTo, &[&winner])]);
        }
        let text = capital(self.say(Sentence::Decision, &[&name, &text]));
        let text = match decision.text("timestamp").and_then(parse_iso) {
            Some(at) => self.say(Sentence::Plain, &[&self.moment(at), &text]),
            None => text,
        };
        self.line(0, None, &text);
    }

    /// One check, and what it found.
    pub(super) fn check(&mut self, check: &Value, depth: usize) {
        let name = check.text("check").unwrap_or_default();
        let passed = check.flag("passed");
        let detail = check.get("detail").unwrap_or(&Value::Null);
        let mut text = capital(names::check(name, self.language).into());
        if !passed {
            text = self.say(Sentence::Decision, &[&text, names::reason(name, self.language)]);
        }
        let condition = detail
            .get("condition")
            .filter(|condition| name == "not_in_audience" || condition.as_object().is_some_and(|asked| !asked.is_empty()));
        match (name, condition) {
            ("not_in_audience", Some(condition)) => {
                self.line(depth, Some(passed), &text);
                let is_bare = condition.as_object().is_some_and(|object| object.is_empty()) && !detail.list("children").is_empty();
                match is_bare {
                    true => detail.list("children").iter().for_each(|child| self.trace(child, depth + 1, true)),
                    false => self.trace(detail, depth + 1, true),
                }
                return;
            }
            (_, Some(_)) => text = self.say(Sentence::Because, &[&text, &self.sentence(detail)]),
            ("no_consent", None) => {
                if let Some(purpose) = detail.text("expected") {
                    text = self.say(Sentence::Because, &[&text, &self.say(Sentence::ConsentNeeded, &[self.purpose(purpose)])]);
                }
            }
            ("outranked", None) => {
                if let Some(winner) = detail.text("actual") {
                    let winner = self.say(Sentence::Campaign, &[&self.name("campaigns", winner)]);
                    text = self.say(Sentence::Because, &[&text, &self.say(Sentence::OnScreen, &[&winner])]);
                }
            }
            _ => {}
        }
        let text = self.with_change(text, detail);
        self.line(depth, Some(passed), &text);
    }

    pub(super) fn purpose<'p>(&self, purpose: &'p str) -> &'p str {
        let ko = match purpose {
            "analytics" => "분석",
            "personalization" => "맞춤 서비스",
            "marketing" => "마케팅",
            "marketingNight" => "야간 마케팅",
            other => other,
        };
        self.language.pick(ko, purpose)
    }

    /// A number of displays against its limit.
    pub(super) fn spent(&self, limit: &str, trace: &Value) -> String {
        let sentence = match limit {
            "perSession" => Sentence::PerSession,
            "perDay" => Sentence::PerDay,
            _ => Sentence::Total,
        };
        let number = |key: &str| self.amount(trace.number(key).unwrap_or(0.0), Unit::Times);
        let text = self.say(sentence, &[&number("actual")]);
        self.say(Sentence::Because, &[&text, &self.say(Sentence::AtMostTimes, &[&number("expected")])])
    }

    /// A check that is named by one word.
    pub(super) fn word(&self, word: &str) -> String {
        let sentence = match word {
            "muted" => Sentence::Muted,
            "afterDismiss" => Sentence::AfterDismiss,
            "cooldown" => Sentence::Cooldown,
            "minGap" => Sentence::MinGap,
            "untilClicked" => Sentence::UntilClicked,
            other => return quoted(other),
        };
        self.say(sentence, &[])
    }
}
