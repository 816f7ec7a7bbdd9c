// Where the program says where the module is, and where it is inlined.
import assert from "node:assert/strict";
import { test } from "node:test";

import { fake } from "./fake.mjs";
import { replaceGlue } from "./replace.mjs";

replaceGlue("inline");
const { Unloc, init } = await import("../../dist/esm/index.js");

test("the module that the program gives is loaded instead of the own one", async () => {
  fake.failLoad = new Error("no");
  await assert.rejects(init(), /\(Error: no\)/);
  assert.ok(WebAssembly.validate(fake.loaded[0]), "the inlined module is one");
  fake.failLoad = undefined;
  const loading = init({ wasm: new Uint8Array([1]) });
  await Promise.all([loading, new Unloc({ getToken: () => "t" }).getLockHolders()]);
  assert.deepEqual(fake.loaded.slice(1), [new Uint8Array([1])]);
});
