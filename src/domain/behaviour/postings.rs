//! The events that one source matched, in order: times for binary search, and the values that measures need.

use crate::domain::list::drop_first;
use crate::domain::time::Millis;

/// Stands for "this event has no such value" among the identities.
pub(super) const MISSING: u32 = u32::MAX;
/// Decimal places that are summed exactly: money has four at most.
const SCALE: f64 = 10_000.0;
/// Scaled values below this can be added 65,000 times without leaving 64 bits.
const LARGEST: f64 = (1_u64 << 47) as f64;

/// Matched events, oldest first.
#[derive(Clone, Debug, Default)]
pub(super) struct Postings {
    /// When each happened.
    pub at: Vec<Millis>,
    /// The running number of each in the journey.
    pub seq: Vec<u32>,
    /// One column for each property that is summed or compared as a number.
    pub numbers: Vec<Numbers>,
    /// One column for each property whose distinct values are counted.
    pub identities: Vec<Vec<u32>>,
}

/// A source that matched nothing.
pub(super) static EMPTY: Postings = Postings { at: Vec::new(), seq: Vec::new(), numbers: Vec::new(), identities: Vec::new() };

impl Postings {
    /// The first index at or after `at`.
    pub fn from(&self, at: Millis) -> usize {
        self.at.partition_point(|other| *other < at)
    }

    /// The first index after `at`; nearly always the end, which costs one comparison.
    pub fn until(&self, at: Millis) -> usize {
        match self.at.last() {
            Some(last) if *last > at => self.at.partition_point(|other| *other <= at),
            _ => self.at.len(),
        }
    }

    /// The index of a running number.
    pub fn find(&self, seq: u32) -> Option<usize> {
        self.seq.binary_search(&seq).ok()
    }

    /// The time at `index`.
    pub fn time(&self, index: usize) -> Option<Millis> {
        self.at.get(index).copied()
    }

    /// Takes out the events before the running number `base`; whether there were any.
    pub fn drop_before(&mut self, base: u32) -> bool {
        let count = self.seq.partition_point(|seq| *seq < base);
        if count == 0 {
            return false;
        }
        drop_first(&mut self.at, count);
        drop_first(&mut self.seq, count);
        for column in &mut self.numbers {
            column.drop_front(count, base);
        }
        for column in &mut self.identities {
            drop_first(column, count);
        }
        true
    }
}

/// A column of numbers with running sums.
///
/// Running sums of floats would depend on what was added before the window, so values are added as whole
/// ten-thousandths: 0.1 + 0.2 is 0.3, and a window's sum is the same however it was reached. The rare value that is
/// not a whole number of them, or is too large, stands apart and is added for each window anew.
#[derive(Clone, Debug, Default)]
pub(super) struct Numbers {
    values: Vec<Option<f64>>,
    /// After each event: ten-thousandths and numbers so far.
    running: Vec<(i64, u32)>,
    /// The same before the first event.
    before: (i64, u32),
    /// By running number, the values that are no ten-thousandths.
    apart: Vec<(u32, f64)>,
}

/// A sum in the making.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sum {
    units: i64,
    apart: f64,
    /// How many numbers were added.
    pub count: u32,
}

impl Sum {
    /// The sum.
    pub fn total(&self) -> f64 {
        self.units as f64 / SCALE + self.apart
    }

    /// The mean; `None` where nothing was added.
    pub fn mean(&self) -> Option<f64> {
        let count = f64::from(self.count);
        if self.count == 0 {
            return None;
        }
        // One division of whole numbers is the double nearest to the true mean.
        Some(if self.apart == 0.0 { self.units as f64 / (SCALE * count) } else { self.total() / count })
    }
}

impl Numbers {
    /// Adds the next event's value.
    pub fn push(&mut self, seq: u32, value: Option<f64>) {
        let (mut units, mut count) = self.running.last().copied().unwrap_or(self.before);
        if let Some(value) = value {
            let scaled = (value * SCALE).round();
            if scaled.abs() < LARGEST && scaled / SCALE == value {
                units = units.wrapping_add(scaled as i64);
            } else {
                self.apart.push((seq, value));
            }
            count += 1;
        }
        self.values.push(value);
        self.running.push((units, count));
    }

    /// Adds the values from index `lo` up to `hi`, whose running numbers are `seqs`, to `sum`.
    pub fn add(&self, lo: usize, hi: usize, seqs: &[u32], sum: &mut Sum) {
        let (from, to) = (self.until(lo), self.until(hi));
        sum.units = sum.units.wrapping_add(to.0.wrapping_sub(from.0));
        sum.count += to.1.wrapping_sub(from.1);
        if self.apart.is_empty() {
            return;
        }
        if let (Some(first), Some(last)) = (seqs.first(), seqs.last()) {
            let start = self.apart.partition_point(|(seq, _)| seq < first);
            for (seq, value) in self.apart.iter().skip(start) {
                if seq > last {
                    break;
                }
                sum.apart += value;
            }
        }
    }

    /// The numbers from index `lo` up to `hi`.
    pub fn range(&self, lo: usize, hi: usize) -> impl Iterator<Item = f64> {
        self.values.get(lo..hi).unwrap_or(&[]).iter().flatten().copied()
    }

    fn until(&self, index: usize) -> (i64, u32) {
        match index {
            0 => self.before,
            _ => self.running.get(index - 1).copied().unwrap_or(self.before),
        }
    }

    fn drop_front(&mut self, count: usize, base: u32) {
        let count = count.min(self.running.len());
        self.before = self.until(count);
        drop_first(&mut self.running, count);
        drop_first(&mut self.values, count);
        let apart = self.apart.partition_point(|(seq, _)| *seq < base);
        drop_first(&mut self.apart, apart);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_those_of_decimals() {
        let mut column = Numbers::default();
        for (seq, value) in [0.1, 0.2, 1e300, 33.34, 33.33, 33.33, 0.000_01].into_iter().enumerate() {
            column.push(seq as u32, Some(value));
        }
        let sum = |lo: usize, hi: usize| {
            let seqs: Vec<u32> = (lo as u32..hi as u32).collect();
            let mut sum = Sum::default();
            column.add(lo, hi, &seqs, &mut sum);
            sum.total()
        };
        assert_eq!(sum(0, 2), 0.3);
        assert_eq!(sum(2, 3), 1e300);
        assert_eq!(sum(3, 6), 100.0);
        assert_eq!(sum(6, 7), 0.000_01);
        assert_eq!(sum(3, 3), 0.0);
    }
}
