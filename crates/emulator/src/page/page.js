// The page: asks the emulator how things are whenever it says that something has changed, and shows that.

import { ask, byId, setAttribute, setText } from "./dom.js";
import { setZone, text, zoneName } from "./time.js";
import { say, showHolders, showNow, showTown, startTown, timelinePath, view } from "./town.js";
import { showQuirks, showTraffic, startTraffic } from "./traffic.js";

// At most so often, however much happens; and a large town is asked for less often than a small one.
const PAUSE = 250;
const RETRY = 1000;

const clock = { at: 0, since: 0, speed: 0 };
let asked = false;
let asking = false;
let soon = 0;

// What time it is by the emulator's clock, without asking it.
const clockNow = () => clock.at + (performance.now() - clock.since) * clock.speed;

function refresh() {
  asked = true;
  if (asking || soon || document.hidden) return;
  look();
}

async function look() {
  [asked, asking] = [false, true];
  const begun = performance.now();
  let pause = PAUSE;
  try {
    await show();
    connected(true);
    pause = Math.max(PAUSE, 4 * (performance.now() - begun));
  } catch (error) {
    // An answer that is a refusal means that the town is another one than before; everything else that nobody is there.
    if (error.status === 404) view.chosen = null;
    else connected(false);
    [asked, pause] = [true, RETRY];
  }
  asking = false;
  soon = setTimeout(() => {
    soon = 0;
    if (asked) refresh();
  }, pause);
}

async function show() {
  const { lockHolders } = await ask("/_emulator/lock-holders");
  view.holders = lockHolders;
  if (!lockHolders.some((holder) => holder.id === view.chosen)) view.chosen = lockHolders[0]?.id ?? null;
  const wanted = view.chosen;
  const nothing = { now: null, locks: [], events: [] };
  const [time, timeline, { requests }, { deliveries }, { faults }, { quirks }] = await Promise.all([
    ask("/_emulator/clock"),
    wanted ? ask(timelinePath()) : nothing,
    ask("/_emulator/requests"),
    ask("/_emulator/deliveries"),
    ask("/_emulator/faults"),
    ask("/_emulator/quirks"),
  ]);
  Object.assign(clock, { at: Date.parse(time.now), since: performance.now(), speed: time.speed });
  showHolders();
  // Somebody may have chosen another lock holder in the meantime.
  if (wanted === view.chosen) {
    view.timeline = { ...timeline, now: timeline.now ?? time.now };
    showTown();
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
  setText(byId("zone"), `${zoneName()} · ${clock.speed === 0 ? "stands still" : `runs ×${clock.speed}`}`);
  for (const choice of document.querySelectorAll("[data-speed]")) {
    setAttribute(choice, "aria-pressed", String(Number(choice.dataset.speed) === clock.speed));
  }
  showNow(now);
}

async function setClock(change) {
  try {
    await ask("/_emulator/clock", "PUT", change);
  } catch (error) {
    say(`Refused: ${error.message}.`);
  }
  refresh();
}

function connected(is) {
  const link = byId("link");
  setText(link, is ? "live" : "connection lost, trying again…");
  setAttribute(link, "class", is ? "link live" : "link lost");
}

// News, while somebody looks. Browsers have six connections to a host for all of their tabs: a hidden tab that kept one,
// or a page that waits behind the back button, would leave none for the page in front.
let source = null;
let retry = 0;

function listen() {
  clearTimeout(retry);
  if (source || document.hidden) return;
  source = new EventSource("/_emulator/changes");
  source.onopen = refresh;
  source.onmessage = refresh;
  // A source that failed is given up: some browsers never try again once nobody listened on the port.
  source.onerror = () => {
    stopListening();
    connected(false);
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
startTown(refresh);
startTraffic(refresh);
for (const choice of document.querySelectorAll("[data-speed]")) {
  choice.addEventListener("click", () => setClock({ speed: Number(choice.dataset.speed) }));
}
for (const choice of document.querySelectorAll("[data-advance]")) {
  choice.addEventListener("click", () => setClock({ advanceSeconds: Number(choice.dataset.advance) }));
}
document.addEventListener("visibilitychange", () => (document.hidden ? stopListening() : watch()));
// A page that is left may come back as it was; then it is shown again, and nothing else is told.
addEventListener("pagehide", stopListening);
addEventListener("pageshow", watch);
// Time alone changes what keys can do, and the emulator does not tell.
setInterval(() => clock.speed > 0 && refresh(), 3000);
setInterval(() => clock.speed > 1 && refresh(), 1000);
setInterval(showClock, 100);
watch();
