// Runs an HTTP server on a raw socket, which plays the steps of `tests/faults.json`. Node's own HTTP server refuses to
// send most of them. The types of `tests/contract/faults/table/script.rs` describe the steps.

import { once } from "node:events";
import net from "node:net";
import { setTimeout as pause } from "node:timers/promises";

const TOKEN_TARGET = "/auth/v1/token/";
/** Is how every token begins that the server issues. */
export const TOKEN_START = "eyJhbGciOi";

const MIB = 1 << 20;
// The client stops long before. One that does not must not fill the memory.
const ENDLESS_MIB = 256;

export class ScriptedServer {
  /** Holds the requests so far, except token requests: `{ method, target, headers, body }`. */
  requests = [];
  tokenRequests = [];
  #server = net.createServer((socket) => this.#serve(socket));
  #sockets = new Set();
  #script;

  /**
   * Starts a server on a loopback port.
   *
   * `server` and `tokens` are the steps for requests of operations and for token requests, in order. After the last
   * step, operations get status 418, and token requests a new token. `responses` holds the steps that have names.
   * Redirects go to the origin `elsewhere`.
   */
  static async start({ server = [], tokens = [], responses = {}, elsewhere }) {
    const started = new ScriptedServer();
    started.#script = { server: [...server], tokens: [...tokens], responses, elsewhere };
    started.#server.listen(0, "127.0.0.1");
    await once(started.#server, "listening");
    return started;
  }

  get url() {
    return `http://127.0.0.1:${this.#server.address().port}`;
  }

  /**
   * Returns a URL whose port refuses connections until the server is closed.
   *
   * The port is in use by a connection to this server, so no other program can listen on it.
   */
  async refusingUrl() {
    const socket = net.connect(this.#server.address().port, "127.0.0.1");
    this.#sockets.add(socket);
    await once(socket, "connect");
    return `http://127.0.0.1:${socket.localPort}`;
  }

  /** Closes the port and its connections. */
  async close() {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await once(this.#server, "close");
  }

  async #serve(socket) {
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
    // The client may break off any connection. `RequestReader` sees its end.
    socket.on("error", () => {});
    const reader = new RequestReader(socket);
    let staysOpen = true;
    while (staysOpen) {
      const request = await reader.next();
      staysOpen = request !== undefined && (await this.#play(this.#record(request), request, socket));
    }
    socket.end();
  }

  /** Records a request, and returns its step. */
  #record(request) {
    const isToken = request.target === TOKEN_TARGET;
    const [seen, steps, further] = isToken
      ? [this.tokenRequests, this.#script.tokens, "token"]
      : [this.requests, this.#script.server, 418];
    seen.push(request);
    const step = steps.shift() ?? further;
    return this.#script.responses[step] ?? step;
  }

  /** Plays a step, and returns whether the connection stays open. */
  async #play(step, request, socket) {
    if (typeof step === "number") return respond(socket, { status: step });
    const [kind, value] = typeof step === "string" ? [step] : Object.entries(step)[0];
    switch (kind) {
      case "respond":
        return respond(socket, value);
      case "redirect":
        return respond(socket, { status: value, headers: { location: this.#script.elsewhere + request.target } });
      case "token":
        return respond(socket, {
          status: 200,
          json: { access_token: token(this.tokenRequests.length), token_type: "bearer", expires_in: 3600 },
        });
      case "sendAndClose":
        socket.write(value, "latin1");
        return false;
      case "sendAndStall":
        socket.write(value, "latin1");
        return closedByClient(socket);
      case "stallInBody":
        socket.write(`HTTP/1.1 ${value} Scripted\r\ncontent-length: 500\r\n\r\n{"`);
        return closedByClient(socket);
      case "sendEndlessly":
        return sendEndlessly(socket, value);
      case "stall":
        return closedByClient(socket);
      case "reset":
        socket.resetAndDestroy();
        return false;
      case "close":
        return false;
      default:
        throw new Error(`unknown step ${JSON.stringify(step)}: use one of script.rs, or of the named responses`);
    }
  }
}

function token(number) {
  return `${TOKEN_START}.${String(number).padStart(10, "0")}.c2lnbmF0dXJl`;
}

/** Sends a complete response. The connection stays open. */
async function respond(socket, { status, headers = {}, text = "", json, pauseMs, ...unknown }) {
  if (Object.keys(unknown).length > 0) throw new Error(`unknown in a response: ${Object.keys(unknown)}`);
  if (pauseMs !== undefined) await pause(pauseMs);
  const body = json === undefined ? Buffer.from(text, "latin1") : Buffer.from(JSON.stringify(json));
  const all = {
    ...(json !== undefined && { "content-type": "application/json" }),
    // A 204 has no length (RFC 9110, section 8.6).
    ...(status !== 204 && { "content-length": body.length }),
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(Buffer.concat([Buffer.from(`HTTP/1.1 ${status} Scripted\r\n${lines.join("")}\r\n`), body]));
  return true;
}

/** Sends chunks of a body until the client closes the connection. */
async function sendEndlessly(socket, status) {
  socket.write(`HTTP/1.1 ${status} Scripted\r\ntransfer-encoding: chunked\r\n\r\n`);
  const chunk = Buffer.from(`${MIB.toString(16)}\r\n${" ".repeat(MIB)}\r\n`);
  for (let sent = 0; sent < ENDLESS_MIB && socket.writable; sent += 1) {
    if (!socket.write(chunk)) await first(socket, "drain", "close");
  }
  return false;
}

/** Waits until the client closes the connection. It does not stay open then. */
async function closedByClient(socket) {
  if (!isOver(socket)) await first(socket, "end", "close");
  return false;
}

function isOver(socket) {
  return socket.destroyed || socket.readableEnded;
}

/** Waits for the first of these events. */
function first(emitter, ...names) {
  // Not `once` of `node:events`: it rejects on the event `error`, which a client causes that breaks off.
  return new Promise((resolve) => {
    const done = () => {
      for (const name of names) emitter.off(name, done);
      resolve();
    };
    for (const name of names) emitter.on(name, done);
  });
}

/** Reads one request after the other from a connection. */
class RequestReader {
  #socket;
  #buffer = Buffer.alloc(0);

  constructor(socket) {
    this.#socket = socket;
    // Also reads while a step is played: the end of a connection is seen only by reading.
    socket.on("data", (data) => (this.#buffer = Buffer.concat([this.#buffer, data])));
  }

  /** Returns the next request, or `undefined` if the connection ended. */
  async next() {
    const isComplete = await this.#until(() => this.#buffer.includes("\r\n\r\n"));
    if (!isComplete) return undefined;
    const [line, ...lines] = this.#take(this.#buffer.indexOf("\r\n\r\n") + 4).trimEnd().split("\r\n");
    const [method, target] = line.split(" ");
    const headers = Object.fromEntries(lines.map(nameAndValue));
    if (headers["transfer-encoding"] !== undefined) throw new Error("a request has no content-length");
    const length = Number(headers["content-length"] ?? 0);
    const hasBody = await this.#until(() => this.#buffer.length >= length);
    return hasBody ? { method, target, headers, body: this.#take(length) } : undefined;
  }

  /** Waits for the condition, and returns whether it was met before the connection ended. */
  async #until(isMet) {
    while (!isMet()) {
      if (isOver(this.#socket)) return false;
      await first(this.#socket, "data", "end", "close");
    }
    return true;
  }

  #take(count) {
    const taken = this.#buffer.toString("utf8", 0, count);
    this.#buffer = this.#buffer.subarray(count);
    return taken;
  }
}

function nameAndValue(line) {
  const colon = line.indexOf(":");
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
}
