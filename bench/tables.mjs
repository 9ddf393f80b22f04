// The tables that the README and the page on performance quote, in both languages, made from bench/results. `node bench/tables.mjs` writes them anew;
// a test fails while what is quoted differs from what was measured.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "../xtask/setup.mjs";

const result = (name) => {
  const path = join(root, "bench", "results", `${name}.json`);
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined;
};
const show = (value) => (value === undefined ? "–" : value < 10 && value % 1 ? value.toFixed(1) : Math.round(value).toLocaleString("en"));

const COLUMNS = {
  gzip: { en: "kB gzip", ko: "gzip kB" }, slowStart: { en: "start at 4×, ms", ko: "4배 느릴 때 시작 ms" }, longest: { en: "longest task at 4×, ms", ko: "가장 긴 작업 ms" },
  call: { en: "`track()`, µs", ko: "`track()` µs" }, cpu: { en: "all told, µs", ko: "전송까지 µs" }, requests: { en: "requests to the first event", ko: "첫 이벤트까지 요청" }, memory: { en: "memory, kB", ko: "메모리 kB" },
};

export function peersTable(language) {
  const measured = result("peers");
  const rows = measured.rows.map((row) => ({ ...row, memory: row.heap + row.linear })).filter(({ id }) => id !== "blank");
  const keys = Object.keys(COLUMNS);
  // Dangol first, then by bytes.
  rows.sort((a, b) => (b.id === "dangol") - (a.id === "dangol") || a.gzip - b.gzip);
  const cell = (row, key) => {
    const best = Math.min(...rows.map((each) => each[key]));
    return row[key] === best ? `**${show(row[key])}**` : show(row[key]);
  };
  return [`| | ${keys.map((key) => COLUMNS[key][language]).join(" | ")} |`, `|---|${keys.map(() => "--:").join("|")}|`, ...rows.map((row) => `| ${row.id === "dangol" ? `**${row.name}**` : row.name} | ${keys.map((key) => cell(row, key)).join(" | ")} |`)].join("\n");
}

const VITALS = {
  lcp: { en: "largest contentful paint, ms", ko: "가장 큰 콘텐츠 그리기 ms" }, cls: { en: "cumulative layout shift", ko: "누적 레이아웃 이동" }, inp: { en: "slowest interaction, ms", ko: "가장 느린 상호작용 ms" },
  blocking: { en: "blocking time, ms", ko: "막힌 시간 ms" }, without: { en: "without", ko: "단골 없이" }, with: { en: "with", ko: "단골과 함께" },
};

function vitalsTable(language) {
  const { with: here, without } = result("vitals");
  const word = (key) => VITALS[key][language];
  const rows = [[word("lcp"), (one) => Math.round(one.lcp)], [word("cls"), (one) => one.cls.toFixed(3)], [word("inp"), (one) => Math.round(one.inp)], [word("blocking"), (one) => Math.round(one.blocking)],
    ...Object.keys(here.lighthouse).filter((key) => !/, ms$|^blocking$/.test(key)).map((key) => [`Lighthouse: ${key}`, (one) => one.lighthouse[key]])];
  return [`| | ${word("without")} | ${word("with")} |`, "|---|--:|--:|", ...rows.map(([title, of]) => `| ${title} | ${of(without)} | ${of(here)} |`)].join("\n");
}

/** What stands in which file between `begin` and the end of its table: the table after the line that names its command. */
export const QUOTES = [
  { file: "README.md", command: "node bench/peers.mjs", table: () => peersTable("en") },
  { file: "README.ko.md", command: "node bench/peers.mjs", table: () => peersTable("ko") },
  { file: "docs/performance.md", command: "node bench/peers.mjs", table: () => peersTable("en") },
  { file: "docs/ko/performance.md", command: "node bench/peers.mjs", table: () => peersTable("ko") },
  ...(result("vitals") ? [
    { file: "docs/performance.md", command: "node bench/vitals.mjs", table: () => vitalsTable("en") },
    { file: "docs/ko/performance.md", command: "node bench/vitals.mjs", table: () => vitalsTable("ko") },
  ] : []),
];

/** The text around a quoted table: before, the table, after. */
export function around(text, command) {
  const from = text.indexOf("\n\n|", text.indexOf(`\`${command}\``)) + 2;
  const end = text.indexOf("\n\n", from);
  return [text.slice(0, from), text.slice(from, end), text.slice(end)];
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  for (const { file, command, table } of QUOTES) {
    const path = join(root, file);
    const [before, , after] = around(readFileSync(path, "utf8"), command);
    writeFileSync(path, before + table() + after);
  }
}
