import { cpSync } from "node:fs";
import webpack from "webpack";

const compiler = webpack({
  mode: "production",
  context: import.meta.dirname,
  entry: { main: "./main.js", slim: "./slim.js" },
  output: { path: `${import.meta.dirname}/dist`, publicPath: "/", clean: true, trustedTypes: { policyName: "webpack" } },
  performance: false,
});
compiler.run((error, stats) => {
  if (error || stats.hasErrors() || stats.hasWarnings()) {
    console.error(error ?? stats.toString({ all: false, errors: true, warnings: true }));
    process.exit(1);
  }
  for (const page of ["index.html", "slim.html"]) cpSync(page, `dist/${page}`);
});
