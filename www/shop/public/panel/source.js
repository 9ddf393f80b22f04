// Reads what the SDK and the collector know. Any method may be missing, late or failing.

const STORED = 20;

async function ask(method, ...values) {
  try {
    return await window.dangol?.[method]?.(...values);
  } catch {
    return undefined;
  }
}
const list = (value) => (Array.isArray(value) ? value : []);

async function storedEvents(anonymousId) {
  if (!anonymousId) return undefined;
  try {
    const answer = await fetch(`/api/events?anonymousId=${encodeURIComponent(anonymousId)}&limit=${STORED}&order=desc`);
    return answer.ok ? list((await answer.json()).events) : undefined;
  } catch {
    return undefined;
  }
}

/** The configuration has the names that a marketer gave; this page's own, as a recipe brings another. */
const named = fetch(document.querySelector("script[data-config]").dataset.config).then((answer) => answer.json()).catch(() => ({}));

// The engine says in words what a check found. It is a file of its own, asked for when somebody wants to know.
let wording;
const words = () => (wording ??= import("/dangol/engine.js").then(({ loadEngine }) => loadEngine()).catch(() => undefined));

export async function readAll({ stored, explained }) {
  const [exported, segments, explanations, coupons, stats] = await Promise.all([
    ask("exportData"), ask("segments"), ask("explain"), ask("coupons"), ask("stats"),
  ]);
  const [config, engine] = await Promise.all([named, explained ? words() : undefined]);
  const visitor = exported?.document;
  const journey = [exported?.journey, exported?.journey?.events, exported?.events].find(Array.isArray);
  return {
    isReady: exported !== undefined,
    visitor,
    consent: exported?.consent,
    events: list(journey).toSorted((left, right) => String(right.timestamp).localeCompare(String(left.timestamp))),
    segments: list(segments),
    explanations: list(explanations),
    coupons: list(coupons),
    stats: stats && typeof stats === "object" ? stats : undefined,
    config,
    engine,
    stored: stored ? await storedEvents(visitor?.user?.anonymousId) : undefined,
  };
}
