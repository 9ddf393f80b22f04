//! What an endpoint's answer says about a batch (CONTRACT §5).

use super::types::Answer;
use crate::domain::json;
use crate::domain::list::Gather;
use crate::domain::order;
use crate::domain::time::Millis;
use crate::domain::value::{Text, Value};

/// An answer, understood.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Verdict {
    /// 2xx.
    Taken(Lists),
    /// Later, and when, if the endpoint said so.
    Later(Option<Millis>),
    /// Nobody answered.
    Silence,
    /// 413.
    TooLarge,
    /// 400 and 422.
    Refused(Lists),
    /// Any other 3xx or 4xx.
    Unwanted,
}

/// The ids that a body names.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Lists {
    /// `accepted`, `None` where the body has no such list.
    pub(super) accepted: Option<Vec<Text>>,
    /// `rejected`.
    pub(super) rejected: Vec<Text>,
}

/// Reads an answer.
pub(super) fn read(answer: &Answer) -> Verdict {
    match answer.status {
        0 => Verdict::Silence,
        200..=299 => Verdict::Taken(lists(answer.body)),
        413 => Verdict::TooLarge,
        400 | 422 => Verdict::Refused(lists(answer.body)),
        408 | 425 | 429 => Verdict::Later(answer.wait),
        300..=499 => Verdict::Unwanted,
        _ => Verdict::Later(answer.wait),
    }
}

fn lists(body: &str) -> Lists {
    // Most endpoints answer with nothing or with a word; only an object is worth reading.
    if !body.trim_start().starts_with('{') {
        return Lists::default();
    }
    let value = json::parse(body).unwrap_or_default();
    let ids = |key: &str| -> Option<Vec<Text>> {
        let items = value.get(key)?.as_list()?;
        let ids = items.iter().filter_map(|item| match item {
            Value::Text(id) => Some(id.clone()),
            // Endpoints that say why name the event inside an object.
            other => other.text("messageId").or_else(|| other.text("id")).map(Text::from),
        });
        let mut ids: Vec<Text> = ids.gather();
        order::sort(&mut ids);
        Some(ids)
    };
    Lists { accepted: ids("accepted"), rejected: ids("rejected").unwrap_or_default() }
}
