//! Looking for a text in a text, in a few bytes of code.
//!
//! The standard library's search is made for long texts and needs two kilobytes; the engine looks for `{{` in a
//! button's words.

/// The byte at which `piece` first stands in `text`.
pub fn find(text: &str, piece: &str) -> Option<usize> {
    (0..=text.len()).find(|at| text.get(*at..).is_some_and(|rest| rest.starts_with(piece)))
}

/// Whether `piece` stands in `text`.
pub fn contains(text: &str, piece: &str) -> bool {
    find(text, piece).is_some()
}

/// The text with every `piece` replaced by `other`.
pub fn replace(text: &str, piece: &str, other: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = find(rest, piece).filter(|_| !piece.is_empty()) {
        out.push_str(rest.get(..at).unwrap_or(""));
        out.push_str(other);
        rest = rest.get(at + piece.len()..).unwrap_or("");
    }
    out.push_str(rest);
    out
}

/// The number of characters.
pub fn count(text: &str) -> usize {
    let mut count = 0;
    for byte in text.bytes() {
        // Every byte but those that continue a character.
        if byte & 0xc0 != 0x80 {
            count += 1;
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_finds_what_the_standard_library_finds(text in "[ab가{}]{0,12}", piece in "[ab가{}]{0,3}") {
            prop_assert_eq!(find(&text, &piece), text.find(&piece));
            prop_assert_eq!(contains(&text, &piece), text.contains(&piece));
            prop_assert_eq!(count(&text), text.chars().count());
            if !piece.is_empty() {
                prop_assert_eq!(replace(&text, &piece, "-"), text.replace(&piece, "-"));
            }
        }
    }
}
