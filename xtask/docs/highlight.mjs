// Colours for code, as spans with classes: a strict policy allows no inline styles.
export const escape = (text) => text.replace(/[&<>"]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[sign]);

const WORDS = "import|from|export|const|let|await|async|function|return|new|if|else|type|interface|readonly|extends|keyof|true|false|null|undefined";
const SCRIPT = [["comment", /\/\/[^\n]*|\/\*[^]*?\*\//], ["text", /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`/], ["word", new RegExp(`\\b(?:${WORDS})\\b`)], ["number", /\b\d[\d_.]*\b/]];
const RULES = {
  json: [["key", /"(?:\\.|[^"\\])*"(?=\s*:)/], ["text", /"(?:\\.|[^"\\])*"/], ["word", /\b(?:true|false|null)\b/], ["number", /-?\b\d[\d.]*\b/], ["comment", /\/\/[^\n]*/]],
  js: SCRIPT, ts: SCRIPT, jsx: SCRIPT, tsx: SCRIPT,
  html: [["comment", /<!--[^]*?-->/], ["word", /<\/?[\w-]+|\/?>|<!doctype/i], ["text", /"[^"]*"/]],
  sh: [["comment", /(?<=^|\s)#[^\n]*/m], ["word", /^(?:npm|npx|node|cargo)\b/m]],
};

/** The code as HTML. A language without rules comes back escaped. */
export function highlight(code, language) {
  const rules = RULES[language];
  if (!rules) return escape(code);
  const pattern = new RegExp(rules.map(([name, { source }]) => `(?<${name}>${source})`).join("|"), "gm");
  let out = "";
  let at = 0;
  for (const match of code.matchAll(pattern)) {
    const [name] = Object.entries(match.groups).find(([, found]) => found !== undefined);
    out += escape(code.slice(at, match.index)) + `<span class="c-${name}">${escape(match[0])}</span>`;
    at = match.index + match[0].length;
  }
  return out + escape(code.slice(at));
}
