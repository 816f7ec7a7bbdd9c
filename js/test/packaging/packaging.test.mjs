// Packs the package, installs it where nothing else is, and uses it as its users do. Bundlers and compilers come from
// this folder's node_modules; only the package itself is installed.

import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { build as esbuild } from "esbuild";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { build as vite } from "vite";
import { startEmulator } from "../emulator.mjs";
import { run } from "./run.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const consumers = fileURLToPath(new URL("consumers", import.meta.url));
const bin = (name) => join(root, "node_modules", ".bin", name);
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
let emulator, folder, packed, expected;

before(async () => {
  emulator = await startEmulator();
  const { lockHolders } = await emulator.control("GET", "snapshot");
  const { id, scope } = lockHolders[0];
  const { keys } = await emulator.get(`lock-holders/${id}/keys/?limit=100`, scope);
  expected = { lockHolders: lockHolders.length, keys: keys.length, scope, refused: "UnlocServiceError" };
  folder = mkdtempSync(join(tmpdir(), "unloc-consumers-"));
  const said = await run("npm", ["pack", "--json", "--pack-destination", folder], { cwd: root });
  packed = [JSON.parse(said)].flat(2).map((one) => one.filename ? one : Object.values(one)[0])[0];
  cpSync(consumers, folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
  await run("npm", ["install", "--offline", "--ignore-scripts", packed.filename], { cwd: folder });
});

after(async () => {
  await emulator?.stop();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

/** Runs a consumer's program in Node, and checks what it found in the emulator. */
async function works(program) {
  const { url, clientId, clientSecret } = emulator;
  const env = { ...process.env, UNLOC_ENVIRONMENT: url, UNLOC_CLIENT_ID: clientId, UNLOC_CLIENT_SECRET: clientSecret };
  const printed = await run(process.execPath, [program], { cwd: folder, env });
  assert.deepEqual(JSON.parse(printed), expected);
}

test("the package contains what it exports, and nothing else", () => {
  const files = packed.files.map((file) => file.path);
  const others = files.filter((file) => !/^dist\/(esm|cjs)\/.*\.(c?js|d\.c?ts)$/.test(file));
  const wanted = ["LICENSE-APACHE", "LICENSE-MIT", "README.md", "dist/unloc_bg.wasm", "package.json"];
  assert.deepEqual(others.sort(), wanted);
  const targets = (value) => (typeof value === "string" ? [value] : Object.values(value).flatMap(targets));
  for (const target of [manifest.exports, manifest.imports].flatMap(targets)) {
    assert.ok(files.includes(target.slice("./".length)), target);
  }
});

test("the package has the version of the crate and no dependencies", () => {
  const crate = readFileSync(join(root, "../Cargo.toml"), "utf8");
  const [, version] = /^\[workspace\.package\]\nversion = "(.*)"/m.exec(crate);
  assert.equal(manifest.version, version);
  assert.deepEqual(Object.keys(manifest).filter((key) => /dependencies$/i.test(key)), ["devDependencies"]);
});

test("publint finds nothing", async () => {
  const { messages, pkg } = await publint({ pkgDir: root, strict: true });
  assert.deepEqual(messages.map((message) => formatMessage(message, pkg, { color: false })), []);
});

test("types are right for every way to import them", async () => {
  // `node16` leaves out resolution as of Node 10, which knows no `exports`.
  const options = ["--profile", "node16", "--exclude-entrypoints", "./unloc.wasm", "--no-emoji", "--no-color"];
  await run(bin("attw"), [packed.filename, ...options], { cwd: folder });
});

test("Node imports it", () => works("node/main.mjs"));

test("Node requires it", () => works("node/main.cjs"));

test("an error of what is imported is an instance of a class that is required, and the other way round", async () => {
  const printed = await run(process.execPath, ["node/both.mjs"], { cwd: folder });
  assert.deepEqual(JSON.parse(printed), Array(2).fill(["UnlocError", "UnlocTokenError"]));
});

test("the quickstart runs", async () => {
  // It creates a key, which the consumers would count.
  const own = await startEmulator();
  const env = { ...process.env, UNLOC_EMULATOR_URL: own.url };
  const program = join(root, "examples/quickstart.mjs");
  const printed = await run(process.execPath, [program], { env }).finally(() => own.stop());
  assert.match(printed, /^Lock holders \(3\)/);
});

for (const project of ["node16", "bundler"]) {
  test(`TypeScript compiles it, strictly, with moduleResolution ${project}`, async () => {
    const options = ["--project", `typescript/${project}.json`, "--typeRoots", join(root, "node_modules/@types")];
    await run(bin("tsc"), options, { cwd: folder });
  });
}

test("Vite emits the module as a file of its own", async () => {
  await vite({ root: join(folder, "vite"), logLevel: "error", build: { target: "es2022", assetsInlineLimit: 4096 } });
  const assets = readdirSync(join(folder, "vite/dist/assets"));
  const read = (name) => readFileSync(join(folder, "vite/dist/assets", name));
  const modules = assets.filter((name) => name.endsWith(".wasm"));
  assert.equal(modules.length, 1, assets.join(", "));
  const wasm = read(modules[0]);
  assert.ok(wasm.equals(readFileSync(join(folder, "node_modules/unloc/dist/unloc_bg.wasm"))));
  const scripts = assets.filter((name) => name.endsWith(".js")).map((name) => read(name).toString());
  assert.ok(scripts.some((script) => script.includes(modules[0])), "no script names the module");
  // The module itself is larger, so it is not embedded as well.
  assert.ok(scripts.join("").length < wasm.length / 2, "the module is embedded as well");
});

test("esbuild bundles the module for a browser with its loader for .wasm", async () => {
  await bundle("esbuild/binary.mjs", { platform: "browser", target: "es2022", loader: { ".wasm": "binary" } });
  await works("bundle.mjs");
});

test("esbuild bundles the embedded module where the environment is unknown", async () => {
  await bundle("node/main.mjs", { platform: "neutral" });
  await works("bundle.mjs");
});

function bundle(entry, options) {
  const entryPoints = [join(folder, entry)];
  const outfile = join(folder, "bundle.mjs");
  return esbuild({ entryPoints, bundle: true, format: "esm", outfile, logLevel: "silent", ...options });
}

test("esbuild bundles the embedded module for a browser where it is required", async () => {
  await bundle("node/main.cjs", { platform: "browser" });
  await works("bundle.mjs");
});

test("a bundle without the module's file says what to do", async () => {
  await bundle("node/main.mjs", { platform: "node" });
  await assert.rejects(works("bundle.mjs"), /init\(\{ wasm \}\)/);
});

test("the consumers cannot see this repository's packages", () => {
  const require = createRequire(join(folder, "node/main.cjs"));
  assert.throws(() => require.resolve("typescript"), { code: "MODULE_NOT_FOUND" });
});
