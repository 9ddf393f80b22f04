// What the site has, in reading order. Every page of docs/ is named here; a test says which one is not.
export const NAVIGATION = [
  { title: { en: "Start", ko: "시작" }, pages: ["index", "start"] },
  { title: { en: "Guides", ko: "안내" }, pages: ["guides/back-after-two-weeks", "guides/new-member", "guides/cart-chat"] },
  { title: { en: "Cookbook", ko: "요리책" }, pages: ["cookbook"] },
  { title: { en: "Coming from", ko: "옮겨 오기" }, pages: ["migration/braze", "migration/channel-talk", "migration/gtm"] },
  { title: { en: "Reference", ko: "참고서" }, pages: ["reference/api", "reference/configuration", "configuration", "conditions", "document", "sources", "script-tag", "problems", "command-line", "signing", "endpoint", "rules", "privacy", "identity", "browsers", "performance"] },
  { title: { en: "Inside", ko: "속 이야기" }, pages: ["architecture", "boundary", "security", "faults-rendering"] },
];

/** Short names for the side of the page, where a title is too long. */
export const SHORT = {
  index: { en: "What it is", ko: "무엇인가" },
  start: { en: "Five minutes", ko: "5분 만에" },
  cookbook: { en: "27 ready campaigns", ko: "바로 쓰는 캠페인" },
  "migration/braze": { en: "Braze", ko: "Braze" },
  "migration/channel-talk": { en: "Channel Talk", ko: "채널톡 캠페인" },
  "migration/gtm": { en: "GTM pop-ups", ko: "GTM 팝업" },
  "reference/api": { en: "API", ko: "API" },
  "reference/configuration": { en: "Configuration, key by key", ko: "설정의 모든 키" },
  configuration: { en: "Configuration in short", ko: "설정 한눈에" },
  conditions: { en: "Conditions by example", ko: "조건 예제" },
  document: { en: "The visitor’s document", ko: "방문자 문서" },
  sources: { en: "Sources of events", ko: "이벤트의 출처" },
  "script-tag": { en: "The script tag", ko: "스크립트 태그" },
  problems: { en: "Problems and remedies", ko: "문제와 해결" },
  "command-line": { en: "Command line", ko: "명령줄" },
  signing: { en: "Signed configurations", ko: "서명한 설정" },
  endpoint: { en: "An endpoint of your own", ko: "직접 만드는 수집기" },
  rules: { en: "Many rules at once", ko: "규칙이 아주 많을 때" },
  privacy: { en: "Consent and privacy", ko: "동의와 개인정보" },
  identity: { en: "Who the visitor is", ko: "방문자의 신원" },
  browsers: { en: "Browsers", ko: "브라우저" },
  security: { en: "Security", ko: "보안" },
  performance: { en: "Performance", ko: "성능" },
  "faults-rendering": { en: "Faults and rendering", ko: "탈이 나도 그리기" },
  architecture: { en: "Architecture", ko: "구조" },
  boundary: { en: "The boundary", ko: "경계" },
};
