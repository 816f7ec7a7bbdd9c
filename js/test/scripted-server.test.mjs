// Tests the scripted server with plain `fetch`: what each step of the table looks like to a client that does nothing
// by itself.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readFileSync } from "node:fs";

import { ScriptedServer } from "./support/scripted-server.mjs";

const { responses } = JSON.parse(readFileSync(new URL("../../tests/faults.json", import.meta.url), "utf8"));

/** Starts a server with these steps, and closes it after the test. */
async function serve(test, script) {
  const server = await ScriptedServer.start({ responses, ...script });
  test.after(() => server.close());
  return server;
}

/** Returns the status and the body, `broken` in place of what is lost, and `timed out` in place of what never comes. */
async function see(url, init) {
  const lost = (error) => (error.name === "TimeoutError" ? "timed out" : "broken");
  const response = await fetch(url, { redirect: "manual", ...init }).catch(lost);
  if (typeof response === "string") return [response];
  return [response.status, await response.text().catch(lost)];
}

const LOCKS = JSON.stringify(responses.locks.respond.json);

// Each is sent one request: neither the server nor `fetch` hides a fault.
const SEEN = [
  ["locks", [200, LOCKS]],
  [{ respond: { status: 503, text: "<html>", pauseMs: 10 } }, [503, "<html>"]],
  [{ respond: { status: 200, text: "\u00ff" } }, [200, "\ufffd"]],
  ["token", [200, '{"access_token":"eyJhbGciOi.0000000000.c2lnbmF0dXJl","token_type":"bearer","expires_in":3600}']],
  [204, [204, ""]],
  [205, [205, ""]],
  [304, [304, ""]],
  [408, [408, ""]],
  [999, [999, ""]],
  ["reset", ["broken"]],
  ["close", ["broken"]],
  ["half a head", ["broken"]],
  ["half a body", [200, "broken"]],
  ["half a chunk", [200, "broken"]],
  ["no last chunk", [200, "broken"]],
  ["not HTTP", ["broken"]],
  [{ sendAndClose: "HTTP/1.0 200 OK\r\n\r\n{}" }, [200, "{}"]],
  [{ sendAndClose: "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}" }, [200, "{}"]],
  ["stall", ["timed out"]],
  [{ sendAndStall: "HTTP/1.1 201 Cre" }, ["timed out"]],
  [{ stallInBody: 201 }, [201, "timed out"]],
];

describe("the scripted server", () => {
  for (const [step, seen] of SEEN) {
    it(`plays ${JSON.stringify(step)}`, async (test) => {
      const server = await serve(test, { server: [step] });
      const signal = seen.includes("timed out") ? AbortSignal.timeout(500) : undefined;
      assert.deepEqual(await see(`${server.url}/locks/`, { signal }), seen);
      assert.equal(server.requests.length, 1);
    });
  }

  it("sends a body without an end until the client stops reading", async (test) => {
    const server = await serve(test, { server: [{ sendEndlessly: 201 }] });
    const response = await fetch(server.url);
    let read = 0;
    for await (const chunk of response.body) {
      read += chunk.length;
      if (read > 40 << 20) break;
    }
    assert.equal(response.status, 201);
  });

  it("redirects to the same path at another origin", async (test) => {
    const server = await serve(test, { server: [{ redirect: 307 }], elsewhere: "http://elsewhere.example.com" });
    const response = await fetch(`${server.url}/keys/`, { redirect: "manual" });
    assert.deepEqual([response.status, response.headers.get("location")], [307, "http://elsewhere.example.com/keys/"]);
  });

  it("plays the steps of operations and of tokens in order, and records the requests", async (test) => {
    const server = await serve(test, { server: [503, "locks"], tokens: [400] });
    const paths = ["/locks/", "/auth/v1/token/", "/locks/", "/locks/", "/auth/v1/token/", "/auth/v1/token/"];
    const seen = [];
    for (const path of paths) seen.push(await see(server.url + path, { method: "POST", body: `{"to":"${path}"}` }));
    assert.deepEqual(seen.map(([status]) => status), [503, 400, 200, 418, 200, 200]);
    assert.notEqual(seen[4][1], seen[5][1], "each token is another");
    assert.deepEqual(server.requests.map((request) => request.body), Array(3).fill('{"to":"/locks/"}'));
    assert.equal(server.tokenRequests[0].headers["content-type"], "text/plain;charset=UTF-8");
    assert.equal(server.tokenRequests.length, 3);
  });

  it("has a port that refuses connections", async (test) => {
    const server = await serve(test, {});
    const error = await fetch(await server.refusingUrl()).catch((error) => error);
    assert.equal(error.cause.code, "ECONNREFUSED");
  });
});
