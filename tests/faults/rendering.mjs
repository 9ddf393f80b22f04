// What the hostile pages of rendering.test.mjs do; functions here run in a page.

/** All layouts that need no place of their own on the page. */
export const LAYOUTS = ["slide", "modal", "sheet", "fullscreen", "banner", "toast"];
/** Blocks whose drawing touches styles, pictures, forms and clocks. */
export const OWN = [{ text: "본문" }, { rating: { scale: 5, as: "stars" }, name: "stars", label: "별점" }, { choice: ["가", "나"], name: "choice" }, { progress: "cart.value", of: 30_000, text: "조금만 더" }];

export const SHEET = `html{font-size:62.5%!important;zoom:1.5!important}*{box-sizing:content-box!important;color:red!important;font:30px cursive!important;pointer-events:none!important;transition:all 3s!important}
  dangol-message,html>*{display:none!important;opacity:.2!important;transform:rotate(9deg)!important;filter:invert(1)!important;position:static!important;width:10px!important;z-index:-1!important}`;

/** Ahead of us. */
export const SPOIL = () => {
  window.spoils = 0;
  Array.prototype.toJSON = () => "spoiled";
  Object.prototype.spoiled = "x";
  for (const name of ["map", "push", "filter", "forEach"]) {
    const own = Array.prototype[name];
    Array.prototype[name] = function (...args) { return own.apply(this, args); };
  }
  Math.random = () => 0.5;
  const create = document.createElement;
  Document.prototype.createElement = function (...args) { window.spoils++; const element = create.apply(this, args); element.spoiled = 1; return element; };
  // The test's own driver writes by it too, so it tells whose objects it spoils.
  const { stringify } = JSON;
  JSON.stringify = (value, ...rest) => (value?.batch || value?.messageId || value?.in ? '"spoiled"' : stringify(value, ...rest));
  // The first request throws at once, and each is listened to by a promise that nobody waits for.
  const { fetch } = window;
  let thrown = false;
  window.fetch = (...args) => {
    window.spoils++;
    if (!thrown && String(args[0]?.url ?? args[0]).includes("/collect/")) {
      thrown = true;
      throw new Error("a wrapper around fetch");
    }
    const answer = fetch(...args);
    answer.then(() => {}, () => {});
    return answer;
  };
  const { then } = Promise.prototype;
  Promise.prototype.then = function (...args) { return then.apply(this, args); };
};

/** Behind us. */
export const PATCH = () => {
  window.calls = 0;
  const real = window.dangol;
  // In-app browsers look at every property on its way, and what they find they wrap again.
  const wrap = (value) => (typeof value === "function" || (value && typeof value === "object" && !(value instanceof Promise))
    ? new Proxy(value, { get(target, key, receiver) { window.calls++; const found = Reflect.get(target, key, receiver); return key === "prototype" ? found : wrap(found); } }) : value);
  window.dangol = wrap(real);
  const { fetch, setTimeout } = window;
  window.fetch = (...args) => { void Promise.reject(new Error("orphan")).catch(() => {}); return fetch(...args); };
  window.setTimeout = (work, after, ...rest) => setTimeout(() => work(...rest), after);
  for (const prototype of [Element.prototype, Document.prototype]) {
    for (const name of ["append", "querySelector", "remove"]) {
      const own = prototype[name];
      if (own) prototype[name] = function (...args) { window.calls++; return own.apply(this, args); };
    }
  }
};

export const VECTORS = [
  "<img src=x onerror=window.hurt=1>", "\"><script>window.hurt=1</script>", "<svg onload=window.hurt=1>", "</style><script>window.hurt=1</script>", "{{ traits.evil }}", "{{ constructor.constructor('window.hurt=1')() }}",
  "<iframe srcdoc='<script>parent.hurt=1</script>'>", "\u202egnp.exe", "`${window.hurt=1}`", "긴 글 <b> ".repeat(200),
];

export const ADDRESSES = [
  "javascript:window.hurt=1", "java\tscript:window.hurt=1", " javascript:window.hurt=1", "JaVaScRiPt:window.hurt=1", "data:text/html,<script>opener.hurt=1</script>", "blob:http://127.0.0.1/x", "vbscript:x",
  "http://user:secret@127.0.0.1/", "file:///etc/passwd", `javascript:${"x".repeat(100_000)}`,
];
