/** Whether browsers make requests to the shop's endpoint at all. */
import type { Endpoint, Options } from "../types.ts";

/** Why not, as the browser says: an address with a password or none at all, a header beyond Latin-1. Undefined where there is nothing against it. */
export function refusalOf(endpoint: Options["endpoint"] | null): unknown {
  if (!endpoint) return;
  const { url, headers } = endpoint as Endpoint;
  try {
    new Request(new URL(url || (endpoint as string), document.baseURI), { headers });
  } catch (error) {
    return error;
  }
}
