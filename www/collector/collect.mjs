/**
 * Answers `POST /collect`: finds the events of a body, stores the good ones, names the others.
 *
 * What a client does with the answer decides what may be in it. It drops the ids in `rejected`, takes those in
 * `accepted` as delivered (or, without strict acknowledgement, sends them again, which the dedupe makes harmless),
 * and halves a batch that was refused without a `rejected` list until the bad event is alone. So an event whose id
 * cannot be read must not be answered with an empty list, or the client would send it for ever: the list is then absent.
 */

import { Refusal } from "./answer.mjs";
import { readText } from "./body.mjs";
import { checkEvent, columnText, readTime } from "./event.mjs";
import { LIMITS } from "./limits.mjs";
import { isObject, readBatch } from "./wire.mjs";

/**
 * Returns the handler of a batch.
 *
 * @param {{ writer: ReturnType<typeof import("./writer.mjs").createWriter>, budget: import("./body.mjs").ByteBudget, now: () => number }} parts
 */
export function createCollect({ writer, budget, now }) {
  return async function collect(request) {
    const text = await readText(request, { maxBytes: LIMITS.batchBytes, budget });
    const receivedAt = now();
    const batch = readBatch(text);
    if (batch.found.length > LIMITS.batchEvents) {
      throw new Refusal(413, "too_many_events", `The batch has ${batch.found.length} events, at most ${LIMITS.batchEvents} are allowed. Send it in parts.`, { limit: LIMITS.batchEvents });
    }

    const checked = batch.found.map((found) => ({ found, ...checkEvent(found) }));
    const rows = checked.flatMap(({ row }) => row ?? []);
    const accepted = new Set(rows.map((row) => row.messageId));
    const problems = checked.flatMap(({ problem }) => problem ?? []);
    // An id that is stored is never refused as well: a client could not carry out both.
    const refused = checked.filter(({ problem }) => problem && !accepted.has(problem.messageId));

    await writer.submit({ rows, sentAt: readTime(batch.sentAt), receivedAt, rejected: refused.length, rejectedBySender: countBySender(refused) });

    if (refused.length === 0) {
      return { status: 200, body: { accepted: [...accepted], rejected: [], ...(problems.length > 0 && { problems }) } };
    }
    const rejected = new Set(refused.flatMap(({ problem }) => problem.messageId ?? []));
    const error = {
      code: "events_rejected",
      message: `${refused.length} of ${checked.length} events were refused, the others are stored. Correct what \`problems\` names; do not send the refused ones again as they are.`,
    };
    return { status: 400, body: { error, accepted: [...accepted], ...(rejected.size > 0 && { rejected: [...rejected] }), problems } };
  };
}

/** Counts refused events for each visitor that they name, for the ledger. */
function countBySender(refused) {
  const counts = new Map();
  for (const { found } of refused) {
    const anonymousId = isObject(found.value) ? columnText(found.value.anonymousId) : null;
    if (anonymousId) counts.set(anonymousId, (counts.get(anonymousId) ?? 0) + 1);
  }
  return counts;
}
