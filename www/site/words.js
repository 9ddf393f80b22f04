// The site's own words.
const WORDS = {
  en: {
    configuration: "Configuration", journey: "Journey", edit: "Edit", visitor: "Visitor", shownJourney: "who sees it", hiddenJourney: "who does not", wide: "Desktop", phone: "Phone", preview: "Preview",
    decisions: "Decisions", why: "Why", isShown: "Shown", isHeld: "Not shown", nothing: "Nothing asked to be shown", everyone: "The audience is everyone.",
    notJson: "not JSON yet", isEmpty: "nothing in it", place: (line, column) => `line ${line}, character ${column}`, line: (number) => `line ${number}`, event: (number) => `event ${number}`,
    noEvent: "an event has a type, and a track an event", noTime: "a timestamp is written like 2026-11-02T03:00:00Z", stale: "Cannot be read: what is shown is from before",
    outcomes: { shown: "shown", held_out: "held out", queued: "queued", suppressed: "not shown" },
    reasons: { paused: "paused", outside_schedule: "outside the schedule", no_consent: "no consent", not_in_audience: "not in the audience", held_out: "held out", frequency_capped: "limit reached", muted: "muted", quiet_hours: "quiet hours", attention_budget: "enough messages for now", outranked: "another had priority", goal_reached: "goal reached already", page_left: "page left", invalid: "invalid", slot_missing: "no place on the page" },
  },
  ko: {
    configuration: "설정", journey: "여정", edit: "고치기", visitor: "손님", shownJourney: "메시지를 보는 손님", hiddenJourney: "보지 않는 손님", wide: "넓게", phone: "휴대폰", preview: "미리보기",
    decisions: "판단", why: "까닭", isShown: "보입니다", isHeld: "보이지 않습니다", nothing: "나서는 캠페인이 없습니다", everyone: "모든 손님이 대상입니다.",
    notJson: "아직 JSON이 아닙니다", isEmpty: "비어 있습니다", place: (line, column) => `${line}번째 줄 ${column}번째 글자`, line: (number) => `${number}번째 줄`, event: (number) => `${number}번째 이벤트`,
    noEvent: "이벤트에는 type이, track에는 event가 있어야 합니다", noTime: "timestamp는 2026-11-02T03:00:00Z처럼 씁니다", stale: "읽을 수 없어 바로 전의 결과를 보여 줍니다",
    outcomes: { shown: "보임", held_out: "대조군", queued: "차례를 기다림", suppressed: "보이지 않음" },
    reasons: { paused: "멈춤", outside_schedule: "기간이 아님", no_consent: "동의 없음", not_in_audience: "대상이 아님", held_out: "대조군", frequency_capped: "횟수를 다 씀", muted: "쉬는 중", quiet_hours: "방해 금지 시간", attention_budget: "지금은 충분히 보임", outranked: "다른 메시지가 먼저", goal_reached: "이미 목표를 이룸", page_left: "화면을 떠남", invalid: "잘못됨", slot_missing: "놓을 자리가 없음" },
  },
};
export const words = WORDS[document.documentElement.lang] ?? WORDS.en;
