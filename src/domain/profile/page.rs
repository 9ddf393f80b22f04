//! `page`: where the visitor is, from the latest `Page Viewed`.

use super::read::{put, text};
use crate::domain::host;
use crate::domain::value::{Object, Text, Value};

/// A page and its address in parts, as the document shows it and as a checkpoint keeps it.
#[derive(Clone, Debug, PartialEq, Default)]
pub(super) struct Page(pub(super) Object);

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
        let utm = query.as_deref().and_then(utm);
        let (title, referrer) = (text(properties, "title"), text(properties, "referrer"));
        let mut object = Object::new();
        for (key, part) in [("url", url), ("path", path), ("host", host), ("query", query), ("title", title), ("referrer", referrer)] {
            put(&mut object, key, part);
        }
        put(&mut object, "utm", utm);
        Page(object)
    }

    /// The root as the document shows it; nothing before the first page.
    pub(super) fn document(&self) -> Option<Value> {
        (!self.0.is_empty()).then(|| self.to_value())
    }

    /// The state for a checkpoint.
    pub(super) fn to_value(&self) -> Value {
        self.0.clone().into()
    }

    /// The state of a checkpoint; none where it is damaged.
    pub(super) fn from_value(value: &Value) -> Self {
        Page(value.as_object().cloned().unwrap_or_default())
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
        assert_eq!(page.0.get("path"), Some(&"/a".into()));
        assert_eq!(page.0.get("host"), None);
        assert_eq!(page.0.get("utm"), Some(&object! { "medium" => "x" }.into()));
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
