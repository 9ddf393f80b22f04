import posthog from "posthog-js";

window.start = () => {
  // Its bot filter would refuse this browser, and its rate limit most of the burst.
  posthog.init("phc_bench", { api_host: "https://posthog.test", opt_out_useragent_filter: true, rate_limiting: { events_per_second: 1e6, events_burst_limit: 1e6 } });
  posthog.identify("member-1", { plan: "gold" });
  posthog.capture("Bench Product Viewed", { first: true });
};
window.track = (properties) => void posthog.capture("Bench Product Viewed", properties);
