import * as braze from "@braze/web-sdk";

window.start = () => {
  braze.initialize("00000000-0000-0000-0000-000000000000", { baseUrl: "braze.test" });
  braze.automaticallyShowInAppMessages();
  braze.changeUser("member-1");
  braze.openSession();
  braze.getUser().setCustomUserAttribute("plan", "gold");
  braze.logCustomEvent("Bench Product Viewed", { first: true });
  // By default it sends after ten seconds.
  braze.requestImmediateDataFlush();
};
window.track = (properties) => void braze.logCustomEvent("Bench Product Viewed", properties);
window.settle = () => braze.requestImmediateDataFlush();
