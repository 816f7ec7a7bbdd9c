// Tests that calls leave nothing behind: not in the WebAssembly module, whose memory the garbage collector does not see
// and which never shrinks, and not in the process.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { Unloc } from "../dist/esm/index.js";
import { initSync } from "../dist/esm/generated/unloc.js";

// After these, the module has what it needs.
const WARM_UP = 200;
// More than the spare room for references at any time, so that one reference a call shows.
const CALLS = 2000;
// A kept body of a page is 105 kB. A hundred pages are read, half of them between the two quarters that are compared.
const MAY_GROW_KB = { "resident, kB": 5000, "objects, kB": 2000, "module, kB": 0 };

const dispose = Symbol.dispose ?? Symbol.for("Symbol.dispose");
const lockHolderId = "373c3bdd-ff32-4caa-9eca-bfc54e5042d5";
const headers = { "content-type": "application/json" };
const page = JSON.stringify({ locks: [{ id: "l1", name: "Front door" }] });
const refusal = JSON.stringify({ error: "NotFound", errorDescription: "there is no such lock" });

const unloc = client();
const home = homeOf(unloc);
// It returns the exports of the module, which the first client has loaded.
const { memory, __wbindgen_externrefs: references, __externref_table_alloc, __wbindgen_malloc } = initSync();

const size = () => ({ bytes: memory.buffer.byteLength, references: references.length });

test("calls, loops, aborts and errors leave nothing behind in the module", async () => {
  await times(WARM_UP, someCall);
  const before = size();
  await times(CALLS, someCall);
  assert.deepEqual(size(), before);
});

test("a leak of 200 bytes or of one reference a call would be noticed", async () => {
  for (const leak of [() => __wbindgen_malloc(200, 1), __externref_table_alloc]) {
    const before = size();
    await times(CALLS, leak);
    assert.notDeepEqual(size(), before);
  }
});

test("disposing of a client frees its memory", async () => {
  const useOnce = async () => {
    const unloc = client();
    await homeOf(unloc).getLocks();
    return unloc;
  };
  const useAndDispose = async () => (await useOnce())[dispose]();
  await times(WARM_UP, useAndDispose);
  const before = size();
  await times(CALLS, useAndDispose);
  assert.deepEqual(size(), before);

  const kept = [];
  await times(WARM_UP, async () => kept.push(await useOnce()));
  assert.ok(size().bytes > before.bytes, "clients take no memory, so the test shows nothing");
});

test("the memory of the process does not grow over a thousand calls", () => {
  const program = fileURLToPath(new URL("../bench/memory.mjs", import.meta.url));
  const output = execFileSync(process.execPath, ["--expose-gc", program, "1000"], { encoding: "utf8" });
  const [, second, , last] = JSON.parse(output);
  for (const [name, allowed] of Object.entries(MAY_GROW_KB)) {
    const grown = median(last[name]) - median(second[name]);
    assert.ok(grown <= allowed, `${name}: ${Math.round(grown)} more in the last quarter than in the second`);
  }
});

async function someCall(number) {
  switch (number % 4) {
    case 0:
      return home.getLocks();
    case 1:
      for await (const lock of home.getLocks()) return lock;
      return undefined;
    case 2: {
      const stop = new AbortController();
      const ended = assert.rejects(Promise.resolve(home.getLocks({}, { signal: stop.signal })), { name: "AbortError" });
      await null;
      stop.abort();
      return ended;
    }
    default:
      return assert.rejects(Promise.resolve(home.getLock({ lockId: "none" })), { status: 404 });
  }
}

/** Returns a client whose requests stay in this process. */
function client() {
  const fetch = async (url) => {
    const isMissing = url.includes("none");
    return new Response(isMissing ? refusal : page, { status: isMissing ? 404 : 200, headers });
  };
  return new Unloc({ environment: "http://127.0.0.1", getToken: () => "token", fetch });
}

function homeOf(unloc) {
  return unloc.lockHolder({ id: lockHolderId, scope: `lockHolder.admin:${lockHolderId}` });
}

async function times(count, run) {
  for (let number = 0; number < count; number += 1) await run(number);
}

function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}
