// Runs the TypeScript compiler over files of which some exist in memory only.

import ts from "typescript";

const OPTIONS = {
  strict: true,
  noEmit: true,
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  lib: ["lib.es2022.d.ts", "lib.esnext.disposable.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
  types: [],
  // Saves most of the time. Our files are no `.d.ts`, so they are checked.
  skipLibCheck: true,
};

// The libraries of TypeScript do not change between two runs, and take most of the time to parse.
const parsed = new Map();

/** Returns the errors of a program that consists of these files and what they import. */
export function diagnostics(files, inMemory, more = {}) {
  const options = { ...OPTIONS, ...more };
  const host = ts.createCompilerHost(options);
  const { fileExists, getSourceFile, readFile } = host;
  host.fileExists = (name) => name in inMemory || fileExists(name);
  host.readFile = (name) => inMemory[name] ?? readFile(name);
  host.getSourceFile = (name, ...rest) => {
    if (name in inMemory) return ts.createSourceFile(name, inMemory[name], ...rest);
    if (!name.includes("/typescript/lib/")) return getSourceFile(name, ...rest);
    if (!parsed.has(name)) parsed.set(name, getSourceFile(name, ...rest));
    return parsed.get(name);
  };
  const program = ts.createProgram(files, options, host);
  return ts.getPreEmitDiagnostics(program).map((one) => ({
    file: one.file?.fileName,
    line: one.file ? one.file.getLineAndCharacterOfPosition(one.start).line + 1 : 0,
    code: one.code,
    message: ts.flattenDiagnosticMessageText(one.messageText, "\n"),
  }));
}
