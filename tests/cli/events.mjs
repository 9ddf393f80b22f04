/** Events of a campaign with known counts. */

export function journal({ campaign, variant, shown, held, shownGoals = 0, heldGoals = 0, clicks = 0, dismissals = 0, from = 0 }) {
  const events = [];
  const add = (event, anonymousId, more = {}) => events.push({
    type: "track", event, messageId: `${campaign}-${variant ?? ""}-${from}-${events.length}`, timestamp: new Date(Date.UTC(2026, 10, 1) + events.length * 60_000).toISOString(), anonymousId,
    properties: { campaign, ...(variant && { variant }), ...more },
  });
  const worth = { revenue: 1_000, currency: "KRW" };
  for (let index = 0; index < shown; index++) {
    const visitor = `s${from + index}`;
    add("Message Shown", visitor);
    if (index < clicks) add("Message Clicked", visitor);
    if (index >= shown - dismissals) add("Message Dismissed", visitor);
    if (index < shownGoals) add("Goal Reached", visitor, { held_out: false, order_id: `o-${visitor}`, ...worth });
  }
  for (let index = 0; index < held; index++) {
    const visitor = `h${from + index}`;
    add("Message Held Out", visitor);
    if (index < heldGoals) add("Goal Reached", visitor, { held_out: true, order_id: `o-${visitor}`, ...worth });
  }
  return events;
}
