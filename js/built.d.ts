/** What the build provides: the engine's bytes and glue, and facts about them. */
declare module "packed:page" {
  const base64: string;
  export default base64;
}
declare module "packed:part" {
  const base64: string;
  export default base64;
}
declare module "packed:tools" {
  const base64: string;
  export default base64;
}
declare module "glue:page" {
  export class Engine {
    handle(now: number, input: string): string;
    /** Gives its memory back; it must not be called again. */
    free(): void;
  }
  export function __wbg_reset_state(): void;
  /** Makes the page's one instance, once. */
  export function __instantiate(module: WebAssembly.Module): Promise<void>;
  /** The exports of the running instance. */
  export const __exports: () => WebAssembly.ModuleImports;
}
declare module "glue:tools" {
  export class Tools {
    evaluate(request: string): string;
    assign(request: string): string;
    validate(request: string): string;
    replay(request: string): string;
    render(request: string): string;
    describe(request: string): string;
  }
  export class Segments {
    constructor(config: string, until: number);
    of(lines: string): string;
  }
  export class Rules {
    constructor(request: string);
    reads(): string;
    know(text: string): number;
    forget(): void;
    give(slot: number, text: string): void;
    run(cells: Float64Array): Uint32Array;
  }
  export default function init(source: { module_or_path: BufferSource | WebAssembly.Module }): Promise<unknown>;
}
/** The folder of what is loaded late, named by its contents, with its slash. */
declare const FOLDER: string;
/** The integrity of the streamed `dangol.wasm`. */
declare const WASM_INTEGRITY: string;
/** The integrity of `page.js`, which the script tag loads. */
declare const PAGE_INTEGRITY: string;
declare const VERSION: string;
declare module "packed:signature" {
  const base64: string;
  export default base64;
}
declare module "glue:signature" {
  export function check(request: string, text: string): string;
  export default function init(source: { module_or_path: BufferSource | WebAssembly.Module }): Promise<unknown>;
}
