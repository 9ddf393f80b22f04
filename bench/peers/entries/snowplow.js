import { newTracker, setUserId, trackPageView, trackSelfDescribingEvent } from "@snowplow/browser-tracker";

const event = (data) => trackSelfDescribingEvent({ event: { schema: "iglu:test/bench_product_viewed/jsonschema/1-0-0", data } });
window.start = () => {
  newTracker("bench", "https://snowplow.test", { appId: "bench" });
  setUserId("member-1");
  trackPageView();
  event({ first: true });
};
window.track = event;
