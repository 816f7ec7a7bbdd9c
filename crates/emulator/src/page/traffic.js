// Shows the latest events, requests and deliveries, the active faults and the quirks.

import { button, byId, call, fill, make, personName, setAttribute, setClass, setText } from "./dom.js";
import { showMessage } from "./locks.js";
import { when } from "./time.js";

// The numbers of rows that fit next to the sample data. The control interface returns all entries.
const ROWS = { events: 7, requests: 9, deliveries: 5 };

const DONE = { unlocked: "unlocked", locked: "locked", viewedCode: "viewed the code of" };

// For each kind of fault with a number: its label, its field in the control interface, and its default.
const AMOUNTS = {
  status: ["Status", "status", 503],
  html: ["Status", "status", 502],
  rateLimited: ["Retry after, s", "retryAfter", 2],
  delay: ["Milliseconds", "milliseconds", 3000],
};

let now = 0;
let changed = () => {};
let quirks = [];

export function startTraffic(whenChanged) {
  changed = whenChanged;
  const form = byId("new-fault");
  form.elements.kind.addEventListener("change", () => showAmount(form));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    addFault(form);
  });
  showAmount(form);
  listOperations(form.elements.operation);
}

export function showTraffic(moment, events, requests, deliveries, faults) {
  now = moment;
  showRows("events", events.slice(0, ROWS.events), eventCells);
  showRows("requests", requests.slice(-ROWS.requests).reverse(), requestCells);
  showRows("deliveries", deliveries.slice(-ROWS.deliveries).reverse(), deliveryCells);
  showFaults(faults);
}

// Rows contain no buttons, so their elements can be reused by position.
function showRows(id, items, cellsOf) {
  const rows = items.map((item, index) => ({ index, cells: cellsOf(item) }));
  if (rows.length === 0) rows.push({ index: "none", cells: [["quiet wide", "none so far"]] });
  fill(byId(id), rows, (row) => row.index, () => make("li"), (element, row) => {
    fill(element, row.cells, (cell) => row.cells.indexOf(cell), () => make("span"), (part, [className, text]) => {
      setClass(part, className);
      setText(part, text);
    });
  });
}

const eventCells = (event) => [
  ["when", when(event.created, now)],
  ["what", `${personName(event.userName, event.userId)} ${DONE[event.action] ?? event.action} ${event.lockName}`],
];

const statusClass = (status) => (status === undefined || status >= 400 ? "number bad" : "number");

function requestCells(request) {
  const cells = [
    ["when", when(request.at, now)],
    ["what", `${request.method} ${request.operation ?? "(no operation)"}`],
    [statusClass(request.status), String(request.status)],
    ["number quiet", milliseconds(request.micros)],
  ];
  if (request.fault) cells.push(["note bad", `fault: ${request.fault}`]);
  return cells;
}

const milliseconds = (micros) => `${micros < 10_000 ? (micros / 1000).toFixed(1) : Math.round(micros / 1000)} ms`;

function deliveryCells(delivery) {
  const cells = [
    ["when", when(delivery.at, now)],
    ["what", `${delivery.body?.action ?? "event"} → ${host(delivery.url)}`],
    [statusClass(delivery.status), String(delivery.status ?? "—")],
  ];
  if (delivery.failure) cells.push(["note bad", delivery.failure]);
  return cells;
}

// Only the host is shown, because path and query may contain a secret.
function host(url) {
  return URL.canParse(url) ? new URL(url).host : "?";
}

function showFaults(faults) {
  const element = () => make("li", "", make("span", "what"), make("span", "quiet"));
  fill(byId("faults"), faults.length ? faults : [{ id: "none" }], (fault) => fault.id, element, (row, fault) => {
    if (fault.id === "none") {
      setClass(row.firstChild, "quiet wide");
      setText(row.firstChild, "none");
      return;
    }
    if (row.childElementCount === 2) row.append(button("×", `Remove the fault ${faultName(fault)}`, () => removeFault(fault)));
    setText(row.children[0], `${faultName(fault)} on ${fault.operation ?? "any operation"}`);
    const times = fault.times === null ? "always" : `${fault.times} left`;
    setText(row.children[1], fault.after > 0 ? `${times}, after ${fault.after}` : times);
  });
}

function faultName(fault) {
  if (fault.kind === "status") return `status ${fault.status}`;
  if (fault.kind === "delay") return `delay ${fault.milliseconds} ms`;
  return fault.kind.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function showAmount(form) {
  const amount = AMOUNTS[form.elements.kind.value];
  byId("amount").hidden = !amount;
  if (!amount) return;
  setText(byId("amount").firstElementChild, amount[0]);
  form.elements.amount.value = amount[2];
}

async function addFault(form) {
  const { kind, amount, operation, times, carriedOut } = form.elements;
  const fault = { kind: kind.value, times: times.value ? Number(times.value) : null };
  if (AMOUNTS[kind.value]) fault[AMOUNTS[kind.value][1]] = Number(amount.value);
  if (operation.value) fault.operation = operation.value;
  if (carriedOut.checked) fault.carriedOut = true;
  await attempt(() => call("/_emulator/faults", "POST", fault));
}

const removeFault = (fault) => attempt(() => call(`/_emulator/faults/${fault.id}`, "DELETE"));

async function attempt(action) {
  try {
    await action();
    showMessage("");
  } catch (error) {
    showMessage(`Refused: ${error.message}.`);
  }
  changed();
}

// Reads the names of the operations from the specs, so that there is no second list of them.
async function listOperations(select) {
  const specs = ["/openapi/unloc-v2.yaml", "/openapi/auth.yaml", "/openapi/integrator.yaml"];
  const texts = await Promise.all(specs.map(async (path) => (await fetch(path)).text())).catch(() => []);
  const names = texts.flatMap((text) => [...text.matchAll(/^\s*operationId: (\w+)/gm)].map((match) => match[1]));
  // Operations that both versions have are in two specs.
  for (const name of [...new Set(names)].sort()) select.append(new Option(name));
}

export function showQuirks(listed) {
  quirks = listed;
  setText(byId("quirks-on"), `${quirks.filter((quirk) => quirk.on).length} of ${quirks.length} on`);
  fill(byId("quirks"), quirks, (quirk) => quirk.name, quirkElement, (element, quirk) => {
    element.box.checked = quirk.on;
    setAttribute(element, "class", quirk.on ? "on" : "");
  });
}

function quirkElement(quirk) {
  const box = make("input");
  box.type = "checkbox";
  box.setAttribute("role", "switch");
  box.addEventListener("change", () => {
    const others = quirks.filter((other) => other.on && other.name !== quirk.name).map((other) => other.name);
    attempt(() => call("/_emulator/quirks", "PUT", { on: box.checked ? [...others, quirk.name] : others }));
  });
  const description = make("span", "quiet", quirk.description.replaceAll("`", ""));
  return Object.assign(make("li", "", make("label", "", box, make("b", "", quirk.name), description)), { box });
}
