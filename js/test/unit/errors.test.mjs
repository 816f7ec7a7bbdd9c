import assert from "node:assert/strict";
import { test } from "node:test";

import { fake, refuse } from "./fake.mjs";
import { replaceGlue } from "./replace.mjs";

replaceGlue();
const unlocModule = await import("../../dist/esm/index.js");
const { Unloc, UnlocError } = unlocModule;
const unloc = new Unloc({ getToken: () => "t" });

const CLASSES = {
  configuration: "UnlocConfigurationError",
  scope: "UnlocConfigurationError",
  request: "UnlocConfigurationError",
  token: "UnlocTokenError",
  service: "UnlocServiceError",
  certificate: "UnlocConnectionError",
  connection: "UnlocConnectionError",
  timeout: "UnlocTimeoutError",
  cancelled: "UnlocAbortError",
  decode: "UnlocError",
  state: "UnlocError",
  "not known yet": "UnlocError",
};

for (const [kind, name] of Object.entries(CLASSES)) {
  test(`an error of the kind ${kind} is an ${name}`, async () => {
    const error = await failure({ kind });
    assert.equal(error.constructor, unlocModule[name]);
    assert.ok(error instanceof UnlocError && error instanceof Error);
    assert.equal(error.name, kind === "cancelled" ? "AbortError" : name);
    assert.equal(error.kind, kind);
    assert.match(String(error.stack), /m/);
  });
}

test("an error has the details that there are", async () => {
  const details = {
    message: "createKey: 429",
    kind: "service",
    outcome: "rejected",
    retryable: true,
    attempts: 3,
    operation: "createKey",
    status: 429,
    code: "rate_limited",
    description: "Slow down.",
    retryAfterMs: 1000,
    requestId: "r1",
  };
  const error = await failure(details);
  assert.deepEqual({ ...error, message: error.message }, details);
  assert.deepEqual(JSON.parse(JSON.stringify(error)), { name: "UnlocServiceError", ...details });

  const bare = await failure({ message: "m" });
  assert.equal(bare.status, undefined);
  assert.ok(!("status" in bare));
});

test("an error keeps nothing that is not one of its details", async () => {
  const error = await failure({ kind: "cancelled", body: "EXAMPLE-SECRET", cause: "EXAMPLE-SECRET" });
  assert.ok(!JSON.stringify(error).includes("EXAMPLE-SECRET"));
  assert.ok(!("body" in error) && !("cause" in error));
});

test("a defect of the module is not taken for an error of a call", async () => {
  const defect = new WebAssembly.RuntimeError("unreachable");
  fake.answer = async () => {
    throw defect;
  };
  assert.equal(await unloc.getLockHolders().catch((error) => error), defect);
});

test("an error of another copy of the package is an instance of the same classes", async () => {
  const other = await import("../../dist/esm/errors.js?copy");
  const details = { message: "m", kind: "service", outcome: "rejected", retryable: false, attempts: 1 };
  const error = new other.UnlocServiceError(details);
  assert.ok(other.UnlocError !== UnlocError, "the copy is the same module");
  assert.ok(error instanceof UnlocError && error instanceof unlocModule.UnlocServiceError);
  assert.ok(!(error instanceof unlocModule.UnlocTokenError));
  assert.ok(!(new other.UnlocError(details) instanceof unlocModule.UnlocServiceError));
  for (const value of [undefined, null, "UnlocError", {}, new Error("m"), () => {}]) assert.ok(!(value instanceof UnlocError));
  class Own extends UnlocError {}
  assert.ok(new Own(details) instanceof Own && new Own(details) instanceof other.UnlocError);
  assert.ok(!(error instanceof Own));
});

async function failure(details) {
  fake.answer = async () => refuse(details);
  return unloc.getLockHolders().then(
    () => assert.fail("the call succeeded"),
    (error) => error,
  );
}
