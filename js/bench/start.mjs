// Prints how long it takes to read, compile and instantiate the module, in milliseconds.

import { performance } from "node:perf_hooks";
import { init } from "../dist/esm/index.js";

const begun = performance.now();
await init();
console.log(performance.now() - begun);
