//! A text becomes a value.

use crate::domain::list::grow;
use crate::domain::number::parse_number;
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
    let mut reader = Reader { text, at: 0, depth: 0 };
    let value = reader.value()?;
    reader.space();
    if reader.at < text.len() {
        return Err(reader.error("the end"));
    }
    Ok(value)
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
}

impl<'a> Reader<'a> {
    fn error(&self, expected: &'static str) -> JsonError {
        JsonError { at: self.at, expected }
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

    fn word(&mut self, word: &'static str, value: Value) -> Result<Value, JsonError> {
        if self.text.as_bytes().get(self.at..).is_some_and(|rest| rest.starts_with(word.as_bytes())) {
            self.at += word.len();
            Ok(value)
        } else {
            Err(self.error(word))
        }
    }

    fn value(&mut self) -> Result<Value, JsonError> {
        self.space();
        match self.peek() {
            b'{' => self.nested(Self::object),
            b'[' => self.nested(Self::list),
            b'"' => Ok(Value::Text(self.string()?)),
            b't' => self.word("true", Value::Bool(true)),
            b'f' => self.word("false", Value::Bool(false)),
            b'n' => self.word("null", Value::Null),
            b'-' | b'0'..=b'9' => self.number(),
            _ => Err(self.error("a value")),
        }
    }

    fn nested(&mut self, read: fn(&mut Self) -> Result<Value, JsonError>) -> Result<Value, JsonError> {
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
    fn skip(&mut self) -> Result<Value, JsonError> {
        let mut open = 0usize;
        loop {
            match self.peek() {
                b'"' => {
                    self.string()?;
                    continue;
                }
                b'{' | b'[' => open += 1,
                b'}' | b']' => open -= 1,
                0 => return Err(self.error("a closing bracket")),
                _ => {}
            }
            self.at += 1;
            if open == 0 {
                return Ok(Value::Null);
            }
        }
    }

    fn object(&mut self) -> Result<Value, JsonError> {
        let mut object = Object::new();
        self.space();
        if self.take(b'}') {
            return Ok(object.into());
        }
        loop {
            self.space();
            if self.peek() != b'"' {
                return Err(self.error("a key in quotes"));
            }
            let key = self.string()?;
            self.space();
            if !self.take(b':') {
                return Err(self.error("a colon"));
            }
            let value = self.value()?;
            // Small objects are checked for a repeated key (the last one counts, as in JavaScript); in large ones the
            // walk would be quadratic, and there the first one counts.
            let former = if object.len() < 256 { object.get_mut(&key) } else { None };
            match former {
                Some(former) => *former = value,
                None => object.push_unchecked(key, value),
            }
            self.space();
            if self.take(b'}') {
                return Ok(object.into());
            }
            if !self.take(b',') {
                return Err(self.error("a comma or }"));
            }
        }
    }

    fn list(&mut self) -> Result<Value, JsonError> {
        let mut items = Vec::new();
        self.space();
        if self.take(b']') {
            return Ok(items.into());
        }
        loop {
            items.push(self.value()?);
            self.space();
            if self.take(b']') {
                return Ok(items.into());
            }
            if !self.take(b',') {
                return Err(self.error("a comma or ]"));
            }
        }
    }

    fn digits(&mut self) -> bool {
        let start = self.at;
        while self.peek().is_ascii_digit() {
            self.at += 1;
        }
        self.at > start
    }

    fn number(&mut self) -> Result<Value, JsonError> {
        let start = self.at;
        self.take(b'-');
        if !self.take(b'0') && !self.digits() {
            return Err(self.error("a digit"));
        }
        if self.take(b'.') && !self.digits() {
            return Err(self.error("a digit"));
        }
        if self.take(b'e') || self.take(b'E') {
            let _ = self.take(b'+') || self.take(b'-');
            if !self.digits() {
                return Err(self.error("a digit"));
            }
        }
        let number = parse_number(self.text.get(start..self.at).unwrap_or("0"));
        if number.is_finite() { Ok(Value::Number(number)) } else { Err(self.error("a number in range")) }
    }

    fn string(&mut self) -> Result<Text, JsonError> {
        self.at += 1;
        let start = self.at;
        loop {
            match self.peek() {
                b'"' => {
                    let text = self.text.get(start..self.at).unwrap_or("");
                    self.at += 1;
                    return Ok(shared(text));
                }
                b'\\' => return self.escaped(start),
                0..=0x1f => return Err(self.error("a closing quote")),
                _ => self.at += 1,
            }
        }
    }

    /// The slow way, from the first escape on.
    fn escaped(&mut self, start: usize) -> Result<Text, JsonError> {
        let mut out = String::from(self.text.get(start..self.at).unwrap_or(""));
        loop {
            let plain = self.at;
            while !matches!(self.peek(), b'"' | b'\\' | 0..=0x1f) {
                self.at += 1;
            }
            out.push_str(self.text.get(plain..self.at).unwrap_or(""));
            match self.peek() {
                b'"' => {
                    self.at += 1;
                    return Ok(out.into());
                }
                b'\\' => {
                    self.at += 1;
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
                        b'u' => self.unicode()?,
                        _ => return Err(self.error("an escape")),
                    });
                }
                _ => return Err(self.error("a closing quote")),
            }
        }
    }

    fn hex(&mut self) -> Result<u32, JsonError> {
        let text = self.text.get(self.at..self.at + 4).ok_or_else(|| self.error("four hex digits"))?;
        let mut code = 0;
        for digit in text.chars() {
            code = code * 16 + digit.to_digit(16).ok_or_else(|| self.error("four hex digits"))?;
        }
        self.at += 4;
        Ok(code)
    }

    /// One `\uXXXX`; a surrogate without its partner becomes U+FFFD, since text is UTF-8 here.
    fn unicode(&mut self) -> Result<char, JsonError> {
        let code = self.hex()?;
        if (0xd800..0xdc00).contains(&code) && self.text.get(self.at..).is_some_and(|rest| rest.starts_with("\\u")) {
            let before = self.at;
            self.at += 2;
            let low = self.hex()?;
            if (0xdc00..0xe000).contains(&low) {
                let joined = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
                return Ok(char::from_u32(joined).unwrap_or('\u{fffd}'));
            }
            self.at = before;
        }
        Ok(char::from_u32(code).unwrap_or('\u{fffd}'))
    }
}
