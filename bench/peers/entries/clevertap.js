import clevertap from "clevertap-web-sdk";

window.start = () => {
  clevertap.init("BENCH-000-0000", "eu1");
  clevertap.onUserLogin.push({ Site: { Identity: "member-1", plan: "gold" } });
  clevertap.event.push("Bench Product Viewed", { first: true });
};
window.track = (properties) => void clevertap.event.push("Bench Product Viewed", properties);
