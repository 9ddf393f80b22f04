//! Signed configurations: RFC 8032's published values, and every way in which one may not be used.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // A test may fail.

use dangol::domain::json::parse;
use dangol::domain::signed::{Refusal, check, check_to_value, payload, read};
use dangol::domain::time::parse_iso;
use dangol::domain::value::{Object, Value};
use ed25519_compact::{KeyPair, PublicKey, Seed, Signature};

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

/// RFC 8032, section 7.1, tests 1 to 3 and SHA(abc): secret key, public key, message, signature.
const RFC_8032: [[&str; 4]; 4] = [
    [
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ],
    [
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ],
    [
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ],
    [
        "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
    ],
];

#[test]
fn the_signatures_of_rfc_8032_are_true_and_nothing_beside_them() {
    for [secret, public, message, signature] in RFC_8032.map(|row| row.map(bytes)) {
        let pair = KeyPair::from_seed(Seed::from_slice(&secret).unwrap());
        assert_eq!(pair.pk.as_ref(), &public[..]);
        assert_eq!(pair.sk.sign(&message, None).as_ref(), &signature[..]);
        let key = PublicKey::from_slice(&public).unwrap();
        assert!(key.verify(&message, &Signature::from_slice(&signature).unwrap()).is_ok());
        for bit in 0..512 {
            let mut wrong = signature.clone();
            wrong[bit / 8] ^= 1 << (bit % 8);
            assert!(Signature::from_slice(&wrong).is_err() || key.verify(&message, &Signature::from_slice(&wrong).unwrap()).is_err());
        }
        // The same S plus the group's order is the same number to a careless verifier.
        let order = bytes("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
        let mut wrong = signature.clone();
        let mut carry = 0u16;
        for (byte, more) in wrong[32..].iter_mut().zip(&order) {
            carry += u16::from(*byte) + u16::from(*more);
            *byte = carry as u8;
            carry >>= 8;
        }
        assert!(key.verify(&message, &Signature::from_slice(&wrong).unwrap()).is_err());
    }
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let number = chunk.iter().fold(0u32, |sum, byte| sum << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..=chunk.len() {
            out.push(DIGITS[(number >> (18 - 6 * place)) as usize & 63] as char);
        }
    }
    out
}

fn pair(seed: u8) -> KeyPair {
    KeyPair::from_seed(Seed::new([seed; 32]))
}

fn keys(list: &[(&str, u8)]) -> Object {
    let mut keys = Object::new();
    for (id, seed) in list {
        keys.set(id, base64(pair(*seed).pk.as_ref()));
    }
    keys
}

/// A configuration signed by the key of `seed` under the name `id`.
fn sign(id: &str, seed: u8, terms: &str, config: &str) -> String {
    let covered = format!("{{\"dangol\":\"configuration/1\",{terms}}}\n{config}");
    let signature = base64(pair(seed).sk.sign(covered.as_bytes(), None).as_ref());
    format!("{{\"dangol\":\"signed/1\",\"keyId\":\"{id}\",\"signature\":\"{signature}\"}}\n{covered}")
}

const CONFIG: &str = "{\n  \"version\": 1, \"settings\": { \"advertisingLabel\": \"(광고)\" }\n}\n";
const NOW: &str = "2026-11-24T12:00:00Z";

#[track_caller]
fn verdict(text: &str, floor: Option<u64>, accepted: bool) -> Result<u64, Refusal> {
    let now = parse_iso(NOW).unwrap();
    check(text, &keys(&[("old", 1), ("new", 2)]), now, floor, accepted).map(|signed| signed.revision)
}

#[test]
fn the_payload_is_the_configuration_to_the_byte() {
    let text = sign("old", 1, r#""revision":7"#, CONFIG);
    assert_eq!(payload(&text), CONFIG);
    assert_eq!(payload(CONFIG), CONFIG);
    assert_eq!(read(&text).unwrap().payload, CONFIG);
    // Cut off: no configuration comes out of it.
    for at in 0..text.len() - CONFIG.len() {
        if text.is_char_boundary(at) && text[..at].starts_with("{\"dangol\":\"signed/1\"") {
            assert_eq!(payload(&text[..at]), &text[..at]);
        }
    }
}

#[test]
fn either_pinned_key_is_accepted_and_no_other() {
    assert_eq!(verdict(&sign("old", 1, r#""revision":7"#, CONFIG), None, false), Ok(7));
    assert_eq!(verdict(&sign("new", 2, r#""revision":8"#, CONFIG), Some(7), false), Ok(8));
    assert_eq!(verdict(&sign("other", 3, r#""revision":9"#, CONFIG), None, false), Err(Refusal::UnknownKey));
    // A stranger's key under a pinned name, and one pinned key under the other's name.
    assert_eq!(verdict(&sign("old", 3, r#""revision":9"#, CONFIG), None, false), Err(Refusal::WrongSignature));
    assert_eq!(verdict(&sign("old", 2, r#""revision":9"#, CONFIG), None, false), Err(Refusal::WrongSignature));
    assert_eq!(verdict(CONFIG, None, true), Err(Refusal::Unsigned));
    let mut bad = Object::new();
    bad.set("old", "AAAA");
    assert_eq!(check(&sign("old", 1, r#""revision":7"#, CONFIG), &bad, 0, None, false).unwrap_err(), Refusal::UnreadableKey);
}

#[test]
fn no_single_byte_can_be_changed() {
    let text = sign("old", 1, r#""revision":7,"expires":"2027-01-01T00:00:00Z""#, CONFIG);
    assert_eq!(verdict(&text, None, false), Ok(7));
    for at in 0..text.len() {
        for other in [b' ', text.as_bytes()[at] ^ 1] {
            let mut changed = text.clone().into_bytes();
            changed[at] = other;
            let Ok(changed) = String::from_utf8(changed) else { continue };
            // Base64 in another spelling of the same bytes is the one thing that may differ.
            if changed != text {
                assert!(verdict(&changed, None, false).is_err(), "byte {at}: {changed}");
            }
        }
    }
    for (from, to) in [("\n", "\r\n"), ("  ", " ")] {
        assert!(verdict(&text.replace(from, to), None, false).is_err());
    }
    assert!(verdict(&format!("{text}\n"), None, false).is_err());
    assert!(verdict(&text[..text.len() - 1], None, false).is_err());
}

#[test]
fn time_and_revision_bound_what_was_signed() {
    let signed = |terms: &str| sign("old", 1, terms, CONFIG);
    // The first instant counts, the last does not.
    assert_eq!(verdict(&signed(r#""revision":1,"notBefore":"2026-11-24T12:00:00Z""#), None, false), Ok(1));
    let early = signed(r#""revision":1,"notBefore":"2026-11-24T12:00:00.001Z""#);
    assert_eq!(verdict(&early, None, false), Err(Refusal::TooEarly));
    assert_eq!(verdict(&early, None, true), Ok(1));
    assert_eq!(verdict(&signed(r#""revision":1,"expires":"2026-11-24T12:00:00.001Z""#), None, false), Ok(1));
    let late = signed(r#""revision":1,"expires":"2026-11-24T12:00:00Z""#);
    assert_eq!(verdict(&late, None, false), Err(Refusal::Expired));
    assert_eq!(verdict(&late, None, true), Err(Refusal::Expired));

    assert_eq!(verdict(&signed(r#""revision":6"#), Some(7), false), Err(Refusal::RolledBack));
    assert_eq!(verdict(&signed(r#""revision":7"#), Some(7), false), Ok(7));
    for unreadable in [
        r#""revision":-1"#,
        r#""revision":1.5"#,
        r#""revision":"2""#,
        r#""revision":1e300"#,
        r#""x":1"#,
        r#""revision":1,"expires":"soon""#,
        r#""revision":1,"expires":1900000000000"#,
        r#""revision":1,"notBefore":null"#,
    ] {
        assert_eq!(verdict(&signed(unreadable), None, false), Err(Refusal::Unreadable), "{unreadable}");
    }
}

#[test]
fn a_signature_over_something_else_by_the_same_key_is_none() {
    // What the key signed in another format does not begin with the terms of a configuration.
    let covered = format!("{{\"dangol\":\"something/1\",\"revision\":1}}\n{CONFIG}");
    let signature = base64(pair(1).sk.sign(covered.as_bytes(), None).as_ref());
    let text = format!("{{\"dangol\":\"signed/1\",\"keyId\":\"old\",\"signature\":\"{signature}\"}}\n{covered}");
    assert_eq!(verdict(&text, None, false), Err(Refusal::Unreadable));
}

#[test]
fn a_host_hears_the_revision_only_of_what_is_genuine() {
    let now = parse_iso(NOW).unwrap() as f64;
    let ask = |text: &str, floor: Value| {
        let request = dangol::object! { "keys" => keys(&[("old", 1)]), "now" => now, "floor" => floor };
        check_to_value(&request.into(), text)
    };
    let good = ask(&sign("old", 1, r#""revision":5"#, CONFIG), Value::Null);
    assert_eq!((good.number("revision"), good.get("problem")), (Some(5.0), None));
    let old = ask(&sign("old", 1, r#""revision":4,"expires":"2026-01-01T00:00:00Z""#, CONFIG), Value::Null);
    assert_eq!((old.number("revision"), old.at("problem.code").and_then(Value::as_text)), (Some(4.0), Some("config-expired")));
    let forged = ask(&sign("old", 2, r#""revision":99"#, CONFIG), Value::Null);
    assert_eq!((forged.number("revision"), forged.at("problem.code").and_then(Value::as_text)), (None, Some("config-signature-wrong")));
    let back = ask(&sign("old", 1, r#""revision":4"#, CONFIG), 5.0.into());
    assert_eq!(back.at("problem.code").and_then(Value::as_text), Some("config-rolled-back"));
    let problem = parse(&dangol::domain::json::to_text(back.get("problem").unwrap())).unwrap();
    assert!(problem.text("message").is_some_and(|message| message.len() > 20));
}
