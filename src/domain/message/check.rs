//! What is wrong with a message, told before anyone sees it. An error disables the campaign, a warning does not.

use super::blocks::{self, KINDS};
use super::layout::{LAYOUTS, Layout};
use super::url::{self, Purpose};
use super::{action, localized, shape, template};
use crate::domain::compiler::Compiler;
use crate::domain::condition::Condition;
use crate::domain::coupon::Coupon;
use crate::domain::fields;
use crate::domain::problem::{PROSE, Place, Problems, Prose, did_you_mean, found, nearest, sentence, shown};
use crate::domain::time::parse_iso;
use crate::domain::value::{Object, Text, Value};

/// What a check needs to know of the rest of the configuration.
pub struct Known<'a> {
    /// Its coupons that can be used.
    pub coupons: &'a [Coupon],
    /// The ids of its campaigns, in order.
    pub campaigns: &'a [Text],
    /// All of it.
    pub config: &'a Value,
}

/// The most blocks of a message: whoever needs more needs a page.
const BLOCKS: usize = 100;

/// Reports what is wrong with a message.
pub fn message(message: &Value, place: &Place, known: &Known, problems: &mut Problems) {
    if message.as_object().is_none() {
        return problems.error(place, "message", sentence("a message is an object with a layout and blocks, not {0}", [shown(message)]));
    }
    let name = message.text("layout").unwrap_or("");
    match Layout::named(name) {
        None => {
            let layout = shown(message.get("layout").unwrap_or(&Value::Null));
            let hint = did_you_mean(name, LAYOUTS.iter().map(|layout| layout.name));
            let text = sentence("the layout {0} does not exist{1}", [layout, hint]);
            problems.error(&place.key("layout"), "unknown-layout", text);
        }
        Some(layout) => {
            if let Some(position) = message.text("position")
                && !layout.positions.contains(&position)
            {
                let places = if PROSE { layout.positions.join(", ") } else { String::new() };
                let text = sentence("this layout stands at {0}, not at {1}", [found(&places), found(position)]);
                problems.warn(&place.key("position"), "position", text);
            }
            if layout.name == "inline" {
                match message.text("slot").unwrap_or("") {
                    "" => problems.error(
                        &place.key("slot"),
                        "slot",
                        "an inline message needs the selector of its slot, such as [data-dangol-slot=hero]",
                    ),
                    slot => fields::selector(slot, &place.key("slot"), problems),
                }
            }
        }
    }
    shape::check(message, shape::MESSAGE, place, problems);
    if let Some(dismiss) = message.get("dismiss") {
        shape::check(dismiss, shape::DISMISS, &place.key("dismiss"), problems);
    }
    if name != "custom" && message.get("blocks").is_none_or(|blocks| blocks.as_list().is_some_and(<[Value]>::is_empty)) {
        problems.error(&place.key("blocks"), "no-blocks", "a message needs at least one block, such as {\"text\": \"…\"}");
    }
    list(message.list("blocks"), &place.key("blocks"), known, problems);
    for (index, branch) in message.list("branch").iter().enumerate() {
        let branches = place.key("branch");
        let here = branches.index(index);
        if branch.as_object().is_none() {
            fields::wrong(problems, &here, "an object", branch);
            continue;
        }
        shape::check(branch, shape::BRANCH, &here, problems);
        match branch.get("when") {
            None => problems.error(&here.key("when"), "branch", "a branch needs a condition over the answers"),
            Some(when) => {
                let mut compiler = Compiler { problems: std::mem::take(problems), ..Compiler::default() };
                let _ = Condition::compile_where(when, &here.key("when"), &mut compiler);
                *problems = compiler.problems;
            }
        }
        list(branch.list("blocks"), &here.key("blocks"), known, problems);
    }
}

fn list(list: &[Value], place: &Place, known: &Known, problems: &mut Problems) {
    if list.len() > BLOCKS {
        problems.error(place, "too-many", "more than 100 blocks");
    }
    for (index, one) in list.iter().enumerate() {
        block(one, &place.index(index), known, problems);
    }
}

fn block(block: &Value, place: &Place, known: &Known, problems: &mut Problems) {
    let Some(kind) = blocks::kind(block) else {
        let first = block.as_object().and_then(|object| object.iter().next().map(|(key, _)| &**key)).unwrap_or("");
        let text = match block {
            Value::Text(_) => sentence("a block is an object; write {\"text\": {0}} instead of {0}", [shown(block)]),
            _ => sentence("{0} is no block{1}", [shown(block), did_you_mean(first, KINDS)]),
        };
        return problems.error(place, "unknown-block", text);
    };
    let here = place.key(kind);
    let value = block.get(kind).unwrap_or(&Value::Null);
    shape::check(block, shape::of_block(kind), place, problems);
    match kind {
        "text" | "button" => text(value, &here, problems),
        "image" => {
            let address = localized::pick(value, "", "");
            if !crate::domain::text::contains(address, "{{") && url::allow(address, "", Purpose::Image).is_none() {
                problems.error(&here, "unsafe-url", sentence("a picture's address is http, https or relative, not {0}", [shown(value)]));
            }
            match block.get("alt") {
                Some(alt) => text(alt, &place.key("alt"), problems),
                None => problems.warn(place, "no-alt", "a picture needs an `alt`; an empty one says that it only decorates"),
            }
        }
        "coupon" => coupon(value, value.as_text(), &here, known, problems),
        "wallet" => {
            if let Some(words) = block.get("empty") {
                text(words, &place.key("empty"), problems);
            }
        }
        "countdown" => match value.as_text().and_then(action::coupon_of) {
            Some(id) => coupon(value, Some(id), &here, known, problems),
            None if value.as_text().and_then(parse_iso).is_none() => {
                problems.error(&here, "time", sentence("a countdown needs an ISO 8601 time or `coupon:<id>`, not {0}", [shown(value)]));
            }
            None => {}
        },
        "products" if !matches!(value, Value::Text(_) | Value::List(_)) => {
            problems.error(&here, "products", sentence("products are a path into the document or a list, not {0}", [shown(value)]));
        }
        "rating" => {
            shape::check(value, shape::RATING, &here, problems);
            if !matches!(value.get("scale").map(Value::as_number), None | Some(Some(5.0 | 10.0))) {
                problems.error(
                    &here.key("scale"),
                    "scale",
                    sentence("a scale is 5 or 10, not {0}", [shown(value.get("scale").unwrap_or(&Value::Null))]),
                );
            }
        }
        "choice" => {
            if value.as_list().is_some_and(<[Value]>::is_empty) {
                problems.error(&here, "choice", "a choice needs a list of texts");
            }
            for (index, option) in block.list("choice").iter().enumerate() {
                text(option.get("label").unwrap_or(option), &here.index(index), problems);
            }
        }
        "input" => {
            shape::check(value, shape::INPUT, &here, problems);
            if !matches!(value.get("type").map(Value::as_text), None | Some(Some("email" | "tel" | "text"))) {
                problems.error(
                    &here.key("type"),
                    "input-type",
                    sentence("an input is email, tel or text, not {0}", [shown(value.get("type").unwrap_or(&Value::Null))]),
                );
            }
            match value.get("label") {
                Some(label) => text(label, &here.key("label"), problems),
                None => problems.error(&here, "label", "an input needs a label"),
            }
        }
        "progress" => {
            let has_goal = block.number("of").is_some_and(|of| of > 0.0);
            if value.as_text().is_none() || !has_goal {
                problems.error(place, "progress", sentence("progress is a path, and `of` a number above zero; found {0}", [shown(block)]));
            }
            if let Some(words) = block.get("text") {
                text(words, &place.key("text"), problems);
            }
        }
        "chat" => {
            shape::check(value, shape::CHAT, &here, problems);
            if let Some(greeting) = value.get("greeting") {
                text(greeting, &here.key("greeting"), problems);
            }
            for (index, reply) in value.list("replies").iter().enumerate() {
                let replies = here.key("replies");
                let at = replies.index(index);
                if reply.as_object().is_none() {
                    fields::wrong(problems, &at, "an object", reply);
                    continue;
                }
                shape::check(reply, shape::REPLY, &at, problems);
                match reply.get("label") {
                    Some(label) => text(label, &at.key("label"), problems),
                    None => problems.error(&at, "label", "a reply needs a label"),
                }
                for key in ["answer", "action"] {
                    match reply.get(key) {
                        Some(value) if key == "answer" => text(value, &at.key(key), problems),
                        Some(value) => target(value, &at.key(key), known, problems),
                        None => {}
                    }
                }
            }
        }
        _ => {}
    }
    if matches!(kind, "rating" | "choice" | "input") && block.text("name").is_none() {
        problems.error(place, "name", "a question needs a `name` for its answer, such as \"size\"");
    }
    if let Some(value) = block.get("action") {
        target(value, &place.key("action"), known, problems);
    } else if kind == "button" {
        problems.error(place, "no-action", "a button needs an action, such as {\"open\": \"/sale\"} or {\"close\": true}");
    }
}

fn target(value: &Value, place: &Place, known: &Known, problems: &mut Problems) {
    action::check(value, place, problems);
    let one = [value.clone()];
    let is_list = value.as_list().is_some();
    for (index, item) in value.as_list().unwrap_or(&one).iter().enumerate() {
        let inside = place.index(index);
        let place = if is_list { &inside } else { place };
        if let Some(id) = item.text("show")
            && known.campaigns.binary_search_by(|each| (**each).cmp(id)).is_err()
        {
            let hint = named(id, known.campaigns.iter().map(|each| &**each), "; name one of \"campaigns\", or add it there");
            problems.warn(&place.key("show"), "unknown-campaign", sentence("there is no campaign `{0}`{1}", [found(id), hint]));
        }
        for key in ["copy", "apply"] {
            if let Some(id) = item.text(key).and_then(action::coupon_of) {
                coupon(item, Some(id), &place.key(key), known, problems);
            }
        }
    }
}

fn coupon(value: &Value, id: Option<&str>, place: &Place, known: &Known, problems: &mut Problems) {
    if id.is_some_and(|id| known.coupons.iter().any(|coupon| &*coupon.id == id)) {
        return;
    }
    let all = known.config.get("coupons").filter(|_| PROSE);
    let text = match id {
        None => sentence("a coupon is named by its id, not {0}", [shown(value)]),
        Some(id) if all.is_some_and(|all| all.get(id).is_some()) => {
            sentence("the coupon \"{0}\" has an error of its own; mend it in \"coupons\"", [found(id)])
        }
        Some(id) => {
            let ids = all.and_then(Value::as_object).into_iter().flat_map(Object::iter).map(|(id, _)| &**id);
            sentence("there is no coupon `{0}`{1}", [found(id), named(id, ids, "; name one of \"coupons\", or add it there")])
        }
    };
    problems.error(place, "unknown-coupon", text);
}

/// The id that was probably meant, or else what to do.
#[inline(always)]
fn named<'a>(id: &str, known: impl IntoIterator<Item = &'a str>, remedy: &'static str) -> Prose {
    nearest(id, known).map_or(remedy.into(), |near| sentence("; did you mean \"{0}\"?", [found(near)]))
}

/// Reports what is wrong with a localized text and the templates in it.
pub fn text(value: &Value, place: &Place, problems: &mut Problems) {
    match value {
        Value::Text(text) => template::check(text, place, problems),
        Value::Object(texts) if !texts.is_empty() => {
            for (language, text) in texts.iter() {
                match text.as_text() {
                    Some(text) => template::check(text, &place.key(language), problems),
                    None => problems.error(&place.key(language), "text", sentence("a text is expected here, found {0}", [shown(text)])),
                }
            }
        }
        _ => {
            let message = "a text is expected here, or an object from languages to texts such as {\"ko\": \"…\"}; found {0}";
            problems.error(place, "text", sentence(message, [shown(value)]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::json::parse;

    #[track_caller]
    fn check(text: &str, expected: &[(&str, &str)]) {
        let mut problems = Problems::default();
        let config = parse(r#"{"coupons":{"welcome":{"code":"W"},"broken":{}}}"#).unwrap();
        let welcome = Coupon::read("welcome", config.at("coupons.welcome").unwrap(), &Place::Root, &mut problems);
        let known = Known { coupons: &[welcome.unwrap()], campaigns: &["b".into()], config: &config };
        message(&parse(text).unwrap(), &Place::Root, &known, &mut problems);
        let found: Vec<(&str, &str)> = problems.list.iter().map(|problem| (problem.path.as_str(), problem.code)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_sound_message_has_no_problem() {
        check(
            r#"{"layout":"modal","blocks":[{"text":{"ko":"{{ traits.name | josa: '이/가' }}"},"as":"title"},{"coupon":"welcome"},
                {"button":"B","action":[{"copy":"coupon:welcome"},{"close":true}]}]}"#,
            &[],
        );
    }

    #[test]
    fn each_mistake_is_told_with_its_place() {
        check(
            r#"{"layout":"modla","blocks":[{"txet":"a"},{"coupon":"x"},{"button":"b","action":{"open":"javascript:1"}},
                {"rating":{"scale":7},"name":"n"},{"input":{"type":"file","label":"l"}},{"text":3}]}"#,
            &[
                ("/layout", "unknown-layout"),
                ("/blocks/0", "unknown-block"),
                ("/blocks/1/coupon", "unknown-coupon"),
                ("/blocks/2/action/open", "unsafe-url"),
                ("/blocks/3/rating/scale", "scale"),
                ("/blocks/4/input/type", "input-type"),
                ("/blocks/4", "name"),
                ("/blocks/5/text", "text"),
            ],
        );
        check(r#"{"layout":"inline","blocks":[]}"#, &[("/slot", "slot"), ("/blocks", "no-blocks")]);
        check(
            r#"{"layout":"modal","position":"left","dismiss":{"after":"soon"},"blocks":[{"text":"{{ a | b }}"}]}"#,
            &[("/position", "position"), ("/dismiss/after", "wrong-type"), ("/blocks/0/text", "unknown-filter")],
        );
    }
}
