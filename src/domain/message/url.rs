//! Which addresses a message may point to. A real parser decides, so no spelling trick gets by.

use crate::domain::host;

/// What an address is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A link that the visitor follows.
    Link,
    /// A picture that the page loads.
    Image,
}

/// The longest address that is taken.
const MAX_BYTES: usize = 2048;

/// The address as it may be used on a page at `base`, or `None`: http and https, relative ones, and for links also
/// `mailto:` and `tel:`.
///
/// Control characters and credentials are refused: they serve to disguise where a link leads.
pub fn allow(address: &str, base: &str, purpose: Purpose) -> Option<String> {
    let address = address.trim_matches(' ');
    if address.is_empty()
        || address.len() > MAX_BYTES
        || address
            .chars()
            .any(|c| c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'))
    {
        return None;
    }
    // A relative address needs a base to be judged; on a page without a usable one it is judged against a stand-in.
    let base = if base.starts_with("http") { base } else { "https://shop.invalid/" };
    let url = host::parse_url(address, Some(base))?;
    let is_web = matches!(url.protocol.as_str(), "http:" | "https:");
    let is_contact = purpose == Purpose::Link && matches!(url.protocol.as_str(), "mailto:" | "tel:");
    if !(is_web || is_contact) || url.credentials || (is_web && url.host.is_empty()) {
        return None;
    }
    Some(address.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(address: &str, is_allowed: bool) {
        assert_eq!(allow(address, "https://shop.example/p/1?x=2", Purpose::Link).is_some(), is_allowed, "{address:?}");
    }

    #[test]
    fn web_relative_and_contact_addresses_are_allowed() {
        for address in [
            "https://shop.example/sale",
            "HTTP://shop.example",
            "/cart?step=2#pay",
            "../c/shoes",
            "?page=2",
            "#top",
            "//cdn.example/a",
            "https://쇼핑.example/가을",
            "mailto:help@shop.example?subject=%EC%95%88%EB%85%95",
            "tel:+82-2-123-4567",
            "cart",
        ] {
            check(address, true);
        }
    }

    #[test]
    fn everything_else_is_refused() {
        for address in [
            "",
            " ",
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            " javascript:alert(1)",
            "java\tscript:alert(1)",
            "java\nscript:alert(1)",
            "\u{1}javascript:alert(1)",
            "\u{a0}\tjavascript:alert(1)",
            "javascript://shop.example/%0aalert(1)",
            "data:text/html,<script>alert(1)</script>",
            "DATA:text/html;base64,PHNjcmlwdD4=",
            "vbscript:msgbox(1)",
            "blob:https://shop.example/1",
            "file:///etc/passwd",
            "filesystem:https://shop.example/x",
            "view-source:https://shop.example",
            "intent://x#Intent;scheme=javascript;end",
            "about:blank",
            "https://shop.example@evil.example/",
            "https://user:pass@evil.example/",
            "https://",
            "https://shop.example/\u{202e}gpj.exe",
            "https://shop\u{200b}.example/",
            "http:\\\\user@evil.example",
        ] {
            check(address, false);
        }
    }

    #[test]
    fn a_picture_comes_from_the_web_only() {
        assert!(allow("tel:1", "https://shop.example", Purpose::Image).is_none());
        assert!(allow("data:image/svg+xml,<svg/>", "", Purpose::Image).is_none());
        assert!(allow("/a.webp", "", Purpose::Image).is_some());
    }

    #[test]
    fn a_very_long_address_is_refused() {
        check(&["https://shop.example/", &"a".repeat(3000)].concat(), false);
    }
}
