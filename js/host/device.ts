import { timezone } from "./timezone.ts";

/** What the visitor uses, in the words of the document's `device`. */
export interface Device {
  type: "mobile" | "tablet" | "desktop";
  os: string;
  browser: string;
  language: string;
  timezone: string;
  userAgent: string;
}

// The first that matches: most browsers claim to be several.
const SYSTEMS: [string, RegExp][] = [
  ["iOS", /iPhone|iPad|iPod/], ["Android", /Android/], ["Windows", /Windows/], ["macOS", /Mac OS X/], ["ChromeOS", /CrOS/], ["Linux", /Linux/],
];
const BROWSERS: [string, RegExp][] = [
  ["KakaoTalk", /KAKAOTALK/i], ["Naver", /NAVER\(/], ["Instagram", /Instagram/], ["Facebook", /FBA[NV]/], ["Whale", /Whale\//],
  ["Samsung Internet", /SamsungBrowser/], ["Edge", /Edg(e|A|iOS)?\//], ["Opera", /OPR\//], ["Firefox", /Firefox|FxiOS/],
  ["Chrome", /Chrome|CriOS/], ["Safari", /Safari/],
];

const first = (list: [string, RegExp][], text: string): string => list.find(([, pattern]) => pattern.test(text))?.[0] ?? "other";

export function device(): Device {
  const userAgent = navigator.userAgent || "";
  // iPadOS calls itself a Mac; a Mac has no touch screen.
  const pad = /iPad/.test(userAgent) || (/Macintosh/.test(userAgent) && navigator.maxTouchPoints > 1);
  return {
    type: pad || (/Android/.test(userAgent) && !/Mobile/.test(userAgent)) ? "tablet" : /Mobi|iPhone|iPod/.test(userAgent) ? "mobile" : "desktop",
    os: pad ? "iOS" : first(SYSTEMS, userAgent),
    browser: first(BROWSERS, userAgent),
    language: navigator.language || "",
    timezone: timezone(),
    userAgent,
  };
}
