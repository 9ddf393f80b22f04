//! What looks like an e-mail address or a telephone number of a person, and what stands for it where it may not leave.

use super::list::Gather;
use super::text::contains;
use super::value::{Object, Value};

/// Whether a text is a person's e-mail address.
fn is_mail(text: &str) -> bool {
    let Some((name, host)) = text.trim().split_once('@') else { return false };
    let is_plain = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte > b' ' && !b"@<>()[],;:\\\"/?".contains(&byte));
    // Forwards only: looking from the end would bring code of its own.
    let end = host.split('.').fold("", |_, part| part);
    is_plain(name)
        && is_plain(host)
        && contains(host, ".")
        && !host.starts_with('.')
        && end.len() >= 2
        && end.bytes().all(|byte| byte.is_ascii_alphabetic() || byte >= 0x80)
}

/// Whether a text is a telephone number: international with its plus, or with its prefix as one dials it in Korea.
///
/// Digits alone are more often an id than a number, so without a plus or hyphens only mobile numbers count.
pub fn is_phone(text: &str) -> bool {
    let text = text.trim();
    let rest = text.strip_prefix('+').unwrap_or(text);
    let digits = rest.bytes().filter(u8::is_ascii_digit).count();
    let marks = rest.bytes().filter(|byte| b"-. ()".contains(byte)).count();
    if digits + marks != rest.len() {
        return false;
    }
    let is_local = text.starts_with('0') && (9..=11).contains(&digits);
    let is_mobile =
        is_local && digits >= 10 && text.get(..3).is_some_and(|start| matches!(start, "010" | "011" | "016" | "017" | "018" | "019"));
    if rest.len() < text.len() { (9..=15).contains(&digits) } else { is_mobile || (is_local && marks >= 2) }
}

/// Whether a text is either.
pub fn is_personal(text: &str) -> bool {
    match text.trim_start().as_bytes().first() {
        None => false,
        Some(b'+' | b'0') if is_phone(text) => true,
        _ => contains(text, "@") && is_mail(text),
    }
}

/// The first key under which something personal lies.
pub fn find(object: &Object) -> Option<&str> {
    object.iter().find(|(_, value)| holds(value)).map(|(key, _)| &**key)
}

fn holds(value: &Value) -> bool {
    match value {
        Value::Text(text) => is_personal(text),
        Value::List(items) => items.iter().any(holds),
        Value::Object(object) => find(object).is_some(),
        _ => false,
    }
}

/// The same with a hash in place of everything personal.
pub fn hashed(object: &Object) -> Object {
    let mut out = Object::new();
    for (key, value) in object.iter() {
        out.set(key, hashed_value(value));
    }
    out
}

fn hashed_value(value: &Value) -> Value {
    match value {
        Value::Text(text) if is_personal(text) => hash_of(text).into(),
        Value::List(items) => items.iter().map(hashed_value).gather().into(),
        Value::Object(object) => hashed(object).into(),
        other => other.clone(),
    }
}

/// SHA-256 in hexadecimal of the normalised form: an address in lower case without space around it, a number as E.164
/// (`+821012345678`; a leading zero is Korea's).
pub fn hash_of(text: &str) -> String {
    let text = text.trim();
    let mut plain = String::new();
    if contains(text, "@") {
        plain.push_str(&text.to_ascii_lowercase());
    } else {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        plain.push('+');
        match digits.strip_prefix('0').filter(|_| !text.starts_with('+')) {
            Some(rest) => {
                plain.push_str("82");
                plain.push_str(rest);
            }
            None => plain.push_str(&digits),
        }
    }
    let mut out = String::with_capacity(64);
    for word in sha256(plain.as_bytes()) {
        for shift in (0..8).rev() {
            out.push(char::from_digit((word >> (4 * shift)) & 15, 16).unwrap_or('0'));
        }
    }
    out
}

/// FIPS 180-4. Written out because a page on http has no WebCrypto, and a crate would cost more than this.
fn sha256(text: &[u8]) -> [u32; 8] {
    let mut state = roots(8, 2);
    let constants = roots(64, 3);
    let mut bytes = text.to_vec();
    bytes.push(0x80);
    while bytes.len() % 64 != 56 {
        bytes.push(0);
    }
    bytes.extend_from_slice(&(text.len() as u64 * 8).to_be_bytes());
    for block in bytes.chunks(64) {
        let mut words: Vec<u32> = block.chunks(4).map(|word| word.iter().fold(0, |sum, byte| (sum << 8) | u32::from(*byte))).gather();
        for at in 16..64 {
            let word = |back: usize| words.get(at - back).copied().unwrap_or(0);
            let (two, fifteen) = (word(2), word(15));
            let low = fifteen.rotate_right(7) ^ fifteen.rotate_right(18) ^ (fifteen >> 3);
            let high = two.rotate_right(17) ^ two.rotate_right(19) ^ (two >> 10);
            let sum = word(16).wrapping_add(low).wrapping_add(word(7)).wrapping_add(high);
            words.push(sum);
        }
        let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = to_eight(&state);
        for (word, constant) in words.iter().zip(&constants) {
            let high = e.rotate_right(6) ^ e.rotate_right(11) ^ e.rotate_right(25);
            let choice = (e & f) ^ (!e & g);
            let one = h.wrapping_add(high).wrapping_add(choice).wrapping_add(*constant).wrapping_add(*word);
            let low = a.rotate_right(2) ^ a.rotate_right(13) ^ a.rotate_right(22);
            let two = low.wrapping_add((a & b) ^ (a & c) ^ (b & c));
            (h, g, f, e, d, c, b, a) = (g, f, e, d.wrapping_add(one), c, b, a, one.wrapping_add(two));
        }
        for (slot, more) in state.iter_mut().zip([a, b, c, d, e, f, g, h]) {
            *slot = slot.wrapping_add(more);
        }
    }
    to_eight(&state)
}

fn to_eight(list: &[u32]) -> [u32; 8] {
    let mut out = [0; 8];
    out.iter_mut().zip(list).for_each(|(slot, word)| *slot = *word);
    out
}

/// The first 32 bits of the fractional parts of the roots of the first primes: the standard's constants, worked out
/// instead of carried along. `power` is 2 for square roots and 3 for cube roots.
fn roots(count: usize, power: u32) -> Vec<u32> {
    let mut out = Vec::new();
    let mut number: u32 = 2;
    while out.len() < count {
        if !(2..number).any(|divisor| number.is_multiple_of(divisor)) {
            // The greatest integer whose power is at most the prime times 2^(32 * power).
            let target = u128::from(number) << (32 * power);
            let (mut low, mut high) = (0_u128, 1_u128 << 37);
            while high - low > 1 {
                let middle = (low + high) / 2;
                if middle.pow(power) <= target {
                    low = middle;
                } else {
                    high = middle;
                }
            }
            out.push(low as u32);
        }
        number += 1;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_the_standards() {
        let hex = |text: &str| sha256(text.as_bytes()).iter().map(|word| format!("{word:08x}")).collect::<String>();
        assert_eq!(hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert_eq!(hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(
            hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        );
    }

    #[test]
    fn what_means_the_same_has_the_same_hash() {
        assert_eq!(hash_of(" Minji@Example.COM "), hash_of("minji@example.com"));
        for number in ["010-1234-5678", "01012345678", "+82 10 1234 5678", "+82-10-1234-5678"] {
            assert!(is_personal(number), "{number}");
            assert_eq!(hash_of(number), hash_of("+821012345678"), "{number}");
        }
        assert_ne!(hash_of("010-1234-5678"), hash_of("010-1234-5679"));
    }

    #[test]
    fn people_are_told_from_other_texts() {
        for text in ["minji@example.com", "min.ji+shop@mail.shop.co.kr", "사용자@예시.한국", "02-123-4567", "+1 (415) 555-2671"] {
            assert!(is_personal(text), "{text}");
        }
        for text in [
            "",
            "@handle",
            "a@b",
            "shoes",
            "2026-11-22",
            "0012345678",
            "8801234567890",
            "12,000",
            "https://a.example/@b",
            "0",
            "00:30",
            "SKU-010-1",
        ] {
            assert!(!is_personal(text), "{text}");
        }
    }
}
