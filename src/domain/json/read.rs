//! A text becomes a value.

use crate::domain::list::grow;
use crate::domain::number::{parse_digits, parse_number};
use crate::domain::problem::PROSE;
use crate::domain::value::{Object, Text, Value};
use std::cell::RefCell;

/// The deepest nesting that is read, what lies deeper is null; real configurations stay under twenty.
pub const MAX_DEPTH: usize = 64;

/// Why a text is not JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JsonError {
    /// The byte at which reading stopped.
    pub at: usize,
    /// What was expected there.
    pub expected: &'static str,
}

/// Reads one JSON text.
///
/// # Errors
/// Where the text is no JSON.
pub fn parse(text: &str) -> Result<Value, JsonError> {
    let mut reader = Reader { text, at: 0, depth: 0, error: None };
    let value = reader.value();
    reader.space();
    if reader.at < text.len() {
        reader.fail("the end");
    }
    reader.error.map_or(Ok(value), Err)
}

/// The places for [`shared`] texts, a power of two, and how long those may be.
const PLACES: usize = 128;
const SHORT: usize = 24;

thread_local! {
    static SHARED: RefCell<Vec<Text>> = const { RefCell::new(Vec::new()) };
}

/// The text; of short ones the last at each place is kept and given again. The same keys, names and currencies come
/// with every event: a journey of two thousand would hold each of them two thousand times.
fn shared(text: &str) -> Text {
    if text.len() > SHORT {
        return text.into();
    }
    let mut hash = text.len();
    for byte in text.bytes() {
        hash = hash.wrapping_mul(31).wrapping_add(byte.into());
    }
    SHARED.with(|places| {
        let mut places = places.borrow_mut();
        grow(&mut *places, PLACES, Text::default);
        match places.get_mut((hash ^ hash >> 7) & (PLACES - 1)) {
            Some(known) => {
                if **known != *text {
                    *known = text.into();
                }
                known.clone()
            }
            None => text.into(),
        }
    })
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    error: Option<JsonError>,
}

impl<'a> Reader<'a> {
    /// Notes the first error and goes to the end, where nothing is found that was expected, so that all that is under way ends.
    fn fail(&mut self, expected: &'static str) {
        let expected = if PROSE { expected } else { "" };
        self.error = self.error.or(Some(JsonError { at: self.at, expected }));
        self.at = self.text.len();
    }

    fn peek(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or(0)
    }

    fn space(&mut self) {
        while matches!(self.peek(), b' ' | b'\n' | b'\r' | b'\t') {
            self.at += 1;
        }
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == byte;
        self.at += usize::from(found);
        found
    }

    fn word(&mut self, word: &'static str, value: Value) -> Value {
        if self.text.as_bytes().get(self.at..).is_some_and(|rest| rest.starts_with(word.as_bytes())) {
            self.at += word.len();
        } else {
            self.fail(word);
        }
        value
    }

    fn value(&mut self) -> Value {
        self.space();
        match self.peek() {
            b'{' => self.nested(Self::object),
            b'[' => self.nested(Self::list),
            b'"' => Value::Text(self.string()),
            b't' => self.word("true", Value::Bool(true)),
            b'f' => self.word("false", Value::Bool(false)),
            b'n' => self.word("null", Value::Null),
            b'-' | b'0'..=b'9' => self.number(),
            _ => {
                self.fail("a value");
                Value::Null
            }
        }
    }

    fn nested(&mut self, read: fn(&mut Self) -> Value) -> Value {
        if self.depth == MAX_DEPTH {
            return self.skip();
        }
        self.depth += 1;
        self.at += 1;
        let value = read(self);
        self.depth -= 1;
        value
    }

    /// Passes over what lies too deep, without going down: one bad part must not take the rest with it.
    fn skip(&mut self) -> Value {
        let mut open = 0usize;
        loop {
            match self.peek() {
                b'"' => {
                    self.string();
                    continue;
                }
                b'{' | b'[' => open += 1,
                b'}' | b']' => open -= 1,
                0 => {
                    self.fail("a closing bracket");
                    return Value::Null;
                }
                _ => {}
            }
            self.at += 1;
            if open == 0 {
                return Value::Null;
            }
        }
    }

    fn object(&mut self) -> Value {
        let mut object = Object::new();
        self.space();
        let mut more = !self.take(b'}');
        while more {
            self.space();
            if self.peek() != b'"' {
                self.fail("a key in quotes");
                break;
            }
            let key = self.string();
            self.space();
            if !self.take(b':') {
                self.fail("a colon");
            }
            let value = self.value();
            // Small objects are checked for a repeated key (the last one counts, as in JavaScript); in large ones the
            // walk would be quadratic, and there the first one counts.
            let former = if object.len() < 256 { object.get_mut(&key) } else { None };
            match former {
                Some(former) => *former = value,
                None => object.push_unchecked(key, value),
            }
            more = self.more(b'}', "a comma or }");
        }
        object.into()
    }

    fn list(&mut self) -> Value {
        let mut items = Vec::new();
        self.space();
        let mut more = !self.take(b']');
        while more {
            items.push(self.value());
            more = self.more(b']', "a comma or ]");
        }
        items.into()
    }

    /// Whether another item follows.
    fn more(&mut self, end: u8, expected: &'static str) -> bool {
        self.space();
        if self.take(end) {
            return false;
        }
        let comma = self.take(b',');
        if !comma {
            self.fail(expected);
        }
        comma
    }

    fn digits(&mut self) -> bool {
        let start = self.at;
        while self.peek().is_ascii_digit() {
            self.at += 1;
        }
        self.at > start
    }

    fn number(&mut self) -> Value {
        let start = self.at;
        self.take(b'-');
        let mut right = self.take(b'0') || self.digits();
        if right && self.take(b'.') {
            right = self.digits();
        }
        if right && (self.take(b'e') || self.take(b'E')) {
            let _ = self.take(b'+') || self.take(b'-');
            right = self.digits();
        }
        if !right {
            self.fail("a digit");
            return Value::Null;
        }
        let number = parse_number(self.text.get(start..self.at).unwrap_or("0"));
        if !number.is_finite() {
            self.fail("a number in range");
        }
        Value::Number(number)
    }

    fn string(&mut self) -> Text {
        self.at += 1;
        let start = self.at;
        loop {
            match self.peek() {
                b'"' => {
                    let text = self.text.get(start..self.at).unwrap_or("");
                    self.at += 1;
                    return shared(text);
                }
                b'\\' => return self.escaped(start),
                0..=0x1f => {
                    self.fail("a closing quote");
                    return Text::default();
                }
                _ => self.at += 1,
            }
        }
    }

    /// The slow way, from the first escape on.
    fn escaped(&mut self, start: usize) -> Text {
        let mut out = String::from(self.text.get(start..self.at).unwrap_or(""));
        loop {
            let plain = self.at;
            while !matches!(self.peek(), b'"' | b'\\' | 0..=0x1f) {
                self.at += 1;
            }
            out.push_str(self.text.get(plain..self.at).unwrap_or(""));
            if self.take(b'"') {
                return out.into();
            }
            if !self.take(b'\\') {
                self.fail("a closing quote");
                return Text::default();
            }
            let escape = self.peek();
            self.at += 1;
            out.push(match escape {
                b'"' => '"',
                b'\\' => '\\',
                b'/' => '/',
                b'b' => '\u{8}',
                b'f' => '\u{c}',
                b'n' => '\n',
                b'r' => '\r',
                b't' => '\t',
                b'u' => self.unicode(),
                _ => {
                    self.fail("an escape");
                    ' '
                }
            });
        }
    }

    fn hex(&mut self) -> u32 {
        match self.text.get(self.at..self.at + 4).and_then(|digits| parse_digits(digits, 16)) {
            Some(code) => {
                self.at += 4;
                code as u32
            }
            None => {
                self.fail("four hex digits");
                0
            }
        }
    }

    /// One `\uXXXX`; a surrogate without its partner becomes U+FFFD, since text is UTF-8 here.
    fn unicode(&mut self) -> char {
        let code = self.hex();
        if (0xd800..0xdc00).contains(&code) && self.text.get(self.at..).is_some_and(|rest| rest.starts_with("\\u")) {
            let before = self.at;
            self.at += 2;
            let low = self.hex();
            if (0xdc00..0xe000).contains(&low) {
                let joined = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
                return char::from_u32(joined).unwrap_or('\u{fffd}');
            }
            self.at = before;
        }
        char::from_u32(code).unwrap_or('\u{fffd}')
    }
}
