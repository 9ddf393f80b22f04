/**
 * A Cafe24 storefront: who is signed in (`CAFE24API`), and what its pages hold in their variables and markup.
 *
 * A text as setting is the client id of the shop's app, which `CAFE24API` wants before it tells who is there.
 */
import { type Ear, type Follow, global, isObject, number, type Properties, text, tidy } from "./call.ts";

interface Api {
  init?: (app: { client_id: string }) => Api;
  getCustomerInfo?: (answer: (error: unknown, given: { customer?: Properties } | undefined) => void) => void;
  clientId?: string;
}

const currency = (): string | undefined => {
  const shop = (global("SHOP") ?? (global("CAFE24") as Properties | undefined)?.["SHOP"]) as { getCurrency?: () => string } | undefined;
  return text(shop?.getCurrency?.()) ?? "KRW";
};

/** The product of a detail page. */
function here(): Properties | undefined {
  const product_id = text(global("iProductNo")) ?? text(new URLSearchParams(location.search).get("product_no"));
  if (!product_id) return undefined;
  const image = document.querySelector('meta[property="og:image"]');
  return tidy({
    product_id,
    sku: text(global("product_code")),
    name: text(global("product_name")),
    category: text(global("iCategoryNo")),
    price: number(global("product_price")),
    currency: currency(),
    image_url: image instanceof HTMLMetaElement ? text(image.content) : undefined,
  });
}

const price = (given: Properties): number | undefined => {
  const alone = number(given["product_price"]);
  return alone === undefined ? undefined : alone + (number(given["opt_price"]) ?? 0);
};

/** A line of the bag, of the order form, or of an order. */
const line = (given: Properties): Properties => tidy({
  product_id: text(given["product_no"]),
  sku: text(given["item_code"]) ?? text(given["product_code"]),
  name: text(given["product_name"]),
  category: text(given["main_cate_no"]),
  variant: text(given["opt_str"]) ?? text(given["option_value"]),
  price: price(given),
  quantity: number(given["quantity"]) ?? number(given["product_qty"]),
});
const lines = (name: string): Properties[] => {
  const given = global(name);
  return Array.isArray(given) ? given.filter(isObject).map(line) : [];
};
const value = (products: Properties[]): number =>
  products.reduce((sum, { price, quantity }) => sum + ((price as number) || 0) * ((quantity as number) ?? 1), 0);

/** How many are about to be put into the bag: the chosen options, or the one field; 0 where an option is still missing. */
function chosen(): number {
  const of = (fields: NodeListOf<Element>): number[] => Array.from(fields, (field) => number((field as HTMLInputElement).value) ?? 0);
  const rows = of(document.querySelectorAll('input[id^="option_box"][id$="_quantity"]'));
  if (rows.length) return rows.reduce((sum, quantity) => sum + quantity, 0);
  return document.querySelector('select[id^="product_option_id"], .ec-product-button') ? 0 : of(document.querySelectorAll("#quantity"))[0] ?? 1;
}

function pageSeen(ear: Ear): void {
  const { pathname, search } = location;
  const query = new URLSearchParams(search);
  const priced = (products: Properties[]): Properties => ({ products, value: value(products), currency: currency() });
  if (/\/order\/order_result\.html/.test(pathname)) {
    const order = global("EC_FRONT_EXTERNAL_SCRIPT_VARIABLE_DATA");
    const order_id = isObject(order) ? text(order["order_id"]) ?? text(query.get("order_id")) : undefined;
    if (!isObject(order) || !order_id) return;
    const products = (Array.isArray(order["order_product"]) ? order["order_product"] : []).filter(isObject).map(line);
    ear.order(order_id, tidy({ order_id, revenue: number(order["payed_amount"]), currency: currency(), products }));
  } else if (/\/order\/orderform\.html/.test(pathname)) ear.tell("Checkout Started", priced(lines("aBasketProductOrderData")));
  else if (/\/order\/basket\.html/.test(pathname)) ear.tell("Cart Viewed", priced(lines("aBasketProductData")));
  else if (/\/member\/join_result\.html/.test(pathname)) ear.tell("Signed Up", {});
  else if (/\/product\/search\.html/.test(pathname)) {
    const words = text(query.get("keyword"));
    if (words) ear.tell("Products Searched", { query: words });
  } else if (/\/product\/list\.html|\/category\//.test(pathname) && !/\/product\/(?!list\.html)/.test(pathname)) {
    const list_id = text(query.get("cate_no")) ?? /\/category\/[^/]*\/(\d+)/.exec(pathname)?.[1];
    const products = Array.from(document.querySelectorAll('[id^="anchorBoxId_"]'), ({ id }) => ({ product_id: id.slice(12) }));
    if (list_id) ear.tell("Product List Viewed", { list_id, category: list_id, products });
  } else if (/\/product\/(?!(list|search)\.html)/.test(pathname)) {
    const product = here();
    if (product) ear.tell("Product Viewed", product);
  }
}

export const followCafe24: Follow = (ear, setting) => {
  let active = true;
  // Cafe24's variables are complete once the page has loaded.
  const loaded = (): void => {
    if (!active) return;
    pageSeen(ear);
    const api = global("CAFE24API") as Api | undefined;
    const own = typeof setting === "string" ? api?.init?.({ client_id: setting }) : api?.clientId ? api : undefined;
    own?.getCustomerInfo?.((error, given) => {
      const id = !error && active ? text(given?.customer?.["member_id"]) : undefined;
      if (id) ear.member(id, tidy({ name: text(given!.customer!["name"]), group: text(given!.customer!["group_name"]) }));
    });
  };
  const clicked = ({ target }: Event): void => {
    const call = target instanceof Element ? target.closest("[onclick]")?.getAttribute("onclick") || "" : "";
    const product = /\bproduct_submit\(\s*2\b|\badd_wishlist\(/.test(call) ? here() : undefined;
    if (!product) return;
    if (call.includes("add_wishlist")) return ear.tell("Product Added to Wishlist", product);
    const quantity = chosen();
    if (quantity) ear.tell("Product Added", tidy({ ...product, quantity, value: typeof product["price"] === "number" ? product["price"] * quantity : undefined }));
  };
  if (document.readyState === "complete") loaded();
  else window.addEventListener("load", loaded, { once: true });
  document.addEventListener("click", clicked, true);
  return () => {
    active = false;
    window.removeEventListener("load", loaded);
    document.removeEventListener("click", clicked, true);
  };
};
