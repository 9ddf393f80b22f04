//! The judge of order: no event of a stream reaches the endpoint ahead of an older one, in any schedule.
//!
//! Whatever comes for the first time is compared with what was made before it on the same page and has not come yet. Each
//! of those must have an excuse of its own, and the only ones there are stand in [`Excuse`].

use std::collections::{BTreeMap, BTreeSet};

use dangol::domain::outbox::{Found, Reason, Send};
use dangol::domain::value::{Text, Value};

/// Why one event may come after a younger one of its stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Excuse {
    /// Both were in one request, and the endpoint took the younger alone (`strictAck`).
    SetAside,
    /// Its write failed or the store was cleared, and the tab that sent the younger one never saw it.
    Unkept,
    /// The younger one left with a page that may be ending, while this one was on its way.
    OnItsWay,
    /// The younger one left with a page that may be ending because no transaction held it; one held this.
    Safe,
}

impl Excuse {
    pub const ALL: [Excuse; 4] = [Excuse::SetAside, Excuse::Unkept, Excuse::OnItsWay, Excuse::Safe];

    pub fn name(self) -> &'static str {
        match self {
            Excuse::SetAside => "set aside by the endpoint",
            Excuse::Unkept => "not in the store",
            Excuse::OnItsWay => "on its way at the page's end",
            Excuse::Safe => "in the store at the page's end",
        }
    }
}

/// A request as it left.
struct Request {
    ids: BTreeSet<Text>,
    exit: bool,
    /// Whether its tab waits for the answer.
    open: bool,
    /// Those that no transaction held, as far as its tab had heard.
    unstored: BTreeSet<Text>,
    /// Those that its tab had on their way in other requests.
    flying: BTreeSet<Text>,
    /// Those that its tab did not know.
    unknown: BTreeSet<Text>,
}

#[derive(Default)]
pub struct Judge {
    strict: bool,
    /// The ids of each stream, which is a tab's.
    streams: Vec<Vec<Text>>,
    /// The stream of each event, and its place there.
    places: BTreeMap<Text, (usize, usize)>,
    /// The places of each stream that have not come and are to come still: what was dropped with a reason is not.
    missing: Vec<BTreeSet<usize>>,
    requests: BTreeMap<(usize, u32), Request>,
    /// What each tab has seen, and what it has been told is settled.
    known: Vec<BTreeSet<Text>>,
    settled: Vec<BTreeSet<Text>>,
    /// Events that the store has not, though it should.
    unkept: BTreeSet<Text>,
    /// Events that came though they had been dropped: a copy was on its way still.
    pub ghosts: Vec<Text>,
    /// The events overtaken, and what excuses them.
    pub excused: BTreeMap<Text, Excuse>,
    pub faults: Vec<String>,
}

impl Judge {
    pub fn new(strict: bool) -> Self {
        Judge { strict, ..Judge::default() }
    }

    /// A tab is opened, and reads what the last flusher saved.
    pub fn opened(&mut self, state: Option<&Value>) {
        self.streams.push(Vec::new());
        self.missing.push(BTreeSet::new());
        self.known.push(BTreeSet::new());
        self.settled.push(BTreeSet::new());
        self.heard(self.streams.len() - 1, state);
    }

    pub fn made(&mut self, tab: usize, id: &Text) {
        let place = self.streams[tab].len();
        self.streams[tab].push(id.clone());
        self.places.insert(id.clone(), (tab, place));
        self.missing[tab].insert(place);
        self.known[tab].insert(id.clone());
    }

    /// These could not be written, or were cleared away.
    pub fn lost(&mut self, ids: &[Text]) {
        self.unkept.extend(ids.iter().cloned());
    }

    /// The tab was told, by the endpoint or by another tab, that these are settled.
    pub fn told<'a>(&mut self, tab: usize, ids: impl Iterator<Item = &'a Text>) {
        self.settled[tab].extend(ids.cloned());
    }

    /// The tab has read what another one saved.
    pub fn heard(&mut self, tab: usize, state: Option<&Value>) {
        let gone = state.map_or(&[][..], |state| state.list("gone"));
        self.settled[tab].extend(gone.iter().filter_map(Value::as_text).map(Text::from));
    }

    /// The tab has read the store.
    pub fn found(&mut self, tab: usize, found: &Found) {
        self.heard(tab, found.state);
        self.known[tab].extend(found.pending.unwrap_or_default().iter().map(|(id, _)| id.clone()));
    }

    /// What was dropped must stand in what is saved with it: a tab that misses the word must not send it still. It is not
    /// waited for any more.
    pub fn recorded(&mut self, dropped: &[(Text, Reason)], state: Option<&Value>) {
        let gone = state.map_or(&[][..], |state| state.list("gone"));
        for (id, _) in dropped {
            if !gone.iter().any(|other| other.as_text() == Some(&**id)) {
                self.faults.push(format!("{id} was dropped, and nothing tells so"));
            }
            let (stream, place) = self.places[id];
            self.missing[stream].remove(&place);
        }
    }

    /// A request leaves; its tab holds `unstored` in its memory alone.
    pub fn sent(&mut self, tab: usize, send: &Send, unstored: BTreeSet<Text>) {
        let ids: BTreeSet<Text> = send.ids.iter().cloned().collect();
        for id in ids.intersection(&self.settled[tab]) {
            self.faults.push(format!("tab {tab} sent {id}, which it knew to be settled"));
        }
        let mut flying = BTreeSet::new();
        for request in self.requests.range_mut((tab, 0)..=(tab, u32::MAX)).map(|(_, request)| request) {
            // There is one flush at a time: the former one is over, answered or not.
            request.open &= request.exit || send.exit;
            // Of a flush under way the page's end takes along what memory alone holds; the rest is on its way still.
            let again = |id: &Text| send.exit && !request.exit && unstored.contains(id);
            if request.open && request.ids.intersection(&ids).all(again) {
                flying.extend(request.ids.difference(&ids).cloned());
            }
        }
        let streams: BTreeSet<usize> = ids.iter().map(|id| self.places[id].0).collect();
        let missing = streams.iter().flat_map(|stream| self.missing[*stream].iter().map(|place| &self.streams[*stream][*place]));
        let unknown = missing.filter(|id| !self.known[tab].contains(*id)).cloned().collect();
        self.requests.insert((tab, send.batch), Request { ids, exit: send.exit, open: true, unstored, flying, unknown });
    }

    /// A request's answer, or the word that there is none, has reached the tab.
    pub fn ended(&mut self, tab: usize, batch: u32) {
        if let Some(request) = self.requests.get_mut(&(tab, batch)) {
            request.open = false;
        }
    }

    /// These came to the endpoint for the first time, in this order.
    pub fn arrived(&mut self, request: (usize, u32), fresh: &[Text]) {
        let request = &self.requests[&request];
        for id in fresh {
            let (stream, place) = self.places[id];
            if !self.missing[stream].remove(&place) {
                self.ghosts.push(id.clone());
            }
            for older in self.missing[stream].range(..place).map(|place| &self.streams[stream][*place]) {
                let excuse = if self.strict && request.ids.contains(older) {
                    Excuse::SetAside
                } else if self.unkept.contains(older) && request.unknown.contains(older) {
                    Excuse::Unkept
                } else if request.exit && request.flying.contains(older) {
                    Excuse::OnItsWay
                } else if request.exit && request.unstored.contains(id) && !request.unstored.contains(older) {
                    Excuse::Safe
                } else {
                    self.faults.push(format!("{id} of stream {stream} came ahead of {older}"));
                    continue;
                };
                self.excused.insert(older.clone(), excuse);
            }
        }
    }
}
