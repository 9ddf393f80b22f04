/**
 * The paste-in stub: `window.dangol` with every method, before `dangol.js` has arrived. Calls are queued and answered
 * by a promise that settles later; questions get an empty answer. A page that is left before the file has arrived notes
 * its calls for the tab's next one, where storing is allowed (see `recover` in host/exit.ts).
 */
((home: any, queue: any[], stub: any) => {
  if (home.dangol) return;
  home.dangol = stub;
  stub.q = queue;
  for (const method of "track page identify reset consent show flush exportData forget destroy dismiss".split(" "))
    stub[method] = (...args: unknown[]) => new Promise((resolve) => queue.push([method, args, resolve, [Date.now(), "" + location, document.title]]));
  stub.init = (options: unknown) => {
    queue.push(["init", [options]]);
    return stub;
  };
  stub.ready = new Promise((resolve) => queue.push(["on", ["", () => {}], () => resolve(home.dangol.ready)]));
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
      const { name, consent, storage } = document.querySelector<HTMLElement>("[data-config]")?.dataset || queue.find((call) => call[0] == "init")[1][0];
      const key = "dangol:" + (name || "dangol");
      let text = sessionStorage[key] || "";
      for (const [method, args, , moment] of queue) if (/^[tpr]|nt/.test(method)) text += "q" + JSON.stringify([method, args, ...moment, document.referrer]) + "\n";
      if (text && storage != "memory" && /^1|granted|[sn]\W+true/.test(localStorage[key] || JSON.stringify(consent))) sessionStorage[key] = text;
    } catch {
      // Blocked storage, or a page without the script.
    }
  });
})(window, [], {});
