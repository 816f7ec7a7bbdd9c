// Creates and updates elements. Texts that clients chose are set with textContent only, never as HTML.

// Maps each parent that `fill` has filled to its elements by key.
const elementsOf = new WeakMap();

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

// Setting an unchanged text would cost a layout and clear the user's selection.
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function setAttribute(element, name, value) {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

export function setClass(element, className) {
  if (element.className !== className) element.className = className;
}

// Shows items as the children of `parent`. An item that was shown before keeps its element, because a button must not
// be replaced while the user presses it or has the focus on it.
export function fill(parent, items, keyOf, create, update) {
  const old = elementsOf.get(parent) ?? new Map();
  const shown = new Map(items.map((item) => [keyOf(item), item]));
  for (const [key, element] of old) {
    if (!shown.has(key)) element.remove();
  }
  const elements = new Map();
  let next = parent.firstElementChild;
  for (const [key, item] of shown) {
    const element = old.get(key) ?? create(item);
    elements.set(key, element);
    update(element, item);
    if (element === next) next = next.nextElementSibling;
    else parent.insertBefore(element, next);
  }
  elementsOf.set(parent, elements);
}

// The page shows no phone numbers: a person without a name is shown by the last two digits.
export const personName = (name, userId) => name || `•••${userId.slice(-2)}`;

// Calls the emulator and returns the JSON of its response. Throws the error description if the status is no success.
export async function call(path, method = "GET", body = undefined) {
  const request = { method, cache: "no-store", signal: AbortSignal.timeout(10_000) };
  if (body !== undefined) {
    request.headers = { "content-type": "application/json" };
    request.body = JSON.stringify(body);
  }
  const response = await fetch(path, request);
  const text = await response.text();
  const json = text ? JSON.parse(text) : {};
  if (response.ok) return json;
  throw Object.assign(new Error(json.errorDescription ?? `status ${response.status}`), { status: response.status });
}
