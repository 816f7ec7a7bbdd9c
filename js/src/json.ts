// The module reads at most 127 levels. No parameter of an operation has more than five.
const MOST_LEVELS = 100;

type Refuse = (message: string) => Error;

/**
 * Serializes what the module is given.
 *
 * What JSON has no value for is refused: it would be left out or become null, which is a key without an end.
 */
export function toJson(whole: object, refuse: Refuse): string {
  // Before it is written: a replacer would take several times as long.
  check(whole, { names: [], inside: [], refuse, checksText: false });
  const text = JSON.stringify(whole);
  // JSON escapes half of a surrogate pair, and the module's parser refuses it without a name.
  if (text.includes("\\ud")) check(whole, { names: [], inside: [], refuse, checksText: true });
  return text;
}

/** Says where a check is: by the names of the properties, and by the objects that they are in. */
interface Place {
  names: string[];
  inside: object[];
  refuse: Refuse;
  checksText: boolean;
}

function check(value: object, place: Place): void {
  const { names, inside, refuse, checksText } = place;
  inside.push(value);
  for (const [name, given] of Object.entries(value) as [string, unknown][]) {
    // Most values, and nothing can be wrong with them.
    if (!checksText && (given === undefined || typeof given === "string")) continue;
    names.push(name);
    const found = isDateLike(given) ? given.toJSON(name) : given;
    let why = wrongWith(given, found) ?? (checksText ? wrongTextOf(name, found) : undefined);
    if (typeof found === "object" && found !== null && why === undefined) {
      if (inside.length < MOST_LEVELS && !inside.includes(found)) check(found, place);
      else why = "contains itself, or is nested too deep";
    }
    if (why !== undefined) throw refuse(`\`${nameOf(names)}\` ${why}`);
    names.pop();
  }
  inside.pop();
}

function isDateLike(value: unknown): value is { toJSON(name: string): unknown } {
  return typeof value === "object" && typeof (value as { toJSON?: unknown } | null)?.toJSON === "function";
}

/** Returns the name of a place, such as `recurrence.mon`. */
function nameOf(names: string[]): string {
  const [first = "", ...rest] = names[0] === "parameters" && names.length > 1 ? names.slice(1) : names;
  return rest.length > 10 ? first : [first, ...rest].join(".");
}

/** Says why JSON cannot express a value. `given` is the value before its `toJSON` was called. */
function wrongWith(given: unknown, value: unknown): string | undefined {
  switch (typeof value) {
    case "number":
      return Number.isFinite(value) ? undefined : "is no valid number";
    case "bigint":
      return "is a BigInt: pass a number";
    case "function":
    case "symbol":
      return `is a ${typeof value}, which cannot be sent`;
    case "object": {
      if (value === null) return given instanceof Date ? "is no valid date" : undefined;
      if (typeof (value as { then?: unknown }).then === "function") return "is a promise: await it first";
      if (Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype) return undefined;
      // Instances of classes, and objects around a string, a number or a boolean. A `Map` would become `{}`.
      const [, kind = ""] = /^\[object (.*)\]$/.exec(Object.prototype.toString.call(value)) ?? [];
      const isPlain = ["Object", "Array", "String", "Number", "Boolean"].includes(kind);
      return isPlain ? undefined : `is a ${kind}, which cannot be sent: pass a plain object or an array`;
    }
    default:
      return undefined;
  }
}

function wrongTextOf(name: string, value: unknown): string | undefined {
  const isBroken = (text: unknown) => typeof text === "string" && /\p{Surrogate}/u.test(text);
  return isBroken(name) || isBroken(value) ? "contains half of a character (a lone surrogate)" : undefined;
}
