// Looking around: home, lists, search, products, lookbook.
import { categoryOf } from "../data/categories.mjs";
import { PRODUCTS, productOf, shelf } from "../data/products.mjs";
import { storyOf } from "../data/stories.mjs";
import { home, list, productPage, search } from "../views/catalog.mjs";
import { lookbook, storyPage } from "../views/lookbook.mjs";
import { textPage } from "../views/account.mjs";

const HOME_ROW = 8;
const SHORT_ROW = 4;
const ORDERS = { low: (left, right) => left.price - right.price, high: (left, right) => right.price - left.price };

function filtered(products, { sort, colour, max }) {
  const fitting = products.filter((product) => (!colour || product.colours.includes(colour)) && (!max || product.price <= Number(max)));
  return ORDERS[sort] ? fitting.toSorted(ORDERS[sort]) : fitting;
}

const words = (product) => [product.name.ko, product.name.en, product.brand, product.category, categoryOf(product.category).ko, categoryOf(product.category).en].join(" ").toLowerCase();
const matching = (query) => {
  const parts = query.toLowerCase().split(/\s+/).filter(Boolean);
  return parts.length ? PRODUCTS.filter((product) => parts.every((part) => words(product).includes(part))) : [];
};

export const catalogRoutes = [
  ["GET", "/", (context) => home(context, { fresh: shelf("new").slice(0, HOME_ROW), sale: shelf("sale").slice(0, SHORT_ROW) })],
  ["GET", "/c/:category", (context, { category: id }) => {
    const category = categoryOf(id);
    if (!category) return undefined;
    const { sort = "", colour = "", max = "" } = context.query;
    return list(context, { category, filters: { sort, colour, max }, products: filtered(shelf(id), { sort, colour, max }) });
  }],
  ["GET", "/p/:id", (context, { id }) => {
    const product = productOf(id);
    if (!product) return undefined;
    const colour = product.colours.includes(context.query.colour) ? context.query.colour : product.colours[0];
    const at = PRODUCTS.indexOf(product);
    const related = [5, 9, 13, 20].map((step) => PRODUCTS[(at + step) % PRODUCTS.length]).slice(0, SHORT_ROW);
    return productPage(context, { product, colour, related });
  }],
  ["GET", "/search", (context) => {
    const query = (context.query.q ?? "").trim().slice(0, 80);
    return search(context, { query, products: matching(query), suggestions: shelf("new").slice(0, SHORT_ROW) });
  }],
  ["GET", "/lookbook", (context) => lookbook(context)],
  ["GET", "/lookbook/:slug", (context, { slug }) => {
    const story = storyOf(slug);
    return story && storyPage(context, story, story.products.map(productOf));
  }],
  ["GET", "/help", (context) => textPage(context, "help")],
  ["GET", "/about", (context) => textPage(context, "about")],
];
