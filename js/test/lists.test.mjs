// Tests that lists are the same whether their items pass through the module or are read in JavaScript.
//
// A blank before a colon changes nothing in JSON, but keeps a body out of the fast way. So each body is read twice.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Unloc } from "../dist/esm/index.js";
import { Items } from "../dist/esm/lists.js";

const encoder = new TextEncoder();
const holder = { id: "home", scope: "lockHolder.admin:home" };

const time = "2026-02-28T10:00:00.000Z";
const lock = { id: "door", name: "Front door", vendor: "danalock", created: time, canCreateKeysCount: 2 };
const key = { id: "k", lockId: "door", toUser: { id: "+12125550142" }, state: "active", start: time };
const event = { id: "e", action: "unlocked", created: time, userId: "+12125550142" };

/** Returns a client whose service responds with these texts, one after the other. */
function home(...bodies) {
  const fetch = async () => new Response(bodies.shift(), { headers: { "content-type": "application/json" } });
  const unloc = new Unloc({ environment: "http://127.0.0.1:9", getToken: () => "token", fetch, retry: false });
  return unloc.lockHolder(holder);
}

/** Returns what a list resolves to, or the kind and message of its error. */
async function read(operation, body) {
  try {
    return await home(body)[operation]({ lockId: "door", userId: "+12125550142" });
  } catch (error) {
    return `${error.kind}: ${error.message}`.replace(/ at line \d+ column \d+/, "");
  }
}

/** Reads a body in both ways; returns whether the first one was the fast one. */
async function compare(operation, body) {
  const slow = body.replace(/":/g, '" :');
  assert.equal(keep(operation, slow), undefined);
  assert.deepEqual(await read(operation, body), await read(operation, slow), `${operation}: ${body}`);
  return keep(operation, body) !== undefined;
}

/** Returns what the module would get in place of a body. */
function keep(operation, body) {
  try {
    return Items.of(operation).keep(encoder.encode(body));
  } catch {
    return undefined; // then the module gets the body
  }
}

const with_ = (item, more) => JSON.stringify({ locks: [{ ...item, ...more }, lock] });

test("documented bodies need not pass through the module", async () => {
  for (const [operation, body] of [
    ["getLocks", { locks: [lock, { ...lock, address: { city: "Oslo", postalCode: "0101" }, auth: { A: "deny" } }] }],
    ["getLocks", { locks: [lock], startAfterId: "door" }],
    ["getLocks", { locks: [{ ...lock, later: { added: [1, { by: null }], "": 0.5 }, __proto__: 1 }] }],
    ["getLocks", { locks: [{ id: "door", name: "\"quoted\" and \\ and \u00e9\u{1f600}" }] }],
    ["getKeys", { keys: [key, { ...key, end: null, recurrence: null }], startAfterId: null }],
    ["getKeysForLock", { keys: [key] }],
    ["getKeyEvents", { keyEvents: [event] }],
    ["getWebhooks", { webhooks: [{ id: "w", webhookUrl: "https://example.com/" }] }],
  ]) {
    assert.ok(await compare(operation, JSON.stringify(body)), JSON.stringify(body));
  }
});

test("all other bodies are read by the module", async () => {
  for (const body of [
    "", "{}", "[]", "null", '{"locks":[]}', '{"locks":null}', '{"locks":{}}', '{"locks":[null]}', '{"locks":[[]]}',
    "<html></html>", '{"locks":[{"id":"door"}]}', JSON.stringify([lock]), JSON.stringify({ locks: [lock] }) + "x",
    // Twice the same name, also in what is not documented.
    '{"locks":[{"id":"a","id":"b","name":"n"}]}', '{"locks":[{"id":"a","name":"n","x":{"y":1,"y":2}}]}',
    '{"locks":[{"id":"a","name":"n"}],"locks":[]}', '{"locks":[{"id":"a","name":"n","\\u0069d":"b"}]}',
    // A text that looks like a name must not make up for it.
    '{"locks":[{"id":"a","id":"b","name":"\\":"}]}', '{"locks":[{"id" :"a","id":"b","name":"n"}]}',
    with_(lock, { name: 1 }), with_(lock, { id: null }), with_(lock, { created: "2026-02-30T10:00:00.000Z" }),
    with_(lock, { created: "2026-02-28T24:00:00.000Z" }), with_(lock, { created: "2026-02-28T10:00:00Z" }),
    with_(lock, { created: "2026-02-28 10:00" }), with_(lock, { vendor: "DANALOCK" }), with_(lock, { vendor: "new" }),
    with_(lock, { canCreateKeysCount: "2" }), with_(lock, { canCreateKeysCount: 2147483648 }),
    with_(lock, { canCreateKeysCount: 1.5 }), with_(lock, { address: [] }), with_(lock, { auth: { A: 1 } }),
    with_(lock, { address: { postalCode: 101 } }), with_(lock, {}).replace('"door"', '"\\ud800"'),
    with_(lock, { x: 0 }).replace('"x":0', '"x":1e999'), with_(lock, {}).replace("Front", "Front\u0000"),
  ]) {
    assert.equal(await compare("getLocks", body), false, body);
  }
});

test("bytes that are no UTF-8 and a mark at the start are left to the module", async () => {
  const text = JSON.stringify({ locks: [lock] });
  const mark = Uint8Array.of(0xef, 0xbb, 0xbf, ...encoder.encode(text));
  assert.deepEqual((await home(mark).getLocks()).items, [lock]);
  const broken = encoder.encode(text.replace("Front", "Fro?t"));
  broken[broken.indexOf(0x3f)] = 0xff;
  await assert.rejects(home(broken).getLocks().then(), { kind: "decode" });
});

test("random changes of documented bodies are read alike in both ways", async () => {
  let [fast, seed] = [0, 7];
  const random = (below) => (seed = (seed * 1103515245 + 12345) % 2 ** 31) % below;
  const values = ["", null, 0, -1, 2 ** 31, 1.5, true, "x", time, "active", "ACTIVE", [], {}, [null], { a: { b: [] } }];
  const names = ["id", "name", "created", "toUser", "state", "lockId", "vendor", "address", "auth", "extra", "events"];
  for (let round = 0; round < 600; round += 1) {
    const [operation, property, item] = [
      ["getLocks", "locks", lock], ["getKeys", "keys", key], ["getKeyEvents", "keyEvents", event],
    ][random(3)];
    const items = [structuredClone(item), structuredClone(item)];
    const body = { [property]: items, ...(random(4) ? {} : { startAfterId: values[random(values.length)] }) };
    for (let change = random(3); change > 0; change -= 1) {
      const target = [items[0], items[1], items[1].toUser ?? items[0], body][random(4)];
      const name = [...names, property][random(names.length + 1)];
      if (random(4)) target[name] = values[random(values.length)];
      else delete target[name];
    }
    fast += Number(await compare(operation, JSON.stringify(body)));
  }
  // Otherwise the comparison would be of one way with itself.
  assert.ok(fast > 150 && fast < 550, `${fast} of 600 were fast`);
});

test("pages that are read one after the other keep their own items", async () => {
  const page = (name, startAfterId) => JSON.stringify({ keys: [1, 2].map((n) => ({ ...key, id: name + n })), startAfterId });
  const pages = () => [page("a", "a2"), page("b", "b2"), JSON.stringify({ keys: [] })];
  const found = [];
  for await (const { id } of home(...pages()).getKeys()) found.push(id);
  assert.deepEqual(found, ["a1", "a2", "b1", "b2"]);
  const sizes = [];
  for await (const { items, cursor } of home(...pages()).getKeys().pages()) sizes.push([items.length, cursor]);
  assert.deepEqual(sizes, [[2, "a2"], [2, "b2"], [0, undefined]]);
});
