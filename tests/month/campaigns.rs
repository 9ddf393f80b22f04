//! A shop's configuration out of a seed: campaigns with every kind of trigger, limit, step, schedule and control group.

use dangol::domain::json;
use dangol::domain::value::Value;
use std::fmt::Write;

/// SplitMix64: small, seeded, the same everywhere.
pub struct Dice(pub u64);

impl Dice {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    pub fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    pub fn pick<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.below(list.len() as u64) as usize]
    }
}

/// Segments that change by an event, and by time alone.
const SEGMENTS: &str = r#"{
    "cart":{"when":{"cart.count":{"$gt":0}}},
    "keen":{"when":{"$did":{"event":"Product Viewed","within":"10m","count":{"$gte":3}}}},
    "lately":{"when":{"$did":{"event":"Product Added","within":"1d"}}},
    "buyer":{"when":{"orders.count":{"$gt":0}}},
    "quiet":{"when":{"$didNot":{"event":"*","within":"20m"}}}}"#;

/// The attention budget that the checker holds the month to.
pub const PER_SESSION: usize = 3;
pub const PER_DAY: usize = 6;
pub const MIN_GAP: i64 = 30_000;

const TRIGGERS: [&str; 21] = [
    r#"{"event":"Product Viewed"}"#,
    r#"{"event":"Product Viewed","where":{"category":"shoes"}}"#,
    r#"{"event":"Product Added"}"#,
    r#"{"event":"Product Added","after":"2d"}"#,
    r#"{"event":"Products Searched","after":"10m"}"#,
    r#"{"event":"Order Completed","after":"1d"}"#,
    r#"{"page":{}}"#,
    r#"{"page":{"path":"/sale*"}}"#,
    r#"{"page":{"path":"/cart"}}"#,
    r#"{"segment":"cart","on":"enter"}"#,
    r#"{"segment":"keen","on":"enter"}"#,
    r#"{"segment":"keen","on":"leave"}"#,
    r#"{"segment":"lately","on":"leave"}"#,
    r#"{"segment":"quiet","on":"enter"}"#,
    r#"{"dwell":"20s"}"#,
    r#"{"idle":"30s"}"#,
    r#"{"scroll":60}"#,
    r#"{"exit":true}"#,
    r##"{"visible":"#reviews"}"##,
    r#"{"click":"[data-help]"}"#,
    r#"{"all":[{"page":{"path":"/sale*"}},{"scroll":50}]}"#,
];

fn message(dice: &mut Dice) -> String {
    let blocks = r#""blocks":[{"text":"hi"},{"button":"go","action":{"close":true}}]"#;
    match dice.below(10) {
        0..=4 => format!(r#"{{"layout":"toast","dismiss":{{"after":"5s"}},{blocks}}}"#),
        5 | 6 => format!(r#"{{"layout":"banner","position":"top",{blocks}}}"#),
        7 | 8 => format!(r#"{{"layout":"modal","dismiss":{{"today":true}},{blocks}}}"#),
        _ => format!(r#"{{"layout":"inline","slot":"[data-slot={}]",{blocks}}}"#, dice.pick(&["hero", "side"])),
    }
}

fn limits(dice: &mut Dice) -> String {
    let mut parts = Vec::new();
    if dice.chance(40) {
        parts.push(format!(r#""perSession":{}"#, 1 + dice.below(2)));
    }
    if dice.chance(40) {
        parts.push(format!(r#""perDay":{}"#, 1 + dice.below(2)));
    }
    if dice.chance(50) {
        parts.push(format!(r#""total":{}"#, 1 + dice.below(3)));
    }
    if dice.chance(30) {
        parts.push(format!(r#""cooldown":"{}""#, dice.pick(&["5m", "2h", "1d"])));
    }
    if dice.chance(20) {
        parts.push(r#""afterDismiss":["1d","7d"]"#.into());
    }
    if dice.chance(20) {
        parts.push(r#""untilClicked":true"#.into());
    }
    format!("{{{}}}", parts.join(","))
}

fn campaign(dice: &mut Dice, number: usize) -> String {
    let mut out = format!(r#""c{number:03}":{{"priority":{}"#, dice.below(5));
    // The first one is for `show()`.
    let trigger = if number == 0 { r#"{"manual":true}"# } else { TRIGGERS[number % TRIGGERS.len()] };
    let _ = write!(out, r#","trigger":{trigger},"limits":{}"#, limits(dice));
    if dice.chance(50) {
        let _ = write!(out, r#","queue":"{}""#, dice.pick(&["1m", "10m", "1h", "1d"]));
    }
    if dice.chance(30) {
        let _ = write!(out, r#","holdout":0.{}"#, 1 + dice.below(5));
    }
    if dice.chance(25) {
        out.push_str(r#","purpose":"service""#);
    }
    if dice.chance(25) {
        out.push_str(r#","unless":{"event":"Order Completed"}"#);
    }
    if dice.chance(25) {
        let _ = write!(
            out,
            r#","audience":{}"#,
            dice.pick(&[r#"{"cart.count":{"$gt":0}}"#, r#"{"$segment":"buyer"}"#, r#"{"visits.count":{"$gte":2}}"#])
        );
    }
    if dice.chance(20) {
        let _ = write!(
            out,
            r#","schedule":{}"#,
            dice.pick(&[
                r#"{"days":["mon","tue","wed"]}"#,
                r#"{"hours":[{"from":"10:00","to":"22:00"}]}"#,
                r#"{"from":"2026-11-05T00:00:00+09:00","to":"2026-11-20T00:00:00+09:00"}"#,
            ])
        );
    }
    if dice.chance(30) {
        out.push_str(r#","goal":{"event":"Order Completed","within":"3d","value":"revenue"}"#);
    }
    if dice.chance(2) {
        out.push_str(r#","status":"paused""#);
    }
    if dice.chance(15) {
        let (one, two, three) = (message(dice), message(dice), message(dice));
        let _ = write!(
            out,
            r#","steps":[{{"id":"one","message":{one}}},{{"id":"two","after":"2d","message":{two}}},{{"id":"three","after":"3d","when":{{"orders.count":0}},"message":{three}}}]}}"#
        );
    } else if dice.chance(30) {
        let (one, two) = (message(dice), message(dice));
        let _ = write!(out, r#","variants":[{{"id":"a","weight":1,"message":{one}}},{{"id":"b","weight":2,"message":{two}}}]}}"#);
    } else {
        let _ = write!(out, r#","message":{}}}"#, message(dice));
    }
    out
}

/// A configuration of `count` campaigns.
pub fn configuration(seed: u64, count: usize) -> String {
    let mut dice = Dice(seed);
    let campaigns: Vec<String> = (0..count).map(|number| campaign(&mut dice, number)).collect();
    around(&campaigns)
}

/// The same, but only campaigns that no page holds, whose message is gone before the next may come.
pub fn unbound(seed: u64, count: usize) -> String {
    let mut dice = Dice(seed);
    let campaigns: Vec<String> = (0..count).map(|number| campaign(&mut dice, number)).collect();
    let bound = ["dwell", "idle", "scroll", "exit", "visible", "click", "page", "modal", "banner", "inline"];
    let free: Vec<String> = campaigns.into_iter().filter(|text| !bound.iter().any(|word| text.contains(&format!("\"{word}\"")))).collect();
    around(&free)
}

fn around(campaigns: &[String]) -> String {
    let text = format!(
        r#"{{"version":1,"timezone":"Asia/Seoul","segments":{SEGMENTS},"settings":{{"attention":{{"perSession":{PER_SESSION},"perDay":{PER_DAY},"minGap":"{}s"}},"quietHours":{{"from":"21:00","to":"08:00","purpose":"marketing","unlessConsent":"marketingNight"}}}},"campaigns":{{{}}}}}"#,
        MIN_GAP / 1_000,
        campaigns.join(",")
    );
    json::parse(&text).unwrap();
    text
}

/// The campaigns of a configuration, by id.
pub fn campaigns_of(config: &str) -> Value {
    json::parse(config).unwrap().get("campaigns").unwrap().clone()
}
