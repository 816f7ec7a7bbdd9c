// Runs the example of the old library against an emulator, in CommonJS as it was written.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import { compileFunction } from "node:vm";

const url = process.env.UNLOC_EMULATOR_URL;

test("the example of the old library runs", { skip: !url && "UNLOC_EMULATOR_URL is not set" }, async () => {
  const source = readFileSync(new URL("seed-example.cjs", import.meta.url), "utf8")
    .replaceAll("https://api-sandbox.unloc.app", url)
    .replace("YOUR_CLIENT_ID", "5a0db0c5-0000-4000-8000-000000000001")
    .replace("YOUR_CLIENT_SECRET", "emulator-secret-that-opens-no-real-door");
  const printed = [];
  const main = compileFunction(`${source}\nreturn main()`, ["require", "console"]);
  await main(createRequire(import.meta.url), { log: (...values) => printed.push(...values) });

  const [, keys, , locks, , roles] = printed;
  assert.ok(keys.length > 0 && locks.length > 0 && roles.length > 0);
  assert.ok(keys.every(({ toUser, state }) => toUser.id && state));
  assert.ok(locks.every(({ id, name }) => id && name));
  assert.ok(roles.every(({ userId, lockId }) => userId && lockId));
});
