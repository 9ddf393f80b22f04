// What TypeScript's older way of resolving modules finds.
import schema from "dangol/schema.json";
import { loadEngine } from "dangol/engine";

export const dialect: string = schema.$schema;
void loadEngine();
