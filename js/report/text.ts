/** The report in plain words, for a terminal. */
import type { Arm, CampaignReport, Comparison, Rate, Ratio, Report, Verdict } from "./index.ts";

export type Locale = "ko" | "en";

const WORDS = {
  ko: {
    none: "메시지 이벤트가 없습니다.", holdout: "대조군", all: "노출 전체", visitors: "방문자", shown: "보임", clicked: "클릭", dismissed: "닫음", goals: "목표", revenue: "매출",
    conversion: "전환", ratio: "표본 비율", fits: "설정과 맞음", broken: "설정과 다름", thin: "아직 판단할 수 없음", step: "단계",
    level: (count: number, level: string) => `비교 ${count}개가 오경보 5%를 나누어 가지므로 비교의 구간은 ${level} 구간입니다.`,
    looks: "판정은 한 번 볼 때의 것입니다. 효과가 없는 캠페인도 스무 개에 하나는 차이가 있다고 나오고, 날마다 다시 보면 훨씬 자주 나옵니다. 언제 판단할지 시작하기 전에 정해 두세요.",
    verdict: { too_early: "아직 판단할 수 없음", better: "더 나음", worse: "더 나쁨", no_difference: "차이가 확인되지 않음", bad_split: "표본 비율이 설정과 달라 비교를 믿을 수 없음" },
  },
  en: {
    none: "There are no events of messages.", holdout: "held out", all: "all shown", visitors: "visitors", shown: "shown", clicked: "clicked", dismissed: "dismissed", goals: "goals", revenue: "revenue",
    conversion: "conversion", ratio: "sample ratio", fits: "as configured", broken: "not as configured", thin: "too early to tell", step: "step",
    level: (count: number, level: string) => `${count} comparisons share the 5% for a false alarm: their intervals are of ${level}.`,
    looks: "A verdict is that of one look. Of campaigns without any effect one in twenty shows a difference, and far more do if they are looked at every day: decide before you start when you will judge.",
    verdict: { too_early: "Too early to tell", better: "Better", worse: "Worse", no_difference: "No difference found", bad_split: "The sample ratio is not as configured: the comparison cannot be trusted" },
  },
} satisfies { [locale in Locale]: { verdict: { [verdict in Verdict]: string }; [word: string]: unknown } };

const percent = (rate: number): string => `${(rate * 100).toFixed(1)}%`;
const points = (rate: number): string => `${rate < 0 ? "−" : "+"}${Math.abs(rate * 100).toFixed(1)}%p`;

export function toText(report: Report, locale: Locale): string {
  const words = WORDS[locale];
  if (!report.campaigns.length) return words.none;
  const number = (value: number): string => value.toLocaleString(locale);
  const label = (arm: string): string => (arm === "holdout" ? words.holdout : arm === "*" ? words.all : arm);
  const rateOf = ({ conversion, interval }: Rate): string => `${words.conversion} ${conversion === null ? "–" : `${percent(conversion)} [${interval!.map(percent).join(", ")}]`}`;
  const armLine = (arm: Arm): string => {
    const money = Object.entries(arm.revenue).map(([currency, sum]) => `${number(sum)}${currency && ` ${currency}`}`).join(" + ") || "0";
    const counts = arm.held_out ? [] : [`${words.shown} ${number(arm.shown)}`, `${words.clicked} ${number(arm.clicked)}`, `${words.dismissed} ${number(arm.dismissed)}`];
    return `  ${label(arm.arm)}: ${[`${words.visitors} ${number(arm.visitors)}`, ...counts, `${words.goals} ${number(arm.goals)}`, `${words.revenue} ${money}`, rateOf(arm)].join(" · ")}`;
  };
  const comparisonLine = ({ arm, against, difference, interval, verdict }: Comparison): string => {
    const numbers = difference === null ? "" : ` ${points(difference)} [${interval!.map(points).join(", ")}]`;
    return `  ${label(arm)} − ${label(against)}:${numbers} → ${words.verdict[verdict]}`;
  };
  const ratioLine = (ratio: Ratio | null): string[] =>
    ratio ? [`  ${words.ratio}: ${ratio.p === null ? words.thin : `p = ${ratio.p.toPrecision(2)}, ${ratio.fits ? words.fits : words.broken}`}`] : [];
  const block = ({ campaign, name, arms, comparisons, ratio, steps, level }: CampaignReport): string => {
    const lines = [name ? `${name} (${campaign})` : campaign, ...arms.map(armLine), ...comparisons.map(comparisonLine), ...ratioLine(ratio)];
    for (const { step, arms, comparisons, ratio } of steps) {
      const inside = [...arms.map((arm) => `  ${label(arm.arm)}: ${words.visitors} ${number(arm.visitors)} · ${rateOf(arm)}`), ...comparisons.map(comparisonLine), ...ratioLine(ratio)];
      lines.push(`  ${words.step} ${step}`, ...inside.map((line) => `  ${line}`));
    }
    const count = [...comparisons, ...steps.flatMap(({ comparisons }) => comparisons)].filter(({ difference }) => difference !== null).length;
    if (count > 1) lines.push(`  ${words.level(count, percent(level))}`);
    return lines.join("\n");
  };
  const judged = report.campaigns.some(({ comparisons, steps }) => comparisons.length || steps.length);
  return [...report.campaigns.map(block), ...(judged ? [words.looks] : [])].join("\n\n");
}
