//! Which configuration is in force: the first one, a newer one, the last good one.

use super::page::OpenPage;
use super::triggers::Voice;
use super::visitor::Visitor;
use super::{Engine, Work};
use crate::domain::config::Config;
use crate::domain::json;
use crate::domain::list::Gather;
use crate::domain::signed;
use crate::domain::time::Zone;
use crate::domain::value::Value;

/// What goes for a configuration while none may be used, so that nobody knows what was meant to stay. Of an address it
/// keeps what says where a visitor comes from.
const LIMITS: &str = r#"{"settings":{"localOnly":["traits"],"urlQuery":["utm_source","utm_medium","utm_campaign","utm_term","utm_content"],"personalData":"hash"}}"#;

impl Engine {
    /// Takes the fetched configuration, or the last good one, or caution where there is none; tells what is wrong with it.
    pub(super) fn read_config(&mut self, input: &Value, stored: &Value) {
        let fresh = input.text("config");
        let kept = stored.get("config").and_then(|config| config.text("text"));
        let parsed = fresh.and_then(|text| match json::parse(signed::payload(text)) {
            Ok(value @ Value::Object(_)) => Some(value),
            other => {
                let (at, expected) = other.err().map_or((0, "an object"), |error| (error.at, error.expected));
                let detail = crate::object! {
                    "code" => "config-unreadable", "path" => "", "severity" => "error",
                    "message" => "the configuration is no JSON; the last good one is used", "at" => at, "expected" => expected,
                };
                self.notify("problem", detail);
                None
            }
        });
        if let Some(message) = input.text("config_error") {
            self.notify(
                "problem",
                crate::object! { "code" => "config-unreachable", "path" => "", "severity" => "warning", "message" => message },
            );
        }
        if let Some(text) = fresh.filter(|text| parsed.is_some() && Some(*text) != kept) {
            self.config_text = Some((text.into(), input.text("config_etag").unwrap_or_default().into()));
        }
        let value = parsed.or_else(|| json::parse(signed::payload(kept?)).ok());
        let value = value.or_else(|| json::parse(LIMITS).ok().filter(|_| input.flag("config_wanted")));
        if let Some(value) = value {
            self.config = Config::compile(&value);
            self.tell_problems();
        }
    }

    /// Tells the listeners what is wrong with the configuration, at most fifty items.
    pub(super) fn tell_problems(&mut self) {
        let problems: Vec<Value> = self.config.problems.list.iter().take(50).map(|problem| problem.to_value()).gather();
        for problem in problems {
            self.notify("problem", problem);
        }
    }

    /// A newer configuration: everything is compiled anew over the same journey.
    pub(super) fn reconfigure(&mut self, input: &Value) {
        if let Some(message) = input.text("error") {
            self.notify(
                "problem",
                crate::object! { "code" => "config-unreachable", "path" => "", "severity" => "warning", "message" => message },
            );
        }
        let Some(text) = input.text("text") else { return };
        let Ok(value @ Value::Object(_)) = json::parse(signed::payload(text)) else {
            self.notify(
                "problem",
                crate::object! {
                    "code" => "config-unreadable", "path" => "", "severity" => "error",
                    "message" => "the configuration is no JSON; the last good one is kept",
                },
            );
            return;
        };
        let members = self.visitor.members(&self.config);
        self.config = Config::compile(&value);
        self.tell_problems();
        let now = self.now();
        let empty = Visitor::new(&mut Config::empty(), Default::default(), Default::default(), now, Zone::utc());
        let (base, journey, _) = std::mem::replace(&mut self.visitor, empty).into_parts();
        let zone = Zone::named(&self.config.timezone, now).unwrap_or_else(Zone::utc);
        let had_history = !journey.is_empty();
        self.visitor = Visitor::new(&mut self.config, base, journey, now, zone);
        self.visitor.set_host(&self.config, self.options.device.clone(), &self.shared.anonymous_id.clone());
        self.batches.clear();
        self.keep_config(text, input.text("etag"));
        if had_history {
            self.visitor.restore_members(&self.config, &members);
            self.visitor.touch_all();
            self.settle_segments(Voice::Full);
        }
        let page = std::mem::take(&mut self.page.page);
        self.page = OpenPage::new(self.page.number, self.page.since, page);
        self.watch();
        self.begin_rehearsal(now, text);
        self.plan(None, vec![Work::Due]);
        self.look_at_consent();
    }

    /// Keeps the configuration as the last good one.
    pub(super) fn keep_config(&mut self, text: &str, etag: Option<&str>) {
        if self.standing.consent().personalization || self.standing.consent().analytics {
            self.save.config = Some((text.into(), etag.unwrap_or_default().into()));
        } else {
            self.config_text = Some((text.into(), etag.unwrap_or_default().into()));
        }
    }
}
