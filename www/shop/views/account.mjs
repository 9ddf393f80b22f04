// Sign-up, log-in, the member's page, and pages of plain text.
import { traitsOf } from "../events.mjs";
import { html } from "../html.mjs";
import { page } from "./layout.mjs";
import { field, icon, money, notice } from "./parts.mjs";

export const takenProblem = ({ t }) => t("이미 가입된 이메일이에요. 로그인해 주세요.", "This e-mail is already registered. Please log in.");

export function signUp(context, { values = {}, problem, next }) {
  const { t } = context;
  return page(context, {
    title: t("회원 가입", "Sign up"), kind: "signup",
    main: html`<div class="section narrow split"><div class="split-picture"><img src="/scene/reading.svg" width="1600" height="1000" alt=""></div><div><h1>${t("느루의 단골이 되어 주세요", "Become one of our regulars")}</h1><p class="lead">${t("가입하시면 첫 주문을 무료로 보내 드려요.", "Join us and your first order ships free.")}</p>${notice(problem)}
    <form class="form" method="post" action="/signup" data-signup data-member-id="${context.session.nextMemberId}" data-taken="${takenProblem(context)}" data-testid="signup-form"><input type="hidden" name="next" value="${next}">
      ${field({ name: "name", label: t("이름", "Name"), value: values.name, autocomplete: "name", pattern: ".*\\S.*" })}
      ${field({ name: "email", label: t("이메일", "Email"), type: "email", value: values.email, autocomplete: "email" })}
      ${field({ name: "password", label: t("비밀번호", "Password"), type: "password", autocomplete: "new-password", minlength: 8, hint: t("8자 이상", "At least 8 characters") })}
      ${field({ name: "birthday", label: t("생일 (선택)", "Birthday (optional)"), type: "date", value: values.birthday, required: false, autocomplete: "bday" })}
      <label class="agree"><input type="checkbox" name="terms" required data-testid="terms"> ${t("이용 약관에 동의합니다. (필수)", "I accept the terms. (required)")}</label>
      <label class="agree"><input type="checkbox" name="marketing" value="yes" data-testid="marketing"> ${t("세일과 새 소식을 받아 볼래요. (선택)", "Send me news of sales. (optional)")}</label>
      <button class="button button-wide" data-testid="signup-submit">${t("가입하기", "Sign up")}</button></form>
    <p class="center">${t("이미 회원이신가요?", "Already a member?")} <a href="/login">${t("로그인", "Log in")}</a></p></div></div><script src="/signup.js" defer></script>`,
  });
}

export function logIn(context, { email = "", problem, next }) {
  const { t } = context;
  return page(context, {
    title: t("로그인", "Log in"), kind: "login",
    main: html`<div class="section narrow split"><div class="split-picture"><img src="/scene/dawn.svg" width="1600" height="1000" alt=""></div><div><h1>${t("다시 오셨네요", "Welcome back")}</h1><p class="lead">${t("오랜만이든 어제든, 반갑습니다.", "Whether it has been a day or a year.")}</p>${notice(problem)}
    <form class="form" method="post" action="/login" data-testid="login-form"><input type="hidden" name="next" value="${next}">
      ${field({ name: "email", label: t("이메일", "Email"), type: "email", value: email, autocomplete: "email" })}
      ${field({ name: "password", label: t("비밀번호", "Password"), type: "password", autocomplete: "current-password" })}
      <button class="button button-wide" data-testid="login-submit">${t("로그인", "Log in")}</button></form>
    <p class="center">${t("처음이신가요?", "New here?")} <a href="/signup" data-testid="signup-link">${t("회원 가입", "Sign up")}</a></p></div></div>`,
  });
}

const GRADES = { new: ["새싹 단골", "New regular"], silver: ["은빛 단골", "Silver regular"], gold: ["금빛 단골", "Golden regular"] };

export function myPage(context, { orders, welcome }) {
  const { t, member } = context;
  const grade = GRADES[member.grade];
  return page(context, {
    title: t("내 페이지", "My page"), kind: "my",
    main: html`<div class="section"><div class="my-head"><div><p class="eyebrow">${t(grade[0], grade[1])}</p><h1 data-testid="greeting">${welcome ? t(`${member.name}님, 반갑습니다`, `Welcome, ${member.name}`) : t(`${member.name}님의 페이지`, `Hello, ${member.name}`)}</h1><p>${member.email}</p></div>
      <form method="post" action="/logout" data-logout data-username="${traitsOf(member).email}"><button class="button button-quiet" data-testid="logout">${t("로그아웃", "Log out")}</button></form></div>
    <section class="my-section"><h2>${t("내 쿠폰", "My coupons")}</h2><div data-dangol-slot="my-coupons" class="slot" data-testid="coupon-slot"></div><p class="hint">${t("쿠폰 코드는 주문서에서 넣을 수 있어요.", "Enter a coupon’s code during checkout.")}</p></section>
    <section class="my-section"><h2>${t("주문 내역", "Orders")}</h2>${orders.length
      ? html`<ul class="orders" data-testid="orders">${orders.map((each) => html`<li><a href="/order/${each.id}"><b>${each.id}</b><span>${new Date(each.orderedAt).toLocaleDateString(context.lang === "en" ? "en-GB" : "ko-KR", { dateStyle: "medium", timeZone: "Asia/Seoul" })}</span><span>${t(`${each.cart.length}종`, `${each.cart.length} ${each.cart.length === 1 ? "item" : "items"}`)}</span><b>${money(context, each.total)}</b>${icon("arrow")}</a></li>`)}</ul>`
      : html`<p class="empty">${t("아직 주문하신 옷이 없어요.", "No orders yet.")} <a href="/c/new">${t("새로 들어온 옷 보기", "See what’s new")}</a></p>`}</section></div>`,
  });
}

const TEXTS = {
  help: { ko: ["배송과 교환", "평일 오후 2시까지 주문하시면 그날 출발합니다. 15만 원 이상은 무료, 그보다 적으면 3,500원입니다.", "받으신 날부터 30일 안에는 무료로 교환해 드립니다. 입어 보고 마음이 바뀌어도 괜찮아요.", "가죽 제품은 기간 없이 수선해 드립니다."], en: ["Shipping and returns", "Orders placed before 2 pm on weekdays leave the same day. Shipping is free from ₩150,000 and ₩3,500 below.", "Exchanges are free for 30 days, even if you simply changed your mind.", "Leather goods are repaired for life."] },
  about: { ko: ["느루 이야기", "‘느루’는 한꺼번에 몰아치지 않고 오래도록, 이라는 뜻의 옛말입니다.", "우리는 한 계절에 스무 벌 남짓만 만듭니다. 옷감을 고르고, 재단하고, 한 번 더 입어 본 뒤에야 내놓습니다.", "단골의 옷장에 오래 걸려 있는 옷. 그것이 느루가 바라는 전부입니다."], en: ["About Neuru", "“Neuru” is an old Korean word: not all at once, but for a long time.", "We make about two dozen pieces a season. Each is cut, worn, and cut again before it is sold.", "Clothes that hang in a regular’s wardrobe for years: that is all we hope for."] },
};
export const textPage = (context, kind) => {
  const [title, ...paragraphs] = TEXTS[kind][context.lang];
  return page(context, { title, kind, main: html`<article class="section narrow prose"><h1>${title}</h1>${paragraphs.map((text) => html`<p>${text}</p>`)}</article>` });
};

export const notFound = (context) => page(context, {
  title: context.t("없는 페이지", "Not found"), kind: "not-found",
  main: html`<div class="section narrow center lost"><p class="eyebrow">404</p><h1>${context.t("옷걸이만 남아 있네요", "Only the hanger is left")}</h1><p>${context.t("찾으시는 페이지가 없거나 주소가 바뀌었어요.", "This page does not exist, or has moved.")}</p><p><a class="button" href="/">${context.t("처음으로", "Back to the shop")}</a></p></div>`,
});
