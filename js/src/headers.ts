import { configurationError } from "./errors.js";

/** Holds headers as `fetch` takes them: an object, a `Headers`, or pairs of a name and a value. */
export type HeadersOption = Record<string, string> | Iterable<readonly [string, string]>;

/** Returns headers as an object. Anything but an object and pairs is left to the module, which refuses it. */
export function plainHeaders(headers: HeadersOption | undefined): Record<string, string> | undefined {
  if (typeof headers !== "object" || headers === null || !isIterable(headers)) return headers;
  const plain = new Map<string, string>();
  for (const pair of headers as Iterable<unknown>) {
    const [name, value] = (Array.isArray(pair) && pair.length === 2 ? pair : []) as unknown[];
    if (typeof name !== "string" || typeof value !== "string") {
      throw configurationError("`headers` is no object, and holds more than pairs of a name and a string");
    }
    const key = name.toLowerCase();
    const before = plain.get(key);
    // As in a `Headers`, which joins what has the same name.
    plain.set(key, before === undefined ? value : `${before}, ${value}`);
  }
  return Object.fromEntries(plain);
}

function isIterable(headers: HeadersOption): headers is Iterable<readonly [string, string]> {
  return typeof (headers as Partial<Iterable<unknown>>)[Symbol.iterator] === "function";
}
