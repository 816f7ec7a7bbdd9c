import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { fake } from "./fake.mjs";
import { replaceGlue } from "./replace.mjs";

replaceGlue();
const { Unloc, UnlocConfigurationError, init, lockHolderScope } = await import("../../dist/esm/index.js");

const clientCredentials = { clientId: "id", clientSecret: "EXAMPLE-SECRET" };

beforeEach(() => {
  fake.clients.length = 0;
  fake.refuseClient = undefined;
});

test("the module gets the configuration, and loads once, without waiting", async () => {
  const fetch = async () => new Response();
  new Unloc({ environment: new URL("http://127.0.0.1:4010"), clientCredentials, retryBudget: 3, fetch });
  new Unloc({ getToken: () => "t", scopes: "admin" });
  await init();
  assert.equal(fake.loaded.length, 1);
  const [first, second] = fake.clients;
  const { environment, ...rest } = first.configuration;
  assert.deepEqual(rest, { clientId: "id", clientSecret: "EXAMPLE-SECRET", retryBudget: 3 });
  assert.equal(environment, "http://127.0.0.1:4010/");
  assert.equal(first.getToken, undefined);
  assert.equal(first.fetch, fetch);
  assert.deepEqual(second.configuration, { scopes: "admin" });
});

test("a token source may return a token or a response with one", async () => {
  const asked = [];
  const source = (token) => {
    new Unloc({ getToken: (...given) => (asked.push(given), token) });
    return fake.clients.pop().getToken("scope", "refused");
  };
  assert.equal(await source("t1"), '{"access_token":"t1"}');
  assert.equal(await source(Promise.resolve("t2")), '{"access_token":"t2"}');
  assert.equal(await source({ access_token: "t3", expires_in: 60 }), '{"access_token":"t3","expires_in":60}');
  assert.equal(await source(undefined), "null");
  await assert.rejects(source(Promise.reject(new Error("the backend is down"))), /backend is down/);
  assert.deepEqual(asked[0], ["scope", "refused"]);
});

test("wrong options throw", () => {
  fake.refuseClient = { kind: "configuration", message: "the environment is no URL", outcome: "notSent", attempts: 0 };
  assert.throws(() => new Unloc({ environment: "?", clientCredentials }), (error) => {
    assert.ok(error instanceof UnlocConfigurationError);
    assert.equal(error.message, "the environment is no URL");
    return true;
  });
});

for (const [where, globals] of [
  ["a page", { window: {}, document: {} }],
  ["a worker of a page", { WorkerGlobalScope: class {}, navigator: { userAgent: "Mozilla/5.0 (X11)" } }],
]) {
  test(`client credentials are refused in ${where}`, (t) => {
    pretend(t, globals);
    assert.throws(() => new Unloc({ clientCredentials }), (error) => {
      assert.ok(error instanceof UnlocConfigurationError);
      assert.match(error.message, /getToken/);
      assert.ok(!JSON.stringify(error).includes("EXAMPLE-SECRET"));
      return true;
    });
    new Unloc({ getToken: () => "t" });
  });
}

test("client credentials are taken in a worker of a server", (t) => {
  pretend(t, { WorkerGlobalScope: class {}, navigator: { userAgent: "Cloudflare-Workers" } });
  new Unloc({ clientCredentials });
});

test("disposing frees the module's object, and ends the client", async () => {
  const unloc = new Unloc({ getToken: () => "t" });
  const home = unloc.lockHolder({ id: "h1", scope: "s" });
  unloc[Symbol.dispose]();
  unloc[Symbol.dispose]();
  assert.equal(fake.freed.clients, 1);
  await assert.rejects(home.getLock({ lockId: "l1" }), /disposed/);
  await assert.rejects(unloc.getLockHolders(), UnlocConfigurationError);
});

test("a scope, or the reason why there is none", () => {
  assert.equal(lockHolderScope({ countryIso: "NO", organizationId: "harbour" }), "scope of NO.harbour");
  assert.throws(() => lockHolderScope({}), { name: "UnlocConfigurationError", message: "countryIso is missing" });
});

function pretend(t, globals) {
  for (const [name, value] of Object.entries(globals)) {
    const before = Object.getOwnPropertyDescriptor(globalThis, name);
    Object.defineProperty(globalThis, name, { value, configurable: true });
    t.after(() => (before ? Object.defineProperty(globalThis, name, before) : delete globalThis[name]));
  }
}
