// Makes the same two calls in three ways, against a server in another process.

import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import createClient from "openapi-fetch";
import { Unloc } from "../dist/esm/index.js";

const TOKEN = "EXAMPLE.ACCESS.TOKEN";
const lockHolderId = "373c3bdd-ff32-4caa-9eca-bfc54e5042d5";
const lockId = "4c8e1b7a-93d2-4f60-a1c5-7e2b9d0f0000";
// Is the page size that `unloc` requests by default.
const limit = 500;

/** Starts the server and returns its URL. It ends with this process. */
export async function startServer() {
  const server = fork(fileURLToPath(new URL("server.mjs", import.meta.url)), { execArgv: [] });
  const [url] = await once(server, "message");
  server.unref();
  server.channel.unref();
  return url;
}

/** Returns the client of a lock holder, as a user makes it. */
export function unlocClient(environment) {
  const unloc = new Unloc({ environment, getToken: () => TOKEN });
  return unloc.lockHolder({ id: lockHolderId, scope: `lockHolder.admin:${lockHolderId}` });
}

export const lockParameters = { lockId };

/**
 * Returns the calls by their names, each with one function per variant. A function returns the locks that it read, so
 * that a variant that reads nothing is noticed.
 */
export function calls(url) {
  const headers = { accept: "application/json", authorization: `Bearer ${TOKEN}` };
  const baseUrl = `${url}/integrators/v1`;
  const locks = `${baseUrl}/lock-holders/${lockHolderId}/locks/`;
  const read = async (address) => JSON.parse(await (await fetch(address, { headers })).text());
  const typed = createClient({ baseUrl, headers });
  const home = unlocClient(url);
  const path = { lockHolderId };
  return {
    getLock: {
      fetch: async () => [(await read(`${locks}${lockId}/`)).lock],
      "openapi-fetch": async () => {
        const parameters = { params: { path: { ...path, lockId } } };
        return [(await typed.GET("/lock-holders/{lockHolderId}/locks/{lockId}/", parameters)).data.lock];
      },
      unloc: async () => [await home.getLock(lockParameters)],
    },
    "getLocks, 200 of them": {
      fetch: async () => (await read(`${locks}?limit=${limit}`)).locks,
      "openapi-fetch": async () => {
        const parameters = { params: { path, query: { limit } } };
        return (await typed.GET("/lock-holders/{lockHolderId}/locks/", parameters)).data.locks;
      },
      unloc: async () => (await home.getLocks()).items,
    },
  };
}
