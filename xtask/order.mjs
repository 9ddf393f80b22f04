// The order of a module's functions. What packs it looks back 32 kB, so functions that are alike are worth 1.6 % of it where
// they lie side by side. The optimiser sorts them by name; here they get the names that it is to sort by.

/**
 * Bytes that count as alike, how much of it is left one function further on, how much a long function's likeness is worth, and in
 * how many functions a run says nothing. None of these is best for every module: a build may try several, 0.1 % apart.
 */
export const WAYS = [[5, 0.95, 0.9, 400], [5, 0.945, 0.88, 400], [5, 0.945, 0.89, 400], [5, 0.93, 0.8, 600], [6, 0.955, 0.8, 400], [6, 0.945, 0.8, 400]];
/** The section of a module that holds its functions' bodies. */
const CODE = 10;

/** An unsigned number as WebAssembly writes it (LEB128): the value, and where it ends. */
function number(bytes, at) {
  for (let value = 0, shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    value += (byte & 127) * 2 ** shift;
    if (byte < 128) return [value, at];
  }
}

function write(value) {
  const bytes = [];
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) | 128);
  return Buffer.from([...bytes, value]);
}

const sized = (bytes) => Buffer.concat([write(bytes.length), bytes]);

/** The bodies of a module's own functions. */
function bodiesOf(bytes) {
  const bodies = [];
  for (let at = 8; at < bytes.length; ) {
    const section = bytes[at];
    const [size, from] = number(bytes, at + 1);
    at = from + size;
    if (section !== CODE) continue;
    let [count, place] = number(bytes, from);
    for (; count; count--) {
      const [length, body] = number(bytes, place);
      place = body + length;
      bodies.push(bytes.subarray(body, place));
    }
  }
  return bodies;
}

/** The numbers of `bodies`, each followed by what is most like it and the ones before it. */
function byLikeness(bodies, [run, fading, length, common]) {
  const runs = bodies.map((body) => {
    const text = body.toString("latin1");
    return new Set(Array.from({ length: Math.max(0, text.length - run + 1) }, (_, at) => text.slice(at, at + run)));
  });
  const holders = new Map();
  runs.forEach((own, index) => own.forEach((shared) => holders.has(shared) ? holders.get(shared).push(index) : holders.set(shared, [index])));
  const likeness = new Float64Array(bodies.length);
  const left = new Set(bodies.keys());
  const order = [];
  let next = bodies.reduce((longest, body, index) => (body.length > bodies[longest].length ? index : longest), 0);
  while (left.delete(next)) {
    order.push(next);
    for (const index of left) likeness[index] *= fading;
    for (const shared of runs[next]) {
      const found = holders.get(shared);
      if (found.length <= common) for (const index of found) likeness[index] += 1 / Math.log2(1 + found.length);
    }
    let most = -1;
    for (const index of left) {
      const worth = likeness[index] / bodies[index].length ** length;
      if (worth > most) [most, next] = [worth, index];
    }
  }
  return order;
}

/** The module with a name for each of its functions; in the order of the names those that are alike lie side by side. */
export function named(bytes, way = WAYS[0]) {
  // Those that are imported are counted first.
  const imported = WebAssembly.Module.imports(new WebAssembly.Module(bytes)).filter(({ kind }) => kind === "function").length;
  const names = [];
  byLikeness(bodiesOf(bytes), way).forEach((index, place) => (names[index] = sized(Buffer.from(String(place).padStart(6, "0")))));
  const all = Buffer.concat([write(names.length), ...names.map((name, index) => Buffer.concat([write(imported + index), name]))]);
  const section = Buffer.concat([sized(Buffer.from("name")), Buffer.from([1]), sized(all)]);
  return Buffer.concat([bytes, Buffer.from([0]), sized(section)]);
}
