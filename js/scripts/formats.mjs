// Compiles the sources once, and derives the modules for `require` from those for `import`. No bundler: every file of
// dist/ is a file of src/.

import { copyFileSync, mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import ts from "typescript";
import { dist, generated, join, root } from "./paths.mjs";

const ESM = join(dist, "esm");
const CJS = join(dist, "cjs");

/** Compiles src/ into dist/esm. */
export function compile() {
  const host = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: (diagnostic) => refuse([diagnostic]) };
  const { options, fileNames, errors } = ts.getParsedCommandLineOfConfigFile(join(root, "tsconfig.json"), {}, host);
  refuse(errors);
  const program = ts.createProgram(fileNames, options);
  const { diagnostics } = program.emit();
  refuse([...ts.getPreEmitDiagnostics(program), ...diagnostics]);
  for (const name of ["unloc.js", "unloc.d.ts"]) copyFileSync(join(generated, name), join(ESM, "generated", name));
}

// `import.meta` says where these are, which CommonJS does not have. `#load` in package.json names others.
const ESM_ONLY = ["load/node", "load/web"];

/**
 * Writes dist/cjs. Its files have extensions that say what they are. A second package.json could say so, but `#load`
 * would have to be in it, and tools differ in whether they look there.
 */
export function derive() {
  const files = readdirSync(ESM, { recursive: true }).map((name) => name.replaceAll("\\", "/"));
  for (const name of files.filter((name) => /\.c?[jt]s$/.test(name))) {
    const to = join(CJS, renamed(name));
    mkdirSync(dirname(to), { recursive: true });
    if (/\.c[jt]s$/.test(name)) {
      renameSync(join(ESM, name), to);
    } else if (!ESM_ONLY.includes(name.replace(/\..*$/, ""))) {
      const text = readFileSync(join(ESM, name), "utf8");
      writeFileSync(to, withNewNames(name.endsWith(".js") ? commonJs(text) : text));
    }
  }
}

const renamed = (name) => name.replace(/\.js$/, ".cjs").replace(/\.d\.ts$/, ".d.cts");

/** Renames what a file imports: `require("./calls.js")`, and in declarations `from "./calls.js"`. */
function withNewNames(text) {
  const imported = /((?:\brequire\(|\bfrom |\bimport\()")(\.{1,2}\/[^"]+\.js)"/g;
  return text.replace(imported, (_, before, name) => `${before}${renamed(name)}"`);
}

function commonJs(source) {
  const options = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 };
  const { outputText, diagnostics } = ts.transpileModule(source, { compilerOptions: options, reportDiagnostics: true });
  refuse(diagnostics);
  return outputText;
}

/** Refuses glue that a page could only use with `unsafe-eval` in its Content-Security-Policy. */
export function checkGlue() {
  const glue = readFileSync(join(generated, "unloc.js"), "utf8");
  const found = glue.match(/\bnew Function\b|\beval\(/);
  if (found) {
    throw new Error(`unloc.js has \`${found[0]}\`: a dependency of unloc-wasm enables \`unsafe-eval\` of js-sys`);
  }
}

function refuse(diagnostics) {
  if (diagnostics.length > 0) {
    const host = { getCanonicalFileName: (name) => name, getCurrentDirectory: () => root, getNewLine: () => "\n" };
    throw new Error(`\n${ts.formatDiagnostics(diagnostics, host)}`);
  }
}
