// The demo's own time: the same cookie shifts the page's Date and the server's notion of now.

export const CLOCK_COOKIE = "clock";

export const offsetOf = (cookies) => {
  const offset = Number(cookies[CLOCK_COOKIE]);
  return Number.isSafeInteger(offset) ? offset : 0;
};

/** The offset that makes now the given time (`now`: the real one), or undefined for text that is no time. */
export function offsetTo(iso, realNow = Date.now()) {
  if (iso === "now") return 0;
  // A plus sign in a query arrives as a blank; a zone like +09:00 is meant.
  const time = Date.parse(iso.replace(/ (?=\d\d:?\d\d$)/, "+"));
  return Number.isNaN(time) ? undefined : time - realNow;
}
