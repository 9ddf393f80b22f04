/**
 * Many rules over one document: picks out of a document what the rules read, and hands it over as numbers.
 *
 * Texts that rules name have numbers, so a document crosses the boundary as a short list of numbers; a text crosses
 * only where a rule looks inside it, and once.
 */
import type { Rules } from "glue:tools";

/** A step on the paths: what lies under `key`, its slot (or -1), and the steps below. */
interface Step {
  key: string;
  index: number;
  /** Whether every object has something of that name. */
  inherited: boolean;
  slot: number;
  read: boolean;
  below: Step[];
}

type Plain = { [key: string]: unknown };

const [FALSE, NUMBER, WHOLE, OTHER, TEXT] = [1, 3, 4, 5, 6];
/** Texts of documents that are kept known; they are forgotten together, so the bound costs nothing on the way. */
const KNOWN = 4096;

function stepsOf(paths: [path: string, read: boolean][]): Step[] {
  const root: Step[] = [];
  paths.forEach(([path, read], slot) => {
    let steps = root;
    let step: Step | undefined;
    for (const key of path.split(".")) {
      step = steps.find((known) => known.key === key);
      if (!step) steps.push((step = { key, index: /^\d+$/.test(key) ? +key : -1, inherited: key in Object.prototype, slot: -1, read: false, below: [] }));
      steps = step.below;
    }
    if (step) Object.assign(step, { slot, read });
  });
  return root;
}

/** A function from a document to the ids of the rules that hold. */
export function matcher(native: Rules, ids: readonly string[]): (document: object) => string[] {
  const { paths, texts } = JSON.parse(native.reads()) as { paths: [string, boolean][]; texts: string[] };
  const steps = stepsOf(paths);
  const cells = new Float64Array(paths.length * 2);
  const named = () => new Map(texts.map((text, index) => [text, index + TEXT]));
  let known = named();

  const tagOf = (text: string, read: boolean): number => {
    const tag = known.get(text);
    if (tag !== undefined || !read) return tag ?? OTHER;
    const fresh = native.know(text);
    known.set(text, fresh);
    return fresh;
  };

  const put = (slot: number, value: unknown, read: boolean): void => {
    if (typeof value === "number" && isFinite(value)) {
      cells[slot * 2] = value;
      cells[slot * 2 + 1] = NUMBER;
    } else if (typeof value === "string") {
      cells[slot * 2 + 1] = tagOf(value, read);
    } else if (typeof value === "boolean") {
      cells[slot * 2 + 1] = FALSE + +value;
    } else if (typeof value === "object" && value) {
      cells[slot * 2 + 1] = WHOLE;
      native.give(slot, JSON.stringify(value));
    }
  };

  const walk = (steps: Step[], from: Plain | unknown[]): void => {
    const list = Array.isArray(from);
    for (const step of steps) {
      let value: unknown;
      if (list) value = step.index < 0 ? undefined : from[step.index];
      else if (!step.inherited || Object.hasOwn(from, step.key)) value = (from as Plain)[step.key];
      if (value === undefined || value === null) continue;
      // Dates and their kin stand for the text that JSON makes of them.
      if (typeof value === "object" && typeof (value as { toJSON?: unknown }).toJSON === "function") value = JSON.parse(JSON.stringify(value));
      if (step.slot >= 0) put(step.slot, value, step.read);
      if (step.below.length && typeof value === "object" && value) walk(step.below, value as Plain);
    }
  };

  return (document) => {
    if (known.size > texts.length + KNOWN) {
      native.forget();
      known = named();
    }
    cells.fill(0);
    // What is no object has no fields, as for `evaluate`.
    if (typeof document === "object" && document) walk(steps, document as Plain);
    const found = native.run(cells);
    const matching = new Array<string>(found.length);
    for (let at = 0; at < found.length; at++) matching[at] = ids[found[at] as number] as string;
    return matching;
  };
}
