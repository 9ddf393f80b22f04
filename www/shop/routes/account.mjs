// Membership: sign-up, log-in, log-out, my page.
import { orderHistory, traitsOf } from "../events.mjs";
import { localPath, sendJson } from "../http.mjs";
import { logIn, myPage, signUp, takenProblem } from "../views/account.mjs";

const SHORTEST_PASSWORD = 8;

function signUpProblem(context, { name, email, password, terms }) {
  const { t } = context;
  if (!name?.trim() || !/^[^@\s]+@[^@\s]+$/.test(email ?? "")) return t("이름과 이메일을 확인해 주세요.", "Please check your name and e-mail.");
  if ((password ?? "").length < SHORTEST_PASSWORD) return t("비밀번호는 8자 이상이어야 해요.", "The password needs at least 8 characters.");
  if (!terms) return t("약관에 동의해 주세요.", "Please accept the terms.");
  if (context.store.byEmail(email)) return takenProblem(context);
  return undefined;
}

export const accountRoutes = [
  ["GET", "/signup", (context) => (context.member ? context.redirect("/my") : signUp(context, { next: context.query.next ?? "" }))],
  // A GET asks and changes nothing; that an address is registered here the form itself would tell.
  ["GET", "/signup/free", ({ query, store, response }) => { sendJson(response, 200, { free: !store.byEmail(query.email ?? "") }); return true; }],
  ["POST", "/signup", (context, _, form) => {
    const problem = signUpProblem(context, form);
    if (problem) return context.page(signUp(context, { values: form, problem, next: form.next ?? "" }), 422);
    context.store.addMember(context.session, { ...form, name: form.name.trim(), marketing: form.marketing === "yes" }, context.now);
    context.session.welcome = true;
    return context.redirect(localPath(form.next, "/my"));
  }],
  ["GET", "/login", (context) => (context.member ? context.redirect("/my") : logIn(context, { next: context.query.next ?? "" }))],
  ["POST", "/login", (context, _, form) => {
    const { store, session, t } = context;
    const member = store.logIn(session, form.email ?? "", form.password ?? "");
    if (!member) return context.page(logIn(context, { email: form.email, problem: t("이메일이나 비밀번호가 맞지 않아요.", "E-mail or password is not right."), next: form.next ?? "" }), 422);
    session.identify = { id: member.id, traits: traitsOf(member), history: orderHistory(context, store.ordersOf(member.id)) };
    context.flash(["Signed In", { username: member.email, user_id: member.id }]);
    return context.redirect(localPath(form.next, "/my"));
  }],
  ["POST", "/logout", (context) => {
    context.store.endSession(context.session);
    context.useSession(context.store.startSession());
    return context.redirect("/");
  }],
  ["GET", "/my", (context) => {
    if (!context.member) return context.redirect("/login?next=/my");
    const welcome = context.session.welcome;
    delete context.session.welcome;
    return myPage(context, { orders: context.store.ordersOf(context.member.id), welcome });
  }],
];
