//! Whether a configuration may be used: known key, true signature, its time, a revision that never goes back.

use ed25519_compact::{PublicKey, Signature};

use super::{encoding, parts};
use crate::domain::json;
use crate::domain::time::{Millis, parse_iso};
use crate::domain::value::{Object, Text, Value};

/// Why a configuration is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It carries no signature.
    Unsigned,
    /// Its first two lines are not as they should be.
    Unreadable,
    /// It was signed with a key that is not pinned.
    UnknownKey,
    /// The pinned key is no Ed25519 key.
    UnreadableKey,
    /// Signature, key and text do not belong together.
    WrongSignature,
    /// Its time has not come.
    TooEarly,
    /// Its time is over.
    Expired,
    /// A newer one was accepted before.
    RolledBack,
}

impl Refusal {
    /// The stable name, listed in `docs/problems.md`.
    pub fn code(self) -> &'static str {
        match self {
            Refusal::Unsigned => "config-unsigned",
            Refusal::Unreadable => "config-signature-unreadable",
            Refusal::UnknownKey => "config-key-unknown",
            Refusal::UnreadableKey => "public-key-unreadable",
            Refusal::WrongSignature => "config-signature-wrong",
            Refusal::TooEarly => "config-too-early",
            Refusal::Expired => "config-expired",
            Refusal::RolledBack => "config-rolled-back",
        }
    }

    fn words(self) -> &'static str {
        match self {
            Refusal::Unsigned => "the configuration is not signed, but publicKeys is set; sign it with `npx dangol sign`",
            Refusal::Unreadable => "the two lines before the configuration are damaged; sign it again with `npx dangol sign`",
            Refusal::UnknownKey => "the configuration was signed with a key that publicKeys does not name",
            Refusal::UnreadableKey => "the key in publicKeys is no Ed25519 public key: 32 bytes in base64 are expected",
            Refusal::WrongSignature => {
                "the signature does not belong to this configuration: it was changed on the way, or another key made it"
            }
            Refusal::TooEarly => "the configuration is not valid yet by this device's clock",
            Refusal::Expired => "the configuration has expired by this device's clock; sign it again with a later --expires",
            Refusal::RolledBack => "a configuration with a higher revision was accepted before",
        }
    }
}

/// What the two lines of a signed configuration say.
#[derive(Clone, Debug, PartialEq)]
pub struct Signed<'a> {
    /// Which key made the signature.
    pub key: Text,
    /// A number that never goes back.
    pub revision: u64,
    /// Not to be used before.
    pub not_before: Option<Millis>,
    /// Not to be used from then on.
    pub expires: Option<Millis>,
    /// The configuration itself.
    pub payload: &'a str,
    signature: Vec<u8>,
    /// What the signature covers.
    covered: &'a str,
}

/// Reads the two lines. Verifies nothing.
///
/// # Errors
/// Where there are none, or they are damaged.
pub fn read(text: &str) -> Result<Signed<'_>, Refusal> {
    let (head, terms, payload) = parts(text).ok_or(if text.starts_with(super::MARK) { Refusal::Unreadable } else { Refusal::Unsigned })?;
    let covered = text.get(head.len() + 1..).unwrap_or_default();
    let head = json::parse(head).map_err(|_| Refusal::Unreadable)?;
    let terms = json::parse(terms).map_err(|_| Refusal::Unreadable)?;
    let moment = |key: &str| match terms.get(key) {
        None => Ok(None),
        // A limit that cannot be read must not become none.
        Some(value) => value.as_text().and_then(parse_iso).map(Some).ok_or(Refusal::Unreadable),
    };
    let revision = terms.number("revision").filter(|number| *number >= 0.0 && *number <= 9e15 && number.fract() == 0.0);
    if terms.text("dangol") != Some("configuration/1") {
        return Err(Refusal::Unreadable);
    }
    Ok(Signed {
        key: head.text("keyId").ok_or(Refusal::Unreadable)?.into(),
        revision: revision.ok_or(Refusal::Unreadable)? as u64,
        not_before: moment("notBefore")?,
        expires: moment("expires")?,
        payload,
        signature: head.text("signature").and_then(encoding::base64).ok_or(Refusal::Unreadable)?,
        covered,
    })
}

/// Whether a configuration may be used now: `keys` are the pinned ones by id, `floor` is the highest revision accepted so
/// far. `accepted` says that this very text was accepted before: a clock that was put back does not take it away again.
///
/// # Errors
/// The first reason against it, the signature before everything that it alone makes believable.
pub fn check<'a>(text: &'a str, keys: &Object, now: Millis, floor: Option<u64>, accepted: bool) -> Result<Signed<'a>, Refusal> {
    let signed = read(text)?;
    let key = keys.get(&signed.key).ok_or(Refusal::UnknownKey)?;
    let key = key.as_text().and_then(encoding::public_key).and_then(|bytes| PublicKey::from_slice(&bytes).ok());
    let key = key.ok_or(Refusal::UnreadableKey)?;
    let signature = Signature::from_slice(&signed.signature).map_err(|_| Refusal::Unreadable)?;
    key.verify(signed.covered.as_bytes(), &signature).map_err(|_| Refusal::WrongSignature)?;
    if floor.is_some_and(|floor| signed.revision < floor) {
        return Err(Refusal::RolledBack);
    }
    if signed.expires.is_some_and(|expires| expires <= now) {
        return Err(Refusal::Expired);
    }
    if !accepted && signed.not_before.is_some_and(|from| now < from) {
        return Err(Refusal::TooEarly);
    }
    Ok(signed)
}

/// [`check`] for a host: `{keys, now, floor, accepted}` and the text give `{revision, keyId, problem?}`.
///
/// The revision of a text whose signature is true counts even where its time is over: it was accepted once.
pub fn check_to_value(request: &Value, text: &str) -> Value {
    let nothing = Object::new();
    let keys = request.get("keys").and_then(Value::as_object).unwrap_or(&nothing);
    let now = request.number("now").unwrap_or(0.0) as Millis;
    let floor = request.number("floor").map(|floor| floor as u64);
    let outcome = check(text, keys, now, floor, request.flag("accepted"));
    let mut answer = Object::new();
    let genuine = matches!(outcome, Ok(_) | Err(Refusal::Expired | Refusal::TooEarly | Refusal::RolledBack));
    if let Ok(signed) = read(text) {
        answer.set("keyId", signed.key.clone());
        if genuine {
            answer.set("revision", signed.revision as f64);
        }
    }
    if let Err(refusal) = outcome {
        let problem = crate::object! { "code" => refusal.code(), "path" => "", "severity" => "error", "message" => refusal.words() };
        answer.set("problem", problem);
    }
    answer.into()
}
