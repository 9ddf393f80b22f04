// Reads what the main thread of a page did from a browser's trace.

/** What kind of work an event of the timeline is; what is not named here belongs to the event around it. */
const KINDS = {
  UpdateLayoutTree: "style", Layout: "layout", PrePaint: "paint", Paint: "paint", Layerize: "paint", Commit: "paint", UpdateLayer: "paint", CompositeLayers: "paint",
  FunctionCall: "script", EvaluateScript: "script", RunMicrotasks: "script", TimerFire: "script", FireAnimationFrame: "script", FireIdleCallback: "script", EventDispatch: "script", "v8.callFunction": "script", "v8.evaluateModule": "script",
  MajorGC: "collecting", MinorGC: "collecting",
};

/** Milliseconds of the thread by kind from `from` to `to`; work within other work is counted once, as what it is. */
function spent(events, from, to) {
  const sums = { script: 0, style: 0, layout: 0, paint: 0, collecting: 0, elements: 0 };
  const open = [];
  for (const { name, ts, dur, tdur = dur, args } of events) {
    while (open.length && open.at(-1).until <= ts) open.pop();
    const around = open.at(-1)?.kind;
    const kind = KINDS[name] ?? around;
    const until = ts + dur;
    open.push({ kind, until });
    // Of work that goes on over an end, the share that lies within.
    const share = Math.max(0, Math.min(until, to) - Math.max(ts, from)) / (dur || 1);
    const time = (tdur * share) / 1000;
    if (kind) sums[kind] += time;
    if (around) sums[around] -= time;
    if (name === "UpdateLayoutTree" && share > 0) sums.elements += args.elementCount ?? 0;
  }
  return { ...sums, cost: sums.script + sums.style + sums.layout + sums.paint };
}

/** One entry for each round between the marks `from`, `to` and `end`; `later` is the cost from `to` to `end`. */
export function read(trace) {
  const marks = (name) => trace.filter((event) => event.name === name && event.cat.includes("user_timing")).sort((a, b) => a.ts - b.ts);
  const [starts, stops, ends] = ["from", "to", "end"].map(marks);
  if (!starts.length) return [];
  const { pid, tid } = starts[0];
  const events = trace.filter((event) => event.pid === pid && event.tid === tid && event.ph === "X" && event.dur !== undefined).sort((a, b) => a.ts - b.ts || b.dur - a.dur);
  return starts.map(({ ts }, round) => {
    const after = spent(events, stops[round].ts, ends[round].ts);
    return { ...spent(events, ts, stops[round].ts), later: after.cost };
  });
}
