//! The single values of a configuration: what is wrong with them is reported, and they keep their defaults.

use crate::domain::compiler::Compiler;
use crate::domain::fields::{Fields, unknown, wrong};
use crate::domain::message::{check, theme, words};
use crate::domain::problem::{Place, Problems};
use crate::domain::time::{Millis, Zone};
use crate::domain::value::Value;

/// An instant at which to ask whether a time zone exists; any will do.
const SOME_DAY: Millis = 1_767_225_600_000;

/// The values at the top: revision, locale, time zone, currency, groups.
pub(super) fn check_root(fields: &Fields, place: &Place, compiler: &mut Compiler) {
    let problems = &mut compiler.problems;
    fields.read("revision", "a whole number from 0 up", problems, |value| {
        value.as_number().filter(|number| number.trunc() == *number && *number >= 0.0)
    });
    fields.text("locale", problems);
    if let Some(zone) = fields.text("timezone", problems)
        && Zone::between(zone, SOME_DAY, SOME_DAY).is_none()
    {
        wrong(problems, &place.key("timezone"), "an IANA time zone such as Asia/Seoul", &zone.into());
    }
    let is_code = |code: &str| code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase());
    fields.read("currency", "an ISO 4217 code such as KRW", problems, |value| value.as_text().filter(|code| is_code(code)));
    if let Some(groups) = fields.object("groups", problems) {
        let here = place.key("groups");
        for (id, members) in groups.as_object().into_iter().flat_map(|groups| groups.iter()) {
            if members.as_list().is_none() {
                wrong(problems, &here.key(id), "a list of values", members);
            }
        }
    }
}

/// `settings.theme` and `settings.words`.
pub(super) fn check_look(fields: &Fields, place: &Place, problems: &mut Problems) {
    if let Some(theme) = fields.object("theme", problems) {
        check_theme(theme, &place.key("theme"), problems);
    }
    let Some(own) = fields.object("words", problems) else { return };
    let here = place.key("words");
    for (key, text) in own.as_object().into_iter().flat_map(|own| own.iter()) {
        if words::is_known(key) {
            check::text(text, &here.key(key), problems);
        } else {
            unknown(problems, &here.key(key), "unknown-key", "key", key, &words::keys());
        }
    }
}

/// Reports tokens that do not exist, and those that a message would leave out.
fn check_theme(own: &Value, place: &Place, problems: &mut Problems) {
    const TOKENS: [&str; 6] = ["accent", "radius", "spacing", "font", "zIndex", "scheme"];
    let taken = theme::tokens(Some(own));
    for (key, value) in own.as_object().into_iter().flat_map(|own| own.iter()) {
        let here = place.key(key);
        let expected = match &**key {
            "accent" => "a colour such as \"#9a3f24\"",
            "radius" | "spacing" => "pixels such as \"8px\", below 100",
            "font" => "names of fonts",
            "zIndex" => "a number",
            "scheme" => "light or dark",
            _ => {
                unknown(problems, &here, "unknown-key", "key", key, &TOKENS);
                continue;
            }
        };
        if taken.get(key).is_none() {
            wrong(problems, &here, expected, value);
        }
    }
}
