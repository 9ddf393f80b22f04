//! Stretches of time that end at now: a duration, or a word of the calendar.

use super::postings::Postings;
use crate::domain::facts::earlier;
use crate::domain::time::{DAY, Millis, Zone, parse_duration};

/// The calendar's words, for a "did you mean".
pub(super) const WORDS: [&str; 4] = ["today", "yesterday", "thisWeek", "thisMonth"];

/// A stretch of time, seen from now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Window {
    /// `0 ≤ now − t ≤` this long.
    Last(Millis),
    /// The calendar day of now.
    Today,
    /// The whole calendar day before.
    Yesterday,
    /// Since Monday.
    Week,
    /// Since the first of the month.
    Month,
}

impl Window {
    /// Reads `7d` or a word of the calendar.
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "today" => Window::Today,
            "yesterday" => Window::Yesterday,
            "thisWeek" => Window::Week,
            "thisMonth" => Window::Month,
            _ => Window::Last(parse_duration(text)?),
        })
    }

    /// How far back it looks at most.
    pub fn reach(self) -> Millis {
        match self {
            Window::Last(length) => length,
            Window::Today => DAY,
            Window::Yesterday => 2 * DAY,
            Window::Week => 7 * DAY,
            Window::Month => 31 * DAY,
        }
    }
}

/// Indexes of postings, and when time alone changes them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Range {
    /// The first index inside.
    pub lo: usize,
    /// The first index after.
    pub hi: usize,
    /// The first millisecond at which time alone takes one out or lets one in.
    pub border: Option<Millis>,
}

impl Range {
    /// All postings up to now.
    pub fn until(postings: &Postings, now: Millis) -> Self {
        let hi = postings.until(now);
        Range { lo: 0, hi, border: postings.time(hi) }
    }

    /// Keeps what lies in `window`.
    pub fn keep(&mut self, postings: &Postings, window: Window, now: Millis, zone: &Zone) {
        let (start, border) = match window {
            Window::Last(length) => {
                self.lo = self.lo.max(postings.from(now.saturating_sub(length)));
                // What has left does not come back, so an empty range stays empty.
                let oldest = postings.time(self.lo).filter(|_| self.lo < self.hi);
                self.border = earlier(self.border, oldest.map(|at| at + length + 1));
                return;
            }
            Window::Today => {
                let span = zone.day(now, 0);
                (span.start, span.end)
            }
            Window::Yesterday => {
                let today = zone.day(now, 0);
                (zone.day(now, -1).start, today.end)
            }
            Window::Week => {
                let span = zone.week(now);
                (span.start, span.end)
            }
            Window::Month => {
                let span = zone.month(now);
                (span.start, span.end)
            }
        };
        self.lo = self.lo.max(postings.from(start));
        if self.lo < self.hi {
            self.border = earlier(self.border, Some(border));
        }
        if window == Window::Yesterday {
            // Today's events wait for midnight to enter, which is why the border was set before they are left out.
            self.hi = self.hi.min(postings.from(zone.day(now, 0).start));
        }
    }
}
