//! Forgets where in the source a panic would have been, and what it would have said.
//!
//! A call that may panic carries a `core::panic::Location`: pointer and length of a path, line and column. Where panics
//! trap at once nobody reads them, but they lie in the data, and no optimiser takes data apart. Zeros pack to nothing.
//! So it is with the standard library's own words for a panic.

use walrus::ir::Value;
use walrus::{ConstExpr, DataKind, Module};

/// What the standard library says in a panic, as far as it is found in the data. None of it can be a text of the engine's.
const WORDS: [&str; 39] = [
    "start byte index ",
    "end byte index ",
    " is out of bounds of `",
    " is not a char boundary; it is inside ",
    "slice index starts at ",
    " but ends at ",
    "index out of bounds: the len is ",
    " but the index is ",
    "range start index ",
    "range end index ",
    " out of range for slice of length ",
    "min > max. min = ",
    "cannot access a Thread Local Storage value during or after destruction: ",
    "copy_from_slice: source slice length (",
    ") does not match destination slice length (",
    "insertion index (is ",
    ") should be <= len (is ",
    "removal index (is ",
    ") should be < len (is ",
    "assertion failed: self.is_char_boundary(at)",
    "assertion failed: mid <= self.len()",
    "capacity overflow",
    "attempt to join into collection with len > usize::MAX",
    "Tried to shrink to a larger capacity",
    "called `Option::unwrap()` on a `None` value",
    "attempt to divide with overflow",
    "attempt to divide by zero",
    "attempt to calculate the remainder with overflow",
    "attempt to calculate the remainder with a divisor of zero",
    "RefCell already ",
    "already mutably borrowed",
    "already borrowed",
    ") when slicing `",
    "`at` split index (is ",
    "mid > len",
    // What the glue throws.
    "attempted to take ownership of Rust value while it was borrowed",
    "null pointer passed to rust",
    "recursive use of an object detected which would lead to unsafe aliasing in rust",
    "mutably borrowed",
];

/// A stretch of data and where it lies in memory.
struct Segment {
    start: usize,
    bytes: Vec<u8>,
}

impl Segment {
    fn word(&self, at: usize) -> Option<usize> {
        let bytes = self.bytes.get(at..at + 4)?;
        Some(u32::from_le_bytes(bytes.try_into().ok()?) as usize)
    }
}

/// Overwrites every location, the paths they name and the words of panics with zeros; returns how many locations there were.
pub fn forget(module: &mut Module) -> usize {
    let mut segments: Vec<_> = module
        .data
        .iter()
        .map(|data| {
            let start = match &data.kind {
                DataKind::Active { offset: ConstExpr::Value(Value::I32(start)), .. } => *start as usize,
                _ => usize::MAX,
            };
            (data.id(), Segment { start, bytes: data.value.clone() })
        })
        .filter(|(_, segment)| segment.start != usize::MAX)
        .collect();
    let mut found = Vec::new();
    for (own, (_, segment)) in segments.iter().enumerate() {
        // Locations are aligned to four bytes in memory.
        let first = segment.start.next_multiple_of(4) - segment.start;
        for at in (first..segment.bytes.len().saturating_sub(15)).step_by(4) {
            let (Some(path), Some(length), Some(line), Some(column)) =
                (segment.word(at), segment.word(at + 4), segment.word(at + 8), segment.word(at + 12))
            else {
                continue;
            };
            if !(4..300).contains(&length) || !(1..100_000).contains(&line) || !(1..1_000).contains(&column) {
                continue;
            }
            let named = segments.iter().position(|(_, other)| {
                let text = path.checked_sub(other.start).and_then(|from| other.bytes.get(from..from + length));
                text.is_some_and(|text| text.ends_with(b".rs") && text.contains(&b'/') && text.iter().all(u8::is_ascii_graphic))
            });
            if let Some(other) = named {
                found.push((own, at, other, path, length));
            }
        }
    }
    for (own, at, other, path, length) in &found {
        if let Some((_, segment)) = segments.get_mut(*own) {
            segment.bytes[*at..*at + 16].fill(0);
        }
        if let Some((_, segment)) = segments.get_mut(*other) {
            let from = path - segment.start;
            segment.bytes[from..from + length].fill(0);
        }
    }
    for (_, segment) in &mut segments {
        for word in WORDS {
            let mut from = 0;
            while let Some(at) = segment.bytes[from..].windows(word.len()).position(|found| found == word.as_bytes()) {
                segment.bytes[from + at..][..word.len()].fill(0);
                from += at + word.len();
            }
        }
    }
    for (id, segment) in segments {
        module.data.get_mut(id).value = segment.bytes;
    }
    found.len()
}
