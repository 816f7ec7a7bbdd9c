// Compiles the sources into the two formats of modules. No bundler: every file of dist/ is a file of src/.

import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import ts from "typescript";
import { dist, generated, join, root } from "./paths.mjs";

/** Compiles with one configuration into a folder of dist/. */
export function compile(configuration, format) {
  const { options, fileNames } = read(configuration);
  const program = ts.createProgram(fileNames, options);
  const { diagnostics } = program.emit();
  refuse([...ts.getPreEmitDiagnostics(program), ...diagnostics]);
  const folder = join(dist, format);
  mkdirSync(join(folder, "generated"), { recursive: true });
  copyFileSync(join(generated, "unloc.d.ts"), join(folder, "generated", "unloc.d.ts"));
  const glue = readFileSync(join(generated, "unloc.js"), "utf8");
  writeFileSync(join(folder, "generated", "unloc.js"), format === "cjs" ? commonJs(glue) : glue);
  if (format === "cjs") {
    writeFileSync(join(folder, "package.json"), `${JSON.stringify(CJS_PACKAGE, null, 2)}\n`);
  }
}

// The nearest package.json decides what `#load` is. Without `import.meta` a browser has no URL to load from, so there the
// module is embedded.
const CJS_PACKAGE = {
  type: "commonjs",
  sideEffects: false,
  imports: { "#load": { node: "./load/node.cjs", default: "./load/inline.js" } },
};

/** Refuses glue that a page could only use with `unsafe-eval` in its Content-Security-Policy. */
export function checkGlue() {
  const glue = readFileSync(join(generated, "unloc.js"), "utf8");
  const found = glue.match(/\bnew Function\b|\beval\(/);
  if (found) {
    throw new Error(`unloc.js contains \`${found[0]}\`: a dependency of unloc-wasm enables the feature \`unsafe-eval\` of js-sys`);
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
