// Serves the page, and stands between it and the emulator.

import { readFile } from "node:fs/promises";
import { createServer, request as send } from "node:http";
import { extname, join } from "node:path";

/** Is all that the package needs of a page's policy. */
export const POLICY = "script-src 'self' 'wasm-unsafe-eval'";
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm" };

async function serve(host, handle) {
  const server = createServer(handle);
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://${host}:${server.address().port}`, close };
}

/** Serves the files of a folder, and `POST /token` as the backend of a page does. */
export async function servePage(folder, emulator) {
  const page = { tokens: [], policy: POLICY, types: { ...TYPES }, missing: undefined };
  const handle = async (request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    response.setHeader("content-security-policy", page.policy);
    if (request.method === "POST") {
      const { scope, isRefused } = JSON.parse(await text(request));
      page.tokens.push(`${scope ?? "unscoped"}${isRefused ? ", refused" : ""}`);
      return response.end(JSON.stringify(await emulator.token(scope)));
    }
    const name = pathname === "/" ? "/index.html" : pathname;
    const type = extname(name);
    const bytes = type === page.missing ? undefined : await readFile(join(folder, name)).catch(() => undefined);
    response.statusCode = bytes ? 200 : 404;
    response.setHeader("content-type", page.types[type] ?? "text/plain");
    response.end(bytes);
  };
  // `localhost` and `127.0.0.1` are two origins, whatever the ports.
  return Object.assign(page, await serve("localhost", handle));
}

async function text(request) {
  let all = "";
  for await (const part of request) all += part;
  return all;
}

/** Passes requests on to the emulator and records them. `respond` may answer one in its place. */
export async function serveApi(emulator) {
  const api = { requests: [], respond: undefined };
  const target = new URL(emulator.url);
  const handle = (request, response) => {
    const { method, url: path, headers } = request;
    const record = { method, path, headers, isAborted: false };
    api.requests.push(record);
    response.on("close", () => (record.isAborted = !response.writableFinished));
    if (api.respond?.(record, response)) return;
    const passed = send({ host: target.hostname, port: target.port, method, path, headers }, (from) => {
      response.writeHead(from.statusCode, from.rawHeaders);
      from.pipe(response);
    });
    passed.on("error", () => response.destroy());
    request.pipe(passed);
  };
  return Object.assign(api, await serve("127.0.0.1", handle));
}

/** Serves what no call may reach, and counts who does. */
export async function serveElsewhere() {
  const elsewhere = { requests: 0 };
  const handle = (request, response) => {
    elsewhere.requests += 1;
    const headers = { "access-control-allow-origin": "*", "access-control-allow-headers": "authorization" };
    response.writeHead(200, { ...headers, "content-type": "application/json" }).end('{"lockHolders":[]}');
  };
  return Object.assign(elsewhere, await serve("127.0.0.1", handle));
}
