/**
 * The paste-in stub: `window.dangol` with every method, before `dangol.js` has arrived. Calls are queued and answered
 * by a promise that settles later; questions get an empty answer.
 */
((home: any, queue: any[], stub: any) => {
  if (home.dangol) return;
  home.dangol = stub;
  stub.q = queue;
  const later = (method: string) => (...args: unknown[]) =>
    new Promise((resolve) => queue.push([method, args, resolve]));
  "track page identify reset consent show flush exportData forget destroy dismiss".split(" ").forEach((method) => (stub[method] = later(method)));
  stub.init = (options: unknown) => {
    queue.push(["init", [options]]);
    return stub;
  };
  stub.ready = new Promise((resolve) => queue.push(["on", ["", () => {}], () => resolve(home.dangol.ready)]));
  "segments explain coupons".split(" ").forEach((method) => (stub[method] = () => []));
  stub.stats = () => ({ created: 0, acknowledged: 0, pending: 0, dropped: {}, local: 0 });
  stub.on = (type: string, listener: unknown) => {
    let undo: (() => void) | undefined;
    let over = false;
    queue.push(["on", [type, listener], (off: () => void) => {
      undo = off;
      if (over) off();
    }]);
    return () => {
      over = true;
      if (undo) undo();
    };
  };
})(window, [], {});
