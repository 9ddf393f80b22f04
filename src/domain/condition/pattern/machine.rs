//! Runs an expression: all its ways at once, a character of the text at a time, so that no expression takes longer than
//! its steps times the characters of the text (Thompson, "Regular expression search algorithm", 1968; Pike's machine as
//! told by Cox, <https://swtch.com/~rsc/regexp/regexp2.html>). Only whether it matches is asked, so nothing is captured.

use super::super::super::host;
use super::super::super::list::{Gather, filled};
use super::{Op, Pattern, cut, op_of};

/// What is known between two characters of a text.
struct Place {
    first: bool,
    last: bool,
    /// Whether a word of ASCII begins or ends here.
    boundary: bool,
}

impl Pattern {
    /// Whether it matches anywhere in the text's first bytes ([`limits::PATTERN_INPUT`](super::limits::PATTERN_INPUT)).
    pub(in super::super) fn is_match(&self, text: &str) -> bool {
        let text = cut(text);
        let chars: Vec<char> = text.chars().gather();
        let cases = if self.fold { [host::lower(text), host::upper(text)] } else { Default::default() };
        // Where a case has another number of characters (`ß`, `SS`), each is looked at by itself, within ASCII.
        let cases = cases.map(|text| text.chars().gather());
        let [lower, upper]: [Vec<char>; 2] = cases;
        let mut ways = Ways { pattern: self, seen: filled(self.steps.len() + 1, || 0), round: 0, now: Vec::new(), open: Vec::new() };
        let mut next: Vec<usize> = Vec::new();
        let mut before = false;
        for at in 0..=chars.len() {
            let character = chars.get(at).copied();
            let after = character.is_some_and(|character| character.is_ascii_alphanumeric() || character == '_');
            let place = Place { first: at == 0, last: character.is_none(), boundary: before != after };
            before = after;
            ways.round += 1;
            ways.now.clear();
            next.push(0);
            if next.iter().any(|step| ways.follow(*step, &place)) {
                return true;
            }
            next.clear();
            let Some(character) = character else { break };
            let mut forms = [character; 3];
            if self.fold {
                let form = |case: &[char], own: char| if case.len() == chars.len() { case.get(at).copied().unwrap_or(own) } else { own };
                forms = [character, form(&lower, character.to_ascii_lowercase()), form(&upper, character.to_ascii_uppercase())];
            }
            for step in &ways.now {
                if self.takes(*step, &forms) {
                    next.push(*step + 1);
                }
            }
        }
        false
    }

    /// Whether the step takes the character in one of its forms.
    fn takes(&self, step: usize, forms: &[char; 3]) -> bool {
        let Some([count, negated, rest @ ..]) = self.steps.get(step).and_then(|word| self.sets.get(op_of(*word).1..)) else { return false };
        let ranges = rest.get(..*count as usize).unwrap_or(rest);
        let found = ranges
            .chunks_exact(2)
            .any(|range| matches!(range, [low, high] if forms.iter().any(|form| (*low..=*high).contains(&u32::from(*form)))));
        found == (*negated == 0)
    }
}

/// Where the ways through an expression stand.
struct Ways<'a> {
    pattern: &'a Pattern,
    /// The round in which a step was last come to.
    seen: Vec<u32>,
    round: u32,
    /// The steps that wait for a character.
    now: Vec<usize>,
    open: Vec<usize>,
}

impl Ways<'_> {
    /// Goes on from a step as far as it gets without a character; true where that is the end.
    fn follow(&mut self, step: usize, place: &Place) -> bool {
        self.open.push(step);
        while let Some(step) = self.open.pop() {
            let Some(seen) = self.seen.get_mut(step) else { continue };
            if *seen == self.round {
                continue;
            }
            *seen = self.round;
            let Some(word) = self.pattern.steps.get(step) else { return true };
            let (op, argument) = op_of(*word);
            let there = step.wrapping_add(argument);
            let passes = match op {
                Op::Take => {
                    self.now.push(step);
                    continue;
                }
                Op::Jump => {
                    self.open.push(there);
                    continue;
                }
                Op::Split => {
                    self.open.push(there);
                    true
                }
                Op::First => place.first,
                Op::Last => place.last,
                Op::Boundary => place.boundary,
                Op::Inside => !place.boundary,
            };
            if passes {
                self.open.push(step + 1);
            }
        }
        false
    }
}
