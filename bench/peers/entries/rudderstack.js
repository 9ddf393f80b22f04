// The default export cannot send without plugins from its CDN; this one carries them.
import { RudderAnalytics } from "@rudderstack/analytics-js/bundled";

const analytics = new RudderAnalytics();
window.start = () => {
  analytics.load("bench", "https://rudderstack.test", { configUrl: "https://rudderconfig.test" });
  analytics.identify("member-1", { plan: "gold" });
  analytics.track("Bench Product Viewed", { first: true });
};
window.track = (properties) => void analytics.track("Bench Product Viewed", properties);
