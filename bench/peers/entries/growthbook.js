import { GrowthBook } from "@growthbook/growthbook";
import { autoAttributesPlugin, growthbookTrackingPlugin } from "@growthbook/growthbook/plugins";

let growthbook;
window.start = () => {
  growthbook = new GrowthBook({
    clientKey: "bench", attributes: { id: "member-1", plan: "gold" },
    plugins: [autoAttributesPlugin(), growthbookTrackingPlugin({ ingestorHost: "https://growthbook.test" })],
  });
  growthbook.init({ payload: { features: {} } });
  growthbook.logEvent("Bench Product Viewed", { first: true });
};
window.track = (properties) => void growthbook.logEvent("Bench Product Viewed", properties);
