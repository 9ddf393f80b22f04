//! Events become wire texts: on which page and in which session they were, and what of them leaves the device.

use super::{Effect, Engine};
use crate::domain::config::Personal;
use crate::domain::event::Event;
use crate::domain::list::Gather;
use crate::domain::personal;
use crate::domain::text::contains;
use crate::domain::value::{Object, Text};
use crate::domain::wire::{self, Call, Kind, Page};

impl Engine {
    /// The page that events happen on, as their context says it.
    pub(super) fn set_context_page(&mut self) {
        if let Some(allowed) = &self.config.settings.url_query {
            // What a shop did not name in `urlQuery` is taken out before anything reads or keeps the address.
            for key in ["url", "referrer"] {
                let trimmed = self.options.page.text(key).map(|url| without_query(url, allowed));
                self.options.page.make_object().set(key, trimmed);
            }
        }
        let page = &self.options.page;
        let text = |key: &str| String::from(page.text(key).unwrap_or_default());
        let url = text("url");
        let parsed = crate::domain::host::parse_url(&url, None).unwrap_or_default();
        self.context.set_page(Page { path: parsed.pathname, search: parsed.search, title: text("title"), referrer: text("referrer"), url });
    }

    /// Names the session that an event belongs to, which may begin with it, in the context of its text.
    pub(super) fn name_session(&mut self, event: &Event) {
        let session = self.visitor.session_of(&self.config, event);
        if session == self.session_named {
            return;
        }
        self.session_named = session;
        let mut name = String::from(&*self.shared.anonymous_id);
        name.push('.');
        crate::domain::number::push_integer(i64::from(session), &mut name);
        self.context.set_session(&name);
    }

    /// Writes an event's wire text and puts it into the outbox.
    pub(super) fn post(&mut self, kind: Kind, name: Option<&str>, event: &Event, text: Option<&str>) {
        let mut dropped = None;
        // What a former page handed over the shop has looked at already.
        let filters = self.options.filter && text.is_none();
        let text = match text {
            // It was acknowledged, or dropped, before it was stored.
            Some("") => return,
            // A former page of this tab made the text already: the event keeps its stream and its number.
            Some(text) => String::from(text),
            None => {
                let mut seq = 1;
                if self.timed {
                    // Whichever page load's text arrives first: it leaves a gap in no other's stream.
                    self.context.set_stream(&event.id);
                } else {
                    self.seq += 1;
                    seq = self.seq;
                    dropped = self.outbox.as_mut().and_then(|outbox| outbox.take_report());
                }
                let mut local_only: Vec<&str> = self.config.settings.local_only.iter().map(|path| &**path).gather();
                local_only.push("traits.memberHash");
                let whole = if kind == Kind::Identify { "traits" } else { "properties" };
                let data = match self.config.settings.privacy.personal {
                    _ if local_only.contains(&whole) => Object::new(),
                    Personal::Hash => personal::hashed(&event.properties),
                    _ => event.properties.clone(),
                };
                let text = wire::event_text(
                    &self.context,
                    &Call {
                        kind,
                        name,
                        data: &data,
                        id: &event.id,
                        at: event.at - self.visitor.ahead(),
                        anonymous: &self.shared.anonymous_id,
                        user: event.user.as_deref().or(self.shared.user_id.as_deref()),
                        seq,
                        dropped: dropped.as_ref(),
                    },
                    &local_only,
                );
                if self.timed {
                    self.context.set_stream(&self.stream);
                }
                text
            }
        };
        if filters {
            self.filtering.push((event.id.clone(), dropped));
            self.effects.push(Effect::Filter { events: vec![(event.id.clone(), text)] });
        } else {
            self.push_out(event.id.clone(), text);
        }
    }
}

/// An address with only the allowed parameters; a fragment that is the name of a place stays.
fn without_query(url: &str, allowed: &[Text]) -> String {
    let (address, fragment) = url.split_at(url.find('#').unwrap_or(url.len()));
    let mut out = String::new();
    push_query(address, allowed, &mut out);
    // Some routers keep a query behind the hash, and some sign-ins their token.
    if contains(fragment, "?") || !contains(fragment, "=") {
        push_query(fragment, allowed, &mut out);
    }
    out
}

fn push_query(address: &str, allowed: &[Text], out: &mut String) {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    out.push_str(path);
    let mut mark = '?';
    for pair in query.split('&') {
        let key = pair.split('=').next().unwrap_or("");
        // The marketer's own word is to the engine.
        if key == "dangol-preview" || allowed.iter().any(|name| &**name == key) {
            out.push(mark);
            out.push_str(pair);
            mark = '&';
        }
    }
}
