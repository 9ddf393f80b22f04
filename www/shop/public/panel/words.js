// The panel's words. Events keep the names that they have in the API and on the way to the backend.
const WORDS = {
  ko: {
    title: "단골이 보는 것", open: "Dangol 패널 열기", close: "Dangol 패널 닫기", views: "보기",
    events: "이벤트", visitor: "손님", decisions: "판단", report: "무엇이 팔렸나 보기", again: "다시 나오는 것을 막는 조건", coupons: "쿠폰", delivery: "전송", controls: "도구",
    waiting: "Dangol을 기다리는 중이에요.", noEvents: "아직 이벤트가 없어요.", noDocument: "아직 모인 정보가 없어요.", noSegments: "속한 세그먼트가 없어요.", noDecisions: "설명할 캠페인이 없어요.", noCoupons: "가진 쿠폰이 없어요.",
    segments: "세그먼트", document: "손님 정보", sending: "전송 현황", stored: "수집 서버에 저장된 이벤트", noStored: "수집 서버가 답하지 않거나 아직 비어 있어요.", problems: "문제", byReason: "버린 이유",
    clock: "시간", now: "지금", real: "실제 시간", ahead: (length) => `실제보다 ${length} 뒤`, behind: (length) => `실제보다 ${length} 앞`,
    day: "+1일", days3: "+3일", days15: "+15일", reset: "처음으로",
    consent: "동의", forget: "내 기록 모두 지우기", forgetSure: "정말 지울까요? 한 번 더 누르세요", forgotten: "모두 지웠어요.",
    passed: "통과", failed: "막힘", allPassed: (count) => `통과한 조건 ${count}가지`, changes: (time) => `${time}에 바뀌어요`,
    counters: { created: "만듦", acknowledged: "도착", pending: "전송 대기", dropped: "버림", local: "기기에만" },
    purposes: { analytics: "분석", personalization: "맞춤 서비스", marketing: "마케팅", marketingNight: "야간 마케팅" },
    couponStates: { issued: "쓸 수 있어요", copied: "복사했어요", applied: "적용했어요", redeemed: "썼어요", expired: "기간이 지났어요" },
    outcomes: { shown: "보여 줬어요", held_out: "보이지 않아요", queued: "차례를 기다려요", suppressed: "보이지 않아요" },
    reasons: {
      invalid: "설정에 오류가 있어요", paused: "캠페인을 멈춰 뒀어요", outside_schedule: "운영 기간이 아니에요", no_consent: "손님이 동의하지 않았어요", goal_reached: "손님이 이미 목표를 이뤘어요",
      not_in_audience: "대상 손님이 아니에요", held_out: "대조군 손님이에요", muted: "손님이 그만 보기를 골랐거나 쉬는 기간이에요", frequency_capped: "정한 횟수만큼 보여 줬어요", quiet_hours: "광고를 쉬는 시간이에요",
      page_left: "손님이 그 화면을 떠났어요", slot_missing: "이 화면에는 놓을 자리가 없어요", attention_budget: "손님이 지금은 충분히 봤어요", outranked: "다른 메시지가 먼저예요",
      not_triggered: "시작 조건이 아직 일어나지 않았어요", waiting: "정한 시간을 기다려요",
    },
    checks: {
      invalid: "설정", paused: "운영 상태", outside_schedule: "운영 기간", no_consent: "동의", goal_reached: "목표", not_in_audience: "대상 손님", held_out: "대조군", muted: "그만 보기", frequency_capped: "보여 주는 횟수",
      quiet_hours: "광고 시간", page_left: "보던 화면", slot_missing: "놓을 자리", attention_budget: "노출 한도", outranked: "차례", not_triggered: "시작 조건", waiting: "기다리는 시간",
    },
    // The configuration's own names are Korean.
    names: {},
  },
  en: {
    title: "What Dangol sees", open: "Open the Dangol panel", close: "Close the Dangol panel", views: "Views",
    events: "Events", visitor: "Visitor", decisions: "Decisions", report: "See what was sold", again: "What keeps it from coming up again", coupons: "Coupons", delivery: "Delivery", controls: "Tools",
    waiting: "Waiting for Dangol.", noEvents: "No events yet.", noDocument: "Nothing is known yet.", noSegments: "In no segment.", noDecisions: "No campaign to explain.", noCoupons: "No coupons.",
    segments: "Segments", document: "What is known", sending: "Sending", stored: "Events stored by the collector", noStored: "The collector does not answer, or holds nothing yet.", problems: "Problems", byReason: "Why they were given up",
    clock: "Clock", now: "Now", real: "real time", ahead: (length) => `${length} ahead of real time`, behind: (length) => `${length} behind real time`,
    day: "+1 day", days3: "+3 days", days15: "+15 days", reset: "Reset",
    consent: "Consent", forget: "Erase all about me", forgetSure: "Really erase? Press again", forgotten: "Everything is erased.",
    passed: "passed", failed: "held back", allPassed: (count) => `${count} checks passed`, changes: (time) => `Changes at ${time}`,
    counters: { created: "Made", acknowledged: "Delivered", pending: "Waiting", dropped: "Given up", local: "Kept here" },
    purposes: { analytics: "Analytics", personalization: "Personalization", marketing: "Marketing", marketingNight: "Marketing at night" },
    couponStates: { issued: "Ready to use", copied: "Copied", applied: "Applied", redeemed: "Used", expired: "Expired" },
    outcomes: { shown: "Shown", held_out: "Not shown", queued: "Waits for its turn", suppressed: "Not shown" },
    reasons: {
      invalid: "Its configuration has a mistake", paused: "The campaign is paused", outside_schedule: "Outside of its schedule", no_consent: "The visitor has not consented", goal_reached: "The visitor has reached its goal",
      not_in_audience: "The visitor is not in its audience", held_out: "The visitor is in the control group", muted: "The visitor asked for no more of it, or it rests", frequency_capped: "Shown as often as is allowed", quiet_hours: "Advertising rests at this hour",
      page_left: "The visitor left that page", slot_missing: "This page has no place for it", attention_budget: "The visitor has seen enough for now", outranked: "Another message comes first",
      not_triggered: "What starts it has not happened yet", waiting: "It waits for its time",
    },
    checks: {
      invalid: "Configuration", paused: "Status", outside_schedule: "Schedule", no_consent: "Consent", goal_reached: "Goal", not_in_audience: "Audience", held_out: "Control group", muted: "No more of this", frequency_capped: "How often",
      quiet_hours: "Advertising hours", page_left: "Page", slot_missing: "Place on the page", attention_budget: "Attention limit", outranked: "Turn", not_triggered: "What starts it", waiting: "Waiting time",
    },
    names: {
      "welcome-back": "Welcome back after two weeks", "new-member": "Free shipping for new members", "cart-chat": "Hesitating at the bag", "cart-coupon": "10% coupon from the chat",
      "free-shipping-progress": "How far to free shipping", "my-coupons": "Coupons on my page", "after-order": "A word after the order",
      "long-absent": "Back after two weeks", "cart-abandoner": "Left a bag without ordering", "knit-lover": "Looks at knitwear often", "big-cart": "Bag of ₩100,000 or more",
    },
    segmentNames: { "new-member": "Joined within 7 days, no order yet" },
  },
};
export const language = document.documentElement.lang in WORDS ? document.documentElement.lang : "ko";
export const words = WORDS[language];
