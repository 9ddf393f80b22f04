// The reference pages, from the sources that define them: js/types.ts and docs/schema.json. `node xtask/docs/reference.mjs` writes them;
// a test fails while what lies in docs/reference differs.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "../setup.mjs";

const clean = (comment) => comment.replace(/^\s*\/\*\*|\*\/\s*$/g, "").replace(/^\s*\*\s?/gm, "").replace(/\s+/g, " ").trim();
const cell = (text) => text.replace(/\|/g, "\\|").replace(/\s+/g, " ").trim();
// A pipe inside code splits a cell all the same, unless it is escaped.
const code = (text) => `\`${cell(text)}\``;

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
      const type = isMethod ? "" : signature.slice(signature.indexOf(":") + 1).trim();
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

export function apiPage() {
  const all = declarations(readFileSync(join(root, "js", "types.ts"), "utf8"));
  const first = ORDER.map((name) => all.find((each) => each.name === name));
  const rest = all.filter((each) => !ORDER.includes(each.name));
  const section = ({ name, kind, doc, text, members: list }) => {
    const head = `## ${name}\n\n${[doc, INTRO[name]].filter(Boolean).join(" ")}\n`;
    if (kind !== "interface" || !list.length) return `${head}\n\`\`\`ts\n${text.replace(/^export /, "")}\n\`\`\`\n`;
    if (list.some(({ isMethod }) => isMethod)) {
      return `${head}\n| member | |\n|---|---|\n${list.map(({ signature, doc: said }) => `| ${code(signature)} | ${cell(said)} |`).join("\n")}\n`;
    }
    return `${head}\n| key | type | |\n|---|---|---|\n${list.map((member) => `| ${code(member.name + (member.optional ? "?" : ""))} | ${code(member.type)} | ${cell(member.doc)} |`).join("\n")}\n`;
  };
  return `# API reference

Written by \`node xtask/docs/reference.mjs\` from \`js/types.ts\`, which is also what the package's types are made of.

| import | where it runs | what it is |
|---|---|---|
| \`dangol\` | browser; importing it on a server does nothing | \`init(options): Dangol\` |
| \`dangol/slim\` | browser | the same \`init\`, with the \`.wasm\` given as URL, Response, bytes or Module |
| \`dangol/engine\` | browser, Node, edge, worker | \`loadEngine(): Promise<Tools>\` |
| \`dangol/react\` | React 18 and later | \`<DangolProvider>\`, \`useDangol\`, \`useSegments\`, \`<DangolSlot name>\` |
| \`dangol/dangol.js\` | \`<script async src>\` | the same \`init\` as \`window.dangol\` |
| \`dangol/schema.json\` | editors, CI | JSON Schema of the configuration |

${[...first, ...rest].map(section).join("\n")}`;
}

const schemaType = (node) => {
  if (node.$ref) return `[${node.$ref.split("/").pop()}](#${node.$ref.split("/").pop().toLowerCase()})`;
  if (node.const !== undefined) return code(JSON.stringify(node.const));
  if (node.enum) return node.enum.map((value) => code(JSON.stringify(value))).join(", ");
  if (node.anyOf || node.oneOf) return [...new Set((node.anyOf ?? node.oneOf).map(schemaType))].join(" or ");
  if (node.then) return [...new Set(alternatives(node).map(schemaType))].join(" or ");
  if (node.type === "array") return node.items ? `list of ${schemaType(node.items)}` : "list";
  if (node.type === "object" && node.additionalProperties && typeof node.additionalProperties === "object") return `by id: ${schemaType(node.additionalProperties)}`;
  return [node.type ?? "any"].flat().join(" or ");
};
const bounds = ({ minimum, maximum, exclusiveMinimum, exclusiveMaximum, maxItems, maxProperties, default: preset }) => [
  minimum !== undefined && `at least ${minimum}`, exclusiveMinimum !== undefined && `above ${exclusiveMinimum}`,
  maximum !== undefined && `at most ${maximum}`, exclusiveMaximum !== undefined && `below ${exclusiveMaximum}`,
  maxItems !== undefined && `at most ${maxItems}`, maxProperties !== undefined && `at most ${maxProperties}`,
  preset !== undefined && `default ${code(JSON.stringify(preset))}`,
].filter(Boolean).join(", ");

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

export function configurationPage() {
  const schema = JSON.parse(readFileSync(join(root, "docs", "schema.json"), "utf8"));
  const rows = (node, prefix = "") => [...keysOf(node)].flatMap(([key, { value, needed }]) => [
    `| ${code(prefix + key)}${needed ? " (needed)" : ""} | ${cell(schemaType(value))} | ${cell([value.description, bounds(value), value.examples && `for example ${value.examples.map((each) => code(JSON.stringify(each))).join(", ")}`].filter(Boolean).join(" · "))} |`,
    // Small objects are told in place.
    ...(value.properties && !value.$ref ? rows(value, `${prefix}${key}.`) : []),
    ...(value.items?.properties ? rows(value.items, `${prefix}${key}[].`) : []),
  ]);
  const table = (node) => {
    const lines = rows(node);
    return lines.length ? `| key | value | |\n|---|---|---|\n${lines.join("\n")}\n` : `${cell(schemaType(node))}${node.pattern ? `, matching ${code(node.pattern)}` : ""}${node.examples ? `; for example ${node.examples.map((each) => code(JSON.stringify(each))).join(", ")}` : ""}\n`;
  };
  const first = ["campaign", "trigger", "limits", "schedule", "message", "block", "action", "coupon", "segment", "settings", "condition", "did"];
  const names = [...first, ...Object.keys(schema.$defs).filter((name) => !first.includes(name))];
  return `# Every key of the configuration

Written by \`node xtask/docs/reference.mjs\` from \`docs/schema.json\`, the schema that editors and \`npx dangol validate\` know.
What the keys are for is told in [the configuration in short](../configuration.md).

## top

${table(schema)}
${names.map((name) => `## ${name}\n\n${schema.$defs[name].description ? `${schema.$defs[name].description}\n\n` : ""}${table(schema.$defs[name])}`).join("\n")}`;
}

export const REFERENCE = { "docs/reference/api.md": apiPage, "docs/reference/configuration.md": configurationPage };

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  mkdirSync(join(root, "docs", "reference"), { recursive: true });
  for (const [path, page] of Object.entries(REFERENCE)) writeFileSync(join(root, path), page());
}
