import { lists } from "./generated/lists.js";

/**
 * Describes a value of a response, as the spec documents it.
 *
 * A name of a component stands for its form. `whole` is an integer of so many bits.
 */
export type Form =
  | "text" | "boolean" | "number" | "date" | "time" | "anything"
  | { component: string }
  | { whole: 8 | 16 | 32 | 64; signed: boolean }
  | { oneOf: readonly string[] }
  | { orNull: Form }
  | { list: Form }
  | { map: Form }
  | { required: Readonly<Record<string, Form>>; optional: Readonly<Record<string, Form>>; aliases: readonly string[] };

/** Describes the body of a list: the properties with its items and with its cursor, and its form. */
export interface ListForm {
  items: string;
  form: Form;
}

/**
 * Counts the names of properties in a value, and removes what the module leaves out of a result: optional properties
 * that are null or empty. Returns `NaN` if the value does not have the documented form.
 */
type Count = (value: unknown) => number;

/** Names the property by which the items of a page are found again. No text of the service begins like this. */
const PAGE = "\u0000page";

/** Limits how deep unknown values are nested. The module refuses deeper ones as well. */
const DEPTH = 100;

const { isArray } = Array;

const counts = new Map<string, Count>();

/** Keeps the items of pages, so that they need not pass through the module. */
export class Items {
  readonly #list: ListForm;
  readonly #count: Count;
  readonly #kept = new Map<number, unknown[]>();
  #pages = 0;

  private constructor(list: ListForm) {
    this.#list = list;
    this.#count = countOf(list.form);
  }

  /** Returns the keeper for the list that an operation returns, if it returns one. */
  static of(operation: string): Items | undefined {
    // Not of the prototype: names of operations are the program's.
    return Object.hasOwn(lists.operations, operation) ? new Items(lists.operations[operation]!) : undefined;
  }

  /**
   * Keeps the items of a body but the first, and returns the body with that one only.
   *
   * Returns `undefined` for every other body than a page in exactly the documented form: it is for the module to decide
   * what else can be read, and how.
   */
  readonly keep = (bytes: Uint8Array): string | undefined => {
    const text = utf8.decode(bytes);
    // Half of a surrogate pair: JavaScript accepts it, and JSON does not mean anything by it.
    if (text.includes("\\u") && /\\u[dD]/.test(text)) return undefined;
    const body = JSON.parse(text) as Record<string, unknown>;
    // More names in the text than in the value are duplicates, whose meaning is not for this place to decide.
    if (this.#count(body) !== namesIn(text)) return undefined;
    const items = body[this.#list.items] as object[] | undefined;
    if (!items?.length) return undefined;
    this.#kept.set((this.#pages += 1), items);
    return JSON.stringify({ ...body, [this.#list.items]: [{ ...items[0], [PAGE]: this.#pages }] });
  };

  /** Returns a list or a page of it with the items that were kept. */
  restore<T>(page: T): T {
    if (!this.#kept.size) return page;
    const items = (isArray(page) ? page : (page as { items: unknown }).items) as { [PAGE]?: number }[];
    const number = items[0]?.[PAGE] ?? 0;
    const kept = this.#kept.get(number);
    if (!kept) return page;
    this.#kept.delete(number);
    return (isArray(page) ? kept : { ...page, items: kept }) as T;
  }
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Counts the names of properties in a JSON text, and the strings in it that look like one. `NaN` if it cannot tell. */
function namesIn(text: string): number {
  let names = 0;
  for (let at = text.indexOf(":"); at !== -1; at = text.indexOf(":", at + 1)) {
    const before = text.charCodeAt(at - 1);
    if (before === QUOTE) names += 1;
    else if (before <= BLANK) return NaN;
  }
  return names;
}

const [QUOTE, BLANK] = [0x22, 0x20];

/** Returns what counts the names in values of a form. */
function countOf(form: Form): Count {
  if (typeof form === "string") return PLAIN[form];
  if ("component" in form) return component(form.component);
  if ("whole" in form) return wholeOf(form.whole, form.signed);
  if ("oneOf" in form) {
    const known = new Set<unknown>(form.oneOf);
    return (value) => (known.has(value) ? 0 : NaN);
  }
  if ("orNull" in form) {
    const other = countOf(form.orNull);
    return (value) => (value === null ? 0 : other(value));
  }
  if ("list" in form) return listOf(countOf(form.list));
  if ("map" in form) return mapOf(countOf(form.map));
  return objectOf(form.required, form.optional, form.aliases);
}

/** Returns what counts in a component, which may contain itself. */
function component(name: string): Count {
  return (value) => {
    let count = counts.get(name);
    if (!count) counts.set(name, (count = countOf(lists.components[name]!)));
    return count(value);
  };
}

const PLAIN: Readonly<Record<Extract<Form, string>, Count>> = {
  text: (value) => (typeof value === "string" ? 0 : NaN),
  boolean: (value) => (typeof value === "boolean" ? 0 : NaN),
  number: (value) => (Number.isFinite(value) ? 0 : NaN),
  date: (value) => (typeof value === "string" && isTime(`${value}T00:00:00.000Z`) ? 0 : NaN),
  time: (value) => (isTime(value) ? 0 : NaN),
  anything: (value) => anything(value, 0),
};

function wholeOf(bits: number, signed: boolean): Count {
  const [least, most] = signed ? [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1] : [0, 2 ** bits - 1];
  return (value) => (Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most ? 0 : NaN);
}

function listOf(item: Count): Count {
  return (value) => {
    if (!isArray(value)) return NaN;
    let names = 0;
    for (const one of value) names += item(one);
    return names;
  };
}

function mapOf(entry: Count): Count {
  return (value) => {
    if (!isObject(value)) return NaN;
    let names = 0;
    for (const name in value) names += 1 + entry(value[name]);
    return names;
  };
}

function objectOf(
  required: Readonly<Record<string, Form>>,
  optional: Readonly<Record<string, Form>>,
  aliases: readonly string[],
): Count {
  const properties = [required, optional].flatMap((forms, index) =>
    Object.entries(forms).map(([name, form]) => ({ name, count: countOf(form), isRequired: index === 0, ...kindOf(form) })),
  );
  const known = new Set(properties.map(({ name }) => name));
  return (value) => {
    if (!isObject(value)) return NaN;
    const written = Object.keys(value);
    let names = written.length;
    let found = 0;
    for (const { name, count, isRequired, isList, isMap } of properties) {
      const own = value[name];
      if (own === undefined) {
        if (isRequired) return NaN;
        continue;
      }
      found += 1;
      if (isRequired || own !== null) names += count(own);
      const isLeftOut = own === null || (isList && isArray(own) && !own.length) || (isMap && isEmpty(own));
      if (isLeftOut && !isRequired) delete value[name];
    }
    if (found === written.length) return names;
    for (const name of written) {
      if (known.has(name)) continue;
      // By another name it may be the same property, and one of the two has to win.
      if (aliases.includes(name)) return NaN;
      names += anything(value[name], 0);
    }
    return names;
  };
}

/** Returns whether a form is a list or a map. One that refers to a component is neither, as in the module. */
function kindOf(form: Form): { isList: boolean; isMap: boolean } {
  const isA = (kind: string) => typeof form === "object" && kind in form;
  return { isList: isA("list"), isMap: isA("map") };
}

/** Counts the names in a value of any form. */
function anything(value: unknown, depth: number): number {
  if (typeof value === "number") return Number.isFinite(value) ? 0 : NaN;
  if (typeof value !== "object" || value === null) return 0;
  if (depth > DEPTH) return NaN;
  let names = 0;
  if (isArray(value)) for (const one of value) names += anything(one, depth + 1);
  else for (const name in value) names += 1 + anything((value as Record<string, unknown>)[name], depth + 1);
  return names;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !isArray(value);
}

function isEmpty(value: unknown): boolean {
  for (const _ in value as object) return false;
  return true;
}

/** Returns whether a value is a time as the service writes it: in UTC, with milliseconds. */
function isTime(value: unknown): boolean {
  return typeof value === "string" && TIME.test(value) && (!LATE.test(value) || exists(value));
}

const TIME = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;

/** Matches the days that not every month has. */
const LATE = /-(?:29|3.)T/;

/** Returns whether there is such a day in that month. */
function exists(time: string): boolean {
  const milliseconds = Date.parse(time);
  return !Number.isNaN(milliseconds) && new Date(milliseconds).toISOString() === time;
}
