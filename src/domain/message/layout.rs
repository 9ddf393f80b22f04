//! The layouts: where a message stands, what it is to assistive technology, and how it goes away.

use crate::domain::time::{Millis, SECOND, parse_duration};
use crate::domain::value::Value;

/// What a layout is.
pub struct Layout {
    /// Its name in the configuration.
    pub name: &'static str,
    /// Its ARIA role.
    pub role: &'static str,
    /// Whether the page behind it rests while it is open.
    pub modal: bool,
    /// Where it may stand; the first is the default.
    pub positions: &'static [&'static str],
}

/// All layouts.
pub const LAYOUTS: [Layout; 9] = [
    Layout { name: "banner", role: "region", modal: false, positions: &["top", "bottom"] },
    Layout { name: "modal", role: "dialog", modal: true, positions: &["center", "top", "bottom"] },
    Layout { name: "slide", role: "dialog", modal: false, positions: &["bottom-right", "bottom-left", "top-right", "top-left"] },
    Layout { name: "sheet", role: "dialog", modal: true, positions: &["bottom"] },
    Layout {
        name: "toast",
        role: "status",
        modal: false,
        positions: &["bottom", "top", "bottom-right", "bottom-left", "top-right", "top-left"],
    },
    Layout { name: "fullscreen", role: "dialog", modal: true, positions: &["center"] },
    Layout { name: "bubble", role: "dialog", modal: false, positions: &["bottom-right", "bottom-left"] },
    Layout { name: "inline", role: "region", modal: false, positions: &["center"] },
    Layout { name: "custom", role: "region", modal: false, positions: &["center"] },
];

impl Layout {
    /// The layout with this name.
    pub fn named(name: &str) -> Option<&'static Layout> {
        LAYOUTS.iter().find(|layout| layout.name == name)
    }

    /// The position a message asks for, or the default: at the end of the line, which is left where text runs
    /// from right to left.
    pub fn position(&self, wanted: Option<&str>, right_to_left: bool) -> &'static str {
        if let Some(known) = self.positions.iter().find(|position| Some(**position) == wanted) {
            return known;
        }
        match self.positions {
            ["bottom-right", left, ..] if right_to_left => left,
            [first, ..] => first,
            [] => "",
        }
    }
}

/// How a message goes away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dismiss {
    /// It has a close button.
    pub button: bool,
    /// A click outside closes it.
    pub outside: bool,
    /// It leaves by itself after so long.
    pub after: Option<Millis>,
    /// It offers to stay away for the day.
    pub today: bool,
}

/// How long a toast stays that does not say.
const TOAST: Millis = 6 * SECOND;

/// The way out of a message, with the defaults of its layout.
pub fn dismiss(message: &Value, layout: &Layout) -> Dismiss {
    let own = message.get("dismiss");
    let flag = |key: &str, default: bool| own.and_then(|own| own.get(key)).and_then(Value::as_bool).unwrap_or(default);
    Dismiss {
        button: flag("button", layout.name != "inline"),
        outside: flag("outside", matches!(layout.name, "modal" | "sheet")),
        after: match own.and_then(|own| own.text("after")) {
            Some(text) => parse_duration(text),
            None => (layout.name == "toast").then_some(TOAST),
        },
        today: flag("today", false),
    }
}
