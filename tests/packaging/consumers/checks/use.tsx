// What a shop in strict TypeScript writes; the wrong lines are marked and must be refused.
import { init, type Dangol, type Options } from "dangol";
import { init as initSlim } from "dangol/slim";
import { loadEngine, type Problem } from "dangol/engine";
import { DangolProvider, DangolSlot, useCoupons, useDangol, useMessages, useNotice, useSegment, useSegments } from "dangol/react";
import "dangol/dangol.js";

const options: Options = { config: { version: 1 }, consent: { analytics: true }, capture: { dataLayer: "myLayer", segment: true, html: true } };
const dangol: Dangol = init(options);
void initSlim({ ...options, wasm: fetch("/dangol.wasm") });
void window.dangol.init(options).track("Product Viewed", { price: 1 });
const stop: () => void = dangol.on("segment", ({ segment, on }) => console.log(segment.length, on === "enter"));
dangol.identify("m1", { grade: "vip" }, { coupons: [] }).then(stop);
dangol.identify({ grade: "vip" });
loadEngine().then((engine) => engine.validate({ version: 1 }).map((problem: Problem) => problem.path));

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
// @ts-expect-error: a slot has a name
export const Wrong = () => <DangolSlot />;
