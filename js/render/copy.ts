/** Copies the old way, for http pages and in-app browsers where the clipboard's own interface is missing or refused. */
export function copyByCommand(text: string): boolean {
  const field = document.createElement("textarea");
  // Outside an open modal nothing can be selected.
  const dialogs = [...document.querySelectorAll("dangol-message")].map((host) => host.shadowRoot?.querySelector("dialog[open]"));
  const place = dialogs.find(Boolean) ?? document.body;
  const root = place.getRootNode() as Document | ShadowRoot;
  const focused = root.activeElement as HTMLElement | null;
  field.value = text;
  field.readOnly = true;
  field.style.position = "fixed";
  field.style.opacity = "0";
  place.append(field);
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
