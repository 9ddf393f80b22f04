//! When a campaign runs: dates, days of the week, and hours, all in the shop's time zone.

use crate::domain::facts::{Answer, earlier};
use crate::domain::fields::{Fields, wrong};
use crate::domain::list::{Gather, append};
use crate::domain::number::parse_digits;
use crate::domain::problem::{Place, Problems};
use crate::domain::time::{DAY, HOUR, MINUTE, Millis, Zone, parse_iso};
use crate::domain::value::Value;

/// The days of the week as configurations name them, Monday first.
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// When a campaign runs; the default is always.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Schedule {
    /// The first moment.
    pub from: Option<Edge>,
    /// The end, not included.
    pub to: Option<Edge>,
    /// The days of the week, Monday first; none given means all.
    pub days: Option<[bool; 7]>,
    /// The hours of the day; none given means all.
    pub hours: Vec<Hours>,
}

/// Where a schedule begins or ends. Written without an offset it is the shop's own clock: midnight in Seoul, not in London.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edge {
    /// The moment, or what the shop's clock shows then, both in ms since 1970.
    at: Millis,
    is_local: bool,
}

impl Edge {
    fn read(text: &str) -> Option<Self> {
        let at = parse_iso(text)?;
        // Behind the date a sign or a Z can only belong to an offset.
        let is_local = !text.get(10..).unwrap_or_default().contains(['Z', 'z', '+', '-']);
        Some(Edge { at, is_local })
    }

    fn moment(self, zone: &Zone) -> Millis {
        if self.is_local { zone.moment(self.at.div_euclid(DAY), self.at.rem_euclid(DAY)) } else { self.at }
    }
}

/// A stretch of the day; where `to` is not after `from` it runs over midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hours {
    /// The start, in ms since local midnight.
    pub from: Millis,
    /// The end, not included.
    pub to: Millis,
}

impl Hours {
    /// Reads `{"from": "21:00", "to": "08:00"}`.
    pub fn read(value: &Value, place: &Place, problems: &mut Problems) -> Option<Self> {
        let fields = Fields::of(value, place, problems)?;
        let from = fields.read("from", CLOCK, problems, |value| parse_clock(value.as_text()?));
        let to = fields.read("to", CLOCK, problems, |value| parse_clock(value.as_text()?));
        match (from, to) {
            (Some(from), Some(to)) => Some(Hours { from, to }),
            _ => {
                if fields.get("from").is_none() || fields.get("to").is_none() {
                    problems.error(place, "missing-key", "hours need \"from\" and \"to\"");
                }
                None
            }
        }
    }

    /// Whether the local clock time `of_day` lies within.
    fn contain(&self, of_day: Millis) -> bool {
        if self.from < self.to { (self.from..self.to).contains(&of_day) } else { of_day >= self.from || of_day < self.to }
    }

    /// Whether the moment lies within, and when that next may change.
    pub fn answer(&self, now: Millis, zone: &Zone) -> Answer {
        let local = zone.local(now);
        let mut next = None;
        for of_day in [self.from, self.to, self.from + DAY, self.to + DAY] {
            let at = zone.moment(local.date + of_day / DAY, of_day % DAY);
            next = earlier(next, Some(at).filter(|at| *at > now));
        }
        Answer::until(self.contain(local.of_day), next)
    }
}

/// What the beginning or the end looks like.
const EDGE: &str = "an ISO 8601 time such as 2026-11-22T00:00:00+09:00";
/// What a clock time looks like.
const CLOCK: &str = "a clock time such as 21:00";

fn parse_clock(text: &str) -> Option<Millis> {
    let (hour, minute) = text.split_once(':')?;
    if hour.len() > 2 || minute.len() != 2 {
        return None;
    }
    let (hour, minute) = (parse_digits(hour, 10)? as Millis, parse_digits(minute, 10)? as Millis);
    let time = hour * HOUR + minute * MINUTE;
    (minute < 60 && time <= DAY).then_some(time)
}

impl Schedule {
    /// Reads `schedule`.
    pub(super) fn read(value: &Value, place: &Place, problems: &mut Problems) -> Self {
        let Some(fields) = Fields::of(value, place, problems) else { return Schedule::default() };
        fields.only(&["from", "to", "days", "hours"], problems);
        let mut edge = |key| fields.read(key, EDGE, problems, |value| Edge::read(value.as_text()?));
        let mut schedule = Schedule { from: edge("from"), to: edge("to"), ..Schedule::default() };
        if let (Some(from), Some(to)) = (schedule.from, schedule.to) {
            // No clock differs from another by more than a day.
            let slack = if from.is_local == to.is_local { 0 } else { DAY };
            if to.at + slack <= from.at {
                problems.warn(&place.key("to"), "empty-schedule", "the end is not after the start, so the campaign never runs");
            }
        }
        if let Some(list) = fields.get("days") {
            let mut days = [false; 7];
            let here = place.key("days");
            let days_given = list.as_list();
            for (index, item) in days_given.unwrap_or(std::slice::from_ref(list)).iter().enumerate() {
                let at = here.index(index);
                match item.as_text().and_then(|text| DAYS.iter().position(|day| *day == text)).and_then(|index| days.get_mut(index)) {
                    Some(day) => *day = true,
                    None => {
                        wrong(problems, if days_given.is_some() { &at } else { &here }, "one of mon, tue, wed, thu, fri, sat, sun", item)
                    }
                }
            }
            schedule.days = Some(days);
        }
        if let Some(list) = fields.get("hours") {
            let here = place.key("hours");
            for (index, item) in list.as_list().unwrap_or(std::slice::from_ref(list)).iter().enumerate() {
                let at = here.index(index);
                if let Some(fields) = item.as_object().and_then(|_| Fields::of(item, &at, problems)) {
                    fields.only(&["from", "to"], problems);
                }
                append(&mut schedule.hours, Hours::read(item, &at, problems));
            }
        }
        schedule
    }

    /// Whether the campaign runs at `now`, and when that next changes.
    pub fn answer(&self, now: Millis, zone: &Zone) -> Answer {
        let moment = |edge: Option<Edge>| edge.map(|edge| edge.moment(zone));
        let (from, to) = (moment(self.from), moment(self.to));
        let is_before_end = |at: Millis| to.is_none_or(|to| at < to);
        let start = from.map_or(now, |from| from.max(now));
        let mut at = start;
        let mut step = self.recur(at, zone);
        let passed = start == now && step.passed && is_before_end(now);
        let end = to.filter(|_| passed);
        // Not every midnight or hour changes anything, and what does not within a week never does.
        while (step.passed && is_before_end(at)) == passed {
            let Some(next) = step.changes_at.filter(|next| *next < start + 8 * DAY) else { return Answer::until(passed, end) };
            at = next;
            step = self.recur(at, zone);
        }
        Answer::until(passed, earlier(Some(at), end))
    }

    /// Whether the day of the week and the hour are among those given, and when to look again.
    fn recur(&self, at: Millis, zone: &Zone) -> Answer {
        let mut next = None;
        let mut passed = true;
        if let Some(days) = &self.days {
            passed = days.get(zone.local(at).weekday()).copied().unwrap_or(false);
            next = Some(zone.day(at, 0).end);
        }
        if !self.hours.is_empty() {
            let answers: Vec<Answer> = self.hours.iter().map(|hours| hours.answer(at, zone)).gather();
            passed &= answers.iter().any(|answer| answer.passed);
            next = answers.iter().fold(next, |next, answer| earlier(next, answer.changes_at));
        }
        Answer::until(passed, next)
    }
}
