/** What is wrong with a configuration, in the language of whoever reads it. */
import type { Problem, Tools } from "../tools.ts";
import { Failure } from "./files.ts";

export type Locale = "ko" | "en";

/** What was asked for, or else the language of the terminal, or else of the system. */
export function localeOf(option: string | undefined): Locale {
  if (option === "ko" || option === "en") return option;
  if (option !== undefined) throw new Failure(`--locale is ko or en, not "${option}"`);
  const { LC_ALL, LC_MESSAGES, LANG } = process.env;
  return /^ko\b|^ko_/i.test(LC_ALL || LC_MESSAGES || LANG || Intl.DateTimeFormat().resolvedOptions().locale) ? "ko" : "en";
}

const WORDS = {
  en: { error: "error", warning: "warning", fine: "fine" },
  ko: { error: "오류", warning: "경고", fine: "문제없음" },
} satisfies { [locale in Locale]: { [word: string]: string } };

/** A line for each problem, or that there is none. */
export function report(file: string, problems: Problem[], locale: Locale): string {
  const words = WORDS[locale];
  if (!problems.length) return `${file}: ${words.fine}`;
  return problems.map(({ severity, path, message, code }) => `${file}: ${words[severity]}: ${path || "/"}: ${message} (${code})`).join("\n");
}

/** Says on standard error what is switched off in a configuration that is used all the same; nothing can be used of one that is none. */
export function warnOf(engine: Tools, text: string, file: string): void {
  const locale = localeOf(undefined);
  const errors = engine.validate(text, locale).filter(({ severity }) => severity === "error");
  const whole = errors.find(({ path }) => !path);
  if (whole) throw new Failure(`${file}: ${whole.message} (${whole.code})`);
  if (errors.length) process.stderr.write(report(file, errors, locale) + "\n");
}

/** What the check of a signature says, in Korean; it is a module of its own and says it in English. */
const SIGNATURE: { [code: string]: string } = {
  "config-unsigned": "publicKeys가 있는데 설정에 서명이 없습니다. `npx dangol sign`으로 서명하세요",
  "config-signature-unreadable": "서명된 설정 앞의 두 줄이 망가졌습니다. `npx dangol sign`으로 다시 서명하세요",
  "config-key-unknown": "publicKeys에 없는 키로 서명한 설정입니다. 그 키를 넣거나, 넣어 둔 키로 서명하세요",
  "public-key-unreadable": "publicKeys의 키가 Ed25519 공개 키가 아닙니다. `npx dangol keygen`이 출력하는 base64 32바이트를 쓰세요",
  "config-signature-wrong": "서명이 이 설정의 것이 아닙니다. 서명한 뒤에 바뀌었거나 다른 키로 서명했습니다",
  "config-too-early": "이 기기의 시계로는 notBefore가 아직 오지 않았습니다",
  "config-expired": "이 기기의 시계로는 expires가 지났습니다. 더 늦은 --expires로 다시 서명하세요",
  "config-rolled-back": "더 높은 revision의 설정을 받아들인 적이 있습니다. 더 높은 것으로 다시 서명하세요",
};

export const signatureIn = (locale: Locale, code: string, message: string): string => (locale === "ko" && SIGNATURE[code]) || message;
