import { init } from "dangol/slim";
import wasm from "dangol/dangol.wasm?url";
import config from "../campaigns.json";

window.dangol = init({ config, consent: "granted", wasm });
window.dangol.track("Product Viewed", { name: "코트" });
