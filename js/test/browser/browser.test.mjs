// Calls the emulator from a page of another origin, in the browsers of this machine.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { startEmulator } from "../emulator.mjs";
import { browsers } from "./browsers.mjs";
import { POLICY, serveApi, serveElsewhere, servePage } from "./servers.mjs";

let folder, emulator, api, elsewhere, site;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "unloc-page-"));
  emulator = await startEmulator();
  [api, elsewhere, site] = await Promise.all([serveApi(emulator), serveElsewhere(), servePage(folder, emulator)]);
  const root = fileURLToPath(new URL("page", import.meta.url));
  const output = { target: "es2022", outDir: folder, emptyOutDir: true };
  await build({ root, logLevel: "error", plugins: [oldExample()], worker: { format: "es" }, build: output });
});

/** Makes a module of the old library's example: its only change is the import. */
function oldExample() {
  const load = (id) => {
    if (!id.endsWith("old-example")) return undefined;
    const compat = fileURLToPath(new URL("../../dist/esm/compat.js", import.meta.url));
    const required = "const unloc = require('unloc/compat')";
    const source = readFileSync(new URL("../unit/seed-example.cjs", import.meta.url), "utf8");
    assert.ok(source.includes(required));
    const program = source
      .replace(required, `import * as unloc from ${JSON.stringify(compat)};`)
      .replaceAll("https://api-sandbox.unloc.app", api.url)
      .replace("YOUR_CLIENT_ID", emulator.clientId)
      .replace("YOUR_CLIENT_SECRET", emulator.clientSecret);
    return `${program}\nexport const printed = [];\nconst console = { log: (...values) => printed.push(...values) };
      export { main };`;
  };
  return { name: "old-example", resolveId: (id) => (id === "old-example" ? `\0${id}` : undefined), load };
}

after(async () => {
  [api, elsewhere, site].forEach((server) => server?.close());
  await emulator?.stop();
  rmSync(folder, { recursive: true, force: true });
});

for (const [name, launch] of browsers) {
  describe(name, { skip: launch === undefined && `${name} is not installed` }, () => tests(launch));
}

function tests(launch) {
  let browser, page, complaints;

  before(async () => (browser = await launch()));
  after(() => browser?.close());

  beforeEach(async () => {
    await page?.context().close();
    await Promise.all(["faults", "quirks"].map((path) => emulator.control(...reset[path])));
    Object.assign(site, { tokens: [], policy: POLICY, missing: undefined });
    site.types[".wasm"] = "application/wasm";
    Object.assign(api, { requests: [], respond: undefined });
    page = await (await browser.newContext()).newPage();
    complaints = [];
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    await open();
  });

  const open = () => page.goto(`${site.url}/?api=${api.url}`);
  const sent = (method) => api.requests.filter((request) => request.method === method);
  /** Waits until something holds that the page causes. */
  async function until(holds) {
    while (!holds()) await new Promise((passed) => setTimeout(passed, 5));
  }

  test("calls another origin under a policy that allows nothing but the module", async () => {
    const names = await page.evaluate(async () => (await client().getLockHolders()).map((one) => one.name));
    const { lockHolders } = await emulator.control("GET", "snapshot");
    assert.deepEqual(names, lockHolders.map((one) => one.name));
    assert.deepEqual(complaints, []);
  });

  test("asks in the preflight for no header but those that the service allows", async () => {
    await page.evaluate(async () => {
      const unloc = client();
      const home = unloc.lockHolder((await unloc.getLockHolders())[0]);
      const { items } = await home.getLocks();
      await home.createKey({ lockId: items[0].id, userId: "+12125550142", durationMinutes: 60 });
    });
    const asked = sent("OPTIONS").flatMap((request) => request.headers["access-control-request-headers"].split(","));
    assert.deepEqual([...new Set(asked)].sort(), ["authorization", "content-type"]);
    assert.ok(sent("POST").length === 1 && sent("POST")[0].headers["content-type"] === "application/json");
  });

  test("calls a service that allows only two headers", async () => {
    await emulator.control("PUT", "quirks", { on: ["narrow-cors"] });
    assert.ok(await page.evaluate(async () => (await client().getLockHolders()).length) > 0);
  });

  test("reads all pages", async () => {
    const { lockHolders } = await emulator.control("GET", "snapshot");
    const { keys } = await emulator.get(`lock-holders/${lockHolders[0].id}/keys/?limit=100`, lockHolders[0].scope);
    const read = await page.evaluate(async () => {
      const unloc = client();
      const home = unloc.lockHolder((await unloc.getLockHolders())[0]);
      const ids = [];
      for await (const key of home.getKeys({ limit: 2 })) ids.push(key.id);
      return ids;
    });
    assert.deepEqual(read, keys.map((key) => key.id));
    assert.equal(sent("GET").filter((request) => request.path.includes("/keys/")).length, Math.ceil(keys.length / 2));
  });

  test("an abort ends the request, and the error says that the outcome is unknown", async () => {
    await emulator.control("POST", "faults", { kind: "silence", operation: "getLockHolders" });
    const failed = page.evaluate(async () => {
      window.controller = new AbortController();
      return failure(() => client().getLockHolders({}, { signal: window.controller.signal }));
    });
    await until(() => sent("GET").length === 1);
    await page.evaluate(() => window.controller.abort());
    const error = await failed;
    assert.deepEqual([error.class, error.name, error.outcome], ["UnlocAbortError", "AbortError", "unknown"]);
    await until(() => sent("GET")[0].isAborted);
  });

  test("a call that was aborted before it was sent reaches nobody", async () => {
    const error = await page.evaluate(() => {
      const options = { signal: AbortSignal.abort() };
      return failure(() => client().getLockHolders({}, options));
    });
    assert.deepEqual([error.name, error.outcome, api.requests.length], ["AbortError", "notSent", 0]);
  });

  test("gets one token for concurrent calls, and another one once it is old", async () => {
    await page.clock.install();
    await page.evaluate(async () => {
      window.kept = client();
      await Promise.all([1, 2, 3].map(() => window.kept.getLockHolders()));
    });
    assert.deepEqual(site.tokens, ["unscoped"]);
    await page.clock.fastForward("02:00:00");
    await page.evaluate(() => window.kept.getLockHolders());
    assert.deepEqual(site.tokens, ["unscoped", "unscoped"]);
  });

  test("retries once, with another token, after a 401", async () => {
    await emulator.control("POST", "faults", { kind: "expiredToken", operation: "getLockHolders" });
    assert.ok(await page.evaluate(async () => (await client().getLockHolders()).length) > 0);
    assert.deepEqual(site.tokens, ["unscoped", "unscoped, refused"]);
    assert.equal(sent("GET").length, 2);
  });

  test("does not follow a redirect to another origin", async () => {
    api.respond = ({ method }, response) => {
      if (method !== "GET") return false;
      response.writeHead(307, { location: elsewhere.url, "access-control-allow-origin": "*" }).end();
      return true;
    };
    const error = await page.evaluate(() => failure(() => client().getLockHolders()));
    assert.equal(elsewhere.requests, 0);
    assert.match(error.message, /redirect/);
  });

  test("refuses client credentials, in a worker as well, and does not repeat the secret", async () => {
    const inPage = await page.evaluate(() => failure(() => client(withSecret)));
    const inWorker = await page.evaluate(() => work("secret"));
    for (const error of [inPage, inWorker]) {
      assert.equal(error.class, "UnlocConfigurationError");
      assert.ok(error.message.includes("getToken") && !error.message.includes("top secret"), error.message);
    }
  });

  test("calls from a worker", async () => {
    const { lockHolders } = await emulator.control("GET", "snapshot");
    assert.equal(await page.evaluate(() => work("lockHolders")), lockHolders.length);
  });

  test("says what the policy has to allow", async () => {
    site.policy = "script-src 'self'";
    await open();
    const error = await page.evaluate(() => failure(() => client().getLockHolders()));
    assert.ok(error.message.includes("'wasm-unsafe-eval'") && error.outcome === "notSent", error.message);
  });

  /** Creates a key on a connection that was used before. The emulator does so and resets the connection. */
  async function createWhileReset(times, call) {
    await emulator.control("POST", "faults", { kind: "reset", operation: "createKey", carriedOut: true, times });
    return page.evaluate(async (call) => {
      const unloc = client();
      const home = unloc.lockHolder((await unloc.getLockHolders())[0]);
      const { items } = await home.getLocks();
      const create = () => home.createKey({ lockId: items[0].id, userId: "+12125550142" });
      return call === "fails" ? failure(create) : create();
    }, call);
  }

  test("a lost response to a request that created something makes the outcome unknown", async () => {
    const error = await createWhileReset(null, "fails");
    assert.deepEqual([error.class, error.outcome], ["UnlocConnectionError", "unknown"]);
  });

  // RFC 9110 section 9.2.2 forbids it, and no option of `fetch` prevents it. The README warns of the second key.
  test("the browser itself sends such a request again if its connection was used before", async () => {
    await createWhileReset(1, "succeeds");
    assert.equal(sent("POST").length, 2);
  });

  test("the example of the old library runs in a page", async () => {
    const [, keys, , locks, , roles] = await page.evaluate(async () => {
      await oldExample.main();
      return oldExample.printed;
    });
    assert.ok(keys.length > 0 && keys.every(({ toUser, state }) => toUser.id && state));
    assert.ok(locks.length > 0 && locks.every(({ id, name }) => id && name));
    assert.ok(roles.length > 0 && roles.every(({ userId, lockId }) => userId && lockId));
  });

  test("loads the module from a server that does not know its type", async () => {
    site.types[".wasm"] = "application/octet-stream";
    await page.evaluate(() => client().getLockHolders());
  });

  test("says what to do where the module is missing, and loads it once it is there", async () => {
    site.missing = ".wasm";
    const error = await page.evaluate(async () => {
      window.kept = client();
      return failure(() => window.kept.getLockHolders());
    });
    assert.match(error.message, /init\(\{ wasm \}\)/);
    assert.equal(error.outcome, "notSent");
    site.missing = undefined;
    await page.evaluate(() => window.kept.getLockHolders());
  });

  test("instantiates the module in a fraction of a second", async (t) => {
    const times = [];
    for (let run = 0; run < 5; run += 1) {
      await page.reload();
      times.push(await page.evaluate(async () => {
        const start = performance.now();
        await unloc.init();
        return performance.now() - start;
      }));
    }
    t.diagnostic(`load and instantiate: ${times.map((time) => time.toFixed(0)).join(", ")} ms`);
    assert.ok(Math.min(...times) < 1000);
  });
}

const reset = { faults: ["DELETE", "faults"], quirks: ["PUT", "quirks", { on: [] }] };
