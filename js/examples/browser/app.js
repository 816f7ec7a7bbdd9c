// Shows who can open which door, and creates keys. The page calls the service itself, with tokens of its own backend.
import { Unloc, UnlocAbortError, UnlocError } from "/unloc/esm/index.js";

const { environment, lockHolder, name } = await (await fetch("/config.json")).json();
const unloc = new Unloc({ environment, getToken });
const home = unloc.lockHolder(lockHolder);

const element = (id) => document.getElementById(id);
const time = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
let lockNames = new Map();
let loading = new AbortController();

/** Asks the backend for a token. The client caches it, and asks again before it expires. */
async function getToken(scope) {
  const response = await fetch("/token", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ scope }),
  });
  if (!response.ok) throw new Error(`the token backend responded with ${response.status}`);
  return response.json();
}

/** Shows all lists. What an earlier call is still loading is aborted. */
async function show() {
  loading.abort();
  loading = new AbortController();
  const options = { signal: loading.signal };
  const [locks, keys, roles] = await Promise.all([
    all(home.getLocks({}, options)),
    all(home.getKeys({}, options)),
    all(home.getRoles({}, options)),
  ]);
  lockNames = new Map(locks.map(({ id, name }) => [id, name]));
  const where = (address) => [address?.street, address?.city].filter(Boolean).join(", ");
  fill("locks", locks.map(({ name, vendor, address }) => [name, vendor, where(address)]));
  fill("roles", roles.map(({ userId, userName, lockId, canShare }) => [
    person(userId, userName),
    lockName(lockId),
    canShare ? "yes" : "no",
  ]));
  fill("keys", keys.map(({ toUser, lockId, start, end, state }) => [
    person(toUser.id, toUser.name),
    lockName(lockId),
    start ? time.format(new Date(start)) : "always",
    end ? time.format(new Date(end)) : "no end",
    state,
  ]));
  const select = element("create").elements.lockId;
  const chosen = select.value;
  select.replaceChildren(...locks.map(({ id, name }) => new Option(name, id)));
  if (lockNames.has(chosen)) select.value = chosen;
}

async function create(form) {
  const { userId, lockId, durationMinutes } = Object.fromEntries(new FormData(form));
  const request = { userId, lockId, durationMinutes: Number(durationMinutes) };
  const since = new Date();
  tell("Creating the key …");
  let key;
  try {
    key = await home.createKey(request);
  } catch (error) {
    if (!(error instanceof UnlocError) || !["unknown", "accepted"].includes(error.outcome)) throw error;
    // The response was lost. Creating another key now could make two.
    const result = await home.resolveCreateKey(request, since);
    if (result.resolution !== "created") {
      return tell("It is unknown whether the key was created. Reload, and look for it before you try again.", true);
    }
    key = result.key;
  }
  form.elements.userId.value = "";
  await show();
  if (!key.id) return tell(`Created a key for ${lockName(lockId)}.`);
  tell(`Created a key for ${lockName(lockId)}. Waiting until it works …`);
  await home.waitForKey({ lockId, keyId: key.id }, "active");
  await show();
  tell(`The key for ${lockName(lockId)} works now.`);
}

async function all(list) {
  const items = [];
  for await (const item of list) items.push(item);
  return items;
}

function fill(id, rows) {
  const cell = (value) => Object.assign(document.createElement("td"), { textContent: value ?? "" });
  const row = (values) => {
    const tr = document.createElement("tr");
    tr.append(...values.map(cell));
    return tr;
  };
  element(id).tBodies[0].replaceChildren(...rows.map(row));
  element(id).dataset.empty = String(rows.length === 0);
}

/** Returns a name, or a number of which only the ends are shown: lists are read over shoulders. */
function person(number, name) {
  return name || number.replace(/(?<=..).(?=..)/g, "•");
}

function lockName(lockId) {
  return lockNames.get(lockId) ?? lockId ?? "";
}

function tell(text, isError = false) {
  element("status").textContent = text;
  element("status").classList.toggle("error", isError);
}

/** Runs what a button starts, and tells what went wrong. */
async function run(button, action) {
  button.disabled = true;
  try {
    await action();
  } catch (error) {
    if (!(error instanceof UnlocAbortError)) tell(error.message, true);
  } finally {
    button.disabled = false;
  }
}

element("name").textContent = name;
element("reload").addEventListener("click", ({ target }) => run(target, async () => {
  await show();
  tell("");
}));
element("create").addEventListener("submit", (event) => {
  event.preventDefault();
  run(event.submitter ?? event.target, () => create(event.target));
});
await run(element("reload"), show);
