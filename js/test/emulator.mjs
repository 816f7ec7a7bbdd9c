// Starts emulators for tests. `cargo xtask js --test` builds the program and names it in UNLOC_EMULATOR.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

const json = (body) => ({ body: JSON.stringify(body), headers: { "content-type": "application/json" } });

/** Starts an emulator with its own port and data: `startEmulator("--locks", "200")`. */
export async function startEmulator(...options) {
  const program = process.env.UNLOC_EMULATOR;
  if (!program) throw new Error("UNLOC_EMULATOR must name the emulator's program; run: cargo xtask js --test");
  const child = spawn(program, ["--port", "0", ...options], { stdio: ["ignore", "pipe", "ignore"] });
  const variables = {};
  // It prints three lines such as `export UNLOC_ENVIRONMENT=http://127.0.0.1:40001`, then serves.
  for await (const line of createInterface({ input: child.stdout })) {
    const [, name, value] = /^export (\w+)=(.*)$/.exec(line) ?? [];
    variables[name] = value;
    if (name === "UNLOC_CLIENT_SECRET") break;
  }
  const url = variables.UNLOC_ENVIRONMENT;
  if (!url) throw new Error(`${program} ended without printing its URL`);
  return {
    url,
    clientId: variables.UNLOC_CLIENT_ID,
    clientSecret: variables.UNLOC_CLIENT_SECRET,
    /** Calls the control interface: `control("POST", "faults", { kind: "status", status: 503 })`. */
    async control(method, path, body) {
      const response = await fetch(`${url}/_emulator/${path}`, { method, ...(body === undefined ? {} : json(body)) });
      const text = await response.text();
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
      return text === "" ? undefined : JSON.parse(text);
    },
    /** Returns a token response, as a backend gets it for its page. */
    async token(scope) {
      const { clientId: client_id, clientSecret: client_secret } = this;
      const body = json({ grant_type: "client_credentials", client_id, client_secret, scope });
      return (await fetch(`${url}/auth/v1/token/`, { method: "POST", ...body })).json();
    },
    /** Gets something from the Integrator API without this package. */
    async get(path, scope) {
      const { access_token } = await this.token(scope);
      const headers = { authorization: `Bearer ${access_token}` };
      return (await fetch(`${url}/integrators/v1/${path}`, { headers })).json();
    },
    /** Counts the requests of an operation. */
    async requests(operation) {
      const { requests } = await this.control("GET", "requests");
      return requests.filter((request) => request.operation === operation).length;
    },
    async stop() {
      if (child.exitCode !== null) return;
      child.kill();
      await once(child, "exit");
    },
  };
}
