/**
 * The little statistics of the report: intervals for a proportion and for a difference of two, and the test for the
 * ratio of samples.
 */

/** The 97.5th percentile of the normal distribution: intervals of 95 %. */
const Z = 1.959963984540054;

/**
 * Wilson's score interval of a proportion: E. B. Wilson, "Probable inference, the law of succession, and statistical
 * inference", JASA 22 (1927), 209–212. It holds for few visitors and for rates near zero, where the textbook's ±1.96 SE does not.
 */
export function wilson(successes: number, trials: number, z = Z): [number, number] {
  if (!trials) return [0, 1];
  const rate = successes / trials;
  const square = z * z;
  const middle = rate + square / (2 * trials);
  const reach = z * Math.sqrt((rate * (1 - rate)) / trials + square / (4 * trials * trials));
  const scale = 1 + square / trials;
  return [Math.max(0, (middle - reach) / scale), Math.min(1, (middle + reach) / scale)];
}

/**
 * The interval of a difference of two independent proportions: R. G. Newcombe, "Interval estimation for the difference
 * between independent proportions", Statistics in Medicine 17 (1998), 873–890, method 10 (from two of Wilson's).
 */
export function newcombe(a: number, trialsA: number, b: number, trialsB: number, z = Z): [number, number] {
  const [rateA, rateB] = [a / trialsA, b / trialsB];
  const [lowA, highA] = wilson(a, trialsA, z);
  const [lowB, highB] = wilson(b, trialsB, z);
  const difference = rateA - rateB;
  return [difference - Math.hypot(rateA - lowA, highB - rateB), difference + Math.hypot(highA - rateA, rateB - lowB)];
}

/** How many standard deviations to either side hold this share of the normal distribution: 1.96 for 0.95. */
export function deviations(level: number): number {
  let [low, high] = [0, 40];
  for (let n = 0; n < 60; n++) {
    const middle = (low + high) / 2;
    if (upperGamma(0.5, (middle * middle) / 2) > 1 - level) low = middle;
    else high = middle;
  }
  return high;
}

/** Pearson's test: how likely counts at least this far from the expected shares are by chance. */
export function chiSquare(observed: number[], shares: number[]): { statistic: number; p: number } {
  const total = observed.reduce((sum, count) => sum + count, 0);
  let statistic = 0;
  observed.forEach((count, index) => {
    const expected = total * shares[index]!;
    statistic += (count - expected) ** 2 / expected;
  });
  return { statistic, p: upperGamma((observed.length - 1) / 2, statistic / 2) };
}

/** ln Γ of a positive multiple of one half, exactly by Γ(x + 1) = x Γ(x). */
function lnGamma(x: number): number {
  let sum = Number.isInteger(x) ? 0 : Math.log(Math.PI) / 2;
  for (let at = Number.isInteger(x) ? 1 : 0.5; at < x; at++) sum += Math.log(at);
  return sum;
}

/** The upper regularized incomplete gamma function, by its series or its continued fraction (DLMF 8.11.4 and 8.9.2). */
function upperGamma(a: number, x: number): number {
  if (x <= 0) return 1;
  const front = Math.exp(a * Math.log(x) - x - lnGamma(a));
  if (x < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let n = 1; n < 1000 && term > sum * 1e-16; n++) {
      term *= x / (a + n);
      sum += term;
    }
    return Math.max(0, 1 - front * sum);
  }
  // Lentz's method; the fraction converges fast beyond a + 1.
  let b = x + 1 - a;
  let c = 1e300;
  let d = 1 / b;
  let fraction = d;
  for (let n = 1; n < 1000; n++) {
    const factor = -n * (n - a);
    b += 2;
    d = 1 / (factor * d + b);
    c = b + factor / c;
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return front * fraction;
}
