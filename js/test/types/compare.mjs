// Compares the generated types with those that openapi-typescript writes for the same OpenAPI
// file. Every schema, and the parameters and the result of every operation, must be the same, apart
// from the differences announced here.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { fileURLToPath } from "node:url";
import openapiTS, { astToString } from "openapi-typescript";

import { diagnostics } from "./compile.mjs";
import { envelope, filledIn, read } from "./spec.mjs";

const path = (name) => fileURLToPath(new URL(name, import.meta.url));
const yaml = new URL("../../../openapi/integrator.yaml", import.meta.url);
const spec = read(fileURLToPath(yaml));
const theirs = astToString(await openapiTS(yaml));
const types = path("../../src/generated/types.ts");
const source = readFileSync(types, "utf8");

/** Lists how our types differ on purpose. A difference that no type needs any more fails a test. */
const ANNOUNCED = {
  "open enums":
    "The service may know other values, and a program must not stop compiling when the spec lists one more.",
  "null left out":
    "The SDK leaves out of a response what is null, so that callers look for one kind of nothing.",
  "filled in": "A client fills in the parameters that it has, such as the id of its lock holder.",
  "flat parameters": "Callers pass parameters and the properties of the body in one object.",
  envelopes: "A response is unwrapped: callers get the value or the list inside, or a page.",
  "null for no value":
    "A value that a response does not contain is null, since every call has a result.",
  "hidden schemas":
    "Callers see neither envelopes nor the bodies of errors, so these have no types.",
};

/** Returns the TypeScript that compares both, without one of the announced differences. */
function comparison(without) {
  const has = (name) => {
    assert.ok(name in ANNOUNCED, name);
    return name !== without;
  };
  const open = has("open enums");
  const read = (text) => (has("null left out") ? `Read<${text}>` : text);
  const lines = [
    `import type * as Ours from "../../src/generated/types.js";`,
    `import type { Page } from "../../src/calls.js";`,
    `import type { components, operations } from "./theirs.js";`,
    `import type { Item, Part, Plain, Read, Same, Without } from "./same.js";`,
    `type Schemas = components["schemas"];`,
    `export declare const ok: [Item<never>, Page<never>, Part<never>, Read<never>, Without<never, "">];`,
  ];
  let count = 0;
  const compare = (what, ours, theirs) => {
    const [a, b] = [`Ours${count}`, `Theirs${count}`];
    count += 1;
    lines.push(
      `// ${what}`,
      `type ${a} = Plain<${ours}, ${open}>; type ${b} = Plain<${theirs}, ${open}>;`,
      // These two say which property differs.
      `export const a${count} = (one: ${a}): ${b} => one;`,
      `export const b${count} = (one: ${b}): ${a} => one;`,
      // An object without an optional property can be assigned both ways, and is still another.
      `export const c${count}: Same<${a}, ${b}> = true;`,
    );
  };
  for (const name of Object.keys(spec.schemas)) {
    const isRead = spec.responses.has(name);
    const isWrapper = spec.operations.some((one) => one.response?.name === name && envelope(one));
    const isHidden = (isWrapper && !spec.inside.has(name)) || !(isRead || spec.used.has(name));
    if (isHidden && has("hidden schemas")) continue;
    const schema = `Schemas[${JSON.stringify(name)}]`;
    compare(`schema ${name}`, `Ours.${name}`, isRead ? read(schema) : schema);
  }
  for (const operation of spec.operations) {
    const { id } = operation;
    const at = `operations[${JSON.stringify(id)}]`;
    const parts = ["path", "query", "header"].map(
      (part) => `Part<${at}["parameters"][${JSON.stringify(part)}]>`,
    );
    const filled = has("filled in")
      ? filledIn(spec.root)
          .map((name) => JSON.stringify(name))
          .join(" | ")
      : "never";
    const body = operation.body && `${at}["requestBody"]["content"]["application/json"]`;
    const isFlat =
      operation.body &&
      spec.schemas[operation.body.$ref.split("/").at(-1)].properties &&
      has("flat parameters");
    const own = `Without<${parts.join(" & ")}, ${filled || "never"}>`;
    const type = `${id[0].toUpperCase()}${id.slice(1)}Parameters`;
    const count = operation.parameters.filter(
      (one) => !filledIn(spec.root).includes(one.name),
    ).length;
    const none = body === undefined && count === 0 ? "{ [name: string]: never }" : undefined;
    compare(
      `parameters of ${id}`,
      `Ours.${type}`,
      none ?? (body ? `${own} & ${isFlat ? body : `{ body: ${body} }`}` : own),
    );
    const result = `ReturnType<(Ours.UnlocMethods & Ours.LockHolderClientMethods)[${JSON.stringify(id)}]>`;
    const [value, item] = response(operation, `${at}["responses"][${operation.status}]`, has, read);
    compare(`result of ${id}`, `Awaited<${result}>`, value);
    compare(`item of ${id}`, `Item<${result}>`, item);
  }
  return lines.join("\n");
}

/** Returns what an operation must return, and the items that can be iterated. */
function response(operation, at, has, read) {
  if (operation.response === undefined) return ["void", "never"];
  const whole = read(`${at}["content"]["application/json"]`);
  const inner = envelope(operation);
  if (inner === undefined || !has("envelopes")) return [whole, "never"];
  const value = `NonNullable<${whole}[${JSON.stringify(inner.property)}]>`;
  if (!inner.isList)
    return [inner.isRequired || !has("null for no value") ? value : `${value} | null`, "never"];
  const item = `${value}[number]`;
  return [inner.cursor === undefined ? value : `Page<${item}>`, item];
}

/** Returns the errors of the comparison, with these types of ours. */
function compared({ without, ours = source } = {}) {
  const file = path("comparison.ts");
  const text = comparison(without);
  const found = diagnostics([file], { [file]: text, [path("theirs.ts")]: theirs, [types]: ours });
  const lines = text.split("\n");
  const what = (line) => lines.slice(0, line).findLast((one) => one.startsWith("// "));
  return found.map((one) =>
    one.file === file
      ? `${what(one.line)}: ${one.message}`
      : `${one.file}:${one.line}: ${one.message}`,
  );
}

test("types are those of openapi-typescript, apart from the announced differences", () => {
  assert.deepEqual(compared(), []);
});

for (const [name, reason] of Object.entries(ANNOUNCED)) {
  test(`"${name}" is a difference: ${reason}`, () => {
    assert.notEqual(compared({ without: name }).length, 0);
  });
}

for (const [what, before, after] of [
  ["the type of a property", "durationMinutes?: number;", "durationMinutes?: string;"],
  ["a required property that becomes optional", "  toUser: KeyUser;", "  toUser?: KeyUser;"],
  [
    "an optional property that becomes required",
    "  visitorInstructions?: string;",
    "  visitorInstructions: string;",
  ],
  ["a property that is gone", "  appSwitchOnly?: boolean;\n", ""],
  [
    "a property that is new",
    "  canShare: boolean;\n",
    "  canShare: boolean;\n  canOpen?: boolean;\n",
  ],
  ["a property that cannot be null any more", "image?: string | null;", "image?: string;"],
  ["a value of an enum that is gone", `  | "revoked"\n`, ""],
  ["a value of an enum that is new", `  | "revoked"\n`, `  | "revoked"\n  | "lost"\n`],
  [
    "the values of a map",
    "auth?: { [name: string]: LockAuth };",
    "auth?: { [name: string]: number };",
  ],
  ["the result of an operation", "Call<Key | null>", "Call<Key>"],
  ["the items of a list", "ListCall<Page<KeyEvent>, KeyEvent>", "ListCall<Page<KeyEvent>, Key>"],
  ["a parameter", "  startAfterId?: Cursor;", "  startAfter?: Cursor;"],
]) {
  test(`the comparison finds ${what}`, () => {
    const ours = source.replace(before, after);
    assert.notEqual(ours, source, `no \`${before}\` in the types: choose another`);
    assert.notEqual(compared({ ours }).length, 0);
  });
}

test("the generated files compile with every strict option", () => {
  const every = {
    exactOptionalPropertyTypes: true,
    isolatedModules: true,
    noUnusedLocals: true,
    verbatimModuleSyntax: true,
  };
  const files = [types, path("../../src/generated/operations.ts")];
  const found = diagnostics(files, {}, every).filter((one) => files.includes(one.file));
  assert.deepEqual(found, []);
});

test("wrong programs are refused, each for its own reason", () => {
  const file = path("wrong.ts");
  const lines = readFileSync(file, "utf8").split("\n");
  const expected = lines.flatMap((line, at) => {
    const code = /@ts-expect-error TS(\d+): \S/.exec(line)?.[1];
    assert.ok(code || !line.includes("@ts-expect-error"), `${line.trim()} names no error`);
    return code ? [`${at + 2}: TS${code}`] : [];
  });
  const text = lines.join("\n").replaceAll("@ts-expect-error", "refused");
  const found = diagnostics([file], { [file]: text }).filter((one) => one.file === file);
  assert.deepEqual(
    found.map((one) => `${one.line}: TS${one.code}`),
    expected,
    JSON.stringify(found, null, 2),
  );
  assert.ok(expected.length >= 20);
});
