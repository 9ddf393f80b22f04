/** The page's words. */
export const WORDS = {
  ko: {
    title: "캠페인 성과", empty: "아직 메시지 이벤트가 없습니다. 메시지가 보이기 시작하면 여기에 나타납니다.", failed: "보고서를 읽지 못했습니다.",
    lead: (from, to, events) => `${from} – ${to} · 이벤트 ${events}건`,
    holdout: "대조군", all: "노출 전체", message: "메시지", visitors: "방문자", shown: "보임", clicked: "클릭", dismissed: "닫음", goals: "목표", revenue: "매출", conversion: "전환율",
    group: "집단", chart: "전환율과 95% 구간", ratio: "표본 비율", fits: "설정과 맞음", broken: "설정과 다름", thin: "아직 판단할 수 없음",
    verdict: { too_early: "아직 판단할 수 없음", better: "더 나음", worse: "더 나쁨", no_difference: "차이가 확인되지 않음", bad_split: "표본 비율이 설정과 달라 비교를 믿을 수 없음" },
  },
  en: {
    title: "Campaign results", empty: "There are no events of messages yet. They appear here once messages are shown.", failed: "The report could not be read.",
    lead: (from, to, events) => `${from} – ${to} · ${events} events`,
    holdout: "Held out", all: "All shown", message: "Message", visitors: "Visitors", shown: "Shown", clicked: "Clicked", dismissed: "Dismissed", goals: "Goals", revenue: "Revenue", conversion: "Conversion",
    group: "Group", chart: "Conversion with 95% interval", ratio: "Sample ratio", fits: "as configured", broken: "not as configured", thin: "too early to tell",
    verdict: { too_early: "Too early to tell", better: "Better", worse: "Worse", no_difference: "No difference found", bad_split: "The sample ratio is not as configured: the comparison cannot be trusted" },
  },
};
