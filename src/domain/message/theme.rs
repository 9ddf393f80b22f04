//! A shop's look: a few tokens, each checked, because a custom property can carry more than a colour.

use crate::domain::number::{parse_digits, push_integer};
use crate::domain::value::{Object, Value};

/// The tokens that may go to the page: `accent onAccent radius spacing font scheme zIndex`. What is malformed is left out.
pub fn tokens(theme: Option<&Value>) -> Object {
    let mut out = Object::new();
    let Some(theme) = theme else { return out };
    if let Some(accent) = theme.text("accent")
        && let Some(dark) = is_dark(accent)
    {
        out.set("accent", accent);
        out.set("onAccent", if dark { "#fff" } else { "#000" });
    }
    for key in ["radius", "spacing"] {
        match theme.get(key) {
            Some(Value::Number(pixels)) if (0.0..=99.0).contains(pixels) => {
                let mut text = String::new();
                push_integer(*pixels as i64, &mut text);
                text.push_str("px");
                out.set(key, text);
            }
            Some(Value::Text(text))
                if text.strip_suffix("px").is_some_and(|digits| digits.len() < 3 && is_all(digits, |c| c.is_ascii_digit())) =>
            {
                out.set(key, text.clone());
            }
            _ => {}
        }
    }
    if let Some(font) = theme.text("font")
        && font.len() < 200
        && is_all(font, |c| !c.is_ascii() || matches!(c, ' ' | ',' | '-' | '_' | '\'' | '"') || c.is_ascii_alphanumeric())
    {
        out.set("font", font);
    }
    if let Some(scheme @ ("light" | "dark")) = theme.text("scheme") {
        out.set("scheme", scheme);
    }
    if let Some(z) = theme.number("zIndex")
        && z.abs() <= 2_147_483_647.0
    {
        out.set("zIndex", z.trunc());
    }
    out
}

fn is_all(text: &str, test: impl Fn(char) -> bool) -> bool {
    !text.is_empty() && text.chars().all(test)
}

/// Whether white text reads better on a hexadecimal colour than black text does; `None` where it is not one.
fn is_dark(color: &str) -> Option<bool> {
    let digits = color.strip_prefix('#')?;
    if !matches!(digits.len(), 3 | 6) {
        return None;
    }
    let mut channels = [0.0; 3];
    let width = digits.len() / 3;
    for (index, channel) in channels.iter_mut().enumerate() {
        let part = digits.get(index * width..index * width + width)?;
        let number = parse_digits(part, 16)? as f64;
        let level = if width == 1 { number * 17.0 } else { number } / 255.0;
        // WCAG's curve as a polynomial, which no power function has to come along for. At the borderline both white and
        // black keep the ratio of 4.5 that small text needs, so its error of a thousandth does not matter.
        *channel = level * (level * (level * 0.305_306 + 0.682_171) + 0.012_523);
    }
    let [red, green, blue] = channels;
    Some(0.2126 * red + 0.7152 * green + 0.0722 * blue < 0.179)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::json::{parse, to_text};

    #[track_caller]
    fn check(theme: &str, expected: &str) {
        let theme = parse(theme).unwrap();
        assert_eq!(to_text(&tokens(Some(&theme)).into()), expected);
    }

    #[test]
    fn only_well_formed_tokens_pass() {
        check(
            r##"{"accent":"#1a1a1a","radius":"12px","font":"Pretendard, 'Apple SD Gothic Neo', sans-serif","zIndex":10,"scheme":"dark"}"##,
            r##"{"accent":"#1a1a1a","onAccent":"#fff","radius":"12px","font":"Pretendard, 'Apple SD Gothic Neo', sans-serif","scheme":"dark","zIndex":10}"##,
        );
        check(r##"{"accent":"#fd0","radius":8,"spacing":16}"##, r##"{"accent":"#fd0","onAccent":"#000","radius":"8px","spacing":"16px"}"##);
        check(r#"{"accent":"url(https://evil.example)","radius":"1px;}","font":"x;url(//e)","zIndex":"9"}"#, "{}");
        check(r#"{"accent":"red","scheme":"pink","radius":"-4px","spacing":"1em"}"#, "{}");
        check(r#"{"radius":99,"spacing":"99px"}"#, r#"{"radius":"99px","spacing":"99px"}"#);
        check(r#"{"radius":100,"spacing":"100px"}"#, "{}");
    }

    #[test]
    fn text_on_any_accent_can_be_read() {
        let level = |part: u32| {
            let level = f64::from(part) / 255.0;
            if level <= 0.04045 { level / 12.92 } else { ((level + 0.055) / 1.055).powf(2.4) }
        };
        for color in (0..0x0100_0000_u32).step_by(997) {
            let hex = format!("#{color:06x}");
            let light = 0.2126 * level(color >> 16) + 0.7152 * level(color >> 8 & 255) + 0.0722 * level(color & 255);
            let ratio = if is_dark(&hex).unwrap() { 1.05 / (light + 0.05) } else { (light + 0.05) / 0.05 };
            assert!(ratio >= 4.5, "{hex}: {ratio}");
        }
    }
}
