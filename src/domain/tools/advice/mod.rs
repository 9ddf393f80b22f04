//! Warns of rules that are sound and still never mean what they say: an event spelt in another way than the field's, a
//! value that the document never holds, an address where a path belongs. Nothing is switched off, for a shop may have its reasons.

mod events;
mod languages;
mod messages;
mod values;

use crate::domain::problem::{Place, Problems, Prose, found, sentence, shown};
use crate::domain::time::{DAY, Millis, Zone, parse_duration, parse_iso, to_iso};
use crate::domain::value::{Object, Value};

/// Looks through all rules of a configuration.
pub(super) fn check(config: &Value, problems: &mut Problems) {
    let mut advice = Advice { config, zone: config.text("timezone"), problems };
    advice.locale();
    advice.local_only();
    for (id, segment) in members(config, "segments") {
        let place = Place::Root.key("segments");
        advice.condition_at(segment, "when", &place.key(id));
    }
    for (id, coupon) in members(config, "coupons") {
        let place = Place::Root.key("coupons");
        advice.coupon(coupon, &place.key(id));
    }
    for (id, campaign) in members(config, "campaigns") {
        let place = Place::Root.key("campaigns");
        advice.campaign(campaign, &place.key(id));
    }
}

fn members<'a>(config: &'a Value, part: &str) -> impl Iterator<Item = (&'a str, &'a Value)> {
    config.get(part).and_then(Value::as_object).into_iter().flat_map(|object| object.iter().map(|(id, value)| (&**id, value)))
}

struct Advice<'a> {
    config: &'a Value,
    zone: Option<&'a str>,
    problems: &'a mut Problems,
}

impl Advice<'_> {
    /// What is wrong at `place` already needs no second word.
    fn never(&mut self, place: &Place, message: impl Into<Prose>) {
        let path = place.pointer();
        if self.problems.list.iter().all(|problem| problem.path != path) {
            self.problems.warn(place, "never-matches", message);
        }
    }

    /// Only traits and properties are known where events are made ready to leave.
    fn local_only(&mut self) {
        let settings = Place::Root.key("settings");
        let here = settings.key("localOnly");
        let paths = self.config.get("settings").map_or(&[][..], |settings| settings.list("localOnly"));
        for (index, path) in paths.iter().enumerate() {
            if let Some(path) = path.as_text().filter(|path| !matches!(path.split('.').next(), Some("traits" | "properties"))) {
                let end = path.rsplit('.').next().unwrap_or(path);
                let message = "nothing stays here by \"{0}\"; write \"traits.{1}\", or \"properties.{1}\" for a property of events";
                self.never(&here.index(index), sentence(message, [found(path), found(end)]));
            }
        }
    }

    fn coupon(&mut self, coupon: &Value, place: &Place) {
        if let Some(name) = coupon.get("name") {
            self.languages(name, &place.key("name"));
        }
        if let Some(redeemed) = coupon.get("redeemed") {
            self.event_at(redeemed, &place.key("redeemed"));
        }
        if let Some(end) = coupon.text("expires") {
            self.shop_clock(end, &place.key("expires"));
        }
        if let Some(from) = coupon.get("expires").and_then(|expires| expires.text("from")).filter(|from| *from != "issued") {
            self.path_of(from, &place.key("expires").key("from"));
        }
    }

    fn campaign(&mut self, campaign: &Value, place: &Place) {
        self.condition_at(campaign, "audience", place);
        for key in ["unless", "goal"] {
            if let Some(rule) = campaign.get(key) {
                self.event_at(rule, &place.key(key));
            }
        }
        if let Some(trigger) = campaign.get("trigger") {
            let here = place.key("trigger");
            if let (Some(event), Some(audience)) = (trigger.text("event"), campaign.get("audience")) {
                self.too_old(event, audience, &place.key("audience"));
            }
            self.trigger(trigger, &here);
            for (index, item) in trigger.list("all").iter().enumerate() {
                self.trigger(item, &here.key("all").index(index));
            }
        }
        let is_asked_for = campaign.get("trigger").is_some_and(|trigger| trigger.flag("manual"));
        let can_wait = is_asked_for || campaign.get("queue").is_some();
        self.messages(campaign, place);
        let here = place.key("steps");
        for (index, step) in campaign.list("steps").iter().enumerate() {
            let at = here.index(index);
            self.condition_at(step, "when", &at);
            self.messages(step, &at);
            let before = index.checked_sub(1).and_then(|before| campaign.list("steps").get(before));
            let is_covered = before.is_some_and(over_the_page) && over_the_page(step);
            if is_covered && !can_wait && step.text("after").and_then(parse_duration).unwrap_or(0) == 0 {
                let message = "this step is decided while the step before it is on screen, and never shown; write \"after\": \"1d\", or give the campaign a \"queue\"";
                self.problems.warn(&at, "no-after", message);
            }
        }
    }

    /// The audience is asked the moment the trigger's event comes, so its last occurrence is of no age, whatever is waited for.
    fn too_old(&mut self, event: &str, condition: &Value, place: &Place) {
        let here = place.key("$and");
        for (index, item) in condition.list("$and").iter().enumerate() {
            self.too_old(event, item, &here.index(index));
        }
        let Some(clause) = condition.get("$did").filter(|clause| clause.text("event") == Some(event)) else { return };
        let is_of_all = ["where", "per", "since"].iter().all(|key| clause.get(key).is_none());
        let least = clause.get("last").and_then(|last| last.text("$gte").or(last.text("$gt"))).and_then(parse_duration);
        if is_of_all && least.is_some_and(|least| least > 0) {
            let message = "\"{0}\" has only just come when the audience is asked, so it is never that old; wait by the \"after\" of the trigger alone, or let a page be the trigger";
            self.never(&place.key("$did").key("last"), sentence(message, [found(event)]));
        }
    }

    /// The messages of a campaign or a step.
    fn messages(&mut self, holder: &Value, place: &Place) {
        if let Some(message) = holder.get("message") {
            self.message(message, &place.key("message"));
        }
        let here = place.key("variants");
        for (index, variant) in holder.list("variants").iter().enumerate() {
            if let Some(message) = variant.get("message") {
                self.message(message, &here.index(index).key("message"));
            }
        }
    }

    /// A time without an offset is UTC, where a schedule would read the shop's clock.
    fn shop_clock(&mut self, text: &str, place: &Place) {
        let (Some(name), Some(at)) = (self.zone, parse_iso(text)) else { return };
        if text.get(10..).unwrap_or_default().contains(['Z', 'z', '+', '-']) {
            return;
        }
        let Some(offset) =
            Zone::named(name, at).map(|zone| zone.moment(at.div_euclid(DAY), at.rem_euclid(DAY)) - at).filter(|offset| *offset != 0)
        else {
            return;
        };
        let meant = [local(at), offset_text(-offset)].concat();
        let message = "{0} names no offset and is UTC, which is {1} in {2}; for the shop's clock write \"{3}\"";
        let parts = [shown(&text.into()), found(&local(at - offset)), found(name), found(&meant)];
        self.problems.warn(place, "no-offset", sentence(message, parts));
    }

    fn trigger(&mut self, trigger: &Value, place: &Place) {
        self.event_at(trigger, place);
        match trigger.get("page") {
            Some(Value::Text(path)) => self.path(path, &place.key("page")),
            Some(page) => {
                let here = place.key("page");
                let path = page.get("path");
                for (index, path) in page.list("path").iter().enumerate() {
                    self.path(path.as_text().unwrap_or("/"), &here.key("path").index(index));
                }
                self.path(path.and_then(Value::as_text).unwrap_or("/"), &here.key("path"));
                for (name, value) in page.get("query").and_then(Value::as_object).into_iter().flat_map(Object::iter) {
                    if matches!(value, Value::Object(_) | Value::List(_) | Value::Null) {
                        let message =
                            "a parameter is a text (* stands for anything), true where it is there, or false where not; never {0}";
                        self.never(&here.key("query").key(name), sentence(message, [shown(value)]));
                    }
                }
            }
            None => {}
        }
        if let Some(percent) = trigger.number("scroll").filter(|percent| *percent > 0.0 && *percent < 1.0) {
            let message = "{0} is less than one percent; write {1} if that is meant";
            let parts = [shown(&percent.into()), shown(&(percent * 100.0).into())];
            self.problems.warn(&place.key("scroll"), "percent", sentence(message, parts));
        }
    }

    /// A path that no page has.
    fn path(&mut self, path: &str, place: &Place) {
        let message = if path.contains("://") {
            "{0} is an address, not a path; write {\"host\": \"shop.example\", \"path\": \"/cart\"}"
        } else if path.contains('?') {
            "a path ends before its query, so {0} is none; write {\"path\": \"/c\", \"query\": {\"ref\": \"*\"}}"
        } else if !path.starts_with(['/', '*']) {
            "a path begins with a slash, so {0} is none; write \"/{1}\" or \"*/{1}\""
        } else {
            return;
        };
        self.never(place, sentence(message, [shown(&path.into()), found(path)]));
    }

    /// `event` and `where` of an object.
    fn event_at(&mut self, object: &Value, place: &Place) {
        match object.get("event") {
            Some(Value::List(names)) => {
                for (index, name) in names.iter().enumerate() {
                    self.event(name, &place.key("event").index(index));
                }
            }
            Some(name) => self.event(name, &place.key("event")),
            None => {}
        }
        if let Some(properties) = object.get("where") {
            let here = place.key("where");
            self.properties(properties, &here);
            self.unfilled(properties, &here);
        }
    }

    fn event(&mut self, name: &Value, place: &Place) {
        if let Some((name, meant)) = name.as_text().and_then(|name| Some((name, events::meant(name)?))) {
            let message = "the field's event is \"{0}\"; \"{1}\" is another one, which happens only if the shop tracks it";
            self.problems.warn(place, "event-name", sentence(message, [found(meant), found(name)]));
        }
    }

    /// A condition over properties starts at them.
    fn properties(&mut self, condition: &Value, place: &Place) {
        each(condition, place, &mut |key, _, here| {
            if let Some(rest) = key.strip_prefix("products.").filter(|rest| !rest.starts_with(|first: char| first.is_ascii_digit())) {
                let message = "products is a list; ask of its items: {\"products\": {\"$elemMatch\": {\"{0}\": …}}}";
                return self.never(here, sentence(message, [found(rest)]));
            }
            if let Some(rest) = ["event.properties.", "properties."].iter().find_map(|prefix| key.strip_prefix(prefix)) {
                let message = "\"where\" starts at the event's properties; write \"{0}\" instead of \"{1}\"";
                self.never(here, sentence(message, [found(rest), found(key)]));
            }
        });
    }

    fn condition_at(&mut self, holder: &Value, key: &str, place: &Place) {
        if let Some(condition) = holder.get(key).filter(|_| !self.problems.is_full()) {
            let here = place.key(key);
            self.condition(condition, &here);
            self.unfilled(condition, &here);
        }
    }

    /// Texts that are written as if a condition were filled from the event at hand, as a message is.
    fn unfilled(&mut self, value: &Value, place: &Place) {
        match value {
            Value::Text(text) if text.contains("{{") || text.starts_with("event.properties.") => {
                let message = "a condition compares with the letters of {0}, and fills nothing in; to ask for events about one and the same product write \"per\": \"product_id\" in the clause";
                self.never(place, sentence(message, [shown(value)]));
            }
            Value::List(items) => items.iter().enumerate().for_each(|(index, item)| self.unfilled(item, &place.index(index))),
            Value::Object(object) => object.iter().for_each(|(key, item)| self.unfilled(item, &place.key(key))),
            _ => {}
        }
    }

    fn condition(&mut self, condition: &Value, place: &Place) {
        each(condition, place, &mut |key, value, here| match key {
            "$did" | "$didNot" => self.did(value, here),
            "$sequence" => {
                let steps = here.key("steps");
                for (index, step) in value.list("steps").iter().enumerate() {
                    self.did(step, &steps.index(index));
                }
                if let Some(without) = value.get("without") {
                    self.did(without, &here.key("without"));
                }
            }
            key if key.starts_with('$') => {}
            path => self.tests(path, value, here),
        });
    }

    /// A clause about events, or their name alone.
    fn did(&mut self, clause: &Value, place: &Place) {
        match clause {
            Value::Object(_) => {
                self.event_at(clause, place);
                if let Some(since) = clause.get("since") {
                    self.event_at(since, &place.key("since"));
                }
            }
            Value::List(names) => {
                for (index, name) in names.iter().enumerate() {
                    self.event(name, &place.index(index));
                }
            }
            name => self.event(name, place),
        }
    }
}

/// Gives each key of a condition, and of those that `$and`, `$or`, `$nor` and `$not` join in it, with its value and place.
fn each(condition: &Value, place: &Place, give: &mut dyn FnMut(&str, &Value, &Place)) {
    for (key, value) in condition.as_object().into_iter().flat_map(Object::iter) {
        let here = place.key(key);
        match &**key {
            "$and" | "$or" | "$nor" => {
                for (index, item) in value.as_list().unwrap_or_default().iter().enumerate() {
                    each(item, &here.index(index), give);
                }
            }
            "$not" => each(value, &here, give),
            key => give(key, value, &here),
        }
    }
}

/// Whether all of a step's messages lie over the page, where there is room for one.
fn over_the_page(step: &Value) -> bool {
    let is_over =
        |holder: &Value| holder.get("message").and_then(|message| message.text("layout")).is_some_and(|layout| layout != "inline");
    if step.get("message").is_some() {
        is_over(step)
    } else {
        !step.list("variants").is_empty() && step.list("variants").iter().all(is_over)
    }
}

/// A moment without seconds, `2026-11-22T09:00`.
fn local(at: Millis) -> String {
    let mut out = to_iso(at);
    out.truncate(16);
    out
}

/// `+09:00`.
fn offset_text(offset: Millis) -> String {
    let mut out = String::from(if offset < 0 { "-" } else { "+" });
    out.push_str(local(offset.abs()).get(11..).unwrap_or_default());
    out
}
