//! The encodings in which keys and signatures are handed about.

use crate::domain::list::Gather;

/// Before the 32 bytes of an Ed25519 key in X.509's form (RFC 8410), which is what OpenSSL and Node export.
const SPKI: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// A public key: 32 bytes in base64, base64url or hexadecimal, or X.509's form of it in base64 or PEM.
pub(super) fn public_key(text: &str) -> Option<Vec<u8>> {
    let text: String = text.lines().filter(|line| !line.starts_with("-----")).map(str::trim).gather().concat();
    if text.len() == 64
        && let Some(bytes) = hexadecimal(&text)
    {
        return Some(bytes);
    }
    let bytes = base64(&text)?;
    match bytes.strip_prefix(&SPKI) {
        Some(key) if key.len() == 32 => Some(key.to_vec()),
        _ if bytes.len() == 32 => Some(bytes),
        _ => None,
    }
}

/// Base64 with either alphabet, padded or not; `None` where a bit is left over, so that a text has one reading only.
pub(super) fn base64(text: &str) -> Option<Vec<u8>> {
    let digits = text.trim_end_matches('=');
    if text.len() - digits.len() > 2 {
        return None;
    }
    let mut bytes = Vec::with_capacity(digits.len() * 3 / 4);
    let (mut buffer, mut bits) = (0u32, 0u32);
    for digit in digits.bytes() {
        let value = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'a'..=b'z' => digit - b'a' + 26,
            b'0'..=b'9' => digit - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        buffer = (buffer << 6) | u32::from(value);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((buffer >> bits) as u8);
            buffer &= (1 << bits) - 1;
        }
    }
    (bits < 6 && buffer == 0).then_some(bytes)
}

fn hexadecimal(text: &str) -> Option<Vec<u8>> {
    let digits = text.chars().map(|digit| digit.to_digit(16)).collect::<Option<Vec<u32>>>()?;
    Some(digits.chunks_exact(2).map(|pair| pair.iter().fold(0, |byte, digit| (byte << 4) | *digit) as u8).gather())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_has_one_reading() {
        assert_eq!(base64("").as_deref(), Some(&[][..]));
        assert_eq!(base64("Zg==").as_deref(), Some(&b"f"[..]));
        assert_eq!(base64("Zm8").as_deref(), Some(&b"fo"[..]));
        assert_eq!(base64("Zm9vYmFy").as_deref(), Some(&b"foobar"[..]));
        assert_eq!(base64("-_-_"), base64("+/+/"));
        for wrong in ["Z", "Zh==", "Zm9=", "Zg===", "Z g=", "Zm9v\n", "é"] {
            assert_eq!(base64(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_key_may_come_in_any_usual_form() {
        // The public key of the first test of RFC 8032.
        let hex = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
        let key = public_key(hex).unwrap();
        let forms = [
            "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
            "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
            "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
            "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n-----END PUBLIC KEY-----\n",
        ];
        for form in forms {
            assert_eq!(public_key(form), Some(key.clone()), "{form}");
        }
        for wrong in ["", "short", "MCowBQYDK2VuAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=", &hex[1..]] {
            assert_eq!(public_key(wrong), None, "{wrong}");
        }
    }
}
