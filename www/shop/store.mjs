// Sessions, members and orders, in memory and in one JSON file so that the demo survives a restart.
import { randomBytes, scryptSync, timingSafeEqual } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const SAVE_DELAY = 200;
const newId = (prefix, bytes = 6) => `${prefix}${randomBytes(bytes).toString("hex")}`;

const hash = (password, salt) => scryptSync(password, salt, 32).toString("hex");
const GRADES = [{ id: "gold", from: 500_000 }, { id: "silver", from: 200_000 }, { id: "new", from: 0 }];

export function openStore(dataDir) {
  const file = dataDir && join(dataDir, "shop.json");
  const state = file && existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : { sessions: {}, members: {}, orders: {} };
  let timer;

  function save() {
    clearTimeout(timer);
    timer = undefined;
    if (!file) return;
    mkdirSync(dataDir, { recursive: true });
    // Written beside and renamed, so that a crash leaves the old file or the new one.
    writeFileSync(`${file}.new`, JSON.stringify(state));
    renameSync(`${file}.new`, file);
  }
  const touch = () => { timer ??= setTimeout(save, SAVE_DELAY).unref(); };

  const openSession = (id) => (Object.hasOwn(state.sessions, id ?? "") ? state.sessions[id] : undefined);
  function startSession() {
    const id = newId("s_", 16);
    // The member's id is reserved with the session: the page must know it when it identifies
    // the visitor, which is before the sign-up form has reached the server.
    state.sessions[id] = { id, cartId: newId("cart_"), cart: [], flash: [], nextMemberId: newId("m_") };
    touch();
    return state.sessions[id];
  }
  const byEmail = (email) => Object.values(state.members).find((member) => member.email === email.toLowerCase());

  function addMember(session, { name, email, password, birthday, marketing }, now) {
    const salt = randomBytes(12).toString("hex");
    const member = { id: session.nextMemberId, name, email: email.toLowerCase(), birthday: birthday || undefined, marketing, grade: "new", signedUpAt: new Date(now).toISOString(), salt, password: hash(password, salt) };
    state.members[member.id] = member;
    session.memberId = member.id;
    session.nextMemberId = newId("m_");
    touch();
    return member;
  }
  function logIn(session, email, password) {
    const member = byEmail(email);
    if (!member || !timingSafeEqual(Buffer.from(hash(password, member.salt)), Buffer.from(member.password))) return undefined;
    session.memberId = member.id;
    touch();
    return member;
  }
  function endSession(session) {
    delete state.sessions[session.id];
    touch();
  }

  const newOrderId = (now) => `${new Date(now).toISOString().slice(2, 10).replaceAll("-", "")}-${randomBytes(3).toString("hex").toUpperCase()}`;
  const ordersOf = (memberId) => Object.values(state.orders).filter((order) => order.memberId === memberId).reverse();
  function addOrder(session, order, now) {
    const whole = { sessionId: session.id, memberId: session.memberId, orderedAt: new Date(now).toISOString(), ...order };
    state.orders[whole.id] = whole;
    const member = state.members[session.memberId];
    if (member) {
      const spent = ordersOf(member.id).reduce((sum, each) => sum + each.total, 0);
      member.grade = GRADES.find(({ from }) => spent >= from).id;
    }
    touch();
    return whole;
  }

  /** A code is worth one order. */
  const isUsed = (code) => Object.values(state.orders).some((order) => order.coupon?.code === code);

  return {
    isUsed, newOrderId, newCheckoutId: () => newId("co_"),
    openSession, startSession, endSession, addMember, logIn, byEmail, addOrder, ordersOf, touch, save,
    memberOf: (session) => state.members[session.memberId],
    order: (id) => (Object.hasOwn(state.orders, id) ? state.orders[id] : undefined),
  };
}
