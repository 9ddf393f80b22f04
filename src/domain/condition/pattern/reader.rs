//! Reads the text of an expression and writes the steps it stands for.

use super::{Op, Pattern, Refusal, word};
use crate::domain::host;
use crate::domain::list::Gather;
use crate::domain::number::parse_digits;

/// The steps of an expression with its counted repetitions written out.
const MAX_STEPS: usize = 4_000;

/// The most times a counted repetition may say.
const MAX_TIMES: usize = 2_000;

const DIGITS: &[(char, char)] = &[('0', '9')];
const WORD: &[(char, char)] = &[('A', 'Z'), ('a', 'z'), ('0', '9'), ('_', '_')];
const SPACE: &[(char, char)] = &[
    ('\t', '\r'),
    (' ', ' '),
    ('\u{a0}', '\u{a0}'),
    ('\u{1680}', '\u{1680}'),
    ('\u{2000}', '\u{200a}'),
    LINES,
    ('\u{202f}', '\u{202f}'),
    ('\u{205f}', '\u{205f}'),
    ('\u{3000}', '\u{3000}'),
    ('\u{feff}', '\u{feff}'),
];
const LINES: (char, char) = ('\u{2028}', '\u{2029}');
const LINE_ENDS: &[(char, char)] = &[('\n', '\n'), ('\r', '\r'), LINES];

/// What an escape stands for.
enum Escape {
    Char(char),
    /// Ranges, and whether it is the complement that is meant.
    Class(&'static [(char, char)], bool),
    Step(Op),
}

/// Reads an expression and writes its steps.
pub(super) struct Reader<'a> {
    /// What is still to be read.
    pub(super) rest: &'a str,
    /// What was written.
    pub(super) out: Pattern,
}

impl Reader<'_> {
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

    /// How many steps there are; each knows others by how far away they are, so that a stretch can be written again.
    fn here(&self) -> usize {
        self.out.steps.len()
    }

    fn push(&mut self, op: Op, argument: usize) {
        self.out.steps.push(word(op, argument));
    }

    /// Puts a way round what was written since `start`, `more` steps longer.
    fn way_round(&mut self, start: usize, more: usize) {
        let length = self.here() - start;
        self.out.steps.insert(start, word(Op::Split, length + 1 + more));
    }

    /// Reads up to the end or a closing parenthesis.
    pub(super) fn alternatives(&mut self, depth: u32) -> Result<(), Refusal> {
        if depth > 20 {
            return Err("nests groups more than 20 deep".into());
        }
        let mut start = self.here();
        let mut ends: Vec<usize> = Vec::new();
        while let Some(next) = self.peek().filter(|next| *next != ')') {
            self.next();
            let atom = self.here();
            let mut repeatable = true;
            match next {
                '|' => {
                    self.way_round(start, 1);
                    ends.push(self.here());
                    self.push(Op::Jump, 0);
                    start = self.here();
                    repeatable = false;
                }
                '^' | '$' => {
                    self.push(if next == '^' { Op::First } else { Op::Last }, 0);
                    repeatable = false;
                }
                '(' => self.group(depth)?,
                '[' => self.class()?,
                '.' => self.set(LINE_ENDS, true),
                '\\' => match self.escape()? {
                    Escape::Char(character) => self.set(&[(character, character)], false),
                    Escape::Class(ranges, negated) => self.set(ranges, negated),
                    Escape::Step(op) => {
                        self.push(op, 0);
                        repeatable = false;
                    }
                },
                '*' | '+' | '?' => return Err("repeats nothing".into()),
                '{' if repetition(self.rest).is_some() => return Err("repeats nothing".into()),
                other => self.set(&[(other, other)], false),
            }
            self.repeat(repeatable, atom)?;
            if self.here() > MAX_STEPS {
                return Err("is too large once its repetitions are written out".into());
            }
        }
        let here = self.here();
        for end in ends {
            if let Some(step) = self.out.steps.get_mut(end) {
                *step = word(Op::Jump, here - end);
            }
        }
        Ok(())
    }

    fn group(&mut self, depth: u32) -> Result<(), Refusal> {
        if self.take("?") && !self.take(":") {
            // A named group captures like any other; here none does.
            let named = self.take("<") && !matches!(self.peek(), Some('=' | '!'));
            let name = self
                .rest
                .split_once('>')
                .filter(|(name, _)| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'));
            match name.filter(|_| named) {
                Some((_, rest)) => self.rest = rest,
                None => return Err("uses look-around or another group that not every host knows".into()),
            }
        }
        self.alternatives(depth + 1)?;
        if self.take(")") { Ok(()) } else { Err("does not close a group".into()) }
    }

    /// Reads what follows a backslash.
    fn escape(&mut self) -> Result<Escape, Refusal> {
        let next = self.next().ok_or_else(|| Refusal::from("ends with a backslash"))?;
        Ok(match next {
            'd' | 'D' => Escape::Class(DIGITS, next == 'D'),
            'w' | 'W' => Escape::Class(WORD, next == 'W'),
            's' | 'S' => Escape::Class(SPACE, next == 'S'),
            'b' => Escape::Step(Op::Boundary),
            'B' => Escape::Step(Op::Inside),
            'n' => Escape::Char('\n'),
            'r' => Escape::Char('\r'),
            't' => Escape::Char('\t'),
            'v' => Escape::Char('\u{b}'),
            'f' => Escape::Char('\u{c}'),
            'x' => Escape::Char(self.code(2)?),
            'u' => Escape::Char(self.code(4)?),
            '1'..='9' | 'k' => return Err("uses a back reference".into()),
            other if other.is_ascii_alphanumeric() => {
                return Err("uses an escape that not every host knows".into());
            }
            other => Escape::Char(other),
        })
    }

    fn code(&mut self, digits: usize) -> Result<char, Refusal> {
        let (code, rest) = self.rest.split_at_checked(digits).unwrap_or(("", ""));
        let character = parse_digits(code, 16).and_then(|code| char::from_u32(code as u32));
        self.rest = rest;
        character.ok_or_else(|| "names a character that does not exist".into())
    }

    /// Writes a step that takes a character of these ranges, or none of them.
    fn set(&mut self, ranges: &[(char, char)], negated: bool) {
        let start = self.open(negated);
        for (low, high) in ranges {
            self.range(*low, *high);
        }
        self.close(start);
    }

    fn open(&mut self, negated: bool) -> usize {
        let start = self.out.sets.len();
        self.out.sets.push(0);
        self.out.sets.push(negated.into());
        start
    }

    fn range(&mut self, low: char, high: char) {
        let mut push = |low: char, high: char| {
            self.out.sets.push(low.into());
            self.out.sets.push(high.into());
        };
        push(low, high);
        if self.out.fold && low == high {
            // What is alike but for case is so in upper case; a text is looked at in that, too.
            if let [upper] = host::upper(low.encode_utf8(&mut [0; 4])).chars().gather()[..] {
                push(upper, upper);
            }
        }
    }

    fn close(&mut self, start: usize) {
        let length = self.out.sets.len() - start - 2;
        if let Some(count) = self.out.sets.get_mut(start) {
            *count = length as u32;
        }
        self.push(Op::Take, start);
    }

    /// Writes a class; its opening bracket was read.
    fn class(&mut self) -> Result<(), Refusal> {
        let negated = self.take("^");
        let start = self.open(negated);
        if self.peek() == Some(']') {
            return Err("has an empty class".into());
        }
        while !self.take("]") {
            let Some(low) = self.class_item()? else {
                // Both a range and a lone hyphen were meant by someone, and hosts disagree.
                if self.is_range() {
                    return Err("has a range that starts with a class".into());
                }
                continue;
            };
            let mut high = low;
            if self.is_range() {
                self.next();
                high = self.class_item()?.ok_or_else(|| Refusal::from("has a range that ends with a class"))?;
                if high < low {
                    return Err("has a range that runs backwards".into());
                }
            }
            self.range(low, high);
        }
        self.close(start);
        Ok(())
    }

    fn is_range(&self) -> bool {
        self.rest.starts_with('-') && !self.rest.starts_with("-]")
    }

    /// The next character of a class; `None` where it was a class of its own and is written already.
    fn class_item(&mut self) -> Result<Option<char>, Refusal> {
        let next = self.next().ok_or_else(|| Refusal::from("does not close a class"))?;
        if next != '\\' {
            return Ok(Some(next));
        }
        match self.escape()? {
            Escape::Char(character) => Ok(Some(character)),
            Escape::Step(Op::Boundary) => Ok(Some('\u{8}')),
            Escape::Class(ranges, false) => {
                for (low, high) in ranges {
                    self.range(*low, *high);
                }
                Ok(None)
            }
            _ => Err("has a negated class inside a class".into()),
        }
    }

    /// Writes the repetition that follows, if any, of what was written since `start`.
    fn repeat(&mut self, repeatable: bool, start: usize) -> Result<(), Refusal> {
        let (length, low, high) = match self.peek() {
            Some('*') => (1, 0, None),
            Some('+') => (1, 1, None),
            Some('?') => (1, 0, Some(1)),
            Some('{') => match repetition(self.rest.get(1..).unwrap_or("")) {
                Some((length, low, high)) => (length + 1, low, high),
                None => return Ok(()),
            },
            _ => return Ok(()),
        };
        if !repeatable {
            return Err("repeats nothing".into());
        }
        self.rest = self.rest.get(length..).unwrap_or("");
        // As few as possible or as many: what matches is the same.
        self.take("?");
        let again = matches!(self.peek(), Some('*' | '+' | '?')) || self.rest.strip_prefix('{').and_then(repetition).is_some();
        let times = high.unwrap_or(low).max(low);
        if again || times > MAX_TIMES || high.is_some_and(|high| high < low) {
            return Err("repeats a repetition, or too often".into());
        }
        let atom = self.out.steps.get(start..).unwrap_or(&[]).to_vec();
        self.out.steps.truncate(start);
        if atom.len() * times.max(1) > MAX_STEPS {
            return Err("is too large once its repetitions are written out".into());
        }
        for time in 0..times.max(high.is_none().into()) {
            let start = self.here();
            self.out.steps.extend_from_slice(&atom);
            if high.is_none() && time + 1 >= low {
                let length = atom.len();
                if low == 0 {
                    self.way_round(start, 1);
                    self.push(Op::Jump, (length + 1).wrapping_neg());
                } else {
                    self.push(Op::Split, length.wrapping_neg());
                }
            } else if time >= low {
                self.way_round(start, 0);
            }
        }
        Ok(())
    }
}

/// Reads `2}`, `2,}` or `2,5}`: its length, the least and the most times, if there is a most.
fn repetition(text: &str) -> Option<(usize, usize, Option<usize>)> {
    let (inside, _) = text.split_once('}')?;
    let number = |digits: &str| Some(parse_digits(digits, 10).filter(|_| digits.len() <= 9)? as usize);
    let (low, high) = match inside.split_once(',') {
        None => (number(inside)?, Some(number(inside)?)),
        Some((low, "")) => (number(low)?, None),
        Some((low, high)) => (number(low)?, Some(number(high)?)),
    };
    Some((inside.len() + 1, low, high))
}
