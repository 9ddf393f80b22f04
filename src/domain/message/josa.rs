//! Korean particles, chosen by how the word before them is read aloud.
//!
//! Hangul is certain. Digits are read as numbers, abbreviations letter by letter, Latin words by the way their
//! endings are usually written in Hangul, units by their names. Brackets at the end are passed over. A word that cannot
//! be read gets both forms, `을(를)`, as Korean print does.

/// How a word ends: what decides between two forms of a particle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    /// In a vowel.
    Open,
    /// In ㄹ, which counts as a vowel before `로`.
    Rieul,
    /// In any other consonant.
    Closed,
}

use crate::domain::list::Gather;
use Ending::{Closed, Open, Rieul};

/// The pairs whose forms could be taken for one another's ending when the slash between them is left out.
pub(super) const PAIRS: [(&str, &str); 6] = [("이", "가"), ("은", "는"), ("을", "를"), ("과", "와"), ("아", "야"), ("으로", "로")];

/// The word followed by the form of `particle` that fits it.
///
/// `particle` is a pair in either order (`을/를`, `와/과`), or one form of it (`를`, `이에요`, `과(와)`).
pub fn attach(word: &str, particle: &str) -> String {
    let mut out = String::from(word);
    out.push_str(&pick(word, particle));
    out
}

/// The form of `particle` that fits `word`.
pub fn pick(word: &str, particle: &str) -> String {
    let particle = particle.trim();
    let Some((closed, open, tail)) = forms(particle) else {
        return particle.into();
    };
    let mut out = match ending(word) {
        Some(Open) => open,
        Some(Rieul) if open.starts_with('로') => open,
        Some(_) => closed,
        None => match closed.strip_suffix(open.as_str()) {
            Some(more) => join(&["(", more, ")", &open]),
            None => join(&[&closed, "(", &open, ")"]),
        },
    };
    out.push_str(&tail);
    out
}

/// What a particle is after a consonant, after a vowel, and what follows both; `None` where it never changes.
fn forms(particle: &str) -> Option<(String, String, String)> {
    if let Some((left, right)) = particle.split_once('/') {
        let (left, right) = (left.trim(), right.trim());
        let ordered = is_closed_form(left) && !(is_closed_form(right) && right.len() > left.len());
        let (closed, open) = if ordered { (left, right) } else { (right, left) };
        return Some((closed.into(), open.into(), String::new()));
    }
    if let Some((before, rest)) = particle.split_once('(') {
        let (inside, after) = rest.split_once(')')?;
        if before.is_empty() && matches!(inside, "이" | "으") {
            return Some((join(&[inside, after]), after.into(), String::new()));
        }
        let (known, tail) = if before.is_empty() { (inside, "") } else { (before, after) };
        let (closed, open, _) = forms(known)?;
        return Some((closed, open, tail.into()));
    }
    single(particle)
}

fn single(particle: &str) -> Option<(String, String, String)> {
    const WHOLE: [(&str, &str); 4] = [("이", "가"), ("아", "야"), ("이여", "여"), ("이", "")];
    const STARTS: [(&str, &str); 7] =
        [("으로", "로"), ("은", "는"), ("을", "를"), ("과", "와"), ("이에", "예"), ("이었", "였"), ("이어", "여")];
    const COPULA: [&str; 11] = ["다", "고", "지만", "던가", "라", "나", "랑", "란", "며", "야말로", "든"];
    for (closed, open) in WHOLE {
        if particle == closed || particle == open {
            return Some((closed.into(), open.into(), String::new()));
        }
    }
    for (closed, open) in STARTS {
        for form in [closed, open] {
            if let Some(tail) = particle.strip_prefix(form) {
                return Some((closed.into(), open.into(), tail.into()));
            }
        }
    }
    if let Some(open) = particle.strip_prefix('이') {
        return Some((particle.into(), open.into(), String::new()));
    }
    if COPULA.iter().any(|start| particle.starts_with(start)) {
        return Some((join(&["이", particle]), particle.into(), String::new()));
    }
    None
}

fn is_closed_form(form: &str) -> bool {
    form.starts_with(['을', '이', '은', '과', '으', '아'])
}

fn join(parts: &[&str]) -> String {
    let mut out = String::new();
    for part in parts {
        out.push_str(part);
    }
    out
}

fn ending(word: &str) -> Option<Ending> {
    let characters: Vec<char> = word.chars().gather();
    let end = last_read(&characters)?;
    let read = characters.get(..=end)?;
    let last = *read.last()?;
    match last {
        '가'..='힣' => Some(match (last as u32 - 0xAC00) % 28 {
            0 => Open,
            8 => Rieul,
            _ => Closed,
        }),
        // Letters that stand alone, and the parts that macOS takes syllables apart into.
        'ㄹ' | '\u{11af}' => Some(Rieul),
        'ㄱ'..='ㅎ' | '\u{11a8}'..='\u{11ff}' => Some(Closed),
        'ㅏ'..='ㅣ' | '\u{1100}'..='\u{11a7}' | '%' | '％' | '℃' | '°' | '+' => Some(Open),
        '0'..='9' => currency(read).or_else(|| Some(digits(read))),
        _ => Some(latin(read)),
    }
}

fn is_read(character: char) -> bool {
    matches!(character, '가'..='힣' | 'ㄱ'..='ㅣ' | '\u{1100}'..='\u{11ff}' | '0'..='9' | 'a'..='z' | 'A'..='Z' | '%' | '％' | '℃' | '°' | '+')
}

/// The index of the last character that is read aloud; what stands in brackets at the end is not, unless it is all.
fn last_read(characters: &[char]) -> Option<usize> {
    let mut end = characters.len();
    while end > 0 {
        end -= 1;
        let last = *characters.get(end)?;
        if is_read(last) {
            return Some(end);
        }
        if matches!(last, ')' | '）' | ']') {
            let mut depth = 0;
            let start = characters.get(..=end)?.iter().rposition(|character| {
                match character {
                    ')' | '）' | ']' => depth += 1,
                    '(' | '（' | '[' => depth -= 1,
                    _ => {}
                }
                depth == 0
            });
            if let Some(start) = start
                && characters.get(..start)?.iter().any(|one| is_read(*one))
            {
                end = start;
            }
        }
    }
    None
}

/// The end of an amount whose currency stands before it and is read behind it: `$10` is 십 달러.
fn currency(read: &[char]) -> Option<Ending> {
    let sign = read.iter().rposition(|character| !matches!(character, '0'..='9' | ',' | '.'))?;
    match read.get(sign)? {
        '$' | '€' | '£' => Some(Open),
        '₩' | '¥' => Some(Closed),
        _ => None,
    }
}

fn digits(read: &[char]) -> Ending {
    let zeros = read.iter().rev().filter(|character| **character != ',').take_while(|character| **character == '0').count();
    match read.last() {
        // 조, the one round number that ends in a vowel.
        Some('0') if (12..16).contains(&zeros) => Open,
        Some('1' | '7' | '8') => Rieul,
        Some('0' | '3' | '6') => Closed,
        _ => Open,
    }
}

fn latin(read: &[char]) -> Ending {
    let start = read.iter().rposition(|character| !character.is_ascii_alphabetic()).map_or(0, |at| at + 1);
    let word: String = read.iter().skip(start).collect();
    let lower = word.to_ascii_lowercase();
    let after_digit = start > 0 && read.get(start - 1).is_some_and(char::is_ascii_digit);
    // A single capital is a letter (5G, 3M), but for the litre.
    if after_digit && !matches!(word.as_str(), "G" | "M") {
        match lower.as_str() {
            "g" | "kg" | "mg" => return Closed,
            "m" | "cm" | "mm" | "km" | "l" | "ml" => return Open,
            _ => {}
        }
    }
    let is_vowel = |byte: u8| matches!(byte, b'a' | b'e' | b'i' | b'o' | b'u' | b'y');
    let capitals = word.bytes().all(|byte| byte.is_ascii_uppercase());
    let spelled = lower.len() == 1 || (capitals && lower.len() < 4) || !lower.bytes().any(is_vowel);
    let mut letters = lower.bytes().rev();
    let last = letters.next().unwrap_or(b'a');
    let before = letters.next().unwrap_or(0);
    if spelled {
        return match last {
            b'l' | b'r' => Rieul,
            b'm' | b'n' => Closed,
            _ => Open,
        };
    }
    let third = letters.next().unwrap_or(0);
    match last {
        b'l' => Rieul,
        b'm' | b'n' => Closed,
        b'g' if before == b'n' => Closed,
        b'e' => match before {
            b'l' => Rieul,
            b'm' | b'n' => Closed,
            _ => Open,
        },
        // A stop closes a syllable with a short vowel (마켓, 앱, 팩) and starts one of its own otherwise (포인트, 코트).
        b'k' if before == b'c' || (before == b'o' && third == b'o') => Closed,
        b'p' if before == b'p' || (is_vowel(before) && before != b'a') => Closed,
        b'b' | b'c' if is_vowel(before) => Closed,
        b'p' | b't' | b'k' if is_vowel(before) && !is_vowel(third) => Closed,
        _ => Open,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(word: &str, particle: &str, expected: &str) {
        assert_eq!(attach(word, particle), expected);
    }

    #[test]
    fn hangul_decides_by_its_final_consonant() {
        check("민지", "이/가", "민지가");
        check("지훈", "가/이", "지훈이");
        check("서울", "으로/로", "서울로");
        check("부산", "로/으로", "부산으로");
        check("책", "와/과", "책과");
        check("사과", "이에요/예요", "사과예요");
        check("민지", "이며/며", "민지며");
        check("하늘", "이여/여", "하늘이여");
        check("길동", "아/야", "길동아");
        check("고객", "이라/라", "고객이라");
        // The same in decomposed form.
        check("\u{1106}\u{1175}\u{11ab}\u{110c}\u{1175}", "이/가", "\u{1106}\u{1175}\u{11ab}\u{110c}\u{1175}가");
        check("\u{110e}\u{1162}\u{11a8}", "이/가", "\u{110e}\u{1162}\u{11a8}이");
        check("\u{1109}\u{1165}\u{110b}\u{116e}\u{11af}", "으로/로", "\u{1109}\u{1165}\u{110b}\u{116e}\u{11af}로");
    }

    #[test]
    fn digits_are_read_as_numbers() {
        check("10", "을/를", "10을");
        check("50,000", "이/가", "50,000이");
        check("2", "이/가", "2가");
        check("7", "으로/로", "7로");
        check("1,000,000,000,000", "이/가", "1,000,000,000,000가");
        check("15%", "을/를", "15%를");
        check("500g", "을/를", "500g을");
        check("3cm", "은/는", "3cm는");
        check("1.5L", "을/를", "1.5L를");
        check("5G", "을/를", "5G를");
        check("3M", "은/는", "3M은");
        check("$10", "을/를", "$10를");
        check("US$1,000.50", "은/는", "US$1,000.50는");
        check("¥1,000", "이/가", "¥1,000이");
    }

    #[test]
    fn latin_words_and_abbreviations_are_read_as_koreans_do() {
        check("URL", "을/를", "URL을");
        check("CSS", "이/가", "CSS가");
        check("VIP", "은/는", "VIP는");
        check("Apple", "으로/로", "Apple로");
        check("Nike", "을/를", "Nike를");
        check("Chrome", "은/는", "Chrome은");
        check("point", "이/가", "point가");
        check("ticket", "이/가", "ticket이");
        check("Facebook", "을/를", "Facebook을");
        check("App", "으로/로", "App으로");
        check("cart", "이/가", "cart가");
        check("Anna", "이/가", "Anna가");
    }

    #[test]
    fn brackets_are_passed_over_and_what_cannot_be_read_gets_both_forms() {
        check("《듀랑고》", "을/를", "《듀랑고》를");
        check("원피스(블랙)", "을/를", "원피스(블랙)를");
        check("(2, 3)", "을/를", "(2, 3)을");
        check("?_?", "으로/로", "?_?(으)로");
        check("", "을/를", "을(를)");
    }
}
