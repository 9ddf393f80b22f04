// The lookbook is a small single-page application: History API routes, no page loads.
// Pages are rendered by the server only; this swaps their view in.

const VIEW = "[data-spa-view]";

/** The browser parses the answer into a document, which needs no HTML sink and passes Trusted Types. */
function fetchPage(url) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("GET", url);
    request.responseType = "document";
    request.onload = () => (request.status === 200 && request.response ? resolve(request.response) : reject(new Error(`Status ${request.status}.`)));
    request.onerror = () => reject(new Error("No connection."));
    request.send();
  });
}

let latest = 0;
async function open(url, { push }) {
  const turn = (latest += 1);
  let page;
  try {
    page = await fetchPage(url);
  } catch {
    location.assign(url);
    return;
  }
  // A newer click wins over an answer that came late.
  if (turn !== latest) return;
  document.title = page.title;
  if (push) history.pushState({ lookbook: true }, "", url);
  const view = document.adoptNode(page.querySelector(VIEW));
  document.querySelector(VIEW).replaceWith(view);
  if (push) scrollTo(0, 0);
  view.querySelector("h1").focus({ preventScroll: true });
  document.dispatchEvent(new CustomEvent("shop:swapped", { detail: page }));
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-spa]");
  if (!link || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  open(link.href, { push: true });
});
addEventListener("popstate", () => open(location.href, { push: false }));
