// Says which service the examples use: that of the environment variables, or an emulator.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Returns the service, its credentials, whether it is real, and how to stop it. */
export async function service() {
  const { UNLOC_ENVIRONMENT, UNLOC_CLIENT_ID, UNLOC_CLIENT_SECRET, UNLOC_EMULATOR_URL } = process.env;
  if (UNLOC_ENVIRONMENT || UNLOC_CLIENT_ID || UNLOC_CLIENT_SECRET) {
    for (const name of ["UNLOC_ENVIRONMENT", "UNLOC_CLIENT_ID", "UNLOC_CLIENT_SECRET"]) {
      if (!process.env[name]) throw new Error(`${name} is not set`);
    }
    const clientCredentials = { clientId: UNLOC_CLIENT_ID, clientSecret: UNLOC_CLIENT_SECRET };
    return { environment: UNLOC_ENVIRONMENT, clientCredentials, real: true, stop() {} };
  }
  if (UNLOC_EMULATOR_URL) {
    // Every emulator has these.
    const clientId = "5a0db0c5-0000-4000-8000-000000000001";
    const clientCredentials = { clientId, clientSecret: "emulator-secret-that-opens-no-real-door" };
    return { environment: UNLOC_EMULATOR_URL, clientCredentials, real: false, stop() {} };
  }
  return startEmulator();
}

async function startEmulator() {
  console.error("Starting an emulator. The first time, this compiles it.");
  const arguments_ = ["run", "--quiet", "-p", "unloc-emulator", "--", "--port", "0"];
  const emulator = spawn("cargo", arguments_, { cwd: ROOT, stdio: ["ignore", "pipe", "inherit"] });
  await once(emulator, "spawn");
  process.once("exit", () => emulator.kill());
  const variables = await readExports(emulator.stdout);
  const clientCredentials = { clientId: variables.UNLOC_CLIENT_ID, clientSecret: variables.UNLOC_CLIENT_SECRET };
  return { environment: variables.UNLOC_ENVIRONMENT, clientCredentials, real: false, stop: () => emulator.kill() };
}

/** Reads the lines `export NAME=value` that the emulator prints when it is ready. */
async function readExports(output) {
  let text = "";
  for await (const chunk of output.setEncoding("utf8").iterator({ destroyOnReturn: false })) {
    text += chunk;
    const lines = [...text.matchAll(/^export (\w+)=(.*)\n/gm)];
    const variables = Object.fromEntries(lines.map(([, name, value]) => [name, value]));
    if (variables.UNLOC_CLIENT_SECRET) return variables;
  }
  throw new Error("no emulator: cargo has ended; set UNLOC_EMULATOR_URL to use one that runs already");
}
