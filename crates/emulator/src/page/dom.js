// Elements, and lists of them. Texts of the emulator's clients go through textContent only.

const kept = new WeakMap();

export const byId = (id) => document.getElementById(id);

export function make(tag, className = "", ...children) {
  const element = document.createElement(tag);
  element.className = className;
  element.append(...children);
  return element;
}

export function button(text, label, act) {
  const element = make("button", "", text);
  element.type = "button";
  if (label) element.setAttribute("aria-label", label);
  element.addEventListener("click", act);
  return element;
}

// Writing what is there already would cost a layout each time, and end a selection.
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function setAttribute(element, name, value) {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

export function setClass(element, className) {
  if (element.className !== className) element.className = className;
}

// Shows items as the children of `parent`. An item that was shown before keeps its element: a button that somebody is
// about to press, or has the focus on, must not be replaced under their finger.
export function fill(parent, items, keyOf, create, update) {
  const old = kept.get(parent) ?? new Map();
  const shown = new Map(items.map((item) => [keyOf(item), item]));
  for (const [key, element] of old) {
    if (!shown.has(key)) element.remove();
  }
  const elements = new Map();
  let place = parent.firstElementChild;
  for (const [key, item] of shown) {
    const element = old.get(key) ?? create(item);
    elements.set(key, element);
    update(element, item);
    if (element === place) place = place.nextElementSibling;
    else parent.insertBefore(element, place);
  }
  kept.set(parent, elements);
}

// Phone numbers are nobody's business here: whoever has no name is known by two digits.
export const who = (name, userId) => name || `•••${userId.slice(-2)}`;

// Asks the emulator, and throws what it says if it refuses.
export async function ask(path, method = "GET", body = undefined) {
  const request = { method, cache: "no-store", signal: AbortSignal.timeout(10_000) };
  if (body !== undefined) {
    request.headers = { "content-type": "application/json" };
    request.body = JSON.stringify(body);
  }
  const response = await fetch(path, request);
  const text = await response.text();
  const answer = text ? JSON.parse(text) : {};
  if (response.ok) return answer;
  throw Object.assign(new Error(answer.errorDescription ?? `status ${response.status}`), { status: response.status });
}
