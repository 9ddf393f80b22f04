//! Regular expressions in the subset that the browser's engine and a linear-time crate read alike, read and run here.
//!
//! What those two read differently means what ECMAScript says with the flag `u`, but within ASCII: `\d \w \b` know ASCII
//! alone, `\s` is ECMAScript's white space, `.` leaves out its line ends. Look-around, back references and properties are
//! refused, and so is what grows too large when repetition is written out.
//!
//! They are run here rather than by the browser because that tries one way after another: over `(a+)+$` and a text that
//! does not match it takes years, and a page hangs. Here each takes time in proportion to its text, see [`machine`].

use super::super::compiler::limits;
use super::super::problem::Prose;

mod machine;
mod reader;

use reader::Reader;

/// Why an expression is refused, to follow "the regular expression".
pub(super) type Refusal = Prose;

/// A compiled regular expression.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Pattern {
    /// Whether case is ignored.
    fold: bool,
    /// Its steps, each an [`Op`] and an argument; past the last it matches.
    steps: Vec<u32>,
    /// The sets of characters that steps take: how many numbers follow, whether it is the complement, and the first and
    /// the last character of each range.
    sets: Vec<u32>,
}

/// What a step does.
#[derive(Clone, Copy)]
enum Op {
    /// Takes a character of the set that begins at the argument.
    Take,
    /// Goes on as many steps ahead as the argument says.
    Jump,
    /// Goes on with the next step and there.
    Split,
    /// Goes on at the beginning of the text.
    First,
    /// Goes on at its end.
    Last,
    /// Goes on where a word of ASCII begins or ends.
    Boundary,
    /// Goes on where none does.
    Inside,
}

fn word(op: Op, argument: usize) -> u32 {
    (argument as u32) << 3 | op as u32
}

fn op_of(word: u32) -> (Op, usize) {
    let op = match word & 7 {
        0 => Op::Take,
        1 => Op::Jump,
        2 => Op::Split,
        3 => Op::First,
        4 => Op::Last,
        5 => Op::Boundary,
        _ => Op::Inside,
    };
    (op, (word as i32 >> 3) as usize)
}

/// The input that an expression looks at: its first bytes, cut between characters.
fn cut(text: &str) -> &str {
    let mut end = text.len().min(limits::PATTERN_INPUT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or("")
}

impl Pattern {
    /// Compiles `source`, at most [1,000 bytes](limits::PATTERN_BYTES); `fold`: case is ignored, as `toLowerCase` and
    /// `toUpperCase` tell it.
    pub(super) fn new(source: &str, fold: bool) -> Result<Pattern, Refusal> {
        if source.len() > limits::PATTERN_BYTES {
            return Err("is longer than 1,000 bytes".into());
        }
        let out = Pattern { fold, steps: Vec::new(), sets: Vec::new() };
        let mut reader = Reader { rest: source, out };
        reader.alternatives(0)?;
        if reader.rest.is_empty() { Ok(reader.out) } else { Err("closes a group that was not opened".into()) }
    }
}

#[cfg(test)]
mod tests;
