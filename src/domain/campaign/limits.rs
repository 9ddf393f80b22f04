//! How often a campaign may be shown.

use crate::domain::fields::{DURATION, Fields, wrong};
use crate::domain::problem::{Place, Problems};
use crate::domain::time::{Millis, parse_duration};
use crate::domain::value::Value;

/// The limits of a campaign; an absent one is none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Limits {
    /// Displays in one session.
    pub per_session: Option<f64>,
    /// Displays on one calendar day of the shop's time zone.
    pub per_day: Option<f64>,
    /// Displays ever.
    pub total: Option<f64>,
    /// The least time between two displays.
    pub cooldown: Option<Millis>,
    /// How long it keeps away after the first, second, … dismissal; the last one repeats.
    pub after_dismiss: Vec<Millis>,
    /// Whether it ends with the first click.
    pub until_clicked: bool,
}

impl Limits {
    /// Reads `limits`.
    pub(super) fn read(value: &Value, place: &Place, problems: &mut Problems) -> Self {
        let Some(fields) = Fields::of(value, place, problems) else { return Limits::default() };
        fields.only(&["perSession", "perDay", "total", "cooldown", "afterDismiss", "untilClicked"], problems);
        let mut limits = Limits {
            per_session: fields.count("perSession", problems),
            per_day: fields.count("perDay", problems),
            total: fields.count("total", problems),
            cooldown: fields.duration("cooldown", problems),
            after_dismiss: Vec::new(),
            until_clicked: fields.flag("untilClicked", problems),
        };
        if let Some(list) = fields.get("afterDismiss") {
            let one = std::slice::from_ref(list);
            for item in list.as_list().unwrap_or(one) {
                match item.as_text().and_then(parse_duration) {
                    Some(duration) => limits.after_dismiss.push(duration),
                    None => wrong(problems, &place.key("afterDismiss"), DURATION, item),
                }
            }
        }
        limits
    }
}
