/** A day, or from one to another. */
const days = (from, to) => (from === to ? from : `${from} – ${to}`);

/** The page's words. */
export const WORDS = {
  ko: {
    title: "캠페인 성과", empty: "아직 메시지 이벤트가 없습니다. 메시지가 보이기 시작하면 여기에 나타납니다.", failed: "보고서를 읽지 못했습니다.",
    lead: (from, to, events) => `${days(from, to)} · 이벤트 ${events}건`,
    holdout: "대조군", all: "노출 전체", message: "메시지", visitors: "방문자", shown: "보임", clicked: "클릭", dismissed: "닫음", goals: "목표", revenue: "매출", conversion: "전환율",
    group: "집단", chart: "전환율과 95% 구간", ratio: "표본 비율", fits: "설정과 맞음", broken: "설정과 다름", thin: "아직 판단할 수 없음",
    alone: "견줄 집단이 없어 메시지 덕분인지는 알 수 없습니다. 캠페인에 \"holdout\": 0.1을 쓰면 열 명 가운데 한 명에게는 보이지 않고, 그 손님들과 견줍니다.",
    step: (step) => `단계 ${step}`, level: (count, level) => `비교 ${count}개가 오경보 5%를 나누어 가지므로 비교의 구간은 ${level} 구간입니다.`,
    first: "전환은 방문자가 처음 겪은 노출(또는 대조군이 된 순간)로만 셉니다. 노출, 클릭, 목표, 매출은 그 방문자의 모든 것입니다.",
    looks: "판정은 한 번 볼 때의 것입니다. 효과가 없는 캠페인도 스무 개에 하나는 차이가 있다고 나오고, 날마다 다시 보면 훨씬 자주 나옵니다. 언제 판단할지 시작하기 전에 정해 두세요.",
    verdict: { too_early: "아직 판단할 수 없음", better: "더 나음", worse: "더 나쁨", no_difference: "차이가 확인되지 않음", bad_split: "표본 비율이 설정과 달라 비교를 믿을 수 없음" },
  },
  en: {
    title: "Campaign results", empty: "There are no events of messages yet. They appear here once messages are shown.", failed: "The report could not be read.",
    lead: (from, to, events) => `${days(from, to)} · ${events} events`,
    holdout: "Held out", all: "All shown", message: "Message", visitors: "Visitors", shown: "Shown", clicked: "Clicked", dismissed: "Dismissed", goals: "Goals", revenue: "Revenue", conversion: "Conversion",
    group: "Group", chart: "Conversion with 95% interval", ratio: "Sample ratio", fits: "as configured", broken: "not as configured", thin: "too early to tell",
    alone: "There is nobody to compare with, so this does not say what the message added. With \"holdout\": 0.1 in the campaign one visitor in ten does not see it, and the report compares.",
    step: (step) => `Step ${step}`, level: (count, level) => `${count} comparisons share the 5% for a false alarm: their intervals are of ${level}.`,
    first: "A conversion is that of a visitor's first exposure, shown or held out. Displays, clicks, goals and revenue are all that these visitors had.",
    looks: "A verdict is that of one look. Of campaigns without any effect one in twenty shows a difference, and far more do if they are looked at every day: decide before you start when you will judge.",
    verdict: { too_early: "Too early to tell", better: "Better", worse: "Worse", no_difference: "No difference found", bad_split: "The sample ratio is not as configured: the comparison cannot be trusted" },
  },
};
