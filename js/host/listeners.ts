/** Event listeners with an owner: what was added is removed together. */
export class Listeners {
  #undo: (() => void)[] = [];

  add(target: EventTarget | null | undefined, type: string, listener: (event: any) => void, options?: AddEventListenerOptions): void {
    if (!target) return;
    target.addEventListener(type, listener, options);
    this.#undo.push(() => target.removeEventListener(type, listener, options));
  }

  /** Owns anything else that is to be undone. */
  own(undo: () => void): void {
    this.#undo.push(undo);
  }

  removeAll(): void {
    for (const undo of this.#undo.splice(0)) undo();
  }
}
