// Shows the lock holders, and the locks of one of them with their keys on a timeline.

import { button, byId, call, fill, make, personName, setAttribute, setClass, setText } from "./dom.js";
import { setZone, SPANS, text, windowAround } from "./time.js";

// More tabs would push the locks off the screen; a filter finds the other lock holders.
const MAX_TABS = 6;
// The number of keys and of names of a lock that are shown at first.
const MAX_LANES = 8;
const MAX_CHIPS = 8;
// From this number of locks on there is a filter.
const MIN_LOCKS_FOR_FILTER = 9;

// Keys are sorted by state in this order.
const STATES = ["active", "creating", "error", "inactive", "scheduled", "expired"];
const isActive = (key) => key.state === "active";

// On a phone there is no room for the labels of fourteen days.
const isNarrow = matchMedia("(max-width: 720px)").matches;
export const view = { chosen: null, span: isNarrow ? "week" : "fortnight", holders: [], timeline: null };
// The ids of the locks whose keys are all shown.
const expanded = new Set();
let days = windowAround(0, view.span);
let changed = () => {};

export function timelinePath() {
  const [before, after] = SPANS[view.span];
  return `/_emulator/lock-holders/${view.chosen}/timeline?days=${Math.max(before + 1, after)}`;
}

// `whenChanged` is called when the user selects other data.
export function startLocks(whenChanged) {
  changed = whenChanged;
  byId("find-holder").addEventListener("input", showHolders);
  byId("find-lock").addEventListener("input", showLocks);
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
  input.hidden = view.holders.length <= MAX_TABS;
  const found = view.holders.filter((holder) => matches(input, holder.name));
  const shown = found.slice(0, MAX_TABS);
  // The chosen lock holder has a tab even if the filter excludes it.
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
    const count = `${holder.locks} ${holder.locks === 1 ? "lock" : "locks"}`;
    if (element.childElementCount === 0) element.append(make("b"), make("span", "quiet"));
    setText(element.firstChild, holder.name);
    setText(element.lastChild, count);
    setAttribute(element, "aria-pressed", String(holder.id === view.chosen));
  });
  const more = found.length - Math.min(found.length, MAX_TABS);
  setText(byId("more-holders"), more > 0 ? `and ${more} more` : "");
}

export function showLocks() {
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
  input.hidden = timeline.locks.length < MIN_LOCKS_FOR_FILTER;
  const named = (lock) => [lock.name, ...lock.keys.map((key) => personName(key.person, key.userId))];
  const locks = timeline.locks.filter((lock) => input.hidden || matches(input, ...named(lock)));
  fill(byId("locks"), locks, (lock) => lock.id, lockElement, showLock);
  const none = byId("no-locks");
  none.hidden = locks.length > 0;
  setText(none, timeline.locks.length === 0 ? "This lock holder has no locks." : "No lock or name matches.");
}

// Moves the line for now. The clock also moves it between two loads.
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
  const all = lock.keys.filter(isInView).sort((a, b) => rank(a) - rank(b) || start(a) - start(b));
  showChips(parts.chips, all);
  const shown = expanded.has(lock.id) ? all : all.slice(0, MAX_LANES);
  fill(parts.lanes, shown.map((key) => ({ key, lock })), ({ key }) => key.id, laneElement, showLane);
  showMore(parts.more, lock, all.length);
}

const rank = (key) => STATES.indexOf(key.state);
// The timeline covers a few more days than the view. Keys with a lasting state are shown even without a bar in the
// view.
const isInView = (key) => !["expired", "scheduled"].includes(key.state) || spansToDraw(key).length > 0;
const start = (key) => Date.parse(key.start ?? key.spans[0]?.[0] ?? 0) || 0;

// Shows the people who can open the lock now.
function showChips(chips, keys) {
  const people = new Map();
  for (const key of keys.filter(isActive)) {
    const shared = key.shared && (people.get(key.userId)?.shared ?? true);
    people.set(key.userId, { name: personName(key.person, key.userId), shared });
  }
  const items = [...people.values()].slice(0, MAX_CHIPS);
  if (people.size > MAX_CHIPS) items.push({ name: `and ${people.size - MAX_CHIPS} more`, quiet: true });
  if (people.size === 0) items.push({ name: "no active key", quiet: true });
  fill(chips, items, (item) => items.indexOf(item), () => make("li"), (element, item) => {
    setText(element, item.name);
    setClass(element, item.quiet ? "quiet" : item.shared ? "chip shared" : "chip");
  });
}

function showMore(element, lock, count) {
  element.hidden = count <= MAX_LANES && lock.more === 0;
  if (element.hidden) return;
  if (!element.firstChild) {
    const toggle = () => {
      if (!expanded.delete(lock.id)) expanded.add(lock.id);
      showLocks();
    };
    element.append(button("", "", toggle), make("span"));
  }
  const [choice, note] = element.children;
  choice.hidden = count <= MAX_LANES;
  setText(choice, expanded.has(lock.id) ? "Show fewer" : `Show all ${count}`);
  setAttribute(choice, "aria-label", `${choice.textContent} keys of ${lock.name}`);
  setText(note, lock.more > 0 ? ` ${lock.more} more keys are not shown` : "");
}

function laneElement({ key, lock }) {
  const name = personName(key.person, key.userId);
  const act = (action, done) => async () => {
    try {
      await call(`/_emulator/people/${action}`, "POST", { lockId: lock.id, userId: key.userId });
      showMessage(`${name} ${done} ${lock.name}.`);
    } catch (error) {
      showMessage(`Refused for ${name}: ${error.message}.`);
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
  // There may be thousands of keys, and most are unchanged since the last load.
  const drawn = `${days.key} ${key.state} ${key.person} ${key.start} ${key.end} ${spansToDraw(key).join()}`;
  if (element.drawn === drawn) return;
  element.drawn = drawn;
  const { parts } = element;
  setClass(element, `lane ${key.state}`);
  setText(parts.name, personName(key.person, key.userId));
  setText(parts.state, key.state);
  parts.acts.hidden = !isActive(key);
  const from = key.start ? `from ${text("moment", Date.parse(key.start))}` : "from its creation";
  const until = key.end ? `until ${text("moment", Date.parse(key.end))}` : "without an end";
  const shared = key.shared ? ", shared from the app" : "";
  element.title = `${personName(key.person, key.userId)}: ${key.state}, ${from} ${until}${shared}`;
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

export function showMessage(message) {
  setText(byId("message"), message);
}
