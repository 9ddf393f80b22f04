//! What happens when a visitor activates something in a message.

use super::localized;
use super::shape;
use super::url::{self, Purpose};
use crate::domain::list::Gather;
use crate::domain::problem::{PROSE, Place, Problems, did_you_mean, found, sentence, shown};
use crate::domain::time::{Millis, parse_duration};
use crate::domain::value::{Object, Value};

/// One effect of a click. What a click does is a list of them, in order.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Go to an address, which [`url::allow`] has let through.
    Open {
        /// The address as configured.
        url: String,
        /// Whether it opens beside the shop.
        new_tab: bool,
    },
    /// Take the message away; a click, not a dismissal.
    Close,
    /// Put a coupon's code on the clipboard; its id.
    Copy(String),
    /// Apply a coupon to the cart; its id.
    Apply(String),
    /// Ask for a coupon once more after the issuer failed; its id.
    Retry(String),
    /// Write an event of the shop's own.
    Track {
        /// Its name.
        event: String,
        /// Its properties.
        properties: Object,
    },
    /// Hand over to a person in the shop's chat.
    Chat {
        /// What the visitor says first.
        message: String,
        /// Whether to add the shop's channel as a friend instead, where the chat knows such a thing.
        add: bool,
    },
    /// The visitor chose a quick reply: add both lines to the transcript, write `Chat Replied`.
    Reply {
        /// Its index among the replies.
        index: usize,
        /// What the visitor said.
        label: String,
        /// What the shop answers, if anything.
        answer: String,
        /// For how long no message of this campaign is shown from now on, while this one stays for its answer.
        mute: Option<Millis>,
    },
    /// Show no message of this campaign for so long.
    Mute(Millis),
    /// Show another campaign; its id, and whether this message stays: then the other comes beside it, or where both want
    /// one place once this one has gone.
    Show(String, bool),
    /// Take the values of the inputs as answers, write `Survey Answered`. Whose form it is: the message's own, or that of
    /// a branch, counted from one.
    Submit(usize),
    /// The visitor left a way to be reached, because nobody was there to answer.
    Contact,
    /// Tell what this device holds about the visitor.
    Data,
    /// Erase it.
    Erase,
    /// Take the consent to marketing back.
    Refuse,
}

/// The keys of an action in a configuration.
const KEYS: [&str; 9] = ["open", "close", "copy", "apply", "track", "chat", "mute", "show", "submit"];

/// The coupon's id in `coupon:<id>`.
pub fn coupon_of(reference: &str) -> Option<&str> {
    reference.strip_prefix("coupon:")
}

/// Reads an action or an array of them; what cannot be read, or leads to a forbidden address, is left out.
///
/// `text` fills a localized template.
pub fn decode(value: &Value, base: &str, text: &impl Fn(&Value) -> String) -> Vec<Action> {
    match value {
        Value::List(items) => items.iter().filter_map(|item| decode_one(item, base, text)).gather(),
        one => decode_one(one, base, text).into_iter().gather(),
    }
}

fn decode_one(value: &Value, base: &str, text: &impl Fn(&Value) -> String) -> Option<Action> {
    if let Some(address) = value.get("open") {
        return Some(Action::Open { url: url::allow(&text(address), base, Purpose::Link)?, new_tab: value.flag("newTab") });
    }
    if let Some(reference) = value.text("copy") {
        return Some(Action::Copy(coupon_of(reference)?.into()));
    }
    if let Some(reference) = value.text("apply") {
        return Some(Action::Apply(coupon_of(reference)?.into()));
    }
    if let Some(event) = value.text("track") {
        return Some(Action::Track {
            event: event.into(),
            properties: value.get("properties").and_then(Value::as_object).cloned().unwrap_or_default(),
        });
    }
    if let Some(chat) = value.get("chat") {
        return Some(Action::Chat { message: chat.get("message").map(text).unwrap_or_default(), add: chat.flag("add") });
    }
    if let Some(duration) = value.text("mute") {
        return Some(Action::Mute(parse_duration(duration)?));
    }
    if let Some(campaign) = value.text("show") {
        return Some(Action::Show(campaign.into(), false));
    }
    if value.flag("submit") {
        return Some(Action::Submit(0));
    }
    value.flag("close").then_some(Action::Close)
}

/// Reports what is wrong with an action.
pub fn check(value: &Value, place: &Place, problems: &mut Problems) {
    if let Value::List(items) = value {
        for (index, item) in items.iter().enumerate() {
            let here = place.index(index);
            match item {
                Value::List(_) => problems.error(&here, "unknown-action", "actions stand in one list, not in lists of lists"),
                _ => check(item, &here, problems),
            }
        }
        return;
    }
    let known = KEYS.iter().copied().find(|key| value.get(key).is_some());
    let Some(key) = known else {
        let first = value.as_object().and_then(|object| object.iter().next()).map_or("", |(key, _)| &**key);
        let message = match value.as_text().filter(|_| PROSE) {
            Some(word @ ("close" | "submit")) => {
                sentence("an action is an object; write {\"{0}\": true} instead of {1}", [found(word), shown(value)])
            }
            Some(address) if address.starts_with('/') || address.contains("://") => {
                sentence("an action is an object; write {\"open\": {0}} instead of {0}", [shown(value)])
            }
            Some(_) => sentence("an action is an object such as {\"open\": \"/sale\"} or {\"close\": true}, not {0}", [shown(value)]),
            None => sentence("{0} is no action{1}", [shown(value), did_you_mean(first, KEYS)]),
        };
        return problems.error(place, "unknown-action", message);
    };
    let before = problems.errors();
    shape::check(value, shape::of_action(key), place, problems);
    if let Some(message) = value.at("chat.message") {
        super::check::text(message, &place.key("chat").key("message"), problems);
    }
    // An address with a placeholder is judged when it is filled.
    if let Some(address) = value.get("open") {
        let address = localized::pick(address, "", "");
        if !crate::domain::text::contains(address, "{{") && url::allow(address, "", Purpose::Link).is_none() {
            let message = sentence("the address \"{0}\" is refused; use http, https, mailto, tel or a relative one", [found(address)]);
            problems.error(&place.key("open"), "unsafe-url", message);
        }
        return;
    }
    let none = |value: &Value| {
        let mut out = String::new();
        out.push_str(localized::pick(value, "", ""));
        out
    };
    if problems.errors() == before && decode_one(value, "", &none).is_none() {
        let message = match key {
            "copy" | "apply" => "{0} takes a coupon as `coupon:<id>`, not {1}",
            "mute" => "{0} takes a duration such as 7d, not {1}",
            "show" => "{0} takes the id of a campaign, not {1}",
            "track" => "{0} takes the name of an event, not {1}",
            _ => "{0} takes true, not {1}",
        };
        let parts = [found(key), shown(value.get(key).unwrap_or(&Value::Null))];
        problems.error(&place.key(key), "action", sentence(message, parts));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::json::parse;

    fn read(text: &str) -> Vec<Action> {
        decode(&parse(text).unwrap(), "https://shop.example/", &|value| localized::pick(value, "ko", "ko").into())
    }

    fn codes(text: &str) -> Vec<&'static str> {
        let mut problems = Problems::default();
        check(&parse(text).unwrap(), &Place::Root, &mut problems);
        problems.list.iter().map(|problem| problem.code).collect()
    }

    #[test]
    fn every_action_is_read() {
        assert_eq!(
            read(
                r#"[{"open":"/sale","newTab":true},{"close":true},{"copy":"coupon:w"},{"apply":"coupon:w"},
                {"track":"Liked","properties":{"a":1}},{"chat":{"message":{"ko":"도와주세요"}}},{"mute":"7d"},{"show":"b"},{"submit":true}]"#
            ),
            [
                Action::Open { url: "/sale".into(), new_tab: true },
                Action::Close,
                Action::Copy("w".into()),
                Action::Apply("w".into()),
                Action::Track { event: "Liked".into(), properties: crate::object! { "a" => 1.0 } },
                Action::Chat { message: "도와주세요".into(), add: false },
                Action::Mute(604_800_000),
                Action::Show("b".into(), false),
                Action::Submit(0),
            ]
        );
    }

    #[test]
    fn a_dangerous_link_does_nothing_and_is_reported() {
        assert!(read(r#"{"open":"javascript:alert(1)"}"#).is_empty());
        assert_eq!(codes(r#"{"open":"javascript:alert(1)"}"#), ["unsafe-url"]);
        assert_eq!(codes(r#"{"opne":"/"}"#), ["unknown-action"]);
        assert_eq!(codes(r#"[{"copy":"w"}]"#), ["action"]);
        assert_eq!(codes(r#"{"mute":"soon"}"#), ["action"]);
        assert!(codes(r#"[{"open":"/c/{{ traits.x }}"},{"close":true}]"#).is_empty());
    }
}
