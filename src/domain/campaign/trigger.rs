//! The signals that make a campaign ask to be shown.

use crate::domain::compiler::Compiler;
use crate::domain::condition::Condition;
use crate::domain::event::Event;
use crate::domain::fields::{DURATION, Fields, selector as is_selector, unknown, wrong};
use crate::domain::host;
use crate::domain::list::{Gather, append};
use crate::domain::problem::{Place, Problems};
use crate::domain::text::find;
use crate::domain::time::{Millis, Zone, parse_duration};
use crate::domain::value::{Object, Text, Value};

/// One signal.
#[derive(Debug)]
pub enum Trigger {
    /// An event of the journey.
    Event(EventFilter),
    /// A page is opened, also a route of a single-page application.
    Page(PagePattern),
    /// The visitor entered or left a segment.
    Segment {
        /// The segment's id.
        segment: Text,
        /// Entered, or left.
        enter: bool,
    },
    /// The page has been open this long.
    Dwell(Millis),
    /// Nothing was done on the page for this long.
    Idle(Millis),
    /// The page was scrolled this far, in percent.
    Scroll(f64),
    /// The visitor is about to leave.
    Exit,
    /// An element came into view.
    Visible(Text),
    /// An element was clicked.
    Click(Text),
    /// Only by `show()`.
    Manual,
}

/// Something that happened on the page, to be compared with triggers.
#[derive(Clone, Copy, Debug)]
pub enum Moment<'a> {
    /// An event was handled.
    Event(&'a Event),
    /// A page was opened.
    Page(&'a Page),
    /// A segment was entered or left.
    Segment(&'a str, bool),
    /// The page has been open this long.
    Dwell(Millis),
    /// Nothing was done for this long.
    Idle(Millis),
    /// The page was scrolled this far, in percent.
    Scroll(f64),
    /// The visitor is about to leave.
    Exit,
    /// An element came into view.
    Visible(&'a str),
    /// An element was clicked.
    Click(&'a str),
}

/// The page that is open.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// The whole address.
    pub url: Text,
    /// The path, `/cart`.
    pub path: Text,
    /// The parameters of the query.
    pub query: Object,
    /// The host.
    pub host: Text,
}

impl Page {
    /// The page that a `Page Viewed` event tells of.
    pub fn of(event: &Event) -> Self {
        let text = |key: &str| event.properties.get(key).and_then(Value::as_text).unwrap_or_default();
        let url = text("url");
        let parsed = crate::domain::host::parse_url(url, None).unwrap_or_default();
        let path = if text("path").is_empty() { &parsed.pathname } else { text("path") };
        let search = if parsed.search.is_empty() { text("search") } else { &parsed.search };
        Page { url: url.into(), path: path.into(), query: parse_query(search), host: parsed.host.into() }
    }
}

/// The parameters of `?a=1&b=2`, percent-decoded; of a repeated one the last counts.
pub fn parse_query(search: &str) -> Object {
    let mut query = Object::new();
    for pair in search.trim_start_matches('?').split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        query.set(&host::decode(key), host::decode(value));
    }
    query
}

/// Which pages: all parts given must match.
#[derive(Debug, Default)]
pub struct PagePattern {
    paths: Vec<Text>,
    host: Option<Text>,
    query: Object,
}

impl PagePattern {
    fn read(value: &Value, place: &Place, problems: &mut Problems) -> Self {
        // A bare text is the path.
        if let Some(path) = value.as_text() {
            return PagePattern { paths: vec![path.into()], ..PagePattern::default() };
        }
        let Some(fields) = Fields::of(value, place, problems) else { return PagePattern::default() };
        fields.only(&["path", "host", "query"], problems);
        let mut pattern = PagePattern { host: fields.text("host", problems).map(Text::from), ..PagePattern::default() };
        if let Some(paths) = fields.get("path") {
            for path in paths.as_list().unwrap_or(std::slice::from_ref(paths)) {
                match path.as_text() {
                    Some(text) => pattern.paths.push(text.into()),
                    None => wrong(problems, &place.key("path"), "a path such as \"/cart*\"", path),
                }
            }
        }
        if let Some(query) = fields.read("query", "an object of parameters", problems, Value::as_object) {
            pattern.query = query.clone();
        }
        pattern
    }

    /// Whether `page` is one of them.
    pub fn matches(&self, page: &Page) -> bool {
        (self.paths.is_empty() || self.paths.iter().any(|path| matches_glob(path, &page.path)))
            && self.host.as_deref().is_none_or(|host| matches_glob(host, &page.host))
            && self.query.iter().all(|(key, wanted)| match (wanted, page.query.get(key).and_then(Value::as_text)) {
                (Value::Bool(wanted), found) => *wanted == found.is_some(),
                (_, None) => false,
                (Value::Text(wanted), Some(found)) => matches_glob(wanted, found),
                (wanted, Some(found)) => crate::domain::json::to_text(wanted) == found,
            })
    }
}

/// Whether `text` matches `pattern`, in which `*` stands for any run of characters, slashes included.
///
/// Linear in time for every pattern: after a star the earliest place of the next piece is always as good as a later one.
fn matches_glob(pattern: &str, text: &str) -> bool {
    let mut pieces = pattern.split('*');
    let Some(mut rest) = pieces.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let Some(mut piece) = pieces.next() else { return rest.is_empty() };
    for next in pieces {
        match find(rest, piece).and_then(|at| rest.get(at + piece.len()..)) {
            Some(tail) => rest = tail,
            None => return false,
        }
        piece = next;
    }
    rest.ends_with(piece)
}

/// Which events: by name, and by a condition over their properties.
#[derive(Debug)]
pub struct EventFilter {
    names: Vec<Text>,
    condition: Option<Condition>,
}

impl EventFilter {
    /// Reads `event` and `where` of an object.
    pub fn read(value: &Value, place: &Place, compiler: &mut Compiler) -> Option<Self> {
        let fields = Fields::of(value, place, &mut compiler.problems)?;
        let mut names = Vec::new();
        match fields.get("event") {
            Some(Value::Text(name)) if !name.is_empty() => names.push(name.clone()),
            Some(Value::List(list)) if !list.is_empty() && list.iter().all(|name| name.as_text().is_some_and(|name| !name.is_empty())) => {
                append(&mut names, list.iter().filter_map(Value::as_text).map(Text::from));
            }
            Some(other) => wrong(&mut compiler.problems, &place.key("event"), "an event's name or a list of names", other),
            None => compiler.problems.error(&place.key("event"), "missing-key", "name the event"),
        }
        let condition = match fields.get("where") {
            Some(condition) => Some(Condition::compile_where(condition, &place.key("where"), compiler)?),
            None => None,
        };
        (!names.is_empty()).then_some(EventFilter { names, condition })
    }

    /// Whether `event` has one of the names.
    pub fn names(&self, event: &Event) -> bool {
        self.names.iter().any(|name| if &**name == "*" { !event.own } else { *name == event.name })
    }

    /// Whether `event` is one of them.
    pub fn matches(&self, event: &Event, now: Millis, zone: &Zone) -> bool {
        self.names(event)
            && self
                .condition
                .as_ref()
                .is_none_or(|condition| condition.matches_at(&Value::Object(event.properties.clone()), now, zone).passed)
    }
}

impl Trigger {
    /// Whether `moment` is this signal.
    pub fn matches(&self, moment: Moment, now: Millis, zone: &Zone) -> bool {
        match (self, moment) {
            (Trigger::Event(filter), Moment::Event(event)) => filter.matches(event, now, zone),
            (Trigger::Page(pattern), Moment::Page(page)) => pattern.matches(page),
            (Trigger::Segment { segment, enter }, Moment::Segment(id, entered)) => &**segment == id && *enter == entered,
            (Trigger::Dwell(wanted), Moment::Dwell(past)) => past >= *wanted,
            (Trigger::Idle(wanted), Moment::Idle(past)) => past >= *wanted,
            (Trigger::Scroll(wanted), Moment::Scroll(reached)) => reached >= *wanted,
            (Trigger::Exit, Moment::Exit) => true,
            (Trigger::Visible(wanted), Moment::Visible(found)) => &**wanted == found,
            (Trigger::Click(wanted), Moment::Click(found)) => &**wanted == found,
            _ => false,
        }
    }
}

/// The keys that name a signal.
const SIGNALS: [&str; 11] = ["event", "page", "segment", "dwell", "idle", "scroll", "exit", "visible", "click", "manual", "all"];

/// Reads `trigger`: its signals, and how long after them the campaign is decided.
pub(super) fn read(value: &Value, place: &Place, compiler: &mut Compiler) -> (Vec<Trigger>, Millis) {
    let Some(fields) = Fields::of(value, place, &mut compiler.problems) else { return (Vec::new(), 0) };
    let mut after = fields.duration("after", &mut compiler.problems).unwrap_or(0);
    let mut triggers = Vec::new();
    match fields.get("all") {
        Some(Value::List(list)) if !list.is_empty() => {
            let here = place.key("all");
            fields.only(&["all", "after"], &mut compiler.problems);
            for (index, item) in list.iter().enumerate() {
                let item_place = here.index(index);
                append(&mut triggers, read_one(item, &item_place, compiler));
                // A delay inside counts like one beside `all`: the longest one.
                if let Some(fields) = item.as_object().and_then(|_| Fields::of(item, &item_place, &mut compiler.problems)) {
                    after = after.max(fields.duration("after", &mut compiler.problems).unwrap_or(0));
                }
            }
        }
        Some(other) => wrong(&mut compiler.problems, &place.key("all"), "a list of triggers", other),
        None => append(&mut triggers, read_one(value, place, compiler)),
    }
    (triggers, after)
}

fn read_one(value: &Value, place: &Place, compiler: &mut Compiler) -> Option<Trigger> {
    let fields = Fields::of(value, place, &mut compiler.problems)?;
    let object = value.as_object()?;
    let Some((kind, found)) = object.iter().find(|(key, _)| SIGNALS.contains(&&***key)) else {
        let first = object.iter().map(|(key, _)| &**key).find(|key| !["where", "on", "after"].contains(key)).unwrap_or("");
        unknown(&mut compiler.problems, place, "unknown-trigger", "trigger", first, &SIGNALS);
        return None;
    };
    if let Some((second, _)) = object.iter().find(|(key, _)| ***key != **kind && SIGNALS.contains(&&***key)) {
        let message = "a trigger is one signal; write {\"all\": [ … ]} for several on the same page";
        compiler.problems.error(&place.key(second), "several-signals", message);
    }
    let more = match &**kind {
        "event" => "where",
        "segment" => "on",
        _ => "after",
    };
    let mut known = vec![&**kind, more, "after"];
    append(&mut known, SIGNALS);
    fields.only(&known, &mut compiler.problems);
    let here = place.key(kind);
    let problems = &mut compiler.problems;
    let duration = |problems: &mut Problems| {
        let length = found.as_text().and_then(parse_duration);
        if length.is_none() {
            wrong(problems, &here, DURATION, found);
        }
        length
    };
    let selector = |problems: &mut Problems| {
        let text = found.as_text().filter(|text| !text.trim().is_empty());
        if text.is_none() {
            wrong(problems, &here, "a CSS selector", found);
        }
        text.inspect(|text| is_selector(text, &here, problems)).map(Text::from)
    };
    match &**kind {
        "event" => EventFilter::read(value, place, compiler).map(Trigger::Event),
        "page" => Some(Trigger::Page(PagePattern::read(found, &here, problems))),
        "segment" => {
            let enter = fields.choice("on", &["enter", "leave"], problems) != Some("leave");
            let Some(id) = found.as_text() else {
                wrong(problems, &here, "a segment's id", found);
                return None;
            };
            if !compiler.segments.iter().any(|segment| &**segment == id) {
                let known: Vec<&str> = compiler.segments.iter().map(|segment| &**segment).gather();
                unknown(&mut compiler.problems, &here, "unknown-segment", "segment", id, &known);
            }
            Some(Trigger::Segment { segment: id.into(), enter })
        }
        "dwell" => duration(problems).map(Trigger::Dwell),
        "idle" => duration(problems).map(Trigger::Idle),
        "scroll" => match found.as_number().filter(|percent| (0.0..=100.0).contains(percent)) {
            Some(percent) => Some(Trigger::Scroll(percent)),
            None => {
                wrong(problems, &here, "a percentage from 0 to 100", found);
                None
            }
        },
        "exit" | "manual" if found.as_bool() != Some(true) => {
            wrong(problems, &here, "true", found);
            None
        }
        "exit" => Some(Trigger::Exit),
        "visible" => selector(problems).map(Trigger::Visible),
        "click" => selector(problems).map(Trigger::Click),
        "manual" => Some(Trigger::Manual),
        _ => {
            problems.error(place, "nested-all", "\"all\" cannot stand inside \"all\"; put its triggers into the outer one");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_for_anything() {
        for (pattern, text, expected) in [
            ("/cart*", "/cart", true),
            ("/cart*", "/cart/2", true),
            ("/cart", "/cart/2", false),
            ("*/sale/*", "/kr/sale/shoes", true),
            ("*", "", true),
            ("/a*b*c", "/aXbYc", true),
            ("/a*b*c", "/aXcYb", false),
            ("/a*a", "/a", false),
            ("/a*a", "/aa", true),
        ] {
            assert_eq!(matches_glob(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn a_query_is_decoded() {
        let query = parse_query("?utm_source=a%20b&x=%EC%9A%A9+1&y&z=%zz");
        assert_eq!(query.get("utm_source").and_then(Value::as_text), Some("a b"));
        assert_eq!(query.get("x").and_then(Value::as_text), Some("용 1"));
        assert_eq!(query.get("y").and_then(Value::as_text), Some(""));
        assert_eq!(query.get("z").and_then(Value::as_text), Some("%zz"));
    }
}
