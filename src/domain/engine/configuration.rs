//! Which configuration is in force: the first one, a newer one, the last good one.

use super::triggers::Voice;
use super::visitor::Visitor;
use super::{Effect, Engine, Phase, Work};
use crate::domain::config::Config;
use crate::domain::json;
use crate::domain::list::{Gather, keep};
use crate::domain::signed;
use crate::domain::time::Zone;
use crate::domain::value::{Text, Value};

/// What goes for a configuration while none may be used, so that nobody knows what was meant to stay. Of an address it
/// keeps what says where a visitor comes from.
const LIMITS: &str = r#"{"settings":{"localOnly":["traits"],"urlQuery":["utm_source","utm_medium","utm_campaign","utm_term","utm_content"],"personalData":"hash"}}"#;

impl Engine {
    /// Takes the configuration that is given, or that was given ahead of the start, or the last good one, or caution where
    /// there is none.
    pub(super) fn read_config(&mut self, input: &Value, stored: &Value) {
        let kept = stored.get("config").and_then(|config| config.text("text"));
        self.take_config(input.text("config"), input.text("config_etag"), input.text("config_error"));
        if let Some((text, _)) = &self.config_text {
            if Some(&**text) == kept {
                self.config_text = None;
            }
            return;
        }
        let value = kept.and_then(|text| signed::parse(text).ok());
        let value = value.or_else(|| json::parse(LIMITS).ok().filter(|_| input.flag("config_wanted")));
        if let Some(value) = value {
            self.use_config(&value);
        }
    }

    /// Compiles a configuration that came and holds on to its text, to be kept; tells what is wrong with it or why none came.
    fn take_config(&mut self, text: Option<&str>, etag: Option<&str>, error: Option<&str>) -> Option<Text> {
        if let Some(message) = error {
            let detail = crate::object! { "code" => "config-unreachable", "path" => "", "severity" => "warning", "message" => message };
            self.notify("problem", detail);
        }
        let text: Text = text?.into();
        let parsed = signed::parse(&text);
        if let Ok(value @ Value::Object(_)) = parsed {
            self.use_config(&value);
            self.config_text = Some((text.clone(), etag.unwrap_or_default().into()));
            return Some(text);
        }
        let (at, expected) = parsed.err().map_or((0, "an object"), |error| (error.at, error.expected));
        let detail = crate::object! {
            "code" => "config-unreadable", "path" => "", "severity" => "error",
            "message" => "the configuration is no JSON; the last good one is used", "at" => at, "expected" => expected,
        };
        self.notify("problem", detail);
        None
    }

    /// Compiles a configuration and tells the listeners what is wrong with it, at most fifty items.
    fn use_config(&mut self, value: &Value) {
        self.config = Config::compile(value);
        let problems: Vec<Value> = self.config.problems.list.iter().take(50).map(|problem| problem.to_value()).gather();
        for problem in problems {
            self.notify("problem", problem);
        }
    }

    /// A newer configuration: everything is compiled anew over the same journey. Ahead of the start there is none yet.
    pub(super) fn reconfigure(&mut self, input: &Value) {
        let members = self.visitor.members(&self.config);
        let former: Vec<Text> = self.config.campaigns.iter().map(|campaign| campaign.id.clone()).gather();
        let text = self.take_config(input.text("text"), input.text("etag"), input.text("error")).or_else(|| {
            // One was refused while none is in force: what it says is to stay stays.
            let limits = input.text("limits")?;
            self.use_config(&json::parse(limits).ok()?);
            Some(limits.into())
        });
        let Some(text) = text.filter(|_| self.phase != Phase::New) else { return };
        let (now, ahead) = (self.now(), self.visitor.ahead());
        let empty = Visitor::new(&mut Config::empty(), Default::default(), Default::default(), (0, 0), Zone::utc());
        let (base, journey, _) = std::mem::replace(&mut self.visitor, empty).into_parts();
        let zone = Zone::named(&self.config.timezone, now).unwrap_or_else(Zone::utc);
        let had_history = !journey.is_empty();
        self.visitor = Visitor::new(&mut self.config, base, journey, (now, ahead), zone);
        self.tell_host();
        for member in members.iter().filter_map(Value::as_text) {
            if self.config.segments.iter().all(|segment| *segment.id != *member) {
                self.tell_segment(member.into(), now, false);
            }
        }
        self.renumber(&former);
        self.keep_config();
        if had_history {
            self.visitor.restore_members(&self.config, &members);
            self.visitor.touch_all();
            self.settle_segments(Voice::Full);
        }
        self.watch();
        self.begin_rehearsal(now, &text);
        self.plan_one(Work::Due);
        self.look_at_consent();
    }

    /// What is about to be decided, and what has fired on this page, stays with its campaigns.
    fn renumber(&mut self, former: &[Text]) {
        let config = &self.config;
        // What is asked of a campaign that is gone has no place, and is not decided.
        let place = |campaign: &mut usize| {
            *campaign = former.get(*campaign).and_then(|id| config.index_of(id)).unwrap_or(usize::MAX);
        };
        self.page.renumber(&place);
        self.slotless.iter_mut().for_each(|(_, ask)| place(&mut ask.campaign));
        for (_, work) in self.batches.iter_mut().flatten() {
            if let Work::Ask(ask) = work {
                place(&mut ask.campaign);
            }
        }
        let effects = &mut self.effects;
        keep(&mut self.waiting_results, |(campaign, id)| {
            let is_known = config.index_of(campaign).is_some();
            if !is_known {
                effects.push(Effect::Result { id: id.clone(), value: Value::Null });
            }
            is_known
        });
    }

    /// Keeps the newest configuration as the last good one, once something may be kept.
    pub(super) fn keep_config(&mut self) {
        if (self.standing.consent().personalization || self.standing.consent().analytics)
            && let Some(kept) = self.config_text.take()
        {
            self.save.config = Some(kept);
        }
    }
}
