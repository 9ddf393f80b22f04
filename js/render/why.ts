/**
 * Why a message is shown, for the receipt: the campaign's trigger and audience in the visitor's own language. Fetched
 * only once a visitor asks. It reads the configuration as data and names what was looked at, never a value of it.
 */
import { payloadOf } from "../signed.ts";

type Data = { [key: string]: unknown };
/** Korean, English, Japanese. */
type Words = readonly [string, string, string];

/** What the shop's events stand for; of any other only that something was done is said. */
const EVENTS: Record<string, Words> = {
  "Product Viewed": ["상품 보기", "viewing a product", "商品の閲覧"],
  "Product List Viewed": ["상품 목록 보기", "viewing a list of products", "商品一覧の閲覧"],
  "Product Clicked": ["상품 누르기", "choosing a product", "商品の選択"],
  "Products Searched": ["검색", "a search", "検索"],
  "Product Added": ["장바구니 담기", "adding to the cart", "カートへの追加"],
  "Product Removed": ["장바구니에서 빼기", "removing from the cart", "カートからの削除"],
  "Product Added to Wishlist": ["찜하기", "adding to the wishlist", "お気に入りへの追加"],
  "Cart Viewed": ["장바구니 보기", "viewing the cart", "カートの表示"],
  "Checkout Started": ["주문서 작성 시작", "starting a checkout", "購入手続きの開始"],
  "Order Completed": ["주문", "an order", "注文"],
  "Order Refunded": ["환불", "a refund", "返金"],
  "Signed Up": ["회원 가입", "signing up", "会員登録"],
  "Signed In": ["로그인", "signing in", "ログイン"],
  "Page Viewed": ["페이지 보기", "viewing a page", "ページの閲覧"],
  "Coupon Issued": ["쿠폰 받기", "receiving a coupon", "クーポンの受け取り"],
  "Survey Answered": ["설문 응답", "answering a survey", "アンケートへの回答"],
};
const SOMETHING: Words = ["이 쇼핑몰에서 한 행동", "something done in this shop", "このショップでの行動"];

/** The parts of the visitor's document. */
const ROOTS: Record<string, Words> = {
  cart: ["장바구니", "your cart", "カート"],
  orders: ["주문 이력", "your orders", "注文履歴"],
  lifecycle: ["주문 이력", "your orders", "注文履歴"],
  journey: ["쇼핑 단계", "how far you have shopped", "お買い物の段階"],
  affinity: ["자주 본 분야", "what you look at most", "よく見る分野"],
  visits: ["방문 이력", "your visits", "訪問履歴"],
  session: ["이번 방문", "this visit", "今回の訪問"],
  page: ["보고 있는 페이지", "the page you are on", "表示中のページ"],
  device: ["사용 중인 기기", "your device", "お使いの端末"],
  time: ["지금 시각", "the time of day", "現在の時刻"],
  user: ["회원 여부", "whether you are a member", "会員かどうか"],
  traits: ["회원 정보", "your member details", "会員情報"],
};

const TRIGGERS: Record<string, Words> = {
  page: ["이 페이지를 여셨어요.", "You opened this page.", "このページを開きました。"],
  dwell: ["이 페이지를 한동안 보고 계셨어요.", "You stayed on this page for a while.", "このページをしばらくご覧になりました。"],
  idle: ["한동안 움직임이 없었어요.", "Nothing happened on the page for a while.", "しばらく操作がありませんでした。"],
  scroll: ["페이지를 여기까지 읽으셨어요.", "You scrolled this far.", "ページをここまで読み進めました。"],
  exit: ["페이지를 떠나려 하셨어요.", "You were about to leave.", "ページを離れようとしました。"],
  visible: ["페이지의 이 부분을 보셨어요.", "You reached this part of the page.", "ページのこの部分をご覧になりました。"],
  click: ["페이지에서 이 메시지를 여는 곳을 누르셨어요.", "You pressed what opens this message.", "このメッセージを開く部分を押しました。"],
  manual: ["쇼핑몰이 이 자리에서 보여 드리는 메시지예요.", "The shop shows this message at this point.", "ショップがこの場所で表示するメッセージです。"],
};
const AFTER: Words = ["방금 한 일: ", "What you just did: ", "直前の行動: "];
const DID: Words = ["지금까지 한 일: ", "What you have done: ", "これまでの行動: "];
const DID_NOT: Words = ["아직 하지 않은 일: ", "What you have not done: ", "まだしていない行動: "];
const LOOKED: Words = ["함께 본 정보: ", "Also looked at: ", "あわせて参照した情報: "];
const FEW: Words = ["고른 손님 중 한 분이세요.", "You are in a group that the shop chose.", "ショップが選んだお客様のお一人です。"];

/** A configuration may nest its segments; nobody reads further. */
const DEPTH = 8;

const isData = (value: unknown): value is Data => !!value && typeof value === "object";
/** Only a configuration's own keys: an id may be called `constructor`. */
const own = (data: unknown, key: string): unknown => (isData(data) && Object.hasOwn(data, key) ? data[key] : undefined);

/** The lines for a campaign; none where the configuration has no such campaign. */
export function why(config: string, campaign: string, locale: string): string {
  const root: unknown = JSON.parse(payloadOf(config));
  const found = own(own(root, "campaigns"), campaign);
  const at = /^ko/i.test(locale) ? 0 : /^ja/i.test(locale) ? 2 : 1;
  const say = (words: Words): string => words[at]!;
  const lines = new Set<string>();
  const [did, didNot, looked] = [new Set<string>(), new Set<string>(), new Set<string>()];

  const names = (event: unknown, into: Set<string>): void => {
    for (const name of Array.isArray(event) ? event : [event]) into.add(say((own(EVENTS, String(name)) as Words | undefined) ?? SOMETHING));
  };
  const segment = (id: unknown, depth: number): void => {
    const when = own(own(own(root, "segments"), String(id)), "when");
    const before = did.size + didNot.size + looked.size;
    condition(when, depth + 1);
    if (before === did.size + didNot.size + looked.size) lines.add(say(FEW));
  };
  function condition(value: unknown, depth: number, negated = false): void {
    if (!isData(value) || depth > DEPTH) return;
    for (const [key, part] of Object.entries(value)) {
      if (key === "$did" || key === "$didNot") {
        const event = isData(part) ? part["event"] : part;
        // "Not more than three times" and the like say nothing of what was done.
        const count = own(part, "count");
        const isFew = count === 0 || (isData(count) && !("$gte" in count || "$gt" in count || "$eq" in count));
        names(event, (key === "$didNot" || isFew) !== negated ? didNot : did);
      } else if (key === "$sequence") {
        for (const step of (own(part, "steps") as unknown[] | undefined) ?? []) names(own(step, "event"), negated ? didNot : did);
      } else if (key === "$segment") segment(part, depth);
      else if (key === "$campaign") looked.add(say(["지난 메시지", "earlier messages", "以前のメッセージ"]));
      else if (key[0] === "$") for (const each of Array.isArray(part) ? part : [part]) condition(each, depth + 1, (key === "$not" || key === "$nor") !== negated);
      else {
        const words = own(ROOTS, key.split(".")[0]!) as Words | undefined;
        if (words) looked.add(say(words));
      }
    }
  }

  const trigger = own(found, "trigger");
  const signals = own(trigger, "all");
  for (const signal of Array.isArray(signals) ? signals : [trigger]) {
    for (const key of Object.keys(isData(signal) ? signal : {})) {
      const words = own(TRIGGERS, key) as Words | undefined;
      if (words) lines.add(say(words));
      if (key === "segment") segment(own(signal, key), 0);
      if (key === "event") {
        const just = new Set<string>();
        names(own(signal, key), just);
        lines.add(say(AFTER) + [...just].join(", "));
      }
    }
  }
  condition(own(found, "audience"), 0);
  for (const [words, set] of [[DID, did], [DID_NOT, didNot], [LOOKED, looked]] as const) {
    if (set.size) lines.add(say(words) + [...set].join(", "));
  }
  return [...lines].join("\n");
}
