/** Copies `text`; false where the browser refuses both ways. */
export async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    try {
      return (await import("../render/chunk.ts")).copyByCommand(text);
    } catch {
      return false;
    }
  }
}
