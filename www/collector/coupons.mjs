/**
 * Coupons: mints unique codes, one for each idempotency key, and tells whether a code is still good.
 *
 * Uniqueness lies in the database (a primary key on the code, a unique key on the idempotency key), not in this
 * process, so it also holds between two collectors on one folder and after a restart.
 */

import { randomBytes } from "node:crypto";
import { Refusal } from "./answer.mjs";
import { inTransaction, one } from "./database.mjs";
import { columnText } from "./event.mjs";
import { LIMITS } from "./limits.mjs";
import { isObject } from "./wire.mjs";

// 32 signs that cannot be mistaken for one another on paper or the phone: no 0 and O, no 1 and I. Five bits each.
const SIGNS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
const RANDOM_SIGNS = 10;

/** @typedef {{ pool?: number, expiresMs?: number }} Terms */

/**
 * @param {ReturnType<typeof import("./database.mjs").openDatabase>} db
 * @param {{ now: () => number, terms?: Record<string, Terms> }} options
 */
export function createCoupons(db, { now, terms = {} }) {
  const setTerms = db.prepare(`
    INSERT INTO coupon_terms (coupon, pool, expires_ms) VALUES (?1, ?2, ?3)
    ON CONFLICT (coupon) DO UPDATE SET pool = coalesce(?2, pool), expires_ms = coalesce(?3, expires_ms)`);
  for (const [coupon, { pool, expiresMs }] of Object.entries(terms)) setTerms.run(coupon, pool ?? null, expiresMs ?? null);

  const byKey = db.prepare("SELECT * FROM coupons WHERE idempotency_key = ?");
  const byCode = db.prepare("SELECT * FROM coupons WHERE code = ?");
  const termsOf = db.prepare("SELECT pool, expires_ms FROM coupon_terms WHERE coupon = ?");
  const countIssued = db.prepare("SELECT count(*) AS issued FROM coupons WHERE coupon = ?");
  const insert = db.prepare(`
    INSERT INTO coupons (code, coupon, idempotency_key, campaign, variant, anonymous_id, user_id, issued_at, expires_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (code) DO NOTHING`);
  const setRedeemed = db.prepare("UPDATE coupons SET redeemed_at = ?, order_id = ? WHERE code = ? AND redeemed_at IS NULL");
  const byVisitor = db.prepare("SELECT * FROM coupons WHERE anonymous_id = ? ORDER BY issued_at, code");

  return {
    /**
     * Mints a code, or returns the one that the key already has.
     *
     * @param {unknown} body
     * @param {string | undefined} headerKey the `Idempotency-Key` header
     */
    issue(body, headerKey) {
      const fields = requireObject(body);
      const coupon = requireText(fields, "coupon");
      const key = idempotencyKey(fields, headerKey);
      const about = ["campaign", "variant", "anonymousId", "userId"].map((name) => optionalText(fields, name));
      return inTransaction(db, () => {
        const existing = one(byKey, key);
        if (existing) {
          if (existing.coupon !== coupon) {
            throw new Refusal(409, "idempotency_key_reused", `The key has already been used for the coupon "${existing.coupon}". Use another key for another coupon.`, { path: "/key", value: key });
          }
          return { status: 200, body: issued(existing) };
        }
        const { pool = null, expires_ms: expiresMs = null } = one(termsOf, coupon) ?? {};
        if (pool !== null && one(countIssued, coupon).issued >= pool) {
          throw new Refusal(409, "pool_empty", `All ${pool} codes of the coupon are issued. Enlarge the pool or show another offer.`, { path: "/coupon", value: coupon, limit: pool });
        }
        const issuedAt = now();
        const expiresAt = expiresMs === null ? null : issuedAt + expiresMs;
        // A code that exists already is not inserted but drawn again. At 50 random bits this is a formality.
        let code;
        do code = mint(coupon);
        while (insert.run(code, coupon, key, ...about, issuedAt, expiresAt).changes === 0);
        return { status: 201, body: issued(one(byCode, code)) };
      });
    },

    /** Tells whether a code can be redeemed now. */
    check(body) {
      const found = one(byCode, normalCode(requireText(requireObject(body), "code")));
      if (!found) return { status: 200, body: { valid: false, coupon: null, reason: "unknown" } };
      const reason = found.redeemed_at !== null ? "redeemed" : isExpired(found, now()) ? "expired" : null;
      return { status: 200, body: { valid: reason === null, coupon: found.coupon, ...(reason && { reason }) } };
    },

    /** Redeems a code for an order. The same order may ask again and gets the same answer. */
    redeem(body) {
      const fields = requireObject(body);
      const code = normalCode(requireText(fields, "code"));
      const orderId = requireText(fields, "orderId");
      return inTransaction(db, () => {
        const found = one(byCode, code);
        const at = { path: "/code", value: code };
        if (!found) throw new Refusal(404, "unknown_code", "No such code was issued. Look for a typing mistake.", at);
        if (found.redeemed_at !== null && found.order_id !== orderId) throw new Refusal(409, "already_redeemed", "The code was redeemed by another order. Each code is good for one order.", at);
        if (found.redeemed_at === null) {
          if (isExpired(found, now())) throw new Refusal(409, "coupon_expired", `The code was good until ${iso(found.expires_at)}.`, at);
          setRedeemed.run(now(), orderId, code);
        }
        const { coupon, campaign, variant, redeemed_at: redeemedAt } = one(byCode, code);
        return { status: 200, body: compact({ code, coupon, orderId, redeemedAt: iso(redeemedAt), campaign, variant }) };
      });
    },

    /** Returns all codes that a visitor was given. */
    list(anonymousId) {
      const coupons = byVisitor.all(columnText(anonymousId)).map((row) =>
        compact({ ...issued(row), campaign: row.campaign, variant: row.variant, redeemedAt: iso(row.redeemed_at), orderId: row.order_id }),
      );
      return { status: 200, body: { coupons } };
    },
  };
}

/** Returns a new code: some letters of the coupon's id, so that people recognise it, and ten random signs. */
function mint(coupon) {
  const prefix = [...coupon.toUpperCase()].filter((sign) => SIGNS.includes(sign)).slice(0, 4).join("");
  const random = [...randomBytes(RANDOM_SIGNS)].map((byte) => SIGNS[byte % SIGNS.length]).join("");
  return layOut(`${prefix || "CPN"}${random}`);
}

/** Reads a code as people type it: in small letters, with spaces or without the dashes. */
function normalCode(typed) {
  return layOut(typed.toUpperCase().replace(/[^A-Z0-9]/g, ""));
}

/** Sets the dashes, WELCXXXXXXXXXX → WELC-XXXXX-XXXXX. */
function layOut(signs) {
  return [signs.slice(0, -10), signs.slice(-10, -5), signs.slice(-5)].join("-");
}

function issued(row) {
  return compact({ code: row.code, coupon: row.coupon, issuedAt: iso(row.issued_at), expiresAt: iso(row.expires_at) });
}

function isExpired(row, at) {
  return row.expires_at !== null && row.expires_at <= at;
}

function iso(time) {
  return time === null ? null : new Date(time).toISOString();
}

function compact(object) {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null));
}

function idempotencyKey(fields, header) {
  // The draft of the header field wants a quoted string, most clients send it bare.
  const fromHeader = header?.replace(/^"(.*)"$/, "$1");
  const given = [fields.key, fields.idempotencyKey, fromHeader].filter((key) => key !== undefined);
  if (new Set(given).size > 1) {
    throw new Refusal(400, "bad_request", "The header and the body name different idempotency keys. Send one of them.", { path: "/key", value: given });
  }
  return requireText({ key: given[0] }, "key");
}

function requireObject(body) {
  if (!isObject(body)) throw new Refusal(400, "bad_request", "The body is a JSON object.", { path: "", value: body });
  return body;
}

function requireText(fields, name) {
  const value = fields[name];
  if (typeof value !== "string" || value.trim() === "" || value.length > LIMITS.nameChars || columnText(value) !== value) {
    throw new Refusal(400, "bad_request", `\`${name}\` is needed: a text of 1 to ${LIMITS.nameChars} characters.`, { path: `/${name}`, value });
  }
  return value;
}

function optionalText(fields, name) {
  return fields[name] === undefined || fields[name] === null ? null : requireText(fields, name);
}
