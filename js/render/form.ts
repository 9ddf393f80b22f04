/** Hears what a visitor answers, and looks at it before it is sent. Few messages ask anything: it is fetched with those that do. */

import css from "./form.css";
import { composes } from "./escape";
import type { Tree } from "./tree";
import type { Happening, Listen } from "./types";

/** Gives the function that checks what the button `sender` sends, marks what is wrong and leads to the first of it. */
export function answering(shadow: ShadowRoot, tree: Tree, report: (happening: Happening) => void, listen: Listen): (sender: Element) => boolean {
  const sheet = new shadow.ownerDocument.defaultView!.CSSStyleSheet();
  sheet.replaceSync(css);
  shadow.adoptedStyleSheets = [...shadow.adoptedStyleSheets, sheet];
  let byArrow: HTMLInputElement | null = null;
  /** The boxes and buttons that answer the same, or a field by itself. */
  const groupOf = (input: HTMLInputElement): HTMLInputElement[] =>
    /^(radio|checkbox)$/.test(input.type) ? [...shadow.querySelectorAll<HTMLInputElement>(`input[name="${CSS.escape(input.name)}"]`)] : [input];
  /** A way to be reached is sent by itself, beside whatever else is asked: only what belongs to `element` is given. */
  const besides = (element: Element, selector: string): HTMLInputElement[] =>
    [...shadow.querySelectorAll<HTMLInputElement>(selector)].filter((other) => other.closest(".contact") === element.closest(".contact"));
  const answer = (input: Element): void => {
    const { action, input: asked } = tree.nodeOf(input)!;
    const values = { [asked!.name]: tree.values()[asked!.name]! };
    // A single question is sent by the touch that answers it.
    report(action == null ? { act: "answer", values } : { act: "action", action, values });
  };
  const settle = (): void => {
    const input = byArrow;
    byArrow = null;
    if (input?.checked) answer(input);
  };

  // While typing, not when leaving: a card that shrinks under a press of its button would lose the click.
  listen(shadow, "input", (event) => groupOf(event.target as HTMLInputElement).forEach((input) => (input.ariaInvalid = null)));
  listen(shadow, "change", (event) => {
    const input = event.target as HTMLInputElement;
    if (input.type !== "radio" || !tree.nodeOf(input)?.input) return;
    // Arrow keys walk over every value of the group; only the one that the visitor settles on is an answer.
    if (byArrow) byArrow = input;
    else answer(input);
  });
  listen<FocusEvent>(shadow, "focusout", ({ relatedTarget }) => {
    if (byArrow && (relatedTarget as HTMLInputElement | null)?.name !== byArrow.name) settle();
  });
  listen<KeyboardEvent>(shadow, "keydown", (event) => {
    const { key, target } = event;
    const input = target as HTMLInputElement;
    if (composes(event)) return;
    if (input.type === "radio" && key.startsWith("Arrow")) byArrow = input;
    else if (input.type === "radio" && (key === "Enter" || key === " ")) {
      byArrow = byArrow && input;
      settle();
    } else if (key === "Enter" && input.localName === "input") besides(input, "[type=submit]")[0]?.click();
  });

  // To the page every key comes from the message itself, which is no field: a shop's own shortcuts would take what is typed.
  for (const type of ["keydown", "keypress", "keyup"]) {
    listen<KeyboardEvent>(shadow, type, (event) => {
      if ((event.target as Element).localName === "input" && !/^(Escape|Tab)$/.test(event.key)) event.stopPropagation();
    });
  }

  return (sender) => {
    const wrong = besides(sender, "input").filter((input) => {
      const asked = tree.nodeOf(input)!.input;
      // None of several boxes is required by itself, but one of them is; and spaces are no text.
      const isMissing = asked?.required && (asked.type === "choices" ? !groupOf(input).some(({ checked }) => checked) : !input.value.trim());
      // A telephone number has five digits at least, in whatever script.
      const isWrong = isMissing || !input.checkValidity() || (input.type === "tel" && input.value && !/(\P{Nd}*\p{Nd}){5}/u.test(input.value));
      input.ariaInvalid = isWrong ? "true" : null;
      return isWrong;
    });
    wrong[0]?.focus();
    return !wrong.length;
  };
}
