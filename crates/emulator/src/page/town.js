// The lock holders, and for one of them the doors with everybody's keys along the days.

import { ask, button, byId, fill, make, setAttribute, setClass, setText, who } from "./dom.js";
import { setZone, SPANS, text, windowAround } from "./time.js";

// More would push the doors off the screen; a filter finds the others.
const TABS = 6;
// Rows for one door, and names beside it, until somebody asks for all.
const LANES = 8;
const CHIPS = 8;
// From so many doors on there is a filter.
const MANY = 9;

const ORDER = ["active", "creating", "error", "inactive", "scheduled", "expired"];
const WORKS_NOW = (key) => key.state === "active";

// Fourteen days have no room for their names on a phone.
const isNarrow = matchMedia("(max-width: 720px)").matches;
export const view = { chosen: null, span: isNarrow ? "week" : "fortnight", holders: [], timeline: null };
const opened = new Set();
let days = windowAround(0, view.span);
let changed = () => {};

export function timelinePath() {
  const [before, after] = SPANS[view.span];
  return `/_emulator/lock-holders/${view.chosen}/timeline?days=${Math.max(before + 1, after)}`;
}

// `whenChanged` is called when something else is to be shown.
export function startTown(whenChanged) {
  changed = whenChanged;
  byId("find-holder").addEventListener("input", showHolders);
  byId("find-lock").addEventListener("input", showTown);
  for (const choice of document.querySelectorAll("[data-span]")) {
    choice.addEventListener("click", () => {
      view.span = choice.dataset.span;
      changed();
    });
  }
}

const matches = (input, ...texts) => {
  const wanted = input.value.trim().toLocaleLowerCase();
  return texts.some((part) => part.toLocaleLowerCase().includes(wanted));
};

export function showHolders() {
  const input = byId("find-holder");
  input.hidden = view.holders.length <= TABS;
  const found = view.holders.filter((holder) => matches(input, holder.name));
  const shown = found.slice(0, TABS);
  // Whoever looks at a lock holder sees which one, whatever the filter says.
  const chosen = view.holders.find((holder) => holder.id === view.chosen);
  if (chosen && !shown.includes(chosen)) shown.unshift(chosen);
  const choose = (holder) => {
    view.chosen = holder.id;
    history.replaceState(null, "", `#${holder.id}`);
    showHolders();
    changed();
  };
  const tab = (holder) => button("", "", () => choose(holder));
  fill(byId("holders"), shown, (holder) => holder.id, tab, (element, holder) => {
    const doors = `${holder.locks} ${holder.locks === 1 ? "door" : "doors"}`;
    if (element.childElementCount === 0) element.append(make("b"), make("span", "quiet"));
    setText(element.firstChild, holder.name);
    setText(element.lastChild, doors);
    setAttribute(element, "aria-pressed", String(holder.id === view.chosen));
  });
  const more = found.length - Math.min(found.length, TABS);
  setText(byId("more-holders"), more > 0 ? `and ${more} more` : "");
}

export function showTown() {
  const { timeline } = view;
  if (!timeline) return;
  setZone(timeline.locks[0]?.timeZone ?? "UTC");
  const now = Date.parse(timeline.now);
  days = windowAround(now, view.span);
  for (const choice of document.querySelectorAll("[data-span]")) {
    setAttribute(choice, "aria-pressed", String(choice.dataset.span === view.span));
  }
  showDays(now);
  const input = byId("find-lock");
  input.hidden = timeline.locks.length < MANY;
  const named = (lock) => [lock.name, ...lock.keys.map((key) => who(key.person, key.userId))];
  const locks = timeline.locks.filter((lock) => input.hidden || matches(input, ...named(lock)));
  fill(byId("locks"), locks, (lock) => lock.id, lockElement, showLock);
  const none = byId("no-locks");
  none.hidden = locks.length > 0;
  setText(none, timeline.locks.length === 0 ? "This lock holder has no doors." : "No door and no name is like that.");
}

// Moves the line for now, which the clock does between two looks at the town, too.
export function showNow(now) {
  byId("chart").style.setProperty("--now", (days.percent(now) / 100).toFixed(5));
}

function showDays(now) {
  setClass(byId("days"), view.span === "month" ? "days dense" : "days");
  const column = () => make("div", "day", make("span", "", make("b"), make("i")));
  fill(byId("days"), days.days, (day) => days.days.indexOf(day), column, (element, day) => {
    const next = days.days[days.days.indexOf(day) + 1] ?? days.to;
    const weekday = text("weekday", day);
    const marks = [day <= now && now < next && "today", ["Sat", "Sun"].includes(weekday) && "weekend", weekday === "Mon" && "monday"];
    setClass(element, ["day", ...marks.filter(Boolean)].join(" "));
    element.style.left = `${days.percent(day)}%`;
    element.style.width = `${days.percent(next) - days.percent(day)}%`;
    const [number, name] = element.firstChild.children;
    setText(number, text("day", day));
    setText(name, view.span === "month" ? weekday.slice(0, 2) : weekday);
  });
  showNow(now);
}

function lockElement() {
  const parts = { name: make("h3"), vendor: make("p", "vendor"), chips: make("ul", "chips"), lanes: make("ul", "lanes"), more: make("p", "more quiet") };
  const about = make("div", "about", parts.name, parts.vendor);
  parts.connection = make("span", "connection");
  parts.vendorName = make("span");
  parts.vendor.append(parts.vendorName, " ", parts.connection);
  const head = make("div", "head", about, parts.chips);
  return Object.assign(make("article", "lock", head, parts.lanes, parts.more), { parts });
}

function showLock(element, lock) {
  const { parts } = element;
  setText(parts.name, lock.name);
  setText(parts.vendorName, lock.vendor);
  setText(parts.connection, lock.connection);
  setClass(parts.connection, `connection ${lock.connection}`);
  const all = lock.keys.filter(isInView).sort((one, other) => rank(one) - rank(other) || start(one) - start(other));
  showChips(parts.chips, all);
  const shown = opened.has(lock.id) ? all : all.slice(0, LANES);
  fill(parts.lanes, shown.map((key) => ({ key, lock })), ({ key }) => key.id, laneElement, showLane);
  showMore(parts.more, lock, all.length);
}

const rank = (key) => ORDER.indexOf(key.state);
// The emulator tells of a few days more than are drawn. A key that could work any day is shown all the same.
const isInView = (key) => !["expired", "scheduled"].includes(key.state) || spansToDraw(key).length > 0;
const start = (key) => Date.parse(key.start ?? key.spans[0]?.[0] ?? 0) || 0;

// Who may open this door now.
function showChips(chips, keys) {
  const people = new Map();
  for (const key of keys.filter(WORKS_NOW)) {
    const shared = key.shared && (people.get(key.userId)?.shared ?? true);
    people.set(key.userId, { name: who(key.person, key.userId), shared });
  }
  const items = [...people.values()].slice(0, CHIPS);
  if (people.size > CHIPS) items.push({ name: `and ${people.size - CHIPS} more`, quiet: true });
  if (people.size === 0) items.push({ name: "nobody can open it now", quiet: true });
  fill(chips, items, (item) => items.indexOf(item), () => make("li"), (element, item) => {
    setText(element, item.name);
    setClass(element, item.quiet ? "quiet" : item.shared ? "chip shared" : "chip");
  });
}

function showMore(element, lock, count) {
  element.hidden = count <= LANES && lock.more === 0;
  if (element.hidden) return;
  if (!element.firstChild) {
    const toggle = () => {
      if (!opened.delete(lock.id)) opened.add(lock.id);
      showTown();
    };
    element.append(button("", "", toggle), make("span"));
  }
  const [choice, note] = element.children;
  choice.hidden = count <= LANES;
  setText(choice, opened.has(lock.id) ? "Show fewer" : `Show all ${count}`);
  setAttribute(choice, "aria-label", `${choice.textContent} keys of ${lock.name}`);
  setText(note, lock.more > 0 ? ` ${lock.more} more keys are not drawn` : "");
}

function laneElement({ key, lock }) {
  const name = who(key.person, key.userId);
  const act = (action, done) => async () => {
    try {
      await ask(`/_emulator/people/${action}`, "POST", { lockId: lock.id, userId: key.userId });
      say(`${name} ${done} ${lock.name}.`);
    } catch (error) {
      say(`${name} could not: ${error.message}.`);
    }
  };
  const parts = { name: make("span", "name"), state: make("span", "state"), track: make("span", "track") };
  parts.acts = make(
    "span",
    "acts",
    button("unlock", `${name} unlocks ${lock.name}`, act("unlock", "unlocked")),
    button("lock", `${name} locks ${lock.name}`, act("lock", "locked")),
  );
  return Object.assign(make("li", "lane", parts.name, parts.state, parts.acts, parts.track), { parts });
}

function showLane(element, { key }) {
  // Most keys are as they were at the last look, and there may be thousands.
  const drawn = `${days.key} ${key.state} ${key.person} ${key.start} ${key.end} ${spansToDraw(key).join()}`;
  if (element.drawn === drawn) return;
  element.drawn = drawn;
  const { parts } = element;
  setClass(element, `lane ${key.state}`);
  setText(parts.name, who(key.person, key.userId));
  setText(parts.state, key.state);
  parts.acts.hidden = !WORKS_NOW(key);
  const from = key.start ? `from ${text("moment", Date.parse(key.start))}` : "from when it was made";
  const until = key.end ? `until ${text("moment", Date.parse(key.end))}` : "without an end";
  const shared = key.shared ? ", shared from the app" : "";
  element.title = `${who(key.person, key.userId)}: ${key.state}, ${from} ${until}${shared}`;
  const bars = spansToDraw(key);
  fill(parts.track, bars, (bar) => bars.indexOf(bar), () => make("i"), (bar, [left, right]) => {
    const ends = `${left > 0 ? " begins" : ""}${right < 100 ? " ends" : ""}`;
    setClass(bar, `bar ${key.state}${key.shared ? " shared" : ""}${ends}`);
    bar.style.left = `${left}%`;
    bar.style.width = `${right - left}%`;
  });
}

function spansToDraw(key) {
  const bars = key.spans.map((span) => span.map((date) => days.percent(Date.parse(date))));
  return bars.filter(([left, right]) => left < right);
}

export function say(words) {
  setText(byId("said"), words);
}
