// Measures what the package costs: its size, a call, its start, its memory. `cargo xtask js --record` records it.
//
//     node bench/cost.mjs          # prints the figures, after `cargo xtask js`
//     node bench/cost.mjs --quick  # fewer rounds and calls
//     node bench/cost.mjs --json   # also prints them for `benches/record/src/javascript.rs`

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { build } from "esbuild";
import { calls, startServer } from "./clients.mjs";
import { contents } from "./contents.mjs";

const isQuick = process.argv.includes("--quick");
// Rounds are short and many, so that a slow period of the machine affects all variants of a round alike.
const ROUNDS = isQuick ? 7 : 31;
const CALLS = isQuick ? [100, 20] : [300, 60];
const STARTS = isQuick ? 5 : 21;
const MEMORY_CALLS = isQuick ? 5_000 : 100_000;

const path = (name) => fileURLToPath(new URL(name, import.meta.url));
const date = new Date().toISOString().slice(0, 10);
const rows = [];

for (const [name, bytes] of [
  ["the module", readFileSync(path("../dist/unloc_bg.wasm"))],
  ["its JavaScript, minified", await bundle(path("../dist/esm/index.js"))],
  ["openapi-fetch, minified", await bundle("openapi-fetch")],
]) {
  const kB = (bytes) => [bytes.length / 1000];
  const compressed = { "gzip, kB": kB(gzipSync(bytes, { level: 9 })), "brotli, kB": kB(brotliCompressSync(bytes)) };
  report("size", name, { "as it is, kB": kB(bytes), ...compressed });
}
for (const [name, share] of contents(readFileSync(path("../src/generated/unloc_bg.wasm")))) {
  report("in the module", name, { "% before the optimizer": [share] });
}
const starts = Array.from({ length: STARTS }, () => Number(run("start.mjs")));
report("start in Node", "read, compile, instantiate", { "time, ms": starts });
await measureCalls();
JSON.parse(run("--expose-gc", "memory.mjs", MEMORY_CALLS)).forEach((measured, index) => {
  const quarter = ["first", "second", "third", "last"][index];
  report(`${MEMORY_CALLS / 1000} 000 calls`, `${quarter} quarter`, measured);
});
if (process.argv.includes("--json")) console.log(JSON.stringify({ date, node: process.versions.node, rows }));

/** Measures each variant once per round, every other round in reverse order, and compares them within the round. */
async function measureCalls() {
  const url = await startServer();
  for (const [index, [name, variants]] of Object.entries(calls(url)).entries()) {
    const names = Object.keys(variants);
    const cpu = Object.fromEntries(names.map((variant) => [variant, []]));
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const variant of round % 2 === 0 ? names : names.toReversed()) {
        cpu[variant].push(await cpuPerCall(variants[variant], CALLS[index]));
      }
    }
    for (const variant of names) {
      const to = (base) => cpu[variant].map((time, round) => time / cpu[base][round]);
      const ratios = { "CPU to fetch": to("fetch"), "CPU to openapi-fetch": to("openapi-fetch") };
      report(name, variant, { "CPU, µs": cpu[variant], ...ratios });
    }
  }
}

/** Returns the processor time of this process per call, in microseconds. */
async function cpuPerCall(call, times) {
  // Warm up: caches cooled down while the other variants ran.
  for (let done = 0; done < times / 10; done += 1) {
    if ((await call()).some(({ id }) => id === undefined)) throw new Error("a lock was not read");
  }
  const begun = process.cpuUsage();
  for (let done = 0; done < times; done += 1) await call();
  const { user, system } = process.cpuUsage(begun);
  return (user + system) / times;
}

/** Returns what a page loads of a module, without the WebAssembly. */
async function bundle(entry) {
  const options = { bundle: true, minify: true, format: "esm", platform: "browser", write: false, logLevel: "error" };
  const { outputFiles } = await build({ ...options, entryPoints: [entry], absWorkingDir: path("..") });
  return outputFiles[0].contents;
}

/** Runs Node with these arguments in this folder, and returns what it prints. */
function run(...argumentsOfNode) {
  return execFileSync(process.execPath, argumentsOfNode.map(String), { cwd: path("."), encoding: "utf8" });
}

/** Adds a row of a record, and shows it. */
function report(group, name, measured) {
  const figures = Object.entries(measured).map(([name, values]) => ({ name, spread: spread(values) }));
  rows.push({ group, name, figures });
  const shown = figures.map(({ name, spread: [lower, median, upper] }) => `${name} ${median} (${lower}–${upper})`);
  console.error(`${group}: ${name}: ${shown.join("; ")}`);
}

/** Returns the lower quartile, the median and the upper quartile, as `benches/record/src/spread.rs` does. */
function spread(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return [0.25, 0.5, 0.75].map((share) => Number(sorted[Math.round((sorted.length - 1) * share)].toPrecision(5)));
}
