import { init } from "dangol";
import config from "./campaigns.json";

window.dangol = init({ config, consent: "granted" });
window.dangol.track("Product Viewed", { name: "코트" });
