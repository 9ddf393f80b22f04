/** What the engine is told first: the options, where this is and on what, and everything that was kept. */
import type { Link } from "../facade.ts";
import { input } from "./boundary.ts";
import type { Fetched } from "./config.ts";
import { device } from "./device.ts";
import type { Recovered } from "./exit.ts";
import type { Stored } from "./store.ts";

/** `known` is the configuration that the engine has been given already. */
export function startInput({ options, name, overflow }: Link, config: Fetched, known: string | undefined, stored: Stored, recovered: Recovered, stream: string): string {
  const { locale, consent, endpoint, capture, crawlers, publicKeys } = options;
  return input("start", {
    options: {
      name, consent, capture, crawlers, publicKeys,
      endpoint: typeof endpoint === "string" ? { url: endpoint } : endpoint,
      locale: locale || document.documentElement.lang || navigator.language,
      filter: !!options.beforeSend,
      auth: !!options.auth,
      gpc: !!(navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl,
      memory: options.storage === "memory",
    },
    overflow,
    entropy: hex(crypto.getRandomValues(new Uint8Array(16))),
    stream,
    page: { url: location.href, title: document.title, referrer: document.referrer },
    device: device(),
    // What was kept has been through the same check as what came; in an empty store the page just left knows who this is.
    stored: { ...stored, config: publicKeys !== undefined ? { text: config.limits } : stored.config, collect: stored.collect ?? recovered.shared ?? null, recovered },
    config: config.text === known ? null : config.text,
    config_etag: config.etag ?? null,
    config_error: config.error,
    config_wanted: !!options.config,
  });
}

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => (byte + 256).toString(16).slice(1)).join("");
