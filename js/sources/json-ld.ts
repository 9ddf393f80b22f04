/** Schema.org data on the page: the page of one `Product` is a product viewed, an `Order` is an order completed. */
import { type Follow, isObject, keepLooking, number, type Properties, text, tidy } from "./call.ts";

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : value === undefined || value === null ? [] : [value]);
const first = (value: unknown): Properties => {
  const [item] = list(value);
  return isObject(item) ? item : {};
};
const isA = (node: Properties, type: string): boolean => list(node["@type"]).some((name) => typeof name === "string" && name.replace(/^.*[/:]/, "") === type);
/** A name that may be an object with one. */
const named = (value: unknown): string | undefined => text(isObject(value) ? value["name"] : list(value)[0]);
const address = (value: unknown): string | undefined => {
  const [item] = list(value);
  return text(isObject(item) ? item["url"] || item["contentUrl"] : item);
};

/** Of the prices that a product has, the one that is asked of everybody: not what it was before, for members, or by the litre. */
function specified(offer: Properties): Properties {
  const all = list(offer["priceSpecification"]).filter(isObject);
  const asked = ({ priceType, referenceQuantity, validForMemberTier }: Properties): boolean =>
    (!priceType || /SalePrice$/.test(String(priceType))) && !referenceQuantity && !validForMemberTier;
  return all.find(asked) ?? first(all);
}
/** The price of an offer; of several sellers' it is the lowest. */
function priceOf(offer: Properties): number | undefined {
  const alone = number(offer["price"]) ?? number(offer["lowPrice"]) ?? number(specified(offer)["price"]);
  if (alone !== undefined) return alone;
  const prices = list(offer["offers"]).filter(isObject).map(priceOf).filter((price) => price !== undefined);
  return prices.length ? Math.min(...prices) : undefined;
}

function product(node: Properties): Properties {
  // The price of a group is that of its first variant.
  const offer = first(node["offers"] ?? first(node["hasVariant"])["offers"]);
  return tidy({
    product_id: text(node["productID"]) ?? text(node["sku"]) ?? text(node["productGroupID"]) ?? text(node["mpn"]) ?? text(node["gtin13"]) ?? text(node["gtin"]) ?? text(node["@id"]) ?? text(node["url"]),
    sku: text(node["sku"]),
    name: text(node["name"]),
    brand: named(node["brand"]),
    category: named(node["category"]),
    variant: text(node["color"]),
    price: priceOf(offer),
    currency: text(offer["priceCurrency"]) ?? text(specified(offer)["priceCurrency"]) ?? text(first(offer["offers"])["priceCurrency"]),
    image_url: address(node["image"]),
    url: text(node["url"]) ?? text(offer["url"]),
  });
}

function order(node: Properties): Properties {
  const offers = list(node["acceptedOffer"]).filter(isObject);
  const lines: Properties[] = list(node["orderedItem"]).filter(isObject).map((line) => {
    const item = isObject(line["orderedItem"]) ? line["orderedItem"] : line;
    return tidy({ ...product(item), quantity: number(line["orderQuantity"]) });
  });
  for (const offer of offers) {
    const quantity = first(offer["eligibleQuantity"]);
    lines.push(tidy({ ...product({ ...first(offer["itemOffered"]), offers: offer }), quantity: number(quantity["value"]) }));
  }
  const due = first(node["totalPaymentDue"]);
  const offered = offers.map((offer) => priceOf(offer)! * (number(first(offer["eligibleQuantity"])["value"]) ?? 1));
  return tidy({
    order_id: text(node["orderNumber"]) ?? text(node["confirmationNumber"]),
    revenue: number(node["price"]) ?? number(due["price"]) ?? number(due["value"]) ?? (offers.length ? number(offered.reduce((sum, price) => sum + price)) : undefined),
    currency: text(node["priceCurrency"]) ?? text(due["priceCurrency"]) ?? text(due["currency"]) ?? text(first(node["acceptedOffer"])["priceCurrency"]),
    coupon: text(node["discountCode"]),
    discount: number(node["discount"]),
    products: lines,
  });
}

/** What a script says; it is read once for each text. */
interface Said {
  source: string;
  products: Properties[];
  orders: Properties[];
}

/** Whether one of the nodes names the other as its group, or its variant. */
function isVariant(node: Properties, group: Properties): boolean {
  const isSame = (one: unknown, other: unknown): boolean => typeof one === "string" && one === other;
  return list(node["isVariantOf"]).some((of) => isSame(first(of)["@id"], group["@id"]) || isSame(first(of)["productGroupID"], group["productGroupID"]))
    || isSame(node["inProductGroupWithID"], group["productGroupID"])
    || list(group["hasVariant"]).some((variant) => isSame(first(variant)["@id"], node["@id"]));
}

function read(source: string): Said {
  const said: Said = { source, products: [], orders: [] };
  let nodes: unknown[] = [];
  try {
    nodes = list(JSON.parse(source));
  } catch {
    // It says nothing.
  }
  const mains = nodes.flatMap((node) => (isObject(node) && node["@graph"] ? list(node["@graph"]) : [node])).filter(isObject)
    .map((node) => (isA(node, "ItemPage") || isA(node, "WebPage") ? first(node["mainEntity"]) : node));
  const groups = mains.filter((node) => isA(node, "ProductGroup"));
  // Variants may stand beside their group instead of in it.
  const variants = (group: Properties): Properties[] => mains.filter((node) => isA(node, "Product") && isVariant(node, group));
  const beside = groups.flatMap(variants);
  for (const main of mains) {
    if (groups.includes(main)) said.products.push(product({ ...main, hasVariant: [...list(main["hasVariant"]).filter((one) => first(one)["offers"]), ...variants(main)] }));
    else if (isA(main, "Product") && !beside.includes(main)) said.products.push(product(main));
    else if (isA(main, "Order")) said.orders.push(order(main));
  }
  return said;
}

/** The theme and an app may each describe the same product, not always by the same id. A name is not enough: colours share it. */
const same = (one: Properties, other: Properties): boolean =>
  ["product_id", "sku"].some((key) => one[key] !== undefined && one[key] === other[key]);

export const followJsonLd: Follow = (ear) => {
  const known = new WeakMap<Element, Said>();
  let path = "";
  let product_id: unknown;
  return keepLooking(() => {
    const products: Properties[] = [];
    /** Something was written since the last look. */
    let fresh = false;
    for (const script of Array.from(document.querySelectorAll('script[type="application/ld+json"]'))) {
      const source = script.textContent || "";
      let said = known.get(script);
      if (said?.source !== source) {
        known.set(script, (said = read(source)));
        if (said.products.length) fresh = true;
        for (const properties of said.orders) {
          const id = text(properties["order_id"]);
          if (id) ear.order(id, properties);
        }
      }
      products.push(...said.products);
    }
    // Several of them are a list, and nobody has looked at one.
    const [one] = products;
    const viewed = one?.["product_id"] && products.every((other) => same(one, other)) ? one : undefined;
    // A router changes the address first: until the data is written anew it is that of the page before.
    const another = viewed?.["product_id"] !== product_id || (fresh && location.pathname !== path);
    product_id = viewed?.["product_id"];
    path = location.pathname;
    if (viewed && another) ear.tell("Product Viewed", viewed);
  }, { characterData: true });
};
