// Builds elements without markup, as Trusted Types demand.

/** `h("button.primary", { type: "button", onclick }, "text", child)`. */
export function h(name, properties = {}, ...children) {
  const [tag, ...classes] = name.split(".");
  const element = document.createElement(tag);
  if (classes.length) element.className = classes.join(" ");
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key in element && !key.includes("-")) element[key] = value;
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== undefined && child !== null && child !== false));
  return element;
}

export const badge = (text, kind = "plain") => h(`span.badge.${kind}`, {}, text);
export const empty = (text) => h("p.empty", {}, text);

const two = (number) => String(number).padStart(2, "0");
const isTime = (time) => !Number.isNaN(time.getTime());

export function clockTime(iso) {
  const time = new Date(iso);
  return isTime(time) ? [time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(":") : "";
}
export function dayAndTime(iso) {
  const time = new Date(iso);
  return isTime(time) ? `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())} ${clockTime(iso)}` : "";
}
