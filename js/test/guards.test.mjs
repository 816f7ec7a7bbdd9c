// Tests with the real module that no slip of a program creates a key, and that errors repeat nothing secret.

import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { inspect } from "node:util";
import * as compat from "../dist/esm/compat.js";
import { Unloc, UnlocError } from "../dist/esm/index.js";

const PERSON = "+12125550142";
const SECRET = "EXAMPLE-hunter2";
const key = { lockId: "door", userId: PERSON };

/** Returns a lock holder's client whose requests all succeed, and the requests. */
function home({ fetch, getToken = () => "token" } = {}) {
  const sent = [];
  const respond = async (url, { method, body }) => {
    sent.push({ method, url, body });
    return Response.json({ key: { toUser: { id: PERSON }, state: "creating" } });
  };
  const retry = { maxAttempts: 1 };
  const unloc = new Unloc({ environment: "http://127.0.0.1:9", getToken, fetch: fetch ?? respond, retry });
  return { home: unloc.lockHolder({ id: "home", scope: "lockHolder.admin:home" }), sent };
}

async function refused(call, what) {
  const error = await Promise.resolve()
    .then(call)
    .then(() => assert.fail(`not refused: ${what}`), (error) => error);
  assert.ok(error instanceof UnlocError, inspect(error));
  assert.equal(error.outcome, "notSent");
  assert.ok(error.message.includes(what), error.message);
}

test("a call that is to be resolved or waited for is never sent as it is", async () => {
  const { home: client, sent } = home();
  await refused(() => client.resolveCreateKey(key), "since");
  await refused(() => client.resolveCreateKey(key, null), "since");
  await refused(() => client.resolveCreateKey(key, new Date(NaN)), "since");
  await refused(() => client.resolveCreateKey(key, "yesterday"), "since");
  await refused(() => client.waitForKey({ lockId: "door", keyId: "k" }), "waitFor");
  await refused(() => client.createKey(key, { since: "2030-05-01T10:00:00Z" }), "since");
  await refused(() => client.createKey(key, { action: "resolve" }), "action");
  await refused(() => client.createKey(key, { accessToken: "x" }), "accessToken");
  assert.deepEqual(sent, []);
});

test("what JSON has no value for does not become a key without an end", async () => {
  const { home: client, sent } = home();
  for (const end of [new Date(NaN), NaN, Infinity, 1n]) {
    await refused(() => client.createKey({ ...key, end }), "end");
  }
  assert.deepEqual(sent, []);
  const end = new Date(Date.UTC(2030, 4, 1, 10));
  await client.createKey({ ...key, end });
  assert.equal(JSON.parse(sent[0].body).end, "2030-05-01T10:00:00Z");
});

test("client credentials are taken from their own option only", () => {
  for (const options of [{ clientId: "me", clientSecret: SECRET }, { accessToken: SECRET }]) {
    assert.throws(() => new Unloc({ environment: "sandbox", ...options }), (error) => {
      assert.ok(!inspect(error).includes(SECRET));
      return error instanceof UnlocError && error.message.includes("unknown option");
    });
  }
});

test("options of the wrong kind are refused where they are given", async () => {
  const getToken = () => "token";
  const clientCredentials = { clientId: "me", clientSecret: SECRET };
  for (const options of [undefined, {}, { getToken, clientCredentials }, { getToken: "token" }, { getToken, fetch: "x" }]) {
    assert.throws(() => new Unloc(options), UnlocError);
  }
  const unloc = new Unloc({ getToken });
  for (const holder of [undefined, null, {}, "home"]) assert.throws(() => unloc.lockHolder(holder), UnlocError);
  const { home: client, sent } = home();
  await refused(() => client.getLocks({}, { signal: new AbortController() }), "signal");
  await refused(() => client.getLocks({}, { timeout: 5 }), "timeout");
  assert.deepEqual(sent, []);
  assert.throws(() => compat.init(undefined), UnlocError);
  compat.init("http://127.0.0.1:4010");
  assert.match((await compat.getLocks("token")).error.errorDescription, /lockHolderId/);
});

test("an error repeats nothing of what was thrown at it", async () => {
  const thrown = () => {
    throw Object.assign(new TypeError(`${SECRET} ${PERSON}`), { cause: { code: SECRET, message: SECRET } });
  };
  for (const options of [{ getToken: thrown }, { fetch: thrown }, { fetch: async () => thrown() }]) {
    const error = await home(options).home.getLocks().catch((error) => error);
    const shown = `${inspect(error)} ${JSON.stringify(error)} ${error.stack}`;
    assert.ok(error instanceof UnlocError && !/hunter2|2125550142/.test(shown), shown);
  }
});

test("a connection that was there may have carried the request", async () => {
  const fails = (cause) => async () => {
    throw Object.assign(new TypeError("fetch failed"), { cause });
  };
  for (const [cause, outcome] of [
    [{ code: "ECONNREFUSED", syscall: "connect" }, "notSent"],
    [{ code: "ECONNREFUSED", errors: [{ code: "ECONNREFUSED", syscall: "connect" }] }, "notSent"],
    [{ code: "EHOSTUNREACH", syscall: "connect" }, "notSent"],
    [{ code: "EHOSTUNREACH", syscall: "read" }, "unknown"],
    [{ code: "ECONNREFUSED" }, "unknown"],
    [{ code: "ENOTFOUND", syscall: "getaddrinfo" }, "notSent"],
    [{ code: "ECONNRESET", syscall: "read" }, "unknown"],
    [undefined, "unknown"],
  ]) {
    const error = await home({ fetch: fails(cause) }).home.createKey(key).catch((error) => error);
    assert.equal(error.outcome, outcome, inspect(cause));
  }
});

test("a fetch that returns no response is no redirect, and a body of another library is read", async () => {
  for (const response of [undefined, null, {}, { status: "200" }, { status: 999999 }]) {
    const error = await home({ fetch: async () => response }).home.getLocks().catch((error) => error);
    assert.ok(error instanceof UnlocError && !error.message.includes("redirect"), inspect(error));
  }
  const body = new TextEncoder().encode(`{"locks":[]}`);
  const foreign = { status: 200, headers: new Headers(), body: {}, arrayBuffer: async () => body.buffer };
  assert.deepEqual(await home({ fetch: async () => foreign }).home.getLocks(), { items: [] });
});

test("calls with the same signal add one listener to it, which the last of them removes", async (t) => {
  const warnings = [];
  const warned = (warning) => warnings.push(warning);
  process.on("warning", warned);
  t.after(() => process.off("warning", warned));
  let respond;
  const responded = new Promise((resolve) => (respond = resolve));
  const { home: client } = home({ fetch: () => responded.then(() => Response.json({ locks: [] })) });
  const signals = [new AbortController(), new AbortController()].map((controller) => controller.signal);
  const calls = signals.flatMap((signal) => Array.from({ length: 50 }, () => client.getLocks({}, { signal }).then()));
  await turn();
  assert.deepEqual(signals.map((signal) => getEventListeners(signal, "abort").length), [1, 1]);
  respond();
  await Promise.all(calls);
  await turn();
  assert.deepEqual(signals.map((signal) => getEventListeners(signal, "abort").length), [0, 0]);
  assert.deepEqual(warnings, []);
});

test("an abort ends all calls with the signal, and no other", async () => {
  const { home: client } = home({ fetch: () => new Promise(() => {}) });
  const [stop, other] = [new AbortController(), new AbortController()];
  const calls = Array.from({ length: 50 }, () => client.getLocks({}, { signal: stop.signal }).catch((error) => error));
  let ended = false;
  client.getLocks({}, { signal: other.signal }).catch(() => (ended = true));
  await turn();
  stop.abort("enough");
  for (const error of await Promise.all(calls)) {
    assert.deepEqual([error.name, error.cause, error.outcome], ["AbortError", "enough", "unknown"]);
  }
  assert.equal(getEventListeners(stop.signal, "abort").length, 0);
  assert.equal(ended, false);
  other.abort();
});

test("a call that is aborted in the body of a response has the outcome of its status", async () => {
  for (const [status, outcome] of [[201, "accepted"], [403, "rejected"], [503, "unknown"]]) {
    const stop = new AbortController();
    const body = () => new ReadableStream({ pull: () => (stop.abort(), new Promise(() => {})) }, { highWaterMark: 0 });
    const { home: client } = home({ fetch: async () => new Response(body(), { status }) });
    const error = await client.createKey(key, { signal: stop.signal }).catch((error) => error);
    assert.deepEqual([error.kind, error.outcome, error.attempts], ["cancelled", outcome, 1], inspect(error));
  }
});

test("a loop that is aborted between two pages has sent nothing for another one, and gets none", async () => {
  for (const last of [1, 2, 3]) {
    for (const pause of [turn, () => new Promise((resolve) => setTimeout(resolve, 20)), () => {}]) {
      const stop = new AbortController();
      let [sent, seen] = [0, 0];
      const fetch = async () => Response.json({ locks: [{ id: "l", name: "x" }], startAfterId: String((sent += 1)) });
      const error = await (async () => {
        for await (const _ of home({ fetch }).home.getLocks({}, { signal: stop.signal })) {
          await pause();
          if ((seen += 1) === last) stop.abort("enough");
        }
      })().catch((error) => error);
      assert.equal(seen, last);
      assert.deepEqual([error.name, error.cause, error.operation], ["AbortError", "enough", "getLocks"]);
      assert.deepEqual([error.kind, error.outcome, error.attempts], ["cancelled", "notSent", 0], inspect(error));
    }
  }
});

test("a body of another origin is not read past its limit, whatever length its response names", async () => {
  let read = 0;
  const chunk = new Uint8Array(1 << 20).fill(32);
  const body = () => new ReadableStream({ pull: (stream) => ((read += 1) < 64 ? stream.enqueue(chunk) : stream.close()) });
  const fetch = async () => {
    const response = new Response(body(), { headers: { "content-length": "20" } });
    // As for a page: `content-encoding` is hidden.
    return Object.defineProperty(response, "type", { value: "cors" });
  };
  const { home: client } = home({ fetch });
  const error = await client.getLocks().catch((error) => error);
  assert.equal(error.kind, "decode", inspect(error));
  assert.ok(read < 40, `${read} MiB`);
});

test("a wait for a state that there is none of is refused, with those that there are", async () => {
  const { home: client, sent } = home();
  await refused(() => client.waitForKey({ lockId: "door", keyId: "k" }, "actve"), "`active`");
  await refused(() => client.waitForKey({ lockId: "door", keyId: "k" }, "actve"), "`actve` is no state");
  await refused(() => client.waitForVendorConnection({ vendorConnectionId: "v" }, "active"), "`connected`");
  assert.deepEqual(sent, []);
});

test("a token may have its lifetime as a text, and what is wrong with it is named", async () => {
  const getting = (token) => home({ getToken: () => token });
  for (const expires_in of ["3600", " 3.6e3 ", 3600, null]) {
    const { home: client, sent } = getting({ access_token: "token", expires_in, scope: ["a", "b"] });
    await client.createKey(key);
    await client.createKey(key);
    assert.equal(sent.length, 2);
  }
  for (const [token, what] of [
    [undefined, "object"],
    [{}, "`access_token` is missing"],
    [{ access_token: 7 }, "`access_token`"],
    [{ access_token: SECRET, expires_in: "1h" }, "`expires_in` has the wrong type: expected a number of seconds"],
    [{ access_token: SECRET, expires_in: [] }, "`expires_in`"],
    [{ access_token: SECRET, scope: 7 }, "`scope`"],
    [{ access_token: SECRET, lock_holder_id: 7 }, "`lock_holder_id`"],
  ]) {
    const error = await getting(token).home.createKey(key).catch((error) => error);
    assert.deepEqual([error.kind, error.outcome], ["token", "notSent"], inspect(error));
    assert.ok(error.message.includes(what) && !error.message.includes(SECRET), error.message);
  }
});

test("a port that fetch refuses is refused with the client, unless another fetch is used", () => {
  const options = { environment: "http://127.0.0.1:6667", getToken: () => "token" };
  assert.throws(() => new Unloc(options), { kind: "configuration", message: /port 6667/ });
  new Unloc({ ...options, fetch: async () => Response.json({}) });
  new Unloc({ ...options, environment: "http://127.0.0.1:6670" });
});

test("no message names what only programs in Rust have", async () => {
  const getToken = () => "token";
  const environment = "http://127.0.0.1:4010";
  const wrong = [
    { environment: "http://unloc.example.com", getToken },
    { environment: "https://user:hunter2@unloc.example.com", getToken },
    { environment: "https://unloc.example.com?x", getToken },
    { environment: "ftp://unloc.example.com", getToken },
    { environment: "http://api.unloc.app", getToken },
    { environment: "somewhere", getToken },
    { environment, clientCredentials: {} },
    { environment, clientCredentials: { clientId: "me" } },
    { environment, clientCredentials: { clientId: "", clientSecret: "" } },
    { environment, clientCredentials: { clientId: "me\n", clientSecret: "\u00e9" } },
    { environment, getToken, scopes: "both" },
    { environment, getToken, retryBudget: -1 },
    { environment, getToken, retry: { maxAttempts: "3" } },
  ];
  const messages = wrong.map((options) => {
    try {
      new Unloc(options);
    } catch (error) {
      return error.message;
    }
    assert.fail(`not refused: ${inspect(options)}`);
  });
  const unloc = new Unloc({ environment, getToken, fetch: async () => new Response("", { status: 401 }) });
  const holder = { id: "home", scope: "lockHolder.admin:home" };
  const said = async (call) => messages.push((await call.then(() => assert.fail("not refused"), (error) => error)).message);
  await said(unloc.lockHolder(holder).getLocks());
  await said(unloc.lockHolder({ id: "home" }).getLocks());
  await said(unloc.lockHolder({ ...holder, scope: "a b" }).getLocks());
  for (const options of [
    { headers: { authorization: "x" } },
    { headers: { "a b": "x" } },
    { headers: { a: 1 } },
    { timeouts: { attemptMs: 0 } },
    { timeouts: { operationMs: 0 } },
    { timeouts: [] },
    { retry: true, timeouts: 5 },
  ]) {
    await said(unloc.lockHolder(holder).getLocks({}, options));
  }
  for (const token of ["", "Bearer x", "a b", null]) {
    await said(new Unloc({ environment, getToken: () => token, fetch: async () => Response.json({}) }).getLockHolders());
  }
  // Names of the wire, which are JavaScript's as well.
  const known = /access_token|expires_in/g;
  for (const message of messages) assert.doesNotMatch(message.replace(known, ""), /[a-z]_[a-z]|::|UNLOC_|RequestOptions/);
});
