//! What the domain lets its host do: pure functions that a browser already has and that would cost the wasm dearly.
//!
//! They read no clock and keep no state, so the same call gives the same answer; native builds use well-known crates,
//! the browser its own `Intl`, `URL` and number text. The host is installed once per thread; without one,
//! native code uses [`native`](self) defaults.

use std::cell::RefCell;
use std::rc::Rc;

/// A parsed URL, its parts spelled as the WHATWG URL standard does.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Url {
    /// The whole, serialized.
    pub href: String,
    /// The scheme with its colon, `https:`.
    pub protocol: String,
    /// The host with its port.
    pub host: String,
    /// The path, `/cart`.
    pub pathname: String,
    /// The query with its question mark, or empty.
    pub search: String,
    /// Whether a user name or a password is in it.
    pub credentials: bool,
}

/// The functions a host gives.
pub trait Host {
    /// The UTC offsets of an IANA time zone: `(from ms, offset in seconds)` in order, the first at or before `from`,
    /// the last before `to`; `None` where the zone is unknown.
    fn transitions(&self, zone: &str, from: i64, to: i64) -> Option<Vec<(i64, i32)>>;
    /// JavaScript's `String(number)` for a finite number.
    fn number_to_text(&self, number: f64) -> String;
    /// The double nearest to a JSON number.
    fn text_to_number(&self, text: &str) -> f64;
    /// JavaScript's `toLowerCase`; only ever asked for a text beyond ASCII, whose tables a browser has.
    fn lower(&self, text: &str) -> String;
    /// JavaScript's `toUpperCase`, likewise.
    fn upper(&self, text: &str) -> String;
    /// Undoes `application/x-www-form-urlencoded` in a name or value of a query; only ever asked for a text with `%` or
    /// `+` in it. What is malformed stays as it is, what is no UTF-8 becomes U+FFFD.
    fn decode(&self, text: &str) -> String;
    /// Parses a URL as the WHATWG standard says, against `base` where given.
    fn parse_url(&self, text: &str, base: Option<&str>) -> Option<Url>;
}

thread_local! {
    static HOST: RefCell<Option<Rc<dyn Host>>> = const { RefCell::new(None) };
}

/// Installs the host's functions for this thread.
pub fn install(host: Rc<dyn Host>) {
    HOST.with(|slot| *slot.borrow_mut() = Some(host));
}

#[cfg(not(target_family = "wasm"))]
fn current() -> Option<Rc<dyn Host>> {
    HOST.with(|slot| {
        let mut slot = slot.borrow_mut();
        Some(Rc::clone(slot.get_or_insert_with(|| Rc::new(native::Native))))
    })
}

#[cfg(target_family = "wasm")]
fn current() -> Option<Rc<dyn Host>> {
    HOST.with(|slot| slot.borrow().clone())
}

/// The text in lower case; see [`Host::lower`].
pub fn lower(text: &str) -> String {
    match current() {
        Some(host) if !text.is_ascii() => host.lower(text),
        _ => text.to_ascii_lowercase(),
    }
}

/// The text in upper case; see [`Host::upper`].
pub fn upper(text: &str) -> String {
    match current() {
        Some(host) if !text.is_ascii() => host.upper(text),
        _ => text.to_ascii_uppercase(),
    }
}

/// See [`Host::transitions`].
pub fn transitions(zone: &str, from: i64, to: i64) -> Option<Vec<(i64, i32)>> {
    current()?.transitions(zone, from, to)
}

/// See [`Host::number_to_text`].
pub fn number_to_text(number: f64) -> String {
    current().map_or_else(String::new, |host| host.number_to_text(number))
}

/// See [`Host::text_to_number`].
pub fn text_to_number(text: &str) -> f64 {
    current().map_or(0.0, |host| host.text_to_number(text))
}

/// The name or value of a query as it was meant; see [`Host::decode`].
pub fn decode(text: &str) -> String {
    match current() {
        Some(host) if text.contains(['%', '+']) => host.decode(text),
        _ => text.into(),
    }
}

/// See [`Host::parse_url`].
pub fn parse_url(text: &str, base: Option<&str>) -> Option<Url> {
    current()?.parse_url(text, base)
}

#[cfg(not(target_family = "wasm"))]
mod native {
    use super::{Host, Url};

    /// The host of native builds: tests, the simulation, the command line's own checks.
    pub(super) struct Native;

    impl Host for Native {
        fn transitions(&self, zone: &str, from: i64, to: i64) -> Option<Vec<(i64, i32)>> {
            let zone = jiff::tz::TimeZone::get(zone).ok()?;
            let first = jiff::Timestamp::from_millisecond(from).ok()?;
            let mut list = vec![(from, zone.to_offset(first).seconds())];
            for change in zone.following(first) {
                let at = change.timestamp().as_millisecond();
                if at >= to {
                    break;
                }
                let offset = change.offset().seconds();
                if list.last().is_none_or(|last| last.1 != offset) {
                    list.push((at, offset));
                }
            }
            Some(list)
        }

        fn number_to_text(&self, number: f64) -> String {
            // The shortest digits come from the standard library; their layout is ECMA-262's Number::toString.
            let scientific = format!("{number:e}");
            let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
            let exponent: i32 = exponent.parse().unwrap_or(0);
            let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
            let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
            let count = digits.len() as i32;
            let point = exponent + 1;
            let zeros = |n: i32| "0".repeat(n.max(0) as usize);
            let body = if count <= point && point <= 21 {
                digits + &zeros(point - count)
            } else if 0 < point && point <= 21 {
                let (whole, fraction) = digits.split_at(point as usize);
                format!("{whole}.{fraction}")
            } else if -6 < point && point <= 0 {
                format!("0.{}{digits}", zeros(-point))
            } else {
                let (first, rest) = digits.split_at(1);
                let dot = if rest.is_empty() { "" } else { "." };
                format!("{first}{dot}{rest}e{}{}", if exponent < 0 { "-" } else { "+" }, exponent.abs())
            };
            format!("{sign}{body}")
        }

        fn lower(&self, text: &str) -> String {
            text.to_lowercase()
        }

        fn upper(&self, text: &str) -> String {
            text.to_uppercase()
        }

        fn text_to_number(&self, text: &str) -> f64 {
            text.parse().unwrap_or(f64::NAN)
        }

        fn decode(&self, text: &str) -> String {
            url::form_urlencoded::parse(text.as_bytes()).next().map(|(name, _)| name.into_owned()).unwrap_or_default()
        }

        fn parse_url(&self, text: &str, base: Option<&str>) -> Option<Url> {
            let base = base.and_then(|base| url::Url::parse(base).ok());
            let parsed = url::Url::options().base_url(base.as_ref()).parse(text).ok()?;
            let port = parsed.port().map(|port| format!(":{port}")).unwrap_or_default();
            Some(Url {
                href: parsed.to_string(),
                protocol: format!("{}:", parsed.scheme()),
                host: format!("{}{port}", parsed.host_str().unwrap_or("")),
                pathname: parsed.path().to_string(),
                search: parsed.query().filter(|query| !query.is_empty()).map(|query| format!("?{query}")).unwrap_or_default(),
                credentials: !parsed.username().is_empty() || parsed.password().is_some(),
            })
        }
    }
}
