//! Regular expressions in the subset that the browser's engine and a linear-time crate read alike.
//!
//! The source is read here and written anew, so that what the two read differently never reaches them: `\d \w \s`
//! become explicit ASCII or ECMAScript classes, `.` leaves out ECMAScript's line ends, groups do not capture, and
//! each character that means something to either is escaped in a way both know (with the flag `u` in the browser).
//! Look-around, back references and properties are refused, and so is what grows too large when repetition is
//! written out, and what a browser, which tries one way after another, would take exponentially long over.

use super::super::compiler::limits;

/// The atoms of an expression with its counted repetitions written out.
const MAX_ATOMS: u32 = 2_000;

/// The choices of a repeated group with its repetitions written out: enough for the numbers of an address.
const MAX_CHOICES: u32 = 8;

const DIGITS: &str = "0-9";
const WORD: &str = "A-Za-z0-9_";
const SPACE: &str = "\\t\\n\\v\\f\\r \u{a0}\u{1680}\u{2000}-\u{200a}\u{2028}\u{2029}\u{202f}\u{205f}\u{3000}\u{feff}";
const DOT: &str = "[^\\n\\r\u{2028}\u{2029}]";

/// The boundary of a word of ASCII, as ECMAScript has it; natively that takes a flag.
const BOUNDARY: [&str; 2] = if cfg!(target_family = "wasm") { ["\\b", "\\B"] } else { ["(?-u:\\b)", "(?-u:\\B)"] };

/// Why an expression is refused, to follow "the regular expression".
pub(super) type Refusal = &'static str;

/// Writes `source` so that all hosts read it alike.
pub(super) fn portable(source: &str) -> Result<String, Refusal> {
    if source.len() > limits::PATTERN_BYTES {
        return Err("is longer than 1,000 bytes");
    }
    let mut writer = Writer { rest: source, out: String::with_capacity(source.len() + 16), choices: 0 };
    writer.alternatives(0)?;
    if writer.rest.is_empty() { Ok(writer.out) } else { Err("closes a group that was not opened") }
}

/// The input that an expression looks at: its first bytes, cut between characters.
pub(super) fn cut(text: &str) -> &str {
    let mut end = text.len().min(limits::PATTERN_INPUT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or("")
}

/// What an escape stands for.
enum Escape {
    Char(char),
    /// The inside of a class, and whether it is the complement that is meant.
    Class(&'static str, bool),
    Boundary(&'static str),
}

struct Writer<'a> {
    rest: &'a str,
    out: String,
    /// How many times so far a host may have to choose: at each `|` and at each repetition that is not exact.
    choices: u32,
}

impl Writer<'_> {
    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let mut chars = self.rest.chars();
        let next = chars.next();
        self.rest = chars.as_str();
        next
    }

    fn take(&mut self, text: &str) -> bool {
        match self.rest.strip_prefix(text) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// Reads up to the end or a closing parenthesis, and returns the number of atoms.
    fn alternatives(&mut self, depth: u32) -> Result<u32, Refusal> {
        if depth > 20 {
            return Err("nests groups more than 20 deep");
        }
        let mut atoms = 0;
        while let Some(next) = self.peek().filter(|next| *next != ')') {
            self.next();
            let before = self.choices;
            let (count, repeatable) = match next {
                '|' | '^' | '$' => {
                    self.choices += u32::from(next == '|');
                    self.out.push(next);
                    (0, false)
                }
                '(' => (self.group(depth)?, true),
                '[' => {
                    self.class()?;
                    (1, true)
                }
                '.' => {
                    self.out.push_str(DOT);
                    (1, true)
                }
                '\\' => (1, self.escaped()?),
                '*' | '+' | '?' => return Err("repeats nothing"),
                '{' if repetition(self.rest).is_some() => return Err("repeats nothing"),
                other => {
                    push_char(other, &mut self.out);
                    (1, true)
                }
            };
            atoms += count * self.repeat(repeatable, before)?;
            if atoms > MAX_ATOMS {
                return Err("is too large once its repetitions are written out");
            }
        }
        Ok(atoms)
    }

    fn group(&mut self, depth: u32) -> Result<u32, Refusal> {
        if self.take("?") && !self.take(":") {
            // A named group captures like any other; here none does.
            let named = self.take("<") && !matches!(self.peek(), Some('=' | '!'));
            let name = self
                .rest
                .split_once('>')
                .filter(|(name, _)| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'));
            match name.filter(|_| named) {
                Some((_, rest)) => self.rest = rest,
                None => return Err("uses look-around or another group that not every host knows"),
            }
        }
        self.out.push_str("(?:");
        let atoms = self.alternatives(depth + 1)?;
        if !self.take(")") {
            return Err("does not close a group");
        }
        self.out.push(')');
        Ok(atoms.max(1))
    }

    /// Writes what follows a backslash; returns whether it may be repeated.
    fn escaped(&mut self) -> Result<bool, Refusal> {
        match self.escape()? {
            Escape::Char(character) => push_char(character, &mut self.out),
            Escape::Class(inside, negated) => {
                self.out.push_str(if negated { "[^" } else { "[" });
                self.out.push_str(inside);
                self.out.push(']');
            }
            Escape::Boundary(text) => {
                self.out.push_str(text);
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn escape(&mut self) -> Result<Escape, Refusal> {
        let [boundary, inner] = BOUNDARY;
        let next = self.next().ok_or("ends with a backslash")?;
        Ok(match next {
            'd' | 'D' => Escape::Class(DIGITS, next == 'D'),
            'w' | 'W' => Escape::Class(WORD, next == 'W'),
            's' | 'S' => Escape::Class(SPACE, next == 'S'),
            'b' => Escape::Boundary(boundary),
            'B' => Escape::Boundary(inner),
            'n' => Escape::Char('\n'),
            'r' => Escape::Char('\r'),
            't' => Escape::Char('\t'),
            'v' => Escape::Char('\u{b}'),
            'f' => Escape::Char('\u{c}'),
            'x' => Escape::Char(self.code(2)?),
            'u' => Escape::Char(self.code(4)?),
            '1'..='9' | 'k' => return Err("uses a back reference"),
            other if other.is_ascii_alphanumeric() => {
                return Err("uses an escape that not every host knows");
            }
            other => Escape::Char(other),
        })
    }

    fn code(&mut self, digits: usize) -> Result<char, Refusal> {
        let (code, rest) = self.rest.split_at_checked(digits).unwrap_or(("", ""));
        let known = code.bytes().all(|byte| byte.is_ascii_hexdigit());
        let character = u32::from_str_radix(code, 16).ok().and_then(char::from_u32);
        self.rest = rest;
        character.filter(|_| known).ok_or("names a character that does not exist")
    }

    /// Writes a class; its opening bracket was read.
    fn class(&mut self) -> Result<(), Refusal> {
        self.out.push('[');
        if self.take("^") {
            self.out.push('^');
        }
        if self.peek() == Some(']') {
            return Err("has an empty class");
        }
        while !self.take("]") {
            let Some(low) = self.class_item()? else {
                continue;
            };
            let ranged = self.rest.starts_with('-') && !self.rest.starts_with("-]");
            push_in_class(low, &mut self.out);
            if ranged {
                self.next();
                let high = self.class_item_alone()?;
                if high < low {
                    return Err("has a range that runs backwards");
                }
                self.out.push('-');
                push_in_class(high, &mut self.out);
            }
        }
        self.out.push(']');
        Ok(())
    }

    /// The next character of a class; `None` where it was a class of its own and is written already.
    fn class_item(&mut self) -> Result<Option<char>, Refusal> {
        let next = self.next().ok_or("does not close a class")?;
        if next != '\\' {
            return Ok(Some(next));
        }
        if self.take("b") {
            return Ok(Some('\u{8}'));
        }
        match self.escape()? {
            Escape::Char(character) => Ok(Some(character)),
            Escape::Class(inside, false) => {
                self.out.push_str(inside);
                // Both a range and a lone hyphen were meant by someone, and hosts disagree.
                if self.rest.starts_with('-') && !self.rest.starts_with("-]") {
                    return Err("has a range that starts with a class");
                }
                Ok(None)
            }
            _ => Err("has a negated class inside a class"),
        }
    }

    fn class_item_alone(&mut self) -> Result<char, Refusal> {
        let before = self.out.len();
        let item = self.class_item()?;
        item.filter(|_| self.out.len() == before).ok_or("has a range that ends with a class")
    }

    /// Writes the repetition that follows, if any, and returns how often it writes its atom out.
    ///
    /// A browser tries the choices within a group anew for each time it is repeated, all combinations of them; `before`
    /// is the number of choices ahead of the group.
    fn repeat(&mut self, repeatable: bool, before: u32) -> Result<u32, Refusal> {
        let (length, times) = match self.peek() {
            Some('*' | '+' | '?') => (1, 1),
            Some('{') => match repetition(self.rest.get(1..).unwrap_or("")) {
                Some((length, times)) => (length + 1, times),
                None => return Ok(1),
            },
            _ => return Ok(1),
        };
        if !repeatable {
            return Err("repeats nothing");
        }
        let (text, rest) = self.rest.split_at_checked(length).unwrap_or(("", ""));
        self.out.push_str(text);
        self.rest = rest;
        if self.take("?") {
            self.out.push('?');
        }
        let again = matches!(self.peek(), Some('*' | '+' | '?')) || self.rest.strip_prefix('{').and_then(repetition).is_some();
        if again || times > MAX_ATOMS {
            return Err("repeats a repetition, or too often");
        }
        let within = (self.choices - before) * times;
        let endless = matches!(text.as_bytes(), [b'*' | b'+'] | [.., b',', b'}']);
        if within > 0 && (endless || within > MAX_CHOICES) {
            return Err("repeats a group that holds a choice or a repetition; repeat a class such as [a-z/]+ instead");
        }
        self.choices = before + within + u32::from(times == 1 || text.as_bytes().contains(&b','));
        Ok(times)
    }
}

/// Reads `2}`, `2,}` or `2,5}`: its length and the most times it writes out.
fn repetition(text: &str) -> Option<(usize, u32)> {
    let (inside, _) = text.split_once('}')?;
    let number = |digits: &str| {
        (digits.len() <= 9 && digits.bytes().all(|byte| byte.is_ascii_digit())).then(|| digits.parse::<u32>().ok()).flatten()
    };
    let times = match inside.split_once(',') {
        None => number(inside)?,
        Some((low, "")) => number(low)? + 1,
        Some((low, high)) => {
            // The wrong way round it is an error everywhere; the count makes it one here.
            let (low, high) = (number(low)?, number(high)?);
            if low > high { u32::MAX } else { high }
        }
    };
    Some((inside.len() + 1, times.max(1)))
}

/// Writes a character that stands for itself.
fn push_char(character: char, out: &mut String) {
    match character {
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '^' | '$' | '\\' | '.' | '*' | '+' | '?' | '(' | ')' | '[' | ']' | '{' | '}' | '|' => {
            out.push('\\');
            out.push(character);
        }
        other => out.push(other),
    }
}

/// Writes a character that stands for itself inside a class; a doubled `&` or `~` would be an operation natively.
fn push_in_class(character: char, out: &mut String) {
    match character {
        '&' => out.push_str("\\x26"),
        '~' => out.push_str("\\x7e"),
        '-' => out.push_str("\\-"),
        other => push_char(other, out),
    }
}

#[cfg(test)]
mod tests;
