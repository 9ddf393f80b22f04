//! `time`: what the shop's wall clock and calendar show.

use crate::domain::number::push_integer;
use crate::domain::time::{HOUR, MINUTE, Millis, Zone};
use crate::domain::value::Value;

/// The names of the days, as in a campaign's `schedule.days`.
const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// `time` as the document shows it.
pub(super) fn document(now: Millis, zone: &Zone) -> Value {
    let local = zone.local(now);
    let mut date = String::with_capacity(10);
    for (number, before) in [(local.year, ""), (local.month, "-"), (local.day, "-")] {
        date.push_str(before);
        if number < 10 {
            date.push('0');
        }
        push_integer(number, &mut date);
    }
    crate::object! {
        "hour" => local.hour,
        "minute" => local.minute,
        "weekday" => WEEKDAYS.get(local.weekday()).copied().unwrap_or("mon"),
        "date" => date,
        "month" => local.month,
    }
    .into()
}

/// The first millisecond after `now` at which the part of `time` under `path` shows another value.
pub(super) fn next_change(path: &str, now: Millis, zone: &Zone) -> Option<Millis> {
    match path {
        "time.hour" => Some(next_hour(now, zone)),
        "time.weekday" | "time.date" => Some(zone.day(now, 0).end),
        "time.month" => Some(zone.month(now).end),
        // The whole root, its minute, and paths that do not exist.
        "time" | "time.minute" => Some(next_minute(now, zone)),
        _ => None,
    }
}

/// Clocks change at whole minutes, so a minute always lasts a minute.
fn next_minute(now: Millis, zone: &Zone) -> Millis {
    now + MINUTE - zone.local(now).of_day.rem_euclid(MINUTE)
}

/// The next time the clock shows a full hour, or a change of the clock in between (some zones change by half hours).
fn next_hour(now: Millis, zone: &Zone) -> Millis {
    let border = now + HOUR - zone.local(now).of_day.rem_euclid(HOUR);
    let offset = zone.offset(now);
    if zone.offset(border - 1) == offset {
        return border;
    }
    let (mut before, mut after) = (now, border - 1);
    while after - before > 1 {
        let middle = before + (after - before) / 2;
        if zone.offset(middle) == offset {
            before = middle;
        } else {
            after = middle;
        }
    }
    after
}
