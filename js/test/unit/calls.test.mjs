import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { beforeEach, test } from "node:test";

import { fake, refuse } from "./fake.mjs";
import { replaceGlue } from "./replace.mjs";

replaceGlue();
const { Unloc, UnlocAbortError } = await import("../../dist/esm/index.js");

const holder = { id: "h1", name: "Harbour", countryIso: "NO", organizationId: "harbour", organizationIdSuffix: "" };
const unloc = new Unloc({ getToken: () => "token" });
const home = unloc.lockHolder(holder);

beforeEach(() => {
  fake.requests.length = 0;
  fake.list = [];
  fake.freed = { clients: 0, pages: 0 };
  fake.answer = async () => null;
});

test("a call is sent once it is awaited, and only once", async () => {
  fake.answer = async () => ({ id: "k1" });
  const call = home.createKey({ lockId: "l1", userId: "+12125550142" });
  assert.equal(fake.requests.length, 0);
  assert.deepEqual(await call, { id: "k1" });
  assert.equal(await call, await call);
  assert.equal(fake.requests.length, 1);
});

test("a request has the lock holder, the parameters and the options, and nothing else", async () => {
  const options = { retry: false, timeouts: { attemptMs: 5 }, headers: { "x-a": "b" } };
  await home.createKey({ lockId: "l1", userId: "u" }, options);
  assert.deepEqual(fake.requests, [
    {
      operation: "createKey",
      lockHolder: { id: "h1", countryIso: "NO", organizationId: "harbour", organizationIdSuffix: "" },
      parameters: { lockId: "l1", userId: "u" },
      ...options,
    },
  ]);
});

test("a lock holder can be named by its id and scope, and others have no lock holder", async () => {
  await unloc.lockHolder({ id: "h2", scope: "lockHolder.admin:h2" }).getLock({ lockId: "l1" });
  await unloc.getLockHolders();
  assert.deepEqual(fake.requests, [
    { operation: "getLock", lockHolder: { id: "h2", scope: "lockHolder.admin:h2" }, parameters: { lockId: "l1" } },
    { operation: "getLockHolders" },
  ]);
});

test("every operation of the table is a method", async () => {
  const { operations } = await import("../../dist/esm/generated/operations.js");
  for (const name of Object.keys(operations.Unloc)) assert.equal(typeof unloc[name], "function", name);
  for (const name of Object.keys(operations.LockHolderClient)) assert.equal(typeof home[name], "function", name);
});

test("a paginated list is one page if it is awaited, and all items if it is iterated", async () => {
  fake.answer = async () => ({ items: [{ id: "k1" }], cursor: "c" });
  fake.list = [{ items: [{ id: "k1" }, { id: "k2" }], cursor: "c" }, { items: [{ id: "k3" }] }];
  const keys = home.getKeys({ limit: 2 });
  assert.deepEqual(await keys, { items: [{ id: "k1" }], cursor: "c" });
  assert.deepEqual(await collect(keys), [{ id: "k1" }, { id: "k2" }, { id: "k3" }]);
  assert.deepEqual(await collect(keys.pages()), fake.list);
  assert.equal(fake.requests.length, 3);
  assert.equal(fake.freed.pages, 2);
});

test("leaving a loop frees its pages", async () => {
  fake.list = [{ items: [1, 2] }, { items: [3] }];
  for await (const key of home.getKeys()) {
    assert.equal(key, 1);
    break;
  }
  assert.equal(fake.freed.pages, 1);
});

test("lists without pages can be iterated, too", async () => {
  fake.answer = async ({ operation }) => (operation === "getKeysForLock" ? { items: [1, 2] } : [{ id: "v1" }]);
  assert.deepEqual(await home.getVendorConnections(), [{ id: "v1" }]);
  assert.deepEqual(await collect(home.getVendorConnections()), [{ id: "v1" }]);
  assert.deepEqual(await collect(home.getVendorConnections().pages()), [{ items: [{ id: "v1" }] }]);
  assert.deepEqual(await home.getKeysForLock({ lockId: "l1" }), { items: [1, 2] });
  assert.deepEqual(await collect(home.getKeysForLock({ lockId: "l1" })), [1, 2]);
});

test("the guide names every list without pages", async () => {
  const { operations } = await import("../../dist/esm/generated/operations.js");
  const guide = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  const [, arrays, pages] = /If awaited,(.*?)are arrays:.*?cursor\.(.*?)are one page\./s.exec(guide);
  const named = (text) => [...text.matchAll(/`(\w+)`/g)].map(([, name]) => name).sort();
  const kinds = Object.entries({ ...operations.Unloc, ...operations.LockHolderClient });
  const of = (kind) => kinds.filter(([, other]) => other === kind).map(([name]) => name).sort();
  assert.deepEqual([named(arrays), named(pages)], [of("list"), of("page")]);
});

test("an error on a later page ends the loop", async () => {
  fake.list = [{ items: [1] }, { items: [2] }];
  let asked = 0;
  fake.answer = async () => (asked++ ? refuse({ status: 503 }) : null);
  const seen = [];
  await assert.rejects(async () => {
    for await (const key of home.getKeys()) seen.push(key);
  }, { name: "UnlocServiceError", status: 503 });
  assert.deepEqual(seen, [1]);
  assert.equal(fake.freed.pages, 1);
});

test("waiting and resolving are the operations with one more property", async () => {
  await home.waitForKey({ lockId: "l1", keyId: "k1" }, "active");
  await home.waitForVendorConnection({ vendorConnectionId: "v1" }, "connected");
  await home.resolveCreateKey({ lockId: "l1", userId: "u" }, new Date(0));
  const [key, connection, created] = fake.requests.map(({ lockHolder: _, ...request }) => request);
  assert.deepEqual(key, { operation: "getKey", parameters: { lockId: "l1", keyId: "k1" }, action: "wait", waitFor: "active" });
  assert.deepEqual(connection, {
    operation: "getVendorConnection",
    parameters: { vendorConnectionId: "v1" },
    action: "wait",
    waitFor: "connected",
  });
  assert.deepEqual(created, {
    operation: "createKey",
    parameters: { lockId: "l1", userId: "u" },
    action: "resolve",
    since: "1970-01-01T00:00:00.000Z",
  });
});

for (const [when, signal] of [["before", AbortSignal.abort("why")], ["while it is sent", AbortSignal.timeout(5)]]) {
  test(`a call that is aborted ${when} rejects with the reason`, async () => {
    fake.answer = async (_, given) => {
      assert.equal(given.aborted, signal.aborted);
      if (!given.aborted) await new Promise((resolve) => given.addEventListener("abort", resolve));
      refuse({ kind: "cancelled", outcome: "unknown" });
    };
    const error = await home.createKey({}, { signal }).catch((error) => error);
    assert.ok(error instanceof UnlocAbortError);
    assert.equal(error.name, "AbortError");
    assert.equal(error.outcome, "unknown");
    assert.equal(error.cause, signal.reason);
    assert.ok(!("signal" in fake.requests[0]));
  });
}

test("headers are taken as fetch takes them", async () => {
  const pairs = [["X-A", "1"], ["x-b", "2"], ["x-a", "3"]];
  for (const headers of [pairs, new Headers(pairs), new Map([["x-a", "1, 3"], ["x-b", "2"]])]) {
    await home.getLock({ lockId: "l1" }, { headers });
    assert.deepEqual(fake.requests.pop().headers, { "x-a": "1, 3", "x-b": "2" });
  }
  for (const headers of [["x-a"], [["x-a", 1]], [["x-a", "1", "2"]], new Set(["x-a: 1"])]) {
    const refused = { name: "UnlocConfigurationError", message: /`headers`/, outcome: "notSent" };
    await assert.rejects(home.getLock({ lockId: "l1" }, { headers }), refused);
    assert.throws(() => new Unloc({ getToken: () => "token", headers }), refused);
  }
  assert.deepEqual(fake.requests, []);
});

test("what JSON cannot express is refused by its place", async () => {
  const circular = {};
  circular.self = circular;
  let deep = {};
  for (let level = 0; level < 200; level += 1) deep = { deep };
  for (const [userName, why] of [
    [() => "x", "`userName` is a function"],
    [Symbol("x"), "`userName` is a symbol"],
    [1n, "`userName` is a BigInt"],
    [NaN, "`userName` is no valid number"],
    [new Date(NaN), "`userName` is no valid date"],
    [new Map([["a", 1]]), "`userName` is a Map"],
    [new Uint8Array(2), "`userName` is a Uint8Array"],
    [Promise.resolve("x"), "`userName` is a promise: await it first"],
    [home.getLocks(), "`userName` is a promise: await it first"],
    [{ mon: { start: [Infinity] } }, "`userName.mon.start.0` is no valid number"],
    ["a\ud83d", "`userName` contains half of a character"],
    [{ "\udc00": 1 }, "contains half of a character"],
    [circular, "`userName.self` contains itself"],
    [deep, "`userName` contains itself, or is nested too deep"],
  ]) {
    await assert.rejects(home.createKey({ lockId: "l1", userId: "u", userName }), (error) => {
      assert.ok(error.message.includes(why), `${error.message}: ${why}`);
      assert.deepEqual([error.kind, error.outcome], ["request", "notSent"]);
      return true;
    });
  }
  assert.deepEqual(fake.requests, []);
  const given = { userName: "\ud83d\ude00 \\ud83d", twice: [circular.none, deep.none, holder, holder], when: new Date(0) };
  await home.createKey(given);
  assert.deepEqual(fake.requests[0].parameters, JSON.parse(JSON.stringify(given)));
});

test("what JSON cannot express is refused in the client's options as well", () => {
  const getToken = () => "token";
  for (const [options, why] of [
    [{ timeouts: { attemptMs: NaN } }, "`timeouts.attemptMs` is no valid number"],
    [{ retry: { maxAttempts: Infinity } }, "`retry.maxAttempts` is no valid number"],
    [{ retry: () => false }, "`retry` is a function"],
    [{ timeouts: new Map([["attemptMs", 5]]) }, "`timeouts` is a Map"],
    [{ retryBudget: 5n }, "`retryBudget` is a BigInt"],
  ]) {
    assert.throws(() => new Unloc({ getToken, ...options }), { kind: "configuration", message: new RegExp(why) });
  }
});

test("catch and finally send the call, too", async () => {
  fake.answer = async () => refuse({});
  let ended = 0;
  assert.equal(await home.createKey({}).catch(() => "caught"), "caught");
  await assert.rejects(home.createKey({}).finally(() => (ended += 1)));
  assert.equal(ended, 1);
  assert.equal(fake.requests.length, 2);
});

async function collect(iterable) {
  const items = [];
  for await (const item of iterable) items.push(item);
  return items;
}
