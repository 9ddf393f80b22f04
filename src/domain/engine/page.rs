//! The page that is open in this tab, and which of a campaign's signals have come on it.

use crate::domain::campaign::{Campaign, Moment, Page, Trigger};
use crate::domain::config::Config;
use crate::domain::list::{Gather, filled};
use crate::domain::time::{Millis, Zone};
use crate::domain::value::{Object, Text, Value};

/// The open page.
#[derive(Clone, Debug)]
pub struct OpenPage {
    /// 1, 2, 3… in this page load; a route of a single-page application is a page of its own.
    pub number: u32,
    /// When it was opened.
    pub since: Millis,
    /// Where it is.
    pub page: Page,
    /// What its view told of it.
    pub properties: Object,
    /// For each campaign that asks for several signals, by index, which have come.
    pub come: Vec<(usize, Vec<bool>)>,
    /// The campaigns that fired by a signal that comes once a page.
    fired: Vec<usize>,
    /// The dwell times that have passed.
    dwelt: Millis,
}

impl OpenPage {
    /// A page opened at `since`.
    pub fn new(number: u32, since: Millis, page: Page, properties: Object) -> Self {
        OpenPage { number, since, page, properties, come: Vec::new(), fired: Vec::new(), dwelt: 0 }
    }

    /// It goes on, as if it were opened now.
    pub fn begin_again(&mut self, now: Millis) {
        (self.since, self.dwelt) = (now, 0);
        self.come.clear();
        self.fired.clear();
    }

    /// The next dwell time that a campaign waits for, as a moment.
    pub fn next_dwell(&self, config: &Config) -> Option<Millis> {
        let dwells = config.campaigns.iter().flat_map(|campaign| &campaign.triggers).filter_map(|trigger| match trigger {
            Trigger::Dwell(time) if *time > self.dwelt => Some(*time),
            _ => None,
        });
        dwells.min().map(|time| self.since + time)
    }

    /// Notes that dwell times up to `now` have passed and returns how long the page has been open.
    pub fn dwell(&mut self, now: Millis) -> Millis {
        self.dwelt = now - self.since;
        self.dwelt
    }

    /// The campaigns that fire because `moment` came, by index. Whether it `counts` beside others that come on the page.
    pub fn fire(&mut self, config: &Config, moment: Moment, counts: bool, now: Millis, zone: &Zone) -> Vec<usize> {
        let mut firing = Vec::new();
        for (index, campaign) in config.campaigns.iter().enumerate() {
            if self.fires(index, campaign, moment, counts, now, zone) {
                firing.push(index);
            }
        }
        firing
    }

    fn fires(&mut self, index: usize, campaign: &Campaign, moment: Moment, counts: bool, now: Millis, zone: &Zone) -> bool {
        match campaign.triggers.as_slice() {
            [] => false,
            [trigger] => {
                if !trigger.matches(moment, now, zone) {
                    return false;
                }
                // An event, a page or a segment may come again on the page; the other signals count once on each.
                let again = matches!(trigger, Trigger::Event(_) | Trigger::Page(_) | Trigger::Segment { .. } | Trigger::Click(_));
                again || self.first_time(index)
            }
            triggers => {
                let place = match self.come.iter().position(|(other, come)| *other == index && come.len() == triggers.len()) {
                    Some(place) => place,
                    None => {
                        self.come.push((index, filled(triggers.len(), || false)));
                        self.come.len() - 1
                    }
                };
                let Some((_, come)) = self.come.get_mut(place) else { return false };
                for (slot, trigger) in come.iter_mut().zip(triggers) {
                    *slot |= counts && trigger.matches(moment, now, zone);
                }
                if !come.iter().all(|come| *come) {
                    return false;
                }
                // What came before a page was opened is that page's, but for what has fired.
                come.iter_mut().for_each(|come| *come = false);
                self.first_time(index)
            }
        }
    }

    /// The campaigns have other places in a newer configuration.
    pub fn renumber(&mut self, place: &dyn Fn(&mut usize)) {
        self.fired.iter_mut().for_each(place);
        self.come.iter_mut().for_each(|(campaign, _)| place(campaign));
    }

    fn first_time(&mut self, campaign: usize) -> bool {
        let new = !self.fired.contains(&campaign);
        if new {
            self.fired.push(campaign);
        }
        new
    }
}

/// What the host has to watch for the campaigns of a configuration.
pub fn watch_list(config: &Config) -> Value {
    let mut idle: Vec<Value> = Vec::new();
    let mut scroll: Vec<Value> = Vec::new();
    let mut visible: Vec<Value> = Vec::new();
    let mut click: Vec<Value> = Vec::new();
    let mut slots: Vec<Value> = Vec::new();
    let mut exit = false;
    fn add(list: &mut Vec<Value>, value: Value) {
        if !list.contains(&value) {
            list.push(value);
        }
    }
    for campaign in config.campaigns.iter() {
        for trigger in &campaign.triggers {
            match trigger {
                Trigger::Idle(time) => add(&mut idle, (*time).into()),
                Trigger::Scroll(percent) => add(&mut scroll, (*percent).into()),
                Trigger::Visible(selector) => add(&mut visible, selector.clone().into()),
                Trigger::Click(selector) => add(&mut click, selector.clone().into()),
                Trigger::Exit => exit = true,
                _ => {}
            }
        }
        for slot in campaign.steps.iter().flat_map(|step| &step.variants).filter_map(|variant| variant.slot()) {
            add(&mut slots, slot.into());
        }
    }
    crate::object! { "idle" => idle, "scroll" => scroll, "exit" => exit, "visible" => visible, "click" => click, "slots" => slots }.into()
}

/// The selectors of slots that campaigns need.
pub fn slots_of(config: &Config) -> Vec<Text> {
    watch_list(config).list("slots").iter().filter_map(Value::as_text).map(Text::from).gather()
}

/// The properties of a page view, from what the host tells of the page.
pub fn page_properties(page: &Value, name: Option<&str>, data: Object) -> Object {
    let mut properties = Object::new();
    let url = page.text("url").unwrap_or_default();
    let parsed = crate::domain::host::parse_url(url, None).unwrap_or_default();
    properties.set("url", url);
    properties.set("path", parsed.pathname);
    properties.set("search", parsed.search);
    for key in ["title", "referrer"] {
        properties.set(key, page.text(key).unwrap_or_default());
    }
    for (key, value) in data.iter() {
        properties.set(key, value.clone());
    }
    if let Some(name) = name {
        properties.set("name", name);
    }
    properties
}
