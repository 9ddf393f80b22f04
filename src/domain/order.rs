//! Sorting with one body for every type.
//!
//! The standard library's sorts are made anew for each element type, four to six kilobytes apiece, and the engine
//! sorts a dozen short lists. Here the merge sort works on indices behind a `dyn` comparison; only the exchange of
//! elements is generic.

use crate::domain::list::Gather;
use std::cmp::Ordering;

/// Sorts stably by `compare`.
pub fn sort_by<T>(items: &mut [T], mut compare: impl FnMut(&T, &T) -> Ordering) {
    let order = order_of(items.len(), &mut |left, right| match (items.get(left), items.get(right)) {
        (Some(left), Some(right)) => compare(left, right) == Ordering::Greater,
        _ => false,
    });
    arrange(order, &mut |left, right| items.swap(left, right));
}

/// Sorts stably.
pub fn sort<T: Ord>(items: &mut [T]) {
    sort_by(items, T::cmp);
}

/// Sorts and keeps one of each.
pub fn sort_unique<T: Ord>(items: &mut Vec<T>) {
    sort(items);
    let mut kept = 0;
    for at in 1..items.len() {
        if items.get(at) != items.get(kept) {
            kept += 1;
            items.swap(kept, at);
        }
    }
    items.truncate(kept + 1);
}

/// The index of the element that belongs at each place: a merge sort from the bottom up.
fn order_of(count: usize, is_after: &mut dyn FnMut(usize, usize) -> bool) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).gather();
    let mut spare = order.clone();
    let mut width = 1;
    while width < count {
        let (mut left, mut right, mut middle, mut end) = (0, 0, 0, 0);
        for (place, slot) in spare.iter_mut().enumerate() {
            if place == end {
                left = end;
                middle = (left + width).min(count);
                right = middle;
                end = (left + 2 * width).min(count);
            }
            let one = order.get(left).copied().filter(|_| left < middle);
            let other = order.get(right).copied().filter(|_| right < end);
            *slot = match (one, other) {
                (Some(one), Some(other)) if is_after(one, other) => {
                    right += 1;
                    other
                }
                (Some(one), _) => {
                    left += 1;
                    one
                }
                (None, other) => {
                    right += 1;
                    other.unwrap_or(0)
                }
            };
        }
        std::mem::swap(&mut order, &mut spare);
        width *= 2;
    }
    order
}

/// Brings every element to its place, following each cycle of the permutation once.
fn arrange(mut order: Vec<usize>, swap: &mut dyn FnMut(usize, usize)) {
    for start in 0..order.len() {
        let mut at = start;
        while let Some(slot) = order.get_mut(at) {
            let from = std::mem::replace(slot, at);
            if from == start {
                break;
            }
            swap(at, from);
            at = from;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_sorts_as_the_standard_library_does(mut list in proptest::collection::vec((0u8..20, any::<u16>()), 0..200)) {
            let mut expected = list.clone();
            expected.sort_by_key(|pair| pair.0);
            sort_by(&mut list, |left, right| left.0.cmp(&right.0));
            prop_assert_eq!(&list, &expected);
            sort_unique(&mut list);
            expected.sort();
            expected.dedup();
            prop_assert_eq!(list, expected);
        }
    }
}
