// Calls each function of unloc/compat as Unloc's example program for the old library calls it.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import * as unloc from "unloc/compat";

const GUEST = "+12125550142";

describe("the calls of the example program", { skip: !process.env.UNLOC_EMULATOR && "UNLOC_EMULATOR is not set" }, () => {
  let emulator, token, unscoped, lockHolderId, lockId;

  before(async () => {
    const { startEmulator } = await import("../emulator.mjs");
    emulator = await startEmulator();
    unloc.init(emulator.url);
    unscoped = (await getToken()).access_token;
    const [lockHolder] = (await succeed(unloc.getLockHolders(unscoped))).lockHolders;
    const scoped = await getToken(unloc.lockHolderScope(lockHolder));
    [token, lockHolderId] = [scoped.access_token, scoped.lock_holder_id];
    assert.equal(lockHolderId, lockHolder.id);
    lockId = (await succeed(unloc.getLocks(token, { lockHolderId }))).locks[0].id;
  });

  after(() => emulator?.stop());

  async function getToken(scope) {
    const { url, clientId: client_id, clientSecret: client_secret } = emulator;
    const response = await fetch(`${url}/auth/v1/token`, {
      method: "post",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ grant_type: "client_credentials", client_id, client_secret, ...(scope && { scope }) }),
    });
    return response.json();
  }

  test("lock holders are created and renamed", async () => {
    const house = { name: "Harbour Flats", countryIso: "NO", organizationId: "harbour-flats" };
    const { lockHolder } = await succeed(unloc.createLockHolder(unscoped, { lockHolder: house }));
    assert.deepEqual({ ...house, id: lockHolder.id }, pick(lockHolder, ["id", ...Object.keys(house)]));
    const flat = { ...house, organizationIdSuffix: "b" };
    assert.equal((await succeed(unloc.createLockHolder(unscoped, flat))).lockHolder.organizationIdSuffix, "b");
    const conflict = await unloc.createLockHolder(unscoped, flat);
    assert.equal(conflict.data, undefined);
    assert.equal(typeof conflict.error.errorDescription, "string");

    const updateLockHolderRequest = { name: "Another name" };
    const renamed = await succeed(unloc.updateLockHolder(token, { lockHolderId, updateLockHolderRequest }));
    assert.equal(renamed.lockHolder.name, "Another name");
  });

  test("locks are read and changed", async () => {
    const updateLockRequest = { name: "Gate", image: undefined, address: { street: "1 Quay Street", city: "Oslo" } };
    const changed = await succeed(unloc.updateLock(token, { lockHolderId, lockId, updateLockRequest }));
    assert.equal(changed.lock.name, "Gate");
    assert.equal((await succeed(unloc.getLock(token, { lockHolderId, lockId }))).lock.address.street, "1 Quay Street");
  });

  test("keys are created with nulls, and revoked", async () => {
    const createKeyRequest = { userId: GUEST, start: null, end: null, skipInviteNotification: true };
    const { key } = await succeed(unloc.createKey(token, { lockHolderId, lockId, createKeyRequest }));
    assert.equal(key.toUser.id, GUEST);
    const updateKeyRequest = { state: "revoked" };
    await succeed(unloc.updateKey(token, { lockHolderId, lockId, keyId: key.id, updateKeyRequest }));
    const { keys } = await succeed(unloc.getKeys(token, { lockHolderId }));
    assert.equal(keys.find(({ id }) => id === key.id).state, "revoked");
  });

  test("roles are created, and shared keys deleted", async () => {
    const createOrUpdateRoleRequest = { canShare: true, userName: "Kim" };
    const ids = { lockHolderId, lockId, userId: GUEST };
    const { role } = await succeed(unloc.createOrUpdateRole(token, { ...ids, createOrUpdateRoleRequest }));
    assert.equal(role.canShare, true);
    const { roles } = await succeed(unloc.getRoles(token, { lockHolderId }));
    assert.ok(roles.some(({ userId }) => userId === GUEST));
    await succeed(unloc.deleteSharedKeysForLock(token, ids));
    await succeed(unloc.deleteSharedKeysForUser(token, { lockHolderId, userId: GUEST }));
  });

  test("a list has a cursor if it was limited", async () => {
    const { data } = await unloc.getKeys(token, { lockHolderId, limit: 1 });
    assert.equal(data.length, 1);
    assert.ok(data.startAfterId);
    const next = await unloc.getKeys(token, { lockHolderId, limit: 1, startAfterId: data.startAfterId });
    assert.notEqual(next.data[0].id, data[0].id);
  });

  test("an expired token is an error after one request", async () => {
    await emulator.control("POST", "tokens/expire");
    const before = (await emulator.control("GET", "requests")).requests.length;
    const { data, error } = await unloc.getLock(token, { lockHolderId, lockId });
    assert.equal(data, undefined);
    assert.deepEqual(error, { error: "JsonWebTokenError", errorDescription: "JWT expired" });
    assert.equal((await emulator.control("GET", "requests")).requests.length, before + 1);
  });
});

async function succeed(call) {
  const { data, error } = await call;
  assert.equal(error, undefined);
  return data;
}

function pick(object, names) {
  return Object.fromEntries(names.map((name) => [name, object[name]]));
}
