//! `page`: where the visitor is, from the latest `Page Viewed`.

use super::read::{put, stored_text, text};
use crate::domain::host;
use crate::domain::value::{Object, Text, Value};

/// A page and its address in parts.
#[derive(Clone, Debug, PartialEq, Default)]
pub(super) struct Page {
    pub(super) url: Option<Text>,
    pub(super) path: Option<Text>,
    host: Option<Text>,
    query: Option<Text>,
    title: Option<Text>,
    pub(super) referrer: Option<Text>,
    pub(super) utm: Option<Object>,
}

impl Page {
    /// Reads the properties of a `Page Viewed`.
    pub(super) fn read(properties: &Object) -> Self {
        let url = text(properties, "url");
        let parts = url.as_deref().and_then(|url| host::parse_url(url, None));
        // Segment's page calls carry `path` and `search` too; they are all there is where the address is relative.
        let (path, host, query) = match parts {
            Some(parts) => (Some(parts.pathname.into()), Some(parts.host.into()), Some(Text::from(parts.search))),
            None => (text(properties, "path"), None, text(properties, "search")),
        };
        Page {
            utm: query.as_deref().and_then(utm),
            url,
            path,
            host,
            query,
            title: text(properties, "title"),
            referrer: text(properties, "referrer"),
        }
    }

    /// The root as the document shows it; nothing before the first page.
    pub(super) fn document(&self) -> Option<Value> {
        let object = self.to_object();
        (!object.is_empty()).then(|| object.into())
    }

    fn to_object(&self) -> Object {
        let mut object = Object::new();
        for (key, part) in [
            ("url", &self.url),
            ("path", &self.path),
            ("host", &self.host),
            ("query", &self.query),
            ("title", &self.title),
            ("referrer", &self.referrer),
        ] {
            put(&mut object, key, part.clone());
        }
        put(&mut object, "utm", self.utm.clone());
        object
    }

    /// The state for a checkpoint.
    pub(super) fn to_value(&self) -> Value {
        self.to_object().into()
    }

    /// The state of a checkpoint.
    pub(super) fn from_value(value: &Value) -> Self {
        Page {
            url: stored_text(value, "url"),
            path: stored_text(value, "path"),
            host: stored_text(value, "host"),
            query: stored_text(value, "query"),
            title: stored_text(value, "title"),
            referrer: stored_text(value, "referrer"),
            utm: value.get("utm").and_then(Value::as_object).cloned(),
        }
    }
}

/// The most campaign parameters that are kept.
const UTM_LIMIT: usize = 10;

/// The campaign parameters of a query: `utm_source=a` is `source`; of a repeated one the last counts, as on the wire.
fn utm(query: &str) -> Option<Object> {
    let mut object = Object::new();
    for pair in query.trim_start_matches('?').split('&') {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        let Some(key) = key.strip_prefix("utm_") else {
            continue;
        };
        if !key.is_empty() && !value.is_empty() && object.len() < UTM_LIMIT {
            object.set(key, host::decode(value));
        }
    }
    (!object.is_empty()).then_some(object)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::object;

    #[test]
    fn an_address_is_taken_apart() {
        let page = Page::read(&object! {
            "url" => "https://shop.example:8443/shoes/1?utm_source=kakao%20talk&utm_id=7&x=1#top",
            "path" => "/ignored",
            "title" => "Shoes",
            "referrer" => "",
        });
        assert_eq!(
            page.document(),
            Some(
                object! {
                    "url" => "https://shop.example:8443/shoes/1?utm_source=kakao%20talk&utm_id=7&x=1#top",
                    "path" => "/shoes/1",
                    "host" => "shop.example:8443",
                    "query" => "?utm_source=kakao%20talk&utm_id=7&x=1",
                    "title" => "Shoes",
                    "utm" => object! { "source" => "kakao talk", "id" => "7" },
                }
                .into()
            )
        );
    }

    #[test]
    fn a_relative_address_leaves_what_the_shop_said() {
        let page = Page::read(&object! { "url" => "/a", "path" => "/a", "search" => "?utm_medium=x" });
        assert_eq!(page.path.as_deref(), Some("/a"));
        assert_eq!(page.host, None);
        assert_eq!(page.utm, Some(object! { "medium" => "x" }));
        assert_eq!(utm("?utm_source=a&utm_source=b&utm_source="), Some(object! { "source" => "b" }));
        assert_eq!(Page::read(&Object::new()).document(), None);
    }

    #[test]
    fn query_text_is_decoded() {
        for (text, expected) in [("a+b", "a b"), ("%EB%B4%84", "봄"), ("100%", "100%"), ("%zz", "%zz"), ("%4", "%4"), ("%ff", "\u{fffd}")]
        {
            assert_eq!(host::decode(text), expected);
        }
    }
}
