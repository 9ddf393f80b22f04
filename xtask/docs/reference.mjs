// The reference pages, from the sources that define them: js/types.ts, js/tools.ts and docs/schema.json. `node xtask/docs/reference.mjs` writes them
// in English and, with the sentences of korean.json, in Korean; `--missing` lists what is not translated, and what is translated in vain.
// A test fails while what lies in docs/reference and docs/ko/reference differs, or a translation is missing.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "../setup.mjs";

const clean = (comment) => comment.replace(/^\s*\/\*\*|\*\/\s*$/g, "").replace(/^\s*\*\s?/gm, "").replace(/\s+/g, " ").trim();
const cell = (text) => text.replace(/\|/g, "\\|").replace(/\s+/g, " ").trim();
// A pipe inside code splits a cell all the same, unless it is escaped.
const code = (text) => `\`${cell(text)}\``;

const KOREAN = JSON.parse(readFileSync(new URL("korean.json", import.meta.url), "utf8"));
/** Says a sentence of the sources in the page's language. What was asked for is kept, to tell what is missing and what is left over. */
function speaker(language) {
  const asked = new Set();
  const say = (sentence) => {
    if (!sentence) return sentence;
    asked.add(sentence);
    return (language === "ko" && KOREAN[sentence]) || sentence;
  };
  return Object.assign(say, { asked, language });
}

/** The exported declarations of a TypeScript file: `{ name, kind, doc, members: [{ signature, name, type, doc }], text }`. */
export function declarations(source) {
  const found = [];
  const pattern = /(\/\*\*(?:(?!\*\/)[^])*\*\/\s*)?^export (interface|type|function) (\w+)/gm;
  for (const match of source.matchAll(pattern)) {
    const [whole, comment = "", kind, name] = match;
    const from = match.index + whole.length - `export ${kind} ${name}`.length;
    const text = source.slice(from, end(source, from, kind));
    found.push({ name, kind, doc: clean(comment), text: text.trim(), members: kind === "interface" ? members(text) : [] });
  }
  return found;
}

/** Where a declaration ends: an interface at its closing brace, a type at the semicolon outside of all brackets. */
function end(source, from, kind) {
  let depth = 0;
  for (let at = from; at < source.length; at++) {
    const sign = source[at];
    if ("{([".includes(sign)) depth++;
    else if ("})]".includes(sign) && --depth === 0 && kind === "interface") return at + 1;
    else if (sign === ";" && depth === 0) return at + 1;
  }
  return source.length;
}

/** The members of an interface, each with the comment that stands before it. */
function members(text) {
  const body = text.slice(text.indexOf("{") + 1, text.lastIndexOf("}"));
  const out = [];
  let doc = "";
  let depth = 0;
  let start = 0;
  for (let at = 0; at < body.length; at++) {
    if (depth === 0 && body.startsWith("/**", at)) {
      const close = body.indexOf("*/", at) + 2;
      doc = clean(body.slice(at, close));
      start = at = close;
    }
    if ("{([<".includes(body[at])) depth++;
    else if ("})]".includes(body[at]) || (body[at] === ">" && body[at - 1] !== "=")) depth--;
    else if (body[at] === ";" && depth === 0) {
      const signature = body.slice(start, at).replace(/\s+/g, " ").trim();
      const [, name, mark] = /^(?:readonly )?([\w$]+|\[[^\]]+\])(\??)/.exec(signature) ?? [, signature, ""];
      const isMethod = /^(?:readonly )?[\w$]+(?:<[^>]*>)?\(/.test(signature);
      // What follows the name, whose own colons (`[key: string]`) do not count.
      const type = isMethod ? "" : signature.slice(signature.indexOf(name) + name.length).replace(/^\??:/, "").trim();
      out.push({ signature, name, optional: mark === "?", isMethod, type, doc });
      doc = "";
      start = at + 1;
    }
  }
  return out;
}

const ORDER = ["Options", "Endpoint", "Capture", "Consent", "Dangol", "Notices", "Tools"];
const INTRO = {
  Options: "What `init` takes. Only `config` is needed.",
  Dangol: "What `init` gives, and `window.dangol` with the script tag. No call throws or rejects.",
  Notices: "What the listeners of `on(type, listener)` receive, by type.",
};
const ENTRIES = [
  ["`dangol`", "browser; importing it on a server does nothing", "`init(options): Dangol`"],
  ["`dangol/slim`", "browser", "the same `init`, with the `.wasm` given as URL, Response, bytes or Module"],
  ["`dangol/engine`", "browser, Node, edge, worker", "`loadEngine(): Promise<Tools>`"],
  ["`dangol/react`", "React 18 and later", "`<DangolProvider>`, `<DangolSlot name>`, `useDangol`, `useSegments`, `useSegment`, `useCoupons`, `useMessages`, `useNotice`"],
  ["`dangol/dangol.js`", "`<script async src>`", "the same `init` as `window.dangol`"],
  ["`dangol/schema.json`", "editors, CI", "JSON Schema of the configuration"],
];
/** What is code and nothing else is the same in every language. */
const sayCell = (say, text) => (/^`[^`]*`(, `[^`]*`)*$/.test(text) ? text : say(text));

function apiPage(say = speaker("en")) {
  const all = ["types.ts", "tools.ts"].flatMap((name) => declarations(readFileSync(join(root, "js", name), "utf8")));
  const first = ORDER.map((name) => all.find((each) => each.name === name));
  const rest = all.filter((each) => !ORDER.includes(each.name));
  const section = ({ name, kind, doc, text, members: list }) => {
    const head = [`## ${name}`, [say(doc), say(INTRO[name])].filter(Boolean).join(" ")].filter(Boolean).join("\n\n");
    if (kind !== "interface" || !list.length) return `${head}\n\n\`\`\`ts\n${text.replace(/^export /, "")}\n\`\`\`\n`;
    if (list.some(({ isMethod }) => isMethod)) {
      return `${head}\n\n| ${say("member")} | |\n|---|---|\n${list.map(({ signature, doc: said }) => `| ${code(signature)} | ${cell(say(said))} |`).join("\n")}\n`;
    }
    return `${head}\n\n| ${say("key")} | ${say("type")} | |\n|---|---|---|\n${list.map((member) => `| ${code(member.name + (member.optional ? "?" : ""))} | ${code(member.type)} | ${cell(say(member.doc))} |`).join("\n")}\n`;
  };
  return `# ${say("API reference")}

${say("Written by `node xtask/docs/reference.mjs` from `js/types.ts` and `js/tools.ts`, which are also what the package's types are made of.")}

| ${say("import")} | ${say("where it runs")} | ${say("what it is")} |
|---|---|---|
${ENTRIES.map((entry) => `| ${entry.map((text) => sayCell(say, text)).join(" | ")} |`).join("\n")}

${[...first, ...rest].map(section).join("\n")}`;
}

const schemaType = (node, say) => {
  const inner = (each) => schemaType(each, say);
  const or = ` ${say("or")} `;
  if (node.$ref) return `[${node.$ref.split("/").pop()}](#${node.$ref.split("/").pop().toLowerCase()})`;
  if (node.const !== undefined) return code(JSON.stringify(node.const));
  if (node.enum) return node.enum.map((value) => code(JSON.stringify(value))).join(", ");
  if (node.anyOf || node.oneOf) return [...new Set((node.anyOf ?? node.oneOf).map(inner))].join(or);
  if (node.then) return [...new Set(alternatives(node).map(inner))].join(or);
  if (node.type === "array") return node.items ? say("list of {}").replace("{}", () => inner(node.items)) : say("list");
  if (node.type === "object" && node.additionalProperties && typeof node.additionalProperties === "object") return `${say("by id:")} ${inner(node.additionalProperties)}`;
  return [node.type ?? "any"].flat().map(say).join(or);
};
const bounds = ({ minimum, maximum, exclusiveMinimum, exclusiveMaximum, maxItems, maxProperties, default: preset }, say) => [
  ["at least {}", minimum], ["above {}", exclusiveMinimum], ["at most {}", maximum], ["below {}", exclusiveMaximum], ["at most {}", maxItems], ["at most {}", maxProperties],
  ["default {}", preset === undefined ? undefined : code(JSON.stringify(preset))],
].filter(([, value]) => value !== undefined).map(([words, value]) => say(words).replace("{}", () => value)).join(", ");

/** The schema with what it says said by `say`; first of all, because descriptions are joined later. */
const spoken = (node, say) => {
  if (Array.isArray(node)) return node.map((each) => spoken(each, say));
  if (!node || typeof node !== "object") return node;
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, key === "description" && typeof value === "string" ? say(value) : spoken(value, say)]));
};

/** Keys of an object, its alternatives and its parts included. */
function keysOf(node, into = new Map()) {
  for (const [key, value] of Object.entries(node.properties ?? {})) {
    const before = into.get(key);
    // The same key in several alternatives: the one that says more is told.
    if (!before || JSON.stringify(value).length > JSON.stringify(before.value).length) into.set(key, { value, needed: (node.required ?? []).includes(key) });
  }
  for (const part of [...(node.anyOf ?? []), ...(node.oneOf ?? []), ...(node.allOf ?? []), ...alternatives(node)]) keysOf(part, into);
  return into;
}

/** What an `if`, `then`, `else if` chooses between: blocks, actions and triggers are told apart by a key that only they have. */
function alternatives(node) {
  if (!node || typeof node !== "object" || !node.then) return [];
  const [named] = node.then.required ?? [];
  const own = node.then.description && named && node.then.properties?.[named]
    ? { ...node.then, properties: { ...node.then.properties, [named]: { ...node.then.properties[named], description: [node.then.description, node.then.properties[named].description].filter(Boolean).join(" ") } } }
    : node.then;
  return [own, ...alternatives(node.else)];
}

function configurationPage(say = speaker("en")) {
  const schema = spoken(JSON.parse(readFileSync(join(root, "docs", "schema.json"), "utf8")), say);
  const examples = (node) => say("for example {}").replace("{}", () => node.examples.map((each) => code(JSON.stringify(each))).join(", "));
  // A key that says nothing of its own is what its definition is; that of a text is known by then.
  const described = ({ $ref = "" }) => ($ref.endsWith("/text") ? undefined : schema.$defs[$ref.split("/").pop()]?.description);
  const rows = (node, prefix = "") => [...keysOf(node)].flatMap(([key, { value, needed }]) => [
    `| ${code(prefix + key)}${needed ? ` (${say("needed")})` : ""} | ${cell(schemaType(value, say))} | ${cell([value.description ?? described(value), bounds(value, say), value.examples && examples(value)].filter(Boolean).join(" · "))} |`,
    // Small objects are told in place, those that stand beside a shorter form too.
    ...[value, ...(value.anyOf ?? [])].flatMap((each) => (each.properties && !each.$ref ? rows(each, `${prefix}${key}.`) : [])),
    ...[value.items, ...(value.items?.anyOf ?? [])].flatMap((each) => (each?.properties ? rows(each, `${prefix}${key}[].`) : [])),
  ]);
  const table = (node) => {
    // Of several kinds each has its own keys, which may have the same name: `as` of a text is not that of a button.
    const kinds = alternatives(node);
    if (kinds.every(({ required: [kind] = [] }) => kind) && kinds.length) {
      const lines = kinds.flatMap((each) => rows(each).map((row) => `| ${code(each.required[0])} ${row}`));
      return `| ${say("kind")} | ${say("key")} | ${say("value")} | |\n|---|---|---|---|\n${lines.join("\n")}\n`;
    }
    const lines = rows(node);
    if (lines.length) return `| ${say("key")} | ${say("value")} | |\n|---|---|---|\n${lines.join("\n")}\n`;
    return `${cell(schemaType(node, say))}${node.pattern ? `, ${say("matching {}").replace("{}", () => code(node.pattern))}` : ""}${node.examples ? `; ${examples(node)}` : ""}\n`;
  };
  const first = ["campaign", "trigger", "limits", "schedule", "message", "block", "action", "coupon", "segment", "settings", "condition", "did"];
  const names = [...first, ...Object.keys(schema.$defs).filter((name) => !first.includes(name))];
  return `# ${say("Every key of the configuration")}

${say("Written by `node xtask/docs/reference.mjs` from `docs/schema.json`, the schema that editors and `npx dangol validate` know.")}
${say("What the keys are for is told in [the configuration in short](../configuration.md).")}

## top

${table(schema)}
${names.map((name) => `## ${name}\n\n${schema.$defs[name].description ? `${schema.$defs[name].description}\n\n` : ""}${table(schema.$defs[name])}`).join("\n")}`;
}

const [english, korean] = ["en", "ko"].map(speaker);
export const REFERENCE = {
  "docs/reference/api.md": () => apiPage(english), "docs/reference/configuration.md": () => configurationPage(english),
  "docs/ko/reference/api.md": () => apiPage(korean), "docs/ko/reference/configuration.md": () => configurationPage(korean),
};

/** The sentences of the reference that korean.json lacks, and those it has that nobody says any more. */
export function translations() {
  for (const page of Object.values(REFERENCE)) page();
  const asked = [...korean.asked];
  return { missing: asked.filter((sentence) => !KOREAN[sentence]), unused: Object.keys(KOREAN).filter((sentence) => !korean.asked.has(sentence)) };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  if (process.argv.includes("--missing")) {
    const { missing, unused } = translations();
    for (const sentence of missing) console.log(`missing: ${JSON.stringify(sentence)}`);
    for (const sentence of unused) console.log(`unused: ${JSON.stringify(sentence)}`);
    process.exitCode = missing.length + unused.length ? 1 : 0;
  } else {
    for (const [path, page] of Object.entries(REFERENCE)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), page());
    }
  }
}
