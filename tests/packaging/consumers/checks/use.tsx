// What a shop in strict TypeScript writes; the wrong lines are marked and must be refused.
import { init, type Dangol, type Options } from "dangol";
import { init as initSlim } from "dangol/slim";
import { loadEngine, type Problem } from "dangol/engine";
import { DangolProvider, DangolSlot, useCoupons, useDangol, useMessages, useNotice, useSegment, useSegments } from "dangol/react";
import type { ReactElement } from "react";
import "dangol/dangol.js";
import campaigns from "./campaigns.json" with { type: "json" };

const options: Options = { config: { version: 1 }, consent: { analytics: true }, capture: { dataLayer: "myLayer", segment: true, html: true } };
const dangol: Dangol = init(options);
void initSlim({ ...options, wasm: fetch("/dangol.wasm") });
void window.dangol.init(options).track("Product Viewed", { price: 1 });
const stop: () => void = dangol.on("segment", ({ segment, on }) => console.log(segment.length, on === "enter"));
dangol.identify("m1", { grade: "vip" }, { coupons: [] }).then(stop);
dangol.identify({ grade: "vip" });
dangol.identify("m1", {}, { history: [{ type: "track", event: "Order Completed", messageId: "o1", timestamp: "2026-11-01T09:00:00Z", properties: { revenue: 1 } }] });
interface Order { type: "track"; event: string; messageId: string; timestamp: string; properties: Product }
interface Coupon { coupon: string; code: string; state: "issued"; issuer: Product }
declare const orders: readonly Order[], wallet: readonly Coupon[], weights: readonly number[];
dangol.identify("m1", {}, { history: orders, coupons: wallet });
dangol.identify("m1", {}, { coupons: [{ coupon: "first", code: "A", name: { ko: "처음" }, issuer: "shop" }] });
loadEngine().then((engine) => engine.assign({ seed: "x", value: "y", weights }));
loadEngine().then((engine) => [engine.validate({}), engine.validate({ segments: {} })]);
loadEngine().then((engine) => engine.validate({ version: 1 }).map((problem: Problem) => problem.path));
const groups = { vips: ["m1"] } as const;
loadEngine().then((engine) => engine.describe(dangol.explain(), "en", { version: 1, groups }).length);

// What a bundler makes of a JSON file, and what a shop calls a product.
init({ config: campaigns, beforeSend: (event) => (event.seq === 1 ? null : event) });
loadEngine().then((engine) => engine.validate(campaigns));
interface Product { product_id: string; length: number; readonly tags?: string[] }
const product: Product = { product_id: "p1", length: 3 };
void dangol.track("Product Viewed", product);
void dangol.track("Product Viewed", { ...product, products: [product] });
void dangol.page("Product", product).then(() => dangol.identify("m1", product));
void initSlim({ config: "/c.json", wasm: WebAssembly.compile(new Uint8Array()) });
void initSlim({ config: "/c.json", wasm: new URL("https://shop.test/dangol.wasm") });

// @ts-expect-error: an engine is no number
initSlim({ config: "/c.json", wasm: 5 });
// @ts-expect-error: properties are no list
dangol.track("Product Viewed", ["p1"]);
// @ts-expect-error: properties are no function
dangol.track("Product Viewed", () => {});
// @ts-expect-error: properties are no date
dangol.track("Product Viewed", new Date());
// @ts-expect-error: a campaign is no list
init({ config: { version: 1, campaigns: { a: [] } } });
// @ts-expect-error: a list is no configuration
loadEngine().then((engine) => engine.validate([]));
loadEngine().then((engine) => engine.render({ version: 1 }, "hello", {}, { step: "two", locale: "ko", now: "2026-11-02T10:00:00Z", answers: { nps: 9 }, coupons: { welcome: { code: "W", state: "copied" } } }));
// @ts-expect-error: a coupon has no such state
loadEngine().then((engine) => engine.render({ version: 1 }, "hello", {}, { coupons: { welcome: { state: "lost" } } }));
// @ts-expect-error: traits are no list
dangol.identify("m1", ["vip"]);
// @ts-expect-error: a configuration is needed
init({ consent: "granted" });
// @ts-expect-error: there is no such consent
init({ config: "/c.json", consent: "yes" });
// @ts-expect-error: an event has a name
dangol.track({ price: 1 });
// @ts-expect-error: there is no such notice
dangol.on("purchase", () => {});
// @ts-expect-error: the engine has to be given
initSlim({ config: "/c.json" });

function Shop() {
  const handle: Dangol | null = useDangol();
  const segments: string[] = useSegments();
  const regular: boolean = useSegment("regular");
  const codes: string[] = useCoupons().map(({ code }) => code);
  useNotice("survey", ({ campaign, answers }) => console.log(campaign.length, answers, regular, codes));
  // @ts-expect-error: there is no such notice
  useNotice("purchase", () => {});
  useMessages().map(({ impression, tree, shown, clicked, dismissed }) => [impression, tree?.tag, shown?.(), clicked?.(1, { name: "a" }), dismissed?.()]);
  return <button onClick={() => handle?.track("Product Viewed")}>{segments.join(" ")}<DangolSlot name="hero" className="wide" /></button>;
}
export const App = () => <DangolProvider options={options}><Shop /></DangolProvider>;
// Before TypeScript 5.1 nothing else is a component.
export const drawn: ReactElement[] = [DangolSlot({ name: "hero" }), DangolProvider({ options })];
// @ts-expect-error: a slot has a name
export const Wrong = () => <DangolSlot />;
