// Runs the rows of `tests/faults.json`, which the Rust crate runs as well (`tests/contract/faults/table.rs`). The types
// there describe the format.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";

import { Unloc, UnlocError } from "../dist/esm/index.js";
import { ScriptedServer, TOKEN_START } from "./support/scripted-server.mjs";

const table = JSON.parse(readFileSync(new URL("../../tests/faults.json", import.meta.url), "utf8"));

const CREDENTIALS = { clientId: "6f1a0c52-4a3e-4a5e-9c37-2f5d3c1b7a10", clientSecret: "EXAMPLE-SECRET-hunter2-hunter2-2" };
const HOLDER = { id: "home", name: "Harbour Flats", countryIso: "NO", organizationId: "harbour-flats" };
const PERSON = "+12125550100";
const OAUTH_CODES = /\b(invalid|unauthorized|unsupported|temporarily|server|slow)_\w+/g;
// A row takes three seconds at most. A client that hangs must not hang the test, and the failure must name the row.
const ROW_TIMEOUT_MS = 30_000;

const CALLS = {
  getLocks: async (home) => (await home.getLocks()).items.map((lock) => lock.id),
  createKey: async (home) => (await home.createKey({ lockId: "door", userId: PERSON })).state,
};

/** Returns what happened, in the form of the row's `expect`. */
async function run(row, expected) {
  const elsewhere = await ScriptedServer.start({ server: ["locks"], responses: table.responses });
  const server = await ScriptedServer.start({ ...row, responses: table.responses, elsewhere: elsewhere.url });
  const unloc = new Unloc({
    environment: row.listens === false ? await server.refusingUrl() : server.url,
    ...(row.tokenSource === "caller" ? { getToken: async () => "EXAMPLE" } : { clientCredentials: CREDENTIALS }),
    ...row.options,
    retry: { initialBackoffMs: table.initialBackoffMs, ...row.options?.retry },
  });
  try {
    const call = CALLS[row.call](unloc.lockHolder(HOLDER));
    const result = await call.then(
      (value) => ({ value }),
      (error) => ({ error: described(error, expected.error ?? {}) }),
    );
    // What no row may do is in no row's `expect`, so it makes the row fail.
    const followed = elsewhere.requests.length + elsewhere.tokenRequests.length > 0;
    return {
      ...result,
      requests: server.requests.length,
      tokenRequests: server.tokenRequests.length,
      ...(followed && { followedRedirect: true }),
    };
  } finally {
    unloc[Symbol.dispose]();
    await Promise.all([server.close(), elsewhere.close()]);
  }
}

/** Returns the fields of an error. Those that `expected` may leave out are there only if it has them. */
function described(error, expected) {
  if (!(error instanceof UnlocError)) throw error;
  const { kind, outcome, retryable, attempts, status, code, retryAfterMs, message } = error;
  const shows = [CREDENTIALS.clientSecret, PERSON, TOKEN_START].some((sensitive) => message.includes(sensitive));
  return {
    kind,
    outcome,
    retryable,
    attempts,
    ...(status !== undefined && { status }),
    ...(code !== undefined && { code }),
    ...("retryAfterMs" in expected && { retryAfterMs }),
    ...("says" in expected && { says: message.includes(expected.says) ? expected.says : message }),
    ...(shows && { shows: message }),
    // Names of functions and paths in Rust. The codes of OAuth look like them.
    ...(/[a-z]_[a-z]|::/.test(message.replaceAll(OAUTH_CODES, "")) && { namesRust: message }),
  };
}

// Several at a time, since some wait for a timeout.
describe("tests/faults.json", { concurrency: 8 }, () => {
  for (const row of table.rows) {
    const { because, expect: expected } = row.javascript ?? { expect: row.expect };
    const skip = expected === undefined && because;
    it(row.name, { skip, timeout: ROW_TIMEOUT_MS }, async () => {
      assert.deepEqual(await run(row, expected), expected, because);
    });
  }
});
