/** Copies the old way, for http pages and in-app browsers where the clipboard's own interface is missing or refused. */
export function copyByCommand(text: string): boolean {
  const field = document.createElement("textarea");
  // Outside an open modal nothing can be selected.
  const place = [...document.querySelectorAll("dangol-message")].map((host) => host.shadowRoot?.querySelector("[aria-modal]")).find(Boolean) ?? document.body;
  const focused = (place.getRootNode() as Document | ShadowRoot).activeElement as HTMLElement | null;
  field.value = text;
  field.readOnly = true;
  field.style.cssText = "position:fixed;opacity:0";
  place.append(field);
  field.select();
  try {
    return document.execCommand("copy");
  } finally {
    field.remove();
    focused?.focus?.({ preventScroll: true });
  }
}
