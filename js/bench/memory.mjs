// Makes calls, and prints the memory of this process in four quarters of them, as JSON:
// `node --expose-gc memory.mjs 1000`.
//
// Every tenth call is a page. Whatever keeps the bodies of responses shows in a few hundred calls.

import { startServer, unlocClient, lockParameters } from "./clients.mjs";
import { initSync } from "../dist/esm/generated/unloc.js";

const QUARTERS = 4;
const SAMPLES = 10; // in each quarter

const calls = Number(process.argv[2]);
const home = unlocClient(await startServer());
// The module is loaded by now. This returns its exports.
const { memory } = initSync();
const quarters = [];
for (let quarter = 0; quarter < QUARTERS; quarter += 1) {
  const measured = { "resident, kB": [], "objects, kB": [], "module, kB": [] };
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    for (let call = 0; call < calls / QUARTERS / SAMPLES; call += 1) {
      await (call % 10 === 0 ? home.getLocks() : home.getLock(lockParameters));
    }
    globalThis.gc();
    const { rss, heapUsed, external } = process.memoryUsage();
    measured["resident, kB"].push(rss / 1000);
    measured["objects, kB"].push((heapUsed + external - memory.buffer.byteLength) / 1000);
    measured["module, kB"].push(memory.buffer.byteLength / 1000);
  }
  quarters.push(measured);
}
console.log(JSON.stringify(quarters));
