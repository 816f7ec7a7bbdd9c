// Makes dist/ out of src/. `cargo xtask js` runs it after it has written src/generated/: the glue and the module of
// wasm-bindgen, the types and the table of operations.

import { copyFileSync, existsSync, rmSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { checkGlue, compile, derive } from "./formats.mjs";
import { embed, optimize } from "./module.mjs";
import { dist, generated, join, root } from "./paths.mjs";

const inputs = ["unloc.js", "unloc.d.ts", "unloc_bg.wasm", "types.ts", "operations.ts"];
const missing = inputs.filter((name) => !existsSync(join(generated, name)));
if (missing.length > 0) {
  fail("generated sources", `src/generated/ lacks ${missing.join(", ")}; run: cargo xtask js`);
}

rmSync(dist, { recursive: true, force: true });
step("optimize the module", optimize);
step("embed the module", embed);
step("check the glue", checkGlue);
step("compile for import", compile);
step("derive what is required", derive);
step("copy the licences", () => {
  for (const name of ["LICENSE-APACHE", "LICENSE-MIT"]) copyFileSync(join(root, "..", name), join(root, name));
});

function step(name, run) {
  const start = performance.now();
  try {
    const said = run();
    console.log(`${name}: ${Math.round(performance.now() - start)} ms${said ? `, ${said}` : ""}`);
  } catch (error) {
    fail(name, error.message);
  }
}

function fail(name, why) {
  console.error(`error: ${name}: ${why}`);
  process.exit(1);
}
