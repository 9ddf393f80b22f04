import { init } from "dangol";

let dangol;
window.start = () => {
  dangol = init({ config: window.CAMPAIGNS, endpoint: { url: "https://dangol.test/event", flushInterval: 1000 }, consent: "granted" });
  dangol.identify("member-1", { plan: "gold" });
  dangol.track("Bench Product Viewed", { first: true });
};
window.track = (properties) => void dangol.track("Bench Product Viewed", properties);
