//! The shop's time zone: a table of offsets that the host looked up, so that every host answers alike.

use super::{DAY, HOUR, MINUTE, Millis, SECOND, civil_from_days, days_from_civil};
use crate::domain::host;
use crate::domain::list::Gather;
use crate::domain::value::Text;

/// A time zone over the years that matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone {
    /// The IANA name, to ask the host about the years beyond the table.
    name: Text,
    /// `(from, offset in ms)`, in order, the first from where the table begins.
    offsets: Vec<(Millis, Millis)>,
    /// Where the table ends.
    to: Millis,
}

/// A moment as the shop's wall clock and calendar show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Local {
    /// The year.
    pub year: i64,
    /// The month, 1 to 12.
    pub month: i64,
    /// The day of the month, from 1.
    pub day: i64,
    /// The hour, 0 to 23.
    pub hour: i64,
    /// The minute.
    pub minute: i64,
    /// Milliseconds since local midnight.
    pub of_day: Millis,
    /// Days since 1970-01-01 of the local date.
    pub date: i64,
}

impl Local {
    /// The day of the week, Monday 0 to Sunday 6.
    pub fn weekday(&self) -> usize {
        (self.date + 3).rem_euclid(7) as usize
    }
}

/// A stretch of the calendar: from `start` up to but not including `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first millisecond.
    pub start: Millis,
    /// The first millisecond after it.
    pub end: Millis,
}

/// The years around `now` for which offsets are looked up.
const YEARS_BACK: Millis = 3 * 366 * DAY;
const YEARS_AHEAD: Millis = 2 * 366 * DAY;

/// When the year of `at` begins by UTC, or one of the `years` after it.
fn new_year(at: Millis, years: i64) -> Millis {
    days_from_civil(civil_from_days(at.div_euclid(DAY)).0 + years, 1, 1) * DAY
}

impl Zone {
    /// UTC.
    pub fn utc() -> Self {
        Zone { name: "".into(), offsets: vec![(0, 0)], to: Millis::MAX }
    }

    /// The zone with an IANA name, looked up for the years around `now`; `None` where the host does not know it.
    pub fn named(name: &str, now: Millis) -> Option<Self> {
        Self::spanning(name, now, now)
    }

    /// The zone with an IANA name, from the year before `oldest` to those after `now`.
    ///
    /// It holds whole years: what lies before shows the same clock wherever the table starts, and few tables are ever made.
    pub fn spanning(name: &str, oldest: Millis, now: Millis) -> Option<Self> {
        Self::between(name, new_year(oldest.min(now) - YEARS_BACK, 0), new_year(now + YEARS_AHEAD, 1))
    }

    /// The zone with an IANA name, looked up from `from` to `to`.
    pub fn between(name: &str, from: Millis, to: Millis) -> Option<Self> {
        let list = host::transitions(name, from, to)?;
        let offsets: Vec<_> = list.into_iter().map(|(at, seconds)| (at, i64::from(seconds) * SECOND)).gather();
        (!offsets.is_empty()).then_some(Zone { name: name.into(), offsets, to })
    }

    /// The offset from UTC at `at`: local time is `at + offset`.
    pub fn offset(&self, at: Millis) -> Millis {
        let known = |zone: &Zone| {
            let index = zone.offsets.partition_point(|(from, _)| *from <= at);
            zone.offsets.get(index.max(1) - 1).map_or(0, |(_, offset)| *offset)
        };
        // A date of birth lies far from the years of the table; by whole years, a host looks few of them up.
        if !self.name.is_empty()
            && (at >= self.to || self.offsets.first().is_some_and(|(from, _)| at < *from))
            && let Some(year) = Self::between(&self.name, new_year(at, 0), new_year(at, 1))
        {
            return known(&year);
        }
        known(self)
    }

    /// What the shop's clock and calendar show at `at`.
    pub fn local(&self, at: Millis) -> Local {
        let local = at + self.offset(at);
        let date = local.div_euclid(DAY);
        let of_day = local.rem_euclid(DAY);
        let (year, month, day) = civil_from_days(date);
        Local { year, month, day, hour: of_day / HOUR, minute: of_day / MINUTE % 60, of_day, date }
    }

    /// The moment at which the local clock of `date` shows `of_day`.
    ///
    /// In a gap of daylight saving it is the moment the gap ends by the old offset; in an overlap the first of the two.
    pub fn moment(&self, date: i64, of_day: Millis) -> Millis {
        let local = date * DAY + of_day;
        // The offset before a change near this local time is tried first: it gives the earlier of two, and past a gap.
        let before = local - self.offset(local - DAY);
        if before + self.offset(before) == local {
            return before;
        }
        let after = local - self.offset(local + DAY);
        if after + self.offset(after) == local { after } else { before }
    }

    /// The calendar day that `at` lies in, shifted by `days`.
    pub fn day(&self, at: Millis, days: i64) -> Span {
        let date = self.local(at).date + days;
        Span { start: self.moment(date, 0), end: self.moment(date + 1, 0) }
    }

    /// The week, from Monday, that `at` lies in.
    pub fn week(&self, at: Millis) -> Span {
        let local = self.local(at);
        let monday = local.date - local.weekday() as i64;
        Span { start: self.moment(monday, 0), end: self.moment(monday + 7, 0) }
    }

    /// The month that `at` lies in.
    pub fn month(&self, at: Millis) -> Span {
        let local = self.local(at);
        let (year, month) = if local.month == 12 { (local.year + 1, 1) } else { (local.year, local.month + 1) };
        Span { start: self.moment(days_from_civil(local.year, local.month, 1), 0), end: self.moment(days_from_civil(year, month, 1), 0) }
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse_iso;
    use super::*;

    fn at(text: &str) -> Millis {
        parse_iso(text).unwrap()
    }

    #[test]
    fn seoul_is_nine_hours_ahead() {
        let zone = Zone::named("Asia/Seoul", at("2026-11-22")).unwrap();
        let local = zone.local(at("2026-11-22T15:30:00Z"));
        assert_eq!((local.month, local.day, local.hour, local.minute, local.weekday()), (11, 23, 0, 30, 0));
        assert_eq!(zone.day(at("2026-11-22T15:30:00Z"), 0).start, at("2026-11-22T15:00:00Z"));
        assert_eq!(zone.week(at("2026-11-22T14:59:59Z")).end, at("2026-11-22T15:00:00Z"));
        assert_eq!(zone.month(at("2026-11-30T15:00:00Z")), Span { start: at("2026-11-30T15:00:00Z"), end: at("2026-12-31T15:00:00Z") });
    }

    #[test]
    fn the_clock_of_a_year_far_from_now_is_the_one_it_had() {
        let zone = Zone::named("America/New_York", at("2026-06-01")).unwrap();
        for (moment, hours) in
            [("1990-07-15T04:00:00Z", -4), ("1990-01-15", -5), ("2020-07-15", -4), ("2035-07-15", -4), ("2035-01-15", -5)]
        {
            assert_eq!(zone.offset(at(moment)), hours * HOUR, "{moment}");
        }
        assert_eq!(Zone::utc().offset(at("1990-07-15")), 0);
    }

    #[test]
    fn days_are_longer_and_shorter_where_clocks_change() {
        let zone = Zone::named("America/New_York", at("2026-06-01")).unwrap();
        let spring = zone.day(at("2026-03-08T12:00:00Z"), 0);
        assert_eq!((spring.end - spring.start) / HOUR, 23);
        let autumn = zone.day(at("2026-11-01T12:00:00Z"), 0);
        assert_eq!((autumn.end - autumn.start) / HOUR, 25);
        // 02:30 does not exist on the spring day; 01:30 exists twice on the autumn day, and the first counts.
        assert_eq!(zone.moment(zone.local(at("2026-03-08T12:00:00Z")).date, 150 * MINUTE), at("2026-03-08T07:30:00Z"));
        assert_eq!(zone.moment(zone.local(at("2026-11-01T12:00:00Z")).date, 90 * MINUTE), at("2026-11-01T05:30:00Z"));
    }
}
