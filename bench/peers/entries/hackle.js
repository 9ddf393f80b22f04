import { createInstance } from "@hackler/javascript-sdk";

let hackle;
window.start = () => {
  hackle = createInstance("bench");
  hackle.setUser({ userId: "member-1", properties: { plan: "gold" } });
  hackle.track({ key: "Bench Product Viewed", properties: { first: true } });
};
window.track = (properties) => void hackle.track({ key: "Bench Product Viewed", properties });
