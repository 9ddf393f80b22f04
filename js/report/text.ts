/** The report in plain words, for a terminal. */
import type { Arm, CampaignReport, Report, Verdict } from "./index.ts";

export type Locale = "ko" | "en";

const WORDS = {
  ko: {
    none: "메시지 이벤트가 없습니다.", holdout: "대조군", all: "노출 전체", visitors: "방문자", shown: "보임", clicked: "클릭", dismissed: "닫음", goals: "목표", revenue: "매출",
    conversion: "전환", ratio: "표본 비율", fits: "설정과 맞음", broken: "설정과 다름", thin: "아직 판단할 수 없음",
    verdict: { too_early: "아직 판단할 수 없음", better: "더 나음", worse: "더 나쁨", no_difference: "차이가 확인되지 않음", bad_split: "표본 비율이 설정과 달라 비교를 믿을 수 없음" },
  },
  en: {
    none: "There are no events of messages.", holdout: "held out", all: "all shown", visitors: "visitors", shown: "shown", clicked: "clicked", dismissed: "dismissed", goals: "goals", revenue: "revenue",
    conversion: "conversion", ratio: "sample ratio", fits: "as configured", broken: "not as configured", thin: "too early to tell",
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
  const armLine = (arm: Arm): string => {
    const money = Object.entries(arm.revenue).map(([currency, sum]) => `${number(sum)}${currency && ` ${currency}`}`).join(" + ") || "0";
    const rate = arm.conversion === null ? "–" : `${percent(arm.conversion)} [${arm.interval!.map(percent).join(", ")}]`;
    const counts = arm.held_out ? [] : [`${words.shown} ${number(arm.shown)}`, `${words.clicked} ${number(arm.clicked)}`, `${words.dismissed} ${number(arm.dismissed)}`];
    return `  ${label(arm.arm)}: ${[`${words.visitors} ${number(arm.visitors)}`, ...counts, `${words.goals} ${number(arm.goals)}`, `${words.revenue} ${money}`, `${words.conversion} ${rate}`].join(" · ")}`;
  };
  const block = ({ campaign, name, arms, comparisons, ratio }: CampaignReport): string => {
    const lines = [name ? `${name} (${campaign})` : campaign, ...arms.map(armLine)];
    for (const { arm, against, difference, interval, verdict } of comparisons) {
      const numbers = difference === null ? "" : ` ${points(difference)} [${interval!.map(points).join(", ")}]`;
      lines.push(`  ${label(arm)} − ${label(against)}:${numbers} → ${words.verdict[verdict]}`);
    }
    if (ratio) lines.push(`  ${words.ratio}: ${ratio.p === null ? words.thin : `p = ${ratio.p.toPrecision(2)}, ${ratio.fits ? words.fits : words.broken}`}`);
    return lines.join("\n");
  };
  return report.campaigns.map(block).join("\n\n");
}
