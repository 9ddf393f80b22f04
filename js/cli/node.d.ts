/** The little of Node's types that the command line needs. */
declare module "node:util" {
  export function parseArgs(config: object): { values: { [name: string]: any }; positionals: string[] };
}
declare module "node:fs" {
  export function createReadStream(path: string, options?: object): AsyncIterable<string>;
  export function createWriteStream(path: string): { write(chunk: unknown): boolean; once(event: string, listener: (value: unknown) => void): void; end(done: () => void): void };
  export function existsSync(path: string): boolean;
  export function openSync(path: string, flags: string): number;
  export function closeSync(file: number): void;
  export function writeSync(file: number, text: string): number;
  export function mkdtempSync(prefix: string): string;
  export function readFileSync(path: string, encoding: "utf8"): string;
  export function rmSync(path: string, options: object): void;
  export function statSync(path: string): { size: number };
}
declare module "node:fs/promises" {
  export function readFile(path: string, encoding: "utf8"): Promise<string>;
  export function writeFile(path: string, text: string, options?: { mode?: number; flag?: string }): Promise<void>;
  export function stat(path: string): Promise<{ isDirectory(): boolean }>;
  export function readdir(path: string, options: { withFileTypes: true }): Promise<{ name: string; isDirectory(): boolean }[]>;
}
declare module "node:zlib" {
  export function gzip(text: string, done: (error: Error | null, bytes: Uint8Array) => void): void;
}
declare module "node:crypto" {
  export interface KeyObject {
    readonly type: "public" | "private" | "secret";
    readonly asymmetricKeyType?: string;
    export(options: { format: "jwk" }): { x?: string; d?: string };
  }
  export const webcrypto: unknown;
  export function createHash(name: string): { update(bytes: Uint8Array): { digest(encoding: "hex"): string } };
  export function createPrivateKey(key: string | { key: Uint8Array; format: "der"; type: "pkcs8" }): KeyObject;
  export function createPublicKey(key: KeyObject): KeyObject;
  export function generateKeyPairSync(type: "ed25519"): { publicKey: KeyObject; privateKey: KeyObject };
  export function sign(algorithm: null, bytes: Uint8Array, key: KeyObject): { toString(encoding: "base64"): string };
}
declare module "node:os" {
  export function cpus(): object[];
  export function tmpdir(): string;
}
declare module "node:readline" {
  export function createInterface(options: object): AsyncIterable<string>;
}
declare module "node:path" {
  export function dirname(path: string): string;
  export function join(...parts: string[]): string;
  export function resolve(...parts: string[]): string;
}
declare module "node:worker_threads" {
  export const isMainThread: boolean;
  export const workerData: any;
  export const parentPort: { on(event: "message", listener: (value: any) => void): void; postMessage(value: unknown): void } | null;
  export class Worker {
    constructor(path: URL, options: object);
    on(event: "message" | "error", listener: (value: any) => void): void;
    postMessage(value: unknown): void;
    terminate(): Promise<number>;
  }
}
declare const Buffer: {
  from(text: string, encoding?: "hex" | "base64" | "base64url"): Uint8Array & { toString(encoding: "base64" | "hex"): string };
  concat(parts: Uint8Array[]): Uint8Array;
};
interface ImportMeta { url: string }
declare namespace NodeJS {
  interface ErrnoException extends Error { code?: string }
}
declare const process: {
  argv: string[];
  env: { [name: string]: string | undefined };
  exitCode: number | undefined;
  exit(code: number): never;
  stdin: AsyncIterable<string> & { setEncoding(encoding: string): AsyncIterable<string> };
  stdout: { write(text: string): boolean; on(event: "error", listener: (error: NodeJS.ErrnoException) => void): void };
  stderr: { write(text: string): boolean };
};
