//! The endpoint of the simulation: what it answers, and the ledger of what it has.

use std::collections::{BTreeMap, BTreeSet};

use dangol::domain::json;
use dangol::domain::random::Random;
use dangol::domain::value::{Text, Value};

/// How the endpoint behaves for a while.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Weather {
    /// All is well.
    Fair,
    /// 5xx, 408, 425 or 429, with or without a wait.
    Busy,
    /// 3xx, 401, 403, 404, 410.
    Unwanted,
    /// 413 for more than this many bytes.
    Narrow(usize),
    /// Requests and answers get lost, come late or twice.
    Lossy,
    /// Nothing comes through.
    Blocked,
}

impl Weather {
    pub fn any(random: &mut Random) -> Self {
        match random.below(9) {
            0..=1 => Weather::Fair,
            2..=3 => Weather::Busy,
            4 => Weather::Unwanted,
            5 => Weather::Narrow(700 + random.below(20_000) as usize),
            6..=7 => Weather::Lossy,
            _ => Weather::Blocked,
        }
    }
}

/// An answer as it leaves the server.
#[derive(Clone, Debug, Default)]
pub struct Reply {
    pub status: u16,
    pub wait: Option<i64>,
    pub body: String,
}

impl Reply {
    fn of(status: u16, body: impl Into<String>) -> Self {
        Reply { status, body: body.into(), wait: None }
    }
}

pub struct Server {
    pub weather: Weather,
    pub strict: bool,
    /// Whether it names what it refuses.
    names: bool,
    /// Events that it has, and how often they came.
    pub seen: BTreeMap<Text, u32>,
    /// What came for the first time with the last request, in its order.
    pub fresh: Vec<Text>,
    /// Violations seen while it took events.
    pub faults: Vec<String>,
}

impl Server {
    pub fn new(strict: bool, names: bool) -> Self {
        Server { weather: Weather::Fair, strict, names, seen: BTreeMap::new(), fresh: Vec::new(), faults: Vec::new() }
    }

    pub fn take(&mut self, body: &str, random: &mut Random) -> Reply {
        self.fresh.clear();
        match self.weather {
            Weather::Busy => {
                let status = [408, 425, 429, 500, 502, 503, 504][random.below(7) as usize];
                let wait = [Some(3_000), None, Some(120_000), Some(i64::MAX), Some(0)][random.below(5) as usize];
                return Reply { wait, ..Reply::of(status, "") };
            }
            Weather::Unwanted => {
                let status = [301, 307, 401, 403, 404, 410][random.below(6) as usize];
                return Reply::of(status, "<html>");
            }
            Weather::Narrow(limit) if body.len() > limit => return Reply::of(413, ""),
            _ => {}
        }
        let Ok(batch) = json::parse(body) else {
            self.faults.push("a body is no JSON".into());
            return Reply::of(400, "");
        };
        let mut poison = Vec::new();
        for event in batch.list("batch") {
            if event.flag("poison") {
                poison.push(event.text("messageId").unwrap_or("").to_string());
            }
        }
        if !poison.is_empty() {
            return Reply::of(
                400,
                if self.names { format!("{{\"rejected\":[\"{}\"]}}", poison.join("\",\"")) } else { "bad request".into() },
            );
        }
        self.store(batch.list("batch"), random)
    }

    fn store(&mut self, events: &[Value], random: &mut Random) -> Reply {
        let partly = self.strict && self.weather != Weather::Fair;
        let mut last: BTreeMap<Text, u64> = BTreeMap::new();
        let mut inside = BTreeSet::new();
        let mut accepted = Vec::new();
        for event in events {
            let id: Text = event.text("messageId").unwrap_or("").into();
            let stream: Text = event.at("context.streamId").and_then(Value::as_text).unwrap_or("").into();
            let seq = event.number("seq").unwrap_or(0.0) as u64;
            if !inside.insert(id.clone()) {
                self.faults.push(format!("{id} is twice in a batch"));
            }
            if last.insert(stream.clone(), seq).is_some_and(|before| before >= seq) {
                self.faults.push(format!("stream {stream} is out of order in a batch at {seq}"));
            }
            if partly && random.below(4) == 0 {
                continue;
            }
            let times = self.seen.entry(id.clone()).or_default();
            *times += 1;
            if *times == 1 {
                self.fresh.push(id.clone());
            }
            accepted.push(id);
        }
        let body = if self.strict { format!("{{\"accepted\":[\"{}\"]}}", accepted.join("\",\"")) } else { String::new() };
        Reply::of(200, body)
    }
}
