//! Signed configurations: two lines before the configuration say who vouches for it and for how long (docs/signing.md).
//!
//! ```text
//! {"dangol":"signed/1","keyId":"2026-a","signature":"…"}
//! {"dangol":"configuration/1","revision":42,"expires":"2026-12-31T15:00:00.000Z"}
//! … the configuration, exactly as it was written …
//! ```
//!
//! The signature covers every byte after the first line break. It stands first, so that a reader can verify while the
//! rest arrives, and the configuration stays as it is, so that nothing has to be unpacked before it can be read.

#[cfg(any(feature = "signature", not(target_family = "wasm")))]
mod check;
#[cfg(any(feature = "signature", not(target_family = "wasm")))]
mod encoding;

#[cfg(any(feature = "signature", not(target_family = "wasm")))]
pub use check::{Refusal, Signed, check, check_to_value, read};

use super::json;
use super::value::Value;

/// How a signed configuration begins.
const MARK: &str = "{\"dangol\":\"signed/1\"";

/// The configuration in a text: what stands after the two lines of a signed one, else the text itself. Verifies nothing.
pub fn payload(text: &str) -> &str {
    parts(text).map_or(text, |(_, _, payload)| payload)
}

/// The configuration in a text, signed or not, as a value. Verifies nothing.
///
/// # Errors
/// Where it is no JSON.
pub fn parse(text: &str) -> Result<Value, json::JsonError> {
    json::parse(payload(text))
}

/// The line with the signature, the line with the terms, and the configuration; `None` for an unsigned one.
fn parts(text: &str) -> Option<(&str, &str, &str)> {
    if !text.starts_with(MARK) {
        return None;
    }
    let (head, rest) = text.split_once('\n')?;
    let (terms, payload) = rest.split_once('\n')?;
    Some((head, terms, payload))
}
