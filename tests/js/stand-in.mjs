// A stand-in for the engine's glue: it keeps and sends events and decides nothing, so that the host can be tested
// alone. `globalThis.script` may answer an input by itself; a track called "trap" traps.
export let instances = 0;
export const __instantiate = async () => {};
export const __exports = () => ({});
export const __wbg_reset_state = () => { instances++; };

export class Engine {
  #save = 0;
  #ids = [];
  #recovered = [];
  free() {}
  handle(now, text) {
    const input = JSON.parse(text);
    // What is compiled ahead is asked at no time that a page lives in.
    if (now === 0) {
      globalThis.rehearse?.(input.in);
      return "[]";
    }
    (globalThis.inputs ??= []).push(input);
    const scripted = globalThis.script?.(input, now);
    return JSON.stringify(scripted ?? this.#answer(input));
  }
  #answer(input) {
    switch (input.in) {
      case "start": {
        const allowed = input.options.consent === "granted";
        this.#recovered = input.stored.recovered.calls;
        return [{ e: "allow", store: allowed }, ...(this.#recovered.length ? [{ e: "claim" }] : [])];
      }
      case "claimed": {
        const saves = this.#recovered.flatMap((call) => this.#call(call));
        return [{ ...saves[0], events: saves.flatMap(({ events }) => events ?? []), settle: saves.flatMap(({ settle }) => settle) }];
      }
      case "call": return this.#call(input);
      case "query": return [{ e: "result", id: input.id, value: input.what === "stats" ? { created: this.#ids.length } : [] }];
      default: return [];
    }
  }
  #call({ id, call, name, data }) {
    if (name === "trap") throw new WebAssembly.RuntimeError("unreachable");
    if (call === "consent") return [{ e: "save", save: ++this.#save, consent: JSON.stringify(data), settle: [id] }, { e: "allow", store: !!data?.analytics }];
    this.#ids.push(id);
    return [{ e: "save", save: ++this.#save, events: [[id, JSON.stringify({ name, data })]], settle: [id] }];
  }
}
