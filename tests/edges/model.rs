//! One campaign, by the contract's words alone: what is asked when, and which instants lie on a border.

use super::host::random;
use dangol::domain::time::{parse_iso, to_iso};

const SECOND: i64 = 1_000;
pub const HOUR: i64 = 3_600 * SECOND;
const DAY: i64 = 24 * HOUR;
/// How many goals are told apart.
pub const GOALS: usize = 12;

/// A zone whose clocks are moved once while a journey runs.
#[derive(Clone, Copy)]
pub struct Zone {
    name: &'static str,
    start: &'static str,
    /// Hours ahead of UTC before and after `moved`.
    offsets: [i64; 2],
    moved: &'static str,
}

impl Zone {
    const SEOUL: Zone = Zone { name: "Asia/Seoul", start: "2026-11-02T00:00:00Z", offsets: [9, 9], moved: "2026-11-03T00:00:00Z" };
    const SPRING: Zone = Zone { name: "Europe/Berlin", start: "2026-03-28T08:00:00Z", offsets: [1, 2], moved: "2026-03-29T01:00:00Z" };
    const AUTUMN: Zone = Zone { name: "Europe/Berlin", start: "2026-10-24T08:00:00Z", offsets: [2, 1], moved: "2026-10-25T01:00:00Z" };
    const NEW_YORK: Zone =
        Zone { name: "America/New_York", start: "2026-03-07T12:00:00Z", offsets: [-5, -4], moved: "2026-03-08T07:00:00Z" };
    /// Its clocks went from 24:00 to 23:00.
    const SAO_PAULO: Zone =
        Zone { name: "America/Sao_Paulo", start: "2018-02-16T12:00:00Z", offsets: [-2, -3], moved: "2018-02-18T02:00:00Z" };
    /// Its clocks went from 0:00 to 1:00: this day has no midnight.
    const NO_MIDNIGHT: Zone =
        Zone { name: "America/Sao_Paulo", start: "2018-11-02T12:00:00Z", offsets: [-3, -2], moved: "2018-11-04T03:00:00Z" };

    fn local(&self, at: i64) -> i64 {
        let moved = parse_iso(self.moved).unwrap();
        at + self.offsets[usize::from(at >= moved)] * HOUR
    }

    fn date(&self, at: i64) -> i64 {
        self.local(at).div_euclid(DAY)
    }

    fn of_day(&self, at: i64) -> i64 {
        self.local(at).rem_euclid(DAY)
    }
}

/// What happens at an instant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Happens {
    Page,
    Trigger,
    Unless,
    Goal,
    Dismissed,
}

impl Happens {
    pub fn name(self) -> &'static str {
        match self {
            Happens::Trigger => "X",
            Happens::Unless => "O",
            Happens::Goal => "G",
            Happens::Page | Happens::Dismissed => "",
        }
    }
}

/// A campaign's rules; a length of `None` is one that is not written.
pub struct Rules {
    zone: Zone,
    after: i64,
    unless: bool,
    from: Option<i64>,
    to: Option<i64>,
    hours: Option<(i64, i64)>,
    quiet: Option<(i64, i64)>,
    cooldown: Option<i64>,
    total: Option<usize>,
    per_day: Option<usize>,
    after_dismiss: Vec<i64>,
    min_gap: i64,
    within: i64,
}

fn below(seed: &mut u64, end: usize) -> usize {
    (random(seed) % end as u64) as usize
}

fn maybe<T>(seed: &mut u64, value: T) -> Option<T> {
    (below(seed, 3) == 0).then_some(value)
}

impl Rules {
    pub fn any(seed: &mut u64) -> Rules {
        let zones = [Zone::SEOUL, Zone::SPRING, Zone::AUTUMN, Zone::NEW_YORK, Zone::SAO_PAULO, Zone::NO_MIDNIGHT];
        let zone = zones[below(seed, zones.len())];
        let start = parse_iso(zone.start).unwrap();
        let stretches = [(9, 18), (21, 8), (22, 2), (2, 3), (0, 24), (23, 24), (0, 1), (3, 2)];
        let stretch = |seed: &mut u64| stretches[below(seed, stretches.len())];
        Rules {
            zone,
            after: [0, 0, HOUR, 20 * SECOND][below(seed, 4)],
            unless: below(seed, 2) == 0,
            from: maybe(seed, start + HOUR),
            to: maybe(seed, start + 5 * HOUR),
            hours: {
                let hours = stretch(seed);
                maybe(seed, hours)
            },
            quiet: {
                let quiet = stretch(seed);
                maybe(seed, quiet)
            },
            cooldown: maybe(seed, HOUR),
            total: {
                let total = 1 + below(seed, 3);
                maybe(seed, total)
            },
            per_day: {
                let count = 1 + below(seed, 2);
                maybe(seed, count)
            },
            after_dismiss: [vec![], vec![HOUR], vec![10 * SECOND, HOUR]][below(seed, 3)].clone(),
            min_gap: [0, 0, 30 * SECOND][below(seed, 3)],
            within: [HOUR, 500, SECOND][below(seed, 3)],
        }
    }

    pub fn config(&self) -> String {
        let stretch = |(from, to): (i64, i64)| format!(r#""from":"{from:02}:00","to":"{to:02}:00""#);
        let mut rest = String::new();
        if self.unless {
            rest.push_str(r#","unless":{"event":"O"}"#);
        }
        let from = self.from.map(|at| format!(r#""from":"{}""#, to_iso(at)));
        let to = self.to.map(|at| format!(r#""to":"{}""#, to_iso(at)));
        let hours = self.hours.map(|hours| format!(r#""hours":[{{{}}}]"#, stretch(hours)));
        let schedule: Vec<String> = [from, to, hours].into_iter().flatten().collect();
        rest.push_str(&format!(r#","schedule":{{{}}}"#, schedule.join(",")));
        let length = |ms: i64| format!(r#""{}""#, if ms % SECOND == 0 { format!("{}s", ms / SECOND) } else { format!("{ms}ms") });
        let cooldown = self.cooldown.map(|ms| format!(r#""cooldown":{}"#, length(ms)));
        let total = self.total.map(|count| format!(r#""total":{count}"#));
        let per_day = self.per_day.map(|count| format!(r#""perDay":{count}"#));
        let pauses: Vec<String> = self.after_dismiss.iter().map(|ms| length(*ms)).collect();
        let pauses = (!pauses.is_empty()).then(|| format!(r#""afterDismiss":[{}]"#, pauses.join(",")));
        let limits: Vec<String> = [cooldown, total, per_day, pauses].into_iter().flatten().collect();
        rest.push_str(&format!(r#","limits":{{{}}}"#, limits.join(",")));
        let quiet = self.quiet.map_or(String::new(), |quiet| format!(r#","quietHours":{{{},"purpose":"marketing"}}"#, stretch(quiet)));
        let after = if self.after > 0 { format!(r#","after":{}"#, length(self.after)) } else { String::new() };
        let reached = |count: usize| format!(r#""g{count}":{{"when":{{"$did":{{"event":"Goal Reached","count":{{"$gte":{count}}}}}}}}}"#);
        let segments: Vec<String> = (1..=GOALS).map(reached).collect();
        format!(
            r#"{{"version":1,"timezone":"{}","segments":{{{}}},"settings":{{"session":"7d","attention":{{"perSession":999,"perDay":999,"minGap":{}}}{quiet}}},"campaigns":{{"a":{{"trigger":{{"event":"X"{after}}},"goal":{{"event":"G","within":{}}}{rest},"message":{{"layout":"modal","blocks":[{{"text":"hi"}}]}}}}}}}}"#,
            self.zone.name,
            segments.join(","),
            length(self.min_gap),
            length(self.within),
        )
    }

    /// A page that stays open, and what happens on it: on the borders, and beside them.
    pub fn journey(&self, seed: &mut u64) -> Vec<(i64, Happens)> {
        let start = parse_iso(self.zone.start).unwrap();
        let mut list = vec![(start, Happens::Page)];
        let mut at = start;
        let clock: Vec<i64> = (0..60).map(|hour| start + hour * HOUR).collect();
        for _ in 0..3 + below(seed, 14) {
            let lengths = [0, 0, 1, 400, 500, SECOND, 10 * SECOND, 20 * SECOND, 30 * SECOND, HOUR, self.after, self.within];
            let border = match below(seed, 3) {
                0 if below(seed, 4) == 0 => self.to.or(self.from).unwrap_or(at),
                0 => clock[below(seed, clock.len())],
                _ => {
                    let (from, _) = list[below(seed, list.len())];
                    from + lengths[below(seed, lengths.len())]
                }
            };
            let next = border + below(seed, 3) as i64 - 1;
            // Time goes on, and not so far that nothing is left of the journey.
            if next < at || next > at + 9 * HOUR {
                continue;
            }
            at = next;
            let all = [Happens::Trigger, Happens::Trigger, Happens::Trigger, Happens::Unless, Happens::Goal, Happens::Dismissed];
            list.push((at, all[below(seed, all.len())]));
        }
        list
    }
}

struct Display {
    at: i64,
    seen: bool,
    goal: bool,
}

/// What the contract says comes of it.
pub struct Model<'a> {
    rules: &'a Rules,
    displays: Vec<Display>,
    goals_came: Vec<i64>,
    dismissed: Vec<i64>,
    on_screen: bool,
    waits: Option<i64>,
    pub decisions: Vec<String>,
    pub goals: Vec<i64>,
}

impl<'a> Model<'a> {
    pub fn new(rules: &'a Rules) -> Self {
        let (decisions, goals) = Default::default();
        Model { rules, displays: vec![], goals_came: vec![], dismissed: vec![], on_screen: false, waits: None, decisions, goals }
    }

    /// What time brings by itself, in order, up to and including `end`.
    pub fn pass(&mut self, end: i64) {
        loop {
            let seen = self.displays.iter().filter(|display| !display.seen && self.on_screen).map(|display| display.at + SECOND).min();
            let ends = self.waits.map(|since| since + self.rules.after);
            let Some(at) = seen.into_iter().chain(ends).min().filter(|at| *at <= end) else { break };
            if seen == Some(at) {
                self.see(at);
            }
            if ends == Some(at) {
                self.waits = None;
                self.decide(at);
            }
        }
    }

    /// Takes what happens; whether it can: nobody dismisses what is not there.
    pub fn happen(&mut self, at: i64, what: Happens) -> bool {
        self.pass(at);
        let within = self.rules.within;
        if what == Happens::Dismissed && !self.on_screen {
            return false;
        }
        match what {
            Happens::Page => {}
            Happens::Trigger if self.rules.after == 0 => self.decide(at),
            Happens::Trigger => match [self.muted(at), self.capped(at)].into_iter().flatten().next() {
                Some(reason) => self.told(at, &format!("suppressed {reason}")),
                None => self.waits = self.waits.or(Some(at)),
            },
            Happens::Unless => {
                if self.rules.unless && self.waits.take().is_some() {
                    self.told(at, "suppressed goal_reached");
                }
            }
            Happens::Goal => {
                self.reach(at, |display| (display.at..=display.at + within).contains(&at));
                self.goals_came.push(at);
            }
            Happens::Dismissed => {
                self.on_screen = false;
                self.dismissed.push(at);
                self.see(at);
            }
        }
        true
    }

    fn told(&mut self, at: i64, what: &str) {
        self.decisions.push(format!("{at} {what}"));
    }

    /// The message on screen was seen: a goal of the second before counts, but none of the very millisecond of the display,
    /// which may be what brought it.
    fn see(&mut self, at: i64) {
        self.displays.iter_mut().for_each(|display| display.seen = true);
        let (came, within) = (std::mem::take(&mut self.goals_came), self.rules.within);
        self.reach(at, |display| came.iter().any(|goal| display.at < *goal && *goal <= display.at + within));
        self.goals_came = came;
    }

    fn reach(&mut self, at: i64, is_reached: impl Fn(&Display) -> bool) {
        for display in self.displays.iter_mut().filter(|display| display.seen && !display.goal) {
            display.goal = is_reached(display);
            if display.goal {
                self.goals.push(at);
            }
        }
    }

    fn muted(&self, at: i64) -> Option<&'static str> {
        let pauses = &self.rules.after_dismiss;
        let pause = pauses.get(self.dismissed.len().min(pauses.len()).checked_sub(1)?)?;
        (at < self.dismissed.last()? + pause).then_some("muted")
    }

    fn capped(&self, at: i64) -> Option<&'static str> {
        let rules = self.rules;
        let today = self.displays.iter().filter(|display| rules.zone.date(display.at) == rules.zone.date(at)).count();
        let last = self.displays.last().map(|display| display.at);
        let is_capped = rules.per_day.is_some_and(|limit| today >= limit)
            || rules.total.is_some_and(|limit| self.displays.len() >= limit)
            || rules.cooldown.zip(last).is_some_and(|(cooldown, last)| at < last + cooldown);
        is_capped.then_some("frequency_capped")
    }

    /// Whether the shop's clock shows a time from the one hour to, not including, the other.
    fn is_within(&self, at: i64, (from, to): (i64, i64)) -> bool {
        let (now, from, to) = (self.rules.zone.of_day(at), from * HOUR, to * HOUR);
        if from < to { from <= now && now < to } else { from <= now || now < to }
    }

    fn decide(&mut self, at: i64) {
        let rules = self.rules;
        let outside = rules.from.is_some_and(|from| at < from)
            || rules.to.is_some_and(|to| at >= to)
            || rules.hours.is_some_and(|hours| !self.is_within(at, hours));
        let reason = if outside {
            Some("outside_schedule")
        } else if let Some(reason) = self.muted(at).or_else(|| self.capped(at)) {
            Some(reason)
        } else if rules.quiet.is_some_and(|quiet| self.is_within(at, quiet)) {
            Some("quiet_hours")
        } else if self.displays.last().is_some_and(|display| at < display.at + rules.min_gap) {
            Some("attention_budget")
        } else {
            self.on_screen.then_some("outranked")
        };
        match reason {
            Some(reason) => self.told(at, &format!("suppressed {reason}")),
            None => {
                self.displays.push(Display { at, seen: false, goal: false });
                self.on_screen = true;
                self.told(at, "shown");
            }
        }
    }
}
