/**
 * Every bound of the collector in one place, with the reason for each.
 *
 * A bound is part of the protocol: a client that meets one is told its value in the answer.
 */

const KIB = 1024;
const MIB = 1024 * KIB;

export const LIMITS = Object.freeze({
  /** One request, as sent and after inflation. Browsers allow 64 KiB to a request that outlives its page, so this is roomy. */
  batchBytes: 512 * KIB,
  /** Events in one request. A larger batch is answered with 413, which makes the client halve it. */
  batchEvents: 500,
  /** One event as JSON text in UTF-8, the limit that Segment's own API has. */
  eventBytes: 32 * KIB,
  /** Characters of a `messageId`. A UUID has 36. */
  messageIdChars: 100,
  /** Characters of `anonymousId`, `userId`, an event's name and the other texts that are indexed. */
  nameChars: 256,
  /** A coupon request is a handful of short fields. */
  couponBytes: 16 * KIB,
  /** Bytes of unfinished and unstored bodies, over all connections. Beyond it new ones are asked to come back later. */
  bufferedBytes: 64 * MIB,
  /** Events that wait for their commit. About half a second of work. */
  pendingEvents: 20_000,
  /** Rows of one transaction, so that a long queue never holds the event loop for more than some ten milliseconds. */
  transactionRows: 1_000,
  /** Milliseconds in which a request must have arrived as a whole, so that a slow sender cannot hold a socket. */
  requestTimeout: 15_000,
  /** Milliseconds for which the rest of a refused body is read and thrown away. */
  drainTimeout: 2_000,
  /** Milliseconds that requests under way get to finish after a stop signal. */
  closeGrace: 5_000,
  /** Open sockets. */
  connections: 2_000,
  /** Seconds after which a client that was turned away may come back. */
  retryAfter: 2,
  /** Events in one answer of the query endpoint, and the number given without `limit`. */
  queryRows: 1_000,
  queryRowsDefault: 100,
  /** Missing sequence numbers that one ledger answer lists. */
  ledgerMissing: 1_000,
  /** Characters of a refused value that an error shows. */
  shownChars: 100,
});
