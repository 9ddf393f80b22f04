/**
 * `npx dangol`: the engine as a command line. Answers go to standard output, everything else to standard error.
 *
 * Exit codes: 0 all is well, 1 the answer is no (problems found, a test failed), 2 the command was not understood or a
 * file could not be read.
 */
import { parseArgs } from "node:util";
import { loadEngine } from "../engine.ts";
import { momentOf } from "../moment.ts";
import { Failure, out, read, readJson, readWhole } from "./files.ts";
import { checkEndpoint } from "./endpoint/index.ts";
import { explain } from "./explain.ts";
import { localeOf, report } from "./problems.ts";
import { replay } from "./replay.ts";
import { report as results } from "./report.ts";
import { isWorker, segments } from "./segments.ts";
import { checkSignature, keygen, sign } from "./signing.ts";
import { runTests } from "./journeys.ts";

const USAGE = `usage: dangol <command>

  validate <config> [--key file] [--locale ko|en]
                                               what is wrong with a configuration, and with its signature
  replay <config> <journey> [--until ISO] [--seed text] [--explain]
                                               what a recorded journey leads to, as JSON
  explain <config> <journey> [campaign...] [--until ISO] [--locale ko|en]
                                               what was decided, and why, in words
  test <config> <journeys...> [--update]       journeys with the decisions expected of them
  segments <config> <events> --at ISO [--segment id]
                                               who is in which segment, one line a visitor
  report <file or folder>... [--config file] [--locale ko|en] [--json]
                                               what came of the campaigns, from their events
  render <config> <campaign> [document]        a message as a tree
  check-endpoint <url> [--format name] [--envelope key] [--write-key key] [--header "Name: value"] [--origin url]
                 [--lookup url] [--strict] [--timeout seconds]
                                               which rules of delivery a backend's endpoint keeps
  keygen [--id name] [--out file]              a pair of keys for signed configurations
  sign <config> --key file [--revision n] [--not-before ISO] [--expires ISO|30d] [--out file]
                                               the configuration with a signature before it

A file may be "-" for standard input. A journey is one event a line, a JSON array, or what exportData() gave.
Options: --json (problems or results as JSON), --help, --version. Without --locale the terminal's language counts.
`;

async function main(argv: string[]): Promise<number> {
  const { values, positionals } = parse(argv);
  const [command, ...files] = positionals;
  if (values.version) return say(VERSION);
  const asked = values.help || command === "help";
  if (asked || !command) {
    (asked ? process.stdout : process.stderr).write(USAGE);
    return asked ? 0 : 2;
  }
  const need = (count: number, words: string): void => {
    if (files.length < count) throw new Failure(`dangol ${command} needs ${words}`);
  };
  switch (command) {
    case "validate": {
      need(1, "a configuration");
      let bad = false;
      const locale = localeOf(values.locale);
      const engine = await loadEngine();
      for (const file of files) {
        const text = await readWhole(file);
        const problems = [...(await checkSignature(text, values.key, locale)), ...engine.validate(text, locale)];
        bad ||= problems.some(({ severity }) => severity === "error");
        say(values.json ? JSON.stringify(problems) : report(file, problems, locale));
      }
      return bad ? 1 : 0;
    }
    case "replay":
      need(2, "a configuration and a journey");
      return replay(files[0]!, files[1]!, values);
    case "explain":
      need(2, "a configuration and a journey");
      return explain(files[0]!, files[1]!, files.slice(2), values);
    case "test":
      need(1, "a configuration and journeys, or files of tests");
      return runTests(files, values.update);
    case "segments":
      need(2, "a configuration and a file of events");
      if (!values.at || Number.isNaN(momentOf(values.at))) throw new Failure(`dangol segments needs --at with an ISO 8601 time such as 2026-11-01T09:00:00Z${values.at ? `, not "${values.at}"` : ""}`);
      return segments(files[0]!, files[1]!, values.at, values.segment);
    case "report":
      need(1, "a file or folder of events");
      return results(files, values);
    case "render": {
      need(2, "a configuration and a campaign");
      const document = files[2] ? ((await readJson(files[2])) as object) : {};
      const engine = await loadEngine();
      const config = await read(files[0]!);
      try {
        return say(JSON.stringify(engine.render(config, files[1]!, document), null, 2));
      } catch (error) {
        throw new Failure(`${files[0]}: ${(error as Error).message.replace("dangol: render: ", "")}`);
      }
    }
    case "check-endpoint":
      need(1, "the endpoint's address");
      return checkEndpoint(files[0]!, values);
    case "keygen":
      return keygen(values);
    case "sign":
      need(1, "a configuration");
      return sign(files[0]!, values);
  }
  throw new Failure(`there is no command "${command}"; dangol --help lists them`);
}

function parse(argv: string[]) {
  try {
    return parseArgs({
      args: argv, allowPositionals: true,
      options: {
        at: { type: "string" }, segment: { type: "string" }, update: { type: "boolean" }, until: { type: "string" }, seed: { type: "string" }, explain: { type: "boolean" }, json: { type: "boolean" },
        config: { type: "string" }, locale: { type: "string" },
        format: { type: "string" }, envelope: { type: "string" }, "write-key": { type: "string" }, header: { type: "string", multiple: true },
        origin: { type: "string" }, lookup: { type: "string" }, strict: { type: "boolean" }, timeout: { type: "string" },
        key: { type: "string" }, id: { type: "string" }, out: { type: "string" },
        revision: { type: "string" }, "not-before": { type: "string" }, expires: { type: "string" },
        help: { type: "boolean", short: "h" }, version: { type: "boolean", short: "v" },
      },
    });
  } catch (error) {
    throw new Failure((error as Error).message);
  }
}

function say(text: string): number {
  out(text + "\n");
  return 0;
}

function run(): void {
  // A reader that has seen enough (`| head`) is no error.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 2));
  main(process.argv.slice(2)).then(
    (code) => { process.exitCode = code; },
    (error: unknown) => {
      process.stderr.write(`dangol: ${(error as Error)?.message ?? error}\n`);
      process.exitCode = error instanceof Failure || error instanceof SyntaxError ? 2 : 1;
    },
  );
}

if (!isWorker()) run();
