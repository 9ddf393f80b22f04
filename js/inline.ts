/** The page's engine, carried inside a JavaScript chunk so that no bundler needs a rule for `.wasm`. */
import packed from "packed:page";
import { unpack } from "./unpack.ts";

export const engineBytes = (): Response => unpack(packed);
