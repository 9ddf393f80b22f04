// Moves this page into the demo's time. Runs first, so that everything else lives in it.
(() => {
  const found = /(?:^|;\s*)clock=(-?\d+)/.exec(document.cookie);
  const offset = found ? Number(found[1]) : 0;
  if (!offset) return;

  const RealDate = Date;
  const now = () => RealDate.now() + offset;
  // A function and not a class: `Date()` without `new` is allowed and answers a text.
  function ShiftedDate(...parts) {
    if (!new.target) return new RealDate(now()).toString();
    return Reflect.construct(RealDate, parts.length ? parts : [now()], new.target);
  }
  // One prototype for both: `instanceof` then holds for dates that the browser makes, too.
  // `UTC` and `parse` are inherited, as they do not depend on the present.
  Object.setPrototypeOf(ShiftedDate, RealDate);
  Object.defineProperties(ShiftedDate, {
    prototype: { value: RealDate.prototype, writable: false },
    name: { value: "Date" },
    length: { value: RealDate.length },
    now: { value: now, configurable: true, writable: true },
  });
  Object.defineProperty(RealDate.prototype, "constructor", { value: ShiftedDate, configurable: true, writable: true });
  window.Date = ShiftedDate;
})();
