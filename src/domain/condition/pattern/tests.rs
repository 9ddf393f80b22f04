//! Expressions that hosts read alike, and those that they do not.

use super::*;

#[track_caller]
fn matches(source: &str, text: &str, expected: bool) {
    assert_eq!(Pattern::new(source, false).unwrap().is_match(text), expected, "{source} in {text}");
}

#[track_caller]
fn folds(source: &str, text: &str, expected: bool) {
    assert_eq!(Pattern::new(source, true).unwrap().is_match(text), expected, "{source} in {text}");
}

#[test]
fn expressions_mean_what_they_mean_in_a_browser() {
    matches("^ping", "pingpong", true);
    matches("(Mobile|Tablet)", "Android Mobile", true);
    matches("-12-25$", "1980-12-25", true);
    matches("\\d{2,3}", "a٣٣٣", false);
    matches("^\\w+$", "신발", false);
    matches("\\bab\\b", "가ab가", true);
    matches("^\\s$", "\u{feff}", true);
    matches("^\\s$", "\u{85}", false);
    matches("^.$", "\u{2028}", false);
    matches("^.$", "😀", true);
    matches("^[\\w.-]+@[a-z-]+\\.kr$", "a.b-c@x-y.kr", true);
    matches("[a&&b]", "&", true);
    matches("[[a]", "[", true);
    matches("a{,2}", "a{,2}", true);
    matches("a{b}", "a{b}", true);
    matches("^/cart/\\/x", "/cart//x", true);
    matches("\\u0041\\x42", "AB", true);
    matches("(?<year>\\d{4})", "2026", true);
    matches("[\\]\\-\\\\^]{4}", "]-\\^", true);
}

#[test]
fn what_hosts_read_differently_is_refused() {
    for source in [
        "(?=a)",
        "(?!a)",
        "(?<=a)",
        "(?<!a)",
        "(?i)a",
        "(a)\\1",
        "\\k<a>",
        "\\p{L}",
        "\\A",
        "\\z",
        "\\cA",
        "\\0",
        "a**",
        "a++",
        "a{2}{3}",
        "*a",
        "^*",
        "a|*",
        "(+)",
        "\\b+",
        "(",
        ")",
        "a)",
        "[",
        "[]",
        "[^]",
        "[b-a]",
        "[\\d-z]",
        "[a-\\d]",
        "[\\D]",
        "\\",
        "[\\",
        "\\u12",
        "\\uD83D",
        "\\xZ0",
        "a{3,2}",
        "a{3000}",
        "(?:a{100}){100}",
        "/???***[)",
    ] {
        assert!(Pattern::new(source, false).is_err(), "{source}");
    }
    assert!(Pattern::new(&"a".repeat(1_001), false).is_err());
    assert!(Pattern::new(&"(".repeat(500), false).is_err());
}

#[test]
fn repetition_and_choice_go_into_one_another() {
    matches("^([a-z0-9]+-)*[a-z0-9]+$", "wool-coat-01", true);
    matches("^([a-z0-9]+-)*[a-z0-9]+$", "wool--coat", false);
    matches("^[^@]+@([a-z0-9-]+\\.)+[a-z]{2,}$", "a@mail.example.kr", true);
    matches("^(ab|a)(c|bcd)$", "abcd", true);
    matches("^(a|b|)*c$", "ababc", true);
    matches("^(a*)*b$", "aaab", true);
    matches("^(a?){3}$", "aaaa", false);
    matches("^(a?){3}$", "aa", true);
    matches("^(|a)+$", "aaa", true);
    matches("^a{0}b$", "b", true);
    matches("^a{2,}$", "a", false);
    matches("^a{2,}$", "aaaa", true);
    matches("^a{0,}$", "", true);
    matches("^(a{1,2}b){2}$", "aabab", true);
    matches("^(a{1,2}b){2}$", "aaabab", false);
    matches("^((a|b){2}|c){2,3}$", "abcba", true);
    matches("a|^b|c$", "xb", false);
    matches("", "", true);
    matches("()", "x", true);
    matches("x*?y+?z??$", "xxyyz", true);
}

#[test]
fn none_takes_longer_than_its_text() {
    let text = "a".repeat(999) + "!";
    for source in
        ["(a+)+$", "(a|a)*b", "^(\\w+\\s?)*$", "(x+x+)+y", "((a?))+b", "(a*){2,}c", "^(([a-z])+.)+[A-Z]([a-z])+$", "(a?){500}a{500}c"]
    {
        matches(source, &text, false);
    }
    matches("^(a?){1000}$", &"a".repeat(1_000), true);
}

#[test]
fn case_is_ignored_as_texts_are_compared() {
    folds("^coat$", "COAT", true);
    folds("^[a-f]+$", "ABCdef", true);
    folds("^[A-F]+$", "abcDEF", true);
    folds("[^a]", "A", false);
    folds("^É{2}$", "éÉ", true);
    folds("^σ+$", "ΣσΣ", true);
    folds("straße 5", "STRAßE 5", true);
    folds("신발", "신발 NIKE", true);
    folds("^nike", "NIKE 신발", true);
    folds("^\\w$", "\u{212a}", true);
    matches("^coat$", "COAT", false);
}

/// Against a crate that is made for it; `regex` means ASCII by `(?-u)`, so the words are those of both.
#[test]
fn what_is_read_is_what_a_crate_reads() {
    const PIECES: [&str; 24] = [
        "a",
        "b",
        "[ab]",
        "[^a]",
        ".",
        "(?:ab|b)",
        "(a|)",
        "a*",
        "b+",
        "a?",
        "(?:ab)*",
        "(?:a|b)+",
        "(?:a+b?)*",
        "a{2}",
        "b{1,2}",
        "(?:a{1,2}b){1,2}",
        "^",
        "$",
        "\\b",
        "|",
        "(?:a|ab)(?:b|)",
        "[a-c]+?",
        "(?:b*)*",
        "c",
    ];
    const TEXTS: [&str; 12] = ["", "a", "b", "ab", "ba", "aab", "abab", "bbbaa", "cab", "a b", "aaaaab", "b-ab a"];
    let mut seed = 1_u64;
    let mut next = |most: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % most
    };
    for _ in 0..2_000 {
        let source: String = (0..1 + next(5)).map(|_| PIECES[next(PIECES.len())]).collect();
        let (Ok(own), Ok(crates)) = (Pattern::new(&source, false), regex::Regex::new(&source.replace("\\b", "(?-u:\\b)"))) else {
            continue;
        };
        for text in TEXTS {
            assert_eq!(own.is_match(text), crates.is_match(text), "{source} in {text:?}");
        }
    }
}

#[test]
fn inputs_are_cut_between_characters() {
    assert_eq!(cut("short"), "short");
    assert_eq!(cut(&"가".repeat(400)).len(), 999);
}
