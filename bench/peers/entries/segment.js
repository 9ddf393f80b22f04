import { AnalyticsBrowser } from "@segment/analytics-next";

let analytics;
window.start = () => {
  analytics = AnalyticsBrowser.load({ writeKey: "bench" });
  analytics.identify("member-1", { plan: "gold" });
  analytics.track("Bench Product Viewed", { first: true });
};
window.track = (properties) => void analytics.track("Bench Product Viewed", properties);
