/** `dangol keygen` and `dangol sign`: signed configurations, see docs/signing.md. */
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign as signBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { loadEngine } from "../engine.ts";
import { momentOf } from "../moment.ts";
import { SIGNED } from "../signed.ts";
import type { Problem } from "../tools.ts";
import { Failure, out, read, reason } from "./files.ts";
import { signatureIn, type Locale } from "./problems.ts";

const UNITS: { [unit: string]: number } = { s: 1e3, m: 6e4, h: 36e5, d: 864e5, w: 6048e5 };
/** Before the 32 bytes of a private key in the form that Node reads (RFC 8410). */
const PKCS8 = Buffer.from("302e020100300506032b657004220420", "hex");

interface KeyFile {
  keyId: string;
  publicKey: string;
  privateKey: string;
}

/** The 32 bytes of a key, as base64. */
function bytesOf(key: KeyObject): string {
  const { x, d } = key.export({ format: "jwk" });
  return Buffer.from((key.type === "private" ? d : x) as string, "base64url").toString("base64");
}

/** A name for a key whose owner gave none: what it is cannot be mistaken for another's. */
const nameOf = (publicKey: string): string => createHash("sha256").update(Buffer.from(publicKey, "base64")).digest("hex").slice(0, 8);

/** Makes a pair of keys: into a file that only its owner may read, or on standard output. */
export async function keygen(values: { id?: string; out?: string }): Promise<number> {
  const { publicKey: open, privateKey: secret } = generateKeyPairSync("ed25519");
  const publicKey = bytesOf(open);
  const keyId = values.id || nameOf(publicKey);
  const file: KeyFile = { keyId, publicKey, privateKey: bytesOf(secret) };
  const text = JSON.stringify(file, null, 2) + "\n";
  if (!values.out) {
    out(text);
    return 0;
  }
  try {
    // An existing key is not written over: what it signed could not be followed up.
    await writeFile(values.out, text, { mode: 0o600, flag: "wx" });
  } catch (error) {
    throw new Failure(`${values.out}: ${(error as NodeJS.ErrnoException).code === "EEXIST" ? "exists already; a key is never written over" : reason(error)}`);
  }
  out(`publicKeys: ${JSON.stringify({ [keyId]: publicKey })}\n`);
  return 0;
}

/** The private key in a file: what `keygen` wrote, or PEM. */
async function keyIn(path: string, id: string | undefined): Promise<{ id: string; secret: KeyObject; publicKey: string }> {
  const text = await read(path);
  let secret: KeyObject;
  let name = id;
  try {
    if (text.trimStart().startsWith("{")) {
      const file = JSON.parse(text) as Partial<KeyFile>;
      name = name || file.keyId;
      secret = createPrivateKey({ key: Buffer.concat([PKCS8, Buffer.from(file.privateKey!, "base64")]), format: "der", type: "pkcs8" });
    } else secret = createPrivateKey(text);
    if (secret.asymmetricKeyType !== "ed25519") throw new Error();
  } catch {
    throw new Failure(`${path}: no Ed25519 private key; "dangol keygen --out ${path}" makes one, PEM is read too`);
  }
  const publicKey = bytesOf(createPublicKey(secret));
  return { id: name || nameOf(publicKey), secret, publicKey };
}

function moment(name: string, value: string | undefined, now: number): string | undefined {
  if (value === undefined) return undefined;
  const [, number, unit] = /^(\d+)([smhdw])$/.exec(value) ?? [];
  const at = new Date(number ? now + Number(number) * UNITS[unit!]! : momentOf(value));
  // A duration may also lead to where the calendar has no days any more.
  if (Number.isNaN(at.getTime())) throw new Failure(`--${name} is "${value}"; it must be an ISO 8601 time such as 2026-12-31T15:00:00Z, or a duration from now such as 30d`);
  return at.toISOString();
}

interface SignOptions {
  key?: string;
  id?: string;
  out?: string;
  revision?: string;
  "not-before"?: string;
  expires?: string;
}

/** Writes the signed configuration, after pages' own check has accepted it. */
export async function sign(path: string, values: SignOptions): Promise<number> {
  if (!values.key) throw new Failure('dangol sign needs --key with a file that "dangol keygen --out" made');
  const { id, secret, publicKey } = await keyIn(values.key, values.id);
  const payload = await read(path);
  // Pages read text: bytes that are no UTF-8 would not come out as they went in.
  if (payload.includes("\ufffd")) throw new Failure(`${path}: not plain UTF-8 (it holds U+FFFD); save it as UTF-8`);
  let config: { revision?: unknown };
  try {
    config = JSON.parse(payload) as { revision?: unknown };
  } catch (error) {
    throw new Failure(`${path}: ${(error as Error).message}`);
  }
  const engine = await loadEngine();
  const errors = engine.validate(payload).filter(({ severity }) => severity === "error");
  // A list or a number would be refused by every page that has checked its signature.
  const whole = errors.find(({ path }) => !path);
  if (whole) throw new Failure(`${path}: ${whole.message} (${whole.code})`);
  const wrong = errors.length;
  if (wrong) process.stderr.write(`dangol: ${path} has ${wrong} problem${wrong > 1 ? "s" : ""}; "dangol validate" tells more\n`);

  const given = values.revision ?? config?.revision;
  const revision = typeof given === "number" || /^\d+$/.test(String(given)) ? Number(given) : NaN;
  if (!Number.isSafeInteger(revision) || revision < 0) {
    throw new Failure(`${path}: revision is ${JSON.stringify(given) ?? "missing"}; it must be a whole number, in the configuration or as --revision, and grow with every change`);
  }
  const now = Date.now();
  const notBefore = moment("not-before", values["not-before"], now);
  const expires = moment("expires", values.expires, now);
  if (expires !== undefined && Date.parse(expires) <= Math.max(now, notBefore ? Date.parse(notBefore) : 0)) {
    throw new Failure(`--expires is ${expires}, which is over before the configuration could be used`);
  }
  const covered = JSON.stringify({ dangol: "configuration/1", revision, notBefore, expires }) + "\n" + payload;
  const signature = signBytes(null, Buffer.from(covered), secret).toString("base64");
  const text = `${SIGNED},"keyId":${JSON.stringify(id)},"signature":"${signature}"}\n${covered}`;

  const { verifier } = await import("../signature.ts");
  const { problem } = (await verifier())({ keys: { [id]: publicKey }, now, accepted: true }, text);
  if (problem) throw new Failure(`${path}: ${problem.message}`);
  if (!values.out) out(text);
  else {
    await writeFile(values.out, text).catch((error: unknown) => { throw new Failure(`${values.out}: ${reason(error)}`); });
    process.stderr.write(`${values.out}: signed by ${id}, revision ${revision}${expires ? `, expires ${expires}` : ""}\n`);
  }
  return 0;
}

/** What is wrong with the signature of a configuration; nothing for an unsigned one, unless a key was given. */
export async function checkSignature(text: string, keyFile: string | undefined, locale: Locale): Promise<Problem[]> {
  if (!keyFile && !text.startsWith(SIGNED)) return [];
  const keys: { [id: string]: string } = {};
  if (keyFile) {
    let file: { [key: string]: unknown };
    try {
      file = JSON.parse(await read(keyFile)) as { [key: string]: unknown };
    } catch (error) {
      throw error instanceof Failure ? error : new Failure(`${keyFile}: ${(error as Error).message}; a file of "dangol keygen" or {"<id>":"<public key>"} is expected`);
    }
    // What `keygen` wrote, or `publicKeys` as in the shop's options.
    if (typeof file["keyId"] === "string") keys[file["keyId"]] = String(file["publicKey"]);
    else Object.assign(keys, file);
  }
  const { verifier } = await import("../signature.ts");
  const { keyId, problem } = (await verifier())({ keys, now: Date.now() }, text);
  if (!problem) return [];
  if (keyFile || problem.code !== "config-key-unknown") return [{ ...problem, message: signatureIn(locale, problem.code, problem.message) }];
  return [{ path: "", code: "config-signature-unchecked", severity: "warning", message: locale === "ko" ? `"${keyId}" 키로 서명했지만 확인하지 못했습니다. --key로 공개 키를 주세요` : `signed by "${keyId}", but not checked; give --key with the public keys` } as Problem];
}
