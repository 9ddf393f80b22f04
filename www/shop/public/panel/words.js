// The panel's own words; names of fields, events and reasons stay as they are in the API.
const WORDS = {
  ko: {
    title: "단골이 보는 것", open: "Dangol 패널 열기", close: "Dangol 패널 닫기", views: "보기",
    events: "이벤트", visitor: "손님", decisions: "결정", coupons: "쿠폰", delivery: "전송", controls: "조작",
    waiting: "Dangol을 기다리는 중이에요.", noEvents: "아직 이벤트가 없어요.", noDocument: "아직 손님 문서가 없어요.", noSegments: "속한 세그먼트가 없어요.", noDecisions: "설명할 캠페인이 없어요.", noCoupons: "가진 쿠폰이 없어요.",
    segments: "세그먼트", document: "문서", queue: "보낼 줄", stored: "수집기에 저장된 것", noStored: "수집기가 답하지 않거나 아직 비어 있어요.", problems: "문제", byReason: "버린 까닭",
    clock: "시간", now: "지금", real: "진짜 시간", moved: "옮긴 시간", day: "+1일", days3: "+3일", days15: "+15일", reset: "처음으로",
    consent: "동의", forget: "나를 잊어 주세요", forgetSure: "정말 지울까요? 한 번 더", forgotten: "모두 지웠어요.",
    passed: "통과", failed: "막힘", actual: "지금", expected: "기준",
  },
  en: {
    title: "What Dangol sees", open: "Open the Dangol panel", close: "Close the Dangol panel", views: "Views",
    events: "Events", visitor: "Visitor", decisions: "Decisions", coupons: "Coupons", delivery: "Delivery", controls: "Controls",
    waiting: "Waiting for Dangol.", noEvents: "No events yet.", noDocument: "No document yet.", noSegments: "In no segment.", noDecisions: "No campaign to explain.", noCoupons: "No coupons.",
    segments: "Segments", document: "Document", queue: "Queue", stored: "Stored by the collector", noStored: "The collector does not answer, or holds nothing yet.", problems: "Problems", byReason: "Dropped because",
    clock: "Clock", now: "Now", real: "real time", moved: "moved", day: "+1 day", days3: "+3 days", days15: "+15 days", reset: "Reset",
    consent: "Consent", forget: "Forget me", forgetSure: "Really erase? Press again", forgotten: "Everything is erased.",
    passed: "passed", failed: "failed", actual: "is", expected: "wants",
  },
};
export const words = WORDS[document.documentElement.lang] ?? WORDS.ko;
