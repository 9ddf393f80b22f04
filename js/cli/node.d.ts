/** The little of Node's types that the command line needs. */
declare module "node:util" {
  export function parseArgs(config: object): { values: { [name: string]: any }; positionals: string[] };
}
declare module "node:fs" {
  export function createReadStream(path: string, encoding: string): AsyncIterable<string>;
}
declare module "node:fs/promises" {
  export function readFile(path: string, encoding: "utf8"): Promise<string>;
  export function stat(path: string): Promise<{ isDirectory(): boolean }>;
  export function readdir(path: string, options: { withFileTypes: true }): Promise<{ name: string; isDirectory(): boolean }[]>;
}
declare module "node:readline" {
  export function createInterface(options: object): AsyncIterable<string>;
}
declare module "node:path" {
  export function dirname(path: string): string;
  export function join(...parts: string[]): string;
  export function resolve(...parts: string[]): string;
}
declare namespace NodeJS {
  interface ErrnoException extends Error { code?: string }
}
declare const process: {
  argv: string[];
  exitCode: number | undefined;
  exit(code: number): never;
  stdin: AsyncIterable<string>;
  stdout: { write(text: string): boolean; on(event: "error", listener: (error: NodeJS.ErrnoException) => void): void };
  stderr: { write(text: string): boolean };
};
