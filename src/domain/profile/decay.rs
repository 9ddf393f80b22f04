//! Powers of two, the same to the last bit on every host.

/// `ln(2)^k / k!` for k = 0…13: the Taylor series of `2^x`.
///
/// On `|x| ≤ 1/2` the first term left out is below 5e-18, a twentieth of a double's rounding.
const SERIES: [f64; 14] = [
    1.0,
    std::f64::consts::LN_2,
    0.240_226_506_959_100_72,
    5.550_410_866_482_158e-2,
    9.618_129_107_628_477e-3,
    1.333_355_814_642_844_3e-3,
    1.540_353_039_338_161e-4,
    1.525_273_380_405_984_1e-5,
    1.321_548_679_014_431e-6,
    1.017_808_600_923_97e-7,
    7.054_911_620_801_123e-9,
    4.445_538_271_870_811_6e-10,
    2.567_843_599_348_820_6e-11,
    1.369_148_885_390_412_8e-12,
];

/// `2^x`, and 0 where that is below the smallest normal double; `x` is at most 1,023.
///
/// `f64::exp2` and `powf` are the C library's on native hosts and another one on wasm, and differ in the last bit.
/// This one uses nothing but additions and multiplications in a fixed order, which IEEE 754 fixes exactly
/// (Rust never contracts them to fused ones). A whole `x` gives the exact power.
pub(super) fn exp2(x: f64) -> f64 {
    if x < -1022.0 {
        return 0.0;
    }
    let whole = (x + 0.5).floor().min(1023.0);
    let rest = x - whole;
    let mut sum = 0.0;
    for term in SERIES.iter().rev() {
        sum = sum * rest + term;
    }
    sum * power(whole as i64)
}

/// `2^exponent` for an exponent of a normal double, written straight into its bits.
pub(super) fn power(exponent: i64) -> f64 {
    f64::from_bits(((exponent.clamp(-1022, 1023) + 1023) as u64) << 52)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_powers_are_exact() {
        for exponent in -1022..=1023 {
            assert_eq!(exp2(exponent as f64), 2.0_f64.powi(exponent), "{exponent}");
        }
        assert_eq!(exp2(-1023.0), 0.0);
    }

    #[test]
    fn others_are_within_two_units_of_the_last_place() {
        for step in -40_000..40_000 {
            let x = f64::from(step) * 0.001_37;
            let expected = x.exp2();
            let apart = (exp2(x) - expected).abs() / expected;
            assert!(apart <= 2.0 * f64::EPSILON, "{x}: {apart:e}");
        }
    }

    #[test]
    fn the_bits_are_pinned() {
        // Every host must give these bits (computed apart, in Python); a change here changes documents.
        for (x, bits) in [
            (0.5, 0x3ff6_a09e_667f_3bcc),
            (-1.0 / 14.0, 0x3fee_7449_64be_278b),
            (1.0 / 3.0, 0x3ff4_28a2_f98d_728b),
            (27.1828, 0x41a2_294e_9c75_d5e7),
            (-0.3, 0x3fe9_fdf8_bcce_533e),
        ] {
            assert_eq!(exp2(x).to_bits(), bits, "{x}");
        }
    }
}
