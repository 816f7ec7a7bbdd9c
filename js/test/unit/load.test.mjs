// Where the module cannot be loaded synchronously, as in browsers. The tests build on each other, as a page does.
import assert from "node:assert/strict";
import { test } from "node:test";

import { fake } from "./fake.mjs";
import { replaceGlue } from "./replace.mjs";

replaceGlue("web");
const { Unloc, init, lockHolderScope } = await import("../../dist/esm/index.js");
const unloc = new Unloc({ getToken: () => "t" });

test("a client does not load the module", () => {
  assert.throws(() => lockHolderScope({}), /await init\(\) first/);
  assert.equal(fake.loaded.length, 0);
});

test("a call fails if the module cannot be loaded", async () => {
  fake.failLoad = new TypeError("Failed to fetch");
  const message = /Failed to fetch.*init\(\{ wasm \}\)/;
  await assert.rejects(unloc.getLockHolders(), { name: "UnlocConfigurationError", message });
  fake.failLoad = undefined;
});

test("the next calls load it, once, and fail if the options are wrong", async () => {
  fake.refuseClient = { kind: "configuration", message: "the environment is no URL" };
  await assert.rejects(Promise.all([unloc.getLockHolders(), unloc.getLockHolders()]), /no URL/);
  fake.refuseClient = undefined;
  assert.equal(fake.loaded.length, 2);
  assert.match(fake.loaded[1].href, /dist\/unloc_bg\.wasm$/);
});

test("once it is loaded, all is as where it is loaded synchronously", async () => {
  await init({ wasm: "/too-late.wasm" });
  await unloc.getLockHolders();
  await unloc.getLockHolders();
  assert.equal(fake.loaded.length, 2);
  assert.equal(fake.clients.length, 1);
  assert.equal(lockHolderScope({ countryIso: "NO", organizationId: "a" }), "scope of NO.a");
  fake.refuseClient = { kind: "configuration", message: "the environment is no URL" };
  assert.throws(() => new Unloc({ getToken: () => "t" }), /no URL/);
});
