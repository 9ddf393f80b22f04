/** Copies `text`. The old way is there for http pages and in-app browsers, where the new one is missing. */
export async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = document.createElement("textarea");
    const focused = document.activeElement as HTMLElement | null;
    field.value = text;
    field.readOnly = true;
    field.style.position = "fixed";
    field.style.opacity = "0";
    document.body.append(field);
    field.select();
    let copied = false;
    try {
      copied = document.execCommand("copy");
    } catch {
      // Not allowed either: the code stays on the screen.
    }
    field.remove();
    focused?.focus?.({ preventScroll: true });
    return copied;
  }
}
