import { init } from "dangol/slim";
import config from "./campaigns.json";

window.dangol = init({ config, consent: "granted", wasm: new URL("dangol/dangol.wasm", import.meta.url) });
window.dangol.track("Product Viewed", { name: "코트" });
