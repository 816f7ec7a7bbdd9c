// Compiles the sources into the two formats of modules. No bundler: every file of dist/ is a file of src/.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import ts from "typescript";
import { dist, generated, join, root } from "./paths.mjs";

/** Compiles with one configuration into a folder of dist/. */
export function compile(configuration, format) {
  const { options, fileNames } = read(configuration);
  const program = ts.createProgram(fileNames, options);
  const { diagnostics } = program.emit(undefined, (name, text) => {
    mkdirSync(dirname(name), { recursive: true });
    writeFileSync(...(format === "cjs" ? commonJsFile(name, text) : [name, text]));
  });
  refuse([...ts.getPreEmitDiagnostics(program), ...diagnostics]);
  const [glue, types] = ["unloc.js", "unloc.d.ts"].map((name) => readFileSync(join(generated, name), "utf8"));
  const folder = join(dist, format, "generated");
  writeFileSync(join(folder, format === "cjs" ? "unloc.cjs" : "unloc.js"), format === "cjs" ? commonJs(glue) : glue);
  writeFileSync(join(folder, format === "cjs" ? "unloc.d.cts" : "unloc.d.ts"), types);
}

/**
 * Returns a file in which the extension says that it is CommonJS. A second package.json could say so, but `#load` would
 * have to be in it, and tools differ in whether they look there. The files name each other as `"./calls.js"`.
 */
function commonJsFile(name, text) {
  const renamed = (path) => path.replace(/\.js$/, ".cjs").replace(/\.d\.ts$/, ".d.cts");
  const quoted = /(["'])(\.{1,2}\/[^"']+\.js)\1/g;
  return [renamed(name), text.replace(quoted, (_, quote, path) => quote + renamed(path) + quote)];
}

/** Refuses glue that a page could only use with `unsafe-eval` in its Content-Security-Policy. */
export function checkGlue() {
  const glue = readFileSync(join(generated, "unloc.js"), "utf8");
  const found = glue.match(/\bnew Function\b|\beval\(/);
  if (found) {
    throw new Error(`unloc.js has \`${found[0]}\`: a dependency of unloc-wasm enables \`unsafe-eval\` of js-sys`);
  }
}

function read(configuration) {
  const host = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: (diagnostic) => refuse([diagnostic]) };
  const parsed = ts.getParsedCommandLineOfConfigFile(join(root, configuration), {}, host);
  refuse(parsed.errors);
  return parsed;
}

function commonJs(source) {
  const options = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 };
  const { outputText, diagnostics } = ts.transpileModule(source, { compilerOptions: options, reportDiagnostics: true });
  refuse(diagnostics);
  return outputText;
}

function refuse(diagnostics) {
  if (diagnostics.length > 0) {
    const host = { getCanonicalFileName: (name) => name, getCurrentDirectory: () => root, getNewLine: () => "\n" };
    throw new Error(`\n${ts.formatDiagnostics(diagnostics, host)}`);
  }
}
