/** Unpacks what the build packed with gzip and base64. Runs wherever there is DecompressionStream. */
export async function unpack(base64: string): Promise<ArrayBuffer> {
  const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  const gunzip = new DecompressionStream("gzip");
  const writer = gunzip.writable.getWriter();
  void writer.write(bytes).catch(() => {});
  void writer.close().catch(() => {});
  return new Response(gunzip.readable).arrayBuffer();
}
