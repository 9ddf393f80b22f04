/**
 * The database: one SQLite file in the data folder, its tables and how it is opened.
 *
 * Only texts, numbers and null are ever bound: the driver ends the whole process on a boolean.
 */

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import Database from "libsql";

const SCHEMA_VERSION = 1;

// `deliveries` counts how often an event came, so that a resend is visible without a second row.
const SCHEMA = `
  CREATE TABLE events (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    message_id   TEXT NOT NULL UNIQUE,
    type         TEXT NOT NULL,
    event        TEXT NOT NULL,
    anonymous_id TEXT,
    user_id      TEXT,
    timestamp    INTEGER NOT NULL,
    sent_at      INTEGER,
    received_at  INTEGER NOT NULL,
    stream_id    TEXT,
    seq          INTEGER,
    campaign     TEXT,
    variant      TEXT,
    deliveries   INTEGER NOT NULL DEFAULT 1,
    raw          TEXT NOT NULL
  ) STRICT;
  CREATE INDEX events_by_visitor ON events (anonymous_id, timestamp);
  CREATE INDEX events_by_member ON events (user_id, timestamp) WHERE user_id IS NOT NULL;
  CREATE INDEX events_by_stream ON events (stream_id, seq) WHERE stream_id IS NOT NULL;
  CREATE INDEX events_by_campaign ON events (campaign, timestamp) WHERE campaign IS NOT NULL;

  CREATE TABLE senders (
    anonymous_id TEXT PRIMARY KEY,
    requests     INTEGER NOT NULL,
    rejected     INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE counters (
    name  TEXT PRIMARY KEY,
    value INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE coupons (
    code            TEXT PRIMARY KEY,
    coupon          TEXT NOT NULL,
    idempotency_key TEXT NOT NULL UNIQUE,
    campaign        TEXT,
    variant         TEXT,
    anonymous_id    TEXT,
    user_id         TEXT,
    issued_at       INTEGER NOT NULL,
    expires_at      INTEGER,
    redeemed_at     INTEGER,
    order_id        TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX coupons_by_id ON coupons (coupon);
  CREATE INDEX coupons_by_visitor ON coupons (anonymous_id);

  CREATE TABLE coupon_terms (
    coupon     TEXT PRIMARY KEY,
    pool       INTEGER,
    expires_ms INTEGER
  ) STRICT, WITHOUT ROWID;
`;

/**
 * Opens the database of a folder, and makes both where they are missing.
 *
 * @param {string} dataDir
 */
export function openDatabase(dataDir) {
  mkdirSync(dataDir, { recursive: true });
  const db = new Database(join(dataDir, "collector.db"));
  // The wait for another process holds the event loop, so it is short; the sender is asked to come back instead.
  db.exec("PRAGMA busy_timeout = 1000");
  // SQLite does not wait where two processes change a new file's journal at the same moment, so we do.
  despiteLock(() => db.exec("PRAGMA journal_mode = WAL"));
  // FULL makes each commit wait for the disk. NORMAL would not, and a power cut could then take acknowledged events.
  db.exec("PRAGMA synchronous = FULL");
  // Erased events are overwritten, not only unlinked.
  db.exec("PRAGMA secure_delete = ON");
  // Looked at inside the transaction, because another collector may be making the same folder.
  inTransaction(db, () => {
    const { user_version: version } = one(db.prepare("PRAGMA user_version"));
    if (version > SCHEMA_VERSION) {
      throw new Error(`the data in ${dataDir} has schema ${version}, this collector knows up to ${SCHEMA_VERSION}: use a newer collector or another folder`);
    }
    if (version === 0) db.exec(`${SCHEMA} PRAGMA user_version = ${SCHEMA_VERSION};`);
  });
  return db;
}

/** Does `work`, again and again for a second where another process holds the file. Only for the start, for it holds the event loop. */
function despiteLock(work, tries = 20) {
  try {
    return work();
  } catch (error) {
    if (!tries || !/locked|busy/i.test(error.message)) throw error;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
    return despiteLock(work, tries - 1);
  }
}

/**
 * Runs `work` in one transaction: all of it is stored, or nothing.
 *
 * @template T
 * @param {() => T} work
 * @returns {T}
 */
export function inTransaction(db, work) {
  // IMMEDIATE takes the write lock at once, so that what is read inside is still true when it is written.
  db.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    db.exec("COMMIT");
    return result;
  } catch (error) {
    // A full disk can end the transaction by itself; a second end would hide the first error.
    if (db.inTransaction) db.exec("ROLLBACK");
    throw error;
  }
}

/**
 * Folds the write-ahead log back into the file and cuts it. The driver does not do so when it closes
 * a database whose statements are still known.
 */
export function foldLog(db) {
  db.prepare("PRAGMA wal_checkpoint(TRUNCATE)").all();
}

/**
 * Returns the first row, or undefined. The statement is read to its end, because an open one keeps the
 * write-ahead log from being folded back into the file.
 */
export function one(statement, ...values) {
  return statement.all(...values)[0];
}
