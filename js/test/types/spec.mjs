// Reads from the OpenAPI file what the comparison has to know: its operations, and where its schemas occur.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

// The reader of openapi-typescript, so that both see the same document.
const require = createRequire(import.meta.resolve("openapi-typescript"));
const { parseYaml } = require("@redocly/openapi-core");

const METHODS = ["get", "put", "post", "delete", "patch", "head"];
const SCHEMA = "#/components/schemas/";

/** Reads a spec. */
export function read(file) {
  const root = parseYaml(readFileSync(file, "utf8"));
  const resolve = (node) =>
    node?.$ref
      ? node.$ref
          .slice(2)
          .split("/")
          .reduce((at, step) => at[step], root)
      : node;
  const operations = Object.values(root.paths).flatMap((item) =>
    METHODS.filter((method) => item[method]).map((method) => {
      const operation = item[method];
      const success = Object.entries(operation.responses).find(([status]) =>
        status.startsWith("2"),
      );
      const schema = content(resolve(success[1]));
      const parameters = [...(operation.parameters ?? []), ...(item.parameters ?? [])].map(resolve);
      const body = content(resolve(operation.requestBody));
      const name = schema?.$ref?.slice(SCHEMA.length);
      return {
        id: operation.operationId,
        status: success[0],
        parameters,
        body,
        response: name && { name, schema: root.components.schemas[name] },
        paged: operation["x-pagination"],
      };
    }),
  );
  const responses = reached(
    root,
    operations.map((operation) => operation.response && { $ref: SCHEMA + operation.response.name }),
  );
  const used = reached(
    root,
    operations.map(({ parameters, body }) => [parameters, body]),
  );
  const inside = reached(root, Object.values(root.components.schemas), true);
  return { root, operations, schemas: root.components.schemas, responses, used, inside };
}

/** Returns the schema of a body. */
function content(body) {
  return body?.content?.["application/json"]?.schema;
}

/** Returns the names of the schemas that these nodes refer to: directly, or through others as well. */
function reached(root, from, directly = false) {
  const found = new Set();
  const open = [...from];
  while (open.length > 0) {
    const node = open.pop();
    if (typeof node !== "object" || node === null) continue;
    if (typeof node.$ref === "string" && node.$ref.startsWith(SCHEMA)) {
      const name = node.$ref.slice(SCHEMA.length);
      if (!found.has(name) && !directly) open.push(root.components.schemas[name]);
      found.add(name);
    }
    open.push(...Object.values(node));
  }
  return found;
}

/** Returns the parameters that the clients fill in. */
export function filledIn(root) {
  return Object.values(root["x-clients"]).flatMap((client) => client.parameters ?? []);
}

/** Returns how a response is unwrapped: the property with the value, and the one with the cursor. */
export function envelope(operation) {
  const schema = operation.response?.schema;
  const property = schema?.["x-envelope"] ?? operation.paged?.items;
  if (property === undefined) return undefined;
  return {
    property,
    cursor: Object.keys(schema.properties).find((name) => name !== property),
    isList: schema.properties[property].type === "array",
    isRequired: schema.required?.includes(property) ?? false,
  };
}
