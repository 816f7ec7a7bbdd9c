// Uses the page in examples/browser/ as its readers do. With UNLOC_SCREENSHOTS, the name of a folder, it keeps a
// picture of each browser's.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { startEmulator } from "../emulator.mjs";
import { browsers } from "./browsers.mjs";

const GUEST = "+12125550142";
let emulator, server, url;

before(async () => {
  emulator = await startEmulator();
  const program = fileURLToPath(new URL("../../examples/browser/server.mjs", import.meta.url));
  const env = { ...process.env, UNLOC_EMULATOR_URL: emulator.url };
  server = spawn(process.execPath, [program], { env, stdio: ["ignore", "pipe", "inherit"] });
  [url] = await once(createInterface({ input: server.stdout }), "line");
});

after(async () => {
  server?.kill();
  await emulator?.stop();
});

for (const [name, launch] of browsers) {
  describe(name, { skip: launch === undefined && `${name} is not installed` }, () => {
    let browser, page;
    const complaints = [];

    before(async () => {
      browser = await launch();
      page = await browser.newPage();
      page.on("console", (message) => complaints.push(message.text()));
      page.on("pageerror", (error) => complaints.push(error.message));
      await page.goto(url);
    });
    after(async () => {
      const folder = process.env.UNLOC_SCREENSHOTS;
      if (folder) await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
      await browser?.close();
    });

    const rows = (table) => page.locator(`#${table} tbody tr`);

    test("the page lists locks, keys and roles", async () => {
      const { lockHolders: [{ id, name, scope }] } = await emulator.control("GET", "snapshot");
      assert.equal(await page.locator("h1").textContent(), name);
      for (const table of ["locks", "keys", "roles"]) {
        await rows(table).first().waitFor();
        const listed = await emulator.get(`lock-holders/${id}/${table}/?limit=100`, scope);
        assert.equal(await rows(table).count(), listed[table].length, table);
      }
    });

    test("the form creates a key", async () => {
      const before = await rows("keys").count();
      await page.fill("[name=userId]", GUEST);
      await page.click("#create button");
      await page.locator("#status", { hasText: "works now" }).waitFor();
      assert.equal(await rows("keys").count(), before + 1);
      const shown = (await page.locator("table").allTextContents()).join();
      assert.ok(!shown.includes(GUEST), "a table shows a whole number");
    });

    test("nothing is written to the console", () => assert.deepEqual(complaints, []));
  });
}
