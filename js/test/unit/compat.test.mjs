import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { fake, refuse } from "./fake.mjs";
import { replaceGlue } from "./replace.mjs";

replaceGlue();
const unloc = await import("../../dist/esm/compat.js");

const lockHolderId = "h1";
const lockHolder = { id: lockHolderId };

beforeEach(() => {
  fake.requests.length = 0;
  fake.list = [];
});

test("without init there is an error, and nothing is thrown", async () => {
  const { data, error } = await unloc.getLockHolders("token");
  assert.equal(data, undefined);
  assert.match(error.errorDescription, /init\(baseUrl\)/);
});

test("init may be called at any time, and makes a client for each new URL", () => {
  unloc.init("http://127.0.0.1:1");
  unloc.init("http://127.0.0.1:1");
  unloc.init("https://api-sandbox.unloc.app");
  assert.deepEqual(
    fake.clients.map(({ configuration }) => configuration.environment),
    ["http://127.0.0.1:1", "https://api-sandbox.unloc.app"],
  );
});

test("a list can be read as an array and by its name, and is an array for JSON", async () => {
  fake.answer = async () => [{ id: "h1" }, { id: "h2" }];
  const { data, error } = await unloc.getLockHolders("token");
  assert.equal(error, undefined);
  assert.deepEqual(data[0], { id: "h1" });
  assert.deepEqual(data.lockHolders, [{ id: "h1" }, { id: "h2" }]);
  assert.deepEqual([...data].map(({ id }) => id), ["h1", "h2"]);
  assert.equal(JSON.stringify(data), '[{"id":"h1"},{"id":"h2"}]');
  assert.deepEqual(fake.requests, [{ operation: "getLockHolders", accessToken: "token", parameters: {} }]);
});

test("a paginated list is whole", async () => {
  fake.list = [{ items: [{ id: "k1" }], cursor: "c" }, { items: [{ id: "k2" }] }];
  const { data } = await unloc.getKeys("token", { lockHolderId });
  assert.deepEqual(data.keys, [{ id: "k1" }, { id: "k2" }]);
  assert.equal(data.length, 2);
  assert.equal(data.startAfterId, undefined);
  assert.deepEqual(fake.requests, [{ operation: "getKeys", accessToken: "token", lockHolder, parameters: {} }]);
});

test("a paginated list with a limit is one page", async () => {
  fake.answer = async () => ({ items: [{ id: "l1" }], cursor: "c" });
  const { data } = await unloc.getLocks("token", { lockHolderId, limit: 1 });
  assert.deepEqual(data.locks, [{ id: "l1" }]);
  assert.equal(data.startAfterId, "c");
  assert.deepEqual(fake.requests[0].parameters, { limit: 1 });
});

test("a value can be read as it is and by its name", async () => {
  fake.answer = async () => ({ id: "l1", name: "Front door" });
  const { data } = await unloc.getLock("token", { lockHolderId, lockId: "l1" });
  assert.equal(data.name, "Front door");
  assert.deepEqual(data.lock, { id: "l1", name: "Front door" });
  assert.equal(JSON.stringify(data), '{"id":"l1","name":"Front door"}');
});

test("without a value there is neither data nor an error", async () => {
  fake.answer = async () => null;
  assert.deepEqual(await unloc.deleteSharedKeysForUser("token", { lockHolderId, userId: "u" }), { data: undefined });
  assert.deepEqual(await unloc.deleteSharedKeysForLock("token", { lockHolderId, lockId: "l1", userId: "u" }), {
    data: undefined,
  });
});

const key = { userId: "u", start: null, end: null, skipInviteNotification: true };
const account = { createVendorAccount: true, vendor: "danalock", email: "a@example.com", password: "EXAMPLE" };
const house = { name: "Harbour", countryIso: "NO", organizationId: "harbour" };
const keyIds = { lockId: "l1", keyId: "k1" };
const roleIds = { lockId: "l1", userId: "u" };
for (const [name, ids, body] of [
  ["createKey", { lockId: "l1" }, key],
  ["updateKey", keyIds, { state: "revoked" }],
  ["updateLock", { lockId: "l1" }, { name: "n" }],
  ["updateLockHolder", {}, { name: "n" }],
  ["createOrUpdateRole", roleIds, { canShare: true, userName: "Kim" }],
]) {
  test(`${name} takes its body nested, and flat`, async () => {
    fake.answer = async () => ({ id: "x" });
    for (const parameters of [{ ...ids, [`${name}Request`]: { ...body, image: undefined } }, { ...ids, ...body }]) {
      await unloc[name]("token", { lockHolderId, ...parameters });
      const request = { operation: name, accessToken: "token", lockHolder, parameters: { ...ids, ...body } };
      assert.deepEqual(fake.requests.pop(), request);
    }
  });
}

test("createLockHolder takes its body flat, nested as in the example program, and as a request", async () => {
  fake.answer = async () => ({ id: "h1" });
  for (const form of [
    { ...house, ...account },
    { lockHolder: house, ...account },
    { createLockHolderRequest: { ...house, ...account } },
  ]) {
    const { data } = await unloc.createLockHolder("token", form);
    assert.equal(data.lockHolder.id, "h1");
    assert.deepEqual(fake.requests.pop(), {
      operation: "createLockHolder",
      accessToken: "token",
      parameters: { ...house, ...account },
    });
  }
});

test("an error has the service's words, or those of this package", async () => {
  fake.answer = async () => refuse({ code: "JsonWebTokenError", description: "JWT expired" });
  assert.deepEqual(await unloc.getLock("old", { lockHolderId, lockId: "l1" }), {
    data: undefined,
    error: { error: "JsonWebTokenError", errorDescription: "JWT expired" },
  });
  fake.answer = async () => refuse({ kind: "connection", message: "getRoles: the connection failed" });
  assert.deepEqual((await unloc.getRoles("token", { lockHolderId })).error, {
    error: "UnlocConnectionError",
    errorDescription: "getRoles: the connection failed",
  });
});
