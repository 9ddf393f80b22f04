import { init } from "dangol";
import { loadEngine } from "dangol/engine";
import { init as initSlim } from "dangol/slim";
import schema from "dangol/schema.json" with { type: "json" };

const dangol = init({ config: "/campaigns.json", consent: "granted" });
await dangol.track("Product Viewed", {});
const engine = await loadEngine();
console.log(JSON.stringify({
  mode: await dangol.ready, segments: dangol.segments(), stats: dangol.stats(), slim: typeof initSlim,
  vip: engine.evaluate({ "orders.count": { $gte: 3 } }, { orders: { count: 3 } }), problems: engine.validate({ version: 1 }).length, schema: schema.$schema,
}));
