// Loads the emulator's data after each change and shows it.

import { byId, call, setAttribute, setText } from "./dom.js";
import { showHolders, showLocks, showMessage, showNow, startLocks, timelinePath, view } from "./locks.js";
import { setZone, text, zoneName } from "./time.js";
import { showQuirks, showTraffic, startTraffic } from "./traffic.js";

// The shortest time between two loads, in milliseconds, however many changes there are. A load that takes long is
// followed by a longer pause.
const MIN_PAUSE = 250;
const RETRY = 1000;

const clock = { at: 0, since: 0, speed: 0 };
let isPending = false;
let isLoading = false;
let timer = 0;

// Computes the emulator's time from the last load.
const clockNow = () => clock.at + (performance.now() - clock.since) * clock.speed;

function refresh() {
  isPending = true;
  if (isLoading || timer || document.hidden) return;
  load();
}

async function load() {
  [isPending, isLoading] = [false, true];
  const started = performance.now();
  let pause = MIN_PAUSE;
  try {
    await show();
    showConnected(true);
    pause = Math.max(MIN_PAUSE, 4 * (performance.now() - started));
  } catch (error) {
    // A 404 means that another emulator with other data runs on the port now. Any other error means that none responds.
    if (error.status === 404) view.chosen = null;
    else showConnected(false);
    [isPending, pause] = [true, RETRY];
  }
  isLoading = false;
  timer = setTimeout(() => {
    timer = 0;
    if (isPending) refresh();
  }, pause);
}

async function show() {
  const { lockHolders } = await call("/_emulator/lock-holders");
  view.holders = lockHolders;
  if (!lockHolders.some((holder) => holder.id === view.chosen)) view.chosen = lockHolders[0]?.id ?? null;
  const wanted = view.chosen;
  const nothing = { now: null, locks: [], events: [] };
  const [time, timeline, { requests }, { deliveries }, { faults }, { quirks }] = await Promise.all([
    call("/_emulator/clock"),
    wanted ? call(timelinePath()) : nothing,
    call("/_emulator/requests"),
    call("/_emulator/deliveries"),
    call("/_emulator/faults"),
    call("/_emulator/quirks"),
  ]);
  Object.assign(clock, { at: Date.parse(time.now), since: performance.now(), speed: time.speed });
  showHolders();
  // The user may have chosen another lock holder in the meantime.
  if (wanted === view.chosen) {
    view.timeline = { ...timeline, now: timeline.now ?? time.now };
    showLocks();
  }
  showClock();
  showTraffic(clockNow(), timeline.events, requests, deliveries, faults);
  showQuirks(quirks);
}

function showClock() {
  if (!clock.at) return;
  const now = clockNow();
  setText(byId("date"), text("date", now));
  setText(byId("time"), text("time", now));
  setAttribute(byId("time"), "datetime", new Date(now).toISOString());
  setText(byId("zone"), `${zoneName()} · ${clock.speed === 0 ? "stopped" : `runs ×${clock.speed}`}`);
  for (const choice of document.querySelectorAll("[data-speed]")) {
    setAttribute(choice, "aria-pressed", String(Number(choice.dataset.speed) === clock.speed));
  }
  showNow(now);
}

async function setClock(change) {
  try {
    await call("/_emulator/clock", "PUT", change);
  } catch (error) {
    showMessage(`Refused: ${error.message}.`);
  }
  refresh();
}

function showConnected(isConnected) {
  const link = byId("link");
  setText(link, isConnected ? "live" : "connection lost, trying again…");
  setAttribute(link, "class", isConnected ? "link live" : "link lost");
}

// The event stream is open only while the page is visible. A browser has six connections to a host for all tabs: hidden
// tabs and pages in the back-forward cache would leave none for the visible page.
let source = null;
let retry = 0;

function listen() {
  clearTimeout(retry);
  if (source || document.hidden) return;
  source = new EventSource("/_emulator/changes");
  source.onopen = refresh;
  source.onmessage = refresh;
  // A failed source is replaced: some browsers do not reconnect after a refused connection.
  source.onerror = () => {
    stopListening();
    showConnected(false);
    refresh();
    retry = setTimeout(listen, RETRY);
  };
}

function stopListening() {
  clearTimeout(retry);
  source?.close();
  source = null;
}

function watch() {
  listen();
  refresh();
}

view.chosen = location.hash.slice(1) || null;
setZone("UTC");
startLocks(refresh);
startTraffic(refresh);
for (const choice of document.querySelectorAll("[data-speed]")) {
  choice.addEventListener("click", () => setClock({ speed: Number(choice.dataset.speed) }));
}
for (const choice of document.querySelectorAll("[data-advance]")) {
  choice.addEventListener("click", () => setClock({ advanceSeconds: Number(choice.dataset.advance) }));
}
document.addEventListener("visibilitychange", () => (document.hidden ? stopListening() : watch()));
// A page that returns from the back-forward cache gets `pageshow` and no other event.
addEventListener("pagehide", stopListening);
addEventListener("pageshow", watch);
// States of keys change with time alone, without an event of the emulator.
setInterval(() => clock.speed > 0 && refresh(), 3000);
setInterval(() => clock.speed > 1 && refresh(), 1000);
setInterval(showClock, 100);
watch();
