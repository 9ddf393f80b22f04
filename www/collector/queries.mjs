/**
 * Reads what was stored: events, a visitor's ledger, totals; and erases a visitor.
 *
 * Values from outside are only ever bound. The SQL that is put together here consists of this file's own words.
 */

import { Refusal } from "./answer.mjs";
import { foldLog, inTransaction, one } from "./database.mjs";
import { columnText, readTime } from "./event.mjs";
import { LIMITS } from "./limits.mjs";

/** The filters of the events query, each with the condition that it adds. */
const EVENT_FILTERS = {
  anonymousId: "anonymous_id = ?",
  userId: "user_id = ?",
  event: "event = ?",
  type: "type = ?",
  campaign: "campaign = ?",
  messageId: "message_id = ?",
  since: "timestamp >= ?",
  until: "timestamp <= ?",
};

const ORDERS = new Map([["asc", "ASC"], ["desc", "DESC"]]);

/** @param {ReturnType<typeof import("./database.mjs").openDatabase>} db */
export function createQueries(db) {
  return {
    /** Events in the order of their own clock; equal times in the order in which they were received. */
    events(query) {
      const given = readQuery(query, [...Object.keys(EVENT_FILTERS), "limit", "offset", "order"]);
      const limit = readCount(given, "limit", LIMITS.queryRowsDefault, LIMITS.queryRows);
      const offset = readCount(given, "offset", 0, Number.MAX_SAFE_INTEGER);
      const direction = ORDERS.get(given.order ?? "asc");
      if (!direction) throw badParameter("order", given.order, 'It is "asc" or "desc".');

      const filters = Object.keys(EVENT_FILTERS).filter((name) => name in given);
      const values = filters.map((name) => (name === "since" || name === "until" ? requireTime(given, name) : columnText(given[name])));
      const where = filters.length === 0 ? "" : `WHERE ${filters.map((name) => EVENT_FILTERS[name]).join(" AND ")}`;
      const rows = db
        .prepare(`SELECT raw, received_at FROM events ${where} ORDER BY timestamp ${direction}, id ${direction} LIMIT ? OFFSET ?`)
        .all(...values, limit, offset);
      const { total } = one(db.prepare(`SELECT count(*) AS total FROM events ${where}`), ...values);
      // The stored text is passed on as it is. Parsing it only to print it again would double the work.
      const events = rows.map((row) => `${row.raw.slice(0, -1)},"receivedAt":"${new Date(row.received_at).toISOString()}"}`);
      return { status: 200, body: `{"events":[${events.join(",")}],"total":${total}}` };
    },

    /**
     * What is known about the delivery of a visitor's events. A stream is one page load; it is looked at as a whole,
     * because a log-out in its midst changes the visitor but not the numbering.
     */
    ledger(query) {
      const { anonymousId } = readQuery(query, ["anonymousId"]);
      if (!anonymousId) throw badParameter("anonymousId", anonymousId, "Name the visitor.");
      const visitor = columnText(anonymousId);
      const events = db.prepare("SELECT event, count(*) AS count FROM events WHERE anonymous_id = ? GROUP BY event ORDER BY event").all(visitor);
      const sums = one(db.prepare("SELECT count(*) AS total, coalesce(sum(deliveries - 1), 0) AS duplicates FROM events WHERE anonymous_id = ?"), visitor);
      const sender = one(db.prepare("SELECT requests, rejected FROM senders WHERE anonymous_id = ?"), visitor) ?? { requests: 0, rejected: 0 };
      const steps = db
        .prepare(
          `SELECT stream_id, seq, lag(seq, 1, 0) OVER (PARTITION BY stream_id ORDER BY seq) AS previous
           FROM events
           WHERE seq IS NOT NULL AND stream_id IN (SELECT stream_id FROM events WHERE anonymous_id = ?)
           ORDER BY stream_id, seq`,
        )
        .all(visitor);
      return {
        status: 200,
        body: {
          anonymousId,
          total: sums.total,
          events: Object.fromEntries(events.map(({ event, count }) => [event, count])),
          requests: sender.requests,
          duplicates: sums.duplicates,
          rejected: sender.rejected,
          streams: readStreams(steps),
        },
      };
    },

    /** Totals since the folder was made. */
    stats(query) {
      readQuery(query, []);
      const counters = Object.fromEntries(db.prepare("SELECT name, value FROM counters").all().map(({ name, value }) => [name, value]));
      const events = one(db.prepare("SELECT count(*) AS events, count(DISTINCT anonymous_id) AS visitors FROM events"));
      const coupons = one(db.prepare("SELECT count(*) AS issued, count(redeemed_at) AS redeemed FROM coupons"));
      return {
        status: 200,
        body: {
          events: events.events,
          visitors: events.visitors,
          requests: counters.requests ?? 0,
          duplicates: counters.duplicates ?? 0,
          rejected: counters.rejected ?? 0,
          coupons: { issued: coupons.issued, redeemed: coupons.redeemed },
        },
      };
    },

    /** Erases a visitor's events. Issued codes stay good, but no longer say whose they are. */
    erase(query) {
      const given = readQuery(query, ["anonymousId", "userId"]);
      if (!given.anonymousId && !given.userId) throw badParameter("anonymousId", given.anonymousId, "Name the visitor by `anonymousId`, `userId` or both.");
      const erased = inTransaction(db, () => {
        let count = 0;
        for (const [name, column] of [["anonymousId", "anonymous_id"], ["userId", "user_id"]]) {
          if (!given[name]) continue;
          const id = columnText(given[name]);
          count += db.prepare(`DELETE FROM events WHERE ${column} = ?`).run(id).changes;
          db.prepare(`UPDATE coupons SET anonymous_id = NULL, user_id = NULL WHERE ${column} = ?`).run(id);
          if (name === "anonymousId") db.prepare("DELETE FROM senders WHERE anonymous_id = ?").run(id);
        }
        return count;
      });
      // The write-ahead log still holds the erased text until it is folded back and cut.
      foldLog(db);
      return { status: 200, body: { erased } };
    },
  };
}

/**
 * Folds the steps of the sequence numbers into one entry for each stream: the last number, those that are
 * missing below it, and those that came on more than one event.
 */
function readStreams(steps) {
  const streams = {};
  let room = LIMITS.ledgerMissing;
  for (const { stream_id: id, seq, previous } of steps) {
    const stream = Object.hasOwn(streams, id) ? streams[id] : define(streams, id, { last: 0, missing: [], missingCount: 0, repeated: [] });
    stream.last = seq;
    if (seq === previous) stream.repeated.push(seq);
    stream.missingCount += Math.max(0, seq - previous - 1);
    for (let lost = previous + 1; lost < seq && room > 0; lost += 1, room -= 1) stream.missing.push(lost);
  }
  return streams;
}

// A stream may be called "__proto__": a plain assignment would then set the prototype and lose the entry.
function define(object, key, value) {
  Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
  return value;
}

/**
 * Returns the parameters of a query. One that is unknown or given twice is refused, because leaving it out
 * silently would answer another question than was asked.
 *
 * @param {URLSearchParams} query
 * @param {string[]} known
 * @returns {Record<string, string>}
 */
export function readQuery(query, known) {
  const given = {};
  for (const [name, value] of query) {
    if (!known.includes(name)) throw badParameter(name, value, known.length === 0 ? "There are no parameters here." : `The parameters are: ${known.join(", ")}.`);
    if (name in given) throw badParameter(name, value, "It is given twice. Give it once.");
    given[name] = value;
  }
  return given;
}

export function badParameter(name, value, remedy) {
  return new Refusal(400, "bad_parameter", `The parameter \`${name}\` cannot be used. ${remedy}`, { path: `?${name.slice(0, LIMITS.shownChars)}`, value });
}

function readCount(given, name, fallback, max) {
  if (!(name in given)) return fallback;
  const count = Number(given[name]);
  if (!/^\d{1,16}$/.test(given[name]) || !Number.isSafeInteger(count) || count > max) throw badParameter(name, given[name], `It is a whole number from 0 to ${max}.`);
  return count;
}

function requireTime(given, name) {
  const time = readTime(given[name]);
  if (time === null) throw badParameter(name, given[name], "It is an ISO 8601 time with its zone, such as 2030-01-31T12:00:00.000Z.");
  return time;
}
