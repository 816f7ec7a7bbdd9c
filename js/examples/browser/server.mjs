// Serves the page, and tokens for it. The client secret stays here: the page gets tokens of one lock holder only.
//
// `node js/examples/browser/server.mjs` prints the page's address. `../service.mjs` says which service it uses.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname } from "node:path";
import { Unloc, lockHolderScope } from "unloc";

import { service } from "../service.mjs";

const HERE = new URL("./", import.meta.url);
const DIST = new URL("../../dist/", import.meta.url);
const ORIGINS = { production: "https://api.unloc.app", sandbox: "https://api-sandbox.unloc.app" };
const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css",
  ".js": "text/javascript",
  ".wasm": "application/wasm",
};
const BODY_LIMIT = 4096;

const { environment, clientCredentials, stop } = await service();
const origin = ORIGINS[environment] ?? new URL(environment).origin;
const [lockHolder] = await new Unloc({ environment, clientCredentials }).getLockHolders();
if (!lockHolder) throw new Error("these credentials manage no lock holder: create one first");
const scope = lockHolderScope(lockHolder);
/** Is all that the page knows. */
const config = { environment, lockHolder: { id: lockHolder.id, scope }, name: lockHolder.name };

const HEADERS = {
  // `wasm-unsafe-eval` allows WebAssembly, and not `eval`.
  "content-security-policy":
    `default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self' ${origin}; style-src 'self'; ` +
    "img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cache-control": "no-store",
};

const server = createServer((request, response) => {
  const send = (status, body, type = "application/json") => {
    response.writeHead(status, { ...HEADERS, "content-type": type }).end(body);
  };
  answer(request, send).catch((error) => {
    console.error(error);
    send(500, '{"error":"server_error"}');
  });
});

async function answer(request, send) {
  // A page of another site can make its own name point to this machine, but not change this header.
  const { address, port } = server.address();
  if (request.headers.host !== `${address}:${port}`) return send(421, '{"error":"wrong_host"}');
  const { pathname } = new URL(request.url, "http://localhost");
  if (request.method === "POST" && pathname === "/token") return giveToken(request, send);
  if (request.method !== "GET") return send(405, '{"error":"method_not_allowed"}');
  if (pathname === "/config.json") return send(200, JSON.stringify(config));
  return sendFile(pathname, send);
}

/** Gives a token to the page. Your program asks here who is logged in, and which lock holders they may manage. */
async function giveToken(request, send) {
  // Browsers send `Origin` with every POST, and let no page forge it.
  if (request.headers.origin !== `http://${request.headers.host}`) return send(403, '{"error":"wrong_origin"}');
  let text = "";
  for await (const chunk of request) {
    text += chunk;
    if (text.length > BODY_LIMIT) return send(413, '{"error":"invalid_request"}');
  }
  if (text !== JSON.stringify({ scope })) return send(403, '{"error":"invalid_scope"}');
  const { clientId: client_id, clientSecret: client_secret } = clientCredentials;
  try {
    const response = await fetch(`${origin}/auth/v1/token/`, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify({ grant_type: "client_credentials", client_id, client_secret, scope }),
      redirect: "error",
      signal: AbortSignal.timeout(10_000),
    });
    if (!response.ok) throw new Error(`status ${response.status}`);
    const { access_token, expires_in } = await response.json();
    send(200, JSON.stringify({ access_token, expires_in }));
  } catch (error) {
    // The reason concerns only the operator.
    console.error(`no token: ${error.message}`);
    send(502, '{"error":"temporarily_unavailable"}');
  }
}

async function sendFile(pathname, send) {
  if (pathname === "/favicon.ico") return send(204);
  const packaged = pathname.startsWith("/unloc/");
  // Names of files only, so that no path leads elsewhere.
  const name = packaged ? pathname.slice("/unloc/".length) : pathname === "/" ? "index.html" : pathname.slice(1);
  const known = packaged ? /^(esm\/([\w-]+\/)?)?[\w-]+\.(js|wasm)$/ : /^(index\.html|style\.css|app\.js)$/;
  if (!known.test(name)) return send(404, '{"error":"not_found"}');
  const body = await readFile(new URL(name, packaged ? DIST : HERE)).catch(() => undefined);
  if (!body) return send(404, '{"error":"not_found"}');
  // A bundler looks `#load` up in the package's `imports`. Without one, this does.
  const resolved = name === "esm/wasm.js" ? body.toString().replace('"#load"', '"./load/web.js"') : body;
  send(200, resolved, TYPES[extname(name)]);
}

server.listen(Number(process.env.PORT ?? 0), "127.0.0.1", () => {
  const { address, port } = server.address();
  console.log(`http://${address}:${port}/`);
});

for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, () => {
    stop();
    process.exit();
  });
}
