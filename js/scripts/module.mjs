// Optimizes the WebAssembly module and embeds it for environments without files and URLs.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { brotliCompressSync, gzipSync } from "node:zlib";
import binaryen from "binaryen";
import { dist, generated, join } from "./paths.mjs";

const OPTIMIZED = join(generated, "unloc_optimized.wasm");
const OPTIMIZED_FROM = join(generated, "unloc_optimized.txt");

/** Writes dist/unloc_bg.wasm. Optimizing takes seconds, so an unchanged module is not optimized again. */
export function optimize() {
  const input = readFileSync(join(generated, "unloc_bg.wasm"));
  const version = `${createHash("sha256").update(input).digest("hex")} ${JSON.stringify(FEATURES)}`;
  if (!existsSync(OPTIMIZED) || !existsSync(OPTIMIZED_FROM) || readFileSync(OPTIMIZED_FROM, "utf8") !== version) {
    writeFileSync(OPTIMIZED, optimized(input));
    writeFileSync(OPTIMIZED_FROM, version);
  }
  const output = readFileSync(OPTIMIZED);
  mkdirSync(dist, { recursive: true });
  writeFileSync(join(dist, "unloc_bg.wasm"), output);
  return sizes(output);
}

// What the compiler uses: all of it works in the engines of 2022. With fewer features the module is refused here; with
// more, the optimizer may use them.
const FEATURES = [
  "BulkMemory",
  "BulkMemoryOpt",
  "Multivalue",
  "MutableGlobals",
  "NontrappingFPToInt",
  "ReferenceTypes",
  "SignExt",
];

function optimized(input) {
  const module = binaryen.readBinary(input);
  module.setFeatures(FEATURES.reduce((all, name) => all | binaryen.Features[name], 0));
  if (!module.validate()) {
    throw new Error(`the module uses more than ${FEATURES.join(", ")}`);
  }
  // `-Oz`
  binaryen.setOptimizeLevel(2);
  binaryen.setShrinkLevel(2);
  module.optimize();
  return module.emitBinary();
}

/** Writes the module as a source file. */
export function embed() {
  const base64 = readFileSync(join(dist, "unloc_bg.wasm")).toString("base64");
  // The annotation keeps the text out of the declarations.
  writeFileSync(join(generated, "unloc_wasm_base64.ts"), `export const base64: string =\n  "${base64}";\n`);
}

function sizes(bytes) {
  const kB = (length) => `${Math.round(length / 1000)} kB`;
  const [gzip, brotli] = [gzipSync(bytes, { level: 9 }), brotliCompressSync(bytes)];
  return `${kB(bytes.length)}, gzip ${kB(gzip.length)}, brotli ${kB(brotli.length)}`;
}
