//! What a message reads: placeholders, answers, addresses.

use super::languages::TEXTS;
use super::{Advice, each};
use crate::domain::condition::paths;
use crate::domain::message::template;
use crate::domain::problem::{Place, did_you_mean, found, sentence, shown};
use crate::domain::value::Value;

impl Advice<'_> {
    pub(super) fn message(&mut self, message: &Value, place: &Place) {
        self.parts(message, place);
        let branches = message.list("branch");
        let blocks = message.list("blocks").iter().chain(branches.iter().flat_map(|branch| branch.list("blocks")));
        let names: Vec<&str> = blocks.filter_map(|block| block.text("name")).collect();
        let here = place.key("branch");
        for (index, branch) in branches.iter().enumerate() {
            if let Some(when) = branch.get("when") {
                self.answers(when, &names, &here.index(index).key("when"));
            }
        }
    }

    /// All texts of a message, however deep.
    fn parts(&mut self, value: &Value, place: &Place) {
        match value {
            Value::Text(text) => self.text(text, place),
            Value::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.parts(item, &place.index(index));
                }
            }
            Value::Object(object) => {
                for (key, item) in object.iter() {
                    let here = place.key(key);
                    if TEXTS.contains(&&**key) {
                        self.languages(item, &here);
                    }
                    if &**key == "choice" {
                        for (index, option) in item.as_list().unwrap_or_default().iter().enumerate() {
                            self.languages(option.get("label").unwrap_or(option), &here.index(index));
                        }
                    }
                    match (&**key, item.as_text()) {
                        ("description" | "when" | "code", _) => {}
                        ("countdown", Some(end)) => self.shop_clock(end, &here),
                        ("progress" | "products", Some(path)) => self.path_of(path, &here),
                        ("open", Some(address)) if address.starts_with("www.") => {
                            let message = "\"{0}\" is read as a path of this shop; write \"https://{0}\"";
                            self.never(&here, sentence(message, [found(address)]));
                        }
                        _ => self.parts(item, &here),
                    }
                }
            }
            _ => {}
        }
    }

    /// The placeholders of a text.
    fn text(&mut self, text: &str, place: &Place) {
        if text.contains("{%") {
            let message = "a text has no logic, and {% … %} is shown as it stands; write a variant, a step or a branch";
            self.problems.warn(place, "template", message);
        }
        let mut rest = text;
        while let Some((_, tag, after)) = template::next_tag(rest) {
            rest = after;
            for (index, part) in template::split(tag, '|').into_iter().enumerate() {
                let operands = if index == 0 { part } else { part.split_once(':').map_or("", |(_, operands)| operands) };
                for operand in template::split(operands, ',').into_iter().filter(|operand| !operand.is_empty()) {
                    let is_text =
                        operand.starts_with(['"', '\'']) || operand.starts_with(|first: char| first.is_ascii_digit() || first == '-');
                    if !is_text && index > 0 && !operand.contains('.') {
                        let message = "{0} is no path; a text stands in quotes, as in {{ traits.name | default: \"…\" }}";
                        self.problems.warn(place, "unknown-path", sentence(message, [shown(&operand.into())]));
                    } else if !is_text {
                        self.path_of(operand, place);
                    }
                }
            }
        }
    }

    /// A path of the document.
    pub(super) fn path_of(&mut self, path: &str, place: &Place) {
        if path.contains('.') || path == "lifecycle" {
            return paths::check(path, place, self.problems);
        }
        let message =
            "the visitor's document has nothing to show at {0}; a trait is traits.{0}, a property of the event event.properties.{0}";
        self.problems.warn(place, "unknown-path", sentence(message, [found(path)]));
    }

    /// The condition of a branch starts at the answers.
    fn answers(&mut self, when: &Value, names: &[&str], place: &Place) {
        each(when, place, &mut |key, _, here| {
            let is_asked = names.iter().any(|name| key == *name || key.strip_prefix(*name).is_some_and(|rest| rest.starts_with('.')));
            if !is_asked && !key.starts_with('$') {
                let near = key.strip_prefix("answers.").unwrap_or(key);
                let hint = did_you_mean(near, names.iter().copied());
                self.never(here, sentence("no question of this message is called \"{0}\"{1}", [found(key), hint]));
            }
        });
    }
}
