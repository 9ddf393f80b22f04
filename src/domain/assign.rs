//! Who gets which variant: GrowthBook's hash and ranges, so that a split agrees with what its other SDKs decide.
//!
//! <https://docs.growthbook.io/lib/build-your-own>

use super::number::push_integer;
use crate::domain::list::{Gather, filled};

/// A part of the line from 0 to 1: from the first number up to but not including the second.
pub type Range = (f64, f64);

/// FNV-1a, 32 bits, over UTF-16 units as JavaScript's `charCodeAt` gives them, not over bytes.
fn fnv1a(parts: &[&str]) -> u32 {
    parts
        .iter()
        .flat_map(|part| part.encode_utf16())
        .fold(0x811c_9dc5, |hash: u32, unit| (hash ^ u32::from(unit)).wrapping_mul(0x0100_0193))
}

/// The place of `value` between 0 and 1 for `seed`; `None` for a version of the hash that does not exist.
pub fn hash(seed: &str, value: &str, version: u32) -> Option<f64> {
    match version {
        1 => Some(f64::from(fnv1a(&[value, seed]) % 1_000) / 1_000.0),
        2 => {
            // Version 1 is biased between experiments; hashing the digits of the first hash again removes that.
            let mut digits = String::new();
            push_integer(i64::from(fnv1a(&[seed, value])), &mut digits);
            Some(f64::from(fnv1a(&[&digits]) % 10_000) / 10_000.0)
        }
        _ => None,
    }
}

/// The same weight for each of `count` variants.
pub fn equal_weights(count: usize) -> Vec<f64> {
    filled(count, || 1.0 / count.max(1) as f64)
}

/// The part of the line that each of `count` variants covers; weights that do not sum to about 1 become equal ones.
pub fn bucket_ranges(count: usize, coverage: f64, weights: Option<&[f64]>) -> Vec<Range> {
    let coverage = coverage.clamp(0.0, 1.0);
    let usable = weights.filter(|weights| {
        let sum: f64 = weights.iter().sum();
        weights.len() == count && (0.99..=1.01).contains(&sum)
    });
    let weights = usable.map_or_else(|| equal_weights(count), <[f64]>::to_vec);
    let mut sum = 0.0;
    weights
        .iter()
        .map(|weight| {
            let start = sum;
            sum += weight;
            (start, start + coverage * weight)
        })
        .gather()
}

/// Whether `place` lies in `range`.
fn in_range(place: f64, range: Range) -> bool {
    place >= range.0 && place < range.1
}

/// The index of the range that `place` lies in, or -1.
pub fn choose_variation(place: f64, ranges: &[Range]) -> i32 {
    ranges.iter().position(|range| in_range(place, *range)).map_or(-1, |index| index as i32)
}

/// Whether a user is in the part of a namespace from `range.0` to `range.1`.
pub fn in_namespace(user: &str, namespace: &str, range: Range) -> bool {
    let place = f64::from(fnv1a(&[user, "__", namespace]) % 1_000) / 1_000.0;
    in_range(place, range)
}

/// The index of the variant that `value` falls on, or -1 where it falls on none.
///
/// Weights are divided by their sum first, so `[1, 1, 2]` is a quarter, a quarter and a half. A visitor without an id
/// is in no experiment.
pub fn assign(seed: &str, value: &str, weights: &[f64], coverage: f64, hash_version: u32) -> i32 {
    let Some(place) = hash(seed, value, hash_version) else {
        return -1;
    };
    if value.is_empty() || coverage.is_nan() {
        return -1;
    }
    let weights: Vec<f64> = weights.iter().map(|weight| if *weight > 0.0 { *weight } else { 0.0 }).gather();
    let sum: f64 = weights.iter().sum();
    if sum <= 0.0 || !sum.is_finite() {
        return -1;
    }
    // A sum that is 1 but for rounding stays, so that ranges end at the very double where GrowthBook's end.
    let sum = if (sum - 1.0).abs() < 1e-9 { 1.0 } else { sum };
    let weights: Vec<f64> = weights.iter().map(|weight| weight / sum).gather();
    choose_variation(place, &bucket_ranges(weights.len(), coverage, Some(&weights)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_divided_by_their_sum() {
        let counts = |weights: &[f64], coverage| {
            let mut counts = vec![0; weights.len() + 1];
            for user in 0..10_000 {
                let variant = assign("spring", &user.to_string(), weights, coverage, 2);
                counts[(variant + 1) as usize] += 1;
            }
            counts
        };
        let halves = counts(&[1.0, 1.0, 2.0], 1.0);
        assert_eq!(halves[0], 0);
        assert!((halves[1] - 2_500_i32).abs() < 200 && (halves[3] - 5_000_i32).abs() < 200);
        assert_eq!(counts(&[1.0, 1.0, 2.0], 1.0), counts(&[25.0, 25.0, 50.0], 1.0));
        assert!((counts(&[1.0, 1.0], 0.1)[0] - 9_000_i32).abs() < 200);
    }

    #[test]
    fn odd_input_falls_on_no_variant_and_never_panics() {
        assert_eq!(assign("s", "u", &[], 1.0, 2), -1);
        assert_eq!(assign("s", "u", &[1.0], 1.0, 3), -1);
        assert_eq!(assign("s", "", &[1.0], 1.0, 2), -1);
        assert_eq!(assign("s", "u", &[1.0], f64::NAN, 2), -1);
        assert_eq!(assign("s", "u", &[1.0], 0.0, 2), -1);
        assert_eq!(assign("s", "u", &[0.0, 0.0, 1.0], 1.0, 2), 2);
        assert!(bucket_ranges(0, 1.0, None).is_empty());
    }
}
