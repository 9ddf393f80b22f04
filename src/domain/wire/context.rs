//! The `context` of events, kept as text so that an event costs a copy of it.

use crate::domain::host;
use crate::domain::json::{push_object, push_text};
use crate::domain::value::{Object, Value};

/// The page an event happened on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The whole address.
    pub url: String,
    /// Its path, `/cart`.
    pub path: String,
    /// Its query with the question mark, or empty.
    pub search: String,
    /// The document's title.
    pub title: String,
    /// Where the visitor came from, or empty.
    pub referrer: String,
}

/// What all events of a page have in common; each setter writes the text anew.
#[derive(Clone, Debug, Default)]
pub struct Context {
    device: String,
    stream: String,
    page: Page,
    page_text: String,
    campaign: String,
    session: String,
    consent: String,
    text: String,
}

impl Context {
    /// The context of a page load: the SDK's version, the visitor's locale and IANA time zone, the browser, and the
    /// id of this page load of this tab.
    pub fn new(version: &str, locale: &str, timezone: &str, user_agent: &str, stream: &str) -> Self {
        let mut device = String::from("\"library\":{\"name\":\"dangol\",\"version\":");
        push_text(version, &mut device);
        device.push('}');
        for (key, text) in [("locale", locale), ("timezone", timezone), ("userAgent", user_agent)] {
            push_known(key, text, &mut device);
        }
        let mut context = Context { device, ..Context::default() };
        context.set_stream(stream);
        context
    }

    /// What follows belongs to another stream.
    pub fn set_stream(&mut self, stream: &str) {
        self.stream.clear();
        push_known("streamId", stream, &mut self.stream);
        self.write();
    }

    /// The visitor is on another page; its `utm_` parameters become the campaign.
    ///
    /// As in Segment's own client, a page without them has no campaign.
    pub fn set_page(&mut self, page: Page) {
        let campaign = campaign_of(&page.search);
        self.campaign.clear();
        if !campaign.is_empty() {
            self.campaign.push_str(",\"campaign\":");
            push_object(&campaign, &mut self.campaign);
        }
        self.page_text.clear();
        self.page_text.push_str(",\"page\":{");
        for (index, (key, text)) in page.fields().into_iter().enumerate() {
            if index > 0 {
                self.page_text.push(',');
            }
            push_text(key, &mut self.page_text);
            self.page_text.push(':');
            push_text(text, &mut self.page_text);
        }
        self.page_text.push('}');
        self.page = page;
        self.write();
    }

    /// Another session began.
    pub fn set_session(&mut self, session: &str) {
        self.session.clear();
        push_known("sessionId", session, &mut self.session);
        self.write();
    }

    /// The visitor decided about consent.
    pub fn set_consent(&mut self, consent: &Object) {
        self.consent.clear();
        self.consent.push_str(",\"consent\":");
        push_object(consent, &mut self.consent);
        self.write();
    }

    fn write(&mut self) {
        self.text.clear();
        for part in [&self.device, &self.page_text, &self.campaign, &self.session, &self.consent, &self.stream] {
            self.text.push_str(part);
        }
    }

    /// The entries, without braces.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn len(&self) -> usize {
        self.text.len()
    }

    /// The properties of a `page` call: where the visitor is, then what the shop said, then the name.
    pub(super) fn page_properties(&self, name: Option<&str>, data: &Object) -> Object {
        let mut properties = Object::new();
        for (key, text) in self.page.fields() {
            properties.set(key, text);
        }
        for (key, value) in data.iter() {
            properties.set(key, value.clone());
        }
        if let Some(name) = name {
            properties.set("name", name);
        }
        properties
    }
}

impl Page {
    fn fields(&self) -> [(&'static str, &str); 5] {
        [("path", &self.path), ("referrer", &self.referrer), ("search", &self.search), ("title", &self.title), ("url", &self.url)]
    }
}

/// Appends `,"key":"text"` where there is a text.
fn push_known(key: &str, text: &str, out: &mut String) {
    if !text.is_empty() {
        out.push(',');
        push_text(key, out);
        out.push(':');
        push_text(text, out);
    }
}

/// The campaign in a query: `utm_source` is `source`, `utm_campaign` is `name`, as in Segment's spec.
pub fn campaign_of(search: &str) -> Object {
    let mut campaign = Object::new();
    for pair in search.trim_start_matches('?').split('&') {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        let Some(name) = key.strip_prefix("utm_") else {
            continue;
        };
        if name.is_empty() || value.is_empty() || campaign.len() >= 16 {
            continue;
        }
        let name = if name == "campaign" { "name" } else { name };
        campaign.set(name, Value::from(host::decode(value)));
    }
    campaign
}
