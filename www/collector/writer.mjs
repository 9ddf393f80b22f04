/**
 * Stores batches by group commit: what arrives while the event loop turns once goes into one transaction,
 * and a batch is acknowledged only after the commit that holds it. Under load this shares one disk
 * flush among many requests; at rest it adds no delay.
 */

import { busy } from "./answer.mjs";
import { inTransaction } from "./database.mjs";
import { LIMITS } from "./limits.mjs";

/**
 * @typedef {object} Submission one request's share of a commit
 * @property {import("./event.mjs").Row[]} rows
 * @property {number | null} sentAt
 * @property {number} receivedAt
 * @property {Map<string, number>} rejectedBySender refused events by the visitor they name
 * @property {number} rejected
 */

const UNAVAILABLE = /^SQLITE_(BUSY|LOCKED|FULL|IOERR|READONLY|CANTOPEN)/;

/** Creates the writer of a database. */
export function createWriter(db, { pendingEvents = LIMITS.pendingEvents } = {}) {
  const store = createStore(db);
  /** @type {{ submission: Submission, resolve: () => void, reject: (error: Error) => void }[]} */
  let queue = [];
  let waiting = 0;
  let scheduled = false;

  function schedule() {
    if (scheduled || queue.length === 0) return;
    scheduled = true;
    // Immediates run after the sockets were read, so everything that has arrived by then is in the group.
    setImmediate(commitGroup);
  }

  function commitGroup() {
    scheduled = false;
    const group = takeGroup();
    try {
      inTransaction(db, () => group.forEach(({ submission }) => store(submission)));
      group.forEach(({ resolve }) => resolve());
    } catch (error) {
      // One batch must not take down those that happened to share its commit, so each is tried by itself.
      // A disk that is full or a file that is locked is nobody's fault, and would only be waited for again and again.
      if (UNAVAILABLE.test(error.code)) refuse(group, error);
      else group.forEach(commitAlone);
    }
    schedule();
  }

  function commitAlone({ submission, resolve, reject }) {
    try {
      inTransaction(db, () => store(submission));
      resolve();
    } catch (error) {
      refuse([{ reject }], error);
    }
  }

  function refuse(group, error) {
    process.stderr.write(`collector: ${group.length} batches were not stored: ${error.code ?? ""} ${error.message}\n`);
    group.forEach(({ reject }) => reject(busy("The database could not store the batch. Send it again later.")));
  }

  function takeGroup() {
    let rows = 0;
    let count = 0;
    while (count < queue.length && (count === 0 || rows + queue[count].submission.rows.length <= LIMITS.transactionRows)) {
      rows += queue[count].submission.rows.length;
      count += 1;
    }
    waiting -= rows;
    const group = queue.slice(0, count);
    queue = queue.slice(count);
    return group;
  }

  return {
    /**
     * Resolves once the rows lie on the disk. Rejects with a refusal where the queue is full or the database fails.
     *
     * @param {Submission} submission
     * @returns {Promise<void>}
     */
    submit(submission) {
      if (waiting + submission.rows.length > pendingEvents) {
        return Promise.reject(busy("Too many events wait to be stored. Send this batch again later."));
      }
      waiting += submission.rows.length;
      return new Promise((resolve, reject) => {
        queue.push({ submission, resolve, reject });
        schedule();
      });
    },

    /** Commits what still waits. */
    drain() {
      while (queue.length > 0) commitGroup();
    },
  };
}

function createStore(db) {
  const insert = db.prepare(`
    INSERT OR IGNORE INTO events
      (message_id, type, event, anonymous_id, user_id, timestamp, sent_at, received_at, stream_id, seq, campaign, variant, raw)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const countDelivery = db.prepare("UPDATE events SET deliveries = deliveries + 1 WHERE message_id = ?");
  const countSender = db.prepare(`
    INSERT INTO senders (anonymous_id, requests, rejected) VALUES (?1, 1, ?2)
    ON CONFLICT (anonymous_id) DO UPDATE SET requests = requests + 1, rejected = rejected + ?2`);
  const count = db.prepare(`
    INSERT INTO counters (name, value) VALUES (?1, ?2)
    ON CONFLICT (name) DO UPDATE SET value = value + ?2`);

  return function store({ rows, sentAt, receivedAt, rejectedBySender, rejected }) {
    let duplicates = 0;
    const senders = new Map(rejectedBySender);
    for (const row of rows) {
      const { changes } = insert.run(
        row.messageId, row.type, row.event, row.anonymousId, row.userId, row.timestamp, sentAt, receivedAt,
        row.streamId, row.seq, row.campaign, row.variant, row.raw,
      );
      if (changes === 0) {
        countDelivery.run(row.messageId);
        duplicates += 1;
      }
      if (row.anonymousId !== null && !senders.has(row.anonymousId)) senders.set(row.anonymousId, 0);
    }
    for (const [anonymousId, refused] of senders) countSender.run(anonymousId, refused);
    count.run("requests", 1);
    if (duplicates > 0) count.run("duplicates", duplicates);
    if (rejected > 0) count.run("rejected", rejected);
  };
}
