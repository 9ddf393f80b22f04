/**
 * The paste-in stub: `window.dangol` with every method, before `dangol.js` has arrived. Calls are queued and answered
 * by a promise that settles later; questions get an empty answer. A page that is left before the file has arrived notes
 * its calls for the tab's next one: where storing is not allowed, what the visitor has decided alone (see `recover` in host/exit.ts).
 */
((home: any, queue: any[], stub: any, page = home.document) => {
  // On a server there is no page.
  if (!page || home.dangol) return;
  home.dangol = stub;
  stub.q = queue;
  for (const method of "track page identify reset consent show flush exportData forget destroy dismiss".split(" "))
    stub[method] = (...args: unknown[]) => new Promise((resolve) => queue.push([method, args, resolve, [Date.now(), "" + location, page.title, page.referrer]]));
  stub.init = (options: unknown) => {
    queue.push(["init", [options]]);
    return stub;
  };
  stub.ready = new Promise((resolve) => queue.push(["on", [], () => resolve(home.dangol.ready)]));
  stub.segments = stub.explain = stub.coupons = () => [];
  stub.stats = () => ({ created: 0, acknowledged: 0, pending: 0, dropped: {}, local: 0 });
  stub.on = (type: string, listener: unknown) => {
    // Undefined, then how to unsubscribe; 1 where that was asked for before.
    let undo: any;
    queue.push(["on", [type, listener], (off: () => void) => { undo ? off() : undo = off; }]);
    return () => { undo?.call ? undo() : undo = 1; };
  };
  addEventListener("pagehide", () => {
    try {
      const { name = "dangol", consent, storage } = page.querySelector("[data-config]")?.dataset || queue.find((call) => call[0] == "init")[1][0];
      const key = "dangol:" + name;
      const { stringify } = JSON;
      // By what the visitor has decided here, else before, else by the shop's word. Of more than analytics only the page module knows.
      const may = /("1|gr|s\W+t)(?!.*s\W+f)/.test(stringify([localStorage[key] || consent, queue.map(([method, args]) => method == "consent" && args)]));
      let text = sessionStorage[key] || "";
      // The decision is kept without consent, so it says nothing of where it was made.
      for (const [method, args, , moment] of queue) if ((may ? /^[tpr]|nt/ : /ns/).test(method)) text += "q" + stringify([method, args, ...may ? moment : [moment[0]]]) + "\n";
      if (text && storage != "memory") sessionStorage[key] = text;
    } catch {
      // Blocked storage, or a page without the script.
    }
  });
})(globalThis, [], {});
