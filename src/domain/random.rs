//! Chance as an argument: a small generator, started from the host's entropy, and what is made of it.
//!
//! It decides jitter and the random part of ids; it is no source of secrets.

use super::time::Millis;
use super::value::Text;

/// A seeded generator (xoroshiro128++ of Blackman and Vigna): the same entropy gives the same numbers on every host.
#[derive(Clone, Debug)]
pub struct Random {
    left: u64,
    right: u64,
}

impl Random {
    /// A generator from the host's entropy, 32 hex digits; other text is folded in as it is.
    pub fn from_entropy(entropy: &str) -> Self {
        let mut halves = [0x9e37_79b9_7f4a_7c15_u64, 0xd1b5_4a32_d192_ed03];
        for (at, byte) in entropy.bytes().enumerate() {
            let digit = (byte as char).to_digit(16).map_or(u64::from(byte), u64::from);
            if let Some(half) = halves.get_mut(usize::from(at >= 16)) {
                *half = half.rotate_left(4) ^ digit;
            }
        }
        let [left, right] = halves;
        let mut random = Random { left: mix(left), right: mix(right ^ left.rotate_left(32)) | 1 };
        random.next();
        random
    }

    /// The next 64 random bits.
    #[allow(clippy::should_implement_trait)] // It never ends, so it is no iterator.
    pub fn next(&mut self) -> u64 {
        let (left, mut right) = (self.left, self.right);
        let result = left.wrapping_add(right).rotate_left(17).wrapping_add(left);
        right ^= left;
        self.left = left.rotate_left(49) ^ right ^ (right << 21);
        self.right = right.rotate_left(28);
        result
    }

    /// A number from 0 up to but not including `bound`; 0 where `bound` is 0.
    pub fn below(&mut self, bound: u32) -> u32 {
        (((self.next() >> 32) * u64::from(bound)) >> 32) as u32
    }

    /// Full jitter: a wait of 1 ms up to and including `ceiling`, every length as likely as any other.
    pub fn jitter(&mut self, ceiling: Millis) -> Millis {
        let ceiling = u32::try_from(ceiling.max(1)).unwrap_or(u32::MAX);
        Millis::from(self.below(ceiling)) + 1
    }
}

/// The finalizer of SplitMix64: spreads entropy that differs in few bits.
fn mix(seed: u64) -> u64 {
    let mut mixed = (seed ^ (seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// Makes UUIDs of version 7 (RFC 9562) that sort in the order they were made, among those of the host.
#[derive(Clone, Debug, Default)]
pub struct Ids {
    /// The time, the version, and where the host counts what it makes within a millisecond.
    high: u64,
    low: u64,
}

const VARIANT: u64 = 0b10 << 62;

impl Ids {
    /// It is `now`. A clock that steps back does not step the ids back.
    pub fn see(&mut self, now: Millis, random: &mut Random) {
        let high = ((now.max(0) as u64) << 16) | 0x7000;
        if high > self.high {
            self.high = high;
            // The first bits stay clear, so that counting up has room and what the host makes in this millisecond comes behind.
            self.low = VARIANT | (random.next() >> 4);
        }
    }

    /// The next ones come behind `id` of the host, and before what the host made after it, whatever the time is by now.
    pub fn follow(&mut self, id: &str) {
        let (mut high, mut low) = (0, 0);
        for digit in id.bytes().filter_map(|byte| (byte as char).to_digit(16)) {
            high = (high << 4) | (low >> 60);
            low = (low << 4) | u64::from(digit);
        }
        if high & 0xf000 == 0x7000 {
            (self.high, self.low) = (high, low);
        }
    }

    /// The next id, greater as text than the one before it and than what was followed.
    pub fn next(&mut self, random: &mut Random) -> Text {
        self.low = self.low.wrapping_add(1 + (random.next() >> 34));
        uuid(self.high, self.low)
    }
}

/// A UUID as text.
pub fn uuid(high: u64, low: u64) -> Text {
    let mut out = String::with_capacity(36);
    for (index, part) in [high, low].into_iter().enumerate() {
        for digit in 0..16u32 {
            if matches!((index, digit), (0, 8) | (0, 12) | (1, 0) | (1, 4)) {
                out.push('-');
            }
            let nibble = (part >> (60 - 4 * digit)) & 15;
            out.push(char::from_digit(nibble as u32, 16).unwrap_or('0'));
        }
    }
    out.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entropy_decides_the_numbers() {
        let mut one = Random::from_entropy("000102030405060708090a0b0c0d0e0f");
        let mut same = one.clone();
        let mut other = Random::from_entropy("000102030405060708090a0b0c0d0e1f");
        assert_eq!(one.next(), same.next());
        assert_ne!(one.next(), other.next());
        Random::from_entropy("").next();
        Random::from_entropy("not hex at all, and much longer than it should be").next();
    }

    #[test]
    fn jitter_is_full() {
        let mut random = Random::from_entropy("7");
        let waits: Vec<Millis> = (0..10_000).map(|_| random.jitter(1_000)).collect();
        assert!(waits.iter().all(|wait| (1..=1_000).contains(wait)));
        for from in (0..1_000).step_by(100) {
            let share = waits.iter().filter(|wait| (from + 1..=from + 100).contains(*wait)).count();
            assert!((850..1_150).contains(&share), "{share} from {from}");
        }
        assert_eq!(random.jitter(0), 1);
        assert_eq!(random.jitter(-5), 1);
    }

    #[test]
    fn ids_are_version_7_and_only_grow() {
        let mut random = Random::from_entropy("42");
        let mut ids = Ids::default();
        let mut last = Text::default();
        for step in 0..100_000 {
            // The clock stands still, goes on, and goes back an hour.
            ids.see(1_795_314_914_066 + step / 1_000 - if step > 50_000 { 3_600_000 } else { 0 }, &mut random);
            let id = ids.next(&mut random);
            assert!(id > last, "{id} after {last}");
            assert!(id.starts_with("01a20"), "{id}");
            assert_eq!(id.len(), 36);
            assert_eq!(id.as_bytes()[14], b'7');
            assert!(matches!(id.as_bytes()[19], b'8' | b'9' | b'a' | b'b'));
            last = id;
        }
    }

    #[test]
    fn ids_follow_those_of_the_host() {
        let mut random = Random::from_entropy("42");
        let mut ids = Ids::default();
        ids.see(1_795_314_914_999, &mut random);
        let before = ids.next(&mut random);
        let host = ["01a2001b-0e12-73ff-9fff-fffffffffff0", "01a2001b-0e12-7400-8000-000000000000"];
        assert!(*before > *host[1], "{before}");
        for id in ["", "call-7", "01a2001b-0e12-4400-8000-000000000000"] {
            ids.follow(id);
            assert!(ids.next(&mut random) > before, "{id:?} is none of the host's");
        }
        ids.follow(host[0]);
        for _ in 0..1_000 {
            let id = ids.next(&mut random);
            assert!(*host[0] < *id && *id < *host[1], "{id}");
        }
    }
}
