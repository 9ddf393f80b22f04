import { init } from "dangol/slim";
import config from "./campaigns.json";
// As bytes, and compiled already: what `wasm` takes besides an address.
import bytes from "dangol/dangol.wasm";

const wasm = location.search === "?module" ? WebAssembly.compile(bytes) : location.search === "?response" ? new Response(bytes) : bytes;
window.dangol = init({ config, consent: "granted", wasm });
window.dangol.track("Product Viewed", { name: "코트" });
