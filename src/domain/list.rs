//! Lists with less code.
//!
//! The standard library's `collect`, `extend`, `resize` and `retain` are tuned for speed: each use brings a first step
//! unrolled, a guess of the length and a second loop, about half a kilobyte for every closure. These do the same one item at
//! a time.

/// An iterator that can be made a list.
pub trait Gather: Iterator + Sized {
    /// The items as a list.
    fn gather(self) -> Vec<Self::Item> {
        let mut out = Vec::new();
        for item in self {
            out.push(item);
        }
        out
    }
}

impl<I: Iterator> Gather for I {}

/// Adds `more` at the end.
pub fn append<T>(list: &mut Vec<T>, more: impl IntoIterator<Item = T>) {
    for item in more {
        list.push(item);
    }
}

/// Makes a list as long as `count` at least, with what `make` makes.
pub fn grow<T>(list: &mut Vec<T>, count: usize, make: impl Fn() -> T) {
    while list.len() < count {
        list.push(make());
    }
}

/// As many of what `make` makes.
pub fn filled<T>(count: usize, make: impl Fn() -> T) -> Vec<T> {
    let mut out = Vec::new();
    grow(&mut out, count, make);
    out
}

/// Keeps what `wanted` says, in order; it may change what it keeps.
pub fn keep<T>(list: &mut Vec<T>, mut wanted: impl FnMut(&mut T) -> bool) {
    let mut kept = 0;
    for index in 0..list.len() {
        if list.get_mut(index).is_some_and(&mut wanted) {
            list.swap(kept, index);
            kept += 1;
        }
    }
    list.truncate(kept);
}

/// Takes out what `is_meant` says; both parts stay in order.
pub fn take_out<T>(list: &mut Vec<T>, is_meant: impl Fn(&T) -> bool) -> Vec<T> {
    let mut out = Vec::new();
    for item in std::mem::take(list) {
        if is_meant(&item) { out.push(item) } else { list.push(item) }
    }
    out
}

/// Drops the first `count`, or all where there are no more.
pub fn drop_first<T>(list: &mut Vec<T>, count: usize) {
    for index in count..list.len() {
        list.swap(index - count, index);
    }
    list.truncate(list.len().saturating_sub(count));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wanted_stays_in_order() {
        let mut list = (0..9).gather();
        keep(&mut list, |number| *number % 3 != 0);
        assert_eq!(list, [1, 2, 4, 5, 7, 8]);
    }

    #[test]
    fn what_is_meant_comes_out_in_order() {
        let mut list = (0..9).gather();
        assert_eq!(take_out(&mut list, |number| number % 3 == 0), [0, 3, 6]);
        assert_eq!(list, [1, 2, 4, 5, 7, 8]);
    }

    #[test]
    fn the_first_go_and_the_rest_stays_in_order() {
        for (count, rest) in [(0, &[0, 1, 2, 3][..]), (1, &[1, 2, 3]), (3, &[3]), (4, &[]), (9, &[])] {
            let mut list = (0..4).gather();
            drop_first(&mut list, count);
            assert_eq!(list, rest);
        }
    }
}
