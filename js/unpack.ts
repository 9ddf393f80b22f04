/** Unpacks what the build packed with gzip and base64, as a `.wasm` file comes. Runs wherever there is DecompressionStream. */
export function unpack(base64: string): Response {
  const gunzip = new DecompressionStream("gzip");
  const writer = gunzip.writable.getWriter();
  void writer.write(bytesOf(base64)).catch(() => {});
  void writer.close().catch(() => {});
  return new Response(gunzip.readable, { headers: { "Content-Type": "application/wasm" } });
}

/** The browser's own decoder where it has one: a quarter of a million signs one by one are felt on a slow phone. */
function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const { fromBase64 } = Uint8Array as unknown as { fromBase64?: (text: string) => Uint8Array<ArrayBuffer> };
  if (fromBase64) return fromBase64.call(Uint8Array, base64);
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
  return bytes;
}
